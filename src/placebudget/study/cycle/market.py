"""The market of the years lived through: who enters, who leaves, who fails, who takes their people.

A provider of the table ``providers`` is there or is not. In each year t

fails    with its stated chance: it delivers nothing from that year on;
leaves   after t where margin x income(t) < fixed cost(t), once it could be bought from;
enters   after t, once, where for the years u that are left
         sum over u of (margin x price(u) x min(capacity, need unmet(t)) - fixed cost(u))
         >= its set-up cost, which it pays itself.

Units that were planned from who is gone go to others of the same service and area, the cheapest
first, as far as they have room; what nobody takes is not delivered. All who were served by it have
to be moved, once, at its moving cost, in the year in which it is gone first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.plan.deliver import concentration, providers_of
from placebudget.programme import Basis

COMES_AND_GOES = FAILS, LEAVES, ENTERS = "fails", "leaves", "enters"


MARKET_NOTES = (
    "A provider that fails, or leaves, delivers nothing from then on and does not come back. What "
    "was planned from it goes to others of the same service and area with room, the cheapest "
    "first; moving its people is paid by who pays for the service.",
    "A provider leaves after a year in which the margin of its income from this place is below its "
    "fixed cost. One that is not there enters, and pays its set-up cost itself, where all the need "
    "that nobody met would earn it that and its fixed cost in the years that are left; whether "
    "the place then buys from it, a plan made again decides.",
    "Chances of failure, margins and costs are those of the table providers, and no findings.",
)


@dataclass(frozen=True)
class Providers:
    """What is known of the providers of a place, as arrays in the units of a programme.

    Parameters
    ----------
    name : tuple of str
        The providers of the table, in its order.
    mine : ndarray
        Providers x offers: whose an offer is.
    entrant : ndarray
        Who is not there yet.
    failure, margin : ndarray
        Chance a year that it fails; share of income that is left for fixed and set-up cost.
    fixed, set_up, moving : ndarray
        Providers x years, cash: what it has to earn; what it pays to begin, all its offers
        together; what moving a unit costs.
    everybody, service : ndarray
        Number of who delivers, providers without a row too, and of the service, by offer.
    services : int
        How many services there are.
    """

    name: tuple[str, ...]
    mine: np.ndarray
    entrant: np.ndarray
    failure: np.ndarray
    margin: np.ndarray
    fixed: np.ndarray
    set_up: np.ndarray
    moving: np.ndarray
    everybody: np.ndarray
    service: np.ndarray
    services: int

    @classmethod
    def of(cls, place: Place, basis: Basis) -> Providers:
        """The providers of a place; ``basis`` is that of the place as it is."""
        rows, general = place.filled("providers"), basis.general[None, :]
        mine = basis.offers.provider[None, :] == rows["provider"].to_numpy(object)[:, None]

        def cash(column: str) -> np.ndarray:
            return rows[column].to_numpy(float)[:, None] * general / basis.scale.money

        who = providers_of(place).loc[basis.offers.name]
        services, number = np.unique(basis.lines.service.astype(str), return_inverse=True)
        return cls(
            tuple(rows["provider"]), mine.astype(bool), rows["entrant"].to_numpy(bool),
            rows["failure"].to_numpy(float), rows["margin"].to_numpy(float), cash("fixed_cost"),
            mine @ basis.offers.set_up_cost, cash("moving_cost") * basis.scale.units,
            np.unique(who.to_numpy(str), return_inverse=True)[1],
            number[basis.offers.line], len(services),
        )  # fmt: skip

    def closed(self, there: np.ndarray) -> np.ndarray:
        """Offers of those who are not there."""
        return np.asarray((self.mine & ~there[:, None]).any(axis=0))


def as_entered(place: Place) -> Place:
    """The place in which who enters pays for that: no set-up cost and no lot is the place's.

    Raises
    ------
    CannotAnswer
        If nothing is known of providers, or an offer of an entrant stands in a choice, a shared
        service or at a level, of which years lived through keep the first decision.
    """
    rows = place.filled("providers")
    if rows.empty:
        raise CannotAnswer(
            "nothing is known of the market: fill in the table providers, or live without it"
        )
    entrants = set(rows.loc[rows["entrant"], "provider"])
    new = place.offers["provider"].isin(entrants)
    held = {*place.choices["offer"], *place.shared_services["offer"]}
    held |= {*place.shared_services["shared_offer"]}
    levels = place.offers["service"].isin(set(place.levels["service"]))
    bound = place.offers.loc[new & (levels | place.offers["offer"].isin(held)), "offer"]
    if len(bound):
        raise CannotAnswer(
            f"{', '.join(bound)} of an entrant stands in a choice, a shared service or at a level, "
            "of which the first decision stands: take it out, or live without the market"
        )
    gone = {name: place.offers[name].mask(new, 0.0) for name in ("set_up_cost", "smallest_lot")}
    gone["leaving_cost"] = place.offers["leaving_cost"].mask(new, 0.0)
    return place.with_(offers=place.offers.assign(**gone))


def luck(seed: int, run: int, providers: int, years: int) -> np.ndarray:
    """Providers x years: what a chance of failure is held against; the same for every policy."""
    source = np.random.SeedSequence(seed, spawn_key=(run, 3))
    return np.random.default_rng(source).random((providers, years))


@dataclass
class MarketRun:
    """The market in one run.

    Parameters
    ----------
    known : Providers
        What is known of providers.
    luck : ndarray
        See :func:`luck`.
    there : ndarray
        Who is there now.
    """

    known: Providers
    luck: np.ndarray
    there: np.ndarray = field(init=False)
    was_there: list[np.ndarray] = field(default_factory=list)
    index: list[np.ndarray] = field(default_factory=list)
    moving: list[np.ndarray] = field(default_factory=list)
    events: list[tuple[int, int, str]] = field(default_factory=list)
    _to_move: np.ndarray = field(init=False)
    _begun: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.there = ~self.known.entrant
        self._to_move = np.zeros(self.known.mine.shape[1])

    @property
    def closed(self) -> np.ndarray:
        """Offers that nothing can be bought from."""
        return self.known.closed(self.there)

    def open_year(self, basis: Basis, planned: np.ndarray, begun: np.ndarray, t: int) -> np.ndarray:
        """Who fails in a year, and by whom what was planned is delivered instead, by offer.

        Parameters
        ----------
        planned, begun : ndarray
            By offer: units that are planned, and whether it can deliver without a start.
        """
        self._begun = begun
        fails = self.there & (self.luck[:, t] < self.known.failure)
        self._go(fails, t, FAILS, planned)
        each = (self.known.mine * self.known.moving[:, t][:, None]).sum(axis=0) * self._to_move
        self.moving.append(each)
        self._to_move = np.zeros_like(self._to_move)
        self.was_there.append(self.there.copy())
        return placed(basis, planned, begun & ~self.closed, t)

    def close_year(
        self, basis: Basis, units: np.ndarray, income: np.ndarray, unmet: np.ndarray, t: int
    ) -> None:
        """Who leaves after a year, and who enters.

        Parameters
        ----------
        units, income : ndarray
            By offer: units delivered, and what they were paid.
        unmet : ndarray
            By line: units of need that nobody met.
        """
        known, years = self.known, len(basis.years)
        self.index.append(_indices(known, units))
        open_ = (known.mine & self._begun & (basis.offers.first_year <= t)).any(axis=1)
        leaves = self.there & open_
        leaves &= known.margin * (known.mine @ income) < known.fixed[:, t] - 1e-9
        if t + 1 == years:
            return
        self._go(leaves, t + 1, LEAVES, units)
        gone = {provider for provider, _, _ in self.events}
        for p in np.flatnonzero(~self.there & known.entrant):
            if p in gone:
                continue
            sold = np.zeros(len(basis.offers))
            room = unmet.copy()
            for o in np.flatnonzero(known.mine[p]):
                sold[o] = min(basis.offers.capacity[o], room[basis.offers.line[o]])
                room[basis.offers.line[o]] -= sold[o]
            left = slice(t + 1, years)
            open_ = np.arange(years) >= basis.offers.first_year[:, None]
            income = sold @ (basis.offers.unit_cost * open_)
            earned = known.margin[p] * income[left] - known.fixed[p, left]
            if sold.any() and earned.sum() >= known.set_up[p, t + 1] - 1e-9:
                self.there[p] = True
                self.events.append((int(p), t + 1, ENTERS))

    def _go(self, who: np.ndarray, t: int, why: str, served: np.ndarray) -> None:
        self.there = self.there & ~who
        for p in np.flatnonzero(who).tolist():
            self.events.append((p, t, why))
            self._to_move = self._to_move + np.where(self.known.mine[p], served, 0.0)


def placed(basis: Basis, planned: np.ndarray, able: np.ndarray, t: int) -> np.ndarray:
    """What is delivered, by offer: what was planned from who is gone goes to others with room."""
    offers, found = basis.offers, np.where(able, planned, 0.0)
    for line in np.unique(offers.line[~able & (planned > 0)]):
        mine = offers.line == line
        left = planned[mine & ~able].sum()
        others = np.flatnonzero(mine & able & (offers.first_year <= t))
        for o in others[np.argsort(offers.unit_cost[others, t], kind="stable")]:
            taken = min(left, max(offers.capacity[o] - found[o], 0.0))
            found[o] += taken
            left -= taken
    return found


def _indices(known: Providers, units: np.ndarray) -> np.ndarray:
    """By service: its concentration; nothing where nothing is delivered."""
    held = np.zeros((known.services, int(known.everybody.max(initial=0)) + 1))
    np.add.at(held, (known.service, known.everybody), units)
    found = [concentration(each / each.sum()) if each.sum() > 0 else np.nan for each in held]
    return np.array(found)


def market_table(
    runs: dict[str, list[MarketRun]], basis: Basis, providers: Sequence[str]
) -> pd.DataFrame:
    """Who is there, who comes and goes, by policy, provider and year.

    Returns
    -------
    DataFrame
        policy, provider, year, there, fails, leaves, enters (shares of runs), moving (pounds,
        cash, average of the runs).
    """
    rows = []
    for policy, lived in runs.items():
        there = np.stack([np.stack(each.was_there, axis=1) for each in lived]).mean(axis=0)
        for p, provider in enumerate(providers):
            for t, year in enumerate(basis.years):
                happened = [
                    sum((p, t, what) in each.events for each in lived) / len(lived)
                    for what in COMES_AND_GOES
                ]
                paid = [each.moving[t][each.known.mine[p]].sum() for each in lived]
                moving = float(np.mean(paid)) * basis.scale.money
                rows.append((policy, provider, year, float(there[p, t]), *happened, moving))
    names = ["policy", "provider", "year", "there", FAILS, LEAVES, ENTERS, "moving"]
    return pd.DataFrame(rows, columns=names)


def concentration_table(runs: dict[str, list[MarketRun]], basis: Basis) -> pd.DataFrame:
    """How far services lean on few, by policy, service and year.

    Returns
    -------
    DataFrame
        policy, service, year, index (average of the runs in which it is delivered; 1: one alone).
    """
    services, rows = np.unique(basis.lines.service.astype(str)), []
    for policy, lived in runs.items():
        held = np.stack([np.stack(each.index, axis=1) for each in lived])
        for s, service in enumerate(services):
            for t, year in enumerate(basis.years):
                known = held[:, s, t][~np.isnan(held[:, s, t])]
                if len(known):
                    rows.append((policy, service, year, float(known.mean())))
    return pd.DataFrame(rows, columns=["policy", "service", "year", "index"])
