"""Why a service gets what it gets, in sentences that can be read out at a meeting."""

from __future__ import annotations

from placebudget.plan.speech import Speech
from placebudget.plan.why_phrases import LAW
from placebudget.plan.why_reasons import Reasons
from placebudget.words import number, percent, spoken

_MILLION = 1e6
_NEAR = 0.01


class Words(Reasons):
    """Puts the figures of one service into sentences; see :class:`Reasons`."""

    def spoken(self) -> Speech:
        """All sentences, at most six."""
        why = self.why
        (self.why_this_much if why.funded else self.why_nothing)()
        if why.limits:
            self._limits()
        else:
            self._next()
            self._stops()
        self._change()
        self._free_money()
        self._years()
        return self.speech

    # --- the next pound and what stopped it ----------------------------------------

    def _next(self) -> None:
        why = self.why
        if not why.funded or why.next_worth is None:
            return
        worth = why.next_worth / why.step
        here = ("worth of the next pound there", worth, self.per_pound)
        size = f"The next {spoken(why.step)}"
        when = self.when(why.next_by_year, worth)
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
        if self.why.funded and not self.locked():
            self.speech.say(f"It stops there because {self.limits_words()}.")

    def _stops(self) -> None:
        for stop in self.why.stops[:1]:
            if stop.rule is not None and stop.rule.basis == LAW:
                self.speech.say(f"{self.stop(stop)} also keeps it from getting more, and stays.")
                continue
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
