"""Texts that cannot be seen, look alike, are too long, or would run in a spreadsheet."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from placebudget.place import Finding, Findings, Settings, check, examples, read
from placebudget.texts import did_you_mean
from places import YEARS, rows_of, tiny

CODES = ("unseen-character", "look-alike-keys", "too-long", "like-a-formula")


def found(place: Any) -> list[tuple[str, str, str, int | None, str | None]]:
    return [
        (f.severity[0], f.code, f.table, f.row, f.column) for f in check(place) if f.code in CODES
    ]


def with_agency(**values: Any) -> Any:
    """The tiny place with one agency more."""
    return tiny(agencies=[*rows_of("agencies"), {"agency": "third", **values}])


@pytest.mark.parametrize(
    "mark", ["\u200f", "\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\x07", "\t", "\u00a0"]
)
def test_a_key_with_what_cannot_be_seen_is_an_error(mark: str) -> None:
    place = with_agency(agency=f"th{mark}ird")
    assert ("e", "unseen-character", "agencies", 4, "agency") in found(place)


def test_the_finding_names_the_character() -> None:
    [finding] = check(with_agency(agency="th\u202eird")).of("unseen-character")
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in finding.what


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200b"])
def test_a_name_that_turns_the_reading_direction_is_a_warning(mark: str) -> None:
    assert found(with_agency(name=f"Third{mark} Agency")) == [
        ("w", "unseen-character", "agencies", 4, "name")
    ]


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\x1e", "\x1f", "\x85", "\ud800"], ids=ascii)
def test_a_control_character_is_an_error_in_every_text(mark: str) -> None:
    assert found(with_agency(name=f"Third{mark} Agency")) == [
        ("e", "unseen-character", "agencies", 4, "name")
    ]
    noted = [{**row, "note": f"as{mark}agreed"} for row in rows_of("funding")]
    expected = [
        ("e", "unseen-character", "funding", number, "note")
        for number, _ in enumerate(noted, start=2)
    ]
    assert found(tiny(funding=noted)) == expected


@pytest.mark.parametrize(
    "name",
    ["Ynys Môn", "חיפה", "اتحاد", "漢字", "👩‍👧 families", "5\u00a0%", "two\nlines", "می‌خواهم"],
)
def test_names_of_every_language_are_fine(name: str) -> None:
    assert found(with_agency(name=name)) == []


@pytest.mark.parametrize("key", ["Council", "COUNCIL", "\uff43ouncil"])
def test_keys_that_look_alike_are_a_warning(key: str) -> None:
    assert found(with_agency(agency=key)) == [("w", "look-alike-keys", "agencies", 4, "agency")]


def test_names_and_keys_have_a_longest() -> None:
    place = with_agency(agency="k" * 101, name="x" * 10_000)
    assert found(place) == [
        ("e", "too-long", "agencies", 4, "agency"),
        ("e", "too-long", "agencies", 4, "name"),
    ]
    assert max(len(str(finding)) for finding in check(place)) < 500
    assert found(with_agency(agency="k" * 100, name="x" * 300)) == []


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1+1", "-1+1", "\t=1"])
def test_a_name_that_starts_like_a_formula_is_a_warning(text: str) -> None:
    assert ("w", "like-a-formula", "agencies", 4, "name") in found(with_agency(name=text))


def test_title_and_description_are_looked_at_too() -> None:
    settings = Settings(name="t", years=YEARS, title="x" * 301, description="\u202eabc")
    assert found(tiny(settings=settings)) == [
        ("e", "too-long", "place", None, "title"),
        ("w", "unseen-character", "place", None, "description"),
    ]


@pytest.mark.parametrize("name", examples())
def test_the_examples_have_no_such_findings(name: str) -> None:
    assert found(read(name)) == []


@pytest.mark.parametrize(
    ("table", "column", "value", "code"),
    [
        ("funding", "amount", 1.1e13, "enormous"),
        ("needs", "people", 1e300, "enormous"),
        ("offers", "unit_cost", 1e-300, "minute"),
        ("offers", "unit_cost", 1e14, "enormous"),
        ("services", "units_per_person", 1e-9, "minute"),
    ],
)
def test_figures_nobody_could_reckon_with_are_errors(
    table: str, column: str, value: float, code: str
) -> None:
    rows = rows_of(table)
    rows[0][column] = value
    assert code in check(tiny(**{table: rows})).errors.codes


def test_thousands_of_faults_are_found_and_counted() -> None:
    rows = [{"agency": f"agency_{n}", "area": f"area_{n}"} for n in range(5_000)]
    areas = [{"area": f"place_{n}", "parent": "place_0" if n else None} for n in range(2_000)]
    findings = check(tiny(agencies=pd.DataFrame(rows), areas=pd.DataFrame(areas)))
    assert len(findings.of("unknown-key")) >= 5_000
    assert str(findings).endswith("more")


def test_a_hint_is_not_looked_for_where_a_word_is_endless() -> None:
    assert did_you_mean("x" * 100_000, ["x" * 100_001]) == ""


def test_findings_show_the_first_and_count_the_rest() -> None:
    each = (Finding("a", "error", "t", n, None, f"What {n}.", "Mend.") for n in range(1_200))
    many = Findings(each)
    assert str(many).splitlines()[-1] == "- and 700 more"
    assert len(many.to_frame()) == 1_200
