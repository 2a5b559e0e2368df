"""Why a service gets what it gets, in sentences that can be read out at a meeting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from placebudget.place.names import Names, basis_of, rule_words
from placebudget.plan.explain.known import NUMBERS, TODAY, Speech, Why, against_today
from placebudget.programme import Basis, Objective
from placebudget.programme.rules import Rule
from placebudget.solver import BUILD, CAPACITY, NEED, Stop
from placebudget.solver.marginal.service_limits import (
    AT_RISK,
    CONTRIBUTION,
    FIRST_YEAR,
    LOT,
    MONEY,
    RULE,
)
from placebudget.words import count, in_pounds, money, pence, percent, whole_pounds

_MILLION = 1e6
_NEAR = 0.01

_LONG = 110
LAW = "law"

_LIMITS = {
    NEED: "all the need there is met",
    CAPACITY: "its providers can deliver no more",
    BUILD: "no more of it can be built up so soon",
    FIRST_YEAR: "it cannot start earlier",
    LOT: "it would need a start or a larger lot than the plan has decided on",
}
_BY_YEAR = (NEED, CAPACITY, BUILD, FIRST_YEAR, LOT)


class Phrases:
    """What is said of one service's figures, in parts of sentences.

    Parameters
    ----------
    why : Why
        The figures.
    basis, objective : Basis, Objective
        Of the plan.
    """

    def __init__(self, why: Why, basis: Basis, objective: Objective) -> None:
        self.why, self.basis, self.objective = why, basis, objective
        self.names = Names(basis.place)
        self.in_pounds = in_pounds(objective.unit)

    @property
    def several(self) -> bool:
        """Whether it was asked about several years."""
        return len(self.why.asked) > 1

    def over(self) -> str:
        """The years asked about, where the plan has several."""
        years = self.why.asked
        if len(years) == 1:
            return "" if len(self.basis.years) == 1 else f" in {self.basis.years[years[0]]}"
        return f" over {self.count(len(years))} years"

    def count(self, years: int) -> str:
        return NUMBERS.get(years, str(years))

    @property
    def year(self) -> str:
        """The year looked into; empty where that goes without saying or they are judged whole."""
        years = self.why.years
        single = len(years) == 1 < len(self.basis.years)
        return self.basis.years[years[0]] if single else ""

    def span(self) -> str:
        """The year of a figure: one, or all of them."""
        years = self.why.years
        return self.basis.years[years[0]] if len(years) == 1 else "all"

    def worth(self, value: float) -> str:
        if self.in_pounds:
            return pence(value).removesuffix(".00")
        unit = self.objective.unit.removesuffix(", discounted")
        return f"{count(value * _MILLION)} {unit} for each £1 million"

    def named(self, value: float) -> str:
        """What a pound is worth, said of many pounds, with the name of that worth."""
        worth = self.worth(value)
        return f"{worth} of {self.objective.name} a pound" if self.in_pounds else worth

    def bare(self, value: float) -> str:
        """What a pound is worth, beside another such worth whose unit was said."""
        return self.worth(value) if self.in_pounds else count(value * _MILLION)

    def rate(self, value: float) -> str:
        """What a pound is worth, said of many pounds."""
        return f"{self.worth(value)} a pound" if self.in_pounds else self.worth(value)

    def gain(self, value: float) -> str:
        if self.in_pounds:
            return f"{money(value)} of {self.objective.name} better"
        unit = self.objective.unit.removesuffix(", discounted")
        return f"{count(value)} {unit} better"

    @property
    def per_pound(self) -> str:
        return f"{self.unit}, for each pound spent"

    @property
    def unit(self) -> str:
        return f"{self.objective.name}, {self.objective.unit}"

    @property
    def base(self) -> str:
        return str(self.basis.place.settings.price_base)

    def same(self, a: float, b: float) -> bool:
        """Whether two worths are as good as one, or read alike."""
        return abs(a - b) <= _NEAR * max(abs(a), abs(b)) or self.bare(a) == self.bare(b)

    def nil(self, worth: float) -> bool:
        least = 1e-2 if self.in_pounds else 1e-12
        return abs(worth) <= 1e-4 * max(abs(self.why.cut_off), least)

    def at(self, service: str) -> str:
        return f"on {self.names.of('service', service)}" if service else "elsewhere"

    def stop(self, stop: Stop) -> str:
        if stop.rule is not None:
            return self.rules([stop])
        if stop.kind == CONTRIBUTION:
            return f"the most that may be paid into {self.names.of('pool', stop.name)}"
        outcome = self.names.of("outcome", stop.name)
        return f"the limit on how much of “{outcome}” there is to achieve"

    def rules(self, stops: Sequence[Stop]) -> str:
        said = [self._rule(stop.rule) for stop in stops[:2] if stop.rule is not None]
        return " with ".join(dict.fromkeys(said))

    def _rule(self, rule: Rule) -> str:
        if rule.implied:
            return (
                "the rule that services without a known effect keep today’s money, as far as "
                "need that must be met and other rules leave it,"
            )
        table = self.basis.place.filled("rules").set_index("rule", drop=False)
        row = table.loc[rule.name]
        text = rule_words(row, self.names)
        basis = basis_of(row, referred=rule.basis == LAW)
        if len(text) > _LONG:
            return f"{rule.record.short} ({basis})"
        return f"the rule “{text}” ({basis})"

    def limits_words(self) -> str:
        said: list[str] = []
        for stop in self.why.limits:
            text = self._limit(stop)
            own = set(stop.years) & set(self.why.years)
            if stop.kind in _BY_YEAR and own and len(own) < len(self.why.years):
                text += f" {self._in_years(sorted(own))}"
            said.append(text)
        said = list(dict.fromkeys(said))
        if len(said) < 2:
            return said[0]
        return ", ".join(said[:-1]) + " and " + said[-1]

    def _in_years(self, years: Sequence[int]) -> str:
        names = [self.basis.years[t] for t in years]
        if len(names) == 1:
            return f"in {names[0]}"
        if years[-1] - years[0] == len(years) - 1:
            return f"from {names[0]} to {names[-1]}"
        return "in " + ", ".join(names[:-1]) + " and " + names[-1]

    def _limit(self, stop: Stop) -> str:
        if stop.kind == RULE:
            return f"{self.rules([stop])} allows no more"
        if stop.kind == AT_RISK:
            return f"{self.stop(stop)} is reached"
        return _LIMITS[stop.kind]

    def streams(self, keys: Sequence[str]) -> str:
        streams = self.basis.place.filled("streams").set_index("stream")["name"]
        said = [
            key.replace("_", " ") if pd.isna(streams[key]) else str(streams[key])
            for key in keys[:2]
        ]
        more = " and other money like it" if len(keys) > 2 else ""
        return " and ".join(said) + more

    def barred(self, stop: Stop) -> str:
        basis = self.basis
        c = next(n for n, names in enumerate(basis.classes.streams) if names == stop.streams)
        fence = basis.classes.fence[c]
        agency = self.names.of("agency", str(basis.classes.agency[c]))
        if basis.classes.capital[c]:
            return "is capital money, which may not pay for running a service"
        if fence is not None and not basis.pooling.freed:
            purposes = " and ".join(sorted(p.replace("_", " ") for p in fence))
            return f"is ring-fenced to {purposes}"
        if not basis.pooling.pools:
            return f"pays only for what {agency} commissions, as nothing is pooled"
        return f"pays only for what {agency} commissions and what its pools may pay for"


class Words:
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
        self.why, self.what, self.basis = why, what, basis
        self.unit_costs, self.one_unit = unit_costs, one_unit
        self.text, self.speech = Phrases(why, basis, objective), Speech()

    def spoken(self) -> Speech:
        """All sentences, at most six."""
        why = self.why
        (self.why_this_much if why.funded else self.why_nothing)()
        self.speech.rows += self._figures_of_today()
        if why.limits:
            self._limits()
            self._change_of_limits()
        else:
            self._next()
            self._stops_or_change()
        self._free_money()
        self._other_years()
        return self.speech.dated(self.text.span())

    # --- why it gets this much, or nothing ---------------------------------------------

    def why_this_much(self) -> None:
        why = self.why
        head, comma = self._head()
        paid = ("money", self._said_here, "pounds")
        last, elsewhere = self._last()
        here = ("worth of the last money there", last, self.text.per_pound)
        if last is None and why.held_worth is not None and why.holds:
            self._held(f"{head}{comma}", why.held_worth / why.last_step)
        elif last is None:
            self.speech.say(f"{head}; the rules leave no way to take any of it away.", paid)
        elif why.holds and why.holds[0].gain > 0:
            stop = why.holds[0]
            self.speech.say(
                f"{head}, partly because {self.text.rules(why.holds[:1])} keeps it there: "
                f"{self.last_money} there is worth {self.text.named(last)}, and without the rule "
                f"{money(-stop.moved)} less there would make the plan {self.text.gain(stop.gain)}.",
                paid,
                here,
                ("gain without the rule", stop.gain, self.text.unit),
                ("money it would get less", -stop.moved, "pounds"),
            )
        else:
            self.speech.say(
                f"{head}{comma} because {self._worth_there(last, elsewhere)}.",
                paid,
                here,
                ("worth of the last money elsewhere", elsewhere, self.text.per_pound),
            )

    def _head(self) -> tuple[str, str]:
        """Who gets how much, and what comes before the reason.

        Of several years asked about first all is said, then the one looked into.
        """
        why = self.why
        spent, beside = why.money[why.asked], self._beside_today()
        if not self.text.several:
            return f"{self.what} gets {money(why.total)}{self.text.over()}{beside}", beside[:1]
        if spent.max() - spent.min() <= _NEAR * spent.max():
            each = f"about {money(float(spent.mean()))} a year"
        else:
            each = f"between {money(float(spent.min()))} and {money(float(spent.max()))} a year"
        years = [self.basis.years[t] for t in why.asked]
        self.speech.say(
            f"{self.what} gets {money(float(spent.sum()))}{self.text.over()}{beside}"
            f"{';' if beside else ','} {each}.",
            ("money", float(spent.sum()), "pounds", "all"),
            *(("money", float(of), "pounds", t) for t, of in zip(years, spent, strict=True)),
        )
        return f"In {self.text.year} it gets {money(why.total)}", ""

    def _beside_today(self) -> str:
        """How its money lies beside today's in the years asked about."""
        why, years = self.why, [self.basis.years[t] for t in self.why.asked]
        if why.today is None:
            return ""
        later = years != [self.basis.place.settings.today_year]
        now, today = (float(each[why.asked].sum()) for each in (why.money, why.today))
        return against_today(now, today, carried_on=later)

    def _figures_of_today(self) -> Iterator[tuple[int, str, str, float, str]]:
        """What its money of today comes to, as figures of the first sentence."""
        why = self.why
        if why.today is None:
            return
        for t in why.asked:
            yield 1, TODAY, self.basis.years[t], float(why.today[t]), "pounds"
        if self.text.several:
            yield 1, TODAY, "all", float(why.today[why.asked].sum()), "pounds"

    @property
    def _said_here(self) -> float | None:
        """The money, where the sentence before has not said it year by year."""
        return None if self.text.several else self.why.total

    def _held(self, head: str, worth: float) -> None:
        """Rules leave none of it to be taken away: by them, and by what it is worth."""
        why = self.why
        elsewhere = None if why.held_elsewhere is None else why.held_elsewhere / why.last_step
        rules, locked = (
            self.text.rules(why.holds),
            ", neither more nor less" if self.locked() else "",
        )
        kept = f"{head} because {rules} keeps it there{locked}"
        if elsewhere is not None and not self.text.nil(worth) and self.text.same(worth, elsewhere):
            said = (
                f"{kept}; without it, too, {self.last_money} would be worth "
                f"{self.text.named(worth)} there, as much as elsewhere"
            )
        elif elsewhere is not None and not self.text.nil(worth) and worth > elsewhere:
            said = (
                f"{kept}; without it, too, {self.last_money} would be worth more there "
                f"({self.text.named(worth)}) than elsewhere ({self.text.bare(elsewhere)})"
            )
        elif self.text.nil(worth):
            said = f"{kept}; nothing it achieves is counted in this plan"
            if elsewhere is not None and not self.text.nil(elsewhere):
                said += (
                    f", and elsewhere {self.last_money} would be worth {self.text.named(elsewhere)}"
                )
        else:
            said = (
                f"{kept}; by value alone {self.last_money} would be worth "
                f"{self.text.named(worth)} there"
            )
            said += "" if elsewhere is None else f" and {self.text.bare(elsewhere)} elsewhere"
        self.speech.say(
            f"{said}.",
            ("money", self._said_here, "pounds"),
            ("worth of the last money there", worth, self.text.per_pound),
            ("worth of the last money elsewhere", elsewhere, self.text.per_pound),
        )

    def _worth_there(self, last: float, elsewhere: float | None) -> str:
        why = self.why
        each = why.average_worth
        even = each is not None and self.text.same(each, last)
        paid_by = self.paid_by(why.last_paid_by)
        is_worth = f"{self.last_money}{paid_by} is worth {self.text.named(last)} there"
        if elsewhere is not None and self.text.same(last, elsewhere):
            return f"{is_worth}, as much as it would be worth elsewhere"
        it = "it"
        if even:
            is_worth = f"all of it is worth {self.text.named(last)} there"
            it = f"that {self.last_money}"
        if elsewhere is None:
            return f"{is_worth}, and no rule lets that money go elsewhere"
        if self.text.nil(elsewhere):
            return f"{is_worth}, and the same money would gain nothing elsewhere"
        return (
            f"{is_worth}, more than the {self.text.bare(elsewhere)} {it} would be worth elsewhere"
        )

    def paid_by(self, streams: Sequence[str]) -> str:
        """Whose money it is, where the last money there and the next would be of two kinds."""
        why = self.why
        if not (why.last_paid_by and why.next_paid_by) or why.last_paid_by == why.next_paid_by:
            return ""
        _, elsewhere = self._last()
        if elsewhere is None or why.next_cost is None:
            return ""
        if self.text.same(elsewhere, why.next_cost / why.step):
            return ""
        return f" ({self.text.streams(streams)})"

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
        beside = self._beside_today()
        head = f"{self.what} gets no money{self.text.over()}{beside}"
        if self.text.several and self.text.year:
            head += f"; in {self.text.year} that is"
        elif beside:
            head += ","
        if why.limits:
            self.speech.say(f"{head} because {self.text.limits_words()}.", ("money", 0.0, "pounds"))
            return
        if why.next_worth is None:
            self.speech.say(f"{head} because the rules leave no way to spend any on it.")
            return
        first = why.next_worth / why.step
        first_money = f"the first {money(why.step)}"
        if self.text.nil(first):
            self.speech.say(
                f"{head} because nothing it would achieve is counted in this plan.",
                ("worth of the first money there", first, self.text.per_pound),
            )
            return
        if why.next_cost is None:
            self.speech.say(
                f"{head} because all the money that may pay for it is bound elsewhere; "
                f"{first_money} would be worth {self.text.rate(first)} there.",
                ("worth of the first money there", first, self.text.per_pound),
            )
            return
        cost = why.next_cost / why.step
        if first < 0 and self.text.nil(cost):
            self.speech.say(
                f"{head} because {first_money} would bring {self.text.rate(first)} there: it is "
                "better left unspent.",
                ("worth of the first money there", first, self.text.per_pound),
            )
            return
        as_much = "no more than elsewhere" if self.text.same(first, cost) else (
            f"less than the {self.text.bare(cost)} it brings now {self.text.at(why.next_from)}"
        )  # fmt: skip
        self.speech.say(
            f"{head} because {first_money} would be worth {self.text.rate(first)} there, "
            f"{as_much}.",
            ("worth of the first money there", first, self.text.per_pound),
            ("worth of the same money elsewhere", cost, self.text.per_pound),
        )

    def locked(self) -> bool:
        """Whether the same rule keeps it from more and from less."""
        above = {(stop.kind, stop.name) for stop in self.why.limits}
        below = {(stop.kind, stop.name) for stop in self.why.holds}
        return bool(below) and above == below

    # --- the next money and what stopped it ----------------------------------------

    def _next(self) -> None:
        why = self.why
        if not why.funded or why.next_worth is None:
            return
        worth = why.next_worth / why.step
        cost = None if why.next_cost is None else why.next_cost / why.step
        here = ("worth of the next money there", worth, self.text.per_pound)
        there = ("worth of the same money elsewhere", cost, self.text.per_pound)
        size = f"the next {money(why.step)}"
        if self.text.nil(worth):
            said = f"{size} would gain nothing there"
        elif cost is None:
            said = (
                "all the money that may pay for it is on it already or bound elsewhere; "
                f"{size} would be worth {self.text.rate(worth)} there"
            )
        elif worth < 0 and self.text.nil(cost):
            said = f"{size} would bring {self.text.rate(worth)} there: it is better left unspent"
        elif self.text.same(worth, cost):
            said = f"{size} would be worth {self.text.rate(worth)} there, no more than elsewhere"
        else:
            said = (
                f"{size} would be worth {self.text.rate(worth)} there, less than the "
                f"{self.text.bare(cost)} that the money for it{self.paid_by(why.next_paid_by)} "
                f"brings now {self.text.at(why.next_from)}"
            )
        when = "that year " if self.text.year else ""
        self.speech.say(f"It stops there because {when}{said}.", here, there)
        if why.room < _MILLION:
            self.speech.sentences[-1] += f" It could use only {money(why.room)} more."
            self.speech.rows.append(
                (len(self.speech.sentences), "room", "", float(why.room), "pounds")
            )

    def _limits(self) -> None:
        if self.why.funded and not self.locked():
            self.speech.say(f"It stops there because {self.text.limits_words()}.")

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
            if not self.text.nil(worth):
                self.speech.say(
                    f"To get any, a pound there would have to be worth more than "
                    f"{self.text.worth(cost)}.",
                    ("worth at which it would get money", cost, self.text.per_pound),
                )

    def _stop(self, stop: Stop) -> None:
        if stop.rule is not None and stop.rule.basis == LAW:
            self.speech.say(f"{self.text.stop(stop)} also keeps it from getting more, and stays.")
            return
        self.speech.say(
            f"{self.text.stop(stop)} also keeps it from getting more: without it, "
            f"{money(stop.moved)} more there{' that year' if self.text.year else ''} would make "
            f"the plan {self.text.gain(stop.gain)}.",
            ("gain without the limit", stop.gain, self.text.unit),
            ("money it would get more", stop.moved, "pounds"),
        )

    def _barred(self, stop: Stop) -> None:
        self.speech.say(
            f"{self.text.streams(stop.streams)} would be worth more there but "
            f"{self.text.barred(stop)}: if {money(stop.offered)} of it could pay for it"
            f"{' that year' if self.text.year else ''}, the plan would be "
            f"{self.text.gain(stop.gain)}.",
            ("gain if the money could pay for it", stop.gain, self.text.unit),
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
                f"{' that year' if self.text.year else ''} would make the plan "
                f"{self.text.gain(stop.gain)}.",
                ("gain if the limit gave way", stop.gain, self.text.unit),
                ("money it would get more", stop.moved, "pounds"),
            )

    def _cheaper(self, share: float) -> None:
        if len(self.unit_costs) == 1:
            now = self.unit_costs[0]
            self.speech.say(
                f"It would get money if one unit ({self.one_unit}) cost less than "
                f"about {whole_pounds(now * share)} instead of {whole_pounds(now)}, at "
                f"{self.text.base} prices.",
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
        if self.text.nil(why.cut_off):
            return
        best = self.text.rate(why.cut_off)
        size = f"{money(_MILLION)} of new money under no conditions"
        said = f"{size} would be worth most {self.text.at(why.cut_off_at)}: {best}"
        if not why.cut_off_at:
            said = f"{size} would be worth {best} at best, on several services"
        self.speech.say(
            f"elsewhere, {'that year ' if self.text.year else ''}{said}.",
            ("worth of new money under no conditions, elsewhere", why.cut_off, self.text.per_pound),
        )
        self.speech.spare = len(self.speech.sentences)  # the one that is not about the service

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
        there = f"be worth {self.text.rate(margin.there)}"
        there = "gain nothing" if self.text.nil(margin.there) else there
        self.speech.say(
            f"In {self.basis.years[last]} the {'next' if why.funded else 'first'} "
            f"{money(why.step)} would {there} there, and the money for it brings "
            f"{self.text.bare(margin.now)} where it is.",
            *(
                (name, value, self.text.per_pound, self.basis.years[t])
                for t, each in sorted(why.margins.items())
                for name, value in (
                    ("worth of the next money there", each.there),
                    ("worth of the same money elsewhere", each.now),
                )
            ),
        )
