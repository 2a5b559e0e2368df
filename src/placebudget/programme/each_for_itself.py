"""One agency's own part of the programme, with the parts of all others as they are.

Own are the lines an agency commissions and its own money. What it asks for is

1. least need unmet of its own services led by need, in pounds, and then least
   capacity given up too fast;
2. least breach of rules over several agencies: sum(cost[i] x breach[i]);
3. most of its own savings and of the economic and social value there is:
   sum over y, t of (discount[t] x saving[y, a] + discount[y, t] x (economic[y] + social[y]))
   x counted[y, t], and what need avoided in its own services saves, as in the objective,

where what others buy counts as it is bought, so that an outcome that they have made is
nothing that the agency adds. A rule is over several agencies where lines of several stand in
one of its constraints, or make the outcome that it asks for; there

sum of the rule + breach[i] >= amount,  or  sum of the rule - breach[i] <= amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from placebudget.errors import CannotAnswer
from placebudget.programme.basis import Basis
from placebudget.programme.blocks.balances import TARGETS, borrower
from placebudget.programme.linear import Columns, Draft
from placebudget.programme.objectives.value import (
    CASHABLE,
    DROPPED,
    FISCAL,
    NET,
    PUBLIC,
    UNMET,
    WEIGHTED,
    Objective,
    no_empty_capacity,
    shortfall_objective,
)
from placebudget.programme.rules.rule import slack_cost
from placebudget.programme.terms import (
    avoided_saving,
    cost_of_debt,
    real_spending,
    value_of_outcomes,
)

if TYPE_CHECKING:
    from placebudget.programme.build import Programme

BREACH = "breach of shared rules"
POUNDS = "pounds"
OWN_GOALS = (PUBLIC, NET, FISCAL, CASHABLE, WEIGHTED)
"""Objectives of which each agency has a part of its own."""


def commissioners(columns: dict[str, Columns], basis: Basis, width: int) -> np.ndarray:
    """Number of the agency that sets each variable; -1 where nobody does by itself."""
    number = {agency: n for n, agency in enumerate(basis.agencies)}
    of_line = commissioning(basis)
    of_class = np.array(
        [
            [number.get(holder(basis, name, year), -1) for year in basis.years]
            for name in basis.classes.agency
        ],
        np.int64,
    ).reshape(len(basis.classes), len(basis.years))
    of_offer = of_line[basis.offers.line]
    owner = np.full(width, -1, np.int64)
    for names, dimension, of in (
        (("money", "step_units", "full", "avoided", "unmet"), "line", of_line),
        (("units", "start", "run", "leave", "paid", "dropped"), "offer", of_offer),
        (("idle", "carry"), "class", of_class),
    ):
        for block in (columns[name] for name in names if name in columns):
            year = block.index["year" if "year" in block.index else "appraisal_year"]
            owner[block.numbers] = of[block.index[dimension], np.minimum(year, of.shape[1] - 1)]
    if "borrow" in columns:
        firsts = enumerate(loan.first for loan in basis.loans)
        whose = [borrower(basis, of_class[:, first])[n] for n, first in firsts]
        owner[columns["borrow"].numbers] = whose
    if "level" in columns:
        level = columns["level"]
        owner[level.numbers] = _of_level(basis, of_offer[:, 0])[level.index["level"]]
    # Of what members share each pays its own part.
    money = columns["money"]
    payer = of_class[money.index["class"], money.index["year"]]
    payer = np.where(money.index["route"] == 0, payer, -1)
    owner[money.numbers] = np.where(payer >= 0, payer, owner[money.numbers])
    return owner


def commissioning(basis: Basis) -> np.ndarray:
    """Lines x years: number of the agency that commissions a line."""
    number = {agency: n for n, agency in enumerate(basis.agencies)}
    named = [number[name] for name in basis.commissioner.ravel()]
    return np.array(named, np.int64).reshape(basis.commissioner.shape)


def commissions(basis: Basis, agency: int) -> np.ndarray:
    """Lines x appraisal years that an agency commissions; after the last year of money as in it."""
    last = np.minimum(np.arange(len(basis.appraisal)), len(basis.years) - 1)
    mine: np.ndarray = (commissioning(basis) == agency)[:, last]
    return mine


def holder(basis: Basis, agency: str, year: str) -> str:
    """Who holds in a year what an agency kept: of several who has the largest share."""
    held = basis.successions.holders(agency, year)
    return min(held, key=lambda who: (-held[who], who))


def _of_level(basis: Basis, of_offer: np.ndarray) -> np.ndarray:
    """Who decides on each level: who commissions its service."""
    found = np.full(sum(len(each.tiers) for each in basis.levels), -1, np.int64)
    mine = basis.offers.level >= 0
    found[basis.offers.level[mine]] = of_offer[mine]
    return found


def let_shared_rules_give_way(draft: Draft, basis: Basis) -> None:
    """Add the variables ``breach`` to the rules over several agencies."""
    whose = _whose(draft, basis)
    families = []
    for name, block in draft.rows.items():
        if "rule" in block.index and len(block):
            stands = np.zeros((len(whose), len(block)), bool)
            for a, mine in enumerate(whose):
                stands[a] = np.bincount(block.row, mine[block.column], len(block)) > 0
            # What is kept of services without effects gives way to all else, as it does elsewhere.
            implied = [basis.rules[n].implied for n in block.index["rule"]]
            shared = np.flatnonzero((stands.sum(axis=0) > 1) | np.array(implied, bool))
            if len(shared):
                families.append((name, shared))
    if not families:
        return
    rule = np.concatenate([draft.rows[name].index["rule"][rows] for name, rows in families])
    breach = draft.add_columns("breach", {"rule": rule})
    first = breach.first
    for name, rows in families:
        block = draft.rows[name]
        lacking = 1.0 if block.sense == ">=" else -1.0
        draft.rows[name] = changed(
            block,
            row=np.concatenate([block.row, rows.astype(block.row.dtype)]),
            column=np.concatenate(
                [block.column, np.arange(first, first + len(rows), dtype=block.column.dtype)]
            ),
            value=np.concatenate([block.value, np.full(len(rows), lacking)]),
        )
        first += len(rows)


def _whose(draft: Draft, basis: Basis) -> np.ndarray:
    """Agencies x variables: whose each is; an outcome is of all whose services make it."""
    owner = commissioners(draft.columns, basis, draft.width)
    whose = owner == np.arange(len(basis.agencies))[:, None]
    if "counted" in draft.rows:
        block, counted = draft.rows["counted"], draft.columns["counted"]
        for mine in whose:
            made = np.bincount(block.row, mine[block.column] & (block.value < 0), len(block))
            mine[counted.numbers] = made > 0
    return whose


@dataclass(frozen=True)
class OwnParts:
    """A programme of a siloed place, taken apart by agency.

    Parameters
    ----------
    programme : Programme
        Written for a siloed place: shared rules give way in it.
    objectives : tuple of str
        What each agency makes the most of for itself, first things first.
    """

    programme: Programme
    objectives: tuple[str, ...]

    @cached_property
    def owner(self) -> np.ndarray:
        """Number of the agency that sets each variable; -1: whatever follows."""
        programme = self.programme
        return commissioners(programme.columns, programme.basis, programme.matrix.width)

    @cached_property
    def _row(self) -> np.ndarray:
        matrix = self.programme.matrix
        return np.repeat(np.arange(matrix.height), np.diff(matrix.start))

    @cached_property
    def _makers(self) -> np.ndarray:
        """Agencies x variables: whose each is; an outcome is of all whose services make it."""
        whose = _whose(self.programme.draft, self.programme.basis)
        return whose[:, : self.programme.matrix.width]

    @cached_property
    def _ruled(self) -> np.ndarray:
        """Numbers of the constraints that rules stand in."""
        rows = [block.numbers for _, block in self.programme.rule_rows()]
        return np.concatenate([np.zeros(0, np.int64), *rows])

    @property
    def asks_the_impossible(self) -> bool:
        """Whether a rule asks for what no agency makes, so that none can keep it."""
        row, rows, matrix = self._row, self._ruled, self.programme.matrix
        made = np.any(self._makers[:, matrix.column], axis=0)
        none = np.bincount(row, made, matrix.height)[rows] == 0
        return bool((none & (matrix.row_lower[rows] > 0)).any())

    @cached_property
    def _follows(self) -> np.ndarray:
        """Variables that follow from what agencies set."""
        follows = np.zeros(self.programme.matrix.width, bool)
        for name in ("counted", "unspent", "reward", "met", "whole"):
            if name in self.programme.columns:
                follows[self.programme.columns[name].numbers] = True
        return follows

    @cached_property
    def _breach(self) -> np.ndarray:
        """Number of the breach of each constraint; -1 where it has none."""
        matrix, block = self.programme.matrix, self.programme.columns.get("breach")
        found = np.full(matrix.height, -1, np.int64)
        if block is not None:
            hit = (matrix.column >= block.first) & (matrix.column < block.first + len(block))
            found[self._row[hit]] = matrix.column[hit]
        return found

    def rows_of(self, agency: int) -> np.ndarray:
        """Constraints in which an agency has a part."""
        if agency not in self._rows:
            self._rows[agency] = self._part_of(agency)
        return self._rows[agency]

    @cached_property
    def _rows(self) -> dict[int, np.ndarray]:
        return {}

    def _part_of(self, agency: int) -> np.ndarray:
        programme, matrix = self.programme, self.programme.matrix
        mine = self.owner[matrix.column] == agency
        rows = np.bincount(self._row, mine, matrix.height) > 0
        # Outcomes that are counted nobody sets: rules on them are of all whose services make them.
        makes = self._makers[agency, matrix.column]
        rows[self._ruled] |= (np.bincount(self._row, makes, matrix.height) > 0)[self._ruled]
        balance, basis = programme.rows["class_balance"], programme.basis
        # Savings that others reinvest may hang on what the agency buys; they see to that.
        idle = programme.columns["idle"]
        others = self.owner[idle.numbers] != agency
        rows[balance.numbers[others]] = False
        if "avoided" in programme.rows:
            # Need avoided for others the agency does not see.
            block = programme.rows["avoided"]
            mine = commissions(basis, agency)
            theirs = ~mine[block.index["line"], block.index["appraisal_year"]]
            rows[block.numbers[theirs]] = False
        for name in ("counted", "at_risk", *TARGETS):
            if name in programme.rows:
                rows[programme.rows[name].numbers] = True
        return rows

    def answer(self, agency: int, values: np.ndarray) -> Programme:
        """What an agency can do, with all that others have set as it is in ``values``."""
        matrix, rows = self.programme.matrix, self.rows_of(agency)
        breach = self._breach[rows]
        free = (self.owner == agency) | self._follows
        free[breach[breach >= 0]] = True
        return changed(
            self.programme,
            matrix=changed(
                matrix,
                lower=np.where(free, matrix.lower, values),
                upper=np.where(free, matrix.upper, values),
                integer=matrix.integer & free,
                row_lower=np.where(rows, matrix.row_lower, -np.inf),
                row_upper=np.where(rows, matrix.row_upper, np.inf),
            ),
            objectives=self.goals(agency),
        )

    def goals(self, agency: int) -> tuple[Objective, ...]:
        """What an agency makes the most of, first things first."""
        if agency not in self._goals:
            self._goals[agency] = tuple(self._asked_for(agency))
        return self._goals[agency]

    @cached_property
    def _goals(self) -> dict[int, tuple[Objective, ...]]:
        return {}

    def _asked_for(self, agency: int) -> Iterator[Objective]:
        own = self.owner == agency
        for name, family in ((UNMET, "unmet"), (DROPPED, "dropped")):
            block = self.programme.columns.get(family)
            if block is not None and own[block.numbers].any():
                least = shortfall_objective(name, self.programme.draft, self.programme.basis)
                yield changed(least, unit=POUNDS, gain=np.where(own, self._wide(least.gain), 0.0))
        breach = self._breach[self.rows_of(agency)]
        if (breach >= 0).any():
            gain = np.zeros(self.programme.matrix.width)
            gain[breach[breach >= 0]] = -self._costs[breach[breach >= 0]]
            yield Objective(BREACH, POUNDS, gain, self.programme.basis.scale.money)
        for name in self.objectives:
            yield self._own(name, agency)
        empty = no_empty_capacity(self.programme.draft, self.programme.basis)
        gain = np.where(own, self._wide(empty.gain), 0.0)
        if gain.any():
            yield changed(empty, gain=gain)

    def _wide(self, gain: np.ndarray) -> np.ndarray:
        return np.concatenate([gain, np.zeros(self.programme.matrix.width - len(gain))])

    @cached_property
    def _costs(self) -> np.ndarray:
        """What a breach costs, by variable, in scaled money."""
        basis, block = self.programme.basis, self.programme.columns["breach"]
        cost = np.zeros(self.programme.matrix.width)
        each = {n: slack_cost(basis, basis.rules[n]) for n in np.unique(block.index["rule"])}
        cost[block.numbers] = [each[n] for n in block.index["rule"]]
        return cost

    def _own(self, name: str, agency: int) -> Objective:
        draft, basis = self.programme.draft, self.programme.basis
        constant = 0.0
        gain = value_of_outcomes(draft, basis, own_worth(name, basis, agency))
        spent = np.zeros(draft.width)
        if name == NET:
            spent = real_spending(draft, basis, np.ones(len(basis.classes), bool), gross=False)
        elif name != WEIGHTED and basis.classes.reinvested.any():
            spent = real_spending(draft, basis, basis.classes.reinvested, gross=False)
        if name != WEIGHTED:
            first = 0 if name in (FISCAL, CASHABLE) else len(basis.years)
            mine = commissions(basis, agency)
            saved, constant = avoided_saving(
                draft, basis, cashable=name != FISCAL, first=first, lines=mine
            )
            gain = gain + saved
        if name != WEIGHTED:
            spent = spent + cost_of_debt(draft, basis, net=name == NET)
        # What others add by themselves would only move the sum.
        own = self.owner == agency
        gain = np.where(own | self._follows, gain, 0.0) - np.where(own, spent, 0.0)
        if name == WEIGHTED:
            return Objective(name, WEIGHTED, gain, basis.scale.units)
        return Objective(name, POUNDS, gain, basis.scale.money, constant=constant)

    def broken(self, agency: int, values: np.ndarray, near: float) -> bool:
        """Whether what an agency has set is more than it may, or less."""
        matrix, mine = self.programme.matrix, self.owner == agency
        rows = self.rows_of(agency) & (self._breach < 0)
        for has, low, high in (
            (values[mine], matrix.lower[mine], matrix.upper[mine]),
            (matrix.times(values)[rows], matrix.row_lower[rows], matrix.row_upper[rows]),
        ):
            slack = near * np.maximum(1.0, np.abs(has))
            if ((has < low - slack) | (has > high + slack)).any():
                return True
        return False

    def seen(self, agency: int, values: np.ndarray) -> np.ndarray:
        """All that an agency sees of what others have set."""
        hidden = (self.owner == agency) | (self.owner < 0)
        return self.programme.matrix.times(np.where(hidden, 0.0, values))[self.rows_of(agency)]

    def settled(self, values: np.ndarray) -> np.ndarray:
        """Values with the breach of every shared rule as it is."""
        matrix, values = self.programme.matrix, values.copy()
        if "breach" in self.programme.columns:
            block = self.programme.columns["breach"]
            values[block.numbers] = 0.0
            reached, rows = matrix.times(values), np.flatnonzero(self._breach >= 0)
            lacking = np.maximum(
                matrix.row_lower[rows] - reached[rows], reached[rows] - matrix.row_upper[rows]
            )
            values[self._breach[rows]] = np.maximum(lacking, 0.0)
        return values


def read_own_goals(names: Sequence[str]) -> tuple[str, ...]:
    """Objectives of which each agency has a part of its own.

    Raises
    ------
    CannotAnswer
        If no agency has a part of its own in one of them.
    """
    for name in names:
        if name not in OWN_GOALS:
            raise CannotAnswer(
                f"no agency has a part of its own in the objective '{name}'; in a siloed place "
                f"choose from: {', '.join(OWN_GOALS)}"
            )
    return tuple(names)


def own_worth(name: str, basis: Basis, agency: int) -> np.ndarray:
    """What a unit is worth to an agency by its own part of an objective, outcomes x years.

    Its savings are those of the agencies it has taken over, too, by its share from then on.
    """
    outcomes = basis.outcomes
    if name == WEIGHTED:
        return outcomes.points
    saves = outcomes.agency_cashable if name == CASHABLE else outcomes.agency_fiscal
    saved = np.array([saves @ share for share in saving_shares(basis, agency)]).T
    if name in (FISCAL, CASHABLE):
        return outcomes.discounted(saved)
    return outcomes.discounted(saved, outcomes.economic + outcomes.social)


def saving_shares(basis: Basis, agency: int) -> np.ndarray:
    """Appraisal years x agencies: the share an agency has of what each saves."""
    ends, who = basis.successions, str(basis.agencies[agency])
    if not ends:
        return np.repeat(np.eye(len(basis.agencies))[None, agency], len(basis.appraisal), axis=0)
    held = [
        [ends.holders(str(of), year).get(who, 0.0) for of in basis.agencies] for year in basis.years
    ]
    last = np.minimum(np.arange(len(basis.appraisal)), len(basis.years) - 1)
    return np.array(held)[last]
