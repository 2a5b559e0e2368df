"""Where a place comes from: the path it was read from, and the option applied to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from placebudget.place.findings import Finding
    from placebudget.place.options import Option
    from placebudget.place.place import Package, Place

Kind = TypeVar("Kind", bound="Package")

FIRST_ROW = 2
"""Number of the first row of data: the heading is row 1, as a spreadsheet shows it."""


@dataclass(frozen=True)
class Origin:
    """Where a place comes from, so that a plan can say how to get it again.

    Parameters
    ----------
    path : str
        What it was read from, as given: a path, or the name of an example. Empty
        for a place that was made, or changed otherwise than by an option.
    base : Place, optional
        The place before the option.
    option : Option, optional
        The option that was applied; several, one after the other, are one.
    remarks : tuple of Finding
        What reading had to say: figures that were not written plainly, say. They
        are findings of the place, and end where it is changed.
    numbers : mapping of str to sequence of int
        By table: the number of each row in its file or sheet, where rows that are
        blank stand between them; other tables follow on their heading.
    """

    path: str = ""
    base: Place | None = None
    option: Option | None = None
    remarks: tuple[Finding, ...] = ()
    numbers: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def row_numbers(self, table: str, rows: int) -> Sequence[int]:
        """Numbers of the rows of a table as a spreadsheet shows them, the heading being row 1."""
        return self.numbers.get(table) or range(FIRST_ROW, FIRST_ROW + rows)


def read_from(place: Kind, path: str) -> Kind:
    """The place, or another package, with the path it was read from."""
    return replace(place, origin=replace(place.origin, path=path))


def changed_by(before: Place, after: Place, option: Option) -> Place:
    """A place that an option has changed, with where it comes from."""
    origin = before.origin
    combined = option if origin.option is None else origin.option + option
    return replace(after, origin=Origin(origin.path, origin.base or before, combined))
