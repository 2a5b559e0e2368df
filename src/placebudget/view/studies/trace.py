"""Recorded money by where it came from: flows mixed in proportion in the pools they pass."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from placebudget.place import UPLOADS
from placebudget.place.io.loose import FLOWS
from placebudget.study import Trace, trace
from placebudget.study.trace import (
    EXAMPLE_CONDITIONS,
    EXAMPLE_FLOWS,
    conditions_of,
    recorded_flows,
)
from placebudget.view.studies.common import (
    StudyView,
    bars,
    pence,
    penny_table,
    view_of,
    with_others,
)
from placebudget.view.studies.entry import PLANNED, Choice, Study, Subject, TableOf
from placebudget.words import number, percent, plain, sentence

EXAMPLE, PLAN, FILE = "example", "plan", "file"
MOST_FLOWS = 2_000
_COLUMNS, _ENDS, _ROWS = 4, 12, 30
_OTHER = "other origins"


def _finding(found: Trace) -> str:
    ends = found.table
    said = (
        f"{pence(ends['amount'].sum())} paid to {_counted(ends['end'].nunique(), 'end')} came from "
        f"{_counted(ends['origin'].nunique(), 'origin')}, if pools mix money in proportion"
    )
    return f"Example with invented figures: {said}" if _is_example(found) else said


def _is_example(found: Trace) -> bool:
    return bool(found.run.get("options", {}).get("source") == EXAMPLE)


def _counted(count: int, what: str) -> str:
    return f"{number(count)} {what}{'' if count == 1 else 's'}"


def _view(found: Trace, key: str) -> StudyView:
    """What each end was paid by each origin."""
    wide = found.table.pivot(index="end", columns="origin", values="amount").fillna(0.0)
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    wide = wide[wide.sum().sort_values(ascending=False, kind="stable").index]
    first = str(wide.index[0])
    mine = wide.loc[first]
    part = percent(float(mine.max() / mine.sum()))
    finding = sentence(f"{plain(mine.idxmax())} pays most for {plain(first)}: {part} of it.")
    if len(wide.columns) > _COLUMNS + 1:
        rest = wide.iloc[:, _COLUMNS:].sum(axis=1)
        wide = wide.iloc[:, :_COLUMNS].assign(**{_OTHER: rest})
    drawn = wide.head(_ENDS).rename(index=plain, columns=plain)
    series = list(drawn.columns)
    rows = drawn.rename_axis("label").reset_index().melt("label", series, "series", "value")
    chart = bars(
        f"{key}-ends", finding,
        f"What {_which(len(wide))} was paid by each origin, pounds; pools are taken to mix in "
        "proportion.",
        rows, "pounds", list(drawn.index), series,
    )  # fmt: skip
    shown = wide.assign(**{"all of it": wide.sum(axis=1)})
    shown = with_others(shown, pd.Series(range(len(shown)), index=shown.index) < _ROWS)
    left = found.tables["left"].set_index("pool").rename(columns={"amount": "not paid on"})
    # No total: money that passes through a pool stands there twice.
    flows = _named(EXAMPLE_FLOWS, "start", "to") if _is_example(found) else pd.DataFrame()
    return view_of(
        [chart],
        [
            penny_table(
                f"{key}-flows", "The flows of the example (invented): a line each", "flow", flows,
                [],
            ),
            penny_table(
                f"{key}-table", "Paid by origin, if pools mix money in proportion", "end", shown,
                list(shown.columns),
                "Each flow is rounded to the penny by origin, so an origin may be a penny or two "
                "off.",
            ),
            penny_table(f"{key}-left", "Left in pools", "pool", left, ["not paid on"]),
            penny_table(
                f"{key}-barred",
                "What conditions bar, so that mixing in proportion is no account of it", "money",
                _named(found.tables["conditions"], "origin", "for"), ["amount"],
            ),
        ],
    )  # fmt: skip


def _named(flows: pd.DataFrame, start: str, way: str) -> pd.DataFrame:
    """Amounts by what they are: who paid, and to or for what."""
    return flows.set_index(flows[start] + f" {way} " + flows["end"])[["amount"]]


def _which(ends: int) -> str:
    return "each end" if ends <= _ENDS else f"each of the {_ENDS} largest ends of {ends}"


def _ask(subject: Subject, *, source: str, flows: pd.DataFrame | None, **plan: str) -> Trace:
    notes: tuple[str, ...] = ()
    if flows is not None:
        source, found = FILE, trace(flows)
    elif source == EXAMPLE:
        found = trace(EXAMPLE_FLOWS, conditions=EXAMPLE_CONDITIONS)
    else:
        planned = subject.planned(**plan)
        conditions = None if subject.place is None else conditions_of(subject.place, planned)
        found = trace(recorded_flows(planned), conditions=conditions)
        notes = (
            "The plan knows which stream pays for what, and “Follow the pound” (accounts) says so. "
            "Here that is left out, as books would leave it out.",
        )
    options = {**found.run.get("options", {}), "source": source}
    return replace(found, notes=(*found.notes, *notes), run={**found.run, "options": options})


STUDY = Study(
    name="trace",
    about="recorded money followed through pools back to where it came from",
    question="Where did the recorded money come from?",
    ask=_ask,
    view=_view,
    finding=_finding,
    modelled=False,
    arguments=(
        *PLANNED,
        Choice(
            name="source",
            label="Which flows",
            group="What is followed",
            asked=True,
            command=False,
            default=PLAN,
            first=EXAMPLE,
            choices={
                EXAMPLE: "An example with invented figures",
                PLAN: "The best pooled plan, as its books would record it",
                FILE: "A CSV file of your own",
            },
        ),
        TableOf(
            name="flows",
            label="CSV file of flows",
            group="What is followed",
            asked=True,
            table=FLOWS,
            place=True,
            most=MOST_FLOWS,
            check=trace,
            when=("source", FILE),
            hint=f"Only for a file of your own. At most {UPLOADS.file / 1e6:g} MB and "
            f"{number(MOST_FLOWS)} flows; the first line names the columns start, end, amount. It "
            "stays on this server only while this page is open.",
        ),
    ),
    key="recorded",
    screen="Where recorded money came from",
    answers="Books often record that money went into a pool and out again, not which pound went "
    "where. Here every pound that leaves a pool is taken to hold the money in it in proportion, "
    "through any number of pools. That is a convention, and it is said where conditions bar it.",
    lead=(
        "This is worked out from recorded flows by a convention: money in a pool is mixed in "
        "proportion. It says where money may be taken to have come from, not what anybody decided.",
    ),
    wait="A flow is an amount that somebody paid to somebody: a start, an end, pounds. What only "
    "pays is an origin, what only is paid is an end, anything else a pool. Begin with the example.",
    again="Follow other money",
    sums=True,
    more="follow-the-pound.md",
)
