"""The dearest rules in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from placebudget.place import example
from placebudget.plan import ObjectiveValue, Plan, optimise
from placebudget.view import dearest_rules
from placebudget.view.panels import UNMET_HAS_NO_PRICES, price_panel
from placebudget.view.plan_facts import dearest_sentences
from worked_place import worked


@pytest.fixture(scope="module")
def plan() -> Plan:
    return optimise(example("toy_pooling"), pooling="pooled")


def with_prices(plan: Plan, *rows: tuple[str, str, str, str, float, float, float]) -> Plan:
    columns = ["kind", "name", "where", "unit", "relaxing", "holds_for", "tightening"]
    prices = pd.DataFrame(rows, columns=columns).assign(year="2025-26", basis="policy")
    words = prices["kind"] + " " + prices["name"].str.replace("_", " ")
    words += prices["where"].map(lambda where: f", {where.replace('_', ' ')}" if where else "")
    return replace(
        plan,
        tables={
            **plan.tables,
            "prices": prices.assign(
                limit=words, step=1.0, relaxing_rate=prices["relaxing"], offers_held=False,
                steps_held=False, sentence=words,
            ),
        },
    )  # fmt: skip


def test_a_rule_has_one_line_with_its_dearest_place_and_how_many_more(plan: Plan) -> None:
    priced = with_prices(
        plan,
        ("cap", "all_caps", "home_care in west", "£1 million", 5e5, 2.0, 6e5),
        ("lock", "as_now", "", "£1 million", 9e5, 0.5, np.nan),
        ("cap", "all_caps", "home_care in east", "£1 million", 2e6, np.inf, 2.5e6),
    )
    rules = dearest_rules(priced)
    assert rules["rule"].tolist() == [
        "Cap all caps, home care in east (and 1 more, for another service or place)",
        "Lock as now",
    ]
    assert rules["relaxed"].tolist() == ["+£2 million", "+£900,000"]
    assert rules["at first"].tolist() == ["+£2.00 a pound", "+£0.90 a pound"]
    assert rules["up to"].tolist() == ["no end found", "£500,000"]
    assert rules["tightened"].tolist() == ["−£2.5 million", "no plan can keep it"]


def test_a_limit_is_named_as_a_person_reads_it() -> None:
    found = dearest_rules(optimise(example("northvale")), most=50)
    names = found["rule"].tolist()
    assert (
        "What protects roads and libraries from more cuts than need requires (and 4 "
        "more, for other years)" in names
    )
    # What a stream may pay into each pool is a limit of its own.
    for pool in ("Better care pool", "Safer families pool"):
        assert f"The most that NHS allocation may pay into {pool}" in names
    assert not [name for name in names if "_" in name or "nhs" in name or "in 20" in name]


def test_what_costs_nothing_is_left_out(plan: Plan) -> None:
    priced = with_prices(
        plan,
        ("cap", "dear", "", "£1 million", 5e5, 2.0, 6e5),
        ("cap", "nothing", "", "£1 million", 0.0, 2.0, 6e5),
        ("cap", "a_penny", "", "£1 million", 0.01, 2.0, 6e5),
    )
    assert dearest_rules(priced)["rule"].tolist() == ["Cap dear"]


def test_limits_in_units_are_said_in_units(plan: Plan) -> None:
    rules = dearest_rules(with_prices(plan, ("units_cap", "cap", "", "1 unit", 3e4, 12.0, 3e4)))
    assert rules.loc[0, ["step", "up to"]].tolist() == ["1 unit", "12 units"]


def test_gains_in_points_carry_no_pound_sign(plan: Plan) -> None:
    priced = with_prices(plan, ("cap", "cap", "", "£1 million", 0.25, 1.0, 0.5))
    in_points = replace(priced, objective=ObjectiveValue("weighted outcomes", "points", 9.0))
    assert dearest_rules(in_points)["relaxed"].tolist() == ["+0.25"]


def test_only_as_many_rules_are_shown_as_asked_for(plan: Plan) -> None:
    assert len(dearest_rules(plan, most=1)) == 1
    assert dearest_rules(with_prices(plan)).empty


def test_a_summary_names_the_rules_that_are_not_kept(plan: Plan) -> None:
    broken = replace(plan, run={**plan.run, "rules_not_kept": ["floor on home care, 2025-26"]})
    assert broken.summary().endswith("rules not kept:\n- floor on home care, 2025-26")
    assert "rules not kept" not in plan.summary()


def test_a_summary_of_an_objective_in_points_has_no_pound_sign(plan: Plan) -> None:
    points = replace(plan, objectives=(ObjectiveValue("leximin", "points a head", 0.12346),))
    assert "leximin: 0.123 (points a head)" in points.summary()


def test_where_every_price_rounds_to_nothing_no_limit_binds(plan: Plan) -> None:
    """A gain of 4p of public value is none that anybody could read."""
    priced = with_prices(plan, ("cap", "a cap", "", "£1 million", 0.04, 1.0, 0.04))
    priced = replace(priced, run={**priced.run, "options": {"prices": True}})
    assert dearest_sentences(priced) == []
    assert "No limit binds" in price_panel(priced).html()


def test_a_plan_that_leaves_need_unmet_says_why_it_has_no_prices() -> None:
    plan = optimise(worked(nhs=(90e6, 100e6, 100e6), nursing=False, release=None))
    assert list(price_panel(plan).sentences) == [UNMET_HAS_NO_PRICES]
