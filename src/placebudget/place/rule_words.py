"""Rules in words that can be read out at a meeting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from placebudget.place.names import Names
from placebudget.place.rule_kinds import RULE_KINDS
from placebudget.place.subjects import parse_subject
from placebudget.words import as_set, stated


def subject_words(subject: Mapping[str, tuple[str, ...]], names: Names) -> str:
    """The subject of a rule in words.

    Parameters
    ----------
    subject : mapping of str to tuple of str
        What :func:`parse_subject` gives.
    names : Names
        Names of the place; services that are named together are told apart from others.

    Returns
    -------
    str
        Such as "home care in Burnley"; "all services" where it names nothing.
    """
    names = names.spoken_together(subject.get("service", ()))

    def said(column: str) -> str:
        # Services that are all meant are said once.
        return " or ".join(dict.fromkeys(names.of(column, key) for key in subject[column]))

    head = said("service") if "service" in subject else ""
    if not head and "purpose" in subject:
        head = f"services for {said('purpose')}"
    if not head:
        natures = said("nature") + " " if "nature" in subject else ""
        kinds = said("kind") + " " if "kind" in subject else ""
        head = f"all {natures}{kinds}services"
    tail = ""
    if "provider" in subject:
        tail += f" from {said('provider')}"
    if "delivery_model" in subject:
        tail += f" delivered as {said('delivery_model')}"
    if "agency" in subject:
        tail += f" commissioned by {said('agency')}"
    if "area" in subject:
        tail += f" in {said('area')}"
    if "tier" in subject:
        tail += f" at the tier {said('tier')}"
    if "pool" in subject:
        tail += f" out of {said('pool')}"
    return head + tail


def amount_words(kind: str, amount: float, of: str = " of it") -> str:
    """The amount of a rule with its unit; ``of`` follows what has no unit of its own.

    Examples
    --------
    >>> amount_words("floor", 40e6), amount_words("pace", 5.5), amount_words("units_cap", 1200)
    ('£40 million', '5.5%', '1,200 units')
    """
    unit = RULE_KINDS[kind].unit
    if unit == "pounds":
        return stated(amount)
    if unit == "per cent":
        return f"{as_set(amount)}%"
    return f"{as_set(amount)}{' units' if unit == 'units' else of}"


def rule_words(rule: Mapping[str, Any] | pd.Series, names: Names) -> str:
    """A rule in words: what it asks for, in which year.

    Parameters
    ----------
    rule : mapping
        A row of the table ``rules``, defaults filled in.
    names : Names
        Names of the place.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("northvale")
    >>> rules = place.filled("rules").set_index("rule", drop=False)
    >>> rule_words(rules.loc["home_care_duty"], Names(place)).startswith("home care at least £")
    True
    """
    if rule.get("implied"):
        return "services without a known effect as they are today"
    sentence = RULE_KINDS[str(rule["kind"])].sentence
    said = sentence.format_map(_parts(rule, names))
    year = rule["year"]
    return said if pd.isna(year) else f"{said} in {year}"


def line_words(rule: Mapping[str, Any] | pd.Series, names: Names, line: str) -> str:
    """What a rule asks for of one service in an area, named as in a sentence.

    Empty where its kind asks for nothing of each, but for a sum.
    """
    if rule.get("implied"):
        return f"what keeps {line} at today’s money"
    parts = {**_parts(rule, names), "about": line}
    return RULE_KINDS[str(rule["kind"])].of_line.format_map(parts)


def _parts(rule: Mapping[str, Any] | pd.Series, names: Names) -> dict[str, str]:
    """What stands in the sentences of rules."""
    subject, blank = parse_subject(rule["subject"]), bool(pd.isna(rule["amount"]))
    amount = 0.0 if blank else float(rule["amount"])
    said = amount_words(str(rule["kind"]), amount, of="")
    spender = names.of("pool", subject["pool"][0]) if "pool" in subject else "the place"
    where = subject_words({"area": subject["area"]}, names) if "area" in subject else "the place"
    return {
        "about": subject_words(subject, names),
        "amount": said,
        "at_most": "" if blank else f" at most {said}",
        "kept": f"{as_set(100 - amount)}%",
        "near": f"within {said} of today" if amount else "as it is today",
        "whole": f"what {spender}",
        "outcome": " or ".join(names.of("outcome", key) for key in subject.get("outcome", ())),
        "agency": " and ".join(names.of("agency", key) for key in subject.get("agency", ())),
        "tier": subject.get("tier", ("area",))[0],
        "where": where.removeprefix("all services in "),
    }
