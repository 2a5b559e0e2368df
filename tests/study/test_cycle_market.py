"""Providers enter, leave and fail in the years lived through, worked by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from commissioned import homes
from placebudget.place import Place

ONCE, AGAIN = pb.study.Policy("aligned"), pb.study.Policy("aligned", replan=True)


def known(place: Place, **rows: dict[str, Any]) -> Place:
    """The place with what is known of some providers, and of no others."""
    return place.with_(
        providers=pd.DataFrame([{"provider": name, **row} for name, row in rows.items()])
    )


def lived(place: Place, market: bool = True, **options: Any) -> pb.study.Cycle:
    options = {"policies": (ONCE, AGAIN), "runs": 1, "market": market, **options}
    return pb.cycle(place, spread=0.0, slippage=pb.study.NO_SLIPPAGE, **options)


def totals(found: pb.study.Cycle, policy: pb.study.Policy) -> tuple[float, float]:
    """Public value and money on services, in thousands."""
    measures = ("public value", "money on services")
    return tuple(round(float(found.spread(policy, m)["mean"]) / 1e3, 3) for m in measures)


def test_without_a_market_the_cycle_is_as_it_was_to_the_penny() -> None:
    place = homes(years=2, failure=0.5, fixed_cost=9e6, moving_cost=800.0)
    bare = place.with_(providers=place.providers.iloc[:0])
    asked: dict[str, Any] = {"policies": (ONCE, AGAIN), "runs": 3, "seed": 2}
    mine, other = pb.cycle(place, **asked), pb.cycle(bare, **asked)
    assert set(mine.tables) == set(other.tables)
    for name, table in other.tables.items():
        pd.testing.assert_frame_equal(mine.tables[name], table, check_exact=True)
    # And with a market in which nobody comes or goes.
    quiet = known(homes(entrant=False, years=2), A={}, B={})
    still, plain = pb.cycle(quiet, market=True, **asked), pb.cycle(quiet, **asked)
    for name, table in plain.tables.items():
        pd.testing.assert_frame_equal(still.tables[name], table, check_exact=True)
    assert (still.tables["market"]["there"] == 1).all()


def test_who_fails_delivers_nothing_more_and_moving_its_people_costs() -> None:
    """A, with 60 of 90, fails at once; B is full. 30 served a year at £12,000, 60 to move at £500.

    Planned once, £1.04 million a year buys other things; planned again, £1.64 million in the
    second year.
    """
    place = known(homes(entrant=False, years=2), A={"failure": 1.0, "moving_cost": 500.0})
    found = lived(place)
    assert float(found.spread(ONCE, "public value")["planned"]) == pytest.approx(5_680e3)
    assert totals(found, ONCE) == (2 * (600 + 1_040), 2 * (360 + 1_040) + 30)
    assert totals(found, AGAIN) == (600 + 1_040 + 600 + 1_640, 360 + 1_040 + 30 + 2_000)
    table = found.tables["market"].query("policy == @ONCE.name")
    assert table["fails"].tolist() == [1, 0]
    assert table["there"].tolist() == [0, 0]
    assert table["moving"].tolist() == pytest.approx([30_000, 0])
    assert "planned once: A fails in 100%; moving its people costs £30,000." in found.summary()
    held = found.tables["concentration"].query("service == 'care'")
    assert held["index"].tolist() == [1] * 4


def test_others_with_room_take_the_people_of_who_fails_the_cheapest_first() -> None:
    """Of 60 with A, C takes 40 at £9,000 as it is there, and B the rest at £12,000."""
    place = homes(years=1).with_(needs=pd.DataFrame([("care", 60)], columns=["service", "people"]))
    place = known(place, A={"failure": 1.0})
    place = place.with_(offers=place.offers.assign(set_up_cost=[0, 0, 5e6, 0]))
    found = lived(place, policies=(ONCE,))
    # C could not be bought from for its set-up cost: it has not started, and takes nobody.
    assert totals(found, ONCE) == (30 * 20 + 1_400, 30 * 12 + 1_400)
    started = place.with_(
        offers=place.offers.assign(set_up_cost=0.0, unit_cost=[8e3, 12e3, 9e3, 1e3])
    )
    assert totals(lived(started, policies=(ONCE,)), ONCE)[1] == 40 * 9 + 20 * 12 + 2_000 - 60 * 8


@pytest.mark.parametrize(
    ("fixed", "margin", "leaves"), [(400e3, 1.0, True), (360e3, 1.0, False), (170e3, 0.5, False),
                                    (181e3, 0.5, True)],
)  # fmt: skip
def test_who_earns_less_than_its_fixed_cost_leaves_after_the_year(
    fixed: float, margin: float, leaves: bool
) -> None:
    """B earns £360,000 a year; its 30 people are moved at £500 in the second."""
    row = {"fixed_cost": fixed, "margin": margin, "moving_cost": 500.0}
    found = lived(known(homes(entrant=False, years=2), B=row), policies=(ONCE,))
    served, paid = (60 * 20, 600 + 15) if leaves else (90 * 20, 960)
    assert totals(found, ONCE) == (1_800 + served + 2_080, 960 + paid + 2_080)
    assert found.tables["market"]["leaves"].tolist() == [0, float(leaves)]


@pytest.mark.parametrize(("fixed", "enters"), [(0.0, True), (65e3, True), (66e3, False)])
def test_who_is_not_there_enters_where_need_that_nobody_meets_pays_its_set_up(
    fixed: float, enters: bool
) -> None:
    """10 are not served: 10 x £9,000 for two years, less fixed cost, against £50,000.

    Planned again, C has 40 of 100 from the second year on, as in the plan with it, without a
    set-up cost for the place: 1,040 of value over money a year, not 840.
    """
    found = lived(known(homes(years=3), C={"entrant": True, "fixed_cost": fixed}))
    assert totals(found, ONCE) == (3 * 2_840, 3 * 2_000)
    # C has 360 a year, and stays.
    assert totals(found, AGAIN) == (2_840 + 2 * (3_040 if enters else 2_840), 3 * 2_000)
    table = found.tables["market"].query("policy == @AGAIN.name")
    assert table["enters"].tolist() == [0, float(enters), 0]
    held = found.tables["concentration"].query("policy == @AGAIN.name and service == 'care'")
    wanted = [0.5556, *[0.52 if enters else 0.5556] * 2]
    assert held["index"].round(4).tolist() == wanted


def test_who_fails_is_drawn_alike_for_all_policies_and_any_workers() -> None:
    place = known(homes(entrant=False, years=3), A={"failure": 0.3}, B={"failure": 0.3})
    found = lived(place, runs=12, seed=5)
    table = found.tables["market"]
    once, again = (table[table["policy"] == p.name] for p in (ONCE, AGAIN))
    assert once["fails"].tolist() == again["fails"].tolist()
    assert 0.1 < once["fails"].sum() / 2 < 1
    other = lived(place, runs=12, seed=5, executor="threads", workers=2)
    pd.testing.assert_frame_equal(other.tables["market"], table, check_exact=True)


def test_a_market_of_which_nothing_is_known_or_that_cannot_be_is_refused_in_words() -> None:
    with pytest.raises(pb.PlaceBudgetError, match="fill in the table providers"):
        lived(pb.example("toy_pooling"))
    place = homes()
    rows = [("one", "care_c", "at_most_one"), ("one", "care_b", "at_most_one")]
    place = place.with_(choices=pd.DataFrame(rows, columns=["choice", "offer", "rule"]))
    with pytest.raises(pb.PlaceBudgetError, match="care_c of an entrant stands in a choice"):
        lived(place)
