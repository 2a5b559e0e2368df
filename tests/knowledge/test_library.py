"""The library is read, checked and written as places are, and what it holds is what was found."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, InvalidPlace, WrongArgument
from placebudget.knowledge import Library
from placebudget.place import Settings, schema

SHIPPED = pb.library()


def changed(table: str, row: int, **cells: object) -> Library:
    """The library that comes along, with cells of one row changed."""
    frame = SHIPPED.tables[table].copy()
    for column, value in cells.items():
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
    return SHIPPED.with_(**{table: frame})


@pytest.mark.parametrize("form", ["library", "library.xlsx", "library.zip", "library.json"])
def test_a_library_reads_back_equal_in_every_form(tmp_path: Path, form: str) -> None:
    again = pb.library(SHIPPED.write(tmp_path / form))
    assert again == SHIPPED
    assert again.digest == SHIPPED.digest
    assert again.settings == SHIPPED.settings
    assert list(again.check()) == []


def test_a_place_and_a_library_are_not_taken_for_each_other(tmp_path: Path) -> None:
    place = pb.example("toy_pooling")
    for form in ("x", "x.xlsx", "x.zip"):
        of_library = SHIPPED.write(tmp_path / "library" / form)
        of_place = place.write(tmp_path / "place" / form)
        with pytest.raises(InvalidPlace, match="It is a library, and a place is needed here"):
            pb.read(of_library)
        with pytest.raises(InvalidPlace, match="It is a place, and a library is needed here"):
            pb.library(of_place)
    with pytest.raises(InvalidPlace, match="The folder holds a place"):
        SHIPPED.write(tmp_path / "place" / "x")
    with pytest.raises(InvalidPlace, match=r"not written as \.json"):
        place.write(tmp_path / "place.json")
    assert place != SHIPPED


def test_what_is_wrong_in_a_library_is_said_as_of_a_place(tmp_path: Path) -> None:
    folder = SHIPPED.write(tmp_path / "mine")
    (folder / "extra.csv").write_text("a\n1\n")
    (folder / "unit_costs.csv").write_text("edition,code,what,cost\nA,1,x,much\n")
    values = (folder / "values.csv").read_text("utf-8")
    (folder / "values.csv").write_text(values.replace("13000", "-13000"), "utf-8")
    with pytest.raises(InvalidPlace) as caught:
        pb.library(folder)
    said = str(caught.value)
    assert "A library has no table 'extra'" in said
    assert "unit_costs, row 2, cost" in said
    assert "The required column unit is missing" in said
    # What could be read is looked at in the same breath.
    assert "values, row 2, amount: -13,000 is below 0" in said
    package = json.loads((folder / "datapackage.json").read_text())
    assert package["kind"] == "library"


def test_findings_of_a_library_are_those_of_its_cells_keys_and_chains() -> None:
    at = SHIPPED.estimates.set_index("estimate").index.get_loc
    first, second = at("falls_tai_chi_2019"), at("falls_tai_chi_2020")
    cases = [
        (changed("estimates", 0, intervention="nothing"), "unknown-key"),
        (changed("estimates", 0, grade="9"), "unknown-key"),
        (changed("estimates", 0, direction="good"), "unknown-word"),
        (changed("estimates", 0, source=None), "no-source"),
        (changed("estimates", 1, estimate=SHIPPED.estimates["estimate"].iloc[0]), "doubled-key"),
        (changed("estimates", 0, mean=0.9), "outside-interval"),
        (changed("estimates", 0, measure="direction"), "size-and-measure"),
        (changed("estimates", 0, better="more"), "size-and-direction"),
        (changed("estimates", 0, direction="harm"), "size-and-direction"),
        (changed("estimates", first, supersedes="falls_tai_chi_2020"), "superseded-loop"),
        (changed("estimates", 0, supersedes="falls_tai_chi_2019"), "superseded-twice"),
        (changed("unit_costs", 0, cost=-1), "negative"),
        (changed("unit_costs", 2, service="emergency_department", usual_units=1), "usual-cost"),
        (changed("sources", 0, licence=None), "missing-value"),
    ]
    assert second > first
    for library, code in cases:
        assert code in library.check().codes, code


def test_the_parts_of_an_incident_add_up_to_it() -> None:
    """1,171 + 581 + 415 + 193 + 110 = 2,470 (Walby, 2009)."""
    costs = SHIPPED.unit_costs
    parts = costs[costs["part_of"] == "CR2.0"]
    assert parts["cost"].tolist() == [1171, 581, 415, 193, 110]
    whole = costs[costs["code"] == "CR2.0"]["cost"].item()
    assert parts["cost"].sum() == whole == 2470
    row = int(costs.index[costs["code"] == "CR2.0.3"][0])
    assert "parts-differ" in changed("unit_costs", row, cost=400).check().codes


def test_a_code_means_something_within_its_edition_only() -> None:
    found = SHIPPED.filter("unit_costs", code="HE3.0").set_index("edition")
    assert len(found) == 2
    assert schema("library")["unit_costs"].key == ("edition", "code")
    assert found["service"].to_dict() == {
        "Unit cost database, 2014 edition": "emergency_department",
        "Unit cost database, 2015 edition": "ambulance",
    }


def test_every_figure_that_comes_along_names_who_made_it_and_may_be_passed_on() -> None:
    for name, table in schema("library").items():
        if table.figures:
            frame = SHIPPED.tables[name]
            assert frame[["source", "status"]].notna().all(axis=None), name
    _, left = SHIPPED.for_others()
    assert left.empty


def test_what_may_not_be_passed_on_is_left_out_and_said(tmp_path: Path) -> None:
    bought = SHIPPED.with_(
        sources=pd.concat(
            [
                SHIPPED.sources,
                pd.DataFrame(
                    {
                        "source": ["bought", "unclear"],
                        "title": ["A list", "Notes"],
                        "publisher": ["A firm", "A friend"],
                        "licence": ["own_use", "lost"],
                    }
                ),
            ]
        )
    )
    services = bought.services.copy()
    services.loc[services["service"] == "telecare", "source"] = "bought"
    values = bought.values.copy()
    values.loc[0, "source"] = "unclear"
    bought = bought.with_(services=services, values=values)
    export = bought.export(tmp_path / "for_others.json")
    left = {(row.table, row.row) for row in export.left_out.itertuples()}
    # What rests on the service goes with it: its intervention, and what was found of that.
    assert left == {
        ("services", "telecare"),
        ("interventions", "telecare"),
        ("estimates", "admissions_telecare_2013"),
        ("values", "wellby"),
        ("sources", "bought"),
        ("sources", "unclear"),
    }
    assert "1 of services" in str(export)
    again = pb.library(export.path)
    assert list(again.check().errors) == []
    assert "telecare" not in set(again.services["service"])
    # For oneself everything is kept.
    assert pb.library(bought.write(tmp_path / "mine.json")) == bought


def test_search_finds_what_helped_beside_what_did_not() -> None:
    found = SHIPPED.search("hospital at home")
    assert {"benefit", "null", "harm"} <= set(found["direction"])
    assert set(SHIPPED.search("cochrane exercise FALLS person")["estimate"]) >= {
        "falls_exercise_2019",
        "fallers_exercise_2019",
    }
    assert set(SHIPPED.filter(grade=["4"])["measure"]) == {"share"}
    assert SHIPPED.search("no such words at all").empty
    assert SHIPPED.search("allowance", "values")["transfer"].any()
    with pytest.raises(WrongArgument, match="Did you mean"):
        SHIPPED.filter(grades=1)
    with pytest.raises(WrongArgument, match="table is one of"):
        SHIPPED.search("", "estimate")


def test_a_line_of_the_outturn_has_its_service() -> None:
    whole = SHIPPED.services[SHIPPED.filled("services")["whole_line"]]
    assert set(whole["outturn"]) == {
        "Education services", "Highways and transport services", "Children Social Care",
        "Adult Social Care", "Public Health", "Housing services (GFRA only)",
        "Cultural and related services", "Environmental and regulatory services",
        "Planning and development services", "Police services", "Fire and rescue services",
        "Central services", "Other services",
    }  # fmt: skip
    for line, service in zip(whole["outturn"], whole["service"], strict=True):
        found = SHIPPED.service_for(line.upper())
        assert found is not None
        assert found["service"] == service
    found = SHIPPED.service_for("Library service - Library service")
    assert found is not None
    assert found["service"] == "libraries"
    assert SHIPPED.service_for("Net current expenditure") is None
    assert SHIPPED.service_for("") is None
    assert len(SHIPPED.services_in("Public Health")) > 5


def test_a_usual_unit_cost_says_whose_prices_it_is_in() -> None:
    """538.21 a week are 52 times that a year; the deflator of 2014-15 is 1.36 %."""
    cost = SHIPPED.unit_cost("residential_care")
    assert cost is not None
    assert (cost.amount, cost.price_year) == (pytest.approx(538.21 * 52), "2013-14")
    later = SHIPPED.unit_cost("residential_care", "2014-15")
    assert later is not None
    assert (later.price_year, later.status) == ("2014-15", "derived")
    assert later.amount == pytest.approx(cost.amount * 1.01362)
    pounds = SHIPPED.unit_cost("libraries", "2030-31")
    assert pounds is not None
    assert (pounds.amount, pounds.price_year) == (1000, "")
    assert SHIPPED.unit_cost("telecare") is None
    with pytest.raises(CannotAnswer, match="the index general has no rate for 2025-26"):
        SHIPPED.unit_cost("residential_care", "2026-27")
    place = pb.example("toy_pooling")
    place = place.with_(
        inflation=pd.DataFrame(
            {"index": "general", "year": ["2024-25", "2025-26"], "rate": [0.04, 0.5]}
        )
    )
    ours = SHIPPED.unit_cost("residential_care", "2025-26", place)
    before = SHIPPED.unit_cost("residential_care", "2023-24")
    assert ours is not None
    assert before is not None
    assert ours.amount == pytest.approx(before.amount * 1.04 * 1.5)


def test_a_library_is_made_in_python_too() -> None:
    empty = Library(Settings("mine", ()), {})
    assert list(empty.check()) == []
    assert empty.search("falls").empty
    with pytest.raises(AttributeError, match="a library has no table or attribute 'funding'"):
        _ = empty.funding


def test_figures_that_mislead_elsewhere_are_called_what_they_are() -> None:
    """A net price is no gross one; a whole cost is no fiscal saving; benefits are a transfer."""
    costs = SHIPPED.unit_costs.set_index("code")
    assert (costs.at["SS7.0", "cost"], costs.at["SS7.0", "kind"]) == (358.8, "net")
    assert (costs.at["2.4", "cost"], costs.at["2.4", "kind"]) == (538.21, "gross")
    values = SHIPPED.values.set_index("value")
    assert values.at["fire_dwelling", "kind"] == "all together"
    assert values.at["job_benefits", "transfer"]
    # Reablement and neighbourhood policing: no effect is established.
    assert set(SHIPPED.search("", service="reablement")["direction"]) == {"null"}
    assert set(SHIPPED.search("", service="neighbourhood_policing")["direction"]) == {"null"}
    # Four-week quits are no trial, and say that nothing is taken off.
    weeks = SHIPPED.search("", outcome="quits_four_weeks")["estimate"]
    rows = SHIPPED.estimates.set_index("estimate").loc[weeks]
    assert not rows["net_of_deadweight"].any()
    assert set(rows["grade"]) == {"4"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no JSON", "Not JSON"),
        ("[1]", "no object"),
        ('{"name": "x"}', "It is a place, and a library is needed here"),
        ('{"kind": "library", "resources": [{"name": "values", "data": 3}]}', "holds its data"),
        ('{"kind": "library", "resources": [{"name": "values", "data": [["value"]]}]}', "required"),
        ('{"kind": "library", "years": ["2027-28"]}', ""),
    ],
)
def test_one_file_is_refused_in_words_where_it_is_no_library(
    tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "library.json"
    file.write_text(content, "utf-8")
    if said:
        with pytest.raises(InvalidPlace, match=said):
            pb.library(file)
    else:
        [finding] = pb.library(file).check()
        assert (finding.code, finding.column) == ("unknown-setting", "years")
