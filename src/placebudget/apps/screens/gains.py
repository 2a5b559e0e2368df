"""Who gains, who pays, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from placebudget.apps.blocks import Block, Picture, TableBlock, TextBlock, Told
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.pictures import can_draw
from placebudget.plan import Plan
from placebudget.view.charts import savings_by_agency_and_year
from placebudget.view.sheet import MILLION, Sheet, sheet_grid
from placebudget.view.studies.common import with_others
from placebudget.view.tables import SAVED, savings, who_gains
from placebudget.words import money

_LEAST = 0.05  # £ million: what a table with one decimal shows


def tell(meeting: Meeting) -> Told:
    """What pooling changes for every agency, and when savings come."""
    plans = {} if meeting.answer is None else meeting.answer.plans
    aligned, pooled = plans["aligned"], plans["pooled"]
    sheets = who_gains(aligned, pooled, "from best aligned to best pooled")
    return Told(_title(sheets), list(_blocks(sheets, pooled, plans.get("today"))))


def _title(sheets: list[Sheet]) -> str:
    """How many gain and lose. No agency is named: the figures may be illustrations."""
    saves = sheets[0].figures[SAVED] if sheets else pd.Series(dtype=float)
    more, less = int((saves >= _LEAST).sum()), int((saves <= -_LEAST).sum())
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


def _blocks(sheets: list[Sheet], pooled: Plan, today: Plan | None) -> Iterator[Block]:
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
    return with_others(table, table.abs().max(axis=1) >= _LEAST)


SCREEN = Screen("gains", "Who gains, and when", tell, needs=("aligned", "pooled"))
