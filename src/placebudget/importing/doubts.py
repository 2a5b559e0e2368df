"""What of a place in the making can hardly be so, is missing, or is not used: said or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from placebudget.arguments import Arguments
from placebudget.errors import WrongArgument
from placebudget.importing import usual
from placebudget.importing.chain import COUNCIL
from placebudget.importing.figures import OUTTURN, SETTLEMENT, WHERE, FiguresOfFiles
from placebudget.importing.forms import forms
from placebudget.importing.incomes import TRIFLE
from placebudget.importing.making import Making
from placebudget.importing.outturn import COUNCIL_TAX, LINES, REST, SERVICE, Council
from placebudget.importing.partners import FAR
from placebudget.place.findings import NOTHING, warning
from placebudget.place.settings import start_of
from placebudget.texts import listed
from placebudget.words import count, money, pence, percent

LEAST_HEAD, MOST_HEAD = 5.0, 100_000.0
"""Pounds of tax or services for each resident, less and more than which no council has."""

MOST_UNLINED = 0.1
"""Of service expenditure, what may stand in no line of a file that lacks lines of services."""

MOST_REST = 0.02
"""Of all that is spent, what may stand in no line without a word."""

MOST_GROWTH = 0.15
"""Growth of a stream a year, up or down, beyond which it is doubted."""


def refuse_impossible(made: Making, council: Council, people: float) -> None:
    """Refuse money that no council has: beside its residents, and beside the settlement's tax.

    £ and £ thousand look alike, and so do people and thousands of people.
    """
    tax = council.totals[COUNCIL_TAX.total] * 1000
    spent = council.totals.get("total_service", 0.0) * 1000
    for what, amount in (("council tax", tax), ("services", spent)):
        if amount and not LEAST_HEAD <= abs(amount) / people <= MOST_HEAD:
            raise WrongArgument(
                f"{council.name} has {money(amount)} of {what} in the outturn of {made.year} for "
                f"{count(people)} residents, {pence(amount / people)} each, which no "
                "council has; look whether the outturn is in £ or £ thousand, and whether "
                "residents are people or thousands of people"
            )
    key = next(key for key, body in made.bodies.items() if body.name == council.name)
    settled = made.incomes.settlement[key]
    year = next((each for each in sorted(settled) if settled[each].get(COUNCIL_TAX.total)), "")
    told = settled[year][COUNCIL_TAX.total] * 1000 if year else 0.0
    if tax > 0 and told > 0 and not 1 / FAR <= tax / told <= FAR:
        raise WrongArgument(
            f"{council.name} has {money(tax)} of council tax in the outturn of {made.year}, and "
            f"{money(told)} in the settlement of {year}; one of the two files is in another unit "
            "than it is read in: look at its amounts, and state the unit in its title"
        )


def doubt_lines(made: Making, figures: FiguresOfFiles, councils: Sequence[Council]) -> None:
    """Lines of services that an outturn lacks while its total has their money.

    Where that is much, the place would have none of the services that cost most: refused.
    """
    with Arguments() as asked:
        for council in councils:
            lines = figures.of(OUTTURN, council.code, made.year)
            asked.read(_missing_lines, made, council, lines)


def _missing_lines(made: Making, council: Council, lines: Mapping[str, float]) -> None:
    total = council.totals.get("total_service", 0.0)
    key = f"{REST}total_service"
    rest = sum(item.thousand for item in council.items if item.line.key == key)
    social = {"adult_social_care", "childrens_social_care"}
    without = [
        line.name
        for line in LINES.values()
        if line.what == SERVICE
        and line.key not in lines
        and line.key not in ("social_care_all", "other", "police", "fire")
        and not (line.key in social and "social_care_all" in lines)
    ]
    if not rest or not without:
        return
    what = (
        f"The outturn of {council.name} has no line of {listed(without)}, and {money(rest * 1000)} "
        f"of its total service expenditure of {money(total * 1000)} stand in no line"
    )
    if abs(rest) > MOST_UNLINED * abs(total):
        raise WrongArgument(f"{what}; give a file with all service lines of the summary (RS)")
    made.doubts.append(
        warning(
            "line-missing", "services", None, None,
            f"{what}: they are no service here, and stay as they are.",
            "Give a file with all service lines of the summary (RS).",
        )
    )  # fmt: skip


def doubt_what_is_missing(made: Making, two_tier: bool) -> None:
    """Doubt prices beyond the library, and say which grant stands in no line of an outturn.

    So are years between the outturn and those planned, of which nothing is known.
    """
    between = start_of(made.years[0]) - start_of(made.year) - 1
    if between:
        made.doubts.append(
            warning(
                "years-between", "funding", None, "amount",
                f"{count(between)} year{'s' * (between > 1)} lie between the outturn of "
                f"{made.year} and {made.years[0]}: money is carried over them by a rule, and need "
                "is taken to be as it was.",
                "Give a later outturn, or a first year that follows it.",
            )
        )  # fmt: skip
    last = usual.last_deflator()
    if max(made.years) > last:
        made.doubts.append(
            warning(
                "prices-assumed", "inflation", None, "rate",
                f"How prices rise is known to {last}; after that they are taken to rise "
                f"{percent(usual.PRICES_AHEAD)} a year, an assumption.",
                "Write the rates that you plan with into the table inflation.",
            )
        )  # fmt: skip
    if two_tier and "pools" in made.rows:
        made.doubts.append(
            warning(
                "grant-not-in-outturn", "streams", None, None,
                "The districts’ part of the Better Care Fund is the Disabled Facilities Grant, "
                "which the county passes on to them. It is capital and stands in no line of the "
                "outturn, so it is missing here.",
                "Add a stream of kind capital for each district, and home adaptations that it "
                "pays for.",
            )
        )  # fmt: skip


def doubt_fire(made: Making, councils: Sequence[Council]) -> None:
    """Say that fire and rescue stands in the outturn of a council, so that it is no partner."""
    whose = [
        council.name
        for council in councils
        if any(item.line.key == "fire" and item.thousand > 0 for item in council.items)
    ]
    made.doubts.append(
        warning(
            "fire-in-council", "agencies", None, None,
            f"Fire and rescue stands in the outturn of {listed(whose)}, so that it is no partner.",
            NOTHING,
        )
    )  # fmt: skip


def doubt_rest(made: Making) -> None:
    """Say how much of what councils spend a file does not itemise, where it is much."""
    rest, spent = 0.0, 0.0
    for body in made.bodies.values():
        costs = [(item, pounds) for item, pounds in body.amounts() if pounds > 0]
        rest += sum(pounds for item, pounds in costs if item.line.key.startswith(REST))
        spent += sum(pounds for _, pounds in costs)
    if rest > MOST_REST * spent:
        made.doubts.append(
            warning(
                "not-itemised", "today", None, "amount",
                f"{money(rest)} of what is spent stands in no line of the files, only in the "
                "difference of two totals: levies, benefit and the like, paid as they are.",
                f"Give the full form: {forms()[OUTTURN].title}, not a table of some of its lines.",
            )
        )  # fmt: skip


def doubt_growth(made: Making) -> None:
    """Doubt growth a year that public money has not had."""
    for kind, rate in made.incomes.growth.items():
        if abs(rate) > MOST_GROWTH:
            of = f"of {kind.replace('_', ' ')} " if kind else ""
            made.doubts.append(
                warning(
                    "growth-doubtful", "funding", None, "amount",
                    f"Growth {of}of {percent(rate)} a year is more than public money changes by: "
                    f"beyond {percent(MOST_GROWTH)} it is mostly a slip.",
                    "Give it as per cent a year, such as 2%.",
                )
            )  # fmt: skip


def doubt_settlement(made: Making, figures: FiguresOfFiles) -> None:
    """Say of which years the settlement has nothing of a council, and what stands there instead."""
    if not figures.forms(SETTLEMENT):
        form = forms()[SETTLEMENT]
        made.doubts.append(
            warning(
                "no-settlement", "funding", None, "amount",
"No settlement is among the files: council tax and grants stay as they are in cash, "
                "or grow as was said.",
                f"Give {form.title}: {WHERE[SETTLEMENT]}.",
            )
        )  # fmt: skip
        return
    last = made.years[-1]
    missing: list[str] = []
    unused: list[str] = []
    later: dict[str, list[str]] = {}
    ended: dict[str, list[str]] = {}
    for key, body in made.bodies.items():
        if key not in made.incomes.settlement or body.sector not in (COUNCIL, "fire"):
            continue
        held = sorted(year for year, lines in made.incomes.settlement[key].items() if lines)
        if not held:
            missing.append(body.published_as)
            continue
        if not set(held) & set(made.years):
            unused.append(body.published_as)
            continue
        if held[0] > made.year:
            later.setdefault(held[0], []).append(body.published_as)
        if held[-1] < last:
            ended.setdefault(held[-1], []).append(body.published_as)
    _doubt_parishes(made)
    mend = "Give the settlement of those years, or write the money you plan with into funding."
    little: dict[str, list[str]] = {}
    for body in made.bodies.values():
        for grant in made.incomes.trifles(body):
            little.setdefault(grant, []).append(body.published_as)
    for grant, names in little.items():
        what = (
            f"{grant} of {listed(names, most=len(names))} is less than {money(TRIFLE)} in each "
            "year of the settlement: it is no stream of its own, and what of it is in the outturn "
            "stays with other grants as it is."
        )
        other = "Leave it, or add a stream with the figures of the settlement."
        made.doubts.append(warning("grant-too-small", "streams", None, None, what, other))
    without: dict[tuple[str, ...], list[str]] = {}
    for name, years in made.incomes.ended.items():
        without.setdefault(tuple(years), []).append(name)
    for those, names in sorted(without.items()):
        what = (
            f"The settlement’s assessment of {listed(names, most=len(names))} leaves in "
            f"{listed(those)} no Revenue Support Grant beside rates as in {made.year}. What would "
            "have to be given up beyond it is taken off nothing."
        )
        other = (
            "Look at their retained rates in funding, and at what the settlement takes from them."
        )
        made.doubts.append(warning("grant-ends", "funding", None, "amount", what, other))
    if missing:
        what = (
            f"The settlement has no figures of {listed(missing, most=len(missing))} in "
            f"{made.year} to {last}, so that all money there is carried forward by a rule."
        )
        made.doubts.append(warning("settlement-not-used", "funding", None, "amount", what, mend))
    if unused:
        what = (
            f"The settlement of {listed(unused, most=len(unused))} has none of the years "
            f"{made.years[0]} to {last}, so that all money there is carried forward by a rule."
        )
        made.doubts.append(warning("settlement-not-used", "funding", None, "amount", what, mend))
    for year, names in later.items():
        what = (
            f"The settlement of {listed(names, len(names))} begins in {year}, after the outturn of "
            f"{made.year}: until then council tax is carried forward, and grants that it names in "
            f"{year} are taken to be in the outturn at that amount already."
        )
        made.doubts.append(
            warning("settlement-begins-later", "funding", None, "amount", what, mend)
        )
    for year, names in ended.items():
        what = (
            f"The settlement of {listed(names, len(names))} ends in {year}: after that its "
            "money is carried forward by a rule."
        )
        made.doubts.append(warning("settlement-ends", "funding", None, "amount", what, mend))


def _doubt_parishes(made: Making) -> None:
    """Say of which councils no line says what parishes ask for, and what is taken to be it."""
    found, unknown = [], []
    for key, body in made.bodies.items():
        parishes, known = made.incomes.parishes(body)
        if not known and parishes:
            found.append(f"{money(parishes)} of {body.published_as}")
        elif not known and COUNCIL_TAX.total in {*chain(*made.incomes.settlement[key].values())}:
            unknown.append(body.published_as)
    mend = "Give an outturn with the line of parish precepts, or write council tax into funding."
    line = "The outturn has no line of what parishes ask for"
    if found:
        what = (
            f"{line}: {listed(found, most=len(found))} are taken to be it, as council tax is by so "
            "much above the settlement’s, which leaves it out. It stays flat in cash."
        )
        made.doubts.append(warning("parishes-derived", "funding", None, "amount", what, mend))
    if unknown:
        what = (
            f"{line}, and the settlement no council tax of {made.year} to compare: all council tax "
            f"of {listed(unknown, most=len(unknown))} changes as the settlement’s, parishes’ too."
        )
        made.doubts.append(warning("parishes-unknown", "funding", None, "amount", what, mend))
