"""Figures, rules and limits of an explanation as parts of sentences."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from placebudget.place.names import Names
from placebudget.place.rule_words import rule_words
from placebudget.plan.why import Why
from placebudget.programme import Basis, Objective
from placebudget.programme.rules import Rule
from placebudget.solver import Stop
from placebudget.solver.service_limits import (
    AT_RISK,
    CAPACITY,
    CONTRIBUTION,
    FIRST_YEAR,
    LOT,
    NEED,
    RULE,
)
from placebudget.words import count, in_pounds, money, pence

_MILLION = 1e6
_NEAR = 0.01
_LONG = 110
LAW = "law"

_NUMBERS: dict[int, str] = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven"}
_LIMITS = {
    NEED: "all the need there is met",
    CAPACITY: "its providers can deliver no more",
    FIRST_YEAR: "it cannot start earlier",
    LOT: "it would need a start or a larger lot than the plan has decided on",
}
_BY_YEAR = (NEED, CAPACITY, FIRST_YEAR, LOT)


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
        return _NUMBERS.get(years, str(years))

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
        table = self.basis.place.filled("rules").set_index("rule", drop=False)
        row = table.loc[rule.name]
        text = rule_words(row, self.names)
        reference = "" if pd.isna(row["reference"]) else str(row["reference"])
        basis = rule.basis
        if basis == LAW and reference:
            basis = f"law, {reference}"
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
