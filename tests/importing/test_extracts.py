"""Published figures kept beside the project, read: their totals and known figures come out."""

from __future__ import annotations

import csv
import gzip
from functools import cache
from pathlib import Path

import pytest

import placebudget as pb
from placebudget.importing import Published
from published_forms import write

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the published figures are not beside the project"
)
SERVICES = ["education", "highways_transport", "social_care_all", "childrens_social_care",
            "adult_social_care", "public_health", "housing", "cultural", "environmental",
            "planning", "police", "fire", "central", "other"]  # fmt: skip


@cache
def extract(name: str) -> Published:
    return pb.importing.read(DATA / name)


def value(found: Published, who: str, year: str, line: str, measure: str | None = None) -> float:
    rows = found.for_authority(who, year)
    rows = rows[(rows["line"] == line) & ((rows["measure"] == measure) if measure else True)]
    (only,) = rows["value"]
    return only


def test_the_outturn_of_all_authorities_adds_up() -> None:
    found = extract("rs_panel/rs_panel_2010_2016.csv")
    assert (found.form.key, found.unit, len(found.years)) == ("revenue_outturn", "£ thousand", 6)
    assert not found.findings
    wide = found.table.pivot_table("value", ["code", "year"], "line", sort=False)
    assert len(wide) == 444 * 6
    assert (wide[SERVICES].sum(axis=1) - wide["total_service"]).abs().max() <= 2  # rounding
    assert value(found, "Slough", "2012-13", "unallocated_reserves_start") + value(
        found, "Slough", "2012-13", "earmarked_reserves_start"
    ) == pytest.approx(43_267)
    assert value(found, "Stockport", "2015-16", "total_service") == 366_905
    # Every council of the form is known by its code, and its name agrees.
    assert (found.authorities["kind"] != "").all()


def test_headings_as_the_department_laid_them_out_give_the_same_figures(tmp_path: Path) -> None:
    """Sheets put together again, groups over numbers over lines, are read as the clean panel is."""
    panel = extract("rs_panel/rs_panel_2010_2016.csv").table
    packed = DATA / "mhclg_rs_2010_2016" / "rs_long_2010_2016.csv.gz"
    some = ("E2321", "E2301", "E0102", "E5033", "E7023", "E6123", "E1202")
    told: dict[str, dict[str, dict[tuple[str, int], str]]] = {}
    with gzip.open(packed, "rt", encoding="utf-8", newline="") as file:
        for year, code, _, _, _, line, value in csv.reader(file):
            if code in some and year in ("2010-11", "2012-13", "2015-16"):
                row = told.setdefault(year, {}).setdefault(code, {})
                row[line, sum(held == line for held, _ in row)] = value
    for year, rows in told.items():
        columns = list(dict.fromkeys(key for row in rows.values() for key in row))
        parts = [line.split(" | ") for line, _ in columns]
        heads = [
            ["", *(part[0] if len(part) > 1 and not part[0].isdigit() else "" for part in parts)],
            ["E-code", *(part[-1] for part in parts)],
        ]
        body = [[code, *(row.get(key, "") for key in columns)] for code, row in rows.items()]
        title = [f"Revenue outturn summary (RS) {year}, £ thousand"]
        found = pb.importing.read(write(tmp_path / "rs.csv", [title, [], *heads, *body])).table
        same = ["code", "year", "line", "measure"]
        both = panel[panel["year"] == year].merge(found, on=same, suffixes=("", "_again"))
        assert (both["value"] - both["value_again"]).abs().max() <= 0.5
        wanted = panel[(panel["year"] == year) & panel["code"].isin(found["code"])]
        assert len(both) == len(wanted) > 100


def test_grants_and_core_spending_power_add_up() -> None:
    grant = extract("formula_grant_2010_11/formula_grant_2010_11.csv")
    totals = grant.table.groupby("line")["value"].sum()
    assert grant.form.key == "formula_grant"
    assert totals["formula_grant"] == 29_012_135
    assert totals.drop("formula_grant").sum() == 29_012_135

    power = extract("core_spending_power_2015_2020/core_spending_power_2015_2020.csv")
    assert (power.form.key, power.unit, power.years[-1]) == (
        "core_spending_power",
        "£ million",
        "2020-21",
    )
    wide = power.table.pivot_table("value", ["code", "year"], "line", sort=False)
    parts = wide.drop(columns="core_spending_power").sum(axis=1)
    assert (parts - wide["core_spending_power"]).abs().max() < 1e-5
    # One body under two names of different figures is not added up, and it is said.
    assert {each.what.split(" stands")[0] for each in power.findings.errors} == {
        "North Yorkshire Combined Fire and Rescue Authority",
        "Staffordshire Combined Fire and Rescue Authority",
    }


def test_care_costs_outcomes_people_and_deprivation_are_known_by_their_columns() -> None:
    costs = extract("pss_ex1_unit_costs/pss_ex1_unit_costs.csv")
    assert costs.form.key == "adult_social_care_costs"
    assert len(costs.authorities) == 152
    lancashire = ("Lancashire County Council", "2013-14", "learning_disability_care_homes")
    assert value(costs, *lancashire, "unit_cost") == 1284.2
    assert value(costs, *lancashire, "activity") == 14_807

    outcomes = extract("oflog_asc_outcomes/oflog_asc_outcomes.csv")
    assert outcomes.form.key == "adult_social_care_outcomes"
    assert len(outcomes.lines) == 7

    people = extract("snpp_lancashire/snpp_lancashire.csv")
    assert people.form.key == "population_projections"
    assert value(people, "Burnley", "2022", "age_65_plus") == 17_233
    assert value(people, "Burnley", "2032", "age_65_plus") == 20_351
    assert people.findings.codes == {"county-and-districts"}

    scores = {
        "imd_la/imd2019_england_ltla19.csv": (317, "2019", 37.793),
        "imd_la/imd2019_england_ltla23.csv": (296, "2019", None),
        "imd_la/imd2025_england_ltla24.csv": (296, "2025", None),
    }
    for name, (count, year, burnley) in scores.items():
        found = extract(name)
        assert (found.form.key, len(found.authorities), found.years) == (
            "deprivation",
            count,
            (year,),
        )
        if burnley:
            assert value(found, "Burnley", year, "imd", "average_score") == burnley


def test_outturn_in_long_rows_and_council_tax_of_lancashire() -> None:
    outturn = extract("lancashire_ro_2021_2025/ro_lines.csv")
    assert not outturn.findings.errors
    of = ("Lancashire County Council", "2024-25", "adult_social_care")
    net = value(outturn, *of, "net_current_expenditure")
    spent = value(outturn, *of, "total_expenditure")
    assert net == spent - value(outturn, *of, "total_income")
    assert outturn.findings.codes == {"sign-turned"}
    band_d = extract("lancashire_ro_2021_2025/band_d.csv")
    assert (band_d.form.key, band_d.unit) == ("council_tax", "£ a dwelling")
    assert value(band_d, "Blackburn with Darwen", "1998-99", "band_d") == 817


def test_files_of_no_form_are_refused() -> None:
    for name in ("council_keys/council_keys.csv", "local_authorities/la_imd.csv"):
        with pytest.raises(pb.errors.UnreadableTable, match="none of the published forms"):
            extract(name)
