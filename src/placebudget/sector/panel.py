"""The panel: figures of authorities by year and measure, what is wrong with them, and their values.

A panel is a data package as a place is one. What is doubtful is a finding: a return that is
missing, a nought that may mean one, a figure of a year in which the authority was not there.
Nothing of that is guessed: such a figure is told and left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import as_file, files
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from placebudget.arguments import (
    Arguments,
    is_left_out,
    key_or_name,
    known_key,
    optional,
    refusal,
)
from placebudget.arguments import number as a_number
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place.checks import check_rows
from placebudget.place.findings import Finding, Findings, error, warning
from placebudget.place.io.reading import OWN_FILES, package_in_folder, read_package
from placebudget.place.io.tables import with_figures
from placebudget.place.place import Package
from placebudget.place.schema import PANEL
from placebudget.place.settings import start_of
from placebudget.texts import listed, shown
from placebudget.words import as_set, number
from placebudget.writing import a_path

COST, VOLUME, OUTCOME, NEED, FINANCE = "cost", "volume", "outcome", "need", "finance"
"""Kinds of measures; need is what an authority does not set itself."""

MORE, LESS, NEITHER = "more", "less", "neither"
"""Which way of a measure is better."""

_MISSING = "missing"


class _Doubt(NamedTuple):
    """Why a figure is left out: in short, as a finding about the column it stands in, and mended.

    Who, what and when stand in curly brackets.
    """

    short: str
    code: str
    column: str
    what: str
    mend: str


_DOUBTS = {
    "future": _Doubt(
        "a year that has not begun",
        "future-year",
        "year",
        "{year} has not begun, and there are figures of {name} in it ({who}).",
        "Check the year: a plan or forecast is no observation. They are left out.",
    ),
    "not there": _Doubt(
        "it was not there",
        "outside-life",
        "year",
        "Not there in {year}, and with a figure of {name}: {who}.",
        "Check the year, or from and to of the authority. They are left out.",
    ),
    "no volume": _Doubt(
        "a cost and no volume",
        "no-volume",
        "denominator",
        "A cost and no volume, {name}, {year}: {who}.",
        "Fill in the volume; without it there is no value, and they are left out.",
    ),
    "nought": _Doubt(
        "0, which means that it is missing",
        "nought",
        "value",
        "0 means that a figure of {name} is missing in {year}: {who}.",
        "Leave it blank, or fill in the figure. They are left out.",
    ),
    "blank": _Doubt(
        "neither a value nor both its parts",
        "blank",
        "value",
        "Neither a value nor both its parts, {name}, {year}: {who}.",
        "Fill in the value, or delete the row. They are left out.",
    ),
}
# Values and parts are rounded when they are published: to this share, or to half the last digit.
_ROUNDED, _LAST = 0.02, 0.06
# So many times the middle is another unit: pounds for thousands of them.
_OTHER_UNIT = 500
# Where so large a part has a figure, one that is missing or nought is a question.
_NEARLY_ALL = 0.9


@dataclass(frozen=True, eq=False)
class PanelData(Package):
    """Figures of authorities by year and measure.

    Its tables are attributes: authorities, measures, observations, links and sources. It is
    read, checked and written as a place is.

    Examples
    --------
    >>> import placebudget as pb
    >>> panel = pb.sector.panel()
    >>> panel.authorities.set_index("authority").at["E10000017", "name"]
    'Lancashire'
    >>> panel.check().errors
    <Findings: 0 errors, 0 warnings>
    """

    kind: ClassVar[str] = PANEL

    # --- whom and what it knows -----------------------------------------------------------

    def key_of(self, authority: str) -> str:
        """The key of an authority, by its key or its name.

        Raises
        ------
        WrongArgument
            If the panel has none, or several, of that name.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.sector.panel().key_of("Lancashire")
        'E10000017'
        """
        return key_or_name("authority", authority, self._named, of="The panel")

    def measure(self, measure: str) -> dict[str, Any]:
        """All that is said of a measure.

        Raises
        ------
        WrongArgument
            If the panel has no such measure.
        """
        known_key("measure", measure, self._measures, of="The panel")
        return self._measures[measure]

    def years_of(self, measure: str) -> tuple[str, ...]:
        """The years of which there are values of a measure, in order."""
        self.measure(measure)
        return self._years.get(measure, ())

    def year_for(self, measure: str, year: str | None, *, near: bool = False) -> str:
        """The year that is meant: the last there is, or one of those there are.

        Parameters
        ----------
        measure : str
            The measure.
        year : str, optional
            The year; default: the last.
        near : bool
            Whether the nearest year will do where there is no such year.

        Raises
        ------
        CannotAnswer
            If there are no values of the measure, or none of the year.
        """
        known = self.years_of(measure)
        name = self.measure(measure)["name"]
        if not known:
            raise CannotAnswer(f"the panel has no figure of {name}.")
        if year is None:
            return known[-1]
        if year in known:
            return year
        if near:
            return min(known, key=lambda each: (abs(start_of(each) - start_of(year)), each))
        raise CannotAnswer(f"the panel has no figure of {name} in {year}; years: {listed(known)}.")

    def values(self, measure: str, year: str | None = None, among: str = "") -> pd.DataFrame:
        """Values of a measure in a year, without those that are doubtful.

        Parameters
        ----------
        measure : str
            Key of the measure.
        year : str, optional
            Which year; default: the last there is.
        among : str, optional
            One class of authorities; default: all of them.

        Returns
        -------
        DataFrame
            authority (index), name, class, region, numerator, denominator, value.

        Raises
        ------
        WrongArgument
            If there is no such measure or class.
        CannotAnswer
            If there are no figures of that year.

        Examples
        --------
        >>> import placebudget as pb
        >>> found = pb.sector.panel().values("home_care_hours", "2013-14")
        >>> float(found.at["E10000017", "value"])
        14.5
        """
        meant = self.year_for(measure, year)
        found = self.who[["name", "class", "region"]].join(
            self._figures[measure, meant], how="inner"
        )
        if among:
            known_key("class", among, self.authorities["class"], of="The panel")
            found = found[found["class"] == among]
        return found

    def there_is(self, authority: str) -> str:
        """What figures there are of an authority, in words."""
        rows = self.tables["observations"]
        held = set(rows.loc[rows["authority"] == authority, "measure"])
        names = [row.name for row in self.measures.itertuples(index=False) if row.measure in held]
        return f"Of it the panel has {listed(names)}." if names else "The panel has none of it."

    def was_there(self, year: str) -> pd.Series:
        """Whether each authority was there in a year; those that began later or ended were not."""
        return self._alive(self.who, year)

    @staticmethod
    def _alive(about: pd.DataFrame, year: str | pd.Series) -> pd.Series:
        first, last = about["from"].fillna("").astype(str), about["to"].fillna("9999").astype(str)
        return (first <= year) & (year <= last)

    def why_left_out(self, authority: str, measure: str, year: str | None = None) -> str:
        """Why a figure of an authority, or else its last, is left out; blank: it is not."""
        held = self._judged
        rows = held[(held["authority"] == authority) & (held["measure"] == measure)]
        if year is not None:
            rows = rows[rows["year"] == year]
        last = rows.sort_values("year", kind="stable").tail(1)
        left = last.loc[last["left"] != "", ["left", "year"]].to_numpy().tolist()
        return "".join(f"{_DOUBTS[why].short}, {when}" for why, when in left)

    def left_out(self, measure: str, year: str) -> str:
        """Whose figures of a measure and year no comparison takes, in a sentence; or nothing."""
        held = self._doubts
        rows = held[(held["measure"] == measure) & (held["year"] == year)]
        if rows.empty:
            return ""
        return (
            f"Left out, as their figures of {self._called(measure)} in {year} are doubtful: "
            f"{self._names(rows['authority'])}."
        )

    @cached_property
    def _measures(self) -> dict[str, dict[str, Any]]:
        rows: list[dict[str, Any]] = self.filled("measures").to_dict("records")
        return {str(row["measure"]): row for row in rows}

    @cached_property
    def _named(self) -> dict[str, str]:
        return dict(zip(self.who.index, self.who["name"], strict=True))

    @cached_property
    def who(self) -> pd.DataFrame:
        """Authorities by key, each once: name, class, region, and when they were there."""
        return self.tables["authorities"].drop_duplicates("authority").set_index("authority")

    # --- values, and why some are left out ------------------------------------------------

    @cached_property
    def _judged(self) -> pd.DataFrame:
        """Every observation with its value, and why it is left out; blank: it is not."""
        frame = self.tables["observations"]
        return self._judge(frame, self.origin.row_numbers("observations", len(frame)))

    def _judge(self, rows: pd.DataFrame, numbers: Sequence[int]) -> pd.DataFrame:
        """Some observations with their values, and why they are left out."""
        frame = rows.copy()
        about = self.filled("measures").drop_duplicates("measure").set_index("measure")
        frame["row"] = list(numbers)
        for name in ("periods", "nought"):
            frame[name] = frame["measure"].map(about[name])
        parts = frame["numerator"] / (frame["denominator"] * frame["periods"])
        parts = parts.where(frame["denominator"] > 0)
        frame["worked"] = parts
        frame["value"] = frame["value"].fillna(parts)
        left = pd.Series("", index=frame.index, dtype="str")
        left[frame["value"].isna()] = "blank"
        left[(frame["denominator"] == 0) & (frame["numerator"] != 0)] = "no volume"
        nought = frame["nought"].fillna("")
        left[(frame["value"] == 0) & (nought == _MISSING)] = "nought"
        left[~self._there(frame)] = "not there"
        left[frame["year"].fillna("") > _this_year()] = "future"
        frame["left"] = left
        return frame

    def changed(
        self,
        authority: str,
        measure: str,
        *,
        year: str | None = None,
        value: float | None = None,
        numerator: float | None = None,
        denominator: float | None = None,
    ) -> PanelData:
        """The panel with another figure; this one stays as it is, and nothing else is read anew.

        Parameters
        ----------
        authority : str
            Key or name of the authority.
        measure : str
            Key of the measure.
        year : str, optional
            Which year; default: the last there is.
        value : float, optional
            The new value; the numerator follows it where there is a denominator.
        numerator, denominator : float, optional
            New parts; without a value that follows from them.

        Raises
        ------
        InvalidPlace
            If something was wrong with the panel before; all is named.
        WrongArgument
            If there is no such authority or measure, or a figure cannot be meant.
        CannotAnswer
            If there is no observation to change.

        Examples
        --------
        >>> import placebudget as pb
        >>> held = pb.sector.panel()
        >>> other = held.changed("Lancashire", "home_care_hours", year="2013-14", value=16)
        >>> pb.sector.benchmark("Lancashire", "home_care_hours", panel=other).facts["own_words"]
        '£16.00 an hour'
        """
        with Arguments() as asked:
            key = asked.read(self.key_of, authority)
            periods = float(asked.read(self.measure, measure)["periods"])
            value = asked.read(optional, a_number, "value", value)
            numerator = asked.read(optional, a_number, "numerator", numerator)
            denominator = asked.read(optional, a_number, "denominator", denominator, least=0)
        self.raise_if_unsound()
        meant = self.year_for(measure, year)
        at = self._places.get((key, meant, measure))
        if at is None:
            name = self.measure(measure)["name"]
            raise CannotAnswer(f"{self.who['name'][key]} has no figure of {name} in {meant}.")
        row = self.tables["observations"].iloc[[at]].copy()
        if denominator is not None:
            row["denominator"] = denominator
        if value is not None and numerator is None:
            numerator = float(value * row["denominator"].iloc[0] * periods)
        if value is None and numerator is None and denominator is None:
            raise WrongArgument("give a new value, or a new numerator or denominator")
        row["value"] = np.nan if value is None else value
        if numerator is not None:
            row["numerator"] = numerator
        return self._with_row(at, row, (measure, meant))

    def _with_row(self, at: int, row: pd.DataFrame, where: tuple[str, str]) -> PanelData:
        """The panel with another row of observations; what it does not touch is taken over."""
        cells = row[["numerator", "denominator", "value"]].iloc[0].to_dict()
        rows = with_figures(self.tables["observations"], at, cells)
        made = self.with_(observations=rows)
        number_of = self.origin.row_numbers("observations", len(rows))[at]
        judged = made._judge(row, [number_of])
        key, left = row["authority"].iloc[0], judged["left"].iloc[0]
        figures = self._figures.get(where)
        new = judged.set_index("authority")[["numerator", "denominator", "value"]]
        if figures is None:
            figures = new
        elif key in figures.index and not left:
            figures = figures.copy()
            figures.loc[key] = new.loc[key]
        else:
            figures = figures.drop(key, errors="ignore")
            figures = figures if left else pd.concat([figures, new])
        doubts = self._doubts[self._doubts["row"] != number_of]
        made.__dict__.update(
            _measures=self._measures, who=self.who, _named=self._named, _places=self._places,
            _figures={**self._figures, where: figures},
            _doubts=pd.concat([doubts, judged]) if left else doubts, _sound=True,
        )  # fmt: skip
        return made

    @cached_property
    def _places(self) -> dict[tuple[str, str, str], int]:
        """Where each observation stands, by authority, year and measure."""
        rows = self.tables["observations"][["authority", "year", "measure"]]
        return {key: at for at, key in enumerate(rows.itertuples(index=False, name=None))}

    @cached_property
    def _sound(self) -> bool:
        self.check().raise_if_errors()
        return True

    def raise_if_unsound(self) -> None:
        """Raise if anything is wrong with it; looked through once.

        Raises
        ------
        InvalidPlace
            With all errors.
        """
        assert self._sound

    @cached_property
    def _known(self) -> pd.DataFrame:
        judged = self._judged
        kept = judged[judged["left"] == ""]
        return kept.drop_duplicates(["authority", "year", "measure"])

    @cached_property
    def _figures(self) -> dict[tuple[str, str], pd.DataFrame]:
        """Figures by measure and year, so that each is looked for once."""
        held = self._known.set_index("authority")
        figures = held[["numerator", "denominator", "value"]]
        rows = held.groupby(["measure", "year"]).indices
        return {(str(one), str(year)): figures.iloc[at] for (one, year), at in rows.items()}

    @cached_property
    def _years(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for measure, year in self._figures:
            found.setdefault(measure, []).append(year)
        return {measure: tuple(sorted(years)) for measure, years in found.items()}

    @cached_property
    def _doubts(self) -> pd.DataFrame:
        judged = self._judged
        return judged[judged["left"] != ""]

    def _there(self, frame: pd.DataFrame) -> pd.Series:
        """Whether the authority was there in the year of each observation."""
        about = self.who[["from", "to"]].reindex(frame["authority"]).set_axis(frame.index)
        return self._alive(about, frame["year"].fillna("").astype(str))

    # --- checks ---------------------------------------------------------------------------

    @cached_property
    def _findings(self) -> Findings:
        return Findings([*check_rows(self), *self._own_checks()])

    def _own_checks(self) -> Iterator[Finding]:
        yield from self._lives()
        yield from self._left_out()
        yield from self._doubtful_values()
        yield from self._missing_returns()
        yield from self._doubtful_measures()

    def _lives(self) -> Iterator[Finding]:
        """Authorities end once, are followed by one that is there, and never by themselves."""
        frame = self.tables["authorities"]
        numbers = self.origin.row_numbers("authorities", len(frame))
        rows = dict(zip(frame["authority"], frame.to_dict("records"), strict=True))
        for at, row in zip(numbers, frame.to_dict("records"), strict=True):
            if not pd.isna(row["from"]) and not pd.isna(row["to"]) and row["to"] < row["from"]:
                what = f"It ends in {row['to']}, before it begins in {row['from']}."
                yield error("ends-before", "authorities", at, "to", what, "Mend one of the years.")
            way, after = [row["authority"]], row["successor"]
            while isinstance(after, str) and after in rows and after not in way:
                way.append(after)
                after = rows[after]["successor"]
            if after == row["authority"]:
                what = f"{shown(row['name'])} takes over from itself: {' of '.join(way)}."
                mend = "Name who came after it."
                yield error("successor-loop", "authorities", at, "successor", what, mend)
            heir = rows.get(row["successor"]) if isinstance(row["successor"], str) else None
            if pd.isna(row["to"]):
                if heir is not None:
                    what = f"{shown(row['name'])} has a successor and no last year."
                    mend = "Write the last year in which it was there."
                    yield error("no-end", "authorities", at, "to", what, mend)
            elif heir is None and pd.isna(row["note"]):
                what = f"{shown(row['name'])} ends in {row['to']}, and nobody is said to follow it."
                mend = "Name its successor, or say in the note into which it was divided."
                yield warning("no-successor", "authorities", at, "successor", what, mend)
            elif heir is not None and not pd.isna(heir["to"]) and heir["to"] <= row["to"]:
                what = f"{shown(heir['name'])}, its successor, ends no later than it does."
                yield error("successor-gone", "authorities", at, "successor", what,
                            "Mend one of the years, or name who came after it.")  # fmt: skip

    def _left_out(self) -> Iterator[Finding]:
        """Observations that no comparison takes, a finding for each measure and year."""
        for (reason, measure, year), rows in self._doubts.groupby(
            ["left", "measure", "year"], sort=True
        ):
            doubt, row = _DOUBTS[str(reason)], int(rows["row"].iloc[0])
            who, name = self._names(rows["authority"]), self._called(str(measure))
            what = doubt.what.format(who=who, name=name, year=year)
            yield warning(doubt.code, "observations", row, doubt.column, what, doubt.mend)

    def _doubtful_values(self) -> Iterator[Finding]:
        """Values that are not what their parts come to, or are in another unit."""
        judged = self._judged[self._judged["left"] == ""]
        written = self.tables["observations"]["value"].reindex(judged.index)
        off = (written - judged["worked"]).abs()
        wrong = judged[(off > np.maximum(_LAST, _ROUNDED * judged["worked"].abs())).fillna(False)]
        for measure, rows in wrong.groupby("measure", sort=True):
            first = rows.iloc[0]
            what = (
                f"{len(rows)} values of {self._called(str(measure))} are not their numerator by "
                f"their denominator: {as_set(first['value'])}, not {number(first['worked'], 2)}, "
                f"of {self._names(rows['authority'])}."
            )
            mend = "Mend the value, one of its parts, or how many periods the measure has."
            yield warning("value-and-parts", "observations", int(first["row"]), "value", what, mend)
        middle = judged[judged["value"] != 0]
        middle = middle.assign(size=middle["value"].abs())
        usual = middle.groupby(["measure", "year"])["size"].transform("median")
        # A measure of amounts has small and large authorities: its own other years are the measure.
        own = middle.groupby(["measure", "authority"])["size"].transform("median")
        priced = middle["measure"].map(lambda key: self._kind(key) in (COST, OUTCOME, NEED))
        far = middle["size"] / usual.where(priced, own)
        odd = middle[(far > _OTHER_UNIT) | (far < 1 / _OTHER_UNIT)]
        for measure, rows in odd.groupby("measure", sort=True):
            first = rows.iloc[0]
            what = (
                f"{as_set(first['value'])} of {self._names(rows['authority'])} is hundreds of "
                f"times, or hundredths of, what others have of {self._called(str(measure))}."
            )
            mend = "Check the unit: pounds, thousands of pounds, a week or a year."
            yield warning("other-unit", "observations", int(first["row"]), "value", what, mend)

    def _missing_returns(self) -> Iterator[Finding]:
        """Authorities without a figure where nearly all of their class have one; noughts there."""
        classes = self.who["class"]
        known = self._judged.assign(of=self._judged["authority"].map(classes))
        members = {name: set(rows) for name, rows in classes.groupby(classes).groups.items()}
        for (measure, year), rows in known.groupby(["measure", "year"], sort=True):
            there = set(self.who.index[self.was_there(str(year))])
            absent: list[str] = []
            for name, those in rows.groupby("of"):
                due = members[name] & there
                gone = due - set(those["authority"])
                if gone and len(gone) <= (1 - _NEARLY_ALL) * len(due):
                    absent += sorted(gone)
            if absent:
                name = self._called(str(measure))
                what = f"No figure of {name} in {year}: {self._names(absent)}."
                mend = "Ask for it: a return that is missing is no good sign and no bad one."
                yield warning("missing-return", "observations", None, "value", what, mend)
            rows = rows[rows["left"] == ""]
            noughts = rows[(rows["value"] == 0) & (rows["nought"].fillna("") == "")]
            if 0 < len(noughts) <= (1 - _NEARLY_ALL) * len(rows):
                what = (
                    f"0 for {self._called(str(measure))} in {year}, where nearly all others have "
                    f"more: {self._names(noughts['authority'])}."
                )
                mend = "Say in the column nought of the measure whether 0 means that it is missing."
                yield warning(
                    "nought-or-missing", "observations", int(noughts["row"].iloc[0]), "value",
                    what, mend,
                )  # fmt: skip

    def _doubtful_measures(self) -> Iterator[Finding]:
        """Measures without figures, prices of which more is better, outcomes that are both."""
        frame = self.tables["measures"]
        held = set(self.tables["observations"]["measure"])
        numbers = self.origin.row_numbers("measures", len(frame))
        for at, row in zip(numbers, self.filled("measures").to_dict("records"), strict=True):
            name = shown(row["measure"])
            if row["measure"] not in held:
                what, mend = f"There is no observation of {name}.", "Add some, or delete the row."
                yield warning("no-observations", "measures", at, "measure", what, mend)
            if row["price_like"] and (row["kind"] != COST or row["better"] != LESS):
                said = f"{name} is price-like and of kind {row['kind']}"
                what = f"{said}, and {row['better']} of it is better."
                mend = "A price is a cost of which less is better: mend one of the three."
                yield error("price-and-direction", "measures", at, "price_like", what, mend)
            way, whole = [row["measure"]], row["part_of"]
            while isinstance(whole, str) and whole in self._measures and whole not in way:
                way.append(whole)
                whole = self._measures[whole]["part_of"]
            if whole == row["measure"]:
                what = f"{name} is a part of itself: {' of '.join(way)}."
                mend = "Name the measure that contains it."
                yield error("part-loop", "measures", at, "part_of", what, mend)

    def _kind(self, measure: str) -> str:
        return str(self._measures[measure]["kind"]) if measure in self._measures else ""

    def _called(self, measure: str) -> str:
        held = self._measures.get(measure)
        return str(held["name"]) if held and isinstance(held["name"], str) else shown(measure)

    def _names(self, keys: Any) -> str:
        known = self.who["name"]
        return listed((str(known.get(key, key)) for key in dict.fromkeys(keys)), most=5)


@cache
def _this_year() -> str:
    """The financial year in which this is asked."""
    today = date.today()
    start = today.year - (today.month < 4)
    return f"{start}-{(start + 1) % 100:02d}"


@cache
def _shipped() -> PanelData:
    with as_file(files("placebudget.sector") / "shipped") as folder:
        return package_in_folder(PanelData, folder)


OWN_PANEL = "PLACEBUDGET_PANEL"
"""Names the panel that is meant where none is given."""


def panel(path: str | os.PathLike[str] | None = None) -> PanelData:
    """The panel of English councils that comes along, or another.

    Parameters
    ----------
    path : path or str, optional
        A folder with ``datapackage.json``, an ``.xlsx`` or a ``.zip``; default: what
        ``PLACEBUDGET_PANEL`` names, or the panel that comes with placebudget.

    Raises
    ------
    InvalidPlace
        If anything cannot be read, or it is no panel, with all findings at once.

    Examples
    --------
    >>> import placebudget as pb
    >>> len(pb.sector.panel().authorities) > 150
    True
    """
    own = os.environ.get(OWN_PANEL)
    if path is None:
        return _own(own) if own else _shipped()
    return _read(path)


def _read(path: str | os.PathLike[str]) -> PanelData:
    wanted = "the path of a folder, an .xlsx or a .zip"
    return read_package(PanelData, a_path("path", path, wanted), OWN_FILES)


@cache
def _own(path: str) -> PanelData:
    return _read(path)


PanelLike: TypeAlias = PanelData | str | os.PathLike[str] | None


def as_panel(given: PanelLike) -> PanelData:
    """The panel that is meant, with nothing wrong in it; read where it is not at hand yet.

    Raises
    ------
    InvalidPlace
        If it cannot be read, or has errors; all are named.
    WrongArgument
        If it is neither a panel nor a path.
    """
    with Arguments() as asked:
        held = asked.read(_a_panel, given)
    held.raise_if_unsound()
    return held


def _a_panel(given: object) -> PanelData:
    if isinstance(given, PanelData):
        return given
    if is_left_out(given):
        return panel()
    if isinstance(given, str | os.PathLike):
        return panel(given)
    raise refusal("panel", "a panel, or the path of one", given)
