"""Arguments that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from placebudget.arguments import as_given
from placebudget.cli.speaking import FOUND, complain
from placebudget.errors import CannotWrite, WrongArgument
from placebudget.paths import refuse_goal
from placebudget.place import examples
from placebudget.texts import nearest, shown


def _place(given: str) -> str:
    """Refuse what is neither a file or folder nor an example, as wrong use."""
    if os.path.exists(given) or given in examples():
        return given
    raise typer.BadParameter(
        f"there is no folder, workbook or zip {shown(given, 500)} and no example of that name. "
        + known_words("Examples", given, examples())
    )


def known_words(kind: str, given: str, known: Iterable[str]) -> str:
    """What there is instead of a word that is not known, the nearest first.

    Examples
    --------
    >>> known_words("Studies", "sharin", ["potential", "sharing"])
    'Did you mean sharing? Studies: sharing, potential.'
    """
    words = list(known)
    near = nearest(given, words)
    words.sort(key=lambda word: word != near)
    listed = f"{kind}: {', '.join(words)}."
    return f"Did you mean {near}? {listed}" if near else listed


def ending_in(*endings: str) -> Callable[[Path | None], Path | None]:
    """A check that refuses a file of another kind, or one that cannot be written, beforehand."""
    *others, last = endings
    wanted = f"{', '.join(others)} or {last}" if others else last

    def check(given: Path | None) -> Path | None:
        if given is None:
            return None
        if given.suffix.lower() not in endings:
            raise typer.BadParameter(f"{as_given(str(given))} does not end in {wanted}.")
        try:
            refuse_goal(given)
        except WrongArgument as error:
            raise typer.BadParameter(str(error)) from None
        except CannotWrite as error:
            complain(str(error))
            raise typer.Exit(FOUND) from None
        return given

    return check


def place_or_plan(given: str) -> str:
    """Refuse what is neither a plan's file nor a place, as wrong use."""
    return given if given.endswith(".json") and os.path.isfile(given) else _place(given)


def known_place(given: str | None) -> str | None:
    """Refuse a place that is not there as wrong use; none given is none given."""
    return None if given is None else _place(given)


def known_example(name: str) -> str:
    """Refuse the name of an example that does not exist, as wrong use."""
    if name in examples():
        return name
    hint = known_words("Examples", name, examples())
    raise typer.BadParameter(f"there is no example {shown(name)}. {hint}")


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
        "--out",
        metavar="FILE.plan.json",
        callback=ending_in(".json"),
        show_default=False,
        help="Write the plan to this file.",
    ),
]
