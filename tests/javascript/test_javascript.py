"""Our JavaScript: the drawing's tests in Node, the types of every module by the compiler."""

from __future__ import annotations

import subprocess
from pathlib import Path

from scripts import compiler, node

HERE = Path(__file__).parent


def test_layout_reading_and_colours_hold_in_node() -> None:
    command = [node(), "--test", str(HERE / "planview.test.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 0" not in done.stdout


def test_the_types_of_every_module_hold() -> None:
    command = [node(), compiler(), "--project", str(HERE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
