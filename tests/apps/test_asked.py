"""Studies a board asks for with figures typed in: read, refused, worked out; no browser."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.apps import InvalidChoice, Meeting
from placebudget.apps.blocks import rendered
from placebudget.apps.widget import Board
from placebudget.errors import UnreadableTable
from placebudget.study import RiskShare
from placebudget.study.trace import EXAMPLE_FLOWS, lines_of
from placebudget.view.studies import STUDIES
from placebudget.view.studies.entry import Subject
from placebudget.view.studies.potential import finding_of_cuts
from placebudget.view.studies.trace import MOST_FLOWS
from placebudget.work.asking import Box, Entered, FieldGroup, StudyForm, table_of
from remembering import Remembering, kept, light_northvale

pytestmark = pytest.mark.xdist_group("kept")

FLOWS = STUDIES["trace"].brought
assert FLOWS is not None
HOSTILE = "<img src=x onerror=alert(1)>"
BORNE = {"share-councils": "50", "share-northvale-nhs-board": "50", "share-northvale-police": "0"}


class Reader:
    """A page as the kernel knows it: what it wishes, and what it is sent."""

    def __init__(self, place: pb.Place, engine: Remembering | None = None) -> None:
        self.board = Board(Meeting(place, engine=engine or kept()))
        self.sent: list[dict[str, Any]] = []
        self.board.send = lambda content, buffers=None: self.sent.append(content)  # type: ignore[method-assign]
        self.board.wait()

    def opens(self, key: str) -> dict[str, Any]:
        return self.wishes("open", screen=key)

    def asks(self, key: str, given: Any = None, file: bytes | None = None) -> dict[str, Any]:
        more = {} if given is None else {"given": given}
        return self.wishes("study", None if file is None else [memoryview(file)], key=key, **more)

    def wishes(self, do: str, buffers: Any = None, **more: Any) -> dict[str, Any]:
        self.sent.clear()
        self.board._wished(self.board, {"do": do, **more}, buffers)
        self.board.wait()
        shown: dict[str, Any] = self.board.shown
        return shown

    @property
    def problems(self) -> dict[str, str]:
        """Texts by box of what was refused last."""
        told = [each for each in self.sent if each["kind"] == "problems"]
        return {p["control"]: p["text"] for each in told for p in each["problems"]}

    def found(self, key: str) -> Any:
        assert self.board.meeting.answer is not None
        return self.board.meeting.answer.studies[key]


@pytest.fixture(scope="module")
def northvale() -> Reader:
    """A board of Northvale; what is asked of it here are sums, done at once."""
    return Reader(light_northvale(), kept())


@pytest.fixture(scope="module")
def engine() -> Remembering:
    return Remembering()


def boxes(html: str) -> dict[str, str]:
    """What stands in the boxes to type in."""
    return dict(re.findall(r'<input type="text"[^>]* name="([^"]+)" value="([^"]*)"', html))


def ticked(html: str) -> set[str]:
    """Which boxes are ticked."""
    return set(re.findall(r'type="checkbox" id="[^"]+" name="([^"]+)" checked', html))


def agreement(html: str, **changed: Any) -> dict[str, Any]:
    """What the boxes of an agreement hold, some of it changed."""
    return {"pool": "safer_families", "pass_on": False, **boxes(html), **changed}


# --- who pays an overspend ----------------------------------------------------


def test_an_overspend_begins_with_an_example_that_says_so(northvale: Reader) -> None:
    shown = northvale.opens("overspend")
    assert "has not been asked yet" in shown["title"]
    assert "The boxes hold an example" in shown["html"]
    assert "Better care pool" in shown["html"]
    assert boxes(shown["html"])["over-home-care"] == "1,785,329"


def test_another_pool_brings_its_lines_and_partners(northvale: Reader) -> None:
    northvale.opens("overspend")
    shown = northvale.asks("overspend", {"pool": "safer_families"})
    assert northvale.found("overspend").title == "Sharing an overspend of Safer families pool"
    assert {name for name in boxes(shown["html"]) if name.startswith("share")} == set(BORNE)


def test_what_is_typed_is_shared_to_the_penny(northvale: Reader) -> None:
    northvale.opens("overspend")
    html = northvale.asks("overspend", {"pool": "safer_families"})["html"]
    lines = [name for name in boxes(html) if name.startswith("over-")]
    nought = dict.fromkeys(lines, "0")
    typed = {lines[0]: "£100,000.01", lines[1]: "\u221210,000", "risk_pool": "20k"}
    given = agreement(html, **{**nought, **BORNE, **typed, "cap-councils": "5,000.50"})
    shown = northvale.asks("overspend", given)
    assert northvale.problems == {}
    found: RiskShare = northvale.found("overspend")
    steps = found.table
    assert round(float(steps["amount"].sum()), 2) == 100_000.01
    partners = found.tables["partners"].set_index("partner")
    # 100,000.01 less 10,000 underspent less the risk pool of 20,000; each bears half of the rest.
    assert partners["pays"].to_dict() == {
        "Councils": 5_000.50, "Northvale NHS Board": 35_000.0, "Northvale Police": 0.0,
    }  # fmt: skip
    assert found.unfunded == 29_999.51
    assert shown["title"] == "Of £100,000.01 overspent, £29,999.51 has no money behind it"
    assert "£100,000.01" in shown["html"]
    assert boxes(shown["html"])["cap-councils"] == "5,000.50"
    passed = northvale.asks("overspend", {**given, "pass_on": True})
    assert passed["title"] == "All of the £100,000.01 overspent has money behind it"


@pytest.mark.parametrize(
    ("changed", "where", "told"),
    [
        ({"risk_pool": "much"}, "risk_pool", "enter pounds, such as 250,000 or 1250.50"),
        ({"risk_pool": "-1"}, "risk_pool", "enter £0 or more"),
        ({"risk_pool": "1.005"}, "risk_pool", "whole pence"),
        ({"risk_pool": "9e99"}, "risk_pool", "enter less than"),
        ({"over-work-coaching": "-99,000,000"}, "over-work-coaching", "can be left over"),
        ({"share-councils": "60"}, "share-councils", "add up to 110%, not to 100%"),
        ({"share-councils": ""}, "share-councils", "enter a figure from 0 to 100"),
        ({"share-councils": "101"}, "share-councils", "enter a figure from 0 to 100"),
        ({"cap-northvale-police": "-5"}, "cap-northvale-police", "enter £0 or more"),
        ({"pool": "no such"}, "pool", "choose one from the list"),
    ],
)
def test_a_wrong_figure_is_told_at_its_box_and_the_answer_stays(
    northvale: Reader, changed: dict[str, str], where: str, told: str
) -> None:
    northvale.opens("overspend")
    before = northvale.asks("overspend", {"pool": "safer_families"})
    kept = northvale.found("overspend")
    northvale.asks("overspend", agreement(before["html"], **{**BORNE, **changed}))
    assert told in northvale.problems[where]
    assert northvale.found("overspend") is kept
    assert northvale.board.shown == before


def test_all_that_is_wrong_is_told_at_once(northvale: Reader) -> None:
    html = northvale.asks("overspend", {"pool": "safer_families"})["html"]
    wrong = agreement(html, **BORNE, **{"risk_pool": "x", "cap-councils": "y"})
    northvale.asks("overspend", wrong)
    assert set(northvale.problems) == {"risk_pool", "cap-councils"}


def test_lines_of_one_name_say_whose_they_are() -> None:
    place = pb.example("lancashire")
    plan = pb.simulate(place)
    money = plan.tables["money"]
    services = place.services.loc[place.services["name"] == "home care", "service"]
    pooled = money[money["service"].isin(services)].assign(route="better_care")
    tables = {**plan.tables, "money": pd.concat([money, pooled])}
    lines = lines_of(place, replace(plan, tables=tables), "better_care")
    names = {name for name in lines["line"] if name.startswith("home care")}
    assert "home care (Blackpool Council)" in names
    assert len(names) == len(services)


def test_without_a_pool_that_pays_nothing_is_to_be_shared(engine: Remembering) -> None:
    reader = Reader(pb.example("toy_pooling"), engine)
    shown = reader.opens("overspend")
    assert shown["title"].startswith("No pool pays for anything")
    assert "<form" not in shown["html"]
    shown = reader.asks("overspend")
    assert shown["title"].startswith("No pool pays for anything")


# --- where recorded money came from -------------------------------------------


def test_the_example_of_recorded_money_says_it_is_one_and_what_conditions_bar(
    northvale: Reader,
) -> None:
    northvale.opens("recorded")
    shown = northvale.asks("recorded", {"source": "example"})
    assert shown["title"].startswith("Example with invented figures: £950,000.00 paid to 3 ends")
    for part in ("The flows of the example (invented)", "£140,000.00", "£210,000.00",
                 "its conditions bar", "£60,000.00", "by a convention"):  # fmt: skip
        assert part in shown["html"], part


def test_the_money_of_the_plan_is_followed_and_all_of_it_arrives(northvale: Reader) -> None:
    northvale.opens("recorded")
    shown = northvale.asks("recorded", {"source": "plan"})
    ends = northvale.found("recorded").table
    meeting = northvale.board.meeting
    assert meeting.answer is not None
    plan = meeting.answer.plans["pooled"]
    whole = plan.money()["amount"].sum() + plan.management_cost()
    assert float(ends["amount"].sum()) == pytest.approx(whole, abs=0.05)
    assert "“Follow the pound”" in shown["html"]
    assert "other origins" in shown["html"]


def test_a_file_of_flows_is_followed(northvale: Reader) -> None:
    northvale.opens("recorded")
    file = EXAMPLE_FLOWS.assign(note="").to_csv(index=False).encode("utf-8-sig")
    shown = northvale.asks("recorded", {"source": "file"}, file)
    assert shown["title"].startswith("£950,000.00 paid to 3 ends came from 2 origins")
    hostile = f'start,end,amount\n{HOSTILE},a pool,"£1,000"\na pool,help,1k\n'
    shown = northvale.asks("recorded", {"source": "file"}, hostile.encode())
    assert "&lt;img src=x" in shown["html"]
    assert HOSTILE not in shown["html"]
    assert "1k&#39; is read as 1000." in shown["html"]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (None, "choose a CSV file of at most 5 MB"),
        (b"", "has no header row"),
        (b"from,to\na,b\n", "The required column start is missing"),
        (b"start,end,amount\n", "has no rows"),
        (b"start,end,amount\n" + b"a,b,1\n" * (MOST_FLOWS + 1), "holds 2,001 flows"),
        (b"start,end,amount\na,b,five\n", "row 2, amount"),
        (b"start,end,amount\na,b,-5\n", "is below 0"),
        (b"start,end,amount\na,b,0.001\n", "whole pence"),
        (b"start,end,amount\na,,5\n", "The cell is blank"),
        (b"start,end,amount\na,b\n", "The row has 2 cells"),
        (b"start,end,amount\na,b,\xa35\n", "not UTF-8"),
        (b"start,end,amount\na,\"b,5\n", "Not a CSV file"),
        (b"PK\x03\x04\x00\x00", "not text"),
        (b"start,end,amount\na,pool,5\npool,b,9\n", "pays no more than it is paid"),
        (b"start,end,amount\na,b,5\nc,d,5\nd,c,5\n", "comes from nowhere"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_followed_is_refused_at_its_box(
    northvale: Reader, file: bytes | None, told: str
) -> None:
    northvale.opens("recorded")
    northvale.asks("recorded", {"source": "file"}, file)
    assert told in northvale.problems["flows"]


def test_of_many_wrong_lines_the_first_are_told() -> None:
    with pytest.raises(UnreadableTable, match=r"(?s)row 21, amount: .* and 3 more$"):
        table_of(b"start,end,amount\n" + b"a,b,x\n" * 23, FLOWS)


def test_flows_nobody_offers_are_refused(northvale: Reader) -> None:
    northvale.asks("recorded", {"source": "no such"})
    assert set(northvale.problems) == {"source"}
    assert STUDIES["trace"].settled(Subject(), {})["source"] == "example"


# --- over the years -----------------------------------------------------------

ONCE = {"runs": "4", "seed": "7", "poolings-pooled": True, "ways-once": True}


def test_the_years_say_how_many_runs_and_which_seed(engine: Remembering) -> None:
    reader = Reader(pb.example("toy_pooling"), engine)
    shown = reader.opens("years")
    assert boxes(shown["html"]) == {"runs": "12", "seed": "1"}
    shown = reader.asks("years", ONCE)
    assert shown["title"].startswith("In the model, the plan (pooled, planned once) is worth £")
    for part in ("4 runs of the years, drawn from seed 7", "show the range roughly",
                 "Cashable saving by policy", "Outcomes in", "Deficits not paid back",
                 "When prevention pays back"):  # fmt: skip
        assert part in shown["html"], part
    assert boxes(shown["html"]) == {"runs": "4", "seed": "7"}
    assert ticked(shown["html"]) == {"poolings-pooled", "ways-once"}
    value = reader.found("years").spread("pooled, planned once")
    again = pb.cycle(
        pb.example("toy_pooling"), policies=[pb.study.Policy("pooled")], runs=4, seed=7
    ).spread("pooled, planned once")
    assert value.equals(again)


def test_other_runs_are_drawn_anew_and_policies_compared(engine: Remembering) -> None:
    reader = Reader(pb.example("toy_pooling"), engine)
    reader.opens("years")
    first = reader.asks("years", ONCE)["title"]
    other = reader.asks(
        "years", {**ONCE, "seed": "8", "ways-evaluated": True, "poolings-aligned": True}
    )
    assert other["title"] != first
    policies = {policy.name for policy in reader.found("years").policies}
    assert len(policies) == 4
    assert all(name in other["html"] for name in policies)


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"runs": "1"}, "runs"), ({"runs": "2.5"}, "runs"), ({"runs": "201"}, "runs"),
        ({"runs": "\u0663"}, "runs"), ({"runs": ["4"]}, "runs"), ({"seed": "-1"}, "seed"),
        ({"seed": ""}, "seed"), ({"seed": "1" * 400}, "seed"),
        ({"poolings-pooled": False}, "poolings-aligned"), ({"ways-once": "yes"}, "ways-once"),
    ],
)  # fmt: skip
def test_years_that_cannot_be_meant_are_refused_at_their_box(
    engine: Remembering, changed: dict[str, Any], where: str
) -> None:
    reader = Reader(pb.example("toy_pooling"), engine)
    reader.asks("years", {**ONCE, **changed})
    assert set(reader.problems) == {where}


def test_the_years_are_there_for_others_only_as_the_board_asks_for_them() -> None:
    engine, place = Remembering(), pb.example("toy_pooling")
    reader = Reader(place, engine)
    reader.asks("years", ONCE)
    assert not Reader(place, engine).board.meeting.studied("years")
    own = STUDIES["cycle"].settled(Subject(), {})
    given = {"runs": str(own["runs"]), "seed": str(own["seed"])}
    given |= {f"poolings-{key}": True for key in own["poolings"]}
    given |= {f"ways-{key}": True for key in own["ways"]}
    reader.asks("years", given)
    later = Reader(place, engine)
    assert f"{own['runs']} runs of the years" in later.opens("years")["html"]


# --- what keeps money apart ---------------------------------------------------


def test_pools_and_ring_fences_are_taken_one_by_one(engine: Remembering) -> None:
    reader = Reader(pb.example("toy_pooling"), engine)
    reader.opens("barriers")
    shown = reader.asks("barriers", {"pools": True, "ring_fences": True, "cuts": False})
    assert shown["title"] == (
        "In the model, one pool alone adds nothing to best aligned and ending all ring-fences "
        "adds £10 million to best pooled"
    )
    for part in ("With one pool alone", "With one ring-fence ended", "With one ring-fence kept",
                 "The gain of ending all ring-fences, split over them",
                 "The price of each ring-fence", "holds for", "no advice to end it"):  # fmt: skip
        assert part in shown["html"], part
    assert "As budgets are cut" not in shown["html"]
    later = Reader(pb.example("toy_pooling"), engine)
    assert later.opens("barriers")["title"] == shown["title"]


def test_budgets_are_cut_by_up_to_forty_per_cent(engine: Remembering) -> None:
    reader = Reader(pb.example("toy_pooling"), engine)
    reader.opens("barriers")
    shown = reader.asks("barriers", {"pools": False, "ring_fences": False, "cuts": True})
    assert "with budgets cut by 40%" in shown["title"]
    table = reader.found("barriers").parts["cuts"]
    assert sorted(set(table["cut"])) == [0.0, 0.1, 0.2, 0.3, 0.4]
    for part in (
        "As budgets are cut",
        "Public value as all budgets are cut",
        "With 10% less money the best pooled plan is still worth what today is.",
    ):
        assert part in shown["html"], part
    assert ticked(shown["html"]) == {"cuts"}


@pytest.mark.parametrize(
    ("pooled", "finding"),
    [
        ({0.0: 300.0, 0.1: 250.0, 0.2: 200.0}, "With 10% less money the best pooled plan is worth "
         "less than today."),
        ({0.0: 300.0, 0.1: 290.0}, "With 10% less money the best pooled plan is still worth what "
         "today is; with 20% less no plan keeps all rules."),
        ({0.0: 270.0, 0.1: 260.0, 0.2: 250.0}, "With 10% less money the best pooled plan is worth "
         "less than today."),
    ],
)  # fmt: skip
def test_the_picture_of_cuts_says_how_far_plans_go(
    pooled: dict[float, float], finding: str
) -> None:
    today = {0.0: 280.0, 0.1: 260.0, 0.2: 240.0}
    values = [
        {"plan": plan, "cut": cut, "value": value}
        for plan, held in (("today", today), ("pooled", pooled))
        for cut, value in held.items()
    ]
    assert finding_of_cuts(pd.DataFrame(values)) == finding


def test_cuts_that_no_plan_can_keep_its_rules_with_are_said_to_be_so() -> None:
    place = pb.example("toy_pooling")
    held = place.funding.set_index("stream")["amount"]["police_money"].max()
    rule = {"rule": "duty", "kind": "floor", "subject": "service=policing", "basis": "law"}
    reader = Reader(place.with_(rules=pd.DataFrame([{**rule, "amount": 0.95 * held}])))
    reader.opens("barriers")
    shown = reader.asks("barriers", {"pools": False, "ring_fences": False, "cuts": True})
    assert shown["title"] == (
        "In the model, no plan keeps all rules with budgets cut by 10% or more"
    )
    assert "With less money no plan keeps all rules" in shown["html"]
    assert "<svg" not in shown["html"]


def test_nothing_ticked_is_refused(engine: Remembering) -> None:
    reader = Reader(pb.example("toy_pooling"), engine)
    reader.asks("barriers", {"pools": False})
    assert set(reader.problems) == {"pools"}


# --- forms ---------------------------------------------------------------------


def test_every_box_of_a_form_has_its_label_and_hint_and_escapes_them() -> None:
    box = Box("a", HOSTILE, "£", HOSTILE, f'"{HOSTILE}')
    html = rendered(
        [StudyForm("k", "p", HOSTILE, [FieldGroup(HOSTILE, [box], folded=True)], (("f", '"'),))]
    )
    assert HOSTILE not in html
    assert '<label for="form-p-a">' in html
    assert 'aria-describedby="form-p-a-about"' in html
    assert 'id="form-p-a-about"' in html
    assert '<input type="hidden" name="f" value="&#34;">' in html


@pytest.mark.parametrize("given", [None, [], "x", {"a": {"b": 1}}])
def test_what_is_no_form_is_refused_in_words(northvale: Reader, given: Any) -> None:
    northvale.opens("recorded")
    northvale.asks("recorded", {} if given is None else given)
    assert set(northvale.problems) <= {"source"}


def test_entries_are_refused_together() -> None:
    entered = Entered({"a": "x"})
    entered.pounds("a", "A")
    entered.whole("b", "B", 1, 2)
    with pytest.raises(InvalidChoice) as told:
        entered.done()
    assert [where for where, _ in told.value.problems] == ["a", "b"]


# --- stopping ------------------------------------------------------------------


def test_years_under_way_can_be_stopped_and_asked_for_again(engine: Remembering) -> None:
    reader = Reader(pb.example("toy_pooling"), engine)
    reader.opens("years")
    begun = threading.Event()
    reader.board.observe(lambda change: begun.set() if change["new"]["text"] else None, "progress")
    long = {"do": "study", "key": "years", "given": {**ONCE, "runs": "200"}}
    reader.board._wished(reader.board, long, None)
    assert begun.wait(60)
    stopped = reader.wishes("stop")
    assert "has not been asked yet" in stopped["title"]
    assert reader.board.meeting.answer is not None
    assert "years" not in reader.board.meeting.answer.studies
    assert "the least and the most of 4 runs" in reader.asks("years", ONCE)["title"]


# --- what it rests on ----------------------------------------------------------


def test_a_gain_is_looked_at_by_the_kinds_of_figures_asked_for(
    engine: Remembering,
) -> None:
    reader = Reader(pb.example("toy_pooling"), engine)
    assert boxes(reader.opens("rests")["html"])["most"] == "10"
    typed = {"first": "freed", "second": "aligned", "kinds-value": True, "most": "1"}
    shown = reader.asks("rests", typed)
    assert reader.problems == {}
    assert "the best freed plan has £10 million more public value" in shown["title"]
    assert "brought less than £500,000 of social value instead of" in shown["html"]
    assert set(reader.found("rests").tables["figures"]["kind"]) == {"value"}


# --- the gap -------------------------------------------------------------------


def test_a_rise_is_asked_for_in_per_cent_and_the_gap_is_told(northvale: Reader) -> None:
    shown = northvale.opens("gap")
    assert boxes(shown["html"]) == {"council_tax": "0", "population": "0"}
    typed = {"council_tax": "1.99", "reserves": "none", "population": "0.5%"}
    shown = northvale.asks("gap", typed)
    assert northvale.problems == {}
    assert "more money than today’s services cost" in shown["title"]
    assert boxes(shown["html"]) == {"council_tax": "1.99", "population": "0.5"}
    options = northvale.found("gap").run["options"]
    assert options["council_tax"]["county_council_tax"] == pytest.approx(0.0199)
    assert (options["reserves"], options["population"]) == ([], pytest.approx(0.005))
    northvale.asks("gap", {**typed, "council_tax": "much", "reserves": "mine"})
    assert set(northvale.problems) == {"council_tax", "reserves"}
