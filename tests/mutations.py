"""Places with a few cells, rows or files spoilt, the way hands and spreadsheets spoil them.

Everything follows from a seed, so that what was found once is found again.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import random
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook

from placebudget.place import Place

Files = dict[str, bytes]

NUMBERS = (
    *("0", "-1", "1", "0.5", "1e-9", "1e-5", "1e6", "1e9", "1e12", "1e15", "1e308", "-0.0"),
    *(
        "nan",
        "inf",
        "-inf",
        "£1,234.50",
        "(500)",
        "1.2m",
        "£3bn",
        "12%",
        "150%",
        "1,000",
        "1.234,5",
    ),
    *(
        "0x10",
        "٣",
        "1e999",
        "9" * 400,
        "1_000",
        "−5",
        "=1+1",
        "#REF!",
        "TRUE",
        "2",
        "3",
        "200",
        "1e4",
    ),
)
TEXTS = (
    *(
        "",
        " ",
        "=1+1",
        "@x",
        "<script>alert(1)</script>",
        '"',
        "'",
        "a;b",
        "a|b",
        "a=b",
        ",",
        "&amp;",
    ),
    *(
        "\u202eabc",
        "\u200b",
        "x" * 10_000,
        "pooled",
        "direct",
        "place",
        "aligned",
        "Ynys Môn",
        "\x07",
    ),
    *("2027-28", "2011-12", "Dec-11", "9999-00", "0000", "2027-29", "yes", "no", "perhaps", "NA"),
    *("service=treatment", "area=nowhere", "tier=x; outcome=y", "law", "floor", "equity_floor"),
    *("capital", "national", "statutory", "nan", "None", "null", "\ufeff", "\u00a0", "{}", "[]"),
)
CELLS = (
    *(0, 1, -1, 0.5, 1e-9, 1e12, 1e300, 2027, 46_478, True, False, "#REF!", "#N/A", " "),
    *(datetime.datetime(2027, 4, 1), datetime.date(2011, 12, 1), datetime.time(5, 30)),
    datetime.timedelta(days=400, hours=5),
)
SETTINGS: tuple[tuple[str, object], ...] = (
    ("years", []),
    ("years", ["2027-28"]),
    ("years", ["2027-28", "2027-28"]),
    ("years", ["2028-29", "2027-28"]),
    ("years", "2027-28"),
    ("years", [None]),
    ("years", ["2290-91", "2291-92"]),
    ("appraisal_years", 0),
    ("appraisal_years", 10**9),
    ("appraisal_years", "ten"),
    ("appraisal_years", 30),
    ("discount", 0.99),
    ("discount", -1),
    ("discount", "green book health"),
    ("discount", [[5, 0.1], [3, 0.2]]),
    ("discount", [[1, 0.5]]),
    ("discount", {"a": 1}),
    ("discount", True),
    ("price_base", "1900-01"),
    ("price_base", "2300-01"),
    ("price_base", 2020),
    ("today_year", "2026-27"),
    ("today_year", "2030-31"),
    ("name", "../evil"),
    ("name", 5),
    ("title", "<b>" * 400),
    ("title", None),
)


def mutated(place: Path, seed: int) -> Files:
    """The files of a place's folder with one to five things spoilt."""
    chance = random.Random(seed)
    files = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    for _ in range(chance.choice((1, 2, 2, 3, 4, 5))):
        chance.choices(*zip(*SPOILING, strict=True))[0](files, chance)
    return files


def mutated_workbook(book: bytes, seed: int) -> bytes:
    """A workbook with one to five cells, rows or sheets spoilt."""
    chance = random.Random(seed)
    held = load_workbook(io.BytesIO(book))
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        sheet = chance.choice(held.worksheets)
        row, column = chance.randint(1, sheet.max_row), chance.randint(1, sheet.max_column)
        cell = sheet.cell(row, column)
        what = chance.choice(
            ("value",) * 6 + ("row", "column", "hide", "merge", "rename", "format")
        )
        if what == "value":
            cell.value = chance.choice((*CELLS, chance.choice(NUMBERS[:-13]), "=A1+1", None))
            if isinstance(cell.value, str) and chance.random() < 0.5:
                cell.data_type = "s"
        elif what == "row":
            chance.choice((sheet.delete_rows, sheet.insert_rows))(row)
        elif what == "column":
            chance.choice((sheet.delete_cols, sheet.insert_cols))(column)
        elif what == "hide":
            sheet.sheet_state = chance.choice(("hidden", "veryHidden", "visible"))
        elif what == "merge":
            sheet.merge_cells(start_row=row, end_row=row + 1, start_column=1, end_column=2)
        elif what == "rename":
            sheet.title = chance.choice(("Sheet1", sheet.title, sheet.title.upper(), "needs 2"))
        else:
            cell.number_format = chance.choice(("0%", "yyyy-mm-dd", "@", "#,##0,", "[h]:mm"))
    held.worksheets[0].sheet_state = "visible"
    packed = io.BytesIO()
    held.save(packed)
    return packed.getvalue()


def mutated_place(place: Place, seed: int) -> Place:
    """A place in memory with numbers and words of its tables exchanged or scaled."""
    chance = random.Random(seed)
    tables = {}
    for _ in range(chance.randint(1, 4)):
        name = chance.choice([name for name, frame in place.tables.items() if len(frame)])
        frame = tables.get(name, place.tables[name]).copy()
        column = chance.choice(list(frame.columns))
        rows = chance.sample(range(len(frame)), min(len(frame), chance.choice((1, 1, 3))))
        for row in rows:
            if str(frame[column].dtype) == "float64":
                factor = chance.choice((0, 0.5, 2, 10, 1e-3, 1e3, -1, 1.0001, 1e-6, 1e6))
                frame.loc[row, column] = frame.loc[row, column] * factor
            else:
                frame.loc[row, column] = frame.loc[chance.randrange(len(frame)), column]
        tables[name] = frame
    return place.with_(**tables)


def _rows(files: Files, chance: random.Random) -> tuple[str, list[list[str]]]:
    name = chance.choice(sorted(name for name in files if name.endswith(".csv")))
    text = files[name].decode("utf-8", "replace")
    return name, list(csv.reader(text.replace("\r", "\n").splitlines()))


def _write(files: Files, name: str, rows: list[list[str]]) -> None:
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows(rows)
    files[name] = held.getvalue().encode("utf-8", "replace")


def _cell(files: Files, chance: random.Random) -> None:
    name, rows = _rows(files, chance)
    if len(rows) < 2 or not rows[0]:
        return
    row = chance.randrange(1, len(rows))
    column = chance.randrange(len(rows[row])) if rows[row] else 0
    if not rows[row]:
        return
    column_cells = [line[column] for line in rows[1:] if column < len(line)]
    rows[row][column] = chance.choice(
        (chance.choice(NUMBERS), chance.choice(TEXTS), chance.choice(column_cells), "")
    )
    _write(files, name, rows)


def _number(files: Files, chance: random.Random) -> None:
    """A number where there is one, or where one could stand."""
    name, rows = _rows(files, chance)
    places = [
        (r, c)
        for r, row in enumerate(rows[1:], start=1)
        for c, cell in enumerate(row)
        if cell and cell.replace(".", "").replace("-", "").isdigit()
    ]
    if places:
        row, column = chance.choice(places)
        old = float(rows[row][column]) if rows[row][column].count("-") == 0 else 1.0
        scaled = repr(old * chance.choice((0, 1e-3, 0.1, 0.5, 1.5, 10, 1e3, 1e6)))
        rows[row][column] = chance.choice((chance.choice(NUMBERS), scaled, scaled))
        _write(files, name, rows)


def _row(files: Files, chance: random.Random) -> None:
    name, rows = _rows(files, chance)
    if len(rows) < 2:
        return
    row = chance.randrange(1, len(rows))
    what = chance.choice(("drop", "double", "swap", "cut", "lengthen", "blank"))
    if what == "drop":
        del rows[row]
    elif what == "double":
        rows.append(list(rows[row]))
    elif what == "swap":
        rows[0], rows[row] = rows[row], rows[0]
    elif what == "cut":
        rows[row] = rows[row][:-1]
    elif what == "lengthen":
        rows[row] = [*rows[row], chance.choice(TEXTS)]
    else:
        rows[row] = ["" for _ in rows[row]]
    _write(files, name, rows)


def _column(files: Files, chance: random.Random) -> None:
    name, rows = _rows(files, chance)
    if not rows or not rows[0]:
        return
    column = chance.randrange(len(rows[0]))
    what = chance.choice(("drop", "rename", "same", "blank"))
    if what == "drop":
        rows = [row[:column] + row[column + 1 :] for row in rows]
    elif what == "rename":
        rows[0][column] = chance.choice((*TEXTS, rows[0][0].upper(), " " + rows[0][column]))
    else:
        value = "" if what == "blank" else chance.choice((*NUMBERS, *TEXTS))
        rows = [rows[0], *([*row[:column], value, *row[column + 1 :]] for row in rows[1:])]
    _write(files, name, rows)


def _bytes(files: Files, chance: random.Random) -> None:
    name = chance.choice(sorted(files))
    content = bytearray(files[name])
    for _ in range(chance.choice((1, 1, 5))):
        if content:
            content[chance.randrange(len(content))] = chance.randrange(256)
    files[name] = bytes(content)


def _whole_file(files: Files, chance: random.Random) -> None:
    name = chance.choice(sorted(files))
    text = files[name].decode("utf-8", "replace")
    what = chance.choice(("drop", "empty", "encode", "ends", "rename", "cut", "semicolons"))
    if what == "drop":
        del files[name]
    elif what == "empty":
        files[name] = b""
    elif what == "encode":
        codec = chance.choice(("utf-16", "utf-8-sig", "latin-1", "utf-16-le", "cp1252"))
        files[name] = text.encode(codec, "replace")
    elif what == "ends":
        files[name] = text.replace("\n", chance.choice(("\r\n", "\r", "\n\n"))).encode()
    elif what == "rename":
        files[chance.choice(("sums.csv", "Funding.csv", "rules.csv", "x.txt"))] = files.pop(name)
    elif what == "cut":
        files[name] = files[name][: chance.randrange(len(files[name]) + 1)]
    else:
        files[name] = text.replace(",", ";").encode()


def _setting(files: Files, chance: random.Random) -> None:
    try:
        package = json.loads(files["datapackage.json"])
        name, value = chance.choice(SETTINGS)
        package[name] = value
        files["datapackage.json"] = json.dumps(package).encode()
    except (KeyError, ValueError, TypeError):
        files["datapackage.json"] = chance.choice((b"", b"{", b"[1]", b"null", b"5"))


SPOILING: tuple[tuple[Callable[[Files, random.Random], None], int], ...] = (
    (_cell, 6),
    (_number, 6),
    (_row, 2),
    (_column, 2),
    (_bytes, 1),
    (_whole_file, 1),
    (_setting, 1),
)
