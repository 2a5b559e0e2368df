"""A place with a cause of findings taken away, to see which findings go with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.place.geography import Geography, is_blank
from placebudget.place.origin import Origin
from placebudget.place.place import Place
from placebudget.place.schema import Column, schema


class Draft:
    """Tables and settings that may be changed; rows keep the numbers findings name.

    Parameters
    ----------
    place : Place
        The place to start from; it stays as it is.
    """

    def __init__(self, place: Place) -> None:
        self.settings = place.settings
        self._tables = dict(place.tables)
        self._numbers = {
            name: list(place.origin.row_numbers(name, len(frame)))
            for name, frame in place.tables.items()
        }

    def place(self) -> Place:
        """The place as it is now drafted."""
        return Place(self.settings, self._tables, Origin(numbers=self._numbers))

    def geography(self) -> Geography:
        """The tree of areas as it is now drafted."""
        return Geography.of(self.place())

    def values(self, table: str, column: str) -> list[Any]:
        """Values of a column that are not blank, each once, in their order."""
        cells = self._tables[table][column].tolist()
        return list(dict.fromkeys(cell for cell in cells if not is_blank(cell)))

    def cell(self, table: str, row: int, column: str) -> Any:
        """What stands in a cell."""
        return self._tables[table][column].tolist()[self._at(table, row)]

    def rows_where(self, table: str, column: str, value: Any) -> list[int]:
        """Numbers of the rows with a value in a column."""
        cells = self._tables[table][column].tolist()
        return [n for n, cell in zip(self._numbers[table], cells, strict=True) if cell == value]

    def put(self, table: str, rows: Iterable[int], column: str, values: Sequence[Any]) -> None:
        """Write values into cells of a column, one a row."""
        frame = self._tables[table].copy()
        cells = [None if is_blank(cell) else cell for cell in frame[column].tolist()]
        for row, value in zip(rows, values, strict=True):
            cells[self._at(table, row)] = value
        frame[column] = pd.Series(cells, dtype=frame[column].dtype)
        self._tables[table] = frame

    def drop(self, table: str, rows: Iterable[int]) -> None:
        """Take rows out."""
        out = {self._at(table, row) for row in rows}
        kept = [at for at in range(len(self._tables[table])) if at not in out]
        self._tables[table] = self._tables[table].iloc[kept].reset_index(drop=True)
        self._numbers[table] = [self._numbers[table][at] for at in kept]

    def add_like(self, table: str, row: int, **values: Any) -> None:
        """Add a row that is as another but for some values."""
        frame = self._tables[table]
        like = frame.iloc[[self._at(table, row)]].astype(object)
        added = pd.concat([frame.astype(object), like.assign(**values)], ignore_index=True)
        self._tables[table] = added
        self._numbers[table] = [*self._numbers[table], max(self._numbers[table]) + 1]

    def set(self, **settings: Any) -> None:
        """Change settings."""
        self.settings = replace(self.settings, **settings)

    def _at(self, table: str, row: int) -> int:
        return self._numbers[table].index(row)


def wanted_keys(draft: Draft, table: str, field: str) -> list[Any]:
    """Keys that other tables refer to and a table does not have."""
    held = set(draft.values(table, field))
    return [
        key
        for name, column in _referring(f"{table}.{field}")
        for key in draft.values(name, column.name)
        if key not in held
    ]


def _referring(key: str) -> list[tuple[str, Column]]:
    return [
        (name, column)
        for name, table in schema().items()
        for column in table.columns
        if column.refers == key
    ]
