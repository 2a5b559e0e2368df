"""Partners of the councils: by an outturn of their own, by what was typed, or by population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from placebudget.arguments import (
    Arguments,
    as_given,
    number,
    offered,
    sequence,
    share,
    text,
    typed_number,
)
from placebudget.errors import WrongArgument
from placebudget.importing import usual
from placebudget.importing.authorities import (
    AREAS,
    Authority,
    plain_name,
    register,
    served,
    serving,
)
from placebudget.importing.figures import OUTTURN, FiguresOfFiles
from placebudget.importing.making import Making
from placebudget.importing.outturn import SERVICE, Body, Item, OutturnLine, items, totals_in
from placebudget.importing.usual import ASSUMED
from placebudget.place.findings import warning
from placebudget.texts import key_of, listed
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
        Share of that outturn that is the place's. Default: its share of the residents whom the
        body serves, where the files have them all; else all of it, which is refused of a body whose
        money says that it serves more than the place.
    amount : float, optional
        Its money in the place in the outturn's year, in pounds, where no body is named. Where
        neither is given, the place's share of the police or fire body that serves it, where the
        files have its outturn and all residents whom it serves; else a published figure for England
        or another place by population.

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

OTHER_SHARE = 0.1
"""Of a place's share of the residents, how far the share that was said may be from it."""

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
        meant = f"; did you mean {part.strip()}%?" if 1 < of <= 100 and "%" not in part else ""
        raise WrongArgument(f"{what}: {part} is no share of a body, which is 0% to 100%{meant}")
    return {"body": body.strip(), "share": of}


def _body(figures: FiguresOfFiles, name: str, sector: str, year: str) -> tuple[str, str]:
    """Code and name of a body as the files have it; who is near is told of its own sector."""
    try:
        return figures.authority(name, year)
    except WrongArgument:
        wanted = set(plain_name(name).split())
        near = [e for e in figures.bodies(sector, year) if wanted <= {*plain_name(e).split()}]
        if not near:
            raise
        said = f"the files have no outturn of {as_given(name)}"
        raise WrongArgument(f"{said}. Did you mean {listed(near, most=3)}?") from None


@dataclass(frozen=True)
class _Served:
    """Whom a body serves beside the place, as far as the files know.

    Parameters
    ----------
    residents : float
        Of all authorities that it serves, where the files have them.
    areas : tuple of str
        Names of those authorities.
    missing : tuple of str
        Names of those whose residents are in no file.
    """

    residents: float
    areas: tuple[str, ...]
    missing: tuple[str, ...]


def _served(made: Making, figures: FiguresOfFiles, code: str) -> _Served | None:
    """Whom a body serves; None: it is not known, or does not serve all councils of the place."""
    body, there = register().get(code), [register().get(each) for each in made.councils]
    areas = served(body, made.year) if body else ()
    held = {one.code for one in areas}
    if not there or any(one is None or not {one.code, one.county} & held for one in there):
        return None
    people = {one.name: _residents(made, figures, one) for one in areas}
    missing = tuple(name for name, number in people.items() if number is None)
    return _Served(sum(filter(None, people.values())), tuple(people), missing)


def _residents(made: Making, figures: FiguresOfFiles, one: Authority) -> float | None:
    """Residents of an authority: those of a council of the place as the place has them."""
    if one.code not in made.councils:
        return figures.residents(one, made.year)
    whole = len(made.councils) == 1 or one.kind == "county"
    key = made.top if whole else key_of(one.name, "council")
    return made.population.get(key) or figures.residents(one, made.year)


def _own_body(made: Making, figures: FiguresOfFiles, sector: str) -> tuple[str, _Served] | None:
    """The body of a sector that serves the place and whose outturn the files have."""
    council = next((register().get(each) for each in made.councils), None)
    for body in serving(council, sector, made.year) if council else ():
        whom = _served(made, figures, body.code)
        if whom and figures.of(OUTTURN, body.code, made.year):
            return body.code, whom
    return None


def add_partner(
    made: Making, figures: FiguresOfFiles, partner: Partner, title: str, form: str
) -> None:
    """A partner by its own outturn, by the money that was given, or by population."""
    sector = partner.sector
    name = partner.name or f"{SECTOR_NAMES[sector]} in {title}"
    own = None if partner.body or partner.amount is not None else _own_body(made, figures, sector)
    named = partner.body or (own[0] if own and not own[1].missing else "")
    if named:
        code, known = _body(figures, named, sector, made.year)
        whom = _served(made, figures, code)
        made.codes.add(code)
        made.incomes.settlement[sector] = figures.settlement(code, (made.year, *made.years))
        lines = figures.of(OUTTURN, code, made.year)
        if not lines:
            raise WrongArgument(f"the files hold no outturn of {known} in {made.year}")
        people = made.population[made.top]
        mine = min(1.0, people / whom.residents) if whom and not whom.missing else None
        part = next((each for each in (partner.share, mine) if each is not None), 1.0)
        note = f"{percent(part)} of the outturn of {known}" if part < 1 else ""
        if partner.share is None and whom and part < 1:
            note += (
                f", the share of the place in the {count(whom.residents)} residents of the "
                f"{count(len(whom.areas))} authorities that it serves ({AREAS})"
            )
        body = Body(sector, partner.name or known, sector, made.top, items(lines), part,
                    source="outturn", reference=form, note=note, totals=totals_in(lines),
                    whole=known)  # fmt: skip
        _doubt_share(made, body, partner.share, mine)
        made.add_body(body)
        return
    if partner.amount is not None:
        amount, source = partner.amount, ASSUMED
        _doubt_amount(made, sector, amount)
        note = "Money of the partner, as it was typed"
    else:
        national = A_HEAD[sector]
        amount = _national(sector, made.year) * made.population[made.top]
        _doubt_unused(made, figures, sector, title, own)
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


def _doubt_share(made: Making, body: Body, said: float | None, known: float | None) -> None:
    """A body whose money would be far above the country's for each resident serves other places.

    Without a share it is refused: which share is the place's nobody said. With one it is doubted,
    as is one that is far from the place's share of the residents, where that is known.
    """
    row = len(made.rows["agencies"]) + 2
    if known is not None:
        if said is not None and abs(said - known) > OTHER_SHARE * known:
            what = (
                f"{percent(said)} of {body.whole} is taken to be this place’s, as was said; of the "
                f"residents it serves the place has {percent(known)}."
            )
            mend = "Leave the share out, or be sure of the other."
            made.doubts.append(warning("share-doubtful", "agencies", row, None, what, mend))
        return
    spent = sum(pounds for item, pounds in body.amounts() if item.line.what == SERVICE)
    a_head, usual = spent / made.population[made.top], _national(body.sector, made.year)
    if a_head <= MOST_A_HEAD * usual:
        if said is not None and 0 < a_head < LEAST_A_HEAD * usual:
            what = (
                f"{percent(body.share)} of {body.whole} is {pence(a_head)} of services for "
                f"each resident of this place, against {pence(usual)} elsewhere in prices "
                f"of {made.year}: the share is small for a place of "
                f"{count(made.population[made.top])} people."
            )
            mend = (
                f"As much as elsewhere would be {percent(min(1, body.share * usual / a_head))}; "
                "give your share of the residents it serves."
            )
            made.doubts.append(warning("less-than-its-share", "agencies", row, None, what, mend))
        if said is None:
            what = f"All of {body.whole} is taken to be this place's, as no share of it was said."
            mend = (
                f'Where it serves others too say your share of the residents: --partner "'
                f'{body.sector}={body.whole}@SHARE%"; where it does not, @100%.'
            )
            made.doubts.append(warning("no-share-said", "agencies", row, None, what, mend))
        return
    what = (
        f"{body.whole} spends {money(a_head)} on services for each resident of this place, against "
        f"{money(usual)} elsewhere in prices of {made.year}: it serves more than the place"
    )
    mend = (
        f'ay which share is the place\'s: --partner "{body.sector}={body.whole}@SHARE%": '
        "your share of the residents it serves; with the residents of all that it serves in the "
        "files it is found"
    )
    if said is None:
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


def _known_here(made: Making, sector: str) -> bool:
    """Whether it is known of all councils of the place which bodies of a sector serve them."""
    there = [register().get(each) for each in made.councils]
    return all(one and not serving(one, sector, made.year) for one in there)


def _doubt_unused(
    made: Making, figures: FiguresOfFiles, sector: str, title: str, own: tuple[str, _Served] | None
) -> None:
    """Say that the files hold outturns of a sector that is sized by population, and what to give.

    Of many that which serves the place, as far as it is known, or is called as the place.
    """
    held = figures.bodies(sector, made.year)
    mend = "your share of the residents it serves."
    if sector in ("police", "fire") and not own and _known_here(made, sector):
        held = []
        made.doubts.append(
            warning(
                "no-body-here", "agencies", len(made.rows["agencies"]) + 2, None,
                f"{SECTOR_NAMES[sector]} is sized by population: as far as is known none of the "
                "bodies in the files serves this place; a county may do it itself.",
                f"Give its money here, where it is known: --partner \"{sector}=£20 million\".",
            )
        )  # fmt: skip
    if own:
        held = [figures.authority(own[0], made.year)[1]]
        mend = (
            "your share of the residents it serves; or give the residents of "
            f"{listed(own[1].missing, most=12)} too, in a file, and the share is found."
        )
    if not held:
        return
    held = [each for each in held if title.lower() in each.lower()] or held
    named = listed(held) if len(held) <= MOST_NAMED else f"{count(len(held))} such bodies"
    made.doubts.append(
        warning(
            "outturn-not-used", "agencies", len(made.rows["agencies"]) + 2, None,
            f"{SECTOR_NAMES[sector]} is sized by population, while the files hold the outturn of "
            f"{named}.",
            f'Name the one of this place: --partner "{sector}='
            f'{held[0] if len(held) <= MOST_NAMED else "NAME"}@SHARE%", {mend}',
        )
    )  # fmt: skip
