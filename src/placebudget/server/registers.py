"""Registers over the server: read as whoever shows no token reads them, never written."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import date
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from placebudget.errors import CannotAnswer
from placebudget.server.answering import in_words
from placebudget.server.documents import Documented
from placebudget.server.folders import PlaceMaking
from placebudget.server.requests import requested_folder
from placebudget.texts import Phrase
from placebudget.work.registers import (
    RegisterRead,
    decision_told,
    meeting_page,
    minutes_taken,
    plan_taken,
    read_register,
    register_page,
    register_rows,
)

_KEPT = 4


class Registers:
    """The registers that were read lately, each read anew when its file has changed."""

    def __init__(self) -> None:
        self._held: OrderedDict[Path, tuple[str, RegisterRead]] = OrderedDict()

    def read(self, path: Path) -> RegisterRead:
        """A register as it stands on disk now."""
        mark = mark_of(path)
        known, read = self._held.pop(path, ("", None))
        if read is None or known != mark:
            read = read_register(path)
        self._held[path] = mark, read
        while len(self._held) > _KEPT:
            self._held.popitem(last=False)
        return read


def mark_of(path: Path) -> str:
    """A mark that changes with a file, and with the day, on which it hangs what is due."""
    try:
        about = path.stat()
        with path.open("rb"):
            pass
    except OSError as error:
        raise CannotAnswer(
            Phrase("%1 cannot be read: %2.", path.name, error.strerror or str(error))
        ) from error
    return f"{about.st_ino}-{about.st_size}-{about.st_mtime_ns}-{date.today()}"


class OfRegister(Documented):
    """Answers about registers."""

    @property
    def registers(self) -> Registers:
        """The registers that were read lately; one memory for all who ask."""
        return self.one_for_all(Registers, Registers)

    async def file(self) -> Path:
        """Where the register lies that is asked about."""
        return await self.documents.file_of(self.get_query_argument("path", ""))


class RegisterHandler(OfRegister):
    """A register: what is seen first, a page of one of its lists, a decision, a meeting."""

    @authenticated
    @authorized
    @in_words
    async def get(self) -> None:
        path = await self.file()
        self.answer(200, await asyncio.to_thread(self._told, path))

    def _told(self, path: Path) -> dict[str, Any]:
        asked = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        mark = mark_of(path)
        if asked.get("content") == "0":
            return {"mark": mark}
        read = self.registers.read(path)
        if "list" in asked:
            start = asked.get("start", "")
            first = int(start) if start.isdecimal() else 0
            return register_rows(read, asked["list"], first, asked)
        if "decision" in asked:
            return {"told": decision_told(read, asked["decision"])}
        if "meeting" in asked:
            return {"page": meeting_page(path, asked["meeting"])}
        return {"mark": mark, "name": path.name, **register_page(read, asked.get("noted", ""))}


class MinutesHandler(OfRegister, PlaceMaking):
    """The minutes of a meeting: fetched as a file, or written beside the register."""

    @authenticated
    @authorized
    @in_words
    async def get(self) -> None:
        path = await self.file()
        wanted = [self.get_query_argument(name, "") for name in ("meeting", "form")]
        name, content = await asyncio.to_thread(minutes_taken, path, *wanted)
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(content)

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        asked = self.asked()
        path = await self.documents.file_of(asked.get("path"))
        wanted = [str(asked.get(name, "")) for name in ("meeting", "form")]
        name, content = await asyncio.to_thread(minutes_taken, path, *wanted)
        shown = requested_folder({"folder": asked["path"]})
        self.answer(201, {"path": await self.folders.put_beside(shown, name, content)})


class KeptPlanHandler(OfRegister, PlaceMaking):
    """The plan of a decision or a choice with its place, put into a folder beside the register."""

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        asked = self.asked()
        path = await self.documents.file_of(asked.get("path"))
        name, place, files = await asyncio.to_thread(plan_taken, path, str(asked.get("of", "")))
        parent = requested_folder({"folder": asked["path"]}).rpartition("/")[0]
        folder = await self.folders.make_once(parent, name, files)
        self.answer(201, {"folder": folder, "place": f"{folder}/{place}"})
