"""A review: what councils and their peers say of a council, who may help whom, what was agreed.

A review is a data package as a place and a panel are. People stand in it by keys alone. What is
doubtful is a finding: a score of tomorrow, a risk without pounds, a name where a key belongs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import as_file, files
from typing import Any, ClassVar, TypeAlias

import pandas as pd

from placebudget.arguments import Arguments, is_left_out, key_or_name, refusal, text
from placebudget.errors import WrongArgument
from placebudget.place.checks import check_rows
from placebudget.place.findings import Finding, Findings, error, warning
from placebudget.place.io.cells import day_of
from placebudget.place.io.reading import OWN_FILES, package_in_folder, read_package
from placebudget.place.place import Package
from placebudget.place.schema import REVIEW
from placebudget.plan.record.record import run_record
from placebudget.texts import shown
from placebudget.words import as_set, percent, stated
from placebudget.writing import a_path

SELF, PEER = "self", "peer"
"""Who scores: the council itself, or peers who visited it."""
SUPPORT, CHALLENGE = "support", "challenge"
"""What peers are asked for."""
SCORES = (1.0, 5.0)
"""The worst score and the best."""
EMPLOYER = "employer"
_BARRED_YEARS = 2
# What a register of risks gives as a score: a likelihood of 1 to 5 times an impact of 1 to 5.
_MOST_POINTS = 25
_PERSON = re.compile(r"(mr|mrs|ms|miss|mx|dr|sir|dame|cllr|councillor)\b\.?|.*@", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class ReviewData(Package):
    """What councils and their peers say, ask for and agreed.

    Its tables are attributes: councils, hallmarks, statements, scores, mapping, visits, actions,
    peers, skills, barred, asked, challenges and sources. It is read, checked and written as a
    place is.

    Examples
    --------
    >>> import placebudget as pb
    >>> review = pb.sector.review()
    >>> len(review.hallmarks), len(review.statements)
    (9, 37)
    >>> review.check().errors
    <Findings: 0 errors, 0 warnings>
    """

    kind: ClassVar[str] = REVIEW

    def key_of(self, council: str) -> str:
        """The key of a council, by its key or its name.

        Raises
        ------
        WrongArgument
            If the review has none, or several, of that name.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.sector.review().key_of("Ashby")
        'ashby'
        """
        return key_or_name("council", council, self.named, of="The review")

    @cached_property
    def named(self) -> Mapping[str, str]:
        """Names of councils by key."""
        held = self.tables["councils"]
        return dict(zip(held["council"], held["name"], strict=True))

    @cached_property
    def hallmark_names(self) -> Mapping[str, str]:
        """Names of hallmarks by key."""
        held = self.tables["hallmarks"]
        return dict(zip(held["hallmark"], held["name"], strict=True))

    def last_visit(self, council: str) -> date | None:
        """The first day of the last peer challenge of a council; None: none is known."""
        rows = self.tables["visits"]
        began = rows.loc[rows["council"] == council, "began"].dropna()
        return None if began.empty else day_of(began.max())

    def bars(self, peer: str, council: str, on: date) -> str:
        """Why a peer does not help or visit a council on a day; empty: nothing bars it.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.sector.review().bars("p01", "ashby", date(2027, 4, 1))
        'its own council'
        """
        rows = self.tables["peers"]
        if (rows.loc[rows["peer"] == peer, "council"] == council).any():
            return "its own council"
        held = self.tables["barred"]
        for row in held[(held["peer"] == peer) & (held["council"] == council)].to_dict("records"):
            if row["reason"] != EMPLOYER:
                return "a declared conflict"
            if pd.isna(row["left"]) or on < _years_on(day_of(row["left"]), _BARRED_YEARS):
                return "an employer of the last two years"
        return ""

    # --- checks ---------------------------------------------------------------------------

    @cached_property
    def _findings(self) -> Findings:
        return Findings([*check_rows(self), *self._own_checks()])

    def _own_checks(self) -> Iterator[Finding]:
        yield from self._people()
        yield from self._days()
        yield from self._hallmarks()
        yield from self._mappings()
        yield from self._skills()
        yield from self._risks()

    def _rows(self, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
        frame = self.filled(table)
        numbers = self.origin.row_numbers(table, len(frame))
        yield from zip(numbers, frame.to_dict("records"), strict=True)

    def _people(self) -> Iterator[Finding]:
        """Names of people, where keys and offices belong."""
        for at, row in self._rows("peers"):
            key = row["peer"]
            if isinstance(key, str) and (" " in key.strip() or _PERSON.match(key)):
                what = f"{shown(key)} reads like the name of a person."
                yield error("person-named", "peers", at, "peer", what, "Write a key such as p014.")
        for at, row in self._rows("actions"):
            if isinstance(row["owner"], str) and _PERSON.match(row["owner"]):
                what = f"{shown(row['owner'])} reads like the name of a person."
                mend = "Write the office that answers for it."
                yield error("person-named", "actions", at, "owner", what, mend)

    def _days(self) -> Iterator[Finding]:
        """What was seen tomorrow, and what ended before it began."""
        today = date.today().isoformat()
        past = {
            "scores": ("date",), "mapping": ("confirmed",), "actions": ("done",),
            "visits": ("report", "plan", "progress", "progress_report"),
        }  # fmt: skip
        for table, columns in past.items():
            for at, row in self._rows(table):
                for column in columns:
                    if isinstance(row[column], str) and row[column] > today:
                        what = f"{row[column]} has not come yet."
                        mend = "Check the date: what is planned has not been seen."
                        yield error("future-date", table, at, column, what, mend)
                    if (
                        table == "visits" and isinstance(row[column], str)
                        and isinstance(row["began"], str) and row[column] < row["began"]
                    ):  # fmt: skip
                        what = f"{row[column]} is before the visit began, {row['began']}."
                        yield error("before-the-visit", table, at, column, what, "Mend one date.")

    def _hallmarks(self) -> Iterator[Finding]:
        """Hallmarks without a statement, councils without a score, scores without evidence."""
        has = set(self.tables["statements"]["hallmark"])
        for at, row in self._rows("hallmarks"):
            if row["hallmark"] not in has:
                what = f"{shown(row['name'])} has no statement, so that nothing of it is scored."
                mend = "Write statements for it, or delete the row."
                yield warning("no-statement", "hallmarks", at, "hallmark", what, mend)
        rows = self.tables["scores"]
        for council in dict.fromkeys(rows["council"].dropna()):
            if rows.loc[rows["council"] == council, "score"].isna().all():
                what = f"No statement of {shown(self.named.get(council, council))} has a score."
                mend = "Score some: unscored is not nought, and nothing is said of them."
                yield warning("all-unscored", "scores", None, "score", what, mend)
        for at, row in self._rows("scores"):
            if not pd.isna(row["score"]) and not isinstance(row["evidence"], str):
                what = "A score without what it rests on."
                mend = "Say in the column evidence what was seen."
                yield warning("no-evidence", "scores", at, "evidence", what, mend)

    def _mappings(self) -> Iterator[Finding]:
        """Slippage that cannot be: shares of one and more, and no steadiness."""
        for at, row in self._rows("mapping"):
            for column in ("at_worst", "at_best"):
                held = row[column]
                if row["part"] == "undelivered" and held >= 1:
                    what = f"{as_set(held)} of all units would not be delivered."
                    mend = "Write a share below 1, such as 0.1."
                    yield error("nothing-delivered", "mapping", at, column, what, mend)
                if row["part"] == "steadiness" and held == 0:
                    what, mend = "Steadiness is above nought.", "Write a figure such as 20."
                    yield error("no-steadiness", "mapping", at, column, what, mend)

    def _skills(self) -> Iterator[Finding]:
        """Skills that are asked for and that nobody has; peers without days or skills."""
        there = {row["skill"] for _, row in self._rows("skills") if row["match"] > 0}
        if len(self.tables["peers"]):
            for at, row in self._rows("asked"):
                if isinstance(row["skill"], str) and row["skill"] not in there:
                    what = f"Nobody has the skill {shown(row['skill'])}."
                    mend = "Ask peers who have it, or mend the word."
                    yield warning("no-such-skill", "asked", at, "skill", what, mend)
        skilled = set(self.tables["skills"]["peer"])
        for at, row in self._rows("peers"):
            if row["days"] == 0:
                what = f"{shown(row['peer'])} has no day to give."
                yield warning("no-days", "peers", at, "days", what, "Fill in days, or delete it.")
            if row["peer"] not in skilled:
                what = f"{shown(row['peer'])} has no skill, so that it is sent nowhere."
                mend = "Write a row of skills for it."
                yield warning("no-skill", "peers", at, "peer", what, mend)

    def _risks(self) -> Iterator[Finding]:
        """Scores where pounds belong; ranges the wrong way round; what needs itself."""
        needs = {row["challenge"]: row["needs"] for _, row in self._rows("challenges")}
        for at, row in self._rows("challenges"):
            name = shown(row["challenge"])
            if 0 < row["impact"] <= _MOST_POINTS:
                what = (
                    f"An impact of {stated(row['impact'])} reads like a score of a risk register, "
                    "which says an order and no amount."
                )
                mend = "Write what it would cost if it came about, in pounds."
                yield error("score-for-pounds", "challenges", at, "impact", what, mend)
            low, high = row["removes_low"], row["removes_high"]
            if low > row["removes"] or high < row["removes"]:
                what = (
                    f"{percent(row['removes'])} lies outside its own range, "
                    f"{percent(row['removes'] if pd.isna(low) else low)} to "
                    f"{percent(row['removes'] if pd.isna(high) else high)}."
                )
                mend = "Mend removes, removes_low or removes_high."
                yield error("outside-its-range", "challenges", at, "removes", what, mend)
            way, after = [row["challenge"]], row["needs"]
            while isinstance(after, str) and after in needs and after not in way:
                way.append(after)
                after = needs[after]
            if after == row["challenge"]:
                what = f"{name} needs itself: {', then '.join(way)}."
                yield error("needs-itself", "challenges", at, "needs", what, "Break the chain.")
            if isinstance(row["not_with"], str) and row["not_with"] in (
                row["challenge"], row["needs"],
            ):  # fmt: skip
                what = f"{name} cannot be beside {shown(row['not_with'])}, and cannot be without."
                mend = "Mend needs or not_with."
                yield error("never-possible", "challenges", at, "not_with", what, mend)


def _years_on(day: date, years: int) -> date:
    return months_on(day, 12 * years)


def months_on(day: date, months: int) -> date:
    """The same day some months later, or the last of the month.

    Examples
    --------
    >>> months_on(date(2025, 11, 30), 3).isoformat()
    '2026-02-28'
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(years + month // 11, (month + 1) % 12 + 1, 1)).toordinal() - 1
    return date(years, month + 1, min(day.day, date.fromordinal(last).day))


def the_day(name: str, given: object) -> date:
    """A day as somebody gives it; empty: today.

    Raises
    ------
    WrongArgument
        If it is none.
    """
    if is_left_out(given):
        return date.today()
    if isinstance(given, date):
        return date(given.year, given.month, given.day)
    if isinstance(given, str):
        try:
            return day_of(given)
        except ValueError:
            pass
    raise refusal(name, "a day, such as 2027-04-01", given)


@cache
def _shipped() -> ReviewData:
    with as_file(files("placebudget.sector") / "example_review") as folder:
        return package_in_folder(ReviewData, folder)


OWN_REVIEW = "PLACEBUDGET_REVIEW"
"""Names the review that is meant where none is given."""


def review(path: str | os.PathLike[str] | None = None) -> ReviewData:
    """The example of a review, which is invented, or one of your own.

    Parameters
    ----------
    path : path or str, optional
        A folder with ``datapackage.json``, an ``.xlsx`` or a ``.zip``; default: what
        ``PLACEBUDGET_REVIEW`` names, or the example.

    Raises
    ------
    InvalidPlace
        If anything cannot be read, or it is no review, with all findings at once.

    Examples
    --------
    >>> import placebudget as pb
    >>> pb.sector.review().title
    'Peers of six invented councils (illustrative)'
    """
    own = os.environ.get(OWN_REVIEW)
    if path is None:
        return _own(own) if own else _shipped()
    return _read(path)


def _read(path: str | os.PathLike[str]) -> ReviewData:
    wanted = "the path of a folder, an .xlsx or a .zip"
    return read_package(ReviewData, a_path("path", path, wanted), OWN_FILES)


@cache
def _own(path: str) -> ReviewData:
    return _read(path)


ReviewLike: TypeAlias = ReviewData | str | os.PathLike[str] | None


def as_review(given: ReviewLike) -> ReviewData:
    """The review that is meant, with nothing wrong in it; read where it is not at hand yet.

    Raises
    ------
    InvalidPlace
        If it cannot be read, or has errors; all are named.
    WrongArgument
        If it is neither a review nor a path.
    """
    with Arguments() as asked:
        held = asked.read(_a_review, given)
    held.check().raise_if_errors()
    return held


def _a_review(given: object) -> ReviewData:
    if isinstance(given, ReviewData):
        return given
    if is_left_out(given):
        return review()
    if isinstance(given, str | os.PathLike):
        return review(given)
    raise refusal("review", "a review, or the path of one", given)


def council_of(held: ReviewData, given: object) -> str:
    """The council that is meant: the first with a score where none is named.

    Raises
    ------
    WrongArgument
        If the review has no such council.
    """
    meant = text("council", given if given is not None else "")
    if meant:
        return held.key_of(meant)
    scored = [each for each in held.named if each in set(held.tables["scores"]["council"])]
    if not held.named:
        raise WrongArgument("the review names no council")
    return (scored or list(held.named))[0]


def record_of_review(study: str, held: ReviewData, **options: Any) -> dict[str, Any]:
    """How an answer was made: versions, a hash of the review, options."""
    given = {name: value for name, value in options.items() if value not in (None, "", ())}
    return run_record(study=study, review=held.name, inputs=held.digest, options=given)


def sources_of_review(held: ReviewData) -> tuple[str, ...]:
    """What an answer of a review rests on."""
    rows = held.tables["sources"].to_dict("records")
    said = [f"Source: {row['title']}, {row['publisher']}." for row in rows]
    return (f"{held.title}.", *said)
