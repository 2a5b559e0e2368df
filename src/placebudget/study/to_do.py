"""What is still to do in a place: figures that are placeholders, missing, borrowed, or assumed.

They are put in the order of the money that stands behind them: a figure of a service by what is
spent on it today, one of a stream by what it brings in the first year, one of an outcome by what
is spent on the services that make it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, flag
from placebudget.errors import PlaceBudgetError
from placebudget.place import Place, schema
from placebudget.place.conditions import kept_services, money_today, services_by_role
from placebudget.place.geography import Geography, is_blank
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names, rule_words
from placebudget.place.place import (
    BORROWED,
    ILLUSTRATIVE,
    PLACEHOLDER,
    UNSTATED,
    known,
    rows_known,
)
from placebudget.place.subjects import lines_of, parse_subject, picks
from placebudget.plan import optimise, simulate
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.worded_table import NameOf
from placebudget.progress import Report
from placebudget.solver import RunLimits
from placebudget.study.outlook import flat_in_cash
from placebudget.study.rests_on import rests_on
from placebudget.study.result import StudyResult, record_of
from placebudget.texts import listed
from placebudget.words import count, money

UNKNOWN = "no effect known"
STATES: Mapping[str, str] = {
    PLACEHOLDER: "nobody’s figures yet, where figures of the place belong; replace them first",
    UNKNOWN: "missing, each of a service that keeps today’s money while nobody knows what it "
    "brings about; look for an estimate",
    BORROWED: "of other places or of the library; replace them by the place’s own",
    UNSTATED: "that do not say where they come from; say it",
    ILLUSTRATIVE: "assumed; agree on them, or find a source",
}
"""What is to do with rows of each status, worst first, and with those that are missing."""

_KEYS = (
    "service", "outcome", "stream", "pool", "agency", "index", "grade", "band", "role", "loan",
    "area", "rule",
)  # fmt: skip
_COLUMNS = ["table", "about", "state", "rows", "behind", "source"]
_SHOWN = 10
_NOTES = (
    "The money behind a figure is what is spent today on the services it is about, or what a "
    "stream brings in the first year; the same pound stands behind several figures, so that they "
    "do not add up.",
    "A figure that is published, or worked out from published ones, of this place is not to do.",
)
_HANGS = (
    "What hangs on a figure is the part of the gain of {first} over {second} that would go with "
    "it, both plans kept as they are."
)


@dataclass(frozen=True, eq=False)
class ToDo(StudyResult):
    """What is assumed, borrowed or nobody's yet in a place, by how much hangs on it.

    ``tables`` holds ``things``, an entry for each service, outcome, stream and the like whose
    figures are to do: about, state (the worst of its rows), tables, rows (how many), behind,
    source, and where it was solved for, hangs; ``to_do``, by table: table, about (the key
    of what the figures are of), state (placeholder, no effect known, borrowed, not stated,
    illustrative), rows (of no effect known: those that are missing), behind (pounds a year that
    stand behind them), source, and where it was solved for, hangs (pounds of the gain that hang on
    them); and ``tables``: table, state, rows, of (rows of the table), behind (the most of one).

    Parameters
    ----------
    place : Place
        The place.
    """

    place: Place = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """What is to do, that first on which most hangs."""
        return self.tables["to_do"]

    @property
    def things(self) -> pd.DataFrame:
        """What is to do, an entry for all figures of one thing, that first on which most hangs."""
        return self.tables["things"]

    @property
    def told(self) -> pd.DataFrame:
        """The things that its summary names one by one, in its order."""
        return self.things.head(_SHOWN)

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return name_of_about(Names(self.place))

    @property
    def units(self) -> Mapping[str, str]:
        """Money in pounds, rows in rows."""
        return {}

    def summarised(self) -> Summary:
        """What is to do, that first on which most hangs, and how much of each state."""
        if self.table.empty:
            said = "Nothing is to do: every figure is published, or worked out from published ones."
            return Summary(self.title, (Paragraph(said),))
        first = "most money first"
        if "hangs" in self.things:
            first = "those first on which most of the gain hangs"
        guessed = self.things[self.things["state"] == PLACEHOLDER].to_dict("records")
        parts = []
        if guessed:
            named = listed(map(self.called, guessed), most=_SHOWN)
            parts.append(Paragraph(f"Placeholders, which are replaced first: {named}."))
        lead = f"{count(len(self.things))} things are to do, {first}:"
        parts += [Paragraph(lead, tuple(self._points())), Paragraph(rows_known(self.place))]
        for state, told in STATES.items():
            mine = int(self.table.loc[self.table["state"] == state, "rows"].sum())
            if mine:
                parts.append(Paragraph(f"{state.capitalize()}: {_rows_in_words(mine)}, {told}."))
        return Summary(self.title, tuple(parts))

    def _points(self) -> Iterator[str]:
        (flat, rise), last = flat_in_cash(self.place), self.place.years[-1]
        for row in self.told.to_dict("records"):
            behind = f", {money(row['behind'])} a year behind it" if row["behind"] else ""
            kind, _, key = row["about"].partition("=")
            less = flat.get(key, 0.0) * rise if kind == "stream" else 0.0
            if less >= 0.5:
                behind += f", {money(less)} of the gap in {last} as it stays the same in cash"
            hangs = row.get("hangs", 0.0)
            gain = f", {money(hangs)} of the gain hangs on it" if hangs and hangs >= 0.5 else ""
            yield f"{self.called(row)}: {self.held(row)}{behind}{gain}"
        if more := len(self.things) - len(self.told):
            yield f"and {more} more; a workbook has them all (in a terminal: --xlsx FILE)"

    def called(self, row: Mapping[str, Any]) -> str:
        """What people call a thing; where it has no name, its table."""
        name = self.name_of("about", row["about"])
        kind, _, key = row["about"].partition("=")
        if kind == "index":
            return f"how prices of {name} rise"
        if kind == "rule":
            rules = self.place.filled("rules").set_index("rule", drop=False)
            return f"the rule “{rule_words(rules.loc[key], Names(self.place))}”"
        return name or row["tables"].replace("_", " ")

    def held(self, row: Mapping[str, Any]) -> str:
        """The figures of a thing in words: how many, where, and what they are at worst."""
        tables = row["tables"].replace("_", " ")
        worst = "at worst " * (", " in row["tables"])
        return f"{_rows_in_words(int(row['rows']))} in {tables}, {worst}{row['state']}"


def to_do(
    place: PlaceLike,
    *,
    solve: bool = False,
    seconds: float | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
) -> ToDo:
    """What is assumed, borrowed or nobody's yet in a place, by how much hangs on it.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads.
    solve : bool
        Whether the order is that of the gain that hangs on each figure, which takes plans, and
        not of the money that stands behind it.
    seconds : float, optional
        Time for each solve.
    stop : threading.Event, optional
        Setting it from another thread ends the run.
    progress : callable, optional
        Called with what is under way, its number and how many there are.

    Returns
    -------
    ToDo
        With ``table`` and ``summary()``, and to be written as JSON, workbook or page.

    Raises
    ------
    InvalidPlace
        If the place has errors.
    Infeasible, SolverFailed, CannotAnswer, Stopped
        If it is to be solved for, and there are no plans whose gain could be told.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.to_do(pb.example("toy_pooling"))
    >>> found.table.iloc[0][["table", "about", "state"]].tolist()
    ['pools', 'pool=one_pool', 'illustrative']
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        solve = asked.read(flag, "solve", solve)
        limits = asked.read(RunLimits.given, seconds, 0.0, stop, progress)
    rows = pd.DataFrame(list(_rows(place)), columns=_COLUMNS)
    keys = ["table", "about", "state"]
    found = rows.groupby(keys, sort=False, as_index=False).agg(
        rows=("rows", "sum"), behind=("behind", "max"), source=("source", _together),
    )  # fmt: skip
    order, notes = ["behind"], list(_NOTES)
    if solve:
        hanging, ends = _hanging(place, seconds=limits.seconds, stop=stop, progress=progress)
        found["hangs"] = [
            hanging.get((table, about), 0.0)
            for table, about in zip(found["table"], found["about"], strict=True)
        ]
        order = ["hangs", "behind"]
        notes.append(_HANGS.format(**ends))
    rank = found["state"].map(list(STATES).index)
    found = found.assign(rank=rank).sort_values(
        [*order, "rank"], ascending=[*(False for _ in order), True], kind="stable"
    )
    found = found.reset_index(drop=True)
    things = _things(found, order)
    found = found.drop(columns="rank")
    by_table = found.groupby(["table", "state"], sort=False, as_index=False).agg(
        rows=("rows", "sum"), behind=("behind", "max")
    )
    # Of no effect known the rows are missing: they would be beside those that are there.
    missing = by_table["rows"].where(by_table["state"] == UNKNOWN, 0)
    by_table.insert(3, "of", by_table["table"].map(lambda name: len(place.tables[name])) + missing)
    return ToDo(
        f"{place.title}: what is to do",
        {"things": things, "to_do": found, "tables": by_table},
        tuple(notes),
        record_of(place, "to_do", solve=solve),
        place,
    )


def _rows_in_words(rows: int) -> str:
    return f"{count(rows)} row{'s' * (rows != 1)}"


def _things(found: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """All figures of one thing together, at the worst state of any; that first as in the list."""
    what = found["about"].map(_thing)
    what = what.mask(what == "", found["table"])
    put = {each: (each, "max" if each == "behind" else "sum") for each in order}
    things = found.assign(
        about=found["about"].map(_thing), what=what, state=found["rank"]
    ).groupby("what", sort=False).agg(
        about=("about", "first"), state=("state", "min"), tables=("table", _in_order),
        rows=("rows", "sum"), **put, source=("source", _together),
    )  # fmt: skip
    things = things.sort_values(
        [*order, "state"], ascending=[*(False for _ in order), True], kind="stable"
    )
    return things.assign(state=things["state"].map(list(STATES).__getitem__)).reset_index(drop=True)


def _thing(about: str) -> str:
    """The thing that figures are of: a service of an effect, an outcome of a saving."""
    keys = dict(part.split("=", 1) for part in about.split("; ") if part)
    first = next((key for key in _KEYS if key in keys), None)
    return "" if first is None else f"{first}={keys[first]}"


def _in_order(tables: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(tables))


def _rows(place: Place) -> Iterator[tuple[str, str, str, int, float, str]]:
    """Every row that is not the place's own figure, and every effect that nobody knows."""
    behind = Behind(place)
    for name, table in schema().items():
        if not table.figures:
            continue
        rows = place.filled(name).to_dict("records")
        for row, state in zip(rows, known(place, name), strict=True):
            if state in STATES:
                source = "" if is_blank(row["source"]) else str(row["source"])
                # Areas of a service stand in one line, behind which all of its money stands.
                money_behind = behind.of(name, {**row, "area": None})
                yield name, about(name, row), state, 1, money_behind, source
    for service in kept_services(place):
        row = {"service": service, "outcome": None}
        yield "effects", about("effects", row), UNKNOWN, 1, behind.of("effects", row), ""


def name_of_about(*names: Names) -> NameOf:
    """What people call what figures are of; of several places the first that has it."""

    def one(column: str, key: str) -> str:
        said = (each.of(column, key) for each in names)
        return next((name for name in said if name != key), names[0].of(column, key))

    def said(column: str, key: str) -> str:
        if column == "about":
            parts = (part.partition("=") for part in key.split("; "))
            return ", ".join(one(kind, value) for kind, _, value in parts if value)
        if column == "source":
            return ", ".join(one(column, each) for each in key.split("; ") if each)
        return key.replace("_", " ") if column == "table" else one(column, key)

    return said


def about(table: str, row: Mapping[str, Any]) -> str:
    """What a row is of: the keys of it that are no year, step or offer."""
    there = schema()[table].key if table != "offers" else ("service",)
    keys = [key for key in there if key in _KEYS and not is_blank(row[key])]
    if len(keys) > 1 and "area" in keys:
        keys.remove("area")
    return "; ".join(f"{key}={row[key]}" for key in keys)


class Behind:
    """The money that stands behind a figure, in pounds a year."""

    def __init__(self, place: Place) -> None:
        self._place, self._tree = place, Geography.of(place)
        today = place.filled("today")
        self._service = money_today(place)
        funding = place.funding
        first = funding[funding["year"] == place.years[0]]
        self._stream = first.groupby("stream")["amount"].sum().to_dict()
        areas = today.groupby(["service", "area"])["amount"].sum()
        self._line: dict[Any, float] = {key: float(amount) for key, amount in areas.items()}
        self._lines = lines_of(place, self._tree)
        self._of: Mapping[str, dict[Any, set[str]]] = {
            "outcome": _by(place.effects, "outcome", "service"),
            "grade": _by(place.effects, "evidence", "service"),
            "index": _by(place.offers, "index", "service"),
            "band": _by(place.prevalence, "band", "service"),
            "offer": _by(place.offers, "offer", "service"),
            "role": services_by_role(place),
            "source": {},
        }
        self._streams_of = {
            "agency": _by(place.streams, "agency", "stream"),
        }
        self._paid_in: dict[tuple[str, str], float] = {}
        for row in place.filled("contributions").itertuples():
            most = float("inf") if is_blank(row.maximum) else float(row.maximum)
            self._paid_in[row.pool, row.stream] = min(most, self._stream.get(row.stream, 0.0))
        purposes = _by(place.services, "purpose", "service")
        self._of_pool = {
            pool: {service for purpose in mine for service in purposes.get(purpose, ())}
            for pool, mine in _by(place.pool_purposes, "pool", "purpose").items()
        }

    def of(self, table: str, row: Mapping[str, Any]) -> float:
        """The money behind a row."""
        if table == "rules":
            behind = self._services(self._ruled(row))
            pools = parse_subject(row["subject"]).get("pool", ())
            return min(behind, sum(map(self._pooled, pools))) if pools else behind
        if table in ("reserves", "today"):
            return float(row["opening" if table == "reserves" else "amount"])
        if table == "loans":
            return float(row["most"])
        if table in ("pools", "contributions"):
            return self._pooled(row["pool"], row.get("stream"))
        if table == "savings":
            # By the services that make the outcome: not by that which is saved.
            return self._services(self._of["outcome"].get(row["outcome"], ()))
        at = row.get("service"), row.get("area")
        if at in self._line:
            return self._line[at]
        if not is_blank(row.get("service")):
            return self._services([row["service"]])
        if not is_blank(row.get("stream")):
            return float(self._stream.get(row["stream"], 0.0))
        for key, services in self._of.items():
            if not is_blank(row.get(key)) and row[key] in services:
                return self._services(services[row[key]])
        for key, streams in self._streams_of.items():
            if not is_blank(row.get(key)):
                return sum(self._stream.get(s, 0.0) for s in streams.get(row[key], ()))
        return 0.0

    def _ruled(self, row: Mapping[str, Any]) -> Iterable[str]:
        subject = parse_subject(row["subject"])
        if "outcome" in subject:
            made = self._of["outcome"]
            return {each for key in subject["outcome"] for each in made.get(key, ())}
        ruled = {line.service for line in self._lines if picks(subject, line, self._tree)}
        staffed = (self._of["role"].get(role, set()) for role in subject.get("role", ()))
        return ruled.intersection(set().union(*staffed)) if "role" in subject else ruled

    def _pooled(self, pool: str, stream: Any = None) -> float:
        """What may be paid in, and no more than the services cost that it may be spent on."""
        paid = sum(
            paid
            for (into, of), paid in self._paid_in.items()
            if into == pool and stream in (None, of)
        )
        return min(paid, self._services(self._of_pool[pool])) if pool in self._of_pool else paid

    def _services(self, services: Iterable[str]) -> float:
        return sum((float(self._service.get(each, 0.0)) for each in services), 0.0)


def _by(frame: pd.DataFrame, key: str, value: str) -> dict[Any, set[str]]:
    held = frame.dropna(subset=[key, value])
    return held.groupby(key)[value].agg(set).to_dict()


def _together(keys: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(key for key in keys if key))


def _hanging(place: Place, **watch: Any) -> tuple[dict[tuple[str, str], float], dict[str, str]]:
    """What of a gain hangs on each figure: of pooling, or where that has none, over today."""
    best = "pooled" if len(place.pools) else "aligned"
    first = optimise(place, pooling=best, prices=False, **watch)
    ways: list[Callable[[], Any]] = [lambda: simulate(place)]
    if len(place.pools):
        ways.insert(0, lambda: optimise(place, pooling="aligned", prices=False, **watch))
    refused: list[PlaceBudgetError] = []
    for way in ways:
        second = way()
        try:
            found = rests_on(first, second, most=0, place=place, **watch)
        except PlaceBudgetError as error:
            refused.append(error)
            continue
        if abs(found.gain) < 1.0:
            continue
        hangs: dict[tuple[str, str], float] = {}
        for row in found.tables["figures"].to_dict("records"):
            at = _where(row)
            hangs[at] = hangs.get(at, 0.0) + abs(float(row["hangs"]))
        return hangs, {"first": f"the {best} plan", "second": _named(second.name)}
    if refused:
        raise refused[0]
    return {}, {"first": f"the {best} plan", "second": "today, which is nothing,"}


def _named(plan: str) -> str:
    return "today" if plan == "today" else f"the {plan} plan"


def _where(row: Mapping[str, Any]) -> tuple[str, str]:
    """The table of a figure, and what it is about there."""
    table = {
        "value": "savings" if row["part"] == "fiscal" else "outcomes",
        "effect": "effects",
        "unit cost": "offers",
        "need": "needs",
    }[row["kind"]]
    keys = {
        "savings": ("outcome", "agency"), "outcomes": ("outcome",), "needs": ("service",),
        "effects": ("service", "outcome"), "offers": ("service",),
    }  # fmt: skip
    return table, "; ".join(f"{key}={row[key]}" for key in keys[table])
