"""Names as they should be read, with whose it is wherever one name stands for several services."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.place import Place
from placebudget.place.rule_words import Names, rule_words, subject_words
from placebudget.place.subjects import parse_subject

if TYPE_CHECKING:
    from placebudget.plan.plan import Plan

_SERVICE = "service"


class NamesApart(Names):
    """Names of a place in which every service can be told from every other.

    A service whose name others share is followed by who commissions it in brackets,
    and by its area or key where that does not tell it apart either.

    Parameters
    ----------
    place : Place
        The place.

    Examples
    --------
    >>> import placebudget as pb
    >>> names = NamesApart(pb.example("lancashire"))
    >>> names.of("service", "home_care_blackpool")
    'home care (Blackpool Council)'
    >>> names.of("service", "community_nursing")
    'community nursing'
    """

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        streams = zip(place.streams["stream"], place.streams["name"], strict=True)
        self._names["stream"] = {k: k if pd.isna(n) else str(n) for k, n in streams}
        self._whose = _whose(place, Names(place))
        self._together: Mapping[str, str] = {}

    def of(self, column: str, key: str) -> str:
        """Name of a key; a service that shares its name is told apart."""
        name = super().of(column, key)
        if column != _SERVICE:
            return name
        if key in self._together:
            return self._together[key]
        return f"{name} ({self._whose[key]})" if key in self._whose else name

    def spoken_together(self, keys: Iterable[str]) -> NamesApart:
        """The names where these services are spoken of together.

        Those of one name are said once, with all whose they are; and without, where all
        services of that name are among them.

        Examples
        --------
        >>> import placebudget as pb
        >>> names = NamesApart(pb.example("lancashire"))
        >>> two = ["home_care_blackburn", "home_care_blackpool"]
        >>> names.spoken_together(two).of("service", "home_care_blackpool")
        'home care (Blackburn with Darwen Borough Council and Blackpool Council)'
        >>> names.spoken_together([*two, "home_care"]).of("service", "home_care")
        'home care'
        """
        alike: dict[str, list[str]] = defaultdict(list)
        for key in dict.fromkeys(keys):
            alike[super().of(_SERVICE, key)].append(key)
        every = Counter(super(NamesApart, self).of(_SERVICE, key) for key in self._whose)
        together: dict[str, str] = {}
        for name, mine in alike.items():
            if len(mine) > 1:
                whose = listed([self._whose[key] for key in mine])
                said = name if len(mine) == every[name] else f"{name} ({whose})"
                together |= dict.fromkeys(mine, said)
        found = object.__new__(NamesApart)
        found._names, found._whose, found._together = self._names, self._whose, together
        return found


def _whose(place: Place, names: Names) -> dict[str, str]:
    """What tells each service apart that shares its name."""
    table = place.services
    called = {str(key): names.of(_SERVICE, str(key)) for key in table["service"]}
    shared = Counter(called.values())
    whose = {
        str(key): names.of("agency", str(agency))
        for key, agency in zip(table["service"], table["commissioner"], strict=True)
        if shared[called[str(key)]] > 1
    }
    offered = place.offers.groupby("service")["area"].agg(lambda areas: set(areas.dropna()))
    for still in (lambda key: _area(offered, names, key), lambda key: key.replace("_", " ")):
        count = Counter((called[key], said) for key, said in whose.items())
        for key, said in whose.items():
            if count[called[key], said] > 1 and (more := still(key)):
                whose[key] = f"{said}, {more}"
    return whose


def _area(offered: pd.Series, names: Names, key: str) -> str:
    """The one area in which a service is offered; empty where there are several or none."""
    areas = offered.get(key, set())
    return names.of("area", str(next(iter(areas)))) if len(areas) == 1 else ""


def rule_in_words(rule: Mapping[str, Any] | pd.Series, names: NamesApart) -> str:
    """A rule in words, see :func:`rule_words`; its services are told apart from others.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("lancashire")
    >>> rules = place.filled("rules").set_index("rule", drop=False)
    >>> rule_in_words(rules.loc["home_care_blackpool_duty"], NamesApart(place))
    'home care (Blackpool Council) at least £19.66 million'
    """
    return rule_words(rule, names.spoken_together(_services(parse_subject(rule["subject"]))))


def subject_in_words(subject: Mapping[str, tuple[str, ...]], names: NamesApart) -> str:
    """The subject of a rule in words, see :func:`subject_words`; told apart likewise."""
    return subject_words(subject, names.spoken_together(_services(subject)))


def _services(subject: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return subject.get(_SERVICE, ())


def labels_of(plan: Plan, table: str) -> dict[str, str]:
    """The names of a table of a plan, by key."""
    frame = plan.labels[table]
    return dict(zip(frame.iloc[:, 0].astype(str), frame["name"].astype(str), strict=True))


def listed(texts: Iterable[str]) -> str:
    """Texts as a list in a sentence, each once.

    Examples
    --------
    >>> listed(["a", "b", "b", "c"])
    'a, b and c'
    """
    said = list(dict.fromkeys(texts))
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
