"""What can be changed of a place by switches and amounts, and what is changed, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.place import Option, Place, schema
from placebudget.place.names import Names, amount_words, rule_words, subject_words
from placebudget.place.once import once
from placebudget.place.options import Add, Change, Remove, Set
from placebudget.place.options.changes import LAW
from placebudget.place.options.selection import said as said_cell
from placebudget.place.rule_kinds import rule_kind
from placebudget.place.subjects import parse_subject
from placebudget.programme import OBJECTIVES as ANY_OBJECTIVE
from placebudget.programme import Basis, flexible_pooling
from placebudget.programme.objectives.value import PUBLIC
from placebudget.texts import Phrase
from placebudget.words import as_set, money, sentence
from placebudget.work import changes as changed
from placebudget.work.changes import (
    AGENCY,
    AMOUNT,
    FENCE,
    FUNDING,
    POOL,
    START,
    Changes,
    written_funding,
)

# What can be changed of a place by switches and amounts, and what stands in number boxes.

MILLION = 1e6
OBJECTIVES = tuple(name for name in ANY_OBJECTIVE if name != "leximin")
"""What can be made the most of: one figure, not one after the other."""


def changeable(place: Place) -> dict[str, tuple[str, ...]]:
    """Keys of all that can be changed, by kind of control: wherever it is done, all of it.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = changeable(pb.example("northvale"))
    >>> found["pool:"], len(found["funding:"])
    (('better_care', 'safer_families'), 50)
    """
    agency_of = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
    paying = {agency_of[stream] for stream in place.contributions["stream"]}
    return {
        POOL: tuple(place.pools["pool"]),
        AGENCY: tuple(key for key in place.agencies["agency"] if key in paying),
        FENCE: tuple(dict.fromkeys(place.ring_fences["stream"])),
        FUNDING: tuple(
            f"{stream}:{year}" for stream in place.streams["stream"] for year in place.years
        ),
        AMOUNT: tuple(changeable_rules(place).index),
    }


def changeable_rules(place: Place) -> pd.DataFrame:
    """Rules with an amount, defaults filled in, by their key."""
    table = place.filled("rules")
    return table[table["amount"].notna()].set_index("rule", drop=False)


def bounds(rule: Mapping[str, Any] | pd.Series) -> tuple[float, float | None]:
    """The least and the most that a rule may be changed to; one of law is not loosened."""
    kind, written = rule_kind(rule["kind"]), float(rule["amount"])
    if rule["basis"] != LAW:
        return 0.0, kind.most
    return (written, kind.most) if kind.least else (0.0, written)


def rule_name(rule: Mapping[str, Any] | pd.Series, names: Names) -> str:
    """A rule as its number box is called: what it asks least of, or all that it says."""
    return floor_name(rule, names) if rule_kind(rule["kind"]).counts else said_rule(rule, names)


def said_rule(rule: Mapping[str, Any] | pd.Series, names: Names) -> str:
    """All that a rule says."""
    return sentence(rule_words(rule, names))


def floor_name(rule: Mapping[str, Any] | pd.Series, names: Names) -> str:
    """What a floor is about, as it should be read.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("lancashire")
    >>> rules = changeable_rules(place)
    >>> floor_name(rules.loc["other_adult_social_care_blackpool_duty"], Names(place))
    'Other adult social care (Blackpool Council)'
    """
    return sentence(asked_of(rule, names))


def asked_of(rule: Mapping[str, Any] | pd.Series, names: Names) -> str:
    """What a floor is about, within a sentence."""
    subject = parse_subject(rule["subject"])
    if rule_kind(rule["kind"]).of_outcomes:
        about = " or ".join(names.of("outcome", key) for key in subject["outcome"])
    else:
        about = subject_words(subject, names)
    return about if pd.isna(rule["year"]) else f"{about} in {rule['year']}"


def amount_in_words(rule: Mapping[str, Any] | pd.Series, amount: float) -> str:
    """An amount of a floor with its unit."""
    return amount_words(str(rule["kind"]), amount, of="")


def refused(rule: Mapping[str, Any] | pd.Series) -> str:
    """Why a rule cannot be changed beyond its bounds."""
    least, most = bounds(rule)
    said = [f"below {amount_in_words(rule, least)}"] if least else []
    said += [] if most is None else [f"above {amount_in_words(rule, most)}"]
    duty = "this is a duty in law, so " if rule["basis"] == LAW else ""
    return f"{duty}not {' and not '.join(said)}"


def scale_of(kind: str) -> float:
    """Pounds stand in boxes as £ million, everything else as it is."""
    return MILLION if rule_kind(kind).of_money else 1.0


def digits_of(rule: Mapping[str, Any] | pd.Series) -> int:
    """Decimal places of the figure in a number box, at most."""
    amount = float(rule["amount"])
    if not rule_kind(rule["kind"]).of_money:
        return len(as_set(amount).partition(".")[2])
    # What can be said as it was set is shown so.
    return 3 if amount < 10 * MILLION or not amount % 10_000 else 1


# What is said where figures were changed and what is shown is of before, at desks and boards.

STALE = Phrase(
    "This is the last good plan. It does not have the figures as they stand now, for which "
    "there is no plan yet."
)
ABOUT_LAST_GOOD = "This is about the last good plan."
OF_BEFORE = Phrase("The figures shown are still those of before.")


def not_yet(what: str = "Figures") -> str:
    """That something was changed, and no plan has it yet.

    Examples
    --------
    >>> not_yet("The tables")
    'The tables changed, not yet recalculated. The figures shown are still those of before.'
    """
    return f"{what} changed, not yet recalculated. {OF_BEFORE}"


LONGEST_NAME = 400
_MOST_ROWS = 3


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
    if changes.objective != PUBLIC:
        said.append(Phrase("What is made the most of: %1.", Phrase(changes.objective)))
    return said


def _with_gain(closed: str, place: Place, pool: str) -> str:
    """That a pool is closed, and that it goes on with more than it may take in while open."""
    above = _above_maximum(place)
    above = above[above["pool"] == pool]
    if above.empty:
        return closed
    worst = above.loc[(above["paid"] - above["maximum"]).idxmax()]
    stream = str(worst["stream"])
    return Phrase(
        "%1 That comes to %2 of %3 in %4, where %5 is the most it may take in while it is open: "
        "for that alone closing it may gain.",
        closed,
        money(worst["paid"]),
        names(place, "streams").get(stream, stream),
        place.years[int(worst["t"])],
        money(worst["maximum"]),
    )


@once
def _above_maximum(place: Place) -> pd.DataFrame:
    return Basis(place, flexible_pooling(place)).above_maximum


def option_sentences(option: Option, place: Place) -> list[str]:
    """What an option changes of a place, a sentence each.

    Examples
    --------
    >>> import placebudget as pb
    >>> option = pb.Option("apart").close_pool("better_care").scale("needs", 0.9, area="mills")
    >>> option_sentences(option, pb.example("northvale"))
    ['People in Needs is multiplied by 0.9 where area is Mills.', 'The pool ... it may gain.']
    """
    changes, spoken = Changes.read(option), Names(place)
    first = () if changes.start is None else changes.start.changes
    rest = replace(changes, start=None)
    return [*(_said_change(each, spoken) for each in first), *map(sentence, sentences(rest, place))]


def _said_change(change: Change, spoken: Names) -> str:
    """A change that no control is for, with the titles of tables and the names of the place."""
    title = Phrase(schema()[change.table].title)
    if isinstance(change, Add):
        rows = [
            ", ".join(f"{_plain(name)} {_named(spoken, name, cell)}" for name, cell in row)
            for row in change.rows[:_MOST_ROWS]
        ]
        more = len(change.rows) - len(rows)
        said = "; ".join([*rows, *([f"{more} more"] if more else [])])
        return Phrase("Added to %1: %2.", title, said)
    picked = [
        f"{_plain(name)} is {' or '.join(_named(spoken, name, cell) for cell in cells)}"
        for name, cells in change.where
    ]
    where = " and ".join(picked)
    if isinstance(change, Remove):
        if not where:
            return Phrase("%1 is emptied.", title)
        return Phrase("Taken out of %1: the rows where %2.", title, where)
    column = Phrase(sentence(_plain(change.column)))
    if isinstance(change, Set):
        value = _named(spoken, change.column, change.value)
        if not where:
            return Phrase("%1 in %2 is set to %3.", column, title, value)
        return Phrase("%1 in %2 is set to %3 where %4.", column, title, value, where)
    factor = f"{change.factor:.15g}"
    if not where:
        return Phrase("%1 in %2 is multiplied by %3.", column, title, factor)
    return Phrase("%1 in %2 is multiplied by %3 where %4.", column, title, factor, where)


def _plain(column: str) -> str:
    return column.replace("_", " ")


def _named(spoken: Names, column: str, cell: Any) -> str:
    return spoken.of(column, cell) if isinstance(cell, str) else said_cell(cell)


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
        return Phrase("Option: %1.", changes.start.name)
    base = changes.base(place)
    kind, _, key = control.partition(":")
    match f"{kind}:":
        case changed.AGENCY:
            return Phrase("%1 pays into no pool.", names(base, "agencies").get(key, key))
        case changed.POOL:
            called = names(base, "pools").get(key, key)
            if key in changes.open_pools(base):
                return Phrase("The pool %1 is opened.", called)
            closed = Phrase("The pool %1 is closed: it goes on with what it pays today.", called)
            return _with_gain(closed, base, key)
        case changed.FENCE:
            return Phrase("The ring-fence of %1 is ended.", names(base, "streams").get(key, key))
        case changed.FUNDING:
            stream, _, year = key.rpartition(":")
            asked = money(changes.funding(place, stream, year))
            held = money(written_funding(base, stream, year) or 0.0)
            who = names(base, "streams").get(stream, stream)
            if changes.start is None:
                return Phrase("%1 brings %2 in %3, as it stands %4.", who, asked, year, held)
            return Phrase("%1 brings %2 in %3, in the option %4.", who, asked, year, held)
        case changed.AMOUNT:
            return _of_rule(key, changes, place, base)
    pool, _, stream = key.partition(":")
    who, into = names(base, "streams").get(stream, stream), names(base, "pools").get(pool, pool)
    return Phrase("%1 has to pay less into %2.", who, into)


def _of_rule(key: str, changes: Changes, place: Place, base: Place) -> str:
    rule = base.filled("rules").set_index("rule", drop=False).loc[key]
    spoken = Names(base)
    asked = asked_in_words(key, changes, place)
    if not rule_kind(str(rule["kind"])).counts:
        return Phrase("%1: now %2.", sentence(rule_words(rule, spoken)), asked)
    held = amount_in_words(rule, float(rule["amount"]))
    name = floor_name(rule, spoken)
    if changes.start is None:
        return Phrase("%1: at least %2, as it stands %3.", name, asked, held)
    return Phrase("%1: at least %2, in the option %3.", name, asked, held)


def asked_in_words(key: str, changes: Changes, place: Place) -> str:
    """What a rule asks for, in words; of years that differ the least and the most."""
    rule = changes.base(place).filled("rules").set_index("rule", drop=False).loc[key]
    least, most = (amount_in_words(rule, each) for each in changes.held(place, key))
    return least if least == most else f"{least} to {most} by year"
