"""Readers of a served board: how many there are, and when the work behind a page ends."""

from __future__ import annotations

import time
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import ensure_async

EXPECTED = 30.0
"""Seconds in which a page that was handed out connects, or is given up."""


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
