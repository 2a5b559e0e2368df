"""What a plan must admit; by solving again, why a service gets this much and what rules cost."""

from __future__ import annotations

from collections.abc import Iterator

from placebudget.apps.blocks import (
    Block,
    Heading,
    Items,
    More,
    Question,
    TableBlock,
    TextBlock,
    Told,
    bars,
)
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.place.names import Names
from placebudget.plan import Plan, PlanFindings
from placebudget.plan.explain.price_words import gain_words
from placebudget.texts import listed
from placebudget.view import dearest_rules
from placebudget.view.plan_facts import dearest_sentences, not_kept
from placebudget.view.prices import dearest_of_money, limit_name
from placebudget.view.sheet import text_grid
from placebudget.words import in_pounds, in_unit, money, sentence

# What must be admitted: who is not served, what gets worse, what a rule ends.

_MOST_OF_A_KIND = 3
_KINDS_NAMED = 2


def tell_admits(meeting: Meeting) -> Told:
    """What must be known before relying on the best pooled plan, the worst first."""
    answer = meeting.answer
    if answer is None:  # the screen needs plans, so that there is one
        raise LookupError("the plans are not there")
    today, aligned = (answer.plans[name] for name in ("today", "aligned"))
    found = answer.plans["pooled"].findings(today, before=aligned, place=answer.place)
    return Told(_admitting(found), list(_admitted(found)))


def _admitting(found: PlanFindings) -> str:
    kinds = [f"{title[:1].lower()}{title[1:]}" for title in found.by_kind]
    if not kinds:
        return "In the model, nothing was found that the best pooled plan must admit"
    return f"In the model, the best pooled plan must admit {listed(kinds, most=_KINDS_NAMED)}"


def _admitted(found: PlanFindings) -> Iterator[Block]:
    yield TextBlock(
        "Who is not served, what gets worse against today, which rule ends a change, and what the "
        "value rests on; the worst first. It is no judgement of the plan.",
        "lead",
    )
    for title, texts in found.by_kind.items():
        yield Heading(title)
        yield Items(texts[:_MOST_OF_A_KIND])
        if rest := texts[_MOST_OF_A_KIND:]:
            yield More(f"{len(rest)} more of this kind", [Items(rest)])


ADMITS = Screen("admits", "What it must admit", tell_admits, needs=("today", "aligned", "pooled"))


# Why this much.

EXPLAINED = 3


def tell_why(meeting: Meeting) -> Told:
    """The service asked about, and those whose money changes most."""
    place, plans = meeting.place, {} if meeting.answer is None else meeting.answer.plans
    today, pooled = plans["today"], plans["pooled"]
    change = changes(today, pooled)
    spoken_names = Names(place)
    called = {key: spoken_names.of("service", key) for key in map(str, place.services["service"])}
    keys = [key for key, _ in change[:EXPLAINED]]
    asked = meeting.asked if meeting.asked in called else ""
    told = [asked] if asked else keys
    moves = dict(change)
    blocks: list[Block] = [
        TextBlock(
            "Every sentence here was found by solving the model again with a little more or a "
            "little less money for the service.",
            "note",
        ),
        Question("explain", "Ask about a service", "Explain", _choices(called, moves), asked),
    ]
    for key in told:
        explained = pooled.explain(key, place=place)
        name = sentence(called[key])
        blocks.append(Heading(f"{name}: {_against(moves.get(key, 0.0))}"))
        blocks.append(Items(explained.sentences))
    return Told(_most_changed(called, change), blocks)


def changes(today: Plan, pooled: Plan) -> list[tuple[str, float]]:
    """Services by how much their money changes, most first, in pounds."""
    before, after = (
        plan.money("service").set_index("service")["amount"] for plan in (today, pooled)
    )
    change = after.sub(before, fill_value=0.0)
    order = change.abs().sort_values(ascending=False, kind="stable").index
    return [(str(key), float(change[key])) for key in order if abs(change[key]) >= 0.5]


def _choices(called: dict[str, str], moves: dict[str, float]) -> list[tuple[str, str]]:
    ordered = sorted(called, key=lambda key: (called[key].lower(), key))
    return [(key, f"{called[key]} ({_against(moves.get(key, 0.0))})") for key in ordered]


def _against(change: float) -> str:
    return "as today" if abs(change) < 0.5 else f"{money(change, signed=True)} against today"


def _most_changed(called: dict[str, str], change: list[tuple[str, float]]) -> str:
    if not change:
        return "In the model, no service gets more or less than today"
    key, pounds = change[0]
    way = "more" if pounds > 0 else "less"
    return f"In the model, {called[key]} changes most: {money(abs(pounds))} {way} than today"


WHY = Screen("why", "Why this much", tell_why, needs=("today", "pooled"))


# What each rule costs: prices of limits, the dearest first.

_MOST = 8


def tell_costs(meeting: Meeting) -> Told:
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


COSTS = Screen("rules", "What each rule costs", tell_costs, needs=("pooled",))
