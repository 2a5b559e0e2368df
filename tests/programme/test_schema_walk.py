"""Every column of the schema changes the programme, or is marked as descriptive."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import Place, schema
from placebudget.place.schema import Column, Table
from placebudget.programme import Benchmark, Programme, build, read_pooling
from placebudget.programme.objectives import OBJECTIVES
from placebudget.programme.rules import read_rules
from rich_place import YEARS, rich

MARKS = {"nhs": Benchmark(savings=1e5, value=2e5), "council": Benchmark(savings=1e5, value=1e5)}
MARKS |= {"district": Benchmark(0.0, 1e4), "benefits": Benchmark(0.0, 0.0)}
COLUMNS = [(table, column) for table in schema().values() for column in table.columns]
MEANT = [(t, c) for t, c in COLUMNS if not c.descriptive]
DESCRIPTIVE = [(t, c) for t, c in COLUMNS if c.descriptive]


def programme_of(place: Place) -> Programme:
    return build(
        place, read_pooling(place, "pooled"), objectives=OBJECTIVES, reinvest=0.5, benchmarks=MARKS
    )


def signature(place: Place) -> bytes:
    """Everything of a programme: arrays, gains, labels, today's money, classes."""
    programme = programme_of(place)
    arrays = [np.asarray(part) for part in vars(programme.matrix).values()]
    arrays += [objective.gain for objective in programme.objectives]
    arrays += [programme.basis.lines.today, programme.basis.classes.funding]
    blocks = [*programme.columns.values(), *programme.rows.values()]
    arrays += [codes for block in blocks for codes in block.index.values()]
    names = [list(map(str, values)) for values in programme.draft.names.values()]
    # The basis of a rule is no number: it says which rules a way out may relax.
    bases = [(rule.name, rule.basis) for rule in read_rules(programme.basis)]
    labels = repr((names, bases, programme.basis.classes.streams)).encode()
    return b"|".join([labels, *(array.tobytes() for array in arrays)])


@functools.cache
def original() -> bytes:
    return signature(rich())


def with_cell(place: Place, table: str, column: str, row: int, value: Any) -> Place:
    frame = place.tables[table].copy()
    values = list(frame[column])
    values[row] = value
    frame[column] = pd.Series(values, dtype=frame[column].dtype)
    return place.with_(**{table: frame})


# Columns whose value cannot just be made larger: (row, value) of the cells that change.
Y1, Y2 = YEARS
CELLS: dict[str, tuple[tuple[int, Any], ...]] = {
    "agencies.sector": ((0, "dwp"),),
    "agencies.area": ((2, "north"),),
    "areas.parent": ((3, "south"),),
    "areas.tier": ((2, "ward"),),
    "successions.agency": ((0, "council"), (1, "council")),
    "successions.successor": ((0, "nhs"),),
    "successions.year": ((0, Y1), (1, Y1)),
    "successions.share": ((0, 0.6), (1, 0.4)),
    "streams.agency": ((3, "council"),),
    "streams.continues": ((2, "tax_1"),),
    "streams.raised": ((1, "national"),),
    "streams.kind": ((1, "capital"),),
    "streams.recurrent": ((1, False),),
    "funding.stream": ((1, "tax_2"), (4, "tax_1")),
    "funding.year": ((1, Y2), (2, Y1)),
    "ring_fences.stream": ((0, "core"),),
    "ring_fences.purpose": ((0, "health"),),
    "pools.open": ((1, False),),
    "contributions.pool": ((2, "hub"),),
    "contributions.stream": ((2, "tax_1"),),
    "contributions.year": ((1, Y1),),
    "contributions.stays_in_area": ((2, False),),
    "pool_purposes.pool": ((1, "hub"),),
    "pool_purposes.purpose": ((1, "families"),),
    "services.commissioner": ((1, "nhs"),),
    "services.purpose": ((4, "health"),),
    "services.nature": ((4, "preventive"),),
    "services.kind": ((3, "revenue"),),
    "services.led_by": ((5, "budget"),),
    "offers.service": ((3, "ward"), (4, "hubs")),
    "offers.area": ((6, "south"),),
    "offers.provider": ((5, "Guild"),),
    "offers.delivery_model": ((5, "in-house"),),
    "offers.index": ((5, "pay"),),
    "offers.price_year": ((3, None),),
    "offers.first_year": ((2, Y2),),
    "choices.choice": ((0, "another"), (1, "another")),
    "choices.offer": ((1, "ward_1"),),
    "choices.rule": ((0, "exactly_one"), (1, "exactly_one")),
    "shared_services.shared_offer": ((0, "hubs_1"),),
    "shared_services.offer": ((1, "bus_1"),),
    "shared_services.takes": ((0, 5.0),),
    "shared_services.least_members": ((0, 2), (1, 2)),
    "shared_services.notice_years": ((0, 0),),
    "levels.service": ((0, "homes"),),
    "levels.tier": ((0, "place"),),
    "levels.overhead": ((0, 3_000),),
    "levels.kept": ((0, 0.5),),
    "posts.role": ((0, "carers"), (1, "nurses")),
    "staffing.offer": ((1, "homes_1"),),
    "staffing.role": ((0, "carers"),),
    "today.service": ((0, "homes"),),
    "today.area": ((0, "south"),),
    "today.stream": ((0, "core"),),
    "today.pool": ((1, None),),
    "today.offer": ((2, "hubs_2"),),
    "needs.service": ((2, "ward"), (3, "hubs")),
    "needs.area": ((1, "south"),),
    "needs.year": ((1, Y1),),
    "cohorts.area": tuple((n, "village") for n in range(6)),
    "cohorts.band": ((0, "0_17"), (1, "0_17"), (4, "18_84"), (5, "18_84")),
    "cohorts.year": ((0, "2025-26"),),
    "prevalence.service": ((0, "ward"), (1, "ward")),
    "prevalence.band": ((0, "0_17"),),
    "returns.service": ((2, "care"),),
    "returns.step": ((0, 2), (1, 1)),
    "effects.service": ((3, "care"),),
    "effects.outcome": ((1, "years"),),
    "effects.evidence": ((0, "a"),),
    "savings.outcome": ((1, "years"),),
    "savings.agency": ((2, "district"),),
    "outcomes.discount": ((2, None),),
    "outcomes.price_year": ((0, None),),
    "savings.price_year": ((0, "2024-25"),),
    "savings.transfer": ((1, False),),
    "avoids.outcome": ((0, "falls"),),
    "avoids.service": ((0, "care"),),
    "at_risk.outcome": ((2, "falls"),),
    "at_risk.area": ((2, "north"),),
    "at_risk.year": ((1, "2030-31"),),
    "targets.outcome": ((0, "stays"),),
    "targets.area": ((0, "south"),),
    "targets.year": ((0, Y2), (1, Y2)),
    "target_shares.target": ((0, "safe"),),
    "target_shares.stream": ((2, "grant"),),
    "target_shares.pays": ((1, True),),
    "loans.stream": ((0, "tax_1"),),
    "loans.borne_by": ((0, "tax_1"),),
    "loans.first_year": ((0, Y2),),
    "loans.kind": ((0, "maturity"),),
    "loans.half_yearly": ((0, False),),
    "loans.later_pound": ((0, 1.5),),
    "personal_budgets.offer": ((0, "hubs_1"),),
    "gateways.offer": ((1, "bus_2"),),
    "gateways.year": ((1, Y1),),
    "gateways.passed": ((1, False),),
    "rules.kind": ((1, "floor"),),
    "rules.subject": ((0, "service=hubs"),),
    "rules.year": ((0, Y1),),
    "rules.basis": ((1, "law"),),
    "inflation.index": ((0, "pay"), (4, "general")),
    "inflation.year": ((0, Y2), (1, Y1)),
    "evidence.grade": ((0, "b"), (1, "a")),
}
# Steps stand in the order of their numbers: another order is another programme, which the
# checks refuse, as returns would rise.
REFUSED = {
    "loans.stream",
    "loans.borne_by",
    "streams.agency",
    "returns.step",
    "levels.service",
    "levels.tier",
}


def change(place: Place, table: Table, column: Column) -> Place:
    """The place with one column changed: named cells, a key everywhere, or the first number."""
    name = f"{table.name}.{column.name}"
    if name in CELLS:
        for row, value in CELLS[name]:
            place = with_cell(place, table.name, column.name, row, value)
        return place
    values = list(place.tables[table.name][column.name])
    if table.key == (column.name,):
        return renamed(place, name, str(values[-1]))
    row = next(n for n, value in enumerate(values) if not pd.isna(value) and value > 0)
    larger = int(values[row]) + 1 if column.type == "integer" else values[row] * 0.9
    return with_cell(place, table.name, column.name, row, larger)


def renamed(place: Place, key: str, old: str) -> Place:
    """A key renamed wherever it stands, subjects of rules too."""
    new = f"{old}_new"
    frames = {}
    for name, table in schema().items():
        frame = place.tables[name].copy()
        for column in table.columns:
            if key in (column.refers, f"{name}.{column.name}"):
                frame[column.name] = frame[column.name].replace(old, new)
        frames[name] = frame
    subjects = [text.replace(f"={old}", f"={new}") for text in frames["rules"]["subject"]]
    frames["rules"] = frames["rules"].assign(subject=subjects)
    return place.with_(**frames)


def identity(pair: object) -> str:
    return getattr(pair, "name", "")


def test_the_place_uses_every_column_and_has_a_plan() -> None:
    place = rich()
    place.check().raise_if_errors()
    for name, table in schema().items():
        for column in table.columns:
            assert place.tables[name][column.name].notna().any(), f"{name}.{column.name}"
    plan = pb.optimise(place, prices=False, reinvest=0.5)
    assert plan.status == "optimal"
    kinds = {"lock_least", "pace_most", "no_worse_off_value", "capitalisation", "equity_floor"}
    assert programme_of(place).rows.keys() >= {"largest_lot", "counted", "at_risk", *kinds}
    need = {"need_met", "avoided", "paid_for", "release", "build", "need_after"}
    assert programme_of(place).rows.keys() >= need


@pytest.mark.parametrize(("table", "column"), MEANT, ids=identity)
def test_a_column_that_is_not_descriptive_changes_the_programme(
    table: Table, column: Column
) -> None:
    place = change(rich(), table, column)
    assert signature(place) != original()
    errors = [finding.code for finding in place.check().errors]
    assert errors == [] or f"{table.name}.{column.name}" in REFUSED


def test_descriptive_columns_change_nothing() -> None:
    """Every descriptive column changed in every row at once: the same programme."""
    place = rich()
    frames = {name: frame.copy() for name, frame in place.tables.items()}
    for table, column in DESCRIPTIVE:
        values = frames[table.name][column.name]
        if column.type in ("number", "integer"):
            frames[table.name][column.name] = 7 * values + 1
        elif column.type == "boolean":
            frames[table.name][column.name] = [not value for value in values]
        elif column.allowed:
            first, second = column.allowed[:2]
            frames[table.name][column.name] = [first if v == second else second for v in values]
        else:
            frames[table.name][column.name] = [f"{value} in other words" for value in values]
    other = place.with_(**frames)
    for table, column in DESCRIPTIVE:
        before, after = (p.tables[table.name][column.name] for p in (place, other))
        assert (before != after).all(), f"{table.name}.{column.name}"
    assert signature(other) == original()


@pytest.mark.parametrize(
    "change",
    [
        {"appraisal_years": 4},
        {"discount": 0.04},
        {"price_base": YEARS[0]},
        {"today_year": YEARS[0]},
        {"years": YEARS[:1]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_setting_changes_the_programme(change: dict[str, Any]) -> None:
    place = rich()
    if "years" in change:
        for name in (
            "funding",
            "contributions",
            "offers",
            "rules",
            "needs",
            "targets",
            "loans",
            "gateways",
        ):
            column = "first_year" if name in ("offers", "loans") else "year"
            frame = place.tables[name]
            place = place.with_(**{name: frame[frame[column] != YEARS[1]]})
        alone = ("choices", "shared_services")
        place = place.with_(**{name: place.tables[name].iloc[:0] for name in alone})
    changed = place.with_(settings=replace(place.settings, **change))
    assert signature(changed) != original()
