"""A register only grows, keeps what was entered whatever happens, and shows what was done to it."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import random
import signal
import sqlite3
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

import placebudget as pb
from interrupting import let_files_grow_to
from placebudget.errors import CannotAnswer, CannotWrite, WrongArgument
from placebudget.register import Register
from placebudget.register.roles import TOKEN
from placebudget.register.store import Store
from proof import ALL
from registers import CLERK, DECISION, MEETING, another, decided, decision, forced, opened

Where = Callable[[], str]
KILLS = 200 if ALL else 20


def engine_of(where: str) -> sqlalchemy.Engine:
    url = where.replace("postgresql://", "postgresql+pg8000://")
    return sqlalchemy.create_engine(url if "://" in where else f"sqlite:///{where}")


def in_a_child(work: Callable[[], None]) -> int:
    """Do work in a process of its own, which has all modules and no connection."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def test_what_was_entered_is_read_back_and_the_chain_holds(place_for_one: Where) -> None:
    where = place_for_one()
    with decided(where) as made:
        before = made.entries
        assert made.check().errors == ()
        assert made.head == before["hash"].iloc[-1]
    with Register(where) as held:
        assert held.entries.equals(before)
        assert held.record.row("decisions", DECISION)["votes_for"] == 2
        assert held.record.rows("dissents")[0]["decision"] == DECISION
        assert held.person.role == "reader"


def test_the_database_itself_refuses_to_change_or_delete(place_for_one: Where) -> None:
    where = place_for_one()
    decided(where).close()
    engine = engine_of(where)
    for table in ("entries", "contents"):
        column = "cells" if table == "entries" else "digest"
        for order in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            with (
                pytest.raises(sqlalchemy.exc.DBAPIError, match="a register only grows"),
                engine.begin() as connection,
            ):
                connection.exec_driver_sql(order)
    engine.dispose()


def test_nothing_is_told_or_added_where_the_chain_does_not_hold(tmp_path: Path) -> None:
    file = tmp_path / "forced.register"
    made = decided(file)
    token = made.token
    made.close()
    forced(file, "UPDATE entries SET entered_by = 'Another' WHERE number = 5")
    with Register(file, token=token) as held:
        for ask in (
            lambda: held.minutes(MEETING),
            held.decided,
            lambda: held.record,
            lambda: held.enter(decision()[0], **decision()[1]),
        ):
            with pytest.raises(CannotAnswer, match="does not hold together: Entry 5 is not what"):
                ask()
        assert held.check().errors


def test_whatever_is_done_to_the_file_by_force_is_found(tmp_path: Path) -> None:
    noted = decided(tmp_path / "kept.register").head
    content = (tmp_path / "kept.register").read_bytes()
    votes = """replace(cells, '"votes_for":2', '"votes_for":9')"""
    for order, code in {
        f"UPDATE entries SET cells = {votes} WHERE kind = 'decisions'": "changed-entry",
        "UPDATE entries SET entered_by = 'Another' WHERE number = 2": "changed-entry",
        "UPDATE entries SET cells = 'no JSON' WHERE number = 4": "changed-entry",
        "UPDATE entries SET hash = before WHERE number = 4": "broken-chain",
        "DELETE FROM entries WHERE number = 5": "missing-entry",
        "DELETE FROM entries WHERE number = (SELECT max(number) FROM entries)": "missing-entry",
        "DELETE FROM contents": "lost-file",
        "UPDATE contents SET content = x'00'": "lost-file",
    }.items():
        file = tmp_path / "forced.register"
        file.write_bytes(content)
        forced(file, order)
        with Register(file) as held:
            assert code in held.check(noted).errors.codes, order
    with Register(tmp_path / "kept.register") as held:
        assert held.check(noted).errors == ()


def test_no_decision_is_lost_where_the_writer_is_killed(place_for_one: Where) -> None:
    """What was said to be entered is there, whenever the writer ends; the next goes on."""
    where = place_for_one()
    made = opened(where)
    token, draw, said = made.token, random.Random(7), set()
    made.close()

    def write_on() -> None:
        os.close(reading)
        with Register(where, token=token) as held:
            os.write(writing, b"ready\n")
            while True:
                entry = held.enter_all([another()])[-1]
                os.write(writing, f"{entry.number}\n".encode())

    for number in range(KILLS):
        reading, writing = os.pipe()
        child = in_a_child(write_on)
        os.close(writing)
        with os.fdopen(reading) as lines:
            assert lines.readline() == "ready\n"
            said |= {int(next(lines)) for _ in range(number % 3)}
            time.sleep(draw.uniform(0, 0.02))
            os.kill(child, signal.SIGKILL)
            said |= {int(line) for line in lines if line.endswith("\n")}
        os.waitpid(child, 0)
    with Register(where, token=token) as held:
        numbers = held.entries.query("table == 'decisions'")["number"]
        assert said <= set(numbers)
        assert len(said) > KILLS / 2
        assert held.check().errors == ()
        assert held.enter_all([another()])[-1].number == len(held.entries)


def test_writers_at_once_take_turns_and_none_loses_anything(place_for_one: Where) -> None:
    where = place_for_one()
    made = opened(where)
    token = made.token
    made.close()

    def write() -> None:
        with Register(where, token=token) as held:
            for _ in range(10):
                held.enter_all([another(), ("conditions", {"condition": f"By {os.getpid()}"})])

    for child in [in_a_child(write) for _ in range(3)]:
        assert os.waitpid(child, 0)[1] == 0
    with Register(where) as held:
        record = held.record
        assert len(record.decisions) == len(record.conditions) == 30
        assert record.decisions["decision"].is_unique
        assert all(b - a == 1 for a, b in pairwise(held.entries["number"]))
        assert held.check().errors == ()


def test_on_a_full_disk_it_says_so_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "full.register"
    made = opened(file)
    token, before = made.token, len(made.entries)
    made.close()
    reading, writing = os.pipe()

    def write() -> None:
        let_files_grow_to(file.stat().st_size + 8192)
        try:
            with Register(file, token=token) as held:
                for _ in range(10_000):
                    held.enter_all([another()])
        except CannotWrite as error:
            os.write(writing, str(error).encode())

    child = in_a_child(write)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        said = told.read()
    assert "cannot be used" in said
    assert "Nothing was changed." in said
    with Register(file, token=token) as held:
        assert held.check().errors == ()
        kept = len(held.entries)
        assert kept > before
        assert held.enter_all([another()])[-1].number == kept + 1


def test_a_plan_is_kept_whole_with_its_place_and_comes_out_again(tmp_path: Path) -> None:
    made = decided(tmp_path / "board.register")
    best = pb.optimise(pb.example("toy_pooling"), pooling="freed", prices=False)
    assert made.plan(DECISION).money().equals(best.money())
    assert made.rerun(DECISION).same
    plan, place = made.write(DECISION, tmp_path / "out")
    assert pb.rerun(plan, place).same
    assert made.place(made.record.places["place"][0]) == pb.example("toy_pooling")
    # One place and two plans are kept, however often they come again.
    again = {"meeting": MEETING, "title": "The same", "plan": plan}
    made.enter_all([("choices", again), ("choices", again)])
    assert (len(made.record.places), len(made.record.plans)) == (1, 2)


def test_two_choices_of_one_place_are_entered_together(tmp_path: Path) -> None:
    made = opened(tmp_path / "board.register")
    place = pb.example("toy_pooling")
    plans = (pb.simulate(place), pb.optimise(place, prices=False))
    rows = [{"meeting": MEETING, "title": each.name, "plan": each} for each in plans]
    made.enter_all([("choices", row) for row in rows])
    assert (len(made.record.places), len(made.record.plans)) == (1, 2)


def test_a_plan_is_refused_whose_place_has_changed_since(tmp_path: Path) -> None:
    made = opened(tmp_path / "board.register")
    folder = pb.example("toy_pooling").write(tmp_path / "toy")
    plan = pb.optimise(folder, prices=False).to_json(tmp_path / "best.plan.json")
    place = pb.read(folder)
    place.with_(funding=place.funding.assign(amount=1.0)).write(folder)
    with pytest.raises(WrongArgument, match=r"has changed since it was made: .*funding"):
        made.enter("choices", meeting=MEETING, title="Pool all", plan=plan)
    assert made.record.choices.empty


def test_a_plan_that_says_another_value_than_its_own_is_refused(tmp_path: Path) -> None:
    """A toy freed is worth £310 million; here its file says 330."""
    made = opened(tmp_path / "board.register")
    best = pb.optimise(pb.example("toy_pooling"), pooling="freed", prices=False)
    file = best.to_json(tmp_path / "best.plan.json")
    said = json.loads(file.read_text("utf-8"))
    said["objective"]["value"] += 2e7
    for each in said["objectives"]:
        each["value"] += 2e7
    file.write_text(json.dumps(said), "utf-8")
    with pytest.raises(WrongArgument, match=r"£330 million of public value.*£310 million"):
        made.enter("choices", meeting=MEETING, title="Better", plan=file)
    found = pb.rerun(file)
    assert not found.same
    assert "£330 million" in str(found)


def test_what_is_kept_whole_is_entered_with_a_choice_alone(tmp_path: Path) -> None:
    made = opened(tmp_path / "board.register")
    for table in ("plans", "places"):
        with pytest.raises(WrongArgument, match=f"{table} are kept with the choice"):
            made.enter(table, name="x")
    for rows in ([], {}, "x", [1], [("meetings", None)], None):
        with pytest.raises(WrongArgument, match="rows is a list of tables"):
            made.enter_all(rows)  # type: ignore[arg-type]
    for day in ("4 March 2027", "2027-02-30", "", 20270304):
        with pytest.raises(WrongArgument, match="date: "):
            made.enter("meetings", body="B", date=day, chair="C")


def test_every_entry_is_written_out_so_that_anybody_can_check_the_chain(tmp_path: Path) -> None:
    made = decided(tmp_path / "board.register")
    before = "0" * 64
    for row in json.loads(made.write_entries(tmp_path / "e.json").read_text("utf-8")):
        kept = row.pop("hash")
        text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert row["before"] == before
        assert hashlib.sha256(text.encode()).hexdigest() == kept
        before = kept
    assert before == made.head
    assert made.check(before[:12]).errors == ()
    with pytest.raises(WrongArgument, match="12 characters of a hash or more"):
        made.check("")


def test_a_correction_names_what_it_corrects_and_both_are_told(tmp_path: Path) -> None:
    made = decided(tmp_path / "board.register")
    number = made.record.entry_of("decisions", DECISION)
    made.enter("corrections", entry=number, column="votes_for", value="3", reason="Counted again")
    assert made.record.row("decisions", DECISION)["votes_for"] == 3
    assert "votes_for: 2" in made.entries.set_index("number").at[number, "row"]
    said = made.minutes(MEETING).summary()
    assert f"Entry {number} (decisions, votes for): “3”, not “2”. Counted again" in said
    assert "3 for, 1 against" in said
    for cells, reason in [
        ({"entry": 99, "column": "x"}, "Entry 99 is none that can be corrected"),
        ({"entry": number, "column": "decision"}, "decision is the key of decisions"),
        ({"entry": number, "column": "votes"}, "There is no such column. Did you mean votes_for"),
        ({"entry": number, "column": "votes_for", "value": "many"}, "'many' is not a number"),
        ({"entry": number, "column": "mover"}, "mover cannot be blank"),
        ({"entry": made.record.at["plans"][0], "column": "name", "value": "x"}, "never corrected"),
        ({"entry": len(made.entries), "column": "value"}, "none that can be corrected"),
    ]:
        with pytest.raises(WrongArgument, match=reason):
            made.enter("corrections", **cells, reason="Because")


def test_each_role_enters_what_is_its_own(tmp_path: Path) -> None:
    file = tmp_path / "board.register"
    made = decided(file)
    chair, member = (made.grant(f"The {role}", role) for role in ("chair", "member"))
    named = {"decision": DECISION, "reason": "The coast waits"}
    with Register(file, token=chair) as held:
        held.enter(decision()[0], **decision()[1])
        with pytest.raises(WrongArgument, match="a chair may not enter or correct results"):
            held.enter("results", decision=DECISION, measure="x", period="x", actual=1, source="x",
                       expected=1, unit="x")  # fmt: skip
        with pytest.raises(WrongArgument, match="a chair may not enter or correct roles"):
            held.grant("Another", "officer")
    with Register(file, token=member) as held:
        assert held.enter("dissents", member="The member", **named).by == "The member"
        with pytest.raises(WrongArgument, match="of their own alone, as The member"):
            held.enter("dissents", member="The chair", **named)
        with pytest.raises(WrongArgument, match="a member may not enter or correct decisions"):
            held.enter(decision()[0], **decision()[1])
    with Register(file) as held, pytest.raises(WrongArgument, match="a reader enters nothing"):
        held.enter("dissents", member="The chair", **named)
    with pytest.raises(WrongArgument, match="knows no such token"):
        Register(file, token="guessed")
    # What may not be entered may not be corrected: nobody makes themselves another.
    wrong = {"entry": made.record.entry_of("roles", "The chair"), "reason": "Promoted"}
    dissent = made.record.entry_of("dissents", DECISION)
    with Register(file, token=chair) as held:
        with pytest.raises(WrongArgument, match="may not enter or correct roles"):
            held.enter("corrections", **wrong, column="role", value="officer")
        with pytest.raises(WrongArgument, match="dissents of their own alone, as The chair"):
            held.enter("corrections", entry=dissent, column="reason", value="Agrees", reason="x")
    last = {"entry": made.record.entry_of("roles", CLERK), "column": "until", "reason": "Left"}
    with pytest.raises(WrongArgument, match="nobody would be left who keeps the register"):
        made.enter("corrections", **last, value="2020-01-01")
    still = Register(file, token=chair)
    # A role that is over ends with its day, by a correction that says why.
    entry = made.record.entry_of("roles", "The chair")
    made.enter("corrections", entry=entry, column="until", value="2020-01-01", reason="Stood down")
    with pytest.raises(WrongArgument, match="its time is over"):
        Register(file, token=chair)
    with pytest.raises(WrongArgument, match="The chair is no chair any more"):
        still.enter(decision()[0], **decision()[1])
    assert chair not in json.dumps(made.record.roles.to_dict("list"))


def test_a_token_is_taken_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = opened(tmp_path / "board.register")
    monkeypatch.setenv("PLACEBUDGET_TOKEN", made.token or "")
    assert Register(made.where).person.name == CLERK


class Hub(BaseHTTPRequestHandler):
    """Answers as the interface of JupyterHub does: who a token belongs to."""

    def do_GET(self) -> None:
        known = self.headers["Authorization"] == "token of-the-server"
        self.send_response(200 if known and self.path == "/hub/api/user" else 403)
        self.end_headers()
        if known:
            self.wfile.write(json.dumps({"name": "coast", "kind": "user"}).encode())

    def log_message(self, *_: Any) -> None:
        pass


def test_on_jupyterhub_people_are_who_the_hub_says_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = decided(tmp_path / "board.register")
    server = HTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/hub/api"
    assert made.grant("coast", "member", by=address) == ""
    monkeypatch.setenv("JUPYTERHUB_API_URL", address)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "of-the-server")
    monkeypatch.setenv("JUPYTERHUB_USER", CLERK)  # what anybody may set says nothing
    try:
        with Register(made.where) as held:
            assert (held.person.name, held.person.role) == ("coast", "member")
        # A hub of somebody's own says what it likes, and is not asked.
        monkeypatch.setenv("JUPYTERHUB_API_URL", address.replace("127.0.0.1", "localhost"))
        with Register(made.where) as held:
            assert (held.person.name, held.person.role) == ("", "reader")
        monkeypatch.setenv("JUPYTERHUB_API_URL", address)
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "another")
        with pytest.raises(CannotAnswer, match="JupyterHub cannot be asked who you are"):
            Register(made.where)
    finally:
        server.shutdown()
        server.server_close()


def test_what_does_not_fit_is_refused_all_at_once_and_nothing_is_entered(tmp_path: Path) -> None:
    made = opened(tmp_path / "board.register")
    before = len(made.entries)
    with pytest.raises(WrongArgument) as refused:
        made.enter_all([decision(mover="", due="soon", votes_against="1"), ("dissents", {})])
    for said in (
        "decisions, mover: The cell is blank",
        "decisions, due: 'soon' is not a date",
        "Votes were counted, but not those for it",
        "dissents, member: The cell is blank",
    ):
        assert said in str(refused.value)
    for table, cells, said in [
        ("decision", {}, "Did you mean decisions?"),
        ("decisions", {"movre": "I"}, "Did you mean mover?"),
        ("meetings", {"body": "B", "date": "2027-03-04", "chair": "C", "meeting": MEETING},
         "stands in row 2 already"),
        ("choices", {"meeting": MEETING, "title": "x", "plan": 7}, "plan is a plan or the path"),
        ("choices", {"meeting": MEETING, "title": "x", "plan": "f" * 64}, "No plan 'fff"),
        ("choices", {"meeting": MEETING, "title": "\x00" * 3, "plan": ""}, "cannot be seen"),
        (*decision(choice="2027-03-04 Z"), "No choice '2027-03-04 Z'"),
        (*decision(votes_for=-1), "-1 is below 0"),
        (*decision(due="2027-01-01"), "before the meeting"),
    ]:  # fmt: skip
        with pytest.raises(pb.PlaceBudgetError, match=said.replace("?", r"\?")):
            made.enter(table, **cells)
    assert len(made.entries) == before


@pytest.fixture
def without_answer() -> Iterator[None]:
    """What the driver leaves open of a server that does not answer is closed here."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.mark.usefixtures("without_answer")
def test_what_is_no_register_is_refused_in_words(tmp_path: Path) -> None:
    other, text = tmp_path / "other.db", tmp_path / "text.register"
    sqlite3.connect(other).close()
    text.write_text("Minutes of the board\n" * 99)
    for where, said in [
        (tmp_path / "none.register", "there is no register"),
        (other, "holds no register"),
        (text, "is no register"),
        (7, "where is a file"),
        ("mysql://host/name", "SQLite or PostgreSQL|not installed"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be used"),
        ("nonsense://", "where is a file|not installed"),
    ]:
        with pytest.raises(pb.PlaceBudgetError, match=said):
            Register(where)  # type: ignore[arg-type]
    made = opened(tmp_path / "board.register")
    with pytest.raises(WrongArgument, match="is a register already"):
        Register.new(made.where, "Another", officer=CLERK)
    with pytest.raises(WrongArgument, match="officer is blank"):
        Register.new(tmp_path / "new.register", "Another", officer=" ")


@pytest.mark.usefixtures("without_answer")
def test_a_password_is_never_said() -> None:
    with pytest.raises(CannotWrite) as error:
        Store("postgresql://clerk:secret@127.0.0.1:1/board")
    assert "secret" not in str(error.value)
    assert "clerk:***@127.0.0.1:1/board" in str(error.value)


def test_a_row_that_does_not_count_is_withdrawn_where_nothing_rests_on_it(tmp_path: Path) -> None:
    made = decided(tmp_path / "board.register")
    choice = made.enter("choices", meeting=MEETING, title="Wait a year")
    held = made.enter("corrections", entry=choice.number, reason="Entered by mistake")
    assert "Wait a year" not in set(made.record.choices["title"])
    said = made.minutes(MEETING).summary()
    assert f"Entry {choice.number} (choices): withdrawn; it was" in said
    assert "title: Wait a year" in said
    assert "Entered by mistake" in said
    decision_number = made.record.entry_of("decisions", DECISION)
    for cells, reason in [
        ({"entry": choice.number, "column": "title", "value": "x"}, f"entry {held.number}. Enter"),
        ({"entry": decision_number}, f"No decision '{DECISION}' in the table"),
        ({"entry": decision_number, "value": "x"}, "leave both blank"),
    ]:
        with pytest.raises(WrongArgument, match=reason):
            made.enter("corrections", **cells, reason="Because")
    assert made.check().errors == ()


def test_nothing_is_entered_twice_by_a_second_press(tmp_path: Path) -> None:
    made = opened(tmp_path / "board.register")
    first = made.enter_all([decision()])[-1]
    with pytest.raises(WrongArgument, match=f"entry {first.number} says just this"):
        made.enter_all([decision()])
    assert made.enter_all([decision(mover="The chief executive")])[-1].row["decision"] != DECISION


def test_what_is_doubtful_in_what_was_entered_is_told_with_it(tmp_path: Path) -> None:
    made = decided(tmp_path / "board.register")
    made.enter_all([decision(decided="That all be pooled later", instead_of=DECISION)])
    year = datetime.now(UTC).year + 2
    cells = {"unit": "people", "expected": 1, "actual": 2, "source": "Our own count"}
    late = made.enter("results", decision=DECISION, measure="x", period=f"{year}-01", **cells)
    assert [each.code for each in made.doubts([late])] == ["replaced", "to-come"]


def test_whoever_shows_an_empty_token_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = opened(tmp_path / "board.register")
    monkeypatch.setenv(TOKEN, str(made.token))
    assert Register(made.where).person.role == "officer"
    assert Register(made.where, token="").person.role == "reader"
