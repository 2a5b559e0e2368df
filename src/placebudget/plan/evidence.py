"""What a plan says, as it is checked and turned into tables; and its value, worked out from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from placebudget.plan.deliver import Made, earned
from placebudget.plan.flows import Money, split_over_streams
from placebudget.plan.need import Served, avoided_savings, serve
from placebudget.plan.verify import check_rules
from placebudget.programme import Basis, Benchmark, Programme
from placebudget.programme.money import added_up, borrowed
from placebudget.programme.objectives.value import CASHABLE, FISCAL, NET, PUBLIC, WEIGHTED
from placebudget.programme.objectives.worst_off import LEXIMIN, WORST_OFF, score_areas
from placebudget.programme.rules import read_rules
from placebudget.programme.rules.equity_floor import area_shares
from placebudget.programme.terms import capacity_columns
from placebudget.solver import Solution

_NOTHING = 1e-6  # units that a solver's digits leave


@dataclass(frozen=True)
class Evidence:
    """What a plan says, in the form in which it is checked.

    Parameters
    ----------
    money : Money
        Where every pound goes.
    units : ndarray
        Offers x years, single units delivered.
    paid : ndarray
        Offers x years, single units of capacity paid for: no less than is delivered.
    started : ndarray
        Offers x years: set-up paid in the year.
    served : Served
        Who is served: need avoided and met, and outcomes.
    borrowed : mapping of str to float
        Pounds borrowed by loan.
    """

    money: Money
    units: np.ndarray
    paid: np.ndarray
    started: np.ndarray
    served: Served
    benchmarks: Mapping[str, Benchmark] = field(default_factory=dict)
    borrowed: Mapping[str, float] = field(default_factory=dict)

    @property
    def made(self) -> Made:
        """Outcomes."""
        return self.served.made

    def cost(self, basis: Basis) -> np.ndarray:
        """Offers x years: what is paid for units, to start and to end, in pounds."""
        offers = basis.offers
        paid = self.paid / basis.scale.units
        once = offers.once(self.started, self.units > _NOTHING)
        return np.asarray((paid * offers.unit_cost + once) * basis.scale.money)


def bought(programme: Programme, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Units delivered, and capacity paid for: offers x years, scaled."""
    basis = programme.basis
    units = np.maximum(programme.take("units", values), 0.0)
    units = units.reshape(len(basis.offers), len(basis.years))
    return units, np.maximum(values[capacity_columns(programme.draft, basis)], units)


def read_solution(
    programme: Programme, solution: Solution, benchmarks: Mapping[str, Benchmark]
) -> Evidence:
    """The figures of a solution, in pounds and single units."""
    basis, values = programme.basis, solution.values
    shape = (len(basis.offers), len(basis.years))
    units, paid = bought(programme, values)
    started = np.zeros(shape)
    if "start" in programme.columns:
        start = programme.columns["start"]
        begun = np.round(programme.take("start", values))
        started[start.index["offer"], start.index["year"]] = begun
        # What costs nothing to start, and is never bought from, has not started.
        started *= ((units > 0).any(axis=1) | (basis.offers.set_up_cost[:, 0] > 0))[:, None]
    counted = _counted(programme, values)
    # What no objective or rule asks about the solver leaves anywhere: steps are filled in
    # order and overlap is shared in proportion, unless a promise rests on its own figures.
    nothing: dict[tuple[int, int, int], float] = {}
    tries = [nothing, counted]
    if {objective.name for objective in programme.objectives} & {WORST_OFF, LEXIMIN}:
        tries = tries[1:]
    single = basis.scale.units
    loans = np.round(np.maximum(programme.take("borrow", values), 0.0) * basis.scale.money, 2)
    loans = loans.tolist()
    for known in tries:
        served = serve(basis, units, paid, known)
        brought = added_up(
            earned(basis, served.made), borrowed(zip(basis.loans, loans, strict=True))
        )
        money = split_over_streams(programme, values, brought)
        evidence = Evidence(
            money, served.units * single, paid * single, started, served, benchmarks,
            {loan.name: pounds for loan, pounds in zip(basis.loans, loans, strict=True) if pounds},
        )  # fmt: skip
        if not _breaks_a_promise(basis, evidence):
            break
    return evidence


def _breaks_a_promise(basis: Basis, evidence: Evidence) -> bool:
    if not any(rule.record.of_outcomes for rule in read_rules(basis)):
        return False
    return bool(check_rules(basis, evidence, 1e-8))


def _counted(programme: Programme, values: np.ndarray) -> dict[tuple[int, int, int], float]:
    block = programme.columns.get("counted")
    if block is None:
        return {}
    amounts = programme.take("counted", values) * programme.basis.scale.units
    index = block.index
    keys = zip(index["outcome"], index["area"], index["appraisal_year"], strict=True)
    return {(int(y), int(a), int(t)): v for (y, a, t), v in zip(keys, amounts, strict=True)}


# The value of a plan, worked out from its money and outcomes.


def objective_value(name: str, basis: Basis, evidence: Evidence) -> float:
    """Value of an objective in its own unit: pounds, weighted outcomes, or those a head."""
    money, made = evidence.money, evidence.made
    if name in (WORST_OFF, LEXIMIN):
        return float(area_scores(basis, made).min())
    outcomes = basis.outcomes
    outcome = basis.effects.outcome[made.effect]
    worth = {
        PUBLIC: outcomes.public_value,
        NET: outcomes.public_value,
        FISCAL: outcomes.discounted(outcomes.fiscal),
        CASHABLE: outcomes.discounted(outcomes.cashable),
        WEIGHTED: outcomes.points * basis.scale.units / basis.scale.money,
    }[name]
    per_unit = basis.scale.money / basis.scale.units
    value = float((worth[outcome] * per_unit * made.counted).sum())
    if name != WEIGHTED:
        fiscal, cashable = avoided_savings(basis, evidence.served)
        first = 0 if name in (FISCAL, CASHABLE) else len(basis.years)
        value += float((fiscal if name == FISCAL else cashable)[:, first:].sum())
    if name == NET:
        value -= debt_cost(basis, evidence.borrowed, net=True)
        return value - real_cost(basis, money, reinvested_only=False)
    if name != WEIGHTED:
        value -= debt_cost(basis, evidence.borrowed, net=False)
        return value - real_cost(basis, money, reinvested_only=True)
    return value


def debt_cost(
    basis: Basis, borrowed: Mapping[str, float], *, net: bool, agency: str | None = None
) -> float:
    """What loans take off an objective in pounds, all or those of one agency."""
    if not basis.loans:
        return 0.0
    worth = basis.interest_worth if net else basis.debt_worth
    whose = dict(zip(basis.place.streams["stream"], basis.place.streams["agency"], strict=True))
    return sum(
        borrowed.get(loan.name, 0.0) * float(each)
        for loan, each in zip(basis.loans, worth, strict=True)
        if agency in (None, whose[loan.borne_by])
    )


def real_cost(basis: Basis, money: Money, reinvested_only: bool) -> float:
    """Money spent, with the management cost of pools, discounted and real, in pounds.

    Parameters
    ----------
    reinvested_only : bool
        Count only what is spent of savings reinvested.
    """
    factor = basis.discount[: len(basis.years)] / basis.general
    real = dict(zip(basis.years, factor, strict=True))
    flows, paid = money.flows, money.contributions
    if reinvested_only:
        flows, paid = money.reinvested, paid.iloc[:0]
    spent = flows["amount"] * [real[year] for year in flows["year"].tolist()]
    fees = paid["management_cost"] * [real[year] for year in paid["year"].tolist()]
    return float(spent.sum() + fees.sum())


def area_scores(basis: Basis, made: Made) -> np.ndarray:
    """Discounted weighted outcomes a head of each area compared."""
    areas = score_areas(basis)
    where = basis.area_of[made.line]
    people = np.array([basis.geography.populations[area] for area in areas])
    points = basis.outcomes.points[basis.effects.outcome[made.effect]]
    score = (points * made.counted).sum(axis=1)
    return (area_shares(basis, areas)[:, where] @ score) / people
