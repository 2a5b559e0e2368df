"""Options of the whole test run."""

from __future__ import annotations

import gc
import signal

import pytest
from hypothesis import settings

# No time limit on an example: machines are noisy, and speed is measured elsewhere.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

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


def pytest_collection_finish() -> None:
    """What was collected stays to the end: no search for rubbish need go through it again."""
    gc.freeze()
