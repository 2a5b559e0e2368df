"""Names as they should be read, with whose it is wherever one name stands for several services."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from placebudget.place.place import Place

_KEYED = {
    "service": "services",
    "area": "areas",
    "agency": "agencies",
    "pool": "pools",
    "outcome": "outcomes",
    "stream": "streams",
}
_SERVICE = "service"


class Names:
    """Names of what a place's keys stand for, in which every service can be told from every other.

    A service whose name others share is followed by who commissions it in brackets,
    and by its area or key where that does not tell it apart either.

    Parameters
    ----------
    place : Place
        The place.

    Examples
    --------
    >>> import placebudget as pb
    >>> names = Names(pb.example("lancashire"))
    >>> names.of("service", "home_care_blackpool")
    'home care (Blackpool Council)'
    >>> names.of("service", "community_nursing")
    'community nursing'
    """

    def __init__(self, place: Place) -> None:
        self._names: dict[str, dict[str, str]] = {}
        for column, table in _KEYED.items():
            frame = place.tables[table]
            pairs = zip(frame[column], frame["name"], strict=True)
            self._names[column] = {k: k if pd.isna(n) else str(n) for k, n in pairs}
        self._whose = _whose(place, self)
        self._together: Mapping[str, str] = {}

    def of(self, column: str, key: str) -> str:
        """Name of a key; a service that shares its name is told apart."""
        name = self.bare(column, key)
        if column != _SERVICE:
            return name
        if key in self._together:
            return self._together[key]
        return f"{name} ({self._whose[key]})" if key in self._whose else name

    def bare(self, column: str, key: str) -> str:
        """Name of a key; words as they stand, underscores as spaces, where it has none."""
        name = self._names.get(column, {}).get(key, key)
        return name if name != key else key.replace("_", " ")

    def spoken_together(self, keys: Iterable[str]) -> Names:
        """The names where these services are spoken of together.

        Those of one name are said once, with all whose they are; and without, where all
        services of that name are among them.

        Examples
        --------
        >>> import placebudget as pb
        >>> names = Names(pb.example("lancashire"))
        >>> two = ["home_care_blackburn", "home_care_blackpool"]
        >>> names.spoken_together(two).of("service", "home_care_blackpool")
        'home care (Blackburn with Darwen Borough Council and Blackpool Council)'
        >>> names.spoken_together([*two, "home_care"]).of("service", "home_care")
        'home care'
        """
        alike: dict[str, list[str]] = defaultdict(list)
        for key in dict.fromkeys(keys):
            alike[self.bare(_SERVICE, key)].append(key)
        every = Counter(self.bare(_SERVICE, key) for key in self._whose)
        together: dict[str, str] = {}
        for name, mine in alike.items():
            if len(mine) > 1:
                whose = listed([self._whose[key] for key in mine])
                said = name if len(mine) == every[name] else f"{name} ({whose})"
                together |= dict.fromkeys(mine, said)
        found = object.__new__(Names)
        found._names, found._whose, found._together = self._names, self._whose, together
        return found


def _whose(place: Place, names: Names) -> dict[str, str]:
    """What tells each service apart that shares its name."""
    table = place.services
    called = {str(key): names.bare(_SERVICE, str(key)) for key in table["service"]}
    shared = Counter(called.values())
    whose = {
        str(key): names.of("agency", str(agency))
        for key, agency in zip(table["service"], table["commissioner"], strict=True)
        if shared[called[str(key)]] > 1
    }
    offered: dict[str, set[str]] = defaultdict(set)
    rows = place.offers[["service", "area"]].dropna()
    for key, area in zip(rows["service"].tolist(), rows["area"].tolist(), strict=True):
        offered[key].add(area)
    for still in (lambda key: _area(offered, names, key), lambda key: key.replace("_", " ")):
        count = Counter((called[key], said) for key, said in whose.items())
        for key, said in whose.items():
            if count[called[key], said] > 1 and (more := still(key)):
                whose[key] = f"{said}, {more}"
    return whose


def _area(offered: Mapping[str, set[str]], names: Names, key: str) -> str:
    """The one area in which a service is offered; empty where there are several or none."""
    areas = offered.get(key, set())
    return names.of("area", str(next(iter(areas)))) if len(areas) == 1 else ""


def listed(texts: Iterable[str]) -> str:
    """Texts as a list in a sentence, each once.

    Examples
    --------
    >>> listed(["a", "b", "b", "c"])
    'a, b and c'
    """
    said = list(dict.fromkeys(texts))
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
