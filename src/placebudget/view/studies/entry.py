"""What a study is: its question, what it is asked with, how it is worked out and shown.

One entry holds all of that as data. The command and its options, the screen of a board and
its form, the panel, the page and the list in the documentation are made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place
from placebudget.place.io.loose import LooseTable
from placebudget.place.schema import Table
from placebudget.plan import Plan, optimise
from placebudget.plan.result import Result
from placebudget.study.sweeping import WAYS
from placebudget.view.studies.common import StudyView, tables_view
from placebudget.words import sentence


@dataclass(frozen=True)
class Subject:
    """What a study looks at: a place, a plan, both, or neither where it has a table of its own.

    Parameters
    ----------
    place : Place, optional
        The place.
    plan : Plan, optional
        A plan; a board has the best pooled one.
    watch : mapping
        Keywords of a run: seconds, stop, progress.
    """

    place: Place | None = None
    plan: Plan | None = None
    watch: Mapping[str, Any] = field(default_factory=dict)

    def whole(self) -> Place:
        """The place.

        Raises
        ------
        WrongArgument
            If there is none.
        """
        if self.place is not None:
            return self.place
        other = "at a .csv file" if self.plan is None else "at one plan of it"
        raise WrongArgument(f"this study looks at a place, not {other}.")

    def either(self) -> Place | Plan:
        """The place, or the plan where there is no place.

        Raises
        ------
        WrongArgument
            If there is neither.
        """
        for subject in (self.place, self.plan):
            if subject is not None:
                return subject
        raise WrongArgument("this study looks at a place or a plan, not at a .csv file.")

    def planned(self, objective: str, pooling: str) -> Plan:
        """The plan, made where there is none yet.

        Raises
        ------
        WrongArgument
            If there is neither a plan nor a place.
        """
        if self.plan is not None:
            return self.plan
        self.either()
        return optimise(
            self.whole(), objective=objective, pooling=pooling, prices=False, **self.watch
        )


@dataclass(frozen=True, kw_only=True)
class Argument:
    """What a study is asked with: words, or what a kind of it says.

    Parameters
    ----------
    name : str
        Its name: of the option, of the box, of the keyword.
    label : str
        As a box is labelled.
    about : str
        As the help of the command says it; blank: the label.
    default : object
        What it is where nobody says.
    first : object, optional
        What it is on a board where nobody says; left out, the default.
    asked : bool
        Whether a board asks for it.
    command : bool
        Whether the command asks for it.
    hint, unit : str
        What stands beside its box.
    group, group_hint : str
        Over which boxes it stands, and what to know of them.
    nothing : str
        What the default None comes to, in words.
    """

    name: str
    label: str = ""
    about: str = ""
    default: Any = None
    first: Any = None
    asked: bool = False
    command: bool = True
    hint: str = ""
    unit: str = ""
    group: str = ""
    group_hint: str = ""
    nothing: str = ""

    @property
    def option(self) -> str:
        """Its name on the command line."""
        return self.name.replace("_", "-")

    @property
    def called(self) -> str:
        """What a board calls it."""
        return self.label or self.group or self.name

    def begins(self, subject: Subject, values: Mapping[str, Any]) -> Any:
        """What a board asks with before anybody has typed anything."""
        return self.default if self.first is None else self.first


@dataclass(frozen=True, kw_only=True)
class Flag(Argument):
    """Yes or no."""

    default: bool = False


@dataclass(frozen=True, kw_only=True)
class Whole(Argument):
    """A whole number; ``span`` is the least and the most that a board takes."""

    least: int = 0
    span: tuple[int, int] = (0, 999_999)


@dataclass(frozen=True, kw_only=True)
class Amount(Argument):
    """Nought or more; on a board, pounds to the penny."""

    default: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Rate(Argument):
    """A share of nought or more; on a board, per cent."""

    default: float = 0.0
    unit: str = "%"


@dataclass(frozen=True, kw_only=True)
class Shares(Argument):
    """Several shares of a whole; a board has all that are ``offered``, or none."""

    default: tuple[float, ...] = ()
    offered: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choice(Argument):
    """One of several.

    Parameters
    ----------
    choices : mapping or callable
        Names by key; or takes the subject and gives them.
    button : str
        If other boxes depend on it: what the button says by which it is chosen first.
    none : (str, str)
        What is said where there is nothing to choose from, and what helps.
    other : str
        A command takes besides whatever holds this.
    """

    choices: Mapping[str, str] | Callable[[Subject], Mapping[str, str]]
    button: str = ""
    none: tuple[str, str] = ("", "")
    other: str = ""

    def among(self, subject: Subject) -> Mapping[str, str]:
        """What there is to choose from."""
        return self.choices(subject) if callable(self.choices) else self.choices

    def begins(self, subject: Subject, values: Mapping[str, Any]) -> Any:
        """The first, where it depends on the subject."""
        if not callable(self.choices):
            return super().begins(subject, values)
        known = self.choices(subject)
        if not known:
            raise CannotAnswer(f"{self.none[0]}.")
        return next(iter(known))


@dataclass(frozen=True, kw_only=True)
class SeveralOf(Argument):
    """Some of several: at least one, or from ``least`` to ``most``."""

    choices: Mapping[str, str]
    least: int = 1
    most: int | None = None


@dataclass(frozen=True)
class Cell:
    """A figure of a row of a table, as a board asks for it.

    Parameters
    ----------
    column : str
        Its column.
    label : str
        What it is, beside the name of its row; blank where the name says that.
    unit : str
        Its unit.
    blank : float, optional
        What a blank box comes to.
    per_cent : bool
        Whether it is a part of a whole, and all rows add up to that; else pounds.
    hint, least, below : callable
        Take the row; give what to know, the least that can be meant, and what is said of less.
    """

    column: str
    label: str
    unit: str
    blank: float | None = 0.0
    per_cent: bool = False
    hint: Callable[[Mapping[str, Any]], str] = lambda row: ""
    least: Callable[[Mapping[str, Any]], float] = lambda row: 0.0
    below: Callable[[Mapping[str, Any]], str] = lambda row: ""


@dataclass(frozen=True, kw_only=True)
class TableOf(Argument):
    """A table: a file of the command; on a board a file, or boxes for its rows.

    Parameters
    ----------
    table : Table
        Its columns.
    place : bool
        Whether the command takes it in place of a place.
    most : int
        Most rows that a board takes on.
    check : callable, optional
        Takes the table; refuses what the study could not answer.
    when : (str, object), optional
        Which other argument must be what for it to be asked for.
    rows : callable, optional
        Takes the subject and what was chosen before; gives what stands in the boxes first, by a
        key for each row: what it is called, then its figures.
    cells : tuple of Cell
        What can be typed of each row.
    folded : (int, str)
        How many boxes stand open, and what the others are called.
    endings : str
        Of the files that are read as it.
    """

    table: Table
    place: bool = False
    most: int = 0
    check: Callable[[pd.DataFrame], object] | None = None
    when: tuple[str, object] | None = None
    rows: Callable[[Subject, Mapping[str, Any]], pd.DataFrame] | None = None
    cells: tuple[Cell, ...] = ()
    folded: tuple[int, str] | None = None
    endings: str = ".csv"

    def begins(self, subject: Subject, values: Mapping[str, Any]) -> Any:
        """Its first rows, where a board shows boxes for them."""
        return None if self.rows is None else self.rows(subject, values)


def waiting(takes: str = "a few seconds to a minute or so") -> str:
    """How long an answer takes, and what can be done meanwhile."""
    return (
        f"It takes from {takes}. Other screens can be read meanwhile; the bar with “Recalculate” "
        "says how far it is. It is worked out anew when something is changed."
    )


def first_sentence(found: Result) -> str:
    """What an answer says first."""
    return next((each.text for each in found.summarised().paragraphs if each.text), found.title)


def _always(subject: Subject) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study.

    Parameters
    ----------
    name : str
        By which the command and the run record call it.
    about : str
        What it asks, in a line.
    question : str
        The question its page answers.
    ask : callable
        Takes the subject, and each argument by keyword; gives the answer.
    arguments : tuple of Argument
        What it is asked with, in the order in which a form shows it.
    view : callable
        Takes the answer and how ids begin; gives charts and tables.
    finding : callable
        Takes the answer; gives what a board shows as its title.
    modelled : bool
        Whether a model made it, rather than figures that were given.
    placeless : bool
        Whether it looks at no place, only at what it is asked with.
    chance : bool
        Whether it draws by chance.
    key, screen : str
        The key and the name of its screen; left out, its name.
    answers : str
        What it answers.
    lead : tuple of str
        What must be read first.
    wait : str
        How long it takes.
    again : str
        The heading over the form below an answer.
    picks : bool
        Whether it finds plans of which one may be picked.
    sums : bool
        Whether it is sums only: nobody waits for it, and it waits for nobody.
    some : tuple of str
        Arguments of which a board asks for at least one.
    needs : callable
        Takes the subject; gives whether there is anything that the study could look at.
    none : str
        What is said where there is nothing.
    more : str
        The page of the documentation that says more.
    """

    name: str
    about: str
    question: str
    ask: Callable[..., Result]
    arguments: tuple[Argument, ...] = ()
    view: Callable[[Any, str], StudyView] = tables_view
    finding: Callable[[Any], str] = first_sentence
    modelled: bool = True
    placeless: bool = False
    chance: bool = False
    key: str = ""
    screen: str = ""
    answers: str = ""
    lead: tuple[str, ...] = ()
    wait: str = waiting()
    again: str = "Ask again"
    picks: bool = False
    sums: bool = False
    some: tuple[str, ...] = ()
    needs: Callable[[Subject], bool] = _always
    none: str = ""
    more: str = ""

    def __post_init__(self) -> None:
        called = self.name.replace("_", " ").capitalize()
        for part, text in (
            ("key", self.name),
            ("screen", called),
            ("answers", f"{sentence(self.about)}."),
        ):
            if not getattr(self, part):
                object.__setattr__(self, part, text)

    @property
    def options(self) -> tuple[Argument, ...]:
        """What the command asks for beside its subject."""
        return tuple(each for each in self.arguments if each.command and each is not self.brought)

    @property
    def brought(self) -> TableOf | None:
        """The table that the command takes in place of a place."""
        tables = (each for each in self.arguments if isinstance(each, TableOf) and each.place)
        return next(tables, None)

    @property
    def typed(self) -> tuple[Argument, ...]:
        """What a board asks for."""
        return tuple(each for each in self.arguments if each.asked)

    @property
    def leading(self) -> Choice | None:
        """What is chosen before the other boxes can stand there."""
        leads = (each for each in self.typed if isinstance(each, Choice) and each.button)
        return next(leads, None)

    def settled(self, subject: Subject, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a board asks with: what was typed, and what the study begins with.

        Raises
        ------
        CannotAnswer
            If there is nothing to choose from, or to look at.
        """
        if not self.needs(subject):
            raise CannotAnswer(self.none)
        values: dict[str, Any] = {}
        for each in self.arguments:
            known = each.name in given
            values[each.name] = given[each.name] if known else each.begins(subject, values)
        return values

    def answer(self, subject: Subject, values: Mapping[str, Any]) -> Result:
        """Work it out; what is not among the values is left at its default.

        Tables that somebody brought may tell how they were read: that is noted.
        """
        given = {each.name: values.get(each.name, each.default) for each in self.arguments}
        notes = []
        for name, value in given.items():
            if isinstance(value, LooseTable):
                given[name] = value.frame
                notes += [f"Row {each.row}: {each.what}" for each in value.remarks]
        found = self.ask(subject, **given)
        return replace(found, notes=(*found.notes, *notes)) if notes else found  # type: ignore[type-var]


OBJECTIVE = Argument(name="objective", about="what plans make the most of", default="public value")
PLANNED = (
    OBJECTIVE,
    Argument(
        name="pooling",
        about="aligned, pooled, freed, or names of pools divided by commas",
        default="pooled",
    ),
)
EXAMPLE, FILE = "example", "file"
EXAMPLE_OR_FILE = Choice(
    name="figures",
    label="Which figures",
    about="example for invented figures where no file is named",
    default=EXAMPLE,
    choices={EXAMPLE: "An example with invented figures", FILE: "A file of your own"},
    asked=True,
)
SEED = Whole(
    name="seed",
    label="Seed",
    about="what is drawn at random is drawn from",
    default=0,
    hint="What chance is drawn from: the same seed, the same runs.",
)
WORKERS = Whole(name="workers", about="how many at a time", least=1, nothing="one a processor")
EXECUTOR = Choice(
    name="executor",
    about=f"{', '.join(WAYS)} (of this machine), or the address of a Dask cluster",
    default="processes",
    # A board works in a thread of its own.
    first="serial",
    choices={way: way for way in WAYS},
    other="://",
)
