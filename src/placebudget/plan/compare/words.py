"""A comparison in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from placebudget.plan.compare.causes import measure_of
from placebudget.plan.compare.tables import difference_columns, side_by_side
from placebudget.plan.plan import Plan
from placebudget.words import money, number

ORDER_MATTERS = (
    "In turn, a change adds what it adds after those before it; in another order the same changes "
    "would add other amounts. Alone, a change is made on the first plan by itself."
)
_MOST = 4
_LONG = 60


def summary(
    names: Sequence[str],
    plans: Sequence[Plan],
    inputs: pd.DataFrame,
    causes: pd.DataFrame | None = None,
) -> str:
    """The comparison as lines of text.

    Parameters
    ----------
    names, plans
        The plans and what they are called; the others are compared with the first.
    inputs : DataFrame
        Inputs that differ.
    causes : DataFrame, optional
        What caused what, for two plans.
    """
    lines = [f"{plans[0].place['title']}: {', '.join(names[1:])} compared with {names[0]}"]
    lines += _inputs(inputs, names)
    by_name = dict(zip(names, plans, strict=True))
    lines += list(_values(by_name))
    for name, difference in zip(names[1:], difference_columns(names), strict=True):
        lines += list(_moves(by_name, name, difference))
    if causes is not None:
        lines += list(_causes(causes, *measure_of(plans[0], plans[1])))
    lines.append("This is a model. It compares plans; it does not decide.")
    return "\n".join(lines)


def _inputs(inputs: pd.DataFrame, names: Sequence[str]) -> list[str]:
    if inputs.empty:
        return ["The inputs are the same."]
    said = []
    for row in inputs.to_dict("records"):
        values = [str(row[name]).split("\n")[0] for name in names]
        if max(map(len, values)) <= _LONG:
            said.append(f"{row['input']} ({' / '.join(values)})")
        else:
            said.append(str(row["input"]))
    return [f"Inputs that differ: {'; '.join(said)}."]


def _values(plans: dict[str, Plan]) -> Iterator[str]:
    table = side_by_side(plans, "value")
    for row in table.to_dict("records"):
        in_pounds = str(row["unit"]).startswith("pounds")
        figures = [
            "not worked out" if pd.isna(row[name]) else _figure(row[name], in_pounds)
            for name in plans
        ]
        apart = [
            "" if pd.isna(row[name]) else f" ({_figure(row[name], in_pounds, signed=True)})"
            for name in difference_columns(list(plans))
        ]
        said = [figures[0], *(f"{f}{d}" for f, d in zip(figures[1:], apart, strict=True))]
        name = str(row["measure"])
        yield f"{name[0].upper()}{name[1:]}: {' / '.join(said)}"


def _figure(value: float, in_pounds: bool, *, signed: bool = False) -> str:
    return money(value, signed=signed) if in_pounds else number(value, 3, signed=signed)


def _moves(plans: dict[str, Plan], name: str, difference: str) -> Iterator[str]:
    """Services whose money differs most, and agencies that save more or less."""
    labels = {
        "service": pd.concat([plan.labels["services"] for plan in plans.values()]),
        "agency": pd.concat([plan.labels["agencies"] for plan in plans.values()]),
    }
    for kind, by, head in (
        ("money", "service", "money moves most in"),
        ("savings", "agency", "savings differ for"),
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
    in_pounds = unit.startswith("pounds")
    yield f"What caused what, in {measure}:"
    for row in causes.to_dict("records"):
        alone, turn = (
            "no plan" if pd.isna(row[name]) else _figure(row[name], in_pounds, signed=True)
            for name in ("adds_alone", "adds_in_turn")
        )
        note = f" ({row['note']})" if row["note"] else ""
        yield f"{row['step']}. {row['change']}: {turn} in turn, {alone} alone{note}"
    if len(causes) > 1:
        if causes["adds_alone"].notna().all():
            total = float(causes["adds_in_turn"].sum())
            apart = float(causes["adds_alone"].sum())
            yield (
                f"Together {_figure(total, in_pounds, signed=True)}; alone they would come to "
                f"{_figure(apart, in_pounds, signed=True)}."
            )
        yield ORDER_MATTERS
