"""Every study has a page, a panel, a chart with its finding, and a workbook."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
import places
from answered import STUDIES, answer, page
from placebudget.pictures import ROOMS
from placebudget.plan.workbook_pages import MADE, NAMES
from placebudget.view import explained, report, study_page, study_panel, study_view
from placebudget.words import plain, sentence
from sheets import frames

pytestmark = pytest.mark.xdist_group("northvale")
WITHOUT_MONEY = ("excellence", "peer_support", "peer_challenge")
"""Studies of scores, days and dates."""


class Ids(HTMLParser):
    """Collects ids and what refers to them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.named: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key == "id":
                self.ids.append(str(value))
            if key in ("aria-labelledby", "aria-describedby"):
                self.named += str(value).split()


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_has_a_page_that_opens_from_disk(name: str) -> None:
    text = page(name)
    assert text.startswith("<!DOCTYPE html>")
    assert '<html lang="en-GB">' in text
    assert "<script" not in text
    assert not re.search(r"""(src|href)=["'](https?:)?//""", text)
    found = Ids(text)
    assert len(found.ids) == len(set(found.ids))
    assert set(found.named) <= set(found.ids)
    assert "nan" not in re.sub(r"<svg.*?</svg>|<style.*?</style>", "", text, flags=re.S).split()


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_has_a_chart_with_a_finding_and_the_table_it_draws(name: str) -> None:
    view = study_view(answer(name), "key")
    assert len(view.charts) == {
        "outlook": 3,
        "potential": 2,
        "reorganisation": 2,
        "uncertainty": 2,
        "exchange": 2,
    }.get(name, 1)
    chart = view.charts[0]
    assert chart.title.endswith(".")
    if name not in WITHOUT_MONEY:
        assert "£" in chart.title or "%" in chart.title
        assert "£" in chart.about or "pounds" in chart.about
    assert chart.svg.count("<svg") == len(ROOMS)
    assert view.grids
    assert all(grid.rows and grid.caption for grid in view.grids)
    assert all(len(row.cells) + 1 == len(grid.columns) for grid in view.grids for row in grid.rows)


@pytest.mark.parametrize("name", STUDIES)
def test_the_page_says_what_the_summary_says(name: str) -> None:
    text = unescape(page(name))
    if name != "potential":
        for line in answer(name).summary().splitlines()[1:]:
            assert line.removeprefix("- ") in text
    else:
        assert "Pools and ring-fences one by one" in text
        assert "With one ring-fence ended, the others kept, against best pooled" in text


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_has_a_workbook_with_a_sheet_a_table(name: str, tmp_path: Path) -> None:
    found = answer(name)
    sheets = frames(found.to_excel(tmp_path / f"{name}.xlsx"))
    names = [sentence(plain(title)) for title in found.tables]
    assert list(sheets) == [*names, MADE, NAMES]
    for title, frame in zip(names, found.tables.values(), strict=True):
        assert len(sheets[title]) == len(frame)


def test_panels_of_one_study_can_stand_in_one_page_twice() -> None:
    text = study_panel(answer("sharing")).html() + study_panel(answer("sharing")).html()
    ids = Ids(text).ids
    assert len(ids) == len(set(ids))
    assert "would have no incentive to take part" in text


def test_hostile_names_stay_names() -> None:
    rows = [("<script>alert(1)</script>", "pool", 3.0), ("pool", "=cmd()", 3.0)]
    text = study_page(pb.trace(pd.DataFrame(rows, columns=["start", "end", "amount"])))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_findings_are_what_the_studies_say() -> None:
    def finding(name: str) -> str:
        return study_view(answer(name)).charts[0].title

    told = "Toyland Council would get most by what each adds on average"
    assert finding("sharing").startswith(told)
    assert "£6.7 million" in finding("sharing")
    assert finding("risk_share") == "Of £12.00 overspent, £0.80 has no money behind it."
    assert finding("trace") == "Tax pays most for support: 60% of it."
    assert "£10 million" in finding("potential")


def test_the_finding_of_sharing_begins_with_a_capital_whatever_the_partner_is_called() -> None:
    toy = pb.example("toy_pooling")
    joined = toy.agencies.assign(partner=["carers", "carers", "police"])
    title = study_view(pb.sharing(toy.with_(agencies=joined), transfers=False)).charts[0].title
    assert title.startswith("Carers would get most by what each adds on average")


def test_small_prices_of_fairness_are_not_rounded_to_nothing() -> None:
    price = pd.DataFrame(
        [("equity floor", 50.0, "pounds", 1e6, 0.0012, 0.5, "hills")],
        columns=["rule", "level", "unit", "price", "share", "lowest_of_mean", "worst_area"],
    )
    found = answer("fairness")
    assert isinstance(found, pb.study.Fairness)
    view = study_view(replace(found, tables={**found.tables, "price": price}))
    row = next(grid for grid in view.grids if grid.caption == "The price of fairness").rows[0]
    assert row.cells == ("£1 million", "0.12%", "Hills", "50%")


@pytest.mark.parametrize("name", STUDIES)
def test_words_of_the_field_are_explained_where_they_are_used(name: str) -> None:
    text = page(name)
    told = unescape(text[text.rindex("What the words mean") :]) if "What the words" in text else ""
    body = text[: text.rindex("What the words mean")] if told else text
    for word, meaning in explained(body):
        assert meaning[1:] in told, word
    assert ("Shapley value" in told) == (name in ("sharing", "joining", "potential"))


def test_a_potential_without_parts_has_no_part_in_its_report() -> None:
    assert "Pools and ring-fences one by one" not in report(pb.potential(places.tiny()))
