"""The board's papers: what the board says, as files that ask for nothing and open from disk."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest
from typer.testing import CliRunner

import placebudget as pb
from placebudget.apps.meeting import STUDIES, Meeting
from placebudget.apps.papers import Papers, filling, folder_to_write, papers
from placebudget.apps.papers.pages import csv_text, plain_text
from placebudget.apps.papers.site import Occasion, policy_of
from placebudget.apps.screens import GROUPS, LIVE_ONLY, SCREENS, shown
from placebudget.cli import app
from placebudget.errors import Stopped, WrongArgument
from placebudget.writing import replace_folder
from planned import SOME, optimised, papers_of
from proof import ALL

pytestmark = pytest.mark.xdist_group("papers")
DAY = datetime.date(2026, 12, 1)
HOSTILE = 'Care "& </style></script><img src=x> health'


@pytest.fixture(scope="module")
def written() -> Papers:
    """Papers of a small place, which none here changes."""
    return papers_of("toy_pooling")


def pages(written: Papers) -> Iterator[tuple[str, str]]:
    return pages_in(written.folder)


def pages_in(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.html")):
        yield path.name, path.read_text("utf-8")


def test_every_screen_of_the_board_stands_in_one_group() -> None:
    grouped = [key for _, keys in GROUPS for key in keys]
    assert sorted(grouped) == sorted(screen.key for screen in SCREENS)


def test_there_is_a_page_for_every_screen_and_every_study_that_is_wanted(written: Papers) -> None:
    wanted = {key for key, study in STUDIES.items() if ALL or study.name in SOME}
    screens = {each.key for each in SCREENS if each.key not in (*STUDIES, *LIVE_ONLY)}
    assert {page.key for page in written.pages if page.group} == wanted | screens | {"choices"}


def test_a_page_says_what_the_screen_of_the_board_says(written: Papers) -> None:
    board = Meeting(pb.example("toy_pooling"))
    board.recalculate({})
    board.complete()
    for screen in SCREENS:
        if screen.key in (*STUDIES, *LIVE_ONLY, "why", "change"):
            continue  # these ask for something, or draw it live
        told = shown(screen, board)
        html = (written.folder / f"{screen.key}.html").read_text("utf-8")
        plain = re.sub(" The figures as CSV(?= |$)", "", plain_text(html))
        assert f"<h1>{told['title']}</h1>" in html
        assert plain_text(told["html"]) in plain, screen.key


def test_no_page_asks_for_anything_and_its_policy_lets_in_what_stands_in_it(
    written: Papers,
) -> None:
    for name, html in pages(written):
        policy = unescape(re.search(r'Security-Policy" content="([^"]*)"', html)[1])  # type: ignore[index]
        assert policy.startswith("default-src 'none'; style-src 'sha256-"), name
        assert "unsafe" not in policy
        scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
        for text in (*scripts, *re.findall(r"<style>(.*?)</style>", html, re.DOTALL)):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy, name
        body = html[html.index("<body") :]
        assert not re.search(r"<[^>]* (style|on\w+)=", body), name
        assert not re.search(r'(src|href)="(https?:|//)', html), name


def test_every_way_leads_to_a_page_a_part_of_one_or_a_file(written: Papers) -> None:
    figures = set()
    for name, html in pages(written):
        ids = re.findall(r' id="([^"]+)"', html)
        assert len(ids) == len(set(ids)), name
        for href in re.findall(r'<a [^>]*href="([^"]*)"', html):
            file, _, part = href.partition("#")
            assert (written.folder / file).is_file() if file else part in ids, (name, href)
            figures |= {file} if file.endswith(".csv") else set()
    there = {f"figures/{path.name}" for path in (written.folder / "figures").iterdir()}
    assert figures == there
    assert len(there) > 10


def test_each_picture_and_each_table_has_its_figures_beside_it(written: Papers) -> None:
    for page in written.pages:
        html = (written.folder / f"{page.key}.html").read_text("utf-8")
        main = html[html.index("<main") : html.index("</main>")]
        drawn = main.count("<figure>") + main.count("<table")
        assert main.count(".csv") == drawn, page.key
    chart = pd.read_csv(written.folder / "figures" / "change-chart-money.csv")
    assert list(chart.columns) == ["label", "today", "proposed"]
    assert chart.set_index("label").loc["policing"].tolist() == [15.0, 20.0]


def test_figures_for_a_spreadsheet_hold_no_formula() -> None:
    rows = [["=cmd()", "-£1", "-1,000.5", None, "\tx"]]
    assert csv_text(rows) == "'=cmd(),'-£1,\"-1,000.5\",,'\tx\r\n"


def test_a_choice_has_the_plan_that_is_made_for_it_and_one_that_does_nothing_says_why(
    written: Papers,
) -> None:
    named = {page.title: page for page in written.pages if page.key.startswith("choices-")}
    assert len(named) == 4
    ended = (
        written.folder / f"{named['The ring-fence of NHS money is ended'].key}.html"
    ).read_text("utf-8")
    place = pb.example("toy_pooling")
    fences = place.ring_fences[place.ring_fences["stream"] != "nhs_money"]
    best = pb.optimise(place.with_(ring_fences=fences), prices=False)
    gain = best.public_value() - optimised("toy_pooling").public_value()
    assert gain == pytest.approx(10e6)
    assert "is worth £310 million of public value, £10 million more than in the papers" in ended
    idle = (
        written.folder / f"{named['The ring-fence of Council money is ended'].key}.html"
    ).read_text("utf-8")
    assert "changes nothing in the public value of the best pooled plan, because" in idle
    assert 'href="change.html">As in the papers' in idle


def test_the_pack_holds_every_paper_and_says_once_what_all_rest_on(written: Papers) -> None:
    pack = (written.folder / "pack.html").read_text("utf-8")
    listed = [page for page in written.pages if page.group]
    for number, page in enumerate(listed, start=1):
        assert f"Paper {number}. {page.group}: {page.name}" in pack
    assert pack.count("This is a model. It ranks options") == 1
    assert pack.count("Hash of the inputs") == 1
    foot = "Toy place for pooling (invented) · Board · 1 December 2026"
    assert f'@bottom-left {{ content: "{foot}"' in pack
    assert 'content: "Page " counter(page) " of " counter(pages)' in pack


def test_the_search_looks_through_the_words_of_every_page(written: Papers) -> None:
    html = (written.folder / "search.html").read_text("utf-8")
    data = re.search(r'<script type="application/json" id="search-index">(.*?)</script>', html)
    index = {entry[0]: entry for entry in json.loads(data[1])}  # type: ignore[index]
    assert set(index) == {f"{page.key}.html" for page in written.pages}
    assert "Toyland Council" in index["our-money.html"][3]


def test_papers_of_a_place_that_does_not_add_up_say_which_promises_clash(tmp_path: Path) -> None:
    rule = {"rule": "promise", "kind": "floor", "subject": "service=policing"}
    rules = pd.DataFrame([{**rule, "amount": 5e9, "basis": "policy"}])
    place = pb.example("toy_pooling")
    settings = replace(place.settings, title=HOSTILE)
    clashing = place.with_(rules=rules, settings=settings)
    found = papers(clashing, tmp_path / "papers", date=DAY, meeting=HOSTILE, studies=["outlook"])
    said = {page.key: page.title for page in found.pages}
    assert said["clash"] == "This promise cannot be kept"
    assert said["change"] == said["gap"] == "There is no plan yet"
    index = (found.folder / "index.html").read_text("utf-8")
    assert "<h1>This promise cannot be kept</h1>" in index
    for name, html in pages(found):
        assert "<img" not in html, name
        assert html.count("</style>") == html.count("<style>"), name
        assert html.count("</script>") == html.count("<script"), name


def test_papers_that_are_served_say_at_once_what_comes_and_then_whole_ones_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sums = {key: STUDIES[key] for key in ("gap", "overspend")}  # soon done
    monkeypatch.setattr(filling, "STUDIES", sums)
    ending, seen = threading.Event(), {}
    board = Meeting(pb.example("toy_pooling"))
    write = filling._write

    def written(folder: Path, contents: dict[str, bytes]) -> None:
        write(folder, contents)
        seen[len(seen)] = set(contents)

    monkeypatch.setattr(filling, "_write", written)
    ending.set()
    filling.fill(board, tmp_path, ending)
    index = (tmp_path / "index.html").read_text("utf-8")
    assert "What pooling could bring is being worked out" in index
    assert " data-waits" in index
    for page in re.findall(r'href="([\w-]+\.html)"', index):
        assert (tmp_path / page).is_file(), page
    assert folder_to_write(tmp_path) == tmp_path  # what was left in the midst gives way, too
    assert not filling.are_of(tmp_path, filling.made_of(board.papers))

    (tmp_path / "of-before.html").touch()
    seen.clear()
    filling.fill(board, tmp_path)
    everything, screens, *_ = seen.values()
    assert "index.html" in screens
    assert "gains.html" in screens
    assert not {"gap.html", "choices.html", "pack.html"} & screens
    assert {"gap.html", "choices.html", "pack.html"} <= everything
    assert not [name for name, html in pages_in(tmp_path) if " data-waits" in html]
    assert not (tmp_path / "of-before.html").exists()
    assert 'href="try"' in (tmp_path / "gains.html").read_text("utf-8")
    seen.clear()
    filling.fill(Meeting(pb.example("toy_pooling")), tmp_path)
    assert seen == {}


def test_papers_are_written_whole_or_not_at_all(
    tmp_path: Path, written: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("kept")
    with pytest.raises(WrongArgument, match="holds other files"):
        papers("toy_pooling", other)
    before = {path.name: path.read_bytes() for path in written.folder.glob("*.html")}
    stop = threading.Event()
    stages: list[str] = []

    def told(what: str, done: int, whole: int) -> None:
        stages.append(what)
        stop.set()

    with pytest.raises(Stopped, match="before they were written"):
        papers("toy_pooling", written.folder, studies=[], stop=stop, progress=told)
    assert stages == ["the plans"]

    def full(file: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("placebudget.writing.keep", full)
    with pytest.raises(OSError, match="No space left"):
        replace_folder(written.folder, {"index.html": b"new"})
    assert {path.name: path.read_bytes() for path in written.folder.glob("*.html")} == before
    assert [path.name for path in written.folder.parent.iterdir()] == [written.folder.name]


def test_the_command_writes_over_papers_and_refuses_what_cannot_be_meant(
    tmp_path: Path, written: Papers
) -> None:
    out = copytree(written.folder, tmp_path / "papers")
    given = ["papers", "toy_pooling", "--out", str(out), "--date", "2027-01-31"]
    wrong = CliRunner().invoke(app, [*given, "--studies", "sharin,outlook"])
    assert (wrong.exit_code, "Did you mean sharing?" in wrong.stderr) == (2, True)
    assert "31 January 2027" not in (out / "index.html").read_text("utf-8")
    done = CliRunner().invoke(app, [*given, "--studies", "none"])
    assert done.exit_code == 0, done.stderr
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    assert f"14 papers of Toy place for pooling (invented), {size / 1e6:.1f} MB" in done.stdout
    assert "31 January 2027" in (out / "index.html").read_text("utf-8")
    assert not (out / "loan.html").exists()


def test_what_stands_in_a_page_is_let_in_once() -> None:
    html = "<style>a</style><style>a</style><script>b</script>"
    assert policy_of(html).count("sha256-") == 2
    assert Occasion("x", "y", DAY).day == "1 December 2026"
