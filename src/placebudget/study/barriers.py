"""What keeps money apart: pools and ring-fences, taken one by one, and budgets cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from placebudget.arguments import as_given, is_number, sequence
from placebudget.errors import WrongArgument
from placebudget.place import Place

TODAY, SILOED, ALIGNED, POOLED, FREED = "today", "siloed", "aligned", "pooled", "freed"
PLANS = (TODAY, SILOED, ALIGNED, POOLED, FREED)
PLAN, POOL_ALONE = "plan", "pool alone"
REMOVED, KEPT, ALL_REMOVED = (
    "ring-fence removed alone",
    "ring-fence kept alone",
    "all ring-fences removed",
)


@dataclass(frozen=True)
class Variant:
    """A place with some of what keeps money apart taken away, and its budgets cut.

    Parameters
    ----------
    cut : float
        Share taken off all funding.
    part : str
        Plan, pool alone, ring-fence removed alone or kept alone, all removed.
    name : str
        Which plan, pool or ring-fence.
    """

    cut: float
    part: str
    name: str


def ring_fences_of(place: Place) -> dict[str, tuple[str, ...]]:
    """Ring-fences by name: streams held to the same purposes are one ring-fence.

    Returns
    -------
    dict of str to tuple of str
        Its streams, by its purposes joined by commas.

    Examples
    --------
    >>> import placebudget as pb
    >>> ring_fences_of(pb.example("toy_pooling"))["policing"]
    ('police_money',)
    """
    purposes = place.ring_fences.groupby("stream")["purpose"].agg(lambda p: ", ".join(sorted(p)))
    found: dict[str, list[str]] = {}
    for stream, fence in sorted(purposes.items()):
        found.setdefault(str(fence), []).append(str(stream))
    return {fence: tuple(found[fence]) for fence in sorted(found)}


def read_cuts(given: Sequence[float]) -> tuple[float, ...]:
    """Cuts in order, with none first.

    Raises
    ------
    WrongArgument
        If it is no list, or one is not a share from 0 up to, but not including, 1.

    Examples
    --------
    >>> read_cuts([0.2, 0.1])
    (0.0, 0.1, 0.2)
    """
    cuts = sequence(given)
    if cuts is None:
        raise WrongArgument(f"cuts is a list of shares such as [0.1, 0.2], not {as_given(given)}")
    wrong = [cut for cut in cuts if not (is_number(cut) and 0 <= cut < 1)]
    if wrong:
        listed = ", ".join(map(as_given, wrong))
        raise WrongArgument(f"a cut is a share from 0 to below 1, such as 0.1, not {listed}")
    return tuple(sorted({0.0, *map(float, cuts)}))


def with_cut(place: Place, cut: float) -> Place:
    """The place with a share taken off all its funding; what it spends today follows.

    Amounts in pounds that rules and contributions name stay as they are.
    """
    if not cut:
        return place
    funding, today = place.funding, place.today
    ahead = funding["year"].isin(place.years)
    # Where today was paid from other years' funding it is carried on with the cut.
    before = funding.loc[~ahead & (funding["year"] == place.settings.today_year), "stream"]
    cut_too = ~today["stream"].isin(before)
    return place.with_(
        funding=funding.assign(
            amount=funding["amount"].where(~ahead, funding["amount"] * (1 - cut))
        ),
        today=today.assign(amount=today["amount"].where(~cut_too, today["amount"] * (1 - cut))),
    )


def without_fences(place: Place, fences: Mapping[str, Sequence[str]], ended: set[str]) -> Place:
    """The place with some of its ring-fences ended."""
    streams = {stream for name in ended for stream in fences[name]}
    held: pd.DataFrame = place.ring_fences
    return place.with_(ring_fences=held[~held["stream"].isin(streams)])


def variants(place: Place, cut: float, pools: bool, ring_fences: bool) -> list[Variant]:
    """Everything that is planned for a cut."""
    found = [Variant(cut, PLAN, name) for name in PLANS]
    if pools:
        found += [Variant(cut, POOL_ALONE, pool) for pool in sorted(place.pools["pool"])]
    if ring_fences:
        fences = ring_fences_of(place)
        found += [Variant(cut, REMOVED, fence) for fence in fences]
        found += [Variant(cut, KEPT, fence) for fence in fences]
        found += [Variant(cut, ALL_REMOVED, "")] if fences else []
    return found


def place_of(place: Place, variant: Variant) -> tuple[Place, str]:
    """The place of a variant, and its pooling."""
    cut = with_cut(place, variant.cut)
    if variant.part == PLAN:
        return cut, variant.name
    if variant.part == POOL_ALONE:
        return cut, variant.name
    fences = ring_fences_of(place)
    ended = {
        REMOVED: {variant.name},
        KEPT: set(fences) - {variant.name},
        ALL_REMOVED: set(fences),
    }[variant.part]
    return without_fences(cut, fences, ended), POOLED


def against(variant: Variant) -> Variant | None:
    """What a variant is compared with; None for a plan."""
    if variant.part == PLAN:
        return None
    if variant.part == POOL_ALONE:
        return Variant(variant.cut, PLAN, ALIGNED)
    if variant.part == KEPT:
        return Variant(variant.cut, ALL_REMOVED, "")
    return Variant(variant.cut, PLAN, POOLED)
