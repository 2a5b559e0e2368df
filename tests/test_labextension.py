"""The built JupyterLab extension: fresh, in the wheel, in theme colours, from a lock of its own."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from placebudget.work.said import OBJECTIVES

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "labextension"
VERSION = json.loads((SOURCES / "package.json").read_text("utf-8"))["version"]
IN_THE_WHEEL = f"placebudget-{VERSION}.data/data/share/jupyter/labextensions/placebudget"
BUILD = runpy.run_path(str(ROOT / "hatch_build.py"))
sources_digest: Callable[[Path], str] = BUILD["sources_digest"]
is_fresh: Callable[[Path], bool] = BUILD["is_fresh"]


def package() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SOURCES / "package.json").read_text("utf-8"))
    return content


def built(folder: Path) -> zipfile.ZipFile:
    """The wheel, from what is built already."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_carries_the_extension_and_switches_the_server_part_on(tmp_path: Path) -> None:
    with built(tmp_path) as wheel:
        names = wheel.namelist()
        settings = next(name for name in names if "jupyter_server_config.d" in name)
        on = json.loads(wheel.read(settings))["ServerApp"]["jpserver_extensions"]
        stamp = wheel.read(f"{IN_THE_WHEEL}/sources.sha256").decode().strip()
        entry = json.loads(wheel.read(f"{IN_THE_WHEEL}/package.json"))["jupyterlab"]["_build"]
    assert on == {"placebudget.server": True}
    assert stamp == sources_digest(ROOT)
    assert f"{IN_THE_WHEEL}/{entry['load']}" in names
    assert (entry["extension"], entry["mimeExtension"]) == ("./extension", "./mimeExtension")
    assert f"{IN_THE_WHEEL}/schemas/placebudget/commands.json" in names
    assert f"{IN_THE_WHEEL}/install.json" in names
    assert not [name for name in names if name.startswith("placebudget/labextension")]


def test_the_extension_installed_here_is_that_of_the_sources() -> None:
    installed = Path(sys.prefix, "share", "jupyter", "labextensions", "placebudget")
    assert (installed / "sources.sha256").read_text("ascii").strip() == sources_digest(ROOT)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Sources and build in a folder of their own."""
    without = shutil.ignore_patterns("node_modules", "lib", ".yarn")
    shutil.copytree(SOURCES, tmp_path / "labextension", ignore=without)
    for part in (*BUILD["MODULES"], BUILD["BUILT"] / BUILD["STAMP"]):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, tmp_path / part)
    return tmp_path


def test_a_build_of_the_same_sources_is_used_again(copy: Path) -> None:
    assert is_fresh(copy)


@pytest.mark.parametrize(
    "changed",
    [
        "labextension/src/viewer.ts",
        "labextension/style/base.css",
        "labextension/schema/commands.json",
        "labextension/yarn.lock",
        "src/placebudget/plan/drawing/planview.js",
        "src/placebudget/widgets/static/tableview.js",
        "src/placebudget/widgets/static/formview.js",
        "src/placebudget/widgets/static/answerview.js",
    ],
)
def test_a_build_of_other_sources_is_never_used(copy: Path, changed: str) -> None:
    with (copy / changed).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert not is_fresh(copy)


def test_a_source_more_or_less_makes_a_build_stale(copy: Path) -> None:
    more = copy / "labextension" / "src" / "more.ts"
    more.touch()
    assert not is_fresh(copy)
    more.unlink()
    (copy / "labextension" / "src" / "svg.ts").unlink()
    assert not is_fresh(copy)


def test_the_lock_names_no_addresses() -> None:
    lock = (SOURCES / "yarn.lock").read_text("utf-8")
    assert '"@jupyterlab/application@npm:^4.4.0"' in lock
    assert re.findall(r"https?://|__archiveUrl", lock) == []


def test_extension_and_package_have_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert package()["version"] == project["version"]


def test_whatever_jupyterlab_shares_is_asked_for_from_4_4_on() -> None:
    asked = package()["dependencies"]
    ours = {name: wanted for name, wanted in asked.items() if name.startswith("@jupyterlab/")}
    # Packages with numbers of their own, as JupyterLab 4.4 has them.
    other = {"apputils": "^4.5.0", "coreutils": "^6.4.0", "services": "^7.4.0"}
    other |= {"rendermime-interfaces": "^3.12.0"}
    wanted = {name: other.get(name.removeprefix("@jupyterlab/"), "^4.4.0") for name in ours}
    assert ours == wanted


def test_only_colours_of_the_theme_are_used() -> None:
    style = (SOURCES / "style" / "base.css").read_text("utf-8")
    colour = re.compile(r"(?:color|background|border[a-z-]*|accent-color):[^;]*")
    shapes = ("border-collapse:", "border-radius:", "border-style:")
    said = [found for found in colour.findall(style) if not found.startswith(shapes)]
    named = [found for found in said if "var(--jp-" not in found]
    assert named == []
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", style) == []
    pictures = (SOURCES / "src" / "svg.ts").read_text("utf-8")
    assert pictures.count("<path") == pictures.count('class="jp-icon3 jp-icon-selectable"')


def test_each_default_of_the_settings_fits_its_own_limits() -> None:
    settings = json.loads((SOURCES / "schema" / "commands.json").read_text("utf-8"))
    years = settings["properties"]["years"]
    assert years["minimum"] <= years["default"] <= years["maximum"]
    assert settings["properties"]["objective"]["enum"] == list(OBJECTIVES)
    assert settings["additionalProperties"] is False


def test_settings_menus_and_toolbars_are_said_by_our_own_language_pack() -> None:
    """JupyterLab looks for their texts in its own pack unless a schema names another."""
    for file in (SOURCES / "schema").glob("*.json"):
        schema = json.loads(file.read_text("utf-8"))
        assert schema["jupyter.lab.internationalization"]["domain"] == "placebudget"
    template = runpy.run_path(str(SOURCES / "words.py"))["template"]()
    for text in ("Units of money", "Toolbar of a place", "%1 pays into no pool.", "Add row below"):
        assert f'msgid "{text}"' in template
