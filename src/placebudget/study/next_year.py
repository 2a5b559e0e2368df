"""From one edition of a place to the next: the years roll forward, and what changed is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, offered, refusal
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place, Settings, schema
from placebudget.place.geography import Geography, is_blank
from placebudget.place.io.loose import read_loose
from placebudget.place.io.reading import PlaceLike, as_place, checked_place
from placebudget.place.names import Names, rule_words
from placebudget.place.population import need_by_population, needs_of
from placebudget.place.rule_kinds import rule_kind
from placebudget.place.settings import financial_year, start_of
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.worded_table import NameOf
from placebudget.study.result import StudyResult, record_of
from placebudget.study.to_do import Behind, about, name_of_about
from placebudget.texts import listed
from placebudget.words import as_set, count, money, percent, plain, sentence, whole_pounds

MONEY, NEEDS, RULES = "money", "needs", "rules"
VALUES, COSTS, WHO = "values and effects", "costs and prices", "who and what"
GROUPS: Mapping[str, tuple[str, ...]] = {
    MONEY: ("funding", "today", "contributions", "reserves"),
    NEEDS: ("needs", "at_risk"),
    RULES: ("rules", "ring_fences", "pools", "pool_purposes"),
    VALUES: ("outcomes", "savings", "effects", "avoids", "evidence"),
    COSTS: ("offers", "returns", "inflation"),
    WHO: ("agencies", "areas", "streams", "services"),
}
"""What may change, and in which tables it stands."""
NEW, GONE, CHANGED = "new", "gone", "changed"
POUNDS, SHARE = "pounds", "share"
_COLUMNS = [
    "group",
    "table",
    "about",
    "column",
    "what",
    "before",
    "after",
    "change",
    "unit",
    "pounds",
]
_SHOWN = 5
_HAIR = 1e-9
_SMALL = 1e5
# Tables whose last year is carried on as it stands where nobody says what the next one brings.
_CARRIED_ON = ("funding", "contributions", "needs", "at_risk", "inflation")
# Tables of which years that are past stand in the way; inflation and cohorts reach back.
_BY_YEAR = ("funding", "contributions", "needs")
_PAST = ("funding", "contributions", "needs", "at_risk", "rules")
_ANY = Settings(name="rows", years=("2000-01",))
_NOT_KNOWN = "As in {year}: not known yet"


# --- what changed --------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class EditionChanges(StudyResult):
    """What is different in a place from an earlier edition of it.

    ``tables`` holds ``changes``: group (money, needs, rules, values and effects, costs and prices,
    who and what), table, about, column, what (new, gone, changed), before, after (texts for what
    is no number), change (the difference of figures), unit, pounds (what it comes to: of money the
    difference, of other figures the part of the money behind them by which they changed); the
    groups with most money first, and in each the largest first.

    Parameters
    ----------
    old, new : Place
        The two editions.
    """

    old: Place = field(repr=False)
    new: Place = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """What changed, the largest first in each group."""
        return self.tables["changes"]

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return name_of_about(Names(self.new), Names(self.old))

    def summarised(self) -> Summary:
        """What changed by group, in pounds, the largest first."""
        if self.table.empty:
            return Summary(self.title, (Paragraph("Nothing changed."),))
        parts = []
        for group in self.table["group"].unique():
            rows = self.table[self.table["group"] == group]
            points = [self.said(row) for row in rows.head(_SHOWN).to_dict("records")]
            if len(rows) > _SHOWN:
                points.append(f"And {len(rows) - _SHOWN} more.")
            number = f"{len(rows)} change{'s' * (len(rows) != 1)}"
            parts.append(Paragraph(f"{sentence(group)}, {number}:", tuple(points)))
        return Summary(self.title, tuple(parts))

    def said(self, row: Mapping[str, Any]) -> str:
        """A change as a sentence."""
        what = self._called(row)
        if row["what"] in (NEW, GONE):
            amount = f", {money(row['pounds'])}" if row["pounds"] else ""
            return f"{what}: {row['what']}{amount}."
        before, after = row["before"], row["after"]
        if pd.isna(row["change"]):
            return f"{what}: {before or 'blank'} is now {after or 'blank'}."
        in_pounds = row["unit"] == POUNDS
        small = max(abs(before), abs(after)) < _SMALL
        say: Callable[[float], str] = (whole_pounds if small else money) if in_pounds else count
        if row["unit"] == SHARE:
            say = percent
        elif row["unit"] == "per cent":
            say = _per_cent
        rate = f" ({percent(row['change'] / before, signed=True)})" if before else ""
        more = ""
        if row["pounds"] and row["pounds"] != row["change"]:
            more = f"; {money(abs(row['pounds']))} a year stands behind the difference"
        return f"{what}: {say(before)} is now {say(after)}{rate}{more}."

    def _called(self, row: Mapping[str, Any]) -> str:
        table, key = str(row["table"]), str(row["about"])
        if table == "rules":
            rule = key.partition("=")[2]
            for place in (self.new, self.old):
                rules = place.filled("rules").set_index("rule", drop=False)
                if rule in rules.index:
                    return f"Rules: “{rule_words(rules.loc[rule], Names(place))}”"
        name = self.name_of("about", key) or "the whole place"
        column = "" if row["column"] in ("", "amount", "people") else f", {plain(row['column'])}"
        return f"{sentence(plain(table))}, {name}{column}"


def changes(old: PlaceLike, new: PlaceLike) -> EditionChanges:
    """What is different in a place from an earlier edition of it, in words and pounds.

    Years that both editions have are compared; that the years move on is no change.

    Parameters
    ----------
    old, new : Place, path or str
        The two editions, or what :func:`placebudget.read` reads.

    Returns
    -------
    EditionChanges
        Money, needs, rules, values, costs, and who and what: each the largest first.

    Raises
    ------
    InvalidPlace
        If one is no place, or cannot be read.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> less = place.with_option(pb.Option("cut").scale("funding", 0.9, stream="nhs_money"))
    >>> print(pb.changes(place, less).summary().splitlines()[2])
    - Funding, NHS money: £50 million is now £45 million (−10%).
    """
    with Arguments() as asked:
        old, new = asked.read(as_place, old), asked.read(as_place, new)
    rows = pd.DataFrame(list(_changes(old, new)), columns=_COLUMNS)
    size = rows["pounds"].abs()
    of_group = size.groupby(rows["group"]).transform("max")
    order = rows.assign(size=size, of_group=of_group).sort_values(
        ["of_group", "group", "size"], ascending=[False, True, False], kind="stable"
    )
    table = order[_COLUMNS].reset_index(drop=True)
    ends = " and ".join(f"{each.title}, {each.years[0]} to {each.years[-1]}" for each in (old, new))
    notes = (
        f"Compared: {ends}. Money of years that both have is added up; money today is that of "
        f"{old.settings.today_year} and of {new.settings.today_year}.",
        "The pounds of a figure that is no money are the money behind it, times the share by which "
        "it changed.",
    )
    return EditionChanges(
        f"{new.title}: what changed", {"changes": table}, notes,
        record_of(new, "changes", old=old.digest), old, new,
    )  # fmt: skip


def _changes(old: Place, new: Place) -> Iterator[tuple[Any, ...]]:
    behind = Behind(old), Behind(new)
    years = [year for year in old.years if year in new.years]
    for group, tables in GROUPS.items():
        for table in tables:
            if table in ("funding", "today", "needs"):
                found = _summed(table, old, new, years, behind)
            else:
                found = _by_row(table, old, new, years, behind)
            for each in found:
                yield (group, table, *each)


def _summed(
    table: str, old: Place, new: Place, years: list[str], behind: tuple[Behind, Behind]
) -> Iterator[tuple[Any, ...]]:
    """Money by stream or service, people by service, added up."""
    column = "people" if table == "needs" else "amount"
    key = "stream" if table == "funding" else "service"
    before, after = (_sums(table, place, years, key, column) for place in (old, new))
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        change = (now or 0.0) - (was or 0.0)
        if abs(change) <= _HAIR * max(abs(was or 0.0), 1.0) and (was is None) == (now is None):
            continue
        what = CHANGED if was is not None and now is not None else NEW if was is None else GONE
        pounds = change
        if table == "needs":
            whole = behind[what == NEW].of("needs", {"service": name})
            pounds = whole * change / was if was else whole
        unit = "people" if table == "needs" else POUNDS
        yield f"{key}={name}", column, what, was, now, change, unit, pounds


def _sums(table: str, place: Place, years: list[str], key: str, column: str) -> dict[str, float]:
    if table == "today":
        rows = place.today
    elif table == "funding":
        rows = place.funding[place.funding["year"].isin(years)]
    else:
        first = years[0] if years else None
        rows = needs_of(place)
        rows = rows[rows["year"].isna() | (rows["year"] == first)]
        own = rows.sort_values("year", na_position="first", kind="stable")
        rows = own.drop_duplicates(["service", "area"], keep="last")
    return {str(name): float(v) for name, v in rows.groupby(key)[column].sum().items()}


def _by_row(
    table: str, old: Place, new: Place, years: list[str], behind: tuple[Behind, Behind]
) -> Iterator[tuple[Any, ...]]:
    """Rows by key; of those by year, the years that both editions have."""
    before, after = (_keyed(table, place, years) for place in (old, new))
    columns = [
        column
        for column in schema()[table].columns
        if column.name not in schema()[table].key
        and column.name not in ("source", "status", "note")
    ]
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            what, row = (NEW, now) if was is None else (GONE, was)
            assert row is not None
            whole = _whole(table, row, behind[was is None])
            yield _about(table, row), "", what, None, None, None, "", whole if now else -whole
            continue
        for column in columns:
            a, b = (
                None if is_blank(each[column.name]) else each[column.name] for each in (was, now)
            )
            if a == b:
                continue
            row_about = _about(table, was)
            if column.type in ("number", "integer") and a is not None and b is not None:
                change = float(b) - float(a)
                if abs(change) <= _HAIR * max(abs(float(a)), 1.0):
                    continue
                pounds = change
                if table not in GROUPS[MONEY] and not (table == "rules" and _of_pounds(was)):
                    pounds = behind[0].of(table, was) * (change / float(a) if a else 1.0)
                unit = _rule_unit(was) if table == "rules" else column.measure or ""
                yield row_about, column.name, CHANGED, float(a), float(b), change, unit, pounds
            else:
                whole = _whole(table, was, behind[0])
                yield row_about, column.name, CHANGED, _text(a), _text(b), None, "", whole


def _keyed(table: str, place: Place, years: list[str]) -> dict[tuple[str, ...], dict[str, Any]]:
    key = schema()[table].key
    tree = Geography.of(place)
    found = {}
    for row in place.filled(table).to_dict("records"):
        if "year" in key and not is_blank(row["year"]) and row["year"] not in years:
            continue
        parts = (tree.key(row[k]) if k == "area" else row[k] for k in key)
        found[tuple("" if is_blank(part) else str(part) for part in parts)] = row
    return found


def _whole(table: str, row: Mapping[str, Any], behind: Behind) -> float:
    if table == "rules" and _of_pounds(row):
        return float(row["amount"])
    return behind.of(table, row) if "status" in schema()[table].names else 0.0


def _of_pounds(row: Mapping[str, Any]) -> bool:
    return _rule_unit(row) == POUNDS and not is_blank(row["amount"])


def _rule_unit(row: Mapping[str, Any]) -> str:
    return str(rule_kind(row["kind"]).unit or "")


def _per_cent(amount: float) -> str:
    return f"{as_set(amount)}%"


def _about(table: str, row: Mapping[str, Any]) -> str:
    if table == "offers":
        return "; ".join(f"{k}={row[k]}" for k in ("service", "area") if not is_blank(row[k]))
    keys = schema()[table].key
    return about(table, row) or "; ".join(f"{k}={row[k]}" for k in keys if not is_blank(row[k]))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


# --- the next year -------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class NextYear(StudyResult):
    """A place a year on: its tables, what changed, what is still to do.

    ``tables`` holds ``changes`` (as :func:`placebudget.changes` has them), ``to_do``: table, about,
    what (what was carried on, ended or left, and why), and where a plan was given ``planned``:
    service, planned, spent, difference (pounds, in the year that is now today's).

    Parameters
    ----------
    place : Place
        The place, a year on.
    changed : EditionChanges
        What is different from the year before.
    """

    place: Place = field(repr=False)
    changed: EditionChanges = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """What is still to do."""
        return self.tables["to_do"]

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return self.changed.name_of

    def summarised(self) -> Summary:
        """Which years, what is to do, what was planned and spent, what changed."""
        settings = self.place.settings
        parts = [
            Paragraph(
                f"The years are {settings.years[0]} to {settings.years[-1]}, today’s money is that "
                f"of {settings.today_year}, prices are still those of {settings.price_base}."
            )
        ]
        if len(self.table):
            points = []
            for (table, what), rows in self.table.groupby(["table", "what"], sort=False):
                names = [self.name_of("about", key) for key in rows["about"] if key]
                of = f" ({listed(names, most=4)})" if names else ""
                points.append(f"{plain(str(table))}{of}: {what}")
            parts.append(Paragraph("What is still to do:", tuple(points)))
        if "planned" in self.tables:
            rows = self.tables["planned"]
            rows = rows[rows["difference"].abs() >= 0.5].head(_SHOWN)
            points = [
                f"{self.name_of('service', row.service)}: {money(row.spent)} beside "
                f"{money(row.planned)} planned ({money(row.difference, signed=True)})"
                for row in rows.itertuples()
            ]
            lead = f"Spent in {settings.today_year} beside what was planned:"
            parts.append(Paragraph(lead, tuple(points) or ("as planned",)))
        return Summary(self.title, (*parts, *self.changed.summarised().paragraphs))


def roll_forward(
    place: PlaceLike,
    files: Place | str | os.PathLike[str] | None = None,
    *,
    planned: PlanLike | None = None,
    **tables: pd.DataFrame | str | os.PathLike[str],
) -> NextYear:
    """The place a year on: its years move by one, and what is new takes the place of what was.

    Rules, values, effects and costs are carried. Money, needs, contributions and inflation of the
    year that comes are those given; where none are, they stay as in the last year, are marked
    illustrative and are to do. Today's money is that given (a new outturn); else what was planned
    for the year; else that of last year with the money that pays it.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads.
    files : Place or path, optional
        A folder with new rows as ``funding.csv``, ``today.csv`` and so on; or a place made from
        the new outturn and settlement as this one was made from the last
        (:func:`placebudget.importing.place_from`), whose money is taken.
    planned : Plan or path, optional
        The plan that was made for the year that is now today's.
    **tables : DataFrame or path
        New rows of tables of the place, or CSV files of them: ``funding`` (a settlement), ``today``
        (an outturn, which takes the place of all of today's money), ``needs``, ``inflation``,
        ``reserves`` and others, whose rows take the place of those of the same key.

    Returns
    -------
    NextYear
        With ``place``, ``changed``, and ``table``, what is still to do.

    Raises
    ------
    InvalidPlace
        If the place has errors.
    WrongArgument
        If a table is none of a place, or cannot be read; all is named.
    CannotAnswer
        If the plan is of other years than the year that is now today's.

    Examples
    --------
    >>> import placebudget as pb
    >>> rolled = pb.example("toy_pooling").roll_forward()
    >>> rolled.place.years, sorted(set(rolled.table["table"]))
    (('2026-27',), ['funding', 'inflation', 'today'])
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        plan = None if planned is None else asked.read(as_plan, planned)
        draft = files if isinstance(files, Place) else None
        given = asked.read(_given, None if draft else files, tables)
    settings = place.settings
    coming = financial_year(start_of(settings.years[-1]) + 1)
    now = financial_year(start_of(settings.today_year) + 1)
    years = (*settings.years[1:], coming)
    if plan is not None and now not in plan.place["years"]:
        raise CannotAnswer(f"the plan has no money in {now}, the year that is now today’s")
    to_do: list[tuple[str, str, str]] = []
    if draft is not None:
        if draft.settings.today_year != now:
            raise WrongArgument(
                f"the new outturn is that of {draft.settings.today_year}; today’s money is next "
                f"that of {now}"
            )
        given = _of_draft(place, draft, to_do) | given
    brought = {*place.funding["year"], *(given["funding"]["year"] if "funding" in given else ())}
    if now not in brought:
        to_do.append(("funding", "", f"nothing says what streams brought in {now}; put it in"))
        if "today" not in given:
            now = settings.today_year
    moved = replace(settings, years=years, today_year=now)
    frames = {name: frame.copy() for name, frame in place.tables.items()}
    for name in _PAST:
        frames[name] = _without_past(name, frames[name], moved, to_do)
    offers = frames["offers"]
    began = offers["first_year"].notna() & (offers["first_year"].astype(str) < years[0])
    frames["offers"] = offers.assign(first_year=offers["first_year"].where(~began, None))
    for name, rows in given.items():
        if name in _BY_YEAR:
            beyond = rows["year"].notna() & ~rows["year"].isin([now, *years])
            rows = rows[~beyond]
            if beyond.any():
                to_do.append((name, "", "rows of years that the place does not have are left out"))
        if name != "today":
            frames[name] = _replaced(name, frames[name], rows)
    for name in _CARRIED_ON:
        frames[name] = _carried_on(name, frames[name], place, moved, to_do)
    if "today" in given:
        frames["today"] = given["today"]
    elif plan is not None:
        frames["today"] = _as_planned(place, plan, now, to_do)
    else:
        frames["today"] = _with_its_money(place, frames["funding"], now, to_do)
    if len(place.reserves) and "reserves" not in given:
        to_do += [
            ("reserves", f"agency={agency}", "opening balances are those of last year")
            for agency in dict.fromkeys(place.reserves["agency"])
        ]
    rolled = Place(moved, frames)
    to_do += [(each.table, "", each.what) for each in rolled.check().errors]
    changed = changes(place, rolled)
    found = {
        "to_do": pd.DataFrame(to_do, columns=["table", "about", "what"]).drop_duplicates(
            ignore_index=True
        ),
        "changes": changed.table,
    }
    if plan is not None:
        found["planned"] = _planned_and_spent(plan, rolled, now)
    return NextYear(
        f"{rolled.title}: from {settings.years[0]} to {years[0]}", found, changed.notes,
        record_of(rolled, "next_year", old=place.digest, given=sorted(given)), rolled, changed,
    )  # fmt: skip


def _given(
    files: str | os.PathLike[str] | None, tables: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """New rows by table, typed."""
    sources: dict[str, Any] = {}
    if files is not None:
        folder = Path(files) if isinstance(files, str | os.PathLike) else None
        if folder is None or not folder.is_dir():
            raise refusal("files", "a folder with funding.csv, today.csv ...", files)
        sources |= {path.stem: path for path in sorted(folder.glob("*.csv"))}
    sources |= tables
    unknown = [name for name in sources if name not in schema()]
    if unknown:
        said = f"a place has no table {listed(unknown)}; see placebudget schema"
        raise WrongArgument(offered(said, unknown[0], schema()))
    found = {}
    for name, rows in sources.items():
        frame = rows if isinstance(rows, pd.DataFrame) else read_loose(rows, schema()[name]).frame
        found[name] = Place(_ANY, {name: frame}).tables[name]
    return found


def _of_draft(
    place: Place, draft: Place, to_do: list[tuple[str, str, str]]
) -> dict[str, pd.DataFrame]:
    """Money of a place made from a new outturn, for what the place has; the rest is told."""
    known = {
        "stream": set(place.streams["stream"]),
        "service": set(place.services["service"]),
        "agency": set(place.agencies["agency"]),
        "pool": {*place.pools["pool"]},
    }
    found = {}
    for name in ("funding", "today", "reserves"):
        rows = draft.tables[name]
        keys = [key for key in schema()[name].key if key in known]
        strange = pd.Series(False, index=rows.index)
        for key in keys:
            new = rows[key].notna() & ~rows[key].isin(known[key])
            to_do += [
                (name, f"{key}={each}", "is new in the outturn: add it, or its money is left out")
                for each in dict.fromkeys(rows.loc[new, key])
            ]
            strange |= new
        found[name] = rows[~strange]
    for table, key in (("today", "service"), ("funding", "stream")):
        there = set(found[table][key])
        to_do += [
            (table, f"{key}={each}", "is not in the outturn: its money is that of last year")
            for each in dict.fromkeys(place.tables[table][key])
            if each not in there
        ]
    kept = place.today[~place.today["service"].isin(found["today"]["service"])]
    found["today"] = pd.concat(
        [found["today"].astype(object), kept.astype(object)], ignore_index=True
    )
    found["reserves"] = found["reserves"].reset_index(drop=True)
    return {name: rows for name, rows in found.items() if len(rows)}


def _without_past(
    name: str, frame: pd.DataFrame, settings: Settings, to_do: list[tuple[str, str, str]]
) -> pd.DataFrame:
    """Rows without those of years that are past; a rule that ends is told."""
    kept = {settings.today_year} if name in ("funding", "needs") else set()
    past = frame["year"].notna() & (frame["year"].astype(object) < settings.years[0])
    past &= ~frame["year"].isin(kept)
    if name == "rules":
        to_do += [
            (name, f"rule={rule}", "ended with its year; if it is to go on, write it anew")
            for rule in frame.loc[past, "rule"]
        ]
    return frame[~past].reset_index(drop=True)


def _replaced(name: str, frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows, those given in place of those of the same key."""
    key = list(schema()[name].key)
    both = pd.concat([frame.astype(object), rows.astype(object)], ignore_index=True)
    blank = both[key].astype(object).where(both[key].notna(), "")
    return both[~blank.duplicated(keep="last")].reset_index(drop=True)


def _carried_on(
    name: str,
    frame: pd.DataFrame,
    place: Place,
    settings: Settings,
    to_do: list[tuple[str, str, str]],
) -> pd.DataFrame:
    """Rows, with those of the last year once more in the year that comes, where it has none."""
    before, coming = settings.years[-2] if len(settings.years) > 1 else "", settings.years[-1]
    before = before or financial_year(start_of(coming) - 1)
    key = [each for each in schema()[name].key if each != "year"]
    rows = frame.to_dict("records")
    if name == "at_risk":
        # Benefits count beyond the years of money: its last year is the last that it gives.
        given = [row["year"] for row in rows if not is_blank(row["year"])]
        before = max(given, default=before)
        coming = financial_year(start_of(before) + 1)

    def of(row: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple("" if is_blank(row[each]) else str(row[each]) for each in key)

    known = {of(row) for row in rows if is_blank(row["year"]) or row["year"] == coming}
    if name == "needs":
        found = need_by_population(Place(settings, dict(place.tables)))
        served = found[found["year"] == coming]
        known |= {(str(s), str(a)) for s, a in zip(served["service"], served["area"], strict=True)}
    new = [
        {**row, "year": coming, "status": "illustrative", "note": _NOT_KNOWN.format(year=before)}
        for row in rows
        if row["year"] == before and of(row) not in known
    ]
    to_do += [
        (name, about(name, row) or _about(name, row), f"{coming} is as {before}") for row in new
    ]
    if not new:
        return frame
    return pd.concat([frame.astype(object), pd.DataFrame(new, dtype=object)], ignore_index=True)


def _as_planned(
    place: Place, plan: Any, now: str, to_do: list[tuple[str, str, str]]
) -> pd.DataFrame:
    """Today's money as it was planned for the year, which is no outturn."""
    money_of = plan.tables["money"]
    rows = money_of[(money_of["year"] == now) & (money_of["amount"] > 0)]
    units = plan.tables["units"]
    bought = units[units["year"] == now].sort_values("units", kind="stable")
    most = bought.groupby(["service", "area"])["offer"].last().to_dict()
    streams, areas = set(place.streams["stream"]), set(place.areas["area"])
    pools = set(place.pools["pool"])
    found = []
    for row in rows.to_dict("records"):
        if row["stream"] not in streams:
            to_do.append(("today", f"service={row['service']}", "savings spent again are left out"))
            continue
        found.append(
            {
                "service": row["service"], "stream": row["stream"], "amount": row["amount"],
                "area": row["area"] if row["area"] in areas else None,
                "pool": row["route"] if row["route"] in pools else None,
                "offer": most.get((row["service"], row["area"])), "status": "illustrative",
                "note": "As planned: the outturn is not known yet",
            }
        )  # fmt: skip
    to_do.append(("today", "", f"is what was planned for {now}; put in the outturn"))
    return pd.DataFrame(found, dtype=object)


def _with_its_money(
    place: Place, funding: pd.DataFrame, now: str, to_do: list[tuple[str, str, str]]
) -> pd.DataFrame:
    """Today's money carried on with the streams that pay it."""
    before = place.funding.set_index(["stream", "year"])["amount"].to_dict()
    after = funding.set_index(["stream", "year"])["amount"].to_dict()
    then = place.settings.today_year
    frame = place.tables["today"].copy()
    rates = []
    for stream in frame["stream"]:
        was, is_now = before.get((stream, then)), after.get((stream, now))
        rates.append(float(is_now) / float(was) if was and is_now is not None else 1.0)
    if now == then:
        to_do.append(("today", "", f"is still that of {then}; put in the outturn"))
        return frame
    to_do.append(
        ("today", "", f"is that of {then} with the money that pays it; put in the outturn")
    )
    return frame.assign(
        amount=frame["amount"] * rates, status="illustrative", note=f"Carried on from {then}"
    )


def _planned_and_spent(plan: Any, rolled: Place, now: str) -> pd.DataFrame:
    money_of = plan.tables["money"]
    planned = money_of[money_of["year"] == now].groupby("service")["amount"].sum()
    spent = rolled.today.groupby("service")["amount"].sum()
    both = pd.DataFrame({"planned": planned, "spent": spent}).fillna(0.0)
    both["difference"] = both["spent"] - both["planned"]
    order = both["difference"].abs().sort_values(ascending=False, kind="stable").index
    return both.loc[order].rename_axis("service").reset_index()
