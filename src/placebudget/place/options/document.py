"""An option as JSON: versioned, read strictly, everything wrong with it said at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from placebudget.errors import InvalidOption
from placebudget.place.findings import Finding, Findings
from placebudget.place.geography import is_blank
from placebudget.place.options.changes import Add, Change, Remove, Scale, Set
from placebudget.place.options.option import Option
from placebudget.place.options.selection import YEAR, of_year
from placebudget.place.schema import schema
from placebudget.texts import did_you_mean, shown

if TYPE_CHECKING:
    from placebudget.place.place import Place


# What turns one place into another, as an option.

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


FORMAT = "placebudget-option"
VERSION = 1
LARGEST_FILE = 5_000_000
"""Most bytes of an option's file."""

_KEYS = ("format", "name", "description", "source", "changes")
_CHANGES: Mapping[str, tuple[type[Any], tuple[str, ...]]] = {
    Scale.verb: (Scale, ("table", "column", "where", "factor")),
    Set.verb: (Set, ("table", "column", "where", "value")),
    Add.verb: (Add, ("table", "rows")),
    Remove.verb: (Remove, ("table", "where")),
}


def option_document(option: Option) -> dict[str, Any]:
    """An option as plain data, as its file and a plan's record hold it.

    Examples
    --------
    >>> option = Option("less").scale("needs", 0.9, service="home_care")
    >>> option_document(option)["changes"][0]["where"]
    {'service': ['home_care']}
    >>> read_document(option_document(option), "less.json") == option
    True
    """
    return {
        "format": {"name": FORMAT, "version": VERSION},
        "name": option.name,
        "description": option.description,
        **({"source": option.source} if option.source else {}),
        "changes": [_change_document(change) for change in option.changes],
    }


def option_text(option: Option) -> str:
    """An option as the text of its file."""
    return json.dumps(option_document(option), indent=2, ensure_ascii=False) + "\n"


def read_text(content: bytes, file: str) -> Option:
    """Read an option from the bytes of its file.

    Raises
    ------
    InvalidOption
        With all findings.
    """
    mend = "Write it again with option.save(...)."
    if len(content) > LARGEST_FILE:
        raise _invalid([_about(file, "too-large", f"More than {LARGEST_FILE:,} bytes.", mend)])
    try:
        document = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise _invalid([_about(file, "not-json", f"Not JSON: {error}.", mend)]) from None
    return read_document(document, file)


def read_document(document: Any, file: str) -> Option:
    """Read an option from plain data; ``file`` names it in findings.

    Raises
    ------
    InvalidOption
        With all findings.
    """
    if not isinstance(document, dict):
        raise _invalid([_about(file, "not-an-option", "It holds no object.", "Write an object.")])
    _check_format(document, file)
    # A file that says no source is one of an option without one.
    document = {"source": "", **document}
    findings = _strange_keys(file, None, document, _KEYS)
    for key in ("name", "description", "source"):
        if key in document and not isinstance(document[key], str):
            what = f"{document[key]!r} is not text."
            findings.append(_about(file, "wrong-type", what, "Write text.", key))
    given = document.get("changes", [])
    if not isinstance(given, list):
        what = "The changes are not a list."
        findings.append(_about(file, "wrong-type", what, "Write a list of changes.", "changes"))
        given = []
    changes = [_change(file, number, each, findings) for number, each in enumerate(given, start=1)]
    if findings:
        raise _invalid(findings)
    try:
        return Option(
            document["name"],
            document["description"],
            tuple(each for each in changes if each),
            document["source"],
        )
    except InvalidOption as error:
        mend = "Give it a name."
        raise _invalid([_about(file, "wrong-name", f"{error}.", mend, "name")]) from None


def _check_format(document: Mapping[str, Any], file: str) -> None:
    given = document.get("format")
    if not isinstance(given, dict) or given.get("name") != FORMAT:
        what = f"It does not say that it is an option ({FORMAT!r})."
        mend = "Write options with option.save(...)."
        raise _invalid([_about(file, "not-an-option", what, mend, "format")])
    version = given.get("version")
    if isinstance(version, bool) or version != VERSION:
        what = f"Version {version!r} is unknown; this release reads version {VERSION}."
        mend = "Use the release of placebudget that wrote it, or write it again."
        raise _invalid([_about(file, "unknown-version", what, mend, "format")])


def _change_document(change: Change) -> dict[str, Any]:
    document: dict[str, Any] = {"change": change.verb, "table": change.table}
    if isinstance(change, Add):
        return {**document, "rows": change.cells()}
    where = {name: list(values) for name, values in change.where}
    if isinstance(change, Remove):
        return {**document, "where": where}
    document |= {"column": change.column, "where": where}
    if isinstance(change, Scale):
        return {**document, "factor": change.factor}
    return {**document, "value": change.value}


def _change(file: str, number: int, given: Any, findings: list[Finding]) -> Change | None:
    if not isinstance(given, dict):
        what = f"{given!r} is not an object."
        findings.append(_about(file, "wrong-type", what, "Write an object.", "changes", number))
        return None
    verb = given.get("change")
    if not isinstance(verb, str) or verb not in _CHANGES:
        mend = did_you_mean(str(verb), _CHANGES) or f"Changes: {', '.join(_CHANGES)}."
        what = f"There is no change {shown(verb)}."
        findings.append(_about(file, "unknown-change", what, mend, "change", number))
        return None
    kind, keys = _CHANGES[verb]
    strange = _strange_keys(file, number, given, ("change", *keys))
    strange += _misshapen(file, number, given)
    if strange:
        findings += strange
        return None
    try:
        made: Change = kind(**{key: given[key] for key in keys})
    except InvalidOption as error:
        findings.append(_about(file, "wrong-change", f"{error}.", "Mend it.", None, number))
        return None
    return made


def _misshapen(file: str, number: int, given: Mapping[str, Any]) -> list[Finding]:
    """Parts of a change that have the wrong form."""
    shapes = {"table": (str, "text"), "column": (str, "text"), "where": (dict, "an object")}
    found = [
        _about(file, "wrong-type", f"It is not {word}.", f"Write {word}.", key, number)
        for key, (kind, word) in shapes.items()
        if key in given and not isinstance(given[key], kind)
    ]
    rows = given.get("rows", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        word = "a list of objects"
        what = f"It is not {word}."
        found.append(_about(file, "wrong-type", what, f"Write {word}.", "rows", number))
    return found


def _strange_keys(
    file: str, number: int | None, given: Mapping[str, Any], keys: tuple[str, ...]
) -> list[Finding]:
    """Keys that are missing, and keys nobody knows."""
    missing = [
        _about(file, "missing-key", "The key is missing.", "Add it.", key, number)
        for key in keys
        if key not in given
    ]
    unknown = [
        _about(
            file,
            "unknown-key",
            f"There is no key {shown(key)} here.",
            did_you_mean(key, keys) or f"Keys: {', '.join(keys)}.",
            key,
            number,
        )
        for key in given
        if key not in keys
    ]
    return [*missing, *unknown]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _about(
    file: str, code: str, what: str, mend: str, key: str | None = None, number: int | None = None
) -> Finding:
    where = file if number is None else f"{file}, change {number}"
    return Finding(code, "error", where, None, key, what, mend)


def _invalid(findings: list[Finding]) -> InvalidOption:
    return InvalidOption(str(Findings(findings)), findings)
