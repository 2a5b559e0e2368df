"""How the gain of working together, and the cost of what is shared, could be shared."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from placebudget.place.names import Names, listed
from placebudget.study import Joining, Sharing, joining, sharing
from placebudget.study.joining import shared_offers
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import (
    StudyView,
    bars,
    change,
    figures,
    in_unit,
    million,
    pence,
    pounds,
    view_of,
)
from placebudget.view.studies.entry import OBJECTIVE, SEED, Choice, Study, Subject
from placebudget.words import money, plain, sentence, whole_pounds

_DRAWN = ("Shapley value", "nucleolus", "without sharing")
_LEAST = 500.0  # pounds: less is nothing in a sentence


def _finding(found: Sharing) -> str:
    """How much there is to share, and how many ways leave everybody with an incentive."""
    gain, checks = found.played.whole, found.tables["checks"]
    if gain < _LEAST:
        return "In the model, working together gains nothing, so there is nothing to share"
    good = int((checks["shortfall"] <= 0).sum())
    ways = f"{good or 'none'} of {len(checks)} ways to share it"
    gives = "gives" if good < 2 else "give"
    return (
        f"In the model, working together could gain {money(gain)}; {ways} {gives} every partner "
        "an incentive to take part"
    )


def _view(found: Sharing, key: str) -> StudyView:
    """Shares side by side, who has no incentive, and payments by year."""
    shares = found.tables["shares"]
    names = dict(zip(shares["partner"], shares["name"], strict=True))
    wide = found.table.rename(index=names)
    form = in_unit(found.unit)
    series = [name for name in _DRAWN if name in wide.columns]
    scale, axis = million(found.unit)
    first, shown = series[0], [plain(name) for name in series]
    long = (wide[series] / scale).rename(columns=plain).rename_axis("label").reset_index()
    long = long.melt("label", shown, "series", "value")
    top = str(wide[first].idxmax())
    finding = f"{top} would get most by {plain(first)}: {form(float(wide[first].max()))}."
    chart = bars(
        f"{key}-shares", finding,
        f"Shares of the gain in {found.played.objective} from best aligned to best freed, "
        f"{axis}. Source: model of {found.place.title}.",
        long, axis, list(wide.index), shown,
    )  # fmt: skip
    caption = f"Ways to share the gain, {found.unit}"
    return view_of(
        [chart],
        [
            figures(f"{key}-ways", caption, "partner", wide, form),
            _checks(found, key, names),
            _incentives(found, key, names),
            _positions(found, key, names),
            _transfers(found, key, names),
        ],
    )


def _checks(found: Sharing, key: str, names: dict[str, str]) -> Grid:
    form = in_unit(found.unit)
    rows = [
        (
            plain(row.method),
            "yes" if row.shortfall <= 0 else "no",
            "" if row.shortfall <= 0 else _named(row.coalition, names),
            "" if row.shortfall <= 0 else form(row.shortfall),
        )
        for row in found.tables["checks"].itertuples()
    ]
    head = ["way to share", "does everybody have an incentive?", "who has none", "by how much"]
    return text_grid(f"{key}-checks", "Who has no incentive to take part", head, rows)


def _incentives(found: Sharing, key: str, names: dict[str, str]) -> Grid:
    """By how much each partner does better than alone, for each way to share."""
    rows = found.tables["incentives"]
    rows = rows.assign(more=rows["share"] - rows["alone"], name=rows["partner"].map(names))
    wide = rows.pivot(index="name", columns="method", values="more")
    wide = wide.loc[list(dict.fromkeys(rows["name"])), list(dict.fromkeys(rows["method"]))]
    return figures(
        f"{key}-incentive",
        "Incentive of each partner to take part: its share less what it could gain alone",
        "partner", wide, change,
        f"{sentence(found.unit)}. Where the figure has a minus, a partner "
        "would do better alone. Two or more partners together may do better apart although each "
        "alone would not: see the table of who has no incentive.",
    )  # fmt: skip


def _positions(found: Sharing, key: str, names: dict[str, str]) -> Grid | None:
    table = found.tables["positions"]
    if table.empty:
        return None
    wide = table.pivot(index="partner", columns="year", values="transfer").rename(index=names)
    caption = "What each partner would receive (+) or pay (−) by year, by what each adds on average"
    note = "Pounds of the price base, not discounted; each year adds up to nothing."
    return figures(f"{key}-positions", caption, "partner", wide, pence, note)


def _transfers(found: Sharing, key: str, names: dict[str, str]) -> Grid | None:
    table: pd.DataFrame = found.tables["transfers"]
    if table.empty:
        return None
    rows = [
        (
            names.get(row.payer, row.payer),
            names.get(row.receiver, row.receiver),
            row.year,
            pence(row.amount),
            row.legal_power if row.power_known else "no legal power is known yet",
        )
        for row in table.itertuples()
    ]
    head = ["pays", "receives", "year", "amount", "legal power it would need"]
    return text_grid(f"{key}-transfers", "Payments from partner to partner", head, rows)


def _named(coalition: str, names: dict[str, str]) -> str:
    called = [names.get(partner, partner) for partner in coalition.split(", ")]
    return f"{listed(called)} together" if len(called) > 1 else called[0]


def _ask(subject: Subject, *, objective: str, seed: int) -> Sharing:
    return sharing(subject.whole(), objective=objective, seed=seed, **subject.watch)


STUDY = Study(
    name="sharing",
    about="who gains by working together, fair ways to share the gain (by what each adds on "
    "average; so that the least content group is as content as can be), and the payments",
    question="Who gains by working together, and how could the gain be shared?",
    ask=_ask,
    view=_view,
    finding=_finding,
    arguments=(OBJECTIVE, SEED),
    key="shares",
    screen="Who gains, and fair shares",
    answers="How much every partner would get by several ways to share the gain; who has an "
    "incentive to take part, and by how much; and which payments from partner to partner would "
    "follow, year by year, with the legal power each needs.",
    lead=(
        "The gain is what one pool without limits would add to the best use of every partner’s "
        "money apart. A way to share it holds together where every partner, and every group of "
        "partners, has an incentive to take part.",
        "Benefits that the DWP no longer has to pay are saved to the Exchequer. The DWP "
        "never pays them to other partners; it may be paid for taking part.",
    ),
    more="share-the-gain.md",
)


# Who joins a shared service, and who pays what.

_PAID = ("alone", "Shapley value", "nucleolus")
_DUE = (
    ("pays", "Who pays what in each year, by what each adds on average, cash", ""),
    ("own", "Of that, for its own part, joining and leaving in it", ""),
    (
        "towards", "Of that, towards what is shared",
        "With a minus a member gets that much from the others. In each year it adds up to what is "
        "shared costs.",
    ),
)  # fmt: skip


def _join_view(found: Joining, key: str) -> StudyView:
    """What each pays, alone and shared; every group of members; and year by year."""
    called = Names(found.place)
    name = lambda agency: called.of("agency", agency)  # noqa: E731
    unit = found.units["shares"]
    scale, axis = million(unit)
    shares = found.table.assign(label=found.table["agency"].map(name)).set_index("label")
    shares = shares[list(_PAID)].rename(columns=plain)
    long = (shares / scale).reset_index().melt("label", None, "series", "value")
    chart = bars(
        f"{key}-pays", f"{found.finding()}.",
        f"What each member pays, {axis}. Source: model of {found.place.title}.",
        long, axis, list(shares.index), list(shares.columns),
    )  # fmt: skip
    groups = found.tables["coalitions"]
    groups = groups.set_index(groups["coalition"].map(lambda who: _together(who, name)))
    years = found.tables["years"].set_index("year")
    years.insert(0, "in", [_together(who, name) or "nobody" for who in years.pop("joins")])
    payments = found.tables["payments"].assign(agency=found.tables["payments"]["agency"].map(name))
    by_year = payments.pivot(index="agency", columns="year")
    rows = [
        (year, *(text if isinstance(text, str) else pounds(text) for text in values))
        for year, *values in years.itertuples(name=None)
    ]
    return view_of(
        [chart],
        [
            figures(
                f"{key}-shares", f"What each member pays, {unit}", "member", shares, whole_pounds
            ),
            text_grid(
                f"{key}-years", "Year by year, cash of the year; the last column real, discounted",
                ["year", "who is in", "apart", "shared", "saved", "saved so far"], rows,
            ),
            *(
                figures(f"{key}-{column}", caption, "member", by_year[column], whole_pounds, note)
                for column, caption, note in _DUE
            ),
            figures(
                f"{key}-groups", f"What each group of members costs by itself, {unit}",
                "members", groups[["cost", "saved"]], whole_pounds,
            ),
        ],
    )  # fmt: skip


def _together(who: str, name: Callable[[str], str]) -> str:
    return listed(map(name, who.split(", "))) if who else ""


def _join_ask(subject: Subject, *, shared: str | None) -> Joining:
    return joining(subject.whole(), shared, **subject.watch)


JOINING = Study(
    name="joining",
    about="who joins a shared service at least cost, and who pays what of it (by what each adds on "
    "average; so that the least content group is as content as can be), year by year",
    question="Who joins a shared service, and who pays what?",
    ask=_join_ask,
    view=_join_view,
    finding=Joining.finding,
    arguments=(
        Choice(
            name="shared",
            label="Shared service",
            about="the offer that is shared",
            group="Which shared service",
            asked=True,
            nothing="the first",
            choices=lambda subject: shared_offers(subject.whole()),
            none=(
                "No service is shared in this place",
                "The table shared_services says which offers run only through a shared one.",
            ),
        ),
    ),
    screen="Who joins, who pays",
    answers="Which members join at least cost, what each would pay alone and by two ways to share, "
    "whether any group of them would pay less by itself, and what it costs and saves year by year, "
    "with joining, notice and leaving.",
    lead=(
        "Every member delivers what it would without sharing. It says what would be fair by each "
        "way to share, not who should pay.",
    ),
    more="share-a-service.md",
)
