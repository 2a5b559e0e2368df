"""Plans side by side: tidy tables with differences from the first plan, and their chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import pandas as pd

from placebudget.arguments import as_given, offered, texts
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.pictures import GREY, colours, themed
from placebudget.place import schema
from placebudget.place.subjects import BY_NEED
from placebudget.plan.borrowing import debt_counted
from placebudget.plan.need import IN_NEED, NOT_SERVED, SHORT, meet_alike, need_unmet
from placebudget.plan.plan import Plan
from placebudget.plan.record.inputs import recorded_option, recorded_place, rows_apart
from placebudget.words import money, plain

Plans = Mapping[str, Plan]
KINDS = ("value", "money", "outcomes", "savings", "unspent", "prices")
MONEY = ("money", "savings", "unspent")
_DEFAULT_BY = {
    "money": "service",
    "outcomes": "outcome",
    "savings": "agency",
    "unspent": "route",
}
_MEASURE = {"money": "amount", "outcomes": "counted", "savings": "fiscal", "unspent": "amount"}
_PRICED = ["kind", "name", "where", "year", "basis", "unit"]
KIND = "kind"
_CASH = "pounds, cash of the years"
_SETTINGS = ("years", "appraisal_years", "price_base", "today_year")
_ARGUMENTS = ("objective", "pooling", "reinvest", "gap", "money")


"""Those of them that hold pounds alone."""


def side_by_side(plans: Plans, kind: str, by: str | Sequence[str] = ()) -> pd.DataFrame:
    """One table of all plans, and what each differs from the first.

    Parameters
    ----------
    plans : mapping of str to Plan
        Plans by the names they are shown under; the first is compared with.
    kind : str
        ``value``, ``money``, ``outcomes``, ``savings``, ``unspent`` or ``prices``.
    by : str or sequence of str
        Columns to add up by, for the tables that a plan adds up.

    Returns
    -------
    DataFrame
        Key columns, a column a plan, and ``difference`` (with more than two plans
        ``difference: NAME``). A price that a plan does not have is blank; so is a difference
        in value from a plan that leaves other need unmet.

    Raises
    ------
    WrongArgument
        If there is no such table;
        or if tables cannot be added up like that.
    """
    if not isinstance(kind, str) or kind not in KINDS:
        said = f"there is no table {as_given(kind)} to compare; choose from: {', '.join(KINDS)}"
        raise WrongArgument(offered(said, kind, KINDS))
    asked = texts("by", by, such_as="'year' or ['agency', 'year']")
    if kind == "value":
        frames = {name: _value(plan) for name, plan in plans.items()}
        table = _joined(frames, ["measure", "unit"], "value")
        return _without_gains(table, plans)
    if kind == "prices":
        frames = {name: plan.prices() for name, plan in plans.items()}
        return _joined(frames, _PRICED, "relaxing")
    keys = list(asked or (_DEFAULT_BY[kind],))
    frames = {name: getattr(plan, kind)(keys) for name, plan in plans.items()}
    return _joined(frames, keys, _MEASURE[kind], absent=0.0)


def difference_columns(names: Sequence[str]) -> list[str]:
    """Names of the columns of differences, one for each plan after the first."""
    others = list(names)[1:]
    return ["difference"] if len(others) == 1 else [f"difference: {name}" for name in others]


def _joined(
    frames: Mapping[str, pd.DataFrame], keys: list[str], measure: str, absent: float | None = None
) -> pd.DataFrame:
    columns = {
        name: frame.groupby(keys, sort=False)[measure].sum(min_count=1)
        for name, frame in frames.items()
    }
    table = pd.concat(columns, axis=1, sort=False)
    if absent is not None:
        table = table.fillna(absent)
    first = table.iloc[:, 0]
    for name, title in zip(list(frames)[1:], difference_columns(list(frames)), strict=True):
        table[title] = (table[name] - first).round(6)
    return table.rename_axis(keys).reset_index()


def _without_gains(table: pd.DataFrame, plans: Plans) -> pd.DataFrame:
    """Value is not subtracted where plans leave different need unmet: need comes first."""
    first, *others = plans.values()
    worth = ~table["unit"].isin((_CASH, IN_NEED))
    for plan, title in zip(others, difference_columns(list(plans)), strict=True):
        if not meet_alike(first, plan):
            table.loc[worth, title] = float("nan")
    return table


def _value(plan: Plan) -> pd.DataFrame:
    """What a plan comes to, in one column."""
    real = f"pounds, {plan.place['price_base']} prices, discounted"
    outcomes = plan.outcomes()[["fiscal", "economic", "social"]].sum()
    rows = [(each.name, each.unit, each.value) for each in plan.objectives]
    if all(name != "public value" for name, _, _ in rows):
        rows.append(("public value", real, plan.public_value()))
    rows += [(f"{name} value", real, float(amount)) for name, amount in outcomes.items()]
    needs = plan.tables["needs"]
    if len(needs):
        rows.append(("released after the last year of money", real, float(needs["value"].sum())))
    if owed := debt_counted(plan.run):
        rows.append(("owed after the last year of money", real, -owed))
    saved = float(plan.savings()["discounted_cashable"].sum())
    cash = _CASH
    rows += [
        ("cashable savings", real, saved),
        ("money on services", cash, float(plan.money()["amount"].sum())),
        ("management cost of pools", cash, plan.management_cost()),
        ("money not spent", cash, float(plan.unspent()["amount"].sum())),
    ]
    if (plan.tables["needs"]["led_by"] == BY_NEED).any():
        people, pounds = need_unmet(plan)
        rows += [(NOT_SERVED, IN_NEED, people)] if people == people else []
        rows.append((SHORT, cash, pounds))
    frame = pd.DataFrame(rows, columns=["measure", "unit", "value"])
    return frame.drop_duplicates(["measure", "unit"])


"""The input that says whether a plan is the best one or given money, simulated."""


def inputs_that_differ(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """Inputs that are not the same in all plans.

    Returns
    -------
    DataFrame
        ``input``, and what each plan has, in words: a column a plan.
    """
    facts = {name: _facts(plan) for name, plan in plans.items()}
    first = next(iter(plans.values()))
    rows = []
    for fact in dict.fromkeys(key for known in facts.values() for key in known):
        values = [known.get(fact, "") for known in facts.values()]
        if len(set(values)) > 1:
            rows.append((fact, *values))
    for table in schema():
        said = {name: _table(first, plan, table) for name, plan in plans.items()}
        if len(set(said.values())) > 1:
            rows.append((f"table {table}", *said.values()))
    return pd.DataFrame(rows, columns=["input", *plans], dtype="str")


def _facts(plan: Plan) -> dict[str, str]:
    run = plan.run
    record = recorded_place(run)
    option = recorded_option(run)
    facts = {"place": plan.place["name"], KIND: _kind(plan)}
    facts |= {name: _words(plan.place.get(name)) for name in _SETTINGS}
    facts["settings of the place"] = f"hash {record['settings'][:8]}"
    facts["option"] = "none" if option is None else str(option)
    known = dict(run["options"])
    facts |= {name: _words(known.get(name)) for name in _ARGUMENTS}
    facts["solver"] = run["solver"] or "none"
    facts |= {f"version of {name}": number for name, number in run["versions"].items()}
    return facts


def _kind(plan: Plan) -> str:
    return "given money, simulated" if plan.status == "simulated" else "best plan"


def _table(first: Plan, plan: Plan, table: str) -> str:
    """A table of a plan's place against the first plan's."""
    before, now = recorded_place(first.run), recorded_place(plan.run)
    if before["tables"].get(table) == now["tables"].get(table):
        return "the same"
    only_before, only_now = rows_apart(before["rows"].get(table, ""), now["rows"].get(table, ""))
    rows = "row" if only_now == 1 else "rows"
    return f"{only_now} {rows} new or changed, {only_before} of the first plan gone or changed"


def _words(value: Any) -> str:
    if value is None or value in ("", 0):
        return "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def spend_alike(first: Plan, second: Plan) -> bool:
    """Whether two plans spend every pound on the same service, in the same area and year."""
    by = ["service", "area", "year"]
    one, other = (plan.money(by).set_index(by)["amount"] for plan in (first, second))
    return not (one.sub(other, fill_value=0.0).abs() >= 1.0).any()


# The chart of a comparison: a row a service, a dot a plan, as a Vega-Lite specification.

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_SHAPES = ("circle", "diamond", "square", "triangle-up")
_MILLION = 1e6
_LETTERS = 60  # in a line of the title


def specification(
    table: pd.DataFrame, key: str, names: Sequence[str], title: str
) -> dict[str, Any]:
    """A Vega-Lite specification of money side by side.

    Parameters
    ----------
    table : DataFrame
        The key, and pounds in a column a plan.
    key : str
        Column of the rows.
    names : sequence of str
        The plans, at most four.
    title : str
        The finding.

    Returns
    -------
    dict
        Plain data; the figures are inside.
    """
    if len(names) > len(_SHAPES):
        raise CannotAnswer(
            f"a chart shows at most {len(_SHAPES)} plans side by side; compare fewer"
        )
    values = [
        {key: plain(row[key]), "plan": name, "million": row[name] / _MILLION}
        for row in table.to_dict("records")
        for name in names
    ]
    # A name of any length is shown in full.
    full = {"labelLimit": 0}
    rows = {"field": key, "type": "nominal", "title": None, "sort": None, "axis": full}
    amounts = {"field": "million", "type": "quantitative", "title": "£ million, cash, all years"}
    colour = {
        "field": "plan",
        "type": "nominal",
        "title": None,
        "legend": full,
        "scale": {"domain": list(names), "range": colours(names)},
    }
    shape = {**colour, "scale": {"domain": list(names), "range": list(_SHAPES[: len(names)])}}
    return {
        "$schema": SCHEMA,
        "title": title if len(title) <= _LETTERS else wrap(title, _LETTERS),
        "data": {"values": values},
        "encoding": {"y": rows},
        "layer": [
            {
                "mark": {"type": "rule", "color": GREY},
                "encoding": {
                    "x": {**amounts, "aggregate": "min"},
                    "x2": {"field": "million", "aggregate": "max"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {"x": amounts, "color": colour, "shape": shape},
            },
        ],
    }


def finding(table: pd.DataFrame, key: str, difference: str, names: Sequence[str]) -> str:
    """The title of a chart: where the largest difference is."""
    apart = table[difference].abs()
    if not len(table) or apart.max() < 0.005:
        return f"{names[0]} and {names[1]} spend the same on each {key}"
    row = table.loc[apart.idxmax()]
    change, where = float(row[difference]), plain(row[key])
    more = "more" if change > 0 else "less"
    return f"{names[1]} spends {money(abs(change))} {more} on {where} than {names[0]}"


def drawn(spec: dict[str, Any], otherwise: str) -> Any:
    """The chart as an Altair chart.

    Parameters
    ----------
    spec : dict
        A Vega-Lite specification.
    otherwise : str
        What gives the specification without Altair.

    Raises
    ------
    CannotAnswer
        If Altair is not installed.
    """
    try:
        import altair
    except ImportError:
        raise CannotAnswer(
            "charts need Altair, which is not installed: pip install 'placebudget[report]'. "
            f"The table and {otherwise}.chart_specification() work without it."
        ) from None
    title = spec["title"]
    return themed(
        altair.Chart.from_dict(spec), title if isinstance(title, str) else " ".join(title)
    )
