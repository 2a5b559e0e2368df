"""What is being done while a board works, in plain words.

The model names its stages for those who read its mathematics; a board says what they are for.
"""

from __future__ import annotations

from placebudget.apps.answer import ORDER
from placebudget.progress import Stage
from placebudget.study import TITLES
from placebudget.study.cycle.simulation import FIRST_PLAN
from placebudget.study.potential import OF_PLANS
from placebudget.study.price_of_fairness import EQUITY, PACE
from placebudget.study.rests_on.study import AGAIN, HANGING
from placebudget.words import number

PLANS = {
    "pooled": "Planning with pooled budgets",
    "today": "Carrying today’s spending on",
    "aligned": "Planning each agency’s money towards one goal",
    "siloed": "Planning each agency for itself",
    "freed": "Planning with one free pool, to measure by",
}
"""What is done for each of the plans."""

_WORKING = "Looking for the best plan"
_EQUAL = "Choosing among equally good plans"
_SETTLING = {
    "nearest to today": _EQUAL,
    "done": "Checking the plan",
}
_STAGES = {
    **_SETTLING,
    "cashable saving of the partners": "Planning for savings that can be taken out of budgets",
    "best": "Planning for the most public value",
    "worst-off area first": "Planning with the worst-off area first",
    "leximin": "Planning with the worst-off area first, then the next, and so on",
}
_COUNTED = {
    "coalitions": "Trying every group of partners",
    "orders of joining": "Trying orders in which partners could join",
    "pools and ring-fences one by one": "Looking at pools and ring-fences one by one",
    "runs of the years": "Living through the years",
    HANGING: "Looking at what hangs on each figure",
    AGAIN: "Making both plans again with other figures",
}
_LEVELS = {
    EQUITY: "Trying a promise to every area: at least {} of the average",
    PACE: "Trying a limit to how fast money may change: {} a year",
}


def of_plan(name: str, stage: str) -> str:
    """What is being done for one of the plans of an answer.

    Parameters
    ----------
    name : str
        One of ``ORDER``.
    stage : str
        The model's own word for the stage.

    Examples
    --------
    >>> of_plan("pooled", "public value")
    'Planning with pooled budgets, step 1 of 5'
    >>> of_plan("aligned", "nearest to today")
    'Planning each agency’s money towards one goal, step 3 of 5: choosing among equally good plans'
    """
    said = f"{PLANS[name]}, step {ORDER.index(name) + 1} of {len(ORDER)}"
    settling = _SETTLING.get(stage)
    return said if settling is None else f"{said}: {settling[:1].lower()}{settling[1:]}"


def of_study(stage: str, done: int, stages: int) -> str:
    """What is being done for a study.

    Parameters
    ----------
    stage : str
        The model's own word for the stage, or a :class:`~placebudget.progress.Stage`.
    done, stages : int
        How much of how much is done.

    Examples
    --------
    >>> of_study("coalitions", 12, 256)
    'Trying every group of partners: 12 of 256 done'
    >>> of_study(Stage("Best freed: nearest to today", OF_PLANS, "freed"), 400, 500)
    'Planning with one free pool, to measure by, plan 5 of 5'
    >>> of_study(Stage("equity floor, 75 %", "equity floor", "75"), 7, 10)
    'Trying a promise to every area: at least 75% of the average'
    >>> of_study("what nobody has named", 0, 1)
    'Looking for the best plan'
    """
    if isinstance(stage, Stage):
        if stage.key == OF_PLANS:
            place = list(TITLES).index(stage.about) + 1
            return f"{PLANS[stage.about]}, plan {place} of {len(TITLES)}"
        if stage.key == FIRST_PLAN:
            return PLANS.get(stage.about, _WORKING)
        return _LEVELS[stage.key].format(f"{stage.about}%")
    if stage in _COUNTED:
        return f"{_COUNTED[stage]}: {number(min(done, stages))} of {number(stages)} done"
    return _STAGES.get(stage, _WORKING)
