"""What the checks look at: the place, and what several of them work out from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from placebudget.place.conditions import Conditions, standing_pooling
from placebudget.place.findings import Finding
from placebudget.place.geography import Geography, each_row, is_blank
from placebudget.place.origin import FIRST_ROW
from placebudget.place.population import needs_of
from placebudget.place.schema import Table, schema
from placebudget.place.settings import years_between
from placebudget.place.subjects import Line, lines_of

if TYPE_CHECKING:
    from placebudget.place.place import Package, Place

LONGEST_APPRAISAL = 200
"""Most years whose benefits can count; the Green Book's schedule ends well before."""

Rows = list[tuple[int, Any]]


class Examination:
    """A place under examination; what several checks need is worked out once.

    Parameters
    ----------
    place : Package
        The place; of a package of another kind only cells can be looked at.
    only : str, optional
        The one table whose cells are looked at, where only that has changed.
    """

    def __init__(self, place: Package, only: str | None = None) -> None:
        self.place = cast("Place", place)
        known = schema(place.kind)
        self.tables: Mapping[str, Table] = known if only is None else {only: known[only]}

    def numbers(self, table: str) -> Sequence[int]:
        """Numbers of the rows of a table as a spreadsheet shows them."""
        return self.place.origin.row_numbers(table, len(self.place.tables[table]))

    def rows(self, table: str) -> Rows:
        """Rows of a table with defaults filled in, each with its number in the table."""
        return self._numbered(table, self.place.held[table].rows)

    def cells(self, table: str, column: str) -> Rows:
        """Cells of a column that are not blank, each with the number of its row."""
        return self._numbered(table, self.place.held[table].cells(column))

    def _numbered(self, table: str, found: Rows) -> Rows:
        if table not in self.place.origin.numbers:
            return found
        numbers = self.numbers(table)
        return [(numbers[number - FIRST_ROW], each) for number, each in found]

    def blank(self, table: str, column: str) -> list[int]:
        """Numbers of the rows in which a column is blank."""
        blank = self.place.held[table].blank[:, self.tables[table].names.index(column)]
        numbers = self.numbers(table)
        return [numbers[row] for row in np.flatnonzero(blank).tolist()]

    def keyed(self, table: str) -> dict[str, Any]:
        """Rows of a table by the first part of its key; rows without one are left out."""
        return {row[0]: row for _, row in self.rows(table) if not is_blank(row[0])}

    @cached_property
    def needs(self) -> list[Any]:
        """Rows of needs as the model takes them: those given, then those by population."""
        return list(each_row(needs_of(self.place)))

    @cached_property
    def geography(self) -> Geography:
        """The tree of areas."""
        return Geography.of(self.place)

    @cached_property
    def conditions(self) -> Conditions:
        """The conditions of money, with the pools that the place has open."""
        return Conditions(self.place)

    @cached_property
    def conditions_today(self) -> Conditions:
        """The conditions of today's money, which a pool paid that takes in no more."""
        return Conditions(self.place, standing_pooling(self.place))

    @cached_property
    def lines(self) -> list[Line]:
        """Services in areas."""
        return lines_of(self.place, self.geography)

    @cached_property
    def line_at(self) -> dict[tuple[str, str], Line]:
        """Lines by service and area."""
        return {(line.service, line.area): line for line in self.lines}

    @cached_property
    def streams(self) -> dict[str, Any]:
        """Streams by key."""
        return self.keyed("streams")

    @cached_property
    def services(self) -> dict[str, Any]:
        """Services by key."""
        return self.keyed("services")

    @cached_property
    def offers(self) -> dict[tuple[str, str], list[Any]]:
        """Offers by service and area."""
        offers: dict[tuple[str, str], list[Any]] = {}
        for _, row in self.rows("offers"):
            if row.service in self.services:
                key = (row.service, self.geography.key(row.area))
                offers.setdefault(key, []).append(row)
        return offers

    @cached_property
    def choices(self) -> dict[str, str]:
        """The choice that each offer stands in; of several, the first."""
        found: dict[str, str] = {}
        for _, row in self.rows("choices"):
            if not (is_blank(row.offer) or is_blank(row.choice)):
                found.setdefault(row.offer, row.choice)
        return found

    @cached_property
    def funding(self) -> dict[tuple[str, str], float]:
        """Funding in pounds by stream and year."""
        return {
            (row.stream, row.year): row.amount
            for _, row in self.rows("funding")
            if not is_blank(row.amount)
        }

    @cached_property
    def horizon(self) -> int:
        """Number of years whose benefits count."""
        settings = self.place.settings
        if settings.appraisal_years is not None:
            return settings.appraisal_years
        lasting = (row.lag + row.duration - 1 for _, row in self.rows("effects"))
        return len(settings.years) + max(lasting, default=0)

    @cached_property
    def appraisal_years(self) -> tuple[str, ...]:
        """Financial years whose benefits count; not more than can be appraised."""
        if not self.place.years:
            return ()
        return years_between(self.place.years[0], min(self.horizon, LONGEST_APPRAISAL))


Check = Callable[[Examination], Iterator[Finding]]
