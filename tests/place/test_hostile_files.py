"""Files as spreadsheets and people leave them: read rightly, or refused with the reason."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from by_hand import FILES, folder, refusal, remarks
from placebudget.place import UPLOADS, FileLimits, example, read


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_how_a_file_is_encoded(tmp_path: Path, encoding: str) -> None:
    agencies = "agency,name\r\ncouncil,Cyngor Môn – £5\r\n".encode(encoding)
    package = FILES["datapackage.json"].encode(encoding)
    place = read(folder(tmp_path / "p", {"agencies.csv": agencies, "datapackage.json": package}))
    assert place.agencies["name"].tolist() == ["Cyngor Môn – £5"]
    assert remarks(place) == []


@pytest.mark.parametrize("encoding", ["windows-1252", "CP1252", "iso-8859-1", "utf-16-le"])
def test_the_package_may_say_how_a_file_is_encoded(tmp_path: Path, encoding: str) -> None:
    package = json.loads(FILES["datapackage.json"])
    package["resources"] = [{"name": "agencies", "path": "agencies.csv", "encoding": encoding}]
    changes = {
        "agencies.csv": "agency,name\ncouncil,Môn £5\n".encode(encoding),
        "datapackage.json": json.dumps(package),
    }
    assert read(folder(tmp_path / "p", changes)).agencies["name"].tolist() == ["Môn £5"]


def test_an_encoding_nobody_names_is_refused_with_the_way_to_save_it(tmp_path: Path) -> None:
    content = "agency,name\ncouncil,Môn £5\n".encode("cp1252")
    [found] = refusal(folder(tmp_path / "p", {"agencies.csv": content}))
    assert (found.code, found.table) == ("not-utf-8", "agencies.csv")
    assert "Line 2" in found.what
    assert "'council,Môn £5'" in found.what
    assert "CSV UTF-8 (Comma delimited)" in found.mend


@pytest.mark.parametrize(
    ("encoding", "content"),
    [("utf-7", b"x"), ("utf-16", b"agency\n"), ("ascii", b"agency\xff")],
)
def test_a_declared_encoding_that_is_not_so_is_refused(
    tmp_path: Path, encoding: str, content: bytes
) -> None:
    package = json.loads(FILES["datapackage.json"])
    package["resources"] = [{"name": "agencies", "path": "agencies.csv", "encoding": encoding}]
    changes = {"agencies.csv": content, "datapackage.json": json.dumps(package)}
    found = {f.code for f in refusal(folder(tmp_path / "p", changes))}
    assert found & {"unknown-encoding", "not-utf-8", "not-text"}


@pytest.mark.parametrize(
    ("table", "column", "cell", "number"),
    [
        ("funding", "amount", "£1,234.50", 1234.5),
        ("funding", "amount", "£ 1,234,567", 1_234_567),
        ("funding", "amount", "1.2m", 1_200_000),
        ("funding", "amount", "£1.1 million", 1_100_000),
        ("funding", "amount", "£3.25bn", 3_250_000_000),
        ("funding", "amount", "500K", 500_000),
        ("streams", "carry_forward", "12%", 0.12),
        ("streams", "carry_forward", "7.5 %", 0.075),
        ("services", "units_per_person", "1,000", 1_000),
    ],
)
def test_figures_with_one_meaning_are_read_and_said(
    tmp_path: Path, table: str, column: str, cell: str, number: float
) -> None:
    place = read(with_cell(tmp_path, table, column, cell))
    assert place.tables[table][column].tolist() == [number]
    [(code, where, row, name, what)] = remarks(place)
    assert (code, where, row, name) == ("read-as", table, 2, column)
    assert what == f"{cell!r} is read as {number:.15g}."


@pytest.mark.parametrize(("cell", "number"), [("(500)", -500), ("(£1,500)", -1500), ("−500", -500)])
def test_brackets_and_true_minus_signs_make_a_figure_negative(
    tmp_path: Path, cell: str, number: float
) -> None:
    place = read(with_cell(tmp_path, "funding", "amount", cell))
    assert place.funding["amount"].tolist() == [number]
    assert place.check().errors.codes == {"negative"}


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        *(("funding", "amount", cell) for cell in ("12%", "$5", "€5", "5 apples", "1.234,56")),
        *(("funding", "amount", cell) for cell in ("1,23", "12,34,567", "1 234", "--5", "(-5)")),
        *(("funding", "amount", cell) for cell in ("5-", "1.2mm", "=5+5", "#REF!", "-", "n/a")),
        *(("funding", "amount", cell) for cell in ("nan", "inf", "1e999", "1" * 400, "٣", "½")),
        *(("services", "units_per_person", cell) for cell in ("£5", "1.2m", "50%")),
        *(("streams", "carry_forward", cell) for cell in ("£5", "12%%", "10 per cent")),
    ],
)
def test_a_figure_that_could_mean_several_things_is_refused(
    tmp_path: Path, table: str, column: str, cell: str
) -> None:
    found = refusal(with_cell(tmp_path, table, column, cell))
    assert [(f.code, f.table, f.row, f.column) for f in found] == [("wrong-type", table, 2, column)]


@pytest.mark.parametrize(
    "year", ["Dec-11", "01/12/2011", "2011-12-01", "2011-12-01 00:00:00", "46478", "2027-29", "x"]
)
def test_a_year_that_a_spreadsheet_mangled_is_refused(tmp_path: Path, year: str) -> None:
    [found] = refusal(with_cell(tmp_path, "funding", "year", year))
    assert (found.code, found.row, found.column) == ("wrong-type", 2, "year")
    assert "2027-28" in found.mend + found.what


@pytest.mark.parametrize("year", ["0000", "1066", "9999-00", "2027-1928"])
def test_a_year_no_plan_speaks_of_is_refused(tmp_path: Path, year: str) -> None:
    [found] = refusal(with_cell(tmp_path, "funding", "year", year))
    assert (found.code, found.column) == ("wrong-type", "year")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"years": NaN}', '{"years": [], "years": []}', "[" * 100_000]
)
def test_a_package_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(folder(tmp_path / "p", {"datapackage.json": text}))


def test_half_a_character_in_the_package_is_refused(tmp_path: Path) -> None:
    text = '{"name": "hand", "years": ["2027-28"], "title": "\\ud800"}'
    assert [f.code for f in refusal(folder(tmp_path / "p", {"datapackage.json": text}))] == [
        "not-json"
    ]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n\n"])
def test_an_empty_table_is_refused(tmp_path: Path, content: bytes) -> None:
    [found, *_] = refusal(folder(tmp_path / "p", {"offers.csv": content}))
    assert (found.code, found.table) == ("missing-header", "offers")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("agency,name\nsecret,Secret\n")
    home = folder(tmp_path / "p", {"agencies.csv": None})
    os.symlink(secret, home / "agencies.csv")
    [found] = refusal(home)
    assert (found.code, found.table) == ("unsafe-path", "agencies.csv")
    assert "Secret" not in found.what


def test_a_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    home = folder(tmp_path / "p", {"agencies.csv": None, "held.txt": FILES["agencies.csv"]})
    os.symlink(home / "held.txt", home / "agencies.csv")
    assert read(home).agencies["agency"].tolist() == ["council"]


def test_uploads_are_refused_above_five_megabytes_before_they_are_read(tmp_path: Path) -> None:
    home = folder(tmp_path / "p", {"agencies.csv": b"x" * 5_000_001})
    codes = {(f.code, f.table) for f in refusal(home, UPLOADS)}
    assert ("too-large", "agencies.csv") in codes
    assert ("too-large", "p") in {
        (f.code, f.table) for f in refusal(folder(tmp_path / "p"), FileLimits(unpacked=100))
    }


def test_examples_are_small_enough_to_be_handed_in(tmp_path: Path) -> None:
    place = example("lancashire")
    assert read(place.write(tmp_path / "p.xlsx"), UPLOADS) == place


def test_a_path_with_a_character_no_path_can_have_is_a_finding() -> None:
    assert refusal(Path("place\0.xlsx"))


def with_cell(tmp_path: Path, table: str, column: str, cell: str) -> Path:
    """The place by hand with one cell of one table replaced, the column added where missing."""
    header, *rows = [line.split(",") for line in FILES[f"{table}.csv"].splitlines()]
    if column not in header:
        header, rows = [*header, column], [[*row, ""] for row in rows]
    rows[0][header.index(column)] = '"' + cell.replace('"', '""') + '"'
    text = "\n".join(",".join(line) for line in [header, *rows]) + "\n"
    return folder(tmp_path / "p", {f"{table}.csv": text})
