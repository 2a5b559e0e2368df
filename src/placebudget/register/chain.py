"""Entries, each bound to the one before it by a hash: none can be changed or left out unseen.

What a chain cannot show by itself is that its end was cut off. So minutes name the last hash
they rest on, and whoever holds minutes can have it looked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from placebudget.place.findings import Finding, error, warning

FIRST = "0" * 64
"""What stands for the hash before the first entry."""

LEAST_NOTED = 12
"""Characters by which a hash is known."""

ENTRIES = "entries"


def digest_of(content: bytes) -> str:
    """The hash by which content is known."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Entry:
    """One entry of a register.

    Parameters
    ----------
    number : int
        Its number, from 1.
    at : str
        When it was made, in universal time.
    by, role : str
        Who made it, and as what.
    table : str
        Of which table of the register it is a row.
    row : mapping
        Its cells by column, without those that are blank.
    before : str
        Hash of the entry before it.

    Examples
    --------
    >>> one = Entry(1, "2027-03-04T18:00:00Z", "The clerk", "officer", "roles", {}, FIRST)
    >>> two = Entry(2, "2027-03-04T18:01:00Z", "The clerk", "officer", "roles", {}, one.hash)
    >>> list(faults([(one, one.hash), (two, two.hash)]))
    []
    >>> print(*faults([(two, two.hash)]))
    error: entries, row 2, number: Entry 1 is missing. ...
    """

    number: int
    at: str
    by: str
    role: str
    table: str
    row: Mapping[str, Any]
    before: str

    @property
    def hash(self) -> str:
        """SHA-256 over all of it, the hash of the entry before included."""
        return digest_of(canonical(asdict(self)).encode())


def canonical(value: Any) -> str:
    """The one way to write plain data as JSON, so that one content has one hash."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


_MEND = "Take the register back from a copy; what was entered since, enter again."


def faults(entries: Sequence[tuple[Entry, str]]) -> Iterator[Finding]:
    """Where entries are missing, or are not what was entered.

    Parameters
    ----------
    entries : sequence of (Entry, str)
        Entries in order, each with the hash that was kept with it.
    """
    before, number, at = FIRST, 0, ""
    for entry, kept in entries:
        number += 1
        if entry.number != number:
            what = f"Entry {number} is missing."
            yield error("missing-entry", ENTRIES, entry.number, "number", what, _MEND)
            number = entry.number
        elif entry.before != before:
            what = f"Entry {number} does not follow on the entry before it."
            yield error("broken-chain", ENTRIES, number, "before", what, _MEND)
        if entry.hash != kept:
            what = f"Entry {number} is not what was entered: it has another hash."
            yield error("changed-entry", ENTRIES, number, "hash", what, _MEND)
        if entry.at < at:
            what = f"Entry {number} was made at {entry.at}, before the one above it."
            mend = "Set the clock of the machine; the order of entries is that of their numbers."
            yield warning("clock", ENTRIES, number, "at", what, mend)
        before, at = kept, entry.at
