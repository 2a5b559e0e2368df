"""Rules are switched and changed, those of law only made stricter."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.widgets.editors import RuleEditor, rule_editor
from small import MILLION, rule, small


def place() -> Place:
    rules = [
        rule("floor", "service=care", 4 * MILLION, rule="duty", basis="law", reference="Care Act"),
        rule("cap", "service=homes", 3 * MILLION, rule="ceiling", basis="law"),
        rule("floor", "service=homes", 1 * MILLION, rule="promise"),
        rule("lock", "service=care", None, rule="held", basis="assumption"),
    ]
    services = {"care": {"people": 20_000, "today": {"tax": 5.0}}, "homes": {"people": 20_000}}
    return small({"tax": {"amount": 10.0}}, services, rules=rules)


@pytest.fixture
def editor() -> RuleEditor:
    return rule_editor(place())


def changed(editor: RuleEditor, key: str, value: object) -> None:
    editor.set_state({"values": {**editor.values, key: value}})


def test_each_rule_is_shown_with_what_it_rests_on(editor: RuleEditor) -> None:
    told = str(editor.form)
    assert "Care at least £4 million" in told
    assert "Rests on law: Care Act. It is kept, and can be made stricter only." in told
    assert "Rests on policy." in told
    assert "amount:held" not in editor.values


def test_a_promise_is_switched_off_and_on(editor: RuleEditor) -> None:
    changed(editor, "kept:promise", False)
    assert "promise" not in set(editor.place.rules["rule"])
    assert str(editor.option).endswith("remove rows of rules where rule is promise")
    changed(editor, "kept:promise", True)
    assert editor.place == place()


def test_an_amount_follows_in_pounds(editor: RuleEditor) -> None:
    changed(editor, "amount:promise", 2.5)
    amounts = editor.place.rules.set_index("rule")["amount"]
    assert amounts["promise"] == 2_500_000
    assert amounts["duty"] == 4_000_000


@pytest.mark.parametrize(
    ("key", "value"),
    [("kept:duty", False), ("amount:duty", 3.9), ("amount:ceiling", 3.1), ("kept:ceiling", False)],
)
def test_a_rule_of_law_is_not_loosened(editor: RuleEditor, key: str, value: object) -> None:
    changed(editor, key, value)
    assert editor.place == place()
    assert editor.said.startswith("This was refused: ")


@pytest.mark.parametrize(("key", "value"), [("amount:duty", 4.5), ("amount:ceiling", 2.0)])
def test_a_rule_of_law_may_be_made_stricter(editor: RuleEditor, key: str, value: float) -> None:
    changed(editor, key, value)
    amounts = editor.place.rules.set_index("rule")["amount"]
    assert amounts[key.removeprefix("amount:")] == value * MILLION


def test_a_place_without_rules_says_so() -> None:
    assert "The place has no rules." in str(rule_editor(pb.example("toy_pooling")).form)
