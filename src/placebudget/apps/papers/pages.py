"""What the papers of a board show: the screens of the board as pages, and what could be chosen.

A page says what the screen says. What a screen asks with is left out, or told as what it was
asked with; each picture and table has its figures beside it as a file.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from placebudget.apps.answer import BoardAnswer
from placebudget.apps.blocks import (
    Ask,
    Bars,
    Block,
    Drawing,
    Glossary,
    Heading,
    Items,
    Links,
    More,
    Picks,
    Picture,
    Question,
    TableBlock,
    TextBlock,
    WaysOut,
)
from placebudget.apps.meeting import Meeting
from placebudget.apps.papers.choices import TriedChoice
from placebudget.apps.screens import (
    COULD_CHOOSE,
    GROUPS,
    LEFT_OUT,
    SCREENS,
    WAITING,
    Screen,
    told,
)
from placebudget.apps.sentences import first_words
from placebudget.place.io.sheets import FORMULA_STARTS
from placebudget.place.names import Names
from placebudget.plan.need import meet_alike, unmet_change
from placebudget.view.asks import SHOWN, changes
from placebudget.view.charts import Chart
from placebudget.view.plan_facts import drawn_facts
from placebudget.view.sheet import Grid, sheet_grid, text_grid
from placebudget.view.tables import outcomes, public_value
from placebudget.words import money, number, sentence
from placebudget.work.asking import Box, Field, Pick, StudyForm, Tick

CHOICES = "choices"
"""The page of all that could be chosen."""
_DIFFERENT = "What could be different"
_CSV = "The figures as CSV"
_PAPERS = "in the papers"


@dataclass(frozen=True)
class PaperPage:
    """One page of the papers.

    Parameters
    ----------
    key : str
        Its file is named after it.
    name : str
        As the list of papers calls it.
    title : str
        Its finding.
    group : str
        Under which it is listed; blank: under none.
    blocks : sequence of Block
        What it shows.
    files : dict of str to str
        Figures beside it, by the name of their file.
    waits : bool
        Whether it is still being worked out, and is to look for itself again.
    """

    key: str
    name: str
    title: str
    group: str
    blocks: Sequence[Block]
    files: dict[str, str]
    waits: bool = False


def waiting_page(key: str) -> PaperPage:
    """What stands for a page until it is there.

    Examples
    --------
    >>> waiting_page("gains").title
    'Being worked out'
    """
    names = {CHOICES: _DIFFERENT, **{screen.key: screen.name for screen in SCREENS}}
    group = COULD_CHOOSE if key == CHOICES else group_of(key)
    said = TextBlock("This paper is being worked out. It opens by itself when it is there.")
    return PaperPage(key, names[key], WAITING, group, [said], {}, waits=True)


def page_of_screen(screen: Screen, meeting: Meeting) -> PaperPage:
    """A screen as a page."""
    said, group = told(screen, meeting), group_of(screen.key)
    blocks = on_paper(said.blocks, meeting.answer)
    return _page(screen.key, screen.name, said.title, group, blocks)


def group_of(key: str) -> str:
    """The group in which a screen stands.

    Examples
    --------
    >>> group_of("gains")
    'Who gains and loses'
    """
    return next((name for name, keys in GROUPS if key in keys), "")


def _page(key: str, name: str, title: str, group: str, blocks: Iterable[Block]) -> PaperPage:
    files: dict[str, str] = {}
    made = tuple(_with_files(blocks, key, files, Counter()))
    return PaperPage(key, name, title, group, made, files)


# A screen on paper: nothing to press, and the figures of each picture and table as a file.


def on_paper(blocks: Iterable[Block], answer: BoardAnswer | None) -> Iterator[Block]:
    """Blocks without what a page asks with.

    Examples
    --------
    >>> list(on_paper([Ask("gap", "Work it out"), TextBlock("Seen")], None))
    [TextBlock(text='Seen', style='')]
    """
    held: Heading | None = None  # over what is left out it is left out, too
    for block in blocks:
        if isinstance(block, Ask | Picks | Question):
            held = None
        elif isinstance(block, StudyForm):
            held = None
            yield from _asked_with(block)
        else:
            if held is not None:
                yield held
            held = block if isinstance(block, Heading) else None
            if isinstance(block, Drawing):
                yield from _drawn(answer)
            elif isinstance(block, WaysOut):
                yield Items(block.texts, ordered=True)
            elif isinstance(block, More):
                yield replace(block, blocks=tuple(on_paper(block.blocks, answer)))
            elif not isinstance(block, Heading):
                yield block


def _asked_with(form: StudyForm) -> Iterator[Block]:
    """What a study was asked with, as its boxes show it."""
    said = [
        f"{field.label}: {value}"
        for group in form.groups
        for field in group.fields
        if (value := _value(field))
    ]
    if said:
        yield More("What this was asked with", [Items(said)])


def _value(field: Field) -> str:
    if isinstance(field, Tick):
        return "yes" if field.on else "no"
    if isinstance(field, Pick):
        return dict(field.choices).get(field.chosen, "")
    return f"{field.value} {field.unit}".strip() if isinstance(field, Box) and field.value else ""


def _drawn(answer: BoardAnswer | None) -> Iterator[Block]:
    """The figures of the picture that a board draws live."""
    if answer is not None and answer.pooled is not None:
        for grid in drawn_facts(answer.pooled)["grids"]:
            yield More(grid.caption, [TableBlock(grid)])


def _with_files(
    blocks: Iterable[Block], page: str, files: dict[str, str], seen: Counter[str]
) -> Iterator[Block]:
    """Blocks with a way to the figures below each picture and table; ids are the page's own."""

    def beside(key: str, text: str) -> Links:
        seen[key] += 1
        name = f"{page}-{key}{f'-{seen[key]}' * (seen[key] > 1)}.csv".replace("_", "-").lower()
        files[name] = text
        return Links([(f"figures/{name}", _CSV, "")])

    for block in blocks:
        if isinstance(block, TableBlock):
            key = block.grid.key
            link = beside(key, csv_of_grid(block.grid))
            own = f"{page}-{key}" + f"-{seen[key]}" * (seen[key] > 1)
            yield TableBlock(replace(block.grid, key=own, workbook="the files beside these papers"))
            yield link
        elif isinstance(block, Bars):
            link = beside(block.key, csv_text([[*block.head], *(row[:2] for row in block.rows)]))
            yield replace(block, key=f"{page}-{block.key}")
            yield link
        elif isinstance(block, Picture):
            yield Picture(_named(block.chart, page))
            if len(block.chart.figures):
                yield beside(f"chart-{block.chart.key}", csv_of_table(block.chart.figures))
        elif isinstance(block, More):
            yield replace(block, blocks=tuple(_with_files(block.blocks, page, files, seen)))
        else:
            yield block


def _named(chart: Chart, page: str) -> Chart:
    """A chart whose ids are its own among all papers."""
    key = f"{page}-{chart.key}"
    svg = chart.svg.replace(f'id="{chart.key}-', f'id="{key}-')
    return replace(chart, key=key, svg=svg.replace(f"url(#{chart.key}-", f"url(#{key}-"))


def csv_of_grid(grid: Grid) -> str:
    """A table as it is shown."""
    return csv_text([grid.columns, *([row.label, *row.cells] for row in grid.rows)])


def csv_of_table(table: pd.DataFrame) -> str:
    """What a picture was drawn from, to six places."""
    rounded = table.map(lambda each: round(each, 6) if isinstance(each, float) else each)
    return csv_text([[*map(str, table.columns)], *rounded.to_numpy().tolist()])


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as CSV; what a spreadsheet would take for a formula is marked as text.

    Examples
    --------
    >>> csv_text([["name", "change"], ["=1+1", "-2.5"]]).split()
    ['name,change', "'=1+1,-2.5"]
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([_cell(each) for each in row] for row in rows)
    return written.getvalue()


def _cell(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(FORMULA_STARTS):
        return "" if value is None else value
    return value if re.fullmatch(r"[-+]?[\d,]+(\.\d+)?", value) else f"'{value}"


# What could be chosen: a page of all choices, and a page for each.


def choice_pages(papers: Meeting, found: Sequence[TriedChoice]) -> list[PaperPage]:
    """A page of all that could be chosen, and one for each choice.

    Parameters
    ----------
    papers : Meeting
        With the answer of the papers.
    found : sequence of TriedChoice
        Each choice with what became of it.
    """
    pages = [
        _choice_page(f"{CHOICES}-{n:02}", each, papers) for n, each in enumerate(found, start=1)
    ]
    moving = sum(not each.idle for each in found)
    title = f"{number(moving)} of {number(len(found))} choices change what can be reached"
    lead = TextBlock(
        "Each choice is made alone, everything else as in the papers, and the best pooled plan "
        "is made again and checked against every rule.",
        "lead",
    )
    blocks: list[Block] = [lead]
    for kind in dict.fromkeys(each.choice.kind for each in found):
        ways = [
            (
                f"{page.key}.html",
                page.title,
                f"{each.choice.about} {_comes_to(each, papers)}".strip(),
            )
            for page, each in zip(pages, found, strict=True)
            if each.choice.kind == kind
        ]
        blocks += [Heading(kind), Links(ways)]
    blocks.append(More("As a table", [TableBlock(_tried_grid(found, papers))]))
    if not found:
        return []
    ways = [
        ("change.html", "As in the papers", ""),
        *((f"{p.key}.html", p.title, "") for p in pages),
    ]
    switch = More("See it with another choice", [Links(ways)])
    pages = [replace(page, blocks=(*page.blocks, switch)) for page in pages]
    return [_page(CHOICES, _DIFFERENT, title, COULD_CHOOSE, blocks), *pages]


def _tried_grid(found: Sequence[TriedChoice], papers: Meeting) -> Grid:
    before = None if papers.answer is None else papers.answer.pooled
    rows = []
    for each in found:
        plan, change = each.plan, "does not add up"
        if each.idle:
            change = "no change"
        elif plan is not None and before is not None:
            alike = meet_alike(before, plan)
            gain = plan.public_value() - before.public_value()
            change = money(gain, signed=True) if alike else unmet_change(before, plan)
        worth = "" if plan is None else money(plan.public_value())
        rows.append((each.choice.name, worth, change))
    return text_grid(
        "tried", "What each choice comes to, in the model",
        ["choice", "public value of the best pooled plan", "against the papers"], rows,
        "Choices together are not a sum of each alone.",
    )  # fmt: skip


def _comes_to(each: TriedChoice, papers: Meeting) -> str:
    """What a choice comes to, in a sentence."""
    answer = each.meeting.answer
    if each.meeting.trouble is not None or answer is None:
        return "It does not add up."
    return " ".join(answer.unmoved.values()) or first_words(answer, papers.answer, _PAPERS)


def _choice_page(key: str, each: TriedChoice, papers: Meeting) -> PaperPage:
    by_key = {screen.key: screen for screen in SCREENS}
    about = [TextBlock(each.choice.about)] if each.choice.about else []
    lead = [*about, TextBlock(_comes_to(each, papers), "lead")]
    if each.meeting.trouble is not None:
        said = told(by_key["clash"], each.meeting)
        shown = [Heading(said.title), *on_paper(said.blocks, None)]
    elif each.idle:
        shown = []
    else:
        change = told(by_key["change"], each.meeting)
        shown = [
            *_beside_papers(each, papers),
            Heading("Where the money goes, against today"),
            TextBlock(f"{change.title}."),
            *on_paper((b for b in change.blocks if not isinstance(b, Drawing)), None),
        ]
    return _page(key, each.choice.name, each.choice.name.rstrip("."), "", [*lead, *shown])


def _beside_papers(each: TriedChoice, papers: Meeting) -> Iterator[Block]:
    """What the choice changes against the plan of the papers, side by side."""
    before, now = papers.answer, each.meeting.answer
    if before is None or now is None or before.pooled is None or now.pooled is None:
        return
    yield Heading("What it changes against the papers")
    names = Names(now.place)
    moved = changes(before.pooled, now.pooled)
    rows = [
        (sentence(names.of("service", str(key))), money(by, signed=True))
        for key, by in moved[moved.abs() >= SHOWN].sort_values(ascending=False).items()
    ]
    if rows:
        grid = text_grid(
            "services", "Money of services: what gets more first, what gets less last",
            ["service", "all years, cash"], rows,
        )  # fmt: skip
        yield TableBlock(replace(grid, numeric=True))
    plans = {_PAPERS.capitalize(): before.pooled, "With this choice": now.pooled}
    yield TableBlock(sheet_grid(public_value(plans), "value", "part of the value"))
    yield TableBlock(sheet_grid(outcomes(plans), "outcomes", "outcome"))


# What stands on every screen is said once where all of them stand together.


def own_blocks(page: PaperPage) -> list[Block]:
    """What a page says that is its own."""
    return [block for block in page.blocks if not _on_every(block)]


def rests_on(pages: Sequence[PaperPage]) -> list[Block]:
    """What all pages rest on, each once, as one of them says it."""
    first = next((page for page in pages if any(map(_on_every, page.blocks))), None)
    said = [] if first is None else [block for block in first.blocks if _on_every(block)]
    kept: list[Block] = [block for block in said if not _words(block)]
    every = dict(word for page in pages for block in page.blocks for word in _words(block))
    if every:
        kept += [Heading("What the words mean"), Glossary([*every.items()])]
    return kept


def _words(block: Block) -> Sequence[tuple[str, str]]:
    """The words that a block explains."""
    held = block.blocks if isinstance(block, More) else ()
    return [word for each in held if isinstance(each, Glossary) for word in each.meanings]


def _on_every(block: Block) -> bool:
    if isinstance(block, TextBlock):
        return block.style in ("basis", "record")
    if not isinstance(block, More):
        return False
    return bool(_words(block)) or any(
        isinstance(each, Items) and each.texts is LEFT_OUT for each in block.blocks
    )


def plain_text(html: str) -> str:
    """What a page says, without how it is set.

    Examples
    --------
    >>> plain_text("<p>Care &amp; health</p><p>Housing</p>")
    'Care & health Housing'
    """
    from html import unescape

    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html)).split())


__all__ = [
    "CHOICES", "PaperPage", "choice_pages", "own_blocks", "page_of_screen", "plain_text",
    "rests_on", "waiting_page",
]  # fmt: skip
