"""Asking the server part of placebudget over HTTP, in tests."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from browsing import Server
from placebudget.texts import Phrase

TOKEN = "for-this-test"
SECOND = "of-a-second-user"


REFUSED = 400
"""The answer says in words why something is not done."""
CLASHED = 409
"""The same, where somebody else has changed the files."""


def _said(answer: dict[str, Any]) -> Any:
    """What an answer says, as a page says it in English."""
    if set(answer) == {"words", "values"}:
        return Phrase(answer["words"], *answer["values"])
    return answer


def ask(
    server: Server,
    what: str,
    wish: Any = None,
    *,
    token: str = TOKEN,
    method: str | None = None,
    part: str = "placebudget",
) -> tuple[int, Any]:
    """Status and JSON that an address answers; ``wish`` is sent as it is where it is bytes."""
    sent = wish if wish is None or isinstance(wish, bytes) else json.dumps(wish).encode()
    request = urllib.request.Request(
        f"{server.address}/{part}/{what}",
        data=sent,
        headers={"Authorization": f"token {token}"} if token else {},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer, object_hook=_said)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error, object_hook=_said)
