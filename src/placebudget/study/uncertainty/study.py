"""What if we are wrong: plans held as they are while figures turn out otherwise, many times over.

Every draw moves all figures of the place at once, by what is believed of them
(``study.beliefs``), and all plans meet the same draws
(``study.held``). With W[d, n] the worth of plan d in draw n,

chance that d is worth more than e   share of draws n with W[d, n] > W[e, n]
knowing all before planning          mean over n of max over D of W[d, n]
                                       - max over D of mean over n of W[d, n]
knowing figure i alone               mean over theta(i) of max over D(i) of W
                                       - max over D(i) of mean over theta(i) of W

D is the plans that are held and those that were made anew, each at the figures of one of the first
draws (n is one of these), and D(i) with those made where figure i alone is at its tenth or
ninetieth percentile. These are held and counted like all others. They are planned with the money
that is known: what funding turns out to be is none of it. W of a figure alone is taken as straight
between its ends and the middle, with all other figures as they stand. As there are more plans than
those of D, knowing is worth at least what is shown.

What comes from figures of one kind g: by how much W varies where only these move, as a part of the
sum over kinds (alone), and, if it is asked for, Sobol's total index, by two independent sets of
draws A and B and by A with the figures of g from B, AB(g) (Jansen, Analysis of variance designs
for model output, 1999):

with others = mean of (W(A) - W(AB(g)))^2 / (2 Var W)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, whole
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.plan import Plan
from placebudget.programme import one_goal
from placebudget.progress import Report, silent
from placebudget.solver import RunLimits
from placebudget.study.beliefs import (
    KINDS,
    Uncertain,
    read_correlation,
    read_spreads,
    two_drawn,
    uncertain_figures,
)
from placebudget.study.held import PLANS, made_of, read_plans
from placebudget.study.result import record_of
from placebudget.study.sweeping import (
    SERIAL,
    ExecutorLike,
    read_executor,
    read_workers,
)
from placebudget.study.uncertainty.anew import MadeAnew, services_anew
from placebudget.study.uncertainty.draws import WorkedBy
from placebudget.study.uncertainty.knowing import HeldUnderDraws
from placebudget.study.uncertainty.result import Uncertainty
from placebudget.words import count, many, number


def uncertainty(
    place: PlaceLike,
    *,
    plans: Sequence[str] | Mapping[str, Plan] = PLANS,
    pooling: str | Sequence[str] = "pooled",
    draws: int = 256,
    replanned: int = 16,
    find_out: int = 5,
    sobol: int = 0,
    seed: int = 0,
    spread: Mapping[str, Mapping[str, float] | float] | float | None = None,
    correlation: Mapping[str, float] | float | None = None,
    executor: ExecutorLike = SERIAL,
    workers: int | None = None,
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Uncertainty:
    """What plans come to where figures turn out otherwise, and what to find out first.

    Effects, values, needs, unit costs, funding, prices and the pace at which capacity goes are
    drawn together from what is believed of them. Plans are held as they are: their money stands.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    plans : sequence of str, or mapping of str to Plan
        Plans to make and hold (today, siloed, aligned, pooled, freed), or plans of the place.
    pooling
        Of the plans that are made anew; as for :func:`placebudget.optimise`.
    draws : int
        How many draws; the next power of two, for which the sequence is even.
    replanned : int
        For how many of the draws a plan is made anew, each from cold, unique and verified.
    find_out : int
        For how many figures plans are made anew with each alone low and high.
    sobol : int
        For how many draws Sobol's total indices are worked out, by kind; 0: none. They take long.
    seed : int
        What draws are drawn from. The same seed gives the same numbers with any number of workers.
    spread : mapping or float, optional
        Standard deviations over the mean, by kind and by grade of evidence or status, which take
        the place of :data:`placebudget.study.beliefs.SPREADS`; 0: certain.
    correlation : mapping or float, optional
        Of any two figures of a kind, by kind; else :data:`placebudget.study.beliefs.CORRELATION`.
    executor, workers
        Where draws are worked out; see :func:`placebudget.study.sweep`.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`, for each plan. Stopping keeps the draws that are done.

    Raises
    ------
    WrongArgument
        If something that was given cannot be meant; all of it is named.
    InvalidPlace, Infeasible, Unbounded, Stopped, SolverFailed
        If a plan to hold cannot be found.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> found = uncertainty(place, plans=["today", "freed"], draws=64, replanned=0, find_out=0)
    >>> row = found.beats("freed", "today")
    >>> bool(row["better"] > row["worse"])
    True
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        wanted = asked.read(read_plans, plans)
        mode = asked.read(one_goal, place, pooling)
        drawn = asked.read(whole, "draws", draws, least=2)
        anew = asked.read(whole, "replanned", replanned)
        looked = asked.read(whole, "find_out", find_out)
        indices = asked.read(whole, "sobol", sobol)
        seed = asked.read(whole, "seed", seed)
        spreads = asked.read(read_spreads, place, spread)
        together = asked.read(read_correlation, correlation)
        executor = asked.read(read_executor, executor)
        workers = asked.read(read_workers, workers)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    figures = uncertain_figures(place, spreads)
    if not figures:
        raise WrongArgument("every figure is certain with this spread: there is nothing to draw")
    drawn = 1 << (drawn - 1).bit_length()
    report, run = limits.progress or silent, replace(limits, progress=None)
    held = made_of(place, wanted, run, report)
    study = HeldUnderDraws(place, figures, held, WorkedBy(executor, workers, stop, progress))
    scores = two_drawn(figures, together, drawn, seed)
    main = study.main(scores[0])
    asked_anew = MadeAnew(study.moving, mode.name, run.seconds, run.gap)
    found_anew = study.anew(asked_anew, study.drawn[:anew])
    find = study.find_out(main, scores[0], asked_anew, looked)
    kinds = study.kinds(main, scores, indices)
    tables = {
        "spread": main.spread(place.settings.price_base),
        "deficits": main.deficits(),
        "beats": main.beats(),
        "services": services_anew(place, held, found_anew),
        "find_out": find,
        "kinds": kinds,
        "knowing": study.knowing(main, found_anew, anew),
        "beliefs": _beliefs(figures, spreads, together),
        "draws": main.draws(),
    }
    facts = {
        "plans": list(held), "pooling": mode.name, "draws": drawn, "draws_done": len(main.rows),
        "replanned": anew, "find_out": looked, "sobol": indices, "seed": seed, "spread": spreads,
        "correlation": together, "gap": gap,
    }  # fmt: skip
    return Uncertainty(
        f"{place.title}: what if we are wrong, in {number(len(main.rows))} draws",
        tables, _notes(place, figures, facts, found_anew), record_of(place, "uncertainty", **facts),
        place, held, main.best,
    )  # fmt: skip


def _beliefs(
    figures: Sequence[Uncertain],
    spreads: Mapping[str, Mapping[str, float]],
    together: Mapping[str, float],
) -> pd.DataFrame:
    """What is believed: how many figures of each kind and grade, and how far they may be off."""
    rows: dict[tuple[str, str], list[Uncertain]] = {}
    for each in figures:
        rows.setdefault((each.figure.kind, each.grade), []).append(each)
    return pd.DataFrame(
        [
            (kind, grade or "none", len(mine), spreads[kind][grade], together[kind],
             sum(each.recorded for each in mine))
            for (kind, grade), mine in sorted(
                rows.items(), key=lambda item: (KINDS.index(item[0][0]), item[0][1])
            )
        ],
        columns=["kind", "grade", "figures", "spread", "correlation", "recorded"],
    )  # fmt: skip


def _notes(
    place: Place,
    figures: Sequence[Uncertain],
    facts: Mapping[str, Any],
    anew: Mapping[int, Any],
) -> tuple[str, ...]:
    recorded = sum(each.recorded for each in figures)
    pairs = ", ".join(
        f"{kind} {number(facts['correlation'][kind], 1)}"
        for kind in KINDS
        if any(each.figure.kind == kind for each in figures)
    )
    notes = [
        f"Of {count(len(figures))} figures that are drawn, "
        f"{count(recorded) if recorded else 'none'} "
        f"{'has' if recorded == 1 else 'have'} a spread of their own, or a range from a source, "
        "taken as eight chances in ten; how far all others may be off is assumed, by grade of "
        "evidence or by how they are known.",
        f"Figures of a kind move together, by an assumed correlation ({pairs}); kinds are apart. "
        "Figures that were all apart would make up for one another and flatter every plan.",
        "A share of draws is a share of what was assumed, and no chance that anybody has measured.",
        "Plans are held as they are: the money of every offer stands and buys what it buys at the "
        "prices drawn, what is paid once stands, and nobody acts on what turns out.",
        "What has to be found: funding that does not come, what need that must be met and is not "
        "would cost, and capacity that cannot be given up as fast as planned. It is not set "
        "against money to spare elsewhere. Worth is public value less that, pound for pound.",
        "For an agency: its cashable saving less what it has to find, both discounted.",
        f"Plans were made anew for {number(len(anew))} of the first {number(facts['replanned'])} "
        "draws, each verified, with the money that is known"
        + ("" if len(anew) == facts["replanned"] else "; for the others none keeps every rule")
        + ". At its most is a service all of whose need is met or capacity bought; cut or raised "
        "is by more than 1% of today’s money.",
        "What knowing is worth is at least what is shown: only the plans held and those made anew "
        "stand to choose from, and funding is known to nobody before it comes.",
    ]
    left_out = [name for name in ("targets", "loans") if len(place.tables[name])]
    if left_out:
        notes.append(f"Rewards and payments of {many(left_out[0][:-1])} stay as planned.")
    if facts["draws_done"] < facts["draws"]:
        notes.append(
            f"The study was stopped: {number(facts['draws_done'])} of {number(facts['draws'])} "
            "draws are in."
        )
    return tuple(notes)
