"""A nation of places that share a sum of money: as one programme, and place by place with prices.

Each made-up place may be paid from a national fund on top of what its NHS board has, by year:

sum over places of z(place, year) <= fund(year)

As one programme it is solved by HiGHS's simplex, interior point and first-order methods. Place by
place, prices of the fund are told to all; each says what it would buy and what that is worth; a
small programme mixes what they said within the fund and gives new prices (Dantzig and Wolfe,
Decomposition principle for linear programs, 1960). What prices give is never less than the best, so
that the gap is known. Values are held against the constraints apart from the solver.

``python -m benchmarks.national 20 cluster`` measures 20 places on a Dask cluster of this machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import numpy as np

from benchmarks.contenders import programme_of
from benchmarks.places import SMALL, make_place
from placebudget.programme.linear import Matrix
from placebudget.programme.recourse import EXPECTED, Future, joined, with_rows
from placebudget.solver import RunLimits
from placebudget.solver.backend.highs import LiveHighs

# The fund beside what NHS boards have, the gap at which prices are good enough, rounds at most, and
# how many kinds of places there are.
FUND, GAP, ROUNDS, KINDS = 0.01, 1e-6, 80, 20
WAYS = {
    "simplex": {"solver": "simplex"},
    "interior point": {"solver": "ipm"},
    "interior point, no crossover": {"solver": "ipm", "run_crossover": "off"},
    "first order": {"solver": "pdlp", "pdlp_optimality_tolerance": 1e-6},
}


@dataclass
class PlaceInNation:
    """The programme of a place with what it may have from the fund: its last variables."""

    matrix: Matrix
    gain: np.ndarray
    years: int
    brought: np.ndarray
    live: LiveHighs | None = field(default=None, repr=False)

    @classmethod
    def made(cls, number: int) -> PlaceInNation:
        """One of the places, of which there are so many kinds."""
        programme = programme_of(make_place(SMALL, 1 + number % KINDS))
        basis, old = programme.basis, programme.matrix
        years = len(basis.years)
        klass = next(c for c, names in enumerate(basis.classes.streams) if "nhs_core" in names)
        rows = programme.rows["class_balance"].first + klass * years + np.arange(years)
        brought, zero = old.row_upper[rows], np.zeros(years)
        row = np.concatenate([np.repeat(np.arange(old.height), np.diff(old.start)), rows])
        order = np.argsort(row, kind="stable")
        column = np.concatenate([old.column, old.width + np.arange(years)])[order]
        matrix = replace(
            old,
            lower=np.concatenate([old.lower, zero]),
            upper=np.concatenate([old.upper, brought]),
            integer=np.concatenate([old.integer, zero.astype(bool)]),
            start=np.append(0, np.cumsum(np.bincount(row, minlength=old.height))).astype(np.int32),
            column=column.astype(np.int32),
            value=np.concatenate([old.value, np.full(years, -1.0)])[order],
        )
        gain = np.concatenate([programme.objectives[0].gain, zero])
        return cls(matrix, gain, years, brought)

    def at(self, prices: np.ndarray) -> tuple[float, np.ndarray]:
        """What the place is worth and has from the fund where it costs so much."""
        cost = -self.gain
        cost[-self.years :] = prices
        if self.live is None:
            self.live = LiveHighs(self.matrix, cost)
            found = self.live.run(RunLimits())
        else:
            self.live.change_cost(cost)
            found = self.live.run(RunLimits(), simplex_strategy=0)
        if found.values is None:
            raise SystemExit(f"a place has no plan: {found.status}")
        refuse_broken(self.matrix, found.values)
        return float(self.gain @ found.values), found.values[-self.years :]


def refuse_broken(matrix: Matrix, values: np.ndarray, near: float = 1e-6) -> float:
    """By how much values break a limit at most, beside their size; ends where it is too much."""
    rows, size = matrix.times(values), max(1.0, float(np.abs(values).max()))
    off = max(
        float(each.max(initial=0.0)) / size
        for each in (
            matrix.row_lower - rows, rows - matrix.row_upper,
            matrix.lower - values, values - matrix.upper,
        )
    )  # fmt: skip
    if off > near:
        raise SystemExit(f"a limit is broken by {off:g}")
    return off


# The places that this process holds, by number.
_held: dict[int, PlaceInNation] = {}


def answers(numbers: list[int], prices: np.ndarray | None) -> list[Any]:
    """What some places say to prices; without any, what they have of their own."""
    for number in numbers:
        if number not in _held:
            _held[number] = PlaceInNation.made(number)
    if prices is None:
        return [_held[number].brought for number in numbers]
    return [_held[number].at(prices) for number in numbers]


def by_prices(count: int, client: Any = None) -> dict[str, Any]:
    """Place by place, here or on the workers of a cluster, each with places of its own."""
    numbers = list(range(1, count + 1))
    workers = list(client.scheduler_info()["workers"]) if client else [None]
    parts = [numbers[n :: len(workers)] for n in range(len(workers))]

    def ask(prices: np.ndarray | None) -> list[Any]:
        if client is None:
            return answers(numbers, prices)
        asked = [
            client.submit(answers, part, prices, workers=[worker], pure=False)
            for part, worker in zip(parts, workers, strict=True)
        ]
        flat = chain(*parts), chain(*client.gather(asked))
        said = dict(zip(*flat, strict=True))
        return [said[number] for number in numbers]

    started, busy = time.perf_counter(), time.process_time()
    fund = FUND * np.sum(ask(None), axis=0)
    written = time.perf_counter() - started
    prices = np.full(len(fund), np.inf)
    columns: list[tuple[int, float, np.ndarray]] = []
    first = ask(np.full(len(fund), 1e6))  # so dear that nobody buys
    columns += [(n, value, bought) for n, (value, bought) in enumerate(first)]
    prices, bound, value, rounds = np.zeros(len(fund)), np.inf, -np.inf, 0
    while rounds < ROUNDS and not (np.isfinite(bound) and bound - value <= GAP * abs(value)):
        rounds += 1
        said = ask(prices)
        bound = min(bound, float(prices @ fund) + sum(v - float(prices @ z) for v, z in said))
        columns += [(n, v, z) for n, (v, z) in enumerate(said)]
        value, prices = _mixed(columns, count, fund)
    return {
        "seconds": time.perf_counter() - started,
        "of which writing": written,
        "of processors, without workers": time.process_time() - busy,
        "value": value,
        "gap": (bound - value) / abs(value),
        "rounds": rounds,
    }


def _mixed(
    columns: list[tuple[int, float, np.ndarray]], count: int, fund: np.ndarray
) -> tuple[float, np.ndarray]:
    """The best mix of what places have said within the fund, and prices of the fund."""
    years = len(fund)
    whose = np.array([n for n, _, _ in columns])
    worth = np.array([v for _, v, _ in columns])
    bought = np.array([z for _, _, z in columns])
    order = np.argsort(whose, kind="stable")
    ends = np.cumsum(np.bincount(whose, minlength=count))
    start = np.concatenate([np.arange(years + 1) * len(columns), years * len(columns) + ends])
    matrix = Matrix(
        np.zeros(len(columns)), np.full(len(columns), np.inf), np.zeros(len(columns), bool),
        start.astype(np.int32),
        np.concatenate([np.tile(np.arange(len(columns)), years), order]).astype(np.int32),
        np.concatenate([bought.T.ravel(), np.ones(len(columns))]),
        np.concatenate([np.full(years, -np.inf), np.ones(count)]),
        np.concatenate([fund, np.ones(count)]),
    )  # fmt: skip
    found = LiveHighs(matrix, -worth).run(RunLimits())
    if found.values is None or found.duals is None:
        raise SystemExit(f"no mix keeps within the fund: {found.status}")
    return float(worth @ found.values), np.maximum(-found.duals[:years], 0.0)


def as_one(count: int, way: str, seconds: float) -> dict[str, Any]:
    """All places in one programme, by one of HiGHS's methods."""
    places = [PlaceInNation.made(number) for number in range(1, count + 1)]
    none = np.zeros(0, np.int64)
    each = [Future(place.matrix, place.gain, 1.0, none) for place in places]
    whole, years = joined(each, EXPECTED), places[0].years
    fund = FUND * np.sum([place.brought for place in places], axis=0)
    ends = np.array([where.stop for where in whole.at])
    matrix = with_rows(
        whole.matrix,
        [(ends - years + t, np.ones(count), -np.inf, float(fund[t])) for t in range(years)],
    )
    gain = whole.stages[-1]
    del places, each
    live = LiveHighs(matrix, -gain, **WAYS[way])
    started, busy = time.perf_counter(), time.process_time()
    live.model.setOptionValue("time_limit", seconds)
    live.model.run()
    found = np.array(live.model.getSolution().col_value)
    took = {"seconds": time.perf_counter() - started, "of processors": time.process_time() - busy}
    status = live.model.modelStatusToString(live.model.getModelStatus())
    said = {"columns": matrix.width, **took, "status": status}
    if status != "Optimal":
        return said
    said["value"] = float(gain @ found)
    rows, size = matrix.times(found), max(1.0, float(np.abs(found).max()))
    said["broken by at most"] = max(
        float((matrix.row_lower - rows).max()), float((rows - matrix.row_upper).max()), 0.0
    ) / size  # fmt: skip
    return said


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.national", description=__doc__)
    parser.add_argument("places", type=int)
    parser.add_argument("way", choices=[*WAYS, "prices", "cluster"])
    parser.add_argument("--seconds", type=float, default=600.0)
    chosen = parser.parse_args(arguments)
    if chosen.way == "cluster":
        from distributed import Client, LocalCluster

        with (
            LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            found = by_prices(chosen.places, client)
            found["MiB of workers"] = list(client.run(_peak).values())
    elif chosen.way == "prices":
        found = by_prices(chosen.places)
    else:
        found = as_one(chosen.places, chosen.way, chosen.seconds)
    found = {"places": chosen.places, "way": chosen.way, **found, "MiB": _peak()}
    print(json.dumps(found))


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10)


if __name__ == "__main__":
    main()
