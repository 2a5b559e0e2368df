"""Who helps or visits whom, and when, and what is bought: one small programme of whole numbers.

most      sum worth[n] x[n],  0 <= x[n] <= upper[n], whole
so that   sum each[k, n] x[n]  <=, = or >=  right[k]      for each limit k

Sending peers   x[p, a] days of peer p for what council a asks: worth urgency x match a day;
                days of a peer (in a quarter), days asked; where both a member and an officer are
                wanted, x[p, a] <= days y[c], and a day of each kind at least: y[c] <= sum of a kind
When            x[c, q] = 1 where council c is visited in quarter q: at most once each, so many a
                quarter and a year; worth more the longer a council has waited, the sooner the more
What is bought  x[n] = 1 where a challenge is bought: cost within the budget, x[n] <= x[needs],
                x[n] + x[not with] <= 1
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from placebudget.errors import SolverFailed, Stopped
from placebudget.programme.linear import Draft, Terms, assemble
from placebudget.solver import RunLimits
from placebudget.solver.backend.engine import make_engine

_PENNY = 0.01


class Within(NamedTuple):
    """One limit: so many of these columns, so much each, in one sense, and the right side."""

    columns: Sequence[int]
    each: Sequence[float] | float
    sense: str
    right: float


def chosen(
    worth: Sequence[float] | np.ndarray,
    upper: Sequence[float] | float,
    limits: Sequence[Within],
    watch: RunLimits | None = None,
) -> np.ndarray:
    """The whole numbers that are worth most within their limits.

    Raises
    ------
    SolverFailed
        If nothing keeps the limits.
    Stopped
        If it was stopped before anything was found.

    Examples
    --------
    >>> chosen([30.0, 45.0, 20.0, 8.0], 1, [Within(range(4), [40, 50, 30, 20], "<=", 100)]).tolist()
    [1.0, 1.0, 0.0, 0.0]
    """
    gain = np.asarray(worth, float)
    if not len(gain):
        return np.zeros(0)
    draft, numbers = Draft(), np.arange(len(gain))
    draft.add_columns("x", {"n": numbers}, 0.0, np.asarray(upper, float), integer=True)
    for sense in ("<=", ">=", "="):
        held = [each for each in limits if each.sense == sense and len(each.columns)]
        terms = Terms()
        for at, each in enumerate(held):
            columns = np.asarray(each.columns)
            terms.add(np.full(len(columns), at), columns, np.asarray(each.each, float))
        if held:
            right = np.array([each.right for each in held], float)
            draft.add_rows(sense, {"n": np.arange(len(held))}, terms, sense, right)
    watched = watch or RunLimits()
    answer = make_engine(assemble(draft)).run(-gain, watched, watched.seconds)
    if answer.values is None:
        if watched.stopped:
            raise Stopped("it was stopped before anything was found")
        raise SolverFailed(f"the programme of a rota has no answer ({answer.status.value})")
    return np.round(answer.values)


def assigned(
    worth: np.ndarray, barred: np.ndarray | None = None, watch: RunLimits | None = None
) -> list[int]:
    """To which column each row goes, each column taken once at most, all together worth most.

    Examples
    --------
    >>> cost = np.array([[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]])
    >>> assigned(-cost), assigned(-cost, np.eye(3, dtype=bool))
    ([1, 0, 2], [2, 0, 1])
    """
    rows, columns = worth.shape
    upper = np.ones(worth.shape) if barred is None else 1.0 - barred
    at = np.arange(worth.size).reshape(worth.shape)
    limits = [Within(at[n].tolist(), 1.0, "=", 1.0) for n in range(rows)]
    limits += [Within(at[:, n].tolist(), 1.0, "<=", 1.0) for n in range(columns)]
    found = chosen(worth.ravel(), upper.ravel().tolist(), limits, watch).reshape(worth.shape)
    return [int(n) for n in found.argmax(axis=1)]


@dataclass(frozen=True)
class Sender:
    """A peer: days in each period, skills with how well they match, and of which kind."""

    key: str
    kind: str
    days: float
    skills: Mapping[str, float]


@dataclass(frozen=True)
class Asking:
    """Days of a skill that a council asks for in a period."""

    council: str
    skill: str
    days: float
    urgency: float
    both: bool = False
    period: int = 0


class Sent(NamedTuple):
    """So many days of a peer for what is asked, by their places in the lists."""

    peer: int
    asking: int
    days: int


def sent(
    peers: Sequence[Sender],
    asked: Sequence[Asking],
    barred: Callable[[Sender, Asking], bool],
    watch: RunLimits | None = None,
) -> tuple[list[Sent], float]:
    """Whom to send to whom, and what that is worth: urgency x match x days, added up.

    Examples
    --------
    >>> peers = [Sender("p1", "officer", 5, {"finance": 1.0})]
    >>> asked = [Asking("ashby", "finance", 3, 1.0), Asking("brooke", "finance", 4, 2.0)]
    >>> sent(peers, asked, lambda peer, asking: False)
    ([Sent(peer=0, asking=0, days=1), Sent(peer=0, asking=1, days=4)], 9.0)
    """
    pairs = [
        (n, m)
        for n, peer in enumerate(peers)
        for m, asking in enumerate(asked)
        if peer.skills.get(asking.skill, 0.0) > 0 and not barred(peer, asking)
    ]
    most = [float(min(int(peers[n].days), int(asked[m].days))) for n, m in pairs]
    worth = [peers[n].skills[asked[m].skill] * asked[m].urgency for n, m in pairs]
    limits = []
    for n, peer in enumerate(peers):
        for period in {asked[m].period for at, m in pairs if at == n}:
            own = [i for i, (at, m) in enumerate(pairs) if at == n and asked[m].period == period]
            limits.append(Within(own, 1.0, "<=", float(int(peer.days))))
    for m, asking in enumerate(asked):
        own = [i for i, (_, at) in enumerate(pairs) if at == m]
        limits.append(Within(own, 1.0, "<=", float(int(asking.days))))
    upper, gains = most, worth
    for council, period in dict.fromkeys((a.council, a.period) for a in asked if a.both):
        runs = len(upper)
        upper, gains = [*upper, 1.0], [*gains, 0.0]
        own = [
            i for i, (_, m) in enumerate(pairs)
            if asked[m].both and (asked[m].council, asked[m].period) == (council, period)
        ]  # fmt: skip
        limits += [Within([i, runs], [1.0, -most[i]], "<=", 0.0) for i in own]
        for kind in ("member", "officer"):
            of_kind = [i for i in own if peers[pairs[i][0]].kind == kind]
            limits.append(Within([runs, *of_kind], [1.0, *[-1.0] * len(of_kind)], "<=", 0.0))
    found = chosen(gains, upper, limits, watch)
    made = [Sent(*pair, int(days)) for pair, days in zip(pairs, found, strict=False) if days > 0]
    return made, float(np.dot(gains, found)) if len(found) else 0.0


def one_more_day(
    peers: Sequence[Sender],
    asked: Sequence[Asking],
    barred: Callable[[Sender, Asking], bool],
    worth: float,
    watch: RunLimits | None = None,
) -> dict[str, float]:
    """By skill: what one more day of somebody who is barred nowhere would be worth."""
    found = {}
    for skill in dict.fromkeys(asking.skill for asking in asked):
        # One more peer, of the kind that helps more where both are wanted.
        gains = []
        for kind in ("officer", "member") if any(asking.both for asking in asked) else ("officer",):
            other = Sender("", kind, 1.0, {skill: 1.0})
            more = sent(
                [*peers, other], asked,
                lambda peer, asking: bool(peer.key) and barred(peer, asking), watch,
            )[1]  # fmt: skip
            gains.append(more - worth)
        found[skill] = max(0.0, *gains)
    return found


def visited(
    councils: Sequence[str],
    quarters: Sequence[date],
    waited: Mapping[str, float],
    may: Callable[[str, date], bool],
    a_quarter: int,
    watch: RunLimits | None = None,
) -> dict[str, int]:
    """In which quarter each council is visited, once each, evenly over the years.

    Parameters
    ----------
    councils : sequence of str
        Who is to be visited.
    quarters : sequence of date
        First days of the quarters, four a year.
    waited : mapping of str to float
        Years since the last visit: who waited longest comes first.
    may : callable
        Takes a council and a quarter's first day; gives whether it may be visited then.
    a_quarter : int
        How many visits a quarter there can be.

    Examples
    --------
    >>> quarters = [date(2027, 4, 1), date(2027, 7, 1), date(2027, 10, 1), date(2028, 1, 1)]
    >>> visited(["a", "b"], quarters, {"a": 1.0, "b": 5.0}, lambda council, day: True, 1)
    {'a': 1, 'b': 0}
    """
    years = -(-len(quarters) // 4)
    found: dict[str, int] = {}
    # As even as can be; where that leaves somebody out, as many as a quarter can take.
    for a_year in (-(-len(councils) // years), 4 * a_quarter):
        pairs = [
            (n, q) for n, council in enumerate(councils) for q, day in enumerate(quarters)
            if may(council, day)
        ]  # fmt: skip
        # Being visited at all comes before being visited soon.
        wait = [1.0 + waited[council] for council in councils]
        soon = sum(wait) * len(quarters)
        worth = [soon + wait[n] * (len(quarters) - q) for n, q in pairs]
        limits = [
            Within([i for i, (at, _) in enumerate(pairs) if at == n], 1.0, "<=", 1.0)
            for n in range(len(councils))
        ]
        limits += [
            Within([i for i, (_, at) in enumerate(pairs) if at == q], 1.0, "<=", float(a_quarter))
            for q in range(len(quarters))
        ]
        limits += [
            Within([i for i, (_, at) in enumerate(pairs) if at // 4 == y], 1.0, "<=", float(a_year))
            for y in range(years)
        ]
        values = chosen(worth, 1.0, limits, watch)
        found = {
            councils[n]: q
            for (n, q), value in zip(pairs, values, strict=False)
            if value > 0
        }  # fmt: skip
        if len(found) == len(councils):
            break
    return found


def bought(
    worth: Sequence[float],
    costs: Sequence[Sequence[float]],
    budgets: Sequence[float],
    needs: Collection[tuple[int, int]] = (),
    apart: Collection[tuple[int, int]] = (),
    watch: RunLimits | None = None,
    *,
    other_than: Collection[int] | None = None,
) -> list[int]:
    """What is worth most within one or more budgets; of choices worth the same, the cheapest.

    Parameters
    ----------
    costs : sequence of sequence of float
        By budget: what each costs of it.
    needs, apart : collection of (int, int)
        The first not without the second; not both.
    other_than : collection of int, optional
        A choice that is not meant: the best beside it is looked for.

    Examples
    --------
    >>> bought([30, 45, 20, 8], [[40, 50, 30, 20]], [100], needs=[(1, 2)])
    [1, 2, 3]
    >>> bought([30, 45, 20, 8], [[40, 50, 30, 20]], [100], other_than=[0, 1])
    [1, 2, 3]
    """
    some = range(len(worth))
    limits = [Within(some, each, "<=", right) for each, right in zip(costs, budgets, strict=True)]
    limits += [Within([one, other], [1.0, -1.0], "<=", 0.0) for one, other in needs]
    limits += [Within([one, other], 1.0, "<=", 1.0) for one, other in apart]
    if other_than is not None:
        # One of it is left, or one beside it taken.
        ways = [1.0 if n in other_than else -1.0 for n in some]
        limits.append(Within(some, ways, "<=", len(other_than) - 1.0))
    gains = np.asarray(worth, float)
    most = float(gains @ chosen(gains, 1.0, limits, watch))
    as_much = Within(some, gains.tolist(), ">=", most - _PENNY)
    values = chosen(-np.asarray(costs, float).sum(axis=0), 1.0, [*limits, as_much], watch)
    return [n for n in some if values[n] > 0]
