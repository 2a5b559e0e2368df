"""The reference page of the file format."""

from __future__ import annotations

from pathlib import Path

from placebudget.place import schema
from placebudget.view import schema_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "file-format.md"


def test_the_page_in_docs_is_what_the_schema_says() -> None:
    assert PAGE.read_text("utf-8") == schema_page(), "run make docs"
    page = PAGE.with_name("library-format.md").read_text("utf-8")
    assert page == schema_page(kind="library"), "run make docs"


def test_each_column_of_each_table_has_a_row() -> None:
    for name, table in schema().items():
        section = schema_page((name,))
        rows = [line for line in section.splitlines() if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows] == list(table.names)


def test_no_cell_breaks_the_table_it_stands_in() -> None:
    for line in schema_page().splitlines():
        if line.startswith("| `"):
            assert line.count(" | ") == 6


def test_what_a_blank_means_is_said() -> None:
    page = schema_page(("offers",))
    unit = "pounds a unit, prices of price_year"
    assert f"| `unit_cost` | number | {unit} | not allowed | above 0 |" in page
    assert "| `delivery_model` | string |  | in-house |" in page
    assert "| `carry_forward` | number | share | 0 | 0 to 1 |" in schema_page(("streams",))
