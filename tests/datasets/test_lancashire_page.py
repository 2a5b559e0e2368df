"""The figures that Lancashire's page says its gap rests on, worked out again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

import placebudget as pb
from placebudget.place import Place

PAGE = Path(__file__).resolve().parents[2] / "datasets" / "lancashire" / "README.md"
UPPER_TIER = ("", "_blackburn", "_blackpool")


def gap(place: Place) -> float:
    """The gap of the last year, in pounds."""
    return float(pb.outlook(place).tables["years"]["gap"].iloc[-1])


def priced(index: str, rate: float) -> Callable[[Place], Place]:
    """An index that rises at another rate after today's year."""

    def at(place: Place) -> Place:
        table = place.inflation.copy()
        table.loc[(table["index"] == index) & (table["year"] > "2024-25"), "rate"] = rate
        return place.with_(inflation=table)

    return at


def paid(
    streams: tuple[str, ...], old: float, new: float, start: int = 2024
) -> Callable[[Place], Place]:
    """Streams that rise at another rate from a year on."""

    def at(place: Place) -> Place:
        table = place.funding.astype({"amount": float})
        later = table["stream"].str.startswith(streams) & (table["year"] > "2024-25")
        years = table.loc[later, "year"].str[:4].astype(int) - start
        table.loc[later, "amount"] *= ((1 + new) / (1 + old)) ** years
        return place.with_(funding=table)

    return at


def needed(service: str, rate: float | None) -> Callable[[Place], Place]:
    """A need that grows by so much more a year, or (None) not at all."""

    def at(place: Place) -> Place:
        table = place.needs.astype({"people": float})
        names = [f"{service}{end}" for end in UPPER_TIER]
        for name in table.loc[table["service"].isin(names), "service"].unique():
            rows = (table["service"] == name) & table["year"].notna()
            here = table[rows]
            today = here[here["year"] == "2024-25"].set_index("area")["people"]
            years = here["year"].str[:4].astype(int) - 2024
            table.loc[rows, "people"] = (
                here["area"].map(today) if rate is None else here["people"] * (1 + rate) ** years
            )
        return place.with_(needs=table)

    return at


def kept_up(place: Place) -> Place:
    """Money from reserves that goes on, 2 % more each year."""
    once = place.funding[place.funding["stream"].str.startswith("reserves_")]
    later = [
        once.assign(year=year, amount=once["amount"] * 1.02 ** (int(year[:4]) - 2024))
        for year in place.years
    ]
    return place.with_(funding=pd.concat([place.funding, *later], ignore_index=True))


CASES: dict[str, Callable[[Place], Place]] = {
    "price of what the NHS and councils do themselves": priced("pay", 0.021),
    "NHS money": paid(("nhs_core",), 0.03, 0.035),
    "people treated in an emergency": needed("emergency_care", None),
    "money from reserves": kept_up,
    "council tax of councils": paid(("council_tax_",), 0.03, 0.04, 2025),
    "grants and business rates of councils": paid(("grants_", "rates_", "rsg_"), 0.02, 0.03),
    "fees of care and other contracts": priced("contracts", 0.025),
    "people in care homes": needed("residential_care", None),
    "people in community nursing": needed("community_nursing", None),
    "children in care": needed("children_in_care", 0.01),
}


def said(pounds: float) -> str:
    """A change of the gap as the page writes it."""
    return f"{'−' if pounds < 0 else '+'}£{abs(pounds) / 1e6:.1f} million"


def test_each_figure_that_the_gap_rests_on_changes_it_by_what_the_page_says() -> None:
    place = pb.example("lancashire")
    before = gap(place)
    page = PAGE.read_text("utf-8")
    part = page[page.index("## The ten figures that the gap rests on") :].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")][2:]
    assert [row[0] for row in rows] == list(CASES)
    changed = {row[0]: gap(CASES[row[0]](place)) for row in rows}
    assert [row[-1] for row in rows] == [said(after - before) for after in changed.values()]
    left = changed["price of what the NHS and councils do themselves"] / 1e6
    assert f"the gap would be £{left:.1f} million" in " ".join(part.split())
    agencies = pb.outlook(place).tables["agencies"]
    last = agencies[agencies["year"] == place.years[-1]].set_index("agency")["gap"] / 1e6
    for agency in ("county", "blackpool", "nhs", "blackburn"):
        assert f"£{last[agency]:.1f} million" in part, agency
