"""``placebudget explain``: why a service gets what it gets, and what would change it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from placebudget import plan as plans
from placebudget.cli.arguments import JsonOption, known_place, place_or_plan
from placebudget.cli.planning import checked_place, watched
from placebudget.cli.showing import records
from placebudget.cli.speaking import console_for_results, say_json
from placebudget.place import read
from placebudget.plan import Explanation, Plan


def explain(
    given: Annotated[
        str,
        typer.Argument(
            metavar="PLAN_OR_PLACE",
            callback=place_or_plan,
            show_default=False,
            help="A .plan.json file; or a place, which is then planned first.",
        ),
    ],
    service: Annotated[
        str,
        typer.Argument(show_default=False, help="Key of any service, whether it gets money."),
    ],
    area: Annotated[
        str | None,
        typer.Argument(show_default=False, help="Key of an area; without it, all of them."),
    ] = None,
    year: Annotated[
        str | None, typer.Option(show_default="all years", help="One year, such as 2027-28.")
    ] = None,
    place: Annotated[
        str | None,
        typer.Option(
            callback=known_place,
            show_default=False,
            help="The place of a plan that is read from a file.",
        ),
    ] = None,
    pooling: Annotated[
        str | None,
        typer.Option(
            show_default="pooled",
            help="For a place: aligned, pooled, freed, or names of pools divided by commas.",
        ),
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(show_default="public value", help="For a place: what to make the most of."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a service gets what it gets, what stopped it and what would change it."""
    if given.endswith(".json"):
        if pooling is not None or objective is not None:
            raise typer.BadParameter(
                "a plan read from a file has its pooling and objective already; leave out "
                "--pooling and --objective, or give the place in place of the plan."
            )
        plan = plans.read_plan(Path(given))
        source = None if place is None else read(place)
    else:
        source = checked_place(given)
        plan = _planned(source, pooling or "pooled", objective or "public value")
    said = plans.explain(plan, service, area, year=year, place=source)
    if as_json:
        say_json(_document(said, plan))
        return
    console = console_for_results()
    for sentence in said.sentences:
        console.print(sentence)


def _planned(place: Any, pooling: str, objective: str) -> Plan:
    with watched() as solve:
        return solve(
            f"Planning {place.title}",
            lambda **watch: plans.optimise(
                place, objective=objective, pooling=pooling, prices=False, **watch
            ),
        )


def _document(said: Explanation, plan: Plan) -> dict[str, Any]:
    return {
        "place": plan.place["name"],
        "plan": plan.name,
        "service": said.service,
        "area": said.area,
        "title": said.title,
        "sentences": list(said.sentences),
        "figures": records(said.figures),
    }
