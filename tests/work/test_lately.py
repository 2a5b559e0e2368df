"""A clash names what was changed last, and offers to put that back first."""

from __future__ import annotations

import pandas as pd
import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.screens import SCREENS, shown
from placebudget.place import Place
from placebudget.plan.clash import Repair
from placebudget.work import Changes, Stand
from placebudget.work.lately import Lately

YEAR = "2027-28"


def place() -> Place:
    rule = {"kind": "floor", "basis": "policy"}
    rows = [
        {**rule, "rule": "calm", "subject": "service=policing", "amount": 5e6},
        {**rule, "rule": "home", "subject": "service=home_care", "amount": 1e6},
    ]
    return pb.example("toy_pooling").with_(rules=pd.DataFrame(rows))


@pytest.fixture(scope="module")
def toy() -> Place:
    return place()


def lately(toy: Place, *steps: Changes) -> Lately:
    return Lately([Stand(toy, each) for each in steps])


def test_changes_are_named_the_newest_first_and_what_was_undone_is_not(toy: Place) -> None:
    year = toy.years[0]
    one = Changes().with_funding(toy, "council_money", year, 4e6)
    two = one.switched("fence:nhs_money", False).with_amount(toy, "calm", 7e6)
    three = two.switched("fence:nhs_money", True).with_funding(toy, "police_money", year, 1e9)
    had = [Changes().funding(toy, each, year) for each in ("council_money", "police_money")]
    said = [turn.done for turn in lately(toy, Changes(), one, two, three).turns]
    assert had == [30e6, 20e6]
    assert said == [
        f"you added £980 million to Police money in {year}",
        "you changed the least amount for policing from £5 million to £7 million",
        f"you took £26 million from Council money in {year}",
    ]


@pytest.mark.parametrize(
    ("change", "done", "undo"),
    [
        (
            ("agency:council", False),
            "you took Toyland Council out of every pool",
            "let Toyland Council pay into its pools again",
        ),
        (("pool:one_pool", False), "you closed the pool ", "open the pool "),
        (
            ("fence:nhs_money", False),
            "you ended the ring-fence of NHS money",
            "keep the ring-fence of NHS money again",
        ),
    ],
)
def test_a_switch_is_named_by_what_was_done_and_by_how_it_is_put_back(
    toy: Place, change: tuple[str, bool], done: str, undo: str
) -> None:
    then = Changes().switched(*change)
    (there,) = lately(toy, Changes(), then).turns
    (back,) = lately(toy, then, Changes()).turns
    assert there.done.startswith(done)
    assert there.undo.startswith(undo)
    assert there.done != back.done
    assert there.undo != back.undo


def test_what_alone_resolves_a_clash_is_put_back_first_and_leads_to_what_was(toy: Place) -> None:
    harmless = Changes().switched("fence:nhs_money", False)
    now = harmless.with_amount(toy, "calm", 5e9)
    repair = Repair("ask for less", 1.0, rules=(("calm", "", 6e6),))
    same = Repair("as it was", 1.0, rules=(("calm", "", 5e6),))
    asked: list[Changes] = []

    def adds_up(to: Stand) -> bool:
        asked.append(to.changes)
        return to.changes.strictest(toy, "calm") < 1e9

    ways = lately(toy, Changes(), harmless, now).ways_out([repair, same], adds_up)
    assert [way.words for way in ways] == [
        "put the least amount for policing back to £5 million",
        "ask for less",
    ]
    assert [way.to.changes.asked("calm") for way in ways] == [{}, {"": 6e6}]
    assert ways[0].to.changes == harmless
    assert len(asked) == 2


def test_where_no_change_alone_is_to_blame_all_are_put_back_at_once(toy: Place) -> None:
    one = Changes().with_amount(toy, "calm", 5e9)
    now = one.with_amount(toy, "home", 5e9)
    (way,) = lately(toy, Changes(), one, now).ways_out((), lambda to: to.changes == Changes())
    assert way.to.changes == Changes()
    assert way.words == (
        "put the least amount for home care back to £1 million and "
        "put the least amount for policing back to £5 million"
    )
    assert lately(toy, Changes(), one, now).ways_out((), lambda _: False) == ()


def test_edited_tables_are_named_and_put_back_with_what_else_was_changed_kept(toy: Place) -> None:
    other = toy.with_(rules=toy.rules.assign(amount=[5e9, 1e6]))
    moved = Changes().switched("fence:nhs_money", False)
    found = Lately([Stand(toy, Changes()), Stand(other, Changes()), Stand(other, moved)])
    (way,) = found.ways_out((), lambda to: to.place is toy)
    assert way.to == Stand(toy, moved)
    assert [turn.done for turn in found.turns][1] == "you edited the tables"
    assert way.words == "go back to the tables as they were"


def screen(meeting: Meeting) -> str:
    return str(shown(next(each for each in SCREENS if each.key == "clash"), meeting)["html"])


def test_a_board_names_what_was_taken_away_and_offers_to_put_it_back_first(toy: Place) -> None:
    """Policing has a floor of all the police's money; some of that is taken away."""
    year = toy.years[0]
    meeting = Meeting(toy.with_(rules=toy.rules.assign(amount=[20e6, 1e6])))
    assert meeting.recalculate({})
    good = meeting.answer
    wish = {"funding": {f"police_money:{year}": "16"}, "amounts": {"home": "2"}}
    assert not meeting.recalculate(wish)
    html = screen(meeting)
    assert "What you changed, the newest first. Before that, everything added up." in html
    assert f"You took £4 million from Police money in {year}." in html
    trouble = meeting.trouble
    assert trouble is not None
    assert trouble.clash
    assert f'<p id="way-0">Put £4 million back into Police money in {year}.</p>' in html
    assert trouble.ways[0].to.changes == Changes().with_amount(meeting.papers, "home", 2e6)
    assert len(trouble.ways) > 1
    assert meeting.recalculate(trouble.ways[0].to.changes)
    assert meeting.answer is not good


def test_a_change_that_makes_figures_wrong_is_named_and_can_be_put_back(toy: Place) -> None:
    """Today's money is more than what would be left."""
    year = toy.years[0]
    meeting = Meeting(toy)
    assert meeting.recalculate({})
    assert not meeting.recalculate({"funding": {f"police_money:{year}": "1"}})
    trouble = meeting.trouble
    assert trouble is not None
    assert not trouble.clash
    assert "You took £19 million from Police money" in screen(meeting)
    assert [way.to.changes for way in trouble.ways] == [Changes()]


def test_what_was_asked_for_while_it_did_not_add_up_counts_since_it_last_did(toy: Place) -> None:
    meeting = Meeting(toy)
    assert meeting.recalculate({})
    assert not meeting.recalculate({"amounts": {"calm": "5000"}})
    assert not meeting.recalculate({"amounts": {"calm": "6000", "home": "2"}})
    trouble = meeting.trouble
    assert trouble is not None
    assert [turn.control for turn in trouble.lately.turns] == ["amount:calm", "amount:home"]
    assert trouble.ways[0].to.changes == Changes().with_amount(toy, "home", 2e6)
    meeting.undo()
    assert not meeting.recalculate({"amounts": {"home": "5000"}})
    assert meeting.trouble is not None
    assert [turn.control for turn in meeting.trouble.lately.turns] == ["amount:home"]


def test_papers_that_never_added_up_have_nothing_to_put_back(toy: Place) -> None:
    meeting = Meeting(toy.with_(rules=toy.rules.assign(amount=[5e9, 1e6])))
    assert not meeting.recalculate({})
    assert "Before that" not in screen(meeting)
    assert "You " not in screen(meeting)
