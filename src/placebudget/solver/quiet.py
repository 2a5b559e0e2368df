"""Standard output belongs to results: what a solver prints does not reach it.

Solvers print from compiled code, past ``sys.stdout``, so this is held where the
process writes: at its file descriptor.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_STDOUT = 1
_lock = threading.Lock()
_inside = 0
_aside: int | None = None


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing reaches standard output meanwhile, whoever prints it.

    Several threads may be inside at once: the first takes standard output away
    and the last gives it back. Where there is none, nothing is taken.

    Examples
    --------
    >>> with quiet():
    ...     _ = os.write(1, b"licensed to nobody")
    """
    global _inside, _aside
    with _lock:
        if not _inside:
            _aside = _taken()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside and _aside is not None:
                _flush()
                os.dup2(_aside, _STDOUT)
                os.close(_aside)
                _aside = None


def _taken() -> int | None:
    _flush()
    try:
        aside = os.dup(_STDOUT)
    except OSError:
        return None
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    os.close(nowhere)
    return aside


def _flush() -> None:
    """What waits in buffers goes where standard output leads now."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)
