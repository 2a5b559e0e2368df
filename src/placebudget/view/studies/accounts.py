"""Every pound, from its stream to what it is spent on."""

from __future__ import annotations

import pandas as pd

from placebudget.study import Accounts
from placebudget.view.grid import text_grid
from placebudget.view.studies.common import MILLION, StudyView, bars, figures, pounds, view_of
from placebudget.words import money, percent

_CARRIED = "carried forward"


def accounts_view(found: Accounts, key: str) -> StudyView:
    """Who holds what and who answers for it, uses, conditions, and the statements."""
    uses = found.table[found.table["use"] != _CARRIED]
    agencies = found.plan.labels["agencies"].set_index("agency")["name"]
    streams = found.plan.labels["streams"].set_index("stream")["name"]
    whole = float(uses["amount"].sum())
    local = float(uses.loc[uses["raised"] == "local", "amount"].sum())
    finding = (
        f"{percent(local / whole if whole else 0.0)} of {money(whole)} is raised locally and "
        "answered for to electors; the rest to Parliament and electors."
    )
    held = uses.groupby(["agency", "raised"])["amount"].sum().reset_index()
    held["label"] = held["agency"].map(agencies)
    order = held.groupby("label")["amount"].sum().sort_values(ascending=False).index.tolist()
    rows = held.assign(value=held["amount"] / MILLION, series="raised " + held["raised"])
    series = [name for name in ("raised local", "raised national", "raised reinvested")
              if name in set(rows["series"])]  # fmt: skip
    chart = bars(
        f"{key}-held", finding,
        f"Money by agency and where it is raised, £ million, cash, all years. Source: model "
        f"of {found.plan.place['title']}, plan “{found.plan.name}”.",
        rows[["label", "value", "series"]], "£ million", order, series,
    )  # fmt: skip
    by_use = _wide(uses.assign(agency=uses["agency"].map(agencies)), "agency", "use")
    by_purpose = _wide(uses[uses["purpose"] != ""], "purpose", "raised")
    conditions = [
        (streams[row.stream], row.purposes.replace("_", " "), pounds(row.inside),
         pounds(row.outside), "kept" if row.kept else row.note)
        for row in found.tables["conditions"].itertuples()
    ]  # fmt: skip
    head = ["stream", "only for", "spent on these", "spent outside", "condition"]
    return view_of(
        [chart],
        [
            figures(f"{key}-uses", "Uses by agency, cash, all years", "agency", by_use, pounds),
            figures(
                f"{key}-purposes", "Services by purpose and where the money is raised", "purpose",
                by_purpose, pounds,
            ),
            text_grid(f"{key}-conditions", "Conditions of grants", head, conditions),
        ],
    )  # fmt: skip


def _wide(uses: pd.DataFrame, rows: str, columns: str) -> pd.DataFrame:
    table = uses.pivot_table("amount", rows, columns, "sum", fill_value=0.0)
    return table.assign(total=table.sum(axis=1)).sort_values("total", ascending=False)
