"""Why no plan exists, in words, and the cheapest lawful ways out.

A way out is found by relaxing what may be relaxed as little as possible in
pounds, written as new amounts, put into a copy of the place and tried: only what
then has a plan is proposed. A rule whose basis is law is never touched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from placebudget.errors import Infeasible
from placebudget.place import Place
from placebudget.place.names import Names, amount_words, listed, rule_words
from placebudget.plan.clash import Repair, clash_in_words, needs_unmet
from placebudget.programme import Programme, build
from placebudget.programme.basis import Shortfall
from placebudget.programme.linear import Rows
from placebudget.programme.objectives.value import DROPPED, UNMET
from placebudget.programme.rules import BLOCKS, Rule, read_rules
from placebudget.programme.rules.rule import slack_cost
from placebudget.solver import (
    Give,
    Given,
    RunLimits,
    Solution,
    has_plan,
    least_relaxed,
    let_go,
    name_clash,
    solve_in_order,
)
from placebudget.words import money

_HUNDREDTH = 100.0
Looser = Callable[[float, float], float]
_LAW = "law"


def relaxed_amount(
    programme: Programme, block: Rows, n: int, rule: Rule, slack: float, values: np.ndarray
) -> tuple[float, Looser]:
    """The amount at which a rule holds in a relaxed plan, rounded to the loose side.

    Parameters
    ----------
    block, n : Rows, int
        The constraint that gave way, and by how much in ``slack`` (scaled).
    rule : Rule
        Its rule.
    values : ndarray
        Values of the relaxed plan.

    Returns
    -------
    float, callable
        The new amount in the rule's own unit, and which of two amounts is looser.
    """
    basis, kind, amount = programme.basis, rule.record, rule.amount or 0.0
    if kind.of_money:
        change = slack * basis.scale.money
        if block.sense == ">=":
            return max(float(math.floor(amount - change)), 0.0), min
        return float(math.ceil(amount + change)), max
    if kind.unit != "per cent":
        change = slack * basis.scale.units
        if block.sense == ">=":
            return max(math.floor((amount - change) * 1000) / 1000, 0.0), min
        return math.ceil((amount + change) * 1000) / 1000, max
    whole = BLOCKS[rule.kind].whole
    assert whole is not None
    base = whole(rule, programme, block, n, values)
    change = 100.0 * slack / base if base > 0 else math.inf
    if kind.least:
        return max(math.floor((amount - change) * _HUNDREDTH) / _HUNDREDTH, 0.0), min
    if not math.isfinite(change):
        return math.inf, max
    return math.ceil((amount + change) * _HUNDREDTH) / _HUNDREDTH, max


def in_words(programme: Programme, found: Infeasible, limits: RunLimits) -> Infeasible:
    """The error with the clash in words and with ways out.

    Parameters
    ----------
    programme : Programme
        The one without a solution.
    found : Infeasible
        What the solver raised, with the numbers of what clashes.
    limits : RunLimits
        Stop signal.
    """
    clashing = _clashing_rules(programme, found)
    ways = _ways_out(programme, clashing, limits)
    missing = next((way.cost for way in ways if way.funding), None)
    clash = clash_in_words(programme, found, clashing, missing)
    text = str(clash)
    if ways:
        text += " Ways out, each tried: " + "; or ".join(way.words for way in ways) + "."
    else:
        text += (
            " No way out was found that keeps the law and today's funding; look at the figures of "
            "the services named."
        )
    return Infeasible(
        text,
        found.conflict,
        rows=found.rows,
        columns=found.columns,
        repairs=ways,
        promises=clash.promises,
        against=clash.against,
        clash=str(clash),
    )


def clash_said(
    programme: Programme, found: Infeasible, pools: Collection[str], limits: RunLimits
) -> str:
    """What a solver has found to clash, in words, without looking for ways out.

    Where need that must be met takes part, it says how much money is missing.

    Parameters
    ----------
    programme : Programme
        The one without a solution, with the limits that hold now.
    found : Infeasible
        What the solver raised, with the numbers of what clashes.
    pools : collection of str
        Pools that are open; that nothing is paid into others stands against no promise.
    limits : RunLimits
        Time, gap, stop signal.
    """
    routes, block = programme.basis.routes, programme.columns["contribute"]
    route = dict(zip(block.numbers.tolist(), block.index["route"].tolist(), strict=True))
    told = [n for n in found.columns if n not in route or str(routes[route[n]]) in pools]
    open_ = Infeasible(str(found), found.conflict, rows=found.rows, columns=told)
    short = None
    if needs_unmet(programme, found):
        given = least_relaxed(programme, Give(funding=_balances(programme)), limits)
        if given is not None:
            short = sum(given.funding.values()) * programme.basis.scale.money
    return str(clash_in_words(programme, open_, _clashing_rules(programme, found), None, short))


def _clashing_rules(programme: Programme, found: Infeasible) -> list[Rule]:
    rules = {rule.number: rule for rule in read_rules(programme.basis)}
    numbers = set()
    for block in programme.rows.values():
        if "rule" in block.index:
            inside = [n - block.first for n in found.rows if 0 <= n - block.first < len(block)]
            numbers |= {int(block.index["rule"][n]) for n in inside}
    return [rules[n] for n in sorted(numbers)]


# --- ways out -------------------------------------------------------------------


def _ways_out(programme: Programme, clashing: list[Rule], limits: RunLimits) -> tuple[Repair, ...]:
    gentle = [rule for rule in clashing if rule.basis != _LAW and not rule.implied]
    every = [
        rule for rule in read_rules(programme.basis) if rule.basis != _LAW and not rule.implied
    ]
    minima = _contribution_minima(programme)
    balances = _balances(programme)
    attempts: list[tuple[Give, list[Rule]]] = [(Give(funding=balances), [])]
    attempts += [(Give(rows=_rows(programme, [rule])), [rule]) for rule in gentle]
    if minima:
        attempts.append((Give(columns=minima), []))
    rows = _rows(programme, every)
    attempts.append((Give(rows=rows, columns=minima), every))
    attempts.append((Give(rows=rows, columns=minima, funding=balances), every))
    ways: dict[tuple[object, ...], Repair] = {}
    for give, rules in attempts:
        if limits.stopped or not (give.rows or give.columns or give.funding):
            continue
        given = least_relaxed(programme, give, limits)
        if given is None:
            continue
        way = _written(programme, given, rules)
        if way and _works(programme, way, limits):
            ways.setdefault((way.rules, way.contributions, way.funding), way)
    return tuple(sorted(ways.values(), key=lambda way: (way.cost, way.words)))


def _works(programme: Programme, way: Repair, limits: RunLimits) -> bool:
    """Whether a plan exists once the repair is made."""
    basis = programme.basis
    repaired = build(
        way.apply(basis.place),
        basis.pooling,
        objectives=[programme.objectives[0].name],
        reinvest=basis.reinvest,
        benchmarks=programme.benchmarks,
        scale=basis.scale,
        ordered=True,
        shortfall=basis.shortfall,
    )
    return has_plan(repaired, replace(limits, gap=0.0))


def _rows(programme: Programme, rules: list[Rule]) -> dict[int, float]:
    basis, wanted = programme.basis, {rule.number: rule for rule in rules}
    return {
        block.first + n: slack_cost(basis, wanted[int(block.index["rule"][n])])
        for block in programme.rows.values()
        if "rule" in block.index
        for n in range(len(block))
        if int(block.index["rule"][n]) in wanted
    }


def _contribution_minima(programme: Programme) -> dict[int, float]:
    block = programme.columns["contribute"]
    return {int(n): 1.0 for n in block.numbers[block.lower > 0]}


def _balances(programme: Programme) -> dict[int, float]:
    """Purses that may grow; streams that anything may be done with come first."""
    block, classes = programme.rows["class_balance"], programme.basis.classes
    cost = {}
    for n, c in enumerate(block.index["class"]):
        if not classes.reinvested[c] and not classes.free[c]:
            fenced = classes.fence[c] is not None
            cost[block.first + n] = 1.0 + (1e-4 if fenced else 0.0)
    return cost


def _written(programme: Programme, given: Given, rules: list[Rule]) -> Repair | None:
    """A repair as new amounts, rounded the way that still works."""
    basis, scale = programme.basis, programme.basis.scale.money
    names = Names(basis.place)
    found = [
        (basis.classes.streams[c][0], basis.years[t], float(math.ceil(v * scale)))
        for c, t, v in _by_class(programme, given.funding)
    ]
    block = programme.columns["contribute"]
    minima = []
    for n, v in given.columns.items():
        at = n - block.first
        c, route, t = (int(block.index[d][at]) for d in ("class", "route", "year"))
        least = float(math.floor((block.lower[at] - v) * scale))
        minima.append(
            (str(basis.routes[route]), basis.classes.streams[c][0], basis.years[t], max(least, 0.0))
        )
    amounts = list(_new_amounts(programme, given, rules))
    # Of nothing no per cent is enough: a rule on it cannot be eased by another amount.
    if not (found or minima or amounts) or not all(math.isfinite(v) for _, _, v in amounts):
        return None
    words = _words(basis.place, names, found, minima, amounts)
    cost = sum(v for _, _, v in found) + scale * (given.cost - _cost_of_funding(programme, given))
    return Repair(words, float(round(cost, 2)), tuple(amounts), tuple(minima), tuple(found))


def _cost_of_funding(programme: Programme, given: Given) -> float:
    prices = _balances(programme)
    return sum(prices[n] * v for n, v in given.funding.items())


def _by_class(
    programme: Programme, funding: Mapping[int, float]
) -> Iterator[tuple[int, int, float]]:
    block = programme.rows["class_balance"]
    for n, v in sorted(funding.items()):
        at = n - block.first
        yield int(block.index["class"][at]), int(block.index["year"][at]), v


def _new_amounts(
    programme: Programme, given: Given, rules: list[Rule]
) -> Iterator[tuple[str, str, float]]:
    """New amount of each rule and year that gave way."""
    by_number = {rule.number: rule for rule in rules}
    amounts: dict[tuple[str, str], float] = {}
    for block in programme.rows.values():
        if "rule" not in block.index:
            continue
        names = programme.draft.names
        dim = "year" if "year" in block.index else "appraisal_year"
        for n in range(len(block)):
            slack = given.rows.get(block.first + n)
            if slack is None:
                continue
            rule = by_number[int(block.index["rule"][n])]
            year = str(names[dim][block.index[dim][n]]) if dim in block.index else ""
            amount, looser = relaxed_amount(programme, block, n, rule, slack, given.values)
            key = (rule.name, year)
            amounts[key] = looser(amounts[key], amount) if key in amounts else amount
    yield from ((rule, year, amount) for (rule, year), amount in sorted(amounts.items()))


# --- words and places ----------------------------------------------------------------


def _words(
    place: Place,
    names: Names,
    found: list[tuple[str, str, float]],
    minima: list[tuple[str, str, str, float]],
    amounts: list[tuple[str, str, float]],
) -> str:
    parts = []
    if found:
        total = sum(pounds for _, _, pounds in found)
        each = [
            f"{money(pounds)} more for {names.of('stream', stream)} in {year}"
            for stream, year, pounds in found
        ]
        parts.append(
            f"find {money(total)}: {', '.join(each)}" if len(each) > 1 else f"find {each[0]}"
        )
    for pool, stream, year, least in minima:
        paid = f"{names.of('stream', stream)} pays into {names.of('pool', pool)}"
        parts.append(f"lower the least that {paid} in {year} to {money(least)}")
    rules = place.filled("rules").set_index("rule", drop=False)
    for rule in dict.fromkeys(name for name, _, _ in amounts):
        row = rules.loc[rule]
        years: dict[str, list[str]] = {}
        for name, year, amount in amounts:
            if name == rule:
                years.setdefault(amount_words(row["kind"], amount), []).append(year)
        asked = [f"{amount}{_in_years(place, mine)}" for amount, mine in years.items()]
        parts.append(f"instead of {rule_words(row, names)}, ask for {', '.join(asked)}")
    return " and ".join(parts)


def _in_years(place: Place, years: list[str]) -> str:
    """In which years an amount is asked for; nothing where the rule has none."""
    if not all(years):
        return ""
    if set(place.years) <= set(years) and len(years) > 1:
        return " each year"
    return f" in {listed(years)}"


def solved(
    write: Callable[..., Programme], solver: str, limits: RunLimits, *, named: bool = True
) -> tuple[Programme, Solution]:
    """The programme that was solved in the end, and its solution.

    Where money cannot meet all need that must be met, it is that which leaves least unmet.

    Parameters
    ----------
    write : callable
        :func:`build` of a place under its pooling: takes the keywords ``ordered``,
        ``objectives`` and ``shortfall``.
    named : bool
        Whether it is told what clashes where no plan keeps all rules, which takes long.

    Raises
    ------
    Infeasible
        If no plan keeps all rules, in words and with the cheapest repairs.
    """
    written: list[Programme] = []

    def keep(ordered: bool, **more: Any) -> Programme:
        written.append(write(ordered=ordered, **more))
        return written[-1]

    try:
        return solve_in_order(keep, solver=solver, limits=limits, named=False)
    except Infeasible:
        least = least_shortfall(write, solver, limits, written[-1])
        if least is None and not named:
            raise
        if least is None:
            clashing = let_go(written[-1])
            raise in_words(clashing, name_clash(clashing), limits) from None
    return solve_in_order(partial(keep, shortfall=least), solver=solver, limits=limits)


def least_shortfall(
    write: Callable[..., Programme], solver: str, limits: RunLimits, programme: Programme
) -> Shortfall | None:
    """The least need that must go unmet, and capacity given up too fast before any does.

    None where all need can be met, so that something else stands in the way.
    """
    if not programme.basis.need.led.any():
        return None
    wanted = partial(write, objectives=(UNMET, DROPPED), shortfall=Shortfall())
    try:
        _, found = solve_in_order(
            lambda ordered: let_go(wanted(ordered=ordered)),
            solver=solver,
            limits=limits,
            tie_break=False,
            named=False,
        )
    except Infeasible:
        return None
    unmet, dropped = (max(-value, 0.0) for value in found.objective_values)
    return Shortfall.least(unmet, dropped, programme.basis.scale.money)
