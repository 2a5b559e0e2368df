"""Published forms on the command line: ``import``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from placebudget.cli.planning import JsonOption, ending_in
from placebudget.cli.speaking import FOUND, complain, console_for_results, say_json
from placebudget.errors import UnreadableTable
from placebudget.importing import Published, forms, read, write_published
from placebudget.words import as_set, number

_MOST_ROWS = 60


def import_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE...",
            show_default=False,
            help="Files as they were downloaded: .csv, .xlsx, .ods or .xls.",
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--form",
            metavar="FORM",
            show_default="by its columns",
            help="Which form the files are.",
        ),
    ] = None,
    year: Annotated[
        str | None,
        typer.Option(
            "--year",
            metavar="YEAR",
            show_default="as the file says",
            help="The year of the figures, or the one wanted of several.",
        ),
    ] = None,
    authority: Annotated[
        str | None,
        typer.Option(
            "--authority",
            metavar="NAME",
            show_default="all",
            help="One authority, by name or code.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            callback=ending_in(".csv", ".xlsx", ".json"),
            show_default=False,
            help="Write the figures as one tidy table.",
        ),
    ] = None,
    as_json: JsonOption = False,
    known: Annotated[
        bool, typer.Option("--forms", help="List the forms that can be read.")
    ] = False,
) -> None:
    """Read published forms: what each file is, of whom and when, its unit, what is doubtful.

    Which form a file is, is told by its columns: outturn, budget, settlement, council tax, care
    costs, population, deprivation. Where two fit, or none, that is said, and nothing is guessed.
    """
    if known:
        _show_forms(as_json)
        return
    if not files:
        raise typer.BadParameter("name a file, or ask for --forms.", param_hint="FILE...")
    if form is not None and form not in forms():
        raise typer.BadParameter(f"there is no form {form!r}. Forms: {', '.join(forms())}.")
    found: list[Published] = []
    refused: list[str] = []
    for file in files:
        try:
            found.append(read(file, form=form, year=year))
        except UnreadableTable as error:
            refused.append(str(error))
    if refused:
        # What could be read is shown beside what could not; nothing of it is written.
        if found and not as_json:
            _show(found, whole=True)
        complain("\n\n".join(refused))
        raise typer.Exit(FOUND)
    if authority is not None:
        found = [replace(each, table=each.for_authority(authority)) for each in found]
    written = None if out is None else write_published(found, out)
    if as_json:
        say_json({"forms": [each.record() for each in found], "written": out and str(written)})
    else:
        _show(found, whole=authority is None)
        if written:
            console_for_results().print(f"\nWritten: {written}", soft_wrap=True)
    if any(each.findings.errors for each in found):
        raise typer.Exit(FOUND)


def _show(found: list[Published], *, whole: bool) -> None:
    console = console_for_results()
    for n, each in enumerate(found):
        console.print(("\n" if n else "") + each.summary(), soft_wrap=True)
        if whole:
            continue
        grid = Grid("line", "measure", "year", "value", "unit", "status", box=None, pad_edge=False)
        grid.columns[3].justify = "right"
        for row in each.table.head(_MOST_ROWS).itertuples():
            value = "" if row.value != row.value else as_set(row.value)
            grid.add_row(row.line, row.measure, row.year, value, row.unit, row.status)
        console.print(grid)
        if len(each.table) > _MOST_ROWS:
            more = number(len(each.table) - _MOST_ROWS)
            console.print(f"and {more} more rows: --out FILE writes them all", soft_wrap=True)


def _show_forms(as_json: bool) -> None:
    if as_json:
        told = [
            {"form": each.key, "title": each.title, "publisher": each.publisher, "unit": each.unit}
            for each in forms().values()
        ]
        say_json({"forms": told})
        return
    grid = Grid("form", "title", "unit", "publisher", box=None, pad_edge=False)
    for each in forms().values():
        grid.add_row(each.key, each.title, each.unit, each.publisher)
    console_for_results().print(grid)
