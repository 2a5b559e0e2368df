"""The site as `make site` builds it, for the tests that look at it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def build(folder: Path, *, run: bool) -> Path:
    """Build strictly, so that a warning is a failure; with or without running the notebooks."""
    if find_spec("mkdocs") is None:
        pytest.skip("not run: what makes the site is not installed (make setup)")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    wanted = "run" if run else "as stored"
    done = subprocess.run(
        [*command, "--config-file", str(ROOT / "site" / "mkdocs.yml")],
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PLACEBUDGET_NOTEBOOKS": wanted},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder
