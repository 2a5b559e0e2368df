"""Need that must be met and need that is avoided, and the people it follows from.

What would have no plan, or count twice; people counted twice, ages that hide need.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from placebudget.errors import WrongArgument
from placebudget.place.checks.examination import Check, Examination
from placebudget.place.checks.rules import takes_in_offer
from placebudget.place.findings import Finding, error, warning
from placebudget.place.geography import each_row, is_blank
from placebudget.place.population import ages_of, need_by_population, needs_given, people_by_band
from placebudget.place.rule_kinds import ALL_NEED, rule_kind
from placebudget.place.settings import in_years
from placebudget.place.subjects import BY_NEED, parse_subject, picks
from placebudget.texts import listed, shown
from placebudget.words import count, money

_RAISE = "Raise the capacity, or let the service be led by budget: its need could never be met."


def need_not_given(examined: Examination) -> Iterator[Finding]:
    """Services led by need, or whose need is avoided, of which no need is known."""
    avoided, needs = _avoiding(examined), _needs(examined)
    for number, row in examined.rows("services"):
        if row.led_by == BY_NEED:
            why, column = f"{row.service} is led by need", "led_by"
        elif row.service in avoided:
            why, column = f"{listed(avoided[row.service])} avoids need of {row.service}", "service"
        else:
            continue
        areas = sorted(area for service, area in examined.offers if service == row.service)
        bare = [
            f"{area} ({listed(missing, most=3)})"
            for area in areas
            if (missing := [y for y in examined.place.years if y not in needs[row.service, area]])
        ]
        if bare:
            what = f"{why}, and none is given in {listed(bare, most=5)}."
            mend = "Add it to the table needs, for each year or with a blank year."
            yield error("need-not-given", "services", number, column, what, mend)


def returns_end_early(examined: Examination) -> Iterator[Finding]:
    """Services led by need whose returns end before all need."""
    led, ends = _led(examined), dict[str, tuple[float, int]]()
    for number, row in examined.rows("returns"):
        if row.service in led and not is_blank(row.up_to):
            ends[row.service] = max(ends.get(row.service, (0.0, 0)), (row.up_to, number))
    for service, (up_to, number) in ends.items():
        if up_to < 1:
            what = (
                f"{service} is led by need, and its returns end at {up_to:g}: nobody beyond could "
                "be served."
            )
            mend = "Let the last step end at 1; it may do little."
            yield error("returns-end-early", "returns", number, "up_to", what, mend)


def capacity_below_need(examined: Examination) -> Iterator[Finding]:
    """Services led by need with offers for fewer than are in need."""
    numbers = {row.offer: number for number, row in examined.rows("offers")}
    led = _led(examined)
    for (service, area), needed in sorted(_needs(examined).items()):
        if service not in led:
            continue
        offers = examined.offers[service, area]
        for year, units in sorted(needed.items()):
            began = [o for o in offers if is_blank(o.first_year) or o.first_year <= year]
            room = _room(began, examined.choices)
            if year in examined.place.years and room < units:
                what = (
                    f"{service} in {area} is led by need: {count(units)} units are needed in "
                    f"{year}, and there is capacity for {count(room)}."
                )
                column = "capacity" if began else "first_year"
                yield error(
                    "capacity-below-need", "offers", numbers[offers[0].offer], column, what, _RAISE
                )
                break


def _room(offers: list[Any], choices: Mapping[str, str]) -> float:
    """What offers can deliver in a year: of those that a choice is between, the largest."""
    by_choice: dict[str, float] = {}
    for offer in offers:
        most = math.inf if is_blank(offer.capacity) else offer.capacity
        key = f"choice {choices[offer.offer]}" if offer.offer in choices else f"offer {offer.offer}"
        by_choice[key] = max(by_choice.get(key, 0.0), most)
    return sum(by_choice.values())


def build_without_capacity(examined: Examination) -> Iterator[Finding]:
    """Offers that grow by a share of a capacity they do not have."""
    for number, row in examined.rows("offers"):
        if not is_blank(row.build) and is_blank(row.capacity):
            what = f"{row.offer} may grow by {row.build:g} of its capacity, which is blank."
            mend = "Give the capacity, or leave build blank: no limit."
            yield error("build-without-capacity", "offers", number, "build", what, mend)


def loops_in_one_year(examined: Examination) -> Iterator[Finding]:
    """Services that avoid need of one another within the year in which they are bought."""
    rows = [(number, row) for number, row in examined.rows("avoids") if not _blank(row)]
    makers: dict[str, set[str]] = {}
    for _, row in examined.rows("effects"):
        if row.lag == 0 and not (is_blank(row.service) or is_blank(row.outcome)):
            makers.setdefault(row.outcome, set()).add(row.service)
    after: dict[str, set[str]] = {}
    for _, row in rows:
        for maker in makers.get(row.outcome, ()):
            after.setdefault(maker, set()).add(row.service)
    said = set[frozenset[str]]()
    for number, row in rows:
        for maker in sorted(makers.get(row.outcome, ())):
            way = _way(after, row.service, maker)
            if way is None or frozenset(way) in said:
                continue
            said.add(frozenset(way))
            what = (
                f"Within one year {maker} avoids need of "
                f"{', which avoids need of '.join(way)}: each would make the other unnecessary."
            )
            mend = f"Give an effect a lag of a year, or remove a row: {maker} makes {row.outcome}."
            yield error("avoided-in-a-loop", "avoids", number, "service", what, mend)


def _way(after: Mapping[str, set[str]], first: str, last: str) -> list[str] | None:
    """The shortest way from one service to another, both among it."""
    ways, seen = [[first]], {first}
    for way in ways:
        if way[-1] == last:
            return way
        more = sorted(after.get(way[-1], set()) - seen)
        seen |= set(more)
        ways += [[*way, one] for one in more]
    return None


def saved_twice(examined: Examination) -> Iterator[Finding]:
    """Savings of a cost that is counted already, as its need is avoided."""
    rows = {
        (row.outcome, row.service): number
        for number, row in examined.rows("avoids")
        if not _blank(row)
    }
    commissioners = {key: row.commissioner for key, row in examined.services.items()}
    for number, row in examined.rows("savings"):
        if is_blank(row.outcome):
            continue
        at = rows.get((row.outcome, row.service))
        if at is not None:
            what = (
                f"{row.outcome} avoids need of {row.service} (row {at} of avoids), so what that "
                "costs is saved already."
            )
            mend = "Remove the saving, or name the other service whose cost it is."
            yield error("saved-twice", "savings", number, "service", what, mend)
        elif is_blank(row.service) and not is_blank(row.agency):
            own = [s for y, s in rows if y == row.outcome and commissioners.get(s) == row.agency]
            if own:
                what = (
                    f"{row.outcome} avoids need of {listed(sorted(own))}, which {row.agency} pays "
                    "for: it does not say whose cost this saving is."
                )
                mend = "Remove it where that cost is meant, else name the service whose cost it is."
                yield warning("may-be-saved-twice", "savings", number, "service", what, mend)


def avoided_without_end(examined: Examination) -> Iterator[Finding]:
    """Outcomes that avoid need of which nothing says how much there can be."""
    limited = {row.outcome for _, row in examined.rows("at_risk")}
    said = set[str]()
    for number, row in examined.rows("avoids"):
        if not _blank(row) and row.outcome not in limited | said:
            said.add(row.outcome)
            what = f"{row.outcome} avoids need of {row.service}, and nothing limits how much."
            mend = "Add a row to at_risk: the most that can be counted, what is avoided today too."
            yield warning("avoided-without-end", "avoids", number, "outcome", what, mend)


def avoided_nowhere(examined: Examination) -> Iterator[Finding]:
    """Outcomes made where no offer of any service lies whose need they avoid."""
    services: dict[str, list[str]] = {}
    for service, outcomes in _avoiding(examined).items():
        for outcome in outcomes:
            services.setdefault(outcome, []).append(service)
    for number, row in examined.rows("avoids"):
        if _blank(row) or not any(service == row.service for service, _ in examined.offers):
            continue
        bare = [
            area
            for area in _made_in(examined, row.outcome)
            if not any(_taken_from(examined, each, area) for each in services[row.outcome])
        ]
        if bare:
            what = (
                f"{row.outcome} made in {listed(bare)} avoids no need: {row.service} is elsewhere."
            )
            mend = "Offer the service there, below or above; or leave it, if that is meant."
            yield warning("avoided-nowhere", "avoids", number, "service", what, mend)


def shared_at_risk(examined: Examination) -> Iterator[Finding]:
    """Limits over several areas of an outcome that avoids another need in each of them.

    Which of them is counted would say whose need is avoided, and nothing decides that.
    """
    avoided: dict[str, list[str]] = {}
    for _, row in examined.rows("avoids"):
        if not _blank(row):
            avoided.setdefault(row.outcome, []).append(row.service)
    for number, row in examined.rows("at_risk"):
        inside = [
            area
            for area in _made_in(examined, row.outcome)
            if row.outcome in avoided and examined.geography.is_within(area, row.area)
        ]
        for service in sorted(avoided.get(row.outcome, ())):
            if len({_taken_from(examined, service, area) for area in inside}) > 1:
                what = (
                    f"{row.outcome} is made in {listed(inside, most=5)}, and avoids need of "
                    f"{service} in each: one limit over all does not say whose need is avoided."
                )
                mend = f"Give a row for each area: {listed(inside, most=5)}."
                yield error("at-risk-over-areas", "at_risk", number, "area", what, mend)
                break


def money_held_where_need_leads(examined: Examination) -> Iterator[Finding]:
    """Rules that keep money on services led by need, whatever is needed there."""
    led = _led(examined)
    for number, row in examined.rows("rules"):
        kind = rule_kind(row.kind)
        if not (kind.of_today or (kind.of_money and kind.least)):
            continue
        try:
            subject = parse_subject(row.subject)
        except WrongArgument:
            continue
        lines = [line for line in examined.lines if picks(subject, line, examined.geography)]
        mine = sorted({line.service for line in lines if line.service in led})
        # A sum over other services too may be kept by them.
        if mine and (kind.of_line or len(mine) == len({line.service for line in lines})):
            what = (
                f"{listed(mine)} {'are' if mine[1:] else 'is'} led by need: where that falls, a "
                f"rule of kind {row.kind} may pay for what nobody needs."
            )
            mend = "Remove the rule; release says how fast capacity can be given up."
            yield warning("money-held-where-need-leads", "rules", number, "subject", what, mend)


def _led(examined: Examination) -> set[str]:
    return {key for key, row in examined.services.items() if row.led_by == BY_NEED}


def _blank(row: Any) -> bool:
    return is_blank(row.outcome) or is_blank(row.service)


def _avoiding(examined: Examination) -> dict[str, list[str]]:
    """By service whose need is avoided: the outcomes that avoid it."""
    found: dict[str, list[str]] = {}
    for _, row in examined.rows("avoids"):
        if not _blank(row):
            found.setdefault(row.service, []).append(row.outcome)
    return found


def _needs(examined: Examination) -> dict[tuple[str, str], dict[str, float]]:
    """Units needed by service and area of its offers, by the years in which any are given.

    Need counts where the service is offered, in its own area or the nearest above.
    """
    tree, years = examined.geography, examined.place.years
    found: dict[tuple[str, str], dict[str, float]] = {line: {} for line in examined.offers}
    people: dict[tuple[str, str], dict[str, float]] = {}
    for row in sorted(examined.needs, key=lambda row: not is_blank(row.year)):
        if row.service in examined.services and not is_blank(row.people):
            held = years if is_blank(row.year) else (row.year,)
            given = people.setdefault((row.service, tree.key(row.area)), {})
            given.update(dict.fromkeys(held, row.people))
    for (service, area), given in people.items():
        served = [up for up in tree.path(area) if (service, up) in found]
        for year, number in given.items() if served else ():
            units = found[service, served[0]]
            per_person = examined.services[service].units_per_person
            units[year] = units.get(year, 0.0) + number * per_person
    return found


def _made_in(examined: Examination, outcome: str) -> list[str]:
    """Areas in which lines make an outcome."""
    makers = {row.service for _, row in examined.rows("effects") if row.outcome == outcome}
    return sorted({line.area for line in examined.lines if line.service in makers})


def _taken_from(examined: Examination, service: str, area: str) -> tuple[str, ...]:
    """Areas whose need an outcome avoids: its own, or those below it, or the nearest above."""
    tree = examined.geography
    if (service, area) in examined.offers:
        return (area,)
    below = [at for s, at in examined.offers if s == service and tree.is_within(at, area)]
    above = [at for at in tree.ancestors(area) if (service, at) in examined.offers]
    return tuple(sorted(below) or above[:1])


# Population and prevalence: people counted twice, ages that hide need, need filled or not.

# Figures of people that differ by less are the same, rounded in two ways.
_SAME = 0.005


def bands(examined: Examination) -> Iterator[Finding]:
    """Bands whose ages their key does not say."""
    said = set[str]()
    for number, band in examined.cells("cohorts", "band"):
        if ages_of(band) is None and band not in said:
            said.add(band)
            what = f"{shown(band)} does not say which ages it holds."
            mend = "Write 0_15, 65_84, 85_plus or all_ages."
            yield error("band-without-ages", "cohorts", number, "band", what, mend)


def overlapping_bands(examined: Examination) -> Iterator[Finding]:
    """Bands of one service that count the same people twice."""
    for service, rows in _shares(examined).items():
        for (_, one), (number, other) in combinations(rows, 2):
            ages, more = ages_of(one.band), ages_of(other.band)
            if ages and more and one.band != other.band and ages.overlap(more):
                what = f"{service} counts people of {one.band} and of {other.band} twice."
                mend = "Keep bands apart, as 65_84 and 85_plus are."
                yield error("bands-overlap", "prevalence", number, "band", what, mend)


def areas_in_areas(examined: Examination) -> Iterator[Finding]:
    """Cohorts of an area beside those of areas in it, such as a county and its districts."""
    tree, numbers = examined.geography, dict[tuple[str, str], int]()
    for number, row in examined.rows("cohorts"):
        numbers.setdefault((tree.key(row.area), row.band), number)
    areas = dict.fromkeys(area for area, _ in numbers)
    for area in areas:
        within = [each for each in areas if each != area and tree.is_within(each, area)]
        twice = [each for each in within if _shared_ages(numbers, area, each)]
        if twice:
            number = next(number for (at, _), number in numbers.items() if at == area)
            what = (
                f"{area} holds {listed(twice, most=5)}, whose people are given as well: "
                "they would count twice."
            )
            mend = f"Keep the rows of {area}, or those of the areas in it."
            yield error("people-count-twice", "cohorts", number, "area", what, mend)


def _shared_ages(numbers: dict[tuple[str, str], int], area: str, other: str) -> bool:
    own, others = (
        [ages for at, band in numbers if at == where and (ages := ages_of(band))]
        for where in (area, other)
    )
    return any(one.overlap(each) for one in own for each in others)


def oldest_hidden(examined: Examination) -> Iterator[Finding]:
    """Bands that hold the oldest together with younger people."""
    services: dict[str, list[str]] = {}
    numbers: dict[str, int] = {}
    for number, row in examined.rows("prevalence"):
        ages = ages_of(row.band)
        if ages is not None and ages.hide_oldest:
            services.setdefault(row.band, []).append(str(row.service))
            numbers.setdefault(row.band, number)
    for band, names in services.items():
        what = (
            f"{band} hides those of 85 and over, of whom far more need care and whose number "
            f"grows otherwise: need of {listed(names, most=5)} may grow faster than it says."
        )
        mend = "Give the people of 85_plus apart, where the projection has them."
        yield warning("band-hides-oldest", "prevalence", numbers[band], "band", what, mend)


def nobody_in_need(examined: Examination) -> Iterator[Finding]:
    """Cohorts of which no need is worked out."""
    if examined.rows("cohorts") and not examined.rows("prevalence"):
        what = "Residents are given by age, and no share of them in need of any service."
        mend = "Add rows to prevalence, or remove the cohorts."
        yield warning("cohorts-unused", "cohorts", None, "band", what, mend)


def bands_missing(examined: Examination) -> Iterator[Finding]:
    """Areas in which a service counts some of its bands, and others are not given."""
    people = people_by_band(examined.place)
    areas = dict.fromkeys(area for area, _ in people)
    known = {band for _, band in people}
    for service, rows in _shares(examined).items():
        for area in areas:
            absent = [
                row.band for _, row in rows if row.band in known and (area, row.band) not in people
            ]
            if absent and len(absent) < len(rows):
                what = f"{service} counts {listed(absent)}, and nothing says how many of {area}."
                mend = f"Add rows for {area} to cohorts: without them its need is not worked out."
                yield error("band-not-there", "prevalence", rows[0][0], "band", what, mend)


def years_not_filled(examined: Examination) -> Iterator[Finding]:
    """Years of a service for which neither need nor the population is known."""
    found = need_by_population(examined.place)
    given = needs_given(examined.place)
    tree, years = examined.geography, set(examined.place.years)
    filled: dict[tuple[str, str], set[str]] = {}
    for row in each_row(found):
        filled.setdefault((row.service, row.area), set()).add(row.year)
    for service, rows in _shares(examined).items():
        missing = set[str]()
        for area in dict.fromkeys(at for at, _ in people_by_band(examined.place)):
            stated = {year for s, at, year in given if s == service and at in tree.path(area)}
            known = filled.get((service, area), set())
            missing |= years - known - stated if known else set()
        if missing or (rows and service not in {name for name, _ in filled} and years):
            when = in_years(missing or years)
            what = f"The cohorts do not reach every year: need of {service} is not filled {when}."
            mend = "Give people for a year before and one after, or the need itself."
            yield warning("population-not-known", "prevalence", rows[0][0], "service", what, mend)


def need_given_as_well(examined: Examination) -> Iterator[Finding]:
    """Needs that are given and follow from the population as well: what is given counts."""
    tree = examined.geography
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in each_row(need_by_population(examined.place)):
        found.setdefault((row.service, row.year), []).append((row.area, row.people))
    for (service, area, year), people in needs_given(examined.place).items():
        same = found.get((service, year), ())
        within = [worked for each, worked in same if tree.is_within(each, area)]
        worked = sum(within)
        if within and abs(worked - people) > _SAME * max(people, worked, 1.0):
            number = next(
                number
                for number, row in examined.rows("needs")
                if (row.service, tree.key(row.area)) == (service, area)
                and (row.year == year or is_blank(row.year))
            )
            what = (
                f"Need of {service} in {area} in {year} is given, {count(people)}; by population "
                f"it is {count(worked)}. The given one counts."
            )
            mend = "Correct the share in prevalence, or remove the need to have it worked out."
            yield warning("need-given-twice", "needs", number, "people", what, mend)


def need_where_nothing_is_offered(examined: Examination) -> Iterator[Finding]:
    """Need by population above the offers of its service, or where there are none."""
    tree = examined.geography
    areas = dict.fromkeys(area for area, _ in people_by_band(examined.place))
    for service, rows in _shares(examined).items():
        offered = [area for name, area in examined.offers if name == service]
        if not offered:
            continue
        above = [
            area
            for area in areas
            if area not in offered and any(tree.is_within(each, area) for each in offered)
        ]
        without = [
            area for area in areas if area not in above and not set(tree.path(area)) & set(offered)
        ]
        number = rows[0][0]
        if above:
            what = f"People of {listed(above, most=5)} are given above the offers of {service}."
            mend = "Give people for the areas of the offers, or below them."
            yield error("two-levels", "prevalence", number, "service", what, mend)
        if without:
            what = f"No offer of {service} serves {listed(without, most=5)}: need there is unmet."
            mend = "Add an offer there, or leave these people out."
            yield warning("unserved-need", "prevalence", number, "service", what, mend)


def take_up_without_need(examined: Examination) -> Iterator[Finding]:
    """Rules on take-up where nobody knows how many are in need."""
    needs = _needs(examined)
    for number, row in examined.rows("rules"):
        if rule_kind(row.kind).per_cent_of != ALL_NEED:
            continue
        try:
            subject = parse_subject(row.subject)
        except WrongArgument:
            continue
        years = examined.place.years if is_blank(row.year) else (row.year,)
        bare = sorted(
            f"{service} in {area}"
            for (service, area), given in needs.items()
            if any(takes_in_offer(examined, subject, o) for o in examined.offers[service, area])
            and any(year not in given for year in years)
        )
        if bare:
            where = listed(bare, most=5)
            what = f"{row.rule} is a share of what is needed, and no need is given for {where}."
            mend = "Add it to the table needs, for each year or with a blank year."
            yield error("take-up-without-need", "rules", number, "amount", what, mend)


def personal_budgets(examined: Examination) -> Iterator[Finding]:
    """Personal budgets that a pot would not hold for all, or that leave nothing to who has none."""
    need, offers = _needs(examined), examined.keyed("offers")
    chosen = {row.offer for _, row in examined.rows("personal_budgets")}
    for number, row in examined.rows("personal_budgets"):
        offer = offers.get(row.offer)
        if offer is None or offer.service not in examined.services:
            continue
        key = offer.service, examined.geography.key(offer.area)
        everybody = max(need.get(key, {}).values(), default=0.0)
        people = max(_may_take_up(examined, need, offer), default=0.0)
        each = offer.unit_cost * (1 - row.saving) * (1 - row.recovered) + row.advice
        if not is_blank(row.pot) and people * each > row.pot + 0.005:
            capped = people < everybody
            who = "as many as rules let take" if capped else "everybody in need takes"
            what = (
                f"If {who} up {row.offer}, {count(people)} budgets come to "
                f"{money(people * each)} a year, {money(people * each - row.pot)} more than the "
                f"pot of {money(row.pot)}."
            )
            if capped:
                what += f" For everybody in need it would be {money(everybody * each)}."
            hold = "lower the cap" if capped else "hold take-up with a rule of a kind that caps it"
            mend = f"Set more aside, give less, or {hold}."
            yield warning("pot-too-small-for-all", "personal_budgets", number, "pot", what, mend)
        service = examined.services[offer.service]
        must = service.led_by == BY_NEED or service.nature == "statutory"
        if must and all(each.offer in chosen for each in examined.offers[key]):
            what = f"{offer.service} must be provided, by personal budgets alone."
            mend = "Add an offer for those who do not take one up: choice does not end a duty."
            yield warning("personal-budgets-alone", "personal_budgets", number, "offer", what, mend)


def _may_take_up(
    examined: Examination, need: Mapping[tuple[str, str], Mapping[str, float]], offer: Any
) -> Iterator[float]:
    """By year, how many of those in need may take up an offer: all, or as many as rules let."""
    caps = []
    for _, row in examined.rows("rules"):
        kind = rule_kind(row.kind)
        if kind.per_cent_of != ALL_NEED or kind.least or is_blank(row.amount):
            continue
        try:
            subject = parse_subject(row.subject)
        except WrongArgument:
            continue
        taken = [
            line
            for line in need
            if any(takes_in_offer(examined, subject, each) for each in examined.offers[line])
        ]
        if takes_in_offer(examined, subject, offer):
            caps.append((row, taken))
    for year, people in need.get((offer.service, examined.geography.key(offer.area)), {}).items():
        most = (
            row.amount / 100 * sum(need[line].get(year, 0.0) for line in taken)
            for row, taken in caps
            if is_blank(row.year) or row.year == year
        )
        yield min([people, *most])


def _shares(examined: Examination) -> dict[str, list[tuple[int, Any]]]:
    """Rows of prevalence by service."""
    found: dict[str, list[tuple[int, Any]]] = {}
    for number, row in examined.rows("prevalence"):
        if row.service in examined.services and not is_blank(row.band):
            found.setdefault(row.service, []).append((number, row))
    return found


CHECKS: tuple[Check, ...] = (
    need_not_given,
    returns_end_early,
    capacity_below_need,
    build_without_capacity,
    loops_in_one_year,
    saved_twice,
    avoided_without_end,
    avoided_nowhere,
    shared_at_risk,
    money_held_where_need_leads,
    bands,
    overlapping_bands,
    areas_in_areas,
    oldest_hidden,
    nobody_in_need,
    bands_missing,
    years_not_filled,
    need_given_as_well,
    need_where_nothing_is_offered,
    take_up_without_need,
    personal_budgets,
)
