"""Write the whole programme of a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from placebudget.place import Place, RuleKind
from placebudget.place.conditions import Pooling
from placebudget.programme import blocks, rules, variables
from placebudget.programme.basis import Basis, Shortfall
from placebudget.programme.each_for_itself import let_shared_rules_give_way
from placebudget.programme.linear import Columns, Draft, Matrix, Rows, assemble, describe
from placebudget.programme.lines import UnitScale
from placebudget.programme.objectives import Objective, add_objectives


@dataclass(frozen=True)
class Programme:
    """A place's linear programme: labelled blocks, one matrix, its objectives."""

    basis: Basis
    draft: Draft
    matrix: Matrix
    objectives: tuple[Objective, ...]
    benchmarks: Mapping[str, rules.Benchmark]
    ordered: bool = False

    @property
    def columns(self) -> dict[str, Columns]:
        """Families of variables by name."""
        return self.draft.columns

    @property
    def rows(self) -> dict[str, Rows]:
        """Families of constraints by name."""
        return self.draft.rows

    def rule_rows(self) -> Iterator[tuple[RuleKind, Rows]]:
        """Families of constraints that rules stand in, with what is known of their kind."""
        for block in self.rows.values():
            if len(block.index.get("rule", ())):
                yield self.basis.rules[int(block.index["rule"][0])].record, block

    def rows_of(self, rule: rules.Rule) -> Iterator[tuple[Rows, np.ndarray]]:
        """Families of constraints a rule stands in, and which of theirs are its own."""
        for _, block in self.rule_rows():
            mine = block.index["rule"] == rule.number
            if mine.any():
                yield block, mine

    def column_label(self, number: int) -> str:
        """What a variable means."""
        return self._label(self.columns, number)

    def row_label(self, number: int) -> str:
        """What a constraint means."""
        return self._label(self.rows, number)

    def _label(self, families: Mapping[str, Columns] | Mapping[str, Rows], number: int) -> str:
        for block in families.values():
            if block.first <= number < block.first + len(block):
                return describe(block, self.draft.names, number - block.first)
        raise IndexError(number)

    def take(self, name: str, values: np.ndarray) -> np.ndarray:
        """Values of one family of variables; empty where there is none."""
        block = self.columns.get(name)
        return np.zeros(0) if block is None else values[block.first : block.first + len(block)]


def build(
    place: Place,
    pooling: Pooling,
    *,
    objectives: Sequence[str] = ("public value",),
    reinvest: float = 0.0,
    benchmarks: Mapping[str, rules.Benchmark] | None = None,
    scale: UnitScale | None = None,
    probe: bool = False,
    ordered: bool = False,
    shortfall: Shortfall | None = None,
    gave_way: Mapping[tuple[str, str, str], tuple[float, float]] | None = None,
) -> Programme:
    """Write the programme of a place.

    Parameters
    ----------
    place : Place
        A place that has passed its checks.
    pooling : Pooling
        How its money may come together.
    objectives : sequence of str
        Objectives, first things first.
    reinvest : float
        Share of recurrent cashable savings that is delivered and spent again.
    benchmarks : mapping of str to Benchmark, optional
        What working apart gives each agency with a rule ``no_worse_off``.
    scale : UnitScale, optional
        Units of money and services; default £ million and thousand units.
    probe : bool
        Whether to add a class of free money, without funding.
    ordered : bool
        Whether to say in whole numbers that steps of returns are filled in order
        where an equity floor could ask for another.
    shortfall : Shortfall, optional
        How much need may go unmet at most; left out, all need is met that must be.
    gave_way : mapping, optional
        Where services without effects cannot keep today's money, as in the basis.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.programme import build, read_pooling
    >>> place = pb.example("toy_pooling")
    >>> programme = build(place, read_pooling(place, "aligned"))
    >>> sorted(programme.rows)
    ['class_balance', 'delivery', 'line_cost']
    """
    basis = Basis(place, pooling, reinvest, scale or UnitScale(), probe, shortfall, gave_way or {})
    return write(basis, objectives, benchmarks, ordered)


def write(
    basis: Basis,
    objectives: Sequence[str],
    benchmarks: Mapping[str, rules.Benchmark] | None = None,
    ordered: bool = False,
) -> Programme:
    """Write a programme from its basis; see :func:`build`."""
    draft = Draft()
    variables.money_columns(draft, basis)
    variables.pool_columns(draft, basis)
    variables.class_columns(draft, basis)
    variables.unit_columns(draft, basis)
    variables.lot_columns(draft, basis)
    variables.name_dimensions(draft, basis)
    blocks.counted_columns(draft, basis)
    blocks.need_columns(draft, basis)
    blocks.target_columns(draft, basis)
    blocks.loan_columns(draft, basis)
    blocks.class_balance(draft, basis)
    blocks.pool_balance(draft, basis)
    blocks.pooled_today(draft, basis)
    blocks.line_cost(draft, basis)
    blocks.delivery(draft, basis)
    blocks.lots(draft, basis)
    blocks.leaving(draft, basis)
    blocks.choices(draft, basis)
    blocks.sharing(draft, basis)
    blocks.levels(draft, basis)
    blocks.step_order(draft, basis, ordered)
    blocks.counted_rows(draft, basis)
    blocks.at_risk_rows(draft, basis)
    blocks.targets(draft, basis)
    blocks.need_rows(draft, basis)
    rules.write_rules(draft, basis, benchmarks or {})
    if basis.pooling.siloed:
        let_shared_rules_give_way(draft, basis)
    chosen = add_objectives(objectives, draft, basis)
    return Programme(basis, draft, assemble(draft), chosen, dict(benchmarks or {}), ordered)
