"""What a plan means for a household, by hand."""

import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.view import study_view
from planned import optimised, potential
from shared_place import shared


def toy(households: int = 100_000) -> pb.study.Household:
    """A toy of £100 million for so many households."""
    plan = optimised("toy_pooling", prices=False)
    return pb.study.household(pb.example("toy_pooling"), plan, households=households)


def test_a_hundred_million_are_a_thousand_pounds_for_each_of_a_hundred_thousand() -> None:
    found = toy()
    assert found.table["planned"].sum() == pytest.approx(1_000)
    assert found.table["today"].sum() == pytest.approx(900)
    assert found.table["change"].sum() == pytest.approx(100)
    held = found.tables["accounts"].set_index("who")["amount"].to_dict()
    assert held == pytest.approx({"council": 300, "parliament": 700})
    assert "£1,000 a year is spent for each household on average" in found.finding()
    assert "£700 voted by Parliament: answered for to Parliament" in found.summary()
    assert found.tables["outcomes"]["change"].tolist() == pytest.approx([15])


def test_any_answer_with_plans_is_told_a_household_beside_another_plan() -> None:
    """Aligned against today's £900; and each answer that holds two plans, the last by the first."""
    place, here = pb.example("toy_pooling"), {"households": 100_000}
    plan, aligned = (optimised("toy_pooling", prices=False, pooling=each) for each in
                     ("pooled", "aligned"))  # fmt: skip
    found = pb.study.household(place, plan, beside=aligned, **here)
    spent = [each.money("service")["amount"].sum() / 100_000 for each in (aligned, plan)]
    assert [found.table[name].sum() for name in ("beside", "planned")] == pytest.approx(spent)
    assert (found.planned, found.beside) == ("pooled", "aligned")
    assert "does not go in “aligned”" in found.finding()
    assert "than in “aligned”" in found.summary() or "in “aligned”)" in found.summary()
    assert study_view(found).grids[0].columns[1] == "beside"
    compared = pb.study.household(place, pb.compare(aligned, plan), **here)
    assert compared.table.equals(found.table)
    cheaper = pb.Option("cheaper").scale("offers", 0.9, "unit_cost")
    tried = pb.sector.Proposal(cheaper, "Others pay less.").try_on(place)
    assert pb.study.household(place, tried, **here).beside == "without"
    picked = pb.study.frontier(place, aims=["public value", "money spent"])
    ends = pb.study.household(place, picked.picked(2), beside=plan, **here)
    assert ends.planned.endswith("(point 2)")
    named = pb.study.household(place, potential("toy_pooling"), beside="aligned", **here)
    assert named.beside == "aligned"
    for wrong, said in (
        ({"plan": potential("toy_pooling"), "beside": "no such"}, "beside is one of"),
        ({"plan": plan, "beside": "aligned"}, "beside is a plan"),
        ({"plan": pb.sector.peer_support()}, "holds two plans"),
    ):
        with pytest.raises(WrongArgument, match=said):
            pb.study.household(place, **{**here, **wrong})


def test_several_years_are_one_on_average_and_both_accounts_are_all_the_money_of_services() -> None:
    place = shared()
    plan = pb.optimise(place, prices=False)
    found = pb.study.household(place, plan, households=1_000)
    spent = plan.money("service")["amount"].sum() / len(place.years) / 1_000
    assert found.table["planned"].sum() == pytest.approx(spent)
    assert found.tables["accounts"]["amount"].sum() == pytest.approx(spent)


def test_households_are_told_from_people_where_nobody_says_and_that_is_noted() -> None:
    place = pb.example("northvale")
    found = pb.study.household(place, pb.simulate(place))
    assert found.households == round(110_000 / 2.4)
    assert "at 2.4 a household" in found.notes[0]
    assert "No service gets as much as £1 a year more or less" in found.summary()


def test_a_place_of_which_nobody_knows_how_many_live_there_is_told_so() -> None:
    with pytest.raises(CannotAnswer, match="how many people live there"):
        toy(households=0)


def test_where_several_raise_money_it_is_said_that_no_household_pays_it_all() -> None:
    said = "what a council raises is paid in its own area alone"
    place = pb.example("northvale")
    northvale = pb.study.household(place, pb.simulate(place), households=30_000)
    raising = {row.who for row in northvale.tables["accounts"].itertuples()}
    assert len(raising) > 2  # two that raise, and Parliament
    assert said in northvale.summary()
    assert said not in toy().summary()
