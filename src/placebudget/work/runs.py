"""Plans asked for of places on disk, one after the other, each kept as a file beside its place."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from placebudget.errors import Stopped, WrongArgument, fault_words
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.programme import ALIGNED, FREED, POOLED, SILOED
from placebudget.texts import key_of
from placebudget.work.changes import PUBLIC_VALUE, Changes
from placebudget.work.jobs import TODAY, Engine, Job, Watch, Worker
from placebudget.work.plans import ENDING
from placebudget.work.said import OBJECTIVES

PLANS = (TODAY, SILOED, ALIGNED, POOLED, FREED)
"""The plans that may be asked for."""
WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
FOLDER = "plans"
_MOST_AT_ONCE = 20
_KEPT = 50


@dataclass
class Run:
    """A plan that was asked for.

    Parameters
    ----------
    number : int
        By which it is asked after.
    path : Path
        Where its place lies.
    job : Job
        What is asked.
    """

    number: int
    path: Path
    job: Job
    state: str = WAITING
    said: str = ""
    stage: int = 0
    stages: int = 0
    file: str = ""
    worker: Worker | None = field(default=None, repr=False)

    @property
    def over(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return self.state in (DONE, FAILED, STOPPED)

    def record(self) -> dict[str, Any]:
        """What a page shows of it."""
        return {
            "number": self.number,
            "what": self.job.what,
            "title": self.job.place.title,
            "state": self.state,
            "said": self.said,
            "stage": self.stage,
            "stages": self.stages,
            "file": self.file,
        }


class Runs:
    """The plans that were asked for, and who works them out.

    Parameters
    ----------
    engine : Engine
        Who works them out: one after the other, each as it was asked.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> from placebudget.work.jobs import Here
    >>> folder = pb.example("toy_pooling").write(Path(tempfile.mkdtemp()) / "toy")
    >>> runs = Runs(Here())
    >>> run = runs.ask(folder, pb.read(folder), "pooled")
    >>> runs.wait(run.number, 60)
    True
    >>> run.state, run.file
    ('done', 'plans/toy_pooling_pooled.plan.json')
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._numbers = itertools.count(1)
        self._runs: dict[int, Run] = {}
        self._writing = threading.Lock()

    def ask(self, path: Path, place: Place, what: object, objective: object = None) -> Run:
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

        Raises
        ------
        WrongArgument
            If there is no such plan, or too many are waited for.
        """
        objective = PUBLIC_VALUE if objective is None else objective
        if what not in PLANS or objective not in OBJECTIVES:
            raise WrongArgument("There is no such plan to ask for.")
        if sum(not run.over for run in self._runs.values()) >= _MOST_AT_ONCE:
            raise WrongArgument(
                f"{_MOST_AT_ONCE} plans are being worked out already. Wait for one, or stop one."
            )
        job = Job(str(what), place, Changes(objective=str(objective)))
        run = Run(next(self._numbers), path, job)
        self._runs[run.number] = run
        for old in [number for number, held in self._runs.items() if held.over][:-_KEPT]:
            del self._runs[old]
        run.worker = Worker(lambda error: self._failed(run, error))
        run.worker.submit(lambda stop: self._work(run, stop))
        return run

    def stop(self, path: Path, number: object) -> None:
        """Stop a plan of a place that is waited for; of one that is over nothing is changed."""
        run = self._of(number)
        if run.path != path:
            raise WrongArgument("There is no such plan of this place under way.")
        if not run.over and run.worker is not None:
            run.worker.stop()

    def of(self, path: Path) -> list[dict[str, Any]]:
        """What was asked of a place, the latest first."""
        return [run.record() for run in reversed(self._runs.values()) if run.path == path]

    def wait(self, number: int, seconds: float | None = None) -> bool:
        """Wait until a plan is over; False where that took too long."""
        worker = self._of(number).worker
        return worker is None or worker.wait(seconds)

    def _of(self, number: object) -> Run:
        run = self._runs.get(number) if isinstance(number, int) else None
        if run is None:
            raise WrongArgument("There is no such plan under way.")
        return run

    def _work(self, run: Run, stop: threading.Event) -> None:
        def progress(what: str, stage: int, stages: int) -> None:
            run.state, run.said, run.stage, run.stages = RUNNING, str(what), stage, stages

        plan = self._engine.work_out(run.job, Watch(stop, progress))
        if stop.is_set():
            raise Stopped("the run was stopped.")
        run.file = self._kept(run, plan)
        run.state, run.said = DONE, ""

    def _kept(self, run: Run, plan: Plan) -> str:
        """Write a plan beside its place, under a name that is free."""
        home = run.path if run.path.is_dir() else run.path.parent
        stem = f"{key_of(run.job.place.name, 'place')}_{run.job.what}"
        with self._writing:
            for number in itertools.count(1):
                name = f"{stem}{'' if number == 1 else f'_{number}'}{ENDING}"
                if not (home / FOLDER / name).exists():
                    break
            plan.to_json(home / FOLDER / name)
        return f"{FOLDER}/{name}"

    def _failed(self, run: Run, error: BaseException) -> None:
        stopped = isinstance(error, Stopped)
        run.said = "" if stopped else fault_words(error)
        run.state = STOPPED if stopped else FAILED
