"""Places on the command line: looked at, begun, rolled forward, and two of them compared."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table as Grid

from placebudget.cli.planning import (
    JsonOption,
    PlaceArgument,
    TemplateArgument,
    ending_in,
    known_example,
    known_place,
    known_words,
    refuse_what_is_there,
)
from placebudget.cli.speaking import FOUND, console_for_results, say_json, typed
from placebudget.errors import InvalidPlace
from placebudget.place import Findings, Table, example, read, write_template
from placebudget.place import examples as packaged
from placebudget.place import schema as tables_of_a_place
from placebudget.place.schema import KINDS, PLACE
from placebudget.study import changes, roll_forward
from placebudget.texts import shown
from placebudget.view.schema_page import blank_means, schema_page, values_allowed
from placebudget.writing import refuse_goal, refused_in_words, replace_with


def check(
    place: PlaceArgument,
    as_json: JsonOption = False,
    errors_only: Annotated[bool, typer.Option("--errors-only", help="Leave warnings out.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 1 on warnings as on errors.")
    ] = False,
    in_full: Annotated[
        bool, typer.Option("--all", help="Show each finding in a line of its own.")
    ] = False,
) -> None:
    """Check a place: what is wrong or doubtful, where, and how to mend it.

    Errors stop a plan and end the command with 1; warnings should be read and do so with --strict.

    Equal findings stand in one line, and what only follows from an error is counted under it.
    """
    findings = findings_of(place)
    if errors_only:
        findings = findings.errors
    if as_json:
        say_json(
            {
                "place": place,
                "errors": len(findings.errors),
                "warnings": len(findings.warnings),
                "findings": findings.records(),
            }
        )
    else:
        told = findings.in_full() if in_full else str(findings)
        console_for_results().print(told, soft_wrap=True)
    if findings.errors or (strict and findings):
        raise typer.Exit(FOUND)


def findings_of(place: str) -> Findings:
    """Findings of reading and, where it can be read, of checking a place."""
    try:
        return read(place).check()
    except InvalidPlace as error:
        if not error.findings:
            raise
        return Findings(error.findings)


def examples(
    copy: Annotated[
        tuple[str, Path] | None,
        typer.Option(
            metavar="NAME FOLDER",
            show_default=False,
            help="Copy an example into a new folder (or an .xlsx or .zip), to make it your own.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the example places, or copy one."""
    if copy is not None:
        _copy(*copy, as_json)
        return
    places = [example(name) for name in packaged()]
    if as_json:
        say_json(
            {
                "examples": [
                    {"name": place.name, "title": place.title, "years": list(place.years)}
                    for place in places
                ]
            }
        )
        return
    grid = Grid("name", "years", "title", box=None, pad_edge=False)
    for place in places:
        grid.add_row(place.name, f"{place.years[0]} to {place.years[-1]}", place.title)
    console_for_results().print(grid)


def _copy(name: str, target: Path, as_json: bool) -> None:
    known_example(name)
    refuse_what_is_there(target, "folder or file")
    refuse_goal(target, folder=target.suffix.lower() not in (".xlsx", ".zip"))
    example(name).write(target)
    if as_json:
        say_json({"example": name, "copied_to": str(target)})
    else:
        console = console_for_results()
        console.print(f"{name} copied to {target}", soft_wrap=True)
        console.print(f"Next: {typed('check', target)}", soft_wrap=True)


def schema(
    table: Annotated[
        str | None,
        typer.Argument(metavar="TABLE", show_default=False, help="One table. Default: all."),
    ] = None,
    as_json: JsonOption = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Write the reference page as Markdown.")
    ] = False,
    kind: Annotated[
        str,
        typer.Option(
            "--kind", metavar="KIND", help="Of a place, library, panel, register or review."
        ),
    ] = PLACE,
) -> None:
    """Show the tables of a place, or the columns of one table."""
    if kind not in KINDS:
        raise typer.BadParameter(
            f"there is no kind {shown(kind)}. {known_words('Kinds', kind, KINDS)}"
        )
    tables = tables_of_a_place(kind)
    if table is not None and table not in tables:
        hint = known_words("Tables", table, tables)
        raise typer.BadParameter(
            f"a {kind} has no table {shown(table)}. {hint}", param_hint="TABLE"
        )
    if as_json and markdown:
        raise typer.BadParameter("choose one of --json and --markdown.")
    chosen = [tables[table]] if table else list(tables.values())
    if as_json:
        say_json({"tables": [_document(each) for each in chosen]})
    elif markdown:
        typer.echo(schema_page((table,) if table else (), kind), nl=False)
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


def template(
    file: TemplateArgument,
    filled_with: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            callback=known_place,
            show_default="a small invented place",
            help="Fill it with this place: a folder, an .xlsx or .zip file, or an example.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a workbook to fill in: a sheet a table, notes on headings, lists to choose from."""
    refuse_what_is_there(file)
    write_template(file, None if filled_with is None else read(filled_with))
    if as_json:
        say_json({"template": str(file)})
        return
    console = console_for_results()
    console.print(f"Written: {file}", soft_wrap=True)
    console.print("Fill in the sheets from left to right; each heading has a note.")
    console.print(f"Next: {typed('check', file)}", soft_wrap=True)


def changed(
    old: PlaceArgument,
    new: PlaceArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE.xlsx",
            callback=ending_in(".xlsx"),
            show_default=False,
            help="Write all changes to this workbook.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what changed between two editions of a place, in pounds, the largest first."""
    found = changes(old, new)
    if out is not None:
        found.to_excel(out)
    if as_json:
        say_json(found.document())
        return
    console_for_results().print(found.summary(), soft_wrap=True)


def next_year(
    place: PlaceArgument,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="PLACE",
            show_default=False,
            help="Where the place a year on is written.",
        ),
    ],
    files: Annotated[
        Path | None,
        typer.Option(
            "--with",
            metavar="FOLDER",
            show_default=False,
            help="A folder with new rows: today.csv (an outturn), funding.csv (a settlement) ...",
        ),
    ] = None,
    planned: Annotated[
        Path | None,
        typer.Option(
            metavar="PLAN", show_default=False, help="The plan of the year that is now today's."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Roll a place forward by a year, and say what is still to do and what changed."""
    refuse_what_is_there(out, "folder or file")
    refuse_goal(out, folder=out.suffix.lower() not in (".xlsx", ".zip"))
    found = roll_forward(place, files, planned=planned)
    goal = found.place.write(out)
    # Where each line of the new outturn stands goes with its money.
    beside = Path("published", "reconciliation.csv")
    if files is not None and (files / beside).is_file() and goal.is_dir():
        with refused_in_words(goal / beside):
            (goal / beside).parent.mkdir(exist_ok=True)
        replace_with(goal / beside, (files / beside).read_bytes())
    if as_json:
        say_json(found.document())
        return
    console = console_for_results()
    console.print(found.summary(), soft_wrap=True)
    console.print(f"Written: {out}", soft_wrap=True)
    errors = len(found.place.check().errors)
    if errors:
        mend = typed("check", out)
        told = f"It has {errors} error{'s' * (errors > 1)}, to mend before it plans: {mend}"
        console.print(told, soft_wrap=True)
    console.print(f"Next: {typed('todo', out)}", soft_wrap=True)
