"""What every answer can do: say itself in words, as plain data, as a page, as a workbook."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from placebudget.arguments import one_of
from placebudget.plan.record.record import run_facts
from placebudget.plan.summary import Shown, Summary, sentences
from placebudget.plan.worded_table import NameOf, worded_frame
from placebudget.plan.workbook import summing, table_page
from placebudget.plan.workbook_pages import MADE, MODEL, Front, Page
from placebudget.plan.workbook_writer import write_pages
from placebudget.words import plain
from placebudget.writing import file_to_write, replace_with


class Result(Shown):
    """What every answer can do: say itself in words, as plain data, as a workbook."""

    if TYPE_CHECKING:

        @property
        def title(self) -> str: ...
        @property
        def tables(self) -> Mapping[str, pd.DataFrame]: ...
        @property
        def notes(self) -> tuple[str, ...]: ...
        @property
        def run(self) -> Mapping[str, Any]: ...

    def summary(self) -> str:
        """The answer in a few plain sentences, numbers first."""
        return "\n".join(self.summarised().lines)

    def summarised(self) -> Summary:
        """What ``summary`` says, as data."""
        return Summary(self.title, tuple(sentences(self.notes)))

    def document(self) -> dict[str, Any]:
        """The whole answer as plain data, as JSON holds it; what does not exist is null."""
        return {
            "title": self.title,
            "summary": list(self.summarised().lines),
            **{name: records(frame) for name, frame in self.tables.items()},
            "notes": list(self.notes),
            "run": _plain(dict(self.run)),
        }

    def to_json(self, path: str | os.PathLike[str]) -> Path:
        """Write the answer as JSON; returns where.

        Raises
        ------
        WrongArgument
            If the path is none, or does not end in ``.json``.
        """
        goal = file_to_write(path, ".json")
        text = json.dumps(self.document(), ensure_ascii=False, allow_nan=False, indent=1)
        replace_with(goal, f"{text}\n".encode())
        return goal

    def to_excel(self, path: str | os.PathLike[str]) -> Path:
        """Write the answer as a workbook: what it is, then a sheet a table; returns where.

        Raises
        ------
        WrongArgument
            If the path is none, or does not end in ``.xlsx``.
        """
        said = self.summarised()
        about = f"The answer of a study, with a sheet for each of its tables. {MODEL}"
        tables = self.tables
        pages = {name: self._page(name, frame) for name, frame in tables.items()}
        for name, (source, keys) in self.adds_up.items():
            if name in pages and source in pages:
                pages[name] = summing(name, source, pages, tables, keys)
        made = Page(MADE, ["What", "Value"], list(run_facts(self.run)))
        front = Front.of(said.title, about, said.sentences, list(self.notes))
        return write_pages([*pages.values(), made], path, front)

    def _page(self, name: str, frame: pd.DataFrame) -> Page:
        unit, sums = self.units.get(name, ""), self.sums.get(name, ())
        return table_page(
            name, frame, self.name_of, unit, sums=sums, own=self.own_names, labels=self.labels
        )

    def worded(self, table: str, columns: Sequence[str] = ()) -> pd.DataFrame:
        """A table for people, as texts: names for keys, units in the headings.

        Parameters
        ----------
        table : str
            Name of one of the tables.
        columns : sequence of str
            Which of its columns, in order; default: all.

        Raises
        ------
        WrongArgument
            If there is no such table or column.

        Examples
        --------
        >>> import placebudget as pb
        >>> found = pb.outlook(pb.example("toy_pooling"))
        >>> found.worded("years", ["year", "money", "gap"]).head(1)
              Year        Money, £          Gap, £
        0  2025-26  100,000,000.00  −10,000,000.00
        """
        frame = self.tables[one_of("table", table, self.tables)]
        names = [one_of("columns", name, frame.columns) for name in columns] or frame.columns
        told = worded_frame(frame, self.name_of, self.units.get(table, ""), self.own_names)
        return told.iloc[:, [frame.columns.get_loc(name) for name in names]]

    @property
    def units(self) -> Mapping[str, str]:
        """What the figures of tables are counted in, where no column of theirs says that."""
        return {}

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        return {}

    @property
    def adds_up(self) -> Mapping[str, tuple[str, Sequence[str]]]:
        """Tables that add up rows of another: which, and by which columns of both."""
        return {}

    @property
    def labels(self) -> Mapping[str, pd.DataFrame]:
        """Names and units of keys by table, where they are at hand."""
        return {}

    @property
    def own_names(self) -> Collection[str]:
        """Columns that somebody named, plans say: their names tell nothing of their figures."""
        return ()

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column; words, where the study knows no place."""
        return lambda _, key: plain(key)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as plain data."""
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
