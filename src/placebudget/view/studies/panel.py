"""A study as part of a page, for notebooks and boards."""

from __future__ import annotations

from itertools import count

from placebudget.study.result import MODELLED, Result
from placebudget.view.panels import Panel
from placebudget.view.studies.page import notes_of, study_view

# Several panels stand in one page, and no id may be there twice.
_numbers = count(1)


def study_panel(found: Result) -> Panel:
    """A study as part of a page, for notebooks and boards.

    Examples
    --------
    >>> import placebudget as pb
    >>> html = study_panel(pb.sharing(pb.example("toy_pooling"))).html()
    >>> "would have no incentive to take part" in html
    True
    """
    view = study_view(found, f"study-{next(_numbers)}")
    said = found.summarised().paragraphs
    return Panel(
        found.title,
        sentences=[each.text for each in said if each.text],
        points=[point for each in said for point in each.points],
        charts=view.charts,
        grids=view.grids,
        note=" ".join([*notes_of(found), MODELLED]),
        glossary=True,
    )
