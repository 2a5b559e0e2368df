"""How the gain of working together could be shared so that everybody has an incentive."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import pandas as pd

from placebudget.arguments import Arguments, flag, whole
from placebudget.errors import Stopped, WrongArgument
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.programme.money import stream_funding
from placebudget.progress import Report
from placebudget.solver import RunLimits
from placebudget.study.result import record_of
from placebudget.study.sharing.coalition_game import (
    CASHABLE,
    MOST_EXACT,
    Partners,
    Played,
    play,
    shared_objective,
)
from placebudget.study.sharing.shared_gain import Sharing
from placebudget.study.sharing.ways_to_share import (
    OwnGains,
    check_table,
    core_table,
    incentive_table,
    own_gains,
    share_table,
    ways,
    worth_table,
)
from placebudget.words import in_unit


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
