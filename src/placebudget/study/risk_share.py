"""Who bears an overspend of a pooled fund: the waterfall of a section 75 agreement.

An overspend is met by what other lines of the pool underspend, then by the risk
pool, then by the partners in agreed shares, each up to its cap. What is left has
no money behind it, and is stated. Every penny of the overspend is in one step.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from placebudget.arguments import Arguments, flag, number
from placebudget.errors import UnreadableTable
from placebudget.place.geography import is_blank
from placebudget.place.io.cells import figure
from placebudget.place.io.loose import POOL_LINES, POOL_SHARES, given_table
from placebudget.place.schema import Table
from placebudget.plan.pennies import add_up
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Paragraph, Summary
from placebudget.study.result import StudyResult
from placebudget.words import pence

UNDERSPENDS, RISK_POOL = "underspends in the pool", "risk pool"
SHARES, UNFUNDED = "agreed shares", "unfunded"


@dataclass(frozen=True, eq=False)
class RiskShare(StudyResult):
    """Who bears an overspend.

    ``tables`` holds, in pounds to the penny:

    - ``steps``: step, source (who or what pays), amount, left (still uncovered after);
    - ``lines``: line, budget, actual, over, under, used (of its underspend);
    - ``partners``: partner, share (per cent), cap, due (before the cap), pays, above_cap.
    """

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        return {
            "steps": ("amount",),
            "lines": ("budget", "actual", "over", "under", "used"),
            "partners": ("due", "pays", "above_cap"),
        }

    @property
    def table(self) -> pd.DataFrame:
        """The steps."""
        return self.tables["steps"]

    @property
    def unfunded(self) -> float:
        """What no step covers, in pounds."""
        steps = self.tables["steps"]
        return float(steps.loc[steps["step"] == UNFUNDED, "amount"].sum())

    def summarised(self) -> Summary:
        """The waterfall."""
        over = float(self.tables["lines"]["over"].sum())
        if over == 0:
            met = Paragraph("No line is overspent; nothing is to be shared.")
        else:
            steps = (f"{row.source}: {pence(row.amount)}" for row in self.table.itertuples())
            met = Paragraph(f"Overspends of {pence(over)} are met by:", tuple(steps))
        return Summary(self.title, (met,))


def risk_share(
    lines: pd.DataFrame,
    shares: pd.DataFrame,
    *,
    risk_pool: float = 0.0,
    pass_on: bool = False,
) -> RiskShare:
    """Share an overspend of a pooled fund among those who agreed to bear it.

    Parameters
    ----------
    lines : DataFrame
        ``line``, ``budget``, ``actual``, in pounds.
    shares : DataFrame
        ``partner``, ``share`` in per cent, adding up to 100, and, where there is one,
        ``cap`` in pounds; blank: no cap.
    risk_pool : float
        Money set aside for overspends, in pounds.
    pass_on : bool
        Whether what lies above a cap passes to partners below theirs, by their
        shares. Without, it is unfunded: a cap on one is no promise of another.

    Returns
    -------
    RiskShare
        The steps, which add up to the overspend to the penny.

    Raises
    ------
    UnreadableTable
        If the tables are none or contradict themselves, the risk pool is no sum of
        money, or ``pass_on`` neither yes nor no; all problems are named.

    Examples
    --------
    >>> lines = pd.DataFrame({"line": ["beds", "visits"], "budget": [50, 50], "actual": [62, 48]})
    >>> shares = pd.DataFrame({"partner": ["council", "nhs"], "share": [40, 60], "cap": [2, None]})
    >>> found = risk_share(lines, shares, risk_pool=3)
    >>> found.table[["source", "amount"]].to_dict("split")["data"]
    [['visits', 2.0], ['risk pool', 3.0], ['council', 2.0], ['nhs', 4.2], ['unfunded', 0.8]]
    """
    with Arguments() as asked:
        lines = asked.read(_read, "lines", lines, POOL_LINES, ("budget", "actual"))
        shares = asked.read(_read, "shares", shares, POOL_SHARES, ("share",))
        asked.read(_adding_up, shares)
        risk_pool = asked.read(number, "risk_pool", risk_pool, least=0)
        pass_on = asked.read(flag, "pass_on", pass_on)
    over = [max(a - b, 0) for a, b in _pairs(lines)]
    under = [max(b - a, 0) for a, b in _pairs(lines)]
    left = sum(over)
    used = _split(min(left, sum(under)), under)
    left -= sum(used)
    reserve = min(left, _pennies(risk_pool))
    left -= reserve
    weights = shares["share"].astype(float).tolist()
    caps = _caps(shares)
    due = _split(left, weights)
    pays = _pay(left, weights, caps, pass_on)
    partners = shares["partner"].astype(str).tolist()
    steps = [
        *((UNDERSPENDS, str(n), v) for n, v in zip(lines["line"], used, strict=True) if v),
        *([(RISK_POOL, RISK_POOL, reserve)] if reserve else []),
        *((SHARES, name, v) for name, v in zip(partners, pays, strict=True) if v),
        *([(UNFUNDED, UNFUNDED, left - sum(pays))] if left > sum(pays) else []),
    ]
    tables = {
        "steps": _steps(steps, sum(over)),
        "lines": pd.DataFrame(
            {
                "line": lines["line"].astype(str).tolist(),
                "budget": lines["budget"].astype(float).tolist(),
                "actual": lines["actual"].astype(float).tolist(),
                "over": _pounds(over),
                "under": _pounds(under),
                "used": _pounds(used),
            }
        ),
        "partners": pd.DataFrame(
            {
                "partner": partners,
                "share": weights,
                "cap": [float("nan") if cap is None else cap / 100 for cap in caps],
                "due": _pounds(due),
                "pays": _pounds(pays),
                "above_cap": _pounds([max(d - p, 0) for d, p in zip(due, pays, strict=True)]),
            }
        ),
    }
    passed = "passes to the other partners" if pass_on else "is unfunded"
    notes = (
        "Amounts are pounds to the penny.",
        f"What lies above a partner's cap {passed}.",
        f"Of the risk pool {pence(risk_pool - reserve / 100)} is left, of underspends "
        f"{pence((sum(under) - sum(used)) / 100)}.",
    )
    run = run_record(study="risk_share", options={"risk_pool": risk_pool, "pass_on": pass_on})
    return RiskShare("Sharing an overspend of the pool", tables, notes, run)


def _steps(steps: list[tuple[str, str, int]], left: int) -> pd.DataFrame:
    rows = []
    for step, source, amount in steps:
        left -= 0 if step == UNFUNDED else amount
        rows.append((step, source, amount / 100, left / 100))
    return pd.DataFrame(rows, columns=["step", "source", "amount", "left"])


def _pay(left: int, weights: list[float], caps: list[int | None], pass_on: bool) -> list[int]:
    """What each partner pays of what is left, in pennies, none more than its cap."""
    pays = [0] * len(weights)
    while left > sum(pays):
        room = [None if cap is None else cap - paid for cap, paid in zip(caps, pays, strict=True)]
        able = [w if r is None or r > 0 else 0.0 for w, r in zip(weights, room, strict=True)]
        if not sum(able):
            break
        more = _split(left - sum(pays), able)
        for n, amount in enumerate(more):
            limit = room[n]
            pays[n] += amount if limit is None else min(amount, limit)
        if not pass_on:
            break
    return pays


def _split(pennies: int, weights: list[float] | list[int]) -> list[int]:
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    return [int(value) for value in add_up([pennies * weight / whole for weight in weights])]


def _caps(shares: pd.DataFrame) -> list[int | None]:
    if "cap" not in shares.columns:
        return [None] * len(shares)
    return [None if pd.isna(cap) else _pennies(float(cap)) for cap in shares["cap"]]


def _read(name: str, given: object, table: Table, columns: Sequence[str]) -> pd.DataFrame:
    """A table of an agreement with its figures as numbers; all that is wrong is named."""
    read, key = given_table(name, given, table).copy(), table.key[0]
    problems = []
    names = [_name(cell) for cell in read[key].tolist()]
    if "" in names:
        problems.append(f"{name}: {key} must be named in every row")
    if len(set(names)) < len(names):
        problems.append(f"{name} names the same {key} twice")
    read[key] = names
    for column in (*columns, *(["cap"] if "cap" in read.columns else [])):
        cells = read[column].tolist()
        values = [figure(cell) for cell in cells]
        blank = [math.isnan(value) for value in values]
        if column == "cap":
            blank = [wrong and not is_blank(cell) for wrong, cell in zip(blank, cells, strict=True)]
        if any(blank):
            problems.append(f"{name}: {column} must be a number in every row")
        if any(value < 0 for value in values):
            problems.append(f"{name}: {column} must not be negative")
        read[column] = values
    if problems:
        raise UnreadableTable.of(problems)
    return read


def _name(cell: object) -> str:
    return str(cell) if isinstance(cell, str | int | float) and not is_blank(cell) else ""


def _adding_up(shares: pd.DataFrame) -> pd.DataFrame:
    if abs(float(shares["share"].sum()) - 100) > 1e-6:
        raise UnreadableTable(f"shares add up to {shares['share'].sum():g} per cent, not to 100")
    return shares


def _pairs(lines: pd.DataFrame) -> list[tuple[int, int]]:
    pairs = zip(lines["actual"], lines["budget"], strict=True)
    return [(_pennies(float(a)), _pennies(float(b))) for a, b in pairs]


def _pounds(pennies: list[int]) -> list[float]:
    return [value / 100 for value in pennies]


def _pennies(pounds: float) -> int:
    return round(pounds * 100)
