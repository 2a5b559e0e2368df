"""A plan as a page and as what a notebook shows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from placebudget.paths import file_to_write
from placebudget.plan.drawing.drawing import MIME_TYPE, plan_drawing
from placebudget.plan.drawing.page import html_list, html_table, page
from placebudget.plan.drawing.tables import tables
from placebudget.plan.plan import Plan
from placebudget.plan.summary import summarised
from placebudget.writing import replace_with


def plan_page(plan: Plan, beside: Mapping[str, Plan] | None = None) -> str:
    """A plan as one stand-alone page with its drawing and its figures.

    Parameters
    ----------
    plan, beside
        As for :func:`~placebudget.plan.drawing.plan_drawing`.

    Returns
    -------
    str
        A whole HTML document that asks for nothing from elsewhere.

    Examples
    --------
    >>> import placebudget as pb
    >>> text = plan_page(pb.simulate(pb.example("toy_pooling")))
    >>> "Toyland Council" in text, "http-equiv" in text
    (True, True)
    """
    return page(plan_drawing(plan, beside), summarised(plan))


def write_page(
    plan: Plan, path: str | os.PathLike[str], beside: Mapping[str, Plan] | None = None
) -> Path:
    """Write the page of a plan; a reader never finds half of it.

    Parameters
    ----------
    plan, beside
        As for :func:`~placebudget.plan.drawing.plan_drawing`.
    path : path or str
        The file.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    WrongArgument
        If the path is none, or does not end in ``.html``.
    """
    goal = file_to_write(path, ".html", ".htm")
    content = plan_page(plan, beside).encode()
    replace_with(goal, content)
    return goal


def plan_bundle(plan: Plan) -> dict[str, Any]:
    """What a notebook shows of a plan: its drawing, or a table, or text.

    Parameters
    ----------
    plan : Plan
        Any plan.

    Returns
    -------
    dict
        By MIME type, the richest first; a page takes the first it knows.
    """
    drawing = plan_drawing(plan)
    said = summarised(plan)
    shown = "".join(html_table(table) for table in tables(drawing))
    return {
        MIME_TYPE: drawing,
        "text/html": f"{html_list(said)}{shown}",
        "text/plain": "\n".join(said.lines),
    }
