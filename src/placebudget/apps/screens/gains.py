"""Who gains, who pays, and when."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from placebudget.apps.blocks import Block, Picture, Table, Told, Words
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen, with_others
from placebudget.plan import Plan
from placebudget.view.charts import can_draw, savings_by_agency_and_year
from placebudget.view.grid import sheet_grid
from placebudget.view.sheet import MILLION, Sheet
from placebudget.view.tables import exchequer_note, named, savings
from placebudget.words import spoken

_LEAST = 50_000.0  # pounds: what a table in £ million with one decimal shows
_MEASURES = {
    "pays": ("money", "amount"),
    "saves": ("savings", "fiscal"),
    "of which cashable": ("savings", "cashable"),
}


def tell(meeting: Meeting) -> Told:
    """What pooling changes for every agency, and when savings come."""
    plans = {} if meeting.answer is None else meeting.answer.plans
    siloed, pooled = plans["siloed"], plans["pooled"]
    table = _gains(siloed, pooled)
    return Told(_title(table), list(_blocks(table, siloed, pooled)))


def _gains(siloed: Plan, pooled: Plan) -> pd.DataFrame:
    """Change from best siloed to best pooled, by agency, in pounds."""
    columns = {}
    for name, (kind, measure) in _MEASURES.items():
        before, after = (
            getattr(plan, kind)("agency").set_index("agency")[measure] for plan in (siloed, pooled)
        )
        columns[name] = after.sub(before, fill_value=0.0)
    table = pd.DataFrame(columns).fillna(0.0)
    return table.sort_values("saves", ascending=False, kind="stable")


def _title(table: pd.DataFrame) -> str:
    """How many gain and lose. No agency is named: the figures may be illustrations."""
    more, less = int((table["saves"] >= _LEAST).sum()), int((table["saves"] <= -_LEAST).sum())
    if not more and not less:
        return "In the model, pooling changes no agency’s savings"
    parts = [
        f"{way} the savings of {count} {'agency' if count == 1 else 'agencies'}"
        for way, count in (("raises", more), ("lowers", less))
        if count
    ]
    total = float(table["saves"].sum())
    rest = f"they {'rise' if total > 0 else 'fall'} by {spoken(abs(total))} in all"
    return f"In the model, pooling {' and '.join(parts)}; {rest}"


def _blocks(table: pd.DataFrame, siloed: Plan, pooled: Plan) -> Iterator[Block]:
    plans = {"Best siloed": siloed, "Best pooled": pooled}
    base = pooled.place["price_base"]
    yield Words(
        "One agency often pays so that another saves. Savings come later than the money that "
        "brings them about, and only the cashable part can be taken out of a budget.",
        "lead",
    )
    chart = savings_by_agency_and_year(pooled) if can_draw() else None
    if chart is not None:
        yield Picture(chart)
    if len(table):
        note = (
            f"Money is cash; savings are in {base} prices, not discounted. The cashable part is "
            f"part of savings.{exchequer_note(plans, table.index)}"
        )
        sheet = Sheet(
            "What changes from best siloed to best pooled, all years",
            "£ million",
            _of_note(named(table / MILLION, plans, "agency")),
            adds_up="down",
            note=note,
        )
        yield Table(sheet_grid(sheet, "gains", "agency"))
    for number, each in enumerate(savings({"best pooled": pooled})):
        yield Table(sheet_grid(each, f"savings-{number}", "agency"))


def _of_note(table: pd.DataFrame) -> pd.DataFrame:
    """Agencies for whom something changes, the others as one row."""
    return with_others(table, table.abs().max(axis=1) >= _LEAST / MILLION)


SCREEN = Screen("gains", "Who gains, and when", tell, needs=("siloed", "pooled"))
