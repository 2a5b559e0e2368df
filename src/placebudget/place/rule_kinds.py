"""Kinds of rules: what the amount is, which way it is looser, what a subject may pick by."""

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
    least : bool
        Whether it asks for at least so much, and so for less as its amount falls; the
        others ask for less as it rises.
    most : float, optional
        The most its amount may be; more could not be kept, or would say nothing.
    yearly : bool
        Whether it holds year by year, not over all years together.
    """

    unit: str
    columns: tuple[str, ...]
    needs: tuple[str, ...] = ()
    amount_required: bool = True
    least: bool = False
    most: float | None = None
    yearly: bool = True

    @property
    def of_outcomes(self) -> bool:
        """Whether it is about what is reached, and so about appraisal years."""
        return "outcome" in self.columns


RULE_KINDS = {
    "floor": RuleKind("pounds", _MONEY, least=True),
    "cap": RuleKind("pounds", _MONEY),
    "units_floor": RuleKind("units", _OFFER, least=True),
    "units_cap": RuleKind("units", _OFFER),
    "outcome_floor": RuleKind("outcome units", ("outcome", "area"), ("outcome",), least=True),
    "lock": RuleKind("per cent", _LINE, amount_required=False),
    "pace": RuleKind("per cent", _MONEY),
    "share_floor": RuleKind("per cent", _MONEY, least=True, most=100.0),
    "share_cap": RuleKind("per cent", _MONEY, most=100.0),
    "equity_floor": RuleKind(
        "per cent", ("outcome", "tier", "area"), ("outcome", "tier"), least=True, most=100.0
    ),
    "virement": RuleKind("per cent", _MONEY, most=100.0),
    "no_worse_off": RuleKind(
        "per cent", ("agency",), ("agency",), amount_required=False, most=100.0, yearly=False
    ),
    "capitalisation": RuleKind("pounds", _LINE, amount_required=False),
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
