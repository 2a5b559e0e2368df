"""What stands before a board: the papers, what was chosen, the last good answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from placebudget.apps.choices import Choices, read_choices
from placebudget.apps.shelf import Shelf
from placebudget.apps.studies import taken, work_out
from placebudget.errors import Infeasible, PlaceBudgetError
from placebudget.place import Place
from placebudget.plan import Plan, optimise, simulate
from placebudget.study import TITLES, Potential
from placebudget.study.result import Answer as Found

ORDER = ("pooled", "today", "siloed", "freed")
"""The plans in the order in which a board wants to see them."""

SECONDS = 120.0
"""Most seconds a plan may take, unless another time is given."""

Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Trouble:
    """Why there is no answer to what was chosen.

    Parameters
    ----------
    choices : Choices
        What was chosen.
    text : str
        In words.
    repairs : tuple of Repair
        Ways out that were tried and work; empty where rules are not the reason.
    clash : bool
        Whether rules contradict each other, rather than the run having failed.
    """

    choices: Choices
    text: str
    repairs: tuple[Any, ...] = ()
    clash: bool = True


@dataclass(frozen=True, eq=False)
class Answer:
    """The plans for what was chosen, as they come in.

    Parameters
    ----------
    choices : Choices
        What was chosen.
    place : Place
        The place with everything chosen changed.
    plans : dict of str to Plan
        ``pooled`` first, then ``today``, ``siloed`` and ``freed``.
    missing : dict of str to str
        Why a plan other than the pooled one does not exist, in words.
    studies : dict of str to study
        Studies of this answer that somebody asked for, by key.
    unanswered : dict of str to str
        Why a study that was asked for has no answer, in words.
    """

    choices: Choices
    place: Place
    plans: dict[str, Plan] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    studies: dict[str, Found] = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)

    @property
    def studied(self) -> tuple[object, ...]:
        """Which studies have an answer, and what the others failed by."""
        return (*self.studies, *self.unanswered.items())

    @property
    def whole(self) -> bool:
        """Whether everything was tried."""
        return set(self.plans) | set(self.missing) >= set(ORDER)

    def potential(self) -> Potential | None:
        """The four plans side by side, once all are there."""
        if not set(ORDER) <= set(self.plans):
            return None
        return Potential(self.place, {name: self.plans[name] for name in TITLES})


class Meeting:
    """A place before a board.

    Parameters
    ----------
    papers : Place
        The place as it was shipped; it passes its checks.
    seconds : float
        Most seconds a plan may take.
    shelf : Shelf, optional
        Where plans of the papers are kept for other readers.

    Attributes
    ----------
    asked : str
        The service somebody asked about; empty for those that change most.

    Examples
    --------
    >>> import placebudget as pb
    >>> meeting = Meeting(pb.example("toy_pooling"))
    >>> meeting.recalculate({"unfenced": ["nhs_money"]})
    True
    >>> round(meeting.answer.plans["pooled"].public_value() / 1e6)
    310
    >>> meeting.back_to_papers().choices == Choices()
    True
    """

    def __init__(
        self, papers: Place, *, seconds: float = SECONDS, shelf: Shelf | None = None
    ) -> None:
        self.seconds = seconds
        self.shelf = shelf
        self.start(papers)

    def start(self, papers: Place) -> None:
        """Put another place before the board; what was chosen before is gone."""
        papers.check().raise_if_errors()
        self.papers = papers
        self.answer: Answer | None = None
        self.trouble: Trouble | None = None
        self._before: list[Answer] = []
        self._first: Answer | None = None
        self.asked = ""

    @property
    def choices(self) -> Choices:
        """What was chosen last, whether it adds up or not."""
        if self.trouble is not None:
            return self.trouble.choices
        return Choices() if self.answer is None else self.answer.choices

    @property
    def place(self) -> Place:
        """The place of the last good answer; the papers before there is one."""
        return self.papers if self.answer is None else self.answer.place

    @property
    def can_undo(self) -> bool:
        """Whether there is something to go back to."""
        return self.trouble is not None or bool(self._before)

    def recalculate(
        self,
        given: Mapping[str, Any] | Choices,
        *,
        report: Report | None = None,
        stop: threading.Event | None = None,
    ) -> bool:
        """Plan for what was chosen; the last good answer stays where there is none.

        Parameters
        ----------
        given : mapping or Choices
            Choices as a browser sends them, see :func:`read_choices`.
        report : callable, optional
            Called with what is under way and how much of it is done, 0 to 1.
        stop : threading.Event, optional
            Setting it ends the run.

        Returns
        -------
        bool
            Whether there is a new answer; otherwise ``trouble`` says why not.

        Raises
        ------
        InvalidChoice
            If choices do not fit the place; nothing has changed then.
        """
        choices = given if isinstance(given, Choices) else self.read(given)
        try:
            place = choices.apply(self.papers)
            place.check().raise_if_errors()
            answer = Answer(choices, place, self._kept(choices, place))
            if ORDER[0] not in answer.plans:
                self._plan(answer, ORDER[0], report, stop)
        except Infeasible as error:
            self.trouble = Trouble(choices, str(error), tuple(error.repairs))
            return False
        except PlaceBudgetError as error:
            self.trouble = Trouble(choices, str(error), clash=False)
            return False
        self._keep(answer)
        return True

    def read(self, given: Mapping[str, Any]) -> Choices:
        """Choices as a browser sends them; ways out that were taken stay taken."""
        return read_choices(self.papers, given, self.choices.repairs)

    def complete(
        self,
        *,
        report: Report | None = None,
        stop: threading.Event | None = None,
        ready: Callable[[str], None] | None = None,
    ) -> None:
        """Work out the other plans of the answer, one by one.

        Parameters
        ----------
        ready : callable, optional
            Called with the name of each plan when it is there, or known not to exist.
        """
        answer = self.answer
        if answer is None or answer.whole:
            return
        for name in ORDER:
            if name in answer.plans or name in answer.missing:
                continue
            if stop is not None and stop.is_set():
                return
            try:
                self._plan(answer, name, report, stop)
            except PlaceBudgetError as error:
                if stop is not None and stop.is_set():
                    return
                answer.missing[name] = str(error)
            if ready is not None:
                ready(name)
        if self.shelf is not None and answer.choices == Choices() and not answer.missing:
            self.shelf.keep(answer.place, answer.plans)

    def study(
        self,
        key: str,
        *,
        report: Report | None = None,
        stop: threading.Event | None = None,
        settings: object | None = None,
    ) -> bool:
        """Work out a study of the answer; it is kept with it, and for other readers.

        Parameters
        ----------
        key : str
            One of ``STUDIES``.
        settings : object, optional
            What a reader typed, as ``ASKED`` reads it.

        Returns
        -------
        bool
            Whether it is there; otherwise ``answer.unanswered`` says why not, unless the
            run was ended.
        """
        answer = self.answer
        if answer is None:
            return False
        shelf = self._shelf_of(answer)
        return work_out(
            answer, key, seconds=self.seconds, shelf=shelf, report=report, stop=stop,
            settings=settings,
        )  # fmt: skip

    def studied(self, key: str) -> bool:
        """Whether a study is there without any work, by this reader or by another."""
        answer = self.answer
        return answer is not None and taken(answer, key, self._shelf_of(answer))

    def _shelf_of(self, answer: Answer) -> Shelf | None:
        """The shelf, for what is shown as shipped."""
        return self.shelf if answer.choices == Choices() else None

    def _kept(self, choices: Choices, place: Place) -> dict[str, Plan]:
        """Plans of the papers that another reader has had worked out."""
        return {} if self.shelf is None or choices != Choices() else self.shelf.plans(place)

    def _plan(
        self, answer: Answer, name: str, report: Report | None, stop: threading.Event | None
    ) -> None:
        title, number = TITLES[name], ORDER.index(name)

        def stage(what: str, done: int, stages: int) -> None:
            if report is not None:
                report(f"{title}: {what}", (number + done / max(stages, 1)) / len(ORDER))

        stage("starting", 0, 1)
        if name == "today":
            answer.plans[name] = simulate(answer.place)
            return
        answer.plans[name] = optimise(
            answer.place,
            pooling=name,
            prices=name == ORDER[0],
            seconds=self.seconds,
            stop=stop,
            progress=stage,
        )

    def _keep(self, answer: Answer) -> None:
        if self.answer is not None:
            self._before.append(self.answer)
        self.answer, self.trouble = answer, None
        if self._first is None and answer.choices == Choices():
            self._first = answer

    def undo(self) -> Answer | None:
        """Go back one step: out of a clash, or to the answer before."""
        if self.trouble is not None:
            self.trouble = None
        elif self._before:
            self.answer = self._before.pop()
        return self.answer

    def back_to_papers(
        self, *, report: Report | None = None, stop: threading.Event | None = None
    ) -> Meeting:
        """Go back to the figures as shipped; that step can be undone too.

        Their plan is worked out where that was cut short before.
        """
        self.trouble = None
        if self._first is None:
            self.recalculate(Choices(), report=report, stop=stop)
        elif self.answer is not self._first:
            self._keep(self._first)
        return self
