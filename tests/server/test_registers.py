"""A register over a real Jupyter server: read by pages, checked, taken out of, never written."""

from __future__ import annotations

import json
import sqlite3
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

import placebudget as pb
from browsing import Server
from placebudget.errors import CannotAnswer, CannotWrite
from placebudget.register import Register, store
from placebudget.register.register import expected
from placebudget.server.registers import mark_of
from placebudget.work.registers import ROWS, read_register, register_page, register_rows
from registers import CLERK, DECISION, MEETING, decided, decision, forced, long
from server_asking import REFUSED, SECOND, TOKEN, ask

Asked = Callable[..., tuple[int, Any]]


@pytest.fixture
def file(jupyter: Server) -> Path:
    """A register in the server's folder, in a folder of its own for each test."""
    root = jupyter.folder / "root"
    folder = root / f"kept_{len(list(root.iterdir()))}"
    folder.mkdir()
    return folder / "board.register"


@pytest.fixture
def asked(jupyter: Server, file: Path) -> Asked:
    """Ask about that register."""

    def about(what: str = "register", *, token: str = TOKEN, **more: str) -> tuple[int, Any]:
        query = urlencode({"path": path_of(file), **more})
        return ask(jupyter, f"{what}?{query}", token=token)

    return about


def path_of(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def fetched(server: Server, **query: str) -> tuple[str, bytes]:
    """What is fetched as a file: what it is called, and what it holds."""
    request = urllib.request.Request(
        f"{server.address}/placebudget/minutes?{urlencode(query)}",
        headers={"Authorization": f"token {SECOND}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.headers["Content-Disposition"], answer.read()


def test_a_register_is_told_with_what_belongs_to_each_decision(file: Path, asked: Asked) -> None:
    with decided(file) as made:
        entry = made.record.entry_of("decisions", DECISION)
        made.enter(
            "corrections", entry=entry, column="votes_for", value="3", reason="Counted again"
        )
        counted = expected(made.plan(DECISION)).iloc[0][["measure", "period"]].to_dict()
        result = {**counted, "actual": 1, "source": "The council"}
        made.enter("results", decision=DECISION, **result)
        head, count = made.head, len(made.entries)
    before = file.read_bytes()
    # Who may read the contents reads a register.
    status, page = asked(token=SECOND)
    assert (status, page["holds"], page["title"]) == (200, True, "Partnership board")
    assert page["said"][0].startswith(f"The chain of {count} entries holds")
    assert (page["head"], page["owners"]) == (head, ["The director of adult services"])
    assert page["decisions"] == {"open": 0, "overdue": 0, "counted": 1, "replaced": 0}
    _, told = asked(decision=DECISION)
    told = told["told"]
    assert (told["mover"], told["votes"]["votes_for"], told["state"]) == (
        "The leader",
        3,
        "counted",
    )
    assert told["dissents"][0]["member"] == "The member for the coast"
    assert told["conditions"][0]["owner"] == "The director of adult services"
    assert told["interests"][0]["left"] is True
    (correction,) = told["corrections"]
    assert (correction["entry"], correction["was"], correction["value"]) == (entry, "2", "3")
    assert told["choices"][0]["plan"].startswith("public value: £")
    assert told["results"][0]["actual"] == "1"
    _, meeting = asked(meeting=MEETING)
    assert "Minutes of Partnership board, 4 March 2027" in meeting["page"]
    assert "The member for the coast disagreed" in meeting["page"]
    for name, key in {"meetings": "chair", "results": "source", "entries": "hash"}.items():
        assert asked(list=name)[1]["lines"][0][key]
    # No proof of a role, let alone a token, is shown but in the entries as they were made.
    assert "proof" not in json.dumps([page, told, meeting])
    assert file.read_bytes() == before


def test_what_is_entered_meanwhile_is_seen_and_a_noted_hash_is_looked_for(
    file: Path, asked: Asked
) -> None:
    made = decided(file)
    _, first = asked()
    noted = first["head"]
    assert asked(content="0")[1]["mark"] == first["mark"]
    made.enter_all([decision(decided="That it go on")])
    assert asked(content="0")[1]["mark"] != first["mark"]
    _, page = asked(noted=noted[:12])
    assert f"entry {first['entries']}:" in page["noted"]
    assert asked(noted="0" * 12)[1]["noted"].startswith("No entry has this hash")
    status, refused = asked(noted="abc")
    assert (status, "12 characters" in refused["message"]) == (REFUSED, True)


def test_decisions_are_asked_for_by_owner_state_and_words_a_page_at_a_time(tmp_path: Path) -> None:
    """Of 12 decisions each second was due long ago; one is replaced by a thirteenth."""
    made = long(tmp_path / "long.register", 2, 6)
    otherwise = {"decided": "That it be done otherwise", "instead_of": "m0 2"}
    made.enter_all([decision(meeting="m1", due="2299-01-01", **otherwise)])
    read = read_register(Path(made.where))

    def found(**wanted: str) -> list[str]:
        return [row["decision"] for row in register_rows(read, "decisions", 0, wanted)["lines"]]

    assert register_page(read)["decisions"] == {
        "open": 7, "overdue": 5, "counted": 0, "replaced": 1,
    }  # fmt: skip
    assert len(found()) == 13
    assert found(state="overdue") == ["m1 2", "m1 4", "m1 6", "m0 4", "m0 6"]
    assert set(found(state="open")) == set(found()) - {"m0 2"}
    assert found(owner="Director 1", state="overdue") == ["m1 2"]
    assert found(words="PART 0 of") == ["m1 1", "m0 1"]
    rest = register_rows(read, "decisions", 12, {})
    assert ([row["decision"] for row in rest["lines"]], rest["all"]) == (["m0 6"], 13)


def test_a_register_of_ten_thousand_decisions_is_told_a_hundred_at_a_time(tmp_path: Path) -> None:
    made = long(tmp_path / "long.register", 500, 20)
    read = read_register(Path(made.where))
    page, rows = register_page(read), register_rows(read, "decisions", 9_950, {})
    assert page["decisions"]["overdue"] == 5_000
    assert (len(rows["lines"]), rows["all"]) == (50, 10_000)
    assert page["left"] == len(read.findings) - len(page["found"]) > 0
    for name in ("decisions", "meetings", "entries"):
        assert len(register_rows(read, name, 0, {})["lines"]) == ROWS


def test_minutes_are_fetched_by_who_may_read_and_written_beside_by_who_may_write(
    jupyter: Server, file: Path
) -> None:
    decided(file).close()
    asked = {"path": path_of(file), "meeting": MEETING}
    for form, begins in {".docx": b"PK", ".xlsx": b"PK", ".html": b"<!", ".json": b"{"}.items():
        disposition, content = fetched(jupyter, **asked, form=form)
        assert disposition == f'attachment; filename="minutes-2027_03_04{form}"'
        assert content.lstrip().startswith(begins)
    made = [ask(jupyter, "minutes", {**asked, "form": ".html"})[1]["path"] for _ in range(2)]
    names = ["minutes-2027_03_04.html", "minutes-2027_03_04_2.html"]
    assert made == [f"{file.parent.name}/{name}" for name in names]
    assert sorted(each.name for each in file.parent.iterdir()) == ["board.register", *names]
    wish = {**asked, "form": ".html"}
    assert ask(jupyter, "minutes", wish, token=SECOND)[0] == 403
    status, refused = ask(jupyter, "minutes", {**asked, "form": ".pdf"})
    assert (status, ".docx" in refused["message"]) == (REFUSED, True)
    status, refused = ask(jupyter, "minutes", {**asked, "meeting": "2001", "form": ".html"})
    assert (status, MEETING in refused["message"]) == (REFUSED, True)


def test_the_plan_of_a_choice_is_put_beside_the_register_with_its_place_once(
    jupyter: Server, file: Path
) -> None:
    with decided(file) as made:
        digest = made.place(made.record.rows("places")[0]["place"]).digest
    wish = {"path": path_of(file), "of": f"{MEETING} B"}
    status, taken = ask(jupyter, "kept", wish)
    assert status == 201
    assert ask(jupyter, "kept", wish)[1] == taken
    root = jupyter.folder / "root"
    assert pb.read(root / taken["place"]).digest == digest
    (plan,) = (root / taken["folder"] / "plans").iterdir()
    assert pb.read_plan(plan).status == "simulated"
    _, held = ask(jupyter, f"document?{urlencode({'path': taken['place']})}")
    assert [each["current"] for each in held["plans"]] == [True]
    # What was changed there is left as it is.
    (root / taken["place"]).write_bytes(b"mine")
    assert ask(jupyter, "kept", wish)[1]["folder"] == f"{taken['folder']}_2"
    assert ask(jupyter, "kept", {**wish, "of": "2001 A"})[0] == REFUSED
    assert ask(jupyter, "kept", wish, token=SECOND)[0] == 403


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no database", "is no register"), (b"", "holds no register"), (None, "There is no")],
)
def test_what_is_no_register_says_so(
    file: Path, asked: Asked, content: bytes | None, said: str
) -> None:
    if content is not None:
        file.write_bytes(content)
    status, refused = asked()
    assert (status, said in refused["message"]) == (REFUSED, True)


def test_of_a_register_whose_chain_does_not_hold_nothing_is_told_but_that(
    file: Path, asked: Asked
) -> None:
    decided(file).close()
    assert asked()[1]["holds"] is True
    forced(file, "UPDATE entries SET entered_by = 'Another' WHERE number = 5")
    status, page = asked()
    assert (status, page["holds"], "title" in page) == (200, False, False)
    assert page["said"][0].startswith("The chain of entries does not hold")
    assert page["found"][0]["text"].startswith("Entry 5 is not what was entered")
    for more in ({"list": "decisions"}, {"decision": DECISION}, {"meeting": MEETING}):
        status, refused = asked(**more)
        assert (status, "hold" in refused["message"]) == (REFUSED, True)


def test_a_register_that_another_holds_or_that_may_not_be_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "board.register"
    decided(file).close()
    monkeypatch.setattr(store, "SECONDS", 0.1)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(CannotWrite, match="database is locked"):
        read_register(file)
    other.close()

    def refused(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(CannotAnswer, match=r"board\.register cannot be read: Permission denied"):
        mark_of(file)


def test_a_token_of_the_server_is_nobodys(
    file: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads by the server is nobody to the register, whatever its environment holds."""
    made = decided(file)
    monkeypatch.setenv("PLACEBUDGET_TOKEN", "a token that the register does not know")
    assert read_register(file).record is not None
    monkeypatch.delenv("PLACEBUDGET_TOKEN")
    assert Register(file, token=made.token).person.name == CLERK
    assert CLERK not in json.dumps(asked()[1])


def test_where_files_are_on_no_disk_a_register_is_read_and_its_minutes_are_written(
    far: Server,
) -> None:
    file = far.folder / "root" / "board.register"
    made = decided(file)
    _, page = ask(far, "register?path=board.register")
    wish = {"path": "board.register", "meeting": MEETING, "form": ".html"}
    assert ask(far, "minutes", wish)[1]["path"] == "minutes-2027_03_04.html"
    assert (file.parent / "minutes-2027_03_04.html").is_file()
    made.enter_all([decision(decided="That it go on")])
    assert ask(far, "register?path=board.register")[1]["entries"] == page["entries"] + 1
