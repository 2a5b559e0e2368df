"""Where the money goes: what moves, each figure rounded by itself."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.blocks import TableBlock
from placebudget.apps.screens import change
from placebudget.view.grid import Grid, Row
from placebudget.words import number


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    made = Meeting(pb.example("northvale"))
    made.recalculate({})
    made.complete()
    return made


@pytest.fixture(scope="module")
def tables(meeting: Meeting) -> dict[str, Grid]:
    """Money by purpose and by agency, today and proposed."""
    found = [block.grid for block in change.tell(meeting).blocks if isinstance(block, TableBlock)]
    return {grid.key: grid for grid in found if grid.key in ("by-purpose", "by-agency")}


def figure(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def alone(grid: Grid) -> list[Row]:
    """The rows that stand by themselves."""
    return [row for row in grid.rows if not row.total and not row.label.startswith("all others")]


@pytest.mark.parametrize(("key", "by"), [("by-purpose", "purpose"), ("by-agency", "agency")])
def test_money_and_its_change_are_those_of_the_plans_each_rounded_by_itself(
    meeting: Meeting, tables: dict[str, Grid], key: str, by: str
) -> None:
    assert meeting.answer is not None
    today, pooled = (
        meeting.answer.plans[name].money(by).set_index(by)["amount"] / 1e6
        for name in ("today", "pooled")
    )
    exact = [
        tuple(number(value, 1) for value in (today[name], pooled[name], pooled[name] - today[name]))
        for name in today.index.union(pooled.index)
    ]
    rows = alone(tables[key])
    assert rows
    assert all(row.cells in exact for row in rows)
    total = (today.sum(), pooled.sum(), pooled.sum() - today.sum())
    assert tables[key].rows[-1].cells == tuple(number(value, 1) for value in total)


def test_the_largest_change_comes_first(tables: dict[str, Grid]) -> None:
    for grid in tables.values():
        sizes = [abs(figure(row.cells[2])) for row in alone(grid)]
        assert sizes == sorted(sizes, reverse=True)


def test_only_what_truly_moves_stands_by_itself(tables: dict[str, Grid]) -> None:
    for grid in tables.values():
        rows = alone(grid)
        assert len(rows) < 2 or all(figure(row.cells[2]) for row in rows)
