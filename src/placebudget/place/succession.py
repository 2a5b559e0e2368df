"""Who takes over: agencies that end, and what their successors hold from then on.

A place is written with the agencies that there are. The table ``successions`` says which of them
end in which year, and who takes over what share. The place as its successors hold it has, beside
each stream of an agency that ends, one of each successor that goes on from it: with its share of
the money from that year on, to the penny, under the same conditions and into the same pools.
Services stay what they are, with their offers, need and rules; from that year on those commission
them who take over in their area.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.place.geography import Geography, each_row, is_blank
from placebudget.place.once import once

if TYPE_CHECKING:
    from placebudget.place.place import Place

_PENCE = 100
_WRITTEN = "_written"
_DIVIDED = ("minimum", "maximum")
"""Limits in pounds of a contribution, which successors share as they share the money."""


@dataclass(frozen=True)
class Succession:
    """The end of an agency.

    Parameters
    ----------
    year : str
        The first year in which it is no more.
    shares : mapping of str to float
        Who takes over what share of its money.
    """

    year: str
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Successions:
    """Who holds in a year what an agency of the place held.

    Parameters
    ----------
    ended : mapping of str to Succession
        By agency that ends.
    homes : mapping of str to tuple of str
        The areas in which each agency's own money pays, and in all below them.
    geography : Geography
        The tree of areas.
    """

    ended: Mapping[str, Succession]
    homes: Mapping[str, tuple[str, ...]]
    geography: Geography

    @staticmethod
    def of(place: Place) -> Successions:
        """Those of a place; worked out once."""
        return _successions(place)

    def __bool__(self) -> bool:
        return bool(self.ended)

    def holders(self, agency: str, year: str) -> dict[str, float]:
        """Who holds in a year what an agency held, with the share of each; itself until it ends.

        Examples
        --------
        >>> ended = {"a": Succession("2028-29", {"x": 0.6, "y": 0.4}),
        ...          "y": Succession("2030-31", {"x": 1.0})}
        >>> who = Successions(ended, {}, Geography.of_areas({}))
        >>> who.holders("a", "2027-28"), who.holders("a", "2029-30"), who.holders("a", "2030-31")
        ({'a': 1.0}, {'x': 0.6, 'y': 0.4}, {'x': 1.0})
        """
        end = self.ended.get(agency)
        if end is None or year < end.year:
            return {agency: 1.0}
        found: dict[str, float] = {}
        for successor, share in end.shares.items():
            for holder, part in self.holders(successor, year).items():
                found[holder] = found.get(holder, 0.0) + share * part
        return found

    def home(self, agency: str) -> tuple[str, ...]:
        """The areas in which an agency's own money pays."""
        return self.homes.get(agency, (self.geography.root,))

    def at_home(self, agency: str, area: str) -> bool:
        """Whether an agency's own money pays in an area."""
        return any(self.geography.is_within(area, home) for home in self.home(agency))

    def in_area(self, agency: str, area: str, year: str) -> dict[str, float]:
        """Of those who hold what an agency held, who do in an area: in part or all of it."""
        held = self.holders(agency, year)
        if agency in held:
            return held
        tree, mine = self.geography, dict[str, float]()
        for holder, share in held.items():
            in_it = any(tree.is_within(home, area) for home in self.home(holder))
            if in_it or self.at_home(holder, area):
                mine[holder] = share
        whole = sum(mine.values())
        return {holder: share / whole for holder, share in mine.items()}

    def commissioner(self, agency: str, area: str, year: str) -> str:
        """Who commissions in an area what an agency did: of several who has the largest share."""
        mine = self.in_area(agency, area, year)
        return min(mine, key=lambda holder: (-mine[holder], holder), default=agency)

    def pays_itself(self, payer: str, commissioner: str, area: str, year: str) -> bool:
        """Whether in a year a payer's own money may pay for a line, as its commissioner's may."""
        mine = self.in_area(commissioner, area, year)
        return any(
            holder in mine and (commissioner not in mine or self.at_home(holder, area))
            for holder in self.holders(payer, year)
        )

    def heirs_of(self, agency: str) -> frozenset[str]:
        """All who hold what an agency held in some year after it."""
        end = self.ended.get(agency)
        if end is None:
            return frozenset()
        return frozenset(end.shares).union(*(self.heirs_of(each) for each in end.shares))

    def names_of(self, agency: str) -> tuple[str, ...]:
        """An agency, and all whose money or services it takes over by any year, sorted."""
        before = [a for a, end in self.ended.items() if agency in end.shares]
        return tuple(sorted({agency, *(name for a in before for name in self.names_of(a))}))


@once
def _successions(place: Place) -> Successions:
    found: dict[str, tuple[str, dict[str, float]]] = {}
    for row in each_row(place.filled("successions")) if len(place.successions) else ():
        if not any(map(is_blank, (row.agency, row.successor, row.year))) and row.share > 0:
            found.setdefault(row.agency, (row.year, {}))[1][row.successor] = row.share
    ended = {
        agency: Succession(year, shares)
        for agency, (year, shares) in found.items()
        if not _in_a_circle(agency, found)
    }
    tree = Geography.of(place)
    given = dict(zip(place.agencies["agency"], place.agencies["area"], strict=True))
    homes = {agency: _home(agency, given, ended, tree) for agency in given}
    return Successions(ended, homes, tree)


def _home(
    agency: str, given: Mapping[str, Any], ended: Mapping[str, Succession], tree: Geography
) -> tuple[str, ...]:
    """Where an agency pays: its area; without one where those do that go over to it whole."""
    if not is_blank(given.get(agency)):
        return (tree.key(given[agency]),)
    before = [who for who, end in ended.items() if end.shares.get(agency, 0.0) >= 1.0]
    areas = {home for who in before for home in _home(who, given, ended, tree)}
    return tuple(sorted(areas)) or (tree.root,)


def _in_a_circle(agency: str, found: Mapping[str, tuple[str, Mapping[str, float]]]) -> bool:
    seen, ahead = set[str](), [agency]
    while ahead:
        for successor in found.get(ahead.pop(), ("", {}))[1]:
            if successor == agency:
                return True
            if successor not in seen:
                seen.add(successor)
                ahead.append(successor)
    return False


def handed_over(place: Place, rows: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    """Rows of agencies and years, with what successors hold of each as theirs.

    Parameters
    ----------
    rows : DataFrame
        agency, year, and what is measured; with an area, those who hold it there.
    measures : sequence of str
        Columns that are shared.
    """
    ends = Successions.of(place)
    mine = rows["agency"].isin(list(ends.ended))
    if not mine.any():
        return rows
    by_area = "area" in rows
    keys = ["agency", "year", *(["area"] if by_area else [])]
    made = [rows[~mine]]
    for key, group in rows[mine].groupby(keys, sort=False):
        agency, year = str(key[0]), str(key[1])
        held = ends.in_area(agency, str(key[2]), year) if by_area else ends.holders(agency, year)
        for holder, share in held.items():
            made.append(group.assign(agency=holder, **{m: group[m] * share for m in measures}))
    return pd.concat(made)


def to_the_penny(amount: float, shares: Sequence[float]) -> list[float]:
    """An amount by shares in whole pennies that add up to it, by the largest remainder.

    Examples
    --------
    >>> to_the_penny(1.0, [1 / 3, 1 / 3, 1 / 3])
    [0.34, 0.33, 0.33]
    """
    whole = round(amount * _PENCE)
    exact = [whole * share / math.fsum(shares) for share in shares]
    pence = [math.floor(part + 1e-6) for part in exact]
    by_loss = sorted(range(len(pence)), key=lambda n: (round(pence[n] - exact[n], 6), n))
    for n in by_loss[: whole - sum(pence)]:
        pence[n] += 1
    return [part / _PENCE for part in pence]


def written(place: Place) -> Place:
    """The place as it was written, of one as its successors hold it."""
    return vars(place).get(_WRITTEN, place)


def succeeded(place: Place) -> Place:
    """The place as its successors hold it: itself where nobody ends.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> succeeded(place) is place
    True
    """
    return _succeeded(place) if len(place.successions) else place


@once
def _succeeded(place: Place) -> Place:
    streams = list(_continued(place))
    if not streams:
        return place
    made = _Made(place, streams)
    now = place.with_(
        streams=made.streams(),
        funding=made.funding(),
        ring_fences=made.ring_fences(),
        contributions=made.contributions(),
    )
    vars(now)[_WRITTEN] = place
    return now


@dataclass(frozen=True)
class _Continued:
    """A stream of an agency that ends, and by whom it goes on: keys of the new streams."""

    stream: str
    agency: str
    heirs: Mapping[str, str]


def _continued(place: Place) -> Iterator[_Continued]:
    """Streams that successors go on with; not those of which the table has one that does."""
    ends = Successions.of(place)
    done = {
        (row.continues, row.agency)
        for row in each_row(place.streams)
        if not is_blank(row.continues)
    }
    taken = set(place.streams["stream"])
    for row in each_row(place.streams):
        holders: dict[str, None] = {}
        for year in place.years:
            holders |= dict.fromkeys(ends.holders(row.agency, year))
        keys: dict[str, str] = {}
        for holder in holders:
            if holder != row.agency and (row.stream, holder) not in done:
                key = f"{row.stream}_{holder}"
                while key in taken:
                    key += "_"
                taken.add(key)
                keys[holder] = key
        if keys:
            yield _Continued(row.stream, row.agency, keys)


class _Made:
    """The tables of a place as its successors hold it."""

    def __init__(self, place: Place, streams: Sequence[_Continued]) -> None:
        self.place, self.ends = place, Successions.of(place)
        self.by_stream = {each.stream: each for each in streams}
        names = place.agencies.set_index("agency")["name"]
        self.called = {a: a if is_blank(n) else str(n) for a, n in names.items()}

    def _parts(self, stream: str, year: str) -> dict[str, float] | None:
        """Shares of a year by key of the stream; None where nothing of it goes over."""
        own = self.by_stream.get(stream)
        if own is None:
            return None
        held = self.ends.holders(own.agency, year)
        return {own.heirs[h]: share for h, share in held.items() if h in own.heirs} or None

    def _table(self, name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
        held = self.place.tables[name]
        return pd.DataFrame(rows, columns=held.columns).astype(held.dtypes.to_dict())

    def _rows(self, name: str) -> list[dict[str, Any]]:
        return self.place.tables[name].astype(object).to_dict("records")

    def streams(self) -> pd.DataFrame:
        """Each with those that go on from it behind it."""
        rows = []
        for row in self._rows("streams"):
            rows.append(row)
            own = self.by_stream.get(row["stream"])
            for holder, key in own.heirs.items() if own else ():
                name = row["stream"].replace("_", " ") if is_blank(row["name"]) else row["name"]
                about = {"name": f"{name} ({self.called[holder]})", "continues": row["stream"]}
                rows.append({**row, **about, "stream": key, "agency": holder})
        return self._table("streams", rows)

    def funding(self) -> pd.DataFrame:
        """What each brings; from the end of its agency on, its successors' shares of it."""
        rows = []
        for row in self._rows("funding"):
            parts = None
            if row["year"] in self.place.years:
                parts = self._parts(row["stream"], row["year"])
            if parts is None:
                rows.append(row)
                continue
            amounts = to_the_penny(float(row["amount"]), list(parts.values()))
            known = "derived" if len(parts) > 1 and row["status"] == "published" else row["status"]
            for key, amount in zip(parts, amounts, strict=True):
                rows.append({**row, "stream": key, "amount": amount, "status": known})
        return self._table("funding", rows)

    def ring_fences(self) -> pd.DataFrame:
        """The same for those that go on."""
        rows = []
        for row in self._rows("ring_fences"):
            own = self.by_stream.get(row["stream"])
            keys = [row["stream"], *(own.heirs.values() if own else ())]
            rows += [{**row, "stream": key} for key in keys]
        return self._table("ring_fences", rows)

    def contributions(self) -> pd.DataFrame:
        """Year by year for streams that go over; nothing more into a pool that is internal."""
        internal, rows = pools_within(self.place), []
        given = self._rows("contributions")
        own_years = {(r["pool"], r["stream"], r["year"]) for r in given if not is_blank(r["year"])}
        for row in given:
            if row["stream"] not in self.by_stream:
                rows.append(row)
                continue
            pool, stream = row["pool"], row["stream"]
            for year in self.place.years if is_blank(row["year"]) else (row["year"],):
                if is_blank(row["year"]) and (pool, stream, year) in own_years:
                    continue
                parts = self._parts(stream, year)
                if parts is None:
                    rows.append({**row, "year": year})
                elif (pool, year) not in internal:
                    rows += self._divided({**row, "year": year}, parts)
        return self._table("contributions", rows)

    @staticmethod
    def _divided(row: Mapping[str, Any], parts: Mapping[str, float]) -> list[dict[str, Any]]:
        made = [{**row, "stream": key} for key in parts]
        for column in _DIVIDED:
            if not is_blank(row[column]):
                amounts = to_the_penny(float(row[column]), list(parts.values()))
                for each, amount in zip(made, amounts, strict=True):
                    each[column] = amount
        return made


@once
def pools_within(place: Place) -> dict[tuple[str, str], str]:
    """Pools that are one body's own in a year: by pool and year, whose.

    All streams that may pay into it are its, and all services that it may pay for.
    """
    ends = Successions.of(place)
    if not ends:
        return {}
    holder = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
    payers: dict[str, set[str]] = {}
    for row in each_row(place.contributions):
        if row.stream in holder and not is_blank(row.pool):
            payers.setdefault(row.pool, set()).add(holder[row.stream])
    purposes: dict[str, set[str]] = {}
    for row in each_row(place.pool_purposes):
        purposes.setdefault(row.pool, set()).add(row.purpose)
    services = list(each_row(place.services))
    found: dict[tuple[str, str], str] = {}
    for pool, agencies in payers.items():
        served = {s.commissioner for s in services if s.purpose in purposes.get(pool, {s.purpose})}
        for year in place.years:
            bodies = {h for a in agencies | served for h in ends.holders(a, year)}
            if len(bodies) == 1 and len(agencies | served) > 1:
                found[pool, year] = bodies.pop()
    return found


@once
def roots(place: Place) -> dict[str, str]:
    """By stream that goes on from another: the first of them."""
    before = {
        row.stream: row.continues for row in each_row(place.streams) if not is_blank(row.continues)
    }
    found = {}
    for stream in before:
        root, seen = stream, {stream}
        while (earlier := before.get(root)) is not None and earlier not in seen:
            root = earlier
            seen.add(root)
        found[stream] = root
    return found


@once
def heirs(place: Place) -> dict[str, dict[str, str]]:
    """By stream of an agency that ends: by successor, the stream with which that goes on."""
    ends, agency = Successions.of(place), dict[str, str]()
    for row in each_row(place.streams):
        agency[row.stream] = row.agency
    found: dict[str, dict[str, str]] = {}
    for row in each_row(place.streams):
        before = agency.get(row.continues, "")
        if before in ends.ended and row.agency in ends.heirs_of(before):
            found.setdefault(row.continues, {})[row.agency] = row.stream
    return found


def parts_in(place: Place, stream: str, year: str) -> dict[str, float]:
    """In which streams what one brings stands in a year, with the share of each."""
    mine = heirs(place).get(stream)
    if not mine:
        return {stream: 1.0}
    holder = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))[stream]
    held = Successions.of(place).holders(holder, year)
    return {mine.get(who, stream): share for who, share in held.items()}
