"""A programme as text that people can read, for tests: one line a constraint.

It is written from the labelled blocks alone, so that it does not depend on any
solver or on the version of PuLP.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from placebudget.programme import Programme
from placebudget.programme.linear import Columns, Draft, Rows, describe


def labels(draft: Draft) -> list[str]:
    """Label of every variable, by number."""
    return [
        describe(block, draft.names, at)
        for block in draft.columns.values()
        for at in range(len(block))
    ]


def rows_text(draft: Draft, names: Iterable[str]) -> str:
    """Constraints of some families: ``floor(rule, 2027-28): + 1 units(o, 2027-28) >= 3``."""
    variables = labels(draft)
    lines = [line for name in names for line in _rows(draft, draft.rows[name], variables)]
    return "\n".join(lines) + "\n"


def _rows(draft: Draft, block: Rows, variables: list[str]) -> Iterable[str]:
    for at in range(len(block)):
        mine = block.row == at
        together: dict[int, float] = {}
        for column, value in zip(block.column[mine], block.value[mine], strict=True):
            together[int(column)] = together.get(int(column), 0.0) + float(value)
        label = describe(block, draft.names, at)
        left = terms_text(together, variables)
        yield f"{label}: {left} {block.sense} {number(block.right[at])}"


def terms_text(terms: dict[int, float], variables: list[str]) -> str:
    """A sum: ``+ 1 units(o, 2027-28) - 0.5 start(o, 2027-28)``."""
    parts = [
        f"{'-' if value < 0 else '+'} {number(abs(value))} {variables[column]}"
        for column, value in sorted(terms.items())
        if value
    ]
    return " ".join(parts) or "0"


def cost_text(name: str, cost: np.ndarray, draft: Draft) -> str:
    """A weighted sum of variables: ``public value: + 3 step_units(...)``."""
    terms = {int(column): float(cost[column]) for column in np.flatnonzero(cost)}
    return f"{name}: {terms_text(terms, labels(draft))}\n"


def bounds_text(programme: Programme, names: Iterable[str]) -> str:
    """Bounds of some families of variables: ``0 <= carry(tax, 2027-28) <= 0.5``."""
    lines = []
    for name in names:
        block: Columns = programme.columns[name]
        for at in range(len(block)):
            label = describe(block, programme.draft.names, at)
            kind = " whole" if block.integer else ""
            lines.append(f"{number(block.lower[at])} <= {label} <= {number(block.upper[at])}{kind}")
    return "\n".join(lines) + "\n"


def number(value: float) -> str:
    """Ten digits: more than a reader needs, fewer than machines differ by."""
    return f"{float(value):.10g}"
