"""Whatever is given to a public function, it works or says in words what cannot be meant."""

from __future__ import annotations

import errno
import inspect
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from commissioned import homes, payrolls, youth
from placebudget import view
from placebudget.errors import CannotWrite, WrongArgument
from placebudget.study.tender import EXAMPLE_BIDS
from placebudget.study.vote import EXAMPLE_BALLOTS
from placebudget.view.studies.priorities import example_priorities
from placebudget.view.studies.settlement import EXAMPLE_GRANTS, EXAMPLE_RETURNS
from planned import simulated
from succeeding import UNITY, as_it_is

WRONG: tuple[Any, ...] = (
    3,
    -1,
    0.5,
    True,
    "x",
    "",
    None,
    float("nan"),
    [],
    ["x"],
    [3],
    {},
    object(),
    pd.DataFrame({"a": [1, 2]}),
)
# What came of a wrong value is looked at; what can be meant is not worked out.
LINES = pd.DataFrame({"line": ["beds"], "budget": [50], "actual": [62]})
SHARES = pd.DataFrame({"partner": ["council", "nhs"], "share": [40, 60]})
FLOWS = pd.DataFrame({"start": ["tax"], "end": ["support"], "amount": [30]})


class Asked(Exception):
    """The arguments were understood, and the work would begin."""


@cache
def place() -> pb.Place:
    return pb.example("toy_pooling")


@cache
def plan() -> pb.Plan:
    return pb.simulate(place())


@cache
def pooled() -> pb.Plan:
    return simulated("northvale")


GOOD: dict[str, Callable[[], dict[str, Any]]] = {
    "study.Evaluation": dict,
    "Option": lambda: {"name": "less"},
    "Place": lambda: {"settings": place().settings, "tables": place().tables},
    "study.Policy": dict,
    "solver.Session": lambda: {"place": place()},
    "place.Settings": lambda: {"name": "mine", "years": ("2027-28",)},
    "study.Slippage": dict,
    "study.Helped": lambda: {"service": "care", "share": 0.3, "arrives": "2027-07-01"},
    "sector.benchmark": lambda: {"authority": "Surrey", "measure": "home_care_hours"},
    "sector.productivity": lambda: {"authority": "Surrey"},
    "sector.exchange": lambda: {"authority": "Surrey", "measure": "home_care_hours"},
    "sector.early_warning": lambda: {"authority": "Slough"},
    "sector.top_slice": lambda: {"grants": EXAMPLE_GRANTS, "amount": 1e6},
    "sector.reporting_burden": lambda: {"returns_due": EXAMPLE_RETURNS},
    "sector.excellence": dict,
    "sector.peer_support": dict,
    "sector.peer_challenge": dict,
    "sector.supplementary": lambda: {"budget": 1e5},
    "accounts": lambda: {"plan": plan()},
    "plan.benchmarks": lambda: {"place": place()},
    "scenarios": lambda: {"place": place(), "frame": [0.9]},
    "changes": lambda: {"old": place(), "new": place()},
    "cycle": lambda: {"place": place()},
    "example": lambda: {"name": "toy_pooling"},
    "explain": lambda: {"plan": plan(), "service": "policing", "place": place()},
    "fairness": lambda: {"place": place()},
    "optimise": lambda: {"place": place()},
    "library": dict,
    "outlook": lambda: {"place": place()},
    "potential": lambda: {"place": place()},
    "read": lambda: {"path": "toy_pooling"},
    "read_plan": lambda: {"path": "nowhere.plan.json"},
    "rerun": lambda: {"plan": plan()},
    "rests_on": lambda: {"first": plan(), "second": plan(), "place": place()},
    "risk_share": lambda: {"lines": LINES, "shares": SHARES},
    "study.joining": lambda: {"place": payrolls(), "shared": "one_payroll"},
    "study.loan": lambda: {"cost": 1e6},
    "study.outcome_contract": lambda: {"price": 900.0, "expected": 120.0, "baseline": 800.0},
    "study.market": lambda: {"place": homes()},
    "study.tender": lambda: {"bids": EXAMPLE_BIDS},
    "study.household": lambda: {"place": place(), "plan": plan(), "households": 9},
    "study.vote": lambda: {"ballots": EXAMPLE_BALLOTS},
    "study.section_75": lambda: {"plan": pooled(), "place": pb.example("northvale")},
    "study.levels": lambda: {"place": youth()},
    "study.reorganisation": lambda: {"place": as_it_is(), "options": [UNITY]},
    "study.alternatives": lambda: {"place": place()},
    "study.frontier": lambda: {"place": place()},
    "study.priorities": lambda: {
        "said": example_priorities(place()),
        "place": place(),
        "named": True,
    },
    "study.uncertainty": lambda: {"place": place()},
    "study.robust": lambda: {"place": place()},
    "study.roll_forward": lambda: {"place": place()},
    "session": lambda: {"place": place()},
    "sharing": lambda: {"place": place()},
    "simulate": lambda: {"place": place()},
    "to_do": lambda: {"place": place()},
    "trace": lambda: {"flows": FLOWS},
    "write_template": lambda: {"path": "mine.xlsx"},
}
# These take any number of plans, a page's own controls, a console; or are looked at elsewhere.
ELSEWHERE = {"compare", "desk", "examples", "progress"}
# Free texts and records that mean what they say, whatever they are.
FREE = {("Place", "origin"), ("place.Settings", "extra"), ("place.Settings", "discount")}


def test_every_public_function_is_looked_at() -> None:
    functions = {name for name in pb.__all__ if inspect.isfunction(getattr(pb, name))}
    assert functions <= set(GOOD) | ELSEWHERE


def not_refused(asked: Callable[..., Any], good: dict[str, Any], argument: str) -> list[Any]:
    """The wrong values that a function takes; any other error than a worded one is raised."""
    taken = []
    for wrong in WRONG:
        try:
            asked(**{**good, argument: wrong})
        except Asked:
            taken.append(wrong)
        except pb.PlaceBudgetError:
            continue
        else:
            taken.append(wrong)
    return taken


def arguments() -> list[tuple[str, str]]:
    return [
        (name, argument)
        for name in GOOD
        for argument in inspect.signature(attrgetter(name)(pb)).parameters
        if (name, argument) not in FREE
    ]


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Once its arguments are understood a function stops; files go to a folder of their own."""

    def begin(*_: object, **__: object) -> None:
        raise Asked

    monkeypatch.chdir(tmp_path)
    for module, name in (
        ("plan.optimise", "_planned"),
        ("plan.siloed", "solved"),
        ("plan.live", "Session"),
        ("plan.record.rerun", "again"),
        ("solver.session.session", "build"),
        ("study.scenarios", "sweep"),
        ("study.cycle.simulation", "optimise"),
        ("study.fairness", "simulate"),
        ("study.potential", "today_of"),
        ("study.alternatives", "writing"),
        ("study.frontier", "writing"),
        ("study.priorities", "optimise"),
        ("study.held", "_made"),
        ("study.held", "today_of"),
        ("study.joining", "_Members"),
        ("study.sharing", "play"),
        ("study.to_do", "_rows"),
        ("study.changes", "_changes"),
        ("view.html", "page_of"),
        ("place.io.template", "_workbook"),
    ):
        # The package calls some functions as their modules are called.
        monkeypatch.setattr(import_module(f"placebudget.{module}"), name, begin)


@pytest.mark.parametrize(("name", "argument"), arguments())
@pytest.mark.usefixtures("no_work")
def test_a_wrong_argument_is_refused_in_words(name: str, argument: str) -> None:
    taken = not_refused(attrgetter(name)(pb), GOOD[name](), argument)
    assert not any(type(each) is object for each in taken)


def of_answers() -> list[tuple[str, str, dict[str, Any]]]:
    """Methods of plans, comparisons, sessions and answers, and what else they need."""
    return [
        ("plan", "money", {}),
        ("plan", "outcomes", {}),
        ("plan", "savings", {}),
        ("plan", "unspent", {}),
        ("plan", "script", {}),
        ("plan", "to_json", {"path": "plan.json"}),
        ("plan", "to_excel", {"path": "plan.xlsx"}),
        ("plan", "to_html", {"path": "plan.html"}),
        ("compared", "table", {}),
        ("compared", "chart_specification", {}),
        ("compared", "to_excel", {"path": "both.xlsx", "causes": False}),
        ("accounts", "statement", {"to": "parliament"}),
        ("accounts", "to_excel", {"path": "accounts.xlsx"}),
        ("accounts", "to_json", {"path": "accounts.json"}),
        ("place", "filled", {"name": "rules"}),
        ("place", "reach", {"stream": "nhs_money", "service": "home_care"}),
        ("place", "with_option", {"option": pb.Option("none")}),
        ("place", "write", {"path": "mine"}),
        ("library", "search", {}),
        ("library", "versions", {"estimate": "falls_tai_chi_2020"}),
        ("library", "service_for", {"line": "Waste collection"}),
        ("library", "services_in", {"line": "Public Health"}),
        ("library", "unit_cost", {"service": "residential_care"}),
        ("library", "uprated", {"amount": 1.0, "from_year": "2013-14", "to_year": "2014-15"}),
        (
            "library",
            "use",
            {
                "place": place(),
                "service": "policing",
                "estimate": "fractures_screening_2020",
                "outcome": place().outcomes["outcome"].iloc[0],
            },
        ),
        ("library", "findings", {"place": place()}),
        ("library", "export", {"path": "others.json"}),
        ("option", "apply", {"place": place()}),
        ("option", "save", {"place": "mine"}),
        ("session", "set_funding", {"stream": "nhs_money", "year": "2025-26", "amount": 1e6}),
        ("session", "scale_funding", {"factor": 1.0}),
        ("session", "set_limit", {"rule": "none", "amount": 1.0}),
        ("session", "set_pools", {"pools": []}),
        ("session", "open_pools", {"pools": []}),
        ("session", "close_pools", {"pools": []}),
        ("session", "end_ring_fence", {"stream": "nhs_money"}),
        ("session", "set_weight", {"outcome": "none", "weight": 1.0}),
        ("session", "set_objective", {"objective": "public value"}),
    ]


@cache
def answer(kind: str) -> Any:
    made: dict[str, Callable[[], Any]] = {
        "plan": plan,
        "compared": lambda: pb.compare(plan(), plan()),
        "accounts": lambda: pb.accounts(plan()),
        "place": place,
        "option": lambda: pb.Option("none"),
        "library": pb.library,
        "session": lambda: pb.session(place()),
    }
    return made[kind]()


@pytest.mark.parametrize(("kind", "method", "good"), of_answers())
def test_a_wrong_argument_of_an_answer_is_refused_in_words(
    kind: str, method: str, good: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = getattr(answer(kind), method)
    for argument in inspect.signature(asked).parameters:
        taken = not_refused(asked, good, argument)
        assert not any(type(each) is object for each in taken)


@pytest.mark.parametrize("wrong", [3, "x.plan.json", None, [], object(), pb.example])
def test_what_is_no_plan_is_not_compared(wrong: Any) -> None:
    with pytest.raises(pb.errors.UnreadablePlan):
        pb.compare(plan(), wrong)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(WrongArgument) as raised:
        pb.cycle(
            3, policies="pooled", runs="x", seed=-1, objective="publik value", spread="wide",
            slippage=0.1, executor="gpu", workers=0, gap=2, progress=1,
        )  # type: ignore[arg-type]  # fmt: skip
    text = str(raised.value)
    for said in ("A place is needed", "runs is", "seed is", "no such objective", "slippage is",
                 "there is no way of working", "workers is", "gap is", "progress is"):  # fmt: skip
        assert f"- {said}" in text
    with pytest.raises(WrongArgument, match=r"(?s)policies is a list.*spread is a number"):
        pb.cycle(place(), policies="pooled", spread="wide")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: pb.potential(place(), executor="thread"), "Did you mean threads"),
        (lambda: pb.optimise(place(), pooling="poled"), "Did you mean pooled"),
        (lambda: pb.optimise(place(), objective="public valeu"), "Did you mean public value"),
        (lambda: plan().money(by="servise"), "Did you mean service"),
        (lambda: answer("compared").table("monney"), "Did you mean money"),
        (lambda: answer("accounts").statement("parlament"), "Did you mean parliament"),
        (lambda: pb.example("northvail"), "Did you mean northvale"),
        (lambda: place().filled("fundings"), "Did you mean funding"),
    ],
)
def test_the_nearest_name_is_offered(asked: Callable[[], Any], said: str) -> None:
    with pytest.raises(pb.PlaceBudgetError, match=said):
        asked()


@pytest.mark.parametrize(
    ("method", "path", "mend"),
    [
        ("to_excel", "plan.csv", "Name it plan.xlsx"),
        ("to_html", "plan.xlsx", "Name it plan.html"),
        ("to_json", "plan", "has no ending. Name it plan.json"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_name_that_would_do(
    method: str, path: str, mend: str, tmp_path: Path
) -> None:
    with pytest.raises(WrongArgument, match=mend):
        getattr(plan(), method)(tmp_path / path)
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_file_and_a_file_no_folder(tmp_path: Path) -> None:
    (tmp_path / "pack.xlsx").mkdir()
    with pytest.raises(WrongArgument, match="is a folder"):
        plan().to_excel(tmp_path / "pack.xlsx")
    (tmp_path / "note").write_text("a file")
    for write in (plan().to_excel, place().write):
        with pytest.raises(CannotWrite, match=r"pack\.xlsx cannot be written: .*another folder"):
            write(tmp_path / "note" / "pack.xlsx")


def test_what_the_system_does_not_let_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("placebudget.writing.keep", full)
    monkeypatch.setattr("placebudget.writing.keep", full)
    for write, name in ((plan().to_json, "plan.json"), (place().write, "folder")):
        with pytest.raises(CannotWrite, match=f"{name} cannot be written: No space left"):
            write(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_table_that_does_not_fit_says_where() -> None:
    money = pd.DataFrame({"stream": ["x"], "service": ["y"], "year": [1], "amount": ["lots"]})
    with pytest.raises(pb.PlaceBudgetError, match=r"row 2, amount: 'lots' is not a number"):
        pb.simulate("toy_pooling", money)
    money["amount"] = float("inf")
    with pytest.raises(pb.PlaceBudgetError, match=r"(?s)no stream 'x'.*inf is not a sum"):
        pb.simulate(place(), money)
    funding = place().funding.astype({"amount": object})
    funding.loc[1, "amount"] = "lots"
    with pytest.raises(WrongArgument, match=r"funding\.amount is of type number, and row 3 .*lots"):
        place().with_(funding=funding)


def test_conditions_on_an_origin_that_pays_nothing_are_not_passed_over() -> None:
    with pytest.raises(WrongArgument, match="Did you mean tax"):
        pb.trace(FLOWS, conditions={"taxx": ["support"]})


@pytest.mark.parametrize("wrong", [3, "x", object(), [3]])
def test_what_shows_plans_answers_and_progress_refuses_anything_else(wrong: Any) -> None:
    for asked in (
        lambda: pb.widgets.study_view(wrong),
        lambda: pb.widgets.plan_view(plan(), beside=wrong),
        lambda: pb.progress(wrong).__enter__(),
    ):
        with pytest.raises(WrongArgument, match=" is "):
            asked()
    with pytest.raises(WrongArgument, match="most is a whole number"):
        pb.widgets.price_table(plan(), most=0)


def test_run_records_in_pages_hold_words_and_no_raw_values() -> None:
    best = pb.optimise(place(), seconds=60)
    pages = [view.plan_page(best), view.study_page(pb.accounts(best)),
             view.study_page(pb.cycle(place(), runs=1, policies=[pb.study.Policy()]))]  # fmt: skip
    for page in pages:
        record = page[page.index("Run record") :]
        record = record[: record.index("</table>")]
        assert not re.search(r">(True|False|None|null|nan)<", record)
    assert ">60 seconds<" in pages[0]
    assert ">the 25 dearest<" in pages[0]
