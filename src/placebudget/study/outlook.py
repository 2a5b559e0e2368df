"""The gap: what today's services would cost in each year, against the money there is.

In a year t it is, over the services that each agency pays for today,

gap = (C - M0) + C p + C n + C p n - (M - M0)

with C the cost today, M0 and M the money of today's year and of year t, and p and n the rise of
prices and need since today: opening, prices, demand, both at once, less the change of money.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, as_given, known_key, number, refusal, sequence, texts
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.pictures import colours
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names, listed
from placebudget.place.settings import GENERAL as GENERAL_PRICES
from placebudget.place.succession import Successions, handed_over
from placebudget.plan import Plan
from placebudget.plan.compare.tables import SCHEMA, drawn
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.summary import Paragraph, Summary
from placebudget.programme.money import stream_funding, todays_funding
from placebudget.study.potential.plans_side_by_side import TITLES
from placebudget.study.result import PlaceResult, record_of
from placebudget.study.standstill import Standstill, closing_tables, standstill
from placebudget.texts import shown
from placebudget.value import price_levels
from placebudget.words import money, percent, sentence

GENERAL, ALL, NONE = "general", "all", "none"
PARTS = ("opening", "prices", "demand", "both", "change_of_money")
"""What the gap of a year is made of; the parts add up to it."""
_CAUSES = {
    "opening": "today already, before any change",
    "prices": "dearer prices, for what is bought today",
    "demand": "more people in need, at today’s prices",
    "both": "dearer prices for the more people in need",
}
_TERMS = {
    "opening": "today already",
    "prices": "prices",
    "demand": "need",
    "both": "more need at dearer prices",
}
_CHANGE = "change of money (more money lowers the gap)"
_TELLING = 0.1
"""A share of the gap below which what flat money does to it is not told."""
_LEAST = 5e4
"""Pounds that one decimal of a million shows."""
_TRIFLE = 1e-6
"""A share of money below which what is short, or to spare, is rounding."""
_KEYS = ["agency", "kind", "year"]
CLOSING_WORDS = {
    "need_avoided": ("need that prevention takes away saves", "need that comes back costs"),
    "cheaper": ("cheaper ways to buy save", "dearer ways to buy cost"),
    "not_bought": ("units of today’s services not bought, at", ""),
    "more_bought": ("", "more units than today’s standard cost"),
    "set_up": ("", "set-up and leaving costs"),
    "nothing_for_it": ("", "money that buys nothing, or pays for what stands empty,"),
    "management": ("less management of pools saves", "more management of pools costs"),
    "borrowed": ("borrowed, less what loans cost,", "loans cost, less what is borrowed,"),
    "not_spent": ("more spent than the year brings", "not spent in the year"),
}
"""Parts of what a plan does, in words: where they close the gap, and where they widen it."""
_STILL = "still_short", "still_to_spare"
_SUMMED = (
    "cost", "money", "opening", "prices", "demand", "both", "change_of_money", "gap", "council_tax",
    "reserves", "left", "short", "to_spare", *_STILL,
)  # fmt: skip
"""What is short and what is to spare after the means that are stated."""
_MOST = 4
_SUM = "This is a sum of the figures of the place, with nothing planned. The board decides."
_AXIS = "£ million, cash of the year: short above nought, to spare below"


@dataclass(frozen=True, eq=False)
class Outlook(PlaceResult):
    """What today's services would cost in each year, against the money there is.

    A gap above nothing is money short, one below is money to spare. ``tables`` holds, in
    pounds, cash of the year:

    - ``years``: year, cost (of today's services), money, opening, prices, demand, both,
      change_of_money (these five add up to the gap), gap (cost less money), new (the gap less
      that of the year before; of the first year all of it), council_tax and reserves
      (what they take off it), left; short and to_spare (the gaps of the agencies that are short
      of money of a kind, and what others have to spare: the gap is their difference);
    - ``agencies``: agency, then as ``years``, and still_short and still_to_spare (the same after
      council tax and reserves);
    - ``kinds``: kind (revenue or capital money), then as ``years`` up to the gap;
    - ``services``: agency (who pays), service, year, today (money today), opening (what
      serving all in need would cost today above it), prices, demand, both, cost;

    and where plans were given, what each does about the gap:

    - ``plans``: plan, year, gap, and what adds up to it: need_avoided (what prevention
      takes away, beyond what it takes away today), cheaper (cheaper ways to buy), not_bought (units
      that today's standard would need), more_bought (units beyond it), set_up, nothing_for_it
      (money that buys nothing, capacity that stands empty), management, borrowed (less what
      loans cost in the year), not_spent; what closes
      the gap is above nothing, what widens it below;
    - ``plan_services``: plan, service, year, units_kept (that keep today's standard),
      units_avoided (of them not needed any more), units (bought), units_not_bought, cost (of
      keeping it, without the management of pools), money, and the first six of these parts,
      which add up to cost less money;
    - ``moved``: plan, agency, year, funding, own (paid for services it commissions),
      for_others, by_others (paid for its services), management, borrowed, not_spent.

    Parameters
    ----------
    place : Place
        The place.
    """

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        services = ("prices", "demand", "both", "cost")
        return {**dict.fromkeys(("years", "agencies", "kinds"), _SUMMED), "services": services}

    @property
    def adds_up(self) -> Mapping[str, tuple[str, Sequence[str]]]:
        """Tables that add up rows of another: which, and by which columns of both."""
        return {
            "years": ("agencies", ["year"]),
            "agencies": ("services", ["agency", "year"]),
            "plans": ("plan_services", ["plan", "year"]),
        }

    @property
    def table(self) -> pd.DataFrame:
        """The gap by year."""
        return self.tables["years"]

    def chart_specification(self) -> dict[str, Any]:
        """The gap by year, and how much of it is new, as a Vega-Lite specification.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.outlook(pb.example("toy_pooling")).chart_specification()["title"]
        ['In 2025-26 there would be £10 million more money than', 'today’s services cost']
        """
        names = {"gap": "gap", "new": "of it new in the year"}
        values = [
            {"year": row["year"], "part": said, "million": row[part] / 1e6}
            for row in self.table.to_dict("records")
            for part, said in names.items()
        ]
        parts, full = list(names.values()), {"labelLimit": 0}
        scale = {"domain": parts, "range": colours(parts)}
        part = {"field": "part", "type": "nominal", "title": None, "sort": parts}
        amount = {"field": "million", "type": "quantitative", "title": _AXIS}
        return {
            "$schema": SCHEMA,
            "title": wrap(gap_said(self.table.iloc[-1]), 60),
            "data": {"values": values},
            "mark": "bar",
            "encoding": {
                "y": {"field": "year", "type": "ordinal", "title": None, "axis": full},
                "yOffset": {"field": "part", "sort": parts},
                "x": amount,
                "color": {**part, "legend": full, "scale": scale},
            },
        }

    def chart(self) -> Any:
        """The gap by year as an Altair chart, which needs ``placebudget[report]``."""
        return drawn(self.chart_specification(), "outlook")

    def summarised(self) -> Summary:
        """The gap in the last year, what it is made of, and who would be short."""
        last = self.table.iloc[-1]
        part = (
            f", {percent(abs(last['gap']) / last['money'])} of the money" if last["money"] else ""
        )
        against = f"{money(last['cost'])} against {money(last['money'])}{part}"
        why = f"{gap_said(last)}: {against}.{_cause(last)}{self._flat(last)}"
        said = [Paragraph(why, tuple(_parts(last)))]
        if len(self.table) > 1:
            said.append(Paragraph("Year by year:", tuple(self._years())))
        if agencies := tuple(self._agencies("short", "to_spare")):
            said.append(Paragraph(f"By agency, in {last['year']}:", agencies))
        said += self._after_means(last)
        if "plans" in self.tables:
            lead = f"What each plan does in {last['year']}, against keeping today’s services:"
            said.append(Paragraph(lead, tuple(self._plans())))
        return Summary(self.title, tuple(said), _SUM)

    def _flat(self, last: pd.Series) -> str:
        """What of the gap there is because money is the same in cash each year; blank: little."""
        flat, rise = flat_in_cash(self.place)
        base = self.place.settings.today_year or self.place.years[0]
        if last["gap"] <= 0 or flat.sum() * rise < _TELLING * last["gap"]:
            return ""
        most = flat.idxmax()
        by = Names(self.place).of("stream", str(most))
        named = f", {money(flat[most] * rise)} of it by “{by}”" if len(flat) > 1 else f", by “{by}”"
        return (
            f" Of the money {money(flat.sum())} is the same in cash as in {base}: had it risen as "
            f"prices do in general, the gap would be {money(flat.sum() * rise)} less{named}."
        )

    def _years(self) -> Iterator[str]:
        for n, row in enumerate(self.table.to_dict("records")):
            more = f" (new in the year: {_amount(row['new'])})" if n else ""
            yield f"{row['year']}: {_amount(row['gap'])}{more}"

    def _plans(self) -> Iterator[str]:
        rows = self.tables["plans"]
        for row in rows[rows["year"] == self.table["year"].iloc[-1]].to_dict("records"):
            parts = [
                f"{said[row[part] < 0]} {money(abs(row[part]))}"
                for part, said in CLOSING_WORDS.items()
                if abs(row[part]) >= 0.5
            ]
            name = str(row["plan"])
            yield f"{TITLES.get(name, sentence(name))}: {'; '.join(parts) or 'the same'}"

    def _after_means(self, last: pd.Series) -> Iterator[Paragraph]:
        """What a rise of council tax and reserves meet, and who is short after them."""
        meant = []
        if last["council_tax"] <= -0.5:
            rise = money(-last["council_tax"])
            meant.append(f"In {last['year']} the rise of council tax brings {rise}.")
        used = [
            f"{money(-row['reserves'])} in {row['year']}"
            for row in self.table.to_dict("records")
            if row["reserves"] <= -0.5
        ]
        if used:
            meant.append(f"Reserves above their minimum meet {listed(used)}.")
        if meant:
            yield from map(Paragraph, meant)
            lead = f"After that, in {last['year']}: {_amount(last['left'])}."
            yield Paragraph(lead, tuple(self._agencies(*_STILL)))

    def _agencies(self, short: str, spare: str) -> Iterator[str]:
        """Who is short in the last year and who has money to spare: no agency pays for another."""
        rows = self.tables["agencies"]
        rows = rows[rows["year"] == self.table["year"].iloc[-1]]
        names = Names(self.place)
        for what, measure in (
            ("short of money", short),
            ("with money to spare, which is theirs", spare),
        ):
            mine = rows[rows[measure] >= np.maximum(0.5, _TRIFLE * rows["money"])]
            mine = mine.loc[mine[measure].sort_values(ascending=False, kind="stable").index]
            first = [
                f"{names.of('agency', row['agency'])} {money(abs(row[measure]))}"
                + f" (and short of {money(row[short])} of its other kind of money)"
                * bool(measure == spare and row[short] >= 0.5)
                for row in mine.head(_MOST).to_dict("records")
            ]
            if first:
                more = len(mine) - len(first)
                rest = [f"{more} more"] if more else []
                whole = money(abs(float(mine[measure].sum())))
                yield f"{what}, {whole} together: {listed([*first, *rest])}"
        both = rows[(rows[short] >= 0.5) & (rows[spare] >= 0.5)]["agency"]
        if len(both):
            whose = listed([names.of("agency", who) for who in both])
            yield f"in both, short of one kind of money (revenue or capital) only: {whose}"


def gap_said(row: Mapping[str, Any] | pd.Series) -> str:
    """The gap of a year in a sentence, without its full stop."""
    year, gap = row["year"], float(row["gap"])
    if gap >= 0.5:
        return f"In {year} today’s services would cost {money(gap)} more than there is money"
    if gap <= -0.5:
        return f"In {year} there would be {money(-gap)} more money than today’s services cost"
    return f"In {year} today’s services would cost what there is money"


def _cause(row: pd.Series) -> str:
    """The sum that a gap is, in one unit so that it can be added up; blank where there is none."""
    if row["gap"] < _LEAST:
        return ""
    terms = {
        **_TERMS,
        "change_of_money": f"{'more' if row['change_of_money'] < 0 else 'less'} money",
    }
    told = [
        f"{said} {_millions(row[part], signed=True)}"
        for part, said in terms.items()
        if abs(row[part]) >= _LEAST
    ]
    return f" In £ million: {', '.join(told)} = {_millions(row['gap'])}."


def _millions(pounds: float, *, signed: bool = False) -> str:
    return f"{pounds / 1e6:{'+' if signed else ''},.1f}".replace("-", "−")


def _amount(gap: float) -> str:
    if abs(gap) < 0.5:
        return "nothing"
    return f"{money(abs(gap))} {'short' if gap > 0 else 'to spare'}"


def _parts(row: pd.Series) -> Iterator[str]:
    for part, said in {**_CAUSES, "change_of_money": _CHANGE}.items():
        if abs(row[part]) >= max(0.5, _TRIFLE * row["money"]):
            yield f"{said}: {money(row[part], signed=True)}"


def outlook(
    place: PlaceLike,
    *,
    population: float = 0.0,
    council_tax: float | Mapping[str, float] = 0.0,
    reserves: str | Sequence[str] = GENERAL,
    plans: Iterable[PlanLike] | Mapping[str, PlanLike] = (),
) -> Outlook:
    """What today's services would cost in each year, against the money there is.

    Today's services keep their standard: the same services, bought the same way, for the same
    share of those in need; services led by need serve all of them. Nothing is planned.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    population : float
        Growth a year of services for which no need is given (0.005: half a per cent);
        without it they stay at today's units.
    council_tax : float or mapping of str to float
        A rise of council tax a year beyond what the table of funding has, from the first year
        on (0.02: two per cent): of all streams marked as council tax, or by stream.
    reserves : str or sequence of str
        Kinds of reserves whose balance above its minimum meets the gap of the agency that holds
        it, year after year until it is used up: ``"general"``, ``"all"``, ``"none"``, or a list
        of kinds of the place.
    plans : iterable of Plan or path, or mapping of str to Plan
        Plans of the same place, such as ``pb.potential(place).plans``: what each does about
        the gap.

    Returns
    -------
    Outlook
        The gap by year, by agency and by service, in parts that add up to it.

    Raises
    ------
    InvalidPlace
        If the place has errors; all are named.
    CannotAnswer
        If no stream is marked as council tax, or prices cannot be carried on.
    WrongArgument
        If anything else that was given cannot be meant; all of it is named.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.outlook(pb.example("toy_pooling"))
    >>> found.table[["opening", "gap"]].to_dict("records")
    [{'opening': -10000000.0, 'gap': -10000000.0}]
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        population = asked.read(number, "population", population, above=-1.0, most=1.0)
        rates = asked.read(_council_tax, place, council_tax)
        kinds = asked.read(_kinds, place, reserves)
        compared = asked.read(_plans_of, place, plans)
    found = standstill(place, population)
    gaps = _gaps(place, found)
    agencies = _agencies(place, gaps, rates, kinds)
    years = agencies.drop(columns=["agency", *_STILL]).groupby("year").sum().reset_index()
    tables = {
        "years": years,
        "agencies": agencies,
        "kinds": gaps.drop(columns="agency").groupby(["kind", "year"], as_index=False).sum(),
        "services": _services(place, found),
        **(closing_tables(place, found, compared) if compared else {}),
    }
    run = record_of(
        place, "outlook", population=population, council_tax=rates, reserves=list(kinds),
        plans=[plan.name for plan in compared],
    )  # fmt: skip
    title = f"{place.title}: what today’s services would cost, against the money"
    notes = _notes(place, found, population, rates, kinds)
    return Outlook(title, tables, tuple(notes), run, place)


def _services(place: Place, found: Standstill) -> pd.DataFrame:
    """What keeping each service costs those who pay for it today, by year."""
    rows = found.rows
    made = [
        pd.DataFrame(
            {
                "agency": rows["agency"],
                "service": rows["service"],
                "year": year,
                "today": rows["today"],
                "opening": found.base - rows["today"],
                "prices": found.prices[:, t],
                "demand": found.added[:, t],
                "both": found.both[:, t],
                "cost": found.cost[:, t],
            }
        )
        for t, year in enumerate(place.years)
    ]
    return pd.concat(made).groupby(["agency", "service", "year"], as_index=False).sum()


def _gaps(place: Place, found: Standstill) -> pd.DataFrame:
    """The gap by agency, kind of money and year, in its parts."""
    streams = place.filled("streams").set_index("stream")
    funding, now = stream_funding(place), todays_funding(place)
    held = streams.loc[funding.index, ["agency", "kind"]]
    rows = []
    for t, year in enumerate(place.years):
        money, made = funding.iloc[:, t], found.rows[["agency", "kind", "area"]]
        rows.append(
            made.assign(
                year=year, cost=found.cost[:, t], opening=found.base, prices=found.prices[:, t],
                demand=found.added[:, t], both=found.both[:, t],
            )
        )  # fmt: skip
        rows.append(held.assign(year=year, money=money, opening=-now, change_of_money=now - money))
    measures = ["cost", "money", *PARTS]
    whole = pd.concat(
        handed_over(place, each, [name for name in measures if name in each]) for each in rows
    )
    keys = [sorted(place.agencies["agency"]), sorted(set(whole["kind"])), place.years]
    every = pd.MultiIndex.from_product(keys, names=_KEYS)
    made = whole.groupby(_KEYS)[["cost", "money", *PARTS]].sum()
    made = made.reindex(every, fill_value=0.0) + 0.0  # nothing has no sign
    return made.assign(gap=made[list(PARTS)].sum(axis=1)).reset_index()


def flat_in_cash(place: Place) -> tuple[pd.Series, float]:
    """Money that is the same in cash in each year as today, by stream; the rise of prices since.

    Of a gap, the one times the other is what there is because that money does not rise.
    """
    funding, before = stream_funding(place), todays_funding(place)
    flat = funding[funding.nunique(axis=1) == 1].iloc[:, -1]
    flat = flat[(flat > 0) & (flat == before.reindex(flat.index))]
    base = place.settings.today_year or place.years[0]
    rise = price_levels(place.inflation, GENERAL_PRICES, base, [place.years[-1]])[0] - 1.0
    return flat, float(rise)


def _agencies(
    place: Place, gaps: pd.DataFrame, rates: Mapping[str, float], kinds: Sequence[str]
) -> pd.DataFrame:
    """The gap of each agency and year, and what the means that are stated take off it.

    Money of one kind to spare meets no gap of the other: what is short and what is to spare
    is told by kind, before the means and after them.
    """
    streams = place.filled("streams").set_index("stream")
    funding = stream_funding(place)
    rise = np.array([rates.get(stream, 0.0) for stream in funding.index])
    raised = funding * ((1.0 + rise)[:, None] ** np.arange(1, len(place.years) + 1) - 1.0)
    whose = [streams["agency"].loc[raised.index], streams["kind"].loc[raised.index]]
    taxed = raised.groupby([each.to_numpy() for each in whose]).sum().stack()
    brought = taxed.rename_axis(_KEYS).rename("council_tax").reset_index()
    taxed = handed_over(place, brought, ["council_tax"]).groupby(_KEYS)["council_tax"].sum()
    keys = pd.MultiIndex.from_frame(gaps[_KEYS])
    made = gaps.assign(council_tax=0.0 - taxed.reindex(keys, fill_value=0.0).to_numpy())
    made["reserves"] = 0.0 - _drawn(made, _spare(place, kinds), Successions.of(place))
    made["left"] = made[["gap", "council_tax", "reserves"]].sum(axis=1)
    for measure, (short, spare) in (("gap", ("short", "to_spare")), ("left", _STILL)):
        made[short] = made[measure].clip(lower=0.0)
        made[spare] = (-made[measure]).clip(lower=0.0)
    found = made.drop(columns="kind").groupby(["agency", "year"], as_index=False).sum()
    gap = found.groupby("agency", sort=False)["gap"]
    at = list(found.columns).index("gap") + 1
    found.insert(at, "new", gap.diff().fillna(found["gap"]))
    return found


def _drawn(made: pd.DataFrame, spare: Mapping[str, float], ends: Successions) -> np.ndarray:
    """What reserves meet of each gap, year after year until they are used up: revenue first.

    Those of an agency that ends go to its successors, by their shares of what is left then.
    """
    left, drawn = dict(spare), pd.Series(0.0, made.index)
    short = (made["gap"] + made["council_tax"]).clip(lower=0.0)
    order = made.assign(first=made["kind"] != "revenue").sort_values(["year", "first"])
    for row, agency, year in zip(order.index, order["agency"], order["year"], strict=True):
        for before in [who for who in ends.ended if left.get(who, 0.0) > 0.0]:
            held, passed = ends.holders(before, year), left[before]
            if before not in held:
                left[before] = 0.0
                for holder, share in held.items():
                    left[holder] = left.get(holder, 0.0) + share * passed
        drawn[row] = min(short[row], left.get(agency, 0.0))
        left[agency] = left.get(agency, 0.0) - drawn[row]
    return drawn.to_numpy()


def _spare(place: Place, kinds: Sequence[str]) -> dict[str, float]:
    """Reserves of some kinds above their minimum, by agency."""
    held = place.filled("reserves")
    held = held[held["kind"].isin(kinds)]
    above = (held["opening"] - held["minimum"]).clip(lower=0.0)
    return {str(who): float(sums) for who, sums in above.groupby(held["agency"]).sum().items()}


def _council_tax(place: Place, given: object) -> dict[str, float]:
    """The rise a year by stream."""
    streams = place.filled("streams")
    if isinstance(given, Mapping):
        with Arguments() as each:
            for stream, rate in given.items():
                each.read(known_key, "stream", stream, streams["stream"])
                each.read(number, f"council_tax[{as_given(stream)}]", rate, least=0.0, most=1.0)
        return {str(stream): float(rate) for stream, rate in given.items() if rate}
    rate = number("council_tax", given, least=0.0, most=1.0, otherwise=", or one by stream")
    marked = streams.loc[streams["council_tax"], "stream"]
    if rate and marked.empty:
        raise CannotAnswer(
            "no stream is marked as council tax, so its rise would raise nothing. Write yes in the "
            "column council_tax of the table streams; in Python a rise can be given by stream."
        )
    return dict.fromkeys(marked, rate) if rate else {}


def _kinds(place: Place, given: object) -> tuple[str, ...]:
    """Kinds of reserves that the place has."""
    known = [str(kind) for kind in sorted(place.filled("reserves")["kind"].unique())]
    words = {ALL: known, GENERAL: [kind for kind in known if kind == GENERAL], NONE: []}
    if isinstance(given, str) and given in words:
        return tuple(words[given])
    kinds = texts("reserves", given, such_as="'general', 'all', 'none' or ['general', 'earmarked']")
    with Arguments() as each:
        for kind in kinds:
            each.read(known_key, "kind of reserves", kind, known)
    return kinds


def _plans_of(place: Place, given: object) -> tuple[Plan, ...]:
    """Plans of the place, each with a name of its own."""
    each = list(given.values()) if isinstance(given, Mapping) else sequence(given)
    if each is None:
        raise refusal("plans", "a list of plans, such as [pb.optimise(place)]", given)
    with Arguments() as asked:
        plans = [asked.read(as_plan, plan) for plan in each]
    names = [plan.name for plan in plans]
    for plan in plans:
        if plan.place["digest"] != place.digest:
            raise WrongArgument(
                f"the plan {shown(plan.name)} is of other figures than {place.title}. Give the "
                "place it was made of; a plan under an option is one of place.with_option(...)."
            )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise WrongArgument(
            f"several plans are called {shown(twice[0])}, and a table of them would not tell them "
            "apart. Give one of them."
        )
    return tuple(plans)


def _notes(
    place: Place,
    found: Standstill,
    population: float,
    rates: Mapping[str, float],
    kinds: Sequence[str],
) -> Iterator[str]:
    yield (
        "Pounds, cash of the year. A gap above nothing is money short; below nothing, money to "
        "spare."
    )
    yield (
        f"Today means {place.settings.today_year}. Services are kept as they are bought today, for "
        "the same share of those in need; services led by need serve all of them. A service counts "
        "with the agency that pays for it today, with what a pool takes for its management."
    )
    if not np.any(found.added):
        yield "The figures of the place have no growth of need: demand adds nothing."
    if found.assumed:
        how = f"grow by {percent(population)} a year" if population else "stay at today’s units"
        yield f"Services for which no need is given ({len(found.assumed)}) {how}."
    if rates:
        yield (
            "Council tax: a further rise each year from the first on, beyond what the funding has; "
            "limits by law and the tax base are not looked at."
        )
    if kinds:
        yield (
            f"Reserves ({listed(kinds)}) above their minimum meet the gap of the agency that holds "
            "them until they are used up: once, not every year. Nothing is put back."
        )
        used = place.filled("reserves")["kind"].isin(kinds) & place.reserves["minimum"].isna()
        without = list(dict.fromkeys(place.reserves.loc[used, "agency"]))
        if without:
            more = len(without) - _MOST
            whose = listed([
                *(Names(place).of("agency", who) for who in without[:_MOST]),
                *([f"{more} more"] if more > 0 else []),
            ])  # fmt: skip
            yield (
                f"No minimum is given for reserves of {whose}: it is taken to be £0, so that all "
                "of them may be used."
            )
    yield (
        "Money to spare of one agency, of one kind or for one purpose, does not of itself meet the "
        "gap of another."
    )
