"""A figure of a plan reads the same on every screen, page, sheet and line that shows it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from rich.console import Console

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.blocks import TableBlock, Told
from placebudget.apps.screens import change, together
from placebudget.cli.speaking import show
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.drawing.drawing import rendered, tables
from placebudget.study import Potential
from placebudget.view import comparison, report, write_comparison
from placebudget.view.charts import money_now_and_proposed
from placebudget.view.panels import change_panel, money_panel
from placebudget.words import money
from sheets import stored

# Thirds, which do not add up once they are rounded, and a tie that no binary number holds.
_TODAY = {"family_support": 24_666_666.67, "home_care": 41_350_000.0, "policing": 13_333_333.33}
_ROWS = ("family support", "home care", "policing", "Public value", "Total")
_PLANS = {"Today": "Today", "Best pooled": "Best pooled", "Proposed": "Best pooled"}
Shown = dict[tuple[str, str], set[str]]


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    place = pb.example("toy_pooling")
    today = place.today
    today["amount"] = today["service"].map(_TODAY)
    made = Meeting(place.with_(today=today))
    made.recalculate({})
    made.complete()
    return made


@pytest.fixture(scope="module")
def four(meeting: Meeting) -> Potential:
    assert meeting.answer is not None
    found = meeting.answer.potential()
    assert found is not None
    return found


def cells(html: str) -> Iterator[tuple[str, str, str]]:
    """Row, column and text of every cell of the tables of a page."""
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table, re.DOTALL)
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL):
            for name in re.findall(r'<th scope="row">(.*?)</th>', row, re.DOTALL):
                texts = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
                yield from ((name, head, text) for head, text in zip(heads[1:], texts, strict=True))


def in_words(figure: str) -> str:
    """A figure of a table in £ million as a sentence says it."""
    return f"£{figure.removesuffix('.0')} million"


def on_screen(told: Told) -> Iterator[tuple[str, str, str]]:
    for block in told.blocks:
        if isinstance(block, TableBlock) and not block.grid.key.startswith("outcomes"):
            for row in block.grid.rows:
                for head, text in zip(block.grid.columns[1:], row.cells, strict=True):
                    yield row.label, head, text


def in_book(file: Path) -> Iterator[tuple[str, str, str]]:
    """What a spreadsheet shows: fifteen digits, rounded half up as the format of the cell says."""
    for sheet in stored(file).worksheets[1:]:
        top = int(sheet.freeze_panes[1:])
        heads = [cell.value for cell in sheet[top - 1]]
        for name, *rest in sheet.iter_rows(min_row=top):
            for head, cell in zip(heads[1:], rest, strict=True):
                form = re.fullmatch(r"#,##0(?:\.(0+))?", cell.number_format)
                if isinstance(cell.value, int | float) and form:
                    step = Decimal(1).scaleb(-len(form[1] or ""))
                    shown = Decimal(f"{cell.value:.15g}").quantize(step, ROUND_HALF_UP)
                    yield str(name.value), str(head), f"{shown:,}"


def on_terminal(four: Potential) -> Iterator[tuple[str, str, str]]:
    for sheet in comparison(four.titled):
        out = io.StringIO()
        show(sheet, Console(file=out, width=200))
        heads: list[str] = []
        for line in out.getvalue().splitlines()[2:]:
            name, *texts = re.split(r"\s{2,}", line.strip())
            if not heads:
                heads = [name, *texts]
            elif len(texts) == len(heads):
                yield from ((name, head, text) for head, text in zip(heads, texts, strict=True))


def gathered(found: Iterator[tuple[str, str, str]]) -> Shown:
    """Texts by what they are about, plans by one name; other rows and columns left out."""
    shown: Shown = {}
    for name, head, text in found:
        if name in _ROWS and head in _PLANS:
            shown.setdefault((name, _PLANS[head]), set()).add(text)
    return shown


def test_money_and_value_read_the_same_wherever_they_stand(
    meeting: Meeting, four: Potential, tmp_path: Path
) -> None:
    both = {"Today": four.plans["today"], "Proposed": four.plans["pooled"]}
    compared = pb.compare(*both.values(), names=list(both))
    book = write_comparison(four, tmp_path / "four.xlsx")
    told = {
        "report": gathered(cells(report(four))),
        "workbook": gathered(in_book(book)),
        "screen": gathered(on_screen(change.tell(meeting))),
        "other screen": gathered(on_screen(together.tell(meeting))),
        "desk": gathered(cells(money_panel(both).html())),
        "comparison": gathered(cells(change_panel(compared).html())),
        "terminal": gathered(on_terminal(four)),
    }
    wanted = told["report"]
    assert {"41.4", "24.7", "13.3"} <= set.union(*wanted.values())
    assert not any(len(texts) > 1 for key, texts in wanted.items() if key[0] != "Total")
    for where, shown in told.items():
        assert shown, where
        for key, texts in shown.items():
            assert texts <= wanted[key], (where, key)


def test_totals_are_rounded_totals(four: Potential) -> None:
    """79.35 is spent and shown as 79.4; 20.65 is not, shown as 20.7; all is 100.0, not 100.1."""
    money_all = comparison(four.titled)[1].texts()["Today"]
    assert money_all.tolist() == ["79.4", "0.0", "20.7", "100.0"]


def test_words_have_the_digits_of_the_tables(meeting: Meeting, four: Potential) -> None:
    today, pooled = four.plans["today"], four.plans["pooled"]
    drawing = plan_drawing(pooled, {"today": today})
    drawn = [*cells(rendered("figures.html", lines=(), tables=tables(drawing)))]
    printed = gathered(cells(report(four)))
    for name in _ROWS[:3]:
        (figure,) = printed[name, "Today"]
        said = {text for row, head, text in drawn if row == name and head.startswith("Today")}
        assert said == {in_words(figure)}, name
    (value,) = printed["Public value", "Best pooled"]
    assert money(pooled.public_value()) == in_words(value)
    assert in_words(value) in pooled.summary()


def test_a_change_is_rounded_by_itself_on_the_screen_and_in_its_titles(
    meeting: Meeting, four: Potential
) -> None:
    told = change.tell(meeting)
    grid = next(block.grid for block in told.blocks if isinstance(block, TableBlock))
    first, last = (
        four.plans[name].money("purpose").set_index("purpose")["amount"]
        for name in ("today", "pooled")
    )
    exact = (last - first).max()
    row = next(row for row in grid.rows if money(exact) == in_words(row.cells[2]))
    assert f"most is added to {row.label} (+\u2060{in_words(row.cells[2])})" in told.title
    chart = money_now_and_proposed(four.plans["today"], four.plans["pooled"])
    assert chart is None or f"{row.label} (+\u2060{in_words(row.cells[2])})" in chart.title
