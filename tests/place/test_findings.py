"""Findings for people: equal ones in one line, what follows from another under it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

import placebudget as pb
from placebudget.place import Finding, Findings, Place, example
from placebudget.place.checks import following
from placebudget.place.io.template import starter
from placebudget.place.schema import schema
from placebudget.place.settings import Settings

Change = Callable[[Place], Place]


def finding(what: str = "Wrong.", mend: str = "Mend it.", **values: Any) -> Finding:
    own = {"code": "wrong", "severity": "error", "table": "funding", "row": 2, "column": "amount"}
    return Finding(**{**own, **values}, what=what, mend=mend)  # type: ignore[arg-type]


def put(place: Place, table: str, column: str, where: str, value: Any) -> Place:
    """The place with a value in the cells of a column that hold some text."""
    frame = place.tables[table].copy()
    frame.loc[frame[column].astype(str) == where, column] = value
    return place.with_(**{table: frame})


def causes(findings: Findings) -> set[tuple[str, str]]:
    """Codes of findings that follow, each with that of its cause."""
    return {(one.code, of.code) for one, of in findings.causes.items()}


def lines(findings: Findings) -> list[str]:
    return str(findings).split("\n")


def test_equal_findings_of_several_rows_stand_in_one_line() -> None:
    found = Findings(finding(row=row) for row in (12, 13, 14, 3, 20))
    assert lines(found) == [
        "5 errors, 0 warnings",
        "- error: funding, rows 3, 12-14 and 20, amount: Wrong. Mend it. [wrong]",
    ]


def test_equal_findings_of_several_tables_stand_in_one_line_that_names_them() -> None:
    found = Findings([finding(), finding(table="today", column="stream", row=None)])
    assert lines(found)[1:] == [
        "- error: funding, row 2, amount; today, stream: Wrong. Mend it. [wrong]"
    ]


def test_findings_that_differ_in_their_year_stand_in_one_line_with_the_years_put_together() -> None:
    years = ("2027-28", "2028-29", "2030-31")
    found = Findings(finding(f"It has £{5 + n} in {year}.") for n, year in enumerate(years))
    [group] = found.groups
    assert group.what == "It has £5 to £7 in 2027-28 to 2028-29, 2030-31."
    assert len(group.findings) == len(found) == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"what": "It has £5."}, {"what": "It has £6."}),
        ({"what": "It has £5 in 2027-28."}, {"what": "It has £6 in 2027-28."}),
        ({"what": "From 2027-28 to 2028-29."}, {"what": "From 2028-29 to 2029-30."}),
        ({"severity": "error"}, {"severity": "warning"}),
        ({"code": "one"}, {"code": "other"}),
    ],
)
def test_findings_that_differ_otherwise_keep_a_line_each(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert len(Findings([finding(**first), finding(**second)]).groups) == 2


def test_nothing_is_lost_in_groups() -> None:
    found = example("northvale").with_(ring_fences=None, offers=None).check()
    held: list[Finding] = []

    def take(groups: Any) -> None:
        for group in groups:
            held.extend(group.findings)
            take(group.following)

    take(found.groups)
    assert sorted(map(str, held)) == sorted(map(str, found))
    assert len(found.to_frame()) == len(found)
    assert found.grouped()["findings"].sum() == len(found)


HELP = "service=homelessness_prevention"

FOLLOW: dict[str, tuple[Change, str, set[str]]] = {
    "an area that is its own parent": (
        lambda p: p.with_(
            areas=p.areas.assign(parent=lambda f: f["parent"].where(f["area"] != "mills", "mills"))
        ),
        "area-cycle",
        {"closed-route", "unreachable-service"},
    ),
    "a stream misspelt in funding": (
        lambda p: put(p, "funding", "stream", "county_council_tax", "county_council_tx"),
        "unknown-key",
        {"missing-funding", "today-above-funding"},
    ),
    "a service whose key has a space": (
        lambda p: put(p, "services", "service", "family_hubs", "family_hubs "),
        "stray-space",
        {"unknown-key", "no-offer"},
    ),
    "an area without a key": (
        lambda p: put(p, "areas", "area", "mills", None),
        "missing-value",
        {"unknown-key"},
    ),
    "a rule about a service misspelt": (
        lambda p: put(p, "rules", "subject", HELP, HELP[:-1]),
        "unknown-value",
        {"statutory-without-floor"},
    ),
    "a kind of rule misspelt": (
        lambda p: put(p, "rules", "kind", "floor", "flor"),
        "unknown-word",
        {"statutory-without-floor"},
    ),
    "years with a gap": (
        lambda p: p.with_(replace(p.settings, years=(p.years[0], *p.years[2:]))),
        "years-not-consecutive",
        {"year-outside"},
    ),
    "a territory misspelt": (
        lambda p: put(p, "agencies", "area", "northvale", "nrthvale"),
        "unknown-key",
        {"closed-route", "unreachable-service", "useless-stream"},
    ),
    "a key that is referred to with a space": (
        lambda p: put(p, "offers", "area", "hills", "hills "),
        "stray-space",
        {"unknown-key", "no-offer-there", "unserved-need"},
    ),
    "an empty table": (
        lambda p: p.with_(offers=p.offers.iloc[:0]),
        "missing-table",
        {"no-offer", "no-offer-there", "unserved-need", "unknown-key"},
    ),
}


def test_what_findings_rest_on_are_cells_of_the_schema_and_keys_that_it_defines() -> None:
    tables = schema().values()
    defined = {column.refers for table in tables for column in table.columns if column.refers}
    keys = {refers.split(".")[1] for refers in defined} | {table.key[0] for table in tables}
    cells = {f"{table.name}.{name}" for table in tables for name in table.names}
    cells |= {f"place.{field.name}" for field in fields(Settings)}
    for by, held in following._RESTS_ON.values():
        assert set(by.split()) <= keys | {"year"}
        assert set(held.split()) <= {*cells, *following._CAUSES, *schema(), "place"}


@pytest.mark.parametrize("case", FOLLOW)
def test_what_follows_from_an_error_is_told_with_it(case: str) -> None:
    change, cause, after = FOLLOW[case]
    found = change(example("northvale")).check()
    assert {(code, cause) for code in after} <= causes(found)
    assert {of for _, of in causes(found)} == {cause}
    [group] = [each for each in found.groups if each.code == cause and each.following]
    assert {one.code for each in group.following for one in each.findings} >= after
    frame = found.to_frame().set_index("code")
    assert set(frame.loc[sorted(after), "follows_from"].dropna()) == {
        f"{group.findings[0].where} [{cause}]"
    }


@pytest.mark.parametrize(
    ("table", "column", "code"),
    [
        ("needs", "service", "need-not-given"),
        ("at_risk", "outcome", "avoided-without-end"),
        ("avoids", "outcome", "avoided-without-end"),
    ],
)
def test_what_is_found_of_need_follows_from_a_key_misspelt(
    table: str, column: str, code: str
) -> None:
    key = {"service": "hospital_care", "outcome": "admissions"}[column]
    found = put(starter(), table, column, key, key[:-1]).check()
    assert (code, "unknown-key") in causes(found)
    assert [each.code for each in found.groups] == ["unknown-key", "placeholder-figures"]


def test_areas_of_one_circle_are_one_error_and_all_that_follows_stands_under_it() -> None:
    place = put(example("northvale"), "areas", "area", "mills", "mills")
    areas = place.areas
    top = areas.index[areas["parent"].isna()][0]
    areas.loc[top, "parent"] = "mills"
    found = place.with_(areas=areas).check()
    assert len(found.of("area-cycle")) > 1
    assert len(found.groups) == 1
    assert lines(found)[2].strip().startswith("and ")


def test_what_follows_is_found_though_areas_of_the_tier_have_several_parents() -> None:
    """Most authorities lie in the county; the one that is its own parent does not."""
    place = example("lancashire")
    areas = place.areas
    areas.loc[areas["area"] == "blackpool", "parent"] = "blackpool"
    found = place.with_(areas=areas).check()
    before = place.check()
    assert "area-cycle" not in before.codes
    assert len(found) > len(before) + 2
    assert [group.code for group in found.groups] == [
        "area-cycle", *(group.code for group in before.groups),
    ]  # fmt: skip


def test_an_error_that_has_nothing_to_do_with_another_does_not_follow_from_it() -> None:
    """A word that is unknown, a negative need and a missing index stand side by side."""
    place = put(example("northvale"), "services", "nature", "statutory", "statutry")
    needs = place.needs
    needs.loc[0, "people"] = -5.0
    found = place.with_(needs=needs, offers=place.offers.assign(index=None)).check()
    assert {"unknown-word", "negative", "no-index"} <= found.codes
    assert found.causes == {}


def test_what_stands_in_a_doubled_row_does_not_follow_from_its_being_there_twice() -> None:
    place = example("northvale")
    rows = [*place.needs.to_dict("records"), {**place.needs.iloc[0].to_dict(), "people": -1.0}]
    found = place.with_(needs=pb.place.Place(place.settings, {}).needs.from_records(rows)).check()
    assert {"doubled-key", "negative"} <= found.codes
    assert "negative" not in {code for code, _ in causes(found)}


def test_errors_alone_keep_what_follows_among_them() -> None:
    place = put(example("northvale"), "funding", "stream", "county_council_tax", "nobodys")
    errors = place.check().errors
    assert ("today-above-funding", "unknown-key") in causes(errors)
    assert ("missing-funding", "unknown-key") not in causes(errors)
    with pytest.raises(pb.errors.InvalidPlace, match="that follow"):
        place.check().raise_if_errors()


def test_the_error_of_a_place_still_knows_what_follows_from_what() -> None:
    place = put(example("northvale"), "funding", "stream", "county_council_tax", "nobodys")
    with pytest.raises(pb.errors.InvalidPlace) as raised:
        place.check().raise_if_errors()
    assert raised.value.findings == tuple(place.check())
    assert Findings(raised.value.findings).groups == place.check().groups


def test_what_follows_is_told_also_beside_a_cell_that_cannot_be_read(tmp_path: Path) -> None:
    """An area that is its own parent, and a word for a number: two errors, and what follows."""
    change, cause, after = FOLLOW["an area that is its own parent"]
    folder = tmp_path / "place"
    change(example("northvale")).write(folder)
    file = folder / "reserves.csv"
    head, first, *rest = file.read_text("utf-8").splitlines()
    cells = first.split(",")
    cells[head.split(",").index("opening")] = "some"
    file.write_text("\n".join([head, ",".join(cells), *rest]) + "\n", "utf-8")
    with pytest.raises(pb.errors.InvalidPlace) as raised:
        pb.read(folder)
    found = Findings(raised.value.findings)
    assert {group.code for group in found.groups} == {cause, "wrong-type"}
    assert {(code, cause) for code in after} <= causes(found)


def test_what_follows_stands_by_itself_where_its_cause_was_left_out() -> None:
    place = put(example("northvale"), "rules", "kind", "floor", "flor")
    warnings = place.check().warnings
    assert warnings.causes == {}
    assert {group.code for group in warnings.groups} == {"statutory-without-floor"}


def test_html_folds_what_follows_and_escapes_every_text() -> None:
    place = put(example("northvale"), "funding", "stream", "county_council_tax", "<b>tax")
    html = place.check()._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;tax" in html
    assert "<details><summary>and " in html
    assert html.count("<li>") == len(place.check().grouped())


def test_in_full_each_finding_has_a_line_and_names_what_it_follows_from() -> None:
    found = put(example("northvale"), "rules", "kind", "floor", "flor").check()
    told = found.in_full().split("\n")
    assert len(told) == 1 + len(found)
    assert sum("(follows from rules, row" in line for line in told) == len(found.causes) > 0


def test_findings_travel_with_what_tells_what_follows() -> None:
    found = put(example("northvale"), "rules", "kind", "floor", "flor").check()
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert again.causes == found.causes
