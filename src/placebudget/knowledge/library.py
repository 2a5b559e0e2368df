"""The library: services, unit costs, estimates of effects and values, each with its source."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pandas as pd

from placebudget.arguments import Arguments, flag, known_key, number, one_of, optional, share, text
from placebudget.errors import CannotAnswer
from placebudget.knowledge.using import (
    MIDDLE,
    SIZES,
    Wanted,
    as_used,
    findings_of,
    outdated_in,
    superseded_in,
)
from placebudget.place.checks import check_rows
from placebudget.place.findings import Finding, Findings, error
from placebudget.place.io.reading import (
    OWN_FILES,
    PlaceLike,
    as_place,
    package_in_folder,
    read_package,
)
from placebudget.place.io.template import to_fill_in
from placebudget.place.options import Option
from placebudget.place.place import Package
from placebudget.place.schema import LIBRARY, schema
from placebudget.place.settings import GENERAL, financial_year, start_of
from placebudget.texts import listed, shown
from placebudget.value import price_levels
from placebudget.words import pence
from placebudget.writing import a_path, file_to_write

_FOUND = (
    "estimate", "intervention", "outcome", "direction", "measure", "mean", "low", "high",
    "baseline", "counted", "per", "grade", "place", "year", "design", "publisher",
    "superseded_by", "note",
)  # fmt: skip


class UnitCost(NamedTuple):
    """What one unit of a service usually costs.

    Attributes
    ----------
    amount : float
        Pounds for one unit of the service.
    unit : str
        What one unit is.
    price_year : str
        Year whose prices it is in; empty where the unit is money.
    edition, code : str
        Where it stands in the table of unit costs; empty where the unit is money.
    source, status : str
        As in a table of figures.
    """

    amount: float
    unit: str
    price_year: str
    edition: str
    code: str
    source: str
    status: str


@dataclass(frozen=True)
class Export:
    """What was written for others, and what was left out of it.

    Parameters
    ----------
    path : Path
        Where it was written.
    left_out : DataFrame
        table, row (its key), source, licence: what may not be passed on.
    """

    path: Path
    left_out: pd.DataFrame

    def __str__(self) -> str:
        if self.left_out.empty:
            return f"{self.path}: nothing had to be left out."
        held = [f"{len(rows)} of {table}" for table, rows in self.left_out.groupby("table")]
        names = listed(self.left_out["licence"].unique())
        return f"{self.path}: {listed(held)} left out, as the licence does not allow it: {names}."


@dataclass(frozen=True, eq=False)
class Library(Package):
    """What is known of services, what they cost and what they bring about.

    Its tables are attributes: services, interventions, estimates, unit_costs, values, deflators,
    grades, licences and sources. It is read, checked and written as a place is.

    Examples
    --------
    >>> import placebudget as pb
    >>> library = pb.library()
    >>> library.services.set_index("service").at["home_care", "led_by"]
    'need'
    >>> library.check()
    <Findings: 0 errors, 0 warnings>
    """

    kind: ClassVar[str] = LIBRARY
    FORMS: ClassVar[tuple[str, ...]] = (".xlsx", ".zip", ".json")

    # --- looking for something -------------------------------------------------

    def search(self, words: str = "", table: str = "estimates", /, **where: Any) -> pd.DataFrame:
        """Rows that hold all the words, and the values that are asked for.

        Parameters
        ----------
        words : str, optional
            What is looked for, in any order, in any text of a row; of estimates also in the
            name of the intervention and the body that made it.
        table : str, optional
            Where; default: the estimates.
        where : optional
            A value, or a list of values, by column.

        Returns
        -------
        DataFrame
            Estimates with what they are about, those of one outcome together, the best grade
            first: what helped beside what did nothing or harm. Or the rows of another table.

        Examples
        --------
        >>> import placebudget as pb
        >>> found = pb.library().search("falls", grade="1")
        >>> found[["outcome", "direction"]].iloc[0].tolist()
        ['fractures', 'null']
        """
        with Arguments() as asked:
            words = asked.read(text, "words", words)
            name = asked.read(one_of, "table", table, self.tables)
        frame = self._described if name == "estimates" else self.filled(name)
        with Arguments() as asked:
            columns = {each: asked.read(one_of, "column", each, frame.columns) for each in where}
        kept = pd.Series(True, index=frame.index)
        for column, value in where.items():
            values = value if isinstance(value, list | tuple | set) else [value]
            cells = frame[columns[column]].astype(str).str.casefold()
            kept &= cells.isin([str(each).casefold() for each in values])
        for word in words.casefold().split():
            kept &= self._texts(name).str.contains(word, regex=False)
        frame = frame[kept].reset_index(drop=True)
        return frame[list(_FOUND)] if name == "estimates" else frame

    def filter(self, table: str = "estimates", /, **where: Any) -> pd.DataFrame:
        """Rows with the values that are asked for; see :meth:`search`.

        Examples
        --------
        >>> import placebudget as pb
        >>> set(pb.library().filter(direction="harm", place="Wales")["outcome"])
        {'emergency_admissions'}
        """
        return self.search("", table, **where)

    @cached_property
    def _described(self) -> pd.DataFrame:
        frame = self.filled("estimates")
        known = self.interventions.set_index("intervention")
        publisher = self.sources.set_index("source")["publisher"]
        return frame.assign(
            # A key that is unknown is a finding of its own.
            intervention=frame["intervention"].map(known["name"]).fillna(frame["intervention"]),
            for_whom=frame["intervention"].map(known["for_whom"]),
            service=frame["intervention"].map(known["service"]),
            publisher=frame["source"].map(publisher),
            superseded_by=frame["estimate"].map(self.superseded_by),
        ).sort_values(["outcome", "grade", "year"], ascending=[True, True, False])

    def _texts(self, table: str) -> pd.Series:
        frame = self._described if table == "estimates" else self.filled(table)
        cells = [frame[name].astype("str").fillna("") for name in frame.columns]
        joined = cells[0].str.cat(cells[1:], sep=" ")
        return joined.str.casefold() + " " + joined.str.replace("_", " ").str.casefold()

    def versions(self, estimate: str) -> pd.DataFrame:
        """An estimate with all it takes the place of, or that take its: the newest first.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.library().versions("falls_tai_chi_2019")["estimate"].tolist()
        ['falls_tai_chi_2020', 'falls_tai_chi_2019']
        """
        key = self._known("estimate", estimate)
        chain = [key]
        while (newer := self.superseded_by.get(chain[0])) and newer not in chain:
            chain.insert(0, newer)
        older = dict(zip(self.estimates["estimate"], self.estimates["supersedes"], strict=True))
        while isinstance(before := older.get(chain[-1]), str) and before not in chain:
            chain.append(before)
        rows = self.estimates.set_index("estimate", drop=False)
        return rows.loc[[each for each in chain if each in rows.index]].reset_index(drop=True)

    @cached_property
    def superseded_by(self) -> dict[str, str]:
        """The estimate that took the place of each that is superseded."""
        rows = self.estimates.dropna(subset=["supersedes"])
        return dict(zip(rows["supersedes"], rows["estimate"], strict=True))

    def _known(self, kind: str, given: object) -> str:
        return known_key(kind, given, self.tables[f"{kind}s"][kind], of="The library")

    def source_row(self, source: str) -> dict[str, Any] | None:
        """A source as a row of a place that borrows from it; None where there is none.

        Examples
        --------
        >>> import placebudget as pb
        >>> row = pb.library().source_row("ncc")
        >>> row["publisher"], row["licence"], row["borrowed"]
        ('NHS England', 'Open Government Licence v3.0', True)
        """
        rows = self.sources.set_index("source", drop=False)
        if source not in rows.index:
            return None
        row = rows.loc[source].drop("supersedes").dropna().to_dict()
        licence = self.licences.set_index("licence")["name"].get(row["licence"], row["licence"])
        return {**row, "licence": licence, "borrowed": True}

    # --- services and what they cost --------------------------------------------

    def service_for(self, line: str) -> pd.Series | None:
        """The service that stands for a line of the revenue outturn; None where none does.

        Parameters
        ----------
        line : str
            A line as it is printed: of the summary, or of a form. Capitals do not count.

        Returns
        -------
        Series or None
            Its row of the services.

        Examples
        --------
        >>> import placebudget as pb
        >>> library = pb.library()
        >>> library.service_for("Waste collection")["led_by"]
        'need'
        >>> library.service_for("Adult Social Care")["service"]
        'adult_social_care'
        """
        wanted, rows = _plain(text("line", line)), self.filled("services")
        own = rows[rows["line"].map(_plain) == wanted]
        whole = rows[rows["whole_line"] & (rows["outturn"].map(_plain) == wanted)]
        found = pd.concat([own, whole])
        return None if found.empty or not wanted else found.iloc[0]

    def services_in(self, line: str) -> pd.DataFrame:
        """All services that stand in a line of the summary of the outturn.

        Examples
        --------
        >>> import placebudget as pb
        >>> "reablement" in set(pb.library().services_in("Adult Social Care")["service"])
        True
        """
        wanted, rows = _plain(text("line", line)), self.filled("services")
        return rows[(rows["outturn"].map(_plain) == wanted)].reset_index(drop=True)

    def unit_cost(
        self, service: str, prices_of: str | None = None, place: PlaceLike | None = None
    ) -> UnitCost | None:
        """What one unit of a service usually costs; None where that is not known.

        Parameters
        ----------
        service : str
            Key of a service of the library.
        prices_of : str, optional
            Financial year whose prices it is to be in; default: those it stands in.
        place : Place, path or str, optional
            A place whose index general goes before the deflators of the library.

        Raises
        ------
        WrongArgument
            If there is no such service.
        CannotAnswer
            If prices cannot be brought to that year.

        Examples
        --------
        >>> import placebudget as pb
        >>> cost = pb.library().unit_cost("residential_care")
        >>> cost.price_year, round(cost.amount)
        ('2013-14', 27987)
        >>> round(pb.library().unit_cost("residential_care", "2023-24").amount)
        36870
        """
        rows = self.services.set_index("service", drop=False)
        with Arguments() as asked:
            key = asked.read(self._known, "service", service)
            year_wanted = None if prices_of is None else asked.read(_year, prices_of)
            held = None if place is None else asked.read(as_place, place)
        row = rows.loc[key]
        if not pd.isna(row["unit_pounds"]):
            source, status = row["source"], row["status"]
            return UnitCost(float(row["unit_pounds"]), row["unit"], "", "", "", source, status)
        costs = self.unit_costs
        usual = costs[(costs["service"] == row["service"]) & costs["usual_units"].notna()]
        if usual.empty:
            return None
        cost = usual.iloc[0]
        amount, year = cost["cost"] * cost["usual_units"], cost["price_year"]
        status = cost["status"]
        if year_wanted is not None:
            amount, year = self.uprated(amount, year, year_wanted, held), year_wanted
        if amount != cost["cost"] and status == "published":
            status = "derived"
        return UnitCost(
            float(amount), row["unit"], year, cost["edition"], cost["code"], cost["source"], status
        )

    def uprated(
        self, amount: float, from_year: str, to_year: str, place: PlaceLike | None = None
    ) -> float:
        """An amount in prices of another year.

        Parameters
        ----------
        amount : float
            Pounds in prices of ``from_year``.
        from_year, to_year : str
            Financial years.
        place : Place, path or str, optional
            A place whose index general goes before the deflators of the library.

        Raises
        ------
        CannotAnswer
            If a rate between the two is not known.

        Examples
        --------
        >>> import placebudget as pb
        >>> round(pb.library().uprated(1000, "2013-14", "2014-15"), 1)
        1013.6
        """
        with Arguments() as asked:
            amount = asked.read(number, "amount", amount)
            first, last = asked.read(_year, from_year), asked.read(_year, to_year)
            held = None if place is None else asked.read(as_place, place)
        rates = [self.deflators] if held is None else [self.deflators, held.inflation]
        known = pd.concat([each[["index", "year", "rate"]] for each in rates])
        known = known[known["index"] == GENERAL].drop_duplicates("year", keep="last")
        if known.empty:
            raise CannotAnswer("No deflator is known: add rows of the index general to deflators.")
        try:
            return float(amount * price_levels(known, GENERAL, first, [last])[0])
        except KeyError as missing:
            raise CannotAnswer(
                f"Prices of {first} cannot be brought to {last}: {missing.args[0]}. Give a place "
                "whose inflation has it, or add it to deflators."
            ) from None

    # --- use in a place ---------------------------------------------------------

    def use(
        self,
        place: PlaceLike,
        service: str,
        estimate: str,
        outcome: str | None = None,
        *,
        baseline: float | None = None,
        per_unit: float | None = None,
        engagement: float | None = None,
        retention: float | None = None,
        deadweight: float | None = None,
        grade: str | None = None,
        same_place: bool = False,
        reason: str = "",
        size: str = MIDDLE,
    ) -> Option:
        """An option that gives a service of a place the effect that was found, with its source.

        Parameters
        ----------
        place : Place, path or str
            The place.
        service : str
            The service of the place that does it.
        estimate : str
            Key of the estimate.
        outcome : str, optional
            The outcome of the place that it makes; default: the one of the same key.
        baseline : float, optional
            How much of what was counted there is in the place without it, for one of what the
            estimate is per: needed where it is a ratio.
        per_unit : float, optional
            How many of the outcome of the place one of what was counted is, for one unit of the
            service: 1 says that both units are the same. Needed where they are worded otherwise.
        engagement, retention, deadweight : float, optional
            Shares, where the estimate does not hold them; default: those the place has.
        grade : str, optional
            Grade in the place; default: that of the estimate, one lower, as what was found
            elsewhere is less certain here.
        same_place : bool, optional
            Whether it was found in this place: the grade then stays.
        reason : str, optional
            Why it may be used here, for the note of the row.
        size : str, optional
            ``"middle"``: the estimate itself. ``"least"`` or ``"most"``: the end of its interval
            at which it helps less, or more; never less than nothing.

        Returns
        -------
        Option
            It sets or adds the effect, and adds the source and the grade where the place has none.

        Raises
        ------
        CannotAnswer
            If it cannot be used, with all that stands against it: a size that is not known, a harm,
            a ratio without a baseline, units that differ, grades that mean something else.

        Examples
        --------
        >>> import placebudget as pb
        >>> place = pb.example("toy_pooling")
        >>> service, outcome = place.services["service"].iloc[0], place.outcomes["outcome"].iloc[0]
        >>> option = pb.library().use(place, service, "care_years_conference_2024", outcome,
        ...                           per_unit=1)
        >>> float(option.apply(place).effects.set_index("service").at[service, "impact"])
        0.077
        """
        with Arguments() as asked:
            held = asked.read(as_place, place)
            key = asked.read(self._known, "estimate", estimate)
            shares = {"engagement": engagement, "retention": retention, "deadweight": deadweight}
            shares = {
                name: None if given is None else asked.read(share, name, given)
                for name, given in shares.items()
            }
            wanted = Wanted(
                baseline=asked.read(optional, number, "baseline", baseline, least=0),
                per_unit=asked.read(optional, number, "per_unit", per_unit, above=0),
                shares=shares,
                grade=grade,
                same_place=asked.read(flag, "same_place", same_place),
                reason=asked.read(text, "reason", reason),
                size=asked.read(one_of, "size", size, SIZES),
            )
        with Arguments() as asked:
            mine = asked.read(known_key, "service", service, held.services["service"])
            if outcome is not None:
                asked.read(known_key, "outcome", outcome, held.outcomes["outcome"])
            if grade is not None:
                asked.read(known_key, "grade", grade, held.evidence["grade"])
        return as_used(self, held, mine, key, outcome, wanted)

    def findings(self, place: PlaceLike) -> Findings:
        """What the library has to say of a place: what it borrowed that is outdated.

        Effects of an estimate, and other figures of a source, of which the library holds a newer
        one. A place asks the shipped library itself, in :meth:`Place.check`.
        """
        return findings_of(self, as_place(place))

    def outdated_in(self, place: PlaceLike) -> pd.DataFrame:
        """Sources of a place of which the library holds a newer edition.

        Effects that name an estimate are left to :meth:`superseded_in`.

        Returns
        -------
        DataFrame
            row (number in the table sources), source, title, year, newer, newer_title, newer_year
            (the newest edition), tables (those with figures of it), rows (how many).

        Examples
        --------
        >>> import placebudget as pb
        >>> len(pb.library().outdated_in("stockport"))
        0
        """
        return outdated_in(self, as_place(place))

    def superseded_in(self, place: PlaceLike) -> pd.DataFrame:
        """Effects of a place that were taken from an estimate which is superseded here.

        Returns
        -------
        DataFrame
            row (number in the table effects), service, outcome, estimate, newer (the newest),
            year, newer_year, found, newer_found (the sizes).

        Examples
        --------
        >>> import placebudget as pb
        >>> len(pb.library().superseded_in("lancashire"))
        0
        """
        return superseded_in(self, as_place(place))

    def template(self, path: str | os.PathLike[str]) -> Path:
        """Write a workbook to fill in: these rows, notes on headings, lists to choose from.

        Examples
        --------
        >>> import tempfile
        >>> import placebudget as pb
        >>> file = pb.library().template(Path(tempfile.mkdtemp()) / "mine.xlsx")
        >>> pb.library(file) == pb.library()
        True
        """
        return to_fill_in(self, file_to_write(path, ".xlsx"))

    # --- checks and exports ---------------------------------------------------------

    @cached_property
    def _findings(self) -> Findings:
        return Findings([*check_rows(self), *self._own_checks()])

    def _own_checks(self) -> Iterator[Finding]:
        yield from self._chains()
        yield from self._sizes()
        yield from self._costs()

    def _chains(self) -> Iterator[Finding]:
        """An estimate or a source is superseded by one other, and never by itself."""
        for table in ("estimates", "sources"):
            frame, key = self.tables[table], table.removesuffix("s")
            older = dict(zip(frame[key], frame["supersedes"], strict=True))
            taken: dict[str, str] = {}
            for at, row in self._rows(table):
                before = row["supersedes"]
                if pd.isna(before):
                    continue
                if before in taken:
                    what = f"{shown(before)} is superseded by {shown(taken[before])} already."
                    yield error("superseded-twice", table, at, "supersedes", what, _CHAIN)
                taken.setdefault(before, row[key])
                way = [row[key]]
                while isinstance(before := older.get(way[-1]), str) and before not in way:
                    way.append(before)
                if before == row[key]:
                    what = f"{shown(before)} supersedes itself: {' of '.join(way)}."
                    yield error("superseded-loop", table, at, "supersedes", what, _CHAIN)

    def _sizes(self) -> Iterator[Finding]:
        """An estimate stands within its interval; one without size has only a direction."""
        for at, row in self._rows("estimates"):
            low, mean, high = (row[name] for name in ("low", "mean", "high"))
            if (not pd.isna(low) and mean < low) or (not pd.isna(high) and mean > high):
                what = f"{mean:g} is not between {low:g} and {high:g}."
                mend = "Mend the estimate or its interval."
                yield error("outside-interval", "estimates", at, "mean", what, mend)
            if not pd.isna(mean) and row["direction"] in ("benefit", "harm"):
                if "ratio" in str(row["measure"]):
                    helps = (mean < 1) == (row["better"] == "less") and mean != 1
                else:
                    helps = mean > 0
                if helps != (row["direction"] == "benefit"):
                    size = f"{row['measure']} of {mean:g}, where {row['better']} is better,"
                    what = f"A {size} is no {row['direction']}."
                    mend = "Mend the size, what is better, or the direction."
                    yield error("size-and-direction", "estimates", at, "direction", what, mend)
            if pd.isna(mean) != (row["measure"] == "direction"):
                what = (
                    f"A {row['measure']} with {'no size' if pd.isna(mean) else f'size {mean:g}'}."
                )
                mend = "Write the size; or direction, where none is known."
                yield error("size-and-measure", "estimates", at, "mean", what, mend)

    def _costs(self) -> Iterator[Finding]:
        """Parts add up to their whole; a service has one usual cost."""
        frame = self.unit_costs
        usual: dict[str, int] = {}
        for at, row in self._rows("unit_costs"):
            same = frame["edition"] == row["edition"]
            parts = frame[same & (frame["part_of"] == row["code"])]
            total = parts["cost"].sum()
            if len(parts) and abs(total - row["cost"]) >= 0.5 * len(parts):
                what = f"Its parts add up to {pence(total)}, not to {pence(row['cost'])}."
                mend = "Mend a part, or add the one that is missing."
                yield error("parts-differ", "unit_costs", at, "cost", what, mend)
            if pd.isna(row["usual_units"]):
                continue
            if pd.isna(row["service"]) or row["service"] in usual:
                other = usual.get(row["service"])
                what = "It has usual units and no service."
                if other is not None:
                    what = f"Row {other} has the usual cost of {shown(row['service'])} already."
                mend = "Leave usual_units blank in all rows of a service but one."
                yield error("usual-cost", "unit_costs", at, "usual_units", what, mend)
            usual.setdefault(row["service"], at)

    def _rows(self, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
        frame = self.tables[table]
        numbers = self.origin.row_numbers(table, len(frame))
        records: list[dict[Any, Any]] = frame.to_dict("records")
        yield from zip(numbers, records, strict=True)

    def export(self, path: str | os.PathLike[str]) -> Export:
        """Write what may be passed on to others: rows whose source has a licence that allows it.

        Without such a row nothing may refer to it: what rests on a row that is left out goes too.
        ``write`` keeps everything, for oneself.

        Parameters
        ----------
        path : path or str
            An ``.xlsx``, ``.zip`` or ``.json`` file, or a folder.

        Returns
        -------
        Export
            Where it was written, and what was left out.

        Examples
        --------
        >>> import tempfile
        >>> import placebudget as pb
        >>> export = pb.library().export(Path(tempfile.mkdtemp()) / "library.json")
        >>> len(export.left_out)
        0
        """
        free, left = self.for_others()
        return Export(free.write(path), left)

    def for_others(self) -> tuple[Library, pd.DataFrame]:
        """The library without what may not be passed on, and what that is."""
        allowed = dict(zip(self.licences["licence"], self.licences["export"], strict=True))
        licence = dict(zip(self.sources["source"], self.sources["licence"], strict=True))
        tables = dict(self.tables)
        left: list[tuple[str, str, str, str]] = []
        gone: dict[str, set[str]] = {}
        again = True
        while again:
            again = False
            for name, table in schema(LIBRARY).items():
                frame = tables[name]
                # A source whose licence is unknown is not passed on either.
                barred = {key for key in licence if not bool(allowed.get(licence[key], False))}
                out = frame["source"].isin(barred) if "source" in frame else frame.index < 0
                for column in table.columns:
                    other = (column.refers or ".").split(".")[0]
                    if gone.get(other) and column.name != "source":
                        out = out | frame[column.name].isin(gone[other])
                if not out.any():
                    continue
                again = True
                for row in frame[out].to_dict("records"):
                    key = " ".join(str(row[part]) for part in table.key)
                    source = str(row.get("source", ""))
                    left.append((name, key, source, licence.get(source, "")))
                    gone.setdefault(name, set()).add(str(row[table.key[0]]))
                tables[name] = frame[~out]
        columns = ["table", "row", "source", "licence"]
        return self.with_(**tables), pd.DataFrame(left, columns=columns, dtype="str")


_CHAIN = "Name in each row the one older row that it takes the place of."


def _year(given: object) -> str:
    """A financial year as the project spells it."""
    return financial_year(start_of(text("a year", given)))


def _plain(line: object) -> str:
    """A line as it is compared: without capitals, marks, and what stands in brackets."""
    if not isinstance(line, str):
        return ""
    kept = line.split("(GFRA")[0].casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


@cache
def _shipped() -> Library:
    with as_file(files("placebudget.knowledge") / "shipped") as folder:
        return package_in_folder(Library, folder)


def library(path: str | os.PathLike[str] | None = None) -> Library:
    """The library of services, costs and evidence that comes along, or another.

    Parameters
    ----------
    path : path or str, optional
        A folder with ``datapackage.json``, an ``.xlsx``, a ``.zip`` or a ``.json``; default: the
        library that comes with placebudget.

    Raises
    ------
    InvalidPlace
        If anything cannot be read, or it is no library, with all findings at once.

    Examples
    --------
    >>> import placebudget as pb
    >>> pb.library().search("reablement")["direction"].tolist()
    ['null']
    """
    if path is None:
        return _shipped()
    wanted = "the path of a folder, an .xlsx, a .zip or a .json"
    return read_package(Library, a_path("path", path, wanted), OWN_FILES)
