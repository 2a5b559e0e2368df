"""The report on five plans, and the page of one: true to the plans, safe, accessible."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
import places
from placebudget.plan.explain.price_words import decided, sentence_on
from placebudget.study import TITLES, Potential
from placebudget.study.potential.plans_side_by_side import (
    CASHABLE,
    CASHABLE_AS_IT_FALLS,
    steps_between,
)
from placebudget.view import plan_page, report
from placebudget.view.front import front
from placebudget.view.panels import price_panel
from placebudget.view.plan_facts import dearest_sentences, known
from placebudget.view.tables import comparison
from placebudget.words import money
from planned import potential, reported
from proof import elsewhere

pytestmark = pytest.mark.xdist_group("northvale")

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """What a page consists of: tags with attributes, headings, tables, text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.rows: list[list[str]] = []
        self.caption = ""
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append((tag, ""))
        if tag == "table":
            self.rows, self.caption = [], ""
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} closes something else"
        if tag == "table":
            self.tables[self.caption.strip()] = self.rows

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside != "style":
            self.text += data
        if inside in ("h1", "h2", "h3", "h4"):
            tag, said = self.headings[-1]
            self.headings[-1] = (tag, said + data)
        if "caption" in self.open:
            self.caption += data
        elif inside in ("td", "th"):
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def found() -> Potential:
    return potential("northvale")


@pytest.fixture(scope="module", params=["report", "plan"])
def source(request: pytest.FixtureRequest, found: Potential) -> str:
    return reported("northvale") if request.param == "report" else plan_page(found.plans["pooled"])


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(reported("northvale"))


def test_every_sheet_stands_in_the_report_with_its_rounded_figures(
    page: Page, found: Potential
) -> None:
    for sheet in comparison(found.titled):
        written = page.tables[sheet.heading]
        texts = sheet.texts()
        assert written[0][1:] == [str(name) for name in texts.columns]
        assert [row[1:] for row in written[1:]] == texts.to_numpy().tolist()


def test_totals_in_the_report_are_the_plans_totals(page: Page, found: Potential) -> None:
    value = page.tables["Public value, all years, £ million"][-1]
    assert value[1:] == [f"{p.public_value() / 1e6:,.1f}" for p in found.plans.values()]
    for caption in (
        "Money by purpose, all years, £ million",
        "Money by agency that pays, all years, £ million",
    ):
        head, *body, total = page.tables[caption]
        assert head[1:] == list(TITLES.values())
        for column, plan in enumerate(found.plans.values(), start=1):
            shown = [float(row[column].replace(",", "")) for row in body]
            apart = sum(shown) - float(total[column].replace(",", ""))
            assert abs(apart) <= 0.05 * (len(shown) + 1)
            assert total[column] == f"{plan.money()['amount'].sum() / 1e6:,.1f}"


def test_the_first_part_answers_the_question_and_says_what_it_rests_on(
    page: Page, found: Potential
) -> None:
    first = page.text[: page.text.index("Where the money goes, now")]
    for said in (
        "What could Northvale (invented) gain",
        "This is a model. It ranks options",
        "The board decides.",
        "Every figure of its money is illustrative.",
        "Modelled potential",
        "minimum revenue provision",
        f"in {found.place.settings.price_base} prices",
        "Money is cash of its year",
        *TITLES.values(),
    ):
        assert said in first, said
    sentences = [found.sentence(*ends) for ends in steps_between(TITLES)]
    plain = first.replace("\u2060", "")
    assert all(sentence in plain for sentence in sentences)


def test_gains_between_aligned_and_pooled_add_up_to_the_difference(
    page: Page, found: Potential
) -> None:
    caption = "Who pays more and who gains, from best aligned to best pooled, all years, £ million"
    total = page.tables[caption][-1]
    columns = ["fiscal", "cashable"]
    aligned, pooled = (found.plans[name].savings()[columns].sum() for name in ("aligned", "pooled"))
    assert total[2:] == [f"{gain:.1f}" for gain in (pooled - aligned) / 1e6]


def test_savings_of_work_and_pensions_go_to_the_exchequer(page: Page) -> None:
    assert page.text.count("to the Exchequer") >= 5


def test_the_dearest_rules_are_sentences_with_their_basis(page: Page, found: Potential) -> None:
    dearest = found.plans["pooled"].prices().iloc[0]
    assert sentence_on(dearest, found.plans["pooled"].objective) in page.text
    assert f"Basis: {dearest['basis']}" in page.text


def test_what_the_pooled_plan_must_admit_stands_in_the_report_whole(
    page: Page, found: Potential
) -> None:
    assert ("h2", "What the best pooled plan must admit") in page.headings
    assert len(found.findings["pooled"]) > 20
    for sentence in found.findings["pooled"].sentences:
        assert " ".join(sentence.split()) in " ".join(page.text.split())


def test_a_page_says_that_findings_were_not_looked_for_without_the_place(tmp_path: Path) -> None:
    place = pb.example("toy_pooling")
    altered = place.with_(needs=place.needs.assign(people=1_000.0))
    plan = pb.optimise(altered, prices=False)
    assert "not looked for" not in plan_page(plan)
    read = pb.read_plan(plan.to_json(tmp_path / "a.plan.json"))
    assert "was not looked for" in plan_page(read)


def test_what_prices_take_as_decided_is_said_once_for_all_of_them(
    page: Page, found: Potential
) -> None:
    pooled = found.plans["pooled"]
    assert pooled.prices()["offers_held"].sum() > 1
    said = decided(pooled.prices().iloc[0])
    assert page.text.count(said) == 1
    assert price_panel(pooled).html().count(said) == 1


def test_cashable_savings_are_told_in_both_ways_and_each_is_found_again(
    page: Page, found: Potential
) -> None:
    rows = page.tables["Cashable savings in two ways, £ million"][1:]
    falls, discounted = (row for row in rows if ":" not in row[0])
    for column, (name, title) in enumerate(found.titled.items(), start=1):
        by_year = page.tables[f"Savings by agency and year as they fall, {name}, £ million"]
        assert by_year[-1][-1] == falls[column]
        exact = title.savings()["discounted_cashable"].sum() / 1e6
        assert discounted[column] == f"{exact:,.1f}"
    said = found.sentence("today", "pooled")
    for measure, way in ((CASHABLE, "discounted"), (CASHABLE_AS_IT_FALLS, "as they fall")):
        gain = found.between("today", "pooled", measure)
        assert f"{money(gain, signed=True)} {way}" in said


FIGURE = re.compile(
    r"[+−]?£[\d.,]*\d(?: (?:million|billion))?|[+−]?\d[\d.,]*%|\b\d{1,3}(?:,\d{3})+\b"
)


def pounds(text: str) -> float:
    """What a figure in words comes to, whatever its sign."""
    size = {"million": 1e6, "billion": 1e9}.get(text.split()[-1], 1.0)
    return size * float(re.sub(r"[^\d.]", "", text))


@pytest.mark.parametrize("name", ["northvale", "toy_pooling"])
def test_every_figure_of_the_first_page_is_found_in_what_stands_behind_it(name: str) -> None:
    """As it stands; of plans side by side, in their tables or as the change between two."""
    found = potential(name)
    page = Page(reported(name))
    text = page.text.replace("\u2060", "")
    behind = set(FIGURE.findall(text[text.index("Contents") :]))
    told = {
        float(cell.replace(",", "").replace("−", "-"))
        for title in (
            "Public value, all years, £ million",
            "Cashable savings in two ways, £ million",
        )
        for row in page.tables.get(title, [])[1:]
        for cell in row[1:]
    }
    apart = told | {abs(a - b) for a in told for b in told}
    missing = [
        (part.title, figure)
        for part in front(found)
        for line in part.lines
        if line != found.place.settings.description
        for figure in FIGURE.findall(line)
        if figure not in behind
        and not ("£" in figure and any(abs(pounds(figure) / 1e6 - one) < 0.11 for one in apart))
    ]
    assert missing == []


def test_who_gains_is_the_difference_of_the_tables_but_for_rounding(page: Page) -> None:
    head, *rows = page.tables[
        "Who pays more and who gains, from best aligned to best pooled, all years, £ million"
    ]
    assert head == [
        "agency",
        "change in money paid",
        "change in savings",
        "change in cashable savings",
    ]
    paid = page.tables["Money by agency that pays, all years, £ million"]
    saved = [
        page.tables[f"Savings by agency and year as they fall, {name}, £ million"]
        for name in ("Best aligned", "Best pooled")
    ]

    def cell(table: list[list[str]], label: str, column: str) -> float:
        row = next(row for row in table if row[0] == label)
        return float(row[table[0].index(column)].replace(",", ""))

    for label, *cells in rows[:-1]:
        shown = [float(each.replace("−", "-").replace(",", "")) for each in cells]
        wanted = [cell(paid, label, "Best pooled") - cell(paid, label, "Best aligned")]
        for column in ("Total", "cashable"):
            wanted.append(cell(saved[1], label, column) - cell(saved[0], label, column))
        assert shown == pytest.approx(wanted, abs=0.1 + 1e-9)


def test_words_of_the_field_are_explained_at_the_end(source: str) -> None:
    text = Page(source).text
    words = text[text.rindex("What the words mean") :]
    for said in ("Public value", "Cashable", "Discounted", "As they fall"):
        assert said in words
    assert "Shapley value" not in words


def test_a_rule_that_binds_in_many_places_is_told_once_with_how_often() -> None:
    plan = pb.simulate(pb.example("toy_pooling"))
    said = {"unit": "£1 million", "holds_for": np.inf, "tightening": np.nan}
    lock = {"kind": "lock", "name": "kept", "basis": "policy", **said}
    least = {"kind": "contribution minimum", "name": "pool", "basis": "agreement", **said}
    rows = [
        {**lock, "where": "a", "relaxing": 3.0, "limit": "lock a"},
        {**lock, "where": "b", "relaxing": 2.0, "limit": "lock b"},
        {**least, "where": "x", "relaxing": 1.5, "limit": "least x"},
        {**least, "where": "y", "relaxing": 1.0, "limit": "least y"},
        {**lock, "where": "b", "relaxing": 0.0, "limit": "nothing"},
    ]
    prices = pd.DataFrame(rows).assign(relaxing_rate=0.0, step=1.0)
    told = dearest_sentences(replace(plan, tables={**plan.tables, "prices": prices}))
    gain = "by £1 million would gain £{} of public value. Basis"
    assert told == [
        f"Relaxing lock a {gain.format(3)}: policy. The same limit has one more price, "
        "for another service or place.",
        f"Relaxing least x {gain.format(2)}: agreement.",
        f"Relaxing least y {gain.format(1)}: agreement.",
    ]


def test_assumptions_name_their_sources_and_the_run_its_versions(
    page: Page, found: Potential
) -> None:
    sources = [row[0] for row in page.tables["Sources"][1:]]
    assert sources == found.place.sources["title"].tolist()
    assert found.place.digest in page.text
    versions = {row[0]: row[1:] for row in page.tables["Run record"]}
    pulp = found.plans["pooled"].run["versions"]["pulp"]
    assert versions["version of pulp"] == [pulp] * 5


def test_what_today_does_not_keep_is_said() -> None:
    found = potential("toy_pooling")
    plans = dict(found.plans)
    today = plans["today"]
    run = {**today.run, "rules_not_kept": ["the rule x needs <more>"]}
    text = report(Potential(found.place, {**plans, "today": replace(today, run=run)}))
    assert "The rule x needs &lt;more&gt;" in text


def test_headings_go_down_one_level_at_a_time(source: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(source).headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_have_captions_scopes_and_a_region_that_scrolls(source: str) -> None:
    page = Page(source)
    tables = [attrs for tag, attrs in page.tags if tag == "table"]
    captions = [attrs for tag, attrs in page.tags if tag == "caption"]
    assert len(tables) == len(captions) == len(page.tables) > 3
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    regions = [attrs for tag, attrs in page.tags if attrs.get("role") == "region"]
    assert {attrs["aria-labelledby"] for attrs in regions} == {c["id"] for c in captions}
    assert all(attrs["tabindex"] == "0" for attrs in regions)


def test_every_reference_inside_the_page_has_its_goal_once(source: str) -> None:
    tags = Page(source).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {str(attrs.get("aria-labelledby")) for _, attrs in tags if "aria-labelledby" in attrs}
    links = {str(attrs["href"])[1:] for tag, attrs in tags if tag == "a"}
    assert named | links <= set(ids)
    assert "main" in links


def test_the_page_says_its_language_and_title(source: str) -> None:
    page = Page(source)
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert "title" in {tag for tag, _ in page.tags}
    assert page.headings[0][1]


def _only_the_drawing_is_a_script(page: Page) -> None:
    """A report has none; a plan's page its drawing, and a policy that allows that alone."""
    scripts = [attrs["type"] for tag, attrs in page.tags if tag == "script"]
    policies = [attrs["content"] for tag, attrs in page.tags if "http-equiv" in attrs]
    assert scripts in ([], ["application/json", "module"])
    assert len(policies) == bool(scripts)
    for policy in policies:
        assert "default-src 'none'; script-src 'sha256-" in policy
    assert [attrs["href"] for tag, attrs in page.tags if tag == "link"] in ([], ["data:,"])


def test_nothing_comes_from_elsewhere_and_no_script_runs_but_the_drawing(source: str) -> None:
    page = Page(source)
    _only_the_drawing_is_a_script(page)
    assert not {"iframe", "img", "object", "form"} & {t for t, _ in page.tags}
    assert not [a for _, attrs in page.tags for a in attrs if a == "src" or a.startswith("on")]
    assert not re.search(r"url\(|@import|https?://", source.split("</style>")[0])


@elsewhere("tests/view/test_hostile_names.py")
def test_names_are_escaped_wherever_they_stand(tmp_path: Path) -> None:
    evil = '<script>alert("1")</script>'
    place = places.tiny(
        agencies=[
            {"agency": "council", "name": evil, "sector": "council"},
            {"agency": "nhs", "name": "&amp; <b>", "sector": "nhs"},
        ],
        outcomes=[{**row, "name": evil, "unit": evil} for row in places.rows_of("outcomes")],
        sources=[{"source": "made_up", "title": evil, "publisher": "'\"><img src=x onerror=y>"}],
        pools=[{**places.rows_of("pools")[0], "name": evil}],
        services=[{**row, "name": evil, "purpose": evil} for row in places.rows_of("services")],
    )
    four = pb.potential(place)
    for text in (report(four), plan_page(four.plans["pooled"])):
        page = Page(text)
        _only_the_drawing_is_a_script(page)
        assert "img" not in {tag for tag, _ in page.tags}
        assert evil in page.text
        assert "&amp; <b>" in page.text


def test_a_place_that_saves_nobody_money_has_its_report() -> None:
    text = report(pb.potential(places.tiny(savings=None)))
    assert "No outcome of this place saves any agency money." in text


def test_a_file_opens_from_disk_and_is_written_whole(tmp_path: Path, found: Potential) -> None:
    file = found.to_html(tmp_path / "deep" / "report.html")
    assert isinstance(file, Path)
    assert file.read_text("utf-8") == reported("northvale")
    plan = found.plans["freed"].to_html(tmp_path / "freed.html")
    assert isinstance(plan, Path)
    assert plan.read_text("utf-8") == plan_page(found.plans["freed"])


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ({}, "There is no money that comes in."),
        ({"published": 5.0}, "All of the £5 that comes in is published."),
        ({"not stated": 5.0}, "All of the £5 that comes in is not stated."),
        (
            {"derived": 25e6, "published": 75e6},
            "Of £100 million that comes in, 75% is published and 25% is derived.",
        ),
    ],
)
def test_how_the_money_is_known_is_a_sentence(figures: dict[str, float], says: str) -> None:
    assert known(figures) == says


def test_what_comes_back_of_a_pool_less_what_is_paid_in_says_what_its_sign_means(
    page: Page, found: Potential
) -> None:
    head, *rows = page.tables["What is paid into pools, and what they pay for"]
    at = head.index("back less paid in")
    assert [row[at] for row in rows if row[1] == "Northvale Police"]
    assert "below nought where it pays in more than it gets back" in page.text
