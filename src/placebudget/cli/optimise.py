"""``placebudget optimise``: the best plan for an objective under the place's rules."""

from __future__ import annotations

from typing import Annotated

import typer

from placebudget import plan as plans
from placebudget.cli.arguments import JsonOption, OptionOption, PlaceArgument, PlanOption
from placebudget.cli.planning import checked_place, hand_over, watched


def optimise(
    place: PlaceArgument,
    objective: Annotated[
        list[str] | None,
        typer.Option(
            show_default="public value",
            help="What to make the most of; repeat it for an ordered list, first things first.",
        ),
    ] = None,
    pooling: Annotated[
        str, typer.Option(help="aligned, pooled, freed, or names of pools divided by commas.")
    ] = "pooled",
    option: OptionOption = None,
    out: PlanOption = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0.0, metavar="SECONDS", help="Stop after so many seconds.")
    ] = None,
    solver: Annotated[str, typer.Option(help="HiGHS, or a solver that PuLP knows.")] = "HiGHS",
    as_json: JsonOption = False,
) -> None:
    """Find the best plan for an objective, and check it again outside the solver."""
    found = checked_place(place)
    with watched() as solve:
        best = solve(
            f"Planning {found.title}",
            lambda **watch: plans.optimise(
                found,
                option=option,
                objective=objective or "public value",
                pooling=pooling,
                solver=solver,
                seconds=time_limit,
                **watch,
            ),
        )
    hand_over(best, out, as_json)
