"""Rules of a place as controls: what each asks for, on what basis, within which bounds."""

from __future__ import annotations

from typing import Any

import pandas as pd

from placebudget.place import RULE_KINDS
from placebudget.place.options.changes import LAW
from placebudget.widgets.form import Control
from placebudget.work.amounts import bounds, scale_of

_POUNDS = "pounds"


def rule_unit(kind: str) -> str:
    """Unit of the number box of a rule."""
    unit = RULE_KINDS[kind].unit
    return "£ million" if unit == _POUNDS else unit


def basis_words(row: pd.Series | dict[str, Any]) -> str:
    """What a rule rests on, and what that means here."""
    basis = str(row["basis"])
    source = "" if pd.isna(row["reference"]) else f", {row['reference']}"
    kept = " It is kept, and can be made stricter only." if basis == LAW else ""
    return f"Basis: {basis}{source}.{kept}"


def amount_control(
    key: str, row: pd.Series | dict[str, Any], label: str, held: float, *, slider: bool = False
) -> Control:
    """The number box of a rule's amount.

    Parameters
    ----------
    key : str
        Of the control.
    row : mapping
        The rule as its table has it, defaults filled in.
    label : str
        What stands over it.
    held : float
        The amount it holds, in the unit of the table.
    slider : bool
        Whether a slider stands beside it.

    Returns
    -------
    Control
        A rule of law cannot be loosened with it.
    """
    kind, written = str(row["kind"]), float(row["amount"])
    scale = scale_of(kind)
    low, top = bounds(row)
    least, most = low / scale, None if top is None else top / scale
    high = most if most is not None else max(2.0 * written / scale, 1.0)
    span = high - least
    return Control(
        key,
        "amount",
        label,
        value=held / scale,
        help=basis_words(row),
        unit=rule_unit(kind),
        least=least,
        most=most,
        low=least if slider and span > 0 else None,
        high=high if slider and span > 0 else None,
        step=step_of(span) if slider and span > 0 else None,
    )


def step_of(span: float) -> float:
    """A round step of about a two-hundredth of a slider's length.

    Examples
    --------
    >>> step_of(100.0), step_of(7.0), step_of(2000.0)
    (0.5, 0.05, 10.0)
    """
    for step in (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 50.0, 100.0, 500.0):
        if span / step <= 210:
            return step
    return 1000.0
