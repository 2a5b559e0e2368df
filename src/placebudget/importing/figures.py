"""Figures of published files together, by what a place is made from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, refusal
from placebudget.errors import WrongArgument
from placebudget.importing.authorities import Authority, districts, plain_name, register
from placebudget.importing.forms import forms
from placebudget.importing.published import Published, in_year
from placebudget.importing.reading import read
from placebudget.place.findings import Finding
from placebudget.place.once import once
from placebudget.texts import listed
from placebudget.words import as_set

OUTTURN, SETTLEMENT, POPULATION = "revenue_outturn", "core_spending_power", "population_estimates"
RESIDENTS = "populations"
FORMS = (OUTTURN, SETTLEMENT, POPULATION, RESIDENTS)
"""Forms that a place is made from."""

WHERE = {
    OUTTURN: "gov.uk, “Local authority revenue expenditure and financing”, individual authorities",
    SETTLEMENT: "gov.uk, “Core spending power: supporting information” of the final settlement",
    POPULATION: "ons.gov.uk, “Estimates of the population for England and Wales”, by authority",
}
"""Under which title each form that a place is made from is published."""

WITHOUT = {
    SETTLEMENT: "without it council tax and grants stay as they are in cash",
    POPULATION: 'without it residents are typed: --population "NAME=290,000"',
}
"""What a place does without a form."""

UNITS = {"£ thousand": 1.0, "£": 0.001, "£ million": 1000.0, "people": 1.0}
"""Units, in thousands of pounds or in people."""

EVERYBODY = "all_ages"


@dataclass(frozen=True)
class FiguresOfFiles:
    """Figures of all files, in thousands of pounds or in people.

    Parameters
    ----------
    read : tuple of Published
        The files.
    """

    read: tuple[Published, ...]

    def forms(self, key: str) -> list[Published]:
        """Files of a form."""
        return [each for each in self.read if each.form.key == key]

    def authority(self, name: str, year: str = "") -> tuple[str, str]:
        """Code and name of the authority of a name or code, as an outturn writes it.

        Of several of one name, that which was there in the year.
        """
        errors = []
        for each in self.forms(OUTTURN):
            try:
                of = year if year in each.years else None
                row = each.for_authority(name, of).iloc[0]
            except WrongArgument as error:
                errors.append(error)
            else:
                return str(row["code"] or row["authority"]), str(row["authority"])
        raise errors[0]

    def with_districts(self, code: str) -> list[str]:
        """Codes of an authority and, of a county, of the districts an outturn holds."""
        one = register().get(code)
        if one is None or one.kind != "county":
            return [code]
        held = {each for form in self.forms(OUTTURN) for each in form.table["code"]}
        below = [each.code for each in register().values() if each.county == one.code]
        return [code, *sorted(held & set(below))]

    def bodies(self, sector: str, year: str) -> list[str]:
        """Bodies of a sector, police or fire, that an outturn of a year holds, by their names."""
        found = {
            str(name)
            for each in self.forms(OUTTURN)
            for name in each.table.loc[each.table["year"] == year, "authority"].unique()
            if sector in plain_name(str(name)).split()
        }
        return sorted(found)

    def rows(self, form: str, code: str) -> pd.DataFrame:
        """Rows of an authority in all files of a form: of each line what it is usually read for.

        Gross costs, employees and fees stand beside some lines; they are left out.
        """
        table = _usual(self, form)
        same = (table["code"] == code) | ((table["code"] == "") & (table["authority"] == code))
        return table[same]

    def years(self, code: str) -> list[str]:
        """Years for which there is an outturn of an authority, in order."""
        return sorted(set(self.rows(OUTTURN, code)["year"]))

    def of(self, form: str, code: str, year: str) -> dict[str, float]:
        """Figures of an authority in a year by line, where their unit is one of money.

        Raises
        ------
        WrongArgument
            If two files differ on one of them: none is taken, and both are named.
        """
        rows = self.rows(form, code)
        rows = rows[(rows["year"] == year) & rows["unit"].isin(UNITS)]
        scaled = (rows["value"].astype(float) * rows["unit"].map(UNITS).astype(float)).round(6)
        several = scaled.groupby(rows["line"]).transform("nunique") > 1
        if several.any():
            # A file that rounds says the same as one that does not: the finest figure is taken.
            steps = rows["value"].map(_last_digit) * rows["unit"].map(UNITS).astype(float)
            finest = steps.sort_values(kind="stable").index
            exact = scaled[finest].groupby(rows["line"]).transform("first")
            several = (scaled - exact).abs() > 0.5 * steps + 1e-6
            several = several.groupby(rows["line"]).transform("any")
            scaled = exact[scaled.index]
        if several.any():
            told = rows[several].groupby("line", sort=False).apply(_told_twice).tolist()
            of = f"{rows['authority'].iloc[0]} in {year}"
            raise WrongArgument(
                f"the files differ on {of}: {listed(told, most=4)}; leave out the file that is not "
                "meant"
            )
        return dict(zip(rows["line"], scaled, strict=True))

    def settlement(self, code: str, years: Iterable[str]) -> dict[str, dict[str, float]]:
        """Lines of a settlement of one authority by year."""
        return {year: self.of(SETTLEMENT, code, year) for year in years}

    def population(self, code: str, year: str) -> tuple[float, str] | None:
        """Residents in the calendar year in which a financial year begins, and of which form."""
        for form in (POPULATION, RESIDENTS):
            if people := self.of(form, code, year[:4]).get(EVERYBODY):
                return people, form
        return None

    def residents(self, one: Authority, year: str) -> float | None:
        """Residents of a council, or of all districts of a county; None: not in the files."""
        if held := self.population(one.code, year):
            return held[0]
        parts = [self.population(each.code, year) for each in districts(one, year)]
        return sum(part[0] for part in parts if part) if parts and all(parts) else None

    def without_population(self, code: str, name: str, year: str) -> list[str]:
        """Why files of populations have none of an authority in that year, each in words."""
        said = []
        for each in [*self.forms(POPULATION), *self.forms(RESIDENTS)]:
            try:
                rows = each.for_authority(code if code in register() else name)
            except WrongArgument as error:
                said.append(str(error))
            else:
                years = sorted(set(rows.loc[rows["line"] == EVERYBODY, "year"]))
                said.append(f"{each.file} has {name} in {listed(years) or 'no year'} only.")
        return said

    def remarks_on(self, codes: Iterable[str], years: Iterable[str]) -> list[Finding]:
        """What reading had to say that concerns some authorities in some years, of all files."""
        those = {*codes, *(one.name for code in codes if (one := register().get(code)))}
        # Residents are those of the calendar year in which a financial year begins.
        spans = {span for year in years for span in (year, year[:4])}
        those |= {in_year(each, span) for each in those for span in spans}
        return [finding for each in self.read for finding in each.remarks_on(those)]

    def about(self, form: str) -> Mapping[str, str]:
        """Title, publisher and edition of a form among the files; empty: there is none."""
        held = self.forms(form)
        if not held:
            return {}
        return {
            "title": held[0].form.title,
            "publisher": held[0].form.publisher,
            "edition": held[0].edition,
            "years": " to ".join(dict.fromkeys((held[0].years[0], held[0].years[-1]))),
        }


@once
def _usual(figures: FiguresOfFiles, form: str) -> pd.DataFrame:
    """Figures of a form that each line is usually read for, of all authorities."""
    found = [each.table.assign(file=each.file) for each in figures.forms(form)]
    if not found:
        return pd.DataFrame(columns=["code", "authority", "year", "line", "value", "unit"])
    table = pd.concat(found, ignore_index=True)
    usual = table["measure"] == table["line"].map(forms()[form].measure_of)
    return table[usual & table["value"].notna()]


def _last_digit(value: float) -> float:
    """What the last digit of a figure stands for: a tenth where it has one decimal place."""
    return next((10.0**-n for n in range(6) if round(float(value), n) == float(value)), 1e-6)


def _told_twice(rows: pd.DataFrame) -> str:
    """What several files have of one line, each with its cell."""
    each = (
        f"{as_set(row.value)} {row.unit} ({row.file}{f' {row.cell}' if row.cell else ''})"
        for row in rows.drop_duplicates("value").itertuples()
    )
    return f"{str(rows.name).replace('_', ' ')} {' and '.join(each)}"


def together(files: Iterable[Any]) -> FiguresOfFiles:
    """Figures of several files; those that are paths are read first.

    Raises
    ------
    WrongArgument
        If there is no outturn, or a form that no place is made from.
    UnreadableTable
        If a file is no published form.
    """
    with Arguments() as asked:
        found = tuple(asked.read(_read, each) for each in files)
    strange = [each for each in found if each.form.key not in FORMS]
    if strange:
        raise WrongArgument(
            f"{strange[0].file} is {strange[0].form.title}; a place is made from a revenue "
            "outturn, a settlement (core spending power) and population estimates"
        )
    if not any(each.form.key == OUTTURN for each in found):
        raise WrongArgument(
            "none of the files is a revenue outturn (RS), which a place begins with"
        )
    return FiguresOfFiles(found)


def _read(given: Any) -> Published:
    if isinstance(given, Published):
        return given
    if isinstance(given, str | os.PathLike):
        return read(given)
    raise refusal("files", "paths of published files, or what pb.importing.read gives", given)
