"""What working together could gain: today, best siloed, best pooled and best freed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pandas as pd

from placebudget.errors import Infeasible, PlaceBudgetError
from placebudget.place import Place
from placebudget.plan import Plan, optimise, simulate
from placebudget.study.barriers import FREED, PLAN, Variant, read_cuts
from placebudget.study.potential_parts import Asked, take_apart
from placebudget.study.potential_words import part_lines, potential_notes
from placebudget.study.result import Answer, record_of
from placebudget.study.sweeping import SERIAL, ExecutorLike
from placebudget.words import money, percent

TITLES: Mapping[str, str] = {
    "today": "Today",
    "siloed": "Best siloed",
    "pooled": "Best pooled",
    "freed": "Best freed",
}
"""The four plans by name, as they are called in text."""

PUBLIC_VALUE = "public value"
CASHABLE = "cashable saving"
# Limits are priced where the place's own rules and pools hold, and where nobody pools.
_PRICED = ("siloed", "pooled")


@dataclass(frozen=True, eq=False)
class Potential(Answer):
    """Four plans of one place, and the differences between them.

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
    - ``ring_fence_prices``: cut, ring_fence, stream, year, relaxing, holds_for (£ million),
      tightening, unit, sentence; a stream without a row has the price 0.

    Parameters
    ----------
    place : Place
        The place.
    plans : mapping of str to Plan
        ``today``, ``siloed``, ``pooled``, ``freed``.
    parts : mapping of str to DataFrame
        The tables of pools, ring-fences and cuts; empty where these were not asked for.
    asked : mapping
        Options of the run.
    """

    place: Place
    plans: Mapping[str, Plan] = field(repr=False)
    parts: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    asked: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:  # type: ignore[override]
        """What it is about."""
        return f"{self.place.title}: the modelled potential of working together"

    @property
    def tables(self) -> dict[str, pd.DataFrame]:  # type: ignore[override]
        """Tidy tables by name."""
        return {"plans": self.table, "differences": self.differences, **self.parts}

    @property
    def notes(self) -> tuple[str, ...]:  # type: ignore[override]
        """Units and what is left out, a sentence each."""
        return potential_notes(self.place, self.parts)

    @property
    def run(self) -> dict[str, Any]:  # type: ignore[override]
        """How it was made."""
        return record_of(self.place, "potential", **self.asked)

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
            discounted and in the price base; money is cash over all years.
        """
        rows = [
            {"plan": name, "measure": measure, "value": value, "unit": unit}
            for name, plan in self.plans.items()
            for measure, value, unit in _measures(plan)
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
            have is left out.
        """
        table = self.table.set_index(["plan", "measure"])
        rows = []
        for start, end in itertools.combinations(self.plans, 2):
            before, after = table.loc[start], table.loc[end]
            for measure in (name for name in before.index if name in after.index):
                first = before["value"][measure]
                gain = after["value"][measure] - first
                rows.append(
                    {
                        "difference": name_of(start, end),
                        "start": start,
                        "end": end,
                        "measure": measure,
                        "value": gain,
                        "unit": before["unit"][measure],
                        "share": gain / first if first else float("nan"),
                    }
                )
        return pd.DataFrame(rows)

    def between(self, start: str, end: str, measure: str = PUBLIC_VALUE) -> float:
        """The modelled potential from one plan to another, in the measure's unit.

        Examples
        --------
        >>> import placebudget as pb
        >>> found = pb.potential(pb.example("toy_pooling"))
        >>> round(found.between("pooled", "freed") / 1e6, 3)
        10.0
        """
        values = self.table.set_index(["plan", "measure"])["value"]
        return float(values[end, measure] - values[start, measure])

    def summary(self) -> str:
        """The potential in a few plain sentences, numbers first.

        Examples
        --------
        >>> import placebudget as pb
        >>> print(pb.potential(pb.example("toy_pooling")).summary())
        Toy place for pooling (invented), ...
        """
        place = self.place
        years = f"{place.years[0]} to {place.years[-1]}" if len(place.years) > 1 else place.years[0]
        base = f"{place.settings.price_base} prices, discounted"
        worth = [
            f"- {TITLES[name]}: {money(plan.public_value())}" for name, plan in self.plans.items()
        ]
        gains = [
            self.sentence(start, end)
            for start, end in (
                ("today", "siloed"),
                ("siloed", "pooled"),
                ("pooled", "freed"),
                ("today", "pooled"),
            )
        ]
        return "\n".join(
            [
                f"{place.title}, {years}: public value of four plans ({base})",
                *worth,
                "Modelled potential, in public value:",
                *(f"- {gain}" for gain in gains),
                *part_lines(self.parts),
                "This is a model. It ranks options; a modelled potential is not a saving.",
            ]
        )

    def sentence(self, start: str, end: str) -> str:
        """One modelled potential as a sentence, with its cashable part."""
        gain, cash = self.between(start, end), self.between(start, end, CASHABLE)
        before = self.plans[start].public_value()
        share = f" ({percent(gain / before, 1, signed=True)})" if before else ""
        name = name_of(start, end)
        text = f"{name[0].upper()}{name[1:]}: {money(gain, signed=True)}{share}"
        return f"{text}; cashable saving {money(cash, signed=True)}."


def name_of(start: str, end: str) -> str:
    """Name of a difference, with both ends.

    Examples
    --------
    >>> name_of("siloed", "pooled")
    'from best siloed to best pooled'
    """
    return f"from {TITLES[start].lower()} to {TITLES[end].lower()}"


def potential(
    place: Place,
    *,
    objective: str | Sequence[str] = PUBLIC_VALUE,
    reinvest: float = 0.0,
    solver: str | None = None,
    seconds: float | None = None,
    gap: float = 0.0,
    pools: bool = False,
    ring_fences: bool = False,
    cuts: Sequence[float] = (),
    orders: int = 30,
    seed: int = 0,
    executor: ExecutorLike = SERIAL,
    workers: int | None = None,
    stop: Event | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Potential:
    """Today's spending beside the best plans of working apart, pooling, and no limits.

    Parameters
    ----------
    place : Place
        The place. It is checked first.
    pools : bool
        Whether to plan with each pool alone as well.
    ring_fences : bool
        Whether to end each ring-fence alone, to keep each alone, to split the gain of
        ending all over them, and to price each.
    cuts : sequence of float
        Shares taken off all funding (0.1: a tenth); everything is planned for each.
    orders, seed : int
        With more than six ring-fences, orders drawn to split the gain, and their seed.
    executor, workers
        Where pools, ring-fences and cuts are planned; see :func:`placebudget.study.sweep`.
    objective, reinvest, solver, gap, stop
        As for :func:`placebudget.optimise`, the same for the three best plans.
    seconds : float, optional
        Time for each of the best plans.
    progress : callable, optional
        Called with what is under way, the number of the plan and how many there are.

    Returns
    -------
    Potential
        The four plans and their differences. Stopping while pools, ring-fences and
        cuts are planned keeps what is done.

    Raises
    ------
    InvalidPlace
        If the place has errors; all are named.
    Infeasible
        If one of the plans cannot keep all rules; says which plan and which rules.
    Unbounded, Stopped, SolverFailed
        If there is nothing to show for another reason; says for which plan.

    Examples
    --------
    >>> import placebudget as pb
    >>> table = pb.potential(pb.example("toy_pooling")).table
    >>> value = table[table["measure"] == "public value"].set_index("plan")["value"]
    >>> (value / 1e6).round().astype(int).to_dict()
    {'today': 285, 'siloed': 300, 'pooled': 300, 'freed': 310}
    """
    place.check().raise_if_errors()
    options: dict[str, Any] = {
        "objective": objective,
        "reinvest": reinvest,
        "seconds": seconds,
        "gap": gap,
        "stop": stop,
        **({} if solver is None else {"solver": solver}),
    }
    plans: dict[str, Plan] = {}
    for number, (name, title) in enumerate(TITLES.items()):
        report = _reporter(progress, title, number)
        with _named(title):
            if name == "today":
                report("simulating", 0, 1)
                plans[name] = simulate(place)
            else:
                plans[name] = optimise(
                    place, pooling=name, prices=name in _PRICED, progress=report, **options
                )
    asked = {"objective": objective, "reinvest": reinvest, "gap": gap, "pools": pools}
    asked |= {"ring_fences": ring_fences, "cuts": list(cuts), "orders": orders, "seed": seed}
    if not (pools or ring_fences or cuts):
        return Potential(place, plans, asked=asked)
    del options["stop"]
    parts = take_apart(
        Asked(place, options, plans[FREED].objective.unit, pools, ring_fences, orders, seed),
        read_cuts(cuts), _measures,
        known={Variant(0.0, PLAN, name): plan for name, plan in plans.items()},
        executor=executor, workers=workers, stop=stop, progress=progress,
    )  # fmt: skip
    return Potential(place, plans, parts, asked)


def _reporter(
    progress: Callable[[str, int, int], None] | None, title: str, number: int
) -> Callable[[str, int, int], None]:
    def report(stage: str, done: int, stages: int) -> None:
        if progress is not None:
            # In hundredths of a plan, so that the time left can be told.
            part = 100 * number + 100 * done // max(stages, 1)
            progress(f"{title}: {stage}", part, 100 * len(TITLES))

    return report


@contextmanager
def _named(title: str) -> Iterator[None]:
    """Say of which plan an error is."""
    try:
        yield
    except Infeasible as error:
        raise Infeasible(
            f"{title}: {error}",
            error.conflict,
            rows=error.rows,
            columns=error.columns,
            repairs=error.repairs,
        ) from error
    except PlaceBudgetError as error:
        raise type(error)(f"{title}: {error}") from error


def _measures(plan: Plan) -> Iterator[tuple[str, float, str]]:
    """Name, value and unit of everything a plan is measured by."""
    real = f"pounds, {plan.place['price_base']} prices, discounted"
    cash = "pounds, cash"
    outcomes = plan.outcomes()
    yield PUBLIC_VALUE, plan.public_value(), real
    for part in ("fiscal", "economic", "social"):
        yield f"{part} value", float(outcomes[part].sum()), real
    yield CASHABLE, float(plan.savings()["discounted_cashable"].sum()), real
    yield "money on services", float(plan.money()["amount"].sum()), cash
    yield "management cost", plan.management_cost(), cash
    yield "money not spent", float(plan.unspent()["amount"].sum()), cash
    for each in plan.objectives:
        if each.name not in (PUBLIC_VALUE, CASHABLE):
            yield each.name, each.value, each.unit
