"""What a package declares of its files and columns, where files are not read so.

A declaration that is not kept would be a figure that is read otherwise than it was
written: so each is either what reading does anyway, or an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from placebudget.place.findings import Finding
from placebudget.place.schema import Column, Table, schema
from placebudget.texts import listed, shown
from placebudget.words import in_pounds

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
            yield _error(
                table, None, what, f"Write the {name} into datapackage.json, or remove it."
            )
    yield from _unlike(table, None, resource, _RESOURCE)
    yield from _unlike(table, None, dialect, _DIALECT)
    if isinstance(described, Mapping):
        yield from _unlike(table, None, described, {"missingValues": ([""], None)})
        fields = described.get("fields")
        known = schema()[table]
        for field in fields if isinstance(fields, list) else ():
            if isinstance(field, Mapping):
                yield from _field(known, field)


def _field(table: Table, field: Mapping[str, Any]) -> Iterator[Finding]:
    name = str(field.get("name", ""))
    yield from _unlike(table.name, name, field, _FIELD)
    unit = field.get("unit")
    if unit and name in table.names and not _same_unit(str(unit), table.column(name)):
        own = table.column(name).unit or "no unit"
        what = f"The package declares the unit {shown(unit, 40)}; the column is read in {own}."
        yield _error(table.name, name, what, f"Write the figures in {own}, and declare that.")


def _same_unit(unit: str, column: Column) -> bool:
    own = (column.unit or "").lower()
    plain = unit.strip().lower()
    return plain == own or (plain in _POUNDS and in_pounds(own))


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
            yield _error(table, column, what, f"{instead}, and remove the declaration.")


def _error(table: str, column: str | None, what: str, mend: str) -> Finding:
    return Finding("declared-otherwise", "error", table, None, column, what, mend)
