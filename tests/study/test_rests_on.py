"""What a gain rests on, by hand and by planning again on both sides.

In the toy place, freed of its limits, the public value is £310 million, aligned £300 million:
£10 million of the NHS's or the police's money goes from what brings 0.2 of a unit to the second
step of family support, which brings 0.4; each 0.2 for £10 million is worth £10 million.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
import places
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.plan.resting import Figure, Kept, Shifted, figures_of
from placebudget.study.rests_on.replanned import Replanned
from placebudget.study.rests_on.study import _Resting, hanging
from placebudget.view.studies import study_view
from placebudget.words import whole_pounds
from planned import optimised, potential, simulated
from small import small
from worked_place import worked

FREED, ALIGNED = "freed", "aligned"


@cache
def toy(first: str = FREED, second: str = ALIGNED, most: int = 4) -> pb.study.RestsOn:
    plans = (
        simulated("toy_pooling") if name == "today" else optimised("toy_pooling", pooling=name)
        for name in (first, second)
    )
    return pb.rests_on(*plans, most=most)


def figure(place: Place, kind: str, key: str, part: str = "") -> Figure:
    [one] = [
        each
        for each in figures_of(place)
        if each.kind == kind and key in (each.service, each.outcome) and each.part in ("", part)
    ]
    return one


def gained(place: Place, first: str = FREED, second: str = ALIGNED) -> float:
    """The gain, planned again in full."""
    best, less = (pb.optimise(place, pooling=name, prices=False) for name in (first, second))
    return best.objective.value - less.objective.value


def row(found: pb.study.RestsOn, kind: str, key: str) -> dict[str, object]:
    table = found.table
    [mine] = [
        each
        for each in table.to_dict("records")
        if each["kind"] == kind and key in (each["service"], each["outcome"])
    ]
    return mine


def test_a_gain_is_the_first_less_the_second_and_values_carry_all_of_it() -> None:
    found = toy()
    assert found.gain == pytest.approx(10e6)
    carried = found.tables["statuses"].set_index("kind")["hangs"]
    assert carried["value"] == pytest.approx(10e6)
    assert carried["effect"] == pytest.approx(10e6)


def test_half_is_gone_where_it_is_by_hand() -> None:
    """Effects of family support f times as large: 20 f − 10 is gained, 5 of it at f = 0.75."""
    found = toy()
    effect = row(found, "effect", "family_support")
    assert effect["half_below"] == pytest.approx(0.05 * 0.75, abs=1e-4)
    assert effect["half_kept"] == pytest.approx(0.05 * 0.75)
    assert effect["switching"] == pytest.approx(0.05 * 0.5)
    assert not effect["certified"]
    assert row(found, "value", "points")["half_below"] == pytest.approx(500_000, abs=2)
    # 2,000 families in the first step; each fewer in need takes half a unit of the second away.
    assert row(found, "need", "family_support")["half_below"] == pytest.approx(3500, rel=2e-3)


@pytest.mark.parametrize(
    ("kind", "key"),
    [("value", "points"), ("effect", "family_support"), ("unit cost", "family_support")],
)
def test_break_evens_hold_with_both_plans_made_again_on_either_side(kind: str, key: str) -> None:
    found, place = toy(), pb.example("toy_pooling")
    said, one = row(found, kind, key), figure(place, kind, key, "social")
    for column, way in (("half_below", -1), ("half_above", 1)):
        if np.isnan(said[column]):  # type: ignore[call-overload]
            continue
        factor = said[column] / one.amount  # type: ignore[operator]
        near, far = factor * (1 - way * 0.004), factor * (1 + way * 0.004)
        assert gained(one.times(place, near)) > found.gain / 2 > gained(one.times(place, far))


def test_with_both_plans_kept_the_gain_is_gone_where_it_is_said_and_nowhere_where_not() -> None:
    """Also where it bends: a straight line through it would be amiss for half the figures."""
    plans = potential("northvale").plans
    first, second = plans["pooled"], plans["aligned"]
    place = pb.example("northvale")
    found = hanging(first, second, place)
    rows = found.tables["figures"].head(9)
    assert rows["bends"].any()
    assert not rows.loc[rows["kind"] == "value", "bends"].any()
    kept = [Kept(plan, place, "public value") for plan in (first, second)]
    known = {(each.kind, each.service, each.outcome, each.part): each for each in figures_of(place)}
    for row in rows.to_dict("records"):
        one = known[row["kind"], row["service"], row["outcome"], row["part"]]
        moved = Shifted(place, [one])

        def gained(factor: float, moved: Shifted = moved) -> float:
            return (moved.at(kept[0], factor) - moved.at(kept[1], factor)) / found.gain

        for column, left in (("half_kept", 0.5), ("switching", 0.0)):
            factor = row[column] / one.amount
            factor = 1 / factor if one.kind == "unit cost" else factor
            if np.isnan(factor):
                assert min(map(gained, (0.1, 0.5, 2.0, 10.0))) > left, row
            else:
                assert gained(factor) == pytest.approx(left, abs=2e-3), row


def test_the_switching_value_leaves_no_gain_with_both_plans_kept() -> None:
    place = pb.example("toy_pooling")
    plans = [optimised("toy_pooling", pooling=name) for name in (FREED, ALIGNED)]
    said, one = row(toy(), "effect", "family_support"), figure(place, "effect", "family_support")
    at = one.times(place, said["switching"] / one.amount)  # type: ignore[operator]
    kept = [Kept(plan, place, "public value") for plan in plans]
    moved = [
        each._worth(changed, each._evidence(changed))
        for each in kept
        for changed in [type(each.basis)(at, each.basis.pooling)]
    ]
    assert moved[0] == pytest.approx(moved[1])


@pytest.mark.xdist_group("northvale")
@pytest.mark.parametrize("name", ["northvale", "toy_pooling"])
@pytest.mark.parametrize("pooling", ["today", "siloed", "aligned", "pooled", "freed"])
def test_a_plan_that_is_kept_comes_to_what_it_says(name: str, pooling: str) -> None:
    plan = potential(name).plans[pooling]
    kept = Kept(plan, pb.example(name), "public value")
    assert kept.value == pytest.approx(plan.objective.value, rel=1e-9)


def test_a_value_that_only_moves_what_is_made_the_most_of_is_certified() -> None:
    assert row(toy(), "value", "points")["certified"]
    # A rule that no agency is worse off looks at values too.
    northvale = pb.example("northvale")
    plans = (optimised("northvale", pooling=name, prices=False) for name in ("pooled", ALIGNED))
    again = _Resting(*plans, northvale, pb.solver.RunLimits(), None)._again
    value = figure(northvale, "value", "wellbeing", "social")
    assert again[0].curve(value) is None
    assert again[1].curve(value) is not None


def test_what_a_curve_comes_to_is_what_planning_afresh_gives() -> None:
    northvale = pb.example("northvale")
    aligned = optimised("northvale", pooling=ALIGNED, prices=False)
    again = Replanned(aligned, northvale, "public value", pb.solver.RunLimits())
    value = figure(northvale, "value", "wellbeing", "social")
    curve = again.curve(value)
    assert curve is not None
    low, high = (curve(factor) for factor in (0.4, 0.41))
    afresh = again.at(value, verified=True)(0.4)
    planned = pb.optimise(value.times(northvale, 0.4), pooling=ALIGNED, prices=False)
    assert low.value == pytest.approx(afresh.value)
    assert low.value == pytest.approx(planned.objective.value)
    assert (high.value - low.value) / 0.01 >= low.slope - 1


def test_a_loss_is_half_gone_where_the_gain_is() -> None:
    loss = toy(ALIGNED, FREED, 1)
    assert loss.gain == pytest.approx(-10e6)
    assert loss.table["half_below"][0] == pytest.approx(toy().table["half_below"][0])
    assert "£10 million less public value" in loss.summary()
    assert "would lose half as much" in loss.summary()


def test_two_plans_that_come_to_the_same_have_no_gain_to_rest_on_anything() -> None:
    found = toy("pooled", ALIGNED, 1)
    assert found.table.empty
    assert "there is no gain that could rest on a figure" in found.summary()
    assert np.isnan(found.on_illustrative())


def test_today_beside_a_plan_is_kept_as_it_is_and_made_again() -> None:
    found = toy(FREED, "today", 1)
    assert found.gain == pytest.approx(25e6)
    assert "today’s money carried on" in found.summary()


def test_a_half_is_said_with_what_the_figure_is_now_and_how_it_is_known() -> None:
    said = toy().summary()
    assert (
        "If each point of “Points of public value” brought less than £500,000 of social value "
        "instead of £1,000,000, half the gain would be gone, and all of it at £0" in said
    )
    assert "values: all of the gain" in said
    assert said.count("illustrative") == 2, "how all figures are known is said once, and its share"


def test_what_has_no_plan_any_more_is_said() -> None:
    """With a floor of 3,000 families the council's £30 million pay £10,000 each, and no more."""
    rules = places.frame(
        [{"rule": "families", "kind": "units_floor", "subject": "service=family_support",
          "amount": 3000.0, "unit": "units", "basis": "policy"}]
    )  # fmt: skip
    place = pb.example("toy_pooling").with_(rules=rules)
    plans = [pb.optimise(place, pooling=name, prices=False) for name in (FREED, ALIGNED)]
    found = pb.rests_on(*plans, most=2)
    cost = row(found, "unit cost", "family_support")
    assert cost["no_gain_above"] == "no plan"
    assert cost["to"] == 10_000
    assert "unit cost: above £10,000 no plan keeps all rules" in found.summary()


def test_a_figure_of_several_rows_is_as_sure_as_the_least_sure_of_them() -> None:
    place = pb.example("toy_pooling")
    needs = place.needs.assign(status=["published", "derived", None])
    more = needs.iloc[:1].assign(year="2025-26", status="illustrative")
    needs = pd.concat([needs, more])
    outcomes = place.outcomes.assign(status="published", price_year="2024-25")
    place = place.with_(needs=needs.reset_index(drop=True), outcomes=outcomes)
    status = {(f.kind, f.service): f.status for f in figures_of(place)}
    assert status["value", ""] == "published"
    assert status["need", "family_support"] == "illustrative"
    assert status["need", "policing"] == "not stated"


@cache
def needy(name: str) -> pb.Plan:
    return pb.optimise(worked(), pooling=name, prices=False)


def test_where_need_must_be_met_a_plan_that_is_kept_comes_to_what_it_says() -> None:
    for name in (ALIGNED, FREED):
        assert Kept(needy(name), worked(), "public value").value == pytest.approx(
            needy(name).objective.value
        )


def test_no_gain_is_told_where_the_two_leave_different_need_unmet() -> None:
    """Money meets 100,000 attendances at £1,000; from a little more on freed money meets more."""
    place = worked()
    again = [
        Replanned(needy(name), place, "public value", pb.solver.RunLimits())
        for name in (FREED, ALIGNED)
    ]
    cost = figure(place, "unit cost", "emergency")
    short = [each.at(cost)(1.2).short for each in again]
    assert short[0] < short[1] - 1e6
    found = pb.rests_on(needy(FREED), needy(ALIGNED), place=place, most=0)
    resting = _Resting(needy(FREED), needy(ALIGNED), place, pb.solver.RunLimits(), None)
    assert resting._point([each.at(cost) for each in again], 1.2).lacking == "need unmet"
    assert found.gain == pytest.approx(20_166_666.67, abs=1.0)


def test_plans_that_leave_different_need_unmet_are_not_subtracted() -> None:
    short = worked(nhs=(90e6,) * 3)
    plans = [pb.optimise(short, pooling=name, prices=False) for name in (FREED, ALIGNED)]
    with pytest.raises(CannotAnswer, match="different need unmet"):
        pb.rests_on(*plans)


def test_plans_of_other_places_and_of_other_goals_are_refused() -> None:
    toyland = optimised("toy_pooling")
    with pytest.raises(CannotAnswer, match="made for other figures"):
        pb.rests_on(toyland, simulated("northvale"))
    other = pb.optimise("toy_pooling", objective="fiscal saving", prices=False)
    with pytest.raises(CannotAnswer, match="different things"):
        pb.rests_on(toyland, other)


def test_values_alone_are_looked_at_where_that_is_asked() -> None:
    plans = (optimised("toy_pooling", pooling=name) for name in (FREED, ALIGNED))
    found = pb.rests_on(*plans, kinds=["value"], most=1)
    assert set(found.tables["figures"]["kind"]) == {"value"}
    assert found.run["options"]["kinds"] == ["value"]


def test_every_figure_is_said_to_be_known_only_where_those_not_looked_at_are_too() -> None:
    """Of the toy place, values are said to be published, and effects either so or assumed."""

    def told(effects: str) -> pb.study.RestsOn:
        known = {"outcomes": "published", "savings": "published", "effects": effects,
                 "offers": "published", "needs": "published"}  # fmt: skip
        place = pb.example("toy_pooling")
        place = place.with_(
            **{name: place.tables[name].assign(status=status) for name, status in known.items()}
        )
        plans = [pb.optimise(place, pooling=name, prices=False) for name in (FREED, ALIGNED)]
        return pb.rests_on(*plans, kinds="value", most=0, place=place)

    sure, assumed = told("published"), told("illustrative")
    assert "Every figure on which that hangs is published." in str(sure.summarised())
    said = assumed.summarised().paragraphs[0].text
    assert assumed.known_otherwise == ("effect",)
    assert (
        "Every value on which that hangs is published, but not every figure of another kind "
        "(effects)." in said
    )


@pytest.mark.parametrize(("low", "at_low", "sure"), [(400.0, 10_000, True), (500.0, 0, False)])
def test_a_gain_is_asked_with_both_plans_made_again_at_the_ends_of_a_range(
    low: float, at_low: float, sure: bool
) -> None:
    """Of £1 million half goes to hubs today; best is the hubs' 600 units: £40 a unit, £4,000.

    A hub makes 1.2 of a good worth £700, a visit 1 and £100 besides. At £400 all visits are best,
    £10,000 better than today; at £500 both are worth £600; at £900 a hub is £80 better: £8,000.
    With both plans kept the gain at £400 is −£2,000.
    """
    shared = {"today": {"tax": 0.5}, "people": None}
    place = small(
        {"tax": {"amount": 1.0}},
        {"hubs": {**shared, "offer": {"capacity": 600}}, "visits": shared},
        outcomes=[
            {"outcome": "well", "social_value": 700.0, "social_low": low, "social_high": 900.0},
            {"outcome": "work", "economic_value": 100.0},
        ],
        effects=[
            {"service": "hubs", "outcome": "well", "impact": 1.2},
            {"service": "visits", "outcome": "well", "impact": 1.0},
            {"service": "visits", "outcome": "work", "impact": 1.0},
        ],
    )
    plan = pb.optimise(place, pooling="aligned", prices=False)
    found = pb.rests_on(plan, pb.simulate(place), kinds="value", most=1)
    (ranged,) = found.table[found.table["at_low"].notna()].to_dict("records")
    assert (ranged["low"], ranged["high"]) == (low, 900.0)
    assert ranged["at_low"] == pytest.approx(at_low, abs=0.01)
    assert ranged["at_high"] == pytest.approx(8_000, abs=0.01)
    said = found.summary()
    assert f"at {whole_pounds(low)} and +£8,000 at £900" in said
    assert ("the gain is not distinguishable from nothing" in said) is not sure


def test_a_value_at_nought_is_told_where_it_would_outweigh_the_gain() -> None:
    """Freed takes £10 million of 10 calm years: at £1 million each the £10 million are gone."""
    toy_place = pb.example("toy_pooling")
    calm = toy_place.outcomes.iloc[:1].assign(
        outcome="calm", name="Calm years", social_value=np.nan
    )
    more = toy_place.effects[toy_place.effects["service"] != "family_support"]
    place = toy_place.with_(
        outcomes=pd.concat([toy_place.outcomes, calm], ignore_index=True),
        effects=pd.concat([toy_place.effects, more.assign(outcome="calm")], ignore_index=True),
    )
    freed, aligned = (pb.optimise(place, pooling=name, prices=False) for name in (FREED, ALIGNED))
    found = pb.rests_on(freed, aligned, most=0)
    nought = found.tables["at_nought"]
    assert nought["outcome"].tolist() == ["calm"]
    assert nought["hangs"].tolist() == pytest.approx([-10])
    assert nought["switching"].tolist() == pytest.approx([1_000_000])
    assert "were worth more than £1,000,000 to people" in found.summary()
    assert found.gone_at_nought == (
        "Gone if people valued “Calm years” at £1,000,000 each, not £0."
    )
    (grid,) = [each for each in study_view(found).grids if each.key == "study-nought"]
    assert grid.rows[0].cells[:2] == ("£0", "£1,000,000")
    worth = place.outcomes.assign(social_value=1_000_000.0)
    valued = place.with_(outcomes=worth)
    kept = [Kept(each, valued, "public value").value for each in (freed, aligned)]
    assert kept[0] == pytest.approx(kept[1])
    assert pb.rests_on(freed, aligned, most=0, kinds="need").tables["at_nought"].empty
    loss = pb.rests_on(aligned, freed, most=0).tables["at_nought"]
    assert loss["switching"].tolist() == pytest.approx([1_000_000])
    both = place.with_(
        **{
            name: pd.concat([rows, rows[rows["outcome"] == "calm"].assign(outcome="quiet", **own)])
            for name, rows, own in (
                ("outcomes", place.outcomes, {"name": "Quiet years"}),
                ("effects", place.effects, {}),
            )
        }
    )
    plans = [pb.optimise(both, pooling=name, prices=False) for name in (FREED, ALIGNED)]
    assert pb.rests_on(*plans, most=0).gone_at_nought == (
        "Gone if people valued “Calm years” at £1,000,000 or “Quiet years” at £1,000,000 each, not "
        "£0, or at half of both together."
    )
