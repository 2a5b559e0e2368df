"""What an option may not do: relax a rule whose basis is law."""

from __future__ import annotations

from typing import Any

import pandas as pd

from placebudget.errors import InvalidOption
from placebudget.place.rule_kinds import rule_kind
from placebudget.place.schema import schema
from placebudget.texts import listed

LAW = "law"
_MEND = (
    "An option never relaxes a rule whose basis is law; if the law changes, change the rule in "
    "the place."
)


def refuse_removal(rules: pd.DataFrame) -> None:
    """Refuse to remove rules of law.

    Parameters
    ----------
    rules : DataFrame
        The rows of the table rules that would go.
    """
    held = rules.loc[rules["basis"] == LAW, "rule"]
    if len(held):
        raise InvalidOption(f"it would remove {listed(held)}. {_MEND}")


def refuse_relaxing(rules: pd.DataFrame, column: str, after: Any) -> None:
    """Refuse to change rules of law in a way that asks for less.

    Parameters
    ----------
    rules : DataFrame
        The rows of the table rules as they are.
    column : str
        The column that changes.
    after : sequence
        Its values afterwards, one a row.
    """
    if schema()["rules"].column(column).descriptive:
        return
    relaxed = [
        row["rule"]
        for row, new in zip(rules.to_dict("records"), after, strict=True)
        if row["basis"] == LAW and _relaxes(row, column, new)
    ]
    if relaxed:
        raise InvalidOption(f"it would relax {listed(relaxed)}. {_MEND}")


def _relaxes(rule: dict[str, Any], column: str, new: Any) -> bool:
    old = rule[column]
    if (pd.isna(old) and pd.isna(new)) or (not pd.isna(new) and old == new):
        return False
    if column != "amount" or pd.isna(old) or pd.isna(new):
        return True
    return bool(new < old if rule_kind(rule["kind"]).least else new > old)
