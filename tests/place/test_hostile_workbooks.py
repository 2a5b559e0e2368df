"""Workbooks and archives made to do harm, or saved without care: nothing of them runs."""

from __future__ import annotations

import datetime
import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from defusedxml.common import EntitiesForbidden
from openpyxl.styles import Font

from by_hand import FILES, archive, folder, refusal, remarks, rewritten, workbook
from placebudget.place import UPLOADS, FileLimits, read
from placebudget.place.io import archive as archives

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&lol2;</t></si></sst>
"""


@pytest.mark.parametrize(
    "name",
    ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:\\evil.csv", "C:x.csv"],
)
def test_an_archive_with_names_outside_itself_is_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "p.zip", {**FILES, name: "x"})
    assert [f.code for f in refusal(path)] == ["unsafe-path"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["p.zip"]


def test_an_archive_with_links_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "p.zip")
    link = zipfile.ZipInfo("needs.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr(link, "/etc/passwd")
    assert [f.code for f in refusal(path)] == ["unsafe-path"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_two_files_of_one_name_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "p.zip")
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("funding.csv", "stream,year,amount\ntax,2027-28,999\n")
    assert [f.code for f in refusal(path)] == ["doubled-file"]


@pytest.mark.parametrize("form", ["p.zip", "p.xlsx"])
@pytest.mark.parametrize(
    ("limits", "files"),
    [
        (FileLimits(), {"bomb.csv": b"0" * 20_000_000}),
        (FileLimits(ratio=2_000, unpacked=10_000_000), {"bomb.csv": b"0" * 20_000_000}),
        (FileLimits(entries=100), {f"{n}.txt": b"" for n in range(101)}),
        (FileLimits(file=500), {}),
    ],
)
def test_what_would_fill_a_memory_is_refused_before_it_is_unpacked(
    tmp_path: Path, form: str, limits: FileLimits, files: dict[str, bytes]
) -> None:
    path = tmp_path / form
    made = archive(path) if form.endswith("zip") else workbook(path)
    assert [f.code for f in refusal(rewritten(made, files), limits)] == ["too-large"]


def test_an_archive_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "p.zip", {**FILES, "needs.csv": b"0" * 3_000})
    content = path.read_bytes()
    path.write_bytes(content.replace((3_000).to_bytes(4, "little"), (3).to_bytes(4, "little")))
    assert [f.code for f in refusal(path)] == ["not-zip"]


def test_entities_are_refused_before_a_spreadsheet_library_opens_the_file(tmp_path: Path) -> None:
    for part in ("xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        path = rewritten(workbook(tmp_path / "p.xlsx"), {part: BOMB})
        assert [f.code for f in refusal(path)] == ["unsafe-xml"]
    wide = BOMB.decode().encode("utf-16")
    path = rewritten(workbook(tmp_path / "p.xlsx"), {"xl/styles.xml": wide})
    assert [f.code for f in refusal(path)] == ["unsafe-xml"]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_the_parsers_themselves_refuse_entities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    assert openpyxl.DEFUSEDXML
    path = rewritten(workbook(tmp_path / "p.xlsx"), {part: BOMB})
    # Of bytes, as openpyxl does not close what it refuses.
    with pytest.raises(ValueError, match="invalid XML") as raised:
        openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    assert isinstance(raised.value.__cause__, EntitiesForbidden)
    # Even without the look at how each part begins:
    monkeypatch.setattr(archives, "_declares_types", lambda archive, part: False)
    assert [f.code for f in refusal(path)] == ["not-xlsx"]


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_workbooks_with_macros_are_refused(tmp_path: Path, part: str) -> None:
    path = rewritten(workbook(tmp_path / "p.xlsx"), {part: b"<x/>"})
    [found] = refusal(path)
    assert found.code == "macros"
    assert ".xlsx" in found.mend


@pytest.mark.parametrize(
    ("name", "code"),
    [("p.xlsm", "macros"), ("p.xls", "unknown-format"), ("p.ods", "unknown-format")],
)
def test_other_kinds_of_workbooks_are_refused_with_the_way_out(
    tmp_path: Path, name: str, code: str
) -> None:
    workbook(tmp_path / "p.xlsx").rename(tmp_path / name)
    [found] = refusal(tmp_path / name)
    assert found.code == code
    assert ".xlsx" in found.mend


def test_figures_from_other_workbooks_are_read_as_calculated_and_said(tmp_path: Path) -> None:
    path = rewritten(workbook(tmp_path / "p.xlsx"), {"xl/externalLinks/externalLink1.xml": b"<x/>"})
    assert [code for code, *_ in remarks(read(path))] == ["external-links"]


def changed(cell: str, value: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        sheet, _, place = cell.partition("!")
        book[sheet][place] = value

    return change


def test_a_hidden_sheet_is_read_and_said(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book["funding"].sheet_state = "veryHidden"

    place = read(workbook(tmp_path / "p.xlsx", hide))
    assert place.funding["amount"].tolist() == [100_000]
    assert [(code, table) for code, table, *_ in remarks(place)] == [("hidden-sheet", "funding")]


def test_merged_cells_are_refused_for_all_but_the_first_are_blank(tmp_path: Path) -> None:
    def merge(book: Any) -> None:
        book["offers"].merge_cells("D2:D5")

    [found] = refusal(workbook(tmp_path / "p.xlsx", merge))
    assert (found.code, found.table) == ("merged-cells", "offers")
    assert "D2:D5" in found.what


@pytest.mark.parametrize(
    ("cell", "value", "column"),
    [
        ("funding!B2", datetime.datetime(2027, 4, 1), "year"),
        ("funding!B2", datetime.date(2011, 12, 1), "year"),
        ("funding!C2", datetime.datetime(2027, 4, 1), "amount"),
        ("funding!C2", datetime.timedelta(hours=5), "amount"),
        ("funding!C2", datetime.time(5, 30), "amount"),
        ("funding!C2", True, "amount"),
        ("funding!C2", "100 000", "amount"),
        ("funding!C2", "#REF!", "amount"),
        ("agencies!B2", "#NAME?", "name"),
        ("agencies!A2", datetime.datetime(2027, 4, 1), "agency"),
        ("agencies!A2", datetime.time(5, 30), "agency"),
        ("streams!D2", datetime.date(1900, 1, 1), "carry_forward"),
    ],
)
def test_cells_that_a_spreadsheet_turned_into_something_else_are_refused(
    tmp_path: Path, cell: str, value: Any, column: str
) -> None:
    found = refusal(workbook(tmp_path / "p.xlsx", changed(cell, value)))
    where = (cell.partition("!")[0], 2, column)
    assert [(f.code, f.table, f.row, f.column) for f in found] == [("wrong-type", *where)]


def test_a_date_in_a_text_that_is_only_shown_is_read_and_said(tmp_path: Path) -> None:
    def note(book: Any) -> None:
        book["agencies"]["B2"] = datetime.date(2025, 3, 31)

    place = read(workbook(tmp_path / "p.xlsx", note))
    assert place.agencies["name"].tolist() == ["2025-03-31"]
    assert [code for code, *_ in remarks(place)] == ["read-as"]


def test_a_formula_written_as_text_is_text_or_refused_but_never_worked_out(tmp_path: Path) -> None:
    def text(book: Any) -> None:
        for cell in (book["agencies"]["B2"], book["funding"]["C2"]):
            cell.value, cell.data_type = '=HYPERLINK("x")', "s"

    [found] = refusal(workbook(tmp_path / "p.xlsx", text))
    assert (found.table, found.column) == ("funding", "amount")
    assert "formula" in found.mend
    place = read(folder(tmp_path / "p", {"agencies.csv": "agency,name\ncouncil,=1+1\n"}))
    assert place.agencies["name"].tolist() == ["=1+1"]
    assert "like-a-formula" in place.check().codes


def test_a_formula_without_a_calculated_value_is_refused(tmp_path: Path) -> None:
    [found] = refusal(workbook(tmp_path / "p.xlsx", changed("funding!C2", "=50*2000")))
    assert (found.code, found.table, found.row) == ("uncalculated", "funding", 2)


def test_fonts_fills_and_percentages_of_cells_change_nothing(tmp_path: Path) -> None:
    def dress(book: Any) -> None:
        cell = book["streams"]["D2"]
        cell.number_format, cell.font = "0%", Font(bold=True, color="FFFFFF")
        book["funding"]["C2"].number_format = '#,##0,"k"'

    place = read(workbook(tmp_path / "p.xlsx", dress))
    assert (place.streams["carry_forward"][0], place.funding["amount"][0]) == (0.1, 100_000)


@pytest.mark.parametrize(
    ("row", "limits"),
    [
        (b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', FileLimits(rows=1_000)),
        (b'<row r="999999999999"><c r="A9"><v>1</v></c></row>', UPLOADS),
        (b'<row r="3"><c r="XFD3"><v>1</v></c></row>', UPLOADS),
        (b'<row r="3"><c r="ZZZZZZ3"><v>1</v></c></row>', UPLOADS),
        (b'<row r="-1"><c r="@@"><v>1</v></c></row>', UPLOADS),
        (b'<row r="3"><c r="A3" t="s"><v>99999</v></c></row>', UPLOADS),
        (b'<row r="3"><c r="A3" t="n"><v>abc</v></c></row>', UPLOADS),
        (b"<row><c></row>", UPLOADS),
    ],
)
def test_sheets_without_end_or_sense_are_refused(
    tmp_path: Path, row: bytes, limits: FileLimits
) -> None:
    path = workbook(tmp_path / "p.xlsx")
    part = "xl/worksheets/sheet4.xml"  # funding
    with zipfile.ZipFile(path) as packed:
        content = packed.read(part).replace(b"</sheetData>", row + b"</sheetData>")
    assert refusal(rewritten(path, {part: content}), limits)


def test_workbooks_cut_short_are_refused_wherever_they_are_cut(tmp_path: Path) -> None:
    content = workbook(tmp_path / "p.xlsx").read_bytes()
    for length in range(0, len(content), len(content) // 40):
        (tmp_path / "cut.xlsx").write_bytes(content[:length])
        assert [f.code for f in refusal(tmp_path / "cut.xlsx")] == ["not-xlsx"]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", [b"", b"<a>", b"\xff\xfe", b"<a/>"])
def test_workbooks_with_a_broken_part_are_refused(
    tmp_path: Path, part: str, content: bytes
) -> None:
    path = rewritten(workbook(tmp_path / "p.xlsx"), {part: content})
    assert {f.code for f in refusal(path)} <= {"not-xlsx", "missing-sheet", "missing-table"}


def test_names_of_every_kind_stay_text(tmp_path: Path) -> None:
    name = '<script>alert(1)</script> & "quotes" ' + "x" * 200
    place = read(workbook(tmp_path / "p.xlsx", changed("agencies!B2", name)))
    assert place.agencies["name"].tolist() == [name]
    assert io.StringIO(str(place.check())).read()


@pytest.mark.parametrize(
    ("value", "refused"),
    [("#REF!", True), (datetime.datetime(2027, 4, 1), False), (datetime.time(5, 30), False)],
)
def test_settings_of_ones_own_are_text_or_refused(
    tmp_path: Path, value: Any, refused: bool
) -> None:
    def add(book: Any) -> None:
        book["place"].append(["owner", value])

    path = workbook(tmp_path / "p.xlsx", add)
    if refused:
        assert [(f.code, f.column) for f in refusal(path)] == [("wrong-setting", "owner")]
    else:
        place = read(path)
        assert place.settings.extra == {"owner": str(value)}
        assert read(place.write(tmp_path / "again")) == place
