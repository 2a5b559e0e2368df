"""Plans side by side: what each is worth, pays for, brings about and saves.

Every function takes plans by the name they are shown under and gives sheets of
figures; the command line, reports and widgets only show them.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from placebudget.plan import Plan
from placebudget.plan.borrowing import debt_counted
from placebudget.plan.need import (
    AGAIN,
    EXCHEQUER,
    LEAVES,
    cash,
    meet_alike,
    need_unmet,
    needs_by_service,
    used_again,
    value_of_services_led_by_need,
)
from placebudget.view.sheet import MILLION, TOTAL, Sheet, side_by_side
from placebudget.words import money as worded
from placebudget.words import plain, sentence, years_in_words

Plans = Mapping[str, Plan]
POUNDS = "£ million"
LATER = "later"
CASHABLE = "cashable"
_OF_NEED = (
    ("unmet", "not provided ({unit})", 1.0),
    ("money_short", "money short, £ million", MILLION),
    ("needed", "needed ({unit})", 1.0),
    ("avoided", "avoided ({unit})", 1.0),
    ("served", "served ({unit})", 1.0),
    ("empty", "paid for and empty ({unit})", 1.0),
    ("cashable", "released, £ million", MILLION),
)
"""What is shown of the need of a service: column, words and what its figures are divided by."""
_USED = (
    " Leaves a budget: cash that can be taken out. Released and used again: what avoiding need "
    "frees in the years of money, which the plan "
    "spends on something else; its gain is what that brings."
)
_NOTHING = 0.5
VALUES = {"fiscal": "Fiscal", "economic": "Economic", "social": "Social"}


def comparison(plans: Plans) -> list[Sheet]:
    """All sheets that set plans side by side, in the order in which they are read."""
    return [
        public_value(plans),
        *needs(plans),
        money(plans),
        money_by(plans, "purpose"),
        money_by(plans, "agency"),
        outcomes(plans),
        *cashable_savings(plans),
        *savings(plans),
    ]


def public_value(plans: Plans) -> Sheet:
    """Public value and what it consists of, discounted and real."""
    parts = {name: plan.outcomes()[list(VALUES)].sum() for name, plan in plans.items()}
    table = pd.DataFrame(parts).set_axis(list(VALUES.values()), axis=0)
    later = {name: float(plan.tables["needs"]["value"].sum()) for name, plan in plans.items()}
    if any(later.values()):
        table.loc["Released after the last year of money"] = pd.Series(later)
    owed = {name: -debt_counted(plan.run) for name, plan in plans.items()}
    if any(owed.values()):
        table.loc["Owed after the last year of money"] = pd.Series(owed)
    return Sheet(
        "Public value, all years",
        POUNDS,
        table / MILLION,
        adds_up="down",
        total="Public value",
        note=f"Discounted, in {_price_base(plans)} prices; all years in which benefits count: "
        f"{_years(plans, 'appraisal_years')}."
        + unmet_note(plans)
        + need_note(plans)
        + transfers_note(plans),
    )


def needs(plans: Plans) -> list[Sheet]:
    """Need that is avoided, met and not met, capacity and what is released, by name of service.

    Where no service is led by need and nothing avoids any there is nothing to show.
    """
    frames = {name: needs_by_service(plan) for name, plan in plans.items()}
    named_ = pd.concat(frames.values())[["name", "unit"]]
    named_ = named_[~named_.index.duplicated()]
    rows: dict[str, list[float]] = {}
    for service, label in named_.sort_index().iterrows():
        for column, words, scale in _OF_NEED:
            figures = [float(frame[column].get(service, 0.0)) / scale for frame in frames.values()]
            if any(abs(figure) * scale > _NOTHING for figure in figures):
                rows[f"{sentence(label['name'])}: {words.format(**label)}"] = figures
    if not rows:
        return []
    return [
        Sheet(
            "Need in the years of money",
            "",
            pd.DataFrame.from_dict(rows, orient="index", columns=list(plans)),
            digits=None,
            note="Each in its own unit. What is short is cash; what is released is counted up to "
            f"the last year of benefits, discounted, in {_price_base(plans)} prices."
            + avoided_note(plans),
        )
    ]


def unmet_note(plans: Plans) -> str:
    """That value is not compared between plans that leave different need unmet, where any do."""
    first, *others = plans.values()
    if all(meet_alike(first, plan) for plan in others):
        return ""
    amounts = ", ".join(f"{name} {worded(need_unmet(plan)[1])}" for name, plan in plans.items())
    return (
        " To meet the need that must be met and is not would cost, in cash, each unit at the offer "
        f"that takes the last of its need, filled in order of cost: {amounts}. A plan that meets "
        "more of it has less left for other value: the two are not to be compared."
    )


def avoided_note(plans: Plans) -> str:
    """Why need avoided is another figure than the outcome that avoids it, where any is."""
    if not any(plan.tables["needs"]["avoided"].any() for plan in plans.values()):
        return ""
    return (
        " Need avoided and the outcome that avoids it are two counts. Need avoided is the outcome "
        "times what one of it spares of the service, which is less than a whole unit where some of "
        "the cost stays or another service is needed instead; it is of the years of money alone "
        "and has what earlier purchases still bring. The outcome is what is bought in these years, "
        "to the last year of benefits."
    )


def need_note(plans: Plans) -> str:
    """What of public value services led by need bring themselves: no plan's own merit."""
    own = {name: value_of_services_led_by_need(plan) for name, plan in plans.items()}
    if not any(own.values()):
        return ""
    amounts = ", ".join(f"{name} {worded(amount)}" for name, amount in own.items())
    return (
        f" Services led by need bring part of it themselves ({amounts}), the same in plans that "
        "meet all need. What avoiding need releases while there is money to spend is spent, and "
        "counts as what it buys."
    )


def money(plans: Plans) -> Sheet:
    """What becomes of all the money there is, cash over all years."""
    parts = {
        name: {
            "Spent on services": float(plan.money()["amount"].sum()),
            "Management cost of pools": plan.management_cost(),
            "Not spent": float(plan.unspent()["amount"].sum()),
        }
        for name, plan in plans.items()
    }
    return Sheet(
        "Money, all years",
        POUNDS,
        pd.DataFrame(parts) / MILLION,
        adds_up="down",
        note=f"Cash of each year, not discounted; all years of money: {_years(plans, 'years')}.",
    )


def money_by(plans: Plans, by: str) -> Sheet:
    """Money on services over all years, by purpose, agency or another column."""
    frames = {name: plan.money(by) for name, plan in plans.items()}
    table = named(side_by_side(frames, by, "amount"), plans, by)
    who = " that pays" if by == "agency" else ""
    return Sheet(f"Money by {by}{who}, all years", POUNDS, table, adds_up="down", by=by)


def outcomes(plans: Plans) -> Sheet:
    """Outcomes counted over all years, each in its own unit."""
    frames = {name: plan.outcomes("outcome") for name, plan in plans.items()}
    table = side_by_side(frames, "outcome", "counted", scale=1.0).sort_index()
    spared = side_by_side(frames, "outcome", "not_needed", scale=1.0).reindex(table.index)
    labels = _labels(plans, "outcome")
    units = labels["unit"].reindex(table.index).fillna("")
    table = named(table, plans, "outcome")
    table.index = [
        f"{name} ({unit})" if unit else name for name, unit in zip(table.index, units, strict=True)
    ]
    spared.index = [f"{name}: of which not needed" for name in table.index]
    rows = [
        n
        for own in range(len(table))
        for n in (own, own + len(table))
        if n < len(table) or spared.iloc[own].max() > _NOTHING
    ]
    note = f"Each in its own unit.{avoided_note(plans)}"
    if len(rows) > len(table):
        note += " Not needed: the need was avoided, and counts as met."
    table = pd.concat([table, spared]).iloc[rows]
    return Sheet("Outcomes, all years", "", table, digits=None, note=note)


def two_ways(plans: Plans) -> tuple[str, str]:
    """Both ways of counting cashable savings: as they fall, and discounted."""
    return (
        "As they fall, all years",
        f"Discounted to {next(iter(plans.values())).place['years'][0]}",
    )


def cashable_savings(plans: Plans) -> list[Sheet]:
    """Cashable savings in both ways of counting them, so that each can be found in the other.

    Without any savings in any plan there is nothing to show.
    """
    totals = {name: plan.savings()[["cashable", "discounted_cashable"]].sum()
              for name, plan in plans.items()}  # fmt: skip
    if all(plan.savings().empty for plan in plans.values()):
        return []
    table = pd.DataFrame(totals).loc[["cashable", "discounted_cashable"]] / MILLION
    parts = pd.DataFrame({name: cash(plan).sum() for name, plan in plans.items()}) / MILLION
    rows = {}
    for whole, (way, key) in zip(
        two_ways(plans), (("As they fall", ""), ("Discounted", "discounted_")), strict=True
    ):
        rows[whole] = table.loc[f"{key}cashable"]
        others = {EXCHEQUER: parts.loc[f"{key}exchequer"], AGAIN: parts.loc[f"{key}again"]}
        others = {words: figures for words, figures in others.items() if figures.any()}
        if others:
            rows[f"{way}: {LEAVES}"] = parts.loc[f"{key}leaves"]
            rows |= {f"{way}: {words}": figures for words, figures in others.items()}
    return [
        Sheet(
            "Cashable savings in two ways",
            POUNDS,
            pd.DataFrame(rows).T,
            note=f"Both in {_price_base(plans)} prices. As they fall: the totals of the savings by "
            "agency and year. Discounted: what comes later counts less, as in public value and in "
            f"a modelled potential.{_USED if parts.loc['again'].any() else ''}",
        )
    ]


def savings(plans: Plans) -> list[Sheet]:
    """Savings by agency and year with the cashable part, one sheet a plan.

    Without any savings in any plan there is nothing to show.
    """
    frames = {name: plan.savings(["agency", "year"]) for name, plan in plans.items()}
    everyone = side_by_side(frames, "agency", "fiscal").index
    if everyone.empty:
        return []
    exchequer = exchequer_note(plans, everyone)
    return [
        Sheet(
            f"Savings by agency and year as they fall, {name}",
            POUNDS,
            named(_by_year(frames[name], everyone, plans[name].place["years"]), plans, "agency"),
            adds_up="both",
            of_which=CASHABLE,
            note=f"In {_price_base(plans)} prices, not discounted; {LATER}: after "
            f"{plans[name].place['years'][-1]}; {CASHABLE}: part of the total"
            f"{of_it_used_again(plans[name])}.{exchequer}",
        )
        for name in plans
    ]


def of_it_used_again(plan: Plan) -> str:
    """How much of what is cashable is no cash that leaves a budget; blank: nothing."""
    again, _ = used_again(plan)
    return f", {worded(again)} of it {AGAIN} and no cash that leaves a budget" if again else ""


def _years(plans: Plans, which: str) -> str:
    return ", ".join(dict.fromkeys(years_in_words(plan.place[which]) for plan in plans.values()))


def _price_base(plans: Plans) -> str:
    return ", ".join(dict.fromkeys(str(plan.place["price_base"]) for plan in plans.values()))


_PAID, SAVED, _CASHED = "change in money paid", "change in savings", "change in cashable savings"


def who_gains(before: Plan, after: Plan, ends: str) -> list[Sheet]:
    """What changes for each agency from one plan to another.

    Without money and savings there is nothing to show.

    Parameters
    ----------
    before, after : Plan
        Two plans of one place.
    ends : str
        What both are called: "from best aligned to best pooled".
    """
    plans = {"before": before, "after": after}
    paid = money_by(plans, "agency").figures
    columns = {_PAID: paid["after"] - paid["before"]}
    saved = [sheet.whole().drop(TOTAL) for sheet in savings(plans)]
    if saved:
        first, last = saved
        columns[SAVED] = last[TOTAL] - first[TOTAL]
        columns[_CASHED] = last[CASHABLE] - first[CASHABLE]
    table = pd.DataFrame(columns).fillna(0.0)
    if table.empty:
        return []
    table = table.reindex(columns=[_PAID, SAVED, _CASHED], fill_value=0.0)
    table = table.sort_values(SAVED, ascending=False, kind="stable")
    agencies = _labels(plans, "agency")
    known = agencies.index[agencies["name"].isin(table.index)]
    return [
        Sheet(
            f"Who pays more and who gains, {ends}, all years",
            POUNDS,
            table,
            adds_up="down",
            note="Each figure is a change; below nought less is paid or saved. What is paid is all "
            "that an agency’s money pays for services, by itself or through pools: it may fall "
            "while more of it is paid into a pool. Money is cash; savings are as they fall, in "
            f"{_price_base(plans)} prices, not discounted. Cashable savings are part of savings."
            f"{exchequer_note(plans, known)}",
        )
    ]


def exchequer_note(plans: Plans, agencies: pd.Index) -> str:
    """Savings of DWP are not money the place can spend, and the reader is told."""
    labels = _labels(plans, "agency")
    benefits = labels[(labels["sector"] == "dwp") & labels.index.isin(agencies)]["name"]
    return f" {', '.join(benefits)}: to the Exchequer." if len(benefits) else ""


def transfers_note(plans: Plans) -> str:
    """Savings that are left out of public value, where a plan has any."""
    left_out = {
        name: plan.savings()["discounted_fiscal"].sum()
        - plan.tables["needs"]["fiscal"].sum()
        - plan.outcomes()["fiscal"].sum()
        for name, plan in plans.items()
    }
    # Less than a pound is the rounding of two sums.
    if max(left_out.values()) < 1.0:
        return ""
    amounts = ", ".join(f"{name} {worded(amount)}" for name, amount in left_out.items())
    return f" Savings that are transfers are left out ({amounts})."


def _by_year(frame: pd.DataFrame, agencies: pd.Index, years: list[str]) -> pd.DataFrame:
    when = frame["year"].where(frame["year"].isin(years), LATER)
    table = frame.pivot_table("fiscal", "agency", when, "sum", fill_value=0.0)
    later = [LATER] if (when == LATER).any() else []
    table = table.reindex(agencies, columns=[*years, *later], fill_value=0.0)
    cashable = frame.groupby("agency")["cashable"].sum().reindex(agencies, fill_value=0.0)
    return table.assign(**{CASHABLE: cashable}) / MILLION


def named(table: pd.DataFrame, plans: Plans, by: str) -> pd.DataFrame:
    """The table with full names instead of keys, where plans know them."""
    labels = _labels(plans, by)
    if labels.empty:
        words = [plain(key) for key in table.index]
    else:
        names = labels["name"]
        words = [str(names.get(key, key)) for key in table.index]
    return table.set_axis(words, axis=0)


def _labels(plans: Plans, by: str) -> pd.DataFrame:
    of = {
        "agency": "agencies",
        "stream": "streams",
        "service": "services",
        "area": "areas",
        "pool": "pools",
        "outcome": "outcomes",
    }
    if by not in of:
        return pd.DataFrame()
    frames = [plan.labels[of[by]] for plan in plans.values()]
    return pd.concat(frames).drop_duplicates(by).set_index(by)
