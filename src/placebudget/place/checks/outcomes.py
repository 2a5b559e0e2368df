"""Outcomes that hold the value of others: nothing may be counted twice for one person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.findings import Finding, error, warning
from placebudget.place.geography import is_blank
from placebudget.texts import did_you_mean, listed, shown

# Both measure how well a person lives: a point of one holds part of the other.
_WELLBEING = (
    ("a point of life satisfaction", re.compile(r"life.satisfaction|\bwellbys?\b", re.IGNORECASE)),
    ("a quality-adjusted life year", re.compile(r"quality.adjusted|\bqalys?\b", re.IGNORECASE)),
)


def unknown_included(examined: Examination) -> Iterator[Finding]:
    """Keys of included outcomes that are no outcomes."""
    known = [key for _, key in examined.cells("outcomes", "outcome")]
    for number, row in examined.rows("outcomes"):
        for key in _named(row.includes):
            if key not in known:
                what = f"No outcome {shown(key)}."
                hint = did_you_mean(key, sorted(known))
                mend = hint or f"Write keys of outcomes divided by |: {listed(known, most=8)}."
                yield error("unknown-outcome", "outcomes", number, "includes", what, mend)


def included_in_itself(examined: Examination) -> Iterator[Finding]:
    """Outcomes whose value contains itself, by way of others perhaps."""
    within = _within(examined)
    for number, row in examined.rows("outcomes"):
        if row.outcome in within.get(row.outcome, ()):
            what = f"The value of {shown(row.outcome)} would include itself."
            mend = "Name only outcomes whose value is a part of this one."
            yield error("included-in-itself", "outcomes", number, "includes", what, mend)


def counted_twice(examined: Examination) -> Iterator[Finding]:
    """Services that make an outcome and another whose value is in it already."""
    within, valued = _within(examined), _valued(examined)
    for made in _made(examined).values():
        for outcome, number in made.items():
            for part in sorted(within.get(outcome, set()) & made.keys() & valued - {outcome}):
                what = (
                    f"The service makes {outcome}, whose value includes that of {part}, and "
                    f"{part} as well (row {made[part]})."
                )
                mend = f"Remove one of the two rows, or give {part} no value of its own."
                yield error("counted-twice", "effects", number, "outcome", what, mend)


def may_be_counted_twice(examined: Examination) -> Iterator[Finding]:
    """Services that make two measures of how well a person lives, and nothing is said of it."""
    within, valued = _within(examined), _valued(examined)
    kinds: dict[str, set[str]] = {kind: set() for kind, _ in _WELLBEING}
    for _, row in examined.rows("outcomes"):
        said = " ".join(str(cell) for cell in (row.outcome, row.name, row.unit))
        said = said.replace("_", " ")
        for kind, words in _WELLBEING:
            if row.outcome in valued and words.search(said):
                kinds[kind].add(row.outcome)
    (first, points), (second, years) = kinds.items()
    for made in _made(examined).values():
        for one in sorted(points & made.keys()):
            for other in sorted(years & made.keys()):
                if one == other or other in within.get(one, ()) or one in within.get(other, ()):
                    continue
                what = (
                    f"The service makes {one}, {first}, and {other}, {second} (row {made[other]}): "
                    "for the same person they count the same twice."
                )
                mend = f"Name {other} in the column includes of {one}, and count one of them."
                yield warning("may-count-twice", "effects", made[one], "outcome", what, mend)


def _named(cell: object) -> list[str]:
    return [] if is_blank(cell) else [key.strip() for key in str(cell).split("|") if key.strip()]


def _within(examined: Examination) -> Mapping[str, set[str]]:
    """What the value of each outcome includes, directly or by way of others."""
    direct = {row.outcome: set(_named(row.includes)) for _, row in examined.rows("outcomes")}
    found: dict[str, set[str]] = {}
    for outcome, named in direct.items():
        reached, ahead = set[str](), list(named)
        while ahead:
            key = ahead.pop()
            if key not in reached:
                reached.add(key)
                ahead += direct.get(key, set())
        found[outcome] = reached
    return found


def _made(examined: Examination) -> Mapping[str, dict[str, int]]:
    """Outcomes of each service with the row of the effect."""
    found: dict[str, dict[str, int]] = {}
    for number, row in examined.rows("effects"):
        if not (is_blank(row.service) or is_blank(row.outcome)):
            found.setdefault(row.service, {}).setdefault(row.outcome, number)
    return found


def _valued(examined: Examination) -> set[str]:
    """Outcomes that are worth something."""
    rows = [row for _, row in examined.rows("outcomes")]
    worth = {row.outcome for row in rows if row.economic_value > 0 or row.social_value > 0}
    return worth | {row.outcome for _, row in examined.rows("savings") if row.value > 0}


def targets(examined: Examination) -> Iterator[Finding]:
    """Targets with no way to go, rewards for nobody, for more than all, or that come too late."""
    given: dict[str, float] = {}
    sides: dict[tuple[str, bool], float] = {}
    years = examined.place.years
    for number, row in examined.rows("target_shares"):
        given[row.target] = given.get(row.target, 0.0) + row.share
        side = row.target, bool(row.pays)
        sides[side] = sides.get(side, 0.0) + row.share
        if sides[side] > 1 + 1e-9:
            what = f"The shares of {row.target} come to more than all of its reward."
            yield error(
                "reward-above-all", "target_shares", number, "share", what, "Make them 1 at most."
            )
    limited = {row.outcome for _, row in examined.rows("at_risk")}
    for number, row in examined.rows("targets"):
        if row.outcome in limited and (row.target, True) in sides:
            what = (
                f"{row.target} has to be paid for, and at_risk limits what of its outcome counts."
            )
            mend = "Leave the limit to the stretch, and take the outcome out of at_risk."
            yield error("owed-and-at-risk", "targets", number, "outcome", what, mend)
        if row.stretch <= row.baseline:
            what = f"The stretch {row.stretch:g} is not above the baseline {row.baseline:g}."
            mend = "Count improvements: a stretch is more than what happens anyway."
            yield error("target-without-way", "targets", number, "stretch", what, mend)
        if not given.get(row.target):
            what = f"Nobody receives the reward of {row.target}: no plan looks at it."
            mend = "Say in target_shares which streams receive it."
            yield warning("reward-for-nobody", "targets", number, "target", what, mend)
        elif not is_blank(row.year) and years and row.year >= years[-1]:
            what = f"The reward of {row.target} comes after {years[-1]}: no plan can spend it."
            mend = "Measure it a year before the last year of money, or earlier."
            yield warning("reward-too-late", "targets", number, "year", what, mend)


CHECKS: tuple[Check, ...] = (
    unknown_included,
    included_in_itself,
    counted_twice,
    may_be_counted_twice,
    targets,
)
