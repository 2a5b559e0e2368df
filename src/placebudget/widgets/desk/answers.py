"""What follows from the figures of a desk: the picture first, then the checked plan, or why not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from placebudget.errors import CannotAnswer, Infeasible, PlaceBudgetError, SolverFailed, Stopped
from placebudget.faults import fault_words
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.live_drawing import LiveDrawing
from placebudget.plan.need_words import meet_alike, unmet_change
from placebudget.view.panels import plan_panel
from placebudget.widgets.desk import controls
from placebudget.widgets.desk.solving import Solving, there_is_a_plan
from placebudget.widgets.panels import show_in

if TYPE_CHECKING:
    from placebudget.widgets.desk.place_desk import PlaceDesk
from placebudget.words import in_pounds, in_unit
from placebudget.work import Changes, Stand
from placebudget.work.lately import Lately

STALE = (
    "This is the last good plan. It does not have the figures as they stand now, for which "
    "there is no plan yet."
)


def reached(plan: Plan, before: Plan | None) -> str:
    """What a plan reaches, and how that compares with the plan before."""
    value, pounds = plan.objective, in_pounds(plan.objective.unit)
    text = f"Solved: {in_unit(value.value, value.unit)} of {value.name}."
    if before is None or before.objective.name != value.name:
        return text
    if not meet_alike(before, plan):
        return f"{text} Against the last plan {unmet_change(before, plan)}."
    apart = value.value - before.objective.value
    if abs(apart) < (0.5 if pounds else 0.005):
        return f"{text} That is the same as in the last plan."
    change = in_unit(apart, value.unit, signed=True)
    return f"{text} That is {change} against the last plan."


# While somebody goes on moving, the next picture comes before the last one's check.
_CALM = 0.2


class Answers:
    """Solves for a desk, beside the kernel's own thread, and shows what comes out.

    Parameters
    ----------
    desk : PlaceDesk
        The desk.
    place : Place
        Its place as it is solved, changes apart.
    """

    def __init__(self, desk: PlaceDesk, place: Place) -> None:
        self.desk, self.solving = desk, Solving(place)
        self._drawing: LiveDrawing | None = None

    def quick(self, changes: Changes, stop: Event) -> None:
        """Solve what changed in the hot session."""

        def found() -> Plan | None:
            values = self.solving.values(changes, stop)
            self._draw(values)
            if stop.wait(_CALM) and self.desk.worker.superseded:
                return None
            plan = self.solving.plan(changes, values)
            self.solving.keep_decisions(values)
            return plan

        try:
            self._try(found, changes, stop)
        except (CannotAnswer, SolverFailed):
            # The session cannot follow, or what it gives does not stand: solved in full.
            self.full(changes, stop, prices=False)

    def full(self, changes: Changes, stop: Event, *, prices: bool) -> None:
        """Solve in full."""
        try:
            good = self._try(lambda: self.solving.full(changes, stop, prices=prices), changes, stop)
        except (CannotAnswer, SolverFailed) as error:
            self._fail(str(error))
            return
        if good:
            # So that the next amount that is moved is solved in milliseconds.
            with suppress(PlaceBudgetError):
                self.solving.keep_decisions(self.solving.values(changes, stop))
                self._prepare_drawing()

    def _try(self, found: Callable[[], Plan | None], changes: Changes, stop: Event) -> bool:
        """Show the plan that is found, or say why there is none; False where there is none."""
        try:
            plan = found()
        except Infeasible as error:
            self._show_clash(changes, error, stop)
        except (CannotAnswer, SolverFailed):
            if not stop.is_set():
                raise
            self._say_stopped()
        except Stopped:
            self._say_stopped()
        except Exception as error:
            self._fail(fault_words(error))
        else:
            if plan is not None and not self.desk.worker.superseded:
                self._show(plan, changes)
            return True
        return False

    # --- showing --------------------------------------------------------------------

    def _draw(self, values: np.ndarray) -> None:
        """The picture at once; its figures are checked right after."""
        drawing = None if self._drawing is None else self._drawing.drawn(values)
        if drawing is not None:
            self.desk.view.drawing = drawing
            self.desk.head.tell("Solved, being checked…")

    def _show(self, plan: Plan, changes: Changes) -> None:
        desk = self.desk
        desk.planned = Stand(self.solving.place, changes)
        desk.previous, desk.plan, desk.stale, desk.ways = desk.plan, plan, False, ()
        desk.view.drawing = plan_drawing(plan, {"today": desk.today})
        desk.clash.layout.display = "none"
        show_in(desk.note, plan_panel(plan))
        desk.head.tell(reached(plan, desk.previous))
        if self.solving.started:
            self._prepare_drawing()
        desk.sections.refresh()

    def _prepare_drawing(self) -> None:
        desk = self.desk
        if desk.plan is not None:
            plans = {"proposed": desk.plan, "today": desk.today}
            self._drawing = LiveDrawing(self.solving.live, desk.view.drawing, plans)

    def _show_clash(self, changes: Changes, error: Infeasible, stop: Event) -> None:
        desk = self.desk
        if not error.repairs:
            # The session names what clashes; the words and ways out are found in full.
            desk.head.tell("These figures do not add up. Looking for ways out…")
            try:
                self._show(self.solving.full(changes, stop, prices=False), changes)
                return
            except Infeasible as told:
                error = told
            except Stopped:
                self._say_stopped()
                return
            except Exception as other:
                self._fail(fault_words(other))
                return
        lately = Lately(desk.since_planned(Stand(self.solving.place, changes)))
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
        return shown or there_is_a_plan(to, stop)

    def _say_stopped(self) -> None:
        if not self.desk.worker.superseded:
            self.mark_stale()
            self.desk.head.tell("Stopped. The last good plan is still shown.")

    def _fail(self, words: str) -> None:
        self.mark_stale()
        self.desk.head.tell(words)

    def mark_stale(self) -> None:
        """What is shown is the last good plan, not what the figures ask for."""
        desk = self.desk
        desk.stale = True
        if desk.plan is not None:
            # The picture may have been ahead of its check.
            desk.view.drawing = plan_drawing(desk.plan, {"today": desk.today})
            show_in(desk.note, replace(plan_panel(desk.plan), warning=STALE))
