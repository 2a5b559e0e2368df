"""What the commands that plan share: arguments, a checked place, a run that can be stopped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

import pandas as pd
import typer
from rich.console import Console

from placebudget.arguments import as_given
from placebudget.cli.speaking import (
    FOUND,
    complain,
    console_for_results,
    records,
    say_json,
    show_texts,
    typed,
)
from placebudget.errors import CannotWrite, WrongArgument
from placebudget.place import Place, examples, read
from placebudget.place.io.loose import read_loose
from placebudget.place.schema import Table
from placebudget.plan import Plan, PlanFindings
from placebudget.progress import progress, stoppable
from placebudget.texts import nearest, shown
from placebudget.view import dearest_rules
from placebudget.writing import refuse_goal

# Arguments that several commands share.


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


def refuse_what_is_there(goal: Path, what: str = "file", option: str | None = None) -> None:
    """Refuse to write over anything; ``option`` is the one the goal was given with."""
    if goal.exists():
        raise typer.BadParameter(f"{goal} exists already; name a new {what}.", param_hint=option)


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

TemplateArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.xlsx",
        callback=ending_in(".xlsx"),
        show_default=False,
        help="The workbook to write.",
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


Result = TypeVar("Result")
_WORST = 3  # of each kind of finding that are said


def checked_place(given: str) -> Place:
    """Read a place and check it; warnings are counted on stderr.

    Raises
    ------
    InvalidPlace
        If anything stops a plan.
    """
    place = read(given)
    warnings = place.check().raise_if_errors().warnings
    if warnings:
        one = len(warnings) == 1
        count, them = ("1 warning", "it") if one else (f"{len(warnings)} warnings", "them")
        complain(f"{count} about this place; read {them} with: {typed('check', given)}")
    return place


def loose(path: Path, table: Table) -> pd.DataFrame:
    """Read a table that stands by itself; how a figure was read is said on stderr."""
    read_table = read_loose(path, table)
    for remark in read_table.remarks:
        complain(str(remark))
    return read_table.frame


@contextmanager
def watched() -> Iterator[Callable[..., Any]]:
    """Run solves that show their stages and can be stopped.

    Yields
    ------
    callable
        Takes what the run is called and a function that solves, given the
        keyword arguments ``stop`` and ``progress``.
    """
    with progress() as report:

        def run(title: str, solve: Callable[..., Result]) -> Result:
            def stage(name: str, number: int, total: int) -> None:
                report(f"{title}: {name}", number, total)

            report(title, 0, 1)
            return stoppable(lambda stop: solve(stop=stop, progress=stage))

        yield run


def hand_over(plan: Plan, out: Path | None, as_json: bool) -> None:
    """Write a plan to its file and say on stdout what it is."""
    if out is not None:
        plan.to_json(out)
    if as_json:
        say_json(plan_document(plan, out))
        return
    console = console_for_results()
    console.print(plan.summary())
    found = plan.known_findings
    if found is not None:
        console.print("\nWhat this plan must admit", style="bold")
        tell_admitted(found, console)
    rules = dearest_rules(plan)
    if len(rules):
        show_texts("The dearest rules", rules, console)
    if out is not None:
        console.print(f"\nWritten: {out}")


def tell_admitted(found: PlanFindings, console: Console) -> None:
    """What a plan must admit: the worst of each kind, and how many more there are."""
    for each in found.paragraphs(_WORST):
        console.print(each.text, soft_wrap=True)
        for point in each.points:
            console.print(f"  {point}", soft_wrap=True)


def plan_document(plan: Plan, out: Path | None = None) -> dict[str, Any]:
    """A plan in short as plain data; the whole of it stands in its file."""
    return {
        "place": plan.place["name"],
        "plan": plan.name,
        "status": plan.status,
        "objectives": [asdict(each) for each in plan.objectives],
        "money_by_purpose": records(plan.money("purpose")),
        "money_by_agency": records(plan.money("agency")),
        "money_not_spent": float(plan.unspent()["amount"].sum()),
        "outcomes": records(plan.outcomes("outcome")),
        "savings": records(plan.savings(["agency", "year"])),
        "findings": None if (found := plan.known_findings) is None else found.records(),
        "prices": records(plan.prices()),
        "run": dict(plan.run),
        "file": None if out is None else str(out),
    }
