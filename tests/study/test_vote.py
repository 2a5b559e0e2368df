"""Ballots counted by three rules, and what it costs to follow them."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, UnreadableTable
from placebudget.place.io.loose import BALLOTS, loose_table, read_loose
from placebudget.study.counting import Election, equal_shares, with_more
from placebudget.study.vote import EXAMPLE_BALLOTS, vote
from placebudget.view.studies import study_view
from proof import ALL
from shared_place import shared

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "pabulib"
BESIDE = pytest.mark.skipif(not DATA.is_dir(), reason="the elections are not beside the project")
REFERENCE = {
    "greedy_cost": "greedy", "greedy_cardinality": "per_pound", "mes_cost_no_completion": "",
}  # fmt: skip
FILE = b"""META
key;value
budget;100
vote_type;%s
max_length;2
PROJECTS
project_id;cost;name
a;60;Lights
b;50;Trees
VOTES
voter_id;vote;points
1;a,b;3,1
2;b;5
"""


def elections() -> list[str]:
    """Elections that are beside the project: one of each city, or all."""
    names = sorted(path.name for path in DATA.glob("*.pb"))
    return names if ALL else list({name.split("_20")[0]: name for name in names}.values())


@BESIDE
def test_the_winners_of_real_elections_are_those_of_a_reference() -> None:
    table = pd.read_csv(DATA / "reference_outcomes.csv", dtype=str).fillna("")
    table["file"] = table["file"].str.split("/").str[-1]
    seen, official = 0, []
    for name in elections():
        wanted = table[table["file"] == name].set_index("rule")["projects"].map(str.split)
        frame = read_loose(DATA / name, BALLOTS).frame
        # No step of more money: the reference counts equal shares without.
        found = vote(frame, raised_by=1e12).table
        for rule, mine in REFERENCE.items():
            if rule in wanted:
                won = found.loc[found[mine or "equal_shares"], "project"]
                assert set(won) == set(wanted[rule]), (name, rule)
                seen += 1
        told = dict(line.split(";")[:2] for line in (DATA / name).read_text("utf-8").split("\n")
                    if line.startswith(("rule;", "min_project_score_threshold;")))  # fmt: skip
        if told["rule"] in ("greedy", "greedy-threshold"):
            least = int(float(told.get("min_project_score_threshold", 0)))
            won = vote(frame, least_points=least, raised_by=1e12).table
            official += [set(won.loc[won["greedy"], "project"]) == set(wanted["FILE_selected"])]
    assert all(official)
    assert (seen, len(official)) == ((3 * 20, 20) if ALL else (15, 4))


def test_five_hundred_of_a_hundred_thousand_voters_cannot_buy_for_ten_thousand() -> None:
    ballots = {(("dear", Fraction(1)),): 500, (("other", Fraction(1)),): 99_500}
    cost = {"dear": Fraction(10_000), "other": Fraction(995_000)}
    election = Election(Fraction(1_000_000), cost, ballots)
    assert equal_shares(election, cost, Fraction(10)).projects == ("other",)
    cheaper = replace(election, cost=cost | {"dear": Fraction(5_000)})
    assert equal_shares(cheaper, cost, Fraction(10)).projects == (
        "other", "dear",
    )  # fmt: skip


def test_equal_shares_gives_a_minority_what_its_part_of_the_money_buys() -> None:
    found = vote(EXAMPLE_BALLOTS)
    by_rule = {rule: set(found.table.loc[found.table[rule], "project"])
               for rule in ("greedy", "per_pound", "equal_shares")}  # fmt: skip
    assert by_rule == {
        "greedy": {"park", "path", "club"},
        "per_pound": {"path", "club", "shelter"},
        "equal_shares": {"park", "club", "shelter"},
    }
    assert found.tables["ties"].to_numpy().tolist() == [["equal_shares", "park", "path"]]
    assert "A tie, by equal shares: park has the same claim as path" in found.summary()


def test_what_is_left_is_given_out_while_it_does_not_overspend() -> None:
    votes = [("a", str(n), None) for n in range(4)] + [("b", str(n), None) for n in range(4, 6)]
    for cost, winners in ((6.0, ("a", "b")), (6.01, ("a",))):
        held = [("a", None, 10.0), ("b", None, cost)]
        table = pd.DataFrame(held + votes, columns=["project", "voter", "cost"])
        # A share of 16 / 6 buys a alone; with a third of a pound more each b could be bought, too.
        assert vote(table.assign(budget=16.0), raised_by=0.35).winners == winners


def test_a_dear_project_that_few_want_does_not_make_the_count_go_on_for_ever() -> None:
    ballots = {(("club", Fraction(1)),): 99_999, (("statue", Fraction(1)),): 1}
    cost = {"club": Fraction(100_000), "statue": Fraction(900_000)}
    election = Election(Fraction(1_000_000), cost, ballots)
    # Share after share of ten pounds, nobody but one pays for the statue: a million, all there is.
    assert with_more(election, cost, Fraction(1, 10)).projects == ("club", "statue")


@pytest.mark.parametrize(
    ("kind", "points"),
    [(b"approval", {"a": 1, "b": 2}), (b"cumulative", {"a": 3, "b": 6}),
     (b"ordinal", {"a": 2, "b": 3}), (b"scoring", {"a": 3, "b": 6})],
)  # fmt: skip
def test_a_file_of_pabulib_is_read_by_its_kind_of_vote(
    kind: bytes, points: dict[str, float]
) -> None:
    read = loose_table("town.pb", FILE % kind, BALLOTS)
    found = vote(read.frame, smallest=0)
    assert dict(found.table[["project", "points"]].to_numpy().tolist()) == points
    assert found.run["options"]["budget"] == 100
    assert found.table["name"].tolist() == ["Lights", "Trees"]


@pytest.mark.parametrize(
    ("wrong", "by", "said"),
    [
        (b"2;b;5", b"2;c;5", "line 13: no project 'c' among PROJECTS"),
        (b"1;a,b;3,1", b"1;a,a;3,1", "line 12: a project is chosen twice"),
        (b"1;a,b;3,1", b"1;a,b;3", "line 12: 1 points for 2 projects"),
        (b"b;50;Trees", b"b;;Trees", "line 9: a project has project_id and cost"),
        (b"2;b;5", b";b;5", "line 13: a ballot has a voter_id"),
        (b"cumulative", b"guessed", "vote_type 'guessed' is not known"),
        (b"VOTES", b"BALLOTS", "there is no part VOTES"),
        (b"b;50;Trees", b"b;many;Trees", "'many' is not a number"),
        (b"Lights", b"\xff", "UTF-8"),
    ],
)
def test_a_broken_file_of_pabulib_is_refused_by_line(wrong: bytes, by: bytes, said: str) -> None:
    content = (FILE % b"cumulative").replace(wrong, by)
    with pytest.raises(UnreadableTable, match=said):
        loose_table("town.pb", content, BALLOTS)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"project": ["a"], "voter": ["1"]}, "no row without a voter says what a costs"),
        ({"project": ["a"], "cost": [0.0]}, "has no cost above nothing"),
        ({"project": ["a", "a"], "cost": [5.0, 5.0]}, "a is there twice"),
        ({"project": ["a", "a", "a"], "voter": [None, "1", "1"], "cost": [5.0, None, None]},
         "a is there twice in one"),
        ({"project": ["a", "a"], "voter": [None, "1"], "cost": [5.0, None]}, "may be spent"),
    ],
)  # fmt: skip
def test_ballots_that_cannot_be_meant_are_refused(rows: dict[str, list[object]], said: str) -> None:
    with pytest.raises(UnreadableTable, match=said):
        vote(pd.DataFrame(rows))


def test_nobody_having_voted_is_said() -> None:
    with pytest.raises(CannotAnswer, match="nobody voted"):
        vote(pd.DataFrame({"project": ["a"], "cost": [5.0], "budget": [9.0]}))


def followed(cost: float, service: str = "home_care") -> pb.study.Vote:
    """A vote of ten for one project of a place."""
    rows = [("more", None, cost, service), *(("more", str(n), None, None) for n in range(10))]
    table = pd.DataFrame(rows, columns=["project", "voter", "cost", "service"])
    return vote(table.assign(budget=cost), shared())


def test_following_the_vote_costs_what_two_plans_of_the_place_differ_by() -> None:
    service = str(shared().services["service"].iloc[0])
    found = followed(1_000_000.0, service)
    assert found.option is not None
    plans = [pb.optimise(place, prices=False) for place in
             (shared(), found.option.apply(shared()))]  # fmt: skip
    assert found.price == pytest.approx(plans[0].public_value() - plans[1].public_value(), abs=0.02)
    row = found.tables["following"].iloc[0]
    assert row["at_least"] == row["today"] + 1_000_000
    spent = plans[1].money(["service", "year"]).set_index(["service", "year"])["amount"]
    assert spent[service, row["year"]] >= row["at_least"] - 0.01


def test_a_winner_that_no_money_can_buy_has_no_price() -> None:
    service = str(shared().services["service"].iloc[0])
    found = followed(1e12, service)
    assert found.price is None
    assert "No plan buys all that residents chose" in found.summary()


def test_votes_as_weights_give_each_area_its_part_of_what_may_be_spent() -> None:
    """30 of 40 votes for the harbour and 10 for the hills, £400,000: 300,000 and 100,000 more."""
    projects = pd.DataFrame(
        {"project": ["quay", "path", "well"], "cost": [4e5, 4e5, 4e5], "budget": [4e5] * 3,
         "area": ["harbour", "hills", "valley"]}
    )  # fmt: skip
    votes = ["quay"] * 30 + ["path"] * 10 + ["well"] * 3
    cast = pd.DataFrame({"project": votes, "voter": [f"v{n}" for n in range(43)]})
    place = pb.example("northvale")
    found = vote(pd.concat([projects, cast]), place, follow="weights")
    rows = found.tables["following"].set_index("area")
    # Three votes are hidden, and one more with them, so that nothing tells them by weights.
    seen = found.table.set_index("project")["votes"]
    assert seen["well"] != seen["well"]
    shown = {"harbour": seen["quay"], "hills": seen["path"], "valley": seen["well"]}
    told = {area: votes for area, votes in shown.items() if votes == votes}
    assert rows["chosen"].to_dict() == {
        area: pytest.approx(4e5 * votes / sum(told.values())) for area, votes in told.items()
    }
    two = vote(pd.concat([projects[:2], cast[:40]]), place, follow="weights")
    rows = two.tables["following"].set_index("area")
    assert rows["chosen"].to_dict() == {"harbour": 300_000, "hills": 100_000}
    assert (rows["at_least"] - rows["today"]).tolist() == pytest.approx([300_000, 100_000])
    assert two.price is not None
    assert "dividing £400,000 among areas by their votes" in two.finding()
    assert two.option is not None
    assert {rule["subject"] for rule in two.option.apply(place).rules.to_dict("records")} >= {
        "area=harbour", "area=hills",
    }  # fmt: skip
    # The harbour lies in the valley: what it gets is on top of the valley's own part.
    more = pd.DataFrame({"project": "well", "voter": [f"w{n}" for n in range(10)]})
    nested = vote(pd.concat([projects, cast[:40], more]), place, follow="weights")
    rows = nested.tables["following"].set_index("area")
    assert (rows["at_least"] - rows["today"])["valley"] == pytest.approx(320_000)
    assert rows.at["valley", "chosen"] == pytest.approx(80_000)
    view = study_view(two)
    assert any("Harbour" in str(row.label) for grid in view.grids for row in grid.rows)


def test_how_many_have_a_winner_is_hidden_where_those_who_have_none_are_few() -> None:
    """Of twenty voters seventeen want what wins: 85 % would tell of three."""
    rows = pd.DataFrame({"project": ["park", "path"], "cost": [9.0, 9.0], "budget": 9.0})
    cast = [("park", f"a{n}") for n in range(17)] + [("path", f"b{n}") for n in range(3)]
    found = vote(pd.concat([rows, pd.DataFrame(cast, columns=["project", "voter"])]))
    assert found.tables["rules"]["with_any"].isna().all()
    assert "how many voters have a project that wins is hidden" in found.summary()
    assert "85%" not in found.summary()
    few = vote(pd.concat([rows, pd.DataFrame(cast[:3], columns=["project", "voter"])]))
    assert few.notes[0].startswith("How many voted is hidden.")


def test_a_service_that_the_place_does_not_have_is_named() -> None:
    with pytest.raises(CannotAnswer, match="no service or area moonbase"):
        followed(1.0, "moonbase")


def test_few_votes_are_in_no_table_of_the_answer_and_so_in_no_file_or_page() -> None:
    few = pd.DataFrame({"project": ["club"] * 3, "voter": ["x", "y", "z"], "lives": "north"})
    more = EXAMPLE_BALLOTS.assign(lives="south")
    more.loc[more["voter"].isna(), "lives"] = None
    found = vote(pd.concat([more, few]))
    votes = found.tables["votes"].set_index(["lives", "project"])["votes"]
    assert votes[["north"]].isna().sum() == 2
    assert votes["all", "all"] == 43
    assert "hidden" in [cell for grid in study_view(found).grids for row in grid.rows
                        for cell in row.cells]  # fmt: skip
    few = vote(pd.DataFrame({"project": ["a"] * 4, "voter": [None, *"xyz"], "cost": [5.0] * 4,
                             "budget": 9.0})).table  # fmt: skip
    assert few[["votes", "points"]].isna().all(axis=None)


if ALL:

    def test_all_elections_are_counted_with_all_of_the_money() -> None:
        for name in elections():
            found = vote(read_loose(DATA / name, BALLOTS).frame)
            rows = found.tables["rules"]
            assert (rows["unspent"] >= 0).all(), name
            assert (rows["projects"] > 0).any(), name
