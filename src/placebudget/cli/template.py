"""``placebudget template``: a workbook to fill in with a place of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from placebudget.cli.arguments import JsonOption, ending_in, known_place
from placebudget.cli.speaking import console_for_results, say_json, typed
from placebudget.place import read, write_template


def template(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.xlsx",
            callback=ending_in(".xlsx"),
            show_default=False,
            help="The workbook to write.",
        ),
    ],
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
    if file.exists():
        raise typer.BadParameter(f"{file} exists already; name a new file.")
    write_template(file, None if filled_with is None else read(filled_with))
    if as_json:
        say_json({"template": str(file)})
        return
    console = console_for_results()
    console.print(f"Written: {file}", soft_wrap=True)
    console.print("Fill in the sheets from left to right; each heading has a note.")
    console.print(f"Next: {typed('check', file)}", soft_wrap=True)
