"""A way out of a clash: the amounts it changes, and a place with them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from placebudget.errors import InvalidOption
from placebudget.place import Place


@dataclass(frozen=True)
class Repair:
    """One way out of a clash.

    Parameters
    ----------
    words : str
        As it should be read.
    cost : float
        Pounds by which limits give way, or that have to be found.
    rules : tuple of (rule, year, amount)
        New amounts of rules.
    contributions : tuple of (pool, stream, year, minimum)
        New contribution minima, in pounds.
    funding : tuple of (stream, year, pounds)
        Money to be found on top.
    """

    words: str
    cost: float
    rules: tuple[tuple[str, str, float], ...] = ()
    contributions: tuple[tuple[str, str, str, float], ...] = ()
    funding: tuple[tuple[str, str, float], ...] = ()

    def apply(self, place: Place) -> Place:
        """The place with the repair made.

        Raises
        ------
        InvalidOption
            If the place does not have what it changes.
        """
        self._refuse_what_is_not_there(place)
        return place.with_(
            rules=_with_rules(place, self.rules),
            funding=_with_funding(place, self.funding),
            contributions=_with_minima(place, self.contributions),
        )

    def _refuse_what_is_not_there(self, place: Place) -> None:
        paid = place.contributions
        pairs = set(zip(paid["pool"], paid["stream"], strict=True))
        lost = [
            *sorted({rule for rule, _, _ in self.rules} - set(place.rules["rule"])),
            *sorted({stream for stream, _, _ in self.funding} - set(place.streams["stream"])),
            *(f"{a} into {b}" for b, a in sorted({c[:2] for c in self.contributions} - pairs)),
        ]
        if lost:
            raise InvalidOption(
                f"The way out “{self.words}” changes what this place does not have: "
                f"{', '.join(lost)}. Ask for ways out anew."
            )

    def __str__(self) -> str:
        return self.words


def rule_of_year(rule: str, year: str) -> str:
    """The key of a rule for one year, where a rule for each year is written out."""
    return f"{rule}, {year}"


def _with_rules(place: Place, changes: tuple[tuple[str, str, float], ...]) -> pd.DataFrame:
    """The rules with new amounts; a rule for each year is written out where years differ."""
    table = place.rules
    for rule in dict.fromkeys(name for name, _, _ in changes):
        mine = {year: amount for name, year, amount in changes if name == rule}
        row = table[table["rule"] == rule].iloc[0]
        kept = table[table["rule"] != rule]
        if not pd.isna(row["year"]) or "" in mine:
            rows = [row.to_dict() | {"amount": next(iter(mine.values()))}]
        else:
            years = list(dict.fromkeys([*place.years, *mine]))
            rows = [
                row.to_dict()
                | {
                    "rule": rule_of_year(rule, year),
                    "year": year,
                    "amount": mine.get(year, row["amount"]),
                }
                for year in years
                if year in place.years or year in mine
            ]
        table = pd.concat([kept, pd.DataFrame(rows)], ignore_index=True)
    return table


def _with_funding(place: Place, changes: tuple[tuple[str, str, float], ...]) -> pd.DataFrame:
    table = place.funding.copy()
    for stream, year, pounds in changes:
        hit = (table["stream"] == stream) & (table["year"] == year)
        if hit.any():
            table.loc[hit, "amount"] += pounds
        else:
            row = {"stream": stream, "year": year, "amount": pounds}
            table = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    return table


def _with_minima(place: Place, changes: tuple[tuple[str, str, str, float], ...]) -> pd.DataFrame:
    table = place.contributions.copy()
    for pool, stream, year, least in changes:
        mine = (table["pool"] == pool) & (table["stream"] == stream)
        own = mine & (table["year"] == year)
        if own.any():
            table.loc[own, "minimum"] = least
        else:
            # The row for each year; where all are for one, a copy of the first.
            rows = table[mine].sort_values("year", na_position="first", kind="stable")
            row = rows.iloc[0].to_dict() | {"year": year, "minimum": least}
            table = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    return table
