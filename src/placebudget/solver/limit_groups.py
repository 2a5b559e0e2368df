"""The limits of a service in a live model, gathered as people would name them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from placebudget.programme.rules import Rule, read_rules
from placebudget.solver.live_service import LiveService

NEED, CAPACITY, FIRST_YEAR, LOT = "need", "capacity", "first year", "smallest lot"
RULE, AT_RISK, CONTRIBUTION = "rule", "at risk", "contribution maximum"

_SLOPE = 1e-7


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
        for name in ("units", "start", "run"):
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
