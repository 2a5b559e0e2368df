"""What the screens of a board show, put together once for what stands before it."""

from __future__ import annotations

import threading
from typing import Any

from placebudget.apps.blocks import TextBlock, rendered
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens import SCREENS, Screen, shown
from placebudget.apps.sentences import NOT_SHOWN
from placebudget.faults import fault_words
from placebudget.plan import Plan
from placebudget.plan.drawing import plan_drawing
from placebudget.study import TITLES
from placebudget.widgets.closing import close_whole
from placebudget.widgets.plan_view import PlanView, plan_view

_DRAWN = "data-drawing"


class Showing:
    """The screens of a meeting, each told anew only when something has changed.

    Parameters
    ----------
    meeting : Meeting
        What stands before the board.
    """

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self._view: PlanView | None = None
        self._drawn: tuple[Plan | None, Plan | None] = (None, None)
        self._told: dict[str, tuple[object, dict[str, Any]]] = {}
        # A screen may solve, and solves one at a time; others can be read meanwhile.
        self._telling = {each.key: threading.Lock() for each in SCREENS}
        self._sketching = threading.Lock()

    def screen(self, screen: Screen) -> dict[str, Any]:
        """What a screen says, and the key of the widget that draws the plan in it.

        A screen that cannot be put together says so in its own place.
        """
        try:
            told = self._tell(screen)
            drawing = self._drawing() if _DRAWN in told["html"] else ""
        except Exception as error:
            html = rendered([TextBlock(fault_words(error), "warning")])
            told, drawing = {"title": NOT_SHOWN, "html": html, "waiting": False}, ""
        return {**told, "screen": screen.key, "name": screen.name, "drawing": drawing}

    def close(self) -> None:
        """Close the widget that draws."""
        close_whole(self._view)

    def prepare(self, stop: threading.Event) -> None:
        """Tell every screen beforehand, so that each opens at once."""
        for screen in SCREENS:
            if not stop.is_set():
                self.screen(screen)

    def _tell(self, screen: Screen) -> dict[str, Any]:
        with self._telling[screen.key]:
            mark = self._mark()
            held = self._told.get(screen.key)
            if held is None or held[0] != mark:
                held = self._told[screen.key] = (mark, shown(screen, self.meeting))
            return held[1]

    def _mark(self) -> tuple[object, ...]:
        """What everything on a screen hangs on."""
        meeting, answer = self.meeting, self.meeting.answer
        state = (answer, meeting.first, meeting.trouble, meeting.asked, meeting.stopped)
        if answer is None:
            return state
        studied = (*answer.studied, *answer.studies.values())
        return (*state, len(answer.plans), len(answer.missing), tuple(answer.unmoved), studied)

    def _drawing(self) -> str:
        """The widget that draws the plans of the latest answer, by its key in the page."""
        answer = self.meeting.latest
        with self._sketching:
            plans = {} if answer is None else answer.plans
            drawn = (plans.get("pooled"), plans.get("aligned"))
            pooled, aligned = drawn
            if pooled is not None and any(
                a is not b for a, b in zip(self._drawn, drawn, strict=True)
            ):
                beside = None if aligned is None else {TITLES["aligned"]: aligned}
                if self._view is None:
                    self._view = plan_view(pooled, beside)
                else:
                    self._view.drawing = plan_drawing(pooled, beside)
                self._drawn = drawn
            return "" if self._view is None else str(self._view.model_id)
