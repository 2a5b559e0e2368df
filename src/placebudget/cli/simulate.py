"""``placebudget simulate``: today's money, or any other, through the full model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from placebudget import plan as plans
from placebudget.cli.arguments import JsonOption, OptionOption, PlaceArgument, PlanOption
from placebudget.cli.planning import checked_place, hand_over, loose
from placebudget.place.loose import MONEY
from placebudget.progress import progress

_MONEY = "stream, service, year, amount in pounds; where they apply route, area, offer"


def simulate(
    place: PlaceArgument,
    money: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            exists=True,
            dir_okay=False,
            show_default="today's money, carried on",
            help=f"Money to simulate, with the columns {_MONEY}.",
        ),
    ] = None,
    option: OptionOption = None,
    out: PlanOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what given money does: today's, carried on, or a table of your own."""
    found = checked_place(place)
    with progress() as report:
        report(f"Simulating {found.title}", 0, 1)
        given = None if money is None else loose(money, MONEY)
        simulated = plans.simulate(found, given, option=option)
    hand_over(simulated, out, as_json)
