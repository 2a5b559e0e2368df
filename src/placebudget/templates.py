"""Templates of pages: every text that is filled in is escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def templates(*packages: str) -> Environment:
    """The templates of some packages; where two have one name, the first package's.

    Parameters
    ----------
    *packages : str
        Names of packages, each with a folder ``templates``.

    Examples
    --------
    >>> templates("placebudget.view").from_string("<p>{{ text }}</p>").render(text="Care & health")
    '<p>Care &amp; health</p>'
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
