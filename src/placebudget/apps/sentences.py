"""What a board says: what is being done, in the line that is read out, and over the screens."""

from __future__ import annotations

from collections.abc import Sequence

from placebudget.apps.answer import ORDER, BoardAnswer, Trouble
from placebudget.plan.need import NO_DIFFERENCE, meet_alike, too_small, unmet_change
from placebudget.progress import Stage
from placebudget.study import TITLES
from placebudget.study.alternatives import NEARBY
from placebudget.study.cycle.simulation import FIRST_PLAN
from placebudget.study.fairness import EQUITY, PACE
from placebudget.study.held import FIRST_PLANS
from placebudget.study.potential import OF_PLANS
from placebudget.study.rests_on.study import AGAIN, HANGING
from placebudget.words import in_pounds, in_unit, number
from placebudget.work.said import OF_BEFORE
from placebudget.work.serving import IN_LINE

# What is being done while a board works, in plain words.
#
# The model names its stages for those who read its mathematics; a board says what they are for.

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
    NEARBY: "Looking for plans within {} of the best",
    PACE: "Trying a limit to how fast money may change: {} a year",
}


_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def in_line(number: int) -> str:
    """Which place somebody has among those who wait.

    Examples
    --------
    >>> in_line(3), in_line(21)
    ('You are third in line', 'You are number 21 in line')
    """
    named = _PLACES[number - 1] if number <= len(_PLACES) else f"number {number}"
    return f"You are {named} in line"


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
    if isinstance(stage, Stage) and stage.key == IN_LINE:
        return f"{said}. {in_line(int(stage.about))}"
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
        if stage.key == IN_LINE:
            return in_line(int(stage.about))
        if stage.key == OF_PLANS:
            place = list(TITLES).index(stage.about) + 1
            return f"{PLANS[stage.about]}, plan {place} of {len(TITLES)}"
        if stage.key in (FIRST_PLAN, FIRST_PLANS):
            return PLANS.get(stage.about, _WORKING)
        # A stage that nobody has named is still work that goes on.
        return _LEVELS.get(stage.key, _WORKING).format(f"{stage.about}%")
    if stage in _COUNTED:
        return f"{_COUNTED[stage]}: {number(min(done, stages))} of {number(stages)} done"
    return _STAGES.get(stage, _WORKING)


WORKING = "Working it out."
NO_SUM = "This does not add up. The last figures that did are kept."
NO_ANSWER = "There is no answer to what was chosen; the screen “It does not add up” says why."
NOT_SHOWN = "This screen cannot be shown"
NEVER_ADDED_UP = "This does not add up, even without any change, so there is no plan to show."
NOT_YET = "Not all plans are worked out yet. Try again in a moment."
NO_REPORT = "There is no plan of one of the five kinds, so there is no report."
STOPPED_SHORT = "Stopped before everything was there. Recalculate works out the rest."
PUT_BACK = f"Stopped. {OF_BEFORE} The boxes keep what you chose."
AS_THEY_ARE = "Stopped. The figures stay as they are."


def no_file_words(answer: BoardAnswer | None) -> str:
    """Why there is nothing to take away."""
    return NO_REPORT if answer is not None and answer.whole else NOT_YET


def no_answer_words(trouble: Trouble | None, *, kept: bool) -> str:
    """Why there is no answer to what was chosen, and whether figures of before are kept."""
    if trouble is not None and not trouble.clash:
        return f"{NO_ANSWER} {trouble.text}"
    return NO_SUM if kept else NEVER_ADDED_UP


def stopped_words(short: bool, *, put_back: bool) -> str:
    """What stands on the screens after somebody ended the work.

    Parameters
    ----------
    short : bool
        Whether something was never worked out.
    put_back : bool
        Whether what was there before stands again.
    """
    if short:
        return STOPPED_SHORT
    return PUT_BACK if put_back else AS_THEY_ARE


def kept_words(name: str) -> str:
    """That a choice was set beside others.

    Examples
    --------
    >>> kept_words("B")
    'Kept as choice B: see “Choices side by side”.'
    """
    if not name:
        return "Nothing was kept: what was chosen last has no plan yet."
    return f"Kept as choice {name}: see “Choices side by side”."


def entered_words(number: int, table: str) -> str:
    """That something was entered in the register.

    Examples
    --------
    >>> entered_words(7, "decisions")
    'Entered under decisions, as entry 7. It is kept.'
    """
    return f"Entered under {table}, as entry {number:,}. It is kept."


def refused_words(
    problems: Sequence[str], *, working: bool = False, done: str = "recalculated"
) -> str:
    """That nothing was recalculated, what stands in its way, and if something else goes on.

    Parameters
    ----------
    problems : sequence of str
        What is wrong with figures that were typed, one each.
    working : bool
        Whether something else is under way.
    done : str
        What was asked for, as it is said.

    Examples
    --------
    >>> print(refused_words(["Home care: enter a number, like 2.5."]))
    Nothing was recalculated. Home care: enter a number, like 2.5.
    >>> print(refused_words(["Home care: enter a number, like 2.5.", "Housing: enter a number."]))
    Nothing was recalculated: 2 boxes have to be put right. Each is named under “There is a...
    """
    said = (
        f"Nothing was {done}. {problems[0]}"
        if len(problems) == 1
        else f"Nothing was {done}: {len(problems)} boxes have to be put right. Each is "
        "named under “There is a problem”."
    )
    return f"{said} What was under way before goes on." if working else said


def not_opened_words(problems: Sequence[str]) -> str:
    """That no other place was opened, and why not or where that is said."""
    if len(problems) == 1:
        return f"Nothing was opened. {problems[0]}"
    return "Nothing was opened; the present place stays. “There is a problem” says why."


def opened_words(title: str, warnings: int) -> str:
    """That another place was opened, and that its check has something to say.

    Examples
    --------
    >>> opened_words("Lancashire", 0)
    'Opened Lancashire.'
    >>> print(opened_words("Lancashire", 2))
    Opened Lancashire. The check of its tables has 2 warnings, listed on “Our place and our money”.
    """
    if not warnings:
        return f"Opened {title}."
    count = "a warning" if warnings == 1 else f"{warnings} warnings"
    return (
        f"Opened {title}. The check of its tables has {count}, listed on “Our place and our money”."
    )


def first_words(first: BoardAnswer | None, before: BoardAnswer | None, than: str = "before") -> str:
    """What a first answer is worth, and how much more or less than the answer before.

    Parameters
    ----------
    first, before : BoardAnswer or None
        The two answers.
    than : str
        What the answer before is called.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.work import Changes
    >>> from placebudget.apps.answer import first_answer
    >>> from placebudget.work.jobs import Client, Here
    >>> found = first_answer(BoardAnswer(Changes(), pb.example("toy_pooling")), Client(Here()))
    >>> print(first_words(found, None))
    In the model, the best pooled plan for what was chosen is worth £300 million of public value.
    """
    one, other = (None if each is None else each.pooled for each in (before, first))
    if other is None:
        return ""
    now = other.objective
    said = f"In the model, the best pooled plan for what was chosen {now.said}"
    if one is None or one.objective.name != now.name:
        return f"{said}."
    if not meet_alike(one, other):
        return f"{said}. Against the plan {than} {unmet_change(one, other)}."
    if now.reads_like(one.objective):
        return f"{said}, the same as {than}."
    apart = now.value - one.objective.value
    way = "more" if apart > 0 else "less"
    doubt = f", {NO_DIFFERENCE}" if in_pounds(now.unit) and too_small(apart, other) else ""
    return f"{said}, {in_unit(abs(apart), now.unit)} {way} than {than}{doubt}."


def done_words(told: str, answer: BoardAnswer | None) -> str:
    """That work is done, what the best pooled plan is worth, and if a choice does nothing."""
    if answer is None or answer.pooled is None:
        return f"{told}."
    said = f"{told}. The best pooled plan {answer.pooled.objective.said} in the model."
    idle = len(answer.unmoved)
    if idle:
        every = idle == len(answer.changes.taken_back())
        whole = "What was chosen" if every else f"{idle} of the changes"
        verb = "change" if idle > 1 and not every else "changes"
        said += f" {whole} {verb} nothing in it; the screens say why."
    return " ".join([said, *answer.faults])
