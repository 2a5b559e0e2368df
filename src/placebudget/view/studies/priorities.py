"""What members would put first: their points with the spread, and the plan that follows."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.place.io.loose import PRIORITIES
from placebudget.study.priorities import (
    BEST,
    FOLLOWING,
    POINTS,
    WAYS_TO_SAY,
    Priorities,
    priorities,
)
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import MOST, StudyView, change, figures, ranges, view_of
from placebudget.view.studies.entry import (
    EXAMPLE_OR_FILE,
    FILE,
    PLANNED,
    Choice,
    Flag,
    Study,
    Subject,
    TableOf,
)
from placebudget.words import count, money, number, sentence

_SAID, _MOST_ROWS = "What members said", 20_000


def example_priorities(place: Place) -> pd.DataFrame:
    """Invented priorities for the outcomes of a place: three members, 100 points each.

    Examples
    --------
    >>> import placebudget as pb
    >>> example_priorities(pb.example("northvale")).groupby("member")["points"].sum().tolist()
    [100.0, 100.0, 100.0]
    """
    outcomes = place.outcomes["outcome"].tolist()
    rows = [
        (f"member {n + 1}", outcomes[(n + k) % len(outcomes)], points)
        for n in range(3)
        for k, points in enumerate((60.0, 40.0))
    ]
    frame = pd.DataFrame(rows, columns=["member", "outcome", "points"])
    return frame.groupby(["member", "outcome"], as_index=False, sort=False)["points"].sum()


def _view(found: Priorities, key: str) -> StudyView:
    """Points and how far apart they are, what follows for outcomes and services, its price."""
    asked = found.table[found.table["points"] > 0].sort_values(
        "points", ascending=False, kind="stable"
    )
    names = [sentence(found.name_of("outcome", each)) for each in asked["outcome"]]
    spread = pd.DataFrame(
        {"label": names, "low": asked["least"], "high": asked["most"], "first": asked["points"]}
    )
    # A secret poll of few tells no spread.
    spread = spread.fillna({"low": spread["first"], "high": spread["first"]})
    chart = ranges(
        f"{key}-points", f"{found.finding()}.",
        "Points of 100 that members give to all the way from today’s amount of an outcome to the "
        "most that can be had: from the least to the most, and the average. What following costs "
        f"is in pounds of public value. {found.title}.",
        spread, "points of 100", ("average", ""),
    )  # fmt: skip
    made = [
        (sentence(found.name_of("outcome", row.outcome)), row.unit,
         *(count(value) for value in (row.today, row.with_best, row.reached, row.could_be)))
        for row in found.table.itertuples()
    ]  # fmt: skip
    values = found.tables["plans"].set_index("plan")["value"]
    moves = found.tables["services"].query("plan == @FOLLOWING").set_index("service")["change"]
    moves = moves.loc[moves.abs().sort_values(ascending=False, kind="stable").index[:MOST]]
    moved = moves.to_frame("change")
    moved.index = pd.Index([sentence(found.name_of("service", each)) for each in moves.index])
    grids = [
        text_grid(
            f"{key}-price", "What following costs", ["plan", "public value"],
            [("Most public value", money(values[BEST])), ("As members weigh",
             money(values[FOLLOWING])), ("Price of following", money(found.price))],
        ),
        text_grid(
            f"{key}-outcomes", "What comes of it, over all years",
            ["outcome", "unit", "today", "most public value", "as members weigh",
             "most that can be had"], made,
        ),
        figures(
            f"{key}-services", "Money of each service beside the plan of most public value",
            "service", moved, change, "Cash, all years. The services that move most come first.",
        ),
        _members(found, key),
    ]  # fmt: skip
    return view_of([chart], grids)


def _members(found: Priorities, key: str) -> Grid | None:
    if "members" not in found.tables:
        return None
    held = found.tables["members"].query("points > 0")
    rows = [
        (row.member, sentence(found.name_of("outcome", row.outcome)), number(row.points))
        for row in held.sort_values("member", kind="stable").itertuples()
    ]
    title = "Who said what, in points of 100"
    return text_grid(f"{key}-members", title, ["member", "outcome", "points"], rows)


def _ask(
    subject: Subject,
    *,
    figures: str,
    said: pd.DataFrame | None,
    way: str,
    named: bool,
    pooling: str,
) -> Priorities:
    notes, place = list[str](), subject.whole()
    if said is None:
        if figures == FILE:
            raise WrongArgument("bring what members said: --said FILE.csv.")
        said, way, notes = example_priorities(place), POINTS, ["What members said is invented."]
    found = priorities(said, place, way=way, named=named, pooling=pooling, **subject.watch)
    return replace(found, notes=(*notes, *found.notes))


STUDY = Study(
    name="priorities",
    about="what members of a board would put first, how far apart they are, the plan that follows "
    "and its price beside the plan of most public value",
    question="What would members put first, and what follows from it?",
    ask=_ask,
    view=_view,
    finding=Priorities.finding,
    picks=True,
    arguments=(
        replace(EXAMPLE_OR_FILE, group=_SAID),
        TableOf(
            name="said", label="File of what members said", group=_SAID, asked=True,
            table=PRIORITIES, about="file of what members said, .csv", most=_MOST_ROWS,
            when=("figures", FILE), endings=".csv",
            hint="Only for a file of your own: a .csv with the columns member, outcome (its key) "
            "and points. It stays on this server only while this page is open.",
        ),
        Choice(
            name="way", label="How they said it", about=", ".join(WAYS_TO_SAY), group=_SAID,
            asked=True, default=POINTS, choices=WAYS_TO_SAY,
        ),
        Flag(
            name="named", label="Say who said what", about="say who said what", group=_SAID,
            asked=True,
            hint="As the meeting chooses. Otherwise it is a secret poll, of three members or more.",
        ),
        PLANNED[1],
    ),
    screen="What members put first",
    lead=(
        "The plan of most public value weighs outcomes by what they are worth in pounds. Members "
        "may weigh them otherwise; then this is the plan, and this is its price.",
    ),
    wait="It begins with invented members. It takes as long as two plans.",
    more="weigh-what-members-put-first.md",
)  # fmt: skip
