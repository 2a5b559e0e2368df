"""What a plan is to make the most of, as a gain on every variable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Objective:
    """One objective, ready for the solver.

    Parameters
    ----------
    name : str
        As a user writes it.
    unit : str
        Unit in which its value is shown.
    gain : ndarray
        What one more of each variable adds, in scaled units.
    scale : float
        Turns the scaled value into ``unit``.
    leximin : bool
        Whether the worst is raised first, then the next worst, and so on.
    """

    name: str
    unit: str
    gain: np.ndarray
    scale: float
    leximin: bool = False
