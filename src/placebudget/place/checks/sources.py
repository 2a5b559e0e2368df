"""Sources: figures that do not say where they come from, counted by table."""

from __future__ import annotations

from collections.abc import Iterator

from placebudget.place.checks.examination import Check, Examination, warning
from placebudget.place.findings import Finding
from placebudget.place.schema import schema
from placebudget.texts import listed

_MENDS = {
    "source": "Name a key of the table sources for each row.",
    "status": "Write published, derived or illustrative for each row.",
}


def figures_without(examined: Examination) -> Iterator[Finding]:
    """Rows without a source or a status: one finding a table and column."""
    for name, table in schema().items():
        frame, numbers = examined.place.tables[name], examined.numbers(name)
        if not table.figures or frame.empty:
            continue
        for column, mend in _MENDS.items():
            rows = [numbers[row] for row in frame.index[frame[column].isna()]]
            if rows:
                shown = listed((str(row) for row in rows), most=5)
                what = f"{len(rows)} of {len(frame)} rows have no {column} (rows {shown})."
                yield warning(f"no-{column}", name, rows[0], column, what, mend)


CHECKS: tuple[Check, ...] = (figures_without,)
