"""What changed since the last papers: the editions beside a place, and what a board says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.screens import SCREENS, shown
from placebudget.cli import app
from placebudget.errors import CannotAnswer
from placebudget.study.changes import editions_beside
from placebudget.view.studies import STUDIES
from placebudget.view.studies.entry import Subject
from places import tiny


def written(tmp_path: Path) -> pb.Place:
    """The tiny place with a tenth more money, beside the edition before and other things."""
    place = tiny()
    place.write(tmp_path / "last")
    later = replace(place.settings, years=tuple(f"20{y}-{y + 1}" for y in range(40, 42)))
    place.with_(settings=later).write(tmp_path / "next")
    place.with_(settings=replace(place.settings, name="other")).write(tmp_path / "another")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "datapackage.json").write_text("{", "utf-8")
    (tmp_path / "notes.txt").write_text("notes", "utf-8")
    more = pb.Option("more").scale("funding", 1.1).apply(place)
    return pb.read(more.with_(settings=place.settings).write(tmp_path / "now"))


def test_only_earlier_editions_of_the_same_place_are_offered(tmp_path: Path) -> None:
    place = written(tmp_path)
    found = editions_beside(place)
    assert list(found) == [str(tmp_path / "last")]
    assert found[str(tmp_path / "last")].endswith("(last)")
    # What was changed on a board is of the same papers.
    assert editions_beside(place.with_option(pb.Option("x").scale("needs", 1.1))) == found
    assert editions_beside(tiny()) == {}


def test_the_study_compares_with_the_latest_and_a_board_has_its_screen(tmp_path: Path) -> None:
    """£10 million of council tax and £20 million of the NHS in each of two years, a tenth more."""
    place = written(tmp_path)
    entry = STUDIES["changes"]
    subject = Subject(place)
    found = entry.answer(subject, entry.settled(subject, {}))
    assert found.table["pounds"].tolist() == pytest.approx([4e6, 2e6])
    said = entry.finding(found)
    assert said.startswith("2 figures changed; the largest, Funding, ")
    assert "£40 million is now £44 million (+10%)" in said
    meeting = Meeting(place)
    meeting.recalculate({})
    (screen,) = (each for each in SCREENS if each.key == "changed")
    asked = shown(screen, meeting)["html"]
    assert "(last)" in asked
    assert meeting.study("changed")
    assert shown(screen, meeting)["title"] == said
    done = CliRunner().invoke(app, ["study", "changes", str(tmp_path / "now"), "--json"])
    assert len(json.loads(done.stdout)["changes"]) == 2


def test_where_there_is_no_earlier_edition_it_says_what_helps() -> None:
    with pytest.raises(CannotAnswer, match="No earlier edition of this place stands beside it"):
        STUDIES["changes"].answer(Subject(tiny()), {})
    meeting = Meeting(tiny())
    meeting.recalculate({})
    (screen,) = (each for each in SCREENS if each.key == "changed")
    told = shown(screen, meeting)
    assert told["title"] == "No earlier edition of this place stands beside it"
