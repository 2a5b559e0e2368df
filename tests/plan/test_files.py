"""Plans as files: written whole, read back equal, and refused in words."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

import placebudget as pb
import places
from placebudget.plan.columns import LABEL_TABLES, PLAN_TABLES, TEXT
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.record.files import plan_text
from placebudget.plan.record.record import method_in_words
from placebudget.plan.workbook import facts
from planned import optimised, potential, simulated
from proof import ALL

SCHEMA = json.loads((files("placebudget.plan.record") / "plan.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def plan() -> pb.Plan:
    return pb.optimise(places.tiny(), pooling="pooled")


@pytest.fixture(scope="module")
def text(plan: pb.Plan) -> str:
    return plan_text(plan)


@pytest.fixture
def broken(text: str, tmp_path: Path) -> Callable[..., str]:
    """Change the document of a plan and say what reading it complains about."""

    def complaint(change: Callable[[dict[str, Any]], object]) -> str:
        document = json.loads(text)
        change(document)
        file = tmp_path / "broken.plan.json"
        file.write_text(json.dumps(document), "utf-8")
        with pytest.raises(pb.errors.UnreadablePlan) as error:
            pb.read_plan(file)
        return str(error.value)

    return complaint


@pytest.fixture(scope="module")
def freed() -> pb.Plan:
    """A plan in whose file streams share, and years stand beside each other."""
    return optimised("northvale", pooling="freed", prices=False)


def raw(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(pb.errors.UnreadablePlan) as error:
        pb.read_plan(path)
    return str(error.value)


@pytest.mark.xdist_group("northvale")
@pytest.mark.parametrize("pooling", ["aligned", "pooled", "freed"])
@pytest.mark.parametrize("name", ["toy_pooling", "northvale"])
def test_what_is_written_reads_back_equal(name: str, pooling: str, tmp_path: Path) -> None:
    plan = potential(name).plans[pooling]
    assert plan.tables["prices"].empty or plan.tables["prices"]["tightening"].isna().any()
    back = pb.read_plan(plan.to_json(tmp_path / "best.plan.json"))
    assert back == plan
    pd.testing.assert_frame_equal(back.money(["agency", "year"]), plan.money(["agency", "year"]))
    assert back.public_value() == plan.public_value()


def test_today_reads_back_equal_with_the_rules_it_does_not_keep(tmp_path: Path) -> None:
    today = simulated("northvale")
    assert pb.read_plan(today.to_json(tmp_path / "today.plan.json")) == today


def test_figures_without_end_and_figures_that_do_not_exist_read_back(
    plan: pb.Plan, tmp_path: Path
) -> None:
    row = dict.fromkeys(PLAN_TABLES["prices"], "x") | {
        "step": 1.0,
        "relaxing": math.inf,
        "relaxing_rate": 1.0,
        "holds_for": math.inf,
        "tightening": math.nan,
        "tightening_rate": math.nan,
        "tightening_holds_for": math.nan,
        "offers_held": False,
        "steps_held": False,
    }
    prices = pd.DataFrame([row]).astype(dict(PLAN_TABLES["prices"]))
    run = {**plan.run, "gap": math.inf, "benchmarks": {"nhs": {"savings": -math.inf}}}
    odd = replace(plan, tables={**plan.tables, "prices": prices}, run=run)
    assert "NaN" not in plan_text(odd)
    assert "Infinity" not in plan_text(odd)
    assert pb.read_plan(odd.to_json(tmp_path / "odd.plan.json")) == odd


def test_numbers_from_numpy_in_the_run_record_are_plain_numbers(plan: pb.Plan) -> None:
    run = {**plan.run, "gap": np.float64(0.5), "decisions_fixed": np.bool_(True)}
    document = json.loads(plan_text(replace(plan, run=run)))
    assert (document["run"]["gap"], document["run"]["decisions_fixed"]) == (0.5, True)


def test_a_plan_says_which_method_solved_it_and_at_which_sizes_it_was_the_fastest(
    plan: pb.Plan,
) -> None:
    method = {"name": "simplex", "whole_numbers": False, "compared": [69_943, 1_049_145]}
    assert json.loads(plan_text(plan))["run"]["method"] == method
    words = dict(facts(plan))["method"]
    assert words.startswith("the simplex method, the fastest where methods were compared")
    assert words.endswith(f"columns; this programme has {plan.run['variables']}")
    # At the size of a nation a summary says it, and whether more was ever compared.
    assert "solved by" not in plan.summary()
    for columns, larger in ((1_000_000, False), (2_000_000, True)):
        national = replace(plan, run={**plan.run, "variables": columns})
        assert f"solved by {words[:50]}" in national.summary()
        assert ("is larger than any of these" in national.summary()) is larger
    decided = {**plan.run, "method": {**method, "whole_numbers": True}}
    assert method_in_words(decided).startswith("branch and bound by the simplex method")
    other = {**plan.run, "solver": "CBC", "method": {**method, "name": ""}}
    assert method_in_words(other) == "the one that CBC chooses"
    for spoilt in (None, "simplex", {}, {**method, "compared": ["a", 1]}, {**method, "name": 3}):
        assert method_in_words({**plan.run, "method": spoilt}) == ""


def test_names_in_any_script_and_with_any_mark_read_back(tmp_path: Path) -> None:
    council = {"agency": "council", "name": 'Ynys Môn "<script>" 島\u2028', "sector": "council"}
    agencies = [council, {"agency": "nhs", "name": "NHS", "sector": "nhs"}]
    plan = pb.simulate(places.tiny(agencies=agencies))
    back = pb.read_plan(plan.to_json(tmp_path / "names.plan.json"))
    assert back == plan
    assert council["name"] in set(back.labels["agencies"]["name"])


def test_the_file_has_the_keys_that_others_rely_on(plan: pb.Plan) -> None:
    document = json.loads(plan_text(plan))
    assert document["format"] == {"name": "placebudget-plan", "version": 2}
    assert set(document["objective"]) == {"name", "unit", "value"}
    assert {"versions", "solver", "options", "seconds", "inputs"} <= set(document["run"])
    money = document["money"]
    assert money["columns"] == ["stream", "route", "service", "area", "amount"]
    given = (row[4] if isinstance(row[4], list) else [row[4]] * 2 for row in money["rows"])
    amounts = [amount for by_year in given for amount in by_year if amount is not None]
    assert sum(amounts) == pytest.approx(plan.money()["amount"].sum())
    assert {"place", "option", "name", "status", "outcomes", "savings", "prices"} <= set(document)


def test_a_file_of_version_1_opens_without_its_prices_and_says_so(tmp_path: Path) -> None:
    before = Path(__file__).parent / "files" / "version_1.plan.json"
    document = json.loads(before.read_text("utf-8"))
    back = pb.read_plan(before)
    assert back.money()["amount"].sum() == sum(row["amount"] for row in document["money"])
    assert back.objective.value == document["objective"]["value"]
    assert back.prices().empty
    assert (back.name, back.run["options"]["pooling"]) == ("aligned", "aligned")
    assert "prices_left_out" in back.run
    assert method_in_words(back.run) == ""
    assert pb.read_plan(back.to_json(tmp_path / "now.plan.json")) == back
    document["money"][0].pop("year")
    assert "money.rows[0]: it is no row of the table" in raw(
        tmp_path / "broken.plan.json", json.dumps(document).encode()
    )


def test_the_schema_accepts_each_plan_and_describes_each_column(
    plan: pb.Plan, freed: pb.Plan
) -> None:
    today = simulated("northvale")
    judge = jsonschema.Draft202012Validator(SCHEMA)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for each in (plan, today, freed):
        assert list(judge.iter_errors(json.loads(plan_text(each)))) == []
        assert list(judge.iter_errors(in_full(each))) == []
    described = {name: SCHEMA["properties"][name] for name in PLAN_TABLES}
    tables = {name: each.get("oneOf", [each])[0] for name, each in described.items()}
    labels = SCHEMA["properties"]["labels"]["properties"]
    for name, table in (*tables.items(), *((name, labels[name]) for name in LABEL_TABLES)):
        columns = {**LABEL_TABLES, **PLAN_TABLES} if table is not labels.get(name) else LABEL_TABLES
        assert table["properties"]["columns"]["const"] == list(columns[name])


def test_the_schema_refuses_what_reading_refuses(plan: pb.Plan) -> None:
    judge, text = jsonschema.Draft202012Validator(SCHEMA), plan_text(plan)
    for key in json.loads(text):
        document = json.loads(text)
        del document[key]
        assert not judge.is_valid(document)
    document = json.loads(text)
    amount(document, "ten")
    assert not judge.is_valid(document)


def test_every_plan_has_the_columns_of_the_format(plan: pb.Plan) -> None:
    for tables, shapes in ((plan.tables, PLAN_TABLES), (plan.labels, LABEL_TABLES)):
        assert list(tables) == list(shapes)
        for name, frame in tables.items():
            assert {c: str(t) for c, t in frame.dtypes.items()} == dict(shapes[name]), name


def test_a_plan_that_cannot_be_written_leaves_the_old_file_alone(
    plan: pb.Plan, tmp_path: Path
) -> None:
    file = plan.to_json(tmp_path / "best.plan.json")
    before = file.read_bytes()
    blank = plan.tables["money"].assign(amount=math.inf)
    document = replace(plan, tables={**plan.tables, "money": blank}, run={**plan.run, "x": {1, 2}})
    with pytest.raises(TypeError):
        document.to_json(file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["best.plan.json"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"[]", "no object with the keys of a plan"),
        (b"{}", "does not say that it is a plan"),
        (b'{"format": "placebudget-plan"}', "does not say that it is a plan"),
        (b'{"format": {"name": "placebudget-plan", "version": 3}}', "newer release"),
        (b'{"format": {"name": "placebudget-plan", "version": true}}', "version True is unknown"),
        (b'{"format": {"name": "placebudget-plan"}}', "version None is unknown"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": NaN}', "NaN is no number of JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[" * 100_000, "nested too deep"),
        (rb'{"a": "\ud800"}', "half of a sign, '\\ud800'"),
        (rb'{"\udc00\ud83d": 1}', "half of a sign, '\\udc00'"),
        (rb'{"a": "\ud83d\ude00"}', "does not say that it is a plan"),
        (b"\x80\x04\x95pickle", "not text in UTF-8"),
    ],
)
def test_what_is_no_plan_is_refused_in_words(content: bytes, says: str, tmp_path: Path) -> None:
    complaint = raw(tmp_path / "no.plan.json", content)
    assert complaint.startswith("no.plan.json: ")
    assert says in complaint


def test_a_file_that_is_not_there_or_is_a_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(pb.errors.UnreadablePlan, match="there is no such file"):
        pb.read_plan(tmp_path / "none.plan.json")
    with pytest.raises(pb.errors.UnreadablePlan, match="cannot be opened"):
        pb.read_plan(tmp_path)


def test_a_file_too_large_to_be_a_plan_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.plan.json").open("wb") as file:
        file.truncate(100 * 10**6 + 1)
    with pytest.raises(pb.errors.UnreadablePlan, match="100 MB is the most that is read"):
        pb.read_plan(tmp_path / "huge.plan.json")


@pytest.mark.parametrize("key", [key for key in SCHEMA["required"] if key != "format"])
def test_each_missing_key_is_named(key: str, broken: Callable[..., str]) -> None:
    assert f"- {key}: the key is missing." in broken(lambda d: d.pop(key))


@pytest.mark.parametrize("key", [key for key in SCHEMA["required"] if key != "format"])
@pytest.mark.parametrize("value", [None, 1, [], {}, "x", [1], {"columns": [1], "rows": 1}, True])
def test_no_wrong_type_at_any_key_is_a_traceback(
    key: str, value: Any, broken: Callable[..., str]
) -> None:
    if value == "x" and key in ("option", "name", "status"):
        return
    assert f"- {key}" in broken(lambda d: d.update({key: value}))


def in_full(plan: pb.Plan) -> dict[str, Any]:
    """The document of a plan with every table as plain columns and rows."""
    document: dict[str, Any] = json.loads(plan_text(plan))
    for name in ("money", "contributions", "balances", "units", "outcomes", "savings"):
        frame = plan.tables[name]
        document[name] = {"columns": list(frame.columns), "rows": frame.to_numpy().tolist()}
    return document


def first(document: dict[str, Any]) -> list[Any]:
    row: list[Any] = document["money"]["rows"][0]
    return row


def amount(document: dict[str, Any], value: Any) -> None:
    document["money"]["rows"][0][4] = [value, 1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda d: amount(d, "10"),
            "money[0].amount.2027-28: '10' is not a number",
        ),
        (
            lambda d: amount(d, True),
            "money[0].amount.2027-28: True is not a number",
        ),
        (
            lambda d: d["savings"]["rates"]["rows"][0].__setitem__(2, None),
            "savings.rates[0].value: None is not a number",
        ),
        (lambda d: amount(d, 10**400), "is not a number"),
        (
            lambda d: amount(d, -1e31),
            "money[0].amount.2027-28: -1e+31 is not a number",
        ),
        (lambda d: d["run"].update(seconds=1e300), "run.seconds: 1e+300 is not a number"),
        (lambda d: first(d).__setitem__(0, 7), "money[0].stream: 7 is not text"),
        (lambda d: first(d).pop(), "money.rows[0]: it is no row of the table"),
        (
            lambda d: first(d).__setitem__(0, "gold"),
            "money.stream: 'gold' has no name",
        ),
        (lambda d: d["units"]["rows"][0].pop(), "units.rows[0]: it is no row of the table"),
        (lambda d: d["units"]["columns"].pop(), "units.columns: wrong columns"),
        (
            lambda d: d["units"]["rows"][0].__setitem__(4, [False, 0]),
            "units[0].started.2028-29: 0 is not true or",
        ),
        (lambda d: first(d).__setitem__(0, None), "money[0].stream: None is not text"),
        (lambda d: first(d).__setitem__(4, [1]), "money[0]: it has no list of figures by year"),
        (lambda d: first(d).__setitem__(4, None), "money[0]: it has no list of figures by year"),
        (lambda d: first(d).__setitem__(4, "cost"), "money[0]: it has no list of figures by year"),
        (
            lambda d: d["contributions"]["rows"][0].__setitem__(4, "spent"),
            "contributions[0]: it has no list of figures by year",
        ),
        (
            lambda d: d["units"]["rows"][0].__setitem__(5, [None, 1]),
            "units[0].2027-28: some of its figures are missing",
        ),
        (lambda d: d["money"].update(years=["2027-28"] * 2), "money.years: it is no list of years"),
        (lambda d: d["money"].update(years=7), "money.years: it is no list of years"),
        (lambda d: d["money"].update(shared=[]), "money.shared: it is no table"),
        (lambda d: d["savings"].pop("discount"), "savings: it is no table"),
        (
            lambda d: d["savings"]["rates"]["rows"][0].__setitem__(2, "infinity"),
            "savings.rates[0].value: 'infinity' is not a number",
        ),
        (
            lambda d: d["savings"]["rates"]["rows"].append(d["savings"]["rates"]["rows"][0]),
            "savings.rates: an outcome saves an agency two values. Take one out.",
        ),
        (
            lambda d: d["savings"]["discount"]["rows"].append(["2028-29", 1]),
            "savings.discount: a year has two factors",
        ),
        (
            lambda d: d["savings"]["discount"]["rows"].pop(),
            "savings.discounted_fiscal: a figure of it cannot be worked out: a rate is missing",
        ),
        (
            lambda d: d["outcomes"]["rates"]["rows"].pop(),
            "outcomes.counted: a figure of it cannot be worked out: a rate is missing",
        ),
        (
            lambda d: d["outcomes"]["rates"]["rows"][0].__setitem__(1, [1e30, 1]),
            "outcomes.fiscal: a figure of it cannot be worked out: a rate is missing or too large",
        ),
        (
            lambda d: d["outcomes"]["rates"]["rows"].append(d["outcomes"]["rates"]["rows"][0]),
            "outcomes.rates: an outcome has two rates in a year. Take one out.",
        ),
        (lambda d: d["outcomes"].update(rates=7), "outcomes.rates: it is no table"),
        (
            lambda d: d["outcomes"]["rates"]["columns"].__setitem__(1, "service"),
            "outcomes.rates.columns: wrong columns",
        ),
        (lambda d: d["objective"].pop("unit"), "objective.unit: the key is missing"),
        (lambda d: d["objective"].update(value=1), "it is not the first of the objectives"),
        (lambda d: d["objectives"][0].update(more=1), "objectives[0].more"),
        (lambda d: d["place"].update(years=[1]), "place.years: [1] is not a list of texts"),
        (lambda d: d["place"].update(figures={"derived": "1"}), "place.figures"),
        (lambda d: d["run"].update(seconds="1"), "run.seconds: '1' is not a number"),
        (lambda d: d["run"].update(versions={"pulp": 3}), "run.versions"),
        (lambda d: d.update(extra=1), "extra: a plan has no such key"),
    ],
)
def test_each_fault_is_named_with_its_place(
    change: Callable[[dict[str, Any]], object], says: str, broken: Callable[..., str]
) -> None:
    assert says in broken(change)


def test_all_faults_are_said_at_once(broken: Callable[..., str]) -> None:
    def change(document: dict[str, Any]) -> None:
        amount(document, "ten")
        document["status"] = 3
        document["units"]["rows"][0] = []
        document["place"].pop("title")

    complaint = broken(change)
    assert "4 problems" in complaint
    for where in ("money[0].amount.2027-28", "status", "units.rows[0]", "place.title"):
        assert f"- {where}: " in complaint


def test_a_file_with_very_many_faults_names_the_first_and_counts_the_rest(
    broken: Callable[..., str],
) -> None:
    def change(document: dict[str, Any]) -> None:
        money = document["money"]
        money["rows"] = [[*money["rows"][0][:4], ["ten", 1]] for _ in range(50)]

    complaint = broken(change)
    assert complaint.count("\n- ") == 21
    assert "and 30 more" in complaint


def test_columns_of_a_table_may_stand_in_another_order(plan: pb.Plan, tmp_path: Path) -> None:
    document = json.loads(plan_text(plan))
    for table in (document["units"], document["prices"], document["savings"]["rates"]):
        table["columns"] = table["columns"][::-1]
        table["rows"] = [row[::-1] for row in table["rows"]]
    file = tmp_path / "turned.plan.json"
    file.write_text("\ufeff" + json.dumps(document, indent=1), "utf-8")
    assert pb.read_plan(file) == plan


def overdrawn(shares: dict[str, list[float]]) -> None:
    """Leave a stream a penny, and take two from its first line."""
    one, other = sorted(shares)[:2]
    shares[other][0] = round(shares[other][0] + shares[one][0] - 0.01, 2)
    shares[one] = [0.01, -1, -1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s["shares"].update(nhs_core=[1]), "add up to different sums"),
        (
            lambda s: s["shares"].update(gold=s["shares"].pop(min(s["shares"]))),
            "money.stream: 'gold' has no name",
        ),
        (lambda s: s["shares"].update(gold=[0]), "each of its streams must have a list"),
        (lambda s: s["shares"].update(gold=[]), "each of its streams must have a list"),
        (lambda s: s["shares"].update(gold=7), "each of its streams must have a list"),
        (lambda s: s["shares"].update(gold=[1, 0]), "each of its streams must have a list"),
        (lambda s: s["shares"].update(gold=[1, 1.5]), "each of its streams must have a list"),
        (lambda s: s["shares"].update(gold=[1, True]), "each of its streams must have a list"),
        (lambda s: s["shares"].update(gold=[1, -100_000]), "Write whole numbers from 1 to"),
        (lambda s: s["shares"].update(gold=[-1]), "each of its streams must have a list"),
        (
            lambda s: overdrawn(s["shares"]),
            "money.amount: a share of a line is below nothing",
        ),
        (lambda s: s["shares"].clear(), "each of its streams must have a list"),
        (lambda s: s.update(shares=[]), "money.shared[0].shares: [] is not an object"),
        (lambda s: s.update(year="1999"), "no row of money is of its name, route and year"),
        (lambda s: s.update(route=7), "money.shared[0].route: 7 is not text"),
        (lambda s: s.update(stream="other"), "no row of money is of its name, route and year"),
    ],
)
def test_a_share_that_cannot_be_is_named(
    change: Callable[[dict[str, Any]], object], says: str, freed: pb.Plan, tmp_path: Path
) -> None:
    document = json.loads(plan_text(freed))
    columns, rows = document["money"]["shared"]["columns"], document["money"]["shared"]["rows"]
    group = dict(zip(columns, rows[0], strict=True))
    change(group)
    rows[0] = [group[name] for name in columns]
    assert says in raw(tmp_path / "spoilt.plan.json", json.dumps(document).encode())


def test_a_group_without_shares_is_a_stream_without_a_name(freed: pb.Plan, tmp_path: Path) -> None:
    document = json.loads(plan_text(freed))
    document["money"].pop("shared")
    complaint = raw(tmp_path / "bare.plan.json", json.dumps(document).encode())
    assert "money.stream: 'shared 1' has no name" in complaint


def test_a_group_that_stands_twice_is_named(freed: pb.Plan, tmp_path: Path) -> None:
    document = json.loads(plan_text(freed))
    rows = document["money"]["shared"]["rows"]
    rows.append(rows[0])
    complaint = raw(tmp_path / "twice.plan.json", json.dumps(document).encode())
    assert f"money.shared[{len(rows) - 1}]: the same group stands here twice" in complaint


@pytest.mark.parametrize("which", ["plan", "freed"])
def test_a_file_with_every_table_in_full_is_the_same_plan(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    plan = request.getfixturevalue(which)
    file = tmp_path / "full.plan.json"
    file.write_text(json.dumps(in_full(plan)), "utf-8")
    assert pb.read_plan(file) == plan


def test_tables_that_no_rule_gives_are_written_in_full(freed: pb.Plan, tmp_path: Path) -> None:
    def moved(name: str, column: str) -> pd.DataFrame:
        frame = freed.tables[name].copy()
        frame.loc[frame.index[::3], column] += 0.07
        return frame

    odd = {
        "money": moved("money", "amount"),
        "outcomes": moved("outcomes", "fiscal"),
        "savings": moved("savings", "discounted_cashable"),
    }
    for name, frame in odd.items():
        changed = replace(freed, tables={**freed.tables, name: frame})
        assert pb.read_plan(changed.to_json(tmp_path / "odd.plan.json")) == changed
    turned = {name: frame[::-1].reset_index(drop=True) for name, frame in freed.tables.items()}
    changed = replace(freed, tables=turned)
    assert pb.read_plan(changed.to_json(tmp_path / "turned.plan.json")) == changed


def test_what_stands_in_the_row_above_or_in_all_years_is_written_once(freed: pb.Plan) -> None:
    """Northvale, freed: nothing is kept back, so what is paid in is spent, year by year."""
    document = json.loads(plan_text(freed))
    first, second = document["money"]["rows"][:2]
    assert (first[:2], second[:2]) == (["adaptations_grant", "freed"], [None, None])
    columns = document["contributions"]["columns"]
    row = dict(zip(columns, document["contributions"]["rows"][0], strict=True))
    assert (row["management_cost"], row["spent"]) == (0, "gross")
    assert document["units"]["rows"][0][document["units"]["columns"].index("started")] is False


def test_a_file_keeps_nothing_twice(freed: pb.Plan) -> None:
    """No text of the row above, no list of one figure, no list that stands in the row already."""
    document = json.loads(plan_text(freed))
    tables = {name: document[name] for name in PLAN_TABLES} | document["labels"]
    for name, table in tables.items():
        columns, rows = table.get("columns", ()), table.get("rows", ())
        kinds = {**PLAN_TABLES, **LABEL_TABLES}[name]
        texts = [n for n, column in enumerate(columns) if kinds[column] == TEXT]
        for above, row in pairwise(rows):
            assert not any(row[n] is not None and row[n] == above[n] for n in texts), name
        for row in rows:
            lists = [str(cell) for cell in row if isinstance(cell, list)]
            assert len(set(lists)) == len(lists), name
            assert not any(len({*cell}) == 1 for cell in row if isinstance(cell, list)), name


def test_texts_of_the_drawing_stand_once_in_a_file(freed: pb.Plan, tmp_path: Path) -> None:
    file = json.loads(freed.to_json(tmp_path / "best.plan.json").read_text("utf-8"))["drawing"]
    texts, columns = file["texts"], file["links"]["columns"]
    assert len(set(texts)) == len(texts)
    drawn = plan_drawing(freed)
    notes = [[texts[n] for n in node["notes"]] for node in file["nodes"]]
    assert notes == [node["notes"] for node in drawn["nodes"]]
    for kept, link in zip(file["links"]["rows"], drawn["links"], strict=True):
        row = dict(zip(columns, kept, strict=True))
        assert (texts[row["kind"]], texts[row["layer"]]) == (link["kind"], link["layer"])
        assert [texts[n] for n in row["notes"] or ()] == link.get("notes", [])


# The largest, with its prices; the others where everything is proved.
@pytest.mark.xdist_group("lancashire")
@pytest.mark.parametrize("pooling", [*(["aligned", "pooled"] if ALL else []), "freed"])
def test_a_plan_of_lancashire_takes_less_than_half_a_megabyte_and_reads_back_equal(
    pooling: str, tmp_path: Path
) -> None:
    plan = optimised("lancashire", pooling=pooling, prices=pooling == "freed")
    file = plan.to_json(tmp_path / "best.plan.json")
    assert file.stat().st_size < 500_000
    assert pb.read_plan(file) == plan
