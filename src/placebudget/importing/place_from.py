"""A place of one's own from published files: an outturn, and what else is given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from placebudget.arguments import (
    Arguments,
    by_name,
    offered,
    refusal,
    sequence,
    text,
    texts,
    whole,
)
from placebudget.errors import WrongArgument
from placebudget.importing import usual
from placebudget.importing.authorities import plain_name
from placebudget.importing.chain import add_chain, add_pools, add_prices, add_rules
from placebudget.importing.doubts import (
    doubt_fire,
    doubt_growth,
    doubt_lines,
    doubt_rest,
    doubt_settlement,
    doubt_what_is_missing,
    refuse_impossible,
)
from placebudget.importing.figures import (
    OUTTURN,
    POPULATION,
    RESIDENTS,
    SETTLEMENT,
    FiguresOfFiles,
    together,
)
from placebudget.importing.incomes import SETTLED, Incomes
from placebudget.importing.making import RECONCILED, Making, with_sources
from placebudget.importing.outturn import (
    RESERVES,
    Body,
    Council,
    is_upper,
    items,
    totals_in,
)
from placebudget.importing.page import basis_of, page_of, totals_of
from placebudget.importing.partners import (
    SECTORS,
    Partner,
    add_partner,
    partners_of,
)
from placebudget.importing.usual import ASSUMED
from placebudget.place import Place
from placebudget.place.findings import Findings
from placebudget.place.io.sheets import csv_frame
from placebudget.place.settings import Settings, financial_year, start_of, years_between
from placebudget.texts import key_of, listed
from placebudget.words import percent
from placebudget.writing import refused_in_words, replace_with

Row: TypeAlias = dict[str, Any]

NAMED = "Exampleton=200,000"
"""Residents, as they may be typed."""

YEARS = 5
"""Years a place looks ahead, where none are given."""

UPPER = {"adult_social_care", "childrens_social_care", "public_health"}
"""Lines whose services are those of a county or a council of one tier."""

KEPT_BACK = 0.05
"""Of net revenue expenditure, what of the general balance stays where it is: an assumption."""


@dataclass(frozen=True)
class FirstDraft:
    """A place made from published files, and where each line of them stands in it.

    Parameters
    ----------
    place : Place
        The place, with all its tables.
    reconciliation : DataFrame
        One row for each part of each line of each outturn: what was published, in thousands
        of pounds, and the row of ``today`` or ``funding`` it stands in; costs positive, income
        negative. The parts of a line add up to it.
    totals : DataFrame
        Each published total, what its lines add up to in the place, and what of them belongs to
        the same body elsewhere, in thousands of pounds.
    remarks : Findings
        What reading the files had to say that concerns this place.
    doubts : Findings
        What of the place can hardly be so, and what the files hold that was not used.
    """

    place: Place
    reconciliation: pd.DataFrame = field(repr=False)
    totals: pd.DataFrame = field(repr=False)
    remarks: Findings = field(repr=False)
    doubts: Findings = field(repr=False)

    @property
    def basis(self) -> pd.DataFrame:
        """Money of today and of the years ahead by how it is known, in pounds."""
        return basis_of(self.place)

    def page(self) -> str:
        """What each figure rests on and what to replace first, in Markdown."""
        doubts = Findings([*self.remarks.errors, *self.doubts])
        return page_of(self.place, self.totals, self.reconciliation, doubts)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the place as a folder, with its page and its reconciliation.

        As an ``.xlsx`` or a ``.zip`` it is the place alone.

        Returns
        -------
        Path
            Where it was written.

        Raises
        ------
        CannotWrite
            If it cannot be written; what was there is as it was.
        """
        goal = self.place.write(path)
        if goal.is_dir():
            replace_with(goal / "README.md", self.page().encode())
            beside = goal / "published"
            with refused_in_words(beside):
                beside.mkdir(exist_ok=True)
            replace_with(beside / "reconciliation.csv", csv_frame(self.reconciliation).encode())
        return goal


def place_from(
    name: str,
    files: Iterable[Any] | Any,
    *,
    authorities: Sequence[str] | None = None,
    year: str = "",
    years: Sequence[str] | int = YEARS,
    partners: Iterable[Partner | str] = SECTORS,
    population: Mapping[str, float] | Sequence[str] | None = None,
    growth: float | Mapping[str, float] | Sequence[str] | None = None,
) -> FirstDraft:
    """A valid place from published files, to begin with.

    Money comes from the outturn, line by line and to the thousand pounds; later years from a
    stated rule or the settlement; what a line buys, and what that brings about, from the
    library (:func:`placebudget.library`), and where that knows nothing a placeholder, or no
    effect; partners by population where nothing better is given. Every row says which.

    Parameters
    ----------
    name : str
        Name of the place. Where no authorities are named it is the authority, and the
        districts of a county that the files hold.
    files : path, table that was read, or several
        A revenue outturn; besides, a settlement and population estimates.
    authorities : sequence of str, optional
        The councils of the place, by name or code, the county first.
    year : str, optional
        Financial year of the outturn. Default: the latest that all have.
    years : sequence of str, or int
        Financial years ahead, or how many after the outturn's.
    partners : Partner, str or several
        Partners by sector; a sector alone is sized by population. Texts may say more, as
        :class:`Partner` has it.
    population : mapping of str to float, or texts, optional
        Residents by authority, where no file says it: ``Exampleton=200,000``. A county is the sum
        of its districts.
    growth : float, mapping of str to float, or texts
        Growth of funding a year where no settlement is given, alike or by kind of stream or
        sector (``council_tax``, ``retained_rates``, ``nhs`` ...). Default: flat in cash, and of
        partners that are sized by population in step with prices.

    Returns
    -------
    FirstDraft
        The place, and where each published line stands in it.

    Raises
    ------
    WrongArgument
        If the files do not hold what a place needs; all is said at once.
    """
    with Arguments() as asked:
        title = asked.read(_named, name)
        figures = asked.read(_figures, files)
        sized = asked.read(partners_of, partners)
        rates = asked.read(_growth, growth)
        named = authorities and asked.read(
            texts, "authorities", authorities, such_as="'Exampleton'"
        )
        typed = asked.read(by_name, "population", population or {}, NAMED, above=0.0)
    codes = _councils(figures, title, named)
    with Arguments() as asked:
        base = asked.read(_year, figures, codes, year)
        residents = asked.read(_population, figures, codes, base, typed)
        ahead = asked.read(_ahead, base, years)
    return _made(title, figures, codes, base, ahead, sized, residents, rates)


# --- what was given ---------------------------------------------------------------


def _named(given: object) -> str:
    name = text("name", given)
    if not name.strip():
        raise refusal("name", "the name of a place, such as Stockport", given)
    return name.strip()


def _growth(given: object) -> dict[str, float]:
    """Growth a year by kind of stream or sector."""
    rates = {} if given is None else by_name("growth", given, "council_tax=2%", alike=True)
    with Arguments() as asked:
        for kind, rate in rates.items():
            asked.read(_no_multiple, f"growth of {kind}" if kind else "growth", rate)
    return rates


def _no_multiple(name: str, rate: float) -> None:
    if abs(rate) >= 1:
        raise WrongArgument(
            f"{name} of {percent(rate)} a year is no growth of public money; for {rate:g} per cent "
            f"write {rate:g}% or {rate / 100:g}"
        )


def _ahead(base: str, given: object) -> tuple[str, ...]:
    """The years ahead, that follow the outturn's one by one."""
    several = sequence(given)
    if several is None:
        how = ", or a list of financial years"
        return years_between(base, whole("years", given, least=1, otherwise=how) + 1)[1:]
    years = Settings(name="years", years=tuple(several)).years
    if not years or years != years_between(years[0], len(years)) or years[0] <= base:
        raise refusal("years", f"financial years after {base} that follow one another", given)
    return years


def _figures(given: object) -> FiguresOfFiles:
    listed_files = sequence(given)
    return together(listed_files if listed_files is not None else [given])


def _councils(figures: FiguresOfFiles, name: str, given: Sequence[str] | None) -> dict[str, str]:
    """Names of the councils by code; where none are named, the one of the place's name."""
    with Arguments() as asked:
        found = [asked.read(figures.authority, each) for each in (given or [name])]
    if given:
        return dict(found)
    ((code, _),) = found
    return dict(figures.authority(each) for each in figures.with_districts(code))


def _year(figures: FiguresOfFiles, codes: Mapping[str, str], given: str) -> str:
    """The outturn's year: the latest that all councils have, or the one that is asked for."""
    common = sorted(set.intersection(*(set(figures.years(code)) for code in codes)))
    if not common:
        raise WrongArgument(f"no year has an outturn of all of {listed(codes.values())}")
    wanted = financial_year(start_of(given)) if given else common[-1]
    if wanted not in common:
        raise WrongArgument(
            f"the files hold no outturn of {wanted} of all of {listed(codes.values())}; they "
            f"hold {listed(common)}"
        )
    return wanted


def _population(
    figures: FiguresOfFiles,
    codes: Mapping[str, str],
    year: str,
    given: Mapping[str, float],
) -> dict[str, tuple[float, str]]:
    """Residents by code, as given, else as a file has them; and which of the two."""
    typed: dict[str, float] = {}
    with Arguments() as asked:
        for name, people in given.items():
            typed[asked.read(_resident, figures, codes, name)] = people
    known = {
        code: (of[0], SOURCES[of[1]]) for code in codes if (of := figures.population(code, year))
    }
    return known | {code: (people, TYPED) for code, people in typed.items()}


def _resident(figures: FiguresOfFiles, codes: Mapping[str, str], name: str) -> str:
    """The code of a council of the place, by name or code."""
    same = [code for code, known in codes.items() if plain_name(known) == plain_name(name)]
    if same:
        return same[0]
    try:
        code, name = figures.authority(name)
    except WrongArgument:
        code = ""
    if code not in codes:
        said = f"population names {name}, which is no council of this place"
        raise WrongArgument(offered(said, name, codes.values()))
    return code


# --- the tables -------------------------------------------------------------------


def _tiers(figures: FiguresOfFiles, codes: Mapping[str, str], year: str) -> list[Council]:
    """Councils with their money; what a council spends says which tier it is."""
    found = []
    uppers = {code for code in codes if is_upper(code, figures.of(OUTTURN, code, year))}
    for code, name in codes.items():
        lines = figures.of(OUTTURN, code, year)
        upper = code in uppers
        lower = not upper or len(uppers) == len(codes)
        key = key_of(name, "council")
        found.append(Council(code, name, key, items(lines), upper, lower, totals_in(lines)))
    if uppers not in (set(), set(codes)) and len(uppers) != 1:
        raise WrongArgument(
            f"of {listed(codes.values())}, {len(uppers)} have the services of a county, and "
            "others those of districts; name one county with its districts, or councils that "
            "have both"
        )
    return sorted(found, key=lambda council: not council.upper)


def _made(
    title: str,
    figures: FiguresOfFiles,
    codes: Mapping[str, str],
    year: str,
    years: tuple[str, ...],
    partners: list[Partner],
    population: dict[str, tuple[float, str]],
    growth: dict[str, float],
) -> FirstDraft:
    councils = _tiers(figures, codes, year)
    place = key_of(title, "place")
    two_tier = len({council.upper for council in councils}) > 1
    areas = {
        council.code: place if len(councils) == 1 or (council.upper and two_tier) else council.key
        for council in councils
    }
    # An agency is not called as the whole place is.
    keys = {
        council.code: f"{council.key}_council" if areas[council.code] == place else council.key
        for council in councils
    }
    settled: dict[str, Mapping[str, Mapping[str, float]]] = {
        keys[code]: figures.settlement(code, (year, *years)) for code in codes
    }
    made = Making(Incomes(year, years, growth, settled), councils=tuple(codes))
    _add_areas(made, figures, place, title, councils, population)
    form = f"RS {year}"
    doubt_lines(made, figures, councils)
    for council in councils:
        made.add_body(
            Body(
                keys[council.code], council.name, "council", areas[council.code], council.items,
                source="outturn", reference=form,
                partner="districts" if two_tier and not council.upper else None,
                totals=council.totals, social_care=council.upper, benefit=council.lower,
                undivided=frozenset({"police"} | ({"housing"} if not council.lower else set())
                                    | (set() if council.upper else UPPER)),
            )
        )  # fmt: skip
    served = {each.code: population[each.code][0] for each in councils if each.lower}
    whole = sum(served.values())
    has_fire = any(
        item.line.key == "fire" and item.thousand > 0
        for council in councils
        for item in council.items
    )
    with Arguments() as asked:
        for council in councils:
            asked.read(refuse_impossible, made, council, served.get(council.code, whole))
        for partner in partners:
            if partner.sector == "fire" and has_fire:
                doubt_fire(made, councils)
                continue
            asked.read(add_partner, made, figures, partner, title, form)
    kinds = [row["stream"].removesuffix(f"_{row['agency']}") for row in made.rows["streams"]]
    kinds += [body.sector for body in made.bodies.values()]
    idle = sorted(set(growth) - made.incomes.used - {""})
    if idle:
        said = f"growth names {listed(idle)}, and no money is carried forward by it"
        raise WrongArgument(offered(said, idle[0], kinds))
    _add_reserves(made, figures, councils, keys)
    add_chain(made)
    add_rules(made)
    add_pools(made)
    add_prices(made)
    doubt_growth(made)
    doubt_rest(made)
    doubt_settlement(made, figures)
    doubt_what_is_missing(made, two_tier)
    _add_sources(made, figures)
    settings = Settings(
        name=place, title=title, years=years, price_base=year, today_year=year,
        description=_description(title, year, years, made),
    )  # fmt: skip
    frames = {name: pd.DataFrame(rows) for name, rows in made.rows.items()}
    roles = {key: spent.role for key, spent in made.roles.items()}
    published = {key: dict(body.totals) for key, body in made.bodies.items() if body.reference}
    reconciled = pd.DataFrame(made.reconciled, columns=list(RECONCILED))
    return FirstDraft(
        usual.with_effects(Place(settings, frames), roles),
        reconciled,
        totals_of(reconciled, published),
        Findings(figures.remarks_on({*codes, *made.codes}, (year, *years))),
        Findings(made.doubts),
    )


def _add_areas(
    made: Making,
    figures: FiguresOfFiles,
    place: str,
    title: str,
    councils: list[Council],
    population: Mapping[str, tuple[float, str]],
) -> None:
    lower = [council for council in councils if council.lower]
    without = [council for council in lower if council.code not in population]
    if without:
        missing = [council.name for council in without]
        whys = [w for c in without for w in figures.without_population(c.code, c.name, made.year)]
        typed = " ".join(f'--population "{name}=100000"' for name in missing)
        raise WrongArgument(
            f"no file says how many people live in {listed(missing)} in {made.year[:4]}; give "
            f"population estimates, or type how many: {typed}; in JupyterLab a line for each"
            + "".join(f"\n  {why}" for why in dict.fromkeys(whys))
        )
    people = sum(population[council.code][0] for council in lower)
    # Of a sum the weakest part says how far it is known.
    source = max((population[council.code][1] for council in lower), key=KNOWN_FROM.index)
    status = "derived" if len(lower) > 1 else "published"
    made.add("areas", source, status if source == ESTIMATED else "illustrative",
             area=place, name=title, tier="place", population=people)  # fmt: skip
    made.population[place] = people
    if len(councils) > 1:
        for council in lower:
            residents, source = population[council.code]
            status = "published" if source == ESTIMATED else "illustrative"
            made.add("areas", source, status, area=council.key,
                     name=council.name, parent=place, tier="authority",
                     population=residents)  # fmt: skip
            made.population[council.key] = residents


SOURCES = {POPULATION: "population", RESIDENTS: "population_table", "": "typed"}
ESTIMATED, TABLED, TYPED = KNOWN_FROM = tuple(SOURCES.values())
"""Sources of residents, the best first: a form, a table of nobody says whom, what was typed."""


def _add_reserves(
    made: Making, figures: FiguresOfFiles, councils: list[Council], keys: Mapping[str, str]
) -> None:
    """What councils hold at the end of the outturn's year, and what of it has to stay.

    Of the general balance a part is kept against one bad year: all of it counted as there to be
    spent would close a gap with money that no treasurer would let go.
    """
    for council in councils:
        net = council.totals.get("net_revenue", 0.0)
        lines = figures.of(OUTTURN, council.code, made.year)
        for kind, line in RESERVES.items():
            start, paid = lines.get(f"{line}_start"), lines.get(f"to_{line}", 0.0)
            opening = lines.get(f"{line}_end")
            status, note = "published", f"At the end of {made.year}"
            if opening is None and start is not None:
                opening, status = start + paid, "derived"
                note = f"At the start of {made.year}, with what was paid in that year"
            if opening is None or opening < 0:
                continue
            held = round(opening * 1000)
            row: Row = {"agency": keys[council.code], "kind": kind, "opening": held}
            if kind == "general":
                # To two figures, whatever its size: no assumption is known better.
                row["minimum"] = min(held, round(float(f"{max(0, KEPT_BACK * net):.2g}") * 1000))
                status = "illustrative"
                note += (
                    f"; to be kept: {percent(KEPT_BACK)} of net revenue expenditure, against one "
                    "bad year, or all there is: an assumption"
                )
            made.add("reserves", "outturn", status, **row, note=note)


def _add_sources(made: Making, figures: FiguresOfFiles) -> None:
    used = with_sources(made.rows)
    used |= {row["no_difference"] for row in made.rows["services"] if "no_difference" in row}
    held = made.rows.pop("sources", [])
    named = {
        "outturn": (OUTTURN, f"Revenue outturn {made.year}"),
        SETTLED: (SETTLEMENT, "Local government finance settlement"),
        ESTIMATED: (POPULATION, "Population"),
        TABLED: (RESIDENTS, "Residents, from a table"),
        TYPED: ("", "Residents, as they were typed"),
    }
    for source, (form, title) in named.items():
        if source in used:
            about = figures.about(form)
            made.add("sources", source=source, title=about.get("title", title),
                     publisher=about.get("publisher", "Typed for this place"),
                     year=about.get("edition") or about.get("years") or made.year,
                     licence="Open Government Licence v3.0" if about and form != RESIDENTS else ""
                     )  # fmt: skip
    for row in [*held, *usual.sources(used)]:
        made.add("sources", **row)
    made.add(
        "sources", source=ASSUMED, title="Assumptions for a first draft of a place",
        publisher="placebudget", reference="No publisher; to be replaced",
    )  # fmt: skip


def _description(title: str, year: str, years: tuple[str, ...], made: Making) -> str:
    given = {row["stream"] for row in made.rows["funding"] if row["source"] == SETTLED}
    followed = ("council_tax", "revenue_support_grant")
    whose = {key for key in made.bodies if given & {f"{kind}_{key}" for kind in followed}}
    of = listed((made.bodies[key].published_as for key in made.bodies if key in whose), len(whose))
    growth = made.incomes.growth
    rest = "carried on at the growth said in each row" if any(growth.values()) else "flat in cash"
    if not growth and any(body.in_prices for body in made.bodies.values()):
        rest += ", but for money sized by population, which goes in step with prices"
    rule = (
        f"council tax and grants of {of} follow the settlement where it has the year, and all else "
        f"is {rest}"
        if whose
        else f"it is {rest}"
    )
    shares = [
        f"{percent(body.share)} of {body.whole}" for body in made.bodies.values() if body.share < 1
    ]
    has = f"The place has {listed(shares)}. " if shares else ""
    return (
        f"{title}, {years[0]} to {years[-1]}, from the published outturn of {year}, line by line. "
        f"{has}In later years {rule}. What a line buys and brings about is taken from "
        "the library of evidence; partners without an outturn are sized by population. It is a "
        "first draft: replace what is a placeholder or illustrative by what you know."
    )
