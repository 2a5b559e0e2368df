"""What a plan was made from, so that another machine can say what differs.

The record holds where the place was read from, a hash of its settings and of each
table and row, all before an option, and the option itself. Rows are kept as their
short hashes, one after the other: a few hundred bytes a table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.arguments import text
from placebudget.errors import CannotAnswer
from placebudget.place import Option, Place, example, examples, schema
from placebudget.place.options import Add, Change, Scale, Set, option_document, read_document
from placebudget.place.options.selection import Where
from placebudget.place.origin import ROW_DIGITS, row_digests, settings_digest, table_digests
from placebudget.plan.plan import Plan
from placebudget.solver import DEFAULT_SOLVER
from placebudget.texts import listed, shown

if TYPE_CHECKING:
    from placebudget.plan.plan import Plan


_SHOWN = 5


def input_record(place: Place) -> dict[str, Any]:
    """What a run record says about the inputs of a plan.

    Parameters
    ----------
    place : Place
        The place that is planned, with the option applied where there is one.

    Returns
    -------
    dict
        ``place`` with ``read_from``, ``settings``, ``tables``, ``rows``; and
        ``option``, its changes or None.
    """
    base = base_of(place)
    tables = table_digests(base)
    option = place.origin.option
    return {
        "place": {
            "read_from": place.origin.path,
            "settings": settings_digest(base),
            "tables": tables,
            "rows": {name: "".join(row_digests(base, name)) for name in tables},
        },
        "option": None if option is None else option_document(option),
    }


def base_of(place: Place) -> Place:
    """The place before the option that was applied to it."""
    return place if place.origin.base is None else place.origin.base


def at_hand(plan: Plan, place: Place | None, what: str) -> Place:
    """The place of a plan: given, kept with the plan, or an example with the same figures.

    Parameters
    ----------
    plan : Plan
        The plan.
    place : Place or None
        What was given.
    what : str
        What needs the place: the beginning of the sentence that says it is missing.

    Raises
    ------
    CannotAnswer
        If it is not at hand, or has other figures.
    """
    name, digest = plan.place["name"], plan.place["digest"]
    found = place or plan.source
    if found is None and name in examples():
        found = example(name)
    if found is None:
        raise CannotAnswer(
            f"{what} needs the place {shown(name)} that the plan was "
            "made for: give it as place=pb.read(...), or on the command line with --place"
        )
    if found.digest != digest:
        raise CannotAnswer(
            f"the plan was made for {shown(name)} with other figures than the place at hand: plan "
            "it again, or give the place as it was"
        )
    return found


def recorded_place(run: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a run record about the place.

    Raises
    ------
    CannotAnswer
        If the record has none.
    """
    record = run.get("place")
    parts = {"read_from": str, "settings": str, "tables": dict, "rows": dict}
    if not isinstance(record, Mapping) or not all(
        isinstance(record.get(name), kind) for name, kind in parts.items()
    ):
        raise CannotAnswer(
            "the plan does not say what it was made from; make it again with this release"
        )
    return record


def recorded_option(run: Mapping[str, Any]) -> Option | None:
    """The option of a plan, from its run record."""
    document = run.get("option")
    return None if document is None else read_document(document, "the plan's option")


def input_differences(run: Mapping[str, Any], place: Place) -> list[str]:
    """What differs between the inputs of a plan and a place, in sentences.

    Parameters
    ----------
    run : mapping
        The run record of a plan.
    place : Place
        A place, before the plan's option.

    Returns
    -------
    list of str
        Settings, and tables with the rows that differ; empty where all is the same.
    """
    record = recorded_place(run)
    found = []
    if settings_digest(place) != record["settings"]:
        found.append("the settings of the place (years, discount, price base, names) differ")
    now = table_digests(place)
    for name in schema():
        if now.get(name) != record["tables"].get(name):
            found.append(_table_difference(name, place, _chunks(record["rows"].get(name, ""))))
    return found


def rows_apart(one: str, other: str) -> tuple[int, int]:
    """Rows that the first has and the second has not, and the other way round."""
    first, second = Counter(_chunks(one)), Counter(_chunks(other))
    return (first - second).total(), (second - first).total()


def _chunks(text: str) -> list[str]:
    return [text[n : n + ROW_DIGITS] for n in range(0, len(text), ROW_DIGITS)]


def _table_difference(name: str, place: Place, before: list[str]) -> str:
    now = row_digests(place, name)
    left = Counter(before)
    new = []
    for number, digest in enumerate(now, start=1):
        if left[digest]:
            left[digest] -= 1
        else:
            new.append(number)
    gone = left.total()
    parts = []
    if new:
        rows = listed([_row_words(name, place.tables[name], number) for number in new], _SHOWN)
        parts.append(f"{_rows(len(new))} new or changed here ({rows})")
    if gone:
        parts.append(f"{_rows(gone)} of the plan not here any more")
    return f"the table {name} differs: {', '.join(parts)}"


def _row_words(name: str, frame: pd.DataFrame, number: int) -> str:
    row = frame.iloc[number - 1]
    key = [str(row[part]) for part in schema()[name].key if not pd.isna(row[part])]
    return f"row {number}: {' '.join(key)}"


def _rows(number: int) -> str:
    return f"{number} row{'' if number == 1 else 's'}"


# The Python script that makes a plan again.

_DEFAULTS: dict[str, Any] = {
    "reinvest": 0.0,
    "seconds": None,
    "gap": 0.0,
    "solver": DEFAULT_SOLVER,
}


def script(plan: Plan, place: str = "") -> str:
    """The Python script that makes a plan again.

    Parameters
    ----------
    plan : Plan
        Any plan.
    place : str, optional
        Path of the place, or name of an example; default: what it was read from.

    Returns
    -------
    str
        It reads the place, stops if that is not the one of the plan, applies the
        option, plans with the same arguments and writes the plan.

    Raises
    ------
    WrongArgument
        If the path is no text.
    CannotAnswer
        If the place was not read from anywhere and no path is given.

    Examples
    --------
    >>> import placebudget as pb
    >>> print(script(pb.optimise(pb.example("toy_pooling"), pooling="freed", prices=False)))
    # Toy place for pooling (invented), freed
    ...
    import placebudget as pb
    <BLANKLINE>
    place = pb.read('toy_pooling')
    ...
    plan = pb.optimise(place, objective=['public value'], pooling='freed', prices=False)
    print(f'{plan.objective.name}: {plan.objective.value:,.2f} {plan.objective.unit}')
    plan.to_json('toy_pooling_freed.plan.json')
    """
    path = text("place", place) or str(recorded_place(plan.run)["read_from"])
    if not path:
        raise CannotAnswer(
            "the place of this plan was made in memory, so that a script cannot read it; write "
            "it with place.write(...) and name the path: plan.script('my_place')"
        )
    option = recorded_option(plan.run)
    parts = [
        _head(plan),
        "import placebudget as pb\n",
        f"place = pb.read({path!r})",
        *([] if option is None else [_option(option), "place = place.with_option(option)"]),
        f"if place.digest != {plan.run['inputs']!r}:",
        "    raise SystemExit('The place is no longer the one of the plan.')\n",
        _planning(plan),
        "print(f'{plan.objective.name}: {plan.objective.value:,.2f} {plan.objective.unit}')",
        f"plan.to_json({_file_name(plan)!r})",
    ]
    return "\n".join(parts) + "\n"


def _head(plan: Plan) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in plan.run["versions"].items())
    option = f", option {plan.option}" if plan.option else ""
    title = f"{plan.place['title']}{option}, {plan.name}"
    return "\n".join(f"# {' '.join(text.split())}" for text in (title, f"Made with {versions}"))


def _file_name(plan: Plan) -> str:
    words = [plan.place["name"], plan.option, plan.name]
    plain = "_".join("_".join(word.replace(",", " ").split()) for word in words if word)
    return "".join(c for c in plain if c.isalnum() or c in "_-") + ".plan.json"


def _planning(plan: Plan) -> str:
    if plan.status == "simulated":
        return _simulating(plan)
    given = plan.run["options"]
    arguments = [f"objective={list(given['objective'])!r}", f"pooling={given['pooling']!r}"]
    known = {**given, "solver": plan.run["solver"]}
    arguments += [
        f"{name}={known[name]!r}" for name, usual in _DEFAULTS.items() if known[name] != usual
    ]
    if given.get("prices", True) is not True:
        arguments.append(f"prices={given['prices'] or False!r}")
    if given.get("scale"):
        arguments.append(f"scale=Scale({', '.join(map(repr, given['scale']))})")
    call = f"plan = pb.optimise(place, {', '.join(arguments)})"
    return f"from placebudget.programme import Scale\n\n{call}" if given.get("scale") else call


def _simulating(plan: Plan) -> str:
    money = plan.run.get("money")
    if money is None:
        return f"plan = pb.simulate(place, name={plan.name!r})"
    rows = "".join(f"        {tuple(row)!r},\n" for row in money["rows"])
    return (
        "import pandas as pd\n\n"
        f"money = pd.DataFrame(\n    columns={money['columns']!r},\n    data=[\n{rows}    ],\n)\n"
        f"plan = pb.simulate(place, money, name={plan.name!r})"
    )


def _option(option: Option) -> str:
    lines = [f"    pb.Option({option.name!r}, {option.description!r})"]
    lines += [f"    {_change(change)}" for change in option.changes]
    return "\n".join(["option = (", *lines, ")"])


def _change(change: Change) -> str:
    if isinstance(change, Add):
        rows = "".join(f"\n        {row!r}," for row in change.cells())
        return f".add(\n        {change.table!r},{rows}\n    )"
    arguments = [repr(change.table)]
    if isinstance(change, Scale):
        arguments += [repr(change.factor), repr(change.column)]
    elif isinstance(change, Set):
        arguments += [repr(change.column), repr(change.value)]
    return f".{change.verb}({', '.join([*arguments, *_where(change.where)])})"


def _where(where: Where) -> list[str]:
    return [
        f"{name}={values[0]!r}" if len(values) == 1 else f"{name}={list(values)!r}"
        for name, values in where
    ]
