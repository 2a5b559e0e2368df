"""Every block, kind of rule, objective and tie-break stage as text, on tiny places.

The texts in the folder golden were read against the formula at the head of each
block. ``pytest --update-golden`` writes them anew: read what changed.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from commissioned import homes
from placebudget.place import Place
from placebudget.programme import Benchmark, Programme, build, read_pooling, tie_break
from placebudget.programme.basis import Shortfall
from placebudget.programme.objectives import OBJECTIVES
from programme_text import bounds_text, cost_text, rows_text
from small import MILLION, Row, rule, small
from worked_place import worked

GOLDEN = Path(__file__).parent / "golden"
AREAS = [
    {"area": "place", "tier": "place"},
    {"area": "north", "parent": "place", "tier": "district", "population": 30_000},
    {"area": "south", "parent": "place", "tier": "district", "population": 10_000},
]
CARE: Row = {"value": 2, "people": 3_000, "today": {"tax": 4}}
WARD: Row = {"commissioner": "nhs", "cost": 4_000, "people": 500, "today": {"core": 3}}


def place(*rules: Row, years: int = 1, care: Row | None = None, **tables: object) -> Place:
    """The council's tax and fenced grant, the NHS's core; care and wards; one pool."""
    streams = {
        "tax": {"agency": "council", "amount": [6, 7][:years], "carry_forward": 0.5},
        "grant": {"agency": "council", "amount": [1, 2][:years], "fence": ["care"]},
        "core": {"agency": "nhs", "amount": [3, 3][:years], "raised": "national"},
    }
    pools = {
        "fund": {
            "streams": {"tax": {"minimum": 1 * MILLION, "maximum": 2 * MILLION}, "core": {}},
            "management_cost": 0.1,
        }
    }
    services = {"care": {**CARE, **(care or {})}, "ward": WARD}
    return small(streams, services, years=years, pools=pools, rules=list(rules), **tables)


def districts(*rules: Row, **tables: object) -> Place:
    """Care in the north and the south, a helpline for both; all make the same outcome."""
    offers = [{"offer": f"care_{area}", "area": area} for area in ("north", "south")]
    made = small(
        {"tax": {"agency": "council", "amount": 6}},
        {"care": {"people": None, "offer": offers}, "helpline": {"people": None, "cost": 500}},
        areas=AREAS,
        rules=list(rules),
        **tables,
    )
    effects = made.effects.assign(outcome="care_good", impact=[1.0, 0.25])
    return made.with_(
        offers=made.offers.assign(capacity=[2_000.0, 1_000.0, 4_000.0]), effects=effects
    )


def written(where: Place, pooling: str = "pooled", **options: object) -> Programme:
    return build(where, read_pooling(where, pooling), **options)


def rows_of(where: Place, *names: str, pooling: str = "pooled", **options: object) -> str:
    programme = written(where, pooling, **options)
    return rows_text(programme.draft, names)


def lumpy() -> Place:
    """A new offer with a set-up cost, one in use with a smallest lot, and need for 3,000."""
    offers = [
        {"offer": "new", "set_up_cost": 500_000, "smallest_lot": 100, "first_year": "2028-29"},
        {"offer": "old", "smallest_lot": 200, "capacity": 1_000},
    ]
    made = place(years=2, care={"offer": offers, "today": {}})
    now = {"service": "care", "stream": "tax", "amount": MILLION, "offer": "old"}
    return made.with_(today=pd.DataFrame([now]))


def leaving() -> Place:
    """Ending the old offer, which is in use, costs £300,000, and the new one £90,000."""
    made = lumpy()
    return made.with_(offers=made.offers.assign(leaving_cost=[90_000.0, 300_000.0, None]))


def levelled() -> Place:
    """Care for 400 in the north and 200 in the south: in districts or for the whole place."""
    made = districts()
    care = {"offer": "care_place", "service": "care", "unit_cost": 900.0, "capacity": 5_000.0}
    needs = [("care", "north", 400), ("care", "south", 200)]
    levels = [("care", "place", 90_000, 0.8), ("care", "district", 40_000, None)]
    return made.with_(
        offers=pd.concat([made.offers, pd.DataFrame([care])], ignore_index=True),
        needs=pd.DataFrame(needs, columns=["service", "area", "people"]),
        levels=pd.DataFrame(levels, columns=["service", "tier", "overhead", "kept"]),
    )


def staffed() -> Place:
    """Of carers, whose posts work 200 days of 7.5 hours, a unit of care takes 30 hours."""
    made = place(rule("posts_cap", "role=carers", 12, year="2028-29"), years=2)
    post = {"role": "carers", "days": 210.0, "absence_days": 10.0, "hours": 7.5}
    return made.with_(
        posts=pd.DataFrame([post]),
        staffing=pd.DataFrame([{"offer": "care", "role": "carers", "hours": 30.0}]),
    )


def budgets(kind: str) -> Place:
    """A tenth of those who need care choose and buy for themselves with £950, and £40 of advice."""
    made = place(rule(kind, "service=care; delivery_model=personal budget", 10), years=2)
    own = {"offer": "own", "service": "care", "unit_cost": 1_000.0}
    own |= {"delivery_model": "personal budget"}
    budget = {"offer": "own", "saving": 0.05, "recovered": 0.1, "advice": 40.0}
    return made.with_(
        offers=pd.concat([made.offers, pd.DataFrame([own])], ignore_index=True),
        personal_budgets=pd.DataFrame([budget]),
    )


def agreed(*, pays: bool = False) -> Place:
    """£900,000 for 500 more of what care does in the first year, over two years.

    Half of it comes to the council, or is paid by it.
    """
    made = place(years=2)
    target = {"target": "kept", "outcome": "care_good", "year": "2027-28", "baseline": 100.0}
    target |= {"stretch": 600.0, "threshold": 0.6, "reward": 900_000.0, "instalments": 2}
    shares = [{"target": "kept", "stream": "tax", "share": 0.5, "pays": pays}]
    return made.with_(targets=pd.DataFrame([target]), target_shares=pd.DataFrame(shares))


def lent() -> Place:
    """A loan of £2 million over ten years into the grant, which the tax bears."""
    made = place(years=2)
    loan = {"loan": "wards", "stream": "grant", "borne_by": "tax", "first_year": "2027-28"}
    loan |= {"most": 2 * MILLION, "rate": 0.05, "years": 10, "later_pound": 2.0}
    return made.with_(loans=pd.DataFrame([loan]))


def chosen() -> Place:
    """Exactly one of the new and the old offer, at most one of the old and a plain one."""
    made = lumpy()
    plain = {"offer": "plain", "service": "care", "unit_cost": 2_000, "first_year": "2028-29"}
    rows = [("who", "new", None), ("who", "old", None)]
    rows += [("where", offer, "at_most_one") for offer in ("old", "plain")]
    return made.with_(
        offers=pd.concat([made.offers, pd.DataFrame([plain])], ignore_index=True),
        choices=pd.DataFrame(rows, columns=["choice", "offer", "rule"]),
    )


def succeeded() -> Place:
    """The council's care in two areas, in the second year of two that share its money unevenly."""
    ends = [
        {"agency": "council", "successor": who, "year": "2028-29", "share": share}
        for who, share in (("moor", 0.7), ("coast", 0.3))
    ]
    made = place(years=2, care={"offer": [{"area": "north"}, {"area": "south"}], "people": None})
    areas = {"council": "place", "nhs": "place", "moor": "north", "coast": "south"}
    return made.with_(
        areas=pd.DataFrame(AREAS), successions=pd.DataFrame(ends),
        agencies=pd.DataFrame([{"agency": a, "area": area} for a, area in areas.items()]),
    )  # fmt: skip


def shared() -> Place:
    """The new offer and a plain one, which is in use and gives notice, run through a desk."""
    made = chosen()
    desk = {"offer": "desk", "service": "ward", "unit_cost": 1_000, "smallest_lot": 40}
    lot = made.offers["smallest_lot"].where(made.offers["offer"] != "plain", 50)
    rows = [("desk", "new", 20, 2), ("desk", "plain", 0, 2)]
    now = {"service": "care", "stream": "tax", "amount": MILLION, "offer": "plain"}
    return made.with_(
        offers=pd.concat(
            [made.offers.assign(smallest_lot=lot), pd.DataFrame([desk])], ignore_index=True
        ),
        choices=None,
        shared_services=pd.DataFrame(
            rows, columns=["shared_offer", "offer", "takes", "notice_years"]
        ),
        today=pd.DataFrame([now]),
    )


def priced() -> Place:
    """Two offers of care; one is indexed, 10 % then 20 %, and has a set-up cost."""
    offers = [
        {"offer": "plain"},
        {"offer": "risen", "unit_cost": 500, "index": "pay", "set_up_cost": 200_000},
    ]
    rates = [("pay", 0.1), ("pay", 0.2), ("general", 0.0), ("general", 0.0)]
    years = ["2027-28", "2028-29"] * 2
    inflation = [{"index": i, "year": y, "rate": r} for (i, r), y in zip(rates, years, strict=True)]
    made = place(years=2, care={"offer": offers, "today": {}}, inflation=inflation)
    return made.with_(settings=made.settings.__class__("small", made.years, price_base="2026-27"))


def stepped() -> Place:
    steps = [
        {"service": "care", "step": 1, "up_to": 0.5, "effectiveness": 1.0},
        {"service": "care", "step": 2, "up_to": 0.75, "effectiveness": 0.5},
    ]
    offers = [{"offer": "big"}, {"offer": "little", "capacity": 300}]
    return place(care={"offer": offers, "today": {}, "units_per_person": 2}, returns=steps)


def limited() -> Place:
    """What care makes from the year after, for two years, is at risk in the south and in all."""
    at_risk = [
        {"outcome": "care_good", "most": 2_500},
        {"outcome": "care_good", "most": 800, "area": "south", "year": "2028-29"},
    ]
    made = districts(at_risk=at_risk)
    return made.with_(
        effects=made.effects.assign(lag=[1, 0], duration=[2, 1], drop_off=[0.25, 0.0])
    )


NEED = ("need_met", "avoided", "paid_for", "release", "build", "need_after")


def saving() -> Place:
    saved = [{"outcome": "care_good", "agency": "council", "value": 3_000, "cashable": 0.5}]
    return place(years=2, savings=saved)


def capital() -> Place:
    direction = rule("capitalisation", "service=care", 600_000, reference="a direction")
    made = place(direction)
    return made.with_(streams=made.streams.assign(kind=["capital", "revenue", "revenue"]))


def valued() -> Place:
    """Care a year later: fiscal £300 (40 % cashable), economic £70, social £30, weight 2."""
    made = place()
    return made.with_(
        settings=made.settings.__class__("small", made.years, discount=0.25),
        effects=made.effects.assign(lag=[1, 0]),
        outcomes=made.outcomes.assign(
            economic_value=[70.0, 0.0], social_value=[30.0, 100.0], weight=[2.0, 1.0]
        ),
        savings=pd.DataFrame(
            [{"outcome": "care_good", "agency": "council", "value": 300, "cashable": 0.4}]
        ),
    )


def preventing() -> Place:
    """Family support spares 3 attendances a year later; beds go and families grow only so fast.

    The council's £2 million buys 1,000 families today, so that 3,000 attendances more
    would come without them: need is 103,000. One year of the appraisal is without money.
    """
    made = worked(nursing=False, family_today=2 * MILLION, appraisal_years=4)
    capacity, build = ([None, value, None] for value in (2_500.0, 0.4))
    return made.with_(offers=made.offers.assign(capacity=capacity, build=build))


def need_in_the_objective(name: str) -> str:
    programme = written(preventing(), "aligned", objectives=(name,))
    made = programme.objectives[0]
    text = cost_text(name, made.gain, programme.draft)
    return text.replace(" + ", "\n+ ").replace(" - ", "\n- ") + f"constant: {made.constant:g}\n"


def no_empty_capacity() -> str:
    programme = written(preventing(), "aligned")
    last = programme.objectives[-1]
    assert not last.asked
    return cost_text(last.name, -last.gain, programme.draft).replace(" + ", "\n+ ")


BLOCKS: dict[str, Callable[[], str]] = {
    "need": lambda: rows_of(preventing(), *NEED, "line_cost", "delivery"),
    "need_that_money_cannot_meet": lambda: rows_of(
        preventing(),
        *("need_met", "release", "least_unmet", "least_dropped"),
        shortfall=Shortfall(unmet=2.0, dropped=1.0),
    ),
    "money": lambda: bounds_text(written(place()), ["money"]),
    "money_aligned": lambda: bounds_text(written(place(), "aligned"), ["money"]),
    "money_freed": lambda: bounds_text(written(place(), "freed"), ["money"]),
    "class_balance": lambda: (
        rows_of(place(years=2), "class_balance")
        + bounds_text(written(place(years=2)), ["carry", "idle"])
    ),
    "class_balance_reinvested": lambda: rows_of(saving(), "class_balance", reinvest=0.8),
    "pool_balance": lambda: (
        rows_of(place(), "pool_balance") + bounds_text(written(place()), ["contribute", "unspent"])
    ),
    "line_cost": lambda: rows_of(priced(), "line_cost"),
    "delivery": lambda: (
        rows_of(stepped(), "delivery") + bounds_text(written(stepped()), ["units", "step_units"])
    ),
    "lots": lambda: (
        rows_of(lumpy(), "start_once", "run_after_start", "smallest_lot", "largest_lot")
        + bounds_text(written(lumpy()), ["start", "run", "units"])
    ),
    "leaving": lambda: (
        rows_of(leaving(), "line_cost", "leave_due", "leave_shut", "leave_ran")
        + bounds_text(written(leaving()), ["leave"])
    ),
    "levels": lambda: (
        rows_of(
            levelled(),
            *("level_one", "level_shut", "level_used", "line_cost", "largest_lot"),
            pooling="aligned",
        )
        + bounds_text(written(levelled(), "aligned"), ["level", "step_units"])
        + cost_text(
            "public value",
            written(levelled(), "aligned").objectives[0].gain,
            written(levelled(), "aligned").draft,
        )
    ),
    "targets": lambda: (
        rows_of(agreed(), "target_reached", "target_threshold", "target_met", "class_balance")
        + bounds_text(written(agreed()), ["reward", "met"])
    ),
    "successions": lambda: (
        rows_of(succeeded(), "class_balance", "pool_balance")
        + bounds_text(written(succeeded()), ["contribute", "carry"])
    ),
    "targets_owed": lambda: (
        rows_of(agreed(pays=True), "owed_met", "owed_share", "owed_whole", "class_balance")
        + bounds_text(written(agreed(pays=True)), ["whole"])
    ),
    "loans": lambda: (
        rows_of(lent(), "class_balance")
        + bounds_text(written(lent()), ["borrow"])
        + cost_text("public value", written(lent()).objectives[0].gain, written(lent()).draft)
        + cost_text(
            "net public value",
            written(lent(), objectives=["net public value"]).objectives[0].gain,
            written(lent()).draft,
        )
    ),
    "choices": lambda: (
        rows_of(chosen(), "start_once", "largest_lot", "choice_most", "choice_least")
        + bounds_text(written(chosen()), ["start", "run"])
    ),
    "shared": lambda: rows_of(
        shared(), "shared_open", "shared_least", "shared_takes", "shared_notice"
    ),
    "counted": lambda: rows_of(limited(), "counted"),
    "at_risk": lambda: rows_of(limited(), "at_risk"),
}
RULES: dict[str, Callable[[], str]] = {
    "floor": lambda: rows_of(place(rule("floor", "service=care", 3e6)), "floor"),
    "floor_of_a_pool": lambda: rows_of(
        place(rule("floor", "pool=fund; purpose=ward", 5e5)), "floor"
    ),
    "cap": lambda: rows_of(place(rule("cap", "agency=nhs", 2e6), years=2), "cap"),
    "units_floor": lambda: rows_of(place(rule("units_floor", "", 700)), "units_floor"),
    "units_cap": lambda: rows_of(
        place(rule("units_cap", "purpose=care", 900, year="2028-29"), years=2), "units_cap"
    ),
    "posts_cap": lambda: rows_of(staffed(), "posts_cap"),
    "provider_cap": lambda: rows_of(
        homes(years=2).with_(
            rules=pd.DataFrame(
                [rule("provider_cap", "service=care; provider=A", 50, year="2028-29")]
            )
        ),
        "provider_cap",
    ),
    "take_up_floor": lambda: rows_of(budgets("take_up_floor"), "take_up_floor", "line_cost"),
    "take_up_cap": lambda: rows_of(budgets("take_up_cap"), "take_up_cap"),
    "outcome_floor": lambda: rows_of(
        districts(rule("outcome_floor", "outcome=care_good; area=north", 500)), "outcome_floor"
    ),
    "lock": lambda: rows_of(place(rule("lock", "", 10), years=2), "lock_least", "lock_most"),
    "pace": lambda: rows_of(
        place(rule("pace", "service=care", 5), years=2), "pace_least", "pace_most"
    ),
    "share_floor": lambda: rows_of(place(rule("share_floor", "service=ward", 20)), "share_floor"),
    "share_cap": lambda: rows_of(
        place(rule("share_cap", "pool=fund; service=care", 40)), "share_cap"
    ),
    "equity_floor": lambda: rows_of(
        districts(rule("equity_floor", "outcome=care_good; tier=district", 80)), "equity_floor"
    ),
    "virement": lambda: rows_of(place(rule("virement", "purpose=care", 10), years=2), "virement"),
    "no_worse_off": lambda: rows_of(
        valued().with_(rules=pd.DataFrame([rule("no_worse_off", "agency=council", 20)])),
        "no_worse_off_savings",
        "no_worse_off_value",
        benchmarks={"council": Benchmark(savings=1e6, value=2e6)},
    ),
    "capitalisation": lambda: rows_of(capital(), "capitalisation"),
}


def objective(name: str) -> str:
    where = districts() if name in ("worst-off area", "leximin") else valued()
    programme = written(where, "pooled" if len(where.pools) else "aligned", objectives=(name,))
    gain = programme.objectives[0].gain
    extra = [family for family in ("score", "worst") if family in programme.rows]
    return cost_text(name, gain, programme.draft) + rows_text(programme.draft, extra).strip("\n")


def reinvesting_objective() -> str:
    programme = written(saving(), objectives=("fiscal saving",), reinvest=0.8)
    return cost_text("fiscal saving", programme.objectives[0].gain, programme.draft)


def least_change() -> str:
    """What decides between decisions that are equally good, and what it adds."""
    programme = written(place())
    draft = copy(programme.draft)
    draft.columns, draft.rows = dict(programme.columns), dict(programme.rows)
    made = tie_break.least_change(draft, programme.basis, np.zeros(draft.width))
    return cost_text("least", made.cost, draft) + rows_text(draft, ["change"])


def stable_weights() -> str:
    """What decides between decisions that change as little."""
    programme = written(place())
    made = tie_break.stable_weights(programme.draft, programme.basis, programme.draft.width)
    text = cost_text("least", np.round(made.cost, 6), programme.draft)
    return text.replace(" + ", "\n+ ")


TEXTS: dict[str, Callable[[], str]] = {
    **{f"block_{name}": text for name, text in BLOCKS.items()},
    **{f"rule_{name}": text for name, text in RULES.items()},
    **{
        f"objective_{name.replace(' ', '_').replace('-', '_')}": lambda name=name: objective(name)
        for name in OBJECTIVES
    },
    **{
        f"objective_{name.replace(' ', '_')}_with_need_avoided": lambda name=name: (
            need_in_the_objective(name)
        )
        for name in ("public value", "fiscal saving", "cashable saving")
    },
    "objective_no_empty_capacity": no_empty_capacity,
    "objective_with_savings_reinvested": reinvesting_objective,
    "tie_break_decisions_1_change": least_change,
    "tie_break_decisions_2_stable_weights": stable_weights,
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_programme_reads_as_the_golden_text(name: str, pytestconfig: pytest.Config) -> None:
    path, text = GOLDEN / f"{name}.lp", TEXTS[name]().rstrip("\n") + "\n"
    if pytestconfig.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_there_is_no_golden_text_without_a_test() -> None:
    assert {path.stem for path in GOLDEN.glob("*.lp")} == set(TEXTS)


def test_every_block_and_every_kind_of_rule_has_a_golden_text() -> None:
    from placebudget.place.rule_kinds import RULE_KINDS

    assert set(RULE_KINDS) <= set(RULES)
    families = {
        "class_balance",
        "pool_balance",
        "line_cost",
        "delivery",
        "lots",
        "choices",
        "shared",
    }
    assert families | {"counted", "at_risk", "need"} <= set(BLOCKS)
    assert set(NEED) <= set(written(preventing()).rows)
