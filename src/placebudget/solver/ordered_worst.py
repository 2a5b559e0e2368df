"""Leximin where decisions are whole numbers: the sums of the worst scores, one after another.

The sum of the k lowest scores (none is negative) is the most of k x level - sum of below[a], with
below[a] >= level - score[a] and below[a] >= 0. To raise the lowest, then the sum
of the two lowest, then of the three, each kept, is to raise the lowest, then the
second lowest, and so on; and it needs no prices, which whole numbers do not give.
(Ogryczak and Tamir, Minimizing the sum of the k largest functions in linear time,
2003, give the sum as a linear programme.)
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.linear import Draft, Terms
from placebudget.programme.tie_break import TieBreak


def sum_of_worst(draft: Draft, count: int) -> TieBreak:
    """Add the sum of some lowest scores to a draft; the cost is its opposite.

    Parameters
    ----------
    draft : Draft
        With the scores of the areas.
    count : int
        How many of the lowest scores to add up.

    Examples
    --------
    Of scores 1, 2 and 4 the two lowest add up to 3: level 2, below 1, 0 and 0.
    """
    score = draft.columns["score"]
    areas = np.arange(len(score))
    level = draft.add_columns(f"level_{count}", {"step": np.array([0])})
    below = draft.add_columns(f"below_{count}", score.index)
    terms = (
        Terms()
        .add(areas, np.full(len(areas), level.first), 1.0)
        .add(areas, below.numbers, -1.0)
        .add(areas, score.numbers, -1.0)
    )
    draft.add_rows(f"below_{count}", score.index, terms, "<=", 0.0)
    cost = np.zeros(draft.width)
    cost[level.numbers] = -float(count)
    cost[below.numbers] = 1.0
    basic = np.zeros(1 + len(areas), bool)
    return TieBreak(f"sum of the {count} lowest", cost, basic, np.ones(len(areas), bool))
