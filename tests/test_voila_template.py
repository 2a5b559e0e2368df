"""The page of Voila is headed by the title of the notebook it shows."""

from __future__ import annotations

from pathlib import Path

import nbformat.v4
import pytest
from jinja2 import Environment, FileSystemLoader
from nbformat import NotebookNode

TEMPLATE = Path(__file__).resolve().parents[1] / "voila" / "templates" / "placebudget"


def titled(notebook: NotebookNode, name: str = "my_town") -> str:
    macros = Environment(loader=FileSystemLoader(TEMPLATE)).get_template("title.html.j2").module
    return str(macros.title_of(notebook, name))  # type: ignore[attr-defined]


def notebook(*sources: str, **metadata: str) -> NotebookNode:
    cells = [nbformat.v4.new_markdown_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


@pytest.mark.parametrize(
    ("shown", "title"),
    [
        (notebook("# Heading", title="The town's papers"), "The town&#39;s papers"),
        (notebook("Before it.", "# A first plan\n\nWhat is best?", "# Second"), "A first plan"),
        (notebook("## Only a part"), "my town"),
        (notebook("# <script>"), "&lt;script&gt;"),
    ],
)
def test_the_title_is_the_notebooks_own(shown: NotebookNode, title: str) -> None:
    assert titled(shown) == title


def test_the_page_says_the_title_in_its_head_and_above_its_papers() -> None:
    page = (TEMPLATE / "index.html.j2").read_text("utf-8")
    said = (
        "{{ resources.board.place | e if resources.board else "
        "title_of(nb, resources.metadata.name) }}"
    )
    assert f"<title>{said}</title>" in page
    assert f"<p>{said}</p></header>" in page
