"""Years of rows: outside those of the place, or missing."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from placebudget.place.checks.examination import Check, Examination, error, warning
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank
from placebudget.place.rule_kinds import rule_kind
from placebudget.texts import listed


def years_outside(examined: Examination) -> Iterator[Finding]:
    """Rows for years the plan does not have."""
    place = examined.place
    spending = f"the years of the place ({listed(place.years)})"
    for table, column in (("contributions", "year"), ("needs", "year"), ("offers", "first_year")):
        for number, row in examined.rows(table):
            year = getattr(row, column)
            yield from _outside(table, number, column, year, place.years, spending)
    now = place.settings.today_year
    for number, row in examined.rows("funding"):
        allowed = f"{spending} or today ({now})"
        yield from _outside("funding", number, "year", row.year, (*place.years, now), allowed)
    appraisal = examined.appraisal_years
    appraised = f"the appraisal years ({appraisal[0]} to {appraisal[-1]})" if appraisal else ""
    for number, row in examined.rows("at_risk"):
        yield from _outside("at_risk", number, "year", row.year, appraisal, appraised)
    for number, row in examined.rows("rules"):
        among = (
            (appraisal, appraised) if rule_kind(row.kind).of_outcomes else (place.years, spending)
        )
        yield from _outside("rules", number, "year", row.year, *among)


def missing_years(examined: Examination) -> Iterator[Finding]:
    """Recurrent streams that bring nothing in some year."""
    for number, row in examined.rows("streams"):
        if is_blank(row.stream) or not row.recurrent:
            continue
        missing = [y for y in examined.place.years if (row.stream, y) not in examined.funding]
        if missing:
            what = f"{row.stream} is recurrent and has no funding in {listed(missing)}."
            mend = "Add rows to funding (0 where it brings nothing), or set recurrent to no."
            yield warning("missing-funding", "streams", number, "stream", what, mend)


def _outside(
    table: str, row: int, column: str, year: object, years: Collection[str], allowed: str
) -> Iterator[Finding]:
    if years and not is_blank(year) and year not in years:
        what = f"{year} is not among {allowed}."
        mend = "Change the year, remove the row, or add the year to the settings."
        yield error("year-outside", table, row, column, what, mend)


CHECKS: tuple[Check, ...] = (years_outside, missing_years)
