"""Rules: subjects that cannot be read or pick nothing, amounts that do not fit their kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from placebudget.errors import WrongArgument
from placebudget.place.checks.examination import Check, Examination
from placebudget.place.findings import Finding, error, warning
from placebudget.place.geography import is_blank
from placebudget.place.rule_kinds import RULE_KINDS, rule_kind
from placebudget.place.subjects import BY_NEED, Subject, parse_subject, picks
from placebudget.texts import did_you_mean, listed, shown
from placebudget.words import whole_pounds


def unreadable_subjects(examined: Examination) -> Iterator[Finding]:
    """Subjects that are not column=value pairs."""
    for number, row in examined.rows("rules"):
        try:
            parse_subject(row.subject)
        except WrongArgument as reason:
            mend = "Write column=value pairs divided by semicolons: service=a|b; area=c."
            what = f"The subject of {row.rule} cannot be read: {reason}."
            yield error("unreadable-subject", "rules", number, "subject", what, mend)


def unknown_values(examined: Examination) -> Iterator[Finding]:
    """Subjects that name what the place does not have."""
    known = known_values(examined)
    for number, _row, subject in _readable(examined):
        for column, values in subject.items():
            for value in values:
                if value not in known[column]:
                    words = sorted(known[column])
                    what = f"The place has no {column} {shown(value)}."
                    mend = did_you_mean(value, words) or f"There are: {listed(words) or 'none'}."
                    code = "unknown-value" if words else "no-value-there"
                    yield error(code, "rules", number, "subject", what, mend)


def columns_of_kinds(examined: Examination) -> Iterator[Finding]:
    """Subjects with columns their kind of rule cannot pick by, or without one it needs."""
    for number, row, subject in _readable(examined):
        kind = RULE_KINDS[row.kind]
        wrong = [column for column in subject if column not in kind.columns]
        if wrong:
            what = f"A rule of kind {row.kind} cannot pick by {listed(wrong)}."
            mend = f"Columns for it: {', '.join(kind.columns)}."
            yield error("subject-does-not-fit", "rules", number, "subject", what, mend)
        missing = [column for column in kind.needs if column not in subject]
        if missing:
            what = f"A rule of kind {row.kind} needs {' and '.join(missing)} in its subject."
            mend = f"Add {'; '.join(f'{column}=...' for column in missing)}."
            yield error("subject-incomplete", "rules", number, "subject", what, mend)
        if not wrong and "pool" in subject and {"provider", "delivery_model"} & set(subject):
            what = "A pool pays a service, not an offer: pool and provider do not go together."
            mend = "Make two rules, or pick by service."
            yield error("subject-does-not-fit", "rules", number, "subject", what, mend)
        if kind.compares_areas and len(subject.get("outcome", ("one",))) > 1:
            what = "An equity floor compares one outcome a head."
            mend = "Make a rule for each outcome."
            yield error("subject-does-not-fit", "rules", number, "subject", what, mend)


def populations(examined: Examination) -> Iterator[Finding]:
    """Equity floors over areas without a population."""
    tree = examined.geography
    for number, row, subject in _readable(examined):
        if not RULE_KINDS[row.kind].compares_areas:
            continue
        areas = [area for tier in subject.get("tier", ()) for area in tree.of_tier(tier)]
        bare = [area for area in areas if area not in tree.populations]
        if bare:
            what = f"{listed(bare)} have no population, which an equity floor needs."
            yield error("no-population", "rules", number, "subject", what, "Add it to areas.")


def nothing_picked(examined: Examination) -> Iterator[Finding]:
    """Subjects that pick nothing, though each value is known."""
    known = known_values(examined)
    for number, row, subject in _readable(examined):
        if any(value not in known[column] for column in subject for value in subject[column]):
            continue
        if not RULE_KINDS[row.kind].of_services:
            continue
        if not any(takes_in_offer(examined, subject, offer) for offer in _offers(examined)):
            what = f"The subject {row.subject or '(everything)'} picks no offer of any service."
            mend = "Loosen it: all its columns must hold at once."
            yield error("picks-nothing", "rules", number, "subject", what, mend)


def amounts(examined: Examination) -> Iterator[Finding]:
    """Amounts that are missing, above 100 per cent, or in another unit."""
    for number, row in examined.rows("rules"):
        kind = RULE_KINDS.get(row.kind)
        if kind is None:
            continue
        if is_blank(row.amount) and kind.amount_required:
            what = f"A rule of kind {row.kind} needs an amount."
            mend = f"Write it in {kind.unit}."
            yield error("missing-amount", "rules", number, "amount", what, mend)
        if kind.most is not None and not is_blank(row.amount) and row.amount > kind.most:
            what = f"{row.amount:g} per cent is more than all."
            yield error("above-hundred", "rules", number, "amount", what, "Write 100 or less.")
        if not is_blank(row.unit) and row.unit != kind.unit:
            what = f"The amount of a rule of kind {row.kind} is in {kind.unit}, not {row.unit}."
            mend = f"Write {kind.unit}, and check the amount."
            yield error("wrong-unit", "rules", number, "unit", what, mend)


def directions(examined: Examination) -> Iterator[Finding]:
    """Capitalisation without the direction it stands on."""
    for number, row in examined.rows("rules"):
        if rule_kind(row.kind).directed and is_blank(row.reference):
            what = f"{row.rule} cites no direction: capital money may not pay for revenue."
            mend = "Name the direction in the column reference."
            yield error("no-direction", "rules", number, "reference", what, mend)


def roles_without_posts(examined: Examination) -> Iterator[Finding]:
    """Roles that offers need and of which no rule says how many posts there are."""
    limited = {role for _, _, subject in _readable(examined) for role in subject.get("role", ())}
    for role in sorted({row.role for _, row in examined.rows("staffing")} - limited, key=str):
        if not is_blank(role):
            number = next(n for n, row in examined.rows("staffing") if row.role == role)
            what = f"No rule says how many posts of {role} there are: they limit nothing."
            mend = f"Add a rule with the subject role={role}, or remove the row."
            yield warning("role-without-posts", "staffing", number, "role", what, mend)


def statutory_without_floor(examined: Examination) -> Iterator[Finding]:
    """Statutory services that no floor protects."""
    floors = [subject for _, row, subject in _readable(examined) if RULE_KINDS[row.kind].protects]
    kinds = [name for name, kind in RULE_KINDS.items() if kind.protects]
    for number, row in examined.rows("services"):
        # A service led by need is kept up by the need itself.
        if row.nature != "statutory" or row.led_by == BY_NEED or is_blank(row.service):
            continue
        lines = [line for line in examined.lines if line.service == row.service]
        if not any(picks(floor, line, examined.geography) for floor in floors for line in lines):
            what = f"{row.service} is statutory, and no rule keeps a floor under it."
            mend = f"Add a rule of kind {', '.join(kinds[:-1])} or {kinds[-1]} that takes it in."
            yield warning("statutory-without-floor", "services", number, "nature", what, mend)


def one_provider_alone(examined: Examination) -> Iterator[Finding]:
    """Services that must be provided and that one provider alone offers, where it may fail.

    Told of providers that the place's table knows; who may enter is not there yet.
    """
    known = {row.provider: row for _, row in examined.rows("providers")}
    there: dict[tuple[Any, str], set[Any]] = {}
    for _, row in examined.rows("offers"):
        if not is_blank(row.service):
            who = None if is_blank(row.provider) else row.provider
            if who not in known or not known[who].entrant:
                at = row.service, examined.geography.key(row.area)
                there.setdefault(at, set()).add(who)
    for number, row in examined.rows("services"):
        must = row.nature == "statutory" or row.led_by == BY_NEED or not is_blank(row.duty)
        if not must or is_blank(row.service):
            continue
        areas = {area: who for (service, area), who in there.items() if service == row.service}
        alone: dict[Any, list[str]] = {}
        for area, who in areas.items():
            if len(who) == 1 and (only := next(iter(who))) in known:
                alone.setdefault(only, []).append(area)
        for provider, mine in sorted(alone.items()):
            where = "" if len(mine) == len(areas) else f" in {listed(sorted(mine), most=5)}"
            what = f"{row.service} must be provided, and {provider} alone offers it{where}."
            mend = "Add offers of others who could take it over; a tender may find some."
            yield warning("one-provider-alone", "services", number, "service", what, mend)


def entrants_bought_today(examined: Examination) -> Iterator[Finding]:
    """Providers that are said to be yet to enter, and that today's money buys from."""
    offers = examined.keyed("offers")
    bought: dict[Any, dict[str, float]] = {}
    for _, row in examined.rows("today"):
        there = examined.offers.get((row.service, examined.geography.key(row.area)), [])
        named = offers.get(row.offer) if not is_blank(row.offer) else None
        paid = named if named is not None else there[0] if len(there) == 1 else None
        if paid is not None and not is_blank(paid.provider) and not is_blank(row.amount):
            held = bought.setdefault(paid.provider, {})
            held[paid.offer] = held.get(paid.offer, 0.0) + row.amount
    for number, row in examined.rows("providers"):
        held = bought.get(row.provider, {})
        if not is_blank(row.entrant) and row.entrant and sum(held.values()) > 0:
            what = (
                f"{row.provider} is yet to enter, but today's money buys from it: "
                f"{whole_pounds(sum(held.values()))} of {listed(sorted(held), most=3)}."
            )
            mend = "Leave entrant blank, or take it out of the table today."
            yield warning("entrant-bought-today", "providers", number, "entrant", what, mend)


def _readable(examined: Examination) -> Iterator[tuple[int, Any, Subject]]:
    """Rules whose kind is known and whose subject can be read."""
    for number, row in examined.rows("rules"):
        if row.kind in RULE_KINDS:
            try:
                yield number, row, parse_subject(row.subject)
            except WrongArgument:
                continue


def _offers(examined: Examination) -> list[Any]:
    return [row for _, row in examined.rows("offers") if row.service in examined.services]


def takes_in_offer(examined: Examination, subject: Subject, offer: Any) -> bool:
    """Whether the subject of a rule takes in an offer."""
    for column in ("provider", "delivery_model"):
        if column in subject and getattr(offer, column) not in subject[column]:
            return False
    roles = subject.get("role")
    if roles and not any(
        row.offer == offer.offer and row.role in roles for _, row in examined.rows("staffing")
    ):
        return False
    line = examined.line_at[offer.service, examined.geography.key(offer.area)]
    return picks(subject, line, examined.geography)


def known_values(examined: Examination) -> dict[str, set[str]]:
    """Values the place has for each column of a subject."""

    def values(table: str, column: str) -> set[str]:
        found = (getattr(row, column) for _, row in examined.rows(table))
        return {value for value in found if not is_blank(value)}

    return {
        "service": values("services", "service"),
        "area": set(examined.geography.areas),
        "tier": values("areas", "tier"),
        "purpose": values("services", "purpose"),
        "agency": values("agencies", "agency"),
        "pool": values("pools", "pool"),
        "nature": values("services", "nature"),
        "provider": values("offers", "provider"),
        "delivery_model": values("offers", "delivery_model"),
        "outcome": values("outcomes", "outcome"),
        "kind": values("services", "kind"),
        "role": values("posts", "role"),
    }


CHECKS: tuple[Check, ...] = (
    unreadable_subjects,
    unknown_values,
    columns_of_kinds,
    populations,
    nothing_picked,
    amounts,
    directions,
    roles_without_posts,
    statutory_without_floor,
    one_provider_alone,
    entrants_bought_today,
)
