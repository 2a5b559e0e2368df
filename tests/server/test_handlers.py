"""Examples copied and places made over a real Jupyter server, and what it refuses."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.auth import User
from tornado.web import HTTPError

import placebudget as pb
from browsing import Server
from placebudget.server.documents import (
    CheckHandler,
    CopyHandler,
    DocumentHandler,
    NetworkHandler,
    OptionsHandler,
)
from placebudget.server.handlers import ExamplesHandler, PlacesHandler, StartsHandler
from placebudget.server.jobs import RunsHandler, StudyHandler
from places import tiny
from server_asking import REFUSED, SECOND, TOKEN, ask

PLACE = {
    "title": "Exampleton & Vale",
    "first_year": "2027-28",
    "years": 2,
    "agencies": [{"name": "Council", "sector": "council"}, {"name": "NHS", "sector": "nhs"}],
    "folder": "",
}
HOSTILE_FOLDERS = [
    "..",
    "../elsewhere",
    "inner/../../elsewhere",
    "/etc",
    "C:\\Windows",
    "..\\elsewhere",
    ".hidden",
    "line\nbreak",
    "nought\0",
    "half \ud800 character",
    "a" * 10_000,
    "/".join(["a"] * 5_000),
    "not_there",
    7,
    None,
    ["root"],
]


def everything(server: Server) -> dict[str, bytes]:
    """All files around the server's folder, outside what Jupyter keeps for itself."""
    kept = ("settings", "runtime", "config", "ipython", "workspaces", "server.log")
    return {
        path.relative_to(server.folder).as_posix(): path.read_bytes()
        for path in server.folder.rglob("*")
        if path.is_file() and path.relative_to(server.folder).parts[0] not in kept
    }


def test_the_example_places_are_listed_with_their_words(jupyter: Server) -> None:
    status, answer = ask(jupyter, "examples")
    assert status == 200
    assert [each["name"] for each in answer["examples"]] == pb.examples()
    assert all(each["title"] and each["years"] for each in answer["examples"])


def test_a_copied_example_is_whole_and_a_second_copy_stands_beside_it(jupyter: Server) -> None:
    root = jupyter.folder / "root"
    asked = {"name": "toy_pooling", "folder": ""}
    status, first = ask(jupyter, "examples", asked)
    assert status == 201
    assert first == {"folder": "toy_pooling", "notebook": "toy_pooling/first_plan.ipynb"}
    assert pb.read(root / "toy_pooling").digest == pb.example("toy_pooling").digest
    (root / "toy_pooling" / "today.csv").write_text("mine", "utf-8")
    _, second = ask(jupyter, "examples", asked)
    assert second["folder"] == "toy_pooling_2"
    assert (root / "toy_pooling" / "today.csv").read_text("utf-8") == "mine"


def test_an_example_with_folders_of_its_own_is_copied_into_the_folder_in_view(
    jupyter: Server,
) -> None:
    inner = jupyter.folder / "root" / "inner" / "most"
    inner.mkdir(parents=True)
    status, made = ask(jupyter, "examples", {"name": "lancashire", "folder": "inner/most"})
    assert (status, made["folder"]) == (201, "inner/most/lancashire")
    published = inner / "lancashire" / "published"
    assert sorted(path.suffix for path in published.iterdir()) == [".csv"] * 3


def test_a_new_place_has_tables_options_and_a_notebook_and_can_be_planned(jupyter: Server) -> None:
    status, made = ask(jupyter, "places", PLACE)
    assert (status, made["folder"]) == (201, "exampleton_vale")
    folder = jupyter.folder / "root" / made["folder"]
    place = pb.read(folder)
    assert place.title == "Exampleton & Vale (placeholder figures)"
    assert place.years == ("2027-28", "2028-29")
    assert place.agencies["sector"].tolist() == ["council", "nhs"]
    assert [each.code for each in place.check()] == ["placeholder-figures"]
    assert list(place.options()) == ["five per cent more"]
    notebook = json.loads((jupyter.folder / "root" / made["notebook"]).read_text("utf-8"))
    assert not any(cell.get("outputs") for cell in notebook["cells"])
    assert ask(jupyter, "places", PLACE)[1]["folder"] == "exampleton_vale_2"


def test_a_place_begins_with_a_workbook_or_without_rows(jupyter: Server, tmp_path: Path) -> None:
    book = tiny().write(tmp_path / "filled in.xlsx")
    packed = base64.b64encode(book.read_bytes()).decode()
    files = [{"name": book.name, "content": packed}]
    status, made = ask(jupyter, "starts", {"files": files, "folder": ""})
    assert (status, made) == (201, {"folder": "tiny", "notebook": "tiny/first_plan.ipynb"})
    assert pb.read(jupyter.folder / "root" / "tiny") == tiny()
    empty = {"title": "Nowhere yet", "first_year": "2027-28", "years": 2, "folder": ""}
    status, made = ask(jupyter, "starts", empty)
    assert (status, made) == (201, {"folder": "nowhere_yet", "notebook": ""})
    place = pb.read(jupyter.folder / "root" / "nowhere_yet")
    assert (place.title, place.years, len(place.funding)) == (
        "Nowhere yet", ("2027-28", "2028-29"), 0,
    )  # fmt: skip
    for wrong, why in (
        ({"files": []}, "one workbook"),
        ({"files": [{"name": "a.xlsx", "content": "AAAA"}]}, "a.xlsx: "),
        ({"title": "", "first_year": "soon", "years": 99}, "title is missing"),
    ):
        status, refused = ask(jupyter, "starts", {"folder": "", **wrong})
        assert (status, why in refused["message"]) == (REFUSED, True), refused
        # It is said as people are told it, without the code of a rule or how many errors there are.
        assert not re.search(r"\[[\w-]+\]|\d errors?\b|workbook\.xlsx", refused["message"])


def test_the_sectors_offered_are_those_of_the_schema(jupyter: Server) -> None:
    status, answer = ask(jupyter, "places")
    assert status == 200
    assert {"council", "nhs", "dwp"} < set(answer["sectors"])


@pytest.mark.parametrize("folder", HOSTILE_FOLDERS, ids=lambda folder: ascii(folder)[:30])
@pytest.mark.parametrize("what", ["examples", "places"])
def test_a_folder_that_leads_elsewhere_is_refused_and_nothing_is_written(
    jupyter: Server, what: str, folder: Any
) -> None:
    before = everything(jupyter)
    status, answer = ask(jupyter, what, {**PLACE, "name": "toy_pooling", "folder": folder})
    assert status == REFUSED
    assert "folder" in answer["message"].lower()
    assert everything(jupyter) == before


@pytest.mark.parametrize("name", ["../toy_pooling", "", "no_such", "a" * 10_000, None, 3, ["x"]])
def test_an_example_that_is_none_is_refused(jupyter: Server, name: Any) -> None:
    status, answer = ask(jupyter, "examples", {"name": name, "folder": ""})
    assert status == REFUSED
    assert "no such example" in answer["message"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "title is missing"),
        ({"title": "a" * 10_000}, "10000 characters"),
        ({"title": "bell \a"}, "not text"),
        ({"title": {"a": 1}}, "title is missing"),
        ({"first_year": "soon"}, "2027-28"),
        ({"first_year": "9" * 10_000}, "2027-28"),
        ({"first_year": "0001-02"}, "1900"),
        ({"years": 0}, "number of years"),
        ({"years": 1e300}, "number of years"),
        ({"years": True}, "number of years"),
        ({"agencies": []}, "agencies"),
        ({"agencies": [{"name": "A"}] * 51}, "50 agencies"),
        ({"agencies": "council"}, "not a list"),
        ({"agencies": [{"name": "A", "sector": "space"}]}, "sector of agency 1"),
        ({"agencies": [{"name": "A", "sector": "nhs"}] * 2}, "same name"),
    ],
)
def test_a_place_that_cannot_be_made_is_refused_in_words(
    jupyter: Server, change: dict[str, Any], said: str
) -> None:
    before = everything(jupyter)
    status, answer = ask(jupyter, "places", {**PLACE, **change})
    assert status == REFUSED
    assert said in answer["message"]
    assert everything(jupyter) == before


def test_all_that_does_not_fit_is_said_at_once(jupyter: Server) -> None:
    message = ask(jupyter, "places", {"folder": ""})[1]["message"]
    assert all(word in message for word in ("title", "number of years", "first", "agencies"))


@pytest.mark.parametrize("sent", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000, b" " * 1_000_001])
def test_what_is_no_json_is_refused(jupyter: Server, sent: bytes) -> None:
    status, answer = ask(jupyter, "places", sent)
    assert status == REFUSED
    assert answer["message"].startswith("What was sent")


@pytest.mark.parametrize("what", ["examples", "places"])
@pytest.mark.parametrize("asked", [None, PLACE])
@pytest.mark.parametrize("token", ["", "wrong"])
def test_who_has_no_token_is_refused(jupyter: Server, what: str, asked: Any, token: str) -> None:
    before = everything(jupyter)
    assert ask(jupyter, what, asked, token=token)[0] == 403
    assert everything(jupyter) == before


def test_a_folder_that_may_not_be_written_is_said(jupyter: Server) -> None:
    # A file stands where the folder would be made in: the same for every user, root too.
    (jupyter.folder / "root" / "a_file").write_text("mine", "utf-8")
    status, answer = ask(jupyter, "places", {**PLACE, "folder": "a_file"})
    assert (status, "not there" in answer["message"]) == (REFUSED, True)
    assert Path(jupyter.folder / "root" / "a_file").read_text("utf-8") == "mine"


def test_many_writers_at_once_get_a_whole_folder_each(jupyter: Server) -> None:
    wishes = [("examples", {"name": "toy_pooling", "folder": ""})] * 3 + [("places", PLACE)] * 3
    with ThreadPoolExecutor(len(wishes)) as pool:
        made = list(pool.map(lambda asked: ask(jupyter, *asked), wishes))
    assert [status for status, _ in made] == [201] * len(wishes)
    folders = [answer["folder"] for _, answer in made]
    assert len(set(folders)) == len(folders)
    digests = [pb.read(jupyter.folder / "root" / each).digest for each in folders]
    assert len(set(digests)) == 2


def status_of(server: Server, path: str, token: str) -> int:
    """What a path answers whoever asks for a socket there."""
    socket = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Authorization": f"token {token}"}
    request = urllib.request.Request(f"{server.address}{path}", headers={**socket, **key})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    with refused.value as error:
        return error.code


def test_a_second_user_does_what_the_server_lets_that_user_do_and_no_more(jupyter: Server) -> None:
    """A token of one's own that is good: it may read the contents, and write or run nothing."""
    before = everything(jupyter)
    for what, asked in (("examples", {"name": "toy_pooling", "folder": ""}), ("places", PLACE)):
        assert ask(jupyter, what, token=SECOND)[0] == 200
        assert ask(jupyter, what, asked, token=SECOND)[0] == 403
        assert ask(jupyter, what, asked, token=f"{TOKEN}{SECOND}")[0] == 403
    assert everything(jupyter) == before
    nowhere = "/api/kernels/00000000-0000-0000-0000-000000000000/channels"
    assert status_of(jupyter, nowhere, SECOND) == 403
    assert status_of(jupyter, nowhere, "wrong") == 403
    assert status_of(jupyter, nowhere, TOKEN) == 404
    assert ask(jupyter, "examples", {"name": "toy_pooling", "folder": ""})[0] == 201


@pytest.mark.parametrize(
    ("handler", "method"),
    [
        *(
            (handler, method)
            for handler in (ExamplesHandler, PlacesHandler)
            for method in ("get", "post")
        ),
        (DocumentHandler, "get"),
        (DocumentHandler, "put"),
        (CheckHandler, "post"),
        (NetworkHandler, "post"),
        (StudyHandler, "post"),
        (CopyHandler, "post"),
        (StartsHandler, "post"),
        *((OptionsHandler, method) for method in ("post", "put", "delete")),
        *((RunsHandler, method) for method in ("get", "post", "delete")),
    ],
)
def test_who_is_known_but_not_allowed_to_is_refused(
    handler: type, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second user of a shared server, whom its authoriser does not let at the contents."""
    asked: list[tuple[str, str, str]] = []

    class Nobody:
        def is_authorized(self, _: Any, user: User, action: str, resource: str) -> bool:
            asked.append((user.username, action, resource))
            return False

    known = object.__new__(handler)
    known._jupyter_current_user = known._current_user = User("second")
    known.request = SimpleNamespace(method=method.upper(), path="/", uri="/")
    monkeypatch.setattr(handler, "authorizer", Nobody())
    monkeypatch.setattr(handler, "log", logging.getLogger())
    with pytest.raises(HTTPError) as refused:
        asyncio.run(getattr(known, method)())
    assert refused.value.status_code == 403
    action = "read" if method == "get" else "write"
    assert asked == [("second", action, "contents")]
