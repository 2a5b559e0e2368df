"""Ways to share the worth of coalitions, by published games and by brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from placebudget.errors import CannotAnswer
from placebudget.solver.backend.highs import dense_matrix, solve_dense
from placebudget.solver.session.coalitions import owned_worth
from placebudget.study.games import (
    Game,
    excess,
    in_core,
    least_core,
    membership,
    nucleolus,
    shapley,
    share,
)


def coalitions(size: int) -> list[list[int]]:
    return [[n for n in range(size) if c >> n & 1] for c in range(2**size)]


def airport(*costs: float) -> Game:
    """Costs of a runway: the largest of a coalition; shares come out below zero."""
    return Game.of([-max((costs[n] for n in who), default=0.0) for who in coalitions(len(costs))])


def bankruptcy(estate: float, *claims: float) -> Game:
    """What is left for a coalition once all others have been paid in full."""
    outside = [
        sum(c for n, c in enumerate(claims) if n not in who) for who in coalitions(len(claims))
    ]
    return Game.of([max(0.0, estate - out) if n else 0.0 for n, out in enumerate(outside)])


def random_game(seed: int, size: int) -> Game:
    values = np.random.default_rng(seed).normal(size=2**size)
    values[0] = 0.0
    # Room for what each is worth alone, so that there is something to share.
    values[-1] = values[2 ** np.arange(size)].sum() + 1.0
    return Game.of(values)


def test_the_airport_game_has_its_published_shares() -> None:
    game = airport(8, 11, 13, 18)
    assert -shapley(game) == pytest.approx([2, 3, 4, 9])
    assert -nucleolus(game) == pytest.approx([3.25, 3.25, 3.25, 8.25])
    assert in_core(game, nucleolus(game))


@pytest.mark.parametrize(
    ("estate", "shares"),
    [
        (100, [100 / 3, 100 / 3, 100 / 3]),
        (200, [50, 75, 75]),
        (300, [50, 100, 150]),
    ],
)
def test_bankruptcy_is_settled_as_in_the_talmud(estate: float, shares: list[float]) -> None:
    assert nucleolus(bankruptcy(estate, 100, 200, 300)) == pytest.approx(shares)


def test_linear_production_has_its_published_worths_and_owen_shares() -> None:
    gain, needs = np.array([68.0, 52.0]), np.array([[4.0, 5.0], [6.0, 2.0]])
    brought = np.array([[4.0, 33.0], [6.0, 39.0], [60.0, 0.0]])
    worth = {}
    for who in coalitions(3)[1:]:
        own = brought[who].sum(axis=0)
        matrix = dense_matrix(needs, np.full(2, -np.inf), own, np.zeros(2), np.full(2, np.inf))
        shares = np.divide(brought, own, out=np.zeros_like(brought), where=own > 0)
        found = owned_worth(matrix, gain, shares, np.zeros((3, 2)))
        worth[tuple(who)] = found.value
    order = [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]
    assert [worth[who] for who in order] == pytest.approx([68, 102, 0, 170, 710, 762, 992])
    for shares_found in (found.point, found.low, found.high):
        assert shares_found == pytest.approx([230, 282, 480])
    assert in_core(Game.of(worth), found.point)


def test_owen_shares_are_an_interval_where_prices_are_not_unique() -> None:
    # A pair of gloves is worth 1; with one of each, either may have the whole of it.
    matrix = dense_matrix(
        np.eye(2), np.full(2, -np.inf), np.ones(2), np.zeros(2), np.full(2, np.inf)
    )
    pair = dense_matrix(
        np.ones((2, 1)), np.full(2, -np.inf), np.ones(2), np.zeros(1), np.full(1, np.inf)
    )
    found = owned_worth(pair, np.ones(1), np.eye(2), np.zeros((2, 1)))
    assert found.low == pytest.approx([0, 0])
    assert found.high == pytest.approx([1, 1])
    assert found.point.sum() == pytest.approx(1)
    apart = owned_worth(matrix, np.ones(2), np.eye(2), np.zeros((2, 2)))
    assert apart.low == pytest.approx(apart.high)


def test_bounds_of_variables_belong_to_their_owners() -> None:
    # Two lines with room for 1 and 3 units, and 2 of money: 5 and 4 a unit.
    matrix = dense_matrix(
        np.ones((1, 2)), np.full(1, -np.inf), np.full(1, 2.0), np.zeros(2), np.array([1.0, 3.0])
    )
    shares = np.array([[1.0], [0.0]])
    found = owned_worth(matrix, np.array([5.0, 4.0]), shares, np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert found.value == pytest.approx(9)
    assert found.point == pytest.approx([8, 1])


def test_the_margin_of_the_least_core_is_below_nothing_where_the_core_is_empty() -> None:
    majority = Game.of({"a": 0, "b": 0, "c": 0, "ab": 1, "ac": 1, "bc": 1, "abc": 1})
    margin, shares = least_core(majority)
    assert margin == pytest.approx(-1 / 3)
    assert shares == pytest.approx([1 / 3] * 3)
    assert not in_core(majority, shares)


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
def test_shapley_is_the_mean_over_all_orders_of_joining(size: int) -> None:
    game = random_game(size, size)
    total = np.zeros(size)
    orders = list(itertools.permutations(range(size)))
    for order in orders:
        inside = 0
        for player in order:
            total[player] += game.values[inside | 1 << player] - game.values[inside]
            inside |= 1 << player
    assert shapley(game) == pytest.approx(total / len(orders))


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
def test_no_shares_nearby_treat_the_worst_off_coalitions_better_than_the_nucleolus(
    size: int,
) -> None:
    for seed in range(6):
        game = random_game(100 * size + seed, size)
        best = nucleolus(game)
        assert best.sum() == pytest.approx(game.whole)
        assert (best >= game.alone - 1e-7).all()
        found = _complaints(game, best)
        draw = np.random.default_rng(seed)
        for _ in range(150):
            step = draw.normal(size=size) * draw.choice([1e-3, 0.05, 0.5])
            other = best + step - step.mean()
            if (other >= game.alone - 1e-9).all():
                assert _not_better(_complaints(game, other), found)


def _complaints(game: Game, shares: np.ndarray) -> np.ndarray:
    return np.sort(excess(game, shares)[1:-1])[::-1]


def _not_better(other: np.ndarray, best: np.ndarray) -> bool:
    apart = np.flatnonzero(np.abs(other - best) > 1e-6)
    return not len(apart) or bool(other[apart[0]] > best[apart[0]])


@pytest.mark.parametrize("size", [3, 4, 5])
def test_the_nucleolus_has_balanced_complaints(size: int) -> None:
    """Kohlberg's criterion, for the pre-nucleolus: the worst coalitions balance each other."""
    game = random_game(size, size)
    shares = nucleolus(game, rational=False)
    over, inside = excess(game, shares)[1:-1], membership(size)[1:-1]
    for level in np.unique(over.round(6)):
        worst = inside[over >= level - 1e-6]
        # Strictly positive weights that add up to everybody: one by one, as much as fits.
        for row in range(len(worst)):
            assert _weight(worst, row) > 1e-9


def _weight(inside: np.ndarray, row: int) -> float:
    cost = np.zeros(len(inside))
    cost[row] = -1.0
    one = np.ones(inside.shape[1])
    values, _ = solve_dense(
        cost, inside.T, one, one, np.zeros(len(inside)), np.full(len(inside), np.inf)
    )
    return float(values[row])


@pytest.mark.parametrize("seed", range(4))
def test_a_core_exactly_where_the_least_margin_is_not_below_nothing(seed: int) -> None:
    game = random_game(seed, 4)
    margin, shares = least_core(game)
    over = excess(game, shares)[1:-1]
    assert over.max() == pytest.approx(-margin)
    assert in_core(game, shares) == (margin >= -game.near)
    if margin >= 0:
        assert in_core(game, nucleolus(game))


def test_twelve_players_are_settled_in_a_moment() -> None:
    draw = np.random.default_rng(7)
    count = membership(12).sum(axis=1)
    game = Game.of(count**2 + draw.random(4096) * count * (count > 0))
    shares = nucleolus(game)
    assert shares.sum() == pytest.approx(game.whole)
    assert in_core(game, shares)
    assert shapley(game).sum() == pytest.approx(game.whole)


def test_one_player_and_dull_games_have_plain_shares() -> None:
    assert nucleolus(Game.of([0, 5])).tolist() == [5]
    assert shapley(Game.of([0, 5])).tolist() == [5]
    assert nucleolus(Game.of({"a": 1, "b": 2, "ab": 3})) == pytest.approx([1, 2])
    assert nucleolus(Game.of([0.0] * 8)) == pytest.approx([0, 0, 0])


def test_a_game_with_coalitions_left_out_is_refused_in_words() -> None:
    with pytest.raises(CannotAnswer, match="among them: b"):
        Game.of({"a": 1, "ab": 3})
    with pytest.raises(CannotAnswer, match=r"a, b is given twice, as 'ab' and as 'ba'; keep one"):
        Game.of({"a": 4, "b": 5, "ab": 8, "ba": 7})
    with pytest.raises(CannotAnswer, match=r"in tuples, such as \('council', 'police'\)"):
        Game.of({"council": 4, "police": 5, "council, police": 8})
    with pytest.raises(CannotAnswer, match="4 coalitions"):
        Game(("a", "b"), np.zeros(3))
    with pytest.raises(CannotAnswer, match="empty coalition"):
        Game.of([1, 2])


def test_players_who_are_worth_more_apart_have_nothing_to_share() -> None:
    game = Game.of({"a": 3, "b": 3, "ab": 4})
    with pytest.raises(CannotAnswer, match="alone the players are worth 6, together 4"):
        nucleolus(game)
    assert nucleolus(game, rational=False) == pytest.approx([2, 2])


def test_costs_that_do_not_fall_by_joining_are_shared_and_said_in_the_figures_given() -> None:
    found = share({"a": 4, "b": 5, "ab": 10}, cost=True)
    assert found.table["shapley"].tolist() == pytest.approx([4.5, 5.5])
    assert found.table["nucleolus"].tolist() == pytest.approx([4.5, 5.5])
    assert "Apart they cost 9, together 10: joining costs 1 more" in found.summary()
