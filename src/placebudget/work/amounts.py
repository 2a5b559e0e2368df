"""Rules that ask for at least so much: what stands in their number boxes, and their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from placebudget.place import Place
from placebudget.place.names import Names
from placebudget.place.rule_kinds import rule_kind, rules_that
from placebudget.place.rule_words import amount_words, subject_words
from placebudget.place.subjects import parse_subject
from placebudget.words import as_set

MILLION = 1e6


def floors(place: Place) -> pd.DataFrame:
    """Rules that ask for at least so much, with an amount, defaults filled in."""
    rules = rules_that(place.filled("rules"), lambda kind: kind.counts)
    return rules[rules["amount"].notna()]


def floor_name(rule: Mapping[str, Any] | pd.Series, names: Names) -> str:
    """What a floor is about, as it should be read.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("lancashire")
    >>> rules = floors(place).set_index("rule", drop=False)
    >>> floor_name(rules.loc["home_care_blackpool_duty"], Names(place))
    'Home care (Blackpool Council)'
    """
    subject = parse_subject(rule["subject"])
    if rule_kind(rule["kind"]).of_outcomes:
        about = " or ".join(names.of("outcome", key) for key in subject["outcome"])
    else:
        about = subject_words(subject, names)
    year = "" if pd.isna(rule["year"]) else f" in {rule['year']}"
    return f"{about[:1].upper()}{about[1:]}{year}"


def amount_in_words(rule: Mapping[str, Any] | pd.Series, amount: float) -> str:
    """An amount of a floor with its unit."""
    return amount_words(str(rule["kind"]), amount, of="")


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
