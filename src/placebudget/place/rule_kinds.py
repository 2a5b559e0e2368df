"""Kinds of rules: all that is known of each, as data.

What a kind does in the programme, and how a plan is held against it, stands beside its
formula, in ``programme/rules``. Everything else asks the record, and names no kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

_LINE = ("service", "area", "tier", "purpose", "agency", "nature", "kind")
_OFFER = (*_LINE, "provider", "delivery_model")
_MONEY = (*_OFFER, "pool")

TODAY, YEAR_BEFORE, ALL_MONEY = "today's money", "the year before", "all money"
ALL_UNITS, ALL_NEED = "units from all providers", "units needed"
MEAN, APART = "the mean of areas", "working apart"


@dataclass(frozen=True)
class RuleKind:
    """What a rule of one kind needs, and how it is said.

    Parameters
    ----------
    unit : str
        Unit of the amount.
    columns : tuple of str
        Columns its subject may pick by.
    sentence : str
        What it asks for, with places for what :func:`rule_words` fills in.
    needs : tuple of str
        Columns its subject must pick by.
    amount_required : bool
        Whether a blank amount has no meaning.
    least : bool
        Whether it asks for at least so much, and so for less as its amount falls; the
        others ask for less as it rises.
    most : float, optional
        The most its amount may be; more could not be kept, or would say nothing.
    per_cent_of : str
        What its amount is a per cent of; empty where it is none.
    protects : bool
        Whether it keeps a floor under a statutory service.
    directed : bool
        Whether it rests on a direction, by which capital money pays for running services.
    short : str
        What it is, where its sentence is too long.
    of_line : str
        What it asks for of one service in an area; empty where it asks for no more than a sum.
    """

    unit: str
    columns: tuple[str, ...]
    sentence: str = ""
    needs: tuple[str, ...] = ()
    amount_required: bool = True
    least: bool = False
    most: float | None = None
    per_cent_of: str = ""
    protects: bool = False
    directed: bool = False
    short: str = "a rule for several services"
    of_line: str = ""

    @property
    def sense(self) -> str:
        """Sign of a constraint in which the amount stands on the right."""
        return ">=" if self.least else "<="

    @property
    def yearly(self) -> bool:
        """Whether it holds year by year, not over all years together."""
        return not self.benchmarked

    @property
    def of_money(self) -> bool:
        """Whether its amount is an amount of money."""
        return self.unit == "pounds"

    @property
    def of_units(self) -> bool:
        """Whether it counts units, or what they take, and not money."""
        return self.unit in ("units", "posts") or self.of_shares

    @property
    def of_shares(self) -> bool:
        """Whether its amount is a share of units."""
        return self.per_cent_of in (ALL_UNITS, ALL_NEED)

    @property
    def of_outcomes(self) -> bool:
        """Whether it is about what is reached, and so about appraisal years."""
        return "outcome" in self.columns

    @property
    def of_services(self) -> bool:
        """Whether its subject picks services, so that there must be some."""
        return "service" in self.columns

    @property
    def of_today(self) -> bool:
        """Whether it compares with today's money, and so follows funding as that is carried on."""
        return self.per_cent_of in (TODAY, YEAR_BEFORE)

    @property
    def compares_areas(self) -> bool:
        """Whether it compares areas a head, each with their mean."""
        return self.per_cent_of == MEAN

    @property
    def benchmarked(self) -> bool:
        """Whether it compares with working apart, which has to be planned first."""
        return self.per_cent_of == APART

    @property
    def counts(self) -> bool:
        """Whether it asks for so much of something, of which a plan then has so much."""
        return self.least and not self.compares_areas

    @property
    def changes_in_place(self) -> bool:
        """Whether another amount only moves right sides, so that a live session can take it."""
        return self.per_cent_of in ("", TODAY)


RULE_KINDS = {
    "floor": RuleKind(
        "pounds",
        _MONEY,
        "{about} at least {amount}",
        least=True,
        protects=True,
        short="the least money for several services",
    ),
    "cap": RuleKind(
        "pounds",
        _MONEY,
        "{about} at most {amount}",
        short="the most money for several services",
    ),
    "units_floor": RuleKind(
        "units", _OFFER, "{about} at least {amount}", least=True, protects=True
    ),
    "units_cap": RuleKind("units", _OFFER, "{about} at most {amount}"),
    "posts_cap": RuleKind(
        "posts",
        (*_OFFER, "role"),
        "{about} with at most {amount}",
        needs=("role",),
        short="the posts there are for several services",
    ),
    "provider_cap": RuleKind(
        "per cent",
        _OFFER,
        "{about} at most {amount} of the units from all providers",
        needs=("service", "provider"),
        most=100.0,
        per_cent_of=ALL_UNITS,
        short="the largest share of one provider",
    ),
    "take_up_floor": RuleKind(
        "per cent",
        _OFFER,
        "{about} at least {amount} of what is needed",
        needs=("service",),
        least=True,
        most=100.0,
        per_cent_of=ALL_NEED,
        short="the least take-up of several services",
    ),
    "take_up_cap": RuleKind(
        "per cent",
        _OFFER,
        "{about} at most {amount} of what is needed",
        needs=("service",),
        most=100.0,
        per_cent_of=ALL_NEED,
        short="the most take-up of several services",
    ),
    "outcome_floor": RuleKind(
        "outcome units",
        ("outcome", "area"),
        "{outcome}: at least {amount} in {where}",
        needs=("outcome",),
        least=True,
    ),
    "lock": RuleKind(
        "per cent",
        _LINE,
        "each of {about} {near}",
        amount_required=False,
        per_cent_of=TODAY,
        protects=True,
        short="the rule that keeps it near today's money",
        of_line="the lock that keeps {about} {near}",
    ),
    "pace": RuleKind(
        "per cent",
        _MONEY,
        "{about} changing by at most {amount} a year",
        per_cent_of=YEAR_BEFORE,
        short="the limit on how fast its money may change",
    ),
    "share_floor": RuleKind(
        "per cent",
        _MONEY,
        "{about} at least {amount} of {whole} spends",
        least=True,
        most=100.0,
        per_cent_of=ALL_MONEY,
        short="the least share of the money for several services",
    ),
    "share_cap": RuleKind(
        "per cent",
        _MONEY,
        "{about} at most {amount} of {whole} spends",
        most=100.0,
        per_cent_of=ALL_MONEY,
        short="the largest share of the money for several services",
    ),
    "equity_floor": RuleKind(
        "per cent",
        ("outcome", "tier", "area"),
        "{outcome} a head in no {tier} below {amount} of the mean",
        needs=("outcome", "tier"),
        least=True,
        most=100.0,
        per_cent_of=MEAN,
        short="the rule that no area falls far behind",
    ),
    "virement": RuleKind(
        "per cent",
        _MONEY,
        "{about} keeping at least {kept} of today's money",
        most=100.0,
        per_cent_of=TODAY,
        short="the limit on moving its money elsewhere",
    ),
    "no_worse_off": RuleKind(
        "per cent",
        ("agency",),
        "{agency} no worse off than working apart",
        needs=("agency",),
        amount_required=False,
        most=100.0,
        per_cent_of=APART,
    ),
    "capitalisation": RuleKind(
        "pounds",
        _LINE,
        "capital money paying for {about}{at_most}",
        amount_required=False,
        directed=True,
    ),
}

_UNKNOWN = RuleKind("", ())


def rule_kind(kind: object) -> RuleKind:
    """What is known of a kind of rules; nothing of one that is misspelt or blank.

    Examples
    --------
    >>> rule_kind("floor").least, rule_kind("flor").least
    (True, False)
    """
    return RULE_KINDS.get(str(kind), _UNKNOWN)


def rules_that(rules: pd.DataFrame, ask: Callable[[RuleKind], bool]) -> pd.DataFrame:
    """The rows of a table of rules whose kind is so."""
    return rules[np.array([ask(rule_kind(kind)) for kind in rules["kind"]], bool)]
