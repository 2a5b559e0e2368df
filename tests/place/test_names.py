"""Names of services: told apart where several share one, and said once where all are meant."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.place.names import Names, rule_words


@pytest.fixture(scope="module")
def lancashire() -> Place:
    return pb.example("lancashire")


def test_no_two_services_of_a_place_are_called_the_same(lancashire: Place) -> None:
    names = Names(lancashire)
    called = [names.of("service", key) for key in lancashire.services["service"]]
    assert len(set(called)) == len(called)
    assert not any("_" in name for name in called)


def test_services_of_one_name_and_commissioner_are_told_apart_by_area_or_key() -> None:
    place = pb.example("northvale")
    services = place.services.assign(name="care", commissioner="county")
    names = Names(place.with_(services=services))
    called = [names.of("service", key) for key in services["service"]]
    assert len(set(called)) == len(called)


def test_a_name_that_stands_for_one_service_only_stays_as_it_is(lancashire: Place) -> None:
    assert Names(lancashire).of("service", "community_nursing") == "community nursing"


def test_every_rule_about_one_of_several_like_services_says_whose_it_is(
    lancashire: Place,
) -> None:
    names = Names(lancashire)
    rules = lancashire.filled("rules")
    said = [rule_words(rule, names) for rule in rules.to_dict("records")]
    assert len(set(said)) == len(said)
    assert "other adult social care (Blackpool Council) at least 17,591 units" in said


def test_a_clash_says_names_as_they_are_read_and_its_limits_once(lancashire: Place) -> None:
    duty = pb.Option("more").add(
        "rules", rule="more", kind="floor", subject="service=reablement", amount=400e6,
        basis="law", reference="Care Act 2014, section 2",
    )  # fmt: skip
    with pytest.raises(pb.Infeasible) as caught:
        pb.optimise(lancashire.with_option(duty), prices=False)
    (promise,), (limit,) = caught.value.promises, caught.value.against
    assert promise == (
        "reablement (Lancashire County Council) at least £400 million "
        "(law: Care Act 2014, section 2)"
    )
    assert limit == (
        "the capacity for reablement (Lancashire County Council) in Burnley, Chorley, Fylde and 9 "
        "more areas in 2027-28"
    )
    assert promise in str(caught.value)
    assert limit in str(caught.value)
