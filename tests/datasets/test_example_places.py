"""The example places hold what their pages say they show."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import RULE_KINDS, example, examples, parse_subject, schema
from planned import optimised, simulated
from proof import ALL

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
PLACES = ("lancashire", "northvale", "topslice_2010", "toy_pooling")


def test_the_four_example_places_are_there() -> None:
    assert set(PLACES) <= set(examples())


@pytest.mark.parametrize("name", PLACES)
def test_an_example_place_passes_its_checks_with_no_finding_but_reserves_that_run_out(
    name: str,
) -> None:
    found = example(name).check()
    once = [each for each in found if each.code == "one-off-money"]
    assert [str(each) for each in found if each not in once] == []
    assert len(once) == (7 if name == "lancashire" else 0)


@pytest.mark.parametrize("name", PLACES)
def test_every_figure_of_an_example_place_has_a_source_and_a_status(name: str) -> None:
    place = example(name)
    for table in schema().values():
        if table.figures:
            rows = place.tables[table.name]
            assert rows["source"].notna().all(), table.name
            assert rows["status"].notna().all(), table.name


@pytest.mark.parametrize("name", PLACES)
def test_an_example_place_has_a_page_that_names_it(name: str) -> None:
    place = example(name)
    heading = (DATASETS / name / "README.md").read_text("utf-8").splitlines()[0]
    assert heading == f"# {place.title.removesuffix(' (invented)')}"
    assert place.settings.description


@pytest.mark.parametrize("name", ["northvale", "toy_pooling"])
def test_an_invented_place_says_so(name: str) -> None:
    """What it is, has and must do is invented; what things cost and bring may be published."""
    place = example(name)
    assert "invented" in place.title
    of_no_place = {"offers", "outcomes", "effects", "avoids", "savings", "inflation"}
    figures = {table.name for table in schema().values() if table.figures} - of_no_place
    assert {status for table in figures for status in place.tables[table]["status"]} == {
        "illustrative"
    }


def test_northvale_says_of_every_bound_why_it_is_there() -> None:
    rules = example("northvale").rules
    reasoned = rules["note"].notna() | rules["basis"].isin(["law", "grant condition"])
    assert rules.loc[~reasoned, "rule"].tolist() == []


BOUNDS = {
    "nursing_pace": "without the 25 % a year of hospital at home",
    "quit_dates": "without the 1,500 quit dates",
    "fair_nursing": "without the fair shares of hospital at home",
    "district_incentive": "without the 2 % that the district is to gain",
}
"""Rules that neither law nor a grant asks for, at which best pooled of Northvale ends."""


def test_northvale_names_every_bound_of_its_own_at_which_its_best_plan_ends() -> None:
    place = example("northvale")
    today, pooled = simulated("northvale"), optimised("northvale", pooling="pooled", prices=False)
    basis = place.rules.set_index("rule")["basis"]
    reached = {
        each.keys["rule"]
        for each in pooled.findings(today, place=place).of("ends-at-a-rule")
        if basis[each.keys["rule"]] not in ("law", "grant condition")
    }
    assert reached == set(BOUNDS)


@pytest.mark.parametrize("name", BOUNDS if ALL else ["quit_dates"])
def test_northvale_says_what_it_is_worth_without_a_bound_of_its_own(name: str) -> None:
    place = example("northvale")
    without = place.with_(rules=place.rules[place.rules["rule"] != name].reset_index(drop=True))
    aligned, pooled = (
        pb.optimise(without, pooling=pooling, prices=False).public_value()
        for pooling in ("aligned", "pooled")
    )
    page = " ".join((DATASETS / "northvale" / "README.md").read_text("utf-8").split())
    assert (
        f"{BOUNDS[name]} it is worth £{pooled / 1e6:.2f} million and pooling gains "
        f"£{(pooled - aligned) / 1e3:.0f},000"
    ) in page


def test_what_northvale_avoids_is_led_by_need_and_arithmetic_or_marked() -> None:
    place = example("northvale")
    led = set(place.services.loc[place.services["led_by"] == "need", "service"])
    assert set(place.avoids["service"]) == led
    marked = place.avoids["status"] == "illustrative"
    assert (place.avoids.loc[~marked, "units"] == 1).all()
    valued = place.filled("outcomes").set_index("outcome").loc[place.avoids["outcome"]]
    assert valued[["economic_value", "social_value"]].to_numpy().sum() == 0
    assert not set(place.savings["outcome"]) & set(place.avoids["outcome"])


def test_northvale_is_small_and_uses_every_table_and_every_kind_of_rule() -> None:
    place = example("northvale")
    # A choice between offers is for places that tender, shared offers for those that join,
    # levels and successions for those that reorganise, and what others say of that, posts for
    # those that know the people each unit takes, targets for those that have an agreement,
    # providers for those that look at their market;
    # people by age for those whose need is worked out from them.
    empty = [name for name, table in place.tables.items() if table.empty]
    unused = ["choices", "cohorts", "gateways", "levels", "loans", "option_estimates"]
    unused += ["personal_budgets", "posts"]
    unused += ["prevalence", "providers", "shared_services", "staffing", "successions"]
    unused += ["target_shares", "targets"]
    assert sorted(empty) == unused
    assert sum(len(table) for table in place.tables.values()) < 380
    limits = {"posts_cap", "provider_cap", "take_up_cap", "take_up_floor"}
    assert set(RULE_KINDS) - set(place.rules["kind"]) == limits
    offers = place.offers
    assert offers["set_up_cost"].notna().any()
    assert offers["smallest_lot"].notna().any()
    assert offers["first_year"].notna().any()
    effects = place.filled("effects")
    assert effects["lag"].max() > 0
    assert effects["duration"].max() > 1
    assert (place.services["kind"] == "capital").any()
    assert not place.streams["recurrent"].all()


def test_the_toy_is_the_one_worked_by_hand() -> None:
    place = example("toy_pooling")
    assert (place.funding.set_index("stream")["amount"] / 1e6).to_dict() == {
        "council_money": 30,
        "nhs_money": 50,
        "police_money": 20,
    }
    unit_cost = place.offers.set_index("service")["unit_cost"]
    points = place.effects.set_index("service")["impact"]
    worth = place.outcomes["social_value"].item()
    people = place.needs.set_index("service")["people"]
    steps, before = {}, {}
    for row in place.returns.sort_values(["service", "step"]).itertuples():
        size = (row.up_to - before.get(row.service, 0.0)) * people[row.service]
        value = points[row.service] * row.effectiveness * worth / unit_cost[row.service]
        money = size * unit_cost[row.service] / 1e6
        steps.setdefault(row.service, []).append((round(value, 9), round(money, 9)))
        before[row.service] = row.up_to
    assert steps == {
        "family_support": [(5, 20), (2, 20)],
        "home_care": [(4, 30), (1, 30)],
        "policing": [(3, 10), (1, 20)],
    }


def test_the_top_slice_falls_by_38_per_cent_to_its_last_year_in_equal_steps() -> None:
    place = example("topslice_2010")
    path = place.funding["amount"].tolist()
    assert path[0] == 31_500_000 == place.today["amount"].sum()
    assert path[-1] == 19_530_000 == round(31_500_000 * (1 - 0.38))
    assert {before - after for before, after in pairwise(path)} == {3_990_000}
    assert len(place.services) == 6


def test_the_shares_of_the_top_slice_are_those_of_the_bid() -> None:
    place = example("topslice_2010")
    bid = place.today.set_index("service")["amount"] / 31_500_000 * 100
    for rule in place.rules.itertuples():
        (service,) = parse_subject(rule.subject)["service"]
        assert rule.amount == pytest.approx(bid[service], abs=2e-12)
        slack = (
            bid[service] - rule.amount if rule.kind == "share_floor" else rule.amount - bid[service]
        )
        assert slack >= -1e-13
    assert place.rules.groupby("kind").size().to_dict() == {"share_cap": 6, "share_floor": 6}


def test_lancashire_has_the_partners_areas_and_pools_of_its_page() -> None:
    place = example("lancashire")
    assert len(place.agencies) == 19
    assert place.agencies["partner"].nunique() == 8
    assert (place.areas["tier"] == "authority").sum() == 14
    assert len(place.pools) == 3
    assert place.years == ("2027-28", "2028-29", "2029-30", "2030-31", "2031-32")
    assert place.settings.today_year == "2024-25"


def test_lancashire_has_services_paid_by_one_agency_from_which_another_gains() -> None:
    place = example("lancashire")
    commissioner = place.services.set_index("service")["commissioner"]
    avoided = place.avoids.assign(agency=place.avoids["service"].map(commissioner))
    saved = pd.concat([rows[["outcome", "agency"]] for rows in (place.savings, avoided)])
    savers = saved.groupby("outcome")["agency"].agg(set).to_dict()
    name = place.services.set_index("service")["name"]
    valued = {name[service] for service in place.effects["service"]}
    elsewhere = {
        name[row.service]
        for row in place.effects.itertuples()
        if savers.get(row.outcome, set()) - {commissioner[row.service]}
    }
    assert len(valued) >= 12
    assert {
        "hospital at home",
        "domestic abuse support",
        "home adaptations",
        "drug and alcohol treatment",
    } <= elsewhere


def test_lancashire_has_services_with_two_delivery_models_and_price_indices() -> None:
    place = example("lancashire")
    models = place.offers.groupby(["service", "area"])["delivery_model"].nunique()
    assert {"home_care", "residential_care", "family_hubs"} <= set(
        models[models > 1].index.get_level_values("service")
    )
    assert {"general", "pay", "contracts", "placements"} == set(place.inflation["index"])
    assert place.offers["index"].notna().all()


def test_services_of_lancashire_that_must_be_provided_are_led_by_need_that_grows() -> None:
    place = example("lancashire")
    led = place.services[place.services["led_by"] == "need"]
    assert set(led["name"]) == {
        "care for children",
        "community nursing",
        "home care",
        "mental health crisis care",
        "residential care",
        "temporary accommodation",
        "urgent and emergency hospital care",
    }
    people = place.needs[place.needs["service"].isin(led["service"])]
    by_year = people.groupby(["service", "year"])["people"].sum().unstack()
    assert list(by_year.columns) == ["2024-25", *place.years]
    assert (by_year["2031-32"] >= by_year["2024-25"]).all()
    assert people.groupby("year")["people"].sum().is_monotonic_increasing
    offers = place.offers[place.offers["service"].isin(led["service"])]
    assert offers.loc[offers["note"] != "A second way to buy", "release"].notna().all()


def test_nothing_of_lancashire_is_bought_because_a_unit_costs_what_it_is_said_to_be_worth() -> None:
    """No service led by need has an effect, and no outcome is worth what avoiding it saves."""
    place = example("lancashire")
    led = set(place.services.loc[place.services["led_by"] == "need", "service"])
    assert not led & set(place.effects["service"])
    outcomes = place.filled("outcomes").set_index("outcome")
    avoiding = outcomes.loc[list(set(place.avoids["outcome"]))]
    assert (avoiding[["economic_value", "social_value"]] == 0).all(axis=None)
    assert not set(place.avoids["outcome"]) & set(place.savings["outcome"])


def test_a_link_of_lancashire_that_no_arithmetic_gives_is_marked_as_illustrative() -> None:
    links = example("lancashire").avoids
    assert set(links.loc[links["status"] == "derived", "units"]) == {1}
    other = links[links["status"] != "derived"]
    assert set(other["status"]) == {"illustrative"}
    assert other["note"].str.contains("assumption").all()


def test_values_and_costs_of_lancashire_say_of_which_year_their_prices_are() -> None:
    """Blank is the price base: only what was published, or assumed, in prices of 2024-25."""
    place = example("lancashire")
    for table in ("outcomes", "savings", "offers"):
        old = place.tables[table]
        assert old.loc[old["source"] == "gmca_1_4", "price_year"].notna().all()
    assert place.savings.loc[place.savings["transfer"] == True, "agency"].tolist() == ["dwp"]  # noqa: E712


def test_a_rule_of_lancashire_that_neither_law_nor_a_grant_asks_for_has_a_reason() -> None:
    rules = example("lancashire").rules
    own = rules[~rules["basis"].isin(["law", "grant condition"])]
    assert own["rule"].tolist() == ["outside_the_services", "fair_admissions"]
    assert own["reference"].str.len().gt(20).all()


@pytest.mark.xdist_group("lancashire")
@pytest.mark.parametrize("pooling", ["aligned", "pooled"] if ALL else ["pooled"])
def test_without_its_rule_of_policy_lancashire_is_worth_the_same(pooling: str) -> None:
    """So what is not law, or a grant's condition, shapes no plan, though aligned ends there."""
    place = example("lancashire")
    rules = place.rules
    without = place.with_(rules=rules[rules["rule"] != "fair_admissions"].reset_index(drop=True))
    best = [
        optimised("lancashire", pooling=pooling, prices=False),
        pb.optimise(without, pooling=pooling, prices=False),
    ]
    # What services without effects must give is settled before, and of ways to give as little
    # another is found: £90,000 of £662.5 million, less without the rule.
    assert best[0].public_value() == pytest.approx(best[1].public_value(), rel=2e-4)


def test_lancashire_says_that_its_councils_end_and_what_that_means() -> None:
    about = example("lancashire").settings.description
    page = (DATASETS / "lancashire" / "README.md").read_text("utf-8")
    for text in (about, page[: page.index("## What it says")]):
        assert "1 April 2028" in text
        meant = ("after", "from 2028-29 on", "only 2027-28 is theirs to decide")
        assert any(each in text for each in meant)


def test_lancashire_is_short_of_money_in_every_year_and_more_each_year() -> None:
    years = pb.outlook("lancashire").tables["years"]
    gap = years["gap"] / 1e6
    assert (gap > 0).all()
    assert gap.is_monotonic_increasing
    assert (years["gap"] / years["cost"]).max() < 0.03
    page = (DATASETS / "lancashire" / "README.md").read_text("utf-8")
    for amount in (gap.iloc[0], gap.iloc[-1]):
        assert f"£{amount:.1f} million" in page


def test_reablement_has_one_judgement_in_both_places_and_northvale_gains_without_it_too() -> None:
    """Aligned over siloed, and pooled over aligned: £1.3 million and £562,000 either way."""
    review = "cochrane_reablement_2016"
    services = example("lancashire").services
    mine = services[services["service"].str.startswith("reablement")]
    assert len(mine) == 3
    assert (mine["source"] == review).all()
    assert (mine["no_difference"] == review).all()
    assert not set(mine["service"]) & set(example("lancashire").effects["service"])
    place = example("northvale")
    effects = place.effects
    counted = effects["service"] == "reablement"
    assert effects.loc[counted, "note"].str.startswith("Judgement").all()
    assert "Cochrane" in effects.loc[counted, "note"].iloc[0]
    without = place.with_(effects=effects.assign(impact=effects["impact"].where(~counted, 0.0)))
    siloed, aligned, pooled = (
        pb.optimise(without, pooling=pooling, prices=False).public_value()
        for pooling in ("siloed", "aligned", "pooled")
    )
    page = " ".join((DATASETS / "northvale" / "README.md").read_text("utf-8").split())
    assert (
        f"acting in step still gains £{(aligned - siloed) / 1e6:.1f} million, and pooling "
        f"£{(pooled - aligned) / 1e3:.0f},000"
    ) in page
