"""Plans side by side."""

from __future__ import annotations

import pytest

from placebudget.place import example
from placebudget.plan import Plan, compare, optimise, simulate
from placebudget.view.sheet import TOTAL
from placebudget.view.tables import CASHABLE, LATER, comparison, money_by, public_value, savings
from placebudget.view.tables import money as money_of
from placebudget.view.tables import outcomes as outcomes_of
from placebudget.words import money, number
from planned import optimised

pytestmark = pytest.mark.xdist_group("northvale")


@pytest.fixture(scope="module")
def toy() -> dict[str, Plan]:
    place = example("toy_pooling")
    return {"Today": simulate(place), "Best freed": optimise(place, pooling="freed")}


@pytest.fixture(scope="module")
def northvale() -> dict[str, Plan]:
    place = example("northvale")
    return {"Today": simulate(place), "Best pooled": optimised("northvale", prices=False)}


def test_public_value_is_what_the_plans_reached(toy: dict[str, Plan]) -> None:
    """A point is worth £1 million: 285 today; freed 45 + 40 + 15 pay for 310."""
    shown = public_value(toy).whole().loc["Public value"]
    assert shown.to_dict() == {"Today": 285.0, "Best freed": 310.0}


def test_public_value_is_the_objective_in_pounds(northvale: dict[str, Plan]) -> None:
    figures = public_value(northvale).figures.sum() * 1e6
    for name, plan in northvale.items():
        assert figures[name] == pytest.approx(plan.objective.value, abs=0.01)


def test_a_comparison_in_words_says_the_figures_that_the_tables_print(
    northvale: dict[str, Plan],
) -> None:
    said = compare(*northvale.values()).summary()
    sheet = public_value(northvale)
    for part, (first, last) in sheet.figures.iterrows():
        gain = money(1e6 * (last - first), signed=True)
        printed = " / ".join(money(1e6 * value) for value in (first, last))
        what = part if part.startswith("Released") else f"{part} value"
        assert f"{what}, discounted: {printed} ({gain})" in said.split("\n")


def test_all_the_money_there_is_has_gone_somewhere(northvale: dict[str, Plan]) -> None:
    place = example("northvale")
    funding = place.funding[place.funding["year"].isin(place.years)]["amount"].sum()
    assert (money_of(northvale).figures.sum() * 1e6).tolist() == pytest.approx(
        [funding, funding], abs=0.02
    )


@pytest.mark.parametrize("by", ["purpose", "agency"])
def test_money_adds_up_to_all_money_spent(northvale: dict[str, Plan], by: str) -> None:
    whole = money_by(northvale, by).whole()
    for name, plan in northvale.items():
        spent = plan.money()["amount"].sum() / 1e6
        assert whole.loc[TOTAL, name] == pytest.approx(spent)
        assert whole[name].iloc[:-1].sum() == pytest.approx(spent)


def test_agencies_and_outcomes_stand_under_their_full_names(toy: dict[str, Plan]) -> None:
    assert "Toyland Council" in money_by(toy, "agency").figures.index
    assert outcomes_of(toy).figures.index.tolist() == ["Points of public value (point)"]
    assert outcomes_of(toy).texts().loc["Points of public value (point)", "Best freed"] == "310"


def test_savings_stand_by_agency_and_year_with_their_cashable_part(
    northvale: dict[str, Plan],
) -> None:
    sheets = savings(northvale)
    assert [sheet.title.split(", ")[1] for sheet in sheets] == list(northvale)
    for sheet, plan in zip(sheets, northvale.values(), strict=True):
        years = plan.place["years"]
        assert sheet.figures.columns.tolist() == [*years, LATER, CASHABLE]
        exact = plan.savings()[["fiscal", "cashable"]].sum() / 1e6
        parts = sheet.figures.drop(columns=CASHABLE).to_numpy().sum()
        assert parts == pytest.approx(exact["fiscal"])
        assert sheet.figures[CASHABLE].sum() == pytest.approx(exact["cashable"])


def test_totals_of_savings_are_those_of_the_plan_along_agencies_and_down_years(
    northvale: dict[str, Plan],
) -> None:
    for sheet, plan in zip(savings(northvale), northvale.values(), strict=True):
        shown = sheet.texts().drop(columns=CASHABLE)
        for by, totals in (("agency", shown[TOTAL].iloc[:-1]), ("year", shown.loc[TOTAL])):
            exact = plan.savings(by).set_index(by)["fiscal"] / 1e6
            if by == "agency":
                assert sorted(totals) == sorted(number(value, 1) for value in exact)
            else:
                assert all(totals[year] == number(exact[year], 1) for year in plan.place["years"])
        assert shown.loc[TOTAL, TOTAL] == number(plan.savings()["fiscal"].sum() / 1e6, 1)


def test_a_place_without_savings_shows_no_table_of_them(toy: dict[str, Plan]) -> None:
    assert savings(toy) == []
    assert not any("Savings" in sheet.title for sheet in comparison(toy))


def test_savings_on_benefits_are_said_to_go_to_the_exchequer() -> None:
    place = example("northvale")
    payee = place.savings["agency"].iloc[0]
    agencies = place.agencies
    agencies.loc[agencies["agency"] == payee, "sector"] = "dwp"
    (sheet,) = savings({"Today": simulate(place.with_(agencies=agencies))})
    assert "to the Exchequer" in sheet.note
