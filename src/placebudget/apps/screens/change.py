"""Where the money goes, now and proposed."""

from __future__ import annotations

from collections.abc import Iterator

from placebudget.apps.blocks import Block, Drawing, Heading, Picture, Table, Told, Words
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.plan import Plan
from placebudget.view.charts import can_draw, money_now_and_proposed
from placebudget.view.grid import sheet_grid
from placebudget.view.sheet import Sheet
from placebudget.view.tables import money_by, outcomes
from placebudget.words import spoken

_COLUMNS = ("Today", "Proposed")


def tell(meeting: Meeting) -> Told:
    """Money by purpose and agency, today beside the best pooled plan."""
    plans = _plans(meeting)
    sheet = money_by(plans, "purpose")
    return Told(_title(sheet), list(_blocks(plans, sheet)))


def _plans(meeting: Meeting) -> dict[str, Plan]:
    found = {} if meeting.answer is None else meeting.answer.plans
    return {"Today": found["today"], "Proposed": found["pooled"]}


def _title(sheet: Sheet) -> str:
    change = 1e6 * (sheet.figures["Proposed"] - sheet.figures["Today"])
    moved = float(change[change > 0].sum())
    if moved < 50_000:
        return "In the model, the best pooled plan leaves the money where it is today"
    most = change.idxmax()
    text = f"In the model, {spoken(moved)} would go to other purposes than today"
    return f"{text}; most to {most} (+{spoken(float(change[most]))})"


def _blocks(plans: dict[str, Plan], sheet: Sheet) -> Iterator[Block]:
    yield Words(
        "Proposed is the best pooled plan: the one with most public value that keeps every rule "
        "and every ring-fence. It is a calculation, not a decision.",
        "lead",
    )
    chart = money_now_and_proposed(plans["Today"], plans["Proposed"]) if can_draw() else None
    if chart is not None:
        yield Picture(chart)
    yield Table(sheet_grid(_with_change(sheet), "by-purpose", "purpose"))
    yield Table(sheet_grid(_with_change(money_by(plans, "agency")), "by-agency", "agency"))
    yield Heading("What changes for people")
    yield Table(sheet_grid(outcomes(plans), "outcomes", "outcome"))
    yield Heading("Follow the money from who pays to who gains")
    yield Drawing()


def _with_change(sheet: Sheet) -> Sheet:
    """The sheet with the difference as a column; both add up down the rows."""
    figures = sheet.figures.assign(Change=lambda f: f[_COLUMNS[1]] - f[_COLUMNS[0]])
    return Sheet(sheet.title, sheet.unit, figures, adds_up="down", note="Cash of each year.")


SCREEN = Screen("change", "Where the money goes", tell, needs=("today", "pooled"))
