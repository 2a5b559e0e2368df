"""The pages of the site: those of the repository, where they stand, and the notebooks run.

The folder of pages is the repository itself, so that a link leads to the same page on
the site as it does where the sources are read. What is in the navigation, and in which
order, `docs/index.md` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
INDEX = ROOT / "docs" / "index.md"
LINK = re.compile(r"\[([^\]]+)\]\(([^)#:]+\.(?:md|ipynb))\)")
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)


def linked(page: Path, text: str) -> list[tuple[str, Path]]:
    """Pages that a page, or a part of its text, links to, with the words of each link."""
    return [(words, (page.parent / path).resolve()) for words, path in LINK.findall(text)]


def sections() -> Iterator[tuple[str, list[tuple[str, Path]]]]:
    """The parts of the index with the pages each lists."""
    for part in INDEX.read_text("utf-8").split("\n## ")[1:]:
        heading, _, text = part.partition("\n")
        if pages := linked(INDEX, text):
            yield heading, pages


def _entry(words: str, page: Path) -> dict[str, Any]:
    """A page in the navigation; one that is itself an index has its pages below it."""
    name = page.relative_to(ROOT).with_suffix(".md").as_posix()
    if page.name == "README.md" and page.parent != ROOT:
        return {words: [name, *(_entry(*each) for each in linked(page, page.read_text("utf-8")))]}
    return {words: name}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Navigation, from the index."""
    config.nav = [
        {"Start": "README.md"},
        {"Overview": "docs/index.md"},
        *({heading: [_entry(*each) for each in pages]} for heading, pages in sections()),
    ]
    return config


def pages_of_the_repository() -> list[Path]:
    """All that is written for readers."""
    top = [ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG")]
    return [*top, ROOT / "LICENSE", *sorted((ROOT / "docs").rglob("*.md"))]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Pages and pictures under the paths that they have in the repository."""
    for path in [*pages_of_the_repository(), *sorted((ROOT / "docs").rglob("*.svg"))]:
        name = path.relative_to(ROOT).as_posix()
        files.append(File.generated(config, name, abs_src_path=str(path)))
    return files


def on_page_content(html: str, **_: Any) -> str:
    """Formulas as MathML, which browsers and screen readers know without a script."""

    def rendered(match: re.Match[str]) -> str:
        if match[1] == "span":
            return convert(unescape(match[2]))
        formula = convert(unescape(match[2]), display="block")
        return f'<div class="formula">{formula}</div>'

    return FORMULA.sub(rendered, html)
