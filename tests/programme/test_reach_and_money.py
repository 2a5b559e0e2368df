"""What reach says can pay is what the programme has a variable of money for."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import placebudget as pb
from placebudget.place import Place
from placebudget.programme import build, read_pooling
from random_places import Tables, as_place, tables

POOLINGS = ("aligned", "pooled", "freed")


def money_routes(place: Place, pooling: str) -> dict[tuple[str, str], set[str]]:
    """Routes of every stream to every service for which the programme has money."""
    programme = build(place, read_pooling(place, pooling))
    basis, money = programme.basis, programme.columns["money"]
    found: dict[tuple[str, str], set[str]] = {}
    for klass, route, line in zip(
        money.index["class"], money.index["route"], money.index["line"], strict=True
    ):
        for stream in basis.classes.streams[klass]:
            key = (stream, str(basis.lines.service[line]))
            found.setdefault(key, set()).add(str(basis.routes[route]))
    return found


def assert_reach_agrees(place: Place, pooling: str) -> None:
    found = money_routes(place, pooling)
    # Every second stream of a large place is enough.
    streams = place.streams["stream"].iloc[:: 1 + (len(place.streams) > 6)]
    for key in itertools.product(streams, place.services["service"]):
        reach = place.reach(*key, pooling=pooling)
        assert set(reach.routes) == found.get(key, set()), key
        assert reach.ok == (key in found)
        assert reach.ok or reach.reasons


@settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(tables())
def test_reach_and_money_agree_on_random_places(drawn: tuple[Tables, int]) -> None:
    place = as_place(*drawn)
    for pooling in POOLINGS:
        assert_reach_agrees(place, pooling)


@pytest.mark.parametrize("pooling", ["pooled", "better_care"])
def test_reach_and_money_agree_on_a_place_with_every_feature(pooling: str) -> None:
    assert_reach_agrees(pb.example("northvale"), pooling)


def test_territories_and_money_that_stays_agree_too() -> None:
    place = pb.example("northvale")
    place = place.with_(
        contributions=place.contributions.assign(stays_in_area=True),
        agencies=place.agencies.assign(area=["northvale", "valley", "hills", "harbour", None]),
    )
    assert_reach_agrees(place, "pooled")


def test_a_stream_that_may_contribute_nothing_reaches_nothing_through_the_pool() -> None:
    """A maximum of 0 leaves the route closed, though the programme may keep an idle variable."""
    place = pb.example("toy_pooling")
    contributions = place.contributions.assign(maximum=0.0)
    place = place.with_(contributions=contributions, ring_fences=pd.DataFrame())
    assert not place.reach("council_money", "home_care").ok
    plan = pb.optimise(place, prices=False)
    assert set(plan.money("route")["route"]) == {"direct"}
