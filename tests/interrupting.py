"""Writes that are killed at every step, or meet a full disk: run as a programme of its own.

``python interrupting.py FOLDER``, for each form, writes something old, then something new over
it in a child process that is killed at its first step in the file system, then at its
second, and so on until it comes through (of many some are left out, see ``tried``); then in
children whose files may not grow beyond a size. After each it prints, as JSON, what stands there.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl

import placebudget as pb
from placebudget.errors import CannotWrite
from placebudget.place import write_template
from placebudget.place.options.stored import save_option, stored_options
from places import YEARS, tiny
from proof import ALL

STEPS = ("open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "shutil.copyfile")
OLD, NEW = tiny(), tiny(needs=None)
DISK_FULL = 7


def _write_place(path: Path, new: bool) -> None:
    (NEW if new else OLD).write(path)


def _write_option(path: Path, new: bool) -> None:
    """An option in a .zip, or in the file of its own in a folder."""
    place = path if path.suffix == ".zip" else path.parent.parent
    if not place.exists():
        OLD.write(place)
    option = pb.Option("less")
    for year in YEARS * 9:  # longer than the sizes that are tried
        option = option.scale("needs", 0.8 if new else 0.9, year=year)
    save_option(option, place)


def _plan(new: bool) -> pb.Plan:
    return PLANS[new]


PLANS = [pb.simulate(OLD), pb.simulate(NEW)] if __name__ == "__main__" else []
FORMS: dict[str, tuple[str, Callable[[Path, bool], Any]]] = {
    "folder": ("place", _write_place),
    "workbook": ("place.xlsx", _write_place),
    "archive": ("place.zip", _write_place),
    "template": ("template.xlsx", lambda path, new: write_template(path, NEW if new else OLD)),
    "option": ("place/options/less.json", _write_option),
    "option in an archive": ("place.zip", _write_option),
    "plan": ("today.plan.json", lambda path, new: _plan(new).to_json(path)),
    "plan workbook": ("today.xlsx", lambda path, new: _plan(new).to_excel(path)),
    "report": ("today.html", lambda path, new: _plan(new).to_html(path)),
}


def content(path: Path) -> Any:
    """What stands at a path: bytes, or bytes by name."""
    if path.is_dir():
        return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}
    return path.read_bytes() if path.exists() else None


def is_whole(form: str, path: Path) -> bool:
    """Whether what stands there can be read to its end."""
    if form in ("folder", "workbook", "archive", "template"):
        return pb.read(path) in (OLD, NEW)
    if form == "option in an archive":
        return pb.read(path) == OLD and list(stored_options(path)) == ["less"]
    if form in ("plan", "option"):
        return bool(json.loads(path.read_text("utf-8")))
    if form == "plan workbook":
        return len(openpyxl.load_workbook(path).sheetnames) > 5
    return path.read_text("utf-8").rstrip().endswith("</html>")


def in_a_child(work: Callable[[], None]) -> int:
    """Do work in a child; its exit status, negative where it was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except CannotWrite:  # in words, and nothing else
            status = DISK_FULL
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(step: int) -> None:
    """Have this process killed when it comes to its n-th step in the file system."""
    left = [step]

    def look(event: str, arguments: Any) -> None:
        if event in STEPS:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)


SEEN = [0]
"""How many steps in the file system this process has come to."""


def count_steps() -> None:
    """From now on, count them."""

    def look(event: str, arguments: Any) -> None:
        SEEN[0] += event in STEPS

    sys.addaudithook(look)


def tried(total: int) -> Iterator[int]:
    """At which of so many steps a write is killed, and on until it comes through.

    Of a workbook with its many parts the first three, the last eight, in which what was written
    is put in its place, and each 24th of those in between, which write beside it; where
    everything is proved, and of all else, each.
    """
    for step in range(1, 1_000):
        if ALL or total < 60 or step <= 3 or step % 24 == 0 or step > total - 8:
            yield step


def let_files_grow_to(size: int) -> None:
    """Have writes beyond a size fail, as they do on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def interrupted(form: str, home: Path) -> None:
    name, write = FORMS[form]
    goal = home / "goal" / name
    write(goal, False)
    if form == "folder":
        (goal / "README.md").write_text("Read me")
    write(home / "warm" / name, False)  # so that every module is there
    before = SEEN[0]
    write(home / "warm" / name, True)
    total = SEEN[0] - before
    old = content(goal)

    def report(**said: Any) -> bool:
        """Print what stands there; whether the new one is in its place, with nothing to lose."""
        now = content(goal)
        state = "old" if now == old else "new" if now and is_whole(form, goal) else "broken"
        beside = sorted(path.name for path in goal.parent.iterdir() if path != goal)
        told = {"form": form, **said, "state": state, "beside": len(beside)}
        print(json.dumps(told), flush=True)
        return now != old

    def killed(step: int) -> None:
        kill_at(step)
        write(goal, True)

    def filled(size: int) -> None:
        let_files_grow_to(size)
        write(goal, True)

    for size in (0, 1, 100, 400):
        if report(size=size, status=in_a_child(lambda size=size: filled(size))):
            return
    for step in tried(total):
        if report(step=step, status=in_a_child(lambda step=step: killed(step))):
            return


if __name__ == "__main__":
    count_steps()
    for each in FORMS:
        interrupted(each, Path(sys.argv[1]) / each)
