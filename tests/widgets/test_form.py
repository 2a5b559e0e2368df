"""Forms hear what their controls may hold, and refuse the rest in words."""

from __future__ import annotations

from typing import Any

import pytest

from placebudget.widgets.form import Form
from placebudget.work.controls import Control, ControlGroup


@pytest.fixture
def form() -> Form:
    controls = [
        Control("open", "switch", "Pool is open", True),
        Control("amount", "amount", "Amount", 5.0, least=2.0, most=10.0, low=2.0, high=10.0),
        Control("what", "choice", "What", "a", choices=[("a", "first"), ("b", "second")]),
        Control("name", "text", "Name", ""),
        Control("law", "switch", "Duty is kept", True, disabled=True),
        Control("go", "button", "Go"),
        Control("never", "button", "Never", disabled=True),
        Control("said", "words", "Words."),
    ]
    return Form("A form", [ControlGroup("All", controls)])


def heard(form: Form) -> list[tuple[str, Any]]:
    told: list[tuple[str, Any]] = []
    form.on_change(lambda key, value: told.append((key, value)))
    return told


FITTING = [("open", False), ("amount", 2), ("amount", 10.0), ("what", "b"), ("name", "plan B")]


@pytest.mark.parametrize(("key", "value"), FITTING)
def test_what_a_control_may_hold_is_taken_and_told(form: Form, key: str, value: Any) -> None:
    told = heard(form)
    form.set_state({"values": {**form.values, key: value}})
    assert form.values[key] == value
    assert told == [(key, value)]


MISFITS = [
    ("open", "yes"),
    ("amount", 1.99),
    ("amount", 10.5),
    ("amount", float("nan")),
    ("amount", float("inf")),
    ("amount", "5"),
    ("amount", True),
    ("amount", None),
    ("what", "c"),
    ("what", ["a"]),
    ("name", "x" * 201),
    ("name", 7),
    ("law", False),
]


@pytest.mark.parametrize(("key", "value"), MISFITS)
def test_what_a_control_may_not_hold_changes_nothing(form: Form, key: str, value: Any) -> None:
    told, before = heard(form), dict(form.values)
    form.set_state({"values": {**form.values, key: value}})
    assert form.values == before
    assert told == []
    assert form.said.startswith("This was refused: ")


@pytest.mark.parametrize("values", [None, 3, "values", [["open", False]], {"unknown": 1}, {}])
def test_a_message_of_another_shape_changes_nothing(form: Form, values: Any) -> None:
    told, before = heard(form), dict(form.values)
    form.set_state({"values": values})
    assert form.values == before
    assert told == []


def test_the_page_cannot_change_what_the_form_is(form: Form) -> None:
    shown = form.form
    form.set_state({"form": {"label": "x", "groups": []}, "said": "hacked", "_esm": "alert(1)"})
    assert form.form == shown
    assert form.said == ""
    assert "alert(1)" not in str(form._esm)


@pytest.mark.parametrize(
    "content", [{"press": "never"}, {"press": "open"}, {"press": 3}, {"press": "gone"}, None, "go"]
)
def test_only_buttons_that_can_be_pressed_are_pressed(form: Form, content: Any) -> None:
    pressed: list[str] = []
    form.on_press(pressed.append)
    form._handle_custom_msg(content, [])
    assert pressed == []
    form._handle_custom_msg({"press": "go"}, [])
    assert pressed == ["go"]


def test_values_put_in_from_outside_are_told_to_nobody(form: Form) -> None:
    told = heard(form)
    form.fill({"amount": 7.0})
    form.show([ControlGroup("", [Control("other", "switch", "Other", False)])])
    assert form.values == {"other": False}
    assert told == []


def test_the_same_news_is_told_twice(form: Form) -> None:
    told: list[str] = []
    form.observe(lambda change: told.append(change["new"]), "said")
    form.tell("Solved.")
    form.tell("Solved.")
    assert told == ["Solved.", "", "Solved."]
