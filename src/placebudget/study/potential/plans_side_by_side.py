"""Five plans of one place, and the modelled potential between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, one_of
from placebudget.place import Place
from placebudget.place.names import Names
from placebudget.place.once import once
from placebudget.place.subjects import BY_NEED
from placebudget.plan import Plan, PlanFindings
from placebudget.plan.borrowing import debt_counted
from placebudget.plan.need import (
    AGAIN,
    EXCHEQUER,
    IN_NEED,
    LEAVES,
    NO_DIFFERENCE,
    NOT_SERVED,
    SHORT,
    meet_alike,
    need_unmet,
    too_small,
    unmet_change,
)
from placebudget.plan.need import cash as in_cash
from placebudget.plan.result import Result
from placebudget.plan.siloed import AT_REST
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.worded_table import NameOf
from placebudget.programme.objectives.value import PUBLIC
from placebudget.progress import Report, silent
from placebudget.study.potential.barriers import (
    part_paragraphs,
    potential_notes,
)
from placebudget.study.potential.parts import added_by_pools
from placebudget.study.result import record_of
from placebudget.words import in_unit, money, percent, sentence, years_in_words

CASHABLE = "cashable saving"
CASHABLE_AS_IT_FALLS = "cashable saving as it falls"
CASH = "pounds, cash"
_POUND, _TRIFLE = 1.0, 1e-7
"""Pounds, and a share of a plan's money, below which cash that a step saves is nothing."""
HOW_MANY = {4: "four", 5: "five"}
TITLES: Mapping[str, str] = {
    "today": "Today",
    "siloed": "Siloed",
    "aligned": "Best aligned",
    "pooled": "Best pooled",
    "freed": "Best freed",
}
MEANINGS: Mapping[str, str] = {
    "today": "today’s spending carried on with the funding of its streams, through the same model",
    "siloed": "each agency plans its own money for itself, until none gains by moving alone",
    "aligned": "the best use of the money towards one goal, every agency paying from its own "
    "purse; of pools only what they pay today for another agency’s services",
    "pooled": "the best use with the pools of the place, within their limits and with "
    "ring-fences kept",
    "freed": "one pool without limits, management cost or ring-fences: a benchmark to measure by, "
    "not a proposal",
}
"""What each plan is."""
STEPS: Mapping[tuple[str, str], str] = {
    ("today", "siloed"): "planning apart",
    ("siloed", "aligned"): "acting in step",
    ("aligned", "pooled"): "pooling",
    ("pooled", "freed"): "fewer conditions",
    ("siloed", "pooled"): "working together",
}
"""What each step from plan to plan is; the first is no gain of working together."""


def steps_between(plans: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """From plan to plan, and then what working together comes to beside each for itself.

    Examples
    --------
    >>> steps_between(["today", "aligned", "pooled"])
    (('today', 'aligned'), ('aligned', 'pooled'))
    """
    names = [name for name in TITLES if name in set(plans)]
    whole = [("siloed", "pooled")] if {"siloed", "pooled"} <= set(names) else []
    return (*itertools.pairwise(names), *whole)


def measures_of(plan: Plan) -> Iterator[tuple[str, float, str]]:
    """Name, value and unit of everything a plan is measured by."""
    real = f"pounds, {plan.place['price_base']} prices, discounted"
    falls = f"pounds, {plan.place['price_base']} prices, not discounted"
    cash = CASH
    outcomes = plan.outcomes()
    yield PUBLIC, plan.public_value(), real
    for part in ("fiscal", "economic", "social"):
        yield f"{part} value", float(outcomes[part].sum()), real
    needs = plan.tables["needs"]
    if len(needs):
        yield "released after the last year of money", float(needs["value"].sum()), real
    if owed := debt_counted(plan.run):
        yield "owed after the last year of money", -owed, real
    saved = plan.savings()[["discounted_cashable", "cashable"]].sum()
    yield CASHABLE, float(saved["discounted_cashable"]), real
    yield CASHABLE_AS_IT_FALLS, float(saved["cashable"]), falls
    yield "money on services", float(plan.money()["amount"].sum()), cash
    yield "management cost", plan.management_cost(), cash
    yield "money not spent", float(plan.unspent()["amount"].sum()), cash
    for each in plan.objectives:
        if each.name not in (PUBLIC, CASHABLE):
            yield each.name, each.value, each.unit
    if (plan.tables["needs"]["led_by"] == BY_NEED).any():
        people, pounds = need_unmet(plan)
        if people == people:
            yield NOT_SERVED, people, IN_NEED
        yield SHORT, pounds, cash


@dataclass(frozen=True, eq=False)
class Potential(Result):
    """Five plans of one place, and the differences between them.

    A difference between two plans is a *modelled potential*. It is named with both
    ends, and it is not a saving that anybody has made.

    ``tables`` holds ``plans`` and ``differences``; and where pools, ring-fences or cuts
    were asked for:

    - ``cuts``: cut (share taken off all funding), plan, status, measure, value, unit;
    - ``parts``: cut, part (plan, pool alone, ring-fence removed alone, ring-fence kept
      alone, all ring-fences removed), name, start (what it is compared with), status,
      value (gain in the objective), share (of the start), public_value, fiscal, cashable
      (gains, discounted), moved (pounds that go elsewhere, cash), unit;
    - ``agencies``: cut, part, name, start, agency, paid (cash), fiscal, cashable (price
      base, not discounted): what changes for each agency;
    - ``outcomes``: cut, part, name, start, outcome, unit, change;
    - ``split``: cut, ring_fence, share (Shapley value of the gain of ending all),
      standard_error, orders (0: exact), whole, unit;
    - ``ring_fence_prices``: cut, ring_fence, stream, year, relaxing (gained by £1 million),
      relaxing_rate (the same at the rate of the next pound), holds_for (£ million at that
      rate), tightening, unit, step (£ million moved: all there is where that is less than
      one), offers_held, steps_held, sentence; a stream without a row has
      the price 0.

    Parameters
    ----------
    place : Place
        The place.
    plans : mapping of str to Plan
        ``today``, ``siloed``, ``aligned``, ``pooled``, ``freed``. Without ``siloed``
        where no agency has a part of its own in the objective.
    parts : mapping of str to DataFrame
        The tables of pools, ring-fences and cuts; empty where these were not asked for.
    asked : mapping
        Options of the run.
    since : Summary, optional
        What changed since an earlier edition of the place, for its report.
    added : mapping of str to float, optional
        What each pool adds to the best pooled plan, where that is known.
    """

    place: Place
    plans: Mapping[str, Plan] = field(repr=False)
    parts: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    asked: Mapping[str, Any] = field(default_factory=dict, repr=False)
    since: Summary | None = field(default=None, repr=False)
    added: Mapping[str, float] | None = field(default=None, repr=False)

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return Names(self.place).of

    @property
    def units(self) -> Mapping[str, str]:
        """What the figures of tables are counted in, where no column of theirs says that."""
        return {"ring_fence_prices": next(iter(self.plans.values())).objective.unit}

    @property
    def title(self) -> str:
        """What it is about."""
        return f"{self.place.title}: the modelled potential of working together"

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tidy tables by name."""
        return {"plans": self.table, "differences": self.differences, **self.parts}

    @property
    def notes(self) -> tuple[str, ...]:
        """Units and what is left out, a sentence each."""
        return potential_notes(self.place, self.parts, self.plans)

    @property
    def run(self) -> dict[str, Any]:
        """How it was made."""
        return record_of(self.place, "potential", **self.asked)

    @cached_property
    def findings(self) -> dict[str, PlanFindings]:
        """What each plan must admit, beside today and as a step from the plan before it."""
        return {name: _findings_of(self, name) for name in self.plans}

    def findings_of(self, name: str) -> PlanFindings:
        """What one of the plans must admit, for the work of that one alone.

        Examples
        --------
        >>> import placebudget as pb
        >>> found = pb.potential(pb.example("toy_pooling"))
        >>> found.findings_of("pooled") is found.findings["pooled"]
        True
        """
        return _findings_of(self, name)

    @property
    def titled(self) -> dict[str, Plan]:
        """The plans by the names they are shown under."""
        return {TITLES[name]: plan for name, plan in self.plans.items()}

    @property
    def table(self) -> pd.DataFrame:
        """What each plan comes to.

        Returns
        -------
        DataFrame
            ``plan``, ``measure``, ``value``, ``unit``. Values of outcomes are
            discounted and in the price base, cashable savings also as they fall, not
            discounted; money is cash over all years.
        """
        return self._table.copy()

    @cached_property
    def _table(self) -> pd.DataFrame:
        rows = [
            {"plan": name, "measure": measure, "value": value, "unit": unit}
            for name, plan in self.plans.items()
            for measure, value, unit in measures_of(plan)
        ]
        return pd.DataFrame(rows, columns=["plan", "measure", "value", "unit"])

    @property
    def differences(self) -> pd.DataFrame:
        """The modelled potential between each two plans.

        Returns
        -------
        DataFrame
            ``difference`` (its name, with both ends), ``start``, ``end``,
            ``measure``, ``value``, ``unit``, and ``share`` of what the start comes
            to, blank where that is nothing. A measure that one of the two does not
            have is left out. Where the two leave different need unmet, only money and that
            need have differences.
        """
        return self._differences.copy()

    @cached_property
    def _differences(self) -> pd.DataFrame:
        table = self._table.set_index(["plan", "measure"])
        rows = []
        for start, end in itertools.combinations(self.plans, 2):
            before, after = table.loc[start], table.loc[end]
            alike = meet_alike(self.plans[start], self.plans[end])
            for measure in (name for name in before.index if name in after.index):
                first = before["value"][measure]
                unit = before["unit"][measure]
                given = alike or measure == NOT_SERVED or unit == CASH
                gain = after["value"][measure] - first if given else float("nan")
                rows.append(
                    {
                        "difference": name_of(start, end),
                        "start": start,
                        "end": end,
                        "measure": measure,
                        "value": gain,
                        "unit": unit,
                        "share": gain / first if first else float("nan"),
                    }
                )
        return pd.DataFrame(rows)

    def between(self, start: str, end: str, measure: str = PUBLIC) -> float:
        """The modelled potential from one plan to another, in the measure's unit.

        Not a number where the two leave different need unmet that must be met: need comes
        first, and such plans are never subtracted.

        Raises
        ------
        WrongArgument
            If there is no such plan, or no such measure.

        Examples
        --------
        >>> import placebudget as pb
        >>> found = pb.potential(pb.example("toy_pooling"))
        >>> round(found.between("pooled", "freed") / 1e6, 3)
        10.0
        """
        self._values(start, end, measure)
        rows = self._differences.set_index(["start", "end", "measure"])["value"]
        if (start, end, measure) in rows.index:
            return float(rows[start, end, measure])
        return -float(rows[end, start, measure]) if start != end else 0.0

    def added_by_pools(
        self, *, stop: Event | None = None, progress: Report = silent
    ) -> dict[str, float]:
        """What each pool adds to the best pooled plan: found by solving without it, once.

        :func:`placebudget.potential` has found it already.

        Pools are closed one after another, those that least is paid into first, and stay closed
        where that loses nothing worth deciding on: so of two of which either would do one adds
        something.

        Parameters
        ----------
        stop, progress
            As for :func:`placebudget.optimise`.

        Returns
        -------
        dict of str to float
            Pounds of public value by pool, infinite where no plan keeps all rules without it;
            empty where plans make the most of something else, or need is met differently.

        Raises
        ------
        Stopped
            If it was stopped; it can be asked again.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.potential(pb.example("toy_pooling")).added_by_pools()
        {'one_pool': 0.0}
        """
        if self.added is not None:
            return dict(self.added)
        facts = vars(self)
        if "_added" not in facts:
            pooled = self.plans["pooled"]
            facts["_added"] = added_by_pools(self.place, pooled, stop=stop, progress=progress)
        return dict(facts["_added"])

    @property
    def planned_for(self) -> str:
        """What plans make the most of, where gains in public value are not what they look for."""
        names = [each.name for each in self.plans["pooled"].objectives]
        if names[0] == PUBLIC:
            return ""
        return (
            f"These plans make the most of {', then '.join(names)}. What each step gains is given "
            "in public value, which they do not look for, so that a step may lose some."
        )

    def summarised(self) -> Summary:
        """The plans and what lies between them.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.potential(pb.example("toy_pooling")).summarised().paragraphs[0].points[0]
        'Today: £285 million'
        """
        place = self.place
        years = years_in_words(place.years)
        base = f"{place.settings.price_base} prices, discounted"
        worth = [
            f"{TITLES[name]}: {money(plan.public_value())}" for name, plan in self.plans.items()
        ]
        gains = [self.sentence(start, end) for start, end in steps_between(self.plans)]
        return Summary(
            f"{place.title}, {years}: public value of {HOW_MANY[len(self.plans)]} plans ({base})",
            (
                Paragraph("", tuple(worth)),
                *sentences([self.planned_for] if self.planned_for else []),
                Paragraph("Modelled potential, in public value:", tuple(gains)),
                *_range(self.plans.get("siloed")),
                *part_paragraphs(self.parts, self.place),
                Paragraph(
                    "This is a model. It ranks options; a modelled potential is not a saving."
                ),
            ),
        )

    def _values(self, start: str, end: str, measure: str = PUBLIC) -> pd.Series:
        """What plans come to, by plan and measure, once all that is named is there."""
        table = self._table
        with Arguments() as asked:
            asked.read(one_of, "start", start, self.plans)
            asked.read(one_of, "end", end, self.plans)
            asked.read(one_of, "measure", measure, dict.fromkeys(table["measure"]))
        return table.set_index(["plan", "measure"])["value"]

    def too_small(self, start: str, end: str) -> bool:
        """Whether a gain in public value is smaller than the figures of the place can tell.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.potential(pb.example("toy_pooling")).too_small("aligned", "pooled")
        False
        """
        first, second = self.plans[start], self.plans[end]
        gain = second.public_value() - first.public_value()
        return meet_alike(first, second) and too_small(gain, second)

    def sentence(self, start: str, end: str) -> str:
        """One modelled potential as a sentence, with cashable savings in both ways of counting.

        Raises
        ------
        WrongArgument
            If there is no such plan.
        """
        values = self._values(start, end)
        step, name = STEPS.get((start, end)), name_of(start, end)
        name = name if step is None else f"{step}, {name}"
        if not meet_alike(self.plans[start], self.plans[end]):
            told = unmet_change(self.plans[start], self.plans[end])
            return f"{sentence(name)}: {told}; so no gain in value is given."
        gain, *saved = (
            float(values[end, name] - values[start, name])
            for name in (PUBLIC, CASHABLE, CASHABLE_AS_IT_FALLS)
        )
        least = max(_POUND, _TRIFLE * float(self.plans[end].money()["amount"].sum()))
        cash, falls = (money(each * (abs(each) >= least), signed=True) for each in saved)
        before = float(values[start, PUBLIC])
        share = f" ({percent(gain / before, signed=True)})" if before else ""
        share += f", {NO_DIFFERENCE}" if self.too_small(start, end) else ""
        said = f"{sentence(name)}: {money(gain, signed=True)}{share}; cashable savings "
        if cash == falls == money(0.0):
            return f"{said}{cash}."
        parts = in_cash(self.plans[end]).sum() - in_cash(self.plans[start]).sum()
        split = [
            f"{money(float(parts[part]), signed=True)} {words}"
            for part, words in (
                ("leaves", LEAVES), ("exchequer", f"goes {EXCHEQUER}"), ("again", f"is {AGAIN}")
            )
            if part == "leaves" or abs(parts[part]) >= least
        ]  # fmt: skip
        of_it = f", of which {', '.join(split[:-1])} and {split[-1]}" if len(split) > 1 else ""
        return f"{said}{cash} discounted, {falls} as they fall{of_it}."


def _range(siloed: Plan | None) -> Iterator[Paragraph]:
    """Between what siloed plans lie, begun otherwise."""
    if siloed is None:
        return
    if siloed.status != AT_REST:
        yield Paragraph(f"Siloed is {siloed.status}.")
        return
    tried = siloed.run.get("others", ())
    others = [other for other in tried if other["status"] == AT_REST]
    each = [siloed.objective.value, *(other["value"] for other in others)]
    low, high = (in_unit(value, siloed.objective.unit) for value in (min(each), max(each)))
    if low != high:
        yield Paragraph(
            f"Siloed is one of several equilibria: begun {_begun(others)}, it comes to between "
            f"{low} and {high} ({siloed.objective.name})."
        )
    lacking = [other for other in tried if other["status"] != AT_REST]
    if lacking:
        yield Paragraph(
            f"Siloed may be one of several equilibria: begun {_begun(lacking)}, the agencies came "
            "to no rest that could be compared."
        )


def _begun(others: Iterable[Mapping[str, Any]]) -> str:
    """How turns were begun."""
    ways = "with the smallest purse", "from best aligned"
    return " or ".join(ways[other["start"] == "aligned"] for other in others)


def name_of(start: str, end: str) -> str:
    """Name of a difference, with both ends.

    Examples
    --------
    >>> name_of("aligned", "pooled")
    'from best aligned to best pooled'
    """
    return f"from {TITLES[start].lower()} to {TITLES[end].lower()}"


@once
def _findings_of(potential: Potential, name: str) -> PlanFindings:
    """What a plan must admit, beside today and as a step from the plan before it."""
    names = list(potential.plans)
    at = names.index(name)
    before = potential.plans[names[at - 1]] if at else None
    return potential.plans[name].findings(
        potential.plans["today"], before=before, place=potential.place
    )
