"""Why a service gets what it gets, in sentences that can be read out at a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from placebudget.plan.why import Why
from placebudget.plan.why_phrases import LAW, Phrases
from placebudget.programme import Basis, Objective
from placebudget.words import number, percent, spoken

_MILLION = 1e6
_NEAR = 0.01
Figure = tuple[str, float | None, str] | tuple[str, float | None, str, str]
COLUMNS = ("sentence", "figure", "year", "value", "unit")


@dataclass
class Speech:
    """Sentences and the figures that carry them, as they are put together."""

    sentences: list[str] = field(default_factory=list)
    rows: list[tuple[int, str, str, float, str]] = field(default_factory=list)

    def say(self, text: str, *figures: Figure) -> None:
        """A sentence with its figures (name, value, unit and, where it has one, year)."""
        self.sentences.append(text[0].upper() + text[1:])
        for figure in figures:
            name, value, unit = figure[:3]
            if value is not None:
                year = figure[3] if len(figure) == 4 else ""
                self.rows.append((len(self.sentences), name, year, float(value), unit))

    def figures(self) -> pd.DataFrame:
        """The figures as a tidy table."""
        frame = pd.DataFrame(self.rows, columns=list(COLUMNS))
        return frame.astype(
            {"sentence": "int64", "figure": "str", "year": "str", "value": float, "unit": "str"}
        )


class Words(Phrases):
    """Puts the figures of one service into sentences.

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

    def spoken(self) -> Speech:
        """All sentences, at most six."""
        why = self.why
        (self._why_this_much if why.funded else self._why_nothing)()
        if why.limits:
            self._limits()
        else:
            self._next()
            self._stops()
        self._change()
        self._free_money()
        self._years()
        return self.speech

    # --- why this much ------------------------------------------------------------

    def _why_this_much(self) -> None:
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
                f"{', neither more nor less' if self._locked() else ''}; {said}, "
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

    def _why_nothing(self) -> None:
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
        return "" if last is None else self._when(self.why.last_by_year, last)

    def _when(self, by_year: dict[int, float], worth: float) -> str:
        """The year a worth belongs to, where the years differ."""
        same = [t for t, value in by_year.items() if self.same(value, worth)]
        if len(same) == 1 < len(by_year):
            return f" (in {self.basis.years[same[0]]})"
        return ""

    # --- the next pound and what stopped it ----------------------------------------

    def _next(self) -> None:
        why = self.why
        if not why.funded or why.next_worth is None:
            return
        worth = why.next_worth / why.step
        here = ("worth of the next pound there", worth, self.per_pound)
        size = f"The next {spoken(why.step)}"
        when = self._when(why.next_by_year, worth)
        if self.nil(worth):
            self.speech.say(f"{size} would gain nothing there.", here)
        elif why.next_cost is None:
            self.speech.say(
                f"{size} would be worth {self.rate(worth)} there{when}, but all the "
                "money that may pay for it is on it already or bound elsewhere.",
                here,
            )
        elif worth < 0 and self.nil(why.next_cost / why.step):
            self.speech.say(
                f"{size} would bring {self.rate(worth)} there{when}: it is better left unspent.",
                here,
            )
        else:
            cost = why.next_cost / why.step
            there = ("worth of the same money elsewhere", cost, self.per_pound)
            if self.same(worth, cost):
                self.speech.say(
                    f"The next pound would be worth {self.worth(worth)}, no more than elsewhere.",
                    here,
                    there,
                )
            else:
                self.speech.say(
                    f"{size} would be worth {self.rate(worth)} there{when}, less than "
                    f"the {self.worth(cost)} the same money is worth {self.at(why.next_from)}.",
                    here,
                    there,
                )
        if why.room < _MILLION:
            self.speech.sentences[-1] += f" It could use only {spoken(why.room)} more."
            self.speech.rows.append(
                (len(self.speech.sentences), "room", "", float(why.room), "pounds")
            )

    def _limits(self) -> None:
        if self.why.funded and not self._locked():
            self.speech.say(f"It stops there because {self.limits_words()}.")

    def _locked(self) -> bool:
        """Whether the same rule keeps it from more and from less."""
        above = {(stop.kind, stop.name) for stop in self.why.limits}
        below = {(stop.kind, stop.name) for stop in self.why.holds}
        return bool(below) and above == below

    def _stops(self) -> None:
        for stop in self.why.stops[:1]:
            self.speech.say(
                f"{self.stop(stop)} also keeps it from getting more: without it, "
                f"{spoken(stop.moved)} more there would make the plan {self.gain(stop.gain)}.",
                ("gain without the limit", stop.gain, self.unit),
                ("money it would get more", stop.moved, "pounds"),
            )
        for stop in self.why.unreached[:1]:
            self.speech.say(
                f"{self.streams(stop)} would be worth more there but {self.barred(stop)}: "
                f"{spoken(stop.moved)} of it would make the plan {self.gain(stop.gain)}.",
                ("gain if the money could pay for it", stop.gain, self.unit),
                ("money that would come", stop.moved, "pounds"),
            )

    # --- what would have to change ---------------------------------------------------

    def _change(self) -> None:
        why = self.why
        if why.limits:
            self._change_of_limits()
        elif why.cost_share is not None:
            self._cheaper(why.cost_share)
        elif not (why.stops or why.unreached) and why.next_worth and why.next_cost:
            worth, cost = why.next_worth / why.step, why.next_cost / why.step
            if not self.nil(worth):
                self.speech.say(
                    f"To get {'more' if why.funded else 'any'}, a pound there would have to be "
                    "worth more than "
                    f"{self.worth(cost)}.",
                    ("worth at which it would get more", cost, self.per_pound),
                )

    def _change_of_limits(self) -> None:
        why, stop = self.why, self.why.if_set_aside
        if any(each.rule is not None and each.rule.basis == LAW for each in why.limits):
            self.speech.say("That is law, and this plan never goes past it.")
        elif stop is None:
            self.speech.say("More room would gain nothing: no pound more on it would help.")
        else:
            self.speech.say(
                f"If that gave way, {spoken(stop.moved)} more there would make the plan "
                f"{self.gain(stop.gain)}.",
                ("gain if the limit gave way", stop.gain, self.unit),
                ("money it would get more", stop.moved, "pounds"),
            )

    def _cheaper(self, share: float) -> None:
        if len(self.unit_costs) == 1:
            now = self.unit_costs[0]
            self.speech.say(
                f"It would get money if one unit ({self.one_unit}) cost less than about "
                f"£{number(now * share)} instead of £{number(now)}, at {self.base} prices.",
                ("unit cost at which it would get money", now * share, "pounds a unit"),
                ("unit cost", now, "pounds a unit"),
            )
        else:
            self.speech.say(
                f"It would get money if a unit cost about {percent(1 - share)} less, or did as "
                "much more.",
                ("share of its unit cost at which it would get money", share, "share"),
            )

    def _free_money(self) -> None:
        why = self.why
        if self.nil(why.cut_off):
            return
        at = self.at(why.cut_off_at)
        self.speech.say(
            f"The next best use of {spoken(_MILLION)} of free money would be {at}, worth "
            f"{self.rate(why.cut_off)}."
            if why.cut_off_at
            else f"{spoken(_MILLION)} of free money would at best be worth "
            f"{self.rate(why.cut_off)} elsewhere.",
            ("cut-off", why.cut_off, self.per_pound),
        )

    def _years(self) -> None:
        why = self.why
        if len(why.years) == 1:
            return
        spent = [float(why.money[t]) for t in why.years]
        first, last = why.years[0], why.years[-1]
        figures = [("money", float(why.money[t]), "pounds", self.basis.years[t]) for t in why.years]
        for name, by_year in (("next", why.next_by_year), ("last", why.last_by_year)):
            figures += [
                (f"worth of the {name} pound there", value, self.per_pound, self.basis.years[t])
                for t, value in by_year.items()
            ]
        if max(spent) - min(spent) <= _NEAR * max(spent):
            return
        text = f"It gets {spoken(spent[0])} in {self.basis.years[first]} and {spoken(spent[-1])} in"
        text += f" {self.basis.years[last]}"
        ends = sorted((spent[0], spent[-1]))
        if max(spent) > ends[1] * (1 + _NEAR) or min(spent) < ends[0] * (1 - _NEAR):
            text += f", between {spoken(min(spent))} and {spoken(max(spent))} a year"
        self.speech.say(f"{text}.", *figures)
