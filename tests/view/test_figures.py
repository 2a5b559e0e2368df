"""How much of the money rests on published figures."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from placebudget.place import example
from placebudget.place.place import STATUSES
from placebudget.plan.record.record import figures_by_status
from placebudget.view.plan_facts import budget_lines, money_by_status

PAGE = Path(__file__).resolve().parents[2] / "datasets" / "lancashire" / "README.md"


def test_money_is_shared_out_by_status_over_the_years_of_the_place() -> None:
    """Two streams: £60 million published, £30 million without a status; the row of 2024-25
    stands for today only and does not count. Shares 2/3 and 1/3."""
    place = example("toy_pooling")
    funding = pd.DataFrame(
        {
            "stream": ["a", "b", "a"],
            "year": ["2025-26", "2025-26", "2024-25"],
            "amount": [60e6, 30e6, 500e6],
            "status": ["published", None, "published"],
        }
    )
    table = money_by_status(place.with_(funding=funding))
    assert table.index.tolist() == list(STATUSES)
    assert table["funding"].to_dict() == {
        "published": 60e6,
        "derived": 0.0,
        "borrowed": 0.0,
        "illustrative": 0.0,
        "not stated": 30e6,
        "placeholder": 0.0,
    }
    assert table["funding_share"]["published"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", ["toy_pooling", "northvale", "topslice_2010", "lancashire"])
def test_no_money_is_lost_between_statuses(name: str) -> None:
    place = example(name)
    in_years = place.funding["year"].isin(place.years)
    table = money_by_status(place)
    assert table["funding"].sum() == pytest.approx(place.funding["amount"][in_years].sum())
    assert table["today"].sum() == pytest.approx(place.today["amount"].sum())
    assert table[["funding_share", "today_share"]].sum().tolist() == pytest.approx([1.0, 1.0])


def test_a_share_of_no_money_is_blank() -> None:
    place = example("toy_pooling")
    table = money_by_status(place.with_(today=place.today.iloc[:0]))
    assert table["today"].sum() == 0.0
    assert table["today_share"].isna().all()


def test_the_page_of_a_place_and_its_plans_tell_the_same_sums_by_status() -> None:
    """One function adds them up; the page of Lancashire has them in £ million of today's year."""
    place = example("lancashire")
    table = money_by_status(place)
    shown = ["published", "derived", "illustrative"]
    for row, column in (
        ("what the streams bring", "base"),
        ("what is spent on which service", "today"),
    ):
        cells = [f"{amount / 1e6:,.1f}" for amount in (*table[column][shown], table[column].sum())]
        assert f"| {row} | {' | '.join(cells)} |" in PAGE.read_text("utf-8")
    told = table["funding"][table["funding"] > 0].round(2).to_dict()
    assert figures_by_status(place) == told


def test_lines_of_the_accounts_are_told_once_a_service() -> None:
    lines = budget_lines(example("lancashire"))
    assert lines["highways"] == "RSX, Highways and transport services"
    assert lines["drug_alcohol_treatment"] == "Part of RSX, Public Health"
    assert "other_nhs" not in lines
    assert budget_lines(example("toy_pooling")) == {}
