"""Options at the desk: named, kept beside the place, loaded and compared."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event, RLock
from typing import TYPE_CHECKING

from placebudget.errors import InvalidOption, PlaceBudgetError
from placebudget.faults import fault_words
from placebudget.place import Option
from placebudget.place.options import file_stem
from placebudget.plan import compare
from placebudget.programme import POOLED
from placebudget.view.panels import blank, change_panel
from placebudget.widgets.desk.controls import option_groups
from placebudget.widgets.form import Form
from placebudget.widgets.panels import show_in, shown
from placebudget.work.jobs import Job, Watch

if TYPE_CHECKING:
    from placebudget.widgets.desk.place_desk import PlaceDesk


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
        self.result = shown(blank(""))
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
        self.known[option.name] = option
        self.refresh(option.name)
        path = self.desk.origin.origin.path
        try:
            if not path:
                raise InvalidOption("the place was not read from a file")
            where = option.save(path)
        except (InvalidOption, OSError) as error:
            told = f"{option.name} is kept at this desk only: {str(error).rstrip('.')}."
        else:
            told = f"{option.name} is kept in {where.name}."
        self.form.tell(f"{told} {self._apart()}".strip())

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
