"""Our place and our money: who brings what, and how firmly it is known."""

from __future__ import annotations

import pandas as pd

from placebudget.apps.blocks import (
    Bars,
    Block,
    Heading,
    Items,
    More,
    TableBlock,
    TextBlock,
    Told,
    bars,
)
from placebudget.apps.files import counted, grid
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen, years_of
from placebudget.place import Findings, Place
from placebudget.view import Sheet, money_by_status
from placebudget.view.sheet import TOTAL, Grid, Row, sheet_grid
from placebudget.words import money, percent
from placebudget.work.said import names

_MILLION = 1e6
_STATUS = {
    "published": "printed by the publisher named",
    "derived": "worked out from published figures",
    "borrowed": "of another place or of the library",
    "illustrative": "assumed, to be replaced by the place’s own",
    "not stated": "the papers do not say",
    "placeholder": "nobody’s figures yet",
}


def tell(meeting: Meeting) -> Told:
    """Who brings how much, what ties it, and how it is known."""
    place = meeting.place
    funding = _funding(place)
    total, tied = funding["amount"].sum(), funding.loc[funding["fenced"], "amount"].sum()
    by_year = _by_year(place, funding)
    title = f"{place.title} has {money(total)} of public money over {_span(place)}"
    if tied:
        title += f"; {money(tied)} of it is tied to named purposes"
    return Told(
        title,
        [
            TextBlock(place.settings.description, "lead"),
            _by_agency(place, by_year),
            Heading("What ties the money"),
            Items(_ties(place, funding)),
            TableBlock(sheet_grid(by_year, "money-by-year", "agency")),
            Heading("How firmly the figures are known"),
            TableBlock(_statuses(place)),
            *_found(meeting.findings),
        ],
    )


def _found(findings: Findings) -> list[Block]:
    """What the check of the papers warns of, folded."""
    if not findings:
        return []
    heading = f"The check of these papers has {counted(findings)}"
    said = TextBlock(
        "Nothing here stops a plan, but a warning may mean that a figure is not right."
    )
    return [More(heading, [said, TableBlock(grid(findings))])]


def _funding(place: Place) -> pd.DataFrame:
    """Rows of funding in the years of the place, with their stream's agency and ties."""
    rows = place.funding[place.funding["year"].isin(place.years)]
    streams = place.filled("streams")[["stream", "agency", "raised", "kind"]]
    rows = rows[["stream", "year", "amount"]].merge(streams, "left", "stream")
    rows["fenced"] = rows["stream"].isin(place.ring_fences["stream"])
    rows["poolable"] = rows["stream"].isin(place.contributions["stream"])
    return rows


def _span(place: Place) -> str:
    count = len(place.years)
    return f"the year {place.years[0]}" if count == 1 else f"{count} years"


def _by_agency(place: Place, by_year: Sheet) -> Bars:
    totals = by_year.whole()[TOTAL].drop(by_year.total)
    rows = [(str(agency), money(_MILLION * total), total) for agency, total in totals.items()]
    note = f"Cash, {years_of(place)}, all years together."
    return bars("money-by-agency", "Who brings the money", ("agency", "all years"), rows, note)


def _ties(place: Place, funding: pd.DataFrame) -> list[str]:
    total = funding["amount"].sum() or 1.0

    def part(chosen: pd.Series) -> str:
        amount = funding.loc[chosen, "amount"].sum()
        return f"{money(amount)} ({percent(amount / total)})"

    return [
        f"{part(funding['raised'] == 'local')} is raised locally and answered for to local "
        "electors; the rest is voted by Parliament and answered for to both.",
        f"{part(funding['fenced'])} is ring-fenced: it may be spent on named purposes only.",
        f"{part(funding['kind'] == 'capital')} is capital: it buys things that last, and pays for "
        "running services only by direction.",
        f"{part(funding['poolable'])} comes from streams that may pay something into a pool, "
        "within limits.",
    ]


def _by_year(place: Place, funding: pd.DataFrame) -> Sheet:
    table = funding.pivot_table("amount", "agency", "year", "sum", fill_value=0.0) / _MILLION
    table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    called = names(place, "agencies")
    table.index = [called[str(key)] for key in table.index]
    note = "Cash of each year."
    return Sheet("Money by agency and year", "£ million", table, adds_up="both", note=note)


def _statuses(place: Place) -> Grid:
    table = money_by_status(place)
    rows = [
        Row(
            f"{str(status).capitalize()}: {_STATUS[str(status)]}",
            (
                money(row["funding"]),
                _share(row["funding_share"]),
                money(row["today"]),
                _share(row["today_share"]),
            ),
        )
        for status, row in table.iterrows()
    ]
    columns = ["figures are", "funding, all years", "share", "spent today", "share"]
    return Grid("money-known", "Money by status of its figures", columns, rows)


def _share(value: float) -> str:
    return "" if pd.isna(value) else percent(value)


SCREEN = Screen("our-money", "Our place and our money", tell)
