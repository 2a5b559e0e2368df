"""Ways to reorganise a place, beside what others say of them."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer
from placebudget.study.reorganisation import reorganisation
from succeeding import SECOND, as_it_is, one_becomes_two, reorganised


def test_a_way_brings_what_joined_purses_bring_and_others_estimates_stand_beside_it() -> None:
    found = reorganised()
    [way] = found.table.to_dict("records")
    assert (way["option"], way["councils"]) == ("one council", 1)
    assert way["gain"] == pytest.approx(1e6)
    assert found.finding() == (
        "In the model, one council brings +£1 million, by purses alone: what changing costs or "
        "saves is not in it"
    )
    [said] = found.tables["estimates"].to_dict("records")
    assert said["net"] == -350_000
    assert list(found.estimated()) == [
        "By the estimate of a party, theirs alone and not the model's, 3 years of the whole saving "
        "less the cost of the change would be −£350,000 for one council (−£100,000 a year, the "
        "change £50,000)."
    ]


def test_each_successor_starts_with_money_and_reserves_to_the_penny() -> None:
    [unity] = reorganised().tables["successors"].to_dict("records")
    told = {name: unity[name] for name in ("agency", "year", "money", "reserves")}
    assert told == {"agency": "unity", "year": SECOND, "money": 3e6, "reserves": 200.02}
    assert unity["cost"] == pytest.approx(3e6)
    place = one_becomes_two()
    two = pb.Option("two").add("successions", *place.successions.dropna(axis=1).to_dict("records"))
    found = reorganisation(place.with_(successions=None), [two], pooling="aligned")
    starts = found.tables["successors"].set_index("agency")
    assert starts["money"].to_dict() == {"north": 600_000.01, "south": 400_000.0}
    assert starts["reserves"].to_dict() == {"north": 60.01, "south": 40.0}


def test_without_a_way_it_says_what_to_store() -> None:
    with pytest.raises(CannotAnswer, match="nobody says who could take over"):
        reorganisation(as_it_is())
    with pytest.raises(pb.PlaceBudgetError, match="options is a list"):
        reorganisation(as_it_is(), 3)


def test_what_the_network_of_counties_says_of_lancashire_is_five_years_less_the_change() -> None:
    rows = pb.example("lancashire").filled("option_estimates")
    net = (rows["saving"] * rows["years"] - rows["cost"]) / 1e6
    assert net.round(1).tolist() == [204.3, 77.4, -3.0, -98.8]
    assert set(rows["by"]) == {"the County Councils Network"}
    assert set(rows["option"]) <= set(pb.example("lancashire").options())
