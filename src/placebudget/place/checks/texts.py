"""Texts: what cannot be seen, what looks alike, what is too long, what starts like a formula."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.checks.values import is_key
from placebudget.place.findings import Finding, error, warning
from placebudget.place.io.sheets import starts_like_a_formula
from placebudget.place.schema import Column, Table
from placebudget.texts import listed, shown

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
    return LONGEST_NOTE if column.name in ("note", "reference", "subject") else LONGEST_NAME


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
    names = (unicodedata.name(letter, "control character") for letter in letters)
    return listed(
        (f"U+{ord(letter):04X} {name}" for letter, name in zip(letters, names, strict=True)), most=3
    )


def _plain(text: str) -> str:
    dashes = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212_ "), "-")
    return unicodedata.normalize("NFKC", text).casefold().translate(dashes)


CHECKS: tuple[Check, ...] = (
    unseen_in_keys,
    unseen_in_names,
    keys_that_look_alike,
    too_long,
    like_formulas,
    settings_texts,
)
