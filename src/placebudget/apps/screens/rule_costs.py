"""What each rule costs: prices of limits, the dearest first."""

from __future__ import annotations

from collections.abc import Iterator

from placebudget.apps.blocks import Block, Heading, Items, Picture, Table, Told, Words
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.plan import Plan
from placebudget.view import dearest_rules
from placebudget.view.charts import can_draw, dearest_limits
from placebudget.view.grid import text_grid
from placebudget.view.plan_facts import dearest_sentences, not_kept
from placebudget.words import spoken

_MOST = 8


def tell(meeting: Meeting) -> Told:
    """What relaxing each limit by one step would gain in the best pooled plan."""
    plans = {} if meeting.answer is None else meeting.answer.plans
    pooled, today = plans["pooled"], plans.get("today")
    return Told(_title(pooled), list(_blocks(pooled, today)))


def _title(plan: Plan) -> str:
    prices = plan.prices()
    prices = prices[(prices["relaxing"] > 0) & (prices["unit"] == "£1 million")]
    if prices.empty:
        return "In the model, no rule stands in the way of more public value"
    first = prices.sort_values("relaxing", ascending=False, kind="stable").iloc[0]
    kind, name = (str(first[column]).replace("_", " ") for column in ("kind", "name"))
    return (
        f"In the model, the dearest limit is {kind}: {name}; £1 million of leeway would gain "
        f"{spoken(float(first['relaxing']))}"
    )


def _blocks(pooled: Plan, today: Plan | None) -> Iterator[Block]:
    yield Words(
        "A price says what one more step would gain, all else equal. It is no advice to change a "
        "rule: where the basis is law, it says what the duty costs.",
        "lead",
    )
    chart = dearest_limits(pooled) if can_draw() else None
    if chart is not None:
        yield Picture(chart)
    sentences = dearest_sentences(pooled)
    if sentences:
        yield Heading("In words")
        yield Items(sentences[:_MOST], ordered=True)
    rules = dearest_rules(pooled)
    if len(rules):
        head = ["limit", "year", "basis", "step", "gain if relaxed", "up to", "loss if tightened"]
        rows = rules.itertuples(index=False)
        yield Table(text_grid("prices", "What the dearest limits cost", head, rows))
    broken = [] if today is None else not_kept(today)
    if broken:
        yield Heading("What today’s spending does not keep")
        yield Items(broken)


SCREEN = Screen("rules", "What each rule costs", tell, needs=("pooled",))
