"""Which rows of a table a change is about, and years that a blank year stands for.

Rows are picked by the columns of the table, or by those of a table it refers to:
``agency`` picks funding by the agency that receives the stream. The nearest table
that has the column counts. A blank cell with a default counts as that default.

A blank year stands for each year without a row of its own (in ``rules``: for each
year). Where a change names years, such a row is written out first, one row a year
it stood for, so that the change meets the named years and the others stay as they
were. Which rows those are follows from the tables; nothing is guessed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from placebudget.arguments import as_given
from placebudget.errors import InvalidOption
from placebudget.place.checks.examination import Examination
from placebudget.place.geography import Geography, is_blank
from placebudget.place.io.cells import typed_cells
from placebudget.place.origin import FIRST_ROW
from placebudget.place.rule_kinds import rule_kind
from placebudget.place.schema import Column, Table, schema
from placebudget.texts import did_you_mean, listed, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from placebudget.place.place import Place


Cell = str | float | bool | None
Where = tuple[tuple[str, tuple[Cell, ...]], ...]


def known_table(name: str) -> Table:
    """The table of the schema called ``name``, or an error in words."""
    if not isinstance(name, str) or name not in schema():
        mend = did_you_mean(str(name), schema()) or f"Tables: {', '.join(schema())}."
        raise InvalidOption(f"a place has no table {as_given(name)}. {mend}")
    return schema()[name]


def known_column(table: Table, name: str) -> Column:
    """The column of a table called ``name``, or an error in words."""
    if not isinstance(name, str) or name not in table.names:
        mend = did_you_mean(str(name), table.names) or f"Columns: {', '.join(table.names)}."
        raise InvalidOption(f"{table.name} has no column {as_given(name)}. {mend}")
    return table.column(name)


def cell(table: str, column: Column, value: Any) -> Cell:
    """A value as the column holds it; blank is None.

    Raises
    ------
    InvalidOption
        If the value does not fit the type of the column.

    Examples
    --------
    >>> cell("funding", schema()["funding"].column("year"), "2028/29")
    '2028-29'
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or plain is pd.NA:
        return None
    if isinstance(plain, str | float) and is_blank(plain):
        return None
    if not isinstance(plain, str | int | float | bool):
        kind = type(value).__name__
        raise InvalidOption(f"{table}.{column.name}: a cell holds one value, not a {kind}")
    values, findings = typed_cells(table, column, [plain], [FIRST_ROW])
    if findings:
        raise InvalidOption(f"{table}.{column.name}: {findings[0].what} {findings[0].mend}")
    found = values[0]
    return float(found) if column.type in ("number", "integer") else found


def factor(value: Any) -> float:
    """A factor: a number of 0 or more."""
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InvalidOption(f"a factor is a number such as 1.1, not {value!r}")
    if not math.isfinite(number) or number < 0:
        raise InvalidOption(f"a factor is a number of 0 or more, not {value!r}")
    return float(number)


def several(values: Any) -> tuple[Any, ...]:
    """One value, or each of a list."""
    if isinstance(values, Mapping):
        raise InvalidOption("rows are picked by a value or a list of values, not by a mapping")
    if isinstance(values, Iterable) and not isinstance(values, str):
        return tuple(values)
    return (values,)


def said(value: Cell) -> str:
    """A cell as a sentence says it.

    Examples
    --------
    >>> said(1250000.0), said(None), said(True), said("home_care")
    ('1,250,000', 'blank', 'yes', 'home_care')
    """
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:,.15g}"


def said_where(where: Where) -> str:
    """The rows a change is about, in words; nothing where it is about all of them."""
    pairs = [f"{column} is {' or '.join(map(said, values))}" for column, values in where]
    return f" where {' and '.join(pairs)}" if pairs else ""


def there(values: Iterable[Cell]) -> str:
    """What a column holds, each value once."""
    return listed(dict.fromkeys(said(value) for value in values)) or "nothing"


YEAR = "year"
_NOT_FOLLOWED = ("source",)


def as_where(table: str, given: Mapping[str, Any] | Where) -> Where:
    """Picked values by column, each column known and each value of its type.

    Raises
    ------
    InvalidOption
        If no table near has the column, more than one has, or a value does not fit.

    Examples
    --------
    >>> as_where("funding", {"agency": "nhs", "year": ["2027/28"]})
    (('agency', ('nhs',)), ('year', ('2027-28',)))
    """
    pairs = given if isinstance(given, tuple) else tuple(given.items())
    found = []
    for name, values in pairs:
        owner, column = _path(known_table(table), name)[-1]
        picked = tuple(dict.fromkeys(cell(owner.name, column, each) for each in several(values)))
        if not picked:
            raise InvalidOption(f"{table}: no value is given for {name}")
        found.append((name, picked))
    return tuple(found)


def pick(place: Place, table: str, where: Where) -> tuple[pd.DataFrame, np.ndarray]:
    """The table, written out by year where years are named, and which rows are picked.

    Parameters
    ----------
    place : Place
        The place.
    table : str
        Name of the table.
    where : tuple
        What :func:`as_where` gives; empty: all rows.

    Returns
    -------
    frame : DataFrame
        The table; rows of a blank year are written out where the change needs it.
    picked : ndarray of bool
        One a row of the frame.

    Raises
    ------
    InvalidOption
        If nothing is picked, or one of the values is not there.
    """
    others = tuple(pair for pair in where if pair[0] != YEAR)
    years = tuple(pair for pair in where if pair[0] == YEAR)
    frame, picked = place.tables[table], _matches(place, table, others)
    if years and not known_table(table).column(YEAR).required:
        frame, picked = _written_out(place, table, picked, set(years[0][1]))
        place = place.with_(**{table: frame})
    picked = picked & _matches(place, table, years)
    if not picked.any():
        raise InvalidOption(f"no row of {table} is meant{said_where(where)}; {_size(frame)}")
    return frame, picked


def _size(frame: pd.DataFrame) -> str:
    return f"the table has {len(frame)} rows" if len(frame) else "the table has no rows"


def _matches(place: Place, table: str, where: Where) -> np.ndarray:
    picked = np.ones(len(place.tables[table]), dtype=bool)
    for name, values in where:
        held = _held(place, table, name)
        if (table, name) == ("rules", "rule"):
            held = _before_writing_out(held, _held(place, table, YEAR), values)
        for value in values:
            if not any(_same(value, other) for other in held):
                hint = did_you_mean(said(value), {said(v) for v in held if isinstance(v, str)})
                mend = hint or f"There: {there(held)}."
                raise InvalidOption(f"{table} has no row whose {name} is {said(value)}. {mend}")
        picked &= [any(_same(value, other) for value in values) for other in held]
    return picked


def _same(value: Cell, other: Cell) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _held(place: Place, table: str, name: str) -> list[Cell]:
    """The values of a column, of the table itself or of one it refers to."""
    *steps, (owner, column) = _path(schema()[table], name)
    values = _cells(place, owner.name, column.name)
    for here, link in reversed(steps):
        key = str(link.refers).split(".")[1]
        referred = str(link.refers).split(".")[0]
        found = dict(zip(_cells(place, referred, key), values, strict=True))
        values = [found.get(each) for each in _cells(place, here.name, link.name)]
    return values


def _cells(place: Place, table: str, column: str) -> list[Cell]:
    values = place.filled(table)[column].astype(object)
    return [None if blank else each for each, blank in zip(values, values.isna(), strict=True)]


def _path(table: Table, name: str) -> list[tuple[Table, Column]]:
    """The columns to follow from a table to the nearest table with a column ``name``."""
    paths: list[list[tuple[Table, Column]]] = [[]]
    ends = [table]
    seen = {table.name}
    while ends:
        hits = [(p, t) for p, t in zip(paths, ends, strict=True) if name in t.names]
        if len(hits) > 1:
            tables = " and ".join(f"{end.name} (through {path[-1][1].name})" for path, end in hits)
            raise InvalidOption(
                f"{table.name} could be picked by {name} of {tables}; pick by a column of its own"
            )
        if hits:
            path, end = hits[0]
            return [*path, (end, end.column(name))]
        onward = [
            ([*path, (end, link)], other)
            for path, end in zip(paths, ends, strict=True)
            for link, other in _links(end)
            if other.name not in seen
        ]
        paths, ends = [path for path, _ in onward], [end for _, end in onward]
        seen |= {end.name for end in ends}
    mend = did_you_mean(name, table.names) or f"Columns: {', '.join(table.names)}."
    raise InvalidOption(f"{table.name} cannot be picked by {shown(name)}. {mend}")


def _links(table: Table) -> Iterator[tuple[Column, Table]]:
    for column in table.columns:
        if column.refers and column.name not in _NOT_FOLLOWED:
            other, key = column.refers.split(".")
            if schema()[other].key == (key,):
                yield column, schema()[other]


def _written_out(
    place: Place, table: str, about: np.ndarray, years: set[Any]
) -> tuple[pd.DataFrame, np.ndarray]:
    """The table with one row a year for each row of a blank year that is meant."""
    frame = place.tables[table]
    rows: list[dict[str, Any]] = []
    still: list[bool] = []
    taken = set(frame[schema()[table].key[0]].dropna()) if table == "rules" else set()
    standing = _standing(place, table)
    for number, row in enumerate(frame.to_dict("records")):
        stood = standing.get(number, ())
        if not about[number] or not years & set(stood):
            rows.append(row)
            still.append(bool(about[number]))
            continue
        for year in stood:
            written = {**row, YEAR: year}
            if table == "rules":
                written["rule"] = _new_key(str(row["rule"]), year, taken)
            rows.append(written)
            still.append(True)
    if rows:
        frame = place.with_(**{table: pd.DataFrame(rows, dtype=object)}).tables[table]
    return frame, np.array(still, dtype=bool)


def of_year(rule: str, year: str) -> str:
    """Key of a rule that was written out, in one of its years."""
    return f"{rule}_{year.replace('-', '_')}"


def _before_writing_out(
    held: list[Cell], years: list[Cell], wanted: tuple[Cell, ...]
) -> list[Cell]:
    """Keys of rules; one that was written out by year still answers to its name."""
    gone = [rule for rule in wanted if isinstance(rule, str) and rule not in held]
    return [
        next((rule for rule in gone if year and key == of_year(rule, str(year))), key)
        for key, year in zip(held, years, strict=True)
    ]


def _new_key(rule: str, year: str, taken: set[str]) -> str:
    key = of_year(rule, year)
    if key in taken:
        raise InvalidOption(
            f"the rule {rule} holds for each year and would be written out by year, but there is "
            f"a rule {key} already; rename one of them in the place"
        )
    taken.add(key)
    return key


def _standing(place: Place, table: str) -> dict[int, tuple[str, ...]]:
    """Years each row of a blank year stands for, by number of the row."""
    frame = place.tables[table]
    blank = np.flatnonzero(frame[YEAR].isna())
    if table == "rules":
        kinds = frame["kind"]
        return {int(n): place.years for n in blank if rule_kind(kinds.iloc[n]).yearly}
    among = Examination(place).appraisal_years if table == "at_risk" else place.years
    tree = Geography.of(place)
    keys = [
        tuple(
            tree.key(row[part]) if part == "area" else row[part]
            for part in schema()[table].key
            if part != YEAR
        )
        for row in frame.to_dict("records")
    ]
    own: dict[tuple[Any, ...], set[str]] = {}
    for key, year in zip(keys, frame[YEAR], strict=True):
        if not pd.isna(year):
            own.setdefault(key, set()).add(year)
    return {
        int(n): tuple(year for year in among if year not in own.get(keys[n], ())) for n in blank
    }
