"""The rules of a place in a live model: their amounts change in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from placebudget.arguments import as_given, is_number
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.programme import Benchmark, Programme
from placebudget.programme.rules import Rule, read_rules
from placebudget.programme.rules.no_worse_off import right_sides
from placebudget.solver.answer import RunLimits
from placebudget.solver.live_programme import LiveProgramme
from placebudget.solver.todays_money import TodaysMoney


class LiveRules(LiveProgramme):
    """A live programme whose rules may be asked for more or less.

    Parameters
    ----------
    programme : Programme
        With one objective that adds up value.
    place : Place
        The place it was written for.
    limits : RunLimits, optional
        Time and stop signal of every solve.
    """

    def __init__(self, programme: Programme, place: Place, limits: RunLimits | None = None) -> None:
        super().__init__(programme, limits)
        self.place = place
        self._rules = {rule.name: rule for rule in read_rules(programme.basis)}
        self._today = TodaysMoney(programme, self._rules.values())
        # Limits of rules as they stand, and which have fallen away with their pools.
        self._rule_low, self._rule_high = self._row_lower.copy(), self._row_upper.copy()
        self._fallen = np.zeros(len(self._rule_low), bool)

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
        """Compare the agencies the session began with against another aligned plan.

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

    def _let_fall(self, rule: Rule, fallen: bool) -> None:
        """Let a rule fall away, or hold again."""
        for block, mine in self.programme.rows_of(rule):
            rows = block.numbers[mine]
            self._fallen[rows] = fallen
            low, high = self._rule_low[rows], self._rule_high[rows]
            none = np.full(len(rows), np.inf)
            self._change_rows(rows, *((-none, none) if fallen else (low, high)))

    def _year(self, year: str) -> int:
        self._known(year, self.place.years, "year")
        return self.place.years.index(year)

    @staticmethod
    def _known(key: str, among: Iterable[str], what: str) -> None:
        if not isinstance(key, str) or key not in among:
            listed = ", ".join(sorted(map(str, among))[:12])
            raise CannotAnswer(f"no {what} {as_given(key)} in the session; there are: {listed}")


def refuse_negative(given: object, what: str) -> None:
    """Refuse what is no number, or a negative one."""
    if not is_number(given) or given < 0:
        raise CannotAnswer(f"{what} is a number that is not negative, not {as_given(given)}")
