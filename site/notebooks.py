"""The notebooks as pages with their results, and a gallery of their pictures.

Notebooks are stored without results, so they are run here. A widget is shown by its own
script, which `assets/site.js` gives the state that it had when the notebook ended.
`PLACEBUDGET_NOTEBOOKS="as stored"` leaves running and pictures out, for a quick build.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from nbclient import NotebookClient
from playwright.sync_api import sync_playwright

from placebudget.plan.drawing.drawing import planview

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
RUN = os.environ.get("PLACEBUDGET_NOTEBOOKS") != "as stored"
AT_ONCE = 2
SECONDS = 600
WIDGET = "application/vnd.jupyter.widget-view+json"
STATES = "application/vnd.jupyter.widget-state+json"
PLAN = "application/vnd.placebudget.plan+json"
RESULT = re.compile(r"<p>RESULT-(\d+)</p>")
PICTURE = "figure.result"
DRAWN = """() => [...document.querySelectorAll("script.widget")]
    .every(script => script.previousElementSibling.childElementCount)"""
WIDE, HIGH = 500, 5 / 8
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


async def _run(path: Path, free: asyncio.Semaphore) -> Any:
    held = nbformat.read(path, as_version=4)
    if RUN:
        async with free:
            with tempfile.TemporaryDirectory() as home:
                client = NotebookClient(
                    held,
                    timeout=SECONDS,
                    kernel_name="python3",
                    resources={"metadata": {"path": home}},
                    extra_arguments=["--log-level=ERROR"],
                )
                await client.async_execute()
    return held


@cache
def notebooks() -> dict[str, Any]:
    """Every notebook as it is once it has run, by the path of its page."""
    paths = sorted(FOLDER.glob("*.ipynb"))

    async def all_of_them() -> list[Any]:
        free = asyncio.Semaphore(AT_ONCE)
        return await asyncio.gather(*(_run(path, free) for path in paths))

    done = asyncio.run(all_of_them())
    return {f"notebooks/{path.stem}.md": held for path, held in zip(paths, done, strict=True)}


def results(held: Any) -> Iterator[tuple[int, str, str]]:
    """Results of a notebook: the cell, the heading above it, and the result as HTML."""
    states = held.metadata.get("widgets", {}).get(STATES, {}).get("state", {})
    heading, level = "", 1
    for n, cell in enumerate(held.cells):
        for line in cell.source.split("\n") if cell.cell_type == "markdown" else ():
            if line.startswith("#"):
                signs, _, heading = line.partition(" ")
                level = len(signs)
        for output in cell.get("outputs", ()):
            yield n, heading, _shown(output, states, heading, level)


def _shown(output: Any, states: dict[str, Any], heading: str, level: int) -> str:
    data = output.get("data", {})
    if WIDGET in data:
        state = states[data[WIDGET]["model_id"]]["state"]
        if "_esm" in state:
            return _widget(state, heading)
        return _figure(_below(level, state["value"]), heading)
    if PLAN in data:
        return _widget({"_esm": planview(), "drawing": data[PLAN]}, heading)
    if "image/svg+xml" in data:
        return _figure(data["image/svg+xml"], heading)
    if "text/html" in data:
        table = re.sub(r"<style.*?</style>", "", data["text/html"], flags=re.DOTALL)
        return re.sub(r' (?:border|class|style)="[^"]*"', "", table)
    text = data.get("text/plain", output.get("text", ""))
    return f'<pre class="printed"><code>{escape(text)}</code></pre>'


def _below(level: int, html: str) -> str:
    """Headings of a result follow the one above it, without a step left out."""
    least = min(map(int, re.findall(r"<h([1-6])\b", html)), default=level + 1)
    return re.sub(
        r"(</?h)([1-6])\b", lambda match: f"{match[1]}{int(match[2]) - least + level + 1}", html
    )


def _figure(html: str, heading: str, note: str = "") -> str:
    said = f"<figcaption>{note}</figcaption>" if note else ""
    return f'<figure class="result" aria-label="{escape(heading)}">{html}{said}</figure>'


def _widget(state: dict[str, Any], heading: str) -> str:
    told = json.dumps({k: v for k, v in state.items() if k != "layout"}).replace("</", "<\\/")
    script = f'<div></div><script type="application/json" class="widget">{told}</script>'
    editor = "As it stands in the notebook; what is changed here is not kept."
    return _figure(script, heading, "" if "drawing" in state else editor)


def _page(held: Any) -> str:
    parts = []
    for n, cell in enumerate(held.cells):
        code = cell.cell_type == "code"
        parts.append(f"```python\n{cell.source}\n```" if code else cell.source)
        if cell.get("outputs"):
            parts.append(f"RESULT-{n}")
    return "\n\n".join(parts)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """A page for each notebook, and the table of them."""
    for name, held in notebooks().items():
        files.append(File.generated(config, name, content=_page(held)))
    readme = FOLDER / "README.md"
    files.append(File.generated(config, "notebooks/README.md", abs_src_path=str(readme)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Links from notebook to notebook lead from page to page."""
    if page.file.src_uri.startswith("notebooks/"):
        return re.sub(r"\.ipynb\)", ".md)", markdown)
    return markdown


def on_page_content(html: str, page: Page, **_: Any) -> str:
    """Results below their cells; pictures above the table of notebooks."""
    if page.file.src_uri == "notebooks/README.md" and RUN:
        return html.replace("<table>", f"{_gallery()}<table>", 1)
    held = notebooks().get(page.file.src_uri)
    if held is None:
        return html
    below: dict[int, str] = {}
    for n, _heading, shown in results(held):
        below[n] = below.get(n, "") + shown
    return RESULT.sub(lambda match: below[int(match[1])], html)


def _gallery() -> str:
    cards = []
    for name, held in notebooks().items():
        title = held.cells[0].source.split("\n")[0].removeprefix("# ")
        seen = next(heading for _, heading, html in results(held) if "<figure" in html)
        stem = Path(name).stem
        cards.append(
            f'<li><a href="{stem}.html"><img src="{stem}.png" width="480" height="300"'
            f' loading="lazy" alt="Picture: {escape(seen)}">{escape(title)}</a></li>'
        )
    return f'<ul class="gallery">{"".join(cards)}</ul>'


def on_post_build(config: MkDocsConfig) -> None:
    """The first picture of each notebook, as a browser shows it."""
    if not RUN:
        return
    named = os.environ.get("PLACEBUDGET_CHROMIUM")
    browser = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise PluginError(
            "No Chromium on this machine, which takes the pictures of the gallery. Install it,"
            " name it in PLACEBUDGET_CHROMIUM, or set PLACEBUDGET_NOTEBOOKS='as stored' to build"
            " the site without results and pictures."
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 960, "height": 1200})
        for name in notebooks():
            shown = Path(config.site_dir, name).with_suffix(".html")
            page.goto(shown.as_uri())
            page.wait_for_function(DRAWN)
            seen = [*page.locator(f"{PICTURE} svg").all(), page.locator(PICTURE).first]
            boxes = [each.bounding_box() or {} for each in seen]
            box = next(each for each in boxes if each.get("width", 0) >= WIDE)
            clip = {"x": box["x"], "y": box["y"], "width": box["width"]}
            clip["height"] = box["width"] * HIGH
            page.screenshot(path=shown.with_suffix(".png"), full_page=True, clip=clip)
        chromium.close()
