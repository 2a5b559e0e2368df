"""A place that is being edited: what it shows, what is found in it, what saving refuses."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import placebudget as pb
from placebudget.errors import InvalidOption, InvalidPlace, WrongArgument
from placebudget.place import schema
from placebudget.place.io.folder import example_folder
from placebudget.place.options import delete_option, rename_option, stored_options
from placebudget.work.document import (
    ChangedElsewhere,
    Document,
    checked_tables,
    digest_on_disk,
    judge,
    judged_page,
    page_of,
    read_document,
    save_document,
    with_option,
)
from placebudget.work.plans import (
    keep_as_option,
    mark_beside,
    named_together,
    options_beside,
    plans_beside,
)
from places import tiny


@pytest.fixture
def document(tmp_path: Path) -> Document:
    return read_document(tiny().write(tmp_path / "tiny"))


def page(document: Document, **tables: Any) -> dict[str, Any]:
    typed = {**document.tables, **tables}
    return page_of(document, typed, judge(document, typed))


def test_every_table_is_there_and_comes_to_the_place_that_was_written(document: Document) -> None:
    assert list(document.tables) == [*schema(), "place"]
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
        {"name": "Tiny Council", "pence": [1_000_000_000, 1_000_000_000]},
        {"name": "Tiny NHS Board", "pence": [2_000_000_000, 2_000_000_000]},
        {"name": "", "pence": [3_000_000_000, 3_000_000_000]},
    ]
    assert overview["errors"] == 0
    assert overview["to_do"][0]["points"]


def test_an_option_laid_on_tables_leaves_each_other_cell_as_it_was_typed(
    document: Document,
) -> None:
    """The council's £10 million of 2027-28 become £11 million; all else was typed with pence."""
    typed = [[*row[:2], f"{row[2]}.00", *row[3:]] for row in document.tables["funding"]]
    tables = {**document.tables, "funding": typed}
    place = judge(document, tables).place
    assert place is not None
    first, *rest = typed
    richer = pb.Option("richer").scale("funding", 1.1, stream=first[0], year=first[1])
    laid = with_option(tables, place, richer)
    assert laid == {"funding": [[*first[:2], "11000000", *first[3:]], *rest]}
    more = pb.Option("more").add("agencies", agency="new", name="New", sector="council")
    assert len(with_option(tables, place, more)["agencies"]) == len(tables["agencies"]) + 1
    locked = {name: rows for name, rows in tables.items() if name != "funding"}
    with pytest.raises(InvalidOption, match="richer changes Funding, which cannot be edited"):
        with_option(locked, place, richer)


def test_a_cell_that_cannot_be_read_is_found_beside_it_and_the_rest_is_still_shown(
    document: Document,
) -> None:
    first, *rest = document.tables["funding"]
    shown = page(document, funding=[[*first[:2], "much", *first[3:]], *rest])
    (found,) = [each for each in shown["findings"]["funding"] if each["severity"] == "error"]
    assert (found["row"], found["column"]) == (0, "amount")
    assert shown["overview"]["errors"] == 1
    assert shown["overview"]["groups"][0]["table"] == "funding"
    assert shown["overview"]["groups"][0]["where"].startswith("Funding, row ")
    assert shown["overview"]["money"] == []
    assert len(shown["tables"]) == len(schema()) + 1  # the settings


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
    assert set(judged_page(document, judge(document, document.tables))) == {
        "findings",
        "of",
        "overview",
    }


def test_what_was_typed_becomes_an_option_which_is_renamed_and_deleted(tmp_path: Path) -> None:
    """What is typed into an archive is still unsaved afterwards: options are no part of it."""
    path = tiny().write(tmp_path / "tiny.place.zip")
    document = read_document(path)
    first, *rest = document.tables["funding"]
    funding = [[*first[:2], "12000000", *first[3:]], *rest]
    typed = judge(document, {**document.tables, "funding": funding}).place
    assert typed is not None
    mark = mark_beside(path)
    said = keep_as_option(path, tiny(), typed, " richer ", "More.")
    assert mark != mark_beside(path) == mark_beside(path)
    assert said == "The changes are kept as the option richer, in tiny.place.zip."
    assert digest_on_disk(path) == document.digest
    (kept,) = options_beside(path, tiny())
    assert (kept["name"], kept["about"], kept["unfit"]) == ("richer", "More.", "")
    assert kept["changes"] == [
        "Council tax brings £12 million in 2027-28, as it stands £10 million."
    ]
    assert named_together(path, ["richer"]).apply(tiny()) == typed
    for name, why in (("richer", "already"), ("", "^Give the option a name"), ("§", "^Give the")):
        with pytest.raises(InvalidOption, match=why):
            keep_as_option(path, tiny(), typed, name, "")
    with pytest.raises(InvalidOption, match="nothing to keep"):
        keep_as_option(path, tiny(), tiny(), "none", "")
    pb.Option("other").scale("needs", 0.9).save(path)
    with pytest.raises(InvalidOption, match="already"):
        rename_option(path, "richer", "other")
    rename_option(path, "richer", "Rich")
    assert list(stored_options(path)) == ["other", "Rich"]
    delete_option(path, "Rich")
    with pytest.raises(WrongArgument, match="Rich"):
        delete_option(path, "Rich")
    assert [each["name"] for each in options_beside(path)] == ["other"]


def test_an_option_that_no_longer_fits_says_why(tmp_path: Path) -> None:
    path = tiny().write(tmp_path / "tiny")
    pb.Option("gone").set("funding", "amount", 1, stream="no_such").save(path)
    assert [each["unfit"] for each in options_beside(path)] == [None]  # it cannot be told
    (kept,) = options_beside(path, tiny())
    assert "no_such" in kept["unfit"]
    assert kept["changes"] == ["set amount in funding to 1 where stream is no_such"]


@pytest.mark.parametrize("form", ["tiny", "tiny.place.zip", "tiny.place.xlsx"])
def test_settings_are_tables_too_and_change_alone(tmp_path: Path, form: str) -> None:
    """Years, price base and discounting are typed as texts; what is blank is left out."""
    path = tiny().write(tmp_path / form)
    document = read_document(path)
    wish = {"title": "Tiny Town", "years": "2027-28; 2028-29, 2029-30", "discount": "0.03",
            "price_base": "", "appraisal_years": "5"}  # fmt: skip
    typed = [[name, wish.get(name, value)] for name, value in document.tables["place"]]
    judged = judge(document, {**document.tables, "place": typed})
    assert judged.place is not None
    saved = save_document(document, {**document.tables, "place": typed})
    assert saved.tables["place"][:2] == [["title", "Tiny Town"], ["description", ""]]
    settings = pb.read(path).settings
    assert settings == judged.place.settings
    assert settings.years == ("2027-28", "2028-29", "2029-30")
    assert (settings.discount, settings.price_base, settings.appraisal_years) == (
        0.03,
        "2027-28",
        5,
    )
    assert pb.read(path).funding.equals(tiny().funding)


def test_a_setting_that_cannot_be_read_is_said_at_its_box(document: Document) -> None:
    typed = [
        [name, "soon" if name == "years" else value] for name, value in document.tables["place"]
    ]
    told = page(document, place=typed)
    found = told["findings"]["place"]
    assert ("years", "error") in {(each["column"], each["severity"]) for each in found}
    assert "place" in {group["table"] for group in told["overview"]["groups"]}
    with pytest.raises(WrongArgument, match="settings"):
        checked_tables(document, {"place": typed[1:]})
