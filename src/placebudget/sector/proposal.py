"""A proposal: an option with its reason, grade and sources, tried on a place in one call."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, as_given, instance, one_of, text, texts
from placebudget.errors import WrongArgument
from placebudget.place import Option, Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.plan import compare, optimise
from placebudget.plan.compare.comparison import Comparison
from placebudget.study.result import StudyResult
from placebudget.words import as_set, plain

LOW, MIDDLE, HIGH = "low", "middle", "high"
SIZES = (LOW, MIDDLE, HIGH)
"""Which option of a proposal is tried: an end of its range, or the one in the middle."""

JUDGEMENT = "5"
"""Grade of evidence of what a difference from others, or a sum, says of what could be done here."""

_STATUS = "derived"


@dataclass(frozen=True)
class Proposal:
    """Something that may be done, found by looking at others; nothing is applied by itself.

    Parameters
    ----------
    option : Option
        What would change; its description is the reason and it carries the source.
    why : str
        One sentence for the minutes.
    grade : str
        Grade of the evidence, as the library has them; 5: judgement.
    sources : tuple of str
        Whose figures it rests on.
    low, high : Option, optional
        The ends of its range.

    Examples
    --------
    >>> import placebudget as pb
    >>> proposal = pb.sector.Proposal(
    ...     pb.Option("cheaper").scale("offers", 0.95, "unit_cost"), "Others pay 5 % less."
    ... )
    >>> proposal.option.description
    'Others pay 5 % less.'
    >>> len(proposal.try_on("toy_pooling").plans)
    2
    """

    option: Option
    why: str
    grade: str = ""
    sources: tuple[str, ...] = ()
    low: Option | None = None
    high: Option | None = None

    def __post_init__(self) -> None:
        with Arguments() as asked:
            asked.read(instance, "option", self.option, Option, "the Option that is proposed")
            asked.read(_a_reason, self.why)
            asked.read(text, "grade", self.grade)
            asked.read(texts, "sources", self.sources, such_as="['PSS-EX1, 2013-14']")
            for name, held in ((LOW, self.low), (HIGH, self.high)):
                if held is not None:
                    asked.read(instance, name, held, Option, "an Option")
        for name in ("option", LOW, HIGH):
            held = getattr(self, name)
            if held is not None:
                object.__setattr__(self, name, self._reasoned(held))
        object.__setattr__(self, "sources", tuple(self.sources))

    def _reasoned(self, option: Option) -> Option:
        """The option with the reason and the source of the proposal, where it has none."""
        source = option.source or "; ".join(self.sources)
        return Option(option.name, option.description or self.why, option.changes, source)

    def sized(self, size: str = MIDDLE) -> Option:
        """The option in the middle of its range, or at an end of it where there is one.

        Raises
        ------
        WrongArgument
            If it is neither low, middle nor high.
        """
        meant = one_of("size", size, SIZES)
        ends = {LOW: self.low, HIGH: self.high}
        return ends.get(meant) or self.option

    def try_on(self, place: PlaceLike, *, size: str = MIDDLE, **how: Any) -> Comparison:
        """The best plan of a place without it and with it, side by side.

        Parameters
        ----------
        place : Place, path or str
            The place; it stays as it is.
        size : str, optional
            ``"low"``, ``"middle"`` or ``"high"``.
        how : optional
            As ``pb.optimise`` takes it: objective, pooling, seconds.

        Returns
        -------
        Comparison
            What ``pb.compare`` gives of the two plans.

        Raises
        ------
        InvalidOption
            If it does not fit the place, or would go below what the law asks for.
        """
        option = self.sized(size)
        held = checked_place(place)
        changed = checked_place(option.apply(held))
        settings = {"prices": False, **how}
        plans = [optimise(each, **settings) for each in (held, changed)]
        return compare(*plans, names=["without", "with"])

    def __str__(self) -> str:
        return f"{self.option.name}: {self.why}"


def with_less_money(
    option: Option, place: Place, stream: str, share: float, **where: str
) -> tuple[Option, str]:
    """An option that takes a share off the money of a stream, and what is assumed for it.

    Where today's money spends all that the stream has, it is lowered by as much.

    Parameters
    ----------
    option : Option
        What it does besides.
    place : Place
        The place that it is for.
    stream : str
        The stream.
    share : float
        The share that goes, from 0 to 1.
    where : optional
        Of which rows of funding, such as ``year="2027-28"``.
    """
    made = option.scale("funding", 1 - share, stream=stream, **where)
    if _TOO_MUCH not in made.apply(place).check().errors.codes:
        return made, ""
    told = " Today's money of it is taken to be less by as much, as all of it is spent."
    return made.scale("today", 1 - share, stream=stream), told


_TOO_MUCH = "today-above-funding"


def _a_reason(why: object) -> str:
    if not isinstance(why, str) or not why.strip():
        raise WrongArgument(f"why is a sentence for the minutes, not {as_given(why)}")
    return why


@dataclass(frozen=True, eq=False)
class SectorResult(StudyResult):
    """What a look at others found, and what may be done about it.

    Parameters
    ----------
    proposals : tuple of Proposal
        Each to be tried on a place.
    none : str
        Why there is none; empty: there is one.
    facts : mapping
        What its sentences say: names, values, the set compared.
    """

    proposals: tuple[Proposal, ...] = field(default=(), repr=False)
    none: str = field(default="", repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def offered(self) -> list[str]:
        """What is proposed, or why nothing is, in sentences."""
        if not self.proposals:
            return [f"Nothing is proposed: {self.none}"] if self.none else []
        return [f"Proposal: {each.why}" for each in self.proposals]


def proposals_table(proposals: Sequence[Proposal]) -> pd.DataFrame:
    """Proposals as a table: option, why, grade, source."""
    rows = [
        {
            "option": each.option.name,
            "why": each.why,
            "grade": each.grade,
            "sources": "; ".join(each.sources),
            "range": "" if each.low is None or each.high is None
            else f"{each.low.name} to {each.high.name}",
        }
        for each in proposals
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["option", "why", "grade", "sources", "range"], dtype="str")


def cheaper(
    services: Collection[str],
    factor: float,
    why: str,
    source: str,
    place: Place | None = None,
    years: int = 0,
    spread: float | None = None,
) -> Option:
    """An option by which the unit cost of services comes to ``factor`` times what it is.

    Parameters
    ----------
    services : collection of str
        Services of a place.
    factor : float
        What the unit cost is multiplied by.
    why, source : str
        The reason, which the rows say too, and where it comes from.
    place : Place, optional
        The place, needed where it takes years.
    years : int
        Over how many years, beginning with the second; 0: at once. Each year then rises by its
        index times the same factor, by an index of its own.
    spread : float, optional
        How far the unit cost may then be off: standard deviation over the mean.

    Examples
    --------
    >>> print(cheaper(["home_care"], 0.9, "others pay less", "PSS-EX1"))
    unit cost of home care x 0.9: others pay less
    1. multiply unit_cost in offers by 0.9 where service is home_care
    2. set status in offers to derived where service is home_care
    3. set note in offers to others pay less where service is home_care
    Source: PSS-EX1
    """
    listed = sorted(services)
    called = ", ".join(map(plain, listed))
    name = f"unit cost of {called} x {as_set(round(factor, 4))}"
    option = Option(name, why, source=source)
    noted: Mapping[str, Any] = {"service": listed}
    if place is None or not years:
        option = option.scale("offers", factor, "unit_cost", **noted)
    else:
        option = _over_years(option, place, listed, factor, years)
    if spread is not None:
        option = option.set("offers", "spread", round(spread, 4), **noted)
    return option.set("offers", "status", _STATUS, **noted).set("offers", "note", why, **noted)


def _over_years(
    option: Option, place: Place, services: Sequence[str], factor: float, years: int
) -> Option:
    """Indices of their own, which rise by less in the years it takes."""
    offers = place.offers
    offers = offers[offers["service"].isin(services)]
    steps = place.years[1 : years + 1]
    if not steps:
        return option.scale("offers", factor, "unit_cost", service=list(services))
    each = factor ** (1 / len(steps))
    for index in dict.fromkeys(offers["index"].dropna()):
        rates = place.inflation[place.inflation["index"] == index]
        own = f"{index}_towards_{as_set(round(factor, 4))}_{'_'.join(services)}"
        rows = []
        for row in rates.to_dict("records"):
            held = {name: value for name, value in row.items() if not pd.isna(value)}
            if row["year"] in steps:
                held |= {"rate": (1 + row["rate"]) * each - 1, "status": _STATUS}
            rows.append({**held, "index": own})
        option = option.add("inflation", *rows)
        option = option.set("offers", "index", own, service=list(services), index=index)
    flat = offers["index"].isna()
    if flat.any():
        chosen = offers.loc[flat, "offer"].tolist()
        option = option.scale("offers", factor, "unit_cost", offer=chosen)
    return option
