"""Who wins a tender, by a score worked by hand: price 60, quality 40, three lots, five bidders."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import placebudget as pb
from commissioned import homes, youth
from placebudget.cli import app
from placebudget.study.tender import EXAMPLE_BIDS, REGIMES, not_in_bids, tender
from placebudget.view.studies import STUDIES
from placebudget.view.studies.entry import Subject

POINTS = {
    # 60 x lowest / price + 0.4 x quality
    "north": {"Ashwood Care": 88.00, "Brook Homecare": 93.14, "Calder Co-op": 86.55},
    "south": {"Ashwood Care": 85.00, "Brook Homecare": 96.00, "Dale Trust": 83.60},
    "coast": {"Ashwood Care": 76.00, "Dale Trust": 94.25, "Esk Support": 80.00},
}


def bids(*rows: tuple[str, str, Any, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["lot", "bidder", "price", "quality"])


def winners(found: pb.study.Tender) -> dict[str, str]:
    return dict(zip(found.table["lot"], found.table["winner"], strict=True))


def test_every_bid_has_the_points_worked_by_hand_and_the_best_of_each_lot_wins() -> None:
    found = tender(EXAMPLE_BIDS)
    told = found.tables["bids"]
    for lot, points in POINTS.items():
        mine = told[told["lot"] == lot].set_index("bidder")["score"]
        assert mine.to_dict() == points
        assert mine.is_monotonic_decreasing
    assert winners(found) == {
        "north": "Brook Homecare", "south": "Brook Homecare", "coast": "Dale Trust"
    }  # fmt: skip
    north = found.table.set_index("lot").loc["north"]
    assert (north["runner_up"], north["margin"]) == ("Ashwood Care", 5.14)
    # With w the weight of price: 95.238 w + 90 (1 - w) = 100 w + 70 (1 - w).
    assert north["more"] == pytest.approx(20 / (20 + 100 - 100 / 1.05))
    assert (north["with_more"], north["with_less"]) == ("Ashwood Care", "")
    assert found.finding().startswith("north goes to Brook Homecare at £105,000")


def test_where_a_bidder_may_win_one_lot_all_lots_together_have_the_most_points() -> None:
    """South to Brook and north to Ashwood, 96 + 88, is more than 93.14 + 85."""
    found = tender(EXAMPLE_BIDS, most_lots=1)
    assert winners(found) == {
        "north": "Ashwood Care", "south": "Brook Homecare", "coast": "Dale Trust"
    }  # fmt: skip
    assert "Brook Homecare has 5.14 more here" in found.summary()
    assert winners(tender(EXAMPLE_BIDS.iloc[::-1], most_lots=1)) == winners(found)


def test_as_many_lots_as_can_be_are_awarded_by_exchange_and_others_are_named() -> None:
    """Only Ashwood bids for hills: it gives north to Brook; nobody is left for coast."""
    rows = bids(
        ("north", "Ashwood", 100, 90), ("north", "Brook", 200, 50), ("hills", "Ashwood", 100, 20),
        ("coast", "Ashwood", 90, 80), ("coast", "Brook", 300, 10),
    )  # fmt: skip
    found = tender(rows, most_lots=1)
    assert sorted(filter(None, winners(found).values())) == ["Ashwood", "Brook"]
    assert len(found.unawarded) == 1
    assert (
        "Nobody wins hills: Ashwood has won as many lots as a bidder may (1); allow more, or find "
        "more bidders."
    ) in found.summary()
    assert tender(rows, most_lots=2).unawarded == []


def test_a_tie_in_points_goes_to_quality_and_one_in_all_is_told() -> None:
    # 60 + 20 = 48 + 32: the same points, and the second has more quality.
    found = tender(bids(("north", "Ashwood", 80, 50), ("north", "Brook", 100, 80)))
    assert winners(found) == {"north": "Brook"}
    assert found.table["tied"].tolist() == [""]
    found = tender(bids(("north", "Brook", 100, 70), ("north", "Ashwood", 100, 70)))
    assert found.table["tied"].item() != ""
    assert "the tender's own rule for ties decides" in found.summary()
    three = tender(bids(*(("north", each, 100, 90) for each in "ABC")))
    assert three.table["tied"].tolist() == ["B and C"]


def test_a_tie_of_whole_awards_is_not_told_as_one_of_bids() -> None:
    """96 + 88 = 92 + 92: the awards of both lots are alike, the bids are not."""
    rows = bids(("L1", "A", 100, 90), ("L1", "B", 100, 80), ("L2", "A", 100, 80),
                ("L2", "B", 100, 70))  # fmt: skip
    found = tender(rows, most_lots=1)
    assert winners(found) == {"L1": "A", "L2": "B"}
    alike = (
        "A in L1 with B in L2 has the same points, quality and price in all as B in L1 with A in L2"
    )
    assert f"L1: A wins by 4.00 over B; {alike}; the tender's own rule for ties" in found.summary()
    assert "order of names" not in found.summary()


def test_which_lot_goes_without_is_told_where_that_is_a_tie() -> None:
    """A has 88 in l1; B has 84 in l2 or in l3: 172, 130 of quality and £190 either way."""
    rows = bids(("l1", "A", 100, 70), ("l2", "A", 100, 70), ("l3", "B", 90, 60),
                ("l2", "B", 90, 60))  # fmt: skip
    found = tender(rows, most_lots=1)
    assert found.table["tied"].tolist() == ["", "no award", "B"]
    alike = "has the same points, quality and price in all as"
    assert f"B in l2 with nobody in l3 {alike} nobody in l2 with B in l3" in found.summary()
    one = tender(bids(("L1", "A", 100, 90), ("L2", "A", 100, 90)), most_lots=1)
    assert f"L2: nobody wins; nobody in L2 with A in L1 {alike} A in L2 with" in one.summary()
    assert tender(rows, most_lots=2).table["tied"].tolist() == ["", "", ""]


def test_at_which_weight_a_lot_without_a_winner_would_have_one_is_told_and_none_beyond_all() -> (
    None
):
    rows = bids(("l0", "B0", 97, 93), ("l0", "B1", 92, 70), ("l1", "B0", 134, 82),
                ("l1", "B1", 106, 88), ("l2", "B0", 85, 62), ("l2", "B1", 138, 73))  # fmt: skip
    assert "l2: nobody wins; with price weighing more than 85.7% B0" in (
        tender(rows, most_lots=1).summary()
    )
    by_price = tender(rows, price_weight=1, quality_weight=0, most_lots=1)
    assert by_price.table["more"].isna().all()


def test_lots_are_held_together_against_what_a_bidder_can_take() -> None:
    rows = bids(("l1", "A", 10, 70), ("l1", "B", 12, 80), ("l2", "A", 10, 70))
    rows = rows.assign(need=[50, None, 50], capacity=[60, 100, 60])
    found = tender(rows)
    assert "A wins l1 and l2, 100 in all: if the 60 it can take are for all" in found.summary()
    assert "40 are short" in found.summary()
    assert found.tables["bids"]["need"].tolist() == [50, 50, 50]
    assert "are short" not in tender(rows.assign(capacity=[60, 100, 70])).summary()
    with pytest.raises(pb.PlaceBudgetError, match="l1 has a need of 50 and 60; write one"):
        tender(rows.assign(need=[50, 60, 50]))


@pytest.mark.parametrize(
    ("rows", "most", "says"),
    [
        # C has 16 (1 - w) = 9.09 w at 63.8%, before B has what A has.
        ([("L", "A", 110, 90), ("L", "B", 109.9, 89), ("L", "C", 100, 74)], 0,
         "L: A wins by 0.35 over B; with price weighing more than 63.8% C wins."),
        # 50 + 36 = 60 + 26: level, and at half of the points A has 86.67 to 82.50.
        ([("L", "A", 120, 90), ("L", "C", 100, 65)], 0,
         "L: A wins, level on points with C: more quality decides; with price weighing more than "
         "60% C wins."),
        # B takes L2 at any weight, so that A keeps L1 whatever the price weighs.
        ([("L1", "A", 110, 90), ("L1", "B", 100, 72), ("L1", "C", 120, 60), ("L2", "B", 100, 95),
          ("L2", "C", 150, 50)], 1, "L1: A wins by 1.75 over B."),
    ],
)  # fmt: skip
def test_where_an_award_turns_is_found_among_all_bids_with_all_lots_awarded_anew(
    rows: list[tuple[str, str, float, float]], most: int, says: str
) -> None:
    assert says in tender(bids(*rows), most_lots=most).summary()


def test_at_the_weights_told_the_award_turns_and_nowhere_nearer() -> None:
    chance = random.Random(7)
    for most in (0, 1):
        rows = bids(*(
            (lot, who, chance.randint(80, 140), chance.randint(40, 99))
            for lot in "LMN" for who in "ABCD"
        ))  # fmt: skip
        for row in tender(rows, price_weight=0.5, quality_weight=0.5, most_lots=most).table.to_dict(
            "records"
        ):
            for turn, then in ((row["less"], row["with_less"]), (row["more"], row["with_more"])):
                if pd.isna(turn):
                    continue
                way = 1 if turn > 0.5 else -1
                found = {
                    step: dict(winners(tender(
                        rows, price_weight=turn + step * way / 500,
                        quality_weight=1 - turn - step * way / 500, most_lots=most,
                    )))[row["lot"]]
                    for step in (-1, 1) if 0 <= turn + step * way / 500 <= 1
                }  # fmt: skip
                assert found.get(-1, row["winner"]) == row["winner"]
                assert found.get(1, then) == then


def test_prices_by_the_hour_have_their_pence() -> None:
    rows = bids(("north", "Ashwood", 21.4, 70), ("north", "Brook", 22, 71))
    assert tender(rows).finding() == "north goes to Ashwood at £21.40"
    assert "(£22.00, quality 71)" in tender(rows).summary()


def test_a_bid_of_too_little_quality_is_out_and_sets_no_lowest_price() -> None:
    rows = bids(("north", "Cheap", 50, 30), ("north", "Brook", 100, 80))
    found = tender(rows, least_quality=0.5).tables["bids"].set_index("bidder")
    assert found.loc["Brook", "score"] == 92
    assert pd.isna(found.loc["Cheap", "rank"])
    assert "Cheap: not good enough (£50, quality 30)" in tender(rows, least_quality=0.5).summary()
    nobody = tender(rows, least_quality=0.9)
    assert nobody.unawarded == ["north"]
    assert nobody.finding() == "None of 1 lots is awarded: £0"


def test_all_that_is_wrong_with_bids_and_weights_is_told_at_once() -> None:
    rows = bids(
        ("north", "Ashwood", None, 70), ("north", "Brook", -1, 101), ("north", "Brook", 5, 50),
        (None, "Dale", 5, 50),
    )  # fmt: skip
    with pytest.raises(pb.PlaceBudgetError) as told:
        tender(rows, price_weight=0.6, quality_weight=0.5, most_lots=-1, regime="ojeu")
    for part in (
        "row 2 (north with Ashwood): price is no figure above nought",
        "row 3 (north with Brook): price is no figure above nought",
        "row 3 (north with Brook): quality is no figure from 0 to 100",
        "row 4: north with Brook is there twice; keep the row that counts",
        "row 5 (Dale): fill in lot",
        "add up to 110%, not to 100%", "most_lots", "regime",
    ):  # fmt: skip
        assert part in str(told.value)


def test_a_file_of_bids_has_all_its_faults_told_at_once(tmp_path: Any) -> None:
    file = tmp_path / "bids.csv"
    file.write_text("lot,bidder,price,quality\nn,A,abc,70\nn,B,100,101\nn,B,90,80\ns,D,0,50\n")
    told = CliRunner().invoke(app, ["study", "tender", str(file)]).output
    assert "row 2, price: 'abc' is not a number. Write a plain number such as 1250.5.\n" in told
    for part in (
        "row 3, quality: 101 is above 100", "row 4: 'n' with 'B' is there twice",
        "row 5, price: 0 is not above 0",
    ):  # fmt: skip
        assert part in told
    assert "blank" not in told


def test_names_that_differ_by_capitals_alone_are_no_two_lots_or_bidders() -> None:
    rows = bids(("north", "Ashwood Care", 100, 70), ("North", "Ashwood care", 90, 70))
    with pytest.raises(pb.PlaceBudgetError) as told:
        tender(rows, most_lots=1)
    assert "north and North differ by capitals or spaces alone" in str(told.value)
    assert "Ashwood Care and Ashwood care differ" in str(told.value)


@pytest.mark.parametrize("regime", REGIMES)
def test_the_route_by_law_has_a_source_for_every_step(regime: str) -> None:
    route = tender(EXAMPLE_BIDS, regime=regime).tables["route"]
    assert route["source"].str.contains("Act|SI 20").all()
    assert route["when"].str.contains("in force since").sum() == 1
    # What the amount is measured on, and what holds below it, where there is one.
    told = route["step"].str.contains("estimated value of the whole contract|below the amount")
    assert told.sum() == (0 if regime == "health" else 2)
    # Before anybody is told who wins: conflicts of interest, then who is excluded.
    first = [
        int(route["step"].str.contains(word).to_numpy().nonzero()[0][0])
        for word in ("^conflicts of interest", "invites offers|tender notice", "^exclusions")
    ]
    assert first == sorted(first)
    # Of larger contracts that are not of the light touch, indicators of performance are asked.
    assert route["source"].str.contains("s 52").sum() == (regime == "services")


def test_offers_of_a_place_are_bids_where_their_providers_have_points_of_quality() -> None:
    """A lot an area: with points alike the cheapest, C at £9,000, wins."""
    place = homes(quality=80.0)
    asked = STUDIES["tender"].answer(Subject(place), {})
    assert isinstance(asked, pb.study.Tender)
    assert asked.table["winner"].tolist() == ["C"]
    assert asked.tables["bids"]["price"].tolist() == [9_000, 10_000, 12_000]
    assert asked.run["options"]["tendered"] == "care"
    # Of the 100 in need C, who wins, can take 40; A and B less than all of it, too.
    assert "C wins by 6.00 over A, can take 40 of 100" in asked.summary()
    assert "Set-up costs and first years are not in the prices: C." in asked.summary()
    # Who has no points, or no name, is told to be left out, and where nobody offers anything.
    bare = place.with_(
        providers=place.providers.assign(quality=[80.0, None, 80.0]),
        offers=place.offers.assign(
            provider=[None if each == "A" else each for each in place.offers["provider"]]
        ),
    )
    told = STUDIES["tender"].answer(Subject(bare), {}).summary()
    assert "the offer care a and B. Nobody gave points of quality" in told
    north = youth().offers.query("offer == 'youth_north'").assign(provider="A")
    rated = pd.DataFrame({"provider": ["A"], "quality": [80.0]})
    assert not_in_bids(youth().with_(offers=north, providers=rated), "youth") == [
        "No lot: south (200 in need). Nobody offers it there."
    ]
    # With prices half as high again since C's year it costs £13,500, as a plan pays.
    old = place.offers.assign(price_year=[None, None, "2026-27", None])
    risen = place.inflation.assign(rate=0.5)
    dear = STUDIES["tender"].answer(Subject(place.with_(offers=old, inflation=risen)), {})
    assert dear.tables["bids"]["price"].tolist() == [10_000, 12_000, 13_500]
    assert "unit costs in prices of 2027-28 as prices" in dear.notes[0]
    for tendered, says in (("other", "no offer of other is a bid"), ("cars", "no service 'cars'"),
                           ("file", "bring the bids")):  # fmt: skip
        with pytest.raises(pb.PlaceBudgetError, match=says):
            STUDIES["tender"].answer(Subject(place), {"tendered": tendered})


def test_invented_bids_answer_only_where_they_are_asked_for_and_are_called_so_at_once() -> None:
    bare, several = homes(), homes(quality=80.0)
    offers = several.offers.assign(provider=several.offers["provider"].fillna("C"))
    for place, says in (
        (bare, "no offer of this place is a bid"),
        (several.with_(offers=offers), "name the service: care and other"),
    ):
        with pytest.raises(pb.PlaceBudgetError, match=says):
            STUDIES["tender"].answer(Subject(place), {})
    invented = STUDIES["tender"].answer(Subject(bare), {"tendered": "example"})
    assert invented.summary().startswith("Who wins a tender with invented bids")
    with pytest.raises(pb.PlaceBudgetError, match="the bids come from the file, and tendered says"):
        STUDIES["tender"].answer(Subject(), {"tendered": "care", "bids": EXAMPLE_BIDS})


def test_the_command_reads_a_file_of_bids(tmp_path: Any) -> None:
    file = tmp_path / "bids.csv"
    EXAMPLE_BIDS.to_csv(file, index=False)
    asked = CliRunner().invoke(app, ["study", "tender", str(file), "--most-lots", "1"])
    assert "north: Ashwood Care wins" in asked.output
    wrong = CliRunner().invoke(app, ["study", "tender", str(file), "--price-weight", "0.7"])
    assert "add up to 110%" in wrong.output
