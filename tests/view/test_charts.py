"""Charts: the finding as title, what it measures, and a picture without requests."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

import pytest

import placebudget as pb
from placebudget import pictures
from placebudget.pictures import ROOMS
from placebudget.plan.need import cash
from placebudget.view import charts, report
from placebudget.view.tables import money_by, savings
from placebudget.words import money
from planned import potential, reported

pytestmark = pytest.mark.xdist_group("northvale")


def northvale() -> pb.study.Potential:
    return potential("northvale")


@cache
def all_drawn() -> dict[str, charts.Chart]:
    return drawn()


def drawn() -> dict[str, charts.Chart]:
    plans = northvale().plans
    return charts.charts_of(plans["today"], plans["pooled"])


def test_each_chart_has_its_finding_as_title_and_says_what_it_shows() -> None:
    made = all_drawn()
    assert set(made) == {"money", "savings", "rules"}
    for chart in made.values():
        assert chart.title.endswith(".")
        assert "£ million" in chart.about or "£1 million" in chart.about
        assert "Source: model of Northvale" in chart.about
        assert "the best pooled plan" in chart.about


def test_the_finding_about_money_is_what_the_plans_say() -> None:
    plans = northvale().plans
    now, then = (
        plans[name].money("purpose").set_index("purpose")["amount"] for name in ("today", "pooled")
    )
    change = then.sub(now, fill_value=0.0)
    title = all_drawn()["money"].title.lower()
    most = change.idxmax().replace("_", " ")
    least = change.idxmin().replace("_", " ")
    assert title.startswith(f"most is added to {most} (+")
    assert f"most is taken from {least} (−" in title


def test_the_finding_about_savings_is_the_change_beside_today_and_what_of_all_is_cash() -> None:
    plans = northvale().plans
    now, then = (
        plans[name].savings("partner").set_index("partner")["fiscal"]
        for name in ("today", "pooled")
    )
    change, names = then.sub(now, fill_value=0.0), charts.partner_names(plans["pooled"])
    title = all_drawn()["savings"].title
    most = f"{names[change.idxmax()]} (+\u2060{money(change.max())})"
    assert title.startswith(f"Beside today savings change most for {most}")
    leaves = cash(plans["pooled"])["leaves"].sum()
    assert f"(today {money(now.sum())}), {money(leaves)} is cash that can leave a budget" in title


def test_figures_in_findings_are_those_of_the_tables_beside_them() -> None:
    plans = {name: northvale().plans[name] for name in ("today", "pooled")}
    purposes = money_by(plans, "purpose").figures
    most = (purposes["pooled"] - purposes["today"]).max()
    assert f"(+\u2060{money(1e6 * most)})" in all_drawn()["money"].title
    saved = savings({"pooled": plans["pooled"]})[0].whole()["Total"].iloc[-1]
    assert f"Of {money(1e6 * saved)} that services save in all" in all_drawn()["savings"].title


def test_the_marks_of_a_picture_tell_no_figure_that_is_not_rounded() -> None:
    for chart in all_drawn().values():
        named = set(re.findall(r'aria-label="([^"]*)"', chart.svg))
        told = [name for name in named if re.search(r"\d\.\d", name)]
        assert [name.rstrip(".") for name in told] in ([], [chart.title.rstrip(".")])


def test_small_panels_are_headed_by_names_as_people_write_them() -> None:
    svg = all_drawn()["savings"].svg
    for name in ("Councils", "Northvale NHS", "Board", "Northvale Police"):
        assert f">{name}<" in svg


def test_pictures_have_a_name_no_script_no_request_and_ids_of_their_own() -> None:
    ids: list[str] = []
    for key, chart in all_drawn().items():
        assert chart.svg.count('<svg role="img" aria-label="') == len(ROOMS)
        assert chart.svg.count(' role="') == len(ROOMS)  # no part is told beside the whole
        assert "<script" not in chart.svg
        links = re.findall(r'(?:href|src)="([^"]+)"', chart.svg)
        assert not [link for link in links if not link.startswith("#")]
        own = re.findall(r'id="([^"]+)"', chart.svg)
        assert all(name.startswith(f"{key}-") for name in own)
        ids += own
    assert len(ids) == len(set(ids))


def test_the_report_holds_every_chart_beside_its_table() -> None:
    page = reported("northvale")
    for key in ("money", "savings", "rules"):
        assert f'<figure id="chart-{key}">' in page
    assert page.count("<figcaption>") == 3


def test_without_the_packages_that_draw_the_report_says_the_same_in_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "find_spec", lambda name: None)
    assert drawn() == {}
    page = report(northvale())
    assert "<figure" not in page
    assert "Money by purpose" in page


def test_a_plan_without_savings_or_prices_has_no_such_charts() -> None:
    place = pb.example("toy_pooling")
    today = pb.simulate(place)
    assert set(charts.charts_of(today, today)) == set()


def test_the_report_explains_the_services_that_change_most_in_the_plans_own_words() -> None:
    page = reported("northvale")
    plans = northvale().plans
    now, then = (
        plans[name].money("service").set_index("service")["amount"] for name in ("today", "pooled")
    )
    most = str(then.sub(now, fill_value=0.0).abs().idxmax())
    said = plans["pooled"].explain(most).sentences
    told = unescape(page)
    assert "Why this much" in told
    assert said
    for sentence in said:
        assert sentence in told
