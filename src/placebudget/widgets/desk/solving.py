"""A place kept hot: only what changed is sent to its session, and solved again."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np

from placebudget.errors import CannotAnswer, Infeasible
from placebudget.place import Place
from placebudget.place.rule_kinds import rule_kind
from placebudget.plan import Plan, optimise, session
from placebudget.plan.live import quick_plan
from placebudget.solver import RunLimits, Session
from placebudget.widgets.desk.figures import Figures


class Solving:
    """Plans of one place under changing figures.

    Parameters
    ----------
    place : Place
        The place as the desk was opened with it, or with what has no control.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self._live: Session | None = None
        self._sent = Figures()
        self._free = True
        self._lasting = any(rule_kind(kind).benchmarked for kind in place.rules["kind"])

    def values(self, figures: Figures, stop: Event) -> np.ndarray:
        """What the session reaches; decisions on offers are kept where amounts alone changed.

        Raises
        ------
        CannotAnswer
            If the session cannot follow, so that a full solve is needed.
        Infeasible, Stopped, SolverFailed
            If there is no plan to show.
        """
        if self._lasting:
            raise CannotAnswer("a rule compares with the aligned plan, which is found anew")
        live = self._started(stop)
        live.limits = RunLimits(stop=stop)
        self._send(live, figures)
        if self._free:
            live.free_decisions()
        try:
            found = live.values()
        except Infeasible:
            if not live.holds_decisions:
                raise
            live.free_decisions()
            found = live.values()
        return found

    def keep_decisions(self, values: np.ndarray) -> None:
        """Keep the starts of offers as they are until pools or ring-fences change."""
        if self._live is not None and not self._live.holds_decisions:
            self._live.hold_decisions(values)
        self._free = False

    @property
    def started(self) -> bool:
        """Whether there is a session."""
        return self._live is not None

    @property
    def live(self) -> Session:
        """The session, once something was solved in it."""
        assert self._live is not None
        return self._live

    def plan(self, figures: Figures, values: np.ndarray) -> Plan:
        """What the session reached as a plan, checked outside the solver."""
        return quick_plan(self.live, values, figures.apply(self.place))

    def full(self, figures: Figures, stop: Event, *, prices: bool) -> Plan:
        """The full plan: starts of offers chosen, ties broken, prices where they are wanted."""
        option = figures.option("desk", pools=False)
        plan = optimise(
            self.place,
            option=option if option.changes else None,
            objective=figures.objective,
            pooling=figures.pools(self.place),
            stop=stop,
            prices=prices,
        )
        # What is chosen anew in full is what the session keeps from here on.
        self._free = True
        return plan

    def _started(self, stop: Event) -> Session:
        if self._live is None:
            self._live = session(self.place, stop=stop)
            self._sent = Figures()
        return self._live

    def _send(self, live: Session, figures: Figures) -> None:
        """Send what differs from what the session has."""
        sent = self._sent
        structure = (figures.closed, figures.ended, figures.objective)
        if structure != (sent.closed, sent.ended, sent.objective):
            self._free = True
        self._send_funding(live, figures)
        self._send_amounts(live, figures)
        for stream in figures.ended ^ sent.ended:
            (live.end_ring_fence if stream in figures.ended else live.keep_ring_fence)(stream)
        if figures.closed != sent.closed:
            live.set_pools(set(self.place.pools["pool"]) - figures.closed)
        if figures.objective != sent.objective:
            live.set_objective(figures.objective)
        self._sent = figures

    def _send_funding(self, live: Session, figures: Figures) -> None:
        before = self._sent.funding
        for key in {*figures.funding, *before}:
            pounds = figures.funding.get(key, self._written(key))
            if pounds != before.get(key, self._written(key)):
                live.set_funding(*key, pounds)
                self._sent = replace(self._sent, funding={**self._sent.funding, key: pounds})

    def _send_amounts(self, live: Session, figures: Figures) -> None:
        before = self._sent.amounts
        for rule in {*figures.amounts, *before}:
            amount = figures.amounts.get(rule, self._asked(rule))
            if amount != before.get(rule, self._asked(rule)):
                live.set_limit(rule, amount)
                self._sent = replace(self._sent, amounts={**self._sent.amounts, rule: amount})

    def _written(self, key: tuple[str, str]) -> float:
        table = self.place.funding
        mine = table[(table["stream"] == key[0]) & (table["year"] == key[1])]["amount"]
        return float(mine.iloc[0]) if len(mine) else 0.0

    def _asked(self, rule: str) -> float:
        table = self.place.rules
        return float(table.loc[table["rule"] == rule, "amount"].iloc[0])
