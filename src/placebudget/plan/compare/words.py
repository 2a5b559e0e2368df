"""A comparison in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import pandas as pd

from placebudget.plan.compare.causes import measure_of
from placebudget.plan.compare.tables import KIND, difference_columns, side_by_side, spend_alike
from placebudget.plan.need import meet_alike, unmet_change
from placebudget.plan.plan import Plan
from placebudget.plan.summary import Summary, sentences
from placebudget.words import but_for_pennies, in_unit, money, sentence

ORDER_MATTERS = (
    "In turn, a change adds what it adds after those before it; in another order the same changes "
    "would add other amounts. Alone, a change is made on the first plan by itself."
)
_MOST = 4
_OF_THE_KIND = (KIND, "objective", "pooling", "money", "solver")
_LONG = 60
_MISSING = "no plan"


def summarised(
    names: Sequence[str],
    plans: Sequence[Plan],
    inputs: pd.DataFrame,
    causes: pd.DataFrame | None = None,
) -> Summary:
    """What the comparison says.

    Parameters
    ----------
    names, plans
        The plans and what they are called; the others are compared with the first.
    inputs : DataFrame
        Inputs that differ.
    causes : DataFrame, optional
        What caused what, for two plans.
    """
    title = f"{plans[0].place['title']}: {', '.join(names[1:])} compared with {names[0]}"
    by_name = dict(zip(names, plans, strict=True))
    said = [*_inputs(inputs, by_name), *_need(by_name), *_values(by_name)]
    for name, difference in zip(names[1:], difference_columns(names), strict=True):
        if spend_alike(by_name[names[0]], by_name[name]):
            said.append(f"{name} changes nothing: every pound goes where it goes in {names[0]}.")
        said += _moves(by_name, name, difference)
    if causes is not None:
        said += _causes(causes, *measure_of(plans[0], plans[1]))
    said.append("This is a model. It compares plans; it does not decide.")
    return Summary(title, tuple(sentences(said)))


def _inputs(inputs: pd.DataFrame, plans: Mapping[str, Plan]) -> Iterator[str]:
    if inputs.empty:
        yield "The inputs are the same."
        return
    if (inputs["input"] == KIND).any():
        # What a simulated and a best plan were made with differs of itself: it is said as one.
        yield f"{'; '.join(f'{name}: {_made(plan)}' for name, plan in plans.items())}."
        inputs = inputs[~inputs["input"].isin(_OF_THE_KIND)]
    said = []
    for row in inputs.to_dict("records"):
        values = [str(row[name]).split("\n")[0] for name in plans]
        if max(map(len, values)) <= _LONG:
            said.append(f"{row['input']} ({' / '.join(values)})")
        else:
            said.append(str(row["input"]))
    yield f"Inputs that differ: {'; '.join(said)}." if said else "The place is the same."


def _made(plan: Plan) -> str:
    """What a plan is: money carried on, money given, or the best for an objective."""
    options = plan.run["options"]
    if plan.status == "simulated":
        return "today's money carried on" if options.get("money") == "today" else "given money"
    goals = ", then ".join(each.name for each in plan.objectives)
    return f"the best plan for {goals}, {plan.name}"


def _need(plans: dict[str, Plan]) -> Iterator[str]:
    """Need that must be met comes first; gains are given between plans that meet it alike."""
    first, *others = plans
    for name in others:
        if not meet_alike(plans[first], plans[name]):
            told = unmet_change(plans[first], plans[name])
            yield f"{name} beside {first}: {told}; so no gain in value is given."


def _values(plans: dict[str, Plan]) -> Iterator[str]:
    table = side_by_side(plans, "value")
    for name, plan in plans.items():
        left = table["measure"] == "money not spent"
        spent = float(plan.money()["amount"].sum())
        table.loc[left, name] = table.loc[left, name].map(partial(but_for_pennies, whole=spent))
    for row in table.to_dict("records"):
        unit = str(row["unit"])
        first, *others = (row[name] for name in plans)
        said = [_known(first, unit)]
        for other, title in zip(others, difference_columns(list(plans)), strict=True):
            apart = "" if pd.isna(row[title]) else f" ({in_unit(row[title], unit, signed=True)})"
            said.append(_known(other, unit) + apart)
        name = sentence(str(row["measure"]))
        yield f"{name}{', discounted' if 'discounted' in unit else ''}: {' / '.join(said)}"


def _known(value: float, unit: str) -> str:
    return "not worked out" if pd.isna(value) else in_unit(value, unit)


def _moves(plans: dict[str, Plan], name: str, difference: str) -> Iterator[str]:
    """Services whose money differs most, and agencies that save more or less."""
    labels = {
        "service": pd.concat([plan.labels["services"] for plan in plans.values()]),
        "agency": pd.concat([plan.labels["agencies"] for plan in plans.values()]),
    }
    for kind, by, head in (
        ("money", "service", "money moves most in"),
        ("savings", "agency", "savings as they fall differ for"),
    ):
        table = side_by_side(plans, kind, by)
        table = table[table[difference].abs() >= 0.5]
        table = table.sort_values(difference, key=abs, ascending=False, kind="stable")
        known = labels[by].drop_duplicates(by).set_index(by)
        called, exchequer = known["name"], _exchequer(known)
        said = [
            f"{called.get(key, key)} {money(float(value), signed=True)}"
            + (" (to the Exchequer)" if key in exchequer else "")
            for key, value in table[[by, difference]].head(_MOST).itertuples(index=False)
        ]
        if said:
            more = f" and {len(table) - _MOST} more" if len(table) > _MOST else ""
            yield f"{name}: {head} {', '.join(said)}{more}."


def _exchequer(known: pd.DataFrame) -> set[str]:
    """Agencies whose savings are not the place's to spend."""
    return set(known.index[known["sector"] == "dwp"]) if "sector" in known else set()


def _causes(causes: pd.DataFrame, measure: str, unit: str) -> Iterator[str]:
    yield f"What caused what, in {measure}:"
    for row in causes.to_dict("records"):
        alone, turn = (
            (_MISSING if pd.isna(row[value]) else "no gain given")
            if pd.isna(row[name])
            else in_unit(row[name], unit, signed=True)
            for name, value in (("adds_alone", "alone"), ("adds_in_turn", "in_turn"))
        )
        note = f" ({row['note']})" if row["note"] else ""
        yield f"{row['step']}. {row['change']}: {turn} in turn, {alone} alone{note}"
    if len(causes) > 1:
        if causes[["adds_alone", "adds_in_turn"]].notna().all(axis=None):
            total = float(causes["adds_in_turn"].sum())
            apart = float(causes["adds_alone"].sum())
            yield (
                f"Together {in_unit(total, unit, signed=True)}; alone they would come to "
                f"{in_unit(apart, unit, signed=True)}."
            )
        yield ORDER_MATTERS
