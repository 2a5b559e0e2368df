"""Lines of a place: services in areas, and which of them a subject picks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from placebudget.place.geography import Geography

if TYPE_CHECKING:
    from placebudget.place.place import Place

Subject = Mapping[str, tuple[str, ...]]


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
        row.service: row
        for row in place.filled("services").itertuples()
        if row.service == row.service
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
    outcome) are left to the caller.

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
