"""Where the money goes: what the tables print can be checked by whoever reads them."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.blocks import Table
from placebudget.apps.screens import change
from placebudget.view.grid import Grid


@pytest.fixture(scope="module")
def tables() -> list[Grid]:
    """Money by purpose and by agency, today and proposed."""
    meeting = Meeting(pb.example("northvale"))
    meeting.recalculate({})
    meeting.complete()
    told = change.tell(meeting)
    found = [block.grid for block in told.blocks if isinstance(block, Table)]
    return [grid for grid in found if grid.key in ("by-purpose", "by-agency")]


def tenths(text: str) -> int:
    """A printed figure in tenths, so that sums are exact."""
    return int(text.replace(",", "").replace("−", "-").replace(".", ""))


def test_a_change_is_the_difference_of_the_figures_beside_it(tables: list[Grid]) -> None:
    assert [grid.key for grid in tables] == ["by-purpose", "by-agency"]
    for grid in tables:
        for row in grid.rows:
            today, proposed, moved = map(tenths, row.cells)
            assert moved == proposed - today, (grid.key, row)


def test_all_of_it_adds_up_and_the_largest_change_comes_first(tables: list[Grid]) -> None:
    for grid in tables:
        *parts, total = [tuple(map(tenths, row.cells)) for row in grid.rows]
        assert tuple(map(sum, zip(*parts, strict=True))) == total
        sizes = [abs(part[2]) for part in parts]
        assert sizes == sorted(sizes, reverse=True)


def test_only_what_truly_moves_stands_by_itself(tables: list[Grid]) -> None:
    for grid in tables:
        alone = [row for row in grid.rows if not row.total and not row.label.startswith("all oth")]
        assert len(alone) < 2 or all(tenths(row.cells[2]) for row in alone)
