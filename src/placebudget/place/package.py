"""The settings of a place, as datapackage.json and the sheet ``place`` hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from placebudget.place.cells import ErrorValue, as_integer, as_year
from placebudget.place.figures import Misfit
from placebudget.place.finding import Finding
from placebudget.place.settings import GREEN_BOOK, KEEP, Settings
from placebudget.place.sheet_looks import Formatted
from placebudget.texts import did_you_mean, shown

SHEET = "place"
PROFILE = "tabular-data-package"
_TEXTS = ("name", "title", "description")
_YEARS = ("price_base", "today_year")
_OWN = (*_TEXTS, *_YEARS, "years", "appraisal_years", "discount", "without_effects")
_MADE_ON_WRITING = ("resources", "profile")
# What the standard of data packages has besides: kept, and of no weight here.
_OF_THE_STANDARD = (
    "$schema", "id", "licenses", "homepage", "version", "sources", "contributors", "keywords",
    "image", "created",
)  # fmt: skip


def read_settings(
    properties: Mapping[str, Any], fallback_name: str
) -> tuple[Settings, list[Finding]]:
    """Settings from the properties of a data package.

    Parameters
    ----------
    properties : mapping
        What ``datapackage.json`` holds.
    fallback_name : str
        Name of the place where the properties give none.

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
            findings.append(wrong(name, f"{shown(value)} is not text.", "Write it in quotes."))
    own["years"] = _years(properties.get("years"), findings)
    for name in _YEARS:
        own[name] = _year(name, properties.get(name), findings) or ""
    own["appraisal_years"] = _count_of_years(properties.get("appraisal_years"), findings)
    own["discount"] = properties.get("discount", GREEN_BOOK)
    kept = properties.get("without_effects")
    own["without_effects"] = KEEP if kept in (None, "") else str(kept).strip().lower()
    findings += [
        Finding(
            "unknown-setting", "warning", SHEET, None, name,
            f"A place has no setting {shown(name)}: it changes nothing.",
            did_you_mean(name, _OWN) or f"Settings: {', '.join(_OWN)}.",
        )
        for name in properties
        if name not in (*_OWN, *_MADE_ON_WRITING, *_OF_THE_STANDARD)
    ]  # fmt: skip
    own["extra"] = {
        name: value
        for name, value in properties.items()
        if name not in _OWN and name not in _MADE_ON_WRITING
    }
    return Settings(**own), findings


def settings_properties(settings: Settings) -> dict[str, Any]:
    """The properties of a data package that hold the settings."""
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


def settings_rows(settings: Settings) -> list[tuple[str, str]]:
    """The settings as name and value, for a sheet."""
    return [
        (name, _value_text(name, value)) for name, value in settings_properties(settings).items()
    ]


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


def wrong(name: str, what: str, mend: str) -> Finding:
    """The finding that a setting cannot be read."""
    return Finding("wrong-setting", "error", SHEET, None, name, what, mend)


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
