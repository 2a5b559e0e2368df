"""The first page of the report: what is read aloud before anything is decided."""

from __future__ import annotations

import itertools
import re
from functools import cache
from threading import Event
from types import SimpleNamespace

import pandas as pd
import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.screens import SCREENS, shown
from placebudget.apps.screens.together import headline
from placebudget.errors import Stopped
from placebudget.place import Place
from placebudget.place.subjects import led_by_need
from placebudget.plan.findings.words import KINDS
from placebudget.plan.need import AGAIN, LEAVES, cash, used_again
from placebudget.plan.resting import EFFECT, NEED, Kept, Shifted, figures_of
from placebudget.study import TITLES, Potential
from placebudget.view.asks import LEAST, _back, _ups_and_downs, all_together, asks, changes, payers
from placebudget.view.charts import savings_by_agency_and_year
from placebudget.view.front import (
    DOUBTFUL,
    NOT_SERVED,
    WORSE,
    Part,
    _changes,
    _reason,
    _unguarded,
    against_standstill,
    below,
    front,
    less_money,
    stands_on,
    waterfall,
)
from placebudget.view.html import report
from placebudget.view.in_short import brings, in_short, of_all_spent
from placebudget.view.rendering import explained
from placebudget.view.tables import cashable_savings
from placebudget.words import money, percent, years_in_words
from placebudget.work.changes import Changes
from placebudget.work.desk import reached
from placebudget.work.solving import Solving
from planned import potential, reported
from small import small
from worked_place import worked

pytestmark = pytest.mark.xdist_group("northvale")


@pytest.fixture(scope="module")
def found() -> Potential:
    return potential("northvale")


@pytest.fixture(scope="module")
def parts(found: Potential) -> dict[str, Part]:
    return {part.title: part for part in front(found)}


def points(part: Part) -> list[str]:
    return [point for each in part.said for point in each.points]


def test_a_board_hears_the_gap_the_steps_the_losses_and_what_is_asked_of_it(
    parts: dict[str, Part],
) -> None:
    assert list(parts) == [
        "In short",
        "The gap",
        "What each step adds",
        "The largest changes",
        "Who loses, what gets worse, who is not served",
        "What it rests on",
        "What is asked of the board",
    ]
    assert "more money than today’s services cost" in parts["The gap"].said[1].text


def test_what_a_place_says_of_itself_stands_on_its_first_page(found: Potential) -> None:
    about = found.place.settings.description
    assert about
    assert front(found)[1].said[0].text == about


def test_each_step_begins_where_the_one_before_it_ended(found: Potential) -> None:
    bars = list(waterfall(found))
    worth = {name: plan.public_value() for name, plan in found.plans.items()}
    assert [bar.kind for bar in bars] == ["gain", "gain", "gain", "total"]
    steps = bars[:3]
    for one, after in itertools.pairwise(steps):
        assert one.left + one.width == pytest.approx(after.left)
    long = worth["pooled"] - worth["today"]
    names = [name for name in worth if name != "freed"]
    for bar, (start, end) in zip(steps, itertools.pairwise(names), strict=True):
        assert bar.value == money(worth[end] - worth[start], signed=True)
        assert bar.width == pytest.approx(100 * (worth[end] - worth[start]) / long)
    assert bars[3].value == money(worth["pooled"] - worth["today"], signed=True)


def test_a_step_that_loses_is_drawn_backwards(found: Potential) -> None:
    plans = {name: found.plans[name] for name in ("today", "pooled")}
    turned = {"today": plans["pooled"], "pooled": plans["today"]}
    bars = list(waterfall(Potential(found.place, turned)))
    assert [bar.kind for bar in bars] == ["loss", "total"]
    assert (bars[0].left, bars[0].width) == (0.0, 100.0)
    assert bars[0].value.startswith("−")


def test_the_largest_losses_stand_beside_the_largest_gains_each_with_its_reason(
    found: Potential, parts: dict[str, Part]
) -> None:
    moved = changes(found.plans["today"], found.plans["pooled"])
    up, down = (
        next(
            " ".join((each.text, *each.points))
            for each in parts["The largest changes"].said
            if each.text.startswith(lead)
        )
        for lead in ("What gains most", "What loses most")
    )
    beside = against_standstill(found)["beside"]
    least = beside[moved[moved < 0].index].sort_values()
    for told, amounts in ((up, moved[moved > 0]), (down, least), (down, moved[least.index])):
        assert all(money(amount, signed=True) in told for amount in amounts[:3])
    rule = "“hospital at home changing by at most 25% a year” (assumption)"
    told = "\n".join(parts["The largest changes"].lines)
    assert f"as far as a rule allows: {rule}" in told
    assert "because the last £" in told


def test_a_reason_that_holds_of_several_is_said_of_those_alone(
    found: Potential, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three that lose most the second has a reason of its own, and stands between the others."""
    rows = against_standstill(found)
    first, second, third = rows[rows["change"] < 0].sort_values("beside").index[:3]
    reasons = {first: "It gives way.", second: "A rule.", third: "It gives way."}
    monkeypatch.setattr("placebudget.view.front._ended", lambda potential: reasons)
    (lost,) = (each for each in _changes(found) if each.text == "What loses most beside its cost:")
    assert [each.rpartition(". ")[2] for each in lost.points] == [
        "It gives way.", "A rule.", "As for the first.",
    ]  # fmt: skip


def care_and_other() -> Place:
    """Prices rise by 2% and money by 3%; 52,000 instead of 50,000 need care, at £1,020 each."""
    return small(
        {"tax": {"amount": 103.0, "now": 100.0}},
        {
            "care": {"today": {"tax": 50.0}, "people": None, "led_by": "need"},
            "other": {"today": {"tax": 50.0}, "people": None},
        },
        settings={"price_base": "2026-27", "today_year": "2026-27"},
        needs=[{"service": "care", "year": year, "people": people}
               for year, people in (("2026-27", 50_000), ("2027-28", 52_000))],
        inflation=[{"index": "general", "year": "2027-28", "rate": 0.02}],
        effects=[{"service": "care", "outcome": "care_good"}],
    )  # fmt: skip


@cache
def of_care_and_other() -> Potential:
    return pb.potential(care_and_other())


def test_a_loss_is_told_beside_what_the_same_service_would_cost() -> None:
    """Other: 51.5 by today's money, 51.0 to keep it, and 103 - 53.04 = 49.96 in the best plan."""
    told = [line for part in front(of_care_and_other()) for line in part.lines]
    assert (
        "1 service, each agency’s own, gets less over all years than today’s money carried "
        "on. It gets less cash in 2027-28 than in 2026-27; in all: other −£1.5 million (−3%)."
    ) in told
    assert below(of_care_and_other())["less"] == (
        "1 service, each agency’s own, gets less over all years than today’s money carried "
        "on (in brackets: the share of it; beside the cost of the same service).",
        "It gets less cash in 2027-28 than in 2026-27; in all: other −£1.5 million (−3%; −2%).",
    )


def test_services_that_keep_their_money_and_cost_more_are_told_with_what_is_missing() -> None:
    place = small(
        {"tax": {"amount": 100.0, "now": 100.0}},
        {"parks": {"today": {"tax": 100.0}, "people": None}},
        settings={"price_base": "2026-27", "today_year": "2026-27"},
        inflation=[{"index": "general", "year": "2027-28", "rate": 0.05}],
    )
    today = pb.simulate(place)
    assert below(Potential(place, {"today": today, "pooled": today}))["less"] == (
        "Of others, that keep today’s money carried on or more, £5 million is missing to what they "
        "cost: parks −£5 million.",
    )


def test_how_many_services_get_less_cash_agrees_with_those_that_are_named() -> None:
    """Each has £10 million today and £12 million carried on; in the plan 9, 8, 11 and 20."""
    names, now = ("baths", "clubs", "parks", "paths"), "2026-27"
    place = small(
        {"tax": {"amount": 48.0, "now": 40.0}},
        {name: {"people": None, "today": {"tax": 10.0}} for name in names},
        settings={"price_base": now, "today_year": now},
    )
    today = pb.simulate(place)
    given = dict(zip(names, (9e6, 8e6, 11e6, 20e6), strict=True))
    moved = today.tables["money"]
    moved = moved.assign(amount=moved["service"].map(given))
    found = Potential(place, {"today": today, "pooled": pb.simulate(place, moved)})
    lead, less, more = less_money(found, most=2)
    assert lead == (
        "3 services, each agency’s own, get less over all years than today’s money carried on."
    )
    assert less == (
        f"2 get less cash in 2027-28 than in {now}; in all: clubs −£4 million (−33.3%); baths −£3 "
        "million (−25%)."
    )
    assert more == "1 gets no less cash in 2027-28; in all: parks −£1 million (−8.3%)."
    assert list(less_money(found))[1].endswith("; 1 more −£3 million.")


def test_no_service_is_said_to_keep_its_cash_where_an_agency_s_own_of_that_name_does_not() -> None:
    """Of six councils' libraries three get less cash, two no less: of these one loses £2 in all."""
    councils, now = ("ash", "bay", "cam", "elm", "fir", "oak"), "2026-27"
    place = small(
        {name: {"amount": 12.0, "now": 10.0} for name in councils},
        {f"books_{name}": {"people": None, "commissioner": name, "today": {name: 10.0}}
         for name in councils},
        settings={"price_base": now, "today_year": now},
    )  # fmt: skip
    place = place.with_(services=place.services.assign(name="libraries"))
    today = pb.simulate(place)
    moved, given = today.tables["money"], (9e6, 8e6, 9.5e6, 11e6, 12e6 - 2, 12e6)
    moved = moved.assign(
        amount=moved["service"].map({f"books_{w}": g for w, g in zip(councils, given, strict=True)})
    )
    found = Potential(place, {"today": today, "pooled": pb.simulate(place, moved)})
    lead, less, more = less_money(found, most=None)
    assert lead.startswith("5 services, each agency’s own, get less over all years than ")
    assert "in 2026-27; in all: libraries (3 of 6) −£9.5 million (−26.4%; " in less
    said = "2 get no less cash in 2027-28; in all: libraries (elm and fir) −£1 million (−4.2%; "
    assert said in more
    assert "Beside today’s money carried on, 5 services get £10.5 million less." in in_short(found)


def test_what_leads_the_page_can_be_read_aloud_in_a_minute(found: Potential) -> None:
    """The question, what is proposed, what it brings, who gives up something, what it stands on."""
    said = in_short(found)
    assert front(found)[0].lines == said
    assert len(said) == 5
    assert sum(len(each.split()) for each in said) <= 165
    question, proposed, brought, given, stands = said
    last = pb.outlook(found.place, reserves="none").table.iloc[-1]
    assert money(abs(last["gap"])) in question
    assert proposed.startswith("Proposed is, over 5 years, to pay £")
    assert proposed.endswith("; Better care pool adds nothing to what is paid today.")
    assert money(found.between("aligned", "pooled")) in brought
    takes, beside = given.split(". ")
    assert takes.startswith("Against best aligned, pooling takes £")
    assert beside.startswith("Beside today’s money carried on, with pooling ")
    for said, name in zip(beside.split("; without it "), ("pooled", "aligned"), strict=True):
        less = -changes(found.plans["today"], found.plans[name]).clip(upper=0.0).sum()
        assert f" get {money(less)} less" in said
    assert "is a judgement, and without it there is no gain" in stands


def test_what_leads_the_page_says_where_there_is_nothing_to_decide() -> None:
    place = asked_of_a_pool()
    none = {name: place.tables[name][:0] for name in ("pools", "contributions", "pool_purposes")}
    today = place.today[place.today["pool"].isna()]
    alone = in_short(pb.potential(place.with_(today=today, **none)))
    assert "There is no pool to decide on." in alone
    assert "In the model pooling brings nothing." in alone
    little = in_short(of_a_pool(1.0001))
    assert "Nothing is proposed: what pools gain is no difference worth deciding on." in little


def test_the_gap_tells_the_prices_and_the_need_it_stands_on_and_money_that_comes_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Prices of parks and visits rise by 2 % and 3 %; £3 million of last year's came from reserves.

    Of what both cost, £10.5 million, nobody says that more parks will be needed.
    """
    place = small(
        {
            "tax": {"amount": 10.0, "now": 7.0},
            "saved": {"amount": 0.0, "now": 3.0, "agency": "tax"},
        },
        {
            "parks": {"people": None, "today": {"tax": 7.0}},
            "visits": {"people": None, "today": {"saved": 3.0}, "offer": {"index": "pay"}},
        },
        settings={"today_year": "2026-27"},
        needs=[{"service": "visits", "year": year, "people": people}
               for year, people in (("2026-27", 3_000), ("2027-28", 3_300))],
        inflation=[{"index": index, "year": year, "rate": rate}
                   for index, rate in (("general", 0.02), ("pay", 0.03))
                   for year in ("2026-27", "2027-28")],
    )  # fmt: skip
    (said,) = below(pb.potential(place))["gap"]
    assert said == (
        "Prices rise by 2% (general), 3% (pay) a year; need stays as today for £7.1 million of "
        "the cost, £7.1 million of it parks; £3 million of the money of 2026-27 came once; "
        "reserves are not used."
    )
    # What does not rise is told after what does.
    still = place.inflation.assign(rate=[0.0, 0.0, 0.03, 0.03])
    monkeypatch.setattr("placebudget.view.front.the_gap", lambda found: pb.outlook(found.place))
    told = stands_on(SimpleNamespace(place=place.with_(inflation=still)))  # type: ignore[arg-type]
    assert told.startswith("Prices rise by 3% (pay) a year, not at all (general); need")


def test_a_value_on_which_the_gain_hangs_stands_beside_the_range_of_its_source() -> None:
    """£2 million more value by care at £3,000 a unit, of which half is gone below £2,000."""
    place = asked_of_a_pool()
    outcomes = place.outcomes.assign(social_low=[None, 2_500.0], social_high=[None, 4_000.0])
    found = pb.potential(place.with_(outcomes=outcomes))
    told = [line for part in front(found) for line in part.lines if "would be gone" in line]
    worth, effect = told
    assert worth.endswith("and all of it at £1,000; its source gives £2,500 to £4,000.")
    assert "its source" not in effect


def test_what_pooling_gains_stands_beside_all_that_is_spent(found: Potential) -> None:
    """Both are real and discounted: cash of five years is no measure of what value comes to."""
    place, spent = found.place, found.plans["pooled"].money(by="year").set_index("year")["amount"]
    base, years = place.settings.price_base, place.years
    rates = place.inflation.query("index == 'general'").set_index("year")["rate"]
    level = {year: (1 + rates[(rates.index > base) & (rates.index <= year)]).prod()
             for year in years}  # fmt: skip
    assert place.settings.discount == "green book"
    spent = sum(spent[year] / level[year] / 1.035**n for n, year in enumerate(years))
    share = percent(found.between("aligned", "pooled") / spent)
    told = f"{share} of the {money(spent)} spent, both discounted and in {base} prices"
    assert f"of public value, {told}; " in brings(found)
    assert of_all_spent(found) == f"Pooling’s gain is {told}."


def test_need_unmet_is_reconciled_with_the_gap_in_one_line() -> None:
    """104.04 - 103 = 1.04 is short; 53.04 - 51.5 = 1.54 is unmet, as other services grow by 0.5."""
    assert (
        "All years together the gap is £1 million; to meet the need that today’s money leaves "
        "unmet would cost £1.5 million: £500,000 more, as today’s money gives other services more "
        "than keeping them costs."
    ) in below(of_care_and_other())["gap"]


def test_what_the_plan_must_admit_is_on_the_page_and_what_is_left_out_is_counted(
    found: Potential, parts: dict[str, Part]
) -> None:
    admitted = found.findings["pooled"]
    for title, codes in (
        ("Who loses, what gets worse, who is not served", (*WORSE, *NOT_SERVED)),
        # On what most of the gain hangs is named by its outcome.
        ("What it rests on", DOUBTFUL[:-1]),
    ):
        assert set(codes) <= set(KINDS)
        told = points(parts[title])
        for code in codes:
            said = admitted.of(code).sentences
            most = 1 if code in (*WORSE[1:], "need-not-served") else 2
            more = f" {len(said) - most} more below." if len(said) > most else ""
            assert [each for each in told if each.removesuffix(more) in said] == [
                each + (more if each == said[most - 1] else "") for each in said[:most]
            ]


def test_the_nearest_figures_that_turn_the_gain_round_are_named_whatever_their_kind(
    found: Potential, parts: dict[str, Part]
) -> None:
    """Both plans kept, and worked out at the figure that is told."""
    said = parts["What it rests on"].said[0]
    gain = found.between("aligned", "pooled")
    assert said.text == "With both plans kept as they are:"
    kept = [Kept(found.plans[name], found.place, "public value") for name in ("pooled", "aligned")]
    assumed, *nearest = said.points
    on_it = sum(
        kept[0].slope(each) - kept[1].slope(each)
        for each in figures_of(found.place)
        if (each.kind, each.service, each.outcome) == (EFFECT, "work_coaching", "jobs")
    )
    assert on_it > gain
    assert assumed == (
        "How much work coaching brings of “Years in work” is a judgement: "
        f"{money(on_it)} hangs on it, more than all of the gain, so that without it there is none."
    )
    for kind, point in zip((NEED,), nearest, strict=False):
        (figure,) = [
            each for each in figures_of(found.place)
            if each.kind == kind and each.service == "work_coaching"
        ]  # fmt: skip
        told = re.search(r"less than ([\d,]+) .*all of it at ([\d,]+)\.$", point)
        assert told
        moved = Shifted(found.place, [figure])
        for said, part in zip(told.groups(), (0.5, 0.0), strict=True):
            factor = float(said.replace(",", "")) / figure.amount
            left = moved.at(kept[0], factor) - moved.at(kept[1], factor)
            assert left == pytest.approx(part * gain, abs=0.01 * gain)
    assert nearest[1].startswith("Gone if people valued “Households who keep their home” at £")


def test_money_moved_among_services_of_unknown_effect_is_told_where_it_outweighs_the_gain() -> None:
    """From a plan to another £10 million go from parks to paths, and none of either is valued."""
    place = small(
        {"tax": {"amount": 41.0}},
        {"help": {"people": None, "today": {"tax": 1.0}},
         **{name: {"people": None, "today": {"tax": 20.0}} for name in ("parks", "paths")}},
        effects=[{"service": "help", "outcome": "help_good"}],
    )  # fmt: skip
    even = pb.simulate(place)
    moved = even.tables["money"]
    moved = moved.assign(amount=moved["service"].map({"help": 1e6, "parks": 1e7, "paths": 3e7}))
    told = pb.simulate(place, moved)
    steps = next(
        part for part in front(Potential(place, {"today": even, "pooled": told}))
        if part.title == "What each step adds"
    )  # fmt: skip
    assert "also moves £10 million between services whose effects are not counted" in (
        steps.said[0].text
    )


def test_the_board_is_asked_for_what_each_agency_would_pay_into_each_pool(
    found: Potential, parts: dict[str, Part]
) -> None:
    paid, today = (
        found.plans[name].tables["contributions"].groupby("pool")["gross"].sum()
        for name in ("pooled", "today")
    )
    told = points(parts["What is asked of the board"])
    decided = [each for each in told if each.startswith("To decide: ")]
    pools = {pool for pool, gain in found.added_by_pools().items() if gain > 0}
    assert set(paid[paid > 0].index) - pools == {"better_care"}
    spent = found.plans["today"].money(["route", "agency", "commissioner"])
    spent = spent[(spent["route"] == "better_care") & (spent["agency"] != spent["commissioner"])]
    others = float(spent["amount"].sum())
    assert told[0] == (
        "Nothing more to decide of Better care pool: without it the best plan is worth as much; "
        "£52.5 million must be paid into Better care pool over 5 years; "
        f"{money(others)} that today pays through it for services of other agencies goes on."
    )
    assert len(decided) == len(pools)
    for pool in pools:
        amount, now = (money(float(each.get(pool, 0.0))) for each in (paid, today))
        (said,) = [each for each in decided if f"whether {amount} " in each]
        there = float(today.get(pool, 0.0)) > 0
        assert f"{amount} (today {now if there else 'nothing'}) is paid into" in said
        rows = found.place.contributions[found.place.contributions["pool"] == pool]
        for power in rows["legal_power"].unique():
            assert f" ({power})" in said


def test_what_who_pays_keeps_beyond_its_cost_says_over_what_time_and_why() -> None:
    """Parks have £12 million where the same parks cost £10 million, as nobody says what they do.

    Of the council's other £12 million visits give up £3 million to care of the NHS, worth more.
    """
    now = "2026-27"
    place = small(
        {"tax": {"amount": 24.0, "now": 20.0, "agency": "council"},
         "core": {"amount": 5.0, "now": 5.0, "agency": "nhs"}},
        {"parks": {"commissioner": "council", "today": {"tax": 10.0}, "people": None},
         "visits": {"commissioner": "council", "today": {"tax": 10.0}, "people": None},
         "care": {"commissioner": "nhs", "today": {"core": 5.0}, "people": None, "value": 3.0}},
        pools={"fund": {"streams": {"tax": {"maximum": 3e6}}, "purposes": ["care"]}},
        settings={"price_base": now, "today_year": now},
        effects=[{"service": name, "outcome": f"{name}_good"} for name in ("visits", "care")],
    )  # fmt: skip
    told = [line for part in front(pb.potential(place)) for line in part.lines]
    assert (
        "In 2027-28 who pays keeps £2 million for parks beyond what today’s service would cost, "
        "growth as assumed: a choice of the model."
    ) in told


def test_beside_what_is_asked_stands_what_is_lost_that_a_plan_does_not_see(
    found: Potential, parts: dict[str, Part]
) -> None:
    (studied,) = found.findings["pooled"].of("loses-as-no-difference-found")
    note = points(parts["What is asked of the board"])[-1]
    assert note == (
        "To note: nobody has saved what the model says. Of what is lost it sees nothing of "
        f"{money(studied.size)} by 1 service by which studies found no difference."
    )


def asked_of_a_pool(care: float = 3.0) -> Place:
    """A council and the NHS may pool for care, which the NHS commissions and is worth most.

    The council must pay £1 million in, and may pay £3 million; today it pays £2 million.
    """
    return small(
        {"tax": {"amount": 10.0, "agency": "council"}, "core": {"amount": 5.0, "agency": "nhs"}},
        {
            "parks": {"commissioner": "council", "today": {"tax": 8.0}, "people": None},
            "care": {"commissioner": "nhs", "today": {"core": 5.0}, "people": None, "value": care},
        },
        pools={"fund": {"streams": {"tax": {"minimum": 1e6, "maximum": 3e6,
                                            "status": "illustrative"}}, "purposes": ["care"]}},
        today=[
            {"service": "parks", "stream": "tax", "amount": 8e6},
            {"service": "care", "stream": "core", "amount": 5e6},
            {"service": "care", "stream": "tax", "amount": 2e6, "pool": "fund"},
        ],
    )  # fmt: skip


@cache
def of_a_pool(care: float = 3.0) -> Potential:
    return pb.potential(asked_of_a_pool(care))


def test_an_ask_says_what_comes_back_the_limit_and_what_the_pool_pays_for() -> None:
    """£3 million instead of £2 million for care of the NHS: £1 million less for parks."""
    found = of_a_pool()
    (said,) = asks(found)
    assert said == (
        "To decide: whether £3 million (today £2 million) is paid into fund (Local "
        "Government Act 1972, section 101) in 2027-28, "
        "£3 million (today £2 million) of it in 2027-28, by council, nothing back for its "
        "services, at the most it may pay (illustrative). Without it the best plan is worth £2 "
        "million less. £1 million of it must be paid. It pays for care £3 million (today £2 "
        "million)."
    )
    assert all_together(found) == (
        "All that pooling changes, against best aligned, summed over places: "
        "care +£1 million; parks −£1 million."
    )
    (row,) = payers(found).query("agency == 'nhs'").to_dict("records")
    assert (row["pooled"], row["back"], row["net"], row["limit"]) == (0.0, 3e6, 3e6, "")


def test_who_pays_under_another_law_than_the_pool_s_is_told_with_its_own() -> None:
    place = asked_of_a_pool()
    rows = place.contributions.assign(legal_power="Care Act 2014, section 3")
    (said,) = asks(pb.potential(place.with_(contributions=rows)))
    assert "is paid into fund in 2027-28, " in said
    assert " of it in 2027-28, by council (Care Act 2014, section 3), nothing back for its " in said


def test_a_board_is_not_asked_whether_to_pay_what_must_be_paid_but_what_it_pays_for() -> None:
    """All of the council's £2 million must go into the fund; care gives it up to visits.

    Without the fund the council would pay for care alone, as today.
    """
    place = asked_of_a_pool()
    services = place.services.assign(purpose=["parks", "care"])
    visits = {
        "services": services.iloc[[1]].assign(service="visits", purpose="visits"),
        "pool_purposes": place.pool_purposes.assign(purpose="visits"),
        "offers": place.offers.iloc[[1]].assign(offer="visits", service="visits"),
        "outcomes": place.outcomes.iloc[[1]].assign(outcome="calm", social_value=9_000),
        "effects": place.effects.iloc[[1]].assign(service="visits", outcome="calm"),
    }
    before = {**place.tables, "services": services}
    made = place.with_(
        **{name: pd.concat([before[name], row]) for name, row in visits.items()},
        contributions=place.contributions.assign(minimum=2e6, maximum=2e6),
        pools=place.pools.assign(note="The hospital’s part is missing"),
    )  # fmt: skip
    (said,) = asks(pb.potential(made))
    assert said == (
        "Not to decide: £2 million is paid into fund (Local Government Act 1972, section 101) in "
        "2027-28, as today; that is the least that must be paid in. The hospital’s part "
        "is missing. To decide: what it pays for, beside other money for the same services. It "
        "pays for visits £2 million (today £0), care £0 (today £2 million)."
    )


def two_funds_of_which_either_would_do() -> Place:
    """The council may pay all its £10 million for care of the NHS into either of two funds."""
    place = asked_of_a_pool()
    limits = place.contributions.assign(minimum=0.0, maximum=float("nan"))
    tables = {"pools": place.pools, "pool_purposes": place.pool_purposes, "contributions": limits}
    return place.with_(
        today=place.today[place.today["pool"].isna()],
        **{name: pd.concat([rows, rows.assign(pool="other")]) for name, rows in tables.items()},
    )


def test_of_two_pools_of_which_either_would_do_one_is_paid_into_and_asked_for() -> None:
    """£10 million for care are worth £30 million, instead of £10 million for parks."""
    place, stop, told = two_funds_of_which_either_would_do(), Event(), list[tuple[str, int, int]]()
    found = pb.potential(place)
    gains = found.added_by_pools()
    assert sorted(gains) == ["fund", "other"]
    assert sorted(gains.values()) == pytest.approx([0.0, 2e7])
    (idle,) = [pool for pool, gain in gains.items() if not gain]
    pooled = found.plans["pooled"]
    assert pooled.name == "pooled"
    assert pooled.tables["contributions"].groupby("pool")["gross"].sum().tolist() == [1e7]
    assert pooled.run["options"]["prices"]
    best = pb.optimise(place, prices=False)
    assert pooled.public_value() == pytest.approx(best.public_value())
    board = Solving(place).full(Changes(), prices=False)
    assert board.tables["contributions"].equals(pooled.tables["contributions"])
    spared, asked = asks(found)
    assert f"Nothing more to decide of {idle}: without it the best plan " in spared
    assert "To decide: whether £10 million (today nothing) is paid into " in asked
    assert "Without it too the best plan is worth £20 million less." in asked
    # Plans that were worked out one by one are asked about as they are.
    apart = Potential(place, {**found.plans, "pooled": best})
    stop.set()
    with pytest.raises(Stopped):
        apart.added_by_pools(stop=stop)
    gains = apart.added_by_pools(progress=lambda *stage: told.append(stage))
    assert sorted(gains.values()) == pytest.approx([0.0, 2e7])
    assert told == [("what each pool adds", number, 4) for number in range(4)]


def test_of_pools_that_gain_next_to_nothing_the_board_is_asked_nothing() -> None:
    """£1 million more of care instead of parks is worth £100 more, of £15 million."""
    found = of_a_pool(1.0001)
    assert found.too_small("aligned", "pooled")
    told = "no difference worth deciding on"
    pages = [line for part in front(found) for line in part.lines]
    assert (
        f"Nothing to decide of pools: what they gain over best aligned, +£100, is {told}." in pages
    )
    assert not [line for line in pages if line.startswith("To decide")]
    assert f"Pooling ({told}): +£100" in pages
    assert f"from best aligned to best pooled: +£100 (0%), {told}; cashable" in found.sentence(
        "aligned", "pooled"
    )
    assert headline(found).endswith(f"with separate purses, for the same money, which is {told}")
    assert report(found).count("This gain is") == 0
    aligned, pooled = found.plans["aligned"], found.plans["pooled"]
    assert reached(pooled, aligned).endswith(f"+£100 against the last plan, {told}.")


def test_cash_of_a_few_pounds_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Northvale plans some £3 billion: £5 of cashable savings are digits that are left over."""
    found = potential("northvale")
    values = found._table.assign(value=0.0)
    cash = values["measure"].str.startswith("cashable saving") & (values["plan"] == "pooled")
    for pounds, told in ((-5.0, "cashable savings £0."), (-5e4, "cashable savings −£50,000 disc")):
        table = values.assign(value=values["value"].where(~cash, pounds))
        monkeypatch.setitem(found.__dict__, "_table", table)
        assert told in found.sentence("aligned", "pooled")


def test_what_all_pools_change_adds_up(found: Potential) -> None:
    change = changes(found.plans["aligned"], found.plans["pooled"])
    said = all_together(found)
    assert abs(change.sum()) >= LEAST
    assert said.endswith(f"; in sum {money(change.sum(), signed=True)}.")
    assert not found.place.services["name"].duplicated().any()
    for mine in (change[change > 0], change[change < 0]):
        named = [by for by in mine if money(by, signed=True) in said]
        rest = mine.sum() - sum(named)
        assert named
        assert f"{len(mine) - len(named)} more {money(rest, signed=True)}" in said


def test_who_loses_by_pooling_itself_is_named_with_the_outcomes_that_fall() -> None:
    """100,000 units move from visits to hubs, and each visit saved the NHS £100, 25 of it cashable.

    The plan without a change stands for best aligned, and the best one for best pooled.
    """
    shared = {"today": {"tax": 500.0}, "people": None}
    place = small(
        {"tax": {"amount": 1_000.0}},
        {"hubs": {**shared, "offer": {"capacity": 600_000}}, "visits": shared},
        agencies=[{"agency": "tax"}, {"agency": "nhs"}],
        outcomes=[{"outcome": "well", "social_value": 500.0},
                  {"outcome": "calm", "unit": "visit", "social_value": 300.0}],
        effects=[{"service": "hubs", "outcome": "well", "impact": 2.0},
                 {"service": "visits", "outcome": "calm", "impact": 1.0}],
        savings=[{"outcome": "calm", "agency": "nhs", "value": 100.0, "cashable": 0.25}],
    )  # fmt: skip
    plans = pb.potential(place).plans
    turned = {"today": plans["today"], "aligned": plans["today"], "pooled": plans["aligned"]}
    (part,) = [each for each in front(Potential(place, turned)) if each.title.startswith("Who los")]
    assert part.lines[0].endswith("These are: visits −£100 million (−20%).")
    assert part.lines[1:2] == (
        "Pooling, against best aligned: cash that leaves budgets −£2.5 million (nhs "
        "−£2.5 million); less of “calm” (500,000 to 400,000).",
    )


def test_moves_of_opposite_sign_are_not_added_up_in_silence() -> None:
    """Of three services two get £3 million more in all, and one £2 million less."""
    rows = pd.DataFrame({"today": [1e6, 1e6, 5e6], "pooled": [2e6, 3e6, 3e6]})
    assert _ups_and_downs(rows) == ": +£3 million for some, −£2 million for others"
    assert _ups_and_downs(rows[:2]) == ""


def test_a_board_hears_what_the_place_notes_of_the_money_it_is_asked_for() -> None:
    place = asked_of_a_pool()
    rows = place.contributions.assign(note="Whether it may is for the council to judge.")
    (said,) = asks(pb.potential(place.with_(contributions=rows)))
    assert said.endswith("(today £2 million). Whether it may is for the council to judge.")


def test_what_comes_back_of_a_pool_is_told_beside_today() -> None:
    rows = pd.DataFrame({"back": [1e6, 5e6, 0.0], "today_back": [0.0, 4e6, 0.0]})
    said = [_back(row, there=True) for _, row in rows.iterrows()]
    assert said == [
        "£1 million (today £0) back for its services",
        "£5 million (today £4 million) back for its services",
        "nothing back for its services",
    ]


def test_an_ask_names_money_with_a_condition_that_pays_less_than_today() -> None:
    """Care is worth less than parks here: the council pays the least that it must."""
    place = asked_of_a_pool()
    outcomes = place.outcomes.assign(social_value=[1_000.0, 500.0])
    (said,) = asks(pb.potential(place.with_(outcomes=outcomes)))
    assert "at the least it must pay (illustrative)" in said
    assert "less than today from tax −£1 million (a least is asked of it)" in said


def test_less_than_a_thousand_pounds_into_a_pool_is_no_decision() -> None:
    place = asked_of_a_pool()
    today = place.today.assign(amount=place.today["amount"].where(place.today["pool"].isna(), 900))
    limits = place.contributions.assign(minimum=0.0, maximum=900.0)
    found = pb.potential(place.with_(today=today, contributions=limits))
    assert found.plans["pooled"].tables["contributions"]["gross"].sum() > 0
    assert list(asks(found)) == [
        "Nothing more to decide of fund: without it the best plan is worth as much."
    ]


def test_where_a_place_has_no_pool_the_step_to_pooling_says_so() -> None:
    place = asked_of_a_pool()
    none = {name: place.tables[name][:0] for name in ("pools", "contributions", "pool_purposes")}
    today = place.today.assign(pool=None)
    alone = pb.potential(place.with_(today=today[today["stream"] == "tax"][:1], **none))
    told, pooled = (
        [bar.label for bar in waterfall(each) if "has no pool" in bar.label]
        for each in (alone, of_a_pool())
    )
    assert (len(told), pooled) == (1, [])


def test_cash_that_leaves_a_budget_is_told_apart_from_capacity_that_is_used_again() -> None:
    """Each plan by itself: what it saves in cash less what avoiding need only frees for use."""
    place = worked()
    found = pb.potential(place)
    again = {name: used_again(plan)[0] for name, plan in found.plans.items()}
    released = found.plans["pooled"].tables["needs"]
    assert again["pooled"] == pytest.approx(released["cashable"].sum()), "nothing is discounted"
    assert again["pooled"] > 1e6
    saved = {name: plan.savings()["cashable"].sum() for name, plan in found.plans.items()}
    (told,) = below(found)["cash"]
    names = ("today", "aligned", "pooled")
    assert all(saved[name] == pytest.approx(again[name], abs=1.0) for name in names)
    used = " and ".join(
        f"{name} {money(again[name] - again['today'], signed=True)}" for name in names[1:]
    )
    counted = years_in_words(found.plans["pooled"].place["appraisal_years"])
    assert (
        f"as it falls, {counted}: £0 in each; {AGAIN}: {money(again['today'])} today, {used} "
        "beside today."
    ) in told
    sheet = cashable_savings(found.titled)[0].figures
    parts = sheet.loc[["As they fall: leaves a budget", f"As they fall: {AGAIN}"]]
    pd.testing.assert_series_equal(
        parts.sum(), sheet.loc["As they fall, all years"], check_names=False
    )
    assert "leaves a budget and" in found.sentence("siloed", "pooled")
    chart = savings_by_agency_and_year(found.plans["pooled"], found.plans["today"])
    assert chart is not None
    more = found.plans["pooled"].savings()["fiscal"].sum()
    more -= found.plans["today"].savings()["fiscal"].sum()
    assert f"for nhs (+\u2060{money(more)})" in chart.title
    assert f"£0 is cash that can leave a budget, {money(again['pooled'])} is {AGAIN}" in (
        chart.title
    )
    alone = savings_by_agency_and_year(found.plans["pooled"])
    assert alone is not None
    assert "Beside today" not in alone.title


def test_what_benefits_save_goes_to_the_exchequer_and_leaves_no_budget_of_the_place() -> None:
    """1,000 helped save the council £100 and benefits £300 each, all of it cashable."""
    place = small(
        {"tax": {"amount": 1.0}, "dwp": {"amount": 0.0}},
        {"hubs": {"today": {"tax": 1.0}}},
        savings=[{"outcome": "hubs_good", "agency": who, "value": value, "cashable": 1.0}
                 for who, value in (("tax", 100.0), ("dwp", 300.0))],
        agencies=[{"agency": "tax", "sector": "council"}, {"agency": "dwp", "sector": "dwp"}],
    )  # fmt: skip
    found = pb.potential(place)
    parts = cash(found.plans["pooled"])
    assert parts["leaves"].to_dict() == pytest.approx({"tax": 100_000, "dwp": 0})
    assert parts["exchequer"].to_dict() == pytest.approx({"tax": 0, "dwp": 300_000})
    (told,) = below(found)["cash"]
    assert "it falls, 2027-28: £100,000 in each; to the Exchequer: £300,000 in each." in told
    rows = cashable_savings(found.titled)[0].figures["Best pooled"]
    assert rows["As they fall: leaves a budget"] == pytest.approx(0.1)
    assert rows["As they fall: to the Exchequer"] == pytest.approx(0.3)
    page = report(found)
    by_agency = re.sub(r"<[^>]*>|\s+", " ", page[page.index("Cash and capacity by agency") :])
    assert re.search(rf"{LEAVES} +Tax +£100,000 +£100,000 +£100,000", by_agency)
    assert re.search(r"to the Exchequer +Dwp +£300,000 +£300,000 +£300,000", by_agency)


def test_a_step_that_meets_other_need_says_what_other_services_lose_and_is_cash() -> None:
    """Care needs 53.04 and gets 51.5 today; the 1.54 come from other services, 51.5 to 49.96."""
    steps = next(part for part in front(of_care_and_other()) if part.title == "What each step adds")
    assert steps.said[0].text.startswith(
        "From today to siloed: £1.5 million more of the need that must be met is met, and 1,510 "
        "more in need are served; all other services get £1.5 million less (cash); so no gain in "
        "value"
    )
    assert "Planning apart" not in "".join(steps.lines)


def test_money_that_today_leaves_unspent_is_told_beside_the_gain(
    found: Potential, parts: dict[str, Part]
) -> None:
    left = {
        name: money(found.plans[name].unspent()["amount"].sum()) for name in ("today", "pooled")
    }
    told = (
        f"today leaves {left['today']} unspent and the best pooled plan {left['pooled']}: part of "
        "the gain is what the difference buys."
    )
    assert told in " ".join(parts["What each step adds"].lines)
    assert "unspent" not in " ".join(line for part in front(of_a_pool()) for line in part.lines)


def test_a_gain_that_is_none_that_is_sure_says_so_beside_its_name() -> None:
    """100 units move from visits to hubs: 20 more of £700 for £10,000; of £400 it is a loss."""
    shared = {"today": {"tax": 0.5}, "people": None}
    place = small(
        {"tax": {"amount": 1.0}},
        {"hubs": {**shared, "offer": {"capacity": 600}}, "visits": shared},
        outcomes=[
            {"outcome": "well", "social_value": 700, "social_low": 400, "social_high": 900},
            {"outcome": "work", "economic_value": 100},
        ],
        effects=[
            {"service": "hubs", "outcome": "well", "impact": 1.2},
            {"service": "visits", "outcome": "well", "impact": 1.0},
            {"service": "visits", "outcome": "work", "impact": 1.0},
        ],
        savings=[],
    )
    found = pb.potential(place)
    assert [bar.label for bar in waterfall(found)][:2] == [
        "Planning apart (not distinguishable from nothing)",
        "Acting in step",
    ]
    assert report(found).count("This gain is not distinguishable from nothing.") == 1
    plans = {"today": found.plans["today"], "aligned": found.plans["today"],
             "pooled": found.plans["siloed"]}  # fmt: skip
    told = headline(Potential(place, plans))
    assert told.endswith("for the same money, which is not distinguishable from nothing")


def test_figures_that_are_nobodys_yet_are_drawn_as_no_result() -> None:
    """Half of the money of care and other buys care, of which alone a value is counted."""
    made = care_and_other()
    nobodys = made.with_(offers=made.offers.assign(status="placeholder"))
    told = pb.potential(nobodys)
    (first, second), (after, _), *_ = ((part.title, part.lines) for part in front(told))
    assert first == "Figures that are nobody’s yet"
    assert after == "The gap", "nothing is brought by figures that are nobody’s"
    known = made.today.groupby("service")["amount"].sum()
    share = known[known.index.isin(made.effects["service"])].sum() / known.sum()
    assert (
        second[-1] == f"Value is counted for services that get {percent(share)} of today’s money."
    )
    steps = next(part for part in front(told) if "step" in part.title)
    assert steps.bars == ()


def test_plans_that_leave_different_need_unmet_have_no_bar() -> None:
    plans = pb.potential(worked(nhs=(100e6, 96e6, 100e6))).plans
    told = front(Potential(worked(nhs=(100e6, 96e6, 100e6)), plans))
    steps = next(part for part in told if part.title == "What each step adds")
    labels = [bar.label for bar in steps.bars]
    assert labels == [
        "Planning apart",
        "Pooling (this place has no pool)",
    ]
    assert "no gain in value is shown" in steps.said[0].text


def test_a_place_where_nothing_moves_says_so() -> None:
    place = pb.example("toy_pooling")
    today = pb.simulate(place)
    told = {part.title: part for part in front(Potential(place, {"today": today, "pooled": today}))}
    assert "changes no service" in told["The largest changes"].said[0].text


def test_public_value_that_is_not_to_be_compared_is_no_loss_of_the_first_page() -> None:
    """10 of 20 in need are served today; to serve all takes £10,000 from walks, worth £30,000."""
    place = small(
        {"tax": {"amount": 0.02}},
        {
            "care": {"people": 20, "led_by": "need", "today": {"tax": 0.01}},
            "walks": {"people": None, "value": 3.0, "today": {"tax": 0.01}},
        },
    )
    meeting = Meeting(place)
    meeting.recalculate({})
    meeting.complete()
    found = Potential(place, {name: meeting.answer.plans[name] for name in TITLES})
    worse = next(part for part in front(found) if part.title.startswith("Who loses"))
    said = "Public value is lower than today’s, from £40,000 to £20,000"
    assert not any(said in line for line in worse.lines), "the two plans meet other need"
    assert found.findings["pooled"].of("value-below-today").sentences[0].startswith(said)
    steps = next(part for part in front(found) if part.title == "What each step adds")
    assert "£40,000" not in steps.said[0].text
    screens = {screen.key: shown(screen, meeting)["html"] for screen in SCREENS
               if screen.key in ("together", "admits")}  # fmt: skip
    for key, told in screens.items():
        assert said in told, key
    assert not any("Public value is lower" in line for part in front(potential("toy_pooling"))
                   for line in part.lines)  # fmt: skip


def test_a_service_that_gains_in_all_is_not_said_to_give_way(
    found: Potential, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it gives way in one place and year alone, that is not why it has more in all."""
    change = against_standstill(found)["change"].drop(list(led_by_need(found.place)))
    both = {"gains": str(change.idxmax()), "loses": str(change.idxmin())}
    gave = [(key, "place", "2025-26", -1.0, -1.0) for key in both.values()]
    monkeypatch.setattr("placebudget.view.front.ways_given", lambda run: iter(gave))
    said = {way: _reason(found, key) for way, key in both.items()}
    assert change.max() > 0 > change.min()
    assert said["loses"].startswith("It gives way to need that must be met")
    assert not said["gains"].startswith("It gives way")


def test_duties_without_a_floor_that_lose_stand_beside_what_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Parks lose £1 million to care that a pool pays for."""
    place = asked_of_a_pool()
    rows = place.services.assign(duty=["Parks Act 1900, section 1", None])
    found = pb.potential(place.with_(services=rows))
    told = [line for part in front(found) for line in part.lines]
    assert (
        "May not be lawful: duties that lose money and have no floor: Parks Act 1900, section 1 "
        "−£1 million (−£1 million by pooling itself). Only 1 duty is entered."
    ) in told
    assert _unguarded(of_a_pool()) == ""
    # What is lost is told beside the cost of the same service where most of it is growth.
    monkeypatch.setattr(
        "placebudget.view.front.against_standstill",
        lambda found: against_standstill(found).assign(beside=-100_000.0),
    )
    said = _unguarded(found)
    assert "−£1 million (−£100,000 beside its cost) (−£1 million by pooling itself)" in said


def test_words_of_money_saved_are_explained_where_they_stand() -> None:
    told = dict(explained("Capacity released is cashable; the rest goes to the Exchequer."))
    assert {"cashable", "capacity", "Exchequer"} <= set(told)
    assert "capacity released, which the plan uses again" in told["cashable"]
    assert "benefits" in told["Exchequer"]


def test_no_line_of_the_first_page_ends_between_a_sign_and_its_pounds() -> None:
    page = reported("northvale")
    first = page[page.index(">Summary<") : page.index(">Contents<")]
    assert "+\u2060£" in first
    said = re.sub(r"<dl.*?</dl>|<ol.*?</ol>|<table.*?</table>", "", first, flags=re.S)
    assert not re.search("<(p|li)>[^<]*[+\u2212]£", said)
