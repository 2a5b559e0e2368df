"""Money: reserves below their minimum, recurrent services on one-off money, large savings."""

from __future__ import annotations

from collections.abc import Iterator

from placebudget.place.checks.examination import Check, Examination, warning
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank
from placebudget.words import percent, whole_pounds

MOST_CASHABLE = 0.8


def low_reserves(examined: Examination) -> Iterator[Finding]:
    """Reserves below what the chief finance officer advises."""
    for number, row in examined.rows("reserves"):
        if not is_blank(row.opening) and row.opening < row.minimum:
            what = (
                f"{row.agency} opens with {whole_pounds(row.opening)} of {row.kind} reserves, "
                f"below its minimum of {whole_pounds(row.minimum)}."
            )
            mend = "Agree how the reserve is built up before money is moved."
            yield warning("reserves-below-minimum", "reserves", number, "opening", what, mend)


def one_off_money(examined: Examination) -> Iterator[Finding]:
    """Services that go on, paid today from money that does not."""
    for number, row in examined.rows("today"):
        stream, service = examined.streams.get(row.stream), examined.services.get(row.service)
        if stream is None or service is None or is_blank(row.amount) or row.amount <= 0:
            continue
        if not stream.recurrent and service.kind == "revenue":
            what = f"{row.service} goes on; {row.stream}, which pays for it today, is one-off."
            mend = "Find recurrent money for it, or say that it ends."
            yield warning("one-off-money", "today", number, "stream", what, mend)


def large_savings(examined: Examination) -> Iterator[Finding]:
    """Savings of which more is said to be cashable than places have seen."""
    for number, row in examined.rows("savings"):
        if not is_blank(row.cashable) and MOST_CASHABLE < row.cashable <= 1:
            what = f"{percent(row.cashable)} of the saving is said to be cashable."
            mend = f"Above {percent(MOST_CASHABLE)} is rare: show how the money leaves the budget."
            yield warning("mostly-cashable", "savings", number, "cashable", what, mend)


CHECKS: tuple[Check, ...] = (low_reserves, one_off_money, large_savings)
