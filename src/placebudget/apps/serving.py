"""The server of a board: Voila, with a door that is kept, and the board's papers before it.

It answers to its own names only, lets in as many readers as there is room for, and
frees what a page that was closed leaves behind. Papers cost no process: a live board begins for
those who ask for it. Run as ``python -m placebudget.apps.serving``.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import AsyncIterator
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import ensure_async, url_path_join
from tornado.httputil import HTTPServerRequest, split_host_and_port
from tornado.routing import Matcher, Rule
from tornado.web import HTTPError, RequestHandler, authenticated
from traitlets import Int, List, Unicode
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler

from placebudget.apps import INDEX, LIVE
from placebudget.writing import content_of

EXPECTED = 30.0
"""Seconds in which a page that was handed out connects, or is given up."""


_LOOKS_AGAIN = 15


class Readers(AsyncMappingKernelManager):
    """Kernels of readers; one whose page is still on its way is not ended.

    A board that was kept ready has been idle for long when a reader comes, and between
    the first bytes of the page and its connection it looks forsaken. One that is kept
    ready for nobody yet stays; one whose page was handed out and never connects goes.
    """

    def __init__(self, **given: object) -> None:
        self._met: set[str] = set()
        self._seats: list[Seat] = []
        super().__init__(**given)  # type: ignore[no-untyped-call]

    @property
    def taken(self) -> int:
        """How many pages are open or on their way."""
        self._seats = [seat for seat in self._seats if seat.waits or seat.kernel in self]
        return len(self._seats)

    def sit(self, seat: Seat) -> None:
        """A page is on its way."""
        self._seats.append(seat)

    def seated(self, kernel_id: str) -> bool:
        """Whether a kernel works for a page that was handed out."""
        return any(seat.kernel == kernel_id for seat in self._seats)

    def notify_connect(self, kernel_id: str) -> None:
        """A reader's page has connected."""
        self._met.add(kernel_id)
        super().notify_connect(kernel_id)  # type: ignore[no-untyped-call]

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that is idle and whose reader has gone, or never came."""
        if kernel_id in self._met:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]
        elif any(seat.kernel == kernel_id and seat.given_up for seat in self._seats):
            self.log.info("A page never connected; its process ends: %s", kernel_id)
            await ensure_async(self.shutdown_kernel(kernel_id))  # type: ignore[no-untyped-call]


class Seat:
    """The place of a page among the readers, from its request on.

    It stands for the readers towards who puts the page together, and learns which kernel
    the page is given.

    Parameters
    ----------
    readers : Readers
        Whose kernels they are.
    """

    def __init__(self, readers: Any) -> None:
        self._readers = readers
        self.kernel = ""
        self._served: float | None = None
        readers.sit(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._readers, name)

    @property
    def waits(self) -> bool:
        """Whether the page has no kernel yet, and may still get one."""
        return not self.kernel and self._served is None

    @property
    def given_up(self) -> bool:
        """Whether the page was handed out so long ago that it will not connect."""
        return self._served is not None and time.monotonic() - self._served > EXPECTED

    def served(self) -> None:
        """The page was handed out, or the reader has gone before."""
        self._served = time.monotonic()

    async def start_kernel(self, **given: Any) -> Any:
        """A kernel of its own for the page."""
        kernel = self._readers.start_kernel
        self.kernel = str(await ensure_async(kernel(**given)))
        return self.kernel

    async def get_rendered_notebook(self, **given: Any) -> Any:
        """A board that was kept ready for the page."""
        found = await self._readers.get_rendered_notebook(**given)
        self.kernel = found[2]
        return found


_PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title>{again}
<style>body {{ font: 1.2rem/1.5 sans-serif; margin: 2rem auto; max-width: 40rem; padding: 0 1rem }}
a {{ color: inherit }}</style></head>
<body><main><h1>{title}</h1><p>{text}</p>{more}</main></body></html>
"""
_KINDS = {".html": "text/html", ".csv": "text/csv"}
_AGAIN = '<p><a href="">Try again</a></p>'
_BY_ITSELF = "<script>setTimeout(() => location.reload(), {seconds}000)</script>"


class BoardServer(Voila):
    """Voila for one board."""

    answers_to = List(Unicode(), help="Names in addresses by which it is asked.").tag(config=True)
    most_readers = Int(0, help="Pages open at a time; 0: as many as come.").tag(config=True)
    papers = Unicode("", help="Folder of the board's papers; none: the board alone.").tag(
        config=True
    )

    def init_handlers(self) -> list[Any]:
        """Voila's, with our own for the page and for closing one."""
        own = {TornadoVoilaHandler: _Page, VoilaShutdownKernelHandler: _Closed}
        found = [
            (path, own.get(handler, handler), *more)
            for path, handler, *more in super().init_handlers()
            # It would tell whoever asks the address, with its token, of another reader.
            if handler is not RequestInfoSocketHandler
        ]
        at = partial(url_path_join, self.server_url)
        found.insert(0, (at(r"/board/process/([\w-]+)"), _Alive))
        if not self.papers:
            return found
        # What shows the notebook for every path left over shows it for its own alone.
        *others, (_, page, *more) = found
        papers = (
            at(r"/((?:figures/)?[\w-]*(?:\.html|\.csv)?)"),
            Paper,
            {"folder": self.papers},
        )
        return [*others, (at(f"/{LIVE}"), page, *more), papers]

    def listen(self) -> None:
        """Open the door; whoever asks for another name is turned away, on every path."""
        self.app.settings["most_readers"] = self.most_readers
        elsewhere = Rule(_Elsewhere(self.answers_to), _Refused)
        self.app.default_router.rules.insert(0, elsewhere)
        super().listen()


class _Elsewhere(Matcher):
    """Requests whose ``Host`` is none of ours.

    A page of somebody else whose name was made to lead here would else be read as ours. A
    bare number cannot be made to lead anywhere.
    """

    def __init__(self, names: list[str]) -> None:
        self._names = {name.lower().rstrip(".") for name in names}

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        host = split_host_and_port(request.host.lower())[0].strip("[]").rstrip(".")
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return None if host in self._names else {}
        return None


class _Refused(RequestHandler):
    def prepare(self) -> None:
        self.set_status(403)
        said = "The address names another machine than this board answers to."
        more = "Who runs it adds a name with --allow-host."
        self.finish(_told("This board has another address", said, more))


class Paper(JupyterHandler):
    """The papers of the board, which may still be being written.

    Each is read in one go: another may take its place at any moment.
    """

    def initialize(self, folder: str) -> None:
        self._folder = Path(folder)

    @authenticated
    async def get(self, name: str) -> None:
        """One of them, as it is now; where the first is not there yet, that it comes."""
        file = self._folder / (name or INDEX)
        self.set_header("Cache-Control", "no-cache")
        try:
            content = content_of(file)
        except OSError as error:
            if name:
                raise HTTPError(404) from error
            said = "They are being written, and stand here in a moment."
            self.finish(_told("The board’s papers", said, seconds=1))
            return
        self.set_header("Content-Type", f"{_KINDS.get(file.suffix, 'text/plain')}; charset=UTF-8")
        self.finish(content)

    head = get


def _told(title: str, text: str, more: str = "", seconds: int = 0) -> str:
    """A page that says something, and looks again after some seconds."""
    again = _BY_ITSELF.format(seconds=seconds) if seconds else ""
    return _PAGE.format(title=escape(title), text=text, more=more, again=again)


class _Page(TornadoVoilaHandler):
    """The page of a board, for as many readers as there is room for."""

    @authenticated
    async def get(self, path: str | None = None) -> None:
        most = self.settings["most_readers"]
        if most and self.settings["kernel_manager"].taken >= most:
            self.set_status(503)
            self.set_header("Retry-After", "30")
            said = (
                f"This board shows itself to {most} {'reader' if most == 1 else 'readers'} at a "
                "time, and all places are taken. One is free as soon as somebody closes the page."
            )
            said += " This page looks again by itself."
            title = "All places at this board are taken"
            self.finish(_told(title, said, _AGAIN, seconds=_LOOKS_AGAIN))
            return
        self._seat = Seat(self.settings["kernel_manager"])
        try:
            async for html in self._told(path):
                self.write(html)
                await self.flush()
        finally:
            self._seat.served()

    async def _told(self, path: str | None) -> AsyncIterator[str]:
        async for html in self.get_generator(path=path):
            yield html

    @property
    def kernel_manager(self) -> Any:
        """The readers, who are told which process this page has been given."""
        return getattr(self, "_seat", self.settings["kernel_manager"])


class _Alive(JupyterHandler):
    """Whether the process behind a page is still there; a page that asks begins again else."""

    @authenticated
    async def get(self, kernel_id: str) -> None:
        """204, or 410 where it is gone; what is left of it is put away."""
        readers = self.settings["kernel_manager"]
        there = kernel_id in readers
        if there and not await ensure_async(readers.is_alive(kernel_id)):
            await ensure_async(readers.shutdown_kernel(kernel_id, now=True))
            there = False
        self.set_status(204 if there else 410)
        self.finish()


class _Closed(VoilaShutdownKernelHandler):
    """A page that is closed says so; its process ends."""

    def check_xsrf_cookie(self) -> None:
        """The browser's word that the page is ours, as a page that closes can send no token."""
        if not self.request.headers.get("Origin") and not self.check_referer():
            raise HTTPError(403)

    @authenticated
    async def post(self, kernel_id: str) -> None:
        readers = self.settings["kernel_manager"]
        if kernel_id in readers and readers.seated(kernel_id):
            await ensure_async(readers.shutdown_kernel(kernel_id))
        self.set_status(204)
        self.finish()


if __name__ == "__main__":
    BoardServer.launch_instance()
