"""What is switched and moved at the desk, apart from the place it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from placebudget.place import Option, Place
from placebudget.place.options import Add, Change, Remove, Set

PUBLIC_VALUE = "public value"
StreamYear = tuple[str, str]


@dataclass(frozen=True)
class Figures:
    """Differences from the place as it was read.

    Parameters
    ----------
    closed : frozenset of str
        Pools that are closed.
    ended : frozenset of str
        Streams whose ring-fence is ended.
    funding : mapping of (stream, year) to float
        Pounds that differ.
    amounts : mapping of str to float
        Amounts of rules that differ, in the unit of their table.
    objective : str
        What is made the most of.

    Examples
    --------
    >>> Figures().with_amount("duty", 2e6).amounts
    {'duty': 2000000.0}
    """

    closed: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    funding: Mapping[StreamYear, float] = field(default_factory=dict)
    amounts: Mapping[str, float] = field(default_factory=dict)
    objective: str = PUBLIC_VALUE

    def with_pool(self, pool: str, is_open: bool) -> Figures:
        """With a pool opened or closed."""
        return replace(self, closed=self.closed - {pool} if is_open else self.closed | {pool})

    def with_fence(self, stream: str, kept: bool) -> Figures:
        """With a ring-fence kept or ended."""
        return replace(self, ended=self.ended - {stream} if kept else self.ended | {stream})

    def with_funding(self, stream: str, year: str, pounds: float) -> Figures:
        """With another amount of a stream in a year."""
        return replace(self, funding={**self.funding, (stream, year): float(pounds)})

    def with_amount(self, rule: str, amount: float) -> Figures:
        """With another amount of a rule."""
        return replace(self, amounts={**self.amounts, rule: float(amount)})

    def within(self, place: Place) -> Figures:
        """Without those of pools, streams and rules that the place does not have."""
        streams, rules = set(place.streams["stream"]), set(place.rules["rule"])
        return replace(
            self,
            closed=self.closed & set(place.pools["pool"]),
            ended=self.ended & set(place.ring_fences["stream"]),
            funding={key: each for key, each in self.funding.items() if key[0] in streams},
            amounts={rule: each for rule, each in self.amounts.items() if rule in rules},
        )

    def pools(self, place: Place) -> list[str] | str:
        """The pooling as :func:`placebudget.optimise` takes it."""
        names = sorted(place.pools["pool"])
        left = [name for name in names if name not in self.closed]
        if len(left) == len(names):
            return "pooled" if names else "aligned"
        return left or "aligned"

    def apply(self, place: Place) -> Place:
        """The place with amounts and ring-fences changed; pools are no part of it."""
        tables: dict[str, pd.DataFrame] = {}
        if self.funding:
            tables["funding"] = _with_funding(place, self.funding)
        if self.amounts:
            rules = place.rules
            new = [self.amounts.get(rule) for rule in rules["rule"]]
            held = zip(new, rules["amount"], strict=True)
            rules["amount"] = [old if mine is None else mine for mine, old in held]
            tables["rules"] = rules
        if self.ended:
            fences = place.ring_fences
            tables["ring_fences"] = fences[~fences["stream"].isin(self.ended)]
        return place.with_(**tables) if tables else place

    def option(self, name: str, *, pools: bool = True) -> Option:
        """The same as an option that can be stored; a closed pool is one that nobody pays into."""
        made = Option(name)
        for (stream, year), pounds in sorted(self.funding.items()):
            made = made.set("funding", "amount", pounds, stream=stream, year=year)
        for rule, amount in sorted(self.amounts.items()):
            made = made.set("rules", "amount", amount, rule=rule)
        for stream in sorted(self.ended):
            made = made.end_ring_fence(stream)
        for pool in sorted(self.closed) if pools else ():
            made = made.leave_pool(pool)
        return made

    def sentences(self, place: Place) -> list[str]:
        """What differs, a sentence each."""
        told = [str(change) for change in self.option("desk", pools=False).changes]
        names = place.filled("pools").set_index("pool")["name"]
        told += [f"close the pool {_name(names, pool)}" for pool in sorted(self.closed)]
        if self.objective != PUBLIC_VALUE:
            told.append(f"make the most of {self.objective}")
        return [f"{text[:1].upper()}{text[1:]}." for text in told]


def _name(names: pd.Series, key: str) -> str:
    name = names.get(key)
    return key.replace("_", " ") if name is None or pd.isna(name) else str(name)


def _with_funding(place: Place, funding: Mapping[StreamYear, float]) -> pd.DataFrame:
    table = place.funding
    keys = list(zip(table["stream"], table["year"], strict=True))
    table["amount"] = [
        funding.get(key, old) for key, old in zip(keys, table["amount"], strict=True)
    ]
    missing = [key for key in funding if key not in set(keys)]
    rows = [{"stream": s, "year": y, "amount": funding[s, y]} for s, y in missing]
    return pd.concat([table, pd.DataFrame(rows)], ignore_index=True) if rows else table


def read_figures(place: Place, option: Option) -> tuple[Figures, Option | None]:
    """An option as figures of the desk, and what of it the desk has no control for.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("northvale")
    >>> option = pb.Option("less").leave_pool(place.pools["pool"][0])
    >>> figures, rest = read_figures(place, option)
    >>> len(figures.closed), rest is None
    (1, True)
    """
    figures, rest = Figures(), []
    for change in option.changes:
        read = _read(figures, place, change)
        if read is None:
            rest.append(change)
        else:
            figures = read
    return figures, replace(option, changes=tuple(rest)) if rest else None


def _read(figures: Figures, place: Place, change: Change) -> Figures | None:
    if isinstance(change, Add) or not hasattr(change, "where"):
        return None
    where = {name: values[0] for name, values in change.where if len(values) == 1}
    if len(where) != len(change.where):
        return None
    if isinstance(change, Remove) and change.table == "ring_fences" and set(where) == {"stream"}:
        return figures.with_fence(str(where["stream"]), kept=False)
    if isinstance(change, Remove) and change.table == "contributions" and set(where) == {"pool"}:
        return figures.with_pool(str(where["pool"]), is_open=False)
    if isinstance(change, Set) and change.column == "amount":
        return _read_amount(figures, place, change, where)
    return None


def _read_amount(
    figures: Figures, place: Place, change: Set, where: Mapping[str, Any]
) -> Figures | None:
    if not isinstance(change.value, float):
        return None
    if change.table == "rules" and set(where) == {"rule"}:
        return figures.with_amount(str(where["rule"]), change.value)
    years = where.get("year") in place.years
    if change.table == "funding" and set(where) == {"stream", "year"} and years:
        return figures.with_funding(str(where["stream"]), str(where["year"]), change.value)
    return None
