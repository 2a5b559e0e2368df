"""What was measured of growth: its page is written from what is kept, and a rise is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import growth


def test_the_page_and_its_picture_are_written_from_the_last_that_is_kept() -> None:
    found = json.loads(growth.kept()[-1].read_text("utf-8"))
    assert growth.PAGE.read_text("utf-8") == growth.page(found)
    assert growth.PICTURE.read_text("utf-8") == growth.picture(found)


def test_what_has_grown_since_the_last_that_is_kept_is_said_and_what_has_not_is_not() -> None:
    found = json.loads(growth.kept()[-1].read_text("utf-8"))
    assert growth.compared(found).startswith("Nothing has grown")
    town = found["sizes"]["town"]
    town["ratios"]["reading"] *= 2
    town["memory"]["ours"] *= 2
    name = growth.kept()[-1].stem
    first, *points = growth.compared(found).splitlines()
    assert first == f"Grown since {name}:"
    assert [each.partition(":")[0] for each in points] == [
        "- town, reading",
        "- town, peak memory",
    ]


def test_without_anything_kept_nothing_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth, "KEPT", tmp_path)
    assert growth.compared({"sizes": {}}) == "Nothing is kept yet to compare with."
