"""Widgets for notebooks and boards: the same in JupyterLab, Notebook and Voila.

Each name is loaded when it is first asked for, so that the package does not load
what draws in a page before somebody wants to see something.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from placebudget.widgets.desk import desk
    from placebudget.widgets.editors import rule_editor, table_editor
    from placebudget.widgets.panels import (
        compare_view,
        plan_view,
        price_table,
        savings_chart,
        study_view,
    )

__all__ = [
    "compare_view",
    "desk",
    "plan_view",
    "price_table",
    "rule_editor",
    "savings_chart",
    "study_view",
    "table_editor",
]


_EDITORS = ("rule_editor", "table_editor")


class _Face(ModuleType):
    """The module of this package: one of its functions stands in a part of its name."""

    def __setattr__(self, name: str, value: Any) -> None:
        # Loading a module puts it here under its name; the function is what is meant.
        if name in __all__ and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face


def __getattr__(name: str) -> Any:
    if name in __all__:
        module = name if name == "desk" else "editors" if name in _EDITORS else "panels"
        return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
