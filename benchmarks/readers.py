"""Readers of a served board who arrive together, without a browser of their own on this machine.

A browser takes more of a processor to show a page than the server to make it, and readers have
machines of their own. So each reader here speaks as a page does: it asks for the page, connects to
the process that it is given, asks what is shown, and listens until all plans are there.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

_CONFIG = re.compile(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', re.DOTALL)
TOGETHER, FENCE = (20, 50), "public_health_county"
_KINDS = {"forking": "apps.forking", "engine": "work.serving", "server": "apps.serving"}
_LONGEST, _AGAIN = 120.0, 5.0
_BYTES, _MOST = 2**27, 1000


@dataclass
class Visit:
    """One reader.

    Parameters
    ----------
    address : str
        Of the live board.
    first, whole : float
        Seconds to the first view, and to all plans; infinite where that never came.
    tries : int
        How often the page was asked for.
    """

    address: str
    first: float = float("inf")
    whole: float = float("inf")
    tries: int = 0
    kernel: str = ""
    line: WebSocketClientConnection | None = field(default=None, repr=False)
    board: str = ""
    state: dict[str, Any] = field(default_factory=dict, repr=False)

    async def come(self) -> None:
        """Arrive, and stay until all plans are there."""
        began = time.monotonic()
        while not self.board and time.monotonic() - began < _LONGEST:
            self.tries += 1
            try:
                await self._open()
            except (HTTPClientError, OSError, AttributeError):
                await asyncio.sleep(_AGAIN)
        self.first = time.monotonic() - began
        if await self.until("Done", _LONGEST - self.first):
            self.whole = time.monotonic() - began

    async def _open(self) -> None:
        client = AsyncHTTPClient()
        asked = HTTPRequest(self.address, connect_timeout=_LONGEST, request_timeout=_LONGEST)
        page = (await client.fetch(asked)).body.decode()
        config = json.loads(_CONFIG.search(page)[1])  # type: ignore[index]
        self.kernel = config["kernelId"]
        channels = f"{self.origin.replace('http', 'ws', 1)}/api/kernels/{self.kernel}/channels"
        self.line = await websocket_connect(channels, max_message_size=_BYTES)
        await self.say("comm_info_request", {"target_name": "jupyter.widget"})
        while not self.board:
            said = await self.hear()
            for comm in said.get("comms", {}):
                asked_for = {"comm_id": comm, "data": {"method": "request_state"}}
                await self.say("comm_msg", asked_for)
            state = said.get("data", {}).get("state", {})
            if "screens" in state:
                self.board, self.state = said["comm_id"], state

    @property
    def origin(self) -> str:
        """Of the server."""
        return "/".join(self.address.split("/")[:3])

    async def say(self, kind: str, content: dict[str, Any]) -> None:
        """Send a message to the process of this reader."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "measuring",
                  "username": "", "version": "5.3", "date": ""}  # fmt: skip
        told = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {},
                "content": content, "buffers": []}  # fmt: skip
        assert self.line is not None
        await self.line.write_message(json.dumps(told))

    async def wish(self, **wish: Any) -> None:
        """What a press on the page sends."""
        await self.say(
            "comm_msg",
            {"comm_id": self.board, "data": {"method": "custom", "content": wish}},
        )

    async def hear(self) -> dict[str, Any]:
        """The content of the next message."""
        assert self.line is not None
        said = await self.line.read_message()
        if said is None:
            raise OSError("the line was cut")
        if isinstance(said, bytes):
            count = int.from_bytes(said[:4], "big")
            first = int.from_bytes(said[4:8], "big")
            end = int.from_bytes(said[8:12], "big") if count > 1 else len(said)
            said = said[first:end].decode()
        return dict(json.loads(said).get("content", {}))

    async def until(self, status: str, seconds: float) -> bool:
        """Hear until the line that is read out begins so."""
        end = time.monotonic() + seconds
        while not str(self.state.get("status", "")).startswith(status):
            try:
                said = await asyncio.wait_for(self.hear(), max(0.1, end - time.monotonic()))
            except (TimeoutError, OSError):
                return False
            if said.get("comm_id") == self.board:
                self.state.update(said.get("data", {}).get("state", {}))
        return True

    async def go(self) -> None:
        """Close the page."""
        if self.line is not None:
            self.line.close()
        asked = HTTPRequest(
            f"{self.origin}/voila/api/shutdown/{self.kernel}", method="POST", body="",
            headers={"Origin": self.origin},
        )  # fmt: skip
        await AsyncHTTPClient().fetch(asked, raise_error=False)


async def together(address: str, count: int) -> list[Visit]:
    """Readers who arrive at once."""
    AsyncHTTPClient.configure(None, max_clients=_MOST, max_body_size=_BYTES)
    visits = [Visit(address) for _ in range(count)]
    await asyncio.gather(*(visit.come() for visit in visits))
    return visits


def own_memory(process: int) -> tuple[float, float]:
    """MiB of a process: its share (PSS) of what it holds, and what is its alone (USS)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    held = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return held["Pss"], held["Private_Clean"] + held["Private_Dirty"]


def arrive(address: str, server: Any, found: Any) -> None:
    """Twenty readers at once, then fifty, after one who came before; one chooses anew."""
    asyncio.run(_arriving(address, server, found))


async def _arriving(address: str, server: Any, found: Any) -> None:
    await together(address, 1)
    for count in TOGETHER:
        before = _work(_processes(server))
        visits = await together(address, count)
        came = [visit.first for visit in visits if visit.tries == 1 and visit.whole < _LONGEST]
        there = _processes(server)
        readers = sorted(_seconds(each) for each in there["reader"])[:count]
        held = sorted(own_memory(each.pid)[0] for each in there["reader"])
        all_held = sum(own_memory(each.pid)[0] for some in there.values() for each in some)
        at_once = f"{count} readers at once"
        found.add(f"{at_once}: served at their first try", len(came), "readers")
        found.add(f"{at_once}: the last has its first view", max(visit.first for visit in visits))
        found.add(f"{at_once}: a reader, of processors, most", readers[-1])
        served = (_work(there) - before - sum(readers)) / count
        found.add(f"{at_once}: of processors beside, for each", served)
        found.add(f"{at_once}: a reader’s share of memory, median", median(held), "MiB")
        found.add(f"{at_once}: all that the board holds", all_held, "MiB")
        if count == TOGETHER[0]:
            await _choose(visits[0], server, found)
        await asyncio.gather(*(visit.go() for visit in visits))
        await asyncio.sleep(2)
        left = len(_processes(server)["reader"]) - 1
        found.add(f"{at_once}: left when all have closed their pages", left, "readers")


async def _choose(visit: Visit, server: Any, found: Any) -> None:
    """Recalculate with a ring-fence ended, which nobody has asked before."""
    engine, readers = _processes(server)["engine"], _processes(server)["reader"]
    before, most = sum(map(_seconds, engine)), {each.pid: _seconds(each) for each in readers}
    visit.state.update(status="")
    began = time.monotonic()
    await visit.wish(do="recalculate", choices={"unfenced": [FENCE]})
    await visit.until("First", _LONGEST)
    found.add("Recalculate: first answer", time.monotonic() - began)
    await visit.until("Done", _LONGEST)
    found.add("Recalculate: all plans, of processors", sum(map(_seconds, engine)) - before)
    took = {each.pid: _seconds(each) - most[each.pid] for each in readers}
    who = max(took, key=lambda pid: took[pid])
    found.add("Recalculate: its reader, of processors", took[who])
    found.add("Recalculate: its reader’s share of memory then", own_memory(who)[0], "MiB")


def _processes(server: Any) -> dict[str, list[Any]]:
    """What a board runs, by what it is for."""
    found: dict[str, list[Any]] = {"reader": []}
    for each in [server, *server.children(recursive=True)]:
        command, above = " ".join(each.cmdline()), " ".join(each.parent().cmdline())
        kinds = [kind for kind, part in _KINDS.items() if part in command]
        kind = "reader" if "forking" in kinds and _KINDS["forking"] in above else None
        found.setdefault(kind or (kinds or ["command"])[0], []).append(each)
    return found


def _seconds(process: Any) -> float:
    return float(sum(process.cpu_times()[:2]))


def _work(processes: dict[str, list[Any]]) -> float:
    return sum(_seconds(each) for some in processes.values() for each in some)
