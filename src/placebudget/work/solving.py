"""A place kept hot: only what changed is sent to its session, and solved again."""

from __future__ import annotations

from contextlib import suppress
from threading import Event
from typing import Any

import numpy as np

from placebudget.errors import CannotAnswer, Infeasible, PlaceBudgetError
from placebudget.place import Place
from placebudget.place.rule_kinds import rule_kind
from placebudget.plan import Plan, optimise, session
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.drawing.live import LiveDrawing
from placebudget.plan.live import quick_plan
from placebudget.plan.optimise import adds_up
from placebudget.plan.simulate import today_of
from placebudget.programme import ALIGNED, POOLED, open_pools
from placebudget.programme.objectives.value import PUBLIC
from placebudget.solver import RunLimits, Session
from placebudget.study.potential.parts import best_pooled
from placebudget.work import changes as changed
from placebudget.work.changes import Changes
from placebudget.work.said import name_of

_OBJECTIVE = "objective"


class Solving:
    """Plans of one place under changes.

    Parameters
    ----------
    place : Place
        The place before the changes.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self._live: Session | None = None
        self._sent: dict[str, Any] = {}
        self._free = True
        self._sketch: tuple[dict[str, Any], dict[str, Plan]] | None = None
        self._drawing: LiveDrawing | None = None
        self._lasting = any(rule_kind(kind).benchmarked for kind in place.rules["kind"])

    def values(self, changes: Changes, stop: Event, seconds: float | None = None) -> np.ndarray:
        """What the session reaches; decisions on offers are kept where amounts alone changed.

        Raises
        ------
        CannotAnswer
            If the session cannot follow, so that a full solve is needed.
        Infeasible, Stopped, SolverFailed
            If there is no plan to show.
        """
        if self._lasting and (self._live is not None or changes.made):
            raise CannotAnswer("a rule compares with working apart, which is found anew")
        live = self._started(changes.objective, stop, seconds)
        live.limits = RunLimits(seconds=seconds, stop=stop)
        self._send(live, changes)
        if self._free:
            live.free_decisions()
        held = live.holds_decisions
        try:
            found = live.values()
        except Infeasible:
            if not held:
                raise
        else:
            if live.shortfall is None or not held:
                return found
        # With other starts of offers there may be a plan, or one that meets more need.
        live.free_decisions()
        return live.values()

    def keep_decisions(self, values: np.ndarray) -> None:
        """Keep the starts of offers as they are until pools or ring-fences change."""
        if not self.live.holds_decisions:
            self.live.hold_decisions(values)
        self._free = False

    @property
    def live(self) -> Session:
        """The session, once something was solved in it."""
        assert self._live is not None
        return self._live

    def plan(self, changes: Changes, values: np.ndarray) -> Plan:
        """What the session reached as a plan, checked outside the solver."""
        return quick_plan(self.live, values, planned_place(self.place, changes))

    def full(self, changes: Changes, pooling: str = POOLED, **more: Any) -> Plan:
        """A full plan: starts of offers chosen, ties broken, prices where they are wanted."""
        place = planned_place(self.place, changes)
        pooling = _pooling(place) if pooling == POOLED else pooling
        plan = planned(place, objective=changes.objective, pooling=pooling, **more)
        # What is chosen anew in full is what the session keeps from here on.
        self._free = True
        return plan

    # --- the picture of it --------------------------------------------------------

    def drawing(self, plan: Plan) -> dict[str, Any]:
        """The drawing of a plan, in which the session draws what it reaches from here on."""
        today = today_of(self.place)
        plans = {"proposed": plan, "today": today}
        found = plan_drawing(plan, {"today": today})
        self._sketch, self._drawing = (found, plans), None
        if self._live is not None:
            self.prepare_drawing()
        return found

    def prepare_drawing(self) -> None:
        """Have what is needed to draw at once what is reached next."""
        if self._drawing is None and self._sketch is not None:
            self._drawing = LiveDrawing(self.live, *self._sketch)

    def drawn(self, values: np.ndarray) -> dict[str, Any] | None:
        """What the session reaches, drawn at once; None where nothing was drawn before."""
        return None if self._drawing is None else self._drawing.drawn(values)

    def _started(self, objective: str, stop: Event, seconds: float | None) -> Session:
        if self._live is None:
            self._live = session(self.place, objective=objective, stop=stop, seconds=seconds)
            self._sent = {_OBJECTIVE: objective}
        return self._live

    def _send(self, live: Session, changes: Changes) -> None:
        """Send what differs from what the session has."""
        told = self._told(changes)
        for control in dict.fromkeys((*told, *self._sent)):
            given = told.get(control, self._written(control))
            if given == self._sent.get(control, self._written(control)):
                continue
            kind, _, key = control.partition(":")
            match f"{kind}:":
                case changed.FUNDING:
                    stream, _, year = key.rpartition(":")
                    live.set_funding(stream, year, given)
                case changed.AMOUNT:
                    live.set_limit(key, given)
                case changed.FENCE:
                    (live.keep_ring_fence if given else live.end_ring_fence)(key)
                case changed.POOL:
                    live.set_pools(given)
                case _:
                    live.set_objective(given)
            self._free |= not control.startswith((changed.FUNDING, changed.AMOUNT))
            self._sent[control] = given

    def _told(self, changes: Changes) -> dict[str, Any]:
        """What a session is told of changes, by control; all pools are one."""
        told: dict[str, Any] = {}
        for control in changes.controls:
            kind, _, key = control.partition(":")
            match f"{kind}:":
                case changed.FUNDING:
                    stream, _, year = key.rpartition(":")
                    told[control] = changes.funding(self.place, stream, year)
                case changed.AMOUNT:
                    low, high = changes.held(self.place, key)
                    if low != high:
                        raise CannotAnswer("a rule asks for another amount in some years")
                    told[control] = changes.strictest(self.place, key)
                case changed.FENCE:
                    told[control] = False
                case changed.POOL:
                    told[changed.POOL] = changes.open_pools(self.place)
                case _:
                    raise CannotAnswer("single contributions are changed")
        return {**told, _OBJECTIVE: changes.objective}

    def _written(self, control: str) -> Any:
        """What a session has of a control at the start."""
        kind, _, key = control.partition(":")
        match f"{kind}:":
            case changed.FUNDING:
                stream, _, year = key.rpartition(":")
                return Changes().funding(self.place, stream, year)
            case changed.AMOUNT:
                return Changes().held(self.place, key)[0]
            case changed.FENCE:
                return True
            case changed.POOL:
                return Changes().open_pools(self.place)
        return PUBLIC


def there_is_a_plan(place: Place, changes: Changes, **limits: Any) -> bool:
    """Whether a place with changes has a plan."""
    with suppress(PlaceBudgetError):
        planned, goal = planned_place(place, changes), changes.objective
        return adds_up(planned, objective=goal, pooling=_pooling(planned), **limits)
    return False


def planned(place: Place, *, pooling: str, **more: Any) -> Plan:
    """A plan made anew; the best pooled one is that of plans side by side.

    Pools that add nothing are left out of it.
    """
    if pooling == POOLED:
        return best_pooled(place, **more)[0]
    return optimise(place, pooling=pooling, **more)


def planned_place(place: Place, changes: Changes) -> Place:
    """The place with the changes, called by what they are."""
    return changes.apply(place, name_of(changes, place))


def _pooling(place: Place) -> str:
    """Pooled, or aligned where no pool is open."""
    return POOLED if open_pools(place) else ALIGNED
