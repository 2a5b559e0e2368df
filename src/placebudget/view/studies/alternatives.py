"""Other good plans: how far money can move, and a few plans far apart."""

from __future__ import annotations

import pandas as pd

from placebudget.study import Alternatives, alternatives
from placebudget.study.alternatives import BEST, EITHER, LESS, MORE, SAME, WITHIN
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import (
    MILLION,
    MOST,
    StudyView,
    figures,
    pounds,
    ranges,
    view_of,
)
from placebudget.view.studies.entry import PLANNED, Shares, Study, Subject, Whole
from placebudget.words import in_unit, money, percent, sentence

_CHART = 12
_BESIDE = {MORE: "always more", LESS: "always less", SAME: SAME, EITHER: "a choice"}


def _view(found: Alternatives, key: str) -> StudyView:
    """The range of each service, and what the plans far apart do."""
    rows = found.at(found.within)
    rows = rows.assign(
        label=[sentence(found.name_of("service", each)) for each in rows["service"]],
        wide=rows["most"] - rows["least"],
    )
    shown = rows.sort_values("wide", ascending=False, kind="stable")[:_CHART]
    beside = shown[["least", "most", BEST]].sub(shown["today"], axis=0) / MILLION
    drawn = beside.set_axis(["low", "high", "first"], axis=1).assign(
        label=shown["label"], second=float("nan")
    )
    given_up = percent(found.within / 100)
    chart = ranges(
        f"{key}-ranges", f"{found.finding()}.",
        "Money of a service beside today’s spending carried on, £ million, cash, all years: the "
        f"least and the most in plans that give up at most {given_up} of the best value, and the "
        "best plan (circle). "
        f"{'The services with most room are shown. ' if len(rows) > _CHART else ''}{found.title}.",
        drawn, "£ million beside today", ("best plan", ""),
    )  # fmt: skip
    return view_of([chart], [_ranges(found, key, rows), _plans(found, key), _levels(found, key)])


def _ranges(found: Alternatives, key: str, rows: pd.DataFrame) -> Grid:
    cells = [
        (row.label, *map(pounds, (row.today, row.best, row.least, row.most)), sentence(row.kind),
         _BESIDE[row.beside_today])
        for row in rows.head(MOST).itertuples()
    ]  # fmt: skip
    return text_grid(
        f"{key}-services",
        f"What each service can get where at most {percent(found.within / 100)} of the best value "
        "is given up",
        ["service", "today", "best plan", "least", "most", "spent on", "beside today"], cells,
        "Cash, all years. The least of one service and the most of another are of different plans.",
    )  # fmt: skip


def _plans(found: Alternatives, key: str) -> Grid | None:
    others = {name: plan for name, plan in found.plans.items() if name != BEST}
    if not others:
        return None
    best = found.plans[BEST].objective
    cells = [
        (sentence(name), in_unit(best.value - plan.objective.value, best.unit), found.called(name))
        for name, plan in others.items()
    ]
    return text_grid(
        f"{key}-plans", "Plans far apart that are nearly as good",
        ["plan", "gives up", "what it does beside the best plan"], cells,
        "Each was checked outside the solver and keeps every rule. They are examples of what is "
        "possible, the furthest from the best plan and from one another first.",
    )  # fmt: skip


def _levels(found: Alternatives, key: str) -> Grid | None:
    table = found.table.assign(wide=lambda rows: rows["most"] - rows["least"])
    wide = table.pivot(index="service", columns="within", values="wide")
    if wide.shape[1] < 2:
        return None
    wide.index = [sentence(found.name_of("service", each)) for each in wide.index]
    wide.columns = [percent(each / 100) for each in wide.columns]
    return figures(
        f"{key}-levels", "How far money can move, by how much of the best value is given up",
        "service", wide, money, "The most less the least, cash, all years.",
    )  # fmt: skip


def _ask(
    subject: Subject, *, objective: str, pooling: str, within: tuple[float, ...], far_apart: int
) -> Alternatives:
    return alternatives(
        subject.whole(), within=[100 * each for each in within], far_apart=far_apart,
        objective=objective, pooling=pooling, **subject.watch,
    )  # fmt: skip


STUDY = Study(
    name="alternatives",
    about="other plans that are nearly as good: the least and the most each service can get, and a "
    "few plans far apart",
    question="What else could we do that is nearly as good?",
    ask=_ask,
    view=_view,
    finding=Alternatives.finding,
    arguments=(
        *PLANNED,
        Shares(
            name="within",
            about="shares of the best value that may be given up",
            default=tuple(each / 100 for each in WITHIN),
        ),
        Whole(name="far_apart", about="how many plans far apart are picked", default=4),
    ),
    screen="Other good plans",
    answers="Which services get more than today, or less, in every plan that is nearly as good as "
    "the best; how far the money of each can move; and a few plans far apart, with what each does.",
    lead=(
        "The best plan is rarely the only good one. Where plans that are nearly as good differ, "
        "the board has a choice that the model cannot make for it.",
    ),
    more="find-other-good-plans.md",
)
