"""``placebudget schema``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields

from typer.testing import Result

from placebudget.place import Column, schema
from placebudget.view import schema_page

Command = Callable[..., Result]


def test_all_tables_are_listed(placebudget: Command) -> None:
    done = placebudget("schema")
    assert done.exit_code == 0
    listed = [line.split()[0] for line in done.stdout.splitlines() if line[:1].strip()]
    assert listed == ["table", *schema()]


def test_one_table_shows_its_columns(placebudget: Command) -> None:
    done = placebudget("schema", "streams")
    assert all(name in done.stdout for name in schema()["streams"].names)


def test_json_holds_every_column_whole(placebudget: Command) -> None:
    tables = json.loads(placebudget("schema", "--json").stdout)["tables"]
    assert [table["name"] for table in tables] == list(schema())
    known = {field.name for field in fields(Column)}
    for table in tables:
        described = schema()[table["name"]]
        assert table["key"] == list(described.key)
        assert [column["name"] for column in table["columns"]] == list(described.names)
        for column in table["columns"]:
            assert set(column) <= known
            assert column.get("default") == described.column(column["name"]).default


def test_markdown_is_the_reference_page(placebudget: Command) -> None:
    assert placebudget("schema", "--markdown").stdout == schema_page()
    assert placebudget("schema", "pools", "--markdown").stdout == schema_page(("pools",))
    done = placebudget("schema", "estimates", "--kind", "library", "--markdown")
    assert done.stdout == schema_page(("estimates",), "library")
    assert placebudget("schema", "--kind", "house").exit_code == 2


def test_an_unknown_table_is_wrong_use(placebudget: Command) -> None:
    done = placebudget("schema", "offer")
    assert done.exit_code == 2
    assert "Did you mean offers?" in done.stderr


def test_two_formats_at_once_are_wrong_use(placebudget: Command) -> None:
    assert placebudget("schema", "--json", "--markdown").exit_code == 2
