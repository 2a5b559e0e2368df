"""Whether something worked: differences in differences by hand and against statsmodels, traps."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols

import placebudget as pb
from placebudget.errors import CannotAnswer, UnreadableTable, WrongArgument
from placebudget.place.names import Names
from placebudget.sector.differences import Watched, by_cohort, difference, effect_of

NEVER = 99
CARD_KRUEGER = pd.DataFrame(
    {
        "area": ["NJ", "NJ", "PA", "PA"], "period": ["1992-02", "1992-11"] * 2,
        "value": [20.44, 21.03, 23.33, 21.17], "start": ["1992-11"] * 2 + [""] * 2,
    }
)  # fmt: skip


def watched(
    starts: list[int], effect: float, *, periods: int = 8, noise: float = 0.5, seed: int = 1
) -> pd.DataFrame:
    """Areas with levels, periods and chance of their own, and an effect that is planted."""
    draw, areas = np.random.default_rng(seed), len(starts)
    level = draw.normal(0, 2, areas)[:, None] + draw.normal(0, 1, periods)
    level = level + noise * draw.normal(0, 1, (areas, periods))
    return pd.DataFrame(
        [
            (f"a{i:02}", str(2000 + t), level[i, t] + effect * (t >= start),
             "" if start == NEVER else str(2000 + start))
            for i, start in enumerate(starts)
            for t in range(periods)
        ],
        columns=["area", "period", "value", "start"],
    )  # fmt: skip


def test_the_difference_in_differences_of_card_and_krueger_is_that_of_their_means() -> None:
    """(21.03 - 20.44) - (21.17 - 23.33) = 0.59 + 2.16 = 2.75, from the rounded means."""
    found = pb.sector.did_it_work(CARD_KRUEGER, called="Employment")
    row = found.table.iloc[0]
    assert row["effect"] == pytest.approx(2.75)
    # One area of each tells nothing of chance, and the answer says so.
    assert np.isnan(row["low"])
    assert row["chance"] == 1.0
    assert found.finding().startswith(
        "Employment is 2.75 higher than areas compared would lead to expect once an area has it "
        "(1992-02 to 1992-11), which is better"
    )
    assert "There are too few areas for an interval." in found.notes
    assert any("cannot be told from an effect" in each for each in found.summarised().lines)


def test_an_effect_is_told_by_its_outcome_its_way_and_years_and_no_chance_as_none() -> None:
    rows = watched([5] * 12 + [NEVER] * 18, -2.0)
    place = pb.example("northvale")
    found = pb.sector.did_it_work(
        rows, better="less", place=place, service="family_hubs", outcome="care_years"
    )
    name = Names(place).of("outcome", "care_years")
    assert found.finding().lower().startswith(f"{name.lower()} is ")
    assert " lower than areas compared" in found.finding()
    assert "which is better" in found.finding()
    assert found.table["chance"].iloc[0] < 0.0005
    assert "by chance in less than 0.1% of" in found.summary()
    worse = pb.sector.did_it_work(rows, better="more")
    assert " lower than areas compared" in worse.finding()
    assert "which is worse" in worse.finding()


def test_a_planted_effect_is_found_and_agrees_with_the_two_way_regression() -> None:
    rows = watched([5] * 12 + [NEVER] * 18, 2.0)
    found = pb.sector.did_it_work(rows)
    row = found.table.iloc[0]
    assert row["low"] < 2.0 < row["high"]
    assert row["chance"] < 1e-6
    on = rows.assign(on=(rows["start"] != "") & (rows["period"] >= rows["start"]))
    by_hand = ols("value ~ on + C(area) + C(period)", on).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(on["area"])[0]}, use_t=True
    )
    assert row["effect"] == pytest.approx(by_hand.params["on[T.True]"])
    # Corrections for few areas count other degrees of freedom: 0.102 there, 0.097 here.
    width = np.diff(by_hand.conf_int().loc["on[T.True]"])[0]
    assert row["high"] - row["low"] == pytest.approx(width, rel=0.08)
    # Earlier trends and dates that are moved show nothing; from the start on it is there.
    checks = found.tables["checks"].set_index("check")
    assert checks["chance"].iloc[0] > 0.05
    assert (found.tables["placebos"]["chance"] > 0.05).all()
    assert found.tables["placebos"]["earlier"].tolist() == [1, 2, 3, 4]
    events = found.tables["events"].set_index("since")
    assert (events.loc[0:, "low"] > 0).all()
    assert events.loc[-1, "effect"] == 0.0
    assert ((events.loc[:-2, "low"] < 0) & (events.loc[:-2, "high"] > 0)).all()


def test_errors_are_those_of_statsmodels_clustered_by_area() -> None:
    rows = watched([5] * 12 + [NEVER] * 18, 2.0)
    row = pb.sector.did_it_work(rows).table.iloc[0]
    wide = rows.pivot(index="area", columns="period", values="value").to_numpy()
    starts = np.repeat([5, 8], [12, 18])
    change = wide[:, 5:] - wide[:, :5].mean(axis=1)[:, None]
    long = pd.DataFrame({
        "change": change.ravel(), "t": np.tile(range(3), 30), "area": np.repeat(range(30), 3),
        "on": np.repeat(starts == 5, 3).astype(float),
    })  # fmt: skip
    fit = ols("change ~ 0 + C(t) + C(t):on", long).fit(
        cov_type="cluster", cov_kwds={"groups": long["area"]}, use_t=True
    )
    told = fit.t_test([0.0] * 3 + [1 / 3] * 3)
    assert [row["low"], row["high"]] == pytest.approx(np.ravel(told.conf_int()).tolist())


def test_few_areas_are_permuted_and_every_arrangement_counts_once() -> None:
    rows = watched([3] * 3 + [NEVER] * 4, 2.0, periods=6)
    found = pb.sector.did_it_work(rows)
    wide = rows.pivot(index="area", columns="period", values="value").to_numpy()
    change = wide[:, 3:].mean(axis=1) - wide[:, :3].mean(axis=1)
    gaps = [
        abs(change[list(on)].mean() - np.delete(change, on).mean())
        for on in combinations(range(7), 3)
    ]
    assert found.table["chance"].iloc[0] == pytest.approx(np.mean(np.array(gaps) >= gaps[0] - 1e-9))
    # 35 arrangements; the interval is that of a regression of one figure an area.
    on = np.array([1.0] * 3 + [0.0] * 4)
    fit = ols("change ~ on", pd.DataFrame({"change": change, "on": on})).fit()
    row = found.table.iloc[0]
    assert [row["low"], row["high"]] == pytest.approx(fit.conf_int().loc["on"].tolist())
    assert any("all sets of areas" in each for each in found.notes)


def test_staggered_beginnings_are_compared_by_cohort_and_never_with_those_that_began() -> None:
    """An effect that grows by 1 a period from 1: cohorts in 3 and 5 of 8 average 3 and 2.

    (8 areas x 5 periods x 3 + 10 areas x 3 periods x 2) / 70 = 2.571; the two-way regression, which
    compares with those that began, comes out far lower.
    """
    starts = [3] * 8 + [5] * 10 + [NEVER] * 12
    rows = watched(starts, 0.0, noise=0.0)
    since = rows["period"].astype(int) - pd.to_numeric(rows["start"])
    rows["value"] += (since + 1).where(since >= 0, 0.0)
    found = pb.sector.did_it_work(rows)
    assert found.table["effect"].iloc[0] == pytest.approx(180 / 70)
    cohorts = found.tables["cohorts"].set_index("start")["effect"]
    assert cohorts.to_dict() == pytest.approx({"2003": 3.0, "2005": 2.0})
    assert found.tables["events"].set_index("since")["effect"][[0, 4]].tolist() == pytest.approx(
        [1.0, 5.0]
    )
    on = rows.assign(on=(since >= 0).astype(float))
    two_way = ols("value ~ on + C(area) + C(period)", on).fit().params["on"]
    assert two_way < 2.2
    assert any("The usual regression" in each for each in found.notes)
    # Where all begin in the end, those that have not yet are compared with.
    late = rows[rows["start"] != ""]
    assert pb.sector.did_it_work(late).tables["cohorts"]["effect"].tolist() == pytest.approx([1.5])


def test_places_chosen_because_they_were_worst_are_told_of_and_teach_nothing() -> None:
    """No effect at all: the 36 of 120 worst in the last period before fall back by themselves."""
    draw = np.random.default_rng(4)
    values = draw.normal(50, 5, (120, 6))
    worst = np.argsort(values[:, 2])[-36:]
    rows = pd.DataFrame(
        [
            (f"a{i:03}", str(2010 + t), values[i, t], "2013" if i in worst else "")
            for i in range(120) for t in range(6)
        ],
        columns=["area", "period", "value", "start"],
    )  # fmt: skip
    place = pb.example("northvale")
    found = pb.sector.did_it_work(
        rows, better="less", place=place, service="family_hubs", outcome="care_years"
    )
    assert found.table["effect"].iloc[0] < -1.5
    assert found.table["chance"].iloc[0] < 0.05
    assert "most of which may be falling back" in found.finding()
    assert any("worst improve anyway" in each for each in found.summarised().lines)
    assert not found.proposals
    assert "falling back" in found.none


def test_what_is_learned_is_weighed_by_precision_and_tried_on_the_place() -> None:
    place = pb.example("northvale")
    rows = watched([3] * 6 + [NEVER] * 8, 0.01, periods=6, noise=0.004)
    plan = pb.optimise(place, prices=False)
    found = pb.sector.did_it_work(
        rows, place=place, service="family_hubs", outcome="care_years", plan=plan
    )
    told = found.tables["belief"].set_index("what")
    before, seen, after = (told.loc[each] for each in ("believed", "found", "then believed"))
    # 0.016 less the bias of grade 3, a tenth.
    assert before["mean"] == pytest.approx(0.016 * 0.9)
    weights = np.array([before["error"], seen["error"]]) ** -2.0
    means = np.array([before["mean"], seen["mean"]])
    assert after["mean"] == pytest.approx(weights @ means / weights.sum())
    assert after["error"] == pytest.approx(weights.sum() ** -0.5)
    [made] = found.proposals
    changed = made.option.apply(place)
    row = changed.effects.set_index(["service", "outcome"]).loc[("family_hubs", "care_years")]
    assert row["impact"] == pytest.approx(after["mean"] / 0.9, rel=1e-5)
    assert row["spread"] == pytest.approx(after["spread"], abs=1e-4)
    assert (row["evidence"], row["status"]) == ("3", "derived")
    assert not changed.check().errors
    assert "is then believed" in made.why
    low, high = (each.apply(place).effects["impact"].sum() for each in (made.low, made.high))
    assert low < changed.effects["impact"].sum() < high
    # The plan's own outcomes stand beside what they come to, with an interval.
    expected = found.tables["expected"]
    assert (expected["found"] / expected["expected"]).to_numpy() == pytest.approx(
        seen["mean"] / before["mean"]
    )
    assert (expected["low"] < expected["found"]).all()


HOSTILE: dict[str, tuple[pd.DataFrame, str]] = {
    "text for numbers": (CARD_KRUEGER.assign(value="a lot"), "a lot"),
    "no rows": (CARD_KRUEGER.iloc[:0], "observations has no rows"),
    "a period twice": (pd.concat([CARD_KRUEGER, CARD_KRUEGER.iloc[:1]]), "twice"),
    "two starts": (CARD_KRUEGER.assign(start=["1992-02", "1992-11", "", ""]), "two starts"),
    "a start that is no period": (CARD_KRUEGER.assign(start="1999"), "no period of the table"),
    "a weight of nought": (CARD_KRUEGER.assign(weight=0.0), "weight is no figure above nought"),
    "a year to come": (
        pd.concat([CARD_KRUEGER, pd.DataFrame([["NJ", "2199-00", 1.0, ""]],
                                              columns=CARD_KRUEGER.columns)]),
        "is yet to come",
    ),
    "a missing value": (CARD_KRUEGER.assign(value=np.nan), "value is no figure"),
    "an endless value": (CARD_KRUEGER.assign(value=np.inf), "value is no figure"),
    "another column": (CARD_KRUEGER.assign(treated=True), "no column 'treated'"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_observations_that_cannot_be_meant_are_refused_in_words(name: str) -> None:
    table, said = HOSTILE[name]
    with pytest.raises(UnreadableTable, match=said):
        pb.sector.did_it_work(table)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (CARD_KRUEGER[CARD_KRUEGER["area"] == "NJ"], "two areas"),
        (CARD_KRUEGER[CARD_KRUEGER["period"] == "1992-02"].assign(start=""), "two areas and two"),
        (CARD_KRUEGER.assign(start=""), "no area has it"),
        (CARD_KRUEGER.assign(start="1992-11"), "figures from before it began are needed"),
        (CARD_KRUEGER.assign(start=["1992-02"] * 2 + [""] * 2), "two areas and two periods"),
    ],
)
def test_where_nothing_can_be_compared_the_answer_says_so(kept: pd.DataFrame, said: str) -> None:
    with pytest.raises(CannotAnswer, match=said):
        pb.sector.did_it_work(kept)


def test_arguments_that_cannot_be_meant_are_refused_together() -> None:
    with pytest.raises(WrongArgument) as refused:
        pb.sector.did_it_work(CARD_KRUEGER, better="higher", units=0.0, seed=-1)
    assert all(name in str(refused.value) for name in ("better", "units", "seed"))
    with pytest.raises(WrongArgument, match="outcome"):
        pb.sector.did_it_work(
            CARD_KRUEGER, place="northvale", service="family_hubs", outcome="no such"
        )


def test_areas_with_gaps_and_areas_that_always_had_it_are_told_of() -> None:
    rows = watched([3] * 6 + [NEVER] * 6 + [0], 1.0, periods=6)
    whole = pb.sector.did_it_work(rows[rows["area"] != "a12"])
    found = pb.sector.did_it_work(rows)
    assert found.table["effect"].iloc[0] == whole.table["effect"].iloc[0]
    assert "They have it from the first period on, and are left out: a12." in found.notes
    gap = pb.sector.did_it_work(rows.drop(index=[0]))
    assert any(each.endswith("only where there is one: a00.") for each in gap.notes)


def test_weights_count_areas_by_their_people() -> None:
    values = np.array([[0.0, 4.0], [0.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    held = Watched(values, np.array([3.0, 1.0, 1.0, 1.0]), np.array([1, 1, 2, 2]))
    assert effect_of(held) == pytest.approx((3 * 4 + 1) / 4 - 0.5)
    assert difference(held).effect == pytest.approx(2.75)
    assert [n for _, n, _ in by_cohort(held)] == [2]


def test_what_is_of_a_place_is_asked_for_with_the_place() -> None:
    watched = pd.DataFrame({
        "area": ["a", "a", "b", "b"], "period": ["1", "2"] * 2, "value": [1.0, 2, 1, 1],
        "start": ["2"] * 2 + [""] * 2,
    })  # fmt: skip
    for given in ({"service": "x"}, {"outcome": "y"}, {"plan": pb.simulate("toy_pooling")}):
        with pytest.raises(WrongArgument, match="give the place, too"):
            pb.sector.did_it_work(watched, **given)
