"""A place from published files: every pound of the outturn has its row, and the place plans."""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import cache
from math import ceil, floor, prod
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from outturn import CITY, POLICE
from placebudget.errors import WrongArgument
from placebudget.importing import FirstDraft, Partner, Published, forms, place_from, read
from placebudget.importing.figures import together
from placebudget.importing.outturn import LINES, TOTALS
from placebudget.place.findings import Findings
from placebudget.place.place import PLACEHOLDER
from placebudget.study.outlook import flat_in_cash
from placebudget.study.to_do import UNKNOWN
from placebudget.view.prices import dearest_of_money, dearest_rules
from placebudget.words import money
from proof import ALL

EXAMPLES = Path(__file__).resolve().parents[2] / "datasets"
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

COUNTY = {
    **CITY, "housing": 0, "fire": 18_000, "total_service": 242_611, "net_current": 291_000,
    "net_revenue": 149_500, "council_tax_requirement": 93_123,
}  # fmt: skip
DISTRICT = {
    "housing": 1_500, "environmental": 4_000, "central": 2_000, "total_service": 7_500,
    "net_current": 7_600, "grants_inside_aef": 1_000, "net_revenue": 6_600,
    "revenue_support_grant": 1_000, "retained_rates": 2_000, "council_tax_requirement": 3_600,
}  # fmt: skip


def form(key: str, rows: list[tuple[str, str, str, float, str]]) -> Published:
    """A form as it comes out of reading."""
    table = pd.DataFrame(rows, columns=["authority", "year", "line", "value", "unit"])
    table["measure"] = table["line"].map(forms()[key].measure_of)
    table = table.assign(code="", status="", note="", heading="", cell="")
    return Published("file.csv", forms()[key], "", rows[0][-1], table, Findings([]))


def outturn(**bodies: dict[str, float]) -> Published:
    rows = [
        (name.replace("_", " "), "2015-16", line, value, "£ thousand")
        for name, lines in bodies.items()
        for line, value in lines.items()
    ]
    return form("revenue_outturn", rows)


def people(**residents: float) -> Published:
    rows = [(name, "2015", "all_ages", value, "people") for name, value in residents.items()]
    return form("population_estimates", rows)


SETTLEMENT = form(
    "core_spending_power",
    [
        ("Exampleton", year, line, value, "£ million")
        for year, assessed, tax in (("2015-16", 60.0, 80.0), ("2016-17", 54.0, 82.0))
        for line, value in (
            ("settlement_funding_assessment", assessed),
            ("council_tax_requirement", tax),
        )
    ],
)


@pytest.fixture(scope="module")
def city() -> FirstDraft:
    return place_from(
        "Exampleton",
        [outturn(Exampleton=CITY, Vale_Police=POLICE), people(Exampleton=200_000), SETTLEMENT],
        partners=["nhs", "dwp", Partner("police", body="Vale Police", share=0.25)],
        years=["2016-17", "2017-18"],
    )


@pytest.fixture(scope="module")
def county() -> FirstDraft:
    return place_from(
        "Valeshire",
        [
            outturn(Eastvale=DISTRICT, Valeshire=COUNTY, Westvale=DISTRICT),
            people(Eastvale=90_000, Westvale=60_000),
        ],
        authorities=["Valeshire", "Eastvale", "Westvale"],
        growth={"council_tax": 0.02},
    )


def assert_reconciled(draft: FirstDraft) -> None:
    """Each line stands in the place in full, and the tables hold what is said of them."""
    found = draft.reconciliation
    for (agency, line), rows in found.groupby(["agency", "line"]):
        assert rows["in_place_thousand"].sum() == pytest.approx(
            rows["published_thousand"].iloc[0], abs=1e-9
        ), (agency, line)
    place = draft.place
    for table, column in (("today", "service"), ("funding", "stream")):
        held = place.tables[table]
        if table == "funding":
            held = held[held["year"] == place.settings.today_year]
        told = found[found["table"] == table].groupby("key")["in_place_thousand"].sum() * 1000
        amounts = held.groupby(column)["amount"].sum()
        assert amounts[told.index].tolist() == pytest.approx(told.abs().tolist(), abs=1e-6)
    today = place.today.groupby("stream")["amount"].sum()
    funding = place.funding[place.funding["year"] == place.settings.today_year]
    assert today.to_dict() == funding.set_index("stream")["amount"].to_dict()


def assert_totals(draft: FirstDraft, agency: str, published: dict[str, float]) -> None:
    """The lines up to each total of the ladder add up to the total that was published."""
    rows = draft.totals.query("agency == @agency").set_index("total")
    assert rows.index.tolist() == list(TOTALS)
    for total in TOTALS:
        assert rows.loc[total, "published"] == published[total]
        parts = rows.loc[total, ["in_place", "outside"]].sum()
        assert parts == pytest.approx(published[total], abs=1e-6), total


def test_every_line_of_an_outturn_stands_in_the_place_to_the_pound(city: FirstDraft) -> None:
    assert_reconciled(city)
    assert_totals(city, "exampleton_council", CITY)
    assert_totals(city, "police", POLICE)


def test_a_county_and_its_districts_are_agencies_of_their_own(county: FirstDraft) -> None:
    assert_reconciled(county)
    assert_totals(county, "valeshire_council", COUNTY)
    assert_totals(county, "westvale", DISTRICT)
    place = county.place
    agencies = place.agencies.set_index("agency")
    assert agencies.loc[["eastvale", "westvale"], "area"].tolist() == ["eastvale", "westvale"]
    assert agencies.loc[["eastvale", "westvale"], "partner"].tolist() == ["districts"] * 2
    assert place.areas.set_index("area")["population"].to_dict() == {
        "valeshire": 150_000, "eastvale": 90_000, "westvale": 60_000,
    }  # fmt: skip
    # The county has the fire service: there is no other beside it.
    assert "fire" not in set(agencies["sector"])
    fire = place.services.set_index("service").loc["fire_response"]
    assert fire["commissioner"] == "valeshire_council"
    assert place.services.query("purpose == 'homelessness'")["commissioner"].tolist() == [
        "eastvale", "eastvale", "westvale", "westvale",
    ]  # fmt: skip


def test_a_district_alone_is_a_place_and_so_are_several_without_their_county() -> None:
    districts = outturn(Eastvale=DISTRICT | {"adult_social_care": 5, "total_service": 7_505},
                        Westvale=DISTRICT)  # fmt: skip
    people_there = {"Eastvale": 90_000, "Westvale": 60_000}
    for names in (["Eastvale"], ["Eastvale", "Westvale"]):
        draft = place_from(
            "The Vales", districts, authorities=names, partners=(),
            population={name: people_there[name] for name in names},
        )  # fmt: skip
        assert_reconciled(draft)
        assert draft.place.check().errors == ()
        assert draft.place.agencies["partner"].isna().all()
        # A few pounds of social care are no care homes.
        assert "residential_care" not in set(draft.place.services["service"])


def test_a_first_draft_passes_its_checks_but_for_money_paid_once(
    city: FirstDraft, county: FirstDraft
) -> None:
    for draft in (city, county):
        findings = draft.place.check()
        assert [str(each) for each in findings.errors] == []
        assert {each.code for each in findings} == {"one-off-money", "placeholder-figures"}


def test_every_figure_of_a_first_draft_has_a_source_and_a_status(city: FirstDraft) -> None:
    sources = set(city.place.sources["source"])
    for table in pb.place.schema().values():
        if table.figures:
            rows = city.place.tables[table.name]
            assert set(rows["source"]) <= sources, table.name
            assert rows["status"].notna().all(), table.name


def test_what_comes_after_the_outturn_follows_the_stated_rule(
    city: FirstDraft, county: FirstDraft
) -> None:
    """The assessment falls by £6,000 thousand, and so does the grant, from £30,000 thousand; rates
    stay £27,000 thousand; council tax rises by 82 to 80. The settlement ends there: the year after
    is as its last.
    """
    paid = city.place.funding.set_index(["stream", "year"])
    of = "exampleton_council"
    assert paid.loc[(f"revenue_support_grant_{of}", "2016-17"), "amount"] == 24_000_000
    assert paid.loc[(f"retained_rates_{of}", "2016-17"), "amount"] == 27_000_000
    assert paid.loc[(f"council_tax_{of}", "2016-17"), "amount"] == round(80_123_000 * 82 / 80)
    assert paid.loc[(f"council_tax_{of}", "2016-17"), "status"] == "derived"
    assert paid.loc[(f"council_tax_{of}", "2017-18"), "amount"] == round(80_123_000 * 82 / 80)
    told = paid.loc[(f"council_tax_{of}", "2017-18"), "note"]
    assert told == "Carried forward from 2016-17, flat in cash: an assumption"
    once = paid.loc[f"from_unallocated_reserves_{of}"]
    assert once.index.tolist() == ["2015-16"]
    grown = county.place.funding.set_index(["stream", "year"])["amount"]
    assert grown["council_tax_eastvale", "2017-18"] == round(3_600_000 * 1.02**2)
    assert grown["retained_rates_eastvale", "2017-18"] == 2_000_000


def test_grants_that_a_settlement_names_are_streams_of_their_own() -> None:
    """Of £110,000 thousand of grants £90,000 are schools', £12,000 public health's, £3,000 and
    £2,000 the settlement's: £3,000 thousand are left.
    """
    named = form(
        "core_spending_power",
        [
            ("Exampleton", year, line, value, "£ million")
            for year, line, value in (
                ("2015-16", "new_homes_bonus", 3.0),
                ("2015-16", "improved_better_care_fund", 2.0),
                ("2016-17", "improved_better_care_fund", 2.5),
                ("2016-17", "social_care_grant", 1.5),
            )
        ],
    )
    draft = place_from(
        "Exampleton", [outturn(Exampleton=CITY), named], population={"Exampleton": 200_000},
        partners=(), years=1,
    )  # fmt: skip
    assert_reconciled(draft)
    assert draft.place.check().errors == ()
    of = "exampleton_council"
    paid = draft.place.funding.set_index(["stream", "year"])["amount"]
    assert paid[f"new_homes_bonus_{of}"].to_dict() == {"2015-16": 3_000_000, "2016-17": 0}
    better_care = f"improved_better_care_fund_{of}"
    assert paid[better_care].to_dict() == {"2015-16": 2_000_000, "2016-17": 2_500_000}
    assert paid[f"social_care_grant_{of}"].to_dict() == {"2016-17": 1_500_000}
    assert paid[f"grants_inside_aef_{of}", "2015-16"] == 3_000_000
    assert draft.place.pools.empty  # nobody to pool with
    fenced = draft.place.today.query("stream == @better_care")["service"]
    purposes = draft.place.services.set_index("service")["purpose"][fenced]
    assert set(purposes) == {"home_and_residential_care", "other_adult_social_care"}


def test_the_settlement_s_rate_is_that_of_tax_without_parishes_and_of_no_small_amounts() -> None:
    """A district of £3,600 thousand of tax, £600 of them of parishes; £40 thousand of other
    income. The settlement has £3.0 million of tax, then £3.3; £0.9 million of bonus, then £1.8.
    Rural services are £4 thousand in the first year, then £250. What is returned is never £10.
    """
    told = {**DISTRICT, "parish_precepts": 600, "interest_received": 40, "net_revenue": 6_560,
            "net_current": 8_100, "external_trading": 0, "grants_inside_aef": 1_500,
            "retained_rates": 1_960}  # fmt: skip
    named = form(
        "core_spending_power",
        [
            ("Eastvale", year, line, value, "£ million")
            for line, values in (
                ("council_tax_requirement", (3.0, 3.3)), ("new_homes_bonus", (0.9, 1.8)),
                ("rural_services_delivery_grant", (0.004, 0.25)), ("under_indexing", (0.03, 0.04)),
                ("new_homes_bonus_returned", (0.008, 0.006)),
            )
            for year, value in zip(("2015-16", "2016-17"), values, strict=True)
        ],
    )  # fmt: skip
    draft = place_from(
        "Eastvale", [outturn(Eastvale=told), named], population={"Eastvale": 90_000}, years=1,
        partners=(),
    )  # fmt: skip
    assert_reconciled(draft)
    paid = draft.place.funding.set_index(["stream", "year"])["amount"]
    for stream, amounts in (
        ("council_tax", [3_600_000, 3_900_000]), ("new_homes_bonus", [900_000, 1_800_000]),
        ("rural_services_delivery_grant", [4_000, 250_000]), ("under_indexing", [30_000, 40_000]),
        # £40 thousand of interest stand with the largest stream that no settlement names.
        ("retained_rates", [2_000_000, 2_000_000]),
    ):  # fmt: skip
        assert paid[f"{stream}_eastvale_council"].tolist() == amounts, stream
    (little,) = draft.doubts
    assert "New Homes Bonus returned of Eastvale is less than £10,000" in little.what
    # Without a line of parishes theirs is what the tax is above the settlement's of that year.
    del told["parish_precepts"]
    how: dict[str, Any] = {"population": {"Eastvale": 90_000}, "partners": (), "years": 1}
    without = place_from("Eastvale", [outturn(Eastvale=told), named], **how)
    taxed = without.place.funding.query("stream == 'council_tax_eastvale_council'")
    assert taxed["amount"].tolist() == [3_600_000, 3_900_000]
    assert taxed["status"].tolist() == ["published", "derived"]
    (doubt,) = (each for each in without.doubts if each.code == "parishes-derived")
    assert "£600,000 of Eastvale" in doubt.what
    # Where the settlement begins later nobody can know, and all of it is scaled, which is said.
    late = replace(named, table=named.table[named.table["year"] == "2016-17"])
    late = place_from("Eastvale", [outturn(Eastvale=told), late], **(how | {"years": 2}))
    assert "parishes-unknown" in {each.code for each in late.doubts}


def test_what_is_drawn_for_a_purpose_that_its_body_has_no_service_of_is_free() -> None:
    """£15 thousand of public health reserves of a district, whose county has public health."""
    drawn = {**DISTRICT, "to_public_health_reserves": -15, "council_tax_requirement": 3_585}
    place = place_from(
        "Valeshire",
        [outturn(Valeshire=COUNTY, Eastvale=drawn), people(Eastvale=90_000)],
        authorities=["Valeshire", "Eastvale"], partners=(),
    ).place  # fmt: skip
    stream = "from_public_health_reserves_eastvale"
    assert place.today.query("stream == @stream")["amount"].sum() == 15_000
    assert stream not in set(place.ring_fences["stream"])
    assert "useless-stream" not in place.check().codes


def settled(years: dict[str, dict[str, float]]) -> Published:
    """The settlement of Exampleton, £ million by year and line."""
    return form(
        "core_spending_power",
        [
            ("Exampleton", year, line, value, "£ million")
            for year, lines in years.items()
            for line, value in lines.items()
        ],
    )


SINCE_NEXT_YEAR = settled(
    {
        "2016-17": {
            "new_homes_bonus": 4.0, "settlement_funding_assessment": 50.0,
            "council_tax_requirement": 80.0,
        },
        "2017-18": {
            "new_homes_bonus": 5.0, "settlement_funding_assessment": 45.0,
            "council_tax_requirement": 84.0, "social_care_grant": 1.0,
        },
    }
)  # fmt: skip


def test_a_settlement_that_begins_after_the_outturn_adds_no_grant_that_is_there_already() -> None:
    """Of £110,000 thousand of grants £4,000 are the New Homes Bonus, as a year later. Rates stay
    £27,000 thousand, so that the grant is £50,000 less that, then £45,000 less that; council tax is
    flat to 2016-17 and rises from then by 84 to 80.
    """
    draft = place_from(
        "Exampleton", [outturn(Exampleton=CITY), SINCE_NEXT_YEAR],
        population={"Exampleton": 200_000}, partners=(), years=3,
    )  # fmt: skip
    assert_reconciled(draft)
    paid = draft.place.funding.set_index(["stream", "year"])["amount"]
    of = "exampleton_council"
    assert paid[f"new_homes_bonus_{of}"].tolist() == [4e6, 4e6, 5e6, 5e6]
    assert paid[f"grants_inside_aef_{of}"].tolist() == [4e6] * 4
    assert paid[f"social_care_grant_{of}"].to_dict() == {
        "2016-17": 0, "2017-18": 1_000_000, "2018-19": 1_000_000,
    }  # fmt: skip
    assert paid[f"revenue_support_grant_{of}"].tolist() == [30e6, 23e6, 18e6, 18e6]
    tax = round(80_123_000 * 84 / 80)
    assert paid[f"council_tax_{of}"].tolist() == [80_123_000, 80_123_000, tax, tax]
    told = {each.code: each.what for each in draft.doubts}
    assert "begins in 2016-17, after the outturn of 2015-16" in told["settlement-begins-later"]
    assert "ends in 2017-18" in told["settlement-ends"]
    assert told["settlement-ends"] in draft.page()


def test_every_council_that_follows_the_settlement_is_named() -> None:
    """A county and nine districts: none of them is "2 more"."""
    names = ["Valeshire", *(f"Vale {n}" for n in range(1, 10))]
    bodies = {name.replace(" ", "_"): COUNTY if name == names[0] else DISTRICT for name in names}
    files = form(
        "core_spending_power",
        [(name, year, "council_tax_requirement", 93.1 if name == names[0] else 3.6, "£ million")
         for name in names for year in ("2015-16", "2016-17")],
    )  # fmt: skip
    draft = place_from(
        "Valeshire", [outturn(**bodies), files], authorities=names, partners=(), years=2,
        population=dict.fromkeys(names[1:], 90_000),
    )  # fmt: skip
    assert f"grants of {', '.join(names)} follow" in draft.place.settings.description
    (told,) = (each for each in draft.doubts if each.code == "settlement-ends")
    assert ", ".join(names) in told.what


def test_a_settlement_of_other_years_is_said_not_to_be_used() -> None:
    draft = place_from(
        "Exampleton", [outturn(Exampleton=CITY), settled({"2020-21": {"new_homes_bonus": 4.0}})],
        population={"Exampleton": 200_000}, partners=(), years=2,
    )  # fmt: skip
    (told,) = (each for each in draft.doubts if each.code == "settlement-not-used")
    assert "no figures of Exampleton in 2015-16 to 2017-18" in told.what
    assert "follow the settlement" not in draft.place.settings.description
    assert "In later years it is flat in cash." in draft.place.settings.description


def test_a_grant_that_the_settlement_names_comes_before_those_that_are_guessed() -> None:
    """All £102,000 thousand of grants are less than public health and schools cost: £4,000 are the
    New Homes Bonus, £12,000 public health's, and £86,000 are left for schools.
    """
    poor = {**CITY, "grants_inside_aef": 102_000, "net_revenue": 144_500,
            "council_tax_requirement": 88_123}  # fmt: skip
    draft = place_from(
        "Exampleton", [outturn(Exampleton=poor), settled({"2015-16": {"new_homes_bonus": 4.0}})],
        population={"Exampleton": 200_000}, partners=(), years=1,
    )  # fmt: skip
    today = draft.place.today.groupby("stream")["amount"].sum()
    of = "exampleton_council"
    kinds = ("new_homes_bonus", "public_health_grant", "schools_grant")
    assert [today[f"{kind}_{of}"] for kind in kinds] == [4e6, 12e6, 86e6]


def test_grants_that_are_not_itemised_pay_for_benefit_that_is_not_either() -> None:
    """£49,000 thousand between services and net current expenditure, £41,000 of grants below it:
    £18 and £900 thousand are no cost of the file, so that the grants stand for £41,018. They pay no
    interest and no debt, today or in a plan.
    """
    lines = {key: value for key, value in CITY.items()
             if key not in ("housing_benefit_rent_allowances", "transport_levy",
                            "grants_outside_aef")}  # fmt: skip
    draft = place_from(
        "Exampleton", outturn(Exampleton=lines), population={"Exampleton": 200_000}, partners=()
    )
    assert_reconciled(draft)
    place, stream = draft.place, "grants_for_benefit_exampleton_council"
    paid = place.today[place.today["stream"] == stream].set_index("service")["amount"]
    assert set(paid.index) == {"rest_of_net_current"}
    plan = pb.optimise(place, pooling="aligned", prices=False)
    where = plan.money(["stream", "service"]).query("stream == @stream")
    assert set(where["service"]) == {"rest_of_net_current"}
    assert paid.sum() == 40_600_000
    (row,) = place.funding.query("stream == @stream and year == '2015-16'").to_dict("records")
    assert row["status"] == "illustrative"
    assert "taken to pay the benefit" in draft.page().replace("\n", " ")


def test_what_reserves_paid_once_is_a_part_of_every_service() -> None:
    """£1,500 thousand of reserves: nobody knows for which of the services that no grant pays whole.

    The environment cost £15,000 thousand and culture £7,000, and so their parts are.
    """
    place = place_from(
        "Exampleton", outturn(Exampleton=CITY), population={"Exampleton": 200_000}, partners=()
    ).place
    stream = "from_unallocated_reserves_exampleton_council"
    once = place.today[place.today["stream"] == stream].set_index("service")
    assert once["amount"].sum() == 1_500_000
    assert set(once["status"]) == {"illustrative"}
    assert once["note"].str.contains("nobody knows for what").all()
    # Not of schools, which their grant pays, nor of what goes outside services.
    assert {"central_services", "environment", "home_care", "other_housing"} < set(once.index)
    outside = set(place.services.query("purpose == 'outside_services'")["service"])
    assert not ({"education"} | outside) & set(once.index)
    assert once.loc["environment", "amount"] == pytest.approx(
        once.loc["culture", "amount"] * 15 / 7, rel=1e-5
    )
    assert "today" in set(place.to_do().table["table"])


def test_a_draft_that_is_rolled_by_the_next_outturn_has_all_its_money_and_plans() -> None:
    """Interest falls by £1 million, benefit rises by £4 million, a waste levy begins. Floors at
    today's money go with it; that of the transport levy, which somebody set lower, stays.
    """
    later = {
        **CITY, "interest_payable": 3_000, "housing_benefit_rent_allowances": 44_000,
        "waste_levy": 500, "grants_outside_aef": 44_500,
    }  # fmt: skip
    published = outturn(Exampleton=CITY, Vale_Police=POLICE)
    before = replace(published, table=published.table.assign(year="2014-15"))
    how: dict[str, Any] = {
        "population": {"Exampleton": 200_000}, "partners": ["nhs", "police"], "years": 2,
    }  # fmt: skip
    old = place_from("Exampleton", before, **how).place
    rules = old.rules.copy()
    rules.loc[rules["rule"] == "transport_levy_as_today", "amount"] = 5e6
    # Half of what homes cost is spent at home: what the line is divided into is to do again.
    today = old.today.copy()
    homes, home = (today["service"] == key for key in ("residential_care", "home_care"))
    moved = today.loc[homes, "amount"].to_numpy() / 2
    today.loc[homes, "amount"] -= moved
    today.loc[home, "amount"] += moved
    # Of need and of what is paid into pools somebody knew better: those stay.
    needs, paid = old.needs.copy(), old.contributions.copy()
    needs.loc[needs["service"] == "children_in_care", ["people", "status"]] = [77, "published"]
    paid.loc[paid["stream"] == "nhs_money_nhs", "maximum"] = 1e6
    old = old.with_(today=today, needs=needs, contributions=paid)
    how |= {"population": {"Exampleton": 210_000}, "partners": ["nhs", "police=Vale Police@25%"]}
    new = place_from("Exampleton", outturn(Exampleton=later, Vale_Police=POLICE), **how).place
    found = old.with_(rules=rules).roll_forward(new)
    place = found.place
    told = found.table[found.table["what"].str.startswith("has the part of its line")]
    assert set(told["about"]) == {"service=residential_care", "service=home_care"}
    spent = place.today.groupby("service")["amount"].sum()
    assert spent.to_dict() == new.today.groupby("service")["amount"].sum().to_dict()
    assert spent["waste_levy"] == 500_000
    # The other need follows the new money, as do those at risk, capacity and limits of pools; the
    # police are another body now, which pays into pools as its own draft has it.
    people, anew = (each.needs.set_index("service")["people"] for each in (place, new))
    owned = {"children_in_care", "home_care", "residential_care"}
    assert set(people.index[people != anew[people.index]]) == owned
    assert people["children_in_care"] == 77
    capacity, made = (each.offers.set_index("offer")["capacity"] for each in (place, new))
    assert set(made.index[capacity[made.index] != made]) <= owned
    assert place.areas["population"].tolist() == [210_000]
    paid, made = (
        each.contributions.set_index(["stream", "pool"])["maximum"] for each in (place, new)
    )
    assert set(paid.index) == set(made.index)
    assert {stream for stream, _ in paid.index[paid != made[paid.index]]} == {"nhs_money_nhs"}
    assert place.agencies["name"].tolist() == new.agencies["name"].tolist()
    kept = found.table[found.table["what"].str.contains("the new draft makes it")]
    assert {"service=children_in_care", "service=home_care"} <= set(kept["about"])
    assert any("people stays as in the year before, 77; " in each for each in kept["what"])
    levels = place.rules.set_index("rule")["amount"]
    assert levels["transport_levy_as_today"] == 5e6
    for service in ("interest_payable", "waste_levy", "housing_benefit_rent_allowances"):
        assert levels[f"{service}_as_today"] == spent[service]
    assert list(place.check().errors) == []
    plan = pb.optimise(place, pooling="aligned", prices=False)
    paid = plan.tables["money"].groupby(["service", "year"])["amount"].sum()
    assert paid["interest_payable"].tolist() == pytest.approx([3e6, 3e6])
    with pytest.raises(WrongArgument, match="is of Otherton, and the place is Exampleton"):
        old.roll_forward(place_from(
            "Otherton", outturn(Otherton=later), population={"Otherton": 9e4}, partners=()
        ).place)  # fmt: skip
    # Without anything new, what came once is left out with what it paid for, and it plans too.
    alone = new.roll_forward()
    assert "is without £2 million that came once" in " ".join(alone.table["what"])
    assert list(alone.place.check().errors) == []


def test_a_service_is_called_alike_in_each_year_whoever_else_has_money_of_its_line() -> None:
    """The city puts nothing into its reserves in one year, and its police do in both."""
    keys = []
    for line in (2_000, -2_000):
        city = {**CITY, "to_earmarked_reserves": line}
        police = {**POLICE, "to_earmarked_reserves": 1_000}
        place = place_from(
            "Exampleton", outturn(Exampleton=city, Vale_Police=police), years=1,
            population={"Exampleton": 200_000}, partners="police=Vale Police@25%",
        ).place  # fmt: skip
        keys.append(place.services.query("commissioner == 'police'")["service"].tolist())
    assert keys[0] == keys[1]
    assert {"neighbourhood_policing", "to_earmarked_reserves_police"} <= set(keys[0])


def test_a_trifle_is_no_stream_of_its_own_though_it_is_paid_once() -> None:
    """£9 thousand of reserves stand with the largest grant, and nothing doubts their scale."""
    little = {**CITY, "to_unallocated_reserves": -9, "council_tax_requirement": 81_614}
    draft = place_from(
        "Exampleton", outturn(Exampleton=little), population={"Exampleton": 200_000}, partners=()
    )
    assert_reconciled(draft)
    assert draft.place.check().codes == {"placeholder-figures"}
    (told,) = draft.reconciliation.query("line == 'to_unallocated_reserves'").to_dict("records")
    assert (told["key"], told["in_place_thousand"]) == (
        "revenue_support_grant_exampleton_council",
        -9,
    )
    assert told["why"] == "Small amounts of other income stand here too"


def test_each_line_outside_the_services_is_paid_just_as_the_outturn_has_it() -> None:
    """A county and two districts whose grants fall to nothing: of each the debt, the benefit and
    the levy of its own line, to the penny of rounding, in each year of every plan.
    """
    benefit = {"housing_benefit_rent_allowances": 900, "interest_payable": 300,
               "net_current": 8_400, "net_revenue": 7_700,
               "council_tax_requirement": 4_700}  # fmt: skip
    levy = {"transport_levy": 500, "repayment_of_principal": 700, "net_current": 8_000,
            "net_revenue": 7_700, "council_tax_requirement": 4_700}  # fmt: skip
    county = {key: value for key, value in COUNTY.items() if key != "grants_outside_aef"}
    county |= {"housing_benefit_rent_allowances": 0, "net_current": 251_611,
               "net_revenue": 150_711, "council_tax_requirement": 94_334}  # fmt: skip
    bodies = {"Valeshire": county, "Eastvale": DISTRICT | benefit, "Westvale": DISTRICT | levy}
    fallen = form(
        "core_spending_power",
        [(name, year, "settlement_funding_assessment", amount, "£ million")
         for name in bodies for year, amount in (
             ("2015-16", 33.0 if name == "Valeshire" else 3.0), ("2016-17", 0.1))],
    )  # fmt: skip
    draft = place_from(
        "Valeshire", [outturn(**bodies), fallen, people(Eastvale=90_000, Westvale=60_000)],
        authorities=list(bodies), partners="nhs", years=2,
    )  # fmt: skip
    assert_reconciled(draft)
    place = draft.place
    # The assessment falls by more than the grant: it is said, in the row too.
    (told,) = (each for each in draft.doubts if each.code == "grant-ends")
    assert "assessment of Valeshire, Eastvale, Westvale leaves in 2016-17 no Rev" in told.what
    row = place.funding.query("stream == 'revenue_support_grant_eastvale' and year == '2016-17'")
    assert row[["amount", "status"]].iloc[0].tolist() == [0, "derived"]
    assert "That is £1.9 million below nothing: no grant is left" in row["note"].item()
    lines = ["repayment_of_principal", "interest_payable", "transport_levy",
             "housing_benefit_rent_allowances"]  # fmt: skip
    held = draft.reconciliation[draft.reconciliation["line"].isin(lines)]
    told = held.set_index("key")["in_place_thousand"] * 1000
    assert sorted(told) == [300e3, 500e3, 700e3, 900e3, 4e6, 6e6, 9e6]
    rules = place.rules[place.rules["rule"].str.endswith("_as_today")]
    basis = rules.assign(key=rules["rule"].str.removesuffix("_as_today")).set_index("key")["basis"]
    assert set(basis[list(told.index)]) == {"law"}
    assert len(rules) == rules["subject"].nunique() > len(told)
    for plan in (
        pb.simulate(place),
        *(pb.optimise(place, pooling=each, prices=False) for each in ("siloed", "pooled")),
    ):
        spent = plan.money(["service", "year"]).pivot(index="service", columns="year")["amount"]
        for year in place.years:
            assert spent.loc[told.index, year].tolist() == pytest.approx(told.tolist(), abs=0.05)


def test_what_the_law_has_paid_is_no_lever_and_stands_after_what_is() -> None:
    """Debt, levies and benefit are paid by law; what goes into reserves is an assumption."""
    place = place_from(
        "Exampleton", outturn(Exampleton=CITY), population={"Exampleton": 200_000}, partners=(),
        years=1,
    ).place  # fmt: skip
    rules = place.rules.set_index("rule")
    assert rules.loc["transport_levy_as_today", ["basis", "reference"]].tolist() == [
        "law", "Local Government Finance Act 1988, section 74",
    ]  # fmt: skip
    assert rules.loc["to_earmarked_reserves_as_today", "basis"] == "assumption"
    plan = pb.optimise(place, pooling="aligned")
    bases = dearest_rules(plan, most=100)["basis"].tolist()
    assert bases == sorted(bases)
    assert set(bases) == {"assumption", "law"}
    assert "law" not in set(dearest_of_money(plan)["basis"])


def test_schools_stand_on_their_grant_and_other_education_has_a_floor() -> None:
    """Of £90 million £70 million of grants pay schools: £20 million are the council’s, of which a
    plan may take a fifth, also where each agency plans for itself.
    """
    poor = {**CITY, "grants_inside_aef": 82_000, "net_revenue": 164_500,
            "council_tax_requirement": 108_123}  # fmt: skip
    place = place_from(
        "Exampleton", outturn(Exampleton=poor), population={"Exampleton": 200_000}, partners=()
    ).place
    today = place.today.groupby("service")["amount"].sum()
    assert today[["schools", "education"]].tolist() == [70e6, 20e6]
    (rule,) = place.rules.query("rule == 'education_duty'").to_dict("records")
    assert (rule["amount"], rule["basis"]) == (16e6, "assumption")
    assert rule["reference"] == "Education Act 1996, section 508B"
    for pooling in ("siloed", "aligned"):
        plan = pb.optimise(place, pooling=pooling, prices=False)
        spent = plan.money(["service", "year"]).set_index(["service", "year"])["amount"]
        assert spent["education"].min() >= 16e6 - 0.05
        assert spent["schools"].tolist() == pytest.approx([70e6] * 5, abs=0.05)


def test_people_in_need_are_whole_and_jobcentres_are_no_coaching(city: FirstDraft) -> None:
    place = city.place
    assert (place.needs["people"] % 1 == 0).all()
    assert (place.at_risk["most"] % 1 == 0).all()
    (service,) = place.services.query("commissioner == 'dwp'")["service"]
    assert service == "other_dwp"
    assert service not in set(place.effects["service"]) | set(place.needs["service"])


def test_all_of_the_improved_better_care_fund_is_pooled() -> None:
    """£2.5 million in 2016-17 and nothing in the year after, which the settlement does not have."""
    named = form(
        "core_spending_power",
        [
            ("Exampleton", year, "improved_better_care_fund", amount, "£ million")
            for year, amount in (("2015-16", 2.0), ("2016-17", 2.5))
        ],
    )
    draft = place_from(
        "Exampleton", [outturn(Exampleton=CITY), named], population={"Exampleton": 200_000},
        partners="nhs", years=1,
    )  # fmt: skip
    stream = "improved_better_care_fund_exampleton_council"
    (row,) = draft.place.contributions.query("stream == @stream").to_dict("records")
    assert [row[key] for key in ("pool", "year", "minimum", "maximum", "source")] == [
        "better_care", "2016-17", 2_500_000, 2_500_000, "better_care_fund",
    ]  # fmt: skip
    assert draft.place.check().errors == ()
    plan = pb.optimise(draft.place, pooling="pooled", prices=False)
    paid = plan.money(["stream", "route"]).set_index(["stream", "route"])["amount"]
    assert paid[stream].to_dict() == {"better_care": 2_500_000}


def test_ring_fenced_grants_pay_for_their_purpose_alone(city: FirstDraft) -> None:
    today = city.place.today
    paid = today[today["stream"].str.startswith("schools_grant")]
    assert paid["service"].tolist() == ["schools"]
    assert paid["amount"].tolist() == [90_000_000]
    # All other grants inside are £110 million less £90 million less £12 million.
    funding = city.place.funding.set_index(["stream", "year"])["amount"]
    assert funding["grants_inside_aef_exampleton_council", "2015-16"] == 8_000_000


def test_partners_without_an_outturn_are_sized_by_population_and_say_so(
    city: FirstDraft,
) -> None:
    rows = city.place.funding.query("stream == 'nhs_money_nhs' and year == '2015-16'")
    # £1,732 in 2024-25, by the library's deflators from 2016-17 to 2024-25, times 200,000 people.
    rates = (1.685, 1.651, 2.089, 3.123, 3.877, 1.796, 5.856, 5.71, 3.895)
    back = prod(1 + rate / 100 for rate in rates)
    assert rows["amount"].item() == pytest.approx(1732 / back * 200_000, rel=1e-6)
    assert rows["status"].item() == "illustrative"
    # Per resident in prices of both years, to the penny; 200,000 of them are the row.
    assert (
        f"£1,732.00 for each resident; in prices of 2015-16 £{1732 / back:,.2f};"
        in rows["note"].item()
    )
    (named,) = city.place.agencies.query("sector == 'dwp'")["name"]
    assert named == "DWP employment support in Exampleton"
    (told,) = city.place.funding.query("stream == 'dwp_money_dwp' and year == '2015-16'")["note"]
    assert "support into work, not benefits" in told
    source = city.place.sources.set_index("source").loc[rows["source"].item()]
    assert (source["publisher"], source["year"]) == ("House of Commons Library", "2024")


def test_money_by_population_goes_on_in_prices_of_each_year_unless_growth_is_said(
    city: FirstDraft,
) -> None:
    """By the library's deflators of 2016-17 and 2017-18; with growth, even of nothing, by that."""
    paid = city.place.funding.query("stream == 'nhs_money_nhs'").set_index("year")["amount"]
    rises = [paid["2016-17"] / paid["2015-16"], paid["2017-18"] / paid["2016-17"]]
    assert rises == pytest.approx([1.01685, 1.01651], abs=1e-7)
    flat = place_from(
        "Exampleton", outturn(Exampleton=CITY), population={"Exampleton": 200_000}, growth=0,
        partners="nhs",
    ).place.funding.query("stream == 'nhs_money_nhs'")  # fmt: skip
    assert flat["amount"].nunique() == 1
    assert "money sized by population, which goes in step" in city.place.settings.description


def test_of_the_general_balance_a_part_stays_and_is_said_to_be_assumed(city: FirstDraft) -> None:
    """£9,000 thousand less £1,500 drawn; net revenue expenditure of £136,500, 5 % of it £6,825."""
    held = city.place.reserves.set_index(["agency", "kind"])
    general = held.loc[("exampleton_council", "general")]
    assert general[["opening", "minimum", "status"]].tolist() == [7.5e6, 6.8e6, "illustrative"]
    assert "5% of net revenue expenditure, against one bad year" in general["note"]
    assert pd.isna(held.loc[("exampleton_council", "earmarked"), "minimum"])
    poor = place_from(
        "Exampleton", outturn(Exampleton={**CITY, "unallocated_reserves_start": 3_000}),
        population={"Exampleton": 9_000}, partners=(),
    ).place.reserves.set_index("kind").loc["general"]  # fmt: skip
    assert poor["opening"] == poor["minimum"] == 1.5e6
    # 5 % of £984 thousand is £49 thousand, and not nothing.
    little = {**DISTRICT, "net_revenue": 984, "retained_rates": 100, "revenue_support_grant": 100,
              "council_tax_requirement": 784, "unallocated_reserves_start": 300}  # fmt: skip
    held = place_from("Eastvale", outturn(Eastvale=little), population={"Eastvale": 9_000},
                      partners=()).place.reserves  # fmt: skip
    assert held["minimum"].tolist() == [49_000]


def test_a_fire_authority_gets_no_grant_for_benefit() -> None:
    """£300 thousand between its services and net current expenditure are no benefit of its own."""
    fire = {"fire": 30_000, "total_service": 30_000, "net_current": 30_300, "net_revenue": 29_000,
            "council_tax_requirement": 29_000}  # fmt: skip
    draft = place_from(
        "Exampleton", outturn(Exampleton=CITY, Vale_Fire=fire), population={"Exampleton": 900_000},
        partners="fire=Vale Fire",
    )  # fmt: skip
    assert_reconciled(draft)
    mine = draft.place.streams.query("agency == 'fire'")["stream"]
    assert sorted(mine) == ["council_tax_fire", "rest_of_net_revenue_fire"]
    purposes = draft.place.services.query("commissioner == 'fire'")["purpose"]
    assert set(purposes) == {"fire_prevention", "fire_response", "outside_services"}


def test_services_name_their_duty_in_law_and_what_was_found_to_make_no_difference(
    city: FirstDraft, county: FirstDraft
) -> None:
    """As the library has them: a county disposes of waste, which its districts collect."""
    services = city.place.services.set_index("service")
    assert services.loc["home_care", "duty"] == "Care Act 2014, section 18"
    assert services.loc["culture", "duty"] == "Public Libraries and Museums Act 1964, section 7"
    assert services.loc["reablement", "no_difference"] == "cochrane_reablement"
    assert "cochrane_reablement" in set(city.place.sources["source"])
    two = county.place.services.set_index("service")["duty"]
    collects, disposes = (f"Environmental Protection Act 1990, section {n}" for n in (45, 51))
    assert two["environment"] == disposes
    assert collects in two["environment_eastvale"]
    assert disposes not in two["environment_eastvale"]
    assert pd.isna(two["central_services_eastvale"])


def test_money_paid_into_reserves_is_no_service_in_that_year_or_later(city: FirstDraft) -> None:
    """£2 million of council tax went into earmarked reserves: as much is put by each year."""
    place = city.place
    key = "to_earmarked_reserves"
    assert place.services.set_index("service").loc[key, "purpose"] == "paid_into_reserves"
    assert place.today.query("service == @key")["amount"].sum() == 2_000_000
    council = city.reconciliation.query("agency == 'exampleton_council'").set_index("line")
    kept = council.loc[key, ["table", "in_place_thousand"]]
    assert kept.tolist() == ["today", 2_000]
    for pooling in ("siloed", "pooled"):
        plan = pb.optimise(place, pooling=pooling, prices=False)
        spent = plan.money(["service", "year"]).set_index(["service", "year"])["amount"]
        assert spent[key].tolist() == pytest.approx([2e6, 2e6], abs=0.05)
    assert "£2 million was paid into reserves in 2015-16" in city.page()
    # With neither floor nor capacity it is there for services.
    rules, offers = (place.tables[each].copy() for each in ("rules", "offers"))
    rules.loc[rules["rule"] == f"{key}_as_today", "amount"] = 0.0
    offers.loc[offers["offer"] == key, "capacity"] = 0.0
    spent = pb.optimise(place.with_(rules=rules, offers=offers), pooling="aligned", prices=False)
    assert key not in set(spent.money("service")["service"])


def test_what_goes_into_schools_reserves_is_of_their_grant_and_what_is_drawn_pays_schools() -> None:
    """£100 million of schools: with £3 million put by their grant is £103 million, with £3 million
    drawn £97 million. Where grants end at £80 million, £23 or £17 million are the council’s own.
    """
    for put_by, grants, granted, schools in (
        (3_000, 200_000, 103e6, 100e6), (-3_000, 200_000, 97e6, 100e6),
        (3_000, 80_000, 80e6, 77e6), (-3_000, 80_000, 80e6, 83e6),
    ):  # fmt: skip
        rest = 100_000 - grants
        told = {"education": 100_000, "total_service": 100_000, "net_current": 100_000,
                "grants_inside_aef": grants, "net_revenue": rest, "to_school_reserves": put_by,
                "council_tax_requirement": rest + put_by}  # fmt: skip
        draft = place_from("Exampleton", outturn(Exampleton=told), partners=(),
                           population={"Exampleton": 200_000})  # fmt: skip
        assert_reconciled(draft)
        today = draft.place.today
        assert today.groupby("service")["amount"].sum()["schools"] == schools
        streams = today.groupby("stream")["amount"].sum()
        assert streams["schools_grant_exampleton_council"] == granted


def test_the_public_health_grant_comes_before_that_of_schools() -> None:
    """Of £50 million of grants public health costs £12 million: schools get £38 million."""
    poor = {**CITY, "grants_inside_aef": 50_000, "net_revenue": 196_500,
            "council_tax_requirement": 140_123}  # fmt: skip
    draft = place_from(
        "Exampleton", outturn(Exampleton=poor), population={"Exampleton": 9_000}, partners=()
    )
    paid = draft.place.today.groupby("stream")["amount"].sum()
    assert paid["public_health_grant_exampleton_council"] == 12_000_000
    assert paid["schools_grant_exampleton_council"] == 38_000_000
    assert "public health first" in draft.place.streams["note"].str.cat()


def test_residents_that_were_typed_are_no_published_figure(city: FirstDraft) -> None:
    draft = place_from(
        "Exampleton", outturn(Exampleton=CITY), population={"Exampleton": 9_000}, partners=()
    )
    told = [place.areas[["source", "status"]].iloc[0].tolist()
            for place in (city.place, draft.place)]  # fmt: skip
    assert told == [["population", "published"], ["typed", "illustrative"]]
    assert "areas" in set(draft.place.to_do().table["table"])


def test_residents_of_a_table_of_nobody_says_whom_are_illustrative(tmp_path: Path) -> None:
    """And a file that has others, or another year, is said to."""
    file = tmp_path / "features.csv"
    head = "name,pop_2015,population_2018,x"
    file.write_text(f"{head}\nExampleton,200000,201000,1\nVale,,5,2\n", "utf-8")
    told = outturn(Exampleton=CITY, Vale=CITY)
    (area,) = place_from("Exampleton", [told, file]).place.areas.to_dict("records")
    assert (area["population"], area["source"], area["status"]) == (
        200_000,
        "population_table",
        "illustrative",
    )
    with pytest.raises(WrongArgument, match=r"live in Vale in 2015.*\n.*has Vale in 2018 only"):
        place_from("Vale", [told, file])
    # Published estimates go before it.
    (area,) = place_from("Exampleton", [told, file, people(Exampleton=199_000)]).place.areas[
        ["population", "status"]
    ].to_numpy()  # fmt: skip
    assert list(area) == [199_000, "published"]


def test_a_draft_says_what_reading_found_of_its_own_bodies_and_of_no_others(tmp_path: Path) -> None:
    """Figures of Vale that differ are left out, and concern no place but Vale's."""
    rows = ["name,year,2.5,population", "Exampleton,2015,1,200000", "Vale,2015,1,90000"]
    file = tmp_path / "twice.csv"
    file.write_text("\n".join([*rows, "Vale,2015,1,90001"]) + "\n", "utf-8")
    told = outturn(Exampleton=CITY, Vale=CITY)
    assert "doubled" in read(file).findings.codes
    assert place_from("Exampleton", [told, file]).remarks.codes == {"unknown-authority"}
    draft = place_from("Vale", [told, file], population={"Vale": 90_000})
    assert draft.remarks.codes == {"unknown-authority", "doubled"}
    assert "none of these 2 is taken" in draft.page()


def test_of_figures_that_differ_those_of_the_place_and_its_years_are_told(tmp_path: Path) -> None:
    """Of Exampleton in 2014-15 and of Vale in 2015-16 nothing is told to whom makes Exampleton."""
    rows = [
        f"{name},{year},{line},{value}"
        for name in ("Exampleton", "Vale")
        for year in ("2014-15", "2015-16")
        for line, value in CITY.items()
    ]
    rows += ["Exampleton,2014-15,central,1", "Vale,2015-16,central,1"]
    file = tmp_path / "outturn.csv.gz"
    file.write_bytes(gzip.compress("\n".join(["authority,year,line,gbp_thousand", *rows]).encode()))

    def told(name: str) -> list[str]:
        draft = place_from(name, file, population={name: 200_000}, partners=())
        return [each.what for each in draft.remarks if each.code == "doubled"]

    assert told("Exampleton") == []
    (said,) = told("Vale")
    assert said.startswith("Vale, 2015-16: central stands there more than once")


def test_police_that_stand_in_the_settlement_follow_it_by_their_share() -> None:
    """Council tax of £79,001 thousand, a quarter of it the place's, rises by 44 to 40."""
    settled = form(
        "core_spending_power",
        [
            ("Vale Police", year, "council_tax_requirement", tax, "£ million")
            for year, tax in (("2015-16", 40.0), ("2016-17", 44.0))
        ],
    )
    draft = place_from(
        "Exampleton", [outturn(Exampleton=CITY, Vale_Police=POLICE), settled],
        population={"Exampleton": 9_000}, years=1,
        partners=Partner("police", body="Vale Police", share=0.25),
    )  # fmt: skip
    paid = draft.place.funding.set_index(["stream", "year"]).loc[("council_tax_police", "2016-17")]
    assert (paid["amount"], paid["source"]) == (round(79_001_000 / 4 * 1.1), "settlement")
    assert "council tax and grants of Vale Police follow" in draft.place.settings.description


def test_the_share_of_a_body_that_serves_several_is_found_where_all_residents_are_given() -> None:
    """Greater Manchester's ten districts had 2,756,962 residents in 2015, Stockport 288,210 of
    them: 10.4539 %. Without those of Bury the share cannot be known.
    """
    files = [
        read(each) for each in sorted((EXAMPLES / "stockport" / "published").glob("*_20*.csv"))
    ]
    found = place_from("Stockport", files, partners=["police", "fire"], years=1)
    whole = "Greater Manchester Police and Crime Commissioner"
    assert found.place.agencies["name"].tolist()[1] == whole
    spent = found.reconciliation.query("agency == 'police' and line == 'police'")
    part = (
        spent["in_place_thousand"][spent["table"] != ""].sum() / spent["published_thousand"].max()
    )
    assert part == pytest.approx(288_210 / 2_756_962, abs=1e-5)
    note = found.place.streams.set_index("stream")["note"]["police_grant_police"]
    assert note.startswith(
        f"10.5% of the outturn of {whole}, the share of the place in the 2,756,962 residents of "
        "the 10 authorities that it serves (Police Act 1996, schedule 1"
    )
    assert not {each.code for each in found.doubts} & {"no-share-said", "outturn-not-used"}
    # A body that is named needs no share either, and one that is far from it is doubted.
    named = place_from("Stockport", files, partners=[f"police={whole}@20%"], years=1)
    (doubt,) = (each for each in named.doubts if each.code == "share-doubtful")
    assert "of the residents it serves the place has 10.5%" in doubt.what
    fewer = [replace(each, table=each.table[each.table["authority"] != "Bury"]) for each in files]
    (doubt,) = (
        each
        for each in place_from("Stockport", fewer, partners="police", years=1).doubts
        if each.code == "outturn-not-used"
    )
    assert whole in doubt.what
    assert "or give the residents of Bury too, in a file, and the share is found" in doubt.mend
    # Of the place itself they were typed: nobody is asked for them again.
    fewer = [
        replace(each, table=each.table[~each.table["authority"].isin(["Bury", "Stockport"])])
        if each.form.key != "revenue_outturn" else each
        for each in files
    ]  # fmt: skip
    how = {"population": {"Stockport": 288_210}, "partners": "police", "years": 1}
    told = {each.code: each.mend for each in place_from("Stockport", fewer, **how).doubts}
    assert "residents of Bury too, in a file" in told["outturn-not-used"]


def test_files_that_differ_on_a_figure_of_the_place_are_refused_and_both_are_named() -> None:
    """Education of £90 million in one file and of £80 million in another, and so of residents."""
    other = replace(outturn(Exampleton={**CITY, "education": 80_000}), file="edited.csv")
    how: dict[str, Any] = {"population": {"Exampleton": 200_000}, "partners": (), "years": 1}
    for files in ([outturn(Exampleton=CITY), other], [other, outturn(Exampleton=CITY)]):
        with pytest.raises(WrongArgument) as refused:
            place_from("Exampleton", files, **how)
        said = str(refused.value)
        assert said.startswith("the files differ on Exampleton in 2015-16: education ")
        assert "90,000 £ thousand (file.csv)" in said
        assert "80,000 £ thousand (edited.csv)" in said
    again = replace(people(Exampleton=210_000), file="edited.csv")
    with pytest.raises(
        WrongArgument, match="differ on Exampleton in 2015: all ages 200,000 people"
    ):
        place_from("Exampleton", [outturn(Exampleton=CITY), people(Exampleton=200_000), again])
    # A file that rounds says the same as one that does not, whichever is read first.
    fine = replace(outturn(Exampleton={**CITY, "education": 90_000.4}), file="fine.csv")
    for files in ([outturn(Exampleton=CITY), fine], [fine, outturn(Exampleton=CITY)]):
        assert (
            together(files).of("revenue_outturn", "Exampleton", "2015-16")["education"] == 90_000.4
        )
    # The same file twice is the same place, and what differs elsewhere is of no concern.
    twice = place_from("Exampleton", [outturn(Exampleton=CITY)] * 2, **how)
    assert twice.place == place_from("Exampleton", outturn(Exampleton=CITY), **how).place
    elsewhere = outturn(Vale_Police={**POLICE, "police": 1})
    files = [outturn(Exampleton=CITY, Vale_Police=POLICE), elsewhere]
    assert place_from("Exampleton", files, **how).place == twice.place


def test_small_amounts_that_stand_in_a_stream_are_named_for_what_they_are() -> None:
    """Retained rates of £62,000 stand with the grant; no parish asks for anything here."""
    poor = {
        **DISTRICT, "retained_rates": 62, "revenue_support_grant": 2_938,
    }  # fmt: skip
    place = place_from(
        "Eastvale", outturn(Eastvale=poor), population={"Eastvale": 90_000}, partners=(), years=1
    ).place  # fmt: skip
    (note,) = place.funding.query("stream == 'revenue_support_grant_eastvale_council'")[
        "note"
    ].tolist()[1:]
    assert note.endswith("£62,000 of retained business rates stay as they are")
    assert "parishes" not in place.funding["note"].str.cat()


def test_years_between_outturn_and_plan_and_a_settlement_without_them_are_told() -> None:
    draft = place_from(
        "Exampleton", [outturn(Exampleton=CITY), SETTLEMENT], population={"Exampleton": 200_000},
        partners=(), years=["2027-28", "2028-29"],
    )  # fmt: skip
    told = {each.code: each.what for each in draft.doubts}
    assert "none of the years 2027-28 to 2028-29" in told["settlement-not-used"]
    assert told["years-between"].startswith(
        "11 years lie between the outturn of 2015-16 and 2027-28"
    )
    assert "settlement-ends" not in told


def test_fire_in_a_council_s_own_outturn_is_no_partner_and_that_is_said() -> None:
    draft = place_from(
        "Valeshire", outturn(Valeshire=COUNTY), population={"Valeshire": 200_000},
        partners="fire=£20 million", years=1,
    )  # fmt: skip
    assert draft.place.agencies["sector"].tolist() == ["council"]
    (doubt,) = (each for each in draft.doubts if each.code == "fire-in-council")
    assert doubt.sentences == (
        "Fire and rescue stands in the outturn of Valeshire, so that it is no partner."
    )
    # Of a district whose county does it itself no body in the files is named.
    alone = outturn(Gloucester=DISTRICT, Avon_Fire=POLICE)
    alone = replace(alone, table=alone.table.assign(
        code=alone.table["authority"].map({"Gloucester": "E07000081"}).fillna("")
    ))  # fmt: skip
    found = place_from(
        "Gloucester", alone, population={"Gloucester": 126_000}, partners="fire", years=1
    )
    told = {each.code: each.what for each in found.doubts}
    assert "none of the bodies in the files serves this place" in told["no-body-here"]
    assert "outturn-not-used" not in told


def test_a_body_that_is_nearly_named_is_told_by_those_of_its_sector() -> None:
    files = outturn(Exampleton=CITY, Vale_Police=POLICE, Vale_Fire=POLICE, Valeshire=COUNTY)
    with pytest.raises(WrongArgument, match=r"no outturn of 'Vale'\. Did you mean Vale Police\?"):
        place_from("Exampleton", files, population={"Exampleton": 200_000}, partners="police=Vale")


def test_what_is_avoided_for_several_councils_together_is_limited_together() -> None:
    draft = place_from(
        "Both", outturn(Exampleton=CITY, Otherton=CITY), authorities=["Exampleton", "Otherton"],
        population={"Exampleton": 200_000, "Otherton": 100_000}, years=1,
    )  # fmt: skip
    assert "limit-below-offers" not in {each.code for each in draft.place.check()}


def test_what_can_hardly_be_so_is_doubted_and_an_outturn_that_is_not_used_is_named() -> None:
    """£200 million of police for 9,000 people; a force whose outturn nobody asked for."""
    files = outturn(Exampleton={**CITY, "adult_social_care": 900_000}, Vale_Police=POLICE)

    def doubted(*partners: Partner | str, people: int) -> dict[str, str]:
        draft = place_from(
            "Exampleton", files, population={"Exampleton": people}, partners=partners
        )
        told = {each.code: f"{each.what} {each.mend}" for each in draft.doubts}
        assert "Give Core spending power" in told.pop("no-settlement")
        return told

    with pytest.raises(WrongArgument, match=r"£22,000 on services .* say which share is the place"):
        doubted("police=Vale Police", people=9_000)
    (said,) = doubted("police=Vale Police", people=1_000_000).values()
    assert said.startswith("All of Vale Police is taken to be this place's, as no share")
    assert not doubted("police=Vale Police@100%", people=1_000_000)
    whole = doubted(Partner("police", body="Vale Police", share=1.0), people=9_000)
    assert set(whole) == {"more-than-its-share", "more-need-than-people"}
    assert "£22,000 on services for each resident" in whole["more-than-its-share"]
    assert '--partner "police=Vale Police@SHARE%"' in whole["more-than-its-share"]
    (said,) = doubted("police=Vale Police@10%", people=1_000_000).values()
    assert "10% of Vale Police is £20.10 of services for each resident" in said
    assert "As much as elsewhere would be 99.2%" in said
    (said,) = doubted("dwp=£3 billion", people=1_000_000).values()
    assert "£3,000.00 for each of 1,000,000 residents, against £51" in said
    assert "where 9,000 live" in whole["more-need-than-people"]
    unused = doubted("police", "fire", people=1_000_000)
    assert set(unused) == {"outturn-not-used"}
    assert "the files hold the outturn of Vale Police" in unused["outturn-not-used"]
    # Of several that which is called as the place is named.
    files = outturn(Exampleton=CITY, Vale_Police=POLICE, Exampleton_Police=POLICE)
    own = doubted("police", people=1_000_000)["outturn-not-used"]
    assert '"police=Exampleton Police@SHARE%", your share' in own
    assert "Vale Police" not in own


def test_of_bodies_of_one_name_that_is_meant_which_was_there_in_the_year() -> None:
    """The county of Somerset ended in 2022-23, and the council of one tier followed it."""
    county, unitary = (
        outturn(Somerset=CITY).table.assign(code=code, year=year)
        for code, year in (("E10000027", "2022-23"), ("E06000066", "2023-24"))
    )
    both = replace(outturn(Somerset=CITY), table=pd.concat([county, unitary], ignore_index=True))
    files = together([both])
    assert files.authority("Somerset", "2022-23")[0] == "E10000027"
    assert files.authority("Somerset", "2023-24")[0] == "E06000066"
    with pytest.raises(WrongArgument, match="Give its code, or a year: type E"):
        files.authority("Somerset")


def test_growth_that_public_money_does_not_have_is_doubted() -> None:
    for growth, said in (("20%", "Growth of 20% a year"), ({"council_tax": -0.5}, "council tax")):
        draft = place_from(
            "Exampleton", outturn(Exampleton=CITY), population={"Exampleton": 9_000}, partners=(),
            growth=growth,
        )  # fmt: skip
        (told,) = (each for each in draft.doubts if each.code == "growth-doubtful")
        assert said in told.what


def test_a_service_led_by_money_is_taken_to_be_needed_half_as_much_again(city: FirstDraft) -> None:
    """£12 million of public health, 5 % of it for stopping to smoke at £121.10 of 2012-13.

    Of drug and alcohol treatment no effect is known, nor who needs it.
    """
    place = city.place
    need = place.needs.set_index("service")["people"]["stop_smoking"]
    (offer,) = place.offers.query("service == 'stop_smoking'").to_dict("records")
    assert (offer["unit_cost"], offer["price_year"]) == (121.1, "2012-13")
    cost = 121.1 * 1.02013 * 1.01362 * 1.00938
    # 4,747 whole people for the money, and half as many again, rounded up.
    assert need == ceil(1.5 * floor(600_000 / cost)) == 7_121
    assert offer["capacity"] == need
    assert "drug_alcohol_treatment" not in set(place.needs["service"])


def test_what_a_draft_borrows_is_the_librarys_with_its_estimate_and_its_source(
    city: FirstDraft,
) -> None:
    """195.5 falls fewer for 1,000 people: 0.85 a year, of which 77 % are left."""
    library, place = pb.library(), city.place
    borrowed = place.sources.set_index("source")
    effects = place.effects.set_index("service")
    assert set(effects["estimate"]) <= set(library.estimates["estimate"])
    assert borrowed.loc[effects["source"], "borrowed"].all()
    assert borrowed.loc["cochrane_falls", ["publisher", "year"]].tolist() == ["Cochrane", "2019"]
    falls = effects.loc["falls_prevention"]
    assert falls["impact"] == pytest.approx(0.85 * (1 - 0.77))
    # Found in trials elsewhere, grade 2: one less here.
    assert falls["evidence"] == "3"
    offers = place.offers.set_index("service")
    for role in ("home_care", "emergency_care", "temporary_accommodation"):
        key = "emergency_admission" if role == "emergency_care" else role
        usual = library.unit_cost(key)
        assert usual is not None
        told = offers.loc[role, ["unit_cost", "price_year", "source", "status"]].tolist()
        assert told == [round(usual.amount, 2), usual.price_year, usual.source, usual.status], role
    # Both care at home and a home are dearer together by less than the home alone.
    links = place.avoids.set_index("outcome")["units"]
    assert links["care_home_years"] == pytest.approx(1 - 218.83 / 538.21, abs=5e-4)
    assert "example Lancashire" not in place.effects["note"].str.cat()


def test_what_the_library_does_not_know_is_a_placeholder_or_has_no_effect(
    city: FirstDraft,
) -> None:
    place = city.place
    guessed = set(place.offers.query("status == 'placeholder'")["service"])
    assert guessed == {
        "falls_prevention", "family_group_conferences", "hospital_at_home",
        "neighbourhood_policing", "domestic_abuse_support", "hot_spot_patrols",
    }  # fmt: skip
    unknown = {"reablement", "drug_alcohol_treatment", "domestic_abuse_support"}
    assert not unknown & set(place.effects["service"])
    to_do = place.to_do().table
    # Debt and levies are paid as they are: nobody is to look for what they bring about.
    outside = place.services.query("purpose == 'outside_services'")["service"]
    assert not {f"service={key}" for key in outside} & set(
        to_do.loc[to_do["table"] == "effects", "about"]
    )
    first = to_do[to_do["state"] == PLACEHOLDER]
    assert {f"service={key}" for key in guessed} <= set(first["about"])
    missing = to_do[to_do["state"] == UNKNOWN]
    assert {f"service={key}" for key in unknown} <= set(missing["about"])
    assert set(missing["table"]) == {"effects"}
    # A finding of nothing is told where it is used.
    told = place.services.set_index("service")["note"]["reablement"]
    assert "No effect on emergency admissions was found" in told


def test_a_newer_edition_of_the_library_is_a_finding_of_a_draft(city: FirstDraft) -> None:
    library = pb.library()
    assert city.place.check().of("superseded-source") == ()
    one = library.estimates[library.estimates["estimate"] == "falls_exercise_2019"]
    newer = one.assign(estimate="falls_exercise_2027", supersedes="falls_exercise_2019", year=2027)
    edition = library.sources[library.sources["source"] == "ncc"].assign(
        source="ncc_2025", title="National Cost Collection 2025/26", year="2027", supersedes="ncc"
    )
    ours = library.with_(
        estimates=pd.concat([library.estimates, newer]),
        sources=pd.concat([library.sources, edition]),
    )
    assert list(ours.check().errors) == []
    found = {each.code: each for each in ours.findings(city.place)}
    assert set(found) == {"superseded-estimate", "superseded-source"}
    assert "'falls_exercise_2027' of 2027" in found["superseded-estimate"].what
    source = found["superseded-source"]
    assert (source.table, source.severity) == ("sources", "warning")
    assert "from which offers have figures" in source.what
    assert "National Cost Collection 2025/26 (2027)" in source.what
    row = ours.outdated_in(city.place).iloc[0]
    assert (row["source"], row["newer"], row["tables"]) == ("ncc", "ncc_2025", ("offers",))
    # Emergency care, community nursing and crisis care.
    assert row["rows"] == 3


def test_prices_beyond_the_library_are_an_assumption_and_said_to_be(city: FirstDraft) -> None:
    assert "prices-assumed" not in {each.code for each in city.doubts}
    draft = place_from(
        "Exampleton", outturn(Exampleton=CITY), population={"Exampleton": 200_000}, partners=(),
        years=["2024-25", "2025-26"],
    )  # fmt: skip
    general = draft.place.inflation.query("index == 'general'").set_index("year")
    assert general.loc["2024-25", ["rate", "source"]].tolist() == [0.03895, "hmt_gdp"]
    assert general.loc["2025-26", ["rate", "status"]].tolist() == [0.02, "illustrative"]
    (told,) = (each for each in draft.doubts if each.code == "prices-assumed")
    assert "known to 2024-25; after that they are taken to rise 2% a year" in told.what
    assert told.what in draft.page()


def test_a_first_draft_plans_and_today_meets_the_need_it_is_taken_to_meet(
    city: FirstDraft,
) -> None:
    gap = pb.outlook(city.place)
    # A pound a service and year: each buys whole units.
    assert gap.table["opening"].abs().max() < len(city.place.needs)
    plan = pb.optimise(city.place, pooling="aligned")
    assert plan.findings()


def test_only_those_pay_into_a_pool_whom_its_law_names(city: FirstDraft) -> None:
    """Of 200,000 people: £124.90 a head of the NHS, £7.70 of the council, £2.50 of the police."""
    paid = city.place.contributions.set_index(["pool", "stream"])
    tax, nhs, grant = (
        "council_tax_exampleton_council", "nhs_money_nhs", "police_grant_police",
    )  # fmt: skip
    assert paid["maximum"].to_dict() == {
        ("better_care", tax): 1_540_000, ("better_care", nhs): 24_980_000,
        ("families_first", tax): 1_540_000, ("families_first", nhs): 1_500_000,
        ("families_first", grant): 500_000, ("safe_homes", tax): 1_540_000,
        ("safe_homes", nhs): 1_120_000, ("safe_homes", grant): 500_000,
    }  # fmt: skip
    law = paid.loc[("safe_homes", grant), "legal_power"]
    assert law == "Police Reform and Social Responsibility Act 2011, section 9"


def test_a_district_pays_nothing_into_the_better_care_fund(county: FirstDraft) -> None:
    """The county and the NHS do; a district's part is a capital grant that the county passes on."""
    paid = county.place.contributions.groupby("pool")["stream"].agg(set)
    assert paid["better_care"] == {"council_tax_valeshire_council", "nhs_money_nhs"}
    # Under the Children Act districts are partners.
    assert {"council_tax_eastvale", "council_tax_westvale"} < paid["families_first"]
    (told,) = (each for each in county.doubts if each.code == "grant-not-in-outturn")
    assert "Disabled Facilities Grant" in told.what
    sources = county.place.sources.set_index("source")
    assert sources.loc["better_care_fund", "publisher"] == "NHS England"
    assert "passes it on in full" in sources.loc["adaptations_grant", "reference"]
    # Districts alone have no social care, and no such fund.
    alone = place_from(
        "Eastvale", outturn(Eastvale=DISTRICT), population={"Eastvale": 90_000}, partners="nhs"
    )
    assert "better_care" not in set(alone.place.pools["pool"])
    assert [each.code for each in alone.doubts] == ["no-settlement"]


def test_pools_take_no_more_of_a_stream_than_it_brings() -> None:
    draft = place_from(
        "Exampleton",
        outturn(Exampleton=CITY),
        population={"Exampleton": 5_000_000},
        partners="nhs",
    )
    paid = draft.place.contributions.groupby("stream")["maximum"].sum()
    tax = paid["council_tax_exampleton_council"]
    assert 80_123_000 - 3_000 <= tax <= 80_123_000
    assert "no more than the stream" in draft.place.contributions["note"][0]


def test_a_typed_amount_stands_for_a_partner() -> None:
    draft = place_from(
        "Exampleton", outturn(Exampleton=CITY), population={"Exampleton": 200_000},
        partners=Partner("nhs", "NHS Exampleton", amount=300e6),
    )  # fmt: skip
    assert draft.place.agencies["name"].tolist() == ["Exampleton", "NHS Exampleton"]
    assert draft.place.today.query("stream == 'nhs_money_nhs'")["amount"].sum() == 300e6
    names = draft.place.streams.set_index("stream")["name"]
    assert names["nhs_money_nhs"] == "All money, NHS Exampleton"


def test_what_was_typed_and_what_is_by_population_are_told_apart() -> None:
    """£300 million of the NHS were typed; DWP's money is by population, and of both each pound of
    today is counted once.
    """
    draft = place_from(
        "Exampleton", outturn(Exampleton=CITY), population={"Exampleton": 200_000},
        partners=["nhs=£300 million", "dwp"], years=1,
    )  # fmt: skip
    told = draft.basis.groupby(["money", "known from"])["amount"].sum()
    assert told["spent today", "typed"] == told["funding over the years", "typed"] == 300e6
    today = draft.place.today
    dwp = today.query("stream == 'dwp_money_dwp'")["amount"].sum()
    assert told["spent today", "by population"] == dwp > 0
    assert told["spent today"].sum() == today["amount"].sum()
    page = " ".join(draft.page().split())
    assert "£300 million of" in page
    assert "it was typed, and nothing here says where it is from" in page
    # It is the same in cash, while prices rise by 1.7 %: of the gap that is £5.2 million.
    flat, rise = flat_in_cash(draft.place)
    assert (flat["nhs_money_nhs"], round(rise, 3)) == (300e6, 0.017)
    told_of = f"{money(300e6 * rise)} of the gap in 2016-17 as it stays the same in cash"
    assert told_of in page
    assert (
        f"{money(300e6 * rise)} of it by “All money, NHS in Exampleton”"
        in pb.outlook(draft.place).summary()
    )


def test_a_body_keeps_its_name_and_its_share_is_described_and_may_be_typed(
    city: FirstDraft,
) -> None:
    assert city.place.agencies.set_index("agency")["name"]["police"] == "Vale Police"
    assert "The place has 25% of Vale Police." in city.place.settings.description
    notes = city.place.streams.set_index("stream")["note"]
    assert notes["police_grant_police"].startswith("25% of the outturn of Vale Police")
    typed = place_from(
        "Exampleton", outturn(Exampleton=CITY, Vale_Police=POLICE),
        population="Exampleton = 200,000", growth="2%",
        partners=["nhs=300m", "dwp", "police=Vale Police@25%"],
    ).place  # fmt: skip
    assert "The place has 25% of Vale Police." in typed.settings.description
    paid = typed.funding.set_index(["stream", "year"])["amount"]
    assert paid["nhs_money_nhs", "2016-17"] == 306e6


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "Exampletown"}, "Did you mean Exampleton"),
        ({"population": None}, "how many people live in Exampleton"),
        ({"year": "2011-12"}, "hold no outturn of 2011-12"),
        ({"partners": ["army"]}, "partners are of the sectors nhs, police, fire, dwp"),
        ({"partners": ["nhs", "nhs"]}, "several of the sector nhs"),
        ({"growth": "much"}, "growth is a number, not 'much'"),
        ({"growth": ["nhs=3"]}, "growth of nhs of 300% a year .* write 3% or 0.03"),
        ({"growth": 2.0}, "for 2 per cent write 2% or 0.02"),
        ({"partners": "nhs=620"}, "nhs has £620 a year, .* such as nhs=620m for 620 million"),
        ({"population": {"Exampletown": 9}}, "no council of this place. Did you mean Exampleton"),
        ({"population": ["Exampleton=few"]}, "population of Exampleton is a number"),
        ({"partners": ["police=Vale@119%"]}, "119% is no share of a body"),
        ({"partners": ["police=Vale@10.3"]}, "10.3 is no share .* did you mean 10.3%?"),
        (
            {"partners": ["nhs=300000"], "population": {"Exampleton": 200_000}},
            r'£1.50 for each of 200,000 .* did you mean --partner "nhs=£300 million"',
        ),
        (
            {"population": {"Exampleton": 200}, "partners": ()},
            r"council tax in the outturn of 2015-16 for 200 residents, £400,615.00 each",
        ),
        (
            {
                "files": outturn(Exampleton={**CITY, "council_tax_requirement": 80}),
                "population": {"Exampleton": 200_000},
                "partners": (),
            },
            "£80,000 of council tax in the outturn of 2015-16 for 200,000 residents, £0.40 each",
        ),
        (
            {
                "files": [
                    outturn(Exampleton={**CITY, "council_tax_requirement": 2_000}),
                    SETTLEMENT,
                ],
                "population": {"Exampleton": 200_000},
                "partners": (),
            },
            "£2 million of council tax in the outturn of 2015-16, and £80 million in the settle",
        ),
        (
            {
                "files": outturn(
                    Exampleton={
                        key: value for key, value in CITY.items() if key != "adult_social_care"
                    }
                ),
                "population": {"Exampleton": 200_000},
                "partners": (),
            },
            r"no line of adult social care, and £60 million of its total service expenditure",
        ),
        ({"files": outturn(Exampleton={"education": 5})}, "no council tax requirement"),
        ({"authorities": ["Exampleton", "Valeshire", "Eastvale"]}, "name one county"),
    ],
)
def test_what_cannot_be_made_a_place_is_refused_in_words(given: dict[str, Any], said: str) -> None:
    files = outturn(Exampleton=CITY, Valeshire=COUNTY, Eastvale=DISTRICT)
    asked: dict[str, Any] = {
        "name": "Exampleton", "files": files, "population": {"Exampleton": 1_000}, **given
    }  # fmt: skip
    with pytest.raises(WrongArgument, match=said):
        place_from(**asked)


def test_all_that_was_typed_wrong_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(WrongArgument) as refused:
        place_from(
            "Exampleton", [tmp_path / "gone.csv", tmp_path], population="Exampleton",
            partners=["nhs=x@y", "police=Vale@119%", "army=£3"], growth=["council_tax=z"],
        )  # fmt: skip
    said = str(refused.value)
    assert said.startswith("7 things that were given cannot be meant")
    for each in ("no file", "a folder", "such as Exampleton=200,000", "no share after @",
                 "119%", "not 'army'", "growth of council_tax is a number"):  # fmt: skip
        assert each in said


def test_of_each_line_the_figure_is_taken_that_it_is_usually_read_for() -> None:
    """Employees and fees stand beside some lines; levies are expenditure, grants are income."""
    told = outturn(Exampleton={line: n for n, line in enumerate(LINES, start=1)})
    beside = told.table.assign(measure="employees", value=7.0)
    both = replace(told, table=pd.concat([beside, told.table, beside], ignore_index=True))
    assert set(told.table["measure"]) > {"net_current_expenditure", "expenditure", "income"}
    found = together([both]).of("revenue_outturn", "Exampleton", "2015-16")
    assert found == {line: n for n, line in enumerate(LINES, start=1)}


@cache
def published_panel() -> Published:
    return read(DATA / "rs_panel" / "rs_panel_2010_2016.csv")


@pytest.mark.skipif(not DATA.is_dir(), reason="the published panel is not beside the project")
def test_outturns_of_all_kinds_of_councils_reconcile_to_the_thousand_pounds() -> None:
    years = ("2012-13", "2015-16")
    for number, name in enumerate(("Stockport", "Cornwall", "City of London", "East Hampshire")):
        for year in years if ALL else (years[number % 2],):
            panel = published_panel()
            draft = place_from(
                name, panel, year=year, years=1, population={name: 100_000}, partners=()
            )
            assert_reconciled(draft)
            lines = panel.for_authority(name, year).set_index("line")["value"].to_dict()
            assert_totals(draft, draft.place.agencies["agency"].item(), lines)
            assert draft.place.check().errors == ()


@pytest.mark.skipif(not DATA.is_dir(), reason="the published panel is not beside the project")
def test_a_council_whose_services_give_way_both_ways_plans_and_gains_by_pooling() -> None:
    panel = published_panel()
    place = place_from("Rochdale", panel, population={"Rochdale": 214_195}).place
    aligned, pooled = (
        pb.optimise(place, pooling=pooling, prices=False).objective.value
        for pooling in ("aligned", "pooled")
    )
    assert pooled > aligned


def test_arguments_that_cannot_be_meant_are_refused_in_words() -> None:
    files = [outturn(Exampleton=CITY), people(Exampleton=200_000)]
    for given, said in (
        ({"years": 0}, "years is a whole number of 1 or more, or a list of financial years"),
        ({"years": None}, "years is a whole number"),
        ({"years": ("abc",)}, "is not a financial year"),
        ({"years": ("2014-15",)}, "financial years after 2015-16 that follow one another"),
        ({"years": ("2016-17", "2018-19")}, "that follow one another"),
        ({"authorities": 3}, "authorities is a text or a list of texts"),
        ({"population": 5}, "population is figures by name"),
    ):
        with pytest.raises(WrongArgument, match=said):
            place_from("Exampleton", files, **given)
