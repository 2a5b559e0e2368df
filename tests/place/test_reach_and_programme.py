"""What reach says and what the programme lets money do are the same."""

from __future__ import annotations

import pytest

from placebudget.place import read
from placebudget.place.conditions import Conditions
from placebudget.place.subjects import lines_of
from placebudget.programme import build, read_pooling
from proof import some_examples


@pytest.mark.parametrize("pooling", ["aligned", "pooled", "freed"])
@pytest.mark.parametrize("name", some_examples())
def test_open_routes_are_the_programmes_variables_of_money(name: str, pooling: str) -> None:
    place = read(name)
    conditions = Conditions(place, pooling)
    said = {
        (stream, route, line.service, line.area)
        for stream in place.streams["stream"]
        for line in lines_of(place, conditions.geography)
        for route in conditions.routes(stream, line)[0]
    }
    programme = build(place, read_pooling(place, pooling))
    basis, money = programme.basis, programme.columns["money"].index
    routed = set(zip(*(money[part].tolist() for part in ("class", "route", "line")), strict=True))
    let = {
        (stream, str(basis.routes[route]), basis.lines.service[line], basis.lines.area[line])
        for klass, route, line in routed
        for stream in basis.classes.streams[klass]
    }
    assert said
    assert said == let
