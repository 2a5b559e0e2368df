"""Where a register is kept: a database by SQLAlchemy, a file of SQLite unless told otherwise.

What was entered is on disk when the call comes back. One writer at a time adds to the end;
the database itself refuses to change or delete a row.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from placebudget.arguments import refusal
from placebudget.errors import CannotAnswer, CannotWrite, WrongArgument
from placebudget.register.chain import Entry, canonical, digest_of
from placebudget.texts import shown
from placebudget.writing import refuse_goal

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData

Kept = Sequence[tuple[Entry, str]]
"""Entries in order, each with the hash that was kept with it."""

Added = tuple[Sequence[Entry], Mapping[str, bytes]]
"""Entries to add, and the files they name, by hash."""

SECONDS = 30.0
"""How long a writer waits for another."""

# What the database itself refuses, whoever asks.
_ONLY_GROWS = {
    "sqlite": (
        "CREATE TRIGGER {table}_{verb} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'a register only grows'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION register_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a register only grows'; END $$",
        "CREATE TRIGGER {table}_{verb} BEFORE {verb} ON {table} "
        "EXECUTE FUNCTION register_only_grows()",
    ),
}
_TURN = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "LOCK TABLE entries IN EXCLUSIVE MODE"}
_DRIVERS = {"postgresql": "postgresql+pg8000", "postgres": "postgresql+pg8000"}


class Store:
    """Entries in order, and the files they name.

    Parameters
    ----------
    where : path or str
        A file of SQLite, or the address of a database as SQLAlchemy takes it:
        ``postgresql://user@host/name``.
    make : bool
        Whether one is made; none may be there then.

    Raises
    ------
    CannotAnswer
        If there is none, what stands there is something else, or SQLAlchemy is missing.
    WrongArgument
        If it is to be made and is there, or the address is none.
    CannotWrite
        If it cannot be made.
    """

    def __init__(self, where: str | os.PathLike[str], *, make: bool = False) -> None:
        self._sql = sqlalchemy()
        self.where, self._engine = self._opened(where, make)
        tables = _tables(self._sql)
        with self._in_words():
            found = set(self._sql.inspect(self._engine).get_table_names())
        there = set(tables.tables) <= found
        if make and there:
            raise WrongArgument(f"{self.where} is a register already. Name another.")
        if not make and not there:
            raise CannotAnswer(f"{self.where} holds no register. {_MAKE}")
        if make:
            self._make(tables)

    def _opened(self, where: str | os.PathLike[str], make: bool) -> tuple[str, Engine]:
        """What it is called, without any password, and the way to it."""
        if not isinstance(where, str | os.PathLike):
            raise refusal("where", _WANTED, where)
        if "://" in os.fspath(where):
            try:
                url = self._sql.make_url(os.fspath(where))
                url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
                engine = self._sql.create_engine(url)
            except self._sql.exc.ArgumentError:
                raise refusal("where", _WANTED, where) from None
            except ImportError as error:
                raise CannotAnswer(_missing(str(error.name))) from error
            if engine.dialect.name not in _TURN:
                kind = shown(engine.dialect.name)
                raise WrongArgument(f"a register is kept in SQLite or PostgreSQL, not in {kind}")
            if engine.dialect.name == "postgresql" and not url.username:
                raise refusal("where", _WANTED, url.render_as_string())
            return url.render_as_string(), engine
        path = Path(where).absolute()
        if make:
            refuse_goal(path)
        elif not path.is_file():
            raise CannotAnswer(f"there is no register {where}. {_MAKE}")
        url = self._sql.URL.create("sqlite", database=str(path))
        engine = self._sql.create_engine(url, connect_args={"timeout": SECONDS})

        # The driver would begin a transaction at the first change only. It begins where that
        # is said: a writer takes its turn before it reads what it adds to.
        def connected(connection: Any, _: object) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA synchronous = FULL")

        def begun(connection: Connection) -> None:
            writes = connection.get_execution_options().get("writes")
            connection.exec_driver_sql(_TURN["sqlite"] if writes else "BEGIN")

        self._sql.event.listen(engine, "connect", connected)
        self._sql.event.listen(engine, "begin", begun)

        return str(where), engine

    def _make(self, tables: MetaData) -> None:
        with self._begun(writes=True) as connection:
            tables.create_all(connection)
            for statement in _ONLY_GROWS[self._engine.dialect.name]:
                every = [(table, verb) for table in tables.tables for verb in ("UPDATE", "DELETE")]
                said = [statement.format(table=table, verb=verb) for table, verb in every]
                for each in dict.fromkeys(said):
                    connection.exec_driver_sql(each)

    def entries(self) -> Kept:
        """All entries in order, each with the hash that was kept with it."""
        with self._begun() as connection:
            return self._read(connection)

    def content(self, digest: str) -> bytes:
        """A file by its hash.

        Raises
        ------
        CannotAnswer
            If there is none, or what is kept is not what was.
        """
        held = _tables(self._sql).tables["contents"]
        with self._begun() as connection:
            found = connection.execute(
                self._sql.select(held.c.content).where(held.c.digest == digest)
            ).scalar_one_or_none()
        try:
            content = b"" if found is None else zlib.decompress(found)
        except zlib.error:
            content = b""
        if found is None or digest_of(content) != digest:
            said = "is missing" if found is None else "is not what was entered"
            raise CannotAnswer(f"a file of {self.where} {said}: {digest[:12]}.")
        return content

    def append(self, adding: Callable[[Kept], Added]) -> Sequence[Entry]:
        """Add entries at the end; they are on disk when this comes back.

        Parameters
        ----------
        adding : callable
            Takes the entries that are there, among which no other writer adds meanwhile, and
            gives what is added. What it raises leaves everything as it was.

        Raises
        ------
        CannotWrite
            If the database does not take it: a full disk, another writer for too long.
        """
        tables = _tables(self._sql).tables
        with self._begun(writes=True) as connection:
            if self._engine.dialect.name != "sqlite":
                connection.exec_driver_sql(_TURN[self._engine.dialect.name])
            added, files = adding(self._read(connection))
            held = tables["contents"]
            known = set(connection.execute(self._sql.select(held.c.digest)).scalars())
            rows = [
                {"digest": digest, "content": zlib.compress(content)}
                for digest, content in files.items()
                if digest not in known
            ]
            if rows:
                connection.execute(held.insert(), rows)
            connection.execute(tables["entries"].insert(), [_cells(each) for each in added])
        return added

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _read(self, connection: Connection) -> Kept:
        table = _tables(self._sql).tables["entries"]
        rows = connection.execute(self._sql.select(table).order_by(table.c.number)).mappings()
        return [_entry(dict(row)) for row in rows]

    @contextmanager
    def _begun(self, *, writes: bool = False) -> Iterator[Connection]:
        """A transaction; whatever ends it early leaves everything as it was."""
        with (
            self._in_words(),
            self._engine.connect().execution_options(writes=writes) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """What the database refuses, in words."""
        try:
            yield
        except self._sql.exc.DBAPIError as error:
            said = str(error.orig).strip().rstrip(".")
            if isinstance(error, self._sql.exc.DatabaseError) and "not a database" in said:
                raise CannotAnswer(f"{self.where} is no register: {said}. {_MAKE}") from error
            raise CannotWrite(
                f"the register {self.where} cannot be used: {said}. Nothing was changed. Make "
                "room, or see that it may be written and reached; then do it again."
            ) from error


_WANTED = "a file, or an address such as postgresql://user@host/name"
_MAKE = "Make one with placebudget register new, or pb.Register.new(...)."


def _missing(name: str) -> str:
    return f"a register needs {name}, which is not installed: pip install 'placebudget[register]'"


@cache
def sqlalchemy() -> Any:
    """What speaks to databases.

    Raises
    ------
    CannotAnswer
        If it is not installed.
    """
    try:
        return import_module("sqlalchemy")
    except ImportError as error:
        raise CannotAnswer(_missing("SQLAlchemy")) from error


@cache
def _tables(sql: Any) -> MetaData:
    held = sql.MetaData()
    texts = ("at", "entered_by", "role", "kind", "cells", "before", "hash")
    sql.Table(
        "entries",
        held,
        sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
        *(sql.Column(name, sql.Text, nullable=False) for name in texts),
    )
    sql.Table(
        "contents",
        held,
        sql.Column("digest", sql.Text, primary_key=True),
        sql.Column("content", sql.LargeBinary, nullable=False),
    )
    found: MetaData = held
    return found


def _cells(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at,
        "entered_by": entry.by,
        "role": entry.role,
        "kind": entry.table,
        "cells": canonical(dict(entry.row)),
        "before": entry.before,
        "hash": entry.hash,
    }


def _entry(row: Mapping[str, Any]) -> tuple[Entry, str]:
    try:
        cells = json.loads(row["cells"])
    except ValueError:  # somebody wrote there; the hash will not fit
        cells = {}
    cells = cells if isinstance(cells, dict) else {}
    about = (row["number"], row["at"], row["entered_by"], row["role"], row["kind"])
    return Entry(*about, cells, row["before"]), row["hash"]
