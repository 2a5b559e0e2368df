"""Plans, studies and what is asked of a place as plain data, for another process or reader.

A plan stands in it as the text of its file, which is checked as a file is when it is
read. All else is figures, texts and tables, in records of our own; nothing is run by reading.
"""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.record.files import plan_text
from placebudget.plan.record.reading import read_plan_text

_IS = "is"
_PLACE, _PLAN, _MISSING = "place", "plan", "missing"
_PARTS = "placebudget."
_LISTS = {"tuple": tuple, "set": set, "frozenset": frozenset}


def packed(value: object, place: Place | None = None) -> str:
    """A value as JSON.

    Parameters
    ----------
    value : object
        A plan, a study, a place, or several of such by name.
    place : Place, optional
        The place that it belongs to and that the other side has already: it is named only.

    Raises
    ------
    TypeError
        If it holds what is neither a figure, a text nor a table, nor a record of such.
    """
    return json.dumps(_packed(value, place), allow_nan=False)


def unpacked(text: str, place: Place | None = None) -> Any:
    """What was packed; ``place`` is the one it was packed for."""
    return _unpacked(json.loads(text), place)


def _packed(value: Any, place: Place | None) -> Any:
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
    if isinstance(value, Plan):
        return {_IS: _PLAN, "of": plan_text(value)}
    if type(value).__name__ in _LISTS:
        return {_IS: type(value).__name__, "of": [_packed(each, place) for each in value]}
    if isinstance(value, Mapping):
        return {_IS: "mapping", "of": [_packed(list(each), place) for each in value.items()]}
    if isinstance(value, np.ndarray | pd.Index | pd.Series | pd.DataFrame):
        return _packed_table(value, place)
    if isinstance(value, Place) and (value is place or value == place):
        return {_IS: _PLACE}
    kind = type(value)
    held = {name: _packed(getattr(value, name), place) for name in _names(kind)}
    return {_IS: "record", "type": f"{kind.__module__}:{kind.__name__}", "of": held}


def _names(kind: type) -> list[str]:
    """The parts of a record of our own."""
    if kind.__module__.startswith(_PARTS):
        if is_dataclass(kind):
            return [each.name for each in fields(kind)]
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return list(kind._fields)
    raise TypeError(f"cannot be packed: {kind.__module__}:{kind.__name__}")


def _plain(value: Any) -> bool:
    return type(value) is float and math.isfinite(value)


def _packed_table(value: Any, place: Place | None) -> dict[str, Any]:
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


def _unpacked(value: Any, place: Place | None) -> Any:
    if isinstance(value, list):
        return [_unpacked(each, place) for each in value]
    if not isinstance(value, dict):
        return value
    kind = value[_IS]
    if kind == _PLACE:
        return place
    if kind == _PLAN:
        return read_plan_text(value["of"], "the plan")
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


def _record(name: str, held: Mapping[str, Any], place: Place | None) -> Any:
    module, _, kind = name.partition(":")
    if not module.startswith(_PARTS):
        raise TypeError(f"cannot be unpacked: {name}")
    found = getattr(importlib.import_module(module), kind)
    parts = {each: _unpacked(held[each], place) for each in _names(found)}
    if issubclass(found, tuple):
        return found(**parts)
    made = object.__new__(found)  # its parts were checked when it was made first
    for each, value in parts.items():
        object.__setattr__(made, each, value)
    return made
