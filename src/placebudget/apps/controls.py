"""The controls of a board, as plain data that a page can show, and what the page sends back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.errors import InvalidOption, WrongArgument
from placebudget.place import RULE_KINDS, Place
from placebudget.place.conditions import open_pools
from placebudget.place.names import Names
from placebudget.place.options import named_option
from placebudget.place.options.changes import LAW
from placebudget.place.rule_kinds import ALL_MONEY, rule_kind
from placebudget.place.subjects import parse_subject
from placebudget.programme.objectives.value import PUBLIC
from placebudget.words import as_set, rounded, sentence
from placebudget.work import Changes
from placebudget.work.asking import InvalidChoice
from placebudget.work.changes import AGENCY, AMOUNT, FENCE, FUNDING, POOL, START
from placebudget.work.said import (
    MILLION,
    OBJECTIVES,
    bounds,
    changeable,
    changeable_rules,
    contributions_by_agency,
    digits_of,
    names,
    refused,
    rule_name,
    scale_of,
)

_STEPS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 50.0, 100.0)

_PARTS = ("options", "objectives", "open", "pools", "fences", "funding", "floors", "limits")

NO_CONTROLS: Mapping[str, Any] = {
    **{part: [] for part in _PARTS},
    "changed": False,
    "behind": 0,
    "back": "",
    "link": "",
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
        ``options``, ``objectives``, ``open`` (pools), ``pools`` (agencies that pool money),
        ``fences``, ``funding``, ``floors`` and ``limits``, each a list.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = controls(pb.example("toy_pooling"), Changes())
    >>> [fence["name"] for fence in found["fences"]]
    ['Council money', 'NHS money', 'Police money']
    """
    base = changes.base(papers)
    noted = unmoved or {}
    there = changeable(base)
    rules = _rules(papers, base, changes)
    return {
        "place": papers.title,
        "objectives": [
            {"key": name, "name": sentence(name), "on": name == changes.objective}
            for name in OBJECTIVES
        ],
        "open": _noted(_open(base, changes, there[POOL]), noted, POOL + "{key}"),
        "funding": _funding(base, changes),
        "options": _noted(_options(papers, changes), noted, START),
        "pools": _noted(_pools(papers, changes), noted, AGENCY + "{key}"),
        "fences": _noted(_fences(base, changes), noted, FENCE + "{key}"),
        "floors": _noted(rules[0], noted, AMOUNT + "{key}"),
        "limits": _noted(rules[1], noted, AMOUNT + "{key}"),
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
            "name": sentence(name),
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


def _open(base: Place, changes: Changes, pools: tuple[str, ...]) -> list[dict[str, Any]]:
    called, there = names(base, "pools"), changes.open_pools(base)
    return [{"key": key, "name": called[key], "about": "", "on": key in there} for key in pools]


def _funding(base: Place, changes: Changes) -> list[dict[str, Any]]:
    """What each stream brings by year, in £ million, now and in the papers."""
    table = base.funding
    written = dict(
        zip(zip(table["stream"], table["year"], strict=True), table["amount"], strict=True)
    )
    here, called = replace(changes, start=None), names(base, "streams")
    asked = set(here.controls)

    def figures(stream: str, year: str) -> tuple[str, str, str, float]:
        own = float(written.get((stream, year), 0.0))
        now = here.funding(base, stream, year) if f"{FUNDING}{stream}:{year}" in asked else own
        return year, as_set(now / MILLION), as_set(own / MILLION), _step(own / MILLION)

    return [
        {"key": stream, "name": called[stream], "years": [figures(stream, y) for y in base.years]}
        for stream in base.streams["stream"]
    ]


def _rules(
    papers: Place, base: Place, changes: Changes
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rules that ask for at least so much, and all others."""
    spoken = Names(base)
    found: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    for row in changeable_rules(base).to_dict("records"):
        rule = str(row["rule"])
        asked = changes.held(papers, rule) if changes.asked(rule) else (float(row["amount"]),) * 2
        found[not rule_kind(row["kind"]).counts].append(_floor(row, spoken, asked))
    return _told_apart(found[0]), _told_apart(found[1])


def _told_apart(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Floors about the same get the name of their rule besides."""
    count = Counter(each["name"] for each in found)
    for each in found:
        if count[each["name"]] > 1:
            each["name"] += f", {each['key'].replace('_', ' ')}"
    return found


def _floor(row: dict[str, Any], spoken: Names, held: tuple[float, ...]) -> dict[str, Any]:
    scale, digits = scale_of(row["kind"]), digits_of(row)
    own, law, (least, top) = float(row["amount"]), row["basis"] == LAW, bounds(row)
    below = rule_kind(row["kind"]).least
    amount, most = held
    ways = ("raised but not lowered", "lowered but not raised")[not below]
    basis = f"a duty in law, so it can be {ways}" if law else str(row["basis"])
    more = _figure(most / scale, digits)
    by_years = f" Of the years, the least; the most is {more}." if most > amount else ""
    return {
        "key": str(row["rule"]),
        "name": rule_name(row, spoken),
        "unit": _unit(row, spoken),
        "about": f"Papers: {_figure(own / scale, digits)}; {basis}.{by_years}",
        "value": _figure(amount / scale, digits).replace(",", ""),
        "papers": _figure(own / scale, digits).replace(",", ""),
        "least": least / scale,
        "most": None if top is None else top / scale,
        "law": f"{sentence(refused(row))}." if law or top else "",
        "step": _step(own / scale),
        "digits": digits,
    }


def _unit(row: dict[str, Any], spoken: Names) -> str:
    """In which unit a floor asks for it, as its box says."""
    kind = RULE_KINDS[row["kind"]]
    if kind.counts and kind.of_outcomes:
        return "a year"
    if kind.per_cent_of == ALL_MONEY:
        pools = parse_subject(row["subject"]).get("pool", ())
        named = " and ".join(spoken.of("pool", key) for key in pools)
        return f"% of what {named or 'the place'} spends"
    if kind.unit == "per cent":
        return "%"
    return "£ million a year" if kind.of_money else f"{kind.unit} a year"


def _figure(value: float, digits: int) -> str:
    """A figure with as many digits as it has."""
    return as_set(rounded(value, digits))


def _step(amount: float) -> float:
    """About a fiftieth of the amount, as a round figure."""
    return min(_STEPS, key=lambda step: abs(step - amount / 50))


# What a board's page sends, read as changes of its papers, or refused in words.

# As people type an amount: a comma stands between thousands only, 19,5 could mean anything.
_AMOUNT = re.compile(r"£? ?-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)


def read_choices(papers: Place, given: Mapping[str, Any], before: Changes) -> Changes:
    """Changes as a browser sends them, checked against the place.

    Parameters
    ----------
    papers : Place
        The place of the papers.
    given : mapping
        ``option`` (a name), ``objective``, ``closed`` (pools), ``alone`` (agencies),
        ``unfenced`` (streams), ``amounts`` and ``funding`` (figures as typed, by rule and by
        stream and year; pounds in £ million).
    before : Changes
        What was changed before, as the boxes show it: a box left as it was shown keeps what
        was asked for there. What no box is for stays too.

    Raises
    ------
    InvalidChoice
        With a sentence for everything that does not fit.
    """
    problems: list[tuple[str, str]] = []
    name = str(given.get("option", ""))
    found = Changes()
    if name:
        try:
            found = Changes(named_option(papers, name))
            base = found.base(papers)
        except (InvalidOption, WrongArgument) as error:
            problems.append(("option", str(error)))
            found = Changes()
    base = found.base(papers)
    there, first = changeable(base), changeable(papers)
    was, shown_open = open_pools(base), before.open_pools(before.base(papers))
    closed = given.get("closed", [*{*there[POOL]}.difference(shown_open)])
    closed = _known(closed, {*there[POOL], *first[POOL]}, "closed", problems)
    off = [
        f"{kind}{each}"
        for kind, sent in ((AGENCY, "alone"), (FENCE, "unfenced"))
        for each in _known(given.get(sent), {*there[kind], *first[kind]}, sent, problems)
    ]
    typed = _amounts(papers, base, given.get("amounts", {}), before, problems)
    brought = _funding_asked(base, there[FUNDING], given.get("funding", {}), problems)
    objective = given.get("objective", PUBLIC)
    if objective not in OBJECTIVES:
        problems.append(("objective", "Choose from the list what is made the most of."))
    if problems:
        raise InvalidChoice(problems)
    for control in off:
        found = found.switched(control, False)
    for pool in there[POOL]:
        control, on = f"{POOL}{pool}", pool not in closed
        # A box that is as it was shown takes back nothing that the chosen option sets.
        if before.of(control) or on != (pool in shown_open):
            found = found.switched(control, on, was=pool in was)
    for key, pounds in brought.items():
        stream, _, year = key.rpartition(":")
        found = found.with_funding(papers, stream, year, pounds)
    for rule, amount in typed.items():
        found = found.with_amount(papers, rule, amount)
    said = {f"{AMOUNT}{rule}" for rule in there[AMOUNT]} | {f"{FUNDING}{key}" for key in brought}
    others = [each for each in before.controls if each not in said]
    others = [each for each in others if not each.startswith((POOL, AGENCY, FENCE))]
    return replace(found.with_others(papers, before, others), objective=str(objective))


def _known(
    given: Any, keys: Collection[str], control: str, problems: list[tuple[str, str]]
) -> list[str]:
    chosen = sorted(set(map(str, given))) if isinstance(given, list | tuple) else []
    for key in chosen:
        if key not in keys:
            problems.append((control, f"There is no {key} here to choose."))
    return chosen


def _amounts(
    papers: Place, base: Place, given: Any, before: Changes, problems: list[tuple[str, str]]
) -> dict[str, float | Mapping[str, float]]:
    """Amounts as typed, by rule; where the box was left as it was shown, those asked before."""
    table, spoken = changeable_rules(base), Names(base)
    drawn = changeable_rules(before.base(papers))
    found: dict[str, float | Mapping[str, float]] = {}
    for rule, typed in (given if isinstance(given, Mapping) else {}).items():
        if rule not in table.index:
            continue
        row, asked = table.loc[rule], before.asked(rule)
        text = str(typed).strip()
        label = rule_name(row, spoken)
        if not _AMOUNT.fullmatch(text):
            problems.append((f"amount-{rule}", f"{label}: enter a number, like 2.5."))
            continue
        amount = float(text.replace(",", "").removeprefix("£")) * scale_of(str(row["kind"]))
        own = float(row["amount"])
        rounded = 0.5 * 10 ** -digits_of(row) * scale_of(str(row["kind"]))
        if asked and abs(amount - before.held(papers, rule)[0]) <= rounded:
            found[rule] = asked
        elif abs(amount - own) <= rounded:
            found[rule] = own  # what a box shows of the place's own amount, rounded
        elif rule in drawn.index and _left(amount, row, drawn.loc[rule]):
            found[rule] = own  # nobody touched it: another option says what it is now
        elif not 0 <= amount < 1e15:
            problems.append((f"amount-{rule}", f"{label}: enter a number that is not below 0."))
        elif not _within(amount, *bounds(row)):
            problems.append((f"amount-{rule}", f"{label}: {refused(row)}."))
        else:
            found[rule] = amount
    return found


def _left(amount: float, row: pd.Series, drawn: pd.Series) -> bool:
    """Whether a box holds what it was drawn with, before another option was chosen."""
    rounded = 0.5 * 10 ** -digits_of(drawn) * scale_of(str(row["kind"]))
    return abs(amount - float(drawn["amount"])) <= rounded


def _within(amount: float, least: float, most: float | None) -> bool:
    return amount >= least and (most is None or amount <= most)


def _funding_asked(
    base: Place, keys: Collection[str], given: Any, problems: list[tuple[str, str]]
) -> dict[str, float]:
    """Pounds as typed, by stream and year; a box that nobody touched is not sent."""
    called = names(base, "streams")
    found: dict[str, float] = {}
    for key, typed in (given if isinstance(given, Mapping) else {}).items():
        if key not in keys:
            continue
        text, (stream, _, year) = str(typed).strip(), key.rpartition(":")
        pounds = float(text.replace(",", "").removeprefix("£")) if _AMOUNT.fullmatch(text) else -1.0
        if 0 <= pounds < 1e9:
            found[key] = round(pounds * MILLION, 2)
        else:
            said = f"{called[stream]} in {year}: enter £ million that are not below 0, like 2.5."
            problems.append((f"funding-{key}", said))
    return found
