"""At which geographic level a service is commissioned: the best plan at each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments
from placebudget.errors import CannotAnswer, Infeasible
from placebudget.place import Place
from placebudget.place.geography import Geography
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names, listed
from placebudget.plan import Plan, optimise
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.workbook_pages import MODEL
from placebudget.progress import Report
from placebudget.solver import RunLimits
from placebudget.study.result import PlaceResult, record_of
from placebudget.words import in_unit, money, plain, sentence


@dataclass(frozen=True, eq=False)
class Levels(PlaceResult):
    """The best plan with each level of a service.

    ``tables`` holds:

    - ``levels``: service, tier, chosen (whether the best plan has it), value (of the best plan
      at that level), lost (against the best), areas (in which it has an offer), overhead (a year,
      pounds in prices of the price base), spent (on the service in all years, cash).

    Parameters
    ----------
    place : Place
        The place.
    objective, unit : str
        What is made the most of, and its unit.
    """

    objective: str
    unit: str

    @property
    def table(self) -> pd.DataFrame:
        """The levels of each service."""
        return self.tables["levels"]

    @property
    def units(self) -> Mapping[str, str]:
        """What figures are counted in."""
        return {"levels": self.unit}

    def finding(self) -> str:
        """At which level each service is commissioned."""
        chosen = self.table[self.table["chosen"]]
        if chosen.empty:
            return f"None of any level: {money(0.0)} is spent on services with levels"
        return f"In the model, {listed(map(self._best, chosen.itertuples()))}"

    def _best(self, row: Any) -> str:
        rows = self.table[(self.table["service"] == row.service) & ~self.table["chosen"]]
        next_best, called = rows["lost"].min(), Names(self.place).of("service", row.service)
        said = f"{called} is best commissioned at the level {plain(row.tier)}"
        if pd.isna(next_best):
            return f"{said}, where it takes {money(row.spent)}"
        return f"{said}, by {in_unit(next_best, self.unit)} more than at the next best"

    def summarised(self) -> Summary:
        """Each level of each service, with what it loses against the best."""
        names, said = Names(self.place), []
        for service, rows in self.table.groupby("service", sort=False):
            points = [self._level(row) for row in rows.to_dict("records")]
            said.append(Paragraph(f"{sentence(names.of('service', str(service)))}:", tuple(points)))
        return Summary(self.title, tuple(said), MODEL)

    def _level(self, row: Mapping[str, Any]) -> str:
        areas = f"{row['areas']} area{'' if row['areas'] == 1 else 's'}"
        cost = f"{areas}, overhead {money(row['overhead'])} a year"
        if pd.isna(row["value"]):
            return f"{plain(row['tier'])} ({cost}): no plan keeps the rules"
        against = "the best" if row["chosen"] else f"loses {in_unit(row['lost'], self.unit)}"
        return f"{plain(row['tier'])} ({cost}): {against}; {money(row['spent'])} on it in all years"


def levels(
    place: PlaceLike,
    *,
    objective: str = "public value",
    pooling: str = "pooled",
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Levels:
    """At which level each service of the table ``levels`` is best commissioned.

    Parameters
    ----------
    place : Place, path or str
        A place with a table ``levels``. It is checked first.
    objective, pooling
        As for :func:`placebudget.optimise`.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`; ``seconds`` for each plan.

    Raises
    ------
    CannotAnswer
        If no service has levels.

    Examples
    --------
    >>> import placebudget as pb
    >>> pb.study.levels(pb.example("toy_pooling"))
    Traceback (most recent call last):
    ...
    placebudget.errors.CannotAnswer: no service has several levels: the table levels has no row
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    rows = place.filled("levels").sort_values(["service", "tier"])
    if rows.empty:
        raise CannotAnswer("no service has several levels: the table levels has no row")
    stages = len(rows) + 1

    def best(of: Place, number: int) -> Plan:
        if limits.progress is not None:
            limits.progress("levels", number, stages)
        return optimise(
            of, objective=objective, pooling=pooling, prices=False,
            seconds=limits.seconds, gap=limits.gap, stop=limits.stop,
        )  # fmt: skip

    plan = best(place, 0)
    made = []
    for number, row in enumerate(rows.itertuples(), start=1):
        try:
            at = best(_only(place, str(row.service), str(row.tier)), number)
        except Infeasible:
            at = None
        made.append(_at_level(place, row, plan, at))
    table = pd.DataFrame(made)
    notes = (
        "At each level of a service all others stay as free as they are; the best plan has the "
        "levels that go best together.",
        "Overhead is a year's, in prices of the price base; areas are those in which it has an "
        "offer.",
        "Money is not the only value: who is near to people and answers to them is not in it.",
    )
    run = record_of(place, "levels", objective=objective, pooling=pooling)
    title = f"{place.title}: at which level services are commissioned"
    goal = plan.objective
    return Levels(title, {"levels": table}, notes, run, place, goal.name, goal.unit)


def _only(place: Place, service: str, tier: str) -> Place:
    """The place with one level of a service: nothing is bought at the others."""
    others = place.levels[(place.levels["service"] == service) & (place.levels["tier"] != tier)]
    shut = [
        {
            "rule": f"not_at_{other}_{service}", "kind": "units_cap", "amount": 0.0,
            "subject": f"service={service}; tier={other}", "unit": "units", "basis": "assumption",
        }
        for other in others["tier"]
    ]  # fmt: skip
    return place.with_(rules=pd.concat([place.rules, pd.DataFrame(shut)], ignore_index=True))


def _at_level(place: Place, row: Any, best: Plan, plan: Plan | None) -> dict[str, object]:
    """What is known of a level of a service."""
    offers, tiers = place.offers, Geography.of(place).tiers
    areas = set(offers.loc[offers["service"] == row.service, "area"].map(Geography.of(place).key))
    at = {area for area in areas if tiers.get(area, "") == row.tier}
    units = best.tables["units"]
    here = (units["service"] == row.service) & units["area"].isin(at) & (units["units"] > 0)
    value = float("nan") if plan is None else plan.objective.value
    spent = 0.0
    if plan is not None:
        money = plan.money("service")
        spent = float(money.loc[money["service"] == row.service, "amount"].sum())
    lost = best.objective.value - value
    return {
        "service": row.service,
        "tier": row.tier,
        "chosen": bool(here.any()),
        "value": value,
        "lost": max(lost, 0.0) if lost == lost else lost,
        "areas": len(at),
        "overhead": len(at) * float(row.overhead),
        "spent": spent,
    }
