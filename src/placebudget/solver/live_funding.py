"""The funding of a place in a live model: what streams bring changes in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np

from placebudget.arguments import as_given, is_number, texts
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.programme import Programme
from placebudget.programme.blocks.lots import most_units
from placebudget.programme.money import stream_funding
from placebudget.solver.answer import RunLimits
from placebudget.solver.live_rules import LiveRules, refuse_negative


class LiveFunding(LiveRules):
    """A live programme whose streams may bring more or less.

    Parameters
    ----------
    programme, place, limits
        As for :class:`~placebudget.solver.live_rules.LiveRules`.
    """

    def __init__(self, programme: Programme, place: Place, limits: RunLimits | None = None) -> None:
        super().__init__(programme, place, limits)
        self._carries: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._funding = self._stream_funding()
        self._most = self._largest_lots()

    @property
    def funding_now(self) -> Mapping[str, np.ndarray]:
        """What each stream brings as things stand, in pounds by year."""
        return self._funding

    def set_funding(self, stream: str, year: str, amount: float) -> None:
        """Change what a stream brings in a year.

        Parameters
        ----------
        stream, year : str
            Keys of the place.
        amount : float
            Pounds, cash of the year.
        """
        self._known(stream, self._funding, "stream")
        refuse_negative(amount, "funding")
        self._funding[stream][self._year(year)] = amount
        self._update_funding([stream])

    def scale_funding(self, factor: float, streams: Collection[str] | None = None) -> None:
        """Multiply the funding of some streams, or of all, by a factor in every year."""
        if not is_number(factor) or factor < 0:
            raise CannotAnswer(
                f"funding cannot be multiplied by {as_given(factor)}; a factor is a number that is "
                "not negative"
            )
        chosen = self._all_or(streams)
        if not chosen:
            return
        for stream in chosen:
            self._known(stream, self._funding, "stream")
            self._funding[stream] *= factor
        self._update_funding(chosen)

    def _all_or(self, streams: Collection[str] | None) -> Collection[str]:
        if streams is None:
            return self._funding
        return texts("streams", streams, such_as="['council_tax']")

    def _stream_funding(self) -> dict[str, np.ndarray]:
        table = stream_funding(self.place)
        return {str(name): row.to_numpy(float).copy() for name, row in table.iterrows()}

    def _update_funding(self, streams: Collection[str]) -> None:
        basis = self.programme.basis
        classes, years = basis.classes, len(basis.years)
        changed = sorted({self._class_of[stream] for stream in streams})
        money = {
            c: np.sum([self._funding[s] for s in classes.streams[c]], axis=0) / basis.scale.money
            for c in changed
        }
        self._today.fund(self._funding, streams)
        for numbers, limit, sense in self._today.limits(streams):
            self._set_rows(numbers, limit, sense)
        first = self.programme.rows["class_balance"].first
        rows = np.concatenate([first + c * years + np.arange(years) for c in changed])
        right = np.concatenate([money[c] for c in changed])
        self._change_rows(rows, right, right)
        for c in changed:
            numbers, year = self._carry_of(c)
            if len(numbers):
                most = classes.carry_forward[c] * money[c][year]
                self._change_columns(numbers, self._lower[numbers], most)
        self._update_largest_lots()

    def _largest_lots(self) -> np.ndarray:
        """Most units of each offer that runs in lots: all the money there is may set them."""
        block, basis = self.programme.rows.get("largest_lot"), self.programme.basis
        if block is None:
            return np.zeros(0)
        funding = np.sum(list(self._funding.values()), axis=0) / basis.scale.money
        most: np.ndarray = most_units(basis, funding)[block.index["offer"], block.index["year"]]
        return most

    def _update_largest_lots(self) -> None:
        most = self._largest_lots()
        moved = np.flatnonzero(most != self._most)
        if len(moved):
            rows = self.programme.rows["largest_lot"].numbers[moved]
            run = self.programme.columns["run"].numbers[moved]
            with self._alone():
                self._live.change_coefficients(rows, run, -most[moved])
        self._most = most

    def _carry_of(self, c: int) -> tuple[np.ndarray, np.ndarray]:
        """Variables of what a class carries forward, and their years."""
        if c not in self._carries:
            carry = self.programme.columns["carry"]
            mine = carry.index["class"] == c
            self._carries[c] = (carry.numbers[mine], carry.index["year"][mine])
        return self._carries[c]

    @cached_property
    def _class_of(self) -> dict[str, int]:
        streams = self.programme.basis.classes.streams
        return {name: c for c, names in enumerate(streams) for name in names}
