"""Scenarios on a cluster of their own: the same numbers whatever is killed or lost meanwhile."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from placebudget.plan.record.record import versions
from placebudget.study import results_store
from placebudget.study.cluster import joined
from placebudget.study.scenarios import PART, scenarios
from placebudget.study.sweeping import sweep
from proof import ALL

if os.environ.get("PLACEBUDGET_CLUSTER") != "required":
    pytest.importorskip("distributed")
    pytest.importorskip("pyarrow")
import distributed

# How many while workers are killed, and of these how many where something else is lost.
COUNT, FEWER = (2000, 500) if ALL else (200, 2 * PART)
PLACE = "toy_pooling"
MEASURES = ["cashable saving", "service=home_care", "outcome=value"]


@pytest.fixture(scope="module")
def asked() -> pd.DataFrame:
    """Money that differs in each, and figures that do in some."""
    draws = np.random.default_rng(7).uniform(0.7, 1.3, (COUNT, 3))
    frame = pd.DataFrame(draws, columns=["council_money", "nhs_money", "police_money"])
    frame["effects.impact service=policing"] = np.where(np.arange(COUNT) % 3, np.nan, 0.9)
    frame["pooling"] = np.where(np.arange(COUNT) % 2, "freed", None)
    return frame


def reach(frame: pd.DataFrame, **how: Any) -> pd.DataFrame:
    return scenarios(PLACE, frame, measures=MEASURES[:2], **how).table


@pytest.fixture(scope="module")
def serial(asked: pd.DataFrame) -> pd.DataFrame:
    found = reach(asked)
    assert set(found["status"]) == {"reached"}
    return found


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with joined("cluster", 2) as mine:
        yield mine.client.cluster


def same(found: pd.DataFrame, other: pd.DataFrame) -> None:
    """The same to the bit."""
    for column in ("value", *MEASURES[:2]):
        assert found[column].to_numpy().tobytes() == other[column].to_numpy().tobytes()
    assert found["status"].tolist() == other["status"].tolist()


def test_workers_killed_at_random_change_no_number(
    asked: pd.DataFrame, serial: pd.DataFrame, cluster: Any, tmp_path: Path
) -> None:
    done, killed = Event(), []
    chance = random.Random(5)

    def kill() -> None:
        while not done.wait(chance.uniform(0.1, 0.6)):
            nannies = cluster.workers.values()
            # One that is being started anew has no process yet.
            pids = [each.pid for each in nannies if each.status.name == "running" and each.pid]
            if pids and (ALL or len(killed) < 4):
                os.kill(chance.choice(pids), signal.SIGKILL)
                killed.append(time.monotonic())

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        found = reach(asked, executor=cluster.scheduler_address, store=tmp_path / "kept")
    finally:
        done.set()
        killer.join()
    assert killed
    same(found, serial)
    same(pd.read_parquet(tmp_path / "kept"), serial)


BY_HAND = """
import sys, pandas as pd, placebudget as pb
if __name__ == "__main__":
    frame = pd.read_parquet(sys.argv[1])
    pb.scenarios("toy_pooling", frame, measures=["cashable saving", "service=home_care"],
                 store=sys.argv[2], executor=sys.argv[3], workers=1)
"""


@pytest.fixture
def table(asked: pd.DataFrame, tmp_path: Path) -> Path:
    asked.head(FEWER).to_parquet(tmp_path / "asked.parquet")
    return tmp_path / "asked.parquet"


def begun(table: Path, store: Path, executor: str, **how: Any) -> subprocess.Popen[str]:
    """A run in a process of its own."""
    command = [sys.executable, "-c", BY_HAND, str(table), str(store), executor]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **how)


def kept(store: Path) -> dict[str, int]:
    """The parts that are kept, and when they were written."""
    return {path.name: path.stat().st_mtime_ns for path in sorted(store.glob("part-*.parquet"))}


def wait_for_parts(store: Path, number: int = 1) -> None:
    while len(kept(store)) < number:
        time.sleep(0.005)


def test_what_is_done_when_the_scheduler_is_lost_is_kept_and_gone_on_with(
    asked: pd.DataFrame, serial: pd.DataFrame, tmp_path: Path
) -> None:
    store, address = tmp_path / "kept", tmp_path / "address"
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0",
             "--no-dashboard", "--scheduler-file", str(address)],
            stderr=subprocess.DEVNULL,
        )
    ]  # fmt: skip
    try:
        while not address.exists():
            time.sleep(0.05)
        both.append(
            subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file",
                 str(address), "--nthreads", "1", "--no-dashboard", "--no-nanny"],
                stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip
        where = json.loads(address.read_text())["address"]

        def lose(_: str, number: int, __: int) -> None:
            if number == 1:
                both[0].kill()

        with pytest.raises(pb.PlaceBudgetError, match="the cluster is lost"):
            reach(asked.head(FEWER), executor=where, store=store, progress=lose)
    finally:
        for each in both:
            each.kill()
            each.wait()
    before = kept(store)
    assert 1 <= len(before) < FEWER // PART
    same(reach(asked.head(FEWER), store=store), serial.head(FEWER))
    assert {name: kept(store)[name] for name in before} == before


def test_a_run_that_is_killed_goes_on_from_what_is_whole(
    asked: pd.DataFrame, serial: pd.DataFrame, table: Path, tmp_path: Path
) -> None:
    store = tmp_path / "kept"
    run = begun(table, store, "serial")
    wait_for_parts(store)
    run.kill()
    run.wait()
    assert run.stderr is not None
    run.stderr.close()
    whole = kept(store)
    # A file that was half written by something else is worked out anew.
    (store / f"part-{len(whole):06d}.parquet").write_bytes(b"PAR1 and no more")
    same(reach(asked.head(FEWER), store=store), serial.head(FEWER))
    assert {name: kept(store)[name] for name in whole} == whole


def test_on_a_full_disk_it_is_said_what_is_kept(
    asked: pd.DataFrame, serial: pd.DataFrame, table: Path, tmp_path: Path
) -> None:
    """Files of more than a few kilobytes cannot be written, as where a disk is full."""
    store = tmp_path / "kept"
    reach(asked.head(FEWER), store=store, progress=None)
    size = max(path.stat().st_size for path in store.glob("part-*.parquet"))
    parts = sorted(store.glob("part-*.parquet"))
    for path in parts[1:]:
        path.unlink()
    done = begun(
        table, store, "serial",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2)),
    )  # fmt: skip
    said = done.communicate()[1]
    assert done.returncode
    assert f"1 of {len(parts)} parts are kept, and the same call goes on from there." in said
    same(reach(asked.head(FEWER), store=store), serial.head(FEWER))


def test_a_store_holds_one_run(asked: pd.DataFrame, tmp_path: Path) -> None:
    few, store = asked.head(3), tmp_path / "kept"
    reach(few, store=store)
    with pytest.raises(pb.PlaceBudgetError, match="a run that differs in: pooling"):
        reach(few, store=store, pooling="aligned")
    other = pb.example(PLACE).with_option(pb.Option("less").scale("needs", 0.9))
    with pytest.raises(pb.PlaceBudgetError, match="differs in: place"):
        scenarios(other, few, measures=MEASURES[:2], store=store)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(pb.PlaceBudgetError, match=r"holds other files, such as notes\.txt"):
        reach(few, store=tmp_path / "mine")


def test_a_stored_table_is_read_part_by_part(asked: pd.DataFrame, tmp_path: Path) -> None:
    found = scenarios(PLACE, asked.head(PART + 1), store=tmp_path / "kept")
    assert [len(part) for part in found.parts()] == [PART, 1]
    assert found.table["scenario"].tolist() == list(range(PART + 1))


def test_a_stop_on_a_cluster_keeps_what_is_done(
    asked: pd.DataFrame, serial: pd.DataFrame, cluster: Any, tmp_path: Path
) -> None:
    stop = Event()
    with distributed.Client(cluster) as client:
        found = reach(
            asked, executor=client, store=tmp_path / "kept", stop=stop,
            progress=lambda _, number, __: stop.set() if number else None,
        )  # fmt: skip
        assert 0 < len(found) < COUNT
        same(reach(asked, executor=client, store=tmp_path / "kept"), serial)


def test_a_cluster_that_is_not_there_is_said() -> None:
    with pytest.raises(pb.PlaceBudgetError, match=r"no cluster answers at tcp://127\.0\.0\.1:9"):
        list(sweep(abs, [1], executor="tcp://127.0.0.1:9"))


def test_workers_of_another_version_are_refused(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with distributed.Client(cluster) as client:
        there = client.run(versions)
        told = {worker: {**held, "highspy": "1.0"} for worker, held in there.items()}
        monkeypatch.setattr(client, "run", lambda *_, **__: told)
        with pytest.raises(pb.PlaceBudgetError, match=r"has highspy 1\.0, and here is"):
            list(sweep(abs, [1], executor=client))


def test_without_pyarrow_a_store_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    results_store.parquet.cache_clear()
    with pytest.raises(pb.PlaceBudgetError, match=r"pip install 'placebudget\[cluster\]'"):
        scenarios(PLACE, [1.0], store=tmp_path / "kept")
    results_store.parquet.cache_clear()
