"""Readers of a served board: counted from their request on, and ended when nobody comes."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("jupyter_server")

from placebudget.apps import serving as module
from placebudget.apps.serving import Readers, Seat


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
