"""Small counts of voters are worked out from no way in which an answer leaves, nor from all."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from scipy.optimize import linprog
from typer.testing import CliRunner

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.blocks import rendered
from placebudget.apps.papers.pages import page_of_screen
from placebudget.apps.screens import SCREENS
from placebudget.apps.widget import Board
from placebudget.cli import app
from placebudget.study.disclosure import ALL, SMALLEST_SHOWN
from placebudget.study.vote import RULES, Vote, vote
from placebudget.view.studies import study_panel, study_view
from proof import ALL as EVERY
from remembering import kept

pytestmark = pytest.mark.xdist_group("kept")

COLUMNS = ["project", "voter", "cost", "lives", "budget"]
SHARE = 1_000_003.0
"""Points that nobody takes for another number."""


@dataclass(frozen=True)
class Cast:
    """Ballots, and how the answer of them is asked for."""

    ballots: pd.DataFrame
    budget: float
    points: float | None = None

    def asked(self, smallest: int) -> Vote:
        return vote(self.ballots.assign(points=self.points), smallest=smallest)

    @property
    def cost(self) -> dict[str, float]:
        projects = self.ballots[self.ballots["voter"].isna()]
        return dict(zip(projects["project"], projects["cost"], strict=True))

    @property
    def places(self) -> list[str]:
        return sorted(self.ballots["lives"].dropna().unique()) or [""]


def cast(
    cost: dict[str, float], budget: float, *ballots: tuple[int, str] | tuple[int, str, str]
) -> Cast:
    """Of each ballot: by how many it was cast, for which projects, and where they live."""
    rows: list[tuple[Any, ...]] = [(name, None, of, None, budget) for name, of in cost.items()]
    for number, (people, chosen, *lives) in enumerate(ballots):
        for each in range(people):
            voter = f"v{number}.{each}"
            rows += [(name, voter, None, *(lives or [None]), None) for name in chosen]
    return Cast(pd.DataFrame(rows, columns=COLUMNS), budget)


def drawn(seed: int) -> Cast:
    """Four projects and two areas; who votes chooses one to three of them."""
    draw = np.random.default_rng(seed)
    cost = {name: float(draw.integers(2, 9)) for name in "abcd"}
    liked = draw.dirichlet(np.full(4, 0.7)) + 0.02
    ballots = []
    for _ in range(int(draw.integers(20, 60))):
        chosen = draw.choice(
            list("abcd"), draw.integers(1, 4), replace=False, p=liked / liked.sum()
        )
        ballots.append(
            (1, "".join(sorted(chosen)), str(draw.choice(["north", "south"], p=[0.3, 0.7])))
        )
    return cast(cost, 12.0, *ballots)


EQUAL = {"a": 1.0, "b": 1.0, "c": 1.0}
# Among the first hundred those in which something was found when less was reckoned with.
SEEDS = range(110) if EVERY else (1, 5, 6, 35, 49, 101, 106)
ELECTIONS = {
    "two with few votes tie": cast(EQUAL, 2.0, (20, "c"), (5, "a"), (5, "b")),
    "all but few have a winner": cast({**EQUAL, "c": 9.0}, 1.0, (20, "c"), (9, "a"), (3, "b")),
    "one came before another": cast(EQUAL, 2.0, (20, "c"), (9, "a"), (3, "b")),
    "few do not want what nearly all want": cast(EQUAL, 2.0, (14, "ab"), (3, "a"), (3, "b")),
    "three voters": cast(EQUAL, 2.0, (2, "a"), (1, "b")),
    "few in one of two areas": cast(
        EQUAL, 2.0, (11, "ab", "south"), (9, "c", "south"), (3, "a", "north")
    ),
    "dear ones need many": cast(
        {"a": 10.0, "b": 1.0, "c": 1.0}, 10.0, (30, "a"), (2, "b"), (9, "c")
    ),
    **{
        f"drawn, {seed}": drawn(seed)
        for seed in map(int, __import__("os").environ.get("SEEDS", "1 5 6 35 49 101 106").split())
    },
}


# --- every way in which an answer leaves ---------------------------------------


@dataclass
class Said:
    """What leaves: tables as rows of texts, the first of them its heads; words; all of it raw."""

    tables: list[list[list[str]]] = field(default_factory=list)
    words: str = ""
    raw: str = ""


def texts(rows: Any) -> list[list[str]]:
    return [["" if each is None or each != each else str(each) for each in row] for row in rows]


def of_html(html: str) -> Said:
    tables = []
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
        tables.append(
            [[unescape(re.sub("<[^>]*>", "", each)).strip() for each in row] for row in cells]
        )
    tables += [of_picture(svg) for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]
    labels = " ".join(re.findall(r'(?:aria-label|title|alt)="([^"]*)"', html))
    return Said(tables, unescape(re.sub("<[^>]*>", " ", html) + labels), html)


def of_picture(svg: str) -> list[list[str]]:
    """What bars are called and, by the ticks below them, how long they are."""
    said = re.findall(r"translate\(([-\d.]+),[-\d.]+\)\"[^>]*>([^<]*)</text>", svg)
    ticks = {float(text.replace(",", "")): float(at) for at, text in said
             if re.fullmatch(r"[\d,]+", text)}  # fmt: skip
    bars = re.findall(r'd="M0,[\d.]+h([\d.]+)v[\d.]+h-[\d.]+Z" fill="var', svg)
    names = [re.sub(", wins$", "", text) for _, text in said if not re.fullmatch(r"[\d,]+", text)]
    names = [name for name in names if name != "points"]
    if len(ticks) < 2 or len(names) != len(bars):
        return [["nothing"]]
    (_, (value, at)) = next(iter(ticks.items())), max(ticks.items())
    lengths = [f"~{float(bar) * value / at:.4f}" for bar in bars]
    return [["project", "points"], *map(list, zip(names, lengths, strict=True))]


def of_document(document: dict[str, Any]) -> Said:
    tables = [
        texts([list(rows[0]), *(row.values() for row in rows)])
        for rows in document.values()
        if isinstance(rows, list) and rows and isinstance(rows[0], dict)
    ]
    words = " ".join([*document["summary"], *document["notes"]])
    options = [
        [f"asked for: {key}", str(value)] for key, value in document["run"]["options"].items()
    ]
    return Said([*tables, options], words, json.dumps(document))


def in_python(held: Cast, found: Vote, home: Path) -> Said:
    tables = [texts([list(each), *each.to_numpy().tolist()]) for each in found.tables.values()]
    words = " ".join([found.summary(), *found.notes, repr(found), str(found.option)])
    return Said(tables, words, f"{tables} {words} {found.run}")


def as_json(held: Cast, found: Vote, home: Path) -> Said:
    return of_document(json.loads(found.to_json(home / "vote.json").read_text("utf-8")))


def as_workbook(held: Cast, found: Vote, home: Path) -> Said:
    where = found.to_excel(home / "vote.xlsx")
    sheets = {each.title: texts(each.iter_rows(values_only=True)) for each in load_workbook(where)}
    words = " ".join(" ".join(row) for rows in sheets.values() for row in rows)
    with ZipFile(where) as parts:
        raw = "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return Said([*(rows[1:] for rows in sheets.values())], words, raw)


def as_page(held: Cast, found: Vote, home: Path) -> Said:
    return of_html(str(found.to_html()))


def in_a_notebook(held: Cast, found: Vote, home: Path) -> Said:
    return of_html(study_panel(found).html() + str(getattr(found, "_repr_html_", str)()))


def as_picture(held: Cast, found: Vote, home: Path) -> Said:
    """The picture with its title and description, and the figures that it is drawn from."""
    said = Said()
    for chart in study_view(found).charts:
        more = of_html(chart.svg)
        drawn = texts([["project", "points"], *chart.figures.to_numpy().tolist()])
        said.tables += [
            *more.tables,
            [[re.sub(", wins$", "", each) for each in row] for row in drawn],
        ]
        said.words += f"{chart.title} {chart.about} {more.words}"
        said.raw += f"{chart} {chart.figures.to_csv()}"
    return said


def at_the_command_line(held: Cast, found: Vote, home: Path) -> Said:
    held.ballots.assign(points=held.points).to_csv(home / "ballots.csv", index=False)
    smallest = found.run["options"]["smallest"]
    asked = ["study", "vote", "--ballots", str(home / "ballots.csv"), "--smallest", str(smallest)]
    printed = CliRunner().invoke(app, asked, env={"COLUMNS": "200"})
    plain = CliRunner().invoke(app, [*asked, "--json"])
    assert printed.exit_code == plain.exit_code == 0, printed.stderr
    said = of_document(json.loads(plain.stdout))
    return Said(said.tables, said.words + printed.stdout, said.raw + printed.stdout)


@cache
def board() -> Board:
    made = Board(Meeting(pb.example("toy_pooling"), engine=kept()))
    made.wait()
    return made


def on_a_board(held: Cast, found: Vote, home: Path) -> Said:
    """The screen, the paper made of it, and the files beside that paper."""
    reader = board()
    answer = reader.meeting.answer
    assert answer is not None
    reader._wished(reader, {"do": "open", "screen": "vote"}, None)
    if found.run["options"]["smallest"] == SMALLEST_SHOWN:
        file = held.ballots.assign(points=held.points).to_csv(index=False).encode()
        given = {"figures": "file", "rule": "equal_shares", "follow": "winners", "budget": "0",
                 "least_points": "0", "smallest": "8", "ballots": "ballots.csv"}  # fmt: skip
        wish = {"do": "study", "key": "vote", "given": given}
        reader._wished(reader, wish, [memoryview(file)])
        reader.wait()
        answer = reader.meeting.answer
        assert answer is not None
    else:  # a board asks for no such thing
        answer.studies["vote"] = found
        reader._wished(reader, {"do": "open", "screen": "vote"}, None)
    shown = answer.studies["vote"]
    assert isinstance(shown, Vote)
    assert shown.tables["votes"].equals(found.tables["votes"])
    screen = next(each for each in SCREENS if each.key == "vote")
    paper = page_of_screen(screen, reader.meeting)
    said = of_html(f"{reader.shown['html']} {reader.shown['title']} {rendered(paper.blocks)}")
    for name, text in paper.files.items():
        rows = texts(csv.reader(io.StringIO(text)))
        said.tables.append([[re.sub(", wins$", "", each) for each in row] for row in rows])
        said.raw += name + text
    assert paper.files
    return said


WAYS: dict[str, Callable[[Cast, Vote, Path], Said]] = {
    "tables and words": in_python, "JSON": as_json, "workbook": as_workbook, "page": as_page,
    "notebook": in_a_notebook, "picture": as_picture, "command line": at_the_command_line,
    "board, paper and CSV": on_a_board,
}  # fmt: skip


# --- what is read in it --------------------------------------------------------

Range = tuple[float, float]


@dataclass
class Facts:
    """What is told: votes by area and project, how many voted, the share with a winner, ties."""

    votes: dict[tuple[str, str], Range] = field(default_factory=dict)
    voters: list[Range] = field(default_factory=list)
    with_any: dict[str, Range] = field(default_factory=dict)
    ties: set[tuple[str, str, str]] = field(default_factory=set)
    small: set[tuple[str, str]] = field(default_factory=set)


def amount(cell: str) -> Range | None:
    """A number as it is written, as what it may be."""
    near = 0.5 if cell.startswith("~") else 0.0
    if found := re.fullmatch(r"~?([\d,]+(?:\.\d+)?)(%?)", cell.strip()):
        value = float(found[1].replace(",", ""))
        return (
            (value / 100 - 0.005, value / 100 + 0.005) if found[2] else (value - near, value + near)
        )
    return None


def read(said: Said, held: Cast) -> Facts:
    facts = Facts()
    for heads, rows in headed(said.tables):
        at = {name: n for n, name in reversed(list(enumerate(heads)))}
        lives = at.get("lives", at.get("lives in"))
        project = at.get("project", at.get("label"))
        for row in rows:
            for column in ("votes", "points", "value"):
                if project is None or column not in at or row[project] not in {*held.cost, ALL}:
                    continue
                key = (ALL if lives is None else row[lives], row[project])
                if told := amount(row[at[column]]):
                    low, high = facts.votes.get(key, (0.0, np.inf))
                    facts.votes[key] = max(low, told[0]), min(high, told[1])
                if "hidden" in at and row[at["hidden"]] == "small":
                    facts.small.add(key)
            for column in ("with_any", "with any", "voters with a project that wins"):
                if column in at and (told := amount(row[at[column]])):
                    facts.with_any[rule_of(row[at["rule"]])] = told
            if "won" in at and "lost" in at:
                facts.ties.add((rule_of(row[at["rule"]]), row[at["won"]], row[at["lost"]]))
            # So much a step is a hundredth of what each voter may spend.
            if re.search("raised[ _]by", row[0]) and float(row[1].replace(",", "")):
                people = held.budget / 100 / float(row[1].replace(",", ""))
                facts.voters.append((people - 0.01, people + 0.01))
    for people in re.findall(r"([\d,]+) voters\.", said.words):
        facts.voters.append((float(people.replace(",", "")),) * 2)
    for few in re.findall(r"Fewer than (\d+) voters", said.words):
        facts.voters.append((1.0, float(few) - 1))
    for pounds in re.findall(r"each share by £([\d,.]+) at a time", said.words):
        people = held.budget / 100 / float(pounds.replace(",", ""))
        facts.voters.append((people * 0.99, people * 1.01))
    for rule, words in RULES.items():
        for share in re.findall(rf"{words}: [^%:]*? left; (\d+)% of voters", said.words):
            facts.with_any.setdefault(rule, amount(f"{share}%") or (0.0, 1.0))
        for found in re.findall(rf"A tie, by {words}: (\w) has the same claim as (\w)", said.words):
            facts.ties.add((rule, *found))
    return facts


def headed(tables: list[list[list[str]]]) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Tables with their heads in small letters."""
    for rows in filter(None, tables):
        heads = [each.lower() for each in rows[0]]
        yield heads, [row for row in rows if len(row) == len(heads)]


def rule_of(said: str) -> str:
    """A rule by its key or its words."""
    return next(
        (key for key, words in RULES.items() if said in (key, words)), said.replace(" ", "_")
    )


def together(each: list[Facts]) -> Facts:
    made = Facts()
    for facts in each:
        for key, (low, high) in facts.votes.items():
            had = made.votes.get(key, (0.0, np.inf))
            made.votes[key] = max(had[0], low), min(had[1], high)
        made.voters += facts.voters
        made.ties |= facts.ties
        made.small |= facts.small
        for rule, (low, high) in facts.with_any.items():
            had = made.with_any.get(rule, (0.0, 1.0))
            made.with_any[rule] = max(had[0], low), min(had[1], high)
    return made


# --- the attack ----------------------------------------------------------------


class Attack:
    """What is not known is by how many each set of projects was chosen in each area.

    Who wins is no secret; in which order the two rules that go by one came to their winners is
    tried in every way in which it could have been.
    """

    def __init__(self, held: Cast, found: Vote, facts: Facts) -> None:
        names = list(held.cost)
        sets = [set(each) for n in range(1, len(names) + 1)
                for each in itertools.combinations(names, n)]  # fmt: skip
        self.kinds = [(place, each) for place in held.places for each in sets]
        self.names, self.held, self.facts = names, held, facts
        self.winners = {rule: set(found.table.loc[found.table[rule], "project"]) for rule in RULES}
        self.at_most: list[tuple[np.ndarray, float]] = []
        for key, (low, high) in facts.votes.items():
            self.between(self.votes(*key), low, high)
        for key in facts.small:
            self.between(self.votes(*key), 1, SMALLEST_SHOWN - 1)
        for low, high in facts.voters:
            self.between(self.voters(), low, high)
        for rule, (low, high) in facts.with_any.items():
            one = self.voters(self.winners[rule])
            self.at_most += [(one - high * self.voters(), 1e-7), (low * self.voters() - one, 1e-7)]
        for rule, won, lost in facts.ties:
            if rule != "equal_shares":
                equal = self.claim(rule, won) - self.claim(rule, lost)
                self.between(equal, 0.0, 0.0)

    def between(self, row: np.ndarray, low: float, high: float) -> None:
        self.at_most += [(-row, -low)] if low > 0 else []
        self.at_most += [(row, high)] if high < np.inf else []

    def votes(self, lives: str, project: str) -> np.ndarray:
        return np.array(
            [
                (len(chosen) if project == ALL else project in chosen) * (lives in (ALL, place))
                for place, chosen in self.kinds
            ],
            float,
        )

    def voters(self, of: set[str] | None = None) -> np.ndarray:
        return np.array([of is None or bool(of & chosen) for _, chosen in self.kinds], float)

    def claim(self, rule: str, project: str) -> np.ndarray:
        pounds = self.held.cost[project] if rule == "per_pound" else 1.0
        return self.votes(ALL, project) / pounds

    def orders(self, rule: str) -> Iterator[list[tuple[np.ndarray, float]]]:
        """Each order in which projects with votes could stand for these to win."""
        won = self.winners[rule]
        for n in range(len(won), len(self.names) + 1):
            for order in itertools.permutations(self.names, n):
                left, taken = self.held.budget, set()
                for name in order:
                    if self.held.cost[name] <= left:
                        taken.add(name)
                        left -= self.held.cost[name]
                if taken == won:
                    claims = [self.claim(rule, name) for name in order]
                    none = [name for name in self.names if name not in order]
                    yield [
                        *((later - first, 0.0) for first, later in itertools.pairwise(claims)),
                        *((-self.votes(ALL, name), -1.0) for name in order),
                        *((self.votes(ALL, name), 0.0) for name in none),
                    ]

    def most(self, row: np.ndarray, enough: float = np.inf) -> float:
        """The most that anybody can take it to be; what is enough ends the search."""
        found = -np.inf
        for one, other in itertools.product(self.orders("greedy"), self.orders("per_pound")):
            known, right = zip(*self.at_most, *one, *other, strict=True)
            solved = linprog(
                -row, A_ub=np.array(known), b_ub=right, bounds=(0, None), method="highs"
            )
            if solved.status in (0, 3):
                found = max(found, np.inf if solved.status else -solved.fun)
            if found >= enough - 1e-6:
                return found
        return found

    def wanted(self, whole: Vote) -> dict[str, tuple[np.ndarray, float]]:
        """Every count of people there is, and what it is."""
        counted = whole.tables["votes"]
        lives = counted["lives"] if "lives" in counted else [ALL] * len(counted)
        told = {
            f"{where} {project}": (self.votes(where, project), votes)
            for where, project, votes in zip(
                lives, counted["project"], counted["votes"], strict=True
            )
        }
        people = self.held.ballots["voter"].nunique()
        told["voters"] = self.voters(), people
        for name in self.names:
            if (votes := told.get(f"{ALL} {name}")) is not None:
                told[f"not {name}"] = self.voters() - votes[0], people - votes[1]
        return told

    def given_away(self, whole: Vote) -> list[str]:
        """Small counts that anybody can tell to be small."""
        return [
            name
            for name, (row, value) in self.wanted(whole).items()
            if 0 < value < SMALLEST_SHOWN and self.most(row, SMALLEST_SHOWN) < SMALLEST_SHOWN - 1e-6
        ]


def attacked(held: Cast, found: Vote, facts: Facts) -> list[str]:
    return Attack(held, found, facts).given_away(held.asked(0))


@pytest.mark.parametrize("name", ELECTIONS)
def test_no_way_out_nor_all_together_tell_that_a_count_is_small(name: str, tmp_path: Path) -> None:
    held = ELECTIONS[name]
    found = held.asked(SMALLEST_SHOWN)
    facts = {way: read(told(held, found, tmp_path), held) for way, told in WAYS.items()}
    # What all tell holds what each tells.
    assert attacked(held, found, together(list(facts.values()))) == []


@pytest.mark.parametrize("way", WAYS)
def test_with_the_gate_open_the_same_attack_finds_small_counts_in_each_way(
    way: str, tmp_path: Path
) -> None:
    held = ELECTIONS["one came before another"]
    found = held.asked(0)
    facts = read(WAYS[way](held, found, tmp_path), held)
    assert "all b" in attacked(held, found, facts)
    row, votes = Attack(held, found, facts).wanted(found)["all b"]
    assert votes == 3
    assert Attack(held, found, facts).most(row) == pytest.approx(3, abs=0.6)
    assert Attack(held, found, facts).most(-row) == pytest.approx(-3, abs=0.6)


@pytest.mark.parametrize("way", WAYS)
def test_points_by_which_votes_are_known_stand_nowhere_in_what_leaves(
    way: str, tmp_path: Path
) -> None:
    """Three votes of so many points each, and twenty that are hidden with them."""
    held = replace(cast(EQUAL, 2.0, (1237, "c"), (20, "a"), (3, "b")), points=SHARE)

    def stands(smallest: int) -> set[str]:
        said = WAYS[way](held, held.asked(smallest), tmp_path)
        raw = re.sub(r"(?<=\d),(?=\d)", "", f"{said.tables} {said.words} {said.raw}")
        return {each for each in ("3000009", "20000060", "1237003711") if each in raw}

    assert stands(0) == {"3000009", "20000060", "1237003711"}
    assert stands(SMALLEST_SHOWN) == {"1237003711"}
