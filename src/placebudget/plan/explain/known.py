"""What is known about one service in one plan, and what is said of it with its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from placebudget.place.conditions import Conditions
from placebudget.place.names import Names, leaving_words, listed
from placebudget.place.settings import in_years
from placebudget.place.subjects import lines_of
from placebudget.plan.borrowing import gate_words, loans_said
from placebudget.plan.plan import Plan
from placebudget.plan.summary import rewards_said
from placebudget.programme import Basis
from placebudget.solver import Stop
from placebudget.words import count, many_over, money, percent, plain, sentence

Figure = tuple[str, float | None, str] | tuple[str, float | None, str, str]
NUMBERS: dict[int, str] = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven"}
TODAY = "money today, carried on"
_SAME = 500.0  # pounds: what figures in thousands do not show
COLUMNS = ("sentence", "figure", "year", "value", "unit")


@dataclass(frozen=True)
class Margin:
    """What a pound more would do in one year: on the service, and where it is now."""

    there: float
    now: float


@dataclass
class Why:
    """What is known about one service in one plan; pounds and the objective's unit.

    All figures but ``margins`` are of ``years``: of one year, so that pounds of one kind
    are compared; of all years asked about only where a service without money would have
    to be started, which is judged whole. ``None`` stands for what no plan allows.
    ``next_`` is about ``step`` pounds more, ``last_`` about ``last_step`` pounds less;
    worths are for the whole step.
    """

    years: list[int]
    asked: list[int]
    money: np.ndarray  # pounds by year of the plan
    today: np.ndarray | None = None  # the same carried on as today; None where that is not known
    step: float = 0.0
    last_step: float = 0.0
    room: float = np.inf  # pounds more it could use, whoever pays
    free_fall: float = 0.0  # pounds less the rules let it have
    start_cost: float = 0.0  # pounds it takes to start at all
    next_worth: float | None = None
    next_cost: float | None = None  # what the same money does now
    next_from: str = ""  # service that gives most of it
    next_paid_by: tuple[str, ...] = ()  # streams that most of it would come from
    last_worth: float | None = None
    last_elsewhere: float | None = None
    last_paid_by: tuple[str, ...] = ()  # streams that pay for most of it
    average_worth: float | None = None  # a pound of all its money
    cut_off: float = 0.0  # a pound of free money, at best elsewhere
    cut_off_at: str = ""
    limits: list[Stop] = field(default_factory=list)  # nothing more can be used: all of these
    if_set_aside: Stop | None = None
    stops: list[Stop] = field(default_factory=list)
    holds: list[Stop] = field(default_factory=list)
    held_worth: float | None = None  # last step, with the holding rules set aside
    held_elsewhere: float | None = None  # the same money elsewhere, with them set aside
    unreached: list[Stop] = field(default_factory=list)
    cost_share: float | None = None  # of its unit cost, at which it would get money
    margins: dict[int, Margin] = field(default_factory=dict)  # other years asked about
    full: list[int] = field(default_factory=list)  # other years in which it can use no more

    @property
    def total(self) -> float:
        """Money in the years looked into, in pounds."""
        return float(self.money[self.years].sum())

    @property
    def funded(self) -> bool:
        """Whether it gets any money in the years asked about."""
        return float(self.money[self.asked].sum()) >= 1.0

    @property
    def others(self) -> list[int]:
        """Years asked about but not looked into."""
        return [t for t in self.asked if t not in self.years]


def money_today(basis: Basis, lines: np.ndarray) -> np.ndarray | None:
    """Pounds by year that today's money brings some lines, carried on; None where none is given."""
    table = basis.today
    if not len(table):
        return None
    mine = lines[basis.today_line]
    found = np.zeros(len(basis.years))
    np.add.at(found, table["t"].to_numpy(np.int64)[mine], table["amount"].to_numpy(float)[mine])
    return found


def against_today(now: float, today: float | None, *, carried_on: bool) -> str:
    """How money lies beside today's, as the part of a sentence that follows it.

    The difference is given only where both read alike: three figures that are each rounded
    by themselves need not add up, and in one sentence everybody adds them up.

    Examples
    --------
    >>> against_today(6e6, 4e6, carried_on=True)
    ', more than today’s £4 million carried on'
    >>> against_today(6_010_000, 6e6, carried_on=True), against_today(6e6, 6e6, carried_on=True)
    (', £10,000 more than today', ', as much as today')
    """
    if today is None:
        return ""
    way = "more" if now > today else "less"
    if abs(now - today) < _SAME:
        return ", as much as today" if now >= _SAME else ", as today"
    if today < _SAME:
        return ", nothing of it today"
    if money(now) == money(today):
        return f", {money(abs(now - today))} {way} than today"
    return f", {way} than today’s {money(today)}{' carried on' if carried_on else ''}"


@dataclass
class Speech:
    """Sentences and the figures that carry them, as they are put together."""

    sentences: list[str] = field(default_factory=list)
    rows: list[tuple[int, str, str, float, str]] = field(default_factory=list)
    spare: int = 0  # number of the sentence that gives way where there are too many; 0: none

    def say(self, text: str, *figures: Figure) -> None:
        """A sentence with its figures (name, value, unit and, where it has one, year)."""
        self.sentences.append(sentence(text))
        for figure in figures:
            name, value, unit = figure[:3]
            if value is not None:
                year = figure[3] if len(figure) == 4 else ""
                self.rows.append((len(self.sentences), name, year, float(value), unit))

    def within(self, most: int) -> Speech:
        """The speech without its spare sentence, where there are more than so many."""
        if self.spare and len(self.sentences) > most:
            left_out, self.spare = self.spare, 0
            del self.sentences[left_out - 1]
            self.rows = [
                (row[0] - (row[0] > left_out), *row[1:]) for row in self.rows if row[0] != left_out
            ]
        return self

    def dated(self, year: str) -> Speech:
        """The speech with a year for each figure that was said without one."""
        self.rows = [(n, name, of or year, value, unit) for n, name, of, value, unit in self.rows]
        return self

    def figures(self) -> pd.DataFrame:
        """The figures as a tidy table."""
        frame = pd.DataFrame(self.rows, columns=list(COLUMNS))
        return frame.astype(
            {"sentence": "int64", "figure": "str", "year": "str", "value": float, "unit": "str"}
        )


def _by_year(name: str, amounts: np.ndarray, basis: Basis, years: Sequence[int]) -> list[Figure]:
    """Pounds of each year and, of several years, of all of them."""
    each: list[Figure] = [(name, float(amounts[t]), "pounds", basis.years[t]) for t in years]
    if len(years) > 1:
        each.append((name, float(amounts[list(years)].sum()), "pounds", "all"))
    return each


# Need in the words on why a service gets what it gets: that it must be met, and what avoids it.

# Shares of what is needed below which there is nothing to say.
_NONE = 1e-6
_A_POUND = 1.0


def needs_of(plan: Plan, basis: Basis, lines: np.ndarray, years: Sequence[int]) -> pd.DataFrame:
    """Rows of the table of needs about some lines, in years of money."""
    table = plan.tables["needs"]
    keys = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
    mine = [key in keys for key in zip(table["service"], table["area"], strict=True)]
    return table[np.array(mine, bool) & table["year"].isin([basis.years[t] for t in years])]


def why_it_must_be_met(
    plan: Plan, basis: Basis, lines: np.ndarray, years: list[int], paid: np.ndarray, what: str
) -> Speech:
    """Why a service led by need gets this much: everybody in need is served.

    Parameters
    ----------
    plan : Plan
        The plan.
    lines : ndarray of bool
        Lines of the service, all led by need.
    years : list of int
        Numbers of the years asked about.
    paid : ndarray
        Pounds by year of the plan.
    what : str
        The service as it should be read.
    """
    speech, needs = Speech(), needs_of(plan, basis, lines, years)
    spent = float(paid[years].sum())
    over = f"over {NUMBERS.get(len(years), len(years))} years"
    over = f"in {basis.years[years[0]]}" if len(years) == 1 else over
    each = _by_year("money", paid, basis, years)
    held, beside = money_today(basis, lines), ""
    if held is not None:
        later = [basis.years[t] for t in years] != [basis.place.settings.today_year]
        beside = against_today(spent, float(held[years].sum()), carried_on=later)
        each += _by_year(TODAY, held, basis, years)
    head = f"{what} gets {money(spent)} {over}{beside}"
    unmet, needed = float(needs["unmet"].sum()), float(needs["needed"].sum())
    table = basis.place.filled("services").set_index("service")
    unit = str(table["unit"][basis.lines.service[lines][0]])
    many = many_over(unit, len(years))
    who = many or "units"
    whole = f"{count(needed)} {many or f'units ({unit})'}"
    if unmet > _NONE * needed:
        speech.say(
            f"{head}: everybody in need of it must be served, and {count(unmet)} of {whole} "
            "are not.",
            *each,
            ("need unmet", unmet, "units"),
            ("need", needed, "units"),
        )
    else:
        speech.say(
            f"{head}: everybody in need of it must be served, {whole}.",
            *each,
            ("need", needed, "units"),
        )
    avoided = float(needs["avoided"].sum())
    if avoided > _NONE * needed:
        makers = _makers(basis, lines)
        by = f": it is avoided by {listed(makers)}" if makers else ""
        speech.say(
            f"Need of {count(avoided)} {who} does not arise{by}.",
            ("need avoided", avoided, "units"),
        )
    kept = _kept(plan, basis, lines)
    empty = float((needs["paid"] - needs["served"]).clip(lower=0.0).sum())
    if empty > _NONE * needed:
        why = f", as it {kept}" if kept else ""
        speech.say(
            f"Capacity for {count(empty)} {who} stands empty{why}.",
            ("empty capacity", empty, "units"),
        )
    elif kept:
        speech.say(f"Its capacity {kept}, and falls as fast as that lets it.")
    return speech


def say_which_runs(
    speech: Speech, plan: Plan, basis: Basis, lines: np.ndarray, years: Sequence[int]
) -> None:
    """Which offers of a choice or of a shared service run, where one is of the lines."""
    units, name = plan.tables["units"], basis.offers.name
    bought = units[(units["units"] > _NONE) & units["year"].isin([basis.years[t] for t in years])]
    for decision in basis.decisions:
        if not lines[basis.offers.line[decision.offers]].any():
            continue
        rows = bought[bought["offer"].isin(name[decision.offers])]
        runs = [
            f"{plain(offer)} {in_years(of['year'])}"
            for offer, of in rows.groupby("offer", sort=False)
        ]
        among = decision.words(basis.offers)
        speech.say(f"{among}: {listed(runs) if runs else 'nothing is bought of any'}.")


def say_what_targets_pay(speech: Speech, plan: Plan, basis: Basis, lines: np.ndarray) -> None:
    """What each target pays for an outcome that the lines work on."""
    effects, working = basis.effects, set(basis.lines.service[lines])
    mine = [basis.outcomes.name[y] for s, y in zip(effects.service, effects.outcome, strict=True)
            if s in working]  # fmt: skip
    for said in rewards_said(plan, mine):
        speech.say(f"{sentence(said)}.")


def say_what_is_borrowed(speech: Speech, plan: Plan, basis: Basis, lines: np.ndarray) -> None:
    """Loans whose money pays for the lines or may, and gateways before them that are shut."""
    place, conditions = basis.place, Conditions(basis.place, basis.pooling)
    here = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
    mine = [each for each in lines_of(place, basis.geography) if (each.service, each.area) in here]
    may = frozenset(
        stream
        for stream in place.loans["stream"]
        if any(conditions.routes(stream, each)[0] for each in mine)
    )
    for said in loans_said(plan, may):
        speech.say(f"{sentence(said)}.")
    offers = set(basis.offers.name[lines[basis.offers.line]])
    for row in basis.place.filled("gateways").to_dict("records"):
        if not row["passed"] and row["offer"] in offers:
            speech.say(f"{sentence(gate_words(row))}.")


def say_what_ends(speech: Speech, plan: Plan, basis: Basis, lines: np.ndarray) -> None:
    """Which offers end whose end costs something, and what that costs; or that none does."""
    units, offers = plan.tables["units"], basis.offers
    number = {name: o for o, name in enumerate(offers.name)}
    year = {name: t for t, name in enumerate(basis.years)}
    runs = np.zeros(offers.leaving_cost.shape, bool)
    bought = units[units["units"] > _NONE]
    runs[bought["offer"].map(number).to_numpy(), bought["year"].map(year).to_numpy()] = True
    ended = offers.left(runs)
    for o in (o for o in offers.leaving if lines[offers.line[o]]):
        cost = offers.leaving_cost[o] * basis.scale.money
        for t in np.flatnonzero(ended[o]):
            speech.say(
                f"{leaving_words(str(offers.name[o]), float(cost[t]))} in {basis.years[t]}, "
                "the year in which it runs no longer.",
                ("cost of ending", float(cost[t]), "pounds"),
            )
        if runs[o].any() and not ended[o].any():
            speech.say(
                f"{leaving_words(str(offers.name[o]), float(cost[-1]))} in {basis.years[-1]}; it "
                "still runs then, and what ending it in a later year costs is not counted."
            )


def say_what_it_avoids(
    speech: Speech, plan: Plan, basis: Basis, lines: np.ndarray, years: Sequence[int]
) -> None:
    """What a service saves by avoiding need of others, for whom, and what money that releases."""
    names, need = Names(basis.place), basis.need
    made = basis.effects.outcome[np.isin(basis.effects.service, basis.lines.service[lines])]
    mine = np.isin(need.outcome, made) & need.lasting[need.line]
    outcomes = set(basis.outcomes.name[need.outcome[mine]])
    table, taken = plan.tables["savings"], need.line[mine]
    keys = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
    made_here = [key in keys for key in zip(table["service"], table["area"], strict=True)]
    here = np.array(made_here, bool) & table["outcome"].isin(outcomes).to_numpy(bool)
    for agency in sorted(set(basis.lines.commissioner[taken])):
        saved = table[here & (table["agency"] == agency).to_numpy(bool)]
        fiscal, cashable = (float(saved[name].sum()) for name in ("fiscal", "cashable"))
        if max(abs(fiscal), abs(cashable)) < _A_POUND:
            continue
        theirs = taken[basis.lines.commissioner[taken] == agency]
        services = sorted({names.of("service", key) for key in basis.lines.service[theirs]})
        # Benefits come in years after those asked about, too.
        speech.say(
            f"What it avoids of the need for {listed(services)} saves "
            f"{names.of('agency', agency)} {money(fiscal)} in all years, not discounted; "
            f"{money(cashable)} of that is released.",
            ("saved by need avoided", fiscal, "pounds"),
            ("released by need avoided", cashable, "pounds"),
        )
    theirs = np.isin(np.arange(len(basis.lines)), taken)
    for key in sorted(set(basis.lines.service[theirs])):
        if kept := _kept(plan, basis, theirs & (basis.lines.service == key)):
            speech.say(
                f"Capacity of {names.of('service', key)} {kept}, so that no more is released."
            )


def _makers(basis: Basis, lines: np.ndarray) -> list[str]:
    """Services that avoid the need of some lines, those of one name once."""
    need = basis.need
    outcomes = need.outcome[lines[need.line]]
    services = basis.effects.service[np.isin(basis.effects.outcome, outcomes)]
    names = Names(basis.place).spoken_together(sorted(services))
    return sorted({names.bare("service", str(key)) for key in services})


def _kept(plan: Plan, basis: Basis, lines: np.ndarray) -> str:
    """How fast capacity can be given up at most, where the plan gives up no less of it."""
    need, offers = basis.need, basis.offers
    mine = lines[offers.line]
    shares = set(need.release[mine].tolist())
    share = next(iter(shares))
    if len(shares) != 1 or np.isnan(share):
        return ""
    needs = needs_of(plan, basis, lines, range(len(basis.years)))
    paid = needs.groupby("year")["paid"].sum().reindex(list(basis.years)).to_numpy(float)
    before = np.append(need.paid_today[mine].sum() * basis.scale.units, paid[:-1])
    near = _NONE * np.maximum(before, 1.0)
    if not (np.abs(paid - (1.0 - share) * before) <= near).any():
        return ""
    return f"can be given up by no more than {percent(share)} a year"
