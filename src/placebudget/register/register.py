"""The register: entries are added, the record read, plans kept in it made again."""

from __future__ import annotations

import json
import os
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import accumulate, chain, count, islice
from pathlib import Path
from typing import Any, Self

import pandas as pd

from placebudget.arguments import as_given, refusal, sequence, text
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place, read
from placebudget.place.checks.values import LONGEST_NOTE
from placebudget.place.findings import Finding, Findings, error
from placebudget.place.geography import is_blank
from placebudget.place.io.writing import archived
from placebudget.place.origin import FIRST_ROW
from placebudget.place.schema import REGISTER, schema
from placebudget.plan import Plan
from placebudget.plan.findings.answer import NONE
from placebudget.plan.record.files import file_text
from placebudget.plan.record.inputs import base_of, input_differences, recorded_option
from placebudget.plan.record.reading import as_plan, read_plan_text
from placebudget.plan.record.rerun import Rerun, made_from, rerun
from placebudget.programme.objectives.value import PUBLIC
from placebudget.register.chain import ENTRIES, FIRST, LEAST_NOTED, Entry, digest_of, faults
from placebudget.register.minutes import DecisionLog, Minutes
from placebudget.register.record import (
    CORRECTIONS,
    KEPT_WHOLE,
    NAMED,
    Record,
    corrected,
    in_short,
    typed,
)
from placebudget.register.roles import OFFICER, Person, keepers, new_token, person_of, stands
from placebudget.register.store import Kept, Store
from placebudget.texts import key_of, listed, shown
from placebudget.words import as_set, money
from placebudget.writing import (
    a_path,
    content_of,
    file_to_write,
    folder_for_a_while,
    refused_in_words,
    replace_files,
    replace_with,
)

Row = tuple[str, Mapping[str, Any]]
"""A table, and cells by column."""
Problem = tuple[str, str, str]
"""The table and the column that a problem is about, where it is about one, and what it is."""

_TOKEN = "token"
# Of a value, what another order of adding up may make.
_NEAR = 1e-6


class Register:
    """What was considered and decided, by whom and why, and what came of it.

    Whoever opens one without a token reads it. What is entered stays as it was made; what was
    wrong in it is corrected by an entry that names it.

    Parameters
    ----------
    where : path or str
        A file, or the address of a database: ``postgresql://user@host/name``.
    token : str, optional
        What shows who you are, empty to read alone; default: the variable
        ``PLACEBUDGET_TOKEN``, or the user that JupyterHub says you are.

    Raises
    ------
    CannotAnswer
        If there is no register there; if SQLAlchemy is missing: it comes with the extra
        ``register``.
    WrongArgument
        If the register knows no such token.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> file = Path(tempfile.mkdtemp()) / "board.register"
    >>> register = pb.Register.new(file, "Partnership board", officer="The clerk")
    >>> held = register.enter("meetings", body="Partnership board", date="2027-03-04", chair="I")
    >>> plan = pb.optimise(pb.example("toy_pooling"), pooling="freed", prices=False)
    >>> meeting = held.row["meeting"]
    >>> choice = register.enter("choices", meeting=meeting, title="Pool all", plan=plan)
    >>> choice.row["choice"]
    '2027-03-04 A'
    >>> decided = register.enter(
    ...     "decisions", meeting=meeting, decided="That all be pooled", choice="2027-03-04 A",
    ...     mover="I", reasons="More care", owner="The director", due="2027-09-30",
    ... )
    >>> print(register.rerun(decided.row["decision"]))
    The same money to the penny, from the same inputs and versions.
    >>> register.check()
    <Findings: 0 errors, 0 warnings>
    """

    def __init__(self, where: str | os.PathLike[str], *, token: str | None = None) -> None:
        self._open(Store(where), token)

    def _open(self, store: Store, token: str | None) -> None:
        self._store, self.token = store, token
        # Who asks is known of a register that does not hold, too: else nobody could check it.
        self.person = person_of(Record.of([entry for entry, _ in store.entries()]), token)

    @classmethod
    def new(cls, where: str | os.PathLike[str], title: str, *, officer: str) -> Self:
        """Make a register, with its first officer.

        Parameters
        ----------
        where : path or str
            A file that is not there yet, or the address of a database.
        title : str
            What it is called.
        officer : str
            Who keeps it; ``token`` of what comes back shows that it is they. It is kept
            nowhere else: note it.
        """
        title, officer = _said("title", title), _said("officer", officer)
        store, token = Store(where, make=True), new_token()
        role = {"name": officer, "role": OFFICER, "proof": digest_of(token.encode())}
        named = {"name": key_of(title, NAMED), "title": title}
        rows: list[Row] = [(NAMED, named), ("roles", role)]
        store.append(lambda kept: (_entries(kept, rows, Person(officer, OFFICER)), {}))
        made = cls.__new__(cls)
        made._open(store, token)
        return made

    # --- reading ------------------------------------------------------------------------

    @property
    def where(self) -> str:
        """Where it is kept."""
        return self._store.where

    @property
    def record(self) -> Record:
        """Its tables as they stand, corrected.

        Raises
        ------
        CannotAnswer
            If entries were changed or taken out: nothing is told of what does not hold.
        """
        return Record.of(self._sound(self._store.entries()))

    def _sound(self, kept: Kept) -> list[Entry]:
        """The entries, where the chain holds."""
        broken = Findings(faults(kept)).errors
        if broken:
            raise CannotAnswer(
                f"the register does not hold together: {broken[0].what} See placebudget register "
                "check; take the register back from a copy."
            )
        return [entry for entry, _ in kept]

    @property
    def title(self) -> str:
        """What it is called."""
        return self.record.title

    @property
    def entries(self) -> pd.DataFrame:
        """Every entry as it was made: number, at, by, role, table, row (as text), hash."""
        rows = [
            (e.number, e.at, e.by, e.role, e.table, in_short(e.row), kept)
            for e, kept in self._store.entries()
        ]
        columns = ["number", "at", "by", "role", "table", "row", "hash"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def corrected(self) -> pd.DataFrame:
        """What was corrected: number, at, by, entry, table, decision, column, was, value, reason.

        ``entry`` is the one that was wrong, ``decision`` that which it belongs to, where it does;
        ``was`` is as it was entered. A blank column: all of it was withdrawn.
        """
        entries = self._sound(self._store.entries())
        rows = [
            (
                entry.number, entry.at, entry.by, wrong.number, wrong.table,
                wrong.row.get("decision", ""), column := entry.row.get("column", ""),
                str(wrong.row.get(column, "")) if column else in_short(wrong.row),
                entry.row.get("value", ""), entry.row["reason"],
            )
            for entry, wrong in corrected(entries)
        ]  # fmt: skip
        columns = ["number", "at", "by", "entry", "table", "decision", "column", "was", "value",
                   "reason"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def write_entries(self, path: str | os.PathLike[str]) -> Path:
        """Write every entry as it was made, with its hash, as JSON; returns where.

        An auditor needs nothing else to check the chain: the page on what a register holds says
        how a hash is made.
        """
        goal = file_to_write(path, ".json")
        rows = [{**asdict(entry), "hash": kept} for entry, kept in self._store.entries()]
        replace_with(goal, f"{json.dumps(rows, ensure_ascii=False, indent=1)}\n".encode())
        return goal

    @property
    def head(self) -> str:
        """The hash of the last entry: whoever notes it can tell later that none is missing."""
        kept = self._store.entries()
        return kept[-1][1] if kept else FIRST

    def check(self, noted: str | None = None) -> Findings:
        """What is wrong or doubtful: in the chain, in what is kept, in the rows.

        Parameters
        ----------
        noted : str, optional
            A hash from minutes: an error where no entry has it.
        """
        kept = self._store.entries()
        found = [*faults(kept), *self._lost(kept)]
        if noted is not None and len(text("noted", noted)) < LEAST_NOTED:
            raise refusal("noted", f"{LEAST_NOTED} characters of a hash or more", noted)
        if noted is not None and not any(each.startswith(noted.lower()) for _, each in kept):
            what = f"No entry has the hash {shown(noted)}."
            mend = "Entries were taken out, or the minutes are those of another register."
            found.append(error("missing-entry", ENTRIES, None, "hash", what, mend))
        record = Record.of([entry for entry, _ in kept])
        return Findings([*found, *record.check()])

    def _lost(self, kept: Kept) -> Iterable[Finding]:
        for entry, _ in kept:
            for name in {*_FILES.get(entry.table, ())} & {*entry.row}:
                try:
                    self._store.content(entry.row[name])
                except CannotAnswer as said:
                    mend = "Take the register back from a copy."
                    yield error("lost-file", ENTRIES, entry.number, name, str(said), mend)

    # --- adding -------------------------------------------------------------------------

    def enter(self, table: str, /, **cells: Any) -> Entry:
        """Add a row; it is on disk when this comes back.

        Parameters
        ----------
        table : str
            Of which table, as ``placebudget schema --kind register`` lists them.
        cells : optional
            Cells by column. A key that is left out is made. ``plan`` may be a plan or the path
            of one, which is kept whole with its place; what ``results`` expect may be left out
            where the plan of the decision tells it.

        Returns
        -------
        Entry
            What was entered, with its number and its row.

        Raises
        ------
        WrongArgument
            If you may not, or it does not fit; all is named and nothing is entered.
        CannotWrite
            If it could not be kept; nothing is entered then.
        """
        return self.enter_all([(table, cells)])[-1]

    def enter_all(self, rows: Sequence[Row]) -> Sequence[Entry]:
        """Add several rows: all of them, or none.

        Parameters
        ----------
        rows : sequence of (str, mapping)
            Tables, and cells by column. What a row leaves out that refers to a row above it
            here, such as the decision of a dissent, is that row.
        """
        given: list[Row] = []
        files: dict[str, bytes] = {}
        for table, cells in _shaped(rows):
            kept_whole, contents, own = _with_files(dict(cells))
            given += [*kept_whole, (table, own)]
            files |= {digest_of(content): content for content in contents}
        return self._store.append(
            lambda kept: (_entries(kept, self._checked(kept, given), self.person), files)
        )

    def doubts(self, entered: Sequence[Entry]) -> Sequence[Finding]:
        """What is doubtful in what was entered, as it stands now."""
        record = self.record
        rows = {
            (entry.table, record.at[entry.table].index(entry.number) + FIRST_ROW)
            for entry in entered
            if entry.number in record.at[entry.table]
        }
        return [each for each in record.check().warnings if (each.table, each.row) in rows]

    def _checked(self, kept: Kept, given: Sequence[Row]) -> Sequence[Row]:
        """Rows as they may be entered, their keys made; refused together where they may not."""
        entries = self._sound(kept)
        before = Record.of(entries)
        rows: list[Row] = []
        problems: list[Problem] = []
        misfits: set[tuple[str, str]] = set()
        held = {(e.table, _key(e.table, e.row)) for e in entries}
        if not stands(before, self.person):
            said = f"{self.person.name} is no {self.person.role} any more: open it anew"
            problems.append(("", "", said))
        for table, cells in given:
            read, wrong = typed(table, cells)
            problems += [(table, column, said) for column, said in wrong.items()]
            misfits |= {(table, column) for column in wrong}
            row = self._filled(entries, rows, table, read)
            if table in KEPT_WHOLE:
                # What is kept with a choice; another choice may have brought it before.
                if (table, _key(table, row)) not in held:
                    held.add((table, _key(table, row)))
                    rows.append((table, row))
                    entries += _entries_after(entries, [(table, row)], self.person)
                continue
            target = before.numbered(row.get("entry")) if table == CORRECTIONS else (table, row)
            refused = self.person.refusal(*target) if target else ""
            problems += [("", "", refused)] if refused else []
            problems += [
                (table, "", f"entry {number} says just this. Nothing is entered twice.")
                for number in _alike(before, table, row, read)
            ]
            rows.append((table, row))
            entries += _entries_after(entries, [(table, row)], self.person)
        after = Record.of(entries)
        # Also what others refer to may not go.
        known = {_about(each) for each in before.check().errors}
        problems += [
            (each.table, str(each.column), f"{each.what} {_MENDS.get(each.code, each.mend)}")
            for each in after.check().errors
            if (each.table, each.column) not in misfits and _about(each) not in known
        ]
        if not keepers(after):
            said = "nobody would be left who keeps the register: make another officer first"
            problems.append(("", "", said))
        if problems:
            texts = [
                ": ".join(filter(None, (", ".join(filter(None, (table, column))), said)))
                for table, column, said in problems
            ]
            raise WrongArgument.of(texts, [(column, said) for _, column, said in problems])
        return rows

    def _filled(
        self, entries: Sequence[Entry], above: Sequence[Row], table: str, row: dict[str, Any]
    ) -> dict[str, Any]:
        """A row with its key, and with what stands in a row above it."""
        made = dict(row)
        for column in schema(REGISTER)[table].columns:
            if column.refers and column.name not in made and column.required:
                other, key = column.refers.split(".")
                known = [held[key] for name, held in above if name == other]
                if known:
                    made[column.name] = known[-1]
        first = schema(REGISTER)[table].key[0]
        if first not in made:
            taken = {e.row.get(first) for e in entries if e.table == table}
            free = (key for key in _keys(table, made, len(entries) + 1) if key not in taken)
            made |= {first: key for key in islice(free, 1)}  # noqa: B035
        if table == "results":
            made = self._expecting(entries, made)
        return made

    def _expecting(self, entries: Sequence[Entry], row: dict[str, Any]) -> dict[str, Any]:
        """A result with what the plan of its decision made of the measure."""
        if not {"decision", "measure", "period"} <= set(row):
            return row
        plan = _plan_of(Record.of(entries), row["decision"])
        if plan is None:
            return row
        made = expected(self.plan(plan))
        mine = made[(made["period"] == row["period"]) & (made["measure"] == row["measure"])]
        if mine.empty and "expected" not in row:
            said = listed(dict.fromkeys(made["measure"]))
            raise WrongArgument(
                f"results, expected: the plan counts no {shown(row['measure'])} in "
                f"{row['period']}; it counts {said} in {listed(sorted(set(made['period'])))}. Give "
                "what was expected, or one of these."
            )
        for first in mine.to_dict("records"):
            told = {"expected": float(first["expected"]), "unit": first["unit"]}
            for name, value in told.items():
                if row.get(name, value) != value:
                    raise WrongArgument(
                        f"results, {name}: the plan says {value}, not {row[name]}. Leave it out."
                    )
            return {**row, **told}
        return row

    def grant(self, name: str, role: str, *, by: str = _TOKEN) -> str:
        """Give somebody a role; from then on they may enter what goes with it.

        Parameters
        ----------
        name : str
            Who, as minutes name them; by JupyterHub as it knows them.
        role : {"reader", "member", "chair", "officer"}
            As what.
        by : str
            By what they are known: ``"token"``, or the address at which JupyterHub answers its
            servers (``JUPYTERHUB_API_URL`` there), which then says who somebody is.

        Returns
        -------
        str
            Their token, which is kept nowhere else; empty where JupyterHub knows them.
        """
        if by != _TOKEN and not text("by", by).startswith(("http://", "https://")):
            raise refusal("by", "token, or the address of a JupyterHub such as http://hub:8081", by)
        token = new_token() if by == _TOKEN else ""
        proof = digest_of(token.encode()) if token else by
        self.enter("roles", name=name, role=role, proof=proof)
        return token

    # --- what is kept in it -----------------------------------------------------------------

    def plan(self, plan: str) -> Plan:
        """A plan that is kept, by its hash, or that of a choice or a decision by its key."""
        record = self.record
        row = record.row("plans", _plan_of(record, plan) or plan)
        return read_plan_text(self._store.content(row["plan"]).decode(), row["name"])

    def place(self, place: str) -> Place:
        """A place that is kept, by its hash, as its figures stood."""
        row = self.record.row("places", place)
        with folder_for_a_while("The place") as folder:
            file = folder / f"{row['name']}.zip"
            file.write_bytes(self._store.content(row["content"]))
            held = read(file)
        return replace(held, origin=replace(held.origin, path=""))

    def rerun(self, decision: str) -> Rerun:
        """Make the plan of a decision again, from the place as it is kept.

        Raises
        ------
        WrongArgument
            If there is no such decision.
        CannotAnswer
            If no plan was before the meeting.
        """
        digest = self._decided_plan(decision)
        row = self.record.row("plans", digest)
        return rerun(self.plan(digest), self.place(row["place"]))

    def write(self, decision: str, folder: str | os.PathLike[str]) -> tuple[Path, Path]:
        """Write the plan of a decision, or of a choice, and its place as kept; returns where.

        ``placebudget rerun PLAN --place PLACE`` makes it again without the register.
        """
        goal = a_path("folder", folder, "the path of a folder")
        row = self.record.row("plans", self._decided_plan(decision))
        place = self.record.row("places", row["place"])
        with refused_in_words(goal):
            goal.mkdir(parents=True, exist_ok=True)
        files = (
            goal / f"{key_of(row['name'], 'plan')}.plan.json",
            goal / f"{place['name']}.place.zip",
        )
        contents = (self._store.content(row["plan"]), self._store.content(place["content"]))
        replace_files(dict(zip(files, contents, strict=True)))
        return files

    def _decided_plan(self, decision: str) -> str:
        record = self.record
        if not record.rows("choices", choice=decision):
            record.row("decisions", decision)
        digest = _plan_of(record, decision)
        if digest is None:
            raise CannotAnswer(
                f"no plan was before the meeting for {shown(decision)}: nothing can be made again"
            )
        return digest

    # --- what goes out --------------------------------------------------------------------

    def minutes(self, meeting: str) -> Minutes:
        """The minutes of a meeting, with the hash of the last entry they rest on."""
        entries = self._sound(self._store.entries())
        record = Record.of(entries)
        record.row("meetings", meeting)
        return Minutes.of(record, meeting, entries)

    def decided(self) -> DecisionLog:
        """What was decided at all meetings, and what came of it."""
        entries = self._sound(self._store.entries())
        return DecisionLog.of(Record.of(entries), entries[-1].hash)

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _about(found: Finding) -> tuple[str, str, str | None, str]:
    return found.code, found.table, found.column, found.what


_MENDS = {"doubled-key": "Correct that entry instead: enter corrections."}


def _shaped(rows: object) -> Sequence[Row]:
    """Rows as they may be read: a table and its cells each."""
    found = sequence(rows)
    alike = found and all(
        isinstance(each, tuple | list) and len(each) == 2
        and isinstance(each[0], str) and isinstance(each[1], Mapping)
        for each in found
    )  # fmt: skip
    if not alike or not found:
        raise refusal("rows", "a list of tables with their cells, [('meetings', {...})]", rows)
    whole = [table for table, _ in found if table in KEPT_WHOLE]
    if whole:
        raise WrongArgument(
            f"{whole[0]} are kept with the choice that has them: enter choices with plan=..."
        )
    return found


_ROOM = LONGEST_NOTE - 100  # characters of what is admitted
_FILES = {"places": ("content",), "plans": ("plan",)}
"""Columns that name a file by its hash."""


def expected(plan: Plan) -> pd.DataFrame:
    """What a plan makes of each outcome: measure, period, unit, expected.

    Examples
    --------
    >>> import placebudget as pb
    >>> expected(pb.simulate(pb.example("toy_pooling"))).columns.tolist()
    ['measure', 'period', 'unit', 'expected']
    """
    names = plan.labels["outcomes"].set_index("outcome")
    made = plan.tables["outcomes"].groupby(["outcome", "year"], as_index=False)["counted"].sum()
    return pd.DataFrame(
        {
            "measure": made["outcome"].map(names["name"]),
            "period": made["year"],
            "unit": made["outcome"].map(names["unit"]),
            "expected": made["counted"],
        }
    )


def _plan_of(record: Record, key: str) -> str | None:
    """The plan of a choice, or of the choice that a decision took."""
    choices = {row["choice"]: row.get("plan") for row in record.rows("choices")}
    for row in record.rows("decisions", decision=key):
        key = row.get("choice", "")
    return choices.get(key)


def _with_files(cells: dict[str, Any]) -> tuple[list[Row], list[bytes], dict[str, Any]]:
    """The plan in cells, and its place, as rows and as files; and the cells with its hash."""
    given = cells.get("plan")
    known = isinstance(given, str) and len(given) == len(FIRST) and not Path(given).exists()
    if is_blank(given) or given == "" or known:
        return [], [], cells
    if not isinstance(given, Plan | str | os.PathLike):
        raise WrongArgument(f"plan is a plan or the path of one, not {as_given(given)}")
    plan, file = as_plan(given), None if isinstance(given, Plan) else Path(given)
    place = base_of(made_from(plan, file, plan.source))
    _refuse_contradiction(plan)
    option = recorded_option(plan.run)
    other = input_differences(plan.run, place)
    if other:
        raise WrongArgument(
            f"the place of the plan has changed since it was made: {listed(other)}. Plan again, "
            "or have the place as it was where the plan says it is."
        )
    # A file is kept as it was before the meeting, to the byte.
    files = [archived(place), file_text(plan).encode() if file is None else content_of(file)]
    content, digest = map(digest_of, files)
    of_place = {"place": place.digest, "name": place.name, "title": place.title}
    of_plan = {
        "plan": digest,
        "name": plan.name,
        "place": place.digest,
        "option": plan.option,
        "status": plan.status,
        "objective": plan.objective.name,
        "unit": plan.objective.unit,
        "value": plan.objective.value,
        "version": plan.run["versions"].get("placebudget"),
        "admits": _admitted(plan, place if option is None else option.apply(place)),
    }
    rows: list[Row] = [("places", {**of_place, "content": content}), ("plans", of_plan)]
    return rows, files, {**cells, "plan": digest}


def _admitted(plan: Plan, planned: Place) -> str:
    """What a plan must admit, worst first, a line each, as far as there is room."""
    found = plan.findings(place=plan.source or planned).sentences
    ends = accumulate(len(each) + 1 for each in found)
    fit = sum(end <= _ROOM for end in ends)
    rest = [f"And {as_set(len(found) - fit)} more, which the plan itself tells."]
    return "\n".join([*found[:fit], *(rest if fit < len(found) else ())]) or NONE


def _refuse_contradiction(plan: Plan) -> None:
    """Refuse a plan that says another public value than its own tables come to."""
    if plan.run["options"].get("reinvest"):  # of which the value is less what is spent again
        return
    value = plan.public_value()
    for each in plan.objectives:
        if each.name == PUBLIC and abs(each.value - value) > _NEAR * max(1.0, abs(value)):
            raise WrongArgument(
                f"the plan says {money(each.value)} of public value, and what it does is worth "
                f"{money(value)}. Make it again."
            )


def _entries(kept: Kept, rows: Sequence[Row], by: Person) -> Sequence[Entry]:
    return _entries_after([entry for entry, _ in kept], rows, by)


def _entries_after(entries: Sequence[Entry], rows: Sequence[Row], by: Person) -> list[Entry]:
    made: list[Entry] = []
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    last = entries[-1] if entries else None
    for table, row in rows:
        number, before = (last.number, last.hash) if last else (0, FIRST)
        last = Entry(number + 1, at, by.name, by.role, table, row, before)
        made.append(last)
    return made


def _alike(
    before: Record, table: str, row: Mapping[str, Any], given: Mapping[str, Any]
) -> Sequence[int]:
    """The entry that says the same but for a key that was made: a second press of a button."""
    described = schema(REGISTER)[table]
    first = described.key[0]
    if first in given or first not in row or described.column(first).refers:
        return ()
    same = {name: cell for name, cell in row.items() if name != first}
    return [
        number
        for number, held in zip(before.at[table], before.rows(table), strict=True)
        if {name: cell for name, cell in held.items() if name != first} == same
    ][:1]


def _key(table: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    described = schema(REGISTER).get(table)
    return tuple(row.get(name) for name in described.key) if described else ()


# The keys that are made, the first that is not taken: the day, then a letter or a number of it.
_LETTERS = [a + b for a in ("", *string.ascii_uppercase) for b in string.ascii_uppercase]


def _keys(table: str, row: Mapping[str, Any], number: int) -> Iterable[str]:
    meeting, date = row.get("meeting", ""), row.get("date", "")
    if table == "meetings":
        return chain([date], (f"{date} {n}" for n in count(2)))
    if table == "choices":
        return (f"{meeting} {letters}" for letters in _LETTERS)
    if table == "decisions":
        return (f"{meeting} {n}" for n in count(1))
    return [str(number)] if table == "corrections" else []


def _said(name: str, given: object) -> str:
    found = text(name, given).strip()
    if not found:
        raise WrongArgument(
            f"{name} is blank. Give it: a register says who keeps it and what it is."
        )
    return found
