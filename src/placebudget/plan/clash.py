"""A clash in words, and a way out of it: the amounts it changes, and a place with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.errors import Infeasible, InvalidOption
from placebudget.place import Place
from placebudget.place.conditions import rules_in_force
from placebudget.place.names import Names, basis_of, listed, rule_words
from placebudget.place.settings import in_years
from placebudget.place.succession import succeeded
from placebudget.programme import Basis, Programme
from placebudget.programme.blocks.lots import DECISIONS
from placebudget.programme.linear import Columns
from placebudget.programme.lines import OfferChoice, ServiceLevel, SharedOffer
from placebudget.programme.money import Target
from placebudget.programme.rules import Rule
from placebudget.words import money, plain

# A clash in words: the promises that cannot all be kept, and what stands against them.

_MOST_AREAS = 4
_PROMISED = {
    "need_met": "{service} for everybody in need",
    "need_after": "{service} for everybody in need",
}
_LIMITING = {
    "avoided": "what prevention can avoid of the need for {service}",
    "release": "how fast capacity of {offer} can be given up",
    "build": "how fast {offer} can be built up",
    "leave_due": "what it costs to end {offer}",
}
Limited = defaultdict[str, defaultdict[str, set[int]]]


@dataclass(frozen=True)
class Clash:
    """What clashes, in words.

    Parameters
    ----------
    opening : str
        Whether one promise cannot be kept, or several cannot all be.
    promises : tuple of str
        Need that must be met and the rules that clash, each rule with its basis.
    sums : str
        What they need and what there is, where that can be said; else empty.
    limits : tuple of str
        Capacities, needs and contributions that stand against them.
    """

    opening: str
    promises: tuple[str, ...]
    sums: str
    limits: tuple[str, ...]

    @property
    def against(self) -> tuple[str, ...]:
        """All that stands against the promises."""
        who = "together they" if len(self.promises) > 1 else "it"
        return (*([f"{who} {self.sums}"] if self.sums else []), *self.limits)

    def __str__(self) -> str:
        said = [listed(self.promises), self.sums] if self.promises else []
        text = f"{self.opening}: {' '.join(filter(None, said))}." if said else f"{self.opening}."
        if self.limits:
            text += f" What stands against it: {'; '.join(self.limits)}."
        return text


def clash_in_words(
    programme: Programme,
    found: Infeasible,
    clashing: list[Rule],
    missing: float | None,
    for_need: float | None = None,
) -> Clash:
    """What a solver has found to clash, in words.

    Parameters
    ----------
    programme : Programme
        The one without a solution.
    found : Infeasible
        With the numbers of what clashes.
    clashing : list of Rule
        The rules among it.
    missing : float or None
        Pounds that would have to be found, where money alone can help.
    for_need : float, optional
        Pounds that would have to be found to meet need that must be met.
    """
    basis = programme.basis
    names = Names(basis.place)
    table = rules_in_force(basis.place).set_index("rule", drop=False)
    said = [*_told(programme, found, names, _PROMISED), *_decided(programme, found)]
    for rule in clashing:
        row = table.loc[rule.name]
        said.append(f"{rule_words(row, names)} ({basis_of(row, referred=True)})")
    opening = "These promises cannot all be kept" if len(said) > 1 else "This cannot be kept"
    if not said:
        opening = (
            "No plan exists: contributions, capacity and funding contradict each other even "
            "without any rule"
        )
    sums = _sums(basis, clashing, missing)
    if for_need:
        short = f"{money(for_need)} more than there is, to meet need that must be met"
        sums = f"need{'' if len(said) > 1 else 's'} {short}" if said else ""
        opening = opening if said else f"Money falls faster than capacity can be given up: {short}"
    return Clash(opening, tuple(said), sums, tuple(_limits(programme, found, names)))


def _sums(basis: Basis, clashing: list[Rule], missing: float | None) -> str:
    """What floors of one year need and what there is for them."""
    years = {rule.year for rule in clashing}
    one_year = len(years) == 1 and (years != {None} or len(basis.years) == 1)
    floors = len(clashing) > 1 and all(r.record.of_money and r.record.least for r in clashing)
    if not (missing and floors and one_year):
        return ""
    needs = sum(rule.amount or 0.0 for rule in clashing)
    held = money(needs - missing)
    return f"need {money(needs)}; there is {held} that may pay for them"


def needs_unmet(programme: Programme, found: Infeasible) -> bool:
    """Whether need that must be met, or capacity that is left of it, takes part in a clash."""
    names = {*_PROMISED, "release"} & programme.rows.keys()
    blocks = [programme.rows[name] for name in names]
    return any(block.first <= n < block.first + len(block) for block in blocks for n in found.rows)


def _limits(programme: Programme, found: Infeasible, names: Names) -> list[str]:
    """Limits of offers, needs and contributions that take part in the clash."""
    # What is limited, then where, then in which years.
    limited: Limited = defaultdict(lambda: defaultdict(set))
    for number in found.columns:
        block = next(b for b in programme.columns.values() if 0 <= number - b.first < len(b))
        at = number - block.first
        named = _limit(programme, names, block, at)
        if named is not None:
            what, where = named
            year = block.index["year"][at] if "year" in block.index else _borrowed_in(programme, at)
            limited[what][where].add(int(year))
    return _gathered(programme.basis, limited) + _told(programme, found, names, _LIMITING)


def _told(
    programme: Programme, found: Infeasible, names: Names, families: Mapping[str, str]
) -> list[str]:
    """Constraints about need and capacity that take part in the clash, in words."""
    basis = programme.basis
    limited: Limited = defaultdict(lambda: defaultdict(set))
    for name, words in families.items():
        block = programme.rows.get(name)
        inside = [] if block is None else [n - block.first for n in found.rows]
        for at in inside:
            if block is None or not 0 <= at < len(block):
                continue
            index = {dim: int(codes[at]) for dim, codes in block.index.items()}
            line = index["line"] if "line" in index else int(basis.offers.line[index["offer"]])
            service = names.of("service", str(basis.lines.service[line]))
            offer = str(basis.offers.name[index["offer"]]) if "offer" in index else ""
            what = words.format(service=service, offer=offer.replace("_", " "))
            year = index.get("year", index.get("appraisal_year", 0))
            limited[what][_where(basis, names, line)].add(year)
    return _gathered(basis, limited)


def _decided(programme: Programme, found: Infeasible) -> list[str]:
    """Choices and shared services that take part in the clash, each with its years."""
    basis = programme.basis
    held: defaultdict[str, set[int]] = defaultdict(set)
    for block in (programme.rows[name] for name in DECISIONS if name in programme.rows):
        among: dict[str, Sequence[OfferChoice | SharedOffer | ServiceLevel | Target]] = {
            "choice": basis.choices,
            "shared": basis.shared,
            "service_level": basis.levels,
            "target": basis.targets,
        }
        whose = next(name for name in among if name in block.index)
        for at in (n - block.first for n in found.rows if 0 <= n - block.first < len(block)):
            decision = among[whose][int(block.index[whose][at])]
            # What holds for all years is said of none.
            years = {int(block.index["year"][at])} if "year" in block.index else set()
            held[decision.words(basis.offers)] |= years
    return [
        f"{words} {in_years(basis.years[t] for t in sorted(years))}" if years else words
        for words, years in sorted(held.items())
    ]


def _gathered(basis: Basis, limited: Limited) -> list[str]:
    """Limits in words, those alike of several areas and years together."""
    said = []
    for what, places in limited.items():
        alike: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for where, years in places.items():
            alike[tuple(sorted(years))].append(where)
        for times, areas in alike.items():
            said.append(f"{what}{_areas(areas)} {in_years(basis.appraisal[t] for t in times)}")
    return said


def _limit(programme: Programme, names: Names, block: Columns, at: int) -> tuple[str, str] | None:
    """What one bound limits and where; None where it is no limit that anybody set."""
    basis = programme.basis
    if block.name == "units" and np.isfinite(block.upper[at]):
        line, what = int(basis.offers.line[int(block.index["offer"][at])]), "the capacity for"
    elif block.name == "step_units" and not basis.need.led[block.index["line"][at]]:
        line, what = int(block.index["line"][at]), "the need for"
    elif block.name == "contribute" and (
        (least := float(programme.matrix.lower[block.first + at])) > 0
        or np.isfinite(block.upper[at])
    ):
        route, klass = (int(block.index[d][at]) for d in ("route", "class"))
        paid = listed(names.of("stream", key) for key in basis.classes.streams[klass])
        pool = names.of("pool", str(basis.routes[route]))
        held = _brought(programme, klass, int(block.index["year"][at]))
        if least > held:
            asked, there = (money(amount * basis.scale.money) for amount in (least, held))
            return f"{paid} must pay {asked} into {pool} and brings {there}", ""
        return f"what {paid} pays into {pool}", ""
    elif block.name == "borrow":
        return f"the most that can be borrowed of {plain(basis.loans[at].name)}", ""
    else:
        return None
    service = names.of("service", str(basis.lines.service[line]))
    return f"{what} {service}", _where(basis, names, line)


def _borrowed_in(programme: Programme, loan: int) -> int:
    """Number of the year in which a loan is borrowed."""
    return programme.basis.loans[loan].first


def _brought(programme: Programme, klass: int, year: int) -> float:
    """What a class brings in a year as things stand, scaled."""
    first, years = programme.rows["class_balance"].first, len(programme.basis.years)
    return float(programme.matrix.row_upper[first + klass * years + year])


def _where(basis: Basis, names: Names, line: int) -> str:
    area = str(basis.lines.area[line])
    return "" if area in ("", basis.geography.root) else names.of("area", area)


def _areas(areas: list[str]) -> str:
    named = [area for area in areas if area]
    if not named:
        return ""
    if len(named) > _MOST_AREAS:
        rest = len(named) - _MOST_AREAS + 1
        return f" in {', '.join(named[: _MOST_AREAS - 1])} and {rest} more areas"
    return f" in {listed(named)}"


@dataclass(frozen=True)
class Repair:
    """One way out of a clash.

    Parameters
    ----------
    words : str
        As it should be read.
    cost : float
        Pounds by which limits give way, or that have to be found.
    rules : tuple of (rule, year, amount)
        New amounts of rules.
    contributions : tuple of (pool, stream, year, minimum)
        New contribution minima, in pounds.
    funding : tuple of (stream, year, pounds)
        Money to be found on top.
    """

    words: str
    cost: float
    rules: tuple[tuple[str, str, float], ...] = ()
    contributions: tuple[tuple[str, str, str, float], ...] = ()
    funding: tuple[tuple[str, str, float], ...] = ()

    def apply(self, place: Place) -> Place:
        """The place with the repair made.

        Raises
        ------
        InvalidOption
            If the place does not have what it changes.
        """
        place = succeeded(place)
        self._refuse_what_is_not_there(place)
        return place.with_(
            rules=_with_rules(place, self.rules),
            funding=_with_funding(place, self.funding),
            contributions=_with_minima(place, self.contributions),
        )

    def _refuse_what_is_not_there(self, place: Place) -> None:
        paid = place.contributions
        pairs = set(zip(paid["pool"], paid["stream"], strict=True))
        lost = [
            *sorted({rule for rule, _, _ in self.rules} - set(place.rules["rule"])),
            *sorted({stream for stream, _, _ in self.funding} - set(place.streams["stream"])),
            *(f"{a} into {b}" for b, a in sorted({c[:2] for c in self.contributions} - pairs)),
        ]
        if lost:
            raise InvalidOption(
                f"The way out “{self.words}” changes what this place does not have: "
                f"{', '.join(lost)}. Ask for ways out anew."
            )

    def __str__(self) -> str:
        return self.words


def rule_of_year(rule: str, year: str) -> str:
    """The key of a rule for one year, where a rule for each year is written out."""
    return f"{rule}, {year}"


def _with_rules(place: Place, changes: tuple[tuple[str, str, float], ...]) -> pd.DataFrame:
    """The rules with new amounts; a rule for each year is written out where years differ."""
    table = place.rules
    for rule in dict.fromkeys(name for name, _, _ in changes):
        mine = {year: amount for name, year, amount in changes if name == rule}
        row = table[table["rule"] == rule].iloc[0]
        kept = table[table["rule"] != rule]
        if not pd.isna(row["year"]) or "" in mine:
            rows = [row.to_dict() | {"amount": next(iter(mine.values()))}]
        else:
            years = list(dict.fromkeys([*place.years, *mine]))
            rows = [
                row.to_dict()
                | {
                    "rule": rule_of_year(rule, year),
                    "year": year,
                    "amount": mine.get(year, row["amount"]),
                }
                for year in years
                if year in place.years or year in mine
            ]
        table = pd.concat([kept, pd.DataFrame(rows)], ignore_index=True)
    return table


def _with_funding(place: Place, changes: tuple[tuple[str, str, float], ...]) -> pd.DataFrame:
    table = place.funding.copy()
    for stream, year, pounds in changes:
        hit = (table["stream"] == stream) & (table["year"] == year)
        if hit.any():
            table.loc[hit, "amount"] += pounds
        else:
            row = {"stream": stream, "year": year, "amount": pounds}
            table = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    return table


def _with_minima(place: Place, changes: tuple[tuple[str, str, str, float], ...]) -> pd.DataFrame:
    table = place.contributions.copy()
    for pool, stream, year, least in changes:
        mine = (table["pool"] == pool) & (table["stream"] == stream)
        own = mine & (table["year"] == year)
        if own.any():
            table.loc[own, "minimum"] = least
        else:
            # The row for each year; where all are for one, a copy of the first.
            rows = table[mine].sort_values("year", na_position="first", kind="stable")
            row = rows.iloc[0].to_dict() | {"year": year, "minimum": least}
            table = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    return table
