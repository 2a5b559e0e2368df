"""Boards and desks change the same things, and the same change is the same option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import placebudget as pb
from placebudget.apps.controls import controls, read_choices
from placebudget.place.options.document import option_text
from placebudget.widgets.desk import PlaceDesk
from placebudget.work import Changes
from placebudget.work.asking import InvalidChoice
from placebudget.work.changes import AGENCY, AMOUNT, FENCE, FUNDING, POOL
from placebudget.work.said import OBJECTIVES, changeable
from shared_place import shared

PATIENCE = 120
SAME = [
    ("switches", "pool:joint", False, {"closed": ["joint"]}),
    ("switches", "agency:nhs", False, {"alone": ["nhs"]}),
    ("switches", "fence:grant", False, {"unfenced": ["grant"]}),
    ("amounts", "funding:tax:2028-29", 8.0, {"funding": {"tax:2028-29": "8"}}),
    ("amounts", "amount:duty", 4.5, {"amounts": {"duty": "4.5"}}),
    ("head", "objective", "net public value", {"objective": "net public value"}),
]


@pytest.fixture
def desk() -> Iterator[PlaceDesk]:
    made = pb.desk(shared())
    assert made.wait(PATIENCE)
    yield made
    made.close()


@pytest.mark.parametrize(("form", "key", "value", "sent"), SAME, ids=[row[1] for row in SAME])
def test_the_same_change_at_a_desk_and_at_a_board_is_the_same_option(
    desk: PlaceDesk, form: str, key: str, value: Any, sent: Mapping[str, Any]
) -> None:
    widget = getattr(desk, form)
    widget.set_state({"values": {**widget.values, key: value}})
    changes = read_choices(shared(), sent, Changes())
    assert changes == desk.changes != Changes()
    one, other = changes.option("same", shared()), desk.option("same")
    assert option_text(one) == option_text(other)
    assert desk.wait(PATIENCE)


def of_desk(desk: PlaceDesk) -> set[str]:
    """All controls of a desk, each stream and each rule chosen once."""
    found = set(desk.switches.values)
    for chosen in ("stream", "rule"):
        control = desk.amounts._controls[chosen]
        for key, _ in control.choices:
            desk.amounts.set_state({"values": {**desk.amounts.values, chosen: key}})
            found |= set(desk.amounts.values) - {"stream", "rule"}
    return found


def of_board(place: pb.Place) -> set[str]:
    """All controls of a board."""
    found = controls(place, Changes())
    parts = {POOL: ("open",), AGENCY: ("pools",), FENCE: ("fences",), AMOUNT: ("floors", "limits")}
    rest = {f"{FUNDING}{each['key']}:{y}" for each in found["funding"] for y, *_ in each["years"]}
    return rest | {
        f"{kind}{each['key']}" for kind, names in parts.items() for n in names for each in found[n]
    }


@pytest.mark.parametrize("name", ["shared", "northvale"])
def test_boards_and_desks_change_the_same_things(name: str) -> None:
    place = shared() if name == "shared" else pb.example(name)
    desk = pb.desk(place)
    desk.stop()
    there = {f"{kind}{key}" for kind, keys in changeable(place).items() for key in keys}
    assert of_desk(desk) == of_board(place) == there
    at_board = tuple(each["key"] for each in controls(place, Changes())["objectives"])
    at_desk = tuple(key for key, _ in desk.head._controls["objective"].choices)
    assert at_desk == at_board == OBJECTIVES
    desk.close()


def test_figures_of_streams_that_cannot_be_meant_are_refused_at_their_boxes() -> None:
    given = {"funding": {"tax:2028-29": "-1", "core:2027-28": "19,5"}, "objective": "glory"}
    with pytest.raises(InvalidChoice) as refused:
        read_choices(shared(), given, Changes())
    assert [where for where, _ in refused.value.problems] == [
        "funding-tax:2028-29", "funding-core:2027-28", "objective",
    ]  # fmt: skip
    assert "Council tax in 2028-29: enter £ million" in str(refused.value)


def test_what_a_box_of_money_was_not_touched_for_stays_asked() -> None:
    before = read_choices(shared(), {"funding": {"tax:2028-29": "8"}}, Changes())
    after = read_choices(shared(), {"funding": {"core:2027-28": "9"}}, before)
    assert after.controls == ("funding:core:2027-28", "funding:tax:2028-29")
    back = read_choices(shared(), {"funding": {"tax:2028-29": "10"}}, after)
    assert back.controls == ("funding:core:2027-28",)
