"""The partners of a place: agencies that act together in a game."""

from __future__ import annotations

from dataclasses import dataclass

from placebudget.place import Place
from placebudget.words import plain, sentence


@dataclass(frozen=True)
class Partners:
    """The partners of a place.

    Parameters
    ----------
    keys : tuple of str
        Partners that hold money or commission services, sorted.
    idle : tuple of str
        The others: they may save, but nobody gains by their joining.
    names : dict
        How each is called.
    of_agency : dict
        Partner of each agency.
    """

    keys: tuple[str, ...]
    idle: tuple[str, ...]
    names: dict[str, str]
    of_agency: dict[str, str]

    @classmethod
    def of(cls, place: Place) -> Partners:
        """The partners of a place: agencies with the same ``partner`` act together."""
        table = place.filled("agencies").sort_values("agency", kind="stable")
        partner = table["partner"].fillna(table["agency"])
        of_agency = dict(zip(table["agency"], partner, strict=True))
        called = table["name"].fillna(table["agency"])
        names: dict[str, str] = {}
        for key in sorted(set(partner)):
            own = called[partner == key]
            names[key] = str(own.iloc[0]) if len(own) == 1 else sentence(plain(key))
        acting = {of_agency[a] for a in place.streams["agency"]}
        acting |= {of_agency[a] for a in place.services["commissioner"]}
        idle = sorted(set(names) - acting)
        return cls(tuple(sorted(acting)), tuple(idle), names, of_agency)
