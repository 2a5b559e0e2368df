"""The controls of a board, as plain data that a page can show."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from placebudget.apps.choices import (
    Choices,
    contributions_by_agency,
    digits_of,
    floors,
    names,
    scale_of,
)
from placebudget.place import RULE_KINDS, Place
from placebudget.place.rule_words import Names, subject_words
from placebudget.place.subjects import parse_subject
from placebudget.words import number

_STEPS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 50.0, 100.0)


def controls(papers: Place, choices: Choices) -> dict[str, Any]:
    """What can be chosen about a place, and what is chosen now.

    Parameters
    ----------
    papers : Place
        The place of the papers.
    choices : Choices
        What is chosen.

    Returns
    -------
    dict
        ``options``, ``pools``, ``fences``, ``floors`` and ``repairs``, each a list.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = controls(pb.example("toy_pooling"), Choices())
    >>> [fence["name"] for fence in found["fences"]]
    ['Council money', 'NHS money', 'Police money']
    """
    base = papers.with_option(choices.option) if choices.option else papers
    return {
        "place": papers.title,
        "options": _options(papers, choices),
        "pools": _pools(papers, choices),
        "fences": _fences(base, choices),
        "floors": _floors(base, choices),
        "repairs": [repair.words for repair in choices.repairs],
        "changed": choices != Choices(),
    }


def _options(papers: Place, choices: Choices) -> list[dict[str, Any]]:
    first = {
        "key": "",
        "name": "As in the papers",
        "about": "The figures this board was given.",
        "on": not choices.option,
    }
    found = [
        {
            "key": name,
            "name": name[:1].upper() + name[1:],
            "about": option.description,
            "on": name == choices.option,
        }
        for name, option in papers.options().items()
    ]
    return [first, *found]


def _pools(papers: Place, choices: Choices) -> list[dict[str, Any]]:
    agencies, pools = names(papers, "agencies"), names(papers, "pools")
    return [
        {
            "key": key,
            "name": agencies[key],
            "about": ", ".join(pools[pool] for pool in mine),
            "on": key not in choices.alone,
        }
        for key, mine in contributions_by_agency(papers).items()
    ]


def _fences(base: Place, choices: Choices) -> list[dict[str, Any]]:
    streams = names(base, "streams")
    found = base.ring_fences.groupby("stream", sort=False)["purpose"].agg(list)
    return [
        {
            "key": str(stream),
            "name": streams[str(stream)],
            "about": "only for " + ", ".join(p.replace("_", " ") for p in purposes),
            "on": stream not in choices.unfenced,
        }
        for stream, purposes in found.items()
    ]


def _floors(base: Place, choices: Choices) -> list[dict[str, Any]]:
    spoken, chosen = Names(base), dict(choices.amounts)
    found = [_floor(row, spoken, chosen) for row in floors(base).to_dict("records")]
    return _told_apart(found, base)


def _told_apart(found: list[dict[str, Any]], base: Place) -> list[dict[str, Any]]:
    """Floors of one name get their commissioner's, or the rule's, besides."""
    count = Counter(each["name"] for each in found)
    services = base.services.set_index("service")["commissioner"]
    agencies = names(base, "agencies")
    subjects = dict(zip(base.rules["rule"], base.rules["subject"], strict=True))
    for each in found:
        if count[each["name"]] > 1:
            mine = parse_subject(subjects[each["key"]]).get("service", ())
            who = {agencies[str(services[key])] for key in mine}
            said = who.pop() if len(who) == 1 else each["key"].replace("_", " ")
            each["name"] += f", {said}"
    return found


def _floor(row: dict[str, Any], spoken: Names, chosen: dict[str, float]) -> dict[str, Any]:
    scale, digits = scale_of(row["kind"]), digits_of(row)
    own, law = float(row["amount"]), row["basis"] == "law"
    amount = chosen.get(str(row["rule"]), own)
    year = "" if pd.isna(row["year"]) else f" in {row['year']}"
    about, unit = _about(row, spoken)
    basis = "a duty in law, so it can be raised but not lowered" if law else str(row["basis"])
    return {
        "key": str(row["rule"]),
        "name": f"{about[:1].upper()}{about[1:]}{year}",
        "unit": unit,
        "about": f"Papers: {_figure(own / scale, digits)}; {basis}.",
        "value": _figure(amount / scale, digits).replace(",", ""),
        "papers": _figure(own / scale, digits).replace(",", ""),
        "least": own / scale if law else 0.0,
        "step": _step(own / scale),
        "digits": digits,
    }


def _about(row: dict[str, Any], spoken: Names) -> tuple[str, str]:
    """What a floor is about and in which unit, as its box says it."""
    subject, unit = parse_subject(row["subject"]), RULE_KINDS[row["kind"]].unit
    if row["kind"] == "outcome_floor":
        return " or ".join(spoken.of("outcome", key) for key in subject["outcome"]), "a year"
    if unit == "per cent":
        pools = " and ".join(spoken.of("pool", key) for key in subject.get("pool", ()))
        return subject_words(subject, spoken), f"% of what {pools or 'the place'} spends"
    words = {"pounds": "£ million a year", "units": "units a year"}
    return subject_words(subject, spoken), words[unit]


def _figure(value: float, digits: int) -> str:
    """A figure with as many digits as it has."""
    text = number(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _step(amount: float) -> float:
    """About a fiftieth of the amount, as a round figure."""
    return min(_STEPS, key=lambda step: abs(step - amount / 50))
