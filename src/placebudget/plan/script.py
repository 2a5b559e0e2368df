"""The Python script that makes a plan again."""

from __future__ import annotations

from typing import Any

from placebudget.arguments import text
from placebudget.errors import CannotAnswer
from placebudget.place import Option
from placebudget.place.options import Add, Change, Scale, Set
from placebudget.place.options.selection import Where
from placebudget.plan.inputs import recorded_option, recorded_place
from placebudget.plan.plan import Plan
from placebudget.solver import DEFAULT_SOLVER

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
