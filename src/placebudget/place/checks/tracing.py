"""Which findings follow from others: those that go when an error is taken away.

An area that is part of itself lies in nobody's territory, and so no money can reach it.
Each kind of error that can have such a train has a likeliest remedy
(:mod:`placebudget.place.checks.remedies`). The checks that found something look again
at the place with one error mended: what they no longer find follows from that error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from placebudget.place.checks.draft import Draft
from placebudget.place.checks.examination import Check, Examination
from placebudget.place.checks.remedies import OTHER_WAYS, REMEDIES, Remedy
from placebudget.place.findings import Finding
from placebudget.place.place import Place
from placebudget.place.schema import schema

_MOST_TRACED = 12
_FEW = 2
# What stands in a row that a remedy takes out goes with it, and follows from nothing.
_ROWS_TAKEN_OUT = ("doubled-key",)

# What is found where a table has no rows, besides keys that name rows of it.
_WANT_OF_ROWS: Mapping[str, frozenset[str]] = {
    "offers": frozenset(
        ("no-offer", "no-offer-there", "unserved-need", "picks-nothing", "statutory-without-floor")
    ),
    "services": frozenset(("picks-nothing", "useless-stream")),
    "streams": frozenset(("unreachable-service",)),
    "funding": frozenset(("missing-funding", "today-above-funding", "minima-above-funding")),
}

Group = Sequence[Finding]
Checks = Sequence[tuple[Check, Sequence[Finding]]]


@dataclass(frozen=True)
class Tracing:
    """What follows from what, among findings of a place.

    Parameters
    ----------
    place : Place
        The place.
    found : tuple of tuple
        Checks that found something, and what.
    """

    place: Place
    found: tuple[tuple[Check, tuple[Finding, ...]], ...]

    def __call__(self, findings: Sequence[Finding]) -> Mapping[Finding, Finding]:
        """For each finding that follows from another of them: that other.

        Only the first few errors are traced: what follows from a later one then stands
        by itself.
        """
        present = set(findings)
        checks = [(check, told) for check, told in self.found if present & set(told)]
        known = {one for _, told in checks for one in told}
        groups = self._groups([one for one in findings if one in known])
        before = [one for _, told in checks for one in told]
        gone = [present & self._gone_with(group, checks, before) for group in groups[:_FEW]]
        if len(groups) > _FEW:
            members = {one for group in groups for one in group}
            # Taken away together the rest tell whether anything follows from one of them.
            if present & self._gone(groups[_FEW:], checks, before) - members:
                gone += [present & self._gone_with(one, checks, before) for one in groups[_FEW:]]
        empty = [one for one in findings if one.code == "missing-table"]
        groups = [*([one] for one in empty), *groups]
        return _attributed(groups, [*(_want_of_rows(one, present) for one in empty), *gone])

    def _groups(self, findings: Sequence[Finding]) -> list[Group]:
        """Errors with a remedy, those together that one remedy mends; settings, areas first."""
        examined = Examination(self.place)
        groups: dict[tuple[object, ...], list[Finding]] = {}
        for one in findings:
            if one.severity == "error" and one.code in REMEDIES:
                groups.setdefault(_key(one, examined), []).append(one)
        order = list(REMEDIES)
        first = order[: order.index("several-roots") + 1]
        ranked = sorted(groups.values(), key=lambda group: group[0].code not in first)
        return list(ranked[:_MOST_TRACED])

    def _gone_with(self, group: Group, checks: Checks, before: Group) -> set[Finding]:
        """What is no longer found with one error mended, in the way that takes most with it."""
        code = group[0].code
        ways = (REMEDIES[code], *OTHER_WAYS.get(code, ()))
        return max((self._gone([group], checks, before, way) for way in ways), key=len)

    def _gone(
        self, groups: Sequence[Group], checks: Checks, before: Group, way: Remedy | None = None
    ) -> set[Finding]:
        """What is no longer found with errors mended; nothing where that does not mend them."""
        draft = Draft(self.place)
        # Rows are taken out last: others may be mended in them first.
        for group in sorted(groups, key=lambda each: each[0].code in _ROWS_TAKEN_OUT):
            (way or REMEDIES[group[0].code])(draft, group)
        examined = Examination(draft.place())
        after = [one for check, _ in checks for one in check(examined)]
        gone = _vanished(before, after)
        return gone if all(set(group) <= gone for group in groups) else set()


def _key(one: Finding, examined: Examination) -> tuple[object, ...]:
    """What errors share that one remedy mends: a circle of areas, a key, a text of a column."""
    if one.code == "area-cycle":
        area = dict(examined.cells("areas", "area"))[one.row or 0]
        return one.code, frozenset(examined.geography.path(area))
    if one.code == "unknown-key":
        return one.code, one.what
    return one.code, one.table, one.column, one.what


def _want_of_rows(missing: Finding, findings: Iterable[Finding]) -> set[Finding]:
    """What is found only because a table has no rows."""
    return {
        one
        for one in findings
        if one.code in _WANT_OF_ROWS.get(missing.table, ())
        or one.code == "no-value-there"
        or (one.code == "unknown-key" and _refers(one).startswith(f"{missing.table}."))
    }


def _refers(finding: Finding) -> str:
    return schema()[finding.table].column(str(finding.column)).refers or ""


def _vanished(before: Sequence[Finding], after: Sequence[Finding]) -> set[Finding]:
    """Findings that are there no more, nor with other words at the same cell."""
    still, now, then = set(after), Counter(map(_at, after)), Counter(map(_at, before))
    return {one for one in before if one not in still and now[_at(one)] < then[_at(one)]}


def _at(finding: Finding) -> tuple[object, ...]:
    return finding.code, finding.table, finding.row, finding.column


def _attributed(groups: Sequence[Group], gone: Sequence[set[Finding]]) -> Mapping[Finding, Finding]:
    """Each finding that goes with a cause, by that which takes most with it."""
    causes: dict[Finding, Finding] = {}
    used: set[Finding] = set()
    paired = sorted(zip(groups, gone, strict=False), key=lambda pair: -len(pair[1]))
    for group, with_it in paired:
        if group[0] in causes:
            continue
        rows = {(one.table, one.row) for one in group if one.code in _ROWS_TAKEN_OUT}
        # Areas of one circle are one error: mend one, and all are mended.
        rest = set(group[1:]) if group[0].code == "area-cycle" else set()
        own = set(group) - rest
        after = {
            one
            for one in with_it - own
            if one not in causes and one not in used and (one.table, one.row) not in rows
        }
        if after:
            used |= own
            causes |= dict.fromkeys(sorted(after, key=str), group[0])
    return causes
