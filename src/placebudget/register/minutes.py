"""What goes out of a register: the minutes of a meeting, and what came of what was decided."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.errors import CannotAnswer
from placebudget.place.io.cells import day_of
from placebudget.plan.record.record import run_record
from placebudget.plan.result import Result
from placebudget.plan.summary import Paragraph, Summary, objective_said
from placebudget.register.chain import Entry
from placebudget.register.record import Record, corrected, in_short
from placebudget.texts import key_of, listed
from placebudget.words import as_set, in_unit, sentence
from placebudget.writing import file_to_write, folder_for_a_while, replace_with

NOT_GIVEN = "Not given."
"""What stands where officers wrote nothing under a heading that a report must have."""

_HEADINGS = {
    "chief finance officer": "Chief finance officer (section 151)",
    "monitoring officer": "Monitoring officer",
    "legal powers": "Legal powers",
    "equality impact": "Equality impact",
    "risk": "Risk",
    "consultation": "Consultation",
    "reserves": "Reserves (section 25)",
}
_MODEL = (
    "What plans say is modelled: they rank options by the figures of the place. The board decided."
)


_SIGNED = (
    "A draft until the chair has signed it as a correct record. Chair: ____________________ "
    "Date: ____________________"
)


def day_in_words(text: str) -> str:
    """A day as minutes write it.

    Examples
    --------
    >>> day_in_words("2027-03-04")
    '4 March 2027'
    """
    found = day_of(text)
    return f"{found.day} {found:%B %Y}"


@dataclass(frozen=True, eq=False)
class Minutes(Result):
    """The minutes of a meeting, under the headings that a report to a board must have.

    Parameters
    ----------
    title : str
        Which body, and when.
    sections : tuple of Summary
        What stands under each heading.
    tables : mapping of str to DataFrame
        The same as rows: those of the register that belong to the meeting.
    run : mapping
        Of which register, and the hash of the last entry they rest on.
    """

    title: str
    sections: tuple[Summary, ...]
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    run: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, record: Record, meeting: str, entries: Sequence[Entry]) -> Minutes:
        """The minutes of a meeting.

        Parameters
        ----------
        record : Record
            What the register says.
        meeting : str
            Key of the meeting.
        entries : sequence of Entry
            The entries it says that by.
        """
        held = record.row("meetings", meeting)
        tables = _tables_of(record, meeting)
        title = f"Minutes of {held['body']}, {day_in_words(held['date'])}"
        run = run_record(
            study="minutes",
            place=record.name,
            inputs=entries[-1].hash,
            options={"meeting": meeting, "entries": len(entries)},
        )
        sections = tuple(_sections(record, held, tables, entries))
        return cls(title, sections, tables, run)

    @property
    def table(self) -> pd.DataFrame:
        """What was decided."""
        return self.tables["decisions"]

    @property
    def notes(self) -> tuple[str, ...]:
        """What they rest on."""
        return (
            _MODEL,
            f"These minutes rest on {as_set(self.run['options']['entries'])} entries of the "
            f"register. The hash of the last is {self.run['inputs']}: with it anybody can check "
            "that none was changed or taken out since.",
        )

    def summarised(self) -> Summary:
        """What ``summary`` says, as data."""
        paragraphs = [
            Paragraph(f"{each.title}:", each.sentences) for each in self.sections if each.paragraphs
        ]
        return Summary(self.title, tuple(paragraphs))

    def to_docx(self, path: str | os.PathLike[str]) -> Path:
        """Write the minutes as a document for a word processor; returns where.

        Raises
        ------
        WrongArgument
            If the path is none, or does not end in ``.docx``.
        CannotAnswer
            If python-docx is not installed: it comes with the extra ``register``.
        """
        goal = file_to_write(path, ".docx")
        document = _docx().Document()
        document.core_properties.title, document.core_properties.language = self.title, "en-GB"
        document.core_properties.author, document.core_properties.created = "", datetime.now(UTC)
        document.add_heading(self.title, 0)
        for each in self.sections:
            document.add_heading(each.title, 1)
            for paragraph in each.paragraphs:
                if paragraph.text:
                    document.add_paragraph(paragraph.text)
                for point in paragraph.points:
                    document.add_paragraph(point, style="List Bullet")
        document.add_heading("What the minutes rest on", 1)
        for note in self.notes:
            document.add_paragraph(note)
        made = BytesIO()
        document.save(made)
        replace_with(goal, made.getvalue())
        return goal


FORMS: Mapping[str, Callable[[Minutes, Path], object]] = {
    ".docx": Minutes.to_docx,
    ".html": Minutes.to_html,
    ".xlsx": Minutes.to_excel,
    ".json": Minutes.to_json,
}
"""As what minutes are written, by the ending of the file."""


def minutes_file(minutes: Minutes, ending: str) -> tuple[str, bytes]:
    """Minutes as a file to be taken away: what it is called, and what it holds."""
    name = f"minutes-{key_of(minutes.run['options']['meeting'], 'meeting')}{ending}"
    with folder_for_a_while("The minutes") as folder:
        FORMS[ending](minutes, folder / name)
        return name, (folder / name).read_bytes()


@cache
def _docx() -> Any:
    try:
        return import_module("docx")
    except ImportError as error:
        raise CannotAnswer(
            "a .docx needs python-docx, which is not installed: pip install "
            "'placebudget[register]'; or write .html"
        ) from error


_OF_MEETING = ("meetings", "interests", "choices", "comments", "decisions")
_OF_DECISION = ("dissents", "conditions")


def _tables_of(record: Record, meeting: str) -> dict[str, pd.DataFrame]:
    found = {name: record.tables[name] for name in (*_OF_MEETING, *_OF_DECISION)}
    mine = {name: found[name][found[name]["meeting"] == meeting] for name in _OF_MEETING}
    decided = set(mine["decisions"]["decision"])
    mine |= {name: found[name][found[name]["decision"].isin(decided)] for name in _OF_DECISION}
    # Blanks as nothing, which every form of a result can hold.
    return {
        name: (held := rows.reset_index(drop=True).astype(object)).where(held.notna(), None)
        for name, rows in mine.items()
    }


def _sections(
    record: Record,
    held: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    entries: Sequence[Entry],
) -> Iterator[Summary]:
    meeting = held["meeting"]
    yield Summary("Meeting", tuple(_attendance(held)))
    yield Summary("Interests declared", _listed(_interests(record, meeting)))
    yield Summary("Options considered", _listed(_choices(record, meeting)))
    comments = {row["heading"]: row for row in record.rows("comments", meeting=meeting)}
    for key, heading in _HEADINGS.items():
        row = comments.get(key)
        said = NOT_GIVEN if row is None else f"{row['comment']} ({row['by']})"
        if row is not None:
            rows = record.rows("comments")
            number = record.at["comments"][rows.index(row)]
            said += _after(record, number, meeting)
        yield Summary(heading, (Paragraph(said),))
    yield Summary("Decisions", tuple(_decisions(record, meeting)))
    corrected = list(_corrections(meeting, entries))
    if corrected:
        lead = "The minutes say what is right; the register holds what was entered, too."
        yield Summary("Corrections", (Paragraph(lead, tuple(corrected)),))
    yield Summary("What the plans must admit", tuple(_admitted(record, meeting)) or (_NONE,))
    yield Summary("What the plans rest on", _listed(_plans(record, meeting)))
    yield Summary("Signature", (Paragraph(_SIGNED),))


_NONE = Paragraph("None.")
_WORST = 5
"""Points that minutes say of what a plan must admit; the register has all."""


def _admitted(record: Record, meeting: str) -> Iterator[Paragraph]:
    """Of each choice with a plan, what is doubtful about it, worst first."""
    plans = {row["plan"]: row for row in record.rows("plans")}
    for row in record.rows("choices", meeting=meeting):
        found = plans.get(row.get("plan", ""), {}).get("admits", "").splitlines()
        if found:
            more = len(found) - _WORST
            rest = [f"And {as_set(more)} more, which the register has."] if more > 0 else []
            letter = row["choice"].removeprefix(meeting).strip()
            yield Paragraph(f"{letter}: {row['title'].rstrip('.')}.", (*found[:_WORST], *rest))


def _listed(points: Iterator[str]) -> tuple[Paragraph, ...]:
    found = tuple(points)
    return (Paragraph("", found),) if found else (_NONE,)


def _attendance(held: Mapping[str, Any]) -> Iterator[Paragraph]:
    venue = f", {held['venue']}" if "venue" in held else ""
    ways = {True: "; held in public", False: "; held without the public"}
    public = ways.get(bool(held["in_public"]), "") if "in_public" in held else ""
    yield Paragraph(f"{sentence(held['body'])}, {day_in_words(held['date'])}{venue}{public}.")
    yield Paragraph(f"In the chair: {held['chair']}.")
    for heading, column in (("Present", "present"), ("Apologies", "apologies")):
        names = [each.strip() for each in held.get(column, "").split(";") if each.strip()]
        yield (
            Paragraph(f"{heading}:", tuple(names))
            if names
            else Paragraph(f"{heading}: nobody was entered.")
        )
    if "papers" in held:
        yield Paragraph(f"Papers: {held['papers']}.")


def _interests(record: Record, meeting: str) -> Iterator[str]:
    for row in record.rows("interests", meeting=meeting):
        left = "left while it was decided" if row["left"] else "stayed"
        yield f"{row['member']}: {row['interest']}; {left}."


def _choices(record: Record, meeting: str) -> Iterator[str]:
    plans = {row["plan"]: row for row in record.rows("plans")}
    taken = {row.get("choice") for row in record.rows("decisions", meeting=meeting)}
    for row in record.rows("choices", meeting=meeting):
        said = f"{row['choice'].removeprefix(meeting).strip()}: {row['title']}."
        plan = plans.get(row.get("plan", ""))
        if plan is not None:
            value = objective_said(plan["objective"], plan["unit"], plan["value"])
            said += f" In the model, {value}."
        said += f" {row['about'].rstrip('.')}." if "about" in row else ""
        said += " Chosen." if row["choice"] in taken else " Not chosen."
        yield said + _late(record, "choices", row["choice"], meeting)


def _late(record: Record, table: str, key: str, meeting: str) -> str:
    return _after(record, record.entry_of(table, key), meeting)


def _after(record: Record, number: int, meeting: str) -> str:
    """That an entry was made after the first decision of its meeting, where it was."""
    decided = [
        record.entry_of("decisions", row["decision"])
        for row in record.rows("decisions", meeting=meeting)
    ]
    return " Entered after the decision." if decided and number > min(decided) else ""


def _decisions(record: Record, meeting: str) -> Iterator[Paragraph]:
    rows = record.rows("decisions", meeting=meeting)
    if not rows:
        yield Paragraph("Nothing was decided.")
    for row in rows:
        yield Paragraph(
            f"{row['decision'].removeprefix(meeting).strip()}. {row['decided'].rstrip('.')}.",
            tuple(_about(record, row)),
        )


def _about(record: Record, row: Mapping[str, Any]) -> Iterator[str]:
    seconded = f"; seconded by: {row['seconder']}" if "seconder" in row else ""
    yield f"Moved by: {row['mover']}{seconded}."
    yield _vote(row)
    yield f"Reasons: {row['reasons'].rstrip('.')}."
    for each in record.rows("conditions", decision=row["decision"]):
        due = day_in_words(each.get("due", row["due"]))
        owner = each.get("owner", row["owner"])
        yield f"Condition: {each['condition'].rstrip('.')}; {owner}, by {due}."
    for each in record.rows("dissents", decision=row["decision"]):
        yield f"{each['member']} disagreed: {each['reason'].rstrip('.')}."
    if "instead_of" in row:
        was = record.row("decisions", row["instead_of"])["decided"].rstrip(".")
        yield f"It takes the place of {row['instead_of']}, “{was}”."
    for each in record.rows("decisions", instead_of=row["decision"]):
        when = day_in_words(record.row("meetings", each["meeting"])["date"])
        yield f"Since replaced, on {when}, by {each['decision']}, “{each['decided'].rstrip('.')}”."
    yield f"Action: {row['owner']}, by {day_in_words(row['due'])}."


def _vote(row: Mapping[str, Any]) -> str:
    if "votes_for" not in row:
        return "Agreed without a vote."
    parts = (
        ("for", "votes_for"),
        ("against", "votes_against"),
        ("abstained", "abstained"),
    )
    said = listed(f"{as_set(row[name])} {word}" for word, name in parts if name in row)
    lost = row["votes_for"] <= row.get("votes_against", 0)
    return f"{sentence(said)}{', which does not carry it' if lost else ''}."


def _corrections(meeting: str, entries: Sequence[Entry]) -> Iterator[str]:
    of_decision = {
        entry.row.get("decision"): entry.row.get("meeting")
        for entry in entries
        if entry.table == "decisions"
    }
    for entry, wrong in corrected(entries):
        row, was = entry.row, wrong.row
        if meeting == was.get("meeting", of_decision.get(was.get("decision"))):
            column = row.get("column", "")
            about = ", ".join(filter(None, (wrong.table, column))).replace("_", " ")
            right = (
                f"“{row.get('value', 'blank')}”, not “{was.get(column, 'blank')}”"
                if column
                else f"withdrawn; it was {in_short(was)}"
            )
            yield (
                f"Entry {wrong.number} ({about}): {right}. "
                f"{row['reason'].rstrip('.')} (entry {entry.number}, {entry.by})."
            )


def _plans(record: Record, meeting: str) -> Iterator[str]:
    plans = {row["plan"]: row for row in record.rows("plans")}
    places = {row["place"]: row for row in record.rows("places")}
    for row in record.rows("choices", meeting=meeting):
        plan = plans.get(row.get("plan", ""))
        if plan is None:
            continue
        place = places[plan["place"]]
        option = f", with the option {plan['option']}" if "option" in plan else ""
        letter = row["choice"].removeprefix(meeting).strip()
        yield (
            f"{letter}: {place.get('title', place['name'])}{option}; {plan['status']}, by "
            f"placebudget {plan.get('version', 'unknown')}; place {plan['place']}, plan "
            f"{plan['plan']}."
        )


@dataclass(frozen=True, eq=False)
class DecisionLog(Result):
    """What was decided at all meetings, and what came of it.

    ``tables`` holds:

    - ``decisions``: decision, date, decided, owner, due, results (how many there are), overdue
      (due, and no result), replaced_by;
    - ``results``: decision, measure, period, unit, expected, low, high, actual, difference,
      within (yes, no, or not known where no range was given), source.
    """

    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    run: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, record: Record, head: str) -> DecisionLog:
        """What the record says of them."""
        tables = {"decisions": _decided(record), "results": _results(record)}
        run = run_record(study="decided", place=record.name, inputs=head, options={})
        return cls(tables, run)

    @property
    def table(self) -> pd.DataFrame:
        """The decisions."""
        return self.tables["decisions"]

    @property
    def title(self) -> str:
        """How many decisions, and how many are without a result that is due."""
        overdue = int(self.table["overdue"].sum())
        return f"Decisions: {as_set(len(self.table))}; due without a result: {as_set(overdue)}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What the words mean."""
        return (
            "Expected: what the plan before the meeting made of the measure. Actual: what was "
            "counted since, by the source that is named.",
            "A difference says nothing of its cause: other things happened, too.",
        )

    def summarised(self) -> Summary:
        """What ``summary`` says, as data."""
        return Summary(self.title, tuple(_came_of(self.table, self.tables["results"])))


def _decided(record: Record) -> pd.DataFrame:
    dates = {row["meeting"]: row["date"] for row in record.rows("meetings")}
    every = record.rows("decisions")
    replaced = {row["instead_of"]: row["decision"] for row in every if "instead_of" in row}
    known = pd.Series([row["decision"] for row in record.rows("results")], dtype="str")
    counts = known.value_counts()
    today = date.today().isoformat()
    rows = []
    for row in every:
        results = int(counts.get(row["decision"], 0))
        overdue = row["due"] < today and not results
        overdue = overdue and row["decision"] not in replaced
        rows.append(
            (row["decision"], dates.get(row["meeting"], ""), row["decided"], row["owner"],
             row["due"], results, overdue, replaced.get(row["decision"], ""))
        )  # fmt: skip
    columns = ["decision", "date", "decided", "owner", "due", "results", "overdue", "replaced_by"]
    return pd.DataFrame(rows, columns=columns)


def _results(record: Record) -> pd.DataFrame:
    rows = []
    for row in record.rows("results"):
        low, high, actual = row.get("low"), row.get("high"), row["actual"]
        within = "not known"
        if low is not None and high is not None:
            within = "yes" if low <= actual <= high else "no"
        rows.append(
            (row["decision"], row["measure"], row["period"], row["unit"], row["expected"],
             low, high, actual, actual - row["expected"], within, row["source"])
        )  # fmt: skip
    columns = ["decision", "measure", "period", "unit", "expected", "low", "high", "actual",
               "difference", "within", "source"]  # fmt: skip
    figures = dict.fromkeys(("expected", "low", "high", "actual", "difference"), "float64")
    return pd.DataFrame(rows, columns=columns).astype(figures)


def _came_of(decisions: pd.DataFrame, results: pd.DataFrame) -> Iterator[Paragraph]:
    for row in decisions.to_dict("records"):
        points = [f"Action: {row['owner']}, by {day_in_words(row['due'])}."]
        if row["replaced_by"]:
            points.append(f"Replaced by {row['replaced_by']}.")
        elif row["overdue"]:
            points.append("It is due, and no result was entered.")
        mine = results[results["decision"] == row["decision"]]
        points += [_beside(each) for each in mine.to_dict("records")]
        yield Paragraph(f"{row['decision']}: {row['decided'].rstrip('.')}.", tuple(points))
    if decisions.empty:
        yield Paragraph("Nothing was decided yet.")


def _beside(row: Mapping[str, Any]) -> str:
    """What was counted beside what was expected."""
    has, was = (in_unit(row[name], row["unit"]) for name in ("actual", "expected"))
    ranges = {"yes": ", within what was expected", "no": ", outside what was expected"}
    what = f"{row['measure']}, {row['period']}, in {row['unit']}"
    beside = f"{has}; expected {was}{ranges.get(row['within'], '')}"
    return f"{what}: {beside} ({row['source'].rstrip('.')})."
