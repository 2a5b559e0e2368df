"""What the commands that plan share: a checked place, a run that can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from rich.console import Console

from placebudget.cli.showing import records, show_texts
from placebudget.cli.speaking import complain, console_for_results, say_json, typed
from placebudget.place import Place, read
from placebudget.place.io.loose import read_loose
from placebudget.place.schema import Table
from placebudget.plan import Plan, PlanFindings
from placebudget.progress import progress
from placebudget.stopping import stoppable
from placebudget.view import dearest_rules

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
