"""``placebudget new``: a place of one's own from published files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

import placebudget as pb
from outturn import outturn_file
from placebudget.cli.plans import how_known
from placebudget.importing.page import basis_of
from placebudget.place.place import rows_by_status, rows_known
from placebudget.view import money_by_status

Command = Callable[..., Result]


def test_a_place_is_made_from_files_with_its_page_and_its_reconciliation(
    placebudget: Command, tmp_path: Path
) -> None:
    file, goal = outturn_file(tmp_path), tmp_path / "exampleton"
    done = placebudget(
        "new", "Exampleton", "--from", file, "--out", goal, "--population", "Exampleton=200,000",
        "--partner", "nhs=£300 million", "--partner", "police=Vale Police@25%",
        "--growth", "2%", "--growth", "nhs=3%", "--years", "2",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert f"Next: placebudget run {goal}" in done.stdout
    assert "has no pool" not in done.stdout
    place = pb.read(goal)
    assert place.years == ("2016-17", "2017-18")
    # A partner that is named stands for its own sector alone.
    assert sorted(place.agencies["sector"]) == ["council", "dwp", "fire", "nhs", "police"]
    paid = place.funding.set_index(["stream", "year"])["amount"]
    assert paid["nhs_money_nhs", "2017-18"] == 300e6 * 1.03**2
    assert paid["council_tax_police", "2015-16"] == 79_001_000 / 4
    assert paid["council_tax_exampleton_council", "2016-17"] == round(80_123_000 * 1.02)
    page = (goal / "README.md").read_text("utf-8")
    assert page.startswith("# Exampleton (placeholder figures)\n")
    line = "| Exampleton | net current expenditure | 278,000 | 278,000 | 0 |"
    assert line in page
    # All of the council's £1.5 million, a quarter of the £2 million of the police.
    assert "£2 million was drawn from reserves in 2015-16" in page
    told = pd.read_csv(goal / "published" / "reconciliation.csv")
    whole = told.groupby(["agency", "line"])["in_place_thousand"].sum()
    assert whole["exampleton_council", "adult_social_care"] == 60_000
    assert whole["police", "police"] == 200_000


def test_a_new_place_its_page_its_list_and_its_run_count_what_is_known_alike(
    placebudget: Command, tmp_path: Path
) -> None:
    file, goal = outturn_file(tmp_path), tmp_path / "exampleton"
    made = placebudget(
        "new", "Exampleton", "--from", file, "--out", goal, "--population", "Exampleton=200,000",
        "--partner", "none", "--partner", "nhs=£300 million", "--years", "1",
    )  # fmt: skip
    place = pb.read(goal)
    page = (goal / "README.md").read_text("utf-8")
    run = placebudget("run", goal, "--out", tmp_path / "run")
    assert (made.exit_code, run.exit_code) == (0, 0), run.stderr
    told = rows_known(place)
    listed = placebudget("todo", goal).stdout
    assert all(told in each for each in (made.stdout, page, listed, run.stdout))
    # What is on the list is what is neither published nor derived, each row once.
    to_do = place.to_do().table.groupby("state")["rows"].sum().drop("no effect known")
    rows = rows_by_status(place).sum()
    assert to_do.to_dict() == rows.drop(["published", "derived"])[rows > 0].to_dict()
    assert {"borrowed", "illustrative", "placeholder"} == {*to_do.index}
    # Money is known in the same ways, and so much of it, in each.
    for line in how_known(place).to_numpy().tolist():
        said = " ".join(line)
        assert all(said in " ".join(each.stdout.split()) for each in (made, run)), said
    draft = basis_of(place).groupby(["money", "figures are"])["amount"].sum()
    known = money_by_status(place)
    for title, column in (("spent today", "today"), ("funding over the years", "funding")):
        there = known.loc[known[column] > 0, column].to_dict()
        assert draft[title].to_dict() == pytest.approx(there)
    assert " typed | illustrative | £300 million |" in page


def test_what_was_made_is_said_for_machines(placebudget: Command, tmp_path: Path) -> None:
    file, goal = outturn_file(tmp_path), tmp_path / "mine.xlsx"
    done = placebudget(
        "new", "Exampleton", file, "--out", goal, "--population", "Exampleton=200000",
        "--partner", "none", "--partner", "nhs=£300 million", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["agencies"] == ["Exampleton", "NHS in Exampleton"]
    assert {each["total"]: each["published"] for each in told["totals"]} == {
        "total_service": 229_611, "net_current": 278_000, "net_revenue": 136_500,
        "council_tax_requirement": 80_123,
    }  # fmt: skip
    assert {each["code"] for each in told["findings"]} == {"one-off-money", "placeholder-figures"}
    # The file holds a police body besides, which this place has nothing of.
    (remark,) = told["remarks"]
    assert (remark["code"], remark["row"]) == ("unknown-authority", 2)
    assert pb.read(goal).settings.title == "Exampleton"


def test_a_place_without_partners_is_told_to_have_no_pool(
    placebudget: Command, tmp_path: Path
) -> None:
    file, goal = outturn_file(tmp_path), tmp_path / "mine"
    done = placebudget("new", "Exampleton", "--from", file, "--out", goal, "--population",
                       "Exampleton=200000", "--partner", "none")  # fmt: skip
    assert "This place has no pool" in done.stdout


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), '--population "Exampleton=100000"'),
        (("--population", "Exampelton=9"), "Did you mean Exampleton"),
        (("--population", "Vale Police=9"), "no council of this place"),
        (("--population", "Exampleton"), "figures by name, such as Exampleton=200,000"),
        (("--partner", "police=Vale Police@much"), "no share after @"),
        (("--partner", "police=Vale Police@119%"), "119% is no share of a body"),
        (
            ("--population", "Exampleton=9", "--partner", "police=Vale Polize"),
            "Did you mean Vale Police",
        ),
        (("--partner", "army"), "partners are of the sectors"),
        (("--population", "Exampleton=90000", "--growth", "council_tx=1%"), "council_tax"),
    ],
)
def test_what_cannot_be_meant_is_wrong_use_and_nothing_is_written(
    placebudget: Command, tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    file = outturn_file(tmp_path)
    done = placebudget("new", "Exampleton", "--from", file, "--out", tmp_path / "mine", *more)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == [file]


def test_a_name_that_was_forgotten_is_asked_for(placebudget: Command, tmp_path: Path) -> None:
    done = placebudget("new", outturn_file(tmp_path), "--out", tmp_path / "mine")
    assert done.exit_code == 2
    assert "the name of the place comes first" in " ".join(done.stderr.split())


def test_without_files_it_is_said_which_are_wanted_where_they_are_and_what_is_typed(
    placebudget: Command,
) -> None:
    done = placebudget("new", "Exampleton")
    assert done.exit_code == 2
    told = " ".join(done.stderr.replace("│", " ").split())
    for said in (
        "Revenue outturn summary (RS, RSX) (gov.uk", "Core spending power", "ons.gov.uk",
        '--population "NAME=290,000"', '--partner "nhs=£480 million"', "placebudget template",
    ):  # fmt: skip
        assert said in told, said
