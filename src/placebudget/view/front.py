"""The first page: what a board must have heard before it decides, on one sheet.

It is read aloud at meetings, so each part is sentences; figures are changes against today,
and what they are measured against is said at the foot. Its first five sentences can be read
alone, in a minute; what else belongs to it stands below, where its tables are.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from placebudget.place import Place
from placebudget.place.conditions import (
    duties_at_assumed_floor,
    duties_entered,
    duties_without_floor,
    kept_services,
    no_difference_found,
    open_pools,
    rules_in_force,
)
from placebudget.place.names import Names, basis_of, cited, rule_words, succession_words
from placebudget.place.once import once
from placebudget.place.subjects import led_by_need, parse_subject
from placebudget.plan import Plan
from placebudget.plan.findings.finding import HALF
from placebudget.plan.findings.words import asks_or_allows
from placebudget.plan.need import (
    AGAIN,
    EXCHEQUER,
    NO_DIFFERENCE,
    cash,
    meet_alike,
    need_unmet,
    released_later,
    unmet_change,
)
from placebudget.plan.record.record import ways_given
from placebudget.plan.summary import Paragraph
from placebudget.study import Potential, RestsOn
from placebudget.study.potential.plans_side_by_side import STEPS, TITLES
from placebudget.study.standstill import standstill
from placebudget.texts import listed
from placebudget.view.asks import SHOWN, all_together, asks, changes, payers, the_gap
from placebudget.view.in_short import (
    doubt_of,
    hangs_on,
    in_short,
    judged,
    less_than_today,
)
from placebudget.view.plan_facts import money_known
from placebudget.words import count, money, percent, plain, sentence, years_in_words

LARGEST = 5
"""How many of the largest changes are explained below."""

_OF_EACH_SIDE = 3
_FIRSTS = ("first", "second")
_NAMED = 2
"""How many services are named of those that keep more than they cost."""
_WHOSE = 2
"""Of how many services of one name it is said whose they are; of more, how many."""
_PLANS = "Siloed: each agency for itself. Aligned: one goal, own purses. Pooled: with the pools."
_NEAREST = 2
WORSE = (
    "value-below-today", "outcome-falls", "given-up-as-fast-as-can-be",
    "loses-without-known-effect", "loses-as-no-difference-found",
)  # fmt: skip
NOT_SERVED = ("need-not-met", "need-not-served")
DOUBTFUL = ("within-its-range", "social-value-only", "cost-as-value", "rests-on-illustrative")
_A_FALL = 0.0005
"""A share by which an outcome falls that one decimal of a per cent shows."""
_OF_A_KIND = 2
_OF_EACH = dict.fromkeys((*WORSE[1:], "need-not-served", "offer-begins"), 1)
"""How many of a kind are told."""


@dataclass(frozen=True)
class Bar:
    """A step of a waterfall.

    Parameters
    ----------
    label, value : str
        What it is, and its figure in words.
    left, width : float
        Where it begins and how long it is, in per cent of the whole picture.
    kind : str
        ``"gain"``, ``"loss"`` or ``"total"``.
    """

    label: str
    value: str
    left: float
    width: float
    kind: str


@dataclass(frozen=True)
class Part:
    """A heading and what is read below it, and whether that comes before all else."""

    title: str
    said: tuple[Paragraph, ...]
    bars: tuple[Bar, ...] = ()
    leads: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it as lines of text, figures of a picture first."""
        drawn = (f"{bar.label}: {bar.value}" for bar in self.bars)
        return (*drawn, *(line for each in self.said for line in (each.text, *each.points) if line))


@once
def front(potential: Potential) -> tuple[Part, ...]:
    """The first page of a place whose plans stand side by side.

    Parameters
    ----------
    potential : Potential
        The plans, with ``today`` and ``pooled`` among them.

    Returns
    -------
    tuple of Part
        In the order in which they are read; a part that has nothing to say is left out.

    Examples
    --------
    >>> import placebudget as pb
    >>> [part.title for part in front(pb.potential(pb.example("toy_pooling")))][:3]
    ['In short', 'The gap', 'What each step adds']
    """
    nobodys = tuple(_nobodys(potential))
    # Of figures that are nobody's yet no picture makes a result.
    bars = () if nobodys else tuple(waterfall(potential))
    parts = (
        Part("Figures that are nobody’s yet", nobodys),
        Part("In short", () if nobodys else (Paragraph("", in_short(potential)),), leads=True),
        Part("The gap", tuple(_gap(potential))),
        Part("What each step adds", tuple(_steps(potential)), bars),
        Part("The largest changes", tuple(_changes(potential))),
        Part(
            "Who loses, what gets worse, who is not served",
            (*_losers(potential), *_admitted(potential, NOT_SERVED)),
        ),
        Part("What it rests on", tuple(_grounds(potential))),
        Part("What is asked of the board", tuple(_asked(potential))),
    )
    return tuple(part for part in parts if part.said)


def _nobodys(potential: Potential) -> Iterator[Paragraph]:
    """Placeholders, and for how much of the money any value is counted; nothing where none is."""
    told = list(_admitted(potential, ("placeholders",)))
    if told:
        yield from told
        spent = potential.plans["today"].money(by="service")
        known = spent["service"].isin(potential.place.effects["service"])
        part = percent(float(spent.loc[known, "amount"].sum() / spent["amount"].sum()))
        yield Paragraph(f"Value is counted for services that get {part} of today’s money.")


def _gap(potential: Potential) -> Iterator[Paragraph]:
    """What a place says of itself, what it starts from, and who is short of money."""
    said, last = the_gap(potential).summarised().paragraphs, the_gap(potential).table.iloc[-1]
    if potential.place.settings.description:
        yield Paragraph(potential.place.settings.description)
    if after := succession_words(potential.place):
        yield Paragraph("Who takes over:", after)
    yield Paragraph(said[0].text)
    spare = f"; others have {money(float(last['to_spare']))} to spare"
    both = bool(min(last["short"], last["to_spare"]) >= SHOWN)
    yield Paragraph("", tuple(each + spare * both for each in said[-1].points[:1]))


def below(potential: Potential) -> dict[str, tuple[str, ...]]:
    """What belongs to the first page and stands further down, by the table beside which it is.

    What the gap stands on and why unmet need costs another sum; all services that get less; what
    all pools change; cash, in the three ways it goes.
    """
    return {
        "gap": tuple(filter(None, (stands_on(potential), reconciled(potential)))),
        "less": (*less_money(potential, most=None), *_falls_short(potential)),
        "pools": tuple(filter(None, [all_together(potential)])),
        "cash": tuple(filter(None, [_cash(potential)])),
    }


def stands_on(potential: Potential) -> str:
    """What the gap stands on: prices, need for which no growth is given, money that comes once."""
    place, said = potential.place, []
    rates = place.inflation[place.inflation["year"].isin(place.years)].groupby("index")["rate"]
    spans = rates.agg(["min", "max"])
    spans = spans[spans.index.isin(place.offers["index"])]
    still = (spans == 0.0).all(axis=1)
    told = [
        f"{percent(low)}{'' if low == high else f' to {percent(high)}'} ({plain(index)})"
        for index, low, high in spans[~still].itertuples()
    ]
    if told:
        flat = f", not at all ({listed(map(plain, spans.index[still]))})" if still.any() else ""
        said.append(f"prices rise by {listed(told)} a year{flat}")
    cost = the_gap(potential).tables["services"]
    cost = cost[cost["year"] == place.years[-1]].groupby("service")[["demand", "cost"]].sum()
    same = cost.loc[cost["demand"] == 0.0, "cost"].sort_values(ascending=False, kind="stable")
    if same.sum() >= SHOWN:
        most = Names(place).of("service", str(same.index[0]))
        said.append(
            f"need stays as today for {money(same.sum())} of the cost, {money(same.iloc[0])} of it "
            f"{most}"
        )
    paid = place.funding.pivot_table(index="stream", columns="year", values="amount", aggfunc="sum")
    now, then = place.settings.today_year, [year for year in place.years if year in paid]
    if now in paid and now not in place.years:
        once = paid.loc[paid[then].fillna(0.0).sum(axis=1) == 0.0, now].sum()
        if once >= SHOWN:
            said.append(f"{money(once)} of the money of {now} came once")
    return f"{sentence('; '.join(said))}; reserves are not used." if said else ""


def reconciled(potential: Potential) -> str:
    """Why need that today's money leaves unmet costs another sum than the gap; blank: none is."""
    unmet = need_unmet(potential.plans["today"])[1]
    if unmet < SHOWN:
        return ""
    gap = float(the_gap(potential).table["gap"].sum())
    rows = against_standstill(potential)
    others = float(rows.loc[~rows.index.isin(led_by_need(potential.place)), "forgone"].sum())
    rest = unmet - gap - others
    gives = f"as today’s money gives other services {_more(others)} than keeping them costs"
    said = (
        f"All years together the gap is {money(gap)}; to meet the need that today’s money leaves "
        f"unmet would cost {money(unmet)}: {money(abs(others))} {_more(others)}, {gives}"
    )
    if abs(rest) >= SHOWN:
        why = "as need avoided and unit costs are other than today’s"
        said += f", and {money(abs(rest))} {_more(rest)}, {why}"
    return f"{said}."


def _more(change: float) -> str:
    return "more" if change >= 0 else "less"


def waterfall(potential: Potential) -> Iterator[Bar]:
    """From today, step by step, to the best pooled plan.

    Steps between plans that leave different need unmet have no gain, and no bar.
    """
    plans = {name: plan for name, plan in potential.plans.items() if name != "freed"}
    steps, at = [], 0.0
    for start, end in itertools.pairwise(plans):
        if not meet_alike(plans[start], plans[end]):
            at = 0.0
            continue
        gain = plans[end].public_value() - plans[start].public_value()
        steps.append((start, end, at, gain))
        at += gain
    reached = [0.0, *(edge for _, _, at, gain in steps for edge in (at, at + gain))]
    low, high = min(reached), max(reached)
    scale = 100 / (high - low) if high > low else 0.0

    def bar(label: str, at: float, gain: float, kind: str) -> Bar:
        left = (min(at, at + gain) - low) * scale
        return Bar(label, money(gain, signed=True), left, abs(gain) * scale, kind)

    whole = meet_alike(plans["today"], plans["pooled"])
    for start, end, at, gain in steps:
        kind = "gain" if gain >= 0 else "loss"
        doubt = doubt_of(potential, start, end)
        doubt = f" ({doubt})" if doubt else ""
        if end == "pooled" and not open_pools(potential.place):
            closed = len(potential.place.pools)
            doubt = " (no pool is open)" if closed else " (this place has no pool)"
        yield bar(sentence(_step(start, end)) + doubt, at, gain, kind)
        if end == "pooled" and whole:
            gain = plans[end].public_value() - plans["today"].public_value()
            yield bar("All of it: best pooled beside today", 0.0, gain, "total")


def _step(start: str, end: str) -> str:
    return STEPS.get((start, end), f"from {TITLES[start].lower()} to {TITLES[end].lower()}")


def _steps(potential: Potential) -> Iterator[Paragraph]:
    """What is to be said of the steps, beside their figures."""
    plans, said = potential.plans, list[str]()
    unknown = set(potential.place.services["service"])
    unknown -= set(potential.place.effects["service"]) | led_by_need(potential.place)
    for start, end in itertools.pairwise(plans):
        if meet_alike(plans[start], plans[end]):
            fall = changes(plans[start], plans[end])
            moved = fall[fall.index.isin(unknown)]
            moved = max(moved[moved > 0].sum(), -moved[moved < 0].sum())
            if not potential.too_small(start, end) and moved >= max(
                SHOWN, abs(plans[end].public_value() - plans[start].public_value())
            ):
                said.append(
                    f"{sentence(_step(start, end))} also moves {money(moved)} between services "
                    "whose effects are not counted."
                )
        else:
            told, fall = unmet_change(plans[start], plans[end]), changes(plans[start], plans[end])
            others = fall[~fall.index.isin(led_by_need(potential.place))].sum()
            less = f"; all other services get {money(-others)} less (cash)" * bool(others <= -SHOWN)
            less += _arising(plans[start], plans[end], -others) * bool(less)
            lower = plans[end].public_value() - plans[start].public_value() <= -SHOWN
            falls = ", and what is counted falls" * bool(lower)
            said.append(
                f"From {TITLES[start].lower()} to {TITLES[end].lower()}: {told}{less}; so "
                f"no gain in value is shown{falls}."
            )
    today, pooled = plans["today"], plans["pooled"]
    if "freed" in plans and meet_alike(pooled, plans["freed"]):
        more = plans["freed"].public_value() - pooled.public_value()
        said.append(f"Fewer conditions: {money(more, signed=True)} beyond that, a benchmark only.")
    said.append(f"{_PLANS} Gains are discounted, in {pooled.place['price_base']} prices.")
    if most := _given_most(potential):
        said.append(most)
    if "siloed" in plans and meet_alike(today, plans["siloed"]):
        said.append("Planning apart is no gain of working together.")
    if meet_alike(today, pooled):
        said.append(f"The model puts today’s spending carried on at {money(today.public_value())}.")
    left = {name: float(plans[name].unspent()["amount"].sum()) for name in ("today", "pooled")}
    if abs(left["today"] - left["pooled"]) >= SHOWN:
        said.append(
            f"Of the money, today leaves {money(left['today'])} unspent and the best pooled plan "
            f"{money(left['pooled'])}: part of the gain is what the difference buys."
            if left["today"] > left["pooled"]
            else f"The best pooled plan leaves {money(left['pooled'])} unspent, today "
            f"{money(left['today'])}."
        )
    yield Paragraph(" ".join(said))


def _arising(start: Plan, end: Plan, less: float) -> str:
    """Why others get less by another sum than what is short: less need is avoided; else blank."""
    avoided = [plan.tables["needs"]["fiscal"].sum() for plan in (start, end)]
    more = less - (need_unmet(start)[1] - need_unmet(end)[1])
    return ", as less need is avoided, too" * bool(more >= SHOWN and avoided[1] < avoided[0])


def _given_most(potential: Potential) -> str:
    """The service of which pooling changes the money most, against best aligned; blank: none."""
    if "aligned" not in potential.plans or potential.too_small("aligned", "pooled"):
        return ""
    names = Names(potential.place)
    aligned, pooled = (
        spent["amount"].groupby([names.bare("service", key) for key in spent["service"]]).sum()
        for spent in (potential.plans[name].money("service") for name in ("aligned", "pooled"))
    )
    change = pooled.sub(aligned, fill_value=0.0)
    most = change.abs().idxmax()
    if abs(change[most]) < SHOWN:
        return ""
    return (
        f"What changes most by pooling: {most}, {money(change[most], signed=True)} against best "
        f"aligned ({money(aligned.get(most, 0.0))})."
    )


def _cash(potential: Potential) -> str:
    """Cash that leaves a budget, what goes to the Exchequer, and capacity only used again."""
    plans = {name: potential.plans[name] for name in ("today", "aligned", "pooled")
             if name in potential.plans}  # fmt: skip
    sums = {name: cash(plan).sum() for name, plan in plans.items()}
    parts: list[str] = []
    for part, words in (("leaves", ""), ("exchequer", f"{EXCHEQUER}: "), ("again", f"{AGAIN}: ")):
        each = {name: float(amounts[part]) for name, amounts in sums.items()}
        if part == "leaves" or any(abs(amount) >= SHOWN for amount in each.values()):
            now = each.pop("today")
            alike = {money(amount) for amount in each.values()} == {money(now)}
            told = [f"{name} {money(amount - now, signed=True)}" for name, amount in each.items()]
            beside = "in each" if alike else f"today, {' and '.join(told)} beside today"
            parts.append(f"{words}{money(now)} {beside}")
    if all(each.abs().max() < SHOWN for each in sums.values()):
        return ""
    counted = years_in_words(plans["pooled"].place["appraisal_years"])
    said = f"Cash that can leave budgets, as it falls, {counted}: {'; '.join(parts)}."
    if (later := released_later(plans["pooled"])) >= SHOWN:
        said += f" Of what pooled lets leave budgets, {money(later)} is capacity released after "
        said += f"{potential.place.years[-1]}."
    return said


@once
def against_standstill(potential: Potential) -> pd.DataFrame:
    """Money by service beside today's, and beside what today's service would cost.

    Returns
    -------
    DataFrame
        By service, the largest change first, in pounds of all years: ``today`` (today's money
        carried on), ``pooled``, ``change``, ``kept`` (today's service at its own prices and
        need), ``beside`` (pooled less that), ``forgone`` (the growth of today's money beyond
        it); ``last``, ``beside_last`` and ``kept_last`` are of the last year, ``now`` is what is
        spent in today's year.
    """
    found, years = standstill(potential.place), list(potential.place.years)
    cost = found.cost * (1.0 - found.rows["fee"].to_numpy())[:, None]
    kept = pd.DataFrame(cost, columns=years).groupby(found.rows["service"]).sum()
    by_year = potential.plans["pooled"].money(["service", "year"])
    last = by_year[by_year["year"] == years[-1]].set_index("service")["amount"]
    today, pooled = (potential.plans[name] for name in ("today", "pooled"))
    change = changes(today, pooled)
    had = today.money("service").set_index("service")["amount"]
    frame = pd.DataFrame(
        {
            "today": had, "change": change, "kept": kept.sum(axis=1), "kept_last": kept[years[-1]],
            "last": last, "now": found.rows["today"].groupby(found.rows["service"]).sum(),
        }
    ).reindex(change.index).fillna(0.0)  # fmt: skip
    frame["pooled"] = frame["today"] + frame["change"]
    frame["beside"], frame["forgone"] = (
        frame[one] - frame[other] for one, other in (("pooled", "kept"), ("today", "kept"))
    )
    return frame.assign(beside_last=frame["last"] - frame["kept_last"])


def share(part: float, whole: float) -> str:
    """A change as a share of what it is measured against, in brackets; blank where that is none."""
    return f" ({percent(part / whole, signed=True)})" if whole else ""


def _changes(potential: Potential) -> Iterator[Paragraph]:
    """What gains most, and beside it what loses most; why, once where it is the same for all."""
    rows = against_standstill(potential)
    rows = rows[rows["change"].abs() >= SHOWN]
    if rows.empty:
        yield Paragraph("The best pooled plan changes no service by as much as £50,000.")
        return
    names, ended = Names(potential.place), _ended(potential)
    gains, losses = rows[rows["change"] > 0], rows[rows["change"] < 0].sort_values("beside")
    for lead, mine in (
        ("What gains most beside today", gains),
        ("What loses most beside its cost", losses),
    ):
        told, why = [], []
        for service, row in mine[:_OF_EACH_SIDE].iterrows():
            told.append(
                f"{sentence(names.of('service', service))} {money(row['change'], signed=True)}"
                f"{share(row['change'], row['today'])}"
                + f", {money(row['beside'], signed=True)} beside its cost" * bool(row["change"] < 0)
                + "."
            )
            why.append(ended.get(str(service)) or _reason(potential, str(service)))
        if not told:
            continue
        if len(set(why)) > 1:
            # What holds of several is said once, of the first of them.
            firsts = [why.index(each) for each in why]
            own = [
                why[n] if n == first else f"As for the {_FIRSTS[first]}."
                for n, first in enumerate(firsts)
            ]
            yield Paragraph(f"{lead}:", tuple(map(" ".join, zip(told, own, strict=True))))
        else:
            yield Paragraph(f"{lead}: {'; '.join(each[:-1] for each in told)}. {why[0]}")
    yield from _admitted(potential, ("offer-begins",))


def _ended(potential: Potential) -> dict[str, str]:
    """The rule at which the change of a service ends, in words, by service."""
    rules = rules_in_force(potential.place).set_index("rule", drop=False)
    names, found = Names(potential.place), dict[str, str]()
    for each in reversed(potential.findings_of("pooled").of("ends-at-a-rule")):
        rule = rules.loc[each.keys["rule"]]
        about = parse_subject(rule["subject"]).get("service", ())
        said = (
            f"It goes as far as a rule {asks_or_allows(each, rule)}: “{rule_words(rule, names)}” "
            f"({basis_of(rule)})."
        )
        own = each.keys.get("service")
        found |= dict.fromkeys(about if own is None else [own], said)
    return found


def _reason(potential: Potential, service: str) -> str:
    """Why a service gets what it gets, in the sentence of its explanation that says so."""
    if service in led_by_need(potential.place):
        if against_standstill(potential)["change"][service] < 0:
            return "All in need of it are served: less need arises, or it is met at less cost."
        return "Everybody in need of it must be served."
    ways = ways_given(potential.plans["pooled"].run)
    # What gives way in one place and year may gain in all: then that is not why.
    loses = against_standstill(potential)["change"][service] < 0
    if loses and service in {which for which, _, _, _, change in ways if change < 0}:
        if studied := no_difference_found(potential.place).get(service):
            return (
                "It gives way to need that must be met; studies found little or no difference by "
                f"it ({cited(potential.place)[studied]}): no effect is counted."
            )
        return (
            "It gives way to need that must be met; nobody has put in what it does, so that the "
            "cut looks free and is not."
        )
    said = explained(potential, service)
    return said[min(1, len(said) - 1)]


@once
def explained(potential: Potential, service: str) -> tuple[str, ...]:
    """Why the best pooled plan gives a service what it gives: found by solving again, once."""
    return tuple(potential.plans["pooled"].explain(service, place=potential.place).sentences)


def _worse(potential: Potential) -> tuple[str, ...]:
    """What gets worse; where services give way to need, their largest losses say the last of it."""
    return WORSE[:3] if potential.plans["pooled"].run.get("gave_way") else WORSE


def _losers(potential: Potential) -> Iterator[Paragraph]:
    """What gets worse against today, and what pooling itself makes worse."""
    first, *rest = _worse(potential)
    if meet_alike(potential.plans["today"], potential.plans["pooled"]):
        yield from _admitted(potential, (first,))
    less = list(less_money(potential))
    said = (" ".join(less[:2]), *less[2:], _lost_by_pooling(potential))
    if any(said):
        yield Paragraph("", tuple(filter(None, said)))
    yield from _admitted(potential, tuple(rest))


def less_money(potential: Potential, most: int | None = 1) -> Iterator[str]:
    """Services that get less than today's money carried on, each agency's own counted.

    Those that get less in cash as well stand apart from those that get more: one name may
    stand in both, with how many agencies' services it is of in each.

    Parameters
    ----------
    potential : Potential
        The plans.
    most : int, optional
        How many names of each are told; None: all.
    """
    less = less_than_today(potential)
    if -less.sum() < SHOWN:
        return
    names, rows = Names(potential.place), against_standstill(potential).loc[less.index]
    every = Counter(names.bare("service", str(key)) for key in potential.place.services["service"])
    both = " (in brackets: the share of it; beside the cost of the same service)"
    yield (
        f"{_services(len(rows))}, each agency’s own, {_get(len(rows))} less over all years "
        f"than today’s money carried on{both * (most is None)}."
    )
    for lead, mine in _by_cash(rows, potential.place).items():
        together = names.spoken_together(map(str, mine.index))
        alike = [names.bare("service", str(key)) for key in mine.index]
        sums = mine.groupby(alike).sum().sort_values("change", kind="stable")
        named = sums[sums["change"] <= -SHOWN][:most]
        told = []
        for name, row in named.iterrows():
            many = alike.count(str(name))
            whose = together.of("service", str(mine.index[alike.index(str(name))]))
            some = f" ({many} of {every[str(name)]})" * (many < every[str(name)])
            told.append(
                f"{whose if many <= _WHOSE else f'{name}{some}'} "
                f"{money(row['change'], signed=True)}"
                + (_shares(row) if most is None else share(row["change"], row["today"]))
            )
        if len(rest := sums.drop(named.index)):
            many = sum(alike.count(str(name)) for name in rest.index)
            told.append(f"{count(many)} more {money(rest['change'].sum(), signed=True)}")
        yield f"{lead}: {'; '.join(told)}."


def _falls_short(potential: Potential) -> Iterator[str]:
    """Services that keep today's money, and cost more than that."""
    names, rows = Names(potential.place), against_standstill(potential)
    rows = rows[
        ~rows.index.isin({*led_by_need(potential.place), *less_than_today(potential).index})
    ]
    short = rows["beside"].groupby([names.bare("service", str(key)) for key in rows.index]).sum()
    short = short[short <= -SHOWN].sort_values(kind="stable")
    if len(short):
        told = [f"{name} {money(by, signed=True)}" for name, by in short.items()]
        yield (
            f"Of others, that keep today’s money carried on or more, {money(-short.sum())} is "
            f"missing to what they cost: {'; '.join(told)}."
        )


def _by_cash(rows: pd.DataFrame, place: Place) -> dict[str, pd.DataFrame]:
    """Services with less cash in the last year than today, and the others: by what is said."""
    now, last = place.settings.today_year, place.years[-1]
    if now in place.years:
        return {"These are": rows}
    fewer = rows["last"] < rows["now"]
    less, more = int(fewer.sum()), int((~fewer).sum())
    who = "It gets" if len(rows) == 1 else "All of them get"
    groups = {
        f"{who if not more else f'{less} {_get(less)}'} less cash in {last} than in {now}; "
        "in all": rows[fewer],
        f"{more} {_get(more)} no less cash in {last}; in all"
        if less
        else f"{who} no less cash in {last} than in {now}; in all": rows[~fewer],
    }
    return {said: mine for said, mine in groups.items() if len(mine)}


def _get(number: int) -> str:
    return "gets" if number == 1 else "get"


def _shares(row: pd.Series) -> str:
    """A change as a share of today's money, and of what the same service would cost."""
    parts = (("change", "today"), ("beside", "kept"))
    told = [percent(row[part] / row[of], signed=True) for part, of in parts if row[of]]
    return f" ({'; '.join(told)})" * bool(told)


def _lost_by_pooling(potential: Potential) -> str:
    """Whose cash falls by pooling, and which outcomes, against best aligned; blank: none."""
    if "aligned" not in potential.plans:
        return ""
    aligned, pooled = potential.plans["aligned"], potential.plans["pooled"]
    names, said = Names(potential.place), []
    saved = cash(pooled)["leaves"].sub(cash(aligned)["leaves"], fill_value=0.0)
    saved = saved.sort_values(kind="stable")
    if len(less := saved[saved <= -SHOWN]):
        told = [f"{names.of('agency', key)} {money(by, signed=True)}"
                for key, by in less[:_OF_EACH_SIDE].items()]  # fmt: skip
        others = saved.drop(less.index[:_OF_EACH_SIDE]).sum()
        if abs(others) >= SHOWN:
            told.append(f"all others {money(others, signed=True)}")
        whole = money(saved.sum(), signed=True)
        said.append(f"cash that leaves budgets {whole} ({listed(told)})")
    change = _more_in(aligned, pooled, "outcomes", "outcome", "counted")
    brought = aligned.outcomes("outcome").set_index("outcome")["counted"]
    share = change / brought
    falls = share[share <= -_A_FALL].sort_values(kind="stable")
    told = [
        f"“{names.of('outcome', key)}” ({count(brought[key])} to "
        f"{count(brought[key] + change[key])})"
        for key in falls.index[:_OF_EACH_SIDE]
    ]
    if more := len(falls[_OF_EACH_SIDE:]):
        told.append(f"{count(more)} more")
    if told:
        said.append(f"less of {listed(told)}")
    return f"Pooling, against best aligned: {'; '.join(said)}." if said else ""


def _more_in(first: Plan, second: Plan, table: str, key: str, column: str) -> pd.Series:
    """By how much a figure of a plan is larger than that of another."""
    one, other = (getattr(plan, table)(key).set_index(key)[column] for plan in (first, second))
    return other.sub(one, fill_value=0.0)


def _admitted(potential: Potential, codes: tuple[str, ...]) -> Iterator[Paragraph]:
    """What the best pooled plan must admit of these kinds, of each the worst."""
    found = potential.findings_of("pooled")
    for code in codes:
        said, most = found.of(code).sentences, _OF_EACH.get(code, _OF_A_KIND)
        more = len(said) - most
        told = list(said[:most])
        if more > 0:
            told[-1] += f" {count(more)} more below."
        if told:
            yield Paragraph("", tuple(told))


def _grounds(potential: Potential) -> Iterator[Paragraph]:
    """Which figures turn the gain of pooling round, what is doubtful, how the money is known."""
    judged: tuple[str, ...] = ()
    if (found := hangs_on(potential)) is not None:
        judged = tuple(_judgements(found, potential))
        said, nearest = found.summarised().paragraphs[0], found.tables["figures"][:_NEAREST]
        near = max(1, int((nearest["share"].abs() >= HALF).sum()))
        points = (*judged, *said.points[: max(1, near - len(judged))], found.gone_at_nought)
        kept = "With both plans kept as they are:" if said.points else said.text
        yield Paragraph(kept, tuple(filter(None, points)))
    # On what most of the gain hangs is named already.
    yield from _admitted(potential, DOUBTFUL[:-1] if judged else DOUBTFUL)
    choice = (
        "Services without a counted effect keep today’s money before those with one: a choice. "
    )
    known = money_known(potential.place, carried=False)
    yield Paragraph(choice * bool(potential.plans["pooled"].run.get("gave_way")) + known)


def _judgements(found: RestsOn, potential: Potential) -> Iterator[str]:
    """The same in words."""
    names, gain = Names(potential.place), potential.between("aligned", "pooled")
    for who, outcome, hangs in judged(found, potential):
        more = ", more than all of the gain, so that without it there is none"
        yield (
            f"How much {listed(who)} brings of “{names.of('outcome', outcome)}” is a judgement: "
            f"{money(hangs)} hangs on it{more * (hangs > gain)}."
        )


def _asked(potential: Potential) -> Iterator[Paragraph]:
    """What a board is asked: what to decide beside what is paid today, and what to take note of."""
    points = list(asks(potential))
    if "aligned" in potential.plans and potential.too_small("aligned", "pooled"):
        gain = potential.between("aligned", "pooled")
        points = [
            "Nothing to decide of pools: what they gain over best aligned, "
            f"{money(gain, signed=True)}, is {NO_DIFFERENCE}."
        ]
    else:
        points.append(_kept_above_cost(potential))
    points.append(_unguarded(potential))
    note = "To note: nobody has saved what the model says."
    if unseen := _costs_others(potential):
        note += f" {unseen}"
    yield Paragraph("", tuple(filter(None, (*points, note))))
    yield Paragraph(
        "This is a model. It ranks options using the figures of this place. The board decides."
    )


def _kept_above_cost(potential: Potential) -> str:
    """Services of who pays more into pools than today that have more than they cost; blank: none.

    What is paid into a pool is not taken from these.
    """
    place, names, rows = potential.place, Names(potential.place), payers(potential)
    giving = set(rows.loc[rows["pooled"] - rows["today"] >= SHOWN, "agency"])
    own = place.services.loc[place.services["commissioner"].isin(giving), "service"]
    above = against_standstill(potential)["beside"].reindex(own)
    above = above[(above >= SHOWN) & ~above.index.isin(led_by_need(place))]
    above = above.sort_values(ascending=False, kind="stable")
    told = [
        f"{money(by)} for {names.of('service', str(key))}" for key, by in above[:_NAMED].items()
    ]
    if len(rest := above[_NAMED:]):
        told.append(f"{money(rest.sum())} for {count(len(rest))} more")
    choice = ": a choice of the model" * set(above.index).issubset(kept_services(place))
    when = f"Over {len(place.years)} years" if len(place.years) > 1 else f"In {place.years[0]}"
    return (
        f"{when} who pays keeps {listed(told)} beyond what today’s service would cost, growth as "
        f"assumed{choice}."
    ) * bool(told)


def _unguarded(potential: Potential) -> str:
    """Duties in law whose services lose money, and that no rule keeps up; blank: none."""
    findings, told = potential.findings_of("pooled"), []
    found, served = findings.of("duty-without-floor"), duties_without_floor(potential.place)
    aligned = potential.plans.get("aligned", potential.plans["pooled"])
    moved = changes(aligned, potential.plans["pooled"])
    beside = against_standstill(potential)["beside"]
    for n, each in enumerate(found):
        duty = str(each.keys["duty"])
        pooled = moved.reindex(served[duty]).sum()
        # Those from which pooling itself takes money are named, however many there are.
        if n < _OF_EACH_SIDE or pooled <= -SHOWN:
            lost, cost = each["plan"] - each["today"], beside.reindex(served[duty]).sum()
            # Where most of what is lost is growth beyond what the same service will cost.
            own = f" ({money(cost, signed=True)} beside its cost)" * bool(cost > lost / 2)
            own += f" ({money(pooled, signed=True)} by pooling itself)" * bool(pooled <= -SHOWN)
            told.append(f"{duty} {money(lost, signed=True)}{own}")
    if more := len(found) - len(told):
        told.append(f"{count(more)} more below")
    said = [f"duties that lose money and have no floor: {'; '.join(told)}"] * bool(told)
    services = duties_at_assumed_floor(potential.place)
    assumed = [
        f"{duty} {money(each['plan'] - each['today'], signed=True)} "
        f"({money(beside.reindex(services[duty]).sum(), signed=True)} beside its cost)"
        for each in findings.of("duty-at-assumed-floor")
        if each["today"] - each["plan"] >= SHOWN
        for duty in [str(each.keys["duty"])]
    ]
    said += [f"duties under a floor whose level is assumed: {'; '.join(assumed)}"] * bool(assumed)
    entered = len(duties_entered(potential.place))
    rest = f" Only {'1 duty is' if entered == 1 else f'{count(entered)} duties are'} entered."
    return f"May not be lawful: {'. Nor may '.join(said)}.{rest}" * bool(said)


def _costs_others(potential: Potential) -> str:
    """What services lose of which no effect is counted, so that a plan sees no loss."""
    said = [
        f"{money(sum(each['today'] - each['plan'] for each in found))} by "
        f"{_services(len(found))} {why}"
        for code, why in (
            ("loses-without-known-effect", "whose effects nobody has put in"),
            ("loses-as-no-difference-found", "by which studies found no difference"),
        )
        if (found := potential.findings_of("pooled").of(code))
    ]
    return f"Of what is lost it sees nothing of {' and '.join(said)}." if said else ""


def _services(number: int) -> str:
    return "1 service" if number == 1 else f"{count(number)} services"
