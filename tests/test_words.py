"""How figures are rounded and written."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import placebudget
from placebudget.texts import Phrase
from placebudget.words import MINUS, money, number, percent, rounded, sentence, stated


@pytest.mark.parametrize(
    ("pounds", "text"),
    [
        (0, "£0"),
        (0.4, "£0"),
        (-0.4, "£0"),
        (999.4, "£999"),
        (999.6, "£1,000"),
        (249_600, "£250,000"),
        (999_499, "£999,000"),
        (999_500, "£1 million"),
        (2_540_000, "£2.5 million"),
        (-2_540_000, f"{MINUS}£2.5 million"),
        (999_400_000, "£999.4 million"),
        (1_234_000_000, "£1.23 billion"),
    ],
)
def test_money_is_written_in_the_unit_that_suits_its_size(pounds: float, text: str) -> None:
    assert money(pounds) == text


def test_a_gain_carries_its_sign_only_where_asked() -> None:
    assert money(5_000_000, signed=True) == "+£5 million"
    assert money(0.2, signed=True) == "£0"
    assert percent(0.031, signed=True) == "+3.1%"


def test_negative_figures_have_a_true_minus_sign() -> None:
    assert MINUS == "\N{MINUS SIGN}"
    assert number(-1234.5, 1) == f"{MINUS}1,234.5"
    assert "-" not in number(-1234.5, 1) + money(-3) + percent(-0.5)


@given(
    digits=st.integers(0, 3),
    steps=st.integers(-(10**9), 10**9),
    part=st.sampled_from(["", "4999999", "5", "5000001", "9"]),
)
def test_a_figure_is_rounded_half_away_from_nought_as_it_is_written(
    digits: int, steps: int, part: str
) -> None:
    """Of a figure written out, such as 82.85, not of the binary number nearest to it."""
    written = Decimal(f"{steps}{part or 0}").scaleb(-digits - max(len(part), 1))
    assume(len(written.as_tuple().digits) <= 15)
    wanted = written.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    assert rounded(float(written), digits) == float(wanted)
    text = number(float(written), digits).replace(",", "").replace(MINUS, "-")
    assert Decimal(text) == wanted


@pytest.mark.parametrize("digits", [0, 1, 2])
def test_what_adding_leaves_beside_a_tie_does_not_move_a_figure(digits: int) -> None:
    """0.1 + 0.2 is a little more than 0.3 and 0.15 a little less than it is written."""
    tie = 5 * 10.0 ** -(digits + 1)
    assert rounded(tie * (1 - 1e-16), digits) == rounded(tie * (1 + 3e-16), digits) == 2 * tie


@given(value=st.floats(-1e12, 1e12))
def test_the_same_pounds_have_the_same_digits_in_a_sentence_and_in_a_table(value: float) -> None:
    said = money(value)
    if said.endswith(" million"):
        printed = number(value / 1e6, 1).removesuffix(".0")
        assert said.replace("£", "").removesuffix(" million") == printed


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.44, "44%"), (0.4366, "43.7%"), (0.0093, "0.93%"), (0.01, "1%"), (0, "0%"), (1, "100%")],
)
def test_a_share_has_one_decimal_and_two_where_it_is_small(share: float, text: str) -> None:
    assert percent(share) == text


def test_an_amount_that_somebody_set_is_said_as_it_was_set() -> None:
    assert stated(2_450_000) == "£2.45 million"
    assert stated(1_234_560_000) == "£1,234.56 million"
    assert stated(5_000_000_000) == "£5 billion"
    assert stated(149_924_000) == money(149_924_000)
    assert stated(999_999) == "£999,999"
    assert stated(1_000_000 / 3) == money(1_000_000 / 3)


# What is no figure for a reader: digits that tell two sums apart, widths, a script to run again.
NO_FIGURES = {
    "place/checks/values.py", "plan/record/inputs.py", "plan/verify.py",
    "plan/workbook_writer.py", "study/sharing/ways_to_share.py", "words.py",
}  # fmt: skip


def test_no_other_module_writes_figures_in_a_way_of_its_own() -> None:
    package = Path(placebudget.__file__).parent
    writing = re.compile(r"\{[^{}]*:[,.\d]*\.\d+[f%]\}|\.round\(1\)|round\([^()]*, 1\)f?\"")
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if writing.search(path.read_text("utf-8"))
    }
    assert found - NO_FIGURES == set()


def test_a_phrase_begins_with_a_capital_in_whatever_language_it_is_said() -> None:
    """What it begins with is its words, or the name that stands first in them."""
    for words, values, first in (
        ("the pool %1 is closed.", ("home care",), "The pool home care is closed."),
        ("%1 pays into %2.", ("the county", "care"), "The county pays into care."),
        ("%1.", (Phrase("put %1 back", "care"),), "Put care back."),
    ):
        said = sentence(Phrase(words, *values))
        assert said == first
        assert isinstance(said, Phrase)
