"""A place on disk that is being edited: its tables as texts, judged as they are, saved whole."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from pathlib import Path, PurePath
from typing import Any

from placebudget.errors import (
    InvalidOption,
    InvalidPlace,
    PlaceBudgetError,
    WrongArgument,
    fault_words,
)
from placebudget.place import Finding, Findings, Option, Place, schema
from placebudget.place.io.cells import as_text
from placebudget.place.io.changing import header_of, write_changed
from placebudget.place.io.folder import UPLOADS, FileLimits, folder_files
from placebudget.place.io.package import SETTINGS, SHEET, settings_texts, with_typed_settings
from placebudget.place.io.reading import RawPackage, assembled, raw_package
from placebudget.place.io.sheets import Formatted
from placebudget.place.io.tables import RawTable
from placebudget.place.names import Names
from placebudget.place.options.stored import FOLDER
from placebudget.place.origin import read_from
from placebudget.place.place import PLACEHOLDERS
from placebudget.place.settings import FREE, KEEP
from placebudget.texts import Phrase
from placebudget.work.typed import (
    LONGEST_CELL,
    MOST_ROWS,
    Texts,
    page_columns,
    shown_finding,
    texts_of,
)

LIMITS = replace(UPLOADS, file=FileLimits().file, unpacked=FileLimits().unpacked)
"""How large a place may be that is edited in a page."""
_MOST_TOLD = 300

Tables = Mapping[str, Texts]


class ChangedElsewhere(PlaceBudgetError):
    """The files of a place are others than those that were read."""


def elsewhere(path: Path) -> ChangedElsewhere:
    """That the files of a place were changed since they were read, and are not saved over."""
    return ChangedElsewhere(
        Phrase(
            "%1 was changed elsewhere since it was opened here. Nothing was saved: look at what "
            "stands there now, or save over it.",
            path.name,
        )
    )


@dataclass(frozen=True)
class Document:
    """A place as it stands in its files.

    Parameters
    ----------
    path : Path
        Its folder, workbook or archive.
    digest : str
        SHA-256 of all that was read.
    raw : RawPackage
        What the files hold.
    tables : mapping of str to rows of texts
        By the name of each table of the schema: its cells in the order of the schema's columns;
        under ``place`` the settings, as name and value.
    locked : mapping of str to str
        Tables that cannot be edited here, and why.
    """

    path: Path
    digest: str
    raw: RawPackage
    tables: Tables
    locked: Mapping[str, str]


def digest_on_disk(path: Path, limits: FileLimits = LIMITS) -> str:
    """SHA-256 of what would be read of a place.

    Raises
    ------
    InvalidPlace
        If the system does not let it be read.
    """
    try:
        return _digest(folder_files(path, limits)[0] if path.is_dir() else _read(path, limits))
    except OSError as error:
        what = f"{path.name} cannot be read: {error.strerror or error}. Check the path."
        raise InvalidPlace(what) from error


def _read(path: Path, limits: FileLimits) -> dict[str, bytes]:
    """What is read of one file: of an archive all but its options, which come and go alone."""
    content = path.read_bytes()
    if path.suffix.lower() == ".zip":
        broken = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
        with suppress(*broken), zipfile.ZipFile(io.BytesIO(content)) as archive:
            held = [e for e in archive.infolist() if PurePath(e.filename).parent.name != FOLDER]
            if sum(each.file_size for each in held) <= limits.unpacked:
                return {each.filename: archive.read(each) for each in held}
    return {"": content}


def _digest(files: Mapping[str, bytes]) -> str:
    hashed = hashlib.sha256()
    for name in sorted(files):
        hashed.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return hashed.hexdigest()


def read_document(path: Path, limits: FileLimits = LIMITS) -> Document:
    """Read a place to be edited; cells that cannot be read stand in it as they are written.

    Parameters
    ----------
    path : Path
        A folder with ``datapackage.json``, a workbook or an archive.
    limits : FileLimits, optional
        How large it may be.

    Raises
    ------
    InvalidPlace
        If it is no place, or nothing of it can be read.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> folder = pb.example("toy_pooling").write(Path(tempfile.mkdtemp()) / "toy")
    >>> document = read_document(folder)
    >>> document.tables["funding"][0][:3]
    ['council_money', '2025-26', '30000000']
    """
    # Taken before the rest is read: what changes in between is found when it is saved.
    digest = digest_on_disk(path, limits)
    raw = raw_package(Place, path, limits)
    there = {table.name: table for table in raw.tables}
    tables: dict[str, Texts] = {}
    locked: dict[str, str] = {}
    for name in schema():
        rows = there[name].rows if name in there else []
        why = _why_locked(name, rows, [table.name for table in raw.tables].count(name))
        if why:
            locked[name] = why
        else:
            tables[name] = _texts(name, rows)
    if raw.properties is None:
        locked[SHEET] = Phrase(
            "The settings cannot be read. Mend the file first; the overview says how."
        )
    else:
        tables[SHEET] = settings_texts(raw.properties)
    return Document(path, digest, raw, tables, locked)


def _why_locked(name: str, rows: Sequence[Sequence[Any]], times: int) -> str:
    """Why a table cannot be edited in a page; empty where it can."""
    if times > 1:
        return Phrase("This table is there twice. Keep one of the two in the files.")
    header = [each for each in header_of(rows) if each]
    if len(set(header)) < len(header) or not set(header) <= set(schema()[name].names):
        return Phrase(
            "The headings of this table are not those of a place, so that it is not known which "
            "cell belongs where. Mend the headings in the file."
        )
    if len(rows) > MOST_ROWS + 1:
        return Phrase("This table has more than %1 rows. Edit its file.", f"{MOST_ROWS:,}")
    if any(len(_text(cell)) > LONGEST_CELL for row in rows for cell in row):
        most = f"{LONGEST_CELL:,}"
        return Phrase("This table has a cell of more than %1 characters. Edit its file.", most)
    if any(_text(cell) for row in rows for cell in row[len(header_of(rows)) :]):
        return Phrase("This table has rows with more cells than headings. Mend them in the file.")
    return ""


def _texts(name: str, rows: Sequence[Sequence[Any]]) -> Texts:
    header = header_of(rows)
    begin = next((n for n, row in enumerate(rows, start=1) if any(map(_text, row))), 0)
    at = [header.index(column) if column in header else -1 for column in schema()[name].names]
    texts = [
        [_text(row[each]) if 0 <= each < len(row) else "" for each in at] for row in rows[begin:]
    ]
    while texts and not any(texts[-1]):
        texts.pop()
    return texts


def _text(cell: Any) -> str:
    """A cell as it would be typed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    held = cell.number if isinstance(cell, Formatted) else cell
    return as_text(held)


def checked_tables(document: Document, given: object) -> Tables:
    """Tables as a page sent them; those that are not sent are as they were read.

    Raises
    ------
    WrongArgument
        If one cannot be meant.
    """
    if not isinstance(given, Mapping):
        raise WrongArgument("The tables that were sent are none.")
    problems = []
    for name, rows in given.items():
        if name not in document.tables:
            problems.append(f"There is no table {str(name)[:40]} that can be edited here.")
        elif name == SHEET:
            if not _are_rows(rows, 2) or [row[0] for row in rows] != list(SETTINGS):
                problems.append("The settings that were sent are none.")
        elif not _are_rows(rows, len(schema()[name].names)):
            problems.append(
                f"The rows of {name} are not rows of {len(schema()[name].names)} texts of up to "
                f"{LONGEST_CELL:,} characters, {MOST_ROWS:,} rows at most."
            )
    if problems:
        raise WrongArgument(" ".join(problems))
    return {**document.tables, **given}


def _are_rows(rows: object, width: int) -> bool:
    return (
        isinstance(rows, list)
        and len(rows) <= MOST_ROWS
        and all(isinstance(row, list) and len(row) == width for row in rows)
        and all(_is_cell(cell) for row in rows for cell in row)
    )


def _is_cell(cell: object) -> bool:
    if not isinstance(cell, str) or len(cell) > LONGEST_CELL or "\0" in cell:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in cell)


def save_document(document: Document, tables: Tables) -> Document:
    """Write the tables that changed, and read what stands there then.

    Parameters
    ----------
    document : Document
        The place as it was read.
    tables : mapping of str to rows of texts
        Its tables as they are to be.

    Raises
    ------
    ChangedElsewhere
        If the files are others than those that were read; nothing is written then.
    CannotAnswer, CannotWrite
        If it cannot be written; nothing is.
    """
    if digest_on_disk(document.path) != document.digest:
        raise elsewhere(document.path)
    write_changed(document.path, document.raw, document.tables, tables)
    return read_document(document.path)


# --- what a page shows of it -----------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """What tables of texts come to.

    Parameters
    ----------
    place : Place or None
        The place; None where something cannot be read.
    findings : Findings
        Everything that is found.
    """

    place: Place | None
    findings: Findings


def judge(document: Document, tables: Tables) -> Judged:
    """The place that tables come to, with everything that is found about it.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> folder = pb.example("toy_pooling").write(Path(tempfile.mkdtemp()) / "toy")
    >>> document = read_document(folder)
    >>> funding = [["council_money", "soon", *row[2:]] for row in document.tables["funding"]]
    >>> judged = judge(document, {**document.tables, "funding": funding})
    >>> judged.place is None, judged.findings[0].where
    (True, 'funding, row 2, year')
    """
    there = {table.name for table in document.raw.tables}
    others = [table for table in document.raw.tables if table.name not in tables]
    typed = [
        RawTable(name, [list(schema()[name].names), *rows])
        for name, rows in tables.items()
        if name != SHEET and (rows or name in there)
    ]
    raw = document.raw._replace(tables=[*others, *typed])
    if SHEET in tables:
        before, after = document.tables[SHEET], tables[SHEET]
        raw = raw._replace(properties=with_typed_settings(raw.properties or {}, before, after))
    try:
        place = assembled(Place, raw)
    except InvalidPlace as error:
        return Judged(None, _as_findings(error.findings))
    place = read_from(place, str(document.path))
    return Judged(place, place.check())


def with_option(tables: Tables, place: Place, option: Option) -> Tables:
    """The tables that an option changes, as they would be typed; a cell it leaves stays as it is.

    Parameters
    ----------
    tables : mapping of str to rows of texts
        Tables as they are typed.
    place : Place
        The place they come to.
    option : Option
        What is laid on them.

    Raises
    ------
    InvalidOption
        If it does not fit the place, or changes a table that cannot be edited.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> document = read_document(place.write(Path(tempfile.mkdtemp()) / "toy"))
    >>> less = pb.Option("less").scale("funding", 0.9)
    >>> with_option(document.tables, place, less)["funding"][0][:3]
    ['council_money', '2025-26', '27000000']
    """
    made = option.apply(place)
    changed: dict[str, Texts] = {}
    for name in schema():
        before, after = texts_of(place, name), texts_of(made, name)
        if before == after:
            continue
        if name not in tables:
            raise InvalidOption(
                f"{option.name} changes {schema()[name].title}, which cannot be edited here. Plan "
                "with it, or edit the file."
            )
        same = len(before) == len(after) == len(tables[name])
        rows = zip(tables[name], before, after, strict=True) if same else ()
        kept = [[_left(*cell) for cell in zip(*row, strict=True)] for row in rows]
        changed[name] = kept or after
    return changed


def _left(typed: str, before: str, after: str) -> str:
    return typed if before == after else after


def _as_findings(findings: Sequence[Finding]) -> Findings:
    return findings if isinstance(findings, Findings) else Findings(findings)


def page_of(document: Document, tables: Tables, judged: Judged) -> dict[str, Any]:
    """A place as a page shows it: its tables, what is found in each, and what it comes to."""
    shown = []
    for name, table in schema().items():
        about = {"name": name, "title": Phrase(table.title), "about": Phrase(table.description)}
        columns, rows = page_columns(name), tables.get(name)
        locked = document.locked.get(name, "")
        shown.append(about | {"columns": columns, "rows": rows or [], "locked": locked})
    settings = {"rows": tables.get(SHEET, []), "locked": document.locked.get(SHEET, "")}
    head = {"name": SHEET, "title": Phrase("Settings"), "about": "", "columns": []}
    shown.append({**head, **settings})
    described = [_setting(name, **_SETTINGS[name]) for name in SETTINGS]
    return {"tables": shown, "settings": described, **judged_page(document, judged)}


def _setting(name: str, label: str, about: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": Phrase(label), "about": Phrase(about), **more}


_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "title": {"label": "Title", "about": "As reports show it."},
    "description": {"label": "Description", "about": "What the place is and rests on."},
    "years": {
        "label": "Financial years",
        "about": "Those in which money is spent, in order, divided by commas: 2027-28, 2028-29.",
    },
    "price_base": {
        "label": "Price base",
        "about": "The financial year in whose prices unit costs and values stand. Blank: the "
        "first year.",
    },
    "today_year": {
        "label": "Year of today's money",
        "about": "The financial year of the table of today's money. Blank: the first year.",
    },
    "discount": {
        "label": "Discounting",
        "about": "green book (3.5% a year, less after 30 years), green book health (1.5%), one "
        "rate such as 0.035, or last years and rates such as [[30, 0.035], [75, 0.03]]. Blank: "
        "green book.",
    },
    "appraisal_years": {
        "label": "Years of benefits that count",
        "about": "Counted from the first year. Blank: as long as effects last.",
    },
    "without_effects": {
        "label": "Services without effects",
        "about": "keep: they keep today's money. free: it may be spent elsewhere.",
        "choices": ["", KEEP, FREE],
    },
    "name": {
        "label": "Key",
        "about": "Short, lower case, without spaces; plan files are named by it.",
    },
}


def judged_page(document: Document, judged: Judged) -> dict[str, Any]:
    """What a page shows anew when a cell was changed: findings by table, and the overview."""
    by_table: dict[str, list[dict[str, Any]]] = {name: [] for name in (*schema(), SHEET)}
    for finding in judged.findings:
        if finding.table in by_table:
            by_table[finding.table].append(shown_finding(finding))
    digest = "" if judged.place is None else judged.place.digest
    return {"findings": by_table, "of": digest, "overview": _overview(document, judged)}


def _overview(document: Document, judged: Judged) -> dict[str, Any]:
    place, found = judged.place, judged.findings
    properties = document.raw.properties or {}
    title = str(properties.get("title") or properties.get("name") or document.raw.name)
    years = [] if place is None else list(place.years)
    known = (*schema(), SHEET)
    groups = [
        {
            "severity": group.findings[0].severity,
            "where": group.placed(_titled),
            "text": f"{group.what} {group.mend}".strip(),
            "follow": group.says_of_following,
            **{key: shown_finding(group.findings[0])[key] for key in ("row", "column")},
            "table": group.findings[0].table if group.findings[0].table in known else "",
        }
        for group in found.groups[:_MOST_TOLD]
    ]
    return {
        "title": title if place is None else place.settings.title or place.name,
        "placeholders": Phrase(PLACEHOLDERS) if place is not None and place.placeholders else "",
        "description": str(properties.get("description") or ""),
        "years": years,
        "errors": len(found.errors),
        "warnings": len(found.warnings),
        "groups": groups,
        "money": [] if place is None or found.errors else _pence(place),
        "to_do": [] if place is None or found.errors else _to_do(place),
    }


def fault_told(error: BaseException) -> str:
    """What a page says of an error: findings as the overview has them, and no rule's code.

    Examples
    --------
    >>> from placebudget.place.findings import error
    >>> wrong = error("negative", "funding", 3, "amount", "-5 is negative.", "Write 0 or more.")
    >>> fault_told(InvalidPlace(str(Findings([wrong])), [wrong]))
    'Funding, row 3, amount: -5 is negative. Write 0 or more.'
    """
    if not isinstance(error, InvalidPlace) or not error.findings:
        return fault_words(error)
    groups = (_as_findings(error.findings).errors or _as_findings(error.findings)).groups
    told = (f"{each.placed(_titled)}: {each.what} {each.mend}".strip() for each in groups)
    return "\n".join(islice(told, _MOST_TOLD))


def _titled(table: str, column: str | None) -> tuple[str, str | None]:
    """A table and its column as a page calls them."""
    if table == SHEET:
        about = _SETTINGS.get(column or "")
        return "Settings", column if about is None else about["label"]
    if table not in schema():
        return table, column
    return schema()[table].title, column and column.replace("_", " ")


def _pence(place: Place) -> list[dict[str, Any]]:
    """What each agency has in each year of the plan; at the end, without a name, all together."""
    streams, funding = place.streams.set_index("stream")["agency"], place.filled("funding")
    table = (
        funding.assign(agency=funding["stream"].map(streams))
        .pivot_table(index="agency", columns="year", values="amount", aggfunc="sum", fill_value=0.0)
        .reindex(index=place.agencies["agency"], columns=list(place.years), fill_value=0.0)
    )
    name = Names(place).of
    rows = [
        (name("agency", str(key)), row)
        for key, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    rows.append(("", table.sum().to_numpy()))
    return [{"name": who, "pence": [round(100 * pounds) for pounds in row]} for who, row in rows]


def _to_do(place: Place) -> list[dict[str, Any]]:
    found = place.to_do()
    things = [_where(place, thing) for thing in found.told.to_dict("records")]
    more = {
        "text": Phrase(
            "and %1 more; the study has more of them, and a workbook all.",
            len(found.things) - len(found.told),
        ),
        "table": "",
        "row": None,
    }
    return [
        {
            "text": each.text,
            "points": [
                more if where is None else {"text": text, **where}
                for text, where in zip_longest(each.points, things if each.points else ())
            ],
        }
        for each in found.summarised().paragraphs
    ]


def _where(place: Place, thing: Mapping[Any, Any]) -> dict[str, Any]:
    """Where the first figure of a thing that is to do stands."""
    table = str(thing["tables"]).partition(", ")[0]
    column, _, key = str(thing["about"]).partition("=")
    rows = place.tables[table]
    mine = list(rows[column] == key) if column in rows else []
    return {"table": table, "row": mine.index(True) if True in mine else 0}
