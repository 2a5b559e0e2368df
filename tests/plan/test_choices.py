"""Choices between offers: one alone runs, in every way a plan is made, checked and told."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from evidence import evidence_of
from placebudget.place import Place, Settings
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.verify import check_decisions
from places import MADE_UP, tiny

MODELS = ("in_house", "mutual", "contract")
COSTS = {"in_house": (10_000, 0), "mutual": (8_000, 150_000), "contract": (7_000, 400_000)}


def commissioned(
    years: int = 2, rule: str | None = "exactly_one", *, lots: dict[str, Any] | None = None
) -> Place:
    """Home care for 100 people a year, by one of three models; what is left buys grants.

    The council has £2 million a year, and a pound of grants is worth a pound.
    """
    names = tuple(f"{year}-{(year + 1) % 100:02d}" for year in range(2027, 2027 + years))
    offers: list[dict[str, Any]] = [
        {"offer": model, "service": "care", "unit_cost": unit, "set_up_cost": once, **MADE_UP}
        for model, (unit, once) in COSTS.items()
    ]
    for offer in offers:
        offer |= (lots or {}).get(offer["offer"], {})
    offers.append({"offer": "grants", "service": "grants", "unit_cost": 1_000, **MADE_UP})
    services = [
        {
            "service": service,
            "commissioner": "council",
            "purpose": service,
            "led_by": led,
            **MADE_UP,
        }
        for service, led in (("care", "need"), ("grants", "budget"))
    ]
    choices = [{"choice": "model", "offer": model, "rule": rule} for model in MODELS]
    return tiny(
        Settings(name="choice", title="Choice", years=names, discount=0.0),
        agencies=[{"agency": "council", "name": "Tiny Council", "sector": "council"}],
        streams=[{"stream": "tax", "agency": "council", "raised": "local", **MADE_UP}],
        funding=[{"stream": "tax", "year": y, "amount": 2e6, **MADE_UP} for y in names],
        services=services,
        offers=offers,
        choices=choices if rule else None,
        needs=[{"service": "care", "people": 100, **MADE_UP}],
        outcomes=[{"outcome": "good", "social_value": 1_000, **MADE_UP}],
        effects=[{"service": "grants", "outcome": "good", "impact": 1.0, **MADE_UP}],
        **dict.fromkeys(("pools", "contributions", "today", "savings", "inflation")),
    )


def planned(place: Place, **options: Any) -> pb.Plan:
    return pb.optimise(place, **{"pooling": "aligned", "prices": False, **options})


def bought(plan: pb.Plan) -> dict[str, float]:
    units = plan.tables["units"]
    mine = units[(units["service"] == "care") & (units["units"] > 0)]
    return mine.groupby("offer")["units"].sum().to_dict()


@pytest.mark.parametrize(
    ("years", "model", "thousands"), [(2, "mutual", 1_750), (3, "contract", 2_500)]
)
def test_the_cheapest_model_over_the_years_runs(years: int, model: str, thousands: float) -> None:
    """100 units a year, £ thousand: in-house 10 each; mutual 8 and 150; contract 7 and 400.

    Two years: 2,000, 1,750, 1,800. Three: 3,000, 2,550, 2,500. The last two tie at 2.5 years.
    What is left of £2 million a year is worth as much as it is.
    """
    plan = planned(commissioned(years))
    assert bought(plan) == pytest.approx({model: 100.0 * years})
    assert plan.objective.value == pytest.approx(years * 2e6 - thousands * 1e3)


def test_a_chance_of_failure_is_money_and_turns_the_choice() -> None:
    """Four years: mutual 3,350, contract 3,200; a quarter of a loss of 600 makes it 3,350."""
    costs = {"contract": {"set_up_cost": 400_000 + 0.25 * 600_000 + 1}}
    assert bought(planned(commissioned(4))) == pytest.approx({"contract": 400.0})
    assert bought(planned(commissioned(4, lots=costs))) == pytest.approx({"mutual": 400.0})


LIMITED = {"in_house": {"capacity": 60}, "mutual": {"set_up_cost": 0, "capacity": 80},
           "contract": {"set_up_cost": 0, "unit_cost": 12_000}}  # fmt: skip


def test_without_a_choice_models_stand_beside_each_other() -> None:
    """80 units of the mutual and 20 in-house: 840 a year; in a choice the contract alone: 1,200."""
    beside = planned(commissioned(1, None, lots=LIMITED))
    assert bought(beside) == pytest.approx({"mutual": 80.0, "in_house": 20.0})
    alone = planned(commissioned(1, lots=LIMITED))
    assert bought(alone) == pytest.approx({"contract": 100.0})
    assert beside.objective.value - alone.objective.value == pytest.approx(360_000)


def test_another_year_may_have_another_offer() -> None:
    """The mutual opens in the second year: in-house until then, 1,000 and 950."""
    plan = planned(commissioned(2, lots={"mutual": {"first_year": "2028-29"}, "contract": {
        "unit_cost": 20_000}}))  # fmt: skip
    assert bought(plan) == pytest.approx({"in_house": 100.0, "mutual": 100.0})


def test_exactly_one_runs_even_where_none_is_wanted() -> None:
    """Nobody is in need: a smallest lot of 10 in-house is bought, or of 10 by the mutual."""
    lots = {model: {"smallest_lot": 10} for model in MODELS}
    place = commissioned(1, lots=lots)
    needless = place.with_(services=place.services.assign(led_by="budget"))
    assert bought(planned(needless)) == pytest.approx({"in_house": 10.0})
    at_most = needless.with_(choices=needless.choices.assign(rule="at_most_one"))
    assert bought(planned(at_most)) == {}


def test_prices_say_that_what_runs_is_taken_as_decided() -> None:
    prices = planned(commissioned(1, lots=LIMITED), prices=True).tables["prices"]
    assert prices["offers_held"].all()
    assert prices["sentence"].str.contains("Which offers start and run is taken as decided").all()


def test_an_explanation_says_which_runs() -> None:
    place = commissioned(2)
    said = planned(place).explain("care", place=place).sentences
    assert said[-1] == (
        "Exactly one of contract, in house and mutual runs: mutual from 2027-28 to 2028-29."
    )


def test_a_choice_that_cannot_be_kept_is_named_with_what_it_clashes_with() -> None:
    """90 units must be bought, and no model has more than 80."""
    small = {model: {"set_up_cost": 0, "capacity": 80} for model in MODELS}
    place = commissioned(1, lots=small)
    floor = {"rule": "many", "kind": "units_floor", "subject": "service=care", "amount": 90.0}
    place = place.with_(
        services=place.services.assign(led_by="budget"),
        rules=pd.DataFrame([floor | {"unit": "units", "basis": "policy"}]),
    )
    with pytest.raises(pb.Infeasible) as clash:
        planned(place)
    assert "exactly one of contract, in house and mutual runs in 2027-28" in str(clash.value) or (
        "at most one of contract, in house and mutual runs in 2027-28" in str(clash.value)
    )


@pytest.mark.parametrize(
    ("units", "says"),
    [
        ({"mutual": 100.0}, []),
        ({"mutual": 60.0, "in_house": 40.0}, ["in house and mutual do"]),
        ({}, ["none does"]),
    ],
)
def test_a_plan_that_does_not_keep_a_choice_is_found_out(
    units: dict[str, float], says: list[str]
) -> None:
    place = commissioned(1, lots={"in_house": {"smallest_lot": 5}})
    problems = check_decisions(*evidence_of(place, units), 1e-9)
    assert [problem.split("; in 2027-28 ")[1] for problem in problems] == says


def test_today_may_buy_from_several_and_says_so() -> None:
    place = commissioned(1)
    today = [
        {"service": "care", "stream": "tax", "amount": 4e5, "offer": offer, **MADE_UP}
        for offer in ("in_house", "mutual")
    ]
    both = place.with_(today=pd.DataFrame(today))
    assert [f.code for f in both.check() if f.table == "choices"] == ["choice-of-today"]
    (said,) = pb.simulate(both).run["rules_not_kept"]
    assert said == (
        "exactly one of contract, in house and mutual runs; in 2027-28 in house and mutual do"
    )
    assert len(bought(planned(both))) == len(bought(planned(both, pooling="siloed"))) == 1


def test_a_session_and_a_siloed_plan_keep_the_choice() -> None:
    place = commissioned(2)
    plan = planned(place)
    live = pb.session(place, pooling="aligned")
    assert live.value() == pytest.approx(plan.objective.value)
    live.scale_funding(0.6)
    # The contract's first year takes 1,100 of 1,200; the mutual's takes 950.
    assert live.value() == pytest.approx(2 * 1.2e6 - 1_750e3)
    alone = planned(place, pooling="siloed")
    assert bought(alone) == bought(plan)


def test_a_network_says_what_is_chosen_among() -> None:
    drawn = plan_drawing(planned(commissioned(1)))
    notes = [note for node in drawn["nodes"] for note in node["notes"]]
    assert "Exactly one of in house, mutual and contract runs." in notes
