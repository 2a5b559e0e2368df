"""The gain game of a place: what each coalition of partners could gain by pooling.

The members of a coalition are freed among themselves and pay only for what
members commission; the others work apart. The worth of a coalition is what the
best plan then reaches above the best aligned plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import replace as changed

import numpy as np

from placebudget.errors import Infeasible, Stopped, WrongArgument
from placebudget.place import Place
from placebudget.place.names import listed
from placebudget.place.succession import Successions
from placebudget.plan import benchmarks
from placebudget.plan.repairs import clash_said
from placebudget.programme import (
    ALIGNED,
    Benchmark,
    Objective,
    Pooling,
    Programme,
    build,
    coalition_pooling,
    read_objectives,
    refuse_uncounted_debt,
)
from placebudget.programme.terms import avoided_saving, cost_of_debt, value_of_outcomes
from placebudget.progress import silent
from placebudget.solver import RunLimits, given_apart
from placebudget.solver.session.coalitions import Coalitions, Owned, owned_worth
from placebudget.study.games import Game
from placebudget.words import plain, sentence

CASHABLE = "cashable saving"
SHARED_OBJECTIVES = (
    "public value",
    "net public value",
    "fiscal saving",
    CASHABLE,
    "weighted outcomes",
)
MOST_EXACT = 12
# Orders of joining that an exact game begins with, for an estimate if it is stopped.
_ORDERS_FIRST = 30
# A worth nearer to nothing than this part of the place's value is nothing.
_NEAR = 1e-9
Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Partners:
    """The partners of a place.

    Parameters
    ----------
    keys : tuple of str
        Partners that hold money or commission services, sorted.
    idle : tuple of str
        The others: they may save, but nobody gains by their joining.
    names : dict
        How each is called.
    of_agency : dict
        Partner of each agency.
    """

    keys: tuple[str, ...]
    idle: tuple[str, ...]
    names: dict[str, str]
    of_agency: dict[str, str]

    @classmethod
    def of(cls, place: Place) -> Partners:
        """The partners of a place: agencies with the same ``partner`` act together.

        So do an agency that ends and its successors, and all who have one in common.
        """
        table = place.filled("agencies").sort_values("agency", kind="stable")
        partner = table["partner"].fillna(table["agency"])
        ended = Successions.of(place).ended
        lasting = {each for end in ended.values() for each in end.shares} - set(ended)
        for before, end in ended.items():
            one = partner[table["agency"].isin({before, *end.shares})]
            partner = partner.mask(partner.isin(one), one.min())
        of_agency = dict(zip(table["agency"], partner, strict=True))
        called = table["name"].fillna(table["agency"])
        names: dict[str, str] = {}
        for key in sorted(set(partner)):
            own = called[partner == key]
            after = called[(partner == key) & table["agency"].isin(lasting)]
            one = str(own.iloc[0]) if len(own) == 1 else sentence(plain(key))
            names[key] = listed(after) if len(after) else one
        acting = {of_agency[a] for a in place.streams["agency"]}
        acting |= {of_agency[a] for a in place.services["commissioner"]}
        idle = sorted(set(names) - acting)
        return cls(tuple(sorted(acting)), tuple(idle), names, of_agency)


@dataclass(frozen=True)
class Played:
    """A gain game that was played.

    Parameters
    ----------
    objective, unit : str
        What is shared.
    aligned : float
        Value of the best aligned plan, in ``unit``.
    whole : float
        Gain of all partners together.
    game : Game or None
        Worth of every coalition; None where orders were sampled or it was stopped.
    sampled : Sampled or None
        The sample.
    owen, owen_low, owen_high : ndarray
        What each partner's money and needs are worth at the best prices, less
        what they are worth to it working apart.
    unowned : float
        Part of the gain that belongs to limits nobody uses while working apart.
    solves : int
        Programmes solved.
    left : int
        Coalitions not solved: orders were sampled, or the game was stopped.
    """

    objective: str
    unit: str
    aligned: float
    whole: float
    game: Game | None
    sampled: Sampled | None
    owen: np.ndarray
    owen_low: np.ndarray
    owen_high: np.ndarray
    unowned: float
    solves: int
    left: int = 0


def shared_objective(objective: str) -> str:
    """The objective whose gain is shared, as the package spells it.

    Raises
    ------
    WrongArgument
        If its value does not add up over partners.
    """
    names = read_objectives(objective)
    if len(names) > 1:
        raise WrongArgument(f"one gain is shared at a time, not those in {' and '.join(names)}")
    if names[0] not in SHARED_OBJECTIVES:
        raise WrongArgument(
            f"the gain in {names[0]} does not add up over partners and cannot be shared; choose "
            f"from: {', '.join(SHARED_OBJECTIVES)}"
        )
    return names[0]


def programme_of(
    place: Place,
    pooling: Pooling,
    objective: str,
    marks: dict[str, Benchmark] | None = None,
    limits: RunLimits | None = None,
) -> Programme:
    """The programme of a place for a shared objective.

    Cashable saving is that of the partners: what goes to the Exchequer never
    enters a pool and cannot be handed on, so it is not in the game.
    """
    refuse_uncounted_debt(place, [objective])
    gave_way = given_apart(place, limits or RunLimits())
    programme = build(place, pooling, objectives=[objective], benchmarks=marks, gave_way=gave_way)
    basis = programme.basis
    if objective != CASHABLE or not basis.exchequer:
        return programme
    kept = ~np.isin(basis.agencies.astype(str), sorted(basis.exchequer))
    worth = basis.outcomes.agency_cashable[:, kept].sum(axis=1)
    gain = value_of_outcomes(programme.draft, basis, basis.outcomes.discounted(worth))
    theirs = ~np.isin(basis.lines.commissioner.astype(str), sorted(basis.exchequer))
    saved, constant = avoided_saving(programme.draft, basis, cashable=True, lines=theirs)
    plain = programme.objectives[0]
    gain = _padded(gain + saved - cost_of_debt(programme.draft, basis, net=False), plain)
    name = f"{CASHABLE} of the partners"
    own = Objective(name, plain.unit, gain, plain.scale, constant=constant)
    return changed(programme, objectives=(own,))


def _padded(gain: np.ndarray, like: Objective) -> np.ndarray:
    return np.concatenate([gain, np.zeros(len(like.gain) - len(gain))])


def marks_of(place: Place, objective: str, limits: RunLimits) -> dict[str, Benchmark]:
    """Benchmarks of the aligned plan, the base of the game, a hair lower, so that it keeps them."""
    found = benchmarks(place, objective=objective, limits=limits, base=ALIGNED)
    return {
        agency: changed(mark, savings=_lower(mark.savings), value=_lower(mark.value))
        for agency, mark in found.items()
    }


def _lower(amount: float) -> float:
    return amount - 1e-9 * max(abs(amount), 1.0)


def play(
    place: Place,
    partners: Partners,
    objective: str,
    *,
    limits: RunLimits,
    samples: int = 500,
    seed: int = 0,
    most_exact: int = MOST_EXACT,
) -> Played:
    """Play the gain game of a place.

    Parameters
    ----------
    place : Place
        A place that has passed its checks.
    partners : Partners
        Its partners.
    objective : str
        What :func:`shared_objective` gives.
    limits : RunLimits
        Gap, stop signal and progress.
    samples, seed : int
        Orders of joining drawn where there are more than ``most_exact`` partners.

    Raises
    ------
    Infeasible, Unbounded, SolverFailed
        If a coalition has no best plan.
    Stopped
        If the game was stopped before two orders of joining were known.
    """
    marks = marks_of(place, objective, limits)
    programme = programme_of(place, coalition_pooling(), objective, marks, limits)
    # Progress counts coalitions here, not the stages of each solve.
    live = Coalitions(programme, partners.keys, partners.of_agency, changed(limits, progress=None))
    try:
        value = _Worth(live)
    except Infeasible as found:
        said = clash_said(live.programme_now, found, (), limits)
        raise Infeasible(f"Apart there is no plan to share a gain over. {said}") from None
    report = limits.progress or silent
    count = len(partners.keys)
    whole = value(2**count - 1)
    # Prices first: whatever is stopped later, they are there.
    owen, low, high = _owen(live, count, limits)
    if count <= most_exact:
        game, sampled = _every_coalition(value, partners.keys, seed, report, limits)
    else:
        game, sampled = None, _sample(value, count, samples, seed, report, limits)
    name = programme.objectives[0]
    return Played(
        name.name, name.unit, value.aligned, whole, game, sampled, owen, low, high,
        whole - float(owen.sum()), value.solves, 2**count - len(value.known),
    )  # fmt: skip


def _every_coalition(
    value: _Worth, keys: tuple[str, ...], seed: int, report: Report, limits: RunLimits
) -> tuple[Game | None, Sampled | None]:
    """The game with every coalition solved; after a stop, what orders of joining say by then.

    Some orders of joining drawn at random come first, so that a stop leaves an estimate.
    """
    count, worth = len(keys), np.zeros(2 ** len(keys))
    known = Orders(count)
    draw = np.random.default_rng(seed)
    try:
        for _ in range(_ORDERS_FIRST):
            order = draw.permutation(count)
            known.add(order, [_told(value, c, report) for c in joining(order)])
        for coalition in _gray(count):
            worth[coalition] = _told(value, coalition, report)
    except Stopped:
        if known.orders < 2:
            raise
        return None, known.sampled(value.known)
    if limits.stopped and known.orders < 2:
        raise Stopped("the game was stopped before anything could be said of it")
    return Game(keys, worth), None


def _told(value: _Worth, coalition: int, report: Report) -> float:
    report("coalitions", len(value.known), 2**value.live.count)
    return value(coalition)


class _Worth:
    """Worth of coalitions, each solved once."""

    def __init__(self, live: Coalitions) -> None:
        self.live, self.known = live, {0: 0.0}
        self.aligned = live.worth(0)
        self.solves = 1

    def __call__(self, coalition: int) -> float:
        if coalition not in self.known:
            gain = self.live.worth(coalition) - self.aligned
            self.solves += 1
            small = abs(gain) <= _NEAR * max(abs(self.aligned), 1.0)
            self.known[coalition] = 0.0 if small else gain
        return self.known[coalition]


def _gray(count: int) -> Iterator[int]:
    """All coalitions, each one member away from the one before."""
    return (n ^ n >> 1 for n in range(2**count))


def _sample(
    value: _Worth, count: int, samples: int, seed: int, report: Report, limits: RunLimits
) -> Sampled:
    draw, known = np.random.default_rng(seed), Orders(count)
    for number in range(max(samples, 2)):
        if limits.stopped and known.orders >= 2:
            break
        report("orders of joining", number, samples)
        order = draw.permutation(count)
        try:
            known.add(order, [value(coalition) for coalition in joining(order)])
        except Stopped:
            if known.orders < 2:
                raise
            break
    return known.sampled(value.known)


def _owen(
    live: Coalitions, count: int, limits: RunLimits
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Owen's shares of the gain: together less apart, with the range over all prices."""
    rows, columns = live.owners()
    scale = live.programme.objectives[0].scale
    quiet = changed(limits, progress=None, gap=0.0)

    def worth(coalition: int) -> Owned:
        if limits.stopped:
            raise Stopped("the prices of the shared plan were not found: the run was stopped")
        return owned_worth(live.matrix(coalition), live.gain, rows, columns, quiet)

    together, apart = worth(2**count - 1), worth(0)
    return (
        (together.point - apart.point) * scale,
        (together.low - apart.high) * scale,
        (together.high - apart.low) * scale,
    )


@dataclass(frozen=True)
class Sampled:
    """What orders of joining, drawn at random, say of a game too large to play out.

    Parameters
    ----------
    shapley, standard_error : ndarray
        Estimate of the Shapley value, and its standard error.
    orders : int
        How many orders were drawn.
    worth : dict
        Worth of every coalition that was met, by position.
    """

    shapley: np.ndarray
    standard_error: np.ndarray
    orders: int
    worth: dict[int, float]


def joining(order: np.ndarray) -> Iterator[int]:
    """The coalitions of an order of joining, one member after the other."""
    inside = 0
    for player in order:
        inside |= 1 << int(player)
        yield inside


class Orders:
    """What each partner adds in orders of joining."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.added: list[np.ndarray] = []

    @property
    def orders(self) -> int:
        """How many there are."""
        return len(self.added)

    def add(self, order: np.ndarray, worth: list[float]) -> None:
        """Add an order with the worth of its coalitions."""
        gains = np.zeros(self.count)
        gains[order] = np.diff([0.0, *worth])
        self.added.append(gains)

    def sampled(self, known: Mapping[int, float]) -> Sampled:
        """Means and their standard errors; ``known`` is the worth of what was solved."""
        table = np.array(self.added)
        error = table.std(axis=0, ddof=1) / np.sqrt(len(table))
        return Sampled(table.mean(axis=0), error, len(table), dict(known))
