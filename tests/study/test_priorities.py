"""What members would put first: their weights, the plan that follows, its price."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
from answered import answer
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place
from placebudget.study.priorities import BEST, FOLLOWING, centroid
from remembering import light_northvale

pytestmark = pytest.mark.xdist_group("northvale")


def said(rows: str) -> pd.DataFrame:
    """Rows as ``member outcome points`` divided by semicolons."""
    cells = [row.split() for row in rows.split(";")]
    frame = pd.DataFrame(cells, columns=["member", "outcome", "points"])
    return frame.astype({"points": float})


def northvale() -> Place:
    return light_northvale()


def test_points_of_unlike_outcomes_are_weighed_by_all_the_way_they_can_go() -> None:
    """Whoever gives all points to one outcome gets all of it that can be had."""
    found = pb.study.priorities(said("a jobs 100"), northvale(), named=True)
    row = found.table.set_index("outcome").loc["jobs"]
    assert (row["points"], row["least"], row["most"]) == (100, 100, 100)
    assert row["reached"] == pytest.approx(row["could_be"])
    assert row["reached"] > row["with_best"]
    assert found.price > 0
    best = pb.optimise(northvale(), prices=False)
    assert found.plans[BEST].public_value() == pytest.approx(best.public_value())
    # Weighed a thousand times higher in the place it is the same: a swing has no unit.
    again = pb.Option("more").set("outcomes", "weight", 1000.0, outcome="jobs").apply(northvale())
    other = pb.study.priorities(said("a jobs 100"), again, named=True)
    assert other.plan.money().equals(found.plan.money())


def test_each_member_counts_alike_and_the_spread_is_told() -> None:
    """Northvale, 60 and 40 of each of three members, one place on each: worked by hand."""
    found = answer("priorities")
    points = found.table.set_index("outcome").head(4)
    assert points["points"].tolist() == pytest.approx([20, 100 / 3, 100 / 3, 40 / 3])
    assert points["most"].tolist() == [60, 60, 60, 40]
    assert points["least"].tolist() == [0, 0, 0, 0]
    assert len(found.tables["members"]) == 3 * len(found.table)


def test_a_ranking_has_the_weights_in_the_middle_of_its_order() -> None:
    """1/3 of 1 + 1/2 + 1/3, of 1/2 + 1/3, of 1/3: 0.6111, 0.2778, 0.1111 (Barron and Barrett)."""
    assert [round(centroid(rank, 3), 4) for rank in (1, 2, 3)] == [0.6111, 0.2778, 0.1111]
    assert sum(centroid(rank, 7) for rank in range(1, 8)) == pytest.approx(1)


def test_weights_of_any_size_are_brought_to_a_hundred() -> None:
    given = said("a jobs 1;a falls 3;b falls 0.5")
    found = pb.study.priorities(given, northvale(), way="weights", named=True)
    points = found.table.set_index("outcome")["points"]
    assert (points["jobs"], points["falls"]) == pytest.approx((12.5, 87.5))


def test_in_a_secret_poll_nothing_holds_who_said_what(tmp_path: Path) -> None:
    given = said("Zqann points 100;Zqbob points 100;Zqcat points 100")
    found = pb.study.priorities(given, pb.example("toy_pooling"), pooling="freed")
    assert "members" not in found.tables
    paths = [found.to_json(tmp_path / "a.json"), found.to_html(tmp_path / "a.html")]
    texts = [Path(str(path)).read_text("utf-8") for path in paths]
    texts += [found.summary(), json.dumps(found.document()), str(found.plan.run)]
    assert not any("Zq" in text for text in texts)
    assert found.table[["least", "most"]].isna().all(axis=None)
    many = pd.concat([given.assign(member=f"m{n}") for n in range(5)]).drop_duplicates("member")
    told = pb.study.priorities(many, pb.example("toy_pooling"), pooling="freed")
    assert told.table[["least", "most"]].notna().all(axis=None)
    with pytest.raises(CannotAnswer, match="needs 3 members or more, and 2 spoke"):
        pb.study.priorities(given.head(2), pb.example("toy_pooling"))


def test_the_plan_that_follows_is_picked_as_any_other() -> None:
    found = answer("priorities")
    plan = found.picked(FOLLOWING)
    assert "as members weigh" in plan.name
    assert "members’ priorities" in plan.picked
    assert plan.public_value() == pytest.approx(found.plans[BEST].public_value() - found.price)


@pytest.mark.parametrize(
    ("rows", "way", "reasons"),
    [
        ("a job 100", "points", ["no outcome 'job'. Did you mean jobs?"]),
        ("a jobs 60;b jobs 100", "points", ["'a' gives 60 points: each has 100"]),
        ("a jobs 60;a jobs 40", "points", ["row 3: a with jobs is there twice"]),
        (
            "a jobs -1;b jobs 0",
            "weights",
            ["row 2 (a with jobs): points is no figure of nought or more"],
        ),
        ("a jobs 0", "weights", ["'a' gives no outcome any weight"]),
        ("a jobs 1;a falls 3", "ranking", ["'a' ranks 1 and 3: write 1, 2, 3"]),
        ("a jobs 1", "rank", ["way is one of points, weights, ranking"]),
    ],
)
def test_what_cannot_be_meant_is_refused(rows: str, way: str, reasons: list[str]) -> None:
    with pytest.raises(WrongArgument) as refused:
        pb.study.priorities(said(rows), northvale(), way=way, named=True)
    assert all(reason in str(refused.value) for reason in reasons)
