"""A plan as a workbook: a first sheet that says what it is, then a sheet a table."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.place.goals import file_to_write
from placebudget.place.replacing import replace_file
from placebudget.place.sheet_cells import FORMULA_STARTS, escaped
from placebudget.plan.plan import Plan
from placebudget.plan.record_words import option_in_words, option_name
from placebudget.words import count

_POUNDS = (
    *("amount", "gross", "management_cost", "spent", "unspent"),
    *("funding", "carried_in", "direct", "contributed", "carried_out", "idle", "cost"),
    *("fiscal", "economic", "social", "cashable", "discounted_fiscal", "discounted_cashable"),
)
_WIDEST = 60
_LONGEST_TITLE = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
WITHOUT_END = "no end found"
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


def as_it_is(value: float) -> str:
    """The number format of a figure of a table: what decimals it has, six at most."""
    return number_format(0) if float(value).is_integer() else number_format(1, 6)


POUNDS = number_format(2)


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
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    formats: Sequence[Format] = field(default=())


def write_workbook(plan: Plan, path: str | os.PathLike[str]) -> Path:
    """Write a plan as ``.xlsx``.

    The first sheet says place, option, objective, status, hash and versions; then
    come the tables of the plan and, under names, what their keys mean. Numbers are
    numbers; text is never a formula.

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
    about = Page("plan", ["what", "value"], list(facts(plan)), ["", count_format])
    tables = [table_page(name, frame) for name, frame in plan.tables.items()]
    names = [table_page(f"names of {name}", frame) for name, frame in plan.labels.items()]
    return write_pages([about, *tables, *names], path)


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
        for sentence in run.get(key, ()):
            yield title, sentence


def table_page(title: str, frame: pd.DataFrame) -> Page:
    """A table as a sheet: pounds to the penny, other numbers with what decimals they have."""
    numeric = [pd.api.types.is_float_dtype(kind) for kind in frame.dtypes]
    formats: list[Format] = [
        (POUNDS if name in _POUNDS else as_it_is) if number else ""
        for name, number in zip(frame.columns, numeric, strict=True)
    ]
    columns = [frame[name].tolist() for name in frame.columns]
    return Page(title, list(frame.columns), list(zip(*columns, strict=True)), formats)


def write_pages(pages: Iterable[Page], path: str | os.PathLike[str]) -> Path:
    """Write sheets as one workbook.

    Parameters
    ----------
    pages : iterable of Page
        Sheets in order.
    path : path or str
        The file.

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
    for page in pages:
        _add(book, page)
    replace_file(goal, book.save)
    return goal


def _add(book: Any, page: Page) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(page.title.translate(_FORBIDDEN)[:_LONGEST_TITLE])
    sheet.freeze_panes = "A2"
    formats: list[Format] = [*page.formats, *[""] * (len(page.header) - len(page.formats))]
    for number, (name, wide) in enumerate(zip(page.header, _widths(page), strict=True), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(wide, len(str(name)) + 2)
    heads = [_cell(sheet, name, "", WriteOnlyCell) for name in page.header]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for row in page.rows:
        sheet.append(
            [
                _cell(sheet, value, form, WriteOnlyCell)
                for value, form in zip(row, formats, strict=True)
            ]
        )


def _widths(page: Page) -> list[float]:
    columns = list(zip(*page.rows, strict=True)) or [()] * len(page.header)
    return [
        min(_WIDEST, 2 + max((len(_width_text(value)) for value in column), default=0))
        for column in columns
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
