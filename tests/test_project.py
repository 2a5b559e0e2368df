"""The project as a whole: what it carries, and that it works away from its sources."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hatch_build import TOOLS

ROOT = Path(__file__).resolve().parents[1]
TEXT = {".py", ".md", ".toml", ".txt", ".csv", ".json", ".ipynb", ".html", ".lp", ".yml", ""}
BUILT = {"build", "dist", "node_modules", "__pycache__"}
# Folders of one machine. Written so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|work|Users|tmp)/\w|[A-Z]:\\Users\\")


def texts_of_the_project() -> list[Path]:
    """Files people wrote: no environments, no caches, nothing that was built."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        hidden = {name for name in folders if name.startswith(".") and name != ".ci"}
        folders[:] = [name for name in folders if name not in hidden | BUILT]
        # .git is a file where the work tree is one of several.
        names = [name for name in names if Path(name).suffix in TEXT and name != ".git"]
        found += [Path(folder, name) for name in names]
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


def test_the_version_is_one_wherever_it_stands() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    package = json.loads((ROOT / "labextension" / "package.json").read_text("utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert {package["version"], citation["version"], newest[1]} == {project["version"]}
    assert {package["license"], citation["license"]} == {project["license"]}
    assert citation["authors"] == project["authors"]
    assert citation["keywords"] == project["keywords"]


def test_what_is_looked_at_before_a_commit_has_no_versions_of_its_own() -> None:
    told = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [each["repo"] for each in told["repos"]] == ["local"]
    hooks = told["repos"][0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert {Path(hook["entry"].split()[0]).parent for hook in hooks} == {Path(".venv/bin")}


def test_the_citation_keeps_to_its_schema() -> None:
    if find_spec("check_jsonschema") is None:
        pytest.skip("not run: the linters are not installed (make setup)")
    schema = ["--builtin-schema", "vendor.citation-file-format"]
    command = [sys.executable, "-m", "check_jsonschema", *schema, str(ROOT / "CITATION.cff")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


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


def required() -> list[Requirement]:
    """All that pyproject.toml and the build of the extension ask for."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = told["project"]
    asked = [*told["build-system"]["requires"], *TOOLS, *project["dependencies"]]
    asked += [each for extra in project["optional-dependencies"].values() for each in extra]
    return [each for each in map(Requirement, asked) if each.name != project["name"]]


def held_to() -> dict[str, list[Requirement]]:
    """The lines of constraints.txt by package: one, or one for each marker."""
    found: dict[str, list[Requirement]] = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            held = Requirement(line)
            found.setdefault(canonicalize_name(held.name), []).append(held)
    return found


def test_what_is_installed_is_held_to_versions_that_are_allowed() -> None:
    held = held_to()
    astray = [
        f"{each}: {line}"
        for each in required()
        for line in held.get(canonicalize_name(each.name)) or ["not held: make upgrade"]
        if isinstance(line, str) or not each.specifier.contains(_version(line), prereleases=True)
    ]
    assert astray == []


def _version(line: Requirement) -> str:
    (only,) = line.specifier
    assert only.operator == "=="
    return only.version


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_one_version_of_each_package_is_held_for_each_python(python: str) -> None:
    release = {"python_version": python, "python_full_version": f"{python}.9"}
    several = {}
    for name, lines in held_to().items():
        applies = [line for line in lines if line.marker is None or line.marker.evaluate(release)]
        if len(applies) > 1:
            several[name] = [str(line) for line in applies]
    assert several == {}
    asked = {canonicalize_name(each.name) for each in required()}
    assert [
        name
        for name in sorted(asked)
        if not any(line.marker is None or line.marker.evaluate(release) for line in held_to()[name])
    ] == []


def test_constraints_name_no_address_and_no_hash() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    assert [line for line in text.splitlines() if "/" in line or line.startswith("-")] == []
    assert "--hash" not in text
