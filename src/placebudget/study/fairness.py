"""Fairness between areas: who gets what, and the price of more fairness, rule after rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event

import pandas as pd

from placebudget.arguments import Arguments, numbers, offered, optional, text
from placebudget.errors import CannotAnswer, Infeasible, Stopped, WrongArgument
from placebudget.place import Place
from placebudget.place.geography import Geography
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.plan import Plan, benchmarks, optimise, simulate
from placebudget.plan.deliver import outcome_table
from placebudget.plan.evidence import objective_value, read_solution
from placebudget.plan.need import shortfall_of
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.worded_table import NameOf, named_by
from placebudget.plan.workbook_pages import MODEL
from placebudget.programme import ALIGNED, Programme, build, one_goal, read_objectives, read_pooling
from placebudget.programme.basis import Shortfall
from placebudget.progress import Stage, silent
from placebudget.solver import RunLimits, solve_in_order
from placebudget.study.areas import (
    MONEY,
    Compared,
    area_table,
    compared_areas,
    group_table,
    inequality_table,
    pace_table,
)
from placebudget.study.result import StudyResult, record_of
from placebudget.texts import shown
from placebudget.words import count, in_unit, percent, plain, sentence, whole_pounds

# The price of fairness: plans under one more rule after another.

BEST, WORST_OFF, LEXIMIN = "best", "worst-off area first", "leximin"
EQUITY, PACE = "equity floor", "pace"
_RULE = "fairness_between_areas"
PRICE_COLUMNS = [
    *("rule", "level", "status", "objective", "unit"),
    *("value", "price", "share", "worst_area", "lowest_of_mean"),
]


class FairnessCurve:
    """Plans under one more rule after another."""

    def __init__(
        self,
        place: Place,
        objective: str,
        pooling: str | Sequence[str],
        limits: RunLimits,
        compared: Compared,
    ) -> None:
        self.place, self.objective, self.limits = place, objective, limits
        self.mode = read_pooling(place, pooling)
        self.compared = compared
        self.marks = (
            {}
            if self.mode.name == ALIGNED
            else benchmarks(place, objective=objective, limits=limits)
        )
        self.best, self.unit = float("nan"), ""
        self.shortfall: Shortfall | None = None

    def plans(self, plans: dict[str, Plan], outcome: str) -> Iterator[tuple]:  # type: ignore[type-arg]
        """Prices of the plans that put the worst-off area first."""
        for name in (BEST, WORST_OFF, LEXIMIN):
            plan = plans[name]
            held = next(o for o in plan.objectives if o.name == self.objective)
            if name == BEST:
                self.best, self.unit = held.value, held.unit
                self.shortfall = shortfall_of(plan.run)
            made = plan.tables["outcomes"]
            yield self._row(name, float("nan"), plan.status, held.unit, held.value, made, outcome)

    def rules(
        self,
        outcome: str,
        floors: Sequence[float],
        paces: Sequence[float],
        report: Callable[[str, int, int], None],
        total: int,
    ) -> Iterator[tuple]:  # type: ignore[type-arg]
        """Prices of equity floors and of limits to the pace of change, until stopped."""
        levels = [(EQUITY, float(v)) for v in floors] + [(PACE, float(v)) for v in paces]
        for n, (rule, level) in enumerate(levels, start=4):
            report(Stage(f"{rule}, {level:g} %", rule, f"{level:g}"), n, total)
            try:
                yield self._priced(rule, level, outcome)
            except Stopped:
                return

    def _priced(self, rule: str, level: float, outcome: str) -> tuple:  # type: ignore[type-arg]
        place = self.place.with_(rules=self._with_rule(rule, level, outcome))
        try:
            programme, solution = solve_in_order(
                lambda ordered: self._programme(place, ordered),
                limits=self.limits,
                tie_break=False,
            )
        except Infeasible:
            none = float("nan")
            told = (rule, level, "no plan keeps it", self.objective, self.unit)
            return (*told, none, none, none, "", none)
        evidence = read_solution(programme, solution, self.marks)
        value = objective_value(self.objective, programme.basis, evidence)
        made = outcome_table(programme.basis, evidence.made)
        return self._row(rule, level, solution.status, self.unit, value, made, outcome)

    def _programme(self, place: Place, ordered: bool) -> Programme:
        objectives = [self.objective]
        return build(
            place, self.mode, objectives=objectives, benchmarks=self.marks, ordered=ordered,
            shortfall=self.shortfall,
        )  # fmt: skip

    def _row(
        self,
        rule: str,
        level: float,
        status: str,
        unit: str,
        value: float,
        made: pd.DataFrame,
        outcome: str,
    ) -> tuple:  # type: ignore[type-arg]
        heads = self.compared.spread(made[made["outcome"] == outcome], "produced")
        people = self.compared.people
        mean, heads = heads.sum() / people.sum(), heads / people
        lost = self.best - value
        # What is nearer to nothing than the solver can tell is nothing.
        lost = 0.0 if abs(lost) <= 1e-8 * max(abs(self.best), 1.0) else lost
        return (
            rule, level, status, self.objective, unit, value, lost,
            lost / self.best if self.best else float("nan"),
            self.compared.areas[int(heads.argmin())],
            float(heads.min() / mean) if mean > 0 else float("nan"),
        )  # fmt: skip

    def _with_rule(self, rule: str, level: float, outcome: str) -> pd.DataFrame:
        if rule == EQUITY:
            subjects = [f"outcome={outcome}; tier={self.compared.tier}"]
        else:
            subjects = [f"area={area}" for area in self.compared.areas]
        kind = "equity_floor" if rule == EQUITY else "pace"
        added = [
            {
                "rule": f"{_RULE}_{n}",
                "kind": kind,
                "subject": subject,
                "amount": level,
                "unit": "per cent",
                "basis": "policy",
            }
            for n, subject in enumerate(subjects)
        ]
        return pd.concat([self.place.rules.astype(object), pd.DataFrame(added)], ignore_index=True)


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
    - ``deprivation``: the same by the groups that the table of areas names, 1 the most deprived:
      plan, group, population, measure, unit, total, a_head;
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
    groups = (
        pd.Series(dtype=float) if place is None else place.areas.set_index("area")["deprivation"]
    )
    return {
        "areas": whole,
        "deprivation": group_table(whole, groups.dropna()),
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
