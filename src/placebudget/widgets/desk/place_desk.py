"""The desk: switches and amounts on one side, the plan that follows on the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import ipywidgets
import traitlets

from placebudget.arguments import Arguments, one_of
from placebudget.errors import (
    InvalidOption,
    InvalidPlace,
    PlaceBudgetError,
    Stopped,
    fault_words,
)
from placebudget.place import Option, Place
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.place.options import option_between
from placebudget.plan import Plan
from placebudget.plan.simulate import today_of
from placebudget.programme import POOLED
from placebudget.programme.objectives.value import PUBLIC
from placebudget.view.panels import blank, plan_panel
from placebudget.widgets.desk.sections import Sections
from placebudget.widgets.form import Form, close_whole
from placebudget.widgets.panels import html_of, plan_view, show_in
from placebudget.work import Changes, Stand, Undo, controls
from placebudget.work.controls import Value, chosen, with_control
from placebudget.work.desk import CLASHES, Impasse, make_ready, reached, worked_out
from placebudget.work.document import digest_on_disk
from placebudget.work.jobs import QUICK, Drawn, Engine, Here, Job, Watch, Worker
from placebudget.work.lately import WayOut
from placebudget.work.picking import keep, stem_of
from placebudget.work.said import OBJECTIVES, OF_BEFORE, STALE, not_yet

_WRAP = "row wrap"


class PlaceDesk(ipywidgets.VBox):
    """A place at a desk; see :func:`desk`.

    Parameters
    ----------
    place : Place
        The place. ``place`` is it with its tables as they were edited here,
        ``changes`` what is switched and moved, ``plan`` the last good plan, ``kept`` the plans
        that were picked from answers, by name.
    engine : Engine, optional
        Who works plans and studies out; default: this process.
    objective : str, optional
        What is made the most of at first.
    """

    place = traitlets.Instance(Place)
    changes = traitlets.Instance(Changes)
    plan = traitlets.Instance(Plan, allow_none=True)

    def __init__(self, place: Place, engine: Engine | None = None, objective: str = PUBLIC) -> None:
        place.check().raise_if_errors()
        self.origin = place
        self._files = _files_of(place)
        begun = Changes(objective=objective)
        self._steps: Undo[Stand] = Undo(Stand(place, begun))
        # The option that led to the place, where its tables were not edited since.
        self._first: Option | None = None
        super().__init__(place=place, changes=begun)
        self.today = today_of(place)
        self.previous: Plan | None = None
        self.planned = Stand(place, begun)
        self.stale = False
        self.ways: tuple[WayOut, ...] = ()
        self.kept: dict[str, Plan] = {}
        self.drawing: Mapping[str, Any] = {}
        self.engine = engine or Here()
        self.worker = Worker(self._failed)
        self.answers = Answers(self, place)
        self._stream = self._rule = ""
        self._choose()
        self._make_forms()
        self.sections = Sections(self)
        self._lay_out()
        self.solve()

    def _make_forms(self) -> None:
        place, changes = self.place, self.changes
        self.head = Form("Solving", controls.head_groups(place, changes))
        self.switches = Form("Pools and ring-fences", controls.switch_groups(place, changes))
        self.amounts = Form("Amounts", self._amount_groups(), hint=not_yet())
        self.clash = Form("What does not add up", [])
        self.clash.layout.display = "none"
        self.note = html_of(blank("Today's money is shown. The first plan is being worked out."))
        self.view: Any = plan_view(self.today)
        for form in (self.head, self.switches, self.amounts):
            form.on_change(self._changed)
        self.head.on_press(self._pressed)
        self.clash.on_press(self._repair)

    def _lay_out(self) -> None:
        wide = ipywidgets.Layout
        left = ipywidgets.VBox(
            [self.switches, self.amounts], layout=wide(flex="1 1 18rem", min_width="0")
        )
        right = ipywidgets.VBox(
            [self.clash, self.note, self.view], layout=wide(flex="3 1 30rem", min_width="0")
        )
        middle = ipywidgets.Box(
            [left, right],
            layout=wide(flex_flow=_WRAP, display="flex", width="100%", grid_gap="0 1rem"),
        )
        self.children = (self.head, middle, self.sections)

    def _amount_groups(self) -> list[Any]:
        return controls.amount_groups(self.place, self.changes, self._stream, self._rule)

    # --- what is heard -----------------------------------------------------------

    def _changed(self, key: str, value: Value) -> None:
        if key in (controls.STREAM, controls.RULE):
            setattr(self, f"_{key}", str(value))
            self.amounts.show(self._amount_groups())
            return
        self.changes = with_control(self.place, self.changes, key, value)
        self.release()

    def _pressed(self, key: str) -> None:
        if key == controls.SOLVE:
            self.solve()
        elif key == controls.STOP:
            self.stop()
        elif key == controls.RESET:
            self.use(Changes())
        elif key == controls.UNDO:
            self._go_to(self._steps.undone(), "Nothing was changed that could be gone back on.")
        elif key == controls.REDO:
            self._go_to(self._steps.redone(), "Nothing was gone back on.")

    # --- what is done -------------------------------------------------------------

    def use(self, changes: Changes) -> None:
        """Put changes in place of those there are, and solve."""
        self.changes = changes
        self._show_controls()
        self.release()

    @traitlets.observe("place", "changes")
    def _stepped(self, _: object) -> None:
        self._steps = self._steps.then(Stand(self.place, self.changes, self._first))

    def _go_to(self, steps: Undo[Stand], none: str) -> None:
        """Go to another step of what was done, and solve."""
        if steps is self._steps:
            self.head.tell(none)
            return
        self._steps = steps
        self._stand_at(steps.now)
        self.sections.refresh()

    def _stand_at(self, stand: Stand) -> None:
        """Have what stands there in place of what there is, and solve."""
        with self.hold_trait_notifications():
            self._first, self.place, self.changes = stand.first, stand.place, stand.changes
        self._show_controls()
        self.release()

    def release(self) -> None:
        """Solve again what changed, as quickly as it can be done."""
        changes = self.changes
        if self.tables_changed:
            self.solve()
        else:
            self.worker.submit(lambda stop: self.answers.quick(changes, stop))

    def solve(self, *, prices: bool = False) -> None:
        """Solve in full, with prices where they are wanted."""
        if self.tables_changed and not self._take_over():
            return
        changes = self.changes
        self.head.tell("Solving in full…")
        self.worker.submit(lambda stop: self.answers.full(changes, stop, prices=prices))

    def stop(self) -> None:
        """Stop what is being solved; the last good plan stays."""
        if not self.worker.stop():
            self.head.tell("Nothing was running.")

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until nothing is being solved; False where that took too long."""
        return self.worker.wait(seconds)

    def close(self) -> None:
        """Stop what is being solved, and close the desk with all that stands in it."""
        if self.comm is not None:
            self.worker.halt()
            self.engine.halt()
            close_whole(*self.children)
        super().close()

    def _failed(self, error: BaseException) -> None:
        """Say what work beside the kernel's own thread ended by; the last good plan stays."""
        said = fault_words(error)
        try:
            self.answers.mark_stale()
        except Exception as other:  # then not even that can be shown
            said = f"{said} {fault_words(other)}"
        self.head.tell(said)

    def option(self, name: str) -> Option:
        """What is switched, moved and edited, as an option of the place as it was opened."""
        first = self._edits()[0]
        changes = replace(self.changes.within(self.place), start=first if first.changes else None)
        return changes.option(name, self.origin)

    def not_in_option(self) -> list[str]:
        """What was changed here that no option may do, each with the reason."""
        return self._edits()[1]

    def _edits(self) -> tuple[Option, list[str]]:
        """What was changed first, and what of that no option may do."""
        if self._first is not None:
            return self._first, []
        return option_between("edited", self.origin, self.place)

    def changed_place(self) -> Place:
        """The place with all that is switched, moved and edited."""
        return self.changes.within(self.place).apply(self.place)

    def elsewhere(self) -> str:
        """That the files of the place are others than when the desk was opened; else empty."""
        if self._files == _files_of(self.origin):
            return ""
        return (
            "The files of the place were changed since this desk was opened: run its cell again to "
            "have them here."
        )

    def planned_place(self) -> Place:
        """The place of the plan that is shown, which may be behind what is changed."""
        return self.planned.changes.apply(self.planned.place)

    def since_planned(self, now: Stand) -> list[Stand]:
        """What stood for the plan that is shown, and every step since, as far as this one."""
        steps = [*self._steps.before, self._steps.now]
        while steps and steps[-1].differing(now):
            steps.pop()
        since: list[Stand] = []
        for step in reversed(steps):
            since.insert(0, step)
            if not step.differing(self.planned):
                return since
        return [self.planned, now]

    def keep(self, plan: Plan) -> str:
        """Keep a plan that was picked, on disk where the place is there, and say where."""
        self.kept[plan.name] = plan
        path = Path(self.origin.origin.path or "")
        if not self.origin.origin.path or not path.exists():
            return "It is kept at this desk only, as the place was not read from a file."
        home = path if path.is_dir() else path.parent
        try:
            return f"It is kept in {keep(plan, home, stem_of(plan))}."
        except (PlaceBudgetError, OSError) as error:
            return f"It is kept at this desk only: {str(error).rstrip('.')}."

    def load(self, option: Option) -> None:
        """Start again from the place with an option."""
        changes = Changes.read(option)
        try:
            changes.apply(self.origin)
            place = changes.base(self.origin)
        except InvalidOption as error:
            self.head.tell(str(error))
            return
        self._stand_at(Stand(place, replace(changes, start=None), changes.start))

    def lay(self, option: Option) -> None:
        """Lay an option on top of what stands, and solve.

        Raises
        ------
        InvalidOption
            If it does not fit what stands there.
        """
        self._stand_at(Stand(self.place, self.changes, self._first).with_option(option))

    def take_tables(self, place: Place) -> None:
        """Tables were edited: they count when it is solved the next time."""
        self._first, self.place = None, place
        self.head.tell(not_yet("The tables"))

    @property
    def tables_changed(self) -> bool:
        """Whether the place is another than the one that is solved."""
        return self.place is not self.answers.place

    def _take_over(self) -> bool:
        errors = self.place.check().errors
        if errors:
            self.head.tell(
                f"The tables have {len(errors)} {'error' if len(errors) == 1 else 'errors'}; the "
                f"last plan stays until they are mended. The first: {errors[0]}"
            )
            return False
        # What no longer fits goes with the step that took it away: undo leads before both.
        changes = self.changes.within(self.place)
        self._steps = replace(self._steps, now=Stand(self.place, changes, self._first))
        self.changes = changes
        self.answers = Answers(self, self.place, self._first)
        self._show_controls()
        return True

    def _choose(self) -> None:
        """Choose the first stream and the first rule where those chosen are no more."""
        self._stream, self._rule = chosen(self.place, self._stream, self._rule)

    def _show_controls(self) -> None:
        self._choose()
        self.head.fill({controls.OBJECTIVE: self.changes.objective})
        self.switches.show(controls.switch_groups(self.place, self.changes))
        self.amounts.show(self._amount_groups())

    def _repair(self, key: str) -> None:
        number = int(key.removeprefix("repair:"))
        if number < len(self.ways):
            self._stand_at(self.ways[number].to)


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
        self._try(Job(QUICK, self.place, changes, draws=True), stop)

    def full(self, changes: Changes, stop: Event, *, prices: bool) -> None:
        """Solve in full."""
        self._try(Job(POOLED, self.place, changes, prices=prices, draws=True), stop)

    def _try(self, job: Job, stop: Event) -> None:
        """Show the plan that is found, or say why there is none."""
        desk, watch = self.desk, Watch(stop, draw=self._draw)
        try:
            found = worked_out(
                desk.engine, job, watch, desk.since_planned, desk.plan, desk.head.tell
            )
        except Stopped:
            self._say_stopped()
        except Exception as error:
            self._fail(fault_words(error))
        else:
            if isinstance(found, Impasse):
                self._show_clash(found)
                return
            if not desk.worker.superseded:
                self._show(found, job.changes)
            if found.plan.status != QUICK:
                make_ready(desk.engine, job, stop)

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

    def _show_clash(self, found: Impasse) -> None:
        desk = self.desk
        desk.ways = tuple(found.ways)
        desk.clash.show(found.groups)
        desk.clash.layout.display = ""
        self.mark_stale()
        desk.head.tell(CLASHES)

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


def _files_of(place: Place) -> str:
    """A hash of the files of a place; empty where it has none, or they cannot be read."""
    path = Path(place.origin.path or "")
    try:
        return digest_on_disk(path) if place.origin.path and path.exists() else ""
    except (InvalidPlace, OSError):
        return ""


def desk(place: PlaceLike, *, objective: str = PUBLIC) -> PlaceDesk:
    """A place at a desk: switches and amounts, and the plan that follows from them.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first, and stays
        as it is.
    objective : str
        What is made the most of at first; another is chosen at the desk.

    Returns
    -------
    PlaceDesk
        A widget. The first plan is worked out while the desk is shown already;
        ``wait()`` waits for it.

    Raises
    ------
    InvalidPlace
        If the place has errors; all are named.
    WrongArgument
        If nothing of that name can be made the most of here.

    Examples
    --------
    >>> import placebudget as pb
    >>> desk = pb.desk(pb.example("toy_pooling"))
    >>> desk.wait(60)
    True
    >>> round(desk.plan.objective.value / 1e6)
    300
    """
    with Arguments() as asked:
        opened = asked.read(as_place, place)
        most = asked.read(one_of, "objective", objective, OBJECTIVES)
    return PlaceDesk(opened, objective=most)
