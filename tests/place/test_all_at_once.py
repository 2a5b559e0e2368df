"""Findings about the whole place come with those about cells that cannot be read."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from by_hand import FILES, folder
from placebudget.errors import InvalidPlace
from placebudget.place import Finding, Place, example, read
from placebudget.place.schema import schema
from proof import ALL

Where = tuple[str, str, int | None, str | None]


def refused(path: Path) -> list[Finding]:
    with pytest.raises(InvalidPlace) as raised:
        read(path)
    return list(raised.value.findings)


def where(finding: Finding) -> Where:
    return finding.code, finding.table, finding.row, finding.column


def with_cells(path: Path, *changes: tuple[str, int, str, str]) -> Path:
    """A folder with cells changed: table, row as a spreadsheet counts, column, text."""
    for table, row, column, text in changes:
        file = path / f"{table}.csv"
        with file.open(newline="", encoding="utf-8") as opened:
            rows = list(csv.reader(opened))
        rows[row - 1][rows[0].index(column)] = text
        with file.open("w", newline="", encoding="utf-8") as opened:
            csv.writer(opened).writerows(rows)
    return path


@pytest.fixture(scope="module")
def written(spoilt: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spoilt place as a folder, to be copied and spoilt further."""
    return spoilt.write(tmp_path_factory.mktemp("spoilt") / "p")


@pytest.fixture(scope="module")
def spoilt() -> Place:
    """A place with an error or a warning of most kinds, none of them of reading."""
    place = example("northvale")
    return place.with_(
        funding=place.funding.assign(
            amount=lambda f: f["amount"].where(f.index != 3, f["amount"] / 1_000)
        ),
        offers=place.offers.assign(
            index=None, service=lambda f: f["service"].where(f.index != 1, "nothing")
        ),
        needs=place.needs.assign(people=lambda f: f["people"].where(f.index != 2, -5.0)),
    )


def test_a_word_for_a_number_does_not_hide_what_only_the_whole_place_shows(
    tmp_path: Path, spoilt: Place
) -> None:
    """A misspelt key, an amount in thousands, a negative need: all told with the word."""
    before = {where(finding) for finding in spoilt.check()}
    spoilt.write(tmp_path / "p")
    path = with_cells(tmp_path / "p", ("reserves", 2, "opening", "some"))
    found = {where(finding) for finding in refused(path)}
    assert ("wrong-type", "reserves", 2, "opening") in found
    assert {"unknown-key", "negative", "wrong-scale", "no-index"} <= {code for code, *_ in found}
    assert before <= found


def cells() -> Iterator[tuple[str, str, int]]:
    """A cell of each column that is no text: of the last row, and where all is tried the first."""
    for name, frame in example("northvale").tables.items():
        for column in schema()[name].columns:
            if column.type != "string" and len(frame):
                yield name, column.name, len(frame) + 1
                if ALL:
                    yield name, column.name, 2


@pytest.mark.parametrize("table", sorted({table for table, _, _ in cells()}))
def test_a_cell_that_cannot_be_read_is_the_only_thing_added(
    tmp_path: Path, spoilt: Place, written: Path, table: str
) -> None:
    """Whatever the cell holds is told of it alone; nothing is made up that follows from it."""
    before = {where(finding) for finding in spoilt.check()}
    for n, (_, column, row) in enumerate(cell for cell in cells() if cell[0] == table):
        copied = copytree(written, tmp_path / str(n))
        path = with_cells(copied, (table, row, column, "a word"))
        added = {where(finding) for finding in refused(path)} - before
        assert added == {("wrong-type", table, row, column)}


@pytest.mark.parametrize("table", [name for name, held in schema().items() if held.required])
def test_a_table_that_is_missing_is_told_alone_and_what_could_not_be_checked(
    tmp_path: Path, spoilt: Place, table: str
) -> None:
    before = {where(finding) for finding in spoilt.check()}
    spoilt.write(tmp_path / "p")
    (tmp_path / "p" / f"{table}.csv").write_text("")
    found = refused(tmp_path / "p")
    added = {where(finding) for finding in found} - before
    assert added == {("missing-header", table, None, None), ("not-checked", "place", None, None)}
    assert table in found[-1].what
    assert any(finding.code in ("unknown-key", "negative") for finding in found)


def test_settings_that_cannot_be_read_leave_cells_and_keys_to_be_checked(tmp_path: Path) -> None:
    changes = {
        "datapackage.json": '{"years": ["then"]}',
        "funding.csv": "stream,year,amount\nnothing,2027-28,-5\n",
    }
    found = refused(folder(tmp_path / "p", changes))
    assert {code for code, *_ in map(where, found)} >= {
        "wrong-setting", "unknown-key", "negative", "not-checked",
    }  # fmt: skip


def test_a_misspelt_optional_table_does_not_make_up_what_follows_from_its_absence(
    tmp_path: Path, spoilt: Place
) -> None:
    before = {where(finding) for finding in spoilt.check()}
    spoilt.write(tmp_path / "p")
    (tmp_path / "p" / "rules.csv").rename(tmp_path / "p" / "rulse.csv")
    package = tmp_path / "p" / "datapackage.json"
    package.write_text(
        package.read_text().replace("rules.csv", "rulse.csv").replace('"rules"', '"rulse"')
    )
    added = {where(finding) for finding in refused(tmp_path / "p")} - before
    assert added == {("unknown-table", "rulse", None, None), ("not-checked", "place", None, None)}


@pytest.mark.parametrize("lines", ["", "\n\n"], ids=["no blank rows", "blank rows above"])
def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path, lines: str) -> None:
    """The heading is row 1, and blank rows between others count."""
    text = f"stream,year,amount\ntax,2027-28,100\n{lines}nothing,2027-28,-5\n"
    found = [where(each) for each in read(folder(tmp_path / "p", {"funding.csv": text})).check()]
    at = 3 + len(lines)
    assert ("unknown-key", "funding", at, "stream") in found
    assert ("negative", "funding", at, "amount") in found


def test_rows_told_of_in_words_are_numbered_alike(tmp_path: Path) -> None:
    text = FILES["funding.csv"] + "\n" + FILES["funding.csv"].split("\n", 1)[1]
    [found] = read(folder(tmp_path / "p", {"funding.csv": text})).check().of("doubled-key")
    assert found.row == 4
    assert "row 2" in found.what
