"""Where the money goes, now and proposed; who gains, who pays, and when."""

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
from placebudget.view.charts import money_now_and_proposed, savings_by_agency_and_year
from placebudget.view.sheet import MILLION, Sheet, sheet_grid
from placebudget.view.studies.common import with_others
from placebudget.view.tables import SAVED, money_by, needs, outcomes, savings, who_gains
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


# Who gains, who pays, and when.


def tell_gains(meeting: Meeting) -> Told:
    """What pooling changes for every agency, and when savings come."""
    plans = {} if meeting.answer is None else meeting.answer.plans
    aligned, pooled = plans["aligned"], plans["pooled"]
    sheets = who_gains(aligned, pooled, "from best aligned to best pooled")
    return Told(_gaining(sheets), list(_gained(sheets, pooled, plans.get("today"))))


def _gaining(sheets: list[Sheet]) -> str:
    """How many gain and lose. No agency is named: the figures may be illustrations."""
    saves = sheets[0].figures[SAVED] if sheets else pd.Series(dtype=float)
    more, less = int((saves >= _SMALLEST).sum()), int((saves <= -_SMALLEST).sum())
    if not more and not less:
        return "In the model, pooling changes no agency’s savings"
    parts = [
        f"{way} the savings of {count} {'agency' if count == 1 else 'agencies'}"
        for way, count in (("raises", more), ("lowers", less))
        if count
    ]
    total = float(saves.sum()) * MILLION
    rest = f"they {'rise' if total > 0 else 'fall'} by {money(abs(total))} in all"
    return f"In the model, pooling {' and '.join(parts)}; {rest}"


def _gained(sheets: list[Sheet], pooled: Plan, today: Plan | None) -> Iterator[Block]:
    yield TextBlock(
        "One agency often pays so that another saves. Savings come later than the money that "
        "brings them about, and only the cashable part is money; of that, only what leaves a "
        "budget can be taken out of one.",
        "lead",
    )
    chart = savings_by_agency_and_year(pooled, today) if can_draw() else None
    if chart is not None:
        yield Picture(chart)
    for sheet in sheets:
        told = replace(sheet, figures=_of_note(sheet.figures))
        yield TableBlock(sheet_grid(told, "gains", "agency"))
    for number, each in enumerate(savings({"best pooled": pooled})):
        yield TableBlock(sheet_grid(each, f"savings-{number}", "agency"))


def _of_note(table: pd.DataFrame) -> pd.DataFrame:
    """Agencies for whom something changes, the others as one row."""
    return with_others(table, table.abs().max(axis=1) >= _SMALLEST)


GAINS = Screen("gains", "Who gains, and when", tell_gains, needs=("aligned", "pooled"))
