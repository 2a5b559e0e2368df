"""A plan as a workbook: a first sheet that says what it is, then a sheet a table."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.place.io.cells import letters
from placebudget.plan.plan import Plan
from placebudget.plan.record.record import method_in_words, option_in_words, option_name
from placebudget.plan.summary import summarised
from placebudget.plan.worded_table import NameOf, heading, named_by, worded
from placebudget.plan.workbook_pages import (
    MADE,
    MODEL,
    NAMES,
    POUNDS,
    Format,
    Formula,
    Front,
    Headline,
    Page,
    PageColumn,
    SumOver,
    as_it_is,
    count_format,
    figure,
    percent_format,
    slug,
)
from placebudget.plan.workbook_writer import write_pages
from placebudget.programme.objectives.value import PUBLIC
from placebudget.words import in_pounds, money, plain, sentence

ADMITTED = {"findings": "What it must admit", "figures": "Figures of what it must admit"}
_FORMATS: dict[str, Format] = {
    "pounds": POUNDS,
    "share": percent_format,
    "number": as_it_is,
    "": "",
}
OWN, SERVICE, OWN_UNIT = "in its own unit", "units of the service", "own unit"
_UNITS = {"needs": SERVICE, "units": SERVICE, "outcomes": OWN}
_SHOWN = {
    "money": "Money on services, £, cash of each year",
    "contributions": "What is paid into pools, £, cash of each year",
    "balances": "What becomes of the money of each stream, £, cash of each year",
    "units": "What is bought, in units of each service, and its cost in £, cash of each year",
    "outcomes": "Outcomes, each in its own unit, and their value in £, discounted, in {} prices",
    "savings": "Savings, £, in {} prices, as they fall and discounted",
}
"""What the sheets of tables show, in which unit."""
_SUMS = {
    "money": ["amount"],
    "contributions": ["gross", "management_cost", "spent", "unspent"],
    "balances": ["funding", "direct", "contributed", "idle"],
    "units": ["cost"],
    "outcomes": ["fiscal", "economic", "social"],
    "savings": ["fiscal", "cashable", "discounted_fiscal", "discounted_cashable"],
    "needs": ["not_served", "money_short", "fiscal", "cashable", "value"],
}
"""Which columns of which tables add up."""


def write_workbook(plan: Plan, path: str | os.PathLike[str]) -> Path:
    """Write a plan as ``.xlsx``.

    The first sheet is for people, with links to the others: the tables of the plan in
    words, how it was made (place, option, objective, status, hash and versions), and what
    the keys of its tables for machines mean. Numbers are numbers; text is never a formula.
    Totals are formulas beside which their figure is stored; columns, totals and headline
    figures have names, which a sheet of their own lists.

    Parameters
    ----------
    plan : Plan
        Any plan.
    path : path or str
        The file, written beside its place and renamed.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    WrongArgument
        If the path is none, or does not end in ``.xlsx``.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> plan = pb.simulate(pb.example("toy_pooling"))
    >>> write_workbook(plan, Path(tempfile.mkdtemp()) / "today.xlsx").name
    'today.xlsx'
    """
    tables = dict(_tables(plan))
    keys = [Page(f"Keys of {name}", *_as_it_is(frame)) for name, frame in plan.labels.items()]
    made = Page(MADE, ["What", PageColumn("Value", form=count_format)], list(facts(plan)))
    pages = [*admitted_pages(plan), *tables.values(), made, *keys]
    return write_pages(pages, path, front_of(plan, {**tables, MADE: made}))


def _tables(plan: Plan) -> Iterator[tuple[str, Page]]:
    """The sheets of a plan's tables, by the name of the table."""
    name_of, base = named_by(plan.labels), plan.place["price_base"]
    units = {**_UNITS, "prices": plan.objective.unit}
    pages = {
        name: table_page(
            name, frame, name_of, units.get(name, ""), sums=_SUMS.get(name, ()),
            shown=_SHOWN.get(name, "").format(base), labels=plan.labels,
        )
        for name, frame in plan.tables.items()
    }  # fmt: skip
    whose, direct = ["stream", "year"], {"direct": "amount"}
    pages["balances"] = summing(
        "balances", "money", pages, plan.tables, whose, columns=direct, fixed={"route": "direct"}
    )
    pages["balances"] = summing(
        "balances", "contributions", pages, plan.tables, whose, columns={"contributed": "gross"}
    )
    yield from pages.items()


def summing(
    table: str,
    source: str,
    pages: Mapping[str, Page],
    frames: Mapping[str, pd.DataFrame],
    keys: Sequence[str],
    *,
    columns: Mapping[str, str] | None = None,
    fixed: Mapping[str, str] | None = None,
) -> Page:
    """A sheet whose columns are formulas where each figure is a sum over rows of another.

    Parameters
    ----------
    table, source : str
        The table, and the one whose rows it adds up.
    pages, frames : mapping
        The sheets and the tables, by name.
    keys : sequence of str
        Columns that both have, by which rows are picked.
    columns : mapping of str to str, optional
        Which column adds up which; default: those of figures that are called alike.
    fixed : mapping of str to str, optional
        What further columns of the source hold in the rows that count.
    """
    page, added = pages[table], pages[source]
    if not added.rows:
        return page
    own, others, fixed = list(frames[table].columns), list(frames[source].columns), fixed or {}
    if columns is None:
        figures = frames[table].select_dtypes("float64").columns
        columns = {str(name): str(name) for name in figures if name in others}
    cells = list(zip(*added.rows, strict=True))
    called = [slug(added.title, each.words) for each in added.across]
    asked = {
        called[others.index(key)]: list(map(str, cells[others.index(key)]))
        for key in (*keys, *fixed)
    }
    rows = [list(row) for row in page.rows]
    for target, name in columns.items():
        at, of = own.index(target), others.index(name)
        sums = SumOver(called[of], [figure(cell) or 0.0 for cell in cells[of]], asked)
        found = [
            sums.cell(
                row[at],
                {f"${letters(own.index(key))}{{row}}": str(row[own.index(key)]) for key in keys}
                | {f'"{each}"': each for each in fixed.values()},
            )
            for row in rows
        ]
        if all(isinstance(cell, Formula) for cell in found):
            for row, cell in zip(rows, found, strict=True):
                row[at] = cell
    return replace(page, rows=rows)


def admitted_pages(plan: Plan) -> Iterator[Page]:
    """What the plan must admit, and its figures; nothing where the place is not at hand."""
    found = plan.known_findings
    if found is not None:
        for name, frame in found.tables.items():
            yield table_page(ADMITTED[name], frame, found.name_of)


def front_of(plan: Plan, pages: Mapping[str, Page]) -> Front:
    """The first sheet of one plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    pages : mapping of str to Page
        The sheets of its tables, by the name of the table, and of how it was made.
    """
    said = summarised(plan)
    known = plan.place["figures"].items()
    parts = {
        "What was found": [sentence(each) for each in said.sentences],
        "What it rests on": [
            f"Money is cash of each year; values are in {plan.place['price_base']} prices.",
            *(
                f"Funding from figures that are {status}: {money(amount)}."
                for status, amount in known
            ),
            f"The sheet “{NAMES}” lists names for figures and columns, which formulas can use; "
            f"the sheet “{MADE}” says how it was made; the sheets of keys, what tables of "
            "machines call things.",
        ],
    }
    about = f"A plan of a model, with a sheet for each of its tables. {MODEL}"
    return Front(said.title, about, parts, list(_headlines(plan, pages)), ["£"], "£")


def _headlines(plan: Plan, pages: Mapping[str, Page]) -> Iterator[Headline]:
    """The figures a plan is known by, each a sum of totals, and what each rests on."""
    base = plan.place["price_base"]
    cash, real = "Cash of each year", f"In {base} prices, discounted"
    fall = f"In {base} prices, as they fall, not discounted"
    value = [*(("outcomes", name) for name in _SUMS["outcomes"]), ("needs", "value")]
    yield _headline(plan, pages, "Public value", value, real)
    for each in plan.objectives:
        if in_pounds(each.unit) and each.name != PUBLIC:
            row = next(n for n, (_, cell) in enumerate(facts(plan)) if cell is each.value)
            at = pages[MADE].at(row, 1)
            cell = Formula(f"={at}", each.value)
            yield Headline(sentence(each.name), [cell], sentence(each.unit.partition(", ")[2]))
    for words, parts, rests_on in (
        ("Money on services", [("money", "amount")], cash),
        ("Management cost of pools", [("contributions", "management_cost")], cash),
        ("Money not spent", [("balances", "idle"), ("contributions", "unspent")], cash),
        ("Savings", [("savings", "fiscal")], fall),
        ("Cashable savings", [("savings", "cashable")], f"{fall}; part of savings"),
        ("Cashable savings, discounted", [("savings", "discounted_cashable")], real),
    ):
        yield _headline(plan, pages, words, parts, rests_on)


def _headline(
    plan: Plan,
    pages: Mapping[str, Page],
    words: str,
    parts: Sequence[tuple[str, str]],
    rests_on: str,
) -> Headline:
    """A figure that is a sum of totals of sheets."""
    value = sum(float(plan.tables[table][column].sum()) for table, column in parts)
    at = [
        pages[table].total_at(list(plan.tables[table].columns).index(column))
        for table, column in parts
        if pages[table].adds_up
    ]
    return Headline(words, [Formula(f"={'+'.join(at)}", value) if at else value], rests_on)


def _as_it_is(frame: pd.DataFrame) -> tuple[list[str], list[tuple[Any, ...]]]:
    columns = [frame[name].tolist() for name in frame.columns]
    return list(map(heading, frame.columns)), list(zip(*columns, strict=True))


def facts(plan: Plan) -> Iterator[tuple[str, Any]]:
    """What a plan is and how it was made, as rows of a name and a value."""
    place, run = plan.place, plan.run
    yield "place", place["title"]
    yield "option", plan.option or "the place as it is"
    yield "plan", plan.name
    yield "status", plan.status
    for each in plan.objectives:
        yield f"objective: {each.name}, {each.unit}", each.value
    first, last = place["years"][0], place["years"][-1]
    yield "years of money", first if first == last else f"{first} to {last}"
    yield "benefits counted to", place["appraisal_years"][-1]
    yield "price base", place["price_base"]
    for status, amount in place["figures"].items():
        yield f"funding from figures that are {status}, pounds", amount
    yield "hash of inputs", run["inputs"]
    yield "solver", run["solver"] or "none: simulated"
    if method := method_in_words(run):
        yield "method", method
    yield "time taken, seconds", run["seconds"]
    for name, value in run["options"].items():
        yield f"asked for: {option_name(name)}", option_in_words(name, value)
    for name, version in run["versions"].items():
        yield f"version of {name}", version
    for key, title in (
        ("rules_not_kept", "rule not kept"),
        ("conditions_not_kept", "condition not kept"),
    ):
        for each in run.get(key, ()):
            yield title, each


def table_page(
    title: str,
    frame: pd.DataFrame,
    name_of: NameOf,
    unit: str = "",
    *,
    sums: Collection[str] = (),
    own: Collection[str] = (),
    shown: str = "",
    labels: Mapping[str, pd.DataFrame] | None = None,
) -> Page:
    """A table as a sheet for people: names for keys, words and units in headings.

    Parameters
    ----------
    title : str
        What it is called; made to words.
    frame : DataFrame
        The table.
    name_of : callable
        Names of its keys.
    unit : str
        What its figures are counted in, where no column says that.
    sums : collection of str
        Columns that add up, and have a total.
    own : collection of str
        Columns that somebody named, plans say.
    shown : str
        The heading of the sheet; made of its title and units if blank.
    labels : mapping of str to DataFrame
        Names and units of keys: where figures are counted in units of their own, a last
        column says which.
    """
    told = list(worded(frame, name_of, unit, own))
    columns = [
        PageColumn(each.words, each.unit, _FORMATS[each.kind], each.name in sums) for each in told
    ]
    cells = [each.cells for each in told]
    for column, table in (("outcome", "outcomes"), ("service", "services")):
        if labels and unit in (OWN, SERVICE) and column in frame:
            units = labels[table].set_index(column)["unit"]
            columns.append(PageColumn(sentence(OWN_UNIT)))
            cells.append(frame[column].map(units).fillna("").tolist())
            break
    rows = list(zip(*cells, strict=True))
    return Page(sentence(plain(title)), columns, rows, shown, named=True)
