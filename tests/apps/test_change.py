"""Where the money goes: what moves, each figure rounded by itself."""

from __future__ import annotations

import pytest

from placebudget.apps import Meeting
from placebudget.apps.blocks import Block, Items, TableBlock, TextBlock
from placebudget.apps.screens import change
from placebudget.view.sheet import Grid, Row
from placebudget.words import number
from remembering import kept, light_northvale
from worked_place import worked

pytestmark = pytest.mark.xdist_group("kept")


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    made = Meeting(light_northvale(), engine=kept())
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


@pytest.fixture(scope="module")
def unserved() -> list[Block]:
    """The screen of a place in which need is not all met and agencies spend what they did."""
    meeting = Meeting(worked(nhs=(100e6, 96e6, 100e6)))
    meeting.recalculate({})
    meeting.complete()
    return list(change.tell(meeting).blocks)


def test_what_does_not_move_stands_together_and_one_alone_by_its_name(
    tables: dict[str, Grid], unserved: list[Block]
) -> None:
    for grid in tables.values():
        still = [row for row in alone(grid) if not figure(row.cells[2])]
        assert len(still) < 2
    grids = {block.grid.key: block.grid for block in unserved if isinstance(block, TableBlock)}
    assert [row.label for row in grids["by-agency"].rows] == ["all others (2)", "Total"]
    assert [row.label for row in grids["by-purpose"].rows][2:] == ["health", "Total"]
    assert not figure(grids["by-purpose"].rows[2].cells[2])


def test_who_is_not_served_is_said_before_any_figure_and_need_stands_with_people(
    unserved: list[Block],
) -> None:
    blocks = unserved
    warning = TextBlock(
        "Today: need that must be met is not all met: to meet it would cost £4 million more.",
        "warning",
    )
    assert blocks[1] == warning
    assert isinstance(blocks[2], Items)
    assert "4,000 people in need are not served in 2028-29" in blocks[2].texts[0]
    keys = [block.grid.key for block in blocks if isinstance(block, TableBlock)]
    assert keys.index("needs") == keys.index("outcomes") - 1
