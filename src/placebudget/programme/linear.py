"""A linear programme as labelled sparse blocks.

A block of columns is a family of variables (money, units, contributions ...), a
block of rows a family of constraints. Both carry their labels as small integer
codes into lists of names, so that any number can be traced back to what it
means, and nothing is looked up by name while a programme is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

Index = Mapping[str, np.ndarray]


def keys_of(index: Index, *dimensions: str) -> list[tuple[int, ...]]:
    """The codes of each variable or constraint in some dimensions."""
    return list(zip(*(index[name].tolist() for name in dimensions), strict=True))


@dataclass(frozen=True)
class Columns:
    """A family of variables.

    Parameters
    ----------
    name : str
        Name of the family.
    index : mapping of str to ndarray of int
        For each dimension, the code of each variable.
    lower, upper : ndarray
        Bounds.
    integer : bool
        Whether the variables are 0 or 1.
    first : int
        Number of the first variable in the programme.
    """

    name: str
    index: Index
    lower: np.ndarray
    upper: np.ndarray
    integer: bool
    first: int

    def __len__(self) -> int:
        return len(self.lower)

    @property
    def numbers(self) -> np.ndarray:
        """Numbers of the variables in the programme."""
        return np.arange(self.first, self.first + len(self))


@dataclass(frozen=True)
class Rows:
    """A family of constraints of one sense: sum of value x variable, sense, right.

    ``row`` counts from 0 within the family; ``first`` is the number of the
    first constraint in the programme.
    """

    name: str
    index: Index
    row: np.ndarray
    column: np.ndarray
    value: np.ndarray
    sense: str
    right: np.ndarray
    first: int

    def __len__(self) -> int:
        return len(self.right)

    @property
    def numbers(self) -> np.ndarray:
        """Numbers of the constraints in the programme."""
        return np.arange(self.first, self.first + len(self))


@dataclass
class Draft:
    """A programme while its blocks are being written."""

    columns: dict[str, Columns] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)
    names: dict[str, np.ndarray] = field(default_factory=dict)
    width: int = 0
    height: int = 0

    def add_columns(
        self,
        name: str,
        index: Index,
        lower: np.ndarray | float = 0.0,
        upper: np.ndarray | float = np.inf,
        integer: bool = False,
    ) -> Columns:
        """Add a family of variables; bounds may be one number for all."""
        size = len(next(iter(index.values())))
        block = Columns(
            name,
            dict(index),
            np.broadcast_to(np.asarray(lower, float), size).copy(),
            np.broadcast_to(np.asarray(upper, float), size).copy(),
            integer,
            self.width,
        )
        self.columns[name] = block
        self.width += size
        return block

    def add_rows(
        self,
        name: str,
        index: Index,
        terms: Terms,
        sense: str,
        right: np.ndarray | float,
    ) -> Rows:
        """Add a family of constraints written as terms."""
        size = len(next(iter(index.values())))
        row, column, value = terms.arrays()
        block = Rows(
            name,
            dict(index),
            row,
            column,
            value,
            sense,
            np.broadcast_to(np.asarray(right, float), size).copy(),
            self.height,
        )
        self.rows[name] = block
        self.height += size
        return block


@dataclass
class Terms:
    """Terms of a family of constraints: (row, column, value), gathered in parts."""

    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)

    def add(self, row: np.ndarray, column: np.ndarray, value: np.ndarray | float) -> Terms:
        """Add terms; ``value`` may be one number for all."""
        # Four bytes a number: a programme for a city-region has half a million terms.
        row = np.asarray(row, np.int32)
        values = np.broadcast_to(np.asarray(value, float), row.shape)
        self.parts.append((row, np.asarray(column, np.int32), values))
        return self

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All terms as three arrays; terms of the same row and column are summed."""
        if not self.parts:
            empty = np.zeros(0, np.int32)
            return empty, empty, np.zeros(0)
        row, column, value = (np.concatenate(part) for part in zip(*self.parts, strict=True))
        keep = value != 0
        return row[keep], column[keep], value[keep]


@dataclass(frozen=True)
class Matrix:
    """A whole programme as arrays, rows compressed, ready for a solver."""

    lower: np.ndarray
    upper: np.ndarray
    integer: np.ndarray
    start: np.ndarray
    column: np.ndarray
    value: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray

    @property
    def width(self) -> int:
        """Number of variables."""
        return len(self.lower)

    @property
    def height(self) -> int:
        """Number of constraints."""
        return len(self.row_lower)

    @cached_property
    def _row(self) -> np.ndarray:
        return np.repeat(np.arange(self.height), np.diff(self.start))

    def times(self, values: np.ndarray) -> np.ndarray:
        """What each constraint adds up to at these values of the variables."""
        return np.bincount(self._row, self.value * values[self.column], self.height)

    def transposed_times(self, duals: np.ndarray) -> np.ndarray:
        """What these prices of the constraints charge each variable."""
        return np.bincount(self.column, self.value * duals[self._row], self.width)


def assemble(draft: Draft) -> Matrix:
    """Put the blocks of a draft together, terms of one row and column summed."""
    columns = list(draft.columns.values())
    rows = list(draft.rows.values())
    tidy = [_tidy(block, max(draft.width, 1)) for block in rows]
    start = np.zeros(draft.height + 1, np.int32)
    start[1:] = np.cumsum(_join([count for count, _, _ in tidy], np.int32))
    right = _join([block.right for block in rows], float)
    sense = np.concatenate([np.full(len(b), b.sense) for b in rows]) if rows else np.zeros(0, "U2")
    return Matrix(
        lower=_join([block.lower for block in columns], float),
        upper=_join([block.upper for block in columns], float),
        integer=_join([np.full(len(b), b.integer) for b in columns], bool),
        start=start,
        column=_join([column for _, column, _ in tidy], np.int32),
        value=_join([value for _, _, value in tidy], float),
        row_lower=np.where(sense == "<=", -np.inf, right),
        row_upper=np.where(sense == ">=", np.inf, right),
    )


def _tidy(block: Rows, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number of terms of each constraint of a block, and their columns and values in order."""
    key = block.row.astype(np.int64) * width + block.column
    order = np.argsort(key, kind="stable")
    key = key[order]
    fresh = np.ones(len(key), bool)
    fresh[1:] = key[1:] != key[:-1]
    at = np.flatnonzero(fresh)
    value = np.add.reduceat(block.value[order], at) if len(at) else np.zeros(0)
    count = np.bincount(key[at] // width, minlength=len(block))
    return count, (key[at] % width).astype(np.int32), value


def _join(parts: list[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate(parts, dtype=dtype, casting="unsafe") if parts else np.zeros(0, dtype)


def worth(each: np.ndarray, values: np.ndarray) -> float:
    """What values of the variables add up to at so much for each.

    Not ``each @ values``: a long sum would be handed to threads, which go on waiting at
    full speed for the next one and so take a processor from other work, and which add
    up in another order on a machine with another number of processors.
    """
    return float(np.einsum("i,i", each, values))


def describe(block: Columns | Rows, names: Mapping[str, np.ndarray], at: int) -> str:
    """Label of one variable or constraint: ``money(nhs, direct, home_care, 2027-28)``."""
    parts = [str(names[dim][codes[at]]) for dim, codes in block.index.items()]
    return f"{block.name}({', '.join(parts)})"
