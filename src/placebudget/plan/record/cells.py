"""The parts of a plan's file, each checked for its type before it is used."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from placebudget.errors import UnreadablePlan
from placebudget.plan.columns import NUMBER, TEXT
from placebudget.plan.record.files import ENDLESS, INFINITY
from placebudget.plan.record.short import SHARE_FACTS, Group, Shares

Fault: TypeAlias = tuple[str, str]
"""What is wrong, and how to mend it."""

_SHOWN = 20
# Pounds of which every penny is exact, and rows of money for which there is room.
_MOST_SHARED, _MOST_CELLS = 1e13, 10**7
LARGEST = 1e30
"""More than any figure of a plan can be, and sums of them still have an end."""
_ENDLESS = {INFINITY: math.inf, f"-{INFINITY}": -math.inf}
# Figures that may not exist, or have no end: prices of limits, people not counted.
_MAY_BE_BLANK = (
    *("relaxing", "relaxing_rate", "holds_for"),
    *("tightening", "tightening_rate", "tightening_holds_for", "population"),
)
NUMBERS, TEXTS = dict[str, float], dict[str, str]
"""Objects whose values are all numbers, or all texts."""

_OF_LINES = ("stream", "route", "year", "amount")
_AGAIN = "Write the plan again with plan.to_json."

_WORDS: Mapping[Any, str] = {
    str: "text",
    float: "a number",
    list: "a list of texts",
    dict: "an object",
    NUMBERS: "an object of numbers",
    TEXTS: "an object of texts",
}


class Problems:
    """What is wrong with a file, collected so that it can be said at once.

    Parameters
    ----------
    file : str
        Name of the file.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[str] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, where: str, what: str, mend: str) -> None:
        """Note a problem: at which key, what is wrong, how to mend it."""
        self._found.append(f"{where}: {what}. {mend}")

    def alone(self, sentence: str) -> UnreadablePlan:
        """The error for a problem behind which no other can be seen."""
        return UnreadablePlan(f"{self.file}: {sentence}", [sentence])

    def raise_if_any(self) -> None:
        """Raise :class:`UnreadablePlan` with all problems, if there are any."""
        if not self._found:
            return
        count = len(self._found)
        shown = "\n".join(f"- {problem}" for problem in self._found[:_SHOWN])
        more = f"\n- and {count - _SHOWN} more" if count > _SHOWN else ""
        many = "1 problem" if count == 1 else f"{count} problems"
        raise UnreadablePlan(
            f"{self.file} cannot be read as a plan; {many}:\n{shown}{more}", self._found
        )


def read_facts(where: str, given: Any, shape: Any, problems: Problems) -> Any:
    """A part of the file that is no table, as it stands.

    Parameters
    ----------
    where : str
        Its key.
    given : object
        What stands there.
    shape : type or mapping
        A type; or the keys an object must have, each with its type. Other keys
        may stand beside them.
    problems : Problems
        Takes what is wrong.

    Returns
    -------
    object
        What was given; an empty object where an object should have been.
    """
    if not isinstance(shape, Mapping):
        if not _is(given, shape):
            problems.add(
                where, f"{_shown(given)} is not {_WORDS[shape]}", f"Write {_WORDS[shape]}."
            )
        return given
    if not isinstance(given, dict):
        problems.add(where, f"{_shown(given)} is not an object", "Write an object with its keys.")
        return {}
    for key, kind in shape.items():
        if key in given:
            read_facts(f"{where}.{key}", given[key], kind, problems)
        else:
            problems.add(f"{where}.{key}", "the key is missing", f"Add it: {_WORDS[kind]}.")
    return given


def read_cells(
    where: str, given: Any, columns: Mapping[str, str], problems: Problems
) -> dict[str, list[Any]]:
    """A table of the file as cells by column, whether a row is of one year or of all."""
    if isinstance(given, dict) and "years" in given and "year" in columns:
        return _read_by_year(where, given, columns, problems)
    texts = [name for name, kind in columns.items() if kind == TEXT]
    rows = _rows(where, given, ("columns", "rows"), columns, problems, texts)
    cells: dict[str, list[Any]] = {name: [] for name in columns}
    for n, row in enumerate(rows):
        for name, value in zip(columns, row, strict=True):
            cells[name].append(_cell(f"{where}[{n}].{name}", name, value, columns[name], problems))
    return cells


def _read_by_year(
    where: str, given: Mapping[str, Any], columns: Mapping[str, str], problems: Problems
) -> dict[str, list[Any]]:
    cells: dict[str, list[Any]] = {name: [] for name in columns}
    years = given["years"]
    if not _is(years, list) or len(set(years)) < len(years):
        problems.add(f"{where}.years", "it is no list of years", "Write each year once.")
        return cells
    held = [name for name in columns if name != "year"]
    texts = [name for name in held if columns[name] == TEXT]
    rows = _rows(where, given, ("columns", "years", "rows"), held, problems, texts)
    for n, row in enumerate(rows):
        at, by_name = f"{where}[{n}]", dict(zip(held, row, strict=True))
        lists = [_by_year(by_name, name, len(years)) for name in held if name not in texts]
        if not all(isinstance(each, list) and len(each) == len(years) for each in lists):
            mend = (
                f"Write {len(years)} figures a column, null where a year has none; or one for "
                "all years, or the name of a column with the same."
            )
            problems.add(at, "it has no list of figures by year", mend)
            continue
        for k, year in enumerate(years):
            blank = {each[k] is None for each in lists}
            if blank == {True, False}:
                mend = "Write null in all columns of the year, or in none."
                problems.add(f"{at}.{year}", "some of its figures are missing", mend)
            if True in blank:
                continue
            for name in texts:
                value = _cell(f"{at}.{name}", name, by_name[name], TEXT, problems)
                cells[name].append(value)
            for name, each in zip((n for n in held if n not in texts), lists, strict=True):
                place = f"{at}.{name}.{year}"
                cells[name].append(_cell(place, name, each[k], columns[name], problems))
            cells["year"].append(year)
    return cells


def _by_year(row: Mapping[str, Any], name: str, years: int) -> Any:
    """Figures of a row by year; what stands alone is that of all, or names a column."""
    given = row[name]
    if isinstance(given, str) and given in row:
        given = row[given]
    alone = isinstance(given, int | float)
    return [given] * years if alone else given


def read_shares(
    where: str, given: Any, money: Mapping[str, list[Any]], problems: Problems
) -> dict[Group, Shares]:
    """What streams that pay alike share, each group by its name, route and year.

    Parameters
    ----------
    where : str
        Its key.
    given : object
        What stands there: a table of groups.
    money : mapping of str to list
        Cells of the table of money; the lines of a group are its rows.
    problems : Problems
        Takes what is wrong.
    """
    rows = _rows(where, given, ("columns", "rows"), SHARE_FACTS, problems)
    lines: dict[tuple[Any, ...], list[Any]] = {}
    for *row, amount in zip(*(money[n] for n in _OF_LINES), strict=True):
        lines.setdefault(tuple(row), []).append(amount)
    found: dict[Group, Shares] = {}
    for n, (stream, route, year, by_stream) in enumerate(rows):
        at, before = f"{where}[{n}]", len(problems)
        group = dict(zip(SHARE_FACTS, rows[n], strict=True))
        read_facts(at, group, SHARE_FACTS, problems)
        if len(problems) > before:
            continue
        key = (stream, route, year)
        own = lines.get(key, [])
        for fault, mend in _faults(key in found, own, by_stream):
            problems.add(at, fault, mend)
        found[key] = by_stream
    cells = sum(len(by_stream) * len(lines.get(key, [])) for key, by_stream in found.items())
    if cells > _MOST_CELLS:
        problems.add(where, f"it makes {cells:,} rows of money", f"Keep to {_MOST_CELLS:,}.")
    return found


def _faults(twice: bool, lines: list[Any], by_stream: Mapping[Any, Any]) -> Iterator[Fault]:
    if twice:
        yield "the same group stands here twice", "Take one out."
    if not lines:
        yield "no row of money is of its name, route and year", "Add its lines, or take it out."
        return
    found = [_pounds(given, len(lines)) for given in by_stream.values()]
    pounds = [each for each in found if each is not None]
    if not pounds or len(pounds) < len(found):
        what = "each of its streams must have a list: pounds, then numbers of lines"
        yield what, f"Write whole numbers from 1 to {len(lines)}, negative for a penny less."
    elif not all(_is(amount, float) and 0 <= amount <= _MOST_SHARED for amount in lines):
        yield "its lines are not all sums of money", "Write pounds that are not negative."
    elif not any(lines) or round(100 * sum(lines)) != round(100 * sum(pounds)):
        yield "its lines and its streams add up to different sums", _AGAIN


def _pounds(given: Any, lines: int) -> float | None:
    """What a stream pays, if its share is written as it should be."""
    if not isinstance(given, list) or not given or not _is(given[0], float):
        return None
    right = all(type(n) is int and 1 <= abs(n) <= lines for n in given[1:])
    return float(given[0]) if right and 0 < given[0] <= _MOST_SHARED else None


def _rows(
    where: str,
    given: Any,
    keys: tuple[str, ...],
    columns: Iterable[str],
    problems: Problems,
    texts: Collection[str] = (),
) -> list[list[Any]]:
    """Rows with their cells in the order of the columns, texts that are null as in the row above.

    Faulty rows are left out.
    """
    if not isinstance(given, dict) or set(given) != set(keys):
        said = f"{', '.join(keys[:-1])} and {keys[-1]}"
        problems.add(where, "it is no table", f"Write an object with the keys {said}.")
        return []
    names, rows = given["columns"], given["rows"]
    if not _is(names, list) or sorted(names) != sorted(columns):
        problems.add(f"{where}.columns", "wrong columns", f"Write: {', '.join(columns)}.")
        return []
    if not isinstance(rows, list):
        problems.add(f"{where}.rows", "it is no list", "Write a list of rows.")
        return []
    order = [(names.index(name), name in texts) for name in columns]
    found: list[list[Any]] = []
    above: list[Any] = [None] * len(order)
    for n, row in enumerate(rows):
        if isinstance(row, list) and len(row) == len(names):
            above = [
                last if down and row[position] is None else row[position]
                for (position, down), last in zip(order, above, strict=True)
            ]
            found.append(above)
        else:
            above = ["" if cell is None else cell for cell in above]  # what it held is not known
            mend = f"Write a list of {len(names)} cells."
            problems.add(f"{where}.rows[{n}]", "it is no row of the table", mend)
    return found


def _cell(where: str, name: str, value: Any, kind: str, problems: Problems) -> Any:
    if kind == TEXT:
        right, wanted = isinstance(value, str), "text"
    elif kind == NUMBER and name in _MAY_BE_BLANK:
        if value is None:
            return math.nan
        if isinstance(value, str) and value in _ENDLESS:
            return _ENDLESS[value]
        right, wanted = _is(value, float), f"a number, null or the text {INFINITY}"
    elif kind == NUMBER:
        right, wanted = _is(value, float), "a number"
    else:
        right, wanted = isinstance(value, bool), "true or false"
    if not right:
        problems.add(where, f"{_shown(value)} is not {wanted}", f"Write {wanted}.")
        return None
    return float(value) if kind == NUMBER else value


def _is(value: Any, kind: Any) -> bool:
    if kind in (NUMBERS, TEXTS):
        each = float if kind is NUMBERS else str
        return isinstance(value, dict) and all(_is(part, each) for part in value.values())
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and _finite(value)
    if kind is list:
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    return isinstance(value, kind)


def _finite(value: float) -> bool:
    try:
        return abs(float(value)) <= LARGEST
    except OverflowError:  # a whole number with more digits than a float has room for
        return False


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def unpacked(value: Any) -> Any:
    """Facts as they were before writing: objects that stand for infinity are numbers."""
    if isinstance(value, dict):
        if set(value) == {ENDLESS} and isinstance(value[ENDLESS], str):
            return _ENDLESS.get(value[ENDLESS], value)
        return {key: unpacked(part) for key, part in value.items()}
    return [unpacked(part) for part in value] if isinstance(value, list) else value
