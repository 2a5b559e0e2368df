"""Reach: whether money of a stream can pay for a service in an area, or what stops it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from placebudget.arguments import Arguments, known_key
from placebudget.place.conditions import POOLED, Conditions
from placebudget.place.geography import Geography
from placebudget.place.lines import Line, lines_of

if TYPE_CHECKING:
    from placebudget.place.place import Place


@dataclass(frozen=True)
class Reach:
    """The answer to whether money can get from a stream to a service.

    Parameters
    ----------
    ok : bool
        Whether there is any route.
    routes : tuple of str
        Open routes: ``"direct"``, keys of pools, or ``"freed"``.
    reasons : tuple of str
        What closes the other routes.
    """

    ok: bool
    routes: tuple[str, ...]
    reasons: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        if self.ok:
            return f"yes: {', '.join(self.routes)}"
        return f"no: {'; '.join(self.reasons)}"


def reach(
    place: Place,
    stream: str,
    service: str,
    area: str | None = None,
    pooling: str | Sequence[str] = POOLED,
) -> Reach:
    """Whether money of a stream can pay for a service in an area.

    Conditions count, amounts do not.

    Parameters
    ----------
    place : Place
        The place.
    stream, service : str
        Keys.
    area : str, optional
        An area in which the service has an offer, one below it (then the offer
        above serves it), or one above (then any offer within counts). Default:
        anywhere in the place.
    pooling : str or sequence of str
        ``"aligned"``, ``"pooled"``, ``"freed"``, or pools by name.

    Returns
    -------
    Reach
        The open routes, and what closes the others.

    Raises
    ------
    WrongArgument
        If the place has no such stream, service, area or pool.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> print(place.reach("council_money", "home_care"))
    yes: one_pool
    >>> print(place.reach("nhs_money", "policing"))
    no: nhs_money is ring-fenced to home_care; policing is for policing
    """
    with Arguments() as asked:
        conditions = asked.read(Conditions, place, pooling)
        asked.read(known_key, "stream", stream, place.streams["stream"])
        asked.read(known_key, "service", service, place.services["service"])
        if area is not None:
            asked.read(known_key, "area", area, Geography.of(place).areas)
    lines = [
        line
        for line in lines_of(place, conditions.geography)
        if line.service == service and _serves(line, area, conditions)
    ]
    if not lines:
        where = "" if area is None else f" in {area}"
        return Reach(False, (), (f"{service} has no offer{where}",))
    found = [conditions.routes(stream, line) for line in lines]
    routes = _distinct(route for opened, _ in found for route in opened)
    reasons = _distinct(reason for _, closed in found for reason in closed)
    return Reach(bool(routes), routes, reasons)


def _serves(line: Line, area: str | None, conditions: Conditions) -> bool:
    tree = conditions.geography
    return area is None or tree.is_within(line.area, area) or tree.is_within(area, line.area)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
