"""The notebooks: stored without outputs, and they run from top to bottom."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from plain_words import faults
from proof import ALL

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PICTURES = {
    "application/vnd.jupyter.widget-view+json",
    "application/vnd.placebudget.plan+json",
    "image/svg+xml",
}
FINDINGS = ("In the model", "best pooled plan")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
CELL = re.compile(r"'[^'\n]*' (is|has|holds|looks|reads)\b")
SHORT = 16
# On a change a notebook asks for as much as shows that it runs, else for all that it says.
LESS = (
    {}
    if ALL
    else {
        'pb.example("lancashire")': 'pb.example("northvale")',
        'pb.example("northvale")': '__import__("remembering").light_northvale()',
        "runs=12": "runs=2",
        "draws=64": "draws=8",
        "find_out=2": "find_out=1",
        "runs=8": "runs=2",
        'kinds=["value"], most=3': 'kinds=["value"], most=0',
        "most=1)": "most=0)",
        "within=[1, 2, 5], far_apart=2": "within=[2], far_apart=1",
        "points=4": "points=2",
        "for percent in (1, 2, 4)": "for percent in (1,)",
    }
)
SECONDS = 300

pytestmark = pytest.mark.xdist_group("notebooks")


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="function" if ALL else "module")
def kernel(loop: asyncio.Runner) -> Iterator[AsyncKernelManager]:
    """A kernel that is emptied before each notebook; where all is proved each has its own."""
    manager = AsyncKernelManager()
    loop.run(manager.start_kernel(env={**os.environ, "PYTHONPATH": str(HERE)}))
    yield manager
    loop.run(manager.shutdown_kernel(now=True))


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 5
    code = "".join(path.read_text("utf-8").replace('\\"', '"') for path in NOTEBOOKS)
    assert [more for more in LESS if more not in code] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_short_asks_a_question_and_is_stored_without_outputs(path: Path) -> None:
    held = nbformat.read(path, as_version=4)
    nbformat.validate(held)
    first = held.cells[0].source
    assert first.startswith("# ")
    assert "?**" in first
    assert len(held.cells) <= SHORT
    assert any("finding" in cell.source.split("\n")[0] for cell in held.cells)
    code = [cell for cell in held.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows_a_picture_and_a_finding(
    path: Path, tmp_path: Path, loop: asyncio.Runner, kernel: AsyncKernelManager
) -> None:
    copied = Path(shutil.copy(path, tmp_path))
    held = nbformat.read(copied, as_version=4)
    emptied = nbformat.v4.new_code_cell(f"%reset -f\n%cd -q {tmp_path}")
    held.cells.insert(0, emptied)
    for cell in held.cells:
        for more, less in LESS.items():
            cell.source = cell.source.replace(more, less)
    client = NotebookClient(held, km=kernel, timeout=SECONDS)
    loop.run(client.async_execute())
    client.kc.stop_channels()
    assert held.cells.pop(0).outputs == []
    outputs = [o for cell in held.cells if cell.cell_type == "code" for o in cell.outputs]
    shown = {kind for output in outputs for kind in output.get("data", {})}
    assert shown & PICTURES
    assert not [output for output in outputs if _is_warning(output)]
    assert any(words in _text(o) for o in outputs for words in FINDINGS)
    read = [CODE.sub(" ", c.source) for c in held.cells if c.cell_type == "markdown"]
    # A finding quotes the cell that is to be mended.
    read += [CELL.sub(r"cell \1", words) for output in outputs for words in _read(output)]
    assert [fault for words in read for fault in faults(path.stem, words)] == []


def _text(output: Any) -> str:
    return str(output.get("text", ""))


def _read(output: Any) -> list[str]:
    """What a person reads of an output: a table as it is shown, else its text."""
    data = output.get("data", {})
    if "application/vnd.jupyter.widget-view+json" in data:
        return []  # panels are walked where they are made
    return [_text(output), str(data.get("text/html") or data.get("text/plain", ""))]


def _is_warning(output: Any) -> bool:
    return output.output_type == "stream" and output.name == "stderr"
