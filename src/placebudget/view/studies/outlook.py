"""The gap by year: what it is made of, who is short, and what is left of it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from placebudget.study import TITLES, Outlook, outlook, potential
from placebudget.study.outlook import ALL, GENERAL, NONE, PARTS, gap_said
from placebudget.study.standstill import CLOSING
from placebudget.view.charts import Chart
from placebudget.view.sheet import Grid, Row
from placebudget.view.studies.common import (
    MILLION,
    StudyView,
    bars,
    change,
    count,
    figures,
    pounds,
    view_of,
)
from placebudget.view.studies.entry import Choice, Flag, Rate, Study, Subject
from placebudget.words import money, sentence

_HEADS = {
    "opening": "today already",
    "prices": "dearer prices",
    "demand": "more need",
    "both": "more need at dearer prices",
    "change_of_money": "change of money",
    "gap": "gap",
    "new": "of it new",
    "council_tax": "council tax",
    "reserves": "reserves",
    "left": "left",
    "short": "short",
    "to_spare": "to spare",
    "today": "money today",
    "cost": "cost",
    "money": "money there is",
    "need_avoided": "need avoided",
    "cheaper": "cheaper ways",
    "not_bought": "not bought",
    "more_bought": "more bought",
    "set_up": "set-up and leaving",
    "nothing_for_it": "buys nothing",
    "management": "pools’ management",
    "borrowed": "loans",
    "not_spent": "not spent",
}
_GAP, _NEW = "gap", "of it new in the year"
_SHOWN = 50_000.0  # pounds: less cannot be seen in a chart
_SIGN = "A plus is money short, a minus money to spare."


def _finding(found: Outlook) -> str:
    said = gap_said(found.table.iloc[-1])
    return f"In the model, {said[:1].lower()}{said[1:]}"


def _view(found: Outlook, key: str) -> StudyView:
    """The gap year by year, its parts, and both by agency and service."""
    years, last = found.table.set_index("year"), found.table["year"].iloc[-1]
    place = found.place.title
    rows = pd.concat(
        [
            pd.DataFrame({"label": years.index, "series": name, "value": values / MILLION})
            for name, values in ((_GAP, years["gap"]), (_NEW, years["new"]))
        ]
    )
    parts = years.loc[last, list(PARTS)]
    made = pd.DataFrame(
        {"label": [_HEADS[part] for part in PARTS], "value": parts.to_numpy(float) / MILLION}
    )
    about = "More than nothing is money short, less is money to spare. Source: model of"
    return view_of(
        [
            bars(
                f"{key}-years", f"{gap_said(found.table.iloc[-1])}.",
                "The gap between what today’s services would cost and the money, £ million, cash "
                f"of the year, and how much of it is new in the year. {about} {place}.",
                rows, "£ million", list(years.index), [_GAP, _NEW],
            ),
            bars(
                f"{key}-parts", _parts_said(parts, last),
                f"What the gap of {last} is made of, £ million, cash; the bars add up to it. "
                f"{about} {place}.",
                made, "£ million", made["label"].tolist(),
            ),
            *_closing_chart(found, key),
        ],
        [
            _grid(f"{key}-years-table", "The gap by year, pounds, cash of the year", "year",
                  years[["cost", "money", "gap", "new"]], _SIGN),
            _grid(f"{key}-parts-table", "What the gap is made of, by year", "year",
                  years[[*PARTS, "gap"]], _SIGN),
            _grid(f"{key}-after", "Before and after what was stated", "year",
                  years[["gap", "council_tax", "reserves", "left", "short", "to_spare"]],
                  "Short and to spare: the gaps of the agencies short of revenue or capital, and "
                  "what others have to spare, before anything is stated. Money to spare of one "
                  "agency does not of itself meet the gap of another."),
            *_by_kind(found, key),
            *_by_agency(found, key),
            _by_service(found, key),
            *_closing(found, key),
        ],
    )  # fmt: skip


def _parts_said(parts: pd.Series, year: str) -> str:
    """Which part weighs most."""
    most = str(parts.abs().idxmax())
    return f"In {year} most comes from {_HEADS[most]}: {money(float(parts[most]), signed=True)}."


def _by_kind(found: Outlook, key: str) -> list[Grid]:
    """Revenue and capital apart, where there is capital."""
    rows = _last(found, "kinds").set_index("kind")
    if len(rows) < 2:
        return []
    caption = f"Revenue and capital apart, in {found.table['year'].iloc[-1]}"
    note = f"{_SIGN} Capital pays for revenue only where a rule lets it."
    table = rows.iloc[::-1][["cost", "money", "gap"]]
    return [_grid(f"{key}-kinds", caption, "kind of money", table, note, total=True)]


def _by_agency(found: Outlook, key: str) -> list[Grid]:
    rows, names = found.tables["agencies"], found.name_of
    rows = rows.assign(label=[names("agency", each) for each in rows["agency"]])
    last = rows[rows["year"] == found.table["year"].iloc[-1]].set_index("label")
    last = last.sort_values("gap", ascending=False, kind="stable")
    wide = rows.pivot(index="label", columns="year", values="gap").loc[last.index]
    wide.columns.name = None
    year = found.table["year"].iloc[-1]
    grids = [
        _grid(f"{key}-agencies", f"The gap of {year} by agency that pays today", "agency",
              last[[*PARTS, "gap"]], _SIGN, total=True),
        _grid(f"{key}-agency-years", "The gap by agency and year", "agency", wide, total=True),
    ]  # fmt: skip
    means = last[["gap", "council_tax", "reserves", "left"]]
    if (means["left"] != means["gap"]).any():
        caption = f"Before and after what was stated, in {year}, by agency"
        grids.append(_grid(f"{key}-agencies-after", caption, "agency", means, total=True))
    return grids


def _by_service(found: Outlook, key: str) -> Grid:
    rows = found.tables["services"]
    year = found.table["year"].iloc[-1]
    rows = rows[rows["year"] == year]
    sums = rows.groupby("service")[["today", "opening", "prices", "demand", "both", "cost"]].sum()
    sums.index = pd.Index([found.name_of("service", each) for each in sums.index])
    sums = sums.loc[(sums["cost"] - sums["today"]).sort_values(ascending=False).index]
    return _grid(
        f"{key}-services", f"What keeping each service costs in {year}", "service", sums,
        "Today already: what serving all in need would cost today above today’s money, for "
        "services led by need.",
        total=True, signed=False,
    )  # fmt: skip


def _closing_chart(found: Outlook, key: str) -> list[Chart | None]:
    """What each plan does about the gap of the last year, side by side."""
    if "plans" not in found.tables:
        return []
    rows = _last(found, "plans")
    parts = [part for part in CLOSING if (rows[part].abs() >= _SHOWN).any()]
    long = rows.melt("plan", parts, "part", "value")
    long = long.assign(
        label=long["part"].map(_HEADS),
        series=long["plan"].map(plan_name),
        value=long["value"] / MILLION,
    )
    least = rows.loc[rows["not_bought"].idxmin()]
    year = found.table["year"].iloc[-1]
    return [
        bars(
            f"{key}-closing",
            f"Least of today’s services falls away in {year} with {_spoken(least['plan'])}: units "
            f"that would cost {money(float(least['not_bought']))} are not bought.",
            f"What each plan does in {year} instead of keeping today’s services, £ million, cash; "
            "the bars of a plan add up to the gap. To the right: what closes it; to the left: what "
            f"widens it. Source: model of {found.place.title}.",
            long, "£ million", [_HEADS[part] for part in parts],
            list(dict.fromkeys(long["series"])),
        )
    ]  # fmt: skip


def _closing(found: Outlook, key: str) -> list[Grid]:
    """What each plan does about the gap of the last year, and what of each service falls away."""
    if "plans" not in found.tables:
        return []
    year = found.table["year"].iloc[-1]
    rows = _last(found, "plans").set_index("plan")
    rows.index = rows.index.map(plan_name)
    return [
        _grid(f"{key}-plans", f"What each plan does about the gap of {year}", "plan",
              rows[["gap", *CLOSING]],
              "The parts of a row add up to its gap: a plus closes it, a minus widens it."),
        _grid(f"{key}-not-bought", f"Today’s services not bought in {year}", "service",
              _not_bought(found, "not_bought"),
              "What the units would cost that today’s standard needs and a plan does not buy.",
              total=True, signed=False),
        figures(f"{key}-without", f"Who goes without: units not bought in {year}", "service, unit",
                _not_bought(found, "units_not_bought"), count,
                "Units that today’s standard needs, prevention does not take away, and a plan does "
                "not buy."),
    ]  # fmt: skip


def _not_bought(found: Outlook, column: str) -> pd.DataFrame:
    """What of each service falls away in the last year, a column a plan; most in pounds first."""
    rows = _last(found, "plan_services")
    order = rows.groupby("service")["not_bought"].max()
    order = order[order >= 0.5].sort_values(ascending=False, kind="stable").index
    wide = rows.pivot(index="service", columns="plan", values=column).fillna(0.0).loc[order]
    wide = wide[list(dict.fromkeys(rows["plan"]))].rename(columns=plan_name)
    units = found.place.filled("services").set_index("service")["unit"]
    names = [found.name_of("service", each) for each in order]
    if column != "not_bought":
        names = [f"{name}, {units[each]}" for name, each in zip(names, order, strict=True)]
    wide.index, wide.columns.name = pd.Index(names), None
    return wide


def _last(found: Outlook, table: str) -> pd.DataFrame:
    rows = found.tables[table]
    return rows[rows["year"] == found.table["year"].iloc[-1]].drop(columns="year")


def plan_name(key: str) -> str:
    """What a plan is called as a head or label."""
    return TITLES.get(key, sentence(key))


def _spoken(key: str) -> str:
    """What a plan is called in a sentence."""
    called = plan_name(key)
    return "today’s money carried on" if key == "today" else f"the {called.lower()} plan"


def _grid(
    key: str,
    caption: str,
    head: str,
    table: pd.DataFrame,
    note: str = "",
    *,
    total: bool = False,
    signed: bool = True,
) -> Grid:
    """Figures in pounds with heads in words, and where they add up a last row that does."""
    form = change if signed else pounds
    unsigned = {"short", "to_spare", "today", "cost", "money"}
    forms = [pounds if name in unsigned else form for name in table.columns]
    rows = [
        Row(str(label), tuple(f(value) for f, value in zip(forms, values, strict=True)))
        for label, values in zip(table.index, table.to_numpy().tolist(), strict=True)
    ]
    if total and len(rows) > 1:
        sums = tuple(f(value) for f, value in zip(forms, table.sum().tolist(), strict=True))
        rows.append(Row("all of it", sums, total=True))
    columns = [head, *(_HEADS.get(str(name), str(name)) for name in table.columns)]
    return Grid(key, caption, columns, rows, note)


_RESERVES = {
    GENERAL: "General reserves above their minimum",
    ALL: "All reserves above their minimum, also those set aside for something",
    NONE: "No reserves",
}


def _ask(subject: Subject, *, plans: bool, **stated: Any) -> Outlook:
    place = subject.whole()
    return outlook(place, plans=potential(place, **subject.watch).plans if plans else (), **stated)


_STATED = "What is stated"
STUDY = Study(
    name="outlook",
    about="what today's services would cost in each year, against the money there is: the gap",
    question="What would it cost to carry on as today, and is there money for it?",
    ask=_ask,
    view=_view,
    finding=_finding,
    arguments=(
        Rate(
            name="council_tax",
            label="Further rise of council tax a year",
            about="a further rise of council tax a year, beyond what the funding has (0.02: two "
            "per cent)",
            hint="Beyond what the figures have, each year from the first on. It holds for streams "
            "that are marked as council tax.",
            asked=True,
            group=_STATED,
        ),
        Choice(
            name="reserves",
            label="Which reserves may be used",
            about="general, all or none: which reserves above their minimum meet a gap",
            choices=_RESERVES,
            default=GENERAL,
            asked=True,
            group=_STATED,
        ),
        Rate(
            name="population",
            label="Growth a year of services without a need given",
            about="growth a year of services for which no need is given (0.005: half a per cent)",
            hint="Without it they stay at what is bought today.",
            asked=True,
            group=_STATED,
        ),
        Flag(
            name="plans",
            label="Also what the best plans do about it",
            about="also what today's money and each of the best plans do about it",
            hint="Needs all of these plans, and takes as long as they do.",
            asked=True,
            group="Plans",
        ),
    ),
    key="gap",
    screen="The gap",
    answers="What today’s services would cost in each year, kept as they are, against the money "
    "there is: dearer prices, more people in need, less or more money; by agency and by service, "
    "before and after reserves and a rise of council tax.",
    lead=(
        "These are sums of the figures of the place. Nothing is planned, unless the best plans "
        "are asked for.",
    ),
    wait="It takes a moment, with the best plans some minutes; other screens can be read "
    "meanwhile.",
    again="Ask with other figures",
    more="the-gap.md",
)
