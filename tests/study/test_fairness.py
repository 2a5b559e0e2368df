"""Areas side by side, and the price of fairness, on a place worked by hand."""

from __future__ import annotations

import threading

import pandas as pd
import pytest

import placebudget as pb
import places
import small
from placebudget.errors import CannotAnswer
from placebudget.study.areas import area_table, compared_areas, group_table
from placebudget.study.fairness import Fairness, fairness
from placebudget.view.studies import study_view
from planned import simulated

MILLION = 1e6


def two_towns(**tables: object) -> pb.Place:
    """Help costs £1,000 a unit in the north and £2,000 in the south; money for 2,000 or 1,000.

    The north is the better buy. With N and S thousand units, N + 2 S = 2, and an
    equity floor of s asks S >= s (N + S) / 2, as the towns are equally large.
    """
    areas = [
        {"area": "all", "name": "All", "tier": "place", "population": 2_000},
        {"area": "north", "name": "North", "parent": "all", "tier": "town", "population": 1_000},
        {"area": "south", "name": "South", "parent": "all", "tier": "town", "population": 1_000},
    ]
    needs = [
        {"service": "help", "area": "north", "people": 4_000},
        {"service": "help", "area": "south", "people": 2_000},
    ]
    offers = [
        {"offer": "help_north", "area": "north"},
        {"offer": "help_south", "area": "south", "unit_cost": 2_000.0},
    ]
    return small.small(
        {"tax": {"amount": 2.0, "agency": "council"}},
        {"help": {"people": None, "offer": offers, "today": {"tax": 2.0}}},
        areas=areas,
        needs=needs,
        **tables,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def found() -> Fairness:
    return fairness(two_towns(), pooling="aligned", floors=(0, 50, 100), paces=(200, 0))


def price(found: Fairness, rule: str) -> pd.DataFrame:
    table = found.tables["price"]
    return table[table["rule"] == rule].set_index("level")


def test_equity_floors_cost_what_was_worked_by_hand(found: Fairness) -> None:
    cost = price(found, "equity floor")
    assert cost["price"].tolist() == pytest.approx([0, 0.4e6, 2e6 / 3])
    assert cost["value"].tolist() == pytest.approx([2e6, 1.6e6, 4e6 / 3])
    assert cost["lowest_of_mean"].tolist() == pytest.approx([0, 0.5, 1])
    assert cost["share"].tolist() == pytest.approx([0, 0.2, 1 / 3])


def test_the_worst_off_first_brings_both_towns_level(found: Fairness) -> None:
    for plan in ("worst-off area first", "leximin"):
        made = found.table.query("plan == @plan and measure == 'help_good'")
        assert made["a_head"].tolist() == pytest.approx([2 / 3, 2 / 3])
        table = found.tables["price"].set_index("rule")
        assert table["price"][plan] == pytest.approx(2e6 / 3)


def test_money_and_outcomes_stand_a_head_and_a_person_in_need(found: Fairness) -> None:
    best = found.table.query("plan == 'best'").set_index(["measure", "area"])
    assert best.loc[("money on services", "north"), "a_head"] == pytest.approx(2_000)
    assert best.loc[("money on services", "north"), "a_person_in_need"] == pytest.approx(500)
    assert best.loc[("help_good", "north"), "a_head"] == pytest.approx(2)
    assert best.loc[("help_good", "north"), "a_person_in_need"] == pytest.approx(0.5)
    assert best.loc[("help_good", "south"), "total"] == 0


def test_groups_of_deprivation_stand_beside_areas_a_head() -> None:
    """Harbour and Mills, 90,000 people, are put into group 1 together, the Hills into 4."""
    place = pb.example("northvale")
    areas = place.areas.assign(
        deprivation=place.areas["area"].map({"harbour": 1, "mills": 1, "hills": 4})
    )
    plan = simulated("northvale")
    table = area_table("today", plan, compared_areas(plan), "recoveries", place)
    spent = table[table["measure"] == "money on services"].set_index("area")["total"]
    groups = group_table(table, areas.set_index("area")["deprivation"].dropna())
    told = groups[groups["measure"] == "money on services"].set_index("group")
    assert told["population"].to_dict() == {1: 90_000, 4: 20_000}
    assert told["a_head"].to_dict() == pytest.approx(
        {1: (spent["harbour"] + spent["mills"]) / 90_000, 4: spent["hills"] / 20_000}
    )


def test_places_that_name_no_group_of_deprivation_have_none(found: Fairness) -> None:
    assert found.tables["deprivation"].empty
    assert not [grid for grid in study_view(found).grids if "deprivation" in grid.key]


def test_inequality_goes_down_from_the_best_plan_to_the_fair_one(found: Fairness) -> None:
    table = found.tables["inequality"].query("measure == 'help_good'")
    index = table.set_index(["plan", "index"])["value"]
    assert index["best", "Gini"] == pytest.approx(0.5)
    assert index["leximin", "Gini"] == pytest.approx(0, abs=1e-9)
    assert index["best", "lowest, share of the mean"] == 0


def test_a_pace_no_plan_keeps_is_said_not_raised(found: Fairness) -> None:
    # Today all is spent in the north, as in the best plan.
    assert price(found, "pace")["price"].to_dict() == {200.0: 0.0, 0.0: 0.0}
    impossible = two_towns(
        rules=[small.rule("floor", "area=south", 1.5 * MILLION, basis="law", reference="an act")]
    )
    tight = fairness(impossible, pooling="aligned", floors=(), paces=(1,))
    row = price(tight, "pace").loc[1.0]
    assert row["status"] == "no plan keeps it"
    assert pd.isna(row["price"])
    assert "no plan keeps it with all rules" in tight.summary()


def test_stopping_while_floors_are_priced_keeps_what_is_done() -> None:
    stop = threading.Event()

    def watch(what: str, number: int, total: int) -> None:
        assert total == 7
        if what == "equity floor, 50 %":
            stop.set()

    found = fairness(two_towns(), pooling="aligned", floors=(0, 50, 100), stop=stop, progress=watch)
    assert price(found, "equity floor").index.tolist() == [0.0]
    assert "stopped: 2 floors or paces were not priced" in found.notes[-1]


def test_change_is_against_the_year_before_and_today() -> None:
    place = small.small(
        {"tax": {"amount": [2.0, 3.0], "agency": "council"}},
        {"help": {"people": 9_000, "today": {"tax": 1.0}}},
        years=2,
        areas=[
            {"area": "all", "tier": "place", "population": 100},
            {"area": "east", "parent": "all", "tier": "town", "population": 75},
            {"area": "west", "parent": "all", "tier": "town", "population": 25},
        ],
    )
    found = fairness(place, tier="town", floors=())
    pace = found.tables["pace"].query("plan == 'best'").set_index(["area", "year"])
    # A service of the whole place counts by population.
    assert pace.loc[("east", "2027-28"), "money"] == pytest.approx(1.5e6)
    assert pace.loc[("west", "2028-29"), "change"] == pytest.approx(0.5)
    assert pace.loc[("west", "2027-28"), "change"] == pytest.approx(1.0)


def test_the_summary_names_areas_and_prices(found: Fairness) -> None:
    text = found.summary()
    assert "in North" in text
    assert "At least 50% of the mean of help good in each area costs £400,000 (20%)." in text
    assert "At least 0% of the mean of help good in each area costs nothing." in text


def test_a_plan_is_compared_by_itself() -> None:
    plan = pb.optimise(two_towns(), pooling="aligned", prices=False)
    alone = fairness(plan)
    assert set(alone.table["plan"]) == {"aligned"}
    assert alone.table["a_person_in_need"].isna().all()
    assert alone.tables["price"].empty
    assert alone.tables["pace"]["change"].isna().all()


def test_files_hold_the_answer(found: Fairness, tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert found.to_json(tmp_path / "fairness.json").stat().st_size
    assert found.to_excel(tmp_path / "fairness.xlsx").stat().st_size


def test_places_without_areas_to_compare_are_refused_in_words() -> None:
    with pytest.raises(CannotAnswer, match="population"):
        fairness(places.tiny())
    with pytest.raises(CannotAnswer, match="Tiers of the place: place, town"):
        fairness(two_towns(), tier="ward")
    with pytest.raises(CannotAnswer, match="no outcome 'joy'"):
        fairness(pb.simulate(two_towns()), tier="town", outcome="joy")
