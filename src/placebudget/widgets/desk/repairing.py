"""A way out of a clash, taken at the desk."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from placebudget.place import Place
from placebudget.plan.repair import Repair
from placebudget.widgets.desk.figures import Figures


def mended(figures: Figures, place: Place, repair: Repair) -> Figures | None:
    """Figures with a repair made, where the controls of the desk can say it.

    Parameters
    ----------
    figures : Figures
        As they clash.
    place : Place
        The place without them.
    repair : Repair
        The way out.

    Returns
    -------
    Figures or None
        None where contributions change, or a rule for every year in some years only.
    """
    if repair.contributions:
        return None
    amounts = dict(figures.amounts)
    rules = place.rules.set_index("rule")["year"]
    for rule, year, amount in repair.rules:
        if year and pd.isna(rules[rule]):
            return None
        amounts[rule] = amount
    funding = dict(figures.funding)
    table = place.funding.set_index(["stream", "year"])["amount"]
    for stream, year, pounds in repair.funding:
        key = (stream, year)
        funding[key] = funding.get(key, float(table.get(key, 0.0))) + pounds
    return replace(figures, amounts=amounts, funding=funding)
