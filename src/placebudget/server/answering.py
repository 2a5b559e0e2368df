"""How the server part is asked and answers: JSON both ways, refusals in words."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.base.handlers import APIHandler

from placebudget.errors import CannotWrite, PlaceBudgetError, WrongArgument
from placebudget.work.document import ChangedElsewhere

# Published files of all of England come along with what is asked.
LARGEST_REQUEST = 40_000_000


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

    def answer(self, status: int, content: dict[str, Any]) -> None:
        """Send an answer and end."""
        self.set_status(status)
        self.finish(json.dumps(content))

    def refuse(self, error: PlaceBudgetError) -> None:
        """Say why something was not done."""
        statuses = {CannotWrite: 500, ChangedElsewhere: 409}
        self.answer(statuses.get(type(error), 400), {"message": str(error)})
