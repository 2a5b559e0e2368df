"""Several places under one agreement: one place in which each stays whole.

Keys of a place begin with its name, so that none meets another's; its top becomes an area of the
whole, what is blank there means its own top, and pools and rules keep to it. So money of one place
pays for nothing of another, and what an agreement counts together is an outcome of its own, worth
nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, refusal, sequence, text
from placebudget.errors import WrongArgument
from placebudget.place.geography import Geography, is_blank
from placebudget.place.place import Place
from placebudget.place.rule_kinds import ALL_MONEY, rule_kind
from placebudget.place.schema import schema
from placebudget.place.settings import GENERAL
from placebudget.place.subjects import parse_subject, write_subject
from placebudget.texts import listed, shown

# Words that mean the same in every place.
_SHARED = ("areas.tier", "cohorts.band", "offers.provider")
# Columns of a subject whose keys belong to one place.
_OWN = {
    "service": "services.service", "area": "areas.area", "agency": "agencies.agency",
    "pool": "pools.pool", "outcome": "outcomes.outcome", "purpose": "services.purpose",
    "role": "posts.role",
}  # fmt: skip
_SAME = ("years", "today_year", "price_base", "discount", "without_effects")
_TOP = "whole"


def join_places(
    places: Sequence[Place],
    *,
    name: str,
    title: str = "",
    counted: Mapping[str, Sequence[str]] | None = None,
) -> Place:
    """Several places as one, for an agreement over all of them; each stays whole.

    Every key begins with the name of its place: ``northvale_home_care``. Without targets over
    several of them, the best aligned or pooled plan of the joint place is, place by place, what
    each has alone; only freed money crosses.

    Parameters
    ----------
    places : sequence of Place
        Two or more places of different names, with the same years, price base and discount.
    name, title : str
        Of the joint place.
    counted : mapping of str to sequence of str, optional
        Outcomes of the agreement by key: the outcomes that it counts together, by their keys in
        the joint place. It is worth nothing by itself; targets may name it.

    Raises
    ------
    WrongArgument
        If they are no places, have the same name, or cannot be kept whole together: other years
        or other rates of the index general, say. All is told.

    Examples
    --------
    >>> import placebudget as pb
    >>> from dataclasses import replace
    >>> toy = pb.example("toy_pooling")
    >>> twin = toy.with_(settings=replace(toy.settings, name="twin"))
    >>> both = join_places([toy, twin], name="both")
    >>> sorted(both.agencies["agency"])[:2]
    ['toy_pooling_council', 'toy_pooling_nhs']
    >>> round(pb.optimise(both, pooling="aligned").objective.value / 1e6)
    600
    """
    with Arguments() as asked:
        given = sequence(places)
        if given is None or len(given) < 2 or not all(isinstance(each, Place) for each in given):
            raise refusal("places", "a list of two or more places", places)
        asked.read(text, "name", name)
        asked.read(text, "title", title)
    problems = [*_clashes(given), *(said for place in given for said in _not_whole(place))]
    if problems:
        raise WrongArgument("these places cannot be joined:\n- " + "\n- ".join(problems))
    parts = [_Part(place, name) for place in given]
    tables = {
        table: pd.concat([part.table(table) for part in parts], ignore_index=True)
        for table in schema()
    }
    for table in ("inflation", "providers"):
        tables[table] = tables[table].drop_duplicates(list(schema()[table].key), ignore_index=True)
    top = pd.DataFrame([{"area": name, "name": title or name, "tier": _TOP}])
    tables["areas"] = pd.concat([top, tables["areas"]], ignore_index=True)
    said = title or listed(place.settings.title or place.name for place in given)
    settings = replace(
        given[0].settings, name=name, title=said, extra={},
        description=f"Under one agreement: {listed(place.title for place in given)}.",
    )  # fmt: skip
    for key, outcomes in (counted or {}).items():
        _count_together(tables, key, outcomes)
    return Place(settings, tables)


def _clashes(places: Sequence[Place]) -> Iterator[str]:
    """What the places would have to share and do not."""
    names = [place.name for place in places]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        yield f"several are called {listed(twice)}: give each a name of its own"
    for setting in (*_SAME, "appraisal_years"):
        values = [(place.name, _said(getattr(place.settings, setting))) for place in places]
        if len({value for _, value in values}) > 1:
            each = "; ".join(f"{who}: {value}" for who, value in values)
            yield f"{setting} differs: {each}"
    rates: dict[str, list[tuple[str, float]]] = {}
    for place in places:
        own = place.inflation[place.inflation["index"] == GENERAL]
        for year, rate in zip(own["year"], own["rate"], strict=True):
            rates.setdefault(str(year), []).append((place.name, float(rate)))
    for year, by in sorted(rates.items()):
        if len({rate for _, rate in by}) > 1:
            each = ", ".join(f"{who} {rate:g}" for who, rate in by)
            yield f"the index {GENERAL} differs in {year}: {each}"
    columns = [c for c in schema()["providers"].names if c not in ("source", "status", "note")]
    rows = pd.concat([place.providers[columns] for place in places]).drop_duplicates()
    for provider in sorted(set(rows.loc[rows["provider"].duplicated(), "provider"])):
        yield f"the provider {shown(provider)} is known in two ways"


def _said(setting: Any) -> str:
    """A setting as it is told: years as a list, nothing as nothing."""
    if isinstance(setting, tuple):
        return ", ".join(map(str, setting))
    return "none" if setting is None else str(setting)


def _not_whole(place: Place) -> Iterator[str]:
    """Rules that compare with all money there is, and so would look at other places."""
    for row in place.rules.itertuples():
        if rule_kind(row.kind).per_cent_of == ALL_MONEY:
            yield (
                f"{place.name}: the rule {shown(row.rule)} is a share of all money, which would be "
                "that of all places; say it in pounds"
            )


class _Part:
    """The tables of a place in the joint one."""

    def __init__(self, place: Place, whole: str) -> None:
        self.place, self.whole = place, whole
        self.root = Geography.of(place).root
        self.spaces = {
            column.refers or f"{table.name}.{column.name}"
            for table in schema().values()
            for column in table.columns
            if column.refers or column.name == table.key[0]
        } - set(_SHARED)

    def key(self, space: str, key: Any) -> Any:
        """A key as it is called in the joint place."""
        if (
            is_blank(key)
            or space not in self.spaces
            or (space, key) == ("inflation.index", GENERAL)
        ):
            return key
        return f"{self.place.name}_{key}"

    def table(self, name: str) -> pd.DataFrame:
        """Its rows of a table, with keys that meet no others."""
        frame = self.place.tables[name].astype(object)
        for column in schema()[name].columns:
            space = column.refers or f"{name}.{column.name}"
            if space == "areas.area" and name != "areas":
                own = frame[column.name].where(frame[column.name].notna(), self.root)
                frame[column.name] = [self.key(space, key) for key in own]
            elif space in self.spaces:
                frame[column.name] = [self.key(space, key) for key in frame[column.name]]
        made = getattr(self, f"_{name}", None)
        return frame if made is None else made(frame)

    def _areas(self, frame: pd.DataFrame) -> pd.DataFrame:
        if frame.empty:
            row = {"area": self.key("areas.area", self.root), "name": self.place.title}
            return pd.DataFrame([{**row, "parent": self.whole}], columns=frame.columns)
        return frame.assign(parent=frame["parent"].where(frame["parent"].notna(), self.whole))

    def _agencies(self, frame: pd.DataFrame) -> pd.DataFrame:
        partner = [self.key("agencies.agency", key) for key in frame["partner"]]
        return frame.assign(partner=partner)

    def _outcomes(self, frame: pd.DataFrame) -> pd.DataFrame:
        def renamed(cell: Any) -> Any:
            keys = [] if is_blank(cell) else [key.strip() for key in str(cell).split("|")]
            return " | ".join(str(self.key("outcomes.outcome", key)) for key in keys) or None

        return frame.assign(includes=[renamed(cell) for cell in frame["includes"]])

    def _pool_purposes(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A pool without purposes may pay for all that its own place has."""
        free = set(self.place.pools["pool"]) - set(self.place.pool_purposes["pool"])
        rows = [
            {"pool": self.key("pools.pool", pool), "purpose": self.key("services.purpose", purpose)}
            for pool in sorted(free)
            for purpose in sorted(set(self.place.services["purpose"]))
        ]
        return pd.concat([frame, pd.DataFrame(rows, columns=frame.columns)], ignore_index=True)

    def _rules(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(subject=[self._subject(cell) for cell in frame["subject"]])

    def _subject(self, cell: Any) -> str:
        """What a rule holds for: by names of this place, and nowhere else."""
        subject = {
            column: tuple(str(self.key(_OWN.get(column, ""), key)) for key in keys)
            for column, keys in parse_subject(cell).items()
        }
        if "area" not in subject and ("tier" in subject or not set(subject) & set(_OWN)):
            subject["area"] = (str(self.key("areas.area", self.root)),)
        return write_subject(subject)


def _count_together(tables: dict[str, pd.DataFrame], key: str, outcomes: Sequence[str]) -> None:
    """An outcome that counts others together, as they are made, and is worth nothing itself."""
    known, wanted = tables["outcomes"], list(outcomes)
    lost = [each for each in wanted if each not in set(known["outcome"])]
    if lost or not wanted or key in set(known["outcome"]):
        said = f"no such outcome: {listed(lost)}" if lost else "it is an outcome already, or empty"
        raise WrongArgument(f"counted: {shown(key)} cannot be counted: {said}")
    first = known[known["outcome"] == wanted[0]].iloc[0]
    row = {"outcome": key, "unit": first["unit"], "better": first["better"], "weight": 0}
    tables["outcomes"] = pd.concat([known, pd.DataFrame([row])], ignore_index=True)
    for name in ("effects", "at_risk"):
        rows = tables[name]
        mine = rows[rows["outcome"].isin(wanted)].assign(outcome=key)
        tables[name] = pd.concat([rows, mine], ignore_index=True)
