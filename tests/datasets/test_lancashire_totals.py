"""Lancashire's tables against the published totals typed beside them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from placebudget.place import Place, example

PUBLISHED = Path(__file__).resolve().parents[2] / "datasets" / "lancashire" / "published"
UPPER_TIER = ("county", "blackburn", "blackpool")
MILLION, THOUSAND = 1e6, 1e3


@pytest.fixture(scope="module")
def place() -> Place:
    return example("lancashire")


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    return pd.read_csv(PUBLISHED / "published_totals.csv")


@pytest.fixture(scope="module")
def reconciliation() -> pd.DataFrame:
    return pd.read_csv(PUBLISHED / "reconciliation.csv")


def figures(published: pd.DataFrame, group: str, item: str | None = None) -> pd.Series:
    """Published values by agency, or by agency and item."""
    of_group = published[published["group"] == group]
    if item is None:
        return of_group.set_index(["agency", "item"])["value"]
    return of_group[of_group["item"] == item].set_index("agency")["value"]


def funded(place: Place, year: str = "2024-25") -> pd.Series:
    """What each stream brings in a year, in pounds."""
    funding = place.funding
    return funding[funding["year"] == year].set_index("stream")["amount"]


def of_streams(place: Place, prefix: str) -> pd.Series:
    """Funding of 2024-25 of the streams of one kind, by agency."""
    amounts = funded(place)
    named = amounts[amounts.index.str.startswith(prefix)]
    return named.rename(lambda stream: stream.removeprefix(prefix))


def council_money_by_line(place: Place) -> pd.Series:
    """Today's revenue money of councils by agency and published service line, in pounds."""
    line_of = pd.read_csv(PUBLISHED / "service_lines.csv").set_index("service")["line"]
    agency_of = place.streams.set_index("stream")["agency"]
    sector_of = place.agencies.set_index("agency")["sector"]
    today = place.today.assign(
        payer=lambda rows: rows["stream"].map(agency_of),
        line=lambda rows: rows["service"].map(line_of),
    )
    councils = today[today["payer"].map(sector_of) == "council"]
    return councils.dropna(subset="line").groupby(["payer", "line"])["amount"].sum()


def test_each_service_line_of_each_council_holds_its_published_money(
    place: Place, published: pd.DataFrame
) -> None:
    lines = figures(published, "service line").drop(["police", "fire"], level="agency")
    lines = lines.drop("Total service expenditure", level="item").clip(lower=0) * THOUSAND
    lines = lines[lines > 0]
    held = council_money_by_line(place)
    assert len(held) == len(lines)
    for key, amount in lines.items():
        assert held[key] == pytest.approx(amount, abs=0.5), key


def test_every_service_of_a_council_has_a_line_or_is_known_to_lie_outside(place: Place) -> None:
    with_line = set(pd.read_csv(PUBLISHED / "service_lines.csv")["service"])
    councils = set(place.agencies[place.agencies["sector"] == "council"]["agency"])
    mine = place.services[place.services["commissioner"].isin(councils)]
    outside = set(mine["service"]) - with_line
    assert with_line <= set(mine["service"])
    purposes = set(mine[mine["service"].isin(outside)]["purpose"])
    assert purposes == {"adaptations", "outside_services"}


def test_published_lines_add_up_to_the_published_total_of_each_council(
    published: pd.DataFrame,
) -> None:
    lines = figures(published, "service line").drop(["police", "fire"], level="agency")
    totals = lines.xs("Total service expenditure", level="item")
    parts = lines.drop("Total service expenditure", level="item").groupby("agency").sum()
    assert len(totals) == 15
    for council, total in totals.items():
        assert parts[council] == pytest.approx(total, abs=0.01), council


def test_all_councils_together_reach_the_published_totals(
    place: Place, published: pd.DataFrame
) -> None:
    totals = figures(published, "service line", "Total service expenditure").sum()
    assert round(totals / THOUSAND, 1) == 3345.1
    assert round(council_money_by_line(place).sum() / MILLION, 1) == 3350.3
    in_millions = {
        "Council tax requirement": 896.8,
        "Retained business rates": 474.0,
        "Revenue Support Grant": 83.4,
        "Net revenue expenditure": 1496.2,
    }
    for item, total in in_millions.items():
        by_council = figures(published, "financing", item).drop(["police", "fire"], errors="ignore")
        assert round(by_council.sum() / THOUSAND, 1) == total, item


def test_council_tax_is_the_requirement_without_parish_precepts(
    place: Place, published: pd.DataFrame
) -> None:
    required = figures(published, "financing", "Council tax requirement").drop(["police", "fire"])
    band = published[(published["group"] == "band D") & (published["year"] == "2024-25")]
    own = band[band["item"] == "Own, without parishes"].set_index("agency")["value"]
    whole = band[band["item"] == "With parishes"].set_index("agency")["value"]
    held = of_streams(place, "council_tax_")
    assert len(held) == 15
    for council, amount in held.items():
        expected = required[council] * own[council] / whole[council] * THOUSAND
        assert amount == pytest.approx(expected, abs=1), council
    assert round((required.sum() * THOUSAND - held.sum()) / MILLION, 1) == 10.5
    assert round(held.sum() / MILLION, 1) == 886.4


def test_council_tax_of_the_first_year_starts_from_the_published_band_d_of_2025_26(
    place: Place, published: pd.DataFrame
) -> None:
    required = figures(published, "financing", "Council tax requirement").drop(["police", "fire"])
    band = published[published["group"] == "band D"]
    whole = band[band["item"] == "With parishes"].set_index("agency")["value"]
    later = band[band["year"] == "2025-26"].set_index("agency")["value"]
    in_2025_26 = required / whole * later
    assert round(in_2025_26.sum() / THOUSAND, 1) == 928.4
    first = funded(place, "2027-28")
    for council, thousand in in_2025_26.items():
        expected = thousand * THOUSAND * 1.03**2
        assert first[f"council_tax_{council}"] == pytest.approx(expected, abs=2), council


def test_rates_and_support_grant_are_as_published(place: Place, published: pd.DataFrame) -> None:
    rates = figures(published, "financing", "Retained business rates")
    fund = figures(published, "financing", "Collection fund, surplus")
    for council, amount in of_streams(place, "rates_").items():
        assert amount == pytest.approx((rates[council] + fund[council]) * THOUSAND, abs=0.5)
    assert fund["county"] == -2529
    grant = figures(published, "financing", "Revenue Support Grant")
    held = of_streams(place, "rsg_")
    assert held.to_dict() == pytest.approx((grant * THOUSAND).to_dict())
    assert round(held.sum() / MILLION, 1) == 83.4


def test_education_and_public_health_streams_equal_their_lines(
    place: Place, published: pd.DataFrame
) -> None:
    for prefix, line in (("education_", "Education services"), ("public_health_", "Public Health")):
        lines = figures(published, "service line", line)
        held = of_streams(place, prefix)
        assert set(held.index) == set(UPPER_TIER)
        for council, amount in held.items():
            assert amount == pytest.approx(lines[council] * THOUSAND, abs=0.5)


def test_other_grants_with_reserves_and_the_improved_better_care_fund_are_the_residual(
    place: Place,
) -> None:
    other = of_streams(place, "grants_")
    improved = of_streams(place, "ibcf_")
    assert set(improved.index) == {"blackburn", "blackpool"}
    assert len(other) == 14
    assert "pendle" not in other
    drawn = of_streams(place, "reserves_").sum()
    assert round((other.sum() + drawn + improved.sum()) / MILLION, 1) == 285.2


def test_what_came_from_reserves_or_the_collection_fund_comes_once(
    place: Place, published: pd.DataFrame, reconciliation: pd.DataFrame
) -> None:
    by_item = reconciliation.set_index("agency").groupby("item")["difference_thousand"]
    expenditure = by_item.get_group("Net revenue expenditure")
    precepts = by_item.get_group("Council tax requirement")
    beyond = -expenditure.add(-precepts, fill_value=0) * THOUSAND
    held = of_streams(place, "reserves_")
    assert set(held.index) == set(beyond[beyond > 0].index)
    for council, amount in held.items():
        whole = amount + of_streams(place, "grants_")[council]
        assert amount == pytest.approx(min(beyond[council], whole), abs=1), council
    assert held["county"] == 50_585_000
    once = place.filled("streams").set_index("stream")["recurrent"]
    assert set(once[~once].index) == {f"reserves_{council}" for council in held.index}
    rates = figures(published, "financing", "Retained business rates")
    for year in place.years:
        assert not set(once[~once].index) & set(funded(place, year).index), year
        raised = 1.02 ** (int(year[:4]) - 2024) * THOUSAND
        for council, thousand in rates.items():
            held_then = funded(place, year)[f"rates_{council}"]
            assert held_then == pytest.approx(thousand * raised, abs=1), council


def test_a_year_of_care_costs_the_council_what_people_do_not_pay(
    place: Place, published: pd.DataFrame
) -> None:
    whole = figures(published, "adult social care", "Total expenditure")
    fees = figures(published, "adult social care", "Sales, fees and charges")
    gross = {"home_care": 218.83 * 52, "residential_care": 538.21 * 52}
    offers = place.offers[place.offers["source"] == "pss_ex1_2013_14"]
    assert len(offers) == 17
    for row in offers.itertuples():
        council = next((each for each in UPPER_TIER if row.service.endswith(each)), "county")
        care = gross[row.service.removesuffix(f"_{council}")]
        net = care * (1 - fees[council] / whole[council])
        assert row.unit_cost == pytest.approx(net, abs=0.01), row.offer


def test_floors_of_duties_are_service_so_that_prices_do_not_wear_them_away(place: Place) -> None:
    """Nine tenths of other social care, eight of homelessness prevention, 98 % of fire cover."""
    duties = place.rules[place.rules["basis"] == "law"]
    assert set(duties["kind"]) == {"units_floor"}
    shares = {"other": 0.9, "homelessness": 0.8, "fire": 0.98}
    bought = place.today.groupby("service")["amount"].sum()
    for row in duties.itertuples():
        service = row.subject.removeprefix("service=")
        share = shares[service.split("_")[0]]
        if not service.startswith("homelessness"):
            assert row.amount == pytest.approx(bought[service] / 1000 * share, abs=1), service
        assert f"{share:.0%}".replace("%", " %") in row.note


def test_a_duty_stands_by_services_of_those_alone_whom_the_law_binds(place: Place) -> None:
    sectors, upper = place.agencies.set_index("agency")["sector"], set(UPPER_TIER)
    councils = set(sectors.index[sectors == "council"])
    found = place.services.groupby("duty")["commissioner"].agg(set).to_dict()
    waste = "Environmental Protection Act 1990"
    adaptations = "Housing Grants, Construction and Regeneration Act 1996, sections 23 and 24"
    assert found == {
        "Care Act 2014, section 2": upper,
        "Childcare Act 2006, section 5A": upper,
        "Highways Act 1980, section 41": upper,
        "National Health Service Act 2006, section 2B": upper,
        "Public Libraries and Museums Act 1964, section 7": upper,
        f"{waste}, section 45": councils - upper,
        f"{waste}, section 51": {"county"},
        f"{waste}, sections 45 and 51": upper - {"county"},
        adaptations: councils - {"county"},
        "Town and Country Planning Act 1990, section 70": councils,
        "National Health Service Act 2006, section 3": {"nhs"},
        "Police Reform and Social Responsibility Act 2011, section 1": {"police"},
        "Fire and Rescue Services Act 2004, section 6": {"fire"},
    }


def test_money_of_nhs_and_grants_by_population_follow_their_national_figures(
    place: Place, published: pd.DataFrame
) -> None:
    national = figures(published, "england").droplevel("agency", axis=0)
    people = figures(published, "population", "Residents, mid-2024")
    share = people.sum() / figures(published, "england")[:, "Residents, mid-2024"].sum()
    assert people.sum() == 1601645
    assert funded(place)["nhs_core"] == national["Core services per registered patient"] * 1601645
    better_care = national["Better Care Fund, minimum NHS contribution"] * THOUSAND * share
    first = place.contributions.set_index(["pool", "stream", "year"])["minimum"]
    for year in place.years:
        raised = better_care * 1.03 ** (int(year[:4]) - 2025)
        assert first["better_care", "nhs_core", year] == pytest.approx(raised, abs=1), year
    pooled = place.today[place.today["pool"] == "better_care"].groupby("stream")["amount"].sum()
    assert pooled["nhs_core"] == pytest.approx(better_care / 1.03, abs=1)
    adaptations = of_streams(place, "adaptations_grant_").sum()
    expected = national["Disabled Facilities Grant"] * THOUSAND * share
    assert adaptations == pytest.approx(expected, abs=14)
    improved = figures(published, "grant", "Improved Better Care Fund") * THOUSAND
    assert of_streams(place, "ibcf_").to_dict() == pytest.approx(improved.to_dict())


def test_grants_paid_through_the_better_care_fund_are_pooled_whole_today_and_in_every_plan(
    place: Place,
) -> None:
    conditioned = [*(f"ibcf_{each}" for each in ("blackburn", "blackpool"))]
    conditioned += [each for each in place.streams["stream"] if each.startswith("adaptations_")]
    assert len(conditioned) == 16
    paid = place.contributions.set_index("stream").loc[conditioned]
    assert set(paid["pool"]) == {"better_care"}
    assert paid["minimum_share"].tolist() == [1.0] * 16
    assert paid[["minimum", "maximum", "year"]].isna().all(axis=None)
    today = place.today[place.today["stream"].isin(conditioned)]
    assert set(today["pool"]) == {"better_care"}


def test_police_and_fire_follow_their_last_published_outturn(
    place: Place, published: pd.DataFrame
) -> None:
    """Raised by 2.5 % a year over nine years, as their notes say."""
    lines = figures(published, "service line")
    raised = 1.025**9 * THOUSAND
    for agency, item in (("police", "Police services"), ("fire", "Fire and rescue services")):
        held = funded(place)[[f"{agency}_precept", f"{agency}_grant"]].sum()
        assert held == pytest.approx(lines[(agency, item)] * raised, abs=1)
    precepts = funded(place)[["police_precept", "fire_precept"]].sum()
    assert round(precepts / MILLION, 1) == 161.6


def test_today_spends_each_stream_to_the_pound(place: Place) -> None:
    spent = place.today.groupby("stream")["amount"].sum()
    assert spent.to_dict() == funded(place).to_dict()


def test_populations_and_reserves_are_as_published(place: Place, published: pd.DataFrame) -> None:
    people = figures(published, "population", "Residents, mid-2024")
    areas = place.areas.set_index("area")
    assert areas[areas["tier"] == "authority"]["population"].to_dict() == people.to_dict()
    assert areas.loc["lancashire", "population"] == people.sum()
    held = place.reserves.set_index(["agency", "kind"])["opening"]
    reserves = figures(published, "reserves") * THOUSAND
    assert held.to_dict() == pytest.approx(reserves.to_dict())
    assert "pendle" not in held.index.get_level_values("agency")


def test_the_reconciliation_explains_every_difference(
    place: Place, published: pd.DataFrame, reconciliation: pd.DataFrame
) -> None:
    gap = reconciliation["in_place_thousand"] - reconciliation["published_thousand"]
    assert (gap - reconciliation["difference_thousand"]).abs().max() < 0.002
    lines = figures(published, "service line").drop("Total service expenditure", level="item")
    negative = lines[lines < 0]
    zeroed = reconciliation[reconciliation["why"].str.contains("set to zero")]
    listed = zeroed.set_index(["agency", "item"])["published_thousand"]
    assert listed.to_dict() == negative.to_dict()
    assert len(listed) == 8
    assert round(listed.sum() / THOUSAND, 1) == -5.3
    assert round(council_money_by_line(place).sum() / THOUSAND, 2) == pytest.approx(
        round(lines.drop(["police", "fire"], level="agency").sum() - listed.sum(), 2)
    )
    outside = reconciliation.set_index("item").loc["Streams above service lines"]
    kept = place.today[place.today["service"] == "outside_services_pendle"]["amount"].sum()
    assert kept == pytest.approx(outside["in_place_thousand"] * THOUSAND)
    expenditure = reconciliation[reconciliation["item"] == "Net revenue expenditure"]
    by_council = figures(published, "financing", "Net revenue expenditure")
    assert expenditure.set_index("agency")["published_thousand"].to_dict() == by_council.to_dict()
    streams = sum(of_streams(place, prefix) for prefix in ("council_tax_", "rates_", "rsg_"))
    for row in expenditure.itertuples():
        assert row.in_place_thousand * THOUSAND == pytest.approx(streams[row.agency], abs=1)


def test_homelessness_services_hold_the_published_detail_within_the_housing_line(
    place: Place, published: pd.DataFrame
) -> None:
    detail = figures(published, "detail", "Homelessness services") * THOUSAND
    housing = figures(published, "service line", "Housing services (GFRA only)") * THOUSAND
    today = place.today.groupby("service")["amount"].sum()
    assert len(detail) == 13
    for council, amount in detail.items():
        services = [f"homelessness_prevention_{council}", f"temporary_accommodation_{council}"]
        held = today[services].sum()
        assert held == pytest.approx(min(amount, housing[council]), abs=0.5), council


def test_money_of_councils_says_where_it_stands_in_the_published_outturn(place: Place) -> None:
    lines = pd.read_csv(PUBLISHED / "service_lines.csv")
    today = place.today.merge(lines, on="service")
    assert len(today) > 700
    for row in today.itertuples():
        assert row.reference.endswith(f"RSX, {row.line}")
        assert row.reference.startswith("Part of ") == (row.status == "illustrative")
