"""What partners pool today stays where pools are closed: the commissioner's, for its purpose."""

from __future__ import annotations

import threading

import pandas as pd
import pytest

import placebudget as pb
from placebudget.apps.controls import read_choices
from placebudget.place import Place
from placebudget.solver import Session
from placebudget.work import Changes
from placebudget.work.controls import with_control
from placebudget.work.solving import Solving
from small import MILLION, small, spent

NHS_CARE = ("nhs", "fund", "care")


def partners(years: int = 1, nhs: object = 10, **pool: object) -> Place:
    """Council £10 million, NHS £10 million; of it £2 million pays for the council's care today
    through a fund, £8 million for hospitals. Care is worth £3 a pound up to £4 million, all
    else £1; a day centre of the council is care, too, and worth £2 up to £1 million."""
    fund = {"streams": {"nhs": {"maximum": 5 * MILLION}}, **pool}
    return small(
        {"council": {"amount": 10}, "nhs": {"amount": nhs}} if years == 1 else
        {"council": {"amount": [10] * years}, "nhs": {"amount": nhs}},
        {
            "care": {"commissioner": "council", "value": 3, "people": 4_000},
            "day_centre": {"commissioner": "council", "purpose": "care", "value": 2},
            "park": {"commissioner": "council", "people": 1e6},
            "hospital": {"commissioner": "nhs", "people": 1e6},
        },
        years=years,
        pools={"fund": fund},
        today=[
            {"service": "care", "stream": "nhs", "pool": "fund", "amount": 2 * MILLION},
            {"service": "hospital", "stream": "nhs", "amount": 7 * MILLION},
        ],
    )  # fmt: skip


def paid(plan: pb.Plan) -> dict[tuple[str, str, str], float]:
    return spent(plan, "stream", "route", "service")


@pytest.mark.parametrize("pooling", ["siloed", "aligned"])
def test_what_a_pool_pays_today_for_another_agency_stays(pooling: str) -> None:
    """The NHS keeps 8 for hospitals; 2 of care are its, 2 the council's, 1 the day centre."""
    plan = pb.optimise(partners(), pooling=pooling, prices=False)
    money = paid(plan)
    care = {key: v for key, v in money.items() if key[2] in ("care", "day_centre")}
    assert sum(v for (_, route, _), v in care.items() if route == "fund") == pytest.approx(2)
    assert sum(care.values()) == pytest.approx(5)
    assert money["nhs", "direct", "hospital"] == pytest.approx(8)
    assert money["council", "direct", "park"] == pytest.approx(7)
    assert plan.public_value() == pytest.approx((12 + 2 + 7 + 8) * MILLION)


def test_it_is_for_its_purpose_and_no_other() -> None:
    """£1 million of care is needed and £1 million of day centres worth less than nothing
    elsewhere: of £4 million that is pooled today the rest buys nothing."""
    place = partners()
    needs, today = place.needs.copy(), place.today.copy()
    needs.loc[needs["service"] == "care", "people"] = 1_000
    today.loc[today["service"] == "care", "amount"] = 3 * MILLION
    plan = pb.optimise(place.with_(needs=needs, today=today), pooling="aligned", prices=False)
    table = plan.tables["contributions"]
    assert table["gross"].tolist() == [3 * MILLION]
    assert table["unspent"].tolist() == [1 * MILLION]
    assert paid(plan)["council", "direct", "park"] == pytest.approx(10)


def test_it_is_carried_on_with_the_funding_that_pays_it() -> None:
    plan = pb.optimise(partners(years=2, nhs=[10, 15]), pooling="aligned", prices=False)
    assert plan.tables["contributions"]["gross"].tolist() == [2 * MILLION, 3 * MILLION]


def test_the_pool_takes_its_management_cost_as_it_does_today() -> None:
    plan = pb.optimise(partners(management_cost=0.2), pooling="aligned", prices=False)
    assert plan.tables["contributions"]["gross"].tolist() == [2.5 * MILLION]
    assert spent(plan)["hospital"] == pytest.approx(7.5)


def test_one_more_pound_of_a_stream_takes_along_what_follows_it() -> None:
    """Of £1 million more for the NHS 0.2 is pooled as today: care is full by then, so it buys
    a park less of the council's own 0.2; hospitals get 0.8. All is worth £1 a pound."""
    plan = pb.optimise(partners(), pooling="aligned", prices=["funding"])
    prices = plan.prices().set_index("name")
    assert prices.loc["nhs", "relaxing"] == pytest.approx(MILLION)
    more = partners(nhs=11)
    again = pb.optimise(more, pooling="aligned", prices=False)
    assert again.public_value() - plan.public_value() == pytest.approx(MILLION)


def test_a_live_session_that_closes_pools_plans_as_the_aligned_place() -> None:
    session = Session(partners(years=2, nhs=[10, 10]), pooling="pooled")
    pooled = session.value()
    session.close_pools(["fund"])
    assert session.value() == pytest.approx(
        pb.optimise(partners(years=2, nhs=[10, 10]), pooling="aligned", prices=False).public_value()
    )
    # Half the money of the second year: what is pooled of it halves, too.
    session.set_funding("nhs", "2028-29", 5 * MILLION)
    less = pb.optimise(partners(years=2, nhs=[10, 5]), pooling="aligned", prices=False)
    assert session.value() == pytest.approx(less.public_value())
    assert less.tables["contributions"]["gross"].tolist() == [2 * MILLION, 1 * MILLION]
    session.set_funding("nhs", "2028-29", 10 * MILLION)
    session.open_pools(["fund"])
    assert session.value() == pytest.approx(pooled)


def test_reach_names_the_closed_pool_for_what_it_pays_today_and_nothing_else() -> None:
    place = partners()
    assert place.reach("nhs", "care", pooling="aligned").routes == ("fund",)
    assert place.reach("nhs", "day_centre", pooling="aligned").routes == ("fund",)
    assert not place.reach("nhs", "park", pooling="aligned")


def test_sharing_starts_where_aligned_stands_and_ends_where_all_is_free() -> None:
    place = partners()
    aligned, freed = (
        pb.optimise(place, pooling=mode, prices=False).public_value()
        for mode in ("aligned", "freed")
    )
    found = pb.sharing(place)
    assert found.share().sum() == pytest.approx(freed - aligned)


def test_a_rule_about_a_closed_pool_falls_away_although_it_goes_on() -> None:
    rules = [{"rule": "r", "kind": "floor", "subject": "pool=fund", "amount": 4 * MILLION,
              "basis": "policy"}]  # fmt: skip
    place = partners().with_(rules=pd.DataFrame(rules))
    assert pb.optimise(place, pooling="aligned", prices=False).public_value() == pytest.approx(
        29 * MILLION
    )


def test_a_pool_that_is_closed_gives_one_figure_wherever_it_is_closed() -> None:
    """In the tables, by an option, at a desk, on a board, in a session. With £2 million of the
    council care has 2 and 2, worth 12, beside 8 of hospitals; open, the day centre gets 1
    of these; where contributions end, care has 2, worth 6, and hospitals 10."""
    place, closed = partners(), pb.Option("closed").close_pool("fund")
    council = place.funding["stream"] == "council"
    amount = place.funding["amount"].mask(council, 2 * MILLION)
    place = place.with_(funding=place.funding.assign(amount=amount))
    tables = place.with_(pools=place.pools.assign(open=False))
    assert place.with_option(closed) == tables
    today = pb.simulate(place)
    assert pb.simulate(tables).public_value() == today.public_value()
    assert not tables.check().errors
    assert [each.code for each in tables.check()] == [each.code for each in place.check()]
    chosen = read_choices(place, {"closed": ["fund"]}, Changes())
    at_desk = with_control(place, Changes(), "pool:fund", False)
    assert chosen == at_desk == Changes.read(at_desk.option("closed", place))
    assert at_desk.option("closed", place).changes == closed.changes
    solving = Solving(place)
    plans = [
        solving.plan(chosen, solving.values(chosen, threading.Event())),
        solving.full(chosen, prices=False),
        pb.optimise(place.with_option(at_desk.option("kept", place)), prices=False),
        pb.optimise(tables, prices=False),
        pb.optimise(place, pooling="aligned", prices=False),
    ]
    assert {round(plan.public_value(), 2) for plan in plans} == {20 * MILLION}
    session = Session(tables)
    assert session.open_pools_now == ()
    assert session.value() == pytest.approx(20 * MILLION)
    # By name a pool is open whatever the tables say; an end of contributions is another choice.
    by_name = pb.optimise(tables, pooling=["fund"], prices=False)
    assert by_name.public_value() == pytest.approx(21 * MILLION)
    ended = place.with_option(pb.Option("ended").leave_pool("fund"))
    assert pb.optimise(ended, prices=False).public_value() == pytest.approx(16 * MILLION)
