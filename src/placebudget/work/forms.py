"""Forms by which a study is asked for: boxes with a label each, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


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
