"""Where the money in a pool goes.

contribute[c, p, t] = sum(money[c, p, l, t]) + management_cost[p] x contribute[c, p, t]
                      + unspent[c, p, t]                          for each c, p, t
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms


def pool_balance(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    contribute, unspent = draft.columns["contribute"], draft.columns["unspent"]
    if not len(contribute):
        return
    money = draft.columns["money"]
    years, routes = len(basis.years), len(basis.routes)

    def key(block) -> np.ndarray:  # type: ignore[no-untyped-def]
        index = block.index
        return (index["class"] * routes + index["route"]) * years + index["year"]

    row_of = np.full(len(basis.classes) * routes * years, -1, np.int64)
    row_of[key(contribute)] = np.arange(len(contribute))
    pooled = money.index["route"] > 0
    net = 1.0 - basis.management_cost[contribute.index["route"]]
    terms = (
        Terms()
        .add(row_of[key(contribute)], contribute.numbers, net)
        .add(row_of[key(unspent)], unspent.numbers, -1.0)
        .add(row_of[key(money)[pooled]], money.numbers[pooled], -1.0)
    )
    draft.add_rows("pool_balance", contribute.index, terms, "=", 0.0)
