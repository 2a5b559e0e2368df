"""``placebudget schema``: what tables and columns a place has."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table as Grid

from placebudget.cli.arguments import JsonOption, known_words
from placebudget.cli.speaking import console_for_results, say_json
from placebudget.place import Table
from placebudget.place import schema as tables_of_a_place
from placebudget.texts import shown
from placebudget.view.schema_page import blank_means, schema_page, values_allowed


def schema(
    table: Annotated[
        str | None,
        typer.Argument(metavar="TABLE", show_default=False, help="One table. Default: all."),
    ] = None,
    as_json: JsonOption = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Write the reference page as Markdown.")
    ] = False,
) -> None:
    """Show the tables of a place, or the columns of one table."""
    tables = tables_of_a_place()
    if table is not None and table not in tables:
        hint = known_words("Tables", table, tables)
        raise typer.BadParameter(f"a place has no table {shown(table)}. {hint}", param_hint="TABLE")
    if as_json and markdown:
        raise typer.BadParameter("choose one of --json and --markdown.")
    chosen = [tables[table]] if table else list(tables.values())
    if as_json:
        say_json({"tables": [_document(each) for each in chosen]})
    elif markdown:
        typer.echo(schema_page((table,) if table else ()), nl=False)
    elif table:
        _show_columns(tables[table])
    else:
        _show_tables(chosen)


def _document(table: Table) -> dict[str, Any]:
    document = asdict(table)
    document["columns"] = [
        {name: value for name, value in column.items() if value is not None and value != ()}
        for column in document["columns"]
    ]
    return document


def _show_tables(tables: list[Table]) -> None:
    grid = Grid("table", "required", "key", "what it holds", box=None, pad_edge=False)
    for table in tables:
        required = "yes" if table.required else ""
        grid.add_row(table.name, required, ", ".join(table.key), table.description)
    console_for_results().print(grid)


def _show_columns(table: Table) -> None:
    grid = Grid("column", "type", "unit", "blank", "values", "description", box=None)
    for column in table.columns:
        cells = (column.unit or "", blank_means(column), values_allowed(column))
        grid.add_row(column.name, column.type, *cells, column.description)
    console = console_for_results()
    console.print(f"{table.name}: {table.description} Key: {', '.join(table.key)}.\n")
    console.print(grid)
