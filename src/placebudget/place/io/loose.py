"""Tables that stand by themselves: read as carefully as those of a place.

Money to simulate, recorded flows, the lines and shares of an agreement come as a CSV
file or as a DataFrame. They have columns as the tables of a place have, and their cells
are read by the same code, so that one file gets one answer wherever it is opened.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from placebudget.arguments import refusal
from placebudget.errors import UnreadableTable
from placebudget.place.checks.rows import is_total
from placebudget.place.checks.values import unseen_in
from placebudget.place.findings import Finding, error
from placebudget.place.geography import is_blank
from placebudget.place.io.ballots import from_pabulib, is_pabulib
from placebudget.place.io.cells import Misfit, figure, read_figure
from placebudget.place.io.folder import FileLimits, csv_table, too_large
from placebudget.place.io.tables import typed_table_of
from placebudget.place.origin import FIRST_ROW
from placebudget.place.schema import Column, Table, schema
from placebudget.texts import did_you_mean, shown
from placebudget.writing import content_of

ROW = "row"
"""Name of an index that holds the number of each row as a spreadsheet shows it."""

_MOST_SHOWN = 20
_HAIR = 1e-6


def _text(name: str, description: str, required: bool = True) -> Column:
    return Column(name, "string", description, required=required)


def _pounds(name: str, description: str, required: bool = True) -> Column:
    return Column(
        name, "number", description, unit="pounds", measure="pounds", minimum=0, required=required
    )


def _table(name: str, title: str, *columns: Column, key: int = 1) -> Table:
    # As every table with figures has.
    said = [
        each for each in schema()["funding"].columns if each.name in ("source", "status", "note")
    ]
    return Table(name, title, title, tuple(each.name for each in columns[:key]), (*columns, *said))


MONEY = _table(
    "money",
    "Money to simulate",
    _text("stream", "Stream that pays."),
    _text("service", "Service that is paid for."),
    Column("year", "year", "Financial year.", required=True),
    _pounds("amount", "Amount in cash of the year."),
    _text("route", "Pool that the money goes through, or direct.", required=False),
    _text("area", "Area that is served; blank: the whole place.", required=False),
    _text("offer", "Offer that is bought from.", required=False),
)
FLOWS = _table(
    "flows",
    "Recorded flows of money",
    _text("start", "Who pays."),
    _text("end", "Who or what is paid."),
    _pounds("amount", "Amount."),
)
POOL_LINES = _table(
    "lines",
    "Lines of a pooled fund",
    _text("line", "What is paid for."),
    _pounds("budget", "What was planned."),
    _pounds("actual", "What it costs."),
)
POOL_SHARES = _table(
    "shares",
    "Shares in an overspend",
    _text("partner", "Who agreed to bear a share."),
    Column("share", "number", "Share in per cent.", unit="per cent", minimum=0, required=True),
    _pounds("cap", "The most it bears; blank: no cap.", required=False),
)
BIDS = _table(
    "bids",
    "Bids of a tender",
    _text("lot", "What is bid for."),
    _text("bidder", "Who bids."),
    Column(
        "price", "number", "Price, of the lot or of a unit of it.", unit="pounds",
        measure="pounds", minimum=0, above=0, required=True,
    ),
    Column(
        "quality", "number", "Points of quality.", unit="of 100", minimum=0, maximum=100,
        required=True,
    ),
    Column("need", "number", "Units that the lot asks for.", unit="units", minimum=0),
    Column("capacity", "number", "Units that the bidder can take.", unit="units", minimum=0),
    key=2,
)  # fmt: skip
BALLOTS = _table(
    "ballots",
    "Ballots of a participatory budget",
    _text("project", "Project that is voted on."),
    _text("voter", "Who votes, by any key; blank: the row says what the project costs.", False),
    Column("points", "number", "Points given; blank: 1.", unit="points", minimum=0),
    _pounds("cost", "What the project costs.", required=False),
    _text("name", "What the project is called.", False),
    _text("service", "Service of the place that it pays for.", False),
    _text("area", "Area of the place that it is in; blank: the whole place.", False),
    _text("lives", "Area in which the voter lives.", False),
    _pounds("budget", "What may be spent in all; one row is enough.", required=False),
)
PRIORITIES = _table(
    "priorities",
    "Members' priorities",
    _text("member", "Who says it, by any key."),
    _text("outcome", "Outcome of the place."),
    Column(
        "points", "number", "Points, a weight, or the place in a ranking: 1 is first.",
        unit="points", minimum=0, required=True,
    ),
    key=2,
)  # fmt: skip
GRANTS = _table(
    "grants",
    "Grants of bodies",
    _text("body", "Who has the grant."),
    _text("class", "Class of body.", False),
    _pounds("grant", "What it has of the grant in the year."),
    _pounds("benefit", "What comes back to it, by the use that is stated.", required=False),
)
RETURNS_DUE = _table(
    "returns_due",
    "Returns that are asked for",
    _text("return", "What is returned."),
    _text("for", "Who asks for it."),
    _text("service", "Service of the place that it is about.", False),
    Column("hours", "number", "Hours it takes each time.", unit="hours", minimum=0, required=True),
    Column("times", "number", "How often a year.", unit="times", minimum=0, required=True),
    _pounds("rate", "What an hour costs."),
    Column("law", "boolean", "Whether the law asks for it; blank: yes."),
    Column("used", "boolean", "Whether it is used here, too; blank: yes."),
)
OBSERVATIONS = _table(
    "observations",
    "Observations of areas before and after",
    _text("area", "Area, or whatever else is treated or compared."),
    _text("period", "Financial year, or any other period; they are taken in their order."),
    Column("value", "number", "What was seen.", unit="as counted", required=True),
    _text("start", "First period in which it has what is evaluated; blank: never.", False),
    Column("weight", "number", "How much the area counts, such as its people.", above=0),
    key=2,
)  # fmt: skip
BUDGET_LINES = _table(
    "lines",
    "Lines of a budget and how far each may be off",
    _text("line", "What is paid for, or what comes in."),
    _pounds("budget", "What is set aside for it, or expected of it."),
    _pounds("expected", "What it is thought to come to; blank: the budget.", required=False),
    _pounds("error", "Standard deviation of that.", required=False),
    Column("spread", "number", "Standard deviation over the mean.", unit="of the mean", minimum=0),
    Column("cases", "number", "Cases expected, which arise by chance.", unit="cases", minimum=0),
    _text("kind", "need: what is needed is paid; budget: the budget holds; income.", False),
    _text("grade", "Grade of evidence, by which it may be off where nothing else is said.", False),
)  # fmt: skip


SCENARIO_WORDS = ("scenario", "pooling", "option")
"""Columns of a table of scenarios that hold words; the others hold factors."""


def scenarios_table(columns: Iterable[str]) -> Table:
    """A table of scenarios with these columns: what each of them changes is read by who asks.

    Examples
    --------
    >>> [column.type for column in scenarios_table(["scenario", "nhs_core"]).columns][:2]
    ['string', 'number']
    """
    own = [name for name in dict.fromkeys(columns) if name != "scenario"]
    return _table(
        "scenarios",
        "Scenarios",
        _text("scenario", "What the scenario is called."),
        *(
            _text(name, "How money is pooled, or which option.", required=False)
            if name in SCENARIO_WORDS
            else Column(name, "number", "Factor; blank: as it is.", unit="factor", minimum=0)
            for name in own
        ),
    )


class LooseTable(NamedTuple):
    """A table that was read, and what should be known of how it was read.

    Parameters
    ----------
    frame : DataFrame
        The columns that were there, typed; its index holds the number of each row as a
        spreadsheet shows it.
    remarks : list of Finding
        Warnings: figures that were not written plainly.
    """

    frame: pd.DataFrame
    remarks: list[Finding]


OWN = FileLimits()


def read_loose(path: str | os.PathLike[str], table: Table, limits: FileLimits = OWN) -> LooseTable:
    """Read a table from a CSV file.

    Parameters
    ----------
    path : path or str
        The file.
    table : Table
        Which table it is: one of those above.
    limits : FileLimits, optional
        How large it may be.

    Raises
    ------
    UnreadableTable
        If it cannot be read as that table, with everything that stands against it.
    """
    file = Path(path)
    try:
        if file.stat().st_size > limits.file:
            raise _refused(file.name, [too_large(file.name, file.stat().st_size, limits)])
        content = content_of(file)
    except OSError as error:
        raise UnreadableTable(f"{path} cannot be read: {error.strerror or error}") from None
    return loose_table(file.name, content, table, limits)


def loose_table(name: str, content: bytes, table: Table, limits: FileLimits = OWN) -> LooseTable:
    r"""The table in the content of a CSV file; see :func:`read_loose`.

    Examples
    --------
    >>> read = loose_table("flows.csv", "start,end,amount\n0101,pool,£5.50\n".encode(), FLOWS)
    >>> read.frame.to_numpy().tolist(), read.remarks[0].what
    ([['0101', 'pool', 5.5]], "'£5.50' is read as 5.5.")
    >>> loose_table("flows.csv", b"Start,end,amount\ntax,pool,5\n", FLOWS)
    Traceback (most recent call last):
    ...
    placebudget.errors.UnreadableTable: flows.csv is no table of flows:
    - Start: There is no column 'Start'. Did you mean start?
    - start: The required column start is missing. Add it: Who pays.
    """
    if table is BALLOTS and is_pabulib(content):
        content = from_pabulib(name, content)
    raw, findings = csv_table(table.name, name, content, None)
    if raw is None:
        raise _refused(name, findings, table)
    if len(raw.rows) > limits.rows:
        what = f"The file has {len(raw.rows):,} rows; {limits.rows:,} is most."
        raise _refused(name, [error(name, "too-large", None, None, what, "Divide it.")], table)
    frame, numbers, findings = typed_table_of(table, raw)
    frame.index = pd.Index(numbers, name=ROW)
    wrong = {(each.row, each.column) for each in findings if each.severity == "error"}
    if set(table.names[: len(table.key)]) <= set(frame.columns):
        # A cell that cannot be read is not blank, too.
        found = _row_findings(table, frame)
        findings += [each for each in found if (each.row, each.column) not in wrong]
    if any(finding.severity == "error" for finding in findings):
        raise _refused(name, findings, table)
    return LooseTable(frame.infer_objects(), findings)


def given_table(name: str, given: object, table: Table) -> pd.DataFrame:
    """A DataFrame that has the columns of a table, no others, and names that can be told apart.

    Parameters
    ----------
    name : str
        What the argument is called.
    given : object
        What was given.
    table : Table
        Which table it is to be.

    Examples
    --------
    >>> given_table("flows", pd.DataFrame({"start": []}), FLOWS)
    Traceback (most recent call last):
    ...
    placebudget.errors.UnreadableTable: flows lacks the columns end, amount; it has start
    """
    needed = [column.name for column in table.columns if column.required]
    if not isinstance(given, pd.DataFrame):
        raise refusal(name, f"a table (a DataFrame) with the columns {', '.join(needed)}", given)
    held = [str(column) for column in given.columns]
    missing = [column for column in needed if column not in held]
    problems = []
    if missing:
        what = f"column{'' if len(missing) == 1 else 's'} {', '.join(missing)}"
        problems.append(f"{name} lacks the {what}; it has {', '.join(held) or 'none'}")
    doubled = sorted({column for column in held if held.count(column) > 1})
    if doubled:
        problems.append(f"{name} has the column {', '.join(doubled)} twice; keep one")
    for column in dict.fromkeys(held):
        if column not in table.names:
            hint = did_you_mean(column, table.names) or f"Columns: {', '.join(table.names)}."
            problems.append(f"{name} has no column {shown(column)}. {hint}")
    if not problems:
        problems = [
            f"{name}, row {number}, {column.name}: {fault[1]} {fault[2]}"
            for column in table.columns
            if column.name in held
            for number, cell in zip(row_numbers(given), given[column.name], strict=True)
            if (fault := _fault_of_key(column, cell) or _fault_of_figure(column, cell))
        ]
    if problems:
        more = len(problems) - _MOST_SHOWN
        told = [*problems[:_MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        raise UnreadableTable.of(told)
    return given


def typed_rows(
    name: str, given: object, table: Table, *, unique: bool = True
) -> tuple[pd.DataFrame, list[str]]:
    """A given table with every column, typed, and what stands against its rows, a line each.

    A text that is blank is empty, a number that is blank or none is not a number (NaN), yes or no
    that is blank is None. The index holds the number of each row as a spreadsheet shows it.

    Parameters
    ----------
    name : str
        What the argument is called.
    given : object
        What was given.
    table : Table
        Which table it is to be.
    unique : bool
        Whether a key that is there twice stands against it.

    Raises
    ------
    UnreadableTable
        If it has not the columns of the table, or a text where a figure belongs.

    Examples
    --------
    >>> rows, problems = typed_rows("flows", pd.DataFrame(
    ...     {"start": ["tax"], "end": [None], "amount": [-5]}), FLOWS)
    >>> problems
    ['flows, row 2 (tax): fill in end', 'flows, row 2 (tax): amount is no figure of nought or more']
    """
    held = given_table(name, given, table)
    numbers = row_numbers(held)
    made = {column.name: _typed_cells(column, held) for column in table.columns}
    rows = pd.DataFrame(made, index=pd.Index(numbers, name=ROW))
    problems = [] if len(rows) else [f"{name} has no rows: write one for each {table.key[0]}"]
    found = [
        (at, said)
        for column in table.columns
        for at, (cell, was) in enumerate(zip(made[column.name], _cells(column, held), strict=True))
        if (said := _against(column, cell, was))
    ]
    key = list(table.key)
    for at, said in sorted(found, key=itemgetter(0)):
        cells = [made[part][at] for part in key if made[part][at]]
        whose = f" ({' with '.join(cells)})" if cells else ""
        problems.append(f"{name}, row {numbers[at]}{whose}: {said}")
    twice = rows[rows.duplicated(key) & (rows[key] != "").all(axis=1)] if unique else rows[:0]
    problems += [
        f"{name}, row {at}: {' with '.join(cells)} is there twice; keep the row that counts"
        for at, *cells in twice[key].itertuples()
    ]
    return rows, problems


def _cells(column: Column, held: pd.DataFrame) -> list[Any]:
    return held[column.name].tolist() if column.name in held else [None] * len(held)


def _typed_cells(column: Column, held: pd.DataFrame) -> list[Any]:
    cells = _cells(column, held)
    if column.type == "number":
        return [figure(cell) for cell in cells]
    if column.type == "boolean":
        return [None if is_blank(cell) else bool(cell) for cell in cells]
    return ["" if is_blank(cell) else str(cell) for cell in cells]


def _against(column: Column, cell: Any, was: Any) -> str:
    """What stands against a typed cell, and what it was; empty: nothing."""
    if column.type == "string" and column.required and not cell:
        return f"fill in {column.name}"
    if column.type != "number":
        return ""
    # What is given and is no number, such as one without end, is not blank.
    if not _may_be(column, cell) or (math.isnan(cell) and not is_blank(was)):
        return f"{column.name} is no {_wanted(column)}"
    return ""


def _may_be(column: Column, cell: float) -> bool:
    """Whether a number is one that the column may hold; blank where it may be."""
    if math.isnan(cell):
        return not column.required
    low = column.minimum is None or cell >= column.minimum
    above = column.above is None or cell > column.above
    return low and above and (column.maximum is None or cell <= column.maximum)


def _wanted(column: Column) -> str:
    """What a number of the column has to be."""
    if column.above == 0:
        return "figure above nought"
    if column.maximum is not None:
        return f"figure from {column.minimum or 0:g} to {column.maximum:g}"
    if column.minimum is None:
        return "figure"
    return "figure of nought or more"


def row_numbers(frame: pd.DataFrame) -> list[int]:
    """The number of each row as a spreadsheet shows it: the heading is row 1."""
    if frame.index.name == ROW:
        return [int(number) for number in frame.index]
    return list(range(FIRST_ROW, FIRST_ROW + len(frame)))


def _row_findings(table: Table, frame: pd.DataFrame) -> Iterator[Finding]:
    """Errors for what cannot be meant in a cell, and for totals that would count twice."""
    if not len(frame):
        mend = f"Write a row for each of them below the heading: {', '.join(table.names)}."
        yield error(table.name, "missing-table", None, None, "The table has no rows.", mend)
    for column in table.columns:
        for number, cell in frame.get(column.name, pd.Series(dtype=object)).items():
            if cell is None:
                if column.required:
                    mend = f"Fill it in: {column.description}"
                    what = "The cell is blank."
                    yield error(table.name, "missing-value", number, column.name, what, mend)
            elif (fault := _fault_of_key(column, cell)) is not None:
                yield error(table.name, fault[0], number, column.name, *fault[1:])
            elif column.minimum is not None and cell < column.minimum:
                what, mend = f"{cell:g} is below {column.minimum:g}.", "Write it without the sign."
                yield error(table.name, "negative", number, column.name, what, mend)
            elif column.above is not None and cell <= column.above:
                what = f"{cell:g} is not above {column.above:g}."
                mend = "Write what it is, or delete the row."
                yield error(table.name, "too-little", number, column.name, what, mend)
            elif column.maximum is not None and cell > column.maximum:
                what = f"{cell:g} is above {column.maximum:g}."
                mend = f"Write {column.maximum:g} or less."
                yield error(table.name, "too-much", number, column.name, what, mend)
            elif column.measure == "pounds" and abs(round(cell, 2) - cell) > _HAIR:
                what = f"{cell:.15g} has parts of a penny."
                mend = "Write pounds and whole pence."
                yield error(table.name, "part-of-a-penny", number, column.name, what, mend)
    if len(table.key) > 1:
        for number, *cells in frame[frame.duplicated([*table.key])][[*table.key]].itertuples():
            what = f"{' with '.join(map(shown, cells))} is there twice."
            yield error(table.name, "doubled", number, None, what, "Keep the row that counts.")
    for number, cell in frame[table.key[0]].items():
        if is_total(cell):
            what = f"{shown(cell)} seems to be a sum of the rows above; it would count again."
            mend = "Delete the row, or call it something else."
            yield error(table.name, "total-row", number, table.key[0], what, mend)


def _fault_of_key(column: Column, cell: object) -> tuple[str, str, str] | None:
    """What would make two names look like one: code, what is wrong, how to mend it."""
    if column.type != "string" or column.descriptive or not isinstance(cell, str):
        return None
    if cell != cell.strip():
        return "stray-space", f"{shown(cell)} has spaces around it.", "Remove them."
    if unseen_in(cell):
        what = f"{shown(cell)} holds what cannot be seen: {unseen_in(cell)}."
        return "unseen-character", what, "Write it again, in plain letters."
    return None


def _fault_of_figure(column: Column, cell: object) -> tuple[str, str, str] | None:
    """Why a text is no figure where nobody would be told how it was read."""
    if column.type != "number" or not isinstance(cell, str):
        return None
    try:
        number, plain = read_figure(cell, column.measure, column.required)
    except Misfit as misfit:
        return "wrong-type", misfit.what, misfit.mend
    if plain:
        return None
    return "wrong-type", f"{shown(cell, 40)} is not a plain number.", f"Write {number:.15g}."


def _refused(name: str, findings: list[Finding], table: Table | None = None) -> UnreadableTable:
    errors = [each for each in findings if each.severity == "error"]
    told = [_line(each) for each in errors]
    if len(told) > _MOST_SHOWN:
        told = [*told[:_MOST_SHOWN], f"and {len(told) - _MOST_SHOWN} more"]
    of = "table" if table is None else f"table of {table.name}"
    return UnreadableTable("\n- ".join([f"{name} is no {of}:", *told]))


def _line(finding: Finding) -> str:
    """A finding without the name of the table: there is only one."""
    row = "" if finding.row is None else f"row {finding.row}"
    where = ", ".join(part for part in (row, finding.column or "") if part)
    return f"{where}: {finding.what} {finding.mend}" if where else f"{finding.what} {finding.mend}"
