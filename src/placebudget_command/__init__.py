"""The command ``placebudget``, from its first moment on.

This stands outside the package, as importing the package takes most of a second: until
then, too, a signal ends the command with a line and a code, and a line can be said.
"""

from __future__ import annotations

import codecs
import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NAME = "placebudget"
STOPPED = "Stopped: nothing was written."
# What stands for a sign that the encoding of a terminal or a log does not have.
_PLAIN = {
    "£": "GBP ", "−": "-", "–": "-", "—": "-", "‑": "-", "‘": "'", "’": "'", "“": '"', "”": '"',
    "…": "...", "×": "x", "≤": "<=", "≥": ">=", "±": "+/-", "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip


class Ended(KeyboardInterrupt):
    """The command was asked to end, by Ctrl-C or by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number


_working = False
_words = STOPPED


def main() -> None:
    """Run the command line."""
    _listen()
    _open_streams()
    from placebudget.cli import app

    loaded()
    try:
        app(prog_name=NAME)
    except SystemExit as ended:
        sys.exit(_flushed(ended.code))


def loaded() -> None:
    """Let what was loaded stay, and search for rubbish seldom, as a process that plans should.

    What plans are made of goes as soon as nobody holds it: searching for what holds itself
    every few hundred objects would be an eighth of a run.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 10)


@contextmanager
def working() -> Iterator[None]:
    """Within this a signal is heard as :class:`Ended`: work has begun that ends in good order.

    A second signal ends it at once, and so does one that comes when the work is done.
    """
    global _working, _words
    _working = True
    try:
        yield
    finally:
        _working, _words = False, "Stopped."


def _listen() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        # What runs in the background of a script was told to pass over Ctrl-C.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _heard)


def _heard(number: int, _: Any) -> None:
    global _working, _words
    if _working:
        _working, _words = False, "Stopped at once: what was not written before is lost."
        raise Ended(number)
    os.write(2, f"{_words}\n".encode())
    os._exit(128 + number)


def _is_run_as_module() -> bool:
    """Whether Python is at ``-m placebudget``, and imports the package to find what to run."""
    module = sys.orig_argv[-len(sys.argv)] if sys.argv[:1] == ["-m"] else ""
    return module in (NAME, f"-m{NAME}")


if _is_run_as_module():
    _listen()


def _open_streams() -> None:
    """Streams that are there, and take every sign.

    One that was closed leads nowhere: the first file opened would take its number, and
    get what is said.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            opened = os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False)
            setattr(sys, name, opened)
    codecs.register_error("plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="plain")  # type: ignore[union-attr]


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign, "?") for sign in signs), error.end


def _flushed(code: Any) -> Any:
    """The exit code, once all that was said has left."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # Python would try again as it ends, and say so in its own way.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        if not code:
            sys.stderr.write(f"Standard output cannot be written: {error.strerror}.\n")
        return code or 1
    return code
