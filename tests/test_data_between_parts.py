"""Between the parts goes data; words are made at the edge, and no code reads them back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import placebudget

PACKAGE = Path(placebudget.__file__).parent
PARTS = ("plan", "study", "view", "apps", "widgets")
READING = {"startswith", "endswith", "removeprefix", "removesuffix", "split", "partition",
           "rpartition", "replace"}  # fmt: skip
# The mark of an item, a phrase, or a unit that stands for a type.
WORDS = re.compile(r"- |pounds|(?=.*[a-z]{2}).* .*", re.DOTALL)
ALLOWED = {
    "plan/drawing/drawing.py": "a key: the column where of prices is “service in area”",
    "plan/plan.py": "a unit loses a part that goes without saying",
    "plan/explain/price_words.py": "a key: the column where of prices is “service in area”",
    "plan/explain/words.py": "a unit loses a part that goes without saying",
    "view/prices.py": "the column limit of prices, kept in files of plans, ends in its year",
    "view/studies/common.py": "a unit takes the name of its axis",
}


def constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Values of names that a module gives."""
    return {
        goal.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for goal in node.targets
        if isinstance(goal, ast.Name)
    }


def texts(value: ast.expr, named: dict[str, ast.expr]) -> Iterator[str]:
    """Texts that an argument is made of, looked up where it is a name of the module."""
    if isinstance(value, ast.Name) and value.id in named:
        value = named[value.id]
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def reads_words(source: str) -> Iterator[int]:
    """Lines on which a text is taken apart by words, or a summary into its lines."""
    tree = ast.parse(source)
    named = constants(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        of_summary = "summary(" in ast.unparse(node.func.value)
        if of_summary and node.func.attr in {*READING, "splitlines"}:
            yield node.lineno
        elif node.func.attr in READING and node.args:
            # What is put in its place may be words; what is looked for may not.
            asked = node.args[0]
            if any(WORDS.fullmatch(text) for text in texts(asked, named)):
                yield node.lineno


def test_a_sentence_that_is_read_back_is_found() -> None:
    """Seven that read words, and four that read a key, a mark or a number."""
    wrong = [
        'line.removeprefix("- ")', "found.summary().splitlines()", 'unit.startswith("pounds")',
        'mend.endswith("There are: none.")', 'text.removesuffix(" of it")', "_ONE = 'Not kept'\n"
        "text.startswith(_ONE)", 'text.startswith(f"first plan, {name}")',
    ]  # fmt: skip
    right = [
        'keys.split(", ")',
        'key.replace("_", " ")',
        'text.partition(".")',
        'key.partition(":")',
    ]
    assert [list(reads_words(each)) != [] for each in wrong] == [True] * len(wrong)
    assert [list(reads_words(each)) for each in right] == [[]] * len(right)


def test_no_part_reads_a_sentence_back() -> None:
    found = {
        file.relative_to(PACKAGE).as_posix(): lines
        for part in PARTS
        for file in sorted((PACKAGE / part).rglob("*.py"))
        if (lines := list(reads_words(file.read_text("utf-8"))))
    }
    assert {name: lines for name, lines in found.items() if name not in ALLOWED} == {}
    assert sorted(found) == sorted(ALLOWED), "allowed, but no longer needed"
