"""The spend exchange: what of a difference in cost need explains, and what chance may do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, flag, number, optional, share, text, texts
from placebudget.belief import Belief
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike
from placebudget.plan.summary import Summary, sentences
from placebudget.sector.compare import (
    ALL,
    NO_SAVING,
    ROUNDED,
    called,
    compared,
    in_words,
    record_of_panel,
    services_for,
    source_notes,
    sources_of,
    why_none,
)
from placebudget.sector.panel import COST, NEED, PanelData, PanelLike, as_panel
from placebudget.sector.proposal import JUDGEMENT, Proposal, SectorResult, cheaper, proposals_table
from placebudget.sector.statistics import ALARM, WARN, explained_by, funnel
from placebudget.texts import listed
from placebudget.words import as_set, money, percent
from placebudget.words import number as in_digits

FEWEST = 10
"""Fewest authorities for each driver: with fewer a regression explains whatever it is given."""


@dataclass(frozen=True, eq=False)
class Exchange(SectorResult):
    """What need explains of a cost, and how far what is left may be chance."""

    def finding(self) -> str:
        """What it comes to, in a line."""
        facts = self.facts
        whole, left = facts["difference"], facts["unexplained"]
        if abs(whole) < 0.5:
            return f"{facts['name']} paid what the mean of {facts['set']} did ({facts['year']})"
        way = "more" if whole > 0 else "less"
        if left * whole > 0 and abs(left) <= abs(whole):
            part = f"{money(abs(left))} of the {money(abs(whole))}"
            return (
                f"{part} that {facts['name']} paid {way} than the mean of {facts['set']} is not "
                f"explained by need ({facts['year']}, cash)"
            )
        beyond = "more" if left > 0 else "less"
        return (
            f"{facts['name']} paid {money(abs(whole))} {way} than the mean of {facts['set']}, and "
            f"{money(abs(left))} {beyond} than need would lead to expect ({facts['year']}, cash)"
        )

    def summarised(self) -> Summary:
        facts = self.facts
        low, high = (in_words(each, facts["unit"]) for each in facts["usual"])
        place = "outside" if facts["out"] else "within"
        lines = [
            f"{self.finding()}.",
            f"The drivers ({listed(facts['drivers'])}) explain {percent(facts['share'])} of the "
            f"spread between {facts['n']} authorities ({facts['year']}).",
            f"With its need and volume 19 of 20 authorities would pay {low} to {high}, by chance "
            f"and by what authorities usually differ: {in_words(facts['own'], facts['unit'])} is "
            f"{place} that.",
            f"Outside the limits of their own need and volume are {facts['outside']} of "
            f"{facts['n']}.",
            *facts["ways"],
        ]
        return Summary(self.title, tuple(sentences([*lines, *self.offered])))


def split(own: float, fitted: float, mean: float, volume: float) -> dict[str, float]:
    """A difference from the mean in two parts, which add up to it exactly.

    Examples
    --------
    >>> split(15.0, 13.9, 13.0, 1000)
    {'difference': 2000.0, 'explained': 900.0, 'unexplained': 1100.0}
    """
    whole = (own - mean) * volume
    explained = round((fitted - mean) * volume, 6)
    return {"difference": whole, "explained": explained, "unexplained": whole - explained}


def exchange(
    authority: str,
    measure: str,
    *,
    panel: PanelLike = None,
    drivers: Collection[str] = (),
    year: str | None = None,
    among: str | None = ALL,
    cv: float = 0.5,
    winsorised: float = 0.0,
    log: bool = True,
    place: PlaceLike | None = None,
) -> Exchange:
    """What need explains of a difference in cost, and what is left to challenge or explain.

    The logarithm of the cost is explained by need drivers, weighted by volume. What is left is
    shown in a funnel: limits hold what chance does at a volume and what authorities usually
    differ by.

    Parameters
    ----------
    authority : str
        Key or name of the authority.
    measure : str
        A cost with a volume.
    panel : PanelData or path, optional
        The figures; default: the panel that comes along.
    drivers : collection of str
        Measures of need; default: the first that the panel has. What an authority sets itself
        is refused, as it would explain the fault away.
    year : str, optional
        Which year; default: the last there is.
    among : str
        Who is compared: ``"all"``, ``"own class"``, or a class of the panel.
    cv : float
        Coefficient of variation of the cost of one unit, which decides what chance does.
    winsorised : float
        Share of authorities at each end that are drawn in before it is worked out what
        authorities differ by.
    log : bool
        Whether the logarithm of the cost is explained; else the cost itself.
    place : Place, path or str, optional
        The place on which a proposal would be tried.

    Raises
    ------
    WrongArgument
        If an argument names nothing that the panel has, or cannot be meant; all is named.
    CannotAnswer
        If the measure is no cost with a volume, a driver is none of need, there are fewer than
        ten authorities for each driver, or statsmodels is not installed.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.sector.exchange("Lancashire", "home_care_hours", drivers=["deprivation"])
    >>> own = found.facts
    >>> bool(abs(own["explained"] + own["unexplained"] - own["difference"]) < 1e-6)
    True
    """
    held = as_panel(panel)
    with Arguments() as asked:
        key, grouped, where = compared(asked, held, authority, among, ALL, place)
        about = asked.read(held.measure, measure)
        cv = asked.read(number, "cv", cv, above=0)
        drawn_in = asked.read(share, "winsorised", winsorised)
        log = asked.read(flag, "log", log)
        given = asked.read(texts, "drivers", drivers, such_as="['deprivation']")
        year = asked.read(optional, text, "year", year)
    chosen = list(given) or _first_need(held)
    with Arguments() as asked:
        for name in chosen:
            asked.read(held.measure, name)
        meant = asked.read(held.year_for, measure, year)
    if about["kind"] != COST:
        raise CannotAnswer(f"{about['name']} is no cost, but of kind {about['kind']}.")
    _refuse_own(held, chosen)
    rows, used, told = _with_drivers(held, measure, meant, grouped, chosen)
    known = held.who["name"]
    if key not in rows.index:
        why = held.why_left_out(key, measure, meant)
        raise CannotAnswer(
            f"{known[key]} has no figure of {about['name']} in {meant} with a volume and all "
            f"drivers ({listed(chosen)}){f': {why}' if why else ''}. {held.there_is(key)}"
        )
    if len(rows) < FEWEST * len(chosen):
        raise CannotAnswer(
            f"{len(rows)} authorities are too few for {len(chosen)} drivers: {FEWEST} are needed "
            "for each. Name fewer drivers, or compare among all."
        )
    found = explained_by(rows["value"], rows[chosen], rows["denominator"], log=log)
    ratios = rows["value"] / found.fitted
    seen = funnel(ratios, rows["denominator"], cv=cv, winsorised=drawn_in)
    name, own = str(known[key]), rows.loc[key]
    volume = float(own["denominator"]) * float(about["periods"])
    parts = split(float(own["value"]), float(found.fitted[key]), found.mean, volume)
    table = seen.table.assign(
        name=rows["name"], value=rows["value"], expected=found.fitted,
        outside=seen.table["score_between"].abs() > WARN,
        alarm=seen.table["score_between"].abs() > ALARM,
    )  # fmt: skip
    facts: dict[str, Any] = {
        "name": name, "key": key, "called": about["name"], "unit": about["unit"], "year": meant,
        "set": called(grouped), "n": len(rows), "share": found.share,
        "drivers": [held.measure(each)["name"] for each in chosen], "mean": found.mean,
        "own": float(own["value"]), "expected": float(found.fitted[key]), "volume": volume,
        "volume_unit": about["volume"], "theta": seen.theta, "tau2": seen.tau2, "cv": cv,
        "heterogeneity": seen.heterogeneity, "score": float(table.at[key, "score"]),
        "score_between": float(table.at[key, "score_between"]),
        "ways": _ways(held, chosen, found.coefficients),
        "usual": [float(found.fitted[key]) * each for each in seen.limits(own["denominator"])],
        "out": bool(table.at[key, "outside"]), "outside": int(table["outside"].sum()),
        "shrunk": float(table.at[key, "shrunk"]),
        "shrunk_error": float(table.at[key, "shrunk_error"]), **parts,
    }  # fmt: skip
    made, none = _without_the_rest(held, measure, facts, where)
    tables = {
        "parts": _waterfall(facts),
        "authorities": table[
            ["name", "value", "expected", "ratio", "volume", "score", "score_between", "shrunk",
             "shrunk_error", "outside", "alarm"]
        ].rename_axis("authority").reset_index(),
        "limits": _limits(seen),
        "drivers": found.coefficients.assign(
            driver=["constant", *(held.measure(each)["name"] for each in chosen)]
        ),
        "proposals": proposals_table(made),
    }  # fmt: skip
    notes = _notes(held, measure, facts, used, told, log=log, winsorised=drawn_in)
    run = record_of_panel(
        "exchange", held, rows, authority=key, measure=measure, year=meant, among=grouped or ALL,
        drivers=tuple(chosen), cv=cv, winsorised=drawn_in, log=log,
    )  # fmt: skip
    title = f"{name}: what need explains of {about['name']}, {meant}"
    return Exchange(title, tables, notes, run, proposals=made, none=none, facts=facts)


def _ways(held: PanelData, drivers: Sequence[str], coefficients: pd.DataFrame) -> list[str]:
    """Which way each driver goes, and whether that can be told from chance."""
    own = coefficients.set_index("driver").loc[list(drivers)]
    said = []
    for key, row in own.iterrows():
        way = "higher" if row["coefficient"] > 0 else "lower"
        sure = abs(row["coefficient"]) > WARN * row["standard_error"]
        more = f"More of {held.measure(str(key))['name']} goes with a {way} cost"
        said.append(f"{more}." if sure else f"{more}, which cannot be told from chance.")
    return said


def _first_need(held: PanelData) -> list[str]:
    frame = held.measures
    found = [each for each in frame.loc[frame["kind"] == NEED, "measure"] if held.years_of(each)]
    if not found:
        raise CannotAnswer("the panel has no measure of need that could explain a cost.")
    return found[:1]


def _refuse_own(held: PanelData, drivers: Collection[str]) -> None:
    """A driver that an authority sets itself explains the fault away."""
    own = [held.measure(each) for each in drivers if held.measure(each)["kind"] != NEED]
    if own:
        said = listed(f"{each['name']} ({each['kind']})" for each in own)
        raise CannotAnswer(
            f"a driver is a need, which an authority does not set itself: {said} would explain "
            "away what is to be found."
        )


def _with_drivers(
    held: PanelData, measure: str, year: str, among: str, drivers: Collection[str]
) -> tuple[pd.DataFrame, dict[str, str], list[str]]:
    """Authorities with a cost, a volume and all drivers; the years of these; who lacks one."""
    rows = held.values(measure, year, among)
    rows = rows[(rows["denominator"] > 0) & (rows["value"] > 0)]
    used, told = {}, []
    for name in drivers:
        used[name] = held.year_for(name, year, near=True)
        rows = rows.join(held.values(name, used[name])["value"].rename(name), how="left")
    lacking = rows[rows[list(drivers)].isna().any(axis=1)]
    if len(lacking):
        told.append(f"Without a figure of need, and left out: {listed(lacking['name'])}.")
    return rows.drop(lacking.index), used, told


def _waterfall(facts: Mapping[str, Any]) -> pd.DataFrame:
    """From the mean to the own cost, by what need explains and what it does not."""
    volume = facts["volume"]
    rows = [
        ("at the mean of all", facts["mean"] * volume),
        ("explained by need", facts["explained"]),
        ("not explained by need", facts["unexplained"]),
        ("own cost", facts["own"] * volume),
    ]
    return pd.DataFrame(rows, columns=["part", "amount"])


def _limits(seen: Any) -> pd.DataFrame:
    """Limits of the funnel over the range of volumes."""
    volumes = np.geomspace(seen.table["volume"].min(), seen.table["volume"].max(), 40)
    rows = []
    for volume in volumes:
        low, high = seen.limits(volume, WARN)
        lowest, highest = seen.limits(volume, ALARM)
        rows.append((float(volume), low, high, lowest, highest))
    return pd.DataFrame(rows, columns=["volume", "low", "high", "lowest", "highest"])


def _without_the_rest(
    held: PanelData, measure: str, facts: Mapping[str, Any], place: Place | None
) -> tuple[tuple[Proposal, ...], str]:
    """The unit cost without what is left when chance is allowed for; or why there is none."""
    if facts["unexplained"] <= 0:
        return (), f"{facts['name']} pays no more than need would lead to expect."
    if facts["shrunk"] <= 0:
        return (), "what is not explained may all be chance."
    services = services_for(held, measure, place)
    if not services:
        return (), why_none(held, measure, place)
    source = "; ".join(sources_of(held, [measure]))
    why = (
        f"{facts['name']} paid {in_words(facts['own'], facts['unit'])} for {facts['called']} in "
        f"{facts['year']}; need would lead to expect {in_words(facts['expected'], facts['unit'])}, "
        "and what is left after chance is allowed for is questioned."
    )
    believed = Belief.within(facts["shrunk"], facts["shrunk_error"], JUDGEMENT, source)
    least, most = believed.ends
    low, middle, high = (
        cheaper(services, float(np.exp(-max(each, 0.0))), why, source, spread=believed.error)
        for each in (least, believed.mean, most)
    )
    return (Proposal(middle, why, JUDGEMENT, (source,), low, high),), ""


def _notes(
    held: PanelData,
    measure: str,
    facts: Mapping[str, Any],
    used: Mapping[str, str],
    told: Collection[str],
    *,
    log: bool,
    winsorised: float,
) -> tuple[str, ...]:
    scale = "The logarithm of the cost" if log else "The cost"
    years = listed(f"{held.measure(each)['name']} of {year}" for each, year in used.items())
    drawn = (
        f"{percent(winsorised)} of the scores at each end are drawn in"
        if winsorised
        else "No score is drawn in (winsorised)"
    )
    notes = [
        f"{scale} is explained by need ({years}), weighted by volume. What need does not explain "
        "is no fault: it is what to challenge, explain or leave.",
        "Proposed is what is believed to be left when chance is allowed for, with its tenth and "
        "ninetieth percentile as low and high; the unit cost then says how far it may be off.",
        f"Chance: the cost of one unit varies by {as_set(facts['cv'])} of its mean, an assumption.",
        f"{drawn} before the variance between authorities is worked out "
        f"(DerSimonian and Laird; {in_digits(facts['tau2'], 5)}). Limits lie {WARN} and {ALARM} "
        "standard errors from the middle.",
        *told,
        held.left_out(measure, facts["year"]),
        ROUNDED,
        NO_SAVING,
        *source_notes(held, [measure, *used]),
    ]
    return tuple(each for each in notes if each)
