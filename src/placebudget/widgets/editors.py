"""Editors of a place: one of its tables, and its rules as switches and number boxes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import traitlets

from placebudget.errors import InvalidOption, WrongArgument
from placebudget.place import Option, Place, schema
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.place.names import Names
from placebudget.place.options.changes import LAW
from placebudget.texts import did_you_mean, shown
from placebudget.widgets.form import Form, Listening
from placebudget.work.controls import Control, ControlGroup, Value, amount_control, basis_words
from placebudget.work.said import said_rule, scale_of
from placebudget.work.typed import (
    LONGEST_CELL,
    MOST_ROWS,
    Texts,
    page_columns,
    read_texts,
    texts_of,
)

# One table, its cells as texts, edited in the page and checked as it is typed.

_MODULE = (Path(__file__).parent / "static" / "tableview.js").read_text("utf-8")


class TableEditor(Listening):
    """A table of a place that can be edited; see :func:`table_editor`.

    Parameters
    ----------
    place : Place
        Where the table comes from. Afterwards the last place that could be read.
    table : str
        Name of the table; set another to edit that one.
    """

    heard = ("rows", "table")
    _esm = _MODULE

    table = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    columns: Any = traitlets.List(read_only=True).tag(sync=True)
    rows: Any = traitlets.List().tag(sync=True)
    findings: Any = traitlets.List(read_only=True).tag(sync=True)
    most_rows = traitlets.Int(MOST_ROWS, read_only=True).tag(sync=True)
    place = traitlets.Instance(Place)

    def __init__(self, place: Place, table: str = "offers") -> None:
        super().__init__(place=place)
        self._shown: Texts = []
        self._showing = False
        self.table = table
        self.observe(self._typed, "rows")

    @traitlets.validate("table")
    def _known_table(self, proposal: dict[str, Any]) -> str:
        name = proposal["value"]
        if name not in schema():
            hint = did_you_mean(name, schema()) or f"Tables: {', '.join(schema())}."
            raise traitlets.TraitError(f"A place has no table {shown(name)}. {hint}")
        if len(self.place.tables[name]) > MOST_ROWS:
            raise traitlets.TraitError(
                f"{name} has more than {MOST_ROWS:,} rows; edit its file or the workbook."
            )
        return str(name)

    @traitlets.validate("rows")
    def _well_formed(self, proposal: dict[str, Any]) -> Texts:
        rows, width = proposal["value"], len(self.columns)
        if len(rows) > MOST_ROWS:
            raise traitlets.TraitError(f"A table has at most {MOST_ROWS:,} rows here.")
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, list) or len(row) != width:
                raise traitlets.TraitError(f"Row {number} does not have {width} cells.")
            for cell in row:
                if not isinstance(cell, str):
                    raise traitlets.TraitError(f"Row {number} holds something that is no text.")
                if len(cell) > LONGEST_CELL:
                    raise traitlets.TraitError(
                        f"Row {number} has a cell of more than {LONGEST_CELL:,} characters."
                    )
        return [list(row) for row in rows]

    @traitlets.observe("table")
    def _show_table(self, change: dict[str, Any]) -> None:
        self._show(self.place)

    @traitlets.observe("place")
    def _other_place(self, change: dict[str, Any]) -> None:
        # What was typed here makes a place of its own; only one from outside is shown.
        if self.table and texts_of(self.place, self.table) != self._shown:
            self._show(self.place)

    def _show(self, place: Place) -> None:
        self._shown = texts_of(place, self.table)
        self._showing = True
        with self.hold_sync():
            self.title = schema()[self.table].title
            self.set_trait("columns", page_columns(self.table))
            found = read_texts(place, self.table, self._shown).findings
            self.set_trait("findings", [])
            self.rows = self._shown
            self.set_trait("findings", found)
        self._showing = False

    def _typed(self, change: dict[str, Any]) -> None:
        if self._showing:
            return
        typed = read_texts(self.place, self.table, self.rows)
        self.set_trait("findings", typed.findings)
        if typed.place is not None:
            self._shown = texts_of(typed.place, self.table)
            self.place = typed.place
        self.tell(_told(typed.findings, typed.place is not None, typed.others))


def table_editor(place: PlaceLike, table: str = "offers") -> TableEditor:
    """A table of a place, to be edited in the page.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads; it stays as it is.
    table : str
        Name of the table.

    Returns
    -------
    TableEditor
        Its ``place`` is the last one that could be read, ``rows`` the cells as they
        were typed, also those that are wrong, and ``findings`` what is said of them.

    Raises
    ------
    WrongArgument
        If a place has no such table.

    Examples
    --------
    >>> import placebudget as pb
    >>> editor = pb.widgets.table_editor(pb.example("toy_pooling"), "funding")
    >>> editor.rows = [[*row[:2], "much", *row[3:]] for row in editor.rows]
    >>> editor.findings[0]["severity"], editor.findings[0]["row"]
    ('error', 0)
    >>> editor.place == pb.example("toy_pooling")
    True
    """
    try:
        return TableEditor(as_place(place), table)
    except traitlets.TraitError as error:
        raise WrongArgument(str(error)) from None


def _told(findings: list[dict[str, Any]], readable: bool, others: int) -> str:
    errors = sum(1 for finding in findings if finding["severity"] == "error")
    elsewhere = f" Other tables have {_errors(others)}." if others else ""
    if not readable:
        return (
            f"The table has {_errors(errors)}, and cells that cannot be read; the model keeps the "
            f"last table that could be.{elsewhere}"
        )
    if errors:
        return f"The table has {_errors(errors)}.{elsewhere}"
    return f"The table is in order.{elsewhere}"


def _errors(number: int) -> str:
    return f"{number} error" + ("" if number == 1 else "s")


# The rules, with what each rests on and its bounds.

# Rules of a place as controls: what each asks for, on what basis, within which bounds.

_KEPT, _AMOUNT = "kept:", "amount:"
_BASES = ("law", "grant condition", "agreement", "policy", "assumption")


class RuleEditor(Form):
    """The rules of a place; see :func:`rule_editor`.

    Parameters
    ----------
    place : Place
        The place whose rules are shown. ``place`` is it with the rules as they
        stand in the page.
    """

    place = traitlets.Instance(Place)

    def __init__(self, place: Place) -> None:
        self._base = place
        self._rules = place.filled("rules").set_index("rule", drop=False)
        super().__init__("Rules of the place", _groups(place, self._rules))
        self.place = place
        self.on_change(self._change)

    @property
    def option(self) -> Option:
        """What was changed, as an option of the place."""
        option = Option("changed rules")
        for name, row in self._rules.iterrows():
            amount = self.values.get(f"{_AMOUNT}{name}")
            if self.values.get(f"{_KEPT}{name}") is False:
                option = option.remove("rules", rule=name)
            elif amount is not None:
                pounds = round(float(amount) * scale_of(row["kind"]), 9)
                if pounds != float(row["amount"]):
                    option = option.set("rules", "amount", pounds, rule=name)
        return option

    def _change(self, key: str, value: Value) -> None:
        option = self.option
        try:
            self.place = option.apply(self._base) if option.changes else self._base
        except InvalidOption as error:
            self.tell(f"This was refused: {error}")
            return
        count = len(option.changes)
        self.tell(
            "All rules stand as the place has them."
            if not count
            else f"{count} {'rule is' if count == 1 else 'rules are'} changed. "
            "The plan follows when it is solved again."
        )


def rule_editor(place: PlaceLike) -> RuleEditor:
    """The rules of a place, to be switched and changed.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads; it stays as it is.

    Returns
    -------
    RuleEditor
        Its ``place`` has the rules as they stand in the page, and ``option`` says
        what was changed. A rule whose basis is law cannot be switched off or
        loosened.

    Examples
    --------
    >>> import placebudget as pb
    >>> editor = pb.widgets.rule_editor(pb.example("northvale"))
    >>> rule = str(pb.example("northvale").rules.query("basis == 'policy'")["rule"].iloc[0])
    >>> editor.values = {**editor.values, f"kept:{rule}": False}
    >>> rule in set(editor.place.rules["rule"])
    False
    """
    return RuleEditor(as_place(place))


def _groups(place: Place, rules: pd.DataFrame) -> list[ControlGroup]:
    names = Names(place)
    groups = []
    for basis in _BASES:
        mine = rules[rules["basis"] == basis]
        controls = [each for _, row in mine.iterrows() for each in _controls(row, names)]
        if controls:
            title = f"Rules by {basis}" if basis in ("law", "agreement") else f"Basis: {basis}"
            groups.append(ControlGroup(title, controls))
    return groups or [ControlGroup("", [Control("none", "words", "The place has no rules.")])]


def _controls(row: Any, names: Names) -> list[Control]:
    words, law = said_rule(row, names), row["basis"] == LAW
    kept = Control(
        f"{_KEPT}{row['rule']}", "switch", words, value=True, help=basis_words(row), disabled=law
    )
    if pd.isna(row["amount"]):
        return [kept]
    label = f"Amount: {words[:1].lower()}{words[1:]}"
    return [kept, amount_control(f"{_AMOUNT}{row['rule']}", row, label, float(row["amount"]))]
