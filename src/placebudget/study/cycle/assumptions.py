"""What a commissioning cycle assumes: policies, slippage, spread of effects, evaluation.

All of it is illustrative and can be given anew; none of it is a finding.

What chance brings in one run: true effects, slippage, and what evaluations see.

Every run has seeds of its own, spawned from the seed of the study, so a run is the
same whoever works it out and whatever ran before. The same run of every policy meets
the same chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from placebudget.arguments import (
    Arguments,
    flag,
    number,
    refusal,
    sequence,
    share,
    text,
)
from placebudget.belief import Belief
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.place.io.cells import day_of
from placebudget.place.settings import start_of
from placebudget.programme import one_goal

ALIGNED, POOLED, FREED = "aligned", "pooled", "freed"


@dataclass(frozen=True)
class Policy:
    """A way of commissioning over the years.

    Parameters
    ----------
    pooling : str
        ``"aligned"``, ``"pooled"``, ``"freed"``, or names of pools divided by commas.
    replan : bool
        Whether the plan is made again each year with what is known by then.
    evaluate : bool
        Whether evaluation is bought, from which effects are learned.
    """

    pooling: str = POOLED
    replan: bool = False
    evaluate: bool = False

    def __post_init__(self) -> None:
        with Arguments() as asked:
            asked.read(text, "pooling", self.pooling)
            asked.read(flag, "replan", self.replan)
            asked.read(flag, "evaluate", self.evaluate)

    @property
    def name(self) -> str:
        """As it stands in tables.

        Examples
        --------
        >>> Policy("pooled", replan=True, evaluate=True).name
        'pooled, re-planned each year, evaluated'
        """
        how = "re-planned each year" if self.replan else "planned once"
        return f"{self.pooling}, {how}" + (", evaluated" if self.evaluate else "")


POLICIES = tuple(
    Policy(pooling, replan, evaluate)
    for pooling in (ALIGNED, POOLED, FREED)
    for replan, evaluate in ((False, False), (True, False), (True, True))
)


"""Aligned, pooled and freed: planned once, re-planned each year, re-planned and evaluated."""


@dataclass(frozen=True)
class Helped:
    """A service in which less slips from the month in which help arrives.

    Parameters
    ----------
    service : str
        The service.
    share : float
        Which part of what slips, units and cost, is gone from then on.
    arrives : str
        The day on which help arrives, as 2027-07-01.
    """

    service: str
    share: float
    arrives: str

    def __post_init__(self) -> None:
        with Arguments() as asked:
            asked.read(text, "service", self.service)
            asked.read(share, "share", self.share)
            asked.read(_a_day, self.arrives)

    def part(self, year: str) -> float:
        """Which part of a financial year it is there, from the month of arrival.

        Examples
        --------
        >>> help = Helped("home_care", 0.3, "2027-07-15")
        >>> help.part("2026-27"), help.part("2027-28"), help.part("2028-29")
        (0.0, 0.75, 1.0)
        """
        day = day_of(self.arrives)
        before = (day.year - start_of(year)) * 12 + day.month - 4
        return 1.0 - min(max(before, 0), 12) / 12


def _a_day(given: object) -> str:
    try:
        return day_of(str(given)).isoformat()
    except ValueError:
        raise refusal("arrives", "a day, such as 2027-07-01", given) from None


@dataclass(frozen=True)
class Slippage:
    """How delivery falls short of a plan, drawn for each offer and year.

    Parameters
    ----------
    undelivered : float
        Mean share of planned units that are not delivered; they are not paid for.
    steadiness : float
        How close draws are to that mean: the share has a beta distribution with
        parameters mean x steadiness and (1 - mean) x steadiness.
    overrun : float
        Mean share by which a delivered unit costs more than planned.
    overrun_spread : float
        Standard deviation of the cost factor over its mean; it has a log-normal
        distribution.
    helped : tuple of Helped
        Services in which less slips from a month on.
    """

    undelivered: float = 0.05
    steadiness: float = 20.0
    overrun: float = 0.02
    overrun_spread: float = 0.05
    helped: tuple[Helped, ...] = ()

    def __post_init__(self) -> None:
        with Arguments() as asked:
            asked.read(share, "undelivered", self.undelivered, all_of_it=False)
            asked.read(number, "steadiness", self.steadiness, above=0)
            asked.read(number, "overrun", self.overrun, above=-1)
            asked.read(number, "overrun_spread", self.overrun_spread, least=0)
            asked.read(_all_helped, self.helped)
        object.__setattr__(self, "helped", tuple(self.helped))

    def facts(self) -> dict[str, object]:
        """What it says, as a run record has it; helped services where there are any."""
        own = {key: value for key, value in vars(self).items() if key != "helped"}
        return own | ({"helped": [vars(each) for each in self.helped]} if self.helped else {})

    def left(self, services: Sequence[str], years: Sequence[str]) -> np.ndarray | None:
        """What part of slippage is left, offers x years; None where nobody is helped.

        Parameters
        ----------
        services : sequence of str
            The service of each offer.

        Examples
        --------
        >>> helped = Slippage(helped=(Helped("care", 0.4, "2027-10-01"),))
        >>> helped.left(["care", "roads"], ["2027-28", "2028-29"]).tolist()
        [[0.8, 0.6], [1.0, 1.0]]
        """
        if not self.helped:
            return None
        left = np.ones((len(services), len(years)))
        for each in self.helped:
            own = np.array([service == each.service for service in services])
            left[own] *= 1.0 - each.share * np.array([each.part(year) for year in years])
        return left


def _all_helped(given: object) -> tuple[Helped, ...]:
    held = sequence(given)
    if held is None or not all(isinstance(each, Helped) for each in held):
        raise refusal("helped", "a list such as [Helped('home_care', 0.3, '2027-07-01')]", given)
    return tuple(held)


NO_SLIPPAGE = Slippage(undelivered=0.0, overrun=0.0, overrun_spread=0.0)


@dataclass(frozen=True)
class Evaluation:
    """What evaluation looks at and what it costs.

    Each service with uncertain effects is followed in each year until all its
    effects are known well enough. It is paid from the service's own money, which
    then buys less.

    Parameters
    ----------
    followed : float
        Units of a service followed each year, at most.
    most : float
        And at most this share of what is planned.
    cost : float
        Pounds for each unit followed.
    enough : float
        Spread of belief (standard deviation over mean) below which an effect is
        not followed any more.
    """

    followed: float = 200.0
    most: float = 0.1
    cost: float = 300.0
    enough: float = 0.05

    def __post_init__(self) -> None:
        with Arguments() as asked:
            asked.read(number, "followed", self.followed, least=0)
            asked.read(share, "most", self.most)
            asked.read(number, "cost", self.cost, least=0)
            asked.read(number, "enough", self.enough, least=0)


def read_policies(place: Place, given: Iterable[Policy]) -> tuple[Policy, ...]:
    """Policies without doubles, in the order given.

    Raises
    ------
    WrongArgument
        If there is none, or one is no policy;
        or if one names a pool that the place does not have.
    """
    policies = sequence(given)
    if policies is None or not all(isinstance(each, Policy) for each in policies):
        raise refusal("policies", "a list of policies such as [Policy('pooled')]", given)
    if not policies:
        raise WrongArgument("a cycle compares policies: give one or more")
    with Arguments() as asked:
        for pooling in dict.fromkeys(policy.pooling for policy in policies):
            asked.read(one_goal, place, pooling)
    return tuple(dict.fromkeys(policies))


@dataclass(frozen=True)
class Chance:
    """Chance in one run.

    Parameters
    ----------
    truth : ndarray
        True effect over the effect planned with, by effect.
    undelivered : ndarray
        Offers x years: share of planned units not delivered.
    cost : ndarray
        Offers x years: what a unit costs over what was planned.
    seen : numpy.random.SeedSequence
        Seeds evaluations.
    """

    truth: np.ndarray
    undelivered: np.ndarray
    cost: np.ndarray
    seen: np.random.SeedSequence

    def eased(self, left: np.ndarray | None, slippage: Slippage) -> Chance:
        """The same chance where only a part of slippage is left, offers x years."""
        if left is None:
            return self
        overrun = (1.0 + slippage.overrun * left) / (1.0 + slippage.overrun)
        return replace(self, undelivered=self.undelivered * left, cost=self.cost * overrun)

    def count(self, year: int, expected: np.ndarray) -> np.ndarray:
        """Outcomes an evaluation sees in a year.

        Parameters
        ----------
        expected : ndarray
            Outcomes expected at the effects planned with, by effect.
        """
        source = np.random.SeedSequence(self.seen.entropy, spawn_key=(*self.seen.spawn_key, year))
        draw = np.random.default_rng(source)
        # One number an effect, drawn or not: what is followed changes no other draw.
        quantile = draw.random(len(expected))
        return poisson_quantile(quantile, self.truth * expected)


def chance_of(
    seed: int, run: int, spread: np.ndarray, slippage: Slippage, offers: int, years: int
) -> Chance:
    """The chance of one run.

    Parameters
    ----------
    seed, run : int
        Seed of the study, and number of the run.
    spread : ndarray
        Spread of the true effect, by effect; 0: certain.
    slippage : Slippage
        How delivery falls short.
    offers, years : int
        How many there are.
    """
    truth, slips, seen = np.random.SeedSequence(seed, spawn_key=(run,)).spawn(3)
    draw = np.random.default_rng(truth)
    effect = Belief.of(spread).drawn(draw)
    draw, shape_ = np.random.default_rng(slips), (offers, years)
    undelivered, cost = np.zeros(shape_), np.ones(shape_)
    mean = slippage.undelivered
    share = draw.beta(
        max(mean, 1e-12) * slippage.steadiness, (1.0 - mean) * slippage.steadiness, shape_
    )
    if mean > 0:
        undelivered = share
    wide = np.sqrt(np.log1p(slippage.overrun_spread**2))
    noise = draw.standard_normal(shape_)
    if slippage.overrun or wide:
        cost = (1.0 + slippage.overrun) * np.exp(wide * noise - wide**2 / 2.0)
    return Chance(effect, undelivered, cost, seen)


def poisson_quantile(quantile: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The count below which a share of a Poisson distribution lies, found by adding up.

    Examples
    --------
    >>> poisson_quantile(np.array([0.5, 0.5, 0.99]), np.array([0.0, 4.0, 4.0])).tolist()
    [0.0, 4.0, 9.0]
    """
    found = np.zeros(len(mean))
    for n in np.flatnonzero(mean > 0):
        found[n] = _count(float(quantile[n]), float(mean[n]))
    return found


def _count(quantile: float, mean: float) -> float:
    reach = 12.0 * np.sqrt(mean) + 30.0
    low = max(0, int(mean - reach))
    counts = np.arange(low, int(mean + reach) + 1, dtype=float)
    # From the first count on, each is as likely as the one before times mean / count.
    steps = np.concatenate([[0.0], np.log(mean) - np.log(counts[1:])])
    weight = np.cumsum(steps)
    weight = np.cumsum(np.exp(weight - weight.max()))
    return float(counts[np.searchsorted(weight, quantile * weight[-1])])
