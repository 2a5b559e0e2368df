"""The five sentences on top of the first page, and the facts that it shares with them.

They can be read alone, in a minute: the question, what is proposed, what it brings beside all
that is spent, who gives up something, and what all of it stands on. The printed run, the report,
the board and the first sheet of the workbook say them in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from placebudget.place import Place
from placebudget.place.conditions import open_pools
from placebudget.place.names import Names, listed
from placebudget.place.once import once
from placebudget.place.subjects import led_by_need
from placebudget.plan import Plan
from placebudget.plan.findings.finders import called
from placebudget.plan.findings.finding import HALF
from placebudget.plan.need import NO_DIFFERENCE, cash, meet_alike, unmet_change
from placebudget.plan.resting import EFFECT
from placebudget.study import Potential, RestsOn
from placebudget.study.rests_on import hanging
from placebudget.value import real_and_discounted
from placebudget.view.asks import SHOWN, changes, payers, the_gap
from placebudget.view.plan_facts import money_by_status
from placebudget.words import count, money, percent, sentence, years_in_words

_GIVING = 2
"""How many services are named of those that give up money to a pool."""
NO_GAIN = "not distinguishable from nothing"


def question_of(place: Place) -> str:
    """What pages of the plans of a place ask.

    Examples
    --------
    >>> import placebudget as pb
    >>> print(question_of(pb.example("toy_pooling")))
    What could Toy place for pooling (invented) gain in 2025-26 by pooling its public money, and
    what does it gain by using each agency’s money better?
    """
    first, last = place.years[0], place.years[-1]
    return (
        f"What could {place.title} gain in {first if first == last else f'{first} to {last}'} by "
        "pooling its public money, and what does it gain by using each agency’s money better?"
    )


@once
def in_short(potential: Potential) -> tuple[str, ...]:
    """The question, what is proposed, what it brings, who gives up something, what it stands on.

    Examples
    --------
    >>> import placebudget as pb
    >>> in_short(pb.potential(pb.example("toy_pooling")))[2]
    'In the model pooling brings nothing.'
    """
    said = (
        _question(potential), _proposed(potential), brings(potential), gives_up(potential),
        _stands(potential),
    )  # fmt: skip
    return tuple(filter(None, said))


def _question(potential: Potential) -> str:
    place, last = potential.place, the_gap(potential).table.iloc[-1]
    gap = float(last["gap"])
    than = "today’s services cost {} more in {} than there is money"
    than = than if gap > 0 else "there is {} more money in {} than today’s services cost"
    when = f", when {than.format(money(abs(gap)), last['year'])}" * bool(abs(gap) >= SHOWN)
    return (
        f"The question is what {place.title} gains by pooling money in "
        f"{years_in_words(place.years)}{when}."
    )


def _proposed(potential: Potential) -> str:
    """What is to be paid into the pools that add something; which add nothing."""
    if not open_pools(potential.place):
        return "There is no pool to decide on."
    if "aligned" in potential.plans and potential.too_small("aligned", "pooled"):
        return f"Nothing is proposed: what pools gain is {NO_DIFFERENCE}."
    names, added = Names(potential.place), potential.added_by_pools()
    told = [
        f"{money(mine['pooled'].sum())} (today {_or_nothing(mine['today'].sum())}) from "
        f"{_whose(mine, names)} into {names.of('pool', pool)}{_mainly(potential, pool)}"
        for pool, mine in payers(potential).groupby("pool", sort=False)
        if added.get(pool, 1.0) and abs((mine["pooled"] - mine["today"]).sum()) >= SHOWN
    ]
    idle = [names.of("pool", pool) for pool, gain in added.items() if not gain]
    nothing = f"; {listed(idle)} add{'s' * (len(idle) == 1)} nothing" if idle else ""
    paid = payers(potential).groupby("pool")["today"].sum()
    if any(paid.get(pool, 0.0) >= SHOWN for pool, gain in added.items() if not gain):
        nothing += " to what is paid today"
    if not told:
        return f"Nothing more is proposed to be paid into pools{nothing}."
    years = len(potential.place.years)
    over = f", over {years} years," if years > 1 else ""
    return f"Proposed is{over} to pay {listed(told)}{nothing}."


def _or_nothing(pounds: float) -> str:
    return money(pounds) if pounds else "nothing"


def _whose(rows: pd.DataFrame, names: Names) -> str:
    """Who pays into a pool: by name where it is one."""
    pays = rows.loc[rows["pooled"] > 0, "agency"]
    return names.of("agency", pays.iloc[0]) if len(pays) == 1 else f"{len(pays)} agencies"


def _mainly(potential: Potential, pool: str) -> str:
    """Which of the services that a pool pays for has most more of it, as the end of a sentence."""
    spent, names = potential.plans["pooled"].money(["route", "service"]), Names(potential.place)
    spent = spent[(spent["route"] == pool) & (spent["amount"] >= SHOWN)]
    apart = "aligned" if "aligned" in potential.plans else "today"
    more = changes(potential.plans[apart], potential.plans["pooled"])
    more = more.groupby([names.bare("service", str(key)) for key in more.index]).sum()
    more = more.reindex({names.bare("service", str(key)) for key in spent["service"]})
    return f", mainly for {more.idxmax()}" if more.max() >= SHOWN else ""


def outcomes_moved(before: Plan, after: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Outcomes of which a plan makes more than another, and those of which it makes less.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> outcomes_moved(pb.simulate(place), pb.optimise(place, pooling="freed"))[1]
    ()
    """
    labels = after.labels["outcomes"].set_index("outcome")
    counted = {
        name: plan.outcomes("outcome").set_index("outcome")["counted"].reindex(labels.index)
        for name, plan in (("before", before), ("after", after))
    }
    blank = {"before": 0.0, "after": 0.0, "unit": ""}
    table = labels[["name", "unit"]].assign(**counted).fillna(blank)
    table["moved"] = table["after"] - table["before"]
    share = (table["moved"] / table["before"]).abs()
    ways: dict[bool, list[str]] = {True: [], False: []}
    for row in table.loc[share.sort_values(ascending=False, kind="stable").index].itertuples():
        if count(row.before) != count(row.after):
            unit = f" ({row.unit})" if row.unit else ""
            way = "more" if row.moved > 0 else "less"
            ways[row.moved > 0].append(f"{sentence(row.name)}: {count(abs(row.moved))} {way}{unit}")
    return tuple(ways[True]), tuple(ways[False])


def brings(potential: Potential) -> str:
    """What pooling brings beside all that is spent, and how much of it is cash."""
    if "aligned" not in potential.plans:
        return ""
    aligned, pooled = potential.plans["aligned"], potential.plans["pooled"]
    if not meet_alike(aligned, pooled):
        return f"In the model pools bring {unmet_change(aligned, pooled)}."
    gain = potential.between("aligned", "pooled")
    doubt = f", which is {said}" if (said := doubt_of(potential, "aligned", "pooled")) else ""
    if abs(gain) < SHOWN and not doubt:
        return "In the model pooling brings nothing."
    leaves = float(cash(pooled)["leaves"].sum() - cash(aligned)["leaves"].sum())
    more = f"{money(abs(leaves))} {'more' if leaves > 0 else 'less'} cash"
    freed = more if abs(leaves) >= SHOWN else "no more cash"
    return (
        f"In the model pooling {'brings' if gain > 0 else 'loses'} {money(abs(gain))} of public "
        f"value{doubt}, {_of_spent(potential)}; {freed} can leave a budget."
    )


def _of_spent(potential: Potential) -> str:
    """What pooling gains beside all that is spent, both counted in the same way."""
    plan, base = potential.plans["pooled"], potential.place.settings.price_base
    spent = real_and_discounted(plan.money(by="year").set_index("year")["amount"], potential.place)
    part = percent(potential.between("aligned", "pooled") / spent)
    return f"{part} of the {money(spent)} spent, both discounted and in {base} prices"


def of_all_spent(potential: Potential) -> str:
    """What pooling gains beside all that is spent; blank: nothing that can be said."""
    plans, pooled = potential.plans, potential.plans["pooled"]
    if "aligned" not in plans or not meet_alike(plans["aligned"], pooled):
        return ""
    if abs(potential.between("aligned", "pooled")) < SHOWN:
        return ""
    return f"Pooling’s gain is {_of_spent(potential)}."


def gives_up(potential: Potential) -> str:
    """From which services pooling takes money; how much all get less than today, either way."""
    takes = _pooling_takes(potential) if "aligned" in potential.plans else ""
    return " ".join(filter(None, (takes, _beside_today(potential))))


def _beside_today(potential: Potential) -> str:
    """What services get less than today, and need more, with pools and without; blank: nothing."""
    less = {
        name: less_than_today(potential, name)
        for name in ("pooled", "aligned")
        if name in potential.plans
    }
    if all(-each.sum() < SHOWN for each in less.values()):
        return ""
    said = [_less_and_more(potential, name, each) for name, each in less.items()]
    if len(said) > 1:
        said = [f"with pooling {said[0]}", f"without it {said[1]}"]
    return f"Beside today’s money carried on, {'; '.join(said)}."


def _less_and_more(potential: Potential, name: str, less: pd.Series) -> str:
    """How many services get less than today in a plan, and what need gets more."""
    change = changes(potential.plans["today"], potential.plans[name])
    more = change[change.index.isin(led_by_need(potential.place))].sum()
    services = "1 service gets" if len(less) == 1 else f"{count(len(less))} services get"
    gets = f"{services} {money(-less.sum())} less" if len(less) else "no service gets less"
    return f"{gets} and need that must be met {money(more)} more" if more >= SHOWN else gets


def less_than_today(potential: Potential, name: str = "pooled") -> pd.Series:
    """Pounds by service of those that get less than today's money carried on, the most first.

    A service is one agency's own, and less is less by more than a pound: so it is counted
    wherever services that get less are.
    """
    change = changes(potential.plans["today"], potential.plans[name])
    return change[change < -1.0].sort_values(kind="stable")


def _pooling_takes(potential: Potential) -> str:
    """Services that have less by pooling itself; those led by need have what they need."""
    names = Names(potential.place)
    moved = changes(potential.plans["aligned"], potential.plans["pooled"])
    moved = moved[~moved.index.isin(led_by_need(potential.place))]
    moved = moved.groupby([names.bare("service", str(key)) for key in moved.index]).sum()
    less = moved[moved <= -SHOWN].sort_values(kind="stable")
    told = [f"{money(-by)} from {name}" for name, by in less[:_GIVING].items()]
    if len(rest := less[_GIVING:]):
        told.append(f"{money(-rest.sum())} from {len(rest)} more")
    return f"Against best aligned, pooling takes {listed(told or ['money from no service'])}."


def _stands(potential: Potential) -> str:
    """On what the gain stands, and how much of the money to come is assumed."""
    said = list(filter(None, [_hangs_most(potential)]))
    known = money_by_status(potential.place)["funding_share"]
    share = float(known.reindex(["illustrative", "placeholder"]).sum())
    if share >= HALF:
        part = "all" if percent(share) == percent(1.0) else percent(share)
        said.append(f"{part} of the money to come is assumed")
    return f"{sentence('; '.join(said))}." if said else ""


def _hangs_most(potential: Potential) -> str:
    """The judgement, or else the one figure, on which most of the gain hangs; blank: none."""
    found = hangs_on(potential)
    if found is None or found.tables["figures"].empty or found.gain < SHOWN:
        return ""
    for who, outcome, hangs in judged(found, potential):
        named = Names(potential.place).of("outcome", outcome)
        rest = "without it there is no gain" if hangs > found.gain else "most of the gain is that"
        return f"how much {listed(who)} brings of “{named}” is a judgement, and {rest}"
    row = found.tables["figures"].iloc[0]
    return f"the gain hangs most on one figure ({found.called(row)}), which is {row['status']}"


@once
def hangs_on(potential: Potential) -> RestsOn | None:
    """On which figures the gain of pooling hangs; none where need is met differently."""
    aligned, pooled = potential.plans.get("aligned"), potential.plans["pooled"]
    if aligned is None or not meet_alike(aligned, pooled):
        return None
    return hanging(pooled, aligned, potential.place)


def doubt_of(potential: Potential, start: str, end: str) -> str:
    """Why the gain of a step is none to decide on, in words; blank: it is one.

    It is smaller than the figures can tell, or gone within the range that a value's source gives.
    """
    if potential.too_small(start, end):
        return NO_DIFFERENCE
    admits = potential.findings_of(end) if end in potential.plans else None
    found = () if admits is None else admits.of("within-its-range")
    beside = {each.keys["beside"] for each in found}
    return NO_GAIN if called(potential.plans[start]) in beside else ""


def judged(found: RestsOn, potential: Potential) -> Iterator[tuple[tuple[str, ...], str, float]]:
    """Outcomes of which half the gain hangs on effects that are nobody's finding, all together.

    Yields
    ------
    tuple
        The services that bring most of it, the outcome, and the pounds that hang on it.
    """
    rows, names = found.tables["figures"], Names(potential.place)
    gain = potential.between("aligned", "pooled")
    rows = rows[(rows["kind"] == EFFECT) & rows["status"].isin(("placeholder", "illustrative"))]
    for outcome, mine in rows.groupby("outcome", sort=False):
        hangs = float(mine["hangs"].sum())
        if gain > 0 and hangs >= HALF * gain:
            large = mine[mine["hangs"] >= mine["hangs"].max() / len(mine)]
            who = dict.fromkeys(names.bare("service", str(key)) for key in large["service"])
            yield tuple(who), str(outcome), hangs
