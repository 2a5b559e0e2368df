"""Arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from placebudget.place import examples
from placebudget.place.findings import did_you_mean


def _place(given: str) -> str:
    """Refuse what is neither a file or folder nor an example, as wrong use."""
    if Path(given).exists() or given in examples():
        return given
    hint = did_you_mean(given, examples()) or f"Examples: {', '.join(examples())}."
    raise typer.BadParameter(
        f"there is no folder, workbook or zip {given!r} and no example of that name. {hint}"
    )


def place_or_plan(given: str) -> str:
    """Refuse what is neither a plan's file nor a place, as wrong use."""
    return given if given.endswith(".json") and Path(given).is_file() else _place(given)


def known_place(given: str | None) -> str | None:
    """Refuse a place that is not there as wrong use; none given is none given."""
    return None if given is None else _place(given)


def known_example(name: str) -> str:
    """Refuse the name of an example that does not exist, as wrong use."""
    if name in examples():
        return name
    known = ", ".join(examples())
    hint = did_you_mean(name, examples()) or f"Examples: {known}."
    raise typer.BadParameter(f"there is no example {name!r}. {hint}")


PlaceArgument = Annotated[
    str,
    typer.Argument(
        metavar="PLACE",
        callback=_place,
        show_default=False,
        help="A folder, an .xlsx or .zip file, or the name of an example place.",
    ),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON on stdout instead of words.")]

OptionOption = Annotated[
    str | None,
    typer.Option(
        "--option",
        metavar="NAME",
        show_default="the place as it is",
        help="Plan under an option stored beside the place.",
    ),
]

PlanOption = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE.plan.json", show_default=False, help="Write the plan to this file."
    ),
]
