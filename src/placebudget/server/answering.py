"""How the server part is asked and answers: JSON both ways, refusals in words."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from jupyter_server.base.handlers import APIHandler

from placebudget.errors import InvalidPlace, PlaceBudgetError, WrongArgument
from placebudget.texts import Phrase
from placebudget.work.asking import InvalidChoice
from placebudget.work.document import ChangedElsewhere, fault_told

# Published files of all of England come along with what is asked.
LARGEST_REQUEST = 40_000_000
# What is the place's own, and may be long.
_NOT_OURS = {"rows", "drawing"}
Asking = TypeVar("Asking", bound="Answering")
Shared = TypeVar("Shared")


def in_words(work: Callable[[Asking], Awaitable[None]]) -> Callable[[Asking], Awaitable[None]]:
    """Have what cannot be done said in words, whatever was asked."""

    @wraps(work)
    async def answered(self: Asking) -> None:
        try:
            await work(self)
        except PlaceBudgetError as error:
            self.refuse(error)

    return answered


def spoken(content: Any) -> Any:
    """An answer in which phrases stand as words and values, for the page to say them.

    Examples
    --------
    >>> spoken({"said": Phrase("%1 is deleted.", "apart"), "state": "done"})
    {'said': {'words': '%1 is deleted.', 'values': ['apart']}, 'state': 'done'}
    """
    if isinstance(content, Phrase) and content:
        return {"words": content.words, "values": [spoken(each) for each in content.values]}
    if isinstance(content, Mapping):
        return {key: each if key in _NOT_OURS else spoken(each) for key, each in content.items()}
    if isinstance(content, list | tuple):
        return [spoken(each) for each in content]
    return content


class Answering(APIHandler):
    """Answers JSON; what cannot be done is said in words."""

    auth_resource = "contents"

    def asked(self) -> dict[str, Any]:
        """What was asked for, as an object."""
        if len(self.request.body) > LARGEST_REQUEST:
            raise WrongArgument("What was sent is too long.")
        try:
            asked = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise WrongArgument("What was sent cannot be read as JSON.") from None
        if not isinstance(asked, dict):
            raise WrongArgument("What was sent is no object of JSON.")
        return asked

    def one_for_all(self, kind: type[Shared], make: Callable[[], Shared]) -> Shared:
        """What is made with the first question, and the same for all who ask this server."""
        known = self.settings.setdefault("placebudget", {})
        if kind not in known:
            known[kind] = make()
        found: Shared = known[kind]
        return found

    def answer(self, status: int, content: dict[str, Any]) -> None:
        """Send an answer and end."""
        self.set_status(status)
        self.finish(json.dumps(spoken(content)))

    def refuse(self, error: PlaceBudgetError) -> None:
        """Say why something was not done."""
        found = isinstance(error, InvalidPlace) and error.findings
        words = fault_told(error) if found or not error.args else error.args[0]
        said: dict[str, Any] = {"message": words}
        if isinstance(error, InvalidChoice):
            said["problems"] = dict(reversed(error.problems))  # the first of each box
        self.answer(409 if isinstance(error, ChangedElsewhere) else 400, said)
