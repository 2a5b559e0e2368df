"""Processes of readers, forked from one that has imported what all of them need.

Importing takes a second and a half of a processor and a hundred megabytes for each reader;
forked, they share both. Where a system cannot fork safely, each is begun by itself. Run as
``python -m placebudget.apps.forking``: each line of its input asks for a process, each line
of its output is the number of one.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from placebudget.apps import stand_ready
from placebudget_command import loaded

CAN_FORK = sys.platform == "linux"
"""Elsewhere libraries do not promise to work in a process that was forked."""

_NEEDED = ("ipykernel.kernelapp", "placebudget.apps.widget")
_LOOKS_AGAIN = 3.0  # seconds between looks at whether the plans of the papers are there by now
_USED = ("ipykernel.debugger", "jinja2")  # by a kernel that begins, and by a page put together


class Forked(LocalProvisioner):
    """A kernel of a reader, forked where that can be."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Begin the process of a reader."""
        given = self._scrub_kwargs(kwargs)
        pid = await asyncio.to_thread(_parent.fork, cmd, given.get("env"), given.get("cwd"))
        if pid is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = _Process(pid)  # type: ignore[assignment]
        self.pid = self.pgid = pid
        return self.connection_info


class _Process:
    """A process that is no child of ours, in the words of a :class:`subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """None while it runs; how it ended is not known."""
        if self.returncode is None:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                self.returncode = 0
        return self.returncode

    def wait(self) -> int:
        return self.returncode or 0

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Parent:
    """The process that is forked; begun when a reader is first asked for, and where it is lost."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asking = threading.Lock()

    def fork(self, cmd: list[str], env: dict[str, str] | None, cwd: str | None) -> int | None:
        """The number of a new process, or None where there can be none."""
        if not CAN_FORK:
            return None
        asked = {"argv": cmd[cmd.index("-f") :], "env": env or dict(os.environ), "cwd": cwd}
        with self._asking:
            for _ in range(2):
                process = self._begun()
                assert process.stdin is not None
                assert process.stdout is not None
                try:
                    process.stdin.write(json.dumps(asked).encode() + b"\n")
                    process.stdin.flush()
                    return int(process.stdout.readline())
                except (OSError, ValueError):  # it is lost
                    self.end()
        return None

    def _begun(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command = [sys.executable, "-m", __spec__.name]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe)
        return self._process

    def end(self) -> None:
        """End it, and with it the processes that were forked from it."""
        if self._process is not None:
            self._process.kill()
            with suppress(OSError), self._process:
                pass  # its pipes are closed, and nothing of it is left
            self._process = None


_parent = _Parent()


def main() -> None:
    """Import all there is to import, and fork for each line of the input, until that ends."""
    for name in _NEEDED:
        import_module(name)
    for name in _USED:
        with suppress(ImportError):
            import_module(name)
    ready, looked = False, 0.0
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began it ends it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no process that has ended waits for a word
    _share()
    while line := sys.stdin.readline():
        asked = json.loads(line)
        if not ready and time.monotonic() - looked > _LOOKS_AGAIN:
            ready = _stand_ready()
            looked = time.monotonic()
        pid = os.fork()
        if not pid:
            _become(**asked)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _stand_ready() -> bool:
    """Whether the board that is served stands in this process; without it each reads its own."""
    try:
        found = stand_ready()
    except Exception:
        traceback.print_exc()
        return True  # it is not tried again
    _share()
    return found


def _share() -> None:
    """What there is now is not written to by a search for rubbish, so that it stays shared."""
    gc.collect()
    loaded()


def _become(argv: list[str], env: dict[str, str], cwd: str | None) -> NoReturn:
    """Be the process of a reader, until it ends."""
    code = 1
    try:
        for signum in (signal.SIGINT, signal.SIGCHLD):
            signal.signal(signum, signal.SIG_DFL)
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.environ.clear()
        os.environ.update(env)
        if cwd:
            os.chdir(cwd)
        from ipykernel.kernelapp import IPKernelApp

        parent = f"--IPKernelApp.parent_handle={os.getppid()}"
        IPKernelApp.launch_instance(argv=[*argv, parent])
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except Exception:
        traceback.print_exc()  # into the log of the server, as of any other process
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
