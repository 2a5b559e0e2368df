"""A place as a document over a real Jupyter server: read, checked, saved whole, and refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import placebudget as pb
from browsing import Server, wait_until
from placebudget.place.options import options_folder
from placebudget.server import documents
from places import MADE_UP, tiny
from server_asking import CLASHED, REFUSED, SECOND, TOKEN, ask
from small import rule


@pytest.fixture
def folder(jupyter: Server) -> Path:
    """A place in the server's folder, one for each test."""
    root = jupyter.folder / "root"
    return tiny().write(root / f"tiny_{len(list(root.iterdir()))}")


def path_of(folder: Path) -> str:
    return f"{folder.name}/datapackage.json"


def opened(server: Server, folder: Path) -> dict[str, Any]:
    status, answer = ask(server, f"document?path={path_of(folder)}")
    assert status == 200, answer
    found: dict[str, Any] = answer
    return found


def rows_of(place: dict[str, Any], table: str) -> list[list[str]]:
    found: list[list[str]] = next(e["rows"] for e in place["tables"] if e["name"] == table)
    return found


def save(
    server: Server, wish: Any, token: str = TOKEN, what: str = "document", method: str = "PUT"
) -> tuple[int, Any]:
    """Status and JSON of a request to save, or to do something else by another method."""
    return ask(server, what, wish, token=token, method=method)


def test_a_place_is_read_checked_drawn_and_saved(jupyter: Server, folder: Path) -> None:
    place = opened(jupyter, folder)
    assert place["writable"] is True
    assert place["overview"]["errors"] == 0
    rows = rows_of(place, "funding")
    typed = [[*rows[0][:2], "much", *rows[0][3:]], *rows[1:]]
    asked = {"path": path_of(folder), "tables": {"funding": typed}}
    status, judged = ask(jupyter, "check", asked)
    assert (status, judged["overview"]["errors"], judged["hash"]) == (200, 1, place["hash"])
    assert judged["findings"]["funding"][0]["row"] == 0
    status, drawn = ask(jupyter, "network", {"path": path_of(folder)})
    assert (status, "links" in drawn["drawing"]) == (200, True)
    status, refused = ask(jupyter, "network", asked)
    assert (status, "have errors" in refused["message"]) == (REFUSED, True)
    typed[0][2] = "11000000"
    status, saved = save(jupyter, {**asked, "hash": place["hash"]})
    assert status == 200
    assert saved["hash"] != place["hash"]
    assert pb.read(folder).funding["amount"].tolist()[0] == 11_000_000
    on_disk = ask(jupyter, f"document?path={path_of(folder)}&content=0")[1]
    assert (on_disk["hash"], "tables" in on_disk) == (saved["hash"], False)


def test_what_was_changed_elsewhere_is_not_saved_over_without_a_word(
    jupyter: Server, folder: Path
) -> None:
    place = opened(jupyter, folder)
    text = (folder / "funding.csv").read_text("utf-8").replace("10000000", "12000000")
    (folder / "funding.csv").write_text(text, "utf-8")
    wish = {"path": path_of(folder), "hash": place["hash"], "tables": {"funding": []}}
    status, refused = save(jupyter, wish)
    assert (status, "Nothing was saved" in refused["message"]) == (CLASHED, True)
    assert (folder / "funding.csv").read_text("utf-8") == text
    assert rows_of(opened(jupyter, folder), "funding")[0][2] == "12000000"


@pytest.mark.parametrize("form", ["place.xlsx", "place.zip"])
def test_a_workbook_and_an_archive_are_places_too(jupyter: Server, folder: Path, form: str) -> None:
    path = pb.read(folder).write(folder.parent / f"{folder.name}.{form}")
    status, place = ask(jupyter, f"document?path={path.name}")
    assert status == 200
    tables = {"funding": rows_of(place, "funding")[:2]}
    status, _ = save(jupyter, {"path": path.name, "hash": place["hash"], "tables": tables})
    assert (status, len(pb.read(path).funding)) == (200, 2)


@pytest.mark.parametrize(
    "path",
    ["", "datapackage.json", "../datapackage.json", "/etc/datapackage.json", "no/datapackage.json",
     ".hidden/datapackage.json", "notes.txt", "no.place.zip", "nought\0/datapackage.json"],
)  # fmt: skip
def test_a_path_that_is_none_of_a_place_is_refused(jupyter: Server, path: str) -> None:
    hidden = jupyter.folder / "root" / ".hidden"
    if not hidden.exists():
        tiny().write(hidden)
    for what, asked in (("check", {"path": path}), ("network", {"path": path})):
        status, answer = ask(jupyter, what, asked)
        assert (status, bool(answer["message"])) == (REFUSED, True)
    status, answer = save(jupyter, {"path": path, "hash": "", "tables": {}})
    assert (status, bool(answer["message"])) == (REFUSED, True)


def test_a_link_in_a_place_that_leads_out_of_it_is_not_followed(
    jupyter: Server, folder: Path
) -> None:
    (jupyter.folder / "secret.csv").write_text("area\nsecret\n", "utf-8")
    os.symlink(jupyter.folder / "secret.csv", folder / "areas.csv")
    place = opened(jupyter, folder)
    assert "secret" not in json.dumps(rows_of(place, "areas"))
    assert "leads out" in json.dumps(place["overview"]["groups"])


def test_tables_that_are_none_are_refused_and_nothing_is_written(
    jupyter: Server, folder: Path
) -> None:
    place = opened(jupyter, folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    for tables in (None, [], {"funding": [["a"]]}, {"no_such": []}, {"funding": [[1] * 6]}):
        wish = {"path": path_of(folder), "hash": place["hash"], "tables": tables}
        status, answer = save(jupyter, wish)
        assert (status, bool(answer["message"])) == (REFUSED, True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files


def test_who_may_only_read_reads_and_saves_nothing(jupyter: Server, folder: Path) -> None:
    place = opened(jupyter, folder)
    wish = {"path": path_of(folder), "hash": place["hash"], "tables": {"funding": []}}
    where = f"document?path={path_of(folder)}"
    assert ask(jupyter, where, token=SECOND)[0] == 200
    assert save(jupyter, wish, token=SECOND)[0] == 403
    for token in ("", "wrong"):
        assert ask(jupyter, where, token=token)[0] == 403
        assert save(jupyter, wish, token=token or "x")[0] == 403
    assert len(pb.read(folder).funding) == 4


def test_a_large_place_is_shown_before_it_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_JUDGED_AT_ONCE", 0)
    path, held = tiny().write(tmp_path / "tiny"), documents.Documents(None)
    page = documents._page(path, held.read(path))
    assert (page["judged"], len(rows_of(page, "funding"))) == (False, 4)
    assert held.judge(path, None)[2].place == tiny()
    assert documents._page(path, held.read(path))["judged"] is True


def test_a_copy_is_written_beside_its_place_with_what_is_typed_and_its_options(
    jupyter: Server, folder: Path
) -> None:
    pb.Option("less need").scale("needs", 0.9).save(folder)
    rows = rows_of(opened(jupyter, folder), "funding")
    rows[0][2] = "11000000"
    wish = {"path": path_of(folder), "tables": {"funding": rows}, "name": f"{folder.name} copy"}
    for form, opening in (("", "/datapackage.json"), (".place.xlsx", ""), (".place.zip", "")):
        status, made = ask(jupyter, "copy", {**wish, "form": form})
        name = f"{folder.name}_copy{form}"
        assert (status, made) == (201, {"path": f"{name}{opening}"})
        place = pb.read(folder.parent / name)
        assert place.funding["amount"].tolist()[0] == 11_000_000
        assert list(place.options()) == ["less need"]
    assert pb.read(folder).funding["amount"].tolist()[0] == 10_000_000
    for wrong in ({"form": ""}, {"form": ".exe"}, {"form": "", "name": "../.."}):
        assert ask(jupyter, "copy", {**wish, **wrong})[0] == REFUSED
    assert ask(jupyter, "copy", {**wish, "form": ""}, token=SECOND)[0] == 403


def test_an_option_is_laid_on_what_is_typed_and_nothing_is_written(
    jupyter: Server, folder: Path
) -> None:
    pb.Option("less").scale("funding", 0.9).save(folder)
    rows = rows_of(opened(jupyter, folder), "funding")
    rows[0][2] = "11000000"
    wish = {"path": path_of(folder), "tables": {"funding": rows}, "name": "less"}
    status, taken = ask(jupyter, "taken", wish)
    assert (status, list(taken["tables"])) == (200, ["funding"])
    assert [row[2] for row in taken["tables"]["funding"]][:2] == ["9900000", "9000000"]
    assert pb.read(folder).funding["amount"].tolist()[0] == 10_000_000
    for wrong in ("no such", None, ["less"], {}):
        assert ask(jupyter, "taken", {**wish, "name": wrong})[0] == REFUSED, wrong
    assert ask(jupyter, "taken", wish, token=SECOND)[0] == 403


def test_a_plan_is_worked_out_beside_the_server_and_kept_beside_its_place(
    jupyter: Server, folder: Path
) -> None:
    where = f"runs?path={path_of(folder)}"
    wish = {"path": path_of(folder), "what": "pooled"}
    status, asked = ask(jupyter, "runs", wish)
    assert (status, asked["runs"][0]["what"], asked["runs"][0]["state"]) == (
        201,
        "pooled",
        "waiting",
    )
    wait_until(lambda: ask(jupyter, where)[1]["runs"][0]["state"] not in ("waiting", "running"))
    (run,) = ask(jupyter, where)[1]["runs"]
    assert (run["state"], run["file"]) == ("done", "plans/tiny_pooled.plan.json")
    assert pb.read_plan(folder / run["file"]).run["inputs"] == tiny().digest
    assert opened(jupyter, folder)["plans"][0]["current"] is True
    wish = {"path": path_of(folder), "number": run["number"]}
    assert save(jupyter, wish, what="runs", method="DELETE")[0] == 200
    # In the Python of a kernel of the server, and of no other.
    for kernel, status in (
        ("python3", 201),
        ("no_such", REFUSED),
        ("../python3", REFUSED),
        (["a"], REFUSED),
    ):
        asked = {"path": path_of(folder), "what": "today", "interpreter": kernel}
        assert ask(jupyter, "runs", asked)[0] == status, kernel
    for wrong in ({"what": "no_such"}, {"what": "pooled", "objective": "fame"}):
        assert ask(jupyter, "runs", {"path": path_of(folder), **wrong})[0] == REFUSED
    assert ask(jupyter, "runs", {**wish, "what": "pooled"}, token=SECOND)[0] == 403
    # A plan of an answer is kept as well, and one that it does not have is refused.
    given = {"aims-public value": True, "aims-money spent": True, "points": "2"}
    asked = {"path": path_of(folder), "study": "frontier", "given": given, "files": []}
    assert ask(jupyter, "runs", asked)[0] == 201
    wait_until(lambda: ask(jupyter, where)[1]["runs"][0]["picks"])
    number = ask(jupyter, where)[1]["runs"][0]["number"]
    picked = {"path": path_of(folder), "pick": number, "point": "point 1"}
    assert ask(jupyter, "runs", {**picked, "point": "point 99"})[0] == REFUSED
    assert ask(jupyter, "runs", {**picked, "pick": None})[0] == REFUSED
    assert ask(jupyter, "runs", picked)[0] == 201
    wait_until(lambda: ask(jupyter, where)[1]["runs"][0]["state"] == "done")
    run = ask(jupyter, where)[1]["runs"][0]
    assert (run["file"], run["picked"]) == ("plans/tiny_frontier_point_1.plan.json", True)


def test_the_desk_of_a_document_lays_changes_on_its_tables_and_writes_none(
    jupyter: Server, folder: Path
) -> None:
    """With £12 million typed for the council, taking the NHS board out of the pool is one change.

    A document that is opened again finds what its desk had.
    """
    rows = rows_of(opened(jupyter, folder), "funding")
    rows[0][2] = "12000000"
    wish: dict[str, Any] = {"path": path_of(folder), "tables": {"funding": rows}}
    status, desk = ask(jupyter, "desk", wish)
    assert (status, desk["changed"], desk["figures"]["option"]) == (200, [], None)
    assert desk["values"]["funding:council_tax:2027-28"] == 12.0
    status, set_to = ask(jupyter, "desk", {**wish, "set": ["agency:nhs", False]})
    assert (status, set_to["changed"]) == (200, ["Tiny NHS Board pays into no pool."])
    held = {**wish, "figures": set_to["figures"]}
    assert opened(jupyter, folder)["desk"] == set_to["figures"]
    status, answer = ask(jupyter, "desk", held, method="PUT")
    assert (status, answer["state"]) == (200, "planned"), answer
    assert answer["said"].startswith("Solved: ")
    assert "links" in answer["drawing"]
    status, shown = ask(jupyter, f"desk?path={path_of(folder)}&section=money")
    assert (status, "<table" in shown["page"]) == (200, True)
    moved = ask(jupyter, "desk", {**held, "set": ["funding:nhs_core:2028-29", 0.5]})[1]
    assert len(moved["changed"]) == 2
    quick = ask(jupyter, "desk", {**wish, "figures": moved["figures"]}, method="PUT")[1]
    assert "against the last plan" in quick["said"]
    # Kept as an option, and taken into the tables, as they are typed.
    kept = {**wish, "figures": moved["figures"], "name": "apart", "about": "Alone."}
    status, said = ask(jupyter, "options", kept)
    assert (status, said["options"][0]["name"]) == (201, "apart")
    # It is told as a desk holds it, so that a page knows which option keeps what lies there.
    (told,) = said["options"]
    assert told["at_desk"] == moved["figures"]["option"]["changes"]
    loaded = ask(jupyter, "desk", {**wish, "load": "apart"})[1]["figures"]
    assert told["at_desk"] == loaded["option"]["changes"]
    assert ask(jupyter, "options", kept)[0] == REFUSED  # there is one of that name
    assert ask(jupyter, "desk", {**wish, "load": "apart"})[1]["changed"] == moved["changed"]
    closed = ask(jupyter, "desk", {**wish, "set": ["pool:shared", False]})[1]
    (said,) = closed["changed"]
    assert said.endswith("is closed: it goes on with what it pays today.")
    taken = ask(jupyter, "taken", {**wish, "figures": moved["figures"]})[1]["tables"]
    assert [row[2] for row in taken["funding"]][:4] == [
        "12000000",
        "10000000",
        "20000000",
        "500000",
    ]
    assert pb.read(folder).digest == tiny().digest
    for wrong in (
        {"set": ["agency:nobody", False]},
        {"set": ["agency:nhs", "no"]},
        {"set": ["funding:nhs_core:2028-29", -1]},
        {"set": "agency:nhs"},
        {"set": [["agency"], {}]},
        {"load": "no such"},
        {"figures": []},
        {"figures": {"objective": "fame"}},
        {"figures": {"option": {"changes": "all"}}},
    ):
        assert ask(jupyter, "desk", {**wish, **wrong})[0] == REFUSED, wrong
    assert ask(jupyter, "desk", wish, token=SECOND)[0] == 403
    assert ask(jupyter, f"desk?path={path_of(folder)}&section=all")[0] == REFUSED
    assert ask(jupyter, "desk", {"path": path_of(folder)}, method="DELETE")[0] == 200


def test_figures_of_a_desk_that_clash_come_with_ways_out_that_lead_to_figures(
    jupyter: Server, folder: Path
) -> None:
    floor = rule("floor", "service=prevention", 5e6)
    folder = tiny(rules=[{**floor, **MADE_UP}]).write(folder.with_name("clashing"))
    wish: dict[str, Any] = {"path": path_of(folder)}
    desk = ask(jupyter, "desk", {**wish, "set": ["amount:floor", 50.0]})[1]
    assert len(desk["changed"]) == 1
    held = {**wish, "figures": desk["figures"]}
    clash = ask(jupyter, "desk", held, method="PUT")[1]
    assert (clash["state"], "do not add up" in clash["said"]) == ("clash", True)
    buttons = [
        each
        for group in clash["form"]["groups"]
        for each in group["controls"]
        if each["kind"] == "button"
    ]
    assert len(buttons) == len(clash["ways"]) > 0
    out = ask(jupyter, "desk", {**wish, "figures": clash["ways"][0]}, method="PUT")[1]
    assert out["state"] == "planned"


def test_figures_of_a_desk_that_make_an_error_are_told_as_findings_are_and_put_back(
    jupyter: Server, folder: Path
) -> None:
    """The council must pay £5 million of its £10 million into the pool, and is left with £1 m."""
    place = tiny()
    least = place.contributions.assign(minimum=5e6)
    folder = place.with_(contributions=least).write(folder.with_name("too_little"))
    wish: dict[str, Any] = {"path": path_of(folder)}
    assert ask(jupyter, "desk", wish, method="PUT")[1]["state"] == "planned"
    desk = ask(jupyter, "desk", {**wish, "set": ["funding:council_tax:2027-28", 1.0]})[1]
    said = ask(jupyter, "desk", {**wish, "figures": desk["figures"]}, method="PUT")[1]
    assert said["state"] == "clash", said
    told = json.dumps(said["form"])
    assert "Contributions, row 2, minimum: " in told
    assert "[" + "minima-above-funding" not in told
    (way,) = said["ways"]
    assert way["option"] is None


def test_the_options_of_a_workbook_follow_it_when_it_is_renamed_and_copied(
    jupyter: Server, folder: Path
) -> None:
    root = folder.parent
    book = tiny().write(root / f"{folder.name}.place.xlsx")
    pb.Option("less").scale("needs", 0.9).save(book)

    def options(name: str) -> list[str]:
        status, place = ask(jupyter, f"document?path={name}")
        assert status == 200, place
        return [each["name"] for each in place["options"]]

    renamed = f"{folder.name}_renamed.place.xlsx"
    wish: dict[str, Any] = {"path": renamed}
    assert ask(jupyter, f"contents/{book.name}", wish, method="PATCH", part="api")[0] == 200
    assert options(renamed) == ["less"]
    assert not options_folder(book).exists()
    wish = {"copy_from": renamed}
    status, copied = ask(jupyter, "contents", wish, method="POST", part="api")
    assert (status, options(copied["name"])) == (201, ["less"])
    assert options(renamed) == ["less"]


def test_where_files_are_on_no_disk_a_workbook_and_an_archive_are_opened_and_saved(
    far: Server,
) -> None:
    """What is saved, kept or planned here stands there; what changes there is shown here."""
    root = far.folder / "root"
    (root / "in").mkdir()
    for form in (".place.xlsx", ".place.zip"):
        there = tiny().write(root / "in" / f"tiny{form}")
        path = f"in/{there.name}"
        place = ask(far, f"document?path={path}")[1]
        rows = rows_of(place, "funding")
        rows[0][2] = "11000000"
        wish: dict[str, Any] = {"path": path, "tables": {"funding": rows}}
        assert save(far, {**wish, "hash": place["hash"]})[0] == 200
        assert pb.read(there).funding["amount"].tolist()[0] == 11_000_000
        rows[0][2] = "12000000"
        kept = {"path": path, "tables": {"funding": rows}, "name": "more", "about": ""}
        assert ask(far, "options", kept)[0] == 201
        assert list(pb.read(there).options()) == ["more"]
        assert save(far, {"path": path, "name": "more"}, what="options", method="DELETE")[0] == 200
        assert not pb.read(there).options()
        assert ask(far, "runs", {"path": path, "what": "today"})[0] == 201
        runs = f"runs?path={path}"
        wait_until(lambda runs=runs: ask(far, runs)[1]["runs"][0]["state"] == "done")
        # Changed there by somebody else: seen, and not saved over without a word.
        before = ask(far, f"document?path={path}&content=0")[1]["hash"]
        pb.Option("less").scale("funding", 0.5).apply(tiny()).write(there)
        os.utime(there, (1, 1))
        assert ask(far, f"document?path={path}&content=0")[1]["hash"] != before
        status, refused = save(far, {**wish, "hash": before})
        assert (status, "Nothing was saved" in refused["message"]) == (CLASHED, True)
    assert [each.name for each in sorted((root / "in" / "plans").iterdir())] == [
        "tiny_today.plan.json",
        "tiny_today_2.plan.json",
    ]
    status, made = ask(far, "copy", {"path": path, "name": "again", "form": ".place.xlsx"})
    assert (status, made["path"]) == (201, "in/again.place.xlsx")
    assert (root / made["path"]).is_file()
    pb.Option("less").scale("needs", 0.9).save(root / made["path"])
    wish = {"path": "in/renamed.place.xlsx"}
    assert ask(far, f"contents/{made['path']}", wish, method="PATCH", part="api")[0] == 200
    (there_too,) = ask(far, f"document?path={wish['path']}")[1]["options"]
    assert there_too["name"] == "less"
    assert ask(far, "copy", {"path": path, "name": "x", "form": ""})[0] == REFUSED
    tiny().write(root / "folder")
    status, refused = ask(far, "document?path=folder/datapackage.json")
    assert (status, "opened as a .place.xlsx" in refused["message"]) == (REFUSED, True)
