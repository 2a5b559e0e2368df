"""Findings: all that is wrong or doubtful about a place, as a list, as text, table and HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from functools import cached_property
from html import escape
from typing import Any, overload

import pandas as pd

from placebudget.errors import InvalidPlace
from placebudget.place.finding import Finding, FindingGroup, grouped

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
    return pd.DataFrame(list(_rows(findings.groups, None)), columns=list(_COLUMNS))


def _as_html(findings: Findings) -> str:
    """Groups as a list in HTML, without styles and scripts, to stand in any page.

    What follows is folded under its cause; all texts are escaped.
    """
    told = f"<p>{escape(_heading(findings))}</p>{_list(findings.groups)}"
    return f'<div class="placebudget-findings">{told}</div>'


def _rows(groups: Sequence[FindingGroup], cause: str | None) -> Iterator[tuple[object, ...]]:
    for each in groups:
        count = len(each.findings)
        yield each.severity, each.where, each.what, each.mend, each.code, count, cause
        yield from _rows(each.following, f"{each.where} [{each.code}]")


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
