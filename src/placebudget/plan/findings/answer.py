"""All that a plan must admit: in words, as tables, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any, overload

import pandas as pd

from placebudget.place import Place
from placebudget.place.names import Names
from placebudget.plan.findings.finding import KEYS, PlanFinding
from placebudget.plan.findings.words import KINDS, FindingWords
from placebudget.plan.plan import Plan
from placebudget.plan.record.record import run_record
from placebudget.plan.result import Result
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.worded_table import NameOf

NONE = "Nothing of what a plan has to admit was found."


@dataclass(frozen=True, eq=False)
class PlanFindings(Result, Sequence[PlanFinding]):
    """All that a plan must admit, worst first.

    ``tables`` holds ``findings``, one row each with the sentence and what it is about, and
    ``figures``, with the number of the finding, the figure, its value and unit.

    Parameters
    ----------
    plan : Plan
        The plan.
    place : Place
        The place it was made for.
    found : tuple of PlanFinding
        The findings, worst first.
    """

    plan: Plan = field(repr=False)
    place: Place = field(repr=False)
    found: tuple[PlanFinding, ...]

    @overload
    def __getitem__(self, index: int) -> PlanFinding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[PlanFinding, ...]: ...
    def __getitem__(self, index: int | slice) -> PlanFinding | tuple[PlanFinding, ...]:
        return self.found[index]

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[PlanFinding]:
        return iter(self.found)

    def __str__(self) -> str:
        return "\n".join(self.sentences) or NONE

    @property
    def codes(self) -> frozenset[str]:
        """The kinds of findings there are."""
        return frozenset(each.code for each in self)

    def of(self, code: str) -> PlanFindings:
        """Findings of one kind."""
        kept = tuple(each for each in self if each.code == code)
        return PlanFindings(self.plan, self.place, kept)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each finding in words."""
        return tuple(map(FindingWords(self.place).of, self))

    def records(self) -> list[dict[str, Any]]:
        """Every finding as plain data, with the sentence that says it; None: no such share."""
        return [
            {
                "code": each.code,
                "what": what,
                **each.keys,
                "years": list(each.years),
                "figures": {n: None if isnan(v) else v for n, (v, _) in each.figures.items()},
                "units": {name: unit for name, (_, unit) in each.figures.items()},
            }
            for each, what in zip(self, self.sentences, strict=True)
        ]

    def to_frame(self) -> pd.DataFrame:
        """The findings as a table, one row a finding: the kind, the sentence, what it is about."""
        rows = [
            [each.code, what, *(each.keys.get(name, "") for name in KEYS), _run(each.years)]
            for each, what in zip(self, self.sentences, strict=True)
        ]
        return pd.DataFrame(rows, columns=["code", "what", *KEYS, "years"]).astype("str")

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The findings, and their figures."""
        rows = [
            [str(number), name, value, unit]
            for number, each in enumerate(self, start=1)
            for name, (value, unit) in each.figures.items()
        ]
        figures = pd.DataFrame(rows, columns=["finding", "figure", "value", "unit"])
        return {"findings": self.to_frame(), "figures": figures.astype({"value": float})}

    @property
    def title(self) -> str:
        """What it is about."""
        return f"{self.plan.place['title']}, {self.plan.name}: what this plan must admit"

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures are."""
        base = self.plan.place["price_base"]
        return (f"Money is cash of its year; values and savings are in {base} prices.",)

    @property
    def run(self) -> Mapping[str, Any]:
        """Versions, and which plan it is."""
        return run_record(
            study="findings", place=self.plan.place["name"], inputs=str(self.plan.place["digest"]),
            options={"plan": self.plan.name},
        )  # fmt: skip

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        of = Names(self.place).of
        return lambda column, key: KINDS[key].title if column == "code" else of(column, key)

    def summarised(self) -> Summary:
        """What ``summary`` says, as data."""
        return Summary(self.title, self.paragraphs())

    @property
    def by_kind(self) -> dict[str, tuple[str, ...]]:
        """The sentences of each kind, by what the kind is called; the worst first."""
        said: dict[str, list[str]] = {}
        for each, text in zip(self, self.sentences, strict=True):
            said.setdefault(KINDS[each.code].title, []).append(text)
        return {title: tuple(texts) for title, texts in said.items()}

    def paragraphs(self, most: int | None = None) -> tuple[Paragraph, ...]:
        """The findings kind by kind, of each kind the worst, and how many more there are.

        Parameters
        ----------
        most : int, optional
            How many of a kind are said; default: all.
        """
        return tuple(
            Paragraph(f"{title}:", (*texts[:most], *_more(len(texts[:most]), texts)))
            for title, texts in self.by_kind.items()
        ) or (Paragraph(NONE),)


def _run(years: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(years))


def _more(said: int, texts: Sequence[str]) -> list[str]:
    """How many are not said."""
    return [f"And {len(texts) - said} more of this kind."] if said < len(texts) else []
