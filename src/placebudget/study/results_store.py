"""Where the answers of a long run are kept as they come, so that it can be gone on with.

A folder with a Parquet file a part and a file that says what was asked. Files are added and
never changed; each is whole or not there. The folder is a data set that any tool reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from placebudget.errors import CannotAnswer, CannotWrite
from placebudget.plan.record.record import versions
from placebudget.writing import refused_in_words, replace_file, replace_with

# Tools that read the folder as one table leave out what begins so.
RUN = "_run.json"
_PART = "part-{:06d}.parquet"


class ResultsStore:
    """Parts of a table by number: in a folder, or in memory where there is none.

    Parameters
    ----------
    folder : Path or None
        Where they are kept. A folder that is there holds parts of the same run.
    inputs : mapping
        What decides every number, as plain data.
    parts : int
        How many there will be.

    Raises
    ------
    CannotAnswer
        If the folder holds another run, or other files; if pyarrow is not installed.
    CannotWrite
        If the system lets nothing be written there.
    """

    def __init__(self, folder: Path | None, inputs: Mapping[str, Any], parts: int) -> None:
        self.folder, self.parts = folder, parts
        self._held: dict[int, pd.DataFrame] = {}
        if self.folder is None:
            return
        parquet()
        asked = json.loads(json.dumps({**inputs, "versions": versions()}))
        with refused_in_words(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            there = sorted(path.name for path in self.folder.iterdir())
        if RUN in there:
            self._refuse_another(asked)
        elif there:
            raise CannotAnswer(
                f"{self.folder} holds other files, such as {there[0]}: name a folder that is empty "
                "or is not there yet"
            )
        else:
            replace_with(self.folder / RUN, json.dumps(asked, indent=1).encode())

    def _refuse_another(self, asked: Mapping[str, Any]) -> None:
        assert self.folder is not None
        try:
            held = json.loads((self.folder / RUN).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise CannotAnswer(f"{self.folder / RUN} cannot be read: {error}") from error
        other = [
            name for name in asked if not isinstance(held, dict) or held.get(name) != asked[name]
        ]
        if other:
            raise CannotAnswer(
                f"{self.folder} holds a run that differs in: {', '.join(other)}. Name another "
                "folder, or ask what was asked then"
            )

    @property
    def numbers(self) -> list[int]:
        """Which parts are there, in order; a file that cannot be read is none."""
        if self.folder is None:
            return sorted(self._held)
        return [n for n in range(self.parts) if self._is_whole(n)]

    def _path(self, number: int) -> Path:
        assert self.folder is not None
        return self.folder / _PART.format(number)

    def _is_whole(self, number: int) -> bool:
        with suppress(Exception):  # whatever is wrong with it, it is worked out anew
            return self._path(number).exists() and bool(parquet().read_metadata(self._path(number)))
        return False

    def add(self, number: int, frame: pd.DataFrame) -> None:
        """Keep a part.

        Raises
        ------
        CannotWrite
            If it cannot be written; what was kept before stays.
        """
        if self.folder is None:
            self._held[number] = frame
            return
        try:
            replace_file(self._path(number), lambda file: frame.to_parquet(file, index=False))
        except CannotWrite as error:
            raise CannotWrite(
                f"{error} {len(self.numbers)} of {self.parts} parts are kept, and the same call "
                "goes on from there."
            ) from error

    def frames(self) -> Iterator[pd.DataFrame]:
        """The parts that are there, in order, one at a time."""
        for number in self.numbers:
            if self.folder is None:
                yield self._held[number]
            else:
                yield pd.read_parquet(self._path(number))

    def tables(self, name: str, empty: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
        """The table of all parts by its name; from a folder it is read when it is asked for."""
        stored = Stored(name, self, empty)
        return stored if self.folder is not None else {name: stored[name]}


class Stored(Mapping[str, pd.DataFrame]):
    """A table that is read from a store when it is asked for."""

    def __init__(self, name: str, store: ResultsStore, empty: pd.DataFrame) -> None:
        self._name, self._store, self._empty = name, store, empty

    def frames(self) -> Iterator[pd.DataFrame]:
        """Its parts, one at a time."""
        return self._store.frames()

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name != self._name:
            raise KeyError(name)
        found = list(self.frames())
        return pd.concat(found, ignore_index=True) if found else self._empty

    def __iter__(self) -> Iterator[str]:
        return iter((self._name,))

    def __len__(self) -> int:
        return 1


@cache
def parquet() -> ModuleType:
    """What reads and writes Parquet.

    Raises
    ------
    CannotAnswer
        If it is not installed.
    """
    try:
        return import_module("pyarrow.parquet")
    except ImportError as error:
        raise CannotAnswer(
            "a store needs pyarrow, which is not installed: pip install 'placebudget[cluster]'"
        ) from error
