"""Example places: in the wheel, or in the folder datasets of a source checkout."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from placebudget.arguments import as_given, offered
from placebudget.errors import InvalidPlace
from placebudget.place.folder import PACKAGE
from placebudget.place.origin import read_from

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from placebudget.place.place import Place

_CHECKOUT = Path(__file__).resolve().parents[3] / "datasets"


def examples() -> list[str]:
    """Names of the example places, sorted.

    Examples
    --------
    >>> "toy_pooling" in examples()
    True
    """
    return sorted(_folders())


def example(name: str) -> Place:
    """Read an example place by name.

    Parameters
    ----------
    name : str
        One of :func:`examples`.

    Raises
    ------
    InvalidPlace
        If there is no such example.
    """
    from placebudget.place.reading import read_folder

    with example_folder(name) as folder:
        return read_from(read_folder(folder), name)


def example_folder(name: str) -> AbstractContextManager[Path]:
    """The folder of an example place, while it is in use.

    Raises
    ------
    InvalidPlace
        If there is no such example.
    """
    folders = _folders()
    if not isinstance(name, str) or name not in folders:
        said = f"There is no example place {as_given(name)}. Examples: {', '.join(sorted(folders))}"
        raise InvalidPlace(offered(said, name, folders))
    return as_file(folders[name])


def _folders() -> dict[str, Traversable]:
    for home in (files("placebudget") / "datasets", _CHECKOUT):
        if home.is_dir():
            return {
                folder.name: folder
                for folder in home.iterdir()
                if folder.is_dir() and (folder / PACKAGE).is_file()
            }
    return {}
