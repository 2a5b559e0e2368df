"""Rounding a table so that it adds up down its columns, and along its rows where they do."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

_SOURCE, _SINK = "source", "sink"
# Whole-number costs of the flow; a total off its nearer step weighs more than a figure.
_WEIGHT, _OF_TOTALS = 1_000_000, 10
# What differs by less than this part of a step is the same, and must read so.
_SAME = 0.01


def add_up_side_by_side(table: pd.DataFrame, digits: int = 0) -> pd.DataFrame:
    """Round columns so that each adds up, and what is the same in all reads the same.

    Every figure goes to one of its two neighbouring steps and every column's total to the
    nearer one. A row that is the same in every column, such as a service that a rule keeps
    as it is, would otherwise seem to change wherever another row does.

    Parameters
    ----------
    table : DataFrame
        Finite figures without totals: parts as rows, plans as columns.
    digits : int
        Decimal places to keep.

    Returns
    -------
    DataFrame
        The rounded figures. Where no such rounding adds up, as may be if hardly any row
        differs, columns are rounded one by one.

    Raises
    ------
    ValueError
        If a figure is blank or not finite: blank is not zero.

    Examples
    --------
    >>> table = pd.DataFrame({"Today": [0.26, 0.3, 0.3], "Best": [0.26, 0.4, 0.2]})
    >>> add_up_side_by_side(table).to_numpy().tolist()
    [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    """
    steps = _steps(table, digits)
    if not steps.size:
        return table.astype(float)
    low = np.floor(steps)
    left = steps - low
    part = left.mean(axis=1)
    # How many figures of each column go up a step, for its total to be the nearer one.
    ups = (np.floor(np.round(steps.sum(axis=0), 6) + 0.5) - low.sum(axis=0)).astype(int)
    # A row just beside a step has another floor in another column: it is not held.
    same = (np.ptp(steps, axis=1) < _SAME) & (np.ptp(low, axis=1) == 0)
    # Of the rows that are the same as many go up as are nearer to it, as far as the others,
    # column by column, can make up for that.
    least = int((ups - (left[~same] > 0).sum(axis=0)).max().clip(0))
    most = int(min(ups.min(), (part[same] > 0).sum()))
    if least > most:
        same[:], least, most = False, 0, 0
    held = int((part[same] >= 0.5).sum().clip(least, most))
    rounded = low.copy()
    rounded[_largest(np.where(same, part, -1.0), held)] += 1
    for column, up in enumerate(ups - held):
        rounded[_largest(np.where(same, -1.0, left[:, column]), up), column] += 1
    return pd.DataFrame(rounded / 10.0**digits, index=table.index, columns=table.columns)


def _largest(left: np.ndarray, count: int) -> np.ndarray:
    """Numbers of those that lost most, the first of equals first."""
    return np.argsort(-np.round(left, 9), kind="stable")[:count]


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
    steps = _steps(table, digits)
    rounded = np.floor(steps) + _cells_that_go_up(steps)
    return pd.DataFrame(rounded / 10.0**digits, index=table.index, columns=table.columns)


def _steps(table: pd.DataFrame, digits: int) -> np.ndarray:
    """Figures in steps of their last digit that is shown."""
    values = table.to_numpy(float)
    if not np.isfinite(values).all():
        raise ValueError("only finite figures can be rounded to add up; leave blanks out")
    # Nine decimals of a step: what floating point adds must not move a figure.
    return np.round(values * 10.0**digits, 9)


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
