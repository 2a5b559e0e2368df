"""A plan as a workbook: a first sheet that says what it is, then a sheet a table."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.colours import BLUE, colours
from placebudget.paths import file_to_write
from placebudget.place.io.sheets import FORMULA_STARTS, escaped
from placebudget.plan.plan import Plan
from placebudget.plan.record.record import option_in_words, option_name
from placebudget.plan.summary import summarised
from placebudget.plan.worded_table import NameOf, heading, named_by, worded
from placebudget.words import count, money, percent, plain, sentence
from placebudget.writing import replace_file

_WIDEST, _FRONT = 60, 74  # letters
_LONGEST_TITLE = 31
ADMITTED = {"findings": "What it must admit", "figures": "Figures of what it must admit"}
_FONT, _SIZE = "Calibri", 11
_A4 = 9  # what workbooks call it
_PORTRAIT = 100  # letters: how much fits across an A4 sheet that stands
_CHART_WIDTH, _CHART_HEIGHT, _CHART_ROW = 20.0, 9.0, 0.6  # centimetres
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
WITHOUT_END = "no end found"
FIRST, MADE = "Read this first", "How it was made"
MODEL = "This is a model. It ranks options using the figures of the place. The board decides."
Format = str | Callable[[float], str]


def number_format(digits: int, most: int | None = None) -> str:
    """A number format with so many decimals, and where there are more, at most so many.

    Examples
    --------
    >>> number_format(2), number_format(0), number_format(1, 6)
    ('#,##0.00', '#,##0', '#,##0.0#####')
    """
    more = "#" * ((most or digits) - digits)
    return "#,##0" + (f".{'0' * digits}{more}" if digits else "")


def count_format(value: float) -> str:
    """The number format in which a cell reads as :func:`placebudget.words.count` writes it.

    Examples
    --------
    >>> count_format(13546.7), count_format(9.4)
    ('#,##0', '#,##0.0')
    """
    return number_format(len(count(value).partition(".")[2]))


def percent_format(value: float) -> str:
    """The number format in which a share reads as :func:`placebudget.words.percent` writes it.

    Examples
    --------
    >>> percent_format(0.44), percent_format(0.123), percent_format(0.0087)
    ('#,##0%', '#,##0.0%', '#,##0.00%')
    """
    return number_format(len(percent(value).removesuffix("%").partition(".")[2])) + "%"


def as_it_is(value: float) -> str:
    """The number format of a figure of a table: what decimals it has, six at most, two if large."""
    if abs(value) >= 1000 and math.isfinite(value):
        return number_format(0) if float(value).is_integer() else number_format(2)
    return number_format(0) if float(value).is_integer() else number_format(1, 6)


POUNDS = number_format(2)
_FORMATS: dict[str, Format] = {
    "pounds": POUNDS,
    "share": percent_format,
    "number": as_it_is,
    "": "",
}


@dataclass(frozen=True)
class SheetChart:
    """A chart of a sheet, Excel's own, so that it follows the figures.

    Parameters
    ----------
    rows : int
        How many rows are parts, from the first on.
    columns : sequence of int
        Numbers of the columns that are drawn, after the first.
    piled : bool
        Whether the parts of a column stand on one another; else beside the others of their row.
    """

    rows: int
    columns: Sequence[int]
    piled: bool


@dataclass(frozen=True)
class Page:
    """A sheet of a workbook.

    Parameters
    ----------
    title : str
        Name of the sheet; made to fit.
    header : sequence of str
        The first row, which stays in sight.
    rows : sequence of sequences
        Texts, numbers, truth values; None is a blank cell.
    formats : sequence of str or callable
        Number format of each column, or what gives that of a figure; blank for none.
    chart : SheetChart, optional
        What of it is drawn below.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    formats: Sequence[Format] = field(default=())
    chart: SheetChart | None = None


@dataclass(frozen=True)
class Front:
    """The first sheet of a workbook, for people.

    Parameters
    ----------
    title : str
        What the workbook is about.
    about : str
        What this is.
    parts : mapping of str to sequence of str
        What is said under each heading, a sentence each.
    """

    title: str
    about: str
    parts: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, title: str, about: str, headlines: Sequence[str], rests_on: Sequence[str]) -> Front:
        """One that says figures and findings, and what they rest on."""
        return cls(title, about, {"Headline figures": headlines, "What it rests on": rests_on})


def write_workbook(plan: Plan, path: str | os.PathLike[str]) -> Path:
    """Write a plan as ``.xlsx``.

    The first sheet is for people, with links to the others: the tables of the plan in
    words, how it was made (place, option, objective, status, hash and versions), and what
    the keys of its tables for machines mean. Numbers are numbers; text is never a formula.

    Parameters
    ----------
    plan : Plan
        Any plan.
    path : path or str
        The file, written beside its place and renamed.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    WrongArgument
        If the path is none, or does not end in ``.xlsx``.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> plan = pb.simulate(pb.example("toy_pooling"))
    >>> write_workbook(plan, Path(tempfile.mkdtemp()) / "today.xlsx").name
    'today.xlsx'
    """
    name_of = named_by(plan.labels)
    units = {"prices": plan.objective.unit, "needs": "units of the service"}
    tables = [
        table_page(name, frame, name_of, units.get(name, "")) for name, frame in plan.tables.items()
    ]
    keys = [Page(f"Keys of {name}", *_as_it_is(frame)) for name, frame in plan.labels.items()]
    made = Page(MADE, ["What", "Value"], list(facts(plan)), ["", count_format])
    return write_pages([*admitted_pages(plan), *tables, made, *keys], path, front_of(plan))


def admitted_pages(plan: Plan) -> Iterator[Page]:
    """What the plan must admit, and its figures; nothing where the place is not at hand."""
    found = plan.known_findings
    if found is not None:
        for name, frame in found.tables.items():
            yield table_page(ADMITTED[name], frame, found.name_of)


def front_of(plan: Plan) -> Front:
    """The first sheet of one plan."""
    said = summarised(plan)
    known = plan.place["figures"].items()
    return Front.of(
        said.title,
        f"A plan of a model, with a sheet for each of its tables. {MODEL}",
        [sentence(each) for each in said.sentences],
        [
            f"Money is cash of each year; values are in {plan.place['price_base']} prices.",
            *(
                f"Funding from figures that are {status}: {money(amount)}."
                for status, amount in known
            ),
            f"The sheet “{MADE}” says how it was made; the sheets of keys, what tables of "
            "machines call things.",
        ],
    )


def _as_it_is(frame: pd.DataFrame) -> tuple[list[str], list[tuple[Any, ...]]]:
    columns = [frame[name].tolist() for name in frame.columns]
    return list(map(heading, frame.columns)), list(zip(*columns, strict=True))


def facts(plan: Plan) -> Iterator[tuple[str, Any]]:
    """What a plan is and how it was made, as rows of a name and a value."""
    place, run = plan.place, plan.run
    yield "place", place["title"]
    yield "option", plan.option or "the place as it is"
    yield "plan", plan.name
    yield "status", plan.status
    for each in plan.objectives:
        yield f"objective: {each.name}, {each.unit}", each.value
    first, last = place["years"][0], place["years"][-1]
    yield "years of money", first if first == last else f"{first} to {last}"
    yield "benefits counted to", place["appraisal_years"][-1]
    yield "price base", place["price_base"]
    for status, amount in place["figures"].items():
        yield f"funding from figures that are {status}, pounds", amount
    yield "hash of inputs", run["inputs"]
    yield "solver", run["solver"] or "none: simulated"
    yield "time taken, seconds", run["seconds"]
    for name, value in run["options"].items():
        yield f"asked for: {option_name(name)}", option_in_words(name, value)
    for name, version in run["versions"].items():
        yield f"version of {name}", version
    for key, title in (
        ("rules_not_kept", "rule not kept"),
        ("conditions_not_kept", "condition not kept"),
    ):
        for each in run.get(key, ()):
            yield title, each


def table_page(title: str, frame: pd.DataFrame, name_of: NameOf, unit: str = "") -> Page:
    """A table as a sheet for people: names for keys, words and units in headings.

    Parameters
    ----------
    title : str
        What it is called; made to words.
    frame : DataFrame
        The table.
    name_of : callable
        Names of its keys.
    unit : str
        What its figures are counted in, where no column says that.
    """
    heads, columns, kinds = zip(*worded(frame, name_of, unit), strict=True)
    formats: list[Format] = [_FORMATS[kind] for kind in kinds]
    return Page(sentence(plain(title)), heads, list(zip(*columns, strict=True)), formats)


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
    from openpyxl import Workbook

    goal = file_to_write(path, ".xlsx")
    book = Workbook(write_only=True)
    pages = list(pages)
    if front is not None:
        _add_front(book, front, [_named(page) for page in pages])
    for page in pages:
        _add(book, page)
    replace_file(goal, book.save)
    return goal


def _named(page: Page) -> str:
    return page.title.translate(_FORBIDDEN)[:_LONGEST_TITLE]


def _add_front(book: Any, front: Front, sheets: Sequence[str]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.create_sheet(FIRST)
    sheet.column_dimensions["A"].width = _FRONT
    _for_paper(sheet, upright=True)
    heads = {"size": 13, "bold": True, "color": BLUE.lstrip("#")}
    rows: list[tuple[str, dict[str, Any]]] = [
        (front.title, {"size": 16, "bold": True}), (front.about, {})
    ]  # fmt: skip
    for title, lines in front.parts.items():
        rows += [("", {}), (title, heads), *((line, {}) for line in lines)]
    rows += [("", {}), ("Sheets", heads)]
    linked = {"underline": "single", "color": "0563C1"}
    first = len(rows) + 1
    for number, (text, font) in enumerate([*rows, *((name, linked) for name in sheets)], start=1):
        size = font.get("size", _SIZE)
        # Said, as not every programme finds it out.
        high = math.ceil(len(text) * size / _SIZE / _FRONT) or 1
        sheet.row_dimensions[number].height = 1.35 * size * high
        cell = _cell(sheet, text, "", WriteOnlyCell)
        cell.font = Font(name=_FONT, **font)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([cell])
    for number, name in enumerate(sheets, start=first):
        goal = name.replace("'", "''")
        sheet._hyperlinks.append(Hyperlink(ref=f"A{number}", location=f"'{goal}'!A1"))


def _for_paper(sheet: Any, *, upright: bool) -> None:
    """A4, as wide as the sheet, with its name and the page at the foot."""
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.orientation = "portrait" if upright else "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P of &N"


def _add(book: Any, page: Page) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(_named(page))
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    formats: list[Format] = [*page.formats, *[""] * (len(page.header) - len(page.formats))]
    widths = _widths(page)
    _for_paper(sheet, upright=sum(widths) <= _PORTRAIT or page.chart is not None)
    for number, wide in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = wide
    heads = [_cell(sheet, name, "", WriteOnlyCell) for name in page.header]
    for head in heads:
        head.font = Font(name=_FONT, bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="bottom")
        head.border = Border(bottom=Side(style="medium"))
    sheet.append(heads)
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(page.rows, start=2):
        if page.chart is not None:
            # Said, as where the chart begins is found out before how high rows are.
            text = max(-(-len(str(row[0])) // int(widths[0] - 2)), 1)
            sheet.row_dimensions[number].height = 1.35 * _SIZE * text
        cells = [
            _cell(sheet, value, form, WriteOnlyCell)
            for value, form in zip(row, formats, strict=True)
        ]
        for cell, value, wide in zip(cells, row, widths, strict=True):
            if isinstance(value, str) and len(value) + 2 > wide:
                cell.alignment = wrapped
        sheet.append(cells)
    if page.chart is not None:
        _add_chart(sheet, page, page.chart)


def _add_chart(sheet: Any, page: Page, picture: SheetChart) -> None:
    """Draw below a table what its sheet says is to be drawn."""
    from openpyxl.chart import BarChart, Reference

    chart, last = BarChart(), picture.rows + 1
    chart.type = "col" if picture.piled else "bar"
    chart.title, chart.legend.position, chart.gapWidth = page.header[0], "b", 60
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.numFmt, chart.y_axis.majorGridlines = "#,##0", None
    columns = [number + 1 for number in picture.columns]
    first, end = columns[0], columns[-1]
    if picture.piled:
        chart.grouping, chart.overlap = "stacked", 100
        for row in range(2, last + 1):
            part = Reference(sheet, min_row=row, min_col=1, max_col=end)
            chart.add_data(part, from_rows=True, titles_from_data=True)
        chart.set_categories(Reference(sheet, min_row=1, min_col=first, max_col=end))
    else:
        chart.x_axis.scaling.orientation = "maxMin"  # as the table has them, from above
        for column in columns:
            plan = Reference(sheet, min_row=1, max_row=last, min_col=column)
            chart.add_data(plan, titles_from_data=True)
        chart.set_categories(Reference(sheet, min_row=2, max_row=last, min_col=1))
    labels = [row[0] for row in page.rows[: picture.rows]]
    labels = labels if picture.piled else [page.header[number] for number in picture.columns]
    for drawn, colour in zip(chart.series, colours(labels), strict=True):
        drawn.graphicalProperties.solidFill = colour.lstrip("#")
    chart.width = _CHART_WIDTH
    chart.height = _CHART_HEIGHT + (0.0 if picture.piled else _CHART_ROW * picture.rows)
    sheet.add_chart(chart, f"A{len(page.rows) + 3}")


def _widths(page: Page) -> list[float]:
    """Widths of columns: what stands in them whole, or in lines of the widest that is shown."""
    columns = list(zip(*page.rows, strict=True)) or [()] * len(page.header)
    return [
        min(_WIDEST, 2 + max([len(str(name)), *(len(_width_text(value)) for value in column)]))
        for name, column in zip(page.header, columns, strict=True)
    ]


def _width_text(value: Any) -> str:
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:,.2f}"
    return "" if value is None else str(value)


def _cell(sheet: Any, value: Any, form: Format, make: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        value = None if math.isnan(value) else WITHOUT_END
    cell = make(sheet)
    if isinstance(value, str):
        cell.value = escaped(value)
        # Stored as text, whatever it starts with; the prefix keeps it so when it is edited.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA_STARTS)
        return cell
    cell.value = value
    if form and value is not None:
        cell.number_format = form(value) if callable(form) else form
    return cell
