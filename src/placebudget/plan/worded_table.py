"""A table of a plan or study as people read it: names for keys, words and units in headings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from placebudget.words import as_set, in_pounds, number, percent, plain, sentence, without_keys

if TYPE_CHECKING:
    from placebudget.plan.plan import Plan

NameOf = Callable[[str, str], str]
"""Takes a column and a key; gives what people call it."""

_POUNDS = {
    *("amount", "gross", "management_cost", "spent", "unspent", "used", "paid", "paid_in"),
    *("funding", "carried_in", "direct", "contributed", "carried_out", "idle", "cost"),
    *("fiscal", "economic", "social", "cashable", "discounted_fiscal", "discounted_cashable"),
    *("inside", "outside", "own", "transfer", "public_value", "moved", "deficit", "unpaid"),
    *("evaluation", "money", "over", "budget", "actual", "left", "over_mean"),
    *("base", "opening", "prices", "demand", "both", "change_of_money", "gap", "new", "today"),
    *("council_tax", "reserves", "short", "to_spare", "cheaper", "not_bought", "more_bought"),
    *("need_avoided", "overhead", "moving"),
    *(
        "money_short",
        "set_up",
        "nothing_for_it",
        "management",
        "not_spent",
        "for_others",
        "by_others",
    ),
}
_SHARES = {
    *("cut", "share_short", "share_fiscal", "share_cashable", "taken", "lowest_of_mean"),
    *("funding_share", "base_share", "today_share", "there", "fails", "leaves", "enters"),
    *("spread_before", "spread_after", "error_before", "error_after"),
    *("chance", "chance_apart", "drives", "years_covered"),
}
# Money in tables that say no unit.
_WITHOUT_UNIT = {"planned", "mean", "low", "middle", "high", "difference", "a_head"}
# Figures that are not counted in the unit of their table.
_APART = {
    "not_served",
    "level",
    "population",
    "step",
    "holds_for",
    "tightening_holds_for",
    "weighted",
}
# Columns whose keys are those of another one.
_LIKE = {
    "payer": "partner", "receiver": "partner", "coalition": "partner", "joins": "partner",
    "authority": "agency",
    "commissioner": "agency", "host": "agency", "route": "pool", "worst_area": "area",
}  # fmt: skip
_HEADS = {
    "code": "kind of finding",
    "beside": "measured against",
    "both": "prices and demand at once",
    "new": "new in the year",
    "units_kept": "units that keep today’s standard",
    "units_avoided": "of them not needed any more",
    "coalition": "group of partners",
    "a_head": "a head",
    "answers_for": "answers for",
    "not_shared": "not shared",
    "in_core": "every group has an incentive",
    "relaxing_rate": "gained by one step less at the rate of the first",
    "holds_for": "that rate holds for, steps",
    "tightening_rate": "lost by one step more at the rate of the first",
    "tightening_holds_for": "that rate holds for, steps more",
    "idle": "not spent",
    "not_served": "in need and not served",
    "not_needed": "of the counted, not needed",
    "step": "step, of the unit",
    "relaxing": "gained by one step less",
    "tightening": "lost by one step more",
    "offers_held": "offers that start and run taken as they are",
    "steps_held": "full steps of returns taken as they are",
    "gross": "paid in",
    "share_short": "runs below plan",
    "weighted": "counted times its weight, discounted",
}
# Columns of the table of need that say something else than elsewhere.
_OF_NEED = {
    "paid": "capacity_paid_for",
    "fiscal": "saved_by_need_avoided",
    "cashable": "money_released",
    "value": "of_it_in_public_value",
}
# From here on a figure of a table needs no more than two decimals.
_LARGE = 1000
_KEYED = {"agency", "partner", "sector", "purpose", "pool", "method", "index", "rule", "plan"}


def _words(column: str) -> str:
    return sentence(_HEADS.get(column, plain(column)))


def heading(column: str, unit: str = "") -> str:
    """What a column is called, with its unit.

    Examples
    --------
    >>> heading("carried_in"), heading("outcome")
    ('Carried in, £', 'Outcome')
    """
    words = _words(column)
    unit = "£" if column in _POUNDS else unit
    return f"{words}, {unit}" if unit else words


def named_by(labels: Mapping[str, pd.DataFrame]) -> NameOf:
    """Names by the tables of names that a plan carries.

    Examples
    --------
    >>> import placebudget as pb
    >>> of = named_by(pb.simulate(pb.example("northvale")).labels)
    >>> of("pool", "better_care"), of("purpose", "children_social_care")
    ('Better care pool', 'children social care')
    """
    found: dict[str, dict[str, str]] = {}
    for frame in labels.values():
        if "name" in frame:
            column = str(frame.columns[0])
            found[column] = dict(zip(frame[column], frame["name"].fillna(""), strict=True))
    return lambda column, key: found.get(column, {}).get(key) or plain(key)


def labels_of(plan: Plan, table: str) -> dict[str, str]:
    """The names of a table of a plan, by key."""
    frame = plan.labels[table]
    return dict(zip(frame.iloc[:, 0].astype(str), frame["name"].astype(str), strict=True))


class WordedColumn(NamedTuple):
    """A column for people: what it is called, its unit, its cells, and what figures they are.

    The kind is ``pounds``, ``share`` or ``number``, blank for texts.
    """

    name: str
    words: str
    unit: str
    cells: list[Any]
    kind: str

    @property
    def heading(self) -> str:
        """What it is called, with its unit."""
        return f"{self.words}, {self.unit}" if self.unit else self.words


def worded(
    frame: pd.DataFrame, name_of: NameOf, unit: str = "", own: Collection[str] = ()
) -> Iterator[WordedColumn]:
    """Columns for people.

    Parameters
    ----------
    frame : DataFrame
        Keys, figures and texts.
    name_of : callable
        Names of keys.
    unit : str
        What the figures are counted in, where no column says that.
    own : collection of str
        Columns that somebody named, plans say: their names tell nothing of their figures.
    """
    for column in frame.columns:
        name = str(column)
        values = frame[column].tolist()
        if pd.api.types.is_float_dtype(frame[column].dtype):
            kind = _kind(name, frame, unit, own)
            said = "£" if kind == "pounds" else unit if kind == "number" else ""
            called = _OF_NEED.get(name, name) if "needed" in frame.columns else name
            said = "" if name in _APART and name not in own else said
            yield WordedColumn(name, _words(called), said, values, kind)
        else:
            told = [_said(name, value, name_of) for value in values]
            yield WordedColumn(name, _words(name), "", told, "")


def _kind(name: str, frame: pd.DataFrame, unit: str, own: Collection[str]) -> str:
    """What the figures of a column are."""
    columns = set(frame.columns)
    if name in own:
        return _counted(frame, unit) or "number"
    if "needed" in columns and name in _OF_NEED:
        return "number" if name == "paid" else "pounds"
    if name in _SHARES or (name == "share" and {"value", "mean"} & columns):
        return "share"
    if name in _POUNDS:
        return "pounds"
    if name in _APART:
        return "number"
    counted = _counted(frame, unit)
    if not counted:
        money = name in _WITHOUT_UNIT or (name == "share" and "own" in columns)
        return "pounds" if money else "number"
    return counted


def _counted(frame: pd.DataFrame, unit: str) -> str:
    """What a table says its figures are; blank where it says nothing."""
    units = {unit} if unit else set(map(str, frame["unit"]) if "unit" in frame else ())
    if not units:
        return ""
    return "pounds" if all(map(in_pounds, units)) else "number"


def worded_frame(
    frame: pd.DataFrame, name_of: NameOf, unit: str = "", own: Collection[str] = ()
) -> pd.DataFrame:
    """A table as texts, for a page or a notebook.

    Examples
    --------
    >>> frame = pd.DataFrame({"agency": ["county"], "paid": [1250.5], "taken": [0.25]})
    >>> worded_frame(frame, lambda _, key: {"county": "County Council"}[key])
               Agency   Paid, £ Taken
    0  County Council  1,250.50   25%
    """
    columns = worded(frame, name_of, unit, own)
    return pd.DataFrame(
        {each.heading: [_text(cell, each.kind) for cell in each.cells] for each in columns}
    )


def _text(cell: Any, kind: str) -> str:
    if pd.isna(cell):
        return ""
    if kind == "share":
        return percent(cell)
    if kind == "pounds" or (kind == "number" and abs(cell) >= _LARGE):
        return number(cell, 2)
    return as_set(cell) if kind == "number" else str(cell)


def _said(column: str, value: Any, name_of: NameOf) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str) or not value:
        return value
    column = _LIKE.get(column, column)
    return ", ".join(_name(column, part, name_of) for part in value.split(", "))


def _name(column: str, part: str, name_of: NameOf) -> str:
    name = name_of(column, part)
    if name not in (plain(part), part.replace("_", " ")):
        return name
    # Without a name a key is put into words; a sentence stands as it is.
    return plain(part) if column in _KEYED else without_keys(part)
