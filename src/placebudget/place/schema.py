"""The schema: what tables a package of each kind has, a place first, and what a column means.

The words stand in a ``.toml`` for each kind of data package; this module turns them into
objects that reading, checking, writing and the documentation share.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

from placebudget.place.rule_kinds import RULE_KINDS

Measure = Literal["pounds", "share"]
"""What figures of a column are, where it matters how they are read: money, or parts of one."""

PLACE, LIBRARY, PANEL, REGISTER, REVIEW = "place", "library", "panel", "register", "review"
KINDS = {
    PLACE: "schema.toml",
    **{kind: f"{kind}.toml" for kind in (LIBRARY, PANEL, REGISTER, REVIEW)},
}
"""Kinds of data packages, each with the file that describes its tables."""

_KINDS = "kinds of rules"


@dataclass(frozen=True)
class Column:
    """One column of a table, as described in ``schema.toml``."""

    name: str
    type: str
    description: str
    example: Any = None
    unit: str | None = None
    measure: Measure | None = None
    required: bool = False
    default: Any = None
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    refers: str | None = None
    descriptive: bool = False
    lines: bool = False


@dataclass(frozen=True)
class Table:
    """One table of a package: its key, its columns, whether it must be there."""

    name: str
    title: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False
    figures: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column called ``name``."""
        return next(column for column in self.columns if column.name == name)


@cache
def schema(kind: str = PLACE) -> dict[str, Table]:
    """All tables of a place, or of another kind of package, in the order in which they are read.

    Examples
    --------
    >>> schema()["offers"].column("unit_cost").unit
    'pounds a unit, prices of price_year'
    """
    described = {name: _described(name) for name in (PLACE, kind)}
    # The columns of every table with figures are described with the place.
    shared = [_column(spec) for spec in described[PLACE].pop("figures")["columns"]]
    return {name: _table(name, spec, shared) for name, spec in described[kind].items()}


def kind_of(properties: Mapping[str, Any]) -> str:
    """The kind of data package that its properties say it is; a place where they say nothing."""
    kind = properties.get("kind")
    return kind if isinstance(kind, str) and kind in KINDS else PLACE


def _described(kind: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(KINDS[kind]).read_text("utf-8"))


def _column(spec: dict[str, Any]) -> Column:
    spec = dict(spec)
    descriptive = spec.pop("role", None) == "descriptive"
    allowed = spec.pop("allowed", ())
    allowed = tuple(RULE_KINDS if allowed == _KINDS else allowed)
    measure, of = spec.get("measure"), spec.get("unit", "")
    if measure:
        spec["unit"] = f"{measure}{of}" if not of or of.startswith(",") else f"{measure} {of}"
    return Column(**spec, allowed=allowed, descriptive=descriptive)


def _table(name: str, spec: dict[str, Any], shared: list[Column]) -> Table:
    spec = dict(spec)
    columns = [_column(column) for column in spec.pop("columns")]
    if spec.get("figures"):
        columns += shared
    return Table(name=name, columns=tuple(columns), key=tuple(spec.pop("key")), **spec)
