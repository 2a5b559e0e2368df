"""Other plans that are nearly as good, and how far they are from the best."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from threading import Event

import pandas as pd
import pytest

import placebudget as pb
from placebudget.solver.backend.engine import Clock
from placebudget.study import Alternatives
from placebudget.study.alternatives import (
    BEST,
    CHOICE,
    EITHER,
    LESS,
    MORE,
    MUST,
    NEVER,
    SAME,
    SETTLED,
)
from places import tiny
from worked_place import worked

BEST_VALUE = 300e6
# The package calls the function as its module is called.
module = import_module("placebudget.study.alternatives")


@cache
def toy() -> Alternatives:
    return pb.study.alternatives(pb.example("toy_pooling"))


def value_with(place: pb.Place, kind: str, service: str, pounds: float) -> float:
    """The best value where one service has at least, or at most, so much."""
    rule = {
        "rule": "tried", "kind": kind, "subject": f"service={service}", "amount": pounds,
        "unit": "pounds", "basis": "policy",
    }  # fmt: skip
    rules = pd.concat([place.rules.astype(object), pd.DataFrame([rule])], ignore_index=True)
    return pb.optimise(place.with_(rules=rules), prices=False).objective.value


@pytest.mark.parametrize("service", ["family_support", "home_care", "policing"])
def test_at_its_least_and_its_most_a_plan_is_worth_just_what_may_be_given_up(service: str) -> None:
    place, row = pb.example("toy_pooling"), toy().at(2.0).set_index("service").loc[service]
    at_least = value_with(place, "cap", service, row["least"])
    assert at_least == pytest.approx(0.98 * BEST_VALUE, rel=1e-6)
    assert value_with(place, "cap", service, row["least"] - 1e6) < 0.98 * BEST_VALUE - 1
    if row["most"] > row["best"]:
        at_most = value_with(place, "floor", service, row["most"])
        assert at_most == pytest.approx(0.98 * BEST_VALUE, rel=1e-6)
    # Where the most is what the best plan has, no rule allows more: capacity or need is met.


def test_more_given_up_lets_money_move_further_and_the_best_lies_between() -> None:
    table = toy().table
    assert ((table["least"] <= table["best"]) & (table["best"] <= table["most"])).all()
    wide = table.assign(wide=table["most"] - table["least"]).pivot(
        index="service", columns="within", values="wide"
    )
    assert (wide.diff(axis=1).iloc[:, 1:] >= -1).all(axis=None)
    assert wide[5.0].sum() > wide[1.0].sum()


def test_nothing_given_up_leaves_the_best_plans_alone() -> None:
    found = pb.study.alternatives(pb.example("toy_pooling"), within=[0.0])
    best = found.table["best"]
    assert (found.table["most"] - best).abs().max() < 100
    assert (found.table["least"] - best).abs().max() < 100
    assert set(found.table["kind"]) <= {MUST, SETTLED}


def test_plans_far_apart_are_verified_keep_the_value_and_differ_from_one_another() -> None:
    found = toy()
    others = {name: plan for name, plan in found.plans.items() if name != BEST}
    assert len(others) >= 2
    for plan in others.values():
        assert plan.objective.value >= 0.98 * BEST_VALUE - 100
    spent = found.tables["plans"].pivot(index="service", columns="plan", values="money")
    assert not spent.T.round(-3).duplicated().any()
    changes = found.tables["plans"].set_index(["plan", "service"])["change"]
    assert (changes[BEST] == 0).all()
    first = changes["plan 1"]
    assert first["home_care"] == pytest.approx(6e6, abs=100)
    assert found.does("plan 1") == (
        "more for home care (+£6 million), less for family support (−£6 million)"
    )


def test_what_every_good_plan_raises_or_cuts_is_told_from_what_is_a_choice() -> None:
    found = pb.study.alternatives(pb.example("toy_pooling"), within=[0.5]).table.set_index(
        "service"
    )
    assert found.loc["policing", "beside_today"] == MORE
    assert found.loc["home_care", "beside_today"] == EITHER
    short = pb.study.alternatives(worked(), within=[1.0], far_apart=0).table
    assert set(short["beside_today"]) <= {MORE, LESS, SAME, EITHER}
    assert set(short["kind"]) <= {MUST, NEVER, CHOICE, SETTLED}


def test_a_service_that_no_rule_asks_for_may_be_funded_or_not_where_enough_is_given_up() -> None:
    table = pb.study.alternatives(pb.example("toy_pooling"), within=[90.0], far_apart=0).table
    assert CHOICE in set(table["kind"])


def test_money_alone_is_moved_no_plan_is_made_where_none_is_asked_for() -> None:
    assert list(pb.study.alternatives(tiny(), within=[1.0], far_apart=0).plans) == [BEST]


def test_a_stop_keeps_what_is_found_and_says_what_is_left() -> None:
    stop, seen = Event(), []

    def watch(what: str, number: int, total: int) -> None:
        seen.append(what)
        if number == 2:
            stop.set()

    found = pb.study.alternatives(pb.example("toy_pooling"), stop=stop, progress=watch)
    assert len(found.table) == 2
    assert found.notes[-1] == "The run was stopped: 7 figures of services were not found."
    assert list(found.plans) == [BEST]


def test_where_time_is_over_after_the_best_plan_that_plan_is_given_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "Clock", type("Over", (Clock,), {"up": True}))
    found = pb.study.alternatives(pb.example("toy_pooling"), within=[2.0])
    assert found.table.empty
    assert list(found.plans) == [BEST]
    assert "3 figures of services were not found" in found.notes[-1]


def test_a_plan_that_is_nearly_as_good_is_not_made_again_as_if_it_were_the_best() -> None:
    again = pb.rerun(toy().plans["plan 1"])
    assert not again.same
    assert again.plan is None
    assert "ask placebudget.study.alternatives again" in again.money[0]
    assert pb.rerun(toy().plans[BEST]).same


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"objective": "leximin"}, "one objective that adds up"),
        ({"objective": ["public value", "fiscal saving"]}, "one objective that adds up"),
        ({"within": []}, "per cent of the best value"),
        ({"pooling": "siloed"}, "siloed"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(given: dict[str, object], said: str) -> None:
    with pytest.raises(pb.PlaceBudgetError, match=said):
        pb.study.alternatives(pb.example("toy_pooling"), **given)  # type: ignore[arg-type]
