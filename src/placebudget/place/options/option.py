"""An option: a named set of changes to a place."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from placebudget.arguments import Arguments, as_given, number, sequence, text
from placebudget.errors import InvalidOption, WrongArgument
from placebudget.place.geography import Geography
from placebudget.place.options.changes import Add, Change, Remove, Scale, Set, figure_column
from placebudget.place.population import (
    OLDER,
    ages_of,
    people_between,
    people_by_band,
    years_of_need,
)
from placebudget.place.settings import start_of
from placebudget.texts import listed, shown
from placebudget.words import as_set

if TYPE_CHECKING:
    from placebudget.place.io.reading import PlaceLike
    from placebudget.place.place import Place


@dataclass(frozen=True)
class Option:
    """A named set of changes to a place, made one after the other.

    Options are frozen; each verb gives a new one, so that they chain. Rows are
    picked by columns of their table, or of a table it refers to, and by year; see
    :mod:`placebudget.place.options.selection`. A change that meets nothing is an
    error, and so is one that would relax a rule whose basis is law.

    Parameters
    ----------
    name : str
        As it should be read.
    description : str
        What it is for.
    changes : tuple of Scale, Set, Add, Remove
        In the order in which they are made.
    source : str
        Where the reason for it comes from; empty: not said.

    Examples
    --------
    >>> import placebudget as pb
    >>> option = (
    ...     pb.Option("prevention first")
    ...     .scale("funding", 1.1, stream="public_health_grant", year="2028-29")
    ...     .end_ring_fence("public_health_grant")
    ...     .leave_pool("better_care", agency="county")
    ... )
    >>> print(option)
    prevention first
    1. multiply amount in funding by 1.1 where stream is public_health_grant and year is 2028-29
    2. remove rows of ring_fences where stream is public_health_grant
    3. remove rows of contributions where pool is better_care and agency is county
    >>> changed = option.apply(pb.example("northvale"))
    >>> len(changed.ring_fences) < len(pb.example("northvale").ring_fences)
    True
    """

    name: str
    description: str = ""
    changes: tuple[Change, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not file_stem(self.name):
            raise InvalidOption(f"an option needs a name with a letter or digit, not {self.name!r}")
        given = sequence(self.changes)
        if given is None or not all(isinstance(each, Change) for each in given):
            raise InvalidOption(
                f"changes is a list of Scale, Set, Add and Remove, not {as_given(self.changes)}; "
                "or use Option(name).scale(...), .set(...), .add(...), .remove(...)"
            )
        if not isinstance(self.description, str):
            raise InvalidOption(f"description is a text, not {as_given(self.description)}")
        if not isinstance(self.source, str):
            raise InvalidOption(f"source is a text, not {as_given(self.source)}")
        object.__setattr__(self, "changes", tuple(given))

    def __add__(self, other: Option) -> Option:
        """Both options, one after the other."""
        if not isinstance(other, Option):
            return NotImplemented
        said = [text for text in (self.description, other.description) if text]
        name = f"{self.name} + {other.name}"
        sources = dict.fromkeys(each for each in (self.source, other.source) if each)
        changes = (*self.changes, *other.changes)
        return Option(name, " ".join(said), changes, "; ".join(sources))

    def __str__(self) -> str:
        lines = [f"{number}. {change}" for number, change in enumerate(self.changes, start=1)]
        head = f"{self.name}: {self.description}" if self.description else self.name
        source = [f"Source: {self.source}"] if self.source else []
        return "\n".join([head, *(lines or ["No changes."]), *source])

    # --- what may be changed -------------------------------------------------

    def scale(self, table: str, factor: float, column: str = "", /, **where: Any) -> Option:
        """Multiply figures, those of the table's only column of figures by default.

        Examples
        --------
        >>> print(Option("dear").scale("offers", 1.05, "unit_cost", provider="Coastline Care"))
        dear
        1. multiply unit_cost in offers by 1.05 where provider is Coastline Care
        """
        return self._and(Scale(table, _column(table, column), _pairs(where), factor))

    def set(self, table: str, column: str, value: Any, /, **where: Any) -> Option:
        """Set cells to a value; None leaves them blank."""
        return self._and(Set(table, column, _pairs(where), value))

    def add(self, table: str, /, *rows: Mapping[str, Any], **row: Any) -> Option:
        """Add rows: mappings of cells by column, or one row as keywords.

        Examples
        --------
        >>> print(Option("floor").add("rules", rule="more", kind="floor", amount=2e6,
        ...                           subject="service=family_hubs", basis="policy"))
        floor
        1. add to rules: rule more, kind floor, amount 2,000,000, subject ..., basis policy
        """
        given = [*rows, row] if row else list(rows)
        return self._and(Add(table, tuple(_pairs(each) for each in given)))

    def remove(self, table: str, /, **where: Any) -> Option:
        """Remove rows."""
        return self._and(Remove(table, _pairs(where)))

    def ring_fence(self, stream: str, *purposes: str) -> Option:
        """Let a stream be spent on the named purposes only, beside those it has."""
        rows = [{"stream": stream, "purpose": purpose} for purpose in purposes]
        return self.add("ring_fences", *rows)

    def end_ring_fence(self, stream: str) -> Option:
        """Let a stream be spent on any purpose."""
        return self.remove("ring_fences", stream=stream)

    def join_pool(self, pool: str, stream: str, **columns: Any) -> Option:
        """Let a stream contribute to a pool.

        Parameters
        ----------
        columns : optional
            Other columns of the table contributions: year, minimum, maximum,
            legal_power, stays_in_area.
        """
        return self.add("contributions", pool=pool, stream=stream, **columns)

    def leave_pool(self, pool: str, **where: Any) -> Option:
        """End contributions to a pool: of an ``agency``, a ``stream``, a ``year``, or all.

        Money that goes through the pool today stays in the table ``today``, as a
        fact; the plan no longer has that way. :meth:`close_pool` lets it go on.
        """
        return self.remove("contributions", pool=pool, **where)

    def close_pool(self, pool: str) -> Option:
        """Let a pool take in no more than it pays today for what another agency commissions.

        Examples
        --------
        >>> print(Option("no more").close_pool("better_care"))
        no more
        1. set open in pools to no where pool is better_care
        """
        return self.set("pools", "open", False, pool=pool)

    # --- use -------------------------------------------------------------------

    def apply(self, place: PlaceLike) -> Place:
        """The place with all changes made; the place given stays as it is.

        Parameters
        ----------
        place : Place, path or str
            Any place, also one with other options applied; or what
            :func:`placebudget.read` reads.

        Returns
        -------
        Place
            Its ``origin`` holds this option.

        Raises
        ------
        InvalidPlace
            If it is no place, or cannot be read.
        InvalidOption
            If changes meet nothing, do not fit the schema, or relax the law; all are
            named.
        """
        from placebudget.place.io.reading import as_place
        from placebudget.place.origin import changed_by

        place = as_place(place)
        changed, problems = place, []
        for n, change in enumerate(self.changes, start=1):
            try:
                changed = change.apply(changed)
            except InvalidOption as error:
                problems.append(f"- change {n} ({change}): {error}")
        if problems:
            head = f"the option {shown(self.name)} does not fit the place {shown(place.name)}:"
            raise InvalidOption("\n".join([head, *problems]), problems)
        return changed_by(place, changed, self)

    def save(self, place: str | os.PathLike[str]) -> Path:
        """Store the option as JSON beside a place on disk.

        See :func:`placebudget.place.options.stored.save_option`.
        """
        from placebudget.place.options.stored import save_option

        return save_option(self, place)

    def _and(self, change: Change) -> Option:
        return replace(self, changes=(*self.changes, change))


def file_stem(name: str) -> str:
    """The name of an option as the name of its file, without an ending.

    Examples
    --------
    >>> file_stem("Prevention first: 10 %")
    'prevention_first_10'
    """
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower()).split()
    return "_".join(words)[:80]


def _pairs(where: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(where.items())


def _column(table: str, column: object) -> Any:
    """The column that is scaled; without one, that of figures."""
    return figure_column(table) if isinstance(column, str) and not column else column


# A population that ages faster than its projection says.


def ageing(
    place: Place, by: float, *, reason: str, source: str = "", bands: Collection[str] = ()
) -> Option:
    """An option: the number of older people grows faster than the cohorts of a place say.

    Parameters
    ----------
    place : Place
        A place with cohorts.
    by : float
        How much more the number grows each year from the first year on; 0.01: one per cent.
    reason : str
        Why that may be; the option says it, and so does each row.
    source : str
        Where it comes from: a key of the table sources, or a title, which is added to them.
    bands : collection of str
        Bands that grow faster. Default: those that begin at 65 or later.

    Raises
    ------
    WrongArgument
        If the place has no such band, or a figure of it is not known over its years.
    """
    with Arguments() as asked:
        asked.read(number, "by", by, above=-1)
        asked.read(text, "reason", reason)
        asked.read(text, "source", source)
    people = people_by_band(place)
    known = dict.fromkeys(band for _, band in people)
    if not bands:
        bands = [band for band in known if (ages := ages_of(band)) and ages.first >= OLDER]
    elif isinstance(bands, str):
        bands = [bands]
    strange = [band for band in bands if band not in known]
    if strange or not bands:
        there = f"; bands there are: {listed(known)}" if known else "; it has no cohorts"
        wanted = listed(strange) if strange else f"that begins at {OLDER} or later"
        raise WrongArgument(f"the place has no band {wanted}{there}")
    option = Option(f"{listed(bands)} grows {as_set(100 * by)}% a year faster", reason)
    keys = set(place.sources["source"])
    key = source if source in keys else "ageing_faster"
    if source and source not in keys:
        option = option.add("sources", source=key, title=source)
    rows = [
        {
            **row,
            "status": "illustrative",
            "note": reason,
            **({"source": key} if source else {}),
        }
        for row in _grown(place, people, bands, by)
    ]
    return option.remove("cohorts", band=list(bands)).add("cohorts", *rows)


def _grown(
    place: Place,
    people: Mapping[tuple[str, str], Mapping[int, float]],
    bands: Collection[str],
    by: float,
) -> Iterator[dict[str, object]]:
    first = start_of(place.years[0])
    root = Geography.of(place).root
    for (area, band), given in people.items():
        if band in bands:
            for start, year in years_of_need(place).items():
                held = people_between(given, start)
                if held is not None:
                    grown = held * (1 + by) ** max(start - first, 0)
                    where = None if area == root else area
                    yield {"area": where, "band": band, "year": year, "people": grown}
