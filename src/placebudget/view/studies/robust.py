"""A plan for several scenarios: which to choose, what to commit now and what to wait with."""

from __future__ import annotations

import pandas as pd

from placebudget.programme.recourse import CRITERIA, CVAR, EXPECTED, REGRET, WORST
from placebudget.study import Robust, robust
from placebudget.view.charts import Chart
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import (
    MILLION,
    StudyView,
    bars,
    figures,
    million,
    pounds,
    view_of,
)
from placebudget.view.studies.entry import (
    PLANNED,
    SEED,
    Choice,
    Rate,
    Study,
    Whole,
    waiting,
)
from placebudget.view.studies.uncertainty import HOLD, of_held, title_of
from placebudget.words import money, sentence

_HEADS = {
    EXPECTED: "on average",
    WORST: "in the worst scenario",
    REGRET: "largest regret",
    CVAR: "average of the worst",
}


def _view(found: Robust, key: str) -> StudyView:
    """Plans by each criterion, scenarios, and what to commit now."""
    return view_of(
        [_by_plan(found, key)],
        [_plans(found, key), _commit(found, key), _scenarios(found, key), _two_stage(found, key)],
    )


def _by_plan(found: Robust, key: str) -> Chart | None:
    rows = found.table
    names = [EXPECTED, WORST] if found.by in (EXPECTED, WORST) else [EXPECTED, found.by]
    long = pd.concat(
        [
            pd.DataFrame({
                "label": [title_of(plan) for plan in rows["plan"]],
                "series": _HEADS[name], "value": rows[name] / MILLION,
            })
            for name in names
        ]
    )  # fmt: skip
    _, unit = million(found.unit)
    about = f"Worth of plans that are held, public value less what has to be found, {unit}."
    order = [title_of(plan) for plan in rows["plan"]]
    return bars(
        f"{key}-plans", f"{found.finding()}.", f"{about} {found.title}.", long, unit, order,
        [_HEADS[name] for name in names],
    )  # fmt: skip


def _plans(found: Robust, key: str) -> Grid:
    cells = [
        (title_of(row["plan"]), *(money(row[name]) for name in CRITERIA), row["in_worst"])
        for row in found.table.to_dict("records")
    ]
    return text_grid(
        f"{key}-criteria", f"Worth of plans that are held, by each criterion, {found.unit}",
        ["plan", *_HEADS.values(), "the worst is"], cells,
        "Regret: how much less than the best of these plans in the same scenario.",
    )  # fmt: skip


def _commit(found: Robust, key: str) -> Grid | None:
    rows = found.tables["commit"]
    if rows.empty:
        return None
    table = rows[["today", "plan", "now", "least", "most"]].set_axis(
        ["today", "best as figures stand", "to commit now", "later, least", "later, most"], axis=1
    )
    table.index = pd.Index([sentence(found.name_of("service", each)) for each in rows["service"]])
    years = "first year" if found.years == 1 else f"first {found.years} years"
    return figures(
        f"{key}-commit", f"What to commit now, {years}, and what to wait with, pounds, cash",
        "service", table, pounds,
        "Later: all years after those, by scenario; where least and most differ, wait.",
    )  # fmt: skip


def _scenarios(found: Robust, key: str) -> Grid | None:
    rows = found.tables["scenarios"]
    if rows.empty:
        return None
    table = rows[["two_stage", "known", "need_unmet"]].set_axis(
        ["value", "value if known now", "need unmet would cost"], axis=1
    )
    table.index = pd.Index([sentence(name) for name in rows["scenario"]])
    return figures(
        f"{key}-scenarios", f"The scenarios, decided now and later, {found.unit}", "scenario",
        table, pounds, "What need unmet would cost is cash.",
    )  # fmt: skip


def _two_stage(found: Robust, key: str) -> Grid | None:
    rows = found.tables["two_stage"]
    if rows.empty:
        return None
    called = [sentence(_HEADS.get(each, each)) for each in rows["measure"]]
    table = pd.DataFrame({"pounds": rows["pounds"].to_numpy()}, index=called)
    return figures(
        f"{key}-two-stage", f"Decided now and later, {found.unit}", "measure", table, pounds,
        "Need met is cash; where it differs values are not to be compared.",
    )  # fmt: skip


_GROUP = "Scenarios"
STUDY = Study(
    name="robust",
    about="which plan to choose for several scenarios at once (on average, in the worst, by the "
    "largest regret, by the average of the worst), what to commit now and what to wait with",
    question="What should we commit now, and what should wait?",
    ask=of_held(robust, commit="years"),
    view=_view,
    finding=Robust.finding,
    chance=True,
    arguments=(
        HOLD,
        PLANNED[1],
        Choice(
            name="by",
            label="By what to choose",
            about="by what to choose: " + ", ".join(CRITERIA),
            choices={by: sentence(_HEADS[by]) for by in CRITERIA},
            default=EXPECTED,
            asked=True,
            group=_GROUP,
        ),
        Whole(
            name="scenarios",
            label="Scenarios to draw",
            about="how many scenarios to draw, a power of two",
            default=8,
            first=4,
            least=2,
            span=(2, 64),
            hint="2, 4, 8, 16, 32 or 64.",
            asked=True,
            group=_GROUP,
        ),
        Whole(
            name="commit",
            label="Years to decide now",
            about="how many years are decided now",
            default=1,
            least=1,
            span=(1, 30),
            asked=True,
            group=_GROUP,
        ),
        Rate(
            name="tail",
            about="share of scenarios that are the worst, by cvar",
            default=0.2,
        ),
        SEED,
    ),
    screen="Commit now or wait",
    answers="Which of the plans to choose where several scenarios may come, what of the first "
    "years to commit now for all of them, and what to wait with until it is known which came.",
    lead=(
        "Here a plan is not made for one set of figures but for several at once: the first years "
        "are one decision, and later ones answer to what came.",
    ),
    wait=waiting("half a minute to some minutes, by the number of scenarios"),
    again="Ask with other scenarios",
    more="what-if-we-are-wrong.md",
)
