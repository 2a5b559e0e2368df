"""What follows today's money in a live model, and so moves when funding changes.

Today's money is carried on with the funding of the streams that pay it. Locks,
virement and the first year of pace compare with it, and closed pools go on with what they
pay today, so their limits move with a stream's funding even though they stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from placebudget.place.rule_kinds import YEAR_BEFORE
from placebudget.programme import Programme
from placebudget.programme.blocks.pooled_today import PAID_FOR, PAID_IN
from placebudget.programme.linear import Rows
from placebudget.programme.money import stream_growth
from placebudget.programme.rules import Rule
from placebudget.programme.rules.virement import rows_of_today

# Where the dimensions of a constraint stand in what pools pay today.
_KEYS = {
    "class": "stream",
    "route": "pool",
    "agency": "agency",
    "purpose": "purpose",
    "year": "t",
}


@dataclass
class _Follower:
    """One rule: the share it keeps to, the payments of today it looks at, its limits.

    ``limits`` holds, for each family of constraints, their numbers, where their
    money stands (by line and year, or by year), -1 or 1 for least or most, their
    sense, and what they gave way.
    """

    share: float
    by_line: bool
    payments: np.ndarray
    streams: frozenset[str]
    limits: list[tuple[np.ndarray, tuple[np.ndarray, ...], float, str, np.ndarray]]


class TodaysMoney:
    """Today's money as the funding stands now, and the limits that follow it.

    Parameters
    ----------
    programme : Programme
        The programme of the live model, as the place was written.
    rules : iterable of Rule
        Its rules.
    """

    def __init__(self, programme: Programme, rules: Iterable[Rule]) -> None:
        self.programme = programme
        basis, years = programme.basis, len(programme.basis.years)
        today, funding = basis.today, basis.place.filled("funding")
        # One row a payment and year, the years of a payment side by side.
        self._stream = today["stream"].to_numpy(object)[::years]
        self._line = basis.today_line[::years]
        growth = stream_growth(basis.place)
        then = growth.loc[list(self._stream)].to_numpy(float).reshape(-1, years)
        carried = today["amount"].to_numpy(float).reshape(-1, years)
        shares = np.divide(carried, then, out=np.zeros_like(carried), where=then > 0)
        self._amount = shares.max(axis=1, initial=0.0)
        self._growth = then.copy()
        # Funding today's spending was paid from; where that year is one of the plan's
        # own, or has no row, it changes with the funding.
        now = funding[funding["year"] == basis.place.settings.today_year]
        now = now[~now["year"].isin(basis.years)]
        self._base = dict(zip(now["stream"], now["amount"].astype(float), strict=True))
        year = basis.place.settings.today_year
        self._today = basis.years.index(year) if year in basis.years else 0
        self._followers = {
            rule.name: self._follower(rule) for rule in rules if rule.record.of_today
        }
        self._pooled = [self._family(name) for name in (PAID_IN, PAID_FOR)]

    def _follower(self, rule: Rule) -> _Follower:
        basis = self.programme.basis
        payments = np.flatnonzero(rows_of_today(rule, basis)[:: len(basis.years)])
        streams, limits = frozenset(self._stream[payments]), []
        by_line = False
        for block, mine in self.programme.rows_of(rule):
            if rule.record.per_cent_of == YEAR_BEFORE:
                # Later years compare with the year before, not with today.
                mine = mine & (block.index["year"] == 0)
            by_line = "line" in block.index
            at = tuple(block.index[d][mine] for d in ("line", "year") if d in block.index)
            sign = -1.0 if block.sense == ">=" else 1.0
            gave_way = np.zeros(mine.sum())
            if rule.implied:
                gave_way = block.right[mine] - basis.lines.today[at]
            limits.append((block.numbers[mine], at, sign, block.sense, gave_way))
        return _Follower(rule.share, by_line, payments, streams, limits)

    def _family(self, name: str) -> tuple[Rows | None, np.ndarray, np.ndarray]:
        """A family of what closed pools go on with: its rows, and the payments of each."""
        basis, block = self.programme.basis, self.programme.rows.get(name)
        if block is None:
            return None, np.zeros(0, np.int64), np.zeros(0, np.int64)
        names, rows = self.programme.draft.names, basis.pooled_today
        columns = [d for d in _KEYS if d in block.index]
        of_class = np.array([streams[0] for streams in basis.classes.streams], dtype=object)
        held = [of_class if d == "class" else names[d] for d in columns]
        coded = zip(*(block.index[d].tolist() for d in columns), strict=True)
        number = {
            tuple(str(among[code]) for among, code in zip(held, codes, strict=True)): n
            for n, codes in enumerate(coded)
        }
        years = np.array(basis.years, dtype=object)[rows["t"].to_numpy(np.int64)]
        keys = zip(
            *(years if d == "year" else rows[_KEYS[d]].tolist() for d in columns), strict=True
        )
        return block, np.array([number[key] for key in keys], np.int64), rows["payment"].to_numpy()

    def fund(self, funding: Mapping[str, np.ndarray], streams: Iterable[str]) -> None:
        """Carry today's money on with new funding of some streams, in pounds by year."""
        for stream in streams:
            amounts = funding[stream]
            base = self._base.get(stream, float(amounts[self._today]))
            growth = amounts / base if base > 0 else np.zeros(len(amounts))
            self._growth[self._stream == stream] = growth

    def set_share(self, rule: str, share: float) -> None:
        """Another share for a rule."""
        self._followers[rule].share = share

    def limits(
        self, streams: Iterable[str] | None = None, rule: str | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray, str]]:
        """Rows, right sides and sense of what follows some streams, or of one rule."""
        changed = None if streams is None else frozenset(streams)
        for name, held in self._followers.items():
            if rule is not None and name != rule:
                continue
            if changed is None or changed & held.streams:
                yield from self._limits(held)
        for block, row, payment in self._pooled if rule is None else ():
            if block is not None and (changed is None or changed & set(self._stream[payment])):
                year = block.index["year"][row]
                paid = self._amount[payment] * self._growth[payment, year]
                right = np.bincount(row, paid, len(block)) / self.programme.basis.scale.money
                yield block.numbers, right, block.sense

    def _limits(self, held: _Follower) -> Iterator[tuple[np.ndarray, np.ndarray, str]]:
        basis = self.programme.basis
        spent = self._amount[held.payments, None] * self._growth[held.payments]
        if held.by_line:
            today = np.zeros((len(basis.lines), len(basis.years)))
            np.add.at(today, self._line[held.payments], spent)
        else:
            today = spent.sum(axis=0)
        today /= basis.scale.money
        for numbers, at, sign, sense, gave_way in held.limits:
            yield numbers, max(1.0 + sign * held.share, 0.0) * today[at] + gave_way, sense
