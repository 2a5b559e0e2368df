"""Need avoided, met and unmet: worked out from outcomes, never read from the solver.

A need that does not arise counts as a need met. Capacity that is paid for beyond what is
needed stands empty, and money is released only as capacity goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from placebudget.errors import SolverFailed
from placebudget.place.once import once
from placebudget.place.settings import in_years
from placebudget.place.subjects import BY_NEED
from placebudget.plan.columns import PLAN_TABLES, table
from placebudget.plan.deliver import Made, counted_by_area, discounted, make_outcomes
from placebudget.programme import Basis, UnitScale, fill_steps
from placebudget.programme.basis import Shortfall
from placebudget.words import count, money, not_served, sentence

if TYPE_CHECKING:
    from placebudget.plan.plan import Plan


Known = Mapping[tuple[int, int, int], float]


@dataclass(frozen=True)
class Served:
    """Who is served, in scaled units.

    Parameters
    ----------
    units : ndarray
        Offers x years: units delivered.
    paid : ndarray
        Offers x appraisal years: capacity paid for; after the last year of money only
        for lines led by need whose need can be avoided.
    avoided : ndarray
        Lines x appraisal years: need avoided.
    filled : ndarray
        Lines x years: need met or avoided within the steps of returns.
    made : Made
        Outcomes.
    """

    units: np.ndarray
    paid: np.ndarray
    avoided: np.ndarray
    filled: np.ndarray
    made: Made

    def money_short(self, basis: Basis) -> np.ndarray:
        """Lines x years: what need that must be met and is not would cost.

        Each unit at the offer that takes the last of the need; what starting one costs is left
        out. Capacity of a service led by budget falls short of need by choice: no money is missing.
        """
        return np.asarray(self.unmet(basis) * basis.need.led[:, None] * basis.marginal_cost)

    def unmet(self, basis: Basis) -> np.ndarray:
        """Lines x years: need that is neither met nor avoided; none where none is given."""
        years = len(basis.years)
        needed = np.where(np.isfinite(basis.needed), basis.needed, 0.0)[:, :years]
        met = self.avoided[:, :years] + basis.by_line(self.units)
        return np.maximum(needed - met, 0.0)


def serve(basis: Basis, units: np.ndarray, paid: np.ndarray, known: Known | None = None) -> Served:
    """Who is served by units that could be delivered.

    What is delivered makes outcomes, these avoid need, and what is avoided needs no
    delivery: from year to year, until nothing changes. No service avoids the need of
    another that avoids its own within a year, so that it comes to rest.

    Parameters
    ----------
    units : ndarray
        Offers x years, scaled: what could be delivered.
    paid : ndarray
        Offers x years, scaled: what is paid for.
    known : mapping, optional
        What is counted already; see :func:`make_outcomes`.
    """
    years = len(basis.years)
    offered = basis.by_line(units)
    avoided = basis.brought
    # A year can change what the years after it need, and each line of a year those it spares.
    for _ in range(len(basis.appraisal) * (len(basis.lines) + 1)):
        served = np.minimum(offered, _room(basis, avoided))
        filled = fill_steps(basis, served + avoided[:, :years])
        made = make_outcomes(basis, filled, dict(known or {}))
        found = need_avoided(basis, made)
        if np.array_equal(found, avoided):
            break
        avoided = found
    else:
        raise SolverFailed("services avoid the need of one another in a circle within a year")
    share = np.divide(served, offered, out=np.ones_like(served), where=offered > 0)
    delivered = units * share[basis.offers.line]
    within = basis.by_line_of_steps(filled)
    return Served(delivered, _paid_after(basis, paid, avoided), avoided, within, made)


def _room(basis: Basis, avoided: np.ndarray) -> np.ndarray:
    """Lines x years: units that find somebody in need; of other services all that is bought."""
    counts = basis.need.led | basis.need.avoidable
    room = np.maximum(basis.room - avoided[:, : len(basis.years)], 0.0)
    return np.where(counts[:, None], room, np.inf)


def need_avoided(basis: Basis, made: Made) -> np.ndarray:
    """Lines x appraisal years: units that outcomes make unnecessary, no more than needed."""
    need = basis.need
    avoided = need.brought.copy()
    if len(need.line):
        counted = counted_by_area(basis, made)
        np.add.at(avoided, need.line, need.units * counted[need.outcome, need.area])
    return np.minimum(avoided, basis.needed)


def _paid_after(basis: Basis, paid: np.ndarray, avoided: np.ndarray) -> np.ndarray:
    """Capacity paid for in all appraisal years: after the last of money the least there can be.

    What cannot be given up yet stays; where that is too little for the need that is left,
    the offer that can be given up fastest is bought more of.
    """
    need, offers, years = basis.need, basis.offers, len(basis.years)
    whole = np.zeros((len(offers), len(basis.appraisal)))
    whole[:, :years] = paid
    mine = need.lasting[offers.line]
    quickest = np.lexsort((offers.name.astype(str), need.kept))
    for t in range(years, len(basis.appraisal)):
        whole[mine, t] = (need.kept * whole[:, t - 1])[mine]
        short = basis.needed[:, t] - avoided[:, t]
        np.subtract.at(short, offers.line[mine], whole[mine, t])
        for o in quickest[mine[quickest]]:
            whole[o, t] += max(short[offers.line[o]], 0.0)
            short[offers.line[o]] = 0.0
    return whole


def given_up_too_fast(basis: Basis, paid: np.ndarray) -> np.ndarray:
    """Offers x years: capacity given up beyond what can be, by what is paid for each year."""
    before = np.column_stack([basis.need.paid_today, paid[:, :-1]])
    return np.maximum(basis.need.kept[:, None] * before - paid, 0.0)


def avoided_savings(basis: Basis, served: Served) -> tuple[np.ndarray, np.ndarray]:
    """What avoiding need saves: lines x appraisal years, in pounds, discounted and real.

    Returns
    -------
    fiscal, cashable : ndarray
        Cost of the need avoided, and the money released: what meeting all need would
        cost, less need unmet and the capacity paid for. After the last year of money
        both are the money released. Without what earlier purchases avoid.
    """
    need, years = basis.need, len(basis.years)
    worth = np.where(need.lasting[:, None], basis.cost_avoided, 0.0) * basis.scale.money
    needed = np.where(need.lasting[:, None], basis.needed, 0.0)
    earlier = np.where(need.lasting[:, None], basis.brought, 0.0)
    released = needed - basis.by_line(served.paid)
    released[:, :years] -= served.unmet(basis)
    fiscal = np.where(np.arange(len(basis.appraisal)) < years, served.avoided, released)
    return worth * (fiscal - earlier), worth * (released - earlier)


def shortfall_of(run: Mapping[str, Any]) -> Shortfall | None:
    """What a plan leaves missing, from its record; a pound more, as that has whole pounds."""
    if "need_unmet" not in run:
        return None
    pounds = (run[name] for name in ("need_unmet", "capacity_dropped"))
    return Shortfall(*((missing + 1.0) / UnitScale().money for missing in pounds))


def needs_table(basis: Basis, served: Served) -> pd.DataFrame:
    """Need by service, area and year: before and after what is avoided, met and unmet.

    For services led by need or whose need is avoided; after the last year of money only
    those of which prevention saves money still. ``fiscal`` and ``cashable`` are what
    avoiding need saves, discounted, in pounds of the price base; ``value`` is what of it
    counts in public value. ``not_served`` is people; ``money_short`` is what need that must be
    met and is not would cost, at the offers that take the last of it, in cash.
    """
    need, years, units = basis.need, len(basis.years), basis.scale.units
    horizon = np.arange(len(basis.appraisal))
    fiscal, cashable = avoided_savings(basis, served)
    lines, paid = basis.lines, basis.by_line(served.paid)
    unmet = np.zeros_like(paid)
    unmet[:, :years] = served.unmet(basis)
    short = np.zeros_like(paid)
    short[:, :years] = served.money_short(basis)
    has = (need.led | need.avoidable)[:, None] & (horizon < years)
    line, year = np.nonzero(has | (need.lasting[:, None] & (horizon >= years)))
    met = basis.needed - served.avoided - unmet
    frame = pd.DataFrame(
        {
            "service": lines.service[line],
            "area": lines.area[line],
            "led_by": np.where(need.led, BY_NEED, "budget")[line],
            "year": np.array(basis.appraisal, dtype=object)[year],
            "needed": basis.needed[line, year] * units,
            "avoided": served.avoided[line, year] * units,
            "served": met[line, year] * units,
            "unmet": unmet[line, year] * units,
            "not_served": unmet[line, year] * units / _units_per_person(basis)[line],
            "money_short": short[line, year] * basis.scale.money,
            "paid": paid[line, year] * units,
            "fiscal": fiscal[line, year],
            "cashable": cashable[line, year],
            "value": np.where(year < years, 0.0, cashable[line, year]),
        }
    )
    for name in ("service", "area", "led_by", "year"):
        frame[name] = frame[name].astype("str")
    return frame.sort_values(["service", "area", "year"], ignore_index=True)


def not_needed(basis: Basis, served: Served) -> np.ndarray:
    """What of the outcomes counted comes from need that was avoided: rows x appraisal years.

    A need avoided counts as met, in the step that works least.
    """
    made = served.made
    if not basis.need.avoidable.any():
        return np.zeros_like(made.counted)
    filled = fill_steps(basis, basis.by_line(served.units))
    needed = make_outcomes(basis, filled).produced
    rest = np.maximum(made.produced - needed, 0.0)
    share = np.divide(rest, made.produced, out=np.zeros_like(rest), where=made.produced > 0)
    return np.asarray(made.counted * share)


def _units_per_person(basis: Basis) -> np.ndarray:
    table = basis.place.filled("services").set_index("service")["units_per_person"]
    return table.loc[basis.lines.service].to_numpy(float)


def with_need_avoided(basis: Basis, served: Served, savings: pd.DataFrame) -> pd.DataFrame:
    """Savings with what avoiding need saves the agency that meets it.

    Each goes to the outcomes and services that avoid the need, in proportion; what empty
    capacity costs where nothing is avoided goes to the service that holds it.
    """
    need, made = basis.need, served.made
    if not need.lasting.any():
        return savings
    fiscal, cashable = avoided_savings(basis, served)
    effects, lines, where = basis.effects, basis.lines, basis.area_of[made.line]
    parts: dict[tuple[int, int, int], np.ndarray] = {}
    for y, area, line, units in zip(need.outcome, need.area, need.line, need.units, strict=True):
        if not need.lasting[line]:
            continue
        for row in np.flatnonzero((effects.outcome[made.effect] == y) & (where == area)):
            at = (int(y), int(made.line[row]), int(line))
            parts[at] = parts.get(at, 0.0) + units * made.counted[row]
    whole = np.zeros((len(lines), len(basis.appraisal)))
    for (_, _, line), units in parts.items():
        whole[line] += units
    rows: list[tuple[str | float, ...]] = []
    for (y, maker, line), units in parts.items():
        share = np.divide(units, whole[line], out=np.zeros_like(units), where=whole[line] > 0)
        rows += _saved(basis, y, maker, line, share * fiscal[line], share * cashable[line])
    for line in np.flatnonzero(need.lasting).tolist():
        rest = np.where(whole[line] > 0, 0.0, 1.0)
        y = int(need.outcome[need.line == line][0])
        rows += _saved(basis, y, line, line, rest * fiscal[line], rest * cashable[line])
    key = ["outcome", "agency", "service", "area", "year"]
    real = savings[[*key, "fiscal", "cashable"]]
    added = pd.DataFrame(rows, columns=list(real.columns)).astype(real.dtypes.to_dict())
    both = pd.concat([real, added]).groupby(key, as_index=False).sum()
    factors = pd.DataFrame({"year": basis.appraisal, "factor": basis.discount})
    return discounted(both.sort_values(key, ignore_index=True), factors)


def no_savings() -> pd.DataFrame:
    """The table of savings without a row."""
    columns = PLAN_TABLES["savings"]
    return table({name: [] for name in columns}, columns)


def _saved(
    basis: Basis, y: int, maker: int, line: int, fiscal: np.ndarray, cashable: np.ndarray
) -> list[tuple[str | float, ...]]:
    lines, discount = basis.lines, basis.discount
    keys = (basis.outcomes.name[y], lines.commissioner[line], lines.service[maker])
    return [
        (*keys, lines.area[maker], year, fiscal[t] / discount[t], cashable[t] / discount[t])
        for t, year in enumerate(basis.appraisal)
        if abs(fiscal[t]) + abs(cashable[t]) > 0.005
    ]


def check_need(basis: Basis, served: Served, digits: float) -> list[str]:
    """Need that must be met is met, and capacity is given up and built only so fast."""
    need, offers, years, lines = basis.need, basis.offers, basis.years, basis.lines
    if need.plain:
        return []
    allowed = basis.shortfall or Shortfall(0.0, 0.0)
    pounds, problems = basis.scale.money, []
    slack = 1.0 + 1e3 * digits * max(float(lines.today.sum()) * pounds, 1.0)
    cost = served.money_short(basis)
    if cost.sum() * pounds > allowed.unmet * pounds + slack:
        problems += [
            f"{lines.service[at]} in {lines.area[at]}, {years[t]}: need that must be met is not"
            for at, t in zip(*np.nonzero(cost * pounds > 1.0), strict=True)
        ]
    paid = served.paid[:, : len(years)]
    dropped = given_up_too_fast(basis, paid) * offers.unit_cost
    if dropped.sum() * pounds > allowed.dropped * pounds + slack:
        problems += [
            f"{offers.name[o]} is given up faster in {years[t]} than it can be"
            for o, t in zip(*np.nonzero(dropped * pounds > 1.0), strict=True)
        ]
    short = served.units > paid * (1.0 + 1e3 * digits) + 1e-6
    problems += [
        f"{offers.name[o]} delivers more in {years[t]} than is paid for"
        for o, t in zip(*np.nonzero(short), strict=True)
    ]
    fast = served.units > _buildable(basis, paid) * (1.0 + 1e3 * digits) + 1e-6
    return problems + [
        f"{offers.name[o]} grows faster in {years[t]} than it can be built up"
        for o, t in zip(*np.nonzero(fast), strict=True)
    ]


def _buildable(basis: Basis, paid: np.ndarray) -> np.ndarray:
    """The most units of each offer that could have been built up of what is paid for.

    Where prevention spares some of the need, what stands ready need not all deliver.
    """
    most, before = np.empty_like(paid), basis.need.paid_today
    limited = ~np.isnan(basis.need.build)
    room = np.full(len(paid), np.inf)
    room[limited] = basis.need.build[limited] * basis.offers.capacity[limited]
    for t in range(paid.shape[1]):
        most[:, t] = before = np.minimum(paid[:, t], before + room)
    return most


# Need in words: who is not served first, then what prevention takes away and what that frees.

# Less than this, in pounds or units, is what a solver's digits leave.
_NOTHING = 0.5
SHORT = "money short of need"
"""What plans are measured by where need must be met; the less, the better, first of all."""
NOT_SERVED, IN_NEED = "in need and not served", "those in need, each year anew"
"""How many they are, where all services that must meet need count alike."""
LEAVES, AGAIN = "leaves a budget", "capacity released and used again"
EXCHEQUER = "to the Exchequer"
"""What becomes of cashable savings."""
# What plans leave unmet is whole pounds; less than this apart is alike.
_POUND = 1.0


@once
def needs_by_service(plan: Plan) -> pd.DataFrame:
    """Need of each service in the years of money, and what avoiding it saves in all years.

    Returns
    -------
    DataFrame
        By name and unit, in that order: the columns of the table ``needs``, added up, with
        ``name``, ``unit`` and ``empty``, capacity that nobody needs. Services of one name and
        unit, such as home care of several councils, are one.
    """
    table = plan.tables["needs"]
    table = table.assign(empty=(table["paid"] - table["served"]).clip(lower=0))
    figures = list(table.select_dtypes("number").columns)
    later = ~table["year"].isin(plan.place["years"])
    units = [name for name in figures if name not in ("fiscal", "cashable", "value")]
    table.loc[later, units] = 0.0
    keys = ["name", "unit"]
    labels = plan.labels["services"].set_index("service")[keys]
    found = table[["service", *figures]].join(labels, on="service").groupby(keys)[figures].sum()
    return found.assign(**{key: found.index.get_level_values(key) for key in keys})


@once
def need_unmet(plan: Plan) -> tuple[float, float]:
    """Those in need that must be served and are not, and the pounds to serve them would cost.

    How many they are is not a number where services count unlike things: years of care and
    episodes have no sum.
    """
    table = plan.tables["needs"]
    people, pounds = (float(table[name].sum()) for name in ("not_served", "money_short"))
    units = plan.labels["services"].set_index("service")["unit"]
    led = table.loc[table["led_by"] == BY_NEED, "service"]
    return people if led.map(units).nunique() < 2 else float("nan"), pounds


def alike(first: float, second: float) -> bool:
    """Whether as many pounds are missing for need that must be met."""
    return abs(second - first) <= _POUND


def meet_alike(first: Plan, second: Plan) -> bool:
    """Whether two plans meet need alike; if not, value is never subtracted: need comes first."""
    return alike(need_unmet(first)[1], need_unmet(second)[1])


NO_DIFFERENCE = "no difference worth deciding on"
TOO_SMALL = 1e-5
"""A share of a plan's money, £10 in each million, below which a gain in value is none to decide on:
money in published files is to the thousand pounds a line, which can tell no less."""


def too_small(gain: float, plan: Plan) -> bool:
    """Whether a gain in value is smaller than the figures of a place can tell; nothing is none.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.simulate(pb.example("toy_pooling"))  # it spends £90 million
    >>> too_small(800, plan), too_small(1_000, plan), too_small(0, plan)
    (True, False, False)
    """
    return 0.5 <= abs(gain) < TOO_SMALL * float(plan.money()["amount"].sum())


def unmet_change(first: Plan, second: Plan) -> str:
    """How much more or less need a plan leaves unmet than another, in pounds and in need.

    In need only where all of it is counted alike.
    """
    people, pounds = (b - a for a, b in zip(need_unmet(first), need_unmet(second), strict=True))
    way = "less" if pounds > 0 else "more"
    said = f"{money(abs(pounds))} {way} of the need that must be met is met"
    if people != people:
        return said
    return (
        f"{said}, and {count(abs(people))} {'fewer' if people > 0 else 'more'} in need are served"
    )


def unmet_words(plan: Plan) -> tuple[str, tuple[str, ...]]:
    """Need that must be met and is not, in pounds, and by service in its unit; blank if it is."""
    table = plan.tables["needs"]
    short = table[table["money_short"] > _NOTHING]
    if short.empty:
        return "", ()
    labels = plan.labels["services"].set_index("service")[["name", "unit"]]
    points = (
        f"{sentence(str(name))}: "
        f"{not_served(float(rows['unmet'].sum()), str(unit), years=rows['year'].nunique())} "
        f"{in_years(rows['year'])}; to meet this need would cost "
        f"{money(float(rows['money_short'].sum()))} more"
        for (name, unit), rows in short.join(labels, on="service").groupby(["name", "unit"])
    )
    missing = money(float(short["money_short"].sum()))
    # What stands in the way may be money, or a rule, or capacity: the plan does not say which.
    lead = f"need that must be met is not all met: to meet it would cost {missing} more"
    return lead, tuple(points)


def need_points(plan: Plan) -> Iterator[str]:
    """What became of the need of each service, a sentence each."""
    for row in needs_by_service(plan).to_dict("records"):
        parts = [f"{count(row['needed'])} needed"]
        if row["avoided"] > _NOTHING:
            parts.append(f"{count(row['avoided'])} of it avoided")
        parts.append(f"{count(row['served'])} served")
        if row["unmet"] > _NOTHING:
            parts.append(f"{count(row['unmet'])} not")
        said = f"{sentence(row['name'])} ({row['unit']}): {', '.join(parts)}"
        if row["empty"] > _NOTHING:
            said += f"; capacity for {count(row['empty'])} is paid for and empty"
        if abs(row["cashable"]) > _NOTHING:
            base = plan.place["price_base"]
            said += f"; {money(row['cashable'])} released ({base} prices, discounted)"
        yield said


@once
def cash(plan: Plan) -> pd.DataFrame:
    """Cashable savings by agency in three parts, as they fall and discounted, in pounds.

    Returns
    -------
    DataFrame
        By agency: ``leaves`` (cash that can leave a budget), ``exchequer`` (what benefits save,
        which is no budget of the place) and ``again`` (capacity released in the years of money,
        which the plan spends on something else), and each with ``discounted_`` before it.
    """
    needs, years = plan.tables["needs"], plan.place["years"]
    released, level = _released(plan, needs[needs["year"].isin(years)])
    whole = plan.savings("agency").set_index("agency")
    sector = plan.labels["agencies"].set_index("agency")["sector"]
    benefits = np.array([sector.get(who) == "dwp" for who in whole.index], dtype=bool)
    found = pd.DataFrame(index=whole.index)
    for way, amounts in (("", released * level), ("discounted_", released)):
        again = amounts.fillna(0.0).groupby(level=0).sum().reindex(whole.index, fill_value=0.0)
        rest = whole[f"{way}cashable"] - again
        found[f"{way}leaves"] = rest.where(~benefits, 0.0)
        found[f"{way}exchequer"] = rest.where(benefits, 0.0)
        found[f"{way}again"] = again
    return found


def _released(plan: Plan, needs: pd.DataFrame) -> tuple[pd.Series, np.ndarray]:
    """Capacity released by agency and year, discounted, and what brings it back to as it falls."""
    whose = plan.labels["services"].set_index("service")["commissioner"]
    released = needs["cashable"].groupby([needs["service"].map(whose), needs["year"]]).sum()
    saved = plan.savings("year").set_index("year")[["fiscal", "discounted_fiscal"]]
    real = saved["fiscal"] / saved["discounted_fiscal"].where(saved["discounted_fiscal"] != 0.0)
    return released, real.reindex(released.index.get_level_values("year")).to_numpy(float)


def released_later(plan: Plan) -> float:
    """Capacity released after the last year of money, as it falls, in pounds.

    It counts as cash that can leave a budget, as no plan spends it.
    """
    needs = plan.tables["needs"]
    released, level = _released(plan, needs[~needs["year"].isin(plan.place["years"])])
    return float((released * level).fillna(0.0).sum())


def used_again(plan: Plan) -> tuple[float, float]:
    """Capacity released in the years of money, as it falls and discounted, in pounds.

    It is cashable, but the plan spends it on something else: it is no cash that leaves a budget.
    """
    found = cash(plan)[["again", "discounted_again"]].sum()
    return float(found["again"]), float(found["discounted_again"])


def value_of_services_led_by_need(plan: Plan) -> float:
    """Public value of what services led by need bring themselves, in pounds.

    It is the same in every plan that meets all need, and no gain of any.
    """
    needs, made = plan.tables["needs"], plan.tables["outcomes"]
    led = set(needs.loc[needs["led_by"] == BY_NEED, "service"])
    mine = made.loc[made["service"].isin(led), ["fiscal", "economic", "social"]]
    return float(mine.to_numpy().sum())
