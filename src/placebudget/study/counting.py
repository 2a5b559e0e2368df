"""Who wins a participatory budget, by three rules of counting, in exact fractions.

greedy         most points first, each that still fits
per pound      most points a pound first, each that still fits
equal shares   every voter has an equal share of the money. A project is bought by those who
               want it, at the least rate for all of them alike; who has less pays all of it:
               rate = the least r with sum of min(money of i, r x utility of i) = cost. Of all
               that can be bought that with the least rate is, again and again.

Utility is the cost of a project that a voter approves, or the points the voter gave it. What
equal shares leaves unspent is given out, too: shares are raised by the same amount, step after
step, and the last step that does not overspend counts. Where two projects have the same claim
the first by its key is taken, and that is told.

Sources: Peters, Pierczyński and Skowron, Proportional participatory budgeting with additive
utilities, 2021; Pabulib, arXiv:2012.06539.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

Ballot = tuple[tuple[str, Fraction], ...]
# The number of a ballot, what a project is worth to who cast it, and by how many it was cast.
Supporter = tuple[int, Fraction, int]


@dataclass(frozen=True)
class Election:
    """What may be spent, what projects cost, and how often each ballot was cast."""

    budget: Fraction
    cost: Mapping[str, Fraction]
    ballots: Mapping[Ballot, int]

    @property
    def voters(self) -> int:
        return sum(self.ballots.values())

    @property
    def points(self) -> dict[str, Fraction]:
        """Points of each project, over all voters."""
        found = dict.fromkeys(self.cost, Fraction(0))
        for ballot, cast in self.ballots.items():
            for project, points in ballot:
                found[project] += cast * points
        return found

    @property
    def approved(self) -> bool:
        """Whether projects are approved of, and not given points."""
        return len({points for ballot in self.ballots for _, points in ballot}) < 2


@dataclass(frozen=True)
class Won:
    """Projects that win by a rule, the first first; and which others had the same claim."""

    projects: tuple[str, ...]
    ties: tuple[tuple[str, str], ...]


def greedy(
    election: Election, can_win: Collection[str], key: Callable[[Fraction, Fraction], Fraction]
) -> Won:
    """The highest key first, each that fits into what is left."""
    points, left, won = election.points, election.budget, list[str]()
    claim = {name: key(points[name], election.cost[name]) for name in can_win}
    fitted: dict[Fraction, list[str]] = {}
    for name in sorted(claim, key=lambda name: (-claim[name], name)):
        if claim[name] not in fitted:
            # Of those with one claim only such count as tied that would have fitted first.
            fitted[claim[name]] = [
                each for each in can_win
                if claim[each] == claim[name] and election.cost[each] <= left
            ]  # fmt: skip
        if election.cost[name] <= left:
            won.append(name)
            left -= election.cost[name]
    ties = [
        (first, lost)
        for group in fitted.values()
        for first in sorted(group)
        for lost in sorted(group)
        if first in won and lost not in won
    ]
    return Won(tuple(won), tuple(ties))


def with_more(election: Election, can_win: Collection[str], step: Fraction) -> Won:
    """Equal shares, with shares raised until the next step would overspend."""
    share = election.budget / election.voters
    best = equal_shares(election, can_win, share)
    wanted_by = Counter[str]()
    for ballot, cast in election.ballots.items():
        wanted_by.update({project: cast for project, _ in ballot})
    # Below its cost over all who want it nobody can buy a project, however little they have spent.
    least = {
        name: election.cost[name] / wanted_by[name]
        for name in can_win
        if election.cost[name] <= election.budget
    }
    while open_ := least.keys() - set(best.projects):
        # Steps in which nothing more can be bought are taken at once.
        steps = max(1, ceil((min(least[name] for name in open_) - share) / step))
        share += steps * step
        more = equal_shares(election, can_win, share)
        if sum(election.cost[name] for name in more.projects) > election.budget:
            return best if steps == 1 else equal_shares(election, can_win, share - step)
        best = more
        if share > election.budget:
            break
    return best


def equal_shares(election: Election, can_win: Collection[str], share: Fraction) -> Won:
    """What voters buy who have that much each."""
    held = [share] * len(election.ballots)
    approved = election.approved
    wanted: dict[str, list[Supporter]] = {name: [] for name in can_win}
    for at, (ballot, cast) in enumerate(election.ballots.items()):
        for project, points in ballot:
            if project in wanted:
                utility = election.cost[project] if approved else points
                wanted[project].append((at, utility, cast))
    # A rate never falls while money is spent: the last one known is the least it can be.
    rates = {name: Fraction(0) for name in wanted if wanted[name]}
    won, ties = list[str](), list[tuple[str, str]]()
    while True:
        best: Fraction | None = None
        level: list[str] = []
        for name in sorted(rates, key=lambda name: (rates[name], name)):
            if best is not None and rates[name] > best:
                break
            rate = _rate(election.cost[name], wanted[name], held)
            if rate is None:
                del rates[name]
                continue
            rates[name] = rate
            if best is None or rate < best:
                best, level = rate, [name]
            elif rate == best:
                level.append(name)
        if best is None:
            lost = [(first, other) for first, other in ties if other not in won]
            return Won(tuple(won), tuple(dict.fromkeys(lost)))
        first = min(level)
        ties += [(first, other) for other in sorted(level) if other != first]
        won.append(first)
        del rates[first]
        for at, utility, _ in wanted[first]:
            held[at] -= min(held[at], best * utility)


def _rate(
    cost: Fraction, supporters: Sequence[Supporter], held: Sequence[Fraction]
) -> Fraction | None:
    """The least rate at which those who want a project can pay for it; None where they cannot."""
    if sum(held[at] * cast for at, _, cast in supporters) < cost:
        return None
    left, utility_left = cost, sum((worth * cast for _, worth, cast in supporters), Fraction(0))
    rate = left / utility_left
    if all(rate * worth <= held[at] for at, worth, _ in supporters):
        return rate
    # Those with the least for what they want pay all they have; the others the rate.
    for at, worth, cast in sorted(supporters, key=lambda each: held[each[0]] / each[1]):
        rate = left / utility_left
        if rate * worth <= held[at]:
            break
        left -= held[at] * cast
        utility_left -= worth * cast
    return rate
