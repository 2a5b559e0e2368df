"""What plans come to where figures turn out otherwise: words, and tables by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from placebudget.place.names import Names
from placebudget.plan import Plan
from placebudget.plan.resting import COST, EFFECT, NEED, VALUE
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.workbook_pages import MODEL
from placebudget.programme.objectives.value import CASHABLE, PUBLIC
from placebudget.study.beliefs import (
    FUNDING,
    INFLATION,
)
from placebudget.study.rests_on.result import figure_called, plan_called
from placebudget.study.result import PlaceResult
from placebudget.study.uncertainty.sensitivity import KIND, MORRIS, sensitivity_of
from placebudget.words import money, number, percent, sentence

WORTH, NOT_SERVED, DEFICITS = "worth", "people not served", "deficits"
MEASURES = (WORTH, PUBLIC, CASHABLE, NOT_SERVED, DEFICITS)
LESS = (NOT_SERVED, DEFICITS)
"""Measures of which less is better."""
EVERYBODY = "all agencies"
A_POUND = 1.0
"""Less than a pound is the same."""
# Agencies that a summary names; and the part that an error may be of what it is an error of.
_FOR_WHOM, _TOO_ROUGH = 6, 0.5


@dataclass(frozen=True, eq=False)
class Uncertainty(PlaceResult):
    """What plans come to where figures turn out otherwise, and what to find out first.

    ``tables`` holds:

    - ``spread``: plan, measure, unit, as_planned, mean, p10, p50, p90, worse_than_today (share of
      draws in which the plan does worse than today's money in the same draw);
    - ``deficits``: plan, agency, mean, p10, p50, p90 (pounds, cash, all years), share (of draws in
      which the agency has to find anything);
    - ``beats``: first, second, agency (or all agencies), better, same, worse (shares of draws),
      p10, p50, p90 (of what the first has more): of all agencies in worth, of one in cashable
      saving less what it has to find;
    - ``services``: service, today, planned, mean, funded, more, less, at_most (shares of the plans
      made anew at draws in which it has money, more or less than today, all it can take);
    - ``find_out``: kind, service, outcome, agency, part, amount, low, high, grade, recorded,
      worth_low, worth_high (of the plan that is worth most on average), pounds (knowing it alone);
    - ``kinds``: kind, p10, p90 (worth of that plan where only figures of the kind move), alone
      (its part of what worth varies by kind by kind), with_others (Sobol's total index);
    - ``knowing``: what, pounds, error, draws, plans (of the draws for which there is one);
    - ``beliefs``: kind, grade, figures, spread, correlation, recorded (figures with a spread
      of their own or a range of their source);
    - ``draws``: plan, draw, and each measure.

    Parameters
    ----------
    place : Place
        The place.
    plans : mapping of str to Plan
        The plans that were held.
    best : str
        The plan that is worth most on average over the draws; not the freed one, a benchmark,
        where there are others.
    """

    plans: Mapping[str, Plan] = field(repr=False)
    best: str

    @property
    def table(self) -> pd.DataFrame:
        """Spread of each plan."""
        return self.tables["spread"]

    @property
    def units(self) -> Mapping[str, str]:
        """What figures are counted in."""
        cash = "pounds, cash, all years"
        return {"deficits": cash, "services": cash, "knowing": self.unit, "beats": self.unit}

    @property
    def unit(self) -> str:
        """What worth is counted in."""
        return f"pounds, {self.place.settings.price_base} prices, discounted"

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return int(self.tables["draws"]["draw"].nunique())

    def worth(self) -> pd.DataFrame:
        """Worth of each plan in each draw: draws x plans."""
        rows = self.tables["draws"]
        return rows.pivot(index="draw", columns="plan", values=WORTH)[list(self.plans)]

    def beats(self, first: str, second: str, agency: str = EVERYBODY) -> pd.Series:
        """How often, and by how much, one plan does better than another."""
        rows = self.tables["beats"]
        mine = rows[(rows["first"] == first) & (rows["second"] == second)]
        return mine.set_index("agency").loc[agency]

    def sensitivity(
        self, method: str = MORRIS, *, by: str = KIND, runs: int = 16, seed: int = 0
    ) -> pd.DataFrame:
        """What the worth of the plan that is worth most on average goes by, by SALib.

        Parameters
        ----------
        method : str
            ``"morris"``: elementary effects, in pounds; ``"sobol"``: shares of variance.
        by : str
            ``"kind"`` of figures, or ``"figure"``, which takes many more runs of the model.
        runs : int
            Of Morris: trajectories; of Sobol: the next power of two. The model is worked out so
            many times, times the groups and one (Morris) or two (Sobol).
        seed : int
            What is drawn from.

        Returns
        -------
        DataFrame
            The kind, or what tells a figure apart; ``mu_star`` and its ``error``, or ``first``,
            ``first_error``, ``total`` and ``total_error``: errors are half intervals of 95 %. The
            largest first. Figures are taken as apart, whatever the study's correlations.

        Raises
        ------
        WrongArgument
            If something that was given cannot be meant; all of it is named.
        CannotAnswer
            If SALib is not installed (the extra ``sensitivity``).

        Examples
        --------
        >>> import placebudget as pb
        >>> place = pb.example("toy_pooling")
        >>> found = pb.study.uncertainty(place, plans=["today"], draws=8, replanned=0, find_out=0)
        >>> found.sensitivity(runs=4).columns.tolist()
        ['kind', 'mu_star', 'error']
        """
        spread = self.run["options"]["spread"]
        return sensitivity_of(self.place, self.plans[self.best], spread, method, by, runs, seed)

    def finding(self) -> str:
        """How often pooling is worth more than acting in step, and by how much."""
        rows = self.tables["beats"]
        rows = rows[rows["agency"] == EVERYBODY]
        if rows.empty:
            row = self.table.set_index(["plan", "measure"]).loc[(self.best, WORTH)]
            return (
                f"In eight draws of ten {plan_called(self.best)} is worth from "
                f"{money(row['p10'])} to {money(row['p90'])}"
            )
        pooling = rows[(rows["first"] == "pooled") & (rows["second"] == "aligned")]
        return _beaten((pooling if len(pooling) else rows).iloc[0])

    def called(self, row: Mapping[str, Any]) -> str:
        """A figure as the label of a row."""
        if row["kind"] in (VALUE, EFFECT, COST, NEED):
            return figure_called(Names(self.place), row, several=True)
        if row["kind"] == INFLATION:
            return f"Inflation: {row['part']}"
        named = "agency" if row["kind"] == FUNDING else "service"
        return f"{sentence(self.name_of(named, row[named]))}: {row['kind']}"

    def summarised(self) -> Summary:
        """The finding, the spread of each plan, for whom, and what to find out first."""
        return Summary(self.title, tuple(self._told()), MODEL)

    def _told(self) -> Iterator[Paragraph]:
        yield Paragraph(f"{self.finding()}.")
        rows = self.table[self.table["measure"] == WORTH]
        yield Paragraph(
            "Worth in eight draws of ten, public value less what has to be found:",
            tuple(self._ranged(row) for row in rows.to_dict("records")),
        )
        whom = [self._for_whom(row) for row in self._pooling()]
        if len(whom) > _FOR_WHOM:
            whom = [*whom[:_FOR_WHOM], f"And {number(len(whom) - _FOR_WHOM)} more."]
        if whom:
            yield Paragraph("For whom, in cashable saving less what has to be found:", tuple(whom))
        for row in self.tables["knowing"].to_dict("records"):
            said = (
                "To know every figure but funding before planning would be worth at least "
                f"{money(row['pounds'])} (standard error {money(row['error'])}, in "
                f"{number(row['draws'])} draws)."
            )
            if row["error"] > _TOO_ROUGH * row["pounds"]:
                said = (
                    "What knowing every figure before planning would be worth cannot be told from "
                    f"{number(row['draws'])} draws; more plans made anew would tell it."
                )
            if row["plans"] < row["draws"]:
                said += (
                    f" In {number(row['draws'] - row['plans'])} of these no plan keeps every rule "
                    "of the place."
                )
            yield Paragraph(said)
        first = [row for row in self.tables["find_out"].to_dict("records")
                 if row["pounds"] >= A_POUND]  # fmt: skip
        if first:
            yield Paragraph(
                "What to find out first, by what knowing each alone is worth at least:",
                tuple(f"{self.called(row)}: {money(row['pounds'])}." for row in first),
            )
        elif len(self.tables["find_out"]):
            yield Paragraph(
                "No figure that was looked at would, known alone, change which plan is best."
            )

    def _ranged(self, row: Mapping[str, Any]) -> str:
        worse = "" if row["plan"] == "today" or pd.isna(row["worse_than_today"]) else (
            f"; in {percent(row['worse_than_today'])} of draws less than today"
        )  # fmt: skip
        return (
            f"{sentence(plan_called(row['plan']))}: from {money(row['p10'])} to "
            f"{money(row['p90'])}, with {money(row['as_planned'])} as planned{worse}."
        )

    def _pooling(self) -> list[dict[str, Any]]:
        """Agencies for which pooling changes anything, those most often worse off first."""
        rows = self.tables["beats"]
        mine = (rows["first"] == "pooled") & (rows["second"] == "aligned")
        mine &= (rows["agency"] != EVERYBODY) & (rows["same"] < 1.0 - 1e-9)
        found = rows[mine].sort_values("worse", ascending=False, kind="stable")
        return found.to_dict("records")

    def _for_whom(self, row: Mapping[str, Any]) -> str:
        name = sentence(self.name_of("agency", row["agency"]))
        return (
            f"{name}: better off by pooling in {percent(row['better'])} of draws, worse off in "
            f"{percent(row['worse'])}."
        )


def _beaten(row: Mapping[str, Any]) -> str:
    first, second = plan_called(row["first"]), plan_called(row["second"])
    if row["same"] > 1.0 - 1e-9:
        return f"In every draw {first} is worth the same as {second}"
    said = f"In {percent(row['better'])} of draws {first} is worth more than {second}"
    if row["p50"] >= A_POUND:
        said += f", in half of all draws by at least {money(row['p50'])}"
    if row["worse"] <= 0:
        return said
    if row["p10"] <= -A_POUND:
        return f"{said}; in one draw of ten it is worth less by {money(-row['p10'])} or more"
    return f"{said}; in {percent(row['worse'])} it is worth less"
