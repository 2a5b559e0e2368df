"""Who may enter what: by a token they hold, or as the user that JupyterHub says they are.

Roles bind those who come by way of this package. Whoever may write the file or the database
itself is bound by neither: the chain of hashes shows what they did.
"""

from __future__ import annotations

import json
import os
import secrets
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.register.chain import digest_of
from placebudget.register.record import Record
from placebudget.texts import listed

READER, MEMBER, CHAIR, OFFICER = "reader", "member", "chair", "officer"
TOKEN = "PLACEBUDGET_TOKEN"
"""The variable that holds a token, so that it need not be typed where others see it."""

_SECONDS = 10.0
_OWN = ("interests", "dissents")
_DECIDING = ("meetings", "choices", "comments", "decisions", "conditions")
_MAY: Mapping[str, Sequence[str]] = {
    READER: (),
    MEMBER: _OWN,
    CHAIR: (*_OWN, *_DECIDING),
    OFFICER: (*_OWN, *_DECIDING, "results", "roles"),
}


@dataclass(frozen=True)
class Person:
    """Who uses a register, and as what."""

    name: str
    role: str

    @property
    def may(self) -> Sequence[str]:
        """Tables in which they may enter."""
        return _MAY[self.role]

    def own(self, table: str) -> bool:
        """Whether they enter rows of a table in their own name alone."""
        return table in _OWN and self.role != OFFICER

    def refusal(self, table: str, row: Mapping[str, Any]) -> str:
        """Why they may not enter a row, or correct one; empty where they may.

        Examples
        --------
        >>> member = Person("The member for the coast", MEMBER)
        >>> member.refusal("dissents", {"member": "The member for the coast"})
        ''
        >>> member.refusal("decisions", {})
        'a member may not enter or correct decisions, only interests, dissents'
        """
        if not self.may:
            return f"a {self.role} enters nothing: set {TOKEN} to the token of one who may"
        if table not in self.may:
            return f"a {self.role} may not enter or correct {table}, only {listed(self.may)}"
        if self.own(table) and row.get("member") != self.name:
            return f"a {self.role} enters and corrects {table} of their own alone, as {self.name}"
        return ""


NOBODY = Person("", READER)
"""Whoever shows nothing: they read."""


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


def person_of(record: Record, token: str | None) -> Person:
    """Who shows a token, or whom JupyterHub knows; otherwise nobody.

    An empty token is none: whoever has it reads, whatever the environment says.

    Raises
    ------
    WrongArgument
        If the register knows no such token, or its time is over.
    CannotAnswer
        If JupyterHub cannot be asked.
    """
    if token == "":
        return NOBODY
    token = token or os.environ.get(TOKEN) or None
    if token is not None:
        held = _standing(record, proof=digest_of(token.encode()))
        if held is None:
            raise WrongArgument(
                "the register knows no such token, or its time is over. Ask an officer for one "
                f"(placebudget register grant), or take {TOKEN} away to read"
            )
        return held
    address = os.environ.get("JUPYTERHUB_API_URL", "")
    # A hub of the reader's own says what it likes: only one that the register names is asked.
    if address not in set(record.roles["proof"]):
        return NOBODY
    name = _hub_user(address)
    held = None if name is None else _standing(record, proof=address, name=name)
    return held or (NOBODY if name is None else Person(name, READER))


def keepers(record: Record) -> bool:
    """Whether somebody is left who keeps the register."""
    return _standing(record, role=OFFICER) is not None


def stands(record: Record, person: Person) -> bool:
    """Whether somebody still is what they were when they opened the register; readers are."""
    held = {"name": person.name, "role": person.role}
    return person.role == READER or _standing(record, **held) is not None


def _standing(record: Record, **where: str) -> Person | None:
    today = datetime.now(UTC).date().isoformat()
    rows = [row for row in record.rows("roles", **where) if row.get("until", today) >= today]
    return Person(rows[-1]["name"], rows[-1]["role"]) if rows else None


def _hub_user(address: str) -> str | None:
    """The user whose server this is, as JupyterHub itself says."""
    token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
    asked = urllib.request.Request(f"{address}/user", headers={"Authorization": f"token {token}"})
    try:
        with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:
            found = json.load(answer)
    except (OSError, ValueError) as error:
        raise CannotAnswer(
            f"JupyterHub cannot be asked who you are: {error}. Show a token instead: set {TOKEN}."
        ) from error
    name = found.get("name") if isinstance(found, dict) else None
    return name if isinstance(name, str) else None
