"""How much of a place's money rests on published figures, and how much is assumed."""

from __future__ import annotations

import pandas as pd

from placebudget.place import Place

STATUSES = ("published", "derived", "illustrative", "not stated")


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
        years of the place) and ``today`` (pounds spent today), and of each its
        share. A share of no money at all is blank.

    Examples
    --------
    >>> import placebudget as pb
    >>> bool(money_by_status(pb.example("topslice_2010"))["funding"].sum() > 0)
    True
    """
    funding = place.funding
    parts = {"funding": funding[funding["year"].isin(place.years)], "today": place.today}
    columns = {}
    for name, rows in parts.items():
        status = rows["status"].astype(object).where(rows["status"].notna(), "not stated")
        pounds = rows["amount"].groupby(status).sum()
        columns[name] = pounds.reindex(STATUSES, fill_value=0.0)
        total = columns[name].sum()
        columns[f"{name}_share"] = columns[name] / (total if total else float("nan"))
    return pd.DataFrame(columns).rename_axis("status")
