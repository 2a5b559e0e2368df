"""What is changed of a place by switches and amounts: an option, change by change.

Each change belongs to one control, which its own shape names: ``pool:joint`` is the change
by which that pool is closed, or opened. So whatever an option holds can be read back into the
controls, and two who change the same have the same option, in whatever order they did it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar

import pandas as pd

from placebudget.errors import InvalidOption
from placebudget.place import Option, Place
from placebudget.place.conditions import open_pools
from placebudget.place.options import Add, Change, Remove, Set
from placebudget.place.options.changes import LAW
from placebudget.place.options.selection import of_year
from placebudget.place.rule_kinds import rule_kind
from placebudget.plan.clash import Repair
from placebudget.programme.objectives.value import PUBLIC

POOL, AGENCY, FENCE = "pool:", "agency:", "fence:"
START = "option"
"""The control by which an option is picked that everything starts from."""
TABLES = "tables"
"""What is edited in the tables themselves, as if by one control."""
AMOUNT, FUNDING, MINIMUM = "amount:", "funding:", "minimum:"
REMOVING = {AGENCY: ("contributions", "agency"), FENCE: ("ring_fences", "stream")}
"""Switches: which rows of which table go when one is off."""
BEYOND = "asked for beyond the duty"
"""Reference of a rule that asks for more than a duty in law: a wish, which may give way."""

_ORDER = (FUNDING, AMOUNT, MINIMUM, FENCE, AGENCY, POOL)
_WISH = "_wish"
Amounts = Mapping[str, float]


@dataclass(frozen=True)
class Changes:
    """What differs from a place as it was read.

    Parameters
    ----------
    start : Option, optional
        An option that is made first, whose changes no control is for.
    made : tuple of Add, Remove, Set
        Changes by controls, in the order of these.
    objective : str
        What is made the most of; the place does not hold it, nor does an option.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("northvale")
    >>> changes = Changes().switched("agency:police", False).switched("fence:families_fund", False)
    >>> print(changes.option("less", place))
    less
    1. remove rows of ring_fences where stream is families_fund
    2. remove rows of contributions where agency is police
    >>> Changes.read(changes.option("less", place)) == changes
    True
    """

    start: Option | None = None
    made: tuple[Change, ...] = ()
    objective: str = PUBLIC

    @classmethod
    def read(cls, option: Option) -> Changes:
        """The changes of an option, those that controls are for apart from the others."""
        rest = tuple(change for change in option.changes if not control_of(change))
        made = tuple(change for change in option.changes if control_of(change))
        return cls(replace(option, changes=rest) if rest else None)._with(made)

    # --- what is changed ------------------------------------------------------

    @property
    def controls(self) -> tuple[str, ...]:
        """The controls that are not as the place has them."""
        return tuple(dict.fromkeys(map(control_of, self.made)))

    def off(self, kind: str) -> frozenset[str]:
        """Keys of the agencies that pay into no pool, or of the ring-fences that are ended."""
        return frozenset(each.removeprefix(kind) for each in self.controls if each.startswith(kind))

    def open_pools(self, base: Place) -> frozenset[str]:
        """Pools that are open, of a place with what is changed first."""
        found = set(open_pools(base))
        for change in self.made:
            control = control_of(change)
            if control.startswith(POOL) and isinstance(change, Set):
                (found.add if change.value else found.discard)(control.removeprefix(POOL))
        return frozenset(found)

    def of(self, control: str) -> tuple[Change, ...]:
        """The changes of a control."""
        return tuple(change for change in self.made if control_of(change) == control)

    def asked(self, rule: str) -> dict[str, float]:
        """New amounts of a rule by year; of every year where the year is empty."""
        return dict(_amounts(self.of(f"{AMOUNT}{rule}")))

    def held(self, place: Place, rule: str) -> tuple[float, float]:
        """The least and the most of the years that a rule asks for, in the unit of its table."""
        row, asked = _rule(self.base(place), rule), self.asked(rule)
        years = place.years if pd.isna(row["year"]) else (str(row["year"]),)
        every = asked.get("", float(row["amount"]))
        amounts = [asked.get(year, every) for year in years]
        return min(amounts), max(amounts)

    def strictest(self, place: Place, rule: str) -> float:
        """The amount of a rule that holds in the end: a duty in law does, whatever is asked."""
        row, (low, high) = _rule(self.base(place), rule), self.held(place, rule)
        least = rule_kind(str(row["kind"])).least
        law = [float(row["amount"])] if row["basis"] == LAW else []
        return max([high, *law]) if least else min([low, *law])

    def funding(self, place: Place, stream: str, year: str) -> float:
        """What a stream brings in a year, in pounds."""
        for change in self.of(f"{FUNDING}{stream}:{year}"):
            (amount,) = _amounts((change,)).values()
            return amount
        return written_funding(self.base(place), stream, year) or 0.0

    # --- changing it ------------------------------------------------------------

    def without(self, *controls: str) -> Changes:
        """With controls as the place has them."""
        kept = tuple(change for change in self.made if control_of(change) not in controls)
        return replace(self, made=kept)

    def taken_back(self) -> dict[str, Changes]:
        """What is left with one change taken back, by its control.

        Examples
        --------
        >>> list(Changes().switched("agency:police", False).taken_back())
        ['agency:police']
        """
        first = {} if self.start is None else {START: replace(self, start=None)}
        return first | {control: self.without(control) for control in self.controls}

    def differing(self, other: Changes) -> tuple[str, ...]:
        """Controls that are not alike in two, the option that everything starts from among them."""
        either = dict.fromkeys((*self.controls, *other.controls))
        first = () if self.start == other.start else (START,)
        return (*first, *(each for each in either if self.of(each) != other.of(each)))

    def put_back(self, before: Changes, *controls: str) -> Changes:
        """With controls as they were before.

        Examples
        --------
        >>> now = Changes().switched("agency:police", False).switched("pool:joint", False)
        >>> now.put_back(Changes(), "pool:joint").controls
        ('agency:police',)
        """
        left = replace(self, start=before.start) if START in controls else self
        kept = tuple(change for each in controls for change in before.of(each))
        return left.without(*controls)._with(kept)

    def switched(self, control: str, on: bool, was: bool = True) -> Changes:
        """With a pool open or closed, an agency in or out of all pools, a ring-fence kept or not.

        Parameters
        ----------
        control : str
            As ``pool:joint``, ``agency:police``, ``fence:grant``.
        on : bool
            Whether the pool is open, the agency pays into pools, the ring-fence is kept.
        was : bool
            Whether it is so in the place; of pools alone it may not be.
        """
        left = self.without(control)
        if on == was:
            return left
        kind, _, key = control.partition(":")
        if f"{kind}:" == POOL:
            return left._with((Set("pools", "open", (("pool", (key,)),), on),))
        table, column = REMOVING[f"{kind}:"]
        return left._with((Remove(table, ((column, (key,)),)),))

    def with_funding(self, place: Place, stream: str, year: str, pounds: float) -> Changes:
        """With another amount of a stream in a year."""
        left = self.without(f"{FUNDING}{stream}:{year}")
        written = written_funding(self.base(place), stream, year)
        if pounds == (written or 0.0):
            return left
        if written is None:
            row = (("stream", stream), ("year", year), ("amount", float(pounds)))
            return left._with((Add("funding", (row,)),))
        where = (("stream", (stream,)), ("year", (year,)))
        return left._with((Set("funding", "amount", where, float(pounds)),))

    def with_amount(self, place: Place, rule: str, asked: float | Amounts) -> Changes:
        """With another amount of a rule, in the unit of its table.

        A duty in law stays as it is: what is asked for beyond it is a rule of its own.

        Parameters
        ----------
        place : Place
            The place before all changes.
        rule : str
            Key of the rule.
        asked : float or mapping of str to float
            The amount, or one by year; that of the other years where the year is empty.
        """
        row = _rule(self.base(place), rule)
        own, left = float(row["amount"]), self.without(f"{AMOUNT}{rule}")
        amounts = dict(asked) if isinstance(asked, Mapping) else {"": float(asked)}
        if all(amount == own for amount in amounts.values()):
            return left
        if row["basis"] == LAW:
            return left._with(_wish(row, own, amounts, place))
        where = ("rule", (rule,))
        return left._with(
            tuple(
                Set("rules", "amount", (where, ("year", (year,))) if year else (where,), amount)
                for year, amount in sorted(amounts.items())
                if year or amount != own
            )
        )

    def with_others(self, place: Place, before: Changes, kept: Collection[str]) -> Changes:
        """With those of other changes whose controls are kept, as far as they fit.

        Parameters
        ----------
        place : Place
            The place before all changes.
        before : Changes
            The other changes.
        kept : collection of str
            Controls.
        """
        more = tuple(change for change in before.made if control_of(change) in kept)
        return self._with(more).within(place) if more else self

    def with_repair(self, place: Place, repair: Repair) -> Changes:
        """With a way out of a clash taken: the amounts it asks for in place of those that clash.

        Raises
        ------
        InvalidOption
            If the place does not have what it changes.
        """
        repair.apply(self.apply(place))
        found, owners = self, self._owners(place)
        for key, year, amount in repair.rules:
            rule, own_year = owners.get(key, (key, ""))
            blank = pd.isna(_rule(self.base(place), rule)["year"])
            when = (year or own_year) if blank else ""
            asked = {**found.asked(rule), when: amount} if when else {"": amount}
            found = found.with_amount(place, rule, asked)
        for stream, year, pounds in repair.funding:
            now = found.funding(place, stream, year)
            found = found.with_funding(place, stream, year, now + pounds)
        for pool, stream, year, least in repair.contributions:
            where = (("pool", (pool,)), ("stream", (stream,)), ("year", (year,)))
            less = Set("contributions", "minimum", where, least)
            others = [each for each in found.made if getattr(each, "where", ()) != less.where]
            found = replace(found, made=tuple(others))._with((less,))
        return found

    def _owners(self, place: Place) -> dict[str, tuple[str, str]]:
        """The rule, and the year, that each rule added or written out here stands for."""
        found: dict[str, tuple[str, str]] = {}
        for control in self.controls:
            rule = control.removeprefix(AMOUNT)
            if rule == control:
                continue
            found |= {of_year(rule, year): (rule, year) for year in place.years}
            for change in self.of(control):
                for row in change.cells() if isinstance(change, Add) else ():
                    found[str(row["rule"])] = (rule, str(row.get("year", "")))
        return found

    # --- what it makes of a place -------------------------------------------------

    def base(self, place: Place) -> Place:
        """The place with what is changed first, which the controls start from."""
        return place if self.start is None else place.with_option(self.start)

    def option(self, name: str, place: Place) -> Option:
        """Everything as one option of the place."""
        first = () if self.start is None else self.start.changes
        about = "" if self.start is None else self.start.description
        return Option(name, about, (*first, *self._effective(self.base(place))))

    def apply(self, place: Place, name: str = "changed here") -> Place:
        """The place with everything changed.

        Raises
        ------
        InvalidOption
            If something does not fit the place.
        """
        base = self.base(place)
        made = Option(name, changes=self._effective(base))
        return base.with_option(made) if made.changes else base

    def within(self, place: Place) -> Changes:
        """Without what the place does not have."""
        try:
            found = replace(self, made=())
            place = found.base(place)
        except InvalidOption:
            found = replace(found, start=None)
        rules = set(place.rules["rule"])
        for change in self.made:
            control = control_of(change)
            if control.startswith(AMOUNT) and control.removeprefix(AMOUNT) not in rules:
                continue
            try:
                place = change.apply(place)
            except InvalidOption:
                continue
            found = found._with((change,))
        return found

    def _effective(self, base: Place) -> tuple[Change, ...]:
        """The changes, but for switches that find nothing left: an agency that pays nothing in."""
        kept = []
        for change in self.made:
            if isinstance(change, Remove):
                try:
                    base = change.apply(base)
                except InvalidOption:
                    continue
            kept.append(change)
        return tuple(kept)

    def _with(self, more: tuple[Change, ...]) -> Changes:
        made = sorted((*self.made, *more), key=_place_of)
        return replace(self, made=tuple(made))


class Stand(NamedTuple):
    """What stands at one time: a place with its tables, and what is changed of it by controls.

    ``first`` is the option that led to the place, where its tables were not edited since.
    """

    place: Place
    changes: Changes
    first: Option | None = None

    def differing(self, other: Stand) -> tuple[str, ...]:
        """Controls that are not alike in two; all that is edited in tables counts as one."""
        edited = () if self.place is other.place else (TABLES,)
        return (*edited, *self.changes.differing(other.changes))

    def with_option(self, option: Option) -> Stand:
        """With an option on top: what it changes counts, all else stays as it stands.

        Raises
        ------
        InvalidOption
            If the option does not fit what stands there.
        """
        laid, there = Changes.read(option), () if self.first is None else self.first.changes
        first = () if laid.start is None else laid.start.changes
        # What led here already is not made twice: a tenth more of something is a tenth.
        rest = Option(option.name, changes=tuple(each for each in first if each not in there))
        place = self.place.with_option(rest) if rest.changes else self.place
        found = Stand(place, self.changes.put_back(laid, *laid.controls))
        found.changes.apply(place)
        return found


def control_of(change: Change) -> str:
    """The control that a change belongs to; empty where none is for it.

    Examples
    --------
    >>> control_of(Option("less").close_pool("joint").changes[0])
    'pool:joint'
    >>> control_of(Option("dear").scale("needs", 1.1).changes[0])
    ''
    """
    if isinstance(change, Add):
        return _control_of_rows(change)
    where = {name: str(values[0]) for name, values in change.where if len(values) == 1}
    if len(where) != len(change.where):
        return ""
    if isinstance(change, Remove):
        for kind, (table, column) in REMOVING.items():
            if change.table == table and set(where) == {column}:
                return f"{kind}{where[column]}"
    if isinstance(change, Set) and isinstance(change.value, bool | float):
        match (change.table, change.column, tuple(sorted(where))):
            case ("pools", "open", ("pool",)):
                return f"{POOL}{where['pool']}"
            case ("rules", "amount", ("rule",) | ("rule", "year")):
                return f"{AMOUNT}{where['rule']}"
            case ("funding", "amount", ("stream", "year")):
                return f"{FUNDING}{where['stream']}:{where['year']}"
            case ("contributions", "minimum", ("pool", "stream", "year")):
                return f"{MINIMUM}{where['pool']}:{where['stream']}"
    return ""


def _control_of_rows(change: Add) -> str:
    rows = change.cells()
    if (
        change.table == "funding"
        and len(rows) == 1
        and set(rows[0]) == {"stream", "year", "amount"}
    ):
        return f"{FUNDING}{rows[0]['stream']}:{rows[0]['year']}"
    if change.table == "rules" and all(row.get("reference") == BEYOND for row in rows):
        return f"{AMOUNT}{str(rows[0]['rule']).rpartition(_WISH)[0]}"
    return ""


def _place_of(change: Change) -> tuple[int, str, str]:
    control = control_of(change)
    kind = next(n for n, each in enumerate(_ORDER) if control.startswith(each))
    year = "" if isinstance(change, Add) else str(dict(change.where).get("year", ("",))[0])
    return kind, control, year


def _amounts(changes: tuple[Change, ...]) -> dict[str, float]:
    """Amounts by year that changes of a rule or a stream set."""
    found: dict[str, float] = {}
    for change in changes:
        if isinstance(change, Set):
            found[str(dict(change.where).get("year", ("",))[0])] = float(change.value or 0.0)
        elif isinstance(change, Add):
            for row in change.cells():
                found[str(row.get("year", ""))] = float(row["amount"] or 0.0)
    return found


def _rule(place: Place, rule: str) -> pd.Series[Any]:
    table = place.filled("rules").set_index("rule", drop=False)
    return table.loc[rule]


def written_funding(place: Place, stream: str, year: str) -> float | None:
    """Pounds of a stream in a year as the place has them; None where it has no row."""
    table = place.funding
    mine = table[(table["stream"] == stream) & (table["year"] == year)]["amount"]
    return float(mine.iloc[0]) if len(mine) else None


def _wish(duty: pd.Series[Any], own: float, amounts: Amounts, place: Place) -> tuple[Change, ...]:
    """A rule, or one a year, that asks for more than a duty in law."""
    kept = {name: duty[name] for name in ("kind", "subject", "year", "unit")}
    cells = {name: cell for name, cell in kept.items() if not pd.isna(cell)}
    cells |= {"basis": "policy", "reference": BEYOND}
    taken, key = set(place.rules["rule"]), f"{duty['rule']}{_WISH}"
    while key in taken:
        key += "_2"
    if set(amounts) == {""}:
        rows = [{"rule": key, **cells, "amount": amounts[""]}]
    else:
        asked = {year: amounts.get(year, amounts.get("", own)) for year in place.years}
        least = rule_kind(str(duty["kind"])).least
        rows = [
            {"rule": of_year(key, year), **cells, "year": year, "amount": amount}
            for year, amount in asked.items()
            if (amount > own if least else amount < own)
        ]
    return (Add("rules", tuple(tuple(row.items()) for row in rows)),) if rows else ()


Step = TypeVar("Step")


@dataclass(frozen=True)
class Undo(Generic[Step]):
    """What stands now, what stood before, and what was gone back on.

    Parameters
    ----------
    now : object
        What stands.
    before, after : tuple
        What undo and redo lead to, the nearest last.

    Examples
    --------
    >>> history = Undo("one").then("two").undone()
    >>> history.now, history.can_undo, history.can_redo
    ('one', False, True)
    >>> history.redone().now
    'two'
    """

    now: Step
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to go back on."""
        return bool(self.before)

    @property
    def can_redo(self) -> bool:
        """Whether a step was gone back on."""
        return bool(self.after)

    def then(self, now: Step) -> Undo[Step]:
        """With another step; where nothing changes it is none."""
        return self if now == self.now else Undo(now, (*self.before, self.now))

    def undone(self) -> Undo[Step]:
        """One step back, if there is one."""
        if not self.before:
            return self
        return Undo(self.before[-1], self.before[:-1], (*self.after, self.now))

    def redone(self) -> Undo[Step]:
        """One step forth again, if there is one."""
        if not self.after:
            return self
        return Undo(self.after[-1], (*self.before, self.now), self.after[:-1])
