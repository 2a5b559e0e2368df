"""Cells: missing, doubled or unknown keys, numbers outside their range, unknown words.

And texts: what cannot be seen, what looks alike, what is too long, what starts like a formula.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from typing import Any

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.conditions import ALIGNED, DIRECT, FREED, POOLED
from placebudget.place.findings import Finding, error, warning
from placebudget.place.geography import is_blank
from placebudget.place.io.sheets import starts_like_a_formula
from placebudget.place.schema import Column, Table
from placebudget.texts import did_you_mean, listed, shown
from placebudget.words import whole_pounds

_HINTS = 50
_ROUTES = (DIRECT, ALIGNED, POOLED, FREED)
_PICKED = (
    ("agencies", "agency"),
    ("areas", "area"),
    ("areas", "tier"),
    ("pools", "pool"),
    ("services", "service"),
    ("services", "purpose"),
    ("outcomes", "outcome"),
)


def missing_tables(examined: Examination) -> Iterator[Finding]:
    """Required tables without rows."""
    for name, table in examined.tables.items():
        if table.required and not len(examined.place.tables[name]):
            what = f"The table {name} has no rows."
            yield error("missing-table", name, None, None, what, f"Add rows: {table.description}")


def missing_cells(examined: Examination) -> Iterator[Finding]:
    """Blank cells in required columns."""
    for name, table in examined.tables.items():
        for column in table.columns if len(examined.place.tables[name]) else ():
            if column.required:
                for number in examined.blank(name, column.name):
                    mend = f"Fill it in: {column.description}"
                    yield error(
                        "missing-value", name, number, column.name, "The cell is blank.", mend
                    )


def stray_spaces(examined: Examination) -> Iterator[Finding]:
    """Spaces around keys, which would make two keys look like one."""
    for name, table in examined.tables.items():
        for column in table.columns:
            if column.type == "string" and is_key(table, column):
                for number, text in examined.cells(name, column.name):
                    if text != text.strip():
                        what = f"{shown(text)} has spaces around it."
                        yield error("stray-space", name, number, column.name, what, "Remove them.")


def doubled_keys(examined: Examination) -> Iterator[Finding]:
    """Rows with the key of a row above."""
    for name, table in examined.tables.items():
        first: dict[tuple[Any, ...], int] = {}
        for number, row in examined.rows(name):
            key = tuple(_part(examined, table, part, getattr(row, part)) for part in table.key)
            if is_blank(key[0]):
                continue
            if key in first:
                parts = ", ".join(shown(part, quoted=False) for part in key if part is not None)
                what = f"{parts} stands in row {first[key]} already."
                mend = "Remove one of the rows, or put them together."
                yield error("doubled-key", name, number, table.key[0], what, mend)
            first.setdefault(key, number)


def unknown_keys(examined: Examination) -> Iterator[Finding]:
    """Keys that refer to a row which is not there."""
    for name, table in examined.tables.items():
        for column in table.columns:
            if not column.refers:
                continue
            other, field = column.refers.split(".")
            known = {key for _, key in examined.cells(other, field)}
            cells = examined.cells(name, column.name)
            unknown = [(number, value) for number, value in cells if value not in known]
            if not unknown:
                continue
            # Looking for what is near takes time: it is done for the first few.
            few = list(dict.fromkeys(value for _, value in unknown))[:_HINTS]
            hints = {value: did_you_mean(value, sorted(known)) for value in few}
            named = listed((shown(key, quoted=False) for key in sorted(known)), most=8)
            for number, value in unknown:
                what = f"No {field} {shown(value)} in the table {other}."
                mend = f"Add it there, or use one of: {named or '(none yet)'}."
                mend = hints.get(value) or mend
                yield error("unknown-key", name, number, column.name, what, mend)


def unusable_keys(examined: Examination) -> Iterator[Finding]:
    """Keys that could not be told from words or marks with a meaning of their own."""
    for number, row in examined.rows("pools"):
        if row.pool in _ROUTES or (not is_blank(row.pool) and "," in row.pool):
            what = (
                f"A pool may not be called {shown(row.pool)}: it would read as a kind of pooling."
            )
            yield error("unusable-key", "pools", number, "pool", what, "Choose another key.")
    for table, column in _PICKED:
        for number, row in examined.rows(table):
            key = getattr(row, column)
            if not is_blank(key) and any(mark in key for mark in ";|"):
                what = f"{shown(key)} holds ; or |, which divide the subjects of rules."
                yield error("unusable-key", table, number, column, what, "Choose another key.")


def is_key(table: Table, column: Column) -> bool:
    """Whether texts of a column are keys, which rows and rules refer to."""
    return column.name in table.key or bool(column.refers) or column.name in ("purpose", "tier")


def _part(examined: Examination, table: Table, name: str, value: Any) -> Any:
    """A part of a key; a blank area is the whole place."""
    if table.column(name).refers == "areas.area":
        return examined.geography.key(value)
    return None if is_blank(value) else value


LARGEST = 1e13
"""More pounds, people or units than there are: public spending of Britain is a tenth."""

SMALLEST = 1e-6
"""Least unit cost, population or step that can be divided by."""


def outside_range(examined: Examination) -> Iterator[Finding]:
    """Negative amounts, shares outside 0 to 1, numbers without end."""
    for name, table in examined.tables.items():
        for column in table.columns:
            if column.type in ("number", "integer"):
                for number, value in examined.cells(name, column.name):
                    if _is_outside(column, value):
                        yield _outside(name, column, number, float(value))


def enormous(examined: Examination) -> Iterator[Finding]:
    """Figures larger than any there is: a slip, and more than can be reckoned with."""
    for name, table in examined.tables.items():
        for column in table.columns:
            if column.type != "number":
                continue
            for number, value in examined.cells(name, column.name):
                if LARGEST < abs(value) < math.inf:
                    what = f"{value:g} is larger than any figure of a place."
                    mend = f"Write a number of {LARGEST:,.0f} or less."
                    yield error("enormous", name, number, column.name, what, mend)


def minute(examined: Examination) -> Iterator[Finding]:
    """Figures so near nothing that dividing by them has no end."""
    for name, table in examined.tables.items():
        for column in table.columns:
            if column.type != "number" or column.above != 0:
                continue
            for number, value in examined.cells(name, column.name):
                if 0 < value < SMALLEST:
                    what = f"{value:g} is all but nothing."
                    mend = f"Write a number of {SMALLEST:g} or more."
                    yield error("minute", name, number, column.name, what, mend)


def unknown_words(examined: Examination) -> Iterator[Finding]:
    """Words that are not in the list of a column."""
    for name, table in examined.tables.items():
        for column in table.columns:
            if not column.allowed:
                continue
            for number, value in examined.cells(name, column.name):
                if value not in column.allowed:
                    what = f"{shown(value)} is not one of: {', '.join(column.allowed)}."
                    mend = did_you_mean(value, column.allowed) or "Write one of these words."
                    yield error("unknown-word", name, number, column.name, what, mend)


def minimum_above_maximum(examined: Examination) -> Iterator[Finding]:
    """Contributions that must be more than they may be."""
    for number, row in examined.rows("contributions"):
        if not is_blank(row.maximum) and row.minimum > row.maximum:
            least, most = whole_pounds(row.minimum), whole_pounds(row.maximum)
            what = f"The minimum {least} is above the maximum {most}."
            mend = "Lower the minimum or raise the maximum."
            yield error("minimum-above-maximum", "contributions", number, "minimum", what, mend)


def lot_above_capacity(examined: Examination) -> Iterator[Finding]:
    """Offers whose smallest lot is more than they can deliver."""
    for number, row in examined.rows("offers"):
        if not is_blank(row.capacity) and row.smallest_lot > row.capacity:
            what = f"The smallest lot {row.smallest_lot:g} is above the capacity {row.capacity:g}."
            mend = "Lower the lot or raise the capacity: the offer could never run."
            yield error("lot-above-capacity", "offers", number, "smallest_lot", what, mend)


def posts_without_time(examined: Examination) -> Iterator[Finding]:
    """Roles of which a post works no hour a year."""
    for number, row in examined.rows("posts"):
        if row.absence_days >= row.days or row.vacant == 1:
            what = f"A post of {row.role} works no hour a year."
            mend = "Write more days than absence_days, and a share of vacant below 1."
            yield error("post-without-time", "posts", number, "days", what, mend)


def leaving_without_lot(examined: Examination) -> Iterator[Finding]:
    """Offers that cost something to end and could run with nothing bought."""
    for number, row in examined.rows("offers"):
        if row.leaving_cost > 0 and row.smallest_lot == 0:
            what = f"{row.offer} has a leaving cost and no smallest lot: it would never end."
            mend = "Give it a smallest_lot, the least it runs with, or leave leaving_cost blank."
            yield error("leaving-without-lot", "offers", number, "smallest_lot", what, mend)


def choices_between_offers(examined: Examination) -> Iterator[Finding]:
    """Choices of one offer, with two rules, or of which today's money buys several."""
    by_choice: dict[str, list[tuple[int, Any]]] = {}
    for number, row in examined.rows("choices"):
        if not is_blank(row.choice):
            by_choice.setdefault(row.choice, []).append((number, row))
    bought = {row.offer for _, row in examined.rows("today") if row.amount > 0}
    for choice, rows in by_choice.items():
        first, one = rows[0]
        if len(rows) == 1:
            what = f"The choice {choice} names one offer alone."
            mend = "Name the offers that it is chosen from, a row each, or remove the row."
            yield error("choice-of-one", "choices", first, "offer", what, mend)
        other = next((row for _, row in rows if row.rule != one.rule), None)
        if other is not None:
            last = next(number for number, row in rows if row is other)
            what = f"The choice {choice} is {one.rule} in row {first} and {other.rule} here."
            mend = "Write the same in all rows of a choice."
            yield error("choice-in-two-ways", "choices", last, "rule", what, mend)
        today = [row.offer for _, row in rows if row.offer in bought]
        if len(today) > 1:
            what = f"Today's money buys from {' and '.join(today)}, of which one alone may run."
            mend = "A plan shuts all but one; if they may run beside each other, remove the choice."
            yield warning("choice-of-today", "choices", first, "choice", what, mend)


def shared_services(examined: Examination) -> Iterator[Finding]:
    """Shared offers with too few members, told in two ways, or of members without a lot."""
    rows_of: dict[str, list[tuple[int, Any]]] = {}
    for number, row in examined.rows("shared_services"):
        if not is_blank(row.shared_offer):
            rows_of.setdefault(row.shared_offer, []).append((number, row))
    lots = {row.offer: row.smallest_lot for _, row in examined.rows("offers")}
    table = "shared_services"
    for shared, rows in rows_of.items():
        first, one = rows[0]
        other = next((n for n, row in rows if row.least_members != one.least_members), None)
        if other is not None:
            what = f"{shared} needs {one.least_members} members in row {first}, and others here."
            mend = "Write the same in all rows of a shared offer."
            yield error("shared-in-two-ways", table, other, "least_members", what, mend)
        elif len(rows) < one.least_members:
            what = f"{shared} needs {one.least_members} members and has {len(rows)}."
            mend = "Add members, a row each, or lower least_members: it could never run."
            yield error("too-few-members", table, first, "least_members", what, mend)
        for number, row in rows:
            if row.offer == shared:
                what = f"{shared} runs through itself."
                mend = "Name the member's own offer here, with what it pays for itself."
                yield error("shared-with-itself", table, number, "offer", what, mend)
            elif lots.get(row.offer) == 0:
                what = f"{row.offer} has no smallest lot, so that it could join and use nothing."
                mend = "Give the offer a smallest lot: what the member brings at least."
                yield error("member-without-lot", table, number, "offer", what, mend)


def _is_outside(column: Column, value: float) -> bool:
    return (
        not math.isfinite(value)
        or (column.minimum is not None and value < column.minimum)
        or (column.maximum is not None and value > column.maximum)
        or (column.above is not None and value <= column.above)
    )


def _outside(table: str, column: Column, row: int, value: float) -> Finding:
    negative = value < 0 and column.minimum in (0, 1, None)
    code = "negative" if negative else "outside-range"
    mend = f"Write {_wanted(column)}."
    if column.measure == "share" and 1 < value <= 100:
        mend += f" Is it per cent? Then write {value / 100:g}."
    return error(code, table, row, column.name, f"{value:,.15g} is {_range(column)}.", mend)


def _range(column: Column) -> str:
    if column.minimum is not None and column.maximum is not None:
        return f"not between {column.minimum:g} and {column.maximum:g}"
    if column.minimum is not None:
        return f"below {column.minimum:g}"
    if column.above is not None and column.maximum is not None:
        return f"not above {column.above:g} and at most {column.maximum:g}"
    if column.above is not None:
        return f"not above {column.above:g}"
    return "not a finite number"


def _wanted(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    if column.minimum is not None and column.maximum is not None:
        return f"a number from {column.minimum:g} to {column.maximum:g}{unit}"
    if column.minimum is not None:
        return f"a number of {column.minimum:g} or more{unit}"
    if column.above is not None:
        most = "" if column.maximum is None else f", at most {column.maximum:g}"
        return f"a number above {column.above:g}{most}{unit}"
    return f"a finite number{unit}"


OF_ANY_KIND: tuple[Check, ...] = (
    missing_tables,
    missing_cells,
    stray_spaces,
    doubled_keys,
    unknown_keys,
    outside_range,
    enormous,
    minute,
    unknown_words,
)


# Texts: what cannot be seen, what looks alike, what is too long, what starts like a formula.

LONGEST_KEY, LONGEST_NAME, LONGEST_NOTE = 100, 300, 5_000
_JOINERS = "\u200c\u200d"  # letters of several scripts, and emoji, need them
_LINE_BREAKS = "\t\n\r"


def unseen_in_keys(examined: Examination) -> Iterator[Finding]:
    """Keys with characters that cannot be seen: two of them would look like one."""
    for table, column in _columns(examined, keys=True):
        for number, text in examined.cells(table.name, column.name):
            unseen = unseen_in(text)
            if unseen:
                what = f"The key {shown(text)} holds what cannot be seen: {unseen}."
                mend = "Write the key again, in plain letters."
                yield error("unseen-character", table.name, number, column.name, what, mend)


def unseen_in_names(examined: Examination) -> Iterator[Finding]:
    """Other texts with marks that turn the reading direction, or control something."""
    for table, column in _columns(examined, keys=False):
        for number, text in examined.cells(table.name, column.name):
            unseen = _unseen(text, _JOINERS + _LINE_BREAKS + "\u00a0\u202f")
            if unseen:
                yield _unseen_in_text(unseen, table.name, number, column.name)


def keys_that_look_alike(examined: Examination) -> Iterator[Finding]:
    """Keys of one table that differ only in capitals, accents' form, dashes or width."""
    for name, table in examined.tables.items():
        first: dict[str, tuple[str, int]] = {}
        key = table.key[0]
        for number, text in examined.cells(name, key):
            alike, row = first.setdefault(_plain(text), (text, number))
            if alike != text:
                what = f"{shown(text)} looks like {shown(alike)} in row {row}."
                mend = "If they are one, write them alike; if not, tell them apart by a word."
                yield warning("look-alike-keys", name, number, key, what, mend)


def too_long(examined: Examination) -> Iterator[Finding]:
    """Keys and names that no table, chart or sentence could hold."""
    for keys in (True, False):
        for table, column in _columns(examined, keys=keys):
            most = _most(column, keys)
            for number, text in examined.cells(table.name, column.name):
                if len(text) > most:
                    what = f"The text has {len(text):,} characters; {most:,} is most."
                    mend = "Shorten it."
                    if not keys and column.name != "note" and "note" in table.names:
                        mend = "Shorten it, and put the rest into the column note."
                    yield error("too-long", table.name, number, column.name, what, mend)


def like_formulas(examined: Examination) -> Iterator[Finding]:
    """Texts that a spreadsheet would take for formulas when it opens the CSV files."""
    for keys in (True, False):
        for table, column in _columns(examined, keys=keys):
            for number, text in examined.cells(table.name, column.name):
                if text[0] in "=@\t\r" or (text[0] in "+-" and starts_like_a_formula(text)):
                    what = f"{shown(text)} starts like a formula."
                    mend = "Begin with a letter: a spreadsheet that opens the CSV might run it."
                    yield warning("like-a-formula", table.name, number, column.name, what, mend)


def settings_texts(examined: Examination) -> Iterator[Finding]:
    """Title and description: nothing unseen, and a title that fits a page."""
    settings = examined.place.settings
    for name, most in (("title", LONGEST_NAME), ("description", LONGEST_NOTE)):
        text = getattr(settings, name)
        unseen = _unseen(text, _JOINERS + _LINE_BREAKS + "\u00a0\u202f")
        if unseen:
            yield _unseen_in_text(unseen, examined.place.kind, None, name)
        if len(text) > most:
            what = f"The text has {len(text):,} characters; {most:,} is most."
            yield error("too-long", examined.place.kind, None, name, what, "Shorten it.")


def unseen_in(text: str) -> str:
    """What a key holds that cannot be seen, by name; empty where there is nothing.

    Examples
    --------
    >>> unseen_in("north\u200bvale"), unseen_in("north vale")
    ('U+200B ZERO WIDTH SPACE', '')
    """
    return _named(_unseen(text, ""))


def _unseen_in_text(unseen: list[str], table: str, row: int | None, column: str) -> Finding:
    """An error where no language needs it: what controls a terminal, or half a character."""
    what = f"The text holds what cannot be seen: {_named(unseen)}."
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in unseen):
        return error("unseen-character", table, row, column, what, "Take it out.")
    mend = "Take it out, unless the language of the text needs it."
    return warning("unseen-character", table, row, column, what, mend)


def _columns(examined: Examination, *, keys: bool) -> Iterator[tuple[Table, Column]]:
    for table in examined.tables.values():
        for column in table.columns:
            if column.type == "string" and is_key(table, column) == keys:
                yield table, column


def _most(column: Column, key: bool) -> int:
    if key:
        return LONGEST_KEY
    long = column.lines or column.name in ("note", "reference", "subject")
    return LONGEST_NOTE if long else LONGEST_NAME


def _unseen(text: str, allowed: str) -> list[str]:
    """Characters that control, join or turn, and spaces that are none; in order, once each."""
    if text.isascii() and text.isprintable():
        return []
    return [
        letter
        for letter in dict.fromkeys(text)
        if letter not in allowed
        and letter != " "
        and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp")
    ]


def _named(letters: list[str]) -> str:
    if not letters:
        return ""
    names = (unicodedata.name(letter, "control character") for letter in letters)
    return listed(
        (f"U+{ord(letter):04X} {name}" for letter, name in zip(letters, names, strict=True)), most=3
    )


def _plain(text: str) -> str:
    dashes = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212_ "), "-")
    return unicodedata.normalize("NFKC", text).casefold().translate(dashes)


TEXTS: tuple[Check, ...] = (
    unseen_in_keys,
    unseen_in_names,
    keys_that_look_alike,
    too_long,
    like_formulas,
    settings_texts,
)
CHECKS: tuple[Check, ...] = (
    *OF_ANY_KIND,
    unusable_keys,
    minimum_above_maximum,
    lot_above_capacity,
    leaving_without_lot,
    posts_without_time,
    choices_between_offers,
    shared_services,
    *TEXTS,
)
