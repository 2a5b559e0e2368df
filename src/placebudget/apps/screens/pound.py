"""Follow the pound: which money pays for what, and who answers for it to whom."""

from __future__ import annotations

import pandas as pd

from placebudget.apps.blocks import Block, Heading, Items, More, TableBlock, TextBlock
from placebudget.apps.screens.screen import Screen
from placebudget.apps.screens.studied import Study
from placebudget.study import Accounts
from placebudget.study.accounts import HEADING, NOT_MODELLED
from placebudget.view.grid import Grid, text_grid
from placebudget.view.studies.common import figures, pounds
from placebudget.words import count, money, percent

_CARRIED = "carried forward"
_ANSWERS = {
    "money": "raised here",
    "outcomes": "voted by Parliament, answered for here for its outcomes",
    "savings": "savings spent again",
}


def _title(found: Accounts) -> str:
    uses = found.table[found.table["use"] != _CARRIED]
    whole = float(uses["amount"].sum())
    local = float(uses.loc[uses["raised"] == "local", "amount"].sum())
    return (
        f"In the model, every pound of {money(whole)} is accounted for; "
        f"{percent(local / whole if whole else 0.0)} is raised locally and answered for to electors"
    )


def _blocks(found: Accounts) -> list[Block]:
    agencies = _names(found, "agencies")
    electors = found.tables["electors"]
    statements: list[Block] = []
    for number, authority in enumerate(found.authorities):
        rows = electors[electors["authority"] == authority]
        name = agencies.get(authority, authority)
        inside = [
            TextBlock(f"{HEADING}."),
            TableBlock(_electors(rows, number, name)),
            *_came_of(found, rows, number),
        ]
        statements.append(More(f"To the electors of {name}", [*inside, _SIGNED]))
    return [
        Heading("What is exact, and what is a convention"),
        *_split(found),
        Heading("To the electors of each authority that raises money"),
        *statements,
        Heading("To Parliament, by grant"),
        TextBlock(f"{HEADING}."),
        TableBlock(_parliament(found)),
        _SIGNED,
        TextBlock(NOT_MODELLED, "note"),
    ]


_SIGNED = Items(["Prepared by: to be filled in", "Reviewed by: to be filled in"])


def _split(found: Accounts) -> list[Block]:
    """How much of the money is followed exactly."""
    parts = found.table.groupby("split")["amount"].sum()
    whole, exact = float(parts.sum()), float(parts.get("exact", 0.0))
    if whole <= 0:
        return []
    rest = whole - exact
    said = f"Which stream pays for which use is exact for {percent(exact / whole)} of the money."
    if rest > 0.5:
        said += (
            f" For {percent(rest / whole)} ({money(rest)}) streams with the same conditions "
            "share their uses by a convention. Totals of every stream are exact."
        )
    return [TextBlock(said)]


def _use(rows: pd.DataFrame) -> pd.Series:
    """The purpose of a service; for other uses what they are."""
    return rows["purpose"].where(rows["purpose"] != "", rows["use"])


def _electors(rows: pd.DataFrame, number: int, name: str) -> Grid:
    table = rows.assign(what=_use(rows), kind=rows["answers_for"].map(_ANSWERS))
    wide = table.pivot_table("amount", "what", "kind", "sum", fill_value=0.0)
    wide = wide[[kind for kind in _ANSWERS.values() if kind in wide]]
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False).index]
    wide.loc["all of it"] = wide.sum()
    caption = f"What money pays for that is answered for to the electors of {name}"
    return figures(f"pound-electors-{number}", caption, "purpose or use", wide, pounds,
                   "Cash, all years.")  # fmt: skip


def _came_of(found: Accounts, rows: pd.DataFrame, number: int) -> list[Block]:
    made = found.tables["outcomes"].merge(rows[["service", "area"]].drop_duplicates())
    if made.empty:
        return []
    names = _names(found, "outcomes")
    counted = made.groupby(["outcome", "unit"])["counted"].sum()
    lines = [
        (names.get(outcome, outcome).replace("_", " "), count(amount), unit)
        for (outcome, unit), amount in counted.items()
    ]
    caption = "What came of these services in these areas, from all money spent on them"
    head = ["outcome", "in the model", "unit"]
    return [TableBlock(text_grid(f"pound-came-{number}", caption, head, lines))]


def _parliament(found: Accounts) -> Grid:
    streams, agencies = _names(found, "streams"), _names(found, "agencies")
    keys = ["stream", "agency", "condition", "legal_power"]
    rows = found.tables["parliament"]
    rows = rows[rows["use"] != _CARRIED]
    lines = []
    for (stream, agency, condition, power), part in rows.groupby(keys, sort=False, dropna=False):
        whole = float(part["amount"].sum())
        exact = float(part.loc[part["split"] == "exact", "amount"].sum())
        lines.append(
            (
                streams.get(stream, stream),
                agencies.get(agency, agency),
                condition.replace("_", " ") if condition else "no ring-fence",
                power,
                pounds(whole),
                percent(exact / whole) if whole else "",
            )
        )
    head = ["grant", "held by", "only for", "legal power", "spent, all years", "of it exact"]
    return text_grid("pound-parliament", "Money voted by Parliament, by grant", head, lines)


def _names(found: Accounts, table: str) -> dict[str, str]:
    frame = found.plan.labels[table]
    return dict(zip(frame.iloc[:, 0].astype(str), frame["name"].astype(str), strict=True))


_STUDY = Study(
    "pound",
    "Which pound pays for what has not been asked yet",
    "Every pound of the best pooled plan, from who raised it to what it pays for: a statement to "
    "the electors of each authority that raises money, and one to Parliament by grant, with its "
    "conditions.",
    _title,
    _blocks,
    (f"{HEADING}.", "It is about the best pooled plan."),
)
SCREEN = Screen("pound", "Follow the pound", _STUDY.tell, needs=("pooled",))
