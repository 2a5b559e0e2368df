"""What keeps money on a service where it is: limits found by prices, proved by solving again.

A limit is named only if setting it aside lets the service move and makes the plan
better by it, or, where nothing more can be spent at all, lets more be spent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from placebudget.programme.rules import Rule, read_rules
from placebudget.solver.marginal.binding import BUILD, CAPACITY, NEED
from placebudget.solver.marginal.live_service import LiveService, Push, Reading

FIRST_YEAR, LOT = "first year", "smallest lot"
RULE, AT_RISK, CONTRIBUTION = "rule", "at risk", "contribution maximum"
_SLOPE = 1e-7
MONEY = "money"
_ROUNDS = 4
_TRIED = 4


@dataclass
class LimitGroup:
    """Constraints and bounds that are one limit to people."""

    kind: str
    name: str = ""
    rule: Rule | None = None
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    years: set[int] = field(default_factory=set)
    weight: float = 0.0


class LimitGroups:
    """Finds the limits that bind, by what one more of each would add.

    Parameters
    ----------
    live : LiveService
        The service.
    """

    def __init__(self, live: LiveService) -> None:
        self.live = live
        self.rules = {rule.number: rule for rule in read_rules(live.basis)}
        self.touching = self._touching()

    def _touching(self) -> np.ndarray:
        """Constraints in which the service's own variables stand."""
        live = self.live
        columns, offers = live.programme.columns, live.basis.offers
        mine = np.zeros(live.matrix.width, bool)
        mine[live.money.numbers[live.mine]] = True
        for name in ("units", "start", "run", "leave", "paid"):
            block = columns.get(name)
            if block is not None:
                mine[block.numbers[live.lines[offers.line[block.index["offer"]]]]] = True
        steps = columns["step_units"]
        mine[steps.numbers[live.lines[steps.index["line"]]]] = True
        counted = columns.get("counted")
        if counted is not None:
            # What the service makes counts through these.
            made = live.programme.rows["counted"]
            through = np.unique(made.row[mine[made.column]])
            mine[counted.numbers[through]] = True
        rows = np.repeat(np.arange(live.matrix.height), np.diff(live.matrix.start))
        touching = np.zeros(live.matrix.height, bool)
        touching[rows[mine[live.matrix.column]]] = True
        return touching

    def binding(self, slopes: np.ndarray | None) -> list[LimitGroup]:
        """Limits with a slope, the steepest first."""
        if slopes is None:
            return []
        groups: dict[tuple[str, str], LimitGroup] = {}
        self._rows(groups, slopes)
        self._columns(groups, slopes[self.live.matrix.height :])
        return sorted(groups.values(), key=lambda g: (-g.weight, g.kind, g.name))

    def _rows(self, groups: dict[tuple[str, str], LimitGroup], slopes: np.ndarray) -> None:
        names = self.live.programme.draft.names
        for block in self.live.programme.rows.values():
            hit = self.touching[block.numbers] & (np.abs(slopes[block.numbers]) > _SLOPE)
            if block.sense == "=" or not hit.any():
                continue
            year = block.index.get("year", block.index.get("appraisal_year"))
            for n in np.flatnonzero(hit):
                if "rule" in block.index:
                    rule = self.rules[int(block.index["rule"][n])]
                    group = _group(groups, RULE, rule.name, rule)
                elif block.name == "at_risk":
                    outcome = str(names["outcome"][block.index["outcome"][n]])
                    group = _group(groups, AT_RISK, outcome)
                elif block.name == BUILD:
                    group = _group(groups, BUILD)
                elif block.name in ("largest_lot", "run_after_start", "start_once"):
                    group = _group(groups, LOT)
                else:
                    continue
                group.rows.append(block.first + int(n))
                group.weight += abs(float(slopes[block.first + n]))
                if year is not None:
                    group.years.add(int(year[n]))

    def _columns(self, groups: dict[tuple[str, str], LimitGroup], slopes: np.ndarray) -> None:
        live, columns, offers = self.live, self.live.programme.columns, self.live.basis.offers
        steps, units, paid = columns["step_units"], columns["units"], columns["contribute"]
        closed = units.index["year"] < offers.first_year[units.index["offer"]]
        unit_lines = live.lines[offers.line[units.index["offer"]]]
        wanted = [
            (steps, NEED, live.lines[steps.index["line"]]),
            (units, CAPACITY, unit_lines & ~closed),
            (units, FIRST_YEAR, unit_lines & closed),
            (paid, CONTRIBUTION, np.ones(len(paid), bool)),
        ]
        for block, kind, mine in wanted:
            at = np.flatnonzero(mine & np.isfinite(block.upper) & (slopes[block.numbers] > _SLOPE))
            if kind == NEED:
                at = self._last_steps(at)
            for n in at:
                name = ""
                if kind == CONTRIBUTION:
                    name = str(live.basis.routes[block.index["route"][n]])
                group = _group(groups, kind, name)
                group.columns.append(block.first + int(n))
                group.years.add(int(block.index["year"][n]))
                group.weight += float(slopes[block.first + n])

    def _last_steps(self, at: np.ndarray) -> np.ndarray:
        """Of steps that bind, the last of each line and year: need beyond it is what is asked."""
        index = self.live.programme.columns["step_units"].index
        last: dict[tuple[int, int], int] = {}
        for n in at:
            key = (int(index["line"][n]), int(index["year"][n]))
            if key not in last or index["step"][n] > index["step"][last[key]]:
                last[key] = int(n)
        return np.array(sorted(last.values()), np.int64)


def _group(
    groups: dict[tuple[str, str], LimitGroup], kind: str, name: str = "", rule: Rule | None = None
) -> LimitGroup:
    return groups.setdefault((kind, name), LimitGroup(kind, name, rule))


@dataclass(frozen=True)
class Stop:
    """One limit that keeps a service from getting more, or from getting less.

    Parameters
    ----------
    kind : str
        need, capacity, build, first year, smallest lot, at risk, rule, contribution
        maximum, or money (money that may not pay for the service).
    name : str
        Key of the rule, outcome, pool or first stream; empty where there is none.
    years : tuple of int
        Numbers of the years it was found in.
    gain : float
        What the objective gains when it is set aside and the service moves by
        ``moved``, against the service staying; in the objective's unit.
    moved : float
        By how much the service then moves, in pounds.
    rule : Rule or None
        The rule, where it is one.
    streams : tuple of str
        Streams whose money it is about.
    offered : float
        How much of that money the service was let have, in pounds; its own money may
        then move on, so that it gets less more than that.
    """

    kind: str
    name: str = ""
    years: tuple[int, ...] = ()
    gain: float = 0.0
    moved: float = 0.0
    rule: Rule | None = None
    streams: tuple[str, ...] = ()
    offered: float = 0.0


class Stops:
    """Finds the limits of one service in its live model.

    Parameters
    ----------
    live : LiveService
        The service.
    years : ndarray of int
        Years asked about.
    """

    def __init__(self, live: LiveService, years: np.ndarray) -> None:
        self.live, self.years = live, years
        self.groups = LimitGroups(live)
        self.tiny = 1e-7 * max(abs(live.held.value), live.objective.scale)

    # --- nothing more can be used ----------------------------------------------

    def on_the_service(self, most: Reading, bound: float) -> list[LimitGroup]:
        """Limits that together keep the service from using more money, whoever pays."""
        found: list[LimitGroup] = []
        reading: Reading | None = most
        base = self._used(most)
        for _ in range(_ROUNDS):
            if reading is None or self._used(reading) > base + 1e-6:
                break
            fresh = self.groups.binding(reading.slopes)
            known = {(g.kind, g.name) for g in found}
            fresh = [g for g in fresh if (g.kind, g.name) not in known]
            if not fresh:
                break
            found += fresh
            reading = self._most(found, bound)
        return found

    def _most(self, groups: Iterable[LimitGroup], bound: float) -> Reading | None:
        rows, columns = self._aside(groups)
        live = self.live
        numbers = live.purse(self.years, here=True)
        gain = np.zeros(live.matrix.width)
        gain[numbers] = 1.0
        total = (np.array([live.extra_total]), 0.0, bound)
        return live.push([live.as_held, total, *rows], [(numbers, 0.0, np.inf), *columns], gain)

    def _used(self, reading: Reading) -> float:
        return float(reading.spent[self.live.lines].sum())

    # --- more or less would be better -------------------------------------------

    def binding(self, amount: float) -> list[Stop]:
        """Rules and contribution limits without which the service would move, and how far.

        Parameters
        ----------
        amount : float
            How far it may move, money units; negative: down.
        """
        groups = self.groups.binding(self.live.slopes)
        groups = [g for g in groups if g.kind in (RULE, AT_RISK, CONTRIBUTION)]
        tried = [self.proved([g], amount) for g in groups[:_TRIED]]
        return sorted((s for s in tried if s is not None), key=lambda s: -s.gain)

    def holding(self, least: Reading) -> list[LimitGroup]:
        """Rules that together keep the service from getting less."""
        return [g for g in self.groups.binding(least.slopes) if g.kind == RULE]

    def worth_without(self, groups: list[LimitGroup], amount: float) -> float | None:
        """What the last money on the service is worth, with limits set aside that hold it there."""
        live = self.live
        rows, columns = self._aside(groups)
        total = (np.array([live.extra_total]), -amount, -amount)
        purse = (live.purse(self.years, here=True), -np.inf, 0.0)
        still = live.push([live.as_held, *rows], columns)
        less = live.push([live.as_held, total, *rows], [purse, *columns])
        return None if still is None or less is None else still.value - less.value

    def proved(self, groups: list[LimitGroup], amount: float) -> Stop | None:
        """A stop, if setting limits aside moves the service and makes the plan better."""
        live = self.live
        rows, columns = self._aside(groups)
        own = live.held.own
        low, high = min(own.sum(), own.sum() + amount), max(own.sum(), own.sum() + amount)
        # No year may move the other way: more in one year is not to be paid by another.
        years = self._one_way(amount)
        moved = live.push([(np.array([live.own_total]), low, high), years, *rows], columns)
        still = live.push([(live.own_rows, live.held.own, live.held.own), *rows], columns)
        if moved is None or still is None:
            return None
        by = float(moved.own.sum() - own.sum())
        gain = moved.value - still.value
        if gain <= self.tiny or abs(by) < 1e-6:
            return None
        first = groups[0]
        return Stop(
            first.kind,
            first.name,
            tuple(sorted(set().union(*(g.years for g in groups)))),
            gain,
            by * live.basis.scale.money,
            first.rule,
        )

    def _one_way(self, amount: float) -> Push:
        live, own = self.live, self.live.held.own
        low, high = own.copy(), own.copy()
        if amount > 0:
            high[self.years] = np.inf
        else:
            low[self.years] = -np.inf
        return live.own_rows, low, high

    # --- money that cannot get there --------------------------------------------

    def money_elsewhere(self, amount: float, worth: np.ndarray) -> list[Stop]:
        """Money worth more on the service than where it is, but not allowed there.

        Parameters
        ----------
        amount : float
            How much to move, money units.
        worth : ndarray
            What that much is worth on the service, by year (all years), in the
            objective's unit; not a number where it was not found.
        """
        live, basis = self.live, self.live.basis
        assert live.slopes is not None
        reach = self._reach()
        offers: list[tuple[float, int, int, float]] = []
        for c in range(len(basis.classes)):
            if basis.classes.free[c] or basis.classes.reinvested[c]:
                continue
            slope = live.slopes[live.balance_rows(c)] * live.objective.scale
            for t in self.years:
                most = min(amount, float(basis.classes.funding[c, t]))
                if most < 1e-6 or reach[c, t] or np.isnan(worth[t]):
                    continue
                better = (worth[t] / amount - slope[t]) * most
                if better > self.tiny:
                    offers.append((better, c, int(t), most))
        offers.sort(key=lambda o: (-o[0], o[1], o[2]))
        best: dict[int, Stop] = {}
        tried: set[int] = set()
        for _, c, t, most in offers:
            if c in tried or len(tried) >= _TRIED:
                continue
            tried.add(c)
            stop = self._moved(c, t, most)
            if stop is not None:
                best[c] = stop
        return sorted(best.values(), key=lambda s: -s.gain)

    def _moved(self, c: int, t: int, amount: float) -> Stop | None:
        """One class's money let onto the service in a year."""
        live = self.live
        row = live.balance_rows(c)[[t]]
        left = live.matrix.row_lower[row] - amount
        total = np.array([live.extra_total])
        found = live.push(
            [(row, left, left), (total, 0.0, amount)],
            [(live.purse([t], here=True), 0.0, amount)],
        )
        if found is None:
            return None
        by = float(found.spent[live.lines].sum() - live.held.own.sum())
        gain = found.value - live.held.value
        if gain <= self.tiny or by < 1e-6:
            return None
        names = live.basis.classes.streams[c]
        pounds = live.basis.scale.money
        return Stop(
            MONEY, names[0], (t,), gain, by * pounds, streams=tuple(names), offered=amount * pounds
        )

    def _reach(self) -> np.ndarray:
        """Classes x years: whether any of its money may pay for the service."""
        live = self.live
        reach = np.zeros((len(live.basis.classes), live.years), bool)
        index = live.money.index
        may = live.mine & ~live.free & (live.money.upper > 0)
        reach[index["class"][may], index["year"][may]] = True
        return reach

    def _aside(self, groups: Iterable[LimitGroup]) -> tuple[list[Push], list[Push]]:
        rows, columns = np.zeros(0, np.int64), np.zeros(0, np.int64)
        for group in groups:
            rows = np.append(rows, np.array(group.rows, np.int64))
            columns = np.append(columns, np.array(group.columns, np.int64))
        low = self.live.matrix.lower[columns]
        return [(rows, -np.inf, np.inf)], [(columns, low, np.inf)]
