"""What is to do in a place: what is a placeholder, borrowed or assumed; and where that is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.screens import SCREENS, shown
from placebudget.cli import app
from placebudget.place import Place
from placebudget.place.place import BORROWED, ILLUSTRATIVE, PLACEHOLDER, UNSTATED
from placebudget.view.panels import findings_panel
from places import rows_of, tiny

SAID = "placeholder"


def held_by(status: str | None, *tables: str, **more: Any) -> Place:
    """The tiny place with another status in some tables; all else is published."""
    kept = {
        name: [{**row, "status": status if name in tables else "published"} for row in rows]
        for name, frame in tiny().tables.items()
        if "status" in frame.columns and (rows := rows_of(name))
    }
    return tiny(**{**kept, **more})


def test_a_place_of_its_own_published_figures_has_nothing_to_do() -> None:
    found = held_by("published").to_do()
    assert found.table.empty
    assert "Nothing is to do" in found.summary()


def test_what_is_to_do_comes_by_the_money_that_stands_behind_it() -> None:
    place = held_by("illustrative", "effects", "funding")
    table = pb.to_do(place).table
    assert table[["table", "about", "rows", "behind"]].values.tolist() == [
        ["funding", "stream=nhs_core", 2, 20e6],
        ["effects", "service=treatment; outcome=recoveries", 1, 20e6],
        ["funding", "stream=council_tax", 2, 10e6],
        ["effects", "service=prevention; outcome=admissions", 1, 8e6],
    ]
    assert set(table["state"]) == {ILLUSTRATIVE}
    # All figures of a thing are one entry: two years of a stream, an effect of a service.
    things = place.to_do().things
    assert things[["about", "tables", "rows", "behind"]].values.tolist() == [
        ["stream=nhs_core", "funding", 2, 20e6],
        ["service=treatment", "effects", 1, 20e6],
        ["stream=council_tax", "funding", 2, 10e6],
        ["service=prevention", "effects", 1, 8e6],
    ]
    by_table = place.to_do().tables["tables"].set_index("table")
    assert by_table.loc["funding", ["rows", "of"]].tolist() == [4, 4]


def test_placeholders_borrowed_and_unstated_figures_are_told_apart() -> None:
    sources = [{"source": "made_up", "title": "A catalogue", "borrowed": True}]
    borrowed = held_by("published", sources=sources).to_do().table
    assert set(borrowed["state"]) == {BORROWED}
    assert set(held_by(None, "offers").to_do().table["state"]) == {UNSTATED}
    both = held_by("placeholder", "offers", sources=sources).to_do()
    states = both.table.groupby("table")["state"].agg(set)
    assert states["offers"] == {PLACEHOLDER}
    assert states["needs"] == {BORROWED}
    lines = both.summary().splitlines()
    assert lines[0] == "Tiny (placeholder figures): what is to do"
    assert "Placeholder: 2 rows, nobody’s figures yet, where figures of the place" in both.summary()
    # At the worst of them: its unit cost is a placeholder, its need borrowed.
    first = both.things.set_index("about").loc["service=treatment"]
    assert (first["state"], {"offers", "needs"} <= {*first["tables"].split(", ")}) == (
        PLACEHOLDER,
        True,
    )
    assert any(line.startswith("- treatment: ") for line in lines)


def test_behind_a_saving_and_a_pool_stands_no_more_than_the_services_they_are_about() -> None:
    """Crimes in Stockport are avoided by patrols of hot spots, £0.35 million a year: not by the
    NHS services of £237.9 million whose cost some of a crime is."""
    place = pb.example("stockport")
    found = place.to_do()
    behind = found.things.set_index("about")["behind"]
    spent = place.today.groupby("service")["amount"].sum()
    making = place.effects.loc[place.effects["outcome"] == "crimes", "service"].unique()
    assert behind["outcome=crimes"] == spent[making].sum() < 0.01 * spent["other_nhs"]
    purposes = place.pool_purposes.query("pool == 'safe_homes'")["purpose"]
    served = place.services.loc[place.services["purpose"].isin(purposes), "service"]
    assert behind["pool=safe_homes"] == spent[served].sum()
    # A rule about what a pool spends stands behind no more than the pool.
    lancashire = pb.example("lancashire").to_do()
    of = lancashire.things.set_index("about")["behind"]
    assert of["rule=better_care_social_care"] <= of["pool=better_care"]
    row = {"about": "rule=better_care_social_care"}
    assert lancashire.called(row).startswith("the rule “services for home and residential care")


def test_the_order_may_be_that_of_the_gain_that_hangs_on_each_figure() -> None:
    place = held_by("illustrative", "effects", "outcomes", "savings", "needs")
    table = pb.to_do(place, solve=True).table
    assert table["hangs"].is_monotonic_decreasing
    assert table["hangs"].iloc[0] > 0
    # What a figure of treatment is worth stands behind no gain where treatment is as today.
    effects = table[table["table"] == "effects"].set_index("about")["hangs"]
    assert effects["service=prevention; outcome=admissions"] > 0


def test_an_answer_is_written_in_every_form_and_asked_for_on_the_command_line(
    tmp_path: Path,
) -> None:
    found = held_by("placeholder", "effects").to_do()
    document = json.loads(found.to_json(tmp_path / "to_do.json").read_text("utf-8"))
    assert document["to_do"][0]["table"] == "effects"
    assert found.to_excel(tmp_path / "to_do.xlsx").stat().st_size
    page = found.to_html(tmp_path / "to_do.html").read_text("utf-8")
    assert "What is to do, most money first" in page
    place = held_by("placeholder", "effects").write(tmp_path / "place")
    done = CliRunner().invoke(app, ["todo", str(place)])
    assert done.exit_code == 0, done.output
    assert "- treatment: 1 row in effects, placeholder, £20 million a year" in done.stdout


def test_a_place_of_placeholders_says_so_in_everything_made_of_it(tmp_path: Path) -> None:
    place = held_by("placeholder", "offers", "today")
    found = place.check()
    assert [each.code for each in found] == ["placeholder-figures"]
    assert str(held_by("illustrative", "offers", "today").check()) == "No findings."
    folder, out = place.write(tmp_path / "place"), tmp_path / "out"
    assert pb.read(folder).placeholders == {"offers": 2, "today": 2}
    book = pb.read(place.write(tmp_path / "place.xlsx"))
    assert book.placeholders == place.placeholders
    done = CliRunner().invoke(app, ["run", str(folder), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "Tiny (placeholder figures)" in done.stdout
    assert "4 of 24 rows of figures are placeholders, £28 million of today’s money" in done.stdout
    report = (out / "report.html").read_text("utf-8")
    first = report[report.index("Figures that are nobody’s yet") :]
    assert "rows of figures are placeholders" in first[:2_000]
    sheets = load_workbook(out / "five_plans.xlsx")
    opening = sheets.worksheets[0].iter_rows(values_only=True)
    assert SAID in " ".join(str(cell) for row in opening for cell in row)
    document = json.loads((out / "pooled.plan.json").read_text("utf-8"))
    assert SAID in document["place"]["title"]
    plan = pb.read_plan(out / "pooled.plan.json")
    assert SAID in plan.summary()
    assert SAID in plan.to_html(tmp_path / "plan.html").read_text("utf-8")
    assert plan.findings(place=place)[0].code == "placeholders"
    assert SAID in pb.outlook(place).summary()


def test_a_board_and_a_desk_say_that_a_place_is_of_placeholders() -> None:
    meeting = Meeting(held_by("placeholder", "offers", "today"))
    meeting.recalculate({})
    for screen in SCREENS:
        if screen.key in ("our-money", "admits", "todo"):
            if screen.key == "todo":  # a study is worked out when it is asked for
                meeting.study("todo")
            told = shown(screen, meeting)
            assert SAID in f"{told['title']}{told['html']}", screen.key
    assert meeting.answer is not None
    assert SAID in findings_panel(meeting.answer.plans["pooled"]).html()


def test_where_the_rest_stands_is_said_and_stands_there(tmp_path: Path) -> None:
    found = pb.to_do(pb.example("stockport"))
    more = len(found.things) - 10
    assert more > 0
    assert (
        f"and {more} more; a workbook has them all (in a terminal: --xlsx FILE)" in found.summary()
    )
    book = load_workbook(found.to_excel(tmp_path / "to_do.xlsx"), read_only=True)
    told = {str(cell) for sheet in book for row in sheet.values for cell in row if cell}
    assert {found.name_of("about", each) for each in found.things["about"]} - {""} <= told


@pytest.mark.parametrize("given", [pd.DataFrame(), 3, "nowhere"])
def test_what_is_no_place_is_refused_in_words(given: object) -> None:
    with pytest.raises(pb.PlaceBudgetError, match=r"place|nowhere"):
        pb.to_do(given)  # type: ignore[arg-type]
