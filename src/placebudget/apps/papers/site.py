"""The papers as files: a page each, all of them in one to print, a search, figures as CSV.

No page asks for anything, not even for a file beside it: its style and script stand in it, and
its policy lets nothing else in, by their hashes. So it opens from disk, and can be sent alone.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from placebudget.apps import INDEX
from placebudget.apps.blocks import Twin, rendered
from placebudget.apps.papers.pages import CHOICES, PaperPage, own_blocks, plain_text, rests_on
from placebudget.apps.screens import COULD_CHOOSE, GAINS_AND_LOSES, GROUPS, PROPOSED
from placebudget.errors import WrongArgument
from placebudget.texts import templates
from placebudget.writing import a_path, refuse_goal

PACK, SEARCH = "pack.html", "search.html"
DOORS = (PROPOSED, COULD_CHOOSE, GAINS_AND_LOSES)


@dataclass(frozen=True)
class Occasion:
    """What papers are for: the place, the meeting, its date.

    Papers that are served with a board say where that is (``live``, an address beside them), and
    what they were made of.
    """

    place: str
    meeting: str
    date: datetime.date
    live: str = ""
    made_of: str = ""

    @property
    def day(self) -> str:
        """The date in words.

        Examples
        --------
        >>> Occasion("Northvale", "Board", datetime.date(2026, 5, 1)).day
        '1 May 2026'
        """
        return f"{self.date.day} {self.date:%B %Y}"


@dataclass(frozen=True)
class FirstView:
    """What the first page asks, and says of the plan that is proposed; blank: there is none."""

    question: str
    rests: Sequence[str]
    sides: Sequence[Twin] = ()
    waits: bool = False


def folder_to_write(given: object) -> Path:
    """Where papers are to be written.

    Raises
    ------
    WrongArgument
        If it is no path, a file, or a folder that holds something else than papers.
    CannotWrite
        If the system does not let it be written.
    """
    goal = a_path("out", given, "the path of a folder").resolve()
    refuse_goal(goal, folder=True)
    if goal.is_dir() and any(goal.iterdir()) and not _holds_papers(goal):
        raise WrongArgument(
            f"{goal} holds other files, which the papers would take the place of. Name a new "
            "folder."
        )
    return goal


def _holds_papers(folder: Path) -> bool:
    """Whether a folder has papers in it and nothing besides."""
    names = {path.name for path in folder.iterdir()}
    names -= {name for name in names if name.startswith(".")}  # what was never finished
    others = {name for name in names if not name.endswith(".html")} - {"figures"}
    return PACK in names and not others


def files_of(
    pages: Sequence[PaperPage],
    occasion: Occasion,
    first: FirstView,
    only: Collection[str] | None = None,
) -> dict[str, bytes]:
    """Every file of the papers, by its name in the folder.

    Parameters
    ----------
    pages : sequence of PaperPage
        In reading order.
    occasion : Occasion
        What they are for.
    first : FirstView
        What the first page says of the plan.
    only : collection of str, optional
        Keys of the pages that are wanted, with their figures and the first page; default: all
        there is.
    """
    wanted = [page for page in pages if only is None or page.key in only]
    bodies = {page.key: rendered(page.blocks) for page in wanted}
    listed = [page for page in pages if page.group]
    shared: dict[str, Any] = {
        "occasion": occasion,
        "groups": [
            (name, mine)
            for name, _ in GROUPS
            if (mine := [page for page in listed if page.group == name])
        ],
        "version": version("placebudget"),
    }
    by_key = {page.key: page for page in pages}
    beside = {page.key: {} for page in pages}  # type: dict[str, dict[str, PaperPage]]
    for before, after in pairwise(listed):
        beside[before.key]["next"], beside[after.key]["previous"] = after, before
    made = {
        f"{page.key}.html": _page(
            "paper.html", shared, page=page, body=bodies[page.key], beside=beside[page.key],
            back=None if page.group else by_key.get(CHOICES),
        )
        for page in wanted
    }  # fmt: skip
    finding = by_key.get("together", pages[0])
    clash = by_key["clash"]
    made[INDEX] = _page(
        "papers_first.html", shared, first=first,
        finding=finding if first.sides else clash,
        doors=[(f"{mine[0].key}.html", name) for name, mine in shared["groups"] if name in DOORS],
    )  # fmt: skip
    if only is None:
        once = {page.key: rendered(own_blocks(page)) for page in listed}
        made[PACK] = _page("pack.html", shared, bodies=once, rests=rendered(rests_on(listed)))
        made[SEARCH] = _page("search.html", shared, index=_index(pages, bodies))
    figures = {f"figures/{name}": text for page in wanted for name, text in page.files.items()}
    return {name: text.encode() for name, text in {**made, **figures}.items()}


def _page(template: str, shared: Mapping[str, Any], **given: Any) -> str:
    """A page with a policy that lets in what stands in it, and nothing else."""
    style, script = _style(shared["occasion"]), _static("papers.js")
    found = templates("placebudget.apps").get_template(template)
    # Where the policy comes is known only when all else stands.
    html = found.render(**shared, **given, style=style, script=script, policy=_POLICY_HERE)
    return html.replace(_POLICY_HERE, policy_of(html))


_NOT_PLAIN = re.compile(r"[^\w .,;:()·–-]")
_POLICY_HERE = "the-policy-comes-here"
_IN_IT = re.compile(r"<(style|script)(?: type=\"[^\"]*\")?>(.*?)</\1>", re.DOTALL)


def policy_of(html: str) -> str:
    """What a page may load and run: the styles and scripts that stand in it, by their hashes.

    Examples
    --------
    >>> policy_of("<p>Care</p>")
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'"
    """
    kept: dict[str, dict[str, None]] = {"style": {}, "script": {}}
    for kind, text in _IN_IT.findall(html):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        kept[kind][f"'sha256-{digest}'"] = None
    sources = [f"{kind}-src {' '.join(hashes)}" for kind, hashes in kept.items() if hashes]
    ends = ("img-src data:", "base-uri 'none'", "form-action 'none'")
    return "; ".join(["default-src 'none'", *sources, *ends])


def _style(occasion: Occasion) -> str:
    foot = f"{occasion.place} · {occasion.meeting} · {occasion.day}"
    return (
        f"{_static('board.css')}{_static('papers.css')}"
        "@page { size: A4; margin: 14mm 14mm 18mm; "
        f"@bottom-left {{ content: {css_text(foot)}; font: 8pt sans-serif; color: #505a5f; "
        "width: 80%; text-align: left; } "
        '@bottom-right { content: "Page " counter(page) " of " counter(pages); '
        "font: 8pt sans-serif; color: #505a5f; white-space: nowrap; } }\n"
    )


def css_text(text: str) -> str:
    r"""A text as a style sheet quotes it; no sign in it can end the quotation or the sheet.

    Examples
    --------
    >>> print(css_text('Care "& health"</style>'))
    "Care \22 \26  health\22 \3c \2f style\3e "
    """
    plain = " ".join(text.split())
    return f'"{_NOT_PLAIN.sub(lambda at: f"{chr(92)}{ord(at[0]):x} ", plain)}"'


@cache
def _static(name: str) -> str:
    return (files("placebudget.apps") / "static" / name).read_text("utf-8")


def _index(pages: Iterable[PaperPage], bodies: Mapping[str, str]) -> str:
    """What a search looks through, as data in the page."""
    entries = [
        [f"{page.key}.html", page.name, page.title, plain_text(bodies[page.key])] for page in pages
    ]
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
