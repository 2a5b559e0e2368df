"""The next year: a place rolls forward, with a new outturn and a new settlement."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, offered, refusal
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.importing.place_from import KNOWN_FROM
from placebudget.place import Place, Settings, schema
from placebudget.place.geography import is_blank
from placebudget.place.io.folder import PACKAGE
from placebudget.place.io.loose import read_loose
from placebudget.place.io.reading import PlaceLike, as_place, checked_place
from placebudget.place.names import Names
from placebudget.place.population import need_by_population
from placebudget.place.settings import GENERAL, financial_year, start_of
from placebudget.place.subjects import parse_subject
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.worded_table import NameOf
from placebudget.study.changes import EditionChanges, about_row, changes
from placebudget.study.result import StudyResult, record_of
from placebudget.study.to_do import about, name_of_about
from placebudget.texts import listed
from placebudget.words import count, money, plain

_SHOWN = 5
# Tables whose last year is carried on as it stands where nobody says what the next one brings.
_CARRIED_ON = ("funding", "contributions", "needs", "at_risk", "inflation")
# Tables that may hold no other years than the place has, and today's.
_BY_YEAR = ("funding", "contributions", "needs")
# Tables of which years that are past stand in the way; inflation and cohorts reach back.
_PAST = ("funding", "contributions", "needs", "at_risk", "rules", "targets", "loans", "gateways")
_ANY = Settings(name="rows", years=("2000-01",))
_NOT_KNOWN = "As in {year}: not known yet"
_AS_GENERAL = "No figure of its own: as the index general"
_ENDED = "is not in the new outturn: it ends there; if it goes on, put its money in"
_BEGUN = "is new in the outturn, with its offer, need, effects and floor: look at what it is"
_BEGUN_WITH = ("services", "offers", "returns", "needs", "effects", "avoids")
_ANOTHER_PART = 0.02
"""Of a published line, by how much two divisions of it are not one."""
_ALIKE = 0.005
"""Of a part of today's money, how far two floors may be from each other and be one."""
_MADE = {"needs": ("people", 2), "at_risk": ("most", 2), "contributions": ("maximum", 1000),
         "offers": ("capacity", 3)}  # fmt: skip
"""Figures that a draft makes of its money or residents, and by how much rounding moves them."""
_KEPT = "{} stays as in the year before, {}; the new draft makes it {}: see which holds"
_RESIDENTS = "{} in the new draft, where they were {}: taken from there"


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
    draft : Place, optional
        The place made from the new outturn.
    """

    place: Place = field(repr=False)
    changed: EditionChanges = field(repr=False)
    draft: Place | None = field(default=None, repr=False)

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        return {"planned": ("planned", "spent", "difference")}

    @property
    def table(self) -> pd.DataFrame:
        """What is still to do."""
        return self.tables["to_do"]

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        also = [] if self.draft is None else [Names(self.draft)]
        return name_of_about(Names(self.place), Names(self.changed.old), *also)

    def summarised(self) -> Summary:
        """Which years, what is to do, what was planned and spent, what changed."""
        settings = self.place.settings
        parts = [
            Paragraph(
                f"The years are {settings.years[0]} to {settings.years[-1]}, today’s money is that "
                f"of {settings.today_year}, prices are those of {settings.price_base}."
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
        (``placebudget.importing.place_from``), or where it was written: its money is taken, with
        its prices; what is no more there ends, and is to do.
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
        draft = asked.read(_draft, files)
        given = asked.read(_given, None if draft else files, tables)
    settings, before = place.settings, place
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
        _refuse_another_place(place, draft)
        place, taken = _of_draft(place, draft, to_do)
        given = taken | given
    brought = {*place.funding["year"], *(given["funding"]["year"] if "funding" in given else ())}
    if now not in brought:
        to_do.append(("funding", "", f"nothing says what streams brought in {now}; put it in"))
        if "today" not in given:
            now = settings.today_year
    moved = replace(settings, years=years, today_year=now)
    if draft is not None:
        new = draft.settings
        moved = replace(moved, price_base=new.price_base, description=new.description)
    frames = {name: frame.copy() for name, frame in place.tables.items()}
    for name in _PAST:
        frames[name] = _without_past(name, frames[name], moved, to_do)
    still = frames["target_shares"]["target"].isin(frames["targets"]["target"])
    frames["target_shares"] = frames["target_shares"][still]
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
    changed = changes(before, rolled)
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
        record_of(rolled, "next_year", old=before.digest, given=sorted(given)), rolled, changed,
        draft,
    )  # fmt: skip


def _draft(files: Place | str | os.PathLike[str] | None) -> Place | None:
    """The place made from a new outturn, where that is what was given, or where it stands."""
    if files is None or isinstance(files, Place):
        return files
    held = isinstance(files, str | os.PathLike) and (Path(files) / PACKAGE).is_file()
    return as_place(files) if held else None


def _given(
    files: str | os.PathLike[str] | None, tables: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """New rows by table, typed."""
    sources: dict[str, Any] = {}
    if files is not None:
        folder = Path(files) if isinstance(files, str | os.PathLike) else None
        if folder is not None and folder.is_file():
            raise WrongArgument(
                f"{folder} is a file; give a folder with funding.csv, today.csv ..., or first make "
                "a place of the new outturn (placebudget new) and give that"
            )
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


def _refuse_another_place(place: Place, draft: Place) -> None:
    """Refuse a draft that has none of the councils of the place."""
    councils = place.agencies[place.agencies["sector"] == "council"]
    if len(councils) and not set(councils["agency"]) & set(draft.agencies["agency"]):
        of = [each.settings.title or each.settings.name for each in (draft, place)]
        raise WrongArgument(
            f"the new outturn is of {of[0]}, and the place is {of[1]}: it has nothing of "
            f"{listed(councils['name'], most=4)}; make a place of their outturn (placebudget new)"
        )


def _of_draft(
    place: Place, draft: Place, to_do: list[tuple[str, str, str]]
) -> tuple[Place, dict[str, pd.DataFrame]]:
    """Money of a place made from a new outturn, and the place without what is no more there.

    Streams and services that are new come with it, with all that belongs to them, so that all money
    of the outturn is there. What agencies have that stand in no outturn stays as it was.
    """
    agencies = set(place.agencies["agency"])
    theirs = set(draft.agencies["agency"]) & agencies
    found = _begun(place, draft, theirs, to_do)
    streams = draft.tables["streams"]
    new = streams[streams["agency"].isin(theirs) & ~streams["stream"].isin(place.streams["stream"])]
    if len(new):
        found["streams"] = new
        for name in ("ring_fences", "contributions"):
            rows = draft.tables[name]
            found[name] = rows[rows["stream"].isin(new["stream"])]
        paid = found["contributions"]
        found["contributions"] = paid[paid["pool"].isin(place.pools["pool"])]
        to_do += [
            ("streams", f"stream={key}", "is new in the outturn: look at what it may pay for")
            for key in new["stream"]
        ]
    known = {
        "stream": {*place.streams["stream"], *new["stream"]},
        "service": {*place.services["service"], *found.get("services", place.services)["service"]},
        "agency": agencies,
        "pool": {*place.pools["pool"]},
    }
    for name in ("funding", "today", "reserves"):
        rows = draft.tables[name]
        keys = [key for key in schema()[name].key if key in known]
        strange = pd.Series(False, index=rows.index)
        for key in keys:
            unknown = rows[key].notna() & ~rows[key].isin(known[key])
            pounds = rows.loc[unknown, "opening" if name == "reserves" else "amount"].sum()
            unheld = f"is of nobody in the place: {money(pounds)} is left out until it is added"
            to_do += [
                (name, f"{key}={each}", unheld) for each in dict.fromkeys(rows.loc[unknown, key])
            ]
            strange |= unknown
        found[name] = rows[~strange].reset_index(drop=True)
    whose = {
        "service": place.services.set_index("service")["commissioner"].to_dict(),
        "stream": place.streams.set_index("stream")["agency"].to_dict(),
    }
    gone: dict[str, set[str]] = {}
    for table, key in (("today", "service"), ("funding", "stream")):
        there = set(found[table][key])
        missing = [each for each in dict.fromkeys(place.tables[table][key]) if each not in there]
        gone[key] = {each for each in missing if whose[key].get(each) in theirs}
        # Money that comes once has ended by itself.
        recurrent = place.filled("streams").set_index("stream")["recurrent"]
        told = [each for each in missing if key == "service" or bool(recurrent.get(each, True))]
        kept = "is in no new outturn: its money is that of last year"
        to_do += [(table, f"{key}={each}", _ENDED if each in gone[key] else kept) for each in told]
    today = place.today
    kept_rows = today[~today["service"].isin({*found["today"]["service"], *gone["service"]})]
    found["today"] = pd.concat(
        [found["today"].astype(object), kept_rows.astype(object)], ignore_index=True
    )
    funding = place.tables["funding"]
    ended = funding["stream"].isin(gone["stream"]) & (
        funding["year"].astype(object) != place.settings.today_year
    )
    note = f"Not in the outturn of {draft.settings.today_year}"
    funding = funding.astype(object)
    funding.loc[ended, ["amount", "status", "note"]] = [0.0, "derived", note]
    last = funding[ended & (funding["year"] == place.years[-1])]
    coming = last.assign(year=financial_year(start_of(place.years[-1]) + 1))
    funding = pd.concat([funding, coming], ignore_index=True)
    paid = place.tables["contributions"]
    place = place.with_(funding=funding, contributions=paid[~paid["stream"].isin(gone["stream"])])
    indices = {*place.filled("offers")["index"], GENERAL}
    prices = draft.tables["inflation"]
    found["inflation"] = prices[prices["index"].isin(indices)]
    anew = [_priced_anew(place, draft), _made_anew(place, draft, to_do)]
    anew.append({"agencies": _other_bodies(place, draft, gone["stream"])})
    for name, rows in (each for tables in anew for each in tables.items()):
        found[name] = pd.concat([found[name], rows]) if name in found else rows
    used = {key for rows in found.values() if "source" in rows for key in rows["source"].dropna()}
    sources = draft.tables["sources"]
    found["sources"] = sources[
        sources["source"].isin(used) & ~sources["source"].isin(place.sources["source"])
    ]
    spent = found["today"].groupby("service")["amount"].sum()
    to_do += _divided_otherwise(place, draft)
    place = place.with_(rules=_levels_anew(place, draft, spent, gone["service"], to_do))
    return place, {name: rows for name, rows in found.items() if len(rows)}


def _begun(
    place: Place, draft: Place, theirs: set[str], to_do: list[tuple[str, str, str]]
) -> dict[str, pd.DataFrame]:
    """Services that are new in the outturn, with their rows in all tables."""
    services = draft.tables["services"]
    new = services["commissioner"].isin(theirs) & ~services["service"].isin(
        place.services["service"]
    )
    keys = services.loc[new & services["service"].isin(draft.today["service"]), "service"]
    if keys.empty:
        return {}
    to_do += [("services", f"service={key}", _BEGUN) for key in keys]
    pounds = draft.today.loc[draft.today["service"].isin(keys), "amount"].sum()
    to_do.append(("today", "", f"{money(pounds)} of it is of services that are new"))
    tables = {name: draft.tables[name] for name in _BEGUN_WITH}
    found = {name: rows[rows["service"].isin(keys)] for name, rows in tables.items()}
    rules = draft.tables["rules"]
    found["rules"] = rules[rules["subject"].isin([f"service={key}" for key in keys])]
    outcomes = {*found["effects"]["outcome"], *found["avoids"]["outcome"]}
    for name in ("outcomes", "at_risk"):
        rows = draft.tables[name]
        mine = rows["outcome"].isin(outcomes) & ~rows["outcome"].isin(place.outcomes["outcome"])
        found[name] = rows[mine]
    return {name: rows for name, rows in found.items() if len(rows)}


def _divided_otherwise(place: Place, draft: Place) -> Iterator[tuple[str, str, str]]:
    """Services whose part of a published line was another in the place than in the new draft."""
    # A line that is one service is all its own in both.
    rows = draft.today[draft.today["reference"].notna()]
    line = rows.drop_duplicates("service").set_index("service")["reference"]
    whose = draft.services.set_index("service")["commissioner"].reindex(line.index)
    parts = []
    for each in (place, draft):
        spent = each.today.groupby("service")["amount"].sum().reindex(line.index)
        parts.append(spent / spent.groupby([line, whose]).transform("sum"))
    before, now = parts
    for service in before.index[(before - now).abs() > _ANOTHER_PART]:
        yield (
            "today", f"service={service}",
            "has the part of its line that the new draft assumes, where it had another: divide it",
        )  # fmt: skip


def _levels_anew(
    place: Place,
    draft: Place,
    spent: pd.Series,
    ended: Collection[str],
    to_do: list[tuple[str, str, str]],
) -> pd.DataFrame:
    """Rules of the place, with floors that are a part of today's money at that part of the new.

    Such a floor is one of the draft too, and asks for the same part of today's money there: at a
    level that somebody chose it stays. One of a service that has ended ends with it.
    """
    rules, held = place.tables["rules"], draft.tables["rules"].set_index("rule")
    before = place.today.groupby("service")["amount"].sum()
    rows: list[dict[str, Any]] = []
    for row in rules.to_dict("records"):
        service = next(iter(parse_subject(str(row["subject"])).get("service", ())), "")
        own = row["subject"] == f"service={service}" and row["unit"] == "pounds"
        if own and service in ended:
            to_do.append(("rules", f"rule={row['rule']}", "ended with its service"))
            continue
        if own and row["rule"] in held.index and service in before and service in spent:
            new = held.loc[row["rule"]]
            part, anew = row["amount"] / before[service], new["amount"] / spent[service]
            if new["subject"] == row["subject"] and abs(part - anew) <= _ALIKE * abs(anew):
                row["amount"] = new["amount"]
        rows.append(row)
    return pd.DataFrame(rows, columns=rules.columns)


def _priced_anew(place: Place, draft: Place) -> dict[str, pd.DataFrame]:
    """Services that are money alone, in units of the new price base: pounds of that year."""
    both = {}
    for each in (place, draft):
        offers = each.tables["offers"]
        both[each] = offers[offers["price_year"].isna()]
    shared = set(both[place]["offer"]) & set(both[draft]["offer"])
    offers = both[draft][both[draft]["offer"].isin(shared)]
    units = draft.services.set_index("service")["unit"]
    services = place.tables["services"]
    services = services[services["service"].isin(offers["service"])]
    services = services.assign(unit=services["service"].map(units))
    return {"offers": offers, "services": services}


def _other_bodies(place: Place, draft: Place, ended: Collection[str]) -> pd.DataFrame:
    """Agencies that are another body now: all that they had has ended, and other money began."""
    streams = {each: each.tables["streams"] for each in (place, draft)}
    had = {key: set(rows["stream"]) for key, rows in streams[place].groupby("agency")}
    has = {key: set(rows["stream"]) for key, rows in streams[draft].groupby("agency")}
    others = [key for key, those in had.items() if those <= set(ended) and has.get(key)]
    rows = draft.tables["agencies"]
    return rows[rows["agency"].isin(others)]


def _made_anew(
    place: Place, draft: Place, to_do: list[tuple[str, str, str]]
) -> dict[str, pd.DataFrame]:
    """Figures that the last draft made of its money and residents, as the new one makes them.

    A figure is still the last draft's where its source and status are as there, and it stands to
    what it was made of as the new one does: need to the units that today's money buys, people at
    risk to need, limits of pools to residents. Another stays, and is to do with both figures.
    """
    prices = draft.inflation[draft.inflation["index"] == GENERAL].set_index("year")["rate"]
    bases = {
        place: _Bases(place, 1 + float(prices.get(draft.settings.today_year, 0.0))),
        draft: _Bases(draft),
    }
    found = {"areas": _residents_anew(place, draft, to_do)}
    kept: set[str] = set()
    for name, (column, rounding) in _MADE.items():
        key = list(schema()[name].key)
        news = {_key_of(row, key): row for row in draft.tables[name].to_dict("records")}
        taken: list[dict[str, Any]] = []
        for row in place.tables[name].to_dict("records"):
            new = news.get(_key_of(row, key))
            if new is None or is_blank(row[column]) or is_blank(new[column]):
                continue
            whole = name != "offers"
            own = not whole or all(row[each] == new[each] for each in ("source", "status"))
            same = row[column] == new[column] and not (own and whole)
            if same or (not whole and is_blank(row["price_year"])):
                continue
            was, now = (bases[each].of(name, row) for each in (place, draft))
            alike = now and abs(row[column] - new[column] * was / now) <= max(
                rounding, _ALIKE * row[column]
            )
            if own and (alike or row[column] == new[column]):
                note = new["note"] if whole else row["note"]
                least = {"minimum": new["minimum"]} if name == "contributions" else {}
                taken.append({**row, column: new[column], "note": note, **least})
            elif whole or row["service"] not in kept:
                kept |= {row["service"]} if name == "needs" else set()
                told = (money if name == "contributions" else count)(row[column])
                made = (money if name == "contributions" else count)(new[column])
                what = _KEPT.format(plain(column), told, made)
                to_do.append((name, about(name, row) or about_row(name, row), what))
        found[name] = pd.DataFrame(taken, columns=place.tables[name].columns, dtype=object)
    return found


def _key_of(row: Mapping[str, Any], key: Collection[str]) -> tuple[str, ...]:
    return tuple("" if is_blank(row[each]) else str(row[each]) for each in key)


class _Bases:
    """What the figures of a draft are made of: its money in prices of a year, need, residents."""

    def __init__(self, place: Place, prices: float = 1.0) -> None:
        self.spent = place.today.groupby("service")["amount"].sum() * prices
        self.needs = place.needs.groupby("service")["people"].sum()
        self.avoids = place.avoids.groupby("outcome")["service"].agg(list)
        self.funding = place.funding.set_index(["stream", "year"])["amount"]
        self.residents = place.areas.set_index("area")["population"]
        self.top = next(iter(place.areas.loc[place.areas["parent"].isna(), "area"]), "")
        areas = place.agencies.set_index("agency")["area"]
        self.area = place.streams.set_index("stream")["agency"].map(areas)
        self.placed = place.needs.drop_duplicates("service").set_index("service")["area"]

    def of(self, table: str, row: Mapping[str, Any]) -> float:
        """What a figure of a table was made of; 0: it is not known."""
        if table in ("needs", "offers"):
            needed = self.needs.get(row["service"], 0.0) if table == "offers" else 0.0
            return float(needed or self.spent.get(row["service"], 0.0))
        if table == "at_risk":
            services = self.avoids.get(row["outcome"], [])
            here = row["area"] == self.top or is_blank(row["area"])
            those = [s for s in services if here or self.placed.get(s) == row["area"]]
            return float(sum(self.needs.get(each, 0.0) for each in those))
        if not is_blank(row["minimum"]):
            return float(self.funding.get((row["stream"], row["year"]), 0.0))
        area = self.area.get(row["stream"])
        return float(self.residents.get(self.top if is_blank(area) else area, 0.0))


def _residents_anew(place: Place, draft: Place, to_do: list[tuple[str, str, str]]) -> pd.DataFrame:
    """Areas with the residents of the new draft, where those of the place were a draft's too."""
    new = draft.areas.set_index("area")
    rows = place.tables["areas"].copy()
    for n, row in enumerate(rows.to_dict("records")):
        if row["area"] not in new.index or row["population"] == new["population"][row["area"]]:
            continue
        told = [count(each) for each in (row["population"], new["population"][row["area"]])]
        if row["source"] not in KNOWN_FROM:
            to_do.append(("areas", about("areas", row), _KEPT.format("population", *told)))
            continue
        if row["source"] != new["source"][row["area"]]:
            to_do.append(("areas", about("areas", row), _RESIDENTS.format(*told[::-1])))
        for column in ("population", "source", "status"):
            rows.loc[rows.index[n], column] = new[column][row["area"]]
    return rows


def _without_past(
    name: str, frame: pd.DataFrame, settings: Settings, to_do: list[tuple[str, str, str]]
) -> pd.DataFrame:
    """Rows without those of years that are past; a rule, target or loan that ends is told."""
    kept = {settings.today_year} if name in ("funding", "needs") else set()
    column = "first_year" if name == "loans" else "year"
    past = frame[column].notna() & (frame[column].astype(object) < settings.years[0])
    past &= ~frame[column].isin(kept)
    if name == "gateways":
        # What was not passed stays shut.
        shut = past & frame["passed"].eq(False).fillna(False).astype(bool)
        frame = frame.assign(year=frame["year"].mask(shut, settings.years[0]))
        past &= ~shut
    if name == "loans":
        to_do += [
            (name, f"loan={loan}", "its year is over; take what it costs off who bears it")
            for loan in frame.loc[past, "loan"]
        ]
    if name == "rules":
        to_do += [
            (name, f"rule={rule}", "ended with its year; if it is to go on, write it anew")
            for rule in frame.loc[past, "rule"]
        ]
    if name == "targets":
        to_do += [
            (name, f"target={target}", "was measured; put what it pays still into funding")
            for target in frame.loc[past, "target"]
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
    if name == "inflation":
        # An index that rose as prices in general did goes on as they do.
        general = {row["year"]: row for row in rows if row["index"] == GENERAL}
        then, now = general.get(before), general.get(coming)
        if then is not None and now is not None:
            new = [
                {**row, "rate": now["rate"], "note": _AS_GENERAL}
                if row["rate"] == then["rate"]
                else row
                for row in new
            ]
    to_do += [
        (
            name,
            about(name, row) or about_row(name, row),
            f"{coming} is as the index general"
            if row["note"] == _AS_GENERAL
            else f"{coming} is as {before}",
        )
        for row in new
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
    # What comes once, and has no money in the year that is now today's, pays for nothing in it.
    streams = place.filled("streams")
    single = set(streams.loc[~streams["recurrent"].astype(bool), "stream"])
    single = {stream for stream in single if not after.get((stream, now))}
    once = frame["stream"].isin(single)
    if now != then and once.any():
        pounds = money(frame.loc[once, "amount"].sum())
        told = f"is without {pounds} that came once, and what it paid for: put in what is paid now"
        to_do.append(("today", "", told))
        frame = frame[~once].reset_index(drop=True)
    rates = []
    for stream in frame["stream"]:
        was, is_now = before.get((stream, then)), after.get((stream, now))
        rates.append(float(is_now) / float(was) if was and is_now is not None else 1.0)
    if now == then:
        to_do.append(("today", "", f"is still that of {then}; put in the outturn"))
        return frame
    to_do.append(
        (
            "today",
            "",
            f"is carried on from {then} with the money that pays it in {now}; put in the outturn",
        )
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
