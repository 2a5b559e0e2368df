"""All that was changed at a desk, as an option or as a place."""

from __future__ import annotations

from dataclasses import replace

from placebudget.place import Option, Place
from placebudget.place.options import option_between
from placebudget.widgets.desk.figures import Figures


def as_option(name: str, origin: Place, place: Place, figures: Figures) -> tuple[Option, list[str]]:
    """What was edited, then what is switched and moved, as one option.

    Parameters
    ----------
    name : str
        Name of the option.
    origin : Place
        The place as the desk was opened with it.
    place : Place
        It with its tables as they were edited or repaired.
    figures : Figures
        What is switched and moved.

    Returns
    -------
    option : Option
        Of ``origin``.
    refused : list of str
        What no option may do, each with the reason.
    """
    figures = figures.within(place)
    written = set(zip(place.funding["stream"], place.funding["year"], strict=True))
    rows = {key: pounds for key, pounds in figures.funding.items() if key not in written}
    # Years of a stream that have no row yet come as rows of their own.
    edited, refused = option_between(name, origin, Figures(funding=rows).apply(place))
    paid_into = set(place.contributions["pool"])
    figures = replace(figures, closed=figures.closed & paid_into)
    return replace(edited, changes=(*edited.changes, *figures.option(name).changes)), refused


def with_figures(place: Place, figures: Figures) -> Place:
    """The place with what is switched and moved; nobody pays into a pool that is closed."""
    changed = figures.apply(place)
    paid = changed.contributions
    return changed.with_(contributions=paid[~paid["pool"].isin(figures.closed)])
