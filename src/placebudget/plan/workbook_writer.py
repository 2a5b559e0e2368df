"""Workbooks of results: sheets of figures, formulas that agree with them, and names for both.

Every workbook of a plan or a study goes through :func:`write_pages`.
"""

from __future__ import annotations

import io
import math
import os
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from itertools import count as counting
from pathlib import Path
from typing import Any

import numpy as np

from placebudget.pictures import BLUE, colours
from placebudget.place.io.cells import letters
from placebudget.place.io.sheets import FORMULA_STARTS
from placebudget.plan.workbook_pages import (
    FIRST,
    LONGEST_TITLE,
    NAMES,
    Format,
    Formula,
    Front,
    Page,
    PageColumn,
    SheetChart,
    figure,
    number_format,
    slug,
)
from placebudget.writing import file_to_write, replace_with

_WIDEST, _NARROW, _HEAD, _FRONT = 60, 36, 20, 74  # letters
_LABELS, _FIGURES, _GROUNDS = 40, 13, 44  # letters: columns of headline figures
_LONGEST_TEXT = 32_767
_SIZE, _LINE = 11, 1.35
_A4 = 9  # what workbooks call it
# Letters: how much fits across an A4 sheet that stands, and what is small print on one that lies.
_PORTRAIT, _CROWDED = 100, 200
_CHART_WIDTH, _CHART_HEIGHT, _CHART_ROW = 756, 360, 24  # pixels
# A workbook of the same plan is the same bytes.
_WRITTEN = datetime(2000, 1, 1)
WITHOUT_END = "no end found"
HEADLINES = "Headline figures"
TOTAL = "Total"


@dataclass(frozen=True)
class _Name:
    name: str
    what: str
    unit: str
    sheet: str
    cells: str


def write_pages(
    pages: Iterable[Page], path: str | os.PathLike[str], front: Front | None = None
) -> Path:
    """Write sheets as one workbook, to be read on a screen and printed on A4.

    Parameters
    ----------
    pages : iterable of Page
        Sheets in order.
    path : path or str
        The file.
    front : Front, optional
        The sheet before them, with links to each.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    WrongArgument
        If the path is none, or does not end in ``.xlsx``.
    """
    goal = file_to_write(path, ".xlsx")
    replace_with(goal, _Book().written(_apart(pages), front))
    return goal


def _apart(pages: Iterable[Page]) -> list[Page]:
    """Sheets whose names are not alike, as programmes compare them."""
    taken, found = {FIRST.casefold(), NAMES.casefold()}, []
    for page in pages:
        for number in counting(1):
            end = f" {number}" if number > 1 else ""
            name = f"{page.sheet[: LONGEST_TITLE - len(end)].strip() or 'Sheet'}{end}"
            if name.casefold() not in taken:
                break
        taken.add(name.casefold())
        heading = page.heading or (page.said if name != page.title else "")
        found.append(replace(page, title=name, heading=heading))
    return found


def _names(pages: Sequence[Page], front: Front | None) -> Iterator[_Name]:
    """Names for headline figures, columns and totals; none stands for two things."""
    taken: set[str] = set()

    def free(name: str, *others: str) -> str:
        numbered = (f"{name}_{number}" for number in counting(2))
        found = next(each for each in chain((name, *others), numbered) if each not in taken)
        taken.add(found)
        return found

    if front is not None:
        for row, each in enumerate(front.headlines, start=_Book.HEADLINES_AT + 1):
            for number, plan in enumerate(front.columns, start=1):
                what = f"{each.words}: {plan}" if len(front.columns) > 1 else each.words
                cells = f"${letters(number)}${row + 1}"
                yield _Name(free(front.name(each, plan)), what, front.unit, FIRST, cells)
    for page in pages:
        if not page.named or page.last < page.top:
            continue
        for number, column in enumerate(page.across):
            own, where = slug(page.title, column.words), letters(number)
            if not column.words:
                continue
            what = f"{page.title}: {column.words}"
            unit = column.unit or (page.unit if column.form else "")
            cells = f"${where}${page.top + 1}:${where}${page.last + 1}"
            yield _Name(free(own, f"{own}_parts"), what, unit, page.sheet, cells)
            total = page.top - 1 if column.adds_up else page.last + 2
            if column.adds_up or (page.totals == 1 and column.form):
                name = free(f"{own}_total")
                yield _Name(name, f"{what}, total", unit, page.sheet, f"${where}${total}")


class _Book:
    """A workbook that is written."""

    HEADLINES_AT = 4
    """Number of the row with the columns of headline figures, counted from nought."""

    def __init__(self) -> None:
        from xlsxwriter import Workbook

        self._bytes = io.BytesIO()
        self._book = Workbook(self._bytes, {"in_memory": True})
        self._book.set_properties({"created": _WRITTEN})
        self._looks: dict[tuple[tuple[str, Any], ...], Any] = {}

    def written(self, pages: list[Page], front: Front | None) -> bytes:
        names = list(_names(pages, front))
        if names:
            rows = [[each.name, each.what, each.unit, each.sheet] for each in names]
            heading = "Names for use in formulas: =SUM(name) or SUMIFS over names of one sheet"
            pages = [*pages, Page(NAMES, ["Name", "What it is", "Unit", "Sheet"], rows, heading)]
        sheet = self._book.add_worksheet(FIRST) if front is not None else None
        own = [self._book.add_worksheet(page.sheet) for page in pages]
        if front is not None:
            self._add_front(sheet, front, [page.sheet for page in pages])
        for each, page in zip(own, pages, strict=True):
            self._add(each, page)
        for name in names:
            self._book.define_name(name.name, f"='{name.sheet}'!{name.cells}")
        self._book.close()
        return self._bytes.getvalue()

    def _look(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._looks:
            self._looks[key] = self._book.add_format({"valign": "top", **look})
        return self._looks[key]

    def _put(self, sheet: Any, row: int, column: int, value: Any, **look: Any) -> None:
        """A value into a cell; text is text, whatever it begins with."""
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and math.isinf(value):
            value = WITHOUT_END
        if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
            if look:
                sheet.write_blank(row, column, None, self._look(**look))
        elif isinstance(value, Formula):
            sheet.write_formula(row, column, value.text, self._look(**look), value.value)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self._look(**look))
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, self._look(**look))
        else:
            text = str(value)[:_LONGEST_TEXT]
            # The prefix keeps it text when somebody edits the cell.
            quoted = {"quote_prefix": True} if text.startswith(FORMULA_STARTS) else {}
            look.pop("num_format", None)
            sheet.write_string(row, column, text, self._look(**look, **quoted))

    def _add_front(self, sheet: Any, front: Front, sheets: Sequence[str]) -> None:
        widths: list[int] = [_FRONT]
        if front.headlines:
            widths = [_LABELS, *[_FIGURES] * len(front.columns), _GROUNDS]
        for number, wide in enumerate(widths):
            sheet.set_column(number, number, wide)
        _for_paper(sheet, upright=sum(widths) <= _PORTRAIT)
        across, end = sum(widths), len(widths) - 1
        heads = {"font_size": 13, "bold": True, "font_color": BLUE}
        row = 0

        def say(text: str, **look: Any) -> None:
            nonlocal row
            size = look.get("font_size", _SIZE)
            # Said, as merged cells do not find it out.
            sheet.set_row(row, _LINE * size * (math.ceil(len(text) * size / _SIZE / across) or 1))
            look["text_wrap"] = True
            if end and text:
                sheet.merge_range(row, 0, row, end, "", self._look(**look))
            self._put(sheet, row, 0, text, **look)
            row += 1

        say(front.title, font_size=16, bold=True)
        say(front.about)
        if front.headlines:
            say("")
            say(f"{HEADLINES}, {front.unit}", **heads)
            self._add_headlines(sheet, front, row)
            row += len(front.headlines) + 1
        for title, lines in front.parts.items():
            say("")
            say(title, **heads)
            for line in lines:
                say(line)
        say("")
        say("Sheets", **heads)
        linked = self._look(underline=1, font_color="#0563C1")
        for number, name in enumerate(sheets, start=row):
            sheet.write_url(number, 0, f"internal:'{name}'!A1", linked, name)

    def _add_headlines(self, sheet: Any, front: Front, at: int) -> None:
        head = {"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"}
        self._put(sheet, at, 0, None, **head)
        grounds = len(front.columns) + 1
        for number, column in enumerate(front.columns, start=1):
            self._put(sheet, at, number, column, align="right", **head)
        self._put(sheet, at, grounds, "What it rests on", align="left", indent=1, **head)
        for row, each in enumerate(front.headlines, start=at + 1):
            lines = max(-(-len(each.words) // _LABELS), -(-len(each.rests_on) // _GROUNDS))
            sheet.set_row(row, _LINE * _SIZE * lines)
            self._put(sheet, row, 0, each.words, text_wrap=True)
            for number, value in enumerate(each.figures, start=1):
                form = number_format(0 if front.unit == "£" else 1)
                self._put(sheet, row, number, value, num_format=form)
            self._put(sheet, row, grounds, each.rests_on, text_wrap=True, align="left", indent=1)

    def _add(self, sheet: Any, page: Page) -> None:
        columns, widths = page.across, _widths(page)
        sheet.freeze_panes(page.top, 0)
        sheet.repeat_rows(0, page.top - 1)
        _for_paper(sheet, upright=sum(widths) <= _PORTRAIT or page.chart is not None)
        self._put(sheet, 0, 0, page.said, bold=True, font_size=13, font_color=BLUE)
        _set_height(sheet, page.top - 1, [each.heading for each in columns], widths)
        for number, (column, wide) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(number, number, wide)
            head = {"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"}
            if column.form:
                head["align"] = "right"
            # The unit of a whole sheet stands above its labels.
            text = column.heading or (page.unit if number == 0 else "")
            self._put(sheet, page.top - 1, number, text, **head)
        if page.adds_up:
            self._add_totals(sheet, page)
        for row, cells in enumerate(page.rows, start=page.top):
            _set_height(sheet, row, cells, widths)
            total = {"bold": True, **({"top": 1} if row == page.last + 1 else {})}
            for number, (cell, column) in enumerate(zip(cells, columns, strict=True)):
                look = _shown(cell, column.form) | (total if row > page.last else {})
                if isinstance(cell, str) and len(cell) + 2 > widths[number]:
                    look["text_wrap"] = True
                if isinstance(cell, Formula):
                    places = {"row": row + 1, "first": page.top + 1, "last": page.last + 1}
                    cell = Formula(cell.text.format(**places), cell.value)
                self._put(sheet, row, number, cell, **look)
        end = page.top + len(page.rows)
        end = self._add_notes(sheet, page, end, widths)
        if page.chart is not None:
            self._add_chart(sheet, page, page.chart, end + 1)

    def _add_totals(self, sheet: Any, page: Page) -> None:
        """Above the columns, where they stay in sight however long the sheet is."""
        for number, column in enumerate(page.across):
            if column.adds_up:
                where = f"{letters(number)}{page.top + 1}:{letters(number)}{page.last + 1}"
                cell: Any = Formula(f"=SUM({where})", page.summed(number))
                self._put(sheet, 1, number, cell, bold=True, **_shown(cell, column.form))
            elif number == 0:
                self._put(sheet, 1, 0, TOTAL, bold=True)

    def _add_notes(self, sheet: Any, page: Page, row: int, widths: Sequence[int]) -> int:
        """What is said below, across the columns that fit on a page."""
        across = [n for n in range(len(widths)) if sum(widths[: n + 1]) <= _PORTRAIT] or [0]
        wide = sum(widths[: len(across)])
        look = {"text_wrap": True, "italic": True}
        for note in page.notes:
            sheet.set_row(row, _LINE * _SIZE * math.ceil(len(note) / wide))
            if len(across) > 1:
                sheet.merge_range(row, 0, row, across[-1], "", self._look(**look))
            self._put(sheet, row, 0, note, **look)
            row += 1
        return row

    def _add_chart(self, sheet: Any, page: Page, picture: SheetChart, at: int) -> None:
        """Draw below a table what its sheet says is to be drawn."""
        name, heads, last = sheet.get_name(), page.top - 1, page.top + picture.rows - 1
        first, end = picture.columns[0], picture.columns[-1]
        chart = self._book.add_chart(
            {"type": "column", "subtype": "stacked"} if picture.piled else {"type": "bar"}
        )
        if picture.piled:
            labels = [str(row[0]) for row in page.rows[: picture.rows]]
            rows = range(page.top, last + 1)
            series = [((row, 0), (row, first, row, end)) for row in rows]
            names = (heads, first, heads, end)
        else:
            labels = [page.across[column].heading for column in picture.columns]
            series = [((heads, n), (page.top, n, last, n)) for n in picture.columns]
            names = (page.top, 0, last, 0)
        for (called, values), colour in zip(series, colours(labels), strict=True):
            chart.add_series({
                "name": [name, *called], "categories": [name, *names], "values": [name, *values],
                "fill": {"color": colour}, "gap": 60,
            })  # fmt: skip
        chart.set_title({"name": page.said, "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom"})
        figures = [figure(row[n]) for row in page.rows[: picture.rows] for n in picture.columns]
        counted = {
            "name": page.unit, "num_format": "#,##0", "major_gridlines": {"visible": False},
            # Bars that do not begin at nought mislead.
            **({} if min((each or 0.0 for each in figures), default=0.0) < 0 else {"min": 0}),
        }  # fmt: skip
        if picture.piled:
            chart.set_y_axis(counted)
        else:
            chart.set_x_axis(counted)
            chart.set_y_axis({"reverse": True, "crossing": "max"})  # from above, as the table
        high = _CHART_HEIGHT + (0 if picture.piled else _CHART_ROW * picture.rows)
        chart.set_size({"width": _CHART_WIDTH, "height": high})
        sheet.insert_chart(at, 0, chart)


def _set_height(sheet: Any, row: int, cells: Sequence[Any], widths: Sequence[int]) -> None:
    """How high a row is, as not every programme finds that out of what stands in it."""
    lines = (
        len(textwrap.wrap(cell, wide - 1))
        for cell, wide in zip(cells, widths, strict=True)
        if isinstance(cell, str) and len(cell) + 2 > wide
    )
    sheet.set_row(row, _LINE * _SIZE * max(1, *lines, 1))


def _for_paper(sheet: Any, *, upright: bool) -> None:
    """A4, as wide as the sheet, with its name and the page at the foot."""
    sheet.set_paper(_A4)
    sheet.set_portrait() if upright else sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5)
    sheet.set_footer("&L&A&R&P of &N")


def _shown(cell: Any, form: Format) -> dict[str, Any]:
    """The number format of a cell."""
    value = figure(cell)
    if not form or value is None:
        return {}
    return {"num_format": form(value) if callable(form) else form}


def _widths(page: Page) -> list[int]:
    """Widths of columns: what stands in them whole, or in lines where it is long."""
    columns = list(zip(*page.rows, strict=True)) or [()] * len(page.columns)
    totals = [
        page.summed(number) if each.adds_up and page.rows else None
        for number, each in enumerate(page.across)
    ]
    widths = [
        2 + max([_head_width(each), *(len(_width_text(value)) for value in (*column, total))])
        for each, column, total in zip(page.across, columns, totals, strict=True)
    ]
    widest = _WIDEST if sum(min(wide, _WIDEST) for wide in widths) <= _CROWDED else _NARROW
    return [min(wide, widest) for wide in widths]


def _head_width(column: PageColumn) -> int:
    words = max(map(len, column.heading.split()), default=0)
    return max(words, min(len(column.heading), _HEAD))


def _width_text(value: Any) -> str:
    if isinstance(value, Formula):
        value = value.value
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:,.2f}"
    return "" if value is None else str(value)
