"""Ways out of a clash as options, so that a place says what was changed and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from placebudget.place import Option, Place, schema
from placebudget.plan.repair import Repair

LONGEST_NAME = 400
_REPAIRED = ("rules", "contributions", "funding")


def repair_as_option(place: Place, repair: Repair) -> Option:
    """A way out as an option, so that the place says what was changed and how.

    Rows that a repair changes are taken out and put in again as they are afterwards.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> found = Repair("find £1", 1.0, funding=(("council_money", "2025-26", 1.0),))
    >>> repair_as_option(place, found).apply(place).digest == found.apply(place).digest
    True
    """
    after = repair.apply(place)
    made = Option(f"way out: {repair.words}"[:LONGEST_NAME])
    for table in _REPAIRED:
        key = [name for name in schema()[table].key if name != "year"]
        old, new = place.tables[table], after.tables[table]
        before = {_cells(row) for row in old.to_dict("records")}
        rows = {_cells(row) for row in new.to_dict("records")}
        touched = {tuple(dict(row)[name] for name in key) for row in before ^ rows}
        for names_of_rows in sorted(touched & set(zip(*(old[k] for k in key), strict=True))):
            made = made.remove(table, **dict(zip(key, names_of_rows, strict=True)))
        kept = [row for row in new.to_dict("records") if tuple(row[k] for k in key) in touched]
        if kept:
            made = made.add(table, *(dict(_cells(row)) for row in kept))
    return made


def _cells(row: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """The cells of a row that are not blank."""
    return tuple((str(name), value) for name, value in row.items() if not pd.isna(value))
