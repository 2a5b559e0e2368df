"""Small places for tests that are worked by hand.

A service buys units at £1,000 each unless it says otherwise, makes one outcome of
its own, and that outcome is worth ``value`` pounds of social value for each pound
spent at the unit cost. Money that is not needed stays with its stream.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from placebudget.place import Place, Settings
from placebudget.place.settings import years_between

MILLION = 1e6
POWER = "Local Government Act 1972, section 101"

Row = dict[str, Any]


def small(
    streams: Mapping[str, Row],
    services: Mapping[str, Row],
    *,
    years: int = 1,
    settings: Row | None = None,
    pools: Mapping[str, Row] | None = None,
    **tables: Sequence[Row],
) -> Place:
    """A small place.

    Parameters
    ----------
    streams : mapping
        By key: ``amount`` (£ million a year, or one for each year), ``agency``
        (default: the key), ``now`` (£ million in the year before the first), ``fence``
        (purposes), and columns of the table streams.
    services : mapping
        By key: ``commissioner`` (default: the first agency), ``purpose`` (default: the
        key), ``value`` (pounds a pound, default 1), ``cost`` (pounds a unit), ``people``
        (None: no need given), ``today`` (£ million by stream), ``offer`` (columns of its
        offer, or a list of such), ``effect`` (columns of its effect), and columns of the
        table services.
    pools : mapping, optional
        By key: ``streams`` (rows of contributions by stream), ``purposes``, and columns
        of the table pools.
    tables : optional
        Whole tables that stand in place of those made here, or are added.
    """
    names = years_between("2027-28", years)
    made: dict[str, list[Row]] = {name: [] for name in ("funding", "ring_fences", "today")}
    made |= {name: [] for name in ("offers", "needs", "effects", "outcomes", "inflation")}
    made["streams"] = [_stream(key, row, names, made) for key, row in streams.items()]
    agencies = list(dict.fromkeys(row["agency"] for row in made["streams"]))
    wanted = [row.get("commissioner", agencies[0]) for row in services.values()]
    agencies = list(dict.fromkeys([*agencies, *wanted]))
    made["agencies"] = [{"agency": key, "sector": "council"} for key in agencies]
    made["services"] = [_service(key, row, agencies[0], made) for key, row in services.items()]
    made["inflation"] = [{"index": "general", "year": year, "rate": 0.0} for year in names]
    for key, row in (pools or {}).items():
        _pool(key, row, made)
    chosen = Settings(**{"name": "small", "years": names, **(settings or {})})
    return Place(chosen, {name: pd.DataFrame(rows) for name, rows in {**made, **tables}.items()})


def _stream(key: str, row: Row, years: Sequence[str], made: dict[str, list[Row]]) -> Row:
    row = dict(row)
    amount, now = row.pop("amount"), row.pop("now", None)
    amounts = amount if isinstance(amount, list | tuple) else [amount] * len(years)
    for year, million in zip(years, amounts, strict=True):
        made["funding"].append({"stream": key, "year": year, "amount": million * MILLION})
    if now is not None:
        made["funding"].append({"stream": key, "year": "2026-27", "amount": now * MILLION})
    for purpose in row.pop("fence", ()):
        made["ring_fences"].append({"stream": key, "purpose": purpose})
    return {"stream": key, "agency": key, "raised": "local", **row}


def _service(key: str, row: Row, commissioner: str, made: dict[str, list[Row]]) -> Row:
    row = dict(row)
    cost, value = row.pop("cost", 1_000.0), row.pop("value", 1.0)
    people, today = row.pop("people", 1_000), row.pop("today", {})
    offers, effect = row.pop("offer", {}), row.pop("effect", {})
    offers = offers if isinstance(offers, list) else [offers]
    for number, offer in enumerate(offers):
        name = key if len(offers) == 1 else f"{key}_{number + 1}"
        plain = {"offer": name, "service": key, "unit_cost": cost, "index": "general"}
        made["offers"].append({**plain, **offer})
    if people is not None:
        made["needs"].append({"service": key, "people": people})
    for stream, million in today.items():
        first = offers[0].get("offer", key if len(offers) == 1 else f"{key}_1")
        spent = {"service": key, "stream": stream, "amount": million * MILLION, "offer": first}
        made["today"].append({**spent, "area": offers[0].get("area")})
    made["outcomes"].append({"outcome": f"{key}_good", "social_value": value * cost})
    made["effects"].append({"service": key, "outcome": f"{key}_good", **effect})
    return {"service": key, "commissioner": commissioner, "purpose": key, **row}


def _pool(key: str, row: Row, made: dict[str, list[Row]]) -> None:
    row = dict(row)
    for stream, limits in row.pop("streams").items():
        paid = {"pool": key, "stream": stream, "legal_power": POWER, **limits}
        made.setdefault("contributions", []).append(paid)
    for purpose in row.pop("purposes", ()):
        made.setdefault("pool_purposes", []).append({"pool": key, "purpose": purpose})
    made.setdefault("pools", []).append({"pool": key, "legal_power": POWER, **row})


def spent(plan: Any, *by: str) -> dict[Any, float]:
    """Money of a plan in £ million, by one column (or a tuple of several)."""
    table = plan.money(list(by) or "service")
    keys = table.drop(columns="amount").itertuples(index=False, name=None)
    flat = [key[0] if len(key) == 1 else key for key in keys]
    return {k: round(v / MILLION, 6) for k, v in zip(flat, table["amount"], strict=True)}


def units(plan: Any, *by: str) -> dict[Any, float]:
    """Units of a plan by offer, or by other columns of its table of units."""
    names = list(by) or ["offer"]
    table = plan.tables["units"].groupby(names)["units"].sum()
    return {key: round(float(v), 6) for key, v in table.items()}


def rule(kind: str, subject: str = "", amount: float | None = None, **columns: Any) -> Row:
    """A row of the table rules."""
    plain = {"rule": kind, "kind": kind, "subject": subject, "amount": amount, "basis": "policy"}
    return {**plain, **columns}
