"""Where recorded money came from: flows mixed in proportion in the pools they pass."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from placebudget.apps.asked.recorded import (
    EXAMPLE,
    EXAMPLE_FLOWS,
    MOST_FLOWS,
    PLAN,
    SOURCES,
    Recorded,
)
from placebudget.apps.blocks import Block, Heading, TableBlock, TextBlock
from placebudget.apps.forms import BoardForm, FieldGroup, FileBox, Pick
from placebudget.apps.meeting import BoardAnswer
from placebudget.apps.screens.pence import penny_table
from placebudget.apps.screens.screen import Screen, with_others
from placebudget.apps.screens.studied import BUTTON, Study
from placebudget.place import UPLOADS
from placebudget.study import Trace
from placebudget.view.grid import Grid
from placebudget.words import number, pence

_COLUMNS, _ROWS = 4, 30
_OTHERS = "other origins"


def _title(found: Trace) -> str:
    ends, source = found.table, found.run["options"]["source"]
    whole = float(ends["amount"].sum())
    said = (
        f"{pence(whole)} paid to {_counted(ends['end'].nunique(), 'end')} came from "
        f"{_counted(ends['origin'].nunique(), 'origin')}, if pools mix money in proportion"
    )
    return f"Example with invented figures: {said}" if source == EXAMPLE else said


def _counted(count: int, what: str) -> str:
    return f"{number(count)} {what}{'' if count == 1 else 's'}"


def _blocks(found: Trace) -> list[Block]:
    source = found.run["options"]["source"]
    blocks: list[Block] = []
    if source == PLAN:
        blocks.append(
            TextBlock(
                "The best pooled plan knows which stream pays for what, and “Follow the pound” "
                "says so. Here that is left out, as books would leave it out."
            )
        )
    elif source == EXAMPLE:
        blocks += [
            Heading("The flows of the example (invented)"),
            TableBlock(_flows(EXAMPLE_FLOWS)),
        ]
    left = found.tables["left"].set_index("pool").rename(columns={"amount": "not paid on"})
    barred = _named(found.tables["conditions"], "origin", "for")
    blocks += [Heading("What each end was paid by whom, to the penny"), TableBlock(_ends(found))]
    if len(left):
        blocks.append(
            TableBlock(penny_table("recorded-left", "Left in pools", "pool", left, ["not paid on"]))
        )
    if len(barred):
        caption = "What conditions bar, so that mixing in proportion is no account of it"
        blocks.append(
            TableBlock(penny_table("recorded-barred", caption, "money", barred, ["amount"]))
        )
    return blocks


def _flows(flows: pd.DataFrame) -> Grid:
    # No total: money that passes through a pool stands here twice.
    table = _named(flows, "start", "to")
    return penny_table("recorded-flows", "Recorded flows: a line each", "flow", table, [])


def _named(flows: pd.DataFrame, start: str, way: str) -> pd.DataFrame:
    """Amounts by what they are: who paid, and to or for what."""
    return flows.set_index(flows[start] + f" {way} " + flows["end"])[["amount"]]


def _ends(found: Trace) -> Grid:
    """Ends by origin; the smaller of both are added up, so that the table fits a page."""
    wide = found.table.pivot(index="end", columns="origin", values="amount").fillna(0.0)
    origins = wide.sum().sort_values(ascending=False, kind="stable").index.tolist()
    if len(origins) > _COLUMNS + 1:
        rest = wide[origins[_COLUMNS:]].sum(axis=1)
        wide = wide[origins[:_COLUMNS]].assign(**{_OTHERS: rest})
    else:
        wide = wide[origins]
    wide = wide.assign(**{"all of it": wide.sum(axis=1)})
    wide = wide.sort_values("all of it", ascending=False, kind="stable")
    moves = pd.Series(range(len(wide)), index=wide.index) < _ROWS
    wide = with_others(wide, moves)
    caption = "Paid by origin, if pools mix money in proportion"
    note = "Each flow is rounded to the penny by origin, so an origin may be a penny or two off."
    return penny_table("recorded-ends", caption, "end", wide, list(wide.columns), note)


def _forms(answer: BoardAnswer, found: Trace | None) -> Sequence[BoardForm]:
    asked = Recorded() if found is None else Recorded.of(found)
    source = Pick("source", "Which flows", list(SOURCES.items()), asked.source)
    file = FileBox(
        "file", "CSV file of flows",
        f"Only for a file of your own. At most {UPLOADS.file / 1e6:g} MB and {number(MOST_FLOWS)} "
        f"flows; the first line names the columns start, end, amount. It stays on this server "
        "only while this page is open.",
        ".csv",
    )  # fmt: skip
    return [
        BoardForm("recorded", "recorded", BUTTON, [FieldGroup("What is followed", [source, file])])
    ]


_STUDY = Study(
    "recorded",
    "Where recorded money came from has not been asked yet",
    "Books often record that money went into a pool and out again, not which pound went where. "
    "Here every pound that leaves a pool is taken to hold the money in it in proportion, through "
    "any number of pools. That is a convention, and it is said where conditions bar it.",
    _title,
    _blocks,
    (
        "This is worked out from recorded flows by a convention: money in a pool is mixed in "
        "proportion. It says where money may be taken to have come from, not what anybody decided.",
    ),
    wait="A flow is an amount that somebody paid to somebody: a start, an end, pounds. What only "
    "pays is an origin, what only is paid is an end, anything else a pool. Begin with the example.",
    forms=_forms,
    again="Follow other money",
    tables=False,
)
SCREEN = Screen("recorded", "Where recorded money came from", _STUDY.tell, needs=("pooled",))
