"""What is decided at a board: its register, who enters something, and the forms for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from placebudget.apps.files import File
from placebudget.errors import WrongArgument
from placebudget.place.schema import REGISTER, Column, schema
from placebudget.plan import Plan
from placebudget.register import Entry, Record, Register
from placebudget.register.minutes import minutes_file
from placebudget.register.roles import Person
from placebudget.words import sentence
from placebudget.work.asking import Box, Field, FieldGroup, InvalidChoice, Pick, StudyForm, Tick

ENTER, SHOW_WHO = "enter", "show_who"
"""What the page asks for."""
ON_SCREEN = "on screen"
"""The plan that is entered with a choice: the pooled one that the screens show."""

_ORDER = (
    "meetings", "interests", "comments", "choices", "decisions", "dissents", "conditions",
    "results", "corrections",
)  # fmt: skip
_BUTTONS = {
    "meetings": "Enter this meeting", "interests": "Enter this interest",
    "comments": "Enter this comment", "choices": "Enter this choice",
    "decisions": "Enter this decision", "dissents": "Enter this dissent",
    "conditions": "Enter this condition", "results": "Enter this result",
    "corrections": "Enter this correction",
}  # fmt: skip
_MEETING, _MEMBER = "meeting", "member"
_NOT_SAID, _NONE = ("", "Not said"), ("", "None")
_TOKEN = "token"
_NO_TOKEN = (
    "The register knows no such token, or its time is over. Ask the officer who keeps it for one."
)


class Deciding:
    """The register of a board, and who one reader of the board is in it.

    Parameters
    ----------
    where : path or str
        A file, or the address of a database.
    token : str, optional
        What shows who the reader is; empty until they show it, which is never taken from the
        environment of a board that serves others.

    Attributes
    ----------
    meeting : str
        The meeting whose minutes are being written; empty where none was entered yet.
    """

    def __init__(self, where: str, token: str | None = "") -> None:
        self.where, self._token, self.meeting = str(where), token, ""

    def opened(self) -> Register:
        """The register, opened as who the reader is."""
        return Register(self.where, token=self._token)

    def mark(self) -> tuple[object, ...]:
        """What a screen of it hangs on."""
        with self.opened() as held:
            return held.head, held.person, self.meeting

    def show_who(self, token: str) -> Person:
        """Know a reader by their token.

        Raises
        ------
        InvalidChoice
            If the register knows no such token.
        """
        before, self._token = self._token, token
        try:
            with self.opened() as held:
                if token:
                    return held.person
        except WrongArgument:
            pass
        self._token = before
        raise InvalidChoice([(_TOKEN, _NO_TOKEN)])

    def leave(self) -> None:
        """Know them no longer."""
        self._token = ""

    def enter(self, table: str, given: Mapping[str, Any], plans: Mapping[str, Plan]) -> Entry:
        """Enter a row as it was typed.

        Parameters
        ----------
        table : str
            Of which table.
        given : mapping
            Text by column, and whether boxes are ticked.
        plans : mapping of str to Plan
            Plans that may be entered with a choice, by the key under which they were offered.

        Raises
        ------
        InvalidChoice
            With what is wrong at each box.
        """
        cells = {name: value for name, value in given.items() if value != ""}
        if "plan" in cells:
            cells["plan"] = plans.get(str(cells["plan"]), "")
        try:
            with self.opened() as held:
                entry = held.enter(table, **cells)
        except WrongArgument as error:
            raise InvalidChoice(
                [(column, sentence(said)) for column, said in error.parts]
            ) from None
        if table == "meetings":
            self.meeting = entry.row[_MEETING]
        return entry

    def minutes(self, form: str) -> File:
        """The minutes of the meeting, as a document for a word processor or as a page."""
        with self.opened() as held:
            name, content = minutes_file(held.minutes(self.written(held.record)), f".{form}")
        return File(name, _TYPES[form], content)

    def written(self, record: Record) -> str:
        """The meeting whose minutes are written: that chosen, else the last one."""
        known = [row[_MEETING] for row in record.rows("meetings")]
        return self.meeting if self.meeting in known else known[-1] if known else ""


_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
}


def who_form() -> StudyForm:
    """The form in which a reader shows who they are."""
    hint = "The clerk gave it to you. It is kept until you leave or close this page."
    fields = [Box(_TOKEN, "Your token", hint=hint, holds="secret")]
    return StudyForm(
        _TOKEN, "who", "Show who I am", [FieldGroup("Who you are", fields)], asks=SHOW_WHO
    )


def forms(
    record: Record, person: Person, meeting: str, plans: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, StudyForm]]:
    """The forms in which somebody may enter something: the title of the table, and the form.

    Parameters
    ----------
    record : Record
        What was entered.
    person : Person
        Who enters; what is not theirs to enter has no form.
    meeting : str
        The meeting that the rows belong to; empty: there is none yet.
    plans : sequence of (str, str)
        Plans that may be entered with a choice: key and name.
    """
    for table in _ORDER:
        may = table in person.may or (table == "corrections" and person.may)
        if may and (meeting or table == "meetings"):
            form = _form(table, record, person, meeting, plans)
            if form is not None:
                yield schema(REGISTER)[table].title, form


def _form(
    table: str, record: Record, person: Person, meeting: str, plans: Sequence[tuple[str, str]]
) -> StudyForm | None:
    """The form of a table; none where what its rows are about was not entered yet."""
    described, fixed, fields = schema(REGISTER)[table], [], list[Field]()
    for column in described.columns:
        name = column.name
        if name == described.key[0] and not column.refers:
            continue  # made
        if name == _MEETING:
            fixed.append((name, meeting))
        elif name == _MEMBER and person.own(table):
            fixed.append((name, person.name))
        elif name == "plan":
            fields.append(Pick(name, _called(column), [_NONE, *plans], "", column.description))
        elif column.refers:
            known = _known(record, column, table, meeting)
            if not known and column.required:
                return None
            held = known if column.required else [_NONE, *known]
            # What was entered last is meant most often; of what may be blank, nothing.
            chosen = held[-1][0] if column.required else ""
            fields.append(Pick(name, _called(column), held, chosen, column.description))
        else:
            fields.append(_field(column))
    groups = [FieldGroup(described.description, fields)]
    return StudyForm(table, f"enter-{table}", _BUTTONS[table], groups, fixed, asks=ENTER)


def _known(record: Record, column: Column, table: str, meeting: str) -> list[tuple[str, str]]:
    """Rows that a column can name, with what they say: of this meeting, or of any."""
    other, key = str(column.refers).split(".")
    says = {"choices": "title", "decisions": "decided"}[other]
    anywhere = table == "results" or column.name == "instead_of"
    rows = record.rows(other) if anywhere else record.rows(other, meeting=meeting)
    return [(row[key], f"{row[key]}: {row[says]}") for row in rows]


def _field(column: Column) -> Field:
    name, label, hint = column.name, _called(column), column.description
    if column.allowed:
        choices = [(each, sentence(each)) for each in column.allowed]
        return Pick(name, label, choices, choices[0][0], hint)
    if column.type == "boolean":
        if column.default is not None:
            return Tick(name, label, hint, bool(column.default))
        return Pick(name, label, [_NOT_SAID, ("yes", "Yes"), ("no", "No")], "", hint)
    kinds = {"date": "day", "integer": "figure", "number": "figure"}
    holds = "lines" if column.lines else kinds.get(column.type, "text")
    return Box(name, label, hint=hint, holds=holds)


def _called(column: Column) -> str:
    words = sentence(column.name.replace("_", " "))
    return words if column.required else f"{words} (may be left blank)"
