"""The controls of a board, as plain data that a page can show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from placebudget.place import RULE_KINDS, Place
from placebudget.place.names import Names
from placebudget.place.subjects import parse_subject
from placebudget.words import as_set, rounded
from placebudget.work import Changes
from placebudget.work.amounts import amount_in_words, digits_of, floor_name, floors, scale_of
from placebudget.work.changes import AGENCY, AMOUNT, FENCE, START
from placebudget.work.said import contributions_by_agency, names

_STEPS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 50.0, 100.0)

NO_CONTROLS: Mapping[str, Any] = {
    **{part: [] for part in ("options", "pools", "fences", "floors")},
    "changed": False,
}
"""Where there is nothing to choose."""


def controls(
    papers: Place, changes: Changes, unmoved: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What can be chosen about a place, and what is chosen now.

    Parameters
    ----------
    papers : Place
        The place of the papers.
    changes : Changes
        What is chosen.
    unmoved : mapping of str to str, optional
        Sentences on what was chosen and changes nothing, by control.

    Returns
    -------
    dict
        ``options``, ``pools``, ``fences`` and ``floors``, each a list.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = controls(pb.example("toy_pooling"), Changes())
    >>> [fence["name"] for fence in found["fences"]]
    ['Council money', 'NHS money', 'Police money']
    """
    base = changes.base(papers)
    noted = unmoved or {}
    return {
        "place": papers.title,
        "options": _noted(_options(papers, changes), noted, START),
        "pools": _noted(_pools(papers, changes), noted, AGENCY + "{key}"),
        "fences": _noted(_fences(base, changes), noted, FENCE + "{key}"),
        "floors": _noted(_floors(papers, changes), noted, AMOUNT + "{key}"),
        "changed": changes != Changes(),
    }


def _noted(
    found: list[dict[str, Any]], unmoved: Mapping[str, str], control: str
) -> list[dict[str, Any]]:
    """The controls with what is to be said of those that change nothing."""
    for each in found:
        chosen = each["key"] and (control != START or each["on"])
        each["note"] = unmoved.get(control.format(key=each["key"]), "") if chosen else ""
    return found


def _options(papers: Place, changes: Changes) -> list[dict[str, Any]]:
    first = {
        "key": "",
        "name": "As in the papers",
        "about": "The figures this board was given.",
        "on": changes.start is None,
    }
    found = [
        {
            "key": name,
            "name": name[:1].upper() + name[1:],
            "about": option.description,
            "on": option == changes.start,
        }
        for name, option in papers.options().items()
    ]
    return [first, *found]


def _pools(papers: Place, changes: Changes) -> list[dict[str, Any]]:
    agencies, pools = names(papers, "agencies"), names(papers, "pools")
    return [
        {
            "key": key,
            "name": agencies[key],
            "about": ", ".join(pools[pool] for pool in mine),
            "on": key not in changes.off(AGENCY),
        }
        for key, mine in contributions_by_agency(papers).items()
    ]


def _fences(base: Place, changes: Changes) -> list[dict[str, Any]]:
    streams = names(base, "streams")
    found = base.ring_fences.groupby("stream", sort=False)["purpose"].agg(list)
    return [
        {
            "key": str(stream),
            "name": streams[str(stream)],
            "about": "only for " + ", ".join(p.replace("_", " ") for p in purposes),
            "on": stream not in changes.off(FENCE),
        }
        for stream, purposes in found.items()
    ]


def _floors(papers: Place, changes: Changes) -> list[dict[str, Any]]:
    base = changes.base(papers)
    spoken = Names(base)
    found = []
    for row in floors(base).to_dict("records"):
        rule = str(row["rule"])
        asked = changes.held(papers, rule) if changes.asked(rule) else (float(row["amount"]),) * 2
        found.append(_floor(row, spoken, asked))
    return _told_apart(found)


def _told_apart(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Floors about the same get the name of their rule besides."""
    count = Counter(each["name"] for each in found)
    for each in found:
        if count[each["name"]] > 1:
            each["name"] += f", {each['key'].replace('_', ' ')}"
    return found


def _floor(row: dict[str, Any], spoken: Names, held: tuple[float, ...]) -> dict[str, Any]:
    scale, digits = scale_of(row["kind"]), digits_of(row)
    own, law = float(row["amount"]), row["basis"] == "law"
    amount, most = held
    basis = "a duty in law, so it can be raised but not lowered" if law else str(row["basis"])
    more = _figure(most / scale, digits)
    by_years = f" Of the years, the least; the most is {more}." if most > amount else ""
    return {
        "key": str(row["rule"]),
        "name": floor_name(row, spoken),
        "unit": _unit(row, spoken),
        "about": f"Papers: {_figure(own / scale, digits)}; {basis}.{by_years}",
        "value": _figure(amount / scale, digits).replace(",", ""),
        "papers": _figure(own / scale, digits).replace(",", ""),
        "least": own / scale if law else 0.0,
        "law": f"This is a duty in law, so not below {amount_in_words(row, own)}." if law else "",
        "step": _step(own / scale),
        "digits": digits,
    }


def _unit(row: dict[str, Any], spoken: Names) -> str:
    """In which unit a floor asks for it, as its box says."""
    kind = RULE_KINDS[row["kind"]]
    if kind.of_outcomes:
        return "a year"
    if kind.per_cent_of:
        pools = parse_subject(row["subject"]).get("pool", ())
        named = " and ".join(spoken.of("pool", key) for key in pools)
        return f"% of what {named or 'the place'} spends"
    return {"pounds": "£ million a year", "units": "units a year"}[kind.unit]


def _figure(value: float, digits: int) -> str:
    """A figure with as many digits as it has."""
    return as_set(rounded(value, digits))


def _step(amount: float) -> float:
    """About a fiftieth of the amount, as a round figure."""
    return min(_STEPS, key=lambda step: abs(step - amount / 50))
