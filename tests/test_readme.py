"""What README shows of a run is what a run prints."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import placebudget as pb
from placebudget.cli.plans import how_known, rows_known
from placebudget.plan.findings.words import KINDS
from placebudget.study.potential.plans_side_by_side import STEPS, steps_between
from placebudget.view import Sheet
from placebudget.view.tables import money, money_by, public_value
from planned import run_of
from proof import ALL

pytestmark = pytest.mark.xdist_group("northvale")

README = Path(__file__).resolve().parents[1] / "README.md"
PLANS = {
    "today": "Today",
    "siloed": "Siloed",
    "aligned": "Best aligned",
    "pooled": "Best pooled",
    "freed": "Best freed",
}
LEFT_OUT = "[...]"


@cache
def sample() -> list[str]:
    """Lines of the run of Lancashire in README."""
    text = README.read_text("utf-8")
    return text[text.index("Lancashire, 2027-28 to ") : text.index("```\n\n```\nmake test")].split(
        "\n"
    )


def block(heading: str) -> list[str]:
    """The lines below a heading, up to the next blank one."""
    lines = sample()
    start = next(n for n, line in enumerate(lines) if line.startswith(heading)) + 1
    return lines[start : lines.index("", start)]


def figures(line: str) -> list[float]:
    """Figures at the end of a line of a table."""
    return [
        float(cell.replace(",", "")) for cell in line.split() if re.fullmatch(r"[\d,]+\.\d", cell)
    ]


def heads(lines: list[str]) -> list[str]:
    """Headings with the columns below them, whatever the place, its years and its spacing."""
    found = []
    for n, line in enumerate(lines[:-1]):
        if not line and lines[n + 1] and not lines[n + 1].startswith(LEFT_OUT):
            two = lines[n + 1 : n + 3]
            text = " | ".join(two if "£ million" in two[0] or "figures are" in two[-1] else two[:1])
            text = re.sub(r"(\d{4}-\d\d\s*)+", "YEARS ", text)
            found.append(" ".join(re.sub(r"lancashire|northvale", "PLACE", text).split()))
    return found


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """Headings with the columns below them that a run prints."""
    return heads(run_of("northvale").split("\n"))


def test_headings_and_columns_are_those_that_a_run_prints(printed: list[str]) -> None:
    shown = heads(sample())
    assert len(shown) >= 10
    assert [head for head in printed if head in shown] == shown


def test_what_the_sample_leaves_out_of_a_run_is_said_in_its_place(printed: list[str]) -> None:
    """All tables of a run are shown, but for those of which README says that they are not."""
    missing = [head for head in printed if head not in heads(sample())]
    need, *savings = missing
    assert need.startswith("Need in the years of money")
    plans = [head.split("as they fall, ")[1].split(",")[0] for head in savings]
    assert plans == ["Today", "Siloed", "Best aligned", "Best freed"]
    said = [line for line in sample() if line.startswith(f"{LEFT_OUT} ")]
    assert said == [
        f"{LEFT_OUT} a table of need: who is in need, served and not, what is avoided, what that "
        "releases",
        f"{LEFT_OUT} the same table for today, siloed and best aligned",
        f"{LEFT_OUT} the same table for best freed",
    ]
    text = " ".join(README.read_text("utf-8").split())
    assert "of the five tables of savings by agency and year, one for each plan, only that" in text


def left_out_in_silence(shown: list[str], run: list[str]) -> list[str]:
    """Lines of a run that a sample leaves out, or has otherwise, where no mark stands for them.

    A mark stands for any lines up to the next that is shown.
    """
    told, at, marked = [], 0, False
    for line in map(str.rstrip, shown):
        if line.startswith(LEFT_OUT):
            marked = True
            continue
        rest = [each.rstrip() for each in run[at:]]
        if line not in rest:
            told.append(f"not printed: {line}")
            continue
        skipped = rest.index(line)
        told += [each for each in rest[:skipped] if each and not marked]
        at, marked = at + skipped + 1, marked and not line
    return told + [each for each in run[at:] if each.strip()]


def test_what_a_sample_leaves_out_without_its_mark_is_found() -> None:
    run = ["Outcomes", "better", "worse", "", "Duties", "one", "two"]
    whole = left_out_in_silence(["Outcomes", "better", LEFT_OUT, "", "Duties", "one", "two"], run)
    assert whole == []
    assert left_out_in_silence(["Outcomes", "better", "", "Duties", LEFT_OUT, "two"], run) == [
        "worse"
    ]
    assert left_out_in_silence(run[:5], run) == ["one", "two"]
    assert left_out_in_silence([*run[:4], "Rights", *run[4:]], run) == ["not printed: Rights"]


@pytest.mark.skipif(not ALL, reason="its plans take a minute: made where all is proved")
def test_the_sample_is_what_the_run_of_lancashire_prints_and_marks_whatever_it_leaves_out() -> None:
    shown = "\n".join(sample()).rstrip("`\n").split("\n")
    assert left_out_in_silence(shown, run_of("lancashire").split("\n")) == []


def test_commands_stand_as_they_work_in_a_clone_that_was_just_made() -> None:
    """Nothing is on the path there: commands are make's, or name the environment."""
    parts = README.read_text("utf-8").split("```")[1::2]
    plain = [part.strip("\n") for part in parts if part.startswith("\n")]
    commands = [line for part in plain if "\n\n" not in part for line in part.split("\n")]
    assert len(commands) == 8
    assert {line.split()[0] for line in commands} == {"make", ".venv/bin/placebudget"}


def test_as_many_warnings_are_told_as_the_check_of_lancashire_has() -> None:
    warnings = [each for each in pb.example("lancashire").check() if each.severity == "warning"]
    told = f"{len(warnings)} warnings about this place; read them with: "
    assert told in README.read_text("utf-8")


def test_what_the_plan_must_admit_stands_by_the_kinds_of_findings_in_their_order() -> None:
    told = [line.removesuffix(":") for line in block("What the best pooled plan must admit")
            if line != LEFT_OUT and not line.startswith("  ")]  # fmt: skip
    assert len(told) >= 8
    assert told == [kind.title for kind in KINDS.values() if kind.title in told]


def test_how_the_money_is_known_is_what_the_figures_of_lancashire_say() -> None:
    table = how_known(pb.example("lancashire"))
    head, *rows, figures = block("How the money is known")
    assert head.split() == " ".join(table.columns).split()
    assert [row.split() for row in rows] == [" ".join(row).split() for row in table.to_numpy()]
    assert figures == rows_known(pb.example("lancashire"))


def test_the_column_of_today_is_what_todays_spending_comes_to() -> None:
    plans = {"Today": pb.simulate("lancashire")}
    sheets: list[Sheet] = [public_value(plans), money(plans)]
    sheets += [money_by(plans, by) for by in ("purpose", "agency")]
    for sheet in sheets:
        texts = sheet.texts()["Today"]
        for line in block(sheet.heading)[1:]:
            if line != LEFT_OUT and figures(line):
                label = next(name for name in texts.index if line.startswith(f"{name}  "))
                assert line.removeprefix(label).split()[0] == texts[label], line


@pytest.mark.parametrize(("ends", "step"), [(ends, STEPS[ends]) for ends in steps_between(PLANS)])
def test_gains_are_the_differences_of_the_tables_but_for_rounding(
    ends: tuple[str, str], step: str
) -> None:
    start, end = (PLANS[each] for each in ends)
    said = next(
        line for line in block("Modelled potential")
        if line.strip().startswith(f"{step.capitalize()}, from {start.lower()} to {end.lower()}: ")
    )  # fmt: skip
    if start == "Today":
        # Need comes first: today's money leaves some unmet, so nothing is subtracted. It is
        # told in money alone, as years of care and episodes have no sum.
        missing = next(line for line in sample() if line.startswith("Today: need")).split()[-3]
        lead = f": {missing} million more of the need that must be met is met"
        assert said.endswith(f"{lead}; so no gain in value is given.")
        return
    gains = [
        float(amount.replace(",", "")) * (1 if sign == "+" else -1) / (1 if unit else 1e6)
        for sign, amount, unit in re.findall(
            r"([+−])£([\d.,]*\d)( million)?", said.replace("\u2060", "")
        )
    ]
    tables = {
        "Public value  ": block("Public value, all years"),
        "Discounted to": block("Cashable savings in two ways"),
        "As they fall,": block("Cashable savings in two ways"),
        "As they fall: leaves": block("Cashable savings in two ways"),
        "As they fall: to the Exchequer": block("Cashable savings in two ways"),
        "As they fall: capacity": block("Cashable savings in two ways"),
    }
    column = {name: n for n, name in enumerate(PLANS.values())}
    small = []
    for label, lines in tables.items():
        row = figures(next(line for line in lines if line.startswith(label)))
        gain = row[column[end]] - row[column[start]]
        # The table and the sentence are each rounded by themselves.
        if gains and abs(gains[0] - gain) < 0.1 + 1e-6:
            gains.pop(0)
        else:
            assert abs(gain) < 0.1 + 1e-6, label
            small.append(label)
    assert not gains
    assert len(small) < len(tables)
