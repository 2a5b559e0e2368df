"""What a gain rests on: a tornado, where half of it would be gone, every figure it hangs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from placebudget.plan import Plan, optimise, simulate
from placebudget.plan.resting import COST, EFFECT, NEED, VALUE
from placebudget.study import TITLES, RestsOn, rests_on
from placebudget.view.charts import Chart
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import (
    MILLION,
    StudyView,
    bars,
    figures,
    pounds,
    share,
    view_of,
)
from placebudget.view.studies.entry import Choice, SeveralOf, Study, Subject, Whole
from placebudget.words import money

_MARKS = ("figure halved", "half as much again")
_PUBLIC_VALUE = "public value"
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
            share(row["share"]), _said(found, row, "switching"),
            _said(found, row, "half_straight"), _said(found, row, "half_below"),
            _said(found, row, "half_above"),
            f"{found.said(row, row['from'])} to {found.said(row, row['to'])}",
            "yes" if row["certified"] else "no",
        )
        for row in found.table.to_dict("records")
    ]  # fmt: skip
    head = [
        "figure", "now", "status", "hangs on it", "no gain left at (straight line)",
        "half gone at (straight line)", "half gone below", "half gone above", "looked at",
        "certified",
    ]  # fmt: skip
    note = (
        "Straight line: both plans kept as they are. Half gone below and above: both plans made "
        "again; blank where half the gain is never gone so far as was looked."
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
        "Pounds of the gain that hang on the figure, on a straight line with both plans kept.",
    )  # fmt: skip


def _said(found: RestsOn, row: Mapping[str, Any], column: str) -> str:
    return "" if pd.isna(row[column]) else found.said(row, row[column])


def _plan(subject: Subject, name: str) -> Plan:
    place = subject.whole()
    if name == "today":
        return simulate(place)
    if subject.plan is not None and subject.plan.name == name:
        return subject.plan
    return optimise(place, objective=_PUBLIC_VALUE, pooling=name, prices=False, **subject.watch)


def _ask(subject: Subject, *, first: str, second: str, kinds: Sequence[str], most: int) -> RestsOn:
    plans = (_plan(subject, name) for name in (first, second))
    return rests_on(*plans, kinds=kinds, most=most, **subject.watch)


STUDY = Study(
    name="rests_on",
    about="what the gain of one plan over another rests on: each value, effect, unit cost and "
    "need by how much of it hangs on that, and where half the gain would be gone",
    question="What does the gain rest on, and which figure would turn it round?",
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
