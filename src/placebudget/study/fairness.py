"""Fairness between areas: who gets what, and what more fairness would cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event

import pandas as pd

from placebudget.arguments import Arguments, numbers, offered, optional, text
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place
from placebudget.place.geography import Geography
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.plan import Plan, optimise, simulate
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.worded_table import NameOf, named_by
from placebudget.plan.workbook_writer import MODEL
from placebudget.programme import one_goal, read_objectives
from placebudget.progress import silent
from placebudget.solver import RunLimits
from placebudget.study.areas import (
    MONEY,
    Compared,
    area_table,
    compared_areas,
    inequality_table,
    pace_table,
)
from placebudget.study.price_of_fairness import (
    BEST,
    EQUITY,
    LEXIMIN,
    PACE,
    PRICE_COLUMNS,
    WORST_OFF,
    FairnessCurve,
)
from placebudget.study.result import StudyResult, record_of
from placebudget.texts import shown
from placebudget.words import count, in_unit, percent, plain, sentence, whole_pounds

FLOORS = (0.0, 25.0, 50.0, 75.0, 90.0, 100.0)
TODAY = "today"
_OBJECTIVES = {WORST_OFF: "worst-off area", LEXIMIN: "leximin"}
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Fairness(StudyResult):
    """What areas get, how unequal it is, and the price of making it fairer.

    ``tables`` holds:

    - ``areas``: plan, area, name, population, measure, unit, total, a_head,
      a_person_in_need;
    - ``inequality``: plan, measure, index, value;
    - ``pace``: plan, area, year, money (pounds, cash), a_head, change (a share);
    - ``price``: rule, level (per cent), status, objective, unit, value, price (what
      is given up against the best plan), share, worst_area, lowest_of_mean.

    Parameters
    ----------
    compared : Compared
        The areas.
    outcome : str
        The outcome that equity floors are about.
    """

    compared: Compared = field(repr=False)
    outcome: str

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return named_by({"areas": self.table[["area", "name"]]})

    @property
    def table(self) -> pd.DataFrame:
        """What areas get."""
        return self.tables["areas"]

    def summarised(self) -> Summary:
        """Who gets most and least, and what fairness costs."""
        plans = self.table.groupby("plan", sort=False)
        *before, last = [self._plan_line(str(plan), group) for plan, group in plans]
        said = (*sentences(before), Paragraph(last, tuple(self._price_lines())))
        return Summary(self.title, said, MODEL)

    def _price_lines(self) -> Iterator[str]:
        price = self.tables["price"]
        price = price[price["rule"] != BEST]
        for rule in (EQUITY, PACE):
            # Of those that cost nothing, the strictest says it all.
            free = price.loc[(price["rule"] == rule) & (price["price"] == 0), "level"]
            if len(free):
                strictest = float(free.max() if rule == EQUITY else free.min())
                yield f"{self._rule(rule, strictest)} costs nothing."
        for row in price[price["price"] != 0].itertuples():
            if pd.isna(row.price):
                yield f"{self._rule(row.rule, row.level)}: no plan keeps it with all rules."
            else:
                yield f"{self._rule(row.rule, row.level)} costs {self._said(row)}."

    def _plan_line(self, plan: str, group: pd.DataFrame) -> str:
        spent = group[group["measure"] == MONEY].set_index("name")["a_head"]
        made = group[group["measure"] == self.outcome].set_index("name")["a_head"]
        least, most = str(spent.idxmin()), str(spent.idxmax())
        text = (
            f"{sentence(plain(plan))}: {whole_pounds(spent[least])} a head in {least} to "
            f"{whole_pounds(spent[most])} in {most}"
        )
        if made.max() > 0:
            low = str(made.idxmin())
            per_thousand = count(1000 * float(made[low]))
            text += f"; fewest {self._spaced} in {low}, {per_thousand} for every 1,000 people"
        return text + "."

    @property
    def _spaced(self) -> str:
        return self.outcome.replace("_", " ")

    def _rule(self, rule: str, level: float) -> str:
        if rule == EQUITY:
            return f"At least {percent(level / 100)} of the mean of {self._spaced} in each area"
        if rule == PACE:
            return f"No area's money changing by more than {percent(level / 100)} a year"
        return sentence(plain(rule))

    def _said(self, row: object) -> str:
        price, unit, share = row.price, row.unit, row.share  # type: ignore[attr-defined]
        said = in_unit(price, unit)
        return f"{said} ({percent(share)})"


def fairness(
    place: PlaceLike | Plan,
    *,
    tier: str | None = None,
    outcome: str | None = None,
    objective: str = "public value",
    pooling: str | Sequence[str] = "pooled",
    floors: Sequence[float] = FLOORS,
    paces: Sequence[float] = (),
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Fairness:
    """Set areas side by side and find the price of more fairness between them.

    Parameters
    ----------
    place : Place, path, str or Plan
        For a place, or what :func:`placebudget.read` reads: today's plan, the best plan, the
        plan that raises the worst-off area first, leximin, and what floors cost. For a plan:
        that plan alone.
    tier : str, optional
        Tier of the areas; default the lowest with services and populations.
    outcome : str, optional
        The outcome equity floors are about; default the one of most public value in
        the best plan (or the plan given).
    objective, pooling : str
        As for :func:`placebudget.optimise`.
    floors : sequence of float
        Equity floors to price, in per cent of the mean a head.
    paces : sequence of float
        Limits to how fast an area's money may change, in per cent a year.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`, for each plan.

    Returns
    -------
    Fairness
        Areas, inequality, pace and the price of fairness.

    Stopping while floors are priced keeps what is done, and the notes say so.

    Raises
    ------
    CannotAnswer
        If there are no areas of one tier with populations, or no such outcome.
    WrongArgument
        If anything else that was given cannot be meant; all of it is named.
    InvalidPlace, Infeasible, Unbounded, Stopped, SolverFailed
        If a plan cannot be found. A floor or pace that no plan keeps is no error: its
        row says so.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.simulate(pb.example("northvale"))
    >>> found = pb.fairness(plan)
    >>> sorted(set(found.table["area"]))
    ['harbour', 'hills', 'mills']
    """
    with Arguments() as asked:
        subject = place if isinstance(place, Plan) else asked.read(checked_place, place)
        tier = asked.read(optional, text, "tier", tier)
        outcome = asked.read(optional, text, "outcome", outcome)
        objective = asked.read(_one_objective, objective)
        if not isinstance(subject, Plan):
            asked.read(one_goal, subject, pooling)
        floors = asked.read(numbers, "floors", floors, least=0.0, such_as="[50, 100]")
        paces = asked.read(numbers, "paces", paces, least=0.0, such_as="[5, 10]")
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    if isinstance(subject, Plan):
        compared, today = compared_areas(subject, tier), None
        plans, chosen = {subject.name: subject}, _outcome(subject, outcome)
        price, left = pd.DataFrame(columns=PRICE_COLUMNS), 0
    else:
        today, tree = simulate(subject), Geography.of(subject)
        compared = compared_areas(today, tier, {tree.key(area) for area in subject.offers["area"]})
        limits = replace(limits, progress=None)
        report, total = progress or silent, 4 + len(floors) + len(paces)
        plans = {TODAY: today}
        for n, name in enumerate((BEST, WORST_OFF, LEXIMIN), start=1):
            report(name, n, total)
            first = [_OBJECTIVES[name]] if name in _OBJECTIVES else []
            plans[name] = optimise(
                subject, objective=[*first, objective], pooling=pooling, prices=False,
                seconds=seconds, gap=gap, stop=stop,
            )  # fmt: skip
        chosen = _outcome(plans[BEST], outcome)
        curve = FairnessCurve(subject, objective, pooling, limits, compared)
        rows = [*curve.plans(plans, chosen), *curve.rules(chosen, floors, paces, report, total)]
        price, left = pd.DataFrame(rows, columns=PRICE_COLUMNS), total - 1 - len(rows)
    known = subject if isinstance(subject, Place) else None
    run = record_of(
        subject, "fairness",
        tier=compared.tier, outcome=chosen, objective=objective, pooling=pooling,
        floors=list(floors), paces=list(paces), gap=gap,
    )  # fmt: skip
    title = subject.title if isinstance(subject, Place) else subject.place["title"]
    return Fairness(
        f"{title}: between areas of the tier {compared.tier}",
        {**_tables(plans, compared, chosen, known, today), "price": price},
        _notes(known, compared, left), run, compared, chosen,
    )  # fmt: skip


def _one_objective(given: str) -> str:
    names = read_objectives(given)
    if len(names) > 1:
        raise WrongArgument(f"fairness goes by one objective, not by {' and '.join(names)}")
    return names[0]


def _tables(
    plans: dict[str, Plan],
    compared: Compared,
    outcome: str,
    place: Place | None,
    today: Plan | None,
) -> dict[str, pd.DataFrame]:
    areas = [area_table(name, plan, compared, outcome, place) for name, plan in plans.items()]
    paces = [pace_table(name, plan, compared, today) for name, plan in plans.items()]
    whole = pd.concat(areas, ignore_index=True)
    return {
        "areas": whole,
        "inequality": inequality_table(whole),
        "pace": pd.concat(paces, ignore_index=True),
    }


def _outcome(plan: Plan, outcome: str | None) -> str:
    known = sorted(plan.labels["outcomes"]["outcome"])
    if outcome is not None:
        if outcome not in known:
            said = f"no outcome {shown(outcome)}; there are: {', '.join(known)}"
            raise CannotAnswer(offered(said, outcome, known))
        return outcome
    made = plan.tables["outcomes"]
    value = made[["fiscal", "economic", "social"]].sum(axis=1).groupby(made["outcome"]).sum()
    return str(value.idxmax()) if len(value) else known[0]


def _notes(place: Place | None, compared: Compared, left: int) -> tuple[str, ...]:
    notes = [
        "Money is cash over all years; outcomes are counted over all years whose benefits count.",
        "Services of a wider area count in each area by its population, those below it in full.",
        f"Areas compared: {', '.join(compared.names.get(a, a) for a in compared.areas)}.",
        "An equity floor holds in each year for what is produced a head; its price is what is "
        "given up against the best plan.",
        "Worst-off area first and worst-off areas in turn go by all outcomes together, by their "
        "weights; equity floors and the lowest area by the one outcome that is compared.",
    ]
    if place is None:
        notes.append("A plan holds no needs: figures a person in need are blank.")
    else:
        notes.append(
            "A person in need is one person who could use one service for one year: who could use "
            "two services counts twice. Services without a need given are left out."
        )
    if left:
        said = "1 floor or pace was" if left == 1 else f"{left} floors or paces were"
        notes.append(f"The run was stopped: {said} not priced.")
    return tuple(notes)
