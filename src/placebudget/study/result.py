"""What the answers of studies have in common: tables, a summary, files, a run record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from placebudget.place import Place
from placebudget.place.names import Names
from placebudget.plan import Plan
from placebudget.plan.record.record import run_record
from placebudget.plan.result import Result
from placebudget.plan.worded_table import NameOf


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


@dataclass(frozen=True, eq=False)
class PlaceResult(StudyResult):
    """The answer to a question asked of a place, whose keys are told by their names.

    Parameters
    ----------
    place : Place
        The place.
    """

    place: Place = field(repr=False)

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return Names(self.place).of


def record_of(subject: Place | Plan, study: str, **options: Any) -> dict[str, Any]:
    """How an answer was made: versions, inputs, options."""
    if isinstance(subject, Plan):
        inputs, name = str(subject.place["digest"]), subject.place["name"]
        options = {"plan": subject.name, **options}
    else:
        inputs, name = subject.digest, subject.name
    return run_record(study=study, place=name, inputs=inputs, options=options)
