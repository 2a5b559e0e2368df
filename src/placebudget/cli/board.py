"""``placebudget board``: a place on screen for a partnership board, served by Voila.

Voila runs as a child of its own, on a folder that ends with it: its settings, the
Python it uses for readers, and its log stand there and nowhere else. It serves the
packaged notebook and nothing besides.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from placebudget.apps.papers import folder_to_write
from placebudget.cli.planning import PlaceArgument, checked_place
from placebudget.cli.speaking import FOUND, STOPPED, WRONG_USE, complain
from placebudget.place import examples
from placebudget.register import Register
from placebudget.sector.panel import OWN_PANEL, as_panel
from placebudget.sector.review import OWN_REVIEW, as_review
from placebudget.view.in_short import question_of
from placebudget.work.elsewhere import Serving

PLACE, TIME, JOBS = "PLACEBUDGET_PLACE", "PLACEBUDGET_SECONDS", "PLACEBUDGET_JOBS"
REGISTER = "PLACEBUDGET_REGISTER"
"""Names under which a reader is told the place, the time a plan may take, and who works it out."""

_START = 60.0  # seconds in which Voila answers, or is taken not to come
_END = 15.0  # seconds in which it ends its readers, or is ended
_MEMORY, _SOLVING = 160e6, 600e6  # bytes a reader of a county takes, and who works for all
_READERS = 8  # where the memory of the machine is not told
_LOOK = 0.2  # seconds between looks at whether all of it still runs
_LONGEST_PATH = 50  # of a folder in which files stand by which processes are reached
_TOLD = 15  # lines of its log shown where it does not come
# The browser itself refuses whatever would leave this server.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' blob: data:; form-action 'self'; base-uri 'self'; frame-ancestors 'self'"
)


def board(
    place: PlaceArgument,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0: any that is free.")
    ] = 8866,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0: reachable from other machines.")
    ] = "127.0.0.1",
    prefix: Annotated[
        str,
        typer.Option(
            metavar="PATH",
            help="Path under which a proxy in front has it, such as /board/; it is passed on.",
        ),
    ] = "/",
    token: Annotated[
        bool, typer.Option("--token/--no-token", help="Ask readers for a token in the address.")
    ] = True,
    open_: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the board in a browser.")
    ] = True,
    papers: Annotated[
        bool, typer.Option(help="Show the papers first, and a live board to who tries something.")
    ] = True,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            show_default=False,
            help="Folder in which the papers are kept for the next time; else they end with it.",
        ),
    ] = None,
    register: Annotated[
        str | None,
        typer.Option(
            metavar="REGISTER",
            show_default=False,
            help="A register, in which those who may enter there what is decided.",
        ),
    ] = None,
    panel: Annotated[
        str | None,
        typer.Option(
            metavar="PANEL",
            show_default=False,
            help="A panel of your own, with which councils are compared.",
        ),
    ] = None,
    review: Annotated[
        str | None,
        typer.Option(metavar="REVIEW", show_default=False, help="A review of your own, by peers."),
    ] = None,
    preheat: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=20,
            show_default="0, without papers 1",
            help="Readers for whom a live board is kept ready beforehand.",
        ),
    ] = None,
    idle: Annotated[
        float,
        typer.Option(min=0.05, help="Minutes after which a board whose page was closed ends."),
    ] = 10.0,
    seconds: Annotated[float, typer.Option(min=1.0, help="Most seconds a plan may take.")] = 120.0,
    readers: Annotated[
        int | None,
        typer.Option(
            min=1, max=10_000, help="Most pages open at a time; default: what the memory takes."
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A name by which readers ask for it; may be given several times."),
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="File for the log of the server; else it ends with it.")
    ] = None,
) -> None:
    """Show a place to its board in a browser; Ctrl-C ends it."""
    if not token and not allow_host and not _is_here(host):
        complain(
            f"Without a token, a board on {host} can be read from pages of others. Say by which "
            "name readers ask for it, such as --allow-host board.example.org, or leave the token."
        )
        raise typer.Exit(WRONG_USE)
    base = _base(prefix)
    kept = None if keep is None or not papers else folder_to_write(keep)
    read = checked_place(place)
    own = {} if register is None else {REGISTER: _register(register)}
    for name, path, as_data in ((OWN_PANEL, panel, as_panel), (OWN_REVIEW, review, as_review)):
        if path is not None:
            as_data(path)  # which is refused here, before a board is begun
            own[name] = str(Path(path).resolve())
    title = read.title
    chosen = port or _free_port(host)
    if not _is_free(host, chosen):
        complain(
            f"Port {chosen} is taken on {host}, perhaps by another board. Choose another with "
            "--port, or any that is free with --port 0."
        )
        raise typer.Exit(WRONG_USE)
    key = secrets.token_urlsafe(24) if token else ""
    with tempfile.TemporaryDirectory(prefix="placebudget-board-") as folder:
        home = Path(folder)
        most = _room() if readers is None else readers
        ready = (0 if papers else 1) if preheat is None else preheat
        settings = _settings(home, base, host, chosen, key, min(ready, most), idle)
        before = (kept or home / "papers") if papers else None
        settings["VoilaConfiguration"]["resources"] = {
            "board": {
                "place": title,
                "question": question_of(read),
                "papers": "" if before is None else "./",
            }
        }
        settings["BoardServer"] = {
            "most_readers": most,
            "answers_to": [*_own_names(host), *(allow_host or ())],
            "papers": "" if before is None else str(before),
        }
        _settle(home, settings)
        written = home / "log" if log is None else log.resolve()
        with _voila(home, place, seconds, written, before, own) as (child, jobs):
            _wait_until_up(child, written, host, chosen)
            address = f"http://{_named(host)}:{chosen}{base}" + (f"?token={key}" if key else "")
            typer.echo(f"The board of {title}: {address}")
            typer.echo(f"At most {most} {'page' if most == 1 else 'pages'} open at a time.")
            typer.echo("End it with Ctrl-C.")
            if open_:
                webbrowser.open(address)
            _watch(child, jobs, written)


def _register(where: str) -> str:
    """Where a register is, reached from any folder; it can be opened."""
    with Register(where, token="") as held:
        _ = held.title  # which is told of one alone that holds together
    return where if "://" in where else str(Path(where).resolve())


def _base(prefix: str) -> str:
    """The path under which everything stands, with a stroke on either side."""
    parts = [part for part in prefix.split("/") if part]
    if not all(re.fullmatch(r"[\w.~-]+", part, re.ASCII) for part in parts) or ".." in parts:
        complain(f"{prefix!r} is no path of an address. Name one like --prefix /board/.")
        raise typer.Exit(WRONG_USE)
    return "/".join(["", *parts, ""])


# --- Voila ---------------------------------------------------------------------


def voila_home() -> Path:
    """The folder with the notebook of the board and its template, in the wheel or a checkout."""
    package = Path(__file__).resolve().parents[1]
    homes = (package / "voila", package.parents[1] / "voila")
    return next(home for home in homes if (home / "board.ipynb").is_file())


def _reached(home: Path) -> dict[str, str]:
    """How readers' processes are reached: by files, where the system has such, not by ports.

    A port that is free when it is chosen may be another's by the time a process listens on it, and
    others on this machine could ask it.
    """
    by_files = sys.platform == "linux" and len(str(home)) < _LONGEST_PATH
    return {"transport": "ipc"} if by_files else {}


def _settings(
    home: Path, base: str, host: str, port: int, key: str, preheat: int, idle: float
) -> dict[str, Any]:
    """The settings of Voila: one notebook, our template, readers that end."""
    return {
        "Voila": {
            "ip": host,
            "port": port,
            "base_url": base,
            "port_retries": 0,
            "open_browser": False,
            "token": key,
            "tornado_settings": {
                "headers": {
                    "Content-Security-Policy": _POLICY,
                    "Referrer-Policy": "same-origin",
                    "X-Content-Type-Options": "nosniff",
                }
            },
        },
        "VoilaConfiguration": {
            "template": "placebudget",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "file_allowlist": [],
            "extension_denylist": ["placebudget"],
            "preheat_kernel": preheat > 0,
            "default_pool_size": preheat,
            "multi_kernel_manager_class": "placebudget.apps.serving.Readers",
        },
        # On a machine with much else to do a board opens late, not never.
        "VoilaExecutor": {"startup_timeout": 600},
        # One begun in its place would know nothing of the page, which begins again by itself.
        "KernelManager": {"autorestart": False, **_reached(home)},
        "MappingKernelManager": {
            "cull_idle_timeout": max(1, round(60 * idle)),
            "cull_interval": max(1, min(10, round(20 * idle))),
            "cull_connected": False,
        },
    }


def _settle(home: Path, settings: dict[str, Any]) -> None:
    """Write the settings, and that readers are served by the Python of this command."""
    (home / "voila.json").write_text(json.dumps(settings), "utf-8")
    (home / "voila.json").chmod(0o600)  # it holds the token
    kernel = home / "kernels" / "python3"
    kernel.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    begun = {"kernel_provisioner": {"provisioner_name": "placebudget-forked"}}
    spec = {"argv": command, "display_name": "Python 3", "language": "python", "metadata": begun}
    (kernel / "kernel.json").write_text(json.dumps(spec), "utf-8")


@contextlib.contextmanager
def _voila(
    home: Path, place: str, seconds: float, log: Path, papers: Path | None, own: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], Serving]]:
    """Voila as a child that ends with the block, and its readers with it; and who works for them.

    All readers share one process that solves: what several ask for is worked out once.
    """
    served = voila_home()
    paths = [str(home), str(served.parent), os.environ.get("JUPYTER_PATH", "")]
    known = place in examples() and not os.path.exists(place)
    shown = place if known else str(Path(place).resolve())
    environment = {
        **os.environ,
        "JUPYTER_PATH": os.pathsep.join(path for path in paths if path),
        PLACE: shown,
        TIME: str(seconds),
        **own,
    }
    try:
        log.write_bytes(b"")
    except OSError as error:
        complain(f"The log cannot be written to {log}: {error.strerror}. Name another file.")
        raise typer.Exit(WRONG_USE) from None
    jobs = Serving(home, log)
    environment[JOBS] = f"{jobs.address} {jobs.key}"

    def began(*command: str, stdin: int) -> subprocess.Popen[bytes]:
        with log.open("ab") as written:
            return subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=home,
                env=environment,
                stdin=stdin,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    child = began("placebudget.apps.serving", str(served / "board.ipynb"), stdin=subprocess.DEVNULL)
    writer = None
    if papers is not None:
        # It ends with this process, however that ends: its input does.
        filling = "placebudget.apps.papers.filling"
        writer = began(filling, shown, str(papers), stdin=subprocess.PIPE)
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield child, jobs
    except KeyboardInterrupt:
        complain("The board is closed.")
        raise typer.Exit(STOPPED) from None
    finally:
        signal.signal(signal.SIGTERM, before)
        _end(child)
        if writer is not None:
            writer.kill()
            with contextlib.suppress(OSError), writer:
                pass  # its pipe is closed, and nothing of it is left
        jobs.close()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _end(child: subprocess.Popen[bytes]) -> None:
    """End Voila, which ends its readers; what does not listen is killed with them."""
    child.terminate()
    try:
        child.wait(_END)
    except subprocess.TimeoutExpired:
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
        child.wait()


def _wait_until_up(child: subprocess.Popen[bytes], log: Path, host: str, port: int) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until and child.poll() is None:
        with socket.socket(_family(host)) as knock:
            if knock.connect_ex((_named(host), port)) == 0:
                return
        time.sleep(0.1)
    _fail(log, "The board did not start.")


def _watch(child: subprocess.Popen[bytes], jobs: Serving, log: Path) -> None:
    """Wait for Ctrl-C; a Voila that ends by itself is an error, whoever works for it goes on."""
    while child.poll() is None:
        jobs.keep_up()
        time.sleep(_LOOK)
    _fail(log, "The board ended by itself.")


def _fail(log: Path, what: str) -> None:
    lines = log.read_text("utf-8", "replace").splitlines()[-_TOLD:]
    complain("\n".join([f"{what} The last lines of its log:", *lines]))
    raise typer.Exit(FOUND)


def _room() -> int:
    """For how many readers there is memory now; for one in any case."""
    try:
        lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        free = 1024 * int(lines["MemAvailable"].split()[0])
    except (OSError, LookupError, ValueError):
        return _READERS
    with contextlib.suppress(OSError, ValueError):
        held = [int(Path(f"/sys/fs/cgroup/memory.{of}").read_text()) for of in ("max", "current")]
        free = min(free, held[0] - held[1])  # what this container may still take
    return max(1, int((free - _SOLVING) // _MEMORY))


# --- addresses -------------------------------------------------------------------


def _is_free(host: str, port: int) -> bool:
    with socket.socket(_family(host)) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError:
            return False
    return True


def _free_port(host: str) -> int:
    with socket.socket(_family(host)) as found:
        found.bind((host, 0))
        return int(found.getsockname()[1])


def _is_here(host: str) -> bool:
    """Whether only this machine can reach an address to listen on."""
    return host in ("localhost", "::1") or host.startswith("127.")


def _own_names(host: str) -> list[str]:
    """Names by which a board is asked for without being told any."""
    if _is_here(host):
        return ["localhost"]
    machine = socket.gethostname()
    return ["localhost", host, machine, f"{machine.partition('.')[0]}.local", socket.getfqdn()]


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _named(host: str) -> str:
    """The address a browser on this machine uses."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}
    return everywhere.get(host, host)
