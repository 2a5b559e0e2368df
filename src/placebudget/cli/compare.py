"""``placebudget compare``: plans side by side, and what caused what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from placebudget import plan as plans
from placebudget.cli.arguments import JsonOption, ending_in, known_place
from placebudget.cli.planning import watched
from placebudget.cli.showing import records
from placebudget.cli.speaking import complain, console_for_results, say_json
from placebudget.errors import CannotAnswer, PlaceBudgetError
from placebudget.place import Place, read
from placebudget.plan import Comparison, Plan

_TABLES = ("value", "money", "outcomes", "savings", "prices")


def compare(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="A.plan.json B.plan.json ...",
            exists=True,
            dir_okay=False,
            show_default=False,
            help="Two plans or more; the others are compared with the first.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.xlsx",
            callback=ending_in(".xlsx"),
            show_default=False,
            help="Write a workbook.",
        ),
    ] = None,
    place: Annotated[
        str | None,
        typer.Option(
            callback=known_place,
            show_default="what the plans were made from",
            help="The place of the plans, without an option.",
        ),
    ] = None,
    causes: Annotated[
        bool, typer.Option(help="Find out what caused what: two runs a change, two plans only.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Set plans side by side: inputs, money, outcomes, savings, and what caused what."""
    if len(files) < 2:
        raise typer.BadParameter("name two plans or more.", param_hint="A.plan.json B.plan.json")
    made = [plans.read_plan(file) for file in files]
    found = plans.compare(*made, places=[_place(plan, place) for plan in made])
    if causes and len(made) == 2:
        _find_causes(found)
    if out is not None:
        found.to_excel(out, causes=False)
    if as_json:
        say_json(_document(found, causes and len(made) == 2, out))
        return
    console = console_for_results()
    console.print(found.summary(), soft_wrap=True)
    if out is not None:
        console.print(f"\nWritten: {out}")


def _place(plan: Plan, given: str | None) -> Place | None:
    """The place of a plan, if it can be read; a comparison does without."""
    path = given or str(plan.run.get("place", {}).get("read_from", ""))
    if not path:
        return None
    try:
        return read(path)
    except PlaceBudgetError:
        if given is not None:
            raise
        return None


def _find_causes(found: Comparison) -> None:
    try:
        with watched() as solve:
            solve("One change at a time", lambda **watch: found.causes(**watch))
    except CannotAnswer as error:
        complain(f"What caused what is left out: {error}. Name the place with --place.")


def _document(found: Comparison, causes: bool, out: Path | None) -> dict[str, Any]:
    return {
        "plans": list(found.names),
        "inputs": records(found.inputs),
        **{name: records(found.table(name)) for name in _TABLES},
        "causes": records(found.causes()) if causes and found.has_causes else None,
        "file": None if out is None else str(out),
    }
