"""One table of a place, its cells as texts, edited in the page and checked as it is typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from placebudget.errors import WrongArgument
from placebudget.place import Place, schema
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.texts import did_you_mean, shown
from placebudget.widgets.form import Listening
from placebudget.work.typed import (
    LONGEST_CELL,
    MOST_ROWS,
    Texts,
    page_columns,
    read_texts,
    texts_of,
)

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
