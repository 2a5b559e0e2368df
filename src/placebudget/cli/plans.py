"""Plans on the command line: ``optimise``, ``simulate``, ``rerun``, ``compare``, ``explain``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console

from placebudget import plan as plans
from placebudget.cli.planning import (
    JsonOption,
    OptionOption,
    PlaceArgument,
    PlanOption,
    checked_place,
    ending_in,
    hand_over,
    known_place,
    loose,
    place_or_plan,
    tell_admitted,
    watched,
)
from placebudget.cli.speaking import (
    FOUND,
    complain,
    console_for_results,
    document,
    records,
    say_json,
    show,
    show_texts,
)
from placebudget.errors import CannotAnswer, PlaceBudgetError
from placebudget.place import Place, read
from placebudget.place.io.folder import PACKAGE
from placebudget.place.io.loose import MONEY
from placebudget.place.place import rows_known
from placebudget.plan import Comparison, Explanation, Plan
from placebudget.plan.siloed import AT_REST
from placebudget.plan.summary import unmet_said
from placebudget.progress import progress
from placebudget.study import TITLES, Potential, changes, potential
from placebudget.study.potential.plans_side_by_side import steps_between
from placebudget.view import comparison, dearest_rules, money_by_status, write_comparison
from placebudget.view.in_short import in_short
from placebudget.words import MAY_NOT_ADD_UP, money, percent
from placebudget.writing import refuse_goal, refused_in_words


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
        say_json(_explained_document(said, plan))
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


def _explained_document(said: Explanation, plan: Plan) -> dict[str, Any]:
    return {
        "place": plan.place["name"],
        "plan": plan.name,
        "service": said.service,
        "area": said.area,
        "title": said.title,
        "sentences": list(said.sentences),
        "figures": records(said.figures),
    }


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
        str,
        typer.Option(help="siloed, aligned, pooled, freed, or names of pools divided by commas."),
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


# ``placebudget run``: from a place's tables to five plans side by side, and files.

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
    since: Annotated[
        str | None,
        typer.Option(
            metavar="OLD",
            callback=known_place,
            show_default=False,
            help="Say what changed since this edition of the place: a folder, .xlsx or .zip.",
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
    if since is not None:
        plans = replace(plans, since=changes(since, found).summarised())
    files = write_files(plans, folder)
    if as_json:
        say_json(_run_document(plans, files))
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


def _run_document(plans: Potential, files: dict[str, Path]) -> dict[str, Any]:
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
        "in_short": list(in_short(plans)),
        "tables": [document(sheet) for sheet in comparison(made)],
        "potential": records(plans.differences),
        "findings": {TITLES[name]: each.records() for name, each in plans.findings.items()},
        "dearest_rules": records(plans.plans["pooled"].prices()),
        "figures": records(money_by_status(place).reset_index()),
        **({"since": list(plans.since.sentences)} if plans.since else {}),
        "files": {name: str(path) for name, path in files.items()},
    }


def _tell(plans: Potential, files: dict[str, Path]) -> None:
    place, made = plans.place, plans.titled
    console = console_for_results()
    years = f"{place.years[0]} to {place.years[-1]}"
    console.print(f"{place.title}, {years}: today and four plans", style="bold")
    console.print("Checked: no errors. Every plan was verified outside the solver.")
    if plans.since is not None:
        console.print("What changed since the last edition", style="bold")
        for line in plans.since.lines[1:]:
            console.print(line, soft_wrap=True)
    for line in in_short(plans):
        console.print(line, soft_wrap=True)
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
    tell_known(place, console)
    _tell_rest(plans, files, console)


def tell_known(place: Place, console: Console) -> None:
    """Say how much of the money, and how many rows of figures, are known in which way."""
    show_texts("How the money is known", how_known(place), console)
    console.print(rows_known(place), soft_wrap=True)


def how_known(place: Place) -> pd.DataFrame:
    """How much of the money is published, derived, borrowed, illustrative and so on, as texts."""
    table = money_by_status(place)
    table = table[table[["funding", "base", "today"]].any(axis=1)]
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
    tell_admitted(plans.findings_of("pooled"), console)
    folder = files["Report"].parent
    console.print(f"\nWritten to {folder} (another folder: --out FOLDER):", soft_wrap=True)
    for name, path in files.items():
        console.print(f"  {path}  {name}", soft_wrap=True)
    console.print(f"\nOpen next, in a browser: {files['Report']}", soft_wrap=True)
