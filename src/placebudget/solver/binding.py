"""The limits of a programme that bind in its best plan, each with what moves with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from placebudget.programme import Programme
from placebudget.programme.rules import Rule, read_rules
from placebudget.solver.moves import Move, Moves

RING_FENCE, CAPACITY, FUNDING = "ring-fence", "capacity", "funding"
MAXIMUM, MINIMUM = "contribution maximum", "contribution minimum"
MILLION, UNIT, OUTCOME = "£1 million", "1 unit", "1 unit of outcome"
# What is too little to be anything, of a unit: £10, or a hundredth of one.
_HAIRS = {MILLION: 1e-5, UNIT: 0.01, OUTCOME: 0.01}
_NEAR = 1e-7


@dataclass(frozen=True)
class Limit:
    """One limit, and what moves when it is relaxed by one scaled unit.

    Parameters
    ----------
    kind, name, where, year, basis : str
        As in the table of prices.
    unit : str
        What one of it is.
    unit_scaled : float
        That, in the programme's units.
    move : Move
        Right sides and bounds.
    room, back : float
        How far it can be relaxed and tightened at all, in the programme's units.
    """

    kind: str
    name: str
    where: str
    year: str
    basis: str
    unit: str
    unit_scaled: float
    move: Move
    room: float = np.inf
    back: float = np.inf

    @property
    def hair(self) -> float:
        """What is too little to be anything, in the programme's units."""
        return _HAIRS[self.unit] * self.unit_scaled


class Binding:
    """What binds in the best plan of a programme.

    Parameters
    ----------
    programme : Programme
        With a class of free money.
    values : ndarray
        Values of its variables in the best plan.
    """

    def __init__(self, programme: Programme, values: np.ndarray) -> None:
        self.programme, self.basis, self.values = programme, programme.basis, values
        self.moves = Moves(programme, values)
        self.pound = 1 / self.basis.scale.money
        self.million = 1e6 * self.pound

    def limits(self) -> Iterator[Limit]:
        """All of them: a limit may bind and still have no dual, at a kink."""
        yield from self._rules()
        yield from self._contributions()
        yield from self._ring_fences()
        yield from self._capacities()

    def _rules(self) -> Iterator[Limit]:
        """Rules, each with all constraints that its amount stands in."""
        activity = self.programme.matrix.times(self.values)
        rules = {rule.number: rule for rule in read_rules(self.basis)}
        found: dict[tuple[int, str, str, str], dict[int, float]] = {}
        binding: dict[tuple[int, str, str, str], float] = {}
        for kind, block in self.programme.rule_rows():
            of = OUTCOME if kind.of_outcomes else UNIT if kind.unit == "units" else MILLION
            relaxed = -1.0 if block.sense == ">=" else 1.0
            near = _NEAR * np.maximum(1.0, np.abs(block.right))
            tight = np.abs(activity[block.numbers] - block.right) <= near
            for n in range(len(block)):
                number = int(block.index["rule"][n])
                key = (
                    number,
                    of,
                    *self._where_and_when(block.index, n),
                )
                found.setdefault(key, {})[block.first + n] = relaxed
                if tight[n]:
                    right = float(block.right[n])
                    # A floor can be relaxed until nothing is left of it.
                    room = right if relaxed < 0 and right > 0 else np.inf
                    binding[key] = max(binding.get(key, 0.0), room)
        for key, room in binding.items():
            number, unit, where, year = key
            yield self._rule(rules[number], unit, where, year, room, Move(rows=found[key]))

    def _rule(self, rule: Rule, unit: str, where: str, year: str, room: float, move: Move) -> Limit:
        scaled = self.million if unit == MILLION else 1 / self.basis.scale.units
        return Limit(rule.kind, rule.name, where, year, rule.basis, unit, scaled, move, room)

    def _where_and_when(self, index, n: int) -> tuple[str, str]:  # type: ignore[no-untyped-def]
        names = self.programme.draft.names
        where = [str(names[d][index[d][n]]) for d in ("line", "area", "agency") if d in index]
        year = [str(names[d][index[d][n]]) for d in ("year", "appraisal_year") if d in index]
        return ", ".join(where), "".join(year)

    def _contributions(self) -> Iterator[Limit]:
        basis, block = self.basis, self.programme.columns["contribute"]
        paid = self.values[block.numbers]
        for n in range(len(block)):
            klass, route, year = (int(block.index[d][n]) for d in ("class", "route", "year"))
            low, high, number = float(block.lower[n]), float(block.upper[n]), block.first + n
            said = partial(
                Limit, name=str(basis.routes[route]), where=", ".join(basis.classes.streams[klass]),
                year=basis.years[year], basis="agreement", unit=MILLION, unit_scaled=self.million,
                back=high - low,
            )  # fmt: skip
            if np.isfinite(high) and abs(paid[n] - high) <= _NEAR:
                yield said(MAXIMUM, move=Move(upper={number: 1.0}))
            if low > 0 and abs(paid[n] - low) <= _NEAR:
                yield said(MINIMUM, move=Move(lower={number: -1.0}), room=low)

    def _ring_fences(self) -> Iterator[Limit]:
        """Moving money from a fenced class to free money."""
        basis = self.basis
        if basis.pooling.freed:
            return
        for c, fence in enumerate(basis.classes.fence):
            for t, year in enumerate(basis.years) if fence is not None else ():
                money = float(basis.classes.funding[c, t])
                if money > 0:
                    yield Limit(
                        RING_FENCE, ", ".join(basis.classes.streams[c]),
                        "for " + ", ".join(sorted(fence or ())), year, "grant condition",
                        MILLION, self.million, self.moves.fence(c, t), money, back=0.0,
                    )  # fmt: skip

    def _capacities(self) -> Iterator[Limit]:
        basis, block = self.basis, self.programme.columns["units"]
        full = np.isfinite(block.upper) & (self.values[block.numbers] >= block.upper - 1e-9)
        for n in np.flatnonzero(full & (block.upper > 0)):
            offer, year = int(block.index["offer"][n]), int(block.index["year"][n])
            where = self.programme.draft.names["line"][int(basis.offers.line[offer])]
            yield Limit(
                CAPACITY, str(basis.offers.name[offer]), str(where), basis.years[year],
                "assumption", UNIT, 1 / basis.scale.units, self.moves.capacity(offer, year),
                back=float(block.upper[n]),
            )  # fmt: skip

    def funding(self) -> Iterator[Limit]:
        """What each stream brings in each year: no condition, and it always binds."""
        basis = self.basis
        agency = dict(
            zip(basis.place.streams["stream"], basis.place.streams["agency"], strict=True)
        )
        for stream, amounts in self.moves.streams.items():
            for t, year in enumerate(basis.years):
                yield Limit(
                    FUNDING, stream, str(agency[stream]), year, "", MILLION, self.million,
                    self.moves.funding(stream, t), back=float(amounts[t]) * self.pound,
                )  # fmt: skip
