"""The pages that people read, as files and as a site."""

from __future__ import annotations

import inspect
import re
from html.parser import HTMLParser
from pathlib import Path
from types import FunctionType

import pytest
from typer.main import get_command

import placebudget as pb
from building_the_site import SITE, building, built
from placebudget.cli import app

pytestmark = pytest.mark.xdist_group("site")

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)#:]+\.md)\)")
NAMED = re.compile(r"^::: (placebudget\.[\w.]+)$", re.MULTILINE)
# What a browser asks for by itself when it shows a page.
FETCHED = {"audio", "embed", "iframe", "img", "input", "object", "script", "source", "video"}
FORMULA_LEFT = re.compile(r"\$[^$\n]*\\|\\\(|\\\[|\\(?:frac|sum|text)\b")


def linked(page: Path) -> set[Path]:
    return {(page.parent / path).resolve() for path in LINK.findall(page.read_text("utf-8"))}


def test_every_page_stands_in_the_index() -> None:
    found = linked(DOCS / "index.md")
    found |= {each for page in found if page.name == "README.md" for each in linked(page)}
    assert set(DOCS.rglob("*.md")) - found - {DOCS / "index.md"} == set()
    assert {page for page in found if not page.exists()} == set()


def test_contributors_are_sent_to_folders_and_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    parts = [part.replace("NAME/", "") for part in re.findall(r"`([\w.]+/[\w./]*)`", text)]
    assert len(parts) > 20
    tops = (ROOT, ROOT / "src" / "placebudget")
    # What is built stands there once it is.
    kept = [part for part in parts if not part.startswith("build/")]
    assert [part for part in kept if not any((top / part).exists() for top in tops)] == []


PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "notebooks" / "README.md"]


CODE = re.compile(r"^ *```\w*\n(.*?)^ *```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)


def mentioned(pattern: str) -> dict[str, str]:
    """What pages mention in code that is like a pattern, with the page that does."""
    return {
        found: page.relative_to(ROOT).as_posix()
        for page in PAGES
        for code in CODE.findall(page.read_text("utf-8"))
        for found in re.findall(pattern, "".join(code), re.MULTILINE)
    }


def test_pages_name_functions_targets_and_files_that_exist() -> None:
    functions = mentioned(r"\bpb\.((?:widgets\.)?[a-zA-Z_]+)\b")
    assert len(functions) > 20
    assert {name: page for name, page in functions.items() if not _known(name)} == {}
    targets = mentioned(r"^ *make ([a-z-]+)")
    there = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert len(targets) > 10
    assert {name: page for name, page in targets.items() if name not in there} == {}
    files = mentioned(r"^((?:src|tests|labextension|notebooks|docs|\.ci)/[\w./-]*\w)/?$")
    assert len(files) > 15
    assert {name: page for name, page in files.items() if not (ROOT / name).exists()} == {}


def _known(name: str) -> bool:
    of, _, part = name.rpartition(".")
    return hasattr(getattr(pb, of) if of else pb, part)


def test_pages_show_commands_and_options_that_exist() -> None:
    commands = getattr(get_command(app), "commands")  # noqa: B009  Typer's own copy of Click
    # A group of commands is told apart by its second word.
    groups = {name: getattr(each, "commands", None) for name, each in commands.items()}
    under = {f"{name} {part}": each for name, parts in groups.items() if parts
             for part, each in parts.items()}  # fmt: skip
    options = {
        name: {each for param in command.params for each in (*param.opts, *param.secondary_opts)}
        for name, command in {**commands, **under}.items()
    }
    shown = mentioned(r"^ *(?:[\w.]+/bin/)?placebudget ([a-z]+\b.*)$")
    assert len(shown) > 25
    wrong = {}
    for line, page in shown.items():
        name, *rest = line.split("#")[0].split()
        if groups.get(name) and rest:
            name = f"{name} {rest.pop(0)}"
        used = {each.split("=")[0] for each in rest if each.startswith("--")}
        if not used <= options.get(name, set()) | {"--help"} or name not in options:
            wrong[line] = page
    assert wrong == {}


def public_names() -> list[str]:
    return [*pb.__all__, *(f"widgets.{name}" for name in pb.widgets.__all__ if name != "desk")]


def test_every_public_name_stands_in_the_reference_once() -> None:
    named = [name.removeprefix("placebudget.") for name in NAMED.findall(text_of_the_reference())]
    assert len(named) == len(set(named))
    # A widget is named with its module, as both can have one name.
    doubled = {
        f"widgets.{module}.{name}": f"widgets.{name}"
        for name in pb.widgets.__all__
        for module in (name, "panels", "editors")
    }
    assert set(public_names()) - {doubled.get(name, name) for name in named} == set()


def text_of_the_reference() -> str:
    return (DOCS / "python.md").read_text("utf-8")


METHODS = (FunctionType, classmethod, staticmethod, property)


def documented() -> list[str]:
    """Public names, and the public methods and properties of the classes among them."""
    found = list(pb.__all__)
    for name in pb.__all__:
        ours = [
            vars(each)
            for each in getattr(getattr(pb, name), "__mro__", ())
            if each.__module__.startswith("placebudget")
        ]
        parts = {part for held in ours for part in held if isinstance(held[part], METHODS)}
        found += [f"{name}.{part}" for part in sorted(parts) if not part.startswith("_")]
    return found


def test_every_public_name_says_what_it_is_for() -> None:
    silent = []
    for name in documented():
        of, _, part = name.partition(".")
        held = getattr(pb, of)
        if not inspect.getdoc(getattr(held, part) if part else held):
            silent.append(name)
    assert silent == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site without the notebooks' results."""
    return built(tmp_path_factory, run=False)


def test_what_leads_nowhere_ends_the_building_of_the_site(tmp_path: Path) -> None:
    """The same settings, with one page that has every fault."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.md").write_text("[a](no.md) [b](#no) [c][placebudget.no] [d](/no)")
    (tmp_path / "pages" / "left_out.md").write_text("# A page outside the navigation")
    config = tmp_path / "mkdocs.yml"
    config.write_text(
        f"INHERIT: {SITE.as_posix()}\nhooks: []\nextra_css: []\nnav: [index.md]\n", "utf-8"
    )
    done = building(tmp_path / "site", config)
    assert done.returncode != 0
    assert "Aborted with 5 warnings in strict mode" in done.stdout + done.stderr


class Asked(HTMLParser):
    """Addresses that a page asks for, its anchors, and whether a formula was left as typed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.anchors: set[str] = set()
        self.formulas = 0
        self.words: list[str] = []
        self._code = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.anchors.add(told.get("id") or "")
        self.formulas += tag == "math"
        self._code += tag in {"code", "script", "style"}
        if tag in FETCHED:
            self.addresses += [told.get(each) or "" for each in ("src", "srcset", "data")]
        if tag == "link" and told.get("rel") != "canonical":
            self.addresses.append(told.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in {"code", "script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.words.append(data)


def outside(addresses: list[str]) -> list[str]:
    return [each for each in addresses if re.match(r"\s*(?:[a-z]+:)?//", each, re.IGNORECASE)]


def test_no_page_of_the_site_asks_another_server_for_anything(site: Path) -> None:
    asked = {
        page.relative_to(site).as_posix(): outside(Asked(page.read_text("utf-8")).addresses)
        for page in site.rglob("*.html")
    }
    assert len(asked) > 30
    assert {page: found for page, found in asked.items() if found} == {}
    styles = "".join(page.read_text("utf-8") for page in site.rglob("*.css"))
    assert outside(re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")\s]+)", styles)) == []


def test_a_page_that_asks_another_server_would_be_noticed() -> None:
    page = Asked('<script src="//cdn.example/x.js"></script><img src="a.png"><a href="https://b">')
    assert outside(page.addresses) == ["//cdn.example/x.js"]


def test_formulas_are_mathml_and_none_is_left_as_it_was_typed(site: Path) -> None:
    for path in DOCS.glob("mathematics*.md"):
        page = Asked((site / "docs" / path.with_suffix(".html").name).read_text("utf-8"))
        typed = re.sub(r"```.*?```|`[^`]*`", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert page.formulas == typed.replace("$$", "$").count("$") / 2
        assert [each for each in page.words if FORMULA_LEFT.search(each)] == []


def test_every_public_name_and_method_has_its_place_on_the_page(site: Path) -> None:
    anchors = Asked((site / "docs" / "python.html").read_text("utf-8")).anchors
    missing = {name for name in documented() if f"placebudget.{name}" not in anchors}
    assert missing == set()
