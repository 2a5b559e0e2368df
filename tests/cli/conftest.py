"""Running the command line inside the test's own process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from placebudget.cli import app


@pytest.fixture(scope="session")
def placebudget() -> Callable[..., Result]:
    """Run a command: ``placebudget("check", "northvale")``."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(
            app, [str(each) for each in arguments], prog_name="placebudget", env={"COLUMNS": "200"}
        )

    return run
