"""Ways to share a gain, side by side, and who would have no incentive to take part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.errors import SolverFailed
from placebudget.place import Place
from placebudget.plan.deliver import outcome_table, savings_table
from placebudget.plan.evidence import Evidence, debt_cost, read_solution
from placebudget.plan.need import avoided_savings, with_need_avoided
from placebudget.programme import ALIGNED, FREED, Basis, read_pooling
from placebudget.solver import RunLimits, solve_kept
from placebudget.study.games import NEAR, Game, least_core, nucleolus, shapley
from placebudget.study.sharing.coalition_game import (
    CASHABLE,
    Partners,
    Played,
    marks_of,
    programme_of,
)

_NEAR = 1e-6
SHAPLEY = "Shapley value"
NUCLEOLUS = "nucleolus"
OWEN = "Owen point"
BY_CONTRIBUTION = "in proportion to contribution"
BY_OWN_GAIN = "in proportion to own gain"
AS_IT_FALLS = "without sharing"
METHODS = (SHAPLEY, NUCLEOLUS, OWEN, BY_CONTRIBUTION, BY_OWN_GAIN, AS_IT_FALLS)


@dataclass(frozen=True)
class OwnGains:
    """Gain of each partner between the best aligned and the best freed plan.

    Parameters
    ----------
    total : Series
        By partner, discounted, in the unit of the objective.
    by_year : DataFrame
        partner, year, amount: the same for cashable saving, in pounds of the
        price base, not discounted; without rows for other objectives.
    exchequer : float
        Cashable saving that goes to the Exchequer, beside the gain, in pounds,
        discounted.
    """

    total: pd.Series
    by_year: pd.DataFrame
    exchequer: float


def own_gains(
    place: Place, partners: Partners, objective: str, whole: float, limits: RunLimits
) -> OwnGains:
    """Solve the two plans and set their gains side by side.

    Parameters
    ----------
    whole : float
        Gain of all partners together, from the game; the two must agree.

    Raises
    ------
    SolverFailed
        If they do not.
    """
    marks = marks_of(place, objective, limits)
    found = []
    for mode in (ALIGNED, FREED):
        held = marks if mode == FREED else None
        programme, solution = solve_kept(
            programme_of(place, read_pooling(place, mode), objective, held, limits), limits=limits
        )
        evidence = read_solution(programme, solution, marks)
        found.append(_shares(programme.basis, evidence, partners, objective))
    (before, early, kept), (after, late, given) = found
    total = after - before
    if abs(total.sum() - whole) > _NEAR * max(abs(float(before.sum())), abs(whole), 1.0):
        raise SolverFailed(
            f"the gains of the partners add up to {total.sum():.2f}, and the game to {whole:.2f}; "
            "please report the place"
        )
    years = (late - early).rename("amount").reset_index()
    return OwnGains(total, years, given - kept)


def _shares(
    basis: Basis, evidence: Evidence, partners: Partners, objective: str
) -> tuple[pd.Series, pd.Series, float]:
    """Value by partner, cashable saving by partner and year, and the Exchequer's saving."""
    outcomes = outcome_table(basis, evidence.made)
    savings = with_need_avoided(basis, evidence.served, savings_table(basis, outcomes))
    everyone = sorted(partners.names)
    index = pd.MultiIndex.from_product([everyone, basis.appraisal], names=["partner", "year"])
    exchequer = savings["agency"].isin(basis.exchequer)
    lost = float(savings.loc[exchequer, "discounted_cashable"].sum())
    if objective in (CASHABLE, "fiscal saving"):
        if objective == CASHABLE:
            savings = savings[~exchequer]
        partner = savings["agency"].map(partners.of_agency).astype(object)
        measure = "discounted_cashable" if objective == CASHABLE else "discounted_fiscal"
        total = savings[measure].groupby(partner).sum()
    else:
        commissioner = _commissioners(basis, partners)
        partner = outcomes["service"].map(commissioner).astype(object)
        parts = (
            ["weighted"] if objective == "weighted outcomes" else ["fiscal", "economic", "social"]
        )
        total = outcomes[parts].sum(axis=1).groupby(partner).sum()
        if objective != "weighted outcomes":
            total = total.add(_released_later(basis, evidence, partners), fill_value=0.0)
        if objective == "net public value":
            spent = _real_spending(basis, evidence, commissioner)
            total = total.reindex(everyone, fill_value=0.0) - spent.reindex(everyone, fill_value=0)
    if objective != "weighted outcomes":
        net = objective == "net public value"
        owed = pd.Series(
            {
                each: debt_cost(basis, evidence.borrowed, net=net, agency=each)
                for each in basis.agencies
            }
        )
        owed = owed.groupby(pd.Series(partners.of_agency)).sum()
        total = total.reindex(everyone, fill_value=0.0) - owed.reindex(everyone, fill_value=0.0)
    by_year = pd.Series(0.0, index=index)
    if objective == CASHABLE:
        each = savings["cashable"].groupby([partner.rename("partner"), savings["year"]]).sum()
        by_year = by_year.add(each, fill_value=0.0)
    return total.reindex(everyone, fill_value=0.0), by_year, lost


def _released_later(basis: Basis, evidence: Evidence, partners: Partners) -> pd.Series:
    """By partner, money that need avoided releases after the last year of money, discounted."""
    _, cashable = avoided_savings(basis, evidence.served)
    partner = [partners.of_agency[agency] for agency in basis.lines.commissioner]
    later = pd.Series(cashable[:, len(basis.years) :].sum(axis=1))
    return later.groupby(np.array(partner, dtype=object)).sum()


def _commissioners(basis: Basis, partners: Partners) -> dict[str, str]:
    pairs = zip(basis.lines.service, basis.lines.commissioner, strict=True)
    return {str(service): partners.of_agency[agency] for service, agency in pairs}


def _real_spending(basis: Basis, evidence: Evidence, commissioner: dict[str, str]) -> pd.Series:
    factor = basis.discount[: len(basis.years)] / basis.general
    flows = evidence.money.flows
    real = flows["amount"] * flows["year"].map(dict(zip(basis.years, factor, strict=True)))
    return real.astype(np.float64).groupby(flows["service"].map(commissioner).astype(object)).sum()


@dataclass(frozen=True)
class Way:
    """One way to share.

    Parameters
    ----------
    method : str
        Its name.
    shares : ndarray
        Share of each partner that plays.
    low, high : ndarray
        Range of the share where it is not unique; else the share.
    error : ndarray
        Standard error where orders of joining were sampled; else nothing.
    """

    method: str
    shares: np.ndarray
    low: np.ndarray
    high: np.ndarray
    error: np.ndarray


def ways(played: Played, partners: Partners, contributions: pd.Series, own: pd.Series) -> list[Way]:
    """All ways to share a gain that this game allows."""
    return [_way(*given) for given in _ways(played, partners, contributions, own)]


def _way(
    method: str,
    shares: np.ndarray,
    low: np.ndarray | None = None,
    high: np.ndarray | None = None,
    error: np.ndarray | None = None,
) -> Way:
    none = np.full(len(shares), np.nan)
    return Way(
        method,
        shares,
        shares if low is None else low,
        shares if high is None else high,
        none if error is None else error,
    )


def _ways(
    played: Played, partners: Partners, contributions: pd.Series, own: pd.Series
) -> Iterator[tuple]:  # type: ignore[type-arg]
    game, whole, keys = played.game, played.whole, list(partners.keys)
    if game is not None:
        yield SHAPLEY, shapley(game)
        yield NUCLEOLUS, nucleolus(game, rational=has_shares(game))
    else:
        assert played.sampled is not None
        yield SHAPLEY, played.sampled.shapley, None, None, played.sampled.standard_error
    yield OWEN, played.owen, played.owen_low, played.owen_high
    paid = contributions.reindex(keys, fill_value=0.0).to_numpy(float)
    if paid.sum() > 0:
        yield BY_CONTRIBUTION, whole * paid / paid.sum()
    everyone = sorted(partners.names)
    gains = np.maximum(own.reindex(everyone, fill_value=0.0).to_numpy(float), 0.0)
    if gains.sum() > 0:
        shares = pd.Series(whole * gains / gains.sum(), index=everyone)
        yield BY_OWN_GAIN, shares.reindex(keys).to_numpy(float)
    yield AS_IT_FALLS, own.reindex(keys, fill_value=0.0).to_numpy(float)


def has_shares(game: Game) -> bool:
    """Whether the whole is enough for what each partner is worth alone."""
    return bool(game.alone.sum() <= game.whole + game.near)


def share_table(found: list[Way], partners: Partners, unit: str) -> pd.DataFrame:
    """Shares of every partner by every way.

    Returns
    -------
    DataFrame
        partner, name, method, share, low, high, standard_error, unit.
    """
    rows = [
        {
            "partner": key,
            "name": partners.names[key],
            "method": way.method,
            "share": float(way.shares[n]),
            "low": float(way.low[n]),
            "high": float(way.high[n]),
            "standard_error": float(way.error[n]),
            "unit": unit,
        }
        for way in found
        for n, key in enumerate(partners.keys)
    ]
    return pd.DataFrame(rows)


def worth_table(played: Played, partners: Sequence[str]) -> pd.DataFrame:
    """Worth of every coalition that was solved: coalition, members, worth, unit."""
    if played.game is not None:
        known = dict(enumerate(played.game.values.tolist()))
    else:
        assert played.sampled is not None
        known = played.sampled.worth
    rows = [
        {
            "coalition": ", ".join(p for n, p in enumerate(partners) if c >> n & 1),
            "members": c.bit_count(),
            "worth": value,
            "unit": played.unit,
        }
        for c, value in sorted(known.items(), key=lambda item: (item[0].bit_count(), item[0]))
        if c
    ]
    return pd.DataFrame(rows, columns=["coalition", "members", "worth", "unit"])


def incentive_table(found: list[Way], played: Played, partners: Partners) -> pd.DataFrame:
    """For each way and partner, the coalition it would fall furthest behind in.

    Returns
    -------
    DataFrame
        method, partner, alone (what it is worth alone), share, coalition (the one
        with the largest shortfall of those with the partner), shortfall (by how
        much its members would together do better by themselves; 0 where they would
        not), unit.
    """
    known = _known(played)
    positions = np.array(sorted(known))
    worth = np.array([known[int(c)] for c in positions])
    inside = (positions[:, None] >> np.arange(len(partners.keys)) & 1).astype(float)
    near = NEAR * max(float(np.abs(worth).max(initial=0.0)), abs(played.whole))
    rows = []
    for way in found:
        over = worth - inside @ way.shares
        for n, key in enumerate(partners.keys):
            mine = np.flatnonzero(inside[:, n])
            worst = mine[np.argmax(over[mine])]
            short = float(over[worst]) if over[worst] > near else 0.0
            names = [k for m, k in enumerate(partners.keys) if positions[worst] >> m & 1]
            rows.append(
                {
                    "method": way.method,
                    "partner": key,
                    "alone": known.get(1 << n, float("nan")),
                    "share": float(way.shares[n]),
                    "coalition": ", ".join(names) if short else "",
                    "shortfall": short,
                    "unit": played.unit,
                }
            )
    return pd.DataFrame(rows)


def core_table(played: Played, partners: Partners) -> pd.DataFrame:
    """The least core: the largest margin by which every group can gain, and shares for it.

    Returns
    -------
    DataFrame
        partner, share (one of those that reach the margin), margin (the same in every
        row; below nothing where no shares give every group an incentive), unit.
        Without rows where orders of joining were sampled.
    """
    columns = ["partner", "share", "margin", "unit"]
    if played.game is None:
        return pd.DataFrame(columns=columns)
    margin, shares = least_core(played.game)
    margin = 0.0 if abs(margin) <= played.game.near else margin
    rows = [
        (key, float(share), margin, played.unit)
        for key, share in zip(partners.keys, shares, strict=True)
    ]
    return pd.DataFrame(rows, columns=columns)


def check_table(incentives: pd.DataFrame, found: list[Way], played: Played) -> pd.DataFrame:
    """For each way: the sum of its shares, whether it is in the core, the worst shortfall.

    Returns
    -------
    DataFrame
        method, total, not_shared (the whole less the total), in_core, shortfall,
        coalition, unit.
    """
    rows = []
    for way in found:
        mine = incentives[incentives["method"] == way.method]
        worst = mine.loc[mine["shortfall"].idxmax()]
        total = float(way.shares.sum())
        rest = played.whole - total
        near = NEAR * max(abs(played.whole), 1.0)
        rows.append(
            {
                "method": way.method,
                "total": total,
                "not_shared": rest if abs(rest) > near else 0.0,
                "in_core": bool(worst["shortfall"] == 0 and abs(rest) <= near),
                "shortfall": float(worst["shortfall"]),
                "coalition": worst["coalition"],
                "unit": played.unit,
            }
        )
    return pd.DataFrame(rows)


def _known(played: Played) -> dict[int, float]:
    if played.game is not None:
        return {n: float(v) for n, v in enumerate(played.game.values) if n}
    assert played.sampled is not None
    return {c: v for c, v in played.sampled.worth.items() if c}
