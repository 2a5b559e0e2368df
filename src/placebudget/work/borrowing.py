"""The library in a session of work: what was looked for, and what is used of it, as an option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from placebudget.errors import CannotAnswer
from placebudget.knowledge import Library
from placebudget.place import Option, Place
from placebudget.work.asking import Entered

ANY = ""
"""Every grade, or every direction."""
DIRECTIONS = {
    ANY: "Whatever was found",
    "benefit": "It helped",
    "null": "No effect was found",
    "harm": "It did harm",
    "mixed": "Good and bad",
}
FIGURES = {
    "baseline": "Baseline here",
    "per_unit": "Outcomes for each one counted",
    "engagement": "Engagement, a share",
    "retention": "Retention, a share",
    "deadweight": "Deadweight, a share",
}
"""What the place has to say beside an estimate, where that leaves it open."""


@dataclass(frozen=True)
class Sought:
    """What is looked for in the library.

    Parameters
    ----------
    words : str
        All of them are to stand in a row.
    grade, direction : str
        Only these; blank: any.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = Sought("falls", direction="null").in_library(pb.library())
    >>> found["estimate"].tolist()
    ['fractures_screening_2020']
    """

    words: str = ""
    grade: str = ANY
    direction: str = ANY

    def in_library(self, library: Library) -> pd.DataFrame:
        """Estimates that were found, those of one outcome together, what did nothing among them."""
        given = {"grade": self.grade, "direction": self.direction}
        return library.search(self.words, **{name: value for name, value in given.items() if value})


def first_of(place: Place, library: Library, estimate: str) -> tuple[str, str]:
    """The service and the outcome of a place that an estimate is likely to be meant for.

    Examples
    --------
    >>> import placebudget as pb
    >>> first_of(pb.example("stockport"), pb.library(), "falls_tai_chi_2020")
    ('falls_prevention', 'falls')
    """
    row = library.estimates.set_index("estimate").loc[estimate]
    usual = library.interventions.set_index("intervention")["service"].get(row["intervention"])
    return _nearest(place.services["service"], usual), _nearest(
        place.outcomes["outcome"], row["outcome"]
    )


def _nearest(keys: Sequence[str] | pd.Series, wanted: object) -> str:
    """The key that is wanted, else one that begins with it, else the first."""
    known = [str(each) for each in keys]
    begins = [each for each in known if isinstance(wanted, str) and each.startswith(wanted)]
    return next((each for each in known if each == wanted), (begins or known)[0])


def used(library: Library, place: Place, given: Mapping[str, object]) -> Option:
    """The option by which a place takes up an estimate, of what stands in the boxes of a form.

    Parameters
    ----------
    given : mapping of str to object
        estimate, service, outcome, size, reason, and :data:`FIGURES` as they were typed.

    Raises
    ------
    InvalidChoice
        If a figure is no number.
    CannotAnswer
        If it cannot be used there, with all that stands against it.
    """
    entered = Entered(given)
    figures: dict[str, Any] = {name: entered.plain(name, label) for name, label in FIGURES.items()}
    entered.done()
    estimate = entered.text("estimate")
    if not estimate:
        raise CannotAnswer("Choose an estimate first.")
    return library.use(
        place,
        entered.text("service"),
        estimate,
        entered.text("outcome") or None,
        reason=entered.text("reason"),
        size=entered.text("size") or "middle",
        **figures,
    )
