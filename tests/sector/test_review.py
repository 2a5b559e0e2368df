"""A review, and what is made of it: scores, who helps, who visits when, what is bought."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
import places
from placebudget.errors import CannotAnswer, InvalidPlace, WrongArgument
from placebudget.place import Settings, schema
from placebudget.sector import ReviewData
from placebudget.sector.challenge import step_state
from placebudget.sector.excellence import mean_range, weighted
from placebudget.sector.review import months_on
from placebudget.sector.rota import Asking, Sender, assigned, bought, sent, visited
from placebudget.study import Helped, Policy, Slippage
from placebudget.view.schema_page import schema_page

EXAMPLE = pb.sector.review()
COUNCILS = [{"council": key, "name": key.upper()} for key in "abc"]
HALLMARKS = [{"hallmark": key, "name": key} for key in ("resources", "service")]
STATEMENTS = [
    {"statement": f"{key}_{n}", "hallmark": key, "text": "We can say so."}
    for key in ("resources", "service") for n in (1, 2)
]  # fmt: skip


def review_of(**given: list[Mapping[str, Any]]) -> ReviewData:
    """A review of the councils a, b and c, two hallmarks and four statements."""
    rows = {"councils": COUNCILS, "hallmarks": HALLMARKS, "statements": STATEMENTS, **given}
    return ReviewData(
        Settings("test", ()), {name: pd.DataFrame(each) for name, each in rows.items()}
    )


def scored(**scores: float | None) -> list[dict[str, Any]]:
    return [
        {"council": "a", "statement": key, "by": "self", "date": "2024-01-02", "score": score,
         "evidence": "seen"}
        for key, score in scores.items()
    ]  # fmt: skip


def codes(review: ReviewData) -> list[str]:
    return [each.code for each in review.check() if not each.code.startswith("no-s")]


# --- the package -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["review", "review.xlsx", "review.zip"])
def test_a_review_reads_back_equal_in_every_form(tmp_path: Path, form: str) -> None:
    again = pb.sector.review(EXAMPLE.write(tmp_path / form))
    assert again == EXAMPLE
    assert not again.check().errors


def test_a_review_is_not_taken_for_a_panel(tmp_path: Path) -> None:
    path = EXAMPLE.write(tmp_path / "mine.zip")
    with pytest.raises(InvalidPlace, match=r"It is a review.*placebudget\.sector\.review\(path\)"):
        pb.sector.panel(path)


def test_the_example_says_that_it_is_invented_and_has_37_statements_of_nine_hallmarks() -> None:
    """5, 5, 5, 4, 3, 5, 3, 4, 3."""
    assert "illustrative" in EXAMPLE.title
    assert not EXAMPLE.check()
    counts = EXAMPLE.statements.groupby("hallmark", sort=False).size()
    assert counts.tolist() == [5, 5, 5, 4, 3, 5, 3, 4, 3]
    for table in ("scores", "mapping", "asked", "challenges"):
        assert set(getattr(EXAMPLE, table)["status"]) == {"illustrative"}
    panel = set(pb.sector.panel().authorities["authority"])
    assert not panel & set(EXAMPLE.councils["council"])
    for study in (pb.sector.excellence, pb.sector.peer_support, pb.sector.peer_challenge):
        assert "invented" in " ".join(study().notes)


def test_the_page_on_the_format_of_a_review_is_written_from_its_schema() -> None:
    page = Path(__file__).parents[2] / "docs" / "review-format.md"
    assert page.read_text("utf-8") == schema_page(kind="review"), "run make docs"
    assert {"hallmarks", "statements", "scores", "actions", "peers", "asked", "challenges"} <= set(
        schema("review")
    )


def test_what_cannot_be_meant_in_a_review_is_a_finding() -> None:
    risk = {"challenge": "x", "name": "X", "cost": 1e4, "chance": 0.1, "removes": 0.2}
    person = {"peer": "Ann Other", "council": "a", "kind": "officer", "days": 0}
    found = {
        "person-named": {"peers": [person], "skills": [{"peer": "Ann Other", "skill": "law"}]},
        "future-date": {"scores": [{**scored(resources_1=3)[0], "date": "2290-01-01"}]},
        "outside-range": {"scores": scored(resources_1=0)},
        "unknown-key": {"scores": [{**scored(resources_1=3)[0], "council": "z"}]},
        "score-for-pounds": {"challenges": [{**risk, "impact": 20}]},
        "outside-its-range": {"challenges": [{**risk, "impact": 1e6, "removes_high": 0.1}]},
        "needs-itself": {"challenges": [{**risk, "impact": 1e6, "needs": "x"}]},
        "never-possible": {"challenges": [{**risk, "impact": 1e6, "not_with": "x"}]},
        "all-unscored": {"scores": scored(resources_1=None)},
        "nothing-delivered": {
            "mapping": [{"council": "a", "hallmark": "service", "part": "undelivered",
                         "at_worst": 1, "at_best": 0}]
        },
        "no-days": {
            "peers": [{**person, "peer": "p1"}], "skills": [{"peer": "p1", "skill": "law"}]
        },
        "before-the-visit": {
            "visits": [{"council": "a", "began": "2024-03-01", "report": "2024-02-01"}]
        },
    }  # fmt: skip
    for code, tables in found.items():
        assert code in codes(review_of(**tables)), code
    named = {"action": "x", "council": "a", "hallmark": "service", "what": "y", "due": "2027-01-01"}
    assert "person-named" in codes(review_of(actions=[{**named, "owner": "Cllr Other"}]))
    assert "person-named" not in codes(review_of(actions=[{**named, "owner": "Director of Law"}]))


def test_files_that_hold_anything_end_in_findings(tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path / "review")
    for table, column, text, said in (
        ("scores", "score", "very good", "not a number"),
        ("scores", "date", "10/03/2024", "not a date"),
        ("peers", "days", "a few", "not a number"),
        ("challenges", "impact", "high", "not a number"),
        ("peers", "council", "atlantis", "No council"),
    ):
        path = folder / f"{table}.csv"
        kept = path.read_text("utf-8")
        frame = pd.read_csv(path, dtype=str)
        frame.loc[0, column] = text
        frame.to_csv(path, index=False)
        with pytest.raises(InvalidPlace, match=said):
            pb.sector.excellence(review=folder)
        path.write_text(kept, "utf-8")


# --- the framework for excellence ------------------------------------------------------------


def test_weights_count_by_what_they_are_beside_each_other() -> None:
    """Equal 29 / 9; service and resources twice: (29 + 3 + 5) / 11; times a constant the same."""
    scores = [3, 4, 3, 3, 2, 4, 3, 5, 2]
    twice = np.array([1, 1, 2, 1, 1, 1, 1, 2, 1])
    assert round(weighted(scores, [1] * 9), 4) == 3.2222
    assert round(weighted(scores, twice), 4) == 3.3636
    assert weighted(scores, twice * 7.5) == pytest.approx(weighted(scores, twice))
    low, high = mean_range(scores, twice)
    every = [weighted(scores, twice * np.array(each)) for each in product((0.5, 1.5), repeat=9)]
    assert (low, high) == pytest.approx((min(every), max(every)))


def test_unscored_is_not_nought_and_the_lowest_is_shown() -> None:
    """Resources 2 alone; service (5 + 4) / 2; the mean only where it is asked for."""
    review = review_of(scores=scored(resources_1=2, resources_2=None, service_1=5, service_2=4))
    found = pb.sector.excellence("a", review=review)
    table = found.table.set_index("hallmark")
    assert table["score"].to_dict() == {"resources": 2.0, "service": 4.5}
    assert table.at["resources", "scored"] == 1
    assert found.finding() == "A is lowest in resources: 2.00 of 5, by the council itself"
    assert "1 of 4" in found.summary()
    assert found.facts["mean"] is None
    assert "weighted mean" not in found.summary()
    asked = pb.sector.excellence("a", review=review, mean=True)
    assert asked.facts["mean"] == 3.25
    # (0.5 x 2 + 1.5 x 4.5) / 2 and (1.5 x 2 + 0.5 x 4.5) / 2.
    assert (asked.facts["low"], asked.facts["high"]) == pytest.approx((2.625, 3.875))
    with pytest.raises(CannotAnswer, match="unscored is not nought"):
        pb.sector.excellence("b", review=review)
    with pytest.raises(WrongArgument, match="The review has no council 'z'"):
        pb.sector.excellence("z", review=review)


def test_peers_score_lower_and_that_shift_is_shown_before_any_gap() -> None:
    """Self 4, 4, 4, 2 and peers 3, 3, 1, 1: shift -1.5; resources -1 and service -2 in all."""
    own = scored(resources_1=4, resources_2=4, service_1=4, service_2=2)
    peers = [
        {**each, "by": "peer", "score": score}
        for each, score in zip(own, (3, 3, 1, 1), strict=True)
    ]
    review = review_of(scores=[*own, *peers])
    found = pb.sector.excellence("a", review=review)
    table = found.table.set_index("hallmark")
    assert found.facts["shift"] == -1.5
    assert table["gap"].to_dict() == {"service": -2.0, "resources": -1.0}
    assert table["beyond"].to_dict() == {"service": -0.5, "resources": 0.5}
    said = found.summary().splitlines()
    assert said[2].startswith("Peers score 1.50 lower than the council")
    assert "service" in said[3]
    # A peer's score stands for the council's own, and either can be had alone.
    assert table["score"].to_dict() == {"service": 1.0, "resources": 3.0}
    alone = pb.sector.excellence("a", review=review, by="self").table.set_index("hallmark")
    assert alone["score"].to_dict() == {"service": 3.0, "resources": 4.0}


def mapped(confirmed: str | None) -> ReviewData:
    rows = [
        {"council": "a", "hallmark": "resources", "part": "undelivered", "at_worst": 0.21,
         "at_best": 0.01, "confirmed": confirmed},
        {"council": "a", "hallmark": "service", "part": "undelivered", "at_worst": 0.41,
         "at_best": 0.01, "confirmed": confirmed},
    ]  # fmt: skip
    return review_of(scores=scored(resources_1=3, service_1=3), mapping=rows)


def test_scores_reach_the_cycle_by_a_mapping_that_the_council_confirmed_and_not_before() -> None:
    """At 3 of 5 half of the way: 0.11 and 0.21, on average 0.16."""
    waits = pb.sector.excellence("a", review=mapped(None))
    assert waits.slippage is None
    assert "not confirmed by the council: nothing follows" in waits.summary()
    found = pb.sector.excellence("a", review=mapped("2024-02-01"))
    assert found.slippage is not None
    assert found.slippage.undelivered == pytest.approx(0.16)
    assert found.slippage.overrun == Slippage().overrun
    once = {"policies": [Policy("pooled")], "runs": 6, "seed": 3}
    lived = [
        pb.cycle(places.tiny(), slippage=each.slippage, **once) for each in (waits, found)
    ]  # fmt: skip
    means = [each.spread(once["policies"][0], "public value")["mean"] for each in lived]
    assert means[1] < means[0]


def test_actions_are_ordered_by_what_their_hallmark_lacks_and_may_carry_an_option() -> None:
    rows = [
        {"action": key, "council": "a", "hallmark": hallmark, "what": f"Do {key}.",
         "due": due, "done": done, "option": option}
        for key, hallmark, due, done, option in (
            ("one", "service", "2027-01-31", None, None),
            ("two", "resources", "2026-01-31", None, "fewer"),
            ("three", "resources", "2026-01-31", "2026-01-20", "fewer"),
        )
    ]  # fmt: skip
    review = review_of(scores=scored(resources_1=2, service_1=4), actions=rows)
    found = pb.sector.excellence("a", review=review, on="2026-12-01")
    assert found.tables["actions"][["action", "state"]].to_numpy().tolist() == [
        ["two", "late"], ["one", "open"], ["three", "done"],
    ]  # fmt: skip
    assert "no place is named" in found.none
    assert "Not done by its day: Do two." in found.summary()


def test_an_option_that_an_action_names_is_proposed_where_the_place_has_it(tmp_path: Path) -> None:
    rows = [{"action": "one", "council": "a", "hallmark": "service", "what": "Pay less.",
             "due": "2027-01-31", "option": "cheaper"}]  # fmt: skip
    review = review_of(scores=scored(service_1=4), actions=rows)
    folder = pb.example("toy_pooling").write(tmp_path / "toy")
    place = pb.read(folder)
    assert "none of the options" in pb.sector.excellence("a", review=review, place=place).none
    pb.Option("cheaper").scale("offers", 0.9, "unit_cost").save(folder)
    [made] = pb.sector.excellence("a", review=review, place=place).proposals
    tried = made.try_on(place, pooling="freed")
    assert tried.plans[1].objective.value > tried.plans[0].objective.value


# --- who helps, who visits, what is bought -----------------------------------------------------


def test_an_assignment_is_that_of_the_example_of_scipy_and_bars_the_own_council() -> None:
    """Costs 4 1 3, 2 0 5, 3 2 2: columns 1, 0, 2, total 5; own barred: 2, 0, 1, total 7."""
    cost = np.array([[4.0, 1, 3], [2, 0, 5], [3, 2, 2]])
    rows = range(3)
    free = assigned(-cost)
    assert (free, cost[rows, free].sum()) == ([1, 0, 2], 5)
    barred = assigned(-cost, np.eye(3, dtype=bool))
    assert (barred, cost[rows, barred].sum()) == ([2, 0, 1], 7)


def test_days_are_kept_by_peers_and_by_those_who_ask_and_agree_with_brute_force() -> None:
    peers = [
        Sender("p1", "officer", 2, {"finance": 1.0, "law": 0.5}),
        Sender("p2", "member", 3, {"finance": 0.6, "law": 0.9}),
    ]
    asked = [Asking("a", "finance", 3, 2.0), Asking("b", "law", 2, 1.5)]
    made, worth = sent(peers, asked, lambda peer, asking: False)
    best = 0.0
    for days in product(range(4), repeat=4):
        grid = np.array(days).reshape(2, 2)
        if (grid.sum(axis=1) > [2, 3]).any() or (grid.sum(axis=0) > [3, 2]).any():
            continue
        match = np.array([[1.0, 0.5], [0.6, 0.9]])
        best = max(best, float((grid * match * [2.0, 1.5]).sum()))
    assert worth == pytest.approx(best)
    assert sum(each.days for each in made) == 5


def supported(**changes: Any) -> ReviewData:
    peers = [
        {"peer": "p1", "council": "a", "kind": "officer", "days": 4},
        {"peer": "p2", "council": "b", "kind": "member", "days": 4},
    ]
    skills = [{"peer": key, "skill": "finance"} for key in ("p1", "p2")]
    asked = [{"council": "c", "skill": "finance", "kind": "support", "days": 6, "urgency": 2,
              "arrives": "2027-07-01", "service": "family_support", "removes": 0.5}]  # fmt: skip
    return review_of(**{"peers": peers, "skills": skills, "asked": asked, **changes})


def test_nobody_helps_their_own_council_or_a_conflict_or_an_employer_of_two_years() -> None:
    def days(**changes: Any) -> dict[str, int]:
        table = pb.sector.peer_support(review=supported(**changes)).table
        return table.groupby("peer")["days"].sum().to_dict()

    assert sum(days().values()) == 6
    own = [{"council": "a", "skill": "finance", "kind": "support", "days": 6}]
    assert days(asked=own) == {"p2": 4}
    barred = {"peer": "p1", "council": "c", "reason": "conflict"}
    assert days(barred=[barred]) == {"p2": 4}
    left = {**barred, "reason": "employer", "left": "2025-07-02"}
    assert days(barred=[left]) == {"p2": 4}
    assert sum(days(barred=[{**left, "left": "2025-07-01"}]).values()) == 6
    # Both kinds, or nobody.
    both = [{**supported().asked.to_dict("records")[0], "both": True, "days": 4}]
    assert set(days(asked=both)) == {"p1", "p2"}
    assert days(asked=both, barred=[barred]) == {}


def test_what_is_unmet_is_told_with_its_reason_and_one_more_day_has_a_price() -> None:
    """8 days for 10 asked at an urgency of 2: one more is worth 2."""
    row = supported().asked.to_dict("records")[0]
    found = pb.sector.peer_support(review=supported(asked=[{**row, "days": 10}]))
    assert found.finding() == "8 of 10 days that are asked for can be sent, by 2 of 2 peers"
    assert found.tables["one_more_day"].to_numpy().tolist() == [["finance", 2.0]]
    assert "or are too few" in found.tables["asked"]["why"].iloc[0]
    assert found.slippage is None
    law = {**row, "skill": "law"}
    nobody = pb.sector.peer_support(review=supported(asked=[law]))
    assert nobody.tables["asked"]["why"].tolist() == ["nobody with days has that skill"]
    one = supported(peers=supported().peers.head(1).to_dict("records"), skills=[
        {"peer": "p1", "skill": "finance"}
    ])  # fmt: skip
    assert int(pb.sector.peer_support(review=one).table["days"].sum()) == 4
    with pytest.raises(CannotAnswer, match="no peers"):
        pb.sector.peer_support(review=review_of(asked=[row]))
    with pytest.raises(CannotAnswer, match="no council asks"):
        pb.sector.peer_support(review=review_of())


def test_help_lowers_slippage_of_the_service_from_the_month_of_arrival() -> None:
    """Three quarters of 2027-28 and all of 2028-29, of half of what slips: 0.625 and 0.5 left."""
    found = pb.sector.peer_support(review=supported())
    assert found.slippage == Slippage(helped=(Helped("family_support", 0.5, "2027-07-01"),))
    left = found.slippage.left(["family_support", "policing"], ["2027-28", "2028-29"])
    assert left is not None
    assert left.tolist() == [[0.625, 0.5], [1.0, 1.0]]
    assert "grade 6" in found.summary()
    place = places.tiny()
    service = str(place.services["service"].iloc[0])
    helped = Slippage(0.2, helped=(Helped(service, 0.9, "2020-04-01"),))
    policy = Policy("pooled")
    lived = [
        pb.cycle(place, policies=[policy], runs=6, seed=1, slippage=each)
        for each in (Slippage(0.2), helped)
    ]
    means = [each.spread(policy, "public value")["mean"] for each in lived]
    assert means[1] > means[0]
    assert any("90% less slips" in each for each in lived[1].notes)
    assert "helped" not in lived[0].run["options"]["slippage"]


def test_fifteen_councils_in_three_years_are_five_a_year_each_once() -> None:
    councils = [{"council": f"c{n:02}", "name": f"C{n:02}"} for n in range(15)]
    visits = [
        {"council": f"c{n:02}", "began": f"{2012 + n // 2}-05-01"} for n in range(12)
    ] + [{"council": "c14", "began": "2027-01-10"}]  # fmt: skip
    review = review_of(councils=councils, visits=visits)
    found = pb.sector.peer_challenge(review=review, start="2027-04-01", on="2026-12-01")
    table = found.table.set_index("council")
    assert table["year"].value_counts().to_dict() == {1: 5, 2: 5, 3: 5}
    # Who was never visited, and then who waited longest, comes first; nobody within a year.
    assert {"C12", "C13", "C00"} <= set(table.index[table["year"] == 1])
    assert table.at["C14", "quarter"] >= "2028-01-10"
    assert table.groupby("quarter").size().max() <= 2
    few = pb.sector.peer_challenge(review=review, start="2027-04-01", years=1, a_quarter=2)
    assert few.table["quarter"].notna().sum() == 8
    assert "Not visited" in few.summary()


def test_an_evenly_filled_schedule_gives_way_where_nobody_could_be_visited_in_the_first_year() -> (
    None
):
    quarters = [date(2027 + n // 4, 1 + 3 * (n % 4), 1) for n in range(8)]
    when = visited(
        ["a", "b", "c", "d"], quarters, dict.fromkeys("abcd", 1.0),
        lambda council, day: day >= date(2028, 1, 1), 1,
    )  # fmt: skip
    assert sorted(when.values()) == [4, 5, 6, 7]


def test_an_action_plan_in_month_six_is_late() -> None:
    began = date(2025, 3, 31)
    for months, state in ((3, "in time"), (5, "within the most"), (6, "late")):
        done = months_on(began, months)
        assert step_state(began, "plan", done, months_on(began, 7)) == state
    assert step_state(began, "plan", None, months_on(began, 4)) == "to come"
    assert step_state(began, "progress_report", None, months_on(began, 13)) == "late"
    visit = {"council": "a", "began": "2025-03-31", "plan": "2025-09-30"}
    found = pb.sector.peer_challenge(review=review_of(visits=[visit]), on="2026-01-10")
    steps = found.tables["steps"].set_index("step")["state"]
    assert steps["action plan"] == "late"
    assert steps["review of progress"] == "to come"
    assert "the action plan was due by 2025-08-31 and came on 2025-09-30" in found.summary()


def test_teams_of_a_challenge_are_sent_by_the_programme_that_sends_support() -> None:
    team = [
        {"council": key, "skill": "finance", "kind": "challenge", "days": 2, "both": True}
        for key in "ac"
    ]
    found = pb.sector.peer_challenge(review=supported(asked=team), start="2027-04-01", years=1)
    teams = found.tables["teams"]
    # A is the first peer's own council, so that both kinds cannot come there.
    assert set(teams["council"]) == {"C"}
    assert set(teams["kind"]) == {"member", "officer"}
    missing = found.tables["missing"].set_index("council")
    assert missing.at["A", "why"] == "only members could come for it, and both kinds are wanted"


def test_who_waits_longer_than_every_five_years_is_told() -> None:
    visit = {"council": "a", "began": "2021-04-01"}
    review = review_of(visits=[visit])
    late = pb.sector.peer_challenge(review=review, start="2026-07-01", years=1)
    assert late.table.set_index("council")["late"]["A"]
    assert "More than 5 years after their last visit: A" in late.summary()
    soon = pb.sector.peer_challenge(review=review, start="2025-04-01", years=1)
    assert not soon.table["late"].any()


def test_visits_to_which_nobody_comes_are_told_in_the_finding() -> None:
    team = [{"council": "a", "skill": "finance", "kind": "challenge", "days": 2, "both": False}]
    nobody = supported(asked=team)
    nobody = nobody.with_(
        **{name: nobody.tables[name].iloc[:0] for name in ("peers", "skills", "barred")}
    )
    found = pb.sector.peer_challenge(review=nobody, start="2027-04-01", years=1)
    visited = found.table["quarter"].notna().sum()
    assert found.finding().endswith(f"; for {visited} of them there is no peer yet")
    assert found.tables["missing"].set_index("council").at["A", "why"] == (
        "nobody with days has that skill"
    )
    assert "Nobody is asked for to visit " in found.summary()
    assert "no peer yet" not in pb.sector.peer_challenge().finding()


COSTS, WORTH = [40.0, 50, 30, 20], [30.0, 45, 20, 8]


def test_challenges_are_bought_within_the_budget_by_the_risk_they_take_away() -> None:
    """Costs 40, 50, 30, 20, worth 30, 45, 20, 8, budget 100: the first two, 75."""
    assert bought(WORTH, [COSTS], [100]) == [0, 1]
    limits = [({}, {}), ({"needs": [(0, 3)]}, {}), ({}, {"apart": [(0, 1)]})]
    for needs, apart in limits:
        held = {**needs, **apart}
        mine = bought(WORTH, [COSTS], [100], **held)
        best = max(
            np.dot(pick, WORTH) for pick in product((0, 1), repeat=4)
            if np.dot(pick, COSTS) <= 100
            and all(pick[one] <= pick[other] for one, other in held.get("needs", ()))
            and all(pick[one] + pick[other] <= 1 for one, other in held.get("apart", ()))
        )  # fmt: skip
        assert sum(WORTH[n] for n in mine) == best


def test_of_choices_worth_the_same_the_cheapest_is_bought_and_the_other_told() -> None:
    # 0 with 1 and 0 with 2 are worth 75 each; the first costs 100, the second 90.
    worth, costs = [30.0, 45.0, 45.0], [40.0, 60.0, 50.0]
    apart = [(1, 2)]
    assert bought(worth, [costs], [100], apart=apart) == [0, 2]
    assert bought(worth, [costs], [100], apart=apart, other_than=[0, 2]) == [0, 1]
    found = pb.sector.supplementary(100_000)
    held = found.table.set_index("challenge")
    mine = held[held["bought"]]
    equal = held.loc[found.facts["equal"]]
    assert set(equal.index) != set(mine.index)
    assert equal["worth"].sum() == pytest.approx(mine["worth"].sum())
    assert mine["cost"].sum() < equal["cost"].sum() <= 100_000
    assert "as much as any others within" in found.finding()
    assert "would take away as much" in found.summary()
    told = found.summary()
    assert "Corporate health check and Home care market are never bought together." in told
    assert "is bought only with Children's social care." in told
    alone = pb.sector.supplementary(50_000)
    assert not alone.facts["equal"]
    assert "more than any others within" in alone.finding()


def test_the_first_problem_of_mknap1_comes_to_its_published_optimum() -> None:
    """OR-Library, Petersen (1967): 3,800."""
    worth = [100.0, 600, 1200, 2400, 500, 2000]
    costs = [
        [8.0, 12, 13, 64, 22, 41], [8, 12, 13, 75, 22, 41], [3, 6, 4, 18, 6, 4],
        [5, 10, 8, 32, 6, 12], [5, 13, 8, 42, 6, 20], [5, 13, 8, 48, 6, 20], [0, 0, 0, 0, 8, 0],
        [3, 0, 4, 0, 8, 0], [3, 2, 4, 0, 8, 4], [3, 2, 4, 8, 8, 4],
    ]  # fmt: skip
    right = [80.0, 96, 20, 36, 44, 48, 10, 18, 22, 24]
    mine = bought(worth, costs, right)
    assert sum(worth[n] for n in mine) == 3800


def test_supplementary_challenges_demand_pounds_and_their_fees_are_spent() -> None:
    risks = [
        {"challenge": f"c{n}", "name": f"C{n}", "cost": cost * 1e3, "chance": 0.1,
         "impact": worth * 1e5, "removes": 0.1, "removes_low": 0.05, "removes_high": 0.2,
         "service": "family_support" if n == 1 else None}
        for n, (cost, worth) in enumerate(zip(COSTS, WORTH, strict=True))
    ]  # fmt: skip
    place = pb.example("toy_pooling")
    review = review_of(challenges=risks)
    found = pb.sector.supplementary(1e5, review=review, place=place, stream="nhs_money")
    mine = found.table[found.table["bought"]]
    assert mine["challenge"].tolist() == ["c1", "c0"]
    assert mine["worth"].sum() == pytest.approx(75_000)
    assert (mine["low"].sum(), mine["high"].sum()) == pytest.approx((37_500, 150_000))
    assert [each.service for each in found.slippage.helped] == ["family_support"]
    assert "They cost £15,000 more than the risk they take away" in found.summary()
    [made] = found.proposals
    first = place.years[0]
    rows = made.option.apply(place).funding
    paid = place.funding["amount"].sum() - rows["amount"].sum()
    assert paid == pytest.approx(90_000)
    assert set(rows.loc[rows["stream"] == "nhs_money", "year"]) >= {first}
    tried = made.try_on(place, pooling="freed")
    assert tried.plans[1].objective.value < tried.plans[0].objective.value
    nothing = pb.sector.supplementary(0, review=review)
    assert nothing.none == "nothing is bought."
    assert not nothing.table["bought"].any()
    with pytest.raises(CannotAnswer, match="no challenge to choose from"):
        pb.sector.supplementary(1e5, review=review_of())


def test_challenge_needs_no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    monkeypatch.setitem(sys.modules, "scipy", None)
    assert pb.sector.peer_support().table["days"].sum() == 41


def test_what_the_environment_names_is_meant_where_no_review_or_panel_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a board shows those of its own place, and the desk, the command and Python do."""
    for name, given, made in (
        ("PLACEBUDGET_REVIEW", pb.sector.review, pb.sector.review()),
        ("PLACEBUDGET_PANEL", pb.sector.panel, pb.sector.panel()),
    ):
        path = made.with_(settings=replace(made.settings, title="Our own")).write(tmp_path / name)
        monkeypatch.setenv(name, str(path))
        assert given().title == "Our own"
        assert given() is given()
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
        with pytest.raises(InvalidPlace, match="nowhere"):
            given()


def test_what_is_wrong_with_a_review_is_told_at_once_though_a_cell_cannot_be_read(
    tmp_path: Path,
) -> None:
    folder = EXAMPLE.write(tmp_path / "review")
    file = Path(folder) / "challenges.csv"
    table = pd.read_csv(file, dtype=str)
    table.loc[0, "cost"] = "a lot"
    table.loc[1, "impact"] = "12"
    table.to_csv(file, index=False)
    with pytest.raises(InvalidPlace) as told:
        pb.sector.review(folder)
    found = [(each.code, each.row) for each in told.value.findings if each.severity == "error"]
    assert found == [("wrong-type", 2), ("score-for-pounds", 3)]


def test_who_asks_for_a_council_that_is_not_there_reads_each_that_is_once() -> None:
    with pytest.raises(WrongArgument) as told:
        EXAMPLE.key_of("Preston")
    assert str(told.value).endswith("There are: Ashby, Brooke, Carr, Denby, Elmley, Fordham.")
    with pytest.raises(WrongArgument, match=r"Did you mean ashby\?"):
        EXAMPLE.key_of("ashbi")
