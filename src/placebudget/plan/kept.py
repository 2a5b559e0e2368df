"""What a plan says of services that keep today's money, nothing being known of their effects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from placebudget.texts import listed
from placebudget.words import money

if TYPE_CHECKING:
    from placebudget.plan.plan import Plan


def kept_said(plan: Plan) -> Iterator[str]:
    """Sentences on them; none where there are no such services, or the money was given.

    Examples
    --------
    >>> import placebudget as pb
    >>> list(kept_said(pb.optimise(pb.example("toy_pooling"), prices=False)))
    []
    """
    kept = set(plan.run.get("kept", ()))
    if not kept or plan.status == "simulated":
        return
    names = plan.labels["services"].set_index("service")["name"]
    rows = plan.money("service")
    amount = money(float(rows[rows["service"].isin(kept)]["amount"].sum()))
    said = listed(str(names[service]) for service in sorted(kept))
    yield f"kept as today, as nothing is known of what they bring about: {said} ({amount})"
    places = plan.labels["areas"].set_index("area")["name"]
    changed = [
        f"{names[service]} in {places.get(area, area)}, {year}, "
        f"{money(abs(pounds))} {'less' if pounds < 0 else 'more'}"
        for service, area, year, pounds in plan.run.get("gave_way", ())
    ]
    if changed:
        yield f"not kept, as other rules and limits leave no way: {listed(changed)}"
