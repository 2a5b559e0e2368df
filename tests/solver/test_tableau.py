"""Bases followed from one factorisation: the same however often it is renewed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import SolverFailed
from placebudget.programme import build, read_pooling
from placebudget.programme.build import write
from placebudget.solver import PRICED, RunLimits, limit_prices, solve
from placebudget.solver.backend.highs import LiveHighs, dense_matrix
from placebudget.solver.marginal import value_curve
from placebudget.solver.marginal import value_curve as tableau
from placebudget.solver.marginal.binding import Move
from placebudget.solver.marginal.value_curve import ValueCurve


def prices_of(name: str) -> pd.DataFrame:
    place = pb.example(name)
    programme = build(place, read_pooling(place, "pooled"))
    return limit_prices(programme, solve(programme, tie_break=False), RunLimits(), kinds=PRICED)


@cache
def usual_prices() -> pd.DataFrame:
    return prices_of("northvale")


@pytest.mark.parametrize(("exchanges", "circle"), [(1, 100), (3, 100), (40, -1)])
def test_prices_hang_neither_on_when_a_basis_is_made_afresh_nor_on_who_comes_in_first(
    exchanges: int, circle: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = usual_prices()
    monkeypatch.setattr(tableau, "_EXCHANGES", exchanges)
    monkeypatch.setattr(tableau, "_ROUND", circle)
    pd.testing.assert_frame_equal(prices_of("northvale"), usual, rtol=1e-9, atol=1e-6)


def curve() -> ValueCurve:
    """£4 a unit for two units, then £1 for three, of at most so much money; one a pound."""
    money = np.array([[1.0, 1.0]])
    matrix = dense_matrix(
        money, np.array([-np.inf]), np.array([1.0]), np.zeros(2), np.array([2.0, 3.0])
    )
    return ValueCurve(matrix, np.array([4.0, 1.0]), RunLimits())


def test_a_path_knows_its_slope_its_end_and_what_is_gained_all_along() -> None:
    """From £1: £4 a pound for one more, £1 for three more, then nothing."""
    more = curve().along(Move(rows={0: 1.0}), hair=1e-6)
    assert more.slope == pytest.approx(4.0)
    assert more.holds_for(np.inf) == pytest.approx(1.0)
    assert more.holds_for(0.25) == 0.25
    assert [more.gain(by) for by in (0.5, 1.0, 2.0, 9.0)] == pytest.approx([2.0, 4.0, 5.0, 7.0])


def test_a_path_ends_where_no_plan_is_left() -> None:
    """A pound can be taken away, and no more than that."""
    less = curve().along(Move(rows={0: -1.0}), hair=1e-6)
    assert less.slope == pytest.approx(-4.0)
    assert less.holds_for(np.inf) == pytest.approx(1.0)
    assert less.gain(1.0) == pytest.approx(-4.0)
    assert less.gain(1.1) is None


def test_bounds_that_meet_leave_no_plan() -> None:
    """The first may have at most 2 and at least 0: after two steps down these are one."""
    shut = curve().along(Move(upper={0: -1.0}), hair=1e-6)
    assert shut.holds_for(np.inf) == pytest.approx(1.0)
    assert shut.gain(2.0) == pytest.approx(-3.0)
    assert shut.gain(2.5) is None


def test_a_path_that_does_not_end_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value_curve, "_LONGEST", 1)
    with pytest.raises(SolverFailed, match="cannot be followed"):
        curve().along(Move(rows={0: 1.0}), hair=1e-6).gain(9.0)


def test_prices_are_the_same_from_where_the_plan_ended_and_from_nowhere() -> None:
    place = pb.example("northvale")
    programme = build(place, read_pooling(place, "pooled"))
    solution = solve(programme, tie_break=False)
    assert solution.start is not None
    known = limit_prices(programme, solution, RunLimits())
    afresh = limit_prices(programme, replace(solution, start=None), RunLimits())
    pd.testing.assert_frame_equal(known, afresh, rtol=1e-9, atol=1e-6)


def test_a_mark_of_another_model_is_no_start() -> None:
    place = pb.example("toy_pooling")
    programme = build(place, read_pooling(place, "pooled"))
    mark, matrix = solve(programme).start, programme.matrix
    live = LiveHighs(matrix, -programme.objectives[0].gain)
    columns, rows = np.arange(matrix.width), np.arange(matrix.height)
    assert live.start_from(mark, columns, rows)
    assert not live.start_from(mark, columns[1:], rows)
    assert not live.start_from(None, columns, rows)


@pytest.mark.parametrize("name", ["northvale", "toy_pooling"])
def test_free_money_is_added_to_what_is_known_as_if_all_were_written_afresh(name: str) -> None:
    place = pb.example(name)
    plain = build(place, read_pooling(place, "pooled"))
    added = write(plain.basis.probed(), ["public value"])
    afresh = build(place, read_pooling(place, "pooled"), probe=True)
    for one, other in zip(vars(added.matrix).values(), vars(afresh.matrix).values(), strict=True):
        assert np.array_equal(one, other)
    assert not plain.basis.classes.free.any()
