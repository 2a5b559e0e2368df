"""Why this much: one service of a plan explained, in sentences and in figures."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, known_key
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.place.geography import Geography
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.place.names import Names
from placebudget.plan.explain.known import (
    Speech,
    Why,
    money_today,
    say_what_it_avoids,
    why_it_must_be_met,
)
from placebudget.plan.explain.searched import alone_barred, find_why, plan_money
from placebudget.plan.explain.words import Words
from placebudget.plan.need import shortfall_of
from placebudget.plan.plan import Plan
from placebudget.plan.record.inputs import at_hand
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.record.record import gave_way_of, run_record
from placebudget.plan.result import Result
from placebudget.plan.summary import Summary, sentences
from placebudget.programme import SILOED, Basis, Benchmark, read_pooling
from placebudget.solver import Margins, RunLimits
from placebudget.value import in_base_prices
from placebudget.words import money, pence, sentence


@dataclass(frozen=True)
class Explanation(Result):
    """Why a service gets what it gets.

    Parameters
    ----------
    service, area : str
        Keys; the area is empty for the whole place.
    title : str
        The service as it should be read.
    sentences : tuple of str
        At most six: why this much, what stopped it, what the next £1 million would
        do, what would have to change. ``str()`` joins them.
    figures : DataFrame
        What carries them: sentence (its number), figure, year ("all": the years
        together), value, unit.
    run : mapping
        Versions, and what was explained of which plan.
    """

    service: str
    area: str
    title: str
    sentences: tuple[str, ...]
    figures: pd.DataFrame = field(repr=False, compare=False)
    run: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The figures that carry the sentences."""
        return {"figures": self.figures}

    @property
    def notes(self) -> tuple[str, ...]:
        """How the figures were found."""
        return ("Each figure was found by solving again.",)

    def summarised(self) -> Summary:
        """What ``summary`` says, as data."""
        return Summary(self.title, tuple(sentences(self.sentences)))

    def __str__(self) -> str:
        return " ".join(self.sentences)


_MOST = 6  # sentences of an explanation

# The last plan explained and its programme: the next service of it is quick.
_last: list[tuple[weakref.ref[Plan], str, Margins]] = []


def explain(
    plan: PlanLike,
    service: str,
    area: str | None = None,
    *,
    year: str | None = None,
    place: PlaceLike | None = None,
    stop: Event | None = None,
) -> Explanation:
    """Why a service gets what it gets in a plan.

    Parameters
    ----------
    plan : Plan or path
        The plan, or its ``*.plan.json``.
    service : str
        Key of any service of the place, whether it gets money or not.
    area : str, optional
        Key of an area; default: wherever it is offered.
    year : str, optional
        One year; default: the years of the plan together.
    place : Place, path or str, optional
        The place, or what :func:`placebudget.read` reads, where the plan was read from a file.
    stop : threading.Event, optional
        Setting it from another thread ends the run.

    Returns
    -------
    Explanation
        Sentences that can be read out, and the figures that carry them; each was
        found by solving again.

    Raises
    ------
    WrongArgument
        If the place has no such service, area or year.
    CannotAnswer
        If the place is not at hand, or is not the one the plan was made for.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.optimise(pb.example("toy_pooling"), pooling="freed")
    >>> print(plan.explain("family_support").sentences[0])
    Family support gets £40 million, more than today’s £25 million, because the last £1 million is
    worth £2 of public value a pound there, more than the £1 it would be worth elsewhere.
    """
    with Arguments() as asked:
        plan = asked.read(as_plan, plan)
        given = None if place is None else asked.read(as_place, place)
        limits = asked.read(RunLimits.given, stop=stop)
    found = at_hand(plan, given, "an explanation solves again, and so")
    with Arguments() as asked:
        asked.read(known_key, "service", service, found.services["service"])
        if area is not None:
            asked.read(known_key, "area", area, Geography.of(found).areas)
        if year is not None:
            asked.read(known_key, "year", year, found.years)
    if plan.name == SILOED:
        raise CannotAnswer(
            "in a siloed plan each agency plans for itself, so that there is no one goal to "
            "explain it by; explain the aligned, pooled or freed plan"
        )
    margins = None if plan.status == "simulated" else _margins(plan, found, limits)
    basis = _basis(found) if margins is None else margins.basis
    years = _years(basis, year)
    lines, at = _lines(basis, service, area)
    title = _title(basis, service, at or _common_area(basis, lines))
    if not lines.any():
        speech = Speech()
        speech.say(f"{title} gets no money: there is no offer of it there to buy from.")
    elif margins is None:
        speech = _of_given_money(plan, basis, lines, years, title)
    elif basis.need.led[lines].all():
        paid = plan_money(plan, basis, lines)
        speech = why_it_must_be_met(plan, basis, lines, years, paid, title)
    else:
        why = find_why(margins, plan, lines, years)
        why.today = money_today(basis, lines)
        why.unreached = [each for each in why.unreached if alone_barred(basis, lines, each)]
        speech = _words(why, title, margins, lines, service).spoken()
        say_what_it_avoids(speech, plan, basis, lines, years)
        if basis.shortfall is not None:
            speech.say("More money would first meet need that must be met and is not.")
    speech = speech.within(_MOST)
    about = run_record(
        study="explanation", place=plan.place["name"], inputs=str(plan.place["digest"]),
        options={"plan": plan.name, "service": service, "area": at},
    )  # fmt: skip
    return Explanation(service, at, title, tuple(speech.sentences), speech.figures(), about)


def _words(why: Why, title: str, margins: Margins, lines: np.ndarray, service: str) -> Words:
    basis = margins.basis
    offers = in_base_prices(basis.place, "offers").set_index("offer")
    mine = basis.offers.name[lines[basis.offers.line]]
    costs = sorted(set(offers.loc[mine, "unit_cost"].astype(float)))
    unit = basis.place.filled("services").set_index("service")["unit"][service]
    return Words(why, title, basis, margins.programme.objectives[0], costs, str(unit))


def _margins(plan: Plan, place: Place, limits: RunLimits) -> Margins:
    for kept, digest, margins in _last:
        if kept() is plan and digest == place.digest:
            margins.limits = limits
            return margins
    options = plan.run["options"]
    marks = {name: Benchmark(**mark) for name, mark in plan.run.get("benchmarks", {}).items()}
    margins = Margins(
        place,
        plan.tables["units"],
        pooling=options["pooling"],
        objective=options["objective"][0],
        reinvest=options["reinvest"],
        benchmarks=marks,
        limits=limits,
        ordered=plan.run.get("steps_ordered", False),
        gave_way=gave_way_of(plan.run),
        shortfall=shortfall_of(plan.run),
    )
    _last[:] = [(weakref.ref(plan), place.digest, margins)]
    return margins


def _basis(place: Place) -> Basis:
    return Basis(place, read_pooling(place, "pooled" if len(place.pools) else "aligned"))


def _years(basis: Basis, year: str | None) -> list[int]:
    if year is None:
        return list(range(len(basis.years)))
    return [basis.years.index(year)]


def _lines(basis: Basis, service: str, area: str | None) -> tuple[np.ndarray, str]:
    """The lines asked about, and the area they stand for (empty: the whole place)."""
    mine = basis.lines.service == service
    if area is None:
        return mine, ""
    tree = basis.geography
    below = mine & np.array([tree.is_within(a, area) for a in basis.lines.area], bool)
    if below.any():
        return below, area
    above = mine & np.array([tree.is_within(area, a) for a in basis.lines.area], bool)
    # What is commissioned for a wider area is explained for that wider area.
    return above, str(basis.lines.area[above][0]) if above.any() else area


def _common_area(basis: Basis, lines: np.ndarray) -> str:
    """The smallest area that holds all lines."""
    paths = [basis.geography.path(area) for area in basis.lines.area[lines]]
    shared = [area for area in paths[0] if all(area in path for path in paths)] if paths else []
    return max(shared, key=lambda area: len(basis.geography.path(area)), default="")


def _title(basis: Basis, service: str, area: str) -> str:
    """The service as it should be read: by its area, or told apart from others of its name."""
    names = Names(basis.place)
    if area and area != basis.geography.root:
        plain, where = names.bare("service", service), names.of("area", area)
        name = f"{plain} in {where}"
    else:
        name = names.of("service", service)
    return sentence(name)


def _of_given_money(
    plan: Plan, basis: Basis, lines: np.ndarray, years: list[int], title: str
) -> Speech:
    """Money that was given, not chosen: what it is and what it does."""
    speech = Speech()
    paid = float(plan_money(plan, basis, lines)[years].sum())
    given = "today's spending, carried on" if plan.name == "today" else "the money it was given"
    speech.say(
        f"{title} gets {money(paid)} because that is {given}; this plan was not chosen for its "
        "value.",
        ("money", paid, "pounds"),
    )
    if len(years) == len(basis.years) and paid >= 1:
        keys = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
        table: Any = plan.tables["outcomes"]
        mine = [key in keys for key in zip(table["service"], table["area"], strict=True)]
        value = float(table.loc[mine, ["fiscal", "economic", "social"]].to_numpy().sum())
        speech.say(
            f"That is worth {money(value)} of public value, {pence(value / paid)} a pound "
            "on average.",
            ("public value", value, "pounds, discounted"),
            ("public value a pound", value / paid, "pounds a pound"),
        )
    speech.say("What the next £1 million would do is known for a plan that was optimised.")
    return speech
