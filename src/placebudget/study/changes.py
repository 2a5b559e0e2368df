"""What changed between two editions of a place, in words and pounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments
from placebudget.place import Place, schema
from placebudget.place.geography import Geography, is_blank
from placebudget.place.io.folder import PACKAGE, package_properties
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.place.names import Names, rule_words
from placebudget.place.population import needs_of
from placebudget.place.rule_kinds import rule_kind
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.worded_table import NameOf
from placebudget.study.result import StudyResult, record_of
from placebudget.study.to_do import Behind, about, name_of_about
from placebudget.words import as_set, count, money, percent, plain, sentence, whole_pounds

MONEY, NEEDS, RULES = "money", "needs", "rules"
VALUES, COSTS, WHO = "values and effects", "costs and prices", "who and what"
KNOWN = "where figures are from"
_ORIGIN = ("source", "status")
GROUPS: Mapping[str, tuple[str, ...]] = {
    MONEY: ("funding", "today", "contributions", "loans", "reserves"),
    NEEDS: ("needs", "at_risk"),
    RULES: (
        "rules",
        "choices",
        "shared_services",
        "levels",
        "gateways",
        "ring_fences",
        "pools",
        "pool_purposes",
    ),
    VALUES: ("outcomes", "savings", "effects", "avoids", "targets", "target_shares", "evidence"),
    COSTS: ("offers", "providers", "personal_budgets", "posts", "staffing", "returns", "inflation"),
    WHO: ("agencies", "areas", "streams", "services"),
    KNOWN: (),
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


@dataclass(frozen=True, eq=False)
class EditionChanges(StudyResult):
    """What is different in a place from an earlier edition of it.

    ``tables`` holds ``changes``: group (money, needs, rules, values and effects, costs and prices,
    who and what, where figures are from), table, about, column, what (new, gone, changed), before,
    after (texts for what is no number), change (the difference of figures), unit, pounds (what it
    comes to: of money the difference, of other figures the part of the money behind them by which
    they changed); the groups with most money first, and in each the largest first.

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
        what = self.called(row)
        if row["what"] in (NEW, GONE):
            amount = f", {money(row['pounds'])}" if row["pounds"] else ""
            return f"{what}: {row['what']}{amount}."
        before, after = row["before"], row["after"]
        if pd.isna(row["change"]):
            if row["column"] == "source":
                before, after = (self.name_of("source", each) for each in (before, after))
            return f"{what}: {before or 'blank'} is now {after or 'blank'}."
        in_pounds = row["unit"] == POUNDS
        small = max(abs(before), abs(after)) < _SMALL
        say: Callable[[float], str] = (whole_pounds if small else money) if in_pounds else count
        if row["unit"] == SHARE:
            say = _share
        elif row["unit"] == "per cent":
            say = _per_cent
        rate = f" ({percent(row['change'] / before, signed=True)})" if before else ""
        more = ""
        if row["pounds"] and row["pounds"] != row["change"]:
            more = f"; {money(abs(row['pounds']))} a year stands behind the difference"
        return f"{what}: {say(before)} is now {say(after)}{rate}{more}."

    def called(self, row: Mapping[str, Any]) -> str:
        """What it is that changed."""
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


def editions_beside(place: Place) -> dict[str, str]:
    """Other editions of a place in the folder it stands in, the latest first.

    Folders whose package has the name of the place and begins no later than it; what they are
    called, by their path. None of a place that was not read from a folder or a file.

    Examples
    --------
    >>> import placebudget as pb
    >>> editions_beside(pb.example("toy_pooling"))
    {}
    """
    here = Path(place.origin.path or "")
    if not place.origin.path or not here.exists():
        return {}
    found = []
    for folder in sorted(here.resolve().parent.iterdir()):
        file = folder / PACKAGE
        if folder == here.resolve() or not file.is_file():
            continue
        try:
            held, problems = package_properties({PACKAGE: file.read_bytes()})
        except OSError:  # what cannot be opened is no edition to choose
            continue
        years = held.get("years")
        if problems or held.get("name") != place.name or not isinstance(years, list) or not years:
            continue
        first, last = str(years[0]), str(years[-1])
        if first <= place.years[0]:
            said = f"{held.get('title') or place.name}, {first} to {last} ({folder.name})"
            found.append((first, str(folder), said))
    return {path: said for _, path, said in sorted(found, reverse=True)}


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
                yield (KNOWN if each[1] in _ORIGIN else group, table, *each)


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
    first, second = (_origins(table, place, years, key) for place in (old, new))
    for name in (each for each in first if each in second):
        for origin, a, b in zip(_ORIGIN, first[name], second[name], strict=True):
            if a != b:
                yield f"{key}={name}", origin, CHANGED, a, b, None, "", 0.0


def _origins(table: str, place: Place, years: list[str], key: str) -> dict[str, tuple[str, ...]]:
    """Sources and statuses of the rows of each stream or service."""
    rows = place.tables[table]
    if table == "funding":
        rows = rows[rows["year"].isin(years)]
    texts = {
        column: rows[column].astype(object).where(rows[column].notna(), "") for column in _ORIGIN
    }
    held: dict[str, tuple[set[str], ...]] = {}
    for name, *of in zip(rows[key], *texts.values(), strict=True):
        for found, each in zip(held.setdefault(str(name), (set(), set())), of, strict=True):
            found.add(str(each))
    return {name: tuple("; ".join(sorted(each)) for each in found) for name, found in held.items()}


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
        if column.name not in schema()[table].key and column.name != "note"
    ]
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            what, row = (NEW, now) if was is None else (GONE, was)
            assert row is not None
            whole = _whole(table, row, behind[was is None])
            yield about_row(table, row), "", what, None, None, None, "", whole if now else -whole
            continue
        for column in columns:
            a, b = (
                None if is_blank(each[column.name]) else each[column.name] for each in (was, now)
            )
            if a == b:
                continue
            row_about = about_row(table, was)
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
                # Where a figure is from moves no money.
                whole = 0.0 if column.name in _ORIGIN else _whole(table, was, behind[0])
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


def _share(share: float) -> str:
    """A share as it was set: 2.75 % is not 2.8 %."""
    return _per_cent(round(100 * share, 6))


def _per_cent(amount: float) -> str:
    return f"{as_set(amount)}%"


def about_row(table: str, row: Mapping[str, Any]) -> str:
    """What a row is of, by the keys that people call it by."""
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
