"""The answer of a commissioning cycle: words, and tables of the spread over its runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import as_given, offered
from placebudget.errors import WrongArgument
from placebudget.place.names import listed
from placebudget.plan import Plan
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.workbook_pages import MODEL
from placebudget.programme import Basis
from placebudget.study.cycle.assumptions import POOLED, Evaluation, Policy, Slippage
from placebudget.study.cycle.market import COMES_AND_GOES
from placebudget.study.cycle.owed import ENOUGH, Plans, Runs, ends, loan_lines, target_lines
from placebudget.study.result import PlaceResult
from placebudget.study.sweeping import LOST
from placebudget.words import count, money, percent, plain, sentence

# The tables of a commissioning cycle: spread of results over runs, beside what was planned.

SPREAD_COLUMNS = ["planned", "mean", "low", "middle", "high"]
EVERYBODY = "all agencies"
UNMET, EMPTY = "need unmet", "empty capacity"
_REAL, _CASH = "pounds, {base} prices", "pounds, cash"


def range_in_words(runs: int) -> str:
    """What lies between ``low`` and ``high``, as the number of runs allows to say it.

    Examples
    --------
    >>> range_in_words(100), range_in_words(8), range_in_words(1)
    ('nine runs in ten', 'the least and the most of 8 runs', 'the one run')
    """
    if runs >= ENOUGH:
        return "nine runs in ten"
    return f"the least and the most of {runs} runs" if runs > 1 else "the one run"


def spread_table(runs: Runs, plans: Plans, base: str) -> pd.DataFrame:
    """Spread of the totals of each policy.

    Returns
    -------
    DataFrame
        policy, measure, unit, planned, mean, low, middle, high (nine runs in ten lie
        between low and high; of fewer than 20 runs, the least and the most), share_short
        (share of runs that reach less than planned; blank where it says nothing).
    """
    rows = []
    for policy, histories in runs.items():
        for measure, unit, better, of in _totals(base):
            values, planned = np.array([of(h) for h in histories]), of(plans[policy])
            near = 1e-9 * max(abs(planned), 1.0)
            short = float((values < planned - near).mean()) if better else float("nan")
            rows.append((policy, measure, unit, *_spread(planned, values), short))
    return pd.DataFrame(rows, columns=["policy", "measure", "unit", *SPREAD_COLUMNS, "share_short"])


def _totals(base: str) -> Iterator[tuple[str, str, bool, Any]]:
    real = _REAL.format(base=base)
    yield "public value", f"{real}, discounted", True, lambda h: h.value
    yield "fiscal saving", real, True, lambda h: float(h.fiscal.sum())
    yield "cashable saving", real, True, lambda h: float(h.cashable.sum())
    yield "money on services", _CASH, False, lambda h: float(h.spent.sum())
    yield "deficits", _CASH, False, lambda h: float(h.deficit.sum())
    yield "deficits not paid back", _CASH, False, lambda h: float(h.unpaid.sum())
    yield "evaluation", _CASH, False, lambda h: h.evaluation


def _spread(planned: float, values: np.ndarray) -> tuple[float, ...]:
    low, middle, high = ends(values)
    return planned, float(values.mean()), float(low), float(middle), float(high)


def run_table(runs: Runs, numbers: Sequence[int]) -> pd.DataFrame:
    """Every run: policy, run, and its totals; how often it was planned again."""
    rows = [
        (policy, n, h.value, h.fiscal.sum(), h.cashable.sum(), h.spent.sum(), h.deficit.sum(),
         h.unpaid.sum(), h.evaluation, h.replanned, h.kept)
        for policy, histories in runs.items()
        for n, h in zip(numbers, histories, strict=True)
    ]  # fmt: skip
    names = ["policy", "run", "public_value", "fiscal", "cashable", "spent", "deficit", "unpaid"]
    return pd.DataFrame(rows, columns=[*names, "evaluation", "replanned", "plan_kept"])


def outcome_table(runs: Runs, plans: Plans, basis: Basis) -> pd.DataFrame:
    """Outcomes by policy, outcome and year: planned, and spread over the runs.

    Returns
    -------
    DataFrame
        policy, outcome, unit, year, planned, mean, low, middle, high: outcomes counted.
    """
    unit = basis.place.filled("outcomes").set_index("outcome")["unit"]
    labels = [(name, unit[name]) for name in basis.outcomes.name]
    return _by_year(runs, plans, ["outcome", "unit"], labels, basis.appraisal, lambda h: h.outcomes)


def saving_table(runs: Runs, plans: Plans, basis: Basis) -> pd.DataFrame:
    """Savings by policy, agency and year in the price base, not discounted.

    Returns
    -------
    DataFrame
        policy, agency, measure (fiscal, cashable), year, planned, mean, low, middle,
        high.
    """
    parts = []
    for measure in ("fiscal", "cashable"):
        names = ["agency", "measure"]
        labels = [(name, measure) for name in basis.agencies]
        parts.append(_by_year(runs, plans, names, labels, basis.appraisal, attrgetter(measure)))
    return pd.concat(parts, ignore_index=True)


def deficit_table(runs: Runs, plans: Plans, basis: Basis) -> pd.DataFrame:
    """Deficits by policy, agency and year, cash.

    Returns
    -------
    DataFrame
        policy, agency, year, mean, low, middle, high, share (of runs with a deficit),
        over_mean (paid beyond the plan on average; negative: less than planned).
    """
    labels = [(name,) for name in basis.agencies]
    table = _by_year(runs, plans, ["agency"], labels, basis.years, lambda h: h.deficit, True)
    share, over = [], []
    for histories in runs.values():
        held = np.stack([h.deficit for h in histories])
        kept = np.stack([h.over for h in histories]).mean(axis=0)
        some = (held > 0.005).mean(axis=0)
        known = np.abs(held).max(axis=0) + np.abs(kept) > 0
        keep = known.any(axis=1)
        share.append(some[keep].ravel())
        over.append(kept[keep].ravel())
    table["share"], table["over_mean"] = np.concatenate(share), np.concatenate(over)
    return table.drop(columns="planned")


def need_table(runs: Runs, plans: Plans, basis: Basis) -> pd.DataFrame:
    """Need that must be met and is not, and empty capacity, by policy, service and year.

    Returns
    -------
    DataFrame
        policy, service, measure (need unmet, empty capacity), unit, year, planned, mean,
        low, middle, high: units of the service.
    """
    unit = basis.place.filled("services").set_index("service")["unit"]
    services = np.unique(basis.lines.service.astype(str)).tolist()
    parts = []
    for measure, of in ((UNMET, attrgetter("unmet")), (EMPTY, attrgetter("empty"))):
        labels = [(name, measure, unit[name]) for name in services]
        names = ["service", "measure", "unit"]
        parts.append(_by_year(runs, plans, names, labels, basis.years, of))
    return pd.concat(parts, ignore_index=True)


def _by_year(
    runs: Runs,
    plans: Plans,
    names: list[str],
    labels: Sequence[tuple[str, ...]],
    years: Sequence[str],
    of: Any,
    money_moved: bool = False,
) -> pd.DataFrame:
    """A row a label and year; labels without any figure are left out."""
    parts = []
    for policy, histories in runs.items():
        values = np.stack([of(h) for h in histories])
        planned = of(plans[policy])
        known = np.abs(values).max(axis=0) + np.abs(planned) > 0
        if money_moved:
            kept = np.stack([h.over for h in histories]).mean(axis=0)
            known = np.abs(values).max(axis=0) + np.abs(kept) > 0
        keep = np.flatnonzero(known.any(axis=1)).tolist()
        low, middle, high = ends(values)
        frame = pd.DataFrame(
            {
                **{
                    name: np.repeat([labels[n][k] for n in keep], len(years))
                    for k, name in enumerate(names)
                },
                "year": np.tile(np.array(years, object), len(keep)),
                "planned": planned[keep].ravel(),
                "mean": values.mean(axis=0)[keep].ravel(),
                "low": low[keep].ravel(),
                "middle": middle[keep].ravel(),
                "high": high[keep].ravel(),
            }
        )
        frame.insert(0, "policy", policy)
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def learned_table(
    runs: Runs, basis: Basis, spread: np.ndarray, evaluated: Sequence[str]
) -> pd.DataFrame:
    """What evaluation taught, by policy that buys it and by effect.

    Returns
    -------
    DataFrame
        policy, service, outcome, evidence, spread_before, spread_after (standard
        deviation of belief over its mean, average of the runs), error_before,
        error_after (average distance of what is believed from the truth, as a share
        of the effect planned with).
    """
    effects = basis.effects
    grades = basis.place.filled("effects").sort_values(["service", "outcome"], kind="stable")
    uncertain = np.flatnonzero(spread > 0)
    rows = []
    for policy in evaluated:
        truth, mean, after = (
            np.stack([getattr(h, name) for h in runs[policy]])
            for name in ("truth", "mean", "spread")
        )
        for n in uncertain:
            rows.append(
                (
                    policy,
                    effects.service[n],
                    basis.outcomes.name[effects.outcome[n]],
                    grades["evidence"].iloc[n],
                    float(spread[n]),
                    float(after[:, n].mean()),
                    float(np.abs(truth[:, n] - 1.0).mean()),
                    float(np.abs(truth[:, n] - mean[:, n]).mean()),
                )
            )
    names = ["policy", "service", "outcome", "evidence", "spread_before", "spread_after"]
    return pd.DataFrame(rows, columns=[*names, "error_before", "error_after"])


def payback_table(runs: Runs, basis: Basis) -> pd.DataFrame:
    """When money for preventive services is saved again, by policy and agency.

    Returns
    -------
    DataFrame
        policy, agency, paid, fiscal, cashable (pounds of the price base over all years,
        average of the runs), year_fiscal and year_cashable (by which half of the runs
        have paid back; blank where fewer do), share_fiscal and share_cashable (of runs
        that pay back in the years counted).
    """
    agencies = [*basis.agencies, EVERYBODY]
    rows = []
    for policy, histories in runs.items():
        paid, fiscal, cashable = (
            _with_everybody(np.stack([getattr(h, f"prevention_{name}") for h in histories]))
            for name in ("paid", "fiscal", "cashable")
        )
        for a, agency in enumerate(agencies):
            if not (paid[:, a].any() or fiscal[:, a].any()):
                continue
            row: list[Any] = [policy, agency]
            row += [float(part[:, a].sum(axis=1).mean()) for part in (paid, fiscal, cashable)]
            found = [payback_year(paid[:, a], saved[:, a]) for saved in (fiscal, cashable)]
            row += [middle_year(each, basis.appraisal) for each in found]
            row += [float((each >= 0).mean()) for each in found]
            rows.append(row)
    names = ["policy", "agency", "paid", "fiscal", "cashable", "year_fiscal", "year_cashable"]
    return pd.DataFrame(rows, columns=[*names, "share_fiscal", "share_cashable"])


def _with_everybody(table: np.ndarray) -> np.ndarray:
    return np.concatenate([table, table.sum(axis=1, keepdims=True)], axis=1)


def commissioned_table(plans: Mapping[str, Any], basis: Basis) -> pd.DataFrame:
    """Offers accepted in the first plan of each pooling, and the capacity they take.

    Returns
    -------
    DataFrame
        pooling, offer, service, area, year, units, capacity (blank: no limit), taken (share
        of the capacity).
    """
    offers, parts = basis.offers, []
    for pooling, standing in plans.items():
        o, t = np.nonzero(standing.units > 1e-9)
        units = standing.units[o, t] * basis.scale.units
        capacity = offers.capacity[o] * basis.scale.units
        limited = np.where(np.isfinite(capacity), capacity, np.nan)
        parts.append(
            pd.DataFrame(
                {
                    "pooling": pooling,
                    "offer": offers.name[o],
                    "service": basis.lines.service[offers.line[o]],
                    "area": basis.lines.area[offers.line[o]],
                    "year": np.array(basis.years, object)[t],
                    "units": units,
                    "capacity": limited,
                    "taken": units / limited,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def payback_year(paid: np.ndarray, saved: np.ndarray) -> np.ndarray:
    """First year from which what is saved so far is never less than what is paid so far.

    Parameters
    ----------
    paid, saved : ndarray
        Rows x years, both in the price base.

    Returns
    -------
    ndarray
        Number of the year by row; -1 where it does not pay back in the years counted,
        or nothing is paid or saved.

    Examples
    --------
    >>> paid = np.array([[10.0, 0.0, 0.0, 0.0], [10.0, 0.0, 0.0, 0.0]])
    >>> saved = np.array([[0.0, 6.0, 6.0, 0.0], [0.0, 3.0, 3.0, 3.0]])
    >>> payback_year(paid, saved).tolist()
    [2, -1]
    """
    net = np.cumsum(saved - paid, axis=1)
    short = net < -1e-6
    years = paid.shape[1]
    first = np.where(short.any(axis=1), years - np.argmax(short[:, ::-1], axis=1), 0)
    something = (np.abs(paid) + np.abs(saved)).sum(axis=1) > 0
    return np.where((first < years) & something, first, -1)


def middle_year(found: np.ndarray, names: Sequence[str]) -> str:
    """The year by which half of the runs have paid back; blank where fewer do.

    Examples
    --------
    >>> middle_year(np.array([1, 2, -1]), ["a", "b", "c"])
    'c'
    """
    late = np.sort(np.where(found < 0, len(names), found))
    middle = int(late[(len(late) - 1) // 2])
    return names[middle] if middle < len(names) else ""


VALUE, DEFICITS, UNPAID = "public value", "deficits", "deficits not paid back"


@dataclass(frozen=True, eq=False)
class Cycle(PlaceResult):
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
    - ``runs``: every run;
    - with a market, ``market``: policy, provider, year, there, fails, leaves, enters (shares of
      runs), moving; and ``concentration``: policy, service, year, index;
    - where a place has targets, ``targets``: policy, target, outcome, year, counted_planned,
      counted_mean, missed, whole, planned, at_mean, mean, low, high, invested, back, earned,
      loses, unspent; ``bearers``: policy, target, agency, planned, mean, low, high; and
      ``target_runs``: policy, run, target, counted, paid;
    - where it has loans, ``loans``: policy, loan, year, borrowed, interest, provision, left;
    - where it has either, ``sources``: policy, year, side, item, amount, of which sources add up
      to uses.

    Parameters
    ----------
    place : Place
        The place.
    plans : mapping of str to Plan
        The first plan of each pooling.
    policies : tuple of Policy
        What was compared.
    """

    plans: Mapping[str, Plan] = field(repr=False)
    policies: tuple[Policy, ...]

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
        needs, market = tuple(self._need_lines()), tuple(self._market_lines())
        said = (
            policies,
            *([Paragraph("The market, in shares of the runs:", market)] if market else []),
            *([Paragraph("Need that must be met:", needs)] if needs else []),
            *self._owed(),
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

    def _market_lines(self) -> Iterator[str]:
        """Who comes and goes, and what moving people costs, where there is a market."""
        table = self.tables.get("market", pd.DataFrame(columns=["policy", "provider"]))
        for (policy, provider), rows in table.groupby(["policy", "provider"], sort=False):
            did = [f"{what} in {percent(rows[what].sum())}" for what in COMES_AND_GOES
                   if rows[what].sum() > 0]  # fmt: skip
            if did:
                cost = f"; moving its people costs {money(rows['moving'].sum())}{self._on_average}"
                yield (
                    f"{sentence(policy)}: {provider} {', '.join(did)}"
                    f"{cost if rows['moving'].sum() >= 0.5 else ''}."
                )

    def _owed(self) -> Iterator[Paragraph]:
        """What targets pay, who bears it, and what is borrowed, where a place has them."""
        if "targets" in self.tables:
            said = target_lines(self.tables, self.place, self._on_average)
            yield Paragraph("Targets and payments for outcomes:", tuple(said))
        if "loans" in self.tables:
            yield Paragraph("Loans:", tuple(loan_lines(self.tables["loans"], self.place)))

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
    own: int,
    runs: Runs,
    lost: Sequence[int],
    facts: Mapping[str, Any],
) -> tuple[str, ...]:
    """What the cycle assumes, a sentence each."""
    grades = ", ".join(f"{grade or 'none'} {percent(value)}" for grade, value in spread.items())
    but = f", but for {count(own)} with a spread of {'its' if own == 1 else 'their'} own"
    kept = sum(h.kept for histories in runs.values() for h in histories)
    notes = [
        "The true effect over the effect planned with is drawn once a run from a gamma "
        f"distribution with mean 1 and a standard deviation by grade of evidence ({grades}); "
        f"these are illustrative{but if own else ''}. Optimism bias is taken off before.",
        f"On average {percent(slippage.undelivered)} of planned units are not delivered, and "
        f"are not paid for; those delivered cost {percent(slippage.overrun)} more than planned, "
        f"with a standard deviation of {percent(slippage.overrun_spread)}. Illustrative.",
        f"Evaluation follows up to {count(evaluation.followed)} units of a service a year, at "
        f"{money(evaluation.cost)} each, paid from the service's money. The outcomes it sees are a "
        "Poisson count; beliefs follow by Bayes' rule. Illustrative.",
        *(
            f"In {plain(each.service)} {percent(each.share)} less slips from the month of arrival, "
            f"{each.arrives}: a judgement until it is evaluated."
            for each in slippage.helped
        ),
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
