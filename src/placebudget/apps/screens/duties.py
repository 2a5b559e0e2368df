"""What must happen: duties in law, and what else was promised or assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from placebudget.apps.blocks import Block, Heading, TableBlock, TextBlock, Told
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.place import RULE_KINDS, Place
from placebudget.place.names import Names, rule_words
from placebudget.place.population import needs_of
from placebudget.place.rule_kinds import rules_that
from placebudget.place.subjects import led_by_need
from placebudget.programme.money import contribution_limits
from placebudget.view.sheet import text_grid
from placebudget.words import count, money, sentence, stated

Row = tuple[object, ...]
_BASES = {
    "law": "Duties in law",
    "grant condition": "Conditions of grants",
    "agreement": "Agreements between partners",
    "policy": "Policies of partners",
    "assumption": "Assumptions of the model",
}


def tell(meeting: Meeting) -> Told:
    """Need that must be met, what pools must get, and every rule, by what each rests on."""
    place = meeting.place
    rules = place.filled("rules")
    must = [*_need(place), *_paid_in(place)]
    if rules.empty and not must:
        return Told("These papers hold no duties and no other rules", [_note()])
    duties = rules[rules["basis"] == "law"]
    met = led_by_need(place)
    title = (
        _title(duties, len(rules) - len(duties)) if len(rules) else "No rule stands in these papers"
    )
    if met:
        title += f"; all need of {len(met)} service{'' if len(met) == 1 else 's'} must be met"
    return Told(title, [*must, *_tables(place, rules), _note()])


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
        caption = f"{title}: {len(rows)} rule{'' if len(rows) == 1 else 's'}"
        yield _table(f"rules-{basis.replace(' ', '-')}", caption, rows)


def _row(rule: dict[str, Any], spoken_names: Names) -> Row:
    text = rule_words(rule, spoken_names)
    # The words of rules in per cent speak of years by themselves.
    each = pd.isna(rule["year"]) and RULE_KINDS[rule["kind"]].unit != "per cent"
    return (
        f"{sentence(text)}{' each year' if each else ''}",
        rule["reference"],
        rule["status"],
        _once([rule["note"]]),
    )


def _need(place: Place) -> Iterator[Block]:
    """Services of which everybody in need is served: how many these are, and how that is known."""
    led, names, rows = led_by_need(place), Names(place), list[Row]()
    needs, years = needs_of(place), place.years
    services = place.filled("services").set_index("service")
    for service, mine in needs[needs["service"].isin(led)].groupby("service", sort=False):
        spread = {year: _in_year(mine, year) for year in (years[0], years[-1])}
        unit = str(services["unit"][service])
        rows.append(
            (
                f"{sentence(names.of('service', str(service)))}: all in need are served, "
                f"{_from_to([count(each) for each in spread.values()], years)} ({unit})",
                _once([services["note"].get(service)] if "note" in services else []),
                _once(mine["status"]),
                _once(mine["note"]),
            )
        )
    if rows:
        yield Heading("Need that must be met")
        caption = f"Need that must be met: {len(rows)} service{'' if len(rows) == 1 else 's'}"
        yield _table("need-that-must-be-met", caption, rows)


def _in_year(rows: pd.DataFrame, year: str) -> float:
    """People in need in a year; a row of its own year comes before one of any year."""
    own = rows[rows["year"].isna() | (rows["year"] == year)]
    own = own.sort_values("year", na_position="first", kind="stable")
    return float(own.drop_duplicates("area", keep="last")["people"].sum())


def _paid_in(place: Place) -> Iterator[Block]:
    """The least that each stream must pay into a pool."""
    limits, names, rows = contribution_limits(place, place.years), Names(place), list[Row]()
    given = place.filled("contributions").set_index(["pool", "stream"]).sort_index()
    for key, mine in limits[limits["minimum"] > 0].groupby(["pool", "stream"]):
        pool, stream = key
        least, years = mine["minimum"], [place.years[t] for t in mine["t"]]
        table = given.loc[[key]]
        rows.append(
            (
                f"{sentence(names.of('stream', stream))} pays at least "
                f"{_from_to([stated(least.iloc[0]), stated(least.iloc[-1])], years)} into "
                f"{names.of('pool', pool)}",
                _once(table["legal_power"]),
                _once(table["status"]),
                _once(table["note"]),
            )
        )
    if rows:
        yield Heading("What must be paid into pools")
        caption = f"What must be paid into pools: {len(rows)} least amount{'s'[: len(rows) > 1]}"
        yield _table("least-into-pools", caption, rows)


def _from_to(ends: Sequence[str], years: Sequence[str]) -> str:
    """A figure of each year, or of the first and the last."""
    if len(years) == 1:
        return f"{ends[0]} in {years[0]}"
    if ends[0] == ends[-1]:
        return f"{ends[0]} a year"
    return f"{ends[0]} in {years[0]} and {ends[-1]} in {years[-1]}"


def _once(texts: Iterable[object]) -> str:
    """What rows say, each thing once; nothing where they say nothing."""
    return "; ".join(dict.fromkeys(str(each) for each in texts if pd.notna(each)))


def _table(key: str, caption: str, rows: Sequence[Row]) -> Block:
    columns = ["what it asks for", "where it stands", "the figure is", "note"]
    return TableBlock(text_grid(key, caption, columns, rows))


def _note() -> TextBlock:
    return TextBlock(
        "Nothing a board does here goes below a duty in law: such a floor can be raised, not "
        "lowered, and no way out of a clash touches it.",
        "note",
    )


SCREEN = Screen("duties", "What must happen", tell)
