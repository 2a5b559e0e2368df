"""Tables edited in a page: what is typed is kept, what reads becomes the place."""

from __future__ import annotations

from typing import Any

import pytest
import traitlets

import placebudget as pb
from placebudget.place import schema
from placebudget.widgets.editors import TableEditor, table_editor
from placebudget.work.typed import LONGEST_CELL, MOST_ROWS, read_texts, texts_of
from places import tiny


@pytest.fixture
def editor() -> TableEditor:
    return table_editor(tiny(), "funding")


def with_cell(editor: TableEditor, row: int, column: str, text: str) -> list[list[str]]:
    """The rows of an editor with one cell typed anew."""
    at = [each["name"] for each in editor.columns].index(column)
    rows = [list(each) for each in editor.rows]
    rows[row][at] = text
    return rows


@pytest.mark.parametrize("table", list(schema()))
def test_every_table_of_a_place_reads_back_as_it_is_shown(table: str) -> None:
    place = pb.example("northvale")
    typed = read_texts(place, table, texts_of(place, table))
    assert typed.place == place


def test_a_figure_that_is_typed_stands_in_the_place(editor: TableEditor) -> None:
    editor.rows = with_cell(editor, 1, "amount", "12500000")
    assert editor.place.funding["amount"][1] == 12_500_000
    assert editor.said == "The table is in order."


def test_nothing_typed_is_lost_when_it_is_wrong(editor: TableEditor) -> None:
    before = editor.place
    editor.rows = with_cell(editor, 2, "amount", "lots")
    assert editor.rows[2][2] == "lots"
    assert editor.place is before
    (finding,) = editor.findings
    assert (finding["row"], finding["column"], finding["severity"]) == (2, "amount", "error")
    assert "lots" in finding["text"]
    assert "cannot be read" in editor.said


def test_a_mended_cell_has_no_finding_any_more(editor: TableEditor) -> None:
    held = [list(row) for row in editor.rows]
    editor.rows = with_cell(editor, 2, "amount", "lots")
    editor.rows = held
    assert not [each for each in editor.findings if each["severity"] == "error"]
    assert editor.said == "The table is in order."


def test_what_contradicts_another_table_is_said_at_its_cell(editor: TableEditor) -> None:
    editor.rows = with_cell(editor, 3, "stream", "nhs_cor")
    errors = [each for each in editor.findings if each["severity"] == "error"]
    assert (errors[0]["row"], errors[0]["column"]) == (3, "stream")
    assert "nhs_core" in errors[0]["text"]
    assert "nhs_cor" in set(editor.place.funding["stream"])


def test_findings_stand_at_their_row_where_a_row_above_is_empty(editor: TableEditor) -> None:
    empty = [""] * len(editor.columns)
    rows = [editor.rows[0], empty, *editor.rows[1:]]
    rows[3] = [*rows[3][:2], "minus one", *rows[3][3:]]
    editor.rows = rows
    assert [each["row"] for each in editor.findings if each["severity"] == "error"] == [3]


def test_rows_can_be_added_and_deleted(editor: TableEditor) -> None:
    editor.rows = editor.rows[:-1]
    assert len(editor.place.funding) == 3
    editor.rows = [*editor.rows, ["nhs_core", "2028-29", "1", "", "", "", ""]]
    assert editor.place.funding["amount"].iloc[-1] == 1.0


def test_another_table_and_another_place_are_shown(editor: TableEditor) -> None:
    editor.table = "pools"
    assert [each["name"] for each in editor.columns][:2] == ["pool", "name"]
    assert editor.rows[0][0] == "shared"
    editor.place = editor.place.with_(pools=editor.place.pools.assign(pool="joint"))
    assert editor.rows[0][0] == "joint"


def test_a_place_is_never_changed_in_place() -> None:
    place = tiny()
    digest = place.digest
    editor = table_editor(place, "funding")
    editor.rows = with_cell(editor, 0, "amount", "1")
    assert place.digest == digest
    assert editor.place.digest != digest


HOSTILE: list[Any] = [
    "rows",
    None,
    7,
    {"0": []},
    [["too", "few"]],
    [[1, 2, 3, 4, 5, 6, 7]],
    [[None] * 7],
    [["x" * (LONGEST_CELL + 1), *[""] * 6]],
    [[""] * 7] * (MOST_ROWS + 1),
    [[[], {}, "", "", "", "", ""]],
    ["stream"],
]


@pytest.mark.parametrize("rows", HOSTILE, ids=[str(n) for n in range(len(HOSTILE))])
def test_a_message_that_is_no_table_changes_nothing_and_is_refused_in_words(
    editor: TableEditor, rows: Any
) -> None:
    held, place = editor.rows, editor.place
    editor.set_state({"rows": rows})
    assert editor.rows == held
    assert editor.place is place
    assert editor.said.startswith("This was refused: ")


def test_the_page_has_no_say_in_anything_else(editor: TableEditor) -> None:
    held = editor.get_state()
    for name in held:
        if name not in ("rows", "table"):
            editor.set_state({name: "<script>"})
    assert editor.get_state() == held


def test_a_message_of_the_page_is_read_like_rows_set_in_python(editor: TableEditor) -> None:
    editor.set_state({"rows": with_cell(editor, 0, "amount", "=HYPERLINK(1)")})
    assert editor.rows[0][2] == "=HYPERLINK(1)"
    assert editor.findings[0]["severity"] == "error"


def test_a_table_that_is_not_there_is_refused_with_a_hint(editor: TableEditor) -> None:
    with pytest.raises(pb.PlaceBudgetError, match="Did you mean offers"):
        table_editor(tiny(), "ofers")
    with pytest.raises(traitlets.TraitError, match="no table"):
        editor.table = "ofers"
    editor.set_state({"table": "../etc"})
    assert editor.table == "funding"
