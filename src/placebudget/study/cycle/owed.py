"""What is owed in the years lived through: payments for what is reached, and loans.

A target is settled at the end of its year, by what is counted then:

paid share = 0 below the threshold, else the share of the way from baseline to stretch, 1 at most

and paid in its instalments after. A threshold and a cap are steps, so that the payment to be
expected is not the payment at the outcome expected. What a plan borrows of a loan is drawn in the
first year of the loan, and its interest and provision are borne in the years after.

sources: funding + savings reinvested + carried in + the year before + borrowed + rewards + deficits
uses:    services + pools + carried out + interest and provision + payments for outcomes + left over
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.geography import is_blank
from placebudget.place.names import Names, called_or, listed
from placebudget.plan import Plan
from placebudget.plan.borrowing import BORROWED
from placebudget.programme import Basis, Programme
from placebudget.programme.money import REINVESTED, stream_funding
from placebudget.words import count, money, percent, sentence

if TYPE_CHECKING:
    from placebudget.study.cycle.run import History

FUNDING, SAVED, CARRIED_IN, CARRIED_OUT, POOLS = range(5)
"""What a plan holds of the money of a year besides services, targets and loans."""

SOURCES = ("funding", "savings reinvested", "carried in", "the year before", "borrowed",
           "rewards", "deficits")  # fmt: skip
USES = ("services", "pools", "carried out", "interest and provision", "payments for outcomes",
        "left over")  # fmt: skip
OUTSIDE = "outside the place"

TARGET_NOTES = (
    "A target is settled at the end of its year by what is counted in the run, and paid in its "
    "instalments. Where a policy plans once, what a reward falls short of is a deficit of who was "
    "to receive it; where it re-plans, the plan knows what comes, and decides anew which targets "
    "still to be settled to go for.",
    "A threshold and a cap are steps: the payment to be expected is not the payment at the outcome "
    "expected. Outcomes spread as effects and delivery are assumed to, and by nothing else.",
)
LOAN_NOTES = (
    "What a plan borrows is drawn in the first year of the loan, whether or not the scheme is "
    "delivered in full; interest and provision are borne as planned.",
)


# --- what a plan holds -----------------------------------------------------------


def planned_shares(plan: Plan, basis: Basis) -> np.ndarray:
    """Targets x years: the share of its reward that a plan counts on."""
    made = plan.tables["outcomes"]
    areas = np.array(basis.geography.areas, object)
    found = [
        target.earned(
            made.loc[
                (made["outcome"] == basis.outcomes.name[target.outcome])
                & (made["year"] == basis.appraisal[target.year])
                & made["area"].isin(areas[target.areas]),
                "counted",
            ].sum()
            / basis.scale.units
        )
        for target in basis.targets
    ]
    return _every_year(np.array(found, float), basis)


def planned_loans(plan: Plan, basis: Basis) -> np.ndarray:
    """Loans x years: what a plan borrows, money units."""
    taken = plan.run.get(BORROWED, {})
    pounds = [taken.get(loan.name, {}).get("pounds", 0.0) for loan in basis.loans]
    return _every_year(np.array(pounds, float) / basis.scale.money, basis)


def planned_money(plan: Plan, basis: Basis) -> np.ndarray:
    """What a plan holds of the money of each year, money units."""
    rows, pooled = plan.tables["balances"], plan.tables["contributions"]
    again = rows[rows["stream"].str.startswith(REINVESTED)]
    parts = (
        stream_funding(basis.place).sum(), again.groupby("year")["funding"].sum(),
        rows.groupby("year")["carried_in"].sum(), rows.groupby("year")["carried_out"].sum(),
        pooled.groupby("year")["management_cost"].sum(),
    )  # fmt: skip
    years = list(basis.years)
    return np.stack([part.reindex(years, fill_value=0.0) for part in parts]) / basis.scale.money


def solved_owed(
    programme: Programme, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same three of a solution of the programme."""
    basis, columns = programme.basis, programme.columns
    names = ("reward", "borrow")
    shares, loans = (
        np.maximum(programme.take(name, values), 0.0) if name in columns else np.zeros(0)
        for name in names
    )
    shape = (len(basis.classes), len(basis.years))

    def held(name: str, weight: np.ndarray | float = 1.0) -> np.ndarray:
        block, found = columns[name], np.zeros(shape)
        amounts = np.maximum(programme.take(name, values), 0.0) * weight
        np.add.at(found, (block.index["class"], block.index["year"]), amounts)
        return found

    carried = held("carry")
    before = np.pad(carried, ((0, 0), (1, 0)))[:, :-1]
    direct = (columns["money"].index["route"] == 0).astype(float)
    used = held("money", direct) + held("contribute") + carried + held("idle") - before
    cost = basis.management_cost[columns["contribute"].index["route"]]
    again = basis.classes.reinvested
    parts = (
        basis.classes.funding, used[again], before, carried, held("contribute", cost)
    )  # fmt: skip
    return (
        _every_year(shares, basis), _every_year(loans, basis),
        np.stack([part.sum(axis=0) for part in parts]),
    )  # fmt: skip


def _every_year(amounts: np.ndarray, basis: Basis) -> np.ndarray:
    return np.repeat(amounts[:, None], len(basis.years), axis=1)


# --- what is lived through -------------------------------------------------------


@dataclass(frozen=True)
class Bearing:
    """Who has what of targets: who receives it and, below nothing, who pays it.

    Parameters
    ----------
    received, paid : ndarray
        Targets x agencies x years: of the whole reward, money units; both above nothing.
    """

    received: np.ndarray
    paid: np.ndarray

    @classmethod
    def of(cls, basis: Basis) -> Bearing:
        """Of the targets of a place."""
        agency = {name: a for a, name in enumerate(basis.agencies)}
        holder = dict(
            zip(basis.place.streams["stream"], basis.place.streams["agency"], strict=True)
        )
        shape = (2, len(basis.targets), len(agency), len(basis.years))
        found = np.zeros(shape)
        for n, target in enumerate(basis.targets):
            for stream, pounds in target.paid.items():
                found[0, n, agency[holder[stream]]] += np.maximum(pounds, 0.0)
                found[1, n, agency[holder[stream]]] += np.maximum(-pounds, 0.0)
        return cls(*(found / basis.scale.money))

    def missed(self, planned: np.ndarray, lived: np.ndarray) -> np.ndarray:
        """Agencies x years: what comes short of the plan; below nothing, more than planned.

        Parameters
        ----------
        planned, lived : ndarray
            Targets x years, and by target: shares of rewards; what is not settled, as planned.
        """
        apart = planned - np.where(np.isnan(lived)[:, None], planned, lived[:, None])
        return np.einsum("nt,nat->at", apart, self.received - self.paid)


@dataclass(frozen=True)
class Owed:
    """What came of targets and loans in a run, in pounds and single units.

    Parameters
    ----------
    counted, share : ndarray
        By target: what is counted in its year, and the share of its reward that is paid.
    drawn : ndarray
        By loan: what is borrowed.
    sources, uses : ndarray
        :data:`SOURCES` and :data:`USES` x years: where all money comes from and goes.
    """

    counted: np.ndarray
    share: np.ndarray
    drawn: np.ndarray
    sources: np.ndarray
    uses: np.ndarray


def any_owed(basis: Basis) -> bool:
    """Whether a place has targets or loans, so that there is something to tell."""
    return bool(basis.targets or basis.loans)


def borne(basis: Basis) -> np.ndarray:
    """Loans x years: interest and provision by the pound borrowed."""
    return np.array([loan.borne for loan in basis.loans]).reshape(-1, len(basis.years))


def owed_of(
    basis: Basis,
    bearing: Bearing,
    counted: np.ndarray,
    share: np.ndarray,
    loans: np.ndarray,
    held: np.ndarray,
    spent: np.ndarray,
    deficit: np.ndarray,
    left: np.ndarray,
) -> Owed:
    """What came of targets and loans, and the money of each year.

    Parameters
    ----------
    counted, share : ndarray
        By target.
    loans, held : ndarray
        Loans x years, and what the plan that stood holds of each year's money.
    spent, deficit, left : ndarray
        Agencies x years, money units.
    """
    pounds, years = basis.scale.money, len(basis.years)
    drawn = np.array([loans[n, loan.first] for n, loan in enumerate(basis.loans)], float)
    first = np.array([loan.first for loan in basis.loans], np.int64)
    comes = drawn[:, None] * (np.arange(years) == first[:, None])
    funding = stream_funding(basis.place).sum().to_numpy(float) / pounds
    sources = np.stack([
        funding, held[SAVED], held[CARRIED_IN], held[FUNDING] - funding, comes.sum(axis=0),
        np.einsum("n,nat->t", share, bearing.received), deficit.sum(axis=0),
    ])  # fmt: skip
    uses = np.stack([
        spent.sum(axis=0), held[POOLS], held[CARRIED_OUT], drawn @ borne(basis),
        np.einsum("n,nat->t", share, bearing.paid), left.sum(axis=0),
    ])  # fmt: skip
    single = basis.scale.units
    return Owed(counted * single, share, drawn * pounds, sources * pounds, uses * pounds)


# --- tables ----------------------------------------------------------------------

Runs = Mapping[str, Sequence["History"]]
Plans = Mapping[str, "History"]
LOW, MIDDLE, HIGH = 5.0, 50.0, 95.0
# Fewer runs than these hold no twentieth part that could be left out at either end.
ENOUGH = 20


def ends(values: np.ndarray) -> np.ndarray:
    """Low, middle and high over the runs, which are the first dimension."""
    low, high = (LOW, HIGH) if len(values) >= ENOUGH else (0.0, 100.0)
    return np.percentile(values, [low, MIDDLE, high], axis=0)


def owed_tables(
    runs: Runs,
    plans: Plans,
    basis: Basis,
    numbers: Sequence[int],
    unspent: Mapping[str, Mapping[str, float]],
) -> dict[str, pd.DataFrame]:
    """What there is to tell of targets and loans; nothing where a place has none.

    ``unspent`` is what the first plan of each policy leaves of each stream, pounds.
    """
    found: dict[str, pd.DataFrame] = {}
    if basis.targets:
        bearing = Bearing.of(basis)
        found["targets"] = _targets(runs, plans, basis, unspent)
        found["bearers"] = _bearers(runs, plans, basis, bearing)
        found["target_runs"] = _target_runs(runs, basis, numbers)
    if basis.loans:
        found["loans"] = _loans(runs, basis)
    if found:
        found["sources"] = _sources(runs, basis)
    return found


def _rows_of(basis: Basis) -> list[dict[str, Any]]:
    rows = {row["target"]: row for row in basis.place.filled("targets").to_dict("records")}
    return [rows[target.name] for target in basis.targets]


def _targets(
    runs: Runs, plans: Plans, basis: Basis, unspent: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """What targets pay, all instalments together.

    Returns
    -------
    DataFrame
        policy, target, outcome, year, counted_planned, counted_mean (outcomes counted), missed
        (share of runs in which nothing is paid), whole (in which all is), planned, at_mean (payment
        at the mean outcome), mean, low, high, invested (what an investor puts in), back (what it
        has back, average of the runs), earned (return a year at that), loses (share of runs in
        which it has less back than it put in), unspent (of what it puts in, by the first plan);
        blank where a target names no investor.
    """
    found = []
    for policy, histories in runs.items():
        counted, share = (
            np.stack([getattr(h.owed, name) for h in histories]) for name in ("counted", "share")
        )
        for n, (target, row) in enumerate(zip(basis.targets, _rows_of(basis), strict=True)):
            paid, mean = row["reward"] * share[:, n], float(counted[:, n].mean())
            plan = plans[policy].owed
            found.append((
                policy, target.name, row["outcome"], row["year"], plan.counted[n], mean,
                float((share[:, n] <= 0).mean()), float((share[:, n] >= 1).mean()),
                row["reward"] * plan.share[n],
                row["reward"] * target.earned(mean / basis.scale.units),
                float(paid.mean()), *ends(paid)[[0, 2]], *_investor(row, share[:, n], basis),
                np.nan if is_blank(row["investor"]) else unspent[policy].get(row["investor"], 0.0),
            ))  # fmt: skip
    names = ["policy", "target", "outcome", "year", "counted_planned", "counted_mean", "missed"]
    names += ["whole", "planned", "at_mean", "mean", "low", "high"]
    return pd.DataFrame(found, columns=[*names, "invested", "back", "earned", "loses", "unspent"])


def _investor(row: Mapping[str, Any], share: np.ndarray, basis: Basis) -> tuple[float, ...]:
    """What an investor puts in, has back, earns, and how often it loses."""
    if not isinstance(row["investor"], str):
        return (np.nan,) * 4
    place = basis.place
    put_in = stream_funding(place).loc[row["investor"]].to_numpy(float)
    mine = place.filled("target_shares").query("target == @row['target']")
    # What no stream of the place pays of it, others outside do: a top-up.
    stays = float(mine.loc[~mine["pays"].astype(bool), "share"].sum())
    leaves = float(row["reward"]) * max(1.0 - stays, 0.0)
    back = leaves * share
    after = basis.appraisal.index(row["year"])
    flows = np.zeros(max(len(put_in), after + int(row["instalments"]) + 1))
    flows[: len(put_in)] -= put_in
    flows[after + 1 : after + 1 + int(row["instalments"])] += back.mean() / row["instalments"]
    invested = float(put_in.sum())
    return invested, float(back.mean()), rate_of_return(flows), float((back < invested).mean())


def rate_of_return(flows: np.ndarray) -> float:
    """The yearly rate at which flows are worth nothing; not a number where there is none.

    Examples
    --------
    >>> flows = np.array([-5.0, 0.0, 0.0, 0.0, 0.0, 5.796])
    >>> round(rate_of_return(flows), 3), rate_of_return(np.array([-1.0, 0.0]))
    (0.03, -1.0)
    """
    if not (flows < 0).any():
        return float("nan")
    if not (flows > 0).any():
        return -1.0
    low, high, at = -0.9999, 100.0, np.arange(len(flows))
    # What comes back comes after what was put in: worth falls as the rate rises.
    for _ in range(200):
        rate = (low + high) / 2.0
        worth = float((flows * (1.0 + rate) ** -at.astype(float)).sum())
        low, high = (rate, high) if worth > 0 else (low, rate)
    return (low + high) / 2.0


def _bearers(runs: Runs, plans: Plans, basis: Basis, bearing: Bearing) -> pd.DataFrame:
    """Who has more, and who less, by targets in the years of money.

    Returns
    -------
    DataFrame
        policy, target, agency (and "outside the place"), planned, mean, low, high: pounds, cash,
        that it receives; below nothing, pays.
    """
    net = (bearing.received - bearing.paid).sum(axis=2) * basis.scale.money
    net = np.concatenate([net, -net.sum(axis=1, keepdims=True)], axis=1)
    who, found = [*basis.agencies, OUTSIDE], []
    for policy, histories in runs.items():
        share, plan = np.stack([h.owed.share for h in histories]), plans[policy].owed.share
        for n, target in enumerate(basis.targets):
            for a in np.flatnonzero(np.abs(net[n]) > 1e-6):
                each = share[:, n] * net[n, a]
                found.append((
                    policy, target.name, who[a], plan[n] * net[n, a], float(each.mean()),
                    *ends(each)[[0, 2]],
                ))  # fmt: skip
    return pd.DataFrame(
        found, columns=["policy", "target", "agency", "planned", "mean", "low", "high"]
    )


def _target_runs(runs: Runs, basis: Basis, numbers: Sequence[int]) -> pd.DataFrame:
    """policy, run, target, counted, paid: what each run counts and pays, all instalments."""
    reward = [row["reward"] for row in _rows_of(basis)]
    found = [
        (policy, number, target.name, h.owed.counted[n], reward[n] * h.owed.share[n])
        for policy, histories in runs.items()
        for number, h in zip(numbers, histories, strict=True)
        for n, target in enumerate(basis.targets)
    ]
    return pd.DataFrame(found, columns=["policy", "run", "target", "counted", "paid"])


def _loans(runs: Runs, basis: Basis) -> pd.DataFrame:
    """policy, loan, year, borrowed, interest, provision, left: pounds, average of the runs.

    ``left`` is what is not provided for at the end of the year.
    """
    found, years = [], np.arange(len(basis.years))
    for policy, histories in runs.items():
        drawn = np.stack([h.owed.drawn for h in histories]).mean(axis=0)
        for n, loan in enumerate(basis.loans):
            comes = drawn[n] * (years == loan.first)
            interest, provision = drawn[n] * loan.interest, drawn[n] * loan.provision
            left = np.maximum(np.cumsum(comes - provision), 0.0)
            rows = zip(basis.years, comes, interest, provision, left, strict=True)
            found += [(policy, loan.name, *row) for row in rows if drawn[n] > 0]
    names = ["policy", "loan", "year", "borrowed", "interest", "provision", "left"]
    return pd.DataFrame(found, columns=names)


def _sources(runs: Runs, basis: Basis) -> pd.DataFrame:
    """policy, year, side (sources, uses), item, amount: pounds, cash, average of the runs.

    Sources of a year add up to its uses.
    """
    found = []
    for policy, histories in runs.items():
        for side, items in (("sources", SOURCES), ("uses", USES)):
            mean = np.stack([getattr(h.owed, side) for h in histories]).mean(axis=0)
            found += [
                (policy, year, side, item, float(mean[i, t]))
                for t, year in enumerate(basis.years)
                for i, item in enumerate(items)
            ]
    table = pd.DataFrame(found, columns=["policy", "year", "side", "item", "amount"])
    return table.sort_values(["policy", "year"], kind="stable", ignore_index=True)


# --- what is said ----------------------------------------------------------------


def _called(place: Place, table: str) -> dict[str, str]:
    rows = place.filled(table)
    keys = rows.iloc[:, 0]
    return {key: called_or(name, key) for key, name in zip(keys, rows["name"], strict=True)}


def target_lines(
    tables: Mapping[str, pd.DataFrame], place: Place, on_average: str
) -> Iterator[str]:
    """How often thresholds are missed, what is to be expected beside it, and who bears it."""
    bearers, names, called = tables["bearers"], Names(place), _called(place, "targets")
    for row in tables["targets"].to_dict("records"):
        mine = bearers["policy"].eq(row["policy"]) & bearers["target"].eq(row["target"])
        who = [
            f"{names.of('agency', agency)} {'pays' if low < 0 else 'receives'} {money(abs(mean))}"
            for agency, mean, low in bearers.loc[mine, ["agency", "mean", "low"]].to_numpy()
            if agency != OUTSIDE and mean
        ]
        often = (
            f"nothing is paid in {percent(row['missed'])} of the runs, all of it in "
            f"{percent(row['whole'])}; "
        )
        said = (
            f"{sentence(row['policy'])}: {called[row['target']]}, "
            f"{names.of('outcome', row['outcome'])} in {row['year']}: {count(row['counted_mean'])}"
            f"{on_average} where {count(row['counted_planned'])} were planned; "
            f"{often if on_average else ''}"
            f"{money(row['mean'])} is paid{on_average}, where the outcome planned would pay "
            f"{money(row['planned'])}"
        )
        if abs(row["mean"] - row["at_mean"]) >= 0.5:
            said += f" and the mean outcome {money(row['at_mean'])}: threshold and cap are steps"
        if who:
            said += f"; in the years lived through {listed(who)}{on_average}"
        if row["invested"] > 0:
            idle = (
                f", of which the plan leaves {money(row['unspent'])} unspent,"
                if row["unspent"] >= 1
                else ""
            )
            said += (
                f"; an investor who puts in {money(row['invested'])}{idle} has "
                f"{money(row['back'])} back{on_average}"
            )
            if on_average:
                said += f", and less than it put in in {percent(row['loses'])} of the runs"
        yield said + "."


def loan_lines(table: pd.DataFrame, place: Place) -> Iterator[str]:
    """What is borrowed, borne, and left in the end."""
    called = _called(place, "loans")
    for (policy, loan), rows in table.groupby(["policy", "loan"], sort=False):
        borrowed, interest, provision = rows[["borrowed", "interest", "provision"]].sum()
        yield (
            f"{sentence(str(policy))}: {called[str(loan)]}: {money(borrowed)} borrowed; "
            f"{money(interest)} of interest and {money(provision)} of provision borne in the years "
            f"lived through; {money(rows['left'].iloc[-1])} left to years after."
        )
