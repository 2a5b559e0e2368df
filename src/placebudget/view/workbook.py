"""Five plans in one workbook: what they come to, side by side, and what they rest on."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.pictures import PALETTE
from placebudget.place.io.cells import letters
from placebudget.place.names import Names, listed
from placebudget.place.place import STATUSES, rows_by_status
from placebudget.plan.need import meet_alike
from placebudget.plan.workbook import ADMITTED, table_page
from placebudget.plan.workbook_pages import (
    MADE,
    MODEL,
    NAMES,
    Format,
    Formula,
    Front,
    Headline,
    Page,
    PageColumn,
    SheetChart,
    SumOver,
    agreeing,
    count_format,
    figure,
    number_format,
)
from placebudget.plan.workbook_writer import write_pages
from placebudget.study import TITLES, Potential
from placebudget.view.front import front
from placebudget.view.plan_facts import budget_lines, money_by_status, run_records
from placebudget.view.sheet import MILLION, TOTAL, Sheet
from placebudget.view.tables import POUNDS, comparison, two_ways
from placebudget.words import MAY_NOT_ADD_UP

_MOST_PILED, _MOST_DRAWN = len(PALETTE), 30
_BY = ["agency", "purpose", "service", "area", "year", "stream", "route"]
_FULL, _CASHABLE = "money in full", "Cashable savings in two ways"
# Left out of the names of sheets, which hold 31 letters; the heading says them.
_LONG = (" by agency and year as they fall", ", all years")


def write_comparison(potential: Potential, path: str | os.PathLike[str]) -> Path:
    """Write five plans side by side as one ``.xlsx``.

    Parameters
    ----------
    potential : Potential
        The plans.
    path : path or str
        The file, written beside its place and renamed.

    Returns
    -------
    Path
        Where it was written.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> found = pb.potential(pb.example("toy_pooling"))
    >>> write_comparison(found, Path(tempfile.mkdtemp()) / "five_plans.xlsx").name
    'five_plans.xlsx'
    """
    pages = list(comparison_pages(potential))
    return write_pages(pages, path, _front(potential, pages))


def comparison_pages(potential: Potential) -> Iterator[Page]:
    """The sheets: the tables side by side, differences, prices, money, sources, how made."""
    plans, place = potential.titled, potential.place
    name_of = Names(place).of
    stacked = _stacked({name: plan.money(_BY) for name, plan in plans.items()})
    if lines := budget_lines(place):
        stacked.insert(len(_BY) + 1, "line_today", stacked["service"].map(lines).fillna(""))
    money = table_page(_FULL, stacked, name_of, shown="Money in full, £, cash of each year")
    by = list(stacked.columns)
    sheets = [(sheet, sheet_page(sheet, _short(sheet.title))) for sheet in comparison(plans)]
    pages = {
        page.title: _over(page, money, by.index(sheet.by)) if sheet.by else page
        for sheet, page in sheets
    }
    yield from _linked(pages, list(plans)).values()
    prices = _stacked({name: plan.prices() for name, plan in plans.items()})
    found = potential.findings
    yield table_page("modelled potential", potential.differences, name_of)
    yield table_page("prices of limits", prices, name_of, next(iter(plans.values())).objective.unit)
    for name, title in ADMITTED.items():
        table = _stacked({TITLES[key]: each.tables[name] for key, each in found.items()})
        yield table_page(title, table, found["today"].name_of)
    yield money
    status, figures = money_by_status(place).reset_index(), rows_by_status(place).reset_index()
    yield table_page("money by status", status, name_of, sums=("funding", "base", "today"))
    counted = "Figures by status: rows of each table of the place"
    yield table_page("figures by status", figures, name_of, shown=counted, sums=STATUSES)
    yield table_page("sources", place.filled("sources"), name_of)
    made = [PageColumn(name, form=count_format) for name in plans]
    yield Page(MADE, ["What", *made], run_records(plans))


def _over(page: Page, full: Page, by: int) -> Page:
    """Money of plans by what it is for, as sums over the sheet of all money."""
    columns = [each.words for each in full.across]
    cells = list(zip(*full.rows, strict=True))
    if not cells:
        return page
    keys = {f"money_in_full_{columns[n].casefold()}": cells[n] for n in (0, by)}
    sums = SumOver("money_in_full_amount", cells[-1], keys)
    rows = [list(row) for row in page.rows]
    for row in rows[: len(rows) - page.totals]:
        for at, column in enumerate(page.across[1:], start=1):
            wanted = {f"{letters(at)}$2": column.words, "$A{row}": row[0]}
            row[at] = sums.cell(row[at], wanted, scale=int(MILLION))
    return replace(page, rows=rows)


def _linked(pages: dict[str, Page], plans: list[str]) -> dict[str, Page]:
    """Figures that other sheets add up point at the totals there."""
    spent = pages["Money by purpose"]
    sources = {"Money": [(spent, at) for at in range(1, len(plans) + 1)]}
    saved = [pages[f"Savings, {plan}"] for plan in plans if f"Savings, {plan}" in pages]
    if saved and _CASHABLE in pages:
        sources[_CASHABLE] = [(page, len(page.columns) - 1) for page in saved]
    for title, totals in sources.items():
        first, *others = map(list, pages[title].rows)
        for at, (page, column) in enumerate(totals, start=1):
            total = figure(page.rows[-1][column])
            if page.totals and total is not None:
                text = f"={page.at(len(page.rows) - 1, column)}"
                first[at] = agreeing(text, first[at], total)
        pages[title] = replace(pages[title], rows=[first, *others])
    return pages


def _short(title: str) -> str:
    for part in _LONG:
        title = title.replace(part, "")
    return title


def sheet_page(sheet: Sheet, title: str) -> Page:
    """A table of figures as a sheet of a workbook, unrounded, with totals where they add up."""
    whole = sheet.whole()
    form: Format = count_format if sheet.digits is None else number_format(sheet.digits)
    names = list(map(str, whole.columns))
    rows: list[list[Any]] = [
        [str(label).strip(), *row]
        for label, row in zip(whole.index, whole.to_numpy().tolist(), strict=True)
    ]
    if sheet.adds_up == "both":
        across = names.index(TOTAL) + 1
        for row in rows[:-1]:
            row[across] = Formula(f"=SUM(B{{row}}:{letters(across - 1)}{{row}})", row[across])
    if sheet.adds_up != "no" and len(rows) > 1:
        for at in range(1, len(names) + 1):
            where = f"{letters(at)}{{first}}:{letters(at)}{{last}}"
            rows[-1][at] = Formula(f"=SUM({where})", rows[-1][at])
    note = f"{sheet.note} Shown as in reports, held as it is. {MAY_NOT_ADD_UP}".strip()
    columns = [PageColumn(""), *(PageColumn(name, form=form) for name in names)]
    return Page(
        title, columns, rows, sheet.heading, sheet.unit, int(sheet.adds_up != "no"), [note],
        _drawn(sheet), named=True,
    )  # fmt: skip


def _drawn(sheet: Sheet) -> SheetChart | None:
    """The chart of a table whose parts add up: few piled up, many today beside the best pooled."""
    names, rows = list(sheet.figures.columns), len(sheet.figures)
    parts = [n for n, name in enumerate(names, start=1) if name != sheet.of_which]
    if sheet.adds_up == "no" or not 2 <= rows <= _MOST_DRAWN or not parts:
        return None
    if rows <= _MOST_PILED:
        return SheetChart(rows, parts, piled=True)
    two = [n for n in parts if names[n - 1] in (TITLES["today"], TITLES["pooled"])]
    return SheetChart(rows, two, piled=False) if two else None


def _front(potential: Potential, pages: Sequence[Page]) -> Front:
    """The first page of the report, part by part, below its figures."""
    about = (
        f"Plans of {potential.place.title} side by side: "
        f"{listed(name.lower() for name in potential.titled)}. {MODEL} The sheet “{NAMES}” lists "
        "names for figures and columns, which formulas can use."
    )
    parts = {part.title: part.lines for part in front(potential)}
    parts = {**parts, "Units": potential.notes}
    headlines = list(_headlines(potential, pages))
    return Front(potential.title, about, parts, headlines, list(potential.titled), POUNDS)


def _headlines(potential: Potential, pages: Sequence[Page]) -> Iterator[Headline]:
    """Figures of each plan, and where each comes from."""
    titled = {page.title: page for page in pages}
    base = potential.plans["today"].place["price_base"]
    real, cash = f"In {base} prices, discounted", "Cash of all years"

    def of(page: Page, row: int) -> list[Formula | float | None]:
        cells = page.rows[row][1:]
        values = [(at, figure(cell)) for at, cell in enumerate(cells, start=1)]
        return [
            None if value is None else Formula(f"={page.at(row % len(page.rows), at)}", value)
            for at, value in values
        ]

    value, money = titled["Public value"], titled["Money"]
    yield Headline("Public value", of(value, -1), real)
    yield Headline("Gained by the step from the plan before", _steps(potential, value), real)
    for row, cells in enumerate(money.rows[:-1]):
        yield Headline(cells[0], of(money, row), cash)
    if _CASHABLE in titled:
        fall = f"In {base} prices, as they fall, not discounted"
        saved = [titled[f"Savings, {plan}"] for plan in potential.titled]
        across = [[each.words for each in page.across].index(TOTAL) for page in saved]
        yield Headline(
            "Savings", [of(page, -1)[at - 1] for page, at in zip(saved, across, strict=True)], fall
        )
        cashable, labels = titled[_CASHABLE], [row[0] for row in titled[_CASHABLE].rows]
        falling, later = (of(cashable, labels.index(way)) for way in two_ways(potential.titled))
        yield Headline("Cashable savings", falling, f"{fall}; part of savings")
        yield Headline("Cashable savings, discounted", later, real)


def _steps(potential: Potential, value: Page) -> list[Formula | float | None]:
    """What each plan gains on the one before; none where they leave different need unmet."""
    plans, total = list(potential.plans.values()), value.rows[-1]
    found: list[Formula | float | None] = [None]
    for at, (start, end) in enumerate(itertools.pairwise(plans), start=2):
        gain = (end.public_value() - start.public_value()) / MILLION
        first, last = figure(total[at - 1]), figure(total[at])
        alike = meet_alike(start, end) and first is not None and last is not None
        row = len(value.rows) - 1
        text = f"={value.at(row, at)}-{value.at(row, at - 1)}"
        found.append(agreeing(text, gain, (last or 0.0) - (first or 0.0)) if alike else None)
    return found


def _stacked(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """A table of each plan, by its name, as one."""
    frames = [table.assign(plan=name) for name, table in tables.items()]
    frames = [frame for frame in frames if len(frame)] or frames[:1]
    stacked = pd.concat(frames, ignore_index=True)
    return stacked[["plan", *(name for name in stacked.columns if name != "plan")]]
