"""The desk on Lancashire in a browser: first picture, first plan, and the release of a slider.

In JupyterLab and in Voila, on one notebook of one cell. The first two run from the command that
runs the cell, or from the address in Voila; the last from the change of the slider to the frame
after the picture has changed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.studies import Measured

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ROUNDS, PATIENCE, TOKEN = 15, 180_000, "measuring"
LINES = ("import placebudget as pb", "pb.desk(pb.example('lancashire'))")
# The slider goes down and up by turns; what is waited for is the picture, not the words.
RELEASED = """(share) => new Promise((done) => {
  const slider = document.querySelector(".pb-form[aria-label='Amounts'] input[type=range]");
  const picture = document.querySelector('.pb-plan');
  const low = Number(slider.min), high = Number(slider.max);
  slider.value = String(low + share * (high - low));
  const start = performance.now();
  new MutationObserver((_, watch) => {
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  }).observe(picture, { childList: true, subtree: true, characterData: true, attributes: true });
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  slider.dispatchEvent(new Event('change', { bubbles: true }));
})"""


def desk(rounds: int = ROUNDS) -> Measured:
    """Milliseconds to the first picture and plan, and from release to picture, in either."""
    from playwright.sync_api import sync_playwright

    found = Measured("The desk on Lancashire")
    path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, served, opened in (("JupyterLab", _lab, _in_lab), ("Voila", _voila, _in_voila)):
            with tempfile.TemporaryDirectory() as home, _serving(Path(home), served) as port:
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                begun = opened(page, port)
                page.wait_for_selector(".pb-plan svg", timeout=PATIENCE)
                found.add(f"{name}: first picture", 1000 * (time.monotonic() - begun), "ms")
                _wait_until_solved(page)
                found.add(f"{name}: first plan", 1000 * (time.monotonic() - begun), "ms")
                times = _released(page, rounds)
                found.add(
                    f"{name}: release of a slider to the new picture, median", median(times), "ms"
                )
                found.add(f"{name}: the same, least", min(times), "ms")
                found.add(f"{name}: the same, most", max(times), "ms")
                page.close()
        browser.close()
    return found


def _released(page: Any, rounds: int) -> list[float]:
    said = page.locator(".pb-form[aria-label='Solving'] [role=status]")
    times = []
    for n in range(rounds + 1):
        # Whoever moves a slider has looked at the plan before: all its panels are there.
        _wait_until_solved(page)
        _wait_until_still(page)
        before = said.inner_text()
        times.append(page.evaluate(RELEASED, 0.45 if n % 2 else 0.5))
        page.wait_for_function("old => !document.body.innerText.includes(old)", arg=before)
    # The first release prepares what the others use.
    return times[1:]


def _wait_until_solved(page: Any) -> None:
    page.wait_for_function(
        "() => document.querySelector(\".pb-form[aria-label='Solving'] [role=status]\")"
        ".textContent.startsWith('Solved')",
        timeout=PATIENCE,
    )


def _wait_until_still(page: Any) -> None:
    page.evaluate(
        """() => new Promise((done) => {
          let timer = setTimeout(done, 1500);
          new MutationObserver((_, watch) => {
            clearTimeout(timer);
            timer = setTimeout(() => { watch.disconnect(); done(); }, 1500);
          }).observe(document.body, { childList: true, subtree: true, characterData: true });
        })"""
    )


def _in_lab(page: Any, port: int) -> float:
    """Run the cell; gives the moment at which that was asked for."""
    page.goto(f"http://127.0.0.1:{port}/lab/tree/desk.ipynb?reset&token={TOKEN}")
    page.get_by_role("button", name="| Idle").wait_for(timeout=PATIENCE)
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    return time.monotonic()


def _in_voila(page: Any, port: int) -> float:
    """Open the page; gives the moment at which that was asked for."""
    begun = time.monotonic()
    page.goto(f"http://127.0.0.1:{port}/")
    return begun


def _lab(home: Path, port: int) -> Sequence[str]:
    return (
        "jupyterlab", "--allow-root", "--no-browser", f"--ServerApp.port={port}",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={home}",
        "--LabApp.news_url=None",
    )  # fmt: skip


def _voila(home: Path, port: int) -> Sequence[str]:
    denied = "--VoilaConfiguration.extension_denylist=['placebudget']"
    return "voila", str(home / "desk.ipynb"), "--no-browser", f"--port={port}", denied


@contextmanager
def _serving(home: Path, served: Any) -> Iterator[int]:
    """A server of one notebook with one cell, until the block ends."""
    cell = {
        "cell_type": "code", "id": "desk", "metadata": {}, "source": "\n".join(LINES),
        "outputs": [], "execution_count": None,
    }  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    held = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (home / "desk.ipynb").write_text(json.dumps(held), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(home / "config"), "IPYTHONDIR": str(home / "ip")}
    with subprocess.Popen(
        [sys.executable, "-m", *served(home, port)],
        cwd=home, env=env, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            _wait_until_up(port)
            yield port
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def _wait_until_up(port: int) -> None:
    for _ in range(600):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")
