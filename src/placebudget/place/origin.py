"""Where a place comes from: the path it was read from, and the option applied to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from placebudget.place.findings import Finding
    from placebudget.place.options import Option
    from placebudget.place.place import Place


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
    """

    path: str = ""
    base: Place | None = None
    option: Option | None = None
    remarks: tuple[Finding, ...] = ()


def read_from(place: Place, path: str) -> Place:
    """The place with the path it was read from."""
    return replace(place, origin=replace(place.origin, path=path))


def changed_by(before: Place, after: Place, option: Option) -> Place:
    """A place that an option has changed, with where it comes from."""
    origin = before.origin
    combined = option if origin.option is None else origin.option + option
    return replace(after, origin=Origin(origin.path, origin.base or before, combined))
