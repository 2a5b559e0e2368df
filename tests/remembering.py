"""An engine in this process that keeps answers, as one for many readers does."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import placebudget as pb
from placebudget.work.jobs import Here, Job, Watch
from placebudget.work.packing import packed


class Remembering(Here):
    """Works out once what is asked, for all boards and meetings that are given it.

    Parameters
    ----------
    changed : bool
        Whether it keeps what is asked of changed papers, too, as no engine of a board does.
    """

    def __init__(self, *, changed: bool = False) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], Any] = {}
        self._changed = changed

    def work_out(self, job: Job, watch: Watch) -> Any:
        found = self.known(job)
        if found is None:
            found = super().work_out(job, watch)
            if self._changed or job.place.origin.option is None:
                self.kept[_key(job)] = found
        return found

    def known(self, job: Job) -> Any:
        return self.kept.get(_key(job))


def _key(job: Job) -> tuple[str, str]:
    origin = job.place.origin
    return f"{job.place.digest} {origin.path} {origin.option}", packed(job, job.place)


@cache
def kept() -> Remembering:
    """One for all tests of this process whose point is not who works plans out, or when.

    Files that ask it are marked ``xdist_group("kept")``: what one asked the next has at hand.
    """
    return Remembering(changed=True)


@cache
def light_northvale() -> pb.Place:
    """Northvale, but that nobody need be as well off as in a plan of their own.

    Such a plan is to be made before each other one, which takes as long again.
    """
    place = pb.example("northvale")
    rules = place.rules[place.rules["kind"] != "no_worse_off"]
    return replace(place, tables={**place.tables, "rules": rules})
