"""What plans mean for a household: pounds a year, what changes, and who answers for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, one_of, refusal, whole
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.place.geography import Geography
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.plan import Plan, simulate
from placebudget.plan.result import Result
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.study.accounts import ELECTORS_OF_THE_PLACE, SERVICES, accounts, not_carried
from placebudget.study.result import PlaceResult, record_of
from placebudget.words import count, many, number, pence, whole_pounds

PEOPLE_A_HOUSEHOLD = 2.4
"""Source: Office for National Statistics, Census 2021, England and Wales."""
PARLIAMENT = "parliament"
TODAY, BESIDE = "today", "beside"
_POUND = 1.0
_MOST_SAID = 5


@dataclass(frozen=True, eq=False)
class Household(PlaceResult):
    """What a plan means for a household, on average over the years of the plan.

    ``tables`` holds, in pounds a household and year, cash:

    - ``services``: service, today, planned, change: what is spent on each;
    - ``accounts``: who (an authority, or parliament), answers_to, amount: who answers for it;
    - ``outcomes``: outcome, unit, today, planned, change: counted in all, over all years.

    Beside another plan the column ``today`` is called ``beside``.

    Parameters
    ----------
    households : int
        How many households the place has.
    planned : str
        The plan's name.
    beside : str
        The name of the plan beside which it stands; empty: today.
    """

    households: int
    planned: str
    beside: str = ""

    @property
    def first(self) -> str:
        """The column of what stands beside the plan."""
        return BESIDE if self.beside else TODAY

    @property
    def first_called(self) -> str:
        """What stands beside the plan, in words."""
        return self.beside or TODAY

    @property
    def table(self) -> pd.DataFrame:
        """Services."""
        return self.tables["services"]

    def finding(self) -> str:
        """What is spent for a household, and how much of it the plan moves."""
        table = self.table
        moved = float(table["change"].clip(lower=0).sum())
        return (
            f"In the model, {whole_pounds(float(table['planned'].sum()))} a year is spent for each "
            f"household on average{self._in_plan}, and {whole_pounds(moved)} of it goes where it "
            f"does not go {self._than}"
        )

    @property
    def _in_plan(self) -> str:
        return f" in “{self.planned}”" if self.beside else ""

    def summarised(self) -> Summary:
        """Who answers for the money, what gets more and less, what comes of it."""
        changes = self.table.sort_values("change")
        more = changes[changes["change"] >= _POUND].iloc[::-1]
        less = changes[changes["change"] <= -_POUND]
        said = [
            Paragraph(f"{self.finding()}.", tuple(map(self._answered, self._accounts()))),
            *self._raised(),
            *self._moved("More a year for", more),
            *self._moved("Less a year for", less),
            *self._outcomes(),
        ]
        if more.empty and less.empty:
            said += sentences(
                [f"No service gets as much as £1 a year more or less than {self._than}."]
            )
        return Summary(self.title, tuple(said))

    @property
    def _than(self) -> str:
        return f"in “{self.beside}”" if self.beside else TODAY

    def _accounts(self) -> list[Any]:
        return list(self.tables["accounts"].itertuples())

    def _raised(self) -> list[Any]:
        """That nobody pays all of what is raised, where several raise."""
        raising = [row for row in self._accounts() if row.who != PARLIAMENT]
        if len(raising) < 2:
            return []
        said = (
            "Each is an average over all households of the place; what a council raises is paid "
            "in its own area alone."
        )
        return list(sentences([said]))

    def _answered(self, row: Any) -> str:
        held = whole_pounds(row.amount)
        if row.who == PARLIAMENT:
            return f"{held} voted by Parliament: answered for to Parliament, and its outcomes here"
        return f"{held} raised by {self.name_of('agency', row.who)}: answered for to its electors"

    def _moved(self, head: str, rows: pd.DataFrame) -> list[Paragraph]:
        if rows.empty:
            return []
        said = [
            f"{self.name_of('service', row['service'])}: {pence(abs(row['change']))} "
            f"({pence(row[self.first])} {self._than})"
            for row in rows.head(_MOST_SAID).to_dict("records")
        ]
        rest = len(rows) - len(said)
        more = [f"and {number(rest)} more"] if rest > 0 else []
        return [Paragraph(f"{head} a household:", (*said, *more))]

    def _outcomes(self) -> list[Paragraph]:
        rows = self.tables["outcomes"]
        said = [
            f"{self.name_of('outcome', row.outcome)}: {count(row.change, signed=True)} "
            f"{many(row.unit)}".rstrip()
            for row in rows[rows["change"].abs() >= 1].itertuples()
        ]
        head = f"What comes of it beside {self.first_called}, over all years:"
        return [Paragraph(head, tuple(said))] if said else []


def household(
    place: PlaceLike,
    plan: Plan | Result,
    *,
    beside: Plan | str | None = None,
    households: int = 0,
) -> Household:
    """What a plan of a place means for a household, beside today or another plan.

    Parameters
    ----------
    place : Place, path or str
        The place.
    plan : Plan or Result
        A plan of it; or any answer that holds plans, such as ``pb.compare``, a proposal's
        ``try_on``, ``pb.potential`` and ``pb.study.robust`` give: its last plan beside its first.
    beside : Plan or str, optional
        Another plan beside which it stands; of an answer with plans, the name of one. Default:
        today; of an answer, its first.
    households : int
        How many households it has; nought: its population at 2.4 people a household.

    Raises
    ------
    WrongArgument, InvalidPlace
        If something that was given cannot be meant.
    CannotAnswer
        If the place does not say how many people live there.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> found = household(place, pb.optimise(place, prices=False), households=100_000)
    >>> found.table[["service", "today", "planned"]].to_numpy().tolist()[0]
    ['family_support', 250.0, 300.0]
    >>> cheaper = pb.Option("cheaper").scale("offers", 0.9, "unit_cost")
    >>> tried = pb.sector.Proposal(cheaper, "Others pay less.").try_on(place)
    >>> household(place, tried, households=100_000).beside
    'without'
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        two = asked.read(_two, plan, beside)
        households = asked.read(whole, "households", households)
    there = households or round(_people(place) / PEOPLE_A_HOUSEHOLD)
    (name, plan), (first, other) = two
    years, other = len(place.years), other or simulate(place)
    each = there * years
    column = BESIDE if first else TODAY
    tables = {
        "services": _beside(column, other, plan, each),
        "accounts": _accounts(plan, each),
        "outcomes": _outcomes(column, other, plan),
    }
    notes = (
        f"{count(there)} households"
        + ("." if households else f": people of the place at {PEOPLE_A_HOUSEHOLD:g} a household "
           "(Office for National Statistics, Census 2021, England and Wales)."),
        f"An average of {number(years)} year{'s' if years > 1 else ''}, cash, over all households "
        "of the place alike, also what one district raises: nobody pays or gets just that, and "
        "council tax goes by the value of a home.",
        "Money voted by Parliament was paid in taxes all over the country. A service for a few "
        "people costs each household little and them a great deal.",
    )  # fmt: skip
    run = record_of(plan, "household", households=there, **({"beside": first} if first else {}))
    title = "What it means for a household"
    return Household(title, tables, notes, run, place, there, name, first)


def _two(found: object, beside: object) -> tuple[tuple[str, Plan], tuple[str, Plan | None]]:
    """A plan and what stands beside it, each with its name; nothing is today."""
    if isinstance(found, Plan):
        if beside is None:
            return (found.name, found), ("", None)
        if not isinstance(beside, Plan):
            raise refusal("beside", "a plan, or nothing for today", beside)
        names = (found.name, beside.name)
        return (found.name, found), (beside.name if len({*names}) > 1 else "the other plan", beside)
    plans = _plans_of(found)
    if len(plans) < 2:
        raise refusal("plan", "a plan, or an answer that holds two plans or more", found)
    last = list(plans)[-1]
    if isinstance(beside, Plan):
        return (last, plans[last]), (beside.name, beside)
    first = next(iter(plans)) if beside is None else one_of("beside", beside, plans)
    return (last, plans[last]), (first, plans[first])


def _plans_of(found: object) -> dict[str, Plan]:
    """The plans that an answer holds, by name."""
    if not isinstance(found, Result):
        return {}
    held = getattr(found, "plans", {})
    if not isinstance(held, Mapping):
        held = dict(zip(getattr(found, "names", ()), held, strict=False))
    return {str(name): plan for name, plan in held.items() if isinstance(plan, Plan)}


def _people(place: Place) -> float:
    geography = Geography.of(place)
    people = geography.populations.get(geography.root) or sum(
        geography.populations.get(area, 0.0)
        for area in geography.areas
        if geography.parents.get(area) == geography.root
    )
    if not people or people != people:
        raise CannotAnswer(
            "the place does not say how many people live there: fill in population in areas, or "
            "say how many households there are"
        )
    return float(people)


def _beside(column: str, other: Plan, plan: Plan, each: float) -> pd.DataFrame:
    """What each service gets for a household and year, today or in another plan and in the plan."""
    held = {
        name: made.money("service").set_index("service")["amount"] / each
        for name, made in ((column, other), ("planned", plan))
    }
    table = pd.DataFrame(held).fillna(0.0)
    table["change"] = table["planned"] - table[column]
    return table.rename_axis("service").reset_index()


def _accounts(plan: Plan, each: float) -> pd.DataFrame:
    """Who answers for the money of services: each authority that raised some, and Parliament."""
    found = accounts(plan)
    electors = not_carried(found.tables["electors"])
    local = electors[(electors["answers_for"] == "money") & (electors["use"] == SERVICES)]
    voted = not_carried(found.tables["parliament"])
    voted = voted[voted["use"] == SERVICES]
    raised = local.groupby("authority")["amount"].sum() / each
    rows = [(str(who), "its electors", amount) for who, amount in raised.items()]
    rows.append((PARLIAMENT, f"Parliament, and {ELECTORS_OF_THE_PLACE} for outcomes",
                 float(voted["amount"].sum()) / each))  # fmt: skip
    return pd.DataFrame(rows, columns=["who", "answers_to", "amount"])


def _outcomes(column: str, other: Plan, plan: Plan) -> pd.DataFrame:
    """What is counted of each outcome, over all years."""
    rows = {name: made.outcomes("outcome") for name, made in ((column, other), ("planned", plan))}
    held = {name: each.set_index("outcome")["counted"] for name, each in rows.items()}
    table = pd.DataFrame(held).fillna(0.0)
    table["change"] = table["planned"] - table[column]
    told = pd.concat([made.labels["outcomes"] for made in (plan, other)])
    units = told.drop_duplicates("outcome").set_index("outcome")["unit"]
    table.insert(0, "unit", units.reindex(table.index).fillna(""))
    return table.rename_axis("outcome").reset_index()
