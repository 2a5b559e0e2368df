"""What the tests in a real browser share: servers, the guard over a page, the judge of access."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, ViewportSize, expect

from placebudget.apps.screens import GROUPS
from proof import ALL

# What people open; on a change the same engine without a window to draw.
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
NAMES = NAMES if ALL else ("chromium-headless-shell", *NAMES)
OURS = "placebudget"
STANDARD = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
HERE = {"127.0.0.1", "localhost", "::1"}
WITHIN_THE_PAGE = {"about", "blob", "chrome", "data", "file"}
# Seconds anything may take to come. A wait ends as soon as it has come, so that this is
# only ever spent where it never comes, however busy the machine.
PATIENCE = 300.0
WIDE: ViewportSize = {"width": 1280, "height": 800}


def point_of(page: Page, number: int) -> Locator:
    """A point of the picture that is seen, which is a button of 24 pixels at least."""
    point = page.locator(f".pb-chart svg:visible [role=button][data-point='point {number}']")
    box = point.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    return point


def chromium() -> str | None:
    """Path of the browser on this machine, None where there is none."""
    named = os.environ.get("PLACEBUDGET_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Watch:
    """What a page did that ours must not do: requests that left, errors that name us."""

    left: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Watch a page from here on."""
        page.on("request", self._request)
        page.on("console", self._message)
        page.on("pageerror", lambda error: self.errors.append(f"{error.message}\n{error.stack}"))

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in WITHIN_THE_PAGE and address.hostname not in HERE:
            self.left.append(request.url)

    def _message(self, message: ConsoleMessage) -> None:
        told = f"{message.text} {message.location.get('url', '')}"
        # A browser logs each refusal, which is said in words where it was asked.
        refused = re.search(r"status of 4(00|09)", told)
        if message.type == "error" and OURS in told.lower() and not refused:
            self.errors.append(told)


# To judge the contrast of a text takes axe longest. Of texts that are seen, of one colour and size,
# on one ground and in one box that is placed, one is judged for all: each is as legible as it is.
ALIKE = """([within, without]) => {
  const above = new Map(), dimmed = ":disabled, [aria-disabled=true], label";
  for (const each of document.querySelectorAll("*")) {
    const style = getComputedStyle(each);
    const outer = above.get(each.parentElement) ?? { ground: "", opacity: 1, cut: false };
    const bare = style.backgroundColor === "rgba(0, 0, 0, 0)" && style.backgroundImage === "none";
    const here = {
      ground: bare ? outer.ground : `${style.backgroundColor} ${style.backgroundImage}`,
      opacity: outer.opacity * style.opacity,
      cut: outer.cut || style.clip !== "auto" || style.clipPath !== "none",
      judged: style.position === "static" && outer.judged ? outer.judged : new Set(),
    };
    above.set(each, here);
    const said = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()[1]);
    const seen = each.checkVisibility({ visibilityProperty: true }) && !here.cut;
    if (!said || !seen || each.closest(dimmed)) continue;
    if ((within && !each.closest(within)) || without.some((name) => each.closest(name))) continue;
    const { color, fill, fontSize, fontWeight, textShadow } = style;
    const looks = [here.ground, here.opacity, color, fill, fontSize, fontWeight, textShadow].join();
    if (here.judged.has(looks)) each.setAttribute("data-alike", "");
    here.judged.add(looks);
  }
  axe.configure({ rules: [{ id: "color-contrast", selector: ":not([data-alike])" }] });
}"""
JUDGED = """async ([context, options]) => {
  const found = await axe.run(context ?? document, options);
  document.querySelectorAll("[data-alike]").forEach((each) => each.removeAttribute("data-alike"));
  return found;
}"""


def violations(page: Page, selector: str | None = None, excluded: Sequence[str] = ()) -> list[str]:
    """Rules of WCAG 2.2 AA that a page, or a part of it, breaks, by the word of axe-core."""
    context: dict[str, Any] = {"exclude": [[name] for name in excluded]} if excluded else {}
    if selector:
        context["include"] = [[selector]]
    # What passes is named once a rule, not once an element: that takes long, too.
    options = {
        "runOnly": {"type": "tag", "values": list(STANDARD)},
        "resultTypes": ["violations"],
    }
    page.evaluate(Axe().axe_script)
    if not ALL:
        page.evaluate(ALIKE, [selector, list(excluded)])
    judged = page.evaluate(JUDGED, [context or None, options])
    assert judged["passes"], "axe judged nothing"
    return [
        f"{rule['id']}: {rule['help']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in judged["violations"]
        for node in rule["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page as a whole is wider than its window."""
    wide = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    return bool(page.evaluate(wide) > 1)


def go(page: Page, screen: str) -> None:
    """Go to a screen by keyboard."""
    group = next(name for name, keys in GROUPS if screen in keys)
    page.click(f".pb-groups a[data-group='{group}']")
    expect(page.locator("#pb-main h1")).to_be_focused()
    page.focus(f".pb-of-group a[href='#{screen}']")
    page.keyboard.press("Enter")
    expect(page.locator(f".pb-nav a[href='#{screen}'][aria-current=page]")).to_be_visible()
    expect(page.locator("#pb-main h1")).to_be_focused()


def judged(page: Page, pictures: Path, screen: str) -> None:
    """Everything unfolded meets the standard and fits 320 and 1,280 pixels."""
    closed = page.locator(".pb-screen details:not([open]) > summary")
    while closed.count():  # one that is opened leaves the list
        closed.first.focus()
        page.keyboard.press("Enter")
    assert violations(page) == [], screen
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert not scrolls_sideways(page), (screen, width)
        page.screenshot(path=pictures / f"board-{screen}-{width}.png", full_page=True)


def fill(page: Page, box: str, text: str) -> None:
    """Type into a box by keyboard, over what stands there."""
    page.focus(f"#form-{box}")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def free_port() -> int:
    """A port nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A server a test started: its address, what it may be asked with, its folder and log."""

    address: str
    token: str
    folder: Path
    log: Path
    process: int

    def url(self, path: str = "") -> str:
        """Address of a page, with the token."""
        return f"{self.address}{path}{'&' if '?' in path else '?'}token={self.token}"

    def asked(self, path: str) -> Any:
        """The JSON a path answers."""
        with urllib.request.urlopen(self.url(path), timeout=PATIENCE) as answer:
            return json.load(answer)


def settings_of_ones_own(home: Path) -> dict[str, str]:
    """Environment in which Jupyter reads and writes only below a folder, without news."""
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet), "utf-8")
    return {
        **os.environ,
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "NO_PROXY": "127.0.0.1,localhost",
    }


@contextlib.contextmanager
def serving(
    arguments: Sequence[str],
    home: Path,
    *,
    ready: str,
    token: str = "",
    more: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run ``python -m ...`` as a server until the block ends.

    ``{port}`` in the arguments is a free port; ``ready`` is the path that
    answers once the server is up. What the server started ends with it.
    """
    port = free_port()
    log = home / "server.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", *(part.format(port=port) for part in arguments)],
            cwd=home,
            env={**settings_of_ones_own(home), **(more or {})},
            stdout=written,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", token, home, log, process.pid)
    try:
        _wait_until_up(server, process, ready)
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for something that nobody tells of."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "what was waited for never came"
        time.sleep(0.1)


def _wait_until_up(server: Server, process: subprocess.Popen[bytes], ready: str) -> None:
    def up() -> bool:
        log = server.log.read_text("utf-8", "replace")[-4000:]
        assert process.poll() is None, f"The server did not start:\n{log}"
        try:
            with urllib.request.urlopen(server.url(ready), timeout=PATIENCE):
                return True
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False

    wait_until(up)


def run_all(page: Page) -> None:
    """Run all cells of the notebook that is open in JupyterLab or in Notebook 7.

    A command that comes before the page is joined to its kernel is dropped without a word, so
    it is given until a cell is marked as begun.
    """
    begun = page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text=re.compile(r"\[[*\d]"))
    for _ in range(int(PATIENCE // 4)):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with contextlib.suppress(AssertionError):
            expect(begun.first).to_be_visible(timeout=4_000)
            return
    raise AssertionError("no cell was ever begun")


def board(home: Path, place: str, *arguments: str) -> contextlib.AbstractContextManager[Server]:
    """A board as a clerk would start it."""
    command = ["placebudget", "board", place, "--port", "{port}", "--no-open", "--no-token"]
    # Tests close their pages without a word, so that their processes stay for a while.
    room = () if "--readers" in arguments else ("--readers", "100")
    papers = () if "--papers" in arguments else ("--no-papers",)
    named = dict(itertools.pairwise(arguments))
    ready = f"{named.get('--prefix', '/')}voila/static/voila.js"
    return serving([*command, *room, *papers, *arguments], home, ready=ready)


LANGUAGE = "cy_GB"
"""A language of which JupyterLab knows, in which the tests put each text of ours in brackets."""


def language_pack(home: Path) -> Path:
    """A language pack of JupyterLab, in which each text of ours stands in brackets."""
    texts: list[tuple[str, str, str]] = runpy.run_path(
        str(Path(__file__).parents[1] / "labextension" / "words.py")
    )["texts"]()
    said: dict[str, Any] = {
        text: [f"⟦{each}⟧" for each in (text, more) if each] for _, text, more in texts
    }
    said[""] = {
        "domain": OURS,
        "language": LANGUAGE.replace("_", "-"),
        "plural_forms": "nplurals=2; plural=(n != 1);",
    }
    package = home / f"jupyterlab_language_pack_{LANGUAGE}"
    words = package / "locale" / LANGUAGE / "LC_MESSAGES"
    words.mkdir(parents=True)
    (package / "__init__.py").touch()
    (words / f"{OURS}.json").write_text(json.dumps(said), "utf-8")
    about = home / f"{package.name}-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package.name}\nVersion: 1\n")
    entry = f"[jupyterlab.languagepack]\n{LANGUAGE} = {package.name}\n"
    (about / "entry_points.txt").write_text(entry)
    return home


def lab(
    home: Path, *arguments: str, more: Mapping[str, str] | None = None
) -> contextlib.AbstractContextManager[Server]:
    """A JupyterLab server (Notebook 7 answers under ``/tree``) on a folder."""
    token = "for-this-test"
    return serving(
        [
            "jupyterlab",  # not "jupyter lab", which takes the first one of the path
            "--allow-root",
            "--no-browser",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={token}",
            f"--ServerApp.root_dir={home}",
            "--LabApp.expose_app_in_browser=True",
            *arguments,
        ],
        home,
        ready="/api/status",
        token=token,
        more=more,
    )


def voila(
    home: Path, notebook: Path, *arguments: str, more: Mapping[str, str] | None = None
) -> contextlib.AbstractContextManager[Server]:
    """A Voila server of one notebook, without a token, as a board is run behind a proxy."""
    return serving(
        [
            "voila",
            str(notebook),
            "--no-browser",
            "--port={port}",
            "--Voila.ip=127.0.0.1",
            *arguments,
        ],
        home,
        ready="/voila/static/voila.js",
        more=more,
    )
