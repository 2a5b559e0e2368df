"""What is offered with a place is read, or it is said that it is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import placebudget as pb

TOY = Path(pb.__file__).parents[2] / "datasets" / "toy_pooling"
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOY, tmp_path / "toy", ignore=shutil.ignore_patterns("README.md")))


def package(folder: Path, change: Change) -> None:
    """Change the package of a folder."""
    file = folder / "datapackage.json"
    properties = json.loads(file.read_text("utf-8"))
    change(properties)
    file.write_text(json.dumps(properties), "utf-8")


def resource(properties: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in properties["resources"] if each["name"] == name)


def told(where: Path) -> list[tuple[str, str, str]]:
    """Severity, code and file or table of all findings, of reading and of checking."""
    try:
        findings = pb.read(where).check()
    except pb.InvalidPlace as error:
        findings = error.findings
    return [(each.severity, each.code, each.table) for each in findings]


def test_a_setting_that_is_misspelt_changes_nothing_and_is_said(folder: Path) -> None:
    package(folder, lambda properties: properties.update(discount_rate=0.1))
    [finding] = pb.read(folder).check()
    assert (finding.severity, finding.code) == ("warning", "unknown-setting")
    assert (finding.column, finding.mend) == ("discount_rate", "Did you mean discount?")


def test_what_the_standard_of_data_packages_has_besides_is_not_remarked(folder: Path) -> None:
    package(
        folder, lambda properties: properties.update(licenses=[], keywords=["toy"], version="1")
    )
    assert told(folder) == []


def test_a_misspelt_setting_of_a_workbook_is_said_as_well(folder: Path, tmp_path: Path) -> None:
    package(folder, lambda properties: properties.update(apraisal_years=3))
    book = tmp_path / "toy.xlsx"
    pb.read(folder).write(book)
    assert told(book) == [("warning", "unknown-setting", "place")]


def test_a_table_in_two_files_is_refused_with_both_names(folder: Path) -> None:
    rows = (folder / "today.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "today-1.csv").write_text("".join(rows[:-1]), "utf-8")
    (folder / "today-2.csv").write_text(rows[0] + rows[-1], "utf-8")
    (folder / "today.csv").unlink()
    parts = ["today-1.csv", "today-2.csv"]
    package(folder, lambda properties: resource(properties, "today").update(path=parts))
    with pytest.raises(pb.InvalidPlace, match=r"today-1\.csv, today-2\.csv") as refused:
        pb.read(folder)
    assert "several-parts" in {finding.code for finding in refused.value.findings}


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_table_that_the_package_names_is_read_whatever_its_file_is_called(
    folder: Path, tmp_path: Path, form: str
) -> None:
    (folder / "data").mkdir()
    (folder / "today.csv").rename(folder / "data" / "now.txt")
    package(folder, lambda properties: resource(properties, "today").update(path="data/now.txt"))
    where = folder
    if form == "zip":
        where = tmp_path / "toy.zip"
        with zipfile.ZipFile(where, "w") as archive:
            for file in folder.rglob("*.*"):
                archive.write(file, f"toy/{file.relative_to(folder)}")
    assert pb.read(where).digest == pb.read(TOY).digest


def test_a_table_that_the_package_names_and_is_not_there_is_an_error(folder: Path) -> None:
    (folder / "today.csv").unlink()
    package(folder, lambda properties: resource(properties, "today").update(path="now.txt"))
    assert ("error", "missing-file", "now.txt") in told(folder)


def test_one_part_in_a_list_is_the_file(folder: Path) -> None:
    package(folder, lambda properties: resource(properties, "today").update(path=["today.csv"]))
    assert pb.read(folder).digest == pb.read(TOY).digest


def test_rows_inside_the_package_are_refused(folder: Path) -> None:
    def inline(properties: dict[str, Any]) -> None:
        resource(properties, "today").pop("path")
        resource(properties, "today")["data"] = [{"service": "home_care", "amount": 1}]

    package(folder, inline)
    assert ("error", "inline-data", "datapackage.json") in told(folder)


def test_what_is_no_table_may_hold_its_data_as_it_likes_and_it_is_said(folder: Path) -> None:
    more = {"name": "wards", "data": [{"ward": "north"}]}
    package(folder, lambda properties: properties["resources"].append(more))
    assert told(folder) == [("warning", "inline-data", "datapackage.json")]


@pytest.mark.parametrize(
    "name",
    ["rules.tsv", "rules.csv.txt", "Rules.xlsx", "rules (1).xls", "rules - copy.txt", "rules.CSV~"],
)
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_file_that_looks_like_a_table_and_is_not_read_is_a_warning(
    folder: Path, tmp_path: Path, name: str, form: str
) -> None:
    (folder / name).write_text("rule,kind,subject,year,amount\n", "utf-8")
    (folder / "notes.txt").write_text("Not a table.", "utf-8")
    where = folder
    if form == "zip":
        where = tmp_path / "toy.zip"
        with zipfile.ZipFile(where, "w") as archive:
            for file in folder.iterdir():
                archive.write(file, f"toy/{file.name}")
    assert told(where) == [("warning", "not-read", name)]


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ({"dialect": {"delimiter": ";"}}, "funding"),
        ({"dialect": {"header": False}}, "funding"),
        ({"dialect": "dialect.json"}, "funding"),
        ({"compression": "gz"}, "funding"),
        ({"schema": {"missingValues": ["", "0"]}}, "funding"),
        ({"schema": {"fields": [{"name": "amount", "factor": 1000}]}}, "funding"),
        ({"schema": {"fields": [{"name": "amount", "decimalChar": ","}]}}, "funding"),
        ({"schema": {"fields": [{"name": "amount", "bareNumber": False}]}}, "funding"),
        ({"schema": {"fields": [{"name": "amount", "currency": "EUR"}]}}, "funding"),
        ({"schema": {"fields": [{"name": "amount", "unit": "£ thousand"}]}}, "funding"),
    ],
    ids=str,
)
def test_what_a_package_declares_and_reading_does_not_do_is_refused(
    folder: Path, change: dict[str, Any], table: str
) -> None:
    package(folder, lambda properties: resource(properties, table).update(change))
    assert ("error", "declared-otherwise", table) in told(folder)


def test_what_a_package_declares_as_it_is_read_is_fine(folder: Path) -> None:
    fields = [{"name": "amount", "unit": "£", "currency": "GBP", "decimalChar": ".", "factor": 1}]
    change = {"dialect": {"delimiter": ","}, "format": "csv", "schema": {"fields": fields}}
    package(folder, lambda properties: resource(properties, "funding").update(change))
    assert told(folder) == []


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a link that leads nowhere"])
def test_what_has_the_name_of_a_table_and_is_no_file_is_an_error_there(
    folder: Path, kind: str
) -> None:
    file = folder / "rules.csv"
    if kind == "a folder":
        file.mkdir()
    elif kind == "a pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("there are no pipes with names here")
        os.mkfifo(file)
    else:
        file.symlink_to(folder / "gone.csv")
    assert ("error", "unreadable", "rules.csv") in told(folder)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
@pytest.mark.parametrize(
    ("closed", "expected"), [("toy/today.csv", "today.csv"), ("toy", "toy")], ids=str
)
def test_a_file_that_one_may_not_read_is_an_error_at_the_file(closed: str, expected: str) -> None:
    # Nobody may do what root may: the reading is done by somebody else where that can be.
    code = (
        "import os, sys\n"
        "import placebudget as pb\n"
        "pb.example('toy_pooling').check()\n"  # all that is imported late may not be theirs
        "if os.getuid() == 0: os.setuid(65534)\n"
        "try:\n"
        "    pb.read(sys.argv[1])\n"
        "except pb.InvalidPlace as error:\n"
        "    print([f.table for f in error.findings if f.severity == 'error'])\n"
    )
    # Not below pytest's own folder, which nobody else may enter.
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        folder = shutil.copytree(TOY, Path(home) / "toy")
        (Path(home) / closed).chmod(0o000)
        command = [sys.executable, "-c", code, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        (Path(home) / closed).chmod(0o755)
    assert done.stdout.strip() == str([expected])
