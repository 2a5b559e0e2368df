"""Tables of the potential taken apart: each variant beside what it is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.study.barriers import ALIGNED, FREED, PLAN, POOLED, TODAY, Variant, against
from placebudget.study.fence_split import Split

REACHED, IMPOSSIBLE = "reached", "no plan keeps all rules"


@dataclass(frozen=True)
class Measured:
    """What a variant comes to.

    Parameters
    ----------
    status : str
        Reached, or that no plan keeps all rules.
    table : DataFrame
        measure, value, unit.
    agencies : DataFrame
        agency, paid (cash), fiscal, cashable (price base, not discounted).
    outcomes : Series
        Counted, by outcome.
    money : Series
        By service, area and year.
    prices : DataFrame
        Prices of ring-fences.
    """

    status: str
    table: pd.DataFrame
    agencies: pd.DataFrame
    outcomes: pd.Series
    money: pd.Series
    prices: pd.DataFrame


def cut_rows(
    measured: Mapping[Variant, Measured], cuts: Sequence[float]
) -> Iterator[dict[str, Any]]:
    """What each of the four plans comes to for each cut, a row a measure."""
    for cut in cuts:
        for name in (TODAY, ALIGNED, POOLED, FREED):
            held = measured.get(Variant(cut, PLAN, name))
            if held is None:
                continue
            common = {"cut": cut, "plan": name, "status": held.status}
            if held.status != REACHED:
                yield {**common, "measure": "public value", "value": np.nan, "unit": ""}
            for row in held.table.to_dict("records"):
                yield {**common, **row}


def _pairs(measured: Mapping[Variant, Measured]) -> Iterator[tuple[Variant, Variant, str]]:
    """Each variant with what it is compared with, and what that is called."""
    cuts = sorted({variant.cut for variant in measured})
    for cut in cuts:
        for start, end in combinations((TODAY, ALIGNED, POOLED, FREED), 2):
            yield Variant(cut, PLAN, start), Variant(cut, PLAN, end), start
    for variant in measured:
        base = against(variant)
        if base is not None:
            yield base, variant, base.name or "without ring-fences"


def compared(
    measured: Mapping[Variant, Measured], place: Place, objective: str
) -> dict[str, pd.DataFrame]:
    """Gains, money moved, and what changes for agencies and outcomes."""
    units = place.filled("outcomes").set_index("outcome")["unit"]
    gains, agencies, outcomes = [], [], []
    for base, variant, start in _pairs(measured):
        before, after = measured.get(base), measured.get(variant)
        if before is None or after is None:
            continue
        key = {"cut": variant.cut, "part": variant.part, "name": variant.name, "start": start}
        status = before.status if before.status != REACHED else after.status
        gains.append({**key, "status": status, **_gain(before, after, objective)})
        if status != REACHED:
            continue
        for agency, row in _difference(after.agencies, before.agencies).iterrows():
            agencies.append({**key, "agency": agency, **row.to_dict()})
        for outcome, change in _difference(after.outcomes, before.outcomes).items():
            outcomes.append({**key, "outcome": outcome, "unit": units[outcome], "change": change})
    names = ["cut", "part", "name", "start"]
    return {
        "parts": stacked(
            gains,
            [
                *names,
                "status",
                "value",
                "share",
                "public_value",
                "fiscal",
                "cashable",
                "moved",
                "unit",
            ],
        ),
        "agencies": stacked(agencies, [*names, "agency", "paid", "fiscal", "cashable"]),
        "outcomes": stacked(outcomes, [*names, "outcome", "unit", "change"]),
    }


def _gain(before: Measured, after: Measured, objective: str) -> dict[str, Any]:
    if before.status != REACHED or after.status != REACHED:
        blank = dict.fromkeys(
            ("value", "share", "public_value", "fiscal", "cashable", "moved"), np.nan
        )
        return {**blank, "unit": ""}
    first, last = (m.table.set_index("measure")["value"] for m in (before, after))
    unit = after.table.set_index("measure")["unit"]
    name = objective if objective in first.index and objective in last.index else "public value"
    gain = float(last[name] - first[name])
    moved = _difference(after.money, before.money)
    return {
        "value": gain,
        "share": gain / float(first[name]) if first[name] else np.nan,
        "public_value": float(last["public value"] - first["public value"]),
        "fiscal": float(last["fiscal value"] - first["fiscal value"]),
        "cashable": float(last["cashable saving"] - first["cashable saving"]),
        "moved": round(float(moved.clip(lower=0.0).sum()), 2),
        "unit": unit[name],
    }


def _difference(after: Any, before: Any) -> Any:
    return after.sub(before, fill_value=0.0)


def split_table(splits: Mapping[float, Split], unit: str) -> pd.DataFrame:
    """The gain of ending all ring-fences, split over them, by cut."""
    rows = [
        {
            "cut": cut,
            "ring_fence": name,
            "share": float(split.shares[n]),
            "standard_error": float(split.errors[n]),
            "orders": split.orders,
            "whole": split.whole,
            "unit": unit,
        }
        for cut, split in sorted(splits.items())
        for n, name in enumerate(split.names)
    ]
    names = ["cut", "ring_fence", "share", "standard_error", "orders", "whole", "unit"]
    return stacked(rows, names)


def price_table(
    measured: Mapping[Variant, Measured], fences: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Prices by stream and year: what moving £1 million out of the ring-fence gains.

    A ring-fenced stream without a row in a year has the price 0 there.
    """
    of = {stream: name for name, streams in fences.items() for stream in streams}
    rows = []
    for variant in sorted(measured, key=lambda v: v.cut):
        if (variant.part, variant.name) != (PLAN, POOLED):
            continue
        for row in measured[variant].prices.to_dict("records"):
            for stream in row["name"].split(", "):
                rows.append({"cut": variant.cut, "ring_fence": of[stream], "stream": stream, **row})
    names = ["cut", "ring_fence", "stream", "year", "relaxing", "relaxing_rate", "holds_for"]
    return stacked(
        rows, [*names, "tightening", "unit", "step", "offers_held", "steps_held", "sentence"]
    )


def stacked(rows: Any, columns: Sequence[str]) -> pd.DataFrame:
    """Rows as a table with these columns, also where there is none."""
    return pd.DataFrame(list(rows), columns=list(columns))
