"""A data package: its descriptor from the schema, and the settings it holds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from placebudget.place.findings import Finding, error
from placebudget.place.io.cells import ErrorValue, Misfit, as_integer, as_year
from placebudget.place.io.sheets import Formatted
from placebudget.place.schema import PANEL, PLACE, REVIEW, Column, Table, schema
from placebudget.place.settings import GREEN_BOOK, KEEP, Settings
from placebudget.texts import did_you_mean, listed, shown

# The descriptor of a Frictionless Tabular Data Package, written from the schema, and judged.

YEAR_PATTERN = r"^\d{4}-\d{2}$"
_TYPES = {"year": "string"}


def descriptor(settings: Settings, written: Collection[str], kind: str = PLACE) -> dict[str, Any]:
    """What ``datapackage.json`` holds.

    Parameters
    ----------
    settings : Settings
        Settings of the place.
    written : collection of str
        Names of the tables that are written; keys refer to these only.
    kind : str, optional
        Kind of the package.
    """
    resources = [
        _resource(table, written) for name, table in schema(kind).items() if name in written
    ]
    return {"profile": PROFILE, **settings_properties(settings, kind), "resources": resources}


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


def declared_otherwise(table: Table, resource: Mapping[str, Any]) -> Iterator[Finding]:
    """Errors for all that a resource of the package declares and reading does not do.

    Parameters
    ----------
    table : Table
        A table of the schema.
    resource : mapping
        The resource of ``datapackage.json`` that holds it.

    Examples
    --------
    >>> fields = [{"name": "amount", "factor": 1000}]
    >>> [found] = declared_otherwise(schema()["funding"], {"schema": {"fields": fields}})
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
            yield error("declared-otherwise", table.name, None, None, what, mend)
    yield from _unlike(table.name, None, resource, _RESOURCE)
    yield from _unlike(table.name, None, dialect, _DIALECT)
    if isinstance(described, Mapping):
        yield from _unlike(table.name, None, described, {"missingValues": ([""], None)})
        fields = described.get("fields")
        for field in fields if isinstance(fields, list) else ():
            if isinstance(field, Mapping):
                yield from _field_otherwise(table, field)


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


SHEET = PLACE
PROFILE = "tabular-data-package"
_TEXTS = ("name", "title", "description")
_YEARS = ("price_base", "today_year")
_OWN = (*_TEXTS, *_YEARS, "years", "appraisal_years", "discount", "without_effects")
_MADE_ON_WRITING = ("resources", "profile", "kind")
# What the standard of data packages has besides: kept, and of no weight here.
_OF_THE_STANDARD = (
    "$schema", "id", "licenses", "homepage", "version", "sources", "contributors", "keywords",
    "image", "created",
)  # fmt: skip


def read_settings(
    properties: Mapping[str, Any], fallback_name: str, kind: str = PLACE
) -> tuple[Settings, list[Finding]]:
    """Settings from the properties of a data package.

    Parameters
    ----------
    properties : mapping
        What ``datapackage.json`` holds.
    fallback_name : str
        Name of the place where the properties give none.
    kind : str, optional
        Kind of the package; one that is no place has a name and texts, and no years.

    Returns
    -------
    settings : Settings
        As far as they could be read.
    findings : list of Finding
        Everything that could not be read.
    """
    findings: list[Finding] = []
    own: dict[str, Any] = {"name": fallback_name}
    for name in _TEXTS:
        value = properties.get(name)
        if isinstance(value, str) and (value or name != "name"):
            own[name] = value
        elif value is not None:
            findings.append(
                wrong(name, f"{shown(value)} is not text.", "Write it in quotes.", kind)
            )
    if kind != PLACE:
        own["years"] = ()
        return _settings(own, properties, _TEXTS, kind, findings)
    own["years"] = _years(properties.get("years"), findings)
    for name in _YEARS:
        own[name] = _year(name, properties.get(name), findings) or ""
    own["appraisal_years"] = _count_of_years(properties.get("appraisal_years"), findings)
    own["discount"] = properties.get("discount", GREEN_BOOK)
    kept = properties.get("without_effects")
    own["without_effects"] = KEEP if kept in (None, "") else str(kept).strip().lower()
    return _settings(own, properties, _OWN, kind, findings)


def _settings(
    own: dict[str, Any],
    properties: Mapping[str, Any],
    known: Sequence[str],
    kind: str,
    findings: list[Finding],
) -> tuple[Settings, list[Finding]]:
    """The settings with what else the package says, and a finding of what nobody knows."""
    findings += [
        Finding(
            "unknown-setting", "warning", kind, None, name,
            f"A {kind} has no setting {shown(name)}: it changes nothing.",
            did_you_mean(name, known) or f"Settings: {', '.join(known)}.",
        )
        for name in properties
        if name not in (*known, *_MADE_ON_WRITING, *_OF_THE_STANDARD)
    ]  # fmt: skip
    own["extra"] = {
        name: value
        for name, value in properties.items()
        if name not in known and name not in _MADE_ON_WRITING
    }
    return Settings(**own), findings


def settings_properties(settings: Settings, kind: str = PLACE) -> dict[str, Any]:
    """The properties of a data package that hold the settings."""
    if kind != PLACE:
        texts = {name: getattr(settings, name) for name in _TEXTS}
        said = {name: value for name, value in texts.items() if value}
        return {"kind": kind, **said, **settings.extra}
    own = {
        "name": settings.name,
        "title": settings.title,
        "description": settings.description,
        "years": list(settings.years),
        "appraisal_years": settings.appraisal_years,
        "discount": settings.discount,
        "price_base": settings.price_base,
        "today_year": settings.today_year,
        "without_effects": None if settings.without_effects == KEEP else settings.without_effects,
    }
    given = {name: value for name, value in own.items() if value not in (None, "")}
    return {**given, **settings.extra}


def settings_rows(settings: Settings, kind: str = PLACE) -> list[tuple[str, str]]:
    """The settings as name and value, for a sheet."""
    properties = settings_properties(settings, kind)
    return [(name, _value_text(name, value)) for name, value in properties.items()]


def other_kind(found: str, wanted: str, where: str) -> Finding:
    """The finding that a package of another kind was given."""
    of_the_sector = "sector." if found in (PANEL, REVIEW) else ""
    reads = f"placebudget.{'read' if found == PLACE else of_the_sector + found}(path)"
    what = f"It is a {found}, and a {wanted} is needed here."
    return Finding("other-kind", "error", where, None, "kind", what, f"Read it with {reads}.")


SETTINGS = (*_TEXTS[1:], "years", *_YEARS, "discount", "appraisal_years", "without_effects", "name")
"""The settings of a place, in the order in which somebody who edits them meets them."""


def settings_texts(properties: Mapping[str, Any]) -> list[list[str]]:
    """The settings of a place as they would be typed: name and value, blank where it gives none.

    Examples
    --------
    >>> dict(settings_texts({"name": "here", "years": ["2027-28", "2028-29"]}))["years"]
    '2027-28, 2028-29'
    """
    return [[name, _setting_text(name, properties.get(name))] for name in SETTINGS]


def _setting_text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "years" and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
        return json.dumps(value, ensure_ascii=False)
    return _value_text(name, value)


def with_typed_settings(
    properties: Mapping[str, Any], before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]
) -> dict[str, Any]:
    """Properties with the settings that were typed otherwise; all else as it stands.

    Parameters
    ----------
    properties : mapping
        What ``datapackage.json`` holds, or the sheet of a workbook.
    before, after : rows of name and value
        The settings as :func:`settings_texts` gives them, and as they are to be.

    Examples
    --------
    >>> before = settings_texts({"name": "here", "title": "Here"})
    >>> after = [[name, "0.03" if name == "discount" else ""] for name, _ in before]
    >>> with_typed_settings({"name": "here", "title": "Here", "id": 7}, before, after)
    {'id': 7, 'discount': 0.03}
    """
    found = dict(properties)
    for (name, old), (_, new) in zip(before, after, strict=True):
        if new != old:
            found.pop(name, None)
            if new.strip():
                found[name] = _value_of_cells(name, [new.strip()])
    return found


def properties_of_rows(
    rows: Sequence[Sequence[Any]],
) -> tuple[dict[str, Any], list[Finding]]:
    """Properties from the rows of the sheet ``place``; a header row is optional."""
    properties: dict[str, Any] = {}
    findings: list[Finding] = []
    for row in rows:
        cells = [cell for cell in row if cell not in (None, "")]
        if not cells or [str(cell).lower() for cell in cells[:2]] == ["name", "value"]:
            continue
        name = str(cells[0]).strip()
        cells = [cell.number if isinstance(cell, Formatted) else cell for cell in cells]
        broken = [cell for cell in cells if isinstance(cell, ErrorValue)]
        if broken:
            findings.append(wrong(name, broken[0].misfit.what, broken[0].misfit.mend))
        elif name in properties:
            findings.append(wrong(name, "The setting is there twice.", "Keep one of them."))
        elif len(cells) > 1:
            properties[name] = _value_of_cells(name, cells[1:])
    return properties, findings


def wrong(name: str, what: str, mend: str, kind: str = PLACE) -> Finding:
    """The finding that a setting cannot be read."""
    return Finding("wrong-setting", "error", kind, None, name, what, mend)


def _value_text(name: str, value: Any) -> str:
    if name == "years":
        return ", ".join(value)
    if isinstance(value, str):
        # Text that would read as JSON (a number, say) is quoted, so that it stays text.
        return value if name in (*_TEXTS, *_YEARS) or not _is_json(value) else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def _value_of_cells(name: str, cells: list[Any]) -> Any:
    if name == "years":
        texts = [str(cell) for cell in cells]
        return [year.strip() for text in texts for year in text.replace(";", ",").split(",")]
    value = cells[0]
    if not isinstance(value, str | int | float):
        value = str(value)
    if not isinstance(value, str) or name in (*_TEXTS, *_YEARS):
        return str(value) if name in _TEXTS else value
    return json.loads(value) if _is_json(value) else value


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _years(value: Any, findings: list[Finding]) -> tuple[str, ...]:
    mend = 'Write the financial years of the plan in order: ["2027-28", "2028-29"].'
    if not value or not isinstance(value, list | tuple):
        what = "The years are missing." if not value else f"{shown(value)} is not a list of years."
        findings.append(wrong("years", what, mend))
        return ()
    years = [_year("years", year, findings) for year in value]
    return tuple(year for year in years if year)


def _year(name: str, value: Any, findings: list[Finding]) -> str | None:
    try:
        return None if value is None or value == "" else as_year(value)
    except Misfit as misfit:
        findings.append(wrong(name, misfit.what, misfit.mend))
        return None


def _count_of_years(value: Any, findings: list[Finding]) -> int | None:
    try:
        return None if value is None or value == "" else as_integer(value)
    except Misfit as misfit:
        findings.append(wrong("appraisal_years", misfit.what, misfit.mend))
        return None
