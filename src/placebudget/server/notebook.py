"""The first notebook of a place: read it, check it, plan it, keep the plan."""

from __future__ import annotations

from typing import Any

FIRST_NOTEBOOK = "first_plan.ipynb"

_CELLS = (
    (
        "markdown",
        "# First plan\n\nWhat is the best use of this place's money, and how does it differ from "
        "today's? Run the cells from top to bottom: Run, Run All Cells.",
    ),
    ("code", 'import placebudget as pb\n\nplace = pb.read(".")\nprint(place.title)\nplace.check()'),
    ("markdown", "Today's spending and the best plan with the pools of the place, side by side:"),
    (
        "code",
        "today = pb.simulate(place)\n"
        'plan = pb.optimise(place, pooling="pooled")\n'
        "print(pb.compare(today, plan).summary())",
    ),
    ("markdown", "Where the money goes:"),
    ("code", "plan"),
    ("markdown", "What each rule costs, the dearest first:"),
    ("code", "plan.prices().head(10)"),
    (
        "markdown",
        "The plan as a file; double-click it in the file browser to look at it without running "
        "anything. It is a model: it ranks options by the figures in the tables, and it is no "
        "better than they are. Change a table, restart the kernel and run the cells again.",
    ),
    ("code", 'plan.to_json("first.plan.json")'),
)


def first_notebook() -> dict[str, Any]:
    """A notebook without outputs, in the format of Jupyter.

    Examples
    --------
    >>> [cell["cell_type"] for cell in first_notebook()["cells"]][:2]
    ['markdown', 'code']
    """
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {
        "cells": [_cell(number, *cell) for number, cell in enumerate(_CELLS, start=1)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(number: int, kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"first-{number}", "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return {**cell, "source": source}
