"""The addresses of the server part, for those who may write the server's contents."""

from __future__ import annotations

import asyncio

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado.web import Application, authenticated

from placebudget.place import Place, read
from placebudget.place.settings import Settings
from placebudget.server.answering import Answering, in_words
from placebudget.server.documents import (
    ArchiveHandler,
    CheckHandler,
    CopyHandler,
    DocumentHandler,
    Documents,
    NetworkHandler,
    OptionsHandler,
    TakenHandler,
)
from placebudget.server.folders import PlaceMaking
from placebudget.server.jobs import DeskHandler, RunsHandler, StudyHandler
from placebudget.server.new_place import (
    described_examples,
    files_of_example,
    files_of_new_place,
)
from placebudget.server.registers import KeptPlanHandler, MinutesHandler, RegisterHandler
from placebudget.server.requests import (
    requested_example,
    requested_folder,
    requested_place,
    requested_start,
    sectors,
)
from placebudget.texts import key_of
from placebudget.view.panels import panel_styles
from placebudget.work.document import LIMITS
from placebudget.writing import folder_for_a_while


class ExamplesHandler(PlaceMaking):
    """Example places: a list, and a copy of one in a new folder."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(200, {"examples": await asyncio.to_thread(described_examples)})

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        asked = self.asked()
        name, parent = requested_example(asked), requested_folder(asked)
        files = await asyncio.to_thread(files_of_example, name)
        made = await self.folders.make(parent, name, files)
        self.answer(201, made)


class PlacesHandler(PlaceMaking):
    """New places: what may be chosen, and one made in a new folder."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(200, {"sectors": list(sectors())})

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        asked = self.asked()
        place, parent = requested_place(asked), requested_folder(asked)
        files = await asyncio.to_thread(files_of_new_place, place)
        made = await self.folders.make(parent, key_of(place.title, "place"), files)
        self.answer(201, made)


class StartsHandler(PlaceMaking):
    """Places that begin with a workbook, or without rows, each in a new folder."""

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        asked = self.asked()
        start, parent = requested_start(asked), requested_folder(asked)
        empty = isinstance(start, Settings)
        name, files = await asyncio.to_thread(files_of_start, start)
        self.answer(201, await self.folders.make(parent, name, files, notebook=not empty))


class StylesHandler(Answering):
    """How pages of this server look: the same for all of them, and no part of them."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(200, {"css": panel_styles()})


def files_of_start(start: Settings | tuple[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """The name of a new folder and its files: of a place without rows, or of a workbook.

    Raises
    ------
    InvalidPlace
        If the workbook holds no place; all that is wrong is said.
    """
    with folder_for_a_while("the new place") as folder:
        if isinstance(start, Settings):
            place = Place(start, {})
        else:
            name, content = start
            book = folder / name  # as people call it, in what is said of it
            book.write_bytes(content)
            place = read(book, limits=LIMITS)
        written = place.write(folder / "made" / "place")
        files = {each.name: each.read_bytes() for each in written.iterdir()}
    return key_of(place.settings.title, "place"), files


def add_handlers(app: Application) -> None:
    """Add the addresses to a Jupyter server, and have options follow their workbooks in it."""
    documents = Documents(app.settings["contents_manager"])
    app.settings.setdefault("placebudget", {})[Documents] = documents
    documents.following.begin()
    base = app.settings["base_url"]
    addresses = {
        "examples": ExamplesHandler,
        "places": PlacesHandler,
        "styles": StylesHandler,
        "starts": StartsHandler,
        "document": DocumentHandler,
        "check": CheckHandler,
        "network": NetworkHandler,
        "copy": CopyHandler,
        "archive": ArchiveHandler,
        "options": OptionsHandler,
        "taken": TakenHandler,
        "runs": RunsHandler,
        "study": StudyHandler,
        "desk": DeskHandler,
        "register": RegisterHandler,
        "minutes": MinutesHandler,
        "kept": KeptPlanHandler,
    }
    app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "placebudget", name), handler)
            for name, handler in addresses.items()
        ],
    )
