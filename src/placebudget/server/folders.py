"""New folders in the server's contents, and files beside others: never over what is there."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from placebudget.errors import CannotWrite, WrongArgument
from placebudget.server.answering import Answering
from placebudget.texts import Phrase

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
                await self._save(f"{folder}/{path}", _packed(content))
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

    async def make_once(self, parent: str, name: str, files: Mapping[str, bytes]) -> str:
        """Write files into a new folder, unless that of this name holds them; gives its path."""
        there = "/".join(part for part in (parent, name) if part)
        if await self._holds(there, files):
            return there
        return (await self.make(parent, name, files, notebook=False))["folder"]

    async def put_beside(self, path: str, name: str, content: bytes) -> str:
        """Write a file beside another, with a number where its name is taken; gives its path.

        Raises
        ------
        CannotWrite
            If nothing may be written there.
        """
        file = PurePosixPath(name)
        try:
            async with self._taking:
                goal = await self._free(path.rpartition("/")[0], file.stem, file.suffix)
                await self._save(goal, _packed(content))
        except (HTTPError, OSError) as error:
            raise CannotWrite(
                Phrase("Nothing can be written beside %1. Download it instead.", path)
            ) from error
        return goal

    async def _holds(self, folder: str, files: Mapping[str, bytes]) -> bool:
        for name, content in files.items():
            path = f"{folder}/{name}"
            if not await ensure_async(self._contents.file_exists(path)):
                return False
            found = await ensure_async(self._contents.get(path, type="file", format="base64"))
            if base64.b64decode(found["content"]) != content:
                return False
        return True

    async def _save(self, path: str, model: dict[str, Any]) -> None:
        await ensure_async(self._contents.save(model, path))

    async def _free(self, parent: str, name: str, ending: str = "") -> str:
        for number in range(1, MOST_COPIES + 1):
            path = "/".join(part for part in (parent, name) if part)
            path = f"{path}{ending}" if number == 1 else f"{path}_{number}{ending}"
            if not await self._is_there(path):
                return path
        raise CannotWrite(f"There are {MOST_COPIES} of this name; choose another folder.")

    async def _is_there(self, path: str) -> bool:
        contents = self._contents
        return bool(
            await ensure_async(contents.dir_exists(path))
            or await ensure_async(contents.file_exists(path))
        )


def _packed(content: bytes) -> dict[str, Any]:
    packed = base64.b64encode(content).decode("ascii")
    return {"type": "file", "format": "base64", "content": packed}


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
