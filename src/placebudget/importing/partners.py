"""Partners of the councils: by an outturn of their own, by what was typed, or by population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from placebudget.arguments import (
    Arguments,
    number,
    offered,
    sequence,
    share,
    text,
    typed_number,
)
from placebudget.errors import WrongArgument
from placebudget.importing import usual
from placebudget.importing.figures import OUTTURN, FiguresOfFiles
from placebudget.importing.making import Making
from placebudget.importing.outturn import SERVICE, Body, Item, OutturnLine, items, totals_in
from placebudget.importing.usual import ASSUMED
from placebudget.place.findings import warning
from placebudget.texts import listed
from placebudget.words import count, money, pence, percent

SECTORS = ("nhs", "police", "fire", "dwp")
"""Partners a place has, where none are given."""


@dataclass(frozen=True)
class Partner:
    """A partner of the councils, and what its money is known by.

    As text it is its sector; or ``nhs=£480 million``; or ``police=NAME``, a body in the files, or
    ``police=NAME@10.5%``, the share of it that is the place's.

    Parameters
    ----------
    sector : str
        nhs, police, fire or dwp.
    name : str, optional
        How it is called. Default: the body's name, or the sector's with the place's.
    body : str, optional
        Its name in the files, where its outturn stands there.
    share : float, optional
        Share of that outturn that is the place's. Default: all of it, which is refused of a body
        whose money says that it serves more than the place.
    amount : float, optional
        Its money in the place in the outturn's year, in pounds, where no body is named. Where
        neither is given, a published figure for England or another place by population.

    Examples
    --------
    >>> Partner("nhs", "NHS in Exampleton", amount=400e6).sector
    'nhs'
    """

    sector: str
    name: str = ""
    body: str = ""
    share: float | None = None
    amount: float | None = None

    def __post_init__(self) -> None:
        with Arguments() as asked:
            if self.sector not in SECTORS:
                said = f"partners are of the sectors {listed(SECTORS)}, not {self.sector!r}"
                raise WrongArgument(offered(said, self.sector, SECTORS))
            asked.read(text, "name", self.name)
            asked.read(text, "body", self.body)
            if self.share is not None:
                asked.read(share, "share", self.share)
            if self.amount is not None:
                asked.read(_enough, self.sector, self.amount)


@dataclass(frozen=True)
class _Known:
    """A published figure for each resident, for partners of which nothing better is given."""

    a_head: float
    year: str
    title: str
    publisher: str
    published: str
    reference: str
    what: str


A_HEAD = {
    "nhs": _Known(
        1732.0, "2024-25", "NHS integrated care boards: funding (research briefing CBP-10031)",
        "House of Commons Library", "2024",
        "Core services for each registered patient in England, £1,732 in 2024-25",
        "core services in England in 2024-25, by registered patient",
    ),
    "police": _Known(
        10_932_154e3 / 54_808_676, "2015-16",
        "Local authority revenue expenditure and financing: revenue summary 2015-16",
        "Department for Communities and Local Government", "2016",
        "Police services, all of England, £10,932,154 thousand; population 54,808,676 (ONS, 2015)",
        "£10,932 million of police services in England in 2015-16",
    ),
    "fire": _Known(
        1_983_547e3 / 54_808_676, "2015-16",
        "Local authority revenue expenditure and financing: revenue summary 2015-16",
        "Department for Communities and Local Government", "2016",
        "Fire and rescue services, all of England, £1,983,547 thousand; population 54,808,676 "
        "(ONS, 2015)",
        "£1,984 million of fire and rescue in England in 2015-16",
    ),
    "dwp": _Known(
        699e6 * 0.07 / 1_061_074, "2008-09", "Total Place: Birmingham’s count of public money",
        "Birmingham City Council, as reported by Localis and Public Finance", "2010",
        "Jobcentre Plus £699 million in 2008-09, of which 93 % benefits; population 1,061,074 "
        "(ONS, 2010)",
        "support into work, not benefits: 7 % of the £699 million of Jobcentre Plus in Birmingham "
        "in 2008-09",
    ),
}  # fmt: skip
"""By sector; England's and Birmingham's figures, spread by population: illustrative everywhere."""

MOST_A_HEAD, LEAST_A_HEAD, MOST_NAMED = 2.0, 0.25, 3
"""Of the country's money a head, more than what is no place's own, and less than what can be all of
it; how many bodies are named."""

FAR = 10.0
"""Times what is published elsewhere, or a part of it, beyond which an amount can hardly be so."""

LEAST_MONEY = 100_000
"""Pounds a year below which an agency's money was mostly typed in another unit."""

SECTOR_NAMES = {
    "nhs": "NHS",
    "police": "Police",
    "fire": "Fire and rescue",
    "dwp": "DWP employment support",
}


def _enough(sector: str, given: object) -> float:
    amount = number("amount", given, least=0.0)
    if 0 < amount < LEAST_MONEY:
        raise WrongArgument(
            f"{sector} has {money(amount)} a year, less than any agency has; write it with its "
            f"unit, such as {sector}={amount:g}m for {amount:g} million pounds"
        )
    return amount


def partners_of(given: object) -> list[Partner]:
    """Partners as they were given: each one, or its sector, or what is typed of it."""
    every = sequence(given)
    with Arguments() as asked:
        found = [asked.read(_partner, each) for each in ([given] if every is None else every)]
    twice = sorted({p.sector for p in found if [q.sector for q in found].count(p.sector) > 1})
    if twice:
        raise WrongArgument(f"partners has several of the sector {listed(twice)}; give each once")
    return found


def _partner(given: object) -> Partner:
    if isinstance(given, Partner):
        return given
    sector, named, what = given.partition("=") if isinstance(given, str) else (given, "", "")
    return Partner(sector, **typed_of(what) if named else {})  # type: ignore[arg-type]


def typed_of(what: str) -> dict[str, Any]:
    """What is typed of a partner: its money, or its name in the files and the share of it.

    Examples
    --------
    >>> typed_of("£480 million"), typed_of("Vale Police@10.5%")
    ({'amount': 480000000.0}, {'body': 'Vale Police', 'share': 0.105})
    """
    what = what.strip()
    body, shared, part = what.rpartition("@")
    if not shared:
        try:
            return {"amount": typed_number("money", what)} if what else {}
        except WrongArgument:
            return {"body": what}
    try:
        of = typed_number("share", part)
    except WrongArgument:
        raise WrongArgument(f"{what} has no share after @; write {body}@10.5%") from None
    if not 0 <= of <= 1:
        meant = f"; did you mean {part.strip()}%?" if 1 < of <= 100 else ""
        raise WrongArgument(f"{what}: {part} is no share of a body, which is 0% to 100%{meant}")
    return {"body": body.strip(), "share": of}


def add_partner(
    made: Making, figures: FiguresOfFiles, partner: Partner, title: str, form: str
) -> None:
    """A partner by its own outturn, by the money that was given, or by population."""
    sector = partner.sector
    name = partner.name or f"{SECTOR_NAMES[sector]} in {title}"
    if partner.body:
        code, known = figures.authority(partner.body, made.year)
        made.codes.add(code)
        made.incomes.settlement[sector] = figures.settlement(code, (made.year, *made.years))
        lines = figures.of(OUTTURN, code, made.year)
        if not lines:
            raise WrongArgument(f"the files hold no outturn of {known} in {made.year}")
        part = 1.0 if partner.share is None else partner.share
        note = f"{percent(part)} of the outturn of {known}" if part < 1 else ""
        body = Body(sector, partner.name or known, sector, made.top, items(lines), part,
                    source="outturn", reference=form, note=note, totals=totals_in(lines),
                    whole=known)  # fmt: skip
        _doubt_share(made, body, partner.share is None)
        made.add_body(body)
        return
    if partner.amount is not None:
        amount, source = partner.amount, ASSUMED
        _doubt_amount(made, sector, amount)
        note = "Money of the partner, as it was typed"
    else:
        national = A_HEAD[sector]
        amount = _national(sector, made.year) * made.population[made.top]
        _doubt_unused(made, figures, sector, title)
        source = f"a_head_{sector}"
        note = (
            f"By population: {national.what}, {pence(national.a_head)} for each resident; "
            f"in prices of {made.year} {pence(_national(sector, made.year))}; not what is "
            "spent here"
        )
        made.add(
            "sources", source=source, title=national.title, publisher=national.publisher,
            year=national.published, reference=national.reference,
        )  # fmt: skip
    thousand = round(amount) / 1000
    cost = Item(OutturnLine(sector, SECTOR_NAMES[sector], "", SERVICE), thousand)
    paid = Item(
        OutturnLine(f"{sector}_money", "all money", "", "national"),
        -thousand,
    )
    made.add_body(
        Body(sector, name, sector, made.top, [cost, paid], source=source, note=note,
             in_prices=partner.amount is None)
    )  # fmt: skip


def _national(sector: str, year: str) -> float:
    """A published figure for each resident in prices of a year."""
    return A_HEAD[sector].a_head * usual.level(A_HEAD[sector].year, year)


def _doubt_share(made: Making, body: Body, no_share: bool) -> None:
    """A body whose money would be far above the country's for each resident serves other places.

    Without a share it is refused: which share is the place's nobody said. With one it is doubted.
    """
    spent = sum(pounds for item, pounds in body.amounts() if item.line.what == SERVICE)
    a_head, usual = spent / made.population[made.top], _national(body.sector, made.year)
    row = len(made.rows["agencies"]) + 2
    if a_head <= MOST_A_HEAD * usual:
        if not no_share and 0 < a_head < LEAST_A_HEAD * usual:
            what = (
                f"{percent(body.share)} of {body.whole} is {pence(a_head)} of services for "
                f"each resident of this place, against {pence(usual)} elsewhere in prices "
                f"of {made.year}: the share is small for a place of "
                f"{count(made.population[made.top])} people."
            )
            mend = (
                f"As much as elsewhere would be {percent(round(body.share * usual / a_head, 3))}; "
                "give your share of the residents it serves."
            )
            made.doubts.append(warning("less-than-its-share", "agencies", row, None, what, mend))
        if no_share:
            what = f"All of {body.whole} is taken to be this place's, as no share of it was said."
            mend = (
                f'Where it serves others too say your share of the residents: --partner "'
                f'{body.sector}={body.whole}@80%"; where it does not, @100%.'
            )
            made.doubts.append(warning("no-share-said", "agencies", row, None, what, mend))
        return
    what = (
        f"{body.whole} spends {money(a_head)} on services for each resident of this place, against "
        f"{money(usual)} elsewhere in prices of {made.year}: it serves more than the place"
    )
    mend = (
        f'ay which share is the place\'s: --partner "{body.sector}={body.whole}@10%", where 10% is '
        "your share of the residents it serves"
    )
    if no_share:
        raise WrongArgument(f"{what}; s{mend}")
    made.doubts.append(
        warning("more-than-its-share", "agencies", row, None, f"{what}.", f"S{mend}.")
    )


def _doubt_amount(made: Making, sector: str, amount: float) -> None:
    """Money that was typed, far from the country's for each resident, is doubted.

    Where it is a thousand times as far as it should be it was meant in another unit: refused.
    """
    residents, usual = made.population[made.top], _national(sector, made.year)
    times = amount / residents / usual
    if not amount or 1 / FAR <= times <= FAR:
        return
    what = (
        f"{sector} has {money(amount)} a year, {pence(amount / residents)} for each of "
        f"{count(residents)} residents, against {pence(usual)} elsewhere in prices of "
        f"{made.year}"
    )
    for factor in (1000, 0.001):
        if 1 / FAR <= times * factor <= FAR:
            meant = money(amount * factor)
            raise WrongArgument(f'{what}; did you mean --partner "{sector}={meant}"?')
    made.doubts.append(
        warning(
            "amount-doubtful", "agencies", len(made.rows["agencies"]) + 2, None, f"{what}.",
            "Look at the amount and its unit, and at what of the partner's money it is.",
        )
    )  # fmt: skip


def _doubt_unused(made: Making, figures: FiguresOfFiles, sector: str, title: str) -> None:
    """Say that the files hold outturns of a sector that is sized by population."""
    held = figures.bodies(sector, made.year)
    if not held:
        return
    # Of many that which is called as the place is mostly its own.
    held = [each for each in held if title.lower() in each.lower()] or held
    named = listed(held) if len(held) <= MOST_NAMED else f"{count(len(held))} such bodies"
    made.doubts.append(
        warning(
            "outturn-not-used", "agencies", len(made.rows["agencies"]) + 2, None,
            f"{SECTOR_NAMES[sector]} is sized by population, while the files hold the outturn of "
            f"{named}.",
            f'Name the one of this place: --partner "{sector}='
            f'{held[0] if len(held) <= MOST_NAMED else "NAME"}@10%", where 10% is your share of '
            "the residents it serves.",
        )
    )  # fmt: skip
