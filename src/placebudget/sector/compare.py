"""What others like us pay and reach: the nearest, and where a price is above the quartile."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from placebudget.arguments import (
    Arguments,
    is_left_out,
    number,
    numbers,
    optional,
    sequence,
    share,
    text,
    texts,
    whole,
)
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place
from placebudget.place.geography import each_row, is_blank
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Summary, sentences
from placebudget.sector.panel import NEED, NEITHER, OUTCOME, PanelData, PanelLike, as_panel
from placebudget.sector.proposal import JUDGEMENT, Proposal, SectorResult, cheaper, proposals_table
from placebudget.texts import listed
from placebudget.words import as_set, in_pounds, money, pence, percent

ALL, OWN_CLASS = "all", "own class"
UNIT_COST = "unit_cost"

NO_SAVING = (
    "A difference from others is a question, and no saving: it may be need, quality, what "
    "residents pay themselves, or how costs are booked. What of it could leave a budget is not "
    "known."
)

ROUNDED = (
    "Pounds are cash of the year of each figure. They rest on unit costs as they were published, "
    "which are rounded: worked out from costs and volumes they may differ a little."
)


def in_words(value: float, unit: str) -> str:
    """A value of a measure with its unit.

    Examples
    --------
    >>> in_words(1284.2, "pounds a week"), in_words(0.127, "share"), in_words(18.9, "score")
    ('£1,284.20 a week', '12.7%', '18.9 (score)')
    """
    if pd.isna(value):
        return "not known"
    if unit == "share":
        return percent(value)
    if in_pounds(unit):
        return pence(value) + unit.removeprefix("pounds")
    return f"{as_set(round(float(value), 3))} ({unit})"


def record_of_panel(
    study: str, held: PanelData, used: pd.DataFrame, **options: Any
) -> dict[str, Any]:
    """How an answer was made: versions, a hash of the figures it compares, options."""
    numbers_of = pd.util.hash_pandas_object(used.select_dtypes("number")).to_numpy()
    inputs = f"{int(numbers_of.sum(dtype=np.uint64)):016x}"
    given = {name: value for name, value in options.items() if value not in (None, "", ())}
    return run_record(study=study, panel=held.name, inputs=inputs, options=given)


def a_place(given: PlaceLike | None) -> Place | None:
    """The place on which proposals would be tried, where there is one."""
    return None if given is None else as_place(given)


def sources_of(held: PanelData, measures: Collection[str]) -> tuple[str, ...]:
    """Where the figures of some measures come from: title, body, years."""
    return tuple(f"{row.title}, {row.publisher}, {row.year}" for row in _sources(held, measures))


def source_notes(held: PanelData, measures: Collection[str]) -> tuple[str, ...]:
    """The same as notes of an answer, with what was read of it and how."""
    return tuple(
        f"Source: {row.title}, {row.publisher}, {row.year}"
        + ("." if is_blank(row.reference) else f" ({row.reference}).")
        for row in _sources(held, measures)
    )


def _sources(held: PanelData, measures: Collection[str]) -> list[Any]:
    known = {row.source: row for row in each_row(held.sources)}
    keys = dict.fromkeys(held.measure(each)["source"] for each in measures)
    return [known[key] for key in keys if key in known]


def services_for(held: PanelData, measure: str, place: Place | None) -> list[str]:
    """Services whose unit cost a measure stands for; of a place only those it has."""
    links = held.links
    rows = links[(links["measure"] == measure) & (links["role"] == UNIT_COST)]
    found = list(dict.fromkeys(rows["service"].dropna()))
    if place is None:
        return found
    there = set(place.offers["service"])
    return [each for each in found if each in there]


def why_none(held: PanelData, measure: str, place: Place | None) -> str:
    """Why nothing can be proposed of a measure, as far as links go."""
    name = held.measure(measure)["name"]
    if services_for(held, measure, None):
        return f"the place has no offer of the service that {name} stands for."
    return f"no link says which service of a place {name} stands for."


class InClass(NamedTuple):
    """Who is compared, with which class (empty: all), and the place for proposals."""

    key: str
    grouped: str
    place: Place | None


def compared(
    asked: Arguments,
    held: PanelData,
    authority: str,
    among: str | None,
    otherwise: str,
    place: PlaceLike | None,
) -> InClass:
    """What every comparison is asked: the authority, among whom (``otherwise`` if nobody says)."""
    key = asked.read(held.key_of, authority)
    meant = asked.read(text, "among", otherwise if is_left_out(among) else among)
    return InClass(key, asked.read(as_class, held, key, meant), asked.read(a_place, place))


def as_class(held: PanelData, key: str, among: str) -> str:
    """The class that is meant: that of the authority, one that is named, or all (empty)."""
    if among == ALL:
        return ""
    own = held.who["class"]
    return str(own[key]) if among in ("", OWN_CLASS) else among


def called(among: str) -> str:
    """The set that is compared, in words."""
    return {"": "all authorities", "county": "counties", "london": "London boroughs"}.get(
        among, f"{among} councils" if among != "unitary" else "unitary councils"
    )


# --- the nearest -----------------------------------------------------------------------------


def distances(
    points: pd.DataFrame, first: str, weights: Sequence[float] | None = None
) -> pd.Series:
    """How far each row of a table lies from one, by figures that are made alike.

    Each column less its mean, over its standard deviation (of all, not of a sample); the distance
    is the root of the weighted sum of squared differences.

    Examples
    --------
    >>> points = pd.DataFrame({"x": [20, 22, 30, 21], "y": [18, 19, 15, 25]}, index=list("abcd"))
    >>> distances(points, "a").round(4).tolist()
    [0.0, 0.5752, 2.6565, 1.9441]
    """
    spread = points.std(ddof=0)
    alike = (points - points.mean()) / spread.where(spread > 0, 1.0)
    apart = (alike - alike.loc[first]) ** 2
    weighed = np.ones(points.shape[1]) if weights is None else np.asarray(weights, float)
    return pd.Series(np.sqrt(apart.to_numpy() @ weighed), index=points.index)


def middle_score(values: pd.Series, own: float) -> float:
    """How far a figure lies from the median, in median distances from it.

    Examples
    --------
    >>> middle_score(pd.Series([1.0, 2.0, 3.0, 4.0, 9.0]), 9.0)
    6.0
    """
    middle = values.median()
    spread = (values - middle).abs().median()
    return float((own - middle) / spread) if spread else float("nan")


@dataclass(frozen=True, eq=False)
class Benchmarking(SectorResult):
    """One figure of an authority beside those of others like it."""

    @property
    def units(self) -> Mapping[str, str]:
        return {"neighbours": self.facts["unit"], "quartiles": self.facts["unit"]}

    def finding(self) -> str:
        """What it comes to, in a line."""
        facts = self.facts
        way = "more" if facts["own"] > facts["median"] else "less"
        if facts["own"] == facts["median"]:
            way = "as much as the median"
            return (
                f"{facts['name']} has {way} of {facts['near']} for {facts['called']}, "
                f"{facts['own_words']} ({facts['year']})"
            )
        return (
            f"{facts['name']} has {facts['own_words']} for {facts['called']}, {way} than the "
            f"median of {facts['near']}, {facts['median_words']} ({facts['year']})"
        )

    def summarised(self) -> Summary:
        facts = self.facts
        lines = [
            f"{self.finding()}.",
            f"{percent(facts['below'])} of {facts['set']} have less "
            f"({facts['n']} compared); the middle half of {facts['near']} have "
            f"{facts['low_words']} to {facts['high_words']}.",
        ]
        if facts["nearest"]:
            lines.append(f"Nearest to it: {listed(facts['nearest'], most=12)}.")
        if facts["outcome"]:
            lines.append(facts["outcome"])
        return Summary(self.title, tuple(sentences([*lines, *self.offered])))


def benchmark(
    authority: str,
    measure: str,
    *,
    panel: PanelLike = None,
    year: str | None = None,
    among: str | None = OWN_CLASS,
    like: Collection[str] = (),
    weights: Collection[float] = (),
    nearest: int = 10,
    outcome: str = "",
    place: PlaceLike | None = None,
) -> Benchmarking:
    """One figure of an authority beside those of its nearest neighbours.

    Parameters
    ----------
    authority : str
        Key or name of the authority.
    measure : str
        What is compared.
    panel : PanelData or path, optional
        The figures; default: the panel that comes along.
    year : str, optional
        Which year; default: the last there is.
    among : str
        Who is compared: ``"own class"``, ``"all"``, or a class of the panel.
    like : collection of str
        Measures by which authorities are alike; default: all of kind need. Where there is none,
        all of the set are neighbours.
    weights : collection of float
        What each of these weighs; default: all alike.
    nearest : int
        How many neighbours.
    outcome : str
        Measure that stands beside it; default: an outcome that links say belongs to the same
        service, else one of the same area of business.
    place : Place, path or str, optional
        The place on which a proposal would be tried.

    Raises
    ------
    WrongArgument
        If an argument names nothing that the panel has, or cannot be meant; all is named.
    CannotAnswer
        If there is no figure of the authority, or nobody to compare it with.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.sector.benchmark("Lancashire", "home_care_hours")
    >>> found.facts["own_words"], len(found.tables["neighbours"])
    ('£14.50 an hour', 10)
    """
    held = as_panel(panel)
    with Arguments() as asked:
        key, grouped, where = compared(asked, held, authority, among, OWN_CLASS, place)
        about = asked.read(held.measure, measure)
        nearest = asked.read(whole, "nearest", nearest, least=1)
        like = asked.read(texts, "like", like, such_as="['deprivation']")
        outcome = asked.read(text, "outcome", outcome)
        year = asked.read(optional, text, "year", year)
        if outcome:
            asked.read(held.measure, outcome)
    features = list(like or _needs(held, key))
    with Arguments() as asked:
        for name in features:
            asked.read(held.measure, name)
        weighed = asked.read(_weights, weights, len(features))
        meant = asked.read(held.year_for, measure, year)
    rows = held.values(measure, meant, grouped)
    name = _there(held, rows, key, measure, meant)
    others = rows.drop(key)
    if others.empty:
        raise CannotAnswer(
            f"{name} is the only one of {called(grouped)} with a figure of {about['name']} in "
            f"{meant}; compare it among all."
        )
    points, used = _points(held, features, rows, meant)
    told = [f"Compared among {called(grouped)}: {listed(sorted(rows['name']), most=60)}."]
    if used and key in points.index and len(points) > 1:
        apart = distances(points, key, weighed).drop(key).sort_values(kind="stable")
        close = apart.head(nearest)
        told.append(
            "Distances change with the set that is compared. Nearest by "
            + listed(f"{held.measure(each)['name']} ({year_of})" for each, year_of in used.items())
            + "."
        )
        lost = rows.index.difference(points.index)
        if len(lost):
            told.append(
                f"Without figures to find the nearest by: {listed(rows.loc[lost, 'name'])}."
            )
    else:
        close = pd.Series(np.nan, index=others.index)
        told.append("There are no figures by which to say who is near: all are neighbours.")
    side, beside_year, beside = _outcome(held, measure, outcome, meant)
    table = others.loc[close.index, ["name", "region", "value"]].assign(distance=close.to_numpy())
    if side:
        table["outcome"] = beside["value"].reindex(table.index)
    by_need = close.notna().any()
    near = f"its {len(table)} nearest" if by_need else f"the {len(table)} others"
    own = float(rows.at[key, "value"])
    quartiles = table["value"].quantile([0.25, 0.5, 0.75])
    low, median, high = quartiles.tolist()
    unit = str(about["unit"])
    facts: dict[str, Any] = {
        "name": name, "key": key, "called": about["name"], "unit": unit, "year": meant,
        "own": own, "own_words": in_words(own, unit), "median": median,
        "median_words": in_words(median, unit), "low": low, "high": high,
        "low_words": in_words(low, unit), "high_words": in_words(high, unit),
        "below": float((rows["value"] < own).mean()), "n": len(rows),
        "set": called(grouped), "near": near, "outcome": "", "outcome_name": "",
        "better": about["better"],
    }  # fmt: skip
    facts["nearest"] = table["name"].tolist() if by_need else []
    facts["rest"] = others["value"].drop(table.index).tolist()
    if side:
        facts |= _beside(held, side, beside_year, beside, key, table)
    made, none = _closer(held, measure, about, facts, where)
    tables = {
        "own": pd.DataFrame(
            [
                {
                    "authority": name, "year": meant, "value": own, "below": facts["below"],
                    "middle_score": middle_score(rows["value"], own),
                }
            ]
        ),
        "neighbours": table.rename_axis("authority").reset_index(),
        "quartiles": pd.DataFrame(
            {"of": ["lower quartile", "median", "upper quartile"], "value": [low, median, high]}
        ),
        "proposals": proposals_table(made),
    }  # fmt: skip
    notes = [
        *told,
        held.left_out(measure, meant),
        str(about["definition"]) if isinstance(about["definition"], str) else "",
        "The middle score is the distance from the median of the set in median distances from it.",
        NO_SAVING,
        *source_notes(held, [measure, *([side] if side else [])]),
    ]
    run = record_of_panel(
        "benchmark", held, rows, authority=key, measure=measure, year=meant, among=grouped or ALL,
        like=tuple(used), nearest=nearest, compared=len(rows),
    )  # fmt: skip
    title = f"{name} beside others: {about['name']}, {meant}"
    kept = tuple(each for each in notes if each)
    return Benchmarking(title, tables, kept, run, proposals=made, none=none, facts=facts)


def _needs(held: PanelData, key: str) -> list[str]:
    """Measures of need that there are of an authority."""
    frame = held.measures
    return [
        each
        for each in frame.loc[frame["kind"] == NEED, "measure"]
        if any(key in held.values(each, year).index for year in held.years_of(each))
    ]


def _weights(given: object, some: int) -> list[float] | None:
    held = sequence(given)
    if held is not None and not len(held):
        return None
    found = numbers("weights", given, least=0, such_as="[1, 2]")
    if len(found) != some:
        raise WrongArgument(f"weights has {len(found)} for {some} measures by which to be alike")
    return list(found)


def _there(held: PanelData, rows: pd.DataFrame, key: str, measure: str, year: str) -> str:
    """The name of an authority, where it has a figure."""
    known = held.who["name"]
    if key not in rows.index:
        why = held.why_left_out(key, measure, year)
        raise CannotAnswer(
            f"{known[key]} has no figure of {held.measure(measure)['name']} in {year} that can be "
            f"compared{f' ({why})' if why else ''}. {held.left_out(measure, year)} "
            f"{held.there_is(key)}".replace("  ", " ")
        )
    return str(known[key])


def _points(
    held: PanelData, features: Sequence[str], rows: pd.DataFrame, year: str
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Figures by which authorities are alike, of those that have all; and of which year each."""
    columns, used = {}, {}
    for name in features:
        if not held.years_of(name):
            continue
        used[name] = held.year_for(name, year, near=True)
        columns[name] = held.values(name, used[name])["value"]
    frame = pd.DataFrame(columns).reindex(rows.index).dropna()
    return frame, used


def _outcome(
    held: PanelData, measure: str, outcome: str, year: str
) -> tuple[str, str, pd.DataFrame]:
    """The outcome that stands beside a measure, the nearest year of it, and its values."""
    about = held.measure(measure)
    if not outcome and about["kind"] != OUTCOME:
        links = held.links
        services = set(links.loc[links["measure"] == measure, "service"].dropna())
        same = links[links["service"].isin(services) & (links["role"] == OUTCOME)]["measure"]
        frame = held.measures
        area = frame[
            (frame["kind"] == OUTCOME) & (frame["area_of_business"] == about["area_of_business"])
            & (frame["better"] != NEITHER)
        ]["measure"]  # fmt: skip
        held_of = [each for each in [*same, *area] if held.years_of(each)]
        outcome = held_of[0] if held_of else ""
    if not outcome:
        return "", "", pd.DataFrame()
    near = held.year_for(outcome, year, near=True)
    return outcome, near, held.values(outcome, near)


def _beside(
    held: PanelData, side: str, year: str, beside: pd.DataFrame, key: str, table: pd.DataFrame
) -> dict[str, Any]:
    """What is said of the outcome beside the cost."""
    about = held.measure(side)
    own = beside["value"].get(key)
    middle = table["outcome"].median()
    unit = str(about["unit"])
    said = (
        f"Beside it, {about['name']} ({year}): {in_words(own, unit)}, and "
        f"{in_words(middle, unit)} in the middle of those beside it."
        if own is not None
        else f"Of {about['name']} it has no figure in {year}."
    )
    return {
        "outcome": said, "outcome_name": about["name"], "outcome_unit": unit,
        "outcome_own": own, "outcome_better": about["better"], "outcome_year": year,
    }  # fmt: skip


def _closer(
    held: PanelData,
    measure: str,
    about: Mapping[str, Any],
    facts: Mapping[str, Any],
    place: Place | None,
) -> tuple[tuple[Proposal, ...], str]:
    """The unit cost of the middle of the nearest, within their quartiles; or why not."""
    if not about["price_like"]:
        return (), f"{about['name']} is no price of one unit."
    if facts["own"] <= facts["median"]:
        return (), f"{facts['name']} pays no more than the median of {facts['near']}."
    services = services_for(held, measure, place)
    if not services:
        return (), why_none(held, measure, place)
    source = "; ".join(sources_of(held, [measure]))
    why = (
        f"{facts['name']} paid {facts['own_words']} for {about['name']} in {facts['year']}, and "
        f"the middle of {facts['near']} {facts['median_words']}."
    )
    ends = [
        cheaper(services, min(1.0, facts[name] / facts["own"]), why, source)
        for name in ("high", "median", "low")
    ]
    return (Proposal(ends[1], why, JUDGEMENT, (source,), ends[0], ends[2]),), ""


# --- productivity ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Productivity(SectorResult):
    """Where an authority pays more for a unit than a quarter of others do."""

    @property
    def units(self) -> Mapping[str, str]:
        return {"gaps": "", "each_person": ""}

    def finding(self) -> str:
        """What it comes to, in a line."""
        facts = self.facts
        if not facts["above"]:
            return (
                f"{facts['name']} paid no more for a unit than the cheapest {facts['part']} of "
                f"{facts['set']}, wherever there is a price ({facts['years']})"
            )
        return (
            f"{facts['name']} paid more than the cheapest {facts['part']} of {facts['set']} for "
            f"{listed(facts['above'])}: a difference of {money(facts['pounds'])} a year at its "
            f"volumes ({facts['years']}, cash)"
        )

    def summarised(self) -> Summary:
        facts = self.facts
        lines = [f"{self.finding()}."]
        if facts["cashable"] is not None:
            lines.append(
                f"Of that {percent(facts['cashable'])} was said to be cashable: "
                f"{money(facts['cashable'] * facts['pounds'])}."
            )
        else:
            lines.append("What of it could leave a budget was not said (cashable).")
        lines.append(
            f"All authorities with a figure of these prices ({facts['n']} of each) together pay "
            f"{money(facts['everybody'])} above that, of {money(facts['everybody_cost'])}."
        )
        if facts["lacking"]:
            lines.append(f"Without a price of its own: {listed(facts['lacking'])}.")
        if facts["without"]:
            lines.append(f"There are no prices of {listed(facts['without'])}.")
        return Summary(self.title, tuple(sentences([*lines, *self.offered])))


AREAS = (
    "adult social care", "children", "procurement", "employees", "shared services",
    "capital and assets",
)  # fmt: skip
"""The six areas of business that are most of what a council does."""


def productivity(
    authority: str,
    *,
    panel: PanelLike = None,
    year: str | None = None,
    among: str | None = ALL,
    quartile: float = 0.25,
    cashable: float | None = None,
    years: int = 3,
    place: PlaceLike | None = None,
) -> Productivity:
    """Where an authority pays more for a unit than a quarter of others do.

    The gap of a price is what is paid above the quartile, times the volume. Only measures that are
    prices count; others show how much each person gets. A measure is not counted beside its
    parts.

    Parameters
    ----------
    authority : str
        Key or name of the authority.
    panel : PanelData or path, optional
        The figures; default: the panel that comes along.
    year : str, optional
        Which year; default: the last there is of each measure.
    among : str
        Who is compared: ``"all"``, ``"own class"``, or a class of the panel.
    quartile : float
        Which part of others pays less than the price that is held against it.
    cashable : float, optional
        Share of a gap that could leave a budget, where somebody says it.
    years : int
        Over how many years a proposal closes the gap.
    place : Place, path or str, optional
        The place on which proposals would be tried.

    Raises
    ------
    WrongArgument
        If an argument names nothing that the panel has, or cannot be meant; all is named.
    CannotAnswer
        If the panel has no price of the authority.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.sector.productivity("Lancashire")
    >>> gaps = found.tables["gaps"].set_index("measure")
    >>> pence(gaps.at["learning_disability_care_homes", "difference"])
    '£968,007.63'
    """
    held = as_panel(panel)
    with Arguments() as asked:
        key, grouped, where = compared(asked, held, authority, among, ALL, place)
        part = asked.read(share, "quartile", quartile)
        year = asked.read(optional, text, "year", year)
        cashable = asked.read(optional, number, "cashable", cashable, least=0, most=1)
        years = asked.read(whole, "years", years, least=0)
    frame = held.measures
    priced = frame.loc[held.filled("measures")["price_like"].astype(bool), "measure"].tolist()
    rows = [_gap(held, each, key, year, grouped, part) for each in priced]
    gaps = [each for each in rows if each]
    known = held.who["name"]
    name = str(known[key])
    if not gaps:
        raise CannotAnswer(
            f"the panel has no price of {name}{f' in {year}' if year else ''}. {held.there_is(key)}"
        )
    there = {each["measure"] for each in gaps}
    wholes = {held.measure(each)["part_of"] for each in there}
    for each in gaps:
        each["counted"] = each["measure"] not in wholes
    table = pd.DataFrame(gaps)
    counted = table[table["counted"]]
    above = counted[counted["difference"] > 0].sort_values("difference", ascending=False)
    areas = {held.measure(each)["area_of_business"] for each in there}
    lacking = [
        f"{held.measure(each)['name']} ({why})"
        for each in priced
        if each not in there and (why := held.why_left_out(key, each, year))
    ]
    some = sorted(set(counted["compared"]))
    facts: dict[str, Any] = {
        "name": name, "set": called(grouped), "part": _part(part),
        "a_part": _a_part(part),
        "above": above["name"].tolist(), "pounds": float(above["difference"].sum()),
        "cashable": cashable, "everybody": float(counted["everybody"].sum()),
        "everybody_cost": float(counted["everybody_cost"].sum()),
        "n": f"{some[0]} to {some[-1]}" if len(some) > 1 else str(some[0]),
        "years": listed(sorted(set(counted["year"]))),
        "without": [a for a in AREAS if a not in areas],
        "lacking": lacking,
    }  # fmt: skip
    made, none = _to_the_quartile(held, above, facts, where, years)
    people = _each_person(held, key, year, grouped)
    tables = {"gaps": table, "each_person": people, "proposals": proposals_table(made)}
    notes = [
        f"The difference is what is paid above the price that {_a_part(part)} of {called(grouped)} "
        "do not exceed, times the authority's own volume; at that price or below it is nothing.",
        "A measure that contains others of the table is shown and not counted beside them."
        if not table["counted"].all()
        else "",
        "What follows how much each person gets is no price: it is shown apart, without pounds."
        if len(people)
        else "",
        ROUNDED,
        NO_SAVING,
        *(held.left_out(row["measure"], row["year"]) for row in gaps),
        *source_notes(held, sorted(there)),
    ]
    run = record_of_panel(
        "productivity", held, table, authority=key, year=year, among=grouped or ALL,
        quartile=part, cashable=cashable, years=years,
    )  # fmt: skip
    title = f"{name}: where a unit cost more than elsewhere, {facts['years']}"
    kept = tuple(dict.fromkeys(each for each in notes if each))
    return Productivity(title, tables, kept, run, proposals=made, none=none, facts=facts)


def _part(part: float) -> str:
    return "quarter" if part == 0.25 else percent(part)


def _a_part(part: float) -> str:
    return "a quarter" if part == 0.25 else percent(part)


def _gap(
    held: PanelData, measure: str, key: str, year: str | None, among: str, part: float
) -> dict[str, Any]:
    """One price of an authority against the quartile; nothing where it has none."""
    known = held.years_of(measure)
    if not known or (year is not None and year not in known):
        return {}
    meant = year or known[-1]
    rows = held.values(measure, meant, among)
    if key not in rows.index:
        return {}
    about, own = held.measure(measure), rows.loc[key]
    price = float(rows["value"].quantile(part))
    over = (rows["value"] - price).clip(lower=0) * rows["denominator"] * about["periods"]
    return {
        "measure": measure, "name": about["name"], "area_of_business": about["area_of_business"],
        "year": meant, "unit": about["unit"], "own": float(own["value"]), "price": price,
        "volume": float(own["denominator"]), "volume_unit": about["volume"],
        "difference": float(over[key]), "compared": len(rows), "everybody": float(over.sum()),
        "everybody_cost": float(rows["numerator"].sum()),
        "lowest_tenth": float(rows["value"].quantile(part / 2)),
    }  # fmt: skip


def _each_person(held: PanelData, key: str, year: str | None, among: str) -> pd.DataFrame:
    """How much each person gets, where that is what a measure follows."""
    frame = held.filled("measures")
    frame = frame[(frame["kind"] == "cost") & ~frame["price_like"].astype(bool)]
    rows = []
    for row in frame.to_dict("records"):
        known = held.years_of(row["measure"])
        meant = year if year in known else known[-1] if known and year is None else None
        if meant is None:
            continue
        values = held.values(row["measure"], meant, among)
        if key in values.index:
            rows.append(
                {
                    "name": row["name"], "year": meant, "unit": row["unit"],
                    "own": float(values.at[key, "value"]),
                    "median": float(values["value"].median()),
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["name", "year", "unit", "own", "median"])


def _to_the_quartile(
    held: PanelData, above: pd.DataFrame, facts: Mapping[str, Any], place: Place | None, years: int
) -> tuple[tuple[Proposal, ...], str]:
    """An option for each gap whose measure stands for a service; or why there is none."""
    if above.empty:
        return (), f"{facts['name']} pays no price above the quartile."
    made, reasons = [], []
    for row in above.to_dict("records"):
        services = services_for(held, row["measure"], place)
        if not services:
            reasons.append(why_none(held, row["measure"], place))
            continue
        source = "; ".join(sources_of(held, [row["measure"]]))
        over = f" over {years} years" if place is not None and years else ""
        why = (
            f"{facts['name']} paid {in_words(row['own'], row['unit'])} for {row['name']} in "
            f"{row['year']}, and {facts['a_part']} of {facts['set']} no more than "
            f"{in_words(row['price'], row['unit'])}: coming to that{over} may be tried."
        )
        factors = [(row["own"] + row["price"]) / 2, row["price"], row["lowest_tenth"]]
        low, middle, high = (
            cheaper(services, each / row["own"], why, source, place, years) for each in factors
        )
        made.append(Proposal(middle, why, JUDGEMENT, (source,), low, high))
    return tuple(made), "" if made else " ".join(dict.fromkeys(reasons))
