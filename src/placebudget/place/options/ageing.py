"""An option for a population that ages faster than its projection says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from placebudget.arguments import Arguments, number, text
from placebudget.errors import WrongArgument
from placebudget.place.geography import Geography
from placebudget.place.options.option import Option
from placebudget.place.population import (
    OLDER,
    ages_of,
    people_between,
    people_by_band,
    years_of_need,
)
from placebudget.place.settings import start_of
from placebudget.texts import listed
from placebudget.words import as_set

if TYPE_CHECKING:
    from placebudget.place.place import Place


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
