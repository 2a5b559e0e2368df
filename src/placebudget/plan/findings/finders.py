"""The finders: each looks at one thing that a plan must admit, the worst kind first.

People come before pounds, what is certain before what is doubtful. One more is one more
function in ``FINDERS`` and its sentence in ``words.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from placebudget.knowledge import library
from placebudget.place import Place
from placebudget.place.conditions import (
    duties_at_assumed_floor,
    duties_without_floor,
    no_difference_found,
    rules_in_force,
)
from placebudget.place.names import basis_of
from placebudget.place.once import once
from placebudget.place.place import PLACEHOLDER
from placebudget.place.subjects import BY_NEED, led_by_need
from placebudget.plan.borrowing import BORROWED
from placebudget.plan.compare.tables import spend_alike
from placebudget.plan.deliver import by_provider
from placebudget.plan.findings.facts import Facts
from placebudget.plan.findings.finding import HALF, POUNDS, SHARE, TODAY, PlanFinding
from placebudget.plan.need import meet_alike, need_unmet, too_small
from placebudget.plan.plan import Plan
from placebudget.plan.resting import ASSUMED, KINDS, Kept, Shifted, figures_of
from placebudget.programme.objectives.value import PUBLIC
from placebudget.value import in_base_prices

_POUND = 1.0
_NEAR, _SHOWN, _TOLD = 1e-6, 5e-5, 5e-4
_A_LINE = 500.0  # pounds: what a figure shows of the value of a plan
FAST, FAR = 0.25, 0.5
"""Most that money may change in a year, and against today in all, without a word."""
ALIKE = 0.1
"""A share by which value and cost are alike, and other value than social is nearly nothing."""


def placeholders(facts: Facts) -> Iterator[PlanFinding]:
    """Figures that are nobody's yet: no plan made of them is a result."""
    held = facts.place.placeholders
    if held:
        tables = (t for t in facts.place.tables.values() if "status" in t.columns)
        money = facts.place.today
        behind = float(money.loc[money["status"] == PLACEHOLDER, "amount"].sum())
        figures = {
            "placeholders": (float(sum(held.values())), "rows"),
            "rows": (float(sum(map(len, tables))), "rows"),
            "today": (behind, POUNDS),
        }
        yield PlanFinding("placeholders", {}, figures, size=behind)


def need_not_met(facts: Facts) -> Iterator[PlanFinding]:
    """People in need of services that must serve all of them, and do not."""
    table = facts.plan.tables["needs"]
    short = table[(table["led_by"] == BY_NEED) & (table["money_short"] > _POUND)]
    now = facts.today.tables["needs"].groupby("service")["unmet"].sum()
    units = units_of(facts)
    for service, rows in short.groupby("service"):
        unmet, pounds = float(rows["unmet"].sum()), float(rows["money_short"].sum())
        figures = {
            "not_served": (unmet, units[service]),
            "money_short": (pounds, POUNDS),
            **facts.if_chosen(today=(float(now.get(service, 0.0)), units[service])),
        }
        years = tuple(sorted(set(rows["year"])))
        yield PlanFinding("need-not-met", {"service": str(service)}, figures, years, pounds)


def need_not_served(facts: Facts) -> Iterator[PlanFinding]:
    """People in need of services led by their budget, who are not served."""
    plan, today = facts.unmet(facts.plan), facts.unmet(facts.today)
    units = units_of(facts)
    for service in sorted(set(facts.basis.lines.service) - led_by_need(facts.place)):
        mine = facts.lines_of(service)
        unmet, now = float(plan[mine].sum()), float(today[mine].sum())
        if unmet > 0:
            years, unit = _years(facts, plan[mine].sum(axis=0) > 0), units[service]
            figures = {"not_served": (unmet, unit), **facts.if_chosen(today=(now, unit))}
            # Those whom today serves and the plan does not come first, then all others.
            size = unmet - now if unmet > now else -1.0 / unmet
            yield PlanFinding("need-not-served", {"service": service}, figures, years, size)


def value_below_today(facts: Facts) -> Iterator[PlanFinding]:
    """A plan of less public value than today's money: need that it meets, rules or another goal."""
    now, then = facts.today.public_value(), facts.plan.public_value()
    if now - then >= _A_LINE:
        unmet = {
            f"unmet_{name}": (need_unmet(plan)[1], POUNDS)
            for name, plan in (("today", facts.today), ("plan", facts.plan))
        }
        yield PlanFinding(
            "value-below-today", {}, {**_from_to(now, then), **unmet}, size=now - then
        )


def outcome_falls(facts: Facts) -> Iterator[PlanFinding]:
    """Outcomes of which the plan brings less than today, the largest share first.

    What an outcome is worth to nobody counts as much here: its worth may only be unknown.
    """
    plan, today = (
        p.outcomes("outcome").set_index("outcome")["counted"] for p in (facts.plan, facts.today)
    )
    units = facts.plan.labels["outcomes"].set_index("outcome")["unit"]
    for outcome, now in today.items():
        then = float(plan.get(outcome, 0.0))
        # A fall that no figure shows is what digits leave.
        if now - then > _SHOWN * now:
            figures = _from_to(now, then, str(units[outcome]))
            size = (now - then) / abs(now) if now else np.inf
            yield PlanFinding("outcome-falls", {"outcome": str(outcome)}, figures, size=size)


def agency_saves_less(facts: Facts) -> Iterator[PlanFinding]:
    """Agencies that save less than today."""
    plan, today = (p.savings("agency").set_index("agency") for p in (facts.plan, facts.today))
    parts = ["fiscal", "cashable"]
    for agency, row in today.iterrows():
        then = plan[parts].reindex([agency]).fillna(0.0).iloc[0]
        less = float(row["fiscal"] - then["fiscal"])
        if less > _POUND:
            figures = {
                "today": (float(row["fiscal"]), POUNDS),
                "plan": (float(then["fiscal"]), POUNDS),
                "cashable_today": (float(row["cashable"]), POUNDS),
                "cashable_plan": (float(then["cashable"]), POUNDS),
            }
            yield PlanFinding("agency-saves-less", {"agency": str(agency)}, figures, size=less)


def duty_without_floor(facts: Facts) -> Iterator[PlanFinding]:
    """Duties in law whose services lose money in all, and are kept up by no floor and no need."""
    yield from _duties(facts, "duty-without-floor", duties_without_floor(facts.place))


def duty_at_assumed_floor(facts: Facts) -> Iterator[PlanFinding]:
    """Duties in law whose services lose money in all, under floors that somebody assumed."""
    yield from _duties(facts, "duty-at-assumed-floor", duties_at_assumed_floor(facts.place))


def _duties(
    facts: Facts, code: str, duties: Mapping[str, tuple[str, ...]]
) -> Iterator[PlanFinding]:
    plan, today = facts.money(facts.plan), facts.money(facts.today)
    for duty, services in duties.items():
        mine = np.isin(facts.basis.lines.service, services)
        now, then = float(today[mine].sum()), float(plan[mine].sum())
        if now - then > _POUND:
            figures = {**_from_to(now, then), "services": (float(len(services)), "services")}
            yield PlanFinding(code, {"duty": duty}, figures, size=now - then)


def loses_without_known_effect(facts: Facts) -> Iterator[PlanFinding]:
    """Services that lose money, of whose effects nothing is known."""
    yield from _loses(facts, "loses-without-known-effect", studied=False)


def loses_as_studies_found_nothing(facts: Facts) -> Iterator[PlanFinding]:
    """Services that lose money, of which no effect is counted as studies found no difference."""
    yield from _loses(facts, "loses-as-no-difference-found", studied=True)


def _loses(facts: Facts, code: str, studied: bool) -> Iterator[PlanFinding]:
    """Services that lose money and have no effect, as somebody found none or nobody looked."""
    known = set(facts.place.effects["service"]) | led_by_need(facts.place)
    plan, today = facts.money(facts.plan), facts.money(facts.today)
    found = no_difference_found(facts.place)
    for service in sorted(set(facts.basis.lines.service) - known):
        mine = facts.lines_of(service)
        now, then = float(today[mine].sum()), float(plan[mine].sum())
        if now - then > _POUND and (service in found) is studied:
            keys = {"service": service}
            keys |= {"source": found[service]} if studied else {}
            yield PlanFinding(code, keys, _from_to(now, then), size=now - then)


def ends_at_a_rule(facts: Facts) -> Iterator[PlanFinding]:
    """Changes against today that go as far as a rule allows, or asks, and end there."""
    found: dict[tuple[str, ...], list[PlanFinding]] = {}
    rules = rules_in_force(facts.place).set_index("rule", drop=False)
    for plan, today in facts.held():
        # The lock on services without effects gives way: where it has, it ends nothing.
        if plan.rule.implied:
            continue
        change = plan.has - today.has
        slack = _NEAR * abs(plan.has) + (_POUND if plan.unit == "£" else 0.0)
        at_limit = min(abs(plan.has - plan.least), abs(plan.has - plan.most)) <= slack
        # A change that no figure shows is none, as where today's money is carried on to more than
        # a rule and a capacity leave.
        if abs(change) <= max(slack, _TOLD * abs(today.has)) or not at_limit:
            continue
        rule = plan.rule
        at = {name: key for name, key in plan.at.items() if name != "year"}
        unit = {"£": POUNDS}.get(plan.unit, plan.unit)
        figures = _from_to(today.has, plan.has, unit)
        keys = {"rule": rule.name, "basis": basis_of(rules.loc[rule.name]), **at}
        years: tuple[str, ...] = (plan.at["year"],) if "year" in plan.at else ()
        size = float(abs(change)) if unit == POUNDS else 0.0
        one = PlanFinding("ends-at-a-rule", keys, figures, years, size)
        found.setdefault(tuple(keys.values()), []).append(one)
    for same in found.values():
        whole = tuple(year for one in same for year in one.years)
        yield replace(same[-1], years=whole)


def large_change(facts: Facts) -> Iterator[PlanFinding]:
    """Money of a service in an area that changes by more than half, or a quarter in a year."""
    plan, today = facts.money(facts.plan), facts.money(facts.today)
    before = np.column_stack([today[:, :1], plan[:, :-1]])
    # Where today's money moves by itself, the plan is not what changes it.
    moved = np.abs(plan - today) > _POUND
    fast = moved | np.column_stack([np.zeros(len(plan), bool), moved[:, :-1]])
    fast &= np.abs(plan - before) > FAST * before + _POUND
    far = moved & (np.abs(plan - today) > FAR * today + _POUND)
    change = np.where((far | fast).any(axis=1)[:, None], np.abs(plan - today), 0.0)
    for service in sorted(set(facts.basis.lines.service)):
        mine = np.flatnonzero(facts.lines_of(service) & change.any(axis=1))
        if not len(mine):
            continue
        at, t = np.unravel_index(int(np.argmax(change[mine])), change[mine].shape)
        line, years = mine[at], [facts.years[t]]
        figures = _from_to(float(today[line, t]), float(plan[line, t]))
        if fast[line].any():
            # The fastest year; money where there was none is faster than any share.
            with np.errstate(divide="ignore", invalid="ignore"):
                pace = np.where(fast[line], plan[line] / before[line] - 1.0, 0.0)
            years.append(facts.years[int(np.argmax(np.abs(pace)))])
            figures["in_a_year"] = (_share(float(pace[np.argmax(np.abs(pace))])), SHARE)
        figures["areas"] = (float(len(mine)), "areas")
        way = np.sign(plan[mine] - today[mine])[np.arange(len(mine)), change[mine].argmax(axis=1)]
        other = way != np.sign(plan[line, t] - today[line, t])
        figures["other_way"] = (float(other.sum()), "areas")
        keys = {"service": service, "area": str(facts.basis.lines.area[line])}
        size = float(change[line, t])
        yield PlanFinding("large-change", keys, figures, tuple(years), size)


def offer_begins(facts: Facts) -> Iterator[PlanFinding]:
    """Offers from which today's money buys nothing, and the plan does: a commitment that is new."""
    table, basis = facts.plan.tables["units"], facts.basis
    names, units = basis.offers.name, units_of(facts)
    year = {name: t for t, name in enumerate(facts.years)}
    now = facts.today.tables["units"]
    held = {*names[basis.bought_today > 0], *now.loc[now["units"] > 0, "offer"]}
    new = table[(table["units"] > _NEAR) & ~table["offer"].isin(held)]
    for offer, rows in new.groupby("offer"):
        n, first = int(np.flatnonzero(names == offer)[0]), str(rows["year"].min())
        starts = table[(table["offer"] == offer) & (table["started"] > 0)]
        begun = [
            float(each * basis.offers.set_up_cost[n, year[when]]) * basis.scale.money
            for when, each in zip(starts["year"], starts["started"], strict=True)
        ]
        service, cost = str(rows["service"].iloc[0]), float(rows["cost"].sum())
        figures = {
            "most": (float(rows["units"].max()), units[service]),
            "money": (cost, POUNDS),
            "set_up": (sum(begun), POUNDS),
        }
        t, others = [year[when] for when in rows["year"]], basis.offers.line == basis.offers.line[n]
        others[n] = False
        if (others & (basis.offers.first_year <= min(t))).any():
            instead = float(rows["units"] @ basis.marginal_cost[basis.offers.line[n], t])
            figures["instead"] = (instead * basis.scale.money / basis.scale.units, POUNDS)
        keys = {"service": service, "area": str(rows["area"].iloc[0]), "offer": str(offer)}
        yield PlanFinding("offer-begins", keys, figures, (first,), cost)


def relies_on_one_provider(facts: Facts) -> Iterator[PlanFinding]:
    """Providers that can fail and deliver more than half of a service: who could take its people.

    Told of the providers in the place's table alone, of the year in which most hangs on each.
    """
    basis, table = facts.basis, facts.plan.tables["units"]
    known = facts.place.filled("providers").set_index("provider")
    # What is not given is not the same as a chance of nothing.
    stated = facts.place.providers.set_index("provider")["failure"]
    held = by_provider(facts.place, table, ("service", "year"))
    largest = held[(held["share"] > HALF) & held["provider"].isin(known.index)]
    units, bought = units_of(facts), table.groupby(["offer", "year"])["units"].sum()
    for (service, provider), rows in largest.groupby(["service", "provider"]):
        row, who = rows.loc[rows["units"].idxmax()], known.loc[provider]
        t = facts.years.index(row["year"])
        mine = facts.lines_of(str(service))[basis.offers.line]
        own = mine & (basis.offers.provider == provider)
        theirs, room = np.zeros(len(basis.lines)), np.zeros(len(basis.lines))
        there = mine & (basis.offers.first_year <= t)
        has = [float(bought.get((name, row["year"]), 0.0)) for name in basis.offers.name]
        np.add.at(theirs, basis.offers.line[own], np.array(has)[own])
        spare = np.maximum(basis.offers.capacity * basis.scale.units - has, 0.0)
        np.add.at(room, basis.offers.line[there & ~own], spare[there & ~own])
        prices = basis.general[t]
        figures = {
            "share": (float(row["share"]), SHARE),
            "units": (float(row["units"]), units[service]),
            "room": (float(np.minimum(theirs, room).sum()), units[service]),
            "moving": (float(who["moving_cost"] * row["units"] * prices), POUNDS),
        }
        if pd.notna(chance := stated[provider]):
            figures["failure"] = (float(chance), SHARE)
        keys = {"service": str(service), "provider": str(provider)}
        yield PlanFinding(
            "relies-on-one-provider", keys, figures, (str(row["year"]),), float(row["units"])
        )


def loan_taken(facts: Facts) -> Iterator[PlanFinding]:
    """Loans that the plan takes: what is borrowed, what a year costs, what later years are left."""
    for loan, taken in facts.plan.run.get(BORROWED, {}).items():
        figures = {
            "borrowed": (taken["pounds"], POUNDS),
            "a_year": (taken["most_a_year"], POUNDS),
            "left": (taken["left"], POUNDS),
            "counted": (taken["counted"], POUNDS),
        }
        if taken["cover"] is not None:
            figures["cover"] = (taken["cover"], "times")
        years = taken["year"], taken["until"]
        yield PlanFinding("loan-taken", {"loan": loan}, figures, years, taken["pounds"])


def gateway_not_passed(facts: Facts) -> Iterator[PlanFinding]:
    """Stages of schemes that stand behind a gateway which is not passed."""
    capacity = facts.place.filled("offers").set_index("offer")[["capacity", "service"]]
    for row in facts.place.filled("gateways").to_dict("records"):
        if not row["passed"]:
            most, service = capacity.loc[row["offer"]]
            keys = {"service": service, "offer": row["offer"], "gateway": row["gateway"]}
            figures = {"released": (float(row["released"]), SHARE)}
            if not np.isnan(float(most)):
                figures["stopped"] = (float(most) * (1 - row["released"]), units_of(facts)[service])
            yield PlanFinding("gateway-not-passed", keys, figures, (row["year"],))


def given_up_as_fast_as_can_be(facts: Facts) -> Iterator[PlanFinding]:
    """Services whose capacity goes as fast as it can in every year, the last one too."""
    basis, need, units = facts.basis, facts.basis.need, units_of(facts)
    fastest, held = np.zeros(len(basis.lines)), np.zeros(len(basis.lines), bool)
    np.maximum.at(fastest, basis.offers.line[need.held], need.release[need.held])
    held[basis.offers.line[need.held]] = True
    before = basis.by_line(need.paid_today[:, None]) * basis.scale.units
    run = np.column_stack([before, facts.bought(facts.plan, "units")])
    least = run[:, :-1] * (1.0 - fastest)[:, None]
    falls = held & ~need.led & (run[:, 0] > 0) & (fastest > _NEAR)
    falls &= (run[:, 1:] <= least + _NEAR * run[:, :1]).all(axis=1)
    lost = (facts.money(facts.today) - facts.money(facts.plan)).sum(axis=1)
    falls &= lost > _POUND
    for service in sorted(set(basis.lines.service[falls])):
        mine = facts.lines_of(service) & falls
        figures = _from_to(float(run[mine, 0].sum()), float(run[mine, -1].sum()), units[service])
        size = float(lost[mine].sum())
        yield PlanFinding(
            "given-up-as-fast-as-can-be", {"service": service}, figures, facts.years[-1:], size
        )


def beyond_returns(facts: Facts) -> Iterator[PlanFinding]:
    """Given money of a service above the last step of its returns: it buys nothing.

    No best plan buys there; what it keeps of empty capacity, rules and releases say.
    """
    if facts.plan.status != "simulated":
        return
    basis, units, table = facts.basis, units_of(facts), facts.plan.tables["units"]
    bought = np.maximum(facts.bought(facts.plan, "units"), facts.paid(facts.plan))
    over = np.maximum(bought - basis.room * basis.scale.units, 0.0)
    over[over <= _NEAR * bought] = 0.0
    cost = np.divide(
        facts.bought(facts.plan, "cost"), bought, out=np.zeros_like(bought), where=bought > 0
    )
    lost = over * cost
    for service in sorted(set(table["service"])):
        mine = facts.lines_of(service)
        pounds = float(lost[mine].sum())
        if pounds > _POUND:
            figures = {
                "money": (pounds, POUNDS), "beyond": (float(over[mine].sum()), units[service]),
            }  # fmt: skip
            years = _years(facts, lost[mine].sum(axis=0) > 0)
            yield PlanFinding("beyond-returns", {"service": service}, figures, years, pounds)


def capacity_bought_again(facts: Facts) -> Iterator[PlanFinding]:
    """Capacity that goes only so fast, of services led by need: given up, and bought again."""
    basis, need = facts.basis, facts.basis.need
    held, units = np.zeros(len(basis.lines), bool), units_of(facts)
    held[basis.offers.line[need.held]] = True
    paid_today = basis.by_line(need.paid_today[:, None])[:, 0] * basis.scale.units
    paid = facts.paid(facts.plan)
    for line in np.flatnonzero(held & need.led):
        run = np.append(paid_today[line], paid[line])
        again, low, back = _dip(run)
        if again > max(_NEAR * run.max(), 1e-3):
            keys = {"service": str(basis.lines.service[line]), "area": str(basis.lines.area[line])}
            cost = (
                again
                * float(basis.marginal_cost[line, back - 1])
                * basis.scale.money
                / basis.scale.units
            )
            figures = {
                "given_up": (float(run[:low].max() - run[low]), units[keys["service"]]),
                "bought_again": (again, units[keys["service"]]),
                "cost": (cost, POUNDS),
            }
            years = (facts.years[low - 1], facts.years[back - 1])
            yield PlanFinding("capacity-bought-again", keys, figures, years, cost)


def _dip(run: np.ndarray) -> tuple[float, int, int]:
    """The largest fall that is made good again: by how much, where it is lowest, and until when."""
    found = (0.0, 0, 0)
    for low in range(1, len(run) - 1):
        back = low + 1 + int(np.argmax(run[low + 1 :]))
        again = min(float(run[:low].max() - run[low]), float(run[back] - run[low]))
        found = max(found, (again, low, back), key=lambda one: one[0])
    return found


def social_value_only(facts: Facts) -> Iterator[PlanFinding]:
    """Gains that are social value alone, or all but a tenth: no budget gains by them."""
    for start in facts.beside:
        alike = start.place["price_base"] == facts.plan.place["price_base"]
        if not (alike and meet_alike(start, facts.plan)):
            continue
        gain = facts.plan.public_value() - start.public_value()
        parts = ["fiscal", "economic", "social"]
        more = facts.plan.outcomes()[parts].sum() - start.outcomes()[parts].sum()
        if _tells(facts, gain) and gain - more["social"] < ALIKE * gain:
            figures = {"gain": (gain, POUNDS), **{p: (float(more[p]), POUNDS) for p in parts}}
            keys = {"beside": called(start)}
            yield PlanFinding("social-value-only", keys, figures, size=gain)


def too_small_to_decide(facts: Facts) -> Iterator[PlanFinding]:
    """Gains and losses of value that are smaller than the figures of the place can tell."""
    for start in facts.beside:
        alike = start.place["price_base"] == facts.plan.place["price_base"]
        gain = facts.plan.public_value() - start.public_value()
        if alike and meet_alike(start, facts.plan) and too_small(gain, facts.plan):
            money = float(facts.plan.money()["amount"].sum())
            figures = {"gain": (gain, POUNDS), "money": (money, POUNDS)}
            yield PlanFinding("too-small-to-decide", {"beside": called(start)}, figures, size=gain)


def _tells(facts: Facts, gain: float) -> bool:
    """Whether there is a gain, and one that the figures can tell."""
    return gain > _POUND and not too_small(gain, facts.plan)


def within_its_range(facts: Facts) -> Iterator[PlanFinding]:
    """Gains that a value takes away within the range its own source gives: none that is sure."""
    figures = [each for each in figures_of(facts.place) if each.ends != (1.0, 1.0)]
    if not figures:
        return
    plan = Kept(facts.plan, facts.place, PUBLIC)
    shifted = [Shifted(facts.place, [figure]) for figure in figures]
    for start in facts.beside:
        if start.place["digest"] != facts.place.digest or not meet_alike(start, facts.plan):
            continue
        before = Kept(start, facts.place, PUBLIC)
        gain = plan.value - before.value
        for figure, each in zip(figures, shifted, strict=True):
            hangs = each.slope(plan) - each.slope(before)
            low, high = sorted(gain + (end - 1.0) * hangs for end in figure.ends)
            if _tells(facts, gain) and low <= 0.0:
                given = {"gain": (gain, POUNDS), "least": (low, POUNDS), "most": (high, POUNDS)}
                given["low"], given["high"] = (
                    (end * figure.amount, POUNDS) for end in sorted(figure.ends)
                )
                keys = {"beside": called(start), "outcome": figure.outcome}
                yield PlanFinding("within-its-range", keys, given, size=-low)


def superseded_estimate(facts: Facts) -> Iterator[PlanFinding]:
    """Effects taken from an estimate of which the library holds a newer one."""
    if facts.place.effects["estimate"].isna().all():
        return
    for row in library().superseded_in(facts.place).itertuples():
        years = {"year": float(row.year), "newer": float(row.newer_year)}
        figures = {name: (year, "year") for name, year in years.items()}
        keys = {"service": str(row.service), "outcome": str(row.outcome)}
        yield PlanFinding("superseded-estimate", keys, figures, size=years["newer"])


def rests_on_illustrative(facts: Facts) -> Iterator[PlanFinding]:
    """Gains of which more than half hangs on figures of a kind that are illustrative."""
    worth, carried = _on_illustrative(facts.plan, facts.place)
    for start in facts.beside:
        alike = start.place["digest"] == facts.plan.place["digest"]
        place = facts.place if alike else start.source
        if place is None or not meet_alike(start, facts.plan):
            continue
        value, less = _on_illustrative(start, place)
        gain, hangs = worth - value, {kind: carried[kind] - less[kind] for kind in carried}
        if _tells(facts, gain) and max(map(abs, hangs.values())) > HALF * gain:
            figures = {"gain": (gain, POUNDS)}
            figures |= {f"{kind}s".replace(" ", "_"): (hangs[kind], POUNDS) for kind in KINDS}
            keys = {"beside": called(start)}
            yield PlanFinding("rests-on-illustrative", keys, figures, size=gain)


@once
def _on_illustrative(plan: Plan, place: Place) -> tuple[float, dict[str, float]]:
    """The public value of a plan, and what of it hangs on illustrative figures of each kind."""
    kept, illustrative = Kept(plan, place, PUBLIC), _illustrative(place)
    return kept.value, {
        kind: illustrative[kind].slope(kept) if kind in illustrative else 0.0 for kind in KINDS
    }


@once
def _illustrative(place: Place) -> dict[str, Shifted]:
    """The illustrative figures of each kind of which there are some."""
    figures = [each for each in figures_of(place) if each.status in ASSUMED]
    held = {kind: [each for each in figures if each.kind == kind] for kind in KINDS}
    return {kind: Shifted(place, mine) for kind, mine in held.items() if mine}


def cost_as_value(facts: Facts) -> Iterator[PlanFinding]:
    """Outcomes worth about what it costs to bring them, by every service that does."""
    basis = facts.basis
    effects, worth = basis.effects, basis.outcomes.public * basis.scale.money / basis.scale.units
    costs = in_base_prices(facts.place, "offers").groupby("service")["unit_cost"].mean()
    each = basis.made[:, 0, :].sum(axis=1)
    bought = facts.money(facts.plan).sum(axis=1)
    for y, outcome in enumerate(basis.outcomes.name):
        pairs = [
            (float(each[n] * worth[y]), float(costs[effects.service[n]]), str(effects.service[n]))
            for n in np.flatnonzero(effects.outcome == y)
            if effects.service[n] in costs.index
        ]
        if pairs and all(abs(value - cost) <= ALIKE * cost for value, cost, _ in pairs):
            spent = [float(bought[facts.lines_of(service)].sum()) for *_, service in pairs]
            value, cost, service = pairs[int(np.argmax(spent))]
            figures = {"value": (value, POUNDS), "cost": (cost, POUNDS)}
            figures["services"] = (float(len(pairs)), "services")
            keys = {"outcome": str(outcome), "service": service}
            yield PlanFinding("cost-as-value", keys, figures, size=sum(spent))


def changes_nothing(facts: Facts) -> Iterator[PlanFinding]:
    """Plans that spend no pound otherwise than what they are set beside."""
    for start in facts.beside:
        if spend_alike(start, facts.plan):
            yield PlanFinding("changes-nothing", {"beside": called(start)}, {})


def units_of(facts: Facts) -> dict[Hashable, str]:
    """What a unit of each service is."""
    table = facts.place.filled("services")
    return dict(zip(table["service"].tolist(), table["unit"].astype(str), strict=True))


def called(plan: Plan) -> str:
    """What a plan is called where another is measured against it."""
    # Today is that of the place as it was planned, whatever it is an option of.
    return f"{plan.option}, {plan.name}" if plan.option and plan.name != TODAY else plan.name


def _from_to(now: float, then: float, unit: str = POUNDS) -> dict[str, tuple[float, str]]:
    """A figure of today and of the plan, and the change as a share; none of nothing."""
    share = _share(then / now - 1.0 if now else np.inf)
    return {"today": (float(now), unit), "plan": (float(then), unit), "share": (share, SHARE)}


def _share(share: float) -> float:
    """A share of something; of nothing there is none."""
    return float(share) if np.isfinite(share) else float("nan")


def _years(facts: Facts, such: np.ndarray) -> tuple[str, ...]:
    return tuple(year for year, so in zip(facts.years, such, strict=True) if so)


Finder = Callable[[Facts], Iterator[PlanFinding]]

FINDERS: tuple[Finder, ...] = (
    placeholders,
    need_not_met,
    need_not_served,
    value_below_today,
    outcome_falls,
    agency_saves_less,
    duty_without_floor,
    duty_at_assumed_floor,
    loses_without_known_effect,
    loses_as_studies_found_nothing,
    ends_at_a_rule,
    large_change,
    offer_begins,
    relies_on_one_provider,
    loan_taken,
    gateway_not_passed,
    given_up_as_fast_as_can_be,
    beyond_returns,
    capacity_bought_again,
    too_small_to_decide,
    within_its_range,
    social_value_only,
    superseded_estimate,
    rests_on_illustrative,
    cost_as_value,
    changes_nothing,
)
"""All finders, the worst kind of finding first."""
