"""The commissioning cycle: as planned to the penny without chance, the same for any workers."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
import places
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.study.cycle import POLICIES
from proof import ALL
from sheets import frames

pytestmark = pytest.mark.xdist_group("cycle")

ONCE, AGAIN = pb.study.Policy("pooled"), pb.study.Policy("pooled", replan=True)
LEARNING = pb.study.Policy("pooled", replan=True, evaluate=True)
THREE = (ONCE, AGAIN, LEARNING)
RUNS = 5


def graded(grade: str = "6", years: int = 3) -> Place:
    """The tiny place over some years, with effects of weak evidence."""
    base = places.tiny()
    names = tuple(f"20{27 + n}-{28 + n}" for n in range(years))
    settings = pb.place.Settings(name="tiny", title="Tiny", years=names, price_base=names[0])
    funding = [
        {"stream": stream, "year": year, "amount": amount, **places.MADE_UP}
        for stream, amount in (("council_tax", 10e6), ("nhs_core", 20e6))
        for year in names
    ]
    inflation = [
        {"index": "general", "year": year, "rate": 0.0, **places.MADE_UP} for year in names
    ]
    evidence = [{"grade": grade, "name": "weak", "optimism_bias": 0.0, **places.MADE_UP}]
    streams = base.streams.assign(carry_forward=0.1)
    return base.with_(
        settings=settings,
        funding=pd.DataFrame(funding),
        inflation=pd.DataFrame(inflation),
        evidence=pd.DataFrame(evidence),
        effects=base.effects.assign(evidence=grade),
        streams=streams,
    )


@pytest.fixture(scope="module")
def place() -> Place:
    return graded()


@pytest.fixture(scope="module")
def found(place: Place) -> pb.study.Cycle:
    return pb.cycle(place, policies=THREE, runs=RUNS, seed=3)


@pytest.mark.parametrize("name", ["toy_pooling", "northvale"])
def test_without_slippage_and_with_certain_effects_every_policy_gives_its_plan_to_the_penny(
    name: str,
) -> None:
    place = pb.example(name)
    found = pb.cycle(
        place, policies=POLICIES, runs=2, spread=0.0, slippage=pb.study.NO_SLIPPAGE, seed=1
    )
    for policy in POLICIES:
        plan = found.plans[policy.pooling]
        for measure, planned in {
            "public value": plan.public_value(),
            "fiscal saving": float(plan.savings()["fiscal"].sum()),
            "cashable saving": float(plan.savings()["cashable"].sum()),
            "money on services": float(plan.money()["amount"].sum()),
            "deficits": 0.0,
            "evaluation": 0.0,
        }.items():
            row = found.spread(policy, measure)
            for figure in ("planned", "mean", "low", "middle", "high"):
                assert round(float(row[figure]), 2) == pytest.approx(planned, abs=0.0051), measure
        _same_by_year(found, policy, plan)


def _same_by_year(found: pb.study.Cycle, policy: pb.study.Policy, plan: pb.Plan) -> None:
    of = found.tables["savings"].query("policy == @policy.name")
    for measure in ("fiscal", "cashable"):
        rows = of[of["measure"] == measure].set_index(["agency", "year"])
        saved = plan.savings(["agency", "year"]).set_index(["agency", "year"])[measure]
        for figure in ("planned", "low", "high"):
            held = rows[figure][rows[figure] != 0]
            assert set(held.index) == set(saved[saved != 0].index)
            assert (held - saved.reindex(held.index)).abs().max(skipna=False) < 0.005 or held.empty
    rows = found.tables["outcomes"].query("policy == @policy.name").set_index(["outcome", "year"])
    counted = plan.outcomes(["outcome", "year"]).set_index(["outcome", "year"])["counted"]
    for figure in ("planned", "low", "high"):
        held = rows[figure][rows[figure] != 0]
        np.testing.assert_allclose(held, counted.reindex(held.index), rtol=1e-9)
    assert found.tables["deficits"].query("policy == @policy.name and mean > 0").empty
    assert (found.tables["runs"]["replanned"] == 0).all()


# Threads run the same, and are tried on what takes less.
@pytest.mark.parametrize(
    ("executor", "workers"),
    [("threads", 2), *([("processes", 1), ("processes", 2)] if ALL else [])],
)
def test_runs_are_the_same_to_the_bit_for_any_workers(
    place: Place, found: pb.study.Cycle, executor: str, workers: int
) -> None:
    other = pb.cycle(place, policies=THREE, runs=RUNS, seed=3, executor=executor, workers=workers)
    assert set(other.tables) == set(found.tables)
    for name, table in found.tables.items():
        pd.testing.assert_frame_equal(other.tables[name], table, check_exact=True)


def test_a_run_is_the_same_among_fewer_runs(place: Place, found: pb.study.Cycle) -> None:
    fewer = pb.cycle(place, policies=THREE[1:], runs=3, seed=3).tables["runs"]
    same = found.tables["runs"]
    same = same[same["policy"].isin(fewer["policy"]) & (same["run"] < 3)]
    pd.testing.assert_frame_equal(fewer, same.reset_index(drop=True), check_exact=True)
    assert not fewer.equals(pb.cycle(place, policies=THREE[1:], runs=3, seed=4).tables["runs"])


def test_planning_once_never_plans_again_and_replanning_does(found: pb.study.Cycle) -> None:
    runs = found.tables["runs"].set_index("policy")
    assert (runs.loc[ONCE.name, "replanned"] == 0).all()
    assert (runs.loc[LEARNING.name, ["replanned", "plan_kept"]].sum(axis=1) > 0).all()
    assert (runs.loc[[ONCE.name, AGAIN.name], "evaluation"] == 0).all()
    assert (runs.loc[LEARNING.name, "evaluation"] > 0).all()


def test_evaluation_brings_belief_nearer_to_the_truth(found: pb.study.Cycle) -> None:
    learned = found.tables["learned"]
    assert set(learned["policy"]) == {LEARNING.name}
    assert (learned["spread_after"] < learned["spread_before"]).all()
    assert learned["error_after"].mean() < learned["error_before"].mean() / 2


def test_learning_and_replanning_do_better_where_effects_are_uncertain_and_nothing_slips() -> None:
    place = graded("6", years=4)
    found = pb.cycle(
        place, policies=THREE, runs=8, seed=2, slippage=pb.study.NO_SLIPPAGE,
        evaluation=pb.study.Evaluation(cost=0.0),
    )  # fmt: skip
    runs = found.tables["runs"].set_index(["run", "policy"])["public_value"].unstack()
    # Nothing is learned without evaluation, so the plan stands.
    np.testing.assert_allclose(runs[AGAIN.name], runs[ONCE.name])
    assert runs[LEARNING.name].mean() > runs[ONCE.name].mean()


def test_a_cost_overrun_is_a_deficit_worked_by_hand() -> None:
    place = places.tiny(pools=[], contributions=[])
    slippage = pb.study.Slippage(undelivered=0.0, overrun=0.1, overrun_spread=0.0)
    once = pb.study.Policy("aligned")
    found = pb.cycle(place, policies=[once], runs=1, spread=0.0, slippage=slippage)
    plan = found.plans["aligned"]
    spent = plan.money(["agency", "year"]).set_index(["agency", "year"])["amount"]
    spare = plan.unspent(["agency", "year"]).set_index(["agency", "year"])["amount"]
    deficits = found.tables["deficits"].set_index(["agency", "year"])
    for key, amount in spent.items():
        expected = max(0.1 * amount - spare.get(key, 0.0), 0.0)
        assert deficits.loc[key, "mean"] == pytest.approx(expected, abs=0.01)
        assert deficits.loc[key, "over_mean"] == pytest.approx(0.1 * amount, abs=0.01)
    assert found.spread(once, "public value")["mean"] == pytest.approx(plan.public_value())


def test_units_that_are_not_delivered_are_not_paid_for() -> None:
    slippage = pb.study.Slippage(undelivered=0.2, steadiness=1e9, overrun=0.0, overrun_spread=0.0)
    found = pb.cycle(places.tiny(), policies=[ONCE], runs=1, spread=0.0, slippage=slippage)
    spent = float(found.plans["pooled"].money()["amount"].sum())
    assert found.spread(ONCE, "money on services")["mean"] == pytest.approx(0.8 * spent, rel=1e-3)
    assert found.spread(ONCE, "deficits")["mean"] == 0.0


def test_replanning_pays_deficits_back_from_next_years_money() -> None:
    place = graded("1")
    slippage = pb.study.Slippage(undelivered=0.0, overrun=0.1, overrun_spread=0.0)
    found = pb.cycle(place, policies=[ONCE, AGAIN], runs=1, spread=0.0, slippage=slippage)
    planned = found.spread(ONCE, "money on services")["planned"]
    assert found.spread(ONCE, "deficits not paid back")["mean"] == pytest.approx(
        found.spread(ONCE, "deficits")["mean"]
    )
    assert (
        found.spread(AGAIN, "deficits not paid back")["mean"]
        < found.spread(ONCE, "deficits not paid back")["mean"]
    )
    # What is spent is the money there is and the deficits that are still open.
    spent = found.spread(AGAIN, "money on services")["mean"]
    unpaid = found.spread(AGAIN, "deficits not paid back")["mean"]
    funding = place.funding["amount"].sum()
    assert spent - unpaid <= funding + 1.0
    assert spent - unpaid == pytest.approx(planned, rel=0.02)


def test_commissioned_offers_take_no_more_than_their_capacity(found: pb.study.Cycle) -> None:
    table = found.tables["commissioned"]
    assert len(table)
    taken = table["taken"].dropna()
    assert ((taken >= 0) & (taken <= 1 + 1e-9)).all()
    units = found.plans["pooled"].tables["units"]
    assert table["units"].sum() == pytest.approx(units["units"].sum())


def test_a_stop_keeps_the_runs_that_are_done(place: Place) -> None:
    stop = Event()

    def after_one_part(what: str, number: int, total: int) -> None:
        if what == "runs of the years" and number == 1:
            stop.set()

    found = pb.cycle(place, policies=THREE, runs=40, seed=3, stop=stop, progress=after_one_part)
    done = found.run["options"]["runs_done"]
    assert 0 < done < 40
    assert set(found.tables["runs"]["run"]) == set(range(done))
    assert f"{done} of 40 runs" in " ".join(found.notes)


def test_a_stop_before_any_run_says_so(place: Place) -> None:
    stop = Event()

    def at_once(what: str, number: int, total: int) -> None:
        if what == "runs of the years":
            stop.set()

    with pytest.raises(pb.Stopped, match="no run was done"):
        pb.cycle(place, policies=[ONCE], runs=4, stop=stop, progress=at_once)


def test_the_summary_speaks_plainly(found: pb.study.Cycle) -> None:
    text = found.summary()
    assert "In the model" in text
    assert "(the least and the most of 5 runs):" in text
    assert "Pooled, re-planned each year, evaluated: " in text
    assert "off the truth" in text
    assert "nan" not in text
    assert "This is a model." in text


def test_tables_and_files_hold_the_same(found: pb.study.Cycle, tmp_path: Path) -> None:
    held = json.loads(found.to_json(tmp_path / "cycle.json").read_text("utf-8"))
    assert len(held["spread"]) == len(found.table)
    assert held["run"]["options"]["seed"] == 3
    sheets = frames(found.to_excel(tmp_path / "cycle.xlsx"))
    assert len(sheets["Deficits"]) == len(found.tables["deficits"])


def test_what_was_not_simulated_is_named(found: pb.study.Cycle) -> None:
    with pytest.raises(WrongArgument, match="planned once"):
        found.spread(pb.study.Policy("freed"))
    with pytest.raises(WrongArgument, match="public value"):
        pb.cycle(graded(), objective="leximin")


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (1, "(the one run):"),
        (2, "(the least and the most of 2 runs):"),
        (20, "(nine runs in ten):"),
    ],
)
def test_the_summary_says_what_the_number_of_runs_allows(
    place: Place, runs: int, said: str
) -> None:
    found = pb.cycle(place, policies=[pb.study.Policy("pooled")], runs=runs, seed=3)
    text = found.summary()
    assert said in text
    assert ("1 run of the" in text) == (runs == 1)
    if runs == 1:
        assert not {"runs", "average"} & set(text.replace(".", " ").split())
    values = found.tables["runs"]["public_value"]
    row = found.spread("pooled, planned once")
    inside = values.between(row["low"], row["high"]).mean()
    assert (inside == 1) == (runs < 20)
    assert inside >= 0.9
