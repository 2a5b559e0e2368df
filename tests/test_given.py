"""What people give where a place or a plan is needed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import placebudget as pb
from placebudget.place.io.reading import as_place
from placebudget.plan.record.reading import as_plan

EXAMPLE = "toy_pooling"
# What each needs beside its place, and so that it is quick.
MORE: dict[str, dict[str, Any]] = {
    "scenarios": {"frame": [1.0]},
    "cycle": {"policies": [pb.study.Policy("aligned")], "runs": 1},
    "fairness": {"floors": ()},
    "optimise": {"prices": False},
    "sharing": {"transfers": False},
}
# These take a key or a second plan beside it, and have tests of their own.
LEFT_OUT = {"explain", "rerun"}


def public() -> dict[str, Callable[..., Any]]:
    """Everything public that can be called, widgets included, by name."""
    names = {name: getattr(pb, name) for name in pb.__all__}
    names |= {f"widgets.{name}": getattr(pb.widgets, name) for name in pb.widgets.__all__}
    return {name: each for name, each in names.items() if inspect.isfunction(each)}


def first_is(*kinds: str) -> list[str]:
    """Names of public functions whose first argument is one of these."""
    return [
        name
        for name, each in public().items()
        if (parameters := list(inspect.signature(each).parameters.values()))
        and parameters[0].name in kinds
        and name not in LEFT_OUT
    ]


PLACES, PLANS = first_is("place", "subject"), first_is("plan", "plans")


def test_every_function_that_starts_from_a_place_or_a_plan_is_looked_at() -> None:
    assert {"optimise", "simulate", "session", "potential", "sharing", "desk"} <= set(PLACES)
    assert {"accounts", "compare", "widgets.plan_view"} <= set(PLANS)


@pytest.mark.parametrize("name", PLACES)
def test_the_name_of_an_example_stands_for_the_place(name: str) -> None:
    # Areas can be compared where there are several.
    place = "northvale" if name == "fairness" else EXAMPLE
    found = public()[name](place, **MORE.get(name, {}))
    if hasattr(found, "wait"):
        assert found.wait(60)
    assert found is not None


@pytest.mark.parametrize("name", PLACES)
def test_what_is_no_place_is_refused_in_words(name: str) -> None:
    with pytest.raises(pb.InvalidPlace, match=r"A place is needed here, .* int .*toy_pooling"):
        public()[name](2027, **MORE.get(name, {}))


@pytest.mark.parametrize("name", PLACES)
def test_a_place_that_is_not_there_is_refused_with_a_hint(name: str) -> None:
    with pytest.raises(pb.InvalidPlace, match="Did you mean northvale"):
        public()[name]("northvail", **MORE.get(name, {}))


@pytest.mark.parametrize("name", PLANS)
def test_a_place_where_a_plan_is_needed_is_refused_in_words(name: str) -> None:
    given = [pb.example(EXAMPLE)] * (2 if "compare" in name else 1)
    with pytest.raises(pb.errors.UnreadablePlan, match=r"type Place is none\..*pb\.optimise"):
        public()[name](*given)


def test_a_path_stands_for_the_place_and_for_the_plan(tmp_path: Path) -> None:
    place = pb.example(EXAMPLE)
    file = place.write(tmp_path / "mine.zip")
    assert as_place(file) == as_place(str(file)) == place
    plan = pb.simulate(file)
    written = plan.to_json(tmp_path / "today.plan.json")
    assert as_plan(written) == as_plan(str(written)) == plan
    assert pb.explain(written, "policing", place=str(file)).sentences
    assert pb.compare(written, plan, places=file).names == ("today", "today (2)")


def test_a_session_and_a_template_take_the_name_of_an_example(tmp_path: Path) -> None:
    assert pb.solver.Session(EXAMPLE).place == pb.example(EXAMPLE)
    file = pb.write_template(tmp_path / "mine.xlsx", EXAMPLE)
    assert pb.read(file) == pb.example(EXAMPLE)
    with pytest.raises(pb.InvalidPlace, match="A place is needed here"):
        pb.write_template(tmp_path / "other.xlsx", 2027)
