"""``placebudget run``: from a place's tables to four plans side by side, and files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console

from placebudget import plan as plans
from placebudget.cli.arguments import JsonOption, PlaceArgument
from placebudget.cli.planning import checked_place, watched
from placebudget.cli.showing import document, records, show, show_texts
from placebudget.cli.speaking import console_for_results, say_json
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.view import comparison, dearest_rules, money_by_status
from placebudget.words import money, percent

POOLED = "Best pooled"
_BEST = {"Best siloed": "siloed", POOLED: "pooled", "Best freed": "freed"}


def run(
    place: PlaceArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", show_default="build/NAME", help="Where the files are written."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Plan a place four ways, today, siloed, pooled and freed, and set them side by side."""
    found = checked_place(place)
    with watched() as solve:
        made = four_plans(found, solve)
    files = write_files(made, out or Path("build") / found.name)
    if as_json:
        say_json(_document(found, made, files))
    else:
        _tell(found, made, files)


def four_plans(place: Place, solve: Callable[..., Plan]) -> dict[str, Plan]:
    """Today and the three best plans, by the names they are shown under.

    Limits are priced where the place's own rules and pools hold.
    """
    made = {"Today": solve("Today", lambda **_: plans.simulate(place))}
    for name, pooling in _BEST.items():
        made[name] = solve(
            name,
            lambda pooling=pooling, **watch: plans.optimise(
                place, pooling=pooling, prices=pooling == "pooled", **watch
            ),
        )
    return made


def write_files(made: dict[str, Plan], folder: Path) -> dict[str, Path]:
    """Write every plan; what each file is, by name."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, plan in made.items():
        files[f"{name}, plan"] = folder / f"{plan.name}.plan.json"
        plan.to_json(files[f"{name}, plan"])
    return files


def _document(place: Place, made: dict[str, Plan], files: dict[str, Path]) -> dict[str, Any]:
    return {
        "place": place.name,
        "plans": {
            name: {
                "name": plan.name,
                "status": plan.status,
                "objective": plan.objective.name,
                "unit": plan.objective.unit,
                "value": plan.objective.value,
            }
            for name, plan in made.items()
        },
        "tables": [document(sheet) for sheet in comparison(made)],
        "dearest_rules": records(made[POOLED].prices()),
        "figures": records(money_by_status(place).reset_index()),
        "files": {name: str(path) for name, path in files.items()},
    }


def _tell(place: Place, made: dict[str, Plan], files: dict[str, Path]) -> None:
    console = console_for_results()
    years = f"{place.years[0]} to {place.years[-1]}"
    console.print(f"{place.title}, {years}: today and three best plans", style="bold")
    console.print("Checked: no errors. Every plan was verified outside the solver.")
    for sheet in comparison(made):
        show(sheet, console)
    rules = dearest_rules(made[POOLED])
    if len(rules):
        show_texts(f"The dearest rules, {POOLED.lower()}", rules, console)
    show_texts("How the money is known", _how_known(place), console)
    _tell_rest(made, files, console)


def _how_known(place: Place) -> pd.DataFrame:
    table = money_by_status(place)
    return pd.DataFrame(
        {
            "figures are": table.index,
            "funding over the years": [
                f"{money(row.funding)} ({percent(row.funding_share)})" for row in table.itertuples()
            ],
            "money spent today": [
                f"{money(row.today)} ({percent(row.today_share)})" for row in table.itertuples()
            ],
        }
    )


def _tell_rest(made: dict[str, Plan], files: dict[str, Path], console: Console) -> None:
    today, best = made["Today"].public_value(), made[POOLED].public_value()
    console.print(
        f"\nModelled potential, from today to {POOLED.lower()}: "
        f"{money(best - today, signed=True)} of public value. Not a saving."
    )
    for name, plan in made.items():
        if plan.status not in ("optimal", "simulated"):
            console.print(f"{name}: {plan.status}")
    console.print("\nWritten:")
    for name, path in files.items():
        console.print(f"  {path}  {name}", soft_wrap=True)
