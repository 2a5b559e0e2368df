"""Templates filled in, every text in them escaped."""

from __future__ import annotations

from typing import Any

from placebudget.templates import templates
from placebudget.view.glossary import explained


def rendered(template: str, page: dict[str, Any]) -> str:
    """A template filled in; every text in it is escaped."""
    found = templates("placebudget.view").get_template(template)
    return found.render(page=page, explained=explained)
