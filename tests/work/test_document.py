"""A place that is being edited: what it shows, what is found in it, what saving refuses."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import placebudget as pb
from placebudget.errors import InvalidPlace, WrongArgument
from placebudget.place import schema
from placebudget.place.io.folder import example_folder
from placebudget.work.document import (
    ChangedElsewhere,
    Document,
    checked_tables,
    judge,
    judged_page,
    page_of,
    read_document,
    save_document,
)
from placebudget.work.plans import plans_beside
from places import tiny


@pytest.fixture
def document(tmp_path: Path) -> Document:
    return read_document(tiny().write(tmp_path / "tiny"))


def page(document: Document, **tables: Any) -> dict[str, Any]:
    typed = {**document.tables, **tables}
    return page_of(document, typed, judge(document, typed))


def test_every_table_is_there_and_comes_to_the_place_that_was_written(document: Document) -> None:
    assert list(document.tables) == list(schema())
    assert judge(document, document.tables).place == tiny()


def lines_of(folder: Path) -> dict[Path, list[bytes]]:
    """The lines of every file of a place."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes().splitlines() for path in files}


@pytest.mark.parametrize("name", ["northvale", "toy_pooling"])
def test_an_example_opens_whole_and_one_cell_changes_one_line_of_its_files(
    name: str, tmp_path: Path
) -> None:
    with example_folder(name) as folder:
        copy = Path(shutil.copytree(folder, tmp_path / name))
    document = read_document(copy)
    assert document.locked == {}
    assert judge(document, document.tables).place == pb.example(name)
    before = lines_of(copy)
    first, *rest = document.tables["funding"]
    save_document(document, {**document.tables, "funding": [[*first[:2], "7", *first[3:]], *rest]})
    after = lines_of(copy)
    changed = [
        (path.name, number)
        for path, lines in after.items()
        for number, line in enumerate(lines, start=1)
        if line != before[path][number - 1]
    ]
    assert changed == [("funding.csv", 2)]
    assert sorted(before) == sorted(after)


def test_the_overview_tells_what_each_agency_has(document: Document) -> None:
    """£10 million of the council and £20 million of the NHS in each of two years."""
    overview = page(document)["overview"]
    assert overview["years"] == ["2027-28", "2028-29"]
    assert overview["money"] == [
        ["Tiny Council", "£10 million", "£10 million"],
        ["Tiny NHS Board", "£20 million", "£20 million"],
        ["All together", "£30 million", "£30 million"],
    ]
    assert overview["errors"] == 0
    assert overview["to_do"][0]["points"]


def test_a_cell_that_cannot_be_read_is_found_beside_it_and_the_rest_is_still_shown(
    document: Document,
) -> None:
    first, *rest = document.tables["funding"]
    shown = page(document, funding=[[*first[:2], "much", *first[3:]], *rest])
    (found,) = [each for each in shown["findings"]["funding"] if each["severity"] == "error"]
    assert (found["row"], found["column"]) == (0, "amount")
    assert shown["overview"]["errors"] == 1
    assert shown["overview"]["groups"][0]["table"] == "funding"
    assert shown["overview"]["money"] == []
    assert len(shown["tables"]) == len(schema())


def test_a_table_whose_headings_are_unknown_is_locked_with_the_reason(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path / "tiny")
    (folder / "areas.csv").write_text("area,nmae\nx,y\n", "utf-8")
    document = read_document(folder)
    assert list(document.locked) == ["areas"]
    shown = page(document)
    assert "headings" in next(each for each in shown["tables"] if each["name"] == "areas")["locked"]
    assert shown["overview"]["errors"]
    with pytest.raises(WrongArgument, match="areas"):
        checked_tables(document, {"areas": []})


def test_what_is_no_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text('{"kind": "library", "name": "x"}', "utf-8")
    with pytest.raises(InvalidPlace, match="library"):
        read_document(tmp_path)


def test_a_place_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    for name in ("no_such", "no_such.place.zip"):
        with pytest.raises(InvalidPlace, match="no_such"):
            read_document(tmp_path / name)


@pytest.mark.parametrize("rows", [7, [["a"]], [[1] * 5], [["x" * 3000] * 5], [["\ud800"] * 5]])
def test_rows_that_are_none_are_refused(document: Document, rows: Any) -> None:
    with pytest.raises(WrongArgument, match="texts"):
        checked_tables(document, {"funding": rows})


def test_what_was_changed_elsewhere_is_not_written_over(document: Document) -> None:
    goal = document.path / "agencies.csv"
    other = goal.read_text("utf-8").replace("Tiny", "Big")
    goal.write_text(other, "utf-8")
    with pytest.raises(ChangedElsewhere, match="Nothing was saved"):
        save_document(document, {**document.tables, "funding": []})
    assert goal.read_text("utf-8") == other
    assert len(pb.read(document.path).funding) == 4


def test_what_is_saved_is_read_again_with_another_hash(document: Document) -> None:
    rows = document.tables["funding"]
    saved = save_document(document, {**document.tables, "funding": rows[:2]})
    assert saved.tables["funding"] == rows[:2]
    assert saved.digest != document.digest
    assert save_document(saved, saved.tables).digest == saved.digest


def test_a_figure_with_many_digits_is_the_same_when_its_table_is_saved(tmp_path: Path) -> None:
    place = tiny()
    place = place.with_(funding=place.funding.assign(amount=0.1 + 0.2))
    document = read_document(place.write(tmp_path / "tiny.xlsx"))
    saved = save_document(document, {**document.tables, "funding": document.tables["funding"][1:]})
    assert pb.read(saved.path).funding["amount"].tolist() == [0.1 + 0.2] * 3


def test_plans_beside_a_place_say_whether_they_are_of_it_as_it_is(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path / "tiny")
    pb.simulate(tiny()).to_json(folder / "today.plan.json")
    (folder / "broken.plan.json").write_text("{", "utf-8")
    plans = {each["file"]: each["current"] for each in plans_beside(folder, pb.read(folder))}
    assert plans == {"broken.plan.json": None, "today.plan.json": True}
    richer = tiny().with_(funding=tiny().funding.assign(amount=1e6))
    assert not any(each["current"] for each in plans_beside(folder, richer))


def test_what_is_found_anew_has_no_rows_in_it(document: Document) -> None:
    assert set(judged_page(document, judge(document, document.tables))) == {"findings", "overview"}
