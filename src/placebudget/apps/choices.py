"""What a board's page sends, read as changes of its papers, or refused in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.errors import InvalidOption, WrongArgument
from placebudget.place import Place
from placebudget.place.names import Names
from placebudget.place.options import named_option
from placebudget.work import PUBLIC_VALUE, Changes
from placebudget.work.amounts import (
    MILLION,
    OBJECTIVES,
    bounds,
    changeable,
    changeable_rules,
    digits_of,
    refused,
    rule_name,
    scale_of,
)
from placebudget.work.changes import AGENCY, AMOUNT, FENCE, FUNDING, POOL
from placebudget.work.forms import InvalidChoice
from placebudget.work.said import names

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
    off = [
        f"{kind}{each}"
        for kind, sent in ((POOL, "closed"), (AGENCY, "alone"), (FENCE, "unfenced"))
        for each in _known(given.get(sent), {*there[kind], *first[kind]}, sent, problems)
    ]
    typed = _amounts(papers, base, given.get("amounts", {}), before, problems)
    brought = _funding(base, there[FUNDING], given.get("funding", {}), problems)
    objective = given.get("objective", PUBLIC_VALUE)
    if objective not in OBJECTIVES:
        problems.append(("objective", "Choose from the list what is made the most of."))
    if problems:
        raise InvalidChoice(problems)
    for control in off:
        found = found.switched(control, False)
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


def _funding(
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
