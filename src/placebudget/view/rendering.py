"""Templates filled in, every text in them escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from placebudget.view.glossary import explained

if TYPE_CHECKING:
    from jinja2 import Environment


def rendered(template: str, page: dict[str, Any]) -> str:
    """A template filled in; every text in it is escaped."""
    return _environment().get_template(template).render(page=page)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("placebudget.view"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["explained"] = explained
    return environment
