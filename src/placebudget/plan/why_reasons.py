"""Why a service gets as much as it does, or nothing: the first sentence of an explanation."""

from __future__ import annotations

from collections.abc import Sequence

from placebudget.plan.speech import Speech
from placebudget.plan.why import Why
from placebudget.plan.why_phrases import Phrases
from placebudget.programme import Basis, Objective
from placebudget.words import money

_NEAR = 0.01


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
        head = self._head()
        paid = ("money", self._said_here, "pounds")
        last, elsewhere = self._last()
        here = ("worth of the last money there", last, self.per_pound)
        if last is None and why.held_worth is not None and why.holds:
            self._held(head, why.held_worth / why.last_step)
        elif last is None:
            self.speech.say(f"{head}; the rules leave no way to take any of it away.", paid)
        elif why.holds and why.holds[0].gain > 0:
            stop = why.holds[0]
            self.speech.say(
                f"{head}, partly because {self.rules(why.holds[:1])} keeps it there: "
                f"{self.last_money} there is worth {self.named(last)}, and without the rule "
                f"{money(-stop.moved)} less there would make the plan {self.gain(stop.gain)}.",
                paid,
                here,
                ("gain without the rule", stop.gain, self.unit),
                ("money it would get less", -stop.moved, "pounds"),
            )
        else:
            self.speech.say(
                f"{head} because {self._worth_there(last, elsewhere)}.",
                paid,
                here,
                ("worth of the last money elsewhere", elsewhere, self.per_pound),
            )

    def _head(self) -> str:
        """Who gets how much; of several years asked about first all, then the one looked into."""
        why = self.why
        if not self.several:
            return f"{self.what} gets {money(why.total)}{self.over()}"
        spent = why.money[why.asked]
        if spent.max() - spent.min() <= _NEAR * spent.max():
            each = f"about {money(float(spent.mean()))} a year"
        else:
            each = f"between {money(float(spent.min()))} and {money(float(spent.max()))} a year"
        years = [self.basis.years[t] for t in why.asked]
        self.speech.say(
            f"{self.what} gets {money(float(spent.sum()))}{self.over()}, {each}.",
            ("money", float(spent.sum()), "pounds", "all"),
            *(("money", float(of), "pounds", t) for t, of in zip(years, spent, strict=True)),
        )
        return f"In {self.year} it gets {money(why.total)}"

    @property
    def _said_here(self) -> float | None:
        """The money, where the sentence before has not said it year by year."""
        return None if self.several else self.why.total

    def _held(self, head: str, worth: float) -> None:
        """Rules leave none of it to be taken away: by them, and by what it is worth."""
        why = self.why
        elsewhere = None if why.held_elsewhere is None else why.held_elsewhere / why.last_step
        rules, locked = self.rules(why.holds), ", neither more nor less" if self.locked() else ""
        kept = f"{head} because {rules} keeps it there{locked}"
        if elsewhere is not None and not self.nil(worth) and self.same(worth, elsewhere):
            said = (
                f"{kept}; without it, too, {self.last_money} would be worth {self.named(worth)} "
                "there, as much as elsewhere"
            )
        elif elsewhere is not None and not self.nil(worth) and worth > elsewhere:
            said = (
                f"{kept}; without it, too, {self.last_money} would be worth more there "
                f"({self.named(worth)}) than elsewhere ({self.bare(elsewhere)})"
            )
        elif self.nil(worth):
            said = f"{kept}; nothing it achieves is counted in this plan"
            if elsewhere is not None and not self.nil(elsewhere):
                said += f", and elsewhere {self.last_money} would be worth {self.named(elsewhere)}"
        else:
            said = (
                f"{kept}; by value alone {self.last_money} would be worth {self.named(worth)} there"
            )
            said += "" if elsewhere is None else f" and {self.bare(elsewhere)} elsewhere"
        self.speech.say(
            f"{said}.",
            ("money", self._said_here, "pounds"),
            ("worth of the last money there", worth, self.per_pound),
            ("worth of the last money elsewhere", elsewhere, self.per_pound),
        )

    def _worth_there(self, last: float, elsewhere: float | None) -> str:
        why = self.why
        each = why.average_worth
        even = each is not None and self.same(each, last)
        paid_by = self.paid_by(why.last_paid_by)
        is_worth = f"{self.last_money}{paid_by} is worth {self.named(last)} there"
        if elsewhere is not None and self.same(last, elsewhere):
            return f"{is_worth}, as much as it would be worth elsewhere"
        it = "it"
        if even:
            is_worth = f"all of it is worth {self.named(last)} there"
            it = f"that {self.last_money}"
        if elsewhere is None:
            return f"{is_worth}, and no rule lets that money go elsewhere"
        if self.nil(elsewhere):
            return f"{is_worth}, and the same money would gain nothing elsewhere"
        return f"{is_worth}, more than the {self.bare(elsewhere)} {it} would be worth elsewhere"

    def paid_by(self, streams: Sequence[str]) -> str:
        """Whose money it is, where the last money there and the next would be of two kinds."""
        why = self.why
        if not (why.last_paid_by and why.next_paid_by) or why.last_paid_by == why.next_paid_by:
            return ""
        _, elsewhere = self._last()
        if elsewhere is None or why.next_cost is None:
            return ""
        if self.same(elsewhere, why.next_cost / why.step):
            return ""
        return f" ({self.streams(streams)})"

    @property
    def last_money(self) -> str:
        """What was taken away to find what it is worth there."""
        return f"the last {money(self.why.last_step)}"

    def _last(self) -> tuple[float | None, float | None]:
        why = self.why
        if why.last_worth is None:
            return None, None
        last = why.last_worth / why.last_step
        return last, None if why.last_elsewhere is None else why.last_elsewhere / why.last_step

    def why_nothing(self) -> None:
        why = self.why
        head = f"{self.what} gets no money{self.over()}"
        if self.several and self.year:
            head += f"; in {self.year} that is"
        if why.limits:
            self.speech.say(f"{head} because {self.limits_words()}.", ("money", 0.0, "pounds"))
            return
        if why.next_worth is None:
            self.speech.say(f"{head} because the rules leave no way to spend any on it.")
            return
        first = why.next_worth / why.step
        first_money = f"the first {money(why.step)}"
        if self.nil(first):
            self.speech.say(
                f"{head} because nothing it would achieve is counted in this plan.",
                ("worth of the first money there", first, self.per_pound),
            )
            return
        if why.next_cost is None:
            self.speech.say(
                f"{head} because all the money that may pay for it is bound elsewhere; "
                f"{first_money} would be worth {self.rate(first)} there.",
                ("worth of the first money there", first, self.per_pound),
            )
            return
        cost = why.next_cost / why.step
        if first < 0 and self.nil(cost):
            self.speech.say(
                f"{head} because {first_money} would bring {self.rate(first)} there: it is "
                "better left unspent.",
                ("worth of the first money there", first, self.per_pound),
            )
            return
        as_much = "no more than elsewhere" if self.same(first, cost) else (
            f"less than the {self.bare(cost)} it is worth {self.at(why.next_from)}"
        )  # fmt: skip
        self.speech.say(
            f"{head} because {first_money} would be worth {self.rate(first)} there, {as_much}.",
            ("worth of the first money there", first, self.per_pound),
            ("worth of the same money elsewhere", cost, self.per_pound),
        )

    def locked(self) -> bool:
        """Whether the same rule keeps it from more and from less."""
        above = {(stop.kind, stop.name) for stop in self.why.limits}
        below = {(stop.kind, stop.name) for stop in self.why.holds}
        return bool(below) and above == below
