"""One finding: what is wrong or doubtful, where, how to mend it; and groups of them for people.

For machines the list of findings is complete. People read that one key is unknown in
rows 12 to 16, not five times that it is unknown; and that an area is part of itself,
not thirteen times what comes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from placebudget.texts import listed

Severity = Literal["error", "warning"]

_YEAR = re.compile(r"\b\d{4}-\d{2}\b")
_POUNDS = re.compile(r"£[\d,]+")
_MOST_RUNS = 12


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or doubtful.

    Parameters
    ----------
    code : str
        Short kebab-case name of the kind of finding, ``"unknown-key"`` say.
    severity : {"error", "warning"}
        An error stops a plan; a warning should be read.
    table : str
        Table, ``"place"`` for the settings, or the file that could not be read.
    row : int or None
        Row as a spreadsheet shows it: the heading is row 1, blank rows count; None:
        not one row.
    column : str or None
        Column of the table, or name of the setting.
    what : str
        What is wrong.
    mend : str
        How to mend it.

    Examples
    --------
    >>> print(Finding("negative", "error", "funding", 3, "amount", "-5 is negative.",
    ...               "Write an amount of 0 or more."))
    error: funding, row 3, amount: -5 is negative. Write an amount of 0 or more. [negative]
    """

    code: str
    severity: Severity
    table: str
    row: int | None
    column: str | None
    what: str
    mend: str

    @property
    def where(self) -> str:
        """Table, row and column, as they should be read."""
        row = "" if self.row is None else f"row {self.row}"
        return ", ".join(part for part in (self.table, row, self.column or "") if part)

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.what} {self.mend} [{self.code}]"


def error(
    code: str, table: str, row: int | None, column: str | None, what: str, mend: str
) -> Finding:
    """A finding that stops a plan."""
    return Finding(code, "error", table, row, column, what, mend)


def warning(
    code: str, table: str, row: int | None, column: str | None, what: str, mend: str
) -> Finding:
    """A finding that should be read."""
    return Finding(code, "warning", table, row, column, what, mend)


def unreadable(file: str, code: str, what: str, mend: str, column: str | None = None) -> Finding:
    """The finding that a file, a table as a whole or a column of it cannot be read."""
    return Finding(code, "error", file, None, column, what, mend)


@dataclass(frozen=True)
class FindingGroup:
    """Findings that say the same of several rows or years, and what follows from them.

    Parameters
    ----------
    findings : tuple of Finding
        At least one; they differ in table, row, column and year at most.
    what : str
        What is wrong, the years put together.
    mend : str
        How to mend it, likewise.
    following : tuple of FindingGroup
        What follows from it, and so goes when it is mended.

    Examples
    --------
    >>> rows = [Finding("negative", "error", "funding", row, "amount", "-5 is negative.",
    ...                 "Write 0 or more.") for row in (3, 4, 5, 9)]
    >>> print(grouped(rows)[0])
    error: funding, rows 3-5 and 9, amount: -5 is negative. Write 0 or more. [negative]
    """

    findings: tuple[Finding, ...]
    what: str
    mend: str
    following: tuple[FindingGroup, ...] = ()

    @property
    def code(self) -> str:
        """The kind of finding."""
        return self.findings[0].code

    @property
    def severity(self) -> Severity:
        """Whether they stop a plan."""
        return self.findings[0].severity

    @property
    def where(self) -> str:
        """Tables, rows and columns, as they should be read."""
        places: dict[tuple[str, str | None], list[int | None]] = {}
        for each in self.findings:
            places.setdefault((each.table, each.column), []).append(each.row)
        return "; ".join(
            ", ".join(filter(None, (table, _rows(rows), column)))
            for (table, column), rows in places.items()
        )

    @property
    def follow(self) -> int:
        """How many findings follow from these."""
        return sum(len(each.findings) + each.follow for each in self.following)

    @property
    def says_of_following(self) -> str:
        """How many findings follow, and of which tables; empty where none does."""
        if not self.following:
            return ""
        tables: dict[str, None] = dict.fromkeys(
            finding.table for each in self.following for finding in each.findings
        )
        one = self.follow == 1
        said = "1 finding that follows" if one else f"{self.follow:,} findings that follow"
        return f"and {said} from it, in {listed(tables, most=4)}"

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.what} {self.mend} [{self.code}]"


def grouped(
    findings: Sequence[Finding], causes: Mapping[Finding, Finding] | None = None
) -> tuple[FindingGroup, ...]:
    """Findings in groups, errors first, those that follow under their cause.

    Parameters
    ----------
    findings : sequence of Finding
        Findings, errors first.
    causes : mapping of Finding to Finding, optional
        For each that follows from another: that other. What follows from a finding that
        is not among them stands by itself.

    Returns
    -------
    tuple of FindingGroup
        Together they hold each finding once.
    """
    present = set(findings)
    held = {one: of for one, of in (causes or {}).items() if of in present}
    following: dict[Finding, list[Finding]] = {}
    for one in findings:
        if one in held:
            following.setdefault(held[one], []).append(one)
    return tuple(
        FindingGroup(
            tuple(alike),
            *_together(alike),
            grouped([after for one in dict.fromkeys(alike) for after in following.get(one, ())]),
        )
        for alike in _alike(one for one in findings if one not in held)
    )


def _alike(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Findings that are equal but for row and year, in their order."""
    skeletons: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        key = (one.severity, one.code, _skeleton(one.what), _skeleton(one.mend))
        skeletons.setdefault(key, []).append(one)
    for alike in skeletons.values():
        if _differ_in_one_year(alike):
            yield alike
        else:
            exact: dict[tuple[str, str], list[Finding]] = {}
            for one in alike:
                exact.setdefault((one.what, one.mend), []).append(one)
            yield from exact.values()


def _skeleton(text: str) -> str:
    """A text without its years; without its pounds, too, where it has one year."""
    bare = _YEAR.sub("~", text)
    # Amounts grow with prices from year to year; without a year they tell things apart.
    return _POUNDS.sub("£", bare) if bare.count("~") == 1 else bare


def _differ_in_one_year(findings: Sequence[Finding]) -> bool:
    """Whether texts differ in one of their years at most, and in nothing for the same year."""
    years = [tuple(_YEAR.findall(f"{one.what} {one.mend}")) for one in findings]
    texts = {(year, one.what, one.mend) for year, one in zip(years, findings, strict=True)}
    moving = sum(len(set(position)) > 1 for position in zip(*years, strict=True))
    return moving <= 1 and len(texts) == len(set(years))


def _together(alike: Sequence[Finding]) -> tuple[str, str]:
    """What findings say that differ in year, and in amounts with it, as one sentence each."""
    return _merged([one.what for one in alike]), _merged([one.mend for one in alike])


def _merged(texts: Sequence[str]) -> str:
    if len(set(texts)) == 1:
        return texts[0]
    merged = texts[0]
    for pattern, join in ((_YEAR, _years), (_POUNDS, _amounts)):
        own = [pattern.findall(text) for text in texts]
        words = iter([join(position) for position in zip(*own, strict=True)])
        merged = pattern.sub(lambda _, words=words: next(words), merged)  # type: ignore[misc]
    return merged


def _years(years: Iterable[str]) -> str:
    """Years as they should be read: a run of them by its first and last."""
    starts = {int(year[:4]): year for year in years}
    return listed(
        starts[first] if first == last else f"{starts[first]} to {starts[last]}"
        for first, last in _runs(starts)
    )


def _amounts(amounts: Iterable[str]) -> str:
    ordered = sorted(set(amounts), key=lambda amount: int(amount[1:].replace(",", "")))
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} to {ordered[-1]}"


def _rows(rows: Sequence[int | None]) -> str:
    numbers = [row for row in rows if row is not None]
    if not numbers:
        return ""
    runs = [str(a) if a == b else f"{a}-{b}" for a, b in _runs(numbers)]
    word = "row" if len(set(numbers)) == 1 else "rows"
    if len(runs) > _MOST_RUNS:
        return f"{word} {listed(runs, most=_MOST_RUNS)}"
    return f"{word} {' and '.join(filter(None, (', '.join(runs[:-1]), runs[-1])))}"


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers as runs, each by its first and last."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
