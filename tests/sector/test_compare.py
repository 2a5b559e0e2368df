"""Benchmarking, productivity, the spend exchange and early warning, with their worked numbers."""

from __future__ import annotations

import math
import sys

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from panels import panel_of
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.sector.compare import distances
from placebudget.sector.early_warning import INDICATORS, NO_RETURN, sign_values
from placebudget.sector.exchange import split
from placebudget.sector.statistics import ALARM, explained_by, funnel
from placebudget.words import pence

SHIPPED = pb.sector.panel()
LANCASHIRE = "E10000017"
LINKS = pd.DataFrame([{"measure": "price", "service": "family_support", "role": "unit_cost"}])
TWELVE = panel_of(
    {
        "price": [20.0, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 12],
        "outcome": [17.0 + n / 2 for n in range(12)],
        "need": [20.0, 22, 30, 21, 25, 26, 27, 28, 29, 31, 32, 33],
    },
    {"price": [1000.0] * 12},
    links=LINKS,
)


# --- benchmarking ----------------------------------------------------------------------------


def test_distances_are_those_worked_by_hand_and_symmetric() -> None:
    """(20, 18), (22, 19), (30, 15), (21, 25): 0.5752, 2.6565, 1.9441 from the first."""
    points = pd.DataFrame({"x": [20.0, 22, 30, 21], "y": [18.0, 19, 15, 25]}, index=list("abcd"))
    assert distances(points, "a").round(4).tolist() == [0, 0.5752, 2.6565, 1.9441]
    for one in points.index:
        for other in points.index:
            assert distances(points, one)[other] == pytest.approx(distances(points, other)[one])
    # A figure that is the same for all makes nobody nearer or farther.
    assert distances(points.assign(z=1.0), "a").round(4).tolist() == [0, 0.5752, 2.6565, 1.9441]


def test_the_nearest_are_never_the_authority_itself_and_the_set_is_named_and_recorded() -> None:
    found = pb.sector.benchmark("a1", "price", panel=TWELVE, nearest=3, like=["need"])
    near = found.tables["neighbours"]
    assert near["authority"].tolist() == ["a4", "a2", "a5"]
    assert "a1" not in set(near["authority"])
    # 11 of the 12 pay less than 20; 12, 10 and 13 have a median of 12.
    assert found.facts["below"] == pytest.approx(11 / 12)
    assert found.facts["median"] == 12
    assert "A12" in found.notes[0]
    assert found.run["options"]["compared"] == 12
    assert found.facts["outcome"].startswith("Beside it, quality of life (2013-14): 17")
    assert {"own", "neighbours", "quartiles", "proposals"} == set(found.tables)


def test_lancashire_stands_beside_its_nearest_counties_with_an_outcome() -> None:
    found = pb.sector.benchmark("Lancashire", "home_care_hours", year="2013-14")
    assert (found.facts["own"], found.facts["set"]) == (14.5, "counties")
    assert len(found.tables["neighbours"]) == 10
    assert found.facts["outcome_name"] == "quality of life of those who use social care"
    assert found.none == "Lancashire pays no more than the median of its 10 nearest."
    assert "Nothing is proposed" in found.summary()
    assert not any("saving of" in line for line in (*found.notes, found.summary()))


def test_a_benchmark_proposes_the_middle_of_the_nearest_within_their_quartiles() -> None:
    """20 against a median of 12 and quartiles of 11 and 12.5: 0.6, 0.625 and 0.55."""
    found = pb.sector.benchmark("a1", "price", panel=TWELVE, nearest=3, like=["need"])
    [made] = found.proposals
    factors = [each.changes[0].factor for each in (made.low, made.option, made.high) if each]
    assert factors == pytest.approx([0.625, 0.6, 0.55])
    assert made.option.source == "Figures, A ministry, 2014"
    tried = made.try_on("toy_pooling", pooling="freed")
    assert tried.plans[1].objective.value > tried.plans[0].objective.value
    missing = TWELVE.with_(links=LINKS.assign(service="elsewhere"))
    none = pb.sector.benchmark("a1", "price", panel=missing, place="toy_pooling").none
    assert "the place has no offer" in none


# --- productivity ----------------------------------------------------------------------------


def test_gaps_are_those_of_the_published_unit_costs() -> None:
    """(1,284.2 - 1,218.825) x 14,807 = 968,007.63; an hour at 14.5 against 15.225: nothing.

    All 152 councils: 267.9 million of 2,238 million.
    """
    found = pb.sector.productivity("Lancashire", year="2013-14")
    gaps = found.tables["gaps"].set_index("measure")
    disability = gaps.loc["learning_disability_care_homes"]
    assert disability["price"] == pytest.approx(1218.825)
    assert pence(disability["difference"]) == "£968,007.63"
    assert (disability["everybody"] / 1e6).round(1) == 267.9
    assert (disability["everybody_cost"] / 1e6).round() == 2238
    assert gaps.at["home_care_hours", "price"] == pytest.approx(15.225)
    assert gaps.at["home_care_hours", "difference"] == 0
    # What contains others is not counted beside them; what each person gets has no pounds.
    assert not gaps.at["older_people_care_homes", "counted"]
    assert found.facts["pounds"] == pytest.approx(disability["difference"])
    each = found.tables["each_person"]
    assert "direct payments to each person" in set(each["name"])
    assert "difference" not in each
    assert found.facts["without"] == [
        "children", "procurement", "employees", "shared services", "capital and assets",
    ]  # fmt: skip
    assert "was not said" in found.summary()
    said = pb.sector.productivity("Lancashire", year="2013-14", cashable=0.25).summary()
    assert "25% was said to be cashable: £242,000" in said


def test_at_the_quartile_there_is_no_gap_and_nothing_is_proposed() -> None:
    found = pb.sector.productivity("a3", panel=TWELVE)
    assert found.tables["gaps"]["difference"].tolist() == [0]
    assert found.none == "A3 pays no price above the quartile."


def test_a_gap_is_proposed_at_the_quartile_with_a_range() -> None:
    """20 against 12: 0.6; half of it, 0.8, at the low end."""
    [made] = pb.sector.productivity("a1", panel=TWELVE).proposals
    assert made.option.changes[0].factor == pytest.approx(0.6)
    assert made.low is not None
    assert made.low.changes[0].factor == pytest.approx(0.8)
    assert (made.grade, made.sources) == ("5", ("Figures, A ministry, 2014",))


# --- the spend exchange ----------------------------------------------------------------------


def test_what_need_explains_and_does_not_adds_up_to_the_difference() -> None:
    """x 1 to 4, y 10, 12, 15, 15: slope 1.8, third residual 1.1; 2,000 = 900 + 1,100."""
    cost = pd.Series([10.0, 12, 15, 15])
    drivers = pd.DataFrame({"x": [1.0, 2, 3, 4]})
    found = explained_by(cost, drivers, pd.Series([1000.0] * 4), log=False)
    assert found.coefficients["coefficient"].tolist() == pytest.approx([8.5, 1.8])
    assert (cost - found.fitted)[2] == pytest.approx(1.1)
    parts = split(15.0, found.fitted[2], found.mean, 1000)
    assert parts == pytest.approx({"difference": 2000, "explained": 900, "unexplained": 1100})
    assert parts["explained"] + parts["unexplained"] == parts["difference"]


def test_a_funnel_knows_chance_from_what_authorities_differ_by() -> None:
    """Five ratios with cv 0.5: theta, Q, tau squared, scores and limits for a volume of 100."""
    ratios = pd.Series([1.10, 0.95, 1.30, 0.80, 1.02])
    seen = funnel(ratios, pd.Series([400.0, 900, 100, 400, 1600]), cv=0.5)
    assert round(seen.theta, 6) == -0.011581
    assert round(seen.heterogeneity, 4) == 131.8945
    assert round(seen.tau2, 7) == 0.0138308
    assert seen.table["score"].round(2).tolist() == [4.28, -2.38, 5.48, -8.46, 2.51]
    assert seen.table["score_between"].round(2).tolist() == [0.89, -0.33, 2.14, -1.76, 0.27]
    assert (seen.table["score_between"].abs() > 1.96).tolist() == [False, False, True, False, False]
    assert [round(each, 3) for each in seen.limits(100, between=False)] == [0.896, 1.090]
    assert [round(each, 3) for each in seen.limits(100)] == [0.769, 1.270]
    assert seen.limits(100, ALARM)[0] < seen.limits(100)[0]
    # What is believed of the third: its distance times tau squared over that and chance.
    third = (math.log(1.30) - seen.theta) * seen.tau2 / (seen.tau2 + 0.25 / 100)
    assert seen.table.at[2, "shrunk"] == pytest.approx(third)
    drawn = funnel(ratios, pd.Series([400.0, 900, 100, 400, 1600]), cv=0.5, winsorised=0.2)
    assert drawn.tau2 < seen.tau2


def test_the_exchange_says_how_much_of_a_difference_need_does_not_explain() -> None:
    found = pb.sector.exchange("a1", "price", panel=TWELVE, drivers=["need"])
    facts = found.facts
    assert facts["explained"] + facts["unexplained"] == pytest.approx(facts["difference"])
    assert found.tables["parts"]["amount"].iloc[:3].sum() == pytest.approx(20_000)
    assert found.finding().startswith("A1 paid £") or " is not explained by need" in found.finding()
    assert "No score is drawn in (winsorised)" in " ".join(found.notes)
    [made] = found.proposals
    assert made.option.changes[0].factor < 1
    # What is believed of it: its ends are the tenth and the ninetieth percentile, and the unit
    # cost carries the standard deviation.
    shrunk, error = facts["shrunk"], facts["shrunk_error"]
    factors = [each.changes[0].factor for each in (made.low, made.option, made.high)]
    ends = [max(shrunk + each * 1.2816 * error, 0.0) for each in (-1, 0, 1)]
    assert factors == pytest.approx(np.exp(-np.array(ends)), rel=1e-4)
    assert [each.value for each in made.option.changes if each.column == "spread"] == [
        round(error, 4)
    ]
    less = pb.sector.exchange("a2", "price", panel=TWELVE, drivers=["need"])
    assert less.none == "A2 pays no more than need would lead to expect."


def test_a_driver_that_is_set_by_the_authority_and_too_few_authorities_are_refused() -> None:
    with pytest.raises(CannotAnswer, match="would explain away what is to be found"):
        pb.sector.exchange("a1", "price", panel=TWELVE, drivers=["price"])
    both = panel_of(
        {"price": [20.0, *range(10, 21)], "need": list(range(12)), "more_need": [1.0] * 12},
        {"price": [10.0] * 12},
    )
    with pytest.raises(CannotAnswer, match="12 authorities are too few for 2 drivers"):
        pb.sector.exchange("a1", "price", panel=both, drivers=["need", "more_need"])
    with pytest.raises(CannotAnswer, match="is no cost"):
        pb.sector.exchange("a1", "outcome", panel=TWELVE)


def test_without_statsmodels_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.regression.linear_model", None)
    with pytest.raises(CannotAnswer, match=r"pip install 'placebudget\[sector\]'"):
        pb.sector.exchange("a1", "price", panel=TWELVE, drivers=["need"])


def test_an_answer_says_that_figures_were_read_second_hand() -> None:
    for found in (
        pb.sector.benchmark("Lancashire", "home_care_hours"),
        pb.sector.early_warning("Lancashire"),
    ):
        sources = [note for note in found.notes if note.startswith("Source: ")]
        assert sources
        assert all("read second-hand" in note for note in sources)


def test_every_council_of_the_panel_has_a_region_and_a_district_that_of_its_county() -> None:
    who = SHIPPED.who
    assert who["region"].notna().all()
    districts = who[who["parent"].notna()]
    assert (districts["region"] == districts["parent"].map(who["region"])).all()


def test_who_has_no_figure_of_need_is_set_beside_all_others_and_nobody_is_called_near() -> None:
    found = pb.sector.benchmark("Kent", "older_people_care_homes")
    assert found.tables["neighbours"]["distance"].isna().all()
    assert len(found.tables["neighbours"]) == found.facts["n"] - 1
    said = found.summary()
    assert f"the median of the {found.facts['n'] - 1} others" in said
    assert "nearest" not in said
    near = pb.sector.benchmark("Lancashire", "older_people_care_homes")
    assert "the median of its 10 nearest" in near.finding()


def test_what_need_leads_to_expect_of_all_together_is_what_all_pay() -> None:
    for measure in ("home_care_hours", "older_people_care_homes"):
        rows = pb.sector.exchange("Lancashire", measure).tables["authorities"]
        paid = (rows["value"] * rows["volume"]).sum()
        assert (rows["expected"] * rows["volume"]).sum() == pytest.approx(paid)


def test_which_way_a_driver_goes_is_told_with_whether_that_may_be_chance() -> None:
    said = pb.sector.exchange("Lancashire", "older_people_care_homes").summary()
    assert "More of deprivation goes with a lower cost." in said
    unsure = pb.sector.exchange("Lancashire", "home_care_hours").summary()
    assert "goes with a lower cost, which cannot be told from chance" in unsure


def test_productivity_tells_its_year_whose_prices_and_which_of_its_own_are_left_out() -> None:
    found = pb.sector.productivity("Blackburn with Darwen")
    assert found.finding().endswith("(2013-14, cash)")
    assert found.title.endswith(", 2013-14")
    said = found.summary()
    assert "an hour of home care (a cost and no volume, 2013-14)" in said
    counted = found.tables["gaps"].query("counted")["compared"]
    assert f"of these prices ({counted.min()} to {counted.max()} of each)" in said
    assert any("rounded" in note for note in found.notes)
    assert "Without a price of its own" not in pb.sector.productivity("Lancashire").summary()


def test_the_exchange_says_in_pounds_between_what_others_like_it_would_pay() -> None:
    found = pb.sector.exchange("Lancashire", "home_care_hours")
    low, high = found.facts["usual"]
    assert low < found.facts["expected"] < high
    assert found.facts["out"] == (not low <= found.facts["own"] <= high)
    said = found.summary()
    assert f"{pence(low)} an hour to {pence(high)} an hour" in said
    assert "standard error" not in said
    assert found.finding().endswith("(2013-14, cash)")


# --- early warning ---------------------------------------------------------------------------


def test_slough_drew_its_reserves_down_most_of_all_152() -> None:
    """43,267,000 in April 2012, 17,053,000 in April 2015: -60.59 %, 1.95 years left."""
    change = sign_values(SHIPPED, INDICATORS[1], "2015-16", "")
    social = SHIPPED.values("social_care", "2015-16").index
    slough = SHIPPED.key_of("Slough")
    assert len(social) == 152
    assert change.reindex(social).idxmin() == slough
    assert round(100 * change[slough], 2) == -60.59
    found = pb.sector.early_warning("Slough", year="2015-16")
    grid = found.tables["grid"].set_index(["authority", "sign"]).loc["Slough"]
    assert round(grid.at["years_left", "value"], 2) == 1.95
    assert grid.loc[["reserves_change", "years_left"], "flag"].all()
    assert not grid.at["reserves", "flag"]
    assert "the worst 5% of 56 have" in grid.at["reserves_change", "reason"]


def test_signs_are_told_one_by_one_and_never_added_up_or_ranked() -> None:
    found = pb.sector.early_warning("Lancashire")
    grid = found.tables["grid"]
    own = grid[grid["authority"] == "Lancashire"].set_index("sign")
    assert "not drawing down" in own.at["years_left", "reason"]
    assert not {"score", "total", "rank", "sum"} & set(grid.columns)
    said = found.summary()
    assert "not added up" in said
    assert any("fewer than 20 failures" in note for note in found.notes)
    assert set(found.tables["signs"].columns) == {"sign", "indicator", "does_not_see", "worse"}


def test_a_missing_return_and_a_stated_line_are_flags_and_facts_are_dated_text() -> None:
    gone = SHIPPED.observations
    gone = gone[~((gone["authority"] == LANCASHIRE) & (gone["measure"] == "interest"))]
    dated = pd.DataFrame(
        {"date": ["2015-03-01", "2014-01-01"], "fact": ["accounts late", "no opinion"],
         "source": ["auditor", "auditor"]}
    )  # fmt: skip
    found = pb.sector.early_warning(
        "Lancashire", panel=SHIPPED.with_(observations=gone), limits={"social_care": 0.6},
        facts=dated,
    )  # fmt: skip
    own = found.tables["grid"].query("authority == 'Lancashire'").set_index("sign")
    assert own.at["interest", "flag"]
    assert "a sign of its own" in own.at["interest", "reason"]
    assert own.at["social_care", "flag"]
    assert "the line stated is 60%" in own.at["social_care", "reason"]
    assert found.tables["facts"]["date"].tolist() == ["2014-01-01", "2015-03-01"]
    with pytest.raises(WrongArgument, match="limits is one of"):
        pb.sector.early_warning("Lancashire", limits={"reserve": 0.1})


def test_each_sign_is_told_with_its_own_year_and_a_missing_return_apart() -> None:
    """Of borrowing the panel has another year than of reserves."""
    found = pb.sector.early_warning("Lancashire")
    own = found.own.set_index("sign")
    assert own.at["borrowing", "year"] == "2019-20"
    assert own.at["borrowing", "flag"]
    assert "borrowing a resident (£1,278, 2019-20)" in found.finding()
    assert found.title.endswith("2015-16, 2019-20")
    gone = SHIPPED.observations
    gone = gone[~((gone["authority"] == LANCASHIRE) & (gone["measure"] == "borrowing"))]
    without = pb.sector.early_warning("Lancashire", panel=SHIPPED.with_(observations=gone))
    assert without.finding() == (
        "No sign of Lancashire is past its line (2015-16, 2019-20); it has no return of borrowing "
        "a resident (2019-20)"
    )
    assert without.own.set_index("sign").at["borrowing", "state"] == NO_RETURN


def test_who_was_not_there_yet_or_any_more_is_no_missing_return() -> None:
    for grid in (pb.sector.early_warning(each).tables["grid"] for each in ("Slough", "Preston")):
        names = grid.loc[grid["state"] == NO_RETURN, "authority"]
        keys = SHIPPED.who.reset_index().set_index("name").loc[names, "authority"]
        for key, year in zip(keys, grid.loc[names.index, "year"], strict=True):
            assert SHIPPED.was_there(year)[key]
    with pytest.raises(CannotAnswer, match="no sign of a year in which Cumberland was there"):
        pb.sector.early_warning("Cumberland")
    rows = SHIPPED.authorities
    rows["from"] = rows["from"].mask(rows["authority"] == LANCASHIRE, "2014-15")
    young = pb.sector.early_warning("Lancashire", panel=SHIPPED.with_(authorities=rows))
    assert "Lancashire was not there in 2012-13." in young.summary()
    assert "reserves_change" not in set(young.own["sign"])


def test_signs_say_which_way_is_worse_who_has_no_return_and_what_stands_for_another_year() -> None:
    found = pb.sector.early_warning("Lancashire", year="2019-20")
    said = found.summary()
    assert "Council tax to net revenue (less is worse): 51.4%" in said
    assert "Of 2019-20 there is no figure of reserves to net revenue, " in said
    assert "those shown are of 2015-16" in said
    assert "of borrowing a resident" not in said.split("Of 2019-20")[1]
    silent = found.tables["grid"].query("sign == 'borrowing' and state == @NO_RETURN")["authority"]
    [note] = [each for each in found.notes if each.startswith("No return of borrowing")]
    assert len(silent)
    assert all(name in note for name in silent)
    assert "there is no figure of" not in pb.sector.early_warning("Lancashire").summary()


def test_who_cannot_be_compared_is_told_why_and_neighbours_are_named() -> None:
    for ask in (pb.sector.benchmark, pb.sector.exchange):
        with pytest.raises(CannotAnswer, match="a cost and no volume, 2013-14"):
            ask("Blackburn with Darwen", "home_care_hours")
    found = pb.sector.benchmark("Lancashire", "home_care_hours")
    assert f"Nearest to it: {', '.join(found.tables['neighbours']['name'])}." in found.summary()


def test_where_the_worst_part_is_one_council_it_is_told_that_one_is_always_past_the_line() -> None:
    assert "one is always past its line" in pb.sector.early_warning("Lancashire").summary()
    assert "always past" not in pb.sector.early_warning("Slough").summary()


def test_least_reserves_are_proposed_where_they_are_past_the_line() -> None:
    """The place keeps at least what the line of the class is, and no less than it keeps now."""
    county = SHIPPED.values("reserves", "2015-16", "county")["value"].idxmin()
    held = pb.example("northvale")
    agency = held.reserves["agency"].iloc[0]
    low = held.with_(reserves=held.reserves.assign(minimum=0.0))
    found = pb.sector.early_warning(county, year="2015-16", place=low, agency=agency)
    [made] = found.proposals
    assert made.option.changes[0].column == "minimum"
    assert made.option.apply(low).reserves["minimum"].max() > 0
    enough = low.with_(reserves=low.reserves.assign(minimum=1e9))
    none = pb.sector.early_warning(county, year="2015-16", place=enough, agency=agency).none
    assert "already" in none


# --- hostile panels --------------------------------------------------------------------------


def test_one_authority_no_volume_and_a_future_year_end_in_words() -> None:
    alone = panel_of({"price": [10.0], "need": [1.0]}, {"price": [5.0]})
    with pytest.raises(CannotAnswer, match="is the only one of counties with a figure"):
        pb.sector.benchmark("a1", "price", panel=alone)
    with pytest.raises(CannotAnswer, match="too few"):
        pb.sector.exchange("a1", "price", panel=alone)
    with pytest.raises(CannotAnswer, match="none of the measures that signs are taken from"):
        pb.sector.early_warning("a1", panel=alone)
    empty = panel_of({"price": [10.0, 11.0]}, {"price": [0.0, 0.0]})
    with pytest.raises(CannotAnswer, match="no figure of an hour of care"):
        pb.sector.benchmark("a1", "price", panel=empty)
    future = panel_of({"price": [10.0, 11.0]}, {"price": [5.0, 5.0]}, year="2090-91")
    with pytest.raises(CannotAnswer, match="no figure of an hour of care"):
        pb.sector.benchmark("a1", "price", panel=future)
    with pytest.raises(CannotAnswer, match="no price of A1"):
        pb.sector.productivity("a1", panel=future)


def test_who_has_no_figure_that_can_be_compared_is_told_why() -> None:
    with pytest.raises(CannotAnswer, match="Left out, as their figures of an hour of home care"):
        pb.sector.benchmark("Blackburn with Darwen", "home_care_hours", year="2013-14")


def test_all_that_cannot_be_meant_is_said_at_once() -> None:
    with pytest.raises(WrongArgument) as caught:
        pb.sector.benchmark("Lancashyre", "home_care_hour", nearest=0)
    said = str(caught.value)
    assert all(part in said for part in ("Lancashire", "home_care_hours", "nearest"))


def test_a_council_without_the_figure_is_told_which_ones_there_are_of_it() -> None:
    """Districts have no social care; the panel that comes along has their reserves."""
    for ask in (
        lambda: pb.sector.benchmark("Preston", "older_people_care_homes"),
        lambda: pb.sector.exchange("Preston", "older_people_care_homes", drivers=["deprivation"]),
        lambda: pb.sector.productivity("Preston"),
    ):
        with pytest.raises(CannotAnswer, match="Of it the panel has reserves for a pound"):
            ask()
