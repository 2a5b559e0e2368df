"""What of one aim must be given up for more of another: a curve of plans, and what each does."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from placebudget.pictures import can_draw, picture
from placebudget.programme.objectives.value import CASHABLE, PUBLIC
from placebudget.study import Frontier, frontier
from placebudget.study.frontier import AIMS, LESS, TODAY
from placebudget.view.charts import Chart, traced
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import (
    MOST,
    StudyView,
    change,
    figures,
    million,
    view_of,
)
from placebudget.view.studies.entry import PLANNED, SeveralOf, Study, Subject, Whole
from placebudget.words import in_unit, number, sentence

_PLANS, _WHOLE = "plans of the frontier", "between them, to whole numbers"


def _view(found: Frontier, key: str) -> StudyView:
    """The curve, its points, what each step costs, and what each plan does."""
    return view_of(
        [_curve(found, key)], [_points(found, key), _steps(found, key), _services(found, key)]
    )


def _curve(found: Frontier, key: str) -> Chart | None:
    if not can_draw() or found.points.empty:
        return None
    first, second = found.aims[:2]
    (by_x, across), (by_y, up) = (million(found.unit(aim)) for aim in (first, second))
    table = pd.concat([found.points, found.below, found.table.loc[[TODAY]]])
    plans = len(found.points)
    rows = pd.DataFrame(
        {
            "label": [*map(str, range(1, plans + 1)), *[""] * len(found.below), TODAY],
            "x": table[first].to_numpy(float) / by_x,
            "y": table[second].to_numpy(float) / by_y,
            "series": [_PLANS] * plans + [_WHOLE] * len(found.below) + [TODAY],
        }
    )
    joined, title = len(found.aims) == 2, f"{found.finding()}."
    about = (
        f"Across {_axis(first, across)}; up {_axis(second, up)}. Each point is a plan of which "
        f"none is better by {'both' if joined else 'all three'}; the numbers are those of the "
        f"table. {found.title}."
    )
    axes = f"{first}, {across}", f"{second}, {up}"
    return Chart(
        f"{key}-curve", title, about,
        picture(
            f"{key}-curve", title,
            lambda room: traced(room, rows, *axes, joined=joined, beside=TODAY),
            [(name, f"{sentence(name)}: {found.does(name)}") for name in table.index[:-1]],
        ),
        rows,
    )  # fmt: skip


def _axis(aim: str, unit: str) -> str:
    return f"{aim}, {unit}" + (" (less is better)" if aim in LESS else "")


def _moved(aim: str, *, worse: bool = False) -> str:
    return f"{'less' if (aim in LESS) != worse else 'more'} {aim}"


def _points(found: Frontier, key: str) -> Grid:
    table = found.table
    cells = [
        (sentence(str(point)),
         *(in_unit(float(row[aim]), found.unit(aim)) for aim in found.aims),
         "" if point == TODAY else found.does(str(point)))
        for point, row in table.iterrows()
    ]  # fmt: skip
    units = ". ".join(f"{sentence(aim)}: {found.unit(aim)}" for aim in found.aims)
    return text_grid(
        f"{key}-points", "The plans, from the best by the first aim on",
        ["plan", *found.aims, "what it does beside today"], cells,
        f"{units}. Each was checked outside the solver and keeps every rule.",
    )  # fmt: skip


def _steps(found: Frontier, key: str) -> Grid | None:
    rows = found.tables["steps"]
    if rows.empty:
        return None
    first, second = found.aims
    forms = [lambda value, aim=aim: in_unit(value, found.unit(aim)) for aim in (first, second)]
    table = rows[["given_up", "had", "rate"]].set_axis(
        [_moved(first, worse=True), _moved(second), "first for one of the second"], axis=1
    )
    table.index = [f"{a} to {b}" for a, b in zip(rows["from"], rows["to"], strict=True)]
    return figures(
        f"{key}-steps", "What each step costs", "step", table,
        [*forms, lambda value: number(value, 2)],
        "The rate is the same all along a step; it never falls from one step to the next.",
    )  # fmt: skip


def _services(found: Frontier, key: str) -> Grid:
    wide = found.tables["services"].pivot(index="service", columns="point", values="change")
    wide = wide[[point for point in found.plans if point != TODAY]]
    most = wide.abs().max(axis=1).sort_values(ascending=False, kind="stable")
    wide = wide.loc[most.index[:MOST]]
    wide.index = [sentence(found.name_of("service", each)) for each in wide.index]
    return figures(
        f"{key}-services", "Money of each service beside today’s spending carried on", "service",
        wide, change, "Cash, all years. The services that move most come first.",
    )  # fmt: skip


def _ask(subject: Subject, *, pooling: str, aims: Sequence[str], points: int) -> Frontier:
    return frontier(subject.whole(), aims=aims, points=points, pooling=pooling, **subject.watch)


STUDY = Study(
    name="frontier",
    about="what of one aim must be given up for more of another: the plans none of which is beaten "
    "by two or three aims, beside today",
    question="What must we give up of one aim for more of another?",
    ask=_ask,
    view=_view,
    finding=Frontier.finding,
    picks=True,
    arguments=(
        PLANNED[1],
        SeveralOf(
            name="aims",
            label="Aims",
            about="two or three of: " + ", ".join(AIMS),
            choices={aim: sentence(aim) for aim in AIMS},
            default=(PUBLIC, CASHABLE),
            least=2,
            most=3,
            asked=True,
            group="Aims, two or three",
        ),
        Whole(
            name="points",
            label="Plans to look for at most",
            about="how many plans to look for at most",
            default=12,
            least=2,
            asked=True,
            span=(2, 30),
            group="Aims, two or three",
            hint="Each takes about as long as a plan.",
        ),
    ),
    screen="One aim against another",
    answers="How much of one aim must be given up for more of another; the better plan that costs "
    "what today costs, and the cheaper one with today’s result; and what each of them does.",
    lead=(
        "The best plan is the best by one aim. Where a board wants two things, the plans between "
        "are its choice: each has more of one and less of the other.",
    ),
    more="weigh-one-aim-against-another.md",
)
