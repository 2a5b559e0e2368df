"""What the page of one plan says, and how the figures of its place are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from placebudget.place import Place
from placebudget.place.names import listed
from placebudget.place.place import STATUSES, pounds_by_status
from placebudget.plan import Plan, PlanFindings
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.drawing.drawing import embedded
from placebudget.plan.drawing.drawing import tables as drawing_tables
from placebudget.plan.explain.price_words import decided, sentence_on
from placebudget.plan.summary import kept_said, unmet_said
from placebudget.plan.workbook import facts
from placebudget.view import tables
from placebudget.view.prices import costly, elsewhere, own_limit
from placebudget.view.sheet import Grid, Part, Section, sheet_grid, text_grid
from placebudget.words import MAY_NOT_ADD_UP, count, in_unit, money, percent, sentence

_DEAREST = 15
NOT_LOOKED_FOR = (
    "What this plan must admit was not looked for: it is found beside today, and the place that "
    "the plan was made for is not at hand."
)


def plan_facts(plan: Plan) -> dict[str, Any]:
    """Everything the template of a plan shows."""
    title = sentence(plan.name)
    place = plan.place
    plans = {title: plan}
    return {
        **shared_facts(plans),
        "title": f"{place['title']}: {title}",
        "question": f"What does this plan do with the money of {place['title']}, {years(place)}?",
        "known": known(place["figures"]),
        "objective": text_grid(
            "objective-table",
            "What the plan makes the most of",
            ["objective", "value", "unit", "status"],
            [
                (each.name.capitalize(), in_unit(each.value, each.unit), each.unit, plan.status)
                for each in plan.objectives
            ],
        ),
        "admitted": admitted(plan.known_findings),
        "rules": dearest_sentences(plan),
        "decided": taken_as_decided(plan),
        "kept": kept(plan),
        "not_kept": not_kept(plan),
    }


def drawn_facts(plan: Plan, beside: Mapping[str, Plan] | None = None) -> dict[str, Any]:
    """The drawing of a plan, its figures as tables, and what has to be said of it."""
    drawing = plan_drawing(plan, beside)
    grids = [
        text_grid(
            f"drawn-{number}",
            each.title,
            each.heads,
            [
                (name, *(money(pence / 100) for pence in row))
                for name, row in (*each.rows, each.total)
            ],
        )
        for number, each in enumerate(drawing_tables(drawing))
    ]
    said = [*(each["note"] for each in drawing["layers"]), *drawing["notes"]]
    return {"page": embedded(drawing), "grids": grids, "said": said}


def shared_facts(plans: Mapping[str, Plan]) -> dict[str, Any]:
    """What a page of one plan and a page of several have in common."""
    first = next(iter(plans.values()))
    savings = enumerate(tables.savings(plans))
    return {
        "version": first.run["versions"]["placebudget"],
        "value": sheet_grid(tables.public_value(plans), "value-table", "part of the value"),
        "needs": [sheet_grid(sheet, "needs-table", "need") for sheet in tables.needs(plans)],
        "unmet": unmet_said(plans),
        "use": sheet_grid(tables.money(plans), "money-all", "use of the money"),
        "prices_and_years": prices_and_years(first),
        "money": [
            sheet_grid(tables.money_by(plans, "purpose"), "money-purpose", "purpose"),
            sheet_grid(tables.money_by(plans, "agency"), "money-agency", "agency"),
        ],
        "outcomes": sheet_grid(tables.outcomes(plans), "outcomes-table", "outcome"),
        "cashable": [
            sheet_grid(sheet, "cashable-table", "cashable savings")
            for sheet in tables.cashable_savings(plans)
        ],
        "savings": [sheet_grid(sheet, f"savings-{n}", "agency") for n, sheet in savings],
        "digest": first.run["inputs"],
        "run": run_grid(plans),
    }


def admitted(found: PlanFindings | None, most: int = 3) -> list[Part]:
    """What a plan must admit: of each kind the worst, and behind a line that opens them the rest.

    Parameters
    ----------
    found : PlanFindings or None
        The findings; None where the place was not at hand.
    most : int
        How many of a kind stand in the open.
    """
    if found is None:
        return [NOT_LOOKED_FOR]
    parts: list[Part] = [] if found else [str(found)]
    for title, texts in found.by_kind.items():
        parts += [f"{title}:", *worst_first(texts, most)]
    return parts


def worst_first(texts: Sequence[str], most: int = 3) -> Iterator[Part]:
    """The first of some sentences, and the rest behind a line that opens them."""
    yield texts[:most]
    if rest := texts[most:]:
        yield Section(f"{len(rest)} more of this kind", [rest])


def run_grid(plans: Mapping[str, Plan]) -> Grid:
    """Run records of plans; what they do not keep stands in a section of its own."""
    rows = [
        [_plain(cell) for cell in row]
        for row in run_records(plans)
        if any(cell is not None for cell in row[1:])
        and row[0] not in ("place", "hash of inputs", "rule not kept", "condition not kept")
    ]
    return text_grid("run-table", "Run record", ["what", *plans], rows)


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return count(value)


def years(place: Mapping[str, Any]) -> str:
    """First and last year in which money is spent."""
    first, last = place["years"][0], place["years"][-1]
    return first if first == last else f"{first} to {last}"


def prices_and_years(plan: Plan) -> str:
    """What is cash and what is real, which years count, which year today is, and rounding."""
    place = plan.place
    return (
        f"Money is cash of its year, {years(place)}. Values are real, in {place['price_base']} "
        f"prices, and discounted to {place['years'][0]}. Benefits count up to "
        f"{place['appraisal_years'][-1]}. "
        f"Today is what is spent in {place['today_year']}, carried on as its funding changes. "
        f"{MAY_NOT_ADD_UP}"
    )


def known(figures: Mapping[str, float], what: str = "that comes in") -> str:
    """How much of the money rests on published figures, as a sentence.

    Parameters
    ----------
    figures : mapping of str to float
        Pounds by status.
    what : str
        What the pounds are.

    Examples
    --------
    >>> known({"derived": 50.0, "published": 40.0})
    'Of £90 that comes in, 44.4% is published and 55.6% is derived.'
    >>> known({"illustrative": 50.0})
    'All of the £50 that comes in is illustrative.'
    """
    total = sum(figures.values())
    if not total:
        return f"There is no money {what}."
    there = [name for name in STATUSES if figures.get(name)]
    if len(there) == 1:
        return f"All of the {money(total)} {what} is {there[0]}."
    return f"Of {money(total)} {what}, {_shares(figures)}."


def money_by_status(place: Place) -> pd.DataFrame:
    """Money behind the place by the status of its figures.

    Parameters
    ----------
    place : Place
        Any place.

    Returns
    -------
    DataFrame
        One row a status; columns ``funding`` (pounds that streams bring over the
        years of the place), ``base`` (pounds they brought in the year of today's
        spending, from which the years are carried on) and ``today`` (pounds spent
        today), and of each its share. A share of no money at all is blank.

    Examples
    --------
    >>> import placebudget as pb
    >>> bool(money_by_status(pb.example("topslice_2010"))["funding"].sum() > 0)
    True
    """
    parts = {
        "funding": pounds_by_status(place, "funding", place.years),
        "base": pounds_by_status(place, "funding", [place.settings.today_year]),
        "today": pounds_by_status(place, "today"),
    }
    columns = {}
    for name, pounds in parts.items():
        columns[name] = pounds
        total = columns[name].sum()
        columns[f"{name}_share"] = columns[name] / (total if total else float("nan"))
    return pd.DataFrame(columns).rename_axis("status")


def budget_lines(place: Place) -> dict[str, str]:
    """Form and line of published accounts or the budget book where today's money stands.

    Returns
    -------
    dict of str to str
        By service that names any; several are divided by semicolons.

    Examples
    --------
    >>> import placebudget as pb
    >>> budget_lines(pb.example("lancashire"))["highways"]
    'RSX, Highways and transport services'
    """
    rows = place.today[place.today["reference"].notna()]
    lines = rows.groupby("service")["reference"].agg(lambda told: "; ".join(dict.fromkeys(told)))
    return {str(service): str(line) for service, line in lines.items()}


def money_known(place: Place, *, carried: bool = True) -> str:
    """How the money of the years is known, what it is carried on from, and what is spent today.

    Parameters
    ----------
    place : Place
        The place.
    carried : bool
        Whether what it is carried on from is told.

    Examples
    --------
    >>> import placebudget as pb
    >>> money_known(pb.example("toy_pooling"))
    'Every figure of its money is illustrative.'
    """
    table, year = money_by_status(place), place.settings.today_year
    parts = {"funding": "that comes in", "today": "spent today"}
    if year not in place.years and carried:
        parts = {"funding": parts["funding"], "base": f"that came in during {year}", **parts}
    there = table[list(parts)].gt(0)
    if there.any(axis=1).sum() == 1:
        return f"Every figure of its money is {there.any(axis=1).idxmax()}."
    return " ".join(
        known({str(k): float(v) for k, v in table[name].items()}, what)
        for name, what in parts.items()
        if there[name].any()
    )


def _shares(figures: Mapping[str, float]) -> str:
    total = sum(figures.values())
    return listed(
        f"{percent(figures[name] / total)} is {name}" for name in STATUSES if figures.get(name)
    )


def dearest_sentences(plan: Plan) -> list[str]:
    """Sentences on the limits that cost most, each once where it is dearest, dearest first."""
    prices = costly(plan)
    prices = prices[prices["relaxing"] > 0]
    groups = prices.groupby(["kind", "name", own_limit(prices)], sort=False)
    return [_sentence(rows, plan) for _, rows in groups][:_DEAREST]


def _sentence(rows: pd.DataFrame, plan: Plan) -> str:
    first, more = rows.iloc[0], len(rows) - 1
    basis = "law, so it is kept" if first["basis"] == "law" else first["basis"]
    text = f"{sentence_on(first, plan.objective)} Basis: {basis}."
    if not more:
        return text
    count = "one more price" if more == 1 else f"{more} more prices"
    return f"{text} The same limit has {count}, for {elsewhere(rows)}."


def taken_as_decided(plan: Plan) -> str:
    """What the prices of a plan take as decided, once for all of them; blank: nothing."""
    prices = plan.prices()
    pays = plan.source is not None and len(plan.source.targets) > 0
    return decided(prices[["offers_held", "steps_held"]].any(), pays) if len(prices) else ""


def kept(plan: Plan) -> list[str]:
    """What is kept because nothing is known of it, as sentences."""
    return [sentence(f"{each}.") for each in kept_said(plan)]


def not_kept(plan: Plan) -> list[str]:
    """Rules and conditions that a simulated plan does not keep, as sentences."""
    found: Iterable[str] = (
        *plan.run.get("rules_not_kept", ()),
        *plan.run.get("conditions_not_kept", ()),
    )
    return [sentence(each) for each in found]


def run_records(plans: Mapping[str, Plan]) -> list[list[Any]]:
    """Rows of what is said of each plan: the name of a fact, then its value in each.

    Parameters
    ----------
    plans : mapping of str to Plan
        Plans by the name they are shown under.

    Returns
    -------
    list of list
        A fact that a plan does not have is None there. Facts of one name (rules
        that a plan does not keep) are joined.
    """
    told = [_joined(plan) for plan in plans.values()]
    names = list(dict.fromkeys(name for record in told for name in record))
    return [[name, *(record.get(name) for record in told)] for name in names]


def _joined(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in facts(plan):
        found[name] = f"{found[name]}; {value}" if name in found else value
    return found
