"""The parts of a plan's file, each checked for its type before it is used."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from placebudget.errors import UnreadablePlan
from placebudget.plan.columns import NUMBER, TEXT
from placebudget.plan.files import ENDLESS, INFINITY

_SHOWN = 20
# More than any figure of a plan can be, and sums of them still have an end.
_LARGEST = 1e30
_ENDLESS = {INFINITY: math.inf, f"-{INFINITY}": -math.inf}
# Figures that may not exist, or have no end: prices of limits, people not counted.
_MAY_BE_BLANK = (
    *("relaxing", "relaxing_rate", "holds_for"),
    *("tightening", "tightening_rate", "tightening_holds_for", "population"),
)
NUMBERS, TEXTS = dict[str, float], dict[str, str]
"""Objects whose values are all numbers, or all texts."""

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
    """A table of the file as cells by column."""
    rows = _rows(where, given, columns, problems)
    cells: dict[str, list[Any]] = {name: [] for name in columns}
    for n, row in enumerate(rows):
        for name, value in zip(columns, row, strict=True):
            cells[name].append(_cell(f"{where}[{n}].{name}", name, value, columns[name], problems))
    return cells


def _rows(
    where: str, given: Any, columns: Mapping[str, str], problems: Problems
) -> list[list[Any]]:
    """Rows with their cells in the order of the columns; faulty ones are left out."""
    if not isinstance(given, dict) or set(given) != {"columns", "rows"}:
        problems.add(where, "it is no table", "Write an object with the keys columns and rows.")
        return []
    names, rows = given["columns"], given["rows"]
    if not _is(names, list) or sorted(names) != sorted(columns):
        problems.add(f"{where}.columns", "wrong columns", f"Write: {', '.join(columns)}.")
        return []
    if not isinstance(rows, list):
        problems.add(f"{where}.rows", "it is no list", "Write a list of rows.")
        return []
    order = [names.index(name) for name in columns]
    found = []
    for n, row in enumerate(rows):
        if isinstance(row, list) and len(row) == len(names):
            found.append([row[position] for position in order])
        else:
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
        return abs(float(value)) <= _LARGEST
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
