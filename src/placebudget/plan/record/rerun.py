"""Making a plan again, on this machine or another, and saying what differs."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, as_given, is_number
from placebudget.errors import CannotAnswer, PlaceBudgetError, Stopped, UnreadablePlan
from placebudget.place import Option, Place, read
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.plan.columns import PLAN_TABLES, TEXT
from placebudget.plan.optimise import optimise
from placebudget.plan.plan import Plan
from placebudget.plan.record.inputs import (
    base_of,
    input_differences,
    recorded_option,
    recorded_place,
)
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.record.record import run_record, versions
from placebudget.plan.result import Result
from placebudget.plan.simulate import simulate
from placebudget.plan.summary import Paragraph, Summary, objective_said
from placebudget.programme import UnitScale
from placebudget.progress import Report
from placebudget.solver import DEFAULT_SOLVER, RunLimits
from placebudget.texts import listed, shown
from placebudget.words import pence

_PENNY = 0.005
# Of a value, what another order of adding up may make.
_NEAR = 1e-6
_SHOWN = 5
_MONEY_TABLES = {"money": ("amount",), "contributions": ("gross", "management_cost")}


@dataclass(frozen=True, eq=False)
class Rerun(Result):
    """A plan made again, and what differs.

    Parameters
    ----------
    same : bool
        Whether all money is the same to the penny.
    inputs, versions, money : tuple of str
        What differs, in sentences: the place and its option; Python, solver and
        packages; the money itself, or why there is none.
    plan : Plan or None
        The plan as it comes out here, without prices; None where none can be made.
    run : mapping
        Versions, and which plan was made again.
    """

    same: bool
    inputs: tuple[str, ...]
    versions: tuple[str, ...]
    money: tuple[str, ...]
    plan: Plan | None = field(repr=False)
    run: Mapping[str, Any] = field(repr=False)

    @property
    def title(self) -> str:
        """Whether the money is the same."""
        return "The same money to the penny" if self.same else "Not the same money"

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """What differs: of what kind, and in words."""
        kinds = {"inputs": self.inputs, "versions": self.versions, "money": self.money}
        rows = [(kind, said) for kind, every in kinds.items() for said in every]
        return {"differences": pd.DataFrame(rows, columns=["differs", "how"], dtype="str")}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done."""
        return ("The plan was made again from what its record says.",)

    def summarised(self) -> Summary:
        """What ``summary`` says, as data."""
        if not self.differences:
            return Summary(self.title, (Paragraph("Inputs and versions are the same, too."),))
        return Summary(self.title, (Paragraph("What differs:", self.differences),))

    @property
    def differences(self) -> tuple[str, ...]:
        """Everything that differs: inputs, versions, money."""
        return (*self.inputs, *self.versions, *self.money)

    def __str__(self) -> str:
        if self.same and not self.differences:
            return "The same money to the penny, from the same inputs and versions."
        lines = [f"- {text}" for text in self.differences]
        return "\n".join([f"{self.title}. What differs:", *lines])


def rerun(
    plan: PlanLike,
    place: PlaceLike | None = None,
    *,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Rerun:
    """Make a plan again and say whether it gives the same money to the penny.

    Parameters
    ----------
    plan : Plan or path
        The plan, or its ``*.plan.json``.
    place : Place or path, optional
        The place, without the plan's option. Default: what the plan was made
        from, as its record says; a relative path is also tried from the folder
        of the plan's file.
    stop, progress
        As for :func:`placebudget.optimise`.

    Returns
    -------
    Rerun
        Whether the money is the same, and what differs.

    Raises
    ------
    UnreadablePlan, InvalidPlace
        If the plan or the place cannot be read.
    WrongArgument
        If the run cannot be stopped or watched by what was given.
    CannotAnswer
        If the plan does not say what it was made from.

    Examples
    --------
    >>> import placebudget as pb
    >>> print(pb.rerun(pb.simulate(pb.example("toy_pooling"))))
    The same money to the penny, from the same inputs and versions.
    """
    with Arguments() as asked:
        old = asked.read(as_plan, plan)
        given = None if place is None else asked.read(as_place, place)
        watch = asked.read(RunLimits.given, stop=stop, progress=progress)
    file = None if isinstance(plan, Plan) else Path(plan)
    found = made_from(old, file, given)
    option = recorded_option(old.run)
    inputs = [*input_differences(old.run, found), *_option_differences(option, found)]
    versions_apart = tuple(_version_differences(old.run))
    run = run_record(
        study="rerun", place=found.name, inputs=found.digest, options={"plan": old.name}
    )
    try:
        new = again(old, found, option, stop=watch.stop, progress=watch.progress)
    except Stopped:
        raise
    except PlaceBudgetError as error:
        money = [f"no plan can be made here: {error}"]
        return Rerun(False, tuple(inputs), versions_apart, tuple(money), None, run)
    other = [*money_differences(old, new), *value_differences(old, new)]
    money = list(other)
    if old.status != new.status:
        money.append(f"the plan was {old.status}; here it is {new.status}")
    return Rerun(not other, tuple(inputs), versions_apart, tuple(money), new, run)


def again(
    plan: Plan,
    place: Place,
    option: Option | None,
    *,
    stop: Event | None = None,
    progress: Report | None = None,
    **changed: Any,
) -> Plan:
    """Plan a place with the arguments of a plan, some of them changed; without prices."""
    if plan.status == "simulated" and not changed:
        given = plan.run.get("money")
        money = None if given is None else pd.DataFrame(given["rows"], columns=given["columns"])
        return simulate(place, money, option=option, name=plan.name)
    options = plan.run["options"]
    if "study" in options:
        raise CannotAnswer(
            "the plan is one of several that a study found, not the best by what was asked: "
            f"ask placebudget.study.{options['study']} again"
        )
    names = ("objective", "pooling", "reinvest", "seconds", "gap")
    arguments = {name: options[name] for name in names if name in options} | changed
    return optimise(
        place,
        option=option,
        solver=plan.run["solver"] or DEFAULT_SOLVER,
        scale=_scale(options.get("scale")),
        prices=False,
        stop=stop,
        progress=progress,
        **arguments,
    )


def _scale(given: object) -> UnitScale | None:
    """The units a plan was worked out in, from its record."""
    if given is None:
        return None
    if (
        isinstance(given, list | tuple)
        and len(given) == 2
        and all(is_number(each) and 0 < each < math.inf for each in given)
    ):
        return UnitScale(*given)
    raise UnreadablePlan(f"run: scale is two numbers above 0, not {as_given(given)}")


def money_differences(old: Plan, new: Plan) -> list[str]:
    """Where the money of two plans differs by a penny or more, in sentences."""
    found = []
    for name, measures in _MONEY_TABLES.items():
        key = [column for column, kind in PLAN_TABLES[name].items() if kind == TEXT]
        both = [plan.tables[name].groupby(key)[list(measures)].sum() for plan in (old, new)]
        before, after = both[0].align(both[1], fill_value=0.0)
        apart = (after - before).abs().max(axis=1)
        rows = apart[apart > _PENNY].sort_values(ascending=False, kind="stable").index
        if len(rows):
            texts = [_flow(row, before.loc[row], after.loc[row], measures[0]) for row in rows]
            words = "flow" if name == "money" else "contribution"
            many = f"{len(rows)} {words}{'' if len(rows) == 1 else 's'}"
            found.append(f"{name}: {many} of money not the same: {listed(texts, _SHOWN)}")
    return found


def value_differences(old: Plan, new: Plan) -> list[str]:
    """Where two plans say that they are worth something else, in sentences."""
    values = {each.name: each.value for each in new.objectives}
    return [
        f"{objective_said(each.name, each.unit, each.value)} then; "
        f"{objective_said(each.name, each.unit, values[each.name])} here"
        for each in old.objectives
        if each.name in values
        and abs(each.value - values[each.name]) > _NEAR * max(1.0, abs(values[each.name]))
    ]


def _flow(key: tuple[str, ...], before: pd.Series, after: pd.Series, measure: str) -> str:
    was, now = float(before[measure]), float(after[measure])
    return f"{' '.join(map(str, key))} {_pounds(was)} then, {_pounds(now)} here"


def _pounds(amount: float) -> str:
    return pence(amount)


def made_from(plan: Plan, file: Path | None = None, given: Place | None = None) -> Place:
    """The place that a plan was made from, before its option.

    Parameters
    ----------
    plan : Plan
        The plan.
    file : Path, optional
        Where it was read from; a path that its record names is also tried from there.
    given : Place, optional
        The place, where it is at hand.
    """
    if given is not None:
        return base_of(given)
    path = str(recorded_place(plan.run)["read_from"])
    if path:
        beside = None if file is None else file.resolve().parent / path
        return read(beside if beside is not None and _is_only_there(path, beside) else path)
    if plan.source is not None:
        return base_of(plan.source)
    raise PlaceBudgetError(
        "the plan does not say where its place was read from; name the place: rerun(plan, place), "
        "or --place"
    )


def _is_only_there(path: str, beside: Path) -> bool:
    return not os.path.exists(path) and os.path.exists(beside)


def _option_differences(option: Option | None, place: Place) -> list[str]:
    """Whether the option stored beside the place is still the one of the plan."""
    if option is None:
        return []
    try:
        stored = place.options().get(option.name)
    except PlaceBudgetError as error:
        return [f"the options beside the place cannot be read: {error}"]
    if stored is None or stored == option:
        return []
    return [
        f"the option {shown(option.name)} stored beside the place is no longer the one of the "
        "plan, which was made again with its own"
    ]


def _version_differences(run: Mapping[str, Any]) -> list[str]:
    then, now = run["versions"], versions()
    return [
        f"{name} was {then.get(name, 'not recorded')}, here it is {now.get(name, 'not known')}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
