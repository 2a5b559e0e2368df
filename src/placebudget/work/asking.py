"""Forms that ask for a study, made of its arguments; what was typed, read box by box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

import pandas as pd

from placebudget.errors import PlaceBudgetError, WrongArgument
from placebudget.place import UPLOADS
from placebudget.place.io.cells import Misfit, read_figure
from placebudget.place.io.loose import LooseTable, loose_table
from placebudget.place.schema import Measure
from placebudget.plan.explain.known import NUMBERS
from placebudget.view.studies.entry import (
    Amount,
    Argument,
    Cell,
    Choice,
    Flag,
    Rate,
    SeveralOf,
    Shares,
    Study,
    Subject,
    TableOf,
    Whole,
)
from placebudget.words import as_set, number, whole_pounds

# Forms by which a study is asked for, as data, and what was typed into them, box by box.


@dataclass(frozen=True)
class Box:
    """A box to type in, to tick, or to choose a file by.

    Parameters
    ----------
    key : str
        Its name among what is sent.
    label, unit, hint : str
        What it is for, its unit, what to know before it is filled in.
    value : str
        What stands in it.
    holds : {"figure", "text", "lines", "day", "secret"}
        What is typed there.
    """

    kind: ClassVar[str] = "box"
    key: str
    label: str
    unit: str = ""
    hint: str = ""
    value: str = ""
    holds: str = "figure"


@dataclass(frozen=True)
class Tick:
    """A box to tick."""

    kind: ClassVar[str] = "tick"
    key: str
    label: str
    hint: str = ""
    on: bool = False


@dataclass(frozen=True)
class Pick:
    """One of several, each with its key and name."""

    kind: ClassVar[str] = "pick"
    key: str
    label: str
    choices: Sequence[tuple[str, str]]
    chosen: str
    hint: str = ""


@dataclass(frozen=True)
class FileBox:
    """A file to be brought."""

    kind: ClassVar[str] = "file"
    key: str
    label: str
    hint: str
    accept: str


Field = Box | Tick | Pick | FileBox


@dataclass(frozen=True)
class FieldGroup:
    """Fields that belong together; folded ones stand behind a line that opens them."""

    legend: str
    fields: Sequence[Field]
    hint: str = ""
    folded: bool = False


@dataclass(frozen=True)
class StudyForm:
    """Fields and a button; the page asks for the study ``key`` with what stands in them.

    Parameters
    ----------
    key : str
        The study; or what else ``asks`` is about.
    part : str
        Tells forms of one study apart, for the names of their boxes.
    button : str
        What the button says.
    groups : sequence of FieldGroup
        In reading order.
    fixed : sequence of (str, str)
        What is sent with the fields, and not shown.
    plain : bool
        Whether its button is a lesser one.
    asks : str
        What the page asks for.
    """

    kind: ClassVar[str] = "form"
    key: str
    part: str
    button: str
    groups: Sequence[FieldGroup]
    fixed: Sequence[tuple[str, str]] = ()
    plain: bool = False
    asks: str = "study"


# What a reader typed into a form, read box by box; what is wrong is told at its box.

MOST_POUNDS = 1e11


class InvalidChoice(PlaceBudgetError):
    """A choice that does not fit the place.

    Parameters
    ----------
    problems : sequence of (str, str)
        The control each problem belongs to, and a sentence.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("\n".join(sentence for _, sentence in problems))
        self.problems = tuple(problems)


class Entered:
    """Entries of a form.

    Parameters
    ----------
    given : mapping
        As a browser sends them: text by box, and whether boxes are ticked.

    Examples
    --------
    >>> entered = Entered({"cap": "£1,250.50", "runs": "many"})
    >>> entered.pounds("cap", "Cap")
    1250.5
    >>> entered.whole("runs", "Number of runs", 1, 50)
    1
    >>> entered.problems
    [('runs', 'Number of runs: enter a whole number from 1 to 50.')]
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given
        self.problems: list[tuple[str, str]] = []

    def text(self, key: str) -> str:
        """What stands in a box."""
        held = self.given.get(key, "")
        return held.strip() if isinstance(held, str) else ""

    def on(self, key: str) -> bool:
        """Whether a box is ticked."""
        return self.given.get(key) is True

    def wrong(self, key: str, text: str) -> None:
        """Tell a problem at a box."""
        self.problems.append((key, text))

    def pounds(self, key: str, label: str, *, least: float = 0.0, below: str = "") -> float | None:
        """Pounds to the penny; None where the box is blank, or wrong.

        Parameters
        ----------
        least : float
            The least that can be meant.
        below : str
            What is said of less than that.
        """
        value = self._figure(key, label, "enter pounds, such as 250,000 or 1250.50", "pounds")
        if value is None:
            return None
        if abs(value) > MOST_POUNDS:
            self.wrong(key, f"{label}: enter less than {whole_pounds(MOST_POUNDS)}.")
        elif abs(round(value, 2) - value) > 1e-6:
            self.wrong(key, f"{label}: enter pounds and whole pence, such as 1250.50.")
        elif value < least:
            self.wrong(key, f"{label}: {below or f'enter {whole_pounds(least)} or more'}.")
        else:
            return round(value, 2)
        return None

    def per_cent(self, key: str, label: str) -> float:
        """Per cent of a whole, from 0 to 100; 0 where that is wrong."""
        value = self._figure(key, label, "enter a figure from 0 to 100, such as 37.5")
        if value is None and not self.text(key):
            self.wrong(key, f"{label}: enter a figure from 0 to 100, such as 37.5.")
        elif value is not None and not 0 <= value <= 100:
            self.wrong(key, f"{label}: enter a figure from 0 to 100.")
        else:
            return value or 0.0
        return 0.0

    def whole(self, key: str, label: str, least: int, most: int) -> int:
        """A whole number; the least where it is wrong."""
        wanted = f"{label}: enter a whole number from {number(least)} to {number(most)}."
        text = self.text(key).replace(",", "")
        if text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most:
            return int(text)
        self.wrong(key, wanted)
        return least

    def plain(self, key: str, label: str) -> float | None:
        """A number; None where the box is blank, or wrong."""
        return self._figure(key, label, "enter a number, such as 0.85") if self.text(key) else None

    def done(self) -> None:
        """Refuse what was typed if anything of it is wrong.

        Raises
        ------
        InvalidChoice
            With every problem and its box.
        """
        if self.problems:
            raise InvalidChoice(self.problems)

    def _figure(
        self, key: str, label: str, wanted: str, measure: Measure | None = None
    ) -> float | None:
        text = self.text(key)
        try:
            value, _ = read_figure(text if measure else text.removesuffix("%"), measure)
        except Misfit:
            self.wrong(key, f"{label}: {wanted}.")
            return None
        return value


BUTTON = "Work this out"


def forms_of(study: Study, subject: Subject, values: Mapping[str, Any]) -> list[StudyForm]:
    """The forms of a study, holding what it was asked with.

    Parameters
    ----------
    values : mapping
        As ``study.settled`` gives them.
    """
    lead, part, fixed, forms = study.leading, study.key, [], []
    called: dict[str, str] = {}
    if lead is not None:
        chosen, known = values[lead.name], lead.among(subject)
        called[lead.name] = known[chosen]
        part, fixed = f"{part}-{chosen}", [(lead.name, chosen)]
        if len(known) > 1:
            groups = [FieldGroup(lead.group, _fields(lead, subject, chosen))]
            forms.append(StudyForm(study.key, lead.name, lead.button, groups, plain=True))
    groups = []
    asked = (each for each in study.typed if each is not lead)
    for legend, members in groupby(asked, lambda each: each.group):
        held = list(members)
        fields = [box for each in held for box in _fields(each, subject, values[each.name])]
        shown, folded = getattr(held[0], "folded", None) or (len(fields), "")
        hint = held[0].group_hint
        groups.append(FieldGroup(legend.format(**called), fields[:shown], hint))
        if fields[shown:]:
            groups.append(FieldGroup(folded, fields[shown:], folded=True))
    return [*forms, StudyForm(study.key, part, BUTTON, groups, fixed)]


def _fields(argument: Argument, subject: Subject, value: Any) -> list[Field]:
    """The boxes of an argument."""
    name, label, hint = argument.name, argument.called, argument.hint
    match argument:
        case Flag() | Shares():
            return [Tick(name, label, hint, bool(value))]
        case Choice():
            return [Pick(name, label, list(argument.among(subject).items()), value, hint)]
        case SeveralOf():
            return [
                Tick(f"{name}-{key}", text, on=key in value)
                for key, text in argument.choices.items()
            ]
        case TableOf(rows=None):
            return [FileBox(name, label, hint, argument.endings)]
        case TableOf():
            return [
                _box(cell, f"{cell.column}-{key}", row, called)
                for key, row, called in _rows(value)
                for cell in argument.cells
            ]
        case Amount():
            return [Box(name, label, argument.unit, hint, typed(value))]
        case Rate():
            return [Box(name, label, argument.unit, hint, as_set(100 * value))]
    return [Box(name, label, argument.unit, hint, str(value))]


def _rows(table: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Rows of a table: the key of their boxes, their cells, and what they are called."""
    for key, row in zip(table.index, table.to_dict("records"), strict=True):
        yield str(key), row, str(next(iter(row.values())))


def _box(cell: Cell, key: str, row: Mapping[str, Any], called: str) -> Box:
    value = row[cell.column]
    text = "" if pd.isna(value) else f"{value:g}" if cell.per_cent else typed(value)
    label = f"{called}: {cell.label}" if cell.label else called
    return Box(key, label, cell.unit, cell.hint(row), text)


def read(
    study: Study, given: Mapping[str, Any], subject: Subject, file: bytes | None
) -> dict[str, Any]:
    """What a reader typed, by argument; where only what leads was chosen, that alone.

    Parameters
    ----------
    given : mapping
        As a browser sends it: text by box, and whether boxes are ticked.
    file : bytes, optional
        A file that was brought.

    Raises
    ------
    InvalidChoice
        With what is wrong at each box.
    """
    entered, values, lead = Entered(given), dict[str, Any](), study.leading
    if lead is not None:
        values[lead.name] = _read(lead, entered, subject, values, file)
        entered.done()
        if set(given) <= {lead.name}:
            return values
    for each in study.typed:
        if each is not lead:
            values[each.name] = _read(each, entered, subject, values, file)
    if study.some and not any(values[name] for name in study.some):
        group = next(each.group for each in study.typed if each.name == study.some[0])
        entered.wrong(study.some[0], f"{group}: tick at least one.")
    entered.done()
    return values


def _read(
    argument: Argument,
    entered: Entered,
    subject: Subject,
    values: Mapping[str, Any],
    file: bytes | None,
) -> Any:
    name, label = argument.name, argument.called
    match argument:
        case Flag():
            return entered.on(name)
        case Shares():
            return argument.offered if entered.on(name) else ()
        case Whole():
            return entered.whole(name, label, *argument.span)
        case Amount():
            return entered.pounds(name, label) or 0.0
        case Rate():
            return entered.per_cent(name, label) / 100
        case Choice():
            if entered.text(name) not in argument.among(subject):
                entered.wrong(name, f"{label}: choose one from the list.")
            return entered.text(name)
        case SeveralOf():
            on = tuple(key for key in argument.choices if entered.on(f"{name}-{key}"))
            if not argument.least <= len(on) <= (argument.most or len(on)):
                first = next(iter(argument.choices))
                entered.wrong(f"{name}-{first}", f"{label}: tick {_how_many(argument)}.")
            return on
        case TableOf(rows=None):
            wanted = argument.when is None or values.get(argument.when[0]) == argument.when[1]
            return _brought(argument, entered, file) if wanted else None
        case TableOf():
            return _typed(argument, entered, argument.begins(subject, values))
    return entered.text(name) or argument.default


def _how_many(argument: SeveralOf) -> str:
    least = NUMBERS.get(argument.least, "one")
    if argument.most is None:
        return f"at least {least}"
    between = "or" if argument.most == argument.least + 1 else "to"
    return f"{least} {between} {NUMBERS[argument.most]}"


def _typed(argument: TableOf, entered: Entered, table: pd.DataFrame) -> pd.DataFrame:
    """A table with the figures of the boxes of its rows."""
    for cell in argument.cells:
        before = len(entered.problems)
        made: list[float | None] = []
        for key, row, called in _rows(table):
            box, label = f"{cell.column}-{key}", f"{called}, {cell.label}".removesuffix(", ")
            if cell.per_cent:
                made.append(entered.per_cent(box, label))
                continue
            value = entered.pounds(box, label, least=cell.least(row), below=cell.below(row))
            made.append(cell.blank if value is None else value)
        whole = round(sum(each or 0.0 for each in made), 6) if cell.per_cent else 100
        if len(entered.problems) == before and whole != 100:
            for key in table.index:
                text = f"The {cell.label}s add up to {as_set(whole)}%, not to 100%."
                entered.wrong(f"{cell.column}-{key}", text)
        table = table.assign(**{cell.column: made})
    return table


def _brought(argument: TableOf, entered: Entered, file: bytes | None) -> LooseTable | None:
    """The table of a file that can be used; else what is wrong is told at its box."""
    try:
        if file is None:
            most = f"{UPLOADS.file / 1e6:g} MB"
            raise WrongArgument(f"choose a CSV file of at most {most}.")
        return table_of(file, argument)
    except PlaceBudgetError as error:
        entered.wrong(argument.name, f"{argument.called}: {error}")
        return None


def table_of(content: bytes, argument: TableOf) -> LooseTable:
    r"""A table in a CSV file that somebody brings to a board.

    Parameters
    ----------
    content : bytes
        The file: a line a row, below a line with the headings.
    argument : TableOf
        Which table it is.

    Returns
    -------
    LooseTable
        The table, and which figures were not written plainly.

    Raises
    ------
    WrongArgument
        If it is larger than a board takes on.
    UnreadableTable
        If it is no such table, or one that the study cannot answer.

    Examples
    --------
    >>> from placebudget.view.studies import STUDIES
    >>> flows = STUDIES["trace"].brought
    >>> table_of(b"start,end,amount\ntax,pool,GBP 5\n", flows)
    Traceback (most recent call last):
    ...
    placebudget.errors.UnreadableTable: the file is no table of flows:
    - row 2, amount: 'GBP 5' is not a number. ...
    >>> table_of("start,end,amount\ntax,pool,£5.50\n".encode(), flows).frame.to_numpy().tolist()
    [['tax', 'pool', 5.5]]
    """
    what, most = argument.table.name, argument.most
    if len(content) > UPLOADS.file:
        raise WrongArgument(f"it is larger than {UPLOADS.file / 1e6:g} MB; add {what} together.")
    table = loose_table("the file", content, argument.table, UPLOADS)
    if most and len(table.frame) > most:
        raise WrongArgument(
            f"it holds {number(len(table.frame))} {what}; {number(most)} at most are taken here. "
            f"Add {what} of the same {' and '.join(argument.table.columns[n].name for n in (0, 1))}"
            " together."
        )
    if argument.check is not None:
        argument.check(table.frame)
    return table


def typed(pounds: float) -> str:
    """Pounds as they stand in a box: pence only where there are some.

    Examples
    --------
    >>> typed(1250.0), typed(-0.5)
    ('1,250', '−0.50')
    """
    return number(pounds, 0 if float(pounds).is_integer() else 2)
