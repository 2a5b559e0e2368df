"""Facts that are kept with a place."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest

import placebudget as pb
from placebudget.place.conditions import rules_in_force
from placebudget.place.once import once
from placebudget.plan.drawing.amounts import ribbons
from placebudget.programme import Basis, read_pooling


def test_who_changes_a_table_changes_no_other_reader_of_it() -> None:
    place = pb.example("northvale")
    first = rules_in_force(place)
    held = first.copy()
    first["amount"] = -1.0
    del first["kind"]
    pd.testing.assert_frame_equal(rules_in_force(place), held)


def test_a_place_made_from_another_takes_over_no_fact() -> None:
    place = pb.example("northvale")
    assert len(rules_in_force(place)) > 1
    assert len(rules_in_force(place.with_(rules=place.rules.head(0)))) <= 1


def test_each_further_argument_has_its_own_fact() -> None:
    @once
    def told(place: pb.Place, first: str, last: str = "") -> str:
        return f"{place.name} {first}{last}"

    place = pb.example("toy_pooling")
    assert told(place, "a") == "toy_pooling a"
    assert told(place, "b") == "toy_pooling b"
    assert told(place, "b", last="c") == "toy_pooling bc"
    assert told(place, "b", last="d") == "toy_pooling bd"


def test_facts_of_a_plan_stay_behind_when_it_goes_to_another_process() -> None:
    plan = pb.simulate(pb.example("toy_pooling"))
    fresh = len(pickle.dumps(plan))
    assert len(ribbons(plan))
    assert plan.known_findings is not None
    assert len(pickle.dumps(plan)) == fresh
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_what_hangs_on_a_place_alone_is_read_once_for_all_its_bases() -> None:
    place = pb.example("toy_pooling")
    one, other = (Basis(place, read_pooling(place, each)) for each in ("aligned", "pooled"))
    assert one.offers is other.offers
    doubled = one.with_coefficients(2 * one.effects.coefficient)
    assert doubled.offers is one.offers
    assert doubled.made.sum() == pytest.approx(2 * one.made.sum())
    assert other.made is one.made
