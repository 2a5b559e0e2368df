"""A plan picked from an answer: from a list, shown beside the others, kept beside its place."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from placebudget.plan import Plan, compare
from placebudget.plan.result import Result
from placebudget.study.picking import FoundPlans
from placebudget.texts import key_of
from placebudget.view.panels import Panel, change_panel
from placebudget.view.studies import study_panel
from placebudget.words import sentence
from placebudget.work.plans import ENDING, PLANS_FOLDER

PICK = "Plans of this answer"
PICKED_SO = (
    "Each point is a plan that was checked and keeps every rule. One that is picked is set beside "
    "the others, and kept."
)
_writing = threading.Lock()


def offered(found: Result | None) -> Sequence[tuple[str, str]]:
    """The plans of an answer that may be picked: by name, and what each does.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.study.alternatives(pb.example("toy_pooling"), far_apart=1)
    >>> offered(found)
    [('plan 1', 'Plan 1: more for home care (+£6 million), less for family support (−£6 million)')]
    >>> offered(pb.sharing(pb.example("toy_pooling")))
    []
    """
    plans = found.offered if isinstance(found, FoundPlans) else {}
    return [(name, f"{sentence(name)}: {does}") for name, does in plans.items()]


def answer_panel(found: Result) -> Panel:
    """What an answer says, for who hears which plan is pressed in its picture.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.study.frontier(pb.example("toy_pooling"))
    >>> 'role="button"' in answer_panel(found).html()
    True
    """
    panel = study_panel(found)
    if not offered(found):
        return panel
    return replace(panel, charts=[each.pressed_for("answer") for each in panel.charts])


def beside_others(picked: Plan, others: Mapping[str, Plan]) -> Panel:
    """A plan that was picked beside others, by what those are called.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> found = pb.study.alternatives(place, far_apart=1)
    >>> panel = beside_others(found.picked(1), {"Today": pb.simulate(place)})
    >>> panel.title
    'Today and More for home care, less for family support (plan 1)'
    """
    names = (*others, sentence(picked.name))
    found = change_panel(compare(*others.values(), picked, names=names))
    return Panel(
        found.title,
        sentences=[picked.picked, *found.sentences],
        grids=found.grids,
        note=found.note,
    )


def stem_of(plan: Plan) -> str:
    """How the file is called of a plan that was picked.

    Examples
    --------
    >>> import placebudget as pb
    >>> stem_of(pb.study.alternatives(pb.example("toy_pooling"), far_apart=1).picked(1))
    'toy_pooling_alternatives_plan_1'
    """
    options = plan.run["options"]
    point = options.get("point", options.get("plan"))
    return "_".join(
        key_of(str(each), "plan") for each in (plan.place["name"], options["study"], point)
    )


def keep(plan: Plan, home: Path, stem: str) -> str:
    """Write a plan into the folder of plans beside its place, under a name that is free.

    Returns
    -------
    str
        The file, from the folder of the place.
    """
    with _writing:
        for number in itertools.count(1):
            name = f"{stem}{'' if number == 1 else f'_{number}'}{ENDING}"
            if not (home / PLANS_FOLDER / name).exists():
                break
        plan.to_json(home / PLANS_FOLDER / name)
    return f"{PLANS_FOLDER}/{name}"
