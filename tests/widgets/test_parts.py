"""The parts a notebook can show: names, tables and charts in which every text is escaped."""

from __future__ import annotations

import subprocess
import sys

import pytest

import placebudget as pb
from placebudget.view import panels
from planned import optimised, simulated
from small import small

MARKUP = "<script>alert(1)</script>"


def test_every_part_is_reached_by_its_name() -> None:
    for name in pb.widgets.__all__:
        assert callable(getattr(pb.widgets, name)), name
    assert pb.desk is pb.widgets.desk


def test_a_part_stays_a_function_when_its_module_is_imported_first() -> None:
    program = (
        "import placebudget.widgets.editors, placebudget.widgets.desk.sections\n"
        "import placebudget as pb\n"
        "print(callable(pb.widgets.table_editor), callable(pb.widgets.desk), callable(pb.desk))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"]


def test_importing_the_package_loads_no_widgets() -> None:
    program = (
        "import sys, placebudget\n"
        "print([n for n in ('ipywidgets', 'anywidget', 'placebudget.widgets') if n in sys.modules])"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_there_is_no_other_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'chart'"):
        _ = pb.widgets.chart
    with pytest.raises(AttributeError, match="no attribute 'widget'"):
        _ = pb.widget


def test_prices_say_why_there_are_none() -> None:
    place = pb.example("toy_pooling")
    assert "was simulated" in pb.widgets.price_table(pb.simulate(place)).value
    assert "found by a full solve" in pb.widgets.price_table(
        pb.optimise(place, prices=False)
    ).value  # fmt: skip


def test_without_what_draws_charts_the_tables_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = optimised("northvale", prices=False)
    with_chart = pb.widgets.savings_chart(plan).value
    monkeypatch.setattr(panels, "can_draw_charts", lambda: False)
    without = pb.widgets.savings_chart(plan).value
    assert "<svg" in with_chart
    assert "<svg" not in without
    assert "Savings by agency and year" in with_chart
    assert "Savings by agency and year" in without


def test_names_that_try_to_be_markup_stay_names() -> None:
    streams = {"tax": {"amount": 10.0, "name": MARKUP}}
    services = {
        "care": {"name": MARKUP, "purpose": MARKUP, "people": 20_000, "today": {"tax": 5.0}}
    }
    place = small(streams, services)
    today, plan = pb.simulate(place), pb.optimise(place)
    shown = [
        pb.widgets.price_table(plan).value,
        pb.widgets.savings_chart(plan).value,
        pb.widgets.compare_view(today, plan).value,
        panels.money_panel({MARKUP: today, "Proposed": plan}).html(),
        panels.why_panel(plan.explain("care")).html(),
        panels.plan_panel(plan).html(),
    ]
    for html in shown:
        assert "<script" not in html


def test_no_id_stands_twice_where_several_panels_are_shown() -> None:
    plans = {
        "Today": simulated("northvale"),
        "Proposed": optimised("northvale", prices=False),
    }
    page = "".join(panels.money_panel(plans).html() for _ in range(2))
    ids = [part.split('"', 1)[0] for part in page.split(' id="')[1:]]
    assert len(ids) > 8
    assert len(ids) == len(set(ids))
