"""``placebudget study``: questions asked of many plans of a place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from placebudget import plan as plans
from placebudget import study as studies
from placebudget.cli.arguments import JsonOption, place_or_plan
from placebudget.cli.planning import checked_place, watched
from placebudget.cli.speaking import console_for_results, say_json
from placebudget.place import Place
from placebudget.place.findings import did_you_mean
from placebudget.plan import Plan

_FILES = {".json": "to_json", ".xlsx": "to_excel"}


def _accounts(subject: Place | Plan, objective: str, pooling: str, **watch: Any) -> Any:
    if isinstance(subject, Place):
        subject = plans.optimise(
            subject, objective=objective, pooling=pooling, prices=False, **watch
        )
    return studies.accounts(subject)


def _fairness(subject: Place | Plan, objective: str, pooling: str, **watch: Any) -> Any:
    return studies.fairness(subject, objective=objective, pooling=pooling, **watch)


def _sharing(subject: Place | Plan, objective: str, pooling: str, **watch: Any) -> Any:
    if isinstance(subject, Plan):
        raise typer.BadParameter("sharing looks at a place, not at one plan of it.")
    return studies.sharing(subject, objective=objective, **watch)


_STUDIES: dict[str, Callable[..., Any]] = {
    "accounts": _accounts,
    "fairness": _fairness,
    "sharing": _sharing,
}


def _name(given: str) -> str:
    """Refuse a study that does not exist, as wrong use."""
    if given in _STUDIES:
        return given
    hint = did_you_mean(given, _STUDIES) or f"Studies: {', '.join(_STUDIES)}."
    raise typer.BadParameter(f"there is no study {given!r}. {hint}")


def _out(given: Path | None) -> Path | None:
    """Refuse a file of another kind, as wrong use."""
    if given is None or given.suffix.lower() in _FILES:
        return given
    raise typer.BadParameter(f"{given} is neither a .json nor an .xlsx file.")


def study(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            callback=_name,
            show_default=False,
            help=f"One of {', '.join(_STUDIES)}.",
        ),
    ],
    place: Annotated[
        str,
        typer.Argument(
            metavar="PLACE",
            callback=place_or_plan,
            show_default=False,
            help="A folder, an .xlsx or .zip file, or the name of an example place; "
            "for accounts and fairness also a plan's file.",
        ),
    ],
    objective: Annotated[str, typer.Option(help="What plans make the most of.")] = "public value",
    pooling: Annotated[
        str, typer.Option(help="siloed, pooled, freed, or names of pools divided by commas.")
    ] = "pooled",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            callback=_out,
            show_default=False,
            help="Write the answer to this file, .xlsx or .json.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a question of many plans: who gains, who answers for what, is it fair."""
    given = plans.read_plan(place) if place.endswith(".json") else checked_place(place)
    with watched() as solve:
        found = solve(
            f"Study {name}",
            lambda **watch: _STUDIES[name](given, objective, pooling, **watch),
        )
    if out is not None:
        getattr(found, _FILES[out.suffix.lower()])(out)
    if as_json:
        say_json(found.document())
        return
    console = console_for_results()
    console.print(found.summary(), soft_wrap=True)
    if out is not None:
        console.print(f"\nWritten: {out}", soft_wrap=True)
