"""Who provides: a contract let by tender."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.place import UPLOADS
from placebudget.place.io.loose import BIDS
from placebudget.study import Tender, tender
from placebudget.study.tender import EXAMPLE_BIDS, LIGHT_TOUCH, REGIMES
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import StudyView, bars, view_of
from placebudget.view.studies.entry import Choice, Rate, Study, Subject, TableOf, Whole
from placebudget.words import as_set, number, whole_pounds

EXAMPLE, FILE = "example", "file"
MOST_BIDS = 300


def _tender_view(found: Tender, key: str) -> StudyView:
    """Points of every bid, the lots, and the route."""
    bids = found.tables["bids"]
    labels = bids["lot"] + ": " + bids["bidder"]
    rows = pd.DataFrame({"label": labels, "value": bids["score"]})
    chart = bars(
        f"{key}-scores", f"{found.finding()}.",
        "Points of each bid of 100, by its price in pounds and its quality.",
        rows, "points", labels.tolist(),
    )  # fmt: skip
    told = [
        (
            label, whole_pounds(row.price), as_set(row.quality), number(row.price_score, 2),
            number(row.score, 2), "out" if pd.isna(row.rank) else number(row.rank),
            "yes" if row.wins else "no",
        )
        for label, row in zip(labels, bids.itertuples(), strict=True)
    ]  # fmt: skip
    head = ["bid", "price", "quality", "points of price", "score", "rank", "wins"]
    route = [tuple(row) for row in found.tables["route"].to_numpy().tolist()]
    return view_of(
        [chart],
        [
            _lots(found, key),
            text_grid(f"{key}-bids", "Every bid", head, told),
            text_grid(f"{key}-route", "The route by law", ["what", "when", "source"], route),
        ],
    )


def _lots(found: Tender, key: str) -> Grid:
    rows = [
        (
            row.lot, row.winner or "nobody", whole_pounds(row.price) if row.winner else "",
            number(row.score, 2) if row.winner else "", row.runner_up or "nobody",
            number(row.margin, 2) if row.runner_up else "", row.tied or "nobody",
        )
        for row in found.table.itertuples()
    ]  # fmt: skip
    head = ["lot", "winner", "price", "score", "best other bid", "points ahead", "tied with"]
    return text_grid(f"{key}-lots", "Who wins which lot", head, rows)


def _tender_ask(
    subject: Subject, *, source: str, bids: pd.DataFrame | None, **asked: Any
) -> Tender:
    source = EXAMPLE if bids is None else FILE
    found = tender(EXAMPLE_BIDS if bids is None else bids, **asked)
    notes = found.notes if bids is not None else ("The bids are invented.", *found.notes)
    return replace(
        found, notes=notes, run={**found.run, "options": {**found.run["options"], "source": source}}
    )


_BIDS, _SCORE, _LAW = "The bids", "How they are scored", "The route by law"
TENDER = Study(
    name="tender",
    about="who wins which lot of a tender by a stated score of price and quality, how close it "
    "is, and the route by law",
    question="Who wins the tender, and how close is it?",
    ask=_tender_ask,
    view=_tender_view,
    finding=Tender.finding,
    modelled=False,
    arguments=(
        Choice(
            name="source", label="Which bids", group=_BIDS, asked=True, command=False,
            default=EXAMPLE, choices={EXAMPLE: "An example with invented bids",
                                      FILE: "A CSV file of your own"},
        ),
        TableOf(
            name="bids", label="CSV file of bids", group=_BIDS, asked=True, table=BIDS, place=True,
            most=MOST_BIDS, check=tender, when=("source", FILE),
            hint=f"Only for a file of your own. At most {UPLOADS.file / 1e6:g} MB and "
            f"{number(MOST_BIDS)} bids; the first line names the columns lot, bidder, price, "
            "quality (points of 100). It stays on this server only while this page is open.",
        ),
        Rate(
            name="price_weight", label="Weight of price", about="weight of price", group=_SCORE,
            asked=True, default=0.6, unit="% of the points",
        ),
        Rate(
            name="quality_weight", label="Weight of quality",
            about="weight of quality; both add up to 1", group=_SCORE, asked=True, default=0.4,
            unit="% of the points",
        ),
        Rate(
            name="least_quality", label="Least quality",
            about="share of the points of quality below which a bid is out", group=_SCORE,
            asked=True, unit="% of the points of quality",
        ),
        Whole(
            name="most_lots", label="Lots a bidder may win",
            about="how many lots one bidder may win at most; 0: any number", group=_SCORE,
            asked=True, default=0, span=(0, 99), hint="0: any number.",
        ),
        Choice(
            name="regime", label="Which law", about=", ".join(REGIMES), group=_LAW, asked=True,
            default=LIGHT_TOUCH, choices=REGIMES,
        ),
    ),
    screen="Who wins a tender",
    lead=(
        "This is a sum of the bids, to the hundredth of a point; nothing is forecast. What quality "
        "is worth is for those who give the points, and the law for a lawyer.",
    ),
    wait="It begins with invented bids for three lots. Bring the bids that were made.",
    again="Score other bids",
    sums=True,
    more="let-a-contract-by-tender.md",
)  # fmt: skip
