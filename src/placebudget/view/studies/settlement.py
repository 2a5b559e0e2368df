"""Money from the centre: a slice off the top, returns, a ring-fence loosened, a new duty."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.errors import WrongArgument
from placebudget.place import UPLOADS
from placebudget.place.io.loose import GRANTS, RETURNS_DUE
from placebudget.place.names import Names
from placebudget.sector.settlement import (
    Loosened,
    NewBurden,
    ReportingBurden,
    TopSlice,
    loosening,
    new_burden,
    reporting_burden,
    top_slice,
)
from placebudget.view.sheet import text_grid
from placebudget.view.studies.common import MILLION, MOST, StudyView, bars, figures, pounds, view_of
from placebudget.view.studies.entry import (
    EXAMPLE_OR_FILE,
    FILE,
    PLANNED,
    Amount,
    Argument,
    Choice,
    Study,
    Subject,
    TableOf,
)
from placebudget.words import count, percent, whole_pounds

EXAMPLE_GRANTS = pd.DataFrame(
    {
        "body": ["Northshire", "Ashby", "Brooke", "Northshire fire", "Vale park"],
        "class": ["county", "district", "district", "fire", "park"],
        "grant": [300e6, 12e6, 9e6, 18e6, 0.0], "benefit": [0.0, 0.0, 0.0, 0.0, 150_000.0],
    }
)  # fmt: skip
"""Invented grants."""
EXAMPLE_RETURNS = pd.DataFrame(
    [
        ("Homelessness returns", "Housing ministry", 12.0, 4.0, 25.0, True, True),
        ("Survey of fleet", "Transport ministry", 30.0, 1.0, 25.0, False, False),
        ("Workforce survey", "Employers", 20.0, 2.0, 25.0, False, True),
        ("Digital maturity", "A centre for data", 8.0, 12.0, 25.0, False, False),
    ],
    columns=["return", "for", "hours", "times", "rate", "law", "used"],
)  # fmt: skip
"""Invented returns."""
_FILE = (
    f"At most {UPLOADS.file / 1e6:g} MB; the first line names the columns. It stays on this server "
    "only while this page is open."
)


def _slice_view(found: TopSlice, key: str) -> StudyView:
    held = found.table.sort_values("pays", ascending=False, kind="stable").head(MOST)
    rows = pd.DataFrame({"label": held["body"], "value": held["pays"]})
    chart = bars(
        f"{key}-pays", f"{found.finding()}.", "What each body pays of it, in pounds.", rows,
        "pounds", held["body"].tolist(),
    )  # fmt: skip
    columns = ["grant", "pays", "benefit", "net"]
    return view_of(
        [chart],
        [
            figures(
                f"{key}-bodies", "What each pays and what comes back", "body",
                found.table.set_index("body")[columns], whole_pounds,
            ),
            figures(
                f"{key}-classes", "By class", "class",
                found.tables["classes"].set_index("class")[columns], whole_pounds,
            ),
        ],
    )  # fmt: skip


_EXAMPLE = "The figures are invented: bring those that are yours."


def _brought(
    option: str, figures: str, example: pd.DataFrame, given: pd.DataFrame | None
) -> pd.DataFrame:
    if given is None and figures == FILE:
        raise WrongArgument(f"bring the figures: --{option} FILE.csv")
    return example if given is None else given


def _noted(found: Any, example: bool) -> Any:
    return replace(found, notes=(_EXAMPLE, *found.notes)) if example else found


def _slice_ask(
    subject: Subject,
    *,
    figures: str,
    grants: pd.DataFrame | None,
    taken: float,
    body: str,
    stream: str,
) -> TopSlice:
    table = _brought("grants", figures, EXAMPLE_GRANTS, grants)
    found = top_slice(table, taken, body=body, place=subject.place, stream=stream)
    return _noted(found, grants is None)


TOP_SLICE = Study(
    name="top_slice",
    about="what a slice off the top of a grant takes from each body, to the pound, and what comes "
    "back",
    question="What does a slice off the top of a grant take, and from whom?",
    ask=_slice_ask,
    view=_slice_view,
    finding=TopSlice.finding,
    modelled=False,
    placeless=True,
    arguments=(
        EXAMPLE_OR_FILE,
        TableOf(
            name="grants", label="File of grants", table=GRANTS, asked=True,
            when=("figures", FILE),
            about="file of grants: body and grant; class and benefit if told",
            hint=f"Columns body and grant, and class and benefit if told. {_FILE}",
        ),
        Amount(
            name="taken", label="Taken off the top", about="pounds that are taken in all", unit="£",
            asked=True, default=1_000_000.0,
        ),
        Argument(name="body", about="body that asks", default=""),
        Argument(name="stream", about="stream of the place that pays", default=""),
    ),
    screen="A slice off the top",
    wait="It begins with invented grants. Bring those that are paid.",
    sums=True,
    more="ask-the-centre.md",
)  # fmt: skip


def _returns_view(found: ReportingBurden, key: str) -> StudyView:
    held = found.table
    marked = held["return"] + held["may_end"].map({True: ", may end", False: ""})
    chart = bars(
        f"{key}-cost", f"{found.finding()}.", "What each return takes, in pounds a year.",
        pd.DataFrame({"label": marked, "value": held["cost"]}).head(MOST), "pounds a year",
        marked.head(MOST).tolist(),
    )  # fmt: skip
    said = {True: "yes", False: "no"}
    rows = [
        (
            row["return"], row["for"], count(row["hours"]), whole_pounds(row["cost"]),
            said[row["law"]], said[row["used"]], said[row["may_end"]],
        )
        for row in held.to_dict("records")
    ]  # fmt: skip
    head = ["return", "for", "hours a year", "cost a year", "by law", "used here", "may end"]
    return view_of([chart], [text_grid(f"{key}-returns", "Every return", head, rows)])


def _returns_ask(
    subject: Subject, *, figures: str, returns_due: pd.DataFrame | None
) -> ReportingBurden:
    table = _brought("returns-due", figures, EXAMPLE_RETURNS, returns_due)
    return _noted(reporting_burden(table, place=subject.place), returns_due is None)


REPORTING = Study(
    name="reporting_burden",
    about="what returns to government and others cost a year, and which may be asked to end",
    question="What do returns to others cost, and which may end?",
    ask=_returns_ask,
    view=_returns_view,
    finding=ReportingBurden.finding,
    modelled=False,
    placeless=True,
    arguments=(
        EXAMPLE_OR_FILE,
        TableOf(
            name="returns_due", label="File of returns", table=RETURNS_DUE, asked=True,
            when=("figures", FILE),
            about="file of returns: return, for, hours, times, rate; service, law and used "
            "if told",
            hint="Columns return, for, hours, times (a year), rate (pounds an hour), and service, "
            f"law and used if told. {_FILE}",
        ),
    ),
    screen="What returns to others cost",
    wait="It begins with invented returns. Bring those that are asked for.",
    sums=True,
    more="ask-the-centre.md",
)  # fmt: skip


def _loosened_view(found: Loosened, key: str) -> StudyView:
    held = found.table
    labels = [percent(each) for each in held["share"]]
    chart = bars(
        f"{key}-gain", f"{found.finding()}.",
        "Public value gained over none loosened, in £ million, by the share of the stream that is "
        "loosened.",
        pd.DataFrame({"label": labels, "value": held["gain"] / MILLION}), "£ million", labels,
    )  # fmt: skip
    table = held.set_index(pd.Index(labels)).drop(columns="share")
    note = (
        "Loosened: pounds of the first year. Value and gain: over all years, discounted, with no "
        "more promised than today. Kept: today's money that services whose effects are not known "
        "could keep besides; with kept: the gain where they do."
    )
    grid = figures(f"{key}-steps", "Step by step", "share loosened", table, pounds, note)
    return view_of([chart], [grid])


def _fenced(subject: Subject) -> dict[str, str]:
    place = subject.whole()
    held = dict.fromkeys(place.ring_fences["stream"])
    return {str(each): Names(place).of("stream", str(each)) for each in held}


def _loosening_ask(subject: Subject, *, ring_fence: str | None, pooling: str) -> Loosened:
    place = subject.whole()
    fence = ring_fence or next(iter(_fenced(subject)), "")
    return loosening(place, fence, pooling=pooling, **subject.watch)


_NO_FENCE = "No stream of this place has a ring-fence"
LOOSENING = Study(
    name="loosening",
    about="what the plan is worth as a ring-fence is loosened, share by share",
    question="How much of a ring-fence would have to go?",
    ask=_loosening_ask,
    view=_loosened_view,
    finding=Loosened.finding,
    arguments=(
        Choice(
            name="ring_fence", label="Ring-fence of", about="ring-fenced stream", asked=True,
            choices=_fenced, nothing="the first of the place",
            none=(_NO_FENCE, "There is nothing to loosen."),
        ),
        PLANNED[1],
    ),
    needs=lambda subject: bool(_fenced(subject)),
    none=f"{_NO_FENCE}.",
    screen="A ring-fence loosened",
    more="ask-the-centre.md",
)  # fmt: skip


def _burden_view(found: NewBurden, key: str) -> StudyView:
    row = found.table.iloc[0]
    names = {"cost": "cost of the duty", "grant": "grant", "unfunded": "unfunded",
             "displaced": "value displaced"}  # fmt: skip
    held = pd.Series({told: row[name] for name, told in names.items()}).dropna()
    chart = bars(
        f"{key}-burden", f"{found.finding()}.",
        "Over all years, in £ million; value displaced is discounted.",
        pd.DataFrame({"label": held.index, "value": held.to_numpy() / MILLION}), "£ million",
        held.index.tolist(),
    )  # fmt: skip
    table = held.to_frame("amount")
    return view_of([chart], [figures(f"{key}-table", "The duty", "what", table, pounds)])


def _services(subject: Subject) -> dict[str, str]:
    place = subject.whole()
    return {str(each): Names(place).of("service", str(each)) for each in place.services["service"]}


def _burden_ask(
    subject: Subject, *, service: str | None, duty: float, funded: float, pooling: str
) -> NewBurden:
    place = subject.whole()
    chosen = service or next(iter(_services(subject)))
    return new_burden(place, chosen, duty, grant=funded, pooling=pooling, **subject.watch)


BURDEN = Study(
    name="new_burden",
    about="what a new duty costs the plan with the grant that comes with it: what is unfunded and "
    "what is displaced",
    question="What does a new duty cost, and what does it displace?",
    ask=_burden_ask,
    view=_burden_view,
    finding=NewBurden.finding,
    arguments=(
        Choice(
            name="service", label="Service", about="service that has the new duty", asked=True,
            choices=_services, nothing="the first of the place",
        ),
        Amount(
            name="duty", label="What the duty takes", about="pounds a year on top of today",
            unit="£ a year", asked=True, default=1_000_000.0,
        ),
        Amount(
            name="funded", label="Grant for it", about="pounds a year that are given for it",
            unit="£ a year", asked=True,
        ),
        PLANNED[1],
    ),
    screen="A new duty",
    more="ask-the-centre.md",
)  # fmt: skip
