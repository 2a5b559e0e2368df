"""The rows of a table of a published form: whose each is, of which year, and its figures."""

from __future__ import annotations

import datetime
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from placebudget.importing.authorities import (
    CODE,
    Authority,
    by_code,
    by_name,
    plain_name,
    register,
)
from placebudget.importing.forms import MONEY, Meaning, PublishedForm, slug, unit_in
from placebudget.importing.published import WHOLE, Remarks
from placebudget.importing.sheets import (
    MISSING,
    NOT_THERE,
    UNREADABLE,
    FormTable,
    MarkedCell,
    is_figure,
    read_cell,
    text_of_cell,
)
from placebudget.place.findings import NOTHING, Finding, error, warning
from placebudget.place.io.cells import letters
from placebudget.place.settings import financial_year
from placebudget.texts import listed, shown
from placebudget.words import as_set, number

_WIDE_AREAS = re.compile(r"(E92|E12|E13|W92|S92|N92|K0\d)\d{6}")
_TOTAL = re.compile(
    r"(grand |sub-?)?totals?\b.*|.*\btotals?|(all )?england( and wales)?|united kingdom|uk"
    r"|great britain|wales|scotland|northern ireland|all authorities|(shire|metropolitan) .*s"
    r"|london boroughs|unitary authorities|average|median",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"(grand )?totals?|(total )?(all )?england( total)?", re.IGNORECASE)
AS_HEADED = "as headed"
"""Measure of a line that the form does not describe, where its heading names none."""

_MOST_UNKNOWN = 500
_RETURNED = ("", "submitted", "certified", "final", "yes")
_DATE = "A spreadsheet had made dates of years"
_COUNCILS = ("county", "unitary", "metropolitan", "london", "district")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MANGLED = re.compile(r"([A-Za-z]{3})-(\d{2})")


class TableReading:
    """The rows of one table, read.

    Parameters
    ----------
    file : str
        Name of the file.
    form : PublishedForm
        Which form it is.
    table : FormTable
        The table.
    stated : str
        The unit of money that titles state; empty: none.
    given : str
        The year that was given; empty: none.
    """

    def __init__(
        self, file: str, form: PublishedForm, table: FormTable, stated: str, given: str
    ) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self.remarks = Remarks()
        self.notes = list(table.above)
        self._file, self._form, self._table, self._stated = file, form, table, stated
        self._roles = table.roles(form)
        self._labels: dict[tuple[str, ...], Meaning] = {}
        self._states: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._who: dict[tuple[str, ...], tuple[str, str]] = {}
        self._no_year: list[int] = []
        self._totals: list[tuple[int, str]] = []
        self._whats: dict[tuple[int, str, str, str], tuple[str, str, str]] = {}
        self._whole: list[tuple[int, str, str, Meaning, Sequence[Any]]] = []
        self._sums: dict[tuple[int, str, str, str], list[float]] = {}
        self._sheet = "" if self._where == file else f"{self._where}!"
        self._doubts: dict[str, dict[str, int]] = {}
        self._texted: list[str] = []
        self._there: dict[tuple[str, str], bool] = {}
        self._not_there: dict[tuple[str, str], int] = {}
        self._year = self._year_of_table(given)
        self._read()

    def _say(
        self, code: str, row: int | None, column: str | None, what: str, mend: str, *whose: str
    ) -> None:
        self.remarks.say(warning(code, self._where, row, column, what, mend), *whose)

    @property
    def _where(self) -> str:
        return self._table.page.name

    def _read(self) -> None:
        columns = self._columns()
        for n, row in enumerate(self._table.page.rows[self._table.first :], self._table.first + 1):
            if not any(map(text_of_cell, row)):
                continue
            if self._is_note(row, columns):
                self.notes.append(" ".join(t for cell in row if (t := text_of_cell(cell))))
                continue
            self._row(n, row, columns)
        self._compare_totals(columns)
        self._tell()

    def _year_of_table(self, given: str) -> str:
        """The year that sheet, title or file name state; the one given, else."""
        said = [*self._table.above, self._file]
        said = said if self._where == self._file else [self._where, *said]
        found = {year: each for each in said if (year := self._form.year_in(each))}
        if len(found) > 1 and "year" not in self._roles.values():
            told = [f"{shown(each)} of {year}" for year, each in found.items()]
            first = next(iter(found))
            what = f"{', '.join(told)}: read as {first}."
            self._say("several-years", None, None, what, "Check which year the figures are of.")
        return next(iter(found), given)

    def _columns(self) -> dict[int, Meaning]:
        """What the columns of figures mean; of two that mean the same the first."""
        found: dict[int, Meaning] = {}
        taken: dict[tuple[str, ...], int] = {}
        left, again = [], []
        rows, decimal = self._table.page.rows[self._table.first :], self._table.page.decimal
        columns = self._table.meanings(self._form)
        for n, role in self._roles.items():
            if role == "value":
                found[n] = Meaning(unit=unit_in(self._table.headings[n]))
        unknown = [n for n, meant in columns.items() if not (meant.known or self._by_row("line"))]
        if len(unknown) > _MOST_UNKNOWN:
            # A file with every service of every return has thousands of columns.
            names = listed((shown(self._table.headings[n], 40) for n in unknown), most=3)
            what = (
                f"{number(len(unknown))} columns are no lines of the form, and left out: {names}."
            )
            self._say("columns-left-out", None, None, what, "Take out of the file what is wanted.")
            columns = {n: meant for n, meant in columns.items() if meant.known}
        elif self._form.instead and unknown:
            names = listed(shown(self._table.headings[n], 40) for n in unknown)
            what = f"Columns that are no populations are not read: {names}."
            self._say("column-not-read", None, None, what, NOTHING, WHOLE)
            columns = {n: meant for n, meant in columns.items() if meant.known}
        for n, meant in columns.items():
            cells = [row[n] for row in rows if n < len(row)]
            if not any(map(text_of_cell, cells)):
                continue
            if not meant.known and not any(is_figure(cell, decimal) for cell in cells):
                left.append(self._table.headings[n] or letters(n))
                continue
            if self._by_row("line") and not meant.known:
                # The row names the line: the column is a measure or a year, or says nothing.
                measure = meant.measure or ("" if meant.year else meant.line)
                meant = Meaning("", measure, meant.year, meant.unit)
            measure = meant.measure or (self._form.measure_of(meant.line) if meant.line else "")
            key = (meant.line, measure, meant.year)
            if key in taken:
                words = slug([self._table.headings[n]])
                again.append(f"column {letters(n)} as {letters(taken[key])}, here {words}")
                meant = Meaning(words, meant.measure, meant.year, meant.unit)
            taken.setdefault(key, n)
            found[n] = meant
        if again:
            what = f"Columns mean what others mean, and keep their own words: {listed(again)}."
            mend = "See which of the two is wanted."
            self._say("second-column", None, None, what, mend)
        if left:
            what = f"Columns without figures are not read: {listed(map(shown, left))}."
            self._say("column-not-read", None, None, what, NOTHING)
        return found

    def _by_row(self, role: str) -> bool:
        return role in self._roles.values()

    def _texts(self, row: Sequence[Any], role: str) -> list[str]:
        return [
            text_of_cell(row[n]) for n, held in self._roles.items() if held == role and n < len(row)
        ]

    def _is_note(self, row: Sequence[Any], columns: dict[int, Meaning]) -> bool:
        """Whether a row is text beneath the table: it holds neither code nor figure."""
        if any(CODE.fullmatch(code) for code in self._texts(row, "code")):
            return False
        return all(n >= len(row) or not text_of_cell(row[n]) for n in columns)

    def _row(self, n: int, row: Sequence[Any], columns: dict[int, Meaning]) -> None:
        codes, names = self._texts(row, "code"), self._texts(row, "authority")
        year, told = self._year_of_row(n, row)
        if not told:
            return
        if self._is_total(codes, names):
            name = next(filter(None, [*names, *codes]), "")
            self._totals.append((n, name))
            if _WHOLE.fullmatch(name):
                self._whole.append((n, name, year, self._label(row), row))
            return
        key = (*codes, "|", *names, year)
        if key not in self._who:
            self._who[key] = self._whose(n, codes, names, year)
        code, authority = self._who[key]
        label = self._label(row)
        unit_said = next(iter(filter(None, map(unit_in, self._texts(row, "unit")))), "")
        own = [*self._texts(row, "line"), *self._texts(row, "measure")]
        states = [s for s in self._texts(row, "status") if s.lower() not in _RETURNED]
        state = states[0].lower() if states else ""
        said = " | ".join(filter(None, own))
        for position, meant in columns.items():
            cell = row[position] if position < len(row) else None
            given = read_cell(cell, self._table.page.decimal)
            if given.status == "blank":
                continue
            of = meant.year or year
            if not of:
                self._no_year.append(n)
                return
            line, measure, unit = self._what(position, meant, label, unit_said)
            if self._form.instead and given.value == 0:
                given = MarkedCell(None, MISSING, "0")
            if given.status or given.note:
                self._tell_of(given, n, position, code or authority)
            elif self._table.page.flat and isinstance(cell, str):
                self._texted.append(f"{letters(position)}{n}")
            there = self._was_there(n, code, of) or self._form.period != "financial"
            sums = self._sums.setdefault((position, year, line, measure), [0.0, 0])
            sums[0] += math.nan if given.value is None else given.value
            sums[1] += 1
            heading = self._table.headings[position]
            self.rows.append(
                (
                    code,
                    authority,
                    of,
                    line,
                    measure,
                    given.value,
                    unit,
                    given.status or ("" if there else NOT_THERE) or state,
                    given.note,
                    f"{said} | {heading}" if said and heading else said or heading,
                    f"{self._sheet}{letters(position)}{n}",
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

    def _what(
        self, position: int, meant: Meaning, label: Meaning, said: str
    ) -> tuple[str, str, str]:
        """Line, measure and unit of a figure, by its column, its row and the titles."""
        key = (position, label.line, label.measure, said)
        if key not in self._whats:
            line = meant.line or label.line
            usual = self._form.measure_of(line) if meant.known or label.known else AS_HEADED
            measure = meant.measure or label.measure or usual
            unit = self._form.unit_of(line, measure)
            if unit in MONEY:
                unit = meant.unit or said or self._stated or unit
            self._whats[key] = (line, measure, unit)
        return self._whats[key]

    # --- years ------------------------------------------------------------------

    def _year_of_row(self, n: int, row: Sequence[Any]) -> tuple[str, bool]:
        """The year of a row, and whether it could be read."""
        cells = [row[p] for p, role in self._roles.items() if role == "year" and p < len(row)]
        cells = [cell for cell in cells if text_of_cell(cell)]
        if not cells:
            return self._year, True
        cell = cells[0]
        said, doubt = _year_cell(self._form, cell)
        column = "year"
        if not said:
            what = f"{shown(text_of_cell(cell))} is no year: {doubt}."
            mend = "Write it as 2015-16." if self._form.period == "financial" else "Write 2015."
            left = f"{what} The row is left out."
            who = [*self._texts(row, "code"), *self._texts(row, "authority")]
            known = [one.code for each in who for one in (by_code(each), *by_name(each)) if one]
            self.remarks.say(error("wrong-year", self._where, n, column, left, mend), *who, *known)
            return "", False
        if doubt:
            self._doubts.setdefault(doubt, {}).setdefault(f"{text_of_cell(cell)} as {said}", n)
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
        padded = [
            code.zfill(3) if code.isdigit() else code
            for code in codes
            if CODE.fullmatch(code.zfill(3))
        ]
        meant = {one.code: one for code in padded if (one := by_code(code))}
        named = by_name(written, year) if written else ()
        if len(meant) > 1:
            agree = [one for one in meant.values() if one in named]
            one = agree[0] if agree else next(iter(meant.values()))
            who = " and ".join(each.words for each in meant.values())
            what = f"The codes {listed(padded)} are of different authorities: {who}."
            mend = f"Read as {one.words}: check it."
            self._say("codes-disagree", n, None, what, mend, *meant)
            return one.code, one.name
        if meant:
            one = next(iter(meant.values()))
            if written and named and not any(_same(one, each) for each in named):
                what = f"{shown(written)} has the code of {one.words}."
                mend = "Read by the code: check that no rows were shifted."
                self._say("name-differs", n, None, what, mend, one.code, *(o.code for o in named))
            return one.code, one.name
        if len(named) > 1:
            who = " or ".join(each.words for each in named)
            what = f"{shown(written)} may be {who}."
            mend = "Read without a code: give the file a column with codes."
            self._say("which-authority", n, None, what, mend, written)
            return "", written
        if named:
            if padded:
                what = (
                    f"The code {listed(padded)} is not known; by its name it is {named[0].words}."
                )
                self._say("unknown-code", n, None, what, "Check the code.", named[0].code)
            return named[0].code, named[0].name
        what = f"{shown(written or listed(padded))} is no authority that is known here."
        mend = "It is kept as it stands; check its name or code."
        self._say("unknown-authority", n, None, what, mend, *padded, written)
        return next(iter(padded), ""), written

    def _was_there(self, n: int, code: str, year: str) -> bool:
        """Whether a council was there in a year; that it was not is told."""
        key = (code, year)
        if key not in self._there:
            one = by_code(code) if code else None
            self._there[key] = not one or one.kind not in _COUNCILS or one.was_there(year)
        if not self._there[key]:
            self._not_there.setdefault(key, n)
        return self._there[key]

    # --- what is told -----------------------------------------------------------

    def _tell_of(self, given: MarkedCell, n: int, position: int, whose: str) -> None:
        where = f"{self._table.headings[position]} (column {letters(position)})"
        if given.status == UNREADABLE and given.fault:
            what = f"{given.fault.what} No figure is taken from it."
            self.remarks.say(
                error("unreadable-cell", self._where, n, where, what, given.fault.mend), whose
            )
        elif given.status or given.note:
            state = given.status or f"marked {given.note}"
            self._states[state, whose].append(f"{letters(position)}{n}")

    def _compare_totals(self, columns: dict[int, Meaning]) -> None:
        """Say where a printed total of money is not what the rows add up to."""
        differ: dict[str, list[str]] = defaultdict(list)
        for n, name, year, label, row in self._whole:
            for position, meant in columns.items():
                line, measure, unit = self._what(position, meant, label, "")
                cell = row[position] if position < len(row) else None
                printed = read_cell(cell, self._table.page.decimal).value
                added, count = self._sums.get((position, year, line, measure), (math.nan, 0))
                room = 0.5 * count + 1e-6 * abs(added)
                if unit in MONEY and printed is not None and abs(printed - added) > room:
                    at = f"{letters(position)}{n}"
                    differ[name].append(f"{at} {as_set(printed)}, rows {as_set(added)}")
        for name, each in differ.items():
            what = f"{shown(name)} is not what the rows add up to: {listed(each, most=3)}."
            mend = "Look whether rows are missing or stand there twice."
            self._say("total-differs", None, None, what, mend, WHOLE)

    def _tell(self) -> None:
        states: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for (state, whose), cells in self._states.items():
            states[state][whose] = cells
        for state, of in states.items():
            every = self._marked(state, [cell for cells in of.values() for cell in cells])
            self.remarks.together(every, {w: self._marked(state, cells) for w, cells in of.items()})
        if self._texted:
            what = f"Figures that are written as text: {listed(self._texted, most=4)}."
            mend = "A raised note mark would be read as a digit: look at one, or save as .xlsx."
            self._say("figures-as-text", None, None, what, mend)
        if self._totals:
            names = dict.fromkeys(name for _, name in self._totals)
            rows = _rows(n for n, _ in self._totals)
            what = f"Rows of totals are left out: {listed(map(shown, names))} ({rows})."
            mend = "Leave it: they would count again."
            self._say("total-rows", None, None, what, mend, WHOLE)
        for how, each in self._doubts.items():
            what = f"{how}: {listed(each, most=3)} ({_rows(each.values())})."
            self._say("year-read", None, "year", what, "Check that it is so.")
        if self._not_there:
            there: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
            for key, n in self._not_there.items():
                there[key[0]][key] = n
            every = self._absent(self._not_there)
            self.remarks.together(every, {code: self._absent(each) for code, each in there.items()})
        if self._no_year:
            what = "Neither headings, rows, title nor the name of the file say of which year it is."
            such = "2015-16" if self._form.period == "financial" else "2022"
            mend = f"Give the year, as year={such!r} or --year {such}"
            mend += "." if such != "2022" else ", or write it into the heading: population_2022."
            self.remarks.say(error("no-year", self._where, None, None, what, mend))

    def _marked(self, state: str, cells: list[str]) -> Finding:
        what = f"{_cells(len(cells))} {state}: {listed(cells, most=4)}."
        mend = "The table keeps the mark; see the notes of the file."
        return warning("marked-cells", self._where, None, None, what, mend)

    def _absent(self, those: Mapping[tuple[str, str], int]) -> Finding:
        who = [f"{register()[code].words} in {year}" for code, year in those]
        rows = _rows(dict.fromkeys(those.values()))
        what = f"Not there in its year: {listed(who, most=4)} ({rows})."
        mend = "Check the year; or the file has other boundaries than its year."
        return warning("not-there", self._where, None, None, what, mend)


def _rows(numbers: Iterable[int]) -> str:
    said = list(map(str, numbers))
    return f"row {said[0]}" if len(said) == 1 else f"rows {listed(said)}"


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
            return name, _DATE
        return "", "it is a date"
    said = text_of_cell(cell)
    if form.period != "financial":
        match = re.fullmatch(r"(?:mid[- ]?)?((?:19|20)\d\d)", said, re.IGNORECASE)
        return (match[1], "") if match else ("", "a year such as 2022 is needed")
    if (mangled := _MANGLED.fullmatch(said)) and mangled[1].lower() in _MONTHS:
        name = financial_year(2000 + int(mangled[2]))
        if _MONTHS.index(mangled[1].lower()) + 1 == int(name[-2:]):
            return name, _DATE
        return "", "it is a month"
    if year := form.year_in(said):
        return year, ""
    if ending := re.fullmatch(r"(20\d\d)03", said):
        return financial_year(int(ending[1]) - 1), ""
    if re.fullmatch(r"(19|20)\d\d", said):
        return financial_year(int(said)), "A year alone is read as the one that begins in its April"
    return "", "a financial year such as 2015-16 is needed"
