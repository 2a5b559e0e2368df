"""The site as `make site` builds it, for the tests that look at it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


SITE = ROOT / "site" / "mkdocs.yml"
_BUILT: dict[bool, Path] = {}


def built(pages: pytest.TempPathFactory, *, run: bool) -> Path:
    """Built strictly, so that a warning is a failure; with or without running the notebooks.

    Once for all who look at it: files that do are marked ``xdist_group("site")``.
    """
    if run not in _BUILT:
        folder = pages.mktemp("site")
        done = building(folder, SITE, run=run)
        assert done.returncode == 0, done.stdout + done.stderr
        _BUILT[run] = folder
    return _BUILT[run]


def building(folder: Path, site: Path, *, run: bool = False) -> subprocess.CompletedProcess[str]:
    """What came of building a site. Not quietly: MkDocs would not count its warnings."""
    if find_spec("mkdocs") is None:
        pytest.skip("not run: what makes the site is not installed (make setup)")
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    wanted = "run" if run else "as stored"
    return subprocess.run(
        [*command, "--config-file", str(site)],
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PLACEBUDGET_NOTEBOOKS": wanted},
        capture_output=True,
        text=True,
    )
