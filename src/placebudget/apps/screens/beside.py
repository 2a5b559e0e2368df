"""Choices that were kept, side by side: what they change, money, people, who loses, and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from placebudget.apps.answer import BoardAnswer
from placebudget.apps.blocks import Block, Heading, Items, Links, TableBlock, TextBlock, Told
from placebudget.apps.controls import controls
from placebudget.apps.links import link_of
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.place.names import Names
from placebudget.plan import Plan
from placebudget.plan.need import meet_alike
from placebudget.view.asks import SHOWN, changes
from placebudget.view.in_short import outcomes_moved
from placebudget.view.sheet import Grid, sheet_grid, text_grid
from placebudget.view.tables import outcomes, public_value
from placebudget.words import money, number, sentence
from placebudget.work import Changes
from placebudget.work.jobs import TODAY
from placebudget.work.said import sentences

_HOW = (
    "Choose something, recalculate, then press Keep beside. Up to four choices are kept, A to D, "
    "each with its best pooled plan; a fifth takes the place of the first."
)
_AS_IT_IS = "As in the papers"


def tell(meeting: Meeting) -> Told:
    """The choices that were kept; how to keep one where there is none."""
    kept = {name: each for name, each in meeting.kept.items() if each.pooled is not None}
    if not kept:
        return Told("No choice has been kept yet", [TextBlock(_HOW)])
    plans = {name: plan for name, each in kept.items() if (plan := each.pooled) is not None}
    today = next(iter(kept.values())).plans[TODAY]
    return Told(
        _finding(plans),
        [
            TableBlock(_changed(kept, meeting)),
            Heading("Money"),
            *_money(plans, today, Names(meeting.place)),
            TableBlock(sheet_grid(public_value(plans), "beside-value", "part of the value")),
            Heading("What changes for people"),
            TableBlock(
                sheet_grid(outcomes({"Today": today, **plans}), "beside-outcomes", "outcome")
            ),
            Heading("Who loses, beside today"),
            *_losers(plans, today),
            Heading("Rules, pools and ring-fences"),
            *_rules(kept, meeting),
            Heading("Open one of them again"),
            Links(
                [
                    (
                        f"#first~{link_of(each.changes, meeting.papers)}".rstrip("~"),
                        f"Choice {name}",
                        "",
                    )
                    for name, each in kept.items()
                ]
            ),
            TextBlock(_HOW, "note"),
        ],
    )


def _finding(plans: Mapping[str, Plan]) -> str:
    count = f"{number(len(plans))} {'choice' if len(plans) == 1 else 'choices'}"
    first, *others = plans.values()
    if not all(meet_alike(first, each) for each in others):
        return f"In the model the {count} leave different need unmet, so that none is worth more"
    worth = {name: plan.public_value() for name, plan in plans.items()}
    best = max(worth, key=lambda name: worth[name])
    said = f"{money(worth[best])} of public value"
    if len(plans) == 1:
        return f"In the model choice {best} is worth {said}"
    least = min(worth, key=lambda name: worth[name])
    if money(worth[best]) == money(worth[least]):
        return f"In the model the {count} come to the same, {said}"
    by = money(worth[best] - worth[least])
    return (
        f"In the model choice {best} is worth most of {count}, {said}; {least} is worth {by} less"
    )


def _changed(kept: Mapping[str, BoardAnswer], meeting: Meeting) -> Grid:
    rows = [
        (name, " ".join(sentences(each.changes, meeting.papers)) or f"{_AS_IT_IS}.")
        for name, each in kept.items()
    ]
    return text_grid("beside-changed", "What each choice changes", ["choice", "changed"], rows)


def _money(plans: Mapping[str, Plan], today: Plan, names: Names) -> Iterator[Block]:
    """Services whose money changes against today, the largest change first."""
    moved = {name: changes(today, plan) for name, plan in plans.items()}
    every = {key for each in moved.values() for key in each[each.abs() >= SHOWN].index}
    most = {key: max(abs(each.get(key, 0.0)) for each in moved.values()) for key in every}
    rows = [
        (
            sentence(names.of("service", str(key))),
            *(money(each.get(key, 0.0), signed=True) for each in moved.values()),
        )
        for key in sorted(every, key=lambda key: (-most[key], str(key)))
    ]
    if rows:
        grid = text_grid(
            "beside-services", "Money of services against today, all years, cash",
            ["service", *plans], rows,
        )  # fmt: skip
        yield TableBlock(replace(grid, numeric=True))


def _losers(plans: Mapping[str, Plan], today: Plan) -> Iterator[Block]:
    """What there is less of than today."""
    for name, plan in plans.items():
        _, less = outcomes_moved(today, plan)
        yield TextBlock(f"Choice {name}: {'less of' if less else 'no outcome gets less.'}")
        if less:
            yield Items(less)


def _rules(kept: Mapping[str, BoardAnswer], meeting: Meeting) -> Iterator[Block]:
    """What is asked, open or kept in one of them and not, or otherwise, in another."""
    asked = [_standing(controls(meeting.papers, each.changes)) for each in kept.values()]
    papers = _standing(controls(meeting.papers, Changes()))
    rows = [
        (name, value, *(each.get(name, "") for each in asked))
        for name, value in papers.items()
        if any(each.get(name) != value for each in asked)
    ]
    if not rows:
        yield TextBlock("They are those of the papers in each of them.")
        return
    head = ["rule", "papers", *kept]
    yield TableBlock(text_grid("beside-rules", "What differs from the papers", head, rows))


def _standing(found: Mapping[str, Any]) -> dict[str, str]:
    """How rules, pools and ring-fences stand, by name."""
    switches = (
        ("open", "Pool {}", ("closed", "open")),
        ("pools", "{} pools money", ("no", "yes")),
        ("fences", "Ring-fence of {}", ("ended", "kept")),
    )
    switched = {
        words.format(each["name"]): ways[bool(each["on"])]
        for part, words, ways in switches
        for each in found[part]
    }
    asked = {
        sentence(each["name"]): f"{each['value']} {each['unit']}"
        for part in ("floors", "limits")
        for each in found[part]
    }
    return {**switched, **asked}


SCREEN = Screen("beside", "Choices side by side", tell, needs=("pooled", "today"))
