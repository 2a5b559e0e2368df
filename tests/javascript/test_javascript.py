"""Our JavaScript: the drawing's tests in Node, the types of every module by the compiler."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import placebudget
from placebudget.words import count, money, number
from scripts import built_types, compiler, node

HERE = Path(__file__).parent
_DRAWS = (Path(placebudget.__file__).parent / "plan/drawing/planview.js").as_uri()
_SAYS = f"""
import {{ readFileSync }} from 'node:fs';
import {{ money, grouped, counted }} from '{_DRAWS}';
const {{ pence, figures }} = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify({{
  money: pence.flatMap(each => [money(each), money(-each, true)]),
  numbers: figures.flatMap(each => [0, 1, 2, 3].map(digits => grouped(each, digits))),
  counts: figures.map(each => counted(each)),
}}));
"""


def test_layout_reading_and_colours_hold_in_node() -> None:
    command = [node(), "--test", str(HERE / "planview.test.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 0" not in done.stdout


def test_the_types_of_every_module_hold() -> None:
    command = [node(), compiler(), "--project", str(HERE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_another_extension_is_compiled_against_the_types_of_this_one() -> None:
    command = [node(), compiler(), "--project", str(HERE / "importer")]
    built_types()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_figure_reads_the_same_in_javascript_and_in_python() -> None:
    """Of all sizes, with ties at every digit that is shown: halves of tenths, of thousands."""
    draw = random.Random(5)
    pence = [*range(0, 200_000, 25), *(50_000 * n for n in range(4000))]
    pence += [round(10 ** draw.uniform(0, 15)) for _ in range(4000)]
    pence += [10**size * each for size in range(2, 12) for each in (5, 15, 25, 9995, 99950, 999500)]
    figures = [n / parts for parts in (8, 20, 200, 2000) for n in range(0, 6000, 3)]
    figures += [10 ** draw.uniform(-6, 12) for _ in range(4000)]
    figures += [0.1 + 0.2, 1.005, 2.675, 82.85, 1e6 / 3, 123456789012345.5, 99.95, 0.00995]
    given = json.dumps({"pence": pence, "figures": figures})
    command = [node(), "--input-type=module", "--eval", _SAYS]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    pounds = [each / 100 for each in pence]
    assert told["money"] == [t for p in pounds for t in (money(p), money(-p, signed=True))]
    assert told["numbers"] == [number(each, digits) for each in figures for digits in range(4)]
    assert told["counts"] == [count(each) for each in figures]
