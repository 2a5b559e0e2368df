"""Readers of a served board: when the work behind a page ends."""

from __future__ import annotations

import time

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

_EXPECTED = 60.0  # seconds in which a page that was asked for connects


class Readers(AsyncMappingKernelManager):
    """Kernels of readers; one whose page is still on its way is not ended.

    A board that was kept ready has been idle for long when a reader comes, and
    between the first bytes of the page and its connection it looks forsaken. So
    the time after which it ends is counted from when it is first seen without a
    reader, once it has left those that are kept ready.
    """

    def __init__(self, **given: object) -> None:
        self._met: set[str] = set()
        self._expected: dict[str, float] = {}
        super().__init__(**given)  # type: ignore[no-untyped-call]

    def notify_connect(self, kernel_id: str) -> None:
        """A reader's page has connected."""
        self._met.add(kernel_id)
        super().notify_connect(kernel_id)  # type: ignore[no-untyped-call]

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that is idle and whose reader has gone, or never came."""
        if kernel_id not in self._met:
            since = self._expected.setdefault(kernel_id, time.monotonic())
            if time.monotonic() - since < max(_EXPECTED, self.cull_idle_timeout):
                return
        await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]
