"""The pure parts of the table in the page, run in Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import placebudget
from scripts import node

MODULE = Path(placebudget.__file__).parent / "widgets" / "static" / "tableview.js"


def in_node(expression: str) -> Any:
    """What an expression over the module's exports comes to."""
    script = f"import * as view from {json.dumps(MODULE.as_uri())};\n"
    script += f"console.log(JSON.stringify({expression}));"
    command = [node(), "--input-type=module", "--eval", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


PASTES = {
    "a block of cells": ("a\tb\nc\td", [["a", "b"], ["c", "d"]]),
    "lines as Windows ends them": ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
    "an empty cell": ("a\t\tb\n\t\t\n", [["a", "", "b"], ["", "", ""]]),
    "a quoted line break": ('"two\nlines"\tb', [["two\nlines", "b"]]),
    "a quoted quotation mark": ('"say ""yes"""\tb\n', [['say "yes"', "b"]]),
    "a mark that belongs to the text": ('5" pipe\t"open', [['5" pipe', '"open']]),
    "an empty quoted cell": ('""\ta', [["", "a"]]),
    "a blank line": ("a\n\nb", [["a"], [""], ["b"]]),
    "nothing": ("", []),
}


@pytest.mark.parametrize("name", PASTES)
def test_cells_from_a_spreadsheet_are_read(name: str) -> None:
    text, cells = PASTES[name]
    assert in_node(f"view.parsePaste({json.dumps(text)})") == cells


def test_a_block_is_put_in_where_it_was_pasted_and_adds_the_rows_it_needs() -> None:
    rows = [["a", "b"], ["c", "d"]]
    done = in_node(
        f"(() => {{ const rows = {json.dumps(rows)}; const done = view.applyBlock(rows, "
        "{row: 1, column: 1}, [['1', '2'], ['3']], 2); return [done, rows]; })()"
    )
    assert done[0] == {"rows": [["a", "b"], ["c", "1"], ["", "3"]], "pasted": 2, "left": 1}
    assert done[1] == rows


def test_a_block_adds_no_more_rows_than_a_table_may_have() -> None:
    done = in_node("view.applyBlock([['a']], {row: 0, column: 0}, [['1'], ['2'], ['3']], 1, 2)")
    assert done == {"rows": [["1"], ["2"]], "pasted": 2, "left": 1}


KEYS = {
    ("ArrowUp", False): [0, 2],
    ("ArrowDown", False): [2, 2],
    ("ArrowLeft", False): [1, 1],
    ("ArrowRight", False): [1, 3],
    ("Home", False): [1, 0],
    ("End", False): [1, 3],
    ("Home", True): [0, 0],
    ("End", True): [29, 3],
    ("PageDown", False): [11, 2],
    ("PageUp", False): [0, 2],
}


@pytest.mark.parametrize(("key", "control"), KEYS)
def test_a_key_moves_as_in_a_grid(key: str, control: bool) -> None:
    moved = in_node(
        f"view.moveCell({json.dumps(key)}, {json.dumps(control)}, {{row: 1, column: 2}}, "
        "{rows: 30, columns: 4})"
    )
    assert [moved["row"], moved["column"]] == KEYS[key, control]


@pytest.mark.parametrize("key", ["Tab", "a", "toString", "constructor", "Enter"])
def test_other_keys_move_nothing(key: str) -> None:
    assert in_node(f"view.moveCell({json.dumps(key)}, false, {{row: 0, column: 0}}, "
                   "{rows: 2, columns: 2})") is None  # fmt: skip


def test_no_key_leaves_the_grid() -> None:
    keys = [key for key, _ in KEYS]
    moved = in_node(
        f"{json.dumps(keys)}.map((key) => view.moveCell(key, false, {{row: 0, column: 0}}, "
        "{rows: 1, columns: 1}))"
    )
    assert moved == [{"row": 0, "column": 0}] * len(keys)


def test_changes_are_undone_and_made_again() -> None:
    said = in_node(
        "(() => { const h = new view.History('a'); h.add('b'); h.add('c'); const seen = [];"
        "for (const step of ['undo', 'undo', 'undo', 'redo', 'redo', 'redo', 'undo'])"
        " seen.push([h[step](), h.now]); h.add('d');"
        " seen.push([h.redo(), h.now]); return seen; })()"
    )
    assert said == [
        [True, "b"],
        [True, "a"],
        [False, "a"],
        [True, "b"],
        [True, "c"],
        [False, "c"],
        [True, "b"],
        [False, "d"],
    ]


def test_rows_are_shown_a_hundred_at_a_time() -> None:
    pages = in_node("[0, 2, 9, -1].map((page) => view.pageOf(page, 230))")
    assert [(each["first"], each["last"]) for each in pages] == [
        (0, 100),
        (200, 230),
        (200, 230),
        (0, 100),
    ]
    assert in_node("view.pageOf(0, 0)") == {"number": 0, "pages": 1, "first": 0, "last": 0}


def test_the_module_writes_text_only_and_imports_nothing() -> None:
    text = MODULE.read_text("utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "eval(", "document.write", "import "):
        assert word not in text
