"""``placebudget run``: from a place's tables to five plans side by side, and files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console

from placebudget.cli.planning import (
    JsonOption,
    PlaceArgument,
    checked_place,
    tell_admitted,
    watched,
)
from placebudget.cli.speaking import (
    console_for_results,
    document,
    records,
    say_json,
    show,
    show_texts,
)
from placebudget.place import Place
from placebudget.place.io.folder import PACKAGE
from placebudget.plan.siloed import AT_REST
from placebudget.plan.summary import unmet_said
from placebudget.study import TITLES, Potential, potential
from placebudget.study.potential.plans_side_by_side import steps_between
from placebudget.view import (
    comparison,
    dearest_rules,
    money_by_status,
    write_comparison,
)
from placebudget.words import MAY_NOT_ADD_UP, money, percent
from placebudget.writing import refuse_goal, refused_in_words

REPORT, WORKBOOK = "report.html", "five_plans.xlsx"


def run(
    place: PlaceArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            show_default="build/ and the name of the file, folder or example",
            help="Where the files are written.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Plan a place five ways, today, siloed, aligned, pooled and freed, side by side."""
    folder = out or folder_for(place)
    refuse_goal(folder, folder=True)
    for name in (REPORT, WORKBOOK, *map(_plan_file, TITLES)):
        refuse_goal(folder / name)
    found = checked_place(place)
    with watched() as solve:
        plans = solve(found.title, lambda **watch: potential(found, **watch))
    files = write_files(plans, folder)
    if as_json:
        say_json(_document(plans, files))
    else:
        _tell(plans, files)


def folder_for(place: str) -> Path:
    """Where the files of a run go unless it is said: named after what was given.

    Examples
    --------
    >>> folder_for("northvale").as_posix(), folder_for("papers/my_place.xlsx").as_posix()
    ('build/northvale', 'build/my_place')
    """
    path = Path(place)
    if path.name == PACKAGE:
        path = path.parent
    name = path.stem if path.suffix.lower() in (".xlsx", ".zip") else path.resolve().name
    return Path("build") / name


def write_files(plans: Potential, folder: Path) -> dict[str, Path]:
    """Write the report, the workbook and every plan; where each is, by what it is."""
    with refused_in_words(folder):
        folder.mkdir(parents=True, exist_ok=True)
    plans.to_html(folder / REPORT)
    write_comparison(plans, folder / WORKBOOK)
    files = {"Report": folder / REPORT, "Workbook": folder / WORKBOOK}
    for name, plan in plans.plans.items():
        files[f"{TITLES[name]}, plan"] = folder / _plan_file(name)
        plan.to_json(files[f"{TITLES[name]}, plan"])
    return files


def _plan_file(name: str) -> str:
    return f"{name}.plan.json"


def _document(plans: Potential, files: dict[str, Path]) -> dict[str, Any]:
    place, made = plans.place, plans.titled
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
        "potential": records(plans.differences),
        "findings": {TITLES[name]: each.records() for name, each in plans.findings.items()},
        "dearest_rules": records(plans.plans["pooled"].prices()),
        "figures": records(money_by_status(place).reset_index()),
        "files": {name: str(path) for name, path in files.items()},
    }


def _tell(plans: Potential, files: dict[str, Path]) -> None:
    place, made = plans.place, plans.titled
    console = console_for_results()
    years = f"{place.years[0]} to {place.years[-1]}"
    console.print(f"{place.title}, {years}: today and four plans", style="bold")
    console.print("Checked: no errors. Every plan was verified outside the solver.")
    for unmet in unmet_said(made):
        console.print(unmet.text, style="bold", soft_wrap=True)
        for point in unmet.points:
            console.print(f"  {point}", soft_wrap=True)
    for sheet in comparison(made):
        show(sheet, console)
    console.print(f"\n{MAY_NOT_ADD_UP}", style="dim")
    rules = dearest_rules(plans.plans["pooled"])
    if len(rules):
        show_texts("The dearest rules, best pooled", rules, console)
    show_texts("How the money is known", how_known(place), console)
    _tell_rest(plans, files, console)


def how_known(place: Place) -> pd.DataFrame:
    """How much of the money is published, derived, illustrative or not stated, as texts."""
    table = money_by_status(place)
    return pd.DataFrame(
        {
            "figures are": table.index,
            "funding over the years": [
                f"{money(row.funding)} ({percent(row.funding_share)})" for row in table.itertuples()
            ],
            "funding today": [
                f"{money(row.base)} ({percent(row.base_share)})" for row in table.itertuples()
            ],
            "money spent today": [
                f"{money(row.today)} ({percent(row.today_share)})" for row in table.itertuples()
            ],
        }
    )


def _tell_rest(plans: Potential, files: dict[str, Path], console: Console) -> None:
    base = plans.place.settings.price_base
    console.print(f"\nModelled potential, in public value, discounted, in {base} prices. ", end="")
    console.print("Not a saving that anybody has made.")
    for ends in steps_between(plans.plans):
        console.print(f"  {plans.sentence(*ends)}", soft_wrap=True)
    for name, plan in plans.titled.items():
        if plan.status not in ("optimal", "simulated", AT_REST):
            console.print(f"{name}: {plan.status}")
    console.print("\nWhat the best pooled plan must admit", style="bold")
    tell_admitted(plans.findings["pooled"], console)
    folder = files["Report"].parent
    console.print(f"\nWritten to {folder} (another folder: --out FOLDER):", soft_wrap=True)
    for name, path in files.items():
        console.print(f"  {path}  {name}", soft_wrap=True)
    console.print(f"\nOpen next, in a browser: {files['Report']}", soft_wrap=True)
