"""A hot session: change a figure of a place and solve again from the last basis.

The programme is written once, with everything the session may open standing in
it, closed by a bound: all pools, and what ring-fences bar. Changing funding, a
limit, a weight, a pool or a ring-fence then changes a few numbers of the live
model, and solving takes milliseconds instead of writing it all again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from placebudget.arguments import Arguments, instance, share, texts
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.place.reading import PlaceLike, checked_place
from placebudget.programme import (
    ALIGNED,
    FREED,
    Benchmark,
    build,
    flexible_pooling,
    read_objectives,
    read_pooling,
)
from placebudget.programme.objectives import add_objectives
from placebudget.solver.answer import RunLimits, read_limits
from placebudget.solver.live_funding import LiveFunding
from placebudget.solver.live_rules import refuse_negative


class Session(LiveFunding):
    """A place in a live model.

    Parameters
    ----------
    place : Place, path or str
        A place that passes its checks, its path, or the name of an example.
    objective : str
        One objective; not leximin.
    pooling : str or sequence of str
        How the session starts: aligned, pooled, pools by name; or freed, which
        then cannot be changed, as a freed place has no pools and ring-fences.
    reinvest : float
        Share of cashable savings delivered and spent again.
    benchmarks : mapping of str to Benchmark, optional
        What the aligned plan gives each agency with a rule ``no_worse_off``; it stays
        as it is, whatever changes, until :meth:`Session.set_benchmarks` is told another.

    Examples
    --------
    >>> import placebudget as pb
    >>> session = pb.solver.Session(pb.example("toy_pooling"), pooling="aligned")
    >>> round(session.value() / 1e6)
    300
    >>> session.end_ring_fence("nhs_money")
    >>> session.open_pools(["one_pool"])
    >>> round(session.value() / 1e6)
    310
    """

    def __init__(
        self,
        place: PlaceLike,
        *,
        objective: str = "public value",
        pooling: str | Sequence[str] = "pooled",
        reinvest: float = 0.0,
        benchmarks: Mapping[str, Benchmark] | None = None,
        limits: RunLimits | None = None,
    ) -> None:
        with Arguments() as asked:
            place = asked.read(checked_place, place)
            names = asked.read(read_objectives, objective)
            start = asked.read(read_pooling, place, pooling)
            reinvest = asked.read(share, "reinvest", reinvest)
            limits = asked.read(read_limits, limits)
            if benchmarks is not None:
                said = "what placebudget.plan.benchmarks(place) says, or None"
                benchmarks = asked.read(instance, "benchmarks", benchmarks, Mapping, said)
        mode = start if start.name == FREED else flexible_pooling(place)
        programme = build(
            place, mode, objectives=names[:1], reinvest=reinvest, benchmarks=benchmarks
        )
        super().__init__(programme, place, limits)
        self._refuse(names, benchmarks, start.name)
        self._contributions = self._contribution_limits()
        self._open: frozenset[str] = frozenset(mode.pools)
        if mode.name != FREED:
            self.set_pools(start.pools)

    def _refuse(
        self, names: tuple[str, ...], benchmarks: Mapping[str, Benchmark] | None, pooling: str
    ) -> None:
        if len(names) > 1 or self.programme.objectives[0].leximin:
            raise CannotAnswer("a session has one objective, and not leximin; use optimise")
        kinds = {rule.kind for rule in self._rules.values() if rule.record.benchmarked}
        if kinds and benchmarks is None and pooling != ALIGNED:
            raise CannotAnswer(
                f"the place has a rule {' and '.join(kinds)}, which compares with the aligned "
                "plan; give the session what placebudget.plan.benchmarks(place) says"
            )

    @property
    def open_pools_now(self) -> tuple[str, ...]:
        """Pools that are open, sorted."""
        return tuple(sorted(self._open))

    def set_contribution(
        self, pool: str, stream: str, year: str, *, minimum: float, maximum: float = np.inf
    ) -> None:
        """Change what a stream pays into an open pool in a year, gross, in pounds."""
        refuse_negative(minimum, "the minimum of a contribution")
        if not (isinstance(maximum, float) and maximum == np.inf):
            refuse_negative(maximum, "the maximum of a contribution")
        if minimum > maximum:
            raise CannotAnswer("a contribution's minimum is not above its maximum")
        number = self._contribution(pool, stream, year)
        scale = self.programme.basis.scale.money
        self._contributions[number] = (minimum / scale, maximum / scale)
        if pool in self._open:
            at = np.array([number])
            self._change_columns(at, np.array([minimum / scale]), np.array([maximum / scale]))

    def _contribution(self, pool: str, stream: str, year: str) -> int:
        self._known(stream, self._funding, "stream")
        block = self.programme.columns["contribute"]
        routes = list(self.programme.basis.routes)
        self._known(pool, routes, "pool")
        hit = (
            (block.index["class"] == self._class_of[stream])
            & (block.index["route"] == routes.index(pool))
            & (block.index["year"] == self._year(year))
        )
        if not hit.any():
            raise CannotAnswer(f"{stream} may not contribute to {pool} in {year}")
        return int(block.numbers[hit][0])

    def _contribution_limits(self) -> dict[int, tuple[float, float]]:
        """Least and most of each contribution, open or not, by number of the variable."""
        block = self.programme.columns["contribute"]
        pairs = zip(block.lower.tolist(), block.upper.tolist(), strict=True)
        return dict(zip(block.numbers.tolist(), pairs, strict=True))

    # --- pools and ring-fences ----------------------------------------------

    def set_pools(self, pools: Collection[str]) -> None:
        """Open these pools and close the others; rules about closed pools fall away."""
        wanted = frozenset(_pools(pools))
        routes = [str(route) for route in self.programme.basis.routes]
        for pool in wanted:
            self._known(pool, routes[1:], "pool")
        self._only_if_flexible("pools")
        block = self.programme.columns["contribute"]
        open_ = np.isin(np.array(routes)[block.index["route"]], sorted(wanted))
        held = [self._contributions[n] for n in block.numbers.tolist()]
        low = np.array([a for a, _ in held]).reshape(len(held)) * open_
        high = np.where(open_, np.array([b for _, b in held]).reshape(len(held)), 0.0)
        self._change_columns(block.numbers, low, high)
        self._open = wanted
        self._rules_about_pools()

    def open_pools(self, pools: Collection[str]) -> None:
        """Open pools beside those that are open."""
        self.set_pools(self._open.union(_pools(pools)))

    def close_pools(self, pools: Collection[str]) -> None:
        """Close pools."""
        self.set_pools(self._open.difference(_pools(pools)))

    def _rules_about_pools(self) -> None:
        for rule in self._rules.values():
            pools = rule.subject.get("pool")
            if pools is None:
                continue
            self._let_fall(rule, not self._open & set(pools))

    def end_ring_fence(self, stream: str) -> None:
        """Let a stream pay for any purpose its other conditions allow."""
        self._set_fence(stream, np.inf)

    def keep_ring_fence(self, stream: str) -> None:
        """Hold a stream to its purposes again."""
        self._set_fence(stream, 0.0)

    def _set_fence(self, stream: str, most: float) -> None:
        self._known(stream, self._funding, "stream")
        self._only_if_flexible("ring-fences")
        c = self._class_of[stream]
        money = self.programme.columns["money"]
        barred = (money.index["class"] == c) & (money.upper == 0)
        numbers = money.numbers[barred]
        self._change_columns(numbers, np.zeros(len(numbers)), np.full(len(numbers), most))

    # --- weights --------------------------------------------------------------

    def set_weight(self, outcome: str, weight: float) -> None:
        """Change the weight of an outcome; it counts in the objective weighted outcomes."""
        table = self.place.filled("outcomes")
        self._known(outcome, list(table["outcome"]), "outcome")
        refuse_negative(weight, "a weight")
        table.loc[table["outcome"] == outcome, "weight"] = float(weight)
        self._reweigh(self.place.with_(outcomes=table))

    def set_objective(self, objective: str) -> None:
        """Make the most of something else."""
        names = read_objectives(objective)
        if len(names) > 1 or names[0] in ("worst-off area", "leximin"):
            raise CannotAnswer("a live session changes between objectives that add up value only")
        self._reweigh(self.place, names[0])

    def _reweigh(self, place: Place, name: str | None = None) -> None:
        old = self.programme
        basis = replace(old.basis, place=place)
        chosen = add_objectives([name or old.objectives[0].name], old.draft, basis)
        with self._alone():
            self.place = place
            self.programme = replace(old, basis=basis, objectives=chosen)
            self._gain = chosen[0].gain
            self._live.change_cost(-self._gain)

    def _only_if_flexible(self, what: str) -> None:
        if not self.programme.basis.pooling.flexible:
            raise CannotAnswer(f"a freed place has no {what} to change; start a pooled session")


def _pools(given: Collection[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise CannotAnswer(f"give a list of pools such as {[given]}, not the text {given!r}")
    return texts("pools", given, such_as="['better_care']")
