"""Money of a class split back into streams breaks no condition of any stream.

Random places, and a random corner of what their programme allows, not only the
best one; every account is then checked in whole pence from the tables alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import placebudget as pb
from placebudget.place import Place
from placebudget.plan.flows import Money, split_over_streams
from placebudget.programme import build, read_pooling
from placebudget.solver import RunLimits
from placebudget.solver.backend.engine import HighsEngine
from small import MILLION, small

SERVICES: dict[str, dict[str, Any]] = {
    "care": {"commissioner": "council", "people": 2_000},
    "clinic": {"commissioner": "nhs", "people": 900, "cost": 1_234.56},
    "works": {"commissioner": "council", "kind": "capital", "people": 500},
    "ward": {"commissioner": "nhs", "people": 3_000, "cost": 777.0},
}
AMOUNTS = st.sampled_from([0.0, 0.01 / MILLION, 0.333333, 1.0, 1.23456789])


@st.composite
def places(draw: st.DrawFn) -> tuple[Place, int]:
    """A place with many streams of few sorts, and a seed."""
    years = draw(st.integers(1, 3))
    streams: dict[str, dict[str, Any]] = {}
    sorts = [
        {
            "agency": draw(st.sampled_from(["council", "nhs"])),
            "raised": draw(st.sampled_from(["local", "national"])),
            "kind": draw(st.sampled_from(["revenue", "revenue", "capital"])),
            "recurrent": draw(st.booleans()),
            "carry_forward": draw(st.sampled_from([0.0, 0.07, 0.5, 1.0])),
            "fence": draw(st.sampled_from([(), (), ("care", "clinic"), ("works", "ward")])),
        }
        for _ in range(draw(st.integers(1, 3)))
    ]
    joined = [draw(st.booleans()) for _ in sorts]
    limits: dict[str, dict[str, Any]] = {}
    for n in range(draw(st.integers(3, 7))):
        kind = draw(st.integers(0, len(sorts) - 1))
        streams[f"m{n}"] = {**sorts[kind], "amount": [draw(AMOUNTS) for _ in range(years)]}
        if joined[kind]:
            most = draw(st.sampled_from([None, None, 200_000.0, 0.0]))
            least = draw(st.sampled_from([0.0, 0.0, 0.01]))
            poorest = min(streams[f"m{n}"]["amount"]) * MILLION
            least = least if least <= poorest and least <= (most or np.inf) and most != 0 else 0.0
            limits[f"m{n}"] = {"maximum": most, "minimum": least}
    pools = {"fund": {"streams": limits, "management_cost": draw(st.sampled_from([0, 0.013]))}}
    purposes = draw(st.sampled_from([(), ("care", "ward")]))
    pools["fund"]["purposes"] = purposes
    place = small(streams, SERVICES, years=years, pools=pools if limits else None)
    return place, draw(st.integers(0, 2**20))


def corner(place: Place, pooling: str, seed: int) -> Money:
    """Money at a random corner of what the programme allows, by stream."""
    programme = build(place, read_pooling(place, pooling))
    cost = np.random.default_rng(seed).normal(size=programme.matrix.width)
    answer = HighsEngine(programme.matrix).run(cost, RunLimits(), None)
    assert answer.values is not None
    return split_over_streams(programme, answer.values, {})


def pence(amounts: pd.Series) -> pd.Series:
    """Whole pence; an amount that is not whole pence is a mistake."""
    whole = (amounts * 100).round()
    assert ((amounts * 100 - whole).abs() < 1e-4).all()
    return whole.astype("int64")


@settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(places(), st.sampled_from(["aligned", "pooled", "freed"]))
def test_no_condition_of_a_stream_is_broken(drawn: tuple[Place, int], pooling: str) -> None:
    place, seed = drawn
    money = corner(place, pooling, seed)
    check_balances(place, money)
    check_carrying(place, money)
    check_contributions(place, money, pooling)
    check_where_it_goes(place, money, pooling)


def check_balances(place: Place, money: Money) -> None:
    """Every stream and year adds up in pence, and holds what funding says."""
    b = money.balances
    columns = ("funding", "carried_in", "direct", "contributed", "carried_out", "idle")
    cash = {name: pence(b[name]) for name in columns}
    held = cash["funding"] + cash["carried_in"]
    gone = cash["direct"] + cash["contributed"] + cash["carried_out"] + cash["idle"]
    assert (held == gone).all()
    assert all((amount >= 0).all() for amount in cash.values())
    funding = place.funding.set_index(["stream", "year"])["amount"]
    keys = pd.MultiIndex.from_frame(b[["stream", "year"]])
    assert set(keys) == set(funding.index)
    assert list(cash["funding"]) == list((funding.reindex(keys) * 100).round().astype("int64"))
    flows = money.flows
    direct = flows[flows["route"] == "direct"].groupby(["stream", "year"])["amount"].sum()
    direct = (direct.reindex(keys, fill_value=0.0) * 100).round().astype("int64")
    assert list(direct) == list(cash["direct"])


def check_carrying(place: Place, money: Money) -> None:
    """Out of a year goes into the next, up to its share of funding; none out of the last."""
    share = place.filled("streams").set_index("stream")["carry_forward"]
    for stream, rows in money.balances.sort_values("year").groupby("stream"):
        out, into = pence(rows["carried_out"]), pence(rows["carried_in"])
        assert list(into) == [0, *list(out)[:-1]]
        assert out.iloc[-1] == 0
        most = rows["funding"] * share[stream] * 100
        assert (out <= most + 0.51).all()


def check_contributions(place: Place, money: Money, pooling: str) -> None:
    """Gross between minimum and maximum; fee, spending and the rest add up to it in pence."""
    c = money.contributions
    parts = pence(c["management_cost"]) + pence(c["spent"]) + pence(c["unspent"])
    assert (parts == pence(c["gross"])).all()
    flows = money.flows
    paid = flows[flows["route"] != "direct"].groupby(["stream", "route", "year"])["amount"].sum()
    spent = c.set_index(["stream", "pool", "year"])["spent"]
    assert list((spent * 100).round()) == list(
        (paid.reindex(spent.index, fill_value=0.0) * 100).round()
    )
    if pooling != "pooled":
        assert (c["management_cost"] == 0).all()
        assert pooling == "freed" or c.empty
        return
    fee = 0.0 if place.pools.empty else float(place.filled("pools")["management_cost"].iloc[0])
    assert ((c["management_cost"] - c["gross"] * fee).abs() <= 0.0101).all()
    gross = c.groupby(["stream", "year"])["gross"].sum()
    for row in place.filled("contributions").itertuples():
        for year in place.years:
            amount = float(gross.get((row.stream, year), 0.0))
            assert amount >= row.minimum - 0.0051
            assert pd.isna(row.maximum) or amount <= row.maximum + 0.0051
    assert set(c["stream"]) <= set(place.contributions["stream"])


def check_where_it_goes(place: Place, money: Money, pooling: str) -> None:
    """Ring-fence, commissioner, purposes of the pool, capital and revenue, stream by stream."""
    streams = place.filled("streams").set_index("stream")
    services = place.filled("services").set_index("service")
    fences = place.ring_fences.groupby("stream")["purpose"].agg(set).to_dict()
    purposes = set(place.pool_purposes["purpose"])
    for row in money.flows.itertuples():
        stream, service = streams.loc[row.stream], services.loc[row.service]
        if stream["kind"] == "capital":
            assert service["kind"] == "capital"
        if pooling == "freed":
            assert row.route == "freed"
            continue
        assert row.stream not in fences or service["purpose"] in fences[row.stream]
        if row.route == "direct":
            assert service["commissioner"] == stream["agency"]
        else:
            assert row.route == "fund"
            assert not purposes or service["purpose"] in purposes


def test_streams_that_all_conditions_treat_alike_are_one_class() -> None:
    """Four alike; one differs in each of agency, raised, kind, recurrence, carrying, fence, pool

    and limits of its contribution: one class of four and nine of one.
    """
    plain = {"agency": "council", "amount": 1}
    streams: dict[str, dict[str, Any]] = {f"alike{n}": plain for n in range(4)}
    streams |= {
        "of_nhs": {**plain, "agency": "nhs"},
        "voted": {**plain, "raised": "national"},
        "works": {**plain, "kind": "capital"},
        "once": {**plain, "recurrent": False},
        "carried": {**plain, "carry_forward": 0.1},
        "fenced": {**plain, "fence": ["care"]},
        "no_pool": plain,
        "staying": plain,
        "limited": plain,
    }
    paying: dict[str, dict[str, Any]] = {name: {} for name in streams if name != "no_pool"}
    paying["staying"] = {"stays_in_area": True}
    paying["limited"] = {"maximum": MILLION}
    place = small(streams, SERVICES, pools={"fund": {"streams": paying}})
    programme = build(place, read_pooling(place, "pooled"))
    sizes = sorted(len(names) for names in programme.basis.classes.streams)
    assert sizes == [1] * 9 + [4]


def test_a_class_is_split_by_what_each_stream_has_left() -> None:
    """Streams of 1 and 3 in a class that may carry half, year 1 without need, year 2 with 2,500.

    Carried by funding: 0.5 and 1.5 at most; spent in year 2 by what is left: a quarter and three
    quarters of 2.5, the rest idle.
    """
    place = small(
        {
            "one": {"agency": "council", "amount": [1, 0], "carry_forward": 0.5},
            "three": {"agency": "council", "amount": [3, 0], "carry_forward": 0.5},
        },
        {"care": {}},
        years=2,
        needs=[
            {"service": "care", "people": 0, "year": "2027-28"},
            {"service": "care", "people": 1_200, "year": "2028-29"},
        ],
    )
    plan = pb.optimise(place, pooling="aligned", prices=False)
    flows = plan.money(["stream", "year"]).set_index(["stream", "year"])["amount"].to_dict()
    assert flows == {("one", "2028-29"): 300_000, ("three", "2028-29"): 900_000}
    carried = plan.tables["balances"].set_index(["stream", "year"])["carried_out"]
    ratio = carried[("three", "2027-28")] / carried[("one", "2027-28")]
    assert 1_200_000 <= carried.sum() <= 2_000_000
    assert abs(ratio - 3) < 1e-6
