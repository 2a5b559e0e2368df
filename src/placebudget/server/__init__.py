"""The thin part of placebudget in the Jupyter server: examples copied, new places made.

Jupyter finds it by ``jupyter-config/placebudget.json``, which pip installs. The
handlers load with the first server that asks for them.
"""

from __future__ import annotations

from typing import Any

__all__: list[str] = []


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "placebudget.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from placebudget.server.handlers import add_handlers

    add_handlers(server.web_app)
