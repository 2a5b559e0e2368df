"""Charts drawn as pictures that a page can show at any width, in any font and on any paper.

Altair and vl-convert draw without a browser, so the letters a reader will see are not
known when room is made for them: the picture is laid out for wider ones. It is drawn
twice, with names beside the marks and with names above them, and the page shows the
one there is room for. Colours are those of the page: light, dark, or of high contrast.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from importlib.util import find_spec
from itertools import count
from math import hypot
from textwrap import wrap
from typing import Any

import pandas as pd

# Colours, and what each stands for wherever it is shown.
#
# UK Government Analysis Function, Data visualisation: colours, 2022. No colour speaks
# alone: marks have shapes, bars have an order, and both have words beside them.

BLUE, TEAL, PLUM, ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"
GREY, LILAC = "#3D3D3D", "#A285D1"
PALETTE = (BLUE, ORANGE, TEAL, PLUM, LILAC, GREY)

MEANINGS: Mapping[str, str] = {
    "today": ORANGE,
    "siloed": GREY,
    "best aligned": PLUM,
    "best pooled": BLUE,
    "best freed": TEAL,
    "proposed": BLUE,
    "fiscal": BLUE,
    "economic": TEAL,
    "social": PLUM,
    "cashable": PLUM,
    "not cashable": LILAC,
    "gain": TEAL,
    "loss": PLUM,
    "raised locally": BLUE,
    "raised nationally": ORANGE,
    "reinvested": TEAL,
}
"""What has a colour of its own, by the words it is shown under, in small letters."""

ON_DARK: Mapping[str, str] = {
    BLUE: "#7DB4E6",
    TEAL: "#45CBC0",
    PLUM: "#EA8DC0",
    ORANGE: "#F99A66",
    GREY: "#B3B8BD",
    LILAC: "#C9B3F0",
}
"""The same colours where the paper is dark."""


def colours(names: Sequence[str]) -> list[str]:
    """A colour for each of some series: its own where it has one, else the next that is free.

    Examples
    --------
    >>> colours(["Today", "Best pooled"]) == [ORANGE, BLUE]
    True
    >>> colours(["council tax", "grants"]) == [BLUE, ORANGE]
    True
    """
    own = [_own(name) for name in names]
    free = [colour for colour in PALETTE if colour not in own]
    return [colour or free.pop(0) for colour in own]


def _own(name: str) -> str:
    words = name.lower()
    return MEANINGS.get(words) or MEANINGS.get(f"best {words}", "")


WIDER = 1.3
"""How much wider letters may be than those the layout is measured with."""

Across = Callable[[str], Any]
_FONT = "sans-serif"
_INK, _LINE = "#000000", "#CCCCCC"
_SHOWN = count()
# Pixels: how far around a point it is pressed; how wide what is pressed is at least.
_HELD, _PRESSED = 14.0, 24.0
_ROOMY = "data-roomy"
_NARROWEST = 640  # pixels: where the picture with names beside its marks still has room
_HUES = {"blue": BLUE, "teal": TEAL, "plum": PLUM, "orange": ORANGE, "grey": GREY, "lilac": LILAC}
_CONTRAST = {"blue": "CanvasText", "orange": "LinkText", "teal": "Highlight", "plum": "VisitedText"}


@dataclass(frozen=True)
class Room:
    """How much room a picture has.

    Parameters
    ----------
    name : str
        What the page calls it.
    font : int
        Height of letters, pixels.
    plot : int
        Width of what is plotted, pixels.
    letters : int
        Letters in a line of a name.
    beside : bool
        Whether names stand beside their marks; else above them.
    """

    name: str
    font: int
    plot: int
    letters: int
    beside: bool

    @property
    def line(self) -> int:
        """Height of a line of text."""
        return self.font + 4

    def lines(self, text: str) -> list[str]:
        """A text in as many lines as it takes, so that none is cut."""
        return wrap(text, self.letters) or [" "]

    def panel(self, text: str) -> list[str]:
        """A name over a small panel in as many lines as it takes, in bold."""
        return wrap(text, 17 if self.beside else 20) or [" "]


ROOMS = (Room("wide", 16, 400, 30, True), Room("narrow", 14, 250, 27, False))


def picture(
    key: str, title: str, draw: Callable[[Room], Any], points: Sequence[tuple[str, str]] = ()
) -> str:
    """A chart as HTML without script: two pictures, of which one is seen.

    Parameters
    ----------
    key : str
        Begins the ids of the pictures; unique in its page.
    title : str
        The finding, as the pictures' name.
    draw : callable
        Takes the room; gives an Altair chart.
    points : sequence of (str, str)
        What the first of its points stand for, each with what is said of it: who rests a pointer
        on one reads it, and :func:`pressable` makes buttons of them.
    """
    drawn = "".join(_svg(draw(room), room, f"{key}-{room.name}", title, points) for room in ROOMS)
    return f'<div class="pb-chart"><style>{STYLE}</style>{drawn}</div>'


def pressable(html: str, key: str) -> str:
    """A picture whose points are pressed, where a page hears it: ``data-pick`` and ``data-point``.

    A point that has no room for a button of 24 pixels beside its neighbours is pressed by pointer
    alone: whoever lists the points beside the picture has a button for each.

    Parameters
    ----------
    html : str
        What :func:`picture` gives.
    key : str
        What the points are of.

    Examples
    --------
    >>> pressable('<svg role="img"><g data-drawn=""></g><g data-point="a" aria-label="A">', "b")
    '<svg role="group"><g aria-hidden="true"></g><g data-pick="b" data-point="a" aria-label="A">'
    """
    if "data-point" not in html:
        return html
    # What is drawn besides is told by the picture's name and by the tables beside it.
    html = html.replace('role="img"', 'role="group"').replace(
        ' data-drawn=""', ' aria-hidden="true"'
    )
    html = html.replace("<g data-point=", f'<g data-pick="{escape(key)}" data-point=')
    return html.replace(f' {_ROOMY}=""', ' role="button" tabindex="0"')


def can_draw() -> bool:
    """Whether what draws charts is installed (the extra ``report``)."""
    return all(find_spec(name) is not None for name in ("altair", "vl_convert"))


def themed(chart: Any, title: str) -> Any:
    """An Altair chart that a notebook shows as a picture, in the colours of its page.

    Altair's own picture in a notebook is white whatever the theme. The chart stays one
    of Altair, with all its methods.

    Parameters
    ----------
    chart : altair.Chart
        The chart, without widths of its own.
    title : str
        The finding, as the picture's name.
    """

    def bundle(self: Any, *_: object, **__: object) -> dict[str, str]:
        key = f"shown-{next(_SHOWN)}"

        def draw(room: Room) -> Any:
            lines = wrap(title, room.plot // 10)  # letters are half as wide as high
            return self.properties(width=room.plot, title=lines)

        html = picture(key, title, draw)
        return {"text/html": html, "text/plain": title}

    if find_spec("vl_convert") is not None:
        kind = type("Shown", (type(chart),), {"_repr_mimebundle_": bundle})
        object.__setattr__(chart, "__class__", kind)  # Altair takes others for parts of it
    return chart


def rows_chart(
    room: Room,
    table: pd.DataFrame,
    unit: str,
    marks: Callable[[pd.DataFrame, Across, Across], Sequence[Any]],
    *,
    thick: int,
    order: Sequence[str] = (),
    zero: bool = True,
) -> Any:
    """A chart with a row a name, each as high as its name and its marks need.

    Parameters
    ----------
    room : Room
        Where names go.
    table : DataFrame
        ``label``, and what marks are drawn from.
    unit : str
        Title of the axis.
    marks : callable
        Takes the table with ``y``, the middle of the marks of a row in pixels, and what
        places a column across and down; gives the layers.
    thick : int
        How high the marks of a row are, pixels.
    order : sequence of str
        Names from above; as they come in the table, where it is blank.
    zero : bool
        Whether the axis begins at nought.
    """
    import altair as alt

    names = list(dict.fromkeys(order or table["label"].map(str)))
    texts, middles, top = [], {}, 0.0
    for name in names:
        lines = room.lines(name)
        high = len(lines) * room.line
        row = max(high, thick) if room.beside else high + thick
        first = top + (row - high) / 2 if room.beside else top
        middles[name] = top + row / 2 if room.beside else top + high + thick / 2
        texts += [(line, first + (n + 0.5) * room.line) for n, line in enumerate(lines)]
        top += row + 10
    heights = alt.Scale(domain=[0, top], range=[0, top], nice=False, zero=False)
    # Names above their marks stand on no lines.
    axis = alt.Axis(title=room.lines(unit), tickCount=5 if room.beside else 3, grid=room.beside)

    def across(column: str) -> Any:
        return alt.X(f"{column}:Q", scale=alt.Scale(zero=zero), axis=axis)

    def down(column: str) -> Any:
        return alt.Y(f"{column}:Q", scale=heights, axis=None)

    placed = table.assign(y=table["label"].map(str).map(middles))
    named = alt.Chart(pd.DataFrame(texts, columns=["text", "y"])).mark_text(
        align="right" if room.beside else "left", baseline="middle",
        fontSize=room.font * WIDER, color=_INK,
    ).encode(x=alt.value(-8 if room.beside else 2), text="text:N", y=down("y"))  # fmt: skip
    layers = marks(placed, across, down)
    return alt.layer(*layers, named).properties(width=room.plot, height=top)


def legend(room: Room, names: Sequence[str]) -> Any:
    """A legend whose names are shown in full: in a row where they fit, else under each other."""
    import altair as alt

    wide = sum(len(name) + 5 for name in names) * room.font * 0.65
    return alt.Legend(title=None, orient="top", labelLimit=0, columns=0 if wide <= room.plot else 1)


def _svg(chart: Any, room: Room, key: str, title: str, points: Sequence[tuple[str, str]]) -> str:
    """Draw one picture; ids are made its own, as several stand in one page."""
    size = room.font * WIDER
    plain = {"labelFontSize": size, "labelColor": _INK, "labelLimit": 0}
    titled = {"titleFontSize": size, "titleColor": _INK, "titleLimit": 0}
    config = {
        # The whole picture has a name; its marks would tell figures that are not rounded.
        "aria": False,
        "font": _FONT,
        "background": "transparent",
        "view": {"stroke": None},
        "axis": {**plain, **titled, "domainColor": GREY, "tickColor": GREY, "gridColor": _LINE},
        "axisQuantitative": {"labelFlush": False, "labelSeparation": 8},
        "legend": {**plain, "symbolSize": 140},
        "title": {"fontSize": size, "color": _INK, "anchor": "start", "frame": "group"},
        "header": {**plain, "labelFontWeight": "bold", "labelLineHeight": room.line},
    }
    svg = _drawn(json.dumps(chart.configure(**config).to_dict(validate=False)))
    # Groups would still be announced, as symbols without a name.
    svg = re.sub(r'(<g [^>]*?) role="graphics-\w+" aria-roledescription="[^"]*"', r"\1", svg)
    svg = re.sub(r'font-size="([\d.]+)px"', lambda found: _smaller(found[1]), svg)
    svg = re.sub(r'(fill|stroke)="(#[0-9a-fA-F]{6}|black|#000)"', _themed, svg)
    svg = svg.replace('id="', f'id="{key}-').replace("url(#", f"url(#{key}-")
    svg = _pointed(svg, points) if points else svg
    named = (
        f'<svg role="img" aria-label="{escape(title)}" focusable="false" data-room="{room.name}" '
    )
    return svg.replace("<svg ", named, 1)


def _pointed(svg: str, points: Sequence[tuple[str, str]]) -> str:
    """Over each point a circle that is not seen, with what the point stands for."""
    (drawn,) = re.findall(r"<g [^>]*?transform=\"translate\(([^)]*)\)\"", svg)[:1]
    (marks,) = re.findall(r'class="mark-symbol role-mark[^>]*>(.*?)</g>', svg)[:1]
    found = re.findall(r"translate\(([-\d.e]+),([-\d.e]+)\)", marks)[: len(points)]
    at = [(float(x), float(y)) for x, y in found]
    over = []
    for n, ((point, said), (x, y)) in enumerate(zip(points, at, strict=False)):
        apart = min((hypot(x - a, y - b) for a, b in at[:n] + at[n + 1 :]), default=_HELD * 2)
        room, text = min(_HELD, apart / 2), escape(said)
        roomy = f' {_ROOMY}=""' if room >= _PRESSED / 2 else ""
        over.append(
            f'<g data-point="{escape(point)}"{roomy} aria-label="{text}" '
            f'transform="translate({x:g},{y:g})"><title>{text}</title>'
            f'<circle r="{room:g}" fill="transparent"/></g>'
        )
    whole = f'<g transform="translate({drawn})">{"".join(over)}</g></svg>'
    return svg.replace("<g ", '<g data-drawn="" ', 1).removesuffix("</svg>") + whole


@lru_cache(maxsize=64)
def _drawn(chart: str) -> str:
    """The picture of a chart; the same figures, as after an undo, are not drawn again."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(chart)
    return svg


def _smaller(size: str) -> str:
    return f'font-size="{float(size) / WIDER:g}px"'


def _themed(found: re.Match[str]) -> str:
    part, colour = found[1], found[2].upper()
    if colour in ("BLACK", "#000", _INK):
        return f'{part}="currentColor"'
    if colour == _LINE:
        return f'{part}="var(--pb-line,{_LINE})"'
    for name, hue in _HUES.items():
        if colour == hue:
            return f'{part}="var(--pb-{name},{hue})"'
    return found[0]


def _values(hues: dict[str, str], line: str) -> str:
    return ";".join([*(f"--pb-{name}:{hue}" for name, hue in hues.items()), f"--pb-line:{line}"])


_LIGHT = _values(_HUES, _LINE)
_DARK = _values({name: ON_DARK[hue] for name, hue in _HUES.items()}, "#4B5459")
_FORCED = _values({name: _CONTRAST.get(name, "GrayText") for name in _HUES}, "Canvas")
STYLE = (
    ".pb-chart{container-type:inline-size}"
    ".pb-chart svg{display:block;max-width:100%;height:auto}"
    ".pb-chart [data-room=narrow]{display:none}"
    f"@container (max-width:{_NARROWEST}px){{.pb-chart [data-room=wide]{{display:none}}"
    ".pb-chart [data-room=narrow]{display:block}}"
    ".pb-chart [data-pick]{cursor:pointer}"
    ".pb-chart [data-pick]:focus-visible{outline:none}"
    ".pb-chart [data-pick]:is(:hover,:focus-visible) circle{stroke:currentColor;stroke-width:3}"
    f".pb-chart{{{_LIGHT}}}"
    f"@media (prefers-color-scheme:dark){{.pb-chart{{{_DARK}}}}}"
    f"[data-jp-theme-light=true] .pb-chart{{{_LIGHT}}}"
    f"[data-jp-theme-light=false] .pb-chart{{{_DARK}}}"
    f"@media (forced-colors:active){{.pb-chart.pb-chart{{{_FORCED}}}}}"
    f"@media print{{.pb-chart.pb-chart{{{_LIGHT}}}.pb-chart [data-room=wide]{{max-width:30rem}}}}"
)
"""Which picture is seen, and colours on light and dark paper, in high contrast and in print."""
