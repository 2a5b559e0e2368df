"""The options that lie beside a workbook go with it when it is renamed, moved or copied."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from placebudget.place.options import options_folder

_BOOK = ".xlsx"


class OptionsBeside:
    """Has the options of workbooks follow them, whoever renames or copies those in Jupyter.

    A folder and an archive hold theirs; those of a workbook stand in a folder of its name.

    Parameters
    ----------
    contents : ContentsManager
        The server's contents: they tell of what is renamed and copied.
    """

    def __init__(self, contents: Any) -> None:
        self._contents = contents
        self._one_at_a_time = asyncio.Lock()

    def begin(self) -> None:
        """Listen from now on."""
        contents = self._contents
        contents.event_logger.add_listener(schema_id=contents.event_schema_id, listener=self._heard)

    async def done(self) -> None:
        """Wait until all that was heard of is done."""
        async with self._one_at_a_time:
            pass

    async def _heard(self, logger: Any, schema_id: str, data: Mapping[str, Any]) -> None:
        source, goal = (str(data.get(each, "")).strip("/") for each in ("source_path", "path"))
        if data["action"] not in ("rename", "copy") or not all(
            each.lower().endswith(_BOOK) for each in (source, goal)
        ):
            return
        async with self._one_at_a_time:
            try:
                await self._follow(source, goal, moves=data["action"] == "rename")
            except (HTTPError, OSError) as error:
                self._contents.log.warning("The options of %s stay there: %s", source, error)

    async def _follow(self, source: str, goal: str, *, moves: bool) -> None:
        contents = self._contents
        old, new = (options_folder(Path(each)).as_posix() for each in (source, goal))
        if not await ensure_async(contents.dir_exists(old)):
            return
        if await ensure_async(contents.dir_exists(new)):
            contents.log.warning("The options of %s stay there: %s is there already.", source, new)
        elif moves:
            await ensure_async(contents.rename(old, new))
        else:
            await self._copy(old, new)

    async def _copy(self, old: str, new: str) -> None:
        contents = self._contents
        there = (await ensure_async(contents.get(old)))["content"]
        await ensure_async(contents.save({"type": "directory"}, new))
        for name in [each["name"] for each in there if each["type"] != "directory"]:
            whole = contents.get(f"{old}/{name}", type="file", format="base64")
            content = (await ensure_async(whole))["content"]
            model = {"type": "file", "format": "base64", "content": content}
            await ensure_async(contents.save(model, f"{new}/{name}"))
