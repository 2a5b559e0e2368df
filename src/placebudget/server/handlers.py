"""The addresses of the server part, for those who may write the server's contents."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import ensure_async, url_path_join
from tornado.web import Application, HTTPError, authenticated

from placebudget.errors import CannotWrite, WrongArgument
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
from placebudget.server.jobs import DeskHandler, RunsHandler, StudyHandler
from placebudget.server.new_place import (
    described_examples,
    files_of_example,
    files_of_new_place,
)
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

MOST_COPIES = 1_000


class NewFolders:
    """Makes folders that were not there before.

    Parameters
    ----------
    contents : ContentsManager
        The server's contents: they know the folder that must not be left.
    """

    def __init__(self, contents: Any) -> None:
        self._contents = contents
        # Between finding a free name and taking it nobody else may look for one.
        self._taking = asyncio.Lock()

    async def make(
        self, parent: str, name: str, files: Mapping[str, bytes], *, notebook: bool = True
    ) -> dict[str, str]:
        """Write files into a new folder, with the first notebook beside them.

        Parameters
        ----------
        parent : str
            Path of a folder that is there, from the server's folder.
        name : str
            Name of the new folder; a number is added where it is taken.
        files : mapping of str to bytes
            Contents by path in the new folder, with ``/`` between its parts.
        notebook : bool
            Whether there is a first notebook.

        Returns
        -------
        dict
            Paths of the ``folder`` and the ``notebook``, which is empty where there is none.

        Raises
        ------
        WrongArgument
            If the parent is not there, or nothing may be written.
        """
        if parent and not await ensure_async(self._contents.dir_exists(parent)):
            raise WrongArgument("The folder is not there; choose another in the file browser.")
        try:
            async with self._taking:
                folder = await self._free(parent, name)
                await self._save(folder, {"type": "directory"})
            for below in _folders_of(files):
                await self._save(f"{folder}/{below}", {"type": "directory"})
            for path, content in files.items():
                packed = base64.b64encode(content).decode("ascii")
                model: dict[str, Any] = {"type": "file", "format": "base64", "content": packed}
                await self._save(f"{folder}/{path}", model)
            first = f"{folder}/{FIRST_NOTEBOOK}" if notebook else ""
            if first:
                model = {"type": "notebook", "format": "json", "content": first_notebook()}
                await self._save(first, model)
        except (HTTPError, OSError) as error:
            raise CannotWrite(
                "The server's folder cannot be written there. Choose another folder in the file "
                "browser; one that was begun may be deleted."
            ) from error
        return {"folder": folder, "notebook": first}

    async def _save(self, path: str, model: dict[str, Any]) -> None:
        await ensure_async(self._contents.save(model, path))

    async def _free(self, parent: str, name: str) -> str:
        for number in range(1, MOST_COPIES + 1):
            path = "/".join(part for part in (parent, name) if part)
            path = path if number == 1 else f"{path}_{number}"
            if not await self._is_there(path):
                return path
        raise CannotWrite(f"There are {MOST_COPIES} folders of this name; choose another folder.")

    async def _is_there(self, path: str) -> bool:
        contents = self._contents
        return bool(
            await ensure_async(contents.dir_exists(path))
            or await ensure_async(contents.file_exists(path))
        )


def _folders_of(files: Mapping[str, bytes]) -> list[str]:
    """Folders within the new folder, outer ones first."""
    inner = {str(parent) for path in files for parent in PurePosixPath(path).parents if parent.name}
    return sorted(inner, key=lambda path: (path.count("/"), path))


# --- the first notebook ---------------------------------------------------------


FIRST_NOTEBOOK = "first_plan.ipynb"

_CELLS = (
    (
        "markdown",
        "# First plan\n\nWhat is the best use of this place's money, and how does it differ from "
        "today's? Run the cells from top to bottom: Run, Run All Cells.",
    ),
    ("code", 'import placebudget as pb\n\nplace = pb.read(".")\nprint(place.title)\nplace.check()'),
    ("markdown", "Today's spending and the best plan with the pools of the place, side by side:"),
    (
        "code",
        "today = pb.simulate(place)\n"
        'plan = pb.optimise(place, pooling="pooled")\n'
        "print(pb.compare(today, plan).summary())",
    ),
    ("markdown", "Where the money goes:"),
    ("code", "plan"),
    ("markdown", "What each rule costs, the dearest first:"),
    ("code", "plan.prices().head(10)"),
    (
        "markdown",
        "The plan as a file; double-click it in the file browser to look at it without running "
        "anything. It is a model: it ranks options by the figures in the tables, and it is no "
        "better than they are. Change a table, restart the kernel and run the cells again.",
    ),
    ("code", 'plan.to_json("first.plan.json")'),
)


def first_notebook() -> dict[str, Any]:
    """A notebook without outputs, in the format of Jupyter.

    Examples
    --------
    >>> [cell["cell_type"] for cell in first_notebook()["cells"]][:2]
    ['markdown', 'code']
    """
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {
        "cells": [_cell(number, *cell) for number, cell in enumerate(_CELLS, start=1)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(number: int, kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"first-{number}", "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return {**cell, "source": source}


class PlaceMaking(Answering):
    """Makes new folders."""

    @property
    def folders(self) -> NewFolders:
        """New folders in the server's contents; one maker for all who ask."""
        return self.one_for_all(NewFolders, lambda: NewFolders(self.contents_manager))


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
    }
    app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "placebudget", name), handler)
            for name, handler in addresses.items()
        ],
    )
