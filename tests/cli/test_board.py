"""``placebudget board``: served on one address, ended by Ctrl-C, refused in words."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

import placebudget as pb

Command = Callable[..., Result]


def test_a_taken_port_is_said_with_what_to_do(placebudget: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = placebudget("board", "toy_pooling", "--port", port, "--no-open")
    assert done.exit_code == 2
    assert f"Port {port} is taken" in done.stderr
    assert "--port 0" in done.stderr


def test_a_place_with_errors_is_not_served(placebudget: Command, tmp_path: Path) -> None:
    place = pb.example("toy_pooling")
    broken = place.with_(funding=pd.concat([place.funding, place.funding]))
    done = placebudget("board", broken.write(tmp_path / "broken"), "--no-open")
    assert done.exit_code == 1
    assert "funding" in done.stderr
    assert "http" not in done.stdout


def test_a_place_that_is_not_there_is_wrong_use(placebudget: Command) -> None:
    assert placebudget("board", "no_such_place", "--no-open").exit_code == 2


def test_ctrl_c_ends_the_board_and_all_its_readers(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "placebudget", "board", "toy_pooling", "--port", "0"]
    with subprocess.Popen(
        [*command, "--no-open"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().split(": ")[1].strip()
            code = address.replace("/?", "/voila/static/voila.js?")
            with urllib.request.urlopen(code, timeout=30):
                pass
            with urllib.request.urlopen(address.split("?")[0], timeout=30) as page:
                assert "/login" in page.geturl()
            # With the token the papers are there at once, or say that they come, and nothing else.
            with urllib.request.urlopen(address, timeout=30) as page:
                assert "The board’s papers" in page.read().decode()
            for other in ("voila.json", "figures/", "none.html", "..%2Fvoila.json"):
                with pytest.raises(urllib.error.HTTPError, match=r"40[34]"):
                    urllib.request.urlopen(address.replace("/?", f"/{other}?"), timeout=30)
            assert any("placebudget.work.serving" in each for each in running_below(tmp_path))
            assert not any("ipykernel" in each for each in running_below(tmp_path))
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=60)
        finally:
            process.terminate()  # or the run would wait for it without end
    assert process.returncode == 130
    assert told.strip() == "The board is closed."
    assert list(tmp_path.glob("placebudget-board-*")) == []
    assert not running_below(tmp_path)


def running_below(folder: Path) -> list[str]:
    """Processes that were told of the folder: readers, and who works for them."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(each.read_bytes().decode(errors="replace"))
    return [command for command in found if str(folder) in command]


def test_a_board_for_others_without_a_token_asks_for_its_name(placebudget: Command) -> None:
    given = ("board", "toy_pooling", "--host", "0.0.0.0", "--no-token", "--no-open")
    done = placebudget(*given)
    assert done.exit_code == 2
    assert "--allow-host board.example.org" in done.stderr
    assert "http" not in done.stdout


def test_a_log_that_cannot_be_written_is_wrong_use(placebudget: Command, tmp_path: Path) -> None:
    done = placebudget(
        "board", "toy_pooling", "--port", 0, "--no-open", "--log", tmp_path / "none" / "log"
    )
    assert done.exit_code == 2
    assert "The log cannot be written" in done.stderr


@pytest.mark.parametrize("option", ["--register", "--panel", "--review"])
def test_what_a_board_is_to_show_besides_and_is_not_there_is_told_before_it_begins(
    placebudget: Command, tmp_path: Path, option: str
) -> None:
    missing = str(tmp_path / "nowhere")
    done = placebudget("board", "toy_pooling", "--no-open", "--port", "0", option, missing)
    assert done.exit_code != 0
    assert "nowhere" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
