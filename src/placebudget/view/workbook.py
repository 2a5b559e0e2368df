"""Five plans in one workbook: what they come to, side by side, and what they rest on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.colours import PALETTE
from placebudget.place.names import Names, listed
from placebudget.plan.workbook import (
    ADMITTED,
    MADE,
    MODEL,
    Format,
    Front,
    Page,
    SheetChart,
    count_format,
    number_format,
    table_page,
    write_pages,
)
from placebudget.study import TITLES, Potential
from placebudget.view.figures import figures_by_table, money_by_status
from placebudget.view.front import front
from placebudget.view.plan_facts import run_records
from placebudget.view.sheet import Sheet
from placebudget.view.tables import comparison
from placebudget.words import MAY_NOT_ADD_UP

_MOST_PILED, _MOST_DRAWN = len(PALETTE), 30
_BY = ["purpose", "service", "area", "year"]
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
    return write_pages(comparison_pages(potential), path, _front(potential))


def comparison_pages(potential: Potential) -> Iterator[Page]:
    """The sheets: about, the tables side by side, differences, prices, money, sources."""
    plans, place = potential.titled, potential.place
    name_of = Names(place).of
    for sheet in comparison(plans):
        yield sheet_page(sheet, _short(sheet.title))
    prices = _stacked({key: plan.prices() for key, plan in potential.plans.items()})
    found = potential.findings
    yield table_page("modelled potential", potential.differences, name_of)
    yield table_page("prices of limits", prices, name_of, next(iter(plans.values())).objective.unit)
    for name, title in ADMITTED.items():
        table = _stacked({key: each.tables[name] for key, each in found.items()})
        yield table_page(title, table, found["today"].name_of)
    for title, table in (
        ("money in full", _stacked({k: plan.money(_BY) for k, plan in potential.plans.items()})),
        ("money by status", money_by_status(place).reset_index()),
        ("figures by status", figures_by_table(place).reset_index()),
        ("sources", place.sources),
    ):
        yield table_page(title, table, name_of)
    made: list[Format] = ["", *[count_format] * len(plans)]
    yield Page(MADE, ["What", *plans], run_records(plans), made)


def _short(title: str) -> str:
    for part in _LONG:
        title = title.replace(part, "")
    return title


def sheet_page(sheet: Sheet, title: str) -> Page:
    """A table of figures as a sheet of a workbook, unrounded, with totals where they add up."""
    figures = sheet.whole()
    form = count_format if sheet.digits is None else number_format(sheet.digits)
    rows: list[list[Any]] = [
        [str(label).strip(), *row]
        for label, row in zip(figures.index, figures.to_numpy().tolist(), strict=True)
    ]
    note = f"{sheet.note} Shown as in reports, held as it is. {MAY_NOT_ADD_UP}".strip()
    rows.append([note, *[None] * figures.shape[1]])
    header = [sheet.heading, *map(str, figures.columns)]
    return Page(title, header, rows, ["", *[form] * figures.shape[1]], _drawn(sheet))


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


def _front(potential: Potential) -> Front:
    """The first page of the report, part by part, with the steps as figures."""
    about = (
        f"Plans of {potential.place.title} side by side: "
        f"{listed(name.lower() for name in potential.titled)}. {MODEL}"
    )
    parts = {part.title: part.lines for part in front(potential)}
    return Front(potential.title, about, {**parts, "Units": potential.notes})


def _stacked(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """A table of each plan, by its name, as one."""
    frames = [table.assign(plan=name) for name, table in tables.items()]
    frames = [frame for frame in frames if len(frame)] or frames[:1]
    stacked = pd.concat(frames, ignore_index=True)
    return stacked[["plan", *(name for name in stacked.columns if name != "plan")]]
