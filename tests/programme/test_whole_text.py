"""A whole programme as LP and MPS text with readable names: any solver reads the same optimum."""

from __future__ import annotations

import re
from pathlib import Path

import pulp  # noqa: F401  PuLP before HiGHS: both carry C++ runtimes that meet in this order
import pytest

from programme_text import labels
from rich_place import rich

import highspy  # isort: skip

from placebudget.programme import Programme, build, read_pooling
from placebudget.programme.linear import describe
from placebudget.solver import solve
from placebudget.solver.backend.adaptor import lp_text, mps_text, to_problem


def names(programme: Programme) -> tuple[list[str], list[str]]:
    """Labels in the letters that LP files allow; still one each."""
    rows = [
        describe(block, programme.draft.names, at)
        for block in programme.rows.values()
        for at in range(len(block))
    ]
    columns, rows = (
        [re.sub(r"[^A-Za-z0-9_]+", "_", label).strip("_") for label in part]
        for part in (labels(programme.draft), rows)
    )
    assert len(set(columns)) == len(columns)
    assert len(set(rows)) == len(rows)
    return columns, rows


@pytest.mark.parametrize(("suffix", "write"), [("lp", lp_text), ("mps", mps_text)])
def test_the_text_of_a_whole_programme_has_the_same_optimum(
    suffix: str, write: object, tmp_path: Path
) -> None:
    place = rich()
    programme = build(place, read_pooling(place, "pooled"))
    # What comes on top whatever is bought is not in the text.
    best = solve(programme, tie_break=False).objective_values[0] / 1e6
    best -= programme.objectives[0].constant
    columns, rows = names(programme)
    gain = programme.objectives[0].gain
    problem, _ = to_problem(programme.matrix, -gain, columns=columns, rows=rows)
    path = tmp_path / f"model.{suffix}"
    path.write_text(write(problem), encoding="utf-8")  # type: ignore[operator]
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    assert model.readModel(str(path)) != highspy.HighsStatus.kError
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert -model.getInfo().objective_function_value == pytest.approx(best, rel=1e-6)


def test_the_text_names_what_it_means() -> None:
    place = rich()
    programme = build(place, read_pooling(place, "pooled"))
    columns, rows = names(programme)
    problem, _ = to_problem(
        programme.matrix, -programme.objectives[0].gain, columns=columns, rows=rows
    )
    text = lp_text(problem)
    assert "floor_care_floor_2027_28:" in text
    assert "money_core_fund_care_in_south_2027_28" in text
    assert "lock_least_ward_lock_ward_2027_28:" in text
    assert "Minimize" in text
