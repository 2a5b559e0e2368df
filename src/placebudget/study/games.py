"""Games between partners: what each coalition is worth, and ways to share the whole.

Pure functions on the worth of coalitions. A game of n players holds 2**n numbers;
the number at position ``sum(2**i for i in coalition)`` is what the coalition is
worth, and the empty coalition is worth nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import factorial

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, flag, number, numbers
from placebudget.errors import CannotAnswer
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.solver.backend.highs import solve_dense
from placebudget.study.result import StudyResult
from placebudget.texts import shown
from placebudget.words import count

# Relative to the largest worth of a coalition: what is nearer to nothing is nothing.
NEAR = 1e-7
_DUAL = 1e-6

Worth = Mapping[Iterable[Hashable], float] | Sequence[float] | Callable[[tuple[str, ...]], float]


@dataclass(frozen=True, eq=False)
class Game:
    """What every coalition is worth.

    Parameters
    ----------
    players : tuple of str
        Names, in the order of the bits.
    values : ndarray
        2**n numbers; see the module.
    """

    players: tuple[str, ...]
    values: np.ndarray

    def __post_init__(self) -> None:
        if len(self.values) != 2 ** len(self.players):
            raise CannotAnswer(
                f"{len(self.players)} players form {2 ** len(self.players)} coalitions, the empty "
                f"one among them; {len(self.values)} worths were given"
            )
        if abs(self.values[0]) > 0 or not np.isfinite(self.values).all():
            raise CannotAnswer("the empty coalition is worth nothing, any other a finite number")

    @classmethod
    def of(
        cls,
        worth: Worth,
        players: Iterable[str] = (),
    ) -> Game:
        """A game from a mapping of coalitions, from numbers by position, or from a function.

        Parameters
        ----------
        worth : mapping, sequence of float or callable
            By coalition; by position, see the module; or what takes a tuple of players.
        players : iterable of str
            Names; needed for a function, otherwise found or numbered.

        Raises
        ------
        CannotAnswer
            If a coalition has no worth.

        Examples
        --------
        >>> Game.of({"a": 1, "b": 2, "ab": 5}).values.tolist()
        [0.0, 1.0, 2.0, 5.0]
        >>> Game.of(len, players="abc").whole
        3.0
        """
        names = tuple(map(str, players))
        if callable(worth):
            coalitions = (members(names, n) for n in range(1, 2 ** len(names)))
            return cls(
                names, np.array([0.0, *(number("worth", worth(each)) for each in coalitions)])
            )
        if not isinstance(worth, Mapping):
            values = np.asarray(
                numbers("worth", worth, least=-np.inf, such_as="[0, 1, 2, 5]"), float
            )
            count = max(len(values).bit_length() - 1, 0)
            return cls(names or tuple(str(n + 1) for n in range(count)), values)
        found = dict.fromkeys(str(who) for coalition in worth for who in coalition)
        players = tuple(dict.fromkeys((*names, *found)))
        values = np.full(2 ** len(players), np.nan)
        values[0] = 0.0
        given: dict[int, Iterable[Hashable]] = {}
        for coalition, value in worth.items():
            at = position(players, map(str, coalition))
            if at in given:
                raise CannotAnswer(
                    f"the coalition {', '.join(members(players, at))} is given twice, as "
                    f"{shown(given[at])} and as {shown(coalition)}; keep one"
                )
            given[at] = coalition
            values[at] = number("worth", value)
        missing = [members(players, int(n)) for n in np.flatnonzero(np.isnan(values))]
        if missing:
            first = " with ".join(missing[0])
            raise CannotAnswer(
                f"no figure is given for {len(missing)} of {len(values) - 1} coalitions, among "
                f"them: {first}; give every one{_LETTERS if any(map(_several, worth)) else ''}"
            )
        return cls(players, values)

    @property
    def size(self) -> int:
        """Number of players."""
        return len(self.players)

    @property
    def whole(self) -> float:
        """What all players are worth together."""
        return float(self.values[-1])

    @property
    def alone(self) -> np.ndarray:
        """What each player is worth alone."""
        return self.values[2 ** np.arange(self.size)]

    @property
    def last(self) -> np.ndarray:
        """What each player adds to all the others."""
        return self.whole - self.values[2**self.size - 1 - 2 ** np.arange(self.size)]

    @property
    def near(self) -> float:
        """Difference below which two worths are the same."""
        return NEAR * float(np.abs(self.values).max(initial=0.0))


_LETTERS = (
    ". A text is read letter by letter: names of more than one letter stand in tuples, such as "
    "('council', 'police') and ('council',)"
)


def _several(coalition: object) -> bool:
    """Whether a coalition is a text of several letters."""
    return isinstance(coalition, str) and len(coalition) > 1


def position(players: Sequence[str], coalition: Iterable[str]) -> int:
    """Position of a coalition among the values of a game."""
    return sum(2 ** players.index(who) for who in set(coalition))


def members(players: Sequence[str], coalition: int) -> tuple[str, ...]:
    """Players of a coalition by its position."""
    return tuple(who for n, who in enumerate(players) if coalition >> n & 1)


def membership(size: int) -> np.ndarray:
    """Coalitions x players: 1 where a player is in a coalition."""
    return (np.arange(2**size)[:, None] >> np.arange(size) & 1).astype(float)


def shapley(game: Game) -> np.ndarray:
    """Shapley value: what each player adds, on average over all orders of joining.

    Parameters
    ----------
    game : Game
        Worth of every coalition.

    Returns
    -------
    ndarray
        Share of each player; they add up to the whole.

    Examples
    --------
    >>> costs = [max((8, 11, 13, 18)[i] for i in range(4) if s >> i & 1) for s in range(1, 16)]
    >>> shapley(Game.of([0, *costs])).round(9).tolist()
    [2.0, 3.0, 4.0, 9.0]
    """
    n = game.size
    coalitions = np.arange(2**n)
    count = membership(n).sum(axis=1).astype(int)
    weight = np.array([factorial(k) * factorial(n - k - 1) / factorial(n) for k in range(n)])
    shares = np.zeros(n)
    for i in range(n):
        without = coalitions[coalitions >> i & 1 == 0]
        added = game.values[without | 1 << i] - game.values[without]
        shares[i] = weight[count[without]] @ added
    return shares


def excess(game: Game, shares: np.ndarray) -> np.ndarray:
    """By how much each coalition is worth more than its members' shares."""
    return game.values - membership(game.size) @ np.asarray(shares, float)


def in_core(game: Game, shares: np.ndarray) -> bool:
    """Whether shares give out the whole and no coalition could do better by itself.

    Examples
    --------
    >>> game = Game.of({"a": 0, "b": 0, "ab": 4})
    >>> in_core(game, np.array([1, 3])), in_core(game, np.array([5, -1]))
    (True, False)
    """
    over = excess(game, shares)
    return bool(abs(over[-1]) <= game.near and over.max() <= game.near)


def least_core(game: Game) -> tuple[float, np.ndarray]:
    """The largest margin by which every coalition can gain by taking part, and shares for it.

    Returns
    -------
    margin : float
        What every coalition but the empty and the whole gets at least on top of
        its own worth. Negative: the core is empty, and a coalition falls short by
        as much whatever the shares. Infinite with one player.
    shares : ndarray
        Shares that reach it; there may be others.
    """
    if game.size == 1:
        return float("inf"), game.values[1:].copy()
    scale = _scale(game)
    open_ = np.arange(1, 2**game.size - 1)
    step = _CoreProgramme(game.values / scale, game.size)
    margin, shares, _ = step.solve(open_, np.full(game.size, -np.inf))
    return margin * scale, shares * scale


def nucleolus(game: Game, *, rational: bool = True) -> np.ndarray:
    """Nucleolus: the shares that treat the worst-off coalition best, then the next worst.

    A series of linear programmes. After each, every coalition with a strictly
    positive dual is held at the margin reached, and those whose shares then follow
    are left out, until the shares are settled.

    Parameters
    ----------
    game : Game
        Worth of every coalition.
    rational : bool
        Whether no player may get less than it is worth alone. Without, it is the
        pre-nucleolus, which always exists.

    Raises
    ------
    CannotAnswer
        If the players are worth more alone than together, with ``rational``.

    Examples
    --------
    >>> game = Game.of({"a": 0, "b": 0, "c": 0, "ab": 10, "ac": 10, "bc": 0, "abc": 10})
    >>> nucleolus(game).round(9).tolist()
    [10.0, 0.0, 0.0]
    """
    least = game.alone if rational else np.full(game.size, -np.inf)
    if rational and game.alone.sum() > game.whole + game.near:
        raise CannotAnswer(
            f"alone the players are worth {game.alone.sum():g}, together {game.whole:g}; no shares "
            "give each what it is worth alone"
        )
    scale = _scale(game)
    if game.size == 1 or (game.alone.sum() >= game.whole - game.near and rational):
        return game.alone + (game.whole - game.alone.sum()) / game.size
    step = _CoreProgramme(game.values / scale, game.size)
    rows = membership(game.size)
    open_ = np.arange(1, 2**game.size - 1)
    while len(open_):
        margin, _, duals = step.solve(open_, least / scale)
        settled = open_[duals > _DUAL]
        step.hold(settled, margin)
        open_ = open_[~step.follows(rows[open_])]
    return step.settled() * scale


def _scale(game: Game) -> float:
    return float(np.abs(game.values).max(initial=0.0)) or 1.0


class _CoreProgramme:
    """One linear programme after another over shares and the margin left."""

    def __init__(self, values: np.ndarray, size: int) -> None:
        self.values, self.size = values, size
        self.rows = np.ones((1, size))
        self.right = values[-1:]
        self._span()

    def solve(self, open_: np.ndarray, least: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Largest margin of the open coalitions, shares that reach it, and the duals."""
        inside = membership(self.size)[open_]
        held = len(self.rows)
        table = np.zeros((held + len(open_), self.size + 1))
        table[:held, :-1], table[held:, :-1], table[held:, -1] = self.rows, inside, -1.0
        low = np.concatenate([self.right, self.values[open_]])
        high = np.concatenate([self.right, np.full(len(open_), np.inf)])
        bounds = np.append(least, -np.inf)
        cost = np.append(np.zeros(self.size), -1.0)
        found, duals = solve_dense(cost, table, low, high, bounds, np.full(self.size + 1, np.inf))
        return float(found[-1]), found[:-1], duals[held:]

    def hold(self, coalitions: np.ndarray, margin: float) -> None:
        """Keep coalitions at a margin, those that do not follow from others already held."""
        inside = membership(self.size)
        for coalition in coalitions:
            row = inside[[coalition]]
            if not self.follows(row)[0]:
                self.rows = np.vstack([self.rows, row])
                self.right = np.append(self.right, self.values[coalition] + margin)
                self._span()

    def follows(self, rows: np.ndarray) -> np.ndarray:
        """Which coalitions' shares follow from what is held."""
        rest = rows - rows @ self.span @ self.span.T
        return np.linalg.norm(rest, axis=1) < 1e-9

    def settled(self) -> np.ndarray:
        """Shares, once what is held leaves no choice."""
        found = np.linalg.lstsq(self.rows, self.right, rcond=None)[0]
        return np.where(np.abs(found) <= 1e-12, 0.0, found)

    def _span(self) -> None:
        self.span = np.linalg.qr(self.rows.T)[0]


@dataclass(frozen=True, eq=False)
class SharedWorth(StudyResult):
    """Ways to share what players are worth, or cost, together.

    ``tables`` holds:

    - ``shares``: player, alone, shapley, nucleolus;
    - ``ways``: way, in_core (whether no coalition would do better by itself), coalition (the
      one that would gain most by leaving, or gains least by staying), gain (by leaving).

    Parameters
    ----------
    game : Game
        Worth of every coalition; what a cost game costs, with a minus.
    apart : str
        That the players do better apart; blank where they do not.
    """

    game: Game = field(repr=False)
    apart: str = ""

    @property
    def table(self) -> pd.DataFrame:
        """The share of each player, a column a way."""
        return self.tables["shares"]

    def summarised(self) -> Summary:
        """The shares, and who would do better alone."""
        shares = (
            f"{row.player}: {count(row.shapley)} by the Shapley value, {count(row.nucleolus)} by "
            f"the nucleolus, {count(row.alone)} alone"
            for row in self.table.itertuples()
        )
        ways = (
            f"The {row.way} is in the core: no coalition does better by itself."
            if row.in_core
            else f"The {row.way} is not in the core: {row.coalition} would gain {count(row.gain)} "
            "by leaving."
            for row in self.tables["ways"].itertuples()
        )
        first = sentences([self.apart] if self.apart else [])
        return Summary(self.title, (*first, Paragraph("", tuple(shares)), *sentences(ways)))


def share(worth: Worth, players: Iterable[str] = (), *, cost: bool = False) -> SharedWorth:
    """Share what players are worth, or cost, together.

    Parameters
    ----------
    worth : mapping, sequence of float or callable
        What each coalition is worth or costs, as for ``Game.of``: by coalition; by position;
        or what takes a tuple of players.
    players : iterable of str
        Names; needed for a function, otherwise found or numbered.
    cost : bool
        Whether it is a cost that is shared: less is better then.

    Raises
    ------
    CannotAnswer
        If a coalition has no figure.

    Examples
    --------
    A runway for four aeroplanes, each of which needs a longer one than the one before.

    >>> lengths = {"a": 8, "b": 11, "c": 13, "d": 18}
    >>> found = share(lambda who: max(lengths[each] for each in who), "abcd", cost=True)
    >>> found.table["shapley"].round(9).tolist(), found.table["nucleolus"].round(9).tolist()
    ([2.0, 3.0, 4.0, 9.0], [3.25, 3.25, 3.25, 8.25])
    """
    with Arguments() as asked:
        cost = asked.read(flag, "cost", cost)
    given = Game.of(worth, players)
    sign = -1.0 if cost else 1.0
    game = Game(given.players, sign * given.values)
    apart, whole = sign * game.alone.sum(), sign * game.whole
    worse = bool(game.alone.sum() > game.whole + game.near)
    ways = {"shapley": shapley(game), "nucleolus": nucleolus(game, rational=not worse)}
    shares = pd.DataFrame({"player": game.players, "alone": game.alone, **ways})
    rows = []
    for (way, found), name in zip(ways.items(), ("Shapley value", "nucleolus"), strict=True):
        shares[way] = sign * found
        over = excess(game, found)[1:-1]
        first = int(over.argmax()) + 1 if len(over) else 0
        coalition = ", ".join(members(game.players, first))
        rows.append((name, in_core(game, found), coalition, over[first - 1] if first else 0.0))
    shares["alone"] = sign * game.alone
    what, many = "cost" if cost else "gain", f"{game.size} players"
    return SharedWorth(
        f"Sharing a {what} of {count(given.whole)} between {many}",
        {
            "shares": shares,
            "ways": pd.DataFrame(rows, columns=["way", "in_core", "coalition", "gain"]),
        },
        ("The figures are in the unit that was given.", *_APART[:worse]),
        run_record(study="games", options={"cost": cost}),
        game,
        _apart(apart, whole, cost) if worse else "",
    )


_APART = ("The nucleolus is that in which a player may fare worse than alone (pre-nucleolus).",)


def _apart(apart: float, whole: float, cost: bool) -> str:
    """That players do better apart, in their own figures."""
    what, brings, more = ("cost", "costs", "more") if cost else ("are worth", "brings", "less")
    return (
        f"Apart they {what} {count(apart)}, together {count(whole)}: joining {brings} "
        f"{count(abs(whole - apart))} {more}, and no shares leave each as well off as apart."
    )
