"""What a register says as it stands: its tables, what was wrong in them put right."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

import pandas as pd

from placebudget.arguments import known_key
from placebudget.errors import WrongArgument
from placebudget.place.checks import check_rows
from placebudget.place.findings import Finding, Findings, error, warning
from placebudget.place.geography import is_blank
from placebudget.place.io.tables import RawTable, typed_table_of, unknown_table
from placebudget.place.origin import FIRST_ROW
from placebudget.place.place import Package
from placebudget.place.schema import REGISTER, schema
from placebudget.place.settings import Settings
from placebudget.register.chain import Entry
from placebudget.texts import did_you_mean, listed, shown
from placebudget.words import as_set

NAMED = "register"
"""The table of the first entry alone: what the register is called."""

CORRECTIONS = "corrections"
KEPT_WHOLE = ("places", "plans")
"""Tables of what is kept whole: another is entered, none is corrected."""
_NEVER_CORRECTED = (*KEPT_WHOLE, CORRECTIONS)

_YEAR = re.compile(r"\d{4}", re.ASCII)
_VOTES = ("votes_for", "votes_against", "abstained")
_MEMBERS = (
    ("interests", "member"),
    ("decisions", "mover"),
    ("decisions", "seconder"),
    ("dissents", "member"),
)


@dataclass(frozen=True, eq=False)
class Record(Package):
    """The tables of a register, with what was corrected in place of what was wrong.

    Its tables are attributes: meetings, interests, places, plans, choices, comments, decisions,
    dissents, conditions, results, roles and corrections. It is checked and written as a place
    is, so that whoever audits it has it as a workbook or as a data package.

    Parameters
    ----------
    at : mapping
        By table: the number of the entry of each row.
    withdrawn : mapping
        By number of an entry that does not count: its table, and the entry that withdrew it.

    Examples
    --------
    >>> from placebudget.register.chain import FIRST
    >>> cells = {"name": "board", "title": "Partnership board"}
    >>> Record.of([Entry(1, "2027-03-04T18:00:00Z", "The clerk", "officer", NAMED, cells, FIRST)])
    Record(settings=Settings(name='board', ...
    """

    kind: ClassVar[str] = REGISTER
    at: Mapping[str, Sequence[int]] = field(default_factory=dict, repr=False)
    withdrawn: Mapping[int, tuple[str, int]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Record:
        """The tables that entries come to."""
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in schema(REGISTER)}
        numbers: dict[str, list[int]] = {name: [] for name in rows}
        placed: dict[int, tuple[str, dict[str, Any]]] = {}
        withdrawn: dict[int, tuple[str, int]] = {}
        named: Mapping[str, Any] = {}
        for entry in entries:
            if entry.table == NAMED:
                named = entry.row
            elif entry.table in rows:
                row = dict(entry.row)
                rows[entry.table].append(row)
                numbers[entry.table].append(entry.number)
                placed[entry.number] = (entry.table, row)
                if entry.table == CORRECTIONS and row.get("entry") in placed:
                    table, wrong = placed[row["entry"]]
                    column = row.get("column")
                    if column:
                        right, misfit = typed(table, {column: row.get("value")})
                        wrong |= {} if misfit else {column: None, **right}
                    elif table not in _NEVER_CORRECTED:
                        position = numbers[table].index(row["entry"])
                        del placed[row["entry"]], rows[table][position], numbers[table][position]
                        withdrawn[row["entry"]] = table, entry.number
        tables = {
            name: pd.DataFrame(found, columns=list(schema(REGISTER)[name].names), dtype=object)
            for name, found in rows.items()
            if found
        }
        settings = Settings(
            str(named.get("name", NAMED)), years=(), title=str(named.get("title", ""))
        )
        return cls(settings, tables, at=numbers, withdrawn=withdrawn)

    # --- what it holds ----------------------------------------------------------------

    def row(self, table: str, key: str) -> dict[str, Any]:
        """A row by the first part of its key, without what is blank.

        Raises
        ------
        WrongArgument
            If there is none.
        """
        column = schema(REGISTER)[table].key[0]
        keys = self.tables[table][column].tolist()
        known_key(column, key, keys, of="The register")
        return self._rows(table)[keys.index(key)]

    def rows(self, table: str, **where: str) -> list[dict[str, Any]]:
        """Rows that have these values, without what is blank."""
        return [row for row in self._rows(table) if all(row.get(n) == v for n, v in where.items())]

    def _rows(self, table: str) -> list[dict[str, Any]]:
        # Minutes ask for the same rows again and again.
        if table not in self._told:
            self._told[table] = [
                {str(name): cell for name, cell in row.items() if not is_blank(cell)}
                for row in self.filled(table).to_dict("records")
            ]
        return [dict(row) for row in self._told[table]]

    @cached_property
    def _told(self) -> dict[str, list[dict[str, Any]]]:
        return {}

    def numbered(self, number: object) -> tuple[str, dict[str, Any]] | None:
        """The table and the row of an entry; None where there is no such row."""
        for table, numbers in self.at.items():
            if isinstance(number, int) and number in numbers:
                return table, self._rows(table)[list(numbers).index(number)]
        return None

    def entry_of(self, table: str, key: str) -> int:
        """The number of the entry of a row, by the first part of its key."""
        keys = self.tables[table][schema(REGISTER)[table].key[0]].tolist()
        return self.at[table][keys.index(key)]

    # --- what is wrong or doubtful in it -------------------------------------------------

    def check(self) -> Findings:
        """Everything that is wrong or doubtful in its rows."""
        return self._faults

    @cached_property
    def _faults(self) -> Findings:
        return Findings([*check_rows(self), *_votes(self), *_ranges(self), *_together(self)])


def typed(table: str, cells: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Cells of a row, as texts or otherwise, each as its column has it; blank ones are left out.

    Returns
    -------
    row : dict
        Cells by column, of those that fit.
    wrong : dict of str to str
        What is wrong with the others, by column.

    Raises
    ------
    WrongArgument
        If there is no such table.

    Examples
    --------
    >>> typed("decisions", {"decided": "That it be done", "votes_for": "7", "due": "soon"})
    ({'decided': 'That it be done', 'votes_for': 7}, {'due': "'soon' is not a date. Write ..."})
    """
    if table not in schema(REGISTER):
        raise WrongArgument(unknown_table(table, REGISTER).sentences)
    described = schema(REGISTER)[table]
    columns = f"Columns: {', '.join(described.names)}."
    wrong = {
        name: f"There is no such column. {did_you_mean(name, described.names) or columns}"
        for name in cells
        if name not in described.names
    }
    names = [name for name in cells if name not in wrong]
    raw = RawTable(table, [names, [_as_read(cells[name]) for name in names]])
    frame, _, findings = typed_table_of(described, raw)
    wrong |= {
        str(each.column): each.sentences
        for each in findings
        if each.code == "wrong-type" and each.severity == "error"
    }
    held = frame.iloc[0].to_dict() if len(frame) else {}
    read = {str(name): _plain(cell) for name, cell in held.items()}
    return {name: cell for name, cell in read.items() if cell is not None}, wrong


def corrected(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Corrections, each with the entry that it corrects, as that was made."""
    by_number = {entry.number: entry for entry in entries}
    for entry in entries:
        wrong = by_number.get(entry.row.get("entry", 0)) if entry.table == CORRECTIONS else None
        if wrong is not None:
            yield entry, wrong


def in_short(row: Mapping[str, Any]) -> str:
    """A row in one line, without what is blank.

    Examples
    --------
    >>> in_short({"title": "Pool all", "plan": None})
    'title: Pool all'
    """
    return "; ".join(f"{name}: {cell}" for name, cell in row.items() if not is_blank(cell))


def _as_read(cell: Any) -> Any:
    if isinstance(cell, list | tuple) and all(isinstance(each, str) for each in cell):
        return "; ".join(cell)
    return None if is_blank(cell) else cell.strip() if isinstance(cell, str) else cell


def _plain(cell: Any) -> Any:
    return None if is_blank(cell) else cell.item() if hasattr(cell, "item") else cell


def _numbered(record: Record, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
    yield from enumerate(record.rows(table), start=FIRST_ROW)


def _votes(record: Record) -> Iterator[Finding]:
    """Votes that are counted in part; decisions that the count speaks against."""
    for number, row in _numbered(record, "decisions"):
        given = [name for name in _VOTES if name in row]
        if given and "votes_for" not in given:
            what = "Votes were counted, but not those for it."
            yield error("votes", "decisions", number, "votes_for", what, "Count them all, or none.")
        if given and sum(row.get(name, 0) for name in _VOTES) > _members(record, row):
            what = "More votes were counted than members were there."
            mend = "Correct the count, or who was present."
            yield warning("votes", "decisions", number, "votes_for", what, mend)
        if "votes_for" in row and row["votes_for"] <= row.get("votes_against", 0):
            what = f"{row['votes_for']:,} for and {row.get('votes_against', 0):,} against."
            mend = "Say in the reasons how it was carried, or correct the count."
            yield warning("votes", "decisions", number, "votes_for", what, mend)


def _members(record: Record, row: Mapping[str, Any]) -> float:
    """How many were there; without end where nobody says."""
    held = record.rows("meetings", meeting=row.get("meeting", ""))
    there = [each for each in held[0].get("present", "").split(";") if each.strip()] if held else []
    return len(there) if there else math.inf


def _ranges(record: Record) -> Iterator[Finding]:
    """Ranges the wrong way round."""
    for number, row in _numbered(record, "results"):
        if row.get("low", -math.inf) > row.get("high", math.inf):
            what = f"{as_set(row['low'])} is above {as_set(row['high'])}."
            yield error("range", "results", number, "low", what, "Write the lower as low.")


def _together(record: Record) -> Iterator[Finding]:
    """Rows that do not fit one another."""
    choices = {row.get("choice"): row.get("meeting") for row in record.rows("choices")}
    meetings = {row.get("meeting"): row for row in record.rows("meetings")}
    decisions = {row.get("decision"): row for row in record.rows("decisions")}
    for number, row in _numbered(record, "decisions"):
        choice, meeting = row.get("choice"), meetings.get(row.get("meeting", ""), {})
        if choice in choices and choices[choice] != row.get("meeting"):
            what = f"{shown(choice)} was not before this meeting."
            mend = "Enter it for this meeting, too, or name one of its own."
            yield error("other-meeting", "decisions", number, "choice", what, mend)
        # Days are written so that their order is that of their texts.
        if "due" in row and row["due"] < meeting.get("date", ""):
            what = f"It is due on {row.get('due')}, before the meeting."
            yield error("due", "decisions", number, "due", what, "Write a day after the meeting.")
    for table, column in _MEMBERS:
        for number, row in _numbered(record, table):
            of = decisions.get(row.get("decision"), row) if table == "dissents" else row
            meeting = meetings.get(of.get("meeting"), {})
            if table == "dissents" and "member" in row and row["member"] == of.get("mover"):
                what = f"{shown(row['member'])} moved what they disagree with."
                yield warning("mover", table, number, column, what, "Check who it was.")
            there = {each.strip() for each in meeting.get("present", "").split(";")}
            there |= {meeting.get("chair")}
            if meeting.get("present") and column in row and row[column] not in there:
                what = f"{shown(row[column])} is not among those present."
                mend = f"Write them as there: {listed(sorted(filter(None, there)))}."
                yield warning("not-present", table, number, column, what, mend)
    replaced = {row["instead_of"]: key for key, row in decisions.items() if "instead_of" in row}
    for number, row in _numbered(record, "results"):
        if row.get("decision") in replaced:
            what = f"{shown(row['decision'])} was replaced by {shown(replaced[row['decision']])}."
            mend = "Enter it for that one, unless it was counted before."
            yield warning("replaced", "results", number, "decision", what, mend)
        year = _YEAR.match(row.get("period", ""))
        if year and int(year[0]) > date.today().year:
            what = f"{shown(row['period'])} has not begun."
            mend = "Enter what was counted, when it was."
            yield warning("to-come", "results", number, "period", what, mend)
    numbers = {n: name for name, every in record.at.items() for n in every}
    numbers |= {n: table for n, (table, _) in record.withdrawn.items()}
    for number, row in _numbered(record, CORRECTIONS):
        yield from _correction(record, number, row, numbers)


def _correction(
    record: Record, number: int, row: Mapping[str, Any], tables: Mapping[int, str]
) -> Iterator[Finding]:
    table, column = tables.get(row.get("entry", 0)), row.get("column", "")
    _, by = record.withdrawn.get(row.get("entry", 0), ("", math.inf))
    if record.at[CORRECTIONS][number - FIRST_ROW] > by:
        what = f"Entry {row['entry']} was withdrawn by entry {by}."
        mend = "Enter what is right anew."
        yield error("withdrawn", CORRECTIONS, number, "entry", what, mend)
    elif table is None or table == CORRECTIONS:
        what = f"Entry {row.get('entry')} is none that can be corrected."
        mend = "Give the number of the entry that is wrong, as the register shows it."
        yield error("no-entry", CORRECTIONS, number, "entry", what, mend)
    elif table in KEPT_WHOLE:
        what = f"What is kept of {table} is never corrected."
        yield error("kept-whole", CORRECTIONS, number, "entry", what, "Enter the right one.")
    elif not column:
        if "value" in row:
            what = "A value is given, and no column."
            mend = "Name the column; or leave both blank, and the entry is withdrawn."
            yield error("misfit", CORRECTIONS, number, "column", what, mend)
    elif misfit := typed(table, {column: row.get("value")})[1]:
        for what in misfit.values():
            mend = "Give the column and its value as the table has them."
            yield error("misfit", CORRECTIONS, number, "value", what, mend)
    elif column in schema(REGISTER)[table].key:
        what = f"{column} is the key of {table}, by which others name the row."
        mend = "Withdraw this one, leaving the column blank, and enter another."
        yield error("key", CORRECTIONS, number, "column", what, mend)
    elif schema(REGISTER)[table].column(column).required and "value" not in row:
        what = f"{column} cannot be blank."
        yield error("missing-value", CORRECTIONS, number, "value", what, "Write what is right.")
