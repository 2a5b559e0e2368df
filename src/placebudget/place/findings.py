"""Findings: what is wrong or doubtful about a place, one by one and as a list, text and table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from html import escape
from typing import Any, Literal, overload

import pandas as pd

from placebudget.errors import InvalidPlace
from placebudget.texts import listed

# One finding: what is wrong or doubtful, where, how to mend it; and groups of them for people.
#
# For machines the list of findings is complete. People read that one key is unknown in
# rows 12 to 16, not five times that it is unknown; and that an area is part of itself,
# not thirteen times what comes of it.

Severity = Literal["error", "warning"]

NOTHING = "Nothing."
"""How to mend what needs no mending."""

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

    @property
    def sentences(self) -> str:
        """What is wrong, and how to mend it where anything is to be done."""
        return self.what if self.mend == NOTHING else f"{self.what} {self.mend}"

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.sentences} [{self.code}]"


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
        return self.placed(lambda table, column: (table, column))

    def placed(self, called: Callable[[str, str | None], tuple[str, str | None]]) -> str:
        """Tables, rows and columns, with tables and columns as they are called there."""
        places: dict[tuple[str, str | None], list[int | None]] = {}
        for each in self.findings:
            places.setdefault(called(each.table, each.column), []).append(each.row)
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


Tracing = Callable[[Sequence[Finding]], Mapping[Finding, Finding]]
"""Tells of findings, for each that follows from another, which that is."""


_MOST_SHOWN = 500
_COLUMNS = ("severity", "where", "what", "mend", "code", "findings", "follows_from")


class Findings(Sequence[Finding]):
    """All findings about a place, errors first, in the order of its tables.

    As text and in a notebook equal findings stand together in one line, and what follows
    from another finding is counted under it. The list itself, :meth:`to_frame` and
    :meth:`records` hold every finding on its own.

    Parameters
    ----------
    findings : iterable of Finding
        The findings.
    tracing : callable, optional
        Tells which of some findings follow from which others; default: as the findings
        themselves know. It is asked when that is wanted: telling takes more time than finding.

    Examples
    --------
    >>> print(Findings([]))
    No findings.
    """

    def __init__(self, findings: Iterable[Finding] = (), tracing: Tracing | None = None) -> None:
        # Sorting is stable: within a severity the order of the checks stays.
        self._all = tuple(sorted(findings, key=lambda finding: finding.severity != "error"))
        known: Tracing | None = findings._tracing if isinstance(findings, Findings) else None
        self._tracing: Tracing | None = tracing or known

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Findings: ...
    def __getitem__(self, index: int | slice) -> Finding | Findings:
        return self._some(self._all[index]) if isinstance(index, slice) else self._all[index]

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._all)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, tuple):
            return self._all == other
        return isinstance(other, Findings) and self._all == other._all

    def __hash__(self) -> int:
        return hash(self._all)

    @property
    def errors(self) -> Findings:
        """Findings that stop a plan."""
        return self._some(finding for finding in self._all if finding.severity == "error")

    @property
    def warnings(self) -> Findings:
        """Findings that should be read."""
        return self._some(finding for finding in self._all if finding.severity == "warning")

    def after(self, others: Iterable[Finding]) -> Findings:
        """These findings after others, about which nothing more is known."""
        return self._some([*others, *self._all])

    @property
    def codes(self) -> frozenset[str]:
        """The kinds of findings there are."""
        return frozenset(finding.code for finding in self._all)

    def of(self, code: str) -> Findings:
        """Findings of one kind."""
        return self._some(finding for finding in self._all if finding.code == code)

    @cached_property
    def causes(self) -> Mapping[Finding, Finding]:
        """For each finding that follows from another of these: that other.

        Mend the other, and it goes. What follows is still a finding: an error stops a plan.
        """
        return self._tracing(self._all) if self._tracing and len(self._all) > 1 else {}

    @cached_property
    def groups(self) -> tuple[FindingGroup, ...]:
        """The findings for people: equal ones together, those that follow under their cause."""
        return grouped(self._all, self.causes)

    def raise_if_errors(self) -> Findings:
        """Raise if anything stops a plan; otherwise give the findings back.

        Raises
        ------
        InvalidPlace
            With all errors, not the first only.
        """
        if self.errors:
            raise InvalidPlace(str(self.errors), self)
        return self

    def records(self) -> list[dict[str, Any]]:
        """Every finding as plain data, with the words for what it follows from, or None.

        Examples
        --------
        >>> one = Finding("negative", "error", "funding", 3, "amount", "-5 is negative.", "Mend.")
        >>> [(each["row"], each["follows_from"]) for each in Findings([one]).records()]
        [(3, None)]
        """
        causes = {one: f"{of.where} [{of.code}]" for one, of in self.causes.items()}
        return [{**asdict(finding), "follows_from": causes.get(finding)} for finding in self._all]

    def to_frame(self) -> pd.DataFrame:
        """The findings as a table, one row a finding; ``follows_from`` names the cause of one."""
        columns = [*(column.name for column in fields(Finding)), "follows_from"]
        return pd.DataFrame(self.records(), columns=columns).astype({"row": "Int64"})

    def grouped(self) -> pd.DataFrame:
        """The findings as people read them, one row a group.

        Returns
        -------
        DataFrame
            severity, where, what, mend, code, findings (how many it puts together),
            follows_from (place and code of the group that it follows from; blank: none).
            Errors first; what follows stands below its cause.

        Examples
        --------
        >>> one = Finding("negative", "error", "funding", 3, "amount", "-5 is negative.", "Mend.")
        >>> Findings([one]).grouped()["where"].tolist()
        ['funding, row 3, amount']
        """
        return _as_rows(self)

    def to_html(self) -> str:
        """The findings as a list in HTML: what follows is folded under its cause."""
        return _as_html(self)

    def in_full(self) -> str:
        """Every finding in a line of its own, with what it follows from."""
        return _in_full(self)

    def _some(self, findings: Iterable[Finding]) -> Findings:
        return Findings(findings, self._tracing)

    def __str__(self) -> str:
        return _in_short(self)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return f"<Findings: {len(self.errors)} errors, {len(self.warnings)} warnings>"


def _heading(findings: Findings) -> str:
    """How many errors and warnings there are, and how many only follow from another."""
    if not findings:
        return "No findings."
    errors, warnings = len(findings.errors), len(findings.warnings)
    told = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    follow = len(findings.causes)
    if not follow:
        return told
    return f"{told}; {follow} of them only follow{'s' if follow == 1 else ''} from another"


def _in_short(findings: Findings) -> str:
    """Equal findings in one line, errors first; what follows is counted under its cause."""
    lines: list[str] = []
    for group in findings.groups:
        lines.append(f"- {group}")
        if group.following:
            lines.append(f"  {group.says_of_following}")
    more = len(lines) - _MOST_SHOWN
    shown = [*lines[:_MOST_SHOWN], *([f"- and {more:,} more"] if more > 0 else [])]
    return "\n".join([_heading(findings), *shown])


def _in_full(findings: Findings) -> str:
    """Every finding in a line of its own, with what it follows from."""
    told = [_heading(findings)]
    for one, record in zip(findings, findings.records(), strict=True):
        cause = record["follows_from"]
        told.append(f"- {one}" + (f" (follows from {cause})" if cause else ""))
    return "\n".join(told)


def _as_rows(findings: Findings) -> pd.DataFrame:
    """Groups as a table, one row each; what follows stands below its cause."""
    return pd.DataFrame(list(_table_rows(findings.groups, None)), columns=list(_COLUMNS))


def _as_html(findings: Findings) -> str:
    """Groups as a list in HTML, without styles and scripts, to stand in any page.

    What follows is folded under its cause; all texts are escaped.
    """
    told = f"<p>{escape(_heading(findings))}</p>{_list(findings.groups)}"
    return f'<div class="placebudget-findings">{told}</div>'


def _table_rows(groups: Sequence[FindingGroup], cause: str | None) -> Iterator[tuple[object, ...]]:
    for each in groups:
        count = len(each.findings)
        yield each.severity, each.where, each.what, each.mend, each.code, count, cause
        yield from _table_rows(each.following, f"{each.where} [{each.code}]")


def _list(groups: Sequence[FindingGroup]) -> str:
    return f"<ul>{''.join(map(_item, groups))}</ul>" if groups else ""


def _item(group: FindingGroup) -> str:
    said = (
        f"<strong>{group.severity.capitalize()}</strong>: {escape(group.where)}: "
        f"{escape(group.what)} {escape(group.mend)} <code>{escape(group.code)}</code>"
    )
    if group.following:
        said += (
            f"<details><summary>{escape(group.says_of_following)}</summary>"
            f"{_list(group.following)}</details>"
        )
    return f"<li>{said}</li>"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
