"""Hashes of what a place consists of: its settings, each table, each row.

They let another machine say what differs without having the place itself. The
order of rows does not count. What is hashed is JSON, in which no text of a cell
can be taken for the end of the cell or of the row.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from placebudget.place.place import Place

ROW_DIGITS = 8
"""Hexadecimal digits of the hash of a row."""


def digest(place: Place) -> str:
    """SHA-256 of settings and tables."""
    return _sha(json.dumps([settings_digest(place), table_digests(place)]))


def settings_digest(place: Place) -> str:
    """SHA-256 of the settings."""
    return _sha(repr(place.settings))


def row_digests(place: Place, table: str) -> list[str]:
    """A short hash of each row of a table, in the order of the rows.

    Examples
    --------
    >>> import placebudget as pb
    >>> [len(each) for each in row_digests(pb.example("toy_pooling"), "agencies")]
    [8, 8, 8]
    """
    return [_sha(text)[:ROW_DIGITS] for text in _row_texts(place.tables[table])]


def table_digests(place: Place) -> dict[str, str]:
    """SHA-256 of each table that has rows, by name."""
    return {
        name: _sha(json.dumps(sorted(_row_texts(frame))))
        for name, frame in place.tables.items()
        if len(frame)
    }


def _row_texts(frame: pd.DataFrame) -> list[str]:
    """Each row of a table as JSON, blanks as null."""
    cells = frame.astype(object).where(frame.notna(), None)
    return [json.dumps(row, default=str) for row in cells.itertuples(index=False)]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
