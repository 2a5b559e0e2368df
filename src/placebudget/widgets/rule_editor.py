"""The rules of a place as switches and number boxes, with what each rests on and its bounds."""

from __future__ import annotations

from typing import Any

import pandas as pd
import traitlets

from placebudget.errors import InvalidOption
from placebudget.place import RULE_KINDS, Option, Place
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.place.names import Names
from placebudget.place.options.changes import LAW
from placebudget.widgets.form import Control, ControlGroup, Form, Value
from placebudget.work.said import bounds, said_rule, scale_of

# Rules of a place as controls: what each asks for, on what basis, within which bounds.

_POUNDS = "pounds"


def rule_unit(kind: str) -> str:
    """Unit of the number box of a rule."""
    unit = RULE_KINDS[kind].unit
    return "£ million" if unit == _POUNDS else unit


def basis_words(row: pd.Series | dict[str, Any]) -> str:
    """What a rule rests on, and what that means here."""
    basis = str(row["basis"])
    source = "" if pd.isna(row["reference"]) else f", {row['reference']}"
    kept = " It is kept, and can be made stricter only." if basis == LAW else ""
    return f"Basis: {basis}{source}.{kept}"


def amount_control(
    key: str, row: pd.Series | dict[str, Any], label: str, held: float, *, slider: bool = False
) -> Control:
    """The number box of a rule's amount.

    Parameters
    ----------
    key : str
        Of the control.
    row : mapping
        The rule as its table has it, defaults filled in.
    label : str
        What stands over it.
    held : float
        The amount it holds, in the unit of the table.
    slider : bool
        Whether a slider stands beside it.

    Returns
    -------
    Control
        A rule of law cannot be loosened with it.
    """
    kind, written = str(row["kind"]), float(row["amount"])
    scale = scale_of(kind)
    low, top = bounds(row)
    least, most = low / scale, None if top is None else top / scale
    high = most if most is not None else max(2.0 * written / scale, 1.0)
    span = high - least
    return Control(
        key,
        "amount",
        label,
        value=held / scale,
        help=basis_words(row),
        unit=rule_unit(kind),
        least=least,
        most=most,
        low=least if slider and span > 0 else None,
        high=high if slider and span > 0 else None,
        step=step_of(span) if slider and span > 0 else None,
    )


def step_of(span: float) -> float:
    """A round step of about a two-hundredth of a slider's length.

    Examples
    --------
    >>> step_of(100.0), step_of(7.0), step_of(2000.0)
    (0.5, 0.05, 10.0)
    """
    for step in (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 50.0, 100.0, 500.0):
        if span / step <= 210:
            return step
    return 1000.0


_KEPT, _AMOUNT = "kept:", "amount:"
_BASES = ("law", "grant condition", "agreement", "policy", "assumption")


class RuleEditor(Form):
    """The rules of a place; see :func:`rule_editor`.

    Parameters
    ----------
    place : Place
        The place whose rules are shown. ``place`` is it with the rules as they
        stand in the page.
    """

    place = traitlets.Instance(Place)

    def __init__(self, place: Place) -> None:
        self._base = place
        self._rules = place.filled("rules").set_index("rule", drop=False)
        super().__init__("Rules of the place", _groups(place, self._rules))
        self.place = place
        self.on_change(self._change)

    @property
    def option(self) -> Option:
        """What was changed, as an option of the place."""
        option = Option("changed rules")
        for name, row in self._rules.iterrows():
            amount = self.values.get(f"{_AMOUNT}{name}")
            if self.values.get(f"{_KEPT}{name}") is False:
                option = option.remove("rules", rule=name)
            elif amount is not None:
                pounds = round(float(amount) * scale_of(row["kind"]), 9)
                if pounds != float(row["amount"]):
                    option = option.set("rules", "amount", pounds, rule=name)
        return option

    def _change(self, key: str, value: Value) -> None:
        option = self.option
        try:
            self.place = option.apply(self._base) if option.changes else self._base
        except InvalidOption as error:
            self.tell(f"This was refused: {error}")
            return
        count = len(option.changes)
        self.tell(
            "All rules stand as the place has them."
            if not count
            else f"{count} {'rule is' if count == 1 else 'rules are'} changed. "
            "The plan follows when it is solved again."
        )


def rule_editor(place: PlaceLike) -> RuleEditor:
    """The rules of a place, to be switched and changed.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads; it stays as it is.

    Returns
    -------
    RuleEditor
        Its ``place`` has the rules as they stand in the page, and ``option`` says
        what was changed. A rule whose basis is law cannot be switched off or
        loosened.

    Examples
    --------
    >>> import placebudget as pb
    >>> editor = pb.widgets.rule_editor(pb.example("northvale"))
    >>> rule = str(pb.example("northvale").rules.query("basis == 'policy'")["rule"].iloc[0])
    >>> editor.values = {**editor.values, f"kept:{rule}": False}
    >>> rule in set(editor.place.rules["rule"])
    False
    """
    return RuleEditor(as_place(place))


def _groups(place: Place, rules: pd.DataFrame) -> list[ControlGroup]:
    names = Names(place)
    groups = []
    for basis in _BASES:
        mine = rules[rules["basis"] == basis]
        controls = [each for _, row in mine.iterrows() for each in _controls(row, names)]
        if controls:
            title = f"Rules by {basis}" if basis in ("law", "agreement") else f"Basis: {basis}"
            groups.append(ControlGroup(title, controls))
    return groups or [ControlGroup("", [Control("none", "words", "The place has no rules.")])]


def _controls(row: Any, names: Names) -> list[Control]:
    words, law = said_rule(row, names), row["basis"] == LAW
    kept = Control(
        f"{_KEPT}{row['rule']}", "switch", words, value=True, help=basis_words(row), disabled=law
    )
    if pd.isna(row["amount"]):
        return [kept]
    label = f"Amount: {words[:1].lower()}{words[1:]}"
    return [kept, amount_control(f"{_AMOUNT}{row['rule']}", row, label, float(row["amount"]))]
