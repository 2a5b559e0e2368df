"""What a board looks at: a first answer, then the plans, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from placebudget.errors import (
    CannotAnswer,
    Infeasible,
    InvalidPlace,
    SolverFailed,
    Stopped,
    fault_words,
)
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.result import Result
from placebudget.programme import SILOED
from placebudget.study import TITLES, Potential
from placebudget.work import Changes, Stand, Undo
from placebudget.work.jobs import QUICK, TODAY, Client, Job
from placebudget.work.lately import Lately, WayOut

ORDER = ("pooled", "today", "aligned", "siloed", "freed")
"""The plans in the order in which a board wants to see them."""


@dataclass(frozen=True)
class Trouble:
    """Why there is no answer to what was chosen.

    Parameters
    ----------
    steps : sequence of Stand
        What stood when there was one last, and all that was chosen since.
    text : str
        In words.
    ways : tuple of WayOut
        Ways out that were tried and work; empty where rules are not the reason.
    clash : bool
        Whether rules contradict each other, rather than the run having failed.
    promises, against : tuple of str
        The rules that clash and the limits that stand against them, where they are known.
    """

    steps: Sequence[Stand]
    text: str
    ways: tuple[WayOut, ...] = ()
    clash: bool = True
    promises: tuple[str, ...] = ()
    against: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, steps: Sequence[Stand], error: Exception, adds_up: Callable[[Stand], bool]
    ) -> Trouble:
        """What an error says of what was chosen, with ways out of which each was tried."""
        if isinstance(error, InvalidPlace):
            ways = Lately(steps).ways_out((), adds_up)
            return cls(steps, fault_words(error), ways, clash=False)
        if not isinstance(error, Infeasible):
            return cls(steps, fault_words(error), clash=False)
        ways = Lately(steps).ways_out(error.repairs, adds_up)
        said = error.clash if error.repairs else str(error)  # ways out are told by themselves
        return cls(steps, said, ways, promises=error.promises, against=error.against)

    @property
    def changes(self) -> Changes:
        """What was chosen."""
        return self.steps[-1].changes

    @property
    def lately(self) -> Lately:
        """What was changed since there was an answer last."""
        return Lately(self.steps)


UNMOVED = "unmoved"


@dataclass(frozen=True, eq=False)
class BoardAnswer:
    """The plans for what was chosen, as they come in.

    Parameters
    ----------
    changes : Changes
        What was chosen.
    place : Place
        The place with everything chosen changed.
    plans : dict of str to Plan
        ``pooled`` first, then ``today``, ``aligned``, ``siloed``, ``freed``.
    missing : dict of str to str
        Why a plan other than the pooled one does not exist, in words.
    studies : dict of str to study
        Studies of this answer that somebody asked for, by key.
    asked : dict of str to mapping
        What those studies were asked with, where somebody typed it.
    unanswered : dict of str to str
        Why a study that was asked for has no answer, in words.
    unmoved : dict of str to str
        Sentences on what was chosen and changes nothing, by control.
    tried : set of str
        Whether it was looked for, without its plans: ``"unmoved"``.
    faults : list of str
        What could not be found out about it, and no screen says.
    """

    changes: Changes
    place: Place
    plans: dict[str, Plan] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    studies: dict[str, Result] = field(default_factory=dict)
    asked: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)
    unmoved: dict[str, str] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def job(self, what: str, **more: Any) -> Job:
        """What an engine is asked of it; the best pooled plan has prices."""
        goal = Changes(objective=self.changes.objective)
        return Job(what, self.place, goal, prices=what == ORDER[0], **more)

    @property
    def studied(self) -> tuple[object, ...]:
        """Which studies have an answer, and what the others failed by."""
        return (*self.studies, *self.unanswered.items())

    @property
    def whole(self) -> bool:
        """Whether everything was tried."""
        needed = {*ORDER, UNMOVED} if self.changes.controls else {*ORDER}
        return {*self.plans, *self.missing, *self.tried} >= needed

    @property
    def pooled(self) -> Plan | None:
        """The best pooled plan; None before it is there."""
        return self.plans.get(ORDER[0])

    def potential(self) -> Potential | None:
        """The plans side by side, once all are there.

        Where agencies have no goals of their own in the objective there is no siloed plan.
        """
        needed = set(ORDER) - ({SILOED} & set(self.missing))
        if not needed <= set(self.plans):
            return None
        return Potential(self.place, {name: self.plans[name] for name in TITLES if name in needed})


@dataclass(frozen=True)
class BoardState:
    """What stood before a board when something was begun, so that it can be put back."""

    answers: Undo[BoardAnswer | None]
    trouble: Trouble | None


# A first answer within a second or so: the best pooled plan from a live session, checked.
#
# A live session makes the best plan there is, and what it reaches is checked against
# every rule and sum like any other plan. What it leaves out is the choice between plans
# of the same value, the prices, and the plans to compare with; those follow in full.


def quick_pooled(answer: BoardAnswer, client: Client) -> Plan | None:
    """The best pooled plan of an answer, from a live session.

    Parameters
    ----------
    answer : BoardAnswer
        What it is for.
    client : Client
        Who asks for it.

    Returns
    -------
    Plan or None
        A checked plan of status ``"quick"``; None where only a full solve can tell: the
        rules clash, the session cannot take the place, its time is over or it was ended.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.work import Changes
    >>> from placebudget.work.jobs import Here
    >>> found = quick_pooled(BoardAnswer(Changes(), pb.example("toy_pooling")), Client(Here()))
    >>> found.status, round(found.public_value() / 1e6)
    ('quick', 300)
    """
    try:
        plan: Plan = client.ask(answer.job(QUICK))
    except (CannotAnswer, Infeasible, SolverFailed, Stopped):
        return None
    return plan


def first_answer(answer: BoardAnswer, client: Client) -> BoardAnswer | None:
    """The best pooled plan, quickly, beside today's; None where there is none so quickly."""
    plan = quick_pooled(answer, client)
    if plan is None or client.stop.is_set():
        return None
    plans = {ORDER[0]: plan, TODAY: client.ask(answer.job(TODAY))}
    return BoardAnswer(answer.changes, answer.place, plans)
