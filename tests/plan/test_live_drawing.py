"""The quick drawing shows what the drawing of the checked plan shows, to some pence."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.drawing.live import LiveDrawing
from placebudget.plan.live import quick_plan
from proof import ALL
from small import small
from worked_place import worked

# Each ribbon is rounded by itself, a plan's tables so that every sum holds.
_PENCE = 20


def amounts(drawing: dict[str, Any]) -> dict[tuple[str, ...], list[int]]:
    """Pence of what is proposed by kind, layer and ends of a ribbon."""
    ids = [node["id"] for node in drawing["nodes"]]
    return {
        (link["kind"], link["layer"], ids[link["source"]], ids[link["target"]]): pence
        for link in drawing["links"]
        for pence in [link["pence"].get("proposed")]
        if pence and any(pence)
    }


def drawn_twice(place: Place, factor: float) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """A session with less money drawn quickly, and its checked plan drawn."""
    plans = {"proposed": pb.optimise(place, prices=False), "today": pb.simulate(place)}
    today = {"today": plans["today"]}
    live = pb.session(place)
    quick = LiveDrawing(live, plan_drawing(plans["proposed"], today), plans)
    live.scale_funding(factor)
    values = live.values()
    funding = place.funding
    funding.loc[funding["year"].isin(place.years), "amount"] *= factor
    changed = place.with_(funding=funding)
    return quick.drawn(values), plan_drawing(quick_plan(live, values, changed), today)


@cache
def example_twice(example: str, factor: float) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    return drawn_twice(pb.example(example), factor)


@pytest.mark.parametrize(
    ("example", "factor"),
    [
        ("toy_pooling", 1.0),
        ("toy_pooling", 0.99),
        ("northvale", 0.99),
        *([("northvale", 1.0)] if ALL else []),
    ],
)
def test_the_quick_drawing_has_the_amounts_of_the_checked_plan(example: str, factor: float) -> None:
    quick, checked = example_twice(example, factor)
    assert quick is not None
    mine, true = amounts(quick), amounts(checked)
    large = {key for key, pence in true.items() if max(map(abs, pence)) > _PENCE}
    assert large <= set(mine)
    for key, pence in mine.items():
        held = true.get(key, [0] * len(pence))
        assert pence == pytest.approx(held, abs=_PENCE), key


@pytest.mark.parametrize("changes", [{}, {"family_value": 3000.0}, {"family_today": 2e6}], ids=str)
def test_what_need_avoided_saves_is_drawn_as_in_the_checked_plan(changes: dict[str, float]) -> None:
    place = worked(appraisal_years=4, **changes)  # type: ignore[arg-type]
    quick, checked = drawn_twice(place, 1.0)
    assert quick is not None
    mine, true = amounts(quick), amounts(checked)
    assert ("cashable", "outcome", "outcome:fewer", "saver:nhs") in mine
    assert ("delivery", "outcome", "service:family", "outcome:fewer") in mine or changes
    for key in set(mine) | set(true):
        none = [0] * len(next(iter(true.values())))
        assert mine.get(key, none) == pytest.approx(true.get(key, none), abs=_PENCE), key


def test_what_is_borrowed_and_borne_is_drawn_as_in_the_checked_plan() -> None:
    """£1 million a year; half a million is borrowed for what is worth twice its cost."""
    loan = {"loan": "works", "stream": "works", "borne_by": "tax", "first_year": "2027-28"}
    loan |= {"most": 5e5, "rate": 0.05, "years": 10}
    place = small(
        {"tax": {"agency": "council", "amount": 1.0},
         "works": {"agency": "council", "amount": 0.2, "kind": "capital"}},
        {"homes": {"kind": "capital", "value": 2.0, "people": 9_000}},
        years=2, loans=[loan],
    )  # fmt: skip
    quick, checked = drawn_twice(place, 0.9)
    assert quick is not None
    mine, true = amounts(quick), amounts(checked)
    assert mine["loan", "", "extra:lenders", "stream:works"][0] == pytest.approx(5e7, abs=_PENCE)
    assert ("loan", "", "stream:tax", "extra:loans") in mine
    for key in set(mine) | set(true):
        none = [0] * len(next(iter(true.values())))
        assert mine.get(key, none) == pytest.approx(true.get(key, none), abs=_PENCE), key


def test_what_is_counted_of_outcomes_is_that_of_the_checked_plan() -> None:
    quick, checked = example_twice("northvale", 0.99)
    assert quick is not None
    true = {node["id"]: node["counted"] for node in checked["nodes"] if "counted" in node}
    mine = {node["id"]: node["counted"] for node in quick["nodes"] if "counted" in node}
    for key in set(true) & set(mine):
        assert mine[key]["proposed"] == pytest.approx(true[key]["proposed"], abs=0.01)
        assert mine[key]["today"] == true[key]["today"]


def test_money_that_reaches_what_was_not_drawn_is_left_to_the_checked_plan() -> None:
    """Homes are worth nothing until care, of which there is no more need, is full."""
    services = {"care": {"value": 2.0, "people": 8_000}, "homes": {"people": 8_000}}
    place = small({"tax": {"amount": 6.0}}, services)
    plans = {"proposed": pb.optimise(place, prices=False)}
    live = pb.session(place)
    quick = LiveDrawing(live, plan_drawing(plans["proposed"], plans), plans)
    assert quick.drawn(live.values()) is not None
    live.scale_funding(2.0)
    assert quick.drawn(live.values()) is None
