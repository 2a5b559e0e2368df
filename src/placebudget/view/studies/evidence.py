"""What to believe and what to hold back: whether something worked, what a budget may come to."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from placebudget.errors import WrongArgument
from placebudget.place import UPLOADS
from placebudget.place.io.loose import BUDGET_LINES, OBSERVATIONS
from placebudget.place.names import Names
from placebudget.sector.budget_risk import KINDS_OF_LINES, BudgetRisk, budget_risk
from placebudget.sector.evaluation import MORE, WAYS_BETTER, DidItWork, did_it_work, seldom
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import StudyView, bars, figures, pounds, ranges, view_of
from placebudget.view.studies.councils import proposals_grid
from placebudget.view.studies.entry import (
    EXAMPLE_OR_FILE,
    EXECUTOR,
    FILE,
    SEED,
    WORKERS,
    Amount,
    Argument,
    Choice,
    Rate,
    Study,
    Subject,
    TableOf,
    Whole,
)
from placebudget.words import as_set, count, money, number, percent

_FILE = (
    f"At most {UPLOADS.file / 1e6:g} MB; the first line names the columns. It stays on this server "
    "only while this page is open."
)
_MORE = "did-it-work.md"
_NONE = "none"


# --- did it work -----------------------------------------------------------------------------


@cache
def example_observations() -> pd.DataFrame:
    """Invented observations: 14 areas over six years, in six of which something began."""
    draw, areas, years = np.random.default_rng(2), 14, range(2018, 2024)
    level = 40 + draw.normal(0, 4, areas)[:, None] + draw.normal(0, 1, len(years))
    value = level + draw.normal(0, 1, (areas, len(years)))
    rows = []
    for n in range(areas):
        start = 2021 if n < 6 else None
        for t, year in enumerate(years):
            less = 4.0 if start is not None and year >= start else 0.0
            name = "" if start is None else _financial(start)
            rows.append((f"Area {n + 1}", _financial(year), round(value[n, t] - less, 1), name))
    return pd.DataFrame(rows, columns=["area", "period", "value", "start"])


def _financial(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02d}"


def _figure(value: float) -> str:
    return "not known" if pd.isna(value) or np.isinf(value) else as_set(float(f"{value:.3g}"))


def _chance(value: float) -> str:
    return "not known" if pd.isna(value) else seldom(value)


def _since(periods: int) -> str:
    if periods < -1:
        return f"{number(-periods)} periods before"
    known = {-1: "the last period before", 0: "the first period with it", 1: "one period later"}
    return known.get(periods, f"{number(periods)} periods later")


def _found(row: dict[str, Any]) -> tuple[str, ...]:
    return (_figure(row["effect"]), _figure(row["low"]), _figure(row["high"]))


def _worked_view(found: DidItWork, key: str) -> StudyView:
    tables = found.tables
    events = tables["events"]
    ends = {name: events[name].fillna(events["effect"]) for name in ("low", "high")}
    drawn = pd.DataFrame({"label": events["since"].map(_since), "first": events["effect"], **ends})
    chart = ranges(
        f"{key}-events", f"{found.finding()}.",
        "What areas that have it changed by beyond those compared, beside the last period before, "
        "in what was counted: people, days or pounds. Lines are intervals of 95%. Before it began "
        "marks should lie at nought.",
        drawn, "as it was counted", ("effect", ""),
    )  # fmt: skip
    told = [
        (_since(row["since"]), *_found(row), number(row["areas"]))
        for row in events.to_dict("records")
    ]
    cohorts = [
        (row["start"], number(row["areas"]), *_found(row))
        for row in tables["cohorts"].to_dict("records")
    ]
    moved = [
        (f"{number(row['earlier'])} earlier", *_found(row), _chance(row["chance"]))
        for row in tables["placebos"].to_dict("records")
    ]
    checks = [
        (row["check"], *_found(row), _chance(row["chance"]))
        for row in tables["checks"].dropna(subset="effect").to_dict("records")
    ]
    means = [
        (row["period"], _figure(row["treated"]), _figure(row["compared"]))
        for row in tables["means"].to_dict("records")
    ]
    head = ["effect", "low", "high"]
    return view_of(
        [chart],
        [
            text_grid(f"{key}-since", "Period by period", ["since", *head, "areas"], told),
            text_grid(f"{key}-means", "Means", ["period", "have it", "compared"], means),
            text_grid(f"{key}-cohorts", "By when areas began", ["began", "areas", *head], cohorts),
            text_grid(
                f"{key}-placebos", "Dates that are moved earlier",
                ["date", *head, "by chance"], moved,
                "In figures from before it began: an effect here would be none of what is asked.",
            ),
            text_grid(f"{key}-checks", "Checks", ["check", *head, "by chance"], checks),
            _believed(found, key),
            _expected(found, key),
            proposals_grid(found, key),
        ],
    )  # fmt: skip


def _believed(found: DidItWork, key: str) -> Grid | None:
    if "belief" not in found.tables:
        return None
    rows = [
        (row["what"], _figure(row["mean"]), _figure(row["error"]), row["grade"])
        for row in found.tables["belief"].to_dict("records")
    ]
    head = ["what", "of one unit", "give or take", "grade"]
    return text_grid(f"{key}-belief", "What is believed of the effect", head, rows)


def _expected(found: DidItWork, key: str) -> Grid | None:
    if "expected" not in found.tables:
        return None
    table = found.tables["expected"].set_index("year")
    table = table.rename(columns={"expected": "expected of the plan", "found": "as found"})
    return figures(
        f"{key}-expected", "Outcomes of the plan, and what they come to as found", "year", table,
        lambda value: "" if pd.isna(value) else count(value),
    )  # fmt: skip


def _effects(subject: Subject) -> dict[str, str]:
    """Effects of the place, by service and outcome; first none, of which nothing is learned."""
    none = {_NONE: "None of this place"}
    if subject.place is None:
        return none
    names = Names(subject.place)
    rows = subject.place.effects[["service", "outcome"]].drop_duplicates()
    return none | {
        f"{row.service}/{row.outcome}": f"{names.of('service', row.service)}: "
        f"{names.of('outcome', row.outcome)}"
        for row in rows.itertuples()
    }


def _worked_ask(
    subject: Subject,
    *,
    figures: str,
    observations: pd.DataFrame | None,
    called: str | None,
    better: str,
    effect: str | None,
    units: float,
    seed: int,
) -> DidItWork:
    if observations is None:
        if figures == FILE:
            raise WrongArgument("bring the figures: --observations FILE.csv")
        found = did_it_work(
            example_observations(), better="less", called="What was counted", seed=seed
        )
        return replace(found, notes=("The observations are invented.", *found.notes))
    named: dict[str, Any] = {}
    if effect not in (None, _NONE):
        service, _, outcome = str(effect).partition("/")
        named = {"place": subject.place, "service": service, "outcome": outcome}
        named["plan"] = subject.plan
    return did_it_work(
        observations, called=called or "", better=better, units=units, seed=seed, **named
    )


WORKED = Study(
    name="did_it_work",
    about="what something did in areas where it was tried beside areas where it was not, how sure "
    "that is, and what is then believed of the effect",
    question="Did it work, and what do we now believe?",
    ask=_worked_ask,
    view=_worked_view,
    finding=DidItWork.finding,
    modelled=False,
    placeless=True,
    arguments=(
        EXAMPLE_OR_FILE,
        TableOf(
            name="observations", label="File of observations", table=OBSERVATIONS, asked=True,
            when=("figures", FILE), most=20_000,
            about="file of observations: area, period, value; start and weight if told",
            hint="Columns area, period, value, and start (the first period in which the area has "
            f"it; blank: never) and weight if told. {_FILE}",
        ),
        Argument(
            name="called", about="what was counted, to begin a sentence with",
            nothing="the outcome of the effect, or what was seen",
        ),
        Choice(
            name="better", label="What is better", about="whether more or less of it is better",
            default=MORE, choices=WAYS_BETTER, asked=True,
            hint="Of figures of your own; of those of the example less is better.",
        ),
        Choice(
            name="effect", label="Effect of the place that it is about",
            about="effect of the place that it is about, as service/outcome",
            nothing="none: nothing is proposed", asked=True, choices=_effects, other="/",
        ),
        Amount(
            name="units", label="Units of the service", unit="units", default=1.0, asked=True,
            about="units of the service that an area has for each one of the value",
        ),
        SEED,
    ),
    screen="Did it work",
    lead=(
        "Places that are chosen because they were worst improve anyway: what is asked is by how "
        "much more than places that were not chosen.",
    ),
    wait="It begins with invented observations. Bring those that were made.",
    again="Ask of other figures",
    sums=True,
    more=_MORE,
)  # fmt: skip


# --- what a budget may come to ---------------------------------------------------------------


def _risk_view(found: BudgetRisk, key: str) -> StudyView:
    lines = found.table
    moves = lines[lines["drives"].abs() > 0]
    drawn = pd.DataFrame({"label": moves["line"], "value": 100 * moves["drives"]})
    chart = bars(
        f"{key}-drives", f"{found.finding()}.",
        "Which line drives by how many pounds the whole budget may be off, in per cent of its "
        "variance.",
        drawn, "% of the variance", drawn["label"].tolist(),
    )  # fmt: skip
    told = [
        (
            row["line"], KINDS_OF_LINES[row["kind"]], money(row["budget"]), money(row["p10"]),
            money(row["p90"]), percent(row["chance"]), percent(row["drives"]),
        )
        for row in lines.to_dict("records")
    ]  # fmt: skip
    covers = found.tables["covers"]
    kept = covers.set_index(covers["years_covered"].map(percent))[["reserve"]]
    return view_of(
        [chart],
        [
            text_grid(
                f"{key}-lines", "Line by line",
                ["line", "led by", "budget", "one in ten is below", "one in ten is above",
                 "beyond its budget", "drives"], told,
                "Of income, beyond its budget is less than was expected.",
            ),
            figures(
                f"{key}-covers", "What a reserve covers", "years covered", kept, pounds,
                "What is spent beyond the budget in a year like this one is at most so much.",
            ),
            proposals_grid(found, key),
        ],
    )  # fmt: skip


def _whose(subject: Subject) -> dict[str, str]:
    """Agencies of the place with services, and a budget of one's own."""
    own = {FILE: "A budget of your own, from a file"}
    if subject.place is None:
        return own
    held = dict.fromkeys(subject.place.services["commissioner"].astype(str))
    return {each: Names(subject.place).of("agency", each) for each in held} | own


def _risk_ask(
    subject: Subject,
    *,
    agency: str | None,
    budget_lines: pd.DataFrame | None,
    sure: float,
    draws: int,
    seed: int,
    executor: str,
    workers: int | None,
) -> BudgetRisk:
    if budget_lines is None and (agency == FILE or subject.place is None):
        raise WrongArgument("bring the lines of a budget: --budget-lines FILE.csv, or a place.")
    whose = "" if agency in (None, FILE) else str(agency)
    watch = {name: each for name, each in subject.watch.items() if name in ("stop", "progress")}
    if budget_lines is not None:
        return budget_risk(
            budget_lines, place=subject.place, agency=whose, sure=sure, draws=draws, seed=seed
        )
    return budget_risk(
        place=subject.place, plan=subject.plan, agency=whose, sure=sure, draws=draws, seed=seed,
        executor=executor, workers=workers, **watch,
    )  # fmt: skip


RISK = Study(
    name="budget_risk",
    about="how likely the budget of an agency is to be overspent, which line drives that, and what "
    "reserve covers it",
    question="How much should we hold back?",
    ask=_risk_ask,
    view=_risk_view,
    finding=BudgetRisk.finding,
    placeless=True,
    chance=True,
    arguments=(
        Choice(
            name="agency", label="Whose budget", about="agency whose budget it is", asked=True,
            choices=_whose, nothing="the one with most money for services",
        ),
        TableOf(
            name="budget_lines", label="File of lines", table=BUDGET_LINES, asked=True,
            when=("agency", FILE), most=2000,
            about="file of lines: line, budget; expected, error, spread, grade, cases and kind "
            "if told",
            hint="Columns line and budget, and expected, error (pounds), spread (of the mean) or "
            f"grade, cases and kind (need, budget, income) if told. {_FILE}",
        ),
        Rate(
            name="sure", label="Years that the reserve covers",
            about="share of years that the reserve is to cover", default=0.9, asked=True,
            unit="% of years",
        ),
        Whole(
            name="draws", label="Number of draws", about="how many draws; the next power of two",
            default=256, first=64, least=2, span=(16, 1024), asked=True,
            hint="The next power of two is taken: 64, 128, 256 … Lines of a file take more.",
        ),
        SEED, EXECUTOR, WORKERS,
    ),
    screen="What to hold back",
    lead=(
        "What is needed has to be paid. Needs, costs and income are drawn together from what is "
        "believed of them: lines that were all apart would flatter the budget.",
    ),
    again="Draw again",
    more="what-to-hold-back.md",
)  # fmt: skip
STUDIES = (WORKED, RISK)
"""What is believed, and what follows from it."""
