"""What people call: few names, one keyword for one thing, results that are alike."""

from __future__ import annotations

import ast
import inspect
from collections import defaultdict
from pathlib import Path

import pytest

import placebudget as pb

FUNCTIONS = {name: each for name in pb.__all__ if inspect.isfunction(each := getattr(pb, name))}
RUN = ("seconds", "gap", "stop", "progress")
# What reads or writes a file, or starts from tables that know no place.
OTHERWISE = {
    "example": "name",
    "examples": None,
    "progress": "console",
    "read": "path",
    "read_plan": "path",
    "risk_share": "lines",
    "trace": "flows",
    "write_template": "path",
}


# Two programs have each their own until they are one.
SHARED = {"Figures", "Worker"}


def parameters(name: str) -> list[inspect.Parameter]:
    return list(inspect.signature(FUNCTIONS[name]).parameters.values())


def test_there_are_few_names() -> None:
    errors = [name for name in pb.__all__ if isinstance(each := getattr(pb, name), type)
              and issubclass(each, Exception)]  # fmt: skip
    assert len(FUNCTIONS) <= 22
    assert len(errors) <= 5
    assert len(pb.__all__) <= 32


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_what_is_asked_about_comes_first(name: str) -> None:
    first = next((each.name for each in parameters(name)), None)
    if name in OTHERWISE:
        assert first == OTHERWISE[name]
    else:
        assert first in ("place", "plan", "plans")


def test_one_thing_has_one_keyword_everywhere() -> None:
    """The same default, the same kind, the same meaning; nothing bundles them."""
    found = defaultdict(set)
    for name in FUNCTIONS:
        for each in parameters(name):
            if each.name in (*RUN, "executor", "workers", "reinvest", "seed"):
                found[each.name].add((each.default, each.annotation, each.kind))
            assert each.name not in ("subject", "shown", "event", "timeout")
            assert (each.name, name) == ("limits", "read") or each.name != "limits"
    assert {keyword: len(ways) for keyword, ways in found.items() if len(ways) > 1} == {}
    assert set(RUN) <= set(found)


def test_what_makes_whole_plans_can_be_stopped_and_watched() -> None:
    for name in ("optimise", "potential", "sharing", "fairness", "cycle"):
        assert set(RUN) <= {each.name for each in parameters(name)}, name
    for name in ("changed_budgets", "rerun"):
        assert {"stop", "progress"} <= {each.name for each in parameters(name)}, name
    assert {"seconds", "gap", "stop"} <= {each.name for each in parameters("session")}


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    package = Path(pb.__file__).parent
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(path.relative_to(package)))
    assert {name for name, where in places.items() if len(where) > 1} <= SHARED
