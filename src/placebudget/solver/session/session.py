"""A hot session: change a figure of a place and solve again from the last basis.

The programme is written once, with everything the session may open standing in
it, closed by a bound: all pools, and what ring-fences bar. Changing funding, a
limit, a weight, a pool or a ring-fence then changes a few numbers of the live
model, and solving takes milliseconds instead of writing it all again. Where money cannot meet
all need that must be met, the plan that leaves least unmet is found, and what is missing is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from placebudget.arguments import Arguments, as_given, instance, is_number, share, texts
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.subjects import led_by_need
from placebudget.place.succession import heirs, parts_in
from placebudget.programme import (
    ALIGNED,
    FREED,
    Benchmark,
    build,
    flexible_pooling,
    one_goal,
    read_objectives,
    refuse_uncounted_debt,
)
from placebudget.programme.basis import Shortfall
from placebudget.programme.blocks.balances import FAMILIES, PAID_IN
from placebudget.programme.blocks.lots import most_units
from placebudget.programme.money import stream_funding
from placebudget.programme.objectives import add_objectives
from placebudget.programme.rules import Rule, read_rules
from placebudget.programme.rules.no_worse_off import right_sides
from placebudget.solver.backend.answer import RunLimits, Status, read_limits
from placebudget.solver.session.live_programme import LiveProgramme, TodaysMoney
from placebudget.solver.stages.giving_way import given_apart, least_given, with_less_kept


class Session(LiveProgramme):
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
        What working apart gives each agency with a rule ``no_worse_off``; it stays
        as it is, whatever changes, until ``set_benchmarks`` is told another.

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
            start = asked.read(one_goal, place, pooling)
            reinvest = asked.read(share, "reinvest", reinvest)
            limits = asked.read(read_limits, limits)
            if benchmarks is not None:
                said = "what placebudget.plan.benchmarks(place) says, or None"
                benchmarks = asked.read(instance, "benchmarks", benchmarks, Mapping, said)
        mode = start if start.name == FREED else flexible_pooling(place)
        programme = build(
            place,
            mode,
            objectives=names[:1],
            reinvest=reinvest,
            benchmarks=benchmarks,
            shortfall=Shortfall() if led_by_need(place) else None,
            gave_way=given_apart(place, limits, reinvest=reinvest),
        )
        super().__init__(programme, limits)
        self.place = programme.basis.place
        self._rules = {rule.name: rule for rule in read_rules(programme.basis)}
        self._today = TodaysMoney(programme, self._rules.values())
        # Limits of rules as they stand, and which have fallen away with their pools.
        self._rule_low, self._rule_high = self._row_lower.copy(), self._row_upper.copy()
        self._fallen = np.zeros(len(self._rule_low), bool)
        self._carries: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._funding = self._stream_funding()
        self._began_with = {name: money.copy() for name, money in self._funding.items()}
        self._most = self._largest_lots()
        self._refuse(names, benchmarks, start.name)
        self._contributions = self._contribution_limits()
        # Numbers of contributions that are to be a share of what a stream brings, by class.
        self._shares = self._contribution_shares()
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
                f"the place has a rule {' and '.join(kinds)}, which compares with working "
                "apart; give the session what placebudget.plan.benchmarks(place) says"
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
        self._shares.get(self._class_of[stream], {}).pop(number, None)
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

    def _contribution_shares(self) -> dict[int, dict[int, tuple[int, float]]]:
        """Year and least share of funding of contributions, by number of the variable."""
        limits, first = self.programme.basis.contributions, self.programme.columns["contribute"]
        found: dict[int, dict[int, tuple[int, float]]] = {}
        for at in np.flatnonzero(~np.isnan(limits.share)).tolist():
            share_of = int(limits.year[at]), float(limits.share[at])
            found.setdefault(int(limits.klass[at]), {})[int(first.numbers[at])] = share_of
        return found

    def _follow(self, c: int, money: np.ndarray) -> None:
        """Minima that are a share of funding become that share of what there is now."""
        routes = self.programme.columns["contribute"].index["route"]
        first = self.programme.columns["contribute"].first
        for number, (year, least) in self._shares.get(c, {}).items():
            now, most = least * float(money[year]), self._contributions[number][1]
            self._contributions[number] = (now, most)
            if str(self.programme.basis.routes[routes[number - first]]) in self._open:
                self._change_columns(np.array([number]), np.array([now]), np.array([most]))

    # --- rules --------------------------------------------------------------

    def set_limit(self, rule: str, amount: float) -> None:
        """Change the amount of a rule, in the unit its table gives it.

        Rules in per cent of other money than today's (pace, shares, equity) change
        many figures at once and are left to :func:`placebudget.optimise`.
        """
        self._known(rule, self._rules, "rule")
        held = self._rules[rule]
        refuse_negative(amount, "the amount of a rule")
        if not held.record.changes_in_place:
            raise CannotAnswer(
                f"a live session cannot change a rule of kind {held.kind}; change the place and "
                "use optimise"
            )
        if held.record.of_today:
            self._today.set_share(rule, amount / 100.0)
            for numbers, right, sense in self._today.limits(rule=rule):
                self._set_rows(numbers, right, sense)
            return
        scale = self.programme.basis.scale
        limit = amount / (scale.money if held.record.of_money else scale.units)
        families = list(self.programme.rows_of(held))
        if not families:
            raise CannotAnswer(f"the rule {rule} sets no limit yet; give it an amount first")
        for block, mine in families:
            numbers = block.numbers[mine]
            self._set_rows(numbers, np.full(len(numbers), limit), block.sense)

    def _set_rows(self, rows: np.ndarray, limit: np.ndarray, sense: str) -> None:
        """New right sides of rules; those that fell away with a pool keep them for later."""
        self._rule_low[rows] = -np.inf if sense == "<=" else limit
        self._rule_high[rows] = np.inf if sense == ">=" else limit
        held = rows[~self._fallen[rows]]
        self._change_rows(held, self._rule_low[held], self._rule_high[held])

    def set_benchmarks(self, benchmarks: Mapping[str, Benchmark]) -> None:
        """Compare the agencies the session began with against other benchmarks.

        What :func:`placebudget.plan.benchmarks` says of the place with its money as changed
        here, so that rules ``no_worse_off`` follow it.
        """
        if missing := sorted(set(self.programme.benchmarks) - set(benchmarks)):
            raise CannotAnswer(
                f"there is no benchmark of {', '.join(missing)}; give the session what "
                "placebudget.plan.benchmarks(place) says"
            )
        for block, right in right_sides(self.programme, benchmarks):
            self._set_rows(block.numbers, right, block.sense)

    def set_gave_way(self, gave_way: Mapping[tuple[str, str, str], tuple[float, float]]) -> None:
        """Let services without effects have less or more than today by other amounts.

        What ``placebudget.solver.given_apart`` says of the place with its money as changed
        here, so that no more gives way, and no less, than must.
        """
        basis = self.programme.basis.altered({"given_way"}, gave_way=gave_way)
        self.programme = replace(self.programme, basis=basis)
        for numbers, right, sense in self._today.set_given_way(basis.given_way):
            self._set_rows(numbers, right, sense)

    def _let_fall(self, rule: Rule, fallen: bool) -> None:
        """Let a rule fall away, or hold again."""
        for block, mine in self.programme.rows_of(rule):
            self._fall(block.numbers[mine], fallen)

    def _fall(self, rows: np.ndarray, fallen: bool) -> None:
        """Let constraints fall away, or hold again."""
        self._fallen[rows] = fallen
        none = np.full(len(rows), np.inf)
        low, high = self._rule_low[rows], self._rule_high[rows]
        self._change_rows(rows, *((-none, none) if fallen else (low, high)))

    def _year(self, year: str) -> int:
        self._known(year, self.place.years, "year")
        return self.place.years.index(year)

    @staticmethod
    def _known(key: str, among: Iterable[str], what: str) -> None:
        if not isinstance(key, str) or key not in among:
            listed = ", ".join(sorted(map(str, among))[:12])
            raise CannotAnswer(f"no {what} {as_given(key)} in the session; there are: {listed}")

    # --- funding ------------------------------------------------------------

    @property
    def funding_now(self) -> Mapping[str, np.ndarray]:
        """What each stream brings as things stand, in pounds by year."""
        return self._funding

    def set_funding(self, stream: str, year: str, amount: float) -> None:
        """Change what a stream brings in a year.

        Parameters
        ----------
        stream, year : str
            Keys of the place. After the end of its agency its successors have their shares.
        amount : float
            Pounds, cash of the year.
        """
        self._known(stream, self._funding, "stream")
        refuse_negative(amount, "funding")
        at, parts = self._year(year), parts_in(self.place, stream, year)
        for key, part in parts.items():
            self._funding[key][at] = part * amount
        self._update_funding(list(parts))

    def scale_funding(self, factor: float, streams: Collection[str] | None = None) -> None:
        """Multiply the funding of some streams, or of all, by a factor in every year."""
        if not is_number(factor) or factor < 0:
            raise CannotAnswer(
                f"funding cannot be multiplied by {as_given(factor)}; a factor is a number that is "
                "not negative"
            )
        chosen = self._all_or(streams)
        if not chosen:
            return
        for stream in chosen:
            self._known(stream, self._funding, "stream")
        gone_over = (key for stream in chosen for key in heirs(self.place).get(stream, {}).values())
        every = list(dict.fromkeys([*chosen, *gone_over]))
        for stream in every:
            self._funding[stream] *= factor
        self._update_funding(every)

    def fund_by(self, factors: Mapping[str, float]) -> None:
        """Fund streams by factors of what they brought as the session began, whatever was since."""
        heir = heirs(self.place)
        changed = []
        for stream, factor in factors.items():
            for key in dict.fromkeys([stream, *heir.get(stream, {}).values()]):
                self._funding[key] = self._began_with[key] * factor
                changed.append(key)
        if changed:
            self._update_funding(changed)

    def given_now(self) -> Mapping[tuple[str, str, str], tuple[float, float]]:
        """What services without effects cannot keep, as things stand.

        For a session of the aligned place it is what ``placebudget.solver.given_apart`` says of the
        place with its money as changed here.
        """
        with self._alone():
            self._keep_again()
            answer = self._live.run(self.limits, self.limits.seconds)
            if answer.status is not Status.INFEASIBLE:
                return {}
            given = least_given(self.programme_now, self.limits)
        return with_less_kept(self.programme_now, given).basis.gave_way if given else {}

    def _all_or(self, streams: Collection[str] | None) -> Collection[str]:
        if streams is None:
            return self._funding
        return texts("streams", streams, such_as="['council_tax']")

    def _stream_funding(self) -> dict[str, np.ndarray]:
        table = stream_funding(self.place)
        return {str(name): row.to_numpy(float).copy() for name, row in table.iterrows()}

    def _update_funding(self, streams: Collection[str]) -> None:
        basis = self.programme.basis
        classes, years = basis.classes, len(basis.years)
        changed = sorted({self._class_of[stream] for stream in streams})
        money = {
            c: np.sum([self._funding[s] for s in classes.streams[c]], axis=0) / basis.scale.money
            for c in changed
        }
        self._today.fund(self._funding, streams)
        for numbers, limit, sense in self._today.limits(streams):
            self._set_rows(numbers, limit, sense)
        first = self.programme.rows["class_balance"].first
        rows = np.concatenate([first + c * years + np.arange(years) for c in changed])
        right = np.concatenate([money[c] for c in changed])
        self._change_rows(rows, right, right)
        for c in changed:
            self._follow(c, money[c])
            numbers, year = self._carry_of(c)
            if len(numbers):
                most = classes.carry_forward[c] * money[c][year]
                self._change_columns(numbers, self._lower[numbers], most)
        self._update_largest_lots()

    def _largest_lots(self) -> np.ndarray:
        """Most units of each offer that runs in lots: all the money there is may set them."""
        block, basis = self.programme.rows.get("largest_lot"), self.programme.basis
        if block is None:
            return np.zeros(0)
        funding = np.sum(list(self._funding.values()), axis=0) / basis.scale.money
        most: np.ndarray = most_units(basis, funding)[block.index["offer"], block.index["year"]]
        return most

    def _update_largest_lots(self) -> None:
        most = self._largest_lots()
        moved = np.flatnonzero(most != self._most)
        if len(moved):
            rows = self.programme.rows["largest_lot"].numbers[moved]
            run = self.programme.columns["run"].numbers[moved]
            with self._alone():
                self._live.change_coefficients(rows, run, -most[moved])
        self._most = most

    def _carry_of(self, c: int) -> tuple[np.ndarray, np.ndarray]:
        """Variables of what a class carries forward, and their years."""
        if c not in self._carries:
            carry = self.programme.columns["carry"]
            mine = carry.index["class"] == c
            self._carries[c] = (carry.numbers[mine], carry.index["year"][mine])
        return self._carries[c]

    @cached_property
    def _class_of(self) -> dict[str, int]:
        streams = self.programme.basis.classes.streams
        return {name: c for c, names in enumerate(streams) for name in names}

    # --- pools and ring-fences ----------------------------------------------

    def set_pools(self, pools: Collection[str]) -> None:
        """Open these pools and close the others; rules about closed pools fall away.

        What a closed pool pays today for another agency's services stays, carried on.
        """
        wanted = frozenset(_pools(pools))
        routes = [str(route) for route in self.programme.basis.routes]
        for pool in wanted:
            self._known(pool, routes[1:], "pool")
        self._only_if_flexible("pools")
        block = self.programme.columns["contribute"]
        open_ = np.isin(np.array(routes)[block.index["route"]], sorted(wanted))
        held = [self._contributions[n] for n in block.numbers.tolist()]
        low = np.array([a for a, _ in held]).reshape(len(held)) * open_
        # A closed pool goes on with what it pays today, which constraints say in full.
        most = np.where(self._goes_on, np.inf, 0.0)
        high = np.where(open_, np.array([b for _, b in held]).reshape(len(held)), most)
        self._change_columns(block.numbers, low, high)
        self._open = wanted
        self._rules_about_pools()
        for name in FAMILIES:
            if rows := self.programme.rows.get(name):
                freed = np.isin(np.array(routes)[rows.index["route"]], sorted(wanted))
                self._fall(rows.numbers[freed], True)
                self._fall(rows.numbers[~freed], False)

    @cached_property
    def _goes_on(self) -> np.ndarray:
        """Which contributions a pool goes on with when it is closed."""
        block, rows = self.programme.columns["contribute"], self.programme.rows.get(PAID_IN)
        goes_on = np.zeros(len(block), bool)
        if rows is not None:
            goes_on[rows.column - block.first] = True
        return goes_on

    def open_pools(self, pools: Collection[str]) -> None:
        """Open pools beside those that are open."""
        self.set_pools(self._open.union(_pools(pools)))

    def close_pools(self, pools: Collection[str]) -> None:
        """Close pools."""
        self.set_pools(self._open.difference(_pools(pools)))

    def _rules_about_pools(self) -> None:
        for rule in self._rules.values():
            pools = rule.subject.get("pool")
            if pools is not None:
                self._let_fall(rule, not self._open & set(pools))
            elif rule.record.benchmarked:
                # It compares with working apart, which an aligned place does.
                self._let_fall(rule, not self._open)

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
        refuse_uncounted_debt(self.place, names)
        self._reweigh(self.place, names[0])

    def _reweigh(self, place: Place, name: str | None = None) -> None:
        old = self.programme
        basis = replace(old.basis, place=place)
        chosen = add_objectives([name or old.objectives[0].name], old.draft, basis)
        self.make_the_most_of(*chosen)
        self.place, self.programme = place, replace(self.programme, basis=basis)

    def _only_if_flexible(self, what: str) -> None:
        if not self.programme.basis.pooling.flexible:
            raise CannotAnswer(f"a freed place has no {what} to change; start a pooled session")


def _pools(given: Collection[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise CannotAnswer(f"give a list of pools such as {[given]}, not the text {given!r}")
    return texts("pools", given, such_as="['better_care']")


def refuse_negative(given: object, what: str) -> None:
    """Refuse what is no number, or a negative one."""
    if not is_number(given) or given < 0:
        raise CannotAnswer(f"{what} is a number that is not negative, not {as_given(given)}")
