"""From shares to payments: who would pay whom, in which year, under which power."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from placebudget.place import Place
from placebudget.plan.pennies import add_up

NO_POWER = "none known: name a power before money moves"
COLUMNS = ["year", "payer", "receiver", "amount", "legal_power", "power_known"]


def net_positions(shares: Mapping[str, float], by_year: pd.DataFrame) -> pd.DataFrame:
    """What each partner receives (or pays, below zero) in each year.

    A year's gain is shared in the same proportions as the whole gain; a partner
    receives its share of it less what falls to it by itself. Over the years,
    discounted, that gives each partner exactly its share of the whole.

    Parameters
    ----------
    shares : mapping of str to float
        Share of each partner in the whole gain, in any unit.
    by_year : DataFrame
        partner, year, amount: what falls to each by itself, in pounds.

    Returns
    -------
    DataFrame
        partner, year, own, share, transfer: pounds to the penny; the transfers of a
        year add up to nothing.

    Examples
    --------
    >>> own = pd.DataFrame({"partner": ["a", "b"], "year": "2027-28", "amount": [9.0, 1.0]})
    >>> net_positions({"a": 1, "b": 1}, own)["transfer"].tolist()
    [-4.0, 4.0]
    """
    whole = sum(shares.values())
    rows = []
    for year, group in by_year.groupby("year", sort=True):
        amounts = dict(zip(group["partner"], group["amount"], strict=True))
        names = sorted(set(amounts) | set(shares))
        own = [_pennies(amounts.get(name, 0.0)) for name in names]
        parts = [sum(own) / 100 * shares.get(name, 0.0) / whole for name in names]
        due = [_pennies(value) for value in add_up(parts, 2)]
        rows += [
            {
                "partner": n,
                "year": year,
                "own": o / 100,
                "share": d / 100,
                "transfer": (d - o) / 100,
            }
            for n, o, d in zip(names, own, due, strict=True)
        ]
    return pd.DataFrame(rows, columns=["partner", "year", "own", "share", "transfer"])


def payments(positions: pd.DataFrame, place: Place, partner_of: Mapping[str, str]) -> pd.DataFrame:
    """Payments from partner to partner that bring everybody to its share.

    Each year those who pay most pay those who receive most, which keeps payments few.

    Returns
    -------
    DataFrame
        year, payer, receiver, amount (pounds), legal_power, power_known.
    """
    powers = payment_powers(place, partner_of)
    rows = []
    for year, group in positions.groupby("year", sort=True):
        left = {n: _pennies(v) for n, v in zip(group["partner"], group["transfer"], strict=True)}
        while any(left.values()):
            payer = min(left, key=lambda name: (left[name], name))
            receiver = min(left, key=lambda name: (-left[name], name))
            amount = min(-left[payer], left[receiver])
            left[payer] += amount
            left[receiver] -= amount
            power = powers.get((payer, receiver))
            rows.append((year, payer, receiver, amount / 100, power or NO_POWER, bool(power)))
    return pd.DataFrame(rows, columns=COLUMNS)


def payment_powers(place: Place, partner_of: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Legal powers under which one partner pays into a pool that another shares or hosts.

    Returns
    -------
    dict
        (payer, receiver) to the powers that the place's contributions and pools name.
    """
    agency = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
    pools = place.pools.set_index("pool")
    found: dict[tuple[str, str], list[str]] = {}
    rows = place.contributions.sort_values(["pool", "stream"], kind="stable")
    for pool, group in rows.groupby("pool", sort=True):
        host, named = pools["host"].get(pool), pools["legal_power"].get(pool)
        taking = {partner_of[agency[stream]] for stream in group["stream"]}
        if not pd.isna(host):
            taking.add(partner_of[host])
        for stream, own in zip(group["stream"], group["legal_power"], strict=True):
            power = named if pd.isna(own) else own
            payer = partner_of[agency[stream]]
            for receiver in sorted(taking - {payer}) if not pd.isna(power) else ():
                known = found.setdefault((payer, receiver), [])
                if power not in known:
                    known.append(str(power))
    return {pair: "; ".join(known) for pair, known in sorted(found.items())}


def _pennies(pounds: float) -> int:
    return round(pounds * 100)
