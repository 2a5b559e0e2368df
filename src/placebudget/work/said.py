"""What is changed of a place, in words, for minutes and reports, and what is shown of before."""

from __future__ import annotations

import pandas as pd

from placebudget.place import Place
from placebudget.place.names import Names, rule_words
from placebudget.place.rule_kinds import rule_kind
from placebudget.words import money, sentence
from placebudget.work import changes as changed
from placebudget.work.amounts import amount_in_words, floor_name
from placebudget.work.changes import PUBLIC_VALUE, START, Changes, written_funding

# What is said where figures were changed and what is shown is of before, at desks and boards.

STALE = (
    "This is the last good plan. It does not have the figures as they stand now, for which "
    "there is no plan yet."
)
ABOUT_LAST_GOOD = "This is about the last good plan."
OF_BEFORE = "The figures shown are still those of before."


def not_yet(what: str = "Figures") -> str:
    """That something was changed, and no plan has it yet.

    Examples
    --------
    >>> not_yet("The tables")
    'The tables changed, not yet recalculated. The figures shown are still those of before.'
    """
    return f"{what} changed, not yet recalculated. {OF_BEFORE}"


LONGEST_NAME = 400


def names(place: Place, table: str) -> dict[str, str]:
    """Names of a table's keys as they should be read.

    Examples
    --------
    >>> import placebudget as pb
    >>> names(pb.example("northvale"), "agencies")["police"]
    'Northvale Police'
    """
    frame = place.tables[table]
    key = frame.columns[0]
    return {
        str(k): str(k).replace("_", " ") if pd.isna(n) else str(n)
        for k, n in zip(frame[key], frame["name"], strict=True)
    }


def contributions_by_agency(place: Place) -> dict[str, list[str]]:
    """The pools each agency may pay into, in the order of the table of agencies.

    Examples
    --------
    >>> import placebudget as pb
    >>> contributions_by_agency(pb.example("northvale"))["police"]
    ['safer_families']
    """
    agency_of = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
    found: dict[str, list[str]] = {}
    for stream, pool in zip(
        place.contributions["stream"], place.contributions["pool"], strict=True
    ):
        pools = found.setdefault(agency_of[stream], [])
        if pool not in pools:
            pools.append(pool)
    return {key: found[key] for key in place.agencies["agency"] if key in found}


def sentences(changes: Changes, place: Place) -> list[str]:
    """What is changed of a place, a sentence each.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("northvale")
    >>> sentences(Changes().switched("agency:police", False), place)
    ['Northvale Police pays into no pool.']
    """
    said = [sentence_of(control, changes, place) for control in changes.taken_back()]
    if changes.objective != PUBLIC_VALUE:
        said.append(f"What is made the most of: {changes.objective}.")
    return said


def name_of(changes: Changes, place: Place) -> str:
    """What the option of all changes is called, where nobody has named it."""
    said = "; ".join(
        each.rstrip(".") for each in sentences(Changes(made=changes.made), changes.base(place))
    )
    return f"changed here: {said}"[:LONGEST_NAME] if said else "changed here"


def sentence_of(control: str, changes: Changes, place: Place) -> str:
    """What one control is changed to, in words.

    Parameters
    ----------
    control : str
        One of those of :meth:`Changes.taken_back`.
    changes : Changes
        All changes.
    place : Place
        The place before them.
    """
    if changes.start is not None and control == START:
        return f"Option: {changes.start.name}."
    base = changes.base(place)
    kind, _, key = control.partition(":")
    match f"{kind}:":
        case changed.AGENCY:
            return f"{names(base, 'agencies').get(key, key)} pays into no pool."
        case changed.POOL:
            return f"Nobody pays into the pool {names(base, 'pools').get(key, key)}."
        case changed.FENCE:
            return f"The ring-fence of {names(base, 'streams').get(key, key)} is ended."
        case changed.FUNDING:
            stream, _, year = key.rpartition(":")
            asked = money(changes.funding(place, stream, year))
            held = money(written_funding(base, stream, year) or 0.0)
            who = names(base, "streams").get(stream, stream)
            return f"{who} brings {asked} in {year}, {_before(changes)} {held}."
        case changed.AMOUNT:
            return _of_rule(key, changes, place, base)
    pool, _, stream = key.partition(":")
    who, into = names(base, "streams").get(stream, stream), names(base, "pools").get(pool, pool)
    return f"{who} has to pay less into {into}."


def _of_rule(key: str, changes: Changes, place: Place, base: Place) -> str:
    rule = base.filled("rules").set_index("rule", drop=False).loc[key]
    spoken = Names(base)
    asked = asked_in_words(key, changes, place)
    if not rule_kind(str(rule["kind"])).counts:
        return f"{sentence(rule_words(rule, spoken))}: now {asked}."
    held = amount_in_words(rule, float(rule["amount"]))
    return f"{floor_name(rule, spoken)}: at least {asked}, {_before(changes)} {held}."


def _before(changes: Changes) -> str:
    """Where an amount stands that a control changes."""
    return "in the papers" if changes.start is None else "in the option"


def asked_in_words(key: str, changes: Changes, place: Place) -> str:
    """What a rule asks for, in words; of years that differ the least and the most."""
    rule = changes.base(place).filled("rules").set_index("rule", drop=False).loc[key]
    least, most = (amount_in_words(rule, each) for each in changes.held(place, key))
    return least if least == most else f"{least} to {most} by year"
