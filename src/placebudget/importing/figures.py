"""Figures of published files, by what a place is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from placebudget.arguments import as_given, offered
from placebudget.errors import WrongArgument
from placebudget.texts import listed

OUTTURN, SETTLEMENT, POPULATION = "revenue_outturn", "core_spending_power", "population_estimates"
"""Forms that a place is made from."""

UNITS = {"£ thousand": 1.0, "£": 0.001, "£ million": 1000.0, "people": 1.0}
"""Units, in thousands of pounds or in people."""

EVERYBODY = "all_ages"


@dataclass(frozen=True)
class Figures:
    """Figures of all files together, in thousands of pounds or in people.

    Parameters
    ----------
    table : DataFrame
        form, authority, code, year, line, value, unit: one row a figure.
    about : mapping of str to mapping
        Title, publisher and edition by form.
    """

    table: pd.DataFrame
    about: Mapping[str, Mapping[str, str]]

    def years(self, authority: str) -> list[str]:
        """Years for which there is an outturn of an authority, in order."""
        rows = self.table[(self.table["form"] == OUTTURN) & (self.table["code"] == authority)]
        return sorted(set(rows["year"]))

    def of(self, form: str, authority: str, year: str) -> dict[str, float]:
        """Figures of an authority in a year by line."""
        held = self.table
        rows = held[
            (held["form"] == form) & (held["code"] == authority) & (held["year"] == year)
        ].dropna(subset="value")
        return {str(row.line): float(row.value) * UNITS[row.unit] for row in rows.itertuples()}

    def population(self, authority: str, year: str) -> float | None:
        """Residents in the calendar year in which a financial year begins."""
        rows = self.of(POPULATION, authority, year[:4])
        return rows.get(EVERYBODY)

    def authority(self, name: str) -> tuple[str, str]:
        """Code and name of the authority of a name or code, as the files write them."""
        held = self.table.loc[self.table["form"] == OUTTURN, ["code", "authority"]]
        wanted = _plain(name)
        found = {
            str(row.code): str(row.authority)
            for row in held.drop_duplicates().itertuples()
            if wanted in (_plain(row.authority), _plain(row.code))
        }
        if len(found) == 1:
            return next(iter(found.items()))
        known = sorted(set(held["authority"]))
        said = offered(f"the files hold no outturn of {as_given(name)}", name, known)
        raise WrongArgument(f"{said}; they hold {listed(known)}")


def _plain(name: Any) -> str:
    return " ".join(str(name).lower().replace("&", "and").split())


def together(read: Iterable[Any]) -> Figures:
    """Figures of files that were read, one after the other."""
    tables, about = [], {}
    for each in read:
        tables.append(each.table.assign(form=each.form.key))
        about[each.form.key] = {
            "title": each.form.title, "publisher": each.form.publisher,
            "edition": str(each.edition or ""),
        }  # fmt: skip
    table = pd.concat(tables, ignore_index=True)
    strange = sorted(set(table["unit"]) - set(UNITS))
    keep = table["unit"].isin(UNITS) & table["form"].isin((OUTTURN, SETTLEMENT, POPULATION))
    del strange
    return Figures(table[keep], about)
