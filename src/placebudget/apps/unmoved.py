"""What was chosen and changes nothing: found by solving without it, and said with the reason."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from placebudget.apps.answer import ORDER, BoardAnswer, quick_pooled
from placebudget.errors import PlaceBudgetError
from placebudget.place import RULE_KINDS, Place
from placebudget.place.names import amount_words
from placebudget.plan import Plan
from placebudget.plan.verify import least_of_rule
from placebudget.programme import POOLED, Basis, read_pooling
from placebudget.words import count, money, percent
from placebudget.work import Changes
from placebudget.work.changes import START
from placebudget.work.jobs import Client
from placebudget.work.said import names

MOST = 8
"""With more changes than these, none is tried by itself."""

_SAME = "the best plan comes to the same without it"
_LEAST = 500.0  # pounds: what figures in thousands do not show


def unmoved(
    answer: BoardAnswer,
    papers: Place,
    known: Mapping[Changes, Plan],
    client: Client,
) -> None:
    """Find each change without which the best pooled plan is worth the same, and why.

    The sentences are put into ``answer.unmoved`` by control.

    Parameters
    ----------
    answer : BoardAnswer
        With its best pooled plan.
    papers : Place
        The place before all changes.
    known : mapping of Changes to Plan
        Best pooled plans that are there already.
    client : Client
        Who asks for the others.
    """
    apart = answer.changes.taken_back()
    if len(apart) > MOST:
        return
    for control, changes in apart.items():
        if client.stop.is_set():
            return
        try:
            place = changes.apply(papers)
            place.check().raise_if_errors()
        except PlaceBudgetError:
            continue  # what is left does not stand without it, so it does change something
        without = known.get(changes) or quick_pooled(BoardAnswer(changes, place), client)
        now = answer.plans[ORDER[0]].objective
        if without is not None and now.reads_like(without.objective):
            reason = _reason(control, answer, without, place, papers)
            answer.unmoved[control] = (
                f"In the model this changes nothing in the {now.name} of the best pooled plan, "
                f"because {reason}."
            )


def _reason(control: str, answer: BoardAnswer, without: Plan, place: Place, papers: Place) -> str:
    kind, _, key = control.partition(":")
    if kind == "agency":
        return _of_pools(key, without, place)
    if kind == "fence":
        return _of_fence(key, answer.plans[ORDER[0]], without, place)
    if kind == "amount":
        asked = answer.changes.held(papers, key)[1]
        return _of_floor(key, asked, without, place)
    if kind != START:
        return _SAME
    return (
        "what the option changes stands in the way of nothing better: with the "
        "figures of the papers in its place, the best plan comes to the same"
    )


def _of_pools(agency: str, without: Plan, place: Place) -> str:
    """An agency that pools nothing, where it could."""
    mine = set(place.streams.loc[place.streams["agency"] == agency, "stream"])
    table = without.tables["contributions"]
    paid = float(table.loc[table["stream"].isin(mine), "gross"].sum())
    who = names(place, "agencies")[agency]
    if paid < _LEAST:
        return f"{who} pays nothing into a pool in the best plan even where it may"
    return (
        f"the {money(paid)} that {who} pays into pools where it may is worth as much spent "
        "outside them"
    )


def _of_fence(stream: str, now: Plan, without: Plan, place: Place) -> str:
    """A ring-fence that is ended, though it bound nothing."""
    brought = float(now.tables["balances"].query("stream == @stream")["funding"].sum())
    if brought < _LEAST:
        return "that stream brings no money"
    fences = place.ring_fences
    purposes = set(fences.loc[fences["stream"] == stream, "purpose"])
    spent = now.money(["stream", "purpose"])
    out = spent[(spent["stream"] == stream) & ~spent["purpose"].isin(purposes)]["amount"].sum()
    if out < _LEAST:
        return "no money of that stream could go to another purpose at a gain, and none does"
    if _same_services(now, without):
        return (
            "its purposes get as much with the ring-fence as without it: every service keeps its "
            "money, and only which stream pays for it changes"
        )
    return "no money of that stream could go to another purpose at a gain"


def _same_services(one: Plan, other: Plan) -> bool:
    by = ["service", "area", "year"]
    before, after = (plan.money(by).set_index(by)["amount"] for plan in (one, other))
    moved: pd.Series = after.sub(before, fill_value=0.0).abs()
    return bool(moved.max() < _LEAST)


def _of_floor(rule: str, asked: float, without: Plan, place: Place) -> str:
    """A floor with another amount: what there is of it anyway."""
    row = place.filled("rules").set_index("rule").loc[rule]
    kind, before = str(row["kind"]), float(row["amount"])
    if not RULE_KINDS[kind].counts:
        return _SAME
    has = least_of_rule(Basis(place, read_pooling(place, POOLED)), without.tables, rule)
    if RULE_KINDS[kind].per_cent_of:
        has = math.floor(10 * has) / 10
    limit = max(asked, before)
    if has >= limit * (1 + 1e-6):
        than = amount_words(kind, limit, of="")
        return (
            f"the limit does not bind: even in the year in which it has least, the best plan has "
            f"{_has_words(kind, has)} of it anyway, no less than {than}"
        )
    if asked > before:
        return "the best plan can be had with that much as well, at no loss elsewhere"
    return "what is set free buys no more elsewhere than it does there"


def _has_words(kind: str, has: float) -> str:
    """What a plan has of what a rule asks for."""
    unit = RULE_KINDS[kind].unit
    if unit == "pounds":
        return money(has)
    return (
        percent(has / 100) if unit == "per cent" else f"{count(has)}{' units' * (unit == 'units')}"
    )
