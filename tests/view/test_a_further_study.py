"""A further study is one entry and its mathematics: everything else follows from it."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from placebudget.view.studies import STUDIES, studies_page

PLANTED = """
import json, sys
from pathlib import Path
import pandas as pd
from placebudget.study.result import StudyResult, record_of
from placebudget.view.studies import STUDIES, studies_page, study_panel
from placebudget.view.studies.entry import SEED, Amount, Choice, Flag, SeveralOf, Study, Whole

def streets(subject, *, length, lamps, both_sides, light, days, seed):
    place = subject.whole()
    count = length * (2 if both_sides else 1) * len(days)
    table = pd.DataFrame({"street": ["High Street"], "lamps": [count], "price": [count * lamps]})
    run = record_of(place, "streets", length=length, light=light, seed=seed)
    return StudyResult("Lamps of one street", {"lamps": table}, (f"Light: {light}.",), run)

STUDIES["streets"] = Study(
    name="streets", about="what lamps of a street come to",
    question="What does it cost to light a street?", ask=streets,
    arguments=(
        Whole(name="length", label="Lamps a side", default=3, span=(1, 9), asked=True,
              group="Street"),
        Amount(name="lamps", label="Price of a lamp", default=10.0, asked=True, group="Street"),
        Flag(name="both_sides", label="On both sides", asked=True, group="Street"),
        Choice(name="light", label="Which light", default="warm", choices={"warm": "Warm light",
               "cold": "Cold light"}, asked=True, group="Light"),
        SeveralOf(name="days", label="Which days", default=("week",), choices={"week": "Weekdays",
                "sunday": "Sundays"}, asked=True, group="Light"),
        SEED,
    ),
)

import placebudget as pb
from typer.testing import CliRunner
from placebudget.apps import Meeting
from placebudget.apps.widget import Board
from placebudget.cli.app import app

folder, seen = Path(sys.argv[1]), {}

def command(*words):
    done = CliRunner().invoke(app, ["study", *words], terminal_width=200)
    return {"code": done.exit_code, "out": done.stdout, "err": done.stderr}

seen["help"] = command("--help")
page, book = folder / "lamps.html", folder / "lamps.xlsx"
seen["run"] = command("streets", "toy_pooling", "--length", "4", "--both-sides", "--days",
                      "week,sunday", "--json", "--html", str(page), "--xlsx", str(book))
seen["refused"] = command("streets", "toy_pooling", "--light", "blue")
seen["page"] = page.read_text("utf-8")
seen["sheets"] = pd.read_excel(book, "Lamps", header=1, engine="openpyxl").to_dict("records")
board, sent = Board(Meeting(pb.example("toy_pooling"))), []
board.send = lambda content, buffers=None: sent.append(content)
board.wait()

def wish(do, **more):
    board._wished(board, {"do": do, **more}, None)
    board.wait()
    return board.shown

seen["screens"] = [each["name"] for each in board.screens]
seen["form"] = wish("open", screen="streets")
given = {"length": "5", "lamps": "2.50", "both_sides": True, "light": "cold", "days-sunday": True}
seen["screen"] = wish("study", key="streets", given=given)
seen["panel"] = study_panel(board.meeting.answer.studies["streets"]).html()
wish("study", key="streets", given={"length": "99", "lamps": "x", "light": "blue"})
told = [each for each in sent if each.get("kind") == "problems"][-1]
seen["problems"] = {p["control"]: p["text"] for p in told["problems"]}
seen["list"] = studies_page()
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process shows in which a study of street lamps was entered."""
    folder = tmp_path_factory.mktemp("planted")
    words = [sys.executable, "-W", "error", "-c", PLANTED, str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_command_says_what_it_asks_and_has_its_options(seen: dict[str, Any]) -> None:
    said = " ".join(seen["help"]["out"].replace("│", " ").split())
    assert "streets: what lamps of a street come to." in said
    for option in ("--length", "--lamps", "--both-sides", "--light", "--days"):
        assert option in said
    assert "streets: lamps a" in said


def test_the_command_runs_it_and_writes_a_page_and_a_workbook(seen: dict[str, Any]) -> None:
    document = json.loads(seen["run"]["out"])
    # 4 lamps, on 2 sides, for 2 kinds of days, at 10 each.
    rows = [{"street": "High Street", "lamps": 16, "price": 160.0}]
    assert document["lamps"] == rows
    assert document["run"]["options"] == {"length": 4, "light": "warm", "seed": 0}
    assert seen["sheets"][0]["Lamps"] == 16
    assert "What does it cost to light a street?" in seen["page"]
    assert "High Street" in seen["page"]


def test_a_word_it_does_not_know_is_refused_with_those_it_does(seen: dict[str, Any]) -> None:
    assert seen["refused"]["code"] == 2
    assert "warm, cold" in " ".join(seen["refused"]["err"].replace("│", " ").split())


def test_the_board_has_its_screen_and_a_form_with_a_box_an_argument(seen: dict[str, Any]) -> None:
    assert "Streets" in seen["screens"]
    assert seen["form"]["title"].endswith("what does it cost to light a street?")
    for part in ("Lamps a side", "Price of a lamp", "On both sides", "Warm light", "Sundays"):
        assert part in seen["form"]["html"]
    assert "seed" not in seen["form"]["html"]


def test_the_board_works_it_out_with_what_was_typed(seen: dict[str, Any]) -> None:
    assert seen["screen"]["title"] == "Light: cold."
    # 5 lamps, on 2 sides, at 2.50 each.
    assert ">10<" in seen["screen"]["html"]
    assert 'value="2.50"' in seen["screen"]["html"]


def test_what_is_wrong_is_told_at_each_box(seen: dict[str, Any]) -> None:
    assert set(seen["problems"]) == {"length", "lamps", "light", "days-week"}
    assert seen["problems"]["length"] == "Lamps a side: enter a whole number from 1 to 9."


def test_its_panel_and_the_list_in_the_documentation_show_it(seen: dict[str, Any]) -> None:
    assert "Lamps of one street" in seen["panel"]
    assert "High Street" in seen["panel"]
    assert "| `streets` | what lamps of a street come to |" in seen["list"]


def test_the_list_in_the_documentation_is_what_the_entries_say() -> None:
    page = Path(__file__).parents[2] / "docs" / "studies.md"
    assert page.read_text("utf-8") == studies_page()


@cache
def kinds() -> dict[str, list[Any]]:
    known: dict[str, list[Any]] = {}
    for study in STUDIES.values():
        for each in study.arguments:
            known.setdefault(each.name, []).append(each)
    return known


@pytest.mark.parametrize("name", kinds())
def test_arguments_of_one_name_are_one_option(name: str) -> None:
    told = {(type(each), each.option, each.about, each.default) for each in kinds()[name]}
    assert len(told) == 1
