"""Plans that an answer found, one of which is picked: kept and compared as any other plan is.

Such a plan is not the best by what is asked of :func:`placebudget.optimise`, and no option of the
place leads to it. It is kept as a plan, under a name that says what it does, with where it comes
from and what it is the best for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pandas as pd

from placebudget.arguments import one_of
from placebudget.place import Place
from placebudget.place.names import Names, listed
from placebudget.plan import Plan
from placebudget.study.result import PlaceResult
from placebudget.words import money, sentence

_A_POUND = 1.0


@dataclass(frozen=True, eq=False)
class FoundPlans(PlaceResult):
    """An answer that found plans of which one may be picked.

    Parameters
    ----------
    plans : mapping of str to Plan
        The plans, verified, and the one that the others are told beside.
    """

    beside: ClassVar[str]
    """The plan beside which the others are told; it is none to pick."""
    moves: ClassVar[tuple[str, str]]
    """The table that holds each plan's change of money by service, and its column of plans."""
    plans: Mapping[str, Plan] = field(repr=False)

    @property
    def offered(self) -> Mapping[str, str]:
        """What each plan does that may be picked, by its name."""
        return {name: self.does(name) for name in self.plans if name != self.beside}

    def does(self, plan: str) -> str:
        """What a plan does beside the other: which services get more, and which less."""
        return most_moved(self.place, self._change(plan))

    @property
    def called(self) -> str:
        """What the plans are together, such as a frontier of two aims."""
        raise NotImplementedError

    def best_where(self, plan: str) -> str:
        """What a plan is the best for, as a sentence."""
        raise NotImplementedError

    def rests_on(self, plan: str) -> Mapping[str, Any]:
        """The same as data: what it was weighed by, or held to."""
        return {}

    def picked(self, plan: str | int) -> Plan:
        """One of the plans, to be kept and compared as any other plan is.

        Parameters
        ----------
        plan : str or int
            Its name, or its number.

        Returns
        -------
        Plan
            Its name says what it does, and its run record what it is the best for.

        Raises
        ------
        WrongArgument
            If there is no such plan.

        Examples
        --------
        >>> import placebudget as pb
        >>> place = pb.example("toy_pooling")
        >>> found = pb.study.frontier(place, aims=["public value", "money spent"])
        >>> found.picked(2).name
        'more for family support, less for home care and policing (point 2)'
        >>> print(found.picked(2).picked)
        “Point 2” of the frontier of public value and money spent: ...
        """
        given = " ".join(str(plan).split()).lower()
        numbered = f"{self.moves[1]} {given}"
        name = one_of("plan", numbered if numbered in self.offered else given, self.offered)
        found = self.plans[name]
        does = most_moved(self.place, self._change(name), amounts=False)
        told = f"“{sentence(name)}” of {self.called}: {self.does(name)}. {self.best_where(name)}"
        options = {**found.run["options"], self.moves[1]: name, **self.rests_on(name)}
        run = {**found.run, "picked": told, "options": options}
        return replace(found, name=f"{does} ({name})", run=run)

    def _change(self, plan: str) -> pd.Series:
        table, column = self.moves
        rows = self.tables[table]
        return rows[rows[column] == plan].set_index("service")["change"]


def money_moved(plans: Mapping[str, Plan], beside: str, column: str) -> pd.DataFrame:
    """Each plan's money by service, and the change beside one of them, in pounds of all years.

    Parameters
    ----------
    plans : mapping of str to Plan
        The plans by name.
    beside : str
        The one beside which changes are told.
    column : str
        What the column of plans is called.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> plans = {"today": pb.simulate(place), "best": pb.optimise(place, prices=False)}
    >>> float(money_moved(plans, "today", "plan").query("plan == 'best'")["change"].sum())
    10000000.0
    """
    spent = pd.DataFrame(
        {name: plan.money("service").set_index("service")["amount"] for name, plan in plans.items()}
    ).fillna(0.0)
    rows = spent.rename_axis("service").reset_index()
    long = rows.melt("service", var_name=column, value_name="money")
    long["change"] = long["money"] - long["service"].map(spent[beside])
    return long[[column, "service", "money", "change"]]


def most_moved(place: Place, change: pd.Series, *, amounts: bool = True) -> str:
    """The services whose money changes most, two that get more and two that get less.

    Parameters
    ----------
    change : Series
        Pounds by service.
    amounts : bool
        Whether it is said by how much.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> most_moved(place, pd.Series({"home_care": 2e6, "policing": -1e6}))
    'more for home care (+£2 million), less for policing (−£1 million)'
    """
    names, said = Names(place), list[str]()

    def told(moved: pd.Series) -> Iterator[str]:
        for key in moved.index[moved >= _A_POUND]:
            by = f" ({money(change[key], signed=True)})" if amounts else ""
            yield f"{names.of('service', key)}{by}"

    for word, sign in (("more", 1.0), ("less", -1.0)):
        most = (sign * change).sort_values(ascending=False, kind="stable")[:2]
        if services := list(told(most)):
            said.append(f"{word} for {listed(services)}")
    return ", ".join(said) or "the same money for every service"
