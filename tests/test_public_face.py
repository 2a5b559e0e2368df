"""What people call: few names, one keyword for one thing, results that are alike."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from answered import STUDIES, answer

FUNCTIONS = {name: each for name in pb.__all__ if inspect.isfunction(each := getattr(pb, name))}
RUN = ("seconds", "gap", "stop", "progress")
# What reads or writes a file, or starts from tables that know no place.
OTHERWISE = {
    "changes": "old",
    "example": "name",
    "examples": None,
    "library": "path",
    "progress": "console",
    "read": "path",
    "read_plan": "path",
    "rests_on": "first",
    "risk_share": "lines",
    "trace": "flows",
    "write_template": "path",
}


def parameters(name: str) -> list[inspect.Parameter]:
    return list(inspect.signature(FUNCTIONS[name]).parameters.values())


def test_there_are_few_names() -> None:
    errors = [name for name in pb.__all__ if isinstance(each := getattr(pb, name), type)
              and issubclass(each, Exception)]  # fmt: skip
    assert len(FUNCTIONS) <= 26
    assert len(errors) <= 5
    assert len(pb.__all__) <= 37


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
    for name in ("scenarios", "rerun"):
        assert {"stop", "progress"} <= {each.name for each in parameters(name)}, name
    assert {"seconds", "gap", "stop"} <= {each.name for each in parameters("session")}


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    package = Path(pb.__file__).parent
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(path.relative_to(package)))
    assert [name for name, where in places.items() if len(where) > 1] == []


def answers() -> dict[str, Callable[[], Any]]:
    """How each function that answers is asked, on the smallest example."""
    place = pb.example("toy_pooling")
    plan, today = pb.optimise(place), pb.simulate(place)
    return {
        **{name: partial(answer, name) for name in set(STUDIES) & set(FUNCTIONS)},
        "scenarios": lambda: pb.scenarios(place, [1.0, 0.9]),
        "compare": lambda: pb.compare(today, plan),
        "explain": lambda: pb.explain(plan, "home_care"),
        "games.share": lambda: pb.games.share([0, 1, 1, 3], ["a", "b"]),
        "optimise": lambda: plan,
        "rerun": lambda: pb.rerun(today),
        "simulate": lambda: today,
    }


NO_ANSWERS = {"desk", "example", "examples", "library", "progress", "read", "read_plan", "session",
              "write_template"}  # fmt: skip


@pytest.mark.xdist_group("northvale")
def test_every_answer_says_itself_and_is_given_out_in_the_same_ways(tmp_path: Path) -> None:
    asked = answers()
    assert {*FUNCTIONS, "games.share"} - NO_ANSWERS == set(asked)
    for name, ask in asked.items():
        found = ask()
        assert found.summary().strip(), name
        assert all(isinstance(frame, pd.DataFrame) for frame in found.tables.values()), name
        written = [
            found.to_json(tmp_path / f"{name}.json"),
            found.to_excel(tmp_path / f"{name}.xlsx"),
            found.to_html(tmp_path / f"{name}.html"),
        ]
        assert all(path.stat().st_size > 500 for path in written), name
        json.loads(written[0].read_text("utf-8"))
        page = written[2].read_text("utf-8")
        assert "<h1" in page, name
        assert "nan" not in re.sub(r"<script.*?</script>|[a-z]nan|nan[a-z]", "", page), name
