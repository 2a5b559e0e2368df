"""Plans side by side."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets

from placebudget.place.reading import PlaceLike
from placebudget.plan import compare
from placebudget.plan.reading import PlanLike
from placebudget.view.panels import change_panel
from placebudget.widgets.panels import shown


def compare_view(
    *plans: PlanLike,
    places: PlaceLike | Sequence[PlaceLike | None] | None = None,
    names: Sequence[str] = (),
) -> ipywidgets.HTML:
    """What went into plans, what came out, and how they differ from the first.

    Parameters
    ----------
    plans : Plan or path
        Two or more, or their ``*.plan.json``.
    places, names : optional
        As for :func:`placebudget.compare`.

    Returns
    -------
    ipywidgets.HTML
        Sentences and tables.

    Raises
    ------
    WrongArgument
        If there is only one plan.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> view = pb.widgets.compare_view(pb.simulate(place), pb.optimise(place, prices=False))
    >>> "Public value" in view.value
    True
    """
    return shown(change_panel(compare(*plans, places=places, names=names)))
