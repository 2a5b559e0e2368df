"""``placebudget papers``: the board's papers as pages that open without a server."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from placebudget.apps import papers as written
from placebudget.cli.planning import JsonOption, PlaceArgument, checked_place, watched
from placebudget.cli.speaking import say_json
from placebudget.words import number

_NONE = "none"


def papers(
    place: PlaceArgument,
    out: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", show_default=False, help="The folder to write: new, or of papers."
        ),
    ],
    meeting: Annotated[
        str, typer.Option(help="For which meeting they are, as it stands on each printed page.")
    ] = "Partnership board",
    date: Annotated[
        datetime.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], show_default="today", help="Of the meeting, such as 2026-12-01."
        ),
    ] = None,
    studies: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            show_default="all",
            help="Which studies are in them, divided by commas; none: the screens alone.",
        ),
    ] = None,
    seconds: Annotated[float, typer.Option(min=1.0, help="Most seconds a plan may take.")] = 120.0,
    as_json: JsonOption = False,
) -> None:
    """Write the board's papers: every screen, study and choice as pages that open from disk."""
    written.folder_to_write(out)
    names = None if studies is None else [each.strip() for each in studies.split(",")]
    names = [] if names == [_NONE] else names
    given = checked_place(place)
    with watched() as solve:
        found = solve(
            given.title,
            lambda **watch: written.papers(
                given, out, meeting=meeting, date=date and date.date(), studies=names,
                seconds=seconds, **watch,
            ),
        )  # fmt: skip
    pages = [(page.key, page.name, page.title) for page in found.pages]
    if as_json:
        say_json(
            {
                "place": given.name,
                "folder": str(found.folder),
                "bytes": found.size,
                "pages": [dict(zip(("key", "name", "title"), page, strict=True)) for page in pages],
            }
        )
        return
    typer.echo(
        f"{number(len(pages))} papers of {given.title}, {number(found.size / 1e6, 1)} MB, "
        f"written to {found.folder}"
    )
    typer.echo(f"Open in a browser: {found.folder / 'index.html'}")
