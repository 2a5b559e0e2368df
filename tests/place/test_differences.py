"""Two places share a digest only where they are the same."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from placebudget.place.origin import row_digests, table_digests
from places import rows_of, tiny
from proof import ALL

# What has served as the end of a cell, of a row or of a text, and what looks like it.
MARKS = [
    "\x00",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x1f",
    "\n",
    "\r",
    "\t",
    '"',
    '", "',
    "\\",
    "],[",
    "|",
    ",",
]
TEXTS = st.lists(st.sampled_from([*MARKS, "a", "b", "1", "null", "\ud800"]), max_size=5).map(
    "".join
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {name: st.none() | TEXTS for name in ("title", "publisher", "reference")}
    ),
    min_size=1,
    max_size=3,
)


def with_sources(rows: list[dict[str, Any]]) -> Any:
    return tiny(sources=[{"source": f"s{n}", **row} for n, row in enumerate(rows)])


def cells(place: Any) -> list[list[Any]]:
    frame: pd.DataFrame = place.tables["sources"]
    return sorted(frame.astype(object).where(frame.notna(), None).to_numpy().tolist(), key=repr)


@settings(max_examples=30 if ALL else 10)
@given(ROWS, ROWS)
def test_notes_with_any_characters_never_make_two_places_look_like_one(
    some: list[dict[str, Any]], others: list[dict[str, Any]]
) -> None:
    one, other = with_sources(some), with_sources(others)
    same = cells(one) == cells(other)
    assert (one.digest == other.digest) is same
    assert (table_digests(one)["sources"] == table_digests(other)["sources"]) is same


def test_a_note_that_holds_the_rest_of_the_table_is_not_the_table() -> None:
    """Cells were once joined by U+001F and rows by U+001E: one row could look like two."""
    two = tiny(sources=[{"source": "a", "title": "x"}, {"source": "b", "title": "y"}])
    blanks = "\x1f" * (two.tables["sources"].shape[1] - 1)
    one = tiny(sources=[{"source": "a", "title": f"x\x1eb{blanks}y"}])
    assert one.digest != two.digest


def test_the_digest_does_not_hang_on_the_order_of_rows() -> None:
    rows = rows_of("agencies")
    one, other = tiny(agencies=rows), tiny(agencies=rows[::-1])
    assert one.digest == other.digest
    assert row_digests(one, "agencies") == row_digests(other, "agencies")[::-1]


def test_a_blank_and_the_word_for_it_are_two() -> None:
    blank, word = with_sources([{"title": None}]), with_sources([{"title": "null"}])
    assert blank.digest != word.digest
