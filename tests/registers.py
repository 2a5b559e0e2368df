"""Registers that several tests fill alike."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from uuid import uuid4

import placebudget as pb
from placebudget.register import Register
from placebudget.register.register import _entries

MEETING = "2027-03-04"
DECISION = f"{MEETING} 1"
CLERK = "The clerk"


def opened(where: Any) -> Register:
    """A new register with a meeting in it."""
    made = Register.new(where, "Partnership board", officer=CLERK)
    made.enter(
        "meetings",
        body="Partnership board",
        date=MEETING,
        chair="The leader",
        present="The leader; The chief executive; The member for the coast",
        apologies="The police and crime commissioner",
        venue="Town hall",
        in_public=True,
    )
    return made


def decision(**other: Any) -> tuple[str, dict[str, Any]]:
    """A decision as it is entered."""
    cells = {
        "meeting": MEETING,
        "decided": "That all be pooled",
        "mover": "The leader",
        "reasons": "More people stay at home",
        "owner": "The director of adult services",
        "due": "2028-04-01",
        **other,
    }
    return "decisions", {name: cell for name, cell in cells.items() if cell is not None}


def another() -> tuple[str, dict[str, Any]]:
    """A decision that was not entered yet."""
    return decision(decided=f"That it be done {uuid4().hex}")


def decided(where: Any) -> Register:
    """A register in which a plan of a small place was chosen, with all that goes with it."""
    made = opened(where)
    place = pb.example("toy_pooling")
    best, today = pb.optimise(place, pooling="freed", prices=False), pb.simulate(place)
    made.enter("choices", meeting=MEETING, title="Pool all", plan=best, about="Slower to start")
    made.enter("choices", meeting=MEETING, title="Carry on", plan=today)
    made.enter(
        "interests",
        meeting=MEETING,
        member="The chief executive",
        interest="The trust runs two services",
        left=True,
    )
    made.enter(
        "comments",
        meeting=MEETING,
        heading="equality impact",
        by="The director of adult services",
        comment="No ward gets less than today.",
    )
    made.enter_all(
        [
            decision(choice=f"{MEETING} A", votes_for=2, votes_against=1, seconder="The leader"),
            ("dissents", {"member": "The member for the coast", "reason": "The coast waits"}),
            ("conditions", {"condition": "No ward loses more than a tenth"}),
        ]
    )
    return made


def long(where: Any, meetings: int, each: int) -> Register:
    """A register of many meetings with as many decisions each, half of them due long ago."""
    made = opened(where)
    rows: list[tuple[str, dict[str, Any]]] = []
    for number in range(meetings):
        meeting, date = f"m{number}", f"{1990 + number // 12}-{1 + number % 12:02}-01"
        about = {"meeting": meeting, "body": "Board", "date": date, "chair": "The leader"}
        rows.append(("meetings", about))
        for place in range(each):
            name, cells = decision(
                meeting=meeting,
                decision=f"{meeting} {place + 1}",
                decided=f"That part {place} of {number} be done",
                owner=f"Director {place % 3}",
                due="2026-01-01" if place % 2 else "2299-01-01",
            )
            rows.append((name, cells))
    # One by one each would be checked against all before it.
    made._store.append(lambda kept: (_entries(kept, rows, made.person), {}))
    return made


def forced(where: Path, order: str) -> None:
    """Change a register as its own commands never would."""
    connection = sqlite3.connect(where)
    for trigger in ("entries_UPDATE", "entries_DELETE", "contents_UPDATE", "contents_DELETE"):
        connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    connection.execute(order)
    connection.commit()
    connection.close()
