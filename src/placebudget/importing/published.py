"""A published form that was read: its figures as one tidy table, and what to know of them."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from placebudget.arguments import as_given, text
from placebudget.errors import WrongArgument
from placebudget.importing.authorities import (
    CODE,
    Authority,
    by_code,
    by_name,
    plain_name,
    predecessors,
    register,
    successors,
)
from placebudget.importing.forms import MONEY, PublishedForm
from placebudget.place.findings import Finding, Findings
from placebudget.place.io.sheets import csv_frame
from placebudget.place.io.workbook import write_sheets
from placebudget.texts import listed
from placebudget.words import number
from placebudget.writing import file_to_write, replace_with

COLUMNS = (
    "code",
    "authority",
    "year",
    "line",
    "measure",
    "value",
    "unit",
    "status",
    "note",
    "heading",
    "cell",
)
"""Columns of the tidy table."""


WHOLE = "*"
"""Whose a remark is that concerns a table as a whole, and no authority by itself."""


def in_year(whose: str, year: str) -> str:
    """Whose a remark is that concerns an authority in one year alone."""
    return f"{whose} {year}"


class Remarks:
    """What reading had to say, and of which authorities."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.whose: list[tuple[str, Finding]] = []

    def say(self, finding: Finding, *whose: str) -> None:
        """Keep a finding, of authorities by code or name; without one it concerns all."""
        self.findings.append(finding)
        self.whose += [(each, finding) for each in whose or ("",)]

    def together(self, finding: Finding, parts: Mapping[str, Finding]) -> None:
        """Keep one finding of many authorities, and what it says of each."""
        self.findings.append(finding)
        self.whose += parts.items()

    def __iadd__(self, others: Remarks) -> Remarks:
        self.findings += others.findings
        self.whose += others.whose
        return self


@dataclass(frozen=True, eq=False)
class Published:
    """A published form that was read.

    Parameters
    ----------
    file : str
        Name of the file.
    form : PublishedForm
        Which form it is: ``key``, ``title``, ``publisher``.
    edition : str
        What the file says of itself: provisional, revised, 2018-based; empty: nothing.
    unit : str
        Unit of most of its figures.
    table : DataFrame
        One row a figure: code, authority, year, line, measure, value, unit, status, note,
        heading (as the file has it), cell (where it stands).
    findings : Findings
        What is doubtful, where, and how to mend it.
    notes : tuple of str
        What stands above and beneath the tables.
    whose : tuple of (str, Finding)
        The findings by the authority they concern, its code or name; empty: all.
    """

    file: str
    form: PublishedForm
    edition: str
    unit: str
    table: pd.DataFrame
    findings: Findings
    notes: tuple[str, ...] = ()
    whose: tuple[tuple[str, Finding], ...] = field(default=(), repr=False)

    def remarks_on(self, those: Collection[str]) -> list[Finding]:
        """The findings that concern some authorities, by their codes and names."""
        return list(dict.fromkeys(f for whose, f in self.whose if not whose or whose in those))

    @property
    def years(self) -> tuple[str, ...]:
        """The years it has figures of."""
        return tuple(sorted(self.table["year"].unique()))

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines it has figures of, in the order of the file."""
        return tuple(self.table["line"].unique())

    @property
    def authorities(self) -> pd.DataFrame:
        """The authorities it has figures of: code, authority, kind, region, figures."""
        counted = self.table.groupby(["code", "authority"], sort=False, dropna=False).size()
        known = [register().get(code) for code, _ in counted.index]
        return pd.DataFrame(
            {
                "code": [code for code, _ in counted.index],
                "authority": [name for _, name in counted.index],
                "kind": [each.kind if each else "" for each in known],
                "region": [each.region if each else "" for each in known],
                "figures": counted.tolist(),
            }
        )

    def in_pounds(self) -> pd.DataFrame:
        """The table with amounts of money in pounds; other figures stay as they are."""
        table = self.table.copy()
        scale = table["unit"].map(MONEY)
        money = scale.notna()
        pounds = table.loc[money, "value"] * scale[money]
        # Thousands of pounds with decimals are pounds and pence, and no more than that.
        table.loc[money, "value"] = pounds.round(2)
        table.loc[money, "unit"] = "£"
        return table

    def for_authority(self, name_or_code: str, year: str | None = None) -> pd.DataFrame:
        """The rows of one authority.

        Parameters
        ----------
        name_or_code : str
            A name however it is written, or a code of the ONS, the department or social
            services.
        year : str, optional
            One year alone.

        Raises
        ------
        WrongArgument
            If the form has no such authority or year; who is near, who followed it and whom
            it followed are told, and never taken instead.
        """
        asked = text("name_or_code", name_or_code)
        years = self.years
        if year is not None and year not in years:
            raise WrongArgument(
                f"{self.file} has no figures of {as_given(year)}. Years: {listed(years)}."
            )
        rows = self.table if year is None else self.table[self.table["year"] == year]
        code = self._code_of(asked, year, rows)
        found = rows[rows["code"] == code] if code else rows[_named(rows, asked)]
        return found.reset_index(drop=True)

    def _code_of(self, asked: str, year: str | None, rows: pd.DataFrame) -> str:
        there = dict.fromkeys(rows["code"])
        is_code = CODE.fullmatch(asked.strip()) is not None
        one = by_code(asked) if is_code else None
        if asked.strip() in there:
            return asked.strip()
        meant = (one,) if one else () if is_code else by_name(asked)
        held = [each for each in meant if each.code in there]
        if len(held) > 1:
            first = self.years[0] if year is None else year
            last = self.years[-1] if year is None else year
            if first == last:
                held = [each for each in held if each.was_there(first)] or held
        if len(held) == 1:
            return held[0].code
        if len(held) > 1:
            words = " and ".join(each.words for each in held)
            raise WrongArgument(
                f"{as_given(asked)} may be {words}. Give its code, or a year: type {held[-1].code} "
                "for the last."
            )
        if not meant and _named(rows, asked).any():
            return ""
        raise WrongArgument(self._missing(asked, meant, there, rows))

    def _missing(
        self, asked: str, meant: tuple[Authority, ...], there: dict[str, None], rows: pd.DataFrame
    ) -> str:
        said = f"{self.file} has no figures of {as_given(asked)}."
        for one in meant:
            after = [each for each in successors(one) if each.code in there]
            before = [each for each in predecessors(one) if each.code in there]
            if after:
                said += f" {one.words} became {_and(after)}, which it has."
            if before:
                said += f" {one.words} followed {_and(before)}, which it has."
        names = {plain_name(name): name for name in rows["authority"].unique()}
        near = get_close_matches(plain_name(asked), list(names), 3, cutoff=0.6)
        if near:
            said += f" Did you mean {' or '.join(names[each] for each in near)}?"
        elif not said.endswith("which it has."):
            said += f" It has {number(len(names))} authorities, {listed(names.values(), most=4)}."
        return said

    def summary(self) -> str:
        """What was read, in a few lines."""
        table, who = self.table, self.authorities
        figures = int(table["value"].notna().sum())
        lines = [
            f"{self.file}: {self.form.title}, {self.form.publisher}",
            f"Edition: {self.edition or 'not stated'}",
            f"Years: {listed(self.years)}",
            f"Unit: {self.unit}"
            + (f" (and {listed(others, most=4)})" if (others := self._other_units()) else ""),
            f"Authorities: {number(len(who))} ({listed(who['authority'], most=3)})",
            f"Lines: {number(len(self.lines))} ({listed(self.lines, most=5)})",
            f"Figures: {number(figures)}",
        ]
        without = table[table["value"].isna()]["status"].value_counts()
        lines += [f"Cells without a figure: {number(n)} {status}" for status, n in without.items()]
        if self.notes:
            lines.append(f"Notes in the file: {number(len(self.notes))}, in .notes")
        return "\n".join([*lines, str(self.findings)])

    def _other_units(self) -> list[str]:
        return [each for each in self.table["unit"].unique() if each != self.unit]

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the tidy table as ``.csv``, ``.xlsx`` or ``.json``; give the path back.

        File and form stand before its columns; workbook and JSON hold what is known of the
        form, the findings and the notes besides.
        """
        return write_published([self], path)

    def record(self) -> dict[str, object]:
        """All that was read, as JSON holds it."""
        rows = self.table.astype(object).where(self.table.notna(), None)
        return {
            "file": self.file,
            "form": {
                "key": self.form.key,
                "title": self.form.title,
                "publisher": self.form.publisher,
            },
            "edition": self.edition,
            "unit": self.unit,
            "years": list(self.years),
            "authorities": self.authorities.to_dict("records"),
            "table": rows.to_dict("records"),
            "findings": self.findings.records(),
            "notes": list(self.notes),
        }

    def __repr__(self) -> str:
        return f"<Published: {self.form.key}, {', '.join(self.years)}, {len(self.table)} figures>"


def _named(rows: pd.DataFrame, asked: str) -> pd.Series:
    wanted = plain_name(asked)
    same = {name for name in rows["authority"].unique() if plain_name(name) == wanted}
    return rows["authority"].isin(same)


def _and(those: list[Authority]) -> str:
    words = [each.words for each in those]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def write_published(read: Sequence[Published], path: str | os.PathLike[str]) -> Path:
    """Write the tables of several forms as one; see ``Published.write``."""
    goal = file_to_write(path, ".csv", ".xlsx", ".json")
    kind = goal.suffix.lower()
    if kind == ".json":
        records = [each.record() for each in read]
        content = json.dumps({"forms": records}, indent=1, ensure_ascii=False).encode() + b"\n"
    else:
        tables = [each.table.assign(file=each.file, form=each.form.key) for each in read]
        table = pd.concat(tables, ignore_index=True)[["file", "form", *COLUMNS]]
        content = csv_frame(table).encode() if kind == ".csv" else _workbook(read, table)
    replace_with(goal, content)
    return goal


def _workbook(read: Sequence[Published], table: pd.DataFrame) -> bytes:
    told = [
        (each.file, about, said)
        for each in read
        for about, said in (
            ("form", each.form.title),
            ("publisher", each.form.publisher),
            ("edition", each.edition),
            ("unit", each.unit),
            *(("note", note) for note in each.notes),
        )
    ]
    findings = [each.findings.grouped().assign(file=each.file) for each in read]
    sheets: dict[str, Sequence[Sequence[object]]] = {
        "figures": _rows(table),
        "about": [("file", "about", "is"), *told],
        "findings": _rows(pd.concat(findings, ignore_index=True)),
    }
    return write_sheets(sheets)


def _rows(frame: pd.DataFrame) -> list[list[object]]:
    return [list(frame.columns), *frame.astype(object).to_numpy().tolist()]
