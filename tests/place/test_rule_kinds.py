"""A kind of rule is known in one place: its record, and its block in the programme."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import placebudget as pb
from placebudget.errors import SolverFailed
from placebudget.place import schema
from placebudget.place.names import Names, rule_words
from placebudget.place.rule_kinds import RULE_KINDS, RuleKind
from placebudget.programme.rules import BLOCKS, RuleBlock
from placebudget.programme.rules.levels import MONEY
from small import MILLION, rule, small, spent

PACKAGE = Path(pb.__file__).parent
AT_HOME = ("place/rule_kinds.py", "programme/rules/")
OTHER_WORDS = {
    "loose.py": {"cap": "a column: the most a partner bears"},
    "risk_share.py": {"cap": "a column: the most a partner bears"},
    "loan.py": {"cap": "an argument: the most that a contract pays"},
    "schedule.py": {"cap": "a column: the most a partner bears"},
    "rendering.py": {"lock": "a word that is explained"},
    "conditions.py": {
        "lock": "what is kept of services without effects is a lock that no row asks for"
    },
    "chain.py": dict.fromkeys(("floor",), "rules are written into a new place"),
    "new_place.py": {"floor": "a rule is written into a new place"},
    "settlement.py": {"floor": "a new duty is written into a place as a rule"},
    "vote.py": {"floor": "what residents chose is written into a place as a rule"},
    "joining.py": {"units_cap": "rules are written into a place: who may share is the question"},
    "market.py": {"units_cap": "rules are written into a place: who is worth what is asked"},
    "levels.py": {"units_cap": "rules are written into a place: what else would cost is asked"},
    "fairness.py": {
        "equity_floor": "rules are written into a place: what they cost is the question",
        "pace": "rules are written into a place: what they cost is the question",
    },
}


def named(source: str) -> Iterator[str]:
    """Kinds of rules that a module names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in RULE_KINDS:
            yield node.value


def test_no_code_but_its_record_and_its_block_names_a_kind_of_rule() -> None:
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        where = path.relative_to(PACKAGE).as_posix()
        if not where.startswith(AT_HOME) and (kinds := set(named(path.read_text("utf-8")))):
            found.setdefault(path.name, set()).update(kinds)
    assert found == {where: set(words) for where, words in OTHER_WORDS.items()}


def test_a_name_of_a_kind_is_found_wherever_it_stands() -> None:
    assert list(named("if row.kind in ('floor', x['lock']): pass")) == ["floor", "lock"]


def test_every_kind_has_a_block_a_sentence_and_what_a_per_cent_is_of() -> None:
    assert tuple(BLOCKS) == tuple(RULE_KINDS)
    for name, kind in RULE_KINDS.items():
        assert kind.sentence
        assert bool(kind.per_cent_of) == (kind.unit == "per cent") == bool(BLOCKS[name].whole)


def test_a_lock_that_lets_nothing_move_is_not_said_in_per_cent() -> None:
    names = Names(small({"tax": {"amount": 10}}, {"parks": {}}))
    row = {"kind": "lock", "subject": "service=parks", "year": None}
    said = [rule_words({**row, "amount": amount}, names) for amount in (0.0, 2.0, None)]
    assert said == [
        "each of parks as it is today",
        "each of parks within 2% of today",
        "each of parks as it is today",
    ]


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A kind that asks for at least so much money, on a subject that names a service."""
    kind = RuleKind(
        "pounds", ("service",), "no less than {amount} for {about}", needs=("service",), least=True
    )
    with monkeypatch.context() as patch:
        patch.setitem(RULE_KINDS, "promise", kind)
        patch.setitem(BLOCKS, "promise", MONEY)
        schema.cache_clear()
        yield "promise"
    schema.cache_clear()


def promised(made_up: str, subject: str, amount: float | None) -> pb.Place:
    services = {"good": {"value": 2, "people": 10_000}, "poor": {"value": 1, "people": 10_000}}
    return small({"council": {"amount": 10}}, services, rules=[rule(made_up, subject, amount)])


def test_a_new_kind_is_checked_by_its_record(made_up: str) -> None:
    found = promised(made_up, "area=place", None).check()
    assert {finding.code for finding in found} >= {
        "subject-does-not-fit",
        "subject-incomplete",
        "missing-amount",
    }


def test_a_new_kind_is_planned_worded_and_changed_in_a_session(made_up: str) -> None:
    """3 on poor, 7 on good: 2 x 7 + 3 = 17; with 4 on poor 16."""
    place = promised(made_up, "service=poor", 3 * MILLION)
    plan = pb.optimise(place, pooling="aligned")
    assert spent(plan) == {"good": 7.0, "poor": 3.0}
    (row,) = place.filled("rules").to_dict("records")
    assert rule_words(row, Names(place)) == "no less than £3 million for poor"
    prices = plan.tables["prices"]
    (price,) = prices[prices["kind"] == made_up].to_dict("records")
    assert price["relaxing"] == pytest.approx(1 * MILLION)
    session = pb.session(place, pooling="aligned")
    assert session.value() == pytest.approx(17 * MILLION)
    session.set_limit(row["rule"], 4 * MILLION)
    assert session.value() == pytest.approx(16 * MILLION)


def test_a_new_kind_is_verified_by_its_block(made_up: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = RuleBlock(lambda draft, basis, rules, benchmarks: None, MONEY.compare)
    monkeypatch.setitem(BLOCKS, made_up, forgotten)
    with pytest.raises(SolverFailed, match="needs at least £3 million"):
        pb.optimise(promised(made_up, "service=poor", 3 * MILLION), pooling="aligned")


def test_a_clash_with_a_new_kind_is_told_with_a_way_out(made_up: str) -> None:
    with pytest.raises(pb.Infeasible) as caught:
        pb.optimise(promised(made_up, "service=poor", 12 * MILLION), pooling="aligned")
    assert "no less than £12 million for poor" in str(caught.value)
    assert any("10 million" in repair.words for repair in caught.value.repairs)
