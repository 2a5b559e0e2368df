"""A real browser for the tests here: one for each file, guarded pages, real servers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

import browsing
import placebudget as pb
from placebudget.register import Register
from proof import ALL
from registers import opened

HERE = Path(__file__).parent
# Where the browser must be: a run in which it is missing fails instead of telling.
REQUIRED = "PLACEBUDGET_BROWSER"
# Leaves screenshots in build/screenshots on a change, too.
PICTURES = "PLACEBUDGET_PICTURES"
SHARING = {
    **dict.fromkeys(("test_desk", "test_lab", "test_same_everywhere", "test_the_judges"), "lab"),
    "test_papers": "papers",
    "test_site": "site",
}
PATIENCE = 1000 * browsing.PATIENCE
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(tryfirst=True)  # xdist reads the mark in its own hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what shares a server, or the site, on one worker, and all else with the boards."""
    for item in items:
        if item.path.is_relative_to(HERE):
            group = SHARING.get(item.path.stem, "boards")
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this machine. Ends with the file, as its event loop shuts others out."""
    path = browsing.chromium()
    if path is None:
        if os.environ.get(REQUIRED) == "required":
            pytest.fail("No Chromium on this machine, and the tests in a browser are required.")
        pytest.skip("not run: no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--force-color-profile=srgb"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages, each a reader of its own; at the end none has left the machine or erred.

    Keyword arguments are those of a Playwright context (viewport, colour scheme, ...).
    """
    watch = browsing.Watch()
    contexts = []

    def opened(**options: object) -> Page:
        context = browser.new_context(
            **{"locale": "en-GB", "viewport": browsing.WIDE, **options}  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watch.left == []
    assert watch.errors == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """One guarded page, 1280 by 800."""
    return open_page()


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder in which tests leave screenshots for people to look at: where all is proved, or asked.

    Each takes its time, and no test reads one.
    """
    folder = HERE.parents[1] / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    if not (ALL or os.environ.get(PICTURES)):
        for taken_of in (Page, Locator):
            monkeypatch.setattr(taken_of, "screenshot", lambda *_, **__: b"")
    return folder


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browsing.Server]:
    """A JupyterLab server on a folder of its own, in which each test has names of its own."""
    pack = browsing.language_pack(tmp_path_factory.mktemp("language"))
    home = tmp_path_factory.mktemp("lab")
    with browsing.lab(home, more={"PYTHONPATH": str(pack)}) as server:
        yield server


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The register of that board, with a meeting in it."""
    return opened(tmp_path_factory.mktemp("register") / "board.register")


@pytest.fixture(scope="session")
def board(
    tmp_path_factory: pytest.TempPathFactory, register: Register
) -> Iterator[browsing.Server]:
    """A board of Northvale, beside an edition with less money, that keeps a register."""
    home = tmp_path_factory.mktemp("board")
    place = pb.read(copytree(HERE.parents[1] / "datasets" / "northvale", home / "northvale"))
    less = pb.Option("less").scale("funding", 0.9).apply(place)
    less.with_(settings=place.settings).write(home / "last")
    with browsing.board(home, str(home / "northvale"), "--register", register.where) as server:
        yield server


@pytest.fixture(scope="module")
def reader(browser: Browser, board: browsing.Server) -> Iterator[tuple[Page, browsing.Watch]]:
    """One reader, whose board takes seconds to start, for the tests that do not need one anew."""
    watch = browsing.Watch()
    context = browser.new_context(locale="en-GB", viewport=browsing.WIDE)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    watch.over(page)
    page.goto(board.address)
    expect(page.locator(".pb-status")).to_contain_text("Done")
    yield page, watch
    context.close()


@pytest.fixture
def papers(reader: tuple[Page, browsing.Watch]) -> Iterator[Page]:
    """That reader's page, back at its papers: the first screen, parts folded, nothing chosen."""
    page, watch = reader
    page.set_viewport_size(browsing.WIDE)
    page.emulate_media(media="screen", color_scheme="light", forced_colors="none")
    page.click("#pb-papers")
    page.eval_on_selector(".pb-menu", "(menu) => { menu.open = true; }")
    page.click(".pb-nav a >> nth=0")
    expect(page.locator("#pb-main h1")).to_be_focused()
    # After a wish that came later: not said of a step before.
    expect(page.locator(".pb-status")).to_contain_text("Back to the papers")
    page.eval_on_selector_all(
        "details[open]:not(.pb-menu)", "all => all.forEach((each) => { each.open = false; })"
    )
    yield page
    assert watch.left == []
    assert watch.errors == []
