"""Prices: unit costs without an index, indices without rates."""

from __future__ import annotations

from collections.abc import Iterator

from placebudget.place.checks.examination import Check, Examination, error, warning
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank
from placebudget.place.years import financial_year, start_of
from placebudget.texts import listed

GENERAL = "general"


def costs_without_index(examined: Examination) -> Iterator[Finding]:
    """Offers whose cost stays flat because no index is named."""
    for number, row in examined.rows("offers"):
        if is_blank(row.index):
            what = f"The unit cost of {row.offer} has no index and stays flat."
            mend = "Name an index of the table inflation: pay, contracts or general, say."
            yield warning("no-index", "offers", number, "index", what, mend)


def missing_rates(examined: Examination) -> Iterator[Finding]:
    """Indices in use without a rate between the price base and the last year."""
    years = examined.place.years
    if not years:
        return
    base = start_of(examined.place.settings.price_base)
    starts = [base, *(start_of(year) for year in years)]
    needed = [financial_year(start) for start in range(min(starts) + 1, max(starts) + 1)]
    rates: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    for number, row in examined.rows("inflation"):
        if not is_blank(row.rate):
            rates.setdefault(row.index, set()).add(row.year)
            first.setdefault(row.index, number)
    used = {row.index for _, row in examined.rows("offers") if row.index in rates}
    for index in sorted(used | ({GENERAL} & set(rates))):
        missing = [year for year in needed if year not in rates[index]]
        if missing:
            what = f"The index {index} has no rate for {listed(missing)}."
            mend = "Add rows from the year after the price base to the last year."
            yield error("missing-rate", "inflation", first[index], "index", what, mend)


def no_general_index(examined: Examination) -> Iterator[Finding]:
    """Prices rise, but nothing turns cash into real terms."""
    indices = {row.index for _, row in examined.rows("inflation") if not is_blank(row.index)}
    if indices and GENERAL not in indices:
        what = f"Prices rise by {listed(sorted(indices))}, but there is no index {GENERAL}."
        mend = f"Add the index {GENERAL} (the GDP deflator, say): it turns cash into real terms."
        yield warning("no-general-index", "inflation", None, "index", what, mend)


CHECKS: tuple[Check, ...] = (costs_without_index, missing_rates, no_general_index)
