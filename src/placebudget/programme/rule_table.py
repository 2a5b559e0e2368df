"""The rules of a place as the programme reads them: each once, sorted by key."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from placebudget.place import Place
from placebudget.place.subjects import parse_subject


@dataclass(frozen=True)
class Rule:
    """One rule of a place.

    Parameters
    ----------
    number : int
        Position among the rules sorted by key.
    name, kind, basis : str
        As in the table.
    subject : dict of str to tuple of str
        What it holds for.
    year : str or None
        Its year; None for each.
    amount : float or None
        As in the table, unscaled.
    """

    number: int
    name: str
    kind: str
    subject: dict[str, tuple[str, ...]]
    year: str | None
    amount: float | None
    basis: str

    def years(self, among: tuple[str, ...]) -> list[int]:
        """Numbers of the years it holds in."""
        return [t for t, year in enumerate(among) if self.year is None or year == self.year]

    @property
    def share(self) -> float:
        """The amount, a percentage, as a share."""
        return (self.amount or 0.0) / 100.0


def rules_of(place: Place) -> tuple[Rule, ...]:
    """All rules of a place, sorted by key."""
    table = place.filled("rules").sort_values("rule", kind="stable")
    return tuple(
        Rule(
            number=n,
            name=row.rule,
            kind=row.kind,
            subject=parse_subject(row.subject),
            year=None if pd.isna(row.year) else row.year,
            amount=None if pd.isna(row.amount) else float(row.amount),
            basis=row.basis,
        )
        for n, row in enumerate(table.itertuples(index=False))
    )
