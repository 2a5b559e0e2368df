"""Together or apart: today, siloed, best aligned, best pooled, best freed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from placebudget.apps.blocks import Block, Heading, Items, TableBlock, TextBlock, Told, bars
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.plan.need import meet_alike, unmet_change
from placebudget.programme import SILOED
from placebudget.study import MEANINGS, STEPS, TITLES, Potential
from placebudget.view.in_short import brings, doubt_of, gives_up
from placebudget.view.sheet import sheet_grid
from placebudget.view.tables import public_value
from placebudget.words import money, percent, sentence

_STEPS = {
    ("today", "siloed"): "each agency plans its own money for itself",
    ("siloed", "aligned"): "the same purses, planned towards one goal",
    ("today", "aligned"): "separate purses, planned towards one goal",
    ("aligned", "pooled"): "within the limits of the pools and with ring-fences kept",
    ("pooled", "freed"): "one pool, no limits and no ring-fences (a benchmark only)",
}


def tell(meeting: Meeting) -> Told:
    """What each step from today to pooling gains in the model."""
    answer = meeting.answer
    found = answer.potential() if answer is not None else None
    if found is None:  # the screen needs all plans, so that there is one
        raise LookupError("the plans are not there")
    why = answer.missing.get(SILOED, "") if answer is not None else ""
    lacking = [TextBlock(f"There is no siloed plan. {why}", "warning")] if why else []
    return Told(headline(found), [*lacking, *_blocks(found)])


def headline(found: Potential) -> str:
    """What pooling is worth beside acting in step, and whether that is sure."""
    apart, together = (found.plans[name] for name in ("aligned", "pooled"))
    if not meet_alike(apart, together):
        return f"In the model, with pools {unmet_change(apart, together)}"
    before, after = apart.public_value(), together.public_value()
    gain = after - before
    base = "acting in step with separate purses, for the same money"
    if abs(gain) < 0.5:
        return f"In the model, pooling gains nothing over {base}"
    share = f" ({percent(abs(gain) / before)})" if before > 0 else ""
    way = "more" if gain > 0 else "less"
    doubt = doubt_of(found, "aligned", "pooled")
    doubt = f", which is {doubt}" if doubt else ""
    return f"In the model, pooling is worth {money(abs(gain))} {way}{share} than {base}{doubt}"


def _blocks(found: Potential) -> list[Block]:
    value = {name: plan.public_value() for name, plan in found.plans.items()}
    steps = list(itertools.pairwise(found.plans))
    rows = [
        (
            _step(*ends) + (f" ({doubt})" if (doubt := doubt_of(found, *ends)) else ""),
            money(value[ends[1]] - value[ends[0]], signed=True),
            value[ends[1]] - value[ends[0]],
        )
        for ends in steps
        if meet_alike(*(found.plans[each] for each in ends))
    ]
    worth = public_value(found.titled)
    return [
        *_lead(found),
        bars(
            "steps",
            "Modelled potential of each step, in public value",
            ("step", "gain"),
            rows,
            f"Public value: fiscal, economic and social value of all outcomes, in "
            f"{found.place.settings.price_base} prices, discounted. A modelled potential is a "
            f"difference between two plans; nobody has saved it.{_in_all(found)}",
        ),
        TableBlock(sheet_grid(worth, "plans", "part of the value")),
        Heading("How much of it is cash"),
        Items([found.sentence(*ends) for ends in steps]),
        Heading("What the plans are"),
        Items([f"{TITLES[name]}: {MEANINGS[name]}." for name in found.plans]),
    ]


def _lead(found: Potential) -> Iterator[Block]:
    """How the best pooled plan lies beside today, and what the plans are made for."""
    today, pooled = (found.plans[name] for name in ("today", "pooled"))
    if meet_alike(today, pooled):
        gain = pooled.public_value() - today.public_value()
        way = "more" if gain >= 0 else "less"
        said = f"is worth {money(abs(gain))} {way} of public value than today’s spending carried on"
        yield TextBlock(f"The best pooled plan {said}.", "lead")
    else:
        change = unmet_change(today, pooled)
        said = f"The best pooled plan beside today’s spending carried on: {change}."
        yield TextBlock(said, "lead")
        for lower in found.findings_of("pooled").of("value-below-today").sentences:
            yield TextBlock(lower, "warning")
    if found.planned_for:
        yield TextBlock(found.planned_for, "warning")
    else:
        yield Items(list(filter(None, (brings(found), gives_up(found)))))


def _in_all(found: Potential) -> str:
    """What the plans come to in all, where they meet need alike and so stand beside each other."""
    today, pooled = (found.plans[name] for name in ("today", "pooled"))
    if not meet_alike(today, pooled):
        return ""
    return (
        f" Measured from nothing done at all, the best pooled plan is worth "
        f"{money(pooled.public_value())}, today’s spending carried on "
        f"{money(today.public_value())}."
    )


def _step(start: str, end: str) -> str:
    """What a step is called, and what it means."""
    name, means = STEPS.get((start, end), ""), _STEPS[start, end]
    return sentence(f"{name}: {means}" if name else means)


SCREEN = Screen(
    "together", "Together or apart", tell, needs=tuple(name for name in TITLES if name != SILOED)
)
