"""A published file into one tidy table: which form it is, where its headings stand, its figures.

A sheet is read in three steps. Its headings are found: the row that names a code or an
authority, with the rows of groups above and of units and line numbers below. Each column
has a role by its heading: it says whose a row is, of which year, line, measure or unit; or
it holds figures, and its heading says what is left to be said. Then each figure is one row,
with line, measure, year and unit from its heading, its row, or the file, in this order.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, one_of, optional, text
from placebudget.errors import UnreadableTable, WrongArgument
from placebudget.importing.authorities import by_code
from placebudget.importing.forms import MONEY, PublishedForm, forms, slug, unit_in
from placebudget.importing.published import COLUMNS, WHOLE, Published, Remarks, in_year
from placebudget.importing.rows import AS_HEADED, TableReading
from placebudget.importing.sheets import (
    LIMITS,
    LOOKED_AT,
    FileSheet,
    FormTable,
    pages_of,
    table_of,
    text_of_cell,
)
from placebudget.place.findings import Finding, Findings, error, warning
from placebudget.place.io.folder import FileLimits
from placebudget.place.settings import financial_year, start_of
from placebudget.texts import listed, shown
from placebudget.words import number
from placebudget.writing import a_path

_NUMBERED = re.compile(r"(?:^|\| )(\d{3})(?= )")
"""The number of its line in a label of a form."""

_EDITION = re.compile(
    r"\b(provisional|final|revised|second release|first release|\d{4}-based|draft|estimates?)\b",
    re.IGNORECASE,
)


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
        A key of ``forms``, where a file could be of several.
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
    reading = _Reading(file.name, found.pages, Remarks())
    for each in found.findings:
        reading.remarks.say(each)
    chosen, tables = reading.form_of(wanted)
    return reading.published(chosen, tables, given)


# --- which form -----------------------------------------------------------------


@dataclass
class _Reading:
    """A file being read."""

    file: str
    pages: list[FileSheet]
    remarks: Remarks

    def form_of(self, wanted: str | None) -> tuple[PublishedForm, list[FormTable]]:
        """The form it is, and the sheets that hold it."""
        tried = [forms()[wanted]] if wanted else list(forms().values())
        fitting, held = {}, {}
        for form in tried:
            tables = [table for page in self.pages if (table := table_of(page, form))]
            lines = {n: self._lines(form, table) for n, table in enumerate(tables)}
            # A form may be spread over sheets, each with some of its lines.
            held[form] = set().union(*lines.values())
            if form.fits(held[form]):
                fitting[form] = [table for n, table in enumerate(tables) if lines[n]]
        if len(fitting) > 1:
            said = " ".join([self.file, *(t for ts in fitting.values() for t in _said(ts))])
            named = [form for form in fitting if form.words and _says(form, said)]
            keys = {form.key for form in fitting}
            named = named or [form for form in fitting if keys == {form.key, *form.instead}]
            fitting = {form: fitting[form] for form in named if len(named) == 1} or fitting
        if len(fitting) == 1:
            return next(iter(fitting.items()))
        raise UnreadableTable(self._which(held, list(fitting)))

    def _lines(self, form: PublishedForm, table: FormTable) -> set[str]:
        """Lines of the form that a table has, by its headings and the labels of its rows."""
        roles = table.roles(form)
        labels = [n for n, role in roles.items() if role == "line"]
        known = {meant.line for meant in table.meanings(form).values() if meant.known}
        if labels:
            rows = table.page.rows[table.first :]
            texts = {tuple(text_of_cell(row[n]) for n in labels if n < len(row)) for row in rows}
            known |= {m.line for each in texts if (m := form.meaning(each)).known}
        return known

    def _which(self, held: dict[PublishedForm, set[str]], fitting: list[PublishedForm]) -> str:
        if fitting:
            names = " and ".join(f"{each.title} (form={each.key!r})" for each in fitting)
            return (
                f"{self.file} may be {names}; neither its title nor its name tells which. "
                "Rename it so that its name says it, such as outturn.csv; where one "
                "file is read alone its form may be given."
            )
        rows = ([*filter(None, map(text_of_cell, row))] for page in self.pages for row in page.rows)
        heads = next(filter(None, rows), [])
        said = f"It begins with {listed(map(shown, heads), most=6)}." if heads else "It is empty."
        nearest = max(held, key=lambda form: len(held[form]))
        if there := sorted(held[nearest]):
            said += f" Nearest is {nearest.title}, of which it has {listed(there, most=4)} alone."
        expected = "\n".join(f"- {each.expected}" for each in held)
        return (
            f"{self.file} is none of the published forms that are read here. {said} A form has a "
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
        titles = [self.file]
        rows: list[tuple[Any, ...]] = []
        for table in taken:
            read_rows = TableReading(self.file, form, table, stated, year)
            rows += read_rows.rows
            notes += read_rows.notes
            titles += [table.page.name, *table.above]
            self.remarks += read_rows.remarks
        frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "float64"})
        frame = self._without_doubles(self._sections_apart(self._lines_apart(frame)))
        frame = self._of_year(frame, year)
        frame = self._income_positive(form, frame)
        said = self.remarks.findings
        if frame.empty or any(f.code == "no-year" for f in said):
            raise _refused(self.file, said)
        self._county_and_districts(form, frame)
        self._usual_size(form, frame)
        edition = dict.fromkeys(m.lower() for m in _EDITION.findall(" ".join(titles)))
        units = frame["unit"].value_counts()
        money = [unit for unit in units.index if unit in MONEY]
        unit = money[0] if money else str(units.index[0])
        return Published(
            self.file, form, ", ".join(edition), unit, frame, Findings(said),
            tuple(dict.fromkeys(notes)), tuple(self.remarks.whose),
        )  # fmt: skip

    def say(self, code: str, where: str, what: str, mend: str, *whose: str) -> None:
        self.remarks.say(warning(code, where, None, None, what, mend), *whose)

    def _pages_left(self, taken: list[FormTable]) -> None:
        read_ones = {table.page.name for table in taken}
        for page in self.pages:
            if page.name in read_ones:
                if page.hidden:
                    what = "The sheet is hidden, and it is read: no sheet in sight has the form."
                    self.say("hidden-sheet", page.name, what, "Look at it once.")
            elif any(map(text_of_cell, (cell for row in page.rows[:LOOKED_AT] for cell in row))):
                hidden = "is hidden and " if page.hidden else ""
                what = f"The sheet {hidden}is not read: it holds no table of this form."
                if page.hidden:
                    what = "The sheet is hidden, and it is not read."
                mend = "Leave it, if it holds notes; save it as a file of its own otherwise."
                self.say("sheet-not-read", page.name, what, mend)

    def _stated_unit(self, form: PublishedForm, tables: list[FormTable]) -> str:
        """The unit of money that titles state; the form's own, said so, where none does."""
        stated = {unit for table in tables for said in table.above if (unit := unit_in(said))}
        if len(stated) > 1:
            what = f"Titles speak of {' and of '.join(sorted(stated))}."
            mend = f"Figures are read in {form.unit}, where no heading says otherwise: check it."
            self.say("several-units", self.file, what, mend)
        if len(stated) != 1:
            return ""
        unit = stated.pop()
        if form.unit in MONEY and unit != form.unit:
            what = f"It states {unit}; the form is usually in {form.unit}."
            self.say("unit", self.file, what, "Read as stated: check one figure.")
        return unit

    def _lines_apart(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Lines of one name that the form numbers apart: the first is meant, as of columns.

        Notes at the end of a form call what they are of as the lines of its totals do. All but the
        first keep their own words.
        """
        name = ["year", "line", "measure"]
        twice = frame.duplicated(["code", "authority", *name], keep=False)
        held = frame[twice.groupby([frame[each] for each in name], sort=False).transform("any")]
        numbers = held["heading"].str.extract(_NUMBERED, expand=False)
        first = numbers.groupby([held[each] for each in name], sort=False).transform("first")
        others = numbers.index[numbers.notna() & (numbers != first)]
        if others.empty:
            return frame
        words = {each: _numbered_words(each) for each in held["heading"].unique()}
        told = {
            f"{n} as {as_}, here {words[heading]}"
            for n, as_, heading in zip(
                numbers[others], first[others], held.loc[others, "heading"], strict=True
            )
        }
        what = f"Lines are called as others are, and keep their own words: {listed(sorted(told))}."
        self.say("second-line", self.file, what, "See which of the two is wanted.")
        frame = frame.copy()
        frame.loc[others, "line"] = held.loc[others, "heading"].map(words)
        frame.loc[others, "measure"] = AS_HEADED
        return frame

    def _sections_apart(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Lines of one name without numbers: that before any section of notes is meant.

        Of notes at the end of a form ("Icelandic bank impairment | Interest payable") the first
        line names the section, and those that follow belong to it. They keep their own words.
        """
        body = ["code", "authority", "year"]
        name = [*body, "line", "measure"]
        twice = frame.duplicated(name, keep=False)
        if not twice.any():
            return frame
        parts = frame["heading"].str.split(" | ", regex=False)
        lasts = {each[-1] for each in parts}
        # In a long table the heading of the figures stands behind each label.
        labels = parts.str[:-1] if len(lasts) == 1 else parts
        section = labels.str[:-1].str.join(" | ").where(labels.str.len() > 1)
        section = section.groupby([frame[each] for each in body], sort=False).ffill().fillna("")
        first = section.groupby([frame[each] for each in name], sort=False).transform("first")
        others = twice & (section != "") & (first == "")
        if not others.any():
            return frame
        words = [
            slug([f"{group} {label}"])
            for group, label in zip(section[others], labels[others].str[-1], strict=True)
        ]
        what = (
            "Lines in notes at the end are called as others are, and keep their own words: "
            f"{listed(sorted(set(words)), most=4)}."
        )
        self.say("second-line", self.file, what, "See which of the two is wanted.")
        frame = frame.copy()
        frame.loc[others, "line"] = words
        frame.loc[others, "measure"] = AS_HEADED
        return frame

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
            told = error("doubled", self.file, None, None, what, mend)
            self.remarks.together(told, self._doubled_of_each(alike))
        return frame.drop(bad).drop_duplicates(key).reset_index(drop=True)

    def _doubled_of_each(self, alike: pd.DataFrame) -> dict[str, Finding]:
        """What is said of each authority and year whose figures are there twice and differ."""
        held: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
        for row in alike.itertuples():
            held[row.code, row.authority, row.year].append((row.line, row.cell))
        said: dict[str, Finding] = {}
        for (code, authority, year), figures in held.items():
            lines = listed(dict.fromkeys(line for line, _ in figures), most=4)
            cells = [cell for _, cell in figures]
            what = (
                f"{authority or code}, {year}: {lines} stands there more than once with different "
                f"figures; none of these {number(len(cells))} is taken."
            )
            mend = f"See {listed(cells, most=4)}, and leave one of them."
            finding = error("doubled", self.file, None, None, what, mend)
            said |= {in_year(each, year): finding for each in (code, authority) if each}
        return said

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
        turned = []
        for line in form.measured.get("income", ()):
            rows = (frame["line"] == line) & (frame["measure"] == "income")
            values = frame.loc[rows, "value"]
            if values.sum() < 0:
                frame.loc[rows, "value"] = -values + 0.0
                turned.append(line)
        if turned:
            what = f"Income is written as negative, and is positive here: {listed(turned)}."
            mend = "Leave it: a payment back is negative here."
            self.say("sign-turned", self.file, what, mend)
        return frame

    def _usual_size(self, form: PublishedForm, frame: pd.DataFrame) -> None:
        """Suspect a unit in which figures would be far too large or small for an authority."""
        for line, (least, most) in form.usual.items():
            rows = frame[(frame["line"] == line) & (frame["value"] > 0)]
            if rows.empty:
                continue
            unit, middle = rows["unit"].iloc[0], rows["value"].median()
            usual = middle * MONEY.get(unit, 1) / MONEY.get(form.unit, 1)
            if not least <= usual <= most:
                what = f"{line} is {number(middle)} {unit} in the middle of the authorities, "
                what += f"where {number(least)} to {number(most)} {form.unit} is usual."
                mend = f"Look which unit the file has; state it in the title, as {form.unit}."
                self.remarks.say(error("unit-doubtful", self.file, None, line, what, mend))

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
            self.say("county-and-districts", self.file, what, mend, WHOLE)


def _numbered_words(label: str) -> str:
    """The number and the words of a line, without what stands before and behind them."""
    found = _NUMBERED.search(label)
    number, *words = label[found.start(1) if found else 0 :].split(" | ")
    return slug([number, *words[: number.isdigit()]])


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
