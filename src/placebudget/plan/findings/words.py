"""What a plan must admit, in words that can be read out at a meeting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.conditions import rules_in_force
from placebudget.place.geography import Geography
from placebudget.place.names import Names, basis_of, cited, rule_words, subject_words
from placebudget.place.rule_kinds import rule_kind
from placebudget.place.subjects import parse_subject
from placebudget.plan.borrowing import gate_words
from placebudget.plan.findings.finding import HALF, TODAY, PlanFinding
from placebudget.plan.need import NO_DIFFERENCE, alike
from placebudget.programme import ALIGNED, FREED, POOLED, SILOED
from placebudget.texts import listed
from placebudget.words import (
    count,
    digits_of_count,
    in_pounds,
    many,
    money,
    not_served,
    number,
    one_of,
    percent,
    plain,
    sentence,
    whole_pounds,
)

_POOLINGS = (SILOED, ALIGNED, POOLED, FREED)


class FindingWords:
    """Sentences on what one plan must admit.

    Parameters
    ----------
    place : Place
        The place it was made for.
    """

    def __init__(self, place: Place) -> None:
        self.names, self.cited = Names(place), cited(place)
        self._rules = rules_in_force(place).set_index("rule", drop=False)
        self._offers = place.filled("offers").set_index("offer")
        self._loans = place.filled("loans").set_index("loan")
        self._whole = Geography.of(place).root

    def of(self, found: PlanFinding) -> str:
        """A finding as a sentence, or two."""
        return sentence(KINDS[found.code].say(self, found))

    def about(self, found: PlanFinding) -> str:
        """The service, and its area where that is not the whole place."""
        area, service = found.keys.get("area", self._whole), found.keys["service"]
        if area == self._whole:
            return self.names.of("service", service)
        return f"{self.names.bare('service', service)} in {self.names.of('area', area)}"

    def beside(self, found: PlanFinding) -> str:
        """What it is measured against."""
        name = found.keys["beside"]
        if name == TODAY:
            return name
        return f"the {name} plan" if name in _POOLINGS else f"the plan “{name}”"

    def change(self, found: PlanFinding) -> str:
        """From what to what, and by which share."""
        (now, unit), (then, _) = found.figures["today"], found.figures["plan"]
        say = money if in_pounds(unit) else count
        was, by = say(now), "" if np.isnan(found["share"]) else percent(found["share"], signed=True)
        if was == say(then):
            return f"{by} of {was}"
        return f"from {was} to {say(then)}{by and f' ({by})'}"

    def duty(self, found: PlanFinding) -> str:
        """How much less services with a duty get."""
        several = int(found["services"])
        return (
            f"{plain(found.keys['duty'])}: {several} {'service' if several == 1 else 'services'} "
            f"with this duty, less money than today, {self.change(found)}"
        )

    def unserved(self, found: PlanFinding, when: str) -> str:
        """How many are not served, and how many today; nothing of today in its own findings."""
        said = not_served(*found.figures["not_served"], years=len(found.years))
        now = f" (with today’s money: {count(found['today'])})" if "today" in found.figures else ""
        return f"{self.about(found)}: {said}{when}{now}"

    def several(self, found: PlanFinding, figure: str, beside: str = "") -> str:
        """Units of a service, in their noun where they have one, as fine as those beside them."""
        amount, unit = found.figures[figure]
        least = min(amount, found[beside]) if beside else amount
        who = many(unit)
        if who and 0 < amount < 0.5:
            return f"less than one {one_of(unit)}"
        digits = 0 if who else digits_of_count(least)
        said = number(amount, digits).removesuffix("." + "0" * digits)
        return f"{said} {(one_of(unit) if said == '1' else who) or 'units'}"

    def placeholders(self, found: PlanFinding) -> str:
        rows, of = count(found["placeholders"]), count(found["rows"])
        money_too = f", {money(found['today'])} of today’s money among them" * (found["today"] > 0)
        return (
            f"{rows} of {of} rows of figures are placeholders{money_too}: nobody has put in the "
            "place’s own, and nothing here is a result until somebody does."
        )

    def need_not_met(self, found: PlanFinding) -> str:
        return (
            f"{self.unserved(found, f', in {listed(found.years)}')}. This need must be met; to "
            f"meet it would cost {money(found['money_short'])} more."
        )

    def need_not_served(self, found: PlanFinding) -> str:
        return f"{self.unserved(found, '' if len(found.years) < 2 else ', all years added up')}."

    def value_below_today(self, found: PlanFinding) -> str:
        said = f"public value is lower than today’s, {self.change(found)}"
        more = found["unmet_today"] - found["unmet_plan"]
        if alike(found["unmet_today"], found["unmet_plan"]):
            return f"{said}."
        if more < 0:
            return f"{said}; and {money(-more)} more need that must be met is left unmet."
        return f"{said}; not to be compared: {money(more)} more need is met."

    def outcome_falls(self, found: PlanFinding) -> str:
        name, unit = self.names.of("outcome", found.keys["outcome"]), found.figures["today"][1]
        return f"{name} ({unit}): less than today, {self.change(found)}."

    def agency_saves_less(self, found: PlanFinding) -> str:
        less, now, then = found["today"] - found["plan"], found["today"], found["plan"]
        cash, was = money(found["cashable_plan"]), money(found["cashable_today"])
        return (
            f"{self.names.of('agency', found.keys['agency'])} saves {money(less)} less than today: "
            f"{money(then)} beside {money(now)}, of it cashable {cash}"
            f"{'' if cash == was else f' beside {was}'}."
        )

    def loses_without_known_effect(self, found: PlanFinding) -> str:
        return (
            f"{self.about(found)}: less money than today, {self.change(found)}. The plan sees no "
            "loss, as nobody has put in what this service does: the cut looks free and is not."
        )

    def loses_as_no_difference_found(self, found: PlanFinding) -> str:
        return (
            f"{self.about(found)}: less money than today, {self.change(found)}. Studies found "
            f"little or no difference by it ({self.cited[found.keys['source']]}), so no effect is "
            "counted."
        )

    def duty_without_floor(self, found: PlanFinding) -> str:
        return (
            f"{self.duty(found)}. No rule keeps a floor under it: whether the duty is still met "
            "the plan does not know."
        )

    def duty_at_assumed_floor(self, found: PlanFinding) -> str:
        return (
            f"{self.duty(found)}. How high the floor under it is, is assumed: whether the duty is "
            "still met the plan does not know."
        )

    def ends_at_a_rule(self, found: PlanFinding) -> str:
        rule = self._rules.loc[found.keys["rule"]]
        if rule_kind(rule["kind"]).directed:
            about = "capital money on running services"
        elif "service" in found.keys:
            about = self.about(found)
        elif "agency" in found.keys:
            what = "savings of" if found.keys.get("of") == "savings" else "what is commissioned by"
            about = f"{what} {self.names.of('agency', found.keys['agency'])}"
        else:
            subject = parse_subject(rule["subject"])
            outcomes = [self.names.of("outcome", key) for key in subject.get("outcome", ())]
            about = listed(outcomes) if outcomes else subject_words(subject, self.names)
        when = f" in {found.years[-1]}" if found.years else ""
        change, does = self.change(found), asks_or_allows(found, rule)
        return (
            f"{about}: {change} against today{when}, as far as a rule {does}: "
            f"“{rule_words(rule, self.names)}”. Basis: {plain(basis_of(rule))}."
        )

    def large_change(self, found: PlanFinding) -> str:
        year, more = found.years[0], int(found["areas"]) - 1
        said = f"{self.about(found)}: {self.change(found)} against today in {year}"
        if "in_a_year" in found.figures and found.years[1] != year:
            share, when = percent(found["in_a_year"], signed=True), found.years[1]
            new = np.isnan(found["in_a_year"])
            said += f", begun in {when}" if new else f", {share} in {when} alone"
        other = int(found["other_way"])
        areas = "area changes" if more == 1 else "areas change"
        but = f", {'it' if more == 1 else other} the other way" if other else ""
        return said + (f"; {more} more {areas} as much{but}." if more else ".")

    def offer_begins(self, found: PlanFinding) -> str:
        offer = self._offers.loc[found.keys["offer"]]
        cost, begin = money(found["money"]), money(found["set_up"])
        start = f", {begin} of it to start" * (begin != money(0.0))
        known = f" (cost {plain(offer['status'])})" if pd.notna(offer["status"]) else ""
        others = ""
        if "instead" in found.figures:
            others = f", where it would be {money(found['instead'])} from others"
        given = offer["provider"] if pd.notna(offer["provider"]) else found.keys["offer"]
        who = self.names.bare("offer", str(given))
        return (
            f"{self.about(found)}: from {found.years[0]} bought from {who}, which is new, for "
            f"{self.several(found, 'most')} a year at most, {cost} in all{start}{known}{others}."
        )

    def relies_on_one_provider(self, found: PlanFinding) -> str:
        moved, room = self.several(found, "units"), self.several(found, "room", "units")
        chance = percent(found["failure"]) if "failure" in found.figures else "not given"
        cost = f", at {money(found['moving'])} to move them" if found["moving"] else ""
        others = f"others have room for {room}" if found["room"] > 0 else "nobody has room for them"
        return (
            f"{self.about(found)}: {percent(found['share'])} of it in {found.years[0]} comes from "
            f"{found.keys['provider']}. If it fails (chance a year: {chance}), {moved} have to "
            f"go elsewhere{cost}; {others}."
        )

    def loan_taken(self, found: PlanFinding) -> str:
        loan = self._loans.loc[found.keys["loan"]]
        called = loan["name"] if pd.notna(loan["name"]) else plain(found.keys["loan"])
        first, until = found.years
        by = self.names.of("stream", str(loan["borne_by"]))
        said = (
            f"{sentence(str(called))}: {money(found['borrowed'])} borrowed in {first}, for which "
            f"{by} bears {money(found['a_year'])} a year at most until {until}"
        )
        if "cover" in found.figures:
            said += f"; what it brings covers that {number(found['cover'], 2)} times"
        if found["left"] >= 1:
            said += (
                f". {money(found['left'])} of it is left to later years, which takes "
                f"{money(found['counted'])} off the value of the plan"
            )
        return f"{said}."

    def gateway_not_passed(self, found: PlanFinding) -> str:
        row = {**found.keys, "year": found.years[0], "released": found["released"]}
        return f"{self.about(found)}: {gate_words(row)}."

    def given_up_as_fast_as_can_be(self, found: PlanFinding) -> str:
        return (
            f"{self.about(found)}: given up each year as fast as its capacity can go, "
            f"{self.change(found)} in {found.years[0]}, and no rule ends that."
        )

    def beyond_returns(self, found: PlanFinding) -> str:
        beyond = self.several(found, "beyond")
        return (
            f"{self.about(found)}: {money(found['money'])} is spent above the last step of returns "
            f"and buys nothing, capacity for {beyond} in {listed(found.years)}."
        )

    def capacity_bought_again(self, found: PlanFinding) -> str:
        low, back = found.years
        given_up = self.several(found, "given_up", "bought_again")
        again = self.several(found, "bought_again", "given_up")
        return (
            f"{self.about(found)}: capacity for {given_up} is given up by {low}, "
            f"and for {again} bought again by {back}, {money(found['cost'])} in that year."
        )

    def within_its_range(self, found: PlanFinding) -> str:
        low, high = (whole_pounds(found[end]) for end in ("low", "high"))
        what = f"“{self.names.of('outcome', found.keys['outcome'])}”"
        least, most = (money(found[end], signed=True) for end in ("least", "most"))
        return (
            f"the gain over {self.beside(found)}, {money(found['gain'], signed=True)}, is not "
            f"distinguishable from nothing: with both plans kept and {what} "
            f"worth between {low} and {high} each, the range that its source gives, it lies "
            f"between {least} and {most}."
        )

    def too_small_to_decide(self, found: PlanFinding) -> str:
        way = "gain" if found["gain"] > 0 else "loss"
        return (
            f"the {way} over {self.beside(found)}, {money(found['gain'], signed=True)} of public "
            f"value on {money(found['money'])}, is {NO_DIFFERENCE}: figures to the thousand pounds "
            "tell no less than £10 in each million."
        )

    def social_value_only(self, found: PlanFinding) -> str:
        gain, social, fiscal, economic = (
            money(found[name], signed=True) for name in ("gain", "social", "fiscal", "economic")
        )
        return (
            f"the gain over {self.beside(found)}, {gain}, is all or nearly all social value: "
            f"{social}, fiscal {fiscal}, economic {economic}."
        )

    def superseded_estimate(self, found: PlanFinding) -> str:
        outcome = self.names.of("outcome", found.keys["outcome"])
        return (
            f"{self.about(found)}: what it does for {outcome} rests on an estimate of "
            f"{int(found['year'])}, which one of {int(found['newer'])} has superseded."
        )

    def rests_on_illustrative(self, found: PlanFinding) -> str:
        gain = found["gain"]
        carried = [
            f"{_part(found[kind], gain)} on {kind}"
            for kind in ("values", "effects")
            if found[kind] > HALF * gain
        ]
        # Of these no gain consists: it moves with them, with unit costs by what a pound buys.
        carried += [
            f"with {plain(kind)} 1% {way} it is "
            f"{percent(abs(found[kind]) / abs(gain) / 100)} {_more_or_less(found[kind] * gain)}"
            for kind, way in (("unit_costs", "down"), ("needs", "up"))
            if kind in found.figures and abs(found[kind]) > HALF * gain
        ]
        return (
            f"the gain over {self.beside(found)}, {money(gain, signed=True)}, rests on "
            f"illustrative figures: {'; '.join(carried)}."
        )

    def cost_as_value(self, found: PlanFinding) -> str:
        outcome, more = self.names.of("outcome", found.keys["outcome"]), int(found["services"]) - 1
        others = (
            f", and so with {more} more {'service' if more == 1 else 'services'}" if more else ""
        )
        return (
            f"{outcome}: a unit of {self.about(found)} costs {whole_pounds(found['cost'])} and "
            f"brings {whole_pounds(found['value'])} of this value{others}. Value that is as large "
            "as cost may be cost by another name."
        )

    def changes_nothing(self, found: PlanFinding) -> str:
        return f"nothing changes: every pound goes where it goes in {self.beside(found)}."


def asks_or_allows(found: PlanFinding, rule: pd.Series) -> str:
    """Whether a rule brings a change about, as it asks for so much, or ends it."""
    rises = found["plan"] > found["today"]
    return "asks" if rises and rule_kind(rule["kind"]).least else "allows"


def _more_or_less(change: float) -> str:
    return "more" if change > 0 else "less"


def _part(part: float, whole: float) -> str:
    """A part of a gain with its share, or that it is all, or more than all."""
    share = percent(part / whole)
    if share != percent(1.0) and part > whole > 0:
        return f"{money(part)}, more than all (without that part it would be a loss)"
    return "all of it" if share == percent(1.0) else f"{money(part)} ({share})"


@dataclass(frozen=True)
class Kind:
    """What one kind of finding is called, and how it is said."""

    title: str
    say: Callable[[FindingWords, PlanFinding], str]


KINDS: Mapping[str, Kind] = {
    "placeholders": Kind("Figures that are nobody’s yet", FindingWords.placeholders),
    "need-not-met": Kind("Need that must be met and is not", FindingWords.need_not_met),
    "need-not-served": Kind("Need of other services that is not met", FindingWords.need_not_served),
    "value-below-today": Kind(
        "Public value that is lower than today’s", FindingWords.value_below_today
    ),
    "outcome-falls": Kind("Outcomes that fall against today", FindingWords.outcome_falls),
    "agency-saves-less": Kind("Agencies that save less than today", FindingWords.agency_saves_less),
    "duty-without-floor": Kind(
        "Duties in law that lose money and have no floor", FindingWords.duty_without_floor
    ),
    "duty-at-assumed-floor": Kind(
        "Duties in law that lose money, with a floor whose level is assumed",
        FindingWords.duty_at_assumed_floor,
    ),
    "loses-without-known-effect": Kind(
        "Services that lose money, whose effects nobody has put in",
        FindingWords.loses_without_known_effect,
    ),
    "loses-as-no-difference-found": Kind(
        "Services that lose money, by which studies found no difference",
        FindingWords.loses_as_no_difference_found,
    ),
    "ends-at-a-rule": Kind(
        "Changes that go as far as a rule allows or asks", FindingWords.ends_at_a_rule
    ),
    "large-change": Kind("Large changes of money", FindingWords.large_change),
    "offer-begins": Kind("Ways to buy a service that begin", FindingWords.offer_begins),
    "relies-on-one-provider": Kind(
        "Services that lean on one provider", FindingWords.relies_on_one_provider
    ),
    "loan-taken": Kind("Loans that are taken", FindingWords.loan_taken),
    "gateway-not-passed": Kind(
        "Stages of schemes that a gateway stops", FindingWords.gateway_not_passed
    ),
    "given-up-as-fast-as-can-be": Kind(
        "Services given up as fast as their capacity can go",
        FindingWords.given_up_as_fast_as_can_be,
    ),
    "beyond-returns": Kind("Money that buys nothing", FindingWords.beyond_returns),
    "capacity-bought-again": Kind(
        "Capacity given up and bought again", FindingWords.capacity_bought_again
    ),
    "too-small-to-decide": Kind(
        "Gains that are too small to decide on", FindingWords.too_small_to_decide
    ),
    "within-its-range": Kind(
        "Gains that are not distinguishable from nothing", FindingWords.within_its_range
    ),
    "social-value-only": Kind("Gains that are social value", FindingWords.social_value_only),
    "superseded-estimate": Kind(
        "Effects of which something newer is known", FindingWords.superseded_estimate
    ),
    "rests-on-illustrative": Kind(
        "Gains that rest on figures that are illustrative", FindingWords.rests_on_illustrative
    ),
    "cost-as-value": Kind("Value that may be cost by another name", FindingWords.cost_as_value),
    "changes-nothing": Kind("A step that changes nothing", FindingWords.changes_nothing),
}
"""What each kind of finding is called, and its sentence."""
