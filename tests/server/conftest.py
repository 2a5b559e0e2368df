"""A real Jupyter server with our part enabled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from browsing import Server, serving
from server_asking import TOKEN

# Braces are doubled, as the port is filled in between braces.
ENABLED = "--ServerApp.jpserver_extensions={{'placebudget.server': True}}"


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of two users, whose folder stands in another, so that leaving it would be seen."""
    yield from begun(tmp_path_factory.mktemp("server"))


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Server]:
    """Such a server that keeps its files elsewhere than on a disk."""
    yield from begun(tmp_path, "--ServerApp.contents_manager_class=far_contents.FarContents")


def begun(home: Path, *more: str) -> Iterator[Server]:
    """A server until it is needed no more."""
    (home / "root").mkdir()
    arguments = [
        "jupyter_server",
        "--allow-root",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.identity_provider_class=second_user.TwoUsers",
        "--ServerApp.authorizer_class=second_user.ReadingOnly",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={home / 'root'}",
        ENABLED,
        *more,
    ]
    shared = {"PYTHONPATH": str(Path(__file__).parents[1])}
    with serving(arguments, home, ready="/api/status", token=TOKEN, more=shared) as server:
        yield server
