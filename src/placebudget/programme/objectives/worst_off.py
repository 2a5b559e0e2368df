"""Objectives that raise the area that fares worst.

score[a] = sum over years and outcomes of discount x weight x outcome in a / population[a]
worst <= score[a]                                                 for each area a compared

worst-off area makes the most of worst. Leximin does the same, fixes every area
that cannot be raised further, and goes on with the others. The areas compared
are those of the lowest tier at which services are commissioned and every area
has a population; lines in wider areas count by population.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from placebudget.errors import CannotAnswer
from placebudget.place.geography import Geography
from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.objectives.value import Objective
from placebudget.programme.rules.equity_floor import area_shares
from placebudget.programme.terms import outcome_terms

WORST_OFF, LEXIMIN = "worst-off area", "leximin"


def worst_off_objective(name: str, draft: Draft, basis: Basis) -> Objective:
    """The objective, with its scores added to the draft where they are not there yet."""
    if "score" not in draft.columns:
        _add_scores(draft, basis)
    gain = np.zeros(draft.width)
    gain[draft.columns["worst"].numbers] = 1.0
    return Objective(name, "weighted outcomes a head, discounted", gain, 1.0, name == LEXIMIN)


def score_areas(basis: Basis) -> list[str]:
    """Areas that are compared.

    Raises
    ------
    CannotAnswer
        If no tier of areas has services and populations.
    """
    return areas_compared(basis.geography, basis.lines.area)


def areas_compared(tree: Geography, served: Iterable[str]) -> list[str]:
    """Areas of the lowest tier that has services and a population for every area.

    Parameters
    ----------
    tree : Geography
        The areas.
    served : iterable of str
        Areas in which services are commissioned.

    Raises
    ------
    CannotAnswer
        If there is no such tier.
    """
    depth = {area: len(tree.path(area)) for area in set(served)}
    for area in sorted(depth, key=lambda name: (-depth[name], name)):
        tier = tree.tiers.get(area)
        peers = list(tree.of_tier(tier)) if tier else [area]
        if all(tree.populations.get(peer) for peer in peers):
            return peers
    raise CannotAnswer(
        "areas cannot be compared: no tier of areas with services has a population for every "
        "area; give the areas a tier and a population in the table areas"
    )


def _add_scores(draft: Draft, basis: Basis) -> None:
    areas = score_areas(basis)
    people = np.array([basis.geography.populations[area] for area in areas])
    code = {area: n for n, area in enumerate(basis.geography.areas)}
    index = {"area": np.array([code[area] for area in areas])}
    score = draft.add_columns("score", index)
    worst = draft.add_columns("worst", {"year": np.array([0])})
    made = outcome_terms(draft, basis)
    worth = basis.outcomes.points[made.outcome, made.year] * made.value
    # Outcomes and populations are both in scaled units, so a score is an outcome a head.
    weight = area_shares(basis, areas) / (people / basis.scale.units)[:, None]
    terms = Terms().add(np.arange(len(areas)), score.numbers, -1.0)
    for n in range(len(areas)):
        terms.add(np.full(len(worth), n), made.column, weight[n, made.area] * worth)
    draft.add_rows("score", index, terms, "=", 0.0)
    least = (
        Terms()
        .add(np.arange(len(areas)), np.full(len(areas), worst.first), 1.0)
        .add(np.arange(len(areas)), score.numbers, -1.0)
    )
    draft.add_rows("worst", index, least, "<=", 0.0)
