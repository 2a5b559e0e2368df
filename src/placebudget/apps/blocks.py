"""What a screen of a board is put together from, and how it becomes HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from placebudget.texts import templates
from placebudget.view.charts import Chart
from placebudget.view.sheet import Grid
from placebudget.work.asking import StudyForm


@dataclass(frozen=True)
class TextBlock:
    """A paragraph; ``style`` is lead, note, changed, moot or warning, or empty."""

    kind: ClassVar[str] = "words"
    text: str
    style: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading below the title of the screen."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    kind: ClassVar[str] = "items"
    texts: Sequence[str]
    ordered: bool = False


@dataclass(frozen=True)
class Bars:
    """Figures as a table with a bar each: label, what the figure says, its width in per cent."""

    kind: ClassVar[str] = "bars"
    key: str
    caption: str
    head: tuple[str, str]
    rows: Sequence[tuple[str, str, float]]
    note: str = ""


@dataclass(frozen=True)
class TableBlock:
    """A table of figures or texts."""

    kind: ClassVar[str] = "table"
    grid: Grid


@dataclass(frozen=True)
class Picture:
    """A chart; ``pressed``: the study of whose plans one is picked at its points."""

    kind: ClassVar[str] = "picture"
    chart: Chart
    pressed: str = ""

    @property
    def shown(self) -> Chart:
        """The chart as a board shows it."""
        return self.chart.pressed_for(self.pressed) if self.pressed else self.chart


@dataclass(frozen=True)
class Drawing:
    """Where the plan is drawn as a network of money."""

    kind: ClassVar[str] = "drawing"


@dataclass(frozen=True)
class Question:
    """A list to choose from and a button; the page asks ``action`` with the key chosen."""

    kind: ClassVar[str] = "question"
    action: str
    label: str
    button: str
    keys: Sequence[tuple[str, str]]
    chosen: str = ""


@dataclass(frozen=True)
class WaysOut:
    """Ways out of a clash, a button each."""

    kind: ClassVar[str] = "ways_out"
    texts: Sequence[str]


@dataclass(frozen=True)
class Ask:
    """A button by which a study is asked for, by its key."""

    kind: ClassVar[str] = "ask"
    key: str
    button: str


@dataclass(frozen=True)
class Press:
    """A button; the page asks for ``action`` with a key."""

    kind: ClassVar[str] = "press"
    action: str
    key: str
    button: str


@dataclass(frozen=True)
class Picks:
    """Plans of the study ``key`` that may be picked, each with its name and what it does."""

    kind: ClassVar[str] = "picks"
    key: str
    plans: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Taken:
    """The plan that was picked from the study ``key``, and a button that takes its file away."""

    kind: ClassVar[str] = "taken"
    key: str
    title: str


@dataclass(frozen=True)
class Glossary:
    """Words of the field, each with what it means."""

    kind: ClassVar[str] = "terms"
    meanings: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Links:
    """Ways to other pages or files: address, text, and what to know of each or nothing."""

    kind: ClassVar[str] = "links"
    items: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Doors:
    """Ways in from a first view: address and name of each."""

    kind: ClassVar[str] = "doors"
    items: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Twin:
    """What stands on one side of :class:`Twins`: words, and a list whose rest is elsewhere."""

    key: str
    title: str
    text: str = ""
    said: str = ""
    texts: Sequence[str] = ()
    more: str = ""


@dataclass(frozen=True)
class Twins:
    """What belongs side by side, as what gets more and what gets less."""

    kind: ClassVar[str] = "twins"
    sides: Sequence[Twin]


@dataclass(frozen=True)
class More:
    """Blocks behind a line that opens them."""

    kind: ClassVar[str] = "more"
    summary: str
    blocks: Sequence[Block]


Block = (
    TextBlock
    | Heading
    | Items
    | Bars
    | TableBlock
    | Picture
    | Drawing
    | Question
    | WaysOut
    | Ask
    | Press
    | StudyForm
    | Picks
    | Taken
    | Glossary
    | Links
    | Doors
    | Twins
    | More
)


@dataclass(frozen=True)
class Told:
    """What a screen says: its finding as title, and blocks in reading order."""

    title: str
    blocks: Sequence[Block] = field(default=(), repr=False)


def bars(
    key: str, caption: str, head: tuple[str, str], rows: Sequence[tuple[str, str, float]], note: str
) -> Bars:
    """Bars whose longest fills the width; what is below nought has none.

    Examples
    --------
    >>> [row[2] for row in bars("x", "", ("", ""), [("a", "2", 2.0), ("b", "1", 1.0)], "").rows]
    [100.0, 50.0]
    """
    most = max((value for _, _, value in rows), default=0.0)
    scaled = [
        (label, text, round(100 * max(value, 0.0) / most, 1) if most > 0 else 0.0)
        for label, text, value in rows
    ]
    return Bars(key, caption, head, scaled, note)


def rendered(blocks: Sequence[Block]) -> str:
    """The blocks as HTML; every text is escaped.

    Examples
    --------
    >>> rendered([TextBlock("Care & health")])
    '<p>Care &amp; health</p>'
    """
    return (
        templates("placebudget.apps", "placebudget.view")
        .get_template("screen.html")
        .render(blocks=blocks)
        .strip()
    )
