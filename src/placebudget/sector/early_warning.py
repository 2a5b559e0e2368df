"""Early warning: each sign by itself, with its reason and the line behind it; never one score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, by_name, instance, one_of, optional, share, text
from placebudget.errors import CannotAnswer
from placebudget.place import Option, Place
from placebudget.place.io.reading import PlaceLike
from placebudget.plan.summary import Summary, sentences
from placebudget.sector.compare import (
    ALL,
    OWN_CLASS,
    called,
    compared,
    record_of_panel,
    source_notes,
    sources_of,
)
from placebudget.sector.panel import PanelData, PanelLike, as_panel
from placebudget.sector.proposal import JUDGEMENT, Proposal, SectorResult, proposals_table
from placebudget.texts import listed
from placebudget.words import money, percent, whole_pounds
from placebudget.words import number as in_digits

YEARS_BACK = 3
FEWEST_EVENTS = 20
"""With fewer failures than this nothing can be said of how well signs foretell them."""

PAST, NOT_PAST, NO_RETURN = "past its line", "not past it", "no return"
"""States of a sign; one without a return is flagged as one past its line is."""

_SHARE, _POUNDS, _YEARS = "share", "pounds", "years"


@dataclass(frozen=True)
class Indicator:
    """One sign.

    Parameters
    ----------
    key, name : str
        Short key, and how it should be read.
    measure : str
        The measure it is taken from.
    worse : int
        1: more is worse; -1: less is.
    unit : str
        ``"share"``, ``"pounds"`` or ``"years"``.
    blind : str
        What it does not see.
    """

    key: str
    name: str
    measure: str
    worse: int
    unit: str
    blind: str


INDICATORS = (
    Indicator("reserves", "reserves to net revenue", "reserves", -1, _SHARE,
              "debt taken on, and reserves held for others"),
    Indicator("reserves_change", "change in reserves over three years", "reserves", -1, _SHARE,
              "how much there was, and what it was spent on"),
    Indicator("years_left", "years of reserves left at that pace", "reserves", -1, _YEARS,
              "that the pace may change"),
    Indicator("interest", "interest to net revenue", "interest", 1, _SHARE,
              "what the loans bought, and rates to come"),
    Indicator("borrowing", "borrowing a resident", "borrowing", 1, _POUNDS,
              "what the loans bought, and housing debt that rents carry"),
    Indicator("social_care", "social care to net revenue", "social_care", 1, _SHARE,
              "whether need or price makes it so"),
    Indicator("council_tax", "council tax to net revenue", "council_tax", -1, _SHARE,
              "how far council tax may still be raised"),
)  # fmt: skip
"""The signs. Councils fail by spending reserves or by taking on debt: each sees one alone."""


_OF_YEARS_BACK = ("reserves_change", "years_left")


@dataclass(frozen=True, eq=False)
class EarlyWarning(SectorResult):
    """Signs of an authority, or of a class, each with its reason."""

    def finding(self) -> str:
        """What it comes to, in a line."""
        name, own = self.facts["name"], self.own
        past = [
            f"{row.indicator} ({row.told}, {row.year})"
            for row in own[own["state"] == PAST].itertuples()
        ]
        # Without reserves three years ago neither their change nor the years left are known.
        silent = own[(own["state"] == NO_RETURN) & (own["sign"] != "years_left")]
        said = [
            f"{name} is past the line in {listed(past)}"
            if past
            else f"No sign of {name} is past its line ({listed(own['year'].unique())})"
        ]
        if len(silent):
            of = listed(f"{row.indicator} ({row.year})" for row in silent.itertuples())
            said.append(f"it has no return of {of}")
        return "; ".join(said)

    @property
    def own(self) -> pd.DataFrame:
        """The rows of the grid that are those of the authority itself."""
        grid = self.tables["grid"]
        return grid[grid["authority"] == self.facts["name"]]

    def summarised(self) -> Summary:
        facts = self.facts
        worse = self.tables["signs"].set_index("sign")["worse"]
        lines = [
            f"{self.finding()}.",
            *(
                f"{row.indicator.capitalize()} ({worse[row.sign]} is worse): {row.reason}."
                for row in self.own.itertuples()
            ),
            f"The figures are of {listed(self.own['year'].unique())}: what came since they do not "
            "see.",
            *facts["told"],
            "Each sign stands by itself and is blind to other ways to fail; they are not added up, "
            "and nobody is ranked.",
        ]
        return Summary(self.title, tuple(sentences([*lines, *self.offered])))


def early_warning(
    authority: str,
    *,
    panel: PanelLike = None,
    year: str | None = None,
    among: str | None = OWN_CLASS,
    worst: float = 0.05,
    limits: Mapping[str, float] | None = None,
    agency: str = "",
    place: PlaceLike | None = None,
    facts: pd.DataFrame | None = None,
) -> EarlyWarning:
    """Signs by which an authority may want to ask for help, each with the line behind it.

    Parameters
    ----------
    authority : str
        Key or name of the authority.
    panel : PanelData or path, optional
        The figures; default: the panel that comes along.
    year : str, optional
        Which year; default: the last there is of reserves. Of another sign the nearest.
    among : str
        Who is compared: ``"own class"``, ``"all"``, or a class of the panel.
    worst : float
        Which part of the class at the worse end is flagged.
    limits : mapping of str to float, optional
        Lines of one's own by sign: past them it is flagged as well.
    agency : str
        The agency of the place that the authority is; for a proposal.
    place : Place, path or str, optional
        The place on which a proposal would be tried.
    facts : DataFrame, optional
        What auditors and others said of it: date, fact, source. It is told with its date, and
        flags nothing.

    Raises
    ------
    WrongArgument
        If an argument names nothing that the panel has, or cannot be meant; all is named.
    CannotAnswer
        If the panel has none of the signs, or the authority was not there in their years.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.sector.early_warning("Slough", year="2015-16")
    >>> sign = found.tables["grid"].set_index(["authority", "sign"]).loc[("Slough", "years_left")]
    >>> round(float(sign["value"]), 2), bool(sign["flag"])
    (1.95, True)
    """
    held = as_panel(panel)
    with Arguments() as asked:
        key, grouped, where = compared(asked, held, authority, among, OWN_CLASS, place)
        worst = asked.read(share, "worst", worst)
        own_lines = asked.read(_lines, limits)
        year = asked.read(optional, text, "year", year)
        dated = None if facts is None else asked.read(_dated, "facts", facts)
        asked.read(text, "agency", agency)
    there = [each for each in INDICATORS if held_of(held, each)]
    if not there:
        raise CannotAnswer(
            "the panel has none of the measures that signs are taken from: "
            f"{listed(dict.fromkeys(each.measure for each in INDICATORS))}."
        )
    known = held.who["name"]
    name = str(known[key])
    frames, told, own_told, asked_for = [], [], [], year
    instead: dict[str, list[str]] = {}
    for each in there:
        meant = held.year_for(each.measure, year, near=True)
        if asked_for and meant != asked_for:
            instead.setdefault(meant, []).append(each.name)
        members = _members(held, each, meant, grouped)
        values = sign_values(held, each, meant, grouped).reindex(members)
        if 2 * int(values.notna().sum()) < len(members):
            told.append(f"Of {each.name} nearly nobody of {called(grouped)} has a figure.")
            continue
        if key not in members:
            since = _back(meant) if each.key in _OF_YEARS_BACK else meant
            own_told.append(f"{each.name.capitalize()}: {name} was not there in {since}.")
        silent = known[values.index[values.isna()]].tolist()
        if silent and each.key != "years_left":
            told.append(f"No return of {each.name} ({meant}): {listed(silent)}.")
        frames.append(_flags(each, values, meant, worst, own_lines.get(each.key), known))
        if each.measure == "reserves" and year is None:
            year = meant
    grid = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if not frames or name not in set(grid["authority"]):
        raise CannotAnswer(
            f"the panel has no sign of a year in which {name} was there. {held.there_is(key)}"
        )
    own_told += [
        f"Of {asked_for} there is no figure of {listed(names)}: those shown are of {meant}."
        for meant, names in instead.items()
    ]
    said: dict[str, Any] = {
        "name": name, "key": key, "year": year, "set": called(grouped), "told": own_told,
    }  # fmt: skip
    if (grid["in_worst"] == 1).any():
        own_told.append(
            f"{percent(worst)} of so few is one council: of such a sign one is always past its "
            "line."
        )
    lines = pd.DataFrame(
        [
            {"sign": each.key, "indicator": each.name, "does_not_see": each.blind,
             "worse": "more" if each.worse > 0 else "less"}
            for each in there
        ]
    )  # fmt: skip
    tables = {"grid": grid, "signs": lines}
    if dated is not None:
        tables["facts"] = dated
    made, none = _more_reserves(held, key, name, grid, where, agency, str(year))
    tables["proposals"] = proposals_table(made)
    told.append(
        f"A sign is flagged in the worst {percent(worst)} of {called(grouped)}, past a line that "
        "was stated, or where there is no return."
    )
    notes = (
        *told,
        "Signs are not added up: councils fail in two ways, by spending reserves and by taking on "
        "debt, and a sum would hide both. No sign sees equal pay or accounts that are not closed.",
        f"With fewer than {FEWEST_EVENTS} failures among those compared, nothing can be said of "
        "how well a sign foretells one.",
        "Shares are of net revenue expenditure of the year, in cash; reserves are those of 1 "
        "April.",
        *(
            ["Shares below nought are as they were published."]
            if (grid.loc[~grid["sign"].isin(_OF_YEARS_BACK), "value"] < 0).any()
            else []
        ),
        *source_notes(held, [each.measure for each in there]),
    )
    run = record_of_panel(
        "early_warning", held, grid, authority=key, year=year, among=grouped or ALL, worst=worst,
        limits=dict(own_lines), agency=agency,
    )  # fmt: skip
    years = listed(grid.loc[grid["authority"] == name, "year"].unique())
    title = f"{name}: signs to ask for help early, {years}"
    return EarlyWarning(title, tables, notes, run, proposals=made, none=none, facts=said)


def held_of(held: PanelData, sign: Indicator) -> bool:
    """Whether a panel has figures of a sign."""
    return sign.measure in set(held.measures["measure"]) and bool(held.years_of(sign.measure))


def _members(held: PanelData, sign: Indicator, year: str, among: str) -> pd.Index:
    """Who of a class was there in the years that a sign is taken from."""
    there = held.was_there(year)
    if sign.key in _OF_YEARS_BACK:
        there &= held.was_there(_back(year))
    if among:
        there &= held.who["class"] == among
    return there.index[there]


def _lines(given: Mapping[str, float] | None) -> dict[str, float]:
    if given is None or (isinstance(given, Mapping) and not given):
        return {}
    found = by_name("limits", given, "reserves=0.05")
    known = [each.key for each in INDICATORS]
    with Arguments() as asked:
        return {asked.read(one_of, "limits", key, known): value for key, value in found.items()}


def _back(year: str) -> str:
    start = int(year[:4]) - YEARS_BACK
    return f"{start}-{(start + 1) % 100:02d}"


def sign_values(held: PanelData, sign: Indicator, year: str, among: str) -> pd.Series:
    """A sign of each authority of a class; of those without a return it is blank.

    Reserves that rise have no years left: that is infinite.
    """
    rows = held.values(sign.measure, year, among)
    if sign.key not in _OF_YEARS_BACK:
        return rows["value"]
    before = _back(year)
    if before not in held.years_of(sign.measure):
        return pd.Series(np.nan, index=rows.index)
    then = held.values(sign.measure, before, among)["numerator"].reindex(rows.index)
    now = rows["numerator"]
    if sign.key == "reserves_change":
        return (now - then) / then.where(then > 0)
    draw = (then - now) / YEARS_BACK
    return (now / draw.where(draw > 0)).where(draw.isna() | (draw > 0), np.inf)


def _flags(
    sign: Indicator,
    values: pd.Series,
    year: str,
    worst: float,
    stated: float | None,
    known: pd.Series,
) -> pd.DataFrame:
    """Each authority's value, the line, whether it is past it, and why."""
    bad = values * sign.worse
    some = int(bad.notna().sum())
    # So many lie in the worst part: the line is the last of them.
    many = int(np.floor(worst * some)) if some else 0
    ordered = bad.dropna().sort_values(ascending=False)
    line = float(ordered.iloc[many - 1] * sign.worse) if many else float("nan")
    past = (bad >= ordered.iloc[many - 1]) if many else pd.Series(False, index=values.index)
    past &= np.isfinite(values)
    if stated is not None:
        past |= bad > stated * sign.worse
    state = np.where(values.isna(), NO_RETURN, np.where(past, PAST, NOT_PAST))
    rows = pd.DataFrame(
        {
            "authority": known.reindex(values.index).to_numpy(),
            "sign": sign.key,
            "indicator": sign.name,
            "year": year,
            "value": values.to_numpy(),
            "line": line,
            "in_worst": many,
            "stated": np.nan if stated is None else stated,
            "flag": state != NOT_PAST,
            "state": state,
        }
    )
    rows["told"] = [told_as(sign.unit, value) for value in rows["value"]]
    rows["reason"] = [_reason(sign, row, some, worst) for row in rows.to_dict("records")]
    return rows


def told_as(sign_unit: str, value: float) -> str:
    """A value of a sign in words."""
    if pd.isna(value):
        return "no figure"
    if sign_unit == _POUNDS:
        return whole_pounds(value)
    if sign_unit == _YEARS:
        return "not drawing down" if np.isinf(value) else f"{in_digits(value, 2)} years"
    return percent(value)


def _reason(sign: Indicator, row: Mapping[str, Any], some: int, worst: float) -> str:
    """The value in words, and the line behind the flag."""
    if pd.isna(row["value"]):
        return f"there is no figure, which is a sign of its own ({row['year']})"
    said = told_as(sign.unit, row["value"])
    if pd.isna(row["line"]):
        line = f"too few ({some}) for a line"
    elif row["in_worst"] == 1:
        line = f"the worst one of {some} has {told_as(sign.unit, row['line'])}"
    else:
        at = "or more" if sign.worse > 0 else "or less"
        line = f"the worst {percent(worst)} of {some} have {told_as(sign.unit, row['line'])} {at}"
    stated = row["stated"]
    own = "" if pd.isna(stated) else f"; the line stated is {told_as(sign.unit, stated)}"
    return f"{said}; {line}{own} ({row['year']})"


def _dated(name: str, given: object) -> pd.DataFrame:
    """Facts in the order of their dates."""
    facts = instance(name, given, pd.DataFrame, "a table (a DataFrame) with date, fact, source")
    columns = ["date", "fact", "source"]
    lacking = [each for each in columns if each not in facts]
    if lacking:
        raise CannotAnswer(f"facts need the columns {listed(columns)}: {listed(lacking)} missing.")
    return facts[columns].astype(str).sort_values("date", kind="stable").reset_index(drop=True)


def _more_reserves(
    held: PanelData,
    key: str,
    name: str,
    grid: pd.DataFrame,
    place: Place | None,
    agency: str,
    year: str,
) -> tuple[tuple[Proposal, ...], str]:
    """A least balance of reserves at the line, where the own reserves are below it; or why not."""
    mine = grid[(grid["authority"] == name) & (grid["sign"] == "reserves")]
    if mine.empty or not mine["flag"].iloc[0] or pd.isna(mine["value"].iloc[0]):
        return (), f"the reserves of {name} are not past their line."
    line = float(mine["line"].iloc[0])
    if pd.isna(line):
        return (), "there are too few to draw a line."
    if place is None or not agency:
        return (), "no place and agency were named whose reserves might be protected."
    rows = place.reserves
    rows = rows[rows["agency"] == agency]
    if rows.empty:
        return (), f"the place has no reserves of the agency {agency}."
    spent = float(held.values("reserves", year).at[key, "denominator"])
    least = {name: round(line * part * spent) for name, part in
             (("low", 0.5), ("middle", 1.0), ("high", 1.5))}  # fmt: skip
    now = float(place.filled("reserves").loc[rows.index, "minimum"].max())
    if least["low"] <= now:
        return (), f"the place keeps {money(now)} of reserves already."
    why = (
        f"{name} had reserves of {percent(float(mine['value'].iloc[0]))} of net revenue in {year}, "
        f"and the line of the worst of its class is {percent(line)}."
    )
    source = "; ".join(sources_of(held, ["reserves"]))
    options = {
        size: Option(f"least reserves of {agency} {money(amount)}", why, source=source)
        .set("reserves", "minimum", float(amount), agency=agency)
        for size, amount in least.items()
    }  # fmt: skip
    made = Proposal(options["middle"], why, JUDGEMENT, (source,), options["low"], options["high"])
    return (made,), ""
