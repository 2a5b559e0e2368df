"""More ways for money to come together leave no more need unmet, and are worth no less.

Tried on places at random whose money is cut or raised, with a pool, a rule, and services without
effects; a live session finds what a plan made anew finds, before and after a cut.
"""

from __future__ import annotations

import random
from contextlib import suppress

import pandas as pd
import pytest

import placebudget as pb
from needing_places import needing
from placebudget.errors import Infeasible
from placebudget.place import Place
from placebudget.plan.need import meet_alike, need_unmet
from proof import ALL
from small import POWER

RULES = (("floor", 50_000.0), ("cap", 300_000.0), ("pace", 30.0), ("units_floor", 10.0))
NARROW_TO_WIDE = ("aligned", "pooled", "freed")
SEEDS = range(60) if ALL else (7, 38, 59)


def harder(seed: int) -> Place:
    """A random place with other money, a pool both agencies may use, rules, a kept service."""
    draw, place = random.Random(seed), needing(seed)
    service = draw.choice(("treat", "care", "prevent", "other"))
    pool = {"pool": "both", "legal_power": POWER, "management_cost": 0.0}
    plain = {"service": "plain", "commissioner": "nhs", "purpose": "plain"}
    paid = {"pool": "both", "legal_power": POWER, "minimum": 0.0, "maximum": 500_000.0}
    offer = {"offer": "plain", "service": "plain", "area": "place", "unit_cost": 100.0}
    kind, amount = draw.choice(RULES)
    rule = {"rule": "r", "kind": kind, "subject": f"service={service}", "amount": amount}
    today = {"service": "plain", "area": "place", "stream": "core", "amount": 100_000.0}

    def more(name: str, row: dict[str, object]) -> pd.DataFrame:
        return pd.concat([place.tables[name], pd.DataFrame([row])], ignore_index=True)

    changed = place.with_(
        pools=pd.DataFrame([pool]),
        contributions=pd.DataFrame([{**paid, "stream": name} for name in ("tax", "core")]),
        services=more("services", plain),
        offers=more("offers", {**offer, "index": "general", "capacity": 20_000.0}),
        today=more("today", today),
        rules=pd.DataFrame([{**rule, "basis": "policy"}]),
    )
    return with_money(changed, draw.choice((0.8, 0.9, 1.0, 1.3, 1.6)))


def with_money(place: Place, factor: float) -> Place:
    """The place with other money in the years that are planned."""
    funding = place.funding
    ahead = funding["year"].isin(place.years)
    amount = funding["amount"].where(~ahead, funding["amount"] * factor)
    return place.with_(funding=funding.assign(amount=amount))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wider_pooling_meets_no_less_need_and_is_worth_no_less(seed: int) -> None:
    place = harder(seed)
    if place.check().errors:
        pytest.skip("today spends more than there is")
    plans = {}
    for pooling in NARROW_TO_WIDE:
        try:
            plans[pooling] = pb.optimise(place, pooling=pooling, prices=False)
        except Infeasible:
            assert not plans, "what is possible apart is possible together"
    for narrow, wide in zip(list(plans)[:-1], list(plans)[1:], strict=True):
        one, other = plans[narrow], plans[wide]
        assert need_unmet(other)[1] <= need_unmet(one)[1] + 1.0
        dropped = [each.run.get("capacity_dropped", 0) for each in (one, other)]
        if meet_alike(one, other) and dropped[0] <= dropped[1] + 1:
            assert other.objective.value >= one.objective.value - 1.0
    for pooling, plan in plans.items():
        live = pb.session(place, pooling=pooling)
        for _ in range(2):
            reached = live.solve()
            assert reached.need_unmet == pytest.approx(plan.run.get("need_unmet", 0), abs=1.0)
            assert reached.value == pytest.approx(plan.objective.value, abs=1.0)
            # Another amount in between leaves nothing behind.
            live.scale_funding(0.8)
            with suppress(Infeasible):
                live.solve()
            live.scale_funding(1 / 0.8)
