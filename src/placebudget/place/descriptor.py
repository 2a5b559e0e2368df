"""The descriptor of a Frictionless Tabular Data Package, written from the schema, and judged."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from placebudget.place.finding import Finding, error
from placebudget.place.package import PROFILE, settings_properties
from placebudget.place.schema import Column, Table, schema
from placebudget.place.settings import Settings
from placebudget.texts import listed, shown

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


# What reading does: the values that may be declared.
_DIALECT: Mapping[str, tuple[object, ...]] = {
    "delimiter": (",",),
    "quoteChar": ('"',),
    "doubleQuote": (True,),
    "escapeChar": ("", None),
    "skipInitialSpace": (False,),
    "header": (True,),
    "headerRows": ([1],),
    "commentChar": ("", None),
    "commentRows": ([], None),
    "nullSequence": ("", None),
}
_RESOURCE: Mapping[str, tuple[object, ...]] = {
    "compression": ("", "no", None),
    "format": ("csv", "", None),
}
_FIELD: Mapping[str, tuple[object, ...]] = {
    "factor": (1, None),
    "decimalChar": (".", None),
    "groupChar": ("", ",", None),
    "bareNumber": (True, None),
    "currency": ("GBP", "£", None),
    "trueValues": (["yes", "true", "1"], ["true", "True", "TRUE", "1"], ["true"], ["yes"], None),
    "falseValues": (
        ["no", "false", "0"],
        ["false", "False", "FALSE", "0"],
        ["false"],
        ["no"],
        None,
    ),
}
_POUNDS = ("£", "gbp", "pound", "pounds")


def declared_otherwise(table: str, resource: Mapping[str, Any]) -> Iterator[Finding]:
    """Errors for all that a resource of the package declares and reading does not do.

    Parameters
    ----------
    table : str
        Name of a table of the schema.
    resource : mapping
        The resource of ``datapackage.json`` that holds it.

    Examples
    --------
    >>> fields = [{"name": "amount", "factor": 1000}]
    >>> [found] = declared_otherwise("funding", {"schema": {"fields": fields}})
    >>> found.what
    'The package declares factor = 1000 for it, which is not how it is read.'
    """
    dialect, described = resource.get("dialect"), resource.get("schema")
    for name in ("dialect", "schema"):
        if isinstance(resource.get(name), str):
            what = (
                f"Its {name} stands in another file ({shown(resource[name], 40)}), not read here."
            )
            mend = f"Write the {name} into datapackage.json, or remove it."
            yield error("declared-otherwise", table, None, None, what, mend)
    yield from _unlike(table, None, resource, _RESOURCE)
    yield from _unlike(table, None, dialect, _DIALECT)
    if isinstance(described, Mapping):
        yield from _unlike(table, None, described, {"missingValues": ([""], None)})
        fields = described.get("fields")
        known = schema()[table]
        for field in fields if isinstance(fields, list) else ():
            if isinstance(field, Mapping):
                yield from _field_otherwise(known, field)


def _field_otherwise(table: Table, field: Mapping[str, Any]) -> Iterator[Finding]:
    name = str(field.get("name", ""))
    yield from _unlike(table.name, name, field, _FIELD)
    unit = field.get("unit")
    if unit and name in table.names and not _same_unit(str(unit), table.column(name)):
        own = table.column(name).unit or "no unit"
        what = f"The package declares the unit {shown(unit, 40)}; the column is read in {own}."
        yield error(
            "declared-otherwise",
            table.name,
            None,
            name,
            what,
            f"Write the figures in {own}, and declare that.",
        )


def _same_unit(unit: str, column: Column) -> bool:
    own = (column.unit or "").lower()
    plain = unit.strip().lower()
    return plain == own or (plain in _POUNDS and column.measure == "pounds")


def _unlike(
    table: str, column: str | None, given: object, kept: Mapping[str, tuple[object, ...]]
) -> Iterator[Finding]:
    if not isinstance(given, Mapping):
        return
    for name, values in kept.items():
        if name in given and given[name] not in values:
            what = (
                f"The package declares {name} = {shown(given[name], 40, quoted=False)} for it, "
                "which is not how it is read."
            )
            said = listed(shown(value, quoted=False) for value in values if value not in ("", None))
            instead = f"Save the file with {name} = {said}" if said else "Save the file without it"
            yield error(
                "declared-otherwise",
                table,
                None,
                column,
                what,
                f"{instead}, and remove the declaration.",
            )
