"""The place a new one starts from: it can be planned, and its notebook runs."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import placebudget as pb
from outturn import outturn_file
from placebudget.errors import WrongArgument
from placebudget.importing.chain import HEALTH, SCHEMES
from placebudget.server.folders import first_notebook
from placebudget.server.new_place import files_of_new_place, first_option, new_place
from placebudget.server.requests import Agency, NewPlace, requested_place
from placebudget.texts import key_of

COUNCIL, NHS = Agency("Council", "council"), Agency("NHS Board", "nhs")
WISH = NewPlace("Exampleton", ("2027-28", "2028-29"), (COUNCIL, NHS))


@pytest.mark.parametrize("agencies", [(COUNCIL,), (COUNCIL, NHS), (NHS,) * 5])
def test_the_first_tables_are_found_to_be_placeholders_and_nothing_else(
    agencies: tuple[Agency, ...],
) -> None:
    place = new_place(NewPlace("§", ("2027-28",), agencies))
    assert [each.code for each in place.check()] == ["placeholder-figures"]
    assert len(place.agencies) == len(agencies)


def test_agencies_of_different_sectors_have_services_and_costs_of_their_own() -> None:
    place = new_place(WISH)
    assert place.services["name"].is_unique
    assert place.offers["unit_cost"].is_unique
    assert list(place.services["name"])[:2] == ["reablement, Council", "adult social care, Council"]


def test_every_first_figure_is_said_to_be_a_placeholder() -> None:
    place = new_place(WISH)
    for name in ("funding", "today", "offers", "needs", "effects", "savings", "rules"):
        assert set(place.tables[name]["status"]) == {"placeholder"}, name


def test_working_together_gains_something_in_the_first_tables() -> None:
    table = pb.potential(new_place(WISH)).table
    value = table[table["measure"] == "public value"].set_index("plan")["value"]
    assert value["today"] < value["aligned"] < value["pooled"]


def test_a_new_place_has_the_pools_that_the_law_allows_its_agencies() -> None:
    """As a place from published files: of 100,000 people £7.70 a head of the council's money, and
    £124.90, £7.50 and £5.60 of the NHS's, together no more than its £10 million.
    """
    police = Agency("Police", "police")
    made = new_place(NewPlace("Exampleton", ("2027-28",), (COUNCIL, NHS, police)))
    pools = made.pools.set_index("pool")
    assert pools["name"].to_dict() == {
        key: SCHEMES[key].name for key in ("better_care", "families_first")
    }
    assert pools.loc["better_care", "legal_power"] == HEALTH
    assert set(pools["status"]) == {"placeholder"}
    paid = made.contributions.set_index(["pool", "stream"])["maximum"]
    assert paid["better_care"].to_dict() == {"council_money": 770_000, "nhs_board_money": 9_433_000}
    assert set(paid["families_first"].index) == {"council_money", "nhs_board_money", "police_money"}
    # Two NHS bodies may have no such pool, nor may a council with the Department for Work alone.
    assert new_place(NewPlace("§", ("2027-28",), (NHS, NHS))).pools.empty
    work = Agency("Jobs", "dwp")
    assert new_place(NewPlace("§", ("2027-28",), (COUNCIL, work))).pools.empty


def test_the_first_option_fits_the_first_tables() -> None:
    found = first_option().apply(new_place(WISH)).check()
    assert [each.code for each in found] == ["placeholder-figures"]


def test_the_first_notebook_runs_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in files_of_new_place(WISH).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    known: dict[str, object] = {}
    for cell in first_notebook()["cells"]:
        if cell["cell_type"] == "code":
            exec(compile(cell["source"], "cell", "exec"), known)
    assert "Exampleton" in capsys.readouterr().out
    assert pb.read_plan("first.plan.json") == known["plan"]
    assert "first.plan.json" in os.listdir()


def test_keys_are_short_and_plain() -> None:
    assert key_of("Ärzte & Co.", "agency") == "arzte_co"
    assert len(key_of("a" * 200, "agency")) == 40


def test_a_place_from_published_files_has_its_page_and_its_agencies(tmp_path: Path) -> None:
    file = outturn_file(tmp_path)
    asked = NewPlace(
        "Exampleton", ("2016-17",), (Agency("NHS Exampleton", "nhs"),),
        {file.name: file.read_bytes()}, ("200,000",),
    )  # fmt: skip
    files = files_of_new_place(asked)
    assert {"README.md", "published/reconciliation.csv", "options/five_per_cent_more.json"} < set(
        files
    )
    assert b"NHS Exampleton" in files["agencies.csv"]
    assert b"80123000" in files["funding.csv"]
    with pytest.raises(WrongArgument, match="add Probation to the tables"):
        files_of_new_place(replace(asked, agencies=(Agency("Probation", "probation"),)))


def test_the_dialog_takes_residents_shares_and_years_as_the_command_does(tmp_path: Path) -> None:
    """Half of £79,001,000 of council tax of the police, £300 million, the years after 2015-16."""
    file = outturn_file(tmp_path)
    asked = {
        "title": "Exampleton", "first_year": "", "years": 2, "residents": "Exampleton\t200,000\n",
        "agencies": [
            {"name": "NHS", "sector": "nhs", "known_by": "£300 million"},
            {"name": "Half of the police", "sector": "police", "known_by": "Vale Police@50%"},
        ],
        "files": [{"name": file.name, "content": b64encode(file.read_bytes()).decode()}],
    }  # fmt: skip
    wanted = requested_place(asked)
    assert (wanted.years, wanted.ahead, wanted.residents) == ((), 2, ("Exampleton=200,000",))
    files = files_of_new_place(wanted)
    assert b"2016-17" in files["datapackage.json"]
    assert b"Half of the police" in files["agencies.csv"]
    funding = files["funding.csv"].decode()
    assert "nhs_money_nhs,2015-16,300000000" in funding
    assert "council_tax_police,2015-16,39500500" in funding
    assert "Exampleton,,place,200000" in files["areas.csv"].decode()
    wrong = {**asked, "residents": "Exampelton=9\nVale"}
    wrong["agencies"] = [{"name": "P", "sector": "police", "known_by": "Vale Police@119%"}]
    with pytest.raises(WrongArgument, match="no share of a body"):
        files_of_new_place(requested_place(wrong))
    with pytest.raises(WrongArgument, match="first financial year must be written"):
        requested_place({**asked, "files": [], "agencies": asked["agencies"]})


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ("all", "not a list"),
        ([{"name": "../x.csv", "content": ""}], "name of file 1"),
        ([{"name": "x.csv", "content": "%%"}], "base64"),
    ],
)
def test_files_that_are_none_are_refused_in_words(files: Any, said: str) -> None:
    asked = {"title": "A", "first_year": "2016-17", "years": 1, "agencies": [], "files": files}
    with pytest.raises(WrongArgument, match=said):
        requested_place(asked)
