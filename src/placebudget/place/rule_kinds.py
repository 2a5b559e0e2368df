"""Kinds of rules: the unit of the amount, and what a subject may pick by."""

from __future__ import annotations

from dataclasses import dataclass

_LINE = ("service", "area", "tier", "purpose", "agency", "nature", "kind")
_OFFER = (*_LINE, "provider", "delivery_model")
_MONEY = (*_OFFER, "pool")


@dataclass(frozen=True)
class RuleKind:
    """What a rule of one kind needs.

    Parameters
    ----------
    unit : str
        Unit of the amount.
    columns : tuple of str
        Columns its subject may pick by.
    needs : tuple of str
        Columns its subject must pick by.
    amount_required : bool
        Whether a blank amount has no meaning.
    """

    unit: str
    columns: tuple[str, ...]
    needs: tuple[str, ...] = ()
    amount_required: bool = True


RULE_KINDS = {
    "floor": RuleKind("pounds", _MONEY),
    "cap": RuleKind("pounds", _MONEY),
    "units_floor": RuleKind("units", _OFFER),
    "units_cap": RuleKind("units", _OFFER),
    "outcome_floor": RuleKind("outcome units", ("outcome", "area"), ("outcome",)),
    "lock": RuleKind("per cent", _LINE, amount_required=False),
    "pace": RuleKind("per cent", _MONEY),
    "share_floor": RuleKind("per cent", _MONEY),
    "share_cap": RuleKind("per cent", _MONEY),
    "equity_floor": RuleKind("per cent", ("outcome", "tier", "area"), ("outcome", "tier")),
    "virement": RuleKind("per cent", _MONEY),
    "no_worse_off": RuleKind("per cent", ("agency",), ("agency",), amount_required=False),
    "capitalisation": RuleKind("pounds", _LINE, amount_required=False),
}

UP_TO_A_HUNDRED = ("share_floor", "share_cap", "equity_floor", "virement", "no_worse_off")
"""Kinds whose per cent above 100 could not be kept or would say nothing."""
