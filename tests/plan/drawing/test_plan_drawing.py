"""The drawing of a plan: every penny of its tables, added up, in a small document."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import jsonschema
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

import placebudget as pb
import places
import random_places
import small
from placebudget.errors import CannotAnswer
from placebudget.plan.drawing import plan_drawing
from planned import optimised, simulated
from proof import ALL

SCHEMA = json.loads((files("placebudget.plan.drawing") / "drawing.schema.json").read_text("utf-8"))
JUDGE = jsonschema.Draft202012Validator(SCHEMA)

Link = Mapping[str, Any]


@pytest.fixture(scope="module")
def lancashire() -> dict[str, pb.Plan]:
    freed = optimised("lancashire", pooling="freed", prices=False)
    return {"freed": freed, "today": simulated("lancashire")}


@pytest.fixture(scope="module")
def northvale() -> pb.Plan:
    return pb.optimise(pb.example("northvale"), pooling="pooled")


def pence(pounds: pd.Series) -> int:
    return round(float(pounds.sum()) * 100)


def links_of(drawing: Mapping[str, Any], *kinds: str, layer: str = "") -> Iterator[Link]:
    return (link for link in drawing["links"] if link["kind"] in kinds and link["layer"] == layer)


def total(links: Iterator[Link], key: str, year: int | None = None) -> int:
    amounts = [link["pence"].get(key, []) for link in links]
    return sum(sum(each if year is None else each[year : year + 1]) for each in amounts)


def drawn_by(drawing: Mapping[str, Any], links: Iterator[Link], end: str, key: str) -> Counter[str]:
    """Pence of links by the point at one end."""
    found: Counter[str] = Counter()
    for link in links:
        found[drawing["nodes"][link[end]]["id"]] += sum(link["pence"].get(key, []))
    return found


def assert_every_penny(plan: pb.Plan, drawing: Mapping[str, Any], key: str) -> None:
    tables, years = plan.tables, drawing["years"]
    measures = {
        ("funding",): tables["balances"][["year", "funding"]],
        ("direct",): tables["balances"][["year", "direct"]],
        ("contribution",): tables["contributions"][["year", "gross"]],
        ("management",): tables["contributions"][["year", "management_cost"]],
        ("spend",): tables["money"][["year", "amount"]],
        ("unspent",): plan.unspent(["year"]),
    }
    for kinds, frame in measures.items():
        amounts = frame.set_index("year").iloc[:, 0]
        for n, year in enumerate(years):
            wanted = pence(amounts[amounts.index == year])
            assert total(links_of(drawing, *kinds), key, n) == wanted, (kinds, year)
    for layer in ("area", "outcome"):
        for n, year in enumerate(years):
            money = tables["money"]
            wanted = pence(money.loc[money["year"] == year, "amount"])
            assert total(links_of(drawing, "delivery", layer=layer), key, n) == wanted
        saved = links_of(drawing, "cashable", "not_cashable", layer=layer)
        by_agency = drawn_by(drawing, saved, "target", key)
        in_plan = tables["savings"].groupby(["agency", "year"])["fiscal"].sum()
        assert sum(by_agency.values()) == pytest.approx(in_plan.sum() * 100, abs=len(in_plan))
    assert_same_savings_on_both_layers(drawing, key)
    assert_what_comes_in_goes_out(drawing, key)


def assert_same_savings_on_both_layers(drawing: Mapping[str, Any], key: str) -> None:
    for kind in ("cashable", "not_cashable"):
        one, other = (
            drawn_by(drawing, links_of(drawing, kind, layer=layer), "target", key)
            for layer in ("area", "outcome")
        )
        assert one == other


def assert_what_comes_in_goes_out(drawing: Mapping[str, Any], key: str) -> None:
    for layer in ("area", "outcome"):
        money = [
            link
            for link in drawing["links"]
            if link["layer"] in ("", layer) and "cashable" not in link["kind"]
        ]
        into = drawn_by(drawing, iter(money), "target", key)
        out = drawn_by(drawing, iter(money), "source", key)
        between = [
            node["id"]
            for node in drawing["nodes"]
            if node["column"] in ("stream", "route", "service")
            and not node["id"].startswith("extra:")
        ]
        assert {id_: into[id_] for id_ in between} == {id_: out[id_] for id_ in between}


@pytest.mark.parametrize(
    ("name", "pooling"),
    [("toy_pooling", "aligned"), ("toy_pooling", "freed"), ("northvale", "pooled")],
)
def test_a_drawing_adds_up_to_the_plan_and_to_today(name: str, pooling: str) -> None:
    place = pb.example(name)
    plan = pb.optimise(place, pooling=pooling, prices=False)
    drawing = plan_drawing(plan)
    assert_every_penny(plan, drawing, "proposed")
    assert_every_penny(pb.simulate(place), drawing, "today")
    assert list(JUDGE.iter_errors(drawing)) == []


@pytest.mark.xdist_group("lancashire")
def test_lancashire_adds_up_and_stays_small(lancashire: Mapping[str, pb.Plan]) -> None:
    drawing = plan_drawing(lancashire["freed"], {"today": lancashire["today"]})
    assert_every_penny(lancashire["freed"], drawing, "proposed")
    assert_every_penny(lancashire["today"], drawing, "today")
    assert len(drawing["nodes"]) < 300
    assert len(json.dumps(drawing)) < 400_000
    assert list(JUDGE.iter_errors(drawing)) == []


@settings(max_examples=15 if ALL else 3, suppress_health_check=[HealthCheck.too_slow])
@given(random_places.tables())
def test_any_place_adds_up(made: tuple[Any, int]) -> None:
    place = random_places.as_place(*made)
    if len(place.check().errors):
        return
    plan = pb.simulate(place)
    drawing = plan_drawing(plan)
    assert_every_penny(plan, drawing, "today")
    assert list(JUDGE.iter_errors(drawing)) == []


def test_savings_of_an_agency_are_those_of_the_plan_to_the_penny(northvale: pb.Plan) -> None:
    drawing = plan_drawing(northvale)
    years = drawing["years"]
    table = northvale.tables["savings"]
    slot = table["year"].where(table["year"].isin(years), "later")
    wanted = table.groupby(["agency", slot])[["fiscal", "cashable"]].sum().round(2)
    for agency, rows in wanted.groupby(level=0):
        end = next(n for n, e in enumerate(drawing["nodes"]) if e["id"] == f"saver:{agency}")
        for year, row in rows.droplevel(0).iterrows():
            n = years.index(year) if year in years else len(years)
            for kinds, measure in (
                (("cashable", "not_cashable"), "fiscal"),
                (("cashable",), "cashable"),
            ):
                links = (e for e in links_of(drawing, *kinds, layer="area") if e["target"] == end)
                assert total(links, "proposed", n) == round(row[measure] * 100)


def test_conditions_and_prices_stand_at_the_points_they_are_about(northvale: pb.Plan) -> None:
    drawing = plan_drawing(northvale)
    notes = {node["id"]: node["notes"] for node in drawing["nodes"]}
    assert "Ring-fenced: may only be spent on families." in notes["stream:families_fund"]
    assert "Not ring-fenced." in notes["stream:county_council_tax"]
    assert any(n.startswith("Legal power: National Health") for n in notes["pool:better_care"])
    assert any(n.startswith("May pay for ") for n in notes["pool:better_care"])
    assert any(n.startswith("Statutory") for n in notes["service:home_care"])
    assert any(
        n.startswith("Rule, by law, its level an assumption: roads and libraries at least £")
        for n in notes["service:roads_and_libraries"]
    )
    assert notes["saver:dwp"] == ["These savings go to the Exchequer and never enter a pool."]
    paid_in = next(links_of(drawing, "contribution"))
    assert any(note.startswith("Legal power") for note in paid_in["notes"])
    sentences = {price["sentence"] for price in drawing["prices"]}
    assert sentences == set(northvale.prices()["sentence"])
    about = [price["about"] for price in drawing["prices"] if "Safer families" in price["sentence"]]
    pool = [node["id"] for node in drawing["nodes"]].index("pool:safer_families")
    assert about
    assert all(pool in each for each in about)


def test_outcomes_carry_their_units_as_the_plan_counts_them(northvale: pb.Plan) -> None:
    drawing = plan_drawing(northvale)
    counted = northvale.tables["outcomes"].groupby("outcome")["counted"].sum()
    seen = {node["id"].partition(":")[2]: node for node in drawing["nodes"] if "unit" in node}
    assert set(seen) == set(counted[counted > 0].index)
    for key, node in seen.items():
        assert sum(node["counted"]["proposed"]) == pytest.approx(counted[key], abs=0.01)


@pytest.mark.xdist_group("lancashire")
def test_services_of_one_name_and_purpose_stand_together(
    lancashire: Mapping[str, pb.Plan],
) -> None:
    drawing = plan_drawing(lancashire["today"])
    names = [node["name"] for node in drawing["nodes"] if node["column"] == "service"]
    assert names.count("central services") == 1


def test_a_column_with_very_many_points_keeps_the_largest_and_gathers_the_rest() -> None:
    services = {f"s{n:03}": {"people": 1_000 + n} for n in range(80)}
    place = small.small({"m": {"amount": 200}}, services)
    plan = pb.optimise(place, pooling="aligned", prices=False)
    drawing = plan_drawing(plan)
    drawn = [node["id"] for node in drawing["nodes"] if node["column"] == "service"]
    assert len(drawn) == 50
    assert "rest:service" in drawn
    assert_every_penny(plan, drawing, "proposed")


def test_plans_stand_beside_each_other_under_their_keys(northvale: pb.Plan) -> None:
    aligned = pb.optimise(pb.example("northvale"), pooling="aligned", prices=False)
    drawing = plan_drawing(northvale, {"aligned": aligned})
    keys = [(plan["key"], plan["name"]) for plan in drawing["plans"]]
    assert keys == [("proposed", "Proposed"), ("today", "Today"), ("aligned", "Best aligned")]
    assert_every_penny(aligned, drawing, "aligned")


def test_plans_of_other_years_are_refused_in_words(northvale: pb.Plan) -> None:
    with pytest.raises(CannotAnswer, match="draw plans of the same years together"):
        plan_drawing(northvale, {"other": pb.simulate(places.tiny())})


def test_a_plan_read_from_a_file_is_drawn_with_what_it_still_knows(
    northvale: pb.Plan, tmp_path: Any
) -> None:
    back = pb.read_plan(northvale.to_json(tmp_path / "best.plan.json"))
    drawing = plan_drawing(back)
    assert [plan["key"] for plan in drawing["plans"]] == ["proposed"]
    assert_every_penny(back, drawing, "proposed")
    assert list(JUDGE.iter_errors(drawing)) == []


def test_a_plan_cut_short_or_without_money_is_drawn() -> None:
    place = places.tiny()
    plan = pb.simulate(place, pd.DataFrame(columns=["stream", "service", "year", "amount"]))
    drawing = plan_drawing(plan)
    assert_every_penny(plan, drawing, "proposed")
    assert total(links_of(drawing, "unspent"), "proposed") == 60_000_000_00


def test_reinvested_savings_are_drawn_where_they_are_spent() -> None:
    place = small.small(
        {"council": {"amount": [1, 0]}},
        {"care": {"value": 0, "people": 5_000}},
        years=2,
        savings=[{"outcome": "care_good", "agency": "council", "value": 3_000, "cashable": 0.5}],
    )
    plan = pb.optimise(
        place, pooling="aligned", objective="fiscal saving", reinvest=0.8, prices=False
    )
    drawing = plan_drawing(plan)
    assert_every_penny(plan, drawing, "proposed")
    notes = [note for node in drawing["nodes"] for note in node["notes"]]
    assert "Made from savings that are spent again." in notes
