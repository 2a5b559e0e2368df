"""What a board is asked of each pool: who pays in, what comes back, what it pays for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.conditions import open_pools
from placebudget.place.names import Names
from placebudget.place.once import once
from placebudget.place.succession import succeeded
from placebudget.plan import Plan
from placebudget.programme.money import contribution_limits
from placebudget.study import Outlook, Potential, outlook
from placebudget.texts import listed
from placebudget.words import money, sentence

SHOWN = 5e4
"""Pounds below which a change is none that is told."""
LEAST = 1e3
"""Pounds in all years below which what an agency pays into a pool is no decision."""
_TOLD = 3
"""How many services are told by name: what gains by pooling, what loses."""
_CHANGED = 3
"""How many services are told of those that a pool pays for."""
_LIMITS = {"least": "the least it must pay", "most": "the most it may pay"}
_KNOWN = ("placeholder", "illustrative", "derived", "published")
"""How a limit is known, the weakest first: several are as weak as the weakest."""


@once
def payers(potential: Potential) -> pd.DataFrame:
    """What agencies pay into pools and get from them, and whether that ends at a limit.

    Returns
    -------
    DataFrame
        pool, agency, and in pounds of all years ``today`` and ``pooled`` (paid in), ``back``
        (what the pool pays for services it commissions; ``today_back`` today), ``net`` (back
        less paid in);
        ``today_first`` and ``pooled_first`` (paid in, in the first year); ``limit`` (least,
        most or blank) and ``known`` (the status of that limit; blank: not stated);
        ``bound`` (the least that it must pay); ``power`` (the law under which it may pay).
    """
    place, first = potential.place, potential.place.years[0]
    columns = {}
    for name in ("today", "pooled"):
        paid = paid_in(potential.plans[name], place)
        columns[name] = paid.groupby(["pool", "agency"])["gross"].sum()
        begins = paid[paid["year"] == first]
        columns[f"{name}_first"] = begins.groupby(["pool", "agency"])["gross"].sum()
        spent = potential.plans[name].money(["route", "commissioner"])
        spent = spent[spent["route"].isin(place.pools["pool"])]
        back = "back" if name == "pooled" else "today_back"
        columns[back] = spent.set_index(["route", "commissioner"])["amount"]
    found = pd.concat(columns, axis=1).fillna(0.0).rename_axis(["pool", "agency"])
    found = found[found.abs().max(axis=1) >= LEAST].sort_values(
        "pooled", ascending=False, kind="stable"
    )
    found["net"] = found["back"] - found["pooled"]
    limits = _limits(potential)
    return (
        found.join(limits)
        .fillna({"limit": "", "known": "", "bound": 0.0, "power": ""})
        .reset_index()
    )


def paid_in(plan: Plan, place: Place) -> pd.DataFrame:
    """What is paid into pools, with the agency that pays."""
    paid = plan.tables["contributions"]
    agency = paid["stream"].map(succeeded(place).streams.set_index("stream")["agency"])
    return paid.assign(agency=agency)[paid["gross"] > 0]


def _limits(potential: Potential) -> pd.DataFrame:
    """By pool and agency: the limit at which it ends, how that is known, the least, the power."""
    place = succeeded(potential.place)
    limits = contribution_limits(place, place.years)
    # A pool that is closed goes on with today's payment, whatever its limits are.
    shut = ~limits["pool"].isin(open_pools(place))
    limits.loc[shut, ["minimum", "maximum"]] = 0.0, np.inf
    limits["agency"] = limits["stream"].map(place.streams.set_index("stream")["agency"])
    paid = paid_in(potential.plans["pooled"], place).groupby(["pool", "agency"])["gross"].sum()
    rows = place.filled("contributions")
    rows["agency"] = rows["stream"].map(place.streams.set_index("stream")["agency"])
    keys, found = ["pool", "agency"], []
    for key, mine in limits.groupby(keys):
        gross, least, most = paid.get(key, 0.0), mine["minimum"].sum(), mine["maximum"].sum()
        limit = next(
            (name for name, bound in (("least", least), ("most", most))
             if gross > 0 and np.isfinite(bound) and abs(gross - bound) < len(mine)), "",
        )  # fmt: skip
        own = rows[(rows["pool"] == key[0]) & (rows["agency"] == key[1])]
        given = own["minimum"] > 0 if limit == "least" else own["maximum"].notna()
        held = set(own.loc[given, "status"].dropna())
        known = next((status for status in _KNOWN if status in held), "") if limit else ""
        power = "; ".join(own["legal_power"].dropna().unique())
        found.append((*key, limit, known, least, power))
    return pd.DataFrame(found, columns=[*keys, "limit", "known", "bound", "power"]).set_index(keys)


def at_limit(row: pd.Series) -> str:
    """That what is paid in ends at a limit, and how the limit is known; blank where it does not."""
    if not row["limit"]:
        return ""
    known = f" ({row['known']})" if row["known"] else ""
    return f"{_LIMITS[row['limit']]}{known}"


def _spared(potential: Potential) -> Iterator[str]:
    """Pools that add nothing, and what must be paid into them all the same."""
    place, names, bound = potential.place, Names(potential.place), list[str]()
    added = potential.added_by_pools()
    spared = [pool for pool in place.pools["pool"] if added.get(pool) == 0.0]
    if not spared:
        return
    years = "" if len(place.years) == 1 else f" over {len(place.years)} years"
    sums = payers(potential).groupby("pool")[["bound", "pooled", "today"]].sum()
    for pool, least, paid, today in sums.reindex(spared, fill_value=0.0).itertuples():
        name = names.of("pool", pool)
        if least >= SHOWN:
            bound.append(f"{money(least)} must be paid into {name}{years}")
        elif paid - today >= SHOWN:
            bound.append(f"the {money(paid)} that best pooled pays into {name} can stay out of it")
    # A plan without a pool keeps what it pays today for services of others than the payer.
    others = _for_others(potential).reindex(spared).dropna()
    for pool, paid in others[others >= SHOWN].items():
        named = sums.loc[pool, "bound"] >= SHOWN and len(bound) == 1
        through = "it" if named else f"{names.of('pool', str(pool))}{years}"
        bound.append(
            f"{money(paid)} that today pays through {through} for services of other agencies "
            "goes on"
        )
    whose = " and ".join(names.of("pool", pool) for pool in spared)
    one = len(spared) == 1
    yield (
        f"Nothing more to decide of {whose}: without {'it' if one else 'them'} the best plan is "
        f"worth as much{'; ' * bool(bound)}{'; '.join(bound)}."
    )


def _for_others(potential: Potential) -> pd.Series:
    """Pounds of all years that each pool pays today for services of others than who pays in."""
    place, paid = (
        potential.place,
        potential.plans["today"].money(["route", "agency", "commissioner"]),
    )
    paid = paid[paid["route"].isin(place.pools["pool"]) & (paid["agency"] != paid["commissioner"])]
    return paid.groupby("route")["amount"].sum()


@once
def the_gap(potential: Potential) -> Outlook:
    """What today's services would cost against the money."""
    return outlook(potential.place, reserves="none")


def asks(potential: Potential) -> Iterator[str]:
    """What is to be decided of each pool that adds value, beside today; of the others, that.

    What a pool that adds nothing pays for is one of many answers that are worth the same.
    """
    yield from _spared(potential)
    rows, names, first = payers(potential), Names(potential.place), potential.place.years[0]
    years = potential.place.years
    when = f"over {len(years)} years" if len(years) > 1 else f"in {first}"
    powers = potential.place.pools.set_index("pool")["legal_power"]
    # What a pool adds is measured without those that add nothing, which may stand in for it.
    too = " too" * (0.0 in potential.added_by_pools().values())
    for pool, mine in rows.groupby("pool", sort=False):
        if not (adds := potential.added_by_pools().get(str(pool), np.nan)):
            continue
        there = mine["today"].sum() > 0

        def beside(row: pd.Series, column: str = "pooled", there: bool = there) -> str:
            was = money(float(row[column.replace("pooled", "today")])) if there else "nothing"
            now = money(float(row[column]))
            return f"{now} ({'as today' if now == was else f'today {was}'})"

        whole = mine[["today", "pooled", "today_first", "pooled_first"]].sum()
        pays = mine[(mine["pooled"] > 0) | (mine["today"] > 0)]
        change = (pays["pooled"] - pays["today"]).abs().sort_values(ascending=False, kind="stable")
        moved = pays.loc[change[change >= SHOWN].index] if there else pays
        alone = len(pays) == 1
        law = powers[pool] if pd.notna(powers[pool]) else ""
        # What lets a host hold a pool seldom lets every body pay into it.
        own = pays["power"].where(pays["power"] != "", law)
        differs = bool((own != law).any())
        under = f" ({law})" * bool(law and not differs)
        said = []
        for at, row in moved.iterrows():
            told = [_back(row, there), f"at {at_limit(row)}" if row["limit"] else ""]
            who = names.of("agency", row["agency"]) + f" ({own[at]})" * differs
            told.insert(
                0,
                f"by {who}" if alone else f"{who} {beside(row) if there else money(row['pooled'])}",
            )
            said.append(", ".join(filter(None, told)))
        if same := len(pays) - len(moved):
            said.append(f"{same} {'other' if moved.size else 'agency' if same == 1 else 'agencies'}"
                        f"{'s' if moved.size and same > 1 else ''} "
                        f"{'pays' if same == 1 else 'pay'} as today")  # fmt: skip
        if lowered := _lowered(potential, str(pool)):
            said.append(f"less than today from {lowered}")
        bound, into = float(mine["bound"].sum()), f"{names.of('pool', pool)}{under}"
        if there and not len(moved) and whole["pooled"] - bound < SHOWN:
            yield (
                f"Not to decide: {money(whole['pooled'])} is paid into {into} {when}, "
                f"as today; that is the least that must be paid in.{_noted(potential, str(pool))} "
                "To decide: what it pays for, beside other money for the same services."
                f"{_pays_for(potential, str(pool))}"
            )
            continue
        begins = beside(whole, "pooled_first") if there else money(whole["pooled_first"])
        begins = "none" if max(whole["pooled_first"], whole["today_first"]) < 1 else begins
        without = f" Without it{too} the best plan is worth {money(adds)} less." * bool(
            np.isfinite(adds)
        )
        whom = f"{', ' if alone else ': '}{'; '.join(said)}"
        yield (
            f"To decide: whether {beside(whole)} is paid into {into} {when}, "
            f"{begins} of it in {first}{whom}."
            + without
            + f" {money(bound)} of it must be paid." * bool(bound >= SHOWN)
            + _pays_for(potential, str(pool))
            + _noted_of_money(potential, str(pool))
        )


def _back(row: pd.Series, there: bool) -> str:
    """What an agency gets from a pool for services it commissions, beside what it pays in."""
    if max(row["back"], row["today_back"]) < SHOWN:
        return "nothing back for its services"
    was = f" (today {money(row['today_back'])})" if there else ""
    return f"{money(row['back'])}{was} back for its services"


def _lowered(potential: Potential, pool: str) -> str:
    """Streams with a condition that pay less into a pool than today: least, area or purpose."""
    place = succeeded(potential.place)
    now, then = (
        paid[paid["pool"] == pool].groupby("stream")["gross"].sum()
        for paid in (paid_in(potential.plans[name], place) for name in ("today", "pooled"))
    )
    rows = place.filled("contributions")
    rows = rows[rows["pool"] == pool]
    bound = {
        "a least is asked of it": rows.loc[(rows["minimum"] > 0) | (rows["minimum_share"] > 0)],
        "it stays in its area": rows[rows["stays_in_area"]],
        "it is ring-fenced": place.ring_fences,
    }
    change = then.reindex(now.index, fill_value=0.0) - now
    names, told = Names(place), []
    for key, by in change[change <= -SHOWN].items():
        if why := [words for words, held in bound.items() if key in set(held["stream"])]:
            by_how_much = f"{names.of('stream', str(key))} {money(by, signed=True)}"
            told.append(f"{by_how_much} ({listed(why)})")
    return listed(told)


def _noted(potential: Potential, pool: str) -> str:
    """What the place notes of a pool; blank: nothing."""
    note = potential.place.pools.set_index("pool")["note"][pool]
    return f" {sentence(str(note)).removesuffix('.')}." if pd.notna(note) else ""


def _noted_of_money(potential: Potential, pool: str) -> str:
    """What the place notes of the money that would be paid into a pool; blank: nothing."""
    rows = succeeded(potential.place).contributions
    paid = paid_in(potential.plans["pooled"], potential.place)
    streams = paid.loc[paid["pool"] == pool, "stream"]
    rows = rows[(rows["pool"] == pool) & rows["stream"].isin(streams) & rows["note"].notna()]
    notes = dict.fromkeys(sentence(str(note)).removesuffix(".") for note in rows["note"])
    return "".join(f" {each}." for each in notes)


def _pays_for(potential: Potential, pool: str) -> str:
    """What the money of a pool is spent on, beside today: what changes most comes first."""
    spent = pd.concat(
        {name: _spent(potential.plans[name], pool) for name in ("today", "pooled")}, axis=1
    ).fillna(0.0)
    names = Names(potential.place)
    spent = spent.groupby([names.bare("service", key) for key in spent.index]).sum()
    spent = spent[spent.max(axis=1) >= LEAST].sort_values("pooled", ascending=False, kind="stable")
    there = bool(spent["today"].sum())
    spent = spent.loc[
        (spent["pooled"] - spent["today"]).abs().sort_values(ascending=False, kind="stable").index
    ]
    told = [
        f"{name} {money(now)}"
        + (f" (today {money(was)})" if there and abs(now - was) >= SHOWN else "")
        for name, was, now in spent[:_CHANGED].itertuples()
    ]
    if len(rest := spent[_CHANGED:]):
        was = f" (today {money(rest['today'].sum())}{_ups_and_downs(rest)})" if there else ""
        told.append(f"{_more(len(rest))} {money(rest['pooled'].sum())}{was}")
    return f" It pays for {listed(told)}." if told else ""


def _ups_and_downs(rows: pd.DataFrame) -> str:
    """What some of several get more and others less, where a sum would hide that; else blank."""
    change = rows["pooled"] - rows["today"]
    more, less = change.clip(lower=0.0).sum(), change.clip(upper=0.0).sum()
    told = f": {money(more, signed=True)} for some, {money(less, signed=True)} for others"
    return told * bool(min(more, -less) >= SHOWN)


def _spent(plan: Plan, pool: str) -> pd.Series:
    """Pounds of all years that a plan spends out of a pool, by service."""
    spent = plan.money(["route", "service"])
    return spent[spent["route"] == pool].set_index("service")["amount"]


def all_together(potential: Potential) -> str:
    """What the pools change against best aligned, all services in one sum; blank: nothing.

    Which pool takes from which service is not to be told: what an agency pays into one it no
    longer has for anything else, and the plan spends all its money anew. Services of one name
    are one, whoever commissions them.
    """
    if "aligned" not in potential.plans:
        return ""
    change, names = (
        changes(*(potential.plans[name] for name in ("aligned", "pooled"))),
        Names(potential.place),
    )
    change = change.groupby([names.bare("service", str(key)) for key in change.index]).sum()
    change = change.loc[change.abs().sort_values(ascending=False, kind="stable").index]
    said = []
    for mine in (change[change > 0], change[change < 0]):
        large = mine[mine.abs() >= SHOWN][:_TOLD]
        rest = mine.drop(large.index)
        told = [f"{name} {money(by, signed=True)}" for name, by in large.items()]
        if abs(rest.sum()) >= LEAST:
            told.append(f"{len(rest)} more {money(rest.sum(), signed=True)}")
        if len(large):
            said.append(listed(told))
    if not said:
        return ""
    whole = change.sum()
    rest = f"; in sum {money(whole, signed=True)}" if abs(whole) >= LEAST else ""
    lead = "All that pooling changes, against best aligned, summed over places"
    return f"{lead}: {'; '.join(said)}{rest}."


def _more(number: int) -> str:
    return f"{number} more service{'' if number == 1 else 's'}"


def changes(start: Plan, end: Plan) -> pd.Series:
    """Pounds by service by which a plan differs from another, the largest first."""
    first, last = (plan.money("service").set_index("service")["amount"] for plan in (start, end))
    change = last.sub(first, fill_value=0.0)
    return change.loc[change.abs().sort_values(ascending=False, kind="stable").index]
