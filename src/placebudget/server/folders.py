"""New folders below the server's folder, filled through the server's own contents."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from placebudget.errors import CannotWrite, WrongArgument
from placebudget.server.notebook import FIRST_NOTEBOOK, first_notebook

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

    async def make(self, parent: str, name: str, files: Mapping[str, bytes]) -> dict[str, str]:
        """Write files into a new folder, with the first notebook beside them.

        Parameters
        ----------
        parent : str
            Path of a folder that is there, from the server's folder.
        name : str
            Name of the new folder; a number is added where it is taken.
        files : mapping of str to bytes
            Contents by path in the new folder, with ``/`` between its parts.

        Returns
        -------
        dict
            Paths of the ``folder`` and the ``notebook``.

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
            notebook = f"{folder}/{FIRST_NOTEBOOK}"
            model = {"type": "notebook", "format": "json", "content": first_notebook()}
            await self._save(notebook, model)
        except (HTTPError, OSError) as error:
            raise CannotWrite(
                "The server's folder cannot be written there. Choose another folder in the file "
                "browser; one that was begun may be deleted."
            ) from error
        return {"folder": folder, "notebook": notebook}

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
