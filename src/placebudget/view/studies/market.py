"""Who provides: a contract let by tender, and what one more provider is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.arguments import known_key
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import UPLOADS, Place
from placebudget.place.io.loose import BIDS
from placebudget.place.names import listed
from placebudget.study import Market, Tender, market, tender
from placebudget.study.market import WITH_ALL, providers_of
from placebudget.study.tender import (
    EXAMPLE_BIDS,
    LIGHT_TOUCH,
    REGIMES,
    bids_of,
    not_in_bids,
    services_with_bids,
)
from placebudget.texts import shown
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import (
    StudyView,
    bars,
    in_unit,
    million,
    view_of,
)
from placebudget.view.studies.entry import (
    PLANNED,
    Choice,
    Rate,
    Study,
    Subject,
    TableOf,
    Whole,
)
from placebudget.words import as_set, count, money, number, percent

EXAMPLE, FILE = "example", "file"
MOST_BIDS = 300


def _tender_view(found: Tender, key: str) -> StudyView:
    """Points of every bid, the lots, and the route."""
    bids = found.tables["bids"]
    labels = bids["lot"] + ": " + bids["bidder"]
    marked = labels + bids["wins"].map({True: ", wins", False: ""})
    rows = pd.DataFrame({"label": marked, "value": bids["score"]})
    chart = bars(
        f"{key}-scores", f"{found.finding()}.",
        "Points of each bid of 100, by its price in pounds and its quality.",
        rows, "points", marked.tolist(),
    )  # fmt: skip
    room = bids[["need", "capacity"]].notna().any(axis=None)
    told = [
        (
            label, found.priced(row.price), as_set(row.quality), number(row.price_score, 2),
            number(row.score, 2), "out" if pd.isna(row.rank) else number(row.rank),
            "yes" if row.wins else "no",
            *(count(part) if pd.notna(part) else "" for part in (row.need, row.capacity) if room),
        )
        for label, row in zip(labels, bids.itertuples(), strict=True)
    ]  # fmt: skip
    head = ["bid", "price", "quality", "points of price", "score", "rank", "wins"]
    head += ["units needed", "can take"] if room else []
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
            row.lot, row.winner or "nobody", found.priced(row.price) if row.winner else "",
            number(row.score, 2) if row.winner else "", row.runner_up or "nobody",
            number(row.margin, 2) if row.runner_up else "", row.tied or "no tie",
        )
        for row in found.table.itertuples()
    ]  # fmt: skip
    head = ["lot", "winner", "price", "score", "best other bid", "points ahead", "tied with"]
    return text_grid(f"{key}-lots", "Who wins which lot", head, rows)


def _sources(subject: Subject) -> dict[str, str]:
    """Which bids there are: invented ones, a file, offers of a service of the place."""
    known = {} if subject.place is None else services_with_bids(subject.place)
    return {
        EXAMPLE: "An example with invented bids",
        FILE: "A CSV file of your own",
        **{key: f"Offers of {name}" for key, name in known.items()},
    }


def _tender_ask(
    subject: Subject, *, tendered: str | None, bids: pd.DataFrame | None, **asked: Any
) -> Tender:
    notes, remarks, title = list[str](), list[str](), ""
    if bids is not None:
        if tendered not in (None, FILE):
            raise WrongArgument(
                f"the bids come from the file, and tendered says {shown(tendered)}: leave one out."
            )
        tendered = FILE
    elif tendered == FILE:
        raise WrongArgument("bring the bids: a .csv file in place of the place.")
    elif tendered == EXAMPLE:
        bids, title = EXAMPLE_BIDS, "Who wins a tender with invented bids"
        notes = ["The bids are invented."]
    else:
        place = subject.whole()
        tendered = tendered or _only_service(place)
        known_key("service", tendered, place.services["service"])
        bids = bids_of(place, tendered)
        notes = [
            "The bids are the offers of the place: a lot an area, unit costs in prices of "
            f"{place.settings.price_base} as prices, quality as the table providers has it.",
            "A lot is won whole by points: what a bidder cannot take of it is told and does not "
            "decide. Units needed are those of the first year.",
        ]
        remarks = not_in_bids(place, tendered)
    found = tender(bids, **asked)
    options = {**found.run["options"], "tendered": tendered}
    return replace(
        found, title=title or found.title, notes=(*notes, *found.notes),
        remarks=tuple(remarks),
        run={**found.run, "options": options},
    )  # fmt: skip


def _only_service(place: Place) -> str:
    """The one service whose offers are bids."""
    known = services_with_bids(place)
    if len(known) == 1:
        return next(iter(known))
    said = f"name the service: {listed(known)}" if known else (
        "no offer of this place is a bid: give points of quality to those who deliver, in the "
        "table providers"
    )  # fmt: skip
    raise CannotAnswer(f"{said}; tendered {EXAMPLE} shows invented bids.")


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
            name="tendered", label="Which bids",
            about="service whose offers are the bids, or example for invented ones", group=_BIDS,
            nothing="the one service whose providers have points of quality", asked=True,
            choices=_sources,
        ),
        TableOf(
            name="bids", label="CSV file of bids", group=_BIDS, asked=True, table=BIDS, place=True,
            most=MOST_BIDS, check=tender, when=("tendered", FILE),
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


# What one more provider is worth.


def _market_view(found: Market, key: str) -> StudyView:
    """What each provider is worth, and the concentration of services."""
    form, (scale, axis) = in_unit(found.unit), million(found.unit)
    table = found.table
    rows = table.assign(label=table["provider"], value=table["worth"] / scale)
    chart = bars(
        f"{key}-worth", f"{found.finding()}.",
        f"What the plan loses without each provider in {found.objective}, {axis}. Source: model of "
        f"{found.place.title}.",
        rows[["label", "value"]].dropna(), axis, table["provider"].tolist(),
    )  # fmt: skip
    told = [
        (
            row.provider, "no" if row.entrant else "yes", _worth(row, form),
            found.name_of("service", row.service) if row.service else "none",
            percent(row.share), money(row.spent),
        )
        for row in table.itertuples()
    ]  # fmt: skip
    head = ["provider", "there today", "worth", "largest part of", "its share", "money, all years"]
    held = found.tables["concentration"]
    services = [
        (
            found.name_of("service", row["service"]), row["plan"], number(row["index"], 4),
            row["largest"], percent(row["share"]), number(row["providers"]),
        )
        for row in held.sort_values(["service", "plan"], key=_all_first).to_dict("records")
        if row["providers"] > 1 or row["service"] in _shared(held)
    ]  # fmt: skip
    columns = ["service", "plan", "concentration", "largest", "its share", "providers"]
    return view_of(
        [chart],
        [
            text_grid(f"{key}-providers", "What each provider is worth", head, told),
            text_grid(
                f"{key}-services", "Concentration of services that several provide", columns,
                services, "The sum of squared shares of units, over all years; 1: one alone.",
            ) if services else None,
        ],
    )  # fmt: skip


def _worth(row: Any, form: Callable[[float], str]) -> str:
    if pd.notna(row.worth):
        return form(row.worth)
    return (
        f"{money(row.money_short)} of need unmet"
        if row.money_short > 0
        else "no plan keeps the rules"
    )


def _all_first(column: pd.Series) -> pd.Series:
    return column.where(column != WITH_ALL, "")


def _shared(held: pd.DataFrame) -> set[str]:
    """Services that several provide in one of the plans."""
    return set(held.loc[held["providers"] > 1, "service"])


def _market_ask(subject: Subject, *, objective: str, pooling: str) -> Market:
    return market(subject.whole(), objective=objective, pooling=pooling, **subject.watch)


MARKET = Study(
    name="market",
    about="what each provider, or one more, is worth to the plan, and how far services lean on one",
    question="What is one more provider worth, and on whom does a service lean?",
    ask=_market_ask,
    view=_market_view,
    finding=Market.finding,
    arguments=PLANNED,
    needs=lambda subject: bool(providers_of(subject.whole())),
    none="There is no provider to ask of: name those who deliver in the table Offers, and fill in "
    "the table Providers.",
    key="providers",
    screen="Who provides",
    answers="What the best plan would lose without each provider of the table providers, or of "
    "services that several provide; which are not there yet and would be worth their set-up; and "
    "how far each service leans on few.",
    more="let-a-contract-by-tender.md",
)
