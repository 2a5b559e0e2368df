"""Why this much: a service explained by solving again."""

from __future__ import annotations

from placebudget.apps.blocks import Block, Heading, Items, Question, TextBlock, Told
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.place.names import Names
from placebudget.plan import Plan
from placebudget.words import money, sentence

EXPLAINED = 3


def tell(meeting: Meeting) -> Told:
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
    return Told(_title(called, change), blocks)


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


def _title(called: dict[str, str], change: list[tuple[str, float]]) -> str:
    if not change:
        return "In the model, no service gets more or less than today"
    key, pounds = change[0]
    way = "more" if pounds > 0 else "less"
    return f"In the model, {called[key]} changes most: {money(abs(pounds))} {way} than today"


SCREEN = Screen("why", "Why this much", tell, needs=("today", "pooled"))
