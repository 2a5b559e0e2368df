"""A process that works jobs out: begun, begun again where it is lost, and ended."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

_LONGEST = 90  # characters of a path by which a process can be reached


class Serving:
    """A process that works jobs out; it ends with this one, however this one ends.

    Parameters
    ----------
    folder : path, optional
        Where it can be reached; default: a folder of its own.
    log : path, optional
        Where it writes what nobody foresaw; default: where this one does.
    """

    def __init__(self, folder: Path | None = None, log: Path | None = None) -> None:
        self._own, self._log = None, log
        if folder is None or len(str(folder)) > _LONGEST:
            short = "/tmp" if len(tempfile.gettempdir()) > _LONGEST else None
            self._own = tempfile.TemporaryDirectory(prefix="placebudget-", dir=short)
            folder = Path(self._own.name)
        self.key = secrets.token_hex(16)
        pipes = sys.platform == "win32"
        self.address = rf"\\.\pipe\placebudget-{self.key}" if pipes else str(folder / "jobs")
        self.process = self._begun()

    def keep_up(self) -> None:
        """Begin it anew where it has ended."""
        if self.process.poll() is not None:
            self._clear()
            self.process = self._begun()

    def close(self) -> None:
        """End it, and whatever is under way in it."""
        self.process.kill()
        self._clear()
        if self._own is not None:
            self._own.cleanup()

    def _begun(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "placebudget.work.serving", self.address]
        with ExitStack() as opened:
            begun = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=None if self._log is None else opened.enter_context(self._log.open("ab")),
                start_new_session=True,  # Ctrl-C is for who began it, and ends it
            )
        assert begun.stdin is not None
        with suppress(OSError):  # it has ended already: that is found when it is asked
            begun.stdin.write(f"{self.key}\n".encode())
            begun.stdin.flush()
        return begun

    def _clear(self) -> None:
        self.process.wait()
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        with suppress(OSError):
            os.unlink(self.address)
