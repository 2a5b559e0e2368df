"""The pure parts of the form in the page, run in Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import placebudget

MODULE = Path(placebudget.__file__).parent / "widgets" / "static" / "formview.js"


def in_node(expression: str) -> Any:
    """What an expression over the module's exports comes to."""
    script = f"import * as view from {json.dumps(MODULE.as_uri())};\n"
    script += f"console.log(JSON.stringify({expression}));"
    command = ["node", "--input-type=module", "--eval", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


NUMBERS = {
    "12.5": 12.5,
    "1,250": 1250,
    "£ 3": 3,
    "\u22124": -4,
    ".5": 0.5,
    "7.": 7,
    "": None,
    "a lot": None,
    "1e9": None,
    "1.2.3": None,
    "--1": None,
    "Infinity": None,
}


def test_numbers_are_read_as_people_write_them() -> None:
    read = in_node(f"{json.dumps(list(NUMBERS))}.map((text) => view.readNumber(text))")
    assert read == list(NUMBERS.values())


def test_a_number_is_shown_plainly() -> None:
    shown = in_node("[715.3166, 0.1 + 0.2, 5, null, 'x', NaN].map((v) => view.shownNumber(v))")
    assert shown == ["715.3166", "0.3", "5", "", "", ""]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (None, "Write a number."),
        (1.9, "The least that is allowed is 2."),
        (10.5, "The most that is allowed is 10."),
        (2, ""),
        (10, ""),
    ],
)
def test_why_a_number_does_not_fit_is_said(number: float | None, words: str) -> None:
    assert in_node(f"view.misfit({json.dumps(number)}, {{least: 2, most: 10}})") == words


def test_keys_of_controls_never_share_an_id() -> None:
    keys = ["pool:a b", "pool:a_b", "pool:a-b", "pool:a_20_b", "fence:a b", "duty, 2027-28"]
    ids = in_node(f"{json.dumps(keys)}.map((key) => view.idOf(key))")
    assert len(set(ids)) == len(keys)
    assert all(" " not in each for each in ids)


def test_the_module_writes_text_only_and_imports_nothing() -> None:
    text = MODULE.read_text("utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "eval(", "document.write", "import "):
        assert word not in text
