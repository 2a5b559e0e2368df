"""What each study is asked with on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import typer

from placebudget import plan as plans
from placebudget import study as studies
from placebudget.cli.planning import loose
from placebudget.place import Place
from placebudget.place.loose import FLOWS, POOL_LINES, POOL_SHARES
from placebudget.plan import Plan
from placebudget.study.recorded import overspent_pool, recorded_flows

Subject: TypeAlias = Place | Plan | Path


@dataclass(frozen=True)
class Options:
    """Options of the command, those a study has no use for included."""

    objective: str
    pooling: str
    pools: bool
    ring_fences: bool
    cuts: tuple[float, ...]
    runs: int
    seed: int
    executor: str
    workers: int | None
    pool: str | None
    overspend: float
    shares: Path | None
    risk_pool: float
    pass_on: bool


def _planned(subject: Subject, options: Options, **watch: Any) -> Plan:
    if isinstance(subject, Place):
        return plans.optimise(
            subject, objective=options.objective, pooling=options.pooling, prices=False, **watch
        )
    if isinstance(subject, Plan):
        return subject
    raise typer.BadParameter("this study looks at a place or a plan, not at a .csv file.")


def _place(subject: Subject, study: str) -> Place:
    if isinstance(subject, Place):
        return subject
    raise typer.BadParameter(f"{study} looks at a place, not at one plan of it.")


def _potential(subject: Subject, options: Options, **watch: Any) -> Any:
    return studies.potential(
        _place(subject, "potential"), objective=options.objective, pools=options.pools,
        ring_fences=options.ring_fences, cuts=options.cuts, seed=options.seed,
        executor=options.executor, workers=options.workers, **watch,
    )  # fmt: skip


def _sharing(subject: Subject, options: Options, **watch: Any) -> Any:
    place = _place(subject, "sharing")
    return studies.sharing(place, objective=options.objective, seed=options.seed, **watch)


def _cycle(subject: Subject, options: Options, **watch: Any) -> Any:
    return studies.cycle(
        _place(subject, "cycle"), objective=options.objective, runs=options.runs,
        seed=options.seed, executor=options.executor, workers=options.workers, **watch,
    )  # fmt: skip


def _accounts(subject: Subject, options: Options, **watch: Any) -> Any:
    return studies.accounts(_planned(subject, options, **watch))


def _fairness(subject: Subject, options: Options, **watch: Any) -> Any:
    if isinstance(subject, Path):
        raise typer.BadParameter("fairness looks at a place or a plan, not at a .csv file.")
    return studies.fairness(subject, objective=options.objective, pooling=options.pooling, **watch)


def _trace(subject: Subject, options: Options, **watch: Any) -> Any:
    if isinstance(subject, Path):
        return studies.trace(loose(subject, FLOWS))
    return studies.trace(recorded_flows(_planned(subject, options, **watch)))


def _risk_share(subject: Subject, options: Options, **watch: Any) -> Any:
    shares = None if options.shares is None else loose(options.shares, POOL_SHARES)
    if isinstance(subject, Path):
        if shares is None:
            raise typer.BadParameter("an agreement's lines need its shares: --shares FILE.csv.")
        lines = loose(subject, POOL_LINES)
    else:
        plan = _planned(subject, options, **watch)
        lines, by_contribution = overspent_pool(plan, options.pool, options.overspend)
        shares = by_contribution if shares is None else shares
    return studies.risk_share(lines, shares, risk_pool=options.risk_pool, pass_on=options.pass_on)


def subject_of(given: str, read_place: Callable[[str], Place]) -> Subject:
    """A place, a plan or the path of a table, by what the argument names."""
    if given.endswith(".json"):
        return plans.read_plan(given)
    return Path(given) if given.endswith(".csv") else read_place(given)


class Study(NamedTuple):
    """A study: what it asks, in a line, and how it is asked."""

    about: str
    ask: Callable[..., Any]


STUDIES: Mapping[str, Study] = {
    "potential": Study(
        "what working together could gain: today beside the best plans of each agency on its own "
        "(aligned), with the pools there are (pooled), and without limits on pooling (freed)",
        _potential,
    ),
    "sharing": Study(
        "who gains by working together, fair ways to share the gain (by what each adds on "
        "average; so that the least content group is as content as can be), "
        "and the payments",
        _sharing,
    ),
    "risk_share": Study("who pays, step by step, when a pooled budget overspends", _risk_share),
    "accounts": Study(
        "every pound from who raised it to what it paid for, told to electors and to Parliament",
        _accounts,
    ),
    "trace": Study("recorded money followed through pools back to where it came from", _trace),
    "fairness": Study(
        "what each area gets a head, how unequal that is, and what more fairness would cost "
        "(the worst-off area first, then the next)",
        _fairness,
    ),
    "cycle": Study(
        "years of commissioning lived through many times, with delivery that slips and effects "
        "that turn out other than hoped",
        _cycle,
    ),
}
"""Every study by name, in the order in which they are told of."""
