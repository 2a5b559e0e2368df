"""Years of commissioning lived through many times."""

from __future__ import annotations

import pandas as pd

from placebudget.study import Cycle
from placebudget.study.cycle.tables import ENOUGH
from placebudget.view.grid import Grid, text_grid
from placebudget.view.studies.common import (
    MILLION,
    StudyView,
    figures,
    pounds,
    ranges,
    share,
    view_of,
)
from placebudget.words import money

_VALUE = "public value"


def cycle_view(found: Cycle, key: str) -> StudyView:
    """Spread of policies, deficits and savings by agency, what was learned, payback."""
    value = found.table[found.table["measure"] == _VALUE]
    shown = value[value["policy"] == _policy(found)].iloc[0]
    reached = f"{money(shown.low)} to {money(shown.high)}" if found.runs > 1 else money(shown.low)
    finding = (
        f"{shown.policy[:1].upper()}{shown.policy[1:]}: {reached} ({found.range_said}), where "
        f"{money(shown.planned)} was planned."
    )
    rows = value.rename(columns={"policy": "label", "mean": "first", "planned": "second"})
    numbers = ["low", "high", "first", "second"]
    rows = rows[["label", *numbers]].assign(**(rows[numbers] / MILLION))
    base = found.place.settings.price_base
    chart = ranges(
        f"{key}-policies", finding,
        f"Public value, £ million, {base} prices, discounted; the line holds {_held(found)}. "
        f"Source: model of {found.place.title}.",
        rows, "£ million", ("average of the runs", "as planned"),
    )  # fmt: skip
    columns = ["planned", "low", "mean", "high"]
    spread = value.set_index("policy")[[*columns, "share_short"]]
    spread = spread.rename(columns={"share_short": "runs below plan"})
    unpaid = _measure(found, "deficits not paid back")
    return view_of(
        [chart],
        [
            figures(
                f"{key}-spread", "Public value by policy", "policy", spread,
                [pounds, pounds, pounds, pounds, share],
                f"{base} prices, discounted. Between low and high: {found.range_said}.",
            ),
            figures(
                f"{key}-cashable", "Cashable saving by policy", "policy",
                _measure(found, "cashable saving")[columns], pounds,
                f"{base} prices, as they fall, not discounted.",
            ),
            figures(
                f"{key}-unpaid", "Deficits not paid back, by policy", "policy",
                unpaid[["low", "mean", "high"]], pounds, "Cash.",
            ),
            _deficits(found, key),
            _savings(found, key),
            _payback(found, key),
            _learned(found, key),
        ],
    )  # fmt: skip


def _held(found: Cycle) -> str:
    """What lies on the line from low to high."""
    return found.range_said if found.runs >= ENOUGH else "all runs"


def _measure(found: Cycle, name: str) -> pd.DataFrame:
    return found.table[found.table["measure"] == name].set_index("policy")


def _names(found: Cycle) -> dict[str, str]:
    table = found.place.filled("agencies")
    named = table["name"].fillna(table["agency"])
    return dict(zip(table["agency"], named, strict=True))


def _policy(found: Cycle) -> str:
    pooled = [policy.name for policy in found.policies if policy.pooling == "pooled"]
    return (pooled or [found.policies[0].name])[0]


def _deficits(found: Cycle, key: str) -> Grid:
    policy = _policy(found)
    rows = found.tables["deficits"].query("policy == @policy")
    wide = rows.pivot(index="agency", columns="year", values="mean").rename(index=_names(found))
    wide = wide[wide.max(axis=1) > 0.5]
    return figures(
        f"{key}-deficits", f"Deficits by agency and year, average of the runs: {policy}", "agency",
        wide, pounds, "Cash: paid beyond the plan and all money left in the year.",
    )  # fmt: skip


def _savings(found: Cycle, key: str) -> Grid:
    policy = _policy(found)
    rows = found.tables["savings"].query("policy == @policy and measure == 'cashable'")
    sums = rows.groupby("agency")[["planned", "mean"]].sum().rename(index=_names(found))
    sums = sums.rename(columns={"mean": "average of the runs"})
    return figures(
        f"{key}-savings", f"Cashable savings by agency, all years: {policy}", "agency", sums,
        pounds, f"{found.place.settings.price_base} prices, not discounted.",
    )  # fmt: skip


def _payback(found: Cycle, key: str) -> Grid:
    policy, names = _policy(found), _names(found)
    rows = [
        (
            names.get(row.agency, row.agency),
            pounds(row.paid),
            pounds(row.fiscal),
            row.year_fiscal or "no",
            pounds(row.cashable),
            row.year_cashable or "no",
        )
        for row in found.tables["payback"].query("policy == @policy").itertuples()
    ]
    head = ["agency", "pays for prevention", "saves", "paid back by", "cashable", "in cash by"]
    caption = f"When prevention pays back, and for whom: {policy}"
    note = "Average of the runs, in the price base; years by which half of the runs have paid back."
    return text_grid(f"{key}-payback", caption, head, rows, note)


def _learned(found: Cycle, key: str) -> Grid | None:
    table = found.tables["learned"]
    if table.empty:
        return None
    policy = table["policy"].iloc[0]
    rows = table[table["policy"] == policy].sort_values("error_before", ascending=False)
    rows = rows.assign(what=rows["service"] + ": " + rows["outcome"]).set_index("what")
    shown = rows[["spread_before", "spread_after", "error_before", "error_after"]]
    return figures(
        f"{key}-learned", f"What was learned of effects: {policy}", "service and outcome",
        shown.head(15), share,
        "Spread: standard deviation of what is believed. Error: average distance from the truth.",
        "The least certain effects are shown",
    )  # fmt: skip
