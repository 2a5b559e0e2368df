"""What goes out of a register: minutes in words, one content in four forms; what came of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import openpyxl
import pytest

import placebudget as pb
from placebudget.errors import WrongArgument
from placebudget.register import Minutes, Register
from placebudget.register.register import expected
from registers import DECISION, MEETING, decided, decision, opened

HEADINGS = [
    "Meeting",
    "Interests declared",
    "Options considered",
    "Chief finance officer (section 151)",
    "Monitoring officer",
    "Legal powers",
    "Equality impact",
    "Risk",
    "Consultation",
    "Reserves (section 25)",
    "Decisions",
    "What the plans must admit",
    "What the plans rest on",
    "Signature",
]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return decided(tmp_path_factory.mktemp("minutes") / "board.register")


@pytest.fixture(scope="module")
def minutes(held: Register) -> Minutes:
    return held.minutes(MEETING)


def test_every_heading_that_a_report_must_have_stands_there(minutes: Minutes) -> None:
    assert [each.title for each in minutes.sections] == HEADINGS
    said = {each.title: " ".join(each.sentences) for each in minutes.sections}
    assert said["Risk"] == "Not given."
    assert said["Equality impact"].startswith("No ward gets less than today.")


def test_they_say_who_what_why_and_who_disagreed(minutes: Minutes) -> None:
    said = minutes.summary()
    for line in (
        "Minutes of Partnership board, 4 March 2027",
        "Partnership board, 4 March 2027, Town hall; held in public.",
        "The chief executive: The trust runs two services; left while it was decided.",
        "A: Pool all. In the model, public value: £310 million",
        "B: Carry on. In the model, public value: £285 million",
        "1. That all be pooled.",
        "Moved by: The leader; seconded by: The leader.",
        "2 for, 1 against.",
        "Reasons: More people stay at home.",
        "Condition: No ward loses more than a tenth; The director of adult services, by 1 April",
        "The member for the coast disagreed: The coast waits.",
        "Action: The director of adult services, by 1 April 2028.",
    ):
        assert line in said
    assert not re.search(r"\b[a-z]+_[a-z]+\b", said)


def test_they_say_what_the_plans_before_the_meeting_must_admit(
    held: Register, minutes: Minutes
) -> None:
    admitted = next(each for each in minutes.sections if each.title == "What the plans must admit")
    worst = held.plan(f"{MEETING} A").findings(place=held.place(held.record.places.loc[0, "place"]))
    assert admitted.paragraphs[0].text == "A: Pool all."
    assert admitted.paragraphs[0].points[0] == worst.sentences[0]


def test_they_name_the_hash_they_rest_on(held: Register, minutes: Minutes) -> None:
    assert held.head in " ".join(minutes.notes)
    assert held.check(held.head).errors == ()


def test_every_form_holds_the_same(minutes: Minutes, tmp_path: Path) -> None:
    page = str(minutes.to_html())
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page)[: len(HEADINGS)] == HEADINGS
    document = docx.Document(str(minutes.to_docx(tmp_path / "minutes.docx")))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == [*HEADINGS, "What the minutes rest on"]
    paragraphs = {p.text for p in document.paragraphs}
    every = [line for each in minutes.sections for line in each.sentences]
    assert set(every) <= paragraphs
    assert all(line in page for line in every)
    written = json.loads(minutes.to_json(tmp_path / "minutes.json").read_text("utf-8"))
    assert set(every) <= {line.removeprefix("- ") for line in written["summary"]}
    assert written["decisions"][0]["votes_for"] == 2
    sheets = openpyxl.load_workbook(minutes.to_excel(tmp_path / "minutes.xlsx")).sheetnames
    assert {"decisions", "dissents"} <= {name.lower() for name in sheets}


def test_names_are_never_markup(tmp_path: Path) -> None:
    made = opened(tmp_path / "board.register")
    table, cells = decision(reasons="<script>alert(1)</script> & more")
    made.enter(table, **cells)
    page = str(made.minutes(MEETING).to_html())
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


def test_a_meeting_without_anything_says_so(tmp_path: Path) -> None:
    said = opened(tmp_path / "board.register").minutes(MEETING).summary()
    assert "Nothing was decided." in said
    with pytest.raises(WrongArgument, match="Did you mean 2027-03-04"):
        opened(tmp_path / "other.register").minutes("2027-03-05")


def test_what_came_of_it_stands_beside_what_the_plan_expected(tmp_path: Path) -> None:
    made = decided(tmp_path / "board.register")
    first = expected(made.plan(DECISION)).iloc[0]
    about = {"decision": DECISION, "measure": first["measure"], "period": first["period"]}
    half = float(first["expected"]) / 2
    made.enter("results", **about, actual=half, low=0, high=half, source="Counted by the trust")
    found = made.decided()
    row = found.tables["results"].iloc[0]
    assert row["expected"] == first["expected"] == 2 * row["actual"]
    assert (row["difference"], row["within"]) == (-half, "yes")
    assert found.table.loc[0, "results"] == 1
    assert "within what was expected" in found.summary()
    assert str(found.to_html()).count("<h1") == 1
    with pytest.raises(WrongArgument, match="the plan counts no 'Crime'"):
        made.enter("results", **{**about, "measure": "Crime"}, actual=1, source="x")
    with pytest.raises(WrongArgument, match="results, expected: the plan says"):
        made.enter("results", **about, actual=1, source="x", expected=1.0)


def test_what_was_entered_after_the_decision_says_so(tmp_path: Path) -> None:
    made = decided(tmp_path / "board.register")
    said = {"meeting": MEETING, "heading": "risk", "by": "The clerk", "comment": "None seen."}
    made.enter("comments", **said)
    assert "None seen. (The clerk) Entered after the decision." in made.minutes(MEETING).summary()


def test_what_is_doubtful_in_a_vote_is_found(tmp_path: Path) -> None:
    made = opened(tmp_path / "board.register")
    made.enter(*[decision()[0]], **{**decision()[1], "votes_for": 9, "votes_against": 10})
    made.enter("dissents", decision=DECISION, member="The leader", reason="x")
    made.enter("dissents", decision=DECISION, member="A stranger", reason="x")
    assert {"votes", "mover", "not-present"} <= made.check().warnings.codes
    assert "9 for, 10 against, which does not carry it." in made.minutes(MEETING).summary()


def test_a_decision_that_is_due_without_a_result_is_told_unless_another_took_its_place(
    tmp_path: Path,
) -> None:
    made = Register.new(tmp_path / "board.register", "Board", officer="The clerk")
    made.enter("meetings", body="Board", date="2020-03-05", chair="The leader")
    old = "2020-03-05 1"
    table, cells = decision(meeting="2020-03-05", due="2020-09-01")
    made.enter(table, **cells)
    assert made.decided().table["overdue"].tolist() == [True]
    made.enter(table, **{**cells, "due": "2199-01-01", "instead_of": old})
    assert made.decided().table["overdue"].tolist() == [False, False]
    said = made.minutes("2020-03-05").summary()
    assert "Since replaced, on 5 March 2020, by 2020-03-05 2, “That all be pooled”." in said
    assert made.decided().table["replaced_by"].tolist() == ["2020-03-05 2", ""]


def test_the_record_is_written_out_for_those_who_audit_it(held: Register, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(held.record.write(tmp_path / "record.xlsx"))
    assert book["decisions"]["A2"].value == DECISION
    package = json.loads((held.record.write(tmp_path / "record") / "datapackage.json").read_text())
    assert package["kind"] == "register"


def test_the_register_is_reached_from_the_package() -> None:
    assert pb.Register is Register
