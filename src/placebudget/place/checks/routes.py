"""Routes: streams no service can use, and services no money can reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from placebudget.place.checks.examination import Check, Examination, warning
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank

_MOST_REASONS = 6


def useless_streams(examined: Examination) -> Iterator[Finding]:
    """Streams whose conditions shut out every service."""
    for number, row in examined.rows("streams"):
        if is_blank(row.stream) or not examined.lines:
            continue
        reasons: dict[str, None] = {}
        for line in examined.lines:
            routes, closed = examined.conditions.routes(row.stream, line)
            if routes:
                break
            reasons |= dict.fromkeys(closed)
        else:
            what = f"No service can use {row.stream}: {_reasons(reasons)}."
            mend = "Loosen one of these conditions, or add a service it may pay for."
            yield warning("useless-stream", "streams", number, "stream", what, mend)


def unreachable_services(examined: Examination) -> Iterator[Finding]:
    """Services that no stream can pay for in some area, or that have no offer."""
    offered = {line.service for line in examined.lines}
    for number, row in examined.rows("services"):
        if is_blank(row.service):
            continue
        if row.service not in offered:
            what = f"{row.service} has no offer, so no money can buy it."
            yield warning("no-offer", "services", number, "service", what, "Add an offer.")
            continue
        for line in (line for line in examined.lines if line.service == row.service):
            reasons: dict[str, None] = {}
            for stream in examined.streams:
                routes, closed = examined.conditions.routes(stream, line)
                if routes:
                    break
                reasons |= dict.fromkeys(closed)
            else:
                where = "" if line.area == examined.geography.root else f" in {line.area}"
                what = f"No money can reach {row.service}{where}: {_reasons(reasons)}."
                mend = "Loosen one of these conditions, or add money that may pay for it."
                yield warning("unreachable-service", "services", number, "service", what, mend)


def _reasons(reasons: Iterable[str]) -> str:
    reasons = list(reasons)
    more = len(reasons) - _MOST_REASONS
    shown = "; ".join(reasons[:_MOST_REASONS]) or "there is none"
    return f"{shown}; and {more} more reasons" if more > 0 else shown


CHECKS: tuple[Check, ...] = (useless_streams, unreachable_services)
