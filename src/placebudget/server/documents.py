"""A place as one document: read whole, checked while it is edited, saved whole."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import os
import tempfile
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import ensure_async
from tornado.web import authenticated

from placebudget.errors import InvalidPlace, WrongArgument
from placebudget.place import Findings, Option, Place
from placebudget.place.io.folder import PACKAGE, folder_files
from placebudget.place.options import (
    delete_option,
    options_folder,
    rename_option,
    stored_options,
)
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.simulate import today_of
from placebudget.server.answering import Answering, in_words
from placebudget.server.beside import OptionsBeside
from placebudget.server.requests import requested_copy, requested_folder, requested_place_path
from placebudget.texts import Phrase
from placebudget.work.desk import option_at, read_figures
from placebudget.work.document import (
    LIMITS,
    Document,
    Judged,
    Tables,
    checked_tables,
    digest_on_disk,
    elsewhere,
    judge,
    judged_page,
    page_of,
    read_document,
    save_document,
    with_option,
)
from placebudget.work.plans import (
    PLANS_FOLDER,
    keep_as_option,
    mark_beside,
    named_together,
    option_name,
    options_beside,
    plans_beside,
    store_option,
)

_KEPT = 6


# A larger place is shown at once, and judged when that is asked for.
_JUDGED_AT_ONCE = 10_000


class _Held(NamedTuple):
    """A document, and what its tables as they stand on disk come to; None: not looked at yet."""

    document: Document
    judged: Judged | None

    @classmethod
    def of(cls, document: Document) -> _Held:
        """A document, judged where that takes no time to speak of."""
        small = sum(map(len, document.tables.values())) <= _JUDGED_AT_ONCE
        return cls(document, judge(document, document.tables) if small else None)


class Copies:
    """Files of a server that keeps them elsewhere than on its disk: copied here while in use.

    A place is fetched anew when its file changed there; options and plan files beside it are
    fetched with the first. What changes here is sent there.

    Parameters
    ----------
    contents : ContentsManager
        The server's contents.
    """

    def __init__(self, contents: Any) -> None:
        self._contents = contents
        self._fetched: dict[Path, Any] = {}
        self._alike: dict[Path, str] = {}
        self._one_at_a_time = asyncio.Lock()

    @cached_property
    def _home(self) -> tempfile.TemporaryDirectory[str]:
        """Where copies stand, once there are some; it goes with the server."""
        return tempfile.TemporaryDirectory(prefix="placebudget-")

    @property
    def _root(self) -> Path:
        return Path(self._home.name)

    async def of(self, shown: str) -> Path:
        """The copy of a place, as it stands there now; what was made here meanwhile is sent."""
        async with self._one_at_a_time:
            here = self._root / shown
            await self._send(here)
            first = here not in self._fetched
            model = await ensure_async(self._contents.get(shown, content=False))
            if first or model["last_modified"] != self._fetched[here]:
                await self._fetch(shown)
                self._fetched[here] = model["last_modified"]
            for folder in self._beside(here) if first else ():
                await self._fetch_all(folder.relative_to(self._root).as_posix())
            return here

    def has(self, here: Path) -> bool:
        """Whether it is one of them."""
        return here in self._fetched

    async def send(self, here: Path) -> None:
        """Send what changed of a place and beside it; nothing where it is no copy."""
        if self.has(here):
            async with self._one_at_a_time:
                await self._send(here)
                shown = here.relative_to(self._root).as_posix()
                model = await ensure_async(self._contents.get(shown, content=False))
                self._fetched[here] = model["last_modified"]

    def _beside(self, here: Path) -> tuple[Path, ...]:
        options = () if here.suffix.lower() == ".zip" else (options_folder(here),)
        return (*options, here.parent / PLANS_FOLDER)

    async def _fetch(self, shown: str) -> None:
        model = await ensure_async(self._contents.get(shown, type="file", format="base64"))
        here, content = self._root / shown, base64.b64decode(model["content"])
        here.parent.mkdir(parents=True, exist_ok=True)
        here.write_bytes(content)
        self._alike[here] = _hash(content)

    async def _fetch_all(self, folder: str) -> None:
        if await ensure_async(self._contents.dir_exists(folder)):
            for each in (await ensure_async(self._contents.get(folder)))["content"]:
                name = PurePosixPath(each["name"]).name
                if name.endswith(".json") and each["type"] != "directory":
                    await self._fetch(f"{folder}/{name}")

    async def _send(self, here: Path) -> None:
        folders = self._beside(here)
        # Plan files are looked for beside a place, too, and copies of it are written there.
        there = [file for each in (here.parent, *folders) for file in sorted(each.glob("*"))]
        for file in [each for each in there if each.is_file() and not each.name.startswith(".")]:
            content = file.read_bytes()
            if self._alike.get(file) != _hash(content):
                await self._sent(file, content)
        for file in [each for each in self._alike if each.parent in folders and each not in there]:
            await ensure_async(self._contents.delete(file.relative_to(self._root).as_posix()))
            del self._alike[file]

    async def _sent(self, file: Path, content: bytes) -> None:
        shown = file.relative_to(self._root)
        if not await ensure_async(self._contents.dir_exists(shown.parent.as_posix())):
            await ensure_async(self._contents.save({"type": "directory"}, shown.parent.as_posix()))
        packed = base64.b64encode(content).decode("ascii")
        model = {"type": "file", "format": "base64", "content": packed}
        await ensure_async(self._contents.save(model, shown.as_posix()))
        self._alike[file] = _hash(content)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Documents:
    """The places that were read lately, and who saves which.

    Parameters
    ----------
    contents : ContentsManager
        The server's contents: they know the folder that must not be left.
    """

    def __init__(self, contents: Any) -> None:
        self._contents = contents
        self.copies = Copies(contents)
        self.following = OptionsBeside(contents)
        self._held: OrderedDict[Path, _Held] = OrderedDict()
        # What was typed last: several views ask about the same, and a desk with each step.
        self._typed: dict[Path, tuple[Document, Tables, Judged]] = {}
        self.at_desk: dict[Path, dict[str, Any]] = {}
        self._saving: dict[Path, asyncio.Lock] = {}
        self._keeping = threading.Lock()

    async def path_of(self, given: object) -> Path:
        """Where a place lies on disk.

        Raises
        ------
        WrongArgument
            If the server shows no such file, or keeps its files elsewhere than on a disk.
        """
        path = requested_place_path(given)
        contents = self._contents
        await self.following.done()  # a place that was renamed has its options
        package = f"{path}/{PACKAGE}".lstrip("/")
        shown = path if path.lower().endswith((".xlsx", ".zip")) else package
        if shown == package and not hasattr(contents, "_get_os_path"):
            raise WrongArgument(
                Phrase(
                    "This server keeps its files elsewhere than on its disk, where a place is "
                    "opened as a .place.xlsx or a .place.zip. Read its folder in a notebook, "
                    "with pb.read, and write it so, with place.write."
                )
            )
        found = await self.file_of(shown)
        return found.parent if found.name == PACKAGE else found

    async def file_of(self, given: object) -> Path:
        """Where a file lies on disk, or a copy of it where the server keeps it elsewhere.

        Raises
        ------
        WrongArgument
            If the server shows no such file.
        """
        shown, contents = requested_folder({"folder": given}), self._contents
        there = await ensure_async(contents.file_exists(shown))
        if not there or await ensure_async(contents.is_hidden(shown)):
            raise WrongArgument(Phrase("There is no %1 in the folder that Jupyter shows.", shown))
        if not hasattr(contents, "_get_os_path"):
            return await self.copies.of(shown)
        return Path(contents._get_os_path(shown))

    def read(self, path: Path) -> _Held:
        """A place as it stands on disk now; read anew only where it changed."""
        held = self._held.get(path)
        if held is None or digest_on_disk(path) != held.document.digest:
            held = _Held.of(read_document(path))
        self._keep(path, held)
        return held

    def judge(self, path: Path, tables: object) -> tuple[Document, Tables, Judged]:
        """A place with tables as they are typed."""
        document, judged = self.read(path)
        typed = checked_tables(document, tables or {})
        if judged is not None and typed == document.tables:
            return document, typed, judged
        last = self._typed.get(path)
        if last is not None and last[0] is document and last[1] == typed:
            return last
        found = judge(document, typed)
        if typed == document.tables:
            self._keep(path, _Held(document, found))
        else:
            self._typed[path] = (document, typed, found)
        return document, typed, found

    def sound(self, path: Path, tables: object) -> Place:
        """A place with tables as they are typed, in which nothing is wrong.

        Raises
        ------
        InvalidPlace
            If something is.
        """
        judged = self.judge(path, tables)[2]
        if judged.place is None or judged.findings.errors:
            raise InvalidPlace(
                Phrase("The tables have errors. Mend them first; the overview names each.")
            )
        return judged.place

    async def save(self, path: Path, digest: object, tables: object) -> _Held:
        """Write what changed, if the files are still those that were read."""
        async with self._saving.setdefault(path, asyncio.Lock()):
            held = await asyncio.to_thread(self._save, path, digest, tables)
            await self.copies.send(path)
            return held

    def _save(self, path: Path, digest: object, tables: object) -> _Held:
        document, _ = self.read(path)
        if document.digest != digest:
            raise elsewhere(path)
        saved = save_document(document, checked_tables(document, tables))
        held = _Held.of(saved)
        self._keep(path, held)
        return held

    def _keep(self, path: Path, held: _Held) -> None:
        with self._keeping:
            self._held[path] = held
            self._held.move_to_end(path)
            while len(self._held) > _KEPT:
                self._typed.pop(self._held.popitem(last=False)[0], None)


class Documented(Answering):
    """Answers about places that are documents."""

    @property
    def documents(self) -> Documents:
        """The places that were read lately; one memory for all who ask."""
        return self.one_for_all(Documents, lambda: Documents(self.contents_manager))

    async def asked_of(self) -> tuple[Path, dict[str, Any]]:
        """What was asked for, and where the place lies that it is asked of."""
        asked = self.asked()
        return await self.documents.path_of(asked.get("path")), asked


class DocumentHandler(Documented):
    """A place: read whole, and saved whole."""

    @authenticated
    @authorized
    @in_words
    async def get(self) -> None:
        path = await self.documents.path_of(self.get_query_argument("path", ""))
        if self.get_query_argument("content", "1") == "0":
            digest = await asyncio.to_thread(digest_on_disk, path)
            mark = await asyncio.to_thread(mark_beside, path)
            self.answer(200, {"hash": digest, "beside": mark, **_on_disk(path)})
            return
        held = await asyncio.to_thread(self.documents.read, path)
        desk = self.documents.at_desk.get(path)
        self.answer(200, {**await asyncio.to_thread(_page, path, held), "desk": desk})

    @authenticated
    @authorized
    @in_words
    async def put(self) -> None:
        path, asked = await self.asked_of()
        held = await self.documents.save(path, asked.get("hash"), asked.get("tables"))
        self.answer(200, await asyncio.to_thread(_page, path, held))


class CheckHandler(Documented):
    """What a place comes to with tables as they are typed; nothing is written."""

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        path, asked = await self.asked_of()
        self.answer(200, await asyncio.to_thread(self._judged, path, asked.get("tables")))

    def _judged(self, path: Path, tables: object) -> dict[str, Any]:
        document, _, judged = self.documents.judge(path, tables)
        return {
            "hash": document.digest,
            "judged": True,
            **_beside(path, judged),
            **judged_page(document, judged),
        }


class OptionsHandler(Documented):
    """The options stored beside a place: one made of what was typed, renamed, taken away."""

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        path, asked = await self.asked_of()
        said = await asyncio.to_thread(self._keep, path, asked)
        await self._answer(201, path, said)

    @authenticated
    @authorized
    @in_words
    async def put(self) -> None:
        path, asked = await self.asked_of()
        name, new = str(asked.get("name")), option_name(asked.get("new"))
        await asyncio.to_thread(rename_option, path, name, new)
        await self._answer(200, path, Phrase("%1 is called %2 now.", name, new))

    @authenticated
    @authorized
    @in_words
    async def delete(self) -> None:
        path, asked = await self.asked_of()
        name = str(asked.get("name"))
        await asyncio.to_thread(delete_option, path, name)
        await self._answer(200, path, Phrase("%1 is deleted.", name))

    def _keep(self, path: Path, asked: dict[str, Any]) -> str:
        name, about = asked.get("name", ""), asked.get("about", "")
        place = self.documents.sound(path, asked.get("tables"))
        if "figures" in asked:
            changes = read_figures(asked["figures"], place)
            return store_option(path, changes.option(option_name(name), place), about)
        return keep_as_option(path, self.documents.sound(path, None), place, name, about)

    async def _answer(self, status: int, path: Path, said: str) -> None:
        await self.documents.copies.send(path)
        place = (await asyncio.to_thread(self.documents.judge, path, None))[2].place
        self.answer(status, {"said": said, "options": options_beside(path, place)})


class TakenHandler(Documented):
    """The tables that an option changes, with it laid on what is typed; nothing is written."""

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        path, asked = await self.asked_of()
        self.answer(200, {"tables": await asyncio.to_thread(self._taken, path, asked)})

    def _taken(self, path: Path, asked: dict[str, Any]) -> Tables:
        place = self.documents.sound(path, asked.get("tables"))
        if "figures" in asked:
            option = option_at(read_figures(asked["figures"], place), place)
        else:
            option = named_together(path, [asked.get("name")]) or Option("none")
        typed = self.documents.judge(path, asked.get("tables"))[1]
        return with_option(typed, place, option)


class CopyHandler(Documented):
    """A place as it is typed, written beside itself under another name, with its options."""

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        path, asked = await self.asked_of()
        goal = requested_copy(path, asked)
        home = str(asked["path"]).removesuffix(f"/{PACKAGE}").rpartition("/")[0]
        if path.is_dir() and asked["path"] == PACKAGE:
            raise WrongArgument(
                Phrase(
                    "This place is the folder that Jupyter shows itself, beside which nothing can "
                    "be written. Start Jupyter in the folder above."
                )
            )
        if not goal.suffix and self.documents.copies.has(path):
            raise WrongArgument(Phrase("On this server a place is a .place.xlsx or a .place.zip."))
        await asyncio.to_thread(self._write, path, asked.get("tables"), goal)
        await self.documents.copies.send(path)
        opened = f"{goal.name}/{PACKAGE}" if goal.is_dir() else goal.name
        self.answer(201, {"path": f"{home}/{opened}".lstrip("/")})

    def _write(self, path: Path, tables: object, goal: Path) -> None:
        place = self.documents.judge(path, tables)[2].place
        if place is None:
            raise InvalidPlace(
                Phrase(
                    "Some cells cannot be read, so that the place cannot be written in another "
                    "form. Mend them first; the overview names each."
                )
            )
        place.write(goal)
        for option in stored_options(path).values():
            option.save(goal)


class ArchiveHandler(Documented):
    """A place that is a folder as one file: what is read of it, with its options."""

    @authenticated
    @authorized
    @in_words
    async def get(self) -> None:
        path = await self.documents.path_of(self.get_query_argument("path", ""))
        packed = await asyncio.to_thread(self._packed, path)
        self.set_header("Content-Type", "application/zip")
        self.finish(packed)

    def _packed(self, path: Path) -> bytes:
        if not path.is_dir():
            return path.read_bytes()
        files, findings = folder_files(path, LIMITS)
        if not files:
            raise InvalidPlace(str(findings[0]))
        for option in sorted(options_folder(path).glob("*.json")):
            files[option.relative_to(path).as_posix()] = option.read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return packed.getvalue()


class NetworkHandler(Documented):
    """The money of a place as it is spent today, to be drawn."""

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        path, asked = await self.asked_of()
        self.answer(200, await asyncio.to_thread(self._drawn, path, asked.get("tables")))

    def _drawn(self, path: Path, tables: object) -> dict[str, Any]:
        return {"drawing": plan_drawing(today_of(self.documents.sound(path, tables)))}


def _page(path: Path, held: _Held) -> dict[str, Any]:
    document, judged = held
    found = judged or Judged(None, Findings(()))
    page = page_of(document, document.tables, found)
    known = {"hash": document.digest, "judged": judged is not None}
    return {**known, **_beside(path, found), **_on_disk(path), **page}


def _beside(path: Path, judged: Judged) -> dict[str, Any]:
    """The plans and the options that were kept beside a place."""
    place = judged.place
    return {"plans": plans_beside(path, place), "options": options_beside(path, place)}


def _on_disk(path: Path) -> Mapping[str, Any]:
    """What a document's file tells of itself, for the whole place."""
    about = (path / PACKAGE if path.is_dir() else path).stat()
    modified = datetime.fromtimestamp(about.st_mtime, UTC).isoformat()
    return {"last_modified": modified, "created": modified, "writable": os.access(path, os.W_OK)}
