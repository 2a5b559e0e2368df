"""Forms by which a study is asked for, as data, and what was typed into them, box by box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from placebudget.errors import PlaceBudgetError
from placebudget.place.io.cells import Misfit, read_figure
from placebudget.place.schema import Measure
from placebudget.words import number, whole_pounds


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
    """

    kind: ClassVar[str] = "box"
    key: str
    label: str
    unit: str = ""
    hint: str = ""
    value: str = ""


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
        The study.
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
    """

    kind: ClassVar[str] = "form"
    key: str
    part: str
    button: str
    groups: Sequence[FieldGroup]
    fixed: Sequence[tuple[str, str]] = ()
    plain: bool = False


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
