"""A register as a page shows it: whether it holds, what was decided, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Findings
from placebudget.place.schema import REGISTER, schema
from placebudget.plan.summary import objective_said
from placebudget.register import Record, Register
from placebudget.register.chain import LEAST_NOTED
from placebudget.register.minutes import FORMS, DecisionLog, Minutes, minutes_file
from placebudget.texts import Phrase, key_of
from placebudget.view.panels import Panel
from placebudget.view.sheet import Section
from placebudget.words import as_set, in_unit
from placebudget.work.plans import PLANS_FOLDER
from placebudget.writing import folder_for_a_while

ROWS = 100
"""Rows of a list that are told at once."""

STATES = ("open", "overdue", "counted", "replaced")
"""How a decision stands: due later, due without a result, with results, taken back by another."""

_STILL_OPEN = ("open", "overdue")
_MOST_TOLD = 300
_BROKEN = Phrase(
    "The chain of entries does not hold: entries were changed or taken out. Nothing is told of "
    "what the register says. Take it back from a copy."
)


@dataclass(frozen=True, eq=False)
class RegisterRead:
    """What a register held when it was read, as whoever shows no token reads it.

    Parameters
    ----------
    findings : Findings
        What is wrong or doubtful in it.
    entries : DataFrame
        Every entry as it was made.
    record, log, corrected : optional
        What it says; None where the chain does not hold, of which nothing is told.
    """

    findings: Findings
    entries: pd.DataFrame
    record: Record | None = None
    log: DecisionLog | None = None
    corrected: pd.DataFrame = field(default_factory=pd.DataFrame)

    def sound(self) -> tuple[Record, DecisionLog]:
        """What it says.

        Raises
        ------
        CannotAnswer
            If the chain does not hold.
        """
        if self.record is None or self.log is None:
            raise CannotAnswer(_BROKEN)
        return self.record, self.log


def read_register(path: Path) -> RegisterRead:
    """A register as it stands in its file.

    Raises
    ------
    CannotAnswer
        If there is none in the file.
    CannotWrite
        If another holds it, or it may not be read.
    """
    with Register(path, token="") as held:
        findings, entries = held.check(), held.entries
        try:
            return RegisterRead(findings, entries, held.record, held.decided(), held.corrected)
        except CannotAnswer:
            return RegisterRead(findings, entries)


def register_page(read: RegisterRead, noted: str = "") -> dict[str, Any]:
    """What is seen first of a register: whether it holds, how much it has, what is doubtful.

    Parameters
    ----------
    read : RegisterRead
        The register.
    noted : str, optional
        A hash from minutes, that is looked for.
    """
    holds = read.record is not None
    hashes = read.entries["hash"].tolist()
    page: dict[str, Any] = {
        "holds": holds,
        "said": [
            Phrase(
                "The chain of %1 entries holds: none of them was changed or taken out.",
                as_set(len(hashes)),
            ),
            Phrase(
                "That entries were cut off the end, or all of them written anew, only a hash "
                "shows that was noted elsewhere, as in minutes that were sent out."
            ),
        ]
        if holds
        else [_BROKEN],
        "entries": len(hashes),
        "head": hashes[-1] if hashes else "",
        "noted": _looked_for(noted, hashes) if holds and noted else "",
        "found": [
            {"severity": each.severity, "text": f"{each.what} {each.mend}".strip()}
            for each in read.findings[:_MOST_TOLD]
        ],
        "left": max(0, len(read.findings) - _MOST_TOLD),
    }
    if read.record is None or read.log is None:
        return page
    decided = _decisions(read, {})
    states = [row["state"] for row in decided]
    return page | {
        "title": read.record.title,
        "owners": sorted({row["owner"] for row in decided}),
        "decisions": {each: states.count(each) for each in STATES},
        "forms": list(FORMS),
        "notes": list(read.log.notes),
    }


def _looked_for(noted: str, hashes: list[str]) -> Phrase:
    """Whether an entry has a hash, or begins with what was noted of one."""
    wanted = noted.strip().lower()
    if len(wanted) < LEAST_NOTED:
        raise WrongArgument(Phrase("Give %1 characters of the hash or more.", LEAST_NOTED))
    for number, each in enumerate(hashes, start=1):
        if each.startswith(wanted):
            return Phrase(
                "The hash is that of entry %1: up to it nothing was changed or taken out.",
                as_set(number),
            )
    return Phrase(
        "No entry has this hash: entries were taken out, or it was noted of another register."
    )


# --- lists, a page at a time ------------------------------------------------------------------


def register_rows(
    read: RegisterRead, name: str, start: int, wanted: Mapping[str, str]
) -> dict[str, Any]:
    """Rows of a list, from one on, and how many there are: what is new comes first.

    Parameters
    ----------
    read : RegisterRead
        The register.
    name : str
        Which list: decisions, meetings, results, corrections, entries.
    start : int
        The first row, from 0.
    wanted : mapping of str to str
        Of decisions: ``owner``, ``state`` (open means not done, overdue or not) and ``words`` that
        are in them; what is blank asks for all.
    """
    if name not in _LISTS:
        raise WrongArgument(f"A register has no such list. Lists: {', '.join(_LISTS)}.")
    read.sound()
    rows = list(_LISTS[name](read, wanted))
    return {"lines": rows[start : start + ROWS], "all": len(rows), "at_once": ROWS}


def _decisions(read: RegisterRead, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    record, log = read.sound()
    told = {row["decision"]: row for row in record.rows("decisions")}
    rows = [
        {
            **{name: each[name] for name in ("decision", "date", "decided", "owner", "due")},
            "mover": told[each["decision"]]["mover"],
            "state": _state(each),
            "counted": each["results"],
            "replaced_by": each["replaced_by"],
        }
        for each in log.tables["decisions"].to_dict("records")
    ]
    owner, state, words = (wanted.get(name, "") for name in ("owner", "state", "words"))
    states = _STILL_OPEN if state == "open" else (state,)
    found = [
        row
        for row in rows
        if (not owner or row["owner"] == owner)
        and (not state or row["state"] in states)
        and (not words or words.casefold() in " ".join(_looked_in(row)).casefold())
    ]
    return sorted(found, key=lambda row: str(row["date"]), reverse=True)


def _looked_in(row: Mapping[str, Any]) -> Iterable[str]:
    return (row[name] for name in ("decision", "decided", "mover", "owner"))


def _state(row: Mapping[str, Any]) -> str:
    if row["replaced_by"]:
        return "replaced"
    if row["results"]:
        return "counted"
    return "overdue" if row["overdue"] else "open"


def _meetings(read: RegisterRead, _: Mapping[str, str]) -> list[dict[str, Any]]:
    record, _log = read.sound()
    decided = pd.Series([row["meeting"] for row in record.rows("decisions")], dtype="str")
    counts = decided.value_counts()
    rows = [
        {
            **{name: row[name] for name in ("meeting", "date", "body", "chair")},
            "decisions": int(counts.get(row["meeting"], 0)),
        }
        for row in record.rows("meetings")
    ]
    return sorted(rows, key=lambda row: str(row["date"]), reverse=True)


def _results(read: RegisterRead, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    _, log = read.sound()
    rows = log.tables["results"].to_dict("records")
    figures = ("expected", "actual", "difference")
    told = ("decision", "measure", "period", "unit", "within", "source")
    only = wanted.get("decision", "")
    return [
        {str(name): row[name] for name in told}
        | {name: in_unit(row[name], row["unit"]) for name in figures}
        for row in reversed(rows)
        if not only or row["decision"] == only
    ]


def _corrections(read: RegisterRead, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    rows, only = read.corrected, wanted.get("decision", "")
    mine = rows[rows["decision"] == only] if only else rows
    return [{**row, "column": row["column"].replace("_", " ")} for row in _records(mine)]


def _entries(read: RegisterRead, _: Mapping[str, str]) -> list[dict[str, Any]]:
    return _records(read.entries)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {**{str(name): cell for name, cell in row.items()}, "table": _titled(row["table"])}
        for row in frame[::-1].to_dict("records")
    ]


def _titled(table: str) -> str:
    described = schema(REGISTER).get(table)
    return Phrase(described.title) if described else table


_LISTS = {
    "decisions": _decisions,
    "meetings": _meetings,
    "results": _results,
    "corrections": _corrections,
    "entries": _entries,
}


# --- one of them ------------------------------------------------------------------------------


def decision_told(read: RegisterRead, key: str) -> dict[str, Any]:
    """A decision with all that belongs to it.

    Raises
    ------
    WrongArgument
        If there is no such decision.
    """
    record, _ = read.sound()
    row = record.row("decisions", key)
    of_it = {name: record.rows(name, decision=key) for name in ("conditions", "dissents")}
    (stands,) = (each for each in _decisions(read, {}) if each["decision"] == key)
    votes = {name: row.get(name) for name in ("votes_for", "votes_against", "abstained")}
    return {
        **stands,
        **{name: row.get(name, "") for name in ("meeting", "seconder", "reasons", "instead_of")},
        **of_it,
        "entry": record.entry_of("decisions", key),
        "votes": votes if "votes_for" in row else None,
        "conditions": [
            {"owner": row["owner"], "due": row["due"], **each} for each in of_it["conditions"]
        ],
        "interests": record.rows("interests", meeting=row["meeting"]),
        "choices": [_choice(record, row["choice"])] if "choice" in row else [],
        "results": _results(read, {"decision": key}),
        "corrections": _corrections(read, {"decision": key}),
    }


def _choice(record: Record, key: str) -> dict[str, Any]:
    """A choice, and what its plan says where it has one."""
    row = record.row("choices", key)
    told = {"choice": key, "title": row["title"], "about": row.get("about", ""), "plan": ""}
    if "plan" not in row:
        return told
    plan = record.row("plans", row["plan"])
    place = record.row("places", plan["place"])
    value = objective_said(plan["objective"], plan["unit"], plan["value"])
    return {**told, "plan": value, "place": place.get("title", place["name"])}


def meeting_page(path: Path, meeting: str) -> str:
    """The minutes of a meeting as part of a page."""
    with Register(path, token="") as held:
        minutes: Minutes = held.minutes(meeting)
    sections = [
        Section(
            each.title,
            [part for one in each.paragraphs for part in (one.text, one.points) if part],
        )
        for each in minutes.sections
    ]
    return Panel(minutes.title, sections=sections, note=" ".join(minutes.notes)).html()


# --- what is taken out of it ------------------------------------------------------------------


def minutes_taken(path: Path, meeting: str, ending: str) -> tuple[str, bytes]:
    """The minutes of a meeting as a file: what it is called, and what it holds."""
    if ending not in FORMS:
        raise WrongArgument(f"Minutes are written as one of {', '.join(FORMS)}.")
    with Register(path, token="") as held:
        return minutes_file(held.minutes(meeting), ending)


def plan_taken(path: Path, key: str) -> tuple[str, str, dict[str, bytes]]:
    """The plan of a decision or a choice with its place, as they were kept.

    Returns
    -------
    tuple
        A name for a folder, the file in it by which the place is opened, and all files by their
        paths in it.
    """
    with Register(path, token="") as held, folder_for_a_while("The plan") as folder:
        plan, place = held.write(key, folder)
        files = {place.name: place.read_bytes(), f"{PLANS_FOLDER}/{plan.name}": plan.read_bytes()}
        return key_of(f"{path.stem} {key}", "plan"), place.name, files
