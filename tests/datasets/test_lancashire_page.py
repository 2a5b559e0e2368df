"""The figures that Lancashire's page says its gap and its gains rest on, worked out again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
from placebudget.knowledge import library
from placebudget.place import Place
from placebudget.place.conditions import kept_services
from placebudget.plan.need import cash
from placebudget.plan.resting import (
    COST,
    EFFECT,
    NEED,
    VALUE,
    Figure,
    Kept,
    Shifted,
    figures_of,
    multiplied,
)
from placebudget.study.potential.barriers import with_cut
from placebudget.study.potential.parts import added_by_pools, without_idle
from placebudget.study.standstill import standstill
from placebudget.words import money
from planned import optimised
from proof import ALL

pytestmark = pytest.mark.xdist_group("lancashire")

PAGE = Path(__file__).resolve().parents[2] / "datasets" / "lancashire" / "README.md"
UPPER_TIER = ("", "_blackburn", "_blackpool")


def gap(place: Place) -> float:
    """The gap of the last year, in pounds."""
    return float(pb.outlook(place).tables["years"]["gap"].iloc[-1])


def priced(index: str, rate: float) -> Callable[[Place], Place]:
    """An index that rises at another rate after today's year."""

    def at(place: Place) -> Place:
        table = place.inflation.copy()
        table.loc[(table["index"] == index) & (table["year"] > "2024-25"), "rate"] = rate
        return place.with_(inflation=table)

    return at


def paid(
    streams: tuple[str, ...], old: float, new: float, start: int = 2024
) -> Callable[[Place], Place]:
    """Streams that rise at another rate from a year on."""

    def at(place: Place) -> Place:
        table = place.funding.astype({"amount": float})
        later = table["stream"].str.startswith(streams) & (table["year"] > "2024-25")
        years = table.loc[later, "year"].str[:4].astype(int) - start
        table.loc[later, "amount"] *= ((1 + new) / (1 + old)) ** years
        return place.with_(funding=table)

    return at


def needed(service: str, rate: float | None) -> Callable[[Place], Place]:
    """A need that grows by so much more a year, or (None) not at all."""

    def at(place: Place) -> Place:
        table = place.needs.astype({"people": float})
        names = [f"{service}{end}" for end in UPPER_TIER]
        for name in table.loc[table["service"].isin(names), "service"].unique():
            rows = (table["service"] == name) & table["year"].notna()
            here = table[rows]
            today = here[here["year"] == "2024-25"].set_index("area")["people"]
            years = here["year"].str[:4].astype(int) - 2024
            table.loc[rows, "people"] = (
                here["area"].map(today) if rate is None else here["people"] * (1 + rate) ** years
            )
        return place.with_(needs=table)

    return at


def kept_up(place: Place) -> Place:
    """Money from reserves that goes on, 2 % more each year."""
    once = place.funding[place.funding["stream"].str.startswith("reserves_")]
    later = [
        once.assign(year=year, amount=once["amount"] * 1.02 ** (int(year[:4]) - 2024))
        for year in place.years
    ]
    return place.with_(funding=pd.concat([place.funding, *later], ignore_index=True))


CASES: dict[str, Callable[[Place], Place]] = {
    "price of what the NHS and councils do themselves": priced("pay", 0.021),
    "NHS money": paid(("nhs_core",), 0.03, 0.035),
    "people treated in an emergency": needed("emergency_care", None),
    "money from reserves": kept_up,
    "council tax of councils": paid(("council_tax_",), 0.03, 0.04, 2025),
    "grants and business rates of councils": paid(("grants_", "rates_", "rsg_"), 0.02, 0.03),
    "fees of care and other contracts": priced("contracts", 0.025),
    "people in care homes": needed("residential_care", None),
    "people in community nursing": needed("community_nursing", None),
    "children in care": needed("children_in_care", 0.01),
}


def said(pounds: float) -> str:
    """A change of the gap as the page writes it."""
    return f"{'−' if pounds < 0 else '+'}£{abs(pounds) / 1e6:.1f} million"


def test_each_figure_that_the_gap_rests_on_changes_it_by_what_the_page_says() -> None:
    place = pb.example("lancashire")
    found = pb.outlook(place).tables
    years, agencies = (found[name] for name in ("years", "agencies"))
    before = float(years["gap"].iloc[-1])
    page = PAGE.read_text("utf-8")
    part = page[page.index("## The ten figures that the gap rests on") :].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")][2:]
    assert [row[0] for row in rows] == list(CASES)
    # A price and a stream of money, as the rates below; all ten where everything is proved.
    for name, *_, told in rows if ALL else rows[:2]:
        assert told == said(gap(CASES[name](place)) - before), name
    last = agencies[agencies["year"] == place.years[-1]].set_index("agency")["gap"] / 1e6
    for agency in ("county", "blackpool", "nhs", "blackburn"):
        assert f"£{last[agency]:.1f} million" in part, agency


TURNS: dict[str, Callable[[float], Callable[[Place], Place]]] = {
    "pay and prices": lambda rate: priced("pay", rate),
    "NHS money": lambda rate: paid(("nhs_core",), 0.03, rate),
    "grants and business rates of councils": lambda rate: paid(
        ("grants_", "rates_", "rsg_"), 0.02, rate
    ),
    "council tax": lambda rate: paid(("council_tax_",), 0.03, rate, 2025),
    "fees": lambda rate: priced("contracts", rate),
}


def test_each_rate_at_which_the_page_says_the_gap_is_nought_has_it_between_its_roundings() -> None:
    place, part = (
        pb.example("lancashire"),
        on_one_line(page("**What turns it round:**", "**What a")),
    )
    told = re.findall(r"([A-Za-z ]+?) (−?[\d.]+) %(?: a year)? instead of", part)
    assert [name.strip() for name, _ in told] == list(TURNS)
    # A price; all five where everything is proved.
    for name, rate in told if ALL else told[:1]:
        near = float(rate.replace("−", "-")) / 100
        ends = [gap(TURNS[name.strip()](near + way * 0.0005)(place)) for way in (1, -1)]
        assert min(ends) < 0 < max(ends), name


def test_prices_and_years_of_the_page_are_those_of_the_table() -> None:
    """The deflator of four years together, and one rate of each index from then on."""
    rates, said = pb.example("lancashire").inflation, on_one_line(page("**inflation.**", "**serv"))
    known = rates[(rates["index"] == "general") & rates["year"].between("2021-22", "2024-25")]
    assert len(known) == 4
    rise = (1 + known["rate"]).prod() - 1
    assert f"From 2020 to 2024 that is {100 * rise:.1f} %" in said
    later = rates[rates["year"] > "2024-25"].groupby("index")["rate"].agg(["min", "max"])
    assert later["min"].tolist() == later["max"].tolist()
    for index, words in {
        "general": "all rates are assumptions: general {:g} %",
        "pay": "*pay* {:g} %",
        "contracts": "*contracts* {:g} %",
        "placements": "*placements* of children {:g} %",
    }.items():
        assert words.format(100 * later["min"][index]) in said, index
    assert set(later.index) == {"general", "pay", "contracts", "placements"}


# --- gains ---------------------------------------------------------------------------------

PUBLIC = "public value"
RESTS: dict[str, tuple[str, str, str]] = {
    "people who could be coached into work": (NEED, "employment_coaching", ""),
    "years in work for a person coached": (EFFECT, "employment_coaching", "jobs"),
    "a point of life satisfaction for a year, 2019 prices": (VALUE, "", "wellbeing"),
    "years in work for a person helped to stay in work": (EFFECT, "work_and_health", "jobs"),
    "help to stay in work, a person": (COST, "work_and_health", ""),
    "a fall of an older person, 2020 prices": (VALUE, "", "falls"),
    "coaching, a person": (COST, "employment_coaching", ""),
    "falls avoided for a person on a programme": (EFFECT, "falls_prevention", "falls"),
    "a year in work, 2012/13 prices": (VALUE, "", "jobs"),
    "a falls programme, a person": (COST, "falls_prevention", ""),
}


@cache
def added() -> dict[str, float]:
    """What each pool adds."""
    return added_by_pools(pb.example("lancashire"), plan_as_found("pooled"))


def plan_as_found(pooling: str) -> pb.Plan:
    return optimised("lancashire", pooling=pooling, prices=False)


@cache
def plan(pooling: str) -> pb.Plan:
    """A plan as it stands beside the others: pooled without pools that add nothing."""
    found = plan_as_found(pooling)
    if pooling != "pooled":
        return found
    return without_idle(pb.example("lancashire"), found, added(), prices=False)


def page(heading: str, end: str = "\n## ") -> str:
    """A part of the page, up to the next heading."""
    text = PAGE.read_text("utf-8")
    return text[text.index(heading) :].split(end)[0]


def on_one_line(text: str) -> str:
    return " ".join(text.split())


def figures(place: Place, kind: str, service: str, outcome: str) -> list[Figure]:
    """The figure of a row of the page, wherever it stands; of a value what goes to no agency."""
    names = {service, *(f"{service}{end}" for end in UPPER_TIER if service)}
    found = [
        each
        for each in figures_of(place)
        if (each.kind, each.outcome, each.agency) == (kind, outcome, "") and each.service in names
    ]
    assert len({each.amount for each in found if kind != NEED}) <= 1
    return found


def rows_of_gain() -> list[list[str]]:
    part = page("## The ten figures that the gain of fewer conditions rests on")
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")]
    assert [row[0] for row in rows[2:]] == list(RESTS)
    return rows[2:]


def value_by(pooling: str, *columns: str) -> pd.Series:
    """Economic and social value of a plan by some columns of its outcomes, in pounds."""
    outcomes = plan(pooling).tables["outcomes"]
    return outcomes.groupby(list(columns))[["fiscal", "economic", "social"]].sum().stack()


def written(pounds: float) -> str:
    return f"£{abs(pounds) / 1e6:.1f} million"


def of_services(values: pd.Series, outcome: str, name: str) -> float:
    """Social value of an outcome by all services of a name."""
    held = values.xs("social", level=-1).xs(outcome, level="outcome")
    return float(held[held.index.str.startswith(name)].sum())


def test_the_gains_and_who_loses_are_what_the_page_says() -> None:
    said = on_one_line(PAGE.read_text("utf-8"))
    worth = {name: plan(name).public_value() for name in ("aligned", "pooled", "freed")}
    pooling = written(worth["pooled"] - worth["aligned"])
    assert f"{pooling} of it by pooling" in said
    assert f"Freed gains {written(worth['freed'] - worth['aligned'])} over best aligned" in said
    keys = ("service", "outcome")
    by = {name: value_by(name, *keys) for name in worth}
    pooled, freed = (by[name].sub(by["aligned"], fill_value=0.0) for name in ("pooled", "freed"))
    social, economic = (freed.xs(part, level=-1).sum() for part in ("social", "economic"))
    prevention = of_services(freed, "wellbeing", "homelessness_prevention")
    hubs, falls = of_services(freed, "wellbeing", "family_hubs"), of_services(freed, "falls", "")
    assert (
        f"{written(social)} of social value (family hubs {written(hubs)}, homelessness prevention "
        f"{written(prevention)}, falls {written(falls)}, less "
        f"{written(hubs + prevention + falls - social)} of all else), less {written(economic)} of "
        "economic value"
    ) in said
    rest = worth["freed"] - worth["aligned"] - social - economic
    assert f"and {written(rest)} of savings and of what is released later" in said
    homes = of_services(pooled, "wellbeing", "homeless")
    crime_services = ("hot_spot_patrols", "domestic_abuse_support")
    crime = pooled.loc[list(crime_services)].sum()
    assert homes + crime == pytest.approx(worth["pooled"] - worth["aligned"], abs=50_000)
    assert (
        f"{written(homes)} of social value of homelessness prevention, less {written(crime)} of "
        "crime and domestic abuse that is not prevented"
    ) in said
    spent = {name: plan(name).tables["money"].groupby("service")["amount"].sum() for name in worth}
    lost = spent["aligned"] - spent["pooled"]
    today = pb.simulate("lancashire").tables["money"].groupby("service")["amount"].sum()
    patrols, support = (
        f"{written(lost[key])} of {written(spent['aligned'][key])} (today {written(today[key])})"
        for key in crime_services
    )
    assert f"patrols of hot spots lose {patrols} and domestic abuse support {support}" in said
    prevention, housed = (
        written(lost[lost.index.str.startswith(name)].sum())
        for name in ("homelessness_prevention", "temporary_accommodation")
    )
    assert f"Homelessness prevention gains {prevention}, {housed} of it from" in said
    counted = {
        name: plan(name).tables["outcomes"].groupby("outcome")["counted"].sum() for name in worth
    }
    fewer = (counted["aligned"] - counted["pooled"]).round()
    assert (
        f"{fewer['crimes']:,.0f} fewer crimes and {fewer['abuse_incidents']:,.0f} fewer incidents "
        "of domestic abuse are avoided"
    ) in said
    found = pb.rests_on(
        plan("pooled"), plan("aligned"), most=0, kinds=VALUE, place=pb.example("lancashire")
    )
    assert found.tables["at_nought"].empty, "no outcome without a value differs"
    savings = {name: plan(name).tables["savings"] for name in ("aligned", "pooled")}
    fall, discounted = (
        written(savings["pooled"][column].sum() - savings["aligned"][column].sum())
        for column in ("cashable", "discounted_cashable")
    )
    assert f"Cashable savings are {fall} more as they fall, {discounted} discounted" in said
    leaves = [cash(plan(name)).sum()["leaves"] for name in ("aligned", "pooled")]
    assert f"and {money(leaves[0] - leaves[1])} less leaves a budget" in said
    pools = plan("pooled").tables["contributions"].groupby("pool").sum(numeric_only=True)
    assert pools["management_cost"]["better_care"] == 0
    assert f"£{pools['management_cost'].sum():,.0f} for running the new pool" in said
    place = pb.example("lancashire")
    assert [pool for pool, gain in added().items() if gain] == ["safe_homes_and_work"]
    found_first = plan_as_found("pooled").public_value()
    assert worth["pooled"] == pytest.approx(found_first, abs=1.0)
    asked = plan("pooled").tables["contributions"].query("pool == 'safe_homes_and_work'")
    first = asked[asked["year"] == place.years[0]]
    assert f"{written(asked['gross'].sum())} over five years goes from the police into" in said
    assert f"{written(first['gross'].sum())} of it in 2027-28; the pool for families adds" in said
    assert "which is worth as much without it, pays nothing into it" in said
    assert "families_first" not in pools.index
    guesses = pb.example("lancashire").today.set_index("service").loc[list(crime_services)]
    assert guesses["source"].eq("assumed").all()
    assert guesses["amount"].tolist() == [2e6, 6e6]


def test_what_a_sceptic_would_say_of_pooling_was_tried() -> None:
    place, said = pb.example("lancashire"), on_one_line(PAGE.read_text("utf-8"))
    aligned, pooled = (plan(name).public_value() for name in ("aligned", "pooled"))
    prevention = [
        made.money("service").set_index("service")["amount"].filter(like="homelessness_prev").sum()
        for made in (pb.simulate(place), plan("aligned"))
    ]
    assert (
        f"cuts homelessness prevention from {written(prevention[0]).removesuffix(' million')} "
        f"million to {written(prevention[1])}"
    ) in said
    rules = place.rules.astype({"amount": float})
    floors = rules["rule"].str.startswith("homelessness_prevention")
    rules.loc[floors, "amount"] /= 0.8  # they stand at 80 % of today
    kept = pb.optimise(place.with_(rules=rules), pooling="aligned", prices=False)
    more = written(kept.public_value() - aligned)
    assert f"with floors at today's level it is worth {more} more" in said
    if ALL:
        both = pb.optimise(place.with_(rules=rules), prices=False)
        again = written(both.public_value() - kept.public_value())
        assert f"Pooling with the same floors adds {again} to that" in said
    moved = (
        kept.money("service")
        .set_index("service")["amount"]
        .sub(plan("aligned").money("service").set_index("service")["amount"], fill_value=0.0)
    )
    homes = moved.filter(like="temporary_accommodation").sum()
    unseen = moved.reindex(list(kept_services(place))).sum()
    assert f"temporary accommodation pays {written(-homes)}, and" in said
    assert f"whose loss is not counted, {written(-unseen)}" in said
    found, spent = standstill(place), plan("pooled").money("service").set_index("service")["amount"]
    cost = pd.Series(found.cost.sum(axis=1)).groupby(found.rows["service"].to_numpy()).sum()
    beyond = spent - cost
    assert (
        f"has {written(beyond['neighbourhood_policing'])} more over five years than today's "
        f"service will cost, and other policing {written(beyond['other_policing'])}"
    ) in said
    assert "In siloed, best aligned and best pooled hospital at home, family hubs and" in said
    today, squeezed = pb.simulate(place), {"hospital_at_home", "family_hubs", "falls_prevention"}
    for name in ("siloed", "aligned", "pooled") if ALL else ("aligned", "pooled"):
        given_up = plan(name).findings(today, place=place).of("given-up-as-fast-as-can-be")
        assert {each.keys["service"].split("_bl")[0] for each in given_up} == (
            squeezed | ({"hot_spot_patrols"} if name == "pooled" else set())
        ), name
    kept_up, before = (
        made.money("service").set_index("service")["amount"].filter(like="falls_prevention").sum()
        for made in (plan("freed"), today)
    )
    assert kept_up > before, "in best freed falls prevention grows"
    if ALL:
        floor = {"rule": "episodes", "kind": "units_floor", "subject": "service=hospital_at_home",
                 "amount": 6_800.0, "basis": "policy"}  # fmt: skip
        held = place.with_(rules=pd.concat([place.rules, pd.DataFrame([floor])]))
        more = written(pb.optimise(held, prices=False).public_value() - pooled)
        assert f"the pooled plan is worth {more} more, every need met" in said


POLICE = "police_grant"


def paid_in_2027_28(paid: float | None = None) -> Place:
    """Police money goes into pools in 2027-28 only: what is best, or just so much into homes."""
    place = pb.example("lancashire")
    rows = place.contributions.astype({"maximum": float})
    mine, by_year = rows["stream"] == POLICE, []
    for year in place.years:
        each = rows[mine].assign(year=year, maximum=rows["maximum"] * (year == place.years[0]))
        if paid is not None:
            each["maximum"] *= each["pool"] == "safe_homes_and_work"
            each.loc[each["maximum"] > 0, ["minimum", "maximum"]] = paid - 1, paid
        by_year.append(each)
    return place.with_(contributions=pd.concat([rows[~mine], *by_year], ignore_index=True))


def of_2027_28_by_itself() -> Place:
    """One year of money, ten of benefits, without offers that begin later."""
    place = pb.example("lancashire")
    first, later = place.years[0], place.years[1:]
    begins = place.offers["first_year"].fillna(first)
    assert (begins != first).sum() == 3
    tables = {name: table[~table["year"].isin(later)].reset_index(drop=True)
              for name, table in place.tables.items()
              if "year" in table and name != "inflation"}  # fmt: skip
    tables["offers"] = place.offers[begins == first].reset_index(drop=True)
    return place.with_(settings=replace(place.settings, years=(first,)), **tables)


def test_what_the_one_year_brings_that_can_still_be_decided_is_told_in_each_way_it_was_worked_out(
) -> None:  # fmt: skip
    place, said = pb.example("lancashire"), on_one_line(PAGE.read_text("utf-8"))
    aligned, paid = plan("aligned").public_value(), plan("pooled").tables["contributions"]
    asked = paid.query("pool == 'safe_homes_and_work' and year == @place.years[0]")["gross"].sum()
    made = pb.optimise(paid_in_2027_28(asked), prices=False)
    flows = made.money(["route", "year", "commissioner"])
    flows = flows[(flows["route"] == "safe_homes_and_work") & (flows["year"] == place.years[0])]
    back = flows.loc[flows["commissioner"] == "police", "amount"].sum()
    assert (
        f"The {written(asked)} asked of the police for that year, and nothing after it, gains "
        f"{money(made.public_value() - aligned)}, but only because {written(back)} of it comes back"
    ) in said
    kept_out = paid_in_2027_28(asked)
    purposes = kept_out.pool_purposes
    purposes = purposes[
        (purposes["pool"] != "safe_homes_and_work") | (purposes["purpose"] != "victims")
    ]
    alone = pb.optimise(
        kept_out.with_(pool_purposes=purposes.reset_index(drop=True)), prices=False
    ).public_value()
    assert f"with nothing back it loses {money(aligned - alone)}." in said
    (note,) = place.contributions.loc[
        (place.contributions["stream"] == POLICE)
        & (place.contributions["pool"] == "safe_homes_and_work"),
        "note",
    ]
    assert note.endswith(
        f"Paid in 2027-28 alone, {written(back)} of it would come back for the police’s own "
        f"service; with nothing back it loses {written(aligned - alone)}"
    )
    if ALL:
        best = pb.optimise(paid_in_2027_28(), prices=False)
        paid = best.tables["contributions"].query("stream == @POLICE").set_index("pool")["gross"]
        homes, families = (money(paid[key]) for key in ("safe_homes_and_work", "families_first"))
        gain = money(best.public_value() - aligned)
        assert f"it pays {homes} into homes and {families} into families, and gains {gain}" in said
        one = of_2027_28_by_itself()
        gain = pb.optimise(one, prices=False).public_value()
        gain -= pb.optimise(one, pooling="aligned", prices=False).public_value()
        assert f"pooling gains £{gain / 1e6:.2f} million over best aligned of the same year" in said


def test_services_without_effects_give_way_alike_in_every_plan_and_evenly() -> None:
    """What is taken from them is what need asks for, in one plan as in another: no gain is paid."""
    place, said = pb.example("lancashire"), on_one_line(PAGE.read_text("utf-8"))
    kept = list(kept_services(place))

    def of(made: pb.Plan) -> pd.Series:
        return made.money("service").set_index("service")["amount"].reindex(kept).fillna(0.0)

    today = of(pb.simulate(place))
    poolings = ("siloed", "aligned", "pooled", "freed") if ALL else ("aligned", "pooled")
    lost = {name: today - of(plan(name)) for name in poolings}
    for name, each in lost.items():
        assert each.sum() == pytest.approx(lost["pooled"].sum(), abs=100), name
    assert f"they give way, {written(lost['pooled'].sum())} over five years in every plan" in said
    pooled, cost = lost["pooled"], standstill(place)
    growth = today["other_nhs"] - cost.cost[(cost.rows["service"] == "other_nhs").to_numpy()].sum()
    assert (
        f"{written(pooled['other_nhs'])} of other NHS services (of it {written(growth)} is growth"
    ) in said
    evenly = ["environment", "highways", "culture", "reablement", "central_services", "planning"]
    shares = pooled[evenly] / today[evenly]
    assert shares.tolist() == pytest.approx([0.2] * len(evenly), abs=0.005)
    assert shares.max() - shares.min() < 1e-3


def test_the_share_of_savings_that_is_cashable_stands_beside_the_one_that_is_cited() -> None:
    place, said = pb.example("lancashire"), on_one_line(PAGE.read_text("utf-8"))
    own = place.savings.set_index("agency")["cashable"]
    assert own.drop("dwp").agg(["min", "max"]).tolist() == [0.1, 0.25]
    assert own["dwp"] == 0.5
    saved = plan("pooled").tables["savings"][["cashable", "fiscal"]].sum()
    share = saved["cashable"] / saved["fiscal"]
    assert f"So {100 * share:.0f} % of all savings are cashable here" in said
    parts = cash(plan("pooled")).sum()
    assert parts["again"] > saved["cashable"] / 2 > parts["leaves"]


def test_what_prevention_avoids_is_the_share_of_need_in_the_years_of_money() -> None:
    """Need is told for as long as benefits count; what there is money for is five years."""
    place, said = pb.example("lancashire"), on_one_line(PAGE.read_text("utf-8"))
    today = pb.simulate(place)

    def of(made: pb.Plan, service: str) -> pd.Series:
        rows = made.tables["needs"]
        mine = rows["service"].isin([f"{service}{end}" for end in UPPER_TIER])
        return rows[mine & rows["year"].isin(place.years)][["avoided", "needed"]].sum()

    episodes, homes, children = (
        of(plan("pooled"), service)
        for service in ("emergency_care", "residential_care", "children_in_care")
    )
    per_cent = [100 * row["avoided"] / row["needed"] for row in (episodes, homes, children)]
    assert (
        f"{10 * per_cent[0]:.1f} in a thousand hospital episodes ({episodes['avoided']:,.0f} "
        f"of {episodes['needed']:,.0f}), {per_cent[1]:.1f} in a hundred years in care homes and "
        f"{per_cent[2]:.1f} in a hundred of children's care"
    ) in said
    assert episodes["avoided"] < of(today, "emergency_care")["avoided"]
    assert homes["avoided"] < of(today, "residential_care")["avoided"]
    assert children["avoided"] > of(today, "children_in_care")["avoided"]


def test_the_parts_of_the_gap_foot_and_whose_it_is_beside_councils_and_the_nhs() -> None:
    place, said = pb.example("lancashire"), on_one_line(PAGE.read_text("utf-8"))
    found = pb.outlook(place).tables
    last = found["years"].iloc[-1]
    assert f"Dearer prices add {written(last['prices'])}" in said.replace(",", "")
    assert f"most of them old, {written(last['demand'])} at today's prices" in said
    assert f"and {written(last['both'])} as these rise" in said
    assert f"money grows by {written(last['change_of_money'])}" in said.replace(",", "")
    parts = last[["prices", "demand", "both", "change_of_money"]] / 1e6
    assert parts.round(1).sum() == pytest.approx(last["gap"] / 1e6, abs=0.05)
    agencies, services = (found[name][found[name]["year"] == place.years[-1]]
                          for name in ("agencies", "services"))  # fmt: skip
    gaps = agencies.set_index("agency")["gap"]
    schools = services[services["service"].str.startswith("education")]
    grant = place.funding[
        place.funding["stream"].str.startswith("education_")
        & (place.funding["year"] == place.years[-1])
    ]
    of_schools = schools["cost"].sum() - grant["amount"].sum()
    assert f"{written(of_schools)} of schools" in said
    assert f"and {written(gaps['dwp'])} of DWP" in said
    assert f"fire have {written(-gaps['police'] - gaps['fire'])} to spare" in said


def test_reserves_without_a_minimum_are_all_used_as_the_page_says() -> None:
    place, said = pb.example("lancashire"), on_one_line(PAGE.read_text("utf-8"))
    general = place.reserves[place.reserves["kind"] == "general"]
    assert general["minimum"].isna().all()
    assert f"the unallocated {written(general['opening'].sum())} may all be used" in said
    used = pb.outlook(place).tables["agencies"]
    used = -used[used["year"] == place.years[0]].set_index("agency")["reserves"]
    county = general.set_index("agency")["opening"]["county"]
    assert used["county"] == county
    assert f"{written(used.sum())} of them in {place.years[0]} alone" in said
    assert f"the county's {written(county)} are gone" in said


def test_each_figure_that_fewer_conditions_rest_on_halves_the_gain_where_the_page_says() -> None:
    """Both plans kept, and worked out at the figure, in all rows in which it stands."""
    place, plans = pb.example("lancashire"), (plan("freed"), plan("aligned"))
    kept = [Kept(each, place, PUBLIC) for each in plans]
    gain = kept[0].value - kept[1].value
    for name, _, _, half, *_ in rows_of_gain():
        held = figures(place, *RESTS[name])
        moved = Shifted(place, held)
        # Of a unit cost what a pound buys is multiplied.
        if half == "never":
            tried = (0.1, 0.25, 0.5, 2.0, 4.0, 10.0)
        else:
            factor = float(half.strip("£").replace(",", "")) / held[0].amount
            tried = (1 / factor if held[0].kind == COST else factor,)
        left = [(moved.at(kept[0], each) - moved.at(kept[1], each)) / gain for each in tried]
        if half == "never":
            assert min(left) > 0.5, name
        else:
            assert left == pytest.approx([0.5], abs=5e-3), name


@pytest.mark.skipif(not ALL, reason="left to make test-all: both plans are made forty times")
def test_each_figure_that_fewer_conditions_rest_on_gives_the_gain_of_plans_made_again() -> None:
    place = pb.example("lancashire")
    for name, *_, half, more in rows_of_gain():
        for said, factor in ((half, 0.5), (more, 1.5)):
            other = multiplied(place, figures(place, *RESTS[name]), factor)
            freed, aligned = (
                pb.optimise(other, pooling=pooling, prices=False).public_value()
                for pooling in ("freed", "aligned")
            )
            assert said == written(freed - aligned), name


@pytest.mark.skipif(not ALL, reason="left to make test-all: every figure of the place is moved")
def test_no_other_figure_carries_more_of_what_fewer_conditions_gain() -> None:
    place = pb.example("lancashire")
    found = pb.rests_on(plan("freed"), plan("aligned"), most=0, place=place).tables["figures"]
    keys = found[["kind", "service", "outcome"]].head(len(RESTS)).fillna("")
    assert list(keys.itertuples(index=False, name=None)) == list(RESTS.values())


@pytest.mark.skipif(not ALL, reason="left to make test-all: six plans more")
def test_what_an_admission_frees_and_points_without_a_study_move_the_gains_as_the_page_says() -> (
    None
):
    place, said = pb.example("lancashire"), on_one_line(PAGE.read_text("utf-8"))

    def gains(other: Place) -> list[str]:
        aligned, pooled, freed = (
            pb.optimise(other, pooling=pooling, prices=False).public_value()
            for pooling in ("aligned", "pooled", "freed")
        )
        return [written(pooled - aligned), written(freed - aligned)]

    avoids, effects = place.avoids, place.effects
    mine = avoids["outcome"] == "emergency_admissions"
    assert avoids.loc[mine, "units"].tolist() == [0.7]
    halves, whole = (
        gains(place.with_(avoids=avoids.assign(units=avoids["units"].where(~mine, share))))
        for share in (0.5, 1.0)
    )
    assert f"{halves[0]} with half of the average cost and {whole[0]} with all of it" in said
    assert f"{halves[1][:-8]} and {whole[1]}" in said
    points = effects["outcome"] == "wellbeing"
    pooling, freed = gains(
        place.with_(effects=effects.assign(impact=effects["impact"].where(~points, 0.0)))
    )
    assert pooling == "£0.0 million"
    assert f"without both, freed gains {freed} and pooling nothing" in said


def test_the_two_ways_to_read_a_price_index_differ_by_what_the_page_says() -> None:
    place = pb.example("lancashire")
    ours = place.inflation[place.inflation["index"] == "general"].set_index("year")["rate"]
    theirs = library().deflators
    theirs = theirs[theirs["index"] == "general"].set_index("year")["rate"].astype(float)
    years = [year for year in theirs.index if "2008-09" <= year <= "2024-25"]
    apart = (1 + theirs[years]).div(1 + ours[years])[::-1].cumprod()[::-1].shift(-1) - 1
    apart = apart["2008-09":"2022-23"]
    low, high = f"{-100 * apart.min():.1f} %", f"{100 * apart.max():.1f} %"
    assert f"from {low} lower to {high} higher" in on_one_line(PAGE.read_text("utf-8"))


def test_a_cut_of_a_twentieth_has_the_value_of_its_plan_and_a_tenth_breaks_a_law() -> None:
    place, pooling = pb.example("lancashire"), "aligned"
    found = pb.scenarios(place, [0.95, 0.9], pooling=pooling).table
    if ALL:
        with_less = pb.optimise(with_cut(place, 0.05), pooling=pooling, prices=False)
        assert found["value"][0] == pytest.approx(with_less.public_value(), rel=1e-6)
    assert found["value"][0] < plan(pooling).public_value()
    assert "fire response at least 64,608 units (law" in found["clash"][1]
    worth = written(found["value"][0])
    less = f"less of all money best aligned is worth {worth}"
    assert less in on_one_line(PAGE.read_text("utf-8"))


def test_new_councils_start_with_what_the_page_says_and_are_so_much_short() -> None:
    place, said = pb.example("lancashire"), on_one_line(PAGE.read_text("utf-8"))
    heads = {
        "one": "one",
        "two": "two: north, south",
        "three": "three: coast, centre, east",
        "four": "four: north, coast, south, east",
    }
    # The most of them; each where everything is proved.
    for many, head in list(heads.items())[0 if ALL else -1 :]:
        [name] = [each for each in place.options() if each.startswith(f"{many} council")]
        under = place.with_option(name)
        new = [who for who in under.agencies["agency"] if who not in set(place.agencies["agency"])]
        gaps = pb.outlook(under).tables["agencies"].query("year == '2028-29'").set_index("agency")
        money, short = (
            ", ".join(f"{each / 1e6:,.1f}" for each in gaps.loc[new, column])
            for column in ("money", "gap")
        )
        assert f"| {head} | {money} | {short} |" in said, many


@pytest.mark.skipif(not ALL, reason="left to make test-all: five plans more")
def test_how_many_councils_there_are_makes_the_difference_that_the_page_says() -> None:
    found = pb.study.reorganisation(pb.example("lancashire"))
    said = on_one_line(PAGE.read_text("utf-8"))
    assert "makes no difference worth deciding on" in found.finding()
    for row in found.table.itertuples():
        assert f"Best pooled is worth {written(-row.gain)} less with each of them" in said
        assert f"services without a known effect keep {written(row.kept)} more" in said
        assert f"short of in 2031-32 stays {written(row.short)}" in said
