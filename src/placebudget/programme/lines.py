"""The place as arrays in sorted order: lines, offers and steps, effects and outcomes.

A line is a service in an area. Everything is sorted by key, so that the order
of rows in a table never changes a programme.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.geography import Geography, each_row, is_blank
from placebudget.place.names import EXACTLY_ONE, choice_words, level_words, sharing_words
from placebudget.place.once import once
from placebudget.place.population import needs_of
from placebudget.place.settings import GENERAL, own_discount
from placebudget.value import discount_factors, effect_per_unit, in_base_prices, price_levels


@dataclass(frozen=True)
class UnitScale:
    """Units the programme is written in: £ million and thousand units.

    Both keep coefficients near one, which is what a solver's tolerances are
    made for.
    """

    money: float = 1e6
    units: float = 1e3


@dataclass(frozen=True)
class Lines:
    """Services in areas, sorted by service and area; one array entry a line."""

    service: np.ndarray
    area: np.ndarray
    commissioner: np.ndarray
    purpose: np.ndarray
    nature: np.ndarray
    capital: np.ndarray
    today: np.ndarray  # lines x years, today's money carried on, in money units

    def __len__(self) -> int:
        return len(self.service)

    def position(self) -> dict[tuple[str, str], int]:
        """Number of each line by (service, area)."""
        return {key: n for n, key in enumerate(zip(self.service, self.area, strict=True))}


@dataclass(frozen=True)
class Offers:
    """Ways to buy a line, sorted by key; one array entry an offer."""

    name: np.ndarray
    line: np.ndarray
    provider: np.ndarray
    delivery_model: np.ndarray
    unit_cost: np.ndarray  # offers x years, money units a unit, cash of the year
    set_up_cost: np.ndarray  # offers x years, money units, cash of the year
    leaving_cost: np.ndarray  # the same
    capacity: np.ndarray  # units a year; infinite where there is no limit
    smallest_lot: np.ndarray
    first_year: np.ndarray  # number of the first year
    in_use: np.ndarray  # today's money buys from it already
    decided: np.ndarray  # whether it runs is a decision: in a choice, shared, at a level
    level: np.ndarray  # number of the level at which its line stands; below nothing: of none
    overhead: np.ndarray  # offers x years, of the first of a line at a level, cash of the year

    def __len__(self) -> int:
        return len(self.name)

    @property
    def lumpy(self) -> np.ndarray:
        """Numbers of the offers that need a decision to start or to run."""
        return np.flatnonzero(self._in_lots | self.decided)

    @property
    def starts(self) -> np.ndarray:
        """Which have to start before they run: those in lots that are not in use today."""
        return np.asarray(self._in_lots & ~self.in_use)

    @property
    def leaving(self) -> np.ndarray:
        """Numbers of the offers whose end costs something."""
        return np.flatnonzero(self.leaving_cost[:, 0] > 0)

    def left(self, runs: np.ndarray) -> np.ndarray:
        """Offers x years: whether one that costs something to end runs no longer.

        Parameters
        ----------
        runs : ndarray
            Offers x years: whether it runs.
        """
        before = np.concatenate([self.in_use[:, None], runs[:, :-1].astype(bool)], axis=1)
        return np.asarray(before & ~runs.astype(bool) & (self.leaving_cost > 0))

    def once(self, started: np.ndarray, runs: np.ndarray) -> np.ndarray:
        """Offers x years: what is paid to start and end it, and for its level, scaled.

        Parameters
        ----------
        started, runs : ndarray
            Offers x years: whether it starts, and whether it runs.
        """
        paid = started * self.set_up_cost + self.left(runs) * self.leaving_cost
        return np.asarray(paid + self.at_open_level(runs)[:, None] * self.overhead)

    def at_open_level(self, runs: np.ndarray) -> np.ndarray:
        """Offers at a level of which any runs in any year."""
        mine = self.level >= 0
        open_ = np.bincount(self.level[mine], runs[mine].any(axis=1), int(self.level.max()) + 1)
        return mine & (open_[self.level] > 0) if mine.any() else mine

    @property
    def _in_lots(self) -> np.ndarray:
        return np.asarray((self.set_up_cost[:, 0] > 0) | (self.smallest_lot > 0))


@dataclass(frozen=True)
class Steps:
    """Steps of returns, by line and step; one array entry a step of a line."""

    line: np.ndarray
    step: np.ndarray
    width: np.ndarray  # steps x years, units; infinite for an unlimited step
    effectiveness: np.ndarray
    share: np.ndarray  # of need, that the step is wide
    of_capacity: np.ndarray  # steps x years: no need is given, and capacity takes its place

    def __len__(self) -> int:
        return len(self.line)


def read_lines(place: Place, geography: Geography, today: pd.DataFrame, scale: UnitScale) -> Lines:
    """The lines of a place: every (service, area) that has an offer.

    Parameters
    ----------
    today : DataFrame
        Today's money carried on: service, area, year (number), amount in pounds.
    """
    offers = place.filled("offers")
    pairs = sorted(
        {
            (service, geography.key(area))
            for service, area in zip(
                offers["service"].tolist(), offers["area"].tolist(), strict=True
            )
        }
    )
    services = place.filled("services")
    row = {name: n for n, name in enumerate(services["service"].tolist())}
    service = np.array([s for s, _ in pairs], dtype=object)
    area = np.array([a for _, a in pairs], dtype=object)
    at = [row[s] for s, _ in pairs]

    def of(column: str) -> np.ndarray:
        return services[column].to_numpy(dtype=object)[at]

    spent = np.zeros((len(pairs), len(place.years)))
    number = {pair: n for n, pair in enumerate(pairs)}
    if len(today):
        rows = [
            number[key]
            for key in zip(today["service"].tolist(), today["area"].tolist(), strict=True)
        ]
        np.add.at(spent, (rows, today["t"].to_numpy()), today["amount"].to_numpy() / scale.money)
    return Lines(
        service=service,
        area=area,
        commissioner=of("commissioner"),
        purpose=of("purpose"),
        nature=of("nature"),
        capital=of("kind") == "capital",
        today=spent,
    )


def read_offers(place: Place, geography: Geography, lines: Lines, scale: UnitScale) -> Offers:
    """The offers of a place, with costs in cash of each year."""
    table = in_base_prices(place, "offers").sort_values("offer", kind="stable")
    years, base = place.years, place.settings.price_base
    number = lines.position()
    keys = zip(table["service"].tolist(), map(geography.key, table["area"].tolist()), strict=True)
    line = np.array([number[key] for key in keys], dtype=np.int64)
    level_of = _level_of_lines(place, geography, lines)
    inflation = place.filled("inflation")
    index = table["index"].astype(object).where(table["index"].notna(), None)
    levels = {name: price_levels(inflation, name, base, years) for name in set(index)}
    level = np.array([levels[name] for name in index]).reshape(len(table), len(years))
    per_unit = scale.money / scale.units
    first = table["first_year"].astype(object).where(table["first_year"].notna(), years[0])
    starts = {year: t for t, year in enumerate(years)}
    opens, released = _gates(place, table["offer"])
    return Offers(
        name=table["offer"].to_numpy(dtype=object),
        line=line,
        provider=_text(table["provider"]),
        delivery_model=_text(table["delivery_model"]),
        unit_cost=table["unit_cost"].to_numpy(float)[:, None] * level / per_unit,
        set_up_cost=table["set_up_cost"].to_numpy(float)[:, None] * level / scale.money,
        leaving_cost=table["leaving_cost"].to_numpy(float)[:, None] * level / scale.money,
        capacity=table["capacity"].fillna(np.inf).to_numpy(float) * released / scale.units,
        smallest_lot=table["smallest_lot"].to_numpy(float) / scale.units,
        first_year=np.maximum([starts[year] for year in first], opens).astype(np.int64),
        in_use=_in_use(place, geography, table, line),
        decided=table["offer"].isin(_decided(place)).to_numpy(bool),
        level=level_of[line],
        overhead=_overheads(place, lines, line, level_of) / scale.money,
    )


@once
def offers_in_order(place: Place) -> pd.DataFrame:
    """The offers of a place, sorted by key as :class:`Offers` are."""
    return place.filled("offers").sort_values("offer", kind="stable")


def _gates(place: Place, offers: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """By offer: the first year that its gateways leave open, and the share of its capacity.

    Behind a gateway that is not passed no year is open, unless something is released.
    """
    number = {name: n for n, name in enumerate(offers)}
    opens, released = np.zeros(len(number), np.int64), np.ones(len(number))
    for row in each_row(place.filled("gateways")):
        n, year = number[row.offer], place.years.index(row.year)
        share = 1.0 if row.passed else float(row.released)
        opens[n] = max(opens[n], year if share > 0 else len(place.years))
        released[n] = min(released[n], share or 1.0)
    return opens, released


@dataclass(frozen=True)
class OfferChoice:
    """Offers of which one alone runs in a year.

    Parameters
    ----------
    name : str
        Its key.
    offers : ndarray
        Numbers of the offers.
    exactly : bool
        Whether one has to run; else none may.
    """

    name: str
    offers: np.ndarray
    exactly: bool

    def years(self, offers: Offers, years: int) -> np.ndarray:
        """Numbers of the years in which any of its offers is open."""
        return np.arange(offers.first_year[self.offers].min(), years)

    def words(self, offers: Offers) -> str:
        """What it holds."""
        return choice_words(offers.name[self.offers], exactly=self.exactly)


def read_choices(place: Place, offers: Offers) -> tuple[OfferChoice, ...]:
    """The choices of a place, sorted by key."""
    number = {name: o for o, name in enumerate(offers.name)}
    return tuple(
        OfferChoice(
            str(name),
            np.array(sorted(number[offer] for offer in rows["offer"]), np.int64),
            bool((rows["rule"] == EXACTLY_ONE).any()),
        )
        for name, rows in place.filled("choices").groupby("choice")
    )


@dataclass(frozen=True)
class SharedOffer:
    """An offer that members share, and their offers that run only through it.

    Parameters
    ----------
    offer : int
        Its number.
    members : ndarray
        Numbers of the members' offers.
    takes : ndarray
        Units of it that each member's joining takes, scaled.
    least : int
        Members without which it does not run.
    notice : ndarray
        Years each member stays at least.
    """

    offer: int
    members: np.ndarray
    takes: np.ndarray
    least: int
    notice: np.ndarray

    @property
    def offers(self) -> np.ndarray:
        """Numbers of it and of all that run through it."""
        return np.array([self.offer, *self.members], np.int64)

    def words(self, offers: Offers) -> str:
        """What it holds."""
        return sharing_words(offers.name[self.offer], offers.name[self.members], self.least)


def read_shared(place: Place, offers: Offers, scale: UnitScale) -> tuple[SharedOffer, ...]:
    """What the members of a place share, sorted by key."""
    number = {name: o for o, name in enumerate(offers.name)}
    return tuple(
        SharedOffer(
            number[str(name)],
            rows["offer"].map(number).to_numpy(np.int64),
            rows["takes"].to_numpy(float) / scale.units,
            int(rows["least_members"].max()),
            rows["notice_years"].to_numpy(np.int64),
        )
        for name, rows in place.filled("shared_services")
        .sort_values("offer", kind="stable")
        .groupby("shared_offer")
    )


@dataclass(frozen=True)
class ServiceLevel:
    """A service of which one of several levels is chosen.

    Parameters
    ----------
    service : str
        Its key.
    tiers : mapping of int to str
        The levels by number.
    offers : ndarray
        Numbers of all its offers, at whichever level.
    """

    service: str
    tiers: dict[int, str]
    offers: np.ndarray

    def words(self, _: Offers) -> str:
        """What it holds."""
        return level_words(self.service, self.tiers.values())


def read_levels(place: Place, offers: Offers) -> tuple[ServiceLevel, ...]:
    """The services of which a level is chosen, sorted by key."""
    rows, found = _level_rows(place), []
    for service in sorted({service for service, _ in rows}):
        tiers = {n: tier for n, (of, tier) in enumerate(rows) if of == service}
        mine = np.flatnonzero(np.isin(offers.level, list(tiers)))
        found.append(ServiceLevel(service, tiers, mine))
    return tuple(found)


def _level_rows(place: Place) -> list[tuple[str, str]]:
    """Services and tiers of levels, in the order of their numbers."""
    return sorted(zip(place.levels["service"], place.levels["tier"], strict=True))


def _of_levels(place: Place, column: str, none: float) -> np.ndarray:
    """What a column says of each level, by its number; last, what holds where there is none."""
    table = place.filled("levels")
    keys = zip(table["service"].tolist(), table["tier"].tolist(), strict=True)
    known = dict(zip(keys, table[column].tolist(), strict=True))
    return np.array([*(known[key] for key in _level_rows(place)), none])


def _level_of_lines(place: Place, geography: Geography, lines: Lines) -> np.ndarray:
    """Number of the level of each line; below nothing where there is none to choose."""
    number = {key: n for n, key in enumerate(_level_rows(place))}
    tiers = (geography.tiers.get(area, "") for area in lines.area)
    keys = zip(lines.service, tiers, strict=True)
    return np.array([number.get(key, -1) for key in keys], np.int64)


def _overheads(place: Place, lines: Lines, line: np.ndarray, level_of: np.ndarray) -> np.ndarray:
    """Offers x years: overhead of the first offer of each line at a level, in cash."""
    base, inflation = place.settings.price_base, place.filled("inflation")
    general = price_levels(inflation, GENERAL, base, place.years)
    amount = _of_levels(place, "overhead", 0.0)
    first = np.zeros(len(line), bool)
    first[np.unique(line, return_index=True)[1]] = True
    return np.asarray((first * amount[level_of[line]])[:, None] * general)


def _decided(place: Place) -> set[str]:
    """Offers that stand in a choice, are shared, run through what is shared, or at a level."""
    shared, offers = place.shared_services, place.offers
    levelled = offers.loc[offers["service"].isin(place.levels["service"]), "offer"]
    return {*place.choices["offer"], *shared["shared_offer"], *shared["offer"], *levelled}


def _text(values: pd.Series) -> np.ndarray:
    return values.astype(object).where(values.notna(), "").to_numpy(dtype=object)


def _in_use(
    place: Place, geography: Geography, offers: pd.DataFrame, line: np.ndarray
) -> np.ndarray:
    """Whether today's money buys from an offer: named, or the only one of its line."""
    today = [row for row in each_row(place.today) if row.amount > 0]
    named = {row.offer for row in today if not is_blank(row.offer)}
    keys = {(row.service, geography.key(row.area)) for row in today if is_blank(row.offer)}
    alone = np.bincount(line, minlength=line.max(initial=-1) + 1)[line] == 1
    of_line = zip(offers["service"], map(geography.key, offers["area"]), strict=True)
    return np.array(
        [
            offer in named or (only and key in keys)
            for offer, key, only in zip(offers["offer"], of_line, alone, strict=True)
        ],
        dtype=bool,
    )


def read_steps(
    offers: Offers, returns: tuple[np.ndarray, ...], given: np.ndarray, added: np.ndarray
) -> Steps:
    """The steps of returns of every line, with their width in units each year.

    width = share of need x people x units a person; without need the capacity
    of the line's offers takes its place, and without that the step is unlimited.

    Parameters
    ----------
    returns : tuple of ndarray
        Line, number, share of need and effectiveness of every step.
    given : ndarray
        Lines x years, scaled units needed; not a number where no need is given.
    added : ndarray
        By line, scaled units of need that today's services avoid.
    """
    units = given + added[:, None]
    capacity = np.bincount(offers.line, weights=offers.capacity, minlength=len(added))
    no_need = np.isnan(units)
    units = np.where(no_need, capacity[:, None], units)
    line, step, share, effectiveness = returns
    return Steps(
        line=line,
        step=step,
        width=share[:, None] * units[line],
        effectiveness=effectiveness,
        share=share,
        of_capacity=no_need[line],
    )


def returns_of(
    place: Place, lines: Lines, geography: Geography
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Line, number, share of need and effectiveness of every step.

    Of what a line at a level does, what is kept in its area counts.
    """
    kept = _of_levels(place, "kept", 1.0)[_level_of_lines(place, geography, lines)]
    table = place.filled("returns")
    columns = (table[name].tolist() for name in ("service", "step", "up_to", "effectiveness"))
    rows: dict[str, list[tuple[float, ...]]] = {}
    for service, *row in sorted(zip(*columns, strict=True)):
        rows.setdefault(service, []).append(tuple(row))
    line, step, share, effectiveness = [], [], [], []
    for n, service in enumerate(lines.service):
        before = 0.0
        for number, (_, up_to, effect) in enumerate(rows.get(service, [(1, 1.0, 1.0)]), 1):
            line.append(n)
            step.append(number)
            share.append(up_to - before)
            effectiveness.append(kept[n] * effect)
            before = up_to
    return (
        np.array(line, np.int64),
        np.array(step, np.int64),
        np.array(share, float),
        np.array(effectiveness, float),
    )


def needed_units(
    place: Place, geography: Geography, lines: Lines, years: tuple[str, ...]
) -> np.ndarray:
    """Units needed by line and year; not a number where no need is given."""
    services = place.filled("services")
    per_person = dict(zip(services["service"], services["units_per_person"], strict=True))
    number, levelled = lines.position(), set(place.levels["service"])
    of_line, units = [], []
    for (service, area), people in people_in_need(place, geography, years).items():
        # Need below an offer's area is summed up to the offer's area.
        # At whichever level a service is commissioned, all need below it is its own.
        offered = [up for up in geography.path(area) if (service, up) in number]
        for upper in offered if service in levelled else offered[:1]:
            of_line.append(number[service, upper])
            units.append(people * per_person[service])
    needed = np.full((len(lines), len(years)), np.nan)
    if units:
        given = ~np.isnan(units)
        total, known = np.zeros_like(needed), np.zeros(needed.shape, bool)
        np.add.at(total, of_line, np.where(given, units, 0.0))
        np.logical_or.at(known, of_line, given)
        needed[known] = total[known]
    return needed


def people_in_need(
    place: Place, geography: Geography, years: tuple[str, ...]
) -> dict[tuple[str, str], np.ndarray]:
    """People in need by service and area, over years; blank where not given."""
    return _each_year(needs_of(place), ["service", "area"], "people", years, geography)


def _each_year(
    table: pd.DataFrame,
    key: list[str],
    value: str,
    years: tuple[str, ...],
    geography: Geography,
) -> dict[tuple[str, str], np.ndarray]:
    """Values by key over the years: a row of its own year before a blank year."""
    spread: dict[tuple[str, str], np.ndarray] = {}
    number = {year: t for t, year in enumerate(years)}
    table = table.sort_values("year", na_position="first", kind="stable")
    columns = (table[name].tolist() for name in (*key, "year", value))
    for name, area, year, amount in zip(*columns, strict=True):
        values = spread.setdefault((name, geography.key(area)), np.full(len(years), np.nan))
        if is_blank(year):
            values[:] = amount
        elif year in number:
            values[number[year]] = amount
    return spread


# What units are worth: effects over the years, and the value of outcomes.


@dataclass(frozen=True)
class Effects:
    """Outcome made by units of services, sorted by service and outcome."""

    service: np.ndarray
    outcome: np.ndarray  # number of the outcome
    coefficient: np.ndarray  # outcome units a unit, first year of working
    lag: np.ndarray
    duration: np.ndarray
    drop_off: np.ndarray

    def __len__(self) -> int:
        return len(self.service)

    def made(self, years: int, horizon: int) -> np.ndarray:
        """Outcome a unit makes: effects x years it is bought in x years up to ``horizon``."""
        working = np.arange(horizon) - np.arange(years)[:, None] - self.lag[:, None, None]
        works = (working >= 0) & (working < self.duration[:, None, None])
        left = (1.0 - self.drop_off[:, None, None]) ** np.where(works, working, 0)
        return np.where(works, self.coefficient[:, None, None] * left, 0.0)


@dataclass(frozen=True)
class Outcomes:
    """Value of outcomes, sorted by key, in money units a unit of outcome."""

    name: np.ndarray
    fiscal: np.ndarray
    transfers: np.ndarray  # of the fiscal value, what others lose as agencies gain it
    cashable: np.ndarray
    economic: np.ndarray
    social: np.ndarray
    weight: np.ndarray
    agency_fiscal: np.ndarray  # outcomes x agencies
    agency_cashable: np.ndarray
    discount: np.ndarray  # of money, by appraisal year
    own_discount: np.ndarray  # of what people gain, outcomes x appraisal years

    def __len__(self) -> int:
        return len(self.name)

    @property
    def public(self) -> np.ndarray:
        """Fiscal value without transfers, economic and social value."""
        return self.resources + self.economic + self.social

    @property
    def resources(self) -> np.ndarray:
        """Fiscal value without transfers."""
        return self.fiscal - self.transfers

    def discounted(self, money: np.ndarray, gain: np.ndarray | None = None) -> np.ndarray:
        """Worth of a unit, outcomes x appraisal years.

        Parameters
        ----------
        money : ndarray
            Worth in money that is saved, by outcome, or outcomes x appraisal years; discounted
            as money is.
        gain : ndarray, optional
            Worth to people, discounted as the outcome is.
        """
        worth: np.ndarray = money.reshape(len(money), -1) * self.discount
        return worth if gain is None else worth + gain[:, None] * self.own_discount

    @property
    def public_value(self) -> np.ndarray:
        """Public value of a unit, discounted, outcomes x appraisal years."""
        return self.discounted(self.resources, self.economic + self.social)

    @property
    def points(self) -> np.ndarray:
        """Weight of a unit, discounted, outcomes x appraisal years."""
        return self.weight[:, None] * self.own_discount


def read_effects(place: Place, outcomes: np.ndarray) -> Effects:
    """The effects of a place."""
    table = place.filled("effects").sort_values(["service", "outcome"], kind="stable")
    number = {name: n for n, name in enumerate(outcomes)}
    return Effects(
        service=table["service"].to_numpy(dtype=object),
        outcome=np.array([number[name] for name in table["outcome"].tolist()], dtype=np.int64),
        coefficient=effect_per_unit(table, place.filled("evidence")),
        lag=table["lag"].to_numpy(np.int64),
        duration=table["duration"].to_numpy(np.int64),
        drop_off=table["drop_off"].to_numpy(float),
    )


def read_outcomes(place: Place, agencies: np.ndarray, scale: UnitScale) -> Outcomes:
    """The outcomes of a place with their savings by agency.

    Outcomes are counted in ``scale.units``, like the units that make them.
    """
    table = in_base_prices(place, "outcomes").sort_values("outcome", kind="stable")
    names = table["outcome"].to_numpy(dtype=object)
    row = {name: n for n, name in enumerate(names)}
    column = {name: n for n, name in enumerate(agencies)}
    savings = in_base_prices(place, "savings")
    fiscal = np.zeros((len(names), len(agencies)))
    cashable, transfers = np.zeros_like(fiscal), np.zeros_like(fiscal)
    at = (
        [row[name] for name in savings["outcome"]],
        [column[name] for name in savings["agency"]],
    )
    per_unit = scale.money / scale.units
    value = savings["value"].to_numpy(float) / per_unit
    np.add.at(fiscal, at, value)
    np.add.at(cashable, at, value * savings["cashable"].to_numpy(float))
    np.add.at(transfers, at, value * savings["transfer"].to_numpy(float))
    return Outcomes(
        name=names,
        fiscal=fiscal.sum(axis=1),
        transfers=transfers.sum(axis=1),
        cashable=cashable.sum(axis=1),
        economic=table["economic_value"].to_numpy(float) / per_unit,
        social=table["social_value"].to_numpy(float) / per_unit,
        weight=table["weight"].to_numpy(float),
        agency_fiscal=fiscal,
        agency_cashable=cashable,
        discount=place_discount(place),
        own_discount=_own_discount(place, table["discount"]),
    )


def _own_discount(place: Place, given: pd.Series) -> np.ndarray:
    length, whole = appraisal_length(place), place.settings.discount
    rates = [whole if is_blank(each) else own_discount(each) for each in given]
    return np.array([discount_factors(rate, length) for rate in rates]).reshape(-1, length)


def read_at_risk(
    place: Place,
    geography: Geography,
    outcomes: np.ndarray,
    appraisal: tuple[str, ...],
    scale: UnitScale,
) -> dict[tuple[int, int, int], float]:
    """Most that counts, by numbers of outcome, area and appraisal year.

    A row of its own year comes before the row with a blank year.
    """
    outcome = {name: n for n, name in enumerate(outcomes)}
    area = {name: n for n, name in enumerate(geography.areas)}
    year = {name: t for t, name in enumerate(appraisal)}
    table = place.filled("at_risk").sort_values("year", na_position="first", kind="stable")
    limits: dict[tuple[int, int, int], float] = {}
    columns = (table[name].tolist() for name in ("outcome", "area", "year", "most"))
    for made, where, when, most in zip(*columns, strict=True):
        key = (outcome[made], area[geography.key(where)])
        for t in range(len(year)) if is_blank(when) else [year[when]]:
            limits[(*key, t)] = most / scale.units
    return dict(sorted(limits.items()))


@once
def appraisal_length(place: Place) -> int:
    """Number of years whose benefits count."""
    if place.settings.appraisal_years is not None:
        return max(int(place.settings.appraisal_years), len(place.years))
    effects = place.filled("effects")
    ends = effects["lag"].to_numpy() + effects["duration"].to_numpy()
    longest = int(ends.max(initial=1))
    return len(place.years) + max(longest, 1) - 1


def place_discount(place: Place) -> np.ndarray:
    """Discount factors of the appraisal years."""
    return discount_factors(place.settings.discount, appraisal_length(place))
