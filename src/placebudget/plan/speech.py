"""Sentences and the figures that carry them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

Figure = tuple[str, float | None, str] | tuple[str, float | None, str, str]
COLUMNS = ("sentence", "figure", "year", "value", "unit")


@dataclass
class Speech:
    """Sentences and the figures that carry them, as they are put together."""

    sentences: list[str] = field(default_factory=list)
    rows: list[tuple[int, str, str, float, str]] = field(default_factory=list)

    def say(self, text: str, *figures: Figure) -> None:
        """A sentence with its figures (name, value, unit and, where it has one, year)."""
        self.sentences.append(text[0].upper() + text[1:])
        for figure in figures:
            name, value, unit = figure[:3]
            if value is not None:
                year = figure[3] if len(figure) == 4 else ""
                self.rows.append((len(self.sentences), name, year, float(value), unit))

    def dated(self, year: str) -> Speech:
        """The speech with a year for each figure that was said without one."""
        self.rows = [(n, name, of or year, value, unit) for n, name, of, value, unit in self.rows]
        return self

    def figures(self) -> pd.DataFrame:
        """The figures as a tidy table."""
        frame = pd.DataFrame(self.rows, columns=list(COLUMNS))
        return frame.astype(
            {"sentence": "int64", "figure": "str", "year": "str", "value": float, "unit": "str"}
        )
