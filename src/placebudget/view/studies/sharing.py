"""The gain of working together, and how it could be shared."""

from __future__ import annotations

import pandas as pd

from placebudget.plan.names import listed
from placebudget.study import Sharing
from placebudget.view.grid import Grid, text_grid
from placebudget.view.studies.common import (
    StudyView,
    bars,
    figures,
    in_unit,
    million,
    pence,
    view_of,
)
from placebudget.words import plain

_DRAWN = ("Shapley value", "nucleolus", "without sharing")


def sharing_view(found: Sharing, key: str) -> StudyView:
    """Shares side by side, who has no incentive, and payments by year."""
    shares = found.tables["shares"]
    names = dict(zip(shares["partner"], shares["name"], strict=True))
    wide = found.table.rename(index=names)
    form = in_unit(found.unit)
    series = [name for name in _DRAWN if name in wide.columns]
    scale, axis = million(found.unit)
    first, shown = series[0], [plain(name) for name in series]
    long = (wide[series] / scale).rename(columns=plain).rename_axis("label").reset_index()
    long = long.melt("label", shown, "series", "value")
    top = str(wide[first].idxmax())
    finding = f"{top} would get most by {plain(first)}: {form(float(wide[first].max()))}."
    chart = bars(
        f"{key}-shares", finding,
        f"Shares of the gain in {found.played.objective} from best aligned to best freed, "
        f"{axis}. Source: model of {found.place.title}.",
        long, axis, list(wide.index), shown,
    )  # fmt: skip
    caption = f"Ways to share the gain, {found.unit}"
    return view_of(
        [chart],
        [
            figures(f"{key}-ways", caption, "partner", wide, form),
            _checks(found, key, names),
            _positions(found, key, names),
            _transfers(found, key, names),
        ],
    )


def _checks(found: Sharing, key: str, names: dict[str, str]) -> Grid:
    form = in_unit(found.unit)
    rows = [
        (
            plain(row.method),
            "yes" if row.shortfall <= 0 else "no",
            "" if row.shortfall <= 0 else _named(row.coalition, names),
            "" if row.shortfall <= 0 else form(row.shortfall),
        )
        for row in found.tables["checks"].itertuples()
    ]
    head = ["way to share", "does everybody have an incentive?", "who has none", "by how much"]
    return text_grid(f"{key}-checks", "Who has no incentive to take part", head, rows)


def _positions(found: Sharing, key: str, names: dict[str, str]) -> Grid | None:
    table = found.tables["positions"]
    if table.empty:
        return None
    wide = table.pivot(index="partner", columns="year", values="transfer").rename(index=names)
    caption = "What each partner would receive (+) or pay (−) by year, by what each adds on average"
    note = "Pounds of the price base, not discounted; each year adds up to nothing."
    return figures(f"{key}-positions", caption, "partner", wide, pence, note)


def _transfers(found: Sharing, key: str, names: dict[str, str]) -> Grid | None:
    table: pd.DataFrame = found.tables["transfers"]
    if table.empty:
        return None
    rows = [
        (
            names.get(row.payer, row.payer),
            names.get(row.receiver, row.receiver),
            row.year,
            pence(row.amount),
            row.legal_power if row.power_known else "no legal power is known yet",
        )
        for row in table.itertuples()
    ]
    head = ["pays", "receives", "year", "amount", "legal power it would need"]
    return text_grid(f"{key}-transfers", "Payments from partner to partner", head, rows)


def _named(coalition: str, names: dict[str, str]) -> str:
    called = [names.get(partner, partner) for partner in coalition.split(", ")]
    return f"{listed(called)} together" if len(called) > 1 else called[0]
