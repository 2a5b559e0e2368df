"""A thousand places with cells, rows and files spoilt: refused in words, or planned and verified.

Each place follows from its number, so that what was found once is found again. A plan
that comes back was checked outside the solver: nothing with a wrong number passes. Every ninth
is tried, in which each kind of spoiling is met; all are with PLACEBUDGET_PROOF=whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import mutations
import placebudget as pb
from mutations import mutated, mutated_place, mutated_workbook
from placebudget.errors import Infeasible, InvalidPlace
from places import tiny
from proof import ALL

FILE_CHUNKS, FILES_EACH = 5, 176
BOOK_CHUNKS, BOOKS_EACH = 1, 80
PLACES = 40
# Odd, so that both of the whole places are spoilt.
STEP = 1 if ALL else 15
ENDS = {"findings", "impossible", "planned"}
WHOLE = (pb.example("toy_pooling"), tiny())


def outcome(make: Callable[[], pb.Place]) -> str:
    """What becomes of a place: findings, no plan possible, or a plan that was verified.

    Any other error goes through and fails the test.
    """
    try:
        plan = pb.optimise(make(), pooling="aligned", prices=False)
    except InvalidPlace as refusal:
        named = [finding.what and finding.mend for finding in refusal.findings]
        return "findings" if named and all(named) else "refused without a word"
    except Infeasible as clash:
        return "impossible" if str(clash) else "refused without a word"
    return "planned" if plan.status == "optimal" else plan.status


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Places as folders, before they are spoilt."""
    home = tmp_path_factory.mktemp("whole")
    return {
        "tiny": tiny().write(home / "tiny"),
        "toy_pooling": pb.example("toy_pooling").write(home / "toy_pooling"),
    }


@pytest.mark.parametrize("chunk", range(FILE_CHUNKS))
def test_spoilt_files_are_refused_in_words_or_planned(
    tmp_path: Path, whole: dict[str, Path], chunk: int
) -> None:
    seen: Counter[str] = Counter()
    for number in range(chunk * FILES_EACH, (chunk + 1) * FILES_EACH, STEP):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, content in mutated(whole[sorted(whole)[number % 2]], number).items():
            (folder / name).write_bytes(content)
        seen[outcome(lambda folder=folder: pb.read(folder))] += 1
    assert set(seen) <= ENDS
    # Were nothing ever refused or planned, the test would see nothing.
    assert seen["findings"] > 0
    assert seen["planned"] > 0


@pytest.mark.parametrize("chunk", range(BOOK_CHUNKS))
def test_spoilt_workbooks_are_refused_in_words_or_planned(tmp_path: Path, chunk: int) -> None:
    book = tiny().write(tmp_path / "whole.xlsx").read_bytes()
    seen: Counter[str] = Counter()
    for number in range(chunk * BOOKS_EACH, (chunk + 1) * BOOKS_EACH, STEP):
        file = tmp_path / f"{number}.xlsx"
        file.write_bytes(mutated_workbook(book, number))
        seen[outcome(lambda file=file: pb.read(file))] += 1
    assert set(seen) <= ENDS
    assert seen["findings"] > 0
    assert seen["planned"] > 0


def test_places_with_figures_exchanged_are_refused_in_words_or_planned() -> None:
    seen = Counter(
        outcome(lambda number=number: mutated_place(WHOLE[number % 2], number))
        for number in range(0, PLACES, STEP)
    )
    assert set(seen) <= ENDS
    assert seen["planned"] > 0


def test_each_kind_of_spoiling_is_among_those_tried(
    whole: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    met: Counter[str] = Counter()

    def noted(spoil: Callable[..., None]) -> Callable[..., None]:
        def spoils(*given: object) -> None:
            met[spoil.__name__] += 1
            spoil(*given)

        return spoils

    kinds = [(noted(spoil), weight) for spoil, weight in mutations.SPOILING]
    monkeypatch.setattr(mutations, "SPOILING", kinds)
    for number in range(0, FILE_CHUNKS * FILES_EACH, STEP):
        mutated(whole[sorted(whole)[number % 2]], number)
    assert len(met) == len(kinds)
    assert min(met.values()) >= 5
