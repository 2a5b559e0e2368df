"""Plans set side by side, as somebody asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from placebudget.arguments import Arguments, refusal, sequence, texts
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.place.reading import PlaceLike, as_place
from placebudget.plan.compare.comparison import Comparison
from placebudget.plan.plan import Plan
from placebudget.plan.reading import PlanLike, as_plan


def compare(
    *plans: PlanLike,
    places: PlaceLike | Sequence[PlaceLike | None] | None = None,
    names: Sequence[str] = (),
) -> Comparison:
    """Set plans side by side.

    Parameters
    ----------
    plans : Plan or path
        Two or more, or their ``*.plan.json``; the others are compared with the first.
    places : Place, path or str, or sequence of these, optional
        The place of all plans, or of each, before any option. Plans that were made
        in this session carry theirs.
    names : sequence of str, optional
        What to call the plans; default: option and name, numbered where alike.

    Returns
    -------
    Comparison
        Tables, workbook, chart, words.

    Raises
    ------
    WrongArgument
        If there is only one plan, or not a name or place for each, or several of these
        things are so; all are named.
    UnreadablePlan, InvalidPlace
        If what was given is no plan or no place, or cannot be read.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> aligned = pb.optimise(place, pooling="aligned", prices=False)
    >>> freed = pb.optimise(place, pooling="freed", prices=False)
    >>> pb.compare(aligned, freed).causes()[["change", "adds_alone"]].round().to_numpy().tolist()
    [['pooling freed instead of aligned', 10000000.0]]
    """
    with Arguments() as asked:
        made = tuple(asked.read(as_plan, plan) for plan in plans)
        known = asked.read(_places, places, len(plans))
        called = asked.read(texts, "names", names, such_as="['today', 'best']", doubles=True)
        asked.read(_enough, len(plans), called)
    return Comparison(tuple(_distinct(called or [_name(p) for p in made])), made, known)


def _enough(plans: int, names: Sequence[str]) -> None:
    if plans < 2:
        raise WrongArgument("a comparison needs two plans or more")
    if names and len(names) != plans:
        raise WrongArgument(f"{plans} plans need as many names, where given, not {len(names)}")


def _places(
    given: PlaceLike | Sequence[PlaceLike | None] | None, plans: int
) -> tuple[Place | None, ...]:
    """A place for each plan, where they are at hand."""
    if given is None or isinstance(given, Place | str | os.PathLike):
        return (None if given is None else as_place(given),) * plans
    each = sequence(given)
    if each is None:
        raise refusal("places", "a place or a list of places, or None", given)
    if len(each) != plans:
        raise WrongArgument(f"{plans} plans need as many places, where given, not {len(each)}")
    with Arguments() as asked:
        return tuple(None if place is None else asked.read(as_place, place) for place in each)


def _name(plan: Plan) -> str:
    return f"{plan.option}, {plan.name}" if plan.option else plan.name


def _distinct(names: Sequence[str]) -> Iterator[str]:
    """Names with a number where the same one comes again."""
    taken: set[str] = {"difference"}
    for name in names:
        called, number = name, 1
        while called in taken:
            number += 1
            called = f"{name} ({number})"
        taken.add(called)
        yield called
