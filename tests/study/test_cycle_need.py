"""Years of commissioning where need must be met and effects turn out other than hoped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from placebudget.study import Policy, Slippage
from placebudget.study.cycle.replanning import Known
from placebudget.study.cycle.run import World, first_plan
from placebudget.view.studies import study_view
from worked_place import worked

AGAIN = Policy("aligned", replan=True)
ONCE = Policy("aligned")
NO_SLIPS = Slippage(undelivered=0.0, overrun=0.0, overrun_spread=0.0)


@pytest.mark.parametrize("years", [3, 5])
def test_where_all_goes_as_planned_the_years_come_to_what_the_plan_says(years: int) -> None:
    place = worked(appraisal_years=years, family_today=1e6)
    plan = pb.optimise(place, pooling="aligned", prices=False)
    found = pb.cycle(place, policies=[ONCE, AGAIN], runs=2, spread=0.0, slippage=NO_SLIPS)
    for policy in (ONCE, AGAIN):
        for measure in ("planned", "mean"):
            value = found.spread(policy)[measure]
            assert value == pytest.approx(plan.objective.value, abs=10.0)
            saved = found.spread(policy, "cashable saving")[measure]
            assert saved == pytest.approx(plan.savings()["cashable"].sum(), abs=10.0)
    assert (found.tables["needs"]["mean"] < 0.1).all()


def test_effects_other_than_planned_leave_need_unmet_or_capacity_empty() -> None:
    place = worked(appraisal_years=4)
    found = pb.cycle(place, policies=[ONCE], runs=12, seed=2, spread=0.4, slippage=NO_SLIPS)
    needs = found.tables["needs"].set_index(["measure", "year"])
    # Nothing is avoided in the first year: it comes out as planned.
    assert set(needs.index.get_level_values("year")) == set(place.years)
    for measure in ("need unmet", "empty capacity"):
        assert needs.loc[(measure, "2027-28"), "high"] == pytest.approx(0.0, abs=1e-3)
        assert needs.loc[(measure, "2029-30"), "high"] > 100
    assert "Need that must be met:" in str(found.summarised())


def test_a_plan_made_again_keeps_the_capacity_paid_for_so_far() -> None:
    place = worked(appraisal_years=4)
    plan = pb.optimise(place, pooling="aligned", prices=False)
    first, marks, counted = first_plan(plan, place)
    world = World(place, "aligned", "public value", first, marks, counted)
    half = np.where(world.basis.effects.service == "family", 0.5, 1.0)
    known = Known(half, np.zeros((2, 3)))
    found = world.replanner.replan(first, 1, known)
    assert found is not None
    emergency = list(world.basis.offers.name).index("emergency")
    capacity = found.capacity[emergency] * 1_000
    # With half the effect, 2,500 attendances are avoided by what was bought in the first year.
    assert capacity[0] == pytest.approx(100_000)
    assert capacity[1] == pytest.approx(97_500)
    assert capacity[2] >= 0.95 * capacity[1] - 1e-6
    # With twice the effect, capacity goes no faster than it can.
    known = Known(np.where(half < 1, 2.0, 1.0), np.zeros((2, 3)))
    found = world.replanner.replan(first, 1, known)
    assert found is not None
    assert found.capacity[emergency] * 1_000 == pytest.approx([100_000, 95_000, 90_250])


def test_a_plan_made_again_with_too_little_money_leaves_the_least_need_unmet() -> None:
    place = worked()
    found = pb.cycle(place, policies=[AGAIN], runs=4, seed=1, spread=0.0)
    runs = found.tables["runs"]
    assert (runs["replanned"] > 0).all()
    assert (runs["plan_kept"] == 0).all()
    needs = found.tables["needs"].query("measure == 'need unmet'")
    assert needs["mean"].sum() > 0


def test_services_of_one_name_are_told_apart_where_need_is_not_met() -> None:
    place = worked()
    alike = place.with_(services=place.services.assign(name="care"))
    found = pb.cycle(alike, policies=[Policy("pooled")], runs=3, spread=0.5)
    needs = found.tables["needs"].assign(mean=5.0)
    other = next(key for key in place.services["service"] if key != needs["service"].iloc[0])
    both = pd.concat([needs, needs.assign(service=other)], ignore_index=True)
    shown = study_view(replace(found, tables={**found.tables, "needs": both})).grids
    rows = next(grid for grid in shown if grid.caption.startswith("Need not met")).rows
    assert len({row.label for row in rows}) == len(rows) == 2 * needs["measure"].nunique()
