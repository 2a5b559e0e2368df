"""How firm a plan is: what its gain rests on, and which others are nearly as good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from placebudget.plan import Plan, optimise, simulate
from placebudget.plan.resting import COST, EFFECT, NEED, VALUE
from placebudget.programme.objectives.value import PUBLIC
from placebudget.study import TITLES, Alternatives, RestsOn, alternatives, rests_on
from placebudget.study.alternatives import BEST, EITHER, LESS, MORE, SAME, WITHIN
from placebudget.view.charts import Chart
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import (
    MILLION,
    MOST,
    StudyView,
    bars,
    figures,
    pounds,
    ranges,
    share,
    view_of,
)
from placebudget.view.studies.entry import PLANNED, Choice, SeveralOf, Shares, Study, Subject, Whole
from placebudget.words import in_unit, money, percent, sentence

_MARKS = ("figure halved", "half as much again")
_KINDS = {
    VALUE: "Values of outcomes and savings",
    EFFECT: "Effects of services",
    COST: "Unit costs",
    NEED: "Needs",
}


def _view(found: RestsOn, key: str) -> StudyView:
    """A tornado of the figures on which most hangs, and tables."""
    return view_of(
        [_tornado(found, key)],
        [
            _half_gone(found, key),
            at_nought(found, key),
            _hangs(found, key),
            figures(
                f"{key}-statuses", "How what the gain rests on is known", "figures, status",
                found.tables["statuses"].set_index(_status_of(found))[["hangs", "share"]]
                .rename(columns={"hangs": "of the gain", "share": "share of the gain"}),
                (pounds, share),
                "Values together carry the whole gain, and so do effects, as an outcome counts by "
                "its value times its effect. Unit costs and needs are no parts of it.",
            ),
        ],
    )  # fmt: skip


def _status_of(found: RestsOn) -> pd.Index:
    rows = found.tables["statuses"]
    return pd.Index(
        [f"{kind}s, {status}" for kind, status in zip(rows["kind"], rows["status"], strict=True)]
    )


def _tornado(found: RestsOn, key: str) -> Chart | None:
    """By how much the gain changes with each figure halved, and half as much again."""
    rows = found.table
    if rows.empty:
        return None
    labels = [found.called(row) for row in rows.to_dict("records")]
    ends = rows[["halved", "half_more"]].set_axis(list(_MARKS), axis=1).set_axis(labels, axis=0)
    low, high = (each.fillna(found.gain) for each in (ends.min(axis=1), ends.max(axis=1)))
    low, high = low.clip(upper=found.gain), high.clip(lower=found.gain)
    order = (high - low).sort_values(ascending=False, kind="stable").index
    first = order[0]
    finding = (
        f"With “{first}” halved or half as much again, the gain of {money(found.gain)} lies "
        f"between {money(low[first])} and {money(high[first])}."
    )
    changes = (ends.loc[order] - found.gain) / MILLION
    table = changes.rename_axis("label").reset_index().melt("label", _MARKS, "series", "value")
    return bars(
        f"{key}-tornado", finding,
        f"By how much the gain of {money(found.gain)} changes with both plans made again and each "
        f"figure by itself halved or half as much again, £ million, "
        f"{found.unit.partition(', ')[2]}. No bar stands where no gain can be told. Source: model "
        f"of {found.place.title}.",
        table.dropna(), "£ million more or less gain", list(order), _MARKS,
    )  # fmt: skip


def _half_gone(found: RestsOn, key: str) -> Grid:
    rows = [
        (
            found.called(row), found.said(row, row["amount"]), row["status"],
            share(row["share"]) + (" (bends)" if row["bends"] else ""),
            _said(found, row, "switching"),
            _said(found, row, "half_kept"), _said(found, row, "half_below"),
            _said(found, row, "half_above"),
            f"{found.said(row, row['from'])} to {found.said(row, row['to'])}",
            "yes" if row["certified"] else "no",
        )
        for row in found.table.to_dict("records")
    ]  # fmt: skip
    head = [
        "figure", "now", "status", "hangs on it", "no gain left at (plans kept)",
        "half gone at (plans kept)", "half gone below", "half gone above", "looked at",
        "certified",
    ]  # fmt: skip
    note = (
        "Plans kept: both as they are, worked out at that figure; blank where it is so from a "
        "tenth of the figure to ten times as much at none. Bends: a little more and a little less "
        "of it bring unlike amounts. Half gone below and above: both plans made again; blank where "
        "half the gain is never gone so far as was looked."
    )
    return text_grid(f"{key}-half", "Where the gain would be gone", head, rows, note)


def at_nought(found: RestsOn, key: str) -> Grid:
    """Values that count for nothing, and the amount at which they would outweigh the gain."""
    rows = [
        (
            found.called(row), found.said(row, 0.0), found.said(row, row["switching"]),
            row["prices"], row["status"],
        )
        for row in found.tables["at_nought"].to_dict("records")
    ]  # fmt: skip
    head = ["value", "now", "no gain left from", "prices of", "status"]
    return text_grid(
        f"{key}-nought", "Values at nought that could outweigh the gain", head, rows,
        "Both plans kept as they are. What each outcome may be worth to people is for the board "
        "to say.",
    )  # fmt: skip


def _hangs(found: RestsOn, key: str) -> Grid:
    titles = dict(zip(found.place.sources["source"], found.place.sources["title"], strict=True))
    rows = [
        (
            found.called(row), found.said(row, row["amount"]), row["prices"], row["status"],
            "; ".join(str(titles.get(each, each)) for each in row["source"].split(", ")),
            money(row["hangs"], signed=True), share(row["share"]),
        )
        for row in found.tables["figures"].head(40).to_dict("records")
    ]  # fmt: skip
    head = ["figure", "now", "prices of", "status", "source", "hangs on it", "of the gain"]
    part = f"The first {len(rows)} of {len(found.tables['figures'])} figures"
    return text_grid(
        f"{key}-figures", f"What hangs on each figure ({part.lower()})", head, rows,
        "Pounds of the gain that hang on the figure, with both plans kept.",
    )  # fmt: skip


def _said(found: RestsOn, row: Mapping[str, Any], column: str) -> str:
    return "" if pd.isna(row[column]) else found.said(row, row[column])


def _plan(subject: Subject, name: str) -> Plan:
    place = subject.whole()
    if name == "today":
        return simulate(place)
    if subject.plan is not None and subject.plan.name == name:
        return subject.plan
    return optimise(place, objective=PUBLIC, pooling=name, prices=False, **subject.watch)


def _ask(subject: Subject, *, first: str, second: str, kinds: Sequence[str], most: int) -> RestsOn:
    plans = (_plan(subject, name) for name in (first, second))
    return rests_on(*plans, place=subject.whole(), kinds=kinds, most=most, **subject.watch)


STUDY = Study(
    name="rests_on",
    about="what the gain of one plan over another rests on: each value, effect, unit cost and "
    "need by how much of it hangs on that, and where half the gain would be gone",
    question="What does the gain rest on, and which figure would turn it round?",
    finding=RestsOn.finding,
    ask=_ask,
    view=_view,
    arguments=(
        Choice(
            name="first",
            label="The gain of",
            about="today, siloed, aligned, pooled or freed: the plan that gains",
            choices=TITLES,
            default="pooled",
            asked=True,
            group="Which gain",
        ),
        Choice(
            name="second",
            label="Over",
            about="the plan that it gains over",
            choices=TITLES,
            default="aligned",
            asked=True,
            group="Which gain",
        ),
        SeveralOf(
            name="kinds",
            label="Figures to look at",
            about="kinds of figures to look at, of: value, effect, unit cost, need",
            choices=_KINDS,
            default=tuple(_KINDS),
            asked=True,
            group="Figures",
        ),
        Whole(
            name="most",
            label="Figures for which both plans are made again",
            about="for how many figures, those on which most hangs, both plans are made again",
            default=10,
            asked=True,
            span=(0, 40),
            group="Figures",
            hint="Those on which most hangs. Each takes some dozen plans.",
        ),
    ),
    key="rests",
    screen="What it rests on",
    answers="Every value, effect, unit cost and need by how much of a gain hangs on it, whether it "
    "is published, derived or illustrative, and at which figure half of the gain would be gone.",
    lead=(
        "Both plans are made again with the figure changed, so that the answer is what the plans "
        "would then gain, and not only what these would.",
    ),
    more="what-it-rests-on.md",
)


# Other good plans: how far money can move, and a few plans far apart.

_CHART = 12
_BESIDE = {MORE: "always more", LESS: "always less", SAME: SAME, EITHER: "a choice"}


def _alternatives_view(found: Alternatives, key: str) -> StudyView:
    """The range of each service, and what the plans far apart do."""
    rows = found.at(found.within)
    rows = rows.assign(
        label=[sentence(found.name_of("service", each)) for each in rows["service"]],
        wide=rows["most"] - rows["least"],
    )
    shown = rows.sort_values("wide", ascending=False, kind="stable")[:_CHART]
    beside = shown[["least", "most", BEST]].sub(shown["today"], axis=0) / MILLION
    drawn = beside.set_axis(["low", "high", "first"], axis=1).assign(
        label=shown["label"], second=float("nan")
    )
    given_up = percent(found.within / 100)
    chart = ranges(
        f"{key}-ranges", f"{found.finding()}.",
        "Money of a service beside today’s spending carried on, £ million, cash, all years: the "
        f"least and the most in plans that give up at most {given_up} of the best value, and the "
        "best plan (circle). "
        f"{'The services with most room are shown. ' if len(rows) > _CHART else ''}{found.title}.",
        drawn, "£ million beside today", ("best plan", ""),
    )  # fmt: skip
    return view_of([chart], [_ranges(found, key, rows), _plans(found, key), _levels(found, key)])


def _ranges(found: Alternatives, key: str, rows: pd.DataFrame) -> Grid:
    cells = [
        (row.label, *map(pounds, (row.today, row.best, row.least, row.most)), sentence(row.kind),
         _BESIDE[row.beside_today])
        for row in rows.head(MOST).itertuples()
    ]  # fmt: skip
    return text_grid(
        f"{key}-services",
        f"What each service can get where at most {percent(found.within / 100)} of the best value "
        "is given up",
        ["service", "today", "best plan", "least", "most", "spent on", "beside today"], cells,
        "Cash, all years. The least of one service and the most of another are of different plans.",
    )  # fmt: skip


def _plans(found: Alternatives, key: str) -> Grid | None:
    best = found.plans[BEST].objective
    cells = [
        (sentence(name), in_unit(best.value - found.plans[name].objective.value, best.unit), does)
        for name, does in found.offered.items()
    ]
    if not cells:
        return None
    return text_grid(
        f"{key}-plans", "Plans far apart that are nearly as good",
        ["plan", "gives up", "what it does beside the best plan"], cells,
        "Each was checked outside the solver and keeps every rule. They are examples of what is "
        "possible, the furthest from the best plan and from one another first.",
    )  # fmt: skip


def _levels(found: Alternatives, key: str) -> Grid | None:
    table = found.table.assign(wide=lambda rows: rows["most"] - rows["least"])
    wide = table.pivot(index="service", columns="within", values="wide")
    if wide.shape[1] < 2:
        return None
    wide.index = [sentence(found.name_of("service", each)) for each in wide.index]
    wide.columns = [percent(each / 100) for each in wide.columns]
    return figures(
        f"{key}-levels", "How far money can move, by how much of the best value is given up",
        "service", wide, money, "The most less the least, cash, all years.",
    )  # fmt: skip


def _ask_alternatives(
    subject: Subject, *, objective: str, pooling: str, within: tuple[float, ...], far_apart: int
) -> Alternatives:
    return alternatives(
        subject.whole(), within=[100 * each for each in within], far_apart=far_apart,
        objective=objective, pooling=pooling, **subject.watch,
    )  # fmt: skip


ALTERNATIVES = Study(
    name="alternatives",
    about="other plans that are nearly as good: the least and the most each service can get, and a "
    "few plans far apart",
    question="What else could we do that is nearly as good?",
    ask=_ask_alternatives,
    view=_alternatives_view,
    finding=Alternatives.finding,
    picks=True,
    arguments=(
        *PLANNED,
        Shares(
            name="within",
            about="shares of the best value that may be given up",
            default=tuple(each / 100 for each in WITHIN),
        ),
        Whole(name="far_apart", about="how many plans far apart are picked", default=4),
    ),
    screen="Other good plans",
    answers="Which services get more than today, or less, in every plan that is nearly as good as "
    "the best; how far the money of each can move; and a few plans far apart, with what each does.",
    lead=(
        "The best plan is rarely the only good one. Where plans that are nearly as good differ, "
        "the board has a choice that the model cannot make for it.",
    ),
    more="find-other-good-plans.md",
)
