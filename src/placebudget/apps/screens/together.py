"""Together or apart: today, siloed, best aligned, best pooled, best freed."""

from __future__ import annotations

import itertools

from placebudget.apps.blocks import Block, Heading, Items, TableBlock, TextBlock, Told, bars
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.plan.need_words import meet_alike, unmet_change
from placebudget.programme import SILOED
from placebudget.study import TITLES, Potential
from placebudget.view.grid import sheet_grid
from placebudget.view.tables import public_value
from placebudget.words import money, percent

_STEPS = (
    ("today", "siloed", "Better use at home: each agency plans its own money for itself"),
    ("siloed", "aligned", "Act in step: the same purses, planned towards one goal"),
    ("today", "aligned", "Plan separate purses towards one goal"),
    ("aligned", "pooled", "Then pool it, within the limits of the pools and with ring-fences kept"),
    ("pooled", "freed", "Then free it: one pool, no limits and no ring-fences (a benchmark only)"),
)
_MEANINGS = {
    "today": "Today: today’s spending carried on with the funding of its streams, through the same "
    "model.",
    "siloed": "Siloed: each agency plans its own money for itself, until none gains by moving "
    "alone. What that gains over today is no gain of working together.",
    "aligned": "Best aligned: the best use of the money towards one goal, every agency paying from "
    "its own purse; of pools only what they pay today for another agency’s services.",
    "pooled": "Best pooled: the best use with the pools of these papers, their limits and the "
    "ring-fences kept.",
    "freed": "Best freed: one pool without limits, management cost or ring-fences. A benchmark to "
    "measure by, not a proposal.",
}


def tell(meeting: Meeting) -> Told:
    """What each step from today to pooling gains in the model."""
    answer = meeting.answer
    found = answer.potential() if answer is not None else None
    if found is None:  # the screen needs all plans, so that there is one
        raise LookupError("the plans are not there")
    why = answer.missing.get(SILOED, "") if answer is not None else ""
    lacking = [TextBlock(f"There is no siloed plan. {why}", "warning")] if why else []
    return Told(_title(found), [*lacking, *_blocks(found)])


def _title(found: Potential) -> str:
    apart, together = (found.plans[name] for name in ("aligned", "pooled"))
    if not meet_alike(apart, together):
        return f"In the model, with pools {unmet_change(apart, together)}"
    before, after = apart.public_value(), together.public_value()
    gain = after - before
    base = "acting in step with separate purses, for the same money"
    if abs(gain) < 500:
        return f"In the model, pooling gains nothing over {base}"
    share = f" ({percent(abs(gain) / before)})" if before > 0 else ""
    way = "more" if gain > 0 else "less"
    return f"In the model, pooling is worth {money(abs(gain))} {way}{share} than {base}"


def _blocks(found: Potential) -> list[Block]:
    value = {name: plan.public_value() for name, plan in found.plans.items()}
    one_by_one = set(itertools.pairwise(found.plans))
    steps = [step for step in _STEPS if step[:2] in one_by_one]
    rows = [
        (words, money(value[end] - value[start], signed=True), value[end] - value[start])
        for start, end, words in steps
        if meet_alike(found.plans[start], found.plans[end])
    ]
    worth = public_value(found.titled)
    return [
        TextBlock(
            f"The best pooled plan is worth {money(value['pooled'])} of public value; today’s "
            f"spending, carried on, {money(value['today'])}.",
            "lead",
        ),
        bars(
            "steps",
            "Modelled potential of each step, in public value",
            ("step", "gain"),
            rows,
            f"Public value: fiscal, economic and social value of all outcomes, in "
            f"{found.place.settings.price_base} prices, discounted. A modelled potential is a "
            "difference between two plans; nobody has saved it.",
        ),
        TableBlock(sheet_grid(worth, "plans", "part of the value")),
        Heading("How much of it is cash"),
        Items([found.sentence(start, end) for start, end, _ in steps]),
        Heading("What the plans are"),
        Items([_MEANINGS[name] for name in found.plans]),
    ]


SCREEN = Screen(
    "together", "Together or apart", tell, needs=tuple(name for name in TITLES if name != SILOED)
)
