"""``placebudget examples``: the example places, and a copy to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from placebudget.cli.arguments import JsonOption, known_example
from placebudget.cli.speaking import console_for_results, say_json, typed
from placebudget.paths import refuse_goal
from placebudget.place import example
from placebudget.place import examples as packaged


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
    if target.exists():
        raise typer.BadParameter(f"{target} exists already; name a new folder or file.")
    refuse_goal(target, folder=target.suffix.lower() not in (".xlsx", ".zip"))
    example(name).write(target)
    if as_json:
        say_json({"example": name, "copied_to": str(target)})
    else:
        console = console_for_results()
        console.print(f"{name} copied to {target}", soft_wrap=True)
        console.print(f"Next: {typed('check', target)}", soft_wrap=True)
