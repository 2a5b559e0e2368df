"""Processes of readers are forked from one that has imported all they need."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from jupyter_client.manager import AsyncKernelManager

from placebudget.apps import forking
from placebudget.apps.forking import CAN_FORK
from placebudget.cli.board import _settle

ASKED = (
    "import os, sys; print('placebudget.apps.widget' in sys.modules, os.getppid(), "
    "os.environ['TOLD'])"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the kernel of a board is looked for; nothing is imported for it yet."""
    _settle(tmp_path, {})
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setattr(forking, "_parent", forking._Parent())
    return tmp_path


async def begun(told: str) -> tuple[AsyncKernelManager, str]:
    """A reader's process, and what it says of itself before anything was asked of it."""
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel(env={**os.environ, "TOLD": told})
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=120)
    said: list[str] = []
    await client.execute_interactive(
        ASKED,
        timeout=120,
        output_hook=lambda message: said.append(message["content"].get("text", "")),
    )
    client.stop_channels()
    return manager, "".join(said)


async def gone(pid: int) -> None:
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{pid} still runs")


@pytest.mark.skipif(not CAN_FORK, reason="no process is forked here")
def test_readers_share_what_is_imported_and_each_has_its_own_environment(home: Path) -> None:
    async def tried() -> None:
        (first, of_first), (second, of_second) = [await begun(told) for told in ("a", "b")]
        parent = forking._parent._process
        assert parent is not None
        assert of_first.split()[:3] == ["True", str(parent.pid), "a"]
        assert of_second.split()[:3] == ["True", str(parent.pid), "b"]
        ended = first.provisioner.pid
        await first.shutdown_kernel(now=True)
        await gone(ended)
        assert await second.is_alive()
        # One that is lost takes its readers with it, and the next begins another.
        left = second.provisioner.pid
        parent.send_signal(signal.SIGKILL)
        await gone(left)
        assert not await second.is_alive()
        await second.shutdown_kernel(now=True)
        third, of_third = await begun("c")
        assert of_third.split()[:3] == ["True", str(forking._parent._process.pid), "c"]
        await third.shutdown_kernel()
        forking._parent.end()

    asyncio.run(tried())


def test_where_none_can_be_forked_each_begins_by_itself(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forking, "CAN_FORK", False)

    async def tried() -> None:
        manager, said = await begun("alone")
        assert said.split()[:3] == ["False", str(os.getpid()), "alone"]
        await manager.shutdown_kernel(now=True)

    asyncio.run(tried())
    assert forking._parent._process is None
