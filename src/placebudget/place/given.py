"""What people give where a place is needed: the place, its path, or the name of an example."""

from __future__ import annotations

import os
from typing import TypeAlias

from placebudget.errors import InvalidPlace
from placebudget.place.examples import examples
from placebudget.place.options import Option
from placebudget.place.place import Place
from placebudget.place.reading import read

PlaceLike: TypeAlias = Place | str | os.PathLike[str]


def as_place(given: PlaceLike) -> Place:
    """The place that is meant, read where it is not at hand yet.

    Every public function that starts from a place takes it through here.

    Parameters
    ----------
    given : Place, path or str
        A place; or what :func:`placebudget.read` reads: the path of a folder, an
        ``.xlsx`` or a ``.zip``, or the name of an example place.

    Raises
    ------
    InvalidPlace
        If it is neither, or cannot be read.

    Examples
    --------
    >>> as_place("toy_pooling").title
    'Toy place for pooling (invented)'
    >>> as_place(2027)
    Traceback (most recent call last):
    ...
    placebudget.errors.InvalidPlace: A place is needed here, and an object of type int is none. ...
    """
    if isinstance(given, Place):
        return given
    if isinstance(given, str | os.PathLike):
        return read(given)
    raise InvalidPlace(
        f"A place is needed here, and an object of type {type(given).__name__} is none. Give a "
        "place, the path of a folder, an .xlsx or a .zip, or the name of an example: "
        f"{', '.join(examples())}."
    )


def checked_place(given: PlaceLike, option: Option | str | None = None) -> Place:
    """The place that is meant, under an option, with nothing wrong in it.

    Parameters
    ----------
    given : Place, path or str
        As for :func:`as_place`.
    option : Option or str, optional
        An option to apply first, or the name of one stored beside the place.

    Raises
    ------
    InvalidPlace
        If it is no place, cannot be read, or has errors; all are named.
    WrongArgument
        If no such option is stored beside the place.
    InvalidOption
        If the option does not fit the place.

    Examples
    --------
    >>> checked_place("toy_pooling").name
    'toy_pooling'
    """
    place = as_place(given)
    place = place if option is None else place.with_option(option)
    place.check().raise_if_errors()
    return place
