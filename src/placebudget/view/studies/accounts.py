"""Every pound, from its stream to what it is spent on; what the schedule of a pool specifies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.plan.worded_table import labels_of
from placebudget.study import Accounts, PoolSchedule, accounts, section_75
from placebudget.study.accounts import HEADING, NOT_MODELLED
from placebudget.view.sheet import Grid, Part, Section, text_grid
from placebudget.view.studies.common import (
    MILLION,
    StudyView,
    bars,
    figures,
    penny_table,
    pounds,
    view_of,
)
from placebudget.view.studies.entry import (
    PLANNED,
    Study,
    Subject,
)
from placebudget.view.studies.risk_share import (
    OVERSPEND,
    PASS_ON,
    POOL,
    RISK_POOL,
    SHARES,
)
from placebudget.words import count, money, percent

_CARRIED = "carried forward"
_ANSWERS = {
    "money": "raised here",
    "outcomes": "voted by Parliament, answered for here for its outcomes",
    "savings": "savings spent again",
}
_SIGNED = ("Prepared by: to be filled in", "Reviewed by: to be filled in")


def _finding(found: Accounts) -> str:
    uses = found.table[found.table["use"] != _CARRIED]
    whole = float(uses["amount"].sum())
    local = float(uses.loc[uses["raised"] == "local", "amount"].sum())
    return (
        f"In the model, every pound of {money(whole)} is accounted for; "
        f"{percent(local / whole if whole else 0.0)} is raised locally and answered for to electors"
    )


def _view(found: Accounts, key: str) -> StudyView:
    """Who holds what and who answers for it, uses, conditions, and the statements."""
    uses = found.table[found.table["use"] != _CARRIED]
    agencies, streams = labels_of(found.plan, "agencies"), labels_of(found.plan, "streams")
    held = uses.groupby(["agency", "raised"])["amount"].sum().reset_index()
    held["label"] = held["agency"].map(agencies)
    order = held.groupby("label")["amount"].sum().sort_values(ascending=False).index.tolist()
    rows = held.assign(value=held["amount"] / MILLION, series="raised " + held["raised"])
    series = [name for name in ("raised local", "raised national", "raised reinvested")
              if name in set(rows["series"])]  # fmt: skip
    chart = bars(
        f"{key}-held", f"{_finding(found)}.",
        f"Money by agency and where it is raised, £ million, cash, all years. Source: model "
        f"of {found.plan.place['title']}, plan “{found.plan.name}”.",
        rows[["label", "value", "series"]], "£ million", order, series,
    )  # fmt: skip
    by_use = _wide(uses.assign(agency=uses["agency"].map(agencies)), "agency", "use")
    by_purpose = _wide(uses[uses["purpose"] != ""], "purpose", "raised")
    conditions = [
        (streams[row.stream], row.purposes.replace("_", " "), pounds(row.inside),
         pounds(row.outside), "kept" if row.kept else row.note)
        for row in found.tables["conditions"].itertuples()
    ]  # fmt: skip
    head = ["stream", "only for", "spent on these", "spent outside", "condition"]
    return view_of(
        [chart],
        [
            figures(f"{key}-uses", "Uses by agency, cash, all years", "agency", by_use, pounds),
            figures(
                f"{key}-purposes", "Services by purpose and where the money is raised", "purpose",
                by_purpose, pounds,
            ),
            text_grid(f"{key}-conditions", "Conditions of grants", head, conditions),
        ],
        sections=_statements(found, key),
    )  # fmt: skip


def _wide(uses: pd.DataFrame, rows: str, columns: str) -> pd.DataFrame:
    table = uses.pivot_table("amount", rows, columns, "sum", fill_value=0.0)
    return table.assign(total=table.sum(axis=1)).sort_values("total", ascending=False)


def _statements(found: Accounts, key: str) -> list[Section]:
    """To the electors of each authority, and to Parliament."""
    agencies, electors = labels_of(found.plan, "agencies"), found.tables["electors"]
    statements = []
    for number, authority in enumerate(found.authorities):
        rows = electors[electors["authority"] == authority]
        name, mine = agencies.get(authority, authority), f"{key}-{number}"
        inside: list[Part] = [
            f"{HEADING}.",
            _electors(rows, mine, name),
            *_came_of(found, rows, mine),
            _SIGNED,
        ]
        statements.append(Section(f"To the electors of {name}", inside))
    return [
        Section("What is exact, and what is a convention", _split(found)),
        Section("To the electors of each authority that raises money", statements),
        Section(
            "To Parliament, by grant",
            [f"{HEADING}.", _parliament(found, key), _SIGNED, NOT_MODELLED],
        ),
    ]


def _split(found: Accounts) -> list[str]:
    """How much of the money is followed exactly."""
    parts = found.table.groupby("split")["amount"].sum()
    whole, exact = float(parts.sum()), float(parts.get("exact", 0.0))
    if whole <= 0:
        return []
    rest = whole - exact
    said = f"Which stream pays for which use is exact for {percent(exact / whole)} of the money."
    if rest > 0.5:
        said += (
            f" For {percent(rest / whole)} ({money(rest)}) streams with the same conditions "
            "share their uses by a convention. Totals of every stream are exact."
        )
    return [said]


def _use(rows: pd.DataFrame) -> pd.Series:
    """The purpose of a service; for other uses what they are."""
    return rows["purpose"].where(rows["purpose"] != "", rows["use"])


def _electors(rows: pd.DataFrame, key: str, name: str) -> Grid:
    table = rows.assign(what=_use(rows), kind=rows["answers_for"].map(_ANSWERS))
    wide = table.pivot_table("amount", "what", "kind", "sum", fill_value=0.0)
    wide = wide[[kind for kind in _ANSWERS.values() if kind in wide]]
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False).index]
    wide.loc["all of it"] = wide.sum()
    caption = f"What money pays for that is answered for to the electors of {name}"
    return figures(f"{key}-electors", caption, "purpose or use", wide, pounds,
                   "Cash, all years.")  # fmt: skip


def _came_of(found: Accounts, rows: pd.DataFrame, key: str) -> list[Grid]:
    made = found.tables["outcomes"].merge(rows[["service", "area"]].drop_duplicates())
    if made.empty:
        return []
    names = labels_of(found.plan, "outcomes")
    counted = made.groupby(["outcome", "unit"])["counted"].sum()
    lines = [
        (names.get(outcome, outcome).replace("_", " "), count(amount), unit)
        for (outcome, unit), amount in counted.items()
    ]
    caption = "What came of these services in these areas, from all money spent on them"
    head = ["outcome", "in the model", "unit"]
    return [text_grid(f"{key}-came", caption, head, lines)]


def _parliament(found: Accounts, key: str) -> Grid:
    streams, agencies = labels_of(found.plan, "streams"), labels_of(found.plan, "agencies")
    keys = ["stream", "agency", "condition", "legal_power"]
    rows = found.tables["parliament"]
    rows = rows[rows["use"] != _CARRIED]
    lines = []
    for (stream, agency, condition, power), part in rows.groupby(keys, sort=False, dropna=False):
        whole = float(part["amount"].sum())
        exact = float(part.loc[part["split"] == "exact", "amount"].sum())
        lines.append(
            (
                streams.get(stream, stream),
                agencies.get(agency, agency),
                condition.replace("_", " ") if condition else "no ring-fence",
                power,
                pounds(whole),
                percent(exact / whole) if whole else "",
            )
        )
    head = ["grant", "held by", "only for", "legal power", "spent, all years", "of it exact"]
    return text_grid(f"{key}-parliament", "Money voted by Parliament, by grant", head, lines)


def _ask(subject: Subject, *, objective: str, pooling: str) -> Accounts:
    return accounts(subject.planned(objective, pooling))


STUDY = Study(
    name="accounts",
    about="every pound from who raised it to what it paid for, told to electors and to Parliament",
    question="Which money pays for what, and who answers for it to whom?",
    ask=_ask,
    view=_view,
    finding=_finding,
    arguments=PLANNED,
    key="pound",
    screen="Follow the pound",
    answers="Every pound of the best pooled plan, from who raised it to what it pays for: a "
    "statement to the electors of each authority that raises money, and one to Parliament by "
    "grant, with its conditions.",
    lead=(f"{HEADING}.", "It is about the best pooled plan."),
    more="follow-the-pound.md",
)


# What an agreement on a pooled fund has to specify.


def _schedule_finding(found: PoolSchedule) -> str:
    return found.finding()


def _schedule_view(found: PoolSchedule, key: str) -> StudyView:
    """What each partner pays in and what the fund pays for, year by year, to the penny."""
    years = list(found.place.years)
    paid = _by_year(found.table, "stream", "gross", years, found)
    spent = _by_year(found.tables["services"], "service", "amount", years, found)
    fund = found.tables["fund"].set_index("year")
    fund = fund.set_axis(["paid in", "management", "services", "left in the fund"], axis=1)
    by = found.table.groupby("agency", sort=False)["gross"].sum() / MILLION
    who = [found.name_of("agency", str(agency)) for agency in by.index]
    chart = bars(
        f"{key}-partners", f"{found.finding()}.",
        f"What each partner pays in, £ million, cash, all years. Source: model of "
        f"{found.place.title}.",
        pd.DataFrame({"label": who, "value": by.to_numpy()}), "£ million", who,
    )  # fmt: skip
    return view_of(
        [chart],
        [
            penny_table(f"{key}-paid", "What is paid in", "from", paid, list(paid)),
            penny_table(f"{key}-fund", "The fund, year by year", "year", fund, list(fund)),
            penny_table(f"{key}-services", "What it pays for", "service", spent, list(spent)),
        ],
    )


def _by_year(
    rows: pd.DataFrame, what: str, amount: str, years: list[str], found: PoolSchedule
) -> pd.DataFrame:
    wide = rows.pivot_table(amount, what, "year", "sum", fill_value=0.0, sort=False)
    wide = wide.reindex(columns=years, fill_value=0.0)
    wide.index = pd.Index([found.name_of(what, str(key)) for key in wide.index])
    return wide


def _schedule_ask(
    subject: Subject, *, pool: str | None, shares: pd.DataFrame | None, **asked: Any
) -> PoolSchedule:
    plan = subject.planned(**{each.name: asked.pop(each.name) for each in PLANNED})
    return section_75(plan, pool, place=subject.place, shares=shares, **asked)


_POOLED = {each.name: each.default for each in PLANNED}
SCHEDULE = Study(
    name="section_75",
    about="what the agreement on a pooled fund has to specify, each figure as in the plan, and "
    "what is left to fill in",
    question="What does the agreement on a pooled fund have to say?",
    ask=_schedule_ask,
    view=_schedule_view,
    finding=_schedule_finding,
    arguments=(
        *PLANNED,
        replace(
            POOL,
            button="",
            none=(
                "No pool pays for anything in the best pooled plan, so there is nothing to specify",
                POOL.none[1],
            ),
        ),
        replace(SHARES, asked=False),
        OVERSPEND,
        replace(RISK_POOL, asked=False),
        replace(PASS_ON, asked=False),
    ),
    key="schedule",
    screen="The schedule of a pool",
    answers="An agreement under section 75 of the National Health Service Act 2006 must specify "
    "aims, contributions, functions, persons, staff, duration and how its fund is managed. This "
    "writes down what of it the best pooled plan and its place hold, to the penny, and leaves a "
    "blank for the rest.",
    lead=("It is about the best pooled plan. It is no agreement, and no legal advice.",),
    again="Choose another pool",
    more="write-the-section-75-schedule.md",
)
