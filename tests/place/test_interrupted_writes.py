"""A full disk or a kill in the middle of writing loses nothing: the old file stays whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import interrupting
from interrupting import DISK_FULL, FORMS


@pytest.mark.parametrize("form", FORMS)
def test_what_was_there_stays_whole(tmp_path: Path, form: str) -> None:
    here = Path(interrupting.__file__)
    (tmp_path / "temporary").mkdir()
    done = subprocess.run(
        [sys.executable, str(here), form, str(tmp_path)],
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    full = [each for each in said if "size" in each]
    steps = [each for each in said if "step" in each]
    # A disk too full for the new file: an error, the old file, and nothing left beside it.
    assert [(each["status"], each["state"], each["beside"]) for each in full] == [
        (DISK_FULL, "old", 0)
    ] * 4
    # Killed at each step until it came through: the old one whole, and in the end the new.
    states = [each["state"] for each in steps]
    assert set(states[:-1]) == {"old"}
    assert states[-1] == "new"
    assert all(each["status"] == -signal.SIGKILL for each in steps[:-1])
    assert len(steps) >= 4
