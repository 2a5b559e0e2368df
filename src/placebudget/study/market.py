"""Who provides: what one provider more or less is worth, and how far services lean on one.

worth of a provider = value of the plan with it - value of the plan without it
concentration       = sum over providers of (share of the units of a service)^2

The concentration is the Herfindahl-Hirschman index on a scale to 1, which is one provider alone. It
is a square and so only told: what a plan keeps to is a rule of kind ``provider_cap``, or any other
that names a provider. A price of capacity holds over a range; here both plans are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, known_key, texts
from placebudget.errors import CannotAnswer, Infeasible
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import listed
from placebudget.plan import Plan, optimise
from placebudget.plan.deliver import by_provider, concentration
from placebudget.plan.need import alike, need_unmet
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.workbook_pages import MODEL
from placebudget.progress import Report
from placebudget.solver import RunLimits
from placebudget.study.result import PlaceResult, record_of
from placebudget.words import in_unit, money, number, percent

WITH_ALL = "with all"


@dataclass(frozen=True, eq=False)
class Market(PlaceResult):
    """What each provider is worth to the plan, and how far services lean on one.

    ``tables`` holds:

    - ``providers``, those first who cannot be done without: provider, entrant, worth (of the
      plan with it, over that without; blank where the two cannot be subtracted), money_short
      (pounds of need that must be met and is not without it), units and share (of the service it
      has the largest part of), service, spent and left (cash, all years; left: without it, what
      buys nothing);
    - ``concentration``: plan (with all, or without whom), service, index, largest (provider),
      share, providers (how many deliver).

    Parameters
    ----------
    place : Place
        The place.
    objective, unit : str
        What is made the most of, and its unit.
    left : float
        Pounds that buy nothing with all providers, all years.
    """

    objective: str
    unit: str
    left: float

    @property
    def table(self) -> pd.DataFrame:
        """The providers."""
        return self.tables["providers"]

    def index(self, service: str, plan: str = WITH_ALL) -> float:
        """The concentration of a service: 1 is one provider alone."""
        rows = self.tables["concentration"]
        row = rows[(rows["service"] == service) & (rows["plan"] == plan)]
        return float(row["index"].iloc[0])

    def finding(self) -> str:
        """Who cannot be done without, and which of the others is worth most."""
        told, needed = self.table.dropna(subset="worth"), self.table[self.table["worth"].isna()]
        said = [f"without {row.provider} {_gone(row)}" for row in needed.head(_MOST).itertuples()]
        if len(needed) > _MOST:
            said.append(f"{number(len(needed) - _MOST)} more cannot be done without")
        parts = [listed(said)] if said else []
        for row in told.head(1).itertuples():
            worth = f"{in_unit(row.worth, self.unit)} more with"
            if len(told) == 1:
                parts.append(f"the plan is worth {worth} {row.provider} than without")
                continue
            of = "of the others" if said else f"of {number(len(told))} providers"
            parts.append(f"{of} {row.provider} is worth most: {worth} it than without")
        return f"In the model, {'; '.join(parts)}"

    def summarised(self) -> Summary:
        """What each is worth, and each service's concentration with all and without each."""
        worth = tuple(map(self._worth, self.table.itertuples()))
        held, points, alone = self.tables["concentration"], [], []
        for row in held[held["plan"] == WITH_ALL].to_dict("records"):
            others = held[(held["service"] == row["service"]) & (held["plan"] != WITH_ALL)]
            moved = others[(others["index"] - row["index"]).abs() > 5e-5].to_dict("records")
            if row["providers"] == 1 and not moved:
                alone.append(self.name_of("service", row["service"]))
                continue
            points.append(
                f"{self.name_of('service', row['service'])}: {number(row['index'], 4)}, "
                f"{row['largest']} {percent(row['share'])}"
                + "".join(f"; {each['plan']} {number(each['index'], 4)}" for each in moved)
            )
        lists = [Paragraph(_LOSES, worth), *([Paragraph(_HHI, tuple(points))] if points else [])]
        one = [f"One provider alone, with a concentration of 1: {listed(alone)}."] if alone else []
        return Summary(self.title, (*lists, *sentences([*one, *self._money_left()])), MODEL)

    def _money_left(self) -> Iterator[str]:
        """What buys nothing, with all providers and without each, where that hides prices."""
        if self.left < 1 or self.objective != "public value":
            return
        rows = self.table.dropna(subset="left").itertuples()
        each = [f"{money(row.left)} without {row.provider}" for row in rows]
        without = f", {listed(each)}" if each else ""
        yield (
            f"With all of them {money(self.left)} buys nothing{without}. Public value counts what "
            "is left as worth nothing: where money is left, what a provider charges or takes to "
            "set up does not count. With the objective net public value it does."
        )

    def _worth(self, row: Any) -> str:
        new = ", not there yet" if row.entrant else ""
        part = f"{percent(row.share)} of {self.name_of('service', row.service)}"
        said = f"{row.provider}{new} ({part if row.share > 0 else 'buys nothing from it'}): "
        if pd.notna(row.worth):
            return said + in_unit(row.worth, self.unit)
        return f"{said}{_gone(row)} without it"


def _gone(row: Any) -> str:
    """What is the matter without a provider whose worth is no difference of two values."""
    if row.money_short > 0:
        return f"{money(row.money_short)} of need that must be met is not met"
    return "no plan keeps the rules"


_MOST = 2
_LOSES = "What the plan loses without:"
_HHI = "Concentration, sum of squared shares of units (1: one provider alone):"


def market(
    place: PlaceLike,
    *,
    providers: Iterable[str] = (),
    objective: str = "public value",
    pooling: str = "pooled",
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Market:
    """What each provider is worth to the plan, and how far services lean on one.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    providers : iterable of str
        Which; left out, those of the table ``providers``, and where that is empty those who
        share a service with another.
    objective, pooling
        As for :func:`placebudget.optimise`.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`; ``seconds`` for each plan.

    Raises
    ------
    CannotAnswer
        If there is no provider to ask of.
    WrongArgument
        If a provider has no offer, or anything else cannot be meant.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.study.market(pb.example("northvale"), providers=["Mills Care Mutual"])
    >>> round(float(found.table["worth"].iloc[0]), -3)
    412000.0
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        wanted = asked.read(providers_of, place, providers)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    if not wanted:
        raise CannotAnswer(
            "there is no provider to ask of: name those who deliver in offers, and fill in the "
            "table providers or let two of them offer one service"
        )

    def best(of: Place, number: int) -> Plan:
        if limits.progress is not None:
            limits.progress("providers", number, len(wanted) + 1)
        return optimise(
            of, objective=objective, pooling=pooling, prices=False,
            seconds=limits.seconds, gap=limits.gap, stop=limits.stop,
        )  # fmt: skip

    plan, plans = best(place, 0), dict[str, Plan | None]()
    for number_of, provider in enumerate(wanted, start=1):
        try:
            plans[provider] = best(without(place, [provider]), number_of)
        except Infeasible:
            plans[provider] = None
    held = {WITH_ALL: plan} | {
        f"without {name}": each for name, each in plans.items() if each is not None
    }
    tables = {
        "providers": _worth(place, plan, plans),
        "concentration": pd.DataFrame(
            [row for name, each in held.items() for row in _concentrations(place, name, each)]
        ),
    }
    notes = (
        "Without a provider nothing is bought from it, and the plan is made anew; its set-up cost "
        "is in the plan with it. Each is left out alone: what several are worth is no sum.",
        "Shares are of units of a service over all years; an offer that names no provider is that "
        "of who commissions it. A square cannot be a rule of a linear plan; a cap on a share can.",
        "Where need that must be met goes unmet without a provider, values are not subtracted.",
    )
    run = record_of(place, "market", providers=wanted, objective=objective, pooling=pooling)
    goal, title = plan.objective, f"{place.title}: what each provider is worth"
    return Market(title, tables, notes, run, place, goal.name, goal.unit, _left(plan))


def providers_of(place: Place, given: Iterable[str] = ()) -> list[str]:
    """Providers to be asked of, in the order of the place."""
    names = texts("providers", given, such_as="['Calder Care Trust']")
    offers = place.filled("offers").dropna(subset="provider")
    known = list(dict.fromkeys(offers["provider"]))
    if names:
        return [known_key("provider", name, known) for name in dict.fromkeys(names)]
    listed_ = set(place.providers["provider"])
    if not listed_:
        who = offers.groupby("service")["provider"].nunique()
        listed_ = set(offers.loc[offers["service"].map(who) > 1, "provider"])
    return [name for name in known if name in listed_]


def without(place: Place, providers: Iterable[str]) -> Place:
    """The place in which nothing is bought from some providers."""
    shut = [
        {
            "rule": f"nothing_from_{provider}", "kind": "units_cap", "amount": 0.0,
            "subject": f"provider={provider}", "unit": "units", "basis": "assumption",
        }
        for provider in providers
    ]  # fmt: skip
    return place.with_(rules=pd.concat([place.rules, pd.DataFrame(shut)], ignore_index=True))


def _worth(place: Place, plan: Plan, plans: Mapping[str, Plan | None]) -> pd.DataFrame:
    units = plan.tables["units"]
    held = by_provider(place, units)
    offers = place.filled("offers").set_index("offer")["provider"]
    spent = units.groupby(units["offer"].map(offers))["cost"].sum()
    known = place.filled("providers").set_index("provider")["entrant"]
    rows = []
    for provider, other in plans.items():
        mine = held[held["provider"] == provider].sort_values("share")
        row = {
            "provider": provider,
            "entrant": bool(known.get(provider, False)),
            "worth": float("nan"),
            "money_short": float("nan"),
            "service": "" if mine.empty else mine["service"].iloc[-1],
            "units": 0.0 if mine.empty else float(mine["units"].iloc[-1]),
            "share": 0.0 if mine.empty else float(mine["share"].iloc[-1]),
            "spent": float(spent.get(provider, 0.0)),
            "left": float("nan"),
        }
        if other is not None:
            row["left"] = _left(other)
            with_it, without = need_unmet(plan)[1], need_unmet(other)[1]
            row["money_short"] = max(without - with_it, 0.0)
            if alike(with_it, without):
                row["worth"] = max(plan.objective.value - other.objective.value, 0.0)
        rows.append(row)
    # Those whom no plan can do without come first, then those without whom most need is unmet.
    made = pd.DataFrame(rows)
    order = ["worth", "money_short"]
    return made.sort_values(
        order, ascending=False, na_position="first", kind="stable", ignore_index=True
    )


def _left(plan: Plan) -> float:
    """Pounds that buy nothing, all years."""
    return float(plan.unspent()["amount"].sum())


def _concentrations(place: Place, name: str, plan: Plan) -> Iterable[Mapping[str, object]]:
    for service, rows in by_provider(place, plan.tables["units"]).groupby("service"):
        largest = rows.loc[rows["share"].idxmax()]
        yield {
            "plan": name,
            "service": service,
            "index": concentration(rows["share"]),
            "largest": largest["provider"],
            "share": float(largest["share"]),
            "providers": len(rows),
        }
