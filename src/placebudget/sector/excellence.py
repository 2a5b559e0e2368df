"""The framework for excellence: how a council sees itself, and how its peers see it.

a hallmark      mean of the scores it has; a statement without one is left out, and is not nought
shift           mean of peer - self over all statements that both scored
gap             peer - self of a hallmark, and what of it is more than the shift
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, flag, one_of
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.plan.summary import Summary, sentences
from placebudget.sector.proposal import JUDGEMENT, Proposal, SectorResult, proposals_table
from placebudget.sector.review import (
    PEER,
    SCORES,
    SELF,
    ReviewData,
    ReviewLike,
    as_review,
    council_of,
    record_of_review,
    sources_of_review,
    the_day,
)
from placebudget.study.cycle import Slippage
from placebudget.texts import listed
from placebudget.words import number as in_digits
from placebudget.words import percent

EITHER = "either"
_WEIGHED_BY = 0.5


@dataclass(frozen=True, eq=False)
class Excellence(SectorResult):
    """How a council stands by its hallmarks, the lowest first.

    ``tables`` holds:

    - ``hallmarks``: hallmark, name, statements, scored, self, peer, score (that which counts),
      gap (peer - self), beyond (what of the gap is more than the shift), weight;
    - ``statements``: statement, hallmark, text, self, peer, evidence (of the last score);
    - ``slippage``: part, hallmark, score, value, confirmed;
    - ``actions``: action, what, hallmark, owner, due, done, state.

    Parameters
    ----------
    slippage : Slippage, optional
        What the confirmed mapping says of delivery, for :func:`placebudget.cycle`; None: nothing
        is confirmed.
    """

    slippage: Slippage | None = None

    @property
    def table(self) -> pd.DataFrame:
        """Hallmarks, the lowest first."""
        return self.tables["hallmarks"]

    @property
    def units(self) -> Mapping[str, str]:
        return {"hallmarks": "points of 5"}

    def finding(self) -> str:
        """The lowest hallmark, and who says so."""
        facts = self.facts
        lowest = self.table.iloc[0]
        return (
            f"{facts['name']} is lowest in {lowest['name']}: {in_digits(lowest['score'], 2)} of 5, "
            f"by {facts['by']}"
        )

    def summarised(self) -> Summary:
        """The lowest, the shift between peers and the council, a mean where it was asked for."""
        facts = self.facts
        lines = [f"{self.finding()}."]
        if facts["shift"] is not None:
            lines.append(_shift_said(facts["shift"], facts["both"]))
        apart = self.table[self.table["beyond"].abs() >= 0.5]
        lines += [
            f"{row['name']}: peers score {in_digits(abs(row['beyond']), 2)} "
            f"{'higher' if row['beyond'] > 0 else 'lower'} than that shift would lead to expect."
            for row in apart.to_dict("records")
        ]
        if facts["mean"] is not None:
            lines.append(
                f"The weighted mean that was asked for is {in_digits(facts['mean'], 2)}; with each "
                f"weight half as large or half as large again it lies between "
                f"{in_digits(facts['low'], 2)} and {in_digits(facts['high'], 2)}. A mean can hide "
                "the lowest."
            )
        if facts["unscored"]:
            lines.append(
                f"Statements without a score, which is not nought: "
                f"{in_digits(facts['unscored'])} of {in_digits(facts['statements'])}, left out."
            )
        lines += [facts["slips"]]
        if facts["late"]:
            lines += [f"Not done by its day: {each.rstrip('.')}." for each in facts["late"]]
        return Summary(self.title, tuple(sentences([*lines, *self.offered])))


def _shift_said(shift: float, both: int) -> str:
    way = "lower" if shift < 0 else "higher"
    if abs(shift) < 0.005:
        return f"Peers score as the council does, over {in_digits(both)} statements scored by both."
    return (
        f"Peers score {in_digits(abs(shift), 2)} {way} than the council, over {in_digits(both)} "
        "statements scored by both; they mostly score lower, so that this is read first."
    )


def excellence(
    council: str | None = None,
    *,
    review: ReviewLike = None,
    by: str | None = EITHER,
    mean: bool = False,
    on: str | date | None = None,
    place: PlaceLike | None = None,
) -> Excellence:
    """How a council stands by its hallmarks, and what that says of how delivery may slip.

    Parameters
    ----------
    council : str, optional
        Key or name of the council; default: the first that has scores.
    review : ReviewData or path, optional
        The review; default: the example, which is invented.
    by : str, optional
        Whose scores count: ``"self"``, ``"peer"``, or ``"either"``, a peer's where there is one.
    mean : bool
        Whether a mean weighted by the hallmarks' weights is wanted, with its range where each
        weight is half as large or half as large again.
    on : date or str, optional
        The day by which actions are due; default: today.
    place : Place, path or str, optional
        The place with the options that actions name.

    Raises
    ------
    WrongArgument
        If something that was given cannot be meant; all is named.
    CannotAnswer
        If no statement of the council has a score.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.sector.excellence("Ashby")
    >>> found.table["hallmark"].iloc[0], round(found.facts["shift"], 2)
    ('resources', -0.44)
    >>> round(found.slippage.undelivered, 4)
    0.0873
    """
    with Arguments() as asked:
        held = asked.read(as_review, review)
        by = asked.read(_whose, by)
        mean = asked.read(flag, "mean", mean)
        day = asked.read(the_day, "on", on)
        where = None if place is None else asked.read(checked_place, place)
    key = council_of(held, council)
    statements = _scored(held, key, by)
    name = held.named[key]
    if statements["score"].isna().all():
        who = "" if by == EITHER else f" by {_called(by)}"
        raise CannotAnswer(
            f"no statement of {name} is scored{who}: unscored is not nought, and nothing is said."
        )
    hallmarks = _by_hallmark(held, statements)
    both = statements.dropna(subset=["self", "peer"])
    shift = float((both["peer"] - both["self"]).mean()) if len(both) else None
    hallmarks["beyond"] = hallmarks["gap"] - (shift or 0.0)
    known = hallmarks.dropna(subset=["score"])
    known = known[known["weight"] > 0]
    facts: dict[str, Any] = {
        "name": name, "key": key, "shift": shift, "both": len(both), "mean": None,
        "statements": len(statements), "unscored": int(statements["score"].isna().sum()),
        "by": _by_words(statements, by),
    }  # fmt: skip
    if mean:
        if known.empty:
            raise CannotAnswer("every hallmark with a score weighs nothing: give some a weight.")
        scores, weights = known["score"].to_numpy(), known["weight"].to_numpy()
        facts["mean"] = weighted(scores, weights)
        facts["low"], facts["high"] = mean_range(scores, weights)
    slips, slippage, facts["slips"] = _slippage(held, key, hallmarks)
    actions = _actions(held, key, day, hallmarks)
    facts["late"] = actions.loc[actions["state"] == "late", "what"].tolist()
    made, none = _proposed(actions, where)
    tables = {
        "hallmarks": hallmarks, "statements": statements, "slippage": slips, "actions": actions,
        "proposals": proposals_table(made),
    }  # fmt: skip
    notes = (
        "A hallmark is the mean of its statements that have a score; of several scores of one the "
        "last counts.",
        "Open actions stand in the order of the weight of their hallmark times what it lacks to 5.",
        *sources_of_review(held),
    )
    run = record_of_review(
        "excellence", held, council=key, by=by, mean=mean, on=day.isoformat() if on else None
    )
    title = f"{name}: the framework for excellence"
    return Excellence(title, tables, notes, run, tuple(made), none, facts, slippage)


def _whose(given: object) -> str:
    return one_of("by", EITHER if given is None else given, (SELF, PEER, EITHER))


def _called(by: str) -> str:
    return {SELF: "the council itself", PEER: "its peers"}.get(by, "anybody")


def _by_words(statements: pd.DataFrame, by: str) -> str:
    if by != EITHER:
        return _called(by)
    if statements["peer"].notna().any():
        return _called(PEER)
    return _called(SELF)


def _scored(held: ReviewData, council: str, by: str) -> pd.DataFrame:
    """Each statement with its last score by the council and by peers."""
    rows = held.tables["scores"]
    rows = rows[(rows["council"] == council) & rows["score"].notna()]
    last = rows.sort_values("date", kind="stable").drop_duplicates(["statement", "by"], keep="last")
    table = held.tables["statements"].copy()
    for who in (SELF, PEER):
        own = last[last["by"] == who].set_index("statement")
        table[who] = table["statement"].map(own["score"]).astype(float)
        table[f"{who}_evidence"] = table["statement"].map(own["evidence"]).astype(object)
    first, second = (PEER, SELF) if by == EITHER else (by, by)
    table["score"] = table[first].fillna(table[second])
    table["evidence"] = table[f"{first}_evidence"].fillna(table[f"{second}_evidence"])
    return table.drop(columns=["self_evidence", "peer_evidence"])


def _by_hallmark(held: ReviewData, statements: pd.DataFrame) -> pd.DataFrame:
    """Hallmarks with the means of what is scored, the lowest first."""
    known = held.filled("hallmarks")
    by = statements.groupby("hallmark")
    both = statements.dropna(subset=["self", "peer"]).groupby("hallmark")[["self", "peer"]].mean()
    table = pd.DataFrame(
        {
            "hallmark": known["hallmark"],
            "name": known["name"],
            "statements": known["hallmark"].map(by.size()).fillna(0).astype(int),
            "scored": known["hallmark"].map(by["score"].count()).fillna(0).astype(int),
            **{who: known["hallmark"].map(by[who].mean()) for who in ("self", "peer", "score")},
            "gap": known["hallmark"].map(both["peer"] - both["self"]).astype(float),
            "weight": known["weight"],
        }
    )
    return table.sort_values("score", kind="stable", na_position="last").reset_index(drop=True)


def weighted(scores: Sequence[float] | np.ndarray, weights: Sequence[float] | np.ndarray) -> float:
    """The mean of scores by weights; all weights times a constant give the same.

    Examples
    --------
    >>> scores = [3, 4, 3, 3, 2, 4, 3, 5, 2]
    >>> round(weighted(scores, [1] * 9), 4), round(weighted(scores, [1, 1, 2, 1, 1, 1, 1, 2, 1]), 4)
    (3.2222, 3.3636)
    """
    return float(np.average(np.asarray(scores, float), weights=np.asarray(weights, float)))


def mean_range(
    scores: Sequence[float] | np.ndarray, weights: Sequence[float] | np.ndarray
) -> tuple[float, float]:
    """The least and the most of the mean where each weight may be half as large, or half as again.

    At either end some weights are as large and the others as small as may be, and the larger ones
    are those of the lowest or the highest scores: that is tried for each number of them.

    Examples
    --------
    >>> mean_range([2, 4], [1, 1])
    (2.5, 3.5)
    """
    order = np.argsort(np.asarray(scores, float), kind="stable")
    ordered, sizes = np.asarray(scores, float)[order], np.asarray(weights, float)[order]
    ends = []
    for way in (1, -1):
        for more in range(len(ordered) + 1):
            factor = np.full(len(ordered), 1 - _WEIGHED_BY)
            factor[:more] = 1 + _WEIGHED_BY
            ends.append(weighted(ordered[::way], sizes[::way] * factor))
    return min(ends), max(ends)


def _slippage(
    held: ReviewData, council: str, hallmarks: pd.DataFrame
) -> tuple[pd.DataFrame, Slippage | None, str]:
    """What the mapping says of slippage, what of it is confirmed, and that in a sentence."""
    rows = held.tables["mapping"]
    rows = rows[rows["council"] == council]
    scores = hallmarks.set_index("hallmark")["score"]
    low, high = SCORES
    table = rows[["part", "hallmark", "confirmed"]].copy()
    table["score"] = table["hallmark"].map(scores)
    part = (table["score"] - low) / (high - low)
    table["value"] = rows["at_worst"] + part * (rows["at_best"] - rows["at_worst"])
    table = table[["part", "hallmark", "score", "value", "confirmed"]].reset_index(drop=True)
    if table.empty:
        return table, None, "No mapping says what scores mean for delivery."
    sure = table[table["confirmed"].notna() & table["value"].notna()]
    if sure.empty:
        return table, None, (
            "The mapping of scores to how delivery slips is not confirmed by the council: nothing "
            "follows from it."
        )  # fmt: skip
    values = sure.groupby("part", sort=False)["value"].mean()
    parts: dict[str, Any] = {str(name): float(value) for name, value in values.items()}
    made = Slippage(**parts)
    said = [
        _PARTS[str(name)].format(_part_said(str(name), value)) for name, value in values.items()
    ]
    waits = len(table) - len(sure)
    more = f" {in_digits(waits)} of its rows wait for that or for a score." if waits else ""
    return table, made, (
        "By the mapping that the council confirmed, the years to come are lived through with "
        f"{listed(said)}.{more}"
    )  # fmt: skip


_PARTS = {
    "undelivered": "{} of units not delivered", "overrun": "costs {} above the plan",
    "steadiness": "a steadiness of {} (the more, the less delivery varies)",
    "overrun_spread": "a spread of costs of {}",
}  # fmt: skip


def _part_said(part: str, value: float) -> str:
    return in_digits(value, 1) if part == "steadiness" else percent(value)


def _actions(held: ReviewData, council: str, day: date, hallmarks: pd.DataFrame) -> pd.DataFrame:
    """Actions of a council: what is late, open and done, by weight and by what is lacking."""
    rows = held.tables["actions"]
    table = rows[rows["council"] == council].drop(columns="council").copy()
    today = day.isoformat()
    done = table["done"].notna() & (table["done"].fillna("") <= today)
    late = ~done & (table["due"] < today)
    table["state"] = np.select([done, late], ["done", "late"], "open")
    known = hallmarks.set_index("hallmark")
    lack = (SCORES[1] - known["score"].fillna(SCORES[0])) * known["weight"]
    table["order"] = table["hallmark"].map(lack).fillna(0.0)
    table["is_done"] = done
    table = table.sort_values(["is_done", "order"], ascending=[True, False], kind="stable")
    return table.drop(columns=["order", "is_done"]).reset_index(drop=True)


def _proposed(actions: pd.DataFrame, place: Place | None) -> tuple[list[Proposal], str]:
    """Options that open actions name, where the place has them; or why there is none."""
    wanted = actions[(actions["state"] != "done") & actions["option"].notna()]
    if wanted.empty:
        return [], "no open action names an option of a place."
    if place is None:
        return [], "no place is named whose options the actions mean."
    there = place.options()
    made = []
    for row in wanted.to_dict("records"):
        if row["option"] in there:
            why = f"Agreed after a challenge, by {row['due']}: {row['what']}"
            made.append(Proposal(there[row["option"]], why, JUDGEMENT))
    return made, "" if made else "the place has none of the options that actions name."
