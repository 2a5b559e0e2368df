"""Hashes of what a place consists of: its settings, each table, each row.

They let another machine say what differs without having the place itself. The
order of rows does not count.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from placebudget.place.place import Place

ROW_DIGITS = 8
"""Hexadecimal digits of the hash of a row."""


def settings_digest(place: Place) -> str:
    """SHA-256 of the settings."""
    return hashlib.sha256(repr(place.settings).encode()).hexdigest()


def row_texts(frame: pd.DataFrame) -> list[str]:
    """Each row of a table as one text, blanks as nothing."""
    texts = frame.astype(object).where(frame.notna(), "").astype(str)
    return ["\x1f".join(row) for row in texts.itertuples(index=False)]


def row_digests(place: Place, table: str) -> list[str]:
    """A short hash of each row of a table, in the order of the rows.

    Examples
    --------
    >>> import placebudget as pb
    >>> [len(each) for each in row_digests(pb.example("toy_pooling"), "agencies")]
    [8, 8, 8]
    """
    texts = row_texts(place.tables[table])
    return [hashlib.sha256(text.encode()).hexdigest()[:ROW_DIGITS] for text in texts]


def table_digests(place: Place) -> dict[str, str]:
    """SHA-256 of each table that has rows, by name."""
    return {
        name: hashlib.sha256("\x1e".join(sorted(row_texts(frame))).encode()).hexdigest()
        for name, frame in place.tables.items()
        if len(frame)
    }
