"""What turns one place into another, as an option."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from placebudget.errors import InvalidOption
from placebudget.place.geography import is_blank
from placebudget.place.options.changes import Add, Change, Remove, Set
from placebudget.place.options.option import Option
from placebudget.place.options.selection import YEAR, of_year
from placebudget.place.schema import schema

if TYPE_CHECKING:
    from placebudget.place.place import Place

Key = tuple[Any, ...]


@dataclass(frozen=True)
class _Rows:
    """The rows of a table as written, with the keys by which a change picks them."""

    keys: list[Key]
    cells: list[dict[str, Any]]

    @property
    def doubled(self) -> bool:
        return len(set(self.keys)) < len(self.keys)


def option_between(name: str, before: Place, after: Place) -> tuple[Option, list[str]]:
    """What turns one place into another, and what of that an option may not do.

    Parameters
    ----------
    name : str
        Name of the option.
    before, after : Place
        Two places of the same settings.

    Returns
    -------
    option : Option
        Applied to ``before`` it gives ``after``, apart from what is refused.
    refused : list of str
        What no option may do, such as relaxing a rule whose basis is law, each
        with the reason.

    Examples
    --------
    >>> import placebudget as pb
    >>> before = pb.example("toy_pooling")
    >>> offers = before.offers
    >>> after = before.with_(offers=offers.assign(unit_cost=offers["unit_cost"] * 2))
    >>> option, refused = option_between("dear", before, after)
    >>> before.with_option(option) == after, refused
    (True, [])
    """
    made: list[Change] = []
    refused: list[str] = []
    place = before
    for table in schema():
        for changes, told in (
            _rules_of_some_years(place, after, table),
            _plain(place, after, table),
        ):
            place = _applied(place, changes)
            made += changes
            refused += told
    return Option(name, changes=tuple(made)), refused


def _applied(place: Place, changes: list[Change]) -> Place:
    for change in changes:
        place = change.apply(place)
    return place


def _same(place: Place, after: Place, table: str) -> bool:
    return place.tables[table].equals(after.tables[table])


# --- rules for each year, changed in some ---------------------------------------------


def _rules_of_some_years(place: Place, after: Place, table: str) -> tuple[list[Change], list[str]]:
    """Rules that were written out by year, so that one year could have an amount of its own."""
    if table != "rules" or _same(place, after, table):
        return [], []
    rows = after.rules.set_index("rule")["amount"]
    changes: list[Change] = []
    for row in place.rules.to_dict("records"):
        keys = {year: of_year(row["rule"], year) for year in place.years}
        if row["rule"] in rows.index or not is_blank(row[YEAR]):
            continue
        if not all(key in rows.index for key in keys.values()):
            continue
        for year, key in keys.items():
            if rows[key] != row["amount"]:
                where = (("rule", (row["rule"],)), (YEAR, (year,)))
                changes.append(Set("rules", "amount", where, rows[key]))
    return _allowed(place, changes)


# --- cells, rows ------------------------------------------------------------------------


def _plain(place: Place, after: Place, table: str) -> tuple[list[Change], list[str]]:
    """Cells that are set, rows that go, rows that come; the order of rows where it may be kept."""
    if _same(place, after, table):
        return [], []
    old, new = _rows(place, table), _rows(after, table)
    if old.doubled or new.doubled:
        anew, refused = _allowed(place, _all_anew(table, old, new))
        return ([], refused) if refused else (anew, [])
    exact, refused = _allowed(place, _changes(table, old, new, in_order=True))
    if not refused:
        return exact, []
    return _allowed(place, _changes(table, old, new, in_order=False))


def _allowed(place: Place, changes: list[Change]) -> tuple[list[Change], list[str]]:
    """The changes that can be made one after the other, and why the others cannot."""
    made: list[Change] = []
    refused = []
    for change in changes:
        try:
            place = change.apply(place)
        except InvalidOption as error:
            refused.append(f"{change}: {error}")
        else:
            made.append(change)
    return made, refused


def _rows(place: Place, table: str) -> _Rows:
    filled = place.filled(table)
    keys = [
        tuple(None if is_blank(part) else part for part in row)
        for row in filled[list(schema()[table].key)].itertuples(index=False, name=None)
    ]
    names = schema()[table].names
    cells = [
        {name: None if is_blank(row[name]) else row[name] for name in names}
        for row in place.tables[table].to_dict("records")
    ]
    return _Rows(keys, cells)


def _changes(table: str, old: _Rows, new: _Rows, *, in_order: bool) -> list[Change]:
    """Sets, removals and additions; rows that stay keep their places before those that come."""
    parts = schema()[table].key
    at = {key: number for number, key in enumerate(old.keys)}
    stay: dict[int, int] = {}
    last = -1
    for number, key in enumerate(new.keys):
        place = at.get(key, -1)
        written = place >= 0 and all(
            old.cells[place][part] == new.cells[number][part] for part in parts
        )
        if written and (place > last or not in_order):
            stay[place] = number
            last = place
        elif in_order:
            break
    coming = [number for number in range(len(new.keys)) if number not in set(stay.values())]
    gone = [number for number in range(len(old.keys)) if number not in stay]
    changes: list[Change] = [Remove(table, _where(parts, old.keys[number])) for number in gone]
    for place, number in stay.items():
        where = _where(parts, old.keys[place])
        before, after = old.cells[place], new.cells[number]
        changes += [
            Set(table, name, where, after[name])
            for name in after
            if name not in parts and before[name] != after[name]
        ]
    return [*changes, *_added(table, [new.cells[number] for number in coming])]


def _all_anew(table: str, old: _Rows, new: _Rows) -> list[Change]:
    """Rows that share a key cannot be told apart, so all go and all come."""
    gone: list[Change] = [Remove(table, ())] if old.keys else []
    return [*gone, *_added(table, new.cells)]


def _added(table: str, rows: list[dict[str, Any]]) -> list[Change]:
    if not rows:
        return []
    kept = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return [Add(table, tuple(tuple(row.items()) for row in kept))]


def _where(parts: tuple[str, ...], key: Key) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return tuple((part, (value,)) for part, value in zip(parts, key, strict=True))
