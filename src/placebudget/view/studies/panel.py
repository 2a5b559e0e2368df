"""A study as part of a page, for notebooks and boards."""

from __future__ import annotations

from itertools import count

from placebudget.study.result import MODELLED, Answer
from placebudget.view.panels import Panel
from placebudget.view.studies.page import notes_of, study_view

# Several panels stand in one page, and no id may be there twice.
_numbers = count(1)


def study_panel(found: Answer) -> Panel:
    """A study as part of a page, for notebooks and boards.

    Examples
    --------
    >>> import placebudget as pb
    >>> html = study_panel(pb.sharing(pb.example("toy_pooling"))).html()
    >>> "would have no incentive to take part" in html
    True
    """
    view = study_view(found, f"study-{next(_numbers)}")
    lines = [line for line in found.summary().splitlines()[1:] if line != MODELLED]
    return Panel(
        found.title,
        sentences=[line for line in lines if not line.startswith("- ")],
        points=[line[2:] for line in lines if line.startswith("- ")],
        charts=view.charts,
        grids=view.grids,
        note=" ".join([*notes_of(found), MODELLED]),
        glossary=True,
    )
