"""The best value of random small places, found a second time from the documents."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

import placebudget as pb
from placebudget.programme import build, read_pooling
from placebudget.solver import solve
from proof import ALL
from random_places import Tables, as_place, tables
from rebuilt import Rebuilt

POOLINGS = ("aligned", "pooled", "freed")


def ours(place: pb.Place, pooling: str) -> float | None:
    """The best value by the package; None where the rules cannot all hold."""
    programme = build(place, read_pooling(place, pooling))
    try:
        return solve(programme, tie_break=False).objective_values[0]
    except pb.Infeasible:
        return None


@settings(
    max_examples=50 if ALL else 10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(tables())
def test_a_model_from_the_documents_finds_the_same_value(drawn: tuple[Tables, int]) -> None:
    made, years = drawn
    place = as_place(made, years)
    found: dict[str, float | None] = {}
    for pooling in POOLINGS:
        found[pooling] = ours(place, pooling)
        expected = Rebuilt(place, pooling, "public value").best()
        if expected is None:
            assert found[pooling] is None
        else:
            assert found[pooling] == pytest.approx(expected, rel=1e-7, abs=0.01)
    aligned, freed = found["aligned"], found["freed"]
    if aligned is not None:
        # Whatever working apart reaches, freed money reaches too.
        assert freed is not None
        assert freed >= aligned - 1e-6 * abs(aligned)
    forced = made["rules"] or any(row["minimum"] for row in made["contributions"])
    pooled = found["pooled"]
    if not forced and aligned is not None and pooled is not None:
        assert pooled >= aligned - 1e-6 * abs(aligned)
