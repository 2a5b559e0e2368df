"""Whether one condition alone keeps money from a service, so that it may be named as the reason."""

from __future__ import annotations

import numpy as np

from placebudget.place import Place
from placebudget.place.conditions import Conditions
from placebudget.place.subjects import lines_of
from placebudget.programme import Basis
from placebudget.solver import Stop


def alone_barred(basis: Basis, lines: np.ndarray, stop: Stop) -> bool:
    """Whether money would reach a service but for its being capital, or for its ring-fence.

    A grant of one council that is ring-fenced would not pay for another council's service
    without the ring-fence either: then the ring-fence is not why.

    Parameters
    ----------
    basis : Basis
        Of the plan.
    lines : ndarray of bool
        The lines asked about.
    stop : Stop
        Of money that cannot get there.
    """
    pooling = basis.pooling
    if pooling.freed:
        return True
    without = _without_condition(basis.place, stop.streams[0])
    if without is None:
        return True
    conditions = Conditions(without, pooling.pools or "aligned")
    asked = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
    held = [
        line for line in lines_of(without, basis.geography) if (line.service, line.area) in asked
    ]
    return any(conditions.routes(stop.streams[0], line)[0] for line in held)


def _without_condition(place: Place, stream: str) -> Place | None:
    """The place with the stream as revenue money, or without its ring-fence; None: neither."""
    streams, fences = place.streams, place.ring_fences
    mine = streams["stream"] == stream
    if (place.filled("streams")["kind"][mine] == "capital").any():
        return place.with_(streams=streams.assign(kind=streams["kind"].mask(mine, "revenue")))
    fenced = fences["stream"] == stream
    return place.with_(ring_fences=fences[~fenced]) if fenced.any() else None
