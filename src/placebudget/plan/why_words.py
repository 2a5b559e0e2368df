"""Why a service gets what it gets, in sentences that can be read out at a meeting."""

from __future__ import annotations

from placebudget.plan.speech import Speech
from placebudget.plan.why_phrases import LAW
from placebudget.plan.why_reasons import Reasons
from placebudget.solver import Stop
from placebudget.solver.service_limits import MONEY
from placebudget.words import money, percent, whole_pounds

_MILLION = 1e6


class Words(Reasons):
    """Puts the figures of one service into sentences; see :class:`Reasons`."""

    def spoken(self) -> Speech:
        """All sentences, at most six."""
        why = self.why
        (self.why_this_much if why.funded else self.why_nothing)()
        if why.limits:
            self._limits()
            self._change_of_limits()
        else:
            self._next()
            self._stops_or_change()
        self._free_money()
        self._other_years()
        return self.speech.dated(self.span())

    # --- the next money and what stopped it ----------------------------------------

    def _next(self) -> None:
        why = self.why
        if not why.funded or why.next_worth is None:
            return
        worth = why.next_worth / why.step
        cost = None if why.next_cost is None else why.next_cost / why.step
        here = ("worth of the next money there", worth, self.per_pound)
        there = ("worth of the same money elsewhere", cost, self.per_pound)
        size = f"the next {money(why.step)}"
        if self.nil(worth):
            said = f"{size} would gain nothing there"
        elif cost is None:
            said = (
                "all the money that may pay for it is on it already or bound elsewhere; "
                f"{size} would be worth {self.rate(worth)} there"
            )
        elif worth < 0 and self.nil(cost):
            said = f"{size} would bring {self.rate(worth)} there: it is better left unspent"
        elif self.same(worth, cost):
            said = f"{size} would be worth {self.rate(worth)} there, no more than elsewhere"
        else:
            said = (
                f"{size} would be worth {self.rate(worth)} there, less than the "
                f"{self.bare(cost)} that the money for it{self.paid_by(why.next_paid_by)} is "
                f"worth {self.at(why.next_from)}"
            )
        when = "that year " if self.year else ""
        self.speech.say(f"It stops there because {when}{said}.", here, there)
        if why.room < _MILLION:
            self.speech.sentences[-1] += f" It could use only {money(why.room)} more."
            self.speech.rows.append(
                (len(self.speech.sentences), "room", "", float(why.room), "pounds")
            )

    def _limits(self) -> None:
        if self.why.funded and not self.locked():
            self.speech.say(f"It stops there because {self.limits_words()}.")

    def _stops_or_change(self) -> None:
        """The limit that costs most; where there is none, what would have to change."""
        why = self.why
        found = sorted([*why.stops[:1], *why.unreached[:1]], key=lambda stop: -stop.gain)
        if found and found[0].kind == MONEY:
            self._barred(found[0])
        elif found:
            self._stop(found[0])
        elif why.cost_share is not None:
            self._cheaper(why.cost_share)
        elif not why.funded and why.next_worth and why.next_cost:
            worth, cost = why.next_worth / why.step, why.next_cost / why.step
            if not self.nil(worth):
                self.speech.say(
                    f"To get any, a pound there would have to be worth more than "
                    f"{self.worth(cost)}.",
                    ("worth at which it would get money", cost, self.per_pound),
                )

    def _stop(self, stop: Stop) -> None:
        if stop.rule is not None and stop.rule.basis == LAW:
            self.speech.say(f"{self.stop(stop)} also keeps it from getting more, and stays.")
            return
        self.speech.say(
            f"{self.stop(stop)} also keeps it from getting more: without it, "
            f"{money(stop.moved)} more there{' that year' if self.year else ''} would make the "
            f"plan {self.gain(stop.gain)}.",
            ("gain without the limit", stop.gain, self.unit),
            ("money it would get more", stop.moved, "pounds"),
        )

    def _barred(self, stop: Stop) -> None:
        self.speech.say(
            f"{self.streams(stop.streams)} would be worth more there but {self.barred(stop)}: if "
            f"{money(stop.offered)} of it could pay for it{' that year' if self.year else ''}, "
            f"the plan would be {self.gain(stop.gain)}.",
            ("gain if the money could pay for it", stop.gain, self.unit),
            ("money that could pay for it", stop.offered, "pounds"),
            ("money it would get more", stop.moved, "pounds"),
        )

    # --- what would have to change ---------------------------------------------------

    def _change_of_limits(self) -> None:
        why, stop = self.why, self.why.if_set_aside
        if any(each.rule is not None and each.rule.basis == LAW for each in why.limits):
            self.speech.say("That is law, and this plan never goes past it.")
        elif stop is None:
            self.speech.say("More room would gain nothing: no pound more on it would help.")
        else:
            self.speech.say(
                f"If that gave way, {money(stop.moved)} more there"
                f"{' that year' if self.year else ''} would make the plan {self.gain(stop.gain)}.",
                ("gain if the limit gave way", stop.gain, self.unit),
                ("money it would get more", stop.moved, "pounds"),
            )

    def _cheaper(self, share: float) -> None:
        if len(self.unit_costs) == 1:
            now = self.unit_costs[0]
            self.speech.say(
                f"It would get money if one unit ({self.one_unit}) cost less than "
                f"about {whole_pounds(now * share)} instead of {whole_pounds(now)}, at {self.base} "
                "prices.",
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
        best = self.rate(why.cut_off)
        size = f"{money(_MILLION)} of new money under no conditions"
        said = f"{size} would be worth most {self.at(why.cut_off_at)}: {best}"
        if not why.cut_off_at:
            said = f"{size} would be worth {best} at best, on several services"
        self.speech.say(
            f"elsewhere, {'that year ' if self.year else ''}{said}.",
            ("worth of new money under no conditions, elsewhere", why.cut_off, self.per_pound),
        )

    def _other_years(self) -> None:
        """The same for the last of the other years; the figures of all of them."""
        why, others = self.why, self.why.others
        if not others:
            return
        if why.limits:
            if why.full == others:
                also = "the other year" if len(others) == 1 else "each of the other years"
                self.speech.say(f"In {also}, too, it can use no more.")
            return
        if not why.margins:
            return
        last = max(why.margins)
        margin = why.margins[last]
        self.speech.say(
            f"In {self.basis.years[last]} the {'next' if why.funded else 'first'} "
            f"{money(why.step)} would be worth {self.rate(margin.there)} there, and the money for "
            f"it {self.bare(margin.now)} where it is.",
            *(
                (name, value, self.per_pound, self.basis.years[t])
                for t, each in sorted(why.margins.items())
                for name, value in (
                    ("worth of the next money there", each.there),
                    ("worth of the same money elsewhere", each.now),
                )
            ),
        )
