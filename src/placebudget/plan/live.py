"""Start a live session on a place."""

from __future__ import annotations

from collections.abc import Iterable

from placebudget.place import Place
from placebudget.plan.benchmarks import benchmarks
from placebudget.solver import Limits, Session


def session(
    place: Place,
    *,
    objective: str = "public value",
    pooling: str | Iterable[str] = "pooled",
    reinvest: float = 0.0,
    limits: Limits | None = None,
) -> Session:
    """A live session: change a figure of a place and solve again in milliseconds.

    Parameters
    ----------
    place : Place
        The place. It is checked first.
    objective : str
        One objective; not leximin.
    pooling : str or iterable of str
        How the session starts.
    reinvest : float
        Share of cashable savings delivered and spent again.
    limits : Limits, optional
        Time and stop signal of every solve.

    Returns
    -------
    Session
        With methods that change funding, limits, pools, ring-fences and weights.

    Examples
    --------
    >>> import placebudget as pb
    >>> live = pb.session(pb.example("toy_pooling"), pooling="siloed")
    >>> live.scale_funding(0.9)
    >>> round(live.value() / 1e6)
    287
    """
    place.check().raise_if_errors()
    marks = benchmarks(place, objective=objective, reinvest=reinvest, limits=limits)
    return Session(
        place,
        objective=objective,
        pooling=pooling,
        reinvest=reinvest,
        benchmarks=marks,
        limits=limits,
    )
