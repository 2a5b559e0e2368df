"""What each rule costs: prices of limits, the dearest first."""

from __future__ import annotations

from collections.abc import Iterator

from placebudget.apps.blocks import Block, Heading, Items, More, TableBlock, TextBlock, Told, bars
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.plan import Plan
from placebudget.plan.explain.price_words import gain_words
from placebudget.view import dearest_rules
from placebudget.view.plan_facts import dearest_sentences, not_kept
from placebudget.view.prices import dearest_of_money, limit_name
from placebudget.view.sheet import text_grid
from placebudget.words import in_pounds, in_unit

_MOST = 8


def tell(meeting: Meeting) -> Told:
    """What relaxing each limit by one step would gain in the best pooled plan."""
    plans = {} if meeting.answer is None else meeting.answer.plans
    pooled, today = plans["pooled"], plans.get("today")
    return Told(_title(pooled), list(_blocks(pooled, today)))


def _least(plan: Plan) -> float:
    """Less than this would stand there as £0."""
    return 0.5 if in_pounds(plan.objective.unit) else 0.0


def _title(plan: Plan) -> str:
    prices = dearest_of_money(plan, _least(plan))
    if prices.empty:
        return f"In the model, no rule stands in the way of more {plan.objective.name}"
    said = gain_words(prices.iloc[0], plan.objective)
    return f"In the model, {said[:1].lower()}{said[1:]}"


def _blocks(pooled: Plan, today: Plan | None) -> Iterator[Block]:
    yield TextBlock(
        "A price says what one more step would gain, all else equal. It is no advice to change a "
        "rule: where the basis is law, it says what the duty costs.",
        "lead",
    )
    prices = dearest_of_money(pooled, _least(pooled)).head(_MOST)
    if len(prices):
        unit = pooled.objective.unit
        rows = [
            (f"{limit_name(row)}, {row['year']} ({row['basis']})", in_unit(gain, unit), gain)
            for row, gain in zip(prices.to_dict("records"), prices["relaxing"], strict=True)
        ]
        note = (
            f"Gain in {pooled.objective.name} if the limit gave way by £1 million, or by all there "
            "is of it, in the year in which it is dearest. In brackets: what the limit rests on."
        )
        caption = "What £1 million of leeway would gain"
        yield bars("leeway", caption, ("limit", "gain"), rows, note)
    sentences = dearest_sentences(pooled)
    if sentences:
        yield More("The same in sentences, and how far it holds", [Items(sentences, ordered=True)])
    rules = dearest_rules(pooled)
    if len(rules):
        head = [
            *("limit", "year", "basis", "step"),
            *("gain if relaxed by a step", "gain at first", "that holds up to"),
            "loss if tightened by a step",
        ]
        rows_of_texts = rules.itertuples(index=False)
        note = "Where it is dearest. Limits that cost nothing are left out."
        yield TableBlock(
            text_grid("prices", "What the dearest limits cost", head, rows_of_texts, note)
        )
    broken = [] if today is None else not_kept(today)
    if broken:
        yield Heading("What today’s spending does not keep")
        yield Items(broken)


SCREEN = Screen("rules", "What each rule costs", tell, needs=("pooled",))
