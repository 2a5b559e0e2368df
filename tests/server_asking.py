"""Asking the server part of placebudget over HTTP, in tests."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from browsing import Server

TOKEN = "for-this-test"
SECOND = "of-a-second-user"


REFUSED = 0
"""In place of a status: the answer says in words why something is not done."""


def ask(
    server: Server, what: str, wish: Any = None, *, token: str = TOKEN, method: str | None = None
) -> tuple[int, Any]:
    """Status and JSON that an address answers; ``wish`` is sent as it is where it is bytes."""
    sent = wish if wish is None or isinstance(wish, bytes) else json.dumps(wish).encode()
    request = urllib.request.Request(
        f"{server.address}/placebudget/{what}",
        data=sent,
        headers={"Authorization": f"token {token}"} if token else {},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            said = json.load(answer)
            if "refusal" in said:
                assert answer.status == 200  # a browser logs any other status as an error
                return REFUSED, said["refusal"]
            return answer.status, said
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
