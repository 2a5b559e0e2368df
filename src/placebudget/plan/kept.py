"""What a plan says of services that keep today's money, nothing being known of their effects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from placebudget.texts import listed
from placebudget.words import money

if TYPE_CHECKING:
    from placebudget.plan.plan import Plan

_ONE_BY_ONE = 8
"""So many that gave way are named; of more, their sums by year."""


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
    spent = plan.money("service").set_index("service")["amount"]
    changed = plan.run.get("gave_way", ())
    gave_way = {row[0] for row in changed}
    if whole := sorted(kept - gave_way):
        alike = Counter(str(names[service]) for service in whole)
        said = listed(name if n == 1 else f"{name} ({n} agencies)" for name, n in alike.items())
        amount = money(float(spent.reindex(whole).sum()))
        yield f"kept as today, as nobody has put in what they bring about: {said} ({amount})"
    if not changed:
        return
    left = money(float(spent.reindex(sorted(gave_way)).sum()))
    lead = "not kept, as need that must be met, other rules or limits leave no way"
    if len(changed) > _ONE_BY_ONE:
        years: Counter[str] = Counter()
        for _, _, year, pounds in changed:
            years[year] += pounds
        said = listed(f"{year} {_by(pounds)}" for year, pounds in sorted(years.items()))
        yield f"{lead}: {len(gave_way)} services, which have {left} together, {said} than today"
        return
    places = plan.labels["areas"].set_index("area")["name"]
    each = (
        f"{names[service]} in {places.get(area, area)}, {year}, {_by(pounds)}"
        for service, area, year, pounds in changed
    )
    yield f"{lead}: {listed(each)} than today"


def _by(pounds: float) -> str:
    return f"{money(abs(pounds))} {'less' if pounds < 0 else 'more'}"
