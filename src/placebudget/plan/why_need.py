"""Need in the words on why a service gets what it gets: that it must be met, and what avoids it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from placebudget.place.names import Names, listed
from placebudget.plan.plan import Plan
from placebudget.plan.why import NUMBERS, TODAY, Speech, against_today, money_today
from placebudget.programme import Basis
from placebudget.words import count, money, percent

# Shares of what is needed below which there is nothing to say.
_NONE = 1e-6
_A_POUND = 1.0


def needs_of(plan: Plan, basis: Basis, lines: np.ndarray, years: Sequence[int]) -> pd.DataFrame:
    """Rows of the table of needs about some lines, in years of money."""
    table = plan.tables["needs"]
    keys = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
    mine = [key in keys for key in zip(table["service"], table["area"], strict=True)]
    return table[np.array(mine, bool) & table["year"].isin([basis.years[t] for t in years])]


def why_it_must_be_met(
    plan: Plan, basis: Basis, lines: np.ndarray, years: list[int], paid: np.ndarray, what: str
) -> Speech:
    """Why a service led by need gets this much: everybody in need is served.

    Parameters
    ----------
    plan : Plan
        The plan.
    lines : ndarray of bool
        Lines of the service, all led by need.
    years : list of int
        Numbers of the years asked about.
    paid : ndarray
        Pounds by year of the plan.
    what : str
        The service as it should be read.
    """
    speech, needs = Speech(), needs_of(plan, basis, lines, years)
    spent = float(paid[years].sum())
    over = f"over {NUMBERS.get(len(years), len(years))} years"
    over = f"in {basis.years[years[0]]}" if len(years) == 1 else over
    each = [("money", float(paid[t]), "pounds", basis.years[t]) for t in years]
    held, beside = money_today(basis, lines), ""
    if held is not None:
        later = [basis.years[t] for t in years] != [basis.place.settings.today_year]
        beside = against_today(spent, float(held[years].sum()), carried_on=later)
        each += [(TODAY, float(held[t]), "pounds", basis.years[t]) for t in years]
    head = f"{what} gets {money(spent)} {over}{beside}"
    unmet, needed = float(needs["unmet"].sum()), float(needs["needed"].sum())
    if unmet > _NONE * needed:
        speech.say(
            f"{head}: everybody in need of it must be served, and {count(unmet)} of "
            f"{count(needed)} units are not met.",
            *each,
            ("need unmet", unmet, "units"),
            ("need", needed, "units"),
        )
    else:
        speech.say(
            f"{head}: everybody in need of it must be served, {count(needed)} units.",
            *each,
            ("need", needed, "units"),
        )
    avoided = float(needs["avoided"].sum())
    if avoided > _NONE * needed:
        makers = _makers(basis, lines)
        by = f": it is avoided by {listed(makers)}" if makers else ""
        speech.say(
            f"Need of {count(avoided)} units does not arise{by}.",
            ("need avoided", avoided, "units"),
        )
    kept = _kept(plan, basis, lines)
    empty = float((needs["paid"] - needs["served"]).clip(lower=0.0).sum())
    if empty > _NONE * needed:
        why = f", as it {kept}" if kept else ""
        speech.say(
            f"Capacity for {count(empty)} units stands empty{why}.",
            ("empty capacity", empty, "units"),
        )
    elif kept:
        speech.say(f"Its capacity {kept}, and falls as fast as that lets it.")
    return speech


def say_what_it_avoids(
    speech: Speech, plan: Plan, basis: Basis, lines: np.ndarray, years: Sequence[int]
) -> None:
    """What a service saves by avoiding need of others, for whom, and what money that releases."""
    names, need = Names(basis.place), basis.need
    made = basis.effects.outcome[np.isin(basis.effects.service, basis.lines.service[lines])]
    mine = np.isin(need.outcome, made) & need.lasting[need.line]
    outcomes = set(basis.outcomes.name[need.outcome[mine]])
    table, taken = plan.tables["savings"], need.line[mine]
    keys = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
    made_here = [key in keys for key in zip(table["service"], table["area"], strict=True)]
    here = np.array(made_here, bool) & table["outcome"].isin(outcomes).to_numpy(bool)
    for agency in sorted(set(basis.lines.commissioner[taken])):
        saved = table[here & (table["agency"] == agency).to_numpy(bool)]
        fiscal, cashable = (float(saved[name].sum()) for name in ("fiscal", "cashable"))
        if max(abs(fiscal), abs(cashable)) < _A_POUND:
            continue
        theirs = taken[basis.lines.commissioner[taken] == agency]
        services = sorted({names.of("service", key) for key in basis.lines.service[theirs]})
        # Benefits come in years after those asked about, too.
        speech.say(
            f"What it avoids of the need for {listed(services)} saves "
            f"{names.of('agency', agency)} {money(fiscal)} in all years, not discounted; "
            f"{money(cashable)} of that is released.",
            ("saved by need avoided", fiscal, "pounds"),
            ("released by need avoided", cashable, "pounds"),
        )
    theirs = np.isin(np.arange(len(basis.lines)), taken)
    for key in sorted(set(basis.lines.service[theirs])):
        if kept := _kept(plan, basis, theirs & (basis.lines.service == key)):
            speech.say(
                f"Capacity of {names.of('service', key)} {kept}, so that no more is released."
            )


def _makers(basis: Basis, lines: np.ndarray) -> list[str]:
    """Services that avoid the need of some lines, those of one name once."""
    need = basis.need
    outcomes = need.outcome[lines[need.line]]
    services = basis.effects.service[np.isin(basis.effects.outcome, outcomes)]
    names = Names(basis.place).spoken_together(sorted(services))
    return sorted({names.bare("service", str(key)) for key in services})


def _kept(plan: Plan, basis: Basis, lines: np.ndarray) -> str:
    """How fast capacity can be given up at most, where the plan gives up no less of it."""
    need, offers = basis.need, basis.offers
    mine = lines[offers.line]
    shares = set(need.release[mine].tolist())
    share = next(iter(shares))
    if len(shares) != 1 or np.isnan(share):
        return ""
    needs = needs_of(plan, basis, lines, range(len(basis.years)))
    paid = needs.groupby("year")["paid"].sum().reindex(list(basis.years)).to_numpy(float)
    before = np.append(need.paid_today[mine].sum() * basis.scale.units, paid[:-1])
    near = _NONE * np.maximum(before, 1.0)
    if not (np.abs(paid - (1.0 - share) * before) <= near).any():
        return ""
    return f"can be given up by no more than {percent(share)} a year"
