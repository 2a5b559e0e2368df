"""The subject of a rule: which money, services, areas or outcomes it holds for.

A subject is written as ``column=value`` pairs divided by semicolons; several
values of one column are divided by ``|`` and are alternatives::

    service=home_care|reablement; area=burnley
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from placebudget.errors import WrongArgument
from placebudget.place.geography import Geography, each_row, is_blank
from placebudget.place.once import once
from placebudget.texts import shown

if TYPE_CHECKING:
    from placebudget.place.place import Place


SUBJECT_COLUMNS = (
    "service",
    "area",
    "tier",
    "purpose",
    "agency",
    "pool",
    "nature",
    "provider",
    "delivery_model",
    "outcome",
    "kind",
    "role",
)


def parse_subject(text: Any) -> dict[str, tuple[str, ...]]:
    """Read the subject of a rule.

    Parameters
    ----------
    text : str or blank
        ``column=value`` pairs divided by semicolons. Blank: everything.

    Returns
    -------
    dict of str to tuple of str
        The values that are picked, by column. Empty: everything.

    Raises
    ------
    WrongArgument
        If a pair has no ``=``, no value, an unknown column, or a column comes twice.

    Examples
    --------
    >>> parse_subject("service=home_care|reablement; area=burnley")
    {'service': ('home_care', 'reablement'), 'area': ('burnley',)}
    >>> parse_subject(None)
    {}
    """
    if is_blank(text):
        return {}
    subject: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for pair in str(text).split(";"):
        if not pair.strip():
            continue
        column, equals, values = (part.strip() for part in pair.partition("="))
        picked = tuple(dict.fromkeys(value.strip() for value in values.split("|")))
        problem = _problem(pair.strip(), column, equals, picked, subject)
        if problem:
            problems.append(problem)
        else:
            subject[column] = picked
    if problems:
        raise WrongArgument("; ".join(problems))
    return subject


def write_subject(subject: dict[str, tuple[str, ...]]) -> str:
    """Write a subject the way :func:`parse_subject` reads it.

    Examples
    --------
    >>> write_subject({"service": ("home_care", "reablement"), "area": ("burnley",)})
    'service=home_care|reablement; area=burnley'
    """
    return "; ".join(f"{column}={'|'.join(values)}" for column, values in subject.items())


def _problem(
    pair: str,
    column: str,
    equals: str,
    values: tuple[str, ...],
    subject: dict[str, tuple[str, ...]],
) -> str:
    if not equals:
        return f"{shown(pair)} is not of the form column=value"
    if column not in SUBJECT_COLUMNS:
        near = get_close_matches(column, SUBJECT_COLUMNS, 1)
        guess = f"; did you mean {near[0]}?" if near else ""
        return (
            f"no column {shown(column)} to pick by{guess} (columns: {', '.join(SUBJECT_COLUMNS)})"
        )
    if "" in values:
        return f"{shown(pair)} names no value"
    if column in subject:
        return f"{shown(column)} comes twice; write alternatives as {column}=one|other"
    return ""


# --- lines ----------------------------------------------------------------------


Subject = Mapping[str, tuple[str, ...]]


BY_NEED = "need"
"""What leads a service of which everybody in need is served."""


@dataclass(frozen=True, order=True)
class Line:
    """A service in an area, for which money is set.

    Parameters
    ----------
    service, area : str
        Keys; the area is never blank.
    commissioner, purpose, nature, kind : str
        As the table of services has them.
    """

    service: str
    area: str
    commissioner: str
    purpose: str
    nature: str
    kind: str


def lines_of(place: Place, geography: Geography) -> list[Line]:
    """Every service and area that has an offer, sorted; unknown services are left out."""
    services = {
        row.service: row for row in each_row(place.filled("services")) if row.service == row.service
    }
    offers = place.tables["offers"]
    pairs = {
        (service, geography.key(area))
        for service, area in zip(offers["service"], offers["area"], strict=True)
        if service in services
    }
    return [
        Line(
            service=service,
            area=area,
            commissioner=str(services[service].commissioner),
            purpose=str(services[service].purpose),
            nature=services[service].nature,
            kind=services[service].kind,
        )
        for service, area in sorted(pairs)
    ]


def picks(subject: Subject, line: Line, geography: Geography) -> bool:
    """Whether a subject takes in a line; an area takes in all below it.

    Columns that do not belong to lines (pool, provider, delivery_model,
    outcome, role) are left to the caller.

    Examples
    --------
    >>> tree = Geography.of_areas({"county": None, "town": "county"})
    >>> line = Line("home_care", "town", "county", "care", "statutory", "revenue")
    >>> picks({"area": ("county",)}, line, tree), picks({"nature": ("reactive",)}, line, tree)
    (True, False)
    """
    own = {
        "service": line.service,
        "agency": line.commissioner,
        "purpose": line.purpose,
        "nature": line.nature,
        "kind": line.kind,
        "tier": geography.tiers.get(line.area),
    }
    return all(own[column] in subject[column] for column in own if column in subject) and (
        "area" not in subject
        or any(geography.is_within(line.area, area) for area in subject["area"])
    )


@once
def led_by_need(place: Place) -> frozenset[str]:
    """Services of which everybody in need is served."""
    table = place.filled("services")
    return frozenset(table.loc[table["led_by"] == BY_NEED, "service"])
