"""Recorded money as a board asks for it: an example, a plan's own books, or a file of flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.apps.asked.entered import Entered
from placebudget.errors import PlaceBudgetError, WrongArgument
from placebudget.place import UPLOADS, Place
from placebudget.place.loose import FLOWS, LooseTable, loose_table
from placebudget.plan import Plan
from placebudget.study import Trace, trace
from placebudget.study.recorded import recorded_flows
from placebudget.words import number

if TYPE_CHECKING:
    from placebudget.apps.meeting import BoardAnswer
    from placebudget.apps.studies import Request

EXAMPLE, PLAN, FILE = "example", "plan", "file"
SOURCES: Mapping[str, str] = {
    EXAMPLE: "An example with invented figures",
    PLAN: "The best pooled plan, as its books would record it",
    FILE: "A CSV file of your own",
}
MOST_FLOWS = 2_000
EXAMPLE_FLOWS = pd.DataFrame(
    [
        ("council tax", "community pool", 300_000.0),
        ("health grant", "community pool", 200_000.0),
        ("health grant", "clinics", 450_000.0),
        ("community pool", "family support", 350_000.0),
        ("community pool", "youth work", 150_000.0),
    ],
    columns=["start", "end", "amount"],
)
"""Flows that nobody has recorded, to show what the screen does."""
EXAMPLE_CONDITIONS = {"health grant": ("clinics", "family support")}
_COST = "management cost of pools"


@dataclass(frozen=True, eq=False)
class Recorded:
    """What is followed.

    Parameters
    ----------
    source : str
        One of ``SOURCES``.
    flows : LooseTable, optional
        start, end, amount in pounds, where they come from a file, and how they were read.
    """

    source: str = EXAMPLE
    flows: LooseTable | None = field(default=None, repr=False)

    @classmethod
    def of(cls, found: Trace) -> Recorded:
        """What an answer was asked with."""
        return cls(str(found.run["options"]["source"]))

    @classmethod
    def read(cls, given: Mapping[str, Any], answer: BoardAnswer, file: bytes | None) -> Recorded:
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


def _flows(entered: Entered, file: bytes | None) -> LooseTable | None:
    """The flows of a file that can be followed; else what is wrong is told at its box."""
    try:
        if file is None:
            most = f"{UPLOADS.file / 1e6:g} MB"
            raise WrongArgument(f"choose a CSV file of at most {most}.")
        flows = read_flows(file)
        trace(flows.frame)
    except PlaceBudgetError as error:
        entered.wrong("file", f"CSV file of flows: {error}")
        return None
    return flows


def read_flows(content: bytes) -> LooseTable:
    r"""Recorded flows in a CSV file that somebody brings to a board.

    Parameters
    ----------
    content : bytes
        The file: a line a flow, below a line with the headings start, end, amount.

    Returns
    -------
    LooseTable
        start, end, amount in pounds, and which figures were not written plainly.

    Raises
    ------
    WrongArgument
        If it is larger than a board takes on.
    UnreadableTable
        If it is no such table.

    Examples
    --------
    >>> read_flows(b"start,end,amount\ntax,pool,GBP 5\n")
    Traceback (most recent call last):
    ...
    placebudget.errors.UnreadableTable: the file is no table of flows:
    - row 2, amount: 'GBP 5' is not a number. ...
    >>> read_flows("start,end,amount\ntax,pool,£5.50\n".encode()).frame.to_numpy().tolist()
    [['tax', 'pool', 5.5]]
    """
    if len(content) > UPLOADS.file:
        raise WrongArgument(f"it is larger than {UPLOADS.file / 1e6:g} MB; add flows together.")
    flows = loose_table("the file", content, FLOWS, UPLOADS)
    count = len(flows.frame)
    if count > MOST_FLOWS:
        raise WrongArgument(
            f"it holds {number(count)} flows; a board follows {number(MOST_FLOWS)} at most. "
            "Add flows of the same start and end together."
        )
    return flows


def recorded(request: Request) -> Trace:
    """Follow recorded money to where it came from."""
    asked = request.settings if isinstance(request.settings, Recorded) else Recorded()
    if asked.source == PLAN:
        found = trace(
            recorded_flows(request.pooled), conditions=conditions_of(request.place, request.pooled)
        )
    elif asked.flows is not None:
        read = [f"Row {each.row}: {each.what}" for each in asked.flows.remarks]
        found = trace(asked.flows.frame)
        found = replace(found, notes=(*found.notes, *read))
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
