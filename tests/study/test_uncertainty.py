"""What plans come to where figures turn out otherwise, and what to find out first."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from threading import Event
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, ndtri

import placebudget as pb
from placebudget.belief import SPREAD
from placebudget.errors import CannotAnswer, Stopped, WrongArgument
from placebudget.place import Place
from placebudget.plan.resting import COST, EFFECT, NEED, VALUE, Figure
from placebudget.programme import Basis, standing_pooling
from placebudget.study import Uncertainty
from placebudget.study.beliefs import (
    FUNDING,
    KINDS,
    SPREADS,
    Uncertain,
    drawn_scores,
    ends_of,
    factors_of,
    read_correlation,
    read_spreads,
    two_drawn,
    uncertain_figures,
)
from placebudget.study.held import Came, Decided, Moving
from placebudget.study.uncertainty.anew import Remade, services_anew
from placebudget.study.uncertainty.draws import UnderDraws
from placebudget.study.uncertainty.knowing import HeldUnderDraws as Held
from placebudget.study.uncertainty.knowing import total_index
from placebudget.study.uncertainty.result import EVERYBODY, MEASURES, WORTH
from planned import optimised, simulated
from small import small

pytestmark = pytest.mark.xdist_group("northvale")
FEW: dict[str, Any] = {"draws": 32, "replanned": 2, "find_out": 2}


def caring() -> Place:
    """£1 million for 1,000 people who must be served, £1,000 each, worth £3,000 each."""
    care = {"value": 3.0, "led_by": "need", "today": {"council": 1.0}, "people": 1_000}
    return small({"council": {"amount": 1.0}}, {"care": care})


def held(place: Place, **moved: float) -> Came:
    """Today's money where figures of some kinds are multiplied."""
    figures = uncertain_figures(place, read_spreads(place, None))
    moving = Moving(place, figures)
    names = {"need": NEED, "cost": COST, "value": VALUE, "funding": FUNDING}
    factor = {names[name]: times for name, times in moved.items()}
    factors = np.array([factor.get(each.figure.kind, 1.0) for each in figures])
    decided = Decided.of(pb.simulate(place), place)
    return moving.came(decided, moving.at(factors), moving.missing(factors))


@cache
def toy() -> Uncertainty:
    plans = ["today", "aligned", "pooled", "freed"]
    return pb.study.uncertainty(pb.example("toy_pooling"), plans=plans, **FEW)


@cache
def northvale() -> Uncertainty:
    plans = {"today": simulated("northvale"), "pooled": optimised("northvale")}
    place = pb.example("northvale")
    return pb.study.uncertainty(place, plans=plans, draws=16, replanned=0, find_out=0)


@pytest.mark.parametrize(
    ("moved", "value", "not_served", "found"),
    [
        ({}, 3.0, 0, 0.0),
        ({"need": 1.1}, 3.0, 100, 0.1),
        ({"need": 0.8}, 2.4, 0, 0.0),
        ({"cost": 1.25}, 2.4, 200, 0.25),
        ({"value": 0.5}, 1.5, 0, 0.0),
        ({"funding": 0.9}, 3.0, 0, 0.1),
        ({"funding": 1.2}, 3.0, 0, 0.0),
        ({"need": 1.1, "funding": 0.9}, 3.0, 100, 0.2),
    ],
)
def test_a_plan_that_is_held_comes_to_what_it_does_by_hand(
    moved: dict[str, float], value: float, not_served: float, found: float
) -> None:
    came = held(caring(), **moved)
    assert came.value / 1e6 == pytest.approx(value)
    assert came.not_served == pytest.approx(not_served, abs=1e-6)
    assert came.deficits.sum() / 1e6 == pytest.approx(found, abs=1e-9)
    assert came.worth / 1e6 == pytest.approx(value - found)


def test_money_that_was_left_unspent_stands_in_for_funding_that_does_not_come() -> None:
    care = {"value": 3.0, "today": {"council": 0.9}, "people": 1_000}
    place = small({"council": {"amount": 1.0}}, {"care": care})
    assert held(place, funding=0.95).deficits.sum() == pytest.approx(0.0, abs=1e-6)
    assert held(place, funding=0.8).deficits.sum() == pytest.approx(100_000.0)


def test_held_at_the_figures_it_was_made_with_a_plan_is_worth_what_it_says() -> None:
    place = pb.example("northvale")
    figures = uncertain_figures(place, read_spreads(place, None))
    moving, ones = Moving(place, figures), np.ones(len(figures))
    for plan in (simulated("northvale"), optimised("northvale")):
        came = moving.came(Decided.of(plan, place), moving.at(ones), moving.missing(ones))
        assert came.value == pytest.approx(plan.objective.value, rel=1e-9)
        assert came.cashable == pytest.approx(plan.savings()["discounted_cashable"].sum(), rel=1e-8)
        assert came.not_served == pytest.approx(0.0, abs=1e-6)


def test_figures_that_move_as_arrays_are_those_of_a_place_whose_tables_have_them() -> None:
    place = pb.example("northvale")
    figures = uncertain_figures(place, read_spreads(place, None))
    moving = Moving(place, figures)
    factors = factors_of(figures, two_drawn(figures, read_correlation(None), 2, 3)[0])[1]
    quick, whole = moving.at(factors), moving.place(factors)
    slow = Basis(whole, standing_pooling(whole))
    for name in ("given", "needed", "marginal_cost", "cost_avoided", "general", "bought_today"):
        np.testing.assert_allclose(getattr(quick, name), getattr(slow, name), err_msg=name)
    np.testing.assert_allclose(quick.offers.unit_cost, slow.offers.unit_cost)
    np.testing.assert_allclose(quick.effects.coefficient, slow.effects.coefficient)
    np.testing.assert_allclose(quick.outcomes.public_value, slow.outcomes.public_value)
    np.testing.assert_allclose(quick.outcomes.agency_cashable, slow.outcomes.agency_cashable)
    np.testing.assert_allclose(quick.need.kept, slow.need.kept)


def test_a_seed_gives_the_same_numbers_to_the_bit_whoever_works_them_out() -> None:
    place = pb.example("toy_pooling")
    plans = list(toy().plans)
    again = pb.study.uncertainty(place, plans=plans, executor="threads", workers=3, **FEW)
    for name, table in toy().tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name], check_exact=True)
    few = {"plans": toy().plans, "draws": 32, "replanned": 0, "find_out": 0}
    other = pb.study.uncertainty(place, seed=1, **few)
    assert not other.worth().equals(toy().worth())
    assert pb.study.uncertainty(place, **few).worth().equals(toy().worth())


def test_lines_that_move_together_overspend_more_often() -> None:
    lines = [Uncertain(Figure(COST, "", "", np.zeros(0), each), "", 0.1) for each in (60, 40)]
    for correlation, over, ninety in ((0.0, 0.0828, 109.24), (0.5, 0.1257, 111.17)):
        scores = drawn_scores(lines, {COST: correlation}, 2**15, 2)
        cost = (1.0 + 0.1 * scores) @ [60, 40]
        assert (cost > 110).mean() == pytest.approx(over, abs=2e-3)
        assert np.percentile(cost, 90) == pytest.approx(ninety, abs=0.1)


def test_what_is_drawn_has_the_mean_and_the_spread_that_are_believed() -> None:
    figures = [
        Uncertain(Figure(NEED, "", "", np.zeros(0), 100.0), "", 0.3),
        Uncertain(Figure(VALUE, "", "", np.zeros(0), 100.0, low=80.0, high=150.0), "", 0.9),
    ]
    factors = factors_of(figures, drawn_scores(figures, {NEED: 0.5, VALUE: 0.5}, 2**12, 0))
    assert factors[:, 0].mean() == pytest.approx(1.0, abs=1e-3)
    assert factors[:, 0].std() == pytest.approx(0.3, abs=3e-3)
    assert (factors >= 0).all()
    # A range of a source is taken as it is, and no spread is assumed beside it.
    assert ends_of(figures)[:, 1].tolist() == pytest.approx([0.8, 1.5])
    assert np.percentile(factors[:, 1], [10, 50, 90]).tolist() == pytest.approx(
        [0.8, 1.0, 1.5], abs=5e-3
    )


def test_years_lived_through_believe_the_same_of_effects() -> None:
    place = pb.example("northvale")
    assert SPREADS["effect"] is SPREAD
    effects = [each for each in uncertain_figures(place, read_spreads(place, None))
               if each.figure.kind == "effect"]  # fmt: skip
    assert {each.spread for each in effects} == {SPREAD[each.grade] for each in effects}


def test_an_index_of_a_known_function_is_that_of_the_textbook() -> None:
    """Ishigami's function: total indices 0.5576, 0.4424, 0.2437 (Saltelli and others)."""
    figures = [Uncertain(Figure(NEED, "", "", np.zeros(0), 1.0), "", 1.0)] * 3
    a, b = (2.0 * np.pi * ndtr(each) - np.pi for each in two_drawn(figures, {NEED: 0.0}, 4096, 0))

    def ishigami(x: np.ndarray) -> np.ndarray:
        return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])

    for n, known in enumerate((0.5576, 0.4424, 0.2437)):
        mixed = np.where(np.arange(3) == n, b, a)
        assert total_index(ishigami(a), ishigami(mixed)) == pytest.approx(known, abs=0.02)


def test_where_values_alone_move_worth_goes_by_them_alone_as_salib_says_too() -> None:
    """Home care, family support and policing bring one value, which today's money buys 285 of."""
    only = dict.fromkeys(KINDS, 0.0) | {VALUE: 0.2}
    place = pb.example("toy_pooling")
    found = pb.study.uncertainty(
        place, plans=["today"], draws=8, replanned=0, find_out=0, spread=only
    )
    (row,) = found.sensitivity("sobol", runs=64).to_dict("records")
    assert row["kind"] == VALUE
    assert (row["first"], row["total"]) == (pytest.approx(1, abs=0.1), pytest.approx(1, abs=0.1))
    # A step of Morris goes two thirds of the way from one end to the other, from either end.
    (figure,) = uncertain_figures(place, read_spreads(place, only))
    at = factors_of([figure], ndtri(np.array([[0.1], [0.1 + 1.6 / 3], [0.9 - 1.6 / 3], [0.9]])))
    first, last = (285e6 * (b - a) * 1.5 for a, b in ((at[0, 0], at[1, 0]), (at[2, 0], at[3, 0])))
    (row,) = found.sensitivity("morris", runs=8, by="figure").to_dict("records")
    assert min(first, last) - 1 <= row["mu_star"] <= max(first, last) + 1


def test_what_worth_goes_by_is_the_same_for_a_seed_and_begins_with_the_most() -> None:
    by_kind, again = (toy().sensitivity(runs=4, seed=3) for _ in range(2))
    assert by_kind.equals(again)
    assert by_kind["mu_star"].is_monotonic_decreasing
    assert {"effect", "value"} == set(by_kind["kind"].head(2))
    assert by_kind.set_index("kind").loc["inflation", "mu_star"] == 0.0
    shares = toy().sensitivity("sobol", runs=32).set_index("kind")
    assert {"effect", "value"} == set(shares.index[:2])
    assert list(shares) == ["first", "first_error", "total", "total_error"]


def test_without_salib_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(CannotAnswer, match=r"placebudget\[sensitivity\]"):
        toy().sensitivity()
    with pytest.raises(WrongArgument, match=r"morris.*\n.*kind.*\n.*runs"):
        toy().sensitivity("fast", by="area", runs=1)


def test_knowing_a_figure_is_worth_what_it_changes() -> None:
    """One plan is worth theta, another 1 whatever it is: E max(theta, 1) - 1 = s / sqrt(2 pi)."""
    reach = 1.2815515655446004 * 0.2
    figure = Figure(VALUE, "", "", np.zeros(0), 1.0, low=1.0 - reach, high=1.0 + reach)
    study = object.__new__(Held)
    study.figures = [Uncertain(figure, "", 0.2)]
    curves = np.array([[1.0 - reach, 1.0], [1.0, 1.0], [1.0 + reach, 1.0]])
    assert study._knowing(0, curves) == pytest.approx(0.2 / np.sqrt(2 * np.pi), rel=0.02)
    # Nothing is worth knowing where one plan is best whatever it is.
    assert study._knowing(0, np.add(curves, [0.0, 2.0])) == 0.0


def test_shares_of_draws_add_up_and_a_plan_that_has_more_conditions_never_wins() -> None:
    rows = toy().tables["beats"]
    assert np.allclose(rows[["better", "same", "worse"]].sum(axis=1), 1.0)
    assert toy().beats("pooled", "aligned")["same"] == 1.0
    assert "the same" in toy().finding()
    assert set(rows["agency"]) == {EVERYBODY, "council", "nhs", "police"}
    worth = toy().worth()
    better = (worth["aligned"] - worth["today"] >= 1.0).mean()
    assert toy().beats("aligned", "today")["better"] == better
    now = toy().table.set_index(["plan", "measure"])
    assert now.loc[("today", WORTH), "worse_than_today"] == 0.0
    assert list(toy().table["measure"].unique()) == list(MEASURES)


def test_how_often_and_for_whom_pooling_beats_acting_in_step_is_counted_by_hand() -> None:
    """Four draws: pooling is worth 3, 3, 0 and −1 more; the council saves 2 more and finds 1 or 5.

    So the council is better off by 1 in two draws, worse by 3 in two; nothing changes for the NHS.
    """

    def came(value: float, saved: float, short: float) -> Came:
        found = np.array([short, 0.0])
        return Came(10 * value, 0.0, 0.0, np.array([10 * saved, 0.0]), 10 * found, 10 * found)

    aligned = came(5.0, 0.0, 0.0)
    pooled = [came(9.0, 2.0, 1.0)] * 2 + [came(10.0, 2.0, 5.0), came(9.0, 2.0, 5.0)]
    under = UnderDraws(
        ["aligned", "pooled"], ["council", "nhs"], [aligned, pooled[0]],
        {n: [aligned, each] for n, each in enumerate(pooled)},
    )  # fmt: skip
    beats = under.beats().set_index("agency")
    assert (beats["first"] + beats["second"]).unique().tolist() == ["pooledaligned"]
    shares = beats[["better", "same", "worse"]].to_numpy().tolist()
    assert shares == [[0.5, 0.25, 0.25], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]
    assert beats.loc[EVERYBODY, "p50"] == 15.0
    found = under.deficits().set_index("plan").loc["pooled"]
    assert (found["agency"], found["mean"], found["share"]) == ("council", 30.0, 1.0)
    toy_ = toy()
    told = replace(toy_, tables={**toy_.tables, "beats": under.beats()})
    assert told.finding().startswith("In 50% of draws the best pooled plan is worth more than")
    assert "Toyland Council: better off by pooling in 50% of draws, worse off in 50%." in (
        told.summary()
    )
    assert "Toyland NHS Board: better off" not in told.summary()


def test_what_to_find_out_first_is_in_pounds_and_never_below_nothing() -> None:
    found = toy().tables["find_out"]
    assert 0 < len(found) <= FEW["find_out"]
    assert (found["pounds"] >= 0).all()
    assert found["pounds"].is_monotonic_decreasing
    assert FUNDING not in set(found["kind"])
    knowing = toy().tables["knowing"].iloc[0]
    assert knowing["pounds"] >= 0
    assert knowing["draws"] == FEW["replanned"]
    assert "at least £" in toy().summary()


def test_services_are_counted_over_the_plans_made_anew() -> None:
    rows = toy().tables["services"].set_index("service")
    assert rows.loc["family_support", "today"] == 25e6
    shares = rows[["funded", "more", "less", "at_most"]] * FEW["replanned"]
    assert (shares % 1 == 0).all(axis=None)
    # By hand: today home care has 50, family support 25 and policing 15 million.
    plans = [
        ({"home_care": 60e6, "family_support": 25.1e6}, {"home_care"}),
        ({"home_care": 40e6, "family_support": 30e6, "policing": 15e6}, {"policing"}),
        ({"home_care": 70e6, "policing": 14e6}, set()),
        ({"home_care": 60e6, "family_support": 20e6}, {"home_care"}),
    ]
    made = {
        n: Remade(Decided.__new__(Decided), pd.Series(money), frozenset(full))
        for n, (money, full) in enumerate(plans)
    }
    told = services_anew(pb.example("toy_pooling"), toy().plans, made).set_index("service")
    assert told[["funded", "more", "less", "at_most"]].to_dict("index") == {
        "family_support": {"funded": 0.75, "more": 0.25, "less": 0.5, "at_most": 0.0},
        "home_care": {"funded": 1.0, "more": 0.75, "less": 0.25, "at_most": 0.5},
        "policing": {"funded": 0.5, "more": 0.0, "less": 0.75, "at_most": 0.25},
    }


def test_each_figure_says_what_is_assumed_of_it() -> None:
    rows = northvale().tables["beliefs"]
    assert rows["figures"].sum() == len(
        uncertain_figures(northvale().place, read_spreads(northvale().place, None))
    )
    notes = " ".join(northvale().notes)
    assert "assumed" in notes
    assert "move together" in notes
    agencies = northvale().tables["deficits"]
    assert (agencies[["mean", "p10", "p50", "p90"]] >= 0).all(axis=None)
    assert northvale().beats("pooled", "today")["better"] > 0.5


def test_a_study_that_is_stopped_keeps_the_draws_that_are_done() -> None:
    stop = Event()

    def progress(what: str, done: int, total: int) -> None:
        if what == "draws" and done:
            stop.set()

    asked = {"plans": toy().plans, "draws": 64, "stop": stop, "progress": progress}
    found = pb.study.uncertainty(pb.example("toy_pooling"), **asked)
    assert found.draws == 16
    assert any("16 of 64 draws are in" in note for note in found.notes)
    with pytest.raises(Stopped, match="nothing was kept"):
        pb.study.uncertainty(pb.example("toy_pooling"), **{**asked, "progress": None})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"spread": {"prices": 1}}, "knows no kind 'prices'"),
        ({"spread": {"need": {"publish": 1}}}, "Did you mean published"),
        ({"spread": {"need": -1}}, "0 or more"),
        ({"correlation": {"need": 2}}, "from 0 to 1"),
        ({"plans": ["today", "best"]}, "and 'best' is none"),
        ({"plans": []}, "no plan to hold"),
        ({"spread": 0}, "nothing to draw"),
    ],
)
def test_beliefs_that_cannot_be_meant_are_refused_in_words(
    wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(WrongArgument, match=said):
        pb.study.uncertainty(pb.example("toy_pooling"), **wrong)


def test_a_plan_of_other_figures_is_refused_in_words() -> None:
    plans = {"mine": simulated("northvale")}
    with pytest.raises(CannotAnswer, match="other figures than the place at hand"):
        pb.study.uncertainty(pb.example("toy_pooling"), plans=plans)


def test_how_far_a_figure_is_off_is_its_own_where_the_place_says_it() -> None:
    place = pb.example("northvale")
    spreads = read_spreads(place, None)
    before = uncertain_figures(place, spreads)
    known = {"needs": "service", "offers": "service", "effects": "service", "savings": "outcome"}
    told = pb.Option("told").set("funding", "spread", 0.25, stream="county_grant")
    for table, column in known.items():
        told = told.set(table, "spread", 0.25, **{column: place.tables[table][column].iloc[0]})
    found = uncertain_figures(told.apply(place), spreads)
    own = {each.figure.kind: each for each in found if each.own}
    assert {*own} == {NEED, COST, EFFECT, VALUE, FUNDING}
    assert {own[kind].spread for kind in (NEED, EFFECT, VALUE)} == {0.25}
    assert all(each.recorded and not each.ranged for each in own.values())
    assert len(found) == len(before)
    # Streams of one agency move as one: standard deviations add up, by money.
    (county,) = (each for each in found if each.own and each.figure.kind == FUNDING)
    amounts = (
        place.funding[place.funding["year"].isin(place.years)].groupby("stream")["amount"].sum()
    )
    mine = amounts[place.streams.loc[place.streams["agency"] == "county", "stream"]]
    (usual,) = (
        each.spread
        for each in before
        if (each.figure.kind, each.figure.agency) == (FUNDING, "county")
    )
    part = mine["county_grant"] / mine.sum()
    assert county.spread == pytest.approx(part * 0.25 + (1 - part) * usual)
    # What is said to be certain is not drawn.
    certain = pb.Option("certain").set("needs", "spread", 0.0).apply(place)
    assert not any(each.figure.kind == NEED for each in uncertain_figures(certain, spreads))


def test_a_figure_without_a_range_has_no_ends() -> None:
    figure = Figure(VALUE, "", "", np.zeros(0), 4.0, low=2.0)
    assert figure.ends == (0.5, 1.0)
    assert replace(figure, amount=0.0, low=float("nan")).ends == (1.0, 1.0)
