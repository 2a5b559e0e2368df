"""A workbook to fill in: a sheet a table, notes on every heading, lists to choose from."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from placebudget.arguments import Arguments
from placebudget.place.geography import is_blank
from placebudget.place.io.package import SHEET, settings_rows
from placebudget.place.io.reading import PlaceLike, as_place, read_folder
from placebudget.place.io.sheets import write_cell
from placebudget.place.place import Package, Place
from placebudget.place.schema import PLACE, Column, Table, schema
from placebudget.writing import file_to_write, refused_in_words, replace_with

SETTINGS_NOTES = {
    "name": "Short key of the place: lower-case letters, digits, hyphens and underscores.",
    "title": "Name of the place, as reports show it.",
    "description": "What a reader should know of the place.",
    "years": "Financial years in which money is spent, one a cell, in order: 2027-28, 2028-29 ...",
    "appraisal_years": "How many years of benefits count, from the first. Blank: the years plus "
    "the longest lag and duration of an effect, less one.",
    "discount": '"green book", "green book health", or one rate such as 0.035.',
    "price_base": "Financial year in whose prices unit costs and values stand.",
    "today_year": "Financial year of the table today: the first year, or one before it.",
}
"""What each setting means, for the first sheet."""

_NOTES_OF_OTHERS = {
    "kind": "What this workbook is; leave it.",
    "name": "Short key: lower-case letters, digits, hyphens and underscores.",
    "title": "Title, as it should be read.",
    "description": "What a reader should know of it.",
}

ROWS = 2_000
"""Rows of each sheet that have lists to choose from."""

_REQUIRED, _OPTIONAL, _INK = "12436D", "DCE6F1", "FFFFFF"
_WIDEST, _NARROWEST = 42, 11
# Excel holds no more in a list that is written out.
_LONGEST_LIST = 250


def write_template(path: str | os.PathLike[str], place: PlaceLike | None = None) -> Path:
    """Write a workbook to fill in; it reads back as the place it is filled with.

    Parameters
    ----------
    path : path or str
        The ``.xlsx`` file.
    place : Place, path or str, optional
        What it is filled with: a place, its path, or the name of an example. Default: a
        small invented place that uses every table.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    WrongArgument
        If the path is none, or does not end in ``.xlsx``.
    InvalidPlace
        If the place is none, or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> file = write_template(Path(tempfile.mkdtemp()) / "my_place.xlsx")
    >>> [each.code for each in pb.read(file).check()]
    ['placeholder-figures']
    """
    with Arguments() as asked:
        goal = asked.read(file_to_write, path, ".xlsx")
        held = starter() if place is None else asked.read(as_place, place)
    return to_fill_in(held, goal)


def to_fill_in(held: Package, goal: Path) -> Path:
    """Write a package of any kind as a workbook with notes and lists to choose from."""
    # Making a workbook takes room on disk too, before there is anything to write.
    with refused_in_words(goal):
        replace_with(goal, _workbook(held))
    return goal


def starter() -> Place:
    """The invented place the template is filled with: every table, a few rows each."""
    with as_file(files("placebudget.place") / "starter") as folder:
        return read_folder(folder)


def _workbook(place: Package) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    _add_settings(book.create_sheet(place.kind), place)
    for name, table in schema(place.kind).items():
        _add_table(book.create_sheet(name), table, place)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _add_settings(sheet: Any, place: Package) -> None:
    notes = SETTINGS_NOTES if isinstance(place, Place) else _NOTES_OF_OTHERS
    rows: dict[str, Sequence[Any]] = dict.fromkeys(notes, ())
    rows |= {name: [value] for name, value in settings_rows(place.settings, place.kind)}
    if isinstance(place, Place):
        # A year a cell, so that the lists of years can refer to them.
        rows["years"] = place.years
    for number, (name, values) in enumerate([("name", ["value"]), *rows.items()], start=1):
        for position, value in enumerate([name, *values], start=1):
            write_cell(sheet.cell(number, position), value)
        _dress(sheet.cell(number, 1), required=number == 1 or name in ("name", "years"))
        if number > 1 and name in notes:
            _annotate(sheet.cell(number, 1), notes[name])
    _dress(sheet.cell(1, 2), required=True)
    _as_text(sheet, range(1, 13), width=14)
    sheet.column_dimensions["A"].width = 20
    sheet.freeze_panes = "B2"


def _add_table(sheet: Any, table: Table, place: Package) -> None:
    from openpyxl.utils import get_column_letter

    frame = place.tables[table.name]
    for position, column in enumerate(table.columns, start=1):
        head = sheet.cell(1, position)
        write_cell(head, column.name)
        _dress(head, required=column.required)
        _annotate(head, note(table, column))
        values = frame[column.name].tolist()
        for number, value in enumerate(values, start=2):
            if not is_blank(value):
                write_cell(sheet.cell(number, position), _shown(value))
        longest = max((len(str(value)) for value in values if not is_blank(value)), default=0)
        width = max(_NARROWEST, len(column.name) + 2, min(_WIDEST, longest + 2))
        if column.type in ("string", "year", "boolean"):
            _as_text(sheet, [position], width)
        else:
            sheet.column_dimensions[get_column_letter(position)].width = width
        rule = _validation(column, place)
        if rule is not None:
            letter = get_column_letter(position)
            rule.add(f"{letter}2:{letter}{ROWS}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"


def note(table: Table, column: Column) -> str:
    """What a heading's note says: what the column means, its unit, its values, its blank."""
    parts = [column.description]
    if column.name == table.columns[0].name:
        parts.insert(0, table.description)
    if column.unit:
        parts.append(f"Unit: {column.unit}.")
    if column.allowed:
        parts.append(f"One of: {', '.join(column.allowed)}.")
    if column.type == "boolean":
        parts.append("yes or no.")
    if column.type == "year":
        parts.append("Written as 2027-28.")
    if column.refers:
        parts.append(f"A key of the sheet {column.refers.split('.')[0]}.")
    if column.required:
        parts.append("Must be filled in.")
    elif column.default is not None:
        parts.append(f"Blank: {_shown(column.default)}.")
    if column.example is not None:
        parts.append(f"For example: {_shown(column.example)}")
    return "\n".join(parts)


def _validation(column: Column, place: Package) -> Any:
    """A list to choose from, or the range of a number; keys may be written before they exist."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if column.allowed or column.type == "boolean":
        words = ",".join(column.allowed or ("yes", "no"))
        if len(words) > _LONGEST_LIST:
            return None
        return _saying(
            DataValidation(type="list", formula1=f'"{words}"', allow_blank=True),
            "Choose one of the words in the list.",
        )
    if column.refers or (column.type == "year" and place.kind == PLACE):
        formula = _keys_of(column.refers, place.kind) if column.refers else _years()
        rule = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
        return _saying(rule, "It is not in the list yet. Keep it all the same?")
    if column.type in ("number", "integer"):
        return _number_range(column)
    return None


def _number_range(column: Column) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    least = column.minimum if column.minimum is not None else column.above
    kind = "whole" if column.type == "integer" else "decimal"
    if least is not None and column.maximum is not None:
        limits = {
            "operator": "between",
            "formula1": f"{least:g}",
            "formula2": f"{column.maximum:g}",
        }
        wanted = f"a number from {least:g} to {column.maximum:g}"
    elif least is not None:
        operator = "greaterThanOrEqual" if column.minimum is not None else "greaterThan"
        limits = {"operator": operator, "formula1": f"{least:g}"}
        wanted = f"a number of {least:g} or more" if column.minimum is not None else "above 0"
    else:
        return None
    rule = DataValidation(type=kind, allow_blank=True, **limits)
    unit = f" ({column.unit})" if column.unit else ""
    return _saying(rule, f"Write {wanted}{unit}.")


def _saying(rule: Any, text: str) -> Any:
    rule.showErrorMessage = True
    rule.errorTitle, rule.error = "Does not fit", text[:250]
    return rule


def _keys_of(refers: str | None, kind: str) -> str:
    from openpyxl.utils import get_column_letter

    table, field = str(refers).split(".")
    letter = get_column_letter(schema(kind)[table].names.index(field) + 1)
    return f"{table}!${letter}$2:${letter}${ROWS}"


def _years() -> str:
    row = 2 + list(SETTINGS_NOTES).index("years")
    return f"{SHEET}!$B${row}:$M${row}"


def _as_text(sheet: Any, positions: Any, width: float) -> None:
    """Columns whose empty cells take what is typed as text: a year stays a year."""
    from openpyxl.utils import get_column_letter

    for position in positions:
        dimension = sheet.column_dimensions[get_column_letter(position)]
        dimension.number_format = "@"
        dimension.width = width


def _dress(cell: Any, *, required: bool) -> None:
    from openpyxl.styles import Font, PatternFill

    cell.font = Font(bold=True, color=_INK if required else None)
    cell.fill = PatternFill("solid", fgColor=_REQUIRED if required else _OPTIONAL)


def _annotate(cell: Any, text: str) -> None:
    from openpyxl.comments import Comment

    cell.comment = Comment(text, "placebudget", height=60 + 18 * (len(text) // 40), width=320)


def _shown(value: Any) -> Any:
    """Booleans as people write them; whole numbers without a decimal point."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
