"""Subjects of rules: what they pick, and what is wrong with them."""

from __future__ import annotations

import pytest

from placebudget.errors import WrongArgument
from placebudget.place import SUBJECT_COLUMNS, Geography, parse_subject, write_subject
from placebudget.place.rule_kinds import RULE_KINDS
from placebudget.place.schema import schema
from placebudget.place.subjects import Line, lines_of, picks
from places import tiny


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (None, {}),
        ("", {}),
        (float("nan"), {}),
        (" ; ", {}),
        ("service=a", {"service": ("a",)}),
        ("service = a | b ;area= c;", {"service": ("a", "b"), "area": ("c",)}),
        ("provider=A=B Ltd", {"provider": ("A=B Ltd",)}),
        ("service=a|a", {"service": ("a",)}),
    ],
)
def test_subjects_are_read(text: object, subject: dict[str, tuple[str, ...]]) -> None:
    assert parse_subject(text) == subject
    assert parse_subject(write_subject(subject)) == subject


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("service", "not of the form column=value"),
        ("servce=a", "did you mean service"),
        ("=a", "no column ''"),
        ("service=", "names no value"),
        ("service=a|", "names no value"),
        ("service=a; service=b", "comes twice"),
    ],
)
def test_what_is_wrong_with_a_subject_is_said(text: str, message: str) -> None:
    with pytest.raises(WrongArgument, match=message):
        parse_subject(text)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(WrongArgument, match=r"no column 'x'.*names no value"):
        parse_subject("x=1; area=")


TREE = Geography.of_areas({"county": None, "town": "county"}, tiers={"town": "district"})
LINE = Line("care", "town", "council", "adults", "statutory", "revenue")


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("", True),
        ("service=care|other", True),
        ("service=other", False),
        ("area=county", True),
        ("area=town; tier=district", True),
        ("tier=ward", False),
        ("purpose=adults; agency=council; nature=statutory; kind=revenue", True),
        ("purpose=adults; kind=capital", False),
        ("agency=nhs", False),
    ],
)
def test_a_subject_picks_a_line_where_all_its_columns_hold(text: str, picked: bool) -> None:
    assert picks(parse_subject(text), LINE, TREE) is picked


def test_lines_are_services_in_areas_with_an_offer() -> None:
    assert lines_of(tiny(), Geography.of(tiny())) == [
        Line("prevention", "place", "council", "public_health", "preventive", "revenue"),
        Line("treatment", "place", "nhs", "health_care", "reactive", "revenue"),
    ]


def test_every_kind_of_rule_is_known_with_a_unit_and_columns() -> None:
    rules = schema()["rules"]
    assert rules.column("kind").allowed == tuple(RULE_KINDS)
    for kind in RULE_KINDS.values():
        assert kind.unit in rules.column("unit").allowed
        assert set(kind.needs) <= set(kind.columns) <= set(SUBJECT_COLUMNS)
