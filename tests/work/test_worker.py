"""Work behind a page: what comes next, what gives way, and what is stopped."""

from __future__ import annotations

import threading

from placebudget.work.jobs import Worker

PATIENCE = 120


def test_newer_work_takes_the_place_of_what_waits_and_runs() -> None:
    worker, begun, done = Worker(print), threading.Event(), []

    def first(stop: threading.Event) -> None:
        begun.set()
        assert stop.wait(PATIENCE)
        done.append("first")

    worker.submit(first)
    assert begun.wait(PATIENCE)
    worker.submit(lambda stop: done.append("second"))
    worker.submit(lambda stop: done.append("third"))
    assert worker.wait(PATIENCE)
    assert done[0] == "first"
    assert done[-1] == "third"


def test_what_is_stopped_before_it_was_begun_begins_and_hears_it() -> None:
    """Whoever pressed Stop is told so, however soon it was."""
    worker, heard = Worker(print), []
    for _ in range(200):
        worker.submit(lambda stop: heard.append(stop.wait(PATIENCE)))
        assert worker.stop()
        assert worker.wait(PATIENCE)
    assert heard == [True] * 200


def test_work_that_follows_waits_and_ends_with_what_it_follows() -> None:
    done: list[str] = []
    worker = Worker(print)
    goes_on = threading.Event()
    worker.submit(lambda stop: done.append(f"first {goes_on.wait(PATIENCE)}"))
    worker.follow(lambda stop: done.append("second"))
    goes_on.set()
    assert worker.wait(PATIENCE)
    assert done == ["first True", "second"]
    worker.submit(lambda stop: done.append(f"third {stop.wait(PATIENCE)}"))
    worker.follow(lambda stop: done.append("never"))
    worker.halt()
    assert done[2:] == ["third True"]


def test_what_follows_gives_way_to_newer_work_with_what_it_follows() -> None:
    done: list[str] = []
    worker, begun = Worker(print), threading.Event()

    def first(stop: threading.Event) -> None:
        begun.set()
        assert stop.wait(PATIENCE)
        done.append(f"first {worker.superseded}")

    worker.submit(first)
    worker.follow(lambda stop: done.append("never"))
    assert begun.wait(PATIENCE)
    worker.submit(lambda stop: done.append(f"second {worker.superseded}"))
    assert worker.wait(PATIENCE)
    assert done == ["first True", "second False"]


def test_what_fails_is_told_and_the_next_is_begun() -> None:
    told: list[object] = []
    worker = Worker(told.append, lambda: told.append("begun"), lambda: told.append("ended"))
    fault = IndexError("a fault")

    def work(stop: threading.Event) -> None:
        raise fault

    worker.submit(work)
    worker.follow(lambda stop: told.append("done"))
    assert worker.wait(PATIENCE)
    assert told == ["begun", fault, "ended", "begun", "done", "ended"]


def test_a_worker_goes_on_where_even_telling_of_a_fault_fails() -> None:
    def failed(_: BaseException) -> None:
        raise RuntimeError("nobody hears of it")

    heard = threading.excepthook
    threading.excepthook = lambda _: None
    try:
        worker, done = Worker(failed), threading.Event()
        worker.submit(lambda _: 1 / 0)  # type: ignore[arg-type, return-value]
        assert worker.wait(PATIENCE)
        worker.submit(lambda _: done.set())
        assert done.wait(PATIENCE)
        assert worker.wait(PATIENCE)
    finally:
        threading.excepthook = heard


def test_who_waits_hears_where_it_is_dropped() -> None:
    worker, begun, told = Worker(print), threading.Event(), []

    def first(stop: threading.Event) -> None:
        begun.set()
        assert stop.wait(PATIENCE)

    for ended in (worker.stop, lambda: worker.submit(lambda stop: told.append("newer"))):
        begun.clear()
        worker.submit(first)
        assert begun.wait(PATIENCE)
        worker.follow(lambda stop: told.append("never"), lambda: told.append("dropped"))
        ended()
        assert worker.wait(PATIENCE)
    assert told[:2] == ["dropped", "dropped"]
    assert told[2:] == ["newer"]
