"""A desk in a place in which need must be met."""

from __future__ import annotations

import placebudget as pb
from placebudget.work.desk import reached
from worked_place import worked


def test_a_desk_says_need_first_where_a_change_leaves_other_need_unmet() -> None:
    place = worked(nhs=(90e6,) * 3)
    aligned, freed = (
        pb.optimise(place, pooling=name, prices=False) for name in ("aligned", "freed")
    )
    told = (
        "£10 million more of the need that must be met is met, and 10,000 more in need are served"
    )
    assert reached(freed, aligned).endswith(f"Against the last plan {told}.")
    assert reached(freed, freed).endswith("That is the same as in the last plan.")
