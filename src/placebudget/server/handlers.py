"""The two addresses of the server part, for those who may write the server's contents."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import Application, authenticated

from placebudget.errors import CannotWrite, PlaceBudgetError, WrongArgument
from placebudget.server.folders import NewFolders
from placebudget.server.new_place import (
    described_examples,
    files_of_example,
    files_of_new_place,
    key_of,
)
from placebudget.server.requests import (
    requested_example,
    requested_folder,
    requested_place,
    sectors,
)

LARGEST_REQUEST = 1_000_000
FOLDERS = "placebudget_folders"


class _Handler(APIHandler):
    """Answers JSON; what cannot be done is said in words."""

    auth_resource = "contents"

    @property
    def folders(self) -> NewFolders:
        """New folders in the server's contents; one maker for all who ask."""
        if FOLDERS not in self.settings:
            self.settings[FOLDERS] = NewFolders(self.contents_manager)
        found: NewFolders = self.settings[FOLDERS]
        return found

    def asked(self) -> dict[str, Any]:
        """What was asked for, as an object."""
        if len(self.request.body) > LARGEST_REQUEST:
            raise WrongArgument("What was sent is too long.")
        try:
            asked = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise WrongArgument("What was sent cannot be read as JSON.") from None
        if not isinstance(asked, dict):
            raise WrongArgument("What was sent is no object of JSON.")
        return asked

    def answer(self, status: int, content: dict[str, Any]) -> None:
        """Send an answer and end."""
        self.set_status(status)
        self.finish(json.dumps(content))

    def refuse(self, error: PlaceBudgetError) -> None:
        """Say why something was not done."""
        self.answer(500 if isinstance(error, CannotWrite) else 400, {"message": str(error)})


class ExamplesHandler(_Handler):
    """Example places: a list, and a copy of one in a new folder."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(200, {"examples": await asyncio.to_thread(described_examples)})

    @authenticated
    @authorized
    async def post(self) -> None:
        try:
            asked = self.asked()
            name, parent = requested_example(asked), requested_folder(asked)
            files = await asyncio.to_thread(files_of_example, name)
            made = await self.folders.make(parent, name, files)
        except PlaceBudgetError as error:
            self.refuse(error)
            return
        self.answer(201, made)


class PlacesHandler(_Handler):
    """New places: what may be chosen, and one made in a new folder."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(200, {"sectors": list(sectors())})

    @authenticated
    @authorized
    async def post(self) -> None:
        try:
            asked = self.asked()
            place, parent = requested_place(asked), requested_folder(asked)
            files = await asyncio.to_thread(files_of_new_place, place)
            made = await self.folders.make(parent, key_of(place.title, "place"), files)
        except PlaceBudgetError as error:
            self.refuse(error)
            return
        self.answer(201, made)


def add_handlers(app: Application) -> None:
    """Add the addresses to a Jupyter server."""
    base = app.settings["base_url"]
    addresses = {"examples": ExamplesHandler, "places": PlacesHandler}
    app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "placebudget", name), handler)
            for name, handler in addresses.items()
        ],
    )
