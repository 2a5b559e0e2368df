"""What outcomes are worth: effects, discounting and price levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.geography import is_blank
from placebudget.place.once import once
from placebudget.place.settings import GENERAL, discount_steps, financial_year, start_of


def discount_factors(discount: Any, count: int) -> np.ndarray:
    """Discount factors of ``count`` years; the first year has factor 1.

    Rates compound: the factor of year t is that of t - 1 divided by one plus
    the rate that holds in year t; the last rate of a schedule goes on.

    Source: HM Treasury, The Green Book, annex on discounting.

    Examples
    --------
    >>> discount_factors("green book", 32)[[0, 1, 30, 31]].round(5).tolist()
    [1.0, 0.96618, 0.35628, 0.3459]
    """
    steps = discount_steps(discount)
    lasts = np.array([last for last, _ in steps])
    rates = np.array([rate for _, rate in steps])
    t = np.arange(count)
    rate = rates[np.minimum(np.searchsorted(lasts, t), len(rates) - 1)]
    rate = np.where(t == 0, 0.0, rate)
    return np.cumprod(1.0 / (1.0 + rate))


def effect_per_unit(effects: pd.DataFrame, evidence: pd.DataFrame) -> np.ndarray:
    """Outcome one fully effective unit makes in its first year of working.

    engagement x retention x impact x (1 - deadweight) x attribution
    x (1 - optimism bias of the evidence grade)

    Source: HM Treasury and New Economy, Supporting public service
    transformation: cost benefit analysis guidance for local partnerships, 2014.

    Parameters
    ----------
    effects : DataFrame
        Table ``effects`` with defaults filled in.
    evidence : DataFrame
        Table ``evidence``: grade, optimism_bias. A blank grade is not corrected.

    Returns
    -------
    ndarray
        Outcome units a unit, one a row of ``effects``.

    Examples
    --------
    >>> row = pd.DataFrame({"engagement": [0.5], "retention": [0.8], "impact": [0.25],
    ...     "deadweight": [0.2], "attribution": [1.0], "evidence": ["4"]})
    >>> grades = pd.DataFrame({"grade": ["4"], "optimism_bias": [0.15]})
    >>> float(1000 * effect_per_unit(row, grades)[0])
    68.0
    """
    parts = ("engagement", "retention", "impact", "deadweight", "attribution")
    engagement, retention, impact, deadweight, attribution = (
        effects[name].to_numpy(float) for name in parts
    )
    known = dict(zip(evidence["grade"], evidence["optimism_bias"], strict=True))
    bias = np.array([known.get(grade, 0.0) for grade in effects["evidence"].tolist()], float)
    unbiased = 1 - np.nan_to_num(bias, nan=0.0)
    return engagement * retention * impact * (1 - deadweight) * attribution * unbiased


def fading(duration: int, drop_off: float) -> np.ndarray:
    """Share of the first year's effect left in each year of working.

    Examples
    --------
    >>> fading(3, 0.1)
    array([1.  , 0.9 , 0.81])
    """
    return (1.0 - drop_off) ** np.arange(duration)


def price_levels(
    inflation: pd.DataFrame, index: str | None, price_base: str, years: Sequence[str]
) -> np.ndarray:
    """Level of an index in each year, with the price base at 1.

    The rate of a year is its rise on the year before. Without an index, or for
    an index that has no rates at all, prices are flat.

    Parameters
    ----------
    inflation : DataFrame
        Table ``inflation``: index, year, rate.
    index : str or None
        Name of the index.
    price_base : str
        Financial year with level 1.
    years : sequence of str
        Financial years, without gaps.

    Raises
    ------
    KeyError
        If a rate is missing between the price base and a year.

    Examples
    --------
    >>> rates = pd.DataFrame({"index": "pay", "year": ["2028-29"], "rate": [0.03]})
    >>> price_levels(rates, "pay", "2027-28", ["2027-28", "2028-29"])
    array([1.  , 1.03])
    """
    columns = (inflation[name].tolist() for name in ("index", "year", "rate"))
    rates = zip(*columns, strict=True) if index else ()
    by_year = {year: rate for each, year, rate in rates if each == index}
    if not by_year:
        return np.ones(len(years))
    return np.array([_level(by_year, str(index), start_of(price_base), start_of(y)) for y in years])


def real_and_discounted(cash: pd.Series, place: Place) -> float:
    """Cash of the years of money as value is counted: in the price base, discounted, in one sum.

    Parameters
    ----------
    cash : Series
        Pounds by year.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("lancashire")
    >>> round(real_and_discounted(pd.Series({"2027-28": 1e6 * 1.02**3, "2028-29": 0.0}), place))
    1000000
    """
    settings, years = place.settings, list(place.years)
    levels = price_levels(place.filled("inflation"), GENERAL, settings.price_base, years)
    factors = discount_factors(settings.discount, len(years))
    return float((cash.reindex(years).fillna(0.0) * factors / levels).sum())


ASSUMED = "illustrative"
PRICED = {
    "offers": ("unit_cost", "set_up_cost", "leaving_cost"),
    "outcomes": ("economic_value", "social_value"),
    "savings": ("value",),
}
"""Amounts that stand in the prices of their row's ``price_year``, by table."""


@once
def in_base_prices(place: Place, table: str) -> pd.DataFrame:
    """A table with its defaults, and its amounts in prices of the price base.

    What is given in prices of another year is uprated by the index ``general``. The unit cost of
    a personal budget is what it takes of the place: the amount, less what comes back, plus advice.

    Parameters
    ----------
    place : Place
        A place that has passed its checks.
    table : str
        One of those with a ``price_year``: offers, outcomes, savings.

    Examples
    --------
    >>> import placebudget as pb
    >>> offers = in_base_prices(pb.example("toy_pooling"), "offers")
    >>> offers["unit_cost"].equals(pb.example("toy_pooling").offers["unit_cost"])
    True
    """
    rows = place.filled(table)
    base, rates = place.settings.price_base, place.filled("inflation")
    years = [base if is_blank(year) else year for year in rows["price_year"].tolist()]
    level = {year: price_levels(rates, GENERAL, year, [base])[0] for year in {*years} - {base}}
    to_base = np.array([level.get(year, 1.0) for year in years], float)
    for name in PRICED[table] if level else ():
        rows[name] = rows[name] * to_base
    if table == "offers" and len(place.personal_budgets):
        chosen = place.filled("personal_budgets").set_index("offer")
        chosen = chosen.reindex(rows["offer"]).set_axis(rows.index)
        whole = rows["unit_cost"] * (1.0 - chosen["saving"]) * (1.0 - chosen["recovered"])
        own = whole + chosen["advice"] * to_base
        rows["unit_cost"] = own.where(own.notna(), rows["unit_cost"])
    return rows


def uprating(place: Place) -> str:
    """By what published amounts in other prices are uprated, as a sentence; blank: none are.

    Examples
    --------
    >>> import placebudget as pb
    >>> print(uprating(pb.example("lancashire")))
    Published amounts in prices of other years count as published; they are uprated to 2024-25 prices by: GDP deflators at market prices, quarterly national accounts, December 2025.
    """  # noqa: E501
    base, rates = place.settings.price_base, place.filled("inflation")
    used: set[str] = set()
    for table in (place.tables[name] for name in PRICED):
        published = table.loc[table["status"] == "published", "price_year"].dropna()
        for year in {*published.tolist()} - {base}:
            low, high = sorted((start_of(year), start_of(base)))
            used |= {financial_year(each) for each in range(low + 1, high + 1)}
    rows = rates[(rates["index"] == GENERAL) & rates["year"].isin(used)]
    if rows.empty:
        return ""
    titles = place.sources.set_index("source")["title"]
    by = [str(titles.get(key, key)) for key in rows["source"].dropna().unique()] or [GENERAL]
    assumed = " (some of its rates are illustrative)" if rows["status"].eq(ASSUMED).any() else ""
    return (
        "Published amounts in prices of other years count as published; they are uprated to "
        f"{base} prices by: {'; '.join(by)}{assumed}."
    )


def _level(by_year: dict[str, float], index: str, base: int, year: int) -> float:
    level = 1.0
    for step in range(min(base, year) + 1, max(base, year) + 1):
        name = financial_year(step)
        if name not in by_year:
            raise KeyError(f"the index {index} has no rate for {name}")
        level *= 1.0 + by_year[name]
    return level if year >= base else 1.0 / level


# What a loan costs its borrower.

ANNUITY, EIP, MATURITY = "annuity", "eip", "maturity"
KINDS_OF_LOANS = {
    ANNUITY: "annuity: the same payment each time",
    EIP: "equal instalments of principal",
    MATURITY: "maturity: principal with the last payment",
}


def instalment(rate: float, periods: int) -> float:
    """What an annuity pays each period for a pound.

    Examples
    --------
    >>> round(instalment(0.0575, 6), 10)
    0.2017680253
    """
    return 1.0 / periods if rate == 0 else float(rate / (1.0 - (1.0 + rate) ** -periods))


def loan_charges(
    rate: float, years: int, kind: str, *, half_yearly: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Interest and provision that revenue bears for a pound borrowed, by year from the year after.

    Interest is on what is owed. The provision is, by convention, the principal of an annuity over
    the same years, whatever the loan: what is not provided for yet is left to later years.

    Examples
    --------
    >>> interest, provision = loan_charges(0.05, 25, "annuity", half_yearly=False)
    >>> (1e6 * (interest + provision)).round(2)[[0, -1]].tolist()
    [70952.46, 70952.46]
    >>> float(provision.sum().round(9))
    1.0
    """
    each = 2 if half_yearly else 1
    periods, of_period = years * each, rate / each
    paid, owed, unprovided = instalment(of_period, periods), 1.0, 1.0
    interest, provision = np.zeros(periods), np.zeros(periods)
    for n in range(periods):
        interest[n] = owed * of_period
        provision[n] = paid - unprovided * of_period
        principal = {ANNUITY: provision[n], EIP: 1.0 / periods, MATURITY: 0.0}[kind]
        owed, unprovided = owed - principal, unprovided - provision[n]
    return interest.reshape(-1, each).sum(axis=1), provision.reshape(-1, each).sum(axis=1)
