"""Who may import whom, and what importing the package must not load."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import placebudget

PACKAGE = Path(placebudget.__file__).parent

# Imports go downwards only: a part may import parts of lower rank and itself.
# Parts of one rank do not know each other.
RANKS = {
    "errors": 0,
    "texts": 0,
    "arguments": 2,
    "writing": 3,
    "words": 1,
    "pictures": 2,
    "progress": 2,
    "place": 4,
    "belief": 5,
    "value": 5,
    "knowledge": 6,
    "importing": 7,
    "programme": 8,
    "solver": 9,
    "plan": 10,
    "study": 11,
    "sector": 12,
    "register": 12,
    "view": 13,
    "work": 14,
    "widgets": 15,
    "server": 15,
    "apps": 16,
    "cli": 17,
}
# Where an import of our own stands inside a function, and why it cannot stand above. What is
# heavy or optional is imported where it is needed.
LATE = {
    "importing/page.py": "its page has the gap, which is a study of the place it was made of",
    "plan/summary.py": "its page stands in the view, above it",
    "apps/__init__.py": "widgets are loaded by those who show a board",
    "place/options/option.py": "an option offers what is done with options",
    "place/place.py": "a place offers what is done with places",
    "plan/plan.py": "a plan offers what is done with plans",
    "server/__init__.py": "the server is loaded by JupyterLab alone",
}
# The public face gathers names from all parts, and only these stand above it.
FACE = "placebudget"
# A result shows itself: its method loads the page when it is called.
# A place says what is to do; one that took effects from the library asks it for newer ones.
FACADES = {
    ("importing/page.py", "study"),
    ("plan/summary.py", "view"),
    ("place/place.py", "knowledge"),
    ("place/place.py", "study"),
}
ABOVE_THE_FACE = {"apps", "cli", "__main__"}

SOLVERS = {"pulp", "highspy"}
NOT_AT_IMPORT = (
    "altair",
    "dask",
    "defusedxml",
    "distributed",
    "ipywidgets",
    "jinja2",
    "jupyterlab",
    "networkx",
    "openpyxl",
    "piqp",
    "python_calamine",
    "rich",
    "scipy",
    "sqlalchemy",
    "sqlite3",
    "statsmodels",
    "typer",
    "vl_convert",
    "voila",
    "xlsxwriter",
)


def part_of(path: Path, package: Path = PACKAGE) -> str:
    """Name of the part of the package a module belongs to."""
    first = path.relative_to(package).parts[0]
    return FACE if first == "__init__.py" else first.removesuffix(".py")


# What several tests ask of a module is read of it once.
parsed = cache(ast.parse)


@cache
def imported_modules(source: str) -> tuple[str, ...]:
    """Names of the modules a module imports, wherever in it the import stands."""
    return tuple(imported_in(parsed(source)))


def imported_in(part: ast.AST) -> Iterator[str]:
    for node in ast.walk(part):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def imported_parts(source: str, parts: set[str]) -> set[str]:
    """Parts of placebudget a module imports; the public face counts as one."""
    names = [name.split(".") for name in imported_modules(source)]
    ours = [name[1] if len(name) > 1 else "" for name in names if name[0] == FACE]
    return {name if name in parts else FACE for name in ours}


def upward(part: str, imported: set[str]) -> set[str]:
    """Imports that do not go downwards."""
    if part == FACE:
        return imported & ABOVE_THE_FACE
    if part == "__main__":
        return imported - {"cli"}
    allowed = {name for name, rank in RANKS.items() if rank < RANKS[part]} | {part}
    if part in ABOVE_THE_FACE:
        allowed.add(FACE)
    return imported - allowed


MODULES = sorted(PACKAGE.rglob("*.py"))


def test_imports_go_downwards_only() -> None:
    parts = {part_of(path) for path in MODULES}
    found = {
        str(path.relative_to(PACKAGE)): upward(
            part_of(path), imported_parts(path.read_text("utf-8"), parts)
        )
        for path in MODULES
    }
    assert {(module, name) for module, names in found.items() for name in names} == FACADES


def imported_at_the_top(body: list[ast.stmt]) -> Iterator[str]:
    """Names of what a module imports while it is loaded: not in functions, not for types alone."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported_in(node)
        elif isinstance(node, ast.Try | ast.ClassDef):
            yield from imported_at_the_top(node.body)


def test_no_module_imports_itself_by_way_of_others() -> None:
    names = {
        ".".join((FACE, *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
            ".__init__"
        ): path
        for path in MODULES
    }
    above = {
        name: {
            each if each in names else each.rpartition(".")[0]
            for each in imported_at_the_top(parsed(path.read_text("utf-8")).body)
        }
        & set(names) - {name}
        for name, path in names.items()
    }
    while free := {name for name, needed in above.items() if not needed}:
        above = {name: needed - free for name, needed in above.items() if name not in free}
    assert sorted(above) == []


def test_only_the_solver_part_imports_a_solver() -> None:
    assert [
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if part_of(path) != "solver"
        and SOLVERS & {name.split(".")[0] for name in imported_modules(path.read_text("utf-8"))}
    ] == []


def late_imports(source: str) -> set[str]:
    """Names of the modules that a module imports inside its functions."""
    functions = [
        node
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {name for each in functions for name in imported_in(each)}


def test_our_own_modules_are_imported_at_the_top_but_by_facades() -> None:
    late = {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if any(name.split(".")[0] == FACE for name in late_imports(path.read_text("utf-8")))
    }
    assert late == set(LATE)


def test_each_part_of_the_package_has_a_rank_and_nothing_else_has() -> None:
    parts = {part_of(path) for path in MODULES}
    assert parts - {FACE, "__main__"} == set(RANKS)


def test_contributors_read_the_ranks_that_hold() -> None:
    parts = [name for name in RANKS if RANKS[name] >= RANKS["place"]]
    by_rank = [[n for n in parts if RANKS[n] == rank] for rank in sorted({*RANKS.values()})]
    order = " < ".join(", ".join(names) for names in by_rank if names)
    text = (PACKAGE.parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    assert f" {order}. " in " ".join(text.split())


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("place", "from placebudget.programme.basis import Basis"),
        ("place", "from placebudget.value import discount_factors"),
        ("study", "from placebudget.view import Sheet"),
        ("place", "def late():\n    from placebudget.plan import Plan"),
        ("solver", "import placebudget.plan.plan"),
        ("view", "import placebudget as pb"),
        ("view", "from placebudget import Plan"),
        ("placebudget", "from placebudget.cli import app"),
    ],
)
def test_an_import_that_goes_upwards_is_noticed(part: str, source: str) -> None:
    assert upward(part, imported_parts(source, set(RANKS)))


def test_every_name_that_a_part_offers_is_there() -> None:
    for each in pkgutil.walk_packages(placebudget.__path__, f"{FACE}."):
        if not each.name.endswith("__main__"):
            part = importlib.import_module(each.name)
            offered = getattr(part, "__all__", ())
            assert [name for name in offered if not hasattr(part, name)] == [], each.name


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"""
import sys
import placebudget
print(sorted(set({NOT_AT_IMPORT!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
