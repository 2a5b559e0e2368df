"""How much of a place's money rests on published figures, and how much is assumed."""

from __future__ import annotations

import pandas as pd

from placebudget.place import Place
from placebudget.place.place import STATUSES, pounds_by_status, status_of


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
    funding = place.funding
    parts = {
        "funding": funding[funding["year"].isin(place.years)],
        "base": funding[funding["year"] == place.settings.today_year],
        "today": place.today,
    }
    columns = {}
    for name, rows in parts.items():
        columns[name] = pounds_by_status(rows)
        total = columns[name].sum()
        columns[f"{name}_share"] = columns[name] / (total if total else float("nan"))
    return pd.DataFrame(columns).rename_axis("status")


def figures_by_table(place: Place) -> pd.DataFrame:
    """How many rows of each table are published, derived, illustrative or not stated.

    A published amount that is uprated to the price base is as published as before: by which index
    is told by :func:`placebudget.value.uprating`.

    Parameters
    ----------
    place : Place
        Any place.

    Returns
    -------
    DataFrame
        One row a table that has rows and says where its figures come from; a
        column a status.

    Examples
    --------
    >>> import placebudget as pb
    >>> int(figures_by_table(pb.example("northvale")).loc["offers", "published"])
    6
    """
    counts = {}
    for name, frame in place.tables.items():
        if len(frame) and "status" in frame.columns:
            counts[name] = status_of(frame).value_counts().reindex(STATUSES, fill_value=0)
    table = pd.DataFrame(counts, index=pd.Index(STATUSES)).T.rename_axis("table")
    return table.astype(int)


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
