"""Panels of text, tables and charts as widgets."""

from __future__ import annotations

import ipywidgets

from placebudget.view.panels import Panel


def shown(panel: Panel) -> ipywidgets.HTML:
    """A panel as a widget; every text in it is escaped."""
    return ipywidgets.HTML(panel.html(), layout=ipywidgets.Layout(width="auto", max_width="100%"))


def show_in(widget: ipywidgets.HTML, panel: Panel) -> None:
    """Another panel in a widget that is shown already."""
    widget.value = panel.html()
