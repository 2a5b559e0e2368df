"""How the gain of working together could be shared so that everybody has an incentive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pandas as pd

from placebudget.errors import PlaceBudgetError
from placebudget.place import Place
from placebudget.programme.classes import stream_funding
from placebudget.solver import Limits
from placebudget.study.coalition_game import (
    CASHABLE,
    MOST_EXACT,
    CannotShare,
    Partners,
    Played,
    play,
    shared_objective,
    worth_table,
)
from placebudget.study.own_gains import OwnGains, own_gains
from placebudget.study.result import MODELLED, Result, record_of
from placebudget.study.transfers import COLUMNS, net_positions, payments
from placebudget.study.ways_to_share import (
    AS_IT_FALLS,
    NUCLEOLUS,
    SHAPLEY,
    check_table,
    incentive_table,
    share_table,
    ways,
)
from placebudget.words import money, number

_NO_TRANSFERS = pd.DataFrame(columns=COLUMNS)


class UnknownWay(PlaceBudgetError):
    """A way to share was named that this answer does not hold."""


@dataclass(frozen=True, eq=False)
class Sharing(Result):
    """Ways to share the gain of working together, and what each would take.

    ``tables`` holds, all in the unit of their column ``unit``:

    - ``shares``: partner, name, method, share, low, high, standard_error, unit;
    - ``coalitions``: what each coalition could gain;
    - ``incentives``: for each way and partner, by how much a coalition with the
      partner falls short of what it could gain by itself;
    - ``checks``: for each way, whether it is in the core;
    - ``cashable_shares``, ``cashable_checks``: the same for the game in cashable saving;
    - ``positions``, ``transfers``: who would pay whom in each year, by the Shapley
      value, in pounds of the price base, not discounted.

    Parameters
    ----------
    place : Place
        The place.
    partners : Partners
        Its partners.
    played : Played
        The game in the objective asked for.
    cashable : Played or None
        The game in cashable saving.
    falls : OwnGains or None
        What of the cashable saving falls to each partner by itself.
    """

    place: Place = field(repr=False)
    partners: Partners = field(repr=False)
    played: Played = field(repr=False)
    cashable: Played | None = field(repr=False)
    falls: OwnGains | None = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """Share of every partner (rows) by every way (columns), in :attr:`unit`."""
        shares = self.tables["shares"]
        wide = shares.pivot(index="partner", columns="method", values="share")
        return wide[list(dict.fromkeys(shares["method"]))].rename_axis(columns=None)

    @property
    def unit(self) -> str:
        """Unit of the shares."""
        return self.played.unit

    def share(self, method: str = SHAPLEY) -> pd.Series:
        """Shares of one way, by partner, in :attr:`unit`."""
        return _shares_of(self.tables["shares"], method)

    def positions(self, method: str = SHAPLEY) -> pd.DataFrame:
        """What each partner receives or pays in each year, by a way to share.

        Returns
        -------
        DataFrame
            partner, year, own, share, transfer: pounds of the price base, not
            discounted, to the penny.
        """
        if self.cashable is None or self.falls is None or self.cashable.whole <= 0:
            return pd.DataFrame(columns=["partner", "year", "own", "share", "transfer"])
        shares = _shares_of(self.tables["cashable_shares"], method)
        return net_positions(shares.to_dict(), self.falls.by_year)

    def transfers(self, method: str = SHAPLEY) -> pd.DataFrame:
        """Payments from partner to partner, year by year, by a way to share.

        Parameters
        ----------
        method : str
            A way that the table of shares names.

        Returns
        -------
        DataFrame
            year, payer, receiver, amount (pounds of the price base, not discounted,
            to the penny), legal_power, power_known.
        """
        positions = self.positions(method)
        if positions.empty:
            return _NO_TRANSFERS.copy()
        return payments(positions, self.place, self.partners.of_agency)

    def summary(self) -> str:
        """The gain, the shares and who would have no incentive, in plain sentences.

        Examples
        --------
        >>> import placebudget as pb
        >>> print(pb.sharing(pb.example("toy_pooling")).summary())
        Toy place for pooling (invented): sharing what working together could gain
        ...
        """
        lines = [
            self.title,
            f"In the model, the best freed plan has {self._said(self.played.whole)} more "
            f"{self.played.objective} than the best siloed plan ({self.unit}).",
        ]
        lines += [self._partner_line(key) for key in self.partners.keys]
        lines += [self._check_line(row) for row in self.tables["checks"].itertuples()]
        lines += self._transfer_lines()
        lines.append(MODELLED)
        return "\n".join(lines)

    def _said(self, value: float) -> str:
        return money(value) if self.unit.startswith("pounds") else number(value, 1)

    def _partner_line(self, key: str) -> str:
        shares = self.tables["shares"]
        mine = shares[shares["partner"] == key].set_index("method")
        parts = [f"{self._said(float(mine['share'][SHAPLEY]))} by the Shapley value"]
        if NUCLEOLUS in mine.index:
            parts.append(f"{self._said(float(mine['share'][NUCLEOLUS]))} by the nucleolus")
        parts.append(f"{self._said(float(mine['share'][AS_IT_FALLS]))} without sharing")
        return f"- {self.partners.names[key]}: {', '.join(parts)}"

    def _check_line(self, row: Any) -> str:
        way = f"{row.method[0].upper()}{row.method[1:]}"
        if row.shortfall > 0:
            who = listed([self.partners.names[key] for key in row.coalition.split(", ")])
            short = self._said(row.shortfall)
            return f"{way}: {who} would have no incentive to take part, by {short}."
        seen = " that was looked at" if self.played.game is None else ""
        return f"{way}: every partner and every group of partners{seen} has an incentive."

    def _transfer_lines(self) -> list[str]:
        if self.cashable is None or self.falls is None:
            return []
        if self.cashable.whole <= 0:
            return ["There is no cashable saving to share, so nothing would be handed on."]
        lines = [
            f"In cashable saving the partners could gain {money(self.cashable.whole)} "
            f"({self.cashable.unit}). {money(abs(self.falls.exchequer))} "
            f"{'more' if self.falls.exchequer >= 0 else 'less'} goes to the Exchequer, beside that."
        ]
        paid = self.tables["transfers"]
        unknown = paid[~paid["power_known"].astype(bool)]
        lines.append(
            f"Sharing it by the Shapley value takes {len(paid)} payments over the years, "
            f"{money(float(paid['amount'].sum()))} in all; for {len(unknown)} of them no legal "
            "power is known yet."
        )
        return lines


def listed(names: list[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _shares_of(table: pd.DataFrame, method: str) -> pd.Series:
    mine = table[table["method"] == method]
    if mine.empty:
        known = ", ".join(dict.fromkeys(table["method"]))
        raise UnknownWay(f"no such way to share here: {method!r}; choose from: {known}")
    return mine.set_index("partner")["share"].astype(float)


def sharing(
    place: Place,
    *,
    objective: str = "public value",
    transfers: bool = True,
    samples: int = 500,
    seed: int = 0,
    most_exact: int = MOST_EXACT,
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Sharing:
    """Share the gain of working together among partners.

    The gain is that of the best freed plan over the best siloed plan. What each
    coalition could gain by itself is found by solving its plan, for every
    coalition of up to ``most_exact`` partners; with more, orders of joining are
    drawn at random and standard errors given.

    Parameters
    ----------
    place : Place
        The place. It is checked first. Agencies with the same ``partner`` act together.
    objective : str
        What is shared: public value, net public value, fiscal saving, cashable
        saving, weighted outcomes.
    transfers : bool
        Whether to play the game in cashable saving too, from which payments between
        partners come.
    samples, seed : int
        Orders of joining drawn where there are more partners than are played out.
    most_exact : int
        Most partners whose coalitions are all solved.
    seconds : float, optional
        Time for each plan.
    gap : float
        Relative gap at which decisions on offers may stop.
    stop : threading.Event, optional
        Setting it from another thread ends the run.
    progress : callable, optional
        Called with what is under way, its number and how many there are.

    Returns
    -------
    Sharing
        Ways to share, side by side, with what each would take.

    Raises
    ------
    InvalidPlace
        If the place has errors.
    CannotShare
        If the objective's value does not add up over partners, or there is one partner.
    Infeasible, Unbounded, Stopped, SolverFailed
        If a plan cannot be found.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.sharing(pb.example("toy_pooling"))
    >>> (found.share("Shapley value") / 1e6).round(3).to_dict()
    {'council': 6.667, 'nhs': 1.667, 'police': 1.667}
    >>> (found.share("nucleolus") / 1e6).abs().round(3).to_dict()
    {'council': 10.0, 'nhs': 0.0, 'police': 0.0}
    """
    place.check().raise_if_errors()
    chosen = shared_objective(objective)
    partners = Partners.of(place)
    if len(partners.keys) < 2:
        raise CannotShare("sharing takes two partners or more that hold money or commission")
    limits = Limits(seconds, gap, stop, progress)
    paid = _contributions(place, partners)
    games: dict[str, tuple[Played, OwnGains]] = {}
    for name in dict.fromkeys([chosen, *([CASHABLE] if transfers else [])]):
        played = play(
            place, partners, name,
            limits=limits, samples=samples, seed=seed, most_exact=most_exact,
        )  # fmt: skip
        games[name] = played, own_gains(place, partners, name, played.whole, limits)
    tables = _tables(games[chosen], partners, paid)
    cashable = games.get(CASHABLE)
    if cashable is not None:
        more = _tables(cashable, partners, paid)
        tables["cashable_shares"], tables["cashable_checks"] = more["shares"], more["checks"]
    options = {
        "objective": chosen,
        "partners": list(partners.keys),
        "samples": samples,
        "seed": seed,
        "gap": gap,
    }
    run = record_of(place, "sharing", **options)
    run["programmes_solved"] = sum(played.solves for played, _ in games.values())
    held = cashable or (None, None)
    found = Sharing(
        f"{place.title}: sharing what working together could gain",
        tables, _notes(games[chosen][0]), run, place, partners, games[chosen][0], *held,
    )  # fmt: skip
    tables["positions"], tables["transfers"] = found.positions(), found.transfers()
    return found


def _tables(
    game: tuple[Played, OwnGains], partners: Partners, paid: pd.Series
) -> dict[str, pd.DataFrame]:
    played, own = game
    found = ways(played, partners, paid, own.total)
    incentives = incentive_table(found, played, partners)
    return {
        "shares": share_table(found, partners, played.unit),
        "coalitions": worth_table(played, partners.keys),
        "incentives": incentives,
        "checks": check_table(incentives, found, played),
    }


def _contributions(place: Place, partners: Partners) -> pd.Series:
    """Money of every partner over the years, in pounds."""
    funding = stream_funding(place).sum(axis=1)
    agency = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
    return funding.groupby([partners.of_agency[agency[stream]] for stream in funding.index]).sum()


def _notes(played: Played) -> tuple[str, ...]:
    notes = [
        f"Shares are in {played.unit}; they are shares of a modelled potential, not of a saving.",
        "The members of a coalition are freed among themselves and pay only for what members "
        "commission; the others work apart.",
        "The Owen point prices each partner's money and needs as in the shared plan; its low and "
        "high hold over all best prices, with decisions on offers as they are.",
        "Transfers come from the game in cashable saving, in pounds of the price base, not "
        "discounted; each year's saving is shared in the same proportions.",
        "What is saved for the Exchequer never enters a pool and is left out of the game in "
        "cashable saving.",
    ]
    if played.game is None:
        notes.append(
            "There are too many partners to solve every coalition: the Shapley value is estimated "
            "from orders of joining drawn at random, incentives are checked for the coalitions "
            "met, and the nucleolus is not given."
        )
    elif played.game.alone.sum() > played.whole + played.game.near:
        notes.append(
            "Alone the partners could gain more than together, since they share limits on what "
            "counts: no shares give each what it could gain alone."
        )
    if abs(played.unowned) > 1e-6 * max(abs(played.whole), 1.0):
        notes.append(
            f"Limits that several partners share make {played.unowned:,.2f} of the gain, which "
            "the Owen point gives to nobody."
        )
    return tuple(notes)
