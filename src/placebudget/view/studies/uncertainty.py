"""What if we are wrong: what plans come to where figures turn out otherwise, shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from placebudget.plan.result import Result
from placebudget.programme.objectives.value import CASHABLE, PUBLIC
from placebudget.study import TITLES, Uncertainty, uncertainty
from placebudget.study.held import PLANS
from placebudget.study.uncertainty.result import DEFICITS, EVERYBODY, NOT_SERVED, WORTH
from placebudget.view.charts import Chart
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import (
    MILLION,
    StudyView,
    bars,
    figures,
    million,
    pounds,
    ranges,
    share,
    view_of,
)
from placebudget.view.studies.entry import (
    EXECUTOR,
    PLANNED,
    SEED,
    WORKERS,
    SeveralOf,
    Study,
    Subject,
    Whole,
    waiting,
)
from placebudget.words import count, in_unit, money, number, percent, sentence

_HEADS = {
    WORTH: "Worth: public value less what has to be found",
    PUBLIC: "Public value",
    CASHABLE: "Cashable saving",
    NOT_SERVED: "People in need that must be met, and not served",
    DEFICITS: "What has to be found",
}
_MEDIAN, _PLANNED = "median", "as planned"
_ENDS = {"p10": "one draw in ten below", "p50": _MEDIAN, "p90": "one draw in ten above"}


def _view(found: Uncertainty, key: str) -> StudyView:
    """How far plans may be off, for whom, what to find out first, and what is believed."""
    return view_of(
        [_by_plan(found, key), _first(found, key)],
        [
            *(_spread(found, key, measure) for measure in _HEADS), _beats(found, key),
            _deficits(found, key), _find_out(found, key), _services(found, key),
            _kinds(found, key), _beliefs(found, key),
        ],
    )  # fmt: skip


def title_of(plan: str) -> str:
    """What a plan that is held is called."""
    return TITLES.get(plan, sentence(plan))


def _by_plan(found: Uncertainty, key: str) -> Chart | None:
    """From the tenth to the ninetieth percentile of each plan, with its median."""
    rows = found.table[found.table["measure"] == WORTH]
    shown = pd.DataFrame(
        {
            "label": [title_of(plan) for plan in rows["plan"]],
            "low": rows["p10"] / MILLION,
            "high": rows["p90"] / MILLION,
            "first": rows["p50"] / MILLION,
            "second": rows["as_planned"] / MILLION,
        }
    )
    _, unit = million(found.unit)
    about = (
        f"Worth of each plan, public value less what has to be found, {unit}: eight draws of ten "
        f"lie on the line. {found.title}."
    )
    return ranges(
        f"{key}-plans", f"{found.finding()}.", about, shown, unit, (_MEDIAN, _PLANNED)
    )  # fmt: skip


def _first(found: Uncertainty, key: str) -> Chart | None:
    """What to find out first, by what knowing it alone is worth."""
    rows = found.tables["find_out"]
    rows = rows[rows["pounds"] >= 1.0]
    if rows.empty:
        return None
    labels = [found.called(row) for row in rows.to_dict("records")]
    made = pd.DataFrame({"label": labels, "value": rows["pounds"].to_numpy(float) / MILLION})
    most = rows.iloc[0].to_dict()
    finding = f"First to find out is {labels[0]}: worth at least {money(most['pounds'])} to know."
    about = (
        "What it is worth to know each figure by itself before planning, all others being as they "
        f"stand, £ million. {found.title}."
    )
    return bars(f"{key}-first", finding, about, made, "£ million", labels)


def _spread(found: Uncertainty, key: str, measure: str) -> Grid:
    rows = found.table[found.table["measure"] == measure]
    unit = str(rows["unit"].iloc[0])
    table = rows[["as_planned", *_ENDS]].rename(columns={"as_planned": _PLANNED, **_ENDS})
    forms: list[Any] = [lambda value: in_unit(value, unit)] * table.shape[1]
    if "today" in found.plans:
        table["draws worse than today"] = rows["worse_than_today"].to_numpy()
        forms.append(share)
    table.index = pd.Index([title_of(plan) for plan in rows["plan"]])
    name = f"{key}-measure-{list(_HEADS).index(measure)}"
    return figures(name, f"{_HEADS[measure]}, {unit}", "plan", table, forms)


def _beats(found: Uncertainty, key: str) -> Grid:
    rows = found.tables["beats"]
    cells = [
        (f"{title_of(row['first'])} against {title_of(row['second']).lower()}",
         EVERYBODY if row["agency"] == EVERYBODY
         else sentence(found.name_of("agency", row["agency"])),
         percent(row["better"]), percent(row["same"]), percent(row["worse"]),
         *(money(row[name], signed=True) for name in ("p10", "p50", "p90")))
        for row in rows.to_dict("records")
    ]  # fmt: skip
    return text_grid(
        f"{key}-beats", "How often a plan does better than another, and for whom",
        ["plans", "agency", "draws in which better", "the same", "worse", *_ENDS.values()], cells,
        "Of all agencies: worth. Of one: its cashable saving less what it has to find, real and "
        "discounted.",
    )  # fmt: skip


def _deficits(found: Uncertainty, key: str) -> Grid | None:
    rows = found.tables["deficits"]
    if rows.empty:
        return None
    table = rows[["share", *_ENDS]].rename(columns={"share": "draws with any", **_ENDS})
    table.index = pd.Index([
        f"{sentence(found.name_of('agency', row['agency']))}, {title_of(row['plan']).lower()}"
        for row in rows.to_dict("records")
    ])  # fmt: skip
    return figures(
        f"{key}-by-agency", "What each agency would have to find, pounds, cash, all years",
        "agency and plan", table, [share, pounds, pounds, pounds],
        "Funding that does not come, need that must be met and is not, and capacity that cannot be "
        "given up as planned; nothing is set against it.",
    )  # fmt: skip


def _find_out(found: Uncertainty, key: str) -> Grid | None:
    rows = found.tables["find_out"]
    if rows.empty:
        return None
    cells = [
        (found.called(row), percent(row["low"]), percent(row["high"]), _known(row),
         money(row["worth_low"]), money(row["worth_high"]), money(row["pounds"]))
        for row in rows.to_dict("records")
    ]  # fmt: skip
    return text_grid(
        f"{key}-find-out", "What to find out first",
        ["figure", "low, of what it is", "high", "how it is known",
         f"worth of {title_of(found.best).lower()} at low", "at high", "knowing it is worth"],
        cells,
        "Low and high: one chance in ten below and above, by what is believed. All other figures "
        "are as they stand.",
    )  # fmt: skip


def _known(row: dict[str, Any]) -> str:
    if row["recorded"]:
        return "spread or range of its own"
    if row["kind"] == "effect":
        return f"evidence of grade {row['grade']}" if row["grade"] else "evidence without a grade"
    return str(row["grade"])


def _services(found: Uncertainty, key: str) -> Grid | None:
    rows = found.tables["services"]
    if rows.empty:
        return None
    table = rows[["today", "planned", "mean", "funded", "more", "less", "at_most"]].rename(
        columns={"planned": "in the plan", "mean": "made anew, on average", "more": "raised",
                 "less": "cut", "at_most": "at its most"}
    )  # fmt: skip
    table.index = pd.Index([sentence(found.name_of("service", each)) for each in rows["service"]])
    made = int(found.tables["knowing"]["plans"].max()) if len(found.tables["knowing"]) else 0
    many = f" for {number(made)} of the draws" if made else ""
    return figures(
        f"{key}-services", f"Services in plans made anew{many}, pounds, cash, all years", "service",
        table, [pounds, pounds, pounds, share, share, share, share],
        "Shares of the plans made anew: with any money, raised or cut against today’s money by "
        "more than 1%, and with all it needs or can take.",
    )  # fmt: skip


def _kinds(found: Uncertainty, key: str) -> Grid | None:
    rows = found.tables["kinds"]
    if rows.empty:
        return None
    table = rows[["p10", "p90", "alone"]].rename(
        columns={**_ENDS, "alone": "part of what it varies by"}
    )
    forms = [pounds, pounds, share]
    if rows["with_others"].notna().all():
        table["with all others"], forms = rows["with_others"], [*forms, share]
    table.index = pd.Index([sentence(f"{each}s" if each in _SEVERAL else each)
                            for each in rows["kind"]])  # fmt: skip
    return figures(
        f"{key}-kinds", f"Which figures matter: worth of {title_of(found.best).lower()} where "
        f"only one kind is off, {found.unit}", "figures", table, forms,
    )  # fmt: skip


_SEVERAL = ("effect", "value", "need", "unit cost")


def _beliefs(found: Uncertainty, key: str) -> Grid:
    cells = [
        (sentence(row["kind"]), row["grade"], count(row["figures"]), percent(row["spread"]),
         percent(row["correlation"]), count(row["recorded"]))
        for row in found.tables["beliefs"].to_dict("records")
    ]  # fmt: skip
    return text_grid(
        f"{key}-beliefs", "What is believed of the figures",
        ["kind", "grade of evidence, or how they are known", "figures",
         "how far off (standard deviation)", "correlation", "with a spread or range of their own"],
        cells, "Spreads and correlations are assumed, but for figures with a spread or range of "
        "their own; the Python function takes others.",
    )  # fmt: skip


def of_held(study: Callable[..., Result], **called: str) -> Callable[..., Any]:
    """Ask a study of plans that are held, by the boxes that name them.

    Parameters
    ----------
    study : callable
        Takes a place, the names of the plans, and what else its boxes ask.
    **called
        What a box is called by the study, where that is another name.
    """

    def ask(subject: Subject, *, hold: Sequence[str], **how: Any) -> Result:
        plans = [name for name in TITLES if name in hold]
        given = {called.get(name, name): value for name, value in how.items()}
        return study(subject.whole(), plans=plans, **given, **subject.watch)

    return ask


HOLD = SeveralOf(
    name="hold",
    label="Plans to hold",
    about="plans to hold, divided by commas: " + ", ".join(TITLES),
    choices=TITLES,
    default=PLANS,
    asked=True,
    group="Plans to hold",
)
"""Which plans are held as they are while figures turn out otherwise."""
_DRAWN = "What is drawn"
STUDY = Study(
    name="uncertainty",
    about="what plans come to where effects, values, needs, costs, funding and prices turn out "
    "otherwise: how often one is worth more than another, for whom, and what to find out first",
    question="What if we are wrong?",
    ask=of_held(uncertainty),
    view=_view,
    finding=Uncertainty.finding,
    chance=True,
    arguments=(
        HOLD,
        PLANNED[1],
        Whole(
            name="draws",
            label="Number of draws",
            about="how many draws; the next power of two",
            default=256,
            # Few, so that a board has an answer soon.
            first=64,
            least=2,
            span=(16, 1024),
            hint="The next power of two is taken: 64, 128, 256 …",
            asked=True,
            group=_DRAWN,
        ),
        Whole(
            name="replanned",
            label="Plans made anew",
            about="for how many of the draws a plan is made anew",
            default=16,
            first=4,
            span=(0, 64),
            hint="Each takes about as long as a plan.",
            asked=True,
            group=_DRAWN,
        ),
        Whole(
            name="find_out",
            label="Figures to look at",
            about="how many figures to tell what knowing each is worth",
            default=5,
            first=3,
            span=(0, 20),
            hint="Each takes two more plans.",
            asked=True,
            group=_DRAWN,
        ),
        Whole(
            name="sobol",
            about="for how many draws Sobol's total indices are worked out, by kind; 0: none",
            default=0,
        ),
        SEED,
        EXECUTOR,
        WORKERS,
    ),
    screen="What if we are wrong",
    answers="The plans of the place held as they are while figures turn out otherwise, many times "
    "over: how far what they are worth may be off, how often pooling is worth more than acting in "
    "step and for whom, what each agency would have to find, and what to find out first.",
    lead=(
        "No figure of a plan is certain. Here all are drawn together, by how well each is known, "
        "and every plan meets the same draws. How far figures may be off is mostly assumed: the "
        "table “What is believed of the figures” says which. A share of draws is no measured "
        "chance.",
    ),
    wait=waiting("half a minute to some minutes, by the number of draws"),
    again="Draw again",
    more="what-if-we-are-wrong.md",
)
