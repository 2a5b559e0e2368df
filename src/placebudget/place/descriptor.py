"""The descriptor of a Frictionless Tabular Data Package, from the schema of a place."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from placebudget.place.package import PROFILE, settings_properties
from placebudget.place.schema import Column, Table, schema
from placebudget.place.settings import Settings

YEAR_PATTERN = r"^\d{4}-\d{2}$"
_TYPES = {"year": "string"}


def descriptor(settings: Settings, written: Collection[str]) -> dict[str, Any]:
    """What ``datapackage.json`` holds.

    Parameters
    ----------
    settings : Settings
        Settings of the place.
    written : collection of str
        Names of the tables that are written; keys refer to these only.
    """
    resources = [_resource(table, written) for name, table in schema().items() if name in written]
    return {"profile": PROFILE, **settings_properties(settings), "resources": resources}


def table_schema(table: Table, written: Collection[str]) -> dict[str, Any]:
    """The Table Schema of one table.

    A primary key is declared where every part of it is required: the standard
    has no blank parts of keys, and blank means the whole place, each year or
    direct money here. :func:`placebudget.place.checks.check` judges those keys.
    """
    fields = [_field(column) for column in table.columns]
    described: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if all(table.column(part).required for part in table.key):
        described["primaryKey"] = list(table.key)
    foreign = [
        _foreign_key(table, column)
        for column in table.columns
        if column.refers and column.refers.split(".")[0] in written
    ]
    if foreign:
        described["foreignKeys"] = foreign
    return described


def _resource(table: Table, written: Collection[str]) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "description": table.description,
        "profile": "tabular-data-resource",
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": table_schema(table, written),
    }


def _field(column: Column) -> dict[str, Any]:
    description = column.description
    if column.unit:
        description += f" Unit: {column.unit}."
    if column.above is not None:
        description += f" Above {column.above:g}."
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.type, column.type),
        "description": description,
    }
    if column.example is not None:
        field["example"] = column.example
    constraints = _constraints(column)
    if constraints:
        field["constraints"] = constraints
    return field


def _constraints(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if column.maximum is not None:
        constraints["maximum"] = column.maximum
    if column.type == "year":
        constraints["pattern"] = YEAR_PATTERN
    return constraints


def _foreign_key(table: Table, column: Column) -> dict[str, Any]:
    other, field = str(column.refers).split(".")
    # The standard writes a reference of a table to itself as an empty name.
    reference = {"resource": "" if other == table.name else other, "fields": [field]}
    return {"fields": [column.name], "reference": reference}
