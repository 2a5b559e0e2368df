"""Loans as decisions, worked by hand: what is borrowed, what it costs, and what is left."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.evidence import read_solution
from placebudget.plan.verify import check_loans
from placebudget.programme import Basis, build, read_pooling
from placebudget.solver import solve
from placebudget.view.tables import public_value
from small import small, spent

Row = dict[str, Any]


def planned(place: Place, **options: Any) -> pb.Plan:
    return pb.optimise(place, **{"pooling": "aligned", "prices": False, **options})


def lent(**columns: Any) -> list[Row]:
    loan = {"loan": "road", "stream": "road_money", "borne_by": "rates", "first_year": "2027-28"}
    loan |= {"most": 10e6, "rate": 0.05, "years": 25, "half_yearly": False}
    return [{**loan, **columns}]


def built(
    value: float = 1.5, offer: Row | None = None, discount: float = 0.0, **columns: Any
) -> Place:
    """A road of £20 million: £8 million of grant, £4 million of developers, the rest a loan.

    It brings £600,000 a year, which bears the loan and keeps the road up.
    """
    once = [0, 0, 0, 0]
    capital = {"agency": "council", "kind": "capital"}
    lot = {"smallest_lot": 1.0, "capacity": 1.0} if offer is None else offer
    return small(
        {
            "rates": {"agency": "council", "amount": 0.6, "fence": ["upkeep"]},
            "grant": {**capital, "amount": [8, *once], "raised": "national"},
            "developers": {**capital, "amount": [4, *once]},
            "road_money": {**capital, "amount": 0},
        },
        {"road": {"cost": 20e6, "value": value, "kind": "capital", "people": 2, "offer": lot},
         "upkeep": {"value": 0.0}},
        years=5, settings={"discount": discount}, loans=lent(**columns),
    )  # fmt: skip


def taken(plan: pb.Plan) -> dict[str, float]:
    """What is borrowed of each loan, in £ million."""
    return {loan: row["pounds"] / 1e6 for loan, row in plan.run["borrowed"].items()}


@cache
def road() -> pb.Plan:
    return planned(built(), prices=True)


def left(years: int, rate: float = 0.05, over: int = 25) -> float:
    """What of a pound is not provided for after some payments of an annuity."""
    return ((1 + rate) ** over - (1 + rate) ** years) / ((1 + rate) ** over - 1)


def test_sources_equal_uses_and_income_covers_what_revenue_bears() -> None:
    """20 = 8 grant + 4 developers + 8 loan; 0.6 covers 0.567620 a year 1.057 times."""
    plan = road()
    assert taken(plan) == pytest.approx({"road": 8.0})
    assert sum(spent(plan).values()) == 20
    held = plan.tables["balances"].set_index(["stream", "year"])["funding"]
    assert held["road_money"].tolist() == [8e6, 0, 0, 0, 0]
    assert held["rates"].tolist() == pytest.approx([6e5, *[6e5 - 567_619.66] * 4], abs=0.02)
    assert round(0.6 / (0.6 - held["rates"].iloc[-1] / 1e6), 3) == 1.057
    balances = plan.tables["balances"]
    uses = balances[["direct", "contributed", "carried_out", "idle"]].sum(axis=1)
    sources = balances[["funding", "carried_in"]].sum(axis=1)
    assert uses.tolist() == pytest.approx(sources.tolist())
    # A road worth 30, less what of 8 is still owed after four payments.
    assert plan.objective.value == pytest.approx(30e6 - 8e6 * left(4), abs=0.1)


def test_a_plan_costs_what_the_study_of_a_loan_says_to_the_penny() -> None:
    """£1 million at 5 % over 25 years costs £70,952.46 a year."""
    plan = planned(built(offer={}, most=1e6))
    held = plan.tables["balances"].set_index(["stream", "year"])["funding"]["rates"]
    assert (6e5 - held).tolist() == pytest.approx([0, *[70_952.46] * 4], abs=0.001)
    for kind in ("annuity", "eip", "maturity"):
        study = pb.study.loan(1e6, rate=0.05, years=25, kind=kind)
        made = planned(built(offer={}, most=1e6, kind=kind, half_yearly=True))
        held = made.tables["balances"].set_index(["stream", "year"])["funding"]["rates"]
        borne = study.table["revenue"].iloc[:4].tolist()
        assert (6e5 - held).tolist() == pytest.approx([0, *borne], abs=0.02)


def test_no_more_is_borrowed_than_income_carries() -> None:
    """0.6 a year at 5 % over 25 years carries 8.4564."""
    plan = planned(built(offer={}))
    assert round(taken(plan)["road"], 4) == 8.4564
    assert plan.tables["balances"].set_index(["stream", "year"])["idle"]["rates"].iloc[-1] < 0.02


@pytest.mark.parametrize("first", ["2027-28", "2031-32"])
def test_nothing_is_borrowed_at_the_end_only_because_nobody_counts_it(first: str) -> None:
    """Of a pound owed after the last year a pound is taken off; more where it is said to be more.

    A pound of road is worth 90 pence: in the last year it is not borrowed. Worth £1.10 it is, and
    the tenth is gained; not where a later pound is worth £1.20. In the first year interest is borne
    by money that can pay for nothing else.
    """
    whole = {"offer": {}, "most": 8e6, "first_year": first}
    owed = 1.0 if first == "2031-32" else left(4)
    for value, later in ((0.9, 1.0), (1.1, 1.0), (1.1, 1.2)):
        plan = planned(built(value, later_pound=later, **whole))
        gain = value - owed * later
        assert taken(plan).get("road", 0.0) == pytest.approx(8 * (gain > 0))
        assert plan.objective.value == pytest.approx(12e6 * value + 8e6 * max(gain, 0.0), abs=0.1)


def test_what_is_owed_is_discounted_and_made_real_as_the_plan_does() -> None:
    """After four years at 3.5 % with prices 2 % up a year."""
    place = built(offer={"smallest_lot": 1.0, "capacity": 1.0, "index": None}, discount=0.035)
    plan = planned(place.with_(inflation=place.inflation.assign(rate=0.02)))
    owed = 8e6 * left(4) / (1.035 * 1.02) ** 4
    assert plan.objective.value == pytest.approx(30e6 - owed, abs=0.1)


def test_a_loan_of_nothing_is_no_loan() -> None:
    """Without it, and with a limit of 0, the road is not built."""
    for place in (built(most=0), built().with_(loans=built().loans.iloc[:0])):
        plan = planned(place)
        assert "borrowed" not in plan.run
        assert plan.objective.value == 0


def test_it_is_the_same_in_every_way_a_plan_is_made() -> None:
    place, worth = built(), road().objective.value
    for pooling in ("siloed", "pooled"):
        assert planned(place, pooling=pooling).objective.value == pytest.approx(worth)
    # Where ring-fences end, £600,000 of the first year need not be borrowed.
    freed = planned(place, pooling="freed")
    assert freed.objective.value == pytest.approx(30e6 - 7.4e6 * left(4), abs=0.1)
    assert pb.session(place, pooling="aligned").value() == pytest.approx(worth)
    again = pb.simulate(place, road().money(["stream", "service", "year"]))
    assert again.objective.value == pytest.approx(worth)
    assert taken(again) == pytest.approx({"road": 8.0})
    assert pb.simulate(place).objective.value == 0
    for objective in ("net public value", "fiscal saving", "cashable saving"):
        planned(place, objective=objective)
        planned(place, objective=objective, pooling="siloed")


@cache
def two() -> Place:
    """A county and a district that may each borrow £2 million in the last year, at £1 million.

    A pound of the county's is worth £1.50, one of the district's 90 pence.
    """
    streams = {
        f"{who}_{kind}": {"agency": who, "amount": amount, "kind": kind}
        for who in ("county", "district")
        for kind, amount in (("revenue", 1.0), ("capital", 0.0))
    }
    loans = [
        row
        for who in ("county", "district")
        for row in lent(
            loan=who, stream=f"{who}_capital", borne_by=f"{who}_revenue", first_year="2028-29",
            most=2e6,
        )
    ]  # fmt: skip
    services = {
        who: {"commissioner": who, "kind": "capital", "value": value, "people": 90_000}
        for who, value in (("county", 1.5), ("district", 0.9))
    }
    return small(streams, services, years=2, settings={"discount": 0.0}, loans=loans)


def test_each_agency_borrows_for_itself_and_bears_its_own() -> None:
    for pooling in ("aligned", "siloed"):
        plan = planned(two(), pooling=pooling)
        assert set(taken(plan)) == {"county"}
        assert plan.objective.value == pytest.approx(2 * 1.5e6 + 2 * 0.9e6 + 1e6)
    # With everybody's money in one, the district's loan pays for what the county's does.
    assert set(taken(planned(two(), pooling="freed"))) == {"county", "district"}


def test_the_value_of_a_plan_is_less_by_what_is_owed_wherever_it_is_told() -> None:
    """Freed brings 4 x 1.5 and half a pound on each of 4 borrowed: 8; aligned 5.8; today nothing.

    The game between county and district has the 2.2 between them.
    """
    found = pb.potential(two())
    values = {name: plan.public_value() for name, plan in found.plans.items()}
    assert values == pytest.approx(
        {"today": 0, "siloed": 5.8e6, "aligned": 5.8e6, "pooled": 5.8e6, "freed": 8e6}
    )
    assert [plan.objective.value for plan in found.plans.values()] == pytest.approx(
        [*values.values()]
    )
    owed = found.tables["plans"].query("measure == 'owed after the last year of money'")
    assert owed.set_index("plan")["value"].to_dict() == pytest.approx(
        {"siloed": -2e6, "aligned": -2e6, "pooled": -2e6, "freed": -4e6}
    )
    sheet = public_value(found.plans)
    assert sheet.whole().loc["Public value", "freed"] == pytest.approx(8.0)
    assert "Owed after the last year of money" in sheet.figures.index
    for objective in ("public value", "net public value", "fiscal saving", "cashable saving"):
        # It refuses itself where gains of partners do not add up to that of the game.
        assert pb.sharing(two(), objective=objective).summary()
    hangs = pb.rests_on(found.plans["freed"], found.plans["aligned"], most=0)
    assert "£2.2 million" in hangs.summary()


def test_a_successor_bears_what_an_agency_borrowed_that_ends() -> None:
    """£2 million of the county's in 2027-28; the new council bears £141,904.91 in 2028-29."""
    place = two()
    new = pd.DataFrame([{"agency": "new", "sector": "council", "area": "all"}])
    ends = [
        {"agency": who, "successor": "new", "year": "2028-29"} for who in ("county", "district")
    ]
    place = place.with_(
        areas=pd.DataFrame([{"area": "all"}, *({"area": a, "parent": "all"} for a in "ns")]),
        agencies=pd.concat([place.agencies.assign(area=["n", "s"]), new]),
        offers=place.offers.assign(area=["n", "s"]), needs=place.needs.assign(area=["n", "s"]),
        loans=place.loans.assign(first_year="2027-28"), successions=pd.DataFrame(ends),
    )  # fmt: skip
    plan = planned(place)
    assert taken(plan) == {"county": 2.0}
    held = plan.tables["balances"].set_index(["stream", "year"])["funding"]
    assert held["county_revenue_new", "2028-29"] == pytest.approx(1e6 - 141_904.91, abs=0.02)
    assert "what it brings covers that 7.05 times" in plan.summary()
    drawn = plan_drawing(plan)
    ids = [node["id"] for node in drawn["nodes"]]
    repaid = {
        ids[link["source"]]: link["pence"]["proposed"][1]
        for link in drawn["links"]
        if ids[link["target"]] == "extra:loans"
    }
    assert repaid == {"stream:county_revenue_new": 14_190_491}


def test_a_loan_that_is_not_what_it_should_be_fails_the_checks() -> None:
    basis = Basis(built(), read_pooling(built(), "aligned"))
    programme = build(built(), basis.pooling)
    evidence = read_solution(programme, solve(programme), {})
    assert check_loans(basis, evidence) == []
    more = replace(evidence, borrowed={"road": 11e6})
    said = " ".join(check_loans(basis, more))
    assert "£11,000,000.00 is borrowed of £10,000,000.00" in said
    assert "with its loans it would be" in said


def test_the_limit_of_a_loan_is_named_among_what_stands_against_a_rule() -> None:
    rule = {"rule": "build", "kind": "floor", "subject": "service=road", "amount": 20e6}
    place = built(most=5e6, offer={})
    place = place.with_(rules=pd.DataFrame([rule | {"basis": "policy", "year": "2027-28"}]))
    with pytest.raises(pb.Infeasible, match="the most that can be borrowed of road in 2027-28"):
        planned(place)


def test_what_would_be_owed_and_is_not_counted_is_not_borrowed_for() -> None:
    place = built()
    for objective in ("weighted outcomes", "worst-off area"):
        with pytest.raises(CannotAnswer, match="road would still be owed after 2031-32"):
            planned(place, objective=objective)
    session = pb.session(place, pooling="aligned")
    with pytest.raises(CannotAnswer, match="borrowed for nothing"):
        session.set_objective("weighted outcomes")
    # One that is repaid by then is borrowed for any objective.
    assert planned(built(years=4, most=1e6), objective="weighted outcomes").status == "optimal"


def test_an_option_sets_the_limit_or_the_rate() -> None:
    place = built(offer={})
    for column, value, carries in (("most", 3e6, 3.0), ("rate", 0.06, 7.67)):
        option = pb.Option("otherwise").set("loans", column, value, loan="road")
        assert round(taken(planned(place, option=option))["road"], 2) == carries


def test_summary_explanation_prices_drawing_and_findings_tell_of_it() -> None:
    plan = road()
    words = (
        "road: up to £10 million in 2027-28 into road money, at 5% over 25 years, borne by rates; "
        "the plan borrows £8 million, for which rates bears £568,000 a year at most until 2052-53 "
        "(what it brings covers that 1.06 times); £7.3 million is left to years after 2031-32 and "
        "takes £7.3 million off what the plan is worth"
    )
    assert words in plan.summary()
    assert any(words[1:] in said for said in plan.explain("road").sentences)
    assert "loan" not in set(plan.tables["prices"]["kind"])
    (found,) = plan.findings().of("loan-taken").records()
    figures = {"borrowed": 8e6, "a_year": 567_619.66, "left": 7_277_538.32}
    figures |= {"counted": 7_277_538.32, "cover": 0.6e6 / 567_619.66}
    assert found["figures"] == pytest.approx(figures)
    assert found["years"] == ["2027-28", "2052-53"]
    drawn = plan_drawing(plan)
    names = [node["name"] for node in drawn["nodes"]]
    flows = {
        (names[link["source"]], names[link["target"]]): link["pence"]["proposed"]
        for link in drawn["links"]
        if link["kind"] == "loan"
    }
    assert flows["Borrowed", "road_money"][0] == 8e8
    assert flows["rates", "Interest and provision for loans"][1] == pytest.approx(56_761_966, abs=2)


def test_one_more_pound_of_a_loan_has_a_price_where_the_limit_binds() -> None:
    """Of a road worth £1.50 a pound £1 million more brings 1.5 less what is left of it."""
    plan = planned(built(offer={}, most=3e6), prices=True)
    price = plan.tables["prices"].set_index("kind").loc["loan"]
    assert price["relaxing"] == pytest.approx(1e6 * (1.5 - left(4)), abs=1)
    assert price["sentence"].startswith(
        "Relaxing the most that can be borrowed of road in 2027-28 by £1 million would gain £59"
    )


def test_the_gap_has_what_is_borrowed_and_borne() -> None:
    found = pb.outlook(built(), plans=[road()])
    rows = found.tables["plans"]
    assert rows["borrowed"].tolist() == pytest.approx([8e6, *[-567_619.66] * 4], abs=0.02)
    parts = rows.drop(columns=["plan", "year", "gap"]).sum(axis=1)
    assert parts.tolist() == pytest.approx(rows["gap"].tolist(), abs=0.05)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("stream", "rates", "loan-into-revenue"),
        ("borne_by", "grant", "loan-borne-by-capital"),
        ("borne_by", "rates", "loan-borne-by-grant"),
        ("borne_by", "theirs", "loan-of-two"),
        ("first_year", "2036-37", "year-outside"),
        ("rate", 5.0, "outside-range"),
        ("kind", "bullet", "unknown-word"),
    ],
)
def test_loans_that_cannot_be_meant_are_told(column: str, value: object, code: str) -> None:
    place = built()
    other = {"stream": "theirs", "agency": "nhs", "raised": "national"}
    streams = pd.concat([place.streams, pd.DataFrame([other])])
    agencies = pd.concat([place.agencies, pd.DataFrame([{"agency": "nhs", "sector": "nhs"}])])
    loans = place.loans.astype({column: object}).assign(**{column: value})
    codes = [
        each.code for each in place.with_(streams=streams, agencies=agencies, loans=loans).check()
    ]
    assert code in codes, codes


# --- gateways ------------------------------------------------------------------------------


def staged(passed: bool = True, year: str = "2028-29", released: float = 0.0) -> Place:
    """£1 million of capital a year; a second stage, worth twice the first, has to be reviewed."""
    offer = {"smallest_lot": 0.0, "capacity": 1_000.0}
    place = small(
        {"capital": {"agency": "council", "amount": 1.0, "kind": "capital"}},
        {
            "first": {"kind": "capital", "people": 5_000},
            "second": {"kind": "capital", "people": 5_000, "value": 2.0, "offer": offer},
        },
        years=3, settings={"discount": 0.0},
    )  # fmt: skip
    gate = {"gateway": "full_case", "offer": "second", "year": year}
    gate |= {"passed": passed, "released": released}
    return place.with_(gateways=pd.DataFrame([gate]))


def test_a_later_stage_is_to_be_had_only_after_its_gateway_and_only_where_it_was_passed() -> None:
    """Passed in the second year: 1 + 2 + 2. Not passed: 3. A tenth of 1,000 is released: 3.2."""
    for gate, worth in (({}, 5.0), ({"passed": False}, 3.0),
                        ({"passed": False, "released": 0.1}, 3.2)):  # fmt: skip
        plan = planned(staged(**gate))
        assert plan.objective.value == pytest.approx(1e6 * worth)
        assert spent(plan, "service", "year").get(("second", "2027-28"), 0.0) == 0
        assert planned(staged(**gate), pooling="siloed").objective.value == plan.objective.value
    # Reviewed in the first year it is there at once.
    assert planned(staged(year="2027-28")).objective.value == pytest.approx(6e6)


def test_what_a_gateway_stops_is_told() -> None:
    plan = planned(staged(passed=False, released=0.1))
    said = "full case is not passed in 2028-29, so that no more than 10% of second can be bought"
    assert said[1:] in plan.summary()
    (found,) = plan.findings().of("gateway-not-passed").sentences
    assert found == f"Second: {said}."
    assert any(said[1:] in each for each in plan.explain("second").sentences)
    notes = " ".join(note for node in plan_drawing(plan)["nodes"] for note in node["notes"])
    assert said[1:] in notes
    assert "full case" not in planned(staged()).summary()


def test_a_year_on_a_loan_whose_year_is_over_is_to_do_and_a_gateway_not_passed_stays_shut() -> None:
    place = staged(passed=False, year="2027-28")
    open_ = {"gateway": "outline", "offer": "second", "year": "2027-28", "passed": None}
    streams = pd.concat([place.streams, built().streams.query("stream == 'rates'")])
    place = place.with_(
        gateways=pd.concat([place.gateways, pd.DataFrame([open_])]),
        streams=streams, loans=pd.DataFrame(lent(stream="capital")),
    )  # fmt: skip
    found = pb.study.roll_forward(place)
    assert found.place.gateways[["gateway", "year"]].to_numpy().tolist() == [
        ["full_case", "2028-29"]
    ]
    assert found.place.loans.empty
    assert "take what it costs off who bears it" in found.summary() + str(found.tables)


def test_a_share_of_no_capacity_cannot_be_released() -> None:
    place = staged(passed=False, released=0.1)
    place = place.with_(offers=place.offers.assign(capacity=None))
    assert "released-without-capacity" in [each.code for each in place.check().errors]


def test_northvale_borrows_nothing_for_adaptations_and_says_what_they_are_worth() -> None:
    """The next pound of adaptations is worth 27 pence there; a pound owed takes off a pound."""
    lent_there = pb.Option("adaptations on credit").add(
        "loans", loan="adaptations", stream="district_receipts", borne_by="district_council_tax",
        first_year="2026-27", most=500_000, rate=0.05, years=15,
    )  # fmt: skip
    plan = planned(pb.example("northvale"), pooling="pooled", option=lent_there)
    assert plan.summary().endswith("the plan borrows nothing of it")
    said = " ".join(plan.explain("home_adaptations").sentences)
    assert "would be worth £0.27 a pound there" in said
    assert "the plan borrows nothing of it" in said
