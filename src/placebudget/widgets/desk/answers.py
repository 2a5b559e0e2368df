"""What follows from the figures of a desk: the picture first, then the checked plan, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any

from placebudget.errors import (
    CannotAnswer,
    Infeasible,
    PlaceBudgetError,
    SolverFailed,
    Stopped,
    fault_words,
)
from placebudget.place import Option, Place
from placebudget.plan import Plan
from placebudget.plan.need import NO_DIFFERENCE, meet_alike, too_small, unmet_change
from placebudget.programme import POOLED
from placebudget.view.panels import plan_panel
from placebudget.widgets.desk import controls
from placebudget.widgets.panels import show_in

if TYPE_CHECKING:
    from placebudget.widgets.desk.place_desk import PlaceDesk
from placebudget.words import in_pounds, in_unit
from placebudget.work import Changes, Stand
from placebudget.work.jobs import ADDS_UP, QUICK, READY, Drawn, Job, Watch
from placebudget.work.lately import Lately
from placebudget.work.said import OF_BEFORE, STALE


def reached(plan: Plan, before: Plan | None) -> str:
    """What a plan reaches, and how that compares with the plan before."""
    value, pounds = plan.objective, in_pounds(plan.objective.unit)
    text = f"Solved: {value.amount}."
    if before is None or before.objective.name != value.name:
        return text
    if not meet_alike(before, plan):
        return f"{text} Against the last plan {unmet_change(before, plan)}."
    apart = value.value - before.objective.value
    if abs(apart) < (0.5 if pounds else 0.005):
        return f"{text} That is the same as in the last plan."
    change = in_unit(apart, value.unit, signed=True)
    doubt = f", {NO_DIFFERENCE}" if pounds and too_small(apart, plan) else ""
    return f"{text} That is {change} against the last plan{doubt}."


class Answers:
    """Has plans worked out for a desk, beside the kernel's own thread, and shows them.

    Parameters
    ----------
    desk : PlaceDesk
        The desk.
    place : Place
        Its place as it is solved, changes apart.
    first : Option, optional
        The option that led to it.
    """

    def __init__(self, desk: PlaceDesk, place: Place, first: Option | None = None) -> None:
        self.desk, self.place, self.first = desk, place, first

    def quick(self, changes: Changes, stop: Event) -> None:
        """Solve what changed in the session that is kept at hand."""
        try:
            self._try(Job(QUICK, self.place, changes, draws=True), stop)
        except (CannotAnswer, SolverFailed):
            # The session cannot follow, or what it gives does not stand: solved in full.
            self.full(changes, stop, prices=False)

    def full(self, changes: Changes, stop: Event, *, prices: bool) -> None:
        """Solve in full."""
        try:
            good = self._try(Job(POOLED, self.place, changes, prices=prices, draws=True), stop)
        except (CannotAnswer, SolverFailed) as error:
            self._fail(str(error))
            return
        if good:
            # So that the next amount that is moved is solved in milliseconds.
            with suppress(PlaceBudgetError):
                self.desk.engine.work_out(Job(READY, self.place, changes), Watch(stop))

    def _try(self, job: Job, stop: Event) -> bool:
        """Show the plan that is found, or say why there is none; False where there is none."""
        try:
            drawn = self.desk.engine.work_out(job, Watch(stop, draw=self._draw))
        except Infeasible as error:
            self._show_clash(job, error, stop)
        except (CannotAnswer, SolverFailed):
            if not stop.is_set():
                raise
            self._say_stopped()
        except Stopped:
            self._say_stopped()
        except Exception as error:
            self._fail(fault_words(error))
        else:
            if not self.desk.worker.superseded:
                self._show(drawn, job.changes)
            return True
        return False

    # --- showing --------------------------------------------------------------------

    def _draw(self, drawing: Mapping[str, Any]) -> None:
        """The picture at once; its figures are checked right after."""
        self.desk.view.drawing = drawing
        self.desk.head.tell("Solved, being checked…")

    def _show(self, drawn: Drawn, changes: Changes) -> None:
        desk, plan = self.desk, drawn.plan
        desk.planned = Stand(self.place, changes, self.first)
        desk.previous, desk.plan, desk.stale, desk.ways = desk.plan, plan, False, ()
        desk.view.drawing = desk.drawing = drawn.drawing
        desk.clash.layout.display = "none"
        show_in(desk.note, plan_panel(plan))
        desk.head.tell(f"{reached(plan, desk.previous)} {desk.elsewhere()}".strip())
        desk.sections.refresh()

    def _show_clash(self, job: Job, error: Infeasible, stop: Event) -> None:
        desk = self.desk
        if not error.repairs and job.what == QUICK:
            # The session names what clashes; the words and ways out are found in full.
            desk.head.tell("These figures do not add up. Looking for ways out…")
            self.full(job.changes, stop, prices=False)
            return
        lately = Lately(desk.since_planned(Stand(self.place, job.changes)))
        ways = lately.ways_out(error.repairs, lambda to: self._adds_up(to, stop))
        desk.ways = ways[: controls.MOST_WAYS_OUT]
        said = lately.said(before=desk.plan is not None)
        desk.clash.show(controls.clash_groups([*said, error.clash], desk.ways))
        desk.clash.layout.display = ""
        self.mark_stale()
        desk.head.tell("These figures do not add up; no plan can keep them all. See the ways out.")

    def _adds_up(self, to: Stand, stop: Event) -> bool:
        """Whether there is a plan; for what the plan that is shown has, that is known."""
        shown = self.desk.plan is not None and not to.differing(self.desk.planned)
        job = Job(ADDS_UP, to.place, to.changes)
        return shown or bool(self.desk.engine.work_out(job, Watch(stop)))

    def _say_stopped(self) -> None:
        if not self.desk.worker.superseded:
            self.mark_stale()
            self.desk.head.tell(f"Stopped. {OF_BEFORE}")

    def _fail(self, words: str) -> None:
        self.mark_stale()
        self.desk.head.tell(words)

    def mark_stale(self) -> None:
        """What is shown is the last good plan, not what the figures ask for."""
        desk = self.desk
        desk.stale = True
        if desk.plan is not None:
            # The picture may have been ahead of its check.
            desk.view.drawing = desk.drawing
            show_in(desk.note, replace(plan_panel(desk.plan), warning=STALE))
