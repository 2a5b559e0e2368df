"""A board behind a real proxy under a prefix, as `hosting/` sets it up, and in a real browser."""

from __future__ import annotations

import ast
import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
import typer
from playwright.sync_api import Page, expect

import browsing
from placebudget.cli import app

HOSTING = Path(__file__).parents[2] / "hosting"
PREFIX = "/board/"
_WHOLE = """
daemon off; pid {home}/pid; error_log {home}/error.log; events {{}}
http {{
  access_log off; client_body_temp_path {home}/body; proxy_temp_path {home}/proxied;
  fastcgi_temp_path {home}/a; uwsgi_temp_path {home}/b; scgi_temp_path {home}/c;
  server {{ listen 127.0.0.1:{port}; {location} }}
}}
"""


@contextmanager
def proxied(server: browsing.Server, home: Path) -> Iterator[str]:
    """nginx before a board, set up by the file that is handed out; its address."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        if os.environ.get("PLACEBUDGET_BROWSER") == "required":
            pytest.fail("No nginx on this machine, and the tests in a browser are required.")
        pytest.skip("not run: no nginx on this machine")
    port = browsing.free_port()
    location = (HOSTING / "nginx.conf").read_text()
    location = location.replace("http://127.0.0.1:8866", server.address)
    (home / "nginx.conf").write_text(_WHOLE.format(home=home, port=port, location=location))
    command = [found, "-e", str(home / "error.log"), "-c", str(home / "nginx.conf")]
    with subprocess.Popen(command, cwd=home) as proxy:
        try:
            yield f"http://localhost:{port}"
        finally:
            proxy.terminate()


def test_papers_live_board_websocket_and_files_keep_the_prefix_behind_a_proxy(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    home = tmp_path / "board"
    home.mkdir()
    with (
        browsing.board(home, "toy_pooling", "--papers", "--prefix", PREFIX) as server,
        proxied(server, tmp_path) as address,
    ):
        page = open_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda line: asked.append(line.url.replace("ws", "http", 1)))
        # What is shown before there are papers is held by tests/apps/test_papers.py.
        browsing.wait_until(lambda: b"Try something" in urlopen(f"{server.address}{PREFIX}").read())
        page.goto(f"{address}{PREFIX.rstrip('/')}")
        page.get_by_role("link", name="Try something").first.click()
        told = page.locator(".pb-status")
        expect(told).to_contain_text("Done. The best pooled plan is worth £300 million")
        page.click("[data-part=fences] > summary")
        page.uncheck("#pb-fences-nhs_money")
        page.click("#pb-recalculate")
        expect(told).to_contain_text("Done. The best pooled plan is worth £310 million")
        page.wait_for_function("location.hash.includes('~')")
        page.click("text=Link to this")
        expect(page.locator("#pb-link")).to_have_value(re.compile(rf"{address}{PREFIX}try#first~"))
        page.get_by_role("link", name="Read the papers").click()
        expect(page).to_have_url(f"{address}{PREFIX}")
        page.get_by_role("link", name="What is proposed").first.click()
        expect(page).to_have_url(f"{address}{PREFIX}change.html")
        outside = [
            each for each in asked if not each.startswith((f"{address}{PREFIX}", "blob:", "data:"))
        ]
        assert [each for each in outside if each != f"{address}/board"] == []
        assert any("/channels" in each for each in asked)


# --- what is handed out names what there is ------------------------------------------


def commands() -> dict[str, list[str]]:
    """The command by which each of the files begins a board."""
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(HOSTING / "placebudget-board.service")
    image = (HOSTING / "Containerfile").read_text()
    parts = [json.loads(found) for found in re.findall(r"^(?:ENTRYPOINT|CMD) (.*)$", image, re.M)]
    hub = ast.parse((HOSTING / "jupyterhub_config.py").read_text())
    lists = [ast.literal_eval(each) for each in ast.walk(hub) if isinstance(each, ast.List)]
    return {
        "systemd": shlex.split(unit["Service"]["ExecStart"]),
        "a container": [*parts[0], *parts[1]],
        "JupyterHub": next(each for each in lists if "placebudget" in each),
    }


def test_every_file_begins_a_board_with_options_that_there_are() -> None:
    board = typer.main.get_command(app).commands["board"]  # type: ignore[attr-defined]
    for name, (first, second, *more) in commands().items():
        assert Path(first).name == "placebudget", name
        assert second == "board", name
        given = board.make_context("board", [*more]).params
        assert given["prefix"].endswith("board/"), name
        assert given["port"] == 8866, name
        assert given["allow_host"], name
