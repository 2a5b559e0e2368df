"""Money as the programme reads it: streams in classes that every condition treats alike.

Streams with the same agency, origin, kind, recurrence, ring-fence, carrying and
the same pools are one class, so the programme is smaller and the split back to
streams breaks no condition. A stream with a contribution minimum or a finite
maximum is a class of its own, and so is one that pays today, through a pool that is
closed, for what another agency commissions, and one that has to pay for outcomes or a
loan. Else only pools that are open count; and where all money is freed, what is left to
tell streams apart is their kind and carrying.

The money of a stream that is spent today follows its funding: today's amount times the
funding of the year over the funding that today's spending was paid from (the row for
``today_year``, else the first year's). So today is always affordable, and a
comparison with it does not mistake growing or shrinking budgets for change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.conditions import least_paid, purposes_by
from placebudget.place.geography import Geography, each_row, is_blank
from placebudget.place.once import once
from placebudget.place.succession import Successions, parts_in, roots
from placebudget.programme.lines import UnitScale
from placebudget.value import loan_charges
from placebudget.words import plain

REINVESTED = "savings reinvested"
FREE_MONEY = "free money"
SHARED_MONEY = {"revenue": "shared revenue", "capital": "shared capital"}


@dataclass(frozen=True)
class Classes:
    """Classes of money, sorted by their first stream; one array entry a class."""

    name: np.ndarray
    agency: np.ndarray
    capital: np.ndarray
    carry_forward: np.ndarray
    fence: tuple[frozenset[str] | None, ...]  # purposes allowed; None: any
    streams: tuple[tuple[str, ...], ...]
    funding: np.ndarray  # classes x years, money units
    reinvested: np.ndarray  # True for a class of savings reinvested
    free: np.ndarray  # True for the class of free money
    shared: np.ndarray  # True for the classes of shared money

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True)
class Contributions:
    """Limits of what a class pays into a pool; one entry a class, pool and year."""

    klass: np.ndarray
    pool: np.ndarray
    year: np.ndarray
    minimum: np.ndarray  # money units, gross
    maximum: np.ndarray
    share: np.ndarray  # of funding, where the minimum follows that; else not a number
    stays_in_area: np.ndarray


@once
def contribution_limits(place: Place, years: tuple[str, ...]) -> pd.DataFrame:
    """Contributions spread over the years: pool, stream, t, minimum, maximum, share, stays.

    A row of its own year comes before the row with a blank year. Pounds; a minimum that is a
    share of funding is what it comes to, its share beside it.
    """
    table = place.filled("contributions").sort_values("year", na_position="first", kind="stable")
    spread: dict[tuple[str, str, int], tuple[float, float, float, bool]] = {}
    funding = stream_funding(place).to_dict("index")
    number = {year: t for t, year in enumerate(years)}
    for row in each_row(table):
        most = np.inf if is_blank(row.maximum) else float(row.maximum)
        follows = is_blank(row.minimum) and row.minimum_share > 0
        share = float(row.minimum_share) if follows else np.nan
        own = range(len(years)) if is_blank(row.year) else [number[row.year]]
        for t in own:
            least = least_paid(row, float(funding[row.stream][years[t]]))
            spread[(row.pool, row.stream, t)] = (least, most, share, bool(row.stays_in_area))
    rows = [(*key, *spread[key]) for key in sorted(spread)]
    names = ["pool", "stream", "t", "minimum", "maximum", "share", "stays_in_area"]
    return pd.DataFrame(rows, columns=names)


def read_classes(
    place: Place,
    limits: pd.DataFrame,
    scale: UnitScale,
    reinvesting: tuple[str, ...] = (),
    probe: bool = False,
    freed: bool = False,
    apart: bool = False,
    alone: frozenset[str] = frozenset(),
    sharing: bool = False,
) -> Classes:
    """Put the streams of a place into classes.

    Parameters
    ----------
    limits : DataFrame
        What :func:`contribution_limits` gives, for the pools that are open.
    reinvesting : tuple of str
        Agencies that get a class of savings reinvested.
    probe : bool
        Whether to add the class of free money.
    freed : bool
        Whether all money is freed.
    apart : bool
        Whether every stream is to be a class of its own, for a live session that
        may change one and not another.
    alone : frozenset of str
        Streams that are a class of their own in any case.
    sharing : bool
        Whether to add classes of money that agencies share, one a kind.
    """
    streams = place.filled("streams").sort_values("stream", kind="stable")
    fences = purposes_by(place, "ring_fences", "stream")
    pools: dict[str, list[tuple[object, ...]]] = {}
    single = set(alone)
    for row in each_row(limits):
        pools.setdefault(row.stream, []).append((row.pool, row.t, row.stays_in_area))
        if row.minimum > 0 or np.isfinite(row.maximum):
            single.add(row.stream)
    if apart:
        single.update(streams["stream"])
    groups: dict[tuple[object, ...], list[str]] = {}
    for row in each_row(streams):
        own = row.stream if row.stream in (alone if freed else single) else None
        key = (row.kind, row.carry_forward, own) if freed else (
            row.agency, row.raised, row.kind, row.recurrent, fences.get(row.stream),
            row.carry_forward, tuple(pools.get(row.stream, ())), own,
        )  # fmt: skip
        groups.setdefault(key, []).append(row.stream)
    members = tuple(tuple(names) for names in groups.values())
    row_of = {name: n for n, name in enumerate(streams["stream"].tolist())}
    first = streams.iloc[[row_of[names[0]] for names in members]]
    funding = stream_funding(place)
    number, amounts = {name: n for n, name in enumerate(funding.index)}, funding.to_numpy()
    money = np.array(
        [amounts[[number[name] for name in names]].sum(axis=0) for names in members]
    ).reshape(len(members), len(place.years))
    added = [(f"{REINVESTED}, {agency}", agency) for agency in reinvesting]
    added += [(FREE_MONEY, "")] if probe else []
    added += [(name, "") for name in SHARED_MONEY.values()] if sharing else []
    free = np.array([name == FREE_MONEY for name, _ in added], bool)
    shared = np.array([name in SHARED_MONEY.values() for name, _ in added], bool)
    capital = np.array([name == SHARED_MONEY["capital"] for name, _ in added], bool)
    saved = ~free & ~shared
    known = np.zeros(len(members), bool)
    return Classes(
        name=np.array([*(names[0] for names in members), *(n for n, _ in added)], dtype=object),
        agency=np.array([*first["agency"], *(agency for _, agency in added)], dtype=object),
        capital=np.append((first["kind"] == "capital").to_numpy(bool), capital),
        carry_forward=np.append(first["carry_forward"].to_numpy(float), saved.astype(float)),
        fence=(*(fences.get(names[0]) for names in members), *(None for _ in added)),
        streams=(*members, *((name,) for name, _ in added)),
        funding=np.vstack([money, np.zeros((len(added), len(place.years)))]) / scale.money,
        reinvested=np.append(known, saved),
        free=np.append(known, free),
        shared=np.append(known, shared),
    )


@dataclass(frozen=True)
class Target:
    """So much of an outcome in a year, for which a reward is paid in the years that follow.

    Parameters
    ----------
    name : str
        Its key.
    outcome, year : int
        Numbers of the outcome and of the appraisal year.
    areas : ndarray of int
        Numbers of the areas it takes in.
    baseline, stretch : float
        Scaled units.
    threshold : float
        Share of the way below which nothing is paid.
    paid : mapping of str to ndarray
        By stream, what the whole reward brings in each year of money, in pounds; of those that
        pay it, below nothing.
    """

    name: str
    outcome: int
    year: int
    areas: np.ndarray
    baseline: float
    stretch: float
    threshold: float
    paid: dict[str, np.ndarray]

    @property
    def owed(self) -> bool:
        """Whether anybody in the place pays it."""
        return any((pounds < 0).any() for pounds in self.paid.values())

    def words(self, _: object) -> str:
        """What it holds."""
        return f"{plain(self.name)} pays for what is reached"

    def earned(self, counted: float) -> float:
        """The share of the reward that is paid for what was counted, scaled.

        Examples
        --------
        >>> one = Target("visits", 0, 0, np.array([0]), 100.0, 200.0, 0.6, {})
        >>> [round(one.earned(counted), 3) for counted in (90, 159, 160, 180, 220)]
        [0.0, 0.0, 0.6, 0.8, 1.0]
        """
        return share_of_reward(counted, self.baseline, self.stretch, self.threshold)


_DIGITS = 1e-7


def share_of_reward(counted: float, baseline: float, stretch: float, threshold: float) -> float:
    """The share of the way from baseline to stretch; nothing below the threshold, one at most.

    Examples
    --------
    >>> [share_of_reward(way, 0.0, 1.0, 0.6) for way in (0.59, 0.6, 1.2)]
    [0.0, 0.6, 1.0]
    """
    way = (counted - baseline) / (stretch - baseline)
    # What a solver's digits leave short of the threshold has reached it.
    return 0.0 if way <= 0 or way < threshold - _DIGITS else min(way, 1.0)


def rewarded(targets: Iterable[tuple[Target, float]]) -> dict[str, np.ndarray]:
    """What rewards bring each stream in each year, in pounds.

    Parameters
    ----------
    targets : iterable of (Target, float)
        Each with the share of its reward that is paid.
    """
    found: dict[str, np.ndarray] = {}
    for target, share in targets:
        for stream, pounds in target.paid.items():
            found[stream] = found.get(stream, np.zeros(len(pounds))) + share * pounds
    return found


def read_targets(
    place: Place,
    geography: Geography,
    outcomes: np.ndarray,
    appraisal: tuple[str, ...],
    scale: UnitScale,
) -> tuple[Target, ...]:
    """The targets whose reward comes in a year of money, sorted by key."""
    if not len(place.targets):
        return ()
    number = {name: n for n, name in enumerate(outcomes)}
    shares, found = place.filled("target_shares"), []
    for row in place.filled("targets").sort_values("target", kind="stable").itertuples():
        year = appraisal.index(row.year)
        when = np.arange(len(place.years)) - year
        each = row.reward / row.instalments * ((when > 0) & (when <= row.instalments))
        mine = shares[shares["target"] == row.target]
        net = mine["share"].where(~mine["pays"].astype(bool), -mine["share"])
        parts = net.groupby(mine["stream"]).sum()
        paid = _by_holder(
            place, {str(s): share * each for s, share in parts.items() if (share * each).any()}
        )
        below = geography.descendants(geography.key(row.area))
        inside = [n for n, area in enumerate(geography.areas) if area in below]
        if paid:
            found.append(
                Target(
                    str(row.target), number[row.outcome], year, np.array(inside, np.int64),
                    row.baseline / scale.units, row.stretch / scale.units, row.threshold, paid,
                )
            )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True)
class LoanTerms:
    """A loan that may be taken, by the pound borrowed.

    Parameters
    ----------
    name, stream, borne_by : str
        Its key, the stream it comes into, and the stream that bears it.
    most : float
        Pounds.
    first : int
        Number of the year in which it is borrowed.
    interest, provision : ndarray
        By year of money, of each pound.
    moves : mapping of str to ndarray
        By stream, what each pound borrowed brings it in each year of money, and takes from it.
    after : ndarray
        Interest and provision of each pound by year after the last year of money.
    later_pound : float
        What a pound still owed then takes off the value of the plan.
    """

    name: str
    stream: str
    borne_by: str
    most: float
    first: int
    interest: np.ndarray
    provision: np.ndarray
    moves: dict[str, np.ndarray]
    after: np.ndarray
    later_pound: float

    @property
    def borne(self) -> np.ndarray:
        """What revenue bears of each pound in each year of money."""
        return self.interest + self.provision

    @property
    def left(self) -> float:
        """What of each pound is not provided for at the end of the last year of money."""
        return max(1.0 - float(self.provision.sum()), 0.0) if len(self.after) else 0.0


def read_loans(place: Place) -> tuple[LoanTerms, ...]:
    """The loans that a plan may take, sorted by key; none of which nothing can be borrowed."""
    if not len(place.loans):
        return ()
    table, years = place.filled("loans"), len(place.years)
    found = []
    for row in table[table["most"] > 0].sort_values("loan", kind="stable").itertuples():
        first = place.years.index(row.first_year)
        parts = loan_charges(row.rate, int(row.years), row.kind, half_yearly=bool(row.half_yearly))
        soon = years - first - 1
        now = [np.concatenate([np.zeros(first + 1), part[:soon]]) for part in parts]
        interest, provision = (np.pad(part, (0, years - len(part))) for part in now)
        comes = {str(row.stream): 1.0 * (np.arange(years) == first)}
        moves = added_up(comes, {str(row.borne_by): -interest - provision})
        found.append(
            LoanTerms(
                str(row.loan), str(row.stream), str(row.borne_by), float(row.most), first,
                interest, provision, _by_holder(place, moves), (parts[0] + parts[1])[soon:],
                float(row.later_pound),
            )
        )  # fmt: skip
    return tuple(found)


def borrowed(loans: Iterable[tuple[LoanTerms, float]]) -> dict[str, np.ndarray]:
    """What loans bring each stream in each year, and take from it, in pounds.

    Parameters
    ----------
    loans : iterable of (LoanTerms, float)
        Each with the pounds that are borrowed.
    """
    return added_up(
        *(
            {stream: pounds * moved for stream, moved in loan.moves.items()}
            for loan, pounds in loans
        )
    )


def added_up(*parts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What targets and loans bring each stream together, in pounds by year."""
    found: dict[str, np.ndarray] = {}
    for part in parts:
        for stream, pounds in part.items():
            found[stream] = found.get(stream, np.zeros(len(pounds))) + pounds
    return found


def _by_holder(place: Place, paid: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What is paid to and by streams, after the end of an agency by its successors' shares."""
    found: dict[str, np.ndarray] = {}
    for stream, pounds in paid.items():
        for t, year in enumerate(place.years):
            for key, share in parts_in(place, stream, year).items():
                found.setdefault(key, np.zeros(len(pounds)))[t] += share * pounds[t]
    return {stream: pounds for stream, pounds in found.items() if pounds.any()}


@once
def stream_funding(place: Place) -> pd.DataFrame:
    """Funding of every stream in the years of the place: streams x years, pounds."""
    table = place.filled("funding")
    names, years = sorted(place.streams["stream"]), {year: t for t, year in enumerate(place.years)}
    number = {name: n for n, name in enumerate(names)}
    money = np.zeros((len(names), len(years)))
    columns = (table[name].tolist() for name in ("stream", "year", "amount"))
    for stream, year, amount in zip(*columns, strict=True):
        if year in years:
            money[number[stream], years[year]] += amount
    return pd.DataFrame(money, index=names, columns=list(years))


def class_contributions(classes: Classes, limits: pd.DataFrame, scale: UnitScale) -> Contributions:
    """The limits of contributions by class: streams of one class share theirs."""
    number = {names[0]: n for n, names in enumerate(classes.streams)}
    klass = np.array([number.get(name, -1) for name in limits["stream"].tolist()], np.int64)
    pool, year = limits["pool"].to_numpy(object), limits["t"].to_numpy(np.int64)
    own = np.flatnonzero(klass >= 0)
    own = own[np.lexsort((year[own], pool[own], klass[own]))]
    return Contributions(
        klass=klass[own],
        pool=pool[own],
        year=year[own],
        minimum=limits["minimum"].to_numpy(float)[own] / scale.money,
        maximum=limits["maximum"].to_numpy(float)[own] / scale.money,
        share=limits["share"].to_numpy(float)[own],
        stays_in_area=limits["stays_in_area"].to_numpy(bool)[own],
    )


# --- today's money carried on ---------------------------------------------------


DIRECT = "direct"


def carried_on(place: Place, geography: Geography) -> pd.DataFrame:
    """Today's money in every year of the place.

    Returns
    -------
    DataFrame
        service, area, stream, route, offer (None where the line has one), t
        (number of the year), amount in pounds; sorted by key.
    """
    rows = _todays(place, geography)
    years, growth = len(place.years), stream_growth(place)
    number = {name: n for n, name in enumerate(growth.index)}
    grown = growth.to_numpy()[[number[row[2]] for row in rows]] if rows else np.zeros((0, years))
    amount = np.array([row[5] for row in rows])[:, None] * grown
    if roots(place):
        rows, amount = _gone_on_with(place, geography, rows, amount)
    names = ["service", "area", "stream", "route", "offer"]
    held = {
        name: np.repeat(np.array([row[n] for row in rows], dtype=object), years)
        for n, name in enumerate(names)
    }
    return pd.DataFrame(
        {**held, "amount": amount.ravel(), "t": np.tile(np.arange(years), len(rows))}
    )


_Paid = tuple[str, str, str, str, str, float]


def _todays(place: Place, geography: Geography) -> list[_Paid]:
    """What is paid today, sorted: service, area, stream, route, offer, pounds."""
    columns = ("service", "area", "stream", "pool", "offer", "amount")
    table = place.filled("today")
    cells = zip(*(table[name].tolist() for name in columns), strict=True)
    return sorted(
        (
            (
                service,
                geography.key(area),
                stream,
                _or_else(pool, DIRECT),
                _or_else(offer, ""),
                amount,
            )
            for service, area, stream, pool, offer, amount in cells
            if amount > 0
        ),
        key=lambda row: row[:5],
    )


def _gone_on_with(
    place: Place, geography: Geography, rows: list[_Paid], amount: np.ndarray
) -> tuple[list[_Paid], np.ndarray]:
    """With what those streams pay that go on from one that pays today, as they have funding.

    What an agency that ends paid for falls to the successors in whose area it lies: evenly more
    or less than today, as their share of its money is. By a pool they pay only as far as they
    contribute to it.
    """
    funding, base = stream_funding(place), todays_funding(place)
    ends, years = Successions.of(place), len(place.years)
    holder = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
    limits = contribution_limits(place, place.years)
    into = set(zip(limits["pool"], limits["stream"], limits["t"], strict=True))
    made = [np.zeros((0, years))] if not rows else [amount]
    added: dict[_Paid, np.ndarray] = {}
    for stream, root in sorted(roots(place).items()):
        mine = [row for row in rows if row[2] == root]
        today = np.array([row[5] for row in mine])
        for t, year in enumerate(place.years):
            shares = np.array([_share_in(ends, holder, stream, root, r[1], year) for r in mine])
            whole = float((today * shares).sum())
            if not (whole > 0 and base[root] > 0):
                continue
            grown = today.sum() / whole * float(funding.at[stream, year]) / base[root]
            for row, pounds in zip(mine, today * shares * grown, strict=True):
                route = row[3] if (row[3], stream, t) in into else DIRECT
                key = (*row[:2], stream, route, *row[4:])
                added.setdefault(key, np.zeros(years))[t] += pounds
    made += [pounds[None] for pounds in added.values()]
    keys, pounds = [*rows, *added], np.concatenate(made)
    order = sorted(range(len(keys)), key=lambda n: keys[n][:5])
    return [keys[n] for n in order], pounds[order]


def _share_in(
    ends: Successions, holder: dict[str, str], stream: str, root: str, area: str, year: str
) -> float:
    """The share of what a stream paid for in an area that one going on from it pays there."""
    if holder[root] not in ends.ended:
        return 1.0
    return ends.in_area(holder[root], area, year).get(holder[stream], 0.0)


def _or_else(value: Any, default: str) -> str:
    """A cell, or what a blank stands for."""
    return default if is_blank(value) else str(value)


def todays_funding(place: Place) -> pd.Series:
    """Funding that today's money was paid from, by stream: of its year, else the first there is.

    A stream that goes on from another has paid nothing yet.
    """
    funding, table = stream_funding(place), place.filled("funding")
    now = table[table["year"] == place.settings.today_year].set_index("stream")["amount"]
    first = funding.iloc[:, 0].where(~funding.index.isin(list(roots(place))), 0.0)
    return now.reindex(funding.index).fillna(first)


def stream_growth(place: Place) -> pd.DataFrame:
    """Funding of each stream and year over that of today: streams x years.

    Of a stream that goes on from another over what that brought today.
    """
    funding, before = stream_funding(place), roots(place)
    now = todays_funding(place)
    base = now.loc[[before.get(name, name) for name in funding.index]].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(base[:, None] > 0, funding.to_numpy() / base[:, None], 0.0)
    return pd.DataFrame(growth, index=funding.index, columns=funding.columns)
