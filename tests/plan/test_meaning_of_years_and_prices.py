"""What years, cash and real terms, and discounting mean for a plan."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.place import Place
from small import MILLION, rule, small, spent, units

COUNCIL = {"council": {"amount": 1}}


def best(place: Place, **options: object) -> pb.Plan:
    return pb.optimise(place, prices=False, **{"pooling": "aligned", **options})


def rising(index: str, *rates: float, first: int = 2027) -> list[dict[str, object]]:
    names = [f"{first + n}-{(first + n + 1) % 100}" for n in range(len(rates))]
    return [{"index": index, "year": y, "rate": r} for y, r in zip(names, rates, strict=True)]


def test_benefits_count_over_the_years_plus_the_longest_lag_and_duration() -> None:
    """£1 million buys 1,000 units in year 0; each is worth £1,000 a year in years 1, 2 and 3.

    One year of money, lag 1, duration 3: 1 + 1 + 3 - 1 = 4 appraisal years, so all count:
    1 million x (0.966184 + 0.933511 + 0.901943) = £2,801,637.
    """
    place = small(COUNCIL, {"care": {"effect": {"lag": 1, "duration": 3}}})
    plan = best(place)
    assert plan.objective.value == pytest.approx(2_801_636.98, abs=0.01)
    years = plan.outcomes("year")
    assert list(years["year"]) == ["2028-29", "2029-30", "2030-31"]
    assert list(years["produced"]) == pytest.approx([1_000, 1_000, 1_000])


@pytest.mark.parametrize(
    ("count", "value"),
    [(1, 0.0), (2, 966_183.57), (3, 1_899_694.28), (4, 2_801_636.98), (9, 2_801_636.98)],
)
def test_benefits_stop_counting_at_the_end_of_the_appraisal(count: int, value: float) -> None:
    """The sums of 0.966184, 0.933511 and 0.901943 cut short; longer adds nothing."""
    place = small(
        COUNCIL,
        {"care": {"effect": {"lag": 1, "duration": 3}}},
        settings={"appraisal_years": count},
    )
    assert best(place).public_value() == pytest.approx(value, abs=0.01)


def test_a_project_is_worth_its_published_net_present_value() -> None:
    """£10 million saves £4 million a year for the four years after: 4 x 3.673079 - 10 = 4.6923.

    A saving half as large: 7.3462 - 10 = -2.6538; a floor makes the place spend it.
    """
    for saving, value in ((400, 4.6923), (200, -2.6538)):
        place = small(
            {"council": {"amount": 10}},
            {"care": {"value": 0, "people": 10_000, "effect": {"lag": 1, "duration": 4}}},
            savings=[{"outcome": "care_good", "agency": "council", "value": saving, "cashable": 1}],
            rules=[rule("floor", amount=10 * MILLION)],
        )
        plan = best(place, objective="net public value")
        assert round(plan.objective.value / MILLION, 4) == value


def test_the_effect_chain_carries_a_thousand_people_to_pounds() -> None:
    """1,000 units x 0.5 x 0.8 x 0.25 x 0.8 x 0.85 = 68; x £2,000, a year later: £131,400.97."""
    chain = {
        "engagement": 0.5,
        "retention": 0.8,
        "impact": 0.25,
        "deadweight": 0.2,
        "evidence": "4",
    }
    place = small(
        COUNCIL,
        {"care": {"value": 0, "effect": {**chain, "lag": 1}}},
        savings=[{"outcome": "care_good", "agency": "council", "value": 2_000, "cashable": 0.3}],
        evidence=[{"grade": "4", "optimism_bias": 0.15}],
    )
    plan = best(place)
    assert plan.outcomes("outcome")["counted"].item() == pytest.approx(68)
    saved = plan.savings("agency")
    assert saved["fiscal"].item() == pytest.approx(136_000)
    assert saved["cashable"].item() == pytest.approx(40_800)
    assert round(plan.objective.value, 2) == 131_400.97
    assert saved["discounted_fiscal"].item() == pytest.approx(131_400.97, abs=0.005)
    assert saved["discounted_cashable"].item() == pytest.approx(0.3 * 131_400.97, abs=0.005)


def test_blank_links_of_the_chain_change_nothing() -> None:
    """Shares 1, deadweight 0, no grade: 1,000 units make 1,000 outcomes at £1,000 each."""
    plan = best(small(COUNCIL, {"care": {}}))
    assert plan.objective.value == pytest.approx(MILLION)


def test_money_is_spent_in_the_years_of_the_place_only() -> None:
    """Funding of today's year is what today's money is paid from; it buys nothing."""
    place = small(
        {"council": {"amount": [1, 2], "now": 50}},
        {"care": {"people": 5_000}},
        years=2,
        settings={"today_year": "2026-27"},
    )
    assert spent(best(place), "year") == {"2027-28": 1.0, "2028-29": 2.0}


def test_a_unit_cost_rises_with_its_index_from_the_price_base() -> None:
    """Base 2026-27, 10 % then 25 %: £1,100 and £1,375 a unit; £1.1 million buys 1,000 and 800."""
    place = small(
        {"council": {"amount": 1.1}},
        {"care": {"people": 5_000, "offer": {"index": "pay"}}},
        years=2,
        settings={"price_base": "2026-27", "discount": 0},
        inflation=rising("pay", 0.10, 0.25) + rising("general", 0.0, 0.0),
    )
    plan = best(place)
    assert units(plan, "year") == pytest.approx({"2027-28": 1_000, "2028-29": 800})
    # Values are real: 1,800 outcomes at £1,000 of the price base.
    assert plan.objective.value == pytest.approx(1.8 * MILLION)


def test_an_offer_without_an_index_stays_flat_with_a_warning() -> None:
    """Whatever prices do, £1 million a year buys 1,000 units at £1,000."""
    place = small(
        COUNCIL | {"council": {"amount": [1, 1]}},
        {"care": {"people": 5_000, "offer": {"index": None}}},
        years=2,
        inflation=rising("general", 0.10, 0.25),
    )
    assert units(best(place), "year") == {"2027-28": 1_000, "2028-29": 1_000}
    assert "no-index" in {finding.code for finding in place.check().warnings}


def test_net_public_value_takes_off_money_made_real_and_discounted() -> None:
    """£1 million a year buys 1,000 units worth £2,000 each; the index general rises by 25 %.

    Discount 60 %: 2 + 2 / 1.6 = 3.25 of value; 1 + (1 / 1.25) / 1.6 = 1.5 of money: 1.75.
    """
    place = small(
        {"council": {"amount": [1, 1]}},
        {"care": {"value": 2, "people": 1_000, "offer": {"index": None}}},
        years=2,
        settings={"discount": 0.6},
        inflation=rising("general", 0.0, 0.25),
    )
    plan = best(place, objective="net public value")
    assert plan.objective.value == pytest.approx(1.75 * MILLION)
    assert plan.public_value() == pytest.approx(3.25 * MILLION)


def test_net_public_value_leaves_money_that_is_worth_less_than_itself() -> None:
    """A service worth 90p a pound is not bought; one worth £1.10 is, for a net 0.1."""
    place = small({"council": {"amount": 5}}, {"good": {"value": 1.1}, "poor": {"value": 0.9}})
    plan = best(place, objective="net public value")
    assert spent(plan) == {"good": 1.0}
    assert plan.objective.value == pytest.approx(0.1 * MILLION)


def test_cash_limits_are_never_discounted_nor_made_real() -> None:
    """A floor of £500,000 is £500,000 of cash in each year, at 60 % and 25 % inflation."""
    place = small(
        {"council": {"amount": [1, 1]}},
        {"good": {"value": 2, "people": 9_000}, "poor": {"value": 1}},
        years=2,
        settings={"discount": 0.6},
        inflation=rising("general", 0.0, 0.25),
        rules=[rule("floor", "service=poor", 500_000)],
    )
    poor = {k[1]: v for k, v in spent(best(place), "service", "year").items() if k[0] == "poor"}
    assert poor == {"2027-28": 0.5, "2028-29": 0.5}
