"""Challenge by peers: who helps whom, who visits whom and when, which challenges to buy.

risk reduced    chance x impact x share removed, in pounds
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, is_left_out, known_key, number, text, whole
from placebudget.errors import CannotAnswer
from placebudget.place import Option, Place
from placebudget.place.io.cells import day_of
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.sector.proposal import (
    JUDGEMENT,
    Proposal,
    SectorResult,
    proposals_table,
    with_less_money,
)
from placebudget.sector.review import (
    CHALLENGE,
    SUPPORT,
    ReviewData,
    ReviewLike,
    as_review,
    months_on,
    record_of_review,
    sources_of_review,
    the_day,
)
from placebudget.sector.rota import Asking, Sender, Sent, bought, one_more_day, sent, visited
from placebudget.study.cycle import Helped, Slippage
from placebudget.texts import listed
from placebudget.words import money, percent, plain, stated, whole_pounds
from placebudget.words import number as in_digits

UNEVALUATED = "6"
"""Grade of what help is believed to do where nobody has evaluated it."""
_DAYS_A_YEAR = 365.25
_LEAST_GAP = 12


# --- peer support ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class PeerSupport(SectorResult):
    """Whom to send where, what is left unmet, and what one more day would be worth.

    ``tables`` holds:

    - ``rota``: peer, kind, council, skill, days, match, arrives;
    - ``asked``: council, skill, asked, sent, urgency, arrives, why (it is not met);
    - ``one_more_day``: skill, worth (urgency times match, added up).

    Parameters
    ----------
    slippage : Slippage, optional
        Of services that are helped in full less slips from the month of arrival: for
        :func:`placebudget.cycle`. None: no such service.
    """

    slippage: Slippage | None = None

    @property
    def table(self) -> pd.DataFrame:
        """The rota."""
        return self.tables["rota"]

    def finding(self) -> str:
        """How much of what is asked for can be sent."""
        asked = self.tables["asked"]
        some = asked["sent"].sum()
        return (
            f"{in_digits(some)} of {in_digits(asked['asked'].sum())} days that are asked for can "
            f"be sent, by {in_digits(self.table['peer'].nunique())} of "
            f"{in_digits(self.facts['peers'])} peers"
        )

    def summarised(self) -> Summary:
        """Who is short of what, and which skill is dearest."""
        asked = self.tables["asked"]
        short = [
            f"{row['council']}, {row['skill']}: {in_digits(row['asked'] - row['sent'])} days short "
            f"({row['why']})"
            for row in asked[asked["sent"] < asked["asked"]].to_dict("records")
        ]
        more = self.tables["one_more_day"]
        more = more[more["worth"] > 1e-9].sort_values("worth", ascending=False, kind="stable")
        lines = [
            f"One more day of {row['skill']} would be worth {in_digits(row['worth'], 2)} (1 is a "
            "day of a peer who fits in full, for what has an urgency of 1)."
            for row in more.head(3).to_dict("records")
        ]
        if self.slippage is not None:
            lines += [
                f"In the years to come, {percent(each.share)} less slips in "
                f"{plain(each.service)} from {each.arrives}: a judgement of grade {UNEVALUATED} "
                "until it is evaluated."
                for each in self.slippage.helped
            ]
        return Summary(
            self.title,
            (Paragraph(f"{self.finding()}.", tuple(short)), *sentences([*lines, *self.offered])),
        )


def peer_support(
    *, review: ReviewLike = None, on: str | date | None = None, place: PlaceLike | None = None
) -> PeerSupport:
    """Whom to send to councils that ask for help.

    What counts is urgency times match times days, added up; a peer gives no more days than it has,
    a council gets no more than it asks for, and nobody is sent to their own council, where they
    declared a conflict, or where they worked in the last two years.

    Parameters
    ----------
    review : ReviewData or path, optional
        The review; default: the example, which is invented.
    on : date or str, optional
        The day on which it is looked at who is barred; default: the day of arrival, or today.
    place : Place, path or str, optional
        The place whose services are helped.

    Raises
    ------
    WrongArgument
        If something that was given cannot be meant; all is named.
    CannotAnswer
        If nobody asks for support, or there are no peers.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.sector.peer_support()
    >>> int(found.table["days"].sum()), int(found.tables["asked"]["asked"].sum())
    (41, 44)
    """
    with Arguments() as asked:
        held = asked.read(as_review, review)
        day = asked.read(the_day, "on", on)
        where = None if place is None else asked.read(checked_place, place)
    rows = held.filled("asked")
    rows = rows[rows["kind"] == SUPPORT].reset_index(drop=True)
    if rows.empty:
        raise CannotAnswer("no council asks for support: write a row of asked of kind support.")
    if held.tables["peers"].empty:
        raise CannotAnswer("there are no peers who could be sent: fill in the tables peers, skills")
    days = [
        day if on or pd.isna(each) else max(day_of(each), day) for each in rows["arrives"]
    ]  # fmt: skip
    found = _sent(held, rows, days, [0] * len(rows), prices=True)
    rota = found.rota.assign(
        arrives=[rows["arrives"].iloc[each.asking] for each in found.made]
    )  # fmt: skip
    table = found.asked.assign(urgency=rows["urgency"], arrives=rows["arrives"])
    met = table["sent"] >= table["asked"]
    helped = rows[met & rows["service"].notna() & (rows["removes"] > 0)]
    slippage, none = _eased(helped, day, where)
    more = pd.DataFrame(
        {"skill": list(found.prices), "worth": list(found.prices.values())}
    )  # fmt: skip
    tables = {
        "rota": rota, "asked": table, "one_more_day": more, "proposals": proposals_table(()),
    }  # fmt: skip
    notes = (
        "Worth is urgency times match times days, added up; days are whole. It orders who is sent, "
        "and is no money.",
        "Peers are keys: who they are is kept elsewhere.",
        *sources_of_review(held),
    )
    run = record_of_review("peer_support", held, on=day.isoformat() if on else None)
    facts = {"peers": len(held.tables["peers"]), "worth": found.worth}
    return PeerSupport("Who helps whom", tables, notes, run, (), none, facts, slippage)


@dataclass(frozen=True)
class _Rota:
    rota: pd.DataFrame
    asked: pd.DataFrame
    made: list[Sent]
    worth: float
    prices: dict[str, float]


def _sent(
    held: ReviewData,
    rows: pd.DataFrame,
    days: Sequence[date],
    periods: Sequence[int],
    *,
    prices: bool = False,
) -> _Rota:
    """The rota of some rows of what is asked, each with the day of arrival and its period."""
    skills = held.filled("skills")
    peers = [
        Sender(
            row["peer"], row["kind"], float(row["days"]),
            dict(skills.loc[skills["peer"] == row["peer"], ["skill", "match"]].to_numpy().tolist()),
        )
        for row in held.tables["peers"].to_dict("records")
    ]  # fmt: skip
    asked = [
        Asking(row["council"], row["skill"], row["days"], row["urgency"], bool(row["both"]), period)
        for row, period in zip(rows.to_dict("records"), periods, strict=True)
    ]
    on = {id(asking): day for asking, day in zip(asked, days, strict=True)}

    def barred(peer: Sender, asking: Asking) -> bool:
        return bool(held.bars(peer.key, asking.council, on[id(asking)]))

    made, worth = sent(peers, asked, barred)
    got = np.zeros(len(asked))
    for each in made:
        got[each.asking] += each.days
    rota = pd.DataFrame(
        [
            {
                "peer": peers[each.peer].key, "kind": peers[each.peer].kind,
                "council": held.named[asked[each.asking].council],
                "skill": asked[each.asking].skill, "days": each.days,
                "match": peers[each.peer].skills[asked[each.asking].skill],
            }
            for each in made
        ],
        columns=["peer", "kind", "council", "skill", "days", "match"],
    )  # fmt: skip
    why = [
        "" if got[n] >= asking.days else _why_not(peers, asking, barred)
        for n, asking in enumerate(asked)
    ]
    table = pd.DataFrame(
        {
            "council": [held.named[each.council] for each in asked],
            "skill": [each.skill for each in asked], "asked": [each.days for each in asked],
            "sent": got, "why": why,
        }
    )  # fmt: skip
    dear = one_more_day(peers, asked, barred, worth) if prices else {}
    return _Rota(rota, table, made, worth, dear)


def _why_not(
    peers: Sequence[Sender], asking: Asking, barred: Callable[[Sender, Asking], bool]
) -> str:
    """Why not all days come."""
    able = [each for each in peers if each.skills.get(asking.skill, 0.0) > 0 and each.days >= 1]
    free = [each for each in able if not barred(each, asking)]
    if not able:
        return "nobody with days has that skill"
    if not free:
        return "all who have that skill are barred"
    if asking.both and len({each.kind for each in free}) < 2:
        return f"only {free[0].kind}s could come for it, and both kinds are wanted"
    if asking.days != int(asking.days) and sum(each.days for each in free) >= asking.days:
        return "days are whole, or are spent where they count for more"
    return "days of those who could come are spent where they count for more, or are too few"


def _eased(rows: pd.DataFrame, day: date, place: Place | None) -> tuple[Slippage | None, str]:
    """Less slippage of services that are helped in full; and why nothing is proposed."""
    known = None if place is None else set(place.services["service"])
    helped = [
        Helped(row["service"], float(row["removes"]),
               day.isoformat() if pd.isna(row["arrives"]) else row["arrives"])
        for row in rows.to_dict("records")
        if known is None or row["service"] in known
    ]  # fmt: skip
    if helped:
        return Slippage(helped=tuple(helped)), (
            "help changes no figure of a place; it changes how the years are lived through "
            "(slippage)."
        )
    if len(rows):
        return None, "the place has none of the services that are helped."
    return None, "nothing says of a service that is helped in full which part of slippage is gone."


# --- peer challenge --------------------------------------------------------------------------

REPORT, PLAN, PROGRESS, PROGRESS_REPORT = "report", "plan", "progress", "progress_report"
DUE: Mapping[str, tuple[int, int]] = {
    REPORT: (3, 3), PLAN: (3, 5), PROGRESS: (10, 12), PROGRESS_REPORT: (12, 12),
}  # fmt: skip
"""Months after a visit by which each comes, and the most that may be.

Source: Local Government Association, corporate peer challenge, 2024."""
_STEPS = {
    REPORT: "report", PLAN: "action plan", PROGRESS: "review of progress",
    PROGRESS_REPORT: "report on progress",
}  # fmt: skip
EVERY_YEARS = 5
"""At least so often a council is challenged. Source: Local Government Association, 2024."""


@dataclass(frozen=True, eq=False)
class PeerChallenge(SectorResult):
    """When each council is challenged, by whom, and what came of the last visits by when.

    ``tables`` holds:

    - ``schedule``: council, quarter (its first day), year, waited (years since the last visit as
      the schedule begins), late (whether that is more than every five years by its quarter);
    - ``teams``: council, quarter, peer, kind, skill, days, match;
    - ``missing``: council, quarter, skill, asked, sent, why;
    - ``steps``: council, began, step, due, most, done, state.
    """

    @property
    def table(self) -> pd.DataFrame:
        """The schedule."""
        return self.tables["schedule"]

    def finding(self) -> str:
        """How many are visited, over how many years."""
        facts = self.facts
        held = self.table["quarter"].notna().sum()
        most = self.table.groupby("year").size()
        said = f"{in_digits(held)} of {in_digits(len(self.table))} councils are visited once"
        if most.empty:
            return f"{said}: the quarters there are cannot take any"
        said = (
            f"{said} in {in_digits(facts['years'])} years, {in_digits(most.max())} a year at most"
        )
        alone = len(self._alone)
        return f"{said}; for {in_digits(alone)} of them there is no peer yet" if alone else said

    @property
    def _alone(self) -> list[str]:
        """Councils that have a quarter, and nobody who comes."""
        teams = self.tables["teams"]
        there = set(teams.loc[teams["days"] > 0, "council"])
        placed = self.table.dropna(subset=["quarter"])["council"]
        return [each for each in placed if each not in there]

    def summarised(self) -> Summary:
        """Who is visited when, who is not, whose steps are late."""
        held = self.table
        years = [
            f"year {year}: {listed(rows['council'])}"
            for year, rows in held.dropna(subset=["quarter"]).groupby("year", sort=True)
        ]
        lines = []
        out = held.loc[held["quarter"].isna(), "council"].tolist()
        if out:
            lines.append(
                f"Not visited, as no quarter can take them or the last visit is less than a year "
                f"ago: {listed(out)}."
            )
        late = held.loc[held["late"], "council"].tolist()
        if late:
            lines.append(
                f"More than {in_digits(EVERY_YEARS)} years after their last visit: {listed(late)}."
            )
        missing = self.tables["missing"]
        unasked = [each for each in self._alone if each not in set(missing["council"])]
        if unasked:
            lines.append(
                f"Nobody is asked for to visit {listed(unasked)} (asked, kind {CHALLENGE})."
            )
        if len(missing):
            lines.append(
                f"Of teams {in_digits((missing['asked'] - missing['sent']).sum())} days are not "
                f"found, for {listed(dict.fromkeys(missing['council']))}."
            )
        steps = self.tables["steps"]
        lines += [
            f"{row['council']}: the {row['step']} was due by {row['most']} and "
            + ("is not there." if pd.isna(row["done"]) else f"came on {row['done']}.")
            for row in steps[steps["state"] == "late"].to_dict("records")
        ]
        return Summary(
            self.title,
            (Paragraph(f"{self.finding()}.", tuple(years)), *sentences([*lines, *self.offered])),
        )


def peer_challenge(
    *,
    review: ReviewLike = None,
    start: str | date | None = None,
    years: int = 3,
    a_quarter: int = 0,
    on: str | date | None = None,
) -> PeerChallenge:
    """When each council is challenged by peers, by whom, and which steps of the last are late.

    Each council is visited once, no sooner than a year after its last visit; those that waited
    longest come first, as evenly over the years as may be.

    Parameters
    ----------
    review : ReviewData or path, optional
        The review; default: the example, which is invented.
    start : date or str, optional
        First day of the first quarter; default: the April to come.
    years : int
        How many years the schedule has.
    a_quarter : int
        How many visits a quarter can take; nought: as many as are needed to get through.
    on : date or str, optional
        The day on which it is looked at what is late; default: today.

    Raises
    ------
    WrongArgument
        If something that was given cannot be meant; all is named.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.sector.peer_challenge(start="2027-04-01", on="2026-12-01")
    >>> found.table["council"].iloc[0], found.table["year"].value_counts().tolist()
    ('Fordham', [2, 2, 2])
    """
    with Arguments() as asked:
        held = asked.read(as_review, review)
        day = asked.read(the_day, "on", on)
        years = asked.read(whole, "years", years, least=1, most=20)
        a_quarter = asked.read(whole, "a_quarter", a_quarter)
        first = None if is_left_out(start) else asked.read(the_day, "start", start)
    begins = first or date(day.year + (day >= date(day.year, 4, 1)), 4, 1)
    quarters = [months_on(begins, 3 * n) for n in range(4 * years)]
    councils = list(held.named)
    last = {each: held.last_visit(each) for each in councils}
    gone = {
        each: (begins - seen).days / _DAYS_A_YEAR for each, seen in last.items() if seen is not None
    }
    never = max([EVERY_YEARS, *gone.values()]) + 1.0
    waited = {each: max(0.0, gone.get(each, never)) for each in councils}
    room = a_quarter or -(-len(councils) // len(quarters))

    def may(council: str, quarter: date) -> bool:
        seen = last[council]
        return seen is None or quarter >= months_on(seen, _LEAST_GAP)

    when = visited(councils, quarters, waited, may, room)
    schedule = _schedule(held, when, quarters, gone)
    teams, missing = _teams(held, when, quarters)
    steps = _steps(held, day)
    tables = {
        "schedule": schedule, "teams": teams, "missing": missing, "steps": steps,
        "proposals": proposals_table(()),
    }  # fmt: skip
    notes = (
        f"Each council is challenged every {in_digits(EVERY_YEARS)} years at least; the report "
        "comes within 3 months, the action plan within 3 and 5 at most, progress is reviewed after "
        "about 10, and that is reported by 12 (Local Government Association, corporate peer "
        "challenge, 2024).",
        "Teams are what is asked of kind challenge; a peer's days are those of a quarter. Days "
        "given to councils that ask for support are not taken off them.",
        "Peers mostly score lower than a council does itself: that shift is shown with the "
        "hallmarks, where peers' scores stand for the council's own.",
        *sources_of_review(held),
    )
    run = record_of_review(
        "peer_challenge", held, start=begins.isoformat(), years=years, a_quarter=a_quarter,
        on=day.isoformat() if on else None,
    )  # fmt: skip
    none = "a visit is no change of a place; what is agreed after it may be one (actions)."
    facts = {"years": years, "start": begins.isoformat()}
    return PeerChallenge("Who is challenged when", tables, notes, run, (), none, facts)


def _schedule(
    held: ReviewData, when: Mapping[str, int], quarters: Sequence[date], gone: Mapping[str, float]
) -> pd.DataFrame:
    rows = [
        {
            "council": name,
            "quarter": quarters[when[key]].isoformat() if key in when else None,
            "year": when[key] // 4 + 1 if key in when else None,
            "waited": gone.get(key, np.nan),
            "late": key in when
            and gone.get(key, 0.0) + (quarters[when[key]] - quarters[0]).days / _DAYS_A_YEAR
            > EVERY_YEARS,
        }
        for key, name in held.named.items()
    ]
    table = pd.DataFrame(rows, columns=["council", "quarter", "year", "waited", "late"])
    table["year"] = table["year"].astype("Int64")
    return table.sort_values("quarter", kind="stable", na_position="last").reset_index(drop=True)


def _teams(
    held: ReviewData, when: Mapping[str, int], quarters: Sequence[date]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who visits whom, by the programme that sends support; and what of a team is not found."""
    rows = held.filled("asked")
    rows = rows[(rows["kind"] == CHALLENGE) & rows["council"].isin(when)].reset_index(drop=True)
    columns = ["council", "quarter", "peer", "kind", "skill", "days", "match"]
    lacking = ["council", "quarter", "skill", "asked", "sent", "why"]
    if rows.empty:
        return pd.DataFrame(columns=columns), pd.DataFrame(columns=lacking)
    periods = [when[each] for each in rows["council"]]
    days = [quarters[each] for each in periods]
    found = _sent(held, rows, days, periods)
    said = [day.isoformat() for day in days]
    teams = found.rota.assign(quarter=[said[each.asking] for each in found.made])
    table = found.asked.assign(quarter=said)
    table = table[table["sent"] < table["asked"]]
    return (
        teams[columns].sort_values(["quarter", "council"], kind="stable").reset_index(drop=True),
        table[lacking].reset_index(drop=True),
    )


def step_state(began: date, step: str, done: date | None, day: date) -> str:
    """Whether a step after a visit is in time, past what is usual, late, or to come.

    Examples
    --------
    >>> began = date(2026, 1, 5)
    >>> step_state(began, "plan", months_on(began, 6), months_on(began, 7))
    'late'
    >>> step_state(began, "plan", months_on(began, 4), months_on(began, 7))
    'within the most'
    """
    usual, most = (months_on(began, months) for months in DUE[step])
    held = done or day
    if held > most:
        return "late"
    if done is None:
        return "to come"
    return "in time" if done <= usual else "within the most"


def _steps(held: ReviewData, day: date) -> pd.DataFrame:
    """What came, or should have come, of the last visit of each council."""
    rows = held.tables["visits"].sort_values("began", kind="stable")
    made = []
    for row in rows.drop_duplicates("council", keep="last").to_dict("records"):
        began = day_of(row["began"])
        if began > day:
            continue
        for step, (usual, most) in DUE.items():
            done = None if pd.isna(row[step]) else day_of(row[step])
            made.append(
                {
                    "council": held.named.get(row["council"], row["council"]),
                    "began": row["began"], "step": _STEPS[step],
                    "due": months_on(began, usual).isoformat(),
                    "most": months_on(began, most).isoformat(), "done": row[step],
                    "state": step_state(began, step, done, day),
                }
            )  # fmt: skip
    columns = ["council", "began", "step", "due", "most", "done", "state"]
    return pd.DataFrame(made, columns=columns)


# --- supplementary challenges ----------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Supplementary(SectorResult):
    """Which supplementary challenges to buy, by the risk they take away.

    ``tables`` holds ``challenges``, in pounds: challenge, name, service, cost, worth, low, high
    (of the risk reduced), bought, bought_low, bought_high (at either end of the range), needs,
    not_with.

    Parameters
    ----------
    slippage : Slippage, optional
        Of services whose challenge is bought less slips: for :func:`placebudget.cycle`.
    """

    slippage: Slippage | None = None

    @property
    def table(self) -> pd.DataFrame:
        """Challenges, those worth most first."""
        return self.tables["challenges"]

    @property
    def units(self) -> Mapping[str, str]:
        return {"challenges": "pounds"}

    def finding(self) -> str:
        """What is bought, and the risk it takes away."""
        held = self.table[self.table["bought"]]
        if held.empty:
            return (
                "None of the challenges both costs no more than "
                f"{stated(self.facts['budget'])} and takes risk away"
            )
        return (
            f"{listed(held['name'])} for {whole_pounds(held['cost'].sum())} "
            f"{'takes' if len(held) == 1 else 'take'} away "
            f"{money(held['worth'].sum())} of risk, "
            f"{'as much as' if self.facts['equal'] else 'more than'} any others within "
            f"{stated(self.facts['budget'])}"
        )

    def summarised(self) -> Summary:
        """What is bought, its range, and what would change at an end of it."""
        held = self.table
        mine = held[held["bought"]]
        points = tuple(
            f"{row['name']}: {whole_pounds(row['cost'])} for {money(row['worth'])} "
            f"({money(row['low'])} to {money(row['high'])})"
            for row in held.to_dict("records")
        )
        named = dict(zip(held["challenge"], held["name"], strict=True))
        lines = [
            *(f"{named[key]} is bought only with {named[other]}."
              for key, other in _pairs(held, "needs")),
            *(f"{named[key]} and {named[other]} are never bought together."
              for key, other in _pairs(held, "not_with")),
        ]  # fmt: skip
        equal = held[held["challenge"].isin(self.facts["equal"])]
        if len(equal):
            lines.append(
                f"{listed(equal['name'])} for {whole_pounds(equal['cost'].sum())} would take away "
                "as much: of choices that do, the cheapest is bought."
            )
        if len(mine):
            lines.append(
                f"The risk reduced lies between {money(mine['low'].sum())} and "
                f"{money(mine['high'].sum())}."
            )
            beyond = mine["cost"].sum() - mine["worth"].sum()
            if beyond > 0:
                lines.append(
                    f"They cost {money(beyond)} more than the risk they take away: by these "
                    "figures they do not pay for themselves."
                )
        for end, column in (("least", "bought_low"), ("most", "bought_high")):
            if not held[column].equals(held["bought"]):
                lines.append(
                    f"At the {end} that each may remove the choice would be "
                    f"{listed(held.loc[held[column], 'name']) or 'none'}."
                )
        return Summary(
            self.title,
            (Paragraph(f"{self.finding()}.", points), *sentences([*lines, *self.offered])),
        )


def supplementary(
    budget: float,
    *,
    review: ReviewLike = None,
    place: PlaceLike | None = None,
    stream: str | None = "",
) -> Supplementary:
    """Which supplementary challenges to buy within a budget.

    Parameters
    ----------
    budget : float
        Pounds that may be spent on them.
    review : ReviewData or path, optional
        The review; default: the example, which is invented.
    place : Place, path or str, optional
        The place whose services they look at.
    stream : str, optional
        Its stream that pays the fees.

    Raises
    ------
    WrongArgument
        If something that was given cannot be meant; all is named.
    CannotAnswer
        If there is no challenge to choose from.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.sector.supplementary(100_000)
    >>> found.table.loc[found.table["bought"], "challenge"].tolist()
    ['homecare', 'children']
    """
    with Arguments() as asked:
        held = asked.read(as_review, review)
        budget = asked.read(number, "budget", budget, least=0)
        where = None if place is None else asked.read(checked_place, place)
        stream = "" if stream is None else asked.read(text, "stream", stream)
    rows = held.filled("challenges")
    if rows.empty:
        raise CannotAnswer("there is no challenge to choose from: fill in the table challenges.")
    risk = rows["chance"] * rows["impact"]
    for name, column in (("worth", "removes"), ("low", "removes_low"), ("high", "removes_high")):
        rows[name] = risk * rows[column].fillna(rows["removes"])
    at = {key: n for n, key in enumerate(rows["challenge"])}
    needs = [(at[key], at[other]) for key, other in _pairs(rows, "needs")]
    apart = [(at[key], at[other]) for key, other in _pairs(rows, "not_with")]

    def best(worth: str, other_than: list[int] | None = None) -> list[int]:
        # What is worth nothing is not bought, even where there is money.
        gains = (rows[worth] - 1e-6 * (rows[worth] <= 0)).tolist()
        costs = [rows["cost"].tolist()]
        return bought(gains, costs, [budget], needs, apart, other_than=other_than)

    for name, worth in (("bought", "worth"), ("bought_low", "low"), ("bought_high", "high")):
        rows[name] = rows.index.isin(best(worth))
    mine = rows.index[rows["bought"]].tolist()
    other = best("worth", mine) if mine else []
    apart_by = rows.loc[mine, "worth"].sum() - rows.loc[other, "worth"].sum()
    equal = rows.loc[other, "challenge"].tolist() if abs(apart_by) < 0.005 else []
    columns = [
        "challenge", "name", "service", "cost", "worth", "low", "high", "bought", "bought_low",
        "bought_high", "needs", "not_with",
    ]  # fmt: skip
    table = rows.sort_values("worth", ascending=False, kind="stable")
    slips = rows[rows["bought"] & rows["service"].notna() & (rows["removes"] > 0)]
    slippage, _ = _eased(slips.assign(arrives=None), date.today(), where)
    made, none = _paid(float(rows.loc[rows["bought"], "cost"].sum()), where, stream)
    tables = {
        "challenges": table[columns].reset_index(drop=True), "proposals": proposals_table(made),
    }  # fmt: skip
    notes = (
        "Risk reduced is chance times impact times the share that the challenge takes away, with "
        "the range of that share. All three are judgements, in pounds: a score of a risk register "
        "orders risks and cannot be added up.",
        "A risk that does not come about is no saving, and nothing of it leaves a budget.",
        *sources_of_review(held),
    )
    run = record_of_review("supplementary", held, budget=budget, stream=stream)
    facts = {"budget": budget, "equal": equal}
    title = "Which supplementary challenges to buy"
    return Supplementary(title, tables, notes, run, tuple(made), none, facts, slippage)


def _pairs(rows: pd.DataFrame, column: str) -> Iterable[tuple[str, str]]:
    held = rows[rows[column].notna()]
    return zip(held["challenge"], held[column], strict=True)


def _paid(fee: float, place: Place | None, stream: str) -> tuple[list[Proposal], str]:
    """The fees off a stream of the first year; or why that is not proposed."""
    if not fee:
        return [], "nothing is bought."
    if place is None or not stream:
        return [], "no stream of a place is named that pays the fees."
    known_key("stream", stream, place.streams["stream"])
    year = place.years[0]
    rows = place.funding
    amount = float(rows.loc[(rows["stream"] == stream) & (rows["year"] == year), "amount"].sum())
    named = Names(place).of("stream", stream)
    if amount < fee:
        return [], f"{named} has {money(amount)} in {year}, and the fees are {whole_pounds(fee)}."
    why = f"Supplementary challenges cost {whole_pounds(fee)} of {named} in {year}."
    option = Option("pay for challenges")
    option, told = with_less_money(option, place, stream, fee / amount, year=year)
    return [Proposal(option, f"{why}{told}", JUDGEMENT)], ""
