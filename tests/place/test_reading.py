"""Reading by hand-written files: what is accepted, and every finding at once."""

from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from placebudget.errors import InvalidPlace
from placebudget.place import Finding, Findings, example, examples, read
from places import tiny

FILES = {
    "datapackage.json": '{"name": "hand", "years": ["2027-28"], "licence": "mine"}',
    "agencies.csv": "agency,sector\ncouncil,council\n",
    "streams.csv": "stream,agency,raised,recurrent\ntax,council,local,yes\n",
    "funding.csv": "stream,year,amount\ntax,2027-28,100\n",
    "services.csv": "service,commissioner,purpose\nparks,council,parks\n",
    "offers.csv": "offer,service,unit_cost\nparks_own,parks,10\n",
    "outcomes.csv": "outcome\nvisits\n",
    "effects.csv": "service,outcome\nparks,visits\n",
}

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Writes a place by hand, with some files replaced, added or left out (None)."""

    def write(**changes: str | bytes | None) -> Path:
        home = tmp_path / "hand"
        home.mkdir()
        files = FILES | {f"{name}.csv": text for name, text in changes.items() if name != "json"}
        if "json" in changes:
            files["datapackage.json"] = changes["json"]
        for name, text in files.items():
            if text is not None:
                (home / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return home

    return write


def findings(path: Path) -> list[Finding]:
    with pytest.raises(InvalidPlace) as raised:
        read(path)
    told = Findings(raised.value.findings)
    assert str(raised.value) == str(told)
    assert told.grouped()["findings"].sum() == len(told)
    return [finding for finding in raised.value.findings if finding.severity == "error"]


def places_of(path: Path) -> list[tuple[str, str, int | None, str | None]]:
    return [(f.code, f.table, f.row, f.column) for f in findings(path)]


def test_a_folder_by_hand_without_schemas_reads(folder: Folder) -> None:
    place = read(folder())
    assert place.name == "hand"
    assert place.settings.extra == {"licence": "mine"}
    assert place.funding["amount"].tolist() == [100.0]
    assert place.streams["recurrent"].tolist() == [True]
    assert place.rules.empty


def test_byte_order_marks_carriage_returns_and_quoted_commas_read(folder: Folder) -> None:
    agencies = '\ufeffagency,name\r\ncouncil,"Town, ""Parish"" and\r\nCounty"\r\n\r\n'
    place = read(folder(agencies=agencies, json="\ufeff" + FILES["datapackage.json"]))
    assert place.agencies["name"].tolist() == ['Town, "Parish" and\r\nCounty']


@pytest.mark.parametrize(
    ("word", "value"),
    [("yes", True), ("TRUE", True), ("1", True), (" No", False), ("false", False), ("0", False)],
)
def test_booleans_are_read_in_the_usual_spellings(folder: Folder, word: str, value: bool) -> None:
    place = read(folder(streams=f"stream,agency,raised,recurrent\ntax,council,local,{word}\n"))
    assert place.streams["recurrent"].tolist() == [value]


@pytest.mark.parametrize("year", ["2027-28", "2027/28", "2027", " 2027-2028 "])
def test_years_are_read_in_the_usual_spellings(folder: Folder, year: str) -> None:
    place = read(folder(funding=f"stream,year,amount\ntax,{year},100\n"))
    assert place.funding["year"].tolist() == ["2027-28"]


def test_blank_is_not_zero(folder: Folder) -> None:
    offers = "offer,service,unit_cost,capacity\na,parks,10,\nb,parks,10,0\n"
    place = read(folder(offers=offers))
    assert place.offers["capacity"].isna().tolist() == [True, False]


def test_all_errors_come_at_once_with_row_and_column(folder: Folder) -> None:
    path = folder(
        agencies="agency,sectr,agency\ncouncil,council,x\n",
        streams="stream,agency,raised,recurrent\ntax,council,local,perhaps\n",
        funding='stream,year,amount\ntax,2027-29,100\ntax,2027-28,"1,000"\ntax,2027-28,25%\n',
        services="service,purpose\nparks,parks\n",
        effects="service,outcome,lag\nparks,visits,1.5\n",
        outcomes=None,
        fundings="stream\ntax\n",
    )
    assert sorted(places_of(path), key=str) == sorted(
        [
            ("unknown-column", "agencies", None, "sectr"),
            ("doubled-column", "agencies", None, "agency"),
            ("wrong-type", "streams", 2, "recurrent"),
            ("wrong-type", "funding", 2, "year"),
            ("wrong-type", "funding", 4, "amount"),
            ("missing-column", "services", None, "commissioner"),
            ("wrong-type", "effects", 2, "lag"),
            ("missing-table", "outcomes", None, None),
            ("unknown-table", "fundings", None, None),
        ],
        key=str,
    )


def test_a_misspelt_name_is_met_with_the_nearest(folder: Folder) -> None:
    path = folder(offers="offer,service,Unit cost\na,parks,10\n", fundings="stream\ntax\n")
    mends = {finding.code: finding.mend for finding in findings(path)}
    assert mends["unknown-column"] == "Did you mean unit_cost?"
    assert mends["unknown-table"] == "Did you mean funding?"


@pytest.mark.parametrize(
    "number", ["nan", "inf", "1e999", "1_000", "$5", "5%", "1,00", "0x10", "٣", "five", "1.2.3"]
)
def test_what_is_no_plain_number_is_a_finding(folder: Folder, number: str) -> None:
    path = folder(funding=f'stream,year,amount\ntax,2027-28,"{number}"\n')
    assert places_of(path) == [("wrong-type", "funding", 2, "amount")]


@pytest.mark.parametrize(
    ("funding", "code"),
    [
        ("stream;year;amount\ntax;2027-28;100\n", "wrong-delimiter"),
        ("stream,year,amount\ntax,2027-28,100,7\n", "ragged-row"),
        ("stream,year,amount\ntax,2027-28\n", "ragged-row"),
        ('stream,year,amount\ntax,"2027-28,100\n', "not-csv"),
        ("stream,year,amount,\ntax,2027-28,100,7\n", "unnamed-column"),
        ("", "missing-header"),
        ("stream,year,amount\ntax,2027-28,100\xa3".encode("latin-1"), "not-utf-8"),
        ("stream,year,amount\n".encode("utf-16-le"), "not-text"),
        ("stream,year,amount\ntax,2027-28,1\0", "not-text"),
    ],
)
def test_files_that_are_no_tables_are_findings(
    folder: Folder, funding: str | bytes, code: str
) -> None:
    found = findings(folder(funding=funding))
    assert (code, True) in [(f.code, f.table.startswith("funding")) for f in found]


@pytest.mark.parametrize(
    ("package", "code", "column"),
    [
        (None, "missing-file", None),
        ("{", "not-json", None),
        ("[1]", "not-json", None),
        ('{"name": "x"}', "wrong-setting", "years"),
        ('{"years": "2027-28"}', "wrong-setting", "years"),
        ('{"years": ["2027-30"]}', "wrong-setting", "years"),
        ('{"years": ["2027-28"], "title": 5}', "wrong-setting", "title"),
        ('{"years": ["2027-28"], "price_base": "then"}', "wrong-setting", "price_base"),
        ('{"years": ["2027-28"], "appraisal_years": "ten"}', "wrong-setting", "appraisal_years"),
        (
            '{"years": ["2027-28"], "resources": [{"name": "needs", "path": "needs.csv"}]}',
            "missing-file",
            None,
        ),
        (
            '{"years": ["2027-28"], "resources": [{"name": "needs", "path": "../needs.csv"}]}',
            "unsafe-path",
            None,
        ),
    ],
)
def test_settings_that_cannot_be_read_are_findings(
    folder: Folder, package: str | None, code: str, column: str | None
) -> None:
    assert [(f.code, f.column) for f in findings(folder(json=package))] == [(code, column)]


def test_resources_may_have_their_own_paths(folder: Folder) -> None:
    package = json.loads(FILES["datapackage.json"])
    package["resources"] = [
        {"name": "funding", "path": "data/money.csv"},
        {"name": "picture", "path": "picture.png"},
    ]
    home = folder(json=json.dumps(package), funding=None)
    (home / "data").mkdir()
    (home / "data" / "money.csv").write_text(FILES["funding.csv"])
    assert read(home).funding["amount"].tolist() == [100.0]


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_an_archive_may_hold_the_folder_itself(tmp_path: Path) -> None:
    files = {f"hand/{name}": text for name, text in FILES.items()} | {"__MACOSX/x.csv": "y"}
    assert read(zipped(tmp_path / "hand.zip", files)).name == "hand"


def test_an_archive_that_leaves_its_folder_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bad.zip", FILES | {"../evil.csv": "x"})
    assert [f.code for f in findings(path)] == ["unsafe-path"]


@pytest.mark.parametrize(("name", "code"), [("place.zip", "not-zip"), ("place.xlsx", "not-xlsx")])
def test_a_file_that_is_not_what_it_says_is_a_finding(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / name).write_text("not at all")
    assert [f.code for f in findings(tmp_path / name)] == [code]


def test_other_files_and_names_are_findings(tmp_path: Path) -> None:
    (tmp_path / "place.pdf").write_text("x")
    assert [f.code for f in findings(tmp_path / "place.pdf")] == ["unknown-format"]
    [missing] = findings(Path("toy_poolin"))
    assert missing.code == "missing-file"
    assert "Did you mean toy_pooling?" in missing.mend


def workbook(path: Path, **changes: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    sheets = {"place": [["years", "2027-28"]]} | {
        name.removesuffix(".csv"): [line.split(",") for line in text.splitlines()]
        for name, text in FILES.items()
        if name.endswith(".csv")
    }
    for name, rows in (sheets | changes).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_by_hand_reads_with_numbers_and_booleans(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "hand.xlsx",
        funding=[["stream", "year", "amount"], ["tax", 2027, 100.5], [None, None, None]],
        streams=[["stream", "agency", "raised", "recurrent"], ["tax", "council", "local", False]],
        evidence=[["grade", "optimism_bias"], [3, 0]],
        place=[["name", "value"], ["years", "2027-28, 2028-29"], ["appraisal_years", 9]],
    )
    place = read(path)
    assert (place.name, place.years) == ("hand", ("2027-28", "2028-29"))
    assert place.settings.appraisal_years == 9
    assert place.funding.iloc[0, :3].tolist() == ["tax", "2027-28", 100.5]
    assert place.evidence["grade"].tolist() == ["3"]
    assert place.streams["recurrent"].tolist() == [False]


def test_a_year_turned_into_a_date_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "hand.xlsx"
    workbook(path)
    book = load_workbook(path)
    book["funding"]["B2"] = datetime.date(2011, 12, 1)
    book.save(path)
    [found] = findings(path)
    assert (found.table, found.row, found.column) == ("funding", 2, "year")
    assert "date" in found.what


def test_a_formula_without_a_calculated_value_is_a_finding(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "hand.xlsx", funding=[["stream", "year", "amount"], ["tax", "2027-28", "=50*2"]]
    )
    assert places_of(path) == [("uncalculated", "funding", 2, "amount")]


def test_a_workbook_without_settings_or_with_strange_sheets_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "hand.xlsx", place=[], Sheet1=[["x"]])
    assert {f.code for f in findings(path)} == {"wrong-setting", "unknown-table"}
    book = load_workbook(path)
    del book["place"]
    book.save(path)
    assert {f.code for f in findings(path)} == {"missing-sheet", "unknown-table", "wrong-setting"}


def test_examples_are_read_by_name() -> None:
    assert {"toy_pooling", "northvale"} <= set(examples())
    assert read("toy_pooling") == example("toy_pooling")
    with pytest.raises(InvalidPlace, match="Did you mean toy_pooling"):
        example("toy_poling")


def test_a_folder_of_results_does_not_hide_an_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toy_pooling").mkdir()
    monkeypatch.chdir(tmp_path)
    assert read("toy_pooling") == example("toy_pooling")
    tiny().write("northvale")
    assert read("northvale") == tiny()


def test_a_place_made_from_another_does_not_change_with_it() -> None:
    place = tiny()
    before = place.funding["amount"].tolist()
    made = place.with_(rules=place.rules)
    place.tables["funding"].loc[0, "amount"] = 1.0
    assert made.funding["amount"].tolist() == before
