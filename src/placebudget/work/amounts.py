"""What can be changed of a place by switches and amounts, and what stands in number boxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from placebudget.place import Place
from placebudget.place.names import Names, amount_words, rule_words, subject_words
from placebudget.place.options.changes import LAW
from placebudget.place.rule_kinds import rule_kind
from placebudget.place.subjects import parse_subject
from placebudget.programme import OBJECTIVES as ANY_OBJECTIVE
from placebudget.words import as_set, sentence
from placebudget.work.changes import AGENCY, AMOUNT, FENCE, FUNDING, POOL

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
