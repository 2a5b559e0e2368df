"""The potential in its parts as a board asks for it: which parts, which cuts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from placebudget.apps.asked.entered import Entered
from placebudget.study import Potential, potential

if TYPE_CHECKING:
    from placebudget.apps.meeting import BoardAnswer
    from placebudget.apps.studies import Request

CUTS = (0.1, 0.2, 0.3, 0.4)


@dataclass(frozen=True)
class Barriers:
    """What is taken apart.

    Parameters
    ----------
    pools, fences : bool
        Whether each pool is looked at alone, and each ring-fence.
    cuts : bool
        Whether budgets are cut by 10, 20, 30 and 40 per cent as well; that takes five times
        as long, so a board does it only when somebody wants it.
    """

    pools: bool = True
    fences: bool = True
    cuts: bool = False

    @classmethod
    def of(cls, found: Potential) -> Barriers:
        """What an answer was asked with."""
        asked = found.asked
        return cls(bool(asked["pools"]), bool(asked["ring_fences"]), bool(asked["cuts"]))

    @classmethod
    def read(cls, given: Mapping[str, Any], answer: BoardAnswer, file: bytes | None) -> Barriers:
        """What a reader asks for.

        Raises
        ------
        InvalidChoice
            If nothing is asked for.
        """
        entered = Entered(given)
        asked = cls(entered.on("pools"), entered.on("fences"), entered.on("cuts"))
        if not (asked.pools or asked.fences or asked.cuts):
            entered.wrong("pools", "What is looked at: tick at least one.")
        entered.done()
        return asked


def barriers(request: Request) -> Potential:
    """Take the potential of a place apart."""
    asked = request.settings if isinstance(request.settings, Barriers) else Barriers()
    return potential(
        request.place, pools=asked.pools, ring_fences=asked.fences,
        cuts=CUTS if asked.cuts else (), seconds=request.seconds, stop=request.stop,
        progress=request.stage,
    )  # fmt: skip
