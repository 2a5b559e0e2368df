"""A plan as one stand-alone page: drawn where scripts may run, readable where they may not."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from placebudget.plan.drawing.tables import DrawnTable, tables
from placebudget.plan.summary import Summary
from placebudget.words import money

_STYLE = """
:root { color-scheme: light dark; --ink: #0b0c0c; --paper: #fff; --line: #b1b4b6; --main: #12436d; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f5f5f5; --paper: #15191d; --line: #5b6167; --main: #7db4e6; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: var(--paper); overflow-wrap: break-word;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
header, main, footer { max-width: 120rem; margin: 0 auto; padding: 0 clamp(1rem, 2vw, 3rem); }
h1 { font-size: clamp(1.5rem, 1rem + 1.5vw, 2.25rem); line-height: 1.2; margin: 1.25rem 0 .5rem; }
h2 { font-size: 1.375rem; line-height: 1.25; margin: 2rem 0 .75rem; padding-top: .75rem;
  border-top: 2px solid var(--main); }
p, li { max-width: 46rem; }
.tables { columns: 34rem; column-gap: 3rem; }
.scroll { overflow-x: auto; margin: 0 0 1.5rem; break-inside: avoid; }
.scroll:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
.figures { border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums; }
.figures caption { text-align: left; font-weight: 600; padding: .4rem 0; }
.figures th, .figures td { padding: .35rem 1.25rem .35rem 0; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: top; font-weight: 400; }
.figures thead th, .figures tfoot * { font-weight: 600; }
.figures tbody th { min-width: 9rem; max-width: 26rem; }
.figures .figure { text-align: right; white-space: nowrap; }
footer { padding-bottom: 2rem; font-size: .9375rem; }
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  html { font-size: 9pt; }
  .scroll { overflow: visible; break-inside: auto; }
  tr, li { break-inside: avoid; }
  thead { display: table-header-group; }
  h2, caption { break-after: avoid; }
}
"""
_START = """
const plan = document.getElementById('plan');
plan.replaceChildren();
renderPlan(plan, JSON.parse(document.getElementById('drawing').textContent));
"""


def page(drawing: Mapping[str, Any], summary: Summary) -> str:
    """A drawing as a whole HTML document.

    Parameters
    ----------
    drawing : mapping
        What :func:`~placebudget.plan.drawing.plan_drawing` gives.
    summary : Summary
        What the plan is in a few sentences.

    Returns
    -------
    str
        A document that asks for nothing from elsewhere.
    """
    script = f"{planview()}{_START}"
    title = f"{drawing['title']}: where the money goes"
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en-GB">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(title)}</title>",
            '<link rel="icon" href="data:,">',
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            f"<header><h1>{escape(title)}</h1></header>",
            "<main>",
            html_list(summary),
            "<h2>The money, drawn</h2>",
            '<div id="plan"><p>The drawing needs scripts. Its figures stand below.</p></div>',
            "<h2>The figures</h2>",
            '<div class="tables">',
            *(html_table(each) for each in tables(drawing)),
            "</div>",
            *_notes(drawing),
            "</main>",
            "<footer><p>Written by placebudget. No part of this page comes from elsewhere; it "
            "works without a connection.</p></footer>",
            f'<script type="application/json" id="drawing">{_data(drawing)}</script>',
            f'<script type="module">{script}</script>',
            "</body>",
            "</html>",
            "",
        ]
    )


@cache
def planview() -> str:
    """The module that draws, as it stands in the package."""
    return (files("placebudget.plan.drawing") / "planview.js").read_text("utf-8")


def html_table(table: DrawnTable) -> str:
    """A table as HTML, every text escaped."""
    heads = "".join(
        f'<th scope="col"{_figure(n > 0)}>{escape(head)}</th>' for n, head in enumerate(table.heads)
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.title)}">'
        f'<table class="figures"><caption>{escape(table.title)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, table.rows))}</tbody>"
        f"<tfoot>{_row(table.total)}</tfoot></table></div>"
    )


def _row(row: tuple[str, Sequence[int]]) -> str:
    name, amounts = row
    cells = "".join(f'<td class="figure">{money(each / 100)}</td>' for each in amounts)
    return f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'


def _figure(right: bool) -> str:
    return ' class="figure"' if right else ""


def html_list(summary: Summary) -> str:
    """What a plan says as a list in HTML, every text escaped."""
    lines = (summary.title, *summary.sentences)
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _notes(drawing: Mapping[str, Any]) -> Iterable[str]:
    said = [*(each["note"] for each in drawing["layers"]), *drawing["notes"]]
    return ["<h2>What has to be said</h2>", *(f"<p>{escape(each)}</p>" for each in said)]


def _data(drawing: Mapping[str, Any]) -> str:
    text = json.dumps(drawing, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _policy(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
