"""Shared services: who joins, in every way a plan is made, checked and told."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from commissioned import BOTH, COUNCILS, cheaper_apart, payrolls
from evidence import evidence_of
from placebudget.place import Place
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.verify import check_decisions
from placebudget.view import study_view


def planned(place: Place, **options: Any) -> pb.Plan:
    return pb.optimise(place, **{"pooling": "aligned", "prices": False, **options})


def joins(plan: pb.Plan) -> dict[str, list[str]]:
    """Whose offers run through what is shared, by year."""
    units = plan.tables["units"]
    mine = units[units["offer"].str.startswith("joined_") & (units["units"] > 0)]
    found = mine.groupby("year")["offer"].agg(sorted).to_dict()
    return {year: [each.removeprefix("joined_") for each in who] for year, who in found.items()}


def cost(plan: pb.Plan, years: int = 1) -> float:
    """What payroll costs all of them, in £ million."""
    return (3e7 * years - plan.objective.value) / 1e6


def test_all_join_where_that_is_cheapest() -> None:
    """£18 million alone; 1 + 2 + 3, 0.5 each to join, and 6 for what is shared: 13.5."""
    plan = planned(payrolls())
    assert joins(plan) == {"2027-28": [*COUNCILS]}
    assert cost(plan) == pytest.approx(13.5)
    alone = planned(payrolls(shared_services=None, offers=[
        each for each in payrolls().offers.to_dict("records")
        if not each["offer"].startswith(("joined", "one"))], services=[
        each for each in payrolls().services.to_dict("records")
        if each["service"] != "one_payroll"]))  # fmt: skip
    assert cost(alone) == pytest.approx(18.0)


@pytest.mark.parametrize(
    ("without", "million"),
    [("first", 2 + 3 + 1 + 6 + 4), ("second", 1 + 3 + 1 + 6 + 5), ("third", 1 + 2 + 1 + 4 + 9)],
)
def test_two_share_where_the_third_would_pay_too_much(without: str, million: float) -> None:
    """What both pay for themselves, to join, for what is shared; and the one that stays alone."""
    place = payrolls()
    offers = place.offers.copy()
    offers.loc[offers["offer"] == f"joined_{without}", "unit_cost"] = 9.9e6
    plan = planned(place.with_(offers=offers))
    assert joins(plan) == {"2027-28": [each for each in COUNCILS if each != without]}
    assert cost(plan) == pytest.approx(million)


def test_nobody_shares_without_the_least_number_of_members() -> None:
    """Four needed, three there are: told. Three needed and one too dear: all stay alone."""
    too_many = payrolls(sharing={"least_members": 4})
    assert [f.code for f in too_many.check() if f.table == "shared_services"] == ["too-few-members"]
    place = payrolls(sharing={"least_members": 3})
    offers = place.offers.copy()
    offers.loc[offers["offer"] == "joined_second", "unit_cost"] = 9.9e6
    assert joins(planned(place)) == {"2027-28": [*COUNCILS]}
    plan = planned(place.with_(offers=offers))
    assert joins(plan) == {}
    assert cost(plan) == pytest.approx(18.0)


def test_every_member_may_pay_for_what_is_shared_and_nobody_else() -> None:
    """The first has no money but for its own payroll: the others pay for what is shared."""
    place = payrolls()
    funding = place.funding.copy()
    funding.loc[funding["stream"] == "tax_first", "amount"] = 1.6e6
    poor = place.with_(funding=funding, offers=place.offers[place.offers["offer"] != "alone_first"])
    money = planned(poor).tables["money"]
    paid = money[money["service"] == "one_payroll"].groupby("stream")["amount"].sum()
    assert paid.sum() == pytest.approx(6e6)
    assert paid.get("tax_first", 0.0) <= 1e5 + 1.0
    assert place.reach("tax_third", "one_payroll", pooling="aligned")
    assert not place.reach("tax_third", "payroll_first", pooling="aligned")


def test_notice_keeps_members_and_those_of_today_stay_as_long() -> None:
    """With notice of two years whoever joins stays: all share for both years, 13.5 and 12,

    against 18 and 9 apart. Who shares today, with notice of two years, shares in both; of one,
    in one.
    """
    both, place = BOTH, cheaper_apart
    free, held = planned(place(0)), planned(place(2))
    assert joins(free) == {"2027-28": [*COUNCILS]}
    assert cost(free, 2) == pytest.approx(13.5 + 9)
    assert joins(held) == both
    assert cost(held, 2) == pytest.approx(13.5 + 12)
    assert joins(planned(place(2, today=True))) == both
    assert joins(planned(place(1, today=True))) == {"2027-28": [*COUNCILS]}


def test_leaving_is_paid_in_the_year_of_it_and_can_keep_members_in() -> None:
    """Leaving saves 12 - 9 a year: at half a million each all leave, 13.5 and 9 + 1.5.

    At 1.2 all stay, 13.5 and 12, as none is then left. The money of the plan, given to a
    simulation offer by offer, pays for it too; and to the penny what was planned is spent
    where nothing slips.
    """
    place, dear = cheaper_apart(leaving=0.5), cheaper_apart(leaving=1.2)
    plan, stays = planned(place), planned(dear)
    assert joins(plan) == {"2027-28": [*COUNCILS]}
    assert cost(plan, 2) == pytest.approx(13.5 + 10.5)
    assert joins(stays) == BOTH
    assert cost(stays, 2) == pytest.approx(13.5 + 12)
    units = plan.tables["units"].set_index(["offer", "year"])
    last = units.loc[("joined_third", "2028-29")]
    assert (last["units"], last["cost"]) == (0.0, 500_000.0)
    rows = plan.tables["units"].assign(stream=lambda t: "tax_" + t["service"].str.split("_").str[1])
    own = rows[rows["service"] != "one_payroll"].rename(columns={"cost": "amount"})
    given = own[["stream", "service", "area", "offer", "year", "amount"]]
    again = pb.simulate(place, given[given["amount"] > 0])
    assert again.run["money_without_effect"] == 0.0
    assert again.tables["units"].set_index(["offer", "year"]).loc[
        [("joined_first", "2028-29"), ("alone_first", "2028-29")], "cost"
    ].tolist() == [500_000.0, 2e6]
    kept = pb.cycle(place, policies=[pb.study.Policy("aligned")], runs=1, spread=0.0,
                    slippage=pb.study.NO_SLIPPAGE)  # fmt: skip
    spent = kept.spread(kept.policies[0], "money on services")
    assert spent["mean"] == pytest.approx(float(plan.money()["amount"].sum()), abs=0.01)
    assert cost(planned(place, pooling="siloed"), 2) == pytest.approx(18 + 9)
    assert pb.session(place, pooling="aligned").value() == pytest.approx(plan.objective.value)


def test_who_shares_today_pays_for_leaving_in_the_first_year() -> None:
    """Alone costs half in both years: 9 + 9 and 1.5 to leave, against 12 + 12."""
    place = cheaper_apart(leaving=0.5, today=True)
    alone = place.offers["offer"].str.startswith("alone")
    halved = place.offers["unit_cost"] * (1 - 0.5 * alone)
    place = place.with_(offers=place.offers.assign(unit_cost=halved, index=None))
    plan = planned(place)
    assert joins(plan) == {}
    assert cost(plan, 2) == pytest.approx(18 + 1.5)
    said = plan.explain("payroll_third", place=place).sentences
    assert said[-1] == (
        "Ending joined third costs £500,000 in 2027-28, the year in which it runs no longer."
    )
    notes = [note for node in plan_drawing(plan)["nodes"] for note in node["notes"]]
    assert "Ending joined third costs £500,000, in the year it ends." in notes
    # A cap that leaves no money for the end clashes with what the end costs.
    cap = {"rule": "cap", "kind": "cap", "subject": "service=payroll_third", "year": "2027-28"}
    cap |= {"amount": 4.6e6, "unit": "pounds", "basis": "policy"}
    shut = {"rule": "shut", "kind": "units_cap", "subject": "service=one_payroll", "amount": 0.0}
    paid = {"rule": "paid", "kind": "units_floor", "amount": 1.0}
    rules = [cap, *(cap | {"unit": "units"} | each for each in (shut, paid))]
    with pytest.raises(pb.Infeasible, match="what it costs to end joined third"):
        planned(place.with_(rules=pd.DataFrame(rules)))


def test_agencies_that_plan_apart_share_nothing_new() -> None:
    plan = planned(payrolls(), pooling="siloed")
    assert joins(plan) == {}
    assert "one_payroll" not in set(plan.tables["units"]["offer"])
    assert planned(payrolls(), pooling="freed").objective.value == pytest.approx(3e7 - 13.5e6)


def test_a_session_shares_too() -> None:
    live = pb.session(payrolls(), pooling="aligned")
    assert live.value() == pytest.approx(3e7 - 13.5e6)


def test_what_freed_money_gains_is_shared_between_those_who_share() -> None:
    """Decisions are kept while prices are read; what binds them to each other moves nothing."""
    place = payrolls()
    poor = place.with_(funding=place.funding.assign(amount=[1.6e6, 2e7, 1e7]))
    found = pb.sharing(poor)
    gain = planned(poor, pooling="freed").objective.value - planned(poor).objective.value
    assert found.table["Shapley value"].sum() == pytest.approx(gain, abs=1.0)


def test_prices_explanation_and_network_say_who_shares() -> None:
    place = payrolls()
    plan = planned(place, prices=True)
    assert plan.tables["prices"]["offers_held"].all()
    words = (
        "one payroll runs with at least 2 of joined first, joined second and joined third, "
        "and they only with it"
    )
    said = plan.explain("payroll_first", place=place).sentences
    assert said[-1].startswith(words[0].upper() + words[1:] + ": ")
    notes = [note for node in plan_drawing(plan)["nodes"] for note in node["notes"]]
    assert words[0].upper() + words[1:] + "." in notes


def test_a_clash_names_what_is_shared() -> None:
    """The first has no payroll of its own left, and the others may not join."""
    place = payrolls()
    offers = place.offers[place.offers["offer"] != "alone_first"]
    caps = [
        {"rule": f"apart_{each}", "kind": "units_cap", "subject": f"provider={each}"}
        | {"amount": 0.0, "unit": "units", "basis": "policy"}
        for each in COUNCILS[1:]
    ]
    floor = {"rule": "paid", "kind": "units_floor", "subject": "service=payroll_first"}
    caps.append(caps[0] | floor | {"amount": 1.0})
    named = [
        offer.removeprefix("joined_") if offer.startswith("joined_") else "other"
        for offer in offers["offer"]
    ]
    with pytest.raises(pb.Infeasible) as clash:
        planned(place.with_(offers=offers.assign(provider=named), rules=pd.DataFrame(caps)))
    assert "one payroll runs with at least 2 of joined first" in str(clash.value)


@pytest.mark.parametrize(
    ("units", "says"),
    [
        ({"one_payroll": 6, "joined_first": 1, "joined_second": 1, "joined_third": 1}, []),
        ({"one_payroll": 4, "joined_first": 1, "joined_second": 1}, []),
        ({"joined_first": 1, "joined_second": 1}, ["take 4.00 units"]),
        ({"one_payroll": 4, "joined_first": 1, "joined_third": 1}, ["take 6.00 units"]),
        ({"one_payroll": 4, "joined_first": 1}, ["joined first do"]),
        ({}, []),
    ],
)
def test_a_plan_that_does_not_share_as_it_must_is_found_out(
    units: dict[str, float], says: list[str]
) -> None:
    problems = check_decisions(*evidence_of(payrolls(), units), 1e-9)
    assert len(problems) == len(says)
    assert all(words in problem for words, problem in zip(says, problems, strict=True))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"offer": "one_payroll"}, "shared-with-itself"),
        ({"offer": "grants_first"}, "member-without-lot"),
        ({"least_members": 3}, "shared-in-two-ways"),
    ],
)
def test_what_cannot_be_shared_is_told_at_its_row(change: dict[str, Any], code: str) -> None:
    place = payrolls()
    rows = place.shared_services.assign(least_members=2)
    for column, value in change.items():
        rows.loc[2, column] = value
    found = place.with_(shared_services=rows).check()
    assert [(f.code, f.row) for f in found if f.table == "shared_services"] == [(code, 4)]


def test_the_cost_is_split_by_what_each_adds_on_average() -> None:
    """£13.5 million: 2.667, 3.667 and 7.167, and no two would do better by themselves.

    Of two groups the first two pay 8, the first and the third 11, the last two 12.
    """
    found = pb.study.joining(payrolls())
    cost = found.tables["coalitions"].set_index("coalition")["cost"] / 1e6
    assert cost.tolist() == pytest.approx([4, 5, 8, 9, 11, 12, 13.5])
    assert (found.table["alone"] / 1e6).tolist() == pytest.approx([4, 5, 9])
    assert (found.table["Shapley value"] / 1e6).tolist() == pytest.approx([8 / 3, 11 / 3, 43 / 6])
    assert (found.table["nucleolus"] / 1e6).tolist() == pytest.approx([2.75, 3.75, 7])
    assert found.tables["ways"]["in_core"].all()
    assert found.finding() == (
        "In the model, at least cost First Council, Second Council and Third Council join one "
        "payroll, which saves £4.5 million, 25% of the £18 million that all pay apart"
    )
    assert "First Council: £2,666,667 by what each adds on average, £2,750,000" in found.summary()


def test_what_a_member_pays_is_told_apart_for_its_own_part_and_towards_what_is_shared() -> None:
    """Own parts 1, 2 and 3 and half to join each; the shared 4 and 2 more for the third's."""
    found = pb.study.joining(payrolls())
    paid = found.tables["payments"].set_index("agency")[["own", "towards", "pays"]] / 1e6
    assert paid["own"].tolist() == pytest.approx([1.5, 2.5, 3.5])
    assert paid["towards"].tolist() == pytest.approx([8 / 3 - 1.5, 11 / 3 - 2.5, 43 / 6 - 3.5])
    assert paid["towards"].sum() == pytest.approx(6)
    shown = {grid.caption.split(",")[0]: grid for grid in study_view(found).grids}
    assert shown["Of that"].rows[0].cells == ("£1,166,667",)


def test_who_pays_what_is_told_year_by_year_with_joining_and_leaving() -> None:
    """All share in the first year, 13.5 for 18, and leave in the second: 9 and 1.5 for 9.

    Each year's saving is shared as all of it is, so that what they pay adds up to the cost.
    """
    found = pb.study.joining(cheaper_apart(leaving=0.5), "one_payroll")
    years = found.tables["years"]
    assert (years["shared"] / 1e6).tolist() == pytest.approx([13.5, 10.5])
    assert (years["saved_so_far"] / 1e6).tolist() == pytest.approx([4.5, 3])
    pays = found.tables["payments"].groupby("year")["pays"].sum() / 1e6
    assert pays.tolist() == pytest.approx([13.5, 10.5])
    said = found.summary()
    assert "Sharing costs £1.5 million more than staying apart in 2028-29." in said
    assert "From 2028-29 on nobody is in." in said
    grids = {grid.caption.split(",")[0]: grid for grid in study_view(found).grids}
    assert grids["Year by year"].rows[1].cells == (
        *("nobody", "£9 million", "£10.5 million", "−£1.5 million", "£3 million"),
    )


def test_who_has_no_offer_of_its_own_or_shares_with_nobody_is_told() -> None:
    place = payrolls()
    offers = place.offers[place.offers["offer"] != "alone_first"]
    with pytest.raises(pb.PlaceBudgetError, match="payroll first has no offer but through one pay"):
        pb.study.joining(place.with_(offers=offers))
    one = place.services.assign(commissioner="first")
    with pytest.raises(pb.PlaceBudgetError, match="one agency alone runs one payroll"):
        pb.study.joining(place.with_(services=one))
    with pytest.raises(pb.WrongArgument, match="one_payroll"):
        pb.study.joining(place, "two_payrolls")


def test_in_notice_what_is_shared_is_in_what_members_pay_alone() -> None:
    """Who shares today cannot be out in the first year: what all pay then is what they cost."""
    found = pb.study.joining(cheaper_apart(notice=1, today=True))
    paid = found.tables["payments"].groupby("year")[["alone", "own", "towards", "pays"]].sum()
    years = found.tables["years"].set_index("year")
    assert paid["alone"].tolist() == pytest.approx(years["alone"].tolist())
    assert paid["pays"].tolist() == pytest.approx(years["shared"].tolist())
    assert paid["own"].add(paid["towards"]).tolist() == pytest.approx(paid["pays"].tolist())
    assert paid["towards"].iloc[0] == pytest.approx(6e6)
