"""Why a service gets as much as it does, or nothing: the first sentence of an explanation."""

from __future__ import annotations

from collections.abc import Sequence

from placebudget.plan.speech import Speech
from placebudget.plan.why import Why
from placebudget.plan.why_phrases import Phrases
from placebudget.programme import Basis, Objective
from placebudget.words import spoken


class Reasons(Phrases):
    """Says why a service gets what it gets.

    Parameters
    ----------
    why : Why
        The figures.
    what : str
        The service as it should be read, such as "home care in Burnley".
    basis, objective : Basis, Objective
        Of the plan.
    unit_costs : tuple of float
        What a unit costs in the price base, in pounds, one an offer.
    one_unit : str
        What one unit is.
    """

    def __init__(
        self,
        why: Why,
        what: str,
        basis: Basis,
        objective: Objective,
        unit_costs: Sequence[float],
        one_unit: str,
    ) -> None:
        super().__init__(why, basis, objective)
        self.what, self.unit_costs, self.one_unit = what, unit_costs, one_unit
        self.speech = Speech()

    def why_this_much(self) -> None:
        why = self.why
        head = f"{self.what} gets {spoken(why.total)}{self.over()}"
        paid = ("money", why.total, "pounds", self.span())
        last, elsewhere = self._last()
        carried = (
            ("worth of the last pound there", last, self.per_pound),
            ("worth of the last pound elsewhere", elsewhere, self.per_pound),
            ("cut-off", why.cut_off, self.per_pound),
        )
        if last is None and why.held_worth is not None and why.holds:
            worth = why.held_worth / why.last_step
            said = f"by value alone the last pound is worth {self.worth(worth)} there"
            if self.nil(worth):
                said = "nothing it achieves is counted in this plan"
            self.speech.say(
                f"{head} because {self.rules(why.holds)} keeps it there"
                f"{', neither more nor less' if self.locked() else ''}; {said}, "
                f"where a pound of free money elsewhere would be worth {self.worth(why.cut_off)}.",
                paid,
                ("worth of the last pound there", worth, self.per_pound),
                carried[2],
            )
            return
        if last is None:
            self.speech.say(f"{head}; the rules leave no way to take any of it away.", paid)
            return
        if why.holds and why.holds[0].gain > 0:
            stop = why.holds[0]
            self.speech.say(
                f"{head}, partly because {self.rules(why.holds[:1])} keeps it there: the last "
                f"pound is worth {self.worth(last)}.",
                paid,
                *carried[:1],
                ("gain without the rule", stop.gain, self.unit),
            )
            return
        self.speech.say(f"{head} because {self._worth_there(last, elsewhere)}.", paid, *carried)

    def _worth_there(self, last: float, elsewhere: float | None) -> str:
        why = self.why
        each = why.average_worth
        even = each is not None and self.same(each, last)
        pounds = "every pound up to there"
        is_worth = f"is worth {'' if even else 'at least '}{self.worth(last)}"
        if elsewhere is None:
            return f"{pounds} {is_worth}, and no rule lets that money go elsewhere"
        if self.same(last, elsewhere):
            return (
                f"the last pound is worth {self.worth(last)} there{self._when_last()}, as much "
                "as the same money would be worth elsewhere"
            )
        if self.same(elsewhere, why.cut_off):
            return f"{pounds} {is_worth}, above the cut-off of {self.worth(elsewhere)}"
        if self.nil(elsewhere):
            return (
                f"{pounds} {is_worth}, and the money that pays for it can do nothing better "
                "elsewhere"
            )
        return (
            f"the last pound is worth {self.worth(last)} there{self._when_last()}, more than "
            f"the {self.worth(elsewhere)} that the same money would be worth elsewhere"
        )

    def _last(self) -> tuple[float | None, float | None]:
        why = self.why
        if why.last_worth is None:
            return None, None
        last = why.last_worth / why.last_step
        return last, None if why.last_elsewhere is None else why.last_elsewhere / why.last_step

    def why_nothing(self) -> None:
        why = self.why
        head = f"{self.what} gets no money{self.over()}"
        if why.limits:
            self.speech.say(
                f"{head} because {self.limits_words()}.", ("money", 0.0, "pounds", self.span())
            )
            return
        if why.next_worth is None:
            self.speech.say(f"{head} because the rules leave no way to spend any on it.")
            return
        first = why.next_worth / why.step
        # What must be set up or bought in one lot is judged whole.
        worth = self.rate(first) if why.start_cost else self.worth(first)
        first_money = f"the first {spoken(why.step)}" if why.start_cost else "the first pound"
        if self.nil(first):
            self.speech.say(
                f"{head} because nothing it would achieve is counted in this plan.",
                ("worth of the first pound there", first, self.per_pound),
            )
            return
        if why.next_cost is None:
            self.speech.say(
                f"{head} because all the money that may pay for it is bound elsewhere; the first "
                f"pound would be worth {self.worth(first)} there.",
                ("worth of the first pound there", first, self.per_pound),
            )
            return
        cost = why.next_cost / why.step
        if first < 0 and self.nil(cost):
            self.speech.say(
                f"{head} because {first_money} would bring {self.worth(first)} there: it is "
                "better left unspent.",
                ("worth of the first pound there", first, self.per_pound),
            )
            return
        as_much = "no more than elsewhere" if self.same(first, cost) else (
            f"less than the {self.worth(cost)} it is worth {self.at(why.next_from)}"
        )  # fmt: skip
        self.speech.say(
            f"{head} because {first_money} would be worth {worth} there, {as_much}.",
            ("worth of the first pound there", first, self.per_pound),
            ("worth of the same money elsewhere", cost, self.per_pound),
        )

    def _when_last(self) -> str:
        last, _ = self._last()
        return "" if last is None else self.when(self.why.last_by_year, last)

    def when(self, by_year: dict[int, float], worth: float) -> str:
        """The year a worth belongs to, where the years differ."""
        same = [t for t, value in by_year.items() if self.same(value, worth)]
        if len(same) == 1 < len(by_year):
            return f" (in {self.basis.years[same[0]]})"
        return ""

    def locked(self) -> bool:
        """Whether the same rule keeps it from more and from less."""
        above = {(stop.kind, stop.name) for stop in self.why.limits}
        below = {(stop.kind, stop.name) for stop in self.why.holds}
        return bool(below) and above == below
