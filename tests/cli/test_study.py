"""``placebudget study``."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

import placebudget as pb
from placebudget.study.tender import EXAMPLE_BIDS
from placebudget.view.studies import STUDIES
from planned import optimised
from proof import ALL

Command = Callable[..., Result]


def test_sharing_says_who_has_an_incentive(placebudget: Command) -> None:
    done = placebudget("study", "sharing", "toy_pooling")
    assert done.exit_code == 0, done.stderr
    assert "Toyland Council: £6.7 million by what each adds on average" in done.stdout
    assert "would have no incentive to take part" in done.stdout


def test_words_of_the_field_are_explained_where_they_are_printed(placebudget: Command) -> None:
    said = placebudget("study", "sharing", "toy_pooling").stdout.split("What the words mean:")[1]
    for word in ("what each adds on average: ", "least discontent: ", "aligned: "):
        assert word in said
    assert "worst-off areas in turn" not in said


def test_no_headline_is_printed_without_what_it_rests_on(placebudget: Command) -> None:
    said = placebudget("study", "vote").stdout.split("What it rests on:")[1]
    assert "  - The ballots are invented." in said
    said = placebudget("sector", "excellence").stdout.split("What it rests on:")[1]
    assert "six invented councils" in said


def test_help_says_what_each_study_asks(placebudget: Command) -> None:
    told = " ".join(placebudget("study", "--help").stdout.split("Studies")[1].split())
    for name, study in STUDIES.items():
        assert f"{name}: {study.about}." in told


def test_sharing_is_plain_data_with_json(placebudget: Command) -> None:
    done = placebudget("study", "sharing", "toy_pooling", "--json")
    document = json.loads(done.stdout)
    shares = {
        row["partner"]: row["share"]
        for row in document["shares"]
        if row["method"] == "Shapley value"
    }
    assert shares["nhs"] == pytest.approx(5e6 / 3)
    assert document["run"]["study"] == "sharing"


def test_accounts_are_of_the_plan_asked_for_and_written(
    placebudget: Command, tmp_path: Path
) -> None:
    out = tmp_path / "accounts.json"
    done = placebudget(
        "study", "accounts", "toy_pooling", "--pooling", "aligned", "--out", str(out)
    )
    assert done.exit_code == 0, done.stderr
    assert "not the statutory accounts" in done.stdout
    held = json.loads(out.read_text("utf-8"))
    assert sum(row["amount"] for row in held["uses"]) == pytest.approx(100e6)


def test_accounts_take_the_file_of_a_plan(placebudget: Command, tmp_path: Path) -> None:
    plan = pb.simulate(pb.example("toy_pooling")).to_json(tmp_path / "today.plan.json")
    done = placebudget("study", "accounts", str(plan), "--json")
    assert json.loads(done.stdout)["title"].endswith("accounts of the plan today")


def test_fairness_of_a_plan_is_a_workbook(placebudget: Command, tmp_path: Path) -> None:
    plan = pb.simulate(pb.example("northvale")).to_json(tmp_path / "today.plan.json")
    out = tmp_path / "fair.xlsx"
    done = placebudget("study", "fairness", str(plan), "--out", str(out))
    assert done.exit_code == 0, done.stderr
    assert "a head in Hills" in done.stdout
    assert out.stat().st_size


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("sharin", "toy_pooling"), "sharing"),
        (("sharing", "nowhere"), "toy_pooling"),
        (("accounts", "toy_pooling", "--out", "a.pdf"), ".html"),
        (("cycle", "toy_pooling", "--executor", "clusters"), "processes"),
        (("potential", "toy_pooling", "--cuts", "a tenth"), "0.1"),
        (("risk_share", "toy_pooling", "--shares", "nowhere.csv"), "nowhere.csv"),
        (("accounts", "toy_pooling", "--pooling", "no_such_pool"), "one_pool"),
        (("risk_share", "northvale", "--pool", "no_such_pool"), "there are: "),
    ],
)
def test_wrong_use_names_what_there_is(
    placebudget: Command, arguments: tuple[str, ...], hint: str
) -> None:
    done = placebudget("study", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert hint in done.stderr


def test_what_looks_at_no_place_needs_none_and_all_else_asks_for_one(
    placebudget: Command,
) -> None:
    done = placebudget("study", "outcome_contract", "--baseline", "700", "--expected", "100")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "is to be expected" in done.stdout
    done = placebudget("study", "cycle")
    assert done.exit_code == 2
    assert "cycle looks at a place: name one" in done.stderr


def test_a_workbook_of_bids_is_told_to_be_saved_as_csv(
    placebudget: Command, tmp_path: Path
) -> None:
    file = tmp_path / "bids.xlsx"
    EXAMPLE_BIDS.to_excel(file, index=False)
    done = placebudget("study", "tender", str(file))
    assert "Where it is a sheet of bids, save that as .csv" in done.stderr


def test_sharing_of_one_plan_is_wrong_use(placebudget: Command, tmp_path: Path) -> None:
    plan = pb.simulate(pb.example("toy_pooling")).to_json(tmp_path / "today.plan.json")
    done = placebudget("study", "sharing", str(plan))
    assert done.exit_code == 2
    assert "looks at a place, not at one plan" in done.stderr


def test_a_place_without_areas_is_said_in_words(placebudget: Command) -> None:
    done = placebudget("study", "fairness", "toy_pooling")
    assert done.exit_code == 1
    assert "population" in done.stderr


def read(done: Result) -> dict[str, Any]:
    assert done.exit_code == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.mark.parametrize(
    "name",
    [
        "accounts",
        "cycle",
        "fairness",
        "risk-share",
        # Pages and workbooks of all are made in tests/view/test_studies.py, too.
        *(["outlook", "potential", "sharing", "trace", "rests-on", "to-do"] if ALL else []),
    ],
)
def test_every_study_is_reached_by_its_name_and_gives_json_a_page_and_a_workbook(
    placebudget: Command, tmp_path: Path, name: str
) -> None:
    html, xlsx = tmp_path / "answer.html", tmp_path / "answer.xlsx"
    place = "northvale" if name in ("fairness", "risk-share") else "toy_pooling"
    subject = place
    if place == "northvale":
        plan = optimised(place, prices=False)
        subject = str(plan.to_json(tmp_path / "best.plan.json"))
    few = ["--runs", "2", "--executor", "serial", "--most", "1", "--first", "freed"]
    done = placebudget(
        "study", name, subject, "--json", "--html", str(html), "--xlsx", str(xlsx), *few
    )
    document = read(done)
    assert document["run"]["study"] == name.replace("-", "_")
    assert document["summary"]
    assert html.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert xlsx.stat().st_size


def test_a_study_that_is_a_command_of_its_own_has_its_options_alone(placebudget: Command) -> None:
    asked = ["northvale", "--council-tax", "0.01", "--reserves", "none", "--json"]
    short, long = (
        read(placebudget("outlook", *asked)),
        read(placebudget("study", "outlook", *asked)),
    )
    assert short["years"] == long["years"]
    assert short["run"]["options"]["council_tax"] == {
        "county_council_tax": 0.01, "district_council_tax": 0.01,
    }  # fmt: skip
    told = placebudget("outlook", "--help").stdout
    assert "--population" in told
    assert "--objective" not in told
    assert placebudget("outlook", "northvale", "--reserves", "genral").exit_code == 2


def test_the_potential_is_taken_apart_where_asked(placebudget: Command, tmp_path: Path) -> None:
    out = tmp_path / "potential.json"
    done = placebudget(
        "study", "potential", "toy_pooling", "--ring-fences", "--cuts", "0.1",
        "--executor", "serial", "--out", str(out),
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert "Ending all ring-fences, against best pooled: +£10 million" in done.stdout
    assert {row["cut"] for row in json.loads(out.read_text("utf-8"))["parts"]} == {0.0, 0.1}


def test_a_cycle_is_the_same_for_the_same_seed(placebudget: Command) -> None:
    few = ("--poolings", "pooled", "--executor", "serial")
    words = ("study", "cycle", "toy_pooling", "--runs", "2", *few, "--json")
    first, again, other = (
        read(placebudget(*words, "--seed", seed))["runs"] for seed in ("1", "1", "2")
    )
    assert first == again
    assert first != other
    assert {row["run"] for row in first} == {0, 1}


def test_an_agreement_is_read_from_tables(placebudget: Command, tmp_path: Path) -> None:
    lines, shares = tmp_path / "lines.csv", tmp_path / "shares.csv"
    lines.write_text("line,budget,actual\nbeds,50,62\nvisits,50,48\n", "utf-8")
    shares.write_text("partner,share,cap\ncouncil,40,2\nnhs,60,\n", "utf-8")
    done = placebudget(
        "study", "risk_share", str(lines), "--shares", str(shares), "--risk-pool", "3", "--json"
    )
    steps = {row["source"]: row["amount"] for row in read(done)["steps"]}
    assert steps == {"visits": 2, "risk pool": 3, "council": 2, "nhs": 4.2, "unfunded": 0.8}
    alone = placebudget("study", "risk_share", str(lines))
    assert (alone.exit_code, alone.stdout) == (2, "")
    assert "--shares" in alone.stderr


def test_recorded_flows_are_read_from_a_table(placebudget: Command, tmp_path: Path) -> None:
    flows = tmp_path / "flows.csv"
    flows.write_text("start,end,amount\ntax,pool,30\ngrant,pool,20\npool,support,40\n", "utf-8")
    ends = read(placebudget("study", "trace", str(flows), "--json"))["ends"]
    assert {row["origin"]: row["amount"] for row in ends} == {"tax": 24.0, "grant": 16.0}
    refused = placebudget("study", "accounts", str(flows))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert ".csv" in refused.stderr


def test_without_a_pool_no_overspend_is_shared(placebudget: Command, tmp_path: Path) -> None:
    plan = pb.optimise(pb.example("toy_pooling"), pooling="aligned", prices=False)
    done = placebudget("study", "risk_share", str(plan.to_json(tmp_path / "apart.plan.json")))
    assert done.exit_code == 1
    assert "pays nothing through pools" in done.stderr


def test_ctrl_c_stops_a_study_and_keeps_what_is_done() -> None:
    code = """
from placebudget.cli.study import kept
def work(stop, progress):
    print("working", flush=True)
    return f"stopped: {stop.wait(120)}"
print(kept("cycle", work)[0])
"""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=pipe, stderr=pipe, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "working"
        child.send_signal(signal.SIGINT)
        said, complained = child.communicate(timeout=120)
    assert said.strip() == "stopped: True"
    assert "what is done is kept" in complained
    assert child.returncode == 0


def test_an_option_that_takes_several_and_is_given_twice_says_how_it_is_given(
    placebudget: Command,
) -> None:
    asked = ("study", "frontier", "toy_pooling", "--aims", "public value", "--aims", "money spent")
    done = placebudget(*asked)
    assert done.exit_code == 2
    assert "in one option, with commas between" in " ".join(done.stderr.replace("│", "").split())


def test_a_point_that_is_none_is_refused_by_its_option_once_the_answer_stands(
    placebudget: Command, tmp_path: Path
) -> None:
    asked = ("study", "frontier", "toy_pooling", "--point", "99", "--plan")
    done = placebudget(*asked, str(tmp_path / "picked.json"))
    assert done.exit_code == 2
    assert "What it rests on:" in done.stdout
    assert "--point" in done.stderr
    assert not (tmp_path / "picked.json").exists()
