"""What the answers of studies have in common: tables, a summary, files, a run record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.record.record import run_record
from placebudget.plan.result import Result

_GAP = (
    "cost", "money", "opening", "prices", "demand", "both", "change_of_money", "gap", "council_tax",
    "reserves", "left", "short", "to_spare", "still_short", "still_to_spare",
)  # fmt: skip
_ADD_UP: Mapping[str, Mapping[str, Collection[str]]] = {
    # What is carried forward stands twice among the uses: they have no total.
    "accounts": {
        "streams": ("funding",),
        "electors": ("amount",),
        "parliament": ("amount",),
        "conditions": ("inside", "outside"),
    },
    "next_year": {"planned": ("planned", "spent", "difference")},
    "outlook": {
        **dict.fromkeys(("years", "agencies", "kinds"), _GAP),
        "services": ("prices", "demand", "both", "cost"),
    },
    "risk_share": {
        "steps": ("amount",),
        "lines": ("budget", "actual", "over", "under", "used"),
        "partners": ("due", "pays", "above_cap"),
    },
    "sharing": {
        "least_core": ("share",),
        "positions": ("own", "share", "transfer"),
        "transfers": ("amount",),
    },
    "trace": {"ends": ("amount",), "left": ("amount",), "conditions": ("amount",)},
}
"""By study and table: columns of one unit, each pound in one row, that have a total."""


@dataclass(frozen=True, eq=False)
class StudyResult(Result):
    """The answer to a question asked of a place or of plans.

    Parameters
    ----------
    title : str
        What it is about.
    tables : mapping of str to DataFrame
        Tidy tables by name.
    notes : tuple of str
        Units, what is left out, what is convention: a sentence each.
    run : mapping
        Versions, options, hash of the inputs.
    """

    title: str
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    run: Mapping[str, Any] = field(repr=False)

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        return _ADD_UP.get(str(self.run.get("study", "")), {})


def record_of(subject: Place | Plan, study: str, **options: Any) -> dict[str, Any]:
    """How an answer was made: versions, inputs, options."""
    if isinstance(subject, Plan):
        inputs, name = str(subject.place["digest"]), subject.place["name"]
        options = {"plan": subject.name, **options}
    else:
        inputs, name = subject.digest, subject.name
    return run_record(study=study, place=name, inputs=inputs, options=options)
