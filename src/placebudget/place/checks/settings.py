"""Settings, and the years of rows: name, years, appraisal, discounting."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from placebudget.place.checks.examination import LONGEST_APPRAISAL, Check, Examination
from placebudget.place.findings import Finding, error, warning
from placebudget.place.geography import is_blank
from placebudget.place.rule_kinds import rule_kind
from placebudget.place.settings import (
    FREE,
    KEEP,
    NAMED_DISCOUNTS,
    discount_steps,
    own_discount,
    years_between,
)
from placebudget.texts import listed, shown

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def name(examined: Examination) -> Iterator[Finding]:
    """The name is a key: file names and data packages are built on it."""
    own = examined.place.name
    if not _NAME.fullmatch(own):
        what = f"{shown(own)} is not a short key."
        mend = "Write lower-case letters, digits, hyphens and underscores."
        yield _setting("bad-name", "name", what, mend)


def consecutive_years(examined: Examination) -> Iterator[Finding]:
    """The years of a place have no gaps and are in order."""
    years = examined.place.years
    if not years:
        mend = 'Write the financial years of the plan, ["2027-28", "2028-29"] say.'
        yield _setting("missing-years", "years", "There are no years.", mend)
    elif years != years_between(years[0], len(years)):
        what = f"The years are not consecutive: {listed(years)}."
        mend = f"Write {listed(years_between(min(years), len(set(years))))}."
        yield _setting("years-not-consecutive", "years", what, mend)


def appraisal(examined: Examination) -> Iterator[Finding]:
    """Benefits count at least while money is spent, and not for ever."""
    count = examined.place.settings.appraisal_years
    if count is not None and count < len(examined.place.years):
        what = f"{count} appraisal years are fewer than the {len(examined.place.years)} years."
        mend = "Appraise at least the years in which money is spent, or leave it out."
        yield _setting("appraisal-too-short", "appraisal_years", what, mend)
    if examined.horizon > LONGEST_APPRAISAL:
        what = f"Benefits would count over {examined.horizon} years."
        mend = f"Set appraisal_years to {LONGEST_APPRAISAL} or less, or shorten lag and duration."
        yield _setting("appraisal-too-long", "appraisal_years", what, mend)


def today_year(examined: Examination) -> Iterator[Finding]:
    """Today comes before the plan, or is its first year."""
    settings = examined.place.settings
    if settings.years and settings.today_year > settings.years[0]:
        what = f"{settings.today_year} comes after the first year {settings.years[0]}."
        mend = "Write the year of the table today: the first year or one before it."
        yield _setting("today-after-first-year", "today_year", what, mend)


def discount(examined: Examination) -> Iterator[Finding]:
    """The discount setting is a name, a rate or a schedule."""
    setting = examined.place.settings.discount
    try:
        discount_steps(setting)
    except ValueError:
        what = f"{shown(setting)} is not understood."
        mend = (
            f"Write {' or '.join(NAMED_DISCOUNTS)}, one rate such as 0.035, or pairs of last "
            "year and rate with rising years, [[30, 0.035], [75, 0.03]] say."
        )
        yield _setting("bad-discount", "discount", what, mend)


def without_effects(examined: Examination) -> Iterator[Finding]:
    """Services without effects keep their money or are free."""
    setting = examined.place.settings.without_effects
    if setting not in (KEEP, FREE):
        what = f"{shown(setting)} is not understood."
        mend = f"Write {KEEP} (services without effects keep today's money) or {FREE}."
        yield _setting("bad-without-effects", "without_effects", what, mend)


def own_discounts(examined: Examination) -> Iterator[Finding]:
    """The discount of an outcome is a name or a rate."""
    for number, cell in examined.cells("outcomes", "discount"):
        try:
            discount_steps(own_discount(cell))
        except ValueError:
            what = f"{shown(cell)} is not understood."
            mend = f"Write {' or '.join(NAMED_DISCOUNTS)}, or one rate such as 0.015."
            yield error("bad-discount", "outcomes", number, "discount", what, mend)


def _setting(code: str, name: str, what: str, mend: str) -> Finding:
    return error(code, "place", None, name, what, mend)


def years_outside(examined: Examination) -> Iterator[Finding]:
    """Rows for years the plan does not have."""
    place = examined.place
    spending = f"the years of the place ({listed(place.years)})"
    now = place.settings.today_year
    today_too = f"{spending} or today ({now})"
    for table, column, today in (
        ("contributions", "year", False),
        ("needs", "year", True),
        ("offers", "first_year", False),
        ("loans", "first_year", False),
        ("gateways", "year", False),
        ("successions", "year", False),
        ("funding", "year", True),
    ):
        years, allowed = ((*place.years, now), today_too) if today else (place.years, spending)
        for number, row in examined.rows(table):
            yield from _outside(table, number, column, getattr(row, column), years, allowed)
    appraisal = examined.appraisal_years
    appraised = f"the appraisal years ({appraisal[0]} to {appraisal[-1]})" if appraisal else ""
    for table in ("at_risk", "targets"):
        for number, row in examined.rows(table):
            yield from _outside(table, number, "year", row.year, appraisal, appraised)
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


CHECKS: tuple[Check, ...] = (
    name,
    consecutive_years,
    appraisal,
    today_year,
    discount,
    without_effects,
    own_discounts,
    years_outside,
    missing_years,
)
