"""What residents say: a participatory budget, counted, and what following it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.errors import WrongArgument
from placebudget.place import UPLOADS
from placebudget.place.io.loose import BALLOTS
from placebudget.plan import optimise, read_plan
from placebudget.study.disclosure import SMALLEST_SHOWN
from placebudget.study.household import PARLIAMENT, TODAY, Household, household
from placebudget.study.vote import (
    EQUAL_SHARES,
    EXAMPLE_BALLOTS,
    RULES,
    WEIGHTS,
    WINNERS,
    Vote,
    vote,
)
from placebudget.view.sheet import text_grid
from placebudget.view.studies.common import StudyView, bars, figures, penny_table, pounds, view_of
from placebudget.view.studies.entry import (
    EXAMPLE_OR_FILE,
    FILE,
    PLANNED,
    Amount,
    Choice,
    Study,
    Subject,
    TableOf,
    Whole,
)
from placebudget.words import count, number, percent, stated

MOST_ROWS = 200_000
_HIDDEN = "hidden"


def _seen(votes: float) -> str:
    return _HIDDEN if pd.isna(votes) else count(votes)


def _vote_view(found: Vote, key: str) -> StudyView:
    """Points of each project, what each rule makes win, votes by area, and the price."""
    table = found.table
    marked = table["name"] + table[found.rule].map({True: ", wins", False: ""})
    rows = pd.DataFrame({"label": marked, "value": table["points"]}).dropna()
    rows = rows.sort_values("value", ascending=False, kind="stable")
    chart = bars(
        f"{key}-points", f"{found.finding()}.",
        f"Points of each project over all voters; what wins of {stated(found.budget)} by "
        f"{RULES[found.rule]} is marked.",
        rows, "points", rows["label"].tolist(),
    )  # fmt: skip
    told = [
        (
            row.name, stated(row.cost), _seen(row.votes),
            _HIDDEN if pd.isna(row.points) else number(row.points),
            *("wins" if getattr(row, rule) else "" for rule in RULES),
        )
        for row in table.itertuples(index=False)
    ]  # fmt: skip
    rules = [
        (RULES[row.rule], number(row.projects), stated(row.spent), stated(row.unspent),
         _HIDDEN if pd.isna(row.with_any) else percent(row.with_any))
        for row in found.tables["rules"].itertuples()
    ]  # fmt: skip
    return view_of(
        [chart],
        [
            text_grid(
                f"{key}-projects", "The projects",
                ["project", "cost", "votes", "points", *RULES.values()], told,
            ),
            text_grid(
                f"{key}-rules", "What each rule of counting comes to",
                ["rule", "projects", "spent", "left", "voters with a project that wins"], rules,
            ),
            _by_area(found, key),
            _following(found, key),
        ],
    )  # fmt: skip


def _by_area(found: Vote, key: str) -> Any:
    votes = found.tables["votes"]
    if "lives" not in votes:
        return None
    names = found.table.set_index("project")["name"]
    rows = [
        (row.lives or "not told", names.get(row.project, row.project), _seen(row.votes))
        for row in votes.itertuples()
    ]
    return text_grid(
        f"{key}-votes", "Votes by where voters live", ["lives in", "project", "votes"], rows,
        "A vote is a project that somebody chose; one voter may have several.",
    )  # fmt: skip


def _following(found: Vote, key: str) -> Any:
    held = found.tables["following"]
    if found.place is None or held.empty:
        return None
    names = found.name_of
    labels = [
        names("area", row.area)
        if pd.isna(row.service)
        else f"{names('service', row.service)}, {names('area', row.area)}"
        for row in held.itertuples()
    ]
    shown = held.set_index(pd.Index(labels))[["today", "chosen", "at_least"]]
    return figures(
        f"{key}-following", f"What the plan has to spend in {held['year'].iloc[0]}", "service",
        shown, pounds, "Pounds of that year: what is spent today, carried on, and the winners.",
    )  # fmt: skip


def _ask(subject: Subject, *, figures: str, ballots: pd.DataFrame | None, **asked: Any) -> Vote:
    notes = list[str]()
    if ballots is None:
        if figures == FILE:
            raise WrongArgument("bring the ballots: --ballots FILE, a .csv or a .pb of Pabulib.")
        ballots, notes = EXAMPLE_BALLOTS, ["The ballots are invented."]
    found = vote(ballots, subject.place, **asked, **subject.watch)
    return replace(found, notes=(*notes, *found.notes))


_BALLOTS, _COUNTED = "The ballots", "How they are counted"
VOTE = Study(
    name="vote",
    about="what residents chose in a participatory budget by three rules of counting, what is "
    "tied, and what following them costs the plan",
    question="What did residents choose, and what does following them cost?",
    ask=_ask,
    view=_vote_view,
    finding=Vote.finding,
    modelled=False,
    placeless=True,
    arguments=(
        replace(EXAMPLE_OR_FILE, group=_BALLOTS),
        TableOf(
            name="ballots", label="File of ballots", group=_BALLOTS, asked=True, table=BALLOTS,
            about="file of ballots: .csv, or .pb as Pabulib has them", most=MOST_ROWS,
            when=("figures", FILE), endings=".csv,.pb",
            hint=f"Only for a file of your own, at most {UPLOADS.file / 1e6:g} MB: a .pb file as "
            "Pabulib has them, or a .csv with the columns project, voter, cost (and points, name, "
            "service, area, lives, budget). A row without a voter says what a project costs. It "
            "stays on this server only while this page is open.",
        ),
        Choice(
            name="rule", label="Followed by", about=", ".join(RULES), group=_COUNTED, asked=True,
            default=EQUAL_SHARES, choices=RULES,
        ),
        Choice(
            name="follow", label="A plan follows", group=_COUNTED, asked=True, default=WINNERS,
            about="how a plan follows: winners, which are bought, or weights: each area gets its "
            "part of the votes",
            choices={WINNERS: "The winners", WEIGHTS: "Votes as weights of areas"},
        ),
        Amount(
            name="budget", label="What may be spent",
            about="pounds that may be spent; 0: as the ballots say", unit="£", group=_COUNTED,
            asked=True, hint="0: as the ballots say.",
        ),
        Whole(
            name="least_points", label="Least points",
            about="points without which a project cannot win", group=_COUNTED, asked=True,
            default=0,
        ),
        Whole(
            name="smallest", label="Smallest number of votes shown",
            about="smallest number of votes that is shown; what is smaller is hidden",
            group=_COUNTED, default=SMALLEST_SHOWN,
        ),
        PLANNED[1],
    ),
    screen="What residents chose",
    lead=(
        "Ballots are counted to the last fraction of a pound; nothing is forecast but the price of "
        "following them, which a model gives. Who votes is not who is in need.",
    ),
    wait="It begins with invented ballots. Bring those that were cast; a large vote takes seconds.",
    again="Count other ballots",
    more="follow-a-vote.md",
)  # fmt: skip


# What a plan means for a household.


def _household_view(found: Household, key: str) -> StudyView:
    """What each service gets for a household, who answers for it, and what comes of it."""
    table = found.table.sort_values("planned", ascending=False, kind="stable")
    names = [found.name_of("service", each) for each in table["service"]]
    first = found.first
    rows = table.assign(label=names).melt("label", [first, "planned"], "series")
    chart = bars(
        f"{key}-services", f"{found.finding()}.",
        "What is spent in pounds a household and year, on average. Source: model of "
        f"{found.place.title}.",
        rows[["label", "series", "value"]], "pounds a household and year", names,
        [first, "planned"],
    )  # fmt: skip
    held = found.tables["accounts"]
    who = [
        "Parliament" if each == PARLIAMENT else found.name_of("agency", each)
        for each in held["who"]
    ]
    came = found.tables["outcomes"]
    outcomes = [
        (found.name_of("outcome", row["outcome"]), row["unit"], count(row[first]),
         count(row["planned"]), count(row["change"], signed=True))
        for row in came.to_dict("records")
    ]  # fmt: skip
    return view_of(
        [chart],
        [
            penny_table(
                f"{key}-table", "Pounds a household and year", "service",
                table.set_index(pd.Index(names))[[first, "planned", "change"]],
                [first, "planned", "change"],
            ),
            penny_table(
                f"{key}-accounts", "Who answers for it", "raised or voted by",
                held.set_index(pd.Index(who))[["answers_to", "amount"]], ["amount"],
            ),
            text_grid(
                f"{key}-outcomes", "What comes of it, over all years",
                ["outcome", "unit", first, "planned", "change"], outcomes,
            ),
        ],
    )  # fmt: skip


def _household_ask(
    subject: Subject, *, households: int, beside: str, objective: str, pooling: str
) -> Household:
    place, other = subject.whole(), None
    plan = subject.planned(objective, pooling)
    if beside.endswith(".json"):
        other = read_plan(beside)
    elif beside != TODAY:
        other = optimise(place, objective=objective, pooling=beside, prices=False, **subject.watch)
    return household(place, plan, beside=other, households=households)


HOUSEHOLD = Study(
    name="household",
    about="what the plan means for a household: pounds a year, what changes, who answers for it",
    question="What does it mean for a household?",
    ask=_household_ask,
    view=_household_view,
    finding=Household.finding,
    arguments=(
        Whole(
            name="households",
            label="Households",
            about="how many households there are; 0: people of the place at 2.4 a household",
            asked=True,
            default=0,
            hint="0: people of the place at 2.4 a household.",
        ),
        Choice(
            name="beside",
            label="Beside",
            default=TODAY,
            asked=True,
            other=".json",
            about="beside what it stands: today, the best plan aligned or freed, or a plan's file",
            choices={TODAY: "Today", "aligned": "Each for itself", "freed": "Without ring-fences"},
        ),
        *PLANNED,
    ),
    screen="What it means for a household",
    wait="It takes a few seconds once the plan is there.",
    more="follow-the-pound.md",
)
