"""What a spreadsheet shows of a number, where that may be another one than the cell holds."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass

_CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[\d.]+)\]")
_COMPARED = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
    "<>": operator.ne,
}  # fmt: skip
# One that stands between quotation marks or after a backslash is shown.
_SEMICOLON = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)(?<!\\;)')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_SPACING = re.compile(r"[_*].|\[[^\]]*\]")
# A comma between digits groups them; one after the last digit leaves out three of them.
_LEFT_OUT = re.compile(r"[0#?](,+)(?![0#?,])")
_SCALE = re.compile(r"\b(thousand|million|billion|bn|mn|k|m)\b", re.IGNORECASE)
_FOREIGN = "$€¥"


@dataclass(frozen=True)
class Formatted:
    """A number of a workbook whose cell shows something else: 25% for 0.25, 30 for 30,000.

    Parameters
    ----------
    number : int or float
        What the cell holds.
    shown : str
        What it shows, with all digits; empty: nothing.
    """

    number: int | float
    shown: str

    def __str__(self) -> str:
        return self.shown


def as_shown(number: int | float, form: str) -> int | float | Formatted:
    """A number with what its cell shows, where the format does more than lay it out.

    Examples
    --------
    >>> as_shown(0.25, "0%").shown, as_shown(30_000, "#,##0,").shown
    ('25%', '30')
    >>> as_shown(1_200_000, '£0.0,,"m"').shown, as_shown(5, ";;;").shown
    ('£1.2m', '')
    >>> as_shown(1250.5, "#,##0.00")
    1250.5
    """
    if form == "General" or number == 0:
        return number
    section = _section(number, _CURRENCY.sub(r'"\1"', form))
    words = "".join(map("".join, _LITERAL.findall(section)))
    body = _SPACING.sub("", _LITERAL.sub("", section))
    if not re.search("[0#?@]|general", body, re.IGNORECASE):
        return Formatted(number, words.strip())
    left_out = sum(map(len, _LEFT_OUT.findall(body)))
    percent = body.count("%")
    signs = "".join(sign for sign in f"£{_FOREIGN}" if sign in words + body)
    scale = _SCALE.search(words)
    if not (left_out or percent or scale or "%" in words or signs.strip("£")):
        return number
    digits = f"{number * 100**percent / 1000**left_out:.15g}"
    after = (scale[0] if scale else "") + "%" * (percent + words.count("%"))
    return Formatted(number, f"{signs}{digits}{after}")


def _section(number: float, form: str) -> str:
    """The part of a format that a number is shown by: its own condition, or its sign."""
    sections = _SEMICOLON.split(form)
    conditions = [_CONDITION.search(each) for each in sections]
    if any(conditions):
        for each, condition in zip(sections, conditions, strict=True):
            if condition is None or _COMPARED[condition[1]](number, float(condition[2])):
                return each
        return sections[-1]
    return sections[1] if number < 0 and len(sections) > 1 else sections[0]
