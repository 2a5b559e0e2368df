"""Controls described as data, and those of a desk: what may be switched, moved and pressed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pandas as pd

from placebudget.knowledge import Library
from placebudget.place import RULE_KINDS, Option, Place
from placebudget.place.conditions import open_pools
from placebudget.place.names import Names, basis_of
from placebudget.place.options.changes import LAW
from placebudget.texts import Phrase
from placebudget.words import sentence
from placebudget.work import Changes
from placebudget.work.borrowing import ANY, DIRECTIONS, FIGURES, Sought, first_of
from placebudget.work.changes import AGENCY, AMOUNT, FENCE, FUNDING, POOL, REMOVING
from placebudget.work.lately import WayOut
from placebudget.work.said import (
    MILLION,
    OBJECTIVES,
    bounds,
    changeable,
    changeable_rules,
    said_rule,
    scale_of,
)
from placebudget.work.said import names as named

# One control and a group of them, as a page takes them.

_LONGEST_TEXT = 200

Value = str | float | bool


@dataclass(frozen=True)
class Control:
    """One control of a form.

    Parameters
    ----------
    key : str
        Unique in its form.
    kind : str
        switch, amount, choice, text, button or words.
    label : str
        What stands beside it; of words, the words.
    value : str, float or bool, optional
        What it holds at the start.
    help : str
        A sentence below it.
    unit : str
        Unit of an amount.
    least, most : float, optional
        What an amount may be.
    low, high, step : float, optional
        Where its slider begins and ends; none without them.
    choices : sequence of (value, label)
        Of a choice.
    disabled, current, main : bool
        Of buttons and the like.
    """

    key: str
    kind: str
    label: str
    value: Value | None = None
    help: str = ""
    unit: str = ""
    least: float | None = None
    most: float | None = None
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: Sequence[tuple[str, str]] = ()
    disabled: bool = False
    current: bool = False
    main: bool = False

    def document(self) -> dict[str, Any]:
        """The control as the page takes it."""
        shown = {name: value for name, value in asdict(self).items() if value not in (None, "", ())}
        shown.pop("value", None)
        if self.choices:
            shown["choices"] = [{"value": key, "label": label} for key, label in self.choices]
        return {**shown, "label": self.label}

    def problem(self, value: Any) -> str:
        """Why the control cannot hold a value, in words; empty where it can."""
        if self.disabled:
            return Phrase("%1 cannot be changed here.", self.label)
        if self.kind == "switch":
            return "" if isinstance(value, bool) else Phrase("%1 is on or off.", self.label)
        if self.kind == "choice":
            known = isinstance(value, str) and value in dict(self.choices)
            return "" if known else Phrase("%1: that is not among the choices.", self.label)
        if self.kind == "text":
            fits = isinstance(value, str) and len(value) <= _LONGEST_TEXT
            most = Phrase("%1: at most %2 characters of text.", self.label, _LONGEST_TEXT)
            return "" if fits else most
        return self._amount_problem(value)

    def _amount_problem(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return Phrase("%1 is a number.", self.label)
        if not math.isfinite(value):
            return Phrase("%1 is a number with an end.", self.label)
        if self.least is not None and value < self.least:
            least = f"{self.least:.15g}"
            return Phrase("%1: the least that is allowed is %2.", self.label, least)
        if self.most is not None and value > self.most:
            most = f"{self.most:.15g}"
            return Phrase("%1: the most that is allowed is %2.", self.label, most)
        return ""


@dataclass(frozen=True)
class ControlGroup:
    """Controls that belong together.

    Parameters
    ----------
    title : str
        What is written over them; empty: nothing.
    controls : sequence of Control
        In order.
    row : bool
        Whether they stand beside each other.
    closed : bool, optional
        Whether they start folded away; None: they cannot be.
    alert : bool
        Whether they are framed to be seen first.
    """

    title: str
    controls: Sequence[Control] = field(default_factory=tuple)
    row: bool = False
    closed: bool | None = None
    alert: bool = False

    def document(self) -> dict[str, Any]:
        """The group as the page takes it."""
        shown: dict[str, Any] = {
            "title": self.title,
            "controls": [control.document() for control in self.controls],
        }
        shown |= {"row": True} if self.row else {}
        shown |= {"alert": True} if self.alert else {}
        return shown if self.closed is None else {**shown, "closed": self.closed}


# An amount of a rule, with what it rests on and its bounds.

_POUNDS = "pounds"


def rule_unit(kind: str) -> str:
    """Unit of the number box of a rule."""
    unit = RULE_KINDS[kind].unit
    return Phrase("£ million") if unit == _POUNDS else Phrase(unit)


def basis_words(row: pd.Series | dict[str, Any]) -> str:
    """What a rule rests on, and what that means here."""
    basis = basis_of(row, referred=True)
    if row["basis"] == LAW:
        return Phrase("Rests on %1. It is kept, and can be made stricter only.", basis)
    return Phrase("Rests on %1.", basis)


def amount_control(
    key: str, row: pd.Series | dict[str, Any], label: str, held: float, *, slider: bool = False
) -> Control:
    """The number box of a rule's amount.

    Parameters
    ----------
    key : str
        Of the control.
    row : mapping
        The rule as its table has it, defaults filled in.
    label : str
        What stands over it.
    held : float
        The amount it holds, in the unit of the table.
    slider : bool
        Whether a slider stands beside it.

    Returns
    -------
    Control
        A rule of law cannot be loosened with it.
    """
    kind, written = str(row["kind"]), float(row["amount"])
    scale = scale_of(kind)
    low, top = bounds(row)
    least, most = low / scale, None if top is None else top / scale
    high = most if most is not None else max(2.0 * written / scale, 1.0)
    span = high - least
    return Control(
        key,
        "amount",
        label,
        value=held / scale,
        help=basis_words(row),
        unit=rule_unit(kind),
        least=least,
        most=most,
        low=least if slider and span > 0 else None,
        high=high if slider and span > 0 else None,
        step=step_of(span) if slider and span > 0 else None,
    )


def step_of(span: float) -> float:
    """A round step of about a two-hundredth of a slider's length.

    Examples
    --------
    >>> step_of(100.0), step_of(7.0), step_of(2000.0)
    (0.5, 0.05, 10.0)
    """
    for step in (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 50.0, 100.0, 500.0):
        if span / step <= 210:
            return step
    return 1000.0


# The controls of a desk.

OBJECTIVE, STREAM, RULE = "objective", "stream", "rule"
SOLVE, STOP, UNDO, REDO, RESET = "solve", "stop", "undo", "redo", "reset"
MOST_WAYS_OUT = 5

SECTIONS = {
    "money": "Money now and proposed",
    "admits": "What it must admit",
    "prices": "What each rule costs",
    "why": "Why this much",
    "savings": "Who saves, and when",
    "studies": "Studies",
    "change": "Change since the last plan",
    "options": "Options",
    "library": "Library",
    "tables": "Tables",
}


def objective_control(changes: Changes) -> Control:
    """What is made the most of."""
    choices = [(name, Phrase(name)) for name in OBJECTIVES]
    words = Phrase("Make the most of")
    return Control(OBJECTIVE, "choice", words, value=changes.objective, choices=choices)


def head_groups(place: Place, changes: Changes) -> list[ControlGroup]:
    """What is made the most of, and the buttons."""
    buttons = [
        Control(SOLVE, "button", "Solve in full", main=True),
        Control(STOP, "button", "Stop"),
        Control(UNDO, "button", "Undo"),
        Control(REDO, "button", "Redo"),
        Control(RESET, "button", "Put all figures back"),
    ]
    return [ControlGroup("", [objective_control(changes), *buttons], row=True)]


def switch_groups(place: Place, changes: Changes) -> list[ControlGroup]:
    """Pools, who pays into them, and ring-fences."""
    names, there = Names(place), changes.open_pools(place)
    pools = [
        Control(
            f"{POOL}{row['pool']}",
            "switch",
            sentence(Phrase("%1 is open", names.of("pool", row["pool"]))),
            value=row["pool"] in there,
            help="" if pd.isna(row["legal_power"]) else str(row["legal_power"]),
        )
        for _, row in place.filled("pools").iterrows()
    ]
    agencies = [
        Control(
            f"{AGENCY}{agency}",
            "switch",
            sentence(Phrase("%1 pays into pools", names.of("agency", agency))),
            value=agency not in changes.off(AGENCY),
        )
        for agency in changeable(place)[AGENCY]
    ]
    purposes = place.ring_fences.groupby("stream", sort=False)["purpose"]
    streams = named(place, "streams")
    fences = [
        Control(
            f"{FENCE}{stream}",
            "switch",
            sentence(Phrase("%1 is ring-fenced", streams[str(stream)])),
            value=stream not in changes.off(FENCE),
            help=Phrase("For %1 only.", ", ".join(str(each).replace("_", " ") for each in mine)),
        )
        for stream, mine in purposes
    ]
    groups = [
        ControlGroup(Phrase("Pools"), pools),
        ControlGroup(Phrase("Who pools money"), agencies, closed=True),
        ControlGroup(Phrase("Ring-fences"), fences, closed=len(fences) > 6 or None),
    ]
    return [group for group in groups if group.controls]


def amount_groups(place: Place, changes: Changes, stream: str, rule: str) -> list[ControlGroup]:
    """Amounts of one funding stream by year, and of one rule."""
    names = named(place, "streams")
    picked = Control(
        STREAM, "choice", Phrase("Funding stream"), stream, choices=list(names.items())
    )
    groups = [
        ControlGroup(Phrase("Money that comes in"), [picked, *_years(place, changes, stream)])
    ]
    rules = changeable_rules(place)
    if len(rules):
        said = Names(place)
        choices = [(str(key), said_rule(row, said)) for key, row in rules.iterrows()]
        row = rules.loc[rule]
        held, _ = changes.held(place, rule)
        amount = amount_control(f"{AMOUNT}{rule}", row, said_rule(row, said), held, slider=True)
        rule_choice = Control(RULE, "choice", Phrase("Rule"), rule, choices=choices)
        groups.append(ControlGroup(Phrase("Floors and other rules"), [rule_choice, amount]))
    return groups


def chosen(place: Place, stream: str = "", rule: str = "") -> tuple[str, str]:
    """The stream and the rule whose amounts are shown; the first where those named are none."""
    streams, rules = list(place.streams["stream"]), changeable_rules(place).index
    return (
        stream if stream in streams else str(next(iter(streams), "")),
        rule if rule in rules else str(next(iter(rules), "")),
    )


def with_control(place: Place, changes: Changes, key: str, value: Value) -> Changes:
    """Changes with what a control was set to.

    Parameters
    ----------
    place : Place
        The place before them.
    changes : Changes
        What was changed before.
    key : str
        Of the control.
    value : str, float or bool
        What it holds now, as its box shows it: pounds in millions.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("northvale")
    >>> with_control(place, Changes(), "agency:police", False).controls
    ('agency:police',)
    """
    kind, _, name = key.partition(":")
    if key == OBJECTIVE:
        return replace(changes, objective=str(value))
    if f"{kind}:" == POOL:
        return changes.switched(key, bool(value), was=name in open_pools(place))
    if f"{kind}:" in REMOVING:
        return changes.switched(key, bool(value))
    if f"{kind}:" == FUNDING:
        stream, _, year = name.rpartition(":")
        return changes.with_funding(place, stream, year, round(float(value) * MILLION, 2))
    if f"{kind}:" == AMOUNT:
        scale = scale_of(str(changeable_rules(place).loc[name]["kind"]))
        return changes.with_amount(place, name, round(float(value) * scale, 6))
    return changes


def _years(place: Place, changes: Changes, stream: str) -> list[Control]:
    base = [Changes().funding(place, stream, year) / MILLION for year in place.years]
    high = max(1.5 * max(base), 1.0)
    step = step_of(high)
    return [
        Control(
            f"{FUNDING}{stream}:{year}",
            "amount",
            year,
            value=changes.funding(place, stream, year) / MILLION,
            unit=Phrase("£ million"),
            least=0.0,
            most=1e6,
            low=0.0,
            high=high,
            step=step,
        )
        for year in place.years
    ]


def clash_groups(said: Sequence[str], ways: Sequence[WayOut]) -> list[ControlGroup]:
    """What was changed last, what cannot all be kept, and a button for each way out."""
    controls = [Control(f"clash:{number}", "words", text) for number, text in enumerate(said)]
    for number, way in enumerate(ways):
        controls.append(Control(f"repair:{number}", "button", sentence(Phrase("%1.", way.words))))
    if not ways:
        controls.append(Control("none", "words", Phrase("No lawful way out was found.")))
    return [ControlGroup(Phrase("It does not add up"), controls, alert=True)]


def section_groups(current: str) -> list[ControlGroup]:
    """What may be looked at below the picture."""
    controls = [
        Control(f"show:{key}", "button", title, current=key == current)
        for key, title in SECTIONS.items()
    ]
    return [ControlGroup("Look at", controls, row=True)]


def why_groups(place: Place, service: str, area: str) -> list[ControlGroup]:
    """Which service in which area is explained."""
    services = list(named(place, "services").items())
    areas = [("", "the whole place"), *_areas_of(place, service)]
    return [
        ControlGroup(
            "Which service",
            [
                Control("service", "choice", "Service", service, choices=services),
                Control("area", "choice", "Area", area, choices=areas),
                Control("explain", "button", "Explain", main=True),
            ],
            row=True,
        )
    ]


def _areas_of(place: Place, service: str) -> list[tuple[str, str]]:
    offers = place.offers
    mine = offers[offers["service"] == service]["area"].dropna()
    names = Names(place)
    return [(str(area), names.of("area", str(area))) for area in dict.fromkeys(mine)]


def option_groups(
    name: str, options: Mapping[str, Option], picked: str, refused: Sequence[str] = ()
) -> list[ControlGroup]:
    """Saving, loading and comparing options; the place itself where an option may not do it."""
    whole = [Control("place", "button", "Keep the place itself")] if refused else []
    save = ControlGroup(
        "Keep these figures as an option",
        [
            Control("name", "text", "Name of the option", name),
            Control("save", "button", "Save"),
            *whole,
        ],
        row=True,
    )
    if not options:
        return [save]
    choices: list[Any] = [(each, each) for each in options]
    held = picked if picked in options else str(choices[0][0])
    return [
        save,
        ControlGroup(
            "Options",
            [
                Control("option", "choice", "Option", held, choices=choices),
                Control("load", "button", "Load it"),
                Control("compare", "button", "Compare it with the plan shown"),
            ],
            row=True,
        ),
    ]


def search_groups(sought: Sought, grades: Mapping[str, str]) -> list[ControlGroup]:
    """What is looked for in the library."""
    each = [(ANY, "Every grade"), *((key, f"{key}: {name}") for key, name in grades.items())]
    return [
        ControlGroup(
            "Look for what was found elsewhere",
            [
                Control("words", "text", "Words", sought.words),
                Control("grade", "choice", "Grade", sought.grade, choices=each),
                Control(
                    "direction", "choice", "Found", sought.direction,
                    choices=list(DIRECTIONS.items()),
                ),
                Control("search", "button", "Search", main=True),
            ],
            row=True,
        )
    ]  # fmt: skip


def use_groups(
    place: Place, library: Library, found: Sequence[str], estimate: str
) -> list[ControlGroup]:
    """An estimate that was found, what of the place it is for, and what only the place knows."""
    if not found:
        return []
    rows = library.search(estimate=list(found)).set_index("estimate")
    known = [
        (key, f"{rows.at[key, 'intervention']}: {rows.at[key, 'counted']}, {rows.at[key, 'year']}")
        for key in found
    ]
    service, outcome = first_of(place, library, estimate)
    services, outcomes = (list(named(place, table).items()) for table in ("services", "outcomes"))
    sizes = [("middle", "Its middle"), ("least", "The least"), ("most", "The most")]
    return [
        ControlGroup(
            "Use one of them here",
            [
                Control("estimate", "choice", "Estimate", estimate, choices=known),
                Control("service", "choice", "Service that does it", service, choices=services),
                Control("outcome", "choice", "Outcome that it makes", outcome, choices=outcomes),
                Control("size", "choice", "Size", "middle", choices=sizes),
                *(Control(key, "text", label, "") for key, label in FIGURES.items()),
                Control("reason", "text", "Why it may be used here", ""),
                Control("use", "button", "Use it", main=True),
            ],
        )
    ]
