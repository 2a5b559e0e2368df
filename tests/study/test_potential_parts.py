"""The potential taken apart: pools and ring-fences one by one, and as budgets are cut."""

from __future__ import annotations

import json
from itertools import combinations, permutations
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
import places
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place
from placebudget.programme import build, read_pooling
from placebudget.solver import solve
from placebudget.study import Potential
from placebudget.study.potential import parts as potential_parts
from placebudget.study.potential.barriers import read_cuts, ring_fences_of, with_cut, without_fences
from placebudget.study.potential.parts import sampled_shares, split_over_fences
from placebudget.study.sweeping import sweep
from proof import ALL, elsewhere
from sheets import frames
from small import small

pytestmark = pytest.mark.xdist_group("parts of the potential")

ANSWERS: dict[Any, Any] = {}
"""What was worked out of each part of the tiny place."""
KEY = ["cut", "part", "name", "start"]


@pytest.fixture(scope="module")
def toy() -> Potential:
    return pb.potential(pb.example("toy_pooling"), pools=True, ring_fences=True)


@pytest.fixture(scope="module")
def tiny() -> Potential:
    fences = [{"stream": "nhs_core", "purpose": "health_care"}]
    place = places.tiny(ring_fences=fences)

    def noted(work: Any, parts: Any, **asked: Any) -> Any:
        for number, answer in sweep(work, parts, **asked):
            ANSWERS[parts[number]] = answer
            yield number, answer

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(potential_parts, "sweep", noted)
        return pb.potential(place, pools=True, ring_fences=True, cuts=[0.25])


def gain(found: Potential, part: str, name: str, cut: float = 0.0) -> float:
    rows = found.tables["parts"]
    row = rows[(rows["part"] == part) & (rows["name"] == name) & (rows["cut"] == cut)]
    assert len(row) == 1
    return float(row["value"].iloc[0])


def test_the_toy_ring_fences_are_those_worked_by_hand(toy: Potential) -> None:
    # The NHS and the police each hold £10 million that is worth 1 more per £ elsewhere, and
    # home care can take £10 million of it in all: either fence ended alone gains all of it.
    assert gain(toy, "ring-fence removed alone", "home_care") == pytest.approx(10e6)
    assert gain(toy, "ring-fence removed alone", "policing") == pytest.approx(10e6)
    assert gain(toy, "ring-fence removed alone", "family_support, home_care") == pytest.approx(0)
    assert gain(toy, "all ring-fences removed", "") == pytest.approx(10e6)
    split = toy.tables["split"].query("cut == 0").set_index("ring_fence")["share"] / 1e6
    assert split.round(6).to_dict() == {
        "family_support, home_care": 0.0, "home_care": 5.0, "policing": 5.0,
    }  # fmt: skip


def test_the_price_of_the_nhs_ring_fence_is_1_for_exactly_10_million(toy: Potential) -> None:
    prices = toy.tables["ring_fence_prices"].query("cut == 0").set_index("stream")
    assert prices.loc["nhs_money", "relaxing"] == pytest.approx(1e6)
    assert prices.loc["nhs_money", "holds_for"] == pytest.approx(10.0)
    assert prices.loc["nhs_money", "unit"] == "£1 million"


def best_value(place: Place, pooling: str = "pooled") -> float:
    """The public value of the best plan, without the plan."""
    programme = build(place, read_pooling(place, pooling))
    return solve(programme, tie_break=False).objective_values[0]


@pytest.mark.parametrize("which", ["toy", "tiny"])
def test_each_part_is_the_difference_of_two_plans(
    which: str, request: pytest.FixtureRequest
) -> None:
    found: Potential = request.getfixturevalue(which)
    place = found.place
    fences = ring_fences_of(place)
    cuts = sorted(set(found.tables["parts"]["cut"]))
    assert cuts == {"toy": [0.0], "tiny": [0.0, 0.25]}[which]
    for cut in cuts if ALL else cuts[-1:]:
        held = with_cut(place, cut)
        aligned, pooled = best_value(held, "aligned"), best_value(held)
        for pool in place.pools["pool"]:
            expected = best_value(held, pool) - aligned
            assert gain(found, "pool alone", pool, cut) == pytest.approx(expected, abs=1.0)
        free = best_value(without_fences(held, fences, set(fences)))
        expected = free - pooled
        assert gain(found, "all ring-fences removed", "", cut) == pytest.approx(expected, abs=1.0)
        for fence in fences:
            removed = best_value(without_fences(held, fences, {fence}))
            kept = best_value(without_fences(held, fences, set(fences) - {fence}))
            assert gain(found, "ring-fence removed alone", fence, cut) == pytest.approx(
                removed - pooled, abs=1.0
            )
            assert gain(found, "ring-fence kept alone", fence, cut) == pytest.approx(
                kept - free, abs=1.0
            )


def test_agencies_and_outcomes_add_up_to_the_parts(tiny: Potential) -> None:
    parts = tiny.tables["parts"].set_index(KEY)
    by_agency = tiny.tables["agencies"].groupby(KEY)[["paid", "fiscal", "cashable"]].sum()
    plans = tiny.plans
    key = (0.0, "plan", "freed", "aligned")
    changed = plans["freed"].money()["amount"].sum() - plans["aligned"].money()["amount"].sum()
    assert by_agency.loc[key, "paid"] == pytest.approx(changed, abs=0.01)
    saved = (
        plans["freed"].savings()["cashable"].sum() - plans["aligned"].savings()["cashable"].sum()
    )
    assert by_agency.loc[key, "cashable"] == pytest.approx(saved, abs=0.01)
    assert (parts["moved"] >= 0).all()
    made = tiny.tables["outcomes"].set_index([*KEY, "outcome"])["change"]
    counted = [
        plans[name].outcomes("outcome").set_index("outcome")["counted"]
        for name in ("aligned", "freed")
    ]
    for outcome, change in counted[1].sub(counted[0], fill_value=0.0).items():
        assert made[(*key, outcome)] == pytest.approx(change)


def test_money_moved_is_what_goes_elsewhere(tiny: Potential) -> None:
    before, after = (
        tiny.plans[name].money(["service", "area", "year"]).set_index(["service", "area", "year"])
        for name in ("today", "freed")
    )
    change = after["amount"].sub(before["amount"], fill_value=0.0)
    parts = tiny.tables["parts"].set_index(KEY)
    assert parts.loc[(0.0, "plan", "freed", "today"), "moved"] == pytest.approx(
        change[change > 0].sum(), abs=0.01
    )


def test_the_split_adds_up_to_the_gain_of_ending_all_ring_fences(
    toy: Potential, tiny: Potential
) -> None:
    splits = [(found, *each) for found in (toy, tiny)
              for each in found.tables["split"].groupby("cut")]  # fmt: skip
    assert len(splits) == 3
    for found, cut, rows in splits:
        assert rows["share"].sum() == pytest.approx(rows["whole"].iloc[0], abs=1.0)
        assert rows["whole"].iloc[0] == pytest.approx(
            gain(found, "all ring-fences removed", "", float(cut)),
            abs=1.0,  # type: ignore[arg-type]
        )


def test_the_split_is_the_average_over_all_orders_of_ending() -> None:
    place = with_cut(pb.example("toy_pooling"), 0.1)
    fences = ring_fences_of(place)
    value = {
        frozenset(ended): pb.optimise(
            without_fences(place, fences, set(ended)), prices=False
        ).objective.value
        for count in range(len(fences) + 1)
        for ended in combinations(fences, count)
    }
    added = dict.fromkeys(fences, 0.0)
    orders = list(permutations(fences))
    for order in orders:
        for n, name in enumerate(order):
            more = value[frozenset(order[: n + 1])] - value[frozenset(order[:n])]
            added[name] += more / len(orders)
    split = split_over_fences(place, fences, "public value")
    np.testing.assert_allclose(split.shares, [added[name] for name in split.names], atol=1.0)


def test_a_sampled_split_is_seeded_and_exact_where_fences_meet_in_pairs() -> None:
    place = with_cut(pb.example("toy_pooling"), 0.1)
    fences = ring_fences_of(place)
    exact = split_over_fences(place, fences, "public value")
    drawn, again = (
        split_over_fences(place, fences, "public value", most_exact=1, orders=4, seed=2)
        for _ in range(2)
    )
    assert (exact.orders, drawn.orders) == (0, 4)
    assert drawn.shares.tobytes() == again.shares.tobytes()
    np.testing.assert_allclose(drawn.shares, exact.shares, atol=1.0)


def test_sampled_shares_meet_the_exact_ones_within_their_standard_error() -> None:
    # Ending all three of the first gains 9; the fourth gains 2 by itself.
    def value(ended: int) -> float:
        return 9.0 * (ended & 7 == 7) + 2.0 * (ended >> 3 & 1)

    shares, errors = sampled_shares(value, 4, orders=200, seed=1)
    assert shares.sum() == pytest.approx(11.0)
    assert (errors[:3] > 0).all()
    assert (np.abs(shares - [3.0, 3.0, 3.0, 2.0]) <= 4 * errors + 1e-12).all()
    fewer = sampled_shares(value, 4, orders=20, seed=1)[1]
    assert (fewer[:3] > errors[:3]).all()


# Threads run the same, and are tried on what takes less; both where everything is proved.
@elsewhere("test_tables_keep_their_order_… and tests/study/test_sweeping.py")
@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_the_parts_are_the_same_for_any_workers(tiny: Potential, executor: str) -> None:
    other = pb.potential(tiny.place, pools=True, ring_fences=True, executor=executor, workers=2)
    for name, table in tiny.parts.items():
        uncut = table[table["cut"] == 0.0].reset_index(drop=True)
        assert len(uncut)
        pd.testing.assert_frame_equal(other.parts[name], uncut, check_exact=True)


def test_a_cut_that_no_plan_can_bear_is_said_and_the_rest_is_there() -> None:
    duty = {
        "rule": "duty", "kind": "floor", "subject": "service=treatment", "amount": 19e6,
        "basis": "law", "reference": "an act", **places.MADE_UP,
    }  # fmt: skip
    place = places.tiny(rules=[duty], pools=[], contributions=[])
    found = pb.potential(place, cuts=[0.05, 0.3])
    status = found.tables["cuts"].drop_duplicates(["cut", "plan"]).set_index(["cut", "plan"])
    assert status.loc[(0.05, "aligned"), "status"] == "reached"
    assert status.loc[(0.3, "aligned"), "status"] == "no plan keeps all rules"
    rows = found.tables["parts"].set_index(KEY)
    assert np.isnan(rows.loc[(0.3, "plan", "pooled", "aligned"), "value"])
    assert "no plan keeps all rules" in found.summary()


def test_a_stop_keeps_the_parts_that_are_done() -> None:
    stop = Event()

    def after_two(what: str, number: int, total: int) -> None:
        if what.startswith("pools and") and number == 2:
            stop.set()

    found = pb.potential(
        pb.example("toy_pooling"), pools=True, ring_fences=True, stop=stop, progress=after_two
    )
    assert len(found.plans) == 5
    parts = found.tables["parts"]
    assert 0 < len(parts[parts["part"] != "plan"]) < 8
    assert found.tables["split"].empty


def test_where_a_live_session_sees_no_order_of_steps_the_plans_are_there_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live = "placebudget.solver.session.live_programme.keeps_order"
    monkeypatch.setattr(live, lambda *_: False)
    found = pb.potential(pb.example("toy_pooling"))
    assert found.added_by_pools() == {}
    assert found.plans["pooled"].objective.value == pytest.approx(300e6)


def test_words_name_both_ends_and_promise_nothing(toy: Potential, tiny: Potential) -> None:
    text = toy.summary()
    assert "one pool alone, against best aligned" in text
    assert "Ending all ring-fences, against best pooled: +£10 million" in text
    assert "is no advice to end it" in text
    assert "as budgets are cut" in tiny.summary()
    assert "dividend" not in text
    assert any("do not add up" in note for note in toy.notes)


def test_the_answer_is_a_file_and_a_workbook(toy: Potential, tmp_path: Path) -> None:
    held = json.loads(toy.to_json(tmp_path / "potential.json").read_text("utf-8"))
    assert len(held["parts"]) == len(toy.tables["parts"])
    assert held["run"]["study"] == "potential"
    sheets = frames(toy.to_excel(tmp_path / "potential.xlsx"))
    assert len(sheets["Ring fence prices"]) == len(toy.tables["ring_fence_prices"])


def test_a_cut_takes_the_same_share_off_all_funding() -> None:
    place = places.tiny()
    cut = with_cut(place, 0.25)
    assert cut.funding["amount"].sum() == pytest.approx(0.75 * place.funding["amount"].sum())
    assert cut.today["amount"].sum() == pytest.approx(0.75 * place.today["amount"].sum())
    assert not cut.check().errors
    # Of another year's today; grants that must be pooled whole are pooled whole.
    assert not with_cut(pb.example("lancashire"), 0.4).check().errors


@pytest.mark.parametrize("cuts", [[1.0], [-0.1], [float("nan")]])
def test_cuts_that_cannot_be_are_refused(cuts: list[float]) -> None:
    with pytest.raises(WrongArgument):
        read_cuts(cuts)


def test_streams_with_the_same_purposes_are_one_ring_fence() -> None:
    place: Place = pb.example("lancashire")
    fences = ring_fences_of(place)
    assert sorted(fences["education"]) == [
        "education_blackburn", "education_blackpool", "education_county",
    ]  # fmt: skip
    assert sum(map(len, fences.values())) == place.ring_fences["stream"].nunique()


def test_tables_keep_their_order_whatever_order_answers_come_in(
    tiny: Potential, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backwards(_: Any, parts: Any, **__: Any) -> Any:
        return ((n, ANSWERS[parts[n]]) for n in reversed(range(len(parts))))

    monkeypatch.setattr(potential_parts, "sweep", backwards)
    other = pb.potential(tiny.place, pools=True, ring_fences=True, cuts=[0.25])
    for name, table in tiny.parts.items():
        pd.testing.assert_frame_equal(other.parts[name], table, check_exact=True)


def test_no_gain_is_split_where_ending_a_ring_fence_meets_more_need() -> None:
    """£5 million of £8 million for care; the grant for homes would pay for the rest of it."""
    streams = {
        "tax": {"amount": 5.0, "agency": "council"},
        "grant": {"amount": 5.0, "agency": "council", "fence": ["homes"]},
    }
    place = small(streams, {"care": {"people": 8_000, "led_by": "need"}, "homes": {}})
    with pytest.raises(CannotAnswer, match="leave different need unmet"):
        split_over_fences(place, ring_fences_of(place), "public value")
