"""A slice off the top, returns, a ring-fence loosened, a duty: by hand, and as published."""

import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, UnreadableTable, WrongArgument
from placebudget.place.geography import Geography
from placebudget.programme.money import carried_on
from placebudget.sector.settlement import loosened
from placebudget.words import money

GRANTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "formula_grant_2010_11"
BESIDE = pytest.mark.skipif(not GRANTS.is_dir(), reason="the grants are not beside the project")
BODIES = pd.DataFrame(
    {
        "body": ["north", "south", "park"], "class": ["district", "district", "trust"],
        "grant": [200.0, 100.0, 0.0], "benefit": [0.0, 0.0, 5.0],
    }
)  # fmt: skip


@BESIDE
def test_a_slice_off_formula_grant_is_shared_to_the_pound_as_worked_out_before() -> None:
    table = pd.read_csv(next(GRANTS.glob("*.csv")))
    grants = pd.DataFrame(
        {"body": table["ecode"], "class": table["class"], "grant": table["formula_grant"] * 1000.0}
    )
    found = pb.sector.top_slice(grants, 31_500_000)
    held = found.table.assign(name=table["authority"]).set_index("name")["pays"]
    assert held.sum() == 31_500_000
    assert (held > 0).sum() == 421
    assert {name: held[name] for name in ("Lancashire", "Burnley", "Birmingham")} == {
        "Lancashire": 328_009, "Burnley": 12_904, "Birmingham": 736_159,
    }  # fmt: skip
    assert found.finding().startswith("£31,500,000 is 0.11% of £29.01 billion and is paid by 421")


def test_who_has_no_grant_pays_nothing_and_may_gain() -> None:
    found = pb.sector.top_slice(BODIES, 10, body="park")
    assert found.table[["pays", "net"]].to_numpy().tolist() == [[7, -7], [3, -3], [0, 5]]
    assert found.tables["classes"].set_index("class")["net"].to_dict() == {
        "district": -10, "trust": 5,
    }  # fmt: skip
    assert "no stream of a place" in found.summary()


def test_a_slice_is_tried_on_the_stream_of_a_place() -> None:
    found = pb.sector.top_slice(
        BODIES, 30, body="north", place="toy_pooling", stream="council_money"
    )
    without, with_ = found.proposals[0].try_on("toy_pooling").plans
    assert with_.money("service")["amount"].sum() == pytest.approx(
        without.money("service")["amount"].sum() - 0.1 * 30e6
    )


def test_a_slice_off_a_stream_that_is_all_spent_today_lowers_what_is_spent_by_as_much() -> None:
    place = pb.example("toy_pooling")
    grants = pd.DataFrame({"body": ["NHS", "other"], "grant": [5e7, 5e7]})
    found = pb.sector.top_slice(grants, 1e7, body="NHS", place=place, stream="nhs_money")
    [made] = found.proposals
    assert "Today's money of it is taken to be less by as much" in made.why
    without, with_it = made.try_on(place, pooling="freed").plans
    assert with_it.source.today["amount"].sum() == place.today["amount"].sum() - 5e6
    assert with_it.public_value() < without.public_value()


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        (BODIES.assign(grant=-1.0), "grant is no figure"),
        (BODIES.assign(body="north"), "north is there twice"),
        (BODIES[:0], "has no rows"),
        (BODIES.drop(columns="grant"), "lacks the column grant"),
        (BODIES.assign(grant="many"), "not a number"),
    ],
)
def test_grants_that_cannot_be_meant_are_refused(grants: pd.DataFrame, said: str) -> None:
    with pytest.raises(UnreadableTable, match=said):
        pb.sector.top_slice(grants, 10)


def test_more_than_all_grants_cannot_be_taken_and_no_stranger_asks() -> None:
    with pytest.raises(CannotAnswer, match="less than what is to be taken"):
        pb.sector.top_slice(BODIES, 301)
    with pytest.raises(WrongArgument, match="nroth"):
        pb.sector.top_slice(BODIES, 10, body="nroth")


def returns(**columns: object) -> pd.DataFrame:
    """Ten returns of twelve hours, four times a year, at £25 an hour."""
    rows = {
        "return": [f"return {n}" for n in range(10)], "for": "MHCLG", "service": "home_care",
        "hours": 12.0, "times": 4.0, "rate": 25.0, "law": False, "used": False,
    }  # fmt: skip
    return pd.DataFrame({**rows, **columns})


def test_ten_returns_of_twelve_hours_four_times_a_year_take_twelve_thousand_pounds() -> None:
    found = pb.sector.reporting_burden(returns())
    assert found.table["cost"].sum() == 12_000
    assert found.tables["receivers"]["may_end"].tolist() == [12_000]
    assert found.finding() == (
        "10 returns take £12,000 a year, £12,000 of it for what no law asks and nobody here uses"
    )
    assert pb.sector.reporting_burden(returns(hours=1.0, times=5.0, rate=4.5)[:1]).table[
        "cost"
    ].tolist() == [22.5]


def test_what_the_law_asks_for_or_nobody_says_is_not_ended() -> None:
    for kept in ({"law": True}, {"used": True}, {"law": None}):
        found = pb.sector.reporting_burden(returns(**kept))
        assert not found.table["may_end"].any()
        assert "Nothing is proposed" in found.summary()


def test_hours_freed_make_a_service_cheaper_where_posts_go() -> None:
    found = pb.sector.reporting_burden(returns(), place="toy_pooling")
    (proposal,) = found.proposals
    without, with_ = proposal.try_on("toy_pooling").plans
    assert with_.public_value() > without.public_value()
    assert len(proposal.try_on("toy_pooling", size="low").plans) == 2
    assert "cash only where posts go" in found.notes[0]


def test_a_ring_fence_loosened_step_by_step_never_loses_and_then_gains_no_more() -> None:
    found = pb.sector.loosening("toy_pooling", "nhs_money", steps=[0, 0.1, 0.2, 0.3, 1])
    assert (found.table["value"] / 1e6).round(6).tolist() == [300, 305, 310, 310, 310]
    assert (
        "loosening 20% of NHS money gains £10 million; loosening more adds nothing"
        in found.finding()
    )
    without, with_ = found.proposals[0].try_on("toy_pooling").plans
    assert with_.public_value() - without.public_value() == pytest.approx(10e6)


def test_a_part_of_a_ring_fenced_stream_has_its_part_of_today_carried_on_as_the_whole() -> None:
    place = pb.example("lancashire")
    split = loosened(place, "education_county", 0.25).apply(place)
    before, after = (
        carried_on(each, Geography.of(each)).groupby(["service", "t"])["amount"].sum()
        for each in (place, split)
    )
    pd.testing.assert_series_equal(before, after)


def test_what_a_loosened_fence_brings_stands_beside_what_could_then_be_kept() -> None:
    found = pb.sector.loosening("lancashire", "public_health_county", steps=[1])
    none, whole = found.table.to_dict("records")
    assert none["gain"] == none["kept"] == none["with_kept"] == 0
    assert whole["gain"] > 1e6 > 0 > whole["with_kept"]
    assert whole["kept"] > 1e6
    told = " ".join(found.summary().split())
    assert "services whose effects are not known could keep" in told
    assert money(whole["with_kept"], signed=True) in told
    assert not found.proposals
    assert "could then be kept" in told


def test_loosening_asks_for_a_best_plan_and_not_for_each_for_itself() -> None:
    with pytest.raises(WrongArgument, match="siloed"):
        pb.sector.loosening("toy_pooling", "nhs_money", pooling="siloed")


def test_a_stream_without_a_ring_fence_has_none_to_loosen() -> None:
    place = pb.example("northvale")
    free = next(iter(set(place.streams["stream"]) - set(place.ring_fences["stream"])))
    with pytest.raises(CannotAnswer, match="no ring-fence"):
        pb.sector.loosening(place, free)


def test_a_duty_leaves_what_its_grant_does_not_pay_and_displaces_what_that_bought() -> None:
    found = pb.sector.new_burden("toy_pooling", "home_care", 1e6, grant=4e5)
    row = found.table.iloc[0]
    assert (row["cost"], row["grant"], row["unfunded"]) == (1e6, 4e5, 6e5)
    duty = pb.Option("duty").add(
        "rules", rule="duty", kind="floor", subject="service=home_care", year="2025-26",
        amount=pb.simulate(pb.example("toy_pooling")).money("service").set_index("service")[
            "amount"]["home_care"] + 1e6, basis="law",
    )  # fmt: skip
    unfunded = pb.optimise(duty.apply(pb.example("toy_pooling")), prices=False)
    assert pb.sector.new_burden("toy_pooling", "home_care", 1e6).table["value_after"].iloc[0] == (
        pytest.approx(unfunded.public_value())
    )
    assert found.proposals[0].why == "The duty on home care is funded in full: £1,000,000 a year."
    assert not pb.sector.new_burden("toy_pooling", "home_care", 1e6, grant=1e6).proposals


def test_a_duty_that_no_money_can_pay_for_is_said() -> None:
    found = pb.sector.new_burden("toy_pooling", "home_care", 1e12)
    assert found.finding().startswith("No plan keeps the new duty on home care")


def test_where_the_place_itself_has_no_plan_nothing_is_said_to_be_displaced() -> None:
    impossible = pb.Option("too much").add(
        "rules", rule="too_much", kind="floor", subject="service=policing", year="2025-26",
        amount=1e12, basis="policy",
    )  # fmt: skip
    found = pb.sector.new_burden(impossible.apply(pb.example("toy_pooling")), "home_care", 1e6)
    assert pd.isna(found.table["displaced"].iloc[0])
    assert found.finding().startswith("No plan of the place keeps its rules")


def test_steps_of_loosening_that_contradict_one_another_are_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A looser fence leaves every plan open that a tighter one does: worth cannot fall."""
    place = pb.example("northvale")
    stream = place.ring_fences["stream"].iloc[0]
    worth = iter([5e6, 9e6, 6e6])

    class Planned:
        def public_value(self) -> float:
            return next(worth)

    module = sys.modules["placebudget.sector.settlement"]
    monkeypatch.setattr(module, "optimise_like", lambda *_, **__: Planned())
    with pytest.raises(CannotAnswer, match="contradict one another by £3 million"):
        pb.sector.loosening(place, stream, steps=[0.5, 1.0])


def test_a_duty_that_displaces_nothing_says_why_and_that_it_is_to_be_paid() -> None:
    found = pb.sector.new_burden("toy_pooling", "home_care", 1e6, grant=4e5)
    free = replace(found, tables={"burden": found.table.assign(displaced=0.0)})
    assert "spends as much on it without the duty" in free.summary()
    assert "has to be paid all the same" in free.summary()
    dear = replace(found, tables={"burden": found.table.assign(displaced=1e6)})
    assert "without the duty" not in dear.summary()
