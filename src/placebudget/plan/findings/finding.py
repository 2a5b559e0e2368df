"""One thing that a plan must admit, as data: what it is about, its figures, how bad it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

KEYS = (
    "service", "area", "agency", "outcome", "rule", "basis", "beside", "duty", "source", "offer",
    "provider", "loan", "gateway",
)  # fmt: skip
"""What a finding may be about; ``beside``: the plan that it is measured against."""
TODAY = "today"
"""What today is called where a plan is measured against it."""
POUNDS, SHARE = "pounds", "share"
HALF = 0.5
"""A share of a gain beyond which it is said to rest on figures that are illustrative."""


@dataclass(frozen=True)
class PlanFinding:
    """One thing that a plan must admit.

    Parameters
    ----------
    code : str
        Short kebab-case name of the kind of finding.
    keys : mapping of str to str
        What it is about: keys of the place, by the name of their column.
    figures : mapping of str to (float, str)
        Its figures, each with its unit.
    years : tuple of str
        Years in which it is so; none: all years together.
    size : float
        How bad it is beside others of its kind.

    Examples
    --------
    >>> found = PlanFinding("agency-saves-less", {"agency": "nhs"}, {"less": (5e6, "pounds")})
    >>> found["less"]
    5000000.0
    """

    code: str
    keys: Mapping[str, str]
    figures: Mapping[str, tuple[float, str]]
    years: tuple[str, ...] = ()
    size: float = 0.0

    def __getitem__(self, figure: str) -> float:
        """A figure, without its unit."""
        return self.figures[figure][0]
