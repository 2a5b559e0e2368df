"""Pooling: which pools there are and whether ring-fences hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from placebudget.arguments import offered, texts
from placebudget.errors import WrongArgument
from placebudget.place import Place

ALIGNED, POOLED, FREED = "aligned", "pooled", "freed"


@dataclass(frozen=True)
class Pooling:
    """How the money of a place may come together.

    Parameters
    ----------
    name : str
        Aligned, pooled, freed, or the pools joined by commas.
    pools : tuple of str
        Pools of the place that are open, sorted.
    freed : bool
        Whether there is one pool without limits or management cost, in which
        ring-fences are ended.
    flexible : bool
        Whether the programme also holds what the pooling bars, closed by a
        bound, so that a live session can open it.
    coalitions : bool
        Whether money that agencies share stands beside the aligned place, closed by
        bounds, so that a live programme can open it to the members of a coalition.
    """

    name: str
    pools: tuple[str, ...] = ()
    freed: bool = False
    flexible: bool = False
    coalitions: bool = False


def read_pooling(place: Place, pooling: str | Sequence[str]) -> Pooling:
    """Understand a pooling as a user writes it.

    Parameters
    ----------
    pooling : str or sequence of str
        ``"aligned"``, ``"pooled"``, ``"freed"``, or names of pools, as a list or
        divided by commas.

    Raises
    ------
    WrongArgument
        If a pool is named that the place does not have;
        or if it is neither a text nor a list of texts.

    Examples
    --------
    >>> import placebudget as pb
    >>> read_pooling(pb.example("toy_pooling"), "aligned").pools
    ()
    """
    known = tuple(sorted(place.pools["pool"]))
    if isinstance(pooling, str):
        name = pooling.strip().lower()
        if name == ALIGNED:
            return Pooling(ALIGNED)
        if name == POOLED:
            return Pooling(POOLED, known)
        if name == FREED:
            return Pooling(FREED, freed=True)
        pooling = [part.strip() for part in pooling.split(",") if part.strip()]
    chosen = tuple(sorted(texts("pooling", pooling, such_as="'pooled' or ['better_care']")))
    missing = [pool for pool in chosen if pool not in known]
    if missing or not chosen:
        said = (
            f"no such pool: {', '.join(missing) or '(none named)'}; "
            f"write aligned, pooled, freed, or pools out of: {', '.join(known) or '(none)'}"
        )
        raise WrongArgument(offered(said, "".join(missing[:1]), [ALIGNED, POOLED, FREED, *known]))
    return Pooling(",".join(chosen), chosen)


def flexible_pooling(place: Place) -> Pooling:
    """Everything a live session may open: all pools, and what ring-fences bar."""
    pools = tuple(sorted(place.pools["pool"]))
    return Pooling("flexible", pools, flexible=True)


def coalition_pooling() -> Pooling:
    """The aligned place with shared money that can be opened to some of its partners."""
    return Pooling("coalitions", coalitions=True)
