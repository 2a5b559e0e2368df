"""Plans and studies asked for of places on disk, one after the other.

A plan is kept as a file beside its place; what is said of plans and studies, as parts of a page.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from placebudget.errors import (
    CannotAnswer,
    PlaceBudgetError,
    Stopped,
    WrongArgument,
)
from placebudget.place import Option, Place
from placebudget.plan import Plan, compare
from placebudget.plan.record.reading import read_plan
from placebudget.plan.simulate import today_of
from placebudget.programme import ALIGNED, FREED, POOLED, SILOED
from placebudget.programme.objectives.value import PUBLIC
from placebudget.study.picking import FoundPlans
from placebudget.study.potential.plans_side_by_side import TITLES
from placebudget.texts import Phrase, key_of, shown
from placebudget.view.panels import change_panel
from placebudget.view.studies import STUDIES
from placebudget.view.studies.entry import Study, Subject
from placebudget.work.asking import Field, forms_of, read
from placebudget.work.changes import Changes
from placebudget.work.document import fault_told
from placebudget.work.jobs import TODAY, Engine, Job, Watch, Worker
from placebudget.work.picking import answer_panel, beside_others, keep, offered, stem_of
from placebudget.work.plans import plan_beside
from placebudget.work.said import OBJECTIVES

PLANS = (TODAY, SILOED, ALIGNED, POOLED, FREED)
"""The plans that may be asked for."""
WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
_MOST_AT_ONCE = 20
_KEPT = 50
_HELD = 3  # answers of which plans may still be picked: each holds a dozen
_MOST_PYTHONS = 20


@dataclass
class Run:
    """A plan or a study that was asked for.

    Parameters
    ----------
    number : int
        By which it is asked after.
    path : Path
        Where its place lies.
    job : Job
        What is asked.
    python : str
        The path of the Python that works it out; empty: this one.
    base : Place, optional
        The place without the option the plan is made with; the plans are compared.
    made : Path, optional
        The file of that plan, where it was made before and is compared only.
    found : Result, optional
        The answer of a study of which plans may be picked, while it is kept.
    """

    number: int
    path: Path
    job: Job
    python: str = ""
    base: Place | None = None
    made: Path | None = None
    state: str = WAITING
    said: str = ""
    stage: int = 0
    stages: int = 0
    file: str = ""
    page: str = field(default="", repr=False)
    found: FoundPlans | None = field(default=None, repr=False)
    worker: Worker | None = field(default=None, repr=False)
    asked: float = field(default_factory=time.time)

    @property
    def over(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return self.state in (DONE, FAILED, STOPPED)

    @property
    def picked(self) -> Plan | None:
        """The plan that was picked from an answer, where that is what was asked."""
        plan = None if self.job.what in STUDIES else self.job.plan
        return plan if plan is not None and plan.picked else None

    @property
    def option(self) -> str:
        """The name of the option a plan is made with; empty: none."""
        option = None if self.base is None else self.job.place.origin.option
        return "" if option is None else option.name

    def record(self) -> dict[str, Any]:
        """What a page shows of it; the answer itself is asked for apart.

        ``of`` is the digest of the place it is about, ``asked`` when that was, in seconds.
        """
        study = STUDIES.get(self.job.what)
        return {
            "number": self.number,
            "what": self.job.what,
            "study": "" if study is None else Phrase(study.screen),
            "option": self.option,
            "state": self.state,
            "said": self.said,
            "stage": self.stage,
            "stages": self.stages,
            "file": self.file,
            "answered": bool(self.page),
            "picks": offered(self.found),
            "picked": self.picked is not None,
            "asked": self.asked,
            "of": (self.base or self.job.place).digest,
        }


class Runs:
    """What was asked for, and who works it out.

    Parameters
    ----------
    engine : callable
        Takes the path of a Python, empty for this one, and gives who works plans out in it: one
        after the other, each as it was asked.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> from placebudget.work.jobs import Here
    >>> folder = pb.example("toy_pooling").write(Path(tempfile.mkdtemp()) / "toy")
    >>> runs = Runs(lambda python: Here())
    >>> run = runs.ask(folder, pb.read(folder), "pooled")
    >>> runs.wait(run.number, 60)
    True
    >>> run.state, run.file
    ('done', 'plans/toy_pooling_pooled.plan.json')
    """

    def __init__(self, engine: Callable[[str], Engine]) -> None:
        self._engine = lru_cache(maxsize=_MOST_PYTHONS)(engine)
        self._numbers = itertools.count(1)
        self._runs: dict[int, Run] = {}

    def ask(
        self,
        path: Path,
        place: Place,
        what: object,
        objective: object = None,
        option: Option | None = None,
        python: str = "",
    ) -> Run:
        """Have a plan worked out, and kept beside its place.

        Parameters
        ----------
        path : Path
            Where the place lies.
        place : Place
            The place, without errors.
        what : str
            One of :data:`PLANS`.
        objective : str, optional
            What it makes the most of; default: public value.
        option : Option, optional
            What is changed of the place; the plan is compared with the one without it, which is
            worked out too where it is not kept beside the place.
        python : str, optional
            The path of the Python that works it out; default: this one.

        Raises
        ------
        WrongArgument
            If there is no such plan, or too many are waited for.
        InvalidOption
            If the option does not fit the place.
        """
        objective = PUBLIC if objective is None else objective
        if what not in PLANS or objective not in OBJECTIVES:
            raise WrongArgument(Phrase("There is no such plan to ask for."))
        made = place if option is None else place.with_option(option)
        job = Job(str(what), made, Changes(objective=str(objective)))
        return self._begin(path, job, python, None if option is None else place)

    def compare(
        self, path: Path, place: Place, file: object, option: Option, python: str = ""
    ) -> Run:
        """Have a plan that was kept compared with the plan without its option.

        Raises
        ------
        WrongArgument
            If it is no plan of the place as it is, with that option.
        """
        plan = plan_beside(path, place, file=file, option=option.name)
        if plan is None:
            raise WrongArgument(
                Phrase(
                    "%1 is no plan of the tables as they are with the option %2. Have it worked "
                    "out again.",
                    shown(str(file), 100),
                    shown(option.name),
                )
            )
        job = Job(plan["name"], place.with_option(option), Changes(objective=plan["objective"]))
        return self._begin(path, job, python, place, _home(path) / str(file))

    def study(
        self,
        path: Path,
        place: Place,
        name: object,
        given: Mapping[str, Any],
        file: bytes | None = None,
        python: str = "",
    ) -> Run:
        """Have a study answered, about the place and the best pooled plan of it.

        Parameters
        ----------
        name : str
            The name of the study.
        given : mapping
            What was typed into its form: text by box, and whether boxes are ticked.
        file : bytes, optional
            A file that was brought.

        Raises
        ------
        InvalidChoice
            With what is wrong at each box.
        WrongArgument
            If there is no such study, or too many are waited for.
        CannotAnswer
            If there is nothing to choose from.
        """
        study, subject = _study(name), _Beside(place, _planned(path, place))
        values = study.settled(subject, read(study, given, subject, file))
        job = Job(study.name, place, plan=subject.plan, values=values)
        return self._begin(path, job, python)

    def pick(self, path: Path, number: object, point: object) -> Run:
        """Keep a plan that a study found beside the place, and set it beside the others.

        Parameters
        ----------
        number : int
            Of the study.
        point : str
            The plan, by its name in the answer.

        Raises
        ------
        WrongArgument
            If there is no such plan, or the answer is not kept any more.
        """
        study = self._of(number, path)
        if study.found is None:
            raise WrongArgument(
                Phrase("The plans of this answer are not kept any more. Ask for it again.")
            )
        plan = study.found.picked(point if isinstance(point, str) else "")
        return self._begin(path, Job(plan.name, study.job.place, plan=plan), study.python)

    def _begin(
        self,
        path: Path,
        job: Job,
        python: str,
        base: Place | None = None,
        made: Path | None = None,
    ) -> Run:
        if sum(not run.over for run in self._runs.values()) >= _MOST_AT_ONCE:
            raise WrongArgument(
                Phrase(
                    "%1 plans and studies are being worked out already. Wait for one, or stop one.",
                    _MOST_AT_ONCE,
                )
            )
        run = Run(next(self._numbers), path, job, python, base, made)
        self._runs[run.number] = run
        for old in [number for number, held in self._runs.items() if held.over][:-_KEPT]:
            del self._runs[old]
        run.worker = Worker(lambda error: self._failed(run, error))
        run.worker.submit(lambda stop: self._work(run, stop))
        return run

    def stop(self, path: Path, number: object) -> None:
        """Stop what is waited for; of what is over nothing is changed."""
        run = self._of(number, path)
        if not run.over and run.worker is not None:
            run.worker.stop()
            if run.state == WAITING:  # who works out what is before it need not be waited for
                run.state = STOPPED

    def page(self, path: Path, number: object) -> str:
        """What a study answers, or how plans differ, as part of a page; empty until it is over."""
        return self._of(number, path).page

    def of(self, path: Path) -> list[dict[str, Any]]:
        """What was asked of a place, the latest first."""
        return [run.record() for run in reversed(self._runs.values()) if run.path == path]

    def wait(self, number: int, seconds: float | None = None) -> bool:
        """Wait until a plan is over; False where that took too long."""
        worker = self._of(number).worker
        return worker is None or worker.wait(seconds)

    def _of(self, number: object, path: Path | None = None) -> Run:
        run = self._runs.get(number) if isinstance(number, int) else None
        if run is None or path not in (None, run.path):
            raise WrongArgument(Phrase("Nothing of that number was asked of this place."))
        return run

    def _work(self, run: Run, stop: threading.Event) -> None:
        before = 0  # the steps of the parts that are over, such as a first plan

        def progress(what: str, stage: int, stages: int) -> None:
            nonlocal before
            if before + stage < run.stage:
                before = run.stages  # the part before ended without a word
            if stage >= stages:
                before += stages  # the end of a part is not the end of the run
            elif not stop.is_set():
                run.state, run.said = RUNNING, str(what)
                run.stage, run.stages = before + stage, before + stages

        watch = Watch(stop, progress)
        kept = run.picked if run.made is None else read_plan(run.made)
        answer: Any = self._engine(run.python).work_out(run.job, watch) if kept is None else kept
        if stop.is_set():
            raise Stopped("the run was stopped.")
        said = ""
        if run.job.what in STUDIES:
            run.page = answer_panel(answer).html()
            self._hold(run, answer)
        else:
            if run.made is None:
                run.file = self._kept(run, answer)
            try:
                run.page = self._compared(run, answer, watch)
            except PlaceBudgetError as error:
                if isinstance(error, Stopped):
                    raise
                said = _ended(error)
        run.state, run.said = DONE, said

    def _hold(self, run: Run, answer: Any) -> None:
        """Hold the plans of an answer, of which one may be picked, until some others have come."""
        if isinstance(answer, FoundPlans):
            run.found = answer
            held = [each for each in self._runs.values() if each.found is not None]
            for old in held[:-_HELD]:
                old.found = None

    def _compared(self, run: Run, plan: Plan, watch: Watch) -> str:
        """How a plan with an option differs from the plan without it, which is kept too."""
        if run.picked is not None:
            pooled = _planned(run.path, run.job.place)
            others = {} if pooled is None else {TITLES[POOLED]: pooled}
            return beside_others(plan, {TITLES[TODAY]: today_of(run.job.place), **others}).html()
        if run.base is None:
            return ""
        job = Job(run.job.what, run.base, run.job.changes)
        there = plan_beside(run.path, run.base, name=job.what, objective=job.changes.objective)
        other = (
            self._engine(run.python).work_out(job, watch)
            if there is None
            else read_plan(_home(run.path) / there["file"])
        )
        if there is None:
            self._kept(Run(run.number, run.path, job), other)
        places, called = (run.base, run.job.place), TITLES[job.what]
        names = (called, f"{called} with {run.option}")
        found = compare(other, plan, places=places, names=names)
        return change_panel(found).html()

    def _kept(self, run: Run, plan: Plan) -> str:
        """Write a plan beside its place, under a name that is free."""
        with_option = f"_{key_of(run.option, 'option')}" if run.option else ""
        stem = f"{key_of(run.job.place.name, 'place')}_{run.job.what}{with_option}"
        return keep(plan, _home(run.path), stem if run.picked is None else stem_of(plan))

    def _failed(self, run: Run, error: BaseException) -> None:
        stopped = isinstance(error, Stopped)
        run.said = "" if stopped else _ended(error)
        run.state = STOPPED if stopped else FAILED


def _ended(error: BaseException) -> str:
    """Why something was not done, as a sentence that others may follow."""
    return f"{fault_told(error).rstrip('.')}."


def _home(path: Path) -> Path:
    """The folder in which a place lies."""
    return path if path.is_dir() else path.parent


# --- studies ----------------------------------------------------------------------


class _Beside(Subject):
    """A place with the best pooled plan that is kept beside it; none is made to show a form."""

    def planned(self, objective: str, pooling: str) -> Plan:
        if self.plan is None:
            raise CannotAnswer(
                Phrase(
                    "This study looks at the best pooled plan, and none of the tables as they are "
                    "is kept beside the place yet. Have it worked out first, under Plans."
                )
            )
        return self.plan


def _study(name: object) -> Study:
    if not isinstance(name, str) or name not in STUDIES:
        raise WrongArgument("There is no such study.")
    return STUDIES[name]


def _planned(path: Path, place: Place) -> Plan | None:
    """The best pooled plan of the tables as they are, where it is kept beside the place."""
    plan = plan_beside(path, place, name=POOLED, objective=PUBLIC)
    if plan is None:
        return None
    file = _home(path) / plan["file"]
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(file: Path, modified: int) -> Plan:
    return read_plan(file)


def study_form(path: Path, place: Place, name: object, leading: object = None) -> dict[str, Any]:
    """The form by which a study is asked for, as a page shows it.

    Parameters
    ----------
    path : Path
        Where the place lies.
    place : Place
        The place, without errors.
    name : str
        The name of the study.
    leading : str, optional
        What was chosen of that on which the other boxes depend.

    Returns
    -------
    dict
        ``about`` the study, ``groups`` of boxes, ``fixed`` (what is sent with them and not shown),
        ``button``, ``leading`` (the box whose change asks for another form), and ``refused``: why
        it cannot be asked for yet, in words.

    Raises
    ------
    WrongArgument
        If there is no such study.

    Examples
    --------
    >>> import placebudget as pb
    >>> form = study_form(Path("nowhere"), pb.example("toy_pooling"), "rests_on")
    >>> [group["legend"] for group in form["groups"]]
    ['Which gain', 'Figures']
    """
    study, subject = _study(name), _Beside(place, _planned(path, place))
    lead = study.leading
    form = {"about": Phrase(study.answers), "leading": "" if lead is None else lead.name}
    try:
        known = lead is not None and leading in lead.among(subject)
        given = {lead.name: leading} if lead is not None and known else {}
        forms = forms_of(study, subject, study.settled(subject, given))
    except CannotAnswer as error:  # there may be nothing to choose from
        return {**form, "groups": [], "fixed": {}, "button": "", "refused": error.args[0]}
    groups = [
        {
            "legend": Phrase(group.legend),
            "hint": Phrase(group.hint),
            "folded": group.folded,
            "fields": [_field(each) for each in group.fields],
        }
        for form in forms
        for group in form.groups
    ]
    asked = {"fixed": dict(forms[-1].fixed), "button": Phrase(forms[-1].button)}
    return {**form, **asked, "groups": groups, "refused": ""}


def _field(field: Field) -> dict[str, Any]:
    held = {"kind": field.kind, **asdict(field)}
    return {key: Phrase(text) if key in _WORDS else text for key, text in held.items()}


_WORDS = {"label", "unit", "hint"}


def studies_offered() -> list[dict[str, str]]:
    """Every study, by its name and as it is called."""
    return [{"name": each.name, "title": Phrase(each.screen)} for each in STUDIES.values()]
