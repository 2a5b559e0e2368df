"""Local authorities: names as they are written, codes of several kinds, who followed whom."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from placebudget.place.settings import financial_year, start_of

CODE = re.compile(r"[A-Z]\d{8}|[A-Z]\d{4}|\d{3}")
"""A code of the ONS, of the department (E-code), or of social services (CASSR)."""

SOURCES = {
    "register": "mySociety, UK local authority names and codes 1.6.1 (CC BY 4.0)",
    "outturn": "DCLG, revenue outturn summary 2010-11 to 2015-16 (OGL v3.0)",
    "settlement": "MHCLG, core spending power 2015-16 to 2020-21 (OGL v3.0)",
}
"""Where authorities are known from; CASSR codes are those of PSS-EX1 (OGL v3.0)."""

AREAS = (
    "Police Act 1996, schedule 1; Fire and Rescue Services Act 2004, sections 1 to 4, and the "
    "orders that combine fire authorities"
)
"""Where it is known from which police and fire bodies serve a county or a council of one tier."""

_TIDY = (
    (r"&", " and "),
    (r"[’'`.]", ""),
    (r"\[[^\]]*\]|\((?!the\b)[^)]*\)|[*†‡§]", " "),
    (r"[^a-z0-9]+", " "),
    (r"\bcombined authority\b|\bcca\b|\bmca\b", "ca"),
    (r"\bpolice (and|&) crime commissioner( and chief constable)?\b|\bconstabulary\b", "police"),
    (r"\bpolice fire and crime commissioner( fire and rescue authority)?\b", "fire"),
    (r"\bcombined fire\b", "fire"),
    (r"\bfire and rescue\b", "fire"),
    (r"\bwaste disposal\b", "waste"),
    (r"\b(royal )?london borough( of)?\b|\broyal borough( of)?\b", " "),
    (r"\b(council|county|borough|city|district|metropolitan|unitary|authority|corporation)\b", " "),
    (r"\b(the|of|ua|mbc|mdc|bc|cc|dc|lb|rb|service|and)\b", " "),
    (r"\bsaint\b", "st"),
)


@dataclass(frozen=True)
class Authority:
    """A local authority, or another body that sends returns.

    Parameters
    ----------
    code : str
        Code of the ONS; the department's code where a body has no other.
    name : str
        Name, without what kind of council it is.
    kind : str
        County, unitary, metropolitan, london, district, combined, fire, police, waste,
        park or other.
    ecode, cassr : str
        Code of the department, and of social services; blank: none.
    region, county : str
        Region, and code of the county it stands in.
    began, ended : int or None
        Year on whose 1 April it began and was no more, since 2010; None: it was there
        before, and is there still.
    became : tuple of str
        Codes of those that followed it.
    others : tuple of str
        Other codes of the ONS that it has had.
    served_by : tuple of str
        Of a county or a council of one tier: codes of the police and fire bodies that serve it.
    source : str
        Where this is known from.
    """

    code: str
    name: str
    kind: str
    ecode: str
    cassr: str
    region: str
    county: str
    began: int | None
    ended: int | None
    became: tuple[str, ...]
    others: tuple[str, ...]
    served_by: tuple[str, ...]
    source: str

    @property
    def words(self) -> str:
        """Name and code, with the years in which it was there."""
        since = f", from {financial_year(self.began)}" if self.began else ""
        until = f", to {financial_year(self.ended - 1)}" if self.ended else ""
        return f"{self.name} ({self.code}{since}{until})"

    def was_there(self, year: str) -> bool:
        """Whether it was there in a year; where the year is not known, it may have been."""
        try:
            start = start_of(year)
        except ValueError:
            return True
        return (self.began or 0) <= start and (self.ended is None or start < self.ended)


def plain_name(name: str) -> str:
    """A name as it is compared: without capitals, marks, and what kind of council it is.

    Examples
    --------
    >>> plain_name("Bath & North East Somerset UA"), plain_name("City of London Corporation")
    ('bath north east somerset', 'london')
    >>> plain_name("The Royal Borough of Windsor and Maidenhead [1]")
    'windsor maidenhead'
    """
    text = name.strip().lower()
    for pattern, instead in _TIDY:
        text = re.sub(pattern, instead, text)
    return " ".join(text.split())


@cache
def register() -> dict[str, Authority]:
    """All authorities that are known, by code.

    Examples
    --------
    >>> register()["E06000058"].name
    'Bournemouth, Christchurch and Poole'
    """
    text = (files("placebudget.importing") / "authorities.csv").read_text("utf-8")
    return {row["code"]: _authority(row) for row in csv.DictReader(text.splitlines())}


def _authority(row: dict[str, str]) -> Authority:
    began, ended = (int(row[key]) if row[key] else None for key in ("began", "ended"))
    became, others, served_by = (tuple(filter(None, row[key].split(";"))) for key in _LISTS)
    texts = {key: row[key] for key in _TEXTS} | {"source": SOURCES[row["source"]]}
    return Authority(
        began=began, ended=ended, became=became, others=others, served_by=served_by, **texts
    )


_LISTS = ("became", "others", "served_by")
_TEXTS = ("code", "name", "kind", "ecode", "cassr", "region", "county")


@cache
def _by_code() -> dict[str, Authority]:
    known: dict[str, Authority] = {}
    for each in register().values():
        for code in (each.code, each.ecode, each.cassr, *each.others):
            if code:
                known.setdefault(code, each)
    return known


@cache
def _by_name() -> dict[str, tuple[Authority, ...]]:
    known: dict[str, list[Authority]] = defaultdict(list)
    for each in register().values():
        for name in dict.fromkeys(map(plain_name, (each.name, *_ALSO.get(each.name, ())))):
            known[name].append(each)
    return {name: tuple(those) for name, those in known.items()}


_ALSO = {
    "Kingston upon Hull": ("Hull",),
    "Bournemouth, Christchurch and Poole": ("BCP",),
    "Durham": ("County Durham",),
    "Herefordshire": ("Herefordshire, County of",),
    "Bristol": ("Bristol, City of",),
    "Southend-on-Sea": ("Southend",),
    "Folkestone and Hythe": ("Shepway",),
    "Medway": ("Medway Towns",),
    "Eilean Siar": ("Na h-Eileanan Siar", "Western Isles"),
}


def by_code(code: str) -> Authority | None:
    """The authority that has a code, of whichever kind.

    Examples
    --------
    >>> by_code("E2321").name, by_code("E08000020").name, by_code("E06000099")
    ('Lancashire', 'Gateshead', None)
    """
    return _by_code().get(code.strip())


def by_name(name: str, year: str = "") -> tuple[Authority, ...]:
    """The authorities of a name, those that were there in a year where one is given.

    Examples
    --------
    >>> [each.code for each in by_name("Somerset County Council")]
    ['E06000066', 'E10000027']
    >>> [each.code for each in by_name("Somerset", "2023-24")]
    ['E06000066']
    """
    named = _by_name().get(plain_name(name), ())
    there = tuple(each for each in named if not year or each.was_there(year))
    return there or named


def successors(one: Authority) -> tuple[Authority, ...]:
    """Those that followed an authority, to those that are there still.

    Examples
    --------
    >>> [each.name for each in successors(register()["E07000190"])]
    ['Somerset']
    """
    found: dict[str, Authority] = {}
    for code in one.became:
        after = register()[code]
        found |= {each.code: each for each in (successors(after) or (after,))}
    return tuple(found.values())


def predecessors(one: Authority) -> tuple[Authority, ...]:
    """Those that an authority followed, at any time, in whole or in part."""
    return tuple(each for each in register().values() if one in successors(each))


def serving(one: Authority, kind: str, year: str) -> tuple[Authority, ...]:
    """Bodies of a kind, police or fire, that serve the area of a council in a year.

    Examples
    --------
    >>> [each.name for each in serving(by_code("E07000038"), "police", "2015-16")]
    ['Derbyshire Police and Crime Commissioner']
    """
    whole = register().get(one.county, one)
    return tuple(
        each
        for each in register().values()
        if each.kind == kind and each.was_there(year) and _serves(each, whole)
    )


def served(body: Authority, year: str) -> tuple[Authority, ...]:
    """Counties and councils of one tier that a police or fire body serves in a year.

    Examples
    --------
    >>> [each.name for each in served(by_code("E31000038"), "2015-16")]
    ['Swindon', 'Wiltshire']
    """
    return tuple(
        each for each in register().values() if each.was_there(year) and _serves(body, each)
    )


def _serves(body: Authority, one: Authority) -> bool:
    """Whether a body, or that which followed it, serves a county or a council of one tier."""
    codes = [body.code] if body.code in _serving() else body.became
    return any(code in one.served_by for code in codes)


@cache
def _serving() -> set[str]:
    return {code for each in register().values() for code in each.served_by}


def districts(county: Authority, year: str) -> tuple[Authority, ...]:
    """Districts of a county that were there in a year."""
    return tuple(
        each for each in register().values() if each.county == county.code and each.was_there(year)
    )


def among(codes: Iterable[str], those: Iterable[Authority]) -> list[Authority]:
    """Those of some authorities whose codes are among others."""
    there = set(codes)
    return [each for each in those if each.code in there]
