"""What areas get, the price of fairness, at which level services stand, and by which councils."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from placebudget.errors import InvalidOption
from placebudget.place.names import Names
from placebudget.study import (
    Fairness,
    Levels,
    Reorganisation,
    fairness,
    levels,
    reorganisation,
)
from placebudget.study.reorganisation import ways_to_reorganise
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import (
    MILLION,
    Form,
    StudyView,
    bars,
    change,
    count,
    figures,
    in_unit,
    million,
    pence,
    pounds,
    ranges,
    share,
    view_of,
)
from placebudget.view.studies.entry import PLANNED, Study, Subject
from placebudget.words import as_set, money, percent, plain, sentence, whole_pounds

_MONEY, _BEST, _FIRST = "money on services", "best", "worst-off area first"


def _finding(found: Fairness) -> str:
    """How far areas are apart, and what raising the worst-off costs. No area is named."""
    areas, price = found.table, found.tables["price"]
    best = areas[(areas["plan"] == _BEST) & (areas["measure"] == _MONEY)]["a_head"]
    cost = price.loc[price["rule"] == _FIRST].iloc[0]
    said = f"{money(cost['price'])} ({percent(cost['share'])})"
    costs = "costs nothing" if cost["price"] < 1 else f"costs {said}"
    return (
        f"In the model, the best plan spends from {whole_pounds(best.min())} to "
        f"{whole_pounds(best.max())} a head by area; raising the worst-off area first {costs}"
    )


def _view(found: Fairness, key: str) -> StudyView:
    """Money and outcomes a head by area, inequality, and what floors cost."""
    areas = found.table
    spent = _wide(areas, _MONEY, "a_head")
    made = _wide(areas, found.outcome, "a_head") * 1000
    plans = list(spent.columns)
    first, last = plans[0], plans[min(1, len(plans) - 1)]
    low, high = str(spent[first].idxmin()), str(spent[first].idxmax())
    finding = (
        f"{sentence(first)}, money a head goes from {_exact(spent[first].min())} in "
        f"{low} to {_exact(spent[first].max())} in {high}."
    )
    rows = pd.DataFrame(
        {
            "label": spent.index,
            "low": spent[[first, last]].min(axis=1).to_numpy(),
            "high": spent[[first, last]].max(axis=1).to_numpy(),
            "first": spent[first].to_numpy(),
            "second": spent[last].to_numpy() if last != first else float("nan"),
        }
    )
    chart = ranges(
        f"{key}-heads", finding,
        f"Money on services a head, pounds, cash, all years, by area. {found.title}.",
        rows, "pounds a head", (first, "" if last == first else last),
    )  # fmt: skip
    outcome = found.outcome.replace("_", " ")
    inequality = found.tables["inequality"]
    gini = inequality[inequality["index"] == "Gini"]
    wide = gini.pivot(index="measure", columns="plan", values="value")[plans]
    return view_of(
        [chart],
        [
            figures(f"{key}-money", "Money on services a head, all years", "area", spent, _exact),
            figures(
                f"{key}-outcome", f"{sentence(outcome)} for every 1,000 people",
                "area", made, count,
            ),
            *_by_group(found, key),
            figures(
                f"{key}-gini", "Inequality between areas, inequality index (0: all the same)",
                "measure", wide, count,
            ),
            _prices(found, key),
            _by_need(
                _wide(areas, _MONEY, "a_person_in_need"), f"{key}-need-money",
                "Money on services for each person in need, all years", pounds,
            ),
            _by_need(
                _wide(areas, found.outcome, "a_person_in_need") * 1000, f"{key}-need-outcome",
                f"{sentence(outcome)} for every 1,000 people in need", count,
            ),
        ],
    )  # fmt: skip


def _by_group(found: Fairness, key: str) -> Iterator[Grid]:
    """The same by groups of deprivation, where areas say in which they are."""
    groups, outcome = found.tables["deprivation"], found.outcome
    plans = list(dict.fromkeys(groups["plan"]))
    for measure, scale, caption, form in (
        (_MONEY, 1, "Money on services a head by group of deprivation, all years", _exact),
        (
            outcome, 1000,
            f"{sentence(outcome.replace('_', ' '))} for every 1,000 people by group of deprivation",
            count,
        ),
    ):  # fmt: skip
        rows = groups[groups["measure"] == measure]
        if len(rows):
            wide = scale * rows.pivot(index="group", columns="plan", values="a_head")[plans]
            yield figures(
                f"{key}-deprivation-{measure.replace(' ', '-')}", caption,
                "group, 1 the most deprived", wide.rename(index=str), form,
            )  # fmt: skip


def _by_need(wide: pd.DataFrame, key: str, caption: str, form: Form) -> Grid | None:
    if not wide.notna().to_numpy().any():
        return None
    return figures(key, caption, "area", wide, form)


def _wide(areas: pd.DataFrame, measure: str, column: str) -> pd.DataFrame:
    rows = areas[areas["measure"] == measure]
    wide = rows.pivot(index="name", columns="plan", values=column)
    return wide[list(dict.fromkeys(rows["plan"]))]


def _exact(value: float) -> str:
    return "" if pd.isna(value) else whole_pounds(value)


def _prices(found: Fairness, key: str) -> Grid:
    names = found.compared.names
    rows = [
        (
            plain(row.rule) if pd.isna(row.level) else f"{plain(row.rule)}, {as_set(row.level)}%",
            "no plan keeps it" if pd.isna(row.price) else in_unit(row.unit)(row.price),
            share(row.share),
            "" if pd.isna(row.price) else names.get(row.worst_area, row.worst_area),
            share(row.lowest_of_mean),
        )
        for row in found.tables["price"].itertuples()
    ]
    outcome = found.outcome.replace("_", " ")
    head = [
        "plan or rule", "costs", "share of the best plan", "worst-off area",
        "what it gets, of the mean",
    ]  # fmt: skip
    note = (
        f"The worst-off area is the one with the fewest {outcome} a head. "
        "Worst-off area first and worst-off areas in turn raise the outcomes of all kinds "
        "together, by their weights, where these are fewest a head; equity floors, and the "
        f"last columns, are of {outcome} alone. So an area can have fewer {outcome} under "
        "worst-off area first."
    )
    return text_grid(f"{key}-price", "The price of fairness", head, rows, note)


def _ask_levels(subject: Subject, *, objective: str, pooling: str) -> Levels:
    return levels(subject.whole(), objective=objective, pooling=pooling, **subject.watch)


def _levels_view(found: Levels, key: str) -> StudyView:
    """What each level loses."""
    form, (scale, axis) = in_unit(found.unit), million(found.unit)
    names, table = Names(found.place), found.table
    called = [
        f"{names.of('service', row.service)}: {plain(row.tier)}" for row in table.itertuples()
    ]
    told = table.assign(label=called)
    rows = told.assign(value=told["lost"] / scale)[["label", "value"]].dropna()
    chart = bars(
        f"{key}-lost", f"{found.finding()}.",
        f"What each level loses in {found.objective}, {axis}. Source: model of "
        f"{found.place.title}.",
        rows, axis, called,
    )  # fmt: skip
    shown = told.set_index("label")[["lost", "areas", "overhead", "spent"]].astype(float)
    return view_of(
        [chart],
        [
            figures(
                f"{key}-levels", "Levels, and what each loses against the best", "level", shown,
                (form, count, pounds, pounds),
                "Overhead a year, in prices of the price base; spent on the service in all years, "
                "in cash. Where nothing stands no plan keeps the rules.",
            )
        ],
    )  # fmt: skip


LEVELS = Study(
    name="levels",
    about="at which geographic level services are commissioned: what the plan is worth at each, "
    "and what is lost by any other",
    question="At which level is a service commissioned?",
    ask=_ask_levels,
    view=_levels_view,
    finding=Levels.finding,
    arguments=PLANNED,
    needs=lambda subject: not subject.whole().levels.empty,
    none="No service has several levels: add rows to the table Levels first.",
    screen="At which level",
    answers="The best level of each service that could be commissioned for the whole place, by "
    "districts or on estates, and what the plan would lose at each other.",
    more="choose-how-a-service-is-run.md",
)


def _has_ways(subject: Subject) -> bool:
    try:
        return bool(ways_to_reorganise(subject.whole()))
    except InvalidOption:  # what is wrong with them is said to whoever asks
        return True


def _ask_reorganisation(subject: Subject, *, objective: str, pooling: str) -> Reorganisation:
    return reorganisation(subject.whole(), objective=objective, pooling=pooling, **subject.watch)


def _reorganisation_view(found: Reorganisation, key: str) -> StudyView:
    """What the model says of each way, and beside it what others say, whose each is."""
    form, (scale, axis) = in_unit(found.unit), million(found.unit)
    names, ways = Names(found.place), found.table
    rows = ways.assign(label=ways["option"], value=ways["gain"] / scale)[["label", "value"]]
    charts = [
        bars(
            f"{key}-gain", f"{found.finding()}.",
            f"{sentence(found.objective)} against the place as it is, {axis}. Source: model of "
            f"{found.place.title}.",
            rows.dropna(), axis, list(ways["option"]), gains=True,
        )
    ]  # fmt: skip
    estimates = found.tables["estimates"]
    said = list(found.estimated())
    for n, (by, mine) in enumerate(estimates.groupby("by", sort=False)):
        bar = mine.assign(label=mine["option"], value=mine["net"] / MILLION)[["label", "value"]]
        charts.append(
            bars(
                f"{key}-estimate-{n}", said[n],
                f"Savings over some years less the cost of the change, £ million. Source: the "
                f"estimate of {by}, not the model.",
                bar, "£ million", list(mine["option"]), gains=True,
            )
        )  # fmt: skip
    told = ways.set_index("option")[["councils", "value", "gain", "kept", "short", "to_spare"]]
    starts = found.tables["successors"]
    called = starts["agency"].map(lambda agency: names.of("agency", agency))
    starts = starts.assign(label=starts["option"] + ": " + called).set_index("label")
    whose = estimates.assign(label=estimates["option"] + ", by " + estimates["by"])
    return view_of(
        charts,
        [
            figures(
                f"{key}-ways", "Ways to reorganise, by the model", "way", told.astype(float),
                (count, form, form, change, pounds, pounds),
                "Kept: what services without a known effect get more or less in all years. Short "
                "and to spare: what agencies are short of or have to spare in the last year "
                "for today's services, each by itself. Where nothing stands no plan keeps the "
                "rules.",
            ),
            figures(
                f"{key}-successors", "What each successor starts with", "successor",
                starts[["money", "reserves", "cost", "gap"]], (pence, pence, pounds, change),
                "In its first year, in cash. Cost: what today's services would cost. A gap above "
                "nothing is money short.",
            ),
            figures(
                f"{key}-estimates", "What others say, each its author's alone", "way",
                whose.set_index("label")[["saving", "cost", "years", "net"]].astype(float),
                (change, pounds, count, change),
                "Saving: a year. Net: over so many years, less the cost of the change once.",
            ),
        ],
    )  # fmt: skip


REORGANISATION = Study(
    name="reorganisation",
    about="what it would bring if other bodies took over: the plan with their purses, what each "
    "starts with, and what others estimate",
    question="One council or several?",
    ask=_ask_reorganisation,
    view=_reorganisation_view,
    finding=Reorganisation.finding,
    arguments=PLANNED,
    needs=_has_ways,
    none="Nobody says who could take over: keep an option that adds rows to the table Successions "
    "first.",
    screen="One council or several",
    answers="For each way to reorganise that is stored beside the place: what joined or divided "
    "purses bring, what each new body starts with and is short of, and beside it what others "
    "estimate, with whose estimate it is.",
    more="one-council-or-four.md",
)


def _ask(subject: Subject, *, objective: str, pooling: str) -> Fairness:
    return fairness(subject.either(), objective=objective, pooling=pooling, **subject.watch)


STUDY = Study(
    name="fairness",
    about="what each area gets a head, how unequal that is, and what more fairness would cost "
    "(the worst-off area first, then the next)",
    question="Is it fair between areas, and what would more fairness cost?",
    ask=_ask,
    view=_view,
    finding=_finding,
    arguments=PLANNED,
    key="areas",
    screen="Fair between areas",
    answers="What each area gets, a head and a person in need, today and in the best plan; which "
    "area is worst off; and what it would cost to put the worst-off area first, or to promise "
    "every area at least a part of the mean.",
    lead=(
        "Fair can mean several things: the same a head, the same for each person in need, or the "
        "worst-off area first. The model prices each; which one is right is for the board.",
    ),
    more="compare-areas.md",
)
