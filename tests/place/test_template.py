"""The workbook to fill in: complete, annotated, and unharmed by a spreadsheet programme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from placebudget import optimise
from placebudget.place import check, example, read, schema
from placebudget.place.io.package import SHEET
from placebudget.place.io.template import SETTINGS_NOTES, starter, write_template
from places import tiny
from proof import ALL, some_examples
from sheets import libre_office


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_template(tmp_path_factory.mktemp("template") / "my_place.xlsx")


@pytest.fixture(scope="module")
def book(written: Path) -> Any:
    return load_workbook(written)


def test_it_reads_back_as_a_place_that_is_found_to_be_placeholders_alone(written: Path) -> None:
    place = read(written)
    assert place == starter()
    assert [each.code for each in check(place)] == ["placeholder-figures"]


def test_the_example_in_it_uses_every_table_and_can_be_planned() -> None:
    place = starter()
    assert all(len(frame) for frame in place.tables.values())
    assert {area.tier for area in place.areas.itertuples()} == {"place", "town"}
    assert optimise(place, prices=False).status == "optimal"


def test_it_has_a_sheet_a_table_and_a_heading_a_column(book: Any) -> None:
    assert book.sheetnames == [SHEET, *schema()]
    for name, table in schema().items():
        assert tuple(cell.value for cell in book[name][1]) == table.names


def test_every_heading_has_a_note_that_says_what_the_schema_says(book: Any) -> None:
    for name, table in schema().items():
        for cell, column in zip(book[name][1], table.columns, strict=True):
            assert column.description in cell.comment.text
            assert column.unit is None or f"Unit: {column.unit}." in cell.comment.text
            assert all(word in cell.comment.text for word in column.allowed)
            assert ("Must be filled in." in cell.comment.text) == column.required


def test_every_setting_has_a_note(book: Any) -> None:
    notes = {
        row[0].value: row[0].comment.text for row in book[SHEET].iter_rows(min_row=2, max_col=1)
    }
    assert notes == SETTINGS_NOTES


def rules_of(book: Any, table: str) -> dict[str, Any]:
    """The validation of each column of a sheet, by the column's name."""
    heads = {cell.column_letter: cell.value for cell in book[table][1]}
    return {
        heads[str(rule.sqref).split(":")[0].rstrip("0123456789")]: rule
        for rule in book[table].data_validations.dataValidation
    }


def test_words_keys_years_and_numbers_are_offered_or_bounded(book: Any) -> None:
    for name, table in schema().items():
        rules = rules_of(book, name)
        for column in table.columns:
            rule = rules.get(column.name)
            if column.allowed:
                assert rule.formula1 == f'"{",".join(column.allowed)}"'
            elif column.type == "boolean":
                assert rule.formula1 == '"yes,no"'
            elif column.refers:
                other, field = column.refers.split(".")
                letter = next(c.column_letter for c in book[other][1] if c.value == field)
                assert rule.formula1 == f"{other}!${letter}$2:${letter}$2000"
            elif column.type == "year":
                assert rule.formula1.startswith(f"{SHEET}!")
            elif column.minimum is not None or column.above is not None:
                assert rule.type in ("decimal", "whole")
            else:
                assert rule is None


def test_the_list_of_years_is_where_the_years_are(book: Any) -> None:
    formula = rules_of(book, "funding")["year"].formula1
    cells = book[SHEET][formula.partition("!")[2].replace("$", "")][0]
    assert tuple(cell.value for cell in cells if cell.value) == starter().years


def test_empty_cells_for_keys_and_years_take_text(book: Any) -> None:
    for name, table in schema().items():
        for cell, column in zip(book[name][1], table.columns, strict=True):
            form = book[name].column_dimensions[cell.column_letter].number_format
            assert (form == "@") == (column.type in ("string", "year", "boolean"))


@pytest.mark.parametrize("name", some_examples())
def test_it_can_be_filled_with_any_place(tmp_path: Path, name: str) -> None:
    place = example(name)
    assert read(write_template(tmp_path / "filled.xlsx", place)) == place


def test_text_that_starts_like_a_formula_stays_text(tmp_path: Path) -> None:
    place = tiny(agencies=[{"agency": "council", "name": "=1+1"}, {"agency": "nhs", "name": "-1"}])
    file = write_template(tmp_path / "filled.xlsx", place)
    cells = [row[1] for row in load_workbook(file)["agencies"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [
        ("=1+1", "s", True),
        ("-1", "s", True),
    ]
    assert read(file) == place


@pytest.fixture(scope="module")
def saved(written: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The template, and Northvale, as LibreOffice saves them: it takes long to begin."""
    folder = tmp_path_factory.mktemp("saved")
    file = example("northvale").write(folder / "northvale.xlsx")
    return libre_office("xlsx", folder / "saved", written, file)


def test_libre_office_opens_it_and_saves_it_unharmed(tmp_path: Path, saved: list[Path]) -> None:
    saved_template = saved[0]
    found = read(saved_template)
    assert found == starter()
    assert check(found) == check(starter())
    kept = load_workbook(saved_template)
    assert "Unit: pounds" in kept["funding"]["C1"].comment.text
    assert rules_of(kept, "streams")["kind"].formula1 == '"revenue,capital"'
    if ALL:
        by_way_of_ods = libre_office("ods", tmp_path / "open", saved_template)[0]
        assert read(libre_office("xlsx", tmp_path / "twice", by_way_of_ods)[0]) == starter()


def test_libre_office_keeps_a_place_as_it_was_written(saved: list[Path]) -> None:
    assert read(saved[1]) == example("northvale")
