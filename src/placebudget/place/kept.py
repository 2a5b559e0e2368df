"""Services without any effect keep today's money: a rule that no row has to ask for.

A plan sees no use in a service of which nothing is known, and would spend its money
elsewhere. So a place asks for a lock on such services, unless its setting
``without_effects`` is ``free``. A lock of the place's own says how near to today a service
stays, and stands in its stead; a service led by need follows its need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.place.geography import Geography
from placebudget.place.once import once
from placebudget.place.settings import KEEP
from placebudget.place.subjects import led_by_need, lines_of, parse_subject, picks, write_subject

if TYPE_CHECKING:
    from placebudget.place.place import Place

_KEY = "without_effects"


@once
def kept_services(place: Place) -> tuple[str, ...]:
    """Services that keep today's money because nothing is known of their effects, sorted.

    Examples
    --------
    >>> import placebudget as pb
    >>> kept_services(pb.example("toy_pooling"))
    ()
    """
    if place.settings.without_effects != KEEP:
        return ()
    known = set(place.effects["service"]) | led_by_need(place)
    geography, rules = Geography.of(place), place.rules
    lines = [line for line in lines_of(place, geography) if line.service not in known]
    locks = [parse_subject(text) for text in rules.loc[rules["kind"] == "lock", "subject"]]
    locked = {line.service for line in lines for lock in locks if picks(lock, line, geography)}
    return tuple(sorted({line.service for line in lines} - locked))


def kept_rule(place: Place) -> dict[str, Any] | None:
    """The lock that keeps them, as a row of the table rules; None where there are none."""
    services = kept_services(place)
    if not services:
        return None
    key, taken = _KEY, set(place.rules["rule"])
    while key in taken:
        key += "_"
    subject = write_subject({"service": services})
    return {
        "rule": key, "kind": "lock", "subject": subject, "amount": 0.0, "basis": "assumption",
        "implied": True,
    }  # fmt: skip


@once
def rules_in_force(place: Place) -> pd.DataFrame:
    """The rules of a place with defaults, and the lock on services without effects.

    A column ``implied`` says which no row of the place asks for.
    """
    rules, kept = place.filled("rules").assign(implied=False), kept_rule(place)
    if kept is None:
        return rules
    rows = [*rules.astype(object).to_dict("records"), kept]
    return pd.DataFrame(rows, columns=rules.columns).astype(rules.dtypes.to_dict())
