"""Tables changed in the files of a place: those alone, all of them or none."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

import placebudget as pb
from placebudget import writing
from placebudget.errors import CannotAnswer, CannotWrite
from placebudget.place import schema
from placebudget.place.io.changing import write_changed
from placebudget.work.document import Document, read_document

RICHER = "30000001"


@pytest.fixture(params=["toy", "toy.place.xlsx", "toy.place.zip"])
def document(request: pytest.FixtureRequest, tmp_path: Path) -> Document:
    return read_document(pb.example("toy_pooling").write(tmp_path / request.param))


def with_amount(document: Document, amount: str) -> dict[str, Sequence[Sequence[str]]]:
    """The tables with another amount in the first row of funding."""
    first, *rest = document.tables["funding"]
    return {**document.tables, "funding": [[*first[:2], amount, *first[3:]], *rest]}


def write(document: Document, tables: dict[str, Sequence[Sequence[str]]]) -> None:
    write_changed(document.path, document.raw, document.tables, tables)


def test_one_cell_is_written_into_every_form_and_nothing_else_changes(document: Document) -> None:
    before = pb.read(document.path)
    write(document, with_amount(document, RICHER))
    after = pb.read(document.path)
    assert after.funding["amount"].tolist()[0] == 30_000_001
    assert {
        name for name, frame in after.tables.items() if not frame.equals(before.tables[name])
    } == {"funding"}
    assert after.settings == before.settings


def test_a_cell_that_cannot_be_read_is_kept_as_it_was_typed(document: Document) -> None:
    write(document, with_amount(document, "soon"))
    assert read_document(document.path).tables["funding"][0][2] == "soon"


def test_a_table_that_was_not_there_is_added_and_named(document: Document) -> None:
    row = ["general", *[""] * (len(schema()["areas"].names) - 1)]
    write(document, {**document.tables, "areas": [row]})
    assert read_document(document.path).tables["areas"] == [row]
    if document.path.is_dir():
        package = json.loads((document.path / "datapackage.json").read_text("utf-8"))
        assert package["resources"][-1]["path"] == "areas.csv"


def test_a_row_more_and_a_row_less(document: Document) -> None:
    rows = document.tables["funding"]
    moved = [*rows[0][:1], "2024-25", *rows[0][2:]]
    write(document, {**document.tables, "funding": [*rows[1:], moved]})
    assert [row[:2] for row in read_document(document.path).tables["funding"]] == [
        *(row[:2] for row in rows[1:]),
        ["council_money", "2024-25"],
    ]
    again = read_document(document.path)
    write(again, {**again.tables, "funding": rows[:1]})
    assert read_document(document.path).tables["funding"] == rows[:1]


def test_files_that_did_not_change_are_not_touched(tmp_path: Path) -> None:
    folder = pb.example("toy_pooling").write(tmp_path / "toy")
    (folder / "agencies.csv").write_text("name,agency,sector\nA,a,council\n", "utf-8")
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    document = read_document(folder)
    write(document, with_amount(document, RICHER))
    changed = {path.name for path in folder.iterdir() if path.read_bytes() != files[path.name]}
    assert changed == {"funding.csv"}


def test_columns_keep_their_order_and_those_without_content_are_not_added(tmp_path: Path) -> None:
    folder = pb.example("toy_pooling").write(tmp_path / "toy")
    (folder / "agencies.csv").write_text("sector,agency\ncouncil,a\n", "utf-8")
    document = read_document(folder)
    names = schema()["agencies"].names
    row = ["" for _ in names]
    row[names.index("agency")], row[names.index("sector")] = "b", "nhs"
    write(document, {**document.tables, "agencies": [*document.tables["agencies"], row]})
    assert (folder / "agencies.csv").read_text("utf-8") == "sector,agency\ncouncil,a\nnhs,b\n"


def test_where_one_file_cannot_be_replaced_none_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = pb.example("toy_pooling").write(tmp_path / "toy")
    document = read_document(folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    replaced: list[Path] = []
    real = Path.replace

    def second_fails(self: Path, goal: Path) -> Path:
        if self.name == "after":
            replaced.append(goal)
            if len(replaced) == 2:
                raise OSError(28, "No space left on device")
        return real(self, goal)

    monkeypatch.setattr(writing.Path, "replace", second_fails)
    tables = {**with_amount(document, RICHER), "ring_fences": [["council_money", "roads"]]}
    with pytest.raises(CannotWrite, match="No space left"):
        write(document, tables)
    assert len(replaced) == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files


def test_what_else_is_in_an_archive_stays(tmp_path: Path) -> None:
    path = pb.example("toy_pooling").write(tmp_path / "toy.place.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("README.md", "mine")
    document = read_document(path)
    write(document, with_amount(document, RICHER))
    with zipfile.ZipFile(path) as archive:
        assert archive.read("README.md") == b"mine"


def test_formulas_and_notes_of_a_workbook_stay_and_rows_beside_them_are_not_moved(
    tmp_path: Path,
) -> None:
    path = pb.example("toy_pooling").write(tmp_path / "toy.place.xlsx")
    book = openpyxl.load_workbook(path)
    notes = book.create_sheet("workings")
    notes["A1"] = "=SUM(funding!C2:C9)"
    book.save(path)
    document = read_document(path)
    write(document, with_amount(document, RICHER))
    again = openpyxl.load_workbook(path)
    assert again["workings"]["A1"].value == "=SUM(funding!C2:C9)"
    assert again["funding"]["C2"].value == 30_000_001
    with pytest.raises(CannotAnswer, match="formulas"):
        write(read_document(path), {**document.tables, "funding": document.tables["funding"][1:]})
