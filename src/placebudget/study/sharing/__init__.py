"""How the gain of working together could be shared, and the answer: tables, payments, words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, flag, one_of, whole
from placebudget.errors import Stopped, WrongArgument
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.succession import succeeded
from placebudget.plan.pennies import add_up
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.workbook_pages import MODEL
from placebudget.programme.money import stream_funding
from placebudget.progress import Report
from placebudget.solver import RunLimits
from placebudget.study.result import PlaceResult, record_of
from placebudget.study.sharing.coalition_game import (
    CASHABLE,
    MOST_EXACT,
    Partners,
    Played,
    play,
    shared_objective,
)
from placebudget.study.sharing.ways_to_share import (
    AS_IT_FALLS,
    NUCLEOLUS,
    SHAPLEY,
    OwnGains,
    check_table,
    core_table,
    incentive_table,
    own_gains,
    share_table,
    ways,
    worth_table,
)
from placebudget.words import in_unit, money, plain, sentence

# The answer to how a gain could be shared: tables, payments, words.

NO_POWER = "none known: name a power before money moves"
COLUMNS = ["year", "payer", "receiver", "amount", "legal_power", "power_known"]
_NO_TRANSFERS = pd.DataFrame(columns=COLUMNS)


def net_positions(shares: Mapping[str, float], by_year: pd.DataFrame) -> pd.DataFrame:
    """What each partner receives (or pays, below zero) in each year.

    A year's gain is shared in the same proportions as the whole gain; a partner
    receives its share of it less what falls to it by itself. Over the years,
    discounted, that gives each partner exactly its share of the whole.

    Parameters
    ----------
    shares : mapping of str to float
        Share of each partner in the whole gain, in any unit.
    by_year : DataFrame
        partner, year, amount: what falls to each by itself, in pounds.

    Returns
    -------
    DataFrame
        partner, year, own, share, transfer: pounds to the penny; the transfers of a
        year add up to nothing.

    Examples
    --------
    >>> own = pd.DataFrame({"partner": ["a", "b"], "year": "2027-28", "amount": [9.0, 1.0]})
    >>> net_positions({"a": 1, "b": 1}, own)["transfer"].tolist()
    [-4.0, 4.0]
    """
    whole = sum(shares.values())
    rows = []
    for year, group in by_year.groupby("year", sort=True):
        amounts = dict(zip(group["partner"], group["amount"], strict=True))
        names = sorted(set(amounts) | set(shares))
        own = [_pennies(amounts.get(name, 0.0)) for name in names]
        parts = [sum(own) / 100 * shares.get(name, 0.0) / whole for name in names]
        due = [_pennies(value) for value in add_up(parts, 2)]
        rows += [
            {
                "partner": n,
                "year": year,
                "own": o / 100,
                "share": d / 100,
                "transfer": (d - o) / 100,
            }
            for n, o, d in zip(names, own, due, strict=True)
        ]
    return pd.DataFrame(rows, columns=["partner", "year", "own", "share", "transfer"])


def payments(positions: pd.DataFrame, place: Place, partner_of: Mapping[str, str]) -> pd.DataFrame:
    """Payments from partner to partner that bring everybody to its share.

    Each year those who pay most pay those who receive most, which keeps payments few.

    Returns
    -------
    DataFrame
        year, payer, receiver, amount (pounds), legal_power, power_known.
    """
    powers = payment_powers(place, partner_of)
    rows = []
    for year, group in positions.groupby("year", sort=True):
        left = {n: _pennies(v) for n, v in zip(group["partner"], group["transfer"], strict=True)}
        while any(left.values()):
            payer = min(left, key=lambda name: (left[name], name))
            receiver = min(left, key=lambda name: (-left[name], name))
            amount = min(-left[payer], left[receiver])
            left[payer] += amount
            left[receiver] -= amount
            power = powers.get((payer, receiver))
            rows.append((year, payer, receiver, amount / 100, power or NO_POWER, bool(power)))
    return pd.DataFrame(rows, columns=COLUMNS)


def payment_powers(place: Place, partner_of: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Legal powers under which one partner pays into a pool that another shares or hosts.

    Returns
    -------
    dict
        (payer, receiver) to the powers that the place's contributions and pools name.
    """
    place = succeeded(place)
    agency = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
    pools = place.pools.set_index("pool")
    found: dict[tuple[str, str], list[str]] = {}
    rows = place.contributions.sort_values(["pool", "stream"], kind="stable")
    for pool, group in rows.groupby("pool", sort=True):
        host, named = pools["host"].get(pool), pools["legal_power"].get(pool)
        taking = {partner_of[agency[stream]] for stream in group["stream"]}
        if not pd.isna(host):
            taking.add(partner_of[host])
        for stream, own in zip(group["stream"], group["legal_power"], strict=True):
            power = named if pd.isna(own) else own
            payer = partner_of[agency[stream]]
            for receiver in sorted(taking - {payer}) if not pd.isna(power) else ():
                known = found.setdefault((payer, receiver), [])
                if power not in known:
                    known.append(str(power))
    return {pair: "; ".join(known) for pair, known in sorted(found.items())}


def _pennies(pounds: float) -> int:
    return round(pounds * 100)


@dataclass(frozen=True, eq=False)
class Sharing(PlaceResult):
    """Ways to share the gain of working together, and what each would take.

    ``tables`` holds, all in the unit of their column ``unit``:

    - ``shares``: partner, name, method, share, low, high, standard_error, unit;
    - ``coalitions``: what each coalition could gain;
    - ``incentives``: for each way and partner, by how much a coalition with the
      partner falls short of what it could gain by itself;
    - ``checks``: for each way, whether it is in the core;
    - ``least_core``: partner, share, margin, unit: whether any shares give every group
      of partners an incentive;
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

    partners: Partners = field(repr=False)
    played: Played = field(repr=False)
    cashable: Played | None = field(repr=False)
    falls: OwnGains | None = field(repr=False)

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        return {
            "least_core": ("share",),
            "positions": ("own", "share", "transfer"),
            "transfers": ("amount",),
        }

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
        """Shares of one way, by partner, in :attr:`unit`.

        Raises
        ------
        WrongArgument
            If there is no such way among the shares.
        """
        return _shares_of(self.tables["shares"], method)

    def positions(self, method: str = SHAPLEY) -> pd.DataFrame:
        """What each partner receives or pays in each year, by a way to share.

        Returns
        -------
        DataFrame
            partner, year, own, share, transfer: pounds of the price base, not
            discounted, to the penny.

        Raises
        ------
        WrongArgument
            If there is no such way among the shares.
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

        Raises
        ------
        WrongArgument
            If there is no such way among the shares.
        """
        positions = self.positions(method)
        if positions.empty:
            return _NO_TRANSFERS.copy()
        return payments(positions, self.place, self.partners.of_agency)

    def summarised(self) -> Summary:
        """The gain, the shares and who would have no incentive.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.sharing(pb.example("toy_pooling")).summarised().title
        'Toy place for pooling (invented): sharing what working together could gain'
        """
        gain = Paragraph(
            f"In the model, the best freed plan has {self._said(self.played.whole)} more "
            f"{self.played.objective} than the best aligned plan ({self.unit}).",
            tuple(map(self._partner_line, self.partners.keys)),
        )
        checks = map(self._check_line, self.tables["checks"].itertuples())
        said = [*checks, *self._core_line(), *self._transfer_lines()]
        return Summary(self.title, (gain, *sentences(said)), MODEL)

    def _said(self, value: float) -> str:
        return in_unit(value, self.unit)

    def _partner_line(self, key: str) -> str:
        shares = self.tables["shares"]
        mine = shares[shares["partner"] == key].set_index("method")
        parts = [f"{self._said(float(mine['share'][SHAPLEY]))} by {plain(SHAPLEY)}"]
        if NUCLEOLUS in mine.index:
            parts.append(f"{self._said(float(mine['share'][NUCLEOLUS]))} for {plain(NUCLEOLUS)}")
        parts.append(f"{self._said(float(mine['share'][AS_IT_FALLS]))} without sharing")
        return f"{self.partners.names[key]}: {', '.join(parts)}"

    def _check_line(self, row: Any) -> str:
        way = sentence(plain(row.method))
        if row.shortfall > 0:
            called = [self.partners.names[key] for key in row.coalition.split(", ")]
            who = listed(["the NHS" if name == "NHS" else name for name in called])
            group = f"{who} together" if len(called) > 1 else who
            short = self._said(row.shortfall)
            return f"{way}: {group} would have no incentive to take part, by {short}."
        seen = " that was looked at" if self.played.game is None else ""
        return f"{way}: every partner and every group of partners{seen} has an incentive."

    def _core_line(self) -> list[str]:
        core = self.tables["least_core"]
        if core.empty or core["margin"][0] >= 0:
            return []
        return [
            "No shares give every group of partners an incentive: whatever they are, some group "
            f"falls short by at least {self._said(-float(core['margin'][0]))}."
        ]

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
            f"Sharing it by {plain(SHAPLEY)} takes {len(paid)} payments over the years, "
            f"{money(float(paid['amount'].sum()))} in all; for {len(unknown)} of them no legal "
            "power is known yet."
        )
        return lines


def listed(names: list[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _shares_of(table: pd.DataFrame, method: str) -> pd.Series:
    try:
        one_of("method", method, dict.fromkeys(table["method"]))
    except WrongArgument as error:
        raise WrongArgument(f"no such way to share here: {error}") from None
    mine = table[table["method"] == method]
    return mine.set_index("partner")["share"].astype(float)


def sharing(
    place: PlaceLike,
    *,
    objective: str = "public value",
    transfers: bool = True,
    samples: int = 500,
    seed: int = 0,
    most_exact: int = MOST_EXACT,
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Sharing:
    """Share the gain of working together among partners.

    The gain is that of the best freed plan over the best aligned plan. What each
    coalition could gain by itself is found by solving its plan, for every
    coalition of up to ``most_exact`` partners; with more, orders of joining are
    drawn at random and standard errors given.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first. Agencies
        with the same ``partner`` act together.
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
        Ways to share, side by side, with what each would take. Stopping keeps what is
        done: shares are then estimated from the coalitions solved, with standard errors.

    Raises
    ------
    InvalidPlace
        If the place has errors.
    WrongArgument
        If the objective's value does not add up over partners, or there is one partner;
        or if anything else that was given cannot be meant; all of it is named.
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
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        chosen = asked.read(shared_objective, objective)
        transfers = asked.read(flag, "transfers", transfers)
        samples = asked.read(whole, "samples", samples, least=2)
        seed = asked.read(whole, "seed", seed)
        most_exact = asked.read(whole, "most_exact", most_exact)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    partners = Partners.of(place)
    if len(partners.keys) < 2:
        raise WrongArgument("sharing takes two partners or more that hold money or commission")
    paid = _contributions(place, partners)
    games: dict[str, tuple[Played, OwnGains]] = {}
    for name in dict.fromkeys([chosen, *([CASHABLE] if transfers else [])]):
        if games and limits.stopped:
            break
        try:
            played = play(
                place, partners, name,
                limits=limits, samples=samples, seed=seed, most_exact=most_exact,
            )  # fmt: skip
        except Stopped:
            if not games:
                raise
            break
        # Two plans more: they are made although the game was stopped, so that it can be read.
        rest = replace(limits, stop=None) if limits.stopped else limits
        games[name] = played, own_gains(place, partners, name, played.whole, rest)
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
        tables, _notes(games[chosen][0], most_exact, transfers and cashable is None), run,
        place, partners, games[chosen][0], *held,
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
        "least_core": core_table(played, partners),
    }


def _contributions(place: Place, partners: Partners) -> pd.Series:
    """Money of every partner over the years, in pounds."""
    place = succeeded(place)
    funding = stream_funding(place).sum(axis=1)
    agency = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
    return funding.groupby([partners.of_agency[agency[stream]] for stream in funding.index]).sum()


def _notes(played: Played, most_exact: int, no_payments: bool) -> tuple[str, ...]:
    notes = [
        "The gain begins at the best aligned plan: what agencies gain each for itself, or by "
        "acting in step with their own purses, is not shared here. An agency that is to be no "
        "worse off is compared with that plan, too.",
        f"Shares are in {played.unit}; they are shares of a modelled potential, not of a saving.",
        "The members of a group of partners are freed among themselves and pay only for what "
        "members commission; the others work apart.",
        "Prices of the shared plan: each partner's money and needs are priced as in it; low and "
        "high hold over all best prices, with decisions on offers as they are. Limits that several "
        "partners share are divided as they use them in the best aligned plan.",
        "Transfers share the gain in cashable saving, in pounds of the price base, not "
        "discounted; each year's saving is shared in the same proportions.",
        "What is saved for the Exchequer never enters a pool and is left out where "
        "cashable saving is shared.",
    ]
    stopped = played.game is None and played.owen.size <= most_exact
    if stopped:
        assert played.sampled is not None
        notes.append(
            f"The run was stopped with {played.left} groups of partners not solved: what each "
            f"adds on average is estimated from {played.sampled.orders} orders of joining drawn at "
            "random, incentives are checked for the groups solved, and least discontent is not "
            "given."
        )
    elif played.game is None:
        notes.append(
            "There are too many partners to solve every group of them: what each adds on average "
            "is estimated from orders of joining drawn at random, incentives are checked for the "
            "groups met, and least discontent is not given."
        )
    elif played.game.alone.sum() > played.whole + played.game.near:
        notes.append(
            "Alone the partners could gain more than together, since they share limits on what "
            "counts: no shares give each what it could gain alone."
        )
    if no_payments:
        notes.append(
            "The run was stopped before the cashable saving was shared: there are no "
            "payments between partners."
        )
    if abs(played.unowned) > 1e-6 * max(abs(played.whole), 1.0):
        notes.append(
            f"Limits that nobody uses while working apart make "
            f"{in_unit(played.unowned, played.unit)} of the gain, "
            "which prices of the shared plan give to nobody."
        )
    return tuple(notes)
