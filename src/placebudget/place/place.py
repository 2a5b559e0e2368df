"""The place: all tables of one place-based budget, frozen; and what all data packages share."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, as_given, instance, offered, refusal
from placebudget.errors import WrongArgument
from placebudget.place.geography import each_row, is_blank
from placebudget.place.io.tables import fill_blanks, typed_table
from placebudget.place.origin import FIRST_ROW, Hashes, Origin, digest, hashes_of
from placebudget.place.schema import PLACE, Table, schema
from placebudget.place.settings import Settings
from placebudget.texts import listed
from placebudget.words import count

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    from placebudget.place.conditions import Reach
    from placebudget.place.findings import Findings
    from placebudget.place.options import Option
    from placebudget.study.next_year import NextYear
    from placebudget.study.to_do import ToDo

PUBLISHED, DERIVED, ILLUSTRATIVE, UNSTATED = "published", "derived", "illustrative", "not stated"
BORROWED, PLACEHOLDER = "borrowed", "placeholder"
STATUSES = (PUBLISHED, DERIVED, BORROWED, ILLUSTRATIVE, UNSTATED, PLACEHOLDER)
"""How a figure is known: what is borrowed is of other places, a placeholder is nobody's yet."""
PLACEHOLDERS = "placeholder figures"
"""What stands beside the title of a place that has some."""


@dataclass(frozen=True, eq=False)
class Package:
    """Tables of one kind with their settings, frozen: what places and libraries have in common.

    Tables are reached as attributes and hold what was written, typed, blanks kept;
    ``filled`` gives a table with the schema's defaults put in.

    Parameters
    ----------
    settings : Settings
        Names, and what else holds for the whole.
    tables : mapping of str to DataFrame
        Tables by name; tables and columns that are left out are added empty.
    origin : Origin
        Where it was read from; no part of what makes two packages equal.

    Raises
    ------
    WrongArgument
        If there is no such table, or one does not fit the schema; all is named.
    """

    kind: ClassVar[str]
    FORMS: ClassVar[tuple[str, ...]] = (".xlsx", ".zip")

    settings: Settings
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    origin: Origin = field(default=Origin(), repr=False)

    def __post_init__(self) -> None:
        with Arguments() as asked:
            asked.read(
                instance, "settings", self.settings, Settings, f"the Settings of a {self.kind}"
            )
            tables = asked.read(_named_tables, self.tables, self.kind)
        with Arguments() as asked:
            typed = {
                name: asked.read(typed_table, table, tables.get(name))
                for name, table in schema(self.kind).items()
            }
        object.__setattr__(self, "tables", typed)

    def __getattr__(self, name: str) -> pd.DataFrame:
        tables = self.__dict__.get("tables", {})
        if name in tables:
            # A shallow copy: pandas copies on write, so the package stays as it is.
            return tables[name].copy(deep=False)
        raise AttributeError(f"a {self.kind} has no table or attribute {name!r}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Package):
            return NotImplemented
        return (
            self.kind == other.kind
            and self.settings == other.settings
            and all(frame.equals(other.tables[name]) for name, frame in self.tables.items())
        )

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.settings, dict(self.tables), self.origin))

    @property
    def name(self) -> str:
        """Short key."""
        return self.settings.name

    @property
    def title(self) -> str:
        """Title, as it should be read; it says so where figures are nobody's yet."""
        said = self.settings.title
        return f"{said} ({PLACEHOLDERS})" if self.placeholders else said

    @cached_property
    def placeholders(self) -> Mapping[str, int]:
        """By table: how many rows are placeholders, figures that are nobody's yet."""
        rows = {
            name: frame["status"].tolist().count(PLACEHOLDER)
            for name, frame in self.tables.items()
            if len(frame) and "status" in frame.columns
        }
        return {name: count for name, count in rows.items() if count}

    def filled(self, name: str) -> pd.DataFrame:
        """A table with the schema's defaults in place of blanks.

        Parameters
        ----------
        name : str
            Name of a table.

        Returns
        -------
        DataFrame
            One row a row of the table; columns without a default keep blanks.

        Raises
        ------
        WrongArgument
            If there is no such table.
        """
        if not isinstance(name, str) or name not in self.tables:
            said = f"no such table: {as_given(name)}; see placebudget schema"
            raise WrongArgument(offered(said, name, self.tables))
        return self.held[name].filled.copy(deep=False)

    @cached_property
    def held(self) -> dict[str, HeldTable]:
        """By table: what is read of it, once for all packages that hold it."""
        known = schema(self.kind)
        return {name: HeldTable(rows, known[name]) for name, rows in self.tables.items()}

    def with_(self, settings: Settings | None = None, **tables: pd.DataFrame) -> Self:
        """A copy of the package with other settings or tables; this one stays as it is.

        Raises
        ------
        WrongArgument
            If there is no such table, or it does not fit the schema; all is named.

        Examples
        --------
        >>> import placebudget as pb
        >>> place = pb.example("toy_pooling")
        >>> richer = place.with_(funding=place.funding.assign(amount=lambda f: f.amount * 1.1))
        >>> bool(richer.funding.amount.sum() > place.funding.amount.sum())
        True
        """
        held = self.settings if settings is None else settings
        made = type(self)(held, {**self.tables, **tables})
        # What stays is read once for both.
        made.held.update({name: held for name, held in self.held.items() if name not in tables})
        return made

    def check(self) -> Findings:
        """All findings, errors and warnings.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.example("toy_pooling").check().raise_if_errors().errors
        <Findings: 0 errors, 0 warnings>
        """
        return self._findings

    @cached_property
    def _findings(self) -> Findings:
        # What is frozen and was looked through once keeps its findings for good.
        from placebudget.place.checks import check_rows

        return check_rows(self)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write it as an ``.xlsx``, a ``.zip`` or a folder; it reads back equal.

        See :func:`placebudget.place.io.writing.write`.
        """
        from placebudget.place.io.writing import write

        return write(self, path)

    @cached_property
    def hashes(self) -> dict[str, Hashes]:
        """Hashes of tables and their rows; as the digest takes them."""
        return {name: held.hashes for name, held in self.held.items() if len(self.tables[name])}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over settings and tables, independent of the order of rows."""
        return digest(self)


@dataclass(frozen=True, eq=False)
class Place(Package):
    """All tables of one place-based budget; the object everything starts from.

    A place is frozen. Tables are reached as attributes and hold what was
    written, typed, blanks kept; ``filled`` gives a table with the schema's
    defaults put in, which is what the model uses.

    Parameters
    ----------
    settings : Settings
        Years, price base, discounting, names.
    tables : mapping of str to DataFrame
        Tables by name; tables and columns that are left out are added empty.
    origin : Origin
        Where it was read from and which option changed it; no part of what makes
        two places equal.

    Raises
    ------
    WrongArgument
        If there is no such table, or one does not fit the schema; all is named.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> len(place.agencies)
    3
    """

    kind: ClassVar[str] = PLACE

    @property
    def years(self) -> tuple[str, ...]:
        """Financial years in which money is spent."""
        return self.settings.years

    def with_option(self, option: Option | str) -> Place:
        """The place under an option; this one stays as it is.

        Parameters
        ----------
        option : Option or str
            An option, or the name of one stored beside the place.

        Raises
        ------
        WrongArgument
            If no such option is stored beside the place.
        InvalidOption
            If the option does not fit the place.

        Examples
        --------
        >>> import placebudget as pb
        >>> less = pb.Option("less need").scale("needs", 0.9)
        >>> pb.example("toy_pooling").with_option(less).origin.option.name
        'less need'
        """
        from placebudget.place.options import named_option

        return named_option(self, option).apply(self)

    def options(self) -> dict[str, Option]:
        """Options stored beside the place, by name; none where it was not read.

        Raises
        ------
        InvalidOption
            If one cannot be read, with all findings.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.example("toy_pooling").options()
        {}
        """
        from placebudget.place.options import stored_options

        return stored_options(self.origin.path) if self.origin.path else {}

    def to_do(self, **how: Any) -> ToDo:
        """What is assumed, borrowed or nobody's yet, by how much hangs on it.

        See :func:`placebudget.to_do`.
        """
        from placebudget.study.to_do import to_do

        return to_do(self, **how)

    def roll_forward(
        self, files: Place | str | os.PathLike[str] | None = None, **how: Any
    ) -> NextYear:
        """The place a year on, with a new outturn and settlement.

        See :func:`placebudget.study.roll_forward`.
        """
        from placebudget.study.next_year import roll_forward

        return roll_forward(self, files, **how)

    def ageing(
        self, by: float, *, reason: str, source: str = "", bands: Collection[str] = ()
    ) -> Option:
        """An option: older people grow in number faster than the cohorts say.

        See ``placebudget.place.options.ageing.ageing``.
        """
        from placebudget.place.options.option import ageing

        return ageing(self, by, reason=reason, source=source, bands=bands)

    @cached_property
    def _findings(self) -> Findings:
        from placebudget.place.checks import check

        found = check(self)
        borrowed = self.sources["borrowed"].fillna(False).astype(bool)
        if self.effects["estimate"].isna().all() and not borrowed.any():
            return found
        from placebudget.knowledge import library

        return found.after(library().findings(self))

    def network(self) -> MultiDiGraph:
        """The way of the money as a graph: agency to stream to pool to service and back.

        See :func:`placebudget.place.network.network`.
        """
        from placebudget.place.network import network

        return network(self)

    def reach(
        self,
        stream: str,
        service: str,
        area: str | None = None,
        pooling: str | Sequence[str] = "pooled",
    ) -> Reach:
        """Whether money of a stream can pay for a service in an area, or what stops it.

        See :func:`placebudget.place.conditions.reach`.
        """
        from placebudget.place.conditions import reach

        return reach(self, stream, service, area, pooling)


class HeldTable:
    """A table as it was given, with what is read of it: once for all packages that hold it.

    Rows have the numbers that a spreadsheet shows where no blank rows stand between them.
    """

    def __init__(self, rows: pd.DataFrame, table: Table) -> None:
        self._given, self._table = rows, table
        self._cells: dict[str, list[tuple[int, Any]]] = {}

    @cached_property
    def filled(self) -> pd.DataFrame:
        """The table with the schema's defaults in place of blanks."""
        if not len(self._given):
            return _without_rows(self._table)
        return _filled(self._given, self._table)

    @cached_property
    def rows(self) -> list[tuple[int, Any]]:
        """Rows with defaults filled in, each with its number."""
        return list(enumerate(each_row(self.filled), FIRST_ROW))

    def cells(self, column: str) -> list[tuple[int, Any]]:
        """Cells of a column that are not blank, each with the number of its row."""
        if column not in self._cells:
            values = enumerate(self._given[column].tolist(), FIRST_ROW) if len(self._given) else ()
            self._cells[column] = [each for each in values if not is_blank(each[1])]
        return self._cells[column]

    @cached_property
    def blank(self) -> np.ndarray:
        """Which cells are blank: a row each, and a column each."""
        return self._given.isna().to_numpy()

    @cached_property
    def hashes(self) -> Hashes:
        """Hashes of the table and its rows."""
        return hashes_of(self._given)


@cache
def _without_rows(table: Table) -> pd.DataFrame:
    return _filled(typed_table(table, None), table)


def _filled(rows: pd.DataFrame, table: Table) -> pd.DataFrame:
    frame = rows.copy(deep=False)
    for column in table.columns:
        if column.default is not None:
            fill_blanks(frame, column)
    return frame


def _named_tables(given: object, kind: str) -> Mapping[str, pd.DataFrame]:
    if not isinstance(given, Mapping):
        raise refusal("tables", "tables by name, as {'funding': DataFrame(...)}", given)
    unknown = [name for name in given if name not in schema(kind)]
    if unknown:
        said = f"no such table: {', '.join(map(str, unknown))}; see placebudget schema"
        raise WrongArgument(offered(said, unknown[0], schema(kind)))
    return given


def status_of(rows: pd.DataFrame) -> pd.Series:
    """How each row of a table is known; of some nothing is stated."""
    return rows["status"].astype(object).where(rows["status"].notna(), UNSTATED)


def known(place: Place, name: str) -> pd.Series:
    """How each row of a table is known: the one way in which figures are counted everywhere.

    A placeholder is one whatever its source. Of the others that is borrowed whose source is, or
    which is an estimate of the library; else a row is what its status says.

    Examples
    --------
    >>> import placebudget as pb
    >>> sorted(set(known(pb.example("stockport"), "effects")))
    ['borrowed', 'placeholder']
    """
    rows, sources = place.tables[name], place.filled("sources")
    status = status_of(rows)
    borrowed = rows["source"].isin(sources.loc[sources["borrowed"].astype(bool), "source"])
    if "estimate" in rows:
        borrowed |= rows["estimate"].notna()
    return status.mask(borrowed & (status != PLACEHOLDER), BORROWED)


def pounds_by_status(place: Place, name: str, years: Collection[str] = ()) -> pd.Series:
    """Pounds of a table by how they are known, one a status; of some years where they are named.

    Examples
    --------
    >>> import placebudget as pb
    >>> float(pounds_by_status(pb.example("toy_pooling"), "today")["illustrative"])
    90000000.0
    """
    rows = place.tables[name]
    amounts = rows["amount"].groupby(known(place, name))
    if years:
        mine = rows["year"].isin(years)
        amounts = rows.loc[mine, "amount"].groupby(known(place, name)[mine])
    return amounts.sum().reindex(STATUSES, fill_value=0.0)


def rows_by_status(place: Place) -> pd.DataFrame:
    """How many rows of each table are known in which way, a column a status.

    A published amount that is uprated to the price base is as published as before: by which index
    is told by :func:`placebudget.value.uprating`.

    Returns
    -------
    DataFrame
        One row a table that has rows and says where its figures come from.

    Examples
    --------
    >>> import placebudget as pb
    >>> int(rows_by_status(pb.example("northvale")).loc["offers", "published"])
    6
    """
    counts = {
        name: known(place, name).value_counts().reindex(STATUSES, fill_value=0)
        for name, table in schema().items()
        if table.figures and len(place.tables[name])
    }
    table = pd.DataFrame(counts, index=pd.Index(STATUSES)).T.rename_axis("table")
    return table.astype(int)


def rows_known(place: Place) -> str:
    """How many rows of figures are known in which way, as a sentence.

    Examples
    --------
    >>> import placebudget as pb
    >>> rows_known(pb.example("toy_pooling"))
    '33 rows of figures: 33 illustrative.'
    """
    rows = rows_by_status(place).sum()
    told = listed(f"{count(n)} {status}" for status, n in rows[rows > 0].astype(int).items())
    return f"{count(int(rows.sum()))} rows of figures: {told}."
