"""Check a plan outside the solver: money, delivery, rules, and the objective itself.

Everything is worked out again from the plan's own tables and the place, by the
way of the simulation; nothing is read from the solver's rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from placebudget.errors import SolverFailed
from placebudget.place.conditions import rules_in_force, shared_by
from placebudget.place.geography import each_row
from placebudget.place.names import Names, level_assumed, listed, rule_words
from placebudget.place.succession import parts_in
from placebudget.plan.deliver import earned
from placebudget.plan.flows import Money, of_streams
from placebudget.plan.need import avoided_savings, check_need
from placebudget.programme import DIRECT, FREED, Basis, Benchmark
from placebudget.programme.blocks.lots import at_two_levels, both_or_none, has_begun, not_shared
from placebudget.programme.money import REINVESTED, contribution_limits, stream_funding
from placebudget.programme.rules import Figures, compared
from placebudget.programme.rules.movement import capitalised_lines
from placebudget.words import money, number, pence, plain

if TYPE_CHECKING:
    from placebudget.plan.evidence import Evidence


# Check that a plan keeps the rules of its place, each worked out from its tables.


def check_rules(
    basis: Basis, evidence: Evidence, digits: float, broken: Collection[str] = ()
) -> list[str]:
    """Sentences on every rule that is not kept, but for those that need not be."""
    problems, names = [], Names(basis.place)
    rules = rules_in_force(basis.place).set_index("rule", drop=False)
    for held in compared(figures_of(basis, evidence)):
        if held.rule.name in broken:
            continue
        slack = 1e-6 * abs(held.has) + 1e3 * digits * abs(held.has)
        slack += 1.0 if held.unit == "£" else 1e-6
        if held.has < held.least - slack or held.has > held.most + slack:
            low, rule = held.has < held.least, rules.loc[held.rule.name]
            limit, has = _said(held.least if low else held.most, held.has, held.unit)
            assumed = " (its level is an assumption)" * level_assumed(rule)
            problems.append(
                f"the rule “{rule_words(rule, names)}” needs "
                f"{'at least' if low else 'at most'} {limit} {_where(held.at, names)}; "
                f"the plan has {has}{assumed}"
            )
    return problems


def _where(at: Mapping[str, str], names: Names) -> str:
    """Where and when a rule is held against a plan."""
    if "agency" in at:
        way = "by" if at["of"] == "value" else "of"
        return f"in {at['of']} {way} {names.of('agency', at['agency'])}"
    if "service" in at:
        service, area = (names.of(column, at[column]) for column in ("service", "area"))
        return f"for {service} in {area}, {at['year']}"
    return f"in {', '.join(at.values())}"


def _said(limit: float, has: float, unit: str) -> tuple[str, str]:
    """Two figures as told elsewhere; to the hundredth where else they could not be told apart."""
    if unit != "£":
        return f"{number(limit, 2)} {unit}", f"{number(has, 2)} {unit}"
    say = pence if money(limit) == money(has) else money
    return say(limit), say(has)


def figures_of(basis: Basis, evidence: Evidence) -> Figures:
    """What a plan says, as it is held against the rules."""
    made = evidence.made
    return Figures(
        basis,
        evidence.money.flows,
        evidence.units,
        evidence.cost(basis),
        basis.effects.outcome[made.effect],
        made.line,
        made.produced,
        made.counted,
        avoided_savings(basis, evidence.served)[0].sum(axis=1),
        evidence.benchmarks,
    )


def least_of_rule(basis: Basis, tables: Mapping[str, pd.DataFrame], rule: str) -> float:
    """What a plan has of the subject of a rule, in the unit of the rule.

    Parameters
    ----------
    basis : Basis
        The place the plan was made for.
    tables : mapping of str to DataFrame
        Tables of the plan.
    rule : str
        Key of a rule that counts something.

    Returns
    -------
    float
        The least of the years in which the rule holds; nought where it never holds.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.programme import Basis, read_pooling
    >>> place = pb.example("northvale")
    >>> basis, today = Basis(place, read_pooling(place, "pooled")), pb.simulate(place)
    >>> least_of_rule(basis, today.tables, "homelessness_duty")
    463500.0
    """
    has = [
        held.has if held.whole is None else 100.0 * held.has / held.whole
        for held in compared(figures_of_tables(basis, tables))
        if held.rule.name == rule and held.whole != 0.0
    ]
    return float(min(has, default=0.0))


def figures_of_tables(
    basis: Basis,
    tables: Mapping[str, pd.DataFrame],
    benchmarks: Mapping[str, Benchmark] | None = None,
) -> Figures:
    """What a plan says by its tables, as it is held against the rules."""
    units, outcomes = tables["units"], tables["outcomes"]
    shape = len(basis.offers), len(basis.years)
    bought, cost = np.zeros(shape), np.zeros(shape)
    at = _codes(units["offer"], basis.offers.name), _codes(units["year"], basis.years)
    np.add.at(bought, at, units["units"].to_numpy(float))
    np.add.at(cost, at, units["cost"].to_numpy(float))
    lines = basis.lines.position()
    keys = zip(outcomes["service"], outcomes["area"], strict=True)
    rows, year = np.arange(len(outcomes)), _codes(outcomes["year"], basis.appraisal)
    produced, counted = np.zeros((2, len(outcomes), len(basis.appraisal)))
    produced[rows, year], counted[rows, year] = outcomes["produced"], outcomes["counted"]
    return Figures(
        basis,
        tables["money"],
        bought,
        cost,
        _codes(outcomes["outcome"], basis.outcomes.name),
        np.array([lines[key] for key in keys], np.int64),
        produced,
        counted,
        _avoided(basis, tables["needs"]),
        benchmarks or {},
    )


def _avoided(basis: Basis, needs: pd.DataFrame) -> np.ndarray:
    """What avoiding need saves, by line, discounted."""
    lines, saved = basis.lines.position(), np.zeros(len(basis.lines))
    keys = zip(needs["service"], needs["area"], strict=True)
    np.add.at(saved, np.array([lines[key] for key in keys], np.int64), needs["fiscal"])
    return saved


def _codes(values: pd.Series, among: tuple[str, ...] | np.ndarray) -> np.ndarray:
    code = {str(name): n for n, name in enumerate(among)}
    return np.array([code[str(value)] for value in values], np.int64)


_PENNY = 0.004


def verify(
    basis: Basis,
    evidence: Evidence,
    objectives: Mapping[str, float],
    recomputed: Mapping[str, float],
    digits: float = 1e-9,
    broken: Collection[str] = (),
) -> None:
    """Raise unless the plan stands up to every check.

    Parameters
    ----------
    objectives, recomputed : mapping of str to float
        Value of each objective as the solver had it, and by the simulation.
    digits : float
        Relative accuracy of the solver's figures.
    broken : collection of str
        Rules that need not be kept.

    Raises
    ------
    SolverFailed
        With everything that does not hold.
    """
    problems = [
        *check_balances(evidence.money),
        *check_contributions(basis, evidence.money, digits),
        *check_conditions(basis, evidence.money.flows),
        *check_pooled_today(basis, evidence.money.flows, digits),
        *check_delivery(basis, evidence, digits),
        *check_decisions(basis, evidence, digits),
        *check_need(basis, evidence.served, digits),
        *check_loans(basis, evidence),
        *check_rules(basis, evidence, digits, broken),
    ]
    for name, value in objectives.items():
        close = max(1.0, 1e-3 * abs(value)) * 1e-6 + 1e3 * digits * max(1.0, abs(value))
        if not np.isclose(recomputed[name], value, rtol=1e-7 + 1e3 * digits, atol=close):
            problems.append(
                f"the objective {name} is {value:,.6f} by the solver and {recomputed[name]:,.6f} "
                "by the simulation"
            )
    if problems:
        raise SolverFailed(
            "the plan does not stand up to checking and is not given out:\n- "
            + "\n- ".join(problems[:20])
        )


def tolerance(amount: np.ndarray | float, digits: float) -> np.ndarray | float:
    """Pounds by which a sum may miss: rounding to pennies, and the solver's digits."""
    return 1.0 + 1e3 * digits * np.abs(amount)


def check_delivery(basis: Basis, evidence: Evidence, digits: float) -> list[str]:
    """Money buys the units; units keep capacity, need, first years and lots."""
    offers, lines, years = basis.offers, basis.lines, basis.years
    problems: list[str] = []
    units = evidence.units / basis.scale.units
    bought = basis.by_line(evidence.cost(basis))
    paid = line_money(basis, evidence.money.flows)
    wrong = np.abs(bought - paid) > tolerance(paid, digits)
    for line, t in zip(*np.nonzero(wrong), strict=True):
        problems.append(
            f"{lines.service[line]} in {lines.area[line]}, {years[t]}: "
            f"{pence(paid[line, t])} is paid for units that cost {pence(bought[line, t])}"
        )
    slack = 1e-6 * np.maximum(1.0, units) + 1e3 * digits * units
    closed = np.arange(len(years))[None, :] < offers.first_year[:, None]
    running = units > slack
    checks = {
        "more than its capacity": units > offers.capacity[:, None] + slack,
        "before its first year": running & closed,
        "less than its smallest lot": running & (units < offers.smallest_lot[:, None] - slack),
    }
    checks["without having started"] = running & ~has_begun(basis, evidence.started)
    for what, hit in checks.items():
        for o, t in zip(*np.nonzero(hit), strict=True):
            problems.append(f"{offers.name[o]} delivers {what} in {years[t]}")
    delivered = basis.by_line(units)
    over = delivered > basis.room + 1e-6 * np.maximum(1.0, delivered) + 1e3 * digits * delivered
    for line, t in zip(*np.nonzero(over), strict=True):
        problems.append(
            f"{lines.service[line]} in {lines.area[line]}, {years[t]}: more units than needed"
        )
    return problems


def check_decisions(basis: Basis, evidence: Evidence, digits: float) -> list[str]:
    """Of the offers of a choice one alone delivers; what is shared has its members.

    And gives what they take, and keeps each as long as agreed. One level of a service delivers.
    """
    units = evidence.units / basis.scale.units
    slack = 1e-6 * np.maximum(1.0, units) + 1e3 * digits * units
    delivers, offers = units > slack, basis.offers
    problems = []
    for choice, t, runs in both_or_none(basis, delivers, has_begun(basis, evidence.started)):
        who = f"{listed(map(plain, offers.name[runs]))} do" if len(runs) else "none does"
        problems.append(f"{choice.words(offers)}; in {basis.years[t]} {who}")
    for shared, t, joined, taken in not_shared(basis, delivers, units + slack):
        who = "none does, which is too early"
        if len(joined):
            takes = (offers.smallest_lot[shared.offer] + taken) * basis.scale.units
            named = listed(map(plain, offers.name[joined]))
            who = f"{named} do, which take {number(takes, 2)} units"
        problems.append(f"{shared.words(offers)}; in {basis.years[t]} {who}")
    for level, tiers in at_two_levels(basis, delivers):
        at = listed(map(plain, tiers))
        problems.append(f"{level.words(offers)}; it delivers at {at}")
    return problems


def check_loans(basis: Basis, evidence: Evidence) -> list[str]:
    """No more is borrowed than can be; each stream has what loans bring it and take from it.

    What a loan takes is worked out here by what is owed at each payment, in closed form.
    """
    place, years = basis.place, basis.years
    problems: list[str] = []
    if not len(place.loans):
        return problems
    held = evidence.money.balances.set_index(["stream", "year"])["funding"]
    expected = stream_funding(place) + of_streams(
        basis, earned(basis, evidence.made), sorted(place.streams["stream"])
    )
    for row in place.filled("loans").to_dict("records"):
        pounds, first = evidence.borrowed.get(row["loan"], 0.0), years.index(row["first_year"])
        if not -_PENNY <= pounds <= row["most"] + _PENNY:
            said = f"{pence(pounds)} is borrowed of {pence(row['most'])}"
            problems.append(f"{row['loan']}: {said}")
        for stream, share in parts_in(place, row["stream"], years[first]).items():
            expected.loc[stream, years[first]] += share * pounds
        for n, year in enumerate(years[first + 1 : first + 1 + row["years"]]):
            for stream, share in parts_in(place, row["borne_by"], year).items():
                expected.loc[stream, year] -= share * pounds * _borne(row, n)
    named = {*place.loans["stream"], *place.loans["borne_by"]}
    streams = {key for each in named for year in years for key in parts_in(place, each, year)}
    for stream, year in ((stream, year) for stream in sorted(streams) for year in years):
        has, should = float(held[stream, year]), float(expected.at[stream, year])
        # Each loan, reward and stream is rounded to the penny.
        if abs(has - should) > 0.01 * (2 + len(place.loans)):
            problems.append(
                f"{stream}, {year}: it has {pence(has)}; with its loans it would be {pence(should)}"
            )
    return problems


def _borne(row: Mapping[str, Any], year: int) -> float:
    """What revenue bears of a pound in a year after the first: interest and provision."""
    each = 2 if row["half_yearly"] else 1
    rate, periods, borne = row["rate"] / each, row["years"] * each, 0.0

    def owed(before: int, kind: str) -> float:
        """Of an annuity: what payments still to come are worth."""
        if kind == "maturity":
            return 1.0
        if kind == "eip" or rate == 0:
            return 1.0 - before / periods
        whole = (1 + rate) ** periods
        return float((whole - (1 + rate) ** before) / (whole - 1))

    for n in range(year * each, (year + 1) * each):
        borne += rate * owed(n, row["kind"]) + owed(n, "annuity") - owed(n + 1, "annuity")
    return borne


def line_money(basis: Basis, flows: pd.DataFrame) -> np.ndarray:
    """Money spent by line and year, in pounds."""
    number = basis.lines.position()
    year = {name: t for t, name in enumerate(basis.years)}
    spent = np.zeros((len(basis.lines), len(basis.years)))
    keys = zip(flows["service"].tolist(), flows["area"].tolist(), strict=True)
    at = [number[key] for key in keys], [year[name] for name in flows["year"].tolist()]
    np.add.at(spent, at, flows["amount"].to_numpy(float))
    return spent


def check_balances(money: Money) -> list[str]:
    """Every stream and every pool adds up, exactly."""
    problems: list[str] = []
    b = money.balances
    held = b["funding"] + b["carried_in"]
    gone = b["direct"] + b["contributed"] + b["carried_out"] + b["idle"]
    for row in b[(held - gone).abs() > _PENNY].itertuples(index=False):
        problems.append(f"{row.stream}, {row.year}: what it holds is not where it goes")
    names = ["funding", "carried_in", "direct", "contributed", "carried_out", "idle"]
    for row in b[(b[names] < 0).any(axis=1)].itertuples(index=False):
        problems.append(f"{row.stream}, {row.year}: an amount is below zero")
    c = money.contributions
    parts = c["management_cost"] + c["spent"] + c["unspent"]
    for row in c[(c["gross"] - parts).abs() > _PENNY].itertuples(index=False):
        problems.append(f"{row.pool}, {row.stream}, {row.year}: the pool does not add up")
    flows, own = money.flows, money.flows["route"] == DIRECT
    purse = ["stream", "year"]
    if not _same(_sums(flows[own], purse, "amount"), _sums(b, purse, "direct")):
        problems.append("money spent directly is not what the balances say")
    pooled = _sums(flows[~own], ["stream", "route", "year"], "amount")
    if not _same(pooled, _sums(c, ["stream", "pool", "year"], "spent")):
        problems.append("money spent by pools is not what the contributions say")
    if not _same(_sums(c, purse, "gross"), _sums(b, purse, "contributed")):
        problems.append("contributions are not what the balances say")
    return problems


def _sums(rows: pd.DataFrame, key: list[str], amount: str) -> dict[tuple[str, ...], float]:
    """An amount added up by what the rows are about."""
    found: dict[tuple[str, ...], float] = defaultdict(float)
    names = zip(*(rows[name].tolist() for name in key), strict=True)
    for name, each in zip(names, rows[amount].tolist(), strict=True):
        found[name] += each
    return found


def _same(a: Mapping[tuple[str, ...], float], b: Mapping[tuple[str, ...], float]) -> bool:
    return all(abs(a.get(key, 0.0) - b.get(key, 0.0)) <= _PENNY for key in a.keys() | b.keys())


def check_contributions(basis: Basis, money: Money, digits: float) -> list[str]:
    """Contributions between minimum and maximum, management cost once, carrying limited."""
    problems: list[str] = []
    paid = _sums(money.contributions, ["pool", "stream", "year"], "gross")
    bounds = [
        ((row.pool, row.stream, basis.years[row.t]), row.minimum, row.maximum)
        for row in each_row(contribution_limits(basis.place, basis.years))
        if row.pool in basis.pooling.pools
    ]
    if len(basis.pooled_today):
        bounds += [
            ((row.pool, row.stream, row.year), row.minimum, row.maximum)
            for row in each_row(_paid_in_today(basis))
        ]
    for key, least, most in bounds:
        slack = 1.0 + 1e3 * digits * paid.get(key, 0.0)
        if not least - slack <= paid.get(key, 0.0) <= most + slack:
            pounds = pence(paid.get(key, 0.0))
            problems.append(f"{key[1]} pays {pounds} into {key[0]} in {key[2]}: not allowed")
    if not basis.pooling.freed:
        for pool, stream, year in sorted(paid.keys() - {key for key, _, _ in bounds}):
            problems.append(f"{stream} pays into {pool} in {year} without being allowed to")
    share = dict(zip(basis.routes, basis.management_cost, strict=True))
    for row in each_row(money.contributions):
        if abs(row.management_cost - row.gross * share.get(row.pool, 0.0)) > 0.0101:
            problems.append(f"{row.pool}, {row.stream}, {row.year}: the management cost is wrong")
    return problems + _check_carrying(basis, money)


def _paid_in_today(basis: Basis) -> pd.DataFrame:
    """What closed pools go on with, as limits of contributions."""
    rows = basis.pooled_today
    cost = dict(zip(basis.routes, basis.management_cost, strict=True))
    gross = rows["amount"] / (1.0 - rows["pool"].map(cost).astype(float))
    rows = rows.assign(year=rows["t"].map(dict(enumerate(basis.years))), minimum=gross)
    held = rows.groupby(["pool", "stream", "year"], as_index=False)["minimum"].sum()
    return held.assign(maximum=held["minimum"])


def check_pooled_today(basis: Basis, flows: pd.DataFrame, digits: float) -> list[str]:
    """Closed pools pay for each agency and purpose no more than they do today."""
    key = ["pool", "stream", "agency", "purpose", "year"]
    rows = basis.pooled_today
    if rows.empty:
        return []
    rows = rows.assign(year=rows["t"].map(dict(enumerate(basis.years))))
    most = rows.groupby(key)["amount"].sum()
    services = basis.place.filled("services").set_index("service")
    pooled = flows[flows["route"].isin(set(rows["pool"]))]
    pooled = pooled.assign(
        pool=pooled["route"],
        agency=pooled["service"].map(services["commissioner"]),
        purpose=pooled["service"].map(services["purpose"]),
    )
    paid = pooled.groupby(key)["amount"].sum()
    most = most.reindex(paid.index, fill_value=0.0)
    over = paid > most + 1.0 + 1e3 * digits * paid
    return [
        f"{pool} pays {agency} {pence(paid[pool, stream, agency, purpose, year])} of {stream} for "
        f"{purpose} in {year}, more than today"
        for pool, stream, agency, purpose, year in paid.index[over]
    ]


def _check_carrying(basis: Basis, money: Money) -> list[str]:
    streams = basis.place.filled("streams")
    share = dict(zip(*(streams[n].tolist() for n in ("stream", "carry_forward")), strict=True))
    # What loans and payments for outcomes take does not make less of the share that may be carried.
    own = stream_funding(basis.place).to_dict("index")
    problems = []
    for row in each_row(money.balances):
        if row.stream.startswith(REINVESTED):
            continue
        most = 0.0
        if row.year != basis.years[-1]:
            most = max(row.funding, own[row.stream][row.year]) * share[row.stream]
        # A class's carried money is split to the penny over its streams.
        if row.carried_out > most + 0.0101:
            problems.append(f"{row.stream} carries too much out of {row.year}")
    return problems


def check_conditions(basis: Basis, flows: pd.DataFrame) -> list[str]:
    """No pound goes where its conditions do not let it."""
    conditions = _Conditions(basis)
    problems = []
    columns = (flows[name].tolist() for name in ("year", "stream", "route", "service", "area"))
    for year, stream, route, service, area in zip(*columns, strict=True):
        why = conditions.stopping(stream, route, service, area, year)
        if why:
            problems.append(f"{stream} ({route}) pays for {service} in {area}, {year}: {why}")
    return problems


class _Conditions:
    """The conditions of money, looked up from the tables of the place."""

    def __init__(self, basis: Basis) -> None:
        place = basis.place
        self.basis = basis
        streams, services = place.filled("streams"), place.filled("services")
        self.agency = dict(zip(streams["stream"], streams["agency"], strict=True))
        self.kind = dict(zip(streams["stream"], streams["kind"], strict=True))
        self.commissioner = dict(zip(services["service"], services["commissioner"], strict=True))
        self.purpose = dict(zip(services["service"], services["purpose"], strict=True))
        self.capital = set(services.loc[services["kind"] == "capital", "service"])
        self.fences = place.ring_fences.groupby("stream")["purpose"].agg(frozenset).to_dict()
        self.stays = _stays(basis)
        held = basis.pooled_today[["pool", "stream", "agency", "purpose"]]
        self.today = set(held.itertuples(index=False, name=None))
        self.capitalised = capitalised_lines(basis)
        self.line = basis.lines.position()
        self.year = {name: t for t, name in enumerate(basis.years)}
        # What hangs on an agency alone is asked of thousands of flows.
        self.at_home = cache(basis.successions.at_home)
        self.shared = cache(self._shared)

    def _shared(self, agency: str, year: str) -> frozenset[str]:
        """Services that an agency, or who holds what it held, shares as a member."""
        ends, place = self.basis.successions, self.basis.place
        then = [who for who in ends.names_of(agency) if agency in ends.holders(who, year)]
        return frozenset().union(*(shared_by(place, who) for who in (agency, *then)))

    def stopping(self, stream: str, route: str, service: str, area: str, year: str) -> str:
        """Which condition stops the money; empty where none does."""
        basis = self.basis
        agency = self.agency.get(stream) or stream.removeprefix(f"{REINVESTED}, ")
        home = self.at_home(agency, area)
        fence, purpose = self.fences.get(stream), self.purpose[service]
        ends, commissioner = basis.successions, self.commissioner[service]
        own = route == DIRECT and service not in self.shared(agency, year)
        if (own and agency in ends.ended) or commissioner in ends.ended:
            if own and not ends.pays_itself(agency, commissioner, area, year):
                return "another agency commissions it after a succession"
        elif own and commissioner != agency:
            return "another agency commissions it"
        elif own and not home:
            return "it is outside the agency's territory"
        if route != FREED and fence is not None and purpose not in fence:
            return "the stream is ring-fenced"
        if route == FREED and not basis.pooling.freed:
            return "nothing is freed"
        if route not in (DIRECT, FREED):
            paid = (route, stream, commissioner, purpose)
            if route not in basis.pooling.pools and paid not in self.today:
                return "the pool is closed"
            purposes = basis.pool_purposes.get(route)
            if purposes is not None and purpose not in purposes:
                return "the pool is not for its purpose"
            if self.stays.get((route, stream, year)) and not home:
                return "the contribution stays in its agency's territory"
        revenue = service not in self.capital
        allowed = self.capitalised[self.line[(service, area)], self.year[year]]
        if self.kind.get(stream) == "capital" and revenue and not allowed:
            return "capital money may not pay for revenue"
        return ""


def _stays(basis: Basis) -> dict[tuple[str, str, str], bool]:
    limits = contribution_limits(basis.place, basis.years)
    return {
        (row.pool, row.stream, basis.years[row.t]): bool(row.stays_in_area)
        for row in limits.itertuples(index=False)
    }
