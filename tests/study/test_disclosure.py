"""Small counts cannot be worked out of what is shown: tried by linear programmes of our own."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from placebudget.errors import CannotAnswer, UnreadableTable
from placebudget.study.disclosure import ALL, SMALLEST_SHOWN, NoMore, disclosed, ranges

BY = ["area", "band"]
COUNTS = pd.DataFrame(
    [
        *(("a", band, people) for band, people in zip("xyz", (3, 12, 20), strict=True)),
        *(("b", band, people) for band, people in zip("xyz", (9, 30, 41), strict=True)),
    ],
    columns=[*BY, "people"],
)


def drawn(seed: int, rows: int = 4, columns: int = 4, mean: float = 11.0) -> pd.DataFrame:
    """A table of counts drawn at random, small and larger ones."""
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        [(f"a{i}", f"b{j}", int(draw.poisson(mean))) for i in range(rows) for j in range(columns)],
        columns=[*BY, "people"],
    )


def attack(shown: list[pd.DataFrame], target: pd.Series, sign: int = 1) -> float:
    """The most that anybody can take a count to be, or what was added to it between releases."""
    last = shown[-1]
    cells = last[~last[BY].eq(ALL).any(axis=1)][BY].reset_index(drop=True)
    width = len(cells)

    def row(keys: pd.Series, releases: int) -> np.ndarray:
        inside = np.ones(width)
        for column in BY:
            if keys[column] != ALL:
                inside *= (cells[column] == keys[column]).to_numpy(float)
        held = np.zeros(width * len(shown))
        held[: width * releases] = np.tile(inside, releases)
        return held

    known, right = [], []
    for number, table in enumerate(shown, start=1):
        for _, each in table[table["people"].notna()].iterrows():
            known.append(row(each, number))
            right.append(each["people"])
    aim = row(target, len(shown)) - (0 if sign > 0 else row(target, 1))
    found = linprog(-aim, A_eq=np.array(known), b_eq=right, bounds=(0, None), method="highs")
    return np.inf if found.status else -found.fun


def test_a_small_count_takes_the_fewest_others_with_it_and_leaves_the_ranges_worked_out_by_hand(
) -> None:  # fmt: skip
    shown = disclosed(COUNTS, BY)
    every = [3, 12, 20, 35, 9, 30, 41, 80, 12, 42, 61, 115]
    alone = shown.assign(people=[value if value > 7 else float("nan") for value in every])
    assert ranges(alone, BY)[["least", "most"]].to_numpy().tolist() == [[3, 3]]
    told = ranges(shown, BY).set_index(BY)
    assert told.to_dict("index") == {
        ("a", "x"): {"least": 0, "most": 12}, ("a", "y"): {"least": 3, "most": 15},
        ("b", "x"): {"least": 0, "most": 12}, ("b", "y"): {"least": 27, "most": 39},
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_nobody_can_tell_that_a_hidden_count_is_small(seed: int) -> None:
    counts = drawn(seed)
    shown = disclosed(counts, BY)
    hidden = shown[shown["hidden"]]
    assert shown["people"].dropna().map(lambda each: each == 0 or each >= SMALLEST_SHOWN).all()
    for _, each in hidden.iterrows():
        assert attack([shown], each) >= SMALLEST_SHOWN - 1e-6


def test_no_smaller_set_of_counts_would_do() -> None:
    counts = drawn(1, 3, 3)
    shown = disclosed(counts, BY)
    full = disclosed(counts, BY, smallest=0).set_index(BY)["people"]
    few = full.between(1, SMALLEST_SHOWN - 1).to_numpy()
    extra = shown.index[shown["hidden"] & ~few]
    assert len(extra)
    for at in extra:
        opened = shown.copy()
        opened.loc[at, "people"] = full[tuple(shown.loc[at, BY])]
        assert any(attack([opened], each) < SMALLEST_SHOWN for _, each in shown[few].iterrows())


@pytest.mark.parametrize("seed", range(3))
def test_what_came_in_between_two_tables_cannot_be_had_by_subtraction(seed: int) -> None:
    before = drawn(seed, mean=14.0)
    added = np.random.default_rng(seed + 9).integers(0, 3, len(before)) * 2
    now = before.assign(people=before["people"] + added)
    shown = [disclosed(before, BY), disclosed(now, BY, earlier=[before])]
    full = [disclosed(each, BY, smallest=0)["people"] for each in (before, now)]
    naive = disclosed(now, BY)
    small = shown[1][(full[1] - full[0]).between(1, SMALLEST_SHOWN - 1)]
    assert len(small)
    for _, each in small.iterrows():
        assert attack(shown, each, -1) >= SMALLEST_SHOWN - 1e-6
    # Each table alone would have given some of it away.
    assert any(attack([shown[0], naive], each, -1) < SMALLEST_SHOWN for _, each in small.iterrows())


def test_a_table_of_one_column_hides_two_or_none() -> None:
    few = pd.DataFrame({"ward": ["north", "south", "east"], "people": [3, 20, 11]})
    assert disclosed(few, ["ward"])["hidden"].tolist() == [True, False, True, False]
    assert not disclosed(few, ["ward"], smallest=3)["hidden"].any()


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (COUNTS.assign(people=1.5), "no whole number"),
        (COUNTS.assign(people="many"), "no whole number"),
        (COUNTS.assign(people=-1), "no whole number"),
        (COUNTS.assign(area=ALL), "leave totals out"),
        (pd.concat([COUNTS, COUNTS]), "there twice"),
        (COUNTS.drop(columns="band"), "no column"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(counts: pd.DataFrame, said: str) -> None:
    with pytest.raises(UnreadableTable, match=said):
        disclosed(counts, BY)


def test_earlier_counts_above_later_ones_are_refused() -> None:
    with pytest.raises(UnreadableTable, match="in the order"):
        disclosed(COUNTS, BY, earlier=[COUNTS.assign(people=50)])


def test_what_is_said_to_be_known_and_is_not_so_is_refused_and_hides_nothing_less() -> None:
    votes = pd.DataFrame({"ward": ["north", "south", "west"], "people": [3, 20, 30]})
    with pytest.raises(CannotAnswer, match="could not be proved, and so none is"):
        disclosed(votes, ["ward"], known=[NoMore("west", 0.5, "south")])
