"""Recorded money as a board asks for it: an example, a plan's own books, or a file of flows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.apps.asked.entered import Entered
from placebudget.errors import PlaceBudgetError
from placebudget.place import UPLOADS, Place
from placebudget.place.encodings import text_of
from placebudget.place.figures import Misfit, read_figure
from placebudget.plan import Plan
from placebudget.study import Trace, trace
from placebudget.study.recorded import recorded_flows
from placebudget.words import number

if TYPE_CHECKING:
    from placebudget.apps.meeting import Answer
    from placebudget.apps.studies import Request

EXAMPLE, PLAN, FILE = "example", "plan", "file"
SOURCES: Mapping[str, str] = {
    EXAMPLE: "An example with invented figures",
    PLAN: "The best pooled plan, as its books would record it",
    FILE: "A CSV file of your own",
}
COLUMNS = ("start", "end", "amount")
MOST_FLOWS = 2_000
EXAMPLE_FLOWS = pd.DataFrame(
    [
        ("council tax", "community pool", 300_000.0),
        ("health grant", "community pool", 200_000.0),
        ("health grant", "clinics", 450_000.0),
        ("community pool", "family support", 350_000.0),
        ("community pool", "youth work", 150_000.0),
    ],
    columns=list(COLUMNS),
)
"""Flows that nobody has recorded, to show what the screen does."""
EXAMPLE_CONDITIONS = {"health grant": ("clinics", "family support")}
_TOLD = 5
_COST = "management cost of pools"


@dataclass(frozen=True, eq=False)
class Recorded:
    """What is followed.

    Parameters
    ----------
    source : str
        One of ``SOURCES``.
    flows : DataFrame, optional
        start, end, amount in pounds, where they come from a file.
    """

    source: str = EXAMPLE
    flows: pd.DataFrame | None = field(default=None, repr=False)

    @classmethod
    def of(cls, found: Trace) -> Recorded:
        """What an answer was asked with."""
        return cls(str(found.run["options"]["source"]))

    @classmethod
    def read(cls, given: Mapping[str, Any], answer: Answer, file: bytes | None) -> Recorded:
        """What a reader asks for.

        Raises
        ------
        InvalidChoice
            With what is wrong at each box.
        """
        entered = Entered(given)
        source = entered.text("source")
        if source not in SOURCES:
            entered.wrong("source", "What is followed: choose one from the list.")
        elif source == FILE:
            flows = _flows(entered, file)
            entered.done()
            return cls(FILE, flows)
        entered.done()
        return cls(source)


def _flows(entered: Entered, file: bytes | None) -> pd.DataFrame | None:
    """The flows of a file that can be followed; else what is wrong is told at its box."""
    try:
        if file is None:
            most = f"{UPLOADS.file / 1e6:g} MB"
            raise UnreadableFile(f"choose a CSV file of at most {most}.")
        flows = read_flows(file)
        trace(flows)
    except PlaceBudgetError as error:
        entered.wrong("file", f"CSV file of flows: {error}")
        return None
    return flows


class UnreadableFile(PlaceBudgetError):
    """A file of flows that is not followed; the text says why and how to mend it."""


def read_flows(content: bytes) -> pd.DataFrame:
    r"""Recorded flows in a CSV file that somebody brings to a board.

    Parameters
    ----------
    content : bytes
        The file: a line a flow, below a line with the heads start, end, amount.

    Returns
    -------
    DataFrame
        start, end, amount in pounds.

    Raises
    ------
    UnreadableFile
        If it is too large, no text, no such table, or an amount is no figure.

    Examples
    --------
    >>> read_flows(b"start,end,amount\ntax,pool,GBP 5\n")
    Traceback (most recent call last):
    ...
    placebudget.apps.asked.recorded.UnreadableFile: line 2: 'GBP 5' is not a number. ...
    >>> read_flows("start,end,amount\ntax,pool,£5.50\n".encode()).to_numpy().tolist()
    [['tax', 'pool', 5.5]]
    """
    if len(content) > UPLOADS.file:
        raise UnreadableFile(f"it is larger than {UPLOADS.file / 1e6:g} MB; add flows together.")
    text, findings = text_of("the file", content)
    if text is None:
        raise UnreadableFile(" ".join(f"{each.what} {each.mend}" for each in findings))
    if text.count(",") + text.count("\n") > UPLOADS.cells:
        raise UnreadableFile(f"it has more than {number(UPLOADS.cells)} cells; add flows together.")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise UnreadableFile(f"it is no CSV file ({error}); save it as CSV again.") from None
    return _table([(n, row) for n, row in enumerate(rows, 1) if any(map(str.strip, row))])


def _table(rows: list[tuple[int, list[str]]]) -> pd.DataFrame:
    heads = [head.strip().lower() for head in rows[0][1]] if rows else []
    absent = [name for name in COLUMNS if name not in heads]
    if absent:
        raise UnreadableFile(
            f"its first line lacks {', '.join(absent)}; it must name the columns start, end and "
            "amount."
        )
    if not 1 < len(rows) <= MOST_FLOWS + 1:
        raise UnreadableFile(
            f"it holds {number(len(rows) - 1)} flows; a board follows from 1 to "
            f"{number(MOST_FLOWS)}. Add flows of the same start and end together."
        )
    at = [heads.index(name) for name in COLUMNS]
    read, wrong = [], []
    for line, row in rows[1:]:
        try:
            read.append(_flow([row[n].strip() if n < len(row) else "" for n in at]))
        except Misfit as error:
            wrong.append(f"line {line}: {error.what} {error.mend}")
    if wrong:
        more = f" {len(wrong) - _TOLD} more lines are wrong." if len(wrong) > _TOLD else ""
        raise UnreadableFile(" ".join(wrong[:_TOLD]) + more)
    return pd.DataFrame(read, columns=list(COLUMNS))


def _flow(cells: list[str]) -> tuple[str, str, float]:
    start, end, typed = cells
    amount, _ = read_figure(typed, "pounds")
    if not start or not end or amount is None:
        raise Misfit("Something is blank.", "Give a start, an end and an amount.")
    if amount < 0 or abs(round(amount, 2) - amount) > 1e-6:
        raise Misfit(f"{typed} is no amount paid.", "Give pounds and whole pence, not below 0.")
    return start, end, round(amount, 2)


def recorded(request: Request) -> Trace:
    """Follow recorded money to where it came from."""
    asked = request.settings if isinstance(request.settings, Recorded) else Recorded()
    if asked.source == PLAN:
        found = trace(
            recorded_flows(request.pooled), conditions=conditions_of(request.place, request.pooled)
        )
    elif asked.flows is not None:
        found = trace(asked.flows)
    else:
        found = trace(EXAMPLE_FLOWS, conditions=EXAMPLE_CONDITIONS)
    options = {**found.run.get("options", {}), "source": asked.source}
    return replace(found, run={**found.run, "options": options})


def conditions_of(place: Place, plan: Plan) -> dict[str, tuple[str, ...]]:
    """For ring-fenced streams, by name, the services they may pay for, by name.

    What a pool costs to manage is no use that a ring-fence bars.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> conditions_of(place, pb.simulate(place))["Police money"]
    ('policing', 'management cost of pools')
    """
    streams, services = plan.labels["streams"], plan.labels["services"]
    called = dict(zip(streams["stream"], streams["name"], strict=True))
    held = place.ring_fences.groupby("stream", sort=False)["purpose"].agg(set)
    return {
        str(called[stream]): (*services.loc[services["purpose"].isin(purposes), "name"], _COST)
        for stream, purposes in held.items()
        if stream in called
    }
