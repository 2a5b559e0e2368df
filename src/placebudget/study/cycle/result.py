"""The answer of a commissioning cycle: tables and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from placebudget.arguments import as_given, offered
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.place.names import Names, listed
from placebudget.plan import Plan
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.worded_table import NameOf
from placebudget.plan.workbook_writer import MODEL
from placebudget.study.cycle.assumptions import POOLED, Evaluation, Policy, Slippage
from placebudget.study.cycle.run import History
from placebudget.study.cycle.tables import EVERYBODY, range_in_words
from placebudget.study.result import StudyResult
from placebudget.study.sweeping import LOST
from placebudget.words import count, money, percent, sentence

VALUE, DEFICITS, UNPAID = "public value", "deficits", "deficits not paid back"


@dataclass(frozen=True, eq=False)
class Cycle(StudyResult):
    """Many runs of the commissioning cycle, policy beside policy.

    Nine runs in ten lie between ``low`` and ``high``; of fewer than 20 runs these are the
    least and the most. ``tables`` holds:

    - ``spread``: policy, measure, unit, planned, mean, low, middle, high, share_short;
    - ``outcomes``: the same by outcome and year; ``savings``: by agency, measure and
      year, in prices of the price base; ``deficits``: by agency and year, cash;
    - ``learned``: policy, service, outcome, evidence, spread_before, spread_after,
      error_before, error_after;
    - ``payback``: policy, agency, paid, fiscal, cashable, year_fiscal, year_cashable,
      share_fiscal, share_cashable;
    - ``commissioned``: pooling, offer, service, area, year, units, capacity, taken;
    - ``runs``: every run.

    Parameters
    ----------
    place : Place
        The place.
    plans : mapping of str to Plan
        The first plan of each pooling.
    policies : tuple of Policy
        What was compared.
    """

    place: Place = field(repr=False)
    plans: Mapping[str, Plan] = field(repr=False)
    policies: tuple[Policy, ...]

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return Names(self.place).of

    @property
    def runs(self) -> int:
        """How many runs were done."""
        return int(self.run["options"]["runs_done"])

    @property
    def range_said(self) -> str:
        """What lies between ``low`` and ``high``, as the number of runs allows to say it."""
        return range_in_words(self.runs)

    @property
    def table(self) -> pd.DataFrame:
        """Spread of the totals of each policy."""
        return self.tables["spread"]

    def spread(self, policy: Policy | str, measure: str = VALUE) -> pd.Series:
        """Spread of one total of one policy: planned, mean, low, middle, high.

        Raises
        ------
        WrongArgument
            If it was not simulated, or there is no such measure.
        """
        name = policy.name if isinstance(policy, Policy) else policy
        policies = list(dict.fromkeys(self.table["policy"]))
        measures = list(dict.fromkeys(self.table["measure"]))
        known = [isinstance(name, str) and name in policies]
        known.append(isinstance(measure, str) and measure in measures)
        if not all(known):
            said = f"no {as_given(measure)} of {as_given(name)}"
            said += f"; policies: {'; '.join(policies)}; of: {', '.join(measures)}"
            wrong, among = (name, policies) if not known[0] else (measure, measures)
            raise WrongArgument(offered(said, wrong, among))
        rows = self.table[(self.table["policy"] == name) & (self.table["measure"] == measure)]
        return rows.iloc[0]

    def summarised(self) -> Summary:
        """What policies come to, what was learned and when prevention pays."""
        policies = Paragraph(
            f"In the model, by public value ({self.range_said}):",
            tuple(map(self._policy_line, self.policies)),
        )
        needs = tuple(self._need_lines())
        said = (
            policies,
            *([Paragraph("Need that must be met:", needs)] if needs else []),
            *sentences(self._learned_lines()),
            *self._payback(),
        )
        return Summary(self.title, said, MODEL)

    def _policy_line(self, policy: Policy) -> str:
        found = self.spread(policy)
        low, high = money(found["low"]), money(found["high"])
        reached = f"{low} to {high}" if self.runs > 1 else low
        text = f"{sentence(policy.name)}: {reached}, planned {money(found['planned'])}"
        unpaid = money(float(self.spread(policy, UNPAID)["mean"]))
        return f"{text}; deficits not paid back {unpaid}{self._on_average}."

    @property
    def _on_average(self) -> str:
        return " on average" if self.runs > 1 else ""

    @property
    def _in_half(self) -> str:
        return "in half of the runs" if self.runs > 1 else "in the one run"

    def _need_lines(self) -> Iterator[str]:
        """What of it is not met, and what stands empty, where effects are other than planned."""
        table = self.tables["needs"]
        total = table.groupby(["policy", "service", "measure", "unit"], sort=False)["mean"].sum()
        for (policy, service, measure, unit), mean in total.items():
            if mean >= 0.5:
                name = self.name_of("service", service)
                yield (
                    f"{sentence(policy)}: {measure}, {name}: {count(mean)} ({unit}) over the "
                    f"years{self._on_average}."
                )

    def _learned_lines(self) -> Iterator[str]:
        table = self.tables["learned"]
        for policy, rows in table.groupby("policy", sort=False):
            before, after = rows["error_before"].mean(), rows["error_after"].mean()
            cost = float(self.spread(str(policy), "evaluation")["mean"])
            yield (
                f"{sentence(str(policy))}: for {money(cost)} of evaluation, what is believed of "
                f"effects ends {percent(after)} off the truth{self._on_average}, not "
                f"{percent(before)}."
            )

    def _payback(self) -> Iterator[Paragraph]:
        """For all agencies, and for those that prevention pays back in half of the runs."""
        names = self.place.filled("agencies").set_index("agency")["name"].to_dict()
        policy = next((p for p in self.policies if p.pooling == POOLED), self.policies[0]).name
        rows = self.tables["payback"]
        rows = rows[rows["policy"] == policy]
        if rows.empty:
            return
        of = "average of the runs" if self.runs > 1 else self.range_said
        shown = rows[(rows["agency"] == EVERYBODY) | (rows["year_fiscal"] != "")]
        points = [self._payback_line(row, names) for row in shown.iloc[::-1].itertuples()]
        if len(shown) < len(rows):
            points.append(f"For no other agency are they paid back {self._in_half}.")
        yield Paragraph(f"Preventive services, {policy}, and fiscal savings ({of}):", tuple(points))

    def _payback_line(self, row: Any, names: Mapping[str, str]) -> str:
        everybody = row.agency == EVERYBODY
        held = names.get(row.agency)
        who = sentence(row.agency if everybody or not isinstance(held, str) else held)
        pay, save = ("pay", "save") if everybody else ("pays", "saves")
        saved = f"{money(row.fiscal)}, {money(row.cashable)} of it cashable"
        if row.paid <= 0.5:
            return f"{who} {pay} nothing for them and {save} {saved}."
        text = f"{who} {pay} {money(row.paid)} for them and {save} {saved}"
        if row.year_fiscal:
            return f"{text}; paid back by {row.year_fiscal} {self._in_half}."
        if self.runs == 1:
            return f"{text}; not paid back within the years counted."
        share = percent(row.share_fiscal) if row.share_fiscal else "none"
        return f"{text}; paid back within the years counted in {share} of the runs."


def cycle_notes(
    slippage: Slippage,
    evaluation: Evaluation,
    spread: Mapping[str, float],
    runs: Mapping[str, Sequence[History]],
    lost: Sequence[int],
    facts: Mapping[str, Any],
) -> tuple[str, ...]:
    """What the cycle assumes, a sentence each."""
    grades = ", ".join(f"{grade or 'none'} {percent(value)}" for grade, value in spread.items())
    kept = sum(h.kept for histories in runs.values() for h in histories)
    notes = [
        "The true effect over the effect planned with is drawn once a run from a gamma "
        f"distribution with mean 1 and a standard deviation by grade of evidence ({grades}); "
        "these are illustrative. Optimism bias is taken off before.",
        f"On average {percent(slippage.undelivered)} of planned units are not delivered, and "
        f"are not paid for; those delivered cost {percent(slippage.overrun)} more than planned, "
        f"with a standard deviation of {percent(slippage.overrun_spread)}. Illustrative.",
        f"Evaluation follows up to {count(evaluation.followed)} units of a service a year, at "
        f"{money(evaluation.cost)} each, paid from the service's money. The outcomes it sees are a "
        "Poisson count; beliefs follow by Bayes' rule. Illustrative.",
        "A deficit is what an agency pays beyond the plan and all money it has left in the year. "
        "Where a policy plans once, deficits are left to reserves; where it re-plans, next year's "
        "money pays them back, so the two compare only with deficits not paid back in view.",
        "Plans made again keep the decisions to start and run offers of the first plan, and stand "
        "as they are where nothing new is known.",
        "Preventive services are those the place calls so; all money for them counts, not only "
        "what is new. DWP benefits saved go to the Exchequer.",
    ]
    if kept:
        notes.append(
            f"{'Once' if kept == 1 else f'{kept} times'} no plan kept all rules with what was "
            "known; the plan then stood as it was."
        )
    if lost:
        which = "Run" if len(lost) == 1 else "Runs"
        notes.append(f"{which} {listed(str(number) for number in lost)}: {LOST}.")
    done, asked = facts["runs_done"], facts["runs"]
    if done + len(lost) < asked:
        is_in = "is" if done == 1 else "are"
        notes.append(f"The study was stopped: {done} of {asked} runs {is_in} in.")
    return tuple(notes)
