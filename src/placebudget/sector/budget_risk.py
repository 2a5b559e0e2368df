"""What a budget may come to: how likely an overspend is, which line drives it, what covers it.

Lines led by need spend what is needed, income comes in as it does, and all other lines hold their
budget. What each comes to is drawn from what is believed of it (``study.beliefs``), figures of a
kind together, by a stated correlation:

over           = sum of (spent - budget) over lines led by need + income short of its budget
drives (line)  = covariance of the line with over / variance of over; all lines add up to 1
reserve        = what over is less than in nine years of ten; never below nought

A line of a table is drawn as much above as below; cases arise by chance around a mean that is
itself not known (a negative binomial distribution; Poisson's where the mean is certain).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import isnan, nan
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, instance, known_key, share, text, whole
from placebudget.belief import SPREAD, spread_of_grades
from placebudget.errors import CannotAnswer, UnreadableTable, WrongArgument
from placebudget.place import Option, Place
from placebudget.place.io.loose import BUDGET_LINES, typed_rows
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names
from placebudget.plan import Plan
from placebudget.plan.need import serve
from placebudget.plan.record.record import run_record
from placebudget.plan.resting import COST, EFFECT, NEED, Figure
from placebudget.plan.simulate import today_of
from placebudget.plan.summary import Summary, sentences
from placebudget.programme.money import stream_funding
from placebudget.progress import Report
from placebudget.sector.proposal import Proposal, SectorResult, proposals_table
from placebudget.study.beliefs import (
    FUNDING,
    Uncertain,
    drawn_scores,
    factors_of,
    read_correlation,
    read_spreads,
    uncertain_figures,
)
from placebudget.study.held import Decided, Moving
from placebudget.study.rests_on.result import plan_called
from placebudget.study.sweeping import SERIAL, ExecutorLike, read_executor, read_workers
from placebudget.study.uncertainty.draws import WorkedBy
from placebudget.texts import shown
from placebudget.words import as_set, money, number, percent, sentence

BUDGET, INCOME = "budget", "income"
KINDS_OF_LINES = {NEED: "led by need", BUDGET: "holds its budget", INCOME: "income"}
_MOVED = (NEED, COST, EFFECT, FUNDING)
"""Kinds of figures that a budget of a year hangs on."""
LEAST_OF_LINES, MOST_DRAWS = 2**14, 2**20
"""Fewest draws of lines that are given, and most of any."""
_HAIR = 1e-9
_AT_A_TIME = 32
_PLENTY = 1e3
_GRADE = "5"


@dataclass(frozen=True)
class BudgetDraws:
    """What lines come to in every draw, in pounds.

    Parameters
    ----------
    lines : DataFrame
        line, kind, budget.
    came : ndarray
        Draws x lines: what is spent, or comes in.
    """

    lines: pd.DataFrame
    came: np.ndarray

    @property
    def over(self) -> np.ndarray:
        """Draws x lines: what is spent beyond the budget, or does not come in."""
        sign = np.where(self.lines["kind"] == INCOME, -1.0, 1.0)
        return np.asarray(sign * (self.came - self.lines["budget"].to_numpy(float)))


@dataclass(frozen=True, eq=False)
class BudgetRisk(SectorResult):
    """What a budget may come to.

    ``tables`` holds, in pounds:

    - ``budget``: budget (net of income), mean, p10, p50, p90, chance (of an overspend), reserve,
      chance_apart (if lines had nothing to do with each other; blank where not worked out);
    - ``lines``: line, kind, budget, mean, p10, p90, chance (of more than its budget, or of less
      income), drives (share of how far the whole may be off);
    - ``covers``: years_covered (a share), reserve that covers them.
    """

    @property
    def table(self) -> pd.DataFrame:
        """Lines, the one that drives most first."""
        return self.tables["lines"]

    @property
    def units(self) -> Mapping[str, str]:
        """All is in pounds."""
        return dict.fromkeys(("budget", "lines", "covers"), "pounds")

    @property
    def sums(self) -> Mapping[str, Sequence[str]]:
        """Columns that are parts of a total."""
        return {"lines": ("drives",)}

    def finding(self) -> str:
        """How likely an overspend is, and what covers it."""
        row = self.tables["budget"].iloc[0]
        said = f"In the model, {self.facts['name']} overspends in {percent(row['chance'])} of draws"
        sure = percent(self.facts["sure"])
        if row["reserve"] <= 0:
            return f"{said}; {sure} of them need no reserve"
        return f"{said}; {money(row['reserve'])} of reserve covers {sure} of them"

    def summarised(self) -> Summary:
        """The finding, the range, what drives it."""
        row, first = self.tables["budget"].iloc[0], self.table.iloc[0]
        lines = [
            f"{self.finding()}.",
            f"The budget is {money(row['budget'])}; what it comes to lies between "
            f"{money(row['p10'])} and {money(row['p90'])} in eight draws of ten, and is "
            f"{money(row['p50'])} in the middle.",
        ]
        if first["drives"] > 0:
            lines.append(
                f"Most hangs on {first['line']}: {percent(first['drives'])} of how far the budget "
                "may be off."
            )
        if not isnan(row["chance_apart"]):
            lines.append(
                "If lines had nothing to do with each other it would be overspent in "
                f"{percent(row['chance_apart'])} of draws: that is what leaving their correlation "
                "out would have said."
            )
        return Summary(self.title, tuple(sentences([*lines, *self.offered])))


def budget_risk(
    lines: pd.DataFrame | None = None,
    *,
    place: PlaceLike | None = None,
    plan: Plan | None = None,
    agency: str = "",
    year: str = "",
    sure: float = 0.9,
    draws: int = 256,
    seed: int = 0,
    spread: Mapping[str, Mapping[str, float] | float] | float | None = None,
    correlation: Mapping[str, float] | float | None = None,
    executor: ExecutorLike = SERIAL,
    workers: int | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
) -> BudgetRisk:
    """How likely a budget is to be overspent, which line drives it, and what reserve covers it.

    Parameters
    ----------
    lines : DataFrame, optional
        ``line`` and ``budget`` in pounds; ``expected`` (blank: the budget); how far that may be
        off, as ``error`` (pounds), ``spread`` (of the mean) or ``grade`` (of evidence);
        ``cases``, where these arise by chance; ``kind``: need, budget or income. Left out: the
        services of an agency of the place.
    place : Place, path or str, optional
        The place whose agency it is.
    plan : Plan, optional
        The plan that is the budget, where the lines are those of a place; default: today's money.
    agency : str
        Whose budget; blank: of a place, the agency with most money for services.
    year : str
        Which year, where the lines are those of a place; blank: the first.
    sure : float
        Share of years that the reserve is to cover.
    draws : int
        How many draws; the next power of two. Of lines that are given at least 16,384, as these
        take no time.
    seed : int
        What draws are drawn from. The same seed gives the same numbers with any number of workers.
    spread, correlation
        As for :func:`placebudget.study.uncertainty`; of a table, needs and income (``funding``)
        move together.
    executor, workers
        Where draws are worked out; see :func:`placebudget.study.sweep`.
    stop, progress
        As for :func:`placebudget.optimise`. Stopping keeps the draws that are done.

    Raises
    ------
    WrongArgument, UnreadableTable, InvalidPlace
        If something that was given cannot be meant; all of it is named.
    CannotAnswer
        If nothing of the budget may be off.

    Examples
    --------
    Two lines of 60 and 40, give or take a tenth, which go together by a half:

    >>> two = pd.DataFrame({"line": ["care", "homes"], "budget": [66.0, 44.0],
    ...                     "expected": [60.0, 40.0], "error": [6.0, 4.0]})
    >>> found = budget_risk(two, correlation=0.5, draws=2**15).tables["budget"].iloc[0]
    >>> round(float(found["p90"]), 1)
    111.2
    """
    with Arguments() as asked:
        where = None if place is None else asked.read(checked_place, place)
        grades = dict(SPREAD) if where is None else spread_of_grades(where)
        held = None if lines is None else asked.read(_lines, lines, grades)
        agency = asked.read(text, "agency", agency)
        year = asked.read(text, "year", year)
        sure = asked.read(share, "sure", sure)
        drawn = asked.read(whole, "draws", draws, least=2, most=MOST_DRAWS)
        seed = asked.read(whole, "seed", seed)
        together = asked.read(read_correlation, correlation)
        executor = asked.read(read_executor, executor)
        workers = asked.read(read_workers, workers)
        if plan is not None:
            asked.read(instance, "plan", plan, Plan, "a Plan of the place")
    if where is None and held is None:
        raise WrongArgument("give lines of a budget, or a place with an agency")
    if held is not None and plan is not None:
        raise WrongArgument("a plan is the budget of a place: give it, or lines, and not both")
    if where is not None and agency:
        known_key("agency", agency, where.agencies["agency"])
    if where is not None and year:
        known_key("year", year, where.years)
    drawn = max(1 << (drawn - 1).bit_length(), LEAST_OF_LINES if held is not None else 0)
    apart = nan
    if held is not None:
        found = _of_table(held, together, drawn, seed)
        none = dict.fromkeys(together, 0.0)
        apart = _chance(_of_table(held, none, drawn, seed).over.sum(axis=1), held)
        name = agency or "the budget"
        name = Names(where).of("agency", agency) if where and agency else name
        year = year or ("" if where is None else where.years[0])
    else:
        assert where is not None
        spreads = read_spreads(where, spread)
        agency = agency or _largest(where, plan)
        year = year or where.years[0]
        worked = WorkedBy(executor, workers, stop, progress)
        found = _of_place(
            where, plan or today_of(where), agency, year, spreads, together, drawn, seed, worked
        )
        name = Names(where).of("agency", agency)
    return _answer(found, where, agency, year, name, sure, apart, {
        "agency": agency, "year": year, "sure": sure, "draws": drawn, "seed": seed,
        "correlation": {kind: together[kind] for kind in _MOVED},
        "lines": "given" if held is not None else "the place",
        "plan": "today" if plan is None else plan.name,
    })  # fmt: skip


# Lines that are given.

_A_BUDGET = 1e4
"""From so many pounds on nobody knows what they come to by less than one."""


def _lines(given: object, grades: Mapping[str, float]) -> pd.DataFrame:
    """Lines as numbers, each with how far it may be off; all that is wrong is named."""
    held, said = typed_rows("lines", given, BUDGET_LINES)
    held["kind"] = held["kind"].replace("", NEED)
    for at, row in zip(held.index, held.to_dict("records"), strict=True):
        where = f"lines, row {at}"
        told = not all(isnan(row[name]) for name in ("error", "spread", "cases"))
        if row["kind"] not in KINDS_OF_LINES:
            known = ", ".join(KINDS_OF_LINES)
            said.append(f"{where}: kind is {shown(row['kind'])}; write {known}")
        elif row["grade"] and row["grade"] not in grades:
            known = ", ".join(each for each in grades if each)
            said.append(f"{where}: grade {shown(row['grade'])} is not known; write {known}")
        elif 0 < row["error"] < 1 and row["budget"] >= _A_BUDGET:
            said.append(
                f"{where}: error is in pounds, and {as_set(row['error'])} of so large a budget is "
                "none; a share goes into spread"
            )
        elif row["kind"] != BUDGET and not row["grade"] and not told:
            said.append(f"{where}: say how far it may be off, by error, spread or grade")
    if said:
        raise UnreadableTable.of(said)
    held = held.reset_index(drop=True)
    held["expected"] = held["expected"].fillna(held["budget"])
    by_grade = held["grade"].map(lambda each: grades.get(each, 0.0) if each else 0.0)
    of_error = held["error"] / held["expected"].where(held["expected"] > 0)
    held["spread"] = of_error.fillna(held["spread"]).fillna(by_grade).fillna(0.0)
    return held


def _of_table(
    held: pd.DataFrame, together: Mapping[str, float], drawn: int, seed: int
) -> BudgetDraws:
    """Draws of lines that are given."""
    moves = (held["kind"] != BUDGET) & ((held["spread"] > 0) | (held["cases"] > 0))
    came = np.tile(held["expected"].to_numpy(float), (drawn, 1))
    holds = (held["kind"] == BUDGET).to_numpy()
    came[:, holds] = held["budget"].to_numpy(float)[holds]
    at = np.flatnonzero(moves)
    if not len(at):
        raise CannotAnswer("nothing of this budget may be off: every line holds, or is certain.")
    rows = held.iloc[at]
    figures = [
        Uncertain(
            Figure(FUNDING if row.kind == INCOME else NEED, "", "", np.zeros(0), row.expected),
            row.grade, row.spread, own=True, symmetric=True,
        )
        for row in rows.itertuples()
    ]  # fmt: skip
    scores = drawn_scores(figures, together, drawn, seed)
    factors = factors_of(figures, scores)
    for n, row in enumerate(rows.itertuples()):
        if row.cases > 0:
            factors[:, n] = _counted(row.cases, row.spread, scores[:, n]) / row.cases
    came[:, at] = rows["expected"].to_numpy(float) * factors
    return BudgetDraws(held[["line", "kind", "budget"]], came)


def _counted(cases: float, spread: float, scores: np.ndarray) -> np.ndarray:
    """How many cases arise, by chance around a mean that may be off."""
    from scipy.special import ndtr
    from scipy.stats import nbinom, poisson

    below = ndtr(scores)
    if not spread:
        return np.asarray(poisson.ppf(below, cases))
    shape = 1.0 / spread**2
    return np.asarray(nbinom.ppf(below, shape, shape / (shape + cases)))


# Lines of a place.


def _largest(place: Place, plan: Plan | None) -> str:
    """The agency whose services have most money."""
    spent = (plan or today_of(place)).money(["service"])
    of = place.services.set_index("service")["commissioner"]
    return str(spent.groupby(spent["service"].map(of))["amount"].sum().idxmax())


def _of_place(
    place: Place,
    plan: Plan,
    agency: str,
    year: str,
    spreads: Mapping[str, Mapping[str, float]],
    together: Mapping[str, float],
    drawn: int,
    seed: int,
    worked: WorkedBy,
) -> BudgetDraws:
    """Draws of the services of an agency in a year, and of its funding."""
    figures = [each for each in uncertain_figures(place, spreads) if each.figure.kind in _MOVED]
    if not figures:
        raise CannotAnswer("every figure is certain with this spread: there is nothing to draw.")
    moving, decided, t = Moving(place, figures), Decided.of(plan, place), place.years.index(year)
    factors = factors_of(figures, drawn_scores(figures, together, drawn, seed))
    spent = partial(_spent, moving, decided, t)
    rows = worked.through(spent, factors, _AT_A_TIME, "draws of the budget")
    basis = moving.basis
    mine = basis.lines.commissioner.astype(str) == agency
    services = basis.lines.service.astype(str)
    names, scale = Names(place), basis.scale.money
    budgets = basis.by_line(decided.money)[:, t] * scale
    lines, came = [], []
    every = np.array(list(rows.values())) * scale
    for service in sorted(set(services[mine])):
        at = mine & (services == service)
        led = bool(basis.need.led[at].any())
        budget = float(budgets[at].sum())
        lines.append((names.of("service", service), NEED if led else BUDGET, budget))
        came.append(every[:, at].sum(axis=1))
    funding = stream_funding(place)
    own = place.streams.loc[place.streams["agency"] == agency, "stream"]
    amount = float(funding.loc[own, year].sum())
    times = [n for n, each in enumerate(figures) if each.figure.kind == FUNDING
             and each.figure.agency == agency]  # fmt: skip
    if amount > 0:
        lines.append((f"money of {names.of('agency', agency)}", INCOME, amount))
        comes = factors[list(rows)][:, times].prod(axis=1) if times else np.ones(len(rows))
        came.append(amount * comes)
    if not lines:
        raise CannotAnswer(f"{names.of('agency', agency)} has no services and no money here.")
    frame = pd.DataFrame(lines, columns=["line", "kind", "budget"])
    return BudgetDraws(frame, np.column_stack(came))


def _spent(
    moving: Moving, decided: Decided, t: int, part: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """By line what is spent in a year where figures are multiplied by each row of factors."""
    basis, found = moving.basis, []
    planned = decided.money / basis.offers.unit_cost
    led = basis.need.led[basis.offers.line]
    for factors in part:
        moved = moving.at(factors)
        cost = moved.offers.unit_cost
        units = np.where(led[:, None], planned * _PLENTY, decided.money / cost)
        served = serve(moved, units, units)
        needed = moved.by_line(served.units * cost) + served.money_short(moved)
        held = basis.by_line(decided.money)
        found.append(np.where(basis.need.led[:, None], needed, held)[:, t])
    return found


# What it comes to.


def _chance(over: np.ndarray, lines: pd.DataFrame) -> float:
    return float((over > _HAIR * max(float(lines["budget"].sum()), 1.0)).mean())


def _answer(
    found: BudgetDraws,
    place: Place | None,
    agency: str,
    year: str,
    name: str,
    sure: float,
    apart: float,
    options: Mapping[str, Any],
) -> BudgetRisk:
    over, lines = found.over, found.lines
    whole_ = over.sum(axis=1)
    sign = np.where(lines["kind"] == INCOME, -1.0, 1.0)
    if place is not None and options["lines"] != "given":
        # Of a place what comes in is no part of what services spend.
        sign = np.where(lines["kind"] == INCOME, 0.0, 1.0)
    budget = float(sign @ lines["budget"])
    spent = found.came @ sign
    variance = float(whole_.var())
    centred = whole_ - whole_.mean()
    rows = lines.assign(
        mean=found.came.mean(axis=0), p10=np.percentile(found.came, 10, axis=0),
        p90=np.percentile(found.came, 90, axis=0),
        chance=[_chance(over[:, n], lines) for n in range(over.shape[1])],
        drives=(over - over.mean(axis=0)).T @ centred / len(centred) / variance
        if variance > 0 else 0.0,
    )  # fmt: skip
    rows = rows.sort_values("drives", ascending=False, kind="stable").reset_index(drop=True)
    low, middle, high = np.percentile(spent, [10, 50, 90])
    covers = pd.DataFrame(
        [(each, max(float(np.percentile(whole_, 100 * each)), 0.0))
         for each in sorted({0.5, 0.8, 0.95, sure})],
        columns=["years_covered", "reserve"],
    )  # fmt: skip
    reserve = float(covers.loc[covers["years_covered"] == sure, "reserve"].iloc[0])
    row = {
        "budget": budget, "mean": float(spent.mean()), "p10": low, "p50": middle, "p90": high,
        "chance": _chance(whole_, lines), "reserve": reserve, "chance_apart": apart,
    }  # fmt: skip
    at = {size: float(covers.set_index("years_covered")["reserve"][each])
          for size, each in (("low", 0.8), ("middle", sure), ("high", 0.95))}  # fmt: skip
    made, none = _proposed(place, agency, year, at, name, sure)
    tables = {
        "budget": pd.DataFrame([row]), "lines": rows, "covers": covers,
        "proposals": proposals_table(made),
    }  # fmt: skip
    inputs = {} if place is None else {"place": place.name, "inputs": place.digest}
    run = run_record(study="budget_risk", options=dict(options), **inputs)
    facts = {"name": name, "sure": sure, "year": year, "given": options["lines"] == "given"}
    title = f"{sentence(name)}: what the budget {f'of {year} ' if year else ''}may come to"
    return BudgetRisk(
        title, tables, _notes(options, len(found.came), place), run, made, none, facts
    )


def _proposed(
    place: Place | None,
    agency: str,
    year: str,
    at: Mapping[str, float],
    name: str,
    sure: float,
) -> tuple[tuple[Proposal, ...], str]:
    """The least reserve, and a contingency out of the year's money; or why there is neither."""
    if place is None or not agency:
        return (), "no place with an agency is named."
    if at["middle"] <= 0:
        return (), f"the budget covers {percent(sure)} of years without a reserve."
    why = f"{money(at['middle'])} covers {percent(sure)} of what the budget of {name} may come to."
    made = []
    kept = [_minimum(place, agency, at[size]) for size in ("low", "middle", "high")]
    if kept[1] is not None:
        said = f"{why} A plan spends no reserve: it stays as it is, and the opening is checked."
        made.append(Proposal(kept[1], said, _GRADE, (), kept[0], kept[2]))
    free = _free_money(place, agency, year)
    if free is not None and free[1] > at["high"]:
        stream, amount = free
        back = [
            Option(f"contingency of {name}").scale(
                "funding", 1 - at[size] / amount, "amount", stream=stream, year=year
            )
            for size in ("low", "middle", "high")
        ]
        said = (
            f"{money(at['middle'])} of {Names(place).of('stream', stream)} is held back in {year}: "
            f"that covers {percent(sure)} of what the budget may come to."
        )
        made.append(Proposal(back[1], said, _GRADE, (), back[0], back[2]))
    return tuple(made), "" if made else f"{name} has no reserve and no money that is free."


def _minimum(place: Place, agency: str, amount: float) -> Option | None:
    """The general reserve has so much at the least, or what it has to have already."""
    rows = place.filled("reserves")
    mine = rows[(rows["agency"] == agency) & (rows["kind"] == "general")]
    if mine.empty:
        return None
    most = max(float(round(amount)), float(mine["minimum"].iloc[0]))
    option = Option(f"least reserve of {Names(place).of('agency', agency)}")
    return option.set("reserves", "minimum", most, agency=agency, kind="general")


def _free_money(place: Place, agency: str, year: str) -> tuple[str, float] | None:
    """The largest stream of an agency without a ring-fence, and what it brings in a year."""
    own = place.streams.loc[place.streams["agency"] == agency, "stream"]
    free = [each for each in own if each not in set(place.ring_fences["stream"])]
    amounts = stream_funding(place).loc[free, year]
    if amounts.empty or amounts.max() <= 0:
        return None
    return str(amounts.idxmax()), float(amounts.max())


def _notes(options: Mapping[str, Any], drawn: int, place: Place | None) -> tuple[str, ...]:
    pairs = ", ".join(f"{kind} {number(r, 1)}" for kind, r in options["correlation"].items())
    notes = [
        "Lines led by need spend what is needed; all others hold their budget, whatever that buys.",
        f"{number(drawn)} draws. Figures of a kind move together, by an assumed correlation "
        f"({pairs}); kinds are apart. Lines that were all apart would make up for one another and "
        "flatter the budget.",
        "A chance is a share of draws from what is believed, and not one that anybody has "
        "measured; a score of five by five is none either.",
    ]
    if options["lines"] == "given":
        notes.append(
            "Lines are drawn as much above as below what is expected; cases arise by chance, "
            "around a mean that may be off."
        )
    else:
        notes.append(
            "Need, unit costs, funding and effects on need are drawn as is believed of them. What "
            "is needed is bought as the budget has it, and given up as soon as it is not needed."
        )
    if place is not None and options["lines"] != "given":
        notes.append(f"Budgets come from {plan_called(options['plan'])}.")
        notes.append("Funding counts against the budget by what it is short of, or brings more.")
    return tuple(notes)
