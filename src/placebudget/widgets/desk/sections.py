"""What can be looked at below the picture, options and studies with it, when it is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event, RLock
from typing import TYPE_CHECKING, Any

import ipywidgets

from placebudget.errors import InvalidOption, PlaceBudgetError, fault_words
from placebudget.knowledge import library
from placebudget.place import Option, schema
from placebudget.place.options import file_stem
from placebudget.plan import Plan, compare, explain
from placebudget.plan.result import Result
from placebudget.plan.simulate import today_of
from placebudget.programme import POOLED
from placebudget.study.picking import FoundPlans
from placebudget.view.panels import (
    Panel,
    blank,
    change_panel,
    library_panel,
    why_panel,
)
from placebudget.view.studies import STUDIES
from placebudget.view.studies.entry import Study, Subject
from placebudget.widgets.editors import TableEditor
from placebudget.widgets.form import Form, close_whole
from placebudget.widgets.panels import AnswerView, html_of, show_in
from placebudget.work.asking import (
    Box,
    Field,
    FieldGroup,
    FileBox,
    InvalidChoice,
    Pick,
    Tick,
    forms_of,
    read,
)
from placebudget.work.borrowing import Sought, used
from placebudget.work.controls import (
    Control,
    ControlGroup,
    Value,
    option_groups,
    search_groups,
    section_groups,
    use_groups,
    why_groups,
)
from placebudget.work.desk import section_panel
from placebudget.work.jobs import Job, Watch
from placebudget.work.picking import PICK, PICKED_SO, answer_panel, beside_others, offered
from placebudget.work.said import ABOUT_LAST_GOOD

if TYPE_CHECKING:
    from placebudget.widgets.desk.place_desk import PlaceDesk


# Options at the desk: named, kept beside the place, loaded and compared.


class Options:
    """The options of a desk.

    Parameters
    ----------
    desk : PlaceDesk
        The desk they belong to.
    showing : RLock
        Held while the form is shown anew, by whichever thread does it.
    """

    def __init__(self, desk: PlaceDesk, showing: RLock) -> None:
        self.desk, self._showing = desk, showing
        self.known: dict[str, Option] = {}
        self.form = Form("Options", option_groups("", {}, ""))
        self.form.on_press(self._pressed)
        self.result = html_of(blank(""))
        self.refused: list[str] = []
        self._read = False

    def refresh(self, picked: str = "") -> None:
        """Show the options there are, those stored beside the place among them."""
        if not self._read:
            self._read = True
            try:
                self.known = {**self.desk.origin.options(), **self.known}
            except InvalidOption as error:
                self.form.tell(f"Some options beside the place cannot be read: {error}")
        with self._showing:
            name = str(self.form.values.get("name", ""))
            held = picked or str(self.form.values.get("option", ""))
            self.form.show(option_groups(name, self.known, held, self.refused))

    def _pressed(self, key: str) -> None:
        if key in ("save", "place"):
            name = str(self.form.values.get("name", ""))
            (self.save if key == "save" else self.save_place)(name)
            return
        option = self.known.get(str(self.form.values.get("option", "")))
        if option is None:
            self.form.tell("Choose an option first.")
        elif key == "load":
            self.desk.load(option)
            self.form.tell(f"{option.name} is loaded.")
        elif key == "compare":
            self.form.tell(f"Planning {option.name} in full…")
            self.desk.worker.submit(lambda stop: self._compare(option, stop))

    def save(self, name: str) -> None:
        """Keep the desk's figures as an option, on disk where the place is there."""
        try:
            option = self.desk.option(name.strip())
        except InvalidOption as error:
            self.form.tell(str(error))
            return
        self.refused = self.desk.not_in_option()
        if not option.changes:
            self.refresh()
            nothing = "Nothing is changed, so there is nothing to keep."
            self.form.tell(f"No option can hold this. {self._apart()}" if self.refused else nothing)
            return
        self.form.tell(" ".join(filter(None, [self.keep(option), self._apart()])))

    def keep(self, option: Option) -> str:
        """Keep an option among the others, on disk where the place is there, and say where."""
        self.known[option.name] = option
        self.refresh(option.name)
        path = self.desk.origin.origin.path
        try:
            if not path:
                raise InvalidOption("the place was not read from a file")
            where = option.save(path)
        except (InvalidOption, OSError) as error:
            return f"{option.name} is kept at this desk only: {str(error).rstrip('.')}."
        return f"{option.name} is kept in {where.name}."

    def _apart(self) -> str:
        """What an option cannot hold of what the desk has; empty where it holds all."""
        if not self.refused:
            return ""
        return (
            "These changes are not in it, as an option may not make them: "
            f"{'; '.join(self.refused)}. Keep the place itself to have them."
        )

    def save_place(self, name: str) -> None:
        """Keep the place with all that was changed, in a folder beside the one it came from."""
        stem = file_stem(name)
        if not stem:
            self.form.tell("Give the place a name with a letter or digit, in the box above.")
            return
        place = self.desk.changed_place()
        path = self.desk.origin.origin.path
        home = Path(path).parent if path else Path()
        goal = home / f"{file_stem(place.name)}_{stem}"
        if os.path.exists(goal):
            self.form.tell(f"{goal.name} is there already; give another name.")
            return
        try:
            place.write(goal)
        except (PlaceBudgetError, OSError) as error:
            self.form.tell(f"The place could not be kept in {goal.name}: {error}")
            return
        self.form.tell(f"The place with all that was changed is kept in the folder {goal.name}.")

    def _compare(self, option: Option, stop: Event) -> None:
        desk = self.desk
        if desk.plan is None:
            self.form.tell("There is no plan to compare it with yet.")
            return
        try:
            laid = desk.planned.with_option(option)
            other = desk.engine.work_out(Job(POOLED, laid.place, laid.changes), Watch(stop))
        except Exception as error:
            said = fault_words(error)
            self.form.tell("Stopped." if stop.is_set() else f"{option.name}: {said}")
            return
        found = compare(desk.plan, other, names=("Plan shown", f"{option.name}, on top of it"))
        show_in(self.result, change_panel(found))
        self.form.tell(
            f"{option.name} is laid on top of what the plan shown was made for, and compared "
            "with it below."
        )


# The library at the desk: looked into, and what is used of it laid on the desk as an option.


class Borrowing:
    """The library of a desk.

    Parameters
    ----------
    desk : PlaceDesk
        The desk it belongs to.
    options : Options
        Where an option that is used is kept.
    showing : RLock
        Held while something is shown anew, by whichever thread does it.
    """

    def __init__(self, desk: PlaceDesk, options: Options, showing: RLock) -> None:
        self.desk, self.options, self._showing = desk, options, showing
        self.library = library()
        grades = self.library.grades.set_index("grade")["name"].to_dict()
        self.search = Form("Library", search_groups(Sought(), grades))
        self.search.on_press(lambda key: self.look())
        self.result = html_of(blank("Every row names who found it, where, and how surely."))
        self.form = Form("Use of the library", [])
        self.form.on_change(self._changed)
        self.form.on_press(lambda key: self.use())
        self.found: list[str] = []

    @property
    def parts(self) -> tuple[ipywidgets.Widget, ...]:
        """What is shown of it."""
        return (self.search, self.result, self.form)

    def look(self) -> None:
        """Look for what the boxes say."""
        held = {key: str(value) for key, value in self.search.values.items()}
        sought = Sought(held["words"], held["grade"], held["direction"])
        found = sought.in_library(self.library)
        self.found = found["estimate"].tolist()
        with self._showing:
            show_in(self.result, library_panel(found))
            self._show(self.found[0] if self.found else "")
        self.search.tell(f"{len(self.found)} found.")

    def _show(self, estimate: str) -> None:
        self.form.show(use_groups(self.desk.place, self.library, self.found, estimate))

    def _changed(self, key: str, value: Value) -> None:
        """Another estimate is meant for another service and outcome."""
        if key == "estimate":
            self._show(str(value))

    def use(self) -> None:
        """Lay an estimate on the desk, and keep it among the options."""
        place = self.desk.changed_place()
        try:
            option = used(self.library, place, dict(self.form.values))
            self.desk.lay(option)
        except InvalidChoice as error:
            self.form.tell(" ".join(text for _, text in error.problems))
            return
        except PlaceBudgetError as error:
            self.form.tell(str(error))
            return
        self.form.tell(f"{option.description} It is on the desk. {self.options.keep(option)}")


# Studies at the desk: asked for in boxes made of their arguments, and answered below them.


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
        self.which = Form("Which study", [ControlGroup("", [chosen])])
        self.which.on_change(lambda key, value: self.choose(str(value)))
        self.form = Form("What the study is asked with", [])
        self.form.on_change(self._changed)
        self.form.on_press(lambda key: self.ask())
        self.file = ipywidgets.FileUpload(description="Choose a CSV file", accept=".csv")
        self.file.layout.width = "auto"
        self.picks = Form(PICK, [])
        self.picks.on_press(lambda key: self.pick(key.removeprefix("pick:")))
        self.result = AnswerView(lambda point: self.picks.press(f"pick:{point}"))
        self.picked = html_of(blank(""))
        self._found: FoundPlans | None = None
        self._subject: Subject | None = None
        self._fixed: dict[str, str] = {}
        self._brings = self._answered = False

    @property
    def all(self) -> tuple[ipywidgets.Widget, ...]:
        """Everything, shown or not."""
        return (self.which, self.form, self.file, self.result, self.picks, self.picked)

    @property
    def parts(self) -> tuple[ipywidgets.Widget, ...]:
        """What is shown of it now: where one is asked for a file, and plans that may be picked."""
        hidden = [] if self._brings else [self.file]
        hidden += [] if self._found is not None else [self.picks, self.picked]
        return tuple(each for each in self.all if each not in hidden)

    def choose(self, name: str) -> None:
        """Ask for another study."""
        self.study, self._subject, self._answered = STUDIES[name], None, False
        self._found = None
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
        files = [box for group in groups for box in group.fields if isinstance(box, FileBox)]
        self._brings = bool(files)
        for box in files:
            self.file.accept = box.accept
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
            panel = answer_panel(found)
        except Exception as error:
            said = fault_words(error)
            self.form.tell("Stopped." if stop.is_set() else said)
            return
        with self._showing:
            # Another study may be looked at by now.
            if self.study is study:
                show_in(self.result, panel)
                self._offer(found)
                self._answered = True
                late = f" {ABOUT_LAST_GOOD}" if self.desk.stale else ""
                self.form.tell(f"Worked out below.{late}")

    def _offer(self, found: Result) -> None:
        """Offer the plans of an answer to be picked, where it has any."""
        self._found = found if isinstance(found, FoundPlans) else None
        show_in(self.picked, blank(""))
        plans = [Control(f"pick:{name}", "button", does) for name, does in offered(found)]
        self.picks.show([ControlGroup(PICK, [Control("about", "words", PICKED_SO), *plans])])
        self.desk.sections.refresh()

    def pick(self, name: str) -> None:
        """Keep a plan of the answer, and set it beside the others, off the kernel's own thread."""
        found, subject = self._found, self._subject
        if found is None or subject is None or subject.plan is None:
            return
        plan, pooled = found.picked(name), subject.plan
        said = self.desk.keep(plan)
        self.picks.tell(f"{said} Setting it beside the others…")

        def work(stop: Event) -> None:
            today = today_of(found.place)
            panel = beside_others(plan, {"Today": today, "Plan shown": pooled})
            with self._showing:
                if self._found is found:
                    show_in(self.picked, panel)
                    self.picks.tell(f"{said} It stands beside the others below.")

        self.desk.worker.follow(work, lambda: self.picks.tell(said))


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


_WAIT = "There is no plan yet."
_FIND = Control("prices", "button", "Find the prices (solves in full)")


class Sections(ipywidgets.VBox):
    """The sections of a desk.

    Parameters
    ----------
    desk : PlaceDesk
        The desk they belong to.
    """

    def __init__(self, desk: PlaceDesk) -> None:
        super().__init__()
        self.desk = desk
        self.current = "money"
        # A plan arrives on the worker's thread while another section is opened on the kernel's:
        # what is shown is decided and put in its place by one of them at a time.
        self._showing = RLock()
        self.children: tuple[ipywidgets.Widget, ...] = ()
        self.menu = Form("Look at", section_groups(self.current))
        self.menu.on_press(lambda key: self.look_at(key.removeprefix("show:")))
        self.panel = html_of(blank(_WAIT))
        self.find = Form("Prices", [ControlGroup("", [_FIND])])
        self.find.on_press(lambda key: desk.solve(prices=True))
        self.why = Form("Which service is explained", [])
        self.why.on_change(self._other_service)
        self.why.on_press(lambda key: self.explain())
        self.options = Options(desk, self._showing)
        self.library = Borrowing(desk, self.options, self._showing)
        self.studies = Studies(desk, self._showing)
        self.tables = Form("Which table is shown", [_table_choice("offers")])
        self.tables.on_change(lambda key, value: setattr(self._editor(), "table", str(value)))
        self._edited: TableEditor | None = None
        self._shown: tuple[str, Plan | None] = ("", None)
        self._service()
        self.refresh()

    def look_at(self, section: str) -> None:
        """Show another section."""
        with self._showing:
            self.current = section
            self.menu.show(section_groups(section))
            self.refresh()
        plan = self.desk.plan
        if section == "prices" and plan is not None and plan.prices().empty and not self._priced:
            self.desk.solve(prices=True)

    @property
    def _priced(self) -> bool:
        """Whether prices were asked for already, so that none means that there are none."""
        plan = self.desk.plan
        return plan is None or bool(plan.run.get("options", {}).get("prices"))

    def refresh(self) -> None:
        """Show what belongs to the plan as it is now."""
        with self._showing:
            try:
                self._refresh(self.current, self.desk.plan)
            except Exception as error:  # the other sections can be looked at
                show_in(self.panel, blank(fault_words(error)))
                self._put([self.panel])
                self._shown = ("", None)

    def _refresh(self, section: str, plan: Plan | None) -> None:
        if section == "tables":
            self._put([self.tables, self._editor()])
        elif section == "options":
            self.options.refresh()
            self._put([self.options.form, self.options.result])
        elif section == "library":
            self._put(self.library.parts)
        elif section == "studies":
            self.studies.refresh()
            self._put(self.studies.parts)
        elif section == "why":
            if self._shown != (section, plan):
                words = "Choose a service, and press Explain." if plan is not None else _WAIT
                show_in(self.panel, blank(words))
            self._put([self.why, self.panel])
        else:
            if self._shown != (section, plan) or plan is None:
                show_in(self.panel, self._panel(section, plan))
            priced = section != "prices" or self._priced
            self._put([self.panel] if priced else [self.panel, self.find])
        self._shown = (section, plan)

    def close(self) -> None:
        """Close every section, also those that are not shown."""
        if self.comm is not None:
            options = (self.options.form, self.options.result)
            close_whole(self.menu, self.panel, self.find, self.why, self.tables, *options)
            close_whole(*self.library.parts, *self.studies.all)
            close_whole(self._edited)
        super().close()

    def _put(self, widgets: Sequence[ipywidgets.Widget]) -> None:
        wanted = (self.menu, *widgets)
        if tuple(self.children) != wanted:
            self.children = wanted

    def _panel(self, section: str, plan: Plan | None) -> Panel:
        if plan is None:
            return blank(_WAIT)
        return section_panel(section, plan, self.desk.today, self.desk.previous)

    # --- why ---------------------------------------------------------------------

    def _service(self, service: str = "", area: str = "") -> None:
        place = self.desk.place
        first = str(place.services["service"].iloc[0])
        self.why.show(why_groups(place, service or first, area))

    def _other_service(self, key: str, value: Value) -> None:
        if key == "service":
            self._service(str(value))

    def explain(self) -> None:
        """Explain the service that is chosen, beside the kernel's own thread."""
        service, area = str(self.why.values["service"]), str(self.why.values["area"])
        self.why.tell("Working out why…")
        self.desk.worker.submit(lambda stop: self._explain(service, area or None, stop))

    def _explain(self, service: str, area: str | None, stop: Event) -> None:
        plan = self.desk.plan
        if plan is None:
            self.why.tell(_WAIT)
            return
        try:
            found = explain(plan, service, area, stop=stop)
        except Exception as error:
            said = fault_words(error)
            self.why.tell("Stopped." if stop.is_set() else said)
            return
        warning = ABOUT_LAST_GOOD if self.desk.stale else ""
        with self._showing:
            # The panel is one for all sections: another may be looked at by now.
            if self.current == "why":
                show_in(self.panel, why_panel(found, warning))
                self.why.tell("Explained below.")

    # --- tables --------------------------------------------------------------------

    def _editor(self) -> TableEditor:
        if self._edited is None:
            self._edited = TableEditor(self.desk.place, str(self.tables.values["table"]))
            self._edited.observe(self._edited_place, "place")
        elif self._edited.place is not self.desk.place:
            self._edited.place = self.desk.place
        return self._edited

    def _edited_place(self, change: dict[str, Any]) -> None:
        if change["new"] is not self.desk.place:
            self.desk.take_tables(change["new"])


def _table_choice(table: str) -> ControlGroup:
    choices = [(name, each.title) for name, each in schema().items()]
    return ControlGroup("", [Control("table", "choice", "Table", table, choices=choices)])
