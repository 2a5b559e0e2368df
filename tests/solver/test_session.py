"""A live session says after every change what a fresh plan of the changed place says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from benchmarks.places import SMALL, make_place
from placebudget.errors import CannotAnswer, SolverFailed
from placebudget.place import Place
from placebudget.programme import build, read_pooling
from placebudget.solver import Session, solve
from small import MILLION, POWER, rule, small


def fresh(
    place: Place, pooling: Any = "pooled", objective: str = "public value", **options: Any
) -> float:
    """Value of the best plan, written and solved anew."""
    mode = read_pooling(place, pooling)
    programme = build(place, mode, objectives=[objective], **options)
    return solve(programme, tie_break=False).objective_values[0]


def with_row(place: Place, table: str, row: int, **values: Any) -> Place:
    """A place with one row of a table changed."""
    frame = getattr(place, table).copy()
    for column, value in values.items():
        frame.loc[row, column] = value
    return place.with_(**{table: frame})


@pytest.fixture(scope="module")
def place() -> Place:
    """Three authorities with pools, ring-fences, floors, caps, locks, pace and virement."""
    return make_place(SMALL)


@pytest.fixture
def session(place: Place) -> Session:
    return Session(place)


def test_a_session_starts_with_the_value_of_a_plan(place: Place) -> None:
    for pooling in ("aligned", "pooled", "freed", ["council_01_pool"]):
        value = Session(place, pooling=pooling).value()
        assert value == pytest.approx(fresh(place, pooling), rel=1e-9)


@pytest.mark.parametrize("row", range(0, 90, 13))
def test_a_changed_amount_of_a_stream(place: Place, session: Session, row: int) -> None:
    held = place.funding.iloc[row]
    session.set_funding(held["stream"], held["year"], held["amount"] * 1.05)
    changed = with_row(place, "funding", row, amount=held["amount"] * 1.05)
    assert session.value() == pytest.approx(fresh(changed), rel=1e-9)
    session.set_funding(held["stream"], held["year"], held["amount"])
    assert session.value() == pytest.approx(fresh(place), rel=1e-9)


def test_all_funding_multiplied(place: Place, session: Session) -> None:
    session.scale_funding(1.03)
    more = place.with_(funding=place.funding.assign(amount=lambda f: f["amount"] * 1.03))
    assert session.value() == pytest.approx(fresh(more), rel=1e-9)


@pytest.mark.parametrize("kind", ["lock", "virement", "pace"])
@pytest.mark.parametrize("year", [0, 1])
@pytest.mark.parametrize("now", [None, 12.0])
def test_what_follows_todays_money_follows_the_funding(
    kind: str, year: int, now: float | None
) -> None:
    """£5 million of ten stay with care, which is worth less, as the rule asks.

    With funding of £9 million in one of two years, today's money carried on is
    another sum, and what the rule holds of it too.
    """
    services = {"care": {"today": {"tax": 5.0}}, "homes": {"value": 3.0}}
    for row in services.values():
        row["people"] = 20_000  # type: ignore[index]
    stream = {"amount": [10.0, 10.0]} | ({} if now is None else {"now": now})
    settings = None if now is None else {"today_year": "2026-27"}
    rules = [rule(kind, "service=care", 10)]
    place = small({"tax": stream}, services, years=2, settings=settings, rules=rules)
    session = Session(place)
    session.set_funding("tax", place.years[year], 9 * MILLION)
    funding = place.funding.reset_index(drop=True)
    row = int(funding.index[funding["year"] == place.years[year]][0])
    changed = with_row(place, "funding", row, amount=9 * MILLION)
    assert session.value() == pytest.approx(fresh(changed), rel=1e-9)
    assert session.value() != pytest.approx(fresh(place), rel=1e-3)


@pytest.mark.parametrize("kind", ["floor", "cap", "lock", "virement"])
def test_a_changed_limit(place: Place, session: Session, kind: str) -> None:
    for row in place.rules.index[place.rules["kind"] == kind][:3]:
        name, amount = place.rules.loc[row, "rule"], float(place.rules.loc[row, "amount"])
        session.set_limit(name, amount * 0.8)
        changed = with_row(place, "rules", row, amount=amount * 0.8)
        assert session.value() == pytest.approx(fresh(changed), rel=1e-9)
        session.set_limit(name, amount)
    assert session.value() == pytest.approx(fresh(place), rel=1e-9)


def test_a_changed_lock_still_follows_the_funding() -> None:
    services = {"care": {"today": {"tax": 5.0}, "people": 20_000}, "homes": {"value": 3.0}}
    rules = [rule("lock", "service=care", 10)]
    place = small({"tax": {"amount": [10.0, 10.0]}}, services, years=2, rules=rules)
    session = Session(place)
    session.set_limit("lock", 20)
    session.set_funding("tax", place.years[1], 8 * MILLION)
    changed = with_row(place, "rules", 0, amount=20)
    changed = with_row(changed, "funding", 1, amount=8 * MILLION)
    assert session.value() == pytest.approx(fresh(changed), rel=1e-9)


def test_a_changed_contribution(place: Place, session: Session) -> None:
    row = place.contributions.iloc[0]
    for year in place.years:
        session.set_contribution(row["pool"], row["stream"], year, minimum=0, maximum=1e6)
    changed = with_row(place, "contributions", 0, minimum=0.0, maximum=1e6)
    assert session.value() == pytest.approx(fresh(changed), rel=1e-9)


def test_pools_closed_and_opened(place: Place, session: Session) -> None:
    pools = list(place.pools["pool"])
    session.close_pools(pools)
    assert session.value() == pytest.approx(fresh(place, "aligned"), rel=1e-9)
    session.open_pools(pools[:2])
    assert session.value() == pytest.approx(fresh(place, pools[:2]), rel=1e-9)
    session.set_pools(pools)
    assert session.value() == pytest.approx(fresh(place), rel=1e-9)


def fenced() -> Place:
    """£10 million for homes only, worth £1 a pound there and £4 for care."""
    services = {"care": {"value": 4.0, "people": 30_000}, "homes": {"people": 30_000}}
    streams = {
        "tax": {"amount": 10.0, "agency": "council"},
        "grant": {"amount": 10.0, "agency": "council", "fence": ["homes"]},
    }
    pools = {"joint": {"streams": {"tax": {}}, "host": "council"}}
    capped = [rule("cap", "pool=joint", 6 * MILLION, rule="joint_cap")]
    kept = [rule("share_floor", "pool=joint; service=homes", 50, rule="joint_share")]
    return small(streams, services, pools=pools, rules=[*capped, *kept])


def test_a_ring_fence_ended_and_kept_again() -> None:
    session = Session(fenced())
    assert session.value() == pytest.approx(50 * MILLION)
    session.end_ring_fence("grant")
    assert session.value() == pytest.approx(80 * MILLION)
    session.keep_ring_fence("grant")
    assert session.value() == pytest.approx(50 * MILLION)


def test_a_limit_of_a_pool_changed_while_the_pool_is_closed_holds_when_it_opens() -> None:
    """£8 million must go through a pool that may spend three: five of them lie there."""
    place = fenced()
    paid = [
        {"pool": "joint", "stream": "tax", "legal_power": POWER, "minimum": 8 * MILLION},
    ]
    place = place.with_(contributions=pd.DataFrame(paid))
    session = Session(place)
    session.close_pools(["joint"])
    assert session.value() == pytest.approx(fresh(place, "aligned"))
    session.set_limit("joint_cap", 3 * MILLION)
    assert session.value() == pytest.approx(fresh(place, "aligned"))
    session.open_pools(["joint"])
    changed = with_row(place, "rules", 0, amount=3 * MILLION)
    assert session.value() == pytest.approx(fresh(changed))
    assert session.value() < fresh(place)


def test_another_objective_and_another_weight(place: Place, session: Session) -> None:
    session.set_objective("weighted outcomes")
    assert session.value() == pytest.approx(fresh(place, objective="weighted outcomes"), rel=1e-9)
    session.set_weight("falls", 7.0)
    row = int(place.outcomes.index[place.outcomes["outcome"] == "falls"][0])
    changed = with_row(place, "outcomes", row, weight=7.0)
    assert session.value() == pytest.approx(fresh(changed, objective="weighted outcomes"), rel=1e-9)


def test_spending_adds_up_to_the_money_there_is(place: Place, session: Session) -> None:
    reached = session.solve()
    by_year = reached.spending.groupby("year")["amount"].sum()
    funding = place.funding.groupby("year")["amount"].sum()
    assert (by_year > 0.8 * funding).all()
    assert by_year.cumsum().le(funding.cumsum() + 1).all()
    assert reached.value == pytest.approx(session.value())


def test_a_session_goes_on_after_what_cannot_be() -> None:
    floors = [rule("floor", "service=care", 6 * MILLION, rule="care_kept")]
    place = small({"tax": {"amount": 10.0}}, {"care": {"people": 20_000}}, rules=floors)
    session = Session(place)
    session.set_limit("care_kept", 11 * MILLION)
    with pytest.raises(pb.Infeasible, match="care_kept"):
        session.value()
    session.set_limit("care_kept", 6 * MILLION)
    assert session.value() == pytest.approx(10 * MILLION)


def test_a_session_that_forgets_finds_the_same_value(session: Session) -> None:
    value = session.value()
    session.forget()
    assert session.value() == pytest.approx(value, rel=1e-12)


def test_what_the_aligned_plan_gives_can_be_told_anew_and_wholly() -> None:
    """An agency that must be as well off as with twice its savings has no plan."""
    live = pb.session(pb.example("northvale"))
    value, held = live.value(), live.programme.benchmarks
    twice = {name: replace(mark, savings=2 * mark.savings) for name, mark in held.items()}
    live.set_benchmarks(twice)
    with pytest.raises(pb.Infeasible):
        live.value()
    live.set_benchmarks(held)
    assert live.value() == pytest.approx(value, rel=1e-12)
    with pytest.raises(CannotAnswer, match="no benchmark of district"):
        live.set_benchmarks({})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.set_funding("gold", "2027-28", 1.0), "no stream 'gold'"),
        (lambda s: s.set_funding("fire_core", "2001-02", 1.0), "no year '2001-02'"),
        (lambda s: s.set_funding("fire_core", "2027-28", -1.0), "not negative"),
        (lambda s: s.scale_funding(-0.5), "cannot be multiplied"),
        (lambda s: s.set_limit("gold", 1.0), "no rule 'gold'"),
        (lambda s: s.set_limit("fire_pace", 5.0), "cannot change a rule of kind pace"),
        (lambda s: s.set_pools(["gold"]), "no pool 'gold'"),
        (lambda s: s.set_weight("gold", 1.0), "no outcome 'gold'"),
        (lambda s: s.set_objective("leximin"), "add up value only"),
        (
            lambda s: s.set_contribution("council_01_pool", "fire_core", "2027-28", minimum=0),
            "may not contribute",
        ),
    ],
)
def test_a_change_that_cannot_be_made_says_why(
    session: Session, change: Callable[[Session], None], words: str
) -> None:
    with pytest.raises(CannotAnswer, match=words):
        change(session)


def test_a_second_thread_in_a_session_at_work_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = pb.solver.Session(pb.example("toy_pooling"))
    before = session.value()
    run, begun, goes_on = session._live.run, threading.Event(), threading.Event()

    def slow(*given: Any) -> Any:
        begun.set()
        assert goes_on.wait(60)
        return run(*given)

    monkeypatch.setattr(session._live, "run", slow)
    found: list[float] = []
    other = threading.Thread(target=lambda: found.append(session.value()))
    other.start()
    assert begun.wait(60)
    acts: list[Callable[[], object]] = [
        session.value,
        session.solve,
        lambda: session.set_funding("nhs_money", session.place.years[0], 1e6),
        lambda: session.end_ring_fence("nhs_money"),
        lambda: session.set_pools([]),
        lambda: session.set_objective("net public value"),
    ]
    for act in acts:
        with pytest.raises(SolverFailed, match="another thread is at work in this session"):
            act()
    goes_on.set()
    other.join()
    assert found == [before]
    assert session.value() == before


def test_all_the_money_there_is_sets_the_largest_lot_as_it_changes() -> None:
    """£4 a pound; an offer that starts whole, with no need and no capacity to hold it."""
    offer = {"offer": "clinic", "unit_cost": 1_000.0, "smallest_lot": 1_000.0}
    care = {"value": 4.0, "people": None, "offer": [offer]}
    live = pb.session(small({"tax": {"amount": 5.0}}, {"care": care}))
    found = []
    for millions in (5, 10, 2, 20):
        live.set_funding("tax", "2027-28", millions * MILLION)
        found.append(live.value() / MILLION)
    assert found == pytest.approx([20.0, 40.0, 8.0, 80.0])
