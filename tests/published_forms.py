"""Small published forms as their publishers lay them out, in the kinds of file they come in."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]

RS: Rows = [
    ["Revenue outturn summary (RS) 2015-16: final, England"],
    ["£ thousand"],
    [],
    [None, None, None, None, "Service Expenditure", None, None, "Reserves at 1 April 2015", None],
    [None, None, None, None, 190, 360, 699, 915, 916],
    [
        "E-code",
        "ONS Code",
        "Local authority",
        "Class",
        "Education services",
        "Adult Social Care",
        "TOTAL SERVICE EXPENDITURE (total of lines 190 to 698)",
        "Estimated other earmarked financial reserves level at 1 April",
        "Estimated unallocated financial reserves level at 1 April",
    ],
    [],
    ["E2321", "E10000017", "Lancashire CC", "SC", 812345, 345678, 1400000, "[c]", 36000],
    [
        "E2301",
        "E06000008",
        "Blackburn with Darwen UA",
        "UA",
        "121,989",
        "(56)",
        "212000 [r]",
        "..",
        7,
    ],
    ["E1202", "E06000028", "Bournemouth UA", "UA", 90000, 51000, 200000, 20000, 8000],
    [None, None, "England", None, 1024334, 396622, 1812000, 20000, 44007],
    [],
    ["Notes"],
    ["[r] = revised; [c] = confidential"],
]
"""Revenue summary with headings of three rows, marks, a total and notes beneath."""

CSP: Rows = [
    ["Core spending power: supporting information, 2016-17 (£ million)"],
    [],
    [
        "ONS Code",
        "Local Authority",
        "Settlement Funding Assessment",
        "Council Tax Requirement excluding parish precepts",
        "New Homes Bonus",
        "Core Spending Power",
    ],
    ["E06000008", "Blackburn with Darwen", 75.5, 47.25, 2.0, 124.75],
    ["E10000017", "Lancashire", 280.0, 430.5, 5.5, 716.0],
]
SNPP: Rows = [
    ["AREA_CODE", "AREA_NAME", "COMPONENT", "SEX", "AGE_GROUP", "2018", "2019"],
    ["E07000117", "Burnley", "Population", "persons", "0", 1100.5, 1090.1],
    ["E07000117", "Burnley", "Population", "persons", "65-69", 4800, 4750],
    ["E07000117", "Burnley", "Population", "persons", "90 and over", 700, 720],
    ["E07000117", "Burnley", "Population", "females", "All ages", 45000, 45100],
    ["E10000017", "Lancashire", "Population", "persons", "0", 12000, 11900],
    ["E92000001", "England", "Population", "persons", "0", 650000, 640000],
]
IMD: Rows = [
    [
        "Local Authority District code (2019)",
        "Local Authority District name (2019)",
        "IMD - Average rank",
        "IMD - Rank of average rank",
        "IMD - Average score",
        "IMD - Proportion of LSOAs in most deprived 10% nationally",
        "Income - Average score",
        "Employment - Average score",
    ],
    ["E07000117", "Burnley", 23000.5, 11, 37.79, 0.3833, 0.19, 0.15],
]
PSS: Rows = [
    ["PSS-EX1: unit costs by council, 2013-14 (final)"],
    [],
    [
        None,
        None,
        "Residential and nursing care, older people",
        None,
        None,
        "Home care, hour",
        None,
        None,
    ],
    [
        "CASSR code",
        "Council",
        "Gross total cost (£000s)",
        "Weeks",
        "Unit cost",
        "Gross total cost (£000s)",
        "Hours",
        "Unit cost",
    ],
    [323, "Lancashire", 98000, 200000, 490.0, 31000, 2137931, 14.5],
    [324, "Blackburn with Darwen", 11000, 22000, 500.0, 5000, 0, "*"],
]


def write(path: Path, rows: Rows, others: Mapping[str, Rows] | None = None) -> Path:
    """Write a form as the kind of file its name ends in: .csv, .xlsx or .ods."""
    {".csv": _csv, ".xlsx": _xlsx, ".ods": _ods}[path.suffix](
        path, {"Data": rows, **(others or {})}
    )
    return path


def _csv(path: Path, sheets: Mapping[str, Rows]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(sheets["Data"])


def _xlsx(path: Path, sheets: Mapping[str, Rows]) -> None:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name.startswith("hidden"):
            sheet.sheet_state = "hidden"
    book.save(path)


def _ods(path: Path, sheets: Mapping[str, Rows]) -> None:
    names = {
        "office": "office", "table": "table", "text": "text", "style": "style",
    }  # fmt: skip
    spaces = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for key, name in names.items()
    )
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(
            f"<table:table-row>{''.join(map(_cell, row or ['']))}</table:table-row>" for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} '
        f'office:version="1.3"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)


_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"
