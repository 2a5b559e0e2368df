"""An engine in this process that keeps answers, as one for many readers does."""

from __future__ import annotations

from typing import Any

from placebudget.work.jobs import Here, Job, Watch
from placebudget.work.packing import packed


class Remembering(Here):
    """Works out once what is asked of the papers, for all boards that are given it."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], Any] = {}

    def work_out(self, job: Job, watch: Watch) -> Any:
        found = self.known(job)
        if found is None:
            found = super().work_out(job, watch)
            if job.place.origin.option is None:
                self.kept[_key(job)] = found
        return found

    def known(self, job: Job) -> Any:
        return self.kept.get(_key(job))


def _key(job: Job) -> tuple[str, str]:
    return packed(job.place), packed(job, job.place)
