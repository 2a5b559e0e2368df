"""Sharing the gain of working together, on places small enough to check by other means."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import placebudget as pb
import places
import small
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.plan.workbook_pages import FIRST, MADE, NAMES
from placebudget.programme import build, coalition_pooling, read_pooling
from placebudget.solver import RunLimits, solve
from placebudget.solver.session.coalitions import Coalitions
from placebudget.study.games import Game, in_core, shapley
from placebudget.study.sharing import Sharing, net_positions, payments, sharing
from placebudget.study.sharing.coalition_game import Partners, play
from placebudget.study.sharing.ways_to_share import core_table
from placebudget.words import plain, sentence

MILLION = 1e6
LABELS = ("a", "b", "c", "d", "e", "f")


def random_place(seed: int, partners: int, lots: bool = False) -> Place:
    """Partners with a fenced and a free stream and two services each, over two years."""
    draw = np.random.default_rng(seed)
    streams, services = {}, {}
    for key in LABELS[:partners]:
        streams[f"{key}_free"] = {"agency": key, "amount": float(draw.integers(1, 6))}
        fence = [f"{key}_one"]
        streams[f"{key}_fenced"] = {
            "agency": key,
            "amount": float(draw.integers(1, 6)),
            "fence": fence,
            "carry_forward": 0.5,
        }
        for name in ("one", "two"):
            offer = {"capacity": 8_000}
            if lots and name == "two":
                offer = {"set_up_cost": 200_000.0, "smallest_lot": 500}
            services[f"{key}_{name}"] = {
                "commissioner": key,
                "value": float(draw.integers(1, 12)),
                "people": int(draw.integers(2, 9)) * 1_000,
                "offer": offer,
            }
    return small.small(streams, services, years=2)


def merged(place: Place, who: tuple[str, ...]) -> Place:
    """The place with some agencies made one: no ring-fences between its own purses."""
    one = who[0]
    streams, services = place.streams.copy(), place.services.copy()
    streams["agency"] = [one if a in who else a for a in streams["agency"]]
    services["commissioner"] = [one if a in who else a for a in services["commissioner"]]
    agency = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
    fences = place.ring_fences
    fences = fences[[agency[stream] not in who for stream in fences["stream"]]]
    return place.with_(streams=streams, services=services, ring_fences=fences)


def value(place: Place, pooling: str = "aligned") -> float:
    programme = build(place, read_pooling(place, pooling))
    return solve(programme, tie_break=False).objective_values[0]


@pytest.mark.parametrize(("partners", "lots"), [(3, False), (4, False), (3, True)])
def test_a_coalition_is_worth_what_its_members_gain_as_one_agency(
    partners: int, lots: bool
) -> None:
    place = random_place(partners, partners, lots)
    aligned = value(place)
    programme = build(place, coalition_pooling())
    names = LABELS[:partners]
    live = Coalitions(programme, names, {})
    for coalition in np.random.default_rng(0).permutation(2**partners).tolist():
        who = tuple(name for n, name in enumerate(names) if coalition >> n & 1)
        expected = value(merged(place, who)) if who else aligned
        assert live.worth(coalition) == pytest.approx(expected, rel=1e-9)
    assert live.worth(2**partners - 1) == pytest.approx(value(place, "freed"), rel=1e-9)


@pytest.mark.parametrize("lots", [False, True])
def test_without_shared_limits_the_owen_point_is_in_the_core(lots: bool) -> None:
    place = random_place(11, 4, lots)
    played = play(place, Partners.of(place), "public value", limits=RunLimits())
    assert played.game is not None
    assert (played.owen_low <= played.owen + 1).all()
    assert (played.owen <= played.owen_high + 1).all()
    assert played.owen.sum() == pytest.approx(played.whole)
    assert played.unowned == pytest.approx(0, abs=1)
    if not lots:
        assert in_core(played.game, played.owen)


def test_limits_that_partners_share_are_divided_as_they_use_them_apart() -> None:
    place = random_place(2, 3)
    # One outcome that services of two partners make, and no more of it than half of that.
    effects = place.effects.copy()
    effects.loc[effects["service"].isin(["a_one", "b_one"]), "outcome"] = "a_one_good"
    at_risk = pd.DataFrame([{"outcome": "a_one_good", "most": 4_000.0}])
    pace = small.rule("cap", "service=b_two|c_two", 5 * MILLION)
    place = place.with_(effects=effects, at_risk=at_risk, rules=pd.DataFrame([pace]))
    played = play(place, Partners.of(place), "public value", limits=RunLimits())
    assert played.whole > 0
    assert played.owen.sum() + played.unowned == pytest.approx(played.whole, rel=1e-6)
    live = Coalitions(build(place, coalition_pooling()), ("a", "b", "c"), {})
    rows, _ = live.owners()
    limit = live.programme.rows["at_risk"].numbers
    assert rows[:, limit].sum(axis=0) == pytest.approx(np.ones(len(limit)))
    assert (rows[2, limit] == 0).all()
    used = rows[:, live.programme.rows["cap"].numbers]
    assert (used[0] == 0).all()
    assert ((used.sum(axis=0) == 0) | np.isclose(used.sum(axis=0), 1)).all()


def test_six_partners_gain_more_the_more_take_part() -> None:
    place = random_place(5, 6)
    played = play(place, Partners.of(place), "public value", limits=RunLimits())
    assert played.game is not None
    values, solved = played.game.values, played.solves
    assert solved == 64
    for coalition in range(64):
        for player in range(6):
            assert values[coalition | 1 << player] >= values[coalition] - 1
    assert played.whole == pytest.approx(value(place, "freed") - value(place), rel=1e-9)


def test_many_partners_are_sampled_with_standard_errors() -> None:
    place = random_place(5, 5)
    partners = Partners.of(place)
    exact = play(place, partners, "public value", limits=RunLimits())
    drawn = play(place, partners, "public value", limits=RunLimits(), samples=200, most_exact=3)
    again = play(place, partners, "public value", limits=RunLimits(), samples=200, most_exact=3)
    assert drawn.game is None
    assert drawn.sampled is not None
    assert again.sampled is not None
    assert exact.game is not None
    assert drawn.sampled.shapley.tolist() == again.sampled.shapley.tolist()
    off = np.abs(drawn.sampled.shapley - shapley(exact.game))
    assert (off <= 4 * drawn.sampled.standard_error + 1).all()
    assert drawn.sampled.shapley.sum() == pytest.approx(drawn.whole)
    found = sharing(place, transfers=False, samples=20, most_exact=3)
    assert "nucleolus" not in found.table
    assert found.tables["shares"].query("method == 'Shapley value'")["standard_error"].notna().all()
    assert "drawn at random" in " ".join(found.notes)


@pytest.fixture(scope="module")
def toy() -> Sharing:
    return sharing(pb.example("toy_pooling"))


def test_the_toy_place_is_shared_as_worked_by_hand(toy: Sharing) -> None:
    table = toy.table / MILLION
    assert table["Shapley value"].tolist() == pytest.approx([20 / 3, 5 / 3, 5 / 3])
    assert table["nucleolus"].tolist() == pytest.approx([10, 0, 0], abs=1e-6)
    assert table["Owen point"].tolist() == pytest.approx([10, 0, 0], abs=1e-6)
    assert table["in proportion to contribution"].tolist() == pytest.approx([3, 5, 2])
    checks = toy.tables["checks"].set_index("method")
    assert bool(checks["in_core"]["nucleolus"])
    assert checks["shortfall"]["Shapley value"] == pytest.approx(10 * MILLION / 6)
    # Of the council's pair with the NHS and its pair with the police, either falls short.
    assert "council" in checks["coalition"]["Shapley value"]


def test_the_least_core_says_whether_any_shares_would_do(toy: Sharing) -> None:
    core = toy.tables["least_core"]
    assert core["margin"].tolist() == [0, 0, 0]
    assert core["share"].sum() == pytest.approx(10 * MILLION)
    assert "No shares give every group" not in toy.summary()
    # Where any two do as well as all three, the whole is not enough for every pair.
    game = Game(toy.partners.keys, np.array([0, 0, 0, 6, 0, 6, 6, 6]) * MILLION)
    core = core_table(replace(toy.played, game=game), toy.partners)
    assert core["margin"].tolist() == pytest.approx([-2 * MILLION] * 3)
    empty = replace(toy, tables={**toy.tables, "least_core": core})
    assert "falls short by at least £2 million" in empty.summary()


def test_without_cashable_savings_nothing_is_handed_on(toy: Sharing) -> None:
    assert toy.tables["transfers"].empty
    assert "nothing would be handed on" in toy.summary()


def test_the_summary_names_both_ends_and_who_has_no_incentive(toy: Sharing) -> None:
    text = toy.summary()
    assert "best freed plan has £10 million more public value than the best aligned" in text
    assert "would have no incentive to take part, by £1.7 million" in text
    assert "would leave" not in text


@pytest.fixture(scope="module")
def tiny() -> Sharing:
    savings = [
        {"outcome": "admissions", "agency": "nhs", "value": 4_000, "cashable": 0.5},
        {"outcome": "admissions", "agency": "benefits", "value": 1_000, "cashable": 1.0},
    ]
    agencies = [
        *places.rows_of("agencies"),
        {"agency": "benefits", "name": "Benefits", "sector": "dwp"},
    ]
    short = [{**row, "amount": row["amount"] / 2} for row in places.rows_of("funding")]
    place = places.tiny(savings=savings, agencies=agencies, funding=short, today=None)
    return sharing(place, objective="cashable saving")


def test_cashable_saving_of_the_exchequer_is_beside_the_game(tiny: Sharing) -> None:
    assert tiny.falls is not None
    assert tiny.falls.exchequer > 0
    assert tiny.falls.total["benefits"] == 0
    assert tiny.falls.total.sum() == pytest.approx(tiny.played.whole)
    assert "goes to the Exchequer" in tiny.summary()


def test_transfers_add_up_to_nothing_in_every_year_and_reach_the_shares(tiny: Sharing) -> None:
    positions, paid = tiny.positions(), tiny.transfers()
    assert len(paid)
    pennies = (positions["transfer"] * 100).round().astype(int)
    assert (pennies.groupby(positions["year"]).sum() == 0).all()
    net = dict.fromkeys(zip(positions["partner"], positions["year"], strict=True), 0)
    for row in paid.itertuples():
        assert row.amount > 0
        net[row.payer, row.year] -= round(row.amount * 100)
        net[row.receiver, row.year] += round(row.amount * 100)
    keys = zip(positions["partner"], positions["year"], strict=True)
    assert net == dict(zip(keys, pennies, strict=True))
    # Over the years, discounted, own saving and transfers make the share of the game.
    discount = {"2027-28": 1.0, "2028-29": 1 / 1.035}
    worth = (positions["own"] + positions["transfer"]) * positions["year"].map(discount)
    shares = worth.groupby(positions["partner"]).sum()
    expected = tiny.share("Shapley value")
    assert shares[expected.index].to_dict() == pytest.approx(expected.to_dict(), abs=0.05)


def test_each_transfer_names_a_power_or_says_that_none_is_known(tiny: Sharing) -> None:
    paid = tiny.transfers()
    assert set(paid["legal_power"]) == {places.POWER}
    assert paid["power_known"].all()
    bare = tiny.place.with_(contributions=tiny.place.contributions.iloc[:0])
    unknown = payments(tiny.positions(), bare, tiny.partners.of_agency)
    assert not unknown["power_known"].any()
    assert unknown["legal_power"].str.contains("none known").all()


def test_pennies_that_do_not_divide_are_not_lost() -> None:
    own = pd.DataFrame({"partner": ["a", "b", "c"], "year": "2027-28", "amount": [0.0, 0.0, 100.0]})
    positions = net_positions({"a": 1, "b": 1, "c": 1}, own)
    assert positions["share"].sum() == pytest.approx(100.0)
    assert sorted(positions["share"]) == [33.33, 33.33, 33.34]
    assert round(positions["transfer"].sum(), 2) == 0


def test_agencies_of_one_partner_act_together() -> None:
    place = random_place(3, 4)
    agencies = place.agencies.assign(partner=["pair", "pair", "c", "d"])
    found = Partners.of(place.with_(agencies=agencies))
    assert found.keys == ("c", "d", "pair")
    assert found.names["pair"] == "Pair"


def test_files_hold_the_whole_answer(tiny: Sharing, tmp_path) -> None:  # type: ignore[no-untyped-def]
    held = json.loads(tiny.to_json(tmp_path / "sharing.json").read_text("utf-8"))
    assert held["run"]["inputs"] == tiny.place.digest
    assert held["run"]["programmes_solved"] == tiny.played.solves
    assert len(held["shares"]) == len(tiny.tables["shares"])
    sheets = load_workbook(tiny.to_excel(tmp_path / "sharing.xlsx")).sheetnames
    assert sheets == [FIRST, *(sentence(plain(name)) for name in tiny.tables), MADE, NAMES]


def test_what_cannot_be_shared_is_refused_in_words() -> None:
    with pytest.raises(WrongArgument, match="worst-off area does not add up"):
        sharing(places.tiny(), objective="worst-off area")
    alone = small.small({"a": {"amount": 1.0}}, {"one": {}})
    with pytest.raises(WrongArgument, match="two partners"):
        sharing(alone)


def test_an_unknown_way_is_refused_with_those_known(toy: Sharing) -> None:
    with pytest.raises(WrongArgument, match="Shapley value, nucleolus"):
        toy.share("equal")


def test_a_run_can_be_stopped() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(pb.Stopped):
        sharing(places.tiny(), stop=stop)


@pytest.mark.parametrize("objective", ["fiscal saving", "net public value", "weighted outcomes"])
def test_other_objectives_are_shared_in_their_own_unit(objective: str) -> None:
    found = sharing(places.tiny(), objective=objective, transfers=False)
    assert found.table["without sharing"].sum() == pytest.approx(found.played.whole)
    assert found.table["Shapley value"].sum() == pytest.approx(found.played.whole)
    assert found.transfers().empty


def test_a_stop_after_some_coalitions_keeps_an_estimate_with_its_error() -> None:
    stop = threading.Event()

    def after_some(what: str, number: int, total: int) -> None:
        if what == "coalitions" and number == 9:
            stop.set()

    place = random_place(5, 4)
    found = sharing(place, stop=stop, progress=after_some)
    whole = sharing(place, transfers=False)
    assert 0 < found.played.left < 16
    assert "nucleolus" not in found.table.columns
    assert found.share().sum() == pytest.approx(found.played.whole)
    errors = found.tables["shares"].query("method == 'Shapley value'")["standard_error"]
    assert errors.notna().all()
    assert found.played.whole == pytest.approx(whole.played.whole)
    assert found.table["Owen point"].sum() == pytest.approx(whole.table["Owen point"].sum())
    notes = " ".join(found.notes)
    assert "The run was stopped with" in notes
    assert "no payments between partners" in notes
    assert "cashable_shares" not in found.tables
