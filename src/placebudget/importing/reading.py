"""A published file into one tidy table: which form it is, where its headings stand, its figures.

A sheet is read in three steps. Its headings are found: the row that names a code or an
authority, with the rows of groups above and of units and line numbers below. Each column
has a role by its heading: it says whose a row is, of which year, line, measure or unit; or
it holds figures, and its heading says what is left to be said. Then each figure is one row,
with line, measure, year and unit from its heading, its row, or the file, in this order.
"""

from __future__ import annotations

import datetime
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, one_of, optional, text
from placebudget.errors import UnreadableTable, WrongArgument
from placebudget.importing.authorities import CODE, Authority, by_code, by_name, plain_name
from placebudget.importing.forms import MONEY, Meaning, PublishedForm, forms, unit_in
from placebudget.importing.marks import UNREADABLE, MarkedCell, read_cell
from placebudget.importing.published import COLUMNS, Published
from placebudget.importing.sheets import LIMITS, FileSheet, pages_of
from placebudget.paths import a_path
from placebudget.place.findings import Finding, Findings, error, warning
from placebudget.place.io.cells import as_text
from placebudget.place.io.folder import FileLimits
from placebudget.place.years import financial_year, start_of
from placebudget.texts import listed, shown
from placebudget.words import number

_LOOKED_AT = 60
"""How many rows a title and notes above the headings may take."""
_WIDE_AREAS = re.compile(r"(E92|E12|E13|W92|S92|N92|K0\d)\d{6}")
_TOTAL = re.compile(
    r"(grand |sub-?)?totals?\b.*|.*\btotals?|(all )?england( and wales)?|united kingdom|uk"
    r"|great britain|wales|scotland|northern ireland|all authorities|(shire|metropolitan) .*s"
    r"|london boroughs|unitary authorities|average|median",
    re.IGNORECASE,
)
_EDITION = re.compile(
    r"\b(provisional|final|revised|second release|first release|\d{4}-based|draft|estimates?)\b",
    re.IGNORECASE,
)
_COUNCILS = ("county", "unitary", "metropolitan", "london", "district")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MANGLED = re.compile(r"([A-Za-z]{3})-(\d{2})")


def read(
    path: str | os.PathLike[str],
    *,
    form: str | None = None,
    year: str | None = None,
    limits: FileLimits = LIMITS,
) -> Published:
    """Read a published form as one tidy table.

    Which form it is, is told by its columns. Where two forms fit, or none, that is said,
    and nothing is guessed.

    Parameters
    ----------
    path : path or str
        A ``.csv``, ``.xlsx``, ``.ods`` or ``.xls`` file as it was downloaded.
    form : str, optional
        A key of :func:`forms`, where a file could be of several.
    year : str, optional
        The year of the figures, where the file does not say; of a file that says more
        than one, the one that is wanted.
    limits : FileLimits, optional
        How large a file may be.

    Returns
    -------
    Published
        Its figures, and what is to be said of how they were read.

    Raises
    ------
    UnreadableTable
        If it is no such form, with what was expected and what was found.
    WrongArgument
        If there is no such form.
    """
    with Arguments() as asked:
        file = asked.read(a_path, "path", path)
        wanted = form if form is None else asked.read(one_of, "form", form, forms())
        given = asked.read(optional, text, "year", year)
    found = pages_of(file, limits)
    if not found.pages:
        raise _refused(file.name, found.findings)
    reading = _Reading(file.name, found.pages, found.findings)
    chosen, tables = reading.form_of(wanted)
    return reading.published(chosen, tables, given)


# --- headings -------------------------------------------------------------------


@dataclass
class FormTable:
    """A sheet with its headings found.

    Parameters
    ----------
    page : FileSheet
        The sheet.
    top, first : int
        Where headings and rows of figures begin.
    parts : list of list of str
        Texts of each column's heading, from the top.
    """

    page: FileSheet
    top: int
    first: int
    parts: list[list[str]]

    @cached_property
    def headings(self) -> list[str]:
        return [" | ".join(dict.fromkeys(parts)) for parts in self.parts]

    @property
    def above(self) -> list[str]:
        """Texts above the headings."""
        return [t for row in self.page.rows[: self.top] for cell in row if (t := _text(cell))]

    def roles(self, form: PublishedForm) -> dict[int, str]:
        """What columns hold that hold no figures, by position."""
        found = {}
        for position, parts in enumerate(self.parts):
            role = next((r for part in reversed(parts) if (r := form.role(part))), "")
            if role:
                found[position] = role
        return found


def _text(cell: Any) -> str:
    return "" if cell is None else " ".join(as_text(cell).split())


def _table_of(page: FileSheet, form: PublishedForm) -> FormTable | None:
    """The sheet with its headings, as a form names the columns that say whose a row is."""
    rows = page.rows
    for number_of_row, row in enumerate(rows[:_LOOKED_AT]):
        roles = {n: form.role(_text(cell)) for n, cell in enumerate(row) if _text(cell)}
        whose = [n for n, role in roles.items() if role in ("code", "authority")]
        if not whose or len(roles) < 2:
            continue
        first = _first_figures(rows, number_of_row + 1, whose)
        if first is None:
            continue
        top = number_of_row
        while top and _is_group_row(rows[top - 1], min(whose)):
            top -= 1
        return FormTable(page, top, first, _heading_parts(rows[top:first], set(whose)))
    return None


def _first_figures(rows: Sequence[Sequence[Any]], start: int, whose: list[int]) -> int | None:
    for number_of_row, row in enumerate(rows[start : start + 12], start=start):
        named = [t for n in whose if n < len(row) and (t := _text(row[n]))]
        if not named:
            continue
        others = [cell for n, cell in enumerate(row) if n not in whose]
        if any(CODE.fullmatch(each) for each in named) or any(map(_is_figure, others)):
            return number_of_row
    return None


def _is_figure(cell: Any) -> bool:
    return read_cell(cell).value is not None


def _is_group_row(row: Sequence[Any], whose: int) -> bool:
    """Whether a row above stands over columns of figures, as a title does not."""
    filled = [n for n, cell in enumerate(row) if _text(cell)]
    return bool(filled) and (min(filled) > whose or len(filled) > 2)


def _heading_parts(block: Sequence[Sequence[Any]], whose: set[int]) -> list[list[str]]:
    width = max(map(len, block))
    parts: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(block):
        held = ""
        for n in range(width):
            own = _text(row[n]) if n < len(row) else ""
            # A group stands over the columns to its right up to the next, in all rows but
            # the last; its cell was merged.
            held = own or ("" if n in whose or depth == len(block) - 1 else held)
            if held and held not in parts[n]:
                parts[n].append(held)
    return parts


# --- which form -----------------------------------------------------------------


@dataclass
class _Reading:
    """A file being read."""

    file: str
    pages: list[FileSheet]
    findings: list[Finding]
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def form_of(self, wanted: str | None) -> tuple[PublishedForm, list[FormTable]]:
        """The form it is, and the sheets that hold it."""
        tried = [forms()[wanted]] if wanted else list(forms().values())
        fitting = {}
        for form in tried:
            tables = [table for page in self.pages if (table := _table_of(page, form))]
            tables = [table for table in tables if form.fits(self._lines(form, table))]
            if tables:
                fitting[form] = tables
        if len(fitting) > 1:
            said = " ".join([self.file, *(t for ts in fitting.values() for t in _said(ts))])
            named = [form for form in fitting if form.words and _says(form, said)]
            fitting = {form: fitting[form] for form in named if len(named) == 1} or fitting
        if len(fitting) == 1:
            return next(iter(fitting.items()))
        raise UnreadableTable(self._which(tried, list(fitting)))

    def _lines(self, form: PublishedForm, table: FormTable) -> set[str]:
        """Lines of the form that a table has, by its headings and the labels of its rows."""
        roles = table.roles(form)
        labels = [n for n, role in roles.items() if role == "line"]
        known = {
            meant.line
            for n, parts in enumerate(table.parts)
            if n not in roles and (meant := form.meaning(parts)).known
        }
        if labels:
            rows = table.page.rows[table.first :]
            texts = {tuple(_text(row[n]) for n in labels if n < len(row)) for row in rows}
            known |= {m.line for each in texts if (m := form.meaning(each)).known}
        return known

    def _which(self, tried: list[PublishedForm], fitting: list[PublishedForm]) -> str:
        if fitting:
            names = " and ".join(f"{each.title} (form={each.key!r})" for each in fitting)
            return (
                f"{self.file} may be {names}; neither its title nor its name tells which. "
                "Say which form it is."
            )
        first = next((row for page in self.pages for row in page.rows if any(map(_text, row))), [])
        heads = [t for cell in first if (t := _text(cell))]
        found = f"It begins with {listed(map(shown, heads), most=6)}." if heads else "It is empty."
        expected = "\n".join(f"- {each.expected}" for each in tried)
        return (
            f"{self.file} is none of the published forms that are read here. {found} A form has a "
            f"column for the code or name of the authority, and of these one:\n{expected}"
        )

    # --- figures ----------------------------------------------------------------

    def published(
        self, form: PublishedForm, tables: list[FormTable], given: str | None
    ) -> Published:
        """The figures of its tables as one."""
        shown_ones = [table for table in tables if not table.page.hidden]
        taken = shown_ones or tables
        self._pages_left(taken)
        year = _given_year(form, given)
        stated = self._stated_unit(form, taken)
        notes: list[str] = []
        for table in taken:
            notes += table.above
            notes += _TableReading(self, form, table, stated, year).read()
        frame = pd.DataFrame(self.rows, columns=list(COLUMNS)).astype({"value": "float64"})
        frame = self._without_doubles(frame)
        frame = self._of_year(frame, year)
        frame = self._income_positive(form, frame)
        if frame.empty or any(f.code == "no-year" for f in self.findings):
            raise _refused(self.file, self.findings)
        self._county_and_districts(form, frame)
        edition = dict.fromkeys(m.lower() for m in _EDITION.findall(" ".join([self.file, *notes])))
        units = frame["unit"].value_counts()
        money = [unit for unit in units.index if unit in MONEY]
        unit = money[0] if money else str(units.index[0])
        findings = Findings(self.findings)
        notes = list(dict.fromkeys(notes))
        return Published(self.file, form, ", ".join(edition), unit, frame, findings, tuple(notes))

    def say(
        self, code: str, where: str, row: int | None, column: str | None, what: str, mend: str
    ) -> None:
        self.findings.append(warning(code, where, row, column, what, mend))

    def _pages_left(self, taken: list[FormTable]) -> None:
        read_ones = {table.page.name for table in taken}
        for page in self.pages:
            if page.name in read_ones:
                if page.hidden:
                    what = "The sheet is hidden, and it is read: no sheet in sight has the form."
                    self.say("hidden-sheet", page.name, None, None, what, "Look at it once.")
            elif any(map(_text, (cell for row in page.rows[:_LOOKED_AT] for cell in row))):
                hidden = "is hidden and " if page.hidden else ""
                what = f"The sheet {hidden}is not read: it holds no table of this form."
                if page.hidden:
                    what = "The sheet is hidden, and it is not read."
                mend = "Nothing, if it holds notes; save it as a file of its own otherwise."
                self.say("sheet-not-read", page.name, None, None, what, mend)

    def _stated_unit(self, form: PublishedForm, tables: list[FormTable]) -> str:
        """The unit of money that titles state; the form's own, said so, where none does."""
        stated = {unit for table in tables for said in table.above if (unit := unit_in(said))}
        if len(stated) > 1:
            what = f"Titles speak of {' and of '.join(sorted(stated))}."
            mend = f"Figures are read in {form.unit}, where no heading says otherwise: check it."
            self.say("several-units", self.file, None, None, what, mend)
        if len(stated) != 1:
            return ""
        unit = stated.pop()
        if form.unit in MONEY and unit != form.unit:
            what = f"It states {unit}; the form is usually in {form.unit}."
            self.say("unit", self.file, None, None, what, "Read as stated: check one figure.")
        return unit

    def _without_doubles(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Figures that are there twice: once where they agree, not at all where they do not."""
        key = ["code", "authority", "year", "line", "measure"]
        twice = frame.duplicated(key, keep=False)
        if not twice.any():
            return frame
        differ = frame[twice].groupby(key, sort=False)["value"].transform("nunique") > 1
        bad = differ[differ].index
        rows = frame.loc[bad]
        # By what fewer findings say: the lines of an authority, or the authorities of a line.
        by = min((["authority"], ["line", "year"]), key=lambda by: len(rows[by].drop_duplicates()))
        for of, alike in rows.groupby(by, sort=False):
            others = alike["line" if len(by) == 1 else "authority"].unique()
            what = (
                f"{', '.join(map(str, of))} stands there more than once with different figures "
                f"({listed(others, most=4)}); none of these {number(len(alike))} is taken."
            )
            mend = f"See {listed(alike['cell'], most=4)}, and leave one of them."
            self.findings.append(error("doubled", self.file, None, None, what, mend))
        return frame.drop(bad).drop_duplicates(key).reset_index(drop=True)

    def _of_year(self, frame: pd.DataFrame, year: str) -> pd.DataFrame:
        if not year or frame.empty:
            return frame
        there = sorted(frame["year"].unique())
        if year not in there:
            what = f"It has figures of {listed(there)}, not of {year}."
            mend = "Give one of its years, or another file."
            raise UnreadableTable(f"{self.file}: {what} {mend}")
        return frame[frame["year"] == year].reset_index(drop=True)

    def _income_positive(self, form: PublishedForm, frame: pd.DataFrame) -> pd.DataFrame:
        """Income as a positive figure, whichever sign the form writes it with."""
        for line in form.measured.get("income", ()):
            rows = (frame["line"] == line) & (frame["measure"] == "income")
            values = frame.loc[rows, "value"]
            if values.sum() < 0:
                frame.loc[rows, "value"] = -values + 0.0
                what = f"{line}: income is written as negative; here income is positive."
                mend = "Nothing: a payment back is negative here."
                self.say("sign-turned", self.file, None, None, what, mend)
        return frame

    def _county_and_districts(self, form: PublishedForm, frame: pd.DataFrame) -> None:
        if not form.areas:
            return
        held: dict[str, list[str]] = defaultdict(list)
        there = set(frame["code"])
        for code in there:
            one = by_code(code)
            if one and one.county in there:
                held[one.county].append(one.name)
        for county, districts in sorted(held.items()):
            name = known.name if (known := by_code(county)) else county
            what = f"{name} holds {number(len(districts))} districts that "
            what += "have rows of their own."
            mend = "Never add the county to its districts."
            self.say("county-and-districts", self.file, None, None, what, mend)


def _said(tables: list[FormTable]) -> list[str]:
    return [t for table in tables for t in [table.page.name, *table.above, *table.headings[:3]]]


def _says(form: PublishedForm, said: str) -> bool:
    return re.search(form.words, said.replace("_", " "), re.IGNORECASE) is not None


def _given_year(form: PublishedForm, given: str | None) -> str:
    if given is None:
        return ""
    if form.period == "financial":
        return financial_year(start_of(given))
    if not re.fullmatch(r"(19|20)\d\d", given.strip()):
        raise WrongArgument(f"year is a year such as 2022 for {form.title}, not {shown(given)}")
    return given.strip()


def _refused(file: str, findings: Iterable[Finding]) -> UnreadableTable:
    errors = list(dict.fromkeys(str(each) for each in findings if each.severity == "error"))
    told = errors or ["no figure could be read from it"]
    return UnreadableTable("\n- ".join([f"{file} cannot be read as a published form:", *told[:20]]))


# --- one table ------------------------------------------------------------------


class _TableReading:
    """The rows of one table, read."""

    def __init__(
        self, reading: _Reading, form: PublishedForm, table: FormTable, stated: str, year: str
    ) -> None:
        self._reading, self._form, self._table = reading, form, table
        self._roles = table.roles(form)
        self._stated, self._given = stated, year
        self._labels: dict[tuple[str, ...], Meaning] = {}
        self._states: dict[str, list[str]] = defaultdict(list)
        self._who: dict[tuple[str, ...], tuple[str, str]] = {}
        self._no_year: list[int] = []
        self._totals: list[tuple[int, str]] = []
        self._doubts: dict[str, int] = {}
        self._not_there: dict[str, list[int]] = {}
        self._year = self._year_of_table()

    @property
    def _where(self) -> str:
        return self._table.page.name

    def read(self) -> list[str]:
        """Add its figures to the reading; the notes beneath it are given back."""
        columns = self._columns()
        notes: list[str] = []
        for n, row in enumerate(self._table.page.rows[self._table.first :], self._table.first + 1):
            if not any(map(_text, row)):
                continue
            if self._is_note(row, columns):
                notes.append(" ".join(t for cell in row if (t := _text(cell))))
                continue
            self._row(n, row, columns)
        self._tell()
        return notes

    def _year_of_table(self) -> str:
        """The year that sheet, title or file name state; the one given, else."""
        said = [self._where, *self._table.above, self._reading.file]
        found = [year for each in said if (year := self._form.year_in(each))]
        return found[0] if found else self._given

    def _columns(self) -> dict[int, Meaning]:
        """What the columns of figures mean; of two that mean the same the first."""
        found: dict[int, Meaning] = {}
        taken: dict[tuple[str, ...], int] = {}
        left = []
        value = [n for n, role in self._roles.items() if role == "value"]
        rows = self._table.page.rows[self._table.first :]
        for n, parts in enumerate(self._table.parts):
            if n in self._roles and n not in value:
                continue
            cells = [row[n] for row in rows if n < len(row)]
            if not any(map(_text, cells)):
                continue
            if not any(map(_is_figure, cells)):
                left.append(self._table.headings[n] or _letters(n))
                continue
            if n in value:
                found[n] = Meaning(unit=unit_in(self._table.headings[n]))
                continue
            meant = self._form.meaning(parts)
            if self._by_row("line") and not meant.known:
                # The row names the line: the column is a measure or a year, or says nothing.
                measure = meant.measure or ("" if meant.year else meant.line)
                meant = Meaning("", measure, meant.year, meant.unit)
            key = (meant.line, meant.measure, meant.year)
            if key in taken:
                text_of = re.sub(r"\W+", "_", self._table.headings[n].lower()).strip("_")
                first = self._table.headings[taken[key]]
                what = f"It would be {meant.line or meant.measure} like {shown(first)}."
                mend = f"It is kept as {text_of}: see which of the two is wanted."
                where = f"{self._table.headings[n]} (column {_letters(n)})"
                self._reading.say("second-column", self._where, None, where, what, mend)
                meant = Meaning(text_of, meant.measure, meant.year, meant.unit)
            taken.setdefault(key, n)
            found[n] = meant
        if left:
            what = f"Columns without figures are not read: {listed(map(shown, left))}."
            self._reading.say("column-not-read", self._where, None, None, what, "Nothing.")
        return found

    def _by_row(self, role: str) -> bool:
        return role in self._roles.values()

    def _texts(self, row: Sequence[Any], role: str) -> list[str]:
        return [_text(row[n]) for n, held in self._roles.items() if held == role and n < len(row)]

    def _is_note(self, row: Sequence[Any], columns: dict[int, Meaning]) -> bool:
        """Whether a row is text beneath the table: it holds neither code nor figure."""
        if any(CODE.fullmatch(code) for code in self._texts(row, "code")):
            return False
        return all(n >= len(row) or not _text(row[n]) for n in columns)

    def _row(self, n: int, row: Sequence[Any], columns: dict[int, Meaning]) -> None:
        codes, names = self._texts(row, "code"), self._texts(row, "authority")
        year, told = self._year_of_row(n, row)
        if not told:
            return
        if self._is_total(codes, names):
            self._totals.append((n, next(filter(None, [*names, *codes]), "")))
            return
        key = (*codes, "|", *names, year)
        if key not in self._who:
            self._who[key] = self._whose(n, codes, names, year)
        code, authority = self._who[key]
        label = self._label(row)
        unit_said = next(iter(filter(None, map(unit_in, self._texts(row, "unit")))), "")
        for position, meant in columns.items():
            cell = row[position] if position < len(row) else None
            given = read_cell(cell, self._table.page.decimal)
            if given.status == "blank":
                continue
            of = meant.year or year
            if not of:
                self._no_year.append(n)
                return
            line = meant.line or label.line
            measure = meant.measure or label.measure or self._form.measure_of(line)
            self._tell_of(given, n, position)
            self._reading.rows.append(
                (
                    code,
                    authority,
                    of,
                    line,
                    measure,
                    given.value,
                    self._unit(line, measure, meant.unit or unit_said),
                    given.status,
                    given.note,
                    self._heading(position, row),
                    self._address(n, position),
                )
            )

    def _label(self, row: Sequence[Any]) -> Meaning:
        texts = (*self._texts(row, "line"), "|", *self._texts(row, "measure"))
        if texts not in self._labels:
            cut = texts.index("|")
            of_line = self._form.meaning(texts[:cut]) if cut else Meaning()
            of_measure = self._form.meaning(texts[cut + 1 :])
            measure = of_line.measure or of_measure.measure or of_measure.line
            self._labels[texts] = Meaning(of_line.line, measure, known=of_line.known)
        return self._labels[texts]

    def _unit(self, line: str, measure: str, said: str) -> str:
        usual = self._form.unit_of(line, measure)
        if usual not in MONEY:
            return usual
        return said or self._stated or usual

    def _heading(self, position: int, row: Sequence[Any]) -> str:
        own = [*self._texts(row, "line"), *self._texts(row, "measure")]
        return " | ".join(filter(None, [*own, self._table.headings[position]]))

    def _address(self, n: int, position: int) -> str:
        cell = f"{_letters(position)}{n}"
        return cell if self._where == self._reading.file else f"{self._where}!{cell}"

    # --- years ------------------------------------------------------------------

    def _year_of_row(self, n: int, row: Sequence[Any]) -> tuple[str, bool]:
        """The year of a row, and whether it could be read."""
        cells = [row[p] for p, role in self._roles.items() if role == "year" and p < len(row)]
        cells = [cell for cell in cells if _text(cell)]
        if not cells:
            return self._year, True
        cell = cells[0]
        said, doubt = _year_cell(self._form, cell)
        column = "year"
        if not said:
            what = f"{shown(_text(cell))} is no year: {doubt}."
            mend = "Write it as 2015-16." if self._form.period == "financial" else "Write 2015."
            self._reading.findings.append(
                error("wrong-year", self._where, n, column, f"{what} The row is left out.", mend)
            )
            return "", False
        if doubt:
            self._doubts.setdefault(doubt, n)
        return said, True

    # --- authorities ------------------------------------------------------------

    def _is_total(self, codes: list[str], names: list[str]) -> bool:
        if any(by_code(code) for code in codes):
            return False
        if any(_WIDE_AREAS.fullmatch(code) for code in codes):
            return True
        return any(_TOTAL.fullmatch(name) and not by_name(name) for name in names)

    def _whose(self, n: int, codes: list[str], names: list[str], year: str) -> tuple[str, str]:
        """Code and name of the authority of a row; what does not agree is said."""
        written = next(filter(None, names), "")
        padded = [code.zfill(3) if code.isdigit() else code for code in codes if len(code) > 1]
        meant = {one.code: one for code in padded if (one := by_code(code))}
        named = by_name(written, year) if written else ()
        if len(meant) > 1:
            agree = [one for one in meant.values() if one in named]
            one = agree[0] if agree else next(iter(meant.values()))
            who = " and ".join(each.words for each in meant.values())
            what = f"The codes {listed(padded)} are of different authorities: {who}."
            self._reading.say(
                "codes-disagree", self._where, n, None, what, f"Read as {one.words}: check it."
            )
            return one.code, one.name
        if meant:
            one = next(iter(meant.values()))
            if written and named and not any(_same(one, each) for each in named):
                what = f"{shown(written)} has the code of {one.words}."
                mend = "Read by the code: check that no rows were shifted."
                self._reading.say("name-differs", self._where, n, None, what, mend)
            self._ended(n, one, year)
            return one.code, one.name
        if len(named) > 1:
            who = " or ".join(each.words for each in named)
            what = f"{shown(written)} may be {who}."
            mend = "Read without a code: give the file a column with codes."
            self._reading.say("which-authority", self._where, n, None, what, mend)
            return "", written
        if named:
            if padded:
                what = (
                    f"The code {listed(padded)} is not known; by its name it is {named[0].words}."
                )
                self._reading.say("unknown-code", self._where, n, None, what, "Check the code.")
            self._ended(n, named[0], year)
            return named[0].code, named[0].name
        what = f"{shown(written or listed(padded))} is no authority that is known here."
        mend = "It is kept as it stands; check its name or code."
        self._reading.say("unknown-authority", self._where, n, None, what, mend)
        return next(iter(padded), ""), written

    def _ended(self, n: int, one: Authority, year: str) -> None:
        if year and one.kind in _COUNCILS and not one.was_there(year):
            self._not_there.setdefault(one.words, []).append(n)

    # --- what is told -----------------------------------------------------------

    def _tell_of(self, given: MarkedCell, n: int, position: int) -> None:
        where = f"{self._table.headings[position]} (column {_letters(position)})"
        if given.status == UNREADABLE and given.fault:
            what = f"{given.fault.what} No figure is taken from it."
            self._reading.findings.append(
                error("unreadable-cell", self._where, n, where, what, given.fault.mend)
            )
        elif given.status or given.note:
            state = given.status or f"marked {given.note}"
            self._states[state].append(f"{_letters(position)}{n}")

    def _tell(self) -> None:
        for state, cells in self._states.items():
            what = f"{_cells(len(cells))} {state}: {listed(cells, most=4)}."
            mend = "The table keeps the mark; see the notes of the file."
            self._reading.say("marked-cells", self._where, None, None, what, mend)
        if self._totals:
            names = dict.fromkeys(name for _, name in self._totals)
            rows = [str(n) for n, _ in self._totals]
            what = (
                f"Rows of totals are left out: {listed(map(shown, names))} (rows {listed(rows)})."
            )
            mend = "Nothing: they would count again."
            self._reading.say("total-rows", self._where, None, None, what, mend)
        if self._doubts:
            rows = [f"row {n}" for n in self._doubts.values()]
            what = f"{'; '.join(self._doubts)} ({listed(rows, most=4)})."
            mend = "Check that it is so."
            self._reading.say("year-read", self._where, None, "year", what, mend)
        if self._not_there:
            rows = [str(n) for rows in self._not_there.values() for n in rows]
            who = listed(self._not_there, most=4)
            what = f"Not there in the year of their row: {who} (rows {listed(rows)})."
            mend = "Check the year; or the file has other boundaries than its year."
            self._reading.say("not-there", self._where, None, None, what, mend)
        if self._no_year:
            what = "Neither headings, rows, title nor the name of the file say of which year it is."
            such = "2015-16" if self._form.period == "financial" else "2022"
            mend = f"Give the year, as year={such!r} or --year {such}."
            self._reading.findings.append(error("no-year", self._where, None, None, what, mend))


def _cells(count: int) -> str:
    return "1 cell is" if count == 1 else f"{number(count)} cells are"


def _same(one: Authority, other: Authority) -> bool:
    """Whether two are one body in two guises: before and after, or of one name."""
    return (
        one == other
        or plain_name(one.name) == plain_name(other.name)
        or other.code in one.became
        or one.code in other.became
    )


def _year_cell(form: PublishedForm, cell: Any) -> tuple[str, str]:
    """The year in a cell and what is to be said of it; or nothing, and why."""
    if isinstance(cell, datetime.date):
        # A spreadsheet takes 2010-11 for November 2010.
        name = financial_year(cell.year)
        if form.period == "financial" and cell.day == 1 and f"{cell.month:02d}" == name[-2:]:
            return name, f"A date is read as {name}, from which a spreadsheet had made it"
        return "", "it is a date"
    said = _text(cell)
    if form.period != "financial":
        match = re.fullmatch(r"(?:mid[- ]?)?((?:19|20)\d\d)", said, re.IGNORECASE)
        return (match[1], "") if match else ("", "a year such as 2022 is needed")
    if (mangled := _MANGLED.fullmatch(said)) and mangled[1].lower() in _MONTHS:
        name = financial_year(2000 + int(mangled[2]))
        if _MONTHS.index(mangled[1].lower()) + 1 == int(name[-2:]):
            return name, f"{said} is read as {name}, from which a spreadsheet had made it"
        return "", "it is a month"
    if year := form.year_in(said):
        return year, ""
    if re.fullmatch(r"(19|20)\d\d", said):
        name = financial_year(int(said))
        return name, f"{said} is read as {name}, the year that begins in April {said}"
    return "", "a financial year such as 2015-16 is needed"


def _letters(position: int) -> str:
    letters, rest = "", position + 1
    while rest:
        rest, left = divmod(rest - 1, 26)
        letters = chr(65 + left) + letters
    return letters
