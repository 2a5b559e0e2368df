"""Options of the whole test run."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadGroupScheduling

# Before any test loads openpyxl: as placebudget has it (placebudget.place.io).
os.environ.setdefault("OPENPYXL_LXML", "False")

# No time limit on an example: machines are noisy, and speed is measured elsewhere.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

# Groups by how long they take; those of the browser wait as often as they work.
LONGEST = ("lab", "boards", "northvale", "kept", "site", "notebooks", "desk", "lancashire")

# A shell that starts the run in the background has it ignore Ctrl-C, and so every
# command that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden texts anew; read what changed before it is kept",
    )


class OneWorkerForAFile(LoadGroupScheduling):
    """Tests of one file keep to one worker, as those of one group do.

    So what they share, the plans of a fixture above all, is made once and not in each worker.
    """

    def _split_scope(self, nodeid: str) -> str:
        return super()._split_scope(nodeid).partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneWorkerForAFile | None:
    return OneWorkerForAFile(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups come first, the longest before all: at the end no worker waits for another's."""

    def place(item: pytest.Item) -> int:
        marker = item.get_closest_marker("xdist_group")
        if marker is None:
            return len(LONGEST) + 1
        return LONGEST.index(marker.args[0]) if marker.args[0] in LONGEST else len(LONGEST)

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: no search for rubbish need ever go through it.

    Nor does what tests make need searching every 700 objects, which takes a sixth of their time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(100_000, 20, 10)
        gc.enable()
