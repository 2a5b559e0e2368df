"""The four changes an option is made of: scale, set, add, remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from placebudget.errors import InvalidOption
from placebudget.place.checks import values
from placebudget.place.checks.examination import Examination
from placebudget.place.options.selection import (
    YEAR,
    Cell,
    Where,
    as_where,
    cell,
    factor,
    known_column,
    known_table,
    pick,
    said,
    said_where,
)
from placebudget.place.rule_kinds import rule_kind
from placebudget.place.schema import Column, schema
from placebudget.texts import listed

if TYPE_CHECKING:
    from placebudget.place.place import Place


# What an option may not do: relax a rule whose basis is law.

LAW = "law"
_MEND = (
    "An option never relaxes a rule whose basis is law; if the law changes, change the rule in "
    "the place."
)


def refuse_removal(rules: pd.DataFrame) -> None:
    """Refuse to remove rules of law.

    Parameters
    ----------
    rules : DataFrame
        The rows of the table rules that would go.
    """
    held = rules.loc[rules["basis"] == LAW, "rule"]
    if len(held):
        raise InvalidOption(f"it would remove {listed(held)}. {_MEND}")


def refuse_relaxing(rules: pd.DataFrame, column: str, after: Any) -> None:
    """Refuse to change rules of law in a way that asks for less.

    Parameters
    ----------
    rules : DataFrame
        The rows of the table rules as they are.
    column : str
        The column that changes.
    after : sequence
        Its values afterwards, one a row.
    """
    if schema()["rules"].column(column).descriptive:
        return
    relaxed = [
        row["rule"]
        for row, new in zip(rules.to_dict("records"), after, strict=True)
        if row["basis"] == LAW and _relaxes(row, column, new)
    ]
    if relaxed:
        raise InvalidOption(f"it would relax {listed(relaxed)}. {_MEND}")


def _relaxes(rule: dict[str, Any], column: str, new: Any) -> bool:
    old = rule[column]
    if (pd.isna(old) and pd.isna(new)) or (not pd.isna(new) and old == new):
        return False
    if column != "amount" or pd.isna(old) or pd.isna(new):
        return True
    return bool(new < old if rule_kind(rule["kind"]).least else new > old)


Row = tuple[tuple[str, Cell], ...]

_CHECKS = (
    values.missing_cells,
    values.stray_spaces,
    values.doubled_keys,
    values.outside_range,
    values.unknown_words,
)


@dataclass(frozen=True)
class Scale:
    """Multiply figures of a column.

    A blank cell counts as the default of its column; without one it stays blank,
    since there is nothing to multiply. Funding of today's year, which is no year
    of the plan, is history and stays as it is unless ``where`` names its year.

    Parameters
    ----------
    table, column : str
        Where the figures stand.
    where : mapping
        The rows: a value, or a list of values, by column. Empty: all rows.
    factor : float
        What they are multiplied by, 0 or more.
    """

    verb: ClassVar[str] = "scale"
    table: str
    column: str
    where: Where
    factor: float

    def __post_init__(self) -> None:
        column = known_column(known_table(self.table), self.column)
        if column.type != "number":
            raise InvalidOption(f"{self.table}.{self.column} holds no figures that can be scaled")
        _freeze(self, where=as_where(self.table, self.where), factor=factor(self.factor))

    def __str__(self) -> str:
        by = f"{self.factor:.15g}"
        return f"multiply {self.column} in {self.table} by {by}{said_where(self.where)}"

    def apply(self, place: Place) -> Place:
        """The place with the figures multiplied."""
        frame, picked = _pick_figures(place, self.table, self.column, self.where)
        column = schema()[self.table].column(self.column)
        old = frame[self.column].astype("float64")
        if column.default is not None:
            old = old.fillna(float(column.default))
        if old[picked].isna().all():
            raise InvalidOption(
                f"{self.column} is blank in every row that is meant; set it instead"
            )
        new = old[picked] * self.factor
        return _with_values(place, self.table, frame, column, picked, new.tolist())


@dataclass(frozen=True)
class Set:
    """Set cells of a column to a value; None leaves them blank.

    Parameters
    ----------
    table, column : str
        Where the cells stand; keys of rows cannot be set.
    where : mapping
        As for :class:`Scale`.
    value : str, float, bool or None
        Their new value.
    """

    verb: ClassVar[str] = "set"
    table: str
    column: str
    where: Where
    value: Cell

    def __post_init__(self) -> None:
        table = known_table(self.table)
        column = known_column(table, self.column)
        if self.column in table.key:
            raise InvalidOption(
                f"{self.column} is part of the key of {self.table}; remove the rows and add others"
            )
        value = cell(self.table, column, self.value)
        _freeze(self, where=as_where(self.table, self.where), value=value)

    def __str__(self) -> str:
        return f"set {self.column} in {self.table} to {said(self.value)}{said_where(self.where)}"

    def apply(self, place: Place) -> Place:
        """The place with the cells set."""
        frame, picked = _pick_figures(place, self.table, self.column, self.where)
        column = schema()[self.table].column(self.column)
        new = [self.value] * int(picked.sum())
        return _with_values(place, self.table, frame, column, picked, new)


@dataclass(frozen=True)
class Add:
    """Add rows to a table.

    Parameters
    ----------
    table : str
        The table.
    rows : sequence of mapping
        Cells by column; columns that are left out are blank.
    """

    verb: ClassVar[str] = "add"
    table: str
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        table = known_table(self.table)
        rows = tuple(_row(table.name, row) for row in self.rows)
        if not rows:
            raise InvalidOption(f"no row is given to add to {self.table}")
        _freeze(self, rows=rows)

    def __str__(self) -> str:
        if len(self.rows) > 1:
            return f"add {len(self.rows)} rows to {self.table}"
        cells = ", ".join(f"{name} {said(value)}" for name, value in self.rows[0])
        return f"add to {self.table}: {cells}"

    def cells(self) -> list[dict[str, Cell]]:
        """The rows, each as cells by column."""
        return [dict(row) for row in self.rows]

    def apply(self, place: Place) -> Place:
        """The place with the rows added at the end of the table."""
        frame = place.tables[self.table]
        rows = [*frame.to_dict("records"), *self.cells()]
        return _checked(place, self.table, pd.DataFrame(rows, columns=frame.columns, dtype=object))


@dataclass(frozen=True)
class Remove:
    """Remove rows of a table.

    Parameters
    ----------
    table : str
        The table.
    where : mapping
        As for :class:`Scale`.
    """

    verb: ClassVar[str] = "remove"
    table: str
    where: Where

    def __post_init__(self) -> None:
        known_table(self.table)
        _freeze(self, where=as_where(self.table, self.where))

    def __str__(self) -> str:
        return f"remove rows of {self.table}{said_where(self.where)}"

    def apply(self, place: Place) -> Place:
        """The place without the rows."""
        frame, picked = pick(place, self.table, self.where)
        if self.table == "rules":
            refuse_removal(frame[picked])
        return place.with_(**{self.table: frame[~picked]})


Change = Scale | Set | Add | Remove


def figure_column(table: str) -> str:
    """The column of figures a table has, where it has one only.

    Examples
    --------
    >>> figure_column("funding")
    'amount'
    """
    found = [c.name for c in known_table(table).columns if c.type == "number" and not c.descriptive]
    if len(found) != 1:
        raise InvalidOption(
            f"say which column of {table} is scaled: "
            + (", ".join(found) or "it has none with figures")
        )
    return found[0]


def _row(table: str, row: Any) -> Row:
    pairs = row.items() if isinstance(row, Mapping) else row
    known = schema()[table]
    return tuple((name, cell(table, known_column(known, name), value)) for name, value in pairs)


def _freeze(change: Change, **fields: Any) -> None:
    for name, value in fields.items():
        object.__setattr__(change, name, value)


def _pick_figures(
    place: Place, table: str, column: str, where: Where
) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows that are meant; without a year, funding of today's year is not."""
    frame, picked = pick(place, table, where)
    if table == "funding" and column == "amount" and YEAR not in dict(where):
        picked = picked & frame[YEAR].isin(place.years).to_numpy()
        if not picked.any():
            raise InvalidOption("no row of funding is meant that is for a year of the plan")
    return frame, picked


def _with_values(
    place: Place,
    table: str,
    frame: pd.DataFrame,
    column: Column,
    picked: np.ndarray,
    new: list[Any],
) -> Place:
    if table == "rules":
        refuse_relaxing(frame[picked], column.name, new)
    cells = frame[column.name].astype(object)
    cells[picked] = [_of_type(column, value) for value in new]
    return _checked(place, table, frame.assign(**{column.name: cells}))


def _of_type(column: Column, value: Any) -> Any:
    return int(value) if column.type == "integer" and value is not None else value


def _checked(place: Place, table: str, frame: pd.DataFrame) -> Place:
    """The place with a table replaced, if every value in it may stand there."""
    changed = place.with_(**{table: _typed_frame(table, frame)})
    faults = _faults(changed, table)
    before = _faults(place, table) if faults else []
    new = [text for text in faults if text not in before]
    if new:
        raise InvalidOption("; ".join(new))
    return changed


def _typed_frame(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Integers as integers: a row added with a blank would make them floats."""
    whole = [c.name for c in schema()[table].columns if c.type == "integer"]
    return frame.assign(
        **{
            name: pd.Series(
                [None if pd.isna(v) else int(v) for v in frame[name]],
                index=frame.index,
                dtype=object,
            )
            for name in whole
        }
    )


def _faults(place: Place, table: str) -> list[str]:
    examined = Examination(place, table)
    return [
        f"{finding.where}: {finding.what} {finding.mend}"
        for check in _CHECKS
        for finding in check(examined)
    ]
