"""Every study has a page, a panel, a chart with its finding, and a workbook."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
import places
from commissioned import homes, payrolls, youth
from placebudget.pictures import ROOMS
from placebudget.plan.result import Result
from placebudget.plan.workbook_pages import MADE, NAMES
from placebudget.study.tender import EXAMPLE_BIDS
from placebudget.view import explained, report, study_page, study_panel, study_view
from placebudget.words import plain, sentence
from planned import optimised, simulated
from sheets import frames
from succeeding import reorganised

STUDIES = (
    "sharing", "joining", "risk_share", "accounts", "trace", "fairness", "cycle", "outlook",
    "potential", "levels", "loan", "outcome_contract", "tender", "market", "rests_on",
    "alternatives", "frontier", "to_do", "changes", "section_75", "reorganisation",
)  # fmt: skip


@cache
def answer(name: str) -> Result:
    toy, northvale = pb.example("toy_pooling"), pb.example("northvale")
    if name == "sharing":
        return pb.sharing(toy)
    if name == "outcome_contract":
        return pb.study.outcome_contract(900, 120, baseline=800, cap=1e5, saving=500)
    if name == "market":
        return pb.study.market(homes(), pooling="aligned")
    if name == "tender":
        return pb.study.tender(EXAMPLE_BIDS, most_lots=1)
    if name == "loan":
        return pb.study.loan(2e6, grant=1e6, income=8e4, payments_left=6, discount_rate=0.06)
    if name == "levels":
        return pb.study.levels(youth(), pooling="aligned")
    if name == "reorganisation":
        return reorganised()
    if name == "alternatives":
        return pb.study.alternatives(toy)
    if name == "frontier":
        return pb.study.frontier(toy, aims=["public value", "money spent"])
    if name == "joining":
        return pb.study.joining(payrolls())
    if name == "risk_share":
        lines = pd.DataFrame(
            {"line": ["beds", "visits"], "budget": [50.0, 50.0], "actual": [62.0, 48.0]}
        )
        shares = pd.DataFrame(
            {"partner": ["council", "nhs"], "share": [40.0, 60.0], "cap": [2.0, None]}
        )
        return pb.risk_share(lines, shares, risk_pool=3)
    if name == "section_75":
        return pb.study.section_75(optimised("northvale"))
    if name == "accounts":
        return pb.accounts(simulated("northvale"))
    if name == "trace":
        rows = [("tax", "pool", 30.0), ("grant", "pool", 20.0), ("pool", "support", 40.0)]
        return pb.trace(pd.DataFrame(rows, columns=["start", "end", "amount"]))
    if name == "fairness":
        return pb.fairness(simulated("northvale"))
    if name == "cycle":
        policies = [
            pb.study.Policy("pooled"),
            pb.study.Policy("pooled", replan=True, evaluate=True),
        ]
        return pb.cycle(places.tiny(), policies=policies, runs=6)
    if name == "outlook":
        return pb.outlook(northvale, council_tax=0.01, plans=[simulated("northvale")])
    if name == "to_do":
        return northvale.to_do()
    if name == "changes":
        less = pb.Option("less").scale("funding", 0.9).scale("needs", 1.1)
        return pb.changes(northvale, less.apply(northvale))
    if name == "rests_on":
        plans = (optimised("toy_pooling", pooling=each) for each in ("freed", "aligned"))
        return pb.rests_on(*plans, most=1)
    return pb.potential(toy, pools=True, ring_fences=True, cuts=[0.1])


@cache
def page(name: str) -> str:
    found = answer(name)
    return report(found) if isinstance(found, pb.study.Potential) else study_page(found)


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
def test_every_study_has_a_page_that_opens_from_disk(name: str, tmp_path: Path) -> None:
    path = answer(name).to_html(tmp_path / f"{name}.html")
    text = path.read_text("utf-8")
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
    assert len(view.charts) == {"outlook": 3, "potential": 2, "reorganisation": 2}.get(name, 1)
    chart = view.charts[0]
    assert chart.title.endswith(".")
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
