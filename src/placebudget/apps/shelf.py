"""Plans and studies of the papers, worked out once for all readers of a served board.

The shelf is a folder that only the server and its readers can enter and that ends
with it. What lies there is plain data, with all that it was worked out from: it is taken
only for a place that is the same cell by cell.
"""

from __future__ import annotations

import importlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from placebudget.faults import fault_words
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.result import Result
from placebudget.writing import replace_with

_IS = "is"
_PLACE, _MISSING = "place", "missing"
_PARTS = ("placebudget.place.geography", "placebudget.plan.", "placebudget.study.")
_LISTS = {"tuple": tuple, "set": set, "frozenset": frozenset}


class Unpackable(Exception):
    """Something that is neither a figure, a text nor a table, or belongs to another place."""


def packed(value: object, place: Place) -> str:
    """A plan or study of a place, or several by name, as JSON.

    Raises
    ------
    Unpackable
        If that is not all it holds.
    """
    return json.dumps(_packed(value, place), allow_nan=False)


def unpacked(text: str, place: Place) -> Any:
    """What was packed; ``place`` is the one it was packed for."""
    return _unpacked(json.loads(text), place)


def _packed(value: Any, place: Place) -> Any:
    if value is None or isinstance(value, bool | int | str) or _plain(value):
        return value
    if value is pd.NA:
        return {_IS: _MISSING}
    if isinstance(value, float):
        return {_IS: "float", "of": str(value)}
    if isinstance(value, np.generic):
        return {_IS: "figure", "type": str(value.dtype), "of": _packed(value.item(), place)}
    if isinstance(value, list):
        return [_packed(each, place) for each in value]
    if type(value).__name__ in _LISTS:
        return {_IS: type(value).__name__, "of": [_packed(each, place) for each in value]}
    if isinstance(value, Mapping):
        return {_IS: "mapping", "of": [_packed(list(each), place) for each in value.items()]}
    if isinstance(value, np.ndarray | pd.Index | pd.Series | pd.DataFrame):
        return _packed_table(value, place)
    if isinstance(value, Place) and value == place:
        return {_IS: _PLACE}
    kind = type(value)
    if is_dataclass(kind) and kind.__module__.startswith(_PARTS):
        held = {each.name: _packed(getattr(value, each.name), place) for each in fields(kind)}
        return {_IS: "record", "type": f"{kind.__module__}:{kind.__name__}", "of": held}
    raise Unpackable(kind.__name__)


def _plain(value: Any) -> bool:
    return type(value) is float and math.isfinite(value)


def _packed_table(value: Any, place: Place) -> dict[str, Any]:
    if isinstance(value, pd.DataFrame):
        columns = [_packed(value.iloc[:, n], place) for n in range(value.shape[1])]
        heads = [_packed(each, place) for each in (value.columns, value.index)]
        return {_IS: "table", "columns": heads[0], "index": heads[1], "of": columns}
    if isinstance(value, pd.MultiIndex):
        levels = [_packed(value.get_level_values(n), place) for n in range(value.nlevels)]
        return {_IS: "levels", "of": levels}
    cells = [_packed(each, place) for each in value.tolist()]
    found: dict[str, Any] = {_IS: "cells", "type": str(value.dtype), "of": cells}
    if isinstance(value, np.ndarray):
        return {**found, _IS: "array"}
    if isinstance(value, pd.Index):
        return {**found, _IS: "index", "name": _packed(value.name, place)}
    index = _packed(value.index, place)
    return {**found, _IS: "column", "name": _packed(value.name, place), "index": index}


def _unpacked(value: Any, place: Place) -> Any:
    if isinstance(value, list):
        return [_unpacked(each, place) for each in value]
    if not isinstance(value, dict):
        return value
    kind = value[_IS]
    if kind == _PLACE:
        return place
    if kind == _MISSING:
        return pd.NA
    if kind == "record":
        return _record(value["type"], value["of"], place)
    held = _unpacked(value["of"], place)
    if kind in _LISTS:
        return _LISTS[kind](held)
    if kind == "float":
        return float(held)
    if kind == "figure":
        return np.dtype(value["type"]).type(held)
    if kind == "mapping":
        return dict(held)
    if kind == "levels":
        return pd.MultiIndex.from_arrays(held)
    if kind == "array":
        return np.array(held, dtype=value["type"])
    if kind == "table":
        columns, index = (_unpacked(value[each], place) for each in ("columns", "index"))
        table = pd.DataFrame(dict(enumerate(held)), index=index)
        table.columns = columns
        return table
    name = _unpacked(value["name"], place)
    if kind == "index":
        return pd.Index(held, dtype=value["type"], name=name)
    return pd.Series(held, _unpacked(value["index"], place), dtype=value["type"], name=name)


def _record(name: str, held: Mapping[str, Any], place: Place) -> Any:
    module, _, kind = name.partition(":")
    if not module.startswith(_PARTS):
        raise Unpackable(name)
    found = getattr(importlib.import_module(module), kind)
    made = object.__new__(found)  # its fields were checked when it was made first
    for each in fields(found):
        object.__setattr__(made, each.name, _unpacked(held[each.name], place))
    return made


@dataclass(frozen=True)
class Shelf:
    """Plans and studies by the hash of their place and the time they were given.

    Parameters
    ----------
    folder : Path
        A folder of the server's own.
    seconds : float
        Most seconds a plan may take.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> place, shelf = pb.example("toy_pooling"), Shelf(Path(tempfile.mkdtemp()), 60.0)
    >>> shelf.plans(place)
    {}
    >>> shelf.keep(place, {"today": pb.simulate(place)})
    >>> list(shelf.plans(place))
    ['today']
    """

    folder: Path
    seconds: float

    def plans(self, place: Place) -> dict[str, Plan]:
        """The plans that are there for a place; none where nobody has made them yet."""
        found: dict[str, Plan] | None = self._read(place, "plans")
        return found or {}

    def keep(self, place: Place, plans: dict[str, Plan]) -> None:
        """Put plans there for the readers that come later."""
        self._write(place, "plans", plans)

    def study(self, place: Place, key: str) -> Result | None:
        """A study of a place; none where nobody has asked for it yet."""
        found: Result | None = self._read(place, key)
        return found

    def keep_study(self, place: Place, key: str, found: Result) -> None:
        """Put a study there for the readers that come later."""
        self._write(place, key, found)

    def _read(self, place: Place, what: str) -> Any:
        try:
            about, _, kept = self._file(place, what).read_text("utf-8").partition("\n")
            return unpacked(kept, place) if about == self._about(place) else None
        except FileNotFoundError:
            return None
        except Exception as error:  # worked out anew then
            fault_words(error)
            return None

    def _write(self, place: Place, what: str, kept: object) -> None:
        """Keep something; where that fails, others work it out anew."""
        try:
            content = f"{self._about(place)}\n{packed(kept, place)}"
            replace_with(self._file(place, what), content.encode())
        except Exception as error:
            fault_words(error)

    def _about(self, place: Place) -> str:
        """All that what is kept was worked out from."""
        return packed([self.seconds, repr(place.settings), dict(place.tables)], place)

    def _file(self, place: Place, what: str) -> Path:
        return self.folder / f"{place.digest}-{self.seconds:g}.{what}"


def own_shelf(variable: str, seconds: float) -> Shelf | None:
    """The shelf an environment variable names, if its folder is nobody else's."""
    folder = Path(os.environ.get(variable, ""))
    if not os.environ.get(variable) or not folder.is_dir():
        return None
    about = folder.stat()
    if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o077):
        return None
    return Shelf(folder, seconds)
