"""Findings: what is wrong or doubtful about a place, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, overload

import pandas as pd

from placebudget.errors import InvalidPlace

if TYPE_CHECKING:
    from placebudget.place.finding_groups import FindingGroup

Severity = Literal["error", "warning"]

Tracing = Callable[[Sequence["Finding"]], Mapping["Finding", "Finding"]]
"""Tells of findings, for each that follows from another, which that is."""


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
        from placebudget.place.finding_groups import grouped

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
        from placebudget.place.finding_words import as_rows

        return as_rows(self)

    def to_html(self) -> str:
        """The findings as a list in HTML: what follows is folded under its cause."""
        from placebudget.place.finding_words import as_html

        return as_html(self)

    def in_full(self) -> str:
        """Every finding in a line of its own, with what it follows from."""
        from placebudget.place.finding_words import in_full

        return in_full(self)

    def _some(self, findings: Iterable[Finding]) -> Findings:
        return Findings(findings, self._tracing)

    def __str__(self) -> str:
        from placebudget.place.finding_words import in_short

        return in_short(self)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return f"<Findings: {len(self.errors)} errors, {len(self.warnings)} warnings>"
