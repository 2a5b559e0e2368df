"""Each agency for itself: equilibria worked by hand, and held against every move alone."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import placebudget as pb
import placebudget.plan.siloed
from placebudget.errors import CannotAnswer, Infeasible, SolverFailed, Stopped, WrongArgument
from placebudget.place import Place
from placebudget.plan.evidence import read_solution
from placebudget.plan.siloed import Turns, benchmarks, verify_equilibrium
from placebudget.solver import RunLimits, Session, Solution
from proof import ALL
from random_places import Tables, as_place, tables
from small import MILLION, rule, small, spent
from worked_place import worked

SHARED = ("strong", "weak")


def two_agencies(first: str = "strong", second: str = "weak", purse: float = 10) -> Place:
    """£10 million each; an outcome of at most 10 million units worth £2, of which a pound makes
    1.0 units with the strong and 0.8 with the weak; any other use is worth £1 a pound."""
    names = {"strong": first, "weak": second}
    services = {
        f"{kind}_{use}": {"commissioner": names[kind], "people": 1e6, "value": 1.0}
        for kind in SHARED
        for use in ("shared", "other")
    }
    place = small({first: {"amount": 10}, second: {"amount": purse}}, services)
    effects = place.effects.copy()
    for kind, made in (("strong", 1_000.0), ("weak", 800.0)):
        mine = effects["service"] == f"{kind}_shared"
        effects.loc[mine, ["outcome", "impact"]] = ["joint", made]
    outcomes = place.outcomes[~place.outcomes["outcome"].str.contains("shared")]
    joint = pd.DataFrame([{"outcome": "joint", "social_value": 2.0}])
    return place.with_(
        effects=effects,
        outcomes=pd.concat([outcomes, joint], ignore_index=True),
        at_risk=pd.DataFrame([{"outcome": "joint", "most": 10e6}]),
    )


def siloed(place: Place, **options: object) -> pb.Plan:
    return pb.optimise(place, pooling="siloed", **options)


def found(place: Place, **options: object):
    turns = Turns(place, ("public value",), solver="HiGHS", limits=RunLimits())
    return turns.through(**options)


def test_who_first_leaves_today_is_solved_once_and_who_is_asked_again_as_often_as_need_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[int, bool]] = []
    solved = Turns._solved

    def counted(turns: Turns, agency: int, *, tie_break: bool) -> Any:
        asked.append((agency, tie_break))
        return solved(turns, agency, tie_break=tie_break)

    monkeypatch.setattr(Turns, "_solved", counted)
    rest = found(two_agencies())
    some = len(rest.order)
    assert rest.at_rest
    assert len({agency for agency, _ in asked[:some]}) == some
    assert all(tie_break for _, tie_break in asked[:some])
    # Later it is first looked whether it pays to move.
    assert not any(tie_break for _, tie_break in asked[some : some + 1])


@pytest.mark.parametrize(
    ("names", "value"), [(("a", "b"), 30), (("b", "a"), 28)], ids=["strong_first", "weak_first"]
)
def test_whoever_answers_first_makes_the_outcome_that_both_could_make(
    names: tuple[str, str], value: float
) -> None:
    """The strong first: 10 x 2 + 10 x 1. The weak first: 8 million units for 10, then the
    strong the last 2 million for 2: 10 x 2 + 8 x 1."""
    plan = siloed(two_agencies(*names))
    assert plan.public_value() == pytest.approx(value * MILLION)
    assert plan.status == "at rest"
    assert plan.run["order"] == ["a", "b"]


def test_the_larger_purse_answers_first() -> None:
    """The weak has 11: it makes 8.8 million units, and puts nothing into other uses."""
    plan = siloed(two_agencies(purse=11))
    assert plan.run["order"] == ["weak", "strong"]
    assert spent(plan, "service")["weak_shared"] == pytest.approx(11)
    assert plan.public_value() == pytest.approx((20 + 8.8) * MILLION)


def test_another_order_and_another_start_may_end_elsewhere() -> None:
    place = two_agencies("b", "a")
    for options, value in (
        ({}, 28),
        ({"backwards": True}, 30),
        ({"start": "aligned"}, 30),
    ):
        reached = found(place, **options)
        evidence = read_solution(reached.programme, Solution(reached.values), {})
        verify_equilibrium(reached, evidence)
        assert reached.at_rest
        counted = evidence.made.counted @ evidence_discount(reached)
        assert worth_of(reached, evidence, counted) == pytest.approx(value * MILLION)


def evidence_discount(reached: object) -> np.ndarray:
    return reached.programme.basis.discount


def worth_of(reached: object, evidence: object, counted: np.ndarray) -> float:
    basis = reached.programme.basis
    each = basis.outcomes.public[basis.effects.outcome[evidence.made.effect]]
    return float(each @ counted) * basis.scale.money / basis.scale.units


def test_a_place_at_rest_is_refused_where_an_agency_could_do_better_alone() -> None:
    """What the strong could come to alone is put up by £2,000: then it would have to move."""
    reached = found(two_agencies())
    evidence = read_solution(reached.programme, Solution(reached.values), {})
    reached.best["strong"] = tuple(value + 2_000 for value in reached.best["strong"])
    with pytest.raises(SolverFailed, match=r"strong could come to .* alone"):
        verify_equilibrium(reached, evidence)


def test_agencies_that_do_not_come_to_rest_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one round there is none left to see that nobody moves."""
    monkeypatch.setattr(placebudget.plan.siloed, "ROUNDS", 1)
    plan = siloed(two_agencies())
    assert plan.status == "not at rest after 1 rounds"
    assert "not at rest" in plan.summary()


@pytest.mark.parametrize(
    ("error", "status"),
    [(Stopped("no time"), "out of time"), (SolverFailed("it went astray"), "not solved")],
)
def test_another_start_that_comes_to_nothing_is_recorded_and_the_plan_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, status: str
) -> None:
    def fail(self: Turns) -> np.ndarray:
        raise error

    whole = siloed(two_agencies())
    monkeypatch.setattr(Turns, "_together", fail)
    plan = siloed(two_agencies())
    assert plan.public_value() == whole.public_value()
    assert [(other["start"], other["status"]) for other in plan.run["others"]] == [
        ("today", "at rest"),
        ("aligned", status),
    ]
    assert plan.run["others"][1]["value"] is None
    written = plan.to_json(tmp_path / "plan.json")
    assert pb.read_plan(written).run["others"] == plan.run["others"]


def test_an_agency_sees_its_own_savings_and_no_others() -> None:
    """Prevention by the council saves the hospital £3 a pound, and the council nothing; a park
    is worth £1: for itself the council buys the park, for all of them prevention."""
    place = small(
        {"council": {"amount": 1}, "nhs": {"amount": 1}},
        {
            "park": {"commissioner": "council"},
            "prevention": {"commissioner": "council", "value": 0},
            "hospital": {"commissioner": "nhs"},
        },
    ).with_(
        savings=pd.DataFrame(
            [{"outcome": "prevention_good", "agency": "nhs", "value": 3_000, "cashable": 1.0}]
        )
    )
    assert spent(siloed(place))["park"] == pytest.approx(1)
    assert spent(pb.optimise(place, pooling="aligned", prices=False))["prevention"] == 1


def test_an_agency_without_lines_keeps_its_money_idle() -> None:
    place = small(
        {"council": {"amount": 1}, "trust": {"amount": 2}}, {"park": {"commissioner": "council"}}
    )
    plan = siloed(place)
    assert plan.unspent().set_index("stream")["amount"]["trust"] == 2 * MILLION
    assert plan.run["order"] == ["council"]


@pytest.mark.parametrize(("gain", "moves"), [(0.9, False), (1.1, True)])
def test_an_agency_moves_only_for_more_than_a_thousand_pounds(gain: float, moves: bool) -> None:
    """£100,000 of today's park would be worth £900 or £1,100 more as a pool."""
    place = small(
        {"council": {"amount": 0.1}},
        {"park": {"today": {"council": 0.1}}, "pool": {"value": 1 + gain / 100}},
    )
    assert ("pool" in spent(siloed(place))) == moves


def test_a_rule_over_several_agencies_is_broken_as_little_as_each_can() -> None:
    """Both spend £10 million on sport where £6 million is allowed to both together. The first
    to answer can do no more than buy none: £4 million too much; the second then £6 million."""
    services = {
        f"{who}_{what}": {"commissioner": who, "purpose": what, "value": value, "today": now}
        for who in ("a", "b")
        for what, value, now in (("sport", 2.0, {who: 10}), ("art", 1.0, {}))
    }
    place = small(
        {"a": {"amount": 10}, "b": {"amount": 10}},
        {key: {**row, "people": 1e6} for key, row in services.items()},
        rules=[rule("cap", "purpose=sport", 6 * MILLION)],
    )
    plan = siloed(place)
    assert spent(plan) == {"a_art": 10, "b_sport": 6, "b_art": 4}
    assert plan.run["rules_not_kept"] == []
    floor = place.with_(rules=pd.DataFrame([rule("floor", "purpose=art", 30 * MILLION)]))
    with pytest.raises(Infeasible):
        pb.optimise(floor, pooling="aligned")
    broken = siloed(floor)
    assert spent(broken) == {"a_art": 10, "b_art": 10}
    (said,) = broken.run["rules_not_kept"]
    assert "needs at least £30 million" in said
    assert said.startswith("the rule “services for art at least £30 million” needs"), (
        "in words, without its key"
    )


def test_a_rule_of_one_agency_holds_and_a_clash_of_its_own_is_named() -> None:
    place = two_agencies().with_(
        rules=pd.DataFrame([rule("floor", "service=strong_other", 9 * MILLION)])
    )
    assert spent(siloed(place))["strong_other"] == pytest.approx(9)
    with pytest.raises(Infeasible, match="strong other at least"):
        siloed(
            place.with_(rules=pd.DataFrame([rule("floor", "service=strong_other", 11 * MILLION)]))
        )


@pytest.mark.parametrize(
    ("changes", "value", "unmet"),
    [
        ({}, 390e6, 0.0),
        ({"nhs": (100e6, 96e6, 100e6)}, 385.2e6, 4_000.0),
        ({"nursing": False, "family_value": 3000.0}, 405e6, 0.0),
    ],
    ids=["as_it_is", "money_short", "prevention_pays_at_home"],
)
def test_need_that_others_would_have_to_meet_is_seen_by_them_alone(
    changes: dict[str, Any], value: float, unmet: float
) -> None:
    """The council buys libraries, worth £10 million a year, though family support would spare
    the NHS more; only where support is worth more at home does it buy that, and then the NHS
    counts the need that it avoids. Of £96 million 4,000 people are not treated."""
    plan = siloed(worked(**changes))
    assert plan.public_value() == pytest.approx(value, abs=1.0)
    assert plan.tables["needs"]["unmet"].sum() == pytest.approx(unmet)
    assert plan.status == "at rest"


@pytest.mark.parametrize("seed", range(8 if ALL else 2))
def test_no_move_alone_is_better_on_random_places(seed: int) -> None:
    """Two or three agencies of £4 million, each with a line that works on an outcome that all
    work on, up to a limit, and one that does not; every split in quarters of a million tried."""
    draw = random.Random(seed)
    names = ["a", "b", "c"][: draw.choice((2, 3))]
    power = {name: draw.choice((0.5, 0.8, 1.0, 1.2)) for name in names}
    other = {name: draw.choice((0.5, 1.0, 1.5)) for name in names}
    saved = {name: draw.choice((0.0, 0.5, 1.0)) for name in names}
    most = draw.choice((2.0, 4.0, 6.0))
    place = small(
        {name: {"amount": 4} for name in names},
        {
            f"{name}_{what}": {"commissioner": name, "people": 1e6, "value": other[name]}
            for name in names
            for what in ("joint", "other")
        },
    )
    joint = place.effects["service"].str.endswith("joint")
    effects = place.effects.copy()
    effects.loc[joint, "outcome"] = "joint"
    effects.loc[joint, "impact"] = [1_000 * power[name] for name in sorted(names)]
    plan = siloed(
        place.with_(
            effects=effects,
            outcomes=pd.DataFrame(
                [{"outcome": "joint", "social_value": 1.0}]
                + [{"outcome": f"{n}_other_good", "social_value": 1_000 * other[n]} for n in names]
            ),
            savings=pd.DataFrame(
                [{"outcome": "joint", "agency": n, "value": saved[n], "cashable": 0} for n in names]
            ),
            at_risk=pd.DataFrame([{"outcome": "joint", "most": most * MILLION}]),
        )
    )
    money = {name: spent(plan).get(f"{name}_joint", 0.0) for name in names}

    def own(name: str, mine: float) -> float:
        made = sum(power[n] * (mine if n == name else money[n]) for n in names)
        return (1 + saved[name]) * min(made, most) + other[name] * (4 - mine)

    for name, quarters in itertools.product(names, range(17)):
        assert own(name, quarters / 4) <= own(name, money[name]) + 1e-3


def test_no_worse_off_is_measured_against_each_for_itself_and_says_so() -> None:
    """For itself the council buys a park worth £1 a pound, and saves nothing. Acting in step it
    would buy prevention, worth £3 to the hospital, and commission nothing of value."""
    place = small(
        {"council": {"amount": 1}, "nhs": {"amount": 1}},
        {
            "park": {"commissioner": "council"},
            "prevention": {"commissioner": "council", "value": 0},
            "hospital": {"commissioner": "nhs"},
        },
        rules=[rule("no_worse_off", "agency=nhs")],
    ).with_(
        savings=pd.DataFrame(
            [{"outcome": "prevention_good", "agency": "nhs", "value": 3_000, "cashable": 1.0}]
        )
    )
    found = benchmarks(place)["nhs"]
    assert (found.savings, found.value, found.base) == (0.0, pytest.approx(MILLION), "siloed")
    aligned = benchmarks(place, base="aligned")["nhs"]
    assert (aligned.savings, aligned.base) == (pytest.approx(3 * MILLION), "aligned")
    plan = pb.optimise(place, pooling="pooled", prices=False)
    assert plan.run["benchmarks"]["nhs"]["base"] == "siloed"
    assert "no worse off than working apart: beside the siloed plan" in plan.summary()


def test_where_working_apart_leaves_need_unmet_the_aligned_plan_is_the_measure() -> None:
    place = worked(nhs=(100e6, 96e6, 100e6)).with_(
        rules=pd.DataFrame([rule("no_worse_off", "agency=nhs")])
    )
    assert benchmarks(place)["nhs"].base == "aligned"
    assert benchmarks(worked().with_(rules=place.rules))["nhs"].base == "siloed"


@settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(tables())
def test_random_places_come_to_rest_and_never_above_the_same_purses_in_step(
    drawn: tuple[Tables, int],
) -> None:
    """Where an aligned plan keeps all rules, and the siloed plan breaks none."""
    place = as_place(*drawn)
    try:
        aligned = pb.optimise(place, pooling="aligned", prices=False)
    except (Infeasible, pb.InvalidPlace):
        return
    plan = siloed(place)
    assert plan.status == "at rest"
    if not plan.run["rules_not_kept"]:
        assert plan.public_value() <= aligned.public_value() * (1 + 1e-7) + 1


def test_what_has_no_one_goal_is_refused_in_words() -> None:
    place = two_agencies()
    with pytest.raises(WrongArgument, match="each agency plans for itself"):
        Session(place, pooling="siloed")
    with pytest.raises(WrongArgument, match="a siloed plan has no prices"):
        siloed(place, prices=["funding"])
    assert siloed(place, prices=True).prices().empty
    with pytest.raises(CannotAnswer, match="each agency plans for itself"):
        siloed(place).explain("strong_other")
    with pytest.raises(CannotAnswer, match="worst-off area"):
        siloed(place, objective="worst-off area")


def test_a_rule_on_an_outcome_that_one_agency_makes_binds_that_agency() -> None:
    place = pb.example("northvale")
    free = pb.optimise(place, pooling="siloed", prices=False)
    made = free.outcomes("outcome").set_index("outcome")["counted"]["homes_kept"] / len(place.years)
    pledge = pb.Option("more").set("rules", "amount", 1.05 * made, rule="homes_pledge")
    bound = pb.optimise(place.with_option(pledge), pooling="siloed", prices=False)
    each = bound.outcomes(["outcome", "year"]).set_index(["outcome", "year"])["counted"]
    for year in place.years:
        assert each["homes_kept", year] >= 1.05 * made - 1e-3


def test_a_rule_that_nobody_can_keep_is_named_in_a_siloed_place_too() -> None:
    """What is bought works from the next year on, and the rule asks for it in the first."""
    late = {"value": 2.0, "effect": {"lag": 1}}
    rules = [rule("outcome_floor", "outcome=care_good", 10)]
    place = small({"tax": {"amount": 5.0}}, {"care": late}, years=2, rules=rules)
    with pytest.raises(Infeasible, match=r"at least 10 .* ask for 0"):
        siloed(place)


def test_what_working_apart_gives_is_found_once_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pooled and freed plans of one place compare with the same; another place is another."""
    asked: list[str] = []
    rules = [{"rule": "r", "kind": "no_worse_off", "subject": "agency=weak", "basis": "agreement"}]
    turns = placebudget.plan.siloed.Turns

    def counted(place: Place, *given: Any, **more: Any) -> Turns:
        asked.append(place.name)
        return turns(place, *given, **more)

    monkeypatch.setattr(placebudget.plan.siloed, "Turns", counted)
    place = two_agencies().with_(rules=pd.DataFrame(rules))
    first = benchmarks(place)
    assert benchmarks(place) == first
    assert asked == ["small"]
    benchmarks(place.with_())
    assert asked == ["small", "small"]
