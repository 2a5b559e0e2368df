"""A served board of Lancashire: first view and new answers in a browser, readers at once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.readers import arrive
from benchmarks.studies import Measured

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PLACE, ROUNDS = "lancashire", 5
# A browser notes when what was asked for is painted, without a question in between.
PAINTED = """(part) => new Promise((done) => {
  const screen = document.querySelector(part);
  const start = performance.now();
  new MutationObserver((_, watch) => {
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  }).observe(screen, { childList: true, subtree: true, characterData: true });
  document.getElementById('pb-recalculate').click();
})"""


def board(rounds: int = ROUNDS) -> Measured:
    """First view cold and kept ready, seconds to all plans, a new answer, readers at once."""
    from playwright.sync_api import sync_playwright

    found = Measured(f"A board of {PLACE} in a browser")
    path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        with _served(0) as (address, server):
            page = browser.new_page()
            seconds = _first_view(page, address)
            _wait_for_plans(page)
            found.add("first reader of a server, cold: first view", seconds)
            found.add("first reader of a server, cold: all plans", time.monotonic() - page.began)
            _measure_answers(page, found, rounds)
            page.close()
            cold = [_visit(browser, address) for _ in range(rounds)]
            found.add("later readers, cold: first view, median", median(a for a, _ in cold))
            found.add("later readers, cold: all plans, median", median(b for _, b in cold))
        with _served(0) as (address, server):
            arrive(address, server, found)
        with _served(1) as (address, server):
            ready = []
            for _ in range(rounds):
                _wait_until_calm(server)
                ready.append(_visit(browser, address))
            found.add("kept ready: first view, median", median(a for a, _ in ready))
            found.add("kept ready: all plans, median", median(b for _, b in ready))
        browser.close()
    return found


@contextmanager
def _served(preheat: int) -> Iterator[tuple[str, Any]]:
    import psutil

    command = [
        sys.executable,
        "-m",
        "placebudget",
        "board",
        PLACE,
        "--port",
        "0",
        "--no-open",
        "--no-papers",
    ]
    with (
        tempfile.TemporaryDirectory() as home,
        subprocess.Popen(
            [*command, "--no-token", "--preheat", str(preheat)],
            cwd=home,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1] / "src")},
        ) as process,
    ):
        assert process.stdout is not None
        told = process.stdout.readline()
        try:
            yield told[told.index("http") :].strip(), psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _first_view(page: Any, address: str) -> float:
    page.began = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(".pb-board h1", timeout=120_000)
    return time.monotonic() - page.began


def _wait_for_plans(page: Any) -> None:
    done = "() => document.querySelector('.pb-status').textContent.startsWith('Done')"
    page.wait_for_function(done, timeout=300_000)


def _visit(browser: Any, address: str) -> tuple[float, float]:
    page = browser.new_page()
    seconds = _first_view(page, address)
    _wait_for_plans(page)
    whole = time.monotonic() - page.began
    page.close()
    return seconds, whole


def _measure_answers(page: Any, found: Measured, rounds: int) -> None:
    """From the press of Recalculate to the first answer and to all plans, a ring-fence switched."""
    page.click(".pb-nav a[href='#rules']")
    page.wait_for_selector(".pb-bars")
    page.click("[data-part=fences] > summary")
    first, whole = [], []
    for _ in range(rounds):
        page.click("#pb-fences-public_health_county")
        started = time.monotonic()
        first.append(page.evaluate(PAINTED, ".pb-screen") / 1000)
        page.wait_for_function("() => !document.querySelector('.pb-progress progress')")
        _wait_for_plans(page)
        whole.append(time.monotonic() - started)
    found.add("Recalculate to the first answer on screen, median", median(first))
    found.add("Recalculate to all four plans, median", median(whole))


def _wait_until_calm(server: Any) -> None:
    """Wait until what is kept ready has been worked out."""
    calm = 0
    while calm < 3:
        before = _worked(server)
        time.sleep(1)
        calm = calm + 1 if _worked(server) - before < 0.2 else 0


def _worked(server: Any) -> float:
    return sum(sum(each.cpu_times()[:2]) for each in server.children(recursive=True))
