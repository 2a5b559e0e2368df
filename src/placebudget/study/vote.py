"""What residents chose in a participatory budget, and what following them costs a plan.

The winners of a rule of counting are bought on top of what is spent there today; the price is the
public value that the best plan loses by that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, one_of, text, whole
from placebudget.arguments import number as a_number
from placebudget.errors import CannotAnswer, Infeasible, UnreadableTable, WrongArgument
from placebudget.place import Place
from placebudget.place.geography import Geography, is_blank
from placebudget.place.io.loose import BALLOTS, typed_rows
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names, listed
from placebudget.place.options import Option
from placebudget.plan import optimise, simulate
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.worded_table import NameOf
from placebudget.progress import Report
from placebudget.solver import RunLimits
from placebudget.study.counting import Ballot, Election, Won, greedy, with_more
from placebudget.study.disclosure import ALL, SMALLEST_SHOWN, Among, NoMore, disclosed, told_beside
from placebudget.study.result import StudyResult
from placebudget.words import count, money, number, percent, stated

GREEDY, PER_POUND, EQUAL_SHARES = "greedy", "per_pound", "equal_shares"
RULES = {
    GREEDY: "most points first",
    PER_POUND: "most points a pound first",
    EQUAL_SHARES: "equal shares",
}
VOTERS = "voters"
EXAMPLE_BALLOTS = pd.DataFrame(
    [
        *(("park", None, 45_000.0), ("path", None, 40_000.0), ("club", None, 15_000.0),
          ("shelter", None, 20_000.0)),
        *((project, f"n{n}", None) for n in range(11) for project in ("park", "path")),
        *((project, f"s{n}", None) for n in range(9) for project in ("club", "shelter")),
    ],
    columns=["project", "voter", "cost"],
).assign(budget=100_000.0)  # fmt: skip
"""Invented ballots: twenty voters, four projects, £100,000."""

WINNERS, WEIGHTS = "winners", "weights"
FOLLOWED = {WINNERS: "the winners are bought", WEIGHTS: "votes are weights of areas"}
"""How a plan follows a vote: what wins is bought on top of today; or each area gets as much of what
may be spent, on top of today, as it has of the votes."""
_STEPS = 100
"""Into so many steps the first share is cut by which shares are raised."""
_FEWEST_POUNDS = Fraction(1)


@dataclass(frozen=True, eq=False)
class Vote(StudyResult):
    """What residents chose, by each rule of counting.

    ``tables`` holds:

    - ``projects``: project, name, cost (pounds), votes and points (blank where few voted for it),
      service, area, and for each rule whether it wins;
    - ``rules``: rule, projects, spent, unspent (pounds), with_any (the share of voters of whose
      projects one wins);
    - ``ties``: rule, won, lost: projects with the same claim of which the order of keys chose;
    - ``votes``: lives (where that is told), project, votes, hidden (whether they are);
    - ``following``: service, area, year, today, chosen, at_least (pounds of the year): what the
      plan has to spend where the winners are bought;
    - ``plans``: plan, value, unit.

    Parameters
    ----------
    rule : str
        By which the winners are followed.
    option : Option, optional
        The winners as rules of the place; nothing where no project names a service of it.
    place : Place, optional
        The place.
    """

    rule: str
    option: Option | None = None
    place: Place | None = field(default=None, repr=False)

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return super().name_of if self.place is None else Names(self.place).of

    @property
    def table(self) -> pd.DataFrame:
        """The projects."""
        return self.tables["projects"]

    @property
    def budget(self) -> float:
        """Pounds that may be spent."""
        return float(self.run["options"]["budget"])

    @property
    def winners(self) -> tuple[str, ...]:
        """Projects that win by the rule that is followed."""
        return tuple(self.table.loc[self.table[self.rule], "project"])

    @property
    def price(self) -> float | None:
        """Public value that following the vote costs, in pounds; None: not known."""
        plans = self.tables["plans"]
        if len(plans) < 2 or plans["value"].isna().any():
            return None
        first, last = plans["value"]
        return float(first - last)

    def finding(self) -> str:
        """What wins, or what following it costs."""
        if self.price is not None:
            chosen = float(self.tables["following"]["chosen"].sum())
            return (
                f"In the model, {self._what.format(stated(chosen))} "
                + (f"costs {money(self.price)} of public value" if self.price >= 1
                   else "costs nothing")
            )  # fmt: skip
        row = self._by_rule(self.rule)
        return (
            f"By {RULES[self.rule]} {number(row.projects)} of {number(len(self.table))} projects "
            f"win, for {stated(row.spent)} of {stated(row.spent + row.unspent)}"
        )

    @property
    def _what(self) -> str:
        if self.run["options"].get("follow") == WEIGHTS:
            return "dividing {} among areas by their votes"
        return "buying the {} that residents chose"

    def summarised(self) -> Summary:
        """Who wins by each rule, what is tied, and what following costs."""
        said = [Paragraph(f"{self.finding()}.", tuple(map(self._won, RULES)))]
        more = [*self._differ(), *self._ties(), *self._plans()]
        return Summary(self.title, (*said, *sentences(more)))

    def _by_rule(self, rule: str) -> Any:
        table = self.tables["rules"]
        return next(table[table["rule"] == rule].itertuples())

    def _name(self, project: str) -> str:
        return str(self.table.set_index("project")["name"][project])

    def _won(self, rule: str) -> str:
        row = self._by_rule(rule)
        names = [self._name(each) for each in self.table.loc[self.table[rule], "project"]]
        won = listed(names) if names else "nothing"
        return f"{RULES[rule]}: {won}; {stated(row.spent)}, {stated(row.unspent)} left; " + (
            "how many voters have a project that wins is hidden"
            if row.with_any != row.with_any
            else f"{percent(row.with_any)} of voters have a project that wins"
        )

    def _differ(self) -> Iterator[str]:
        alike = [rule for rule in RULES if self.table[rule].equals(self.table[self.rule])]
        if len(alike) == len(RULES):
            yield "All rules choose the same projects."

    def _ties(self) -> Iterator[str]:
        for (rule, won), rows in self.tables["ties"].groupby(["rule", "won"], sort=False):
            yield (
                f"A tie, by {RULES[str(rule)]}: {self._name(str(won))} has the same claim as "
                f"{listed(map(self._name, rows['lost']))}; nothing but the order of keys decides "
                "here, and the vote's own rule for ties should."
            )

    def _plans(self) -> Iterator[str]:
        if self.place is None:
            return
        if self.option is None:
            yield (
                "What following the vote costs is not worked out: no project that wins names a "
                "service of the place, or no project whose votes are shown an area; fill in the "
                "columns service and area."
            )
        elif self.price is None:
            yield (
                "No plan buys all that residents chose beside what is spent there today: money, "
                "capacity or another rule stands in the way."
            )
        elif self.price >= 1:
            yield "That is the price of the vote, not a reason against it: votes are no forecast."


def vote(
    ballots: pd.DataFrame,
    place: PlaceLike | None = None,
    *,
    rule: str = EQUAL_SHARES,
    budget: float = 0.0,
    least_points: int = 0,
    raised_by: float = 0.0,
    smallest: int = SMALLEST_SHOWN,
    follow: str = WINNERS,
    pooling: str = "pooled",
    seconds: float | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Vote:
    """What residents chose by three rules of counting; and what it costs a plan to follow them.

    Parameters
    ----------
    ballots : DataFrame
        ``project`` and ``cost`` in pounds (with ``name``, ``service`` and ``area`` if told) in
        rows without a ``voter``; rows with a ``voter`` and a ``project`` are ballots, with
        ``points`` where there are any, and ``lives``, where the voter lives, if told.
        ``budget``, in one row or more, is what may be spent.
    place : Place, path or str, optional
        A place whose services projects name.
    rule : str
        By which the winners are followed: ``"greedy"``, ``"per_pound"`` or ``"equal_shares"``.
    budget : float
        Pounds that may be spent; nought: as the ballots say.
    least_points : int
        Points without which a project cannot win: none, or more than ``smallest``.
    raised_by : float
        Pounds by which shares are raised while money is left; nought: a hundredth of the first
        share, a pound at least.
    smallest : int
        The smallest number of votes that is shown.
    follow : str
        How a plan follows: ``"winners"``, which are bought on top of today; or ``"weights"``: what
        may be spent goes to areas, on top of today, in proportion to the votes that are shown for
        projects there.
    pooling : str
        How the plan that follows pools.
    seconds, stop, progress
        As for :func:`placebudget.optimise`.

    Raises
    ------
    WrongArgument, UnreadableTable
        If a cost, a project or the budget is missing or cannot be meant; all of it is named.
    CannotAnswer
        If nobody voted.

    Examples
    --------
    >>> found = vote(EXAMPLE_BALLOTS)
    >>> found.winners
    ('park', 'club', 'shelter')
    >>> found.table.loc[found.table["greedy"], "project"].tolist()
    ['park', 'path', 'club']
    """
    with Arguments() as asked:
        read = asked.read(_read, ballots)
        place = None if place is None else asked.read(checked_place, place)
        pooling = asked.read(text, "pooling", pooling)
        rule = asked.read(one_of, "rule", rule, RULES)
        given = asked.read(a_number, "budget", budget, least=0)
        step = asked.read(a_number, "raised_by", raised_by, least=0)
        smallest = asked.read(whole, "smallest", smallest)
        least_points = asked.read(_threshold, least_points, smallest)
        follow = asked.read(one_of, "follow", follow, FOLLOWED)
        asked.read(RunLimits.given, seconds, 0.0, stop, progress)
    election = read.election(given)
    if not election.voters:
        raise CannotAnswer("nobody voted: write a row with voter and project for each vote")
    by = _exact(step) or max(election.budget / election.voters / _STEPS, _FEWEST_POUNDS)
    can_win = {name for name, points in election.points.items() if points >= max(least_points, 1)}
    won = {
        GREEDY: greedy(election, can_win, lambda points, cost: points),
        PER_POUND: greedy(election, can_win, lambda points, cost: points / cost),
        EQUAL_SHARES: with_more(election, can_win, by),
    }
    known = list(_known(election, won, max(least_points, 1)))
    votes = disclosed(read.counted, read.by, count="votes", smallest=smallest, known=known)
    among = _among(election, won)
    told = told_beside(votes, read.by, among, count="votes", smallest=smallest, known=known)
    projects = read.projects.assign(**_as_shown(election, votes, read.projects["project"]))
    for name, winners in won.items():
        projects[name] = projects["project"].isin(winners.projects)
    hidden = set(projects.loc[projects["votes"].isna(), "project"])
    followed = _followed if follow == WINNERS else _weighed(float(election.budget))
    following, option = followed(place, projects[projects[rule]] if follow == WINNERS else projects)
    watch = {"seconds": seconds, "stop": stop, "progress": progress}
    tables = {
        "projects": projects,
        "rules": pd.DataFrame(
            [
                _row(election, name, each, among[name][1] if {VOTERS, name} <= told else None)
                for name, each in won.items()
            ]
        ),
        "ties": pd.DataFrame(
            # Two with the same claim have as many votes, or almost.
            [
                (name, *tie)
                for name, each in won.items()
                for tie in each.ties
                if not hidden.intersection(tie)
            ],
            columns=["rule", "won", "lost"],
        ),
        "votes": votes,
        "following": following,
        "plans": _planned(place, option, pooling, watch),
    }
    options = {
        "rule": rule, "budget": float(election.budget), "least_points": least_points,
        "raised_by": step, "smallest": smallest, "pooling": pooling,
        **({} if follow == WINNERS else {"follow": follow}),
    }  # fmt: skip
    inputs = {} if place is None else {"place": place.name, "inputs": place.digest}
    run = run_record(study="vote", options=options, **inputs)
    return Vote(
        "What residents chose",
        tables,
        _notes(election, VOTERS in told, step, smallest, bool(hidden)),
        run,
        rule,
        option,
        place,
    )


def _threshold(given: object, smallest: int) -> int:
    """The least points, unless missing them would tell that votes are few."""
    read = whole("least_points", given)
    if 1 < read <= smallest:
        raise WrongArgument(
            f"least_points is {number(read)}: of a project that has fewer anybody would know that "
            f"its votes are few. Ask for none, or for more than {number(smallest)}"
        )
    return read


def _notes(
    election: Election, with_voters: bool, step: float, smallest: int, hidden: bool
) -> tuple[str, ...]:
    utility = "the cost of projects they approve of" if election.approved else "the points given"
    voters = f"{count(election.voters)} voters" if with_voters else "How many voted is hidden"
    # In pounds it would tell how many share the money.
    by = money(step) if step else "a hundredth of the first share (£1 at least)"
    ties = " Ties with projects whose votes are hidden are not told." if hidden else ""
    return (
        f"{voters}. Equal shares counts as what a voter has of it {utility}; what it "
        f"leaves is given out by raising each share by {by} at a time, for as long "
        "as that does not overspend.",
        "Sums are exact; of projects with the same claim the first by its key is taken, and that "
        f"is told.{ties}",
        f"Votes from 1 to {number(max(smallest - 1, 1))} are hidden, and with them the fewest "
        "others without which they could be worked out.",
        "Who votes is not who is in need: the count says what voters asked for, and nothing of "
        "those who did not vote.",
    )


# What is shown.


def _row(election: Election, rule: str, won: Won, with_any: int | None) -> dict[str, Any]:
    spent = sum((election.cost[name] for name in won.projects), Fraction(0))
    return {
        "rule": rule, "projects": len(won.projects), "spent": float(spent),
        "unspent": float(election.budget - spent),
        "with_any": float("nan") if with_any is None else with_any / election.voters,
    }  # fmt: skip


def _among(election: Election, won: Mapping[str, Won]) -> dict[str, Among]:
    """How many voted, and of how many a project wins by each rule: told as a share of the first."""
    groups = {VOTERS: frozenset(election.cost)}
    groups |= {rule: frozenset(each.projects) for rule, each in won.items()}
    return {
        name: (
            keys,
            sum(cast for ballot, cast in election.ballots.items()
                if keys & {project for project, _ in ballot}),
        )
        for name, keys in groups.items()
    }  # fmt: skip


def _known(election: Election, won: Mapping[str, Won], least: int) -> Iterator[NoMore]:
    """What winners tell of votes, where a vote is a point.

    Who wins has points enough. Who loses where the money would have been there has not, and of
    others as many came first as left too little. Were all that known, one could win with these
    counts and no other; what can be told of who wins is less. What equal shares tells rests on who
    else chose the same, and is no such limit.
    """
    if not election.approved:
        return
    for rule, each in won.items():
        yield from (NoMore("", 1.0, name, -float(least)) for name in each.projects)
        if rule == EQUAL_SHARES:
            continue
        for name, cost in election.cost.items():
            left = election.budget
            for first in () if name in each.projects else each.projects:
                if cost > left:
                    break
                a_vote = 1.0 if rule == GREEDY else float(cost / election.cost[first])
                yield NoMore(name, a_vote, first)
                left -= election.cost[first]
            else:
                if name not in each.projects and cost <= left:
                    yield NoMore(name, 0.0, "", least - 1.0)


def _as_shown(
    election: Election, votes: pd.DataFrame, projects: pd.Series
) -> dict[str, list[float]]:
    """Votes and points of each project; neither where votes are hidden."""
    total = votes[votes["lives"] == ALL] if "lives" in votes else votes
    told = total.set_index("project")["votes"]
    seen = [float(told.get(name, 0.0)) for name in projects]
    points = election.points
    return {
        "votes": seen,
        "points": [
            float(points[name]) if held == held else held
            for name, held in zip(projects, seen, strict=True)
        ],
    }


# Following.

_FOLLOWING = ["service", "area", "year", "today", "chosen", "at_least"]


def _followed(place: Place | None, won: pd.DataFrame) -> tuple[pd.DataFrame, Option | None]:
    """What has to be spent where the winners are bought, and that as an option."""
    if place is None:
        return pd.DataFrame(columns=_FOLLOWING), None
    year, names, geography = place.years[0], Names(place), Geography.of(place)
    known = set(place.services["service"])
    named = won[~won["service"].map(is_blank).astype(bool)]
    strange = sorted({str(each) for each in named["service"] if each not in known})
    areas = [None if is_blank(each) else str(each) for each in named["area"]]
    strange += sorted({each for each in areas if each and each not in geography.areas})
    if strange:
        raise CannotAnswer(f"the place has no service or area {listed(strange)}")
    areas = [
        _delivered(place, geography, str(service), area)
        for service, area in zip(named["service"], areas, strict=True)
    ]
    today = simulate(place).money(["service", "area", "year"])
    today = today[today["year"] == year].set_index(["service", "area"])["amount"]
    rows = []
    for (service, area), cost in (
        named.assign(area=areas)
        .groupby(["service", "area"])["cost"].sum().items()
    ):  # fmt: skip
        spent = float(today.get((service, area), 0.0))
        rows.append((service, area, year, spent, float(cost), spent + float(cost)))
    following = pd.DataFrame(rows, columns=_FOLLOWING)
    if following.empty:
        return following, None
    option = Option("what residents chose", "Projects that residents voted for are bought.")
    for n, row in enumerate(following.itertuples(), start=1):
        where = "" if row.area == geography.root else f"; area={row.area}"
        option = option.add(
            "rules", rule=f"residents_chose_{n}", kind="floor",
            subject=f"service={row.service}{where}", year=year, amount=row.at_least,
            basis="policy",
            note=f"{names.of('service', row.service)}: chosen by vote, on top of today",
        )  # fmt: skip
    return following, option


def _weighed(
    budget: float,
) -> Callable[[Place | None, pd.DataFrame], tuple[pd.DataFrame, Option | None]]:
    """What may be spent, divided among areas by the votes that are shown for projects there."""

    def followed(place: Place | None, projects: pd.DataFrame) -> tuple[pd.DataFrame, Option | None]:
        """What each area has to get, and that as an option."""
        if place is None:
            return pd.DataFrame(columns=_FOLLOWING), None
        year, names, geography = place.years[0], Names(place), Geography.of(place)
        told = projects[~projects["area"].map(is_blank).astype(bool)].dropna(subset=["votes"])
        strange = sorted({str(each) for each in told["area"] if each not in geography.areas})
        if strange:
            raise CannotAnswer(f"the place has no area {listed(strange)}")
        votes = told.groupby("area")["votes"].sum()
        if not votes.sum():
            return pd.DataFrame(columns=_FOLLOWING), None
        spent = simulate(place).money(["area", "year"])
        spent = spent[spent["year"] == year]
        parts = {str(area): budget * float(shown / votes.sum()) for area, shown in votes.items()}
        rows = []
        option = Option("votes as weights", "What may be spent goes to areas by their votes.")
        for n, (area, part) in enumerate(parts.items(), start=1):
            inside = [geography.is_within(each, area) for each in spent["area"]]
            today = float(spent.loc[inside, "amount"].sum())
            # What areas inside it get is on top of its own part.
            least = today + sum(
                each for other, each in parts.items() if geography.is_within(other, area)
            )
            rows.append((None, area, year, today, part, least))
            option = option.add(
                "rules", rule=f"votes_of_{n}", kind="floor", subject=f"area={area}", year=year,
                amount=least, basis="policy",
                note=f"{names.of('area', area)}: its part of the votes, on top of today",
            )  # fmt: skip
        return pd.DataFrame(rows, columns=_FOLLOWING), option

    return followed


def _delivered(place: Place, geography: Geography, service: str, area: str | None) -> str:
    """The area itself or the nearest above it in which the service is delivered."""
    where = place.offers.loc[place.offers["service"] == service, "area"]
    return next(
        (each for each in geography.path(area)
         if any(geography.is_within(offered, each) for offered in where)),
        geography.root,
    )  # fmt: skip


def _planned(
    place: Place | None, option: Option | None, pooling: str, watch: Mapping[str, Any]
) -> pd.DataFrame:
    """The best plan without and with the winners."""
    rows = []
    if place is not None and option is not None:
        for name, planned in (("best", place), ("chosen", option.apply(place))):
            try:
                plan = optimise(planned, pooling=pooling, prices=False, **watch)
                rows.append((name, plan.public_value(), "pounds"))
            except Infeasible:
                rows.append((name, float("nan"), "pounds"))
    return pd.DataFrame(rows, columns=["plan", "value", "unit"])


# Reading.


@dataclass(frozen=True)
class _Read:
    """Ballots as they were read."""

    projects: pd.DataFrame
    ballots: Mapping[Ballot, int]
    counted: pd.DataFrame
    by: list[str]
    budget: Fraction

    def election(self, budget: float) -> Election:
        """With what may be spent."""
        cost = {
            str(name): _exact(cost)
            for name, cost in zip(self.projects["project"], self.projects["cost"], strict=True)
        }
        may = _exact(budget) or self.budget
        if not may:
            raise UnreadableTable(
                "ballots does not say what may be spent: fill in budget in one row, or give it"
            )
        return Election(may, cost, self.ballots)


_TOLD = ("name", "service", "area")


def _read(ballots: object) -> _Read:
    """Projects and ballots; all that is wrong is named."""
    table, problems = typed_rows("ballots", ballots, BALLOTS, unique=False)
    is_project = table["voter"] == ""
    projects = table[is_project]
    problems += [
        f"ballots, row {row.Index}: {row.project} has no cost above nothing"
        for row in projects.itertuples()
        if row.project and not row.cost > 0
    ]
    for column, of in (("project", projects), ("project", table[~is_project])):
        keys = [column] if of is projects else ["voter", column]
        for name in dict.fromkeys(of.loc[of.duplicated(keys), column]):
            problems.append(f"ballots: {name} is there twice{'' if of is projects else ' in one'}")
    strange = dict.fromkeys(table.loc[~is_project & ~table["project"].isin(projects["project"]),
                                      "project"])  # fmt: skip
    if strange:
        problems.append(
            f"ballots: no row without a voter says what {listed(strange)} costs; write one"
        )
    lives = table[~is_project].groupby("voter")["lives"].nunique()
    if moved := lives[lives > 1].index.tolist():
        problems.append(f"ballots: {listed(moved[:12])} live in two areas; write one in all rows")
    may = {value for value in table["budget"] if value == value}
    if len(may) > 1:
        problems.append(f"ballots: budget is {listed(number(each, 2) for each in sorted(may))}")
    if problems:
        raise UnreadableTable.of(problems)
    cast = table[~is_project]
    cast = cast.assign(points=cast["points"].fillna(1.0))
    cast = cast[cast["points"] > 0]
    told: dict[str, list[tuple[str, float]]] = {}
    for project, voter, points in cast[["project", "voter", "points"]].itertuples(index=False):
        told.setdefault(voter, []).append((project, points))
    each = {
        tuple((project, _exact(points)) for project, points in ballot): count
        for ballot, count in Counter(tuple(sorted(ballot)) for ballot in told.values()).items()
    }
    by = ["lives", "project"] if (cast["lives"] != "").any() else ["project"]
    counted = cast.groupby(by).size().rename("votes").reset_index()
    projects = projects[["project", *_TOLD, "cost"]].reset_index(drop=True)
    projects["name"] = projects["name"].where(projects["name"] != "", projects["project"])
    return _Read(projects, each, counted, by, _exact(next(iter(may), 0.0)))


def _exact(value: float) -> Fraction:
    return Fraction(repr(float(value)))
