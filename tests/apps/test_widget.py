"""The board's widget: wishes of a page in, screens, controls and files out; no browser."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import placebudget as pb
from placebudget.apps import Meeting, files, sentences, widget
from placebudget.apps.files import RefusedUpload, uploaded_place
from placebudget.apps.screens import (
    COULD_CHOOSE,
    GAINS_AND_LOSES,
    GROUPS,
    OF_REGISTER,
    PROPOSED,
    SCREENS,
    Screen,
)
from placebudget.apps.screens.screen import WAITING
from placebudget.apps.widget import Board
from placebudget.work import solving
from remembering import Remembering, kept
from shared_place import shared

pytestmark = pytest.mark.xdist_group("kept")

HOSTILE = "<img src=x onerror=alert(1)>"


class Reader:
    """A page as the kernel knows it: what it wishes, and what it is sent."""

    def __init__(self, place: pb.Place, engine: Remembering | None = None) -> None:
        self.board = Board(Meeting(place, engine=engine or kept()))
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.heard: list[tuple[dict[str, Any], list[bytes]]] = []
        self.taken: list[tuple[dict[str, Any], list[bytes]]] = []
        self.board.send = self._sent  # type: ignore[method-assign]
        self.board.wait()

    def _sent(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        kept = {"heard": self.heard, "taken": self.taken}.get(content["kind"], self.sent)
        kept.append((content, buffers or []))

    def wishes(self, do: str, *, buffers: tuple[bytes, ...] = (), **wish: Any) -> Board:
        self.board._wished(self.board, {"do": do, **wish}, [memoryview(b) for b in buffers])
        self.board.wait()
        return self.board


@pytest.fixture(scope="module")
def papers() -> pb.Place:
    rule = {"rule": "promise", "kind": "floor", "subject": "service=policing"}
    rules = pd.DataFrame([{**rule, "amount": 5e6, "basis": "policy"}])
    return pb.example("toy_pooling").with_(rules=rules)


@pytest.fixture
def reader(papers: pb.Place) -> Reader:
    """A reader of his own; the plans are the same in each test, and solved once."""
    return Reader(papers, kept())


@pytest.fixture(scope="module")
def looking(papers: pb.Place) -> Reader:
    """A reader who only looks."""
    return Reader(papers, kept())


def test_a_board_starts_with_a_finding_and_three_doors_and_works_its_plans_out_by_itself(
    reader: Reader,
) -> None:
    found = reader.board
    assert found.shown["screen"] == "first"
    assert found.shown["title"].startswith("In the model, pooling gains nothing over")
    first_of = {group: keys[0] for group, keys in GROUPS}
    doors = re.findall(r'<a href="#(\w+)">([^<]*)</a>', found.shown["html"])[:3]
    assert doors == [(first_of[name], name) for name in (PROPOSED, COULD_CHOOSE, GAINS_AND_LOSES)]
    assert found.status.startswith("Done. The best pooled plan is worth £300 million")
    assert found.progress["text"] == ""
    of_all = [(key, group) for group, keys in GROUPS for key in keys]
    grouped = [(key, group) for key, group in of_all if key not in OF_REGISTER]
    listed = [(each["key"], each["group"]) for each in found.screens]
    assert listed == [("first", ""), *grouped]


def test_how_much_was_chosen_and_is_not_yet_recalculated_is_counted(reader: Reader) -> None:
    assert reader.board.controls["behind"] == 0
    chosen = {"unfenced": ["nhs_money", "police_money"], "amounts": {"promise": "1000"}}
    reader.wishes("recalculate", choices=chosen)  # which does not add up
    assert reader.board.controls["behind"] == 3
    reader.wishes("papers")
    assert reader.board.controls["behind"] == 0


@pytest.mark.parametrize("screen", [each.key for each in SCREENS if each.key not in OF_REGISTER])
def test_every_screen_has_a_finding_and_what_it_rests_on(looking: Reader, screen: str) -> None:
    moved, heard = looking.board.shown["move"], len(looking.heard)
    shown = looking.wishes("open", screen=screen).shown
    assert shown["screen"] == screen
    assert shown["move"] == moved + 1
    assert shown["title"] not in ("", WAITING)
    assert len(looking.heard) == heard + 1
    if screen != "clash":
        for part in (
            "price",
            "Every figure of its money is illustrative",
            "What is left out",
            "Hash of the inputs",
        ):
            assert part in shown["html"], part


def test_a_screen_waits_for_its_plans_and_says_so() -> None:
    from placebudget.apps.screens import shown

    meeting = Meeting(pb.example("toy_pooling"))
    waiting = {screen.key for screen in SCREENS if shown(screen, meeting)["waiting"]}
    assert waiting == {
        *("together", "change", "admits", "why", "rules", "beside", "gains"),
        *("gap", "shares", "pound", "areas", "barriers", "overspend", "recorded", "years"),
        *("rests", "joining", "levels", "loan", "outcome_contract", "alternatives", "vote"),
        *("did_it_work", "budget_risk"),
        *("household", "top_slice", "reporting_burden", "loosening", "new_burden"),
        *("frontier", "priorities", "tender", "providers", "uncertainty", "robust"),
        *("reorganisation", "schedule"),
        *("todo", "changed"),
        *("benchmark", "productivity", "exchange", "early_warning"),
        *("excellence", "peer_support", "peer_challenge", "supplementary"),
    }


@pytest.mark.parametrize(
    "wish",
    [
        None, "open", [], {"do": "open"}, {"do": "open", "screen": "no such"},
        {"do": "repair", "number": 0}, {"do": "export", "form": "exe"}, {"do": "no such"},
        {"do": {}}, {"do": "explain", "key": {"a": 1}},
    ],
)  # fmt: skip
def test_wishes_that_mean_nothing_change_nothing(looking: Reader, wish: Any) -> None:
    board = looking.board
    before = (board.shown["screen"], board.controls, board.undoable)
    board._wished(board, wish, None)
    board.wait()
    assert (board.shown["screen"], board.controls, board.undoable) == before
    assert looking.sent == []


def test_a_screen_that_is_filled_late_does_not_take_the_place_of_the_one_opened_meanwhile(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, composing, opened = reader.board, threading.Event(), threading.Event()
    tell = board._showing.screen

    def slow(screen: Screen) -> dict[str, Any]:
        told = tell(screen)
        if threading.current_thread() is late:
            composing.set()
            assert opened.wait(60)
        return told

    late = threading.Thread(target=board._show)
    monkeypatch.setattr(board._showing, "screen", slow)
    late.start()
    assert composing.wait(60)
    reader.wishes("open", screen="areas")
    opened.set()
    late.join()
    assert board.shown["screen"] == "areas"


def test_money_pools_and_the_objective_are_changed_and_said_on_every_screen(
    reader: Reader,
) -> None:
    money = reader.board.controls["funding"][0]
    stream, year = money["key"], money["years"][0][0]
    found = reader.wishes(
        "recalculate",
        choices={
            "funding": {f"{stream}:{year}": "200"},
            "closed": ["one_pool"],
            "objective": "net public value",
        },
    )
    assert found.status.startswith("Done.")
    for screen in [each["key"] for each in found.screens if each["key"] != "clash"]:
        shown = reader.wishes("open", screen=screen).shown["html"]
        assert "fault" not in shown, screen
        assert f"brings £200 million in {year}" in shown, screen
        assert "is closed: it goes on with what it pays today" in shown, screen
        assert "What is made the most of: net public value." in shown, screen
    plans = found.meeting.answer.plans
    assert {plan.objective.name for name, plan in plans.items() if name != "today"} == {
        "net public value"
    }
    assert [each["on"] for each in found.controls["open"]] == [False]
    assert found.controls["funding"][0]["years"][0][1] == "200"
    untouched = {"closed": ["one_pool"], "objective": "net public value"}
    again = reader.wishes("recalculate", choices=untouched)
    assert again.controls["funding"][0]["years"][0][1] == "200"  # a box nobody touched


def test_recalculating_says_what_was_changed_and_undo_takes_it_back(reader: Reader) -> None:
    found = reader.wishes("recalculate", choices={"unfenced": ["nhs_money"]})
    assert "£310 million" in found.status
    assert "The ring-fence of NHS money is ended." in found.shown["html"]
    assert found.undoable
    assert {fence["key"] for fence in found.controls["fences"] if not fence["on"]} == {"nhs_money"}
    assert "£300 million" in reader.wishes("undo").status
    assert "ring-fence of NHS money is ended" not in found.shown["html"]
    assert found.redoable
    assert reader.wishes("redo").status.startswith("Done again. The best pooled plan is worth £310")
    assert not found.redoable
    assert {fence["key"] for fence in found.controls["fences"] if not fence["on"]} == {"nhs_money"}
    reader.wishes("undo")
    reader.wishes("recalculate", choices={"unfenced": ["nhs_money"]})
    assert reader.wishes("papers").status.startswith("Back to the papers.")


def test_a_wrong_amount_is_told_at_its_box(reader: Reader) -> None:
    found = reader.wishes("recalculate", choices={"amounts": {"promise": "much"}})
    assert [problem["control"] for problem in found.problems] == ["amount-promise"]
    assert found.status.startswith("Nothing was recalculated. ")
    assert "enter a number, like 2.5" in found.status
    assert reader.wishes("recalculate", choices={}).problems == []


def test_what_is_refused_while_the_board_goes_back_stands_when_it_is_there(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, refused = reader.board, threading.Event()
    back = board.meeting.back_to_papers

    def slow(**given: Any) -> Meeting:
        assert refused.wait(60)
        return back(**given)

    monkeypatch.setattr(board.meeting, "back_to_papers", slow)
    board._wished(board, {"do": "papers"}, None)
    wish = {"do": "recalculate", "choices": {"amounts": {"promise": "much"}}}
    board._wished(board, wish, None)
    refused.set()
    board.wait()
    assert [problem["control"] for problem in board.problems] == ["amount-promise"]


def test_a_clash_opens_its_screen_and_a_way_out_leads_back(reader: Reader) -> None:
    found = reader.wishes("recalculate", choices={"amounts": {"promise": "5000"}})
    assert found.shown["screen"] == "clash"
    assert "policing at least £5 billion" in found.shown["html"]
    assert 'data-repair="0"' in found.shown["html"]
    assert "last figures that did are kept" in found.status
    assert "does not add up" in reader.wishes("open", screen="our-money").shown["html"]
    found = reader.wishes("repair", number=1)
    (box,) = (each for each in found.controls["floors"] if each["key"] == "promise")
    assert float(box["papers"]) < float(box["value"]) < 5000
    assert "Policing: at least £20 million, as it stands £5 million." in found.shown["html"]


def test_a_place_that_never_added_up_has_no_last_good_figures() -> None:
    place = shared()
    rules = place.rules
    rules.loc[rules["rule"] == "duty", "amount"] = 500e6
    board = Board(Meeting(place.with_(rules=rules)))
    board.wait()
    assert board.status == sentences.NEVER_ADDED_UP
    told = board._showing.screen(next(each for each in SCREENS if each.key == "together"))
    assert "last choices" not in told["html"]
    clash = board._showing.screen(next(each for each in SCREENS if each.key == "clash"))
    assert "ask for less" not in clash["html"]


def test_any_service_can_be_asked_about(reader: Reader) -> None:
    reader.wishes("open", screen="why")
    found = reader.wishes("explain", key="policing")
    assert "<h2>Policing" in found.shown["html"]
    assert 'value="policing" selected' in found.shown["html"]


@pytest.mark.parametrize("form", ["html", "xlsx"])
def test_what_is_taken_away_holds_hash_version_solver_and_changes(
    reader: Reader, form: str
) -> None:
    found = reader.wishes("recalculate", choices={"unfenced": ["nhs_money"]})
    reader.wishes("export", form=form)
    (content, (file,)) = reader.sent[-1]
    answer = found.meeting.answer
    assert answer is not None
    digest = answer.place.digest
    assert content["name"] == f"toy_pooling-board-{digest[:12]}.{form}"
    if form == "html":
        text = bytes(file).decode()
    else:
        book = openpyxl.load_workbook(io.BytesIO(bytes(file)))
        text = str([cell for sheet in book for row in sheet.values for cell in row])
    versions = answer.plans["pooled"].run["versions"]
    for part in (digest, versions["placebudget"], "HiGHS", "The ring-fence of NHS money is ended"):
        assert part in text, part


def test_names_that_try_to_be_markup_stay_names() -> None:
    place = shared()
    hostile = {
        name: place.tables[name].assign(name=HOSTILE)
        for name in ("agencies", "services", "streams", "pools", "outcomes")
    }
    areas = pd.DataFrame([{"area": "town", "name": HOSTILE, "tier": "town", "population": 9_000}])
    rules = place.rules.assign(reference=HOSTILE)
    reader = Reader(place.with_(**hostile, areas=areas, rules=rules))
    for screen in SCREENS:
        assert "<img" not in reader.wishes("open", screen=screen.key).shown["html"], screen.key


# --- uploads -------------------------------------------------------------------------


def workbook(tmp_path: Path, place: pb.Place) -> bytes:
    return place.write(tmp_path / "own.xlsx").read_bytes()


def test_a_workbook_opens_as_the_place_before_the_board(reader: Reader, tmp_path: Path) -> None:
    content, began_with = workbook(tmp_path, pb.example("toy_pooling")), reader.board.meeting.papers
    found = reader.wishes("upload", name="own.xlsx", size=len(content), buffers=(content,))
    assert found.problems == []
    assert found.meeting.papers == pb.example("toy_pooling")
    assert found.meeting.papers.origin.path == ""
    assert found.shown["screen"] == "first"
    # The way back is one press, and what was brought is then gone.
    assert found.controls["back"] == began_with.title
    reader.wishes("return")
    assert found.meeting.papers is began_with
    assert found.controls["back"] == ""
    assert "Done" in found.status


def with_macros(content: bytes) -> bytes:
    held = io.BytesIO(content)
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    return held.getvalue()


def bomb(_: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(60_000_000))
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        ("own.xlsx", with_macros, "macros"),
        ("own.xlsx", bomb, "own.xlsx is not opened; the present place stays."),
        ("own.xlsx", lambda _: b"PK\x03\x04 no", "own.xlsx is not opened"),
        ("own.xlsx", lambda _: b"", "own.xlsx is not opened"),
        ("own.xlsx", lambda _: bytes(5_000_001), "larger than 5 MB"),
        ("own.xlsm", lambda content: content, "not an Excel workbook (.xlsx)"),
        ("../../own.csv", lambda content: content, "own.csv is not an Excel workbook"),
    ],
)
def test_a_refused_workbook_says_why_and_the_present_place_stays(
    reader: Reader, tmp_path: Path, name: str, spoil: Callable[[bytes], bytes], said: str
) -> None:
    content = spoil(workbook(tmp_path, pb.example("toy_pooling")))
    before = reader.board.meeting.papers
    found = reader.wishes("upload", name=name, size=len(content), buffers=(content,))
    assert said in "\n".join(problem["text"] for problem in found.problems)
    assert found.meeting.papers is before
    assert found.meeting.answer is not None


def test_a_place_with_errors_is_refused_with_its_findings(reader: Reader, tmp_path: Path) -> None:
    place = pb.example("toy_pooling")
    wrong = place.with_(funding=place.funding.assign(stream="nobody"))
    content = workbook(tmp_path, wrong)
    found = reader.wishes("upload", name="own.xlsx", size=len(content), buffers=(content,))
    told = [problem["text"] for problem in found.problems]
    assert told[0] == "own.xlsx is not opened; the present place stays."
    assert found.status == (
        "Nothing was opened; the present place stays. “There is a problem” says why."
    )
    every = "\n".join(found.listed["lines"])
    assert "in funding, row" in every
    assert "nobody" in every
    assert "placebudget check" not in "\n".join([*told, every])
    assert set(told[1:]) <= set(found.listed["lines"])
    assert "It follows from funding" in every
    assert "[unknown-key]" not in every
    assert found.listed["count"].split()[1] == "errors"
    assert reader.wishes("recalculate", choices={}).listed == {}


def test_a_workbook_with_warnings_opens_and_its_screen_lists_them(
    reader: Reader, tmp_path: Path
) -> None:
    place = pb.example("toy_pooling")
    changed = place.with_(
        today=place.today.assign(source=None), funding=place.funding.assign(source=None)
    )
    content, warned = workbook(tmp_path, changed), changed.check()
    assert len(warned.warnings) > 1
    assert not warned.errors
    said: list[str] = []
    reader.board.observe(lambda change: said.append(change["new"]), "status")
    found = reader.wishes("upload", name="own.xlsx", size=len(content), buffers=(content,))
    count = len(warned)
    assert said[0] == "The file is being read."
    assert said[1].startswith(f"Opened {place.title}. The check of its tables has {count} warning")
    reader.wishes("open", screen="our-money")
    assert f"The check of these papers has {count} warning" in found.shown["html"]
    for finding in warned:
        assert escape(finding.what) in found.shown["html"]


def test_no_file_at_all_is_said() -> None:
    with pytest.raises(RefusedUpload, match="No file was chosen"):
        uploaded_place("", 0, None)


def test_what_a_reader_brings_is_worked_out_for_nobody_else(tmp_path: Path) -> None:
    own, place = Remembering(), pb.example("toy_pooling")
    richer = place.with_(funding=place.funding.assign(amount=lambda rows: rows.amount * 1.1))
    content = workbook(tmp_path, richer)
    asked = []
    for _ in range(2):
        reader = Reader(place, own)
        found = reader.wishes("upload", name="own.xlsx", size=len(content), buffers=(content,))
        assert found.meeting.papers == richer
        mine = found.meeting.papers.digest
        asked.append(len([job for job in own.kept if job[0].startswith(mine)]))
    assert asked[0] > 0
    assert asked[1] == 2 * asked[0]


def test_a_file_that_takes_too_long_is_refused_in_words_and_screens_open_meanwhile(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, goes_on, begun = reader.board, threading.Event(), threading.Event()

    def slow(*_: object) -> pb.Place:
        begun.set()
        goes_on.wait(60)
        raise RefusedUpload("too late to be heard")

    monkeypatch.setattr(widget, "uploaded_place", slow)
    before = board.meeting.papers
    board._wished(board, {"do": "upload", "name": "own.xlsx", "size": 3}, [memoryview(b"one")])
    assert begun.wait(60)
    assert board.status == "The file is being read."
    board._wished(board, {"do": "open", "screen": "areas"}, None)  # it is not waited for
    assert board.shown["screen"] == "areas"
    board._wished(board, {"do": "stop"}, None)
    monkeypatch.setattr(files, "SECONDS", 0.0)
    found = reader.wishes("upload", name="own.xlsx", size=3, buffers=(b"two",))
    assert "being read" in found.problems[0]["text"]
    goes_on.set()
    assert board._reading._thread is not None
    board._reading._thread.join()
    goes_on.clear()
    found = reader.wishes("upload", name="own.xlsx", size=3, buffers=(b"three",))
    assert "takes longer than 0 seconds to read" in found.problems[0]["text"]
    assert found.status.startswith("Nothing was opened.")
    assert board.meeting.papers is before
    goes_on.set()
    board._reading._thread.join()
    monkeypatch.undo()
    assert reader.wishes("recalculate", choices={}).status.startswith("Done.")


def test_a_refused_file_does_not_end_the_work_that_was_under_way(
    papers: pb.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, optimise, reached = Reader(papers, Remembering()), solving.planned, threading.Event()

    def held(*given: Any, stop: threading.Event, **more: Any) -> pb.Plan:
        if not reached.is_set():
            reached.set()
            assert stop.wait(60)
        return optimise(*given, stop=stop, **more)

    monkeypatch.setattr(solving, "planned", held)
    wish = {"do": "recalculate", "choices": {"unfenced": ["nhs_money"]}}
    reader.board._wished(reader.board, wish, None)
    assert reached.wait(60)
    found = reader.wishes("upload", name="own.exe", size=3, buffers=(b"no",))
    assert "own.exe is not an Excel workbook" in found.problems[0]["text"]
    assert "£310 million" in found.status


def test_a_workbook_of_more_cells_than_fit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = workbook(tmp_path, pb.example("toy_pooling"))
    monkeypatch.setattr(files, "UPLOADS", replace(files.UPLOADS, cells=100))
    with pytest.raises(RefusedUpload, match="more than 100 cells"):
        uploaded_place("own.xlsx", len(content), content)
