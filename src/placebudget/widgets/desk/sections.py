"""What can be looked at below the picture: one thing at a time, worked out when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event, RLock
from typing import TYPE_CHECKING, Any

import ipywidgets

from placebudget.faults import fault_words
from placebudget.place import schema
from placebudget.plan import Plan, compare, explain
from placebudget.view.panels import (
    Panel,
    blank,
    change_panel,
    findings_panel,
    money_panel,
    price_panel,
    savings_panel,
    why_panel,
)
from placebudget.widgets.closing import close_whole
from placebudget.widgets.desk.controls import section_groups, why_groups
from placebudget.widgets.desk.options import Options
from placebudget.widgets.desk.studies import Studies
from placebudget.widgets.form import Control, ControlGroup, Form, Value
from placebudget.widgets.panels import show_in, shown
from placebudget.widgets.table_editor import TableEditor
from placebudget.work.behind import ABOUT_LAST_GOOD

if TYPE_CHECKING:
    from placebudget.widgets.desk.place_desk import PlaceDesk

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
        self.panel = shown(blank(_WAIT))
        self.find = Form("Prices", [ControlGroup("", [_FIND])])
        self.find.on_press(lambda key: desk.solve(prices=True))
        self.why = Form("Which service is explained", [])
        self.why.on_change(self._other_service)
        self.why.on_press(lambda key: self.explain())
        self.options = Options(desk, self._showing)
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
            close_whole(*self.studies.all)
            close_whole(self._edited)
        super().close()

    def _put(self, widgets: Sequence[ipywidgets.Widget]) -> None:
        wanted = (self.menu, *widgets)
        if tuple(self.children) != wanted:
            self.children = wanted

    def _panel(self, section: str, plan: Plan | None) -> Panel:
        if plan is None:
            return blank(_WAIT)
        if section == "money":
            return money_panel({"Today": self.desk.today, "Proposed": plan})
        if section == "admits":
            return findings_panel(plan, self.desk.today)
        if section == "prices":
            return price_panel(plan)
        if section == "savings":
            return savings_panel(plan)
        before = self.desk.previous
        if before is None:
            return blank("This is the first plan of this desk; there is none to compare it with.")
        return change_panel(compare(before, plan, names=("Last plan", "This plan")))

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
