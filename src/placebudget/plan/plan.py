"""The plan: the answer for one place and pooling, frozen, as tables of plain figures."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.arguments import texts
from placebudget.errors import CannotAnswer
from placebudget.place.once import once
from placebudget.plan.borrowing import debt_counted
from placebudget.plan.columns import MEASURES, added_up, split_over_offers
from placebudget.plan.summary import Shown
from placebudget.texts import Phrase
from placebudget.words import in_pounds, in_unit

if TYPE_CHECKING:
    from placebudget.place import Place
    from placebudget.plan.explain.explain import Explanation
    from placebudget.plan.findings import PlanFindings

DIRECT_ROUTE = "direct"
_SEEN = 500.0  # pounds: less does not show in figures in thousands
# By which columns a table is to be added up, as it may be given.
_columns = partial(texts, "by", such_as="'year' or ['agency', 'year']")


@dataclass(frozen=True)
class ObjectiveValue:
    """What a plan made the most of, and how much of it there is.

    Parameters
    ----------
    name, unit : str
        As they should be read.
    value : float
        In ``unit``.
    """

    name: str
    unit: str
    value: float

    @property
    def amount(self) -> str:
        """How much of what, as it should be read.

        Examples
        --------
        >>> ObjectiveValue("fiscal saving", "pounds, 2025-26 prices, discounted", 5e6).amount
        '£5 million of fiscal saving'
        >>> ObjectiveValue("worst-off area", "weighted outcomes a head, discounted", 1.5).amount
        '1.5 weighted outcomes a head (worst-off area)'
        """
        figure = in_unit(self.value, self.unit)
        if in_pounds(self.unit):
            return Phrase("%1 of %2", figure, Phrase(self.name))
        what = self.unit.removesuffix(", discounted")
        return f"{figure} {what}" + ("" if self.name in what else f" ({self.name})")

    @property
    def said(self) -> str:
        """What a plan comes to, as it follows the plan in a sentence.

        Examples
        --------
        >>> ObjectiveValue("public value", "pounds, 2025-26 prices, discounted", 3e8).said
        'is worth £300 million of public value'
        >>> ObjectiveValue("weighted outcomes", "weighted outcomes, discounted", 42_711).said
        'brings 42,711 weighted outcomes'
        """
        return f"{'is worth' if self.name.endswith('value') else 'brings'} {self.amount}"

    def reads_like(self, other: ObjectiveValue) -> bool:
        """Whether as much of the same is reached, as far as a reader sees.

        Pounds are alike below what figures in thousands show.
        """
        if (self.name, self.unit) != (other.name, other.unit):
            return False
        if in_pounds(self.unit):
            return abs(self.value - other.value) < _SEEN
        return self.amount == other.amount


@dataclass(frozen=True, eq=False)
class Plan(Shown):
    """The answer for one place: money, outcomes, savings, prices, run record.

    A plan is frozen, holds figures only, and was verified outside the solver
    before it was given out. Amounts of money are pounds, to the penny.

    Parameters
    ----------
    name : str
        Today, siloed, aligned, pooled, freed, or pools joined by commas.
    place : mapping
        Name, title, hash and settings of the place, and the status of its figures.
    status : str
        What was reached: optimal, simulated, or what cut the run short.
    objective : ObjectiveValue
        The first objective and its value.
    objectives : tuple of ObjectiveValue
        All objectives in order.
    tables : mapping of str to DataFrame
        money, contributions, balances, units, outcomes, savings, needs, prices.
    labels : mapping of str to DataFrame
        Names and attributes of agencies, streams, services, areas, pools and
        outcomes, so that a plan can be read without its place.
    run : mapping
        Versions, solver, options, seconds, hash of the inputs.
    option : str
        Name of the option of the place that was planned; empty for the place itself.
    source : Place or None
        The place itself, for explanations; not compared, and not in the plan's file.
    """

    name: str
    place: Mapping[str, Any]
    status: str
    objective: ObjectiveValue
    objectives: tuple[ObjectiveValue, ...]
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    labels: Mapping[str, pd.DataFrame] = field(repr=False)
    run: Mapping[str, Any] = field(repr=False)
    option: str = ""
    source: Place | None = field(default=None, repr=False, compare=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        plain = ("name", "status", "objective", "objectives", "option")
        return (
            all(getattr(self, a) == getattr(other, a) for a in plain)
            and dict(self.place) == dict(other.place)
            and dict(self.run) == dict(other.run)
            and _same(self.tables, other.tables)
            and _same(self.labels, other.labels)
        )

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        # What was worked out from it stays behind: another process works it out again.
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def picked(self) -> str:
        """Of a plan that was picked from an answer: from which, and what it is the best for."""
        return str(self.run.get("picked", ""))

    def money(self, by: str | Sequence[str] = ()) -> pd.DataFrame:
        """Money spent on services, in pounds, cash of the year.

        Parameters
        ----------
        by : str or sequence of str
            Columns to add up by: stream, route, service, area, year, agency (who
            pays), raised, purpose, commissioner, partner, offer. Without any, every
            flow. By offer, each flow is shared over the offers of its service and
            area by what is bought of them, to the penny; money that buys nothing,
            as money that is given may, has the empty text for an offer.

        Returns
        -------
        DataFrame
            The columns asked for, and ``amount``.

        Raises
        ------
        WrongArgument
            If there is no such column; says which there are;
            or if it is neither a text nor a list of texts.

        Examples
        --------
        >>> import placebudget as pb
        >>> plan = pb.optimise(pb.example("toy_pooling"), pooling="aligned")
        >>> float(plan.money("agency")["amount"].sum())
        100000000.0
        >>> float(plan.money(["offer", "year"])["amount"].sum())
        100000000.0
        """
        return self._added_up("money", _columns(by))

    def outcomes(self, by: str | Sequence[str] = ()) -> pd.DataFrame:
        """Outcomes produced, counted and overlapping, with their discounted value.

        Parameters
        ----------
        by : str or sequence of str
            Columns to add up by: outcome, service, area, year, purpose,
            commissioner. Outcomes in different units are not added up unless
            asked for.

        Returns
        -------
        DataFrame
            ``produced``, ``counted``, ``overlap`` in the outcome's unit; ``not_needed`` is
            what of the counted comes from need that was avoided instead of met;
            ``fiscal`` (without transfers), ``economic``, ``social`` in pounds,
            discounted: what public value consists of;
            ``weighted``, discounted.

        Raises
        ------
        WrongArgument
            As for :meth:`money`.
        """
        return self._added_up("outcomes", _columns(by))

    def savings(self, by: str | Sequence[str] = ()) -> pd.DataFrame:
        """Fiscal savings, transfers too, and their cashable part, in pounds.

        Parameters
        ----------
        by : str or sequence of str
            Columns to add up by: outcome, agency (who saves), service, area,
            year, partner, purpose, commissioner.

        Returns
        -------
        DataFrame
            ``fiscal`` and ``cashable`` in prices of the price base, and both
            discounted.

        Raises
        ------
        WrongArgument
            As for :meth:`money`.
        """
        return self._added_up("savings", _columns(by))

    def unspent(self, by: str | Sequence[str] = ()) -> pd.DataFrame:
        """Money that buys nothing: left with its stream, or left in a pool.

        Parameters
        ----------
        by : str or sequence of str
            Columns to add up by: stream, route (direct: left with the stream),
            year, agency, raised, partner.

        Returns
        -------
        DataFrame
            The columns asked for, and ``amount`` in pounds.
        """
        return self._added_up("unspent", _columns(by))

    @once
    def _added_up(self, table: str, by: tuple[str, ...]) -> pd.DataFrame:
        """A table by some columns: a page asks for the same sums again and again."""
        rows = self._unspent() if table == "unspent" else self.tables[table]
        offers = {"offer": partial(split_over_offers, units=self.tables["units"])}
        finer = offers if table == "money" else {}
        return added_up(rows, table, by, MEASURES[table], self.labels, finer)

    def _unspent(self) -> pd.DataFrame:
        idle = self.tables["balances"][["stream", "year", "idle"]].rename(
            columns={"idle": "amount"}
        )
        idle.insert(1, "route", DIRECT_ROUTE)
        pooled = self.tables["contributions"][["stream", "pool", "year", "unspent"]]
        pooled = pooled.set_axis(["stream", "route", "year", "amount"], axis=1)
        rows = pd.concat([idle, pooled], ignore_index=True)
        return rows[rows["amount"] != 0]

    def management_cost(self) -> float:
        """Management cost of pools over all years, in pounds."""
        return float(round(self.tables["contributions"]["management_cost"].sum(), 2))

    def prices(self) -> pd.DataFrame:
        """What each binding limit costs; see the columns' notes in the documentation."""
        return self.tables["prices"].copy()

    def summary(self) -> str:
        """What the plan is, what it reaches, and what it does not keep, in a few lines."""
        from placebudget.plan.summary import summarised

        return "\n".join(summarised(self).lines)

    @once
    def public_value(self) -> float:
        """Fiscal, economic and social value of all outcomes, discounted, in pounds.

        And what need avoided saves after the last year of money, less what is still owed then.
        """
        table, later = self.tables["outcomes"], self.tables["needs"]["value"]
        value = table[["fiscal", "economic", "social"]].to_numpy().sum() + later.sum()
        return float(value) - debt_counted(self.run)

    def explain(
        self,
        service: str,
        area: str | None = None,
        *,
        year: str | None = None,
        place: Place | None = None,
    ) -> Explanation:
        """Why a service gets what it gets; see :func:`placebudget.explain`."""
        from placebudget.plan.explain.explain import explain

        return explain(self, service, area, year=year, place=place)

    def findings(
        self, today: Plan | None = None, *, before: Plan | None = None, place: Place | None = None
    ) -> PlanFindings:
        """What the plan must admit, worst first; see ``placebudget.plan.findings.findings``."""
        from placebudget.plan.findings import findings

        return findings(self, today, before=before, place=place)

    @cached_property
    def known_findings(self) -> PlanFindings | None:
        """What the plan must admit; None where the place that this takes is not at hand."""
        try:
            return self.findings()
        except CannotAnswer:
            return None

    def script(self, place: str = "") -> str:
        """The Python script that makes the plan again.

        See :func:`placebudget.plan.record.inputs.script`.

        Parameters
        ----------
        place : str, optional
            Path of the place, or name of an example; default: what it was read from.
        """
        from placebudget.plan.record.inputs import script

        return script(self, place)

    # --- files and views ---------------------------------------------------

    def to_json(self, path: str | os.PathLike[str]) -> Path:
        """Write the plan as ``*.plan.json``; :func:`placebudget.read_plan` reads it back equal.

        See :func:`placebudget.plan.record.files.write_json`.
        """
        from placebudget.plan.record.files import write_json

        return write_json(self, path)

    def to_excel(self, path: str | os.PathLike[str]) -> Path:
        """Write the plan as a workbook, a sheet a table.

        See :func:`placebudget.plan.workbook.write_workbook`.
        """
        from placebudget.plan.workbook import write_workbook

        return write_workbook(self, path)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, object]:
        """The drawing, a table and text, of which a notebook takes the best it can show."""
        from placebudget.plan.drawing import plan_bundle

        return plan_bundle(self)


def _same(a: Mapping[str, pd.DataFrame], b: Mapping[str, pd.DataFrame]) -> bool:
    return set(a) == set(b) and all(frame.equals(b[name]) for name, frame in a.items())
