"""The example places made of published files: what they hold is what the files beside them make."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import placebudget as pb
from drafts import DATASETS, DRAFTS, drafted, page_of
from placebudget.place import schema
from placebudget.words import money

RENEW = "python tests/drafts.py writes it again"
made = cache(drafted)


@pytest.mark.parametrize("name", DRAFTS)
def test_an_example_is_what_its_published_files_make(name: str, tmp_path: Path) -> None:
    folder = made(name).write(tmp_path / name)
    held, again = pb.example(name), pb.read(folder)
    assert [
        table for table in held.tables if not held.tables[table].equals(again.tables[table])
    ] == [], RENEW
    assert held.settings == again.settings, RENEW
    told = folder / "published" / "reconciliation.csv"
    assert (DATASETS / name / "published" / told.name).read_bytes() == told.read_bytes(), RENEW
    page = (DATASETS / name / "README.md").read_text("utf-8")
    assert page == page_of(name, made(name)), RENEW
    assert page.startswith(f"# {held.settings.title}\n")


def test_an_example_was_made_with_less_than_forty_typed_figures() -> None:
    """Growth by kind of stream, and the shares of bodies that serve several places."""
    for said in DRAFTS.values():
        shares = [each.share for each in said["partners"] if each.share is not None]
        assert len(said["growth"]) + len(shares) < 40


@pytest.mark.parametrize("name", DRAFTS)
def test_every_published_total_is_reached_to_the_thousand_pounds(name: str) -> None:
    draft = made(name)
    totals = draft.totals
    assert len(totals) == 4 * draft.reconciliation["agency"].nunique()
    assert (totals["in_place"] + totals["outside"] - totals["published"]).abs().max() < 1e-6
    # What is not itemised is little, so that levies, debt and benefit have rows of their own.
    rest = draft.reconciliation[draft.reconciliation["line"].str.startswith("rest_of_")]
    assert rest["in_place_thousand"].abs().sum() < 0.01 * totals["published"].sum()


def test_levies_debt_and_benefit_of_stockport_have_rows_of_their_own() -> None:
    """Revenue summary 2015-16, Stockport, lines 711, 712 and 713, 722, 724 and 773."""
    spent = pb.example("stockport").today.groupby("service")["amount"].sum()
    benefit = [key for key in spent.index if key.startswith("housing_benefit")]
    assert spent[benefit].sum() == 48_629_000 + 804_000 + 29_311_000
    lines = ["transport_levy", "waste_levy", "repayment_of_principal"]
    assert (spent[lines] / 1000).tolist() == [20_485, 17_461, 8_125]
    reserves = pb.example("stockport").reserves.set_index("kind")["opening"]
    assert (reserves[["general", "earmarked"]] / 1000).tolist() == [16_229, 61_964]


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_has_few_findings_and_says_of_each_figure_where_it_is_from(
    name: str,
) -> None:
    place = pb.example(name)
    assert {(each.code, each.severity) for each in place.check()} == {
        ("one-off-money", "warning"),
        ("placeholder-figures", "warning"),
    }
    for table in schema().values():
        if table.figures:
            rows = place.tables[table.name]
            assert rows["source"].notna().all(), table.name
            assert rows["status"].notna().all(), table.name


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_plans_and_its_page_has_the_gap(name: str) -> None:
    place = pb.example(name)
    gap = pb.outlook(place).table
    page = (DATASETS / name / "README.md").read_text("utf-8")
    assert f"{money(gap['gap'].iloc[-1])} in 2020-21" in page
    # A pound a service: each is the cost of whole units.
    assert abs(gap["opening"]).max() < len(place.needs)
    # No year of prices is so steep that the page would tell the gap without it.
    prices = place.inflation.set_index(["index", "year"])["rate"]["general"]
    assert prices[["2019-20", "2020-21"]].tolist() == [0.03123, 0.03877]
    assert "leans on one year of prices" not in page
    values = [
        pb.optimise(place, pooling=pooling, prices=False).objective.value
        for pooling in ("aligned", "pooled")
    ]
    assert f"**Pooling gains {money(values[1] - values[0])} of public value**" in page
    assert f"of {money(values[0])}" in page


@pytest.mark.parametrize("name", DRAFTS)
def test_what_a_draft_borrows_is_the_librarys_and_what_nobody_knows_is_told(name: str) -> None:
    place, library = pb.example(name), pb.library()
    assert place.effects["estimate"].isin(library.estimates["estimate"]).all()
    borrowed = set(place.sources.loc[place.sources["borrowed"].fillna(False), "source"])
    assert borrowed <= set(library.sources["source"])
    assert {"pss_ex1", "ncc", "hmt_gdp"} < borrowed
    assert library.outdated_in(place).empty
    page = (DATASETS / name / "README.md").read_text("utf-8")
    guessed = place.offers.loc[place.offers["status"] == "placeholder", "service"]
    # Of home safety visits the first finding is of nothing: no effect, and no unit cost either.
    assert len(set(guessed)) == 7
    for service in guessed:
        assert f"- the unit cost of {place.services.set_index('service')['name'][service]}" in page


def test_a_county_is_planned_with_its_districts() -> None:
    place = pb.example("warwickshire")
    agencies = place.agencies.set_index("agency")
    districts = agencies[agencies["partner"] == "districts"]
    assert len(districts) == 5
    assert districts["area"].tolist() == districts.index.tolist()
    fire = place.services.set_index("service").loc["fire_response", "commissioner"]
    assert agencies.loc[fire, "name"] == "Warwickshire"
    areas = place.areas.set_index("area")["population"]
    assert areas["warwickshire"] == areas[districts.index].sum() == 561_471
    paying = place.contributions.query("pool == 'better_care'")["stream"].tolist()
    assert paying == ["council_tax_warwickshire_council", "nhs_money_nhs"]
