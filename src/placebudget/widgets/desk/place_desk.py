"""The desk: switches and amounts on one side, the plan that follows on the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets
import pandas as pd
import traitlets

from placebudget.errors import InvalidOption
from placebudget.faults import fault_words
from placebudget.place import Option, Place
from placebudget.place.options import option_between
from placebudget.place.reading import PlaceLike, as_place
from placebudget.plan import Plan, simulate
from placebudget.plan.repair import Repair
from placebudget.view.panels import blank
from placebudget.widgets.closing import close_whole
from placebudget.widgets.desk import controls
from placebudget.widgets.desk.answers import Answers
from placebudget.widgets.desk.figures import Figures, read_figures
from placebudget.widgets.desk.sections import Sections
from placebudget.widgets.form import Form, Value
from placebudget.widgets.panels import shown
from placebudget.widgets.plan_view import plan_view
from placebudget.widgets.rule_controls import MILLION, changeable_rules, rule_scale
from placebudget.work.worker import Worker


def mended(figures: Figures, place: Place, repair: Repair) -> Figures | None:
    """Figures with a repair made, where the controls of the desk can say it.

    Parameters
    ----------
    figures : Figures
        As they clash.
    place : Place
        The place without them.
    repair : Repair
        The way out.

    Returns
    -------
    Figures or None
        None where contributions change, or a rule for every year in some years only.
    """
    if repair.contributions:
        return None
    amounts = dict(figures.amounts)
    rules = place.rules.set_index("rule")["year"]
    for rule, year, amount in repair.rules:
        if year and pd.isna(rules[rule]):
            return None
        amounts[rule] = amount
    funding = dict(figures.funding)
    table = place.funding.set_index(["stream", "year"])["amount"]
    for stream, year, pounds in repair.funding:
        key = (stream, year)
        funding[key] = funding.get(key, float(table.get(key, 0.0))) + pounds
    return replace(figures, amounts=amounts, funding=funding)


def as_option(name: str, origin: Place, place: Place, figures: Figures) -> tuple[Option, list[str]]:
    """What was edited, then what is switched and moved, as one option.

    Parameters
    ----------
    name : str
        Name of the option.
    origin : Place
        The place as the desk was opened with it.
    place : Place
        It with its tables as they were edited or repaired.
    figures : Figures
        What is switched and moved.

    Returns
    -------
    option : Option
        Of ``origin``.
    refused : list of str
        What no option may do, each with the reason.
    """
    figures = figures.within(place)
    written = set(zip(place.funding["stream"], place.funding["year"], strict=True))
    rows = {key: pounds for key, pounds in figures.funding.items() if key not in written}
    # Years of a stream that have no row yet come as rows of their own.
    edited, refused = option_between(name, origin, Figures(funding=rows).apply(place))
    paid_into = set(place.contributions["pool"])
    figures = replace(figures, closed=figures.closed & paid_into)
    return replace(edited, changes=(*edited.changes, *figures.option(name).changes)), refused


def with_figures(place: Place, figures: Figures) -> Place:
    """The place with what is switched and moved; nobody pays into a pool that is closed."""
    changed = figures.apply(place)
    paid = changed.contributions
    return changed.with_(contributions=paid[~paid["pool"].isin(figures.closed)])


_WRAP = "row wrap"


class PlaceDesk(ipywidgets.VBox):
    """A place at a desk; see :func:`desk`.

    Parameters
    ----------
    place : Place
        The place. ``place`` is it with its tables as they were edited here,
        ``figures`` what is switched and moved, ``plan`` the last good plan.
    """

    place = traitlets.Instance(Place)
    figures = traitlets.Instance(Figures)
    plan = traitlets.Instance(Plan, allow_none=True)

    def __init__(self, place: Place) -> None:
        place.check().raise_if_errors()
        super().__init__(place=place, figures=Figures())
        self.origin = place
        self.today = simulate(place)
        self.previous: Plan | None = None
        self.stale = self.tables_changed = False
        self.repairs: tuple[Repair, ...] = ()
        self.worker = Worker(self._failed)
        self.answers = Answers(self, place)
        self._stream = str(place.streams["stream"].iloc[0])
        rules = changeable_rules(place)
        self._rule = str(rules.index[0]) if len(rules) else ""
        self._make_forms()
        self.sections = Sections(self)
        self._lay_out()
        self.solve()

    def _make_forms(self) -> None:
        place, figures = self.place, self.figures
        self.head = Form("Solving", controls.head_groups(place, figures))
        self.switches = Form("Pools and ring-fences", controls.switch_groups(place, figures))
        self.amounts = Form("Amounts", self._amount_groups(), hint=controls.HINT)
        self.clash = Form("What does not add up", [])
        self.clash.layout.display = "none"
        self.note = shown(blank("Today's money is shown. The first plan is being worked out."))
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
        return controls.amount_groups(self.place, self.figures, self._stream, self._rule)

    # --- what is heard -----------------------------------------------------------

    def _changed(self, key: str, value: Value) -> None:
        kind, _, name = key.partition(":")
        figures = self.figures
        if key in (controls.STREAM, controls.RULE):
            setattr(self, f"_{key}", str(value))
            self.amounts.show(self._amount_groups())
            return
        if key == controls.OBJECTIVE:
            figures = Figures(**{**vars(figures), "objective": str(value)})
        elif kind == "pool":
            figures = figures.with_pool(name, bool(value))
        elif kind == "fence":
            figures = figures.with_fence(name, bool(value))
        elif kind == "funding":
            stream, _, year = name.rpartition(":")
            pounds = round(float(value) * MILLION, 2)
            figures = figures.with_funding(stream, year, pounds)
        elif kind == "amount":
            row = changeable_rules(self.place).loc[name]
            scale = rule_scale(str(row["kind"]))
            figures = figures.with_amount(name, round(float(value) * scale, 6))
        self.figures = figures
        self.release()

    def _pressed(self, key: str) -> None:
        if key == controls.SOLVE:
            self.solve()
        elif key == controls.STOP:
            self.stop()
        elif key == controls.RESET:
            self.use(Figures())

    # --- what is done -------------------------------------------------------------

    def use(self, figures: Figures) -> None:
        """Put figures in place of those there are, and solve."""
        self.figures = figures
        self._show_controls()
        self.release()

    def release(self) -> None:
        """Solve again what changed, as quickly as it can be done."""
        figures = self.figures
        if self.tables_changed:
            self.solve()
        else:
            self.worker.submit(lambda stop: self.answers.quick(figures, stop))

    def solve(self, *, prices: bool = False) -> None:
        """Solve in full, with prices where they are wanted."""
        if self.tables_changed and not self._take_over():
            return
        figures = self.figures
        self.head.tell("Solving in full…")
        self.worker.submit(lambda stop: self.answers.full(figures, stop, prices=prices))

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
        return as_option(name, self.origin, self.place, self.figures)[0]

    def not_in_option(self) -> list[str]:
        """What was changed here that no option may do, each with the reason."""
        return as_option("desk", self.origin, self.place, self.figures)[1]

    def changed_place(self) -> Place:
        """The place with all that is switched, moved and edited."""
        return with_figures(self.place, self.figures)

    def load(self, option: Option) -> None:
        """Start again from the place with an option."""
        figures, rest = read_figures(self.origin, option)
        try:
            option.apply(self.origin)
            place = self.origin if rest is None else rest.apply(self.origin)
        except InvalidOption as error:
            self.head.tell(str(error))
            return
        self._start_from(place)
        self.use(figures)

    def take_tables(self, place: Place) -> None:
        """Tables were edited: they count when it is solved the next time."""
        self.tables_changed = True
        self.place = place
        self.head.tell("The tables changed, not yet solved. The last plan is still shown.")

    def _take_over(self) -> bool:
        errors = self.place.check().errors
        if errors:
            self.head.tell(
                f"The tables have {len(errors)} {'error' if len(errors) == 1 else 'errors'}; the "
                f"last plan stays until they are mended. The first: {errors[0]}"
            )
            return False
        self.figures = self.figures.within(self.place)
        self._start_from(self.place)
        return True

    def _start_from(self, place: Place) -> None:
        self.place, self.tables_changed = place, False
        self.answers = Answers(self, place)
        streams, rules = set(place.streams["stream"]), changeable_rules(place)
        self._stream = self._stream if self._stream in streams else sorted(streams)[0]
        first = str(rules.index[0]) if len(rules) else ""
        self._rule = self._rule if self._rule in rules.index else first
        self._show_controls()

    def _show_controls(self) -> None:
        self.head.fill({controls.OBJECTIVE: self.figures.objective})
        self.switches.show(controls.switch_groups(self.place, self.figures))
        self.amounts.show(self._amount_groups())

    def _repair(self, key: str) -> None:
        number = int(key.removeprefix("repair:"))
        if number >= len(self.repairs):
            return
        repair = self.repairs[number]
        figures = mended(self.figures, self.place, repair)
        if figures is None:
            held = Figures(**{**vars(self.figures), "ended": frozenset()})
            self._start_from(repair.apply(held.apply(self.place)))
            figures = Figures(**{**vars(self.figures), "funding": {}, "amounts": {}})
        self.use(figures)


def desk(place: PlaceLike) -> PlaceDesk:
    """A place at a desk: switches and amounts, and the plan that follows from them.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first, and stays
        as it is.

    Returns
    -------
    PlaceDesk
        A widget. The first plan is worked out while the desk is shown already;
        ``wait()`` waits for it.

    Raises
    ------
    InvalidPlace
        If the place has errors; all are named.

    Examples
    --------
    >>> import placebudget as pb
    >>> desk = pb.desk(pb.example("toy_pooling"))
    >>> desk.wait(60)
    True
    >>> round(desk.plan.objective.value / 1e6)
    300
    """
    return PlaceDesk(as_place(place))
