"""Colours, and what each stands for wherever it is shown.

UK Government Analysis Function, Data visualisation: colours, 2022. No colour speaks
alone: marks have shapes, bars have an order, and both have words beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

BLUE, TEAL, PLUM, ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"
GREY, LILAC = "#3D3D3D", "#A285D1"
PALETTE = (BLUE, ORANGE, TEAL, PLUM, LILAC, GREY)

MEANINGS: Mapping[str, str] = {
    "today": ORANGE,
    "siloed": GREY,
    "best aligned": PLUM,
    "best pooled": BLUE,
    "best freed": TEAL,
    "proposed": BLUE,
    "fiscal": BLUE,
    "economic": TEAL,
    "social": PLUM,
    "cashable": PLUM,
    "not cashable": LILAC,
    "gain": TEAL,
    "loss": PLUM,
    "raised locally": BLUE,
    "raised nationally": ORANGE,
    "reinvested": TEAL,
}
"""What has a colour of its own, by the words it is shown under, in small letters."""

ON_DARK: Mapping[str, str] = {
    BLUE: "#7DB4E6",
    TEAL: "#45CBC0",
    PLUM: "#EA8DC0",
    ORANGE: "#F99A66",
    GREY: "#B3B8BD",
    LILAC: "#C9B3F0",
}
"""The same colours where the paper is dark."""


def colours(names: Sequence[str]) -> list[str]:
    """A colour for each of some series: its own where it has one, else the next that is free.

    Examples
    --------
    >>> colours(["Today", "Best pooled"]) == [ORANGE, BLUE]
    True
    >>> colours(["council tax", "grants"]) == [BLUE, ORANGE]
    True
    """
    own = [_own(name) for name in names]
    free = [colour for colour in PALETTE if colour not in own]
    return [colour or free.pop(0) for colour in own]


def _own(name: str) -> str:
    words = name.lower()
    return MEANINGS.get(words) or MEANINGS.get(f"best {words}", "")
