"""What a board's page sends, read as changes of its papers, or refused in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from placebudget.errors import InvalidOption, PlaceBudgetError, WrongArgument
from placebudget.place import Place
from placebudget.place.names import Names
from placebudget.place.options import named_option
from placebudget.place.options.lawful import LAW
from placebudget.work import Changes
from placebudget.work.amounts import amount_in_words, digits_of, floor_name, floors, scale_of
from placebudget.work.changes import AGENCY, AMOUNT, FENCE
from placebudget.work.said import contributions_by_agency

# As people type an amount: a comma stands between thousands only, 19,5 could mean anything.
_AMOUNT = re.compile(r"£? ?-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)


class InvalidChoice(PlaceBudgetError):
    """A choice that does not fit the place.

    Parameters
    ----------
    problems : sequence of (str, str)
        The control each problem belongs to, and a sentence.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("\n".join(sentence for _, sentence in problems))
        self.problems = tuple(problems)


def read_choices(papers: Place, given: Mapping[str, Any], before: Changes) -> Changes:
    """Changes as a browser sends them, checked against the place.

    Parameters
    ----------
    papers : Place
        The place of the papers.
    given : mapping
        ``option`` (a name), ``alone`` (agencies), ``unfenced`` (streams), ``amounts``
        (figures as typed, by rule; pounds in £ million).
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
    fenced = set(papers.ring_fences["stream"]) | set(base.ring_fences["stream"])
    agencies = contributions_by_agency(papers)
    off = [(AGENCY, each) for each in _known(given.get("alone"), agencies, "alone", problems)]
    off += [(FENCE, each) for each in _known(given.get("unfenced"), fenced, "unfenced", problems)]
    typed = _amounts(papers, base, given.get("amounts", {}), before, problems)
    if problems:
        raise InvalidChoice(problems)
    for kind, key in off:
        found = found.switched(f"{kind}{key}", False)
    for rule, amount in typed.items():
        found = found.with_amount(papers, rule, amount)
    boxes = {f"{AMOUNT}{rule}" for rule in floors(base)["rule"]}
    others = [each for each in before.controls if each not in boxes]
    others = [each for each in others if not each.startswith((AGENCY, FENCE))]
    return found.with_others(papers, before, others)


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
    table, spoken = floors(base).set_index("rule", drop=False), Names(base)
    found: dict[str, float | Mapping[str, float]] = {}
    for rule, typed in (given if isinstance(given, Mapping) else {}).items():
        if rule not in table.index:
            continue
        row, asked = table.loc[rule], before.asked(rule)
        text = str(typed).strip()
        label = floor_name(row, spoken)
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
        elif not 0 <= amount < 1e15:
            problems.append((f"amount-{rule}", f"{label}: enter a number that is not below 0."))
        elif str(row["basis"]) == LAW and amount < own:
            least = amount_in_words(row, own)
            problems.append(
                (f"amount-{rule}", f"{label}: this is a duty in law, so not below {least}.")
            )
        else:
            found[rule] = amount
    return found
