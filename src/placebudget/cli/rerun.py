"""``placebudget rerun``: make a plan again, and say what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from placebudget import plan as plans
from placebudget.cli.arguments import JsonOption, known_place
from placebudget.cli.planning import watched
from placebudget.cli.speaking import FOUND, console_for_results, say_json


def rerun(
    plan: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.plan.json",
            exists=True,
            dir_okay=False,
            show_default=False,
            help="The plan to make again.",
        ),
    ],
    place: Annotated[
        str | None,
        typer.Option(
            callback=known_place,
            show_default="what the plan was made from",
            help="The place, without the plan's option.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a plan again: the same money to the penny, or what differs."""
    old = plans.read_plan(plan)
    with watched() as solve:
        found = solve(
            f"Planning {old.place['title']} again",
            lambda **watch: plans.rerun(plan, place, **watch),
        )
    if as_json:
        say_json(
            {
                "plan": str(plan),
                "same": found.same,
                "inputs": list(found.inputs),
                "versions": list(found.versions),
                "money": list(found.money),
            }
        )
    else:
        console_for_results().print(str(found), soft_wrap=True)
    if not found.same:
        raise typer.Exit(FOUND)
