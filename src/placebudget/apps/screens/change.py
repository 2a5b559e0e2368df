"""Where the money goes, now and proposed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from placebudget.apps.blocks import (
    Block,
    Drawing,
    Heading,
    Items,
    Picture,
    TableBlock,
    TextBlock,
    Told,
)
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.pictures import can_draw
from placebudget.plan import Plan
from placebudget.plan.summary import unmet_said
from placebudget.view.charts import money_now_and_proposed
from placebudget.view.sheet import MILLION, Sheet, sheet_grid
from placebudget.view.studies.common import with_others
from placebudget.view.tables import money_by, needs, outcomes
from placebudget.words import money

_SMALLEST = 0.05  # £ million: what a table with one decimal shows as a change
_COLUMNS = ("Today", "Proposed")
_NOTE = (
    "Cash of each year. Where totals differ, the rest is not spent or is what running pools costs."
)


def tell(meeting: Meeting) -> Told:
    """Money by purpose and agency, today beside the best pooled plan."""
    plans = _plans(meeting)
    sheet = _in_words(money_by(plans, "purpose"))
    return Told(_title(sheet), list(_blocks(plans, sheet)))


def _plans(meeting: Meeting) -> dict[str, Plan]:
    found = {} if meeting.latest is None else meeting.latest.plans
    return {"Today": found["today"], "Proposed": found["pooled"]}


def _title(sheet: Sheet) -> str:
    change = MILLION * _apart(sheet.figures)
    change = change[change.abs() >= MILLION * _SMALLEST]
    more, less = float(change[change > 0].sum()), float(-change[change < 0].sum())
    if change.empty:
        return "In the model, the best pooled plan leaves the money where it is today"
    ways = ((more, "more goes to some purposes"), (less, "less to others"))
    said = [f"{money(much)} {way}" for much, way in ways if much]
    text = f"In the model, {' and '.join(said) if more else f'{money(less)} less goes to some'}"
    if more:
        text += f"; most is added to {change.idxmax()} (+\u2060{money(float(change.max()))})"
    return text


def _blocks(plans: dict[str, Plan], sheet: Sheet) -> Iterator[Block]:
    yield TextBlock(
        f"Proposed is the best pooled plan: the one with most {plans['Proposed'].objective.name} "
        "that keeps every rule and every ring-fence that was chosen to be kept. It is a "
        "calculation, not a decision.",
        "lead",
    )
    for unmet in unmet_said(plans):
        yield TextBlock(unmet.text, "warning")
        yield Items(list(unmet.points))
    chart = money_now_and_proposed(plans["Today"], plans["Proposed"]) if can_draw() else None
    if chart is not None:
        yield Picture(chart)
    yield TableBlock(sheet_grid(_with_change(sheet), "by-purpose", "purpose"))
    yield TableBlock(sheet_grid(_with_change(money_by(plans, "agency")), "by-agency", "agency"))
    yield Heading("What changes for people")
    for need in needs(plans):
        yield TableBlock(sheet_grid(need, "needs", "need"))
    yield TableBlock(sheet_grid(outcomes(plans), "outcomes", "outcome"))
    yield Heading("Follow the money from who pays to who gains")
    yield Drawing()


def _in_words(sheet: Sheet) -> Sheet:
    """The sheet with purposes as they are spoken of."""
    words = [str(each).replace("nhs", "NHS").replace("dwp", "DWP") for each in sheet.figures.index]
    return replace(sheet, figures=sheet.figures.set_axis(words, axis=0))


def _with_change(sheet: Sheet) -> Sheet:
    """What moves, the rest as one row, with the change as a column."""
    moves = _apart(sheet.figures).abs() >= _SMALLEST
    figures = with_others(sheet.figures, moves)
    figures = figures.assign(Change=_apart(figures))
    order = figures["Change"].where(figures.index.isin(moves.index), 0.0).abs()
    figures = figures.iloc[(-order).argsort(kind="stable")]
    return Sheet(sheet.title, sheet.unit, figures, adds_up="down", note=_NOTE)


def _apart(figures: pd.DataFrame) -> pd.Series:
    change: pd.Series = figures[_COLUMNS[1]] - figures[_COLUMNS[0]]
    return change


SCREEN = Screen("change", "Where the money goes", tell, needs=("today", "pooled"), quick=True)
