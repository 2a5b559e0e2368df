"""Today, siloed, best aligned, best pooled, best freed, and the differences between them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pandas as pd
import pytest

import placebudget as pb
import places
from placebudget.place import Place
from placebudget.study import TITLES, Potential
from planned import potential

pytestmark = pytest.mark.xdist_group("northvale")

NAMES = ["today", "siloed", "aligned", "pooled", "freed"]
# What the solver may be off by, relative to the value.
NEAR = 1e-9


@pytest.fixture(scope="module", params=["toy_pooling", "northvale", "tiny"])
def found(request: pytest.FixtureRequest) -> Potential:
    name = request.param
    return pb.potential(places.tiny()) if name == "tiny" else potential(name)


def measure(found: Potential, name: str) -> pd.Series:
    table = found.table
    return table[table["measure"] == name].set_index("plan")["value"]


def test_there_are_five_plans_each_as_it_would_be_alone() -> None:
    place = pb.example("toy_pooling")
    found = potential("toy_pooling")
    assert list(found.plans) == NAMES
    assert found.parts == {}
    assert list(found.tables) == ["plans", "differences"]
    assert found.plans["today"].status == "simulated"
    for name in NAMES[1:]:
        assert found.plans[name].name == name
        alone = pb.optimise(place, pooling=name)
        pd.testing.assert_frame_equal(found.plans[name].money(), alone.money())


def test_the_toy_place_gives_the_values_worked_by_hand() -> None:
    value = measure(potential("toy_pooling"), "public value") / 1e6
    assert value.round(6).to_dict() == {
        "today": 285,
        "siloed": 300,
        "aligned": 300,
        "pooled": 300,
        "freed": 310,
    }


def test_freed_is_never_worse_than_aligned_or_pooled(found: Potential) -> None:
    value = measure(found, "public value")
    assert value["freed"] >= value["aligned"] * (1 - NEAR)
    assert value["freed"] >= value["pooled"] * (1 - NEAR)


def both(place: Place) -> dict[str, float]:
    """What the best aligned and the best pooled plan of a place are worth."""
    return {
        name: pb.optimise(place, pooling=name, prices=False).public_value()
        for name in ("aligned", "pooled")
    }


def test_pooled_is_never_worse_than_aligned_where_no_contribution_has_a_minimum(
    found: Potential,
) -> None:
    value = measure(found, "public value")
    if found.place.contributions["minimum"].fillna(0).max() > 0:
        place = found.place.with_(contributions=found.place.contributions.assign(minimum=None))
        value = both(place)
    assert value["pooled"] >= value["aligned"] * (1 - NEAR)


def test_a_forced_contribution_can_make_pooling_worse_than_working_apart() -> None:
    forced = places.rows_of("contributions")
    forced[1]["minimum"] = 20e6
    dear = [{**places.rows_of("pools")[0], "management_cost": 0.1}]
    value = both(places.tiny(contributions=forced, pools=dear))
    assert value["pooled"] < value["aligned"]


def test_the_table_is_tidy_and_adds_up(found: Potential) -> None:
    table = found.table
    assert list(table.columns) == ["plan", "measure", "value", "unit"]
    assert not table.duplicated(["plan", "measure"]).any()
    value = table.set_index(["plan", "measure"])["value"]
    for name in NAMES:
        plan = found.plans[name]
        parts = ["fiscal value", "economic value", "social value"]
        parts += ["released after the last year of money"] * len(plan.tables["needs"].head(1))
        assert value[name, "public value"] == pytest.approx(sum(value[name, p] for p in parts))
        assert value[name, "public value"] == pytest.approx(plan.public_value())
        assert value[name, "money on services"] == pytest.approx(plan.money()["amount"].sum())
        funding = found.place.funding.query("year in @found.place.years")["amount"].sum()
        uses = ("money on services", "management cost", "money not spent")
        assert sum(value[name, use] for use in uses) == pytest.approx(funding)
        saved = plan.savings()[["discounted_cashable", "discounted_fiscal"]].sum()
        assert value[name, "cashable saving"] == pytest.approx(saved["discounted_cashable"])
        assert saved["discounted_cashable"] <= saved["discounted_fiscal"] * (1 + NEAR)


def test_each_difference_is_named_with_both_ends_and_is_a_difference(found: Potential) -> None:
    table = found.differences
    value = found.table.set_index(["plan", "measure"])["value"]
    pairs = list(dict.fromkeys(zip(table["start"], table["end"], strict=True)))
    assert pairs == list(itertools.combinations(NAMES, 2))
    for row in table.itertuples():
        assert TITLES[row.start].lower() in row.difference
        assert TITLES[row.end].lower() in row.difference
        expected = value[row.end, row.measure] - value[row.start, row.measure]
        assert row.value == pytest.approx(expected)
        assert found.between(row.start, row.end, row.measure) == pytest.approx(expected)


def test_a_share_of_nothing_is_blank(found: Potential) -> None:
    table = found.differences
    nothing = found.table.set_index(["plan", "measure"])["value"]
    empty = table[[nothing[r.start, r.measure] == 0 for r in table.itertuples()]]
    assert len(empty)
    assert empty["share"].isna().all()


def test_the_summary_speaks_of_modelled_potential_and_names_both_ends(found: Potential) -> None:
    text = found.summary()
    assert "Modelled potential" in text
    assert "Planning apart, from today to siloed: " in text
    assert "Acting in step, from siloed to best aligned: " in text
    assert "Pooling, from best aligned to best pooled: " in text
    assert "Fewer conditions, from best pooled to best freed: " in text
    assert "Working together, from siloed to best pooled: " in text
    assert "cashable saving" in text
    assert "is not a saving" in text
    assert found.place.title in text
    assert f"{found.place.settings.price_base} prices" in text
    assert "dividend" not in text


def test_limits_are_priced_where_rules_hold(found: Potential) -> None:
    assert found.plans["today"].prices().empty
    assert found.plans["freed"].prices().empty


def test_an_impossible_plan_is_named_with_its_rules() -> None:
    law = {
        "rule": "treatment_duty",
        "kind": "floor",
        "subject": "service=treatment",
        "amount": 25e6,
        "basis": "law",
        "reference": "an act",
        **places.MADE_UP,
    }
    with pytest.raises(pb.Infeasible) as error:
        pb.potential(places.tiny(rules=[law]))
    assert str(error.value).startswith("Best aligned: ")
    assert "treatment_duty" in " ".join([str(error.value), *error.value.conflict])


def test_an_impossible_pooling_is_named() -> None:
    forced = places.rows_of("contributions")
    forced[1]["minimum"] = 20e6
    law = {
        "rule": "treatment_direct",
        "kind": "share_cap",
        "subject": "pool=shared; service=prevention",
        "amount": 0.0,
        "basis": "law",
        "reference": "an act",
        **places.MADE_UP,
    }
    dear = [{**places.rows_of("pools")[0], "management_cost": 0.5}]
    duty = {**law, "rule": "duty", "kind": "floor", "subject": "service=treatment", "amount": 19e6}
    place = places.tiny(contributions=forced, pools=dear, rules=[law, duty])
    with pytest.raises(pb.Infeasible, match=r"^Best pooled: ") as error:
        pb.potential(place)
    assert error.value.conflict


def test_other_failures_name_their_plan_too() -> None:
    with pytest.raises(pb.PlaceBudgetError, match=r"^Best aligned: ") as error:
        pb.potential(pb.example("northvale"), seconds=0.0)
    assert isinstance(error.value, pb.Stopped)


def test_another_objective_is_measured_beside_public_value() -> None:
    found = pb.potential(places.tiny(), objective=["weighted outcomes", "public value"])
    value = measure(found, "weighted outcomes")
    assert "today" not in value  # not computed for simulated money, so not shown
    assert value["freed"] >= value["aligned"] * (1 - NEAR)
    between = found.differences.query("measure == 'weighted outcomes'")
    assert set(between["start"]) == {"siloed", "aligned", "pooled"}


def test_progress_counts_the_plans() -> None:
    said: list[tuple[str, int, int]] = []
    pb.potential(places.tiny(), progress=lambda *what: said.append(what))
    assert {total for _, _, total in said} == {500}  # in hundredths of a plan
    assert {0, 1, 2, 3, 4} <= {number // 100 for _, number, _ in said}
    assert [number for _, number, _ in said] == sorted(number for _, number, _ in said)
    assert {text.split(":")[0] for text, _, _ in said} == set(TITLES.values())


def test_a_place_with_errors_is_refused_before_anything_is_solved() -> None:
    with pytest.raises(pb.InvalidPlace):
        pb.potential(places.tiny(streams=[{"stream": "gold", "agency": "nobody"}]))


def test_without_a_part_of_their_own_in_the_objective_agencies_have_no_siloed_plan() -> None:
    found = pb.potential(pb.example("northvale"), objective="worst-off area")
    assert list(found.plans) == ["today", "aligned", "pooled", "freed"]
    assert "From today to best aligned: " in found.summary()
    assert "four plans" in found.summary()


def test_between_which_values_equilibria_lie_is_said_where_they_differ() -> None:
    found = potential("toy_pooling")
    siloed = found.plans["siloed"]
    assert "one of several equilibria" not in found.summary()
    others = [{**other, "value": siloed.public_value() - 5e6} for other in siloed.run["others"]]
    moved = replace(siloed, run={**siloed.run, "others": others})
    text = replace(found, plans={**found.plans, "siloed": moved}).summary()
    assert "one of several equilibria" in text
    assert "it comes to between £295 million and £300 million" in text
    late = [{**siloed.run["others"][0], "status": "out of time", "value": None}]
    moved = replace(siloed, run={**siloed.run, "others": [*late, *siloed.run["others"][1:]]})
    text = replace(found, plans={**found.plans, "siloed": moved}).summary()
    assert "begun with the smallest purse, the agencies came to no rest" in text
