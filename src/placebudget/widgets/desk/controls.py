"""The controls of the desk as forms: what may be switched, moved and pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from placebudget.knowledge import Library
from placebudget.place import Option, Place
from placebudget.place.names import Names
from placebudget.widgets.editors import amount_control, step_of
from placebudget.widgets.form import Control, ControlGroup
from placebudget.words import sentence
from placebudget.work import Changes
from placebudget.work.borrowing import ANY, DIRECTIONS, FIGURES, Sought, first_of
from placebudget.work.changes import AGENCY, AMOUNT, FENCE, FUNDING, POOL
from placebudget.work.lately import WayOut
from placebudget.work.said import MILLION, OBJECTIVES, changeable, changeable_rules, said_rule
from placebudget.work.said import names as named

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


def head_groups(place: Place, changes: Changes) -> list[ControlGroup]:
    """What is made the most of, and the buttons."""
    objective = Control(
        OBJECTIVE,
        "choice",
        "Make the most of",
        value=changes.objective,
        choices=[(name, name) for name in OBJECTIVES],
    )
    buttons = [
        Control(SOLVE, "button", "Solve in full", main=True),
        Control(STOP, "button", "Stop"),
        Control(UNDO, "button", "Undo"),
        Control(REDO, "button", "Redo"),
        Control(RESET, "button", "Put all figures back"),
    ]
    return [ControlGroup("", [objective, *buttons], row=True)]


def switch_groups(place: Place, changes: Changes) -> list[ControlGroup]:
    """Pools, who pays into them, and ring-fences."""
    names = Names(place)
    pools = [
        Control(
            f"{POOL}{row['pool']}",
            "switch",
            sentence(f"{names.of('pool', row['pool'])} is open"),
            value=row["pool"] not in changes.off(POOL),
            help="" if pd.isna(row["legal_power"]) else str(row["legal_power"]),
        )
        for _, row in place.filled("pools").iterrows()
    ]
    agencies = [
        Control(
            f"{AGENCY}{agency}",
            "switch",
            sentence(f"{names.of('agency', agency)} pays into pools"),
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
            sentence(f"{streams[str(stream)]} is ring-fenced"),
            value=stream not in changes.off(FENCE),
            help="For " + ", ".join(str(each).replace("_", " ") for each in mine) + " only.",
        )
        for stream, mine in purposes
    ]
    groups = [
        ControlGroup("Pools", pools),
        ControlGroup("Who pools money", agencies, closed=True),
        ControlGroup("Ring-fences", fences, closed=len(fences) > 6 or None),
    ]
    return [group for group in groups if group.controls]


def amount_groups(place: Place, changes: Changes, stream: str, rule: str) -> list[ControlGroup]:
    """Amounts of one funding stream by year, and of one rule."""
    names = named(place, "streams")
    picked = Control(STREAM, "choice", "Funding stream", stream, choices=list(names.items()))
    groups = [ControlGroup("Money that comes in", [picked, *_years(place, changes, stream)])]
    rules = changeable_rules(place)
    if len(rules):
        said = Names(place)
        choices = [(str(key), said_rule(row, said)) for key, row in rules.iterrows()]
        row = rules.loc[rule]
        held, _ = changes.held(place, rule)
        amount = amount_control(f"{AMOUNT}{rule}", row, said_rule(row, said), held, slider=True)
        rule_choice = Control(RULE, "choice", "Rule", rule, choices=choices)
        groups.append(ControlGroup("Floors and other rules", [rule_choice, amount]))
    return groups


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
            unit="£ million",
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
        controls.append(Control(f"repair:{number}", "button", sentence(f"{way.words}.")))
    if not ways:
        controls.append(Control("none", "words", "No lawful way out was found."))
    return [ControlGroup("It does not add up", controls, alert=True)]


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
