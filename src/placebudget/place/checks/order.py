"""The checks in their order, and which of them look at one table at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from placebudget.place.checks import (
    beneath,
    contributions,
    geography,
    keys,
    money,
    prices,
    returns,
    routes,
    rules,
    scale,
    settings,
    sources,
    texts,
    today,
    values,
    years,
)
from placebudget.place.checks.examination import Examination
from placebudget.place.findings import Finding

if TYPE_CHECKING:
    from placebudget.place.place import Place

ALL: Sequence[ModuleType] = (
    settings,
    keys,
    texts,
    values,
    years,
    geography,
    money,
    contributions,
    routes,
    today,
    prices,
    returns,
    rules,
    scale,
    sources,
    beneath,
)
"""Modules with checks."""

CELL_BY_CELL: Sequence[ModuleType] = (keys, texts, values)
"""Those that look at cells and at the keys they name, not at how the whole fits together."""


def found_by(modules: Sequence[ModuleType], place: Place) -> Iterator[Finding]:
    """What the checks of some modules find."""
    examination = Examination(place)
    for module in modules:
        for one in module.CHECKS:
            yield from one(examination)
