"""The geography of a place: a tree of areas, from the place itself down to a street."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.place.once import once

if TYPE_CHECKING:
    from placebudget.place.place import Place

IMPLICIT_ROOT = "place"


@dataclass(frozen=True)
class Geography:
    """The tree of areas, independent of the order of rows.

    A blank area always means the whole place, which is the root of the tree.
    The class also works on a tree that is not in order (a cycle, several roots,
    an unknown parent), so that checks can say what is wrong with it.

    Parameters
    ----------
    root : str
        Key of the area that is the whole place; ``"place"`` where there is no
        table of areas.
    parents : mapping of str to str
        For each area below another, the area it is part of.
    areas : tuple of str
        All areas, sorted.
    tiers : mapping of str to str
        Tier of each area that has one.
    populations : mapping of str to float
        Residents of each area that has a figure.

    Examples
    --------
    >>> tree = Geography.of_areas({"county": None, "town": "county", "ward": "town"})
    >>> tree.root, tree.ancestors("ward"), sorted(tree.descendants("town"))
    ('county', ('town', 'county'), ['town', 'ward'])
    >>> tree.is_within("ward", "county"), tree.is_within("county", "ward"), tree.key(None)
    (True, False, 'county')
    """

    root: str
    parents: Mapping[str, str]
    areas: tuple[str, ...]
    tiers: Mapping[str, str]
    populations: Mapping[str, float]

    @staticmethod
    def of(place: Place) -> Geography:
        """The tree of a place."""
        return _tree(place)

    @classmethod
    def of_areas(
        cls,
        parent_of: Mapping[str, Any],
        tiers: Mapping[str, str] | None = None,
        populations: Mapping[str, float] | None = None,
    ) -> Geography:
        """The tree given by each area's parent; blank for the top."""
        parents = {area: parent for area, parent in parent_of.items() if not is_blank(parent)}
        tops = sorted(set(parent_of) - set(parents))
        return cls(
            root=tops[0] if tops else IMPLICIT_ROOT,
            parents=parents,
            areas=tuple(sorted(parent_of)) or (IMPLICIT_ROOT,),
            tiers=dict(tiers or {}),
            populations=dict(populations or {}),
        )

    def key(self, area: Any) -> str:
        """The key of an area as tables write it: blank is the whole place."""
        return self.root if is_blank(area) else str(area)

    def path(self, area: Any) -> tuple[str, ...]:
        """The area itself and everything it is part of, up to the top."""
        path = [self.key(area)]
        while (parent := self.parents.get(path[-1])) is not None and parent not in path:
            path.append(parent)
        return tuple(path)

    def ancestors(self, area: Any) -> tuple[str, ...]:
        """Everything the area is part of, nearest first; not the area itself."""
        return self.path(area)[1:]

    def descendants(self, area: Any) -> frozenset[str]:
        """The area itself and everything below it."""
        return self._below.get(self.key(area), frozenset((self.key(area),)))

    def is_within(self, area: Any, other: Any) -> bool:
        """Whether ``area`` is ``other`` or lies below it."""
        return self.key(area) in self.descendants(other)

    def of_tier(self, tier: str) -> tuple[str, ...]:
        """All areas of one tier, sorted."""
        return tuple(area for area in self.areas if self.tiers.get(area) == tier)

    @cached_property
    def _below(self) -> dict[str, frozenset[str]]:
        below: dict[str, set[str]] = {area: {area} for area in self.areas}
        for area in self.areas:
            for other in self.ancestors(area):
                below.setdefault(other, {other}).add(area)
        return {area: frozenset(members) for area, members in below.items()}


@once
def _tree(place: Place) -> Geography:
    areas = place.areas
    keyed = areas[areas["area"].notna()]
    return Geography.of_areas(
        dict(zip(keyed["area"], keyed["parent"], strict=True)),
        tiers=_present(keyed, "tier"),
        populations=_present(keyed, "population"),
    )


def each_row(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table, with a field for each column.

    As ``itertuples`` gives them, which makes a new kind of row each time: that takes longer than
    going through hundreds of rows.
    """
    if not len(table):
        return iter(())
    columns = (table[name].tolist() for name in table.columns)
    return map(_row(tuple(table.columns))._make, zip(*columns, strict=True))


@cache
def _row(columns: tuple[str, ...]) -> Any:
    # A name that Python keeps for itself, such as class, is a column by its place.
    return namedtuple("Row", columns, rename=True)


def is_blank(value: Any) -> bool:
    """Whether a cell of a table is blank: none, not a number, or empty text."""
    # Not a number is the only value that differs from itself; pd.NA cannot be compared.
    return value is None or value is pd.NA or value != value or value == ""


def _present(frame: pd.DataFrame, column: str) -> dict[str, Any]:
    held = frame[frame[column].notna()]
    return dict(zip(held["area"], held[column], strict=True))
