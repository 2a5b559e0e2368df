"""What a board looks at: a first answer, then the plans, or why none; what changes nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from placebudget.errors import (
    CannotAnswer,
    Infeasible,
    InvalidPlace,
    PlaceBudgetError,
    SolverFailed,
    Stopped,
    fault_words,
)
from placebudget.place import RULE_KINDS, Place
from placebudget.place.names import amount_words
from placebudget.place.succession import succeeded
from placebudget.plan import Plan
from placebudget.plan.result import Result
from placebudget.plan.verify import least_of_rule
from placebudget.programme import POOLED, SILOED, Basis, read_pooling
from placebudget.study import TITLES, Potential
from placebudget.study.picking import FoundPlans
from placebudget.words import count, money, percent
from placebudget.work import Changes, Stand, Undo
from placebudget.work.changes import START
from placebudget.work.jobs import QUICK, TODAY, Client, Job
from placebudget.work.lately import Lately, WayOut
from placebudget.work.said import names

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
    picked : dict of str to Plan
        A plan that was picked from each of those studies.
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
    picked: dict[str, Plan] = field(default_factory=dict)
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
        """Which studies have an answer and what was picked from them; what the others failed by."""
        picked = ((key, plan.name) for key, plan in self.picked.items())
        return (*self.studies, *self.unanswered.items(), *picked)

    def pick(self, key: str, point: str) -> Plan | None:
        """Pick a plan from a study; None where there is no such study.

        Raises
        ------
        WrongArgument
            If the study has no such plan.
        """
        found = self.studies.get(key)
        if not isinstance(found, FoundPlans):
            return None
        self.picked[key] = plan = found.picked(point)
        return plan

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
        there = {*self.plans, *({SILOED} & set(self.missing))}
        return self._side_by_side if there >= {*ORDER} else None

    @cached_property
    def _side_by_side(self) -> Potential:  # once: what it must admit takes as long as a plan
        found = {name: self.plans[name] for name in TITLES if name in self.plans}
        return Potential(self.place, found)


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


# What was chosen and changes nothing: found by solving without it, and said with the reason.

MOST = 8
"""With more changes than these, none is tried by itself."""

_SAME = "the best plan comes to the same without it"
_LEAST = 500.0  # pounds: what figures in thousands do not show


def unmoved(
    answer: BoardAnswer,
    papers: Place,
    known: Mapping[Changes, Plan],
    client: Client,
) -> None:
    """Find each change without which the best pooled plan is worth the same, and why.

    The sentences are put into ``answer.unmoved`` by control.

    Parameters
    ----------
    answer : BoardAnswer
        With its best pooled plan.
    papers : Place
        The place before all changes.
    known : mapping of Changes to Plan
        Best pooled plans that are there already.
    client : Client
        Who asks for the others.
    """
    apart = answer.changes.taken_back()
    if len(apart) > MOST:
        return
    for control, changes in apart.items():
        if client.stop.is_set():
            return
        try:
            place = changes.apply(papers)
            place.check().raise_if_errors()
        except PlaceBudgetError:
            continue  # what is left does not stand without it, so it does change something
        without = known.get(changes) or quick_pooled(BoardAnswer(changes, place), client)
        now = answer.plans[ORDER[0]].objective
        if without is not None and now.reads_like(without.objective):
            reason = _reason(control, answer, without, place, papers)
            answer.unmoved[control] = (
                f"In the model this changes nothing in the {now.name} of the best pooled plan, "
                f"because {reason}."
            )


def _reason(control: str, answer: BoardAnswer, without: Plan, place: Place, papers: Place) -> str:
    kind, _, key = control.partition(":")
    if kind == "agency":
        return _of_pools(key, without, place)
    if kind == "fence":
        return _of_fence(key, answer.plans[ORDER[0]], without, place)
    if kind == "amount":
        asked = answer.changes.held(papers, key)[1]
        return _of_floor(key, asked, without, place)
    if kind != START:
        return _SAME
    return (
        "what the option changes stands in the way of nothing better: with the "
        "figures of the papers in its place, the best plan comes to the same"
    )


def _of_pools(agency: str, without: Plan, place: Place) -> str:
    """An agency that pools nothing, where it could."""
    streams = succeeded(place).streams
    mine = set(streams.loc[streams["agency"] == agency, "stream"])
    table = without.tables["contributions"]
    paid = float(table.loc[table["stream"].isin(mine), "gross"].sum())
    who = names(place, "agencies")[agency]
    if paid < _LEAST:
        return f"{who} pays nothing into a pool in the best plan even where it may"
    return (
        f"the {money(paid)} that {who} pays into pools where it may is worth as much spent "
        "outside them"
    )


def _of_fence(stream: str, now: Plan, without: Plan, place: Place) -> str:
    """A ring-fence that is ended, though it bound nothing."""
    brought = float(now.tables["balances"].query("stream == @stream")["funding"].sum())
    if brought < _LEAST:
        return "that stream brings no money"
    fences = place.ring_fences
    purposes = set(fences.loc[fences["stream"] == stream, "purpose"])
    spent = now.money(["stream", "purpose"])
    out = spent[(spent["stream"] == stream) & ~spent["purpose"].isin(purposes)]["amount"].sum()
    if out < _LEAST:
        return "no money of that stream could go to another purpose at a gain, and none does"
    if _same_services(now, without):
        return (
            "its purposes get as much with the ring-fence as without it: every service keeps its "
            "money, and only which stream pays for it changes"
        )
    return "no money of that stream could go to another purpose at a gain"


def _same_services(one: Plan, other: Plan) -> bool:
    by = ["service", "area", "year"]
    before, after = (plan.money(by).set_index(by)["amount"] for plan in (one, other))
    moved: pd.Series = after.sub(before, fill_value=0.0).abs()
    return bool(moved.max() < _LEAST)


def _of_floor(rule: str, asked: float, without: Plan, place: Place) -> str:
    """A floor with another amount: what there is of it anyway."""
    row = place.filled("rules").set_index("rule").loc[rule]
    kind, before = str(row["kind"]), float(row["amount"])
    if not RULE_KINDS[kind].counts:
        return _SAME
    has = least_of_rule(Basis(place, read_pooling(place, POOLED)), without.tables, rule)
    if RULE_KINDS[kind].per_cent_of:
        has = math.floor(10 * has) / 10
    limit = max(asked, before)
    if has >= limit * (1 + 1e-6):
        than = amount_words(kind, limit, of="")
        return (
            f"the limit does not bind: even in the year in which it has least, the best plan has "
            f"{_has_words(kind, has)} of it anyway, no less than {than}"
        )
    if asked > before:
        return "the best plan can be had with that much as well, at no loss elsewhere"
    return "what is set free buys no more elsewhere than it does there"


def _has_words(kind: str, has: float) -> str:
    """What a plan has of what a rule asks for."""
    unit = RULE_KINDS[kind].unit
    if unit == "pounds":
        return money(has)
    return (
        percent(has / 100) if unit == "per cent" else f"{count(has)}{' units' * (unit == 'units')}"
    )
