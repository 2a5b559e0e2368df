"""The tree of areas, whatever the order of rows and whatever is wrong with it."""

from __future__ import annotations

import pandas as pd
import pytest

from placebudget.place import Geography
from places import tiny

AREAS = [
    {"area": "street", "parent": "ward", "tier": "street", "population": 1},
    {"area": "ward", "parent": "town", "tier": "ward"},
    {"area": "county", "population": 9},
    {"area": "town", "parent": "county", "tier": "town", "population": 5},
    {"area": "city", "parent": "county", "tier": "town", "population": 4},
]


def test_the_tree_of_a_place() -> None:
    tree = Geography.of(tiny(areas=AREAS))
    assert tree.root == "county"
    assert tree.areas == ("city", "county", "street", "town", "ward")
    assert tree.ancestors("street") == ("ward", "town", "county")
    assert tree.path("ward") == ("ward", "town", "county")
    assert tree.descendants("town") == {"town", "ward", "street"}
    assert tree.descendants(None) == set(tree.areas)
    assert tree.of_tier("town") == ("city", "town")
    assert tree.populations == {"street": 1, "county": 9, "town": 5, "city": 4}


@pytest.mark.parametrize("blank", [None, "", float("nan"), pd.NA])
def test_a_blank_area_is_the_whole_place(blank: object) -> None:
    tree = Geography.of(tiny(areas=AREAS))
    assert tree.key(blank) == "county"
    assert tree.is_within("street", blank)
    assert not tree.is_within(blank, "town")
    assert tree.ancestors(blank) == ()


def test_within_takes_in_the_area_itself_but_no_neighbour() -> None:
    tree = Geography.of(tiny(areas=AREAS))
    assert tree.is_within("town", "town")
    assert tree.is_within("street", "town")
    assert not tree.is_within("town", "street")
    assert not tree.is_within("street", "city")


def test_a_place_without_areas_is_one_area() -> None:
    tree = Geography.of(tiny())
    assert (tree.root, tree.areas) == ("place", ("place",))
    assert tree.descendants("place") == {"place"}
    assert tree.is_within(None, "place")


def test_the_order_of_rows_does_not_matter() -> None:
    assert Geography.of(tiny(areas=AREAS)) == Geography.of(tiny(areas=AREAS[::-1]))


def test_a_tree_that_is_not_in_order_can_still_be_asked() -> None:
    tree = Geography.of_areas({"a": "b", "b": "a", "c": "nowhere"})
    assert tree.root == "place"
    assert tree.path("a") == ("a", "b")
    assert tree.path("c") == ("c", "nowhere")
    assert tree.descendants("b") == {"a", "b"}
