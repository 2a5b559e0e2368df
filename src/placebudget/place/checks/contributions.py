"""Pools and contributions: legal powers, and minima that funding cannot pay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from placebudget.place.checks.examination import Check, Examination, error, warning
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank
from placebudget.texts import listed
from placebudget.words import whole_pounds

_PENNY = 0.005


def legal_powers(examined: Examination) -> Iterator[Finding]:
    """Pools without a power they stand on, contributions without a power to make them."""
    for number, row in examined.rows("pools"):
        if is_blank(row.legal_power) and not is_blank(row.pool):
            what = f"No power is named on which the pool {row.pool} stands."
            mend = "Name the Act and section under which its host may hold it."
            yield warning("no-legal-power", "pools", number, "legal_power", what, mend)
    for number, row in examined.rows("contributions"):
        if is_blank(row.legal_power):
            what = f"No power is named under which {row.stream} may pay into {row.pool}."
            mend = "Name the Act and section, or take the contribution out."
            yield warning("no-legal-power", "contributions", number, "legal_power", what, mend)


def minima_above_funding(examined: Examination) -> Iterator[Finding]:
    """Minima of a stream's contributions that add up to more than it can have.

    Besides the year's funding a stream may have what it carried from the year before.
    """
    years = examined.place.years
    by_stream: dict[str, list[tuple[int, Any]]] = {}
    for number, row in examined.rows("contributions"):
        by_stream.setdefault(row.stream, []).append((number, row))
    for name, stream in examined.streams.items():
        for t, year in enumerate(years):
            rows = _holding(by_stream.get(name, []), year)
            least = sum(max(row.minimum, 0.0) for _, row in rows)
            carried = examined.funding.get((name, years[t - 1]), 0.0) if t else 0.0
            most = examined.funding.get((name, year), 0.0) + stream.carry_forward * carried
            # Funding below nothing is told by itself.
            if most >= 0 and least > most + _PENNY:
                pools = listed(row.pool for _, row in rows if row.minimum > 0)
                what = (
                    f"{name} must pay at least {whole_pounds(least)} into {pools} in {year} "
                    f"and has {whole_pounds(most)}."
                )
                yield error(
                    "minima-above-funding", "contributions", rows[0][0], "minimum", what,
                    "Lower the minima, or raise the funding.",
                )  # fmt: skip


def _holding(rows: list[tuple[int, Any]], year: str) -> list[tuple[int, Any]]:
    """Of a stream's rows those that hold in a year: its own before one for each year."""
    holding: dict[str, tuple[int, Any]] = {}
    for number, row in rows:
        if row.year == year or (is_blank(row.year) and row.pool not in holding):
            holding[row.pool] = (number, row)
    return list(holding.values())


CHECKS: tuple[Check, ...] = (legal_powers, minima_above_funding)
