"""One place has one plan: whatever the order of rows, the units, the solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pulp
import pytest

import placebudget as pb
import proof
from placebudget.place import Place
from placebudget.place.rule_kinds import RULE_KINDS
from placebudget.plan import siloed
from placebudget.programme import UnitScale
from placebudget.solver.backend.engine import PulpEngine
from placebudget.solver.stages import open_plans
from planned import optimised
from rich_place import rich
from small import Row, small

POUNDS = UnitScale(money=1.0, units=1.0)
# PuLP 3 brings CBC; PuLP 4 brings no solver, and its own class for HiGHS is another way there.
OTHER = "CBC" if int(pulp.__version__.split(".")[0]) < 4 else "HiGHS"


def shuffled(place: Place, seed: int) -> Place:
    """The same rows in another order."""
    rng = np.random.default_rng(seed)
    return place.with_(
        **{name: frame.iloc[rng.permutation(len(frame))] for name, frame in place.tables.items()}
    )


def tables_of(plan: pb.Plan) -> dict[str, pd.DataFrame]:
    names = ("money", "contributions", "balances")
    return {name: plan.tables[name] for name in names}


def assert_same(plan: pb.Plan, other: pb.Plan) -> None:
    """Equal to a penny in every flow, contribution and balance."""
    for name, table in tables_of(plan).items():
        pd.testing.assert_frame_equal(table, tables_of(other)[name], rtol=0, atol=0.011, obj=name)
    units = ["offer", "year", "units", "started"]
    pd.testing.assert_frame_equal(
        plan.tables["units"][units], other.tables["units"][units], rtol=1e-7, atol=1e-5
    )


def northvale() -> tuple[Place, pb.Plan]:
    return pb.example("northvale"), optimised("northvale", prices=False)


def awkward() -> Place:
    """Ties everywhere: equal services at £100 and £10,000 a unit, two classes, two routes.

    Nothing is bought today, so that all is left to the last two stages of the tie-break.
    """
    services: dict[str, Row] = {
        f"s{n}": {"cost": cost, "people": 4e6 / cost, "purpose": "any"}
        for n, cost in enumerate((100.0, 10_000.0, 100.0, 10_000.0, 640.0, 1_000.0))
    }
    return small(
        {
            "local": {"agency": "council", "amount": 6, "carry_forward": 0.5},
            "grant": {"agency": "council", "amount": 5, "raised": "national"},
        },
        services,
        pools={"fund": {"streams": {"local": {}, "grant": {}}}},
    )


def test_shuffled_rows_give_the_same_plan() -> None:
    place, plan = northvale()
    other = pb.optimise(shuffled(place, 1), prices=False)
    assert_same(plan, other)
    assert other.objective == plan.objective


@pytest.mark.parametrize("pooling", ["aligned", *(["freed"] if proof.ALL else [])])
def test_shuffled_rows_give_the_same_plan_with_savings_reinvested(pooling: str) -> None:
    place = rich()
    plan = pb.optimise(place, prices=False, pooling=pooling, reinvest=0.5)
    other = pb.optimise(shuffled(place, 2), prices=False, pooling=pooling, reinvest=0.5)
    assert_same(plan, other)
    assert_same(plan, pb.optimise(place, prices=False, pooling=pooling, reinvest=0.5, scale=POUNDS))


KEYS = {
    "agency": ("agencies", "commissioner", "host"),
    "stream": ("streams",),
    "service": ("services",),
    "offer": ("offers",),
    "outcome": ("outcomes",),
    "area": ("areas", "parent"),
    "pool": ("pools",),
}


def renamed(place: Place, seed: int) -> tuple[Place, dict[str, dict[str, str]]]:
    """The same place, its rows in another order and its keys others, and what each was."""
    chance = np.random.default_rng(seed)
    fresh: dict[str, dict[str, str]] = {}
    for key, (table, *others) in KEYS.items():
        names = place.tables[table][key].tolist()
        numbers = chance.permutation(len(names))
        known = {name: f"k{n:03}" for name, n in zip(names, numbers, strict=True)}
        fresh |= dict.fromkeys((key, *others), known)

    def subject(said: str) -> str:
        pairs = [pair.split("=", 1) for pair in said.split(";")]
        return ";".join(
            f"{name}=" + "|".join(fresh.get(name.strip(), {}).get(v, v) for v in values.split("|"))
            for name, values in pairs
        )

    tables = {}
    for table, frame in place.tables.items():
        swapped = frame.copy()
        for column in set(frame.columns) & set(fresh):
            known = fresh[column]
            swapped[column] = frame[column].map(lambda v, known=known: known.get(v, v))
        if table == "rules":
            swapped["subject"] = frame["subject"].map(subject)
        tables[table] = swapped
    was = {key: {new: old for old, new in fresh[key].items()} for key in KEYS}
    return shuffled(place.with_(**tables), seed), was


def spent_by_name(plan: pb.Plan, was: Mapping[str, Mapping[str, str]]) -> pd.Series:
    """Pounds by stream, service, area and year, under the names of the place as it was."""
    money = plan.tables["money"]
    keys = ["stream", "service", "area", "year"]
    named = money.assign(
        **{
            key: money[key].map(lambda v, known=was[key]: known.get(v, v))
            for key in keys
            if key in was
        }
    )
    return named.groupby(keys, dropna=False)["amount"].sum()


@pytest.mark.parametrize("pooling", ["aligned", *(["pooled"] if proof.ALL else []), "freed"])
def test_other_keys_give_the_same_plan_to_the_penny(pooling: str) -> None:
    place = pb.example("northvale")
    plan = spent_by_name(optimised("northvale", pooling=pooling, prices=False), defaultdict(dict))
    for seed in range(2 if proof.ALL else 1):
        other, was = renamed(place, seed)
        again = spent_by_name(pb.optimise(other, pooling=pooling, prices=False), was)
        assert (plan.sub(again, fill_value=0).abs() < 0.011).all()


POUNDS_IN = {
    "funding": ["amount"],
    "today": ["amount"],
    "offers": ["unit_cost", "set_up_cost"],
    "contributions": ["minimum", "maximum"],
    "savings": ["value"],
    "outcomes": ["economic_value", "social_value"],
    "reserves": ["opening", "minimum"],
}


def test_a_place_in_thousands_of_pounds_has_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """All its money is divided by 1,000; a penny of it is then £10, and there are rows to round.

    So is what an agency by itself must gain to move, by which it is worse off or not.
    """
    place, plan = northvale()
    monkeypatch.setattr(siloed, "WORTH_MOVING", siloed.WORTH_MOVING / 1e3)
    tables = {
        name: place.tables[name].assign(
            **{column: place.tables[name][column] / 1e3 for column in columns}
        )
        for name, columns in POUNDS_IN.items()
    }
    rules = place.tables["rules"].copy()
    pounds = rules["kind"].map(lambda kind: RULE_KINDS[kind].unit == "pounds")
    rules.loc[pounds, "amount"] /= 1e3
    small = pb.optimise(place.with_(rules=rules, **tables), prices=False)
    was: Mapping[str, Mapping[str, str]] = defaultdict(dict)
    again = spent_by_name(small, was) * 1e3
    assert (spent_by_name(plan, was).sub(again, fill_value=0).abs() < 20).all()


def test_pounds_and_millions_give_the_same_plan() -> None:
    place, plan = northvale()
    other = pb.optimise(place, prices=False, scale=POUNDS)
    assert_same(plan, other)
    assert other.objective.value == pytest.approx(plan.objective.value, rel=1e-9)


def test_pounds_and_millions_leave_no_tie_to_chance() -> None:
    place = awkward()
    plan = pb.optimise(place, prices=False)
    assert_same(plan, pb.optimise(place, prices=False, scale=POUNDS))
    assert_same(plan, pb.optimise(shuffled(place, 3), prices=False))


def through_pulp(place: Place, monkeypatch: pytest.MonkeyPatch, **options: object) -> pb.Plan:
    """A plan by PuLP's own way to another solver, a fresh problem for every stage."""
    with monkeypatch.context() as patch:
        patch.setattr(open_plans, "make_engine", lambda matrix, name: PulpEngine(matrix, OTHER))
        return pb.optimise(place, prices=False, solver="another", **options)


def assert_near(plan: pb.Plan, other: pb.Plan) -> None:
    """Equal to about the eight digits a solver that is reached through files prints."""
    for name, table in tables_of(plan).items():
        found = tables_of(other)[name]
        keys = [column for column in table.columns if table[column].dtype.kind not in "fb"]
        pair = [
            frame[(frame.drop(columns=keys) > 10.0).any(axis=1)].set_index(keys)
            for frame in (table, found)
        ]
        pd.testing.assert_frame_equal(*pair, rtol=1e-6, atol=10.0, obj=name)


def test_another_solver_gives_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    place, plan = northvale()
    other = through_pulp(place, monkeypatch)
    assert_near(plan, other)
    assert other.objective.value == pytest.approx(plan.objective.value, rel=1e-7)


def test_another_solver_breaks_ties_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    place = awkward()
    assert_near(pb.optimise(place, prices=False), through_pulp(place, monkeypatch))


@pytest.mark.parametrize(
    "objective", [["fiscal saving", "public value"], "leximin", "net public value"]
)
def test_another_solver_agrees_on_every_kind_of_objective(
    objective: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = rich()
    if objective == "leximin":  # which does not count what a loan leaves to later years
        place = place.with_(loans=place.loans.iloc[:0])
    plan = pb.optimise(place, prices=False, objective=objective)
    other = through_pulp(place, monkeypatch, objective=objective)
    for ours, theirs in zip(plan.objectives, other.objectives, strict=True):
        assert theirs.value == pytest.approx(ours.value, rel=1e-6)


@pytest.mark.parametrize("pooling", ["aligned", "pooled", "freed"])
def test_toy_pooling_is_worth_the_same_by_another_solver(
    pooling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Worked by hand in the place's README: 300, 300, 310 million."""
    place = pb.example("toy_pooling")
    value = {"aligned": 300e6, "pooled": 300e6, "freed": 310e6}[pooling]
    assert pb.optimise(place, pooling=pooling, prices=False).objective.value == pytest.approx(value)
    plan = through_pulp(place, monkeypatch, pooling=pooling)
    assert plan.objective.value == pytest.approx(value)
