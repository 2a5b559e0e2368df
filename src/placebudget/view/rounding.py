"""Rounding a table so that it adds up along its rows and down its columns."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

_SOURCE, _SINK = "source", "sink"
# Whole-number costs of the flow; a total off its nearer step weighs more than a figure.
_WEIGHT, _OF_TOTALS = 1_000_000, 10


def add_up_both_ways(table: pd.DataFrame, digits: int = 0) -> pd.DataFrame:
    """Round every figure up or down so that rows, columns and the whole add up.

    Each figure, each row's total and each column's total goes to one of its two
    neighbouring steps, and the grand total to the nearer one. Such a rounding
    always exists: it is a flow of whole numbers from rows to columns between
    lower and upper bounds that the unrounded table itself keeps. Among them, one
    with the least change is taken, of totals first.

    Parameters
    ----------
    table : DataFrame
        Finite figures without totals.
    digits : int
        Decimal places to keep.

    Returns
    -------
    DataFrame
        The rounded figures; its sums are the rounded totals.

    Raises
    ------
    ValueError
        If a figure is blank or not finite: blank is not zero.

    References
    ----------
    L. H. Cox, "A constructive procedure for unbiased controlled rounding",
    Journal of the American Statistical Association 82 (1987), 520-524.

    Examples
    --------
    >>> table = pd.DataFrame({"2027-28": [0.6, 0.6], "2028-29": [0.6, 0.2]})
    >>> add_up_both_ways(table).to_numpy().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    values = table.to_numpy(float)
    if not np.isfinite(values).all():
        raise ValueError("only finite figures can be rounded to add up; leave blanks out")
    scale = 10.0**digits
    # Nine decimals of a step: what floating point adds must not move a figure.
    steps = np.round(values * scale, 9)
    rounded = np.floor(steps) + _cells_that_go_up(steps)
    return pd.DataFrame(rounded / scale, index=table.index, columns=table.columns)


def _cells_that_go_up(steps: np.ndarray) -> np.ndarray:
    """One where a figure goes up a step, by a flow with lower bounds."""
    import networkx as nx

    left = steps - np.floor(steps)
    graph: nx.DiGraph = nx.DiGraph()
    demand: dict[object, int] = {_SOURCE: 0, _SINK: 0}

    def edge(tail: object, head: object, amount: float, importance: int = 1) -> None:
        least, part = math.floor(amount), amount - math.floor(amount)
        demand[tail] = demand.get(tail, 0) + least
        demand[head] = demand.get(head, 0) - least
        # Going up costs what it adds less what it saves: 1 - 2 x part.
        cost = round(_WEIGHT * importance * (1 - 2 * part))
        graph.add_edge(tail, head, capacity=math.ceil(part), weight=cost)

    for r, total in enumerate(np.round(left.sum(axis=1), 6)):
        edge(_SOURCE, ("row", r), float(total), _OF_TOTALS)
    for c, total in enumerate(np.round(left.sum(axis=0), 6)):
        edge(("column", c), _SINK, float(total), _OF_TOTALS)
    for r, c in np.argwhere(left > 0):
        edge(("row", int(r)), ("column", int(c)), float(left[r, c]))
    edge(_SINK, _SOURCE, math.floor(round(float(left.sum()), 6) + 0.5))
    nx.set_node_attributes(graph, demand, "demand")
    flow = nx.min_cost_flow(graph)
    up = np.zeros(steps.shape)
    for r, c in np.argwhere(left > 0):
        up[r, c] = flow["row", int(r)]["column", int(c)]
    return up
