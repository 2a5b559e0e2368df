"""Sweeps: the same numbers to the bit wherever they are worked out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
import places
from placebudget.errors import Infeasible, WrongArgument
from placebudget.study.cycle import simulation
from placebudget.study.potential import parts as potential_parts
from placebudget.study.scenarios import IMPOSSIBLE, PART, _solve_part, scenarios
from placebudget.study.sweeping import LOST, Lost, parts_of, sweep
from proof import ALL, elsewhere

FACTORS = np.random.default_rng(4).uniform(0.8, 1.2, PART + 7).tolist()


class Recorder(Executor):
    """An executor that is neither threads nor processes, and remembers what it was given."""

    def __init__(self) -> None:
        self.given = 0
        self.closed = False

    def submit(self, work: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given += 1
        future: Future[Any] = Future()
        future.set_result(work(*args, **kwargs))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.closed = True


@pytest.fixture(scope="module")
def serial() -> pd.DataFrame:
    return scenarios(pb.example("toy_pooling"), FACTORS).table


@pytest.mark.parametrize(
    ("executor", "workers"),
    [
        ("threads", 1),
        ("threads", 3),
        # Through processes one is worked out beside one that kills its process, below.
        *([("processes", 1), ("processes", 2)] if ALL else []),
    ],
)
def test_changed_budgets_are_the_same_to_the_bit_for_any_workers(
    serial: pd.DataFrame, executor: str, workers: int
) -> None:
    place = pb.example("toy_pooling")
    found = scenarios(place, FACTORS, executor=executor, workers=workers).table
    assert found["value"].to_numpy().tobytes() == serial["value"].to_numpy().tobytes()
    pd.testing.assert_frame_equal(found, serial, check_exact=True)


@pytest.fixture(scope="module")
def promised() -> pb.Place:
    """With a rule that an agency is no worse off than working apart, and a promise."""
    rules = [
        {"rule": "as_well", "kind": "no_worse_off", "subject": "agency=council", "amount": 0.0},
        {"rule": "promise", "kind": "floor", "subject": "service=home_care", "amount": 40e6},
    ]
    return pb.example("toy_pooling").with_(rules=pd.DataFrame(rules).assign(basis="policy"))


@pytest.mark.parametrize("pooling", ["aligned", " Aligned ", "pooled"])
def test_what_is_compared_with_the_aligned_plan_follows_the_money(
    promised: pb.Place, pooling: str
) -> None:
    """Working apart with the money there is, not of the money there was."""
    factor = 1.1
    found = scenarios(promised, [factor], pooling=pooling).table
    funding = promised.funding
    funding.loc[funding["year"].isin(promised.years), "amount"] *= factor
    afresh = pb.optimise(promised.with_(funding=funding), pooling=pooling, prices=False)
    assert found["value"][0] == pytest.approx(afresh.objective.value, rel=1e-12)


def test_a_clash_of_changed_money_names_no_pool_that_is_closed(promised: pb.Place) -> None:
    found = scenarios(promised, [0.6], pooling="aligned").table
    assert "home care at least £40 million" in found["clash"][0]
    assert "pool" not in found["clash"][0]


def test_without_an_aligned_plan_to_compare_with_that_is_said(promised: pb.Place) -> None:
    found = scenarios(promised, [0.6], pooling="pooled").table
    assert found["status"][0] == IMPOSSIBLE
    assert found["clash"][0].startswith("There is no plan of working apart to compare with. This")
    assert "way out" not in found["clash"][0].lower()


def test_an_executor_that_is_given_is_used_and_stays_open(serial: pd.DataFrame) -> None:
    given = Recorder()
    found = scenarios(pb.example("toy_pooling"), FACTORS, executor=given).table
    assert (given.given, given.closed) == (2, False)
    pd.testing.assert_frame_equal(found, serial, check_exact=True)


def test_each_change_has_the_value_of_the_place_with_that_money() -> None:
    place = places.tiny(today=[])
    changes = [1.0, 0.9, {"council_tax": 0.0}, {"council_tax": 0.5, "nhs_core": 1.1}, 0.9]
    found = scenarios(place, changes).table["value"]
    for change, value in zip(changes, found, strict=True):
        factor = (
            change if isinstance(change, dict) else dict.fromkeys(place.streams["stream"], change)
        )
        funding = place.funding
        by = funding["stream"].map(factor).fillna(1.0).astype(float)
        other = place.with_(funding=funding.assign(amount=funding["amount"] * by))
        best = pb.optimise(other, prices=False).objective.value
        assert value == pytest.approx(best, rel=1e-9)


def test_a_budget_that_keeps_no_rules_is_said_and_the_sweep_goes_on() -> None:
    duty = {
        "rule": "duty", "kind": "floor", "subject": "service=treatment", "amount": 15e6,
        "basis": "law", "reference": "an act", **places.MADE_UP,
    }  # fmt: skip
    found = scenarios(places.tiny(rules=[duty]), [1.0, 0.1, 1.0]).table
    assert found["status"].tolist() == ["reached", IMPOSSIBLE, "reached"]
    assert found["value"].isna().tolist() == [False, True, False]
    assert found["value"][0] == pytest.approx(found["value"][2], rel=1e-12)
    assert found["clash"][[0, 2]].tolist() == ["", ""]
    assert found["clash"][1].startswith("This cannot be kept: treatment at least £15 million (law")


POOLED = {"pool": "shared", "stream": "council_tax", "legal_power": places.POWER, **places.MADE_UP}


def test_a_least_contribution_that_is_a_share_follows_the_money_in_every_budget() -> None:
    """All of the council's money is pooled; a fee of a tenth is taken of what is."""
    pools = [{**places.rows_of("pools")[0], "management_cost": 0.1}]
    place = places.tiny(contributions=[POOLED | {"minimum_share": 1.0}], pools=pools, today=[])
    found = scenarios(place, [1.0, 0.6, 0.0, 1.2]).table
    assert found["status"].tolist() == ["reached"] * 4
    for factor, value in zip((1.0, 0.6, 0.0, 1.2), found["value"], strict=True):
        funding = place.funding.assign(amount=place.funding["amount"] * factor)
        plan = pb.optimise(place.with_(funding=funding), prices=False)
        assert value == pytest.approx(plan.objective.value, rel=1e-9)
        paid = plan.tables["contributions"]["gross"].tolist()
        assert paid == pytest.approx([10e6 * factor] * 2 if factor else [])


def test_a_least_contribution_in_pounds_stays_and_its_clash_is_told_in_figures() -> None:
    place = places.tiny(contributions=[POOLED | {"minimum": 9.5e6}], today=[])
    found = scenarios(place, [1.0, 0.9]).table
    assert found["status"].tolist() == ["reached", IMPOSSIBLE]
    said = "council tax must pay £9.5 million into shared and brings £9 million in 2027-28"
    assert said in found["clash"][1]


def test_a_session_that_sets_a_contribution_in_pounds_no_longer_takes_its_share() -> None:
    place = places.tiny(contributions=[POOLED | {"minimum_share": 1.0}], today=[])
    live = pb.session(place)
    for year in place.years:
        live.set_contribution("shared", "council_tax", year, minimum=6e6)
    live.scale_funding(0.5)
    with pytest.raises(Infeasible):
        live.value()
    live.close_pools(["shared"])
    alone = live.value()
    live.scale_funding(2.0)
    live.open_pools(["shared"])
    assert live.value() > alone


def test_a_stream_that_is_not_there_is_named() -> None:
    with pytest.raises(WrongArgument, match=r"gold.*council_tax"):
        scenarios(places.tiny(), [{"gold": 2.0}])


def test_a_stop_keeps_what_is_done() -> None:
    stop = Event()

    def after_one(what: str, number: int, total: int) -> None:
        if number == 1:
            stop.set()

    found = scenarios(pb.example("toy_pooling"), FACTORS, stop=stop, progress=after_one).table
    assert found["scenario"].tolist() == list(range(PART))


def test_a_stop_among_threads_keeps_what_is_done() -> None:
    stop, begun = Event(), []

    def work(part: int) -> int:
        begun.append(part)
        stop.set()
        return part

    done = dict(sweep(work, list(range(50)), executor="threads", workers=1, stop=stop))
    assert 1 <= len(done) < 50
    assert done == {n: n for n in done}


def _process(part: int) -> int:
    return os.getpid()


@elsewhere("test_a_part_whose_process_is_killed_…, which leaves this one alive")
def test_processes_are_other_processes() -> None:
    assert os.getpid() not in dict(sweep(_process, [1, 2], executor="processes")).values()


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_of_the_standard_library_works(kind: Any) -> None:
    with kind(2) as pool:
        assert dict(sweep(abs, [-1, -2, -3], executor=pool)) == {0: 1, 1: 2, 2: 3}


def test_progress_counts_the_parts() -> None:
    said: list[tuple[str, int, int]] = []
    list(sweep(abs, [1, 2], progress=lambda *what: said.append(what), what="runs"))
    assert said == [("runs", 0, 2), ("runs", 1, 2), ("runs", 2, 2)]


def _ended(part: int, home: str) -> int:
    """Answers, but 1 kills its process once and 2 always, as a system does that lacks memory."""
    before = Path(home) / str(part)
    # 2 would else take the process of 1 along before 1 has begun.
    while part == 2 and not (Path(home) / "1").exists():
        time.sleep(0.01)
    if part == 2 or (part == 1 and not before.exists()):
        before.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 10 * part


def test_a_part_whose_process_is_killed_is_tried_again_and_lost_the_second_time(
    tmp_path: Path,
) -> None:
    work = partial(_ended, home=str(tmp_path))
    found = dict(sweep(work, range(5), executor="processes", workers=2))
    assert found == {0: 0, 1: 10, 2: Lost(2), 3: 30, 4: 40}


def test_a_broken_pool_that_was_given_is_gone_on_without() -> None:
    with ProcessPoolExecutor(1) as pool:
        with pytest.raises(BrokenExecutor):
            pool.submit(os._exit, 1).result()
        assert dict(sweep(abs, [-1, -2], executor=pool, workers=1)) == {0: 1, 1: 2}


def _solve_or_end(question: Any, part: Any) -> Any:
    if any(number == 1 for number in part.index):
        os.kill(os.getpid(), signal.SIGKILL)
    return _solve_part(question, part)


def test_a_change_that_kills_its_process_is_named_and_the_others_have_their_values(
    serial: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[scenarios.__module__], "_solve_part", _solve_or_end)
    place = pb.example("toy_pooling")
    found = scenarios(place, FACTORS[:2], executor="processes", workers=1).table
    assert found["status"].tolist() == ["reached", LOST]
    assert found["value"].isna().tolist() == [False, True]
    assert found["value"][0] == serial["value"][0]


def test_runs_and_variants_that_are_lost_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(lost: Any) -> Any:
        def some(work: Any, parts: Any, **_: Any) -> Iterator[tuple[int, Any]]:
            for number, part in enumerate(parts):
                yield number, Lost(part) if lost(part) else work(part)

        return some

    place = pb.example("toy_pooling")
    once = [pb.study.Policy("pooled")]
    monkeypatch.setattr(simulation, "sweep", losing(lambda part: 0 in part))
    cycle = pb.cycle(place, policies=once, runs=6)
    assert cycle.tables["runs"]["run"].tolist() == [4, 5]
    assert f"Runs 0, 1, 2 and 3: {LOST}." in cycle.notes
    assert "stopped" not in " ".join(cycle.notes)
    monkeypatch.setattr(simulation, "sweep", losing(lambda part: True))
    with pytest.raises(pb.errors.SolverFailed, match="No run was done"):
        pb.cycle(place, policies=once, runs=2)
    monkeypatch.setattr(potential_parts, "sweep", losing(lambda variant: variant.cut == 0.5))
    found = pb.potential(place, cuts=[0.5])
    assert set(found.parts["cuts"].query("cut == 0.5")["status"]) == {LOST}
    assert f"10 of the differences: {LOST}. Their rows have no figures." in found.notes


UNGUARDED = """
import placebudget as pb
pb.scenarios(pb.example("toy_pooling"), [1.0], executor="processes", workers=1)
"""


def test_a_script_that_each_process_would_run_again_is_told_how_to_mend_it(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED, "utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert "CannotAnswer: No process can begin to work here." in done.stderr
    assert "__main__" in done.stderr.splitlines()[-1]


def test_an_error_of_a_part_comes_through() -> None:
    def fails(part: int) -> int:
        raise pb.errors.SolverFailed("no answer")

    for executor in ("serial", "threads"):
        with pytest.raises(pb.errors.SolverFailed, match="no answer"):
            list(sweep(fails, [1, 2, 3], executor=executor))


@pytest.mark.parametrize("executor", ["clusters", 3])
def test_an_unknown_way_of_working_is_named(executor: Any) -> None:
    with pytest.raises(WrongArgument, match="serial"):
        list(sweep(abs, [1], executor=executor))


def test_parts_are_cut_the_same_whoever_works_on_them() -> None:
    def lengths() -> Iterator[int]:
        yield from (len(part) for part in parts_of(list(range(7)), 3))

    assert list(lengths()) == [3, 3, 1]
    assert parts_of([], 3) == []
