"""Readers of a served board: counted from their request on, and ended when nobody comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("jupyter_server")

from jupyter_server.auth import AllowAllAuthorizer, IdentityProvider
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application

from placebudget.apps import INDEX
from placebudget.apps import serving as module
from placebudget.apps.serving import Paper, Readers, Seat
from placebudget.writing import replace_with


class Ended(Readers):
    """Readers whose kernels are names only."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[str] = []

    async def start_kernel(self, **given: str) -> str:  # type: ignore[override]
        self._kernels[given["name"]] = object()
        return given["name"]

    async def shutdown_kernel(self, kernel_id: str) -> None:  # type: ignore[override]
        del self._kernels[kernel_id]
        self.ended.append(kernel_id)


def test_a_place_is_taken_from_the_request_on_until_its_process_has_ended() -> None:
    async def come() -> None:
        readers = Ended()
        await readers.start_kernel(name="kept ready")
        seat = Seat(readers)
        assert readers.taken == 1
        await seat.start_kernel(name="one")
        seat.served()
        assert readers.taken == 1
        assert readers.seated("one")
        assert not readers.seated("kept ready")
        await readers.shutdown_kernel("one")
        assert readers.taken == 0

    asyncio.run(come())


def test_a_request_that_ends_before_it_has_a_process_gives_its_place_back() -> None:
    readers = Ended()
    Seat(readers).served()
    assert readers.taken == 0


def test_a_page_that_never_connects_is_given_up_and_what_is_kept_ready_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def come() -> None:
        readers = Ended()
        await readers.start_kernel(name="kept ready")
        seat = Seat(readers)
        await seat.start_kernel(name="one")
        monkeypatch.setattr(module, "EXPECTED", -1.0)
        await readers.cull_kernel_if_idle("one")  # its page is still being put together
        seat.served()
        monkeypatch.setattr(module, "EXPECTED", 30.0)
        await readers.cull_kernel_if_idle("one")
        assert readers.ended == []
        monkeypatch.setattr(module, "EXPECTED", -1.0)
        for each in ("one", "kept ready"):
            await readers.cull_kernel_if_idle(each)
        assert readers.ended == ["one"]

    asyncio.run(come())


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Papers in a folder, at an address."""
    door, port = bind_unused_port()
    application = Application(
        [(r"/(.*)", Paper, {"folder": str(folder)})],
        base_url="/",
        identity_provider=IdentityProvider(token="let-me-in"),
        authorizer=AllowAllAuthorizer(),
        cookie_secret="of this test",
    )
    server = HTTPServer(application)
    server.add_socket(door)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.stop()


def test_papers_that_are_still_to_come_say_so_and_one_that_has_changed_is_sent_anew(
    tmp_path: Path,
) -> None:
    async def ask(address: str, known: str = "none") -> HTTPResponse:
        headers = {"Authorization": "token let-me-in", "If-None-Match": known}
        return await AsyncHTTPClient().fetch(address, raise_error=False, headers=headers)

    async def come() -> None:
        with served(tmp_path) as address:
            waits = await ask(address)
            assert waits.code == 200
            assert "being written" in waits.body.decode()
            replace_with(tmp_path / INDEX, b"<p>first</p>")
            first = await ask(address)
            assert first.body == b"<p>first</p>"
            assert first.headers["Content-Type"] == "text/html; charset=UTF-8"
            assert (await ask(address, first.headers["Etag"])).code == 304
            replace_with(tmp_path / INDEX, b"<p>later</p>")
            later = await ask(address, first.headers["Etag"])
            assert (later.code, later.body) == (200, b"<p>later</p>")
            assert (await ask(address + "none.html")).code == 404

    asyncio.run(come())
