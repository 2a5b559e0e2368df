"""Did it work: what was seen before and after, beside what was expected, and what is then believed.

The effect is a difference in differences (``sector.differences``). A finding about an effect of a
place is weighed with what was believed of it by precision (``placebudget.belief``): the proposal
sets the effect, how far it may be off, and its grade. Of one unit of a service,

found      = effect / units,            believed = impact (1 - optimism bias) x rest,
then believed = both by precision,      impact   = that / (rest (1 - optimism bias of its grade))

where rest is engagement, retention, attribution and what is no deadweight.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, instance, known_key, number, one_of, text, whole
from placebudget.belief import OF_95, Belief, own_or, spread_of_grades
from placebudget.errors import CannotAnswer, UnreadableTable, WrongArgument
from placebudget.place import Option, Place
from placebudget.place.geography import is_blank
from placebudget.place.io.loose import OBSERVATIONS, typed_rows
from placebudget.place.io.reading import PlaceLike
from placebudget.place.names import Names
from placebudget.plan import Plan
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Summary, sentences
from placebudget.sector.compare import a_place
from placebudget.sector.differences import (
    FEW,
    Found,
    Watched,
    by_cohort,
    by_event,
    difference,
    drift,
    falling_back,
    placebos,
)
from placebudget.sector.proposal import Proposal, SectorResult, proposals_table
from placebudget.texts import listed, shown
from placebudget.value import effect_per_unit
from placebudget.words import as_set, percent, sentence
from placebudget.words import number as in_digits

MORE, LESS = "more", "less"
WAYS_BETTER = {MORE: "More is better", LESS: "Less is better"}
COMPARED, UNTESTED = "3", "4"
"""Grades of a comparison, and of one where nothing is known of earlier trends."""
SURE = 0.05
"""What chance does less often than this is not taken for chance."""
_SOURCE, _TITLE = "own_evaluation", "Own evaluation, areas compared before and after"
_HALF = 0.5
_SELDOM = 0.001
"""A smaller chance rests on the shape of the tails: it is not told to the digit."""


@dataclass(frozen=True, eq=False)
class DidItWork(SectorResult):
    """What areas that got something changed by beyond those that did not, and what it teaches.

    ``tables`` holds:

    - ``effect``: effect, low, high (95 %), chance (how often as much is found where there is
      none), areas, treated;
    - ``means``: period, treated, compared;
    - ``events``: since (periods since it began), effect, low, high, areas;
    - ``cohorts``: start, areas, effect, low, high, chance;
    - ``placebos``: earlier (periods), effect, low, high, chance;
    - ``checks``: check, value, low, high, chance;
    - ``belief``: what, mean, error, spread, grade, of one unit of the service;
    - ``expected``: year, expected, found, low, high: outcomes of the plan, and what they come to.
    """

    @property
    def table(self) -> pd.DataFrame:
        """The effect."""
        return self.tables["effect"]

    @property
    def own_names(self) -> Collection[str]:
        """Figures are in what was counted, and no pounds."""
        return (
            "effect", "low", "high", "mean", "error", "value", "treated", "compared", "expected",
            "found",
        )  # fmt: skip

    def finding(self) -> str:
        """What it comes to, in a line."""
        facts = self.facts
        size = as_set(_short(abs(facts["effect"])))
        said = (
            f"{facts['called']} is {size} {'higher' if facts['effect'] > 0 else 'lower'} than "
            f"areas compared would lead to expect once an area has it ({facts['first']} to "
            f"{facts['last']}), which is {'better' if facts['helps'] else 'worse'}"
        )
        if not isnan(facts["low"]):
            low, high = (as_set(_short(facts[end])) for end in ("low", "high"))
            said = f"{said} ({low} to {high} with 95% confidence)"
        if facts["falls_back"]:
            return f"{said}, most of which may be falling back after an unusual period"
        if isnan(facts["chance"]):
            return f"{said}; whether that is chance cannot be told from so few areas"
        if facts["chance"] >= SURE:
            return f"{said}, which cannot be told from chance"
        return said

    def summarised(self) -> Summary:
        """The finding, how sure it is, and what is then believed."""
        lines = [f"{self.finding()}.", *self.facts["told"], *self.offered]
        return Summary(self.title, tuple(sentences(lines)))


def did_it_work(
    observations: pd.DataFrame,
    *,
    better: str = MORE,
    called: str = "",
    place: PlaceLike | None = None,
    service: str = "",
    outcome: str = "",
    units: float = 1.0,
    plan: Plan | None = None,
    grade: str = "",
    seed: int = 0,
) -> DidItWork:
    """What something did where it was tried, beside areas where it was not, and what it teaches.

    Parameters
    ----------
    observations : DataFrame
        ``area``, ``period`` and ``value``; ``start``, the first period in which an area has it
        (blank: never); ``weight`` if areas do not all count alike.
    better : str
        Whether ``"more"`` or ``"less"`` of the value is better.
    called : str
        What the value is, to begin a sentence with; default: the outcome of the place.
    place : Place, path or str, optional
        A place with an effect that the finding is about.
    service, outcome : str
        That effect.
    units : float
        How many units of the service an area has for each one of the value that is counted.
    plan : Plan, optional
        A plan of the place, whose expected outcomes are shown beside what was found.
    grade : str
        Grade of the finding; blank: 3, a comparison, or 4 where earlier trends are not known.
    seed : int
        What arrangements of areas are drawn from, where there are too many for all.

    Raises
    ------
    WrongArgument, UnreadableTable
        If a figure, a period or an argument cannot be meant; all of it is named.
    CannotAnswer
        If there is nobody to compare with, or nothing before, or statsmodels is not installed.

    Examples
    --------
    >>> watched = pd.DataFrame({
    ...     "area": ["NJ", "NJ", "PA", "PA"], "period": ["1992-02", "1992-11"] * 2,
    ...     "value": [20.44, 21.03, 23.33, 21.17], "start": ["1992-11"] * 2 + [""] * 2,
    ... })
    >>> round(float(did_it_work(watched).table["effect"].iloc[0]), 2)
    2.75
    """
    with Arguments() as asked:
        rows = asked.read(_observed, observations)
        better = asked.read(one_of, "better", better, WAYS_BETTER)
        called = asked.read(text, "called", called)
        where = asked.read(a_place, place)
        service = asked.read(text, "service", service)
        outcome = asked.read(text, "outcome", outcome)
        units = asked.read(number, "units", units, above=0)
        grade = asked.read(text, "grade", grade)
        seed = asked.read(whole, "seed", seed)
        if plan is not None:
            asked.read(instance, "plan", plan, Plan, "a Plan of the place")
    if where is None and (service or outcome or plan is not None):
        raise WrongArgument("service, outcome and plan are those of a place: give the place, too")
    if where is not None and (service or outcome):
        known_key("service", service, where.effects["service"])
        mine = where.effects[where.effects["service"] == service]
        known_key("outcome", outcome, mine["outcome"], of=f"The service {service}")
    periods = sorted(set(rows["period"]), key=_in_order)
    watched, areas, told = _watched(rows, periods)
    found = difference(watched, seed)
    if isnan(found.effect):
        raise CannotAnswer(
            "no area that has it can be compared: figures from before it began are needed of the "
            "same areas, and of others in the same periods."
        )
    trend, back = drift(watched, seed), falling_back(watched)
    helps = (found.effect > 0) == (better == MORE)
    alike = not isnan(back) and back * found.effect > 0
    falls_back = alike and abs(back) >= _HALF * abs(found.effect)
    apart = trend.chance < SURE
    facts: dict[str, Any] = {
        "called": called or _of_outcome(where, outcome), "better": better, "helps": helps,
        "few": watched.few,
        "first": periods[0], "last": periods[-1],
        "areas": len(areas), "treated": int(watched.treated.sum()), **vars(found),
        "falls_back": falls_back, "back": back, "apart": apart, "untested": isnan(trend.effect),
        "sign": 1.0 if better == MORE else -1.0,
    }  # fmt: skip
    made: tuple[Proposal, ...] = ()
    none = "no effect of a place is named that this is about."
    learned, expected = pd.DataFrame(), pd.DataFrame()
    if where is not None and service:
        effect = _Effect.of(where, service, outcome)
        seen = Belief.within(
            facts["sign"] * found.effect / units, found.error / units,
            grade or (UNTESTED if facts["untested"] else COMPARED), _SOURCE,
        )  # fmt: skip
        after = effect.believed.weighed(seen)
        learned = _learned(effect.believed, seen, after)
        expected = _expected(plan, service, outcome, effect.believed, seen)
        made, none = _proposed(where, effect, seen, after, facts, periods[-1])
    facts["told"] = _told(facts, found, trend, watched, learned)
    tables = {
        "effect": pd.DataFrame([_row(found) | {"areas": len(areas), "treated": facts["treated"]}]),
        "means": _means(watched, periods),
        "events": by_event(watched),
        "cohorts": pd.DataFrame(
            [{"start": periods[g], "areas": n, **_row(each)} for g, n, each in by_cohort(watched)]
        ),
        "placebos": pd.DataFrame(
            [{"earlier": n, **_row(each)} for n, each in placebos(watched)],
            columns=["earlier", "effect", "low", "high", "chance"],
        ),
        "checks": _checks(found, trend, back),
        "belief": learned,
        "expected": expected,
        "proposals": proposals_table(made),
    }  # fmt: skip
    tables = {name: frame for name, frame in tables.items() if len(frame.columns)}
    options = {
        "better": better, "service": service, "outcome": outcome, "units": units, "grade": grade,
        "seed": seed,
    }  # fmt: skip
    inputs = {} if where is None else {"place": where.name, "inputs": where.digest}
    run = run_record(study="did_it_work", options=options, **inputs)
    return DidItWork(
        "Did it work", tables, (*_notes(watched, found), *told), run, made, none, facts
    )


def _of_outcome(place: Place | None, outcome: str) -> str:
    if place is None or not outcome:
        return "What was seen"
    return sentence(Names(place).of("outcome", outcome))


# Reading.


def _in_order(period: str) -> list[tuple[int, float, str]]:
    """Periods in the order of their numbers, and of their letters between them."""
    parts = re.split(r"(\d+)", period)
    return [(0, float(each), "") if each.isdigit() else (1, 0.0, each) for each in parts if each]


def _observed(given: object) -> pd.DataFrame:
    """Observations as numbers; all that is wrong is named."""
    held, said = typed_rows("observations", given, OBSERVATIONS)
    known = set(held["period"])
    for at, row in zip(held.index, held.to_dict("records"), strict=True):
        where = f"observations, row {at}"
        if row["start"] and row["start"] not in known:
            said.append(f"{where}: start {shown(row['start'])} is no period of the table")
        if _yet_to_come(row["period"]):
            said.append(f"{where}: {shown(row['period'])} is yet to come, and nothing was seen")
    several = held.groupby("area")["start"].nunique()
    said += [
        f"observations: {shown(each)} has two starts; keep the first"
        for each in several[several > 1].index
    ]
    if said:
        raise UnreadableTable.of(said)
    return held.fillna({"weight": 1.0}).reset_index(drop=True)


def _yet_to_come(period: str) -> bool:
    """Whether a period begins with a year that has not begun."""
    year = re.match(r"(\d{4})(?!\d)", period)
    return year is not None and int(year.group(1)) > date.today().year


def _watched(rows: pd.DataFrame, periods: list[str]) -> tuple[Watched, list[str], list[str]]:
    """Areas x periods; areas with it from the first period on tell nothing and are left out."""
    number_of = {period: n for n, period in enumerate(periods)}
    starts = rows.groupby("area")["start"].first().map(lambda s: number_of.get(s, len(periods)))
    always = starts.index[starts == 0].tolist()
    told = []
    if always:
        told.append(f"They have it from the first period on, and are left out: {listed(always)}.")
        starts = starts.drop(always)
    if not len(starts) or len(periods) < 2 or len(starts) < 2:
        raise CannotAnswer("two areas and two periods at least are needed to compare.")
    if not (starts < len(periods)).any():
        raise CannotAnswer("no area has it: write in start when each began.")
    areas = starts.index.tolist()
    values = rows.pivot(index="area", columns="period", values="value").loc[areas, periods]
    lacking = values.index[values.isna().any(axis=1)].tolist()
    if lacking:
        told.append(
            f"Without a figure of every period, and compared only where there is one: "
            f"{listed(lacking)}."
        )
    weights = rows.groupby("area")["weight"].mean().loc[areas]
    return (
        Watched(values.to_numpy(float), weights.to_numpy(float), starts.to_numpy(int)),
        areas,
        told,
    )


# What is believed.


@dataclass(frozen=True)
class _Effect:
    """An effect of a place: what is believed of a unit, and by what its impact is multiplied."""

    row: Mapping[str, Any]
    believed: Belief
    rest: float
    bias: Mapping[str, float]

    @classmethod
    def of(cls, place: Place, service: str, outcome: str) -> _Effect:
        rows = place.filled("effects")
        rows = rows[(rows["service"] == service) & (rows["outcome"] == outcome)]
        row = rows.iloc[0]
        grade = "" if is_blank(row["evidence"]) else str(row["evidence"])
        evidence = place.filled("evidence")
        whole_ = float(effect_per_unit(rows.assign(impact=1.0, evidence=None), evidence)[0])
        mean = float(effect_per_unit(rows, evidence)[0])
        spread = float(own_or(row["spread"], spread_of_grades(place).get(grade, 0.0)))
        bias = dict(zip(evidence["grade"].astype(str), evidence["optimism_bias"], strict=True))
        source = "" if is_blank(row["source"]) else str(row["source"])
        return cls(row.to_dict(), Belief(mean, spread, grade, source), whole_, bias)

    def impact(self, of_a_unit: float, grade: str) -> float:
        """The impact by which a unit makes so much, under a grade."""
        return max(of_a_unit, 0.0) / (self.rest * (1.0 - self.bias.get(grade, 0.0)))


def _learned(before: Belief, seen: Belief, after: Belief) -> pd.DataFrame:
    rows = [
        (what, float(each.mean), float(each.error), float(each.spread), each.grade or "none")
        for what, each in (("believed", before), ("found", seen), ("then believed", after))
    ]
    return pd.DataFrame(rows, columns=["what", "mean", "error", "spread", "grade"])


def _expected(
    plan: Plan | None, service: str, outcome: str, believed: Belief, seen: Belief
) -> pd.DataFrame:
    """By year: outcomes that the plan expects of the service, and what they are as found."""
    if plan is None or not believed.mean:
        return pd.DataFrame()
    rows = plan.tables["outcomes"]
    rows = rows[(rows["service"] == service) & (rows["outcome"] == outcome)]
    made = rows.groupby("year", as_index=False)["counted"].sum()
    made = made[made["counted"] > 0].rename(columns={"counted": "expected"})
    half = OF_95 * seen.error
    for name, each in (("found", 0.0), ("low", -half), ("high", half)):
        made[name] = made["expected"] * (seen.mean + each) / believed.mean
    return made.replace([np.inf, -np.inf], np.nan)


def _proposed(
    place: Place, effect: _Effect, seen: Belief, after: Belief, facts: Mapping[str, Any], last: str
) -> tuple[tuple[Proposal, ...], str]:
    """The effect as it is then believed; or why nothing is to be learned from it."""
    if not effect.rest:
        return (), "the effect of the place reaches nobody: its engagement or retention is nought."
    if np.isinf(seen.error):
        return (), "with so few areas it is not known how far the finding may be off."
    if facts["falls_back"]:
        return (), "most of it may be falling back after an unusual period before it began."
    if facts["apart"]:
        return (), "areas that have it moved otherwise than those compared before they began."
    names, row = Names(place), effect.row
    held = after.grade if after.grade in effect.bias or not after.grade else effect.believed.grade
    service, outcome = str(row["service"]), str(row["outcome"])
    low, high = after.ends
    options = []
    for size in (low, after.mean, high):
        where = {"service": service, "outcome": outcome}
        impact = float(f"{effect.impact(float(size), held):.6g}")
        option = Option(f"{names.of('service', service)}: effect as found").set(
            "effects", "impact", impact, **where
        )
        if after.mean > 0:
            option = option.set("effects", "spread", round(float(after.spread), 4), **where)
        if held:
            option = option.set("effects", "evidence", held, **where)
        key = _SOURCE if _SOURCE not in set(place.sources["source"]) else f"{_SOURCE}_{last}"
        if key not in set(place.sources["source"]):
            option = option.add(
                "sources", source=key, title=_TITLE,
                publisher=place.title, year=last,
            )  # fmt: skip
        option = option.set("effects", "source", key, **where)
        options.append(option.set("effects", "status", "derived", **where))
    why = (
        f"{names.of('service', service)}: a unit was believed to make "
        f"{_give(effect.believed)} of {names.of('outcome', outcome)}; {_give(seen)} was found, "
        f"and {_give(after)} is then believed."
    )
    return (Proposal(options[1], why, after.grade, (_TITLE,), options[0], options[2]),), ""


def _give(each: Belief) -> str:
    return f"{as_set(_short(float(each.mean)))} ± {as_set(_short(float(each.error)))}"


def seldom(chance: float) -> str:
    """A chance; of a very small one only that it is less than what can be relied on.

    Examples
    --------
    >>> seldom(0.043), seldom(2.6e-6)
    ('4.3%', 'less than 0.1%')
    """
    return percent(chance) if chance >= _SELDOM else f"less than {percent(_SELDOM)}"


def _short(value: float) -> float:
    return float(f"{value:.3g}")


# What is shown.


def _row(found: Found) -> dict[str, float]:
    return {
        "effect": found.effect, "low": found.low, "high": found.high, "chance": found.chance,
    }  # fmt: skip


def _means(watched: Watched, periods: list[str]) -> pd.DataFrame:
    rows = []
    for t, period in enumerate(periods):
        mean = []
        for mine in (watched.treated, ~watched.treated):
            use = mine & ~np.isnan(watched.values[:, t])
            mean.append(np.average(watched.values[use, t], weights=watched.weights[use])
                        if use.any() else np.nan)  # fmt: skip
        rows.append((period, *mean))
    return pd.DataFrame(rows, columns=["period", "treated", "compared"])


def _checks(found: Found, trend: Found, back: float) -> pd.DataFrame:
    rows = [
        {"check": "earlier trend apart, each period", **_row(trend)},
        {"check": "without the last period before", "effect": found.effect - back},
    ]
    return pd.DataFrame(rows, columns=["check", "effect", "low", "high", "chance"])


def _told(
    facts: Mapping[str, Any], found: Found, trend: Found, watched: Watched, learned: pd.DataFrame
) -> list[str]:
    """How sure it is, what was before, and what is then believed, in sentences."""
    said = []
    if not isnan(found.chance):
        how = "arrangements of areas" if watched.few else "cases without an effect"
        said.append(f"As much is found by chance in {seldom(found.chance)} of {how}.")
    if facts["untested"]:
        said.append("With one period before, nothing is known of earlier trends.")
    elif facts["apart"]:
        said.append(
            "Before it began areas that have it moved otherwise than those compared, by "
            f"{as_set(_short(trend.effect))} a period: the effect is not to be relied on."
        )
    else:
        said.append("Before it began areas moved alike, as far as can be told.")
    if isnan(facts["back"]):
        said.append(
            "Places chosen because they were worst improve anyway: with one period before, that "
            "cannot be told from an effect."
        )
    elif facts["falls_back"]:
        said.append(
            f"Without the last period before, the effect is "
            f"{as_set(_short(found.effect - facts['back']))}: places chosen because they were "
            "worst improve anyway."
        )
    if len(learned):
        each = learned.set_index("what")
        rows = [f"{as_set(_short(row['mean']))} ± {as_set(_short(row['error']))} ({what})"
                for what, row in each.iterrows() if np.isfinite(row["error"])]  # fmt: skip
        said.append(f"Of one unit of the service: {listed(rows)}.")
    return said


def _notes(watched: Watched, found: Found) -> tuple[str, ...]:
    cohorts = len(watched.cohorts)
    notes = [
        "Effect: what areas that have it changed by from before to after, less what areas that "
        "have not begun changed by. It is one of having it in the area, whoever took part.",
        "Compared areas tell what would have happened only as far as both would have moved alike.",
    ]
    if cohorts > 1:
        notes.append(
            f"Areas began at {in_digits(cohorts)} times: each group is compared by itself with "
            "areas that have not begun. The usual regression with areas and periods is not made, "
            "since it compares with areas that began earlier."
        )
    if watched.few:
        notes.append(
            f"Fewer than {FEW} areas, or than {FEW // 2} on a side: what may be chance is told by "
            "letting all sets of areas be those that have it. The interval rests on one figure an "
            "area and on Student's distribution."
        )
    else:
        notes.append("Errors are clustered by area.")
    if np.isinf(found.error):
        notes.append("There are too few areas for an interval.")
    return tuple(notes)
