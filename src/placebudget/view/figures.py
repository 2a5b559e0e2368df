"""How much of a place's money rests on published figures, and how much is assumed."""

from __future__ import annotations

import pandas as pd

from placebudget.place import Place
from placebudget.place.place import pounds_by_status


def money_by_status(place: Place) -> pd.DataFrame:
    """Money behind the place by the status of its figures.

    Parameters
    ----------
    place : Place
        Any place.

    Returns
    -------
    DataFrame
        One row a status; columns ``funding`` (pounds that streams bring over the
        years of the place), ``base`` (pounds they brought in the year of today's
        spending, from which the years are carried on) and ``today`` (pounds spent
        today), and of each its share. A share of no money at all is blank.

    Examples
    --------
    >>> import placebudget as pb
    >>> bool(money_by_status(pb.example("topslice_2010"))["funding"].sum() > 0)
    True
    """
    parts = {
        "funding": pounds_by_status(place, "funding", place.years),
        "base": pounds_by_status(place, "funding", [place.settings.today_year]),
        "today": pounds_by_status(place, "today"),
    }
    columns = {}
    for name, pounds in parts.items():
        columns[name] = pounds
        total = columns[name].sum()
        columns[f"{name}_share"] = columns[name] / (total if total else float("nan"))
    return pd.DataFrame(columns).rename_axis("status")


def budget_lines(place: Place) -> dict[str, str]:
    """Form and line of published accounts or the budget book where today's money stands.

    Returns
    -------
    dict of str to str
        By service that names any; several are divided by semicolons.

    Examples
    --------
    >>> import placebudget as pb
    >>> budget_lines(pb.example("lancashire"))["highways"]
    'RSX, Highways and transport services'
    """
    rows = place.today[place.today["reference"].notna()]
    lines = rows.groupby("service")["reference"].agg(lambda told: "; ".join(dict.fromkeys(told)))
    return {str(service): str(line) for service, line in lines.items()}
