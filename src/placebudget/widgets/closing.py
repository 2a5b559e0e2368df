"""Widgets closed with all they are made of: ipywidgets closes one alone, and keeps the rest."""

from __future__ import annotations

import ipywidgets


def close_whole(*widgets: ipywidgets.Widget | None) -> None:
    """Close widgets, and before each all that stands in it: children, layout, style.

    Parameters
    ----------
    *widgets : Widget or None
        What is to be closed; what is closed already, or was never there, is passed over.

    Examples
    --------
    >>> inner = ipywidgets.HTML()
    >>> close_whole(ipywidgets.VBox([inner]))
    >>> inner.comm is None and inner.layout.comm is None
    True
    """
    for widget in widgets:
        if widget is None or widget.comm is None:
            continue
        for held in widget.trait_values(sync=True).values():
            parts = held if isinstance(held, tuple) else (held,)
            close_whole(*(each for each in parts if isinstance(each, ipywidgets.Widget)))
        widget.close()
