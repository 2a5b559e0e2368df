"""A desk: what comes of its figures; and the desk of a document, whose changes lie on its tables.

At a desk in a notebook changes are held by its widget. At that of a document they are held by the
page, where all views of the place share them, and come with each question as an option.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Event
from typing import Any

from placebudget.errors import (
    CannotAnswer,
    Infeasible,
    InvalidPlace,
    PlaceBudgetError,
    SolverFailed,
    Stopped,
    WrongArgument,
)
from placebudget.place import Option, Place
from placebudget.place.options.document import option_document, read_document
from placebudget.plan import Plan, compare
from placebudget.plan.clash import Repair
from placebudget.plan.need import NO_DIFFERENCE, meet_alike, too_small, unmet_change
from placebudget.plan.simulate import today_of
from placebudget.programme import POOLED
from placebudget.programme.objectives.value import PUBLIC
from placebudget.texts import Phrase, shown
from placebudget.view.panels import (
    Panel,
    blank,
    change_panel,
    findings_panel,
    money_panel,
    plan_panel,
    price_panel,
    savings_panel,
)
from placebudget.words import in_pounds, in_unit
from placebudget.work.changes import Changes, Stand
from placebudget.work.controls import (
    MOST_WAYS_OUT,
    ControlGroup,
    amount_groups,
    chosen,
    clash_groups,
    objective_control,
    switch_groups,
    with_control,
)
from placebudget.work.document import fault_told
from placebudget.work.jobs import ADDS_UP, QUICK, READY, Drawn, Engine, Job, Watch, Worker
from placebudget.work.lately import Lately, WayOut
from placebudget.work.said import OBJECTIVES, OF_BEFORE, STALE, sentences

CLASHES = Phrase("These figures do not add up; no plan can keep them all. See the ways out.")
_SEARCHING = "These figures do not add up. Looking for ways out…"


def reached(plan: Plan, before: Plan | None) -> str:
    """What a plan reaches, and how that compares with the plan before."""
    value, pounds = plan.objective, in_pounds(plan.objective.unit)
    text = Phrase("Solved: %1.", value.amount)
    if before is None or before.objective.name != value.name:
        return text
    if not meet_alike(before, plan):
        return Phrase("%1 Against the last plan %2.", text, unmet_change(before, plan))
    apart = value.value - before.objective.value
    if abs(apart) < (0.5 if pounds else 0.005):
        return Phrase("%1 That is the same as in the last plan.", text)
    change = in_unit(apart, value.unit, signed=True)
    if pounds and too_small(apart, plan):
        doubt = Phrase(NO_DIFFERENCE)
        return Phrase("%1 That is %2 against the last plan, %3.", text, change, doubt)
    return Phrase("%1 That is %2 against the last plan.", text, change)


@dataclass(frozen=True)
class Impasse:
    """Figures that cannot all be kept: what was changed and what clashes; the ways out."""

    said: Sequence[str]
    ways: Sequence[WayOut]

    @property
    def groups(self) -> list[ControlGroup]:
        """It as controls: words, and a button for each way out."""
        return clash_groups(self.said, self.ways)


def _unheard(words: str) -> None:
    """Nobody listens."""


def worked_out(
    engine: Engine,
    job: Job,
    watch: Watch,
    since: Callable[[Stand], Sequence[Stand]],
    shows: Plan | None = None,
    tell: Callable[[str], None] = _unheard,
) -> Drawn | Impasse:
    """What comes of figures at a desk: quickly where the session can follow, in full where not.

    Parameters
    ----------
    engine : Engine
        Who works it out.
    job : Job
        A plan that is drawn; ``quick``, or pooled.
    watch : Watch
        Who waits.
    since : callable
        Takes what stands now; gives what stood for the plan that is shown, and every step since.
    shows : Plan, optional
        The plan that is shown.
    tell : callable
        Takes words about what is under way.

    Raises
    ------
    PlaceBudgetError
        If there is no answer, in words.
    """
    try:
        drawn: Drawn = engine.work_out(job, watch)
    except Infeasible as error:
        if error.repairs or job.what != QUICK:
            return _clash(engine, job, error.clash, error.repairs, watch.stop, since, shows)
        # The session names what clashes; the words and ways out are found in full.
        tell(_SEARCHING)
    except InvalidPlace as error:  # what was set makes an error of the place
        return _clash(engine, job, fault_told(error), (), watch.stop, since, shows)
    except (CannotAnswer, SolverFailed) as error:
        if watch.stop.is_set():
            raise Stopped("the run was stopped.") from error
        if job.what != QUICK:
            raise
        # The session cannot follow, or what it gives does not stand: solved in full.
    else:
        return drawn
    return worked_out(engine, replace(job, what=POOLED), watch, since, shows, tell)


def _clash(
    engine: Engine,
    job: Job,
    clash: str,
    repairs: Sequence[Repair],
    stop: Event,
    since: Callable[[Stand], Sequence[Stand]],
    shows: Plan | None,
) -> Impasse:
    steps = since(Stand(job.place, job.changes))

    def adds_up(to: Stand) -> bool:
        """Whether there is a plan; for what the plan that is shown has, that is known."""
        if shows is not None and not to.differing(steps[0]):
            return True
        try:
            return bool(engine.work_out(Job(ADDS_UP, to.place, to.changes), Watch(stop)))
        except InvalidPlace:
            return False

    lately = Lately(steps)
    ways = lately.ways_out(repairs, adds_up)[:MOST_WAYS_OUT]
    return Impasse([*lately.said(before=shows is not None), clash], ways)


def make_ready(engine: Engine, job: Job, stop: Event) -> None:
    """So that the next amount that is moved is solved in milliseconds."""
    with suppress(PlaceBudgetError):
        engine.work_out(Job(READY, job.place, job.changes), Watch(stop))


def section_panel(section: str, plan: Plan, today: Plan, before: Plan | None) -> Panel:
    """What can be looked at below the picture of a plan."""
    match section:
        case "money":
            return money_panel({"Today": today, "Proposed": plan})
        case "admits":
            return findings_panel(plan, today)
        case "prices":
            return price_panel(plan)
        case "savings":
            return savings_panel(plan, today)
    if before is None:
        return blank("This is the first plan of this desk; there is none to compare it with.")
    return change_panel(compare(before, plan, names=("Last plan", "This plan")))


# --- the desk of a document -------------------------------------------------------

_UNNAMED = "desk"
LOOKED_AT = ("money", "admits", "savings", "change")
"""Sections of a desk that a document shows; its other parts stand for the rest."""


def figures_of(changes: Changes, place: Place) -> dict[str, Any]:
    """What is changed at a desk, as a page holds it: an option, and what is made the most of.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("northvale")
    >>> held = figures_of(Changes().switched("agency:police", False), place)
    >>> held["option"]["changes"][0]["table"], held["objective"]
    ('contributions', 'public value')
    >>> read_figures(held, place).controls
    ('agency:police',)
    """
    option = option_at(changes, place)
    document = option_document(option) if option.changes else None
    return {"option": document, "objective": changes.objective}


def option_at(changes: Changes, place: Place) -> Option:
    """What is changed at a desk as an option of its place, called as the one it began with."""
    return changes.option(_UNNAMED if changes.start is None else changes.start.name, place)


def read_figures(given: object, place: Place) -> Changes:
    """What a page holds, as far as the place has what it changes.

    Raises
    ------
    WrongArgument, InvalidOption
        If it is none.
    """
    held = {} if given is None else given
    if not isinstance(held, Mapping):
        raise WrongArgument("What the desk holds is no object of JSON.")
    document, objective = held.get("option"), held.get("objective") or PUBLIC
    if objective not in OBJECTIVES:
        raise WrongArgument("What is made the most of is none of what there is.")
    changes = Changes()
    if document is not None:
        changes = Changes.read(read_document(document, _UNNAMED))
    return replace(changes, objective=objective).within(place)


def desk_page(
    place: Place, changes: Changes, stream: object = "", rule: object = ""
) -> dict[str, Any]:
    """The controls of a desk as a page shows them, and what is changed in words.

    Parameters
    ----------
    place : Place
        The place, without errors.
    changes : Changes
        What is changed.
    stream, rule : str, optional
        Those whose amounts are shown; default: the first.

    Raises
    ------
    CannotAnswer
        If the place has nothing yet that could be changed.
    """
    groups = _groups(place, changes, stream, rule)
    controls = [control for group in groups for control in group.controls]
    return {
        "figures": figures_of(changes, place),
        "form": {"label": Phrase("Figures"), "groups": [group.document() for group in groups]},
        "values": {each.key: each.value for each in controls if each.value is not None},
        "changed": sentences(changes, place),
    }


def _groups(place: Place, changes: Changes, stream: object, rule: object) -> list[ControlGroup]:
    if place.streams.empty:
        raise CannotAnswer(
            Phrase("The place has no money yet. Put its funding streams into the tables.")
        )
    base = changes.base(place)
    picked = chosen(base, str(stream or ""), str(rule or ""))
    return [
        ControlGroup("", [objective_control(changes)]),
        *switch_groups(base, changes),
        *amount_groups(base, replace(changes, start=None), *picked),
    ]


def with_set(place: Place, changes: Changes, key: object, value: Any) -> Changes:
    """Changes with what a control of a page was set to.

    Raises
    ------
    WrongArgument
        If there is no such control, or it cannot hold that.
    """
    base, name = changes.base(place), str(key)
    rest = name.partition(":")[2]
    # Of amounts those of one stream and one rule are shown: those that are meant.
    groups = _groups(place, changes, rest.rpartition(":")[0], rest)
    control = next((each for group in groups for each in group.controls if each.key == name), None)
    if control is None:
        raise WrongArgument(f"There is nothing {shown(name, 60)} to be changed at this desk.")
    if problem := control.problem(value):
        raise WrongArgument(problem)
    made = with_control(base, replace(changes, start=None), name, value)
    return replace(made, start=changes.start)


class Desks:
    """The desks of documents: what comes of their figures, worked out elsewhere.

    Parameters
    ----------
    engine : callable
        Takes the path of a Python, empty for this one, and gives who works plans out in it.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.work.jobs import Here
    >>> desks, place = Desks(lambda python: Here()), pb.example("toy_pooling")
    >>> desks.ask(Path("toy"), place, Changes()).result(60)["said"]
    'Solved: £300 million of public value.'
    """

    def __init__(self, engine: Callable[[str], Engine]) -> None:
        self._engine = lru_cache(maxsize=None)(engine)
        self._seats: dict[Path, _Seat] = {}

    def ask(
        self, path: Path, place: Place, changes: Changes, *, full: bool = False, python: str = ""
    ) -> Future[dict[str, Any]]:
        """Have the best pooled plan worked out, in place of what was asked of the place before.

        Parameters
        ----------
        path : Path
            Where the place lies.
        place : Place
            The place, without errors.
        changes : Changes
            What is changed of it.
        full : bool
            Whether it is to be solved in full, though less would do.
        python : str, optional
            The path of the Python that works it out; default: this one.

        Returns
        -------
        Future of dict
            ``state``: ``planned`` with ``drawing`` and ``page``, ``clash`` with ``form`` and
            ``ways``, ``failed``, or ``stopped``; and ``said``, in words.
        """
        seat = self._seats.setdefault(path, _Seat())
        return seat.ask(self._engine(python), place, changes, full=full)

    def stop(self, path: Path) -> None:
        """Stop what is worked out for a place."""
        if path in self._seats:
            self._seats[path].worker.stop()

    def panel(self, path: Path, section: object) -> str:
        """A section of the plan that is shown, as part of a page."""
        seat = self._seats.get(path)
        if section not in LOOKED_AT:
            raise WrongArgument("There is no such section of a desk.")
        if seat is None or seat.plan is None:
            raise CannotAnswer(Phrase("There is no plan yet."))
        today = today_of(seat.stood.place)
        return section_panel(str(section), seat.plan, today, seat.before).html()


class _Seat:
    """The desk of one document: the last good plan, and what stood for it."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.before: Plan | None = None
        self.stood: Stand
        self._based: tuple[Place, Option | None, Place] | None = None
        self.worker = Worker(self._fault)
        self._asked: Future[dict[str, Any]] = Future()

    def ask(
        self, engine: Engine, place: Place, changes: Changes, *, full: bool
    ) -> Future[dict[str, Any]]:
        answer: Future[dict[str, Any]] = Future()
        base, here = self._base(place, changes.start), replace(changes, start=None)

        def work(stop: Event) -> None:
            self._asked = answer
            quick = self.plan is not None and self.stood.place is base and not full
            job = Job(QUICK if quick else POOLED, base, here, draws=True)
            answer.set_result(self._answer(engine, job, changes.start, stop))
            if self.plan is not None and self.plan.status != QUICK and not stop.is_set():
                make_ready(engine, job, stop)

        self.worker.submit(work, lambda: answer.set_result(_stopped()))
        return answer

    def _base(self, place: Place, start: Option | None) -> Place:
        """The place with what no control is for, the same for the same, which is kept hot."""
        if self._based is not None and self._based[1] == start:
            held = self._based[0]
            # Read anew, as after saving, it may be the same.
            if held is place or held.digest == place.digest:
                return self._based[2]
        self._based = (place, start, Changes(start).base(place))
        return self._based[2]

    def _fault(self, error: BaseException) -> None:
        if not self._asked.done():
            self._asked.set_result(self._failed(error))

    def _failed(self, error: BaseException) -> dict[str, Any]:
        return {"state": "failed", "said": fault_told(error), "stale": self._stale()}

    def _stale(self) -> str:
        return "" if self.plan is None else STALE

    def _answer(
        self, engine: Engine, job: Job, start: Option | None, stop: Event
    ) -> dict[str, Any]:
        try:
            found = worked_out(engine, job, Watch(stop), self._since, self.plan)
        except Stopped:
            return _stopped()
        except PlaceBudgetError as error:
            return self._failed(error)
        if isinstance(found, Impasse):
            # What leads to other tables is undone in these.
            ways = [way for way in found.ways if way.to.place is job.place]
            groups = Impasse(found.said, ways).groups
            form = {
                "label": Phrase("What does not add up"),
                "groups": [each.document() for each in groups],
            }
            led = [
                figures_of(replace(way.to.changes, start=start), self._based[0])
                for way in ways
                if self._based is not None
            ]
            clash = {"form": form, "ways": led}
            return {"state": "clash", "said": CLASHES, "stale": self._stale(), **clash}
        self.before, self.plan = self.plan, found.plan
        self.stood = Stand(job.place, job.changes, start)
        page = plan_panel(found.plan).html()
        said = reached(found.plan, self.before)
        return {"state": "planned", "said": said, "drawing": found.drawing, "page": page}

    def _since(self, now: Stand) -> list[Stand]:
        return [Stand(now.place, Changes()) if self.plan is None else self.stood, now]


def _stopped() -> dict[str, Any]:
    return {"state": "stopped", "said": Phrase("Stopped. %1", OF_BEFORE)}
