"""Every objective, ordered lists and leximin, on small places worked by hand."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place, Settings
from placebudget.programme import build, read_pooling
from placebudget.solver import solve
from small import MILLION, Row, rule, small, spent, units


def best(place: Place, objective: object, **options: object) -> pb.Plan:
    return pb.optimise(
        place, objective=objective, prices=False, **{"pooling": "aligned", **options}
    )


def tastes() -> Place:
    """£1 million; four services of £1,000 a unit, each the best by one measure.

    A unit of social makes £9,000 of social value; fiscal saves £5,000, none of it cashable;
    cash saves £2,000, all cashable; heavy makes an outcome of weight 50 without value.
    """
    names = ["social", "fiscal", "cash", "heavy"]
    place = small({"council": {"amount": 1}}, {name: {"value": 0} for name in names})
    saved = [("fiscal_good", 5_000, 0.0), ("cash_good", 2_000, 1.0)]
    return place.with_(
        outcomes=place.outcomes.assign(social_value=[9_000, 0, 0, 0], weight=[1.0, 1.0, 1.0, 50.0]),
        savings=pd.DataFrame(
            [{"outcome": o, "agency": "council", "value": v, "cashable": c} for o, v, c in saved]
        ),
    )


@pytest.mark.parametrize(
    ("objective", "service", "value"),
    [
        ("public value", "social", 9 * MILLION),
        ("net public value", "social", 8 * MILLION),
        ("fiscal saving", "fiscal", 5 * MILLION),
        ("cashable saving", "cash", 2 * MILLION),
        ("weighted outcomes", "heavy", 50_000),
        ("Cashable_saving", "cash", 2 * MILLION),
    ],
)
def test_each_objective_buys_what_it_values_most(
    objective: str, service: str, value: float
) -> None:
    plan = best(tastes(), objective)
    assert spent(plan) == {service: 1.0}
    assert plan.objective.value == pytest.approx(value)


def test_an_unknown_objective_is_named_with_those_there_are() -> None:
    with pytest.raises(WrongArgument, match=r"'profit'.*public value"):
        best(tastes(), "profit")


# --- ordered lists -----------------------------------------------------------------------


def ties() -> Place:
    """£1 million. A and B save £1,000 a unit each; B has social value too, C has that only.

    Today all money is on A, so that the tie-break alone would choose A.
    """
    services: dict[str, Row] = {
        "a": {"value": 0, "today": {"council": 1}},
        "b": {"value": 0.5},
        "c": {"value": 9},
    }
    savings = [
        {"outcome": f"{name}_good", "agency": "council", "value": 1_000, "cashable": 0.5}
        for name in "ab"
    ]
    return small({"council": {"amount": 1}}, services, savings=savings)


def test_a_list_of_objectives_is_kept_in_order() -> None:
    """Fiscal saving ties A and B and bars C; public value then chooses B: 1 and 1 + 0.5."""
    assert spent(best(ties(), "fiscal saving")) == {"a": 1.0}
    plan = best(ties(), ["fiscal saving", "public value"])
    assert spent(plan) == {"b": 1.0}
    assert [(o.name, round(o.value)) for o in plan.objectives] == [
        ("fiscal saving", 1_000_000),
        ("public value", 1_500_000),
    ]
    assert plan.objective == plan.objectives[0]
    turned = best(ties(), ["public value", "fiscal saving"])
    assert spent(turned) == {"c": 1.0}


def test_a_third_objective_decides_what_two_leave_open() -> None:
    """A and B have one fiscal and one cashable value; the weight of B's outcome decides."""
    place = ties()
    outcomes = place.outcomes.assign(weight=[1, 2, 3], social_value=[0, 0, 0])
    wanted = ["fiscal saving", "cashable saving", "weighted outcomes"]
    plan = best(place.with_(outcomes=outcomes), wanted)
    assert spent(plan) == {"b": 1.0}
    assert [round(o.value) for o in plan.objectives] == [1_000_000, 500_000, 2_000]


def test_a_list_of_objectives_decides_which_offers_start() -> None:
    """Both offers need a set-up of £100,000: 900 units and £900,000 saved either way.

    The second objective chooses B, though today is nearer to A.
    """
    place = ties()
    offers = place.offers.assign(set_up_cost=[100_000, 100_000, 0])
    today = place.today.assign(offer=None, amount=0.0)
    place = place.with_(offers=offers, today=today)
    plan = best(place, ["fiscal saving", "public value"])
    assert units(plan) == {"b": 900}
    assert [round(o.value) for o in plan.objectives] == [900_000, 1_350_000]


# --- the worst-off area ---------------------------------------------------------------------

AREAS = [
    {"area": "place"},
    {"area": "east", "parent": "place", "tier": "district", "population": 10_000},
    {"area": "north", "parent": "place", "tier": "district", "population": 30_000},
    {"area": "west", "parent": "place", "tier": "district", "population": 10_000},
]


def districts(today: Row | None = None, **offers: Row) -> Place:
    """£10 million; care at £1,000 in three districts of 10,000, 30,000 and 10,000 people."""
    rows = [{"offer": f"in_{area}", "area": area, **row} for area, row in offers.items()]
    place = small(
        {"council": {"amount": 10}}, {"care": {"people": None, "offer": rows}}, areas=AREAS
    )
    spent_now = [
        {"service": "care", "area": area, "stream": "council", "amount": million * MILLION}
        for area, million in (today or {}).items()
    ]
    return place.with_(today=pd.DataFrame(spent_now))


EVERYWHERE: dict[str, Row] = {"east": {}, "north": {}, "west": {}}


def test_the_worst_off_area_is_raised_by_people() -> None:
    """Outcomes a head are equal: 1 : 3 : 1 of 10,000 units: 2,000, 6,000, 2,000; 0.2 a head."""
    plan = best(districts(**EVERYWHERE), "worst-off area")
    assert units(plan) == pytest.approx({"in_east": 2_000, "in_north": 6_000, "in_west": 2_000})
    assert plan.objective.value == pytest.approx(0.2)


def test_weights_and_discounting_count_in_what_an_area_has() -> None:
    """Weight 3 and an effect in the year after at 50 %: 0.2 x 3 / 1.5 = 0.4 a head."""
    place = districts(**EVERYWHERE)
    place = place.with_(
        settings=Settings(name="small", years=("2027-28",), discount=0.5),
        outcomes=place.outcomes.assign(weight=3),
        effects=place.effects.assign(lag=1),
    )
    assert best(place, "worst-off area").objective.value == pytest.approx(0.4)


def test_leximin_goes_on_where_the_worst_off_area_can_be_raised_no_further() -> None:
    """East has room for 500 units: 0.05 a head is the most for the worst off.

    What is left, 9,500, goes to north and west at 3 : 1: 7,125 and 2,375, 0.2375 a head. The
    worst-off area alone would leave all of it where it is today, in the west.
    """
    place = districts({"west": 10}, east={"capacity": 500}, north={}, west={})
    worst = best(place, "worst-off area")
    assert worst.objective.value == pytest.approx(0.05)
    assert units(worst) == pytest.approx({"in_east": 500, "in_north": 1_500, "in_west": 8_000})
    plan = best(place, "leximin")
    assert plan.objective.value == pytest.approx(0.05)
    assert units(plan) == pytest.approx({"in_east": 500, "in_north": 7_125, "in_west": 2_375})


def test_leximin_has_a_level_for_every_area() -> None:
    """East 500 (0.05), north 3,000 (0.1), west what is left of £10 million: 6,500 (0.65)."""
    place = districts(east={"capacity": 500}, north={"capacity": 3_000}, west={})
    assert units(best(place, "leximin")) == pytest.approx(
        {"in_east": 500, "in_north": 3_000, "in_west": 6_500}
    )


def test_leximin_among_areas_that_are_all_equal_is_the_worst_off_area() -> None:
    plan = best(districts(**EVERYWHERE), "leximin")
    assert units(plan) == pytest.approx({"in_east": 2_000, "in_north": 6_000, "in_west": 2_000})


def test_leximin_with_nothing_for_anyone_ends() -> None:
    """Capacity nought everywhere: 0 a head for all three."""
    plan = best(districts(**{area: {"capacity": 0} for area in EVERYWHERE}), "leximin")
    assert plan.objective.value == 0


def test_leximin_settles_which_offers_run_by_every_area_in_turn() -> None:
    """Nothing can be had in the east, so the worst-off area decides nothing.

    All in the west, where it is today, would leave the north at 0; in lots of 6,000 and 4,000
    the north has 0.2 a head and the west 0.4.
    """
    lots: dict[str, Row] = {"north": {"smallest_lot": 6_000}, "west": {"smallest_lot": 4_000}}
    place = districts({"west": 10}, east={"capacity": 0}, **lots)
    assert units(best(place, "worst-off area")) == {"in_west": 10_000}
    assert units(best(place, "leximin")) == {"in_north": 6_000, "in_west": 4_000}


@pytest.mark.parametrize("seed", range(6))
def test_leximin_over_lots_is_the_best_of_all_ways_to_choose_them(seed: int) -> None:
    """Six lots that come whole or not at all: every choice that £10 million can buy is tried."""
    chance = random.Random(seed)
    people = {"east": 10_000, "north": 30_000, "west": 10_000}
    lots = [(area, chance.randrange(500, 6_001, 250)) for area in people for _ in range(2)]
    offers = [
        {"offer": f"{n}", "area": area, "smallest_lot": size, "capacity": size}
        for n, (area, size) in enumerate(lots)
    ]
    services = {"care": {"people": None, "offer": offers}}
    place = small({"council": {"amount": 10}}, services, areas=AREAS)

    def heads(bought: Mapping[str, float]) -> list[float]:
        held = dict.fromkeys(people, 0.0)
        for name, amount in bought.items():
            held[lots[int(name)][0]] += amount
        return sorted(round(held[area] / people[area], 9) for area in people)

    choices = [
        {str(n): float(lots[n][1]) for n in range(6) if choice >> n & 1} for choice in range(64)
    ]
    possible = [heads(choice) for choice in choices if sum(choice.values()) <= 10_000]
    assert heads(units(best(place, "leximin"))) == max(possible)


def test_leximin_may_come_before_or_after_another_objective() -> None:
    """East saves twice as much a unit. Leximin first fixes 2,000 units there, 0.2 a head for all.

    Public value first puts all 10,000 units in the east, and leximin finds nothing left.
    """
    place = districts(**EVERYWHERE)
    returns = pd.DataFrame(
        {"service": ["care"], "step": [1], "up_to": [1.0], "effectiveness": [1.0]}
    )
    place = place.with_(
        returns=returns,
        offers=place.offers.assign(unit_cost=[500.0, 1_000.0, 1_000.0], capacity=99_000.0),
    )
    plan = best(place, ["public value", "leximin"])
    assert units(plan) == {"in_east": 20_000}
    plan = best(place, ["leximin", "public value"])
    # e x 500 + (n + w) x 1,000 with n = 3 e, w = e: 4,500 e = 10 million.
    assert units(plan) == pytest.approx(
        {"in_east": 2_222.2222, "in_north": 6_666.6667, "in_west": 2_222.2222}, rel=1e-6
    )


def test_an_area_needs_a_population() -> None:
    place = districts(**EVERYWHERE)
    with pytest.raises(CannotAnswer, match="population"):
        best(place.with_(areas=place.areas.assign(population=None)), "leximin")


@pytest.mark.parametrize("objective", ["leximin", "public value"])
def test_solving_leaves_the_programme_as_it_was(objective: str) -> None:
    place = districts({"west": 10}, east={"capacity": 500}, north={}, west={})
    programme = build(place, read_pooling(place, "aligned"), objectives=(objective,))
    before = {name: np.array(part) for name, part in vars(programme.matrix).items()}
    solve(programme)
    for name, part in before.items():
        assert np.array_equal(part, getattr(programme.matrix, name)), name


def test_a_rule_about_equity_and_an_objective_go_together() -> None:
    """With a floor of all on the north, the worst off have nothing."""
    place = districts(**EVERYWHERE).with_(
        rules=pd.DataFrame([rule("floor", "area=north", 10 * MILLION)])
    )
    assert best(place, "worst-off area").objective.value == pytest.approx(0)
