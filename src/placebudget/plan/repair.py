"""A way out of a clash: the amounts it changes, and a place with them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

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
        """The place with the repair made."""
        return place.with_(
            rules=_with_rules(place, self.rules),
            funding=_with_funding(place, self.funding),
            contributions=_with_minima(place, self.contributions),
        )

    def __str__(self) -> str:
        return self.words


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
                | {"rule": f"{rule}, {year}", "year": year, "amount": mine.get(year, row["amount"])}
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
            row = table[mine & table["year"].isna()].iloc[0].to_dict()
            row |= {"year": year, "minimum": least}
            table = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    return table
