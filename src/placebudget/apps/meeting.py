"""What stands before a board: the papers, what was chosen, the plans of the last good answer."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from placebudget.apps.answer import (
    ORDER,
    UNMOVED,
    BoardAnswer,
    BoardState,
    Trouble,
    first_answer,
    unmoved,
)
from placebudget.apps.controls import read_choices
from placebudget.apps.deciding import Deciding
from placebudget.apps.sentences import of_plan, of_study
from placebudget.errors import PlaceBudgetError, fault_words
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.view.studies import STUDIES as ENTRIES
from placebudget.view.studies.entry import Study, Subject
from placebudget.work import Changes, Stand, Undo
from placebudget.work.jobs import ADDS_UP, Client, Engine, Here, Job
from placebudget.work.said import name_of

# The plans of an answer, one by one, in the order in which a board wants to see them.

Report = Callable[[str, float], None]
"""Takes what is under way and how much of it is done, 0 to 1."""


def take_known(answer: BoardAnswer, client: Client) -> None:
    """Put the plans there that somebody had worked out for the same before."""
    for name in ORDER:
        plan = client.known(answer.job(name))
        if plan is None:
            return
        answer.plans[name] = plan


def add_plan(answer: BoardAnswer, name: str, client: Client, report: Report | None = None) -> None:
    """Have one plan of an answer worked out in full and put it there.

    Parameters
    ----------
    answer : BoardAnswer
        What it belongs to.
    name : str
        One of ``ORDER``.
    client : Client
        Who asks for it.
    report : callable, optional
        Called with what is under way.

    Raises
    ------
    PlaceBudgetError
        If there is no such plan, or the run was ended.
    """
    number = ORDER.index(name)

    def stage(what: str, done: int, stages: int) -> None:
        if report is not None:
            report(of_plan(name, what), (number + done / max(stages, 1)) / len(ORDER))

    stage("starting", 0, 1)
    answer.plans[name] = client.ask(answer.job(name), stage)


def add_others(
    answer: BoardAnswer,
    client: Client,
    report: Report | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Work out what an answer still lacks; why a plan does not exist is kept in words.

    Parameters
    ----------
    ready : callable, optional
        Called with the name of each plan when it is there, or known not to exist.
    """
    for name in ORDER:
        if name in answer.plans or name in answer.missing:
            continue
        if client.stop.is_set():
            return
        try:
            add_plan(answer, name, client, report)
        except Exception as error:
            said = fault_words(error)
            if client.stop.is_set():
                return
            answer.missing[name] = said
        if ready is not None:
            ready(name)


__all__ = ["ORDER", "SECONDS", "BoardAnswer", "BoardState", "Meeting", "Report", "Trouble"]

SECONDS = 120.0
"""Most seconds a plan may take, unless another time is given."""


LETTERS = "ABCD"
"""By which choices are called that are set side by side."""


class Meeting:
    """A place before a board.

    Parameters
    ----------
    papers : Place
        The place as it was shipped; it passes its checks.
    seconds : float
        Most seconds a plan may take.
    engine : Engine, optional
        Who works plans and studies out; default: this process.
    deciding : Deciding, optional
        The register in which it is entered what is decided; default: none is kept.

    Attributes
    ----------
    asked : str
        The service somebody asked about; empty for those that change most.
    first : BoardAnswer or None
        A first answer while the full one is worked out.
    findings : Findings
        What the check of the papers warns of.
    stopped : bool
        Whether somebody ended the work before everything was there.
    kept : dict of str to BoardAnswer
        Choices that are set side by side, by letter.
    older : bool
        Whether what was chosen came by a link that was made of other papers.

    Examples
    --------
    >>> import placebudget as pb
    >>> meeting = Meeting(pb.example("toy_pooling"))
    >>> meeting.recalculate({"unfenced": ["nhs_money"]})
    True
    >>> round(meeting.answer.plans["pooled"].public_value() / 1e6)
    310
    >>> meeting.back_to_papers().changes == Changes()
    True
    """

    def __init__(
        self,
        papers: Place,
        *,
        seconds: float = SECONDS,
        engine: Engine | None = None,
        deciding: Deciding | None = None,
    ) -> None:
        self.seconds, self.engine, self.deciding = seconds, engine or Here(), deciding
        self.start(papers)
        self._whose = ""

    def start(self, papers: Place) -> None:
        """Put another place before the board; what was chosen before is gone.

        What one reader brings is shared with nobody.
        """
        self._whose = secrets.token_hex()
        self.findings = papers.check().raise_if_errors()
        self.papers = papers
        self._answers: Undo[BoardAnswer | None] = Undo(None)
        self.trouble: Trouble | None = None
        self._of_papers: BoardAnswer | None = None
        self.asked = ""
        self.first: BoardAnswer | None = None
        self.stopped = self.older = False
        self.kept: dict[str, BoardAnswer] = {}

    @property
    def changes(self) -> Changes:
        """What was chosen last, whether it adds up or not."""
        if self.trouble is not None:
            return self.trouble.changes
        return Changes() if self.answer is None else self.answer.changes

    @property
    def answer(self) -> BoardAnswer | None:
        """The last good answer."""
        return self._answers.now

    @property
    def place(self) -> Place:
        """The place of the last good answer; the papers before there is one."""
        return self.papers if self.answer is None else self.answer.place

    @property
    def latest(self) -> BoardAnswer | None:
        """The first answer while the full one is worked out; otherwise the last good one."""
        return self.first or self.answer

    @property
    def can_undo(self) -> bool:
        """Whether there is something to go back to."""
        return self.trouble is not None or self._answers.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether a step was gone back on, and nothing was done since."""
        return self.trouble is None and self._answers.can_redo

    def recalculate(
        self,
        given: Mapping[str, Any] | Changes,
        *,
        report: Report | None = None,
        stop: threading.Event | None = None,
        first: Callable[[], None] | None = None,
    ) -> bool:
        """Plan for what was chosen; the last good answer stays where there is none.

        Parameters
        ----------
        given : mapping or Changes
            Choices as a browser sends them, see :func:`read_choices`.
        report : callable, optional
            Called with what is under way and how much of it is done, 0 to 1.
        stop : threading.Event, optional
            Setting it ends the run; everything then stays as it was.
        first : callable, optional
            Called when a first answer is there; without it none is made.

        Returns
        -------
        bool
            Whether there is a new answer; otherwise ``trouble`` says why not, unless the
            run was ended.

        Raises
        ------
        InvalidChoice
            If choices do not fit the place; nothing has changed then.
        """
        changes = given if isinstance(given, Changes) else self.read(given)
        self.stopped, client = False, self.client(stop)
        if self._of_papers is not None and self._of_papers.whole and changes == Changes():
            self.back_to_papers()
            return True
        try:
            place = changes.apply(self.papers, name_of(changes, self.papers))
            place.check().raise_if_errors()
            answer = BoardAnswer(changes, place)
            take_known(answer, client)
            if ORDER[0] not in answer.plans:
                if first is not None:
                    self._answer_first(answer, client, first)
                add_plan(answer, ORDER[0], client, report)
        except Exception as error:
            steps = (*self._since(), Stand(self.papers, changes))
            trouble = Trouble.of(steps, error, lambda to: self._adds_up(to, client))
            if not client.stop.is_set():
                self.trouble = trouble
            return False
        else:
            self._keep(answer)
            return True
        finally:
            self.first = None

    def take_papers(self) -> bool:
        """Put the answer of the papers there, where all its plans were worked out before."""
        answer = BoardAnswer(Changes(), self.papers)
        take_known(answer, self.client(None))
        if answer.whole:
            self._keep(answer)
        return answer.whole

    def keep_beside(self) -> str:
        """Set the answer that stands beside others; its letter, blank where there is no answer."""
        answer = self.answer
        if answer is None or self.trouble is not None:
            return ""
        for name, each in self.kept.items():
            if each.changes == answer.changes:
                return name
        free = [name for name in LETTERS if name not in self.kept]
        name = free[0] if free else next(iter(self.kept))
        self.kept.pop(name, None)
        self.kept[name] = answer
        return name

    def _since(self) -> Sequence[Stand]:
        """What stood when it last added up, and what was chosen since."""
        if self.trouble is not None:
            return self.trouble.steps
        return (Stand(self.papers, self.changes),)

    def client(self, stop: threading.Event | None) -> Client:
        """Who asks for what is shown here, until they stop."""
        return Client(self.engine, self.seconds, self._whose, stop or threading.Event())

    def _adds_up(self, to: Stand, client: Client) -> bool:
        """Whether there is a pooled plan; where it is the answer that stands, that is known."""
        if self.answer is not None and to.changes == self.answer.changes:
            return True
        return bool(client.ask(Job(ADDS_UP, to.place, to.changes)))

    def _answer_first(self, answer: BoardAnswer, client: Client, told: Callable[[], None]) -> None:
        try:
            self.first = first_answer(answer, client)
        except Exception as error:  # the full plans may well be there without it
            answer.faults.append(f"There was no first answer. {fault_words(error)}")
        if self.first is not None:
            told()

    def held(self) -> BoardState:
        """What stands before the board now."""
        return BoardState(self._answers, self.trouble)

    def put_back(self, held: BoardState) -> None:
        """Let everything be as it was, after a run that was ended.

        Without an answer to go back to, what is there of the new one stays.
        """
        if held.answers.now is not None:
            self._answers, self.trouble = held.answers, held.trouble

    def read(self, given: Mapping[str, Any]) -> Changes:
        """Changes as a browser sends them, checked."""
        return read_choices(self.papers, given, self.changes)

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
        self.stopped, client = False, self.client(stop)
        try:
            unmoved(answer, self.papers, self._known(answer), client)
        except Exception as error:
            answer.faults.append(
                f"Whether each change changes anything was not found out. {fault_words(error)}"
            )
        if not client.stop.is_set():
            answer.tried.add(UNMOVED)
        if answer.unmoved and ready is not None:
            ready(ORDER[0])
        add_others(answer, client, report, ready)

    def study(
        self,
        key: str,
        *,
        report: Report | None = None,
        stop: threading.Event | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> bool:
        """Work out a study of the answer; it is kept with it, and for other readers.

        Parameters
        ----------
        key : str
            One of ``STUDIES``.
        settings : mapping, optional
            What a reader typed, by argument.

        Returns
        -------
        bool
            Whether it is there; otherwise ``answer.unanswered`` says why not, unless the
            run was ended.
        """
        answer = self.answer
        if answer is None:
            return False
        return work_out(answer, key, self.client(stop), report, settings)

    def studied(self, key: str) -> bool:
        """Whether a study is there without any work, by this reader or by another."""
        answer = self.answer
        return answer is not None and taken(answer, key, self.client(None))

    def _known(self, answer: BoardAnswer) -> dict[Changes, Plan]:
        """Best pooled plans for other choices that were worked out before."""
        others = [*self._answers.before, *self._answers.after, self._of_papers]
        return {
            each.changes: each.plans[ORDER[0]]
            for each in others
            if each is not None and ORDER[0] in each.plans and each is not answer
        }

    def _keep(self, answer: BoardAnswer) -> None:
        first = self.answer is None
        self._answers, self.trouble = Undo(answer) if first else self._answers.then(answer), None
        if self._of_papers is None and answer.changes == Changes():
            self._of_papers = answer

    def undo(self) -> BoardAnswer | None:
        """Go back one step: out of a clash, or to the answer before."""
        if self.trouble is None:
            self._answers = self._answers.undone()
        self.trouble = None
        return self.answer

    def redo(self) -> BoardAnswer | None:
        """Go forth again by a step that was gone back on."""
        self._answers = self._answers.redone()
        return self.answer

    def back_to_papers(
        self, *, report: Report | None = None, stop: threading.Event | None = None
    ) -> Meeting:
        """Go back to the figures as shipped; that step can be undone too.

        Their plan is worked out where that was cut short before.
        """
        self.trouble = None
        if self._of_papers is None:
            self.recalculate(Changes(), report=report, stop=stop)
        elif self.answer is not self._of_papers:
            self._keep(self._of_papers)
        return self


# Studies of a board: worked out when somebody asks, kept with the answer they belong to.

Stage = Callable[[str, int, int], None]

STUDIES: dict[str, Study] = {each.key: each for each in ENTRIES.values()}
"""Every study, by the screen that shows it."""


def subject_of(answer: BoardAnswer) -> Subject:
    """What a study of an answer looks at: its place, and the best pooled plan."""
    return Subject(answer.place, answer.plans.get("pooled"))


def taken(answer: BoardAnswer, key: str, client: Client) -> bool:
    """Whether a study is there, be it that another reader has had it worked out."""
    if key not in answer.studies and key in STUDIES and not STUDIES[key].sums:
        with suppress(PlaceBudgetError):  # there may be nothing to choose from
            values = STUDIES[key].settled(subject_of(answer), {})
            found = client.known(_job(answer, STUDIES[key], values))
            if found is not None:
                answer.studies[key], answer.asked[key] = found, values
    return key in answer.studies


def work_out(
    answer: BoardAnswer,
    key: str,
    client: Client,
    report: Report | None = None,
    settings: Mapping[str, Any] | None = None,
) -> bool:
    """Have a study of an answer worked out and keep it there.

    Parameters
    ----------
    answer : BoardAnswer
        What it is about; its pooled plan is there.
    key : str
        One of ``STUDIES``.
    client : Client
        Who asks for it. What is done by the time they stop is not kept.
    report : callable, optional
        Called with what is under way and how much of it is done, 0 to 1.
    settings : object, optional
        What a reader typed, by argument: it is worked out anew with that.

    Returns
    -------
    bool
        Whether it is there; if not, ``answer.unanswered`` says why, unless it was ended.
    """
    if settings is None and key in answer.studies:
        answer.unanswered.pop(key, None)
        return True
    study = STUDIES[key]
    if study.sums:  # it is soon done again, and waits for nobody
        client = replace(client, engine=Here())
    try:
        values = study.settled(subject_of(answer), settings or {})
        found = client.ask(_job(answer, study, values), _stages(report))
    except Exception as error:
        said = fault_words(error)
        if not client.stop.is_set():
            answer.unanswered[key] = said
            answer.studies.pop(key, None)
        return False
    if client.stop.is_set():
        return False
    answer.studies[key], answer.asked[key] = found, values
    answer.unanswered.pop(key, None)
    answer.picked.pop(key, None)
    return True


def _job(answer: BoardAnswer, study: Study, values: Mapping[str, Any]) -> Job:
    return answer.job(study.name, plan=answer.plans.get("pooled"), values=values)


def _stages(report: Report | None) -> Stage:
    """Report the stages of a study in plain words, as a share of it."""

    def stage(what: str, number: int, stages: int) -> None:
        if report is not None:
            report(of_study(what, number, stages), min(number / max(stages, 1), 1.0))

    return stage
