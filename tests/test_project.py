"""The project as a whole: what it carries, and that it works away from its sources."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = {".py", ".md", ".toml", ".csv", ".json", ".ipynb", ".html", ".lp", ".yml", ""}
BUILT = {"build", "dist", "node_modules", "__pycache__"}
# Folders of one machine. Written so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|work|Users|tmp)/\w|[A-Z]:\\Users\\")


def texts_of_the_project() -> list[Path]:
    """Files people wrote: no environments, no caches, nothing that was built."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        hidden = {name for name in folders if name.startswith(".") and name != ".ci"}
        folders[:] = [name for name in folders if name not in hidden | BUILT]
        found += [Path(folder, name) for name in names if Path(name).suffix in TEXT]
    return found


def test_no_file_names_a_folder_of_one_machine() -> None:
    naming = [
        str(path.relative_to(ROOT))
        for path in texts_of_the_project()
        if path != Path(__file__) and MACHINE_PATH.search(path.read_text("utf-8"))
    ]
    assert naming == []


def test_a_folder_of_one_machine_would_be_noticed() -> None:
    assert MACHINE_PATH.search("read from /home/someone/place")
    assert not MACHINE_PATH.search("docs/home/page, ../work/other, https://host/tmp/x")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as people install it, built from the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_each_example_place_whole(wheel: Path) -> None:
    carried = {
        name.removeprefix("placebudget/datasets/"): zipfile.ZipFile(wheel).read(name)
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("placebudget/datasets/")
    }
    stored = {
        path.relative_to(ROOT / "datasets").as_posix(): path.read_bytes()
        for path in (ROOT / "datasets").rglob("*")
        if path.is_file()
    }
    assert carried == stored
    assert any(name.endswith("datapackage.json") for name in stored)


def test_the_wheel_works_in_a_folder_of_its_own(wheel: Path, tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    zipfile.ZipFile(wheel).extractall(site)
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "placebudget", "examples", "--json"],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    )
    names = {example["name"] for example in json.loads(done.stdout)["examples"]}
    assert names == {path.parent.name for path in (ROOT / "datasets").glob("*/datapackage.json")}
