"""One trouble gets one answer at every door: it is read, read and said, or refused in words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pandas as pd
import pytest

import placebudget as pb
from by_hand import FILES, archive, folder, workbook
from placebudget.apps.files import uploaded_place
from placebudget.errors import PlaceBudgetError
from placebudget.place import Place, read, write_template
from placebudget.place.io.loose import MONEY, POOL_LINES, POOL_SHARES, read_loose
from placebudget.texts import shown
from placebudget.view.studies import STUDIES
from placebudget.work.asking import table_of
from proof import ALL

KEY, FIGURE = "key", "figure"
# It is long to write and read, and read by what reads a workbook, into which all cells go.
LONG = "a template that was filled in"
STREAMS, FUNDING = "stream,agency,raised,carry_forward\n", "stream,year,amount\n"


@dataclass(frozen=True)
class Refused:
    """That a door does not take something, and why."""

    why: str


Outcome = tuple[Any, bool] | Refused
Door = Callable[[Path, str, str], Outcome]


def text_of(kind: str, cell: str) -> dict[str, str]:
    """The files of a place with the cell in it."""
    quoted = f'"{cell}"'
    if kind == FIGURE:
        return {"funding.csv": f"{FUNDING}tax,2027-28,{quoted}\n"}
    return {
        "streams.csv": f"{STREAMS}{quoted},council,local,0.1\n",
        "funding.csv": f"{FUNDING}{quoted},2027-28,100000\n",
    }


def in_book(kind: str, cell: str, book: Any) -> None:
    if kind == FIGURE:
        book["funding"]["C2"] = cell
    else:
        book["streams"]["A2"] = book["funding"]["A2"] = cell


def seen(kind: str, place: Place) -> Outcome:
    """What a place holds, and whether anything is said of it."""
    place.check().raise_if_errors()
    said = any(finding.code == "read-as" for finding in place.check())
    return place.streams["stream"][0] if kind == KEY else place.funding["amount"][0], said


def by_folder(home: Path, kind: str, cell: str) -> Outcome:
    return seen(kind, read(folder(home / "p", text_of(kind, cell))))


def by_zip(home: Path, kind: str, cell: str) -> Outcome:
    return seen(kind, read(archive(home / "p.zip", {**FILES, **text_of(kind, cell)})))


def by_workbook(home: Path, kind: str, cell: str) -> Outcome:
    return seen(kind, read(workbook(home / "p.xlsx", partial(in_book, kind, cell))))


def by_upload(home: Path, kind: str, cell: str) -> Outcome:
    content = workbook(home / "p.xlsx", partial(in_book, kind, cell)).read_bytes()
    return seen(kind, uploaded_place("p.xlsx", len(content), content))


@cache
def good_template() -> bytes:
    """The workbook that people fill in, with a good place, whose making takes long."""
    with TemporaryDirectory() as home:
        file = Path(home) / "template.xlsx"
        write_template(file, read(folder(Path(home) / "good")))
        return file.read_bytes()


def by_template(home: Path, kind: str, cell: str) -> Outcome:
    file = home / "template.xlsx"
    book = openpyxl.load_workbook(BytesIO(good_template()))
    for name in ("funding",) if kind == FIGURE else ("streams", "funding"):
        heads = [head.value for head in book[name][1]]
        column = heads.index("amount" if kind == FIGURE else "stream") + 1
        book[name].cell(2, column).value = cell
    book.save(file)
    return seen(kind, read(file))


def by_editor(home: Path, kind: str, cell: str) -> Outcome:
    name, column = ("funding", 2) if kind == FIGURE else ("streams", 0)
    editor = pb.widgets.table_editor(read(folder(home / "good")), name)
    (row,) = editor.rows
    names = [each["name"] for each in editor.columns]
    editor.rows = [[*row[:column], cell, *row[column + 1 :]]]
    wrong = [each for each in editor.findings if each["column"] == names[column]]
    errors = [each["text"] for each in wrong if each["severity"] == "error"]
    if errors:
        return Refused("\n".join(f"row 2: {text}" for text in errors))
    frame = editor.place.tables[name]
    said = any("is read as" in each["text"] for each in wrong)
    return frame["amount" if kind == FIGURE else "stream"][0], said


def by_frames(home: Path, kind: str, cell: str) -> Outcome:
    place = read(folder(home / "good"))
    tables = {name: frame.astype(object) for name, frame in place.tables.items()}
    if kind == FIGURE:
        tables["funding"]["amount"] = [cell]
    else:
        tables["streams"]["stream"] = tables["funding"]["stream"] = [cell]
    return seen(kind, replace(place, tables=tables))


def loose(name: str, heads: Mapping[str, str], kind: str, cell: str) -> str:
    """A table of one row, with the cell where such a cell stands."""
    cells = {**heads, name: f'"{cell}"'}
    return f"{','.join(cells)}\n{','.join(cells.values())}\n"


def by_file(table: Any, names: Mapping[str, str], heads: Mapping[str, str]) -> Door:
    def door(home: Path, kind: str, cell: str) -> Outcome:
        file = home / "loose.csv"
        file.write_text(loose(names[kind], heads, kind, cell), "utf-8")
        found = read_loose(file, table)
        return found.frame[names[kind]].iloc[0], bool(found.remarks)

    return door


FLOW = {"start": "tax", "end": "pool", "amount": "5"}
FLOW_CELLS = {KEY: "start", FIGURE: "amount"}


def by_board_flows(home: Path, kind: str, cell: str) -> Outcome:
    found = table_of(loose(FLOW_CELLS[kind], FLOW, kind, cell).encode(), STUDIES["trace"].brought)
    return found.frame[FLOW_CELLS[kind]].iloc[0], bool(found.remarks)


def by_flow_frame(home: Path, kind: str, cell: str) -> Outcome:
    (row,) = pb.trace(pd.DataFrame([{**FLOW, FLOW_CELLS[kind]: cell}])).table.to_dict("records")
    return row["origin" if kind == KEY else "amount"], False


LINE = {"line": "beds", "budget": "10", "actual": "12"}
SHARE = {"partner": "council", "share": "100"}
SPENT = {"stream": "tax", "service": "parks", "year": "2027-28", "amount": "10"}

FILES_AND_PAGES: dict[str, Door] = {
    "a folder": by_folder,
    "a zip": by_zip,
    "a workbook": by_workbook,
    LONG: by_template,
    "a workbook brought to a board": by_upload,
    "the editor of a table": by_editor,
    "money to simulate": by_file(MONEY, {KEY: "stream", FIGURE: "amount"}, SPENT),
    "lines of an agreement": by_file(POOL_LINES, {KEY: "line", FIGURE: "budget"}, LINE),
    "shares of an agreement": by_file(POOL_SHARES, {KEY: "partner", FIGURE: "share"}, SHARE),
    "flows brought to a board": by_board_flows,
}
PYTHON: dict[str, Door] = {"tables of a place": by_frames, "a table of flows": by_flow_frame}
DOORS = {**FILES_AND_PAGES, **PYTHON}

AS_IT_IS = [
    (KEY, "0101", "0101"),
    (KEY, "NA", "NA"),
    (KEY, "null", "null"),
    (KEY, "1e5", "1e5"),
    (KEY, "a b", "a b"),
    (FIGURE, "0100", 100.0),
    (FIGURE, " 100\u00a0", 100.0),
]
REFUSED = [
    (KEY, "ab ", "has spaces around it"),
    (KEY, "ab\u00a0", "has spaces around it"),
    (KEY, "a\u00a0b", "U+00A0 NO-BREAK SPACE"),
    (KEY, "a\u202fb", "U+202F NARROW NO-BREAK SPACE"),
    (KEY, "a\u2009b", "U+2009 THIN SPACE"),
    (KEY, "a\u200bb", "U+200B ZERO WIDTH SPACE"),
    (FIGURE, "1\u00a0000", ""),
    (FIGURE, "1\u202f000", ""),
    (FIGURE, "1\u2009000", ""),
    (FIGURE, "0,125", ""),
    (FIGURE, "12,5", ""),
    (FIGURE, "1.000,50", ""),
    (FIGURE, "NA", ""),
    (FIGURE, "1_000", ""),
    (FIGURE, "\uff11\uff10\uff10", ""),
]


def tried(door: str, cells: Sequence[tuple[str, str, Any]]) -> Sequence[tuple[str, str, Any]]:
    """All cells; at the long door every fourth, of each kind some."""
    return cells if ALL or door != LONG else cells[::4]


def told(door: Door, home: Path, kind: str, cell: str) -> Outcome:
    try:
        return door(home, kind, cell)
    except PlaceBudgetError as error:
        return Refused(str(error))


@pytest.mark.parametrize("door", DOORS)
def test_a_key_stays_as_it_was_written_and_a_plain_figure_is_read(
    door: str, tmp_path: Path
) -> None:
    for kind, cell, value in tried(door, AS_IT_IS):
        home = tmp_path / "one"
        home.mkdir()
        assert told(DOORS[door], home, kind, cell) == (value, False), cell
        shutil.rmtree(home)


@pytest.mark.parametrize("door", DOORS)
def test_what_could_mean_two_things_is_refused_with_the_cell_its_row_and_the_reason(
    door: str, tmp_path: Path
) -> None:
    for kind, cell, why in tried(door, REFUSED):
        home = tmp_path / "one"
        home.mkdir()
        found = told(DOORS[door], home, kind, cell)
        assert isinstance(found, Refused), (cell, found)
        assert shown(cell) in found.why
        assert "row 2" in found.why
        assert why in found.why
        shutil.rmtree(home)


@pytest.mark.parametrize("door", DOORS)
def test_a_figure_written_otherwise_is_read_and_said_or_refused_where_nothing_can_be_said(
    door: str, tmp_path: Path
) -> None:
    cell = "1,000"
    found = told(DOORS[door], tmp_path, FIGURE, cell)
    if door in PYTHON:
        assert isinstance(found, Refused)
        assert shown(cell) in found.why
    else:
        assert found == (1000.0, True)


WORDS = "Môn – £5"
WRITTEN = {"utf-8": True, "utf-8-sig": True, "utf-16": True, "utf-32": True, "cp1252": False}


@pytest.mark.parametrize("encoding", WRITTEN)
def test_an_encoding_that_a_file_names_is_read_and_any_other_is_refused_with_the_way_to_save_it(
    encoding: str, tmp_path: Path
) -> None:
    agencies = f"agency,name\ncouncil,{WORDS}\n".encode(encoding)
    flows = f"start,end,amount\n{WORDS},pool,5\n".encode(encoding)
    (tmp_path / "flows.csv").write_bytes(flows)
    agreed = f"line,budget,actual\n{WORDS},5,6\n".encode(encoding)
    (tmp_path / "lines.csv").write_bytes(agreed)
    packed = {**FILES, "agencies.csv": agencies}
    doors: list[Callable[[], str]] = [
        lambda: read(folder(tmp_path / "p", {"agencies.csv": agencies})).agencies["name"][0],
        lambda: read(archive(tmp_path / "p.zip", packed)).agencies["name"][0],
        lambda: table_of(flows, STUDIES["trace"].brought).frame["start"].iloc[0],
        lambda: read_loose(tmp_path / "lines.csv", POOL_LINES).frame["line"].iloc[0],
    ]
    for door in doors:
        if WRITTEN[encoding]:
            assert door() == WORDS
        else:
            with pytest.raises(PlaceBudgetError, match="CSV UTF-8"):
                door()
