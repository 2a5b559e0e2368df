"""A full disk or a kill in the middle of writing loses nothing: the old file stays whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import interrupting
from interrupting import DISK_FULL, FORMS
from placebudget.errors import CannotWrite
from places import tiny


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What stood there after each interruption, of all forms."""
    here, home = Path(interrupting.__file__), tmp_path_factory.mktemp("interrupted")
    (home / "temporary").mkdir()
    done = subprocess.run(
        [sys.executable, str(here), str(home)],
        env={**os.environ, "TMPDIR": str(home / "temporary")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("form", FORMS)
def test_what_was_there_stays_whole(told: list[dict[str, Any]], form: str) -> None:
    said = [each for each in told if each["form"] == form]
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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_what_cannot_be_brought_along_is_said_and_the_place_stays(tmp_path: Path) -> None:
    place = tmp_path / "place"
    tiny().write(place)
    (place / "options").mkdir()
    os.mkfifo(place / "options" / "pipe")
    before = {file.name: file.read_bytes() for file in place.glob("*.*")}
    with pytest.raises(CannotWrite, match=r"place cannot be written: `.*` is a named pipe\."):
        tiny(needs=None).write(place)
    assert {file.name: file.read_bytes() for file in place.glob("*.*")} == before
    assert [file.name for file in tmp_path.iterdir()] == ["place"]
