"""What must happen: duties in law, and what else was promised or assumed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from placebudget.apps.blocks import Block, Heading, TableBlock, TextBlock, Told
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.place import RULE_KINDS, Place
from placebudget.place.names import Names, rule_words
from placebudget.place.rule_kinds import rules_that
from placebudget.view.sheet import text_grid
from placebudget.words import money, sentence

_BASES = {
    "law": "Duties in law",
    "grant condition": "Conditions of grants",
    "agreement": "Agreements between partners",
    "policy": "Policies of partners",
    "assumption": "Assumptions of the model",
}


def tell(meeting: Meeting) -> Told:
    """Every rule in words, by what it rests on."""
    place = meeting.place
    rules = place.filled("rules")
    if rules.empty:
        return Told("These papers hold no duties and no other rules", [_note()])
    duties = rules[rules["basis"] == "law"]
    return Told(_title(duties, len(rules) - len(duties)), [*_tables(place, rules), _note()])


def _title(duties: pd.DataFrame, others: int) -> str:
    floors = rules_that(duties, lambda kind: kind.of_money and kind.least)
    floors = floors[floors["year"].isna()]
    held = float(floors["amount"].sum())
    count = f"{len(duties)} {'duty' if len(duties) == 1 else 'duties'} in law"
    asks = f"; the least amounts among them come to {money(held)} a year"
    rest = f"{others} other rule{'' if others == 1 else 's'}"
    if duties.empty:
        return f"No duty in law stands in these papers; {rest} hold{'s' if others == 1 else ''}"
    come = "comes" if others == 1 else "come"
    return f"{count} must be kept{asks if held else ''}" + (
        f"; {rest} {come} on top" if others else ""
    )


def _tables(place: Place, rules: pd.DataFrame) -> Iterator[Block]:
    spoken_names = Names(place)
    for basis, title in _BASES.items():
        mine = rules[rules["basis"] == basis]
        if mine.empty:
            continue
        yield Heading(title)
        rows = [_row(row, spoken_names) for row in mine.to_dict("records")]
        columns = ["what it asks for", "where it stands", "the figure is"]
        caption = f"{title}: {len(rows)} rule{'' if len(rows) == 1 else 's'}"
        yield TableBlock(text_grid(f"rules-{basis.replace(' ', '-')}", caption, columns, rows))


def _row(rule: dict[str, Any], spoken_names: Names) -> tuple[str, object, object]:
    text = rule_words(rule, spoken_names)
    # The words of rules in per cent speak of years by themselves.
    each = pd.isna(rule["year"]) and RULE_KINDS[rule["kind"]].unit != "per cent"
    return (
        f"{sentence(text)}{' each year' if each else ''}",
        rule["reference"],
        rule["status"],
    )


def _note() -> TextBlock:
    return TextBlock(
        "Nothing a board does here goes below a duty in law: such a floor can be raised, not "
        "lowered, and no way out of a clash touches it.",
        "note",
    )


SCREEN = Screen("duties", "What must happen", tell)
