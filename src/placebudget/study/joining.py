"""Who joins a shared service and who pays what: the game of what each group of members can save.

Players are the agencies whose offers run through what is shared. All deliver what the best
aligned plan delivers before anything is shared, in each year. With

cost(S)    the least that all of them pay for it together, real and discounted, where those of S
           may share and the others may not,
alone[i]   what i pays where nobody shares: the least for its own lines, apart from all others,

a group by itself costs the sum of its alone[i] less cost(nobody) - cost(S). Whose money may pay
for what is set aside: it is a question of cost. What a member pays is its part of the whole by a
way to share; in each year its own cost alone, less that part of what is saved in the year.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, known_key
from placebudget.errors import CannotAnswer, Infeasible
from placebudget.place import Place
from placebudget.place.geography import Geography
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names, listed
from placebudget.place.settings import in_years
from placebudget.plan import Plan, optimise
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.worded_table import NameOf
from placebudget.plan.workbook_pages import MODEL
from placebudget.programme import Basis, read_pooling
from placebudget.programme.objectives.value import NET
from placebudget.progress import Report
from placebudget.solver import RunLimits
from placebudget.study.games import SharedWorth, members, share
from placebudget.study.result import StudyResult, record_of
from placebudget.study.sharing.ways_to_share import NUCLEOLUS, SHAPLEY
from placebudget.words import money, percent, plain, sentence, whole_pounds

MOST = 8
"""Most members: each more doubles the plans."""
_A_POUND = 1.0


@dataclass(frozen=True, eq=False)
class Joining(StudyResult):
    """Who joins a shared service at least cost, and who pays what.

    ``tables`` holds, in pounds:

    - ``shares``: agency, alone, Shapley value, nucleolus (what it pays; real, discounted);
    - ``ways``: method, in_core, coalition, gain, as ``games.share`` has them;
    - ``coalitions``: coalition, cost, saved, joins (who of them joins in any year);
    - ``payments``: agency, year, joined, alone, own, towards, pays (by the Shapley value, cash of
      the year): ``own`` is what its own lines cost in the plan, joining and leaving in it, and
      ``towards`` what it pays to what is shared; below nought, what it gets from the others;
    - ``years``: year, joins, alone, shared, saved, and saved_so_far, real and discounted.

    Parameters
    ----------
    place : Place
        The place.
    shared : str
        The offer that is shared.
    split : SharedWorth
        The cost game and how it is split.
    """

    place: Place = field(repr=False)
    shared: str
    split: SharedWorth = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """What each member pays, by way to share."""
        return self.tables["shares"]

    @property
    def saved(self) -> float:
        """What all save together, real and discounted, in pounds."""
        shares = self.tables["shares"]
        return float(shares["alone"].sum() - shares[SHAPLEY].sum())

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        return {
            "shares": ("alone", SHAPLEY, NUCLEOLUS),
            "payments": ("alone", "own", "towards", "pays"),
            "years": ("alone", "shared", "saved"),
        }

    @property
    def units(self) -> Mapping[str, str]:
        """What figures are counted in."""
        real = f"pounds, {self.place.settings.price_base} prices, discounted"
        cash = "pounds, cash of the year"
        return {"shares": real, "ways": real, "coalitions": real, "payments": cash, "years": cash}

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        names = Names(self.place)
        return lambda column, key: names.of("agency" if column == "partner" else column, key)

    def finding(self) -> str:
        """Who joins, and what that saves."""
        who, shares = self.joined, self.tables["shares"]
        if self.saved < _A_POUND or not who:
            if who:
                called = sentence(plain(self.shared))
                return f"{called} saves nothing by who joins: notice keeps all in"
            return f"Nobody joins {plain(self.shared)}: apart costs no more"
        apart = float(shares["alone"].sum())
        join = "joins" if len(who) == 1 else "join"
        return (
            f"In the model, at least cost {listed(map(self._called, who))} {join} "
            f"{plain(self.shared)}, which saves {money(self.saved)}, "
            f"{percent(self.saved / apart)} of the {money(apart)} that all pay apart"
        )

    @property
    def joined(self) -> list[str]:
        """Agencies that join in any year."""
        rows = self.tables["payments"]
        return list(dict.fromkeys(rows.loc[rows["joined"], "agency"]))

    def summarised(self) -> Summary:
        """Who joins and pays what, whether any group would do better, and year by year."""
        pays = (
            f"{self._called(row['agency'])}: {whole_pounds(row[SHAPLEY])} by {plain(SHAPLEY)}, "
            f"{whole_pounds(row[NUCLEOLUS])} for {plain(NUCLEOLUS)}, {whole_pounds(row['alone'])} "
            "alone"
            for row in self.table.to_dict("records")
        )
        first = Paragraph(f"{self.finding()} ({self.units['shares']}).", tuple(pays))
        if self.saved < _A_POUND:
            return Summary(self.title, (first,), MODEL)
        said = [*map(self._way, self.tables["ways"].itertuples()), *self._by_year()]
        return Summary(self.title, (first, *sentences(said)), MODEL)

    def _way(self, row: Any) -> str:
        if row.in_core:
            return f"{sentence(plain(row.method))}: no group of members would pay less by itself."
        who = listed(self._called(each) for each in row.coalition.split(", "))
        way = sentence(plain(row.method))
        return f"{way}: {who} would pay {money(row.gain)} less by themselves."

    def _by_year(self) -> list[str]:
        rows = self.tables["years"]
        said = []
        dear = rows[rows["saved"] < -_A_POUND]
        if len(dear):
            more = money(-float(dear["saved"].sum()))
            said.append(f"Sharing costs {more} more than staying apart {in_years(dear['year'])}.")
        behind = rows[rows["saved_so_far"] < -_A_POUND]["year"].tolist()
        if behind:
            after = rows["year"].tolist().index(behind[-1]) + 1
            said.append(f"It is earned back by {rows['year'].iloc[after]}.")
        for row, before in zip(rows.itertuples(), [None, *rows["joins"][:-1]], strict=True):
            if before is not None and row.joins != before:
                who = row.joins.split(", ") if row.joins else []
                now = listed(map(self._called, who)) if who else "nobody"
                said.append(f"From {row.year} on {now} {'are' if len(who) > 1 else 'is'} in.")
        return said

    def _called(self, agency: str) -> str:
        return Names(self.place).of("agency", agency)


def joining(
    place: PlaceLike,
    shared: str | None = None,
    *,
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Joining:
    """Who joins a shared service at least cost, and who pays what.

    Parameters
    ----------
    place : Place, path or str
        A place with a table ``shared_services``. It is checked first.
    shared : str, optional
        The shared offer; left out, the first.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`; ``seconds`` for each plan.

    Raises
    ------
    CannotAnswer
        If nothing is shared, by one agency alone or by more than eight, or a member has
        no other offer, so that nobody knows what it costs alone.
    WrongArgument
        If there is no such shared offer.

    Examples
    --------
    >>> import placebudget as pb
    >>> joining(pb.example("toy_pooling"))
    Traceback (most recent call last):
    ...
    placebudget.errors.CannotAnswer: no service is shared: the table shared_services has no row
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    known = shared_offers(place)
    if shared is not None:
        known_key("shared offer", shared, known)
    if not known:
        raise CannotAnswer("no service is shared: the table shared_services has no row")
    find = partial(
        optimise, pooling="aligned", prices=False,
        seconds=limits.seconds, gap=limits.gap, stop=limits.stop,
    )  # fmt: skip
    parts = _Members(place, shared or next(iter(known)))
    units = find(_unshared(place, parts)).tables["units"]
    least = _least_cost_place(place, parts, units)
    stages = 2 ** len(parts.agencies)
    plans: list[Plan] = []
    for n in range(stages):
        if limits.progress is not None:
            limits.progress("groups of members", n, stages)
        may = members(parts.agencies, n)
        # Fewer than it needs are as good as nobody.
        fewer = n > 0 and parts.many(may, least) < parts.least
        plans.append(plans[0] if fewer else _least_cost(find, parts, least, may))
    return _answer(place, parts, plans)


def shared_offers(place: Place) -> dict[str, str]:
    """Shared offers of a place, by key, as they are called."""
    keys = sorted(set(place.shared_services["shared_offer"]))
    return {key: plain(key) for key in keys}


class _Members:
    """Whose offers run through a shared offer, and the lines they are for."""

    def __init__(self, place: Place, shared: str) -> None:
        rows = place.filled("shared_services")
        self.shared = shared
        self.rows = rows[rows["shared_offer"] == shared]
        whose, offers = place.services.set_index("service")["commissioner"], place.filled("offers")
        self.offers = offers.assign(
            key=offers["area"].map(Geography.of(place).key), agency=offers["service"].map(whose)
        )
        of = self.offers.set_index("offer")
        joined = self.rows["offer"].tolist()
        self.joined = dict(zip(joined, of.loc[joined, "agency"], strict=True))
        self.agencies = tuple(sorted(set(self.joined.values())))
        elsewhere = set(rows["offer"]) - set(self.joined)
        lines = set(
            of.loc[list(self.joined), ["service", "key"]].itertuples(index=False, name=None)
        )
        keys = zip(self.offers["service"], self.offers["key"], strict=True)
        self.lines = sorted(lines)
        mine = np.array([key in lines for key in keys], bool)
        mine &= ~self.offers["offer"].isin(elsewhere).to_numpy(bool)
        self.kept = self.offers[mine | (self.offers["offer"] == shared)]
        self._refuse()

    @property
    def least(self) -> int:
        """Members without which it does not run."""
        return int(self.rows["least_members"].max())

    def held(self, offer: str, place: Place) -> int:
        """First years in which a member's offer stays because it is in today, with its notice."""
        today = place.today
        if not (today["offer"].eq(offer) & (today["amount"] > 0)).any():
            return 0
        return int(self.rows.loc[self.rows["offer"] == offer, "notice_years"].iloc[0])

    def many(self, may: Collection[str], place: Place) -> int:
        """Members' offers that may run, or have to, where some agencies may join."""
        return sum(
            agency in may or self.held(offer, place) > 0 for offer, agency in self.joined.items()
        )

    def _refuse(self) -> None:
        called = plain(self.shared)
        if len(self.agencies) == 1:
            raise CannotAnswer(f"one agency alone runs {called}, so that nobody shares its cost")
        if len(self.agencies) > MOST:
            raise CannotAnswer(f"{called} has {len(self.agencies)} members, and {MOST} at most")
        own = self.kept[~self.kept["offer"].isin(self.joined)]
        there = set(zip(own["service"], own["key"], strict=True))
        without = [plain(service) for service, key in self.lines if (service, key) not in there]
        if without:
            raise CannotAnswer(
                f"{listed(without)} has no offer but through {called}, so that what it costs alone "
                "is not known: add the offer it has without sharing"
            )


def _unshared(place: Place, parts: _Members) -> Place:
    """The place before anything is shared.

    Today's money of a joined offer buys from the dearest of the others, which decides nothing
    but what is open already.
    """
    joined = set(place.shared_services["offer"])
    offers, today = place.offers, place.today
    rest = offers[~offers["offer"].isin(joined)]
    dearest = rest.sort_values("unit_cost").groupby(["service", rest["area"].fillna("")])["offer"]
    other = dearest.last().to_dict()
    keys = zip(today["service"], today["area"].fillna(""), strict=True)
    instead = pd.Series([other.get(key) for key in keys], index=today.index, dtype=object)
    named = today["offer"].isin(joined)
    return place.with_(
        offers=rest,
        shared_services=place.shared_services.iloc[:0],
        choices=_without(place.choices, joined),
        today=today.assign(offer=today["offer"].astype(object).mask(named, instead)),
    )


def _without(choices: pd.DataFrame, offers: Collection[str]) -> pd.DataFrame:
    """Choices between what is left, where that is more than one offer."""
    left = choices[~choices["offer"].isin(offers)]
    return left[left.groupby("choice")["offer"].transform("size") > 1]


def _least_cost_place(place: Place, parts: _Members, units: pd.DataFrame) -> Place:
    """The members' lines and what they share, to be served in full at least cost.

    Each agency has more money than it can need, under no condition.
    """
    services = place.services[place.services["service"].isin(set(parts.kept["service"]))]
    lines = set(parts.lines)
    keys = zip(units["service"], units["area"], strict=True)
    mine = units[np.array([key in lines for key in keys], bool)]
    per_person = place.filled("services").set_index("service")["units_per_person"]
    given = mine.groupby(["service", "area", "year"], as_index=False)["units"].sum()
    every = pd.MultiIndex.from_tuples(
        [(*line, year) for line in parts.lines for year in place.years]
    )
    given = given.set_index(["service", "area", "year"])["units"].reindex(every, fill_value=0.0)
    needs = given.rename("units").rename_axis(["service", "area", "year"]).reset_index()
    needs["people"] = needs["units"] / needs["service"].map(per_person)
    root = Geography.of(place).root
    needs["area"] = needs["area"].astype(object).where(needs["area"] != root, None)
    led = services["service"].isin({service for service, _ in lines})
    kept, offers, shared = set(parts.kept["offer"]), place.offers, place.shared_services
    today = place.today
    keys = zip(today["service"], today["area"].map(Geography.of(place).key), strict=True)
    there = set(zip(parts.kept["service"], parts.kept["key"], strict=True))
    today = today[np.array([key in there for key in keys], bool)]
    today = today[today["offer"].isna() | today["offer"].isin(kept)]
    agencies = sorted(set(services["commissioner"]) | set(parts.agencies))
    whose = services.set_index("service")["commissioner"]
    today = today.assign(stream=today["service"].map(whose), pool=None)
    purse = _ample(place, parts, units) + float(today["amount"].sum())
    rows = [(each, year, purse) for each in agencies for year in place.years]
    empty = {name: place.tables[name].iloc[:0] for name in _SET_ASIDE}
    # An offer is named by its provider in rules, and here by nothing else.
    provider = offers["offer"].where(offers["offer"].isin(parts.joined), None)
    return place.with_(
        replace(place.settings, without_effects="free", appraisal_years=None),
        **empty,
        agencies=place.agencies[place.agencies["agency"].isin(agencies)].assign(area=None),
        services=services.assign(
            led_by=services["led_by"].where(~led, "need"), no_difference=None, kind="revenue"
        ),
        offers=offers.assign(provider=provider)[offers["offer"].isin(kept)],
        choices=_without(place.choices, set(offers["offer"]) - kept),
        shared_services=shared[shared["shared_offer"] == parts.shared],
        streams=pd.DataFrame({"stream": agencies, "agency": agencies, "raised": "local"}),
        funding=pd.DataFrame(rows, columns=["stream", "year", "amount"]),
        today=today,
        needs=needs[["service", "area", "year", "people"]],
        # A place makes something: what it makes here is worth nothing, so that cost alone counts.
        outcomes=pd.DataFrame({"outcome": ["served"]}),
        effects=pd.DataFrame({"service": [parts.lines[0][0]], "outcome": ["served"]}),
    )


_SET_ASIDE = (
    *("ring_fences", "pools", "contributions", "pool_purposes", "cohorts", "prevalence", "returns"),
    *("savings", "avoids", "at_risk", "rules", "reserves"),
)
"""Tables that say nothing of what members pay for what they deliver already."""


def _ample(place: Place, parts: _Members, units: pd.DataFrame) -> float:
    """More than a year of the members' lines and of what is shared can cost, in pounds."""
    basis = Basis(place, read_pooling(place, "aligned"))
    offers, scale = basis.offers, basis.scale
    kept = np.isin(offers.name, list(parts.kept["offer"]))
    most = units.groupby(["service", "area", "year"])["units"].sum().groupby(level=[0, 1]).max()
    lines = zip(basis.lines.service[offers.line], basis.lines.area[offers.line], strict=True)
    bought = np.array([most.get(key, 0.0) for key in lines]) / scale.units
    shared = offers.name == parts.shared
    takes = offers.smallest_lot[shared].sum() + float(parts.rows["takes"].sum()) / scale.units
    bought = np.where(shared, takes, np.maximum(bought, offers.smallest_lot))
    once = offers.set_up_cost + offers.leaving_cost
    return 2.0 * scale.money * float((bought[:, None] * offers.unit_cost + once)[kept].sum())


def _least_cost(find: Any, parts: _Members, least: Place, may: Collection[str]) -> Plan:
    """The cheapest plan in which only some agencies may join; who is in gives its notice first."""
    rows = [
        {
            "rule": f"{offer}_{year}", "kind": "units_cap", "subject": f"provider={offer}",
            "year": year, "amount": 0.0, "unit": "units", "basis": "assumption",
        }
        for offer, agency in parts.joined.items() if agency not in may
        for year in least.years[parts.held(offer, least) :]
    ]  # fmt: skip
    place = least.with_(rules=pd.DataFrame(rows)) if rows else least
    try:
        return find(place, objective=NET)
    except Infeasible as clash:
        who = listed(sorted(may)) if may else "nobody"
        raise CannotAnswer(f"where {who} may join there is no plan: {clash}") from clash


def _answer(place: Place, parts: _Members, plans: list[Plan]) -> Joining:
    agencies, apart, whole = parts.agencies, plans[0], plans[-1]
    real = _real(place)
    alone = _by_agency(place, parts, apart)
    worth = alone @ real
    cost = [-plan.objective.value for plan in plans]

    def of(who: tuple[str, ...]) -> float:
        own = sum(worth[agencies.index(each)] for each in who)
        return float(own - (cost[0] - cost[sum(1 << agencies.index(each) for each in who)]))

    split = share(of, agencies, cost=True)
    saved = cost[0] - cost[-1]
    named = {"player": "agency", "shapley": SHAPLEY, "nucleolus": NUCLEOLUS}
    pays = split.table.rename(columns=named)
    by_year = _cost(apart) - _cost(whole)
    part = np.full(len(agencies), 1.0 / len(agencies))
    if saved > _A_POUND:
        part = ((pays["alone"] - pays[SHAPLEY]) / saved).to_numpy(float)
    due = alone - part[:, None] * by_year
    own = _by_agency(place, parts, whole, shared=False)
    joins = _joins(parts, whole)
    years = list(place.years)
    payments = pd.DataFrame(
        [
            (
                each,
                year,
                each in joins[year],
                alone[n, t],
                own[n, t],
                due[n, t] - own[n, t],
                due[n, t],
            )
            for n, each in enumerate(agencies)
            for t, year in enumerate(years)
        ],
        columns=["agency", "year", "joined", "alone", "own", "towards", "pays"],
    )
    told = pd.DataFrame(
        {
            "year": years,
            "joins": [", ".join(joins[year]) for year in years],
            "alone": _cost(apart),
            "shared": _cost(whole),
            "saved": by_year,
            "saved_so_far": np.cumsum(by_year * real),
        }
    )
    groups = [members(agencies, n) for n in range(1, len(plans))]
    coalitions = pd.DataFrame(
        {
            "coalition": [", ".join(each) for each in groups],
            "cost": [of(each) for each in groups],
            "saved": [cost[0] - each for each in cost[1:]],
            "joins": [", ".join(_ever(parts, plan)) for plan in plans[1:]],
        }
    )
    notes = [
        "Each member delivers what the best aligned plan delivers before anything is shared, in "
        "each year: that is the baseline a saving is measured against.",
        "It is a question of cost: whose money may pay for what is set aside.",
        "Costs of joining and of leaving are in; of leaving after the last year they are not.",
        "What a member pays in a year is its cost alone less its part, by what each adds on "
        "average, of what all save in the year.",
    ]
    if held := _ever(parts, apart):
        who = listed(Names(place).of("agency", each) for each in held)
        notes.append(f"In notice, {who} cannot be out: what it costs alone has that in it.")
    tables = {
        "shares": pays[["agency", "alone", SHAPLEY, NUCLEOLUS]],
        "ways": split.tables["ways"].rename(columns={"way": "method"}),
        "coalitions": coalitions,
        "payments": payments,
        "years": told,
    }
    run = record_of(place, "joining", shared=parts.shared)
    title = f"{place.title}: who joins {plain(parts.shared)} and who pays what"
    return Joining(title, tables, tuple(notes), run, place, parts.shared, split)


def _real(place: Place) -> np.ndarray:
    """By year, what a pound in cash is worth, real and discounted."""
    basis = Basis(place, read_pooling(place, "aligned"))
    return np.asarray(basis.discount[: len(basis.years)] / basis.general)


def _cost(plan: Plan) -> np.ndarray:
    """What a plan pays, in cash by year."""
    years = plan.place["years"]
    return plan.money("year").set_index("year")["amount"].reindex(years, fill_value=0.0).to_numpy()


def _by_agency(place: Place, parts: _Members, plan: Plan, *, shared: bool = True) -> np.ndarray:
    """What the lines of each agency cost, with what is shared or without, agencies x years, cash.

    Where a member cannot be out yet, what is shared runs alone too, and its commissioner pays it.
    """
    whose = parts.offers.set_index("offer")["agency"]
    if not shared:
        whose = whose.drop(parts.shared)
    units = plan.tables["units"]
    paid = units.groupby([units["offer"].map(whose), "year"])["cost"].sum().unstack(fill_value=0.0)
    return paid.reindex(index=parts.agencies, columns=place.years, fill_value=0.0).to_numpy(float)


def _joins(parts: _Members, plan: Plan) -> dict[str, list[str]]:
    """By year, agencies whose offers run through what is shared."""
    units = plan.tables["units"]
    mine = units[units["offer"].isin(parts.joined) & (units["units"] > 0)]
    found: dict[str, list[str]] = {year: [] for year in plan.place["years"]}
    for offer, year in zip(mine["offer"], mine["year"], strict=True):
        found[year].append(parts.joined[offer])
    return {year: sorted(set(who)) for year, who in found.items()}


def _ever(parts: _Members, plan: Plan) -> list[str]:
    return sorted({each for who in _joins(parts, plan).values() for each in who})
