"""Options: what they change, what they leave alone, what they refuse."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.place.options import Scale, option_document, read_document
from places import POWER, YEARS, rows_of, tiny

FIRST, SECOND = YEARS


def figures(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns as tuples, blanks as None."""
    plain = table[list(columns)].astype(object)
    return [tuple(None if pd.isna(v) else v for v in row) for row in plain.to_numpy()]


def apply(option: pb.Option, **tables: Any) -> pb.Place:
    return option.apply(tiny(**tables))


def refused(option: pb.Option, place: pb.Place | None = None) -> str:
    with pytest.raises(pb.errors.InvalidOption) as caught:
        option.apply(place or tiny())
    return str(caught.value)


def test_figures_are_scaled_in_the_rows_that_are_meant_only() -> None:
    place = apply(pb.Option("more").scale("funding", 1.5, stream="nhs_core", year=SECOND))
    assert figures(place.funding, "stream", "year", "amount") == [
        ("council_tax", FIRST, 10e6),
        ("council_tax", SECOND, 10e6),
        ("nhs_core", FIRST, 20e6),
        ("nhs_core", SECOND, 30e6),
    ]


def test_rows_are_picked_by_a_column_of_the_table_they_refer_to() -> None:
    place = apply(pb.Option("more").scale("funding", 2, agency="nhs"))
    assert place.funding["amount"].tolist() == [10e6, 10e6, 40e6, 40e6]


def test_rows_are_picked_through_two_tables_and_by_a_default() -> None:
    by_sector = apply(pb.Option("more").scale("funding", 2, sector=["nhs", "council"]))
    assert by_sector.funding["amount"].tolist() == [20e6, 20e6, 40e6, 40e6]
    revenue = apply(pb.Option("more").scale("funding", 2, kind="revenue"))
    assert revenue.funding["amount"].tolist() == by_sector.funding["amount"].tolist()


def test_a_column_that_two_tables_have_is_not_guessed() -> None:
    text = "kind of services .through service. and streams .through stream."
    with pytest.raises(pb.errors.InvalidOption, match=text):
        pb.Option("x").scale("today", 2, kind="revenue")


def test_the_place_given_stays_as_it_is() -> None:
    place = tiny()
    digest = place.digest
    pb.Option("more").scale("funding", 2).remove("contributions").apply(place)
    assert pb.Place(place.settings, place.tables).digest == digest


def test_funding_of_todays_year_is_scaled_only_where_it_is_named() -> None:
    settings = pb.place.Settings(name="tiny", years=YEARS, today_year="2026-27")
    funding = [*rows_of("funding"), {"stream": "nhs_core", "year": "2026-27", "amount": 1e6}]
    place = tiny(settings, funding=funding)
    assert pb.Option("x").scale("funding", 2).apply(place).funding["amount"].iloc[-1] == 1e6
    named = pb.Option("x").scale("funding", 2, year="2026-27").apply(place)
    assert named.funding["amount"].tolist() == [10e6, 10e6, 20e6, 20e6, 2e6]


def test_a_blank_cell_is_scaled_from_its_default_and_without_one_stays_blank() -> None:
    weights = apply(pb.Option("x").scale("outcomes", 3, "weight"))
    assert weights.outcomes["weight"].tolist() == [3.0, 3.0]
    limits = [
        {**row, "maximum": m} for row, m in zip(rows_of("contributions"), (5e6, None), strict=True)
    ]
    place = apply(pb.Option("x").scale("contributions", 2, "maximum"), contributions=limits)
    assert figures(place.contributions, "maximum") == [(10e6,), (None,)]


def test_scaling_nothing_but_blanks_is_an_error() -> None:
    assert "set it instead" in refused(pb.Option("x").scale("contributions", 2, "maximum"))


def test_a_blank_year_is_written_out_by_year_where_a_year_is_named() -> None:
    place = apply(pb.Option("x").scale("needs", 2, service="treatment", year=SECOND))
    assert figures(place.needs, "service", "year", "people") == [
        ("prevention", None, 12_000),
        ("treatment", FIRST, 12_000),
        ("treatment", SECOND, 24_000),
    ]


def test_a_blank_year_stands_only_for_years_without_a_row_of_their_own() -> None:
    needs = [*rows_of("needs"), {"service": "treatment", "year": FIRST, "people": 7}]
    place = apply(pb.Option("x").scale("needs", 2, service="treatment", year=FIRST), needs=needs)
    assert figures(place.needs, "service", "year", "people") == [
        ("prevention", None, 12_000),
        ("treatment", None, 12_000),
        ("treatment", FIRST, 14),
    ]


def test_an_area_that_is_blank_and_the_root_are_one_when_years_are_counted() -> None:
    areas = [{"area": "all", "population": 9}]
    needs = [
        {"service": "treatment", "people": 5},
        {"service": "treatment", "area": "all", "year": FIRST, "people": 7},
        {"service": "prevention", "people": 5},
    ]
    option = pb.Option("x").scale("needs", 2, service="treatment", year=FIRST)
    place = apply(option, areas=areas, needs=needs)
    assert figures(place.needs, "year", "people") == [(None, 5), (FIRST, 14), (None, 5)]


def test_at_risk_of_one_year_is_written_out_over_the_appraisal_years() -> None:
    settings = pb.place.Settings(name="tiny", years=YEARS, appraisal_years=3)
    at_risk = [{"outcome": "admissions", "most": 10}]
    option = pb.Option("x").set("at_risk", "most", 4, outcome="admissions", year="2029-30")
    place = option.apply(tiny(settings, at_risk=at_risk))
    assert figures(place.at_risk, "year", "most") == [(FIRST, 10), (SECOND, 10), ("2029-30", 4)]


def test_rows_without_a_year_can_be_named_as_blank() -> None:
    place = apply(pb.Option("x").set("needs", "people", 1, service="treatment", year=None))
    assert figures(place.needs, "year", "people") == [(None, 12_000), (None, 1)]


def test_writing_out_a_blank_year_changes_no_plan() -> None:
    place = pb.example("northvale")
    option = pb.Option("written out")
    for table, column in (("needs", "people"), ("rules", "amount"), ("contributions", "minimum")):
        option = option.scale(table, 1.0, column, year="2028-29")
    fewer = place.rules[place.rules["kind"] != "no_worse_off"]
    place = place.with_(rules=fewer)
    changed = option.apply(place)
    assert len(changed.rules) > len(place.rules)
    assert len(changed.needs) > len(place.needs)
    before = pb.optimise(place, prices=False)
    after = pb.optimise(changed, prices=False)
    pd.testing.assert_frame_equal(before.money(), after.money())


RULES = [
    {
        "rule": "duty",
        "kind": "floor",
        "subject": "service=treatment",
        "amount": 1e6,
        "basis": "law",
    },
    {
        "rule": "wish",
        "kind": "cap",
        "subject": "service=treatment",
        "amount": 9e6,
        "basis": "policy",
    },
]


def test_a_rule_of_each_year_is_split_into_rules_of_a_year() -> None:
    place = apply(pb.Option("x").set("rules", "amount", 2e6, rule="wish", year=SECOND), rules=RULES)
    assert figures(place.rules, "rule", "year", "amount")[1:] == [
        ("wish_2027_28", FIRST, 9e6),
        ("wish_2028_29", SECOND, 2e6),
    ]


def test_a_rule_can_be_removed_in_one_year() -> None:
    place = apply(pb.Option("x").remove("rules", rule="wish", year=FIRST), rules=RULES)
    assert figures(place.rules, "rule", "year") == [("duty", None), ("wish_2028_29", SECOND)]


def test_a_rule_that_was_split_still_answers_to_its_name() -> None:
    option = (
        pb.Option("x")
        .set("rules", "amount", 2e6, rule="wish", year=SECOND)
        .set("rules", "amount", 3e6, rule="wish", year=FIRST)
        .scale("rules", 2, rule="wish")
    )
    assert apply(option, rules=RULES).rules["amount"].tolist() == [1e6, 6e6, 4e6]


def test_a_key_that_a_split_rule_would_take_is_not_taken() -> None:
    rules = [*RULES, {**RULES[1], "rule": "wish_2027_28", "year": FIRST}]
    place = tiny(rules=rules)
    text = refused(pb.Option("x").remove("rules", rule="wish", year=SECOND), place)
    assert "there is a rule wish_2027_28 already" in text


def test_a_rule_over_all_years_together_has_no_single_year() -> None:
    rules = [{"rule": "fair", "kind": "no_worse_off", "subject": "agency=nhs", "basis": "policy"}]
    text = refused(pb.Option("x").remove("rules", rule="fair", year=FIRST), tiny(rules=rules))
    assert "no row whose year is 2027-28" in text


@pytest.mark.parametrize(
    "option",
    [
        pb.Option("x").remove("rules", rule="duty"),
        pb.Option("x").remove("rules"),
        pb.Option("x").scale("rules", 0.9, rule="duty"),
        pb.Option("x").set("rules", "amount", 1, rule="duty"),
        pb.Option("x").set("rules", "basis", "policy", rule="duty"),
        pb.Option("x").set("rules", "subject", "service=prevention", rule="duty"),
        pb.Option("x").remove("rules", rule="duty", year=FIRST),
    ],
)
def test_a_rule_of_law_is_never_relaxed(option: pb.Option) -> None:
    text = refused(option, tiny(rules=RULES))
    assert "duty" in text
    assert "never relaxes a rule whose basis is law" in text


def test_a_rule_of_law_may_ask_for_more_and_other_rules_for_less() -> None:
    option = pb.Option("x").scale("rules", 2, rule="duty").scale("rules", 2, rule="wish")
    assert apply(option, rules=RULES).rules["amount"].tolist() == [2e6, 18e6]
    text = refused(pb.Option("x").scale("rules", 2), tiny(rules=[{**RULES[1], "basis": "law"}]))
    assert "would relax wish" in text


def test_ring_fences_pools_and_offers_change() -> None:
    fence = [{"stream": "nhs_core", "purpose": "health_care"}]
    option = (
        pb.Option("x")
        .end_ring_fence("nhs_core")
        .ring_fence("council_tax", "public_health", "health_care")
        .leave_pool("shared", agency="nhs")
        .add("offers", offer="treatment_trust", service="treatment", unit_cost=1_900)
        .remove("offers", offer="prevention_in_house")
    )
    place = apply(option, ring_fences=fence)
    assert figures(place.ring_fences, "stream", "purpose") == [
        ("council_tax", "public_health"),
        ("council_tax", "health_care"),
    ]
    assert figures(place.contributions, "stream") == [("council_tax",)]
    assert place.offers["offer"].tolist() == ["treatment_in_house", "treatment_trust"]
    joined = pb.Option("y").join_pool("shared", "nhs_core", maximum=5e6, legal_power=POWER)
    assert figures(joined.apply(place).contributions, "stream", "maximum")[1] == ("nhs_core", 5e6)


def test_a_stream_can_leave_a_pool_for_one_year() -> None:
    place = apply(pb.Option("x").leave_pool("shared", stream="nhs_core", year=SECOND))
    assert figures(place.contributions, "stream", "year") == [
        ("council_tax", None),
        ("nhs_core", FIRST),
    ]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (pb.Option("x").scale("funding", 2, stream="nhs_cor"), "Did you mean nhs_core?"),
        (pb.Option("x").scale("funding", 2, year="2031-32"), "There: 2027-28, 2028-29."),
        (pb.Option("x").scale("funding", 2, stream=["nhs_core", "tax"]), "stream is tax"),
        (pb.Option("x").scale("needs", 2, year="2031-32"), "no row whose year is 2031-32"),
        (pb.Option("x").end_ring_fence("nhs_core"), "no row whose stream is nhs_core"),
        (pb.Option("x").remove("rules"), "the table has no rows"),
        (
            pb.Option("x").scale("today", 2, service="prevention", stream="nhs_core"),
            "no row of today is meant where service is prevention and stream is nhs_core",
        ),
    ],
)
def test_a_change_that_meets_nothing_names_itself_and_what_is_there(
    option: pb.Option, said: str
) -> None:
    text = refused(option)
    assert said in text
    assert f"change 1 ({option.changes[0]})" in text
    assert "the option 'x' does not fit the place 'tiny'" in text


def test_all_changes_that_do_not_fit_are_named_at_once() -> None:
    text = refused(pb.Option("x").end_ring_fence("nhs_core").remove("rules").scale("needs", 2))
    assert "change 1" in text
    assert "change 2" in text
    assert "change 3" not in text


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (pb.Option("x").set("services", "nature", "preventative"), "Did you mean preventive?"),
        (pb.Option("x").set("services", "commissioner", None), "The cell is blank"),
        (pb.Option("x").scale("savings", 4, "cashable"), "not between 0 and 1"),
        (pb.Option("x").set("offers", "unit_cost", -1), "unit_cost"),
        (pb.Option("x").add("funding", stream="nhs_core", year=FIRST, amount=1), "already"),
        (pb.Option("x").add("funding", stream="nhs_core", amount=1), "The cell is blank"),
    ],
)
def test_values_that_the_schema_does_not_allow_are_refused(option: pb.Option, said: str) -> None:
    assert said in refused(option)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: pb.Option("x").scale("fundings", 2), "Did you mean funding?"),
        (lambda: pb.Option("x").scale("offers", 2, "unit_costs"), "Did you mean unit_cost?"),
        (lambda: pb.Option("x").scale("offers", 2), "say which column of offers"),
        (lambda: pb.Option("x").scale("offers", 2, "provider"), "no figures that can be scaled"),
        (lambda: pb.Option("x").scale("needs", -1), "0 or more"),
        (lambda: pb.Option("x").scale("needs", "2"), "a factor is a number"),
        (lambda: pb.Option("x").scale("needs", float("nan")), "0 or more"),
        (lambda: pb.Option("x").scale("needs", 2, servic="a"), "Did you mean service?"),
        (lambda: pb.Option("x").scale("needs", 2, year="2027-29"), "does not span one year"),
        (lambda: pb.Option("x").scale("needs", 2, service=[]), "no value is given"),
        (lambda: pb.Option("x").set("needs", "people", "many"), "is not a number"),
        (lambda: pb.Option("x").set("needs", "people", [1, 2]), "one value, not a list"),
        (lambda: pb.Option("x").set("needs", "service", "y"), "part of the key"),
        (lambda: pb.Option("x").add("needs"), "no row is given"),
        (lambda: pb.Option("x").add("needs", persons=3), "no column 'persons'"),
        (lambda: pb.Option("  "), "an option needs a name"),
    ],
)
def test_a_change_that_can_never_fit_is_refused_when_it_is_written(make: Any, said: str) -> None:
    with pytest.raises(pb.errors.InvalidOption, match=said.replace("?", r"\?")):
        make()


def test_options_are_frozen_and_compose() -> None:
    first, second = pb.Option("a", "First.").scale("needs", 2), pb.Option("b").scale("needs", 3)
    both = first + second
    assert (both.name, both.description) == ("a + b", "First.")
    assert both.apply(tiny()).needs["people"].tolist() == [72_000, 72_000]
    assert both.apply(tiny()) == second.apply(first.apply(tiny()))
    assert len(first.changes) == 1
    assert hash(first) == hash(pb.Option("a", "First.").scale("needs", 2.0))


def test_a_place_knows_where_it_comes_from() -> None:
    place = pb.example("toy_pooling")
    first, second = pb.Option("a").scale("needs", 2), pb.Option("b").scale("needs", 3)
    changed = place.with_option(first).with_option(second)
    assert changed.origin.path == "toy_pooling"
    assert changed.origin.base == place
    assert changed.origin.option == first + second
    assert changed.with_(rules=None).origin == type(changed.origin)()


EVERYTHING = (
    pb.Option("Everything at once", "All kinds of change.")
    .scale("funding", 1.25, stream="nhs_core", year=[FIRST, SECOND])
    .set("contributions", "stays_in_area", True, pool="shared")
    .set("contributions", "maximum", None)
    .add("rules", RULES[0], RULES[1])
    .remove("needs", service="treatment", year=SECOND)
)


def test_an_option_is_the_same_after_json() -> None:
    document = json.loads(json.dumps(option_document(EVERYTHING)))
    assert read_document(document, "x.json") == EVERYTHING


@pytest.mark.parametrize("form", ["folder", "place.zip", "place.xlsx"])
def test_options_are_stored_beside_the_place_and_read_back(tmp_path: Path, form: str) -> None:
    path = tiny().write(tmp_path / form)
    assert pb.read(path).options() == {}
    EVERYTHING.save(path)
    less = pb.Option("Less need").scale("needs", 0.5)
    less.save(path)
    EVERYTHING.save(path)
    place = pb.read(path)
    assert place == tiny()
    assert place.options() == {"Everything at once": EVERYTHING, "Less need": less}
    assert place.with_option("less_need").needs["people"].tolist() == [6_000, 6_000]


@pytest.mark.parametrize("form", ["folder", "place.zip"])
def test_writing_a_place_again_keeps_its_options(tmp_path: Path, form: str) -> None:
    path = tiny().write(tmp_path / form)
    EVERYTHING.save(path)
    tiny(rules=RULES).write(path)
    place = pb.read(path)
    assert len(place.rules) == 2
    assert list(place.options()) == ["Everything at once"]


def test_options_are_found_in_an_archive_that_holds_a_folder(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path / "my_place")
    EVERYTHING.save(folder)
    with zipfile.ZipFile(tmp_path / "sent.zip", "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(tmp_path))
    place = pb.read(tmp_path / "sent.zip")
    assert list(place.options()) == ["Everything at once"]
    pb.Option("Other").scale("needs", 2).save(tmp_path / "sent.zip")
    assert list(place.options()) == ["Everything at once", "Other"]


def test_an_option_is_stored_only_beside_a_place(tmp_path: Path) -> None:
    with pytest.raises(pb.errors.InvalidOption, match="write the place first"):
        EVERYTHING.save(tmp_path / "nowhere")


def test_two_options_do_not_share_a_file(tmp_path: Path) -> None:
    path = tiny().write(tmp_path / "place")
    pb.Option("Less need").scale("needs", 0.5).save(path)
    with pytest.raises(pb.errors.InvalidOption, match="holds the option 'Less need'; rename"):
        pb.Option("less need!").scale("needs", 0.5).save(path)


def test_a_stored_option_that_is_not_there_is_named() -> None:
    with pytest.raises(pb.WrongArgument, match="no option 'frugal' is stored"):
        pb.example("toy_pooling").with_option("frugal")
    with pytest.raises(pb.errors.InvalidOption, match="not 3"):
        pb.example("toy_pooling").with_option(3)  # type: ignore[arg-type]


def broken(**parts: Any) -> dict[str, Any]:
    return {**option_document(pb.Option("x").scale("needs", 2, service="treatment")), **parts}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "Not JSON"),
        ("[" * 100_000, "Not JSON"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ("[]", "It holds no object"),
        ("{}", "It does not say that it is an option"),
        (broken(format={"name": "placebudget-option", "version": 9}), "Version 9 is unknown"),
        (broken(nmae="x"), "Did you mean name?"),
        (broken(name=3), "3 is not text"),
        (broken(name="--"), "an option needs a name"),
        (broken(changes={}), "The changes are not a list"),
        (broken(changes=[3]), "3 is not an object"),
        (broken(changes=[{"change": "scales"}]), "Did you mean scale?"),
        (broken(changes=[{"change": "remove", "table": "needs"}]), "change 1, where"),
        (broken(changes=[{"change": "remove", "table": "needs", "where": []}]), "not an object"),
        (broken(changes=[{"change": "add", "table": "needs", "rows": [1]}]), "list of objects"),
        (
            broken(changes=[{"change": "remove", "table": "need", "where": {}}]),
            "Did you mean needs?",
        ),
        (
            broken(changes=[{"change": "remove", "table": "needs", "where": {"service": {}}}]),
            "not by a mapping",
        ),
    ],
)
def test_a_file_that_is_no_option_is_told_in_words(
    tmp_path: Path, content: str | dict[str, Any], said: str
) -> None:
    path = tiny().write(tmp_path / "place")
    (path / "options").mkdir()
    text = content if isinstance(content, str) else json.dumps(content)
    (path / "options" / "broken.json").write_text(text, "utf-8")
    place = pb.read(path)
    with pytest.raises(pb.errors.InvalidOption) as caught:
        place.options()
    assert said in str(caught.value)
    assert "options/broken.json" in str(caught.value)
    assert caught.value.findings


def test_a_change_can_be_written_by_itself() -> None:
    change = Scale("needs", "people", {"service": "treatment"}, 2)  # type: ignore[arg-type]
    assert pb.Option("x", changes=(change,)) == pb.Option("x").scale(
        "needs", 2, service="treatment"
    )


@pytest.mark.parametrize("kind", ["flor", None])
def test_a_rule_of_a_kind_that_there_is_not_is_refused_in_words(kind: str | None) -> None:
    place = tiny(rules=[{**RULES[1], "basis": "law", "kind": kind, "year": None}])
    option = pb.Option("x").set("rules", "amount", 1.0, year=place.years[0])
    assert "rules, row 3, kind: " in refused(option, place)
