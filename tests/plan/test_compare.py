"""Plans compared: what went in, what came out, what caused what."""

from __future__ import annotations

import builtins
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

import placebudget as pb
from placebudget.errors import CannotAnswer, PlaceBudgetError
from placebudget.plan import Comparison
from placebudget.plan.compare.causes import COLUMNS
from placebudget.plan.workbook_pages import FIRST
from planned import optimised, potential, simulated
from sheets import below

MORE = pb.Option("more money").scale("funding", 1.2, stream="police_money")
NEED = pb.Option("less need").scale("needs", 0.5, service="policing")


@pytest.fixture(scope="module")
def toy() -> pb.Place:
    return pb.example("toy_pooling")


@pytest.fixture(scope="module")
def aligned() -> pb.Plan:
    return optimised("toy_pooling", pooling="aligned", prices=False)


@pytest.fixture(scope="module")
def both(toy: pb.Place) -> pb.Plan:
    return pb.optimise(toy, option=MORE + NEED, prices=False)


@pytest.fixture(scope="module")
def compared(aligned: pb.Plan, both: pb.Plan) -> Comparison:
    return pb.compare(aligned, both)


def value(place: pb.Place, option: pb.Option | None, pooling: str) -> float:
    return pb.optimise(place, option=option, pooling=pooling, prices=False).objective.value


def test_money_stands_side_by_side_with_its_difference(toy: pb.Place, aligned: pb.Plan) -> None:
    today = simulated("toy_pooling")
    table = pb.compare(today, aligned).table("money")
    assert list(table.columns) == ["service", "today", "aligned", "difference"]
    own = aligned.money("service").set_index("service")["amount"]
    assert table.set_index("service")["aligned"].to_dict() == own.to_dict()
    more = aligned.money()["amount"].sum() - today.money()["amount"].sum()
    assert table["difference"].sum() == more


def test_every_table_agrees_with_its_plans(aligned: pb.Plan, both: pb.Plan) -> None:
    found = pb.compare(aligned, both, names=("a", "b"))
    outcomes = found.table("outcomes", by=["outcome", "service"])
    assert outcomes["b"].sum() == pytest.approx(both.outcomes()["counted"].sum())
    assert found.table("savings")["a"].sum() == aligned.savings()["fiscal"].sum()
    assert found.table("unspent", by="stream")["b"].sum() == both.unspent()["amount"].sum()
    worth = found.table("value").set_index("measure")
    assert worth.loc["public value", "difference"] == pytest.approx(
        both.public_value() - aligned.public_value()
    )
    assert worth.loc["money on services", "b"] == both.money()["amount"].sum()


@pytest.mark.xdist_group("northvale")
def test_prices_stand_side_by_side_and_one_that_is_not_there_is_blank() -> None:
    place, one = pb.example("northvale"), potential("northvale").plans["pooled"]
    other = pb.optimise(place, option=pb.Option("x").remove("rules", rule="contract_limit"))
    table = pb.compare(one, other, names=("a", "b")).table("prices")
    assert len(table) >= max(len(one.prices()), len(other.prices()))
    assert table["a"].count() == len(one.prices())
    blank = table["a"].isna() | table["b"].isna()
    assert table.loc[blank, "difference"].isna().all()
    pd.testing.assert_series_equal(
        table.loc[~blank, "difference"],
        (table["b"] - table["a"])[~blank].round(6),
        check_names=False,
    )


def test_more_than_two_plans_differ_from_the_first(toy: pb.Place, aligned: pb.Plan) -> None:
    freed = optimised("toy_pooling", pooling="freed", prices=False)
    table = pb.compare(aligned, freed, aligned).table("money")
    assert list(table.columns[1:]) == [
        "aligned",
        "freed",
        "aligned (2)",
        "difference: freed",
        "difference: aligned (2)",
    ]
    assert (table["difference: aligned (2)"] == 0).all()


def test_inputs_that_differ_are_named_and_no_others(aligned: pb.Plan, both: pb.Plan) -> None:
    inputs = pb.compare(aligned, both, names=("a", "b")).inputs
    assert inputs["input"].tolist() == ["option", "pooling"]
    assert inputs.loc[1, ["a", "b"]].tolist() == ["aligned", "pooled"]
    assert inputs.loc[0, "a"] == "none"
    assert "more money + less need" in inputs.loc[0, "b"]
    assert pb.compare(aligned, aligned).inputs.empty


def test_tables_of_other_places_are_counted_and_their_cells_named(aligned: pb.Plan) -> None:
    place = MORE.apply(pb.example("toy_pooling")).with_()
    other = pb.optimise(place, pooling="aligned", prices=False)
    found = pb.compare(aligned, other, names=("a", "b"))
    assert found.inputs.to_numpy().tolist() == [
        ["table funding", "the same", "1 row new or changed, 1 of the first plan gone or changed"]
    ]
    assert found.rows.to_numpy().tolist() == [
        ["b", "funding", "police_money 2025-26", "amount", "20000000", "24000000"]
    ]
    assert found.causes()["change"].tolist() == ["figures of the table funding"]


def test_rows_of_an_option_are_named(compared: Comparison) -> None:
    rows = compared.rows
    assert rows[["table", "row", "column", "before", "after"]].to_numpy().tolist() == [
        ["funding", "police_money 2025-26", "amount", "20000000", "24000000"],
        ["needs", "policing", "people", "4000", "2000"],
    ]


def test_each_change_is_made_alone_and_in_turn(
    toy: pb.Place, aligned: pb.Plan, both: pb.Plan, compared: Comparison
) -> None:
    causes = compared.causes()
    assert tuple(causes.columns) == COLUMNS
    assert causes["change"].tolist() == [
        "multiply amount in funding by 1.2 where stream is police_money",
        "multiply people in needs by 0.5 where service is policing",
        "pooling pooled instead of aligned",
    ]
    alone = [value(toy, MORE, "aligned"), value(toy, NEED, "aligned"), value(toy, None, "pooled")]
    assert causes["alone"].tolist() == pytest.approx(alone)
    turn = [alone[0], value(toy, MORE + NEED, "aligned"), both.objective.value]
    assert causes["in_turn"].tolist() == pytest.approx(turn)
    total = both.objective.value - aligned.objective.value
    assert causes["adds_in_turn"].sum() == pytest.approx(total)
    assert causes["adds_alone"].sum() != pytest.approx(total)
    assert (causes["note"] == "").all()


def test_changes_both_options_share_are_no_cause_and_others_are_undone(toy: pb.Place) -> None:
    one = pb.optimise(toy, option=MORE + NEED, prices=False)
    other = pb.optimise(toy, option=MORE + pb.Option("y").scale("needs", 2), prices=False)
    causes = pb.compare(one, other).causes()
    assert causes["change"].tolist() == [
        "undo: multiply people in needs by 0.5 where service is policing",
        "multiply people in needs by 2",
    ]
    assert causes["in_turn"].iloc[0] == pytest.approx(value(toy, MORE, "pooled"))


def test_a_change_that_has_no_plan_alone_says_why(toy: pb.Place, aligned: pb.Plan) -> None:
    floor = {"kind": "floor", "subject": "service=policing", "basis": "policy"}
    option = (
        pb.Option("x")
        .add("rules", rule="police_floor", amount=23e6, **floor)
        .scale("funding", 1.2, stream="police_money")
    )
    plan = pb.optimise(toy, option=option, pooling="aligned", prices=False)
    causes = pb.compare(aligned, plan).causes()
    assert causes["adds_alone"].isna().tolist() == [True, False]
    assert causes["adds_in_turn"].isna().tolist() == [True, False]
    assert causes.loc[0, "note"].startswith("alone: ")
    total = plan.objective.value - aligned.objective.value
    assert causes["adds_in_turn"].sum() == pytest.approx(total)
    assert "no plan in turn, no plan alone" in pb_summary(aligned, plan)


def pb_summary(*plans: pb.Plan) -> str:
    found = pb.compare(*plans)
    found.causes()
    return found.summary()


def test_from_today_to_the_best_plan_is_one_cause(toy: pb.Place, aligned: pb.Plan) -> None:
    today = simulated("toy_pooling")
    causes = pb.compare(today, aligned).causes()
    assert causes["change"].tolist() == ["the best plan, aligned, for public value"]
    assert causes["adds_alone"].iloc[0] == aligned.public_value() - today.public_value()
    back = pb.compare(aligned, today).causes()
    assert back["adds_in_turn"].iloc[0] == today.public_value() - aligned.public_value()


def test_plans_with_other_objectives_are_measured_in_public_value(toy: pb.Place) -> None:
    one = pb.optimise(toy, objective="weighted outcomes", prices=False)
    other = pb.optimise(toy, option=MORE, prices=False)
    causes = pb.compare(one, other).causes()
    assert causes["change"].tolist()[-1] == "objective public value instead of weighted outcomes"
    total = other.public_value() - one.public_value()
    assert causes["adds_in_turn"].sum() == pytest.approx(total)


def test_plans_from_files_need_their_place_for_causes(
    tmp_path: Path, toy: pb.Place, aligned: pb.Plan, both: pb.Plan, compared: Comparison
) -> None:
    plans = [
        pb.read_plan(plan.to_json(tmp_path / f"{plan.name}.plan.json")) for plan in (aligned, both)
    ]
    found = pb.compare(*plans)
    with pytest.raises(CannotAnswer, match="give it: compare"):
        found.causes()
    with pytest.raises(CannotAnswer, match="give it: compare"):
        _ = found.rows
    with_place = pb.compare(*plans, places=toy)
    pd.testing.assert_frame_equal(with_place.causes(), compared.causes())
    pd.testing.assert_frame_equal(
        with_place.rows.drop(columns="plan"), compared.rows.drop(columns="plan")
    )


def test_a_place_that_is_not_the_plans_own_causes_nothing(aligned: pb.Plan, both: pb.Plan) -> None:
    other = pb.example("topslice_2010")
    with pytest.raises(CannotAnswer, match="not that of the plan aligned"):
        pb.compare(aligned, both, places=other).causes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"count": 1}, "two plans or more"),
        ({"count": 2, "names": ("a",)}, "as many names"),
        ({"count": 2, "places": [None]}, "as many places"),
    ],
)
def test_a_comparison_that_cannot_be_is_refused_in_words(
    aligned: pb.Plan, arguments: dict[str, Any], said: str
) -> None:
    count = arguments.pop("count")
    with pytest.raises(PlaceBudgetError, match=said):
        pb.compare(*[aligned] * count, **arguments)


def test_what_is_not_there_to_compare_is_named(aligned: pb.Plan) -> None:
    with pytest.raises(PlaceBudgetError, match="choose from: value, money"):
        pb.compare(aligned, aligned).table("monye")
    with pytest.raises(PlaceBudgetError, match="compare two"):
        pb.compare(aligned, aligned, aligned).causes()


def test_the_summary_says_what_a_board_can_read_out(aligned: pb.Plan, compared: Comparison) -> None:
    compared.causes()
    text = compared.summary()
    first = "Toy place for pooling (invented): more money + less need, pooled compared with aligned"
    assert text.startswith(first)
    assert "pooling (aligned / pooled)" in text
    assert "Public value, discounted: £300 million / £285 million (−£15 million)" in text
    assert "in another order the same changes would add other amounts" in text
    assert "This is a model." in text
    assert "-£" not in text
    alike = pb.compare(aligned, aligned).summary()
    assert "The inputs are the same." in alike
    assert "money moves" not in alike


def test_today_beside_the_best_plan_is_said_in_words_and_not_as_a_list_of_inputs() -> None:
    today, best = simulated("toy_pooling"), optimised("toy_pooling", prices=False)
    lines = pb.compare(today, best).summary().split("\n")
    assert lines[1] == (
        "today: today's money carried on; pooled: the best plan for public value, pooled."
    )
    assert lines[2] == "The place is the same."


def test_a_place_that_changed_beside_that_is_named() -> None:
    place = pb.example("toy_pooling")
    less = pb.optimise(place, option=pb.Option("less").scale("needs", 0.9), prices=False)
    text = pb.compare(simulated("toy_pooling"), less).summary()
    assert "Inputs that differ: option" in text
    assert "kind" not in text


def test_what_rounding_to_the_penny_leaves_is_no_money_not_spent(toy: pb.Place) -> None:
    today = simulated("toy_pooling")
    balances = today.tables["balances"].copy()
    balances["idle"] = [0.6] + [0.0] * (len(balances) - 1)
    pennies = replace(today, tables={**today.tables, "balances": balances})
    best = optimised("toy_pooling", prices=False)
    assert "Money not spent: £0 / £0 (" in pb.compare(pennies, best).summary()
    assert "not spent: £0" in pennies.summary()


@pytest.mark.xdist_group("northvale")
def test_savings_in_benefits_go_to_the_exchequer_in_words() -> None:
    plans = potential("northvale").plans
    text = pb.compare(plans["today"], plans["pooled"]).summary()
    assert re.search(r"Work and Pensions in Northvale \+£[\d,]+ \(to the Exchequer\)", text)
    assert text.count("to the Exchequer") == 1


def test_the_chart_is_plain_data_with_its_finding_as_title(toy: pb.Place, aligned: pb.Plan) -> None:
    found = pb.compare(simulated("toy_pooling"), aligned)
    spec = found.chart_specification()
    assert spec["title"] == "aligned spends £5 million more on family support than today"
    values = {(v["service"], v["plan"]): v["million"] for v in spec["data"]["values"]}
    assert values[("family support", "today")] == 25.0
    assert len(values) == 6
    same = pb.compare(aligned, aligned).chart_specification()
    assert same["title"] == "aligned and aligned (2) spend the same on each service"
    with pytest.raises(PlaceBudgetError, match="at most 4 plans"):
        pb.compare(*[aligned] * 5).chart_specification()


def test_a_chart_without_altair_says_how_to_install_it(
    aligned: pb.Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(PlaceBudgetError, match=r"pip install 'placebudget\[report\]'"):
        pb.compare(aligned, aligned).chart()


def test_a_chart_is_handed_to_altair(aligned: pb.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    class Chart:
        drawn = ""

        @classmethod
        def from_dict(cls, spec: dict[str, Any]) -> Any:
            made = cls()
            made.drawn = spec["title"]
            return made

    module = type(builtins)("altair")
    module.Chart = Chart  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "altair", module)
    assert (
        pb.compare(aligned, aligned).chart().drawn
        == "aligned and aligned (2) spend the same on each service"
    )


def test_the_workbook_holds_every_table(tmp_path: Path, compared: Comparison) -> None:
    path = compared.to_excel(tmp_path / "pack.xlsx")
    book = load_workbook(path)
    assert book.sheetnames[:4] == [FIRST, "Inputs that differ", "Value", "Money"]
    money = below(book["Money"])
    assert money[0] == (
        *("Service", "Aligned, £", "More money + less need, pooled, £", "Difference, £"),
    )
    assert len(list(book["What caused what"].values)) == 6
    assert book["Money"]["D4"].value == "=C4-B4"
    first = list(book[FIRST].iter_rows(4, 6, values_only=True))
    assert first[0][0] == "Headline figures, £"
    assert first[1][1:4] == ("aligned", "more money + less need, pooled", "difference")
    said = ("Public value", "='Value'!$C$3", "='Value'!$D$3", "='Value'!$E$3")
    assert first[2][:4] == said
    assert first[2][4].endswith("prices, discounted")
    assert below(book["Outcomes"])[0][-1] == "Own unit"
    assert book["Money"]["D2"].value == f"=SUM(D4:D{len(money) + 2})"
    book.close()


def test_a_workbook_without_the_place_says_why_causes_are_missing(
    tmp_path: Path, aligned: pb.Plan, both: pb.Plan
) -> None:
    plans = [pb.read_plan(p.to_json(tmp_path / f"{p.name}.plan.json")) for p in (aligned, both)]
    book = load_workbook(pb.compare(*plans).to_excel(tmp_path / "pack.xlsx"))
    assert "is not at hand" in book["What caused what"]["A3"].value
    book.close()


def test_an_option_that_changes_nothing_is_said_to(toy: pb.Place) -> None:
    """Not all who need policing get it: twice as many who need it move no pound."""
    plan = optimised("toy_pooling", prices=False)
    nothing = pb.Option("more need").scale("needs", 2.0, service="policing")
    other = pb.optimise(toy, option=nothing, prices=False)
    said = pb.compare(plan, other, names=("Now", "More need")).summary()
    assert "More need changes nothing: every pound goes where it goes in Now." in said
    assert "changes nothing" not in pb.compare(simulated("toy_pooling"), plan).summary()
