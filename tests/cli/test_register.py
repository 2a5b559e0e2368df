"""``placebudget register``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import placebudget as pb
from registers import DECISION, MEETING

Command = Callable[..., Result]


def test_a_meeting_is_kept_from_the_first_entry_to_the_minutes(
    placebudget: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "board.register"
    done = placebudget("register", "new", file, "Our board", "--officer", "The clerk", "--json")
    token = json.loads(done.stdout)["token"]
    said = placebudget("register", "enter", file, "meetings", f"date={MEETING}")
    assert (said.exit_code, "set PLACEBUDGET_TOKEN" in said.stderr) == (2, True)
    monkeypatch.setenv("PLACEBUDGET_TOKEN", token)

    def enter(*words: object) -> str:
        done = placebudget("register", "enter", file, *words)
        assert done.exit_code == 0, done.stderr
        return done.stdout.strip()

    assert enter("meetings", "body=Our board", f"date={MEETING}", "chair=The mayor") == (
        f"Entry 3: meetings, {MEETING}"
    )
    plan = pb.optimise(pb.example("toy_pooling"), prices=False).to_json(tmp_path / "a.plan.json")
    enter("choices", f"meeting={MEETING}", "title=Pool all", f"plan={plan}")
    decided = {
        "meeting": MEETING, "decided": "That all be pooled", "choice": f"{MEETING} A",
        "mover": "The mayor", "reasons": "More care", "owner": "The clerk", "due": "2028-04-01",
    }  # fmt: skip
    rows = [{"decisions": decided}, {"dissents": {"member": "A member", "reason": "Too soon"}}]
    (tmp_path / "decision.json").write_text(json.dumps(rows))
    assert enter("--from", tmp_path / "decision.json").splitlines() == [
        f"Entry 7: decisions, {DECISION}",
        f"Entry 8: dissents, {DECISION}",
    ]
    written = tmp_path / "minutes.docx"
    done = placebudget("register", "minutes", file, MEETING, "--out", written)
    assert done.exit_code == 0
    assert written.stat().st_size > 5_000
    assert (
        "A member disagreed: Too soon." in placebudget("register", "minutes", file, MEETING).stdout
    )
    done = placebudget("register", "rerun", file, DECISION, "--out", tmp_path / "again")
    assert "The same money to the penny" in done.stdout
    plan_file, place = sorted((tmp_path / "again").iterdir(), reverse=True)[::-1]
    assert placebudget("rerun", plan_file, "--place", place).exit_code == 0
    head = json.loads(placebudget("register", "show", file, "--json").stdout)["rows"][-1]["hash"]
    done = placebudget("register", "check", file, "--noted", head)
    assert done.stdout.endswith("The chain of 8 entries holds.\n")
    assert head in placebudget("register", "check", file).stdout
    assert placebudget("register", "check", file, "--noted", "0" * 64).exit_code == 1
    assert "without a result" in placebudget("register", "decided", file).stdout
    assert (
        "Token of A member" in placebudget("register", "grant", file, "A member", "member").stdout
    )
    assert "Too soon" in placebudget("register", "show", file, "dissents").stdout
    assert placebudget("register", "export", file, tmp_path / "record.xlsx").exit_code == 0
    assert (tmp_path / "record.entries.json").exists()


def test_what_cannot_be_meant_is_said_in_words(placebudget: Command, tmp_path: Path) -> None:
    file = tmp_path / "board.register"
    placebudget("register", "new", file, "Our board", "--officer", "The clerk")
    text = tmp_path / "rows.json"
    text.write_text("[1]")
    for words, said in [
        (("show", tmp_path / "none"), "there is no register"),
        (("show", file, "decision"), "Did you mean decisions?"),
        (("enter", file, "meetings", "date"), "says no column: write COLUMN=VALUE"),
        (("enter", file, "meetings", "date=1", "date=2"), "date is given twice"),
        (("enter", file), "give a table and its cells, or --from a file"),
        (("enter", file, "--from", text), "a list of objects with one table each"),
        (("minutes", file, MEETING), "There are: none"),
        (("minutes", file, MEETING, "--out", "minutes.pdf"), ".docx"),
        (("rerun", file, DECISION), "The register has no decision"),
        (("grant", file, "A member", "king"), "a reader enters nothing"),
    ]:
        done = placebudget("register", *words)
        assert done.exit_code in (1, 2), words
        assert said in done.stderr.replace("\n", " "), (words, done.stderr)
        assert "Traceback" not in done.stderr
