"""What other councils would be worth: each way to reorganise a place, beside what others say of it.

A way is an option that adds successions. The model knows what comes of purses that are joined or
divided, and who would be short of money; what changing costs, and what fewer or more organisations
cost to run, it does not know. Of that others have estimates, which stand in the place as theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, refusal, sequence
from placebudget.errors import CannotAnswer, Infeasible
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names, listed
from placebudget.place.options import Option, named_option
from placebudget.place.succession import Successions, succeeded, to_the_penny
from placebudget.plan import Plan, optimise
from placebudget.plan.need import NO_DIFFERENCE, TOO_SMALL
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.workbook_pages import MODEL
from placebudget.progress import Report
from placebudget.solver import RunLimits
from placebudget.study.outlook import outlook
from placebudget.study.result import PlaceResult, record_of
from placebudget.words import in_unit, money, sentence

_TABLE = "successions"
_SHOWN = 1_000.0
"""Pounds that services without a known effect keep, from which on it is said."""


@dataclass(frozen=True, eq=False)
class Reorganisation(PlaceResult):
    """The place under each way to reorganise it.

    ``tables`` holds:

    - ``ways``: option, councils (that hold money or commission in the last year), value (of the
      best plan), gain (against the place as it is), kept (what services without a known effect
      get more than there, all years), spent (by the plan, all years), short and to_spare (what
      agencies are short of or have to spare in the last year, if today's services go on, each by
      itself); fewest councils first;
    - ``successors``: option, agency, year (its first), money (funding of that year, to the penny),
      reserves (what it takes over, to the penny), cost (of today's services) and gap in that year;
    - ``estimates``: what others say: option, by, saving (a year), cost (of the change), years,
      net (saving over these years less the cost), source.

    Parameters
    ----------
    place : Place
        The place as it is.
    objective, unit : str
        What is made the most of, and its unit.
    """

    objective: str
    unit: str

    @property
    def table(self) -> pd.DataFrame:
        """The ways there are."""
        return self.tables["ways"]

    @property
    def units(self) -> Mapping[str, str]:
        """What figures are counted in."""
        return {"ways": self.unit}

    def finding(self) -> str:
        """What joined or divided purses bring, and what somebody else says."""
        ways = self.table.dropna(subset=["gain"])
        if ways.empty:
            return "In the model, no plan keeps the rules under any of these ways"
        most, least = ways.loc[ways["gain"].idxmax()], ways.loc[ways["gain"].idxmin()]
        said = f"In the model, {most['option']} brings {self._gain(most['gain'])}"
        if len(ways) > 1 and most["gain"] - least["gain"] < TOO_SMALL * most["spent"]:
            said = (
                f"In the model, how many there are makes {NO_DIFFERENCE}: {self.objective} "
                f"changes by {self._gain(least['gain'])} with any of them"
            )
        elif len(ways) > 1:
            said += f" and {least['option']} {self._gain(least['gain'])}"
        return f"{said}, by purses alone: what changing costs or saves is not in it"

    def estimated(self) -> Iterator[str]:
        """What each of the others says, a sentence each."""
        for by, rows in self.tables["estimates"].groupby("by", sort=False):
            each = listed(
                f"{money(row.net)} for {row.option} ({money(row.saving)} a year, the change "
                f"{money(row.cost)})"
                for row in rows.itertuples()
            )
            many = sorted(set(rows["years"]))
            over = f"{many[0]} years" if len(many) == 1 else f"{many[0]} to {many[-1]} years"
            yield (
                f"By the estimate of {by}, theirs alone and not the model's, {over} of the whole "
                f"saving less the cost of the change would be {each}."
            )

    def _gain(self, gain: float) -> str:
        return f"{'' if gain < 0 else '+'}{in_unit(gain, self.unit)}"

    def summarised(self) -> Summary:
        """Each way with what it brings, who starts with what, and what others say."""
        names, said = Names(self.place), []
        for row in self.table.to_dict("records"):
            said.append(Paragraph(f"{sentence(row['option'])}:", tuple(self._way(row, names))))
        if others := tuple(self.estimated()):
            said.append(Paragraph("What others say:", others))
        return Summary(self.title, tuple(said), MODEL)

    def _way(self, row: Mapping[str, Any], names: Names) -> Iterator[str]:
        last = self.place.years[-1]
        if pd.isna(row["value"]):
            yield "no plan keeps the rules"
        else:
            yield f"{self.objective} {self._gain(row['gain'])} against the place as it is" + (
                f"; services whose effects nobody has put in keep {money(abs(row['kept']))} "
                f"{'more' if row['kept'] > 0 else 'less'}"
                if abs(row["kept"]) >= _SHOWN
                else ""
            )
        yield (
            f"with today's services in {last}, agencies are short of {money(row['short'])}; others "
            f"have {money(row['to_spare'])} to spare"
        )
        mine = self.tables["successors"]
        for each in mine[mine["option"] == row["option"]].itertuples():
            gap = f"short of {money(each.gap)}" if each.gap > 0 else f"{money(-each.gap)} to spare"
            yield (
                f"{names.of('agency', each.agency)} starts in {each.year} with {money(each.money)} "
                f"a year and {money(each.reserves)} of reserves, {gap} for today's services"
            )


def reorganisation(
    place: PlaceLike,
    options: Collection[Option | str] | None = None,
    *,
    objective: str = "public value",
    pooling: str = "pooled",
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Reorganisation:
    """What each way to reorganise a place brings, and what others say of it.

    Parameters
    ----------
    place : Place, path or str
        The place as it is, or the path of one.
    options : collection of Option or str, optional
        The ways: options that add rows to ``successions``, or names of those stored beside the
        place. Default: all of these that are stored.
    objective, pooling
        As for :func:`placebudget.optimise`.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`; ``seconds`` for each plan.

    Raises
    ------
    CannotAnswer
        If there is no way: no option that says who takes over.
    InvalidOption
        If one does not fit the place.
    WrongArgument
        If there is no such option, or anything else cannot be meant.

    Examples
    --------
    >>> import placebudget as pb
    >>> one = pb.Option("one body").add("agencies", agency="one", name="One").add(
    ...     "successions",
    ...     {"agency": "council", "successor": "one", "year": "2025-26"},
    ...     {"agency": "police", "successor": "one", "year": "2025-26"},
    ... )
    >>> found = reorganisation(pb.example("toy_pooling"), [one], pooling="aligned")
    >>> found.tables["successors"]["money"].tolist()
    [50000000.0]
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    given = _ways(place, options)
    if not given:
        raise CannotAnswer(
            f"nobody says who could take over: store an option that adds rows to {_TABLE} beside "
            "the place, or give one"
        )

    def best(of: Place, number: int) -> Plan:
        if limits.progress is not None:
            limits.progress("ways to reorganise", number, len(given) + 1)
        return optimise(
            of, objective=objective, pooling=pooling, prices=False,
            seconds=limits.seconds, gap=limits.gap, stop=limits.stop,
        )  # fmt: skip

    now, nothing = best(place, 0), float("nan")
    ways, successors = [], []
    for number, option in enumerate(given, start=1):
        under = checked_place(place, option)
        try:
            plan = best(under, number)
            value, kept, spent = plan.objective.value, _kept(plan) - _kept(now), _spent(plan)
        except Infeasible:
            value = kept = spent = nothing
        gaps = outlook(under).tables["agencies"]
        last = gaps[gaps["year"] == place.years[-1]]
        ways.append(
            {
                "option": option.name, "councils": _councils(under), "value": value,
                "gain": value - now.objective.value, "kept": kept, "spent": spent,
                "short": float(last["short"].sum()), "to_spare": float(last["to_spare"].sum()),
            }
        )  # fmt: skip
        successors += [{"option": option.name, **each} for each in _starts(under, gaps)]
    table = pd.DataFrame(ways).sort_values("councils", kind="stable", ignore_index=True)
    order = {name: n for n, name in enumerate(table["option"])}
    starts = pd.DataFrame(successors)
    tables = {
        "ways": table,
        "successors": starts.sort_values(
            "option", key=lambda names: names.map(order), kind="stable", ignore_index=True
        ),
        "estimates": _estimates(place, order),
    }
    run = record_of(
        place, "reorganisation", options=[each.name for each in given], objective=objective,
        pooling=pooling,
    )  # fmt: skip
    title = f"{place.title}: who could take over, and what that brings"
    goal = now.objective
    return Reorganisation(title, tables, _NOTES, run, _named(place, given), goal.name, goal.unit)


_NOTES = (
    "The model knows what comes of purses that are joined or divided. What changing costs, and "
    "what fewer or more organisations cost to run, it does not know: of that only others' "
    "estimates speak, each its author's alone.",
    "Money and reserves go over by the shares that an option states, to the penny; gaps are those "
    "of today's services as they cost in the year, in cash, before reserves.",
    "Who is near to people and answers to them is not in it.",
)


def ways_to_reorganise(place: Place) -> list[Option]:
    """The options stored beside a place that say who takes over."""
    return [
        option
        for option in place.options().values()
        if any(change.table == _TABLE for change in option.changes)
    ]


def _ways(place: Place, options: object) -> list[Option]:
    """The options that say who takes over; all that are none are named."""
    if options is None:
        return ways_to_reorganise(place)
    each = sequence(options)
    if each is None:
        raise refusal("options", "a list of options, or of their names", options)
    with Arguments() as asked:
        return [asked.read(named_option, place, option) for option in each]


def _named(place: Place, options: Collection[Option]) -> Place:
    """The place with the agencies of all ways, for their names."""
    agencies = [option.apply(place).agencies for option in options]
    every = pd.concat([place.agencies, *agencies], ignore_index=True)
    return place.with_(agencies=every.drop_duplicates("agency", ignore_index=True))


def _councils(place: Place) -> int:
    """Councils that hold money or commission services in the last year."""
    ends, last = Successions.of(place), place.years[-1]
    table = place.agencies
    councils = set(table.loc[table["sector"] == "council", "agency"])
    busy = {*place.streams["agency"], *place.services["commissioner"]}
    return len({who for agency in busy for who in ends.holders(agency, last)} & councils)


def _starts(place: Place, gaps: pd.DataFrame) -> Iterator[dict[str, object]]:
    """What each successor that lasts starts with."""
    ends, now = Successions.of(place), succeeded(place)
    holder = dict(zip(now.streams["stream"], now.streams["agency"], strict=True))
    funding = now.funding.assign(agency=now.funding["stream"].map(holder))
    reserves = dict[str, float]()
    for row in place.filled("reserves").itertuples():
        held = ends.holders(row.agency, place.years[-1])
        amounts = to_the_penny(float(row.opening), list(held.values()))
        for who, amount in zip(held, amounts, strict=True):
            reserves[who] = reserves.get(who, 0.0) + amount
    of_year = gaps.set_index(["agency", "year"])
    for who in dict.fromkeys(who for end in ends.ended.values() for who in end.shares):
        if who in ends.ended:
            continue
        year = min(end.year for end in ends.ended.values() if who in end.shares)
        mine = funding[(funding["agency"] == who) & (funding["year"] == year)]
        yield {
            "agency": who, "year": year, "money": round(float(mine["amount"].sum()), 2),
            "reserves": round(reserves.get(who, 0.0), 2),
            "cost": float(of_year.at[(who, year), "cost"]),
            "gap": float(of_year.at[(who, year), "gap"]),
        }  # fmt: skip


def _kept(plan: Plan) -> float:
    """What services without a known effect get in all years, in pounds."""
    spent = plan.money("service")
    return float(spent.loc[spent["service"].isin(plan.run.get("kept", ())), "amount"].sum())


def _spent(plan: Plan) -> float:
    return float(plan.money()["amount"].sum())


def _estimates(place: Place, order: Mapping[str, int]) -> pd.DataFrame:
    """What others say of these options, in their order."""
    rows = place.filled("option_estimates")
    rows = rows[rows["option"].isin(list(order))].sort_values(
        "option", key=lambda names: names.map(order), kind="stable"
    )
    net = rows["saving"] * rows["years"] - rows["cost"]
    columns = ["option", "by", "saving", "cost", "years", "net", "source"]
    return rows.assign(net=net)[columns].reset_index(drop=True)
