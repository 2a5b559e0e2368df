"""Studies at the desk: asked for in boxes made of their arguments, and answered below them."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, RLock
from typing import TYPE_CHECKING, Any

import ipywidgets

from placebudget.faults import fault_words
from placebudget.view.panels import blank
from placebudget.view.studies import STUDIES, study_panel
from placebudget.view.studies.entry import Study, Subject
from placebudget.widgets.form import Control, ControlGroup, Form, Value
from placebudget.widgets.panels import show_in, shown
from placebudget.work.asking import forms_of, read
from placebudget.work.behind import ABOUT_LAST_GOOD
from placebudget.work.entered import InvalidChoice
from placebudget.work.forms import Box, Field, FieldGroup, FileBox, Pick, Tick
from placebudget.work.jobs import Job, Watch

if TYPE_CHECKING:
    from placebudget.widgets.desk.place_desk import PlaceDesk


class Studies:
    """The studies of a desk.

    Parameters
    ----------
    desk : PlaceDesk
        The desk they belong to.
    showing : RLock
        Held while something is shown anew, by whichever thread does it.
    """

    def __init__(self, desk: PlaceDesk, showing: RLock) -> None:
        self.desk, self._showing = desk, showing
        self.study = next(iter(STUDIES.values()))
        choices = [(each.name, each.screen) for each in STUDIES.values()]
        chosen = Control("study", "choice", "Study", self.study.name, choices=choices)
        self.pick = Form("Which study", [ControlGroup("", [chosen])])
        self.pick.on_change(lambda key, value: self.choose(str(value)))
        self.form = Form("What the study is asked with", [])
        self.form.on_change(self._changed)
        self.form.on_press(lambda key: self.ask())
        self.file = ipywidgets.FileUpload(description="Choose a CSV file", accept=".csv")
        self.file.layout.width = "auto"
        self.result = shown(blank(""))
        self._subject: Subject | None = None
        self._fixed: dict[str, str] = {}
        self._brings = self._answered = False

    @property
    def all(self) -> tuple[ipywidgets.Widget, ...]:
        """Everything, shown or not."""
        return (self.pick, self.form, self.file, self.result)

    @property
    def parts(self) -> tuple[ipywidgets.Widget, ...]:
        """What is shown of it now; a file is chosen only where one is asked for."""
        return tuple(each for each in self.all if each is not self.file or self._brings)

    def choose(self, name: str) -> None:
        """Ask for another study."""
        self.study, self._subject, self._answered = STUDIES[name], None, False
        show_in(self.result, blank(self.study.answers))
        self.desk.sections.refresh()

    def refresh(self) -> None:
        """Show the boxes of the study for the plan as it is now; what was typed stays."""
        plan = self.desk.plan
        if plan is None:
            self.form.show([])
            self.form.tell("There is no plan yet.")
        elif self._subject is None or self._subject.plan is not plan:
            held = {} if self._subject is None else dict(self.form.values)
            self._subject = Subject(self.desk.planned_place(), plan)
            self.form.tell("The answer below is about the plan before." if self._answered else "")
            self._show(held)

    def _show(self, held: dict[str, Value]) -> None:
        """Show the boxes; what was typed stays in those that are the same."""
        assert self._subject is not None
        study, subject, lead = self.study, self._subject, self.study.leading
        self._brings = False
        try:
            chosen = lead is not None and held.get(lead.name) in lead.among(subject)
            given = {lead.name: held[lead.name]} if lead is not None and chosen else {}
            forms = forms_of(study, subject, study.settled(subject, given))
        except Exception as error:  # there may be nothing to choose from
            self.form.show([])
            self.form.tell(fault_words(error))
            return
        groups = [group for form in forms for group in form.groups]
        self._fixed = dict(forms[-1].fixed)
        self._brings = any(isinstance(box, FileBox) for group in groups for box in group.fields)
        button = Control("ask", "button", forms[-1].button, main=True)
        with self._showing:
            shown = [each for group in groups for each in _controls(group)]
            self.form.show([*shown, ControlGroup("", [button])])
            self.form.fill({key: held[key] for key in self.form.values if key in held})

    def _changed(self, key: str, value: Value) -> None:
        """Where what leads is chosen, the other boxes follow it."""
        lead = self.study.leading
        if lead is not None and key == lead.name:
            self._show({key: value})

    def ask(self) -> None:
        """Work the study out with what stands in its boxes, beside the kernel's own thread."""
        if self._subject is None:
            return
        study, subject = self.study, self._subject
        files = [bytes(each["content"]) for each in self.file.value]
        try:
            given = {**self._fixed, **self.form.values}
            values = read(study, given, subject, files[0] if files else None)
        except InvalidChoice as error:
            self.form.tell(" ".join(text for _, text in error.problems))
            return
        self.form.tell("It comes next.")
        self.desk.worker.follow(
            lambda stop: self._answer(study, subject, values, stop),
            lambda: self.form.tell("Stopped before it was begun. Ask again."),
        )

    def _answer(self, study: Study, subject: Subject, values: dict[str, Any], stop: Event) -> None:
        self.form.tell("Working it out…")
        place = subject.whole()
        try:
            job = Job(study.name, place, plan=subject.plan, values=study.settled(subject, values))
            found = self.desk.engine.work_out(job, Watch(stop))
            panel = study_panel(found)
        except Exception as error:
            said = fault_words(error)
            self.form.tell("Stopped." if stop.is_set() else said)
            return
        with self._showing:
            # Another study may be looked at by now.
            if self.study is study:
                show_in(self.result, panel)
                self._answered = True
                late = f" {ABOUT_LAST_GOOD}" if self.desk.stale else ""
                self.form.tell(f"Worked out below.{late}")


def _controls(group: FieldGroup) -> Iterator[ControlGroup]:
    """A group of boxes as one of controls; a file is chosen beside it."""
    hint = [Control(f"hint {group.legend}", "words", group.hint)] if group.hint else []
    controls = [_control(each) for each in group.fields if not isinstance(each, FileBox)]
    if controls or hint:
        yield ControlGroup(group.legend, [*hint, *controls], closed=True if group.folded else None)


def _control(field: Field) -> Control:
    match field:
        case Tick():
            return Control(field.key, "switch", field.label, field.on, help=field.hint)
        case Pick():
            known, value = field.choices, field.chosen
            return Control(field.key, "choice", field.label, value, help=field.hint, choices=known)
        case Box():
            unit = f", {field.unit}" if field.unit else ""
            return Control(field.key, "text", f"{field.label}{unit}", field.value, help=field.hint)
    raise TypeError(field)
