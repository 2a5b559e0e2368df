"""What people read has no raw keys, no methods' names outside the glossary, and no Python."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

import answered
import placebudget as pb
import planned
from answered import PARTS, answer
from placebudget.apps import Meeting
from placebudget.apps.controls import controls
from placebudget.apps.meeting import STUDIES
from placebudget.apps.screens import SCREENS, shown
from placebudget.cli import app
from placebudget.plan.result import Result
from placebudget.study.tender import EXAMPLE_BIDS
from placebudget.view import explained, study_page, study_panel, write_comparison
from placebudget.view.panels import (
    change_panel,
    money_panel,
    plan_panel,
    price_panel,
    savings_panel,
    why_panel,
)
from placebudget.words import METHODS
from placebudget.work import Changes
from plain_words import faults
from proof import ALL

pytestmark = pytest.mark.xdist_group("northvale")

PLACES = ("toy_pooling", "northvale", *(["lancashire"] if ALL else []))


PANELS = ("sharing", "fairness", "cycle")

# Of the smallest, with all that can be asked of it.
ASKED = {"toy_pooling": PARTS}


def potential(name: str) -> pb.study.Potential:
    return planned.potential(name, **ASKED.get(name, {}))


@cache
def answers() -> dict[str, Result]:
    """Each study, and some asked otherwise, which say more."""
    place, plans = pb.example("northvale"), potential("northvale").plans
    return {name: answer(name) for name in answered.STUDIES} | {
        "accounts of a plan": pb.accounts(plans["pooled"]),
        "fairness with prices": pb.fairness(place, floors=[80], paces=[5]),
        "outlook of plans": pb.outlook(place, council_tax=0.01, plans=plans),
        "rests_on today": pb.rests_on(
            *(potential("toy_pooling").plans[n] for n in ("freed", "today")), most=1
        ),
        "outcome_contract with money of others": pb.study.outcome_contract(
            900, 120, baseline=800, cap=1e5, saving=500, investment=8e4
        ),
        "tender of health": pb.study.tender(EXAMPLE_BIDS, most_lots=1, regime="health"),
        "alternatives within": pb.study.alternatives(pb.example("toy_pooling"), within=[2]),
    }


def pages() -> Iterator[tuple[str, str]]:
    for name in PLACES:
        yield f"report of {name}", planned.reported(name, **ASKED.get(name, {}))
        plans = potential(name).plans
        for kind, plan in plans.items():
            yield f"summary of {kind}, {name}", plan.summary()
        yield f"page of a plan of {name}", pb.view.plan_page(plans["pooled"])
        both = {"Today": plans["today"], "Proposed": plans["pooled"]}
        yield "money", money_panel(both).html()
        yield "prices", price_panel(plans["pooled"]).html()
        yield "savings", savings_panel(plans["pooled"]).html()
        yield "plan", plan_panel(plans["pooled"]).html()
        yield "change", change_panel(pb.compare(plans["today"], plans["pooled"])).html()
        moved = plans["pooled"].money("service")
        service = str(moved.loc[moved["amount"].idxmax(), "service"])
        yield "why", why_panel(plans["pooled"].explain(service)).html()
    for name, found in answers().items():
        yield f"summary of {name}", found.summary()
        yield f"notes of {name}", "\n".join(found.notes)
        if name != "potential":
            known = name in answered.STUDIES
            yield f"page of {name}", answered.page(name) if known else study_page(found)
            if ALL or name in PANELS:  # each says what its page says
                yield f"panel of {name}", study_panel(found).html()


def screens() -> Iterator[tuple[str, str]]:
    """Screens of a place with everything; where all is proved, with each study of another.

    What else a screen of a study says than how it is asked stands on its page and in its panel.
    """
    for name in ("northvale", *(["toy_pooling"] if ALL else [])):
        place = pb.example(name)
        meeting = Meeting(place)
        meeting.recalculate({})
        meeting.complete()
        for screen in SCREENS:
            if name == "toy_pooling" and screen.key in STUDIES:
                meeting.study(screen.key)
            told = shown(screen, meeting)
            yield f"screen {screen.key}, {name}", f"{told['title']}\n{told['html']}"
        for control in controls(place, Changes()).values():
            for each in control if isinstance(control, list) else []:
                yield "controls", "\n".join(str(each.get(part, "")) for part in ("name", "about"))


def cells(path: Path) -> Iterator[tuple[str, str]]:
    """Texts of the sheets for people of a workbook."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        if sheet.title.startswith(("Keys of", "Sources", "Names")):
            continue
        texts = {str(v) for row in sheet.iter_rows(values_only=True) for v in row if v is not None}
        yield f"{path.name}, {sheet.title}", "\n".join(sorted(texts))
    book.close()


def test_pages_panels_and_summaries_speak_plainly() -> None:
    assert [fault for where, text in pages() for fault in faults(where, text)] == []


def test_screens_and_controls_of_the_board_speak_plainly() -> None:
    assert [fault for where, text in screens() for fault in faults(where, text)] == []


def test_sheets_for_people_speak_plainly(tmp_path: Path) -> None:
    paths = [found.to_excel(tmp_path / f"{name}.xlsx") for name, found in answers().items()]
    plans = potential("northvale").plans
    paths += [
        write_comparison(potential("northvale"), tmp_path / "four_plans.xlsx"),
        plans["pooled"].to_excel(tmp_path / "plan.xlsx"),
        pb.compare(plans["today"], plans["pooled"]).to_excel(tmp_path / "pack.xlsx", causes=False),
    ]
    assert [f for path in paths for where, text in cells(path) for f in faults(where, text)] == []


@pytest.mark.parametrize(
    "command",
    [
        ("simulate", "northvale"),
        ("optimise", "toy_pooling"),
        ("check", "northvale"),
        ("explain", "northvale", "home_care"),
        ("study", "sharing", "toy_pooling"),
        ("run", "toy_pooling"),
        # What they say is read of their answers, too.
        *([("study", "fairness", "northvale")] if ALL else []),
    ],
)
def test_commands_speak_plainly(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, list(command), env={"COLUMNS": "200"})
    assert said.exit_code == 0, said.output
    assert faults(" ".join(command), said.output) == []


@pytest.mark.parametrize(
    "text", ["better_care", "the Shapley value", "plan 'pooled'", "nan", "None"]
)
def test_what_nobody_should_read_is_found(text: str) -> None:
    assert faults("here", f"<p>Money in {text}.</p>")


def test_the_glossary_has_the_names_of_the_methods_beside_plain_words() -> None:
    for method, words in METHODS.items():
        if method in ("coalitions",):
            continue
        told = dict(explained(f"It is {words}."))
        assert method.lower() in told[words].lower()
