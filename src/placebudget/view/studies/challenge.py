"""Challenge by peers: hallmarks and their scores, who helps, who visits when, what to buy."""

from __future__ import annotations

import os
from typing import Any

import pandas as pd

from placebudget import sector
from placebudget.sector import Excellence, PeerChallenge, PeerSupport, Supplementary
from placebudget.sector.excellence import EITHER
from placebudget.sector.review import OWN_REVIEW, PEER, SELF, review
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import MILLION, MOST, StudyView, bars, ranges, view_of
from placebudget.view.studies.councils import proposals_grid
from placebudget.view.studies.entry import Amount, Argument, Choice, Flag, Study, Subject, Whole
from placebudget.words import money, number, percent, plain, sentence, whole_pounds

_MORE = "challenge-ourselves.md"
_INVENTED = (
    ()
    if os.environ.get(OWN_REVIEW)
    else (
        "The councils, peers and scores shown are invented: a review of your own is given to the "
        "command, to a board, or in Python.",
    )
)
_OWN, _PEERS = "council", "peers"
_STEADINESS = "steadiness"


def _blank(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _score(value: float) -> str:
    return "not scored" if pd.isna(value) else number(value, 2)


REVIEW = Argument(
    name="review", about="a review: a folder, an .xlsx or a .zip",
    nothing="what PLACEBUDGET_REVIEW names, or the example, which is invented",
)  # fmt: skip
COUNCIL = Choice(
    name="council", label="Council", about="the council, by its name or its key in the review",
    nothing="the first that has scores", asked=True,
    choices=lambda subject: dict(review().named),
)  # fmt: skip


# --- the framework for excellence ------------------------------------------------------------


def _excellence_view(found: Excellence, key: str) -> StudyView:
    table = found.table
    scored = table.dropna(subset=["score"])
    both = [("self", _OWN), ("peer", _PEERS)]
    series = [(column, name) for column, name in both if scored[column].notna().any()]
    rows = pd.concat(
        [
            pd.DataFrame({"label": scored["name"], "series": name, "value": scored[column]})
            for column, name in series
        ]
    ).dropna()
    chart = bars(
        f"{key}-profile", f"{found.finding()}.",
        "The mean score of each hallmark's statements, from 1 to 5, the lowest first.",
        rows, "points of 5", scored["name"].tolist(), [name for _, name in series],
    )  # fmt: skip
    told = [
        (
            row["name"], _score(row["self"]), _score(row["peer"]),
            "" if pd.isna(row["gap"]) else number(row["gap"], 2, signed=True),
            "" if pd.isna(row["beyond"]) else number(row["beyond"], 2, signed=True),
            f"{number(row['scored'])} of {number(row['statements'])}",
        )
        for row in table.to_dict("records")
    ]  # fmt: skip
    said = [
        (row["text"], _score(row["self"]), _score(row["peer"]), _blank(row["evidence"]))
        for row in found.tables["statements"].to_dict("records")
    ]
    names = table.set_index("hallmark")["name"]
    slips = [
        (
            sentence(plain(row["part"])), names.get(row["hallmark"], row["hallmark"]),
            _score(row["score"]),
            "" if pd.isna(row["value"]) else number(row["value"], 1)
            if row["part"] == _STEADINESS else percent(row["value"]),
            _blank(row["confirmed"]) or "not confirmed",
        )
        for row in found.tables["slippage"].to_dict("records")
    ]  # fmt: skip
    return view_of(
        [chart],
        [
            text_grid(
                f"{key}-hallmarks", "Hallmarks, the lowest first",
                ["hallmark", "council", "peers", "gap", "beyond the shift", "scored"], told,
                "The gap is peers less council; the shift is its mean over all statements that "
                "both scored.",
            ),
            text_grid(
                f"{key}-slippage", "What scores say of delivery, by the council's mapping",
                ["part of slippage", "hallmark", "score", "value", "confirmed"], slips,
                "Nothing is applied before the council has confirmed it.",
            ) if slips else None,
            _actions_grid(found, key, names),
            text_grid(
                f"{key}-statements", "Statements",
                ["statement", "council", "peers", "what it rests on"], said,
            ),
            proposals_grid(found, key),
        ],
    )  # fmt: skip


def _actions_grid(found: Excellence, key: str, names: pd.Series) -> Grid | None:
    rows = [
        (row["what"], names.get(row["hallmark"], row["hallmark"]), _blank(row["owner"]),
         row["due"], row["state"])
        for row in found.tables["actions"].to_dict("records")
    ]  # fmt: skip
    head = ["action", "hallmark", "who answers for it", "due", "state"]
    return text_grid(f"{key}-actions", "What was agreed", head, rows) if rows else None


def _excellence_ask(subject: Subject, *, scores: str, **given: Any) -> Excellence:
    return sector.excellence(by=scores, place=subject.place, **given)


EXCELLENCE = Study(
    name="excellence",
    about="how a council stands by its hallmarks, as it sees itself and as peers see it",
    question="Where are we weak, and who says so?",
    ask=_excellence_ask,
    view=_excellence_view,
    finding=Excellence.finding,
    modelled=False,
    placeless=True,
    arguments=(
        COUNCIL, REVIEW,
        Choice(
            name="scores", label="Whose scores", default=EITHER, asked=True,
            about="whose scores count: self, peer, or either, a peer's where there is one",
            choices={EITHER: "Peers' where there are some", PEER: "Peers'", SELF: "The council's"},
        ),
        Flag(
            name="mean", label="A weighted mean, too", asked=True,
            about="also the mean of all by the hallmarks' weights, with its range",
        ),
    ),
    screen="How we see ourselves", lead=_INVENTED, sums=True, wait="", again="Look at another",
    more=_MORE,
)  # fmt: skip


# --- peer support ----------------------------------------------------------------------------


def _support_view(found: PeerSupport, key: str) -> StudyView:
    asked = found.tables["asked"].head(MOST)
    labels = asked["council"] + ", " + asked["skill"]
    rows = pd.concat(
        [
            pd.DataFrame({"label": labels, "series": name, "value": asked[name]})
            for name in ("asked", "sent")
        ]
    )
    chart = bars(
        f"{key}-days", f"{found.finding()}.", "Days asked for and sent.", rows, "days",
        labels.tolist(), ["asked", "sent"],
    )  # fmt: skip
    rota = [
        (row["peer"], row["kind"], row["council"], row["skill"], number(row["days"]),
         _blank(row["arrives"]))
        for row in found.table.to_dict("records")
    ]  # fmt: skip
    short = [
        (row["council"], row["skill"], number(row["asked"], 1), number(row["sent"]), row["why"])
        for row in found.tables["asked"].to_dict("records")
    ]
    more = [
        (row["skill"], number(row["worth"], 2))
        for row in found.tables["one_more_day"].to_dict("records")
    ]
    return view_of(
        [chart],
        [
            text_grid(
                f"{key}-rota", "Who helps whom",
                ["peer", "kind", "council", "skill", "days", "arrives"], rota,
            ),
            text_grid(
                f"{key}-asked", "What is asked for",
                ["council", "skill", "days asked for", "days sent", "why not all"], short,
            ),
            text_grid(
                f"{key}-more", "What one more day would be worth", ["skill", "worth"], more,
                "In days of the best match for what has an urgency of 1.",
            ),
        ],
    )  # fmt: skip


def _support_ask(subject: Subject, **given: Any) -> PeerSupport:
    return sector.peer_support(place=subject.place, **given)


SUPPORT = Study(
    name="peer_support",
    about="which peers help which council that asks for it, and what is left unmet",
    question="Whom do we send to whom?",
    ask=_support_ask,
    view=_support_view,
    finding=PeerSupport.finding,
    modelled=False,
    placeless=True,
    arguments=(REVIEW,),
    screen="Who helps whom", lead=_INVENTED, sums=True, wait="", again="Ask again", more=_MORE,
)  # fmt: skip


# --- peer challenge --------------------------------------------------------------------------


def _visits_view(found: PeerChallenge, key: str) -> StudyView:
    table = found.table
    there = table.dropna(subset=["quarter"])
    begins = pd.Timestamp(found.facts["start"])
    when = pd.to_datetime(there["quarter"])
    months = (when.dt.year - begins.year) * 12 + when.dt.month - begins.month
    rows = pd.DataFrame({"label": there["council"], "value": months.astype(float)}).head(MOST)
    chart = bars(
        f"{key}-when", f"{found.finding()}.", f"Months from {found.facts['start']} to the visit.",
        rows, "months", rows["label"].tolist(),
    )  # fmt: skip
    schedule = [
        (
            row["council"], _blank(row["quarter"]) or "not visited",
            "never" if pd.isna(row["waited"]) else number(row["waited"], 1),
        )
        for row in table.to_dict("records")
    ]  # fmt: skip
    teams = [
        (row["council"], row["quarter"], row["peer"], row["kind"], row["skill"],
         number(row["days"]))
        for row in found.tables["teams"].to_dict("records")
    ]  # fmt: skip
    missing = [
        (row["council"], row["quarter"], row["skill"], number(row["asked"] - row["sent"], 1),
         row["why"])
        for row in found.tables["missing"].to_dict("records")
    ]  # fmt: skip
    steps = [
        (row["council"], row["step"], row["due"], row["most"], _blank(row["done"]), row["state"])
        for row in found.tables["steps"].to_dict("records")
    ]
    return view_of(
        [chart],
        [
            text_grid(
                f"{key}-schedule", "When each is visited",
                ["council", "quarter that begins", "years since the last visit, as it begins"],
                schedule,
            ),
            text_grid(
                f"{key}-teams", "By whom",
                ["council", "quarter that begins", "peer", "kind", "skill", "days"], teams,
            ) if teams else None,
            text_grid(
                f"{key}-missing", "What of a team is not found",
                ["council", "quarter that begins", "skill", "days short", "why"], missing,
            ) if missing else None,
            text_grid(
                f"{key}-steps", "What came of the last visit",
                ["council", "what", "due", "at the latest", "came", "state"], steps,
            ) if steps else None,
        ],
    )  # fmt: skip


def _visits_ask(
    subject: Subject, *, review: str | None, start: str | None, cycle_years: int, a_quarter: int
) -> PeerChallenge:
    return sector.peer_challenge(review=review, start=start, years=cycle_years, a_quarter=a_quarter)


VISITS = Study(
    name="peer_challenge",
    about="when each council is challenged by peers and by whom, and which steps of the last visit "
    "are late",
    question="When is each of us challenged, and by whom?",
    ask=_visits_ask,
    view=_visits_view,
    finding=PeerChallenge.finding,
    modelled=False,
    placeless=True,
    arguments=(
        REVIEW,
        Argument(
            name="start", about="first day of the schedule, such as 2027-04-01",
            nothing="the April to come",
        ),
        Whole(
            name="cycle_years", label="Years", least=1, span=(1, 20), default=3, asked=True,
            about="over how many years each council is visited once",
        ),
        Whole(
            name="a_quarter", label="Visits a quarter", default=0, span=(0, 99), asked=True,
            about="how many visits a quarter can take; 0: as many as are needed",
            hint="0: as many as are needed.",
        ),
    ),
    screen="Who is challenged when", lead=_INVENTED, sums=True, wait="", again="Plan it anew",
    more=_MORE,
)  # fmt: skip


# --- supplementary challenges ----------------------------------------------------------------


def _supplementary_view(found: Supplementary, key: str) -> StudyView:
    table = found.table
    marked = table["name"] + table["bought"].map({True: ", bought", False: ""})
    rows = pd.DataFrame(
        {"label": marked, "low": table["low"] / MILLION, "high": table["high"] / MILLION,
         "first": table["worth"] / MILLION, "second": table["cost"] / MILLION}
    ).head(MOST)  # fmt: skip
    chart = ranges(
        f"{key}-worth", f"{found.finding()}.",
        "The risk that each takes away, with its range, and what it costs, in £ million.",
        rows, "£ million", ("risk taken away", "cost"),
    )  # fmt: skip
    names = table.set_index("challenge")["name"]
    told = [
        (
            row["name"], whole_pounds(row["cost"]), money(row["worth"]),
            f"{money(row['low'])} to {money(row['high'])}", "yes" if row["bought"] else "no",
            names.get(row["needs"], ""), names.get(row["not_with"], ""),
        )
        for row in table.to_dict("records")
    ]  # fmt: skip
    head = ["challenge", "cost", "risk taken away", "range", "bought", "needs", "not beside"]
    return view_of(
        [chart],
        [
            text_grid(f"{key}-challenges", "Challenges that could be bought", head, told),
            proposals_grid(found, key),
        ],
    )


def _supplementary_ask(
    subject: Subject, *, fees: float, review: str | None, stream: str
) -> Supplementary:
    return sector.supplementary(fees, review=review, place=subject.place, stream=stream)


SUPPLEMENTARY = Study(
    name="supplementary",
    about="which challenges of one service or subject to buy, by the risk they take away",
    question="Which challenges shall we buy?",
    ask=_supplementary_ask,
    view=_supplementary_view,
    finding=Supplementary.finding,
    modelled=False,
    placeless=True,
    arguments=(
        Amount(
            name="fees", label="What may be spent", unit="£", default=100_000.0, asked=True,
            about="pounds that may be spent on challenges",
        ),
        REVIEW,
        Argument(name="stream", about="stream of the place that pays", default=""),
    ),
    screen="Which challenges to buy", lead=_INVENTED, sums=True, wait="", again="Choose anew",
    more=_MORE,
)  # fmt: skip
STUDIES = (EXCELLENCE, SUPPORT, VISITS, SUPPLEMENTARY)
"""Studies of a review; the place is only where proposals are tried."""
